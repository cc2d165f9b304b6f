//! Dialogs and sheets on the browser's own `<dialog>`: it keeps focus inside, closes on Esc, gives focus back and leaves
//! the page behind inert.

use crate::i18n::t;
use crate::ui::button::button;
use crate::ui::icon::{X, icon};
use crate::ui::pull::Pull;
use web_sys::{HtmlDialogElement, HtmlElement};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct SheetProps {
    pub title: AttrValue,
    /// Esc, the close button or a press outside.
    pub onclose: Callback<()>,
    pub children: Html,
}

#[hook]
fn use_modal() -> NodeRef {
    let node = use_node_ref();
    use_effect_with(node.clone(), |node| {
        let dialog = node.cast::<HtmlDialogElement>();
        if let Some(dialog) = &dialog {
            let _ = dialog.show_modal();
        }
        move || {
            if let Some(dialog) = dialog {
                dialog.close();
            }
        }
    });
    node
}

/// Tells `onclose` of Esc and of a press on the veil, which is the dialog element itself.
fn closers(onclose: &Callback<()>) -> (Callback<Event>, Callback<MouseEvent>) {
    let on_cancel = onclose.reform(|event: Event| event.prevent_default());
    let onclose = onclose.clone();
    let on_press = Callback::from(move |event: MouseEvent| {
        if event.target() == event.current_target() {
            onclose.emit(());
        }
    });
    (on_cancel, on_press)
}

/// A sheet from below; on wide screens it stands in the middle.
#[component]
pub fn Sheet(props: &SheetProps) -> Html {
    let node = use_modal();
    let (oncancel, onclick) = closers(&props.onclose);
    let close = props.onclose.reform(|_: MouseEvent| ());
    let sheet = use_node_ref();
    use_effect_with((sheet.clone(), props.onclose.clone()), |(sheet, onclose)| {
        let pull = sheet.cast::<HtmlElement>().map(|sheet| Pull::new(&sheet, onclose.clone()));
        move || drop(pull)
    });
    html! {
        <dialog class="modal modal--sheet" ref={node} aria-label={props.title.clone()} {oncancel} {onclick}>
            <div class="sheet" ref={sheet}>
                <span class="sheet__grab" data-pull="" aria-hidden="true"></span>
                <div class="sheet__head" data-pull="">
                    <h2 tabindex="-1" autofocus=true>{ props.title.clone() }</h2>
                    { button("btn btn--icon btn--quiet", Some(t("ui.close")), close, icon(X)) }
                </div>
                { props.children.clone() }
            </div>
        </dialog>
    }
}

#[derive(Properties, PartialEq)]
pub struct ConfirmProps {
    /// A question with the object in it.
    pub title: AttrValue,
    /// What is lost.
    pub text: AttrValue,
    /// The way to keep it, first.
    pub keep: AttrValue,
    /// The act, second.
    pub act: AttrValue,
    pub on_keep: Callback<()>,
    pub on_act: Callback<()>,
    #[prop_or_default]
    pub busy: bool,
    #[prop_or_default]
    pub children: Html,
}

/// Asks before something is lost.
#[component]
pub fn Confirm(props: &ConfirmProps) -> Html {
    let node = use_modal();
    let (oncancel, onclick) = closers(&props.on_keep);
    let keep = props.on_keep.reform(|_: MouseEvent| ());
    let act = props.on_act.reform(|_: MouseEvent| ());
    html! {
        <dialog class="modal" role="alertdialog" ref={node} aria-labelledby="ask" aria-describedby="ask-text" {oncancel} {onclick}>
            <div class="dialog">
                <h2 id="ask">{ props.title.clone() }</h2>
                <p id="ask-text" class="muted">{ props.text.clone() }</p>
                { props.children.clone() }
                <div class="row row--wrap g2">
                    <button class="btn btn--primary grow" onclick={keep}>{ props.keep.clone() }</button>
                    <button class="btn btn--danger grow" aria-busy={props.busy.to_string()} disabled={props.busy} onclick={act}>
                        { props.act.clone() }
                    </button>
                </div>
            </div>
        </dialog>
    }
}

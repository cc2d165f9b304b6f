//! The place where toasts appear: read out politely, gone after six seconds, kept while focused.

use crate::i18n::t;
use crate::state::store::use_store;
use crate::state::toasts::{STAYS_MS, TOASTS, Toast, close};
use crate::ui::icon::{X, icon};
use gloo::timers::callback::Timeout;
use yew::prelude::*;

#[component]
pub fn Toaster() -> Html {
    let toasts = use_store(&TOASTS);
    html! {
        <div class="toasts" role="status" aria-live="polite">
            { for toasts.list.iter().map(|toast| html! { <ToastLine key={toast.id} toast={toast.clone()} /> }) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ToastProps {
    toast: Toast,
}

#[component]
fn ToastLine(props: &ToastProps) -> Html {
    let held = use_state_eq(|| false);
    let id = props.toast.id;
    use_effect_with(*held || props.toast.stays, move |stays| {
        let timer = (!stays).then(|| Timeout::new(STAYS_MS, move || close(id)));
        move || drop(timer)
    });
    let hold = |on: bool| {
        let held = held.setter();
        Callback::from(move |_: FocusEvent| held.set(on))
    };
    let act = props.toast.act.clone().map(|(label, act)| {
        let onclick = Callback::from(move |_: MouseEvent| {
            close(id);
            act.emit(());
        });
        html! { <button class="toast__act" {onclick}>{ label }</button> }
    });
    html! {
        <div class="toast" onfocusin={hold(true)} onfocusout={hold(false)}>
            <span>{ props.toast.text.clone() }</span>
            { act }
            <button class="toast__close" aria-label={t("ui.close")} onclick={move |_| close(id)}>{ icon(X) }</button>
        </div>
    }
}

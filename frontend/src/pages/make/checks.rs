//! What is still missing, publishing, taking back, deleting.

use super::draft::{Saving, storage_key};
use super::focus;
use crate::api::call;
use crate::browser::{self, spawn};
use crate::frame::link;
use crate::i18n::{explain, explain_missing, t, t_with};
use crate::route::{self, Route};
use crate::state::{toasts, upload};
use crate::ui::dialog::Confirm;
use crate::ui::icon::{CHECK, CIRCLE_ALERT, EXTERNAL_LINK, TRASH_2, icon, icon_sm};
use minnow_shared::draft::{DeleteClip, DraftView, MissingPart, PublishClip, UnpublishClip};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct ChecksProps {
    pub draft: Rc<DraftView>,
    pub saving: Saving,
    /// What has not reached the server cannot be saved as it is.
    pub is_held_back: bool,
    pub heard: Callback<DraftView>,
}

const PARTS: [(MissingPart, &str, &str); 6] = [
    (MissingPart::Media, "checks.media", "main"),
    (MissingPart::Title, "checks.title_part", "part-title"),
    (MissingPart::Topics, "checks.topics", "part-topics"),
    (MissingPart::Captions, "checks.captions", "part-captions"),
    (MissingPart::Alt, "checks.alt", "part-alt"),
    (MissingPart::Licence, "checks.licence", "part-licence"),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Asked {
    Nothing,
    Delete,
    Unpublish,
}

/// Publishes once it has been asked for and everything is saved; says so when it cannot be.
#[hook]
fn use_publishing(asked: &UseStateHandle<bool>, props: &ChecksProps) {
    let (asked, heard, clip_id) = (asked.clone(), props.heard.clone(), props.draft.id.clone());
    use_effect_with((*asked, props.saving, props.is_held_back), move |(is_asked, saving, is_held_back)| {
        if !is_asked {
            return;
        }
        if *is_held_back || *saving == Saving::Failed {
            toasts::say(t(if *is_held_back { "checks.held_back" } else { "checks.not_saved" }));
            asked.set(false);
        } else if *saving == Saving::Saved {
            spawn(async move {
                match call(&PublishClip { clip_id }).await {
                    Ok(view) => {
                        toasts::say(t("checks.published"));
                        heard.emit(view);
                    }
                    Err(error) => toasts::say(explain(&error)),
                }
                asked.set(false);
            });
        }
    });
}

#[component]
pub fn Checks(props: &ChecksProps) -> Html {
    let draft = props.draft.clone();
    let busy = use_state_eq(|| false);
    let asked = use_state_eq(|| Asked::Nothing);
    let ask = |what: Asked| {
        let asked = asked.setter();
        Callback::from(move |()| asked.set(what))
    };
    let publish = {
        let (busy, missing) = (busy.clone(), draft.missing.clone());
        Callback::from(move |_: MouseEvent| match PARTS.iter().find(|(part, ..)| missing.contains(part)) {
            Some(first) => focus(first.2),
            None => busy.set(true),
        })
    };
    use_publishing(&busy, props);
    let unpublish = {
        let (heard, id, asked) = (props.heard.clone(), draft.id.clone(), asked.setter());
        Callback::from(move |()| {
            asked.set(Asked::Nothing);
            let (heard, request) = (heard.clone(), UnpublishClip { clip_id: id.clone() });
            spawn(async move {
                match call(&request).await {
                    Ok(view) => heard.emit(view),
                    Err(error) => toasts::say(explain(&error)),
                }
            });
        })
    };
    let delete = {
        let (id, asked) = (draft.id.clone(), asked.setter());
        Callback::from(move |()| {
            asked.set(Asked::Nothing);
            let id = id.clone();
            spawn(async move {
                upload::cancel(id.clone(), None).await;
                match call(&DeleteClip { clip_id: id.clone() }).await {
                    Ok(_) => {
                        browser::forget(&storage_key(&id));
                        toasts::say(t("checks.deleted"));
                        route::go(&Route::Make);
                    }
                    Err(error) => toasts::say(explain(&error)),
                }
            });
        })
    };
    let name =
        if draft.title.trim().is_empty() { t("make.untitled").to_string() } else { draft.title.clone() };
    let ready = draft.missing.is_empty();
    html! {
        <section class="section" aria-labelledby="checks-title">
            <h2 id="checks-title">{ t("checks.title") }</h2>
            <ul class="card card--flush list">
                { for PARTS.iter().map(|(part, label, target)| {
                    let missing = draft.missing.contains(part);
                    let (tint, glyph) = if missing { ("item__icon item__icon--sun", CIRCLE_ALERT) } else { ("item__icon item__icon--right", CHECK) };
                    let go = Callback::from(move |_: MouseEvent| focus(target));
                    html! {
                        <li class="item">
                            <span class={tint}>{ icon(glyph) }</span>
                            <span class="item__text">
                                <span class="item__title">{ t(label) }</span>
                                <span class="item__sub">{ if missing { explain_missing(*part) } else { t("checks.done") } }</span>
                            </span>
                            if missing && *part != MissingPart::Media { <button type="button" class="section__more" onclick={go}>{ t("checks.open") }</button> }
                        </li>
                    }
                }) }
            </ul>
            if draft.published {
                <div class="row row--wrap g2">
                    { link("btn btn--primary btn--lg grow", Route::Clip { id: draft.id.clone() }, html! { <>{ icon(EXTERNAL_LINK) }{ t("checks.see") }</> }) }
                    <button type="button" class="btn btn--lg" onclick={ask(Asked::Unpublish).reform(|_: MouseEvent| ())}>{ t("checks.unpublish") }</button>
                </div>
            } else {
                <button type="button" class="btn btn--primary btn--lg btn--block" aria-busy={busy.to_string()} aria-disabled={(!ready).to_string()} onclick={publish}>{ t("checks.publish") }</button>
            }
            <div><button type="button" class="btn btn--quiet" onclick={ask(Asked::Delete).reform(|_: MouseEvent| ())}>{ icon_sm(TRASH_2) }{ t("checks.delete") }</button></div>
            if *asked == Asked::Delete {
                <Confirm title={t_with("checks.delete_ask", &[("title", &name)])} text={t(if draft.published { "checks.delete_published" } else { "checks.delete_draft" })}
                    keep={t("ui.keep_it")} act={t("checks.delete")} on_keep={ask(Asked::Nothing)} on_act={delete} />
            }
            if *asked == Asked::Unpublish {
                <Confirm title={t_with("checks.unpublish_ask", &[("title", &name)])} text={t("checks.unpublish_text")}
                    keep={t("checks.keep_published")} act={t("checks.unpublish")} on_keep={ask(Asked::Nothing)} on_act={unpublish} />
            }
        </section>
    }
}

//! Other forms of a question: the same asked in other words. A review asks the form answered longest ago.

use super::written::kind_words;
use crate::api::{ApiError, call};
use crate::browser::{self, spawn};
use crate::frame::NavLink;
use crate::i18n::{explain, t, text};
use crate::route::{self, Route};
use crate::state::toasts;
use crate::ui::icon::{PLUS, X, icon, icon_sm};
use minnow_shared::QuestionId;
use minnow_shared::bank::{BankQuestionView, CopyAsForm, SetFormOf};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct FormsProps {
    pub view: BankQuestionView,
    pub heard: Callback<BankQuestionView>,
}

/// What is sent and what comes of it.
async fn copy(question_id: QuestionId) -> Result<QuestionId, ApiError> {
    let form_id = browser::new_id(QuestionId::new);
    call(&CopyAsForm { question_id, form_id }).await.map(|view| view.id)
}

#[component]
pub fn Forms(props: &FormsProps) -> Html {
    let busy = use_state_eq(|| false);
    let view = &props.view;
    let write = {
        let (busy, id) = (busy.clone(), view.id.clone());
        Callback::from(move |_: MouseEvent| {
            if *busy {
                return;
            }
            busy.set(true);
            let (busy, id) = (busy.setter(), id.clone());
            spawn(async move {
                match copy(id).await {
                    Ok(id) => {
                        toasts::say(t("bank.form_copied"));
                        route::go(&Route::BankQuestion { id });
                    }
                    Err(error) => toasts::say(explain(&error)),
                }
                busy.set(false);
            });
        })
    };
    let leave = {
        let (busy, heard, id) = (busy.clone(), props.heard.clone(), view.id.clone());
        Callback::from(move |_: MouseEvent| {
            if *busy {
                return;
            }
            busy.set(true);
            let (busy, heard, question_id) = (busy.setter(), heard.clone(), id.clone());
            spawn(async move {
                match call(&SetFormOf { question_id, form_of: None }).await {
                    Ok(view) => heard.emit(view),
                    Err(error) => toasts::say(explain(&error)),
                }
                busy.set(false);
            });
        })
    };
    html! {
        <section class="section" aria-labelledby="forms">
            <h2 id="forms">{ t("bank.forms") }</h2>
            <p class="sm muted">{ t("bank.forms_text") }</p>
            if !view.forms.is_empty() {
                <ul class="card card--flush list">
                    { for view.forms.iter().map(|form| html! {
                        <li class="item" key={form.id.as_str()}>
                            <NavLink class="item__text" to={Route::BankQuestion { id: form.id.clone() }}>
                                <span class="item__title" dir="auto">{ form.stem.clone() }</span>
                                <span class="item__sub">{ text(kind_words(&form.kind)) }</span>
                            </NavLink>
                        </li>
                    }) }
                </ul>
            }
            <div class="row row--wrap g2">
                <button type="button" class="btn btn--soft" aria-busy={busy.to_string()} onclick={write}>{ icon(PLUS) }{ t("bank.form_write") }</button>
                if !view.forms.is_empty() {
                    <button type="button" class="btn btn--quiet" onclick={leave}>{ icon_sm(X) }{ t("bank.form_leave") }</button>
                }
            </div>
        </section>
    }
}

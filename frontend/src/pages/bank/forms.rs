//! Other forms of a question: the same asked in other words. A review asks the form answered longest ago.

use super::written::kind_words;
use crate::api::{ApiError, call};
use crate::browser::{self, spawn};
use crate::frame::NavLink;
use crate::hooks::{Loaded, STILL_MS, use_call, use_still};
use crate::i18n::{explain, t, t_with, text};
use crate::route::{self, Route};
use crate::state::toasts;
use crate::ui::empty::Failure;
use crate::ui::field::value_of;
use crate::ui::icon::{PLUS, SEARCH, X, icon, icon_sm};
use crate::ui::row::row_arrow;
use minnow_shared::QuestionId;
use minnow_shared::bank::{BankQuestionView, CopyAsForm, ListQuestions, SetFormOf};
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
    let is_choosing = use_state_eq(|| false);
    let choose = {
        let is_choosing = is_choosing.clone();
        Callback::from(move |_: MouseEvent| is_choosing.set(!*is_choosing))
    };
    // Joins another question's forms, or stands alone.
    let set = {
        let (busy, heard, id) = (busy.clone(), props.heard.clone(), view.id.clone());
        let is_choosing = is_choosing.setter();
        Callback::from(move |form_of: Option<QuestionId>| {
            if *busy {
                return;
            }
            busy.set(true);
            let (busy, heard, question_id) = (busy.setter(), heard.clone(), id.clone());
            let is_choosing = is_choosing.clone();
            spawn(async move {
                let joins = form_of.is_some();
                match call(&SetFormOf { question_id, form_of }).await {
                    Ok(view) => {
                        if joins {
                            toasts::say(t("bank.form_joined"));
                        }
                        is_choosing.set(false);
                        heard.emit(view);
                    }
                    Err(error) => toasts::say(explain(&error)),
                }
                busy.set(false);
            });
        })
    };
    let leave = set.reform(|_: MouseEvent| None);
    let take = set.reform(Some);
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
                            { row_arrow() }
                        </li>
                    }) }
                </ul>
            }
            <div class="row row--wrap g2">
                <button type="button" class="btn btn--soft" aria-busy={busy.to_string()} onclick={write}>{ icon(PLUS) }{ t("bank.form_write") }</button>
                <button type="button" class="btn" aria-expanded={is_choosing.to_string()} onclick={choose}>{ icon_sm(SEARCH) }{ t("bank.form_pick") }</button>
                if !view.forms.is_empty() {
                    <button type="button" class="btn btn--quiet" onclick={leave}>{ icon_sm(X) }{ t("bank.form_leave") }</button>
                }
            </div>
            if *is_choosing { <Choose own={view.clone()} {take} /> }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct ChooseProps {
    own: BankQuestionView,
    take: Callback<QuestionId>,
}

/// The other questions of the bank, found by words; one that is taken brings its own forms along.
#[component]
fn Choose(props: &ChooseProps) -> Html {
    let typed = use_state(String::new);
    let words = use_still(typed.trim().to_owned(), STILL_MS);
    let request =
        ListQuestions { words: Some(words).filter(|words| !words.is_empty()), ..ListQuestions::all() };
    let (list, again) = use_call(Some(request));
    let oninput = {
        let typed = typed.setter();
        Callback::from(move |event: InputEvent| typed.set(value_of(&event)))
    };
    let own = &props.own;
    let is_other =
        |view: &&BankQuestionView| view.id != own.id && own.forms.iter().all(|form| form.id != view.id);
    let found = match &list {
        Loaded::Loading => html! { <p class="muted" role="status">{ t("ui.loading") }</p> },
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Here(page) if !page.questions.iter().any(|view| is_other(&view)) => {
            html! { <p class="muted" role="status">{ t("ask.pick_none") }</p> }
        }
        Loaded::Here(page) => html! {
            <ul class="card card--flush list">
                { for page.questions.iter().filter(is_other).map(|view| {
                    let (id, name) = (view.id.clone(), view.question.title());
                    let onclick = props.take.reform(move |_: MouseEvent| id.clone());
                    html! {
                        <li key={view.id.as_str()}>
                            <button type="button" class="item" aria-label={t_with("bank.form_join", &[("title", &name)])} {onclick}>
                                <span class="item__text">
                                    <span class="item__title" dir="auto">{ name.clone() }</span>
                                    <span class="item__sub">{ text(kind_words(view.question.key.kind())) }</span>
                                </span>
                                { icon(PLUS) }
                            </button>
                        </li>
                    }
                }) }
            </ul>
        },
    };
    html! {
        <div class="stack g3">
            <p class="sm muted">{ t("bank.form_pick_text") }</p>
            <label class="search">
                <span class="vh">{ t("bank.search") }</span>{ icon(SEARCH) }
                <input id="form-search" class="input" type="search" dir="auto" placeholder={t("bank.search")} value={(*typed).clone()} {oninput} />
            </label>
            { found }
        </div>
    }
}

//! A clip asks a question of its author's bank: one that is there, or a new one of any kind, written on the bank's own page.

use super::editor::playhead;
use crate::api::call;
use crate::browser::{new_id, spawn};
use crate::hooks::{Loaded, STILL_MS, use_call, use_still};
use crate::i18n::{clock, explain, t, t_with};
use crate::route::{self, Route};
use crate::state::{planned_place, toasts};
use crate::ui::field::value_of;
use crate::ui::icon::{PLUS, SEARCH, icon, icon_sm};
use minnow_shared::bank::{ListQuestions, PlaceQuestion};
use minnow_shared::draft::{DraftView, GetDraft};
use minnow_shared::{ClipId, ErrorCode, QuestionId};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct PickProps {
    pub clip: ClipId,
    pub player: NodeRef,
    /// The clip as it is once it asks the question.
    pub heard: Callback<DraftView>,
}

/// Two ways beside writing a quick question here: any kind, and one that is there.
#[component]
pub fn Pick(props: &PickProps) -> Html {
    let open = use_state_eq(|| false);
    let show = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let write = {
        let (clip, player) = (props.clip.clone(), props.player.clone());
        Callback::from(move |_: MouseEvent| {
            let id = new_id(QuestionId::new);
            planned_place::plan(&id, &clip, playhead(&player).unwrap_or(0));
            route::go(&Route::BankQuestion { id });
        })
    };
    html! {
        <>
            <div class="row row--wrap g2">
                <button type="button" class="btn" onclick={write}>{ icon(PLUS) }{ t("ask.add_any") }</button>
                <button type="button" class="btn" aria-expanded={open.to_string()} onclick={show}>{ icon(SEARCH) }{ t("ask.pick") }</button>
            </div>
            if *open { <Choose ..(*props).clone() /> }
        </>
    }
}

impl Clone for PickProps {
    fn clone(&self) -> Self {
        Self { clip: self.clip.clone(), player: self.player.clone(), heard: self.heard.clone() }
    }
}

#[component]
fn Choose(props: &PickProps) -> Html {
    let typed = use_state(String::new);
    let words = use_still(typed.trim().to_owned(), STILL_MS);
    let busy = use_state_eq(|| false);
    let request = ListQuestions { words: Some(words).filter(|w| !w.is_empty()), ..ListQuestions::all() };
    let (list, again) = use_call(Some(request));
    let oninput = {
        let typed = typed.setter();
        Callback::from(move |event: InputEvent| typed.set(value_of(&event)))
    };
    let at = playhead(&props.player).unwrap_or(0);
    let take = {
        let (props, busy) = (props.clone(), busy.clone());
        Callback::from(move |question_id: QuestionId| {
            if *busy {
                return;
            }
            busy.set(true);
            let (busy, props) = (busy.setter(), props.clone());
            let moment_ms = Some(playhead(&props.player).unwrap_or(0));
            let place = PlaceQuestion { question_id, clip_id: props.clip.clone(), moment_ms };
            spawn(async move {
                match call(&place).await {
                    Ok(_) => match call(&GetDraft { clip_id: props.clip.clone() }).await {
                        Ok(view) => props.heard.emit(view),
                        Err(error) => toasts::say(explain(&error)),
                    },
                    Err(error) if error.code() == Some(ErrorCode::InvalidField) => {
                        toasts::say(t("ask.need_moment"));
                    }
                    Err(error) => toasts::say(explain(&error)),
                }
                busy.set(false);
            });
        })
    };
    let found = match &list {
        Loaded::Loading => html! { <p class="muted" role="status">{ t("ui.loading") }</p> },
        Loaded::Failed(error) => {
            let again = again.reform(|_: MouseEvent| ());
            html! { <p class="banner banner--danger" role="alert">{ explain(error) }<button type="button" class="btn btn--sm" onclick={again}>{ t("ui.try_again") }</button></p> }
        }
        Loaded::Here(page) if page.questions.is_empty() => {
            html! { <p class="muted" role="status">{ t("ask.pick_none") }</p> }
        }
        Loaded::Here(page) => html! {
            <ul class="list">
                { for page.questions.iter().map(|view| {
                    let (id, name) = (view.id.clone(), view.question.title());
                    let onclick = take.reform(move |_: MouseEvent| id.clone());
                    html! {
                        <li key={view.id.to_string()}>
                            <button type="button" class="item" {onclick}><span class="item__text"><span class="item__title" dir="auto">{ name }</span></span>{ icon_sm(PLUS) }</button>
                        </li>
                    }
                }) }
            </ul>
        },
    };
    html! {
        <div class="card stack g3" aria-busy={busy.to_string()}>
            <p class="sm muted">{ t_with("ask.pick_text", &[("at", &clock(at))]) }</p>
            <label class="search">
                <span class="vh">{ t("bank.search") }</span>{ icon(SEARCH) }
                <input class="input" type="search" dir="auto" placeholder={t("bank.search")} value={(*typed).clone()} {oninput} />
            </label>
            { found }
        </div>
    }
}

//! A question that is asked by its id: fetched first or, without a network, as a pack has it.

use super::component::{Ask, AskNews};
use crate::api::{self, ApiError};
use crate::browser;
use crate::i18n;
use crate::state::{packs, session};
use crate::ui::empty::Failure;
use minnow_shared::answer::{AskedView, GetAskedQuestion};
use minnow_shared::{ClipId, QuestionId};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct AskByIdProps {
    pub question_id: QuestionId,
    /// The clip that asks it; none for a question that comes back alone.
    #[prop_or_default]
    pub clip_id: Option<ClipId>,
    /// Of the question's words, where it is known.
    #[prop_or_default]
    pub language: AttrValue,
    /// A guess before the clip.
    #[prop_or_default]
    pub guess: bool,
    /// What the button says that goes on.
    pub go_on: AttrValue,
    pub news: Callback<AskNews>,
}

#[component]
pub fn AskById(props: &AskByIdProps) -> Html {
    let asked = use_state(|| None::<Result<Rc<AskedView>, ApiError>>);
    let round = use_state(|| 0u32);
    let setter = asked.setter();
    let wanted = (props.question_id.clone(), props.clip_id.clone(), *round);
    use_effect_with(wanted, move |(question_id, clip_id, _)| {
        let request = GetAskedQuestion {
            question_id: question_id.clone(),
            clip_id: clip_id.clone(),
            practice_id: None,
        };
        setter.set(None);
        browser::spawn(async move { setter.set(Some(find(&request).await.map(Rc::new))) });
    });
    let again = {
        let round = round.clone();
        Callback::from(move |()| round.set(*round + 1))
    };
    match &*asked {
        None => html! { <p class="muted" role="status">{ i18n::t("ui.loading") }</p> },
        Some(Err(error)) => html! { <Failure error={error.clone()} {again} /> },
        Some(Ok(asked)) => html! {
            <Ask key={asked.question_id.as_str()} asked={asked.clone()} language={props.language.clone()} guess={props.guess}
                go_on={props.go_on.clone()} news={props.news.clone()} />
        },
    }
}

/// The question as the server asks it; where that cannot be reached, as it is kept here.
async fn find(request: &GetAskedQuestion) -> Result<AskedView, ApiError> {
    let fetched = if browser::is_online() { fetch_asked(request).await } else { Err(ApiError::Network) };
    let Err(error) = fetched else { return fetched };
    if !error.is_temporary() {
        return Err(error);
    }
    match packs::find_asked(&request.question_id).await {
        Some(kept) => Ok(packs::asked_now(kept).await),
        None => Err(error),
    }
}

/// A visitor who is nobody yet becomes a guest by wanting to answer; a session that is there is kept.
///
/// # Errors
/// As `ApiError` tells.
pub async fn fetch_asked(request: &GetAskedQuestion) -> Result<AskedView, ApiError> {
    if session::current().person().is_none() {
        api::become_guest().await?;
    }
    api::call(request).await
}

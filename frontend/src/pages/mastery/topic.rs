//! One topic: what the learner holds of it, what that rests on, what stands beside it, what to do next.

use crate::frame::{Estimate, NavLink, Page, link, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{day, percent, plural, t, t_with, use_language};
use crate::route::Route;
use crate::state::session;
use crate::ui::empty::Failure;
use crate::ui::icon::{CHECK, FILM, Glyph, REPEAT_2, icon, icon_sm};
use crate::ui::row::row_arrow;
use minnow_shared::TopicId;
use minnow_shared::mastery::{
    GetTopicMastery, Hardness, NeighbourView, OutcomeView, TopicDetailView, TopicQuestionView,
};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct TopicProps {
    pub id: TopicId,
}

#[component]
pub fn TopicPage(props: &TopicProps) -> Html {
    let session = session::use_session();
    let language = use_language();
    let request = session
        .person()
        .map(|_| GetTopicMastery { topic_id: props.id.clone(), language: Some(language.to_owned()) });
    let (detail, again) = use_call(request);
    let title = detail.here().map_or_else(|| t("mastery.topic"), |detail| detail.topic.name.clone().into());
    let inside = match &detail {
        Loaded::Here(detail) => shown(detail),
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Loading => page_loading(),
    };
    html! { <Page {title} back={Route::MyTopics}>{ inside }</Page> }
}

fn shown(detail: &TopicDetailView) -> Html {
    html! {
        <>
            { estimate(detail) }
            { next(detail) }
            { neighbours("before", t("mastery.prerequisites"), Some(t("mastery.prerequisites_sub")), &detail.prerequisites) }
            { neighbours("parts", t("mastery.parts"), None, &detail.parts) }
            { neighbours("wholes", t("mastery.wholes"), None, &detail.wholes) }
            { neighbours("after", t("mastery.leads_to"), None, &detail.leads_to) }
            { questions(&detail.questions) }
        </>
    }
}

fn estimate(detail: &TopicDetailView) -> Html {
    let Some(estimate) = &detail.estimate else {
        return html! { <section class="card stack g2"><h2>{ t("mastery.unmet") }</h2><p class="sm muted">{ t("mastery.unmet_text") }</p></section> };
    };
    let others = estimate.answers.saturating_sub(estimate.own_answers);
    let kept = [("n", &*detail.kept_right.to_string()), ("of", &*detail.kept_asked.to_string())];
    html! {
        <section class="card stack g3" aria-labelledby="guess">
            <h2 id="guess">{ t("mastery.hold") }</h2>
            <Estimate name={t("mastery.chance")} estimate={estimate.clone()} />
            <ul class="stack g1 sm muted">
                <li>{ t_with("mastery.last", &[("when", &day(estimate.last_answer_ms))]) }</li>
                if others > 0 { <li>{ plural("mastery.from_parts", others.into()) }</li> }
                if detail.kept_asked > 0 { <li>{ t_with("mastery.kept", &kept) }</li> }
            </ul>
            <p class="xs faint">{ t("mastery.what") }</p>
        </section>
    }
}

/// What to do next: what is due first, else more of it.
fn next(detail: &TopicDetailView) -> Html {
    let clips = html! { <>{ icon(FILM) }{ plural("mastery.clips", detail.clip_count) }</> };
    let to_clips = Route::Topic { id: detail.topic.id.clone() };
    if detail.due == 0 && detail.clip_count == 0 {
        return Html::default();
    }
    let main = if detail.due > 0 { "btn btn--block" } else { "btn btn--primary btn--block" };
    html! {
        <div class="stack g2">
            if detail.due > 0 {
                { link("btn btn--review btn--block", Route::Review, html! { <>{ icon(REPEAT_2) }{ plural("mastery.review", detail.due.into()) }</> }) }
            }
            if detail.clip_count > 0 { { link(main, to_clips, clips) } }
        </div>
    }
}

fn neighbours(id: &'static str, title: AttrValue, sub: Option<AttrValue>, all: &[NeighbourView]) -> Html {
    if all.is_empty() {
        return Html::default();
    }
    html! {
        <section class="section" aria-labelledby={id}>
            <h2 {id}>{ title }</h2>
            { for sub.map(|sub| html! { <p class="xs faint">{ sub }</p> }) }
            <ul class="card card--flush list">
                { for all.iter().map(|one| html! { <li key={one.topic.id.to_string()}>{ neighbour(one) }</li> }) }
            </ul>
        </section>
    }
}

fn neighbour(one: &NeighbourView) -> Html {
    let inside = match &one.estimate {
        Some(estimate) => html! { <Estimate name={one.topic.name.clone()} estimate={estimate.clone()} /> },
        None => {
            html! { <><span class="item__title" dir="auto">{ one.topic.name.clone() }</span><span class="item__sub">{ t("mastery.unmet") }</span></> }
        }
    };
    html! {
        <NavLink class="item" to={Route::MyTopic { id: one.topic.id.clone() }}>
            <span class="item__text">{ inside }</span>
            { row_arrow() }
        </NavLink>
    }
}

fn questions(all: &[TopicQuestionView]) -> Html {
    if all.is_empty() {
        return Html::default();
    }
    html! {
        <section class="section" aria-labelledby="questions">
            <h2 id="questions">{ t("mastery.questions") }</h2>
            <ul class="card card--flush list">
                { for all.iter().map(|question| html! { <li key={question.question_id.to_string()} class="item">{ row(question) }</li> }) }
            </ul>
        </section>
    }
}

fn hardness(hardness: Hardness) -> AttrValue {
    t(match hardness {
        Hardness::Unknown => "mastery.hardness_unknown",
        Hardness::Easy => "mastery.easy",
        Hardness::Middling => "mastery.middling",
        Hardness::Hard => "mastery.hard",
    })
}

fn row(question: &TopicQuestionView) -> Html {
    let stem = html! { <span dir="auto">{ question.stem.clone() }</span> };
    let title = match &question.clip_id {
        Some(clip) => link("item__title text-link", Route::Clip { id: clip.clone() }, stem),
        None => html! { <span class="item__title">{ stem }</span> },
    };
    html! {
        <span class="item__text">
            { title }
            <span class="bits item__sub">
                <span>{ hardness(question.hardness) }</span>
                <span class="row g1">{ for question.outcomes.iter().rev().map(outcome) }</span>
            </span>
        </span>
    }
}

/// One answer: a sign for the eye, words for everybody.
fn outcome(outcome: &OutcomeView) -> Html {
    let (class, glyph, word): (&str, Glyph, AttrValue) = match outcome.credit {
        credit if credit >= 1.0 => ("outcome outcome--right", CHECK, t("mastery.right")),
        credit if credit > 0.0 => {
            ("outcome", REPEAT_2, t_with("mastery.partly", &[("share", &percent(credit))]))
        }
        _ => ("outcome", REPEAT_2, t("mastery.not_yet")),
    };
    let said = format!("{}: {word}", day(outcome.answered_at_ms));
    html! { <span {class} title={said.clone()}>{ icon_sm(glyph) }<span class="vh">{ said }</span></span> }
}

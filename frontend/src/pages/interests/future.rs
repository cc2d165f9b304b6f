//! What the learner may be ready for next: why, and what it builds on.

use crate::frame::NavLink;
use crate::i18n::{plural, t, t_with};
use crate::route::Route;
use crate::ui::icon::{CHECK, CLOCK, Glyph, icon_sm};
use crate::ui::row::row_arrow;
use minnow_shared::interest::FutureInterestView;
use minnow_shared::topic::TopicView;
use yew::prelude::*;

pub fn future(topics: &[FutureInterestView]) -> Html {
    if topics.is_empty() {
        return Html::default();
    }
    html! {
        <section class="section" aria-labelledby="future">
            <div class="section__head"><h2 id="future">{ t("interest.future") }</h2></div>
            <p class="sm muted">{ t("interest.future_text") }</p>
            <ul class="card card--flush list">{ for topics.iter().map(one) }</ul>
        </section>
    }
}

fn names(topics: &[TopicView]) -> String {
    topics.iter().map(|topic| topic.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn one(topic: &FutureInterestView) -> Html {
    let why = t_with("interest.because", &[("names", &names(&topic.because))]);
    html! {
        <li key={topic.topic.id.to_string()}>
            <NavLink class="item" to={Route::Topic { id: topic.topic.id.clone() }}>
                <span class="item__text stack g1">
                    <span class="item__title" dir="auto">{ topic.topic.name.clone() }</span>
                    <span class="item__sub" dir="auto">{ why }{ " · " }{ plural("discover.clips", topic.clip_count) }</span>
                    { built_on(CHECK, "chip chip--sm chip--right", "interest.held", &topic.held) }
                    { built_on(CLOCK, "chip chip--sm chip--line", "interest.missing", &topic.missing) }
                </span>
                { row_arrow() }
            </NavLink>
        </li>
    }
}

/// Prerequisites, with what they are to the learner.
fn built_on(glyph: Glyph, class: &'static str, said: &'static str, topics: &[TopicView]) -> Html {
    if topics.is_empty() {
        return Html::default();
    }
    html! {
        <span class="row row--wrap g1">
            <span class="xs faint">{ t(said) }</span>
            { for topics.iter().map(|topic| html! { <span {class} dir="auto">{ icon_sm(glyph) }{ topic.name.clone() }</span> }) }
        </span>
    }
}

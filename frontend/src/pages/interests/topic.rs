//! One topic of the profile: what is thought of it and why, and what the learner sets about it.

use super::change::Change;
use super::slider::Slider;
use crate::i18n::{plural, t};
use crate::interest::{sentence, when};
use crate::ui::icon::{BAN, EYE_OFF, Glyph, LIST, PIN, UNDO_2, icon_sm};
use minnow_shared::interest::{EvidenceView, InterestView};
use minnow_shared::mastery::Sureness;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct TopicProps {
    pub interest: InterestView,
    pub change: Callback<Change>,
}

/// How sure, as a chip: class and word.
fn chip(interest: &InterestView) -> (&'static str, AttrValue) {
    if interest.is_muted {
        return ("chip chip--sm chip--line", t("interest.is_muted"));
    }
    if interest.is_set {
        return ("chip chip--sm chip--brand", t("interest.is_set"));
    }
    match interest.sureness {
        Sureness::Guess => ("chip chip--sm chip--sun", t("estimate.guess")),
        Sureness::FairlySure => ("chip chip--sm", t("estimate.fairly_sure")),
        Sureness::Sure => ("chip chip--sm chip--right", t("estimate.sure")),
    }
}

/// What says most, and that one sign is hardly any.
fn first_reason(interest: &InterestView) -> AttrValue {
    let signs: u32 = interest.evidence.iter().map(|one| one.of.unwrap_or(one.count)).sum();
    match interest.evidence.first() {
        None if interest.is_set => t("interest.by_hand"),
        None => t("interest.no_reason"),
        Some(first) if signs <= 1 && interest.sureness == Sureness::Guess => {
            format!("{}. {}", sentence(first), t("interest.chance")).into()
        }
        Some(first) => format!("{}.", sentence(first)).into(),
    }
}

#[component]
pub fn Topic(props: &TopicProps) -> Html {
    let one = &props.interest;
    let id = one.topic.id.clone();
    let is_open = use_state_eq(|| false);
    let heading: AttrValue = format!("interest-{id}").into();
    let reasons: AttrValue = format!("reasons-{id}").into();
    let does = |what: Change| props.change.reform(move |_: MouseEvent| what.clone());
    let onset = {
        let (change, id) = (props.change.clone(), id.clone());
        Callback::from(move |level| change.emit(Change::Level(id.clone(), Some(level))))
    };
    let unfold = {
        let is_open = is_open.clone();
        Callback::from(move |_: MouseEvent| is_open.set(!*is_open))
    };
    let (class, word) = chip(one);
    let about = html! { <span class="vh">{ ": " }{ one.topic.name.clone() }</span> };
    let count = one.evidence.len() as u64;
    let toggle = |glyph: Glyph, label: &'static str, on: bool, what: Change| {
        html! {
            <button type="button" class="btn btn--sm btn--quiet" aria-pressed={on.to_string()} onclick={does(what)}>
                { icon_sm(glyph) }{ t(label) }{ about.clone() }
            </button>
        }
    };
    html! {
        <li class={classes!("interest", one.is_muted.then_some("interest--muted"))}>
            <div class="row row--between"><h3 id={heading.clone()} class="grow" dir="auto">{ one.topic.name.clone() }</h3><span {class}>{ word }</span></div>
            <p class="interest__why">{ first_reason(one) }</p>
            <Slider value={one.level} labelled_by={heading} ends={[t("interest.less"), t("interest.more")]} disabled={one.is_muted} {onset} />
            <div class="row row--wrap interest__acts">
                <button type="button" class="btn btn--sm btn--quiet" onclick={does(Change::Forget(id.clone()))}>{ icon_sm(EYE_OFF) }{ t("interest.not_me") }{ about.clone() }</button>
                if count > 0 {
                    <button type="button" class="btn btn--sm btn--quiet" aria-expanded={is_open.to_string()} aria-controls={reasons.clone()} onclick={unfold}>
                        { icon_sm(LIST) }{ plural("interest.reasons", count) }{ about.clone() }
                    </button>
                }
                { toggle(PIN, "interest.pin", one.is_pinned, Change::Pin(id.clone(), !one.is_pinned)) }
                { toggle(BAN, "interest.mute", one.is_muted, Change::Mute(id.clone(), !one.is_muted)) }
                if one.is_set {
                    <button type="button" class="btn btn--sm btn--quiet" onclick={does(Change::Level(id.clone(), None))}>{ icon_sm(UNDO_2) }{ t("interest.as_guessed") }{ about.clone() }</button>
                }
            </div>
            <ul class="interest__reasons stack g2" id={reasons} hidden={!*is_open}>{ for one.evidence.iter().map(reason) }</ul>
        </li>
    }
}

fn reason(evidence: &EvidenceView) -> Html {
    html! {
        <li>
            <span class="sm">{ sentence(evidence) }</span>
            <span class="xs faint" dir="auto">{ when(evidence) }</span>
        </li>
    }
}

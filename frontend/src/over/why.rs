//! Why a clip is here: what ranked it, in words and bars and in all its numbers, and a word of the learner's on it.

use super::{acts, stand_in};
use crate::browser::spawn;
use crate::frame::link;
use crate::hooks::{Loaded, use_call, use_css_var};
use crate::i18n::{explain, fraction, percent, t, t_with, use_language};
use crate::interest::{Much, much, sentence, strongest, thousandths};
use crate::pages::feed::Act;
use crate::route::Route;
use crate::state::outbox::{self, Sent};
use crate::state::session;
use crate::ui::button::glyph_button;
use crate::ui::dialog::Sheet;
use crate::ui::icon::{ARROW_DOWN, ARROW_UP};
use minnow_shared::ClipId;
use minnow_shared::interest::{EvidenceKind, GetWhy, WhyPart, WhyPartView, WhySource, WhyView};
use web_sys::Element;
use yew::prelude::*;

/// Stands in a place that names the clip.
pub fn take(place: Element) {
    let Ok(clip_id) = ClipId::parse(&place.get_attribute("data-clip").unwrap_or_default()) else { return };
    stand_in::<WhySheet>(place, WhyProps { clip_id, act: acts() });
}

#[derive(Properties, PartialEq)]
pub struct WhyProps {
    pub clip_id: ClipId,
    pub act: Callback<Act>,
}

#[component]
pub fn WhySheet(props: &WhyProps) -> Html {
    let language = use_language();
    let session = session::use_session();
    use_effect_with((), |()| spawn(session::load()));
    // Of somebody who has done nothing yet, nothing is known.
    let request = session
        .person()
        .map(|_| GetWhy { clip_id: props.clip_id.clone(), language: Some(language.to_owned()) });
    let (why, again) = use_call(request);
    let inside = match &why {
        Loaded::Here(view) => told(view),
        Loaded::Failed(error) => html! {
            <div role="alert" class="stack g2">
                <p>{ explain(error) }</p>
                <div><button class="btn" onclick={again.reform(|_: MouseEvent| ())}>{ t("ui.try_again") }</button></div>
            </div>
        },
        Loaded::Loading if session.is_known() && session.person().is_none() => {
            html! { <p>{ t(of_source(WhySource::InTurn)) }</p> }
        }
        Loaded::Loading if session.unreachable => html! { <p role="alert">{ t("error.network") }</p> },
        Loaded::Loading => waiting(),
    };
    let topic =
        why.here().and_then(|view| view.topic.as_ref()).map(|topic| AttrValue::from(topic.name.clone()));
    html! {
        <Sheet title={t("why.title")} onclose={props.act.reform(|()| Act::Close)}>
            { inside }
            <p class="xs faint">{ t("why.not_used") }</p>
            <Leaning clip_id={props.clip_id.clone()} act={props.act.clone()} {topic} />
            { link("btn btn--quiet", Route::Interests, html! { t("why.see_all") }) }
        </Sheet>
    }
}

/// The size of what comes.
fn waiting() -> Html {
    html! {
        <div class="stack g2 waits" aria-busy="true"><span class="vh">{ t("ui.loading") }</span>
            { for (0..3).map(|_| html! { <span class="skel wait--bar"></span> }) }
        </div>
    }
}

fn told(view: &WhyView) -> Html {
    if view.shown_at_ms.is_none() {
        return html! { <p>{ t("why.not_shown") }</p> };
    }
    let bars = strongest(&view.parts);
    let from: Vec<AttrValue> = view.sources.iter().map(|source| t(of_source(*source))).collect();
    html! {
        <>
            if !bars.is_empty() {
                <ul class="stack g3">
                    { for bars.into_iter().map(|(part, share)| html! { <li key={format!("{part:?}")}><Bar said={said(view, part)} {share} /></li> }) }
                </ul>
            }
            if !from.is_empty() {
                <div class="stack g1">
                    if !view.parts.is_empty() { <h3 class="xs muted">{ t("why.from") }</h3> }
                    <ul class="sm">{ for from.into_iter().map(|source| html! { <li>{ source }</li> }) }</ul>
                </div>
            }
            if !view.parts.is_empty() { { numbers(view) } }
        </>
    }
}

/// A part as a sentence, with what is known of the learner where that is what it rests on.
fn said(view: &WhyView, part: WhyPart) -> AttrValue {
    let (key, kind) = match part {
        WhyPart::Finishes => ("why.finishes", Some(EvidenceKind::Watched)),
        WhyPart::Likes => ("why.likes", Some(EvidenceKind::Liked)),
        WhyPart::Saves => ("why.saves", Some(EvidenceKind::Saved)),
        WhyPart::Learns => ("why.learns", None),
        WhyPart::WithinReach => ("why.within_reach", None),
        WhyPart::Memory => ("why.memory", None),
        WhyPart::Refuses | WhyPart::Unknown => ("why.newer", None),
    };
    let known = view.evidence.iter().find(|one| Some(one.kind) == kind && one.count > 0);
    match (known, &view.topic) {
        (Some(known), Some(topic)) => {
            t_with("why.finishes_on", &[("what", &sentence(known)), ("topic", &topic.name)])
        }
        _ => t(key),
    }
}

const fn name_of(part: WhyPart) -> &'static str {
    match part {
        WhyPart::Finishes => "why.part_finishes",
        WhyPart::Likes => "why.part_likes",
        WhyPart::Saves => "why.part_saves",
        WhyPart::Refuses => "why.part_refuses",
        WhyPart::Learns => "why.part_learns",
        WhyPart::WithinReach => "why.part_within_reach",
        WhyPart::Memory => "why.part_memory",
        WhyPart::Unknown => "why.part_other",
    }
}

const fn of_source(source: WhySource) -> &'static str {
    match source {
        WhySource::Review => "why.review",
        WhySource::Transitions => "why.transitions",
        WhySource::Interest => "why.interest",
        WhySource::Content => "why.content",
        WhySource::Following => "why.following",
        WhySource::Circle => "why.circle",
        WhySource::Fresh => "why.fresh",
        WhySource::Exploration => "why.exploration",
        WhySource::Popular => "why.popular",
        WhySource::InTurn => "why.in_turn",
        WhySource::Chance => "why.drawn",
        WhySource::Unknown => "why.elsewhere",
    }
}

#[derive(Properties, PartialEq)]
struct BarProps {
    said: AttrValue,
    /// 0 to 1.
    share: f64,
}

/// The bar is as long as the share is large; a word says it as well.
#[component]
fn Bar(props: &BarProps) -> Html {
    let node = use_node_ref();
    use_css_var(&node, "--v", format!("{:.1}%", props.share * 100.0).into());
    let word = match much(props.share) {
        Much::Most => "why.most",
        Much::Some => "why.some",
        Much::Little => "why.little",
    };
    html! {
        <div class="hbar">
            <span dir="auto">{ props.said.clone() }</span>
            <span class="xs faint">{ t(word) }<span class="vh">{ ", " }{ percent(props.share) }</span></span>
            <span class="meter" aria-hidden="true"><span class="meter__bar" ref={node}></span></span>
        </div>
    }
}

/// All that ranked it. What is read adds up to what is read under it.
fn numbers(view: &WhyView) -> Html {
    let (adds, total) = thousandths(&view.parts, view.score);
    let shown = |thousandths: i64| fraction(thousandths as f64 / 1000.0);
    let row = |(part, adds): (&WhyPartView, i64)| {
        html! {
            <tr>
                <th scope="row">{ t(name_of(part.part)) }</th>
                <td class="num"><bdi dir="ltr">{ fraction(part.value) }</bdi></td>
                <td class="num"><bdi dir="ltr">{ format!("× {}", fraction(part.weight)) }</bdi></td>
                <td class="num"><bdi dir="ltr">{ shown(adds) }</bdi></td>
            </tr>
        }
    };
    html! {
        <details class="numbers">
            <summary>{ t("why.all") }</summary>
            <p class="xs muted">{ t("why.all_text") }</p>
            <table class="plain plain--numbers">
                <thead><tr><th scope="col">{ t("why.part") }</th><th scope="col">{ t("why.value") }</th><th scope="col">{ t("why.weight") }</th><th scope="col">{ t("why.adds") }</th></tr></thead>
                <tbody>{ for view.parts.iter().zip(adds).map(row) }</tbody>
                <tfoot><tr><th scope="row" colspan="3">{ t("why.total") }</th><td class="num"><strong><bdi dir="ltr">{ shown(total) }</bdi></strong></td></tr></tfoot>
            </table>
        </details>
    }
}

#[derive(Properties, PartialEq)]
struct LeaningProps {
    clip_id: ClipId,
    topic: Option<AttrValue>,
    act: Callback<Act>,
}

/// More of it or less, and what came of saying so.
#[component]
fn Leaning(props: &LeaningProps) -> Html {
    let said = use_state_eq(|| None::<AttrValue>);
    let busy = use_mut_ref(|| false);
    let lean = |is_more: bool| {
        let (said, busy, act) = (said.setter(), busy.clone(), props.act.clone());
        let (clip_id, topic) = (props.clip_id.clone(), props.topic.clone());
        Callback::from(move |_: MouseEvent| {
            if busy.replace(true) {
                return;
            }
            let (said, busy, act, topic) = (said.clone(), busy.clone(), act.clone(), topic.clone());
            let told = Callback::from(move |sent: Sent| {
                busy.replace(false);
                said.set(Some(match sent {
                    Sent::Heard(_) => {
                        act.emit(Act::Anew);
                        let topics = topic.clone().unwrap_or_else(|| t("why.this"));
                        t_with(
                            if is_more { "why.more_done" } else { "why.less_done" },
                            &[("topics", &topics)],
                        )
                    }
                    Sent::Kept => t("why.kept"),
                    Sent::Refused(error) => explain(&error),
                }));
            });
            outbox::lean(clip_id.clone(), is_more, told);
        })
    };
    html! {
        <>
            <div class="row g2">
                { glyph_button("btn grow", lean(false), ARROW_DOWN, t("why.less")) }
                { glyph_button("btn btn--soft grow", lean(true), ARROW_UP, t("why.more")) }
            </div>
            <p class="sm" role="status">{ (*said).clone() }</p>
        </>
    }
}

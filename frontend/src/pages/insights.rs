//! What a clip did, for its author: who stayed, what they answered, what it taught. Only what was counted; of few learners no
//! shares, and it says why.

use crate::frame::{Page, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{clock, digits, percent, plural, t, t_with};
use crate::route::Route;
use crate::state::session;
use crate::ui::empty::Failure;
use crate::ui::icon::{CHECK, DOWNLOAD, FILM, icon, icon_sm};
use crate::ui::meter::Meter;
use minnow_shared::ClipId;
use minnow_shared::insight::{
    ChoiceShareView, FEWEST_LEARNERS, FigureView, GainView, GetClipInsights, InsightsView,
    QuestionInsightView,
};
use minnow_shared::mastery::Hardness;
use yew::prelude::*;

const DAY_MS: i64 = 86_400_000;
/// From here on a question tells learners apart well (Ebel & Frisbie 1991).
const TELLS_APART: f64 = 0.3;

#[derive(Properties, PartialEq)]
pub struct InsightsProps {
    pub id: ClipId,
}

#[component]
pub fn InsightsPage(props: &InsightsProps) -> Html {
    let session = session::use_session();
    let request = session.account().map(|_| GetClipInsights { clip_id: props.id.clone() });
    let (insights, again) = use_call(request);
    let inside = match &insights {
        Loaded::Here(insights) => shown(insights),
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Loading if session.is_known() && session.account().is_none() => {
            html! { <p class="banner">{ t("insight.not_yours") }</p> }
        }
        Loaded::Loading => page_loading(),
    };
    html! { <Page title={t("insight.title")} back={Route::Make} wide=true>{ inside }</Page> }
}

fn shown(insights: &InsightsView) -> Html {
    let csv = format!("/api/clips/{}/insights.csv", insights.clip_id);
    let poster = match insights.poster_small_url.as_str() {
        "" => html! { <span class="clip__none">{ icon(FILM) }</span> },
        url => html! { <img class="clip__img" src={url.to_owned()} alt="" /> },
    };
    html! {
        <>
            <div class="row row--wrap g3">
                <span class="clip clip--thumb">{ poster }</span>
                <div class="grow">
                    <h2 dir="auto">{ insights.title.clone() }</h2>
                    <p class="xs faint bits"><span>{ clock(insights.duration_ms) }</span><span>{ plural("insight.learners", insights.learners.into()) }</span></p>
                </div>
                <a class="btn btn--sm btn--outline" href={csv} download="">{ icon_sm(DOWNLOAD) }{ "CSV" }</a>
            </div>
            { totals(insights) }
            if insights.learners < FEWEST_LEARNERS {
                <p class="banner" role="status">{ t_with("insight.too_few", &[("n", &FEWEST_LEARNERS.to_string())]) }</p>
            }
            <div class="cols">
                <div class="stack g6">
                    if !insights.staying.is_empty() { { staying(insights) } }
                    { for insights.questions.iter().map(taught) }
                </div>
                <div class="stack g6">{ for insights.questions.iter().map(asked) }</div>
            </div>
        </>
    }
}

fn stat(number: String, label: AttrValue) -> Html {
    html! { <div class="stat"><span class="stat__num">{ number }</span><span class="stat__label">{ label }</span></div> }
}

/// Numbers that are there; a share that is withheld is left out.
fn totals(insights: &InsightsView) -> Html {
    let recall = insights.questions.first().and_then(|question| {
        let days = (question.gain.delay_ms + DAY_MS / 2) / DAY_MS;
        let share = question.gain.delayed.share?;
        Some(stat(percent(share.share), plural("insight.recall", days.max(1).unsigned_abs())))
    });
    let finished = insights.finished.share.map(|share| stat(percent(share.share), t("insight.finished")));
    html! {
        <div class="card stats insight__totals">
            { for recall }
            { for finished }
            { stat(digits(insights.learners.into()), t("insight.saw")) }
            { stat(digits(insights.saves), t("insight.saved")) }
        </div>
    }
}

/// Who is still watching, as a curve; the same in words for who does not see it.
fn staying(insights: &InsightsView) -> Html {
    let last = insights.staying.len().saturating_sub(1).max(1) as f64;
    let at = |place: f64, share: f64| (place * 300.0, 130.0 - share * 130.0);
    let points: Vec<String> = insights
        .staying
        .iter()
        .enumerate()
        .map(|(step, share)| {
            let (x, y) = at(step as f64 / last, *share);
            format!("{x:.1} {y:.1}")
        })
        .collect();
    let line = format!("M{}", points.join("L"));
    let share_at = |ms: u32| {
        let step = (f64::from(ms) / f64::from(insights.duration_ms.max(1)) * last).round() as usize;
        insights.staying.get(step.min(insights.staying.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    let mark = insights.questions.first().map(|question| {
        let (x, y) = at(f64::from(question.moment_ms) / f64::from(insights.duration_ms.max(1)), share_at(question.moment_ms));
        html! { <><path class="chart__mark-line" d={format!("M{x:.1} 0V130")} /><path class="chart__mark" d={format!("M{x:.1} {y:.1}h0")} /></> }
    });
    let end = insights.staying.last().copied().unwrap_or_default();
    let half = share_at(insights.duration_ms / 2);
    let said = t_with("insight.staying_said", &[("half", &percent(half)), ("end", &percent(end))]);
    let fall = insights.drop.map(|fall| {
        let values =
            [("share", &*percent(fall.share)), ("from", &*clock(fall.from_ms)), ("to", &*clock(fall.to_ms))];
        html! { <p class="banner">{ t_with("insight.drop", &values) }</p> }
    });
    html! {
        <section class="section" aria-labelledby="staying">
            <div class="section__head"><h2 id="staying">{ t("insight.staying") }</h2></div>
            <div class="card stack g3">
                <div class="chart num" role="img" aria-label={said}>
                    <span class="chart__up">{ for [1.0, 0.5, 0.0].map(|share| html! { <span>{ percent(share) }</span> }) }</span>
                    <svg class="chart__plot" viewBox="0 0 300 130" preserveAspectRatio="none">
                        <path class="chart__grid" d="M0 0H300M0 65H300M0 130H300" />
                        <path class="chart__area" d={format!("{line}V130H0z")} />
                        <path class="chart__line" d={line} />
                        { for mark }
                    </svg>
                    <span class="chart__along"><span>{ clock(0) }</span><span>{ clock(insights.duration_ms) }</span></span>
                </div>
                { for fall }
            </div>
        </section>
    }
}

/// A share with its interval and its number of learners, or why it is withheld.
fn figure(label: AttrValue, figure: FigureView, signed: bool) -> Html {
    let learners = plural("insight.learners", figure.learners.into());
    let points = |share: f64| {
        let sign = if signed && share > 0.0 { "+" } else { "" };
        // Signs stay before their numbers where the text runs the other way.
        format!("\u{2066}{sign}{}\u{2069}", percent(share))
    };
    let number = match figure.share {
        Some(share) => html! {
            <td class="num"><strong>{ points(share.share) }</strong>{ " " }<span class="faint xs">{ t_with("insight.from_to", &[("low", &points(share.low)), ("high", &points(share.high))]) }</span></td>
        },
        None => html! { <td class="faint">{ t("insight.withheld") }</td> },
    };
    html! { <tr><th scope="row">{ label }<br /><span class="xs faint">{ learners }</span></th>{ number }</tr> }
}

fn taught(question: &QuestionInsightView) -> Html {
    let GainView { before, after, delayed, at_once, lasting, .. } = question.gain;
    let few = [before, after, delayed, at_once, lasting].iter().any(|figure| figure.share.is_none());
    html! {
        <section class="section" key={question.question_id.to_string()}>
            <h2>{ t("insight.taught") }</h2>
            <div class="card stack g3">
                <table class="plain">
                    <caption class="vh">{ t("insight.taught") }</caption>
                    <tbody>
                        { figure(t("insight.before"), before, false) }
                        { figure(t("insight.after"), after, false) }
                        { figure(t("insight.delayed"), delayed, false) }
                        { figure(t("insight.at_once"), at_once, true) }
                        { figure(t("insight.lasting"), lasting, true) }
                    </tbody>
                </table>
                if few { <p class="sm muted">{ t_with("insight.why_withheld", &[("n", &FEWEST_LEARNERS.to_string())]) }</p> }
                <p class="xs faint">{ t("insight.how") }</p>
            </div>
        </section>
    }
}

fn asked(question: &QuestionInsightView) -> Html {
    let hard = match question.hardness {
        Hardness::Unknown => None,
        Hardness::Easy => Some(t("mastery.easy")),
        Hardness::Middling => Some(t("mastery.middling")),
        Hardness::Hard => Some(t("mastery.hard")),
    };
    let first = question.first.share.map(|share| stat(percent(share.share), t("insight.first")));
    let apart = question.discrimination.map(|value| stat(format!("{value:.2}"), t("insight.apart")));
    let hard = hard.map(|word| stat(word.to_string(), t("insight.hardness")));
    let figures: Vec<Html> = [first, apart, hard].into_iter().flatten().collect();
    html! {
        <section class="section" key={question.question_id.to_string()}>
            <div class="section__head">
                <h2>{ t("insight.question") }</h2>
                if question.discrimination.is_some_and(|value| value >= TELLS_APART) { <span class="chip chip--right chip--sm">{ t("insight.works") }</span> }
            </div>
            <div class="card stack g4">
                <p dir="auto"><strong>{ question.stem.clone() }</strong></p>
                { for question.choices.iter().map(choice) }
                if !figures.is_empty() { <div class="stats">{ for figures }</div> }
                if question.first.share.is_none() {
                    <p class="sm muted">{ t_with("insight.few_answers", &[("n", &FEWEST_LEARNERS.to_string()), ("learners", &plural("insight.learners", question.first.learners.into()))]) }</p>
                }
            </div>
        </section>
    }
}

fn choice(choice: &ChoiceShareView) -> Html {
    let text = choice.text.clone().map_or_else(|| t("insight.unsure"), AttrValue::from);
    let class = if choice.is_right { "meter meter--right" } else { "meter meter--review" };
    html! {
        <div class="hbar">
            <span class="row g2">
                if choice.is_right { { icon_sm(CHECK) }<span class="vh">{ t("insight.right") }</span> }
                <span dir="auto">{ text.clone() }</span>
            </span>
            <span class="num xs">{ percent(choice.share) }</span>
            <Meter label={text} percent={(choice.share * 100.0).round() as u32} {class} />
        </div>
    }
}

//! The text twin: the clip as text, beside the stage on wide screens and over it on phones. It follows the clip and stops
//! where its question waits.

use super::act::Act;
use crate::hooks::{Loaded, use_call};
use crate::i18n::{clock, plural, t, t_with};
use crate::playback::{Reel, moment::sealed_from};
use crate::ui::button::{button, glyph_button};
use crate::ui::empty::Failure;
use crate::ui::icon::{CIRCLE_HELP, CLOCK, EXTERNAL_LINK, LOCK, PLAY, X, icon, icon_sm};
use crate::ui::row::{row_arrow, row_text};
use minnow_shared::clip::{ClipView, GetTextTwin, TwinParagraph};
use std::rc::Rc;
use yew::prelude::*;

/// The reel as a property: the same one is equal.
#[derive(Clone)]
pub struct ReelHandle(pub Rc<Reel>);

impl PartialEq for ReelHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Properties, PartialEq)]
pub struct TextTwinProps {
    pub clip: Rc<ClipView>,
    pub reel: Option<ReelHandle>,
    /// Over the stage, on phones.
    pub is_open: bool,
    /// The network is free for it: the clip plays.
    pub may_load: bool,
    pub act: Callback<Act>,
}

/// Words a minute that people read on a screen, about.
const WORDS_A_MINUTE: usize = 200;

fn minutes(paragraphs: &[TwinParagraph]) -> u64 {
    let words: usize = paragraphs.iter().map(|p| p.text.split_whitespace().count()).sum();
    words.div_ceil(WORDS_A_MINUTE).max(1) as u64
}

/// The paragraph that belongs to a moment: the last one that has begun.
fn now_of(paragraphs: &[TwinParagraph], ms: u32) -> Option<usize> {
    paragraphs.iter().rposition(|p| p.at_ms <= ms)
}

#[component]
pub fn TextTwin(props: &TextTwinProps) -> Html {
    let wanted = props.is_open || props.may_load;
    let request = wanted.then(|| GetTextTwin { clip_id: props.clip.id.clone() });
    let (twin, again) = use_call(request);
    let now = use_state_eq(|| None::<usize>);
    let here = twin.here().cloned();
    use_effect_with((props.reel.clone(), here), {
        let now = now.setter();
        move |(reel, twin)| {
            let reel = reel.clone();
            if let (Some(reel), Some(twin)) = (&reel, twin.clone()) {
                let listener = Callback::from(move |ms| now.set(now_of(&twin.paragraphs, ms)));
                listener.emit(reel.0.at_ms());
                reel.0.set_time_listener(Some(listener));
            }
            move || {
                if let Some(reel) = reel {
                    reel.0.set_time_listener(None);
                }
            }
        }
    });
    let node = use_node_ref();
    use_effect_with((props.is_open, node.clone()), |(is_open, node)| {
        if let Some(close) = is_open.then(|| node.cast::<web_sys::HtmlElement>()).flatten() {
            let _ = close.focus();
        }
    });
    let close = props.act.reform(|_: MouseEvent| Act::Close);
    let body = match &twin {
        Loaded::Here(twin) => paragraphs(props, &twin.paragraphs, *now, twin.source_url.as_deref()),
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Loading if wanted => html! { <span class="skel"></span> },
        Loaded::Loading => html! {},
    };
    let from = twin.here().and_then(|twin| twin.paragraphs.get((*now)?).map(|p| p.at_ms));
    let play = props.act.reform(move |_: MouseEvent| Act::PlayFrom(from.unwrap_or_default()));
    html! {
        <aside class={classes!("panel", props.is_open.then_some("panel--open"))} aria-label={t("feed.text_label")}>
            <header class="panel__head">
                <div class="row row--between">
                    <h2 class="clip1" dir="auto" lang={props.clip.language.clone()}>{ &props.clip.title }</h2>
                    <button class="btn btn--icon btn--quiet only-narrow" ref={node} aria-label={t("feed.back_to_clip")} onclick={close}>
                        { icon(X) }
                    </button>
                </div>
            </header>
            <div class="panel__body twin" tabindex="0" role="region" aria-label={t("feed.text")}
                aria-busy={(wanted && matches!(twin, Loaded::Loading)).to_string()}>{ body }</div>
            <div class="panel__foot row g2">
                { glyph_button("btn btn--primary grow", play, PLAY, t("feed.play_from_here")) }
            </div>
        </aside>
    }
}

fn paragraphs(
    props: &TextTwinProps,
    all: &[TwinParagraph],
    now: Option<usize>,
    source: Option<&str>,
) -> Html {
    let sealed = sealed_from(&props.clip.questions);
    let open = all.iter().enumerate().filter(|(_, p)| sealed.is_none_or(|sealed| p.at_ms < sealed));
    let line = |(index, p): (usize, &TwinParagraph)| {
        let at = clock(p.at_ms);
        let is_now = now == Some(index);
        let at_ms = p.at_ms;
        let onclick = props.act.reform(move |_: MouseEvent| Act::SeekTo(at_ms));
        let label = t_with(if is_now { "feed.twin_playing" } else { "feed.twin_play" }, &[("time", &at)]);
        html! {
            <div class={classes!("twin__line", is_now.then_some("twin__line--now"))} aria-current={is_now.then_some("true")}>
                { button("twin__t", Some(label), onclick, html! { <bdi dir="ltr">{ at }</bdi> }) }
                <p dir="auto" lang={props.clip.language.clone()}>{ &p.text }</p>
            </div>
        }
    };
    html! {
        <>
            <p class="xs faint row g2">{ icon_sm(CLOCK) }{ plural("feed.minutes_read", minutes(all)) }</p>
            { for open.map(line) }
            { for sealed.map(|at| seal(props, at)) }
            if sealed.is_none() {
                { for source.map(|url| html! {
                    <p class="xs"><a class="section__more twin__source" href={url.to_owned()} rel="noopener noreferrer" target="_blank">
                        { t("feed.source") }{ icon_sm(EXTERNAL_LINK) }
                    </a></p>
                }) }
                if !props.clip.licence.is_empty() { <p class="xs faint">{ &props.clip.licence }</p> }
            }
        </>
    }
}

/// Where the text stops, and the way to go on.
fn seal(props: &TextTwinProps, at_ms: u32) -> Html {
    let ask = props.act.reform(|_: MouseEvent| Act::Ask);
    let title = t_with("feed.question_at", &[("time", &clock(at_ms))]);
    html! {
        <>
            <div class="card card--sunk row">
                { row_text("item__icon", LOCK, t("feed.sealed"), Some(t("feed.sealed_text"))) }
            </div>
            { button("card card--sunk row twin__ask", None, ask, html! { <>
                { row_text("item__icon item__icon--sun", CIRCLE_HELP, title, Some(t("feed.answer_here"))) }
                { row_arrow() }
            </> }) }
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(at_ms: u32) -> TwinParagraph {
        TwinParagraph { at_ms, text: "one two three".into() }
    }

    #[test]
    fn the_paragraph_that_has_begun_last_is_the_one_now() {
        let all = [paragraph(0), paragraph(9_000), paragraph(20_000)];
        assert_eq!(
            [0, 8_999, 9_000, 60_000].map(|ms| now_of(&all, ms)),
            [Some(0), Some(0), Some(1), Some(2)]
        );
        assert_eq!(now_of(&[paragraph(500)], 100), None);
    }

    #[test]
    fn a_short_text_is_a_minute() {
        assert_eq!(minutes(&[paragraph(0)]), 1);
        assert_eq!(minutes(&[TwinParagraph { at_ms: 0, text: "x ".repeat(401) }]), 3);
    }
}

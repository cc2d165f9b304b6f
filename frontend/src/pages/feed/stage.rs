//! One clip's stage: what lies over the video. Caption, seek bar and clock are written by the reel (`data-face`).

use super::act::{Act, SKIP_MS};
use super::backdrop::Backdrop;
use super::seek::SeekBar;
use crate::frame::{avatar, link};
use crate::hooks::use_css_var;
use crate::i18n::{compact, t, t_with};
use crate::question::seen;
use crate::route::Route;
use crate::ui::button::{button, glyph_button, icon_button};
use crate::ui::icon::{
    BOOKMARK, CIRCLE_ALERT, ELLIPSIS, Glyph, HEART, PLAY, REFRESH_CW, ROTATE_CCW, ROTATE_CW, TEXT, icon_as,
    icon_lg,
};
use minnow_shared::clip::ClipView;
use minnow_shared::settings::{CaptionBackground, CaptionSize};
use std::rc::Rc;
use yew::prelude::*;

/// How captions look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CaptionLook {
    pub on: bool,
    pub size: CaptionSize,
    pub background: CaptionBackground,
}

impl CaptionLook {
    fn class(self) -> Classes {
        let size = match self.size {
            CaptionSize::Small => "stage__cap--small",
            CaptionSize::Medium => "stage__cap--medium",
            CaptionSize::Large => "stage__cap--large",
        };
        let background = match self.background {
            CaptionBackground::Glass => "stage__cap--glass",
            CaptionBackground::Solid => "stage__cap--solid",
            CaptionBackground::None => "stage__cap--bare",
        };
        classes!("stage__cap", size, background)
    }
}

#[derive(Properties, PartialEq)]
pub struct StageProps {
    pub clip: Rc<ClipView>,
    /// From 0.
    pub place: usize,
    /// Clips in the feed; -1 while more may come.
    pub total: i64,
    pub is_current: bool,
    /// The current clip stands, and it is not a question or a sheet that holds it.
    pub is_paused: bool,
    pub is_playing: bool,
    pub has_failed: bool,
    pub has_poster: bool,
    pub captions: CaptionLook,
    pub act: Callback<Act>,
}

#[component]
pub fn Stage(props: &StageProps) -> Html {
    let node = use_node_ref();
    use_css_var(&node, "--i", props.place.to_string().into());
    let clip = &props.clip;
    let poster_url = props.has_poster.then(|| AttrValue::from(clip.poster_small_url.clone()));
    let title_id = format!("clip-{}", props.place);
    html! {
        <article class="reel__item" ref={node} data-place={props.place.to_string()} inert={!props.is_current}
            aria-labelledby={title_id.clone()} aria-posinset={(props.place + 1).to_string()} aria-setsize={props.total.to_string()}>
            <div class="stage" data-theme="dark">
                <Backdrop thumbhash={clip.thumbhash.clone()} {poster_url} />
                <div class="stage__scrim"></div>
                <button class="stage__tap" data-tap="" aria-label={t(if props.is_playing { "feed.pause" } else { "feed.play" })}></button>
                if props.has_failed {
                    { failure(&props.act) }
                } else if props.is_current && props.is_paused {
                    { transport(&props.act) }
                }
                { rail(props) }
                <div class="stage__foot">
                    { for clip.review.map(|review| seen(review.last_answer_ms)) }
                    if props.captions.on {
                        <p class={props.captions.class()} lang={clip.language.clone()} dir="auto" data-face="caption"></p>
                    }
                    { link("stage__by", author(clip), html! { <>
                        <bdi>{ &clip.author.display_name }</bdi>
                        if !clip.author.bio.is_empty() { <span class="stage__bio" dir="auto">{ &clip.author.bio }</span> }
                    </> }) }
                    <h1 class="stage__title" id={title_id} lang={clip.language.clone()} dir="auto">{ &clip.title }</h1>
                    <div class="stage__chips">
                        { for clip.topics.iter().map(|topic| {
                            let to = Route::Topic { id: topic.id.clone() };
                            link("chip chip--glass chip--sm", to, html! { { &topic.name } })
                        }) }
                    </div>
                    <p class="vh">{ &clip.alt }</p>
                </div>
                <SeekBar clip={clip.clone()} act={props.act.clone()} />
            </div>
        </article>
    }
}

fn author(clip: &ClipView) -> Route {
    Route::Author { handle: clip.author.handle.clone() }
}

fn does(act: &Callback<Act>, what: Act) -> Callback<MouseEvent> {
    act.reform(move |_| what)
}

/// Pause shows what can be done now: five seconds back, play, five seconds on.
fn transport(act: &Callback<Act>) -> Html {
    html! {
        <div class="stage__transport">
            { icon_button("btn btn--icon btn--glass", does(act, Act::SeekBy(-SKIP_MS)), ROTATE_CCW, t("feed.back_5")) }
            <button class="btn btn--icon btn--glass stage__play" aria-hidden="true" tabindex="-1" onclick={does(act, Act::Toggle)}>
                { icon_as("icon icon--xl icon--fill", PLAY) }
            </button>
            { icon_button("btn btn--icon btn--glass", does(act, Act::SeekBy(SKIP_MS)), ROTATE_CW, t("feed.forward_5")) }
        </div>
    }
}

fn failure(act: &Callback<Act>) -> Html {
    html! {
        <div class="stage__failure" role="alert">
            { icon_lg(CIRCLE_ALERT) }
            <h2>{ t("feed.clip_failed") }</h2>
            <p>{ t("feed.clip_failed_text") }</p>
            <div class="row row--wrap g2">
                { glyph_button("btn btn--primary", does(act, Act::Retry), REFRESH_CW, t("ui.try_again")) }
                { glyph_button("btn btn--glass", does(act, Act::Text), TEXT, t("feed.read_instead")) }
            </div>
        </div>
    }
}

fn disc(glyph: Glyph, text: AttrValue) -> Html {
    html! { <><span class="rail__disc">{ icon_lg(glyph) }</span>{ text }</> }
}

fn rail(props: &StageProps) -> Html {
    let (clip, act) = (&props.clip, &props.act);
    let name = &clip.author.display_name;
    let author_disc = html! { <>{ avatar("av", name) }<span class="vh">{ name }</span></> };
    let likes = compact(clip.counts.likes);
    let saves = compact(clip.counts.saves);
    html! {
        <div class="stage__rail rail" role="group" aria-label={t("feed.actions")}>
            { link("rail__author", author(clip), author_disc) }
            <button class="rail__btn" aria-pressed={clip.liked.to_string()} onclick={does(act, Act::Like)}>
                <span class="rail__disc">{ icon_lg(HEART) }</span>
                if clip.counts.likes > 0 {
                    <span><span class="vh">{ t("feed.like") }{ ", " }</span>{ likes }</span>
                } else {
                    { t("feed.like") }
                }
            </button>
            { button("rail__btn", None, does(act, Act::Text), disc(TEXT, t("feed.text"))) }
            <button class="rail__btn" aria-pressed={clip.saved.to_string()} onclick={does(act, Act::Save)}>
                <span class="rail__disc">{ icon_lg(BOOKMARK) }</span>
                <span aria-hidden="true">{ if clip.counts.saves > 0 { saves.clone().into() } else { t("feed.save") } }</span>
                <span class="vh">{ t_with("feed.save_count", &[("n", &saves)]) }</span>
            </button>
            <button class="rail__btn" aria-haspopup="dialog" onclick={does(act, Act::More)}>
                { disc(ELLIPSIS, t("feed.more")) }
            </button>
        </div>
    }
}

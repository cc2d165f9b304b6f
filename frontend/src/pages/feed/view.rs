//! How the feed is drawn: the reel's stages in a window round the current one, what stands over them, the text beside.

use super::act::Act;
use super::hearing::AGAIN_MS;
use super::over::OverPlace;
use super::stage::{CaptionLook, Stage};
use super::twin::{ReelHandle, TextTwin};
use super::{FeedPage, Msg, cards};
use crate::frame::link;
use crate::hooks::use_css_var;
use crate::i18n::{clock, plural, t, t_with};
use crate::question::QuestionSheet;
use crate::route::Route;
use crate::state::settings::SETTINGS;
use crate::ui::button::{button, icon_button};
use crate::ui::icon::{CHEVRON_DOWN, CHEVRON_UP, HEART, VOLUME_2, VOLUME_X, X, ZAP, icon_as, icon_sm};
use crate::ui::ring::ring;
use yew::prelude::*;

/// Stages alive before and after the current one.
const WINDOW: usize = 2;

impl FeedPage {
    pub(super) fn page(&self, ctx: &Context<Self>) -> Html {
        let class = classes!(
            "feed",
            self.question.is_some().then_some("feed--sheet feed--quiz"),
            self.stop.then_some("feed--stop"),
            (self.clip().is_none() && !self.stop).then_some("feed--end"),
            self.clips.is_empty().then_some("feed--empty"),
        );
        html! {
            <main id="main" tabindex="-1" {class}>
                <div class="feed__center">
                    { self.reel(ctx) }
                    if !self.clips.is_empty() { { self.over_stage(ctx) } }
                    { self.question_sheet(ctx) }
                    if self.stop { { cards::shore(&self.goal, self.seen.len() as u64, self.session_xp, &self.act) } }
                    <p class="vh" role="status">{ self.announcement() }</p>
                </div>
                { self.text() }
                { self.dialog() }
            </main>
        }
    }

    fn announcement(&self) -> AttrValue {
        self.clip().map_or_else(AttrValue::default, |clip| {
            t_with("feed.announce", &[("n", &(self.current + 1).to_string()), ("title", &clip.title)])
        })
    }

    fn reel(&self, ctx: &Context<Self>) -> Html {
        if self.clips.is_empty() {
            let card = if self.is_gone {
                cards::gone()
            } else if let Some(end) = self.path_end(ctx) {
                end
            } else if self.error.is_some() || self.is_loading || self.seen_all {
                self.end(ctx, self.is_loading)
            } else if ctx.props().topic.is_some() {
                cards::gone()
            } else {
                cards::nothing()
            };
            return html! { <div class="reel reel--card">{ card }</div> };
        }
        let settings = SETTINGS.with(|s| s.get());
        let captions = CaptionLook {
            on: settings.captions,
            size: settings.caption_size,
            background: settings.caption_background,
        };
        let is_held = self.question.is_some() || self.stop;
        let total = if self.cursor.is_some() { -1 } else { self.clips.len() as i64 };
        let from = self.current.saturating_sub(WINDOW);
        let alive = self.clips.iter().enumerate().skip(from).take(self.current + WINDOW + 1 - from);
        let stage = |(place, clip): (usize, &std::rc::Rc<minnow_shared::clip::ClipView>)| {
            let is_current = place == self.current;
            html! {
                <Stage key={clip.id.as_str()} clip={clip.clone()} {place} {total} is_current={is_current && !is_held && !self.panel}
                    is_paused={is_current && !self.is_playing && !is_held} is_playing={is_current && self.is_playing}
                    has_failed={self.failed.contains(&place)} has_poster={place <= self.posters}
                    {captions} act={self.act.clone()} />
            }
        };
        // One list with a key on each: what stays alive is moved, never made anew. The videos are no part of it.
        let mut places: Vec<Html> = alive.map(stage).collect();
        if self.current + WINDOW >= self.clips.len() {
            places.push(html! {
                <EndPlace key="end" place={self.clips.len()} is_current={self.current >= self.clips.len()}>
                    { self.end(ctx, self.is_loading || self.cursor.is_some()) }
                </EndPlace>
            });
        }
        html! {
            <div class="reel" ref={self.scroller.clone()}>
                <div class="reel__videos" ref={self.holder.clone()} aria-hidden="true"></div>
                <div class="reel__list" role="feed" inert={is_held || self.panel} aria-label={t("feed.clips")} aria-busy={self.is_loading.to_string()}>
                    { for places }
                </div>
            </div>
        }
    }

    fn end(&self, ctx: &Context<Self>, is_loading: bool) -> Html {
        if let Some(end) = self.path_end(ctx).filter(|_| self.cursor.is_none() && self.error.is_none()) {
            return end;
        }
        let of = if ctx.props().topic.is_some() { cards::End::Topic } else { cards::End::All };
        cards::end(of, self.error.as_ref(), is_loading, &self.again)
    }

    fn over_stage(&self, ctx: &Context<Self>) -> Html {
        let is_clip = self.clip().is_some();
        let does = |what: Act| self.act.reform(move |_: MouseEvent| what);
        let is_on = self.sound && !self.sound_refused;
        let (sound_glyph, sound) =
            if is_on { (VOLUME_2, "feed.sound_off") } else { (VOLUME_X, "feed.sound_on") };
        html! {
            <>
                <div class="stage__over" data-theme={is_clip.then_some("dark")} inert={self.panel || self.stop}>
                    <div class="stage__top">
                        { self.goal_ring(is_clip) }
                        { self.heading(ctx) }
                        if is_clip {
                            { icon_button("btn btn--icon btn--glass stage__sound", does(Act::Sound), sound_glyph, t(sound)) }
                        }
                    </div>
                    if self.sound_refused && self.question.is_none() {
                        { button("chip chip--glass stage__hint", None, does(Act::Sound), html! { <>{ icon_sm(VOLUME_X) }{ t("feed.tap_for_sound") }</> }) }
                    }
                    if self.hearts > 0 {
                        <span key={self.hearts} class="stage__heart" aria-hidden="true">{ icon_as("icon icon--fill", HEART) }</span>
                    }
                    if self.xp > 0 {
                        <div class="xp" role="status">
                            <span class="xp__pill">{ icon_as("icon icon--fill", ZAP) }<bdi dir="ltr">{ format!("+{} XP", self.xp) }</bdi></span>
                        </div>
                    }
                </div>
                <div class="stage__step">
                    { icon_button("btn btn--icon", does(Act::Previous), CHEVRON_UP, t("feed.previous_clip")) }
                    { icon_button("btn btn--icon", does(Act::Next), CHEVRON_DOWN, t("feed.next_clip")) }
                </div>
            </>
        }
    }

    fn goal_ring(&self, is_on_video: bool) -> Html {
        let minutes = self.goal.minutes().to_string();
        let goal = plural("feed.minutes", u64::from(self.goal.goal_minutes));
        let label = t_with("feed.goal", &[("n", &minutes), ("goal", &goal)]);
        link(
            "stage__goal",
            Route::Me,
            html! { <>
                { ring(if is_on_video { "ring ring--video" } else { "ring" }, self.goal.share(), minutes.into()) }
                <span class="vh">{ label }</span>
            </> },
        )
    }

    fn heading(&self, ctx: &Context<Self>) -> Html {
        if let Some(heading) = self.path_heading(ctx) {
            return heading;
        }
        let Some(topic) = &ctx.props().topic else {
            return html! { <p class="stage__feed stage__name">{ t("feed.for_you") }</p> };
        };
        let named = self.clips.iter().flat_map(|clip| &clip.topics).find(|named| named.id == *topic);
        let name = named.map_or(topic.as_str(), |named| &named.name);
        html! {
            <p class="stage__feed">
                { link("chip chip--glass", Route::Feed, html! { <>
                    { name }{ icon_sm(X) }<span class="vh">{ t("feed.leave_topic") }</span>
                </> }) }
            </p>
        }
    }

    fn question_sheet(&self, ctx: &Context<Self>) -> Html {
        let asked = self.clip().and_then(|clip| Some((clip, clip.questions.get(self.question?)?)));
        let Some((clip, question)) = asked else { return html! {} };
        html! {
            <QuestionSheet key={question.id.as_str()} clip_id={clip.id.clone()} question={question.clone()}
                language={clip.language.clone()} is_guess={clip.guess_first} last_answer_ms={clip.review.map(|review| review.last_answer_ms)} again_from={clock(question.moment_ms.saturating_sub(AGAIN_MS))} note={self.gate_note()}
                news={ctx.link().callback(Msg::Question)} />
        }
    }

    fn text(&self) -> Html {
        let Some(clip) = self.clip().filter(|_| !self.stop) else { return html! {} };
        html! {
            <TextTwin key={clip.id.as_str()} clip={clip.clone()} reel={self.reel.clone().map(ReelHandle)} is_open={self.panel}
                may_load={(self.has_played || self.failed.contains(&self.current)) && is_wide()} act={self.act.clone()} />
        }
    }

    fn dialog(&self) -> Html {
        match (self.over, self.clip()) {
            (Some(over), Some(clip)) => {
                html! { <OverPlace key={over.name()} {over} clip={clip.clone()} rate={self.rate} act={self.act.clone()} /> }
            }
            _ => html! {},
        }
    }
}

/// Where the text stands beside the stage, it is loaded unasked.
fn is_wide() -> bool {
    crate::browser::window()
        .match_media("(min-width: 1024px)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}

#[derive(Properties, PartialEq)]
struct EndPlaceProps {
    place: usize,
    is_current: bool,
    children: Html,
}

/// The stage after the last clip.
#[component]
fn EndPlace(props: &EndPlaceProps) -> Html {
    let node = use_node_ref();
    use_css_var(&node, "--i", props.place.to_string().into());
    html! {
        <article class="reel__item reel__end" ref={node} inert={!props.is_current} aria-label={t("feed.end_label")}>
            { props.children.clone() }
        </article>
    }
}

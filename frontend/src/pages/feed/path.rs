//! A playlist in the feed's stage: which step a clip is, the gate that the way stops at, and what stands after the last
//! clip. Which clips there are is the server's: it gives none behind a gate that is closed.

use super::act::Act;
use super::{FeedPage, Msg};
use crate::api::call;
use crate::browser::{self, spawn};
use crate::frame::link;
use crate::i18n::{day, plural, t, t_with};
use crate::route::Route;
use crate::state::toasts;
use crate::ui::empty::{Art, empty};
use crate::ui::icon::{LOCK, icon_lg};
use minnow_shared::ClipId;
use minnow_shared::clip::ClipView;
use minnow_shared::feed::FeedPageView;
use minnow_shared::playlist::{PathView, PlayPlaylist};
use wasm_bindgen::JsValue;
use yew::prelude::*;

/// The playlist that is played.
#[derive(Default)]
pub(super) struct Path {
    view: Option<PathView>,
    /// Which step each of the feed's clips is.
    places: Vec<u32>,
    /// The way was tried at the closed gate: its question opens as soon as its clip stands there again.
    is_stopped: bool,
}

impl Path {
    /// The clips of a page join those that are there; the newest word on gates holds.
    pub(super) fn take(&mut self, page: &FeedPageView, clips: &[ClipId]) {
        let Some(view) = &page.path else { return };
        let new = page.clips.iter().zip(&view.places).filter(|(clip, _)| !clips.contains(&clip.id));
        self.places.extend(new.map(|(_, place)| *place));
        self.view = Some(view.clone());
    }

    /// Whether a playlist is played.
    pub(super) fn is_one(&self) -> bool {
        self.view.is_some()
    }

    fn is_gate(&self) -> bool {
        self.view.as_ref().is_some_and(|view| view.gate)
    }

    /// "Step 3 of 9".
    fn step(&self, place: usize) -> Option<AttrValue> {
        let (view, place) = self.view.as_ref().zip(self.places.get(place))?;
        let [n, steps] = [place.to_string(), view.steps.to_string()];
        Some(t_with("path.step", &[("n", &n), ("steps", &steps)]))
    }
}

impl FeedPage {
    /// The clips from one on, or from where the learner is.
    pub(super) fn fetch_path(&self, ctx: &Context<Self>, from: Option<ClipId>) {
        let Some(playlist_id) = ctx.props().playlist.clone() else { return };
        let link = ctx.link().clone();
        let request = PlayPlaylist { playlist_id, from };
        spawn(async move { link.send_message(Msg::Page(call(&request).await)) });
    }

    /// An answer may have opened the gate: what comes next is fetched at once.
    pub(super) fn look_behind_gate(&self, ctx: &Context<Self>) {
        if self.path.is_gate() {
            self.look_at_path_again(ctx);
        }
    }

    /// A clip that is here already: what has been answered right may have changed.
    pub(super) fn ask_anew(&mut self, new: &ClipView) {
        if self.path.view.is_some() {
            self.change_clip(&new.id, |clip| clip.questions.clone_from(&new.questions));
        }
    }

    /// After the last clip: how far the learner is by now.
    pub(super) fn look_at_path_again(&self, ctx: &Context<Self>) {
        let Some(playlist_id) = ctx.props().playlist.clone() else { return };
        let (link, from) = (ctx.link().clone(), self.clips.last().map(|clip| clip.id.clone()));
        spawn(async move {
            // Without a network it stays as it is.
            if let Ok(page) = call(&PlayPlaylist { playlist_id, from }).await {
                link.send_message(Msg::Page(Ok(page)));
            }
        });
    }

    /// Past the closed gate there is nothing: the learner is brought back to its clip, where the question opens.
    pub(super) fn is_stopped_at_gate(&mut self, place: usize) -> bool {
        if !self.path.is_gate() || place < self.clips.len() {
            return false;
        }
        self.path.is_stopped = true;
        if let Some(reel) = &self.reel {
            reel.go(self.clips.len().saturating_sub(1));
        }
        true
    }

    /// The gate's clip stands on the stage again.
    pub(super) fn open_gate_if_stopped(&mut self, ctx: &Context<Self>) {
        if self.path.is_stopped && self.clip().is_some() {
            self.path.is_stopped = false;
            self.open_gate(ctx);
        }
    }

    fn open_gate(&mut self, ctx: &Context<Self>) {
        if self.clip().is_some_and(|clip| clip.questions.iter().all(|question| question.answered)) {
            // Answered, and the server has not heard of it yet.
            toasts::say(t("path.waits"));
            self.look_at_path_again(ctx);
        } else {
            self.carry_out(Act::Ask);
        }
    }

    /// A gate's clip that has ended asks, also where its moment had gone by; nothing moves on over it.
    pub(super) fn ask_at_gate(&mut self) {
        if self.gate_note().is_some()
            && self.question.is_none()
            && !self.stop
            && !self.panel
            && self.over.is_none()
        {
            self.carry_out(Act::Ask);
        }
    }

    /// What the question sheet says while the clip's question keeps the gate closed.
    pub(super) fn gate_note(&self) -> Option<AttrValue> {
        (self.path.is_gate() && self.current + 1 == self.clips.len()).then(|| t("path.gate"))
    }

    /// Where in the playlist the learner is, and the way back to it.
    pub(super) fn path_heading(&self, ctx: &Context<Self>) -> Option<Html> {
        let id = ctx.props().playlist.clone()?;
        let name = self.path.step(self.current).unwrap_or_else(|| t("path.name"));
        let title = self.path.view.as_ref().map(|view| view.title.clone());
        let inside = html! { <>{ name }<span class="vh">{ title }</span></> };
        Some(
            html! { <p class="stage__feed">{ link("chip chip--glass", Route::Playlist { id }, inside) }</p> },
        )
    }

    /// After the last clip that is open.
    pub(super) fn path_end(&self, ctx: &Context<Self>) -> Option<Html> {
        let (id, view) = ctx.props().playlist.clone().zip(self.path.view.as_ref())?;
        if view.gate {
            return Some(html! { <p class="row g2">{ icon_lg(LOCK) }{ t("path.gate") }</p> });
        }
        let text = match (view.steps.saturating_sub(view.done), view.back, view.back_at_ms) {
            (0, 1.., Some(at_ms)) => {
                let back = plural("path.back", u64::from(view.back));
                AttrValue::from(format!("{back} {}", t_with("path.back_from", &[("day", &day(at_ms))])))
            }
            (0, ..) => t("path.end_text"),
            (open, ..) => plural("path.open", u64::from(open)),
        };
        let acts = html! {
            <>
                { link("btn btn--primary", Route::Playlist { id }, html! { t("path.look") }) }
                { link("btn", Route::Feed, html! { t("ui.go_to_feed") }) }
            </>
        };
        Some(empty(Art::Done, t("path.end"), text, acts))
    }

    /// The address says which step it is: a reload goes on there.
    pub(super) fn keep_step_in_address(&self, ctx: &Context<Self>) {
        let Some((id, clip)) = ctx.props().playlist.clone().zip(self.clip()) else { return };
        let path = Route::Play { id, clip: Some(clip.id.clone()) }.to_path();
        if let Ok(history) = browser::window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
        }
    }
}

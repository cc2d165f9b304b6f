//! Where the feed's clips come from: the page the server wrote, the server, or what was kept for offline.

use super::{FeedPage, Msg, position};
use crate::api::{ApiError, call};
use crate::browser::{self, spawn};
use crate::state::{offline, session};
use crate::wire;
use minnow_shared::ClipId;
use minnow_shared::clip::{ClipView, GetCounts, ReactionView};
use minnow_shared::feed::{FeedPageView, GetFeed};
use minnow_shared::progress::GetProgress;
use std::rc::Rc;
use yew::prelude::*;

/// A new page is fetched when no more clips than this are left, the current one counted: the page that the server wrote
/// holds more, so that nothing is fetched before the first swipes.
const LEFT: usize = 2;
/// An empty feed is asked again after this, milliseconds: on a new server the first clips are being made.
const EMPTY_AGAIN_MS: u32 = 5_000;

/// Page 1 as the server wrote it into its HTML, once.
fn first_page() -> Option<FeedPageView> {
    let element = browser::document().get_element_by_id("first-page")?;
    let page = wire::read(&element.text_content()?);
    element.remove();
    page
}

/// Whether the clip of an address is not in the page that should begin with it.
fn lacks(page: &FeedPageView, clip: Option<&ClipId>) -> bool {
    clip.is_some_and(|wanted| page.clips.iter().all(|clip| clip.id != *wanted))
}

impl FeedPage {
    pub(super) fn begin(&mut self, ctx: &Context<Self>) {
        let props = ctx.props();
        let is_path = props.playlist.is_some();
        let is_feed = props.clip.is_none() && props.topic.is_none() && !is_path;
        let kept = position::read(is_path)
            .filter(|kept| is_feed || is_path || props.clip.as_ref() == Some(&kept.clip));
        let first = first_page().filter(|page| {
            if is_path || page.path.is_some() {
                return is_path && page.path.is_some();
            }
            let wanted = props.clip.as_ref().or(kept.as_ref().map(|kept| &kept.clip));
            wanted.is_none_or(|wanted| page.clips.iter().any(|clip| clip.id == *wanted))
        });
        if let Some(mut page) = first {
            if let Some(kept) = kept.as_ref().filter(|_| !is_path) {
                let place = page.clips.iter().position(|clip| clip.id == kept.clip).unwrap_or(0);
                page.clips.rotate_left(place);
            }
            self.take(page);
            self.ask_again_if_empty(ctx);
        } else {
            let left = kept.as_ref().filter(|_| !is_path).map(|kept| kept.clip.clone());
            self.fetch(ctx, props.clip.clone().or(left));
        }
        self.name_page(props);
    }

    /// The next page, or the first one again.
    pub(super) fn load(&mut self, ctx: &Context<Self>) {
        let from = if self.clips.is_empty() { ctx.props().clip.clone() } else { None };
        self.fetch(ctx, from);
    }

    pub(super) fn load_if_short(&mut self, ctx: &Context<Self>) {
        if self.current + LEFT >= self.clips.len() && self.cursor.is_some() && !self.is_loading {
            self.load(ctx);
        }
    }

    fn fetch(&mut self, ctx: &Context<Self>, from: Option<ClipId>) {
        self.is_loading = true;
        self.error = None;
        if ctx.props().playlist.is_some() {
            let next = self.cursor.as_deref().and_then(|next| ClipId::parse(next).ok());
            return self.fetch_path(ctx, next.or(from));
        }
        let request = GetFeed {
            cursor: self.cursor.clone().filter(|_| self.anew.is_none()),
            since_review: self.anew.map(|behind| self.since_review(behind)),
            topic: ctx.props().topic.clone(),
            limit: None,
            from,
            utc_offset_minutes: Some(browser::utc_offset_minutes()),
        };
        let link = ctx.link().clone();
        // The clip of an address that is gone is said to be gone; one where the learner left off must not stand in the
        // way of the others.
        let may_be_gone = request.from.is_some() && request.from != ctx.props().clip;
        spawn(async move {
            let mut page = call(&request).await;
            if may_be_gone && matches!(&page, Err(error) if error.code().is_some()) {
                page = call(&GetFeed { from: None, ..request }).await;
            }
            link.send_message(Msg::Page(page));
        });
    }

    fn take(&mut self, page: FeedPageView) {
        let had: Vec<ClipId> = self.clips.iter().map(|clip| clip.id.clone()).collect();
        self.path.take(&page, &had);
        self.cursor = page.next_cursor;
        self.seen_all = page.seen_all;
        for clip in page.clips {
            // Nothing comes twice, whatever the server says; a clip that cannot be played is no clip.
            if had.contains(&clip.id) {
                self.ask_anew(&clip);
            } else if !clip.renditions.is_empty() {
                self.clips.push(Rc::new(clip));
            }
        }
        self.tell_reel();
    }

    /// "Not interested": on to the next clip that shares no topic with this one, or is a review, where one of those is here.
    /// The server is asked as well, but nobody waits for it. A playlist stays as it is.
    pub(super) fn leave_its_kind(&mut self) {
        if let Some(clip) = self.clip().cloned().filter(|_| !self.path.is_one()) {
            let is_other = |other: &Rc<ClipView>| {
                other.review.is_some() || !other.topics.iter().any(|topic| clip.topics.contains(topic))
            };
            let from = self.forget_ahead(0) + 1;
            let ahead = self.clips.iter().skip(from);
            let others: Vec<_> = ahead.filter(|other| is_other(other)).cloned().collect();
            if !others.is_empty() {
                self.clips.truncate(from);
                self.clips.extend(others);
            }
            self.tell_reel();
        }
        self.carry_out(super::Act::Next);
    }

    /// What lies more than `behind` clips ahead was chosen before the learner did something: the next page takes its place.
    /// With a `behind`, clips that were seen before the learner went back stay as well.
    pub(super) fn choose_anew(&mut self, behind: usize) {
        // A topic's clips come in the same order whatever was done.
        let may = behind == 0 || self.is_ranked;
        if may && !self.path.is_one() && !self.clips.is_empty() {
            self.is_stale |= self.is_loading;
            // What was refused a moment ago must not come next.
            self.anew = Some(self.anew.map_or(behind, |before| before.min(behind)));
            self.again.emit(());
        }
    }

    /// Clips since the last review, up to the last that stays.
    fn since_review(&self, behind: usize) -> u32 {
        let stays = self.clips.iter().take(self.current + self.staying(behind) + 1).rev();
        stays.take_while(|clip| clip.review.is_none()).count() as u32
    }

    /// How many of the clips ahead stay when what lies more than `behind` ahead is chosen anew.
    fn staying(&self, behind: usize) -> usize {
        if behind == 0 { 0 } else { behind.max(self.furthest.saturating_sub(self.current)) }
    }

    /// Gives the last place that stays; the elements of those after it are free.
    fn forget_ahead(&mut self, behind: usize) -> usize {
        let behind = self.staying(behind);
        let from = self.reel.as_ref().map_or(self.current + behind, |reel| reel.forget_ahead(behind));
        self.failed.retain(|failed| *failed <= from);
        self.furthest = self.furthest.min(from);
        from
    }

    pub(super) fn page_came(&mut self, ctx: &Context<Self>, page: Result<FeedPageView, ApiError>) {
        if std::mem::take(&mut self.is_stale) {
            return;
        }
        self.is_loading = false;
        let anew = std::mem::take(&mut self.anew);
        match page {
            // What is here is better than nothing.
            Err(_) if anew.is_some() => {}
            Ok(page) if anew.is_some() => {
                let from = self.forget_ahead(anew.unwrap_or_default());
                self.clips.truncate(from + 1);
                self.tell_reel();
                self.take(page);
                self.load_if_short(ctx);
            }
            Ok(page)
                if self.clips.is_empty()
                    && page.path.is_none()
                    && lacks(&page, ctx.props().clip.as_ref()) =>
            {
                self.is_gone = true
            }
            Ok(page) => {
                self.take(page);
                self.ask_again_if_empty(ctx);
                self.forget_place_at_end(ctx);
                self.load_if_short(ctx);
                self.name_page(ctx.props());
            }
            Err(error) => {
                let is_away = error == ApiError::Network;
                self.error = Some(error);
                if is_away && self.clips.is_empty() {
                    let link = ctx.link().clone();
                    spawn(async move { link.send_message(Msg::Kept(offline::kept_clips().await)) });
                }
            }
        }
    }

    /// Where the first clip begins, milliseconds: where it was left, or at its key moment.
    pub(super) fn begin_at_ms(&self, is_path: bool) -> u32 {
        let Some(clip) = self.clips.first() else { return 0 };
        let kept = position::read(is_path).filter(|kept| kept.clip == clip.id);
        kept.map_or(clip.review.map_or(0, |review| review.begin_ms), |kept| kept.at_ms)
    }

    /// Whoever has come past the last clip begins with what is new next time.
    pub(super) fn forget_place_at_end(&self, ctx: &Context<Self>) {
        if ctx.props().playlist.is_none()
            && self.current >= self.clips.len()
            && self.cursor.is_none()
            && !self.is_loading
        {
            position::forget();
        }
    }

    /// Without a network: what was kept here, the clip that was asked for or left first.
    pub(super) fn kept_came(&mut self, ctx: &Context<Self>, mut clips: Vec<ClipView>) {
        if !self.clips.is_empty() {
            return;
        }
        let wanted = ctx.props().clip.clone().or_else(|| position::read(false).map(|kept| kept.clip));
        if let Some(place) = wanted.and_then(|wanted| clips.iter().position(|clip| clip.id == wanted)) {
            clips.rotate_left(place);
        }
        self.take(FeedPageView { clips, next_cursor: None, seen_all: false, path: None });
    }

    fn ask_again_if_empty(&self, ctx: &Context<Self>) {
        if !self.clips.is_empty() || ctx.props().topic.is_some() || ctx.props().playlist.is_some() {
            return;
        }
        let link = ctx.link().clone();
        spawn(async move {
            browser::sleep(EMPTY_AGAIN_MS).await;
            link.send_message(Msg::Again);
        });
    }

    /// Likes and saves as they stand, while somebody looks.
    pub(super) fn poll(&self, ctx: &Context<Self>) {
        let Some(clip) = self.clip().filter(|_| self.has_played && !browser::document().hidden()) else {
            return;
        };
        let (clip_id, link) = (clip.id.clone(), ctx.link().clone());
        spawn(async move {
            if let Ok(view) = call(&GetCounts { clip_id: clip_id.clone() }).await {
                link.send_message(Msg::Counts(clip_id, view));
            }
        });
    }

    pub(super) fn counts_came(&mut self, clip: &ClipId, view: ReactionView) -> bool {
        // What the learner did a moment ago may not be in it yet.
        if browser::now_ms() - self.toggled_at_ms < 5_000 {
            return false;
        }
        let shown = self.clips.iter().find(|shown| shown.id == *clip);
        if shown.is_none_or(|c| c.counts == view.counts && c.liked == view.liked && c.saved == view.saved) {
            return false;
        }
        self.change_clip(clip, |clip| {
            (clip.counts, clip.liked, clip.saved) = (view.counts, view.liked, view.saved);
        });
        true
    }

    /// How far the day has come, once the first clip plays.
    pub(super) fn ask_progress(&mut self, ctx: &Context<Self>) {
        if self.has_progress || session::current().person().is_none() {
            return;
        }
        self.has_progress = true;
        let link = ctx.link().clone();
        let request = GetProgress { utc_offset_minutes: browser::utc_offset_minutes() };
        spawn(async move {
            if let Ok(view) = call(&request).await {
                link.send_message(Msg::Progress(view));
            }
        });
    }
}

//! What the reel and the question sheet tell, and what follows from it.

use super::FeedPage;
use super::act::Act;
use super::goal;
use crate::browser;
use crate::i18n::t;
use crate::playback::ReelEvent;
use crate::playback::gesture::Gesture;
use crate::playback::watched::Stretch;
use crate::question::QuestionNews;
use crate::route::Route;
use crate::state::outbox::{self, Sent};
use crate::state::settings::SETTINGS;
use crate::state::{session, toasts};
use minnow_shared::WatchId;
use minnow_shared::clip::ClipView;
use minnow_shared::watch::WatchedStretch;
use yew::prelude::*;

/// "Watch again" begins this long before the question's moment.
pub(super) const AGAIN_MS: u32 = 10_000;

/// After so many clips somebody new is asked what draws them.
const PICKS_AFTER: usize = 3;
const PICKS_KEY: &str = "minnow.picks";
/// So long somebody is new, milliseconds.
const NEW_MS: i64 = 1_800_000;

impl FeedPage {
    /// True when something has to be shown.
    pub(super) fn heard(&mut self, ctx: &Context<Self>, event: ReelEvent) -> bool {
        match event {
            ReelEvent::Moved(place) => self.moved(ctx, place),
            ReelEvent::Playing(is_playing) => {
                if is_playing == self.is_playing && (self.has_played || !is_playing) {
                    return false;
                }
                if is_playing && !self.has_played {
                    self.has_played = true;
                    self.ask_progress(ctx);
                    self.load_if_short(ctx);
                }
                self.is_playing = is_playing;
            }
            ReelEvent::Question(question) => {
                self.over = None;
                self.question = Some(question);
                self.xp = 0;
                self.set_busy(true);
            }
            ReelEvent::Ended => {
                self.clip_ended();
                self.ask_at_gate();
            }
            ReelEvent::Failed(place) => self.failed.push(place),
            ReelEvent::Mended(place) => self.failed.retain(|failed| *failed != place),
            ReelEvent::SoundRefused => self.sound_refused = true,
            ReelEvent::Posters(place) => {
                let had = self.posters;
                self.posters = had.max(place);
                return self.posters != had;
            }
            ReelEvent::Watched(place, stretches) => return self.watched(place, stretches),
            ReelEvent::Gesture(gesture) => return self.gesture(gesture),
        }
        true
    }

    fn moved(&mut self, ctx: &Context<Self>, place: usize) {
        if self.is_stopped_at_gate(place) {
            return;
        }
        let is_at_end = place >= self.clips.len();
        self.close_question();
        self.current = place;
        self.furthest = self.furthest.max(place);
        self.has_played = false;
        self.is_playing = false;
        self.xp = 0;
        self.posters = self.posters.max(place);
        self.load_if_short(ctx);
        self.name_page(ctx.props());
        self.forget_place_at_end(ctx);
        self.keep_step_in_address(ctx);
        if is_at_end && !self.is_loading {
            self.look_at_path_again(ctx);
        }
        self.ask_to_stop();
        self.open_gate_if_stopped(ctx);
        self.ask_for_guess();
        if place == PICKS_AFTER {
            self.offer_picks();
        }
    }

    /// Somebody new is told once where topics are picked.
    fn offer_picks(&self) {
        let session = session::current();
        let since = session.person().map_or(0, |me| browser::now_ms() - me.created_at_ms);
        if session.is_known() && since < NEW_MS && !self.path.is_one() && browser::stored(PICKS_KEY).is_none()
        {
            browser::store(PICKS_KEY, "1");
            let act = Callback::from(|()| crate::route::go(&Route::Interests));
            toasts::show(t("feed.pick_offer"), Some((t("feed.pick_topics"), act)), false);
        }
    }

    /// Some clips ask before they play.
    pub(super) fn ask_for_guess(&mut self) {
        let asks = |clip: &&std::rc::Rc<ClipView>| clip.guess_first && !self.stop;
        let question =
            self.clip().filter(asks).and_then(|clip| clip.questions.iter().position(|q| !q.answered));
        match (question, &self.reel) {
            (Some(question), Some(reel)) => {
                reel.pause();
                self.question = Some(question);
                self.set_busy(true);
            }
            _ => self.guessed(),
        }
    }

    /// The clip's question is from here on asked at its moment.
    fn guessed(&mut self) {
        if let Some(id) = self.clip().filter(|clip| clip.guess_first).map(|clip| clip.id.clone()) {
            self.change_clip(&id, |clip| clip.guess_first = false);
        }
    }

    /// The goal stops the feed between two clips, never inside one.
    fn ask_to_stop(&mut self) {
        if self.goal.is_reached() && !self.stop {
            self.stop = true;
            self.stop_is_new = true;
            // Once a day is enough; who asks for five minutes more is asked after them.
            goal::keep_stop(u64::MAX);
            self.hold(true);
            if let Some(reel) = &self.reel {
                reel.pause();
            }
        }
    }

    fn clip_ended(&mut self) {
        self.ask_to_stop();
        let goes_on =
            SETTINGS.with(|s| s.get().auto_advance) && self.question.is_none() && self.over.is_none();
        if goes_on
            && self.gate_note().is_none()
            && !self.stop
            && !self.panel
            && let Some(reel) = &self.reel
        {
            reel.step(1);
        }
    }

    fn watched(&mut self, place: usize, stretches: Vec<Stretch>) -> bool {
        let Some(clip) = self.clips.get(place) else { return false };
        let minutes = self.goal.minutes();
        let length: u64 = stretches.iter().map(|stretch| u64::from(stretch.length_ms())).sum();
        if length > 0 && !self.seen.contains(&clip.id) {
            self.seen.push(clip.id.clone());
        }
        let stretches = stretches.into_iter().map(|stretch| WatchedStretch {
            watch_id: browser::new_id(WatchId::new),
            clip_id: clip.id.clone(),
            from_ms: stretch.from_ms,
            to_ms: stretch.to_ms,
            started_at_ms: stretch.started_at_ms,
            finished: stretch.finished,
        });
        let stretches: Vec<WatchedStretch> = stretches.collect();
        let is_finished = stretches.iter().any(|stretch| stretch.finished);
        outbox::watched(stretches, is_finished.then(|| self.anew_when_heard()));
        self.goal.watched(length);
        self.goal.minutes() != minutes
    }

    /// What the learner just did changes what comes behind the next clip, as soon as the server knows it.
    pub(super) fn anew_when_heard(&self) -> Callback<Sent> {
        let act = self.act.clone();
        Callback::from(move |sent| {
            if matches!(sent, Sent::Heard(_)) {
                act.emit(Act::AnewBehindNext);
            }
        })
    }

    fn gesture(&mut self, gesture: Gesture) -> bool {
        let is_rtl = crate::i18n::language().direction == "rtl";
        match gesture {
            Gesture::Tap => self.carry_out(Act::Toggle),
            Gesture::DoubleTap => {
                // The first half has paused or played already.
                self.carry_out(Act::Toggle);
                self.hearts += 1;
                if self.clip().is_some_and(|clip| !clip.liked) {
                    self.carry_out(Act::Like);
                }
                true
            }
            Gesture::HoldStart | Gesture::HoldEnd => {
                let rate = if gesture == Gesture::HoldStart { 200 } else { self.rate };
                self.set_reel_rate(rate);
                false
            }
            Gesture::SwipeLeft => self.carry_out(if is_rtl { Act::Author } else { Act::Text }),
            Gesture::SwipeRight => self.carry_out(if is_rtl { Act::Text } else { Act::Author }),
        }
    }

    pub(super) fn set_reel_rate(&self, rate: u16) {
        if let Some(reel) = &self.reel {
            reel.set_rate(f64::from(rate) / 100.0);
        }
    }

    pub(super) fn question_news(&mut self, ctx: &Context<Self>, news: QuestionNews) {
        match news {
            QuestionNews::Earned(question, xp) => {
                self.session_xp += xp;
                self.question_news(ctx, QuestionNews::Answered(question));
                self.look_behind_gate(ctx);
            }
            QuestionNews::Answered(question) => {
                let Some(clip) = self.clips.iter().find(|c| c.questions.iter().any(|q| q.id == question))
                else {
                    return;
                };
                let id = clip.id.clone();
                self.change_clip(&id, |clip| {
                    if let Some(question) = clip.questions.iter_mut().find(|q| q.id == question) {
                        question.answered = true;
                    }
                });
            }
            QuestionNews::Graded(view) => {
                self.session_xp += view.xp;
                self.xp = if self.question.is_some() { view.xp } else { 0 };
                self.look_behind_gate(ctx);
            }
            QuestionNews::GoOn => self.go_on(),
            QuestionNews::WatchAgain => {
                let moment = self.moment();
                self.close_question();
                if let (Some(reel), Some(moment)) = (&self.reel, moment) {
                    reel.seek(moment.saturating_sub(AGAIN_MS));
                    reel.play();
                }
            }
        }
    }

    /// The moment of the question that is open, milliseconds.
    pub(super) fn moment(&self) -> Option<u32> {
        Some(self.clip()?.questions.get(self.question?)?.moment_ms)
    }

    pub(super) fn close_question(&mut self) {
        if self.question.take().is_some() {
            self.xp = 0;
            self.set_busy(false);
            self.guessed();
        }
    }

    /// On with the clip; a question at the very end leads on to the next.
    pub(super) fn go_on(&mut self) {
        self.close_question();
        let Some((reel, clip)) = self.reel.clone().zip(self.clip().cloned()) else { return };
        if reel.at_ms() + 300 >= clip.duration_ms {
            self.clip_ended();
        } else {
            reel.play();
        }
    }
}

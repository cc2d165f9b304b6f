//! Carries out what the learner does.

use super::act::{Act, rate_step};
use super::over::Over;
use super::{FeedPage, SOUND_KEY, goal};
use crate::browser::{self, spawn};
use crate::i18n::t;
use crate::route::Route;
use crate::state::{outbox, settings, toasts};
use js_sys::{Function, Object, Reflect};
use minnow_shared::clip::ClipView;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

impl FeedPage {
    /// True when something has to be shown.
    pub(super) fn carry_out(&mut self, act: Act) -> bool {
        if self.stop && !matches!(act, Act::Stop | Act::FiveMore) {
            return false;
        }
        match act {
            Act::Next | Act::Previous => self.step(if act == Act::Next { 1 } else { -1 }),
            Act::Close => return self.close(),
            Act::Like | Act::Save => self.react(act == Act::Like),
            Act::Sound => self.turn_sound(),
            Act::Captions => settings::change(|s| s.captions = !s.captions),
            Act::AutoAdvance => settings::change(|s| s.auto_advance = !s.auto_advance),
            Act::Slower => self.set_rate(rate_step(self.rate, false)),
            Act::Faster => self.set_rate(rate_step(self.rate, true)),
            Act::Rate(rate) => self.set_rate(rate),
            Act::Text => self.open_text(),
            Act::More => self.open(Over::More),
            Act::Keys => self.open(Over::Keys),
            Act::Why => self.open(Over::Why),
            Act::Refuse => self.leave_its_kind(),
            Act::Anew => self.choose_anew(0),
            Act::AnewBehindNext => self.choose_anew(1),
            Act::Share => self.share(),
            Act::Ask => self.ask_now(),
            Act::Stop => self.leave(&Route::Me),
            Act::FiveMore => self.five_more(),
            Act::Author => {
                if let Some(handle) = self.clip().map(|clip| clip.author.handle.clone()) {
                    self.leave(&Route::Author { handle });
                }
            }
            Act::Retry => {
                let place = self.current;
                self.failed.retain(|failed| *failed != place);
                if let Some(reel) = &self.reel {
                    reel.retry();
                }
            }
            Act::Toggle | Act::SeekBy(_) | Act::SeekTo(_) | Act::PlayFrom(_) | Act::Start | Act::End => {
                return self.play_or_seek(act);
            }
        }
        true
    }

    fn play_or_seek(&mut self, act: Act) -> bool {
        // An open question holds the clip.
        if self.question.is_some() {
            return false;
        }
        let Some((reel, clip)) = self.reel.clone().zip(self.clip().cloned()) else { return false };
        match act {
            Act::SeekBy(by) => reel.seek_by(by),
            Act::SeekTo(ms) => reel.seek(ms),
            Act::Start => reel.seek(0),
            Act::End => reel.seek(clip.duration_ms),
            Act::PlayFrom(ms) => {
                let was_open = self.panel;
                self.panel = false;
                self.goes_on_after_text = false;
                reel.seek(ms);
                reel.play();
                return was_open;
            }
            _ if reel.at_ms() + 300 >= clip.duration_ms && !reel.is_playing() => {
                reel.seek(0);
                reel.play();
            }
            _ => reel.toggle(),
        }
        false
    }

    fn step(&mut self, by: i32) {
        self.over = None;
        self.close_question();
        if let Some(reel) = &self.reel {
            reel.step(by);
        }
    }

    /// Closes what lies on top: dialog, question, text.
    fn close(&mut self) -> bool {
        if self.over.take().is_some() {
            return true;
        }
        if self.question.is_some() {
            self.go_on();
            return true;
        }
        if std::mem::take(&mut self.goes_on_after_text)
            && let Some(reel) = &self.reel
        {
            reel.play();
        }
        std::mem::take(&mut self.panel)
    }

    fn open(&mut self, over: Over) {
        if self.question.is_none() && self.clip().is_some() {
            self.over = Some(over);
        }
    }

    fn open_text(&mut self) {
        if self.clip().is_none() || self.question.is_some() {
            return;
        }
        self.over = None;
        // On wide screens the text is there already: it takes the focus.
        let body = browser::document().query_selector(".panel__body").ok().flatten();
        let body = body.and_then(|body| body.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(body) = body.filter(|body| body.offset_width() > 0 && !self.panel) {
            let _ = body.focus();
            return;
        }
        if self.panel {
            self.close();
            return;
        }
        self.panel = true;
        if let Some(reel) = &self.reel {
            self.goes_on_after_text = reel.is_playing();
            reel.pause();
        }
    }

    /// Likes or saves, or takes it back: shown at once, sent by the outbox.
    fn react(&mut self, is_like: bool) {
        let Some(clip) = self.clip() else { return };
        let (id, on) = (clip.id.clone(), !(if is_like { clip.liked } else { clip.saved }));
        self.toggled_at_ms = browser::now_ms();
        let count = |count: &mut u64| *count = if on { *count + 1 } else { count.saturating_sub(1) };
        self.change_clip(&id, |clip: &mut ClipView| {
            if is_like {
                clip.liked = on;
                count(&mut clip.counts.likes);
            } else {
                clip.saved = on;
                count(&mut clip.counts.saves);
            }
        });
        let told = self.anew_when_heard();
        if is_like { outbox::like(id, on, told) } else { outbox::save(id, on, told) }
    }

    fn turn_sound(&mut self) {
        // Refused sound is sound that was wanted: the touch that comes now turns it on.
        self.sound = if self.sound_refused { true } else { !self.sound };
        self.sound_refused = false;
        if self.sound {
            browser::store(SOUND_KEY, "1");
        } else {
            browser::forget(SOUND_KEY);
        }
        if let Some(reel) = &self.reel {
            reel.set_sound(self.sound);
        }
    }

    fn set_rate(&mut self, rate: u16) {
        self.rate = rate;
        self.set_reel_rate(rate);
    }

    /// The text twin's way to the question.
    fn ask_now(&mut self) {
        let Some(question) = self.clip().and_then(|clip| clip.questions.iter().position(|q| !q.answered))
        else {
            return;
        };
        self.panel = false;
        self.goes_on_after_text = false;
        self.question = Some(question);
        self.xp = 0;
        if let Some(reel) = &self.reel {
            reel.pause();
        }
        self.set_busy(true);
    }

    fn five_more(&mut self) {
        self.goal.five_more();
        goal::keep_stop(self.goal.stop_at_ms);
        self.stop = false;
        self.hold(false);
        if let Some(reel) = &self.reel {
            reel.play();
        }
    }

    fn leave(&self, to: &Route) {
        crate::route::go(to);
    }

    /// The system's own sheet where there is one, else the address into the clipboard.
    fn share(&mut self) {
        self.over = None;
        let Some(clip) = self.clip().cloned() else { return };
        spawn(async move {
            if !share_by_system(&clip).await && browser::copy(&address(&clip)).await {
                toasts::say(t("feed.copied"));
            }
        });
    }
}

fn address(clip: &ClipView) -> String {
    let origin = browser::window().location().origin().unwrap_or_default();
    format!("{origin}/clip/{}", clip.id)
}

/// False where the browser cannot; a learner who closes the sheet has shared nothing, which is fine.
async fn share_by_system(clip: &Rc<ClipView>) -> bool {
    let navigator = browser::window().navigator();
    let Some(share) =
        browser::member(&navigator, "share").and_then(|share| share.dyn_into::<Function>().ok())
    else {
        return false;
    };
    let what = Object::new();
    for (name, value) in [("title", clip.title.clone()), ("url", address(clip))] {
        let _ = Reflect::set(&what, &JsValue::from_str(name), &JsValue::from_str(&value));
    }
    let Ok(promise) = share.call1(&navigator, &what) else { return false };
    match JsFuture::from(promise.unchecked_into::<js_sys::Promise>()).await {
        Ok(_) => true,
        Err(error) => browser::member(&error, "name")
            .and_then(|name| name.as_string())
            .is_some_and(|name| name == "AbortError"),
    }
}

//! The feed: clips one under the other, and all that happens on them. The reel (`playback`) plays and stays out of the virtual
//! DOM; this page holds what is shown over it. A topic's feed and a clip's own address are the same page with another start.

mod act;
mod backdrop;
mod cards;
mod doing;
mod goal;
mod hearing;
mod loading;
mod over;
mod path;
mod position;
mod seek;
mod stage;
mod twin;
mod view;

use crate::api::ApiError;
use crate::browser;
use crate::i18n::t;
use crate::playback::{Reel, ReelEvent, ReelSetup};
use crate::question::QuestionNews;
use crate::state::session::SESSION;
use crate::state::settings::SETTINGS;
use crate::state::store::Subscription;
pub use act::{Act, RATES, SKIP_MS};
use act::{KeyPlace, act_of};
use gloo::events::EventListener;
use gloo::timers::callback::Interval;
use goal::Goal;
use minnow_shared::clip::{ClipView, ReactionView};
use minnow_shared::feed::FeedPageView;
use minnow_shared::progress::ProgressView;
use minnow_shared::{ClipId, PlaylistId, TopicId};
use over::Over;
use path::Path;
use position::Keeper;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::prelude::*;

/// Likes and saves of the current clip are asked for this often, milliseconds.
const COUNTS_MS: u32 = 15_000;
const SOUND_KEY: &str = "minnow.sound";

#[derive(Properties, PartialEq)]
pub struct FeedProps {
    /// Only clips on this topic.
    #[prop_or_default]
    pub topic: Option<TopicId>,
    /// This clip first.
    #[prop_or_default]
    pub clip: Option<ClipId>,
    /// The clips of this playlist, in its order.
    #[prop_or_default]
    pub playlist: Option<PlaylistId>,
}

pub enum Msg {
    Page(Result<FeedPageView, ApiError>),
    Kept(Vec<ClipView>),
    Again,
    Reel(ReelEvent),
    Act(Act),
    Question(QuestionNews),
    Counts(ClipId, ReactionView),
    Progress(ProgressView),
    Settings,
    Session,
    Poll,
}

pub struct FeedPage {
    clips: Vec<Rc<ClipView>>,
    cursor: Option<String>,
    path: Path,
    /// Clips come as what is known of the learner ranks them.
    is_ranked: bool,
    is_loading: bool,
    /// There are clips, and none that the learner has not seen.
    seen_all: bool,
    /// The clip of this address is not there.
    is_gone: bool,
    error: Option<ApiError>,
    current: usize,
    /// The last place the learner was at: what was seen keeps its place.
    furthest: usize,
    is_playing: bool,
    /// The current clip has played: the network is free for more than it.
    has_played: bool,
    posters: usize,
    failed: Vec<usize>,
    sound: bool,
    sound_refused: bool,
    /// In hundredths.
    rate: u16,
    question: Option<usize>,
    panel: bool,
    /// The clip played when its text was opened.
    goes_on_after_text: bool,
    over: Option<Over>,
    goal: Goal,
    stop: bool,
    /// The card has not taken the focus yet.
    stop_is_new: bool,
    /// Counts double taps, so that each heart is a new one.
    hearts: u32,
    /// XP of the answer on the screen.
    xp: u32,
    session_xp: u32,
    seen: Vec<ClipId>,
    toggled_at_ms: i64,
    has_progress: bool,
    reel: Option<Rc<Reel>>,
    scroller: NodeRef,
    holder: NodeRef,
    act: Callback<Act>,
    again: Callback<()>,
    keeper: Rc<RefCell<Keeper>>,
    _subscriptions: [Subscription; 2],
    /// The next page takes the place of what lies more than so many clips ahead.
    anew: Option<usize>,
    /// The page under way was asked for before that.
    is_stale: bool,
    _listeners: [EventListener; 2],
    _poll: Interval,
}

impl Component for FeedPage {
    type Message = Msg;
    type Properties = FeedProps;

    fn create(ctx: &Context<Self>) -> Self {
        let link = ctx.link();
        let settings = link.callback(|()| Msg::Settings);
        let session = link.callback(|()| Msg::Session);
        let poll = link.callback(|()| Msg::Poll);
        let mut page = Self {
            clips: Vec::new(),
            cursor: None,
            path: Path::default(),
            is_ranked: ctx.props().topic.is_none(),
            is_loading: false,
            seen_all: false,
            is_gone: false,
            error: None,
            current: 0,
            furthest: 0,
            is_playing: false,
            has_played: false,
            posters: 0,
            failed: Vec::new(),
            sound: browser::stored(SOUND_KEY).is_some(),
            sound_refused: false,
            rate: 100,
            question: None,
            panel: false,
            goes_on_after_text: false,
            over: None,
            goal: Goal::new(SETTINGS.with(|s| s.get().daily_goal_minutes)),
            stop: false,
            stop_is_new: false,
            hearts: 0,
            xp: 0,
            session_xp: 0,
            seen: Vec::new(),
            toggled_at_ms: 0,
            has_progress: false,
            reel: None,
            scroller: NodeRef::default(),
            holder: NodeRef::default(),
            act: link.callback(Msg::Act),
            again: link.callback(|()| Msg::Again),
            keeper: Rc::new(RefCell::new(Keeper::of(ctx.props().playlist.is_some()))),
            _subscriptions: [
                SETTINGS.with(|store| store.subscribe(move || settings.emit(()))),
                SESSION.with(|store| store.subscribe(move || session.emit(()))),
            ],
            anew: None,
            is_stale: false,
            _listeners: [listen_keys(link.callback(Msg::Act)), over::listen_to_acts(link.callback(Msg::Act))],
            _poll: Interval::new(COUNTS_MS, move || poll.emit(())),
        };
        page.begin(ctx);
        page
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Page(page) => self.page_came(ctx, page),
            Msg::Kept(clips) => self.kept_came(ctx, clips),
            Msg::Again => self.load(ctx),
            Msg::Reel(event) => return self.heard(ctx, event),
            Msg::Act(act) => return self.carry_out(act),
            Msg::Question(news) => self.question_news(ctx, news),
            Msg::Counts(clip, view) => return self.counts_came(&clip, view),
            Msg::Progress(view) => {
                let watched = view.watched_today_ms;
                self.goal.heard(view.daily_goal_minutes, watched, goal::kept_stop_ms());
            }
            Msg::Settings => {
                if let Some(reel) = &self.reel {
                    reel.set_data_saver(SETTINGS.with(|s| s.get().data_saver));
                    reel.stages_changed();
                }
            }
            Msg::Session => {
                if self.has_played {
                    self.ask_progress(ctx);
                }
                return false;
            }
            Msg::Poll => {
                self.poll(ctx);
                return false;
            }
        }
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        if std::mem::take(&mut self.stop_is_new)
            && let Some(card) = browser::element("stop-card")
        {
            let _ = card.focus();
        }
        match &self.reel {
            Some(reel) => reel.stages_changed(),
            None if !self.clips.is_empty() => self.start_reel(ctx),
            None => {}
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        self.set_busy(false);
        if let Some(reel) = self.reel.take() {
            reel.stop();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        self.page(ctx)
    }
}

impl FeedPage {
    fn start_reel(&mut self, ctx: &Context<Self>) {
        let (Some(scroller), Some(holder)) =
            (self.scroller.cast::<HtmlElement>(), self.holder.cast::<HtmlElement>())
        else {
            return;
        };
        let settings = SETTINGS.with(|s| s.get());
        let keeper = self.keeper.clone();
        let reel = Reel::start(ReelSetup {
            scroller,
            holder,
            clips: self.clips.clone(),
            begin_at_ms: self.begin_at_ms(ctx.props().playlist.is_some()),
            sound: self.sound,
            autoplay: settings.autoplay,
            data_saver: settings.data_saver,
            seek_text: seek::seek_text,
            tick: Box::new(move |clip, ms, at_once| {
                keeper.borrow_mut().keep(&clip.id, ms, clip.duration_ms, at_once);
            }),
            tell: ctx.link().callback(Msg::Reel),
        });
        self.reel = Some(reel);
        self.ask_for_guess();
        // The text beside the stage follows the reel.
        ctx.link().send_message(Msg::Settings);
    }

    fn clip(&self) -> Option<&Rc<ClipView>> {
        self.clips.get(self.current)
    }

    /// Changes a clip that is shown, and tells the reel.
    fn change_clip(&mut self, id: &ClipId, change: impl FnOnce(&mut ClipView)) {
        if let Some(clip) = self.clips.iter_mut().find(|clip| clip.id == *id) {
            change(Rc::make_mut(clip));
            self.tell_reel();
        }
    }

    /// The clips are not what they were.
    fn tell_reel(&self) {
        if let Some(reel) = &self.reel {
            reel.set_clips(self.clips.clone());
        }
    }

    /// While something is open the stage neither scrolls nor is a new version offered over a question.
    fn set_busy(&self, is_asking: bool) {
        if let Some(body) = browser::document().body() {
            let _ = if is_asking {
                body.set_attribute("data-busy", "")
            } else {
                body.remove_attribute("data-busy")
            };
            if !is_asking && body.has_attribute("data-update") {
                let _ = body.remove_attribute("data-update");
                browser::announce("minnow:update");
            }
        }
        self.hold(is_asking);
    }

    fn hold(&self, on: bool) {
        if let Some(scroller) = self.scroller.cast::<Element>() {
            let _ = if on {
                scroller.set_attribute("data-held", "")
            } else {
                scroller.remove_attribute("data-held")
            };
        }
    }

    fn name_page(&self, props: &FeedProps) {
        let name = match (self.clip(), &props.clip) {
            (Some(clip), Some(_)) => clip.title.clone().into(),
            _ => t("nav.feed"),
        };
        browser::document().set_title(&format!("{name} · Minnow"));
    }
}

fn listen_keys(act: Callback<Act>) -> EventListener {
    let options = gloo::events::EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&browser::window(), "keydown", options, move |event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        if event.default_prevented()
            || event.ctrl_key()
            || event.meta_key()
            || event.alt_key()
            || event.is_composing()
        {
            return;
        }
        // A modal dialog has the keys to itself.
        if browser::document().query_selector("dialog[open]").ok().flatten().is_some() {
            return;
        }
        if let Some(done) = act_of(&event.key(), key_place(event)) {
            event.prevent_default();
            act.emit(done);
        }
    })
}

fn key_place(event: &KeyboardEvent) -> KeyPlace {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let is = |selector: &str| target.as_ref().is_some_and(|target| target.matches(selector).unwrap_or(false));
    KeyPlace {
        in_field: is("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"),
        on_control: is("button, a, input, summary"),
        on_slider: is("[role=slider]"),
        letters_off: !SETTINGS.with(|s| s.get().shortcuts),
    }
}

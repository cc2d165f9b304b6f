//! "What Minnow thinks you like": what the feed makes of its learner, what each guess rests on, and all they can set about it.
//! Changes show at once and are sent one after the other; what the server refuses is taken back.

mod change;
mod file;
mod future;
mod mutes;
mod slider;
mod topic;

use crate::api::{ApiError, call};
use crate::browser::spawn;
use crate::frame::{Page, link};
use crate::i18n::{self, explain, plural, t, t_with};
use crate::interest::Picker;
use crate::route::{self, Route};
use crate::state::store::Subscription;
use crate::state::{session, toasts};
use crate::ui::dialog::Confirm;
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::icon::{GAUGE, INFO, REPEAT_2, ROTATE_CCW, icon};
use crate::ui::row::{row_text, switch_row};
use change::Change;
use minnow_shared::interest::{GetInterests, InterestFileView, InterestImportView, InterestsView};
use mutes::Mutes;
use slider::Slider;
use std::collections::VecDeque;
use std::rc::Rc;
use topic::Topic;
use yew::prelude::*;

pub enum Msg {
    Session,
    Load,
    Picked,
    Came(Result<InterestsView, ApiError>),
    /// Asked about first where something is lost.
    Wanted(Change),
    Agreed,
    Kept,
    Sent(Change, Result<Option<InterestImportView>, ApiError>),
}

pub struct InterestsPage {
    view: Option<Rc<InterestsView>>,
    /// As the server has it: what is shown again when a change did not arrive.
    kept: Option<Rc<InterestsView>>,
    error: Option<ApiError>,
    is_loading: bool,
    /// What is to be sent, in order; the first is under way.
    queue: VecDeque<Change>,
    /// The learner is asked whether they mean it.
    asks: Option<Change>,
    /// Authors that were to be muted: the server mutes those it knows.
    authors: Vec<String>,
    _session: Subscription,
}

impl Component for InterestsPage {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let told = ctx.link().callback(|()| Msg::Session);
        let mut page = Self {
            view: None,
            kept: None,
            error: None,
            is_loading: false,
            queue: VecDeque::new(),
            asks: None,
            authors: Vec::new(),
            _session: session::SESSION.with(|store| store.subscribe(move || told.emit(()))),
        };
        page.load_if_somebody(ctx);
        page
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Session => self.load_if_somebody(ctx),
            Msg::Load => self.load(ctx),
            Msg::Picked => {
                let act = Callback::from(|()| route::go(&Route::Feed));
                toasts::show(t("interest.pick_sent"), Some((t("ui.go_to_feed"), act)), true);
                self.load(ctx);
            }
            Msg::Came(answer) => self.came(ctx, answer),
            Msg::Wanted(change) if must_ask(&change) => self.asks = Some(change),
            Msg::Wanted(change) => self.change(ctx, change),
            Msg::Agreed => {
                if let Some(change) = self.asks.take() {
                    self.change(ctx, change);
                }
            }
            Msg::Kept => self.asks = None,
            Msg::Sent(change, answer) => self.sent(ctx, &change, answer),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let again = ctx.link().callback(|()| Msg::Load);
        let inside = match (&self.view, &self.error) {
            (Some(view), _) => self.profile(ctx, view),
            (None, Some(error)) => html! { <Failure error={error.clone()} {again} /> },
            (None, None) if nobody_is_here() => self.beginning(ctx),
            (None, None) => skeleton(),
        };
        html! {
            <Page title={t("interest.title")} back={Route::Me} wide=true>
                <div class="banner">{ icon(INFO) }<span>{ t("interest.intro") }</span></div>
                { inside }
                { self.question(ctx) }
            </Page>
        }
    }
}

/// What cannot be taken back is asked about first.
fn must_ask(change: &Change) -> bool {
    matches!(change, Change::Forget(_) | Change::StartAgain | Change::Import(_))
}

/// Somebody of whom the server knows nothing at all.
fn nobody_is_here() -> bool {
    let session = session::current();
    session.is_known() && session.person().is_none()
}

impl InterestsPage {
    fn load_if_somebody(&mut self, ctx: &Context<Self>) {
        let session = session::current();
        if session.person().is_some() && self.view.is_none() && !self.is_loading {
            self.load(ctx);
        } else if session.unreachable && self.view.is_none() {
            self.error = Some(ApiError::Network);
        }
    }

    fn load(&mut self, ctx: &Context<Self>) {
        if session::current().person().is_none() {
            // Who is here was not to be asked: first that, and what follows from it.
            spawn(session::load());
            return;
        }
        self.is_loading = true;
        let link = ctx.link().clone();
        let request = GetInterests { language: Some(i18n::language().code.to_owned()) };
        spawn(async move { link.send_message(Msg::Came(call(&request).await)) });
    }

    fn came(&mut self, ctx: &Context<Self>, answer: Result<InterestsView, ApiError>) {
        self.is_loading = false;
        if !self.queue.is_empty() {
            // Older than what is on its way; asked again when that has arrived.
            return;
        }
        match answer {
            Ok(view) => {
                let is_there = |handle: &String| view.muted_authors.iter().any(|one| one.handle == *handle);
                if !std::mem::take(&mut self.authors).iter().all(is_there) {
                    toasts::say(t("interest.author_unknown"));
                }
                self.view = Some(Rc::new(view));
                self.kept.clone_from(&self.view);
                self.error = None;
            }
            Err(error) if self.view.is_none() => self.error = Some(error),
            Err(error) => {
                let act = ctx.link().callback(|()| Msg::Load);
                toasts::show(explain(&error), Some((t("ui.try_again"), act)), false);
            }
        }
    }

    fn change(&mut self, ctx: &Context<Self>, change: Change) {
        if let Some(view) = &mut self.view {
            change.apply(Rc::make_mut(view));
        }
        self.queue.push_back(change);
        if self.queue.len() == 1 {
            self.send_next(ctx);
        }
    }

    fn send_next(&mut self, ctx: &Context<Self>) {
        while let Some(change) = self.queue.front().cloned() {
            let send = self.view.as_ref().and_then(|view| change.clone().send(view));
            let Some(send) = send else {
                self.queue.pop_front();
                continue;
            };
            let link = ctx.link().clone();
            spawn(async move { link.send_message(Msg::Sent(change, send.call().await)) });
            return;
        }
    }

    fn sent(
        &mut self,
        ctx: &Context<Self>,
        change: &Change,
        answer: Result<Option<InterestImportView>, ApiError>,
    ) {
        self.queue.pop_front();
        let mut asks_anew = change.asks_anew();
        match answer {
            Ok(imported) => {
                if let Some(kept) = &mut self.kept {
                    change.apply(Rc::make_mut(kept));
                }
                if let Change::Authors(handles) = change {
                    self.authors.clone_from(handles);
                }
                say_done(change, imported.as_ref());
            }
            Err(error) => {
                // As it was; where the server may know more, it is asked.
                self.queue.clear();
                self.view.clone_from(&self.kept);
                asks_anew = error.code().is_some();
                toasts::say(refusal(change, &error));
            }
        }
        if self.queue.is_empty() && asks_anew {
            self.load(ctx);
        } else {
            self.send_next(ctx);
        }
    }

    /// Nothing is known: topics are picked.
    fn beginning(&self, ctx: &Context<Self>) -> Html {
        let done = ctx.link().callback(|()| Msg::Picked);
        html! { <Picker {done} /> }
    }

    fn profile(&self, ctx: &Context<Self>, view: &Rc<InterestsView>) -> Html {
        let change = ctx.link().callback(Msg::Wanted);
        let wander = change.reform(Change::Wander);
        html! {
            <div class="cols">
                <div class="stack g6">
                    if view.is_new { { self.beginning(ctx) } } else { { now(view, &change) } }
                    { future::future(&view.future) }
                </div>
                <div class="stack g6">
                    <section class="section">
                        <h2 id="wander">{ t("interest.wander") }</h2>
                        <div class="card"><Slider value={view.wander} labelled_by="wander" ends={[t("interest.close"), t("interest.far")]} onset={wander} /></div>
                    </section>
                    <Mutes words={view.muted_words.clone()} authors={view.muted_authors.clone()} change={change.clone()} />
                    <section class="section" aria-labelledby="use">
                        <h2 id="use">{ t("interest.use") }</h2>
                        <div class="card card--flush list">
                            { switch_row(GAUGE, t("interest.used"), Some(t(if view.is_used { "interest.used_on" } else { "interest.used_off" })), view.is_used, change.reform(Change::Used)) }
                            { switch_row(REPEAT_2, t("interest.learning"), Some(t(if view.is_learning { "interest.learning_on" } else { "interest.learning_off" })), view.is_learning, change.reform(Change::Learning)) }
                        </div>
                    </section>
                    <section class="card card--flush list" aria-label={t("interest.data")}>
                        { file::export_row() }
                        { file::import_row(change.reform(Change::Import)) }
                        <button type="button" class="item" onclick={change.reform(|_: MouseEvent| Change::StartAgain)}>
                            { row_text("item__icon", ROTATE_CCW, t("interest.again"), Some(t("interest.again_sub"))) }
                        </button>
                    </section>
                </div>
            </div>
        }
    }

    /// "Is that what you mean?"
    fn question(&self, ctx: &Context<Self>) -> Html {
        let Some(change) = &self.asks else { return Html::default() };
        let (title, text, act) = match change {
            Change::Forget(id) => {
                let topic = self.view.iter().flat_map(|view| &view.interests).find(|one| one.topic.id == *id);
                let name = topic.map_or(id.as_str(), |one| one.topic.name.as_str());
                (
                    t_with("interest.not_me_ask", &[("name", name)]),
                    t("interest.not_me_lost"),
                    t("interest.not_me"),
                )
            }
            Change::Import(file) => {
                (t("interest.import_ask"), imported_words(file), t("interest.import_act"))
            }
            _ => (t("interest.again_ask"), t("interest.again_lost"), t("interest.again")),
        };
        html! {
            <Confirm {title} {text} keep={t("ui.keep_it")} {act} on_keep={ctx.link().callback(|()| Msg::Kept)}
                on_act={ctx.link().callback(|()| Msg::Agreed)} />
        }
    }
}

fn imported_words(file: &InterestFileView) -> AttrValue {
    format!("{} {}", plural("interest.import_has", file.topics.len() as u64), t("interest.import_lost"))
        .into()
}

/// What came of a change that is more than what the page shows.
fn say_done(change: &Change, imported: Option<&InterestImportView>) {
    match (change, imported) {
        (Change::Forget(_), _) => toasts::say(t("interest.not_me_done")),
        (Change::StartAgain, _) => toasts::say(t("interest.again_done")),
        (_, Some(view)) if view.unknown.is_empty() => toasts::say(plural("interest.imported", view.topics)),
        (_, Some(view)) => {
            let unknown = t_with("interest.imported_not", &[("names", &view.unknown.join(", "))]);
            toasts::say(format!("{} {unknown}", plural("interest.imported", view.topics)));
        }
        _ => {}
    }
}

fn refusal(change: &Change, error: &ApiError) -> AttrValue {
    match (change, error.code()) {
        (
            Change::Authors(_),
            Some(minnow_shared::ErrorCode::NotFound | minnow_shared::ErrorCode::InvalidField),
        ) => t("interest.author_unknown"),
        (Change::Import(_), Some(minnow_shared::ErrorCode::InvalidField)) => t("interest.no_profile"),
        _ => explain(error),
    }
}

fn now(view: &Rc<InterestsView>, change: &Callback<Change>) -> Html {
    let count = view.interests.len() as u64;
    html! {
        <section class="section" aria-labelledby="now">
            <div class="section__head"><h2 id="now">{ t("interest.now") }</h2><span class="xs faint">{ plural("interest.topics", count) }</span></div>
            if count == 0 {
                { empty(Art::Empty, t("interest.none"), t("interest.none_text"), link("btn btn--primary", Route::Feed, html! { t("ui.go_to_feed") })) }
            } else {
                <ul class="card card--flush">
                    { for view.interests.iter().map(|one| html! { <Topic key={one.topic.id.to_string()} interest={one.clone()} change={change.clone()} /> }) }
                </ul>
            }
        </section>
    }
}

/// The page in grey, of the size that it will have.
fn skeleton() -> Html {
    let bar = |class: &'static str| html! { <span class={classes!("skel", class)}></span> };
    let topic = html! { <div class="interest">{ bar("wait--title") }{ bar("wait--line") }{ bar("wait--slider") }{ bar("wait--acts") }</div> };
    html! {
        <div class="cols waits" aria-busy="true">
            <span class="vh">{ t("ui.loading") }</span>
            <div class="section">
                <div class="section__head"><h2>{ t("interest.now") }</h2></div>
                <div class="card card--flush">{ for std::iter::repeat_n(topic, 3) }</div>
            </div>
            <div class="section"><h2>{ t("interest.wander") }</h2><div class="card">{ bar("wait--slider") }</div></div>
        </div>
    }
}

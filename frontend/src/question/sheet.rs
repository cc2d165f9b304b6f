//! The sheet itself: asking, taking the answer, showing what came of it.

use super::form::{CERTAINTIES, Draft, Stage, choice_of_key, letter};
use super::verdict::{choices_after, verdict};
use crate::browser;
use crate::i18n::{self, near_day, t, t_with};
use crate::state::outbox::{self, Sent, Write};
use crate::ui::button::{glyph_button, text_button};
use crate::ui::field::value_of;
use crate::ui::icon::{CHECK, CIRCLE_HELP, REPEAT_2, ROTATE_CCW, WIFI_OFF, icon, icon_sm};
use crate::ui::pull::Pull;
use crate::wire;
use gloo::events::EventListener;
use minnow_shared::answer::{AnswerQuestion, AnswerView, Certainty, Response};
use minnow_shared::question::{QuestionForm, QuestionView};
use minnow_shared::{AnswerId, ClipId, QuestionId};
use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, Element, HtmlElement};
use yew::prelude::*;

/// What the page hears.
#[derive(Debug, Clone, PartialEq)]
pub enum QuestionNews {
    /// An answer was given and is kept; the clip may go on.
    Answered(QuestionId),
    /// It came back graded.
    Graded(Box<AnswerView>),
    /// Answered and graded by the program of what opens over a clip: so many points.
    Earned(QuestionId, u32),
    /// The learner goes on with the clip.
    GoOn,
    /// The learner wants to see it again.
    WatchAgain,
}

#[derive(Properties, PartialEq)]
pub struct QuestionSheetProps {
    pub clip_id: ClipId,
    pub question: QuestionView,
    /// Of the clip's words.
    pub language: AttrValue,
    /// A guess before the clip: nothing is told.
    #[prop_or_default]
    pub is_guess: bool,
    /// It is due: when it was answered last.
    #[prop_or_default]
    pub last_answer_ms: Option<i64>,
    /// Where "Watch again" begins, as in `0:20`.
    pub again_from: AttrValue,
    /// Why it has to be answered right, where it has to be: then it is asked until it is.
    pub note: Option<AttrValue>,
    pub news: Callback<QuestionNews>,
}

pub enum Msg {
    Choose(usize),
    Type(String),
    Answer(Response, Option<Certainty>),
    Back(Stage),
    Again,
    Key(KeyboardEvent),
    /// What opens over a clip could not be loaded.
    Failed,
}

pub struct QuestionSheet {
    draft: Draft,
    sheet: NodeRef,
    title: NodeRef,
    sure: NodeRef,
    /// What has the focus when the sheet closes, as it had before.
    before: Option<HtmlElement>,
    is_focused: bool,
    pull: Option<Pull>,
    /// Where the program of what opens over a clip stands, for kinds that are not asked here.
    place: NodeRef,
    told: Vec<EventListener>,
    is_failed: bool,
}

fn active() -> Option<HtmlElement> {
    browser::document().active_element()?.dyn_into().ok()
}

impl QuestionSheet {
    fn answer(&mut self, ctx: &Context<Self>, response: Response, certainty: Option<Certainty>) {
        let props = ctx.props();
        let request = AnswerQuestion {
            answer_id: browser::new_id(AnswerId::new),
            clip_id: props.clip_id.clone(),
            question_id: props.question.id.clone(),
            response: response.clone(),
            certainty,
            answered_at_ms: browser::now_ms(),
            before: props.is_guess,
        };
        if props.is_guess {
            outbox::send(Write::of(&request), Callback::noop());
            return props.news.emit(QuestionNews::GoOn);
        }
        self.draft.given = Some(response);
        self.draft.stage = Stage::Sending;
        let (told, news) = (ctx.link().callback(Msg::Back), props.news.clone());
        // The page hears it even when the sheet is closed by then.
        let told = Callback::from(move |sent: Sent| {
            let stage = match sent {
                Sent::Heard(text) => wire::read(&text).map_or(Stage::Kept, Stage::Graded),
                Sent::Kept => Stage::Kept,
                Sent::Refused(error) => Stage::Refused(i18n::explain(&error).to_string()),
            };
            if let Stage::Graded(view) = &stage {
                news.emit(QuestionNews::Graded(view.clone()));
            }
            told.emit(stage);
        });
        outbox::send(Write::of(&request), told);
        props.news.emit(QuestionNews::Answered(props.question.id.clone()));
    }

    fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || self.draft.stage != Stage::Open {
            return false;
        }
        let question = &ctx.props().question;
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_on = |selector: &str| target.as_ref().is_some_and(|on| on.matches(selector).unwrap_or(false));
        if event.key() == "Enter" && !is_on("button") && !event.is_composing() {
            // One more step: how sure.
            if let Some(first) =
                self.sure.cast::<Element>().and_then(|sure| sure.query_selector("button").ok()?)
                && let Ok(first) = first.dyn_into::<HtmlElement>()
            {
                let _ = first.focus();
                event.prevent_default();
            }
            return false;
        }
        if is_on("input") {
            return false;
        }
        let Some(choice) = choice_of_key(question, &event.key()) else { return false };
        self.draft.choice = Some(choice.clone());
        event.prevent_default();
        event.stop_propagation();
        true
    }
}

impl Component for QuestionSheet {
    type Message = Msg;
    type Properties = QuestionSheetProps;

    fn create(_: &Context<Self>) -> Self {
        Self {
            draft: Draft::default(),
            sheet: NodeRef::default(),
            title: NodeRef::default(),
            sure: NodeRef::default(),
            before: active(),
            is_focused: false,
            pull: None,
            place: NodeRef::default(),
            told: Vec::new(),
            is_failed: false,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Choose(place) => {
                if let QuestionForm::Choices { choices } = &ctx.props().question.form {
                    self.draft.choice = choices.get(place).map(|choice| choice.id.clone());
                }
                true
            }
            Msg::Type(text) => {
                self.draft.text = text;
                true
            }
            Msg::Answer(response, certainty) => {
                if self.draft.stage == Stage::Open {
                    self.answer(ctx, response, certainty);
                }
                true
            }
            Msg::Back(stage) => {
                self.draft.stage = stage;
                // What came of it is the next thing to read.
                self.is_focused = false;
                true
            }
            Msg::Again => {
                self.draft = Draft::default();
                self.is_focused = false;
                true
            }
            Msg::Key(event) => self.key(ctx, &event),
            Msg::Failed => {
                self.is_failed = true;
                true
            }
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, is_first: bool) {
        if is_first {
            let close = ctx.props().news.reform(|()| QuestionNews::GoOn);
            self.pull = self.sheet.cast::<HtmlElement>().map(|sheet| Pull::new(&sheet, close));
            self.call_program(ctx);
        }
        if !std::mem::replace(&mut self.is_focused, true)
            && let Some(title) = self.title.cast::<HtmlElement>()
        {
            let _ = title.focus();
            if let Some(sheet) = self.sheet.cast::<HtmlElement>() {
                sheet.set_scroll_top(0);
            }
        }
    }

    fn destroy(&mut self, _: &Context<Self>) {
        if let Some(before) = &self.before {
            let _ = before.focus();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let onkeydown = ctx.link().callback(Msg::Key);
        let inside = match &self.draft.stage {
            Stage::Open if ctx.props().question.form == QuestionForm::Unknown => self.elsewhere(ctx),
            Stage::Open | Stage::Sending => self.asking(ctx),
            Stage::Kept => self.kept(ctx),
            Stage::Refused(why) => self.refused(ctx, why),
            Stage::Graded(view) => self.graded(ctx, view),
        };
        html! {
            <section class="sheet feed__sheet" role="dialog" aria-labelledby="question" ref={self.sheet.clone()} {onkeydown}>
                <span class="sheet__grab" data-pull="" aria-hidden="true"></span>
                { inside }
            </section>
        }
    }
}

impl QuestionSheet {
    fn stem(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        html! {
            <h2 class="quiz__q" id="question" tabindex="-1" dir="auto" lang={props.language.clone()} ref={self.title.clone()}>
                { &props.question.stem }
            </h2>
        }
    }

    fn asking(&self, ctx: &Context<Self>) -> Html {
        let is_sending = self.draft.stage == Stage::Sending;
        let dont_know = ctx.link().callback(|_: MouseEvent| Msg::Answer(Response::DontKnow, None));
        html! {
            <>
                <div class="quiz" aria-busy={is_sending.to_string()}>
                    <div class="quiz__eyebrow" data-pull="">
                        { eyebrow(ctx.props()) }
                        <span>{ ctx.props().note.clone().unwrap_or_else(|| t("question.no_timer")) }</span>
                    </div>
                    { self.stem(ctx) }
                    { self.form(ctx) }
                    { self.certainty(ctx, is_sending) }
                </div>
                <div class="row row--between g2">
                    { without_answer(ctx.props()) }
                    if !ctx.props().is_guess {
                        <button class="btn btn--quiet" onclick={dont_know} disabled={is_sending}>{ t("question.dont_know") }</button>
                    }
                </div>
            </>
        }
    }

    /// A kind that is not asked here: `boot.js` loads the program of what opens over a clip, which stands in the place and tells by events
    /// on it.
    fn call_program(&mut self, ctx: &Context<Self>) {
        let Some(place) = self.place.cast::<Element>() else { return };
        let (link, news, id) =
            (ctx.link().clone(), ctx.props().news.clone(), ctx.props().question.id.clone());
        self.told = ["minnow:answered", "minnow:go-on", "minnow:failed"]
            .into_iter()
            .map(|name| {
                let (link, news, id) = (link.clone(), news.clone(), id.clone());
                EventListener::new(&place, name, move |event| match name {
                    "minnow:answered" => {
                        let xp = event.unchecked_ref::<CustomEvent>().detail().as_f64().unwrap_or(0.0);
                        news.emit(QuestionNews::Earned(id.clone(), xp as u32));
                    }
                    "minnow:go-on" => news.emit(QuestionNews::GoOn),
                    _ => link.send_message(Msg::Failed),
                })
            })
            .collect();
        browser::announce("minnow:place");
    }

    fn elsewhere(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        html! {
            <>
                <h2 class="vh" id="question" tabindex="-1" ref={self.title.clone()}>{ t("question.eyebrow") }</h2>
                { for props.last_answer_ms.map(seen) }
                <div id="question-place" data-question={props.question.id.to_string()} data-clip={props.clip_id.to_string()}
                    data-guess={props.is_guess.then_some("")} data-language={props.language.clone()} ref={self.place.clone()}></div>
                // There also while it is empty: the place before it would be made anew when it goes.
                <p class="sm" hidden={props.note.is_none()}>{ props.note.clone().unwrap_or_default() }</p>
                <p class="muted" role="status">{ if self.is_failed { t("ui.failed") } else { t("ui.loading") } }</p>
                <div class="row row--between g2">
                    { without_answer(props) }
                    if self.is_failed { { self.go_on(ctx) } }
                </div>
            </>
        }
    }

    fn form(&self, ctx: &Context<Self>) -> Html {
        let language = &ctx.props().language;
        match &ctx.props().question.form {
            QuestionForm::Choices { choices } => html! {
                <div class="quiz__opts" role="group" aria-label={t("question.answers")}>
                    { for choices.iter().enumerate().map(|(place, choice)| {
                        let is_picked = self.draft.choice.as_ref() == Some(&choice.id);
                        html! {
                            <button class={classes!("opt", is_picked.then_some("opt--picked"))} aria-pressed={is_picked.to_string()}
                                onclick={ctx.link().callback(move |_: MouseEvent| Msg::Choose(place))}>
                                <span class="opt__key" aria-hidden="true">{ letter(place) }</span>
                                <span dir="auto" lang={language.clone()}>{ &choice.text }</span>
                            </button>
                        }
                    }) }
                </div>
            },
            QuestionForm::Typed => html! {
                <label class="field">
                    <span class="field__label">{ t("question.your_answer_field") }</span>
                    <input class="input" type="text" dir="auto" autocomplete="off" autocapitalize="off" enterkeyhint="done"
                        maxlength={minnow_shared::limit::TYPED_ANSWER.to_string()} value={self.draft.text.clone()}
                        oninput={ctx.link().callback(|event: InputEvent| Msg::Type(value_of(&event)))} />
                </label>
            },
            QuestionForm::Unknown => html! {},
        }
    }

    /// One more tap: how sure, and that sends the answer.
    fn certainty(&self, ctx: &Context<Self>, is_sending: bool) -> Html {
        let Some(response) = self.draft.response(&ctx.props().question.form) else { return html! {} };
        if ctx.props().is_guess {
            let onclick = ctx.link().callback(move |_: MouseEvent| Msg::Answer(response.clone(), None));
            return html! {
                <div class="row" ref={self.sure.clone()}>
                    { text_button("btn btn--primary btn--lg grow", onclick, t("question.guess_go")) }
                </div>
            };
        }
        html! {
            <div class="quiz__sure" role="group" aria-labelledby="sure" ref={self.sure.clone()}>
                <p class="sm muted" id="sure">{ t("question.how_sure") }</p>
                <div class="row g2">
                    { for CERTAINTIES.iter().map(|(certainty, label)| {
                        let (response, certainty) = (response.clone(), *certainty);
                        let onclick = ctx.link().callback(move |_: MouseEvent| Msg::Answer(response.clone(), Some(certainty)));
                        html! {
                            <button class="btn btn--soft grow" {onclick} disabled={is_sending}>{ i18n::text(label) }</button>
                        }
                    }) }
                </div>
            </div>
        }
    }

    fn go_on(&self, ctx: &Context<Self>) -> Html {
        let onclick = ctx.props().news.reform(|_: MouseEvent| QuestionNews::GoOn);
        text_button("btn btn--primary btn--lg grow", onclick, t("question.go_on"))
    }

    fn kept(&self, ctx: &Context<Self>) -> Html {
        html! {
            <>
                { self.stem(ctx) }
                <div class="banner" role="status">{ icon(WIFI_OFF) }<span>{ t("question.kept") }</span></div>
                <div class="row">{ self.go_on(ctx) }</div>
            </>
        }
    }

    fn refused(&self, ctx: &Context<Self>, why: &str) -> Html {
        html! {
            <>
                { self.stem(ctx) }
                <div class="banner" role="alert"><span>{ why }</span></div>
                <div class="row">{ self.go_on(ctx) }</div>
            </>
        }
    }

    fn graded(&self, ctx: &Context<Self>, view: &AnswerView) -> Html {
        let props = ctx.props();
        let again = props.news.reform(|_: MouseEvent| QuestionNews::WatchAgain);
        let is_right = view.outcome == minnow_shared::answer::Outcome::Right;
        html! {
            <>
                { verdict(view, self.title.clone()) }
                { choices_after(&props.question, view, &props.language) }
                <p class={if is_right { "why" } else { "why why--later" }} dir="auto" lang={props.language.clone()}>
                    if !view.choice_reason.is_empty() { <strong>{ &view.choice_reason }</strong>{ " " } }
                    { &view.reason }
                </p>
                <div class="row g2">
                    if !is_right {
                        { glyph_button("btn btn--lg grow", again, ROTATE_CCW, t_with("question.watch_from", &[("time", &props.again_from)])) }
                    }
                    if is_right || props.note.is_none() {
                        { self.go_on(ctx) }
                    } else {
                        { text_button("btn btn--primary btn--lg grow", ctx.link().callback(|_: MouseEvent| Msg::Again), t("ui.try_again")) }
                    }
                </div>
            </>
        }
    }
}

/// The way on that answers nothing: past a guess, else back into the clip.
fn without_answer(props: &QuestionSheetProps) -> Html {
    if props.is_guess {
        return text_button("btn btn--quiet", props.news.reform(|_| QuestionNews::GoOn), t("question.skip"));
    }
    let again = props.news.reform(|_| QuestionNews::WatchAgain);
    glyph_button("btn btn--quiet", again, ROTATE_CCW, t("question.again"))
}

/// What this is: a question, a guess, or a review and of when.
fn eyebrow(props: &QuestionSheetProps) -> Html {
    let name = if props.is_guess { "question.guess_first" } else { "question.eyebrow" };
    match props.last_answer_ms {
        Some(at_ms) => seen(at_ms),
        None => html! { <span class="row g2">{ icon_sm(CIRCLE_HELP) }{ t(name) }</span> },
    }
}

/// "Review: you saw this 9 days ago".
pub fn seen(at_ms: i64) -> Html {
    html! {
        <span class="chip chip--sm chip--review">
            { icon_sm(REPEAT_2) }{ t_with("question.seen", &[("when", &near_day(at_ms))]) }
        </span>
    }
}

/// The disc beside a choice that was right.
pub fn check() -> Html {
    icon_sm(CHECK)
}

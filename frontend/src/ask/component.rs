//! A question of any kind: asked, answered as often as it may be, and what came of it. The answer goes to the server by way of
//! the outbox; without a network a question of a pack is graded here, as is a preview of its author's.

use super::draft::{Draft, Held, choice_of_key, place_of_key};
use super::drag::{Drag, Drop};
use super::here::given_here;
use super::rich::rich;
use super::{after, card, choices, cloze, hotspot, ordering, pairs, placing, written};
use crate::api::ApiError;
use crate::browser;
use crate::i18n::{self, plural, t, t_with};
use crate::state::outbox::{self, Write};
use crate::state::packs::{self, Given, Ungraded};
use crate::ui::icon::{CIRCLE_HELP, ROTATE_CCW, WIFI_OFF, icon, icon_sm};
use minnow_shared::answer::{AskedView, Certainty, GiveAnswer, GivenView, Outcome, Recall, Response};
use minnow_shared::question::{Feedback, Form, Question};
use minnow_shared::{AnswerId, ChoiceId, PracticeId};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// What the page hears.
#[derive(Debug, Clone, PartialEq)]
pub enum AskNews {
    /// An answer has been graded; `tries_left` says whether it is the last.
    Given(Rc<GivenView>),
    /// The learner goes on: after the answer, or where the kind is newer than this program.
    GoOn,
}

#[derive(Properties, PartialEq)]
pub struct AskProps {
    pub asked: Rc<AskedView>,
    /// Of the question's words; empty where it is not known.
    #[prop_or_default]
    pub language: AttrValue,
    /// The question with its key: answers are graded here and kept nowhere.
    #[prop_or_default]
    pub preview: Option<Rc<Question>>,
    /// A guess before the clip: nothing is told of it, and the clip comes at once.
    #[prop_or_default]
    pub guess: bool,
    /// The page tells what came of questions with deferred feedback after its last question; elsewhere they are told at once.
    #[prop_or_default]
    pub defers: bool,
    /// The practice that asks it.
    #[prop_or_default]
    pub practice_id: Option<PracticeId>,
    /// What the button says that goes on; empty: there is none.
    #[prop_or_default]
    pub go_on: AttrValue,
    #[prop_or_default]
    pub news: Callback<AskNews>,
}

/// A step of the learner's.
pub type Edit = Box<dyn FnOnce(&mut Draft)>;

/// What a kind's own file sees: the draft, and how to change it.
pub struct At<'a> {
    pub draft: &'a Draft,
    pub language: &'a AttrValue,
    edit: Callback<Edit>,
}

impl At<'_> {
    /// A handler that changes the draft.
    pub fn edit<E: Clone + 'static>(&self, act: impl Fn(&mut Draft, E) + Clone + 'static) -> Callback<E> {
        let edit = self.edit.clone();
        Callback::from(move |event: E| {
            let act = act.clone();
            edit.emit(Box::new(move |draft| act(draft, event)));
        })
    }
}

#[derive(PartialEq)]
enum Stage {
    /// The learner thinks; after a try that was not right, what came of it stands above.
    Open,
    Sending,
    Over,
    /// The answer is kept on this device and was not graded.
    Kept(Ungraded),
}

pub enum Msg {
    Edit(Edit),
    Answer(Response, Option<Certainty>),
    Back(Given),
    Key(KeyboardEvent),
    Press(PointerEvent),
    Dropped(Drop),
}

pub struct Ask {
    draft: Draft,
    stage: Stage,
    /// What came of the last try.
    given: Option<Rc<GivenView>>,
    /// Why the last try was refused.
    failed: Option<ApiError>,
    /// What came of the last try was found here; the server has yet to hear of it.
    is_waiting: bool,
    title: NodeRef,
    sure: NodeRef,
    is_focused: bool,
    /// The form as its kind's file shares it.
    form: Rc<Form>,
    drag: Option<Drag>,
}

impl Component for Ask {
    type Message = Msg;
    type Properties = AskProps;

    fn create(ctx: &Context<Self>) -> Self {
        Self {
            draft: Draft::of(&ctx.props().asked.form),
            stage: Stage::Open,
            given: None,
            failed: None,
            is_waiting: false,
            title: NodeRef::default(),
            sure: NodeRef::default(),
            is_focused: false,
            form: Rc::new(ctx.props().asked.form.clone()),
            drag: None,
        }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &AskProps) -> bool {
        if old.asked != ctx.props().asked {
            *self = Component::create(ctx);
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Edit(edit) => {
                if self.stage == Stage::Open {
                    edit(&mut self.draft);
                }
                true
            }
            Msg::Answer(response, certainty) => {
                if self.stage == Stage::Open {
                    self.answer(ctx, response, certainty);
                }
                true
            }
            Msg::Back(answer) => {
                self.back(ctx, answer);
                true
            }
            Msg::Key(event) => self.key(ctx, &event),
            Msg::Press(event) => {
                let is_open = self.stage == Stage::Open;
                self.drag = is_open.then(|| Drag::begin(&event, ctx.link().callback(Msg::Dropped))).flatten();
                false
            }
            Msg::Dropped(drop) => {
                if let Ok(part) = ChoiceId::parse(&drop.part) {
                    placing::put(&mut self.draft, &self.form, &Held { part, from: drop.from }, &drop.spot);
                }
                true
            }
        }
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        if !std::mem::replace(&mut self.is_focused, true)
            && let Some(title) = self.title.cast::<HtmlElement>()
        {
            let _ = title.focus();
        }
        if let Some(next) = self.draft.focus.take().and_then(|id| browser::element(&id)) {
            let _ = next.focus();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let onkeydown = ctx.link().callback(Msg::Key);
        let onpointerdown = ctx.link().callback(Msg::Press);
        let inside = match (&self.stage, &self.given) {
            (Stage::Over, Some(given)) => self.over(ctx, given),
            (Stage::Kept(why), _) => self.kept(ctx, *why),
            _ => self.asking(ctx),
        };
        html! { <section class="ask" aria-label={t("question.eyebrow")} {onkeydown} {onpointerdown}>{ inside }</section> }
    }
}

impl Ask {
    fn answer(&mut self, ctx: &Context<Self>, response: Response, certainty: Option<Certainty>) {
        let asked = &ctx.props().asked;
        self.failed = None;
        self.stage = Stage::Sending;
        if let Some(question) = &ctx.props().preview {
            let attempt = self.given.as_ref().map_or(1, |given| given.attempt + 1);
            let view = given_here(question, &asked.question_id, response, certainty, attempt);
            return self.back(ctx, Given::Sent(Box::new(view)));
        }
        let request = GiveAnswer {
            question_id: asked.question_id.clone(),
            answer_id: browser::new_id(AnswerId::new),
            clip_id: asked.clip_id.clone(),
            practice_id: ctx.props().practice_id.clone(),
            response,
            certainty,
            answered_at_ms: browser::now_ms(),
            before: ctx.props().guess,
        };
        if request.before {
            outbox::send(Write::of(&request), Callback::noop());
            return ctx.props().news.emit(AskNews::GoOn);
        }
        let back = ctx.link().callback(Msg::Back);
        browser::spawn(async move { back.emit(packs::give(request).await) });
    }

    fn back(&mut self, ctx: &Context<Self>, given: Given) {
        // What came of it is the next thing to read.
        self.is_focused = false;
        self.is_waiting = matches!(given, Given::Here(_));
        match given {
            Given::Sent(view) | Given::Here(view) => {
                let given: Rc<GivenView> = Rc::from(view);
                self.stage = if given.tries_left == 0 { Stage::Over } else { Stage::Open };
                self.given = Some(given.clone());
                ctx.props().news.emit(AskNews::Given(given));
            }
            Given::Kept(why) => self.stage = Stage::Kept(why),
            Given::Refused(error) => {
                self.is_focused = true;
                self.stage = Stage::Open;
                self.failed = Some(error);
            }
        }
    }

    fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || self.stage != Stage::Open {
            return false;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_on = |selector: &str| target.as_ref().is_some_and(|on| on.matches(selector).unwrap_or(false));
        if event.key() == "Enter" && is_on("input") && !event.is_composing() {
            // One more step: how sure.
            let first = self.sure.cast::<Element>().and_then(|sure| sure.query_selector("button").ok()?);
            if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
                let _ = first.focus();
                event.prevent_default();
            }
            return false;
        }
        if event.key() == "Escape" && self.draft.held.take().is_some() {
            event.stop_propagation();
            return true;
        }
        match &ctx.props().asked.form {
            Form::Choices { choices, multiple } => {
                let Some(choice) = choice_of_key(choices, &event.key()) else { return false };
                self.draft.choose(choice, *multiple);
            }
            Form::TrueFalse => {
                let Some(place) = place_of_key(&event.key()).filter(|place| *place < 2) else { return false };
                self.draft.is_true = Some(place == 0);
            }
            _ => return false,
        }
        event.prevent_default();
        event.stop_propagation();
        true
    }

    fn asking(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let is_sending = self.stage == Stage::Sending;
        let form = &props.asked.form;
        let is_card = matches!(form, Form::FlashCard { .. });
        html! {
            <div class="quiz" aria-busy={is_sending.to_string()}>
                <div class="quiz__eyebrow">
                    <span class="row g2">{ icon_sm(CIRCLE_HELP) }{ t(if props.guess { "question.guess_first" } else { "question.eyebrow" }) }</span>
                    <span>{ self.tries(&props.asked) }</span>
                </div>
                { self.last_try(props) }
                <div class="quiz__q" id="ask-stem" tabindex="-1" ref={self.title.clone()}>
                    { rich(&props.asked.stem, &props.language) }
                </div>
                { self.form(ctx) }
                <p class="vh" role="status">{ &self.draft.said }</p>
                if let Some(error) = &self.failed {
                    <div class="banner" role="alert"><span>{ i18n::explain(error) }</span></div>
                }
                { self.send(ctx, is_sending) }
                if *form == Form::Unknown {
                    { go_on(props) }
                } else if !is_card && !props.guess {
                    <button class="btn btn--quiet" disabled={is_sending}
                        onclick={ctx.link().callback(|_: MouseEvent| Msg::Answer(Response::DontKnow, None))}>
                        { t("question.dont_know") }
                    </button>
                }
            </div>
        }
    }

    /// How many tries there are, where there are several.
    fn tries(&self, asked: &AskedView) -> AttrValue {
        let left = match &self.given {
            Some(given) => given.tries_left,
            None => (asked.tries + 1).saturating_sub(asked.attempt.max(1)),
        };
        if asked.tries > 1 { plural("quiz.tries_left", u64::from(left)) } else { t("question.no_timer") }
    }

    /// What came of the try before, and a hint.
    fn last_try(&self, props: &AskProps) -> Html {
        let Some(given) = &self.given else { return html! {} };
        let word = if given.grade.outcome == Outcome::Partly { "quiz.partly" } else { "question.not_yet" };
        html! {
            <div class="banner ask__hint" role="status">
                { icon(ROTATE_CCW) }
                <div class="stack g1">
                    <strong>{ t(word) }</strong>
                    if !given.grade.remark.is_empty() { { rich(&given.grade.remark, &props.language) } }
                    if !given.verdict.is_empty() { { rich(&given.verdict, &props.language) } }
                    if let Some(hint) = &given.hint {
                        <div><span class="sm muted">{ t("quiz.hint") }</span>{ rich(hint, &props.language) }</div>
                    }
                </div>
            </div>
        }
    }

    fn form(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let at = At { draft: &self.draft, language: &props.language, edit: ctx.link().callback(Msg::Edit) };
        let form = &self.form;
        match form.as_ref() {
            Form::Choices { choices, multiple } => choices::choices(&at, choices, *multiple),
            Form::TrueFalse => choices::true_false(&at),
            Form::Numeric { units } => written::numeric(&at, units),
            Form::Typed => written::typed(&at),
            Form::Open { words_min, words_max } => written::open(&at, *words_min, *words_max),
            Form::Matching { left, right } => pairs::matching(&at, form, left, right),
            Form::Categorising { categories, items } => pairs::categorising(&at, form, categories, items),
            Form::Ordering { items } => ordering::ordering(&at, form, items),
            Form::Cloze { body, gaps, bank } => cloze::cloze(&at, form, body, gaps, bank),
            Form::Hotspot { picture, places } => hotspot::hotspot(&at, picture, *places),
            Form::FlashCard { back } => card::card(&at, back),
            Form::Unknown => html! { <p class="muted">{ t("question.unknown") }</p> },
        }
    }

    /// One more tap: how sure, and that sends the answer. A card is sent by saying how well it was remembered.
    fn send(&self, ctx: &Context<Self>, is_sending: bool) -> Html {
        let asked = &ctx.props().asked;
        if matches!(asked.form, Form::FlashCard { .. }) {
            return if self.draft.is_turned {
                self.recall(ctx, is_sending)
            } else {
                html! {}
            };
        }
        let Some(response) = self.draft.response(&asked.form) else { return html! {} };
        let is_guess = ctx.props().guess;
        if !asked.certainty || is_guess || matches!(asked.form, Form::Open { .. }) {
            let onclick = ctx.link().callback(move |_: MouseEvent| Msg::Answer(response.clone(), None));
            return html! {
                <div class="row" ref={self.sure.clone()}>
                    <button class="btn btn--primary btn--lg grow" {onclick} disabled={is_sending}>{ t(if is_guess { "question.guess_go" } else { "quiz.check" }) }</button>
                </div>
            };
        }
        let steps = [
            (Certainty::Guess, "question.guess"),
            (Certainty::ThinkSo, "question.think_so"),
            (Certainty::Sure, "question.sure"),
        ];
        html! {
            <div class="quiz__sure" role="group" aria-labelledby="ask-sure" ref={self.sure.clone()}>
                <p class="sm muted" id="ask-sure">{ t("question.how_sure") }</p>
                <div class="row g2">
                    { for steps.iter().map(|(certainty, label)| {
                        let (response, certainty) = (response.clone(), *certainty);
                        let onclick = ctx.link().callback(move |_: MouseEvent| Msg::Answer(response.clone(), Some(certainty)));
                        html! { <button class="btn btn--soft grow" {onclick} disabled={is_sending}>{ i18n::text(label) }</button> }
                    }) }
                </div>
            </div>
        }
    }

    fn recall(&self, ctx: &Context<Self>, is_sending: bool) -> Html {
        let steps = [
            (Recall::NotYet, "quiz.recall_not_yet"),
            (Recall::Hard, "quiz.recall_hard"),
            (Recall::Good, "quiz.recall_good"),
            (Recall::Easy, "quiz.recall_easy"),
        ];
        html! {
            <div class="quiz__sure" role="group" aria-labelledby="ask-sure" ref={self.sure.clone()}>
                <p class="sm muted" id="ask-sure">{ t("quiz.how_well") }</p>
                <div class="row g2">
                    { for steps.iter().map(|(recall, label)| {
                        let response = Response::Recall { recall: *recall };
                        let onclick = ctx.link().callback(move |_: MouseEvent| Msg::Answer(response.clone(), None));
                        html! { <button class="btn btn--soft grow" {onclick} disabled={is_sending}>{ i18n::text(label) }</button> }
                    }) }
                </div>
            </div>
        }
    }

    /// The answer waits here, and nothing can be told of it yet.
    fn kept(&self, ctx: &Context<Self>, why: Ungraded) -> Html {
        let text = t(match why {
            Ungraded::NoPack => "question.kept",
            Ungraded::BadSeal => "packs.bad_seal",
            Ungraded::NoDisk => "packs.no_disk",
        });
        html! {
            <>
                <div class="banner" role="status" tabindex="-1" ref={self.title.clone()}>{ icon(WIFI_OFF) }<span>{ text }</span></div>
                { go_on(ctx.props()) }
            </>
        }
    }

    fn over(&self, ctx: &Context<Self>, given: &Rc<GivenView>) -> Html {
        let props = ctx.props();
        // Set aside until the last question of the set: the page says it then.
        if props.defers && props.asked.feedback == Feedback::Deferred {
            return html! {
                <>
                    <p class="banner" role="status" tabindex="-1" ref={self.title.clone()}>{ t("quiz.kept_for_later") }</p>
                    { go_on(props) }
                </>
            };
        }
        html! {
            <>
                <div class="sm muted">{ rich(&props.asked.stem, &props.language) }</div>
                { after::after(&props.asked.form, given, &props.language, self.title.clone()) }
                if self.is_waiting {
                    <p class="sm muted" role="status">{ icon_sm(WIFI_OFF) }{ " " }{ t("packs.sent_later") }</p>
                }
                if given.xp > 0 { <p class="sm muted">{ t_with("quiz.xp", &[("n", &i18n::digits(u64::from(given.xp)))]) }</p> }
                { go_on(props) }
            </>
        }
    }
}

fn go_on(props: &AskProps) -> Html {
    if props.go_on.is_empty() {
        return html! {};
    }
    let onclick = props.news.reform(|_: MouseEvent| AskNews::GoOn);
    html! { <div class="row"><button class="btn btn--primary btn--lg grow" {onclick}>{ props.go_on.clone() }</button></div> }
}

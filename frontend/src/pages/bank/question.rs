//! Writing a question, in one screen: what is asked, its kind and key, why it is right, tags and more, how it looks to a
//! learner, where it is asked. What is written stays in this browser until it is saved.

use super::asking::{Live, asking, verdicts};
use super::forms::Forms;
use super::kinds::{Change, key_editor};
use super::places::Places;
use super::text::RichField;
use super::written::{self, KINDS, Kept, keep, kept, kind_words, new_key, new_question, tags_of};
use super::{Work, account_needed, focus};
use crate::api::{ApiError, call};
use crate::browser::spawn;
use crate::frame::{Page, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{explain, t, t_with};
use crate::route::{self, Route};
use crate::state::{planned_place, session, toasts};
use crate::ui::dialog::Confirm;
use crate::ui::empty::Failure;
use crate::ui::field::{Field, select};
use crate::ui::icon::{CIRCLE_ALERT, EYE, PENCIL, TRASH_2, icon_sm};
use minnow_shared::bank::{
    BankQuestionView, CreateQuestion, DeleteQuestion, GetBankQuestion, ListShelves, PlaceQuestion,
    UpdateQuestion,
};
use minnow_shared::question::{Question, QuestionKey, Text};
use minnow_shared::{QuestionId, limit};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct QuestionPageProps {
    pub id: QuestionId,
}

#[component]
pub fn QuestionPage(props: &QuestionPageProps) -> Html {
    let session = session::use_session();
    let local = use_memo(props.id.clone(), kept);
    // A question begun here is nowhere else yet.
    let is_new = match local.as_ref() {
        Some(kept) => kept.is_new,
        None => planned_place::of(&props.id).is_some(),
    };
    let request =
        session.account().filter(|_| !is_new).map(|_| GetBankQuestion { question_id: props.id.clone() });
    let (loaded, again) = use_call(request);
    let inside = match &loaded {
        _ if session.account().is_none() && (session.is_known() || session.unreachable) => account_needed(),
        _ if session.account().is_none() => page_loading(),
        _ if is_new => html! { <Editor id={props.id.clone()} /> },
        Loaded::Loading => page_loading(),
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Here(view) => html! { <Editor id={props.id.clone()} view={(**view).clone()} /> },
    };
    html! { <Page title={t("bank.question")} back={Route::Bank}>{ inside }</Page> }
}

#[derive(Properties, PartialEq)]
struct EditorProps {
    id: QuestionId,
    /// As the server has it; none while it never had it.
    #[prop_or_default]
    view: Option<BankQuestionView>,
}

/// What the editor knows beside the question itself.
#[derive(Clone, PartialEq)]
struct State {
    question: Question,
    /// The server's; none while it never had it.
    view: Option<BankQuestionView>,
    /// What is here differs from what the server has.
    dirty: bool,
    busy: bool,
    error: Option<AttrValue>,
    /// The field that is not right, once saving was tried.
    problem: Option<&'static str>,
    asks_delete: bool,
    preview: bool,
}

enum Act {
    Edit(Work<Question>),
    Heard(Box<BankQuestionView>),
    Busy,
    Failed(AttrValue),
    Problem(&'static str),
    AskDelete(bool),
    Preview(bool),
}

impl State {
    fn begin(id: &QuestionId, view: Option<BankQuestionView>) -> Self {
        let local = kept(id);
        let dirty = local.is_some();
        let known =
            local.map(|kept| kept.question).or_else(|| view.as_ref().map(|view| view.question.clone()));
        State {
            question: known.unwrap_or_else(new_question),
            view,
            dirty,
            busy: false,
            error: None,
            problem: None,
            asks_delete: false,
            preview: false,
        }
    }

    fn after(mut self, act: Act, id: &QuestionId) -> Self {
        match act {
            Act::Edit(edit) => {
                edit(&mut self.question);
                self.dirty = true;
                // What was not right is looked at again while it is mended.
                if self.problem.is_some() {
                    self.problem = self.question.check().err().map(|problem| problem.field);
                }
                keep(id, &Kept { question: self.question.clone(), is_new: self.view.is_none() });
            }
            Act::Heard(view) => {
                // What was written while it was on its way stays.
                self.view = Some(*view);
                (self.busy, self.error) = (false, None);
            }
            Act::Busy => (self.busy, self.error) = (true, None),
            Act::Failed(why) => (self.busy, self.error) = (false, Some(why)),
            Act::Problem(field) => self.problem = Some(field),
            Act::AskDelete(on) => self.asks_delete = on,
            Act::Preview(on) => self.preview = on,
        }
        self
    }
}

/// The state and its one way to change, which sees the newest even from an old callback.
#[hook]
fn use_editor(id: &QuestionId, view: Option<BankQuestionView>) -> (State, Callback<Act>) {
    let state = use_mut_ref(|| State::begin(id, view));
    let update = use_force_update();
    let act = {
        let (state, id) = (state.clone(), id.clone());
        Callback::from(move |act: Act| {
            let next = state.borrow().clone().after(act, &id);
            *state.borrow_mut() = next;
            update.force_update();
        })
    };
    let now = state.borrow().clone();
    (now, act)
}

#[component]
fn Editor(props: &EditorProps) -> Html {
    let (state, act) = use_editor(&props.id, props.view.clone());
    let edit = act.reform(Act::Edit);
    let save = {
        let (state, act, id) = (state.clone(), act.clone(), props.id.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if state.busy {
                return;
            }
            match state.question.check() {
                Err(problem) => {
                    act.emit(Act::Problem(problem.field));
                    focus(place_of(problem.field));
                }
                Ok(()) => {
                    act.emit(Act::Busy);
                    spawn(send(id.clone(), state.question.clone(), state.view.is_none(), act.clone()));
                }
            }
        })
    };
    let on = !state.preview;
    let look = act.reform(move |_: MouseEvent| Act::Preview(on));
    let heard = act.reform(|view| Act::Heard(Box::new(view)));
    let (icon, label) = if state.preview { (PENCIL, "ask.edit") } else { (EYE, "ask.preview") };
    html! {
        <>
            <div class="row row--between row--wrap g2">
                <span role="status" class="sm muted">{ saving_words(&state) }</span>
                <button type="button" class="btn btn--sm btn--outline" aria-pressed={state.preview.to_string()} onclick={look}>{ icon_sm(icon) }{ t(label) }</button>
            </div>
            // Beside each other where there is room; otherwise the preview takes the place of the form, which stays as it is.
            <div class={if state.preview { "bank__desk bank__desk--preview" } else { "bank__desk" }}>
                <div class="bank__form stack g6">
                    <form class="stack g6" onsubmit={save} novalidate=true>
                        { fields(&state, &edit) }
                        if let Some(error) = &state.error {
                            <p class="banner banner--danger" role="alert">{ error.clone() }</p>
                        }
                        <div class="bank__save"><button class="btn btn--primary btn--lg btn--block" aria-busy={state.busy.to_string()}>{ t("ui.save") }</button></div>
                    </form>
                    if let Some(view) = &state.view {
                        <Places view={view.clone()} heard={heard.clone()} />
                        <Forms view={view.clone()} {heard} />
                    }
                    <Delete id={props.id.clone()} state={state.clone()} {act} />
                </div>
                if state.preview {
                    <div class="bank__live"><Live question={state.question.clone()} /></div>
                }
            </div>
        </>
    }
}

fn saving_words(state: &State) -> AttrValue {
    match (state.dirty, &state.view) {
        (true, _) => t("bank.kept_here"),
        (false, Some(_)) => t("bank.saved"),
        (false, None) => t("bank.fresh"),
    }
}

/// Sends a question; what was changed meanwhile stays marked as not saved.
async fn send(id: QuestionId, question: Question, is_new: bool, act: Callback<Act>) {
    let answer = if is_new {
        let request = CreateQuestion { question_id: id.clone(), question: question.clone() };
        match call(&request).await {
            // An earlier try had arrived, its answer had not: what is written now counts.
            Ok(view) if view.question.stem != question.stem => update(&id, &question).await,
            answer => answer,
        }
    } else {
        update(&id, &question).await
    };
    match answer {
        Ok(view) => {
            written::forget(&id);
            act.emit(Act::Heard(Box::new(view)));
            route::go(&placed(&id).await);
        }
        Err(error) => act.emit(Act::Failed(explained(&error))),
    }
}

/// Asks the question where it was begun for; where to go then.
async fn placed(id: &QuestionId) -> Route {
    let Some((clip_id, moment_ms)) = planned_place::of(id) else {
        toasts::say(t("bank.saved_toast"));
        return Route::Bank;
    };
    let place =
        PlaceQuestion { question_id: id.clone(), clip_id: clip_id.clone(), moment_ms: Some(moment_ms) };
    let answer = call(&place).await;
    planned_place::forget(id);
    match answer {
        Ok(_) => {
            toasts::say(t("bank.placed_toast"));
            Route::Draft { id: clip_id }
        }
        Err(error) => {
            toasts::say(explain(&error));
            Route::Bank
        }
    }
}

async fn update(id: &QuestionId, question: &Question) -> Result<BankQuestionView, ApiError> {
    call(&UpdateQuestion { question_id: id.clone(), question: question.clone() }).await
}

/// A refusal of a field says what to do about it.
fn explained(error: &ApiError) -> AttrValue {
    match error {
        ApiError::Refused(view) if view.field.is_some() => t(need(view.field.as_deref().unwrap_or_default())),
        _ => format!("{} {}", explain(error), t("bank.kept_here")).into(),
    }
}

/// Where in the page a field is.
fn place_of(field: &str) -> &'static str {
    match field {
        "stem" => "bank-stem",
        "reason" => "bank-reason",
        "tags" => "bank-tags",
        "name" => "bank-name",
        "hints" | "tries" => "bank-tries",
        "picture" => "hotspot-picture",
        _ => "part-key",
    }
}

/// What to do about a field that is not right.
pub fn need(field: &str) -> &'static str {
    match field {
        "stem" => "bank.need_stem",
        "choices" => "bank.need_choices",
        "accepted" => "bank.need_accepted",
        "units" => "bank.need_units",
        "pairs" | "extra" => "bank.need_pairs",
        "items" => "bank.need_items",
        "categories" => "bank.need_categories",
        "body" | "gaps" | "bank" => "bank.need_gaps",
        "back" => "bank.need_back",
        "picture" => "bank.need_picture",
        "spots" | "places" => "bank.need_spots",
        "words_max" => "bank.need_words",
        "tags" => "bank.need_tags",
        _ => "bank.need_other",
    }
}

fn set(edit: &Callback<Work<Question>>, put: fn(&mut Question, String)) -> Callback<String> {
    edit.reform(move |text: String| {
        Box::new(move |question: &mut Question| put(question, text)) as Work<Question>
    })
}

fn set_text(edit: &Callback<Work<Question>>, put: fn(&mut Question, Text)) -> Callback<Text> {
    edit.reform(move |text: Text| {
        Box::new(move |question: &mut Question| put(question, text)) as Work<Question>
    })
}

fn fields(state: &State, edit: &Callback<Work<Question>>) -> Html {
    let question = &state.question;
    let problem = state.problem.map(|field| (place_of(field), t(need(field))));
    let error = |place: &str| problem.as_ref().filter(|(at, _)| *at == place).map(|(_, text)| text.clone());
    let change: Change = edit.reform(|work: Work<QuestionKey>| {
        Box::new(move |question: &mut Question| work(&mut question.key)) as Work<Question>
    });
    let kind = question.key.kind();
    let set_kind = edit.reform(|kind: String| {
        Box::new(move |question: &mut Question| {
            if let Some(key) = new_key(&kind)
                && kind != question.key.kind()
            {
                question.key = key;
            }
        }) as Work<Question>
    });
    let mut kinds: Vec<(&str, AttrValue)> = KINDS.iter().map(|(code, words)| (*code, t(words))).collect();
    if !kinds.iter().any(|(code, _)| *code == kind) {
        kinds.push((kind, t(kind_words(kind))));
    }
    let stem = if kind == "flash_card" { "bank.front" } else { "ask.stem" };
    html! {
        <div class="stack g4">
            { select("bank-kind", t("bank.kind"), kind, &kinds, set_kind) }
            <RichField id="bank-stem" label={t(stem)} text={question.stem.clone()} error={error("bank-stem")} set={set_text(edit, |question, text| question.stem = text)} />
            <div class="card stack g3" id="part-key" tabindex="-1" key={kind}>
                if let Some(why) = error("part-key") {
                    <p class="field__error" role="status">{ icon_sm(CIRCLE_ALERT) }{ why }</p>
                }
                { key_editor(&question.key, &change) }
            </div>
            <RichField id="bank-reason" label={t("ask.reason")} hint={t("ask.reason_hint")} text={question.reason.clone()} error={error("bank-reason")} set={set_text(edit, |question, text| question.reason = text)} />
            { asking(question, edit) }
            <Tags tags={question.tags.join(", ")} error={error("bank-tags")} set={set(edit, |question, words| question.tags = tags_of(&words))} />
            <Category category={question.category.clone()} set={set(edit, |question, words| question.category = words)} />
            { more(question, edit) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct TagsProps {
    tags: String,
    error: Option<AttrValue>,
    set: Callback<String>,
}

/// What is typed stays as typed; the tags are read from it.
#[component]
fn Tags(props: &TagsProps) -> Html {
    let typed = use_state(|| props.tags.clone());
    let oninput = {
        let (typed, set) = (typed.setter(), props.set.clone());
        Callback::from(move |text: String| {
            typed.set(text.clone());
            set.emit(text);
        })
    };
    html! { <Field id="bank-tags" label={t("bank.tags")} hint={t("bank.tags_hint")} value={(*typed).clone()} error={props.error.clone()} {oninput} /> }
}

#[derive(Properties, PartialEq)]
struct CategoryProps {
    category: String,
    set: Callback<String>,
}

/// The folder, with those there are offered as one types.
#[component]
fn Category(props: &CategoryProps) -> Html {
    let (shelves, _) = use_call(Some(ListShelves {}));
    let known = shelves.here().map(|shelves| shelves.categories.clone()).unwrap_or_default();
    html! {
        <>
            <Field id="bank-category" label={t("bank.category")} hint={t("bank.category_hint")} value={props.category.clone()} oninput={props.set.clone()} list={Some("bank-categories")} />
            <datalist id="bank-categories">{ for known.iter().map(|category| html! { <option value={category.name.clone()} /> }) }</datalist>
        </>
    }
}

/// What few questions need.
fn more(question: &Question, edit: &Callback<Work<Question>>) -> Html {
    html! {
        <details class="stack">
            <summary class="section__more">{ t("bank.more") }</summary>
            <div class="stack g4 bank__more">
                <Field id="bank-name" label={t("bank.name")} hint={t("bank.name_hint")} value={question.name.clone()} max={limit::QUESTION_NAME} oninput={set(edit, |question, words| question.name = words)} />
                { verdicts(question, edit) }
            </div>
        </details>
    }
}

#[derive(Properties, PartialEq)]
struct DeleteProps {
    id: QuestionId,
    state: State,
    act: Callback<Act>,
}

#[component]
fn Delete(props: &DeleteProps) -> Html {
    let DeleteProps { id, state, act } = props;
    let ask = |on: bool| act.reform(move |()| Act::AskDelete(on));
    let delete = {
        let (id, act, is_new) = (id.clone(), act.clone(), state.view.is_none());
        Callback::from(move |()| {
            act.emit(Act::AskDelete(false));
            let (id, act) = (id.clone(), act.clone());
            spawn(async move {
                let gone = is_new
                    || match call(&DeleteQuestion { question_id: id.clone() }).await {
                        Ok(_) => true,
                        Err(error) => {
                            act.emit(Act::Failed(explain(&error)));
                            false
                        }
                    };
                if gone {
                    planned_place::forget(&id);
                    written::forget(&id);
                    toasts::say(t("bank.deleted"));
                    route::go(&Route::Bank);
                }
            });
        })
    };
    let undo = {
        let id = id.clone();
        Callback::from(move |_: MouseEvent| {
            written::forget(&id);
            route::go(&Route::Bank);
        })
    };
    let name = state.question.title();
    let name = if name.trim().is_empty() { t("make.untitled").to_string() } else { name };
    let lost = match &state.view {
        Some(view) if !view.places.is_empty() || view.learners > 0 => "bank.delete_used",
        Some(_) => "bank.delete_text",
        None => "bank.delete_new",
    };
    html! {
        <div class="row row--wrap g2">
            <button type="button" class="btn btn--quiet" onclick={ask(true).reform(|_: MouseEvent| ())}>{ icon_sm(TRASH_2) }{ t("bank.delete") }</button>
            if state.dirty && state.view.is_some() {
                <button type="button" class="btn btn--quiet" onclick={undo}>{ t("bank.undo") }</button>
            }
            if state.asks_delete {
                <Confirm title={t_with("checks.delete_ask", &[("title", &name)])} text={t(lost)} keep={t("ui.keep_it")} act={t("bank.delete")}
                    on_keep={ask(false)} on_act={delete} />
            }
        </div>
    }
}

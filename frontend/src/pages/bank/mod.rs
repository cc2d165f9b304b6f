//! The bank: one's own questions, found by words, tags and kinds; brought in from files and taken out. Writing one is in
//! `question`.

mod asking;
mod files;
mod forms;
mod kinds;
mod losses;
mod notation;
mod parts;
mod picture;
mod places;
mod practise;
pub mod question;
mod spots;
mod text;
mod written;

use crate::api::{ApiError, call};
use crate::browser::{self, new_id, spawn};
use crate::frame::{NavLink, Page, link, page_loading};
use crate::hooks::{STILL_MS, use_call, use_still};
use crate::i18n::{plural, t, t_with};
use crate::route::{self, Route};
use crate::state::session;
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::field::{Field, select, value_of};
use crate::ui::icon::{DOWNLOAD, PLAY, PLUS, SEARCH, UPLOAD, icon, icon_sm};
use crate::ui::row::row_arrow;
use files::{BringIn, TakeOut};
use minnow_shared::QuestionId;
use minnow_shared::bank::{BankQuestionView, CountedView, ListQuestions, ListShelves};
use practise::Practise;
use written::{KINDS, Kept, keep, kind_words, new_question};
use yew::prelude::*;

/// Changes something; boxed, so that every step has one type.
pub type Work<T> = Box<dyn FnOnce(&mut T)>;

#[component]
pub fn BankPage() -> Html {
    let session = session::use_session();
    let inside = if session.account().is_some() {
        html! { <Bank /> }
    } else if session.is_known() || session.unreachable {
        account_needed()
    } else {
        page_loading()
    };
    html! { <Page title={t("bank.title")} back={Route::Make}>{ inside }</Page> }
}

fn account_needed() -> Html {
    html! {
        <section class="card card--brand stack g3">
            <h2>{ t("bank.account_title") }</h2>
            <p>{ t("bank.account_text") }</p>
            <div>{ link("btn btn--primary", Route::Welcome, html! { t("me.guest_act") }) }</div>
        </section>
    }
}

/// Begins a question here; it reaches the server when it is saved.
fn begin() {
    let id: QuestionId = new_id(QuestionId::new);
    keep(&id, &Kept { question: new_question(), is_new: true });
    route::go(&Route::BankQuestion { id });
}

#[derive(Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    In,
    Out,
    Practise,
}

#[component]
fn Bank() -> Html {
    let filter = use_state(ListQuestions::all);
    let open = use_state_eq(|| Open::Nothing);
    // Counts imports: the list begins anew.
    let round = use_state_eq(|| 0u32);
    // Where nothing is, there is nothing to search.
    let is_bare = use_state_eq(|| false);
    let on_bare = use_callback(is_bare.setter(), |bare: bool, is_bare| is_bare.set(bare));
    let show = |what: Open| {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(if *open == what { Open::Nothing } else { what }))
    };
    let brought = use_callback(round.clone(), |(), round| round.set(**round + 1));
    let set = use_callback(filter.setter(), |next: ListQuestions, filter| filter.set(next));
    let pressed = |what: Open| (*open == what).to_string();
    html! {
        <>
            <div class="bank__acts">
                <button type="button" class="btn btn--primary" onclick={|_: MouseEvent| begin()}>{ icon(PLUS) }{ t("bank.new") }</button>
                <button type="button" class="btn" aria-expanded={pressed(Open::Practise)} onclick={show(Open::Practise)}>{ icon_sm(PLAY) }{ t("practice.act") }</button>
                <button type="button" class="btn" aria-expanded={pressed(Open::In)} onclick={show(Open::In)}>{ icon_sm(UPLOAD) }{ t("bank.import") }</button>
                <button type="button" class="btn" aria-expanded={pressed(Open::Out)} onclick={show(Open::Out)}>{ icon_sm(DOWNLOAD) }{ t("bank.export") }</button>
            </div>
            if *open == Open::In {
                <BringIn on_done={brought} />
            } else if *open == Open::Out {
                <TakeOut tag={filter.tag.clone().unwrap_or_default()} category={filter.category.clone().unwrap_or_default()} />
            } else if *open == Open::Practise {
                <Practise tag={filter.tag.clone().unwrap_or_default()} category={filter.category.clone().unwrap_or_default()} />
            }
            if !*is_bare {
                <Search filter={(*filter).clone()} {set} round={*round} />
            }
            <List key={format!("{}-{:?}", *round, *filter)} filter={(*filter).clone()} {on_bare} />
        </>
    }
}

#[derive(Properties, PartialEq)]
struct SearchProps {
    filter: ListQuestions,
    set: Callback<ListQuestions>,
    round: u32,
}

#[component]
fn Search(props: &SearchProps) -> Html {
    let words = use_state(|| props.filter.words.clone().unwrap_or_default());
    let (shelves, again) = use_call(Some(ListShelves {}));
    use_effect_with(props.round, move |round| {
        if *round > 0 {
            again.emit(());
        }
    });
    let sought = use_still(words.trim().to_owned(), STILL_MS);
    use_effect_with(sought, {
        let (filter, set) = (props.filter.clone(), props.set.clone());
        move |words| {
            let words = Some(words.clone()).filter(|words| !words.is_empty());
            if words != filter.words {
                set.emit(ListQuestions { words, ..filter });
            }
        }
    });
    let oninput = {
        let words = words.setter();
        Callback::from(move |event: InputEvent| words.set(value_of(&event)))
    };
    let mut kinds = vec![("", t("bank.every_kind"))];
    kinds.extend(KINDS.iter().map(|(code, words)| (*code, t(words))));
    let set_kind = {
        let (filter, set) = (props.filter.clone(), props.set.clone());
        Callback::from(move |kind: String| {
            set.emit(ListQuestions { kind: Some(kind).filter(|kind| !kind.is_empty()), ..filter.clone() });
        })
    };
    let kind = props.filter.kind.clone().unwrap_or_default();
    html! {
        <div class="stack g3" role="search">
            <label class="search">
                <span class="vh">{ t("bank.search") }</span>{ icon(SEARCH) }
                <input id="bank-search" class="input" type="search" dir="auto" placeholder={t("bank.search")} value={(*words).clone()} {oninput} />
            </label>
            if let Some(shelves) = shelves.here().filter(|shelves| !shelves.tags.is_empty()) {
                <div class="scroll-x" role="group" aria-label={t("bank.tags")}>
                    { for shelves.tags.iter().map(|tag| tag_chip(&tag.name, tag.questions, props)) }
                </div>
            }
            <div class="pair">
                { select("bank-kind", t("bank.kind"), &kind, &kinds, set_kind) }
                if let Some(shelves) = shelves.here().filter(|shelves| !shelves.categories.is_empty()) {
                    { categories(&shelves.categories, props) }
                }
            </div>
        </div>
    }
}

/// The folders, those above them included, as a list to choose from.
fn categories(all: &[CountedView], props: &SearchProps) -> Html {
    let set = {
        let (filter, set) = (props.filter.clone(), props.set.clone());
        Callback::from(move |category: String| {
            let category = Some(category).filter(|category| !category.is_empty());
            set.emit(ListQuestions { category, ..filter.clone() });
        })
    };
    let names = with_parents(all.iter().map(|one| one.name.as_str()));
    let mut options: Vec<(&str, AttrValue)> = vec![("", t("bank.every_folder"))];
    options.extend(names.iter().map(|name| (name.as_str(), name.clone().into())));
    let chosen = props.filter.category.clone().unwrap_or_default();
    select("bank-folder", t("bank.category"), &chosen, &options, set)
}

/// Every folder and what it lies in, in order, each once.
fn with_parents<'a>(all: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names = std::collections::BTreeSet::new();
    for name in all {
        names.insert(name.to_owned());
        names.extend(name.match_indices('/').filter_map(|(at, _)| name.get(..at)).map(str::to_owned));
    }
    names.into_iter().filter(|name| !name.is_empty()).collect()
}

fn tag_chip(name: &str, questions: u64, props: &SearchProps) -> Html {
    let on = props.filter.tag.as_deref() == Some(name);
    let next = ListQuestions { tag: (!on).then(|| name.to_owned()), ..props.filter.clone() };
    let onclick = props.set.reform(move |_: MouseEvent| next.clone());
    html! {
        <button type="button" key={name.to_owned()} class="chip chip--line" aria-pressed={on.to_string()} {onclick}>
            <bdi>{ name.to_owned() }</bdi><span class="num faint">{ questions }</span>
        </button>
    }
}

#[derive(Properties, PartialEq)]
struct ListProps {
    filter: ListQuestions,
    /// Hears whether the whole bank is empty.
    on_bare: Callback<bool>,
}

#[derive(Clone, Default, PartialEq)]
struct Shown {
    questions: Vec<BankQuestionView>,
    cursor: Option<String>,
    loading: bool,
    error: Option<ApiError>,
}

#[component]
fn List(props: &ListProps) -> Html {
    let shown = use_state(|| Shown { loading: true, ..Shown::default() });
    let more = {
        let (shown, filter, on_bare) = (shown.clone(), props.filter.clone(), props.on_bare.clone());
        Callback::from(move |()| {
            let on_bare = on_bare.clone();
            let is_whole = filter == ListQuestions::all();
            let (before, shown) = ((*shown).clone(), shown.setter());
            let request = ListQuestions { cursor: before.cursor.clone(), ..filter.clone() };
            shown.set(Shown { loading: true, error: None, ..before.clone() });
            spawn(async move {
                shown.set(match call(&request).await {
                    Ok(page) => {
                        let mut questions = before.questions;
                        questions.extend(page.questions);
                        on_bare.emit(is_whole && questions.is_empty());
                        Shown { questions, cursor: page.next_cursor, loading: false, error: None }
                    }
                    Err(error) => Shown { loading: false, error: Some(error), ..before },
                });
            });
        })
    };
    use_effect_with((), {
        let more = more.clone();
        move |()| more.emit(())
    });
    if shown.questions.is_empty() {
        return match (&shown.error, shown.loading) {
            (Some(error), _) => html! { <Failure error={error.clone()} again={more} /> },
            (None, true) => page_loading(),
            (None, false) => nothing(&props.filter),
        };
    }
    html! {
        <section class="section" aria-label={t("bank.title")}>
            <ul class="card card--flush list">
                { for shown.questions.iter().map(|view| html! { <li key={view.id.as_str()}>{ question_row(view) }</li> }) }
            </ul>
            if let Some(error) = &shown.error {
                <p class="banner banner--danger" role="alert">{ crate::i18n::explain(error) }</p>
            }
            if shown.cursor.is_some() {
                <button type="button" class="btn btn--block" aria-busy={shown.loading.to_string()} onclick={more.reform(|_: MouseEvent| ())}>{ t("ui.more") }</button>
            }
        </section>
    }
}

fn nothing(filter: &ListQuestions) -> Html {
    if *filter != ListQuestions::all() {
        let words = filter.words.clone().or_else(|| filter.tag.clone()).unwrap_or_default();
        let title = if words.is_empty() {
            t("bank.no_result")
        } else {
            t_with("bank.no_result_for", &[("words", &words)])
        };
        return empty(Art::Empty, title, t("bank.no_result_text"), Html::default());
    }
    let act = html! { <button type="button" class="btn btn--primary" onclick={|_: MouseEvent| begin()}>{ t("bank.new") }</button> };
    empty(Art::Empty, t("bank.none"), t("bank.none_text"), act)
}

fn question_row(view: &BankQuestionView) -> Html {
    let question = &view.question;
    let places = view.places.len() as u64;
    let unsaved = written::kept(&view.id).is_some();
    html! {
        <NavLink class="item" to={Route::BankQuestion { id: view.id.clone() }}>
            <span class="item__text">
                <span class="item__title" dir="auto">{ question.title() }</span>
                <span class="item__sub bits">
                    <span>{ t(kind_words(question.key.kind())) }</span>
                    if places > 0 { <span>{ plural("bank.in_clips", places) }</span> }
                    if view.learners > 0 { <span>{ plural("bank.learners", view.learners) }</span> }
                    { for question.tags.iter().map(|tag| html! { <bdi key={tag.clone()}>{ format!("#{tag}") }</bdi> }) }
                </span>
            </span>
            if unsaved { <span class="chip chip--sun chip--sm">{ t("bank.unsaved") }</span> }
            { row_arrow() }
        </NavLink>
    }
}

#[derive(Properties, PartialEq)]
pub struct LinesProps {
    pub id: AttrValue,
    pub label: AttrValue,
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// What it begins with.
    pub value: String,
    pub set: Callback<String>,
}

/// A list written as lines. What is typed stays as typed; the list is read from it.
#[component]
pub fn Lines(props: &LinesProps) -> Html {
    let typed = use_state(|| props.value.clone());
    let oninput = {
        let (typed, set) = (typed.setter(), props.set.clone());
        Callback::from(move |text: String| {
            typed.set(text.clone());
            set.emit(text);
        })
    };
    html! { <Field id={props.id.clone()} label={props.label.clone()} hint={props.hint.clone()} value={(*typed).clone()} lines={3} {oninput} /> }
}

/// Moves the focus to a part of the page.
fn focus(id: &str) {
    if let Some(element) = browser::element(id) {
        let _ = element.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::with_parents;

    #[test]
    fn a_folder_stands_with_those_it_lies_in() {
        assert_eq!(with_parents(["a/b/c", "a/d"].into_iter()), ["a", "a/b", "a/b/c", "a/d"]);
    }
}

//! How topics hang together: all of them, for everybody to look at and for organizers to change. One topic is in `place`.

pub mod place;

use crate::api::{
    ApiError, call,
    topics::{export_address, import},
};
use crate::browser::spawn;
use crate::frame::{NavLink, Page, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{explain, language, plural, t, t_with, use_language};
use crate::route::{self, Route};
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::field::{Field, value_of};
use crate::ui::icon::{CHECK, DOWNLOAD, PLUS, SEARCH, UPLOAD, icon, icon_sm};
use crate::ui::row::row_arrow;
use minnow_shared::topic::{
    CreateTopic, EdgeKind, GetTopicGraph, TopicGraphView, TopicImportView, TopicNameView, TopicNodeView,
};
use minnow_shared::{ErrorCode, TopicId, limit};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

/// From this many topics on there is a field to look for one.
const MANY: usize = 12;
/// Losses shown.
const LOSSES: usize = 100;

#[component]
pub fn TopicsPage() -> Html {
    let language = use_language();
    let (graph, again) = use_call(Some(GetTopicGraph { language: Some(language.to_owned()) }));
    let inside = match &graph {
        Loaded::Here(graph) => html! { <Graph graph={graph.clone()} {again} /> },
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Loading => page_loading(),
    };
    html! { <Page title={t("topics.title")} back={Route::Discover}>{ inside }</Page> }
}

#[derive(Properties, PartialEq)]
struct GraphProps {
    graph: Rc<TopicGraphView>,
    again: Callback<()>,
}

#[derive(Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    New,
    Files,
}

#[component]
fn Graph(props: &GraphProps) -> Html {
    let graph = &props.graph;
    let open = use_state_eq(|| Open::Nothing);
    let words = use_state_eq(String::new);
    let show = |what: Open| {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(if *open == what { Open::Nothing } else { what }))
    };
    let expanded = |what: Open| (*open == what).to_string();
    let oninput = {
        let words = words.setter();
        Callback::from(move |event: InputEvent| words.set(value_of(&event)))
    };
    let wanted = words.trim().to_lowercase();
    let is_wanted = |topic: &&TopicNodeView| {
        topic.name.to_lowercase().contains(&wanted)
            || topic.id.as_str().contains(&wanted)
            || topic.names.iter().any(|name| name.name.to_lowercase().contains(&wanted))
    };
    let found: Vec<&TopicNodeView> = graph.topics.iter().filter(is_wanted).collect();
    html! {
        <>
            <p class="sm muted">{ t("topics.what") }</p>
            if graph.can_edit {
                <div class="row row--wrap g2">
                    <button type="button" class="btn btn--primary grow" aria-expanded={expanded(Open::New)} onclick={show(Open::New)}>{ icon(PLUS) }{ t("topics.new") }</button>
                    <button type="button" class="btn" aria-expanded={expanded(Open::Files)} onclick={show(Open::Files)}>{ icon_sm(UPLOAD) }{ t("topics.files") }</button>
                </div>
            }
            if *open == Open::New { <NewTopic /> }
            if *open == Open::Files { <Files again={props.again.clone()} /> }
            if graph.topics.len() > MANY {
                <label class="search"><span class="vh">{ t("topics.find") }</span>{ icon(SEARCH) }<input class="input" type="search" dir="auto" placeholder={t("topics.find")} value={(*words).clone()} {oninput} /></label>
            }
            if graph.topics.is_empty() {
                { empty(Art::Empty, t("topics.none"), t("topics.none_text"), Html::default()) }
            } else if found.is_empty() {
                <p role="status" class="muted">{ t_with("topics.not_found", &[("words", &words)]) }</p>
            } else {
                <ul class="card card--flush list">
                    { for found.into_iter().map(|topic| html! { <li key={topic.id.to_string()}>{ row(graph, topic) }</li> }) }
                </ul>
            }
        </>
    }
}

fn row(graph: &TopicGraphView, topic: &TopicNodeView) -> Html {
    let wholes: Vec<&str> = graph
        .edges
        .iter()
        .filter(|edge| edge.kind == EdgeKind::PartOf && edge.from == topic.id)
        .filter_map(|edge| name_of(graph, &edge.to))
        .collect();
    html! {
        <NavLink class="item" to={Route::TopicPlace { id: topic.id.clone() }}>
            <span class="item__text">
                <span class="item__title" dir="auto">{ topic.name.clone() }</span>
                <span class="item__sub bits">
                    <span>{ plural("topics.clips", topic.clip_count) }</span>
                    if !wholes.is_empty() { <span dir="auto">{ t_with("topics.in", &[("names", &wholes.join(", "))]) }</span> }
                </span>
            </span>
            { row_arrow() }
        </NavLink>
    }
}

/// A topic's name, if it is there.
fn name_of<'g>(graph: &'g TopicGraphView, id: &TopicId) -> Option<&'g str> {
    graph.topics.iter().find(|topic| topic.id == *id).map(|topic| topic.name.as_str())
}

/// Why a change of topics did not go through, in words that say what to do.
fn why(error: &ApiError) -> AttrValue {
    let ApiError::Refused(view) = error else { return explain(error) };
    match (view.code, view.field.as_deref()) {
        (ErrorCode::Conflict, Some("topic_id")) => t("topics.taken"),
        (ErrorCode::InvalidField, Some("topic_id")) => t("topics.needs_id"),
        (ErrorCode::InvalidField, Some("names")) => t("topics.needs_name"),
        (ErrorCode::Conflict, Some("to")) => t("topics.circle_now"),
        _ => explain(error),
    }
}

/// Makes a topic and opens it.
#[component]
fn NewTopic() -> Html {
    let name = use_state_eq(String::new);
    let id = use_state_eq(String::new);
    let error = use_state_eq(|| None::<AttrValue>);
    let busy = use_state_eq(|| false);
    let onsubmit = {
        let (name, id, error, busy) = ((*name).clone(), (*id).clone(), error.setter(), busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *busy {
                return;
            }
            if name.trim().is_empty() || limit::text("names", &name, 1, limit::TOPIC_NAME).is_err() {
                return error.set(Some(t("topics.needs_name")));
            }
            let topic_id = match id.trim() {
                "" => None,
                id => match TopicId::parse(id) {
                    Ok(id) => Some(id),
                    Err(_) => return error.set(Some(t("topics.needs_id"))),
                },
            };
            let names =
                vec![TopicNameView { language: language().code.into(), name: name.trim().to_owned() }];
            busy.set(true);
            let (error, busy, wanted) = (error.clone(), busy.setter(), name.trim().to_owned());
            spawn(async move {
                match call(&CreateTopic { topic_id: topic_id.clone(), names }).await {
                    Ok(graph) => {
                        let is_new = |topic: &&TopicNodeView| match &topic_id {
                            Some(id) => topic.id == *id,
                            None => topic.names.iter().any(|name| name.name == wanted),
                        };
                        // The newest stands last.
                        if let Some(topic) = graph.topics.iter().rev().find(is_new) {
                            route::go(&Route::TopicPlace { id: topic.id.clone() });
                        }
                    }
                    Err(what) => error.set(Some(why(&what))),
                }
                busy.set(false);
            });
        })
    };
    let set = |state: &UseStateHandle<String>| {
        let state = state.setter();
        Callback::from(move |text: String| state.set(text))
    };
    html! {
        <form class="card stack g3" {onsubmit} novalidate=true>
            <Field id="topic-name" label={t("topics.name")} value={(*name).clone()} oninput={set(&name)} max={limit::TOPIC_NAME} error={(*error).clone()} />
            <Field id="topic-id" label={t("topics.id")} hint={t("topics.id_hint")} value={(*id).clone()} oninput={set(&id)} />
            <button class="btn btn--primary" aria-busy={busy.to_string()}>{ t("topics.make") }</button>
        </form>
    }
}

/// Topics from a file, and to one.
#[derive(Properties, PartialEq)]
struct FilesProps {
    again: Callback<()>,
}

/// How far a file has come: read and reported on, then kept.
#[derive(Clone, PartialEq)]
enum Stage {
    Choose,
    Busy,
    Report { file: File, view: TopicImportView },
    Done { view: TopicImportView },
    Failed { why: AttrValue },
}

#[component]
fn Files(props: &FilesProps) -> Html {
    let stage = use_state(|| Stage::Choose);
    let send = {
        let (stage, again) = (stage.setter(), props.again.clone());
        Callback::from(move |(file, dry_run): (File, bool)| {
            stage.set(Stage::Busy);
            let (stage, again) = (stage.clone(), again.clone());
            spawn(async move {
                stage.set(match import(&file, dry_run).await {
                    Ok(view) if dry_run => Stage::Report { file, view },
                    Ok(view) => {
                        again.emit(());
                        Stage::Done { view }
                    }
                    Err(error) => Stage::Failed { why: explain(&error) },
                });
            });
        })
    };
    let onchange = {
        let send = send.clone();
        Callback::from(move |event: Event| {
            if let Some(file) = file_of(&event) {
                send.emit((file, true));
            }
        })
    };
    let said = match &*stage {
        Stage::Choose => Html::default(),
        Stage::Busy => html! { <p role="status">{ t("ui.loading") }</p> },
        Stage::Failed { why } => html! { <p class="banner banner--danger" role="alert">{ why.clone() }</p> },
        Stage::Done { view } => {
            let topics = plural("topics.new_topics", view.new_topics);
            html! { <p class="banner banner--right" role="status">{ icon(CHECK) }<span>{ topics }{ " " }{ plural("topics.new_edges", view.new_edges) }</span></p> }
        }
        Stage::Report { file, view } => {
            let file = file.clone();
            let onclick = send.reform(move |_: MouseEvent| (file.clone(), false));
            report(view, onclick)
        }
    };
    html! {
        <section class="card stack g3" aria-labelledby="files">
            <h2 id="files">{ t("topics.files") }</h2>
            <p class="sm muted">{ t("topics.files_text") }</p>
            <div class="row row--wrap g2">
                <label class="btn grow">{ icon(UPLOAD) }{ t("topics.import") }<input class="vh" type="file" accept=".csv,.tsv,.txt,.json" {onchange} /></label>
                <a class="btn" href={export_address("csv")} download="">{ icon_sm(DOWNLOAD) }{ t("topics.export_csv") }</a>
                <a class="btn" href={export_address("json")} download="">{ icon_sm(DOWNLOAD) }{ t("topics.export_json") }</a>
            </div>
            { said }
        </section>
    }
}

fn file_of(event: &Event) -> Option<File> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = input.files()?.get(0);
    // The same file can be chosen again.
    input.set_value("");
    file
}

fn report(view: &TopicImportView, onclick: Callback<MouseEvent>) -> Html {
    let nothing = view.topics == 0 && view.edges == 0;
    let found =
        [("topics", &*plural("topics.topics", view.topics)), ("edges", &*plural("topics.edges", view.edges))];
    html! {
        <>
            if nothing {
                <p class="banner banner--danger" role="alert">{ t("topics.nothing_read") }</p>
            } else {
                <p role="status">{ t_with("topics.found", &found) }</p>
            }
            if !view.losses.is_empty() {
                <h3>{ plural("bank.losses", view.losses.len() as u64) }</h3>
                <ul class="losses" tabindex="0">
                    { for view.losses.iter().take(LOSSES).map(|loss| html! {
                        <li>
                            if let Some(line) = loss.line { <strong class="num">{ t_with("bank.line", &[("n", &line.to_string())]) }{ " " }</strong> }
                            if !loss.item.is_empty() { <bdi class="muted">{ loss.item.clone() }</bdi>{ ": " } }
                            <span dir="auto">{ loss.reason.clone() }</span>
                        </li>
                    }) }
                </ul>
            }
            if !nothing { <button type="button" class="btn btn--primary" {onclick}>{ t("topics.bring") }</button> }
        </>
    }
}

//! One topic among the others: its names, what it is part of and needs, and for organizers the way to change that.

use super::{name_of, why};
use crate::api::{ApiError, call};
use crate::browser::spawn;
use crate::frame::{NavLink, Page, link, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{LANGUAGES, language_name, plural, t, t_with, use_language};
use crate::route::{self, Route};
use crate::state::toasts;
use crate::ui::dialog::Sheet;
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::field::{Field, select};
use crate::ui::icon::{FILM, TRASH_2, X, icon, icon_sm};
use minnow_shared::topic::{
    AddTopicEdge, DeleteTopic, DeleteTopicEdge, EdgeKind, EdgeView, GetTopicGraph, RenameTopic,
    TopicGraphView, TopicNameView, TopicNodeView,
};
use minnow_shared::{TopicId, limit};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct PlaceProps {
    pub id: TopicId,
}

#[component]
pub fn PlacePage(props: &PlaceProps) -> Html {
    let language = use_language();
    let (graph, again) = use_call(Some(GetTopicGraph { language: Some(language.to_owned()) }));
    let topic =
        graph.here().and_then(|graph| graph.topics.iter().find(|topic| topic.id == props.id).cloned());
    let title = topic.as_ref().map_or_else(|| t("mastery.topic"), |topic| topic.name.clone().into());
    let inside = match (&graph, topic) {
        (Loaded::Here(graph), Some(topic)) => html! { <Place graph={graph.clone()} {topic} {again} /> },
        (Loaded::Here(_), None) => {
            let act = link("btn btn--primary", Route::Topics, html! { t("topics.title") });
            empty(Art::Empty, t("topics.gone"), t("topics.gone_text"), act)
        }
        (Loaded::Failed(error), _) => html! { <Failure error={error.clone()} {again} /> },
        (Loaded::Loading, _) => page_loading(),
    };
    html! { <Page {title} back={Route::Topics}>{ inside }</Page> }
}

#[derive(Properties, PartialEq)]
struct OneProps {
    graph: Rc<TopicGraphView>,
    topic: TopicNodeView,
    again: Callback<()>,
}

/// What another topic is to this one, in the order shown. The name, the words, and the edge between them.
const RELATIONS: [(&str, &str); 4] = [
    ("needs", "topics.needs"),
    ("part_of", "topics.part_of"),
    ("parts", "topics.parts"),
    ("leads_to", "topics.leads_to"),
];

/// The edge that makes `other` this to `topic`.
fn edge(relation: &str, topic: &TopicId, other: &TopicId) -> EdgeView {
    let (topic, other) = (topic.clone(), other.clone());
    match relation {
        "needs" => EdgeView { from: other, kind: EdgeKind::Prerequisite, to: topic },
        "part_of" => EdgeView { from: topic, kind: EdgeKind::PartOf, to: other },
        "parts" => EdgeView { from: other, kind: EdgeKind::PartOf, to: topic },
        _ => EdgeView { from: topic, kind: EdgeKind::Prerequisite, to: other },
    }
}

/// The way along edges that leads from one topic to another already: an edge back would close a circle.
fn way(graph: &TopicGraphView, from: &TopicId, to: &TopicId) -> Option<Vec<TopicId>> {
    let mut came: BTreeMap<&TopicId, &TopicId> = BTreeMap::new();
    let mut next = VecDeque::from([from]);
    while let Some(at) = next.pop_front() {
        if at == to {
            let mut way = vec![at.clone()];
            let mut at = at;
            while at != from {
                let Some(before) = came.get(at) else { break };
                way.insert(0, (*before).clone());
                at = before;
            }
            return Some(way);
        }
        for edge in graph.edges.iter().filter(|edge| edge.from == *at) {
            if edge.to != *from && !came.contains_key(&edge.to) {
                came.insert(&edge.to, at);
                next.push_back(&edge.to);
            }
        }
    }
    None
}

#[component]
fn Place(props: &OneProps) -> Html {
    let OneProps { graph, topic, again } = props;
    let relation = |(code, words): &(&'static str, &'static str)| {
        let others: Vec<&TopicNodeView> = graph
            .topics
            .iter()
            .filter(|other| graph.edges.contains(&edge(code, &topic.id, &other.id)))
            .collect();
        if others.is_empty() {
            return Html::default();
        }
        let code = *code;
        html! {
            <section class="section" key={code} aria-labelledby={code}>
                <h2 id={code}>{ t(words) }</h2>
                <ul class="card card--flush list">
                    { for others.into_iter().map(|other| html! {
                        <li key={other.id.to_string()} class="item">
                            <NavLink class="item__text" to={Route::TopicPlace { id: other.id.clone() }}><span class="item__title" dir="auto">{ other.name.clone() }</span></NavLink>
                            if graph.can_edit { <TakeAway edge={edge(code, &topic.id, &other.id)} name={other.name.clone()} again={again.clone()} /> }
                        </li>
                    }) }
                </ul>
            </section>
        }
    };
    let alone = !graph.edges.iter().any(|edge| edge.from == topic.id || edge.to == topic.id);
    html! {
        <>
            if topic.clip_count > 0 {
                { link("btn btn--block", Route::Topic { id: topic.id.clone() }, html! { <>{ icon(FILM) }{ plural("mastery.clips", topic.clip_count) }</> }) }
            }
            if alone { <p class="muted">{ t("topics.alone") }</p> }
            { for RELATIONS.iter().map(relation) }
            if graph.can_edit {
                <Join graph={graph.clone()} topic={topic.clone()} again={again.clone()} />
                <Names graph={graph.clone()} topic={topic.clone()} again={again.clone()} />
                if topic.clip_count == 0 { <Delete graph={graph.clone()} topic={topic.clone()} again={again.clone()} /> }
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct TakeAwayProps {
    edge: EdgeView,
    name: String,
    again: Callback<()>,
}

#[component]
fn TakeAway(props: &TakeAwayProps) -> Html {
    let busy = use_state_eq(|| false);
    let onclick = {
        let (edge, again, busy) = (props.edge.clone(), props.again.clone(), busy.setter());
        Callback::from(move |_: MouseEvent| {
            let EdgeView { from, kind, to } = edge.clone();
            let (again, busy) = (again.clone(), busy.clone());
            busy.set(true);
            spawn(async move {
                match call(&DeleteTopicEdge { from, kind, to }).await {
                    Ok(_) => again.emit(()),
                    Err(error) => toasts::say(why(&error)),
                }
                busy.set(false);
            });
        })
    };
    let label = t_with("topics.take_away", &[("name", &props.name)]);
    html! { <button type="button" class="btn btn--icon btn--quiet" aria-label={label} aria-busy={busy.to_string()} {onclick}>{ icon(X) }</button> }
}

/// Joins the topic to another; what would lead round in a circle is said before it is sent.
#[component]
fn Join(props: &OneProps) -> Html {
    let relation = use_state_eq(|| "needs".to_owned());
    let other = use_state_eq(String::new);
    let error = use_state_eq(|| None::<AttrValue>);
    let busy = use_state_eq(|| false);
    let relations: Vec<(&str, AttrValue)> = RELATIONS.iter().map(|(code, words)| (*code, t(words))).collect();
    let others = props.graph.topics.iter().filter(|other| other.id != props.topic.id);
    let mut picks = vec![("", t("topics.pick"))];
    picks.extend(others.map(|other| (other.id.as_str(), AttrValue::from(other.name.clone()))));
    let set = |state: &UseStateHandle<String>| {
        let (state, error) = (state.setter(), error.setter());
        Callback::from(move |code: String| {
            state.set(code);
            error.set(None);
        })
    };
    let onsubmit = {
        let (graph, topic, again) = (props.graph.clone(), props.topic.id.clone(), props.again.clone());
        let (relation, other, error, busy) =
            ((*relation).clone(), other.clone(), error.setter(), busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Ok(picked) = TopicId::parse(&other) else { return error.set(Some(t("topics.pick_first"))) };
            let EdgeView { from, kind, to } = edge(&relation, &topic, &picked);
            if let Some(way) = way(&graph, &to, &from) {
                let names: Vec<&str> =
                    way.iter().chain(way.first()).filter_map(|id| name_of(&graph, id)).collect();
                return error.set(Some(t_with("topics.circle", &[("way", &names.join(" → "))])));
            }
            if *busy {
                return;
            }
            busy.set(true);
            let (again, error, busy, other) = (again.clone(), error.clone(), busy.setter(), other.setter());
            spawn(async move {
                match call(&AddTopicEdge { from, kind, to }).await {
                    Ok(_) => {
                        error.set(None);
                        other.set(String::new());
                        again.emit(());
                    }
                    Err(what) => error.set(Some(why(&what))),
                }
                busy.set(false);
            });
        })
    };
    html! {
        <form class="card stack g3" {onsubmit} novalidate=true aria-labelledby="join">
            <h2 id="join">{ t("topics.join") }</h2>
            { select("relation", t("topics.relation"), &relation, &relations, set(&relation)) }
            { select("other", t("topics.which"), &other, &picks, set(&other)) }
            if let Some(why) = &*error { <p class="banner banner--review" role="alert">{ why.clone() }</p> }
            <button class="btn btn--primary" aria-busy={busy.to_string()}>{ t("topics.add") }</button>
        </form>
    }
}

/// The topic's names: in the languages of the interface, and in those it has beside them.
#[component]
fn Names(props: &OneProps) -> Html {
    let names = use_state(|| {
        let mut names: BTreeMap<String, String> =
            LANGUAGES.iter().map(|language| (language.code.to_owned(), String::new())).collect();
        names.extend(props.topic.names.iter().map(|name| (name.language.clone(), name.name.clone())));
        names
    });
    let error = use_state_eq(|| None::<AttrValue>);
    let busy = use_state_eq(|| false);
    let onsubmit = {
        let (id, again, names) = (props.topic.id.clone(), props.again.clone(), (*names).clone());
        let (error, busy) = (error.setter(), busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *busy {
                return;
            }
            if names.values().any(|name| name.chars().count() > limit::TOPIC_NAME) {
                return error.set(Some(t("topics.needs_name")));
            }
            busy.set(true);
            let names = names
                .iter()
                .map(|(language, name)| TopicNameView { language: language.clone(), name: name.clone() });
            let request = RenameTopic { topic_id: id.clone(), names: names.collect() };
            let (again, error, busy) = (again.clone(), error.clone(), busy.setter());
            spawn(async move {
                match call(&request).await {
                    Ok(_) => {
                        error.set(None);
                        toasts::say(t("topics.renamed"));
                        again.emit(());
                    }
                    Err(what) => error.set(Some(why(&what))),
                }
                busy.set(false);
            });
        })
    };
    let field = |(language, name): (&String, &String)| {
        let oninput = {
            let (names, language) = (names.clone(), language.clone());
            Callback::from(move |text: String| {
                let mut next = (*names).clone();
                next.insert(language.clone(), text);
                names.set(next);
            })
        };
        html! { <Field key={language.clone()} id={format!("name-{language}")} label={language_name(language)} value={name.clone()} lang={Some(AttrValue::from(language.clone()))} {oninput} /> }
    };
    html! {
        <form class="card stack g3" {onsubmit} novalidate=true aria-labelledby="names">
            <h2 id="names">{ t("topics.names") }</h2>
            { for names.iter().map(field) }
            if let Some(why) = &*error { <p class="banner banner--danger" role="alert">{ why.clone() }</p> }
            <button class="btn" aria-busy={busy.to_string()}>{ t("ui.save") }</button>
        </form>
    }
}

#[component]
fn Delete(props: &OneProps) -> Html {
    let asking = use_state_eq(|| false);
    let ask = |on: bool| {
        let asking = asking.setter();
        Callback::from(move |()| asking.set(on))
    };
    let onclick = {
        let id = props.topic.id.clone();
        Callback::from(move |_: MouseEvent| {
            let topic_id = id.clone();
            spawn(async move {
                match call(&DeleteTopic { topic_id }).await {
                    Ok(_) => route::go(&Route::Topics),
                    Err(error) => toasts::say(refused(&error)),
                }
            });
        })
    };
    html! {
        <>
            <button type="button" class="btn btn--quiet" onclick={ask(true).reform(|_: MouseEvent| ())}>{ icon_sm(TRASH_2) }{ t("topics.delete") }</button>
            if *asking {
                <Sheet title={t("topics.delete_title")} onclose={ask(false)}>
                    <p>{ t("topics.delete_text") }</p>
                    <div class="row g2">
                        <button class="btn grow" onclick={ask(false).reform(|_: MouseEvent| ())}>{ t("ui.keep_it") }</button>
                        <button class="btn btn--danger grow" {onclick}>{ t("topics.delete") }</button>
                    </div>
                </Sheet>
            }
        </>
    }
}

/// The one conflict of a deletion is that clips are on the topic.
fn refused(error: &ApiError) -> AttrValue {
    match error {
        ApiError::Refused(view) if view.field.as_deref() == Some("topic_id") => t("topics.has_clips"),
        other => why(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_round_is_found_before_it_is_sent() {
        let id = |text: &str| TopicId::parse(text).unwrap();
        let topics = Vec::new();
        let edges = vec![edge("needs", &id("b"), &id("a")), edge("part_of", &id("b"), &id("c"))];
        let graph = TopicGraphView { topics, edges, can_edit: true };
        assert_eq!(way(&graph, &id("a"), &id("c")), Some(vec![id("a"), id("b"), id("c")]));
        assert_eq!(way(&graph, &id("c"), &id("a")), None);
        assert_eq!(way(&graph, &id("a"), &id("a")), Some(vec![id("a")]), "with itself");
    }
}

//! Before anything is known of a learner: topics one after the other, picked or skipped. Three are enough to begin.

use crate::api::call;
use crate::browser::{self, spawn};
use crate::frame::{link, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{self, explain, plural, t, t_with};
use crate::route::Route;
use crate::state::toasts;
use crate::ui::empty::{Art, Failure, empty};
use crate::ui::icon::{CHECK, X, icon};
use minnow_shared::interest::PickTopics;
use minnow_shared::topic::{ListTopics, TopicItemView};
use minnow_shared::{LeaningId, TopicId};
use yew::prelude::*;

/// So many topics are offered at most, and so many are enough.
const OFFERED: usize = 12;
const ENOUGH: usize = 3;
/// A finger that went so far sideways has picked or skipped, CSS pixels.
const SWIPE_PX: i32 = 48;

#[derive(Properties, PartialEq)]
pub struct PickerProps {
    /// The server has heard it.
    pub done: Callback<()>,
}

/// The topics with most clips first: the more there is of one, the more the answer says.
fn offered(topics: &[TopicItemView]) -> Vec<TopicItemView> {
    let mut offered: Vec<_> = topics.iter().filter(|item| item.clip_count > 0).cloned().collect();
    offered.sort_by(|a, b| {
        b.clip_count.cmp(&a.clip_count).then_with(|| a.topic.id.as_str().cmp(b.topic.id.as_str()))
    });
    offered.truncate(OFFERED);
    offered
}

#[component]
pub fn Picker(props: &PickerProps) -> Html {
    let (topics, again) = use_call(Some(ListTopics { language: Some(i18n::language().code.into()) }));
    let chosen = use_state_eq(Vec::<(TopicId, bool)>::new);
    let busy = use_state_eq(|| false);
    let list = match &topics {
        Loaded::Here(list) => offered(&list.topics),
        Loaded::Failed(error) => return html! { <Failure error={error.clone()} {again} /> },
        Loaded::Loading => return page_loading(),
    };
    if list.is_empty() {
        let act = link("btn btn--primary", Route::Feed, html! { t("ui.go_to_feed") });
        return empty(Art::Empty, t("interest.none"), t("interest.none_text"), act);
    }
    let now = list.get(chosen.len()).cloned();
    let choose = {
        let (chosen, topic) = (chosen.clone(), now.clone());
        Callback::from(move |is_picked: bool| {
            if let Some(item) = &topic {
                let mut next = (*chosen).clone();
                next.push((item.topic.id.clone(), is_picked));
                chosen.set(next);
            }
        })
    };
    let back = {
        let chosen = chosen.clone();
        Callback::from(move |_: MouseEvent| {
            let mut next = (*chosen).clone();
            next.pop();
            chosen.set(next);
        })
    };
    // Sent again because no answer came, it counts once; picked differently, it is something else.
    let id = use_memo((*chosen).clone(), |_| browser::new_id(LeaningId::new));
    let send = {
        let (chosen, busy, done) = (chosen.clone(), busy.clone(), props.done.clone());
        Callback::from(move |_: MouseEvent| {
            if *busy {
                return;
            }
            busy.set(true);
            let of = |wanted: bool| {
                chosen.iter().filter(|(_, picked)| *picked == wanted).map(|(id, _)| id.clone()).collect()
            };
            let request = PickTopics { leaning_id: (*id).clone(), picked: of(true), skipped: of(false) };
            let (busy, done) = (busy.setter(), done.clone());
            spawn(async move {
                match call(&request).await {
                    Ok(_) => done.emit(()),
                    Err(error) => toasts::say(explain(&error)),
                }
                busy.set(false);
            });
        })
    };
    let picked = chosen.iter().filter(|(_, picked)| *picked).count() as u64;
    let is_enough = chosen.len() >= ENOUGH.min(list.len());
    let said = if chosen.is_empty() {
        t("interest.pick_three")
    } else {
        let skipped = i18n::digits(chosen.len() as u64 - picked);
        t_with("interest.picked", &[("picked", &i18n::digits(picked)), ("skipped", &skipped)])
    };
    html! {
        <section class="picker stack g3" aria-labelledby="pick">
            <h2 id="pick">{ t("interest.pick") }</h2>
            <p class="sm muted">{ t("interest.pick_text") }</p>
            if let Some(item) = now { <Card key={item.topic.id.to_string()} item={item.clone()} {choose} /> }
            <p class="sm faint" role="status">{ said }</p>
            if !chosen.is_empty() {
                <div class="row row--wrap g2">
                    <button type="button" class={if is_enough { "btn btn--primary grow" } else { "btn grow" }} aria-busy={busy.to_string()} onclick={send}>{ t("interest.pick_done") }</button>
                    <button type="button" class="btn btn--quiet" onclick={back}>{ t("interest.pick_back") }</button>
                </div>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct CardProps {
    item: TopicItemView,
    choose: Callback<bool>,
}

/// One topic: swiped or pressed.
#[component]
fn Card(props: &CardProps) -> Html {
    let from = use_mut_ref(|| None::<(i32, i32)>);
    let TopicItemView { topic, clip_count, poster_urls } = &props.item;
    let onpointerdown = {
        let from = from.clone();
        Callback::from(move |event: PointerEvent| {
            *from.borrow_mut() = Some((event.client_x(), event.client_y()));
        })
    };
    let onpointerup = {
        let choose = props.choose.clone();
        Callback::from(move |event: PointerEvent| {
            let Some((x, y)) = from.borrow_mut().take() else { return };
            let (right, down) = (event.client_x() - x, event.client_y() - y);
            if right.abs() >= SWIPE_PX && right.abs() > down.abs() {
                // Forwards, as one reads, is yes.
                let is_rtl = i18n::language().direction == "rtl";
                choose.emit((right > 0) != is_rtl);
            }
        })
    };
    let does = |picked: bool| props.choose.reform(move |_: MouseEvent| picked);
    let about = html! { <span class="vh">{ ": " }{ topic.name.clone() }</span> };
    html! {
        <div class="card card--flush picker__card" {onpointerdown} {onpointerup}>
            <span class="topic__posters">
                { for poster_urls.iter().take(3).map(|url| html! { <img src={url.clone()} alt="" draggable="false" decoding="async" /> }) }
            </span>
            <div class="topic__text">
                <h3 dir="auto">{ topic.name.clone() }</h3>
                <span class="item__sub">{ plural("discover.clips", *clip_count) }</span>
            </div>
            <div class="row g2 picker__acts">
                <button type="button" class="btn grow" onclick={does(false)}>{ icon(X) }{ t("interest.skip_topic") }{ about.clone() }</button>
                <button type="button" class="btn btn--soft grow" onclick={does(true)}>{ icon(CHECK) }{ t("interest.pick_topic") }{ about }</button>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::topic::TopicView;

    #[test]
    fn topics_with_clips_are_offered_the_richest_first() {
        let item = |id: &str, clip_count| TopicItemView {
            topic: TopicView { id: TopicId::parse(id).unwrap(), name: id.into() },
            clip_count,
            poster_urls: Vec::new(),
        };
        let all = [item("light", 2), item("empty", 0), item("sound", 9), item("bread", 2)];
        let ids: Vec<_> = offered(&all).iter().map(|item| item.topic.id.to_string()).collect();
        assert_eq!(ids, ["sound", "bread", "light"]);
        let many: Vec<_> = (0..40).map(|n| item(&format!("t{n}"), 1)).collect();
        assert_eq!(offered(&many).len(), OFFERED);
    }
}

//! The place that the feed makes for a question it cannot ask by itself: an element with the question's id, in the feed's
//! own sheet. This program stands in it and tells the feed by events on it; the feed says by an event on `window` that
//! there is a new one.

use super::by_id::AskById;
use super::component::AskNews;
use crate::browser;
use crate::i18n::t;
use gloo::events::EventListener;
use minnow_shared::{ClipId, QuestionId};
use std::cell::RefCell;
use web_sys::{CustomEvent, CustomEventInit, Element};
use yew::prelude::*;

thread_local! {
    /// What stands in the place now, and in which.
    static STANDING: RefCell<Option<(Element, AppHandle<Place>)>> = const { RefCell::new(None) };
}

/// Takes the place that is there, and every one that is made later.
pub fn start_place() {
    number_apart();
    EventListener::new(&browser::window(), "minnow:question", |_| stand()).forget();
    stand();
}

/// Yew numbers the roots of a program from 1 and hands an event to the root whose number it finds on the way up. The feed's
/// own root, around ours, is its first: ours must not be the first as well, or the feed would take our events for its own.
fn number_apart() {
    if let Ok(nowhere) = browser::document().create_element("div") {
        yew::Renderer::<Nothing>::with_root(nowhere).render().destroy();
    }
}

#[component]
fn Nothing() -> Html {
    Html::default()
}

fn stand() {
    let Some(element) = browser::document().get_element_by_id("question-place") else { return };
    let is_there =
        STANDING.with_borrow(|standing| standing.as_ref().is_some_and(|(place, _)| *place == element));
    let said = |name: &str| element.get_attribute(name).unwrap_or_default();
    let Ok(question_id) = QuestionId::parse(&said("data-question")) else { return };
    if is_there {
        return;
    }
    let props = PlaceProps {
        question_id,
        clip_id: ClipId::parse(&said("data-clip")).ok(),
        language: said("data-language").into(),
        guess: element.has_attribute("data-guess"),
        element: element.clone(),
    };
    let handle = yew::Renderer::<Place>::with_root_and_props(element.clone(), props).render();
    if let Some((_, old)) = STANDING.replace(Some((element, handle))) {
        old.destroy();
    }
}

#[derive(Properties, PartialEq)]
struct PlaceProps {
    question_id: QuestionId,
    clip_id: Option<ClipId>,
    language: AttrValue,
    guess: bool,
    element: Element,
}

#[component]
fn Place(props: &PlaceProps) -> Html {
    let element = props.element.clone();
    let news = Callback::from(move |news: AskNews| match news {
        AskNews::Given(given) => tell(&element, "minnow:answered", given.xp),
        AskNews::GoOn => tell(&element, "minnow:go-on", 0),
    });
    html! {
        <AskById question_id={props.question_id.clone()} clip_id={props.clip_id.clone()} language={props.language.clone()}
            guess={props.guess} go_on={t("question.go_on")} {news} />
    }
}

/// Tells the feed; `xp`: what the answer earned.
fn tell(element: &Element, name: &str, xp: u32) {
    let init = CustomEventInit::new();
    init.set_detail(&xp.into());
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        let _ = element.dispatch_event(&event);
    }
}

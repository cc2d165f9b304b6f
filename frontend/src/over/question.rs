//! A question that the feed cannot ask by itself, in the feed's own sheet.

use super::{stand_in, tell};
use crate::ask::{AskById, AskNews};
use crate::i18n::t;
use minnow_shared::{ClipId, QuestionId};
use wasm_bindgen::JsValue;
use web_sys::Element;
use yew::prelude::*;

/// Stands in a place that names the question.
pub fn take(place: Element) {
    let said = |name: &str| place.get_attribute(name).unwrap_or_default();
    let Ok(question_id) = QuestionId::parse(&said("data-question")) else { return };
    let props = PlaceProps {
        question_id,
        clip_id: ClipId::parse(&said("data-clip")).ok(),
        language: said("data-language").into(),
        guess: place.has_attribute("data-guess"),
        element: place.clone(),
    };
    stand_in::<Place>(place, props);
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
        AskNews::Given(given) => tell(&element, "minnow:answered", &given.xp.into()),
        AskNews::GoOn => tell(&element, "minnow:go-on", &JsValue::UNDEFINED),
    });
    html! {
        <AskById question_id={props.question_id.clone()} clip_id={props.clip_id.clone()} language={props.language.clone()}
            guess={props.guess} go_on={t("question.go_on")} {news} />
    }
}

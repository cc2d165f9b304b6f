//! Nothing here, or something broke: a drawing, what is so, what to do.

use crate::i18n::{explain, t};
use crate::{api::ApiError, hooks::use_online};
use yew::prelude::*;

/// The drawings, each a small file of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Art {
    Done,
    Empty,
    Error,
    Offline,
}

impl Art {
    fn src(self) -> &'static str {
        match self {
            Art::Done => "/art/ill-done.svg",
            Art::Empty => "/art/ill-empty.svg",
            Art::Error => "/art/ill-error.svg",
            Art::Offline => "/art/ill-offline.svg",
        }
    }
}

/// `title`: at most four words. `text`: one sentence. `acts`: one button, or two for errors.
pub fn empty(art: Art, title: AttrValue, text: AttrValue, acts: Html) -> Html {
    html! {
        <div class="empty">
            <img class="empty__art" src={art.src()} alt="" width="200" height="150" />
            <h2 class="empty__title">{ title }</h2>
            <p class="empty__text">{ text }</p>
            <div class="empty__acts">{ acts }</div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub struct FailureProps {
    pub error: ApiError,
    pub again: Callback<()>,
    /// What else can be done without a network.
    #[prop_or_default]
    pub offline: Html,
}

/// A call that failed: without a network it says what still works, else whose fault it is.
#[component]
pub fn Failure(props: &FailureProps) -> Html {
    let online = use_online();
    let onclick = props.again.reform(|_: MouseEvent| ());
    let button = html! { <button class="btn btn--primary" {onclick}>{ t("ui.try_again") }</button> };
    let acts = if online {
        button
    } else {
        html! { <>{ button }{ props.offline.clone() }</> }
    };
    let (art, title) = if online { (Art::Error, t("ui.failed")) } else { (Art::Offline, t("offline.title")) };
    let text = if online { explain(&props.error) } else { t("offline.text") };
    html! { <div role="alert">{ empty(art, title, text, acts) }</div> }
}

//! A card: its front is the stem, its back comes when it is turned. How well it was remembered is the answer.

use super::component::At;
use super::rich::rich;
use crate::i18n::t;
use minnow_shared::question::Text;
use yew::prelude::*;

pub fn card(at: &At<'_>, back: &Text) -> Html {
    if at.draft.is_turned {
        return html! {
            <div class="card card--sunk" id="ask-back" tabindex="-1" role="group" aria-label={t("quiz.back")}>{ rich(back, at.language) }</div>
        };
    }
    let onclick = at.edit(|draft, _: MouseEvent| {
        draft.is_turned = true;
        draft.focus = Some("ask-back".to_owned());
    });
    html! { <div class="row"><button class="btn btn--primary btn--lg grow" {onclick}>{ t("quiz.turn") }</button></div> }
}

//! Ordering: a list whose items go up and down by buttons, or by a drag at their handle.

use super::component::At;
use super::placing::{name, step};
use super::rich::rich_in_control;
use crate::i18n::{t, t_with};
use crate::ui::icon::{CHEVRON_DOWN, CHEVRON_UP, GRIP, icon};
use minnow_shared::question::{Form, PartView};
use std::rc::Rc;
use yew::prelude::*;

pub fn ordering(at: &At<'_>, form: &Rc<Form>, items: &[PartView]) -> Html {
    let shown = at.draft.taken.iter().filter_map(|id| items.iter().find(|item| item.id == *id));
    html! {
        <>
            <p class="sm muted">{ t("quiz.how_to_order") }</p>
            <ol class="ask__rows" aria-label={t("quiz.order")}>
                { for shown.map(|item| html! {
                    <li class="ask__item" key={item.id.as_str()} data-spot={item.id.to_string()} data-moves="">
                        <span class="ask__grip" data-part={item.id.to_string()} aria-hidden="true">{ icon(GRIP) }</span>
                        <span class="grow">{ rich_in_control(&item.text, at.language) }</span>
                        { arrow(at, form, item, false) }
                        { arrow(at, form, item, true) }
                    </li>
                }) }
            </ol>
        </>
    }
}

fn arrow(at: &At<'_>, form: &Rc<Form>, item: &PartView, is_down: bool) -> Html {
    let place = if is_down { at.draft.taken.last() } else { at.draft.taken.first() };
    let (key, side, glyph) =
        if is_down { ("quiz.down", "down", CHEVRON_DOWN) } else { ("quiz.up", "up", CHEVRON_UP) };
    let id = format!("ask-{side}-{}", item.id);
    let (form, part, own) = (form.clone(), item.id.clone(), id.clone());
    let onclick = at.edit(move |draft, _: MouseEvent| {
        step(draft, &form, &part, is_down);
        // A row that moves may lose the focus on its way.
        draft.focus = Some(own.clone());
    });
    html! {
        <button class="btn btn--icon btn--quiet" {id} aria-disabled={(place == Some(&item.id)).to_string()}
            aria-label={t_with(key, &[("part", &name(&item.text))])} {onclick}>{ icon(glyph) }</button>
    }
}

//! Practising a part of the bank, and opening it to others: what is filtered for gets an address; those there are can be
//! closed again.

use crate::api::call;
use crate::browser::{self, new_id, spawn};
use crate::frame::{NavLink, practice_name};
use crate::hooks::use_call;
use crate::i18n::{explain, plural, t, t_with};
use crate::route::{self, Route};
use crate::state::toasts;
use crate::ui::dialog::Confirm;
use crate::ui::icon::{PLAY, SHARE_2, TRASH_2, icon, icon_sm};
use crate::ui::row::row_arrow;
use minnow_shared::PracticeId;
use minnow_shared::practice::{CreatePractice, DeletePractice, ListPractices, OwnPracticeView};
use yew::prelude::*;

/// Opens the practice of a part of the bank, or the one there is, and goes there.
pub fn practise(tag: String, category: String) {
    spawn(async move {
        let practice_id = new_id(PracticeId::new);
        match call(&CreatePractice { practice_id, title: String::new(), tag, category }).await {
            Ok(view) => route::go(&Route::Practice { id: view.id }),
            Err(error) => toasts::say(explain(&error)),
        }
    });
}

#[derive(Properties, PartialEq)]
pub struct PractiseProps {
    pub tag: String,
    pub category: String,
}

#[component]
pub fn Practise(props: &PractiseProps) -> Html {
    let PractiseProps { tag, category } = props;
    let (list, again) = use_call(Some(ListPractices {}));
    let asks = use_state_eq(|| None::<OwnPracticeView>);
    let go = {
        let (tag, category) = (tag.clone(), category.clone());
        Callback::from(move |_: MouseEvent| practise(tag.clone(), category.clone()))
    };
    let name = practice_name("", tag, category).unwrap_or_else(|| t("practice.all").to_string());
    let ask = |practice: Option<OwnPracticeView>| {
        let asks = asks.setter();
        Callback::from(move |()| asks.set(practice.clone()))
    };
    let close = |id: PracticeId| {
        let (asks, again) = (asks.setter(), again.clone());
        Callback::from(move |()| {
            asks.set(None);
            let (id, again) = (id.clone(), again.clone());
            spawn(async move {
                if let Err(error) = call(&DeletePractice { practice_id: id }).await {
                    toasts::say(explain(&error));
                }
                again.emit(());
            });
        })
    };
    html! {
        <section class="card stack g3" aria-labelledby="practise">
            <h2 id="practise">{ t("practice.title") }</h2>
            <p class="sm muted">{ t("practice.bank_text") }</p>
            <button type="button" class="btn btn--primary btn--block" onclick={go}>{ icon(PLAY) }{ t_with("practice.practise", &[("name", &name)]) }</button>
            if let Some(list) = list.here().filter(|list| !list.practices.is_empty()) {
                <h3>{ t("practice.open") }</h3>
                <ul class="list">
                    { for list.practices.iter().map(|practice| html! { <li class="item" key={practice.id.to_string()}>{ row(practice, ask(Some(practice.clone()))) }</li> }) }
                </ul>
            }
            if let Some(practice) = &*asks {
                <Confirm title={t_with("practice.close_ask", &[("name", &name_of(practice))])} text={t("practice.close_text")} keep={t("ui.keep_it")} act={t("practice.close")}
                    on_keep={ask(None)} on_act={close(practice.id.clone())} />
            }
        </section>
    }
}

fn name_of(practice: &OwnPracticeView) -> String {
    practice_name(&practice.title, &practice.tag, &practice.category)
        .unwrap_or_else(|| t("practice.all").to_string())
}

fn row(practice: &OwnPracticeView, ask: Callback<()>) -> Html {
    let name = name_of(practice);
    let to = Route::Practice { id: practice.id.clone() };
    let share = {
        let (path, name) = (to.to_path(), name.clone());
        Callback::from(move |_: MouseEvent| {
            let address = format!("{}{path}", browser::window().location().origin().unwrap_or_default());
            let name = name.clone();
            spawn(async move {
                if browser::share(&name, &address).await {
                    toasts::say(t("practice.copied"));
                }
            });
        })
    };
    html! {
        <>
            <NavLink class="item__text" {to}>
                <span class="item__title" dir="auto">{ name.clone() }</span>
                <span class="item__sub">{ plural("bank.questions", practice.questions) }</span>
            </NavLink>
            <button type="button" class="btn btn--icon btn--quiet" aria-label={t_with("practice.share_it", &[("name", &name)])} onclick={share}>{ icon_sm(SHARE_2) }</button>
            <button type="button" class="btn btn--icon btn--quiet" aria-label={t_with("practice.close_it", &[("name", &name)])} onclick={ask.reform(|_: MouseEvent| ())}>{ icon_sm(TRASH_2) }</button>
            { row_arrow() }
        </>
    }
}

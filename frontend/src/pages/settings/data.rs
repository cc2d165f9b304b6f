//! What is kept, taking it along, and deleting it.

use super::account::forget_here;
use crate::api::call;
use crate::browser;
use crate::browser::spawn;
use crate::i18n::{explain, plural, t};
use crate::interest::InterestsRow;
use crate::route::{self, Route};
use crate::state::{outbox, session, toasts};
use crate::ui::dialog::{Confirm, Sheet};
use crate::ui::icon::{DOWNLOAD, SHIELD_CHECK, TRASH_2};
use crate::ui::row::{row_arrow, row_text};
use minnow_shared::person::{DeletePerson, ExportPerson};
use yew::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Open {
    Nothing,
    Stored,
    Delete,
}

#[component]
pub fn DataSection() -> Html {
    let session = session::use_session();
    let open = use_state_eq(|| Open::Nothing);
    let busy = use_state_eq(|| false);
    let show = |what: Open| {
        let open = open.setter();
        Callback::from(move |()| open.set(what))
    };
    let export = Callback::from(|_: MouseEvent| {
        spawn(async {
            match call(&ExportPerson {}).await {
                Ok(view) => {
                    let text = crate::wire::write(&view);
                    if browser::save_file("minnow-export.json", &text).is_none() {
                        toasts::say(t("error.unknown"));
                    }
                }
                Err(error) => toasts::say(explain(&error)),
            }
        });
    });
    let on_act = {
        let (open, busy) = (open.setter(), busy.setter());
        Callback::from(move |()| {
            busy.set(true);
            let (open, busy) = (open.clone(), busy.clone());
            spawn(async move {
                match call(&DeletePerson {}).await {
                    Ok(_) => {
                        forget_here().await;
                        toasts::say(t("settings.deleted"));
                        route::go(&Route::Welcome);
                    }
                    Err(error) => toasts::say(explain(&error)),
                }
                busy.set(false);
                open.set(Open::Nothing);
            });
        })
    };
    let waiting = outbox::pending() as u64;
    html! {
        <section class="section" aria-labelledby="settings-data">
            <h2 class="set-head" id="settings-data">{ t("settings.data") }</h2>
            <div class="card card--flush list">
                <InterestsRow />
                <button class="item" onclick={show(Open::Stored).reform(|_: MouseEvent| ())}>
                    { row_text("item__icon", SHIELD_CHECK, t("settings.stored"), Some(t("settings.stored_sub"))) }{ row_arrow() }
                </button>
                if session.person().is_some() {
                    <button class="item" onclick={export}>
                        { row_text("item__icon", DOWNLOAD, t("settings.export"), Some(t("settings.export_sub"))) }
                    </button>
                    <button class="item" onclick={show(Open::Delete).reform(|_: MouseEvent| ())}>
                        { row_text("item__icon item__icon--coral", TRASH_2, t("settings.delete"), Some(t("settings.delete_sub"))) }{ row_arrow() }
                    </button>
                }
            </div>
            if waiting > 0 {
                <p class="xs faint">{ plural("outbox.waiting", waiting) }</p>
            }
            if *open == Open::Stored {
                <Sheet title={t("settings.stored")} onclose={show(Open::Nothing)}>
                    <ul class="stack g3 sm">
                        { for ["stored.watched", "stored.answers", "stored.account", "stored.clips", "stored.cookies", "stored.never"].map(|key| html! { <li>{ t(key) }</li> }) }
                    </ul>
                </Sheet>
            }
            if *open == Open::Delete {
                <Confirm title={t("settings.delete_ask")} text={t("settings.delete_lost")} keep={t("ui.keep_it")} act={t("settings.delete")}
                    busy={*busy} on_keep={show(Open::Nothing)} {on_act} />
            }
        </section>
    }
}

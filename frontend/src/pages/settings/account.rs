//! The account: ways to sign in, where one is signed in, signing out. A guest is shown the door instead.

use crate::api::{ApiError, call};
use crate::browser;
use crate::browser::spawn;
use crate::frame::link;
use crate::hooks::{Loaded, create_passkey, device_label, passkeys_supported, use_call};
use crate::i18n::{explain, moment, t, t_with};
use crate::route::{self, Route};
use crate::state::{outbox, packs, session, toasts};
use crate::ui::dialog::{Confirm, Sheet};
use crate::ui::field::Field;
use crate::ui::icon::{FINGERPRINT, KEY_ROUND, LOG_OUT, PLUS, SMARTPHONE, TRASH_2, icon, icon_sm};
use crate::ui::row::{row_arrow, row_text};
use minnow_shared::account::{
    ChangePassword, DeletePasskey, FinishPasskeyRegistration, ListPasskeys, ListSessions, RevokeSession,
    SignOut, StartPasskeyRegistration,
};
use minnow_shared::limit;
use yew::prelude::*;

#[component]
pub fn AccountSection() -> Html {
    let session = session::use_session();
    let inside = match session.person() {
        None => guest_banner(),
        Some(person) if person.is_guest => guest_banner(),
        Some(person) => {
            html! { <Account has_password={person.has_password} name={person.display_name.clone()} /> }
        }
    };
    html! { <section class="section" aria-labelledby="settings-account"><h2 class="set-head" id="settings-account">{ t("settings.account") }</h2>{ inside }</section> }
}

fn guest_banner() -> Html {
    html! {
        <div class="card stack g3">
            <p>{ t("me.guest_text") }</p>
            { link("btn btn--primary", Route::Welcome, html! { t("me.guest_act") }) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct AccountProps {
    has_password: bool,
    name: AttrValue,
}

#[component]
fn Account(props: &AccountProps) -> Html {
    let password = use_state_eq(|| false);
    let leaving = use_state_eq(|| false);
    let set_password = {
        let password = password.setter();
        move |on: bool| {
            let password = password.clone();
            Callback::from(move |()| password.set(on))
        }
    };
    let sign_out = {
        let leaving = leaving.clone();
        Callback::from(move |_: MouseEvent| {
            if *leaving {
                return;
            }
            leaving.set(true);
            let leaving = leaving.setter();
            spawn(async move {
                outbox::drain().await;
                match call(&SignOut {}).await {
                    Ok(_) => {
                        outbox::forget().await;
                        packs::forget().await;
                        session::signed_out();
                        toasts::say(t("settings.signed_out"));
                        route::go(&Route::Welcome);
                    }
                    Err(error) => toasts::say(explain(&error)),
                }
                leaving.set(false);
            });
        })
    };
    let password_sub =
        t(if props.has_password { "settings.password_change" } else { "settings.password_none" });
    html! {
        <>
            <Passkeys />
            <Sessions />
            <div class="card card--flush list">
                <button class="item" onclick={set_password(true).reform(|_: MouseEvent| ())}>
                    { row_text("item__icon", KEY_ROUND, t("settings.password"), Some(password_sub)) }{ row_arrow() }
                </button>
                <button class="item" aria-busy={leaving.to_string()} onclick={sign_out}>
                    { row_text("item__icon", LOG_OUT, t("settings.sign_out"), Some(props.name.clone())) }
                </button>
            </div>
            if *password {
                <PasswordSheet has_password={props.has_password} onclose={set_password(false)} />
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct PasswordProps {
    has_password: bool,
    onclose: Callback<()>,
}

#[component]
fn PasswordSheet(props: &PasswordProps) -> Html {
    let current = use_state(String::new);
    let new = use_state(String::new);
    let error = use_state_eq(|| None::<AttrValue>);
    let busy = use_state_eq(|| false);
    let onsubmit = {
        let (current, new, error, busy) = (current.clone(), new.clone(), error.setter(), busy.clone());
        let (has_password, onclose) = (props.has_password, props.onclose.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *busy {
                return;
            }
            if limit::text("password", &new, limit::PASSWORD_MIN, limit::PASSWORD).is_err() {
                error.set(Some(t("welcome.password_form")));
                return;
            }
            busy.set(true);
            let request =
                ChangePassword { current: has_password.then(|| (*current).clone()), new: (*new).clone() };
            let (error, busy, onclose) = (error.clone(), busy.setter(), onclose.clone());
            spawn(async move {
                match call(&request).await {
                    Ok(_) => {
                        toasts::say(t("settings.password_done"));
                        session::load().await;
                        onclose.emit(());
                    }
                    Err(what) => error.set(Some(explain(&what))),
                }
                busy.set(false);
            });
        })
    };
    let set = |state: &UseStateHandle<String>| {
        let state = state.setter();
        Callback::from(move |text| state.set(text))
    };
    html! {
        <Sheet title={t("settings.password")} onclose={props.onclose.clone()}>
            <form class="stack g3" {onsubmit} novalidate=true>
                if props.has_password {
                    <Field id="current" kind="password" label={t("settings.password_current")} value={(*current).clone()}
                        autocomplete="current-password" oninput={set(&current)} />
                }
                <Field id="new" kind="password" label={t("settings.password_new")} value={(*new).clone()} autocomplete="new-password"
                    oninput={set(&new)} hint={t("welcome.password_form")} error={(*error).clone()} />
                <p class="xs faint">{ t("settings.password_ends") }</p>
                <button class="btn btn--primary btn--lg" aria-busy={busy.to_string()}>{ t("settings.password_save") }</button>
            </form>
        </Sheet>
    }
}

/// Says what failed; the list is asked again when it did not.
fn act_then<F: Future<Output = Result<(), ApiError>> + 'static>(work: F, again: Callback<()>) {
    spawn(async move {
        match work.await {
            Ok(()) => again.emit(()),
            Err(error) => toasts::say(explain(&error)),
        }
    });
}

#[component]
fn Passkeys() -> Html {
    let (loaded, again) = use_call(Some(ListPasskeys {}));
    let asked = use_state_eq(|| None::<minnow_shared::PasskeyId>);
    let add = {
        let again = again.clone();
        Callback::from(move |_: MouseEvent| {
            let again = again.clone();
            spawn(async move {
                let Ok(challenge) =
                    call(&StartPasskeyRegistration { handle: None, display_name: None }).await
                else {
                    return toasts::say(t("error.network"));
                };
                let Ok(credential) = create_passkey(&challenge.options).await else {
                    return toasts::say(t("welcome.passkey_cancelled"));
                };
                let finish = FinishPasskeyRegistration {
                    challenge_id: challenge.challenge_id,
                    credential,
                    label: device_label(),
                };
                act_then(async move { call(&finish).await.map(session::became) }, again);
            });
        })
    };
    let Loaded::Here(list) = loaded else { return Html::default() };
    let confirm = (*asked).clone().map(|id| {
        let keep = {
            let asked = asked.setter();
            Callback::from(move |()| asked.set(None))
        };
        let on_act = {
            let (again, keep) = (again.clone(), keep.clone());
            Callback::from(move |()| {
                keep.emit(());
                let request = DeletePasskey { passkey_id: id.clone() };
                act_then(async move { call(&request).await.map(drop) }, again.clone());
            })
        };
        html! {
            <Confirm title={t("settings.passkey_ask")} text={t("settings.passkey_lost")} keep={t("ui.keep")} act={t("settings.passkey_remove")}
                on_keep={keep} {on_act} />
        }
    });
    html! {
        <div class="card card--flush list">
            { for list.passkeys.iter().map(|passkey| {
                let used = passkey.last_used_at_ms.unwrap_or(passkey.created_at_ms);
                let (asked, id) = (asked.setter(), passkey.id.clone());
                html! {
                    <div class="item">
                        { row_text("item__icon", FINGERPRINT, passkey.label.clone().into(), Some(t_with("settings.last_used", &[("when", &moment(used))]))) }
                        <button class="btn btn--icon btn--quiet" aria-label={t("settings.passkey_remove")} onclick={move |_| asked.set(Some(id.clone()))}>
                            { icon(TRASH_2) }
                        </button>
                    </div>
                }
            }) }
            if passkeys_supported() {
                <button class="item" onclick={add}>{ row_text("item__icon", PLUS, t("settings.passkey_add"), Some(t("settings.passkey_add_sub"))) }</button>
            }
            { confirm }
        </div>
    }
}

#[component]
fn Sessions() -> Html {
    let (loaded, again) = use_call(Some(ListSessions {}));
    let Loaded::Here(list) = loaded else { return Html::default() };
    html! {
        <div class="card card--flush list" role="group" aria-label={t("settings.sessions")}>
            { for list.sessions.iter().map(|item| {
                let when = moment(item.last_seen_at_ms);
                let sub = if item.is_this_one { t("settings.this_device") } else { t_with("settings.last_used", &[("when", &when)]) };
                let (id, again) = (item.id.clone(), again.clone());
                let end = Callback::from(move |_: MouseEvent| {
                    let request = RevokeSession { session_id: id.clone() };
                    act_then(async move { call(&request).await.map(drop) }, again.clone());
                });
                let device = if item.device.is_empty() { t("settings.a_device") } else { item.device.clone().into() };
                html! {
                    <div class="item">
                        { row_text("item__icon", SMARTPHONE, device, Some(sub)) }
                        if !item.is_this_one {
                            <button class="btn btn--sm btn--outline" onclick={end}>{ icon_sm(LOG_OUT) }{ t("settings.session_end") }</button>
                        }
                    </div>
                }
            }) }
        </div>
    }
}

/// Forgets this browser's part of somebody who is gone.
pub async fn forget_here() {
    outbox::forget().await;
    packs::forget().await;
    browser::forget("minnow.settings.unsent");
    session::signed_out();
}

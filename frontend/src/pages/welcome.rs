//! The door: look around first, or sign in, or make an account. A guest keeps everything when becoming one.

use crate::api::{ApiError, call};
use crate::browser;
use crate::browser::spawn;
use crate::frame::link;
use crate::hooks::{CeremonyError, create_passkey, device_label, passkeys_supported, use_passkey, use_title};
use crate::i18n::{explain, t, t_with};
use crate::route::{self, Route};
use crate::state::{outbox, session};
use crate::ui::field::{Field, segments};
use crate::ui::icon::{FINGERPRINT, MAIL, PLAY, icon};
use minnow_shared::account::{
    CreateAccount, FinishPasskeyRegistration, FinishPasskeySignIn, RequestSignInLink, SessionView,
    SignInWithPassword, StartPasskeyRegistration, StartPasskeySignIn,
};
use minnow_shared::{ErrorCode, limit};
use yew::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    SignIn,
    Join,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Act {
    Password,
    Passkey,
    Link,
}

/// What went wrong, and at which field.
#[derive(Debug, Clone, Default, PartialEq)]
struct Problem {
    field: Option<&'static str>,
    text: AttrValue,
}

impl Problem {
    fn at(field: &'static str, text: AttrValue) -> Self {
        Self { field: Some(field), text }
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        let field = match error.code() {
            Some(ErrorCode::HandleTaken) => Some("handle"),
            Some(ErrorCode::InvalidField) => match &error {
                ApiError::Refused(view) => match view.field.as_deref() {
                    Some("handle") => Some("handle"),
                    Some("display_name") => Some("display_name"),
                    Some("password") => Some("password"),
                    Some("email") => Some("email"),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let text = match (error.code(), field) {
            (Some(ErrorCode::InvalidField), Some("handle")) => t("welcome.handle_form"),
            (Some(ErrorCode::InvalidField), Some("password")) => t("welcome.password_form"),
            _ => explain(&error),
        };
        Self { field, text }
    }
}

impl From<CeremonyError> for Problem {
    fn from(error: CeremonyError) -> Self {
        let text = match error {
            CeremonyError::Unsupported => t("welcome.passkey_unsupported"),
            CeremonyError::Cancelled => t("welcome.passkey_cancelled"),
        };
        Self { field: None, text }
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Form {
    handle: String,
    display_name: String,
    password: String,
    email: String,
}

/// Checks before anything is sent.
fn check(form: &Form, way: Way, act: Act) -> Result<(), Problem> {
    if act == Act::Link {
        let good =
            form.email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        return if good { Ok(()) } else { Err(Problem::at("email", t("welcome.email_form"))) };
    }
    if act == Act::Passkey && way == Way::SignIn {
        return Ok(());
    }
    if way == Way::Join && form.display_name.trim().is_empty() {
        return Err(Problem::at("display_name", t("welcome.name_form")));
    }
    limit::handle(&form.handle).map_err(|_| Problem::at("handle", t("welcome.handle_form")))?;
    let length = form.password.chars().count();
    if act == Act::Password && !(limit::PASSWORD_MIN..=limit::PASSWORD).contains(&length) && way == Way::Join
    {
        return Err(Problem::at("password", t("welcome.password_form")));
    }
    Ok(())
}

async fn carry_out(form: Form, way: Way, act: Act) -> Result<Option<SessionView>, Problem> {
    check(&form, way, act)?;
    let Form { handle, display_name, password, email } = form;
    let display_name = display_name.trim().to_owned();
    Ok(match (act, way) {
        (Act::Password, Way::SignIn) => Some(call(&SignInWithPassword { handle, password }).await?),
        (Act::Password, Way::Join) => Some(call(&CreateAccount { handle, display_name, password }).await?),
        (Act::Passkey, Way::SignIn) => {
            let challenge = call(&StartPasskeySignIn {}).await?;
            let credential = use_passkey(&challenge.options).await?;
            Some(call(&FinishPasskeySignIn { challenge_id: challenge.challenge_id, credential }).await?)
        }
        (Act::Passkey, Way::Join) => {
            let start = StartPasskeyRegistration { handle: Some(handle), display_name: Some(display_name) };
            let challenge = call(&start).await?;
            let credential = create_passkey(&challenge.options).await?;
            let label = device_label();
            Some(
                call(&FinishPasskeyRegistration { challenge_id: challenge.challenge_id, credential, label })
                    .await?,
            )
        }
        (Act::Link, _) => {
            call(&RequestSignInLink { email }).await?;
            None
        }
    })
}

#[component]
pub fn WelcomePage() -> Html {
    use_title(t("welcome.title"));
    let session = session::use_session();
    let form = use_state(Form::default);
    let way = use_state_eq(|| Way::SignIn);
    let busy = use_state_eq(|| None::<Act>);
    let problem = use_state_eq(Problem::default);
    let mailed = use_state_eq(|| false);

    let run = {
        let (form, way, busy, problem, mailed) =
            (form.clone(), *way, busy.clone(), problem.setter(), mailed.setter());
        Callback::from(move |act: Act| {
            if busy.is_some() {
                return;
            }
            busy.set(Some(act));
            problem.set(Problem::default());
            let (form, busy, problem, mailed) =
                ((*form).clone(), busy.setter(), problem.clone(), mailed.clone());
            spawn(async move {
                match carry_out(form, way, act).await {
                    Ok(Some(view)) => {
                        session::became(view);
                        outbox::flush();
                        route::go(&Route::Me);
                    }
                    Ok(None) => mailed.set(true),
                    Err(what) => {
                        if let Some(element) = what.field.and_then(browser::element) {
                            let _ = element.focus();
                        }
                        problem.set(what);
                    }
                }
                busy.set(None);
            });
        })
    };
    let error_at = |field: &str| (problem.field == Some(field)).then(|| problem.text.clone());
    let set = |edit: fn(&mut Form, String)| {
        let form = form.clone();
        Callback::from(move |text: String| {
            let mut next = (*form).clone();
            edit(&mut next, text);
            form.set(next);
        })
    };
    let choose = {
        let (way, problem) = (way.setter(), problem.setter());
        Callback::from(move |code: &'static str| {
            problem.set(Problem::default());
            way.set(if code == "join" { Way::Join } else { Way::SignIn });
        })
    };
    let joins = *way == Way::Join;
    let is_busy = |act: Act| (*busy == Some(act)).to_string();
    let on = |act: Act| run.reform(move |_: MouseEvent| act);
    let onsubmit = run.reform(|event: SubmitEvent| {
        event.prevent_default();
        Act::Password
    });
    let server = session.server();
    let sign_up = server.is_none_or(|server| server.sign_up);
    let links = server.is_some_and(|server| server.sign_in_links);
    let name = server.map(|server| server.name.clone()).filter(|name| !name.is_empty() && name != "Minnow");
    html! {
        <main id="main" tabindex="-1" class="welcome">
            <div class="welcome__art">
                <img class="bg" src="/art/welcome.svg" alt="" />
                <div class="welcome__brand"><img src="/art/logo-on-dark.svg" alt="" width="44" height="44" />{ "Minnow" }</div>
            </div>
            <div class="welcome__form">
                <div class="stack g2"><h1>{ t("welcome.promise") }</h1><p class="muted">{ t("welcome.how") }</p></div>
                { link("btn btn--primary btn--lg btn--block", Route::Feed, html! { <>{ icon(PLAY) }{ t("welcome.look_around") }</> }) }
                { link("btn btn--quiet btn--block", Route::Interests, html! { t("interest.pick_first") }) }
                <div class="or">{ t("welcome.or_keep") }</div>
                { if sign_up {
                    segments(t("welcome.ways"), "way", if joins { "join" } else { "in" }, &[
                        ("in", html! { t("welcome.sign_in") }), ("join", html! { t("welcome.join") }),
                    ], &choose)
                } else { Html::default() } }
                <form class="stack g3" {onsubmit} novalidate=true>
                    if joins {
                        <Field id="display_name" label={t("welcome.name")} value={form.display_name.clone()} autocomplete="name"
                            oninput={set(|form, text| form.display_name = text)} error={error_at("display_name")} hint={t("welcome.name_hint")} />
                    }
                    <Field id="handle" label={t("welcome.handle")} value={form.handle.clone()} autocomplete="username webauthn"
                        oninput={set(|form, text| form.handle = text.trim().to_lowercase())} error={error_at("handle")}
                        hint={joins.then(|| t("welcome.handle_hint"))} />
                    if joins && passkeys_supported() {
                        <button type="button" class="btn btn--outline btn--lg btn--block" aria-busy={is_busy(Act::Passkey)} onclick={on(Act::Passkey)}>
                            { icon(FINGERPRINT) }{ t("welcome.join_passkey") }
                        </button>
                        <div class="or">{ t("welcome.or") }</div>
                    }
                    <Field id="password" kind="password" label={t("welcome.password")} value={form.password.clone()}
                        autocomplete={if joins { "new-password" } else { "current-password" }}
                        oninput={set(|form, text| form.password = text)} error={error_at("password")}
                        hint={joins.then(|| t("welcome.password_form"))} />
                    if problem.field.is_none() && !problem.text.is_empty() {
                        <p class="banner banner--review" role="alert">{ problem.text.clone() }</p>
                    }
                    <button type="submit" class="btn btn--lg btn--block" aria-busy={is_busy(Act::Password)}>
                        { t(if joins { "welcome.join_password" } else { "welcome.sign_in" }) }
                    </button>
                </form>
                if !joins && passkeys_supported() {
                    <button class="btn btn--outline btn--lg btn--block" aria-busy={is_busy(Act::Passkey)} onclick={on(Act::Passkey)}>
                        { icon(FINGERPRINT) }{ t("welcome.use_passkey") }
                    </button>
                }
                if links {
                    if *mailed {
                        <p class="banner banner--right" role="status">{ t("welcome.mailed") }</p>
                    } else {
                        <Field id="email" kind="email" label={t("welcome.email")} value={form.email.clone()} autocomplete="email"
                            oninput={set(|form, text| form.email = text.trim().to_owned())} error={error_at("email")} />
                        <button class="btn btn--lg btn--block" aria-busy={is_busy(Act::Link)} onclick={on(Act::Link)}>
                            { icon(MAIL) }{ t("welcome.send_link") }
                        </button>
                    }
                }
                <p class="xs faint">
                    { t("welcome.no_ads") }{ " " }
                    { for name.map(|name| t_with("welcome.run_by", &[("name", &name)])) }{ " " }
                    { link("text-link", Route::Settings, html! { t("welcome.stores") }) }
                </p>
            </div>
        </main>
    }
}

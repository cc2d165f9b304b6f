//! Where a mailed sign-in link lands. The token is used by a press, not by opening: mail scanners open links too.

use crate::api::{ApiError, call};
use crate::frame::link;
use crate::hooks::use_title;
use crate::i18n::{explain, t};
use crate::route::{self, Route};
use crate::state::session;
use minnow_shared::account::RedeemSignInLink;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct SignInProps {
    pub token: AttrValue,
}

#[component]
pub fn SignInPage(props: &SignInProps) -> Html {
    use_title(t("welcome.title"));
    let busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<ApiError>);
    let onclick = {
        let (busy, error, token) = (busy.clone(), error.setter(), props.token.to_string());
        Callback::from(move |_: MouseEvent| {
            if *busy {
                return;
            }
            busy.set(true);
            let (busy, error, token) = (busy.setter(), error.clone(), token.clone());
            crate::browser::spawn(async move {
                match call(&RedeemSignInLink { token }).await {
                    Ok(view) => {
                        session::became(view);
                        route::go(&Route::Me);
                    }
                    Err(what) => error.set(Some(what)),
                }
                busy.set(false);
            });
        })
    };
    html! {
        <main id="main" tabindex="-1" class="full">
            <div class="empty">
                <h1 class="empty__title">{ t("welcome.link_title") }</h1>
                <p class="empty__text">{ t("welcome.link_text") }</p>
                { for error.as_ref().map(|error| html! { <p class="banner banner--review" role="alert">{ explain(error) }</p> }) }
                <div class="empty__acts">
                    <button class="btn btn--primary" aria-busy={busy.to_string()} {onclick}>{ t("welcome.sign_in") }</button>
                    { link("btn", Route::Welcome, html! { t("welcome.other_way") }) }
                </div>
            </div>
        </main>
    }
}

//! A page with its head: the title, a way back, something at the end.

use super::NavLink;
use crate::hooks::use_title;
use crate::i18n::t;
use crate::route::Route;
use crate::ui::icon::{CHEVRON_LEFT, icon_as};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct PageProps {
    pub title: AttrValue,
    /// Where the arrow leads; none on the main places.
    #[prop_or_default]
    pub back: Option<Route>,
    /// Beside the title.
    #[prop_or_default]
    pub end: Html,
    #[prop_or_default]
    pub wide: bool,
    pub children: Html,
}

#[component]
pub fn Page(props: &PageProps) -> Html {
    use_title(props.title.clone());
    let root = if props.back.is_none() { "bar--root" } else { "" };
    let wide = if props.wide { "bar--wide" } else { "" };
    let back = props.back.clone().map(|to| {
        html! {
            <NavLink class="btn btn--icon btn--quiet" {to} label={t("ui.back")}>
                { icon_as("icon icon--lg icon--flip", CHEVRON_LEFT) }
            </NavLink>
        }
    });
    html! {
        <>
            <header class={classes!("bar", root, wide)}>
                { back }
                <h1 class="bar__title" dir="auto">{ props.title.clone() }</h1>
                { props.end.clone() }
            </header>
            <main id="main" tabindex="-1" class={if props.wide { "page page--wide" } else { "page" }}>
                { props.children.clone() }
            </main>
        </>
    }
}

/// The page in grey while its content is on the way. Nothing is shown for the first moments (the style sheet waits).
pub fn page_loading() -> Html {
    html! {
        <div class="stack waits" aria-busy="true">
            <span class="vh">{ t("ui.loading") }</span>
            <span class="skel"></span><span class="skel"></span><span class="skel"></span>
        </div>
    }
}

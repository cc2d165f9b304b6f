//! The bars around a page: tabs under it on phones, a rail beside it on wide screens.

use super::link_as;
use crate::i18n::t;
use crate::route::Route;
use crate::ui::icon::{COMPASS, Glyph, HOUSE, PLUS, REPEAT_2, SETTINGS, SQUARE_PEN, USER, icon_lg};
use crate::ui::logo::logo;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct ShellProps {
    pub route: Route,
    pub children: Html,
}

/// Which of the main places an address belongs to.
fn place(route: &Route) -> Option<Route> {
    Some(match route {
        Route::Feed | Route::Topic { .. } | Route::Clip { .. } => Route::Feed,
        Route::Discover => Route::Discover,
        Route::Make
        | Route::Draft { .. }
        | Route::Insights { .. }
        | Route::Bank
        | Route::BankQuestion { .. } => Route::Make,
        Route::Review | Route::Practice { .. } => Route::Review,
        Route::Play { .. } => Route::Feed,
        Route::Playlists
        | Route::Playlist { .. }
        | Route::EditPlaylist { .. }
        | Route::AssignPlaylist { .. }
        | Route::Assignment { .. }
        | Route::AddToPlaylist { .. }
        | Route::Join { .. }
        | Route::Me
        | Route::Interests
        | Route::FeedHealth
        | Route::MyTopics
        | Route::MyTopic { .. }
        | Route::Topics
        | Route::TopicPlace { .. }
        | Route::Saved
        | Route::Offline => Route::Me,
        Route::Settings => Route::Settings,
        _ => return None,
    })
}

fn item(class: &'static str, to: Route, current: Option<&Route>, inside: Html) -> Html {
    let state = if current == Some(&to) { Some("page") } else { None };
    link_as(class, to, state, None, inside)
}

fn skip_to_main(event: MouseEvent) {
    event.prevent_default();
    if let Some(main) = crate::browser::element("main") {
        let _ = main.focus();
    }
}

#[component]
pub fn Shell(props: &ShellProps) -> Html {
    // The door has no bars: there is one thing to do.
    if matches!(props.route, Route::Welcome | Route::SignIn { .. }) {
        return html! {
            <>
                <a class="skip" href="#main" onclick={Callback::from(skip_to_main)}>{ t("ui.skip") }</a>
                { props.children.clone() }
            </>
        };
    }
    let here = place(&props.route);
    let here = here.as_ref();
    let stage = props.route.is_stage();
    let tab = |to: Route, glyph: Glyph, label: &'static str| {
        item("tabbar__item", to, here, html! { <>{ icon_lg(glyph) }{ t(label) }</> })
    };
    let rail = |to: Route, glyph: Glyph, label: &'static str| {
        item("navrail__item", to, here, html! { <>{ icon_lg(glyph) }{ t(label) }</> })
    };
    let make = html! { <><span class="tabbar__make">{ icon_lg(PLUS) }</span><span class="vh">{ t("nav.make") }</span></> };
    html! {
        <>
            <a class="skip" href="#main" onclick={Callback::from(skip_to_main)}>{ t("ui.skip") }</a>
            <div class="shell">
                <nav class="navrail" aria-label={t("nav.label")}>
                    { item("navrail__brand", Route::Feed, None, html! { <>{ logo() }{ "Minnow" }</> }) }
                    { rail(Route::Feed, HOUSE, "nav.feed") }
                    { rail(Route::Discover, COMPASS, "nav.discover") }
                    { rail(Route::Make, SQUARE_PEN, "nav.make") }
                    { rail(Route::Review, REPEAT_2, "nav.review") }
                    { rail(Route::Me, USER, "nav.me") }
                    <div class="navrail__foot">
                        <super::goal::NavGoal />
                        { rail(Route::Settings, SETTINGS, "nav.settings") }
                    </div>
                </nav>
                <div class="shell__page">{ props.children.clone() }</div>
            </div>
            <nav class={if stage { "tabbar tabbar--video" } else { "tabbar" }} aria-label={t("nav.label")}>
                { tab(Route::Feed, HOUSE, "nav.feed") }
                { tab(Route::Discover, COMPASS, "nav.discover") }
                { item("tabbar__item", Route::Make, here, make) }
                { tab(Route::Review, REPEAT_2, "nav.review") }
                { tab(Route::Me, USER, "nav.me") }
            </nav>
        </>
    }
}

//! The frame of the app: its start, the way from an address to a page, the bars around it, what is said over it.

use crate::browser;
use crate::frame::{shell, toast::Toaster};
use crate::hooks::use_window_event;
use crate::i18n::{self, t, use_language};
use crate::pages;
use crate::route::{self, Program, Route, use_route};
use crate::state::{offline, outbox, packs, session, settings, toasts};
use yew::prelude::*;

/// What opens over a clip, in the places that the feed makes for it.
pub fn start_over() {
    i18n::take_words();
    outbox::listen();
    crate::over::start_places();
}

/// The feed alone.
pub fn start_feed() {
    start(Program::Feed, feed_page);
}

/// A learner's own pages.
pub fn start_desk() {
    packs::listen();
    browser::spawn(packs::resume());
    browser::spawn(offline::load());
    start(Program::Desk, desk_page);
}

/// Where things are made and looked after.
pub fn start_studio() {
    start(Program::Studio, studio_page);
}

fn start(program: Program, page: fn(Route) -> Html) {
    route::start(program);
    i18n::start();
    if let Some(root) = gloo::utils::document().get_element_by_id("app") {
        yew::Renderer::<Frame>::with_root_and_props(root, FrameProps { page: Page(page) }).render();
    }
}

/// From an address to a page. Each program has its own, so that the other's pages are not in it.
#[derive(Clone, Copy)]
struct Page(fn(Route) -> Html);

impl PartialEq for Page {
    fn eq(&self, _: &Self) -> bool {
        // There is one a program.
        true
    }
}

#[derive(Properties, PartialEq)]
struct FrameProps {
    page: Page,
}

#[component]
fn Frame(props: &FrameProps) -> Html {
    let route = use_route();
    // A new language is a new page: every word changes.
    let language = use_language();
    use_effect_with((), |()| {
        // After the first paint: none of this may hold up the first clip.
        outbox::start();
        browser::spawn(session::load());
    });
    use_return();
    use_update_offer();
    use_focus_on_new_page(&route);
    html! {
        <shell::Shell key={language} route={route.clone()}>{ (props.page.0)(route) }<Toaster /></shell::Shell>
    }
}

fn feed_page(route: Route) -> Html {
    match route {
        Route::Feed => html! { <pages::feed::FeedPage key="feed" /> },
        Route::Topic { id } => html! { <pages::feed::FeedPage key={format!("t{id}")} topic={id.clone()} /> },
        Route::Clip { id } => html! { <pages::feed::FeedPage key={format!("c{id}")} clip={id.clone()} /> },
        Route::Play { id, clip } => {
            html! { <pages::feed::FeedPage key={format!("p{id}")} playlist={id.clone()} {clip} /> }
        }
        _ => html! { <pages::not_found::NotFoundPage /> },
    }
}

fn desk_page(route: Route) -> Html {
    match route {
        Route::Discover => html! { <pages::discover::DiscoverPage /> },
        Route::Playlists => html! { <pages::playlist::PlaylistsPage /> },
        Route::Playlist { id } => {
            html! { <pages::playlist::show::PlaylistPage key={id.to_string()} id={id.clone()} /> }
        }
        Route::Join { invite } => html! { <pages::playlist::join::JoinPage invite={invite.clone()} /> },
        Route::AddToPlaylist { clip } => html! { <pages::playlist::add::AddPage clip={clip.clone()} /> },
        Route::Practice { id } => {
            html! { <pages::practice::PracticePage key={id.to_string()} id={id.clone()} /> }
        }
        Route::Review => html! { <pages::review::ReviewPage /> },
        Route::Me => html! { <pages::me::MePage /> },
        Route::Offline => html! { <pages::packs::PacksPage /> },
        Route::MyTopics => html! { <pages::mastery::MasteryPage /> },
        Route::MyTopic { id } => {
            html! { <pages::mastery::topic::TopicPage key={id.to_string()} id={id.clone()} /> }
        }
        Route::Saved => html! { <pages::saved::SavedPage /> },
        Route::Settings => html! { <pages::settings::SettingsPage /> },
        Route::Welcome => html! { <pages::welcome::WelcomePage /> },
        Route::SignIn { token } => html! { <pages::sign_in::SignInPage {token} /> },
        Route::Author { handle } => {
            html! { <pages::author::AuthorPage key={handle.clone()} handle={handle.clone()} /> }
        }
        _ => html! { <pages::not_found::NotFoundPage /> },
    }
}

fn studio_page(route: Route) -> Html {
    match route {
        Route::Make => html! { <pages::make::MakePage /> },
        Route::Draft { id } => {
            html! { <pages::make::editor::EditorPage key={id.to_string()} id={id.clone()} /> }
        }
        Route::Bank => html! { <pages::bank::BankPage /> },
        Route::BankQuestion { id } => {
            html! { <pages::bank::question::QuestionPage key={id.to_string()} id={id.clone()} /> }
        }
        Route::EditPlaylist { id } => {
            html! { <pages::playlist::edit::EditPage key={id.to_string()} id={id.clone()} /> }
        }
        Route::AssignPlaylist { id } => {
            html! { <pages::playlist::assign::AssignPage key={id.to_string()} id={id.clone()} /> }
        }
        Route::Assignment { id } => {
            html! { <pages::playlist::progress::ProgressPage key={id.to_string()} id={id.clone()} /> }
        }
        Route::Interests => html! { <pages::interests::InterestsPage /> },
        Route::FeedHealth => html! { <pages::feed_health::FeedHealthPage /> },
        Route::Topics => html! { <pages::topics::TopicsPage /> },
        Route::TopicPlace { id } => {
            html! { <pages::topics::place::PlacePage key={id.to_string()} id={id.clone()} /> }
        }
        Route::Insights { id } => {
            html! { <pages::insights::InsightsPage key={id.to_string()} id={id.clone()} /> }
        }
        _ => html! { <pages::not_found::NotFoundPage /> },
    }
}

/// The network is back: who is here, and what was set meanwhile goes to the server.
#[hook]
fn use_return() {
    let back = use_callback((), |_: Event, ()| {
        browser::spawn(async {
            session::load().await;
            settings::meet_server();
        });
    });
    use_window_event("online", back);
}

/// A new version waits: offered when no question is open, taken when the learner says so.
#[hook]
fn use_update_offer() {
    let offer = use_callback((), |_: Event, ()| {
        // Over an open question it waits; who closes the question announces it again.
        if let Some(body) = browser::document().body().filter(|body| body.has_attribute("data-busy")) {
            let _ = body.set_attribute("data-update", "");
            return;
        }
        let act = Callback::from(|()| browser::announce("minnow:activate"));
        toasts::show(t("ui.update_ready"), Some((t("ui.update_now"), act)), true);
    });
    use_window_event("minnow:update", offer);
}

/// A page that opens takes the focus, so that readers hear of it; the first page leaves it where it is.
#[hook]
fn use_focus_on_new_page(route: &Route) {
    let first = use_mut_ref(|| true);
    use_effect_with(route.clone(), move |route| {
        if !std::mem::replace(&mut *first.borrow_mut(), false) && !route.is_stage() {
            browser::window().scroll_to_with_x_and_y(0.0, 0.0);
            if let Some(main) = browser::element("main") {
                let _ = main.focus();
            }
        }
    });
}

//! The learner's own page: who they are, the day's goal, the week, their clips and what they saved.

use crate::api::call;
use crate::browser;
use crate::frame::{Estimate, NavLink, Page, avatar, link, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{day, digits, explain, plural, t, t_with, use_language, weekday};
use crate::interest::InterestsRow;
use crate::route::Route;
use crate::state::{outbox, session, settings::use_settings};
use crate::ui::dialog::Sheet;
use crate::ui::empty::Failure;
use crate::ui::field::Field;
use crate::ui::icon::{
    BOOKMARK, CHECK, DOWNLOAD, FILM, GAUGE, LIST, PENCIL, REPEAT_2, SETTINGS, USER, ZAP, icon_as, icon_lg,
    icon_sm,
};
use crate::ui::ring::ring;
use crate::ui::row::{row_arrow, row_text};
use minnow_shared::account::{MeView, Role};
use minnow_shared::assignment::{AssignedPageView, ListAssigned};
use minnow_shared::limit;
use minnow_shared::mastery::ListMastery;
use minnow_shared::person::UpdateProfile;
use minnow_shared::progress::{GetProgress, ProgressView};
use std::rc::Rc;
use yew::prelude::*;

#[component]
pub fn MePage() -> Html {
    let session = session::use_session();
    let settings = use_settings();
    let request = session.person().map(|_| GetProgress { utc_offset_minutes: browser::utc_offset_minutes() });
    let known = request.is_some();
    let (assigned, _) = use_call(known.then_some(ListAssigned { cursor: None }));
    let (progress, again) = use_call(request);
    let goal = u64::from(settings.daily_goal_minutes);
    let end = html! { <NavLink class="btn btn--icon btn--quiet" to={Route::Settings} label={t("nav.settings")}>{ icon_lg(SETTINGS) }</NavLink> };
    // Most who come here have been here: their places are kept until it is known who they are.
    let expected = known || !(session.is_known() || session.unreachable);
    let numbers = match &progress {
        Loaded::Here(progress) if known => html! { <Progress progress={(**progress).clone()} {goal} /> },
        Loaded::Failed(error) if known => html! { <Failure error={error.clone()} {again} /> },
        _ if expected => progress_waits(),
        _ => Html::default(),
    };
    let waiting = outbox::pending() as u64;
    html! {
        <Page title={t("nav.me")} {end} wide=true>
            { match session.account() {
                Some(me) => html! { <Head me={me.clone()} /> },
                None if session.is_known() => guest(),
                None if session.unreachable => html! { <p class="banner">{ t("offline.text") }</p> },
                None => page_loading(),
            } }
            <div class={if expected { "cols" } else { "stack g6" }}>
                <div class="stack g6">
                    { numbers }
                    // Who has answered nothing holds nothing: no place is kept for it.
                    if known && progress.here().is_none_or(|progress| progress.questions_answered > 0) {
                        <Held />
                    } else if !known && expected {
                        { held_waits() }
                    }
                    if waiting > 0 {
                        <p class="banner" role="status">{ plural("outbox.waiting", waiting) }</p>
                    }
                </div>
                <div class="card card--flush list">
                    if session.account().is_some() {
                        { link("item", Route::Make, html! { <>{ row_text("item__icon item__icon--coral", FILM, t("me.clips"), Some(t("me.clips_sub"))) }{ row_arrow() }</> }) }
                    }
                    { link("item", Route::Review, html! { <>{ row_text("item__icon item__icon--review", REPEAT_2, t("nav.review"), Some(t("me.review_sub"))) }{ row_arrow() }</> }) }
                    <InterestsRow />
                    { link("item", Route::Playlists, html! { <>{ row_text("item__icon item__icon--sun", LIST, t("playlist.title"), Some(assigned_words(assigned.here()))) }{ row_arrow() }</> }) }
                    { link("item", Route::Offline, html! { <>{ row_text("item__icon", DOWNLOAD, t("packs.title"), Some(t("packs.me_sub"))) }{ row_arrow() }</> }) }
                    { link("item", Route::Saved, html! { <>{ row_text("item__icon item__icon--brand", BOOKMARK, t("me.saved"), Some(t("me.saved_sub"))) }{ row_arrow() }</> }) }
                    if session.account().is_some_and(|me| me.role >= Role::Operator) {
                        { link("item", Route::FeedHealth, html! { <>{ row_text("item__icon", GAUGE, t("me.feed_health"), Some(t("me.feed_health_sub"))) }{ row_arrow() }</> }) }
                    }
                    { link("item", Route::Settings, html! { <>{ row_text("item__icon", SETTINGS, t("nav.settings"), Some(t("me.settings_sub"))) }{ row_arrow() }</> }) }
                </div>
            </div>
        </Page>
    }
}

/// How much is assigned to the reader that they have not finished, and until when the first of it.
fn assigned_words(assigned: Option<&Rc<AssignedPageView>>) -> AttrValue {
    let open = |page: &Rc<AssignedPageView>| {
        let open: Vec<_> =
            page.assigned.iter().filter(|one| one.playlist.done < one.playlist.steps).cloned().collect();
        open
    };
    let open = assigned.map(open).unwrap_or_default();
    if open.is_empty() {
        return t("playlist.me_sub");
    }
    let count = plural("assignment.open", open.len() as u64);
    match open.iter().filter_map(|one| one.assigned.due_at_ms).min() {
        Some(due) => format!("{count} · {}", t_with("assignment.due", &[("day", &day(due))])).into(),
        None => count,
    }
}

fn guest() -> Html {
    html! {
        <section class="card card--brand row row--top g3">
            <span class="av av--lg" aria-hidden="true">{ icon_lg(USER) }</span>
            <div class="grow stack g2">
                <h2>{ t("me.guest_title") }</h2>
                <p class="sm">{ t("me.guest_text") }</p>
                <div>{ link("btn btn--primary", Route::Welcome, html! { t("me.guest_act") }) }</div>
            </div>
        </section>
    }
}

/// Topics shown on the page; all of them are one step away.
const HELD: usize = 5;

/// What the learner holds on to: the topics with most answers.
#[component]
fn Held() -> Html {
    let language = use_language();
    let (held, _) = use_call(Some(ListMastery { language: Some(language.to_owned()) }));
    let list = match &held {
        Loaded::Here(list) if !list.topics.is_empty() => list,
        Loaded::Loading => return held_waits(),
        Loaded::Here(_) | Loaded::Failed(_) => return Html::default(),
    };
    html! {
        <section class="section" aria-labelledby="held">
            <div class="section__head"><h2 id="held">{ t("mastery.hold") }</h2>{ link("section__more", Route::MyTopics, html! { t("mastery.all") }) }</div>
            <div class="card stack g3">
                <p class="xs faint">{ t("mastery.what_short") }</p>
                { for list.topics.iter().take(HELD).map(|one| html! {
                    <Estimate key={one.topic.id.to_string()} name={one.topic.name.clone()} estimate={one.estimate.clone()} />
                }) }
            </div>
        </section>
    }
}

/// The places of the day, the week and the answers, as high as they are going to be.
fn progress_waits() -> Html {
    html! {
        <div class="stack g6 waits" aria-busy="true">
            <span class="vh">{ t("ui.loading") }</span>
            <span class="skel me-waits me-waits--duo"></span><span class="skel me-waits"></span><span class="skel me-waits me-waits--stats"></span>
        </div>
    }
}

/// The place of what the learner holds, as high as it is going to be.
fn held_waits() -> Html {
    html! {
        <section class="section waits" aria-busy="true">
            <div class="section__head"><h2>{ t("mastery.hold") }</h2></div>
            <div class="card stack g3">
                <p class="xs faint">{ t("mastery.what_short") }</p>
                { for (0..HELD).map(|_| html! { <span class="skel"></span> }) }
            </div>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct HeadProps {
    me: MeView,
}

#[component]
fn Head(props: &HeadProps) -> Html {
    let editing = use_state_eq(|| false);
    let edit = |on: bool| {
        let editing = editing.setter();
        Callback::from(move |()| editing.set(on))
    };
    let me = &props.me;
    let handle = me.handle.clone();
    html! {
        <div class="me-head">
            { avatar("av av--xl", &me.display_name) }
            <div class="grow stack g1">
                <h2 class="me-head__name"><bdi>{ me.display_name.clone() }</bdi></h2>
                <p class="sm muted bits">
                    { for handle.map(|handle| link("text-link", Route::Author { handle: handle.clone() }, html! { <bdi>{ format!("@{handle}") }</bdi> })) }
                    <span>{ t_with("me.since", &[("when", &day(me.created_at_ms))]) }</span>
                </p>
                if !me.bio.is_empty() {
                    <p class="sm" dir="auto">{ me.bio.clone() }</p>
                }
                <div><button class="btn btn--sm btn--outline" onclick={edit(true).reform(|_: MouseEvent| ())}>{ icon_sm(PENCIL) }{ t("me.edit") }</button></div>
            </div>
            if *editing {
                <ProfileSheet me={me.clone()} onclose={edit(false)} />
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ProfileProps {
    me: MeView,
    onclose: Callback<()>,
}

#[component]
fn ProfileSheet(props: &ProfileProps) -> Html {
    let name = use_state(|| props.me.display_name.clone());
    let bio = use_state(|| props.me.bio.clone());
    let error = use_state_eq(|| None::<AttrValue>);
    let busy = use_state_eq(|| false);
    let onsubmit = {
        let (name, bio, error, busy, onclose) =
            (name.clone(), bio.clone(), error.setter(), busy.clone(), props.onclose.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *busy {
                return;
            }
            if limit::text("display_name", &name, 1, limit::DISPLAY_NAME).is_err() {
                return error.set(Some(t("welcome.name_form")));
            }
            busy.set(true);
            let request = UpdateProfile {
                display_name: Some(name.trim().to_owned()),
                bio: Some(bio.trim().to_owned()),
            };
            let (error, busy, onclose) = (error.clone(), busy.setter(), onclose.clone());
            crate::browser::spawn(async move {
                match call(&request).await {
                    Ok(view) => {
                        session::became(view);
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
        <Sheet title={t("me.edit")} onclose={props.onclose.clone()}>
            <form class="stack g3" {onsubmit} novalidate=true>
                <Field id="me-name" label={t("welcome.name")} value={(*name).clone()} oninput={set(&name)} max={limit::DISPLAY_NAME} autocomplete="name" error={(*error).clone()} />
                <Field id="me-bio" label={t("me.bio")} hint={t("me.bio_hint")} value={(*bio).clone()} oninput={set(&bio)} max={limit::BIO} lines={2} />
                <button class="btn btn--primary btn--lg" aria-busy={busy.to_string()}>{ t("ui.save") }</button>
            </form>
        </Sheet>
    }
}

#[derive(Properties, PartialEq)]
struct ProgressProps {
    progress: ProgressView,
    /// Minutes.
    goal: u64,
}

#[component]
fn Progress(props: &ProgressProps) -> Html {
    let ProgressProps { progress, goal } = props;
    let minutes = progress.watched_today_ms / 60_000;
    let share = progress.watched_today_ms as f64 / (*goal as f64 * 60_000.0);
    let last = progress.week.len().saturating_sub(1);
    let right = t_with(
        "me.right_of",
        &[("right", &digits(progress.questions_right)), ("n", &digits(progress.questions_answered))],
    );
    html! {
        <>
            <div class="me-duo">
                <div class="me-tile me-tile--sun">
                    <span class="me-tile__num">{ icon_as("icon icon--xl icon--fill", ZAP) }{ digits(progress.xp) }</span>
                    <span class="sm">{ t("me.xp") }</span>
                </div>
                <div class="me-tile me-tile--goal">
                    <span class="row g3">{ ring("ring", share, digits(minutes).into()) }<strong class="num">{ plural("me.of_goal", *goal) }</strong></span>
                    <span class="sm">{ t(if share >= 1.0 { "me.goal_reached" } else { "me.goal_today" }) }</span>
                </div>
            </div>
            <section class="card stack g3" aria-labelledby="week">
                <div class="row row--between row--wrap"><h2 id="week">{ t("me.week") }</h2><span class="xs faint">{ plural("me.clips_watched", progress.clips_watched) }</span></div>
                <ul class="week">
                    { for progress.week.iter().enumerate().map(|(index, date)| {
                        let now = index == last;
                        let watched = date.watched_ms / 60_000;
                        let state = match (date.goal_reached, now) {
                            (true, _) => "week__day week__day--done",
                            (false, true) => "week__day week__day--now",
                            (false, false) => "week__day",
                        };
                        html! {
                            <li class={state}>
                                <span class="week__dot num">
                                    if date.goal_reached {
                                        { icon_sm(CHECK) }<span class="vh">{ t("me.goal_reached") }</span>
                                    } else if watched > 0 {
                                        <span aria-hidden="true">{ format!("{watched}′") }</span>
                                    }
                                </span>
                                <span>{ weekday(&date.date) }</span>
                                <span class="vh">{ plural("nav.minutes", watched) }</span>
                            </li>
                        }
                    }) }
                </ul>
            </section>
            <section class="card stats" aria-label={t("me.answers")}>
                <div class="stat"><span class="stat__num">{ digits(progress.questions_answered) }</span><span class="stat__label">{ t("me.answered") }</span></div>
                <div class="stat"><span class="stat__num">{ digits(progress.questions_right) }</span><span class="stat__label">{ t("me.right") }</span></div>
                <div class="stat"><span class="stat__num">{ digits(progress.clips_watched) }</span><span class="stat__label">{ t("me.watched") }</span></div>
                <span class="vh">{ right }</span>
            </section>
        </>
    }
}

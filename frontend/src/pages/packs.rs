//! Offline: what is on this device for the time without a network, how much of it has come, and what else can be taken along.

use crate::api::ApiError;
use crate::frame::{NavLink, Page, link, page_loading};
use crate::hooks::{Loaded, use_call, use_online};
use crate::i18n::{self, digits, explain, megabytes, moment, percent, plural, t, t_with};
use crate::route::Route;
use crate::state::packs::{self, KeepError, PACKS, Pack, Stopped};
use crate::state::store::use_store;
use crate::state::{offline, outbox, session};
use crate::ui::empty::{Art, empty};
use crate::ui::icon::{
    CLOCK, COMPASS, DOWNLOAD, Glyph, LIST, REFRESH_CW, REPEAT_2, TRASH_2, WIFI_OFF, icon, icon_sm,
};
use crate::ui::meter::Meter;
use crate::ui::row::row_text;
use minnow_shared::pack::PackSource;
use minnow_shared::playlist::ListMyPlaylists;
use minnow_shared::topic::ListTopics;
use yew::prelude::*;

/// What is on this device, in numbers.
#[derive(Clone, Copy, PartialEq, Default)]
struct Here {
    reviews: u64,
    clips: u64,
    waiting: u64,
}

async fn count() -> Here {
    let reviews = packs::reviews(false).await.map_or(0, |(list, _)| list.reviews.len() as u64);
    let clips = offline::kept_clips().await.len() as u64;
    Here { reviews, clips, waiting: outbox::waiting_answers().await }
}

#[component]
pub fn PacksPage() -> Html {
    let online = use_online();
    let packs = use_store(&PACKS);
    let session = session::use_session();
    let here = use_state_eq(|| None::<Here>);
    let failed = use_state_eq(|| None::<KeepError>);
    let setter = here.setter();
    // Counted anew whenever a pack comes or goes, or the network does.
    use_effect_with((packs.list.clone(), online), move |_| {
        crate::browser::spawn(async move { setter.set(Some(count().await)) });
    });
    // What broke off goes on as soon as there is a network again.
    use_effect_with(online, |online| {
        if *online {
            crate::browser::spawn(packs::resume());
        }
    });
    let act = {
        let failed = failed.setter();
        Callback::from(move |act: Act| {
            let failed = failed.clone();
            failed.set(None);
            crate::browser::spawn(async move {
                match act {
                    Act::Keep(source) => {
                        if let Err(error) = packs::keep(source).await {
                            failed.set(Some(error));
                        }
                    }
                    Act::Remove(source) => packs::remove(&source).await,
                }
            });
        })
    };
    let list = packs.list.clone().unwrap_or_default();
    let kept: Vec<PackSource> = list.iter().map(|pack| pack.row.source.clone()).collect();
    let has_next = list.iter().any(|pack| pack.row.source == PackSource::Next);
    let is_asking = |source: &PackSource| packs.asking.as_ref() == Some(source);
    html! {
        <Page title={t("packs.title")} back={Route::Me}>
            if !online { { away(*here) } } else { <p class="muted">{ t("packs.text") }</p> }
            if let Some(error) = &*failed { <p class="banner" role="alert">{ why(error) }</p> }
            if packs.stopped == Some(Stopped::Full) && list.iter().any(|pack| pack.missing > 0) {
                <p class="banner" role="alert">{ t("packs.stopped_full") }</p>
            }
            if online && !has_next {
                { offer(CLOCK, t("packs.next"), t("packs.next_text"), is_asking(&PackSource::Next), act.reform(|_: MouseEvent| Act::Keep(PackSource::Next))) }
            }
            if packs.list.is_none() {
                { page_loading() }
            } else if !list.is_empty() {
                <section class="stack g3" aria-labelledby="packs-here">
                    <h2 id="packs-here">{ t("packs.here") }</h2>
                    if let (true, Some(here)) = (online, *here) {
                        <p class="sm muted">{ t_with("packs.counted", &[("reviews", &plural("packs.reviews", here.reviews)), ("clips", &plural("packs.clips", here.clips))]) }</p>
                    }
                    <ul class="stack g3 packs">
                        { for list.iter().map(|pack| html! {
                            <OnePack key={pack_key(&pack.row.source)} pack={pack.clone()} percent={packs.percent(pack)} {online}
                                asking={is_asking(&pack.row.source)} stopped={packs.stopped} act={act.clone()} />
                        }) }
                    </ul>
                </section>
            }
            if online && (session.person().is_some() || session.is_known()) {
                if session.account().is_some() {
                    <Playlists kept={kept.clone()} asking={packs.asking.clone()} act={act.clone()} />
                }
                <Topics {kept} asking={packs.asking.clone()} {act} />
            }
        </Page>
    }
}

enum Act {
    Keep(PackSource),
    Remove(PackSource),
}

fn pack_key(source: &PackSource) -> String {
    match source {
        PackSource::Next => "next".into(),
        PackSource::Topic { topic_id } => format!("t{topic_id}"),
        PackSource::Playlist { playlist_id } => format!("p{playlist_id}"),
        PackSource::Unknown => "unknown".into(),
    }
}

fn why(error: &KeepError) -> AttrValue {
    match error {
        KeepError::Api(ApiError::Network) => t("packs.no_network"),
        KeepError::Api(error) => explain(error),
        KeepError::Nothing => t("packs.nothing"),
        KeepError::Full { short_bytes } => t_with("packs.full", &[("size", &megabytes(*short_bytes))]),
        KeepError::NoKeeping => t("packs.no_keeping"),
    }
}

/// Without a network: what is here, and the ways to it.
fn away(here: Option<Here>) -> Html {
    let Some(here) = here else { return page_loading() };
    let (reviews, clips) = (plural("packs.reviews", here.reviews), plural("packs.clips", here.clips));
    let text = t_with("packs.away", &[("reviews", &reviews), ("clips", &clips)]);
    let acts = html! {
        <>
            if here.reviews > 0 {
                { link("btn btn--primary", Route::Review, html! { <>{ icon(REPEAT_2) }{ t_with("packs.review_n", &[("n", &digits(here.reviews))]) }</> }) }
            }
            { link("btn", Route::Saved, html! { t("offline.saved") }) }
        </>
    };
    html! {
        <>
            { empty(Art::Offline, t("offline.title"), text, acts) }
            if here.waiting > 0 {
                <p class="toast packs__waiting" role="status">{ icon(WIFI_OFF) }<span>{ plural("packs.waiting", here.waiting) }</span></p>
            }
        </>
    }
}

/// Something that can be taken along.
fn offer(glyph: Glyph, title: AttrValue, sub: AttrValue, busy: bool, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <div class="card row g3 packs__offer">
            { row_text("item__icon item__icon--brand", glyph, title.clone(), Some(sub)) }
            <button type="button" class="btn btn--primary" aria-busy={busy.to_string()} aria-label={t_with("packs.keep_this", &[("what", &title)])} disabled={busy} {onclick}>
                { icon_sm(DOWNLOAD) }{ t("packs.keep") }
            </button>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct OneProps {
    pack: Pack,
    percent: u32,
    online: bool,
    asking: bool,
    stopped: Option<Stopped>,
    act: Callback<Act>,
}

#[component]
fn OnePack(props: &OneProps) -> Html {
    let OneProps { pack, percent: share, online, asking, .. } = props;
    let (row, source) = (&pack.row, pack.row.source.clone());
    let title = if row.title.is_empty() { t("packs.next") } else { row.title.clone().into() };
    let size = megabytes(if pack.missing == 0 { pack.total_bytes } else { pack.here_bytes });
    let (keep, remove) = (source.clone(), source.clone());
    let update = props.act.reform(move |_: MouseEvent| Act::Keep(keep.clone()));
    let remove = props.act.reform(move |_: MouseEvent| Act::Remove(remove.clone()));
    let is_whole = pack.missing == 0;
    let state = if is_whole {
        (pack.gone > 0).then(|| t("packs.gone"))
    } else if row.was_whole {
        Some(t("packs.evicted"))
    } else if !*online || props.stopped == Some(Stopped::Network) {
        Some(t("packs.stopped_network"))
    } else {
        None
    };
    html! {
        <li class="card stack g3">
            <div class="row row--between g3">
                <h3 class="grow" dir="auto">
                    if let Some(to) = way_to(&source) {
                        <NavLink class="text-link" {to}>{ title.clone() }</NavLink>
                    } else {
                        { title.clone() }
                    }
                </h3>
                <span class="num sm">{ size }</span>
            </div>
            <p class="sm muted bits">
                <span>{ plural("packs.clips", row.clips.len() as u64) }</span>
                <span>{ plural("packs.questions", row.questions.len() as u64) }</span>
                <span>{ t_with("packs.as_of", &[("when", &moment(row.made_at_ms))]) }</span>
            </p>
            if !is_whole {
                <div class="stack g1">
                    <Meter label={t_with("packs.coming_of", &[("what", &title)])} percent={*share} />
                    <span class="xs muted num">{ t_with("packs.coming", &[("share", &percent(f64::from(*share) / 100.0))]) }</span>
                </div>
            }
            if let Some(state) = state { <p class="sm" role="status">{ state }</p> }
            <div class="row g2">
                if *online {
                    <button type="button" class="btn btn--sm" aria-busy={asking.to_string()} disabled={*asking} onclick={update}
                        aria-label={t_with("packs.update_this", &[("what", &title)])}>{ icon_sm(REFRESH_CW) }{ t("packs.update") }</button>
                }
                <button type="button" class="btn btn--sm btn--quiet" onclick={remove} aria-label={t_with("packs.remove_this", &[("what", &title)])}>
                    { icon_sm(TRASH_2) }{ t("packs.remove") }
                </button>
            </div>
        </li>
    }
}

/// Where a pack's clips are to be seen.
fn way_to(source: &PackSource) -> Option<Route> {
    match source {
        PackSource::Topic { topic_id } => Some(Route::Topic { id: topic_id.clone() }),
        PackSource::Playlist { playlist_id } => Some(Route::Playlist { id: playlist_id.clone() }),
        PackSource::Next | PackSource::Unknown => None,
    }
}

/// The learner's playlists that are not here yet.
#[component]
fn Playlists(props: &TopicsProps) -> Html {
    let (loaded, _) = use_call(Some(ListMyPlaylists { cursor: None }));
    let Loaded::Here(list) = &loaded else { return Html::default() };
    let left = list.playlists.iter().filter(|one| one.steps > 0).filter_map(|one| {
        let source = PackSource::Playlist { playlist_id: one.id.clone() };
        (!props.kept.contains(&source)).then_some((one, source))
    });
    let rows: Vec<Html> = left
        .map(|(one, source)| {
            let sub = plural("packs.clips", u64::from(one.steps));
            wanted(LIST, one.title.clone(), sub, source, props)
        })
        .collect();
    section("packs-playlists", t("packs.playlists"), rows)
}

/// A row of what can be taken along.
fn wanted(glyph: Glyph, title: String, sub: AttrValue, source: PackSource, props: &TopicsProps) -> Html {
    let busy = props.asking.as_ref() == Some(&source);
    let label = t_with("packs.keep_this", &[("what", &title)]);
    let key = pack_key(&source);
    let onclick = props.act.reform(move |_: MouseEvent| Act::Keep(source.clone()));
    html! {
        <li class="item" {key}>
            { row_text("item__icon", glyph, title.into(), Some(sub)) }
            <button type="button" class="btn btn--sm" aria-busy={busy.to_string()} disabled={busy} {onclick} aria-label={label}>
                { icon_sm(DOWNLOAD) }{ t("packs.keep") }
            </button>
        </li>
    }
}

fn section(id: &'static str, title: AttrValue, rows: Vec<Html>) -> Html {
    if rows.is_empty() {
        return Html::default();
    }
    html! {
        <section class="stack g3" aria-labelledby={id}>
            <h2 {id}>{ title }</h2>
            <ul class="card card--flush list">{ for rows }</ul>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct TopicsProps {
    kept: Vec<PackSource>,
    asking: Option<PackSource>,
    act: Callback<Act>,
}

/// Topics that are not here yet.
#[component]
fn Topics(props: &TopicsProps) -> Html {
    let (loaded, _) = use_call(Some(ListTopics { language: Some(i18n::language().code.into()) }));
    let Loaded::Here(list) = &loaded else { return Html::default() };
    let left = list.topics.iter().filter(|item| item.clip_count > 0).filter_map(|item| {
        let source = PackSource::Topic { topic_id: item.topic.id.clone() };
        (!props.kept.contains(&source)).then_some((item, source))
    });
    let rows: Vec<Html> = left
        .map(|(item, source)| {
            let sub = plural("packs.clips", item.clip_count);
            wanted(COMPASS, item.topic.name.clone(), sub, source, props)
        })
        .collect();
    section("packs-topics", t("packs.topics"), rows)
}

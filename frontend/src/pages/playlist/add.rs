//! Adding a clip to playlists: from the clip's own menu.

use super::{account_needed, clips::add, new::NewSheet, send};
use crate::frame::{Page, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{plural, t, t_with};
use crate::route::Route;
use crate::state::session;
use crate::ui::empty::Failure;
use crate::ui::icon::{CHECK, PLUS, icon, icon_sm};
use minnow_shared::ClipId;
use minnow_shared::clip::GetClip;
use minnow_shared::playlist::{ListMyPlaylists, PlaylistTileView, PlaylistView};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct AddProps {
    pub clip: ClipId,
}

#[component]
pub fn AddPage(props: &AddProps) -> Html {
    let session = session::use_session();
    let creating = use_state_eq(|| false);
    let has_account = session.account().is_some();
    let (clip, _) = use_call(Some(GetClip { clip_id: props.clip.clone() }));
    let (mine, again) = use_call(has_account.then_some(ListMyPlaylists { cursor: None }));
    let show = |on: bool| {
        let creating = creating.setter();
        Callback::from(move |()| creating.set(on))
    };
    let inside = match &mine {
        _ if !has_account && session.is_known() => account_needed(),
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Loading => page_loading(),
        Loaded::Here(page) => html! {
            <>
                if !page.playlists.is_empty() {
                    <ul class="card card--flush list">
                        { for page.playlists.iter().map(|tile| html! {
                            <li key={tile.id.as_str()}><Row tile={tile.clone()} clip={props.clip.clone()} /></li>
                        }) }
                    </ul>
                }
                <button class="btn btn--primary btn--lg btn--block" onclick={show(true).reform(|_: MouseEvent| ())}>{ icon(PLUS) }{ t("playlist.new") }</button>
            </>
        },
    };
    html! {
        <Page title={t("playlist.add_to")} back={Route::Clip { id: props.clip.clone() }}>
            { for clip.here().map(|clip| html! { <p class="muted" dir="auto">{ clip.title.clone() }</p> }) }
            { inside }
            if *creating { <NewSheet onclose={show(false)} clip={Some(props.clip.clone())} /> }
        </Page>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    tile: PlaylistTileView,
    clip: ClipId,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let steps = use_state_eq(|| None::<usize>);
    let tile = &props.tile;
    let onclick = {
        let (steps, id, clip) = (steps.setter(), tile.id.clone(), props.clip.clone());
        Callback::from(move |_: MouseEvent| {
            let steps = steps.clone();
            send(
                add(&id, &clip),
                Callback::from(move |view: PlaylistView| steps.set(Some(view.steps.len()))),
            );
        })
    };
    let count = steps.unwrap_or(tile.steps as usize) as u64;
    html! {
        <div class="item">
            <span class="item__text">
                <span class="item__title" dir="auto">{ tile.title.clone() }</span>
                <span class="item__sub">{ plural("playlist.clips", count) }</span>
            </span>
            if steps.is_some() {
                <span class="chip chip--right chip--sm" role="status">{ icon_sm(CHECK) }{ t("playlist.added") }</span>
            } else {
                <button class="btn btn--sm btn--soft" {onclick} aria-label={t_with("playlist.add_named", &[("title", &tile.title)])}>{ icon_sm(PLUS) }{ t("playlist.add") }</button>
            }
        </div>
    }
}

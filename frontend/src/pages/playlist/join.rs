//! An address to join an assignment by: what it is, who asks, and joining.

use super::{assigned_words, due_chip, send, size_words};
use crate::frame::{Page, link, page_loading};
use crate::hooks::{Loaded, use_call};
use crate::i18n::{t, t_with};
use crate::route::{self, Route};
use crate::ui::empty::{Art, Failure, empty};
use minnow_shared::assignment::{GetInvitation, InvitationView, JoinAssignment};
use minnow_shared::{ErrorCode, InviteId};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct JoinProps {
    pub invite: InviteId,
}

#[component]
pub fn JoinPage(props: &JoinProps) -> Html {
    let (loaded, again) = use_call(Some(GetInvitation { invite_id: props.invite.clone() }));
    let inside = match &loaded {
        Loaded::Loading => page_loading(),
        Loaded::Failed(error) if error.code() == Some(ErrorCode::NotFound) => {
            let act = link("btn btn--primary", Route::Playlists, html! { t("playlist.to_all") });
            empty(Art::Empty, t("assignment.no_invite"), t("assignment.no_invite_text"), act)
        }
        Loaded::Failed(error) => html! { <Failure error={error.clone()} {again} /> },
        Loaded::Here(view) => invitation(view, &props.invite),
    };
    html! { <Page title={t("assignment.invitation")} back={Route::Playlists}>{ inside }</Page> }
}

fn invitation(view: &InvitationView, invite: &InviteId) -> Html {
    let (invite_id, id) = (invite.clone(), view.playlist.id.clone());
    let join = {
        let id = id.clone();
        Callback::from(move |_: MouseEvent| {
            let to = Route::Playlist { id: id.clone() };
            send(JoinAssignment { invite_id: invite_id.clone() }, Callback::from(move |_| route::go(&to)));
        })
    };
    let tile = &view.playlist;
    html! {
        <section class="card card--pad stack g4">
            <div class="row row--between row--wrap g2">
                <span class="sm muted">{ assigned_words(&view.assigned) }</span>
                { due_chip(view.assigned.due_at_ms, false) }
            </div>
            <div class="plist__posters plist__posters--wide" aria-hidden="true">
                { for tile.poster_urls.iter().map(|url| html! { <img src={url.clone()} alt="" decoding="async" /> }) }
            </div>
            <div class="stack g1">
                <h2 dir="auto">{ tile.title.clone() }</h2>
                <p class="xs faint bits">{ size_words(tile.steps, tile.duration_ms) }</p>
            </div>
            if !tile.about.is_empty() { <p class="muted" dir="auto">{ tile.about.clone() }</p> }
            <p class="sm">{ t_with("assignment.sees", &[("name", &view.assigned.assigner_name)]) }{ " " }{ t("assignment.may_leave") }</p>
            if view.joined {
                { link("btn btn--primary btn--lg btn--block", Route::Playlist { id }, html! { t("assignment.open_it") }) }
            } else {
                <button class="btn btn--primary btn--lg btn--block" onclick={join}>{ t("assignment.join") }</button>
            }
        </section>
    }
}

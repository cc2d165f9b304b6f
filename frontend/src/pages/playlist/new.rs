//! A new playlist: its title, and on to putting clips into it.

use super::send;
use crate::browser::new_id;
use crate::i18n::t;
use crate::route::{self, Route};
use crate::ui::dialog::Sheet;
use crate::ui::field::Field;
use minnow_shared::playlist::{AddStep, CreatePlaylist, PlaylistView, Visibility};
use minnow_shared::{ClipId, PlaylistId, StepId, limit};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct NewProps {
    pub onclose: Callback<()>,
    /// Its first clip, where one is at hand.
    pub clip: Option<ClipId>,
}

#[component]
pub fn NewSheet(props: &NewProps) -> Html {
    let title = use_state(String::new);
    let error = use_state_eq(|| None::<AttrValue>);
    // Made once: pressed twice, it is one playlist.
    let id = use_memo((), |()| new_id(PlaylistId::new));
    let onsubmit = {
        let (title, error, clip, id) = (title.clone(), error.setter(), props.clip.clone(), id.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if limit::text("title", &title, 1, limit::PLAYLIST_TITLE).is_err() {
                return error.set(Some(t("playlist.title_form")));
            }
            let request = CreatePlaylist {
                playlist_id: (*id).clone(),
                title: (*title).clone(),
                about: String::new(),
                visibility: Visibility::Private,
            };
            let go = Callback::from(|view: PlaylistView| route::go(&Route::EditPlaylist { id: view.id }));
            let clip = clip.clone();
            let made = Callback::from(move |view: PlaylistView| match &clip {
                None => go.emit(view),
                Some(clip_id) => {
                    let step_id = new_id(StepId::new);
                    let clip_id = clip_id.clone();
                    send(AddStep { playlist_id: view.id, step_id, clip_id, is_gate: false }, go.clone());
                }
            });
            send(request, made);
        })
    };
    let oninput = {
        let title = title.setter();
        Callback::from(move |text| title.set(text))
    };
    html! {
        <Sheet title={t("playlist.new")} onclose={props.onclose.clone()}>
            <form class="stack g3" {onsubmit} novalidate=true>
                <Field id="playlist-title" label={t("playlist.title_field")} hint={t("playlist.title_hint")} value={(*title).clone()} {oninput}
                    max={limit::PLAYLIST_TITLE} error={(*error).clone()} />
                <button class="btn btn--primary btn--lg">{ t("playlist.make") }</button>
            </form>
        </Sheet>
    }
}

//! Clips as posters with a title, in pages of a list that grows.

use crate::api::ApiError;
use crate::i18n::clock;
use minnow_shared::clip::ClipTileView;
use minnow_shared::person::ClipTilePageView;
use std::pin::Pin;
use std::rc::Rc;
use yew::prelude::*;

/// The inside of a tile: the poster, the title over it, a line under that.
pub fn tile_body(poster: &str, title: &str, meta: Html) -> Html {
    html! {
        <>
            <img class="clip__img" src={poster.to_owned()} alt="" loading="lazy" decoding="async" />
            <span class="clip__body">
                <span class="clip__title" dir="auto">{ title.to_owned() }</span>
                <span class="clip__meta">{ meta }</span>
            </span>
        </>
    }
}

/// The length of a clip and who made it.
pub fn tile_meta(clip: &ClipTileView) -> Html {
    html! { <><span class="num">{ clock(clip.duration_ms) }</span><span>{ "·" }</span><bdi>{ clip.author_name.clone() }</bdi></> }
}

type Answer = Pin<Box<dyn Future<Output = Result<ClipTilePageView, ApiError>>>>;
/// Asks for the page behind a cursor.
pub type Ask = Rc<dyn Fn(Option<String>) -> Answer>;

/// A list that grows page by page.
#[derive(Clone, Default, PartialEq)]
pub struct Pages {
    pub clips: Vec<ClipTileView>,
    pub cursor: Option<String>,
    pub loading: bool,
    pub error: Option<ApiError>,
}

/// The first page at once (when `ask` is there), more when asked for. `ask` must not change while the page lives.
#[hook]
pub fn use_tile_pages(ask: Option<Ask>) -> (Pages, Callback<()>) {
    let pages = use_state(|| Pages { loading: true, ..Pages::default() });
    let more = {
        let (pages, ask) = (pages.clone(), ask.clone());
        Callback::from(move |()| {
            let Some(ask) = ask.clone() else { return };
            let before = (*pages).clone();
            let setter = pages.setter();
            setter.set(Pages { loading: true, error: None, ..before.clone() });
            crate::browser::spawn(async move {
                setter.set(match ask(before.cursor.clone()).await {
                    Ok(page) => {
                        let mut clips = before.clips;
                        clips.extend(page.clips);
                        Pages { clips, cursor: page.next_cursor, loading: false, error: None }
                    }
                    Err(error) => Pages { loading: false, error: Some(error), ..before },
                });
            });
        })
    };
    use_effect_with(ask.is_some(), {
        let more = more.clone();
        move |_| more.emit(())
    });
    ((*pages).clone(), more)
}

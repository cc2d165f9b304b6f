//! Clips kept for offline: the film and its poster in the browser's cache, where the service worker finds them, the clip
//! itself in the database.

use super::database::{self, Table};
use super::store::{Reduce, Store};
use crate::{api, browser, wire};
use js_sys::Array;
use minnow_shared::clip::{ClipView, GetClip, GetTextTwin, RenditionView};
use minnow_shared::{ClipId, QuestionId, request_path};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Cache;

/// Read by the service worker under the same name.
const CACHE: &str = "minnow-offline-v1";

/// Which clips are kept, and which are on their way.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    pub clips: Vec<ClipId>,
    pub under_way: Vec<ClipId>,
}

pub enum KeptAction {
    Read(Vec<ClipId>),
    Begin(ClipId),
    End { clip: ClipId, kept: bool },
    Removed(ClipId),
}

impl Reduce for Kept {
    type Action = KeptAction;

    fn reduce(&self, action: KeptAction) -> Self {
        let mut next = self.clone();
        match action {
            KeptAction::Read(clips) => next.clips = clips,
            KeptAction::Begin(clip) => next.under_way.push(clip),
            KeptAction::End { clip, kept } => {
                next.under_way.retain(|other| *other != clip);
                if kept && !next.clips.contains(&clip) {
                    next.clips.push(clip);
                }
            }
            KeptAction::Removed(clip) => next.clips.retain(|other| *other != clip),
        }
        next
    }
}

thread_local! {
    pub static KEPT: Store<Kept> = Store::new(Kept::default());
}

fn dispatch(action: KeptAction) {
    KEPT.with(|kept| kept.dispatch(action));
}

/// The kept clips with all that a player needs, last kept last. Empty where the browser keeps nothing.
pub async fn kept_clips() -> Vec<ClipView> {
    let rows = database::all(Table::Kept).await.unwrap_or_default();
    rows.into_iter().filter_map(|(_, text)| wire::read(&text)).collect()
}

/// Reads which clips are kept.
pub async fn load() {
    let clips = kept_clips().await.into_iter().map(|clip| clip.id).collect();
    dispatch(KeptAction::Read(clips));
}

pub(super) async fn cache() -> Option<Cache> {
    let caches = browser::window().caches().ok()?;
    JsFuture::from(caches.open(CACHE)).await.ok()?.dyn_into().ok()
}

/// What of a clip has to be there without a network: the rendition for a phone, its posters, its text. Each with its size in
/// bytes; 0 where it is not known.
pub fn files(clip: &ClipView) -> Vec<(String, u64)> {
    let film = phone_rendition(&clip.renditions).map(|film| (film.url.clone(), film.size_bytes));
    let text = request_path(&GetTextTwin { clip_id: clip.id.clone() });
    let others = [clip.poster_url.clone(), clip.poster_small_url.clone(), text];
    film.into_iter().chain(others.map(|address| (address, 0))).collect()
}

/// The clip with the one rendition that is kept: no other may be chosen by a player without a network.
pub fn narrowed(mut clip: ClipView) -> ClipView {
    clip.renditions = phone_rendition(&clip.renditions).cloned().into_iter().collect();
    clip
}

/// Path and query of everything in the cache.
pub async fn kept_addresses() -> Vec<String> {
    let Some(cache) = cache().await else { return Vec::new() };
    let Ok(keys) = JsFuture::from(cache.keys()).await else { return Vec::new() };
    let origin = browser::window().location().origin().unwrap_or_default();
    let url = |key: JsValue| browser::member(&key, "url")?.as_string();
    let keys: Array = keys.unchecked_into();
    keys.iter().filter_map(url).filter_map(|url| Some(url.strip_prefix(&origin)?.to_owned())).collect()
}

/// Takes one file out of the cache.
pub async fn forget_address(address: &str) {
    if let Some(cache) = cache().await {
        let _ = JsFuture::from(cache.delete_with_str(address)).await;
    }
}

/// The largest rendition of at most 540 pixels on the short side, else the smallest.
fn phone_rendition(renditions: &[RenditionView]) -> Option<&RenditionView> {
    renditions.iter().rev().find(|rendition| rendition.short_side <= 540).or(renditions.first())
}

/// Keeps a clip for offline. True when all of it is here.
pub async fn keep(clip_id: ClipId) -> bool {
    dispatch(KeptAction::Begin(clip_id.clone()));
    let kept = fetch_all(&clip_id).await.is_some();
    dispatch(KeptAction::End { clip: clip_id, kept });
    kept
}

async fn fetch_all(clip_id: &ClipId) -> Option<()> {
    let clip = narrowed(api::call(&GetClip { clip_id: clip_id.clone() }).await.ok()?);
    let cache = cache().await?;
    for (address, _) in files(&clip) {
        JsFuture::from(cache.add_with_str(&address)).await.ok()?;
    }
    database::put(Table::Kept, JsValue::from_str(clip_id.as_str()), &wire::write(&clip)).await
}

/// A question of a kept clip was answered: the feed asks it no more, as it would online.
pub async fn mark_answered(clip_id: &ClipId, question: &QuestionId) {
    let key = || JsValue::from_str(clip_id.as_str());
    let kept = database::get(Table::Kept, key()).await.and_then(|text| wire::read::<ClipView>(&text));
    let Some(mut clip) = kept else { return };
    let open = clip.questions.iter_mut().find(|asked| asked.id == *question && !asked.answered);
    if let Some(open) = open {
        open.answered = true;
        database::put(Table::Kept, key(), &wire::write(&clip)).await;
    }
}

/// Lets a kept clip go.
pub async fn remove(clip_id: ClipId) {
    let clips = kept_clips().await;
    database::remove(Table::Kept, JsValue::from_str(clip_id.as_str())).await;
    if let (Some(cache), Some(clip)) = (cache().await, clips.iter().find(|clip| clip.id == clip_id)) {
        for (address, _) in files(clip) {
            let _ = JsFuture::from(cache.delete_with_str(&address)).await;
        }
    }
    dispatch(KeptAction::Removed(clip_id));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendition(short_side: u32) -> RenditionView {
        RenditionView {
            short_side,
            width: short_side,
            height: short_side * 16 / 9,
            url: format!("/media/{short_side}"),
            size_bytes: 1,
            moov_end_bytes: 1,
            two_seconds_bytes: 1,
        }
    }

    #[test]
    fn a_phone_keeps_the_middle_rendition_or_the_smallest_there_is() {
        let all = [rendition(360), rendition(540), rendition(720)];
        assert_eq!(phone_rendition(&all).map(|r| r.short_side), Some(540));
        assert_eq!(phone_rendition(&all[2..]).map(|r| r.short_side), Some(720));
        assert_eq!(phone_rendition(&[]), None);
    }

    #[test]
    fn a_clip_that_failed_to_come_is_not_called_kept() {
        let clip = ClipId::new(1, [0; 10]);
        let kept = Kept::default()
            .reduce(KeptAction::Begin(clip.clone()))
            .reduce(KeptAction::End { clip: clip.clone(), kept: false });
        assert_eq!(kept, Kept::default());
        let kept = kept
            .reduce(KeptAction::Begin(clip.clone()))
            .reduce(KeptAction::End { clip: clip.clone(), kept: true });
        assert_eq!(kept.clips, [clip]);
    }
}

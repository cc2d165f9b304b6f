//! Playlists of packs: how far the learner is by what they did here as well, and what they may play, by the rule that the
//! server has (`playlist::walk`). What the server would answer is kept as a file under its address, where the service worker
//! finds it: neither the feed nor the playlist's page knows of packs. What is behind a closed gate is kept and not shown.

use super::worker::{self, Item};
use super::{FileRow, asked, rows};
use crate::state::{database, offline, outbox};
use crate::wire;
use js_sys::Promise;
use minnow_shared::clip::{ClipView, GetTextTwin};
use minnow_shared::feed::FeedPageView;
use minnow_shared::pack::{PackPlaylistView, PackStepView};
use minnow_shared::playlist::{
    GetPlaylist, PathView, PlayPlaylist, PlaylistView, StepFacts, StepState, count_done, walk,
};
use minnow_shared::question::Form;
use minnow_shared::{ClipId, PlaylistId, QuestionId, request_path};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// A playlist as a pack keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathRow {
    playlist: PackPlaylistView,
    /// As a player without a network has them.
    clips: Vec<ClipView>,
    /// The clips of so many steps may be seen: up to the first closed gate, and that one.
    opened: usize,
}

/// What was done here since the pack was made.
#[derive(Debug, Default)]
pub struct Deeds {
    pub right: HashSet<QuestionId>,
    pub answered: HashSet<QuestionId>,
    pub watched: HashSet<ClipId>,
}

/// What is known of it on this device.
async fn deeds(paths: &[&PathRow]) -> Deeds {
    let rows = asked::all().await;
    let open: HashSet<&QuestionId> = rows
        .iter()
        .filter(|row| matches!(row.asked.form, Form::Open { .. }))
        .map(|row| &row.asked.question_id)
        .collect();
    let mut deeds = Deeds::default();
    for given in asked::given().await {
        let id = given.answer.question_id;
        // Nobody waits for others: an open answer opens as soon as it is given.
        if given.is_right == Some(true) || open.contains(&id) {
            deeds.right.insert(id.clone());
        }
        deeds.answered.insert(id);
    }
    let clips: Vec<&ClipView> = paths.iter().flat_map(|path| &path.clips).collect();
    for stretch in outbox::waiting_stretches().await {
        // Nine tenths of it, as on the server.
        let is_most = clips.iter().any(|clip| {
            clip.id == stretch.clip_id && u64::from(stretch.to_ms) * 10 >= u64::from(clip.duration_ms) * 9
        });
        if stretch.finished || is_most {
            deeds.watched.insert(stretch.clip_id);
        }
    }
    deeds
}

impl PathRow {
    pub fn new(playlist: PackPlaylistView, clips: Vec<ClipView>) -> Self {
        let mut row = Self { playlist, clips, opened: 0 };
        row.opened = row.open_steps(&row.facts(&Deeds::default()));
        row
    }

    fn facts(&self, deeds: &Deeds) -> Vec<StepFacts> {
        let (right, watched) = (deeds.right.iter().collect(), deeds.watched.iter().collect());
        self.playlist.steps.iter().map(|step| step.facts(&right, &watched)).collect()
    }

    fn open_steps(&self, facts: &[StepFacts]) -> usize {
        facts.iter().position(|step| step.is_closed()).map_or(facts.len(), |closed| closed + 1)
    }

    /// Whether a clip is only behind a closed gate.
    pub fn locks(&self, clip: &str) -> bool {
        let is_it = |step: &PackStepView| step.clip_id.as_ref().is_some_and(|id| id.as_str() == clip);
        self.playlist.steps.iter().skip(self.opened).any(is_it)
            && !self.playlist.steps.iter().take(self.opened).any(is_it)
    }

    /// What may be played, all of it from the first step on: the service worker begins where it is asked to, else at
    /// `next_cursor`, the first step that is not done.
    pub fn page(&self, deeds: &Deeds) -> FeedPageView {
        let facts = self.facts(deeds);
        let now = walk(&facts).iter().position(|state| *state == StepState::Now);
        let opened = self.open_steps(&facts);
        let (mut clips, mut places, mut begin) = (Vec::new(), Vec::new(), None);
        let mut is_gate = false;
        for (place, step) in self.playlist.steps.iter().take(opened).enumerate() {
            let clip = self.clips.iter().find(|clip| Some(&clip.id) == step.clip_id.as_ref());
            let Some(mut clip) = clip.cloned() else { continue };
            is_gate = facts.get(place).is_some_and(|facts| facts.is_closed());
            for question in &mut clip.questions {
                let is_right = step.right.contains(&question.id) || deeds.right.contains(&question.id);
                let is_answered = question.answered || deeds.answered.contains(&question.id);
                // What keeps a gate closed is asked until it is right.
                question.answered = if is_gate { is_right } else { is_answered };
            }
            if now == Some(place) {
                begin = Some(clip.id.to_string());
            }
            places.push(u32::try_from(place + 1).unwrap_or(u32::MAX));
            clips.push(clip);
        }
        let path = PathView {
            title: self.playlist.view.title.clone(),
            places,
            steps: u32::try_from(facts.len()).unwrap_or(u32::MAX),
            gate: is_gate,
            done: count_done(&facts),
            back: 0,
            back_at_ms: None,
        };
        FeedPageView { clips, next_cursor: begin, seen_all: false, path: Some(path) }
    }

    /// The playlist as its page shows it.
    pub fn view(&self, deeds: &Deeds) -> PlaylistView {
        let facts = self.facts(deeds);
        let mut view = self.playlist.view.clone();
        for (step, state) in view.steps.iter_mut().zip(walk(&facts)) {
            step.state = state;
            if state == StepState::Locked && !view.is_own {
                step.clip = None;
            }
        }
        view.done = count_done(&facts);
        view
    }

    fn addresses(&self) -> [String; 2] {
        let id = || self.playlist.view.id.clone();
        [address_of_page(id()), request_path(&GetPlaylist { playlist_id: id() })]
    }

    pub async fn forget(&self) {
        for address in self.addresses() {
            offline::forget_address(&address).await;
        }
    }

    /// Keeps what the server would answer now. Clips that have become open are shown.
    async fn renew(&mut self, deeds: &Deeds, here: &HashSet<String>) -> bool {
        let mut page = self.page(deeds);
        keep_whole_clips(&mut page, here);
        let [play, view] = self.addresses();
        keep_text(&play, &wire::write(&page)).await;
        keep_text(&view, &wire::write(&self.view(deeds))).await;
        let opened = self.open_steps(&self.facts(deeds));
        if opened <= self.opened {
            return false;
        }
        let new: Vec<&ClipId> = self
            .playlist
            .steps
            .iter()
            .take(opened)
            .skip(self.opened)
            .filter_map(|step| step.clip_id.as_ref())
            .collect();
        let item = |clip: &ClipView| Item {
            name: clip.id.to_string(),
            text: Some(wire::write(clip)),
            files: offline::files(clip)
                .into_iter()
                .map(|(address, size_bytes)| FileRow { address, size_bytes })
                .collect(),
        };
        worker::keep(self.clips.iter().filter(|clip| new.contains(&&clip.id)).map(item).collect()).await;
        self.opened = opened;
        true
    }
}

fn address_of_page(playlist_id: PlaylistId) -> String {
    request_path(&PlayPlaylist { playlist_id, from: None })
}

/// Clips whose files are not all here cannot be played: the way ends before the first of them.
fn keep_whole_clips(page: &mut FeedPageView, here: &HashSet<String>) {
    let is_whole = |clip: &ClipView| {
        let text = request_path(&GetTextTwin { clip_id: clip.id.clone() });
        offline::files(clip).iter().all(|(address, _)| *address == text || here.contains(address))
    };
    let whole = page.clips.iter().take_while(|clip| is_whole(clip)).count();
    if whole < page.clips.len() {
        page.clips.truncate(whole);
        if let Some(path) = &mut page.path {
            path.places.truncate(whole);
            path.gate = false;
        }
    }
}

async fn keep_text(address: &str, text: &str) -> Option<()> {
    let cache = offline::cache().await?;
    let kept = Response::new_with_opt_str(Some(text)).ok()?;
    kept.headers().set("content-type", "application/json").ok()?;
    let put: Promise = cache.put_with_str(address, &kept);
    JsFuture::from(put).await.ok().map(drop)
}

/// Brings all kept playlists to where the learner is now.
pub async fn renew_all() {
    let mut all: Vec<_> = rows().await.into_iter().filter(|row| row.path.is_some()).collect();
    if all.is_empty() {
        return;
    }
    let deeds = deeds(&all.iter().filter_map(|row| row.path.as_ref()).collect::<Vec<_>>()).await;
    let here: HashSet<String> = offline::kept_addresses().await.into_iter().collect();
    for row in &mut all {
        let Some(path) = &mut row.path else { continue };
        if path.renew(&deeds, &here).await {
            database::put_all(&[row.row()]).await;
        }
    }
}

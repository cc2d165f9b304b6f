//! The log as models read it: what each learner took up, in order, of the clips that are published now. And the pieces in which
//! a fitted model is kept. No serving here.

use super::state::taken_up;
use crate::store::{self, Db, StoreError};
use minnow_recommender::{
    fitted::Fitted,
    histories::Visit,
    replay::{Quality, Replay},
    text,
};
use minnow_shared::interest_model::{RankQualityView, ReplayView};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Events read at once.
const AT_ONCE: i64 = 10_000;
/// Bytes of a piece of a stored model.
const PIECE: usize = 1 << 20;

/// What a model is fitted to.
#[derive(Debug)]
pub struct Log {
    /// The clips, in the order of their numbers.
    pub clips: Vec<Arc<str>>,
    /// What the text of each is about, where it has been read.
    pub about: Vec<Option<[f32; text::WIDTH]>>,
    /// By learner.
    pub pasts: Vec<Vec<Visit>>,
    pub events: i64,
    pub through_seq: i64,
}

impl Log {
    /// Reads the whole log. `clips`: those that are published, in any order.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn read(
        db: &Db,
        mut clips: Vec<Arc<str>>,
        about: impl Fn(&str) -> Option<[f32; text::WIDTH]>,
    ) -> Result<Self, StoreError> {
        clips.sort_unstable();
        let about = clips.iter().map(|clip| about(clip)).collect();
        let mut log = Self { clips, about, pasts: Vec::new(), events: 0, through_seq: 0 };
        let numbers: HashMap<Arc<str>, u32> = log.clips.iter().cloned().zip(0..).collect();
        let mut learners: HashMap<String, usize> = HashMap::new();
        let mut had: HashSet<(usize, u32)> = HashSet::new();
        loop {
            let events = store::interest::list_events(db, log.through_seq, AT_ONCE).await?;
            for event in &events {
                log.through_seq = event.seq;
                log.events += 1;
                let clip = event.clip_id.as_deref().and_then(|clip| numbers.get(clip));
                let Some(clip) = clip.filter(|_| taken_up(event)) else { continue };
                let next = learners.len();
                let learner = *learners.entry(event.person_id.clone()).or_insert(next);
                log.pasts.resize_with(learners.len(), Vec::new);
                if had.insert((learner, *clip))
                    && let Some(past) = log.pasts.get_mut(learner)
                {
                    past.push(Visit { item: *clip, at: event.seq as f64 });
                }
            }
            if i64::try_from(events.len()).unwrap_or(i64::MAX) < AT_ONCE {
                return Ok(log);
            }
        }
    }

    /// How many clips were taken up, all together.
    pub fn taken(&self) -> usize {
        self.pasts.iter().map(Vec::len).sum()
    }
}

/// The pieces of a model: the ids of its clips first, a line each, and what was fitted after it.
pub fn pieces<'a>(clips: &'a [Arc<str>], fitted: &'a Fitted) -> impl Iterator<Item = Vec<u8>> + 'a {
    let ids = clips.join("\n").into_bytes();
    std::iter::once(ids).chain(fitted.parts(PIECE))
}

/// A model from its pieces.
///
/// # Errors
/// What of them cannot be read.
pub fn read_pieces(pieces: &[Vec<u8>]) -> Result<(Vec<Arc<str>>, Fitted), String> {
    let (ids, parts) = pieces.split_first().ok_or("no pieces")?;
    let ids = std::str::from_utf8(ids).map_err(|error| error.to_string())?;
    let clips: Vec<Arc<str>> = ids.lines().map(Arc::from).collect();
    let fitted = Fitted::read(parts.iter()).map_err(|error| error.to_string())?;
    if fitted.len() != clips.len() {
        return Err(format!("{} clips and {} of them fitted", clips.len(), fitted.len()));
    }
    Ok((clips, fitted))
}

fn quality(of: &Quality) -> RankQualityView {
    RankQualityView { hit_rate_20: of.hit_rate_20, ndcg_20: of.ndcg_20, coverage: of.coverage }
}

/// What is told of a model's quality.
pub fn replay_view(replay: &Replay) -> ReplayView {
    ReplayView {
        events: replay.events,
        learners: replay.learners,
        ours: quality(&replay.ours),
        popularity: quality(&replay.popularity),
    }
}

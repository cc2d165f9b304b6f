//! The fitted model that this node serves: loaded when another version is marked, grown by clips that were published since.

use super::{learned, state::Learner, texts::Texts};
use crate::{
    app::App,
    jobs::{self, Task},
    metrics::ModelGauges,
    store::{self, Db, StoreError, interest_model::ModelRow},
};
use minnow_recommender::{
    fitted::{Fitted, Taste},
    histories::Visit,
    text,
};
use minnow_shared::interest_model::ReplayView;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Clips taken up, all together, from which on a model can be fitted.
pub const NEEDED: u64 = 200;
/// A model is fitted anew after so many events, or after this share of them, whichever is more.
const RENEW_EVENTS: i64 = 500;
const RENEW_SHARE: i64 = 20;
/// And so long after somebody's events were deleted.
const FORGET_MS: i64 = 3_600_000;
/// Learners on whose last clip it is measured how the model does today, and the fewest that say something.
const MEASURED: usize = 200;
const FEWEST_MEASURED: usize = 50;
/// It is measured again after so many events.
const MEASURE_EVENTS: i64 = 200;
/// Clips of a list that is measured.
const LISTED: usize = 20;

/// A version in memory.
#[derive(Debug)]
pub struct Served {
    pub row: ModelRow,
    fitted: Fitted,
    clips: Vec<Arc<str>>,
    of: FxHashMap<Arc<str>, u32>,
    /// The version of the feed's index of which it knows all clips.
    through: Option<i64>,
}

impl Served {
    fn new(row: ModelRow, clips: Vec<Arc<str>>, fitted: Fitted) -> Self {
        let of = clips.iter().cloned().zip(0..).collect();
        Self { row, fitted, clips, of, through: None }
    }

    pub fn gauges(&self, now_ms: i64, drift: Option<f64>) -> ModelGauges {
        let hit_rates = |replay: ReplayView| (replay.ours.hit_rate_20, replay.popularity.hit_rate_20);
        ModelGauges {
            version: self.row.version,
            age_seconds: (now_ms - self.row.fitted_at_ms).max(0) / 1_000,
            replay: self.replay().map(hit_rates),
            drift,
        }
    }

    fn replay(&self) -> Option<ReplayView> {
        serde_json::from_str(self.row.replay.as_deref()?).ok()
    }

    pub fn has(&self, clip: &str) -> bool {
        self.of.contains_key(clip)
    }

    /// Takes in the clips that the fit did not know, by their texts: all that the feed's index of this version holds.
    pub fn take_in(&mut self, clips: &[Arc<str>], texts: &Texts, through: i64) {
        for clip in clips {
            if let Some(about) = texts.about(clip) {
                self.insert(clip.clone(), &about);
            }
        }
        self.through = Some(through);
    }

    fn insert(&mut self, clip: Arc<str>, about: &[f32; text::WIDTH]) {
        if !self.has(&clip) {
            let number = self.fitted.insert(about);
            self.of.insert(clip.clone(), number);
            self.clips.push(clip);
        }
    }

    /// What a learner likes, from what they took up last. `None`: nothing that the model knows.
    pub fn taste(&self, learner: Learner<'_>) -> Option<Taste> {
        self.taste_of(&learner.past())
    }

    fn taste_of(&self, past: &[Arc<str>]) -> Option<Taste> {
        let visits: Vec<Visit> = past
            .iter()
            .zip(0_u32..)
            .filter_map(|(clip, at)| Some(Visit { item: *self.of.get(clip)?, at: f64::from(at) }))
            .collect();
        (!visits.is_empty()).then(|| self.fitted.taste(&visits))
    }

    /// The clips it foretells to be taken up most, best first.
    pub fn best(&self, taste: &Taste, count: usize, skip: impl Fn(&str) -> bool) -> Vec<Arc<str>> {
        let clip = |number: u32| self.clips.get(number as usize);
        let best = self.fitted.best(taste, count, |number| clip(number).is_none_or(|clip| skip(clip)));
        best.into_iter().filter_map(|(number, _)| clip(number).cloned()).collect()
    }

    /// By how much the odds of taking each of these clips up lie above those of this learner's average clip.
    pub fn odds<'c>(&self, taste: &Taste, clips: impl Iterator<Item = &'c Arc<str>>) -> Vec<Option<f32>> {
        let items: Vec<u32> = clips.map(|clip| self.of.get(clip).copied().unwrap_or(u32::MAX)).collect();
        self.fitted.odds(taste, &items)
    }

    /// The share of learners whose last clip stands among the first [`LISTED`] of the list they had before it.
    /// `lasts`: what they took up before, and the last. `None`: too few.
    fn hit_rate(&self, lasts: &[(Vec<Arc<str>>, Arc<str>)]) -> Option<f64> {
        let (mut asked, mut hits) = (0_usize, 0_usize);
        for (past, last) in lasts.iter().filter(|(_, last)| self.has(last)) {
            let Some(taste) = self.taste_of(past) else { continue };
            asked += 1;
            let list = self.best(&taste, LISTED, |clip| past.iter().any(|had| **had == *clip));
            hits += usize::from(list.contains(last));
        }
        (asked >= FEWEST_MEASURED).then(|| hits as f64 / asked as f64)
    }
}

/// When this node last had a model fitted: at which event, and when. What came of it may be nothing, and nothing is asked for
/// again at once.
#[derive(Debug, Default)]
pub struct Asked(Option<(i64, i64)>);

impl Asked {
    pub fn may(&mut self, last_seq: i64, now_ms: i64) -> bool {
        let may =
            self.0.is_none_or(|(seq, at_ms)| last_seq - seq >= RENEW_EVENTS || now_ms - at_ms >= FORGET_MS);
        if may {
            self.0 = Some((last_seq, now_ms));
        }
        may
    }
}

/// Whether a model is to be fitted: there is none, much was done since, or somebody is to be forgotten.
fn is_due(newest: Option<&ModelRow>, last_seq: i64, forgotten: Option<(i64, i64)>, now_ms: i64) -> bool {
    let Some(row) = newest else { return true };
    let since = last_seq - row.through_seq;
    let is_forgetting =
        forgotten.is_some_and(|(seq, at_ms)| seq > row.through_seq && now_ms - at_ms >= FORGET_MS);
    is_forgetting || since >= RENEW_EVENTS.max(row.events / RENEW_SHARE)
}

async fn load(db: &Db, row: ModelRow) -> Result<Option<Served>, StoreError> {
    let mut pieces = Vec::new();
    while let Some(piece) = store::interest_model::find_piece(db, row.version, pieces.len() as i64).await? {
        pieces.push(piece);
    }
    let version = row.version;
    let read = tokio::task::spawn_blocking(move || {
        learned::read_pieces(&pieces).map(|(clips, fitted)| Served::new(row, clips, fitted))
    });
    match read.await.map_err(|error| error.to_string()).and_then(|read| read) {
        Ok(served) => Ok(Some(served)),
        Err(why) => {
            tracing::warn!(version, why, "a model of interests cannot be read: pages come without it");
            Ok(None)
        }
    }
}

/// Shows the model what was published since its fit, once its texts have been read.
fn take_in_new(app: &App) {
    let Some(through) = app.interests.texts(Texts::through) else { return };
    let missing: Option<Vec<Arc<str>>> = app.feed.look(|index| {
        app.interests.served(|served| {
            let served = served.filter(|served| served.through != Some(through))?;
            Some(index.ids().filter(|id| !served.has(id)).cloned().collect())
        })
    });
    if let Some(missing) = missing {
        app.interests.insert_into_served(&missing, through);
    }
}

/// Serves the version that is marked, with the clips published since; queues a fit that is due.
pub async fn keep_up(app: &App) -> Result<(), StoreError> {
    serve_marked(app).await?;
    take_in_new(app);
    let (last_seq, taken) = app.interests.look(|state| (state.seq(), state.taken()));
    let own = app.clone();
    tokio::task::spawn_blocking(move || measure(&own, last_seq)).await.unwrap_or_default();
    if taken < NEEDED {
        return Ok(());
    }
    let newest = store::interest_model::list_models(&app.db).await?.into_iter().next();
    let forgotten = store::interest_model::find_forgotten(&app.db).await?;
    let now_ms = app.now_ms();
    if is_due(newest.as_ref(), last_seq, forgotten, now_ms) && app.interests.may_ask(last_seq, now_ms) {
        queue_fit(app).await?;
    }
    Ok(())
}

/// Queues a fit, unless one is.
pub async fn queue_fit(app: &App) -> Result<(), StoreError> {
    let mut tx = app.db.begin().await?;
    jobs::enqueue_once(&mut tx, &Task::FitInterests, app.now_ms()).await?;
    tx.commit().await
}

/// Serves the version that is marked, if it is another than before.
pub async fn serve_marked(app: &App) -> Result<(), StoreError> {
    let marked = store::interest_model::find_serving(&app.db).await?;
    let held = app.interests.served(|served| served.map(|served| served.row.version));
    if marked.as_ref().map(|row| row.version) == held {
        return Ok(());
    }
    let served = match marked {
        Some(row) => load(&app.db, row).await?,
        None => None,
    };
    if let Some(served) = &served {
        tracing::info!(
            version = served.row.version,
            clips = served.clips.len(),
            "a model of interests serves"
        );
    }
    app.interests.serve(served);
    Ok(())
}

/// How a version did when it was last measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Measured {
    version: i64,
    /// The last event then.
    seq: i64,
    /// How much smaller the share of hits was than on the end of the log that the model was fitted to, as a share of it. `None`:
    /// too little was done since the fit to say.
    pub drift: Option<f64>,
}

/// Measures the version that serves, after so many events that the number may be another.
fn measure(app: &App, last_seq: i64) {
    let held = app
        .interests
        .served(|served| served.map(|served| (served.row.version, served.row.through_seq, served.replay())));
    let Some((version, through_seq, replay)) = held else { return };
    let before = app.interests.measured();
    if before.version == version && last_seq - before.seq < MEASURE_EVENTS {
        return;
    }
    let lasts = app.interests.look(|state| state.lasts_since(through_seq, MEASURED));
    let now = app.interests.served(|served| served.and_then(|served| served.hit_rate(&lasts)));
    let then = replay.map_or(0.0, |replay| replay.ours.hit_rate_20);
    let drift = now.filter(|_| then > 0.0).map(|now| (then - now) / then);
    app.interests.set_measured(Measured { version, seq: last_seq, drift });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(through_seq: i64, events: i64) -> ModelRow {
        ModelRow {
            version: 1,
            is_serving: true,
            fitted_at_ms: 0,
            fit_took_ms: 0,
            through_seq,
            events,
            clips: 0,
            size_bytes: 0,
            replay: None,
        }
    }

    #[test]
    fn a_fit_is_due_after_a_twentieth_more_events_or_an_hour_after_somebody_is_to_be_forgotten() {
        assert!(is_due(None, 0, None, 0));
        assert!(!is_due(Some(&row(1_000, 1_000)), 1_499, None, 0));
        assert!(is_due(Some(&row(1_000, 1_000)), 1_500, None, 0));
        assert!(!is_due(Some(&row(100_000, 100_000)), 104_999, None, 0));
        assert!(is_due(Some(&row(100_000, 100_000)), 105_000, None, 0));
        let now_ms = 10 * FORGET_MS;
        let gone = |seq, ago_ms| Some((seq, now_ms - ago_ms));
        assert!(!is_due(Some(&row(1_000, 1_000)), 1_010, gone(1_005, FORGET_MS - 1), now_ms));
        assert!(is_due(Some(&row(1_000, 1_000)), 1_010, gone(1_005, FORGET_MS), now_ms));
        assert!(!is_due(Some(&row(1_000, 1_000)), 1_010, gone(900, FORGET_MS), now_ms));
    }
}

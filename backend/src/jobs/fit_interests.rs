//! A model of interests fitted to the whole log, kept as the next version and served from then on.

use super::worker::{Claim, JobError};
use crate::{
    interests::{
        learned::{self, Log},
        served,
    },
    store::{
        interest_model::{self, ModelRow},
        job,
    },
};
use minnow_recommender::{
    fitted::Fitted,
    replay::{Replay, replay},
};
use minnow_shared::interest_model::ReplayView;
use std::{sync::Arc, thread};
use tokio::sync::oneshot;

/// Versions that are kept to go back to.
const KEPT: i64 = 5;
/// Cores a fit takes: the others are for who is asking.
const THREADS: usize = 1;

struct Outcome {
    log: Log,
    fitted: Fitted,
    replay: Option<Replay>,
}

/// Fits, measures, keeps and serves. Too short a log changes nothing.
pub async fn fit_interests(claim: &Claim) -> Result<(), JobError> {
    let app = &claim.app;
    let begun_ms = app.now_ms();
    let clips: Vec<Arc<str>> = app.feed.look(|index| index.ids().cloned().collect());
    let log = Log::read(&app.db, clips, |clip| app.interests.texts(|texts| texts.about(clip))).await?;
    if log.taken() < served::NEEDED as usize {
        let mut tx = app.db.begin().await?;
        let ours = job::delete_job(&mut tx, &claim.row).await?;
        tx.commit().await?;
        return if ours { Ok(()) } else { Err(JobError::Lost) };
    }
    let Outcome { log, fitted, replay } = on_own_thread(log).await?;
    let (version, size_bytes) = write_pieces(claim, &log, &fitted).await?;
    let view = replay.as_ref().map(learned::replay_view);
    let told = view.as_ref().map(serde_json::to_string).transpose();
    let row = ModelRow {
        version,
        is_serving: false,
        fitted_at_ms: app.now_ms(),
        fit_took_ms: (app.now_ms() - begun_ms).max(0),
        through_seq: log.through_seq,
        events: log.events,
        clips: i64::try_from(log.clips.len()).unwrap_or(i64::MAX),
        size_bytes,
        replay: told.map_err(|error| JobError::Fault(error.to_string()))?,
    };
    let mut tx = app.db.begin().await?;
    if !job::delete_job(&mut tx, &claim.row).await? {
        return Err(JobError::Lost);
    }
    interest_model::finish_model(&mut tx, &row).await?;
    if is_worth_serving(view.as_ref()) {
        interest_model::serve_model(&mut tx, version).await?;
    }
    let forgotten = interest_model::find_forgotten(&mut tx).await?;
    interest_model::delete_models(&mut tx, version, KEPT, forgotten.map_or(0, |(seq, _)| seq)).await?;
    tx.commit().await?;
    tracing::info!(
        version,
        events = row.events,
        clips = row.clips,
        took_ms = row.fit_took_ms,
        "a model of interests is fitted"
    );
    Ok(served::serve_marked(app).await?)
}

/// What foretells worse than what is popular does not go to learners; it is kept for the operator to see.
fn is_worth_serving(replay: Option<&ReplayView>) -> bool {
    replay.is_none_or(|replay| replay.ours.ndcg_20 >= replay.popularity.ndcg_20)
}

/// A long arithmetic: no thread that answers people is held by it.
async fn on_own_thread(log: Log) -> Result<Outcome, JobError> {
    let (send, outcome) = oneshot::channel();
    let work = move || {
        let fitted = Fitted::fit(&log.pasts, &log.about, THREADS);
        let replay = replay(&log.pasts, &log.about, THREADS);
        // Nobody may wait for it any more.
        let _ = send.send(Outcome { log, fitted, replay });
    };
    thread::Builder::new().name("fit-interests".to_owned()).spawn(work)?;
    outcome.await.map_err(|_| JobError::Fault("the fit ended early".to_owned()))
}

/// Writes the pieces one by one, so that other writes come between them. The number of the version, and its size.
async fn write_pieces(claim: &Claim, log: &Log, fitted: &Fitted) -> Result<(i64, i64), JobError> {
    let app = &claim.app;
    let mut tx = app.db.begin().await?;
    let version = interest_model::insert_model(&mut tx, app.now_ms()).await?;
    tx.commit().await?;
    let mut size_bytes = 0;
    for (place, piece) in (0_i64..).zip(learned::pieces(&log.clips, fitted)) {
        size_bytes += i64::try_from(piece.len()).unwrap_or(i64::MAX);
        let mut tx = app.db.begin().await?;
        interest_model::insert_piece(&mut tx, version, place, piece).await?;
        tx.commit().await?;
    }
    Ok((version, size_bytes))
}

#[cfg(test)]
mod tests {
    use super::is_worth_serving;
    use minnow_shared::interest_model::{RankQualityView, ReplayView};

    #[test]
    fn a_model_that_foretells_worse_than_what_is_popular_is_not_served() {
        let quality = |ndcg_20| RankQualityView { hit_rate_20: 0.1, ndcg_20, coverage: 0.5 };
        let replay = |ours, popularity| ReplayView {
            events: 500,
            learners: 40,
            ours: quality(ours),
            popularity: quality(popularity),
        };
        assert!(is_worth_serving(None));
        assert!(is_worth_serving(Some(&replay(0.2, 0.1))));
        assert!(!is_worth_serving(Some(&replay(0.1, 0.2))));
    }
}

//! What learners hold of topics and how hard questions are: rows of estimates, and the answers they are made from.

use super::{Db, StoreError, places, sql_built};
use minnow_shared::PersonId;

/// What a person's first answers said of questions leaves the sums; the rows go with the person.
pub const FORGET_EVIDENCE: &str =
    "UPDATE items SET weight = items.weight - e.weight, pull = items.pull - e.pull,
        learners = items.learners - 1
    FROM item_evidence e WHERE e.question_id = items.question_id AND e.person_id = $1";

/// The same for a guest who becomes part of an account.
pub const MERGE_EVIDENCE: &str =
    "UPDATE items SET weight = items.weight - e.weight, pull = items.pull - e.pull,
        learners = items.learners - 1
    FROM item_evidence e WHERE e.question_id = items.question_id AND e.person_id = $1 AND e.person_id <> $2";

/// Those of these clips that a person has not seen, and of whose questions they have answered none, not even by a guess.
pub async fn list_unmet_clips(
    db: &Db,
    person: &PersonId,
    clips: &[String],
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sql_built(format!(
        "SELECT c.id FROM clips c WHERE c.id IN ({}) AND c.author_id <> $1
            AND NOT EXISTS (SELECT 1 FROM views v WHERE v.person_id = $1 AND v.clip_id = c.id)
            AND NOT EXISTS (SELECT 1 FROM clip_questions q JOIN answers a ON a.question_id = q.question_id
                WHERE q.clip_id = c.id AND a.person_id = $1)",
        places(2, clips.len())
    ))
    .bind(person)
    .bind_all(clips)
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

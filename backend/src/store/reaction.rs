//! Likes and saves, and their counts on the clip.

use super::{
    StoreError, Tx,
    interest::{self, NewEvent},
    sql,
};
use minnow_shared::{ClipId, PersonId};

/// The two things one can do to a clip with one tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    Like,
    Save,
}

impl Reaction {
    /// Its name in the store.
    fn name(self) -> &'static str {
        match self {
            Reaction::Like => "like",
            Reaction::Save => "save",
        }
    }
}

/// A reaction, or that it is taken back. `at_ms`: when the learner did it.
#[derive(Debug, Clone, Copy)]
pub struct Reacted<'r> {
    pub reaction: Reaction,
    pub person: &'r PersonId,
    pub clip: &'r ClipId,
    pub on: bool,
    pub at_ms: i64,
    pub now_ms: i64,
}

/// Sets or takes back a reaction; doing it twice changes nothing, and what is older than the last word on it neither. Of two
/// at the same millisecond the one that comes last counts. Says whether anything changed.
pub async fn set_reaction(tx: &mut Tx, new: Reacted<'_>) -> Result<bool, StoreError> {
    let Reacted { reaction, person, clip, on, at_ms, now_ms } = new;
    let is_last = sql("INSERT INTO reaction_changes (person_id, clip_id, reaction, is_on, at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (person_id, clip_id, reaction) DO UPDATE SET is_on = excluded.is_on, at_ms = excluded.at_ms
         WHERE excluded.at_ms >= reaction_changes.at_ms")
        .bind(person)
        .bind(clip)
        .bind(reaction.name())
        .bind(on)
        .bind(at_ms)
        .run(&mut *tx)
        .await?;
    if is_last == 0 {
        return Ok(false);
    }
    let (insert, again, delete, more, less) = match reaction {
        Reaction::Like => (
            "INSERT INTO likes (person_id, clip_id, at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            "UPDATE likes SET at_ms = $3 WHERE person_id = $1 AND clip_id = $2",
            "DELETE FROM likes WHERE person_id = $1 AND clip_id = $2",
            "UPDATE clips SET like_count = like_count + 1 WHERE id = $1",
            "UPDATE clips SET like_count = like_count - 1 WHERE id = $1",
        ),
        Reaction::Save => (
            "INSERT INTO saves (person_id, clip_id, at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            "UPDATE saves SET at_ms = $3 WHERE person_id = $1 AND clip_id = $2",
            "DELETE FROM saves WHERE person_id = $1 AND clip_id = $2",
            "UPDATE clips SET save_count = save_count + 1 WHERE id = $1",
            "UPDATE clips SET save_count = save_count - 1 WHERE id = $1",
        ),
    };
    let changed = if on {
        let added = sql(insert).bind(person).bind(clip).bind(at_ms).run(&mut *tx).await?;
        if added == 0 {
            // It was there: what was saved last stands first, whichever word came first.
            sql(again).bind(person).bind(clip).bind(at_ms).run(&mut *tx).await?;
        }
        added
    } else {
        sql(delete).bind(person).bind(clip).run(&mut *tx).await?
    };
    if changed == 1 {
        sql(if on { more } else { less }).bind(clip).run(&mut *tx).await?;
        let kind = if reaction == Reaction::Like { "liked" } else { "saved" };
        let value = if on { 1.0 } else { 0.0 };
        let (person, clip) = (person.as_str(), Some(clip.as_str()));
        interest::log(tx, &[NewEvent { person, kind, clip, topic: None, value, at_ms, now_ms }]).await?;
    }
    Ok(changed == 1)
}

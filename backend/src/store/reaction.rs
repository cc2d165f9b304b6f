//! Likes and saves, and their counts on the clip.

use super::{StoreError, Tx, sql};
use minnow_shared::{ClipId, PersonId};

/// The two things one can do to a clip with one tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    Like,
    Save,
}

/// Sets or takes back a reaction; doing it twice changes nothing. Says whether anything changed.
pub async fn set_reaction(
    tx: &mut Tx,
    reaction: Reaction,
    person: &PersonId,
    clip: &ClipId,
    on: bool,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let (insert, delete, more, less) = match reaction {
        Reaction::Like => (
            "INSERT INTO likes (person_id, clip_id, at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            "DELETE FROM likes WHERE person_id = $1 AND clip_id = $2",
            "UPDATE clips SET like_count = like_count + 1 WHERE id = $1",
            "UPDATE clips SET like_count = like_count - 1 WHERE id = $1",
        ),
        Reaction::Save => (
            "INSERT INTO saves (person_id, clip_id, at_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            "DELETE FROM saves WHERE person_id = $1 AND clip_id = $2",
            "UPDATE clips SET save_count = save_count + 1 WHERE id = $1",
            "UPDATE clips SET save_count = save_count - 1 WHERE id = $1",
        ),
    };
    let changed = if on {
        sql(insert).bind(person).bind(clip).bind(now_ms).run(tx).await?
    } else {
        sql(delete).bind(person).bind(clip).run(tx).await?
    };
    if changed == 1 {
        sql(if on { more } else { less }).bind(clip).run(tx).await?;
    }
    Ok(changed == 1)
}

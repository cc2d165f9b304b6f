//! What the texts of published clips are about, in numbers, and the texts themselves.

use super::{Db, StoreError, Tx, few, places, sql_built, sql_rows};

/// A clip's text in numbers, of one version of the clip.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ClipTextRow {
    pub clip_id: String,
    pub clip_version: i64,
    pub vector: Vec<u8>,
}

/// What is to be read of a clip. `captions` is JSON.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct WordsRow {
    pub clip_id: String,
    pub title: String,
    pub captions: String,
}

/// What is kept of these clips.
pub async fn list_texts(db: &Db, clips: &[String]) -> Result<Vec<ClipTextRow>, StoreError> {
    sql_built(format!(
        "SELECT clip_id, clip_version, vector FROM clip_texts WHERE clip_id IN ({})",
        places(1, clips.len())
    ))
    .bind_all(clips)
    .all(db)
    .await
}

/// The words of these clips.
pub async fn list_words(db: &Db, clips: &[String]) -> Result<Vec<WordsRow>, StoreError> {
    sql_built(format!(
        "SELECT id AS clip_id, title, captions FROM clips WHERE id IN ({})",
        places(1, clips.len())
    ))
    .bind_all(clips)
    .all(db)
    .await
}

/// Keeps texts of clips that are there; a later version of the clip counts.
pub async fn upsert_texts(tx: &mut Tx, texts: &[ClipTextRow]) -> Result<(), StoreError> {
    for some in few(texts) {
        let mut statement = sql_rows(
            "WITH new (clip_id, clip_version, vector) AS (VALUES {rows})
             INSERT INTO clip_texts (clip_id, clip_version, vector)
             SELECT clip_id, clip_version, vector FROM new
             WHERE clip_id IS NOT NULL AND EXISTS (SELECT 1 FROM clips c WHERE c.id = new.clip_id)
             ON CONFLICT (clip_id) DO UPDATE SET clip_version = excluded.clip_version, vector = excluded.vector
                WHERE excluded.clip_version >= clip_texts.clip_version",
            some.len(),
            3,
        );
        for text in some {
            statement = statement.bind(&text.clip_id).bind(text.clip_version).bind(text.vector.clone());
        }
        statement.run(&mut *tx).await?;
    }
    Ok(())
}

//! What learners hold of topics and how hard questions are: rows of estimates, and the answers they are made from.

use super::{Db, On, StoreError, Tx, few, places, rows, sql, sql_built};
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

/// Those of these clips that a person has not seen, and of whose questions they have answered none, not even by a guess. A card
/// and an open answer cannot be guessed.
pub async fn list_unmet_clips(
    db: &Db,
    person: &PersonId,
    clips: &[String],
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sql_built(format!(
        "SELECT c.id FROM clips c WHERE c.id IN ({}) AND c.author_id <> $1
            AND NOT EXISTS (SELECT 1 FROM views v WHERE v.person_id = $1 AND v.clip_id = c.id)
            AND NOT EXISTS (SELECT 1 FROM clip_questions q JOIN answers a ON a.question_id = q.question_id
                WHERE q.clip_id = c.id AND a.person_id = $1)
            AND NOT EXISTS (SELECT 1 FROM clip_questions q JOIN questions x ON x.id = q.question_id
                WHERE q.clip_id = c.id AND x.kind IN ('flash_card', 'open'))",
        places(2, clips.len())
    ))
    .bind(person)
    .bind_all(clips)
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// An answer that may count.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct CountedRow {
    pub id: String,
    pub question_id: String,
    pub answered_at_ms: i64,
    pub kept_at_ms: i64,
    /// Ten-millionths of full credit.
    pub credit: i64,
}

/// A question that a person has answered: what is known of its difficulty, and what of that comes from this person.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ItemRow {
    pub question_id: String,
    /// The same for all forms of one question.
    pub root_id: String,
    pub updated_at_ms: i64,
    /// `None`: the question has not been read for it yet, or was changed since.
    pub guess: Option<f64>,
    pub weight: f64,
    pub pull: f64,
    pub learners: i64,
    pub own_weight: Option<f64>,
    pub own_pull: Option<f64>,
}

/// What a person holds of a topic.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AbilityRow {
    pub topic_id: String,
    pub mean: f64,
    pub variance: f64,
    pub answers: i64,
    pub own_answers: i64,
    pub last_answer_ms: i64,
}

/// How hard a question is: the sums without the prior.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct DifficultyRow {
    pub question_id: String,
    pub weight: f64,
    pub pull: f64,
    pub learners: i64,
}

/// Notes that a person's abilities do not hold their newest answer.
pub async fn mark_stale(tx: &mut Tx, person: &str) -> Result<(), StoreError> {
    sql("INSERT INTO stale_learners (person_id) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(person)
        .run(tx)
        .await?;
    Ok(())
}

/// Notes it of everybody who has answered on these topics: they hang together differently now.
pub async fn mark_topics_stale(tx: &mut Tx, topics: &[String]) -> Result<(), StoreError> {
    sql_built(format!(
        "INSERT INTO stale_learners (person_id) SELECT DISTINCT person_id FROM abilities WHERE topic_id IN ({})
         ON CONFLICT DO NOTHING",
        places(1, topics.len())
    ))
    .bind_all(topics)
    .run(tx)
    .await?;
    Ok(())
}

/// People whose abilities are to be made again.
pub async fn list_stale_learners(db: &Db, limit: i64) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> =
        sql("SELECT person_id FROM stale_learners ORDER BY person_id LIMIT $1").bind(limit).all(db).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Whether a person's abilities are to be made again.
pub async fn is_stale(db: &Db, person: &PersonId) -> Result<bool, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT person_id FROM stale_learners WHERE person_id = $1").bind(person).optional(db).await?;
    Ok(row.is_some())
}

/// Takes a person's mark: who takes it makes the abilities. Says whether it was there.
pub async fn take_stale(tx: &mut Tx, person: &str) -> Result<bool, StoreError> {
    Ok(sql("DELETE FROM stale_learners WHERE person_id = $1").bind(person).run(tx).await? == 1)
}

/// A person's answers that may count, in no order.
pub async fn list_counted(on: impl Into<On<'_>>, person: &str) -> Result<Vec<CountedRow>, StoreError> {
    sql("SELECT a.id, a.question_id, a.answered_at_ms, a.kept_at_ms, a.credit
         FROM answers a JOIN questions q ON q.id = a.question_id
         WHERE a.person_id = $1 AND a.is_before = FALSE AND q.kind <> 'open'")
    .bind(person)
    .all(on)
    .await
}

/// How many answers of a person may count.
pub async fn count_counted(on: impl Into<On<'_>>, person: &str) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM answers a JOIN questions q ON q.id = a.question_id
         WHERE a.person_id = $1 AND a.is_before = FALSE AND q.kind <> 'open'")
    .bind(person)
    .one(on)
    .await?;
    Ok(count)
}

/// The questions a person has answered, by their ids.
pub async fn list_items_of(on: impl Into<On<'_>>, person: &str) -> Result<Vec<ItemRow>, StoreError> {
    sql("SELECT q.id AS question_id, COALESCE(q.form_of, q.id) AS root_id, q.updated_at_ms,
            CASE WHEN i.read_at_ms = q.updated_at_ms THEN i.guess END AS guess,
            COALESCE(i.weight, 0.0) AS weight, COALESCE(i.pull, 0.0) AS pull, COALESCE(i.learners, 0) AS learners,
            e.weight AS own_weight, e.pull AS own_pull
         FROM (SELECT DISTINCT question_id FROM answers WHERE person_id = $1 AND is_before = FALSE) mine
         JOIN questions q ON q.id = mine.question_id
         LEFT JOIN items i ON i.question_id = q.id
         LEFT JOIN item_evidence e ON e.question_id = q.id AND e.person_id = $1
         WHERE q.kind <> 'open' ORDER BY q.id")
    .bind(person)
    .all(on)
    .await
}

/// Question and topic for each topic of each clip that asks a question the person has answered, or another form of it.
pub async fn list_clip_topics_of(
    on: impl Into<On<'_>>,
    person: &str,
) -> Result<Vec<(String, String)>, StoreError> {
    sql("SELECT DISTINCT mine.question_id, t.topic_id
         FROM (SELECT DISTINCT question_id FROM answers WHERE person_id = $1 AND is_before = FALSE) mine
         JOIN questions m ON m.id = mine.question_id
         JOIN questions f ON f.id = COALESCE(m.form_of, m.id) OR f.form_of = COALESCE(m.form_of, m.id)
         JOIN clip_questions q ON q.question_id = f.id
         JOIN clip_topics t ON t.clip_id = q.clip_id ORDER BY mine.question_id, t.topic_id")
    .bind(person)
    .all(on)
    .await
}

/// Question and tag for each tag of each question the person has answered.
pub async fn list_tags_of(on: impl Into<On<'_>>, person: &str) -> Result<Vec<(String, String)>, StoreError> {
    sql("SELECT t.question_id, t.tag
         FROM (SELECT DISTINCT question_id FROM answers WHERE person_id = $1 AND is_before = FALSE) mine
         JOIN question_tags t ON t.question_id = mine.question_id ORDER BY t.question_id, t.tag")
    .bind(person)
    .all(on)
    .await
}

/// These questions whole, to read the chance of guessing from.
pub async fn list_contents(
    on: impl Into<On<'_>>,
    ids: &[String],
) -> Result<Vec<(String, String)>, StoreError> {
    sql_built(format!("SELECT id, content FROM questions WHERE id IN ({})", places(1, ids.len())))
        .bind_all(ids)
        .all(on)
        .await
}

/// Keeps the chance of guessing of a question, as of a version of it.
pub async fn upsert_guess(
    tx: &mut Tx,
    question: &str,
    guess: f64,
    read_at_ms: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO items (question_id, guess, read_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (question_id) DO UPDATE SET guess = excluded.guess, read_at_ms = excluded.read_at_ms")
    .bind(question)
    .bind(guess)
    .bind(read_at_ms)
    .run(tx)
    .await?;
    Ok(())
}

/// Sets what a person's first answer says of a question, in place of what it said before.
pub async fn set_evidence(
    tx: &mut Tx,
    person: &str,
    question: &str,
    (weight, pull): (f64, f64),
) -> Result<(), StoreError> {
    let was: Option<(f64, f64)> =
        sql("SELECT weight, pull FROM item_evidence WHERE person_id = $1 AND question_id = $2")
            .bind(person)
            .bind(question)
            .optional(&mut *tx)
            .await?;
    let (weight_before, pull_before) = was.unwrap_or_default();
    sql("UPDATE items SET weight = weight + $2, pull = pull + $3, learners = learners + $4 WHERE question_id = $1")
        .bind(question)
        .bind(weight - weight_before)
        .bind(pull - pull_before)
        .bind(i64::from(was.is_none()))
        .run(&mut *tx)
        .await?;
    sql("INSERT INTO item_evidence (person_id, question_id, weight, pull) VALUES ($1, $2, $3, $4)
         ON CONFLICT (person_id, question_id) DO UPDATE SET weight = excluded.weight, pull = excluded.pull")
    .bind(person)
    .bind(question)
    .bind(weight)
    .bind(pull)
    .run(tx)
    .await?;
    Ok(())
}

/// Sets all that a person holds of topics.
pub async fn set_abilities(tx: &mut Tx, person: &str, all: &[AbilityRow]) -> Result<(), StoreError> {
    sql("DELETE FROM abilities WHERE person_id = $1").bind(person).run(&mut *tx).await?;
    for some in few(all) {
        let mut statement = sql_built(format!(
            "INSERT INTO abilities (person_id, topic_id, mean, variance, answers, own_answers, last_answer_ms) VALUES {}",
            rows(some.len(), 7)
        ));
        for row in some {
            statement = statement
                .bind(person)
                .bind(&row.topic_id)
                .bind(row.mean)
                .bind(row.variance)
                .bind(row.answers)
                .bind(row.own_answers)
                .bind(row.last_answer_ms);
        }
        statement.run(&mut *tx).await?;
    }
    Ok(())
}

/// All that a person holds of topics, most answers first.
pub async fn list_abilities(db: &Db, person: &PersonId) -> Result<Vec<AbilityRow>, StoreError> {
    sql("SELECT topic_id, mean, variance, answers, own_answers, last_answer_ms FROM abilities
         WHERE person_id = $1 ORDER BY answers DESC, last_answer_ms DESC, topic_id")
    .bind(person)
    .all(db)
    .await
}

/// How hard these questions are, those of which anything is known.
pub async fn list_difficulties(db: &Db, ids: &[String]) -> Result<Vec<DifficultyRow>, StoreError> {
    sql_built(format!(
        "SELECT question_id, weight, pull, learners FROM items WHERE question_id IN ({})",
        places(1, ids.len())
    ))
    .bind_all(ids)
    .all(db)
    .await
}

/// The questions that are due for a person: card and question. Forms of one question share a card.
pub async fn list_due_of(
    db: &Db,
    person: &PersonId,
    now_ms: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    sql("SELECT c.question_id AS card, c.question_id AS question FROM cards c WHERE c.person_id = $1 AND c.due_ms <= $2
         UNION ALL
         SELECT c.question_id AS card, q.id AS question FROM cards c JOIN questions q ON q.form_of = c.question_id
         WHERE c.person_id = $1 AND c.due_ms <= $2")
    .bind(person)
    .bind(now_ms)
    .all(db)
    .await
}

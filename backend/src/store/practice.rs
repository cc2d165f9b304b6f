//! Practices: parts of banks that others may practise.

use super::{Db, On, StoreError, Tx, sql, sql_built};
use minnow_shared::{PersonId, PracticeId, QuestionId};

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PracticeRow {
    pub id: String,
    pub author_id: String,
    pub title: String,
    pub tag: String,
    pub category: String,
    pub created_at_ms: i64,
    pub author_name: String,
    /// How many questions there are of it.
    pub questions: i64,
}

/// The questions `q` of a practice `p`.
const OF_IT: &str = "q.author_id = p.author_id
    AND (p.tag = '' OR EXISTS (SELECT 1 FROM question_tags t WHERE t.question_id = q.id AND t.tag = p.tag))
    AND (p.category = '' OR q.category = p.category
        OR SUBSTR(q.category, 1, LENGTH(p.category) + 1) = p.category || '/')";

fn rows(condition: &str) -> String {
    format!(
        "SELECT p.id, p.author_id, p.title, p.tag, p.category, p.created_at_ms, a.display_name AS author_name,
            (SELECT COUNT(*) FROM questions q WHERE {OF_IT}) AS questions
         FROM practices p JOIN people a ON a.id = p.author_id WHERE {condition}"
    )
}

pub async fn find_practice(
    on: impl Into<On<'_>>,
    id: &PracticeId,
) -> Result<Option<PracticeRow>, StoreError> {
    sql_built(rows("p.id = $1")).bind(id).optional(on).await
}

/// A person's practice of this part of their bank.
pub async fn find_selection(
    on: impl Into<On<'_>>,
    author: &PersonId,
    tag: &str,
    category: &str,
) -> Result<Option<PracticeRow>, StoreError> {
    sql_built(rows("p.author_id = $1 AND p.tag = $2 AND p.category = $3"))
        .bind(author)
        .bind(tag)
        .bind(category)
        .optional(on)
        .await
}

/// A person's practices, newest first.
pub async fn list_practices(db: &Db, author: &PersonId) -> Result<Vec<PracticeRow>, StoreError> {
    sql_built(format!("{} ORDER BY p.created_at_ms DESC, p.id DESC", rows("p.author_id = $1")))
        .bind(author)
        .all(db)
        .await
}

/// Opens a practice; where there is one of the same part, or of this id, that stays.
pub async fn insert_practice(
    tx: &mut Tx,
    id: &PracticeId,
    author: &PersonId,
    title: &str,
    (tag, category): (&str, &str),
    now_ms: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO practices (id, author_id, title, tag, category, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING")
    .bind(id)
    .bind(author)
    .bind(title)
    .bind(tag)
    .bind(category)
    .bind(now_ms)
    .run(tx)
    .await?;
    Ok(())
}

/// Closes a person's practice. Says whether there was one.
pub async fn delete_practice(tx: &mut Tx, id: &PracticeId, author: &PersonId) -> Result<bool, StoreError> {
    let gone =
        sql("DELETE FROM practices WHERE id = $1 AND author_id = $2").bind(id).bind(author).run(tx).await?;
    Ok(gone == 1)
}

/// The content of a question, if this practice asks it.
pub async fn find_practised(
    on: impl Into<On<'_>>,
    practice: &PracticeId,
    question: &QuestionId,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = sql_built(format!(
        "SELECT q.content FROM practices p JOIN questions q ON q.id = $2 WHERE p.id = $1 AND {OF_IT}"
    ))
    .bind(practice)
    .bind(question)
    .optional(on)
    .await?;
    Ok(row.map(|(content,)| content))
}

/// The next questions for a person (none: a stranger): never answered first, oldest first, then those whose last answer is
/// longest ago.
pub async fn list_round(
    db: &Db,
    practice: &PracticeId,
    person: Option<&PersonId>,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sql_built(format!(
        "SELECT q.id FROM practices p JOIN questions q ON {OF_IT}
         LEFT JOIN (SELECT question_id, MAX(answered_at_ms) AS last_ms FROM answers WHERE person_id = $2 AND is_before = FALSE
            GROUP BY question_id) l ON l.question_id = q.id
         WHERE p.id = $1 ORDER BY COALESCE(l.last_ms, 0), q.created_at_ms, q.id LIMIT $3"
    ))
    .bind(practice)
    .bind(person.map_or("", PersonId::as_str))
    .bind(limit)
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How many questions of a practice a person has answered.
pub async fn count_answered(db: &Db, practice: &PracticeId, person: &PersonId) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql_built(format!(
        "SELECT COUNT(*) FROM practices p JOIN questions q ON {OF_IT} WHERE p.id = $1
         AND EXISTS (SELECT 1 FROM answers a WHERE a.person_id = $2 AND a.question_id = q.id AND a.is_before = FALSE)"
    ))
    .bind(practice)
    .bind(person)
    .one(db)
    .await?;
    Ok(count)
}

//! Forms of one question: the same asked in other words. A family bears the id of its root; whatever changes a family marks
//! the cards of all who answered any of it.

use super::{On, StoreError, Tx, places, sql, sql_built};
use minnow_shared::QuestionId;

/// Another form of a question.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OtherFormRow {
    pub of_id: String,
    pub id: String,
    /// What is asked, in plain words.
    pub stem: String,
    pub kind: String,
}

/// The root of a question's family: its own id where it has no other forms. `None` when the question is not there.
pub async fn find_root(on: impl Into<On<'_>>, question: &QuestionId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT COALESCE(form_of, id) FROM questions WHERE id = $1").bind(question).optional(on).await?;
    Ok(row.map(|row| row.0))
}

/// A question whole, as a form of its family.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct WholeFormRow {
    pub root_id: String,
    pub id: String,
    pub author_id: String,
    pub content: String,
}

/// Every form of the families of these questions, those among them first, then the oldest first: no more than `limit`.
pub async fn list_forms(
    on: impl Into<On<'_>>,
    questions: &[String],
    limit: usize,
) -> Result<Vec<WholeFormRow>, StoreError> {
    let places = places(1, questions.len());
    sql_built(format!(
        "SELECT r.id AS root_id, q.id, q.author_id, q.content
         FROM (SELECT DISTINCT COALESCE(p.form_of, p.id) AS id FROM questions p WHERE p.id IN ({places})) r
            JOIN questions q ON q.id = r.id OR q.form_of = r.id
         ORDER BY CASE WHEN q.id IN ({places}) THEN 0 ELSE 1 END, q.created_at_ms, q.id LIMIT {limit}"
    ))
    .bind_all(questions)
    .all(on)
    .await
}

/// The other forms of each of these questions, the oldest first.
pub async fn list_other_forms(
    on: impl Into<On<'_>>,
    questions: &[String],
) -> Result<Vec<OtherFormRow>, StoreError> {
    sql_built(format!(
        "SELECT mine.id AS of_id, q.id, q.stem, q.kind FROM questions mine JOIN questions q
            ON q.id = COALESCE(mine.form_of, mine.id) OR q.form_of = COALESCE(mine.form_of, mine.id)
         WHERE mine.id IN ({}) AND q.id <> mine.id ORDER BY mine.id, q.created_at_ms, q.id",
        places(1, questions.len())
    ))
    .bind_all(questions)
    .all(on)
    .await
}

/// Makes the families of two questions one, under the root of `of`. Says whether both are there and of one author.
pub async fn join_families(tx: &mut Tx, question: &QuestionId, of: &QuestionId) -> Result<bool, StoreError> {
    let pair: Option<(String, String)> =
        sql("SELECT COALESCE(a.form_of, a.id), COALESCE(b.form_of, b.id) FROM questions a
             JOIN questions b ON b.id = $2 AND b.author_id = a.author_id WHERE a.id = $1")
        .bind(question)
        .bind(of)
        .optional(&mut *tx)
        .await?;
    let Some((from, to)) = pair else { return Ok(false) };
    if from != to {
        // While its answers still say whose cards they are.
        mark_family_stale(tx, &from).await?;
        sql("UPDATE questions SET form_of = $2 WHERE id = $1 OR form_of = $1")
            .bind(&from)
            .bind(&to)
            .run(&mut *tx)
            .await?;
        mark_family_stale(tx, &to).await?;
    }
    Ok(true)
}

/// A question leaves its family and stands alone; of a root the oldest other form becomes the root.
pub async fn leave_family(tx: &mut Tx, question: &QuestionId) -> Result<(), StoreError> {
    let Some(root) = find_root(&mut *tx, question).await? else { return Ok(()) };
    mark_family_stale(tx, &root).await?;
    if root != question.as_str() {
        sql("UPDATE questions SET form_of = NULL WHERE id = $1").bind(question).run(&mut *tx).await?;
        return mark_family_stale(tx, question.as_str()).await;
    }
    let heir: Option<(String,)> =
        sql("SELECT id FROM questions WHERE form_of = $1 ORDER BY created_at_ms, id LIMIT 1")
            .bind(&root)
            .optional(&mut *tx)
            .await?;
    let Some((heir,)) = heir else { return Ok(()) };
    sql("UPDATE questions SET form_of = CASE WHEN id = $2 THEN NULL ELSE $2 END WHERE form_of = $1")
        .bind(&root)
        .bind(&heir)
        .run(&mut *tx)
        .await?;
    mark_family_stale(tx, &heir).await
}

/// Notes that the cards of a family are to be made again: of all who answered a form of it, and those that are there.
async fn mark_family_stale(tx: &mut Tx, root: &str) -> Result<(), StoreError> {
    sql("INSERT INTO stale_cards (person_id, question_id)
         SELECT person_id, $1 FROM answers
            WHERE question_id IN (SELECT id FROM questions WHERE id = $1 OR form_of = $1) AND is_before = FALSE
         UNION SELECT person_id, question_id FROM cards WHERE question_id = $1
         ON CONFLICT (person_id, question_id) DO NOTHING")
    .bind(root)
    .run(tx)
    .await?;
    Ok(())
}

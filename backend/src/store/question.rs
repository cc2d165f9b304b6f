//! Questions of people's banks, and the moments of clips that ask them.

use super::{Db, On, StoreError, Tx, few, form, places, rows, sql, sql_built};
use minnow_shared::{ClipId, PersonId, QuestionId, question::Question};
use std::collections::{BTreeSet, HashSet};

/// A question of somebody's bank. `content`: a `Question` in JSON.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct QuestionRow {
    pub id: String,
    pub author_id: String,
    pub kind: String,
    /// Plain words, as `Text::reading` gives them.
    pub stem: String,
    /// What is searched, in small letters.
    pub words: String,
    pub category: String,
    pub content: String,
}

impl QuestionRow {
    /// A question as it is kept.
    ///
    /// # Errors
    /// When it cannot be written as JSON (a number that is none).
    pub fn of(id: &QuestionId, author: &str, question: &Question) -> serde_json::Result<Self> {
        let stem = question.stem.reading();
        Ok(Self {
            id: id.to_string(),
            author_id: author.to_owned(),
            kind: question.key.kind().to_owned(),
            words: words_of(question, &stem),
            stem,
            category: question.category.clone(),
            content: serde_json::to_string(question)?,
        })
    }
}

/// What is searched: formulas are found as they read and as they are written.
fn words_of(question: &Question, stem: &str) -> String {
    let written = question.stem.plain();
    let written = if written == stem { "" } else { written.as_str() };
    format!("{}\n{stem}\n{written}", question.name).trim_end().to_lowercase()
}

/// A question where a clip asks it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AskedRow {
    pub id: String,
    pub clip_id: String,
    pub moment_ms: i64,
    pub content: String,
}

/// What came of the first answers to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct FirstAnswersRow {
    pub learners: i64,
    pub right_count: i64,
    pub same_choice: i64,
}

pub async fn find_question(
    on: impl Into<On<'_>>,
    id: &QuestionId,
) -> Result<Option<QuestionRow>, StoreError> {
    sql("SELECT id, author_id, kind, stem, words, category, content FROM questions WHERE id = $1")
        .bind(id)
        .optional(on)
        .await
}

/// A question, if this clip asks it or another of its forms.
pub async fn find_asked(
    on: impl Into<On<'_>>,
    clip: &ClipId,
    question: &QuestionId,
) -> Result<Option<AskedRow>, StoreError> {
    sql("SELECT q.id, a.clip_id, a.moment_ms, q.content FROM questions q JOIN clip_questions a ON a.clip_id = $1
         JOIN questions p ON p.id = a.question_id AND COALESCE(p.form_of, p.id) = COALESCE(q.form_of, q.id)
         WHERE q.id = $2 ORDER BY CASE WHEN p.id = q.id THEN 0 ELSE 1 END, a.moment_ms, p.id LIMIT 1")
    .bind(clip)
    .bind(question)
    .optional(on)
    .await
}

/// The questions these clips ask, each clip's in the order of their moments.
pub async fn list_asked(on: impl Into<On<'_>>, clips: &[String]) -> Result<Vec<AskedRow>, StoreError> {
    let places = places(1, clips.len());
    sql_built(format!(
        "SELECT q.id, a.clip_id, a.moment_ms, q.content FROM clip_questions a JOIN questions q ON q.id = a.question_id
         WHERE a.clip_id IN ({places}) ORDER BY a.clip_id, a.moment_ms, q.id"
    ))
    .bind_all(clips)
    .all(on)
    .await
}

/// Adds a question, or changes the one of this id if it is this author's. Says whether it was done.
pub async fn upsert_question(tx: &mut Tx, row: &QuestionRow, now_ms: i64) -> Result<bool, StoreError> {
    let changed = sql("INSERT INTO questions (id, author_id, kind, stem, category, content, created_at_ms, updated_at_ms, words)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, stem = excluded.stem, words = excluded.words,
            category = excluded.category, content = excluded.content, updated_at_ms = excluded.updated_at_ms
         WHERE questions.author_id = excluded.author_id")
    .bind(&row.id)
    .bind(&row.author_id)
    .bind(&row.kind)
    .bind(&row.stem)
    .bind(&row.category)
    .bind(&row.content)
    .bind(now_ms)
    .bind(&row.words)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// What hangs on a question: its tags, and the keys of its pictures in the media store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuestionParts {
    pub tags: Vec<String>,
    pub pictures: Vec<String>,
}

/// A question that comes from elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct BroughtRow {
    pub row: QuestionRow,
    /// What it was when it came: the same comes in once.
    pub origin: String,
    pub parts: QuestionParts,
}

/// Adds questions from elsewhere; those that came before stay as they are. Says how many are new.
pub async fn insert_brought(tx: &mut Tx, all: &[BroughtRow], now_ms: i64) -> Result<usize, StoreError> {
    let mut new: HashSet<String> = HashSet::with_capacity(all.len());
    for some in few(all) {
        let mut statement = sql_built(format!(
            "INSERT INTO questions (id, author_id, kind, stem, words, category, content, origin, created_at_ms, updated_at_ms)
             VALUES {} ON CONFLICT (author_id, origin) DO NOTHING RETURNING id",
            rows(some.len(), 10)
        ));
        for BroughtRow { row, origin, .. } in some {
            statement = statement
                .bind(&row.id)
                .bind(&row.author_id)
                .bind(&row.kind)
                .bind(&row.stem)
                .bind(&row.words)
                .bind(&row.category)
                .bind(&row.content)
                .bind(origin)
                .bind(now_ms)
                .bind(now_ms);
        }
        let ids: Vec<(String,)> = statement.all(&mut *tx).await?;
        new.extend(ids.into_iter().map(|(id,)| id));
    }
    let added: Vec<&BroughtRow> = all.iter().filter(|one| new.contains(&one.row.id)).collect();
    let of = |take: fn(&QuestionParts) -> &Vec<String>| -> Vec<(&str, &str)> {
        let pairs = added
            .iter()
            .flat_map(|one| take(&one.parts).iter().map(|part| (one.row.id.as_str(), part.as_str())));
        pairs.collect()
    };
    insert_pairs(tx, TAGS, &of(|parts| &parts.tags)).await?;
    insert_pairs(tx, PICTURES, &of(|parts| &parts.pictures)).await?;
    Ok(new.len())
}

/// Which of these origins a person's questions have.
pub async fn list_origins(
    db: &Db,
    author: &PersonId,
    origins: &[String],
) -> Result<HashSet<String>, StoreError> {
    let mut known = HashSet::new();
    for some in few(origins) {
        let places = places(2, some.len());
        let rows: Vec<(String,)> = sql_built(format!(
            "SELECT origin FROM questions WHERE author_id = $1 AND origin IN ({places}) ORDER BY origin"
        ))
        .bind(author)
        .bind_all(some)
        .all(db)
        .await?;
        known.extend(rows.into_iter().map(|(origin,)| origin));
    }
    Ok(known)
}

const TAGS: &str = "INSERT INTO question_tags (question_id, tag)";
const PICTURES: &str = "INSERT INTO question_pictures (question_id, media_key)";

async fn insert_pairs(tx: &mut Tx, into: &'static str, pairs: &[(&str, &str)]) -> Result<(), StoreError> {
    let distinct: BTreeSet<(&str, &str)> = pairs.iter().copied().collect();
    for some in few(&distinct.into_iter().collect::<Vec<_>>()) {
        let mut statement =
            sql_built(format!("{into} VALUES {} ON CONFLICT DO NOTHING", rows(some.len(), 2)));
        for (question, part) in some {
            statement = statement.bind(*question).bind(*part);
        }
        statement.run(tx).await?;
    }
    Ok(())
}

/// Sets what hangs on a question.
pub async fn set_parts(tx: &mut Tx, question: &QuestionId, parts: &QuestionParts) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM question_tags WHERE question_id = $1",
        "DELETE FROM question_pictures WHERE question_id = $1",
    ] {
        sql(statement).bind(question).run(tx).await?;
    }
    let pairs =
        |all: &'_ [String]| all.iter().map(|part| (question.to_string(), part.clone())).collect::<Vec<_>>();
    for (into, all) in [(TAGS, pairs(&parts.tags)), (PICTURES, pairs(&parts.pictures))] {
        let all: Vec<(&str, &str)> = all.iter().map(|(id, part)| (id.as_str(), part.as_str())).collect();
        insert_pairs(tx, into, &all).await?;
    }
    Ok(())
}

/// The keys of a question's pictures.
pub async fn list_pictures(on: impl Into<On<'_>>, question: &QuestionId) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> =
        sql("SELECT media_key FROM question_pictures WHERE question_id = $1 ORDER BY media_key")
            .bind(question)
            .all(on)
            .await?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// The keys of the pictures of all of a person's questions.
pub async fn list_pictures_by(on: impl Into<On<'_>>, author: &PersonId) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sql("SELECT DISTINCT p.media_key FROM question_pictures p
         JOIN questions q ON q.id = p.question_id WHERE q.author_id = $1 ORDER BY p.media_key")
    .bind(author)
    .all(on)
    .await?;
    Ok(rows.into_iter().map(|(key,)| key).collect())
}

/// Deletes a question with its answers; its other forms stay a family, whose cards are made again without it.
pub async fn delete_question(tx: &mut Tx, id: &QuestionId) -> Result<(), StoreError> {
    form::leave_family(tx, id).await?;
    sql("DELETE FROM questions WHERE id = $1").bind(id).run(tx).await?;
    Ok(())
}

/// Which of a person's questions; empty texts are no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BankFilter {
    /// Parts of name or stem, in any capitals.
    pub words: String,
    pub tag: String,
    /// With all that lies under it.
    pub category: String,
    pub kind: String,
}

/// A question in the list of a bank.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct BankRow {
    pub id: String,
    pub content: String,
    pub created_at_ms: i64,
    pub updated_at_ms: i64,
    /// How many people have answered it.
    pub learners: i64,
}

const BANK: &str = "SELECT q.id, q.content, q.created_at_ms, q.updated_at_ms,
        (SELECT COUNT(*) FROM answers a WHERE a.question_id = q.id AND a.is_first = TRUE) AS learners
    FROM questions q";

const FILTER: &str = "q.author_id = $1
    AND ($2 = '' OR q.words LIKE '%' || $2 || '%' ESCAPE '\\')
    AND ($3 = '' OR EXISTS (SELECT 1 FROM question_tags t WHERE t.question_id = q.id AND t.tag = $3))
    AND ($4 = '' OR q.category = $4 OR SUBSTR(q.category, 1, LENGTH($4) + 1) = $4 || '/')
    AND ($5 = '' OR q.kind = $5)";

impl BankFilter {
    /// The words as a pattern of `LIKE`.
    fn pattern(&self) -> String {
        self.words.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
    }
}

/// A person's questions, newest first, after a place.
pub async fn list_bank(
    db: &Db,
    author: &PersonId,
    filter: &BankFilter,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<BankRow>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, String::new()));
    sql_built(format!(
        "{BANK} WHERE {FILTER} AND (q.created_at_ms < $6 OR (q.created_at_ms = $6 AND q.id < $7))
         ORDER BY q.created_at_ms DESC, q.id DESC LIMIT $8"
    ))
    .bind(author)
    .bind(filter.pattern())
    .bind(&filter.tag)
    .bind(&filter.category)
    .bind(&filter.kind)
    .bind(at_ms)
    .bind(id)
    .bind(limit)
    .all(db)
    .await
}

/// One question as its list has it.
pub async fn find_bank(on: impl Into<On<'_>>, id: &QuestionId) -> Result<Option<BankRow>, StoreError> {
    sql_built(format!("{BANK} WHERE q.id = $1")).bind(id).optional(on).await
}

/// The contents of a person's questions, oldest first, to be taken out; at most `limit`.
pub async fn list_bank_contents(
    db: &Db,
    author: &PersonId,
    filter: &BankFilter,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = sql_built(format!(
        "SELECT q.content FROM questions q WHERE {FILTER} ORDER BY q.created_at_ms, q.id LIMIT $6"
    ))
    .bind(author)
    .bind(filter.pattern())
    .bind(&filter.tag)
    .bind(&filter.category)
    .bind(&filter.kind)
    .bind(limit)
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|(content,)| content).collect())
}

/// A person's tags and how many questions bear each.
pub async fn list_tags(db: &Db, author: &PersonId) -> Result<Vec<(String, i64)>, StoreError> {
    sql("SELECT t.tag, COUNT(*) AS questions FROM question_tags t JOIN questions q ON q.id = t.question_id
         WHERE q.author_id = $1 GROUP BY t.tag ORDER BY t.tag")
    .bind(author)
    .all(db)
    .await
}

/// A person's categories and how many questions are in each.
pub async fn list_categories(db: &Db, author: &PersonId) -> Result<Vec<(String, i64)>, StoreError> {
    sql("SELECT category, COUNT(*) AS questions FROM questions WHERE author_id = $1 AND category <> ''
         GROUP BY category ORDER BY category")
    .bind(author)
    .all(db)
    .await
}

/// A moment of a clip that asks a question.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PlaceRow {
    pub question_id: String,
    pub clip_id: String,
    pub title: String,
    pub moment_ms: i64,
    pub published: bool,
}

/// The pictures of these questions, each once.
pub async fn list_pictures_of(db: &Db, questions: &[String]) -> Result<Vec<String>, StoreError> {
    let places = places(1, questions.len());
    let rows: Vec<(String,)> = sql_built(format!(
        "SELECT DISTINCT media_key FROM question_pictures WHERE question_id IN ({places}) ORDER BY media_key"
    ))
    .bind_all(questions)
    .all(db)
    .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Where these questions are asked, by the time their clips came.
pub async fn list_places(on: impl Into<On<'_>>, questions: &[String]) -> Result<Vec<PlaceRow>, StoreError> {
    let places = places(1, questions.len());
    sql_built(format!(
        "SELECT a.question_id, a.clip_id, c.title, a.moment_ms, c.published FROM clip_questions a
         JOIN clips c ON c.id = a.clip_id WHERE a.question_id IN ({places})
         ORDER BY a.question_id, c.created_at_ms, c.id"
    ))
    .bind_all(questions)
    .all(on)
    .await
}

/// What is asked by these questions, in plain words, in no order.
pub async fn list_stems(
    on: impl Into<On<'_>>,
    questions: &[String],
) -> Result<Vec<(String, String)>, StoreError> {
    let places = places(1, questions.len());
    sql_built(format!("SELECT id, stem FROM questions WHERE id IN ({places})"))
        .bind_all(questions)
        .all(on)
        .await
}

/// A clip asks a question no more.
pub async fn delete_asked(tx: &mut Tx, clip: &ClipId, question: &QuestionId) -> Result<(), StoreError> {
    sql("DELETE FROM clip_questions WHERE clip_id = $1 AND question_id = $2")
        .bind(clip)
        .bind(question)
        .run(tx)
        .await?;
    Ok(())
}

/// Makes a clip ask a question at a moment, or moves the moment.
pub async fn upsert_asked(
    tx: &mut Tx,
    clip: &ClipId,
    question: &QuestionId,
    moment_ms: i64,
) -> Result<(), StoreError> {
    sql("INSERT INTO clip_questions (clip_id, question_id, moment_ms) VALUES ($1, $2, $3)
         ON CONFLICT (clip_id, question_id) DO UPDATE SET moment_ms = excluded.moment_ms")
    .bind(clip)
    .bind(question)
    .bind(moment_ms)
    .run(tx)
    .await?;
    Ok(())
}

/// The clip asks this question alone, or none. The others stay in their author's bank.
pub async fn delete_asked_but(
    tx: &mut Tx,
    clip: &ClipId,
    keep: Option<&QuestionId>,
) -> Result<(), StoreError> {
    sql("DELETE FROM clip_questions WHERE clip_id = $1 AND question_id <> $2")
        .bind(clip)
        .bind(keep.map_or("", QuestionId::as_str))
        .run(tx)
        .await?;
    Ok(())
}

/// Counts first answers: of all learners, of the right ones, and of those that took this choice.
pub async fn get_first_answers(
    on: impl Into<On<'_>>,
    question: &str,
    choice: Option<&str>,
) -> Result<FirstAnswersRow, StoreError> {
    sql("SELECT COUNT(*) AS learners,
            CAST(COALESCE(SUM(CASE WHEN is_right = TRUE THEN 1 ELSE 0 END), 0) AS BIGINT) AS right_count,
            CAST(COALESCE(SUM(CASE WHEN choice_id = $2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS same_choice
         FROM answers WHERE question_id = $1 AND is_first = TRUE")
    .bind(question)
    .bind(choice.unwrap_or_default())
    .one(on)
    .await
}

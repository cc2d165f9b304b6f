//! Cards: what each learner remembers of each question, whichever of its forms was asked: a card bears the id of its
//! family's root. A card is the fold of its answers: it is made again from them when one arrives late.

use super::{Db, On, StoreError, Tx, mastery, places, sql, sql_built, sql_rows};
use minnow_memory::{Card, DAY_MS, Parameters, Rating, Review, State, card};
use minnow_shared::{PersonId, QuestionId, answer::Certainty};

/// A card as it is kept.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct CardRow {
    pub question_id: String,
    pub stability: f64,
    pub difficulty: f64,
    pub last_review_ms: i64,
    pub last_rating: i64,
    pub was_sure: bool,
    pub reviews: i64,
    pub lapses: i64,
    pub last_answer_ms: i64,
    pub due_ms: i64,
}

/// How a learner's memory is modelled, and how much of it is to be kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Memory {
    pub parameters: Parameters,
    /// Desired retention, 0.70 to 0.97.
    pub retention: f64,
}

#[derive(sqlx::FromRow)]
struct AnswerOfCardRow {
    id: String,
    answered_at_ms: i64,
    kept_at_ms: i64,
    is_right: bool,
    certainty: Option<String>,
}

#[derive(sqlx::FromRow)]
struct HistoryRow {
    question_id: String,
    #[sqlx(flatten)]
    answer: AnswerOfCardRow,
}

impl AnswerOfCardRow {
    fn review(self) -> Review {
        Review {
            id: self.id,
            // A learner's clock may be wrong; nothing was answered after it arrived.
            at_ms: self.answered_at_ms.min(self.kept_at_ms),
            is_right: self.is_right,
            certainty: self.certainty.as_deref().and_then(certainty_of),
        }
    }
}

const CARD: &str =
    "SELECT question_id, stability, difficulty, last_review_ms, last_rating, was_sure, reviews, lapses,
    last_answer_ms, due_ms FROM cards";

impl CardRow {
    /// The card of this row.
    pub fn card(&self) -> Card {
        let count = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
        let rating = u8::try_from(self.last_rating).ok().and_then(Rating::from_number);
        Card {
            state: State { stability: self.stability, difficulty: self.difficulty },
            last_review_ms: self.last_review_ms,
            last_rating: rating.unwrap_or(Rating::Good),
            was_sure: self.was_sure,
            reviews: count(self.reviews),
            lapses: count(self.lapses),
            last_answer_ms: self.last_answer_ms,
        }
    }
}

/// Every answer to a family of questions by a person, as reviews: whichever form was asked.
pub async fn list_reviews(
    on: impl Into<On<'_>>,
    person: &str,
    root: &str,
) -> Result<Vec<Review>, StoreError> {
    let rows: Vec<AnswerOfCardRow> =
        sql("SELECT a.id, a.answered_at_ms, a.kept_at_ms, a.is_right, a.certainty
         FROM questions q JOIN answers a ON a.person_id = $1 AND a.question_id = q.id AND a.is_before = FALSE
         -- An open answer waits for people: it says nothing of memory.
         WHERE ((q.id = $2 AND q.form_of IS NULL) OR q.form_of = $2) AND q.kind <> 'open'
         ORDER BY a.answered_at_ms, a.id")
        .bind(person)
        .bind(root)
        .all(on)
        .await?;
    Ok(rows.into_iter().map(AnswerOfCardRow::review).collect())
}

/// A certainty by its name in the store.
pub fn certainty_of(name: &str) -> Option<Certainty> {
    match name {
        "guess" => Some(Certainty::Guess),
        "think_so" => Some(Certainty::ThinkSo),
        "sure" => Some(Certainty::Sure),
        _ => None,
    }
}

/// Notes that cards, each a person and a question, do not hold their newest answer: those of the questions' families. As
/// many as one statement takes.
pub async fn mark_stale(tx: &mut Tx, cards: &[(&str, &str)]) -> Result<(), StoreError> {
    let mut statement = sql_rows(
        "WITH stale (person_id, question_id) AS (VALUES {rows})
         INSERT INTO stale_cards (person_id, question_id)
         SELECT DISTINCT stale.person_id, COALESCE(q.form_of, q.id) FROM stale JOIN questions q ON q.id = stale.question_id
         WHERE stale.person_id IS NOT NULL ON CONFLICT (person_id, question_id) DO NOTHING",
        cards.len(),
        2,
    );
    for (person, question) in cards {
        statement = statement.bind(*person).bind(*question);
    }
    statement.run(tx).await?;
    Ok(())
}

/// Cards that do not hold their newest answer: a person's, or anybody's.
pub async fn list_stale_cards(
    db: &Db,
    person: Option<&PersonId>,
    limit: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    sql("SELECT person_id, question_id FROM stale_cards WHERE person_id = $1 OR $1 = ''
         ORDER BY person_id, question_id LIMIT $2")
    .bind(person.map_or("", PersonId::as_str))
    .bind(limit)
    .all(db)
    .await
}

/// The card of these reviews and when it is due. `None` of none.
pub fn made_of(reviews: &[Review], person: &str, root: &str, memory: &Memory) -> Option<(Card, i64)> {
    let made = minnow_memory::replay(&memory.parameters, reviews)?;
    let seed = card::seed(root, made.reviews) ^ card::seed(person, 0);
    Some((made, made.due_ms(&memory.parameters, memory.retention, Some(seed))))
}

/// Makes a person's card of a family from all answers to it, if it does not hold the newest, and says when it is due.
/// `question`: the family's root.
pub async fn remake_card(
    tx: &mut Tx,
    person: &str,
    question: &str,
    memory: &Memory,
) -> Result<Option<(Card, i64)>, StoreError> {
    // First the mark, then the answers: an answer that arrives in between leaves a new mark. Who takes the mark makes the
    // card; another node that comes later finds none.
    let taken = sql("DELETE FROM stale_cards WHERE person_id = $1 AND question_id = $2")
        .bind(person)
        .bind(question)
        .run(&mut *tx)
        .await?;
    if taken == 0 {
        return Ok(None);
    }
    // What holds for the card holds for what the learner knows of its topics.
    mastery::mark_stale(&mut *tx, person).await?;
    let reviews = list_reviews(&mut *tx, person, question).await?;
    let Some((made, due_ms)) = made_of(&reviews, person, question, memory) else {
        // Its answers are another family's by now, or gone.
        sql("DELETE FROM cards WHERE person_id = $1 AND question_id = $2")
            .bind(person)
            .bind(question)
            .run(tx)
            .await?;
        return Ok(None);
    };
    sql("INSERT INTO cards (person_id, question_id, stability, difficulty, last_review_ms, last_rating, was_sure, reviews,
            lapses, last_answer_ms, due_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (person_id, question_id) DO UPDATE SET stability = excluded.stability,
            difficulty = excluded.difficulty, last_review_ms = excluded.last_review_ms,
            last_rating = excluded.last_rating, was_sure = excluded.was_sure, reviews = excluded.reviews,
            lapses = excluded.lapses, last_answer_ms = excluded.last_answer_ms, due_ms = excluded.due_ms")
    .bind(person)
    .bind(question)
    .bind(made.state.stability)
    .bind(made.state.difficulty)
    .bind(made.last_review_ms)
    .bind(i64::from(made.last_rating.number()))
    .bind(made.was_sure)
    .bind(i64::from(made.reviews))
    .bind(i64::from(made.lapses))
    .bind(made.last_answer_ms)
    .bind(due_ms)
    .run(tx)
    .await?;
    Ok(Some((made, due_ms)))
}

/// A person's card of a question.
pub async fn find_card(
    db: &Db,
    person: &PersonId,
    question: &QuestionId,
) -> Result<Option<CardRow>, StoreError> {
    sql_built(format!("{CARD} WHERE person_id = $1 AND question_id = $2"))
        .bind(person)
        .bind(question)
        .optional(db)
        .await
}

/// A person's due cards, most likely still known first, no more than `limit`: the chance falls with the time since the
/// last review in units of stability, so that quotient orders them.
pub async fn list_due_cards(
    db: &Db,
    person: &PersonId,
    now_ms: i64,
    limit: i64,
) -> Result<Vec<CardRow>, StoreError> {
    // The list comes from the index alone; only what is shown is looked up.
    sql("WITH due AS (SELECT question_id FROM cards WHERE person_id = $1 AND due_ms <= $2
            ORDER BY ($2 - last_review_ms) / stability, due_ms, question_id LIMIT $3)
         SELECT c.question_id, c.stability, c.difficulty, c.last_review_ms, c.last_rating, c.was_sure, c.reviews, c.lapses,
            c.last_answer_ms, c.due_ms
         FROM due JOIN cards c ON c.person_id = $1 AND c.question_id = due.question_id
         ORDER BY ($2 - c.last_review_ms) / c.stability, c.due_ms, c.question_id")
    .bind(person)
    .bind(now_ms)
    .bind(limit)
    .all(db)
    .await
}

/// A person's cards whose last review and last answer were not right, the latest first.
pub async fn list_wrong_cards(db: &Db, person: &PersonId, limit: i64) -> Result<Vec<CardRow>, StoreError> {
    sql_built(format!(
        "{CARD} WHERE person_id = $1 AND last_rating = 1
            AND (SELECT a.is_right FROM questions q JOIN answers a ON a.person_id = $1 AND a.question_id = q.id AND a.is_before = FALSE
                 WHERE q.id = cards.question_id OR q.form_of = cards.question_id
                 ORDER BY a.answered_at_ms DESC, a.id DESC LIMIT 1) = FALSE
         ORDER BY last_answer_ms DESC, question_id LIMIT $2"
    ))
    .bind(person)
    .bind(limit)
    .all(db)
    .await
}

/// Notes that all of a person's cards are to be made again: their model or their retention changed.
pub async fn mark_all_stale(tx: &mut Tx, person: &PersonId) -> Result<(), StoreError> {
    sql("INSERT INTO stale_cards (person_id, question_id) SELECT person_id, question_id FROM cards WHERE person_id = $1
         ON CONFLICT (person_id, question_id) DO NOTHING")
    .bind(person)
    .run(tx)
    .await?;
    Ok(())
}

/// Weights fitted to a person, as JSON.
pub async fn find_weights(on: impl Into<On<'_>>, person: &PersonId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT weights FROM memory_models WHERE person_id = $1").bind(person).optional(on).await?;
    Ok(row.map(|row| row.0))
}

/// What weights were fitted to, and when that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fitted {
    pub reviews: i64,
    /// When the last of them was given.
    pub through_ms: i64,
    pub at_ms: i64,
}

/// Keeps weights fitted to a person's first reviews. Their cards are to be made again.
pub async fn upsert_weights(
    tx: &mut Tx,
    person: &PersonId,
    weights: &str,
    fitted: Fitted,
) -> Result<(), StoreError> {
    sql("INSERT INTO memory_models (person_id, weights, fitted_reviews, fitted_at_ms, fitted_through_ms)
         SELECT $1, $2, $3, $4, $5 WHERE EXISTS (SELECT 1 FROM people WHERE id = $1)
         ON CONFLICT (person_id) DO UPDATE SET weights = excluded.weights, fitted_reviews = excluded.fitted_reviews,
            fitted_at_ms = excluded.fitted_at_ms, fitted_through_ms = excluded.fitted_through_ms")
    .bind(person)
    .bind(weights)
    .bind(fitted.reviews)
    .bind(fitted.at_ms)
    .bind(fitted.through_ms)
    .run(&mut *tx)
    .await?;
    mark_all_stale(tx, person).await
}

/// An answer from before the last that weights were fitted to has come late: they are to be fitted anew.
pub async fn unfit(tx: &mut Tx, person: &str, answered_at_ms: i64) -> Result<(), StoreError> {
    sql("UPDATE memory_models SET fitted_reviews = 0 WHERE person_id = $1 AND fitted_through_ms >= $2")
        .bind(person)
        .bind(answered_at_ms)
        .run(tx)
        .await?;
    Ok(())
}

/// People who have reviewed at least `least` times, and half as much again as when their weights were fitted last.
pub async fn list_unfitted(db: &Db, least: i64, limit: i64) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> =
        sql("SELECT c.person_id FROM cards c LEFT JOIN memory_models m ON m.person_id = c.person_id
         GROUP BY c.person_id, m.fitted_reviews
         HAVING SUM(c.reviews) >= $1 AND SUM(c.reviews) * 2 >= COALESCE(m.fitted_reviews, 0) * 3
         ORDER BY c.person_id LIMIT $2")
        .bind(least)
        .bind(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Every answer of a person that says something of memory, by family and time: the family's root and the review.
pub async fn list_histories(db: &Db, person: &PersonId) -> Result<Vec<(String, Review)>, StoreError> {
    let rows: Vec<HistoryRow> =
        sql("SELECT COALESCE(q.form_of, q.id) AS question_id, a.id, a.answered_at_ms, a.kept_at_ms, a.is_right, a.certainty
         FROM answers a JOIN questions q ON q.id = a.question_id WHERE a.person_id = $1 AND q.kind <> 'open'
            AND a.is_before = FALSE
         ORDER BY COALESCE(q.form_of, q.id), a.answered_at_ms, a.id")
        .bind(person)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.question_id, row.answer.review())).collect())
}

/// An answer to some form of a family.
#[derive(Debug, Clone, PartialEq)]
pub struct FamilyReview {
    pub root_id: String,
    pub question_id: String,
    pub review: Review,
}

#[derive(sqlx::FromRow)]
struct FamilyReviewRow {
    root_id: String,
    #[sqlx(flatten)]
    history: HistoryRow,
}

/// A person's answers to any form of these families that say something of memory, by family, form and time.
pub async fn list_histories_of(
    db: &Db,
    person: &PersonId,
    roots: &[String],
) -> Result<Vec<FamilyReview>, StoreError> {
    let mut all = Vec::new();
    for some in roots.chunks(200) {
        let places = places(2, some.len());
        let rows: Vec<FamilyReviewRow> = sql_built(format!(
            "SELECT COALESCE(q.form_of, q.id) AS root_id, a.question_id, a.id, a.answered_at_ms, a.kept_at_ms, a.is_right,
                a.certainty
             FROM questions q JOIN answers a ON a.person_id = $1 AND a.question_id = q.id
             WHERE (q.id IN ({places}) OR q.form_of IN ({places})) AND q.kind <> 'open' AND a.is_before = FALSE
             ORDER BY COALESCE(q.form_of, q.id), a.question_id, a.answered_at_ms, a.id"
        ))
        .bind(person)
        .bind_all(some)
        .all(db)
        .await?;
        all.extend(rows.into_iter().map(|row| FamilyReview {
            root_id: row.root_id,
            question_id: row.history.question_id,
            review: row.history.answer.review(),
        }));
    }
    Ok(all)
}

/// How many cards are due.
pub async fn count_due_cards(db: &Db, person: &PersonId, now_ms: i64) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql("SELECT COUNT(*) FROM cards WHERE person_id = $1 AND due_ms <= $2")
        .bind(person)
        .bind(now_ms)
        .one(db)
        .await?;
    Ok(count)
}

/// How many cards fall due on each day of the `days` from `day_start_ms` on; what was due before counts as the first
/// day. Days without any are left out.
pub async fn list_due_days(
    db: &Db,
    person: &PersonId,
    day_start_ms: i64,
    days: i64,
) -> Result<Vec<(i64, i64)>, StoreError> {
    sql("SELECT CASE WHEN due_ms < $2 THEN 0 ELSE (due_ms - $2) / $4 END AS day, COUNT(*) AS cards FROM cards
         WHERE person_id = $1 AND due_ms < $2 + $3 * $4 GROUP BY 1 ORDER BY 1")
    .bind(person)
    .bind(day_start_ms)
    .bind(days)
    .bind(DAY_MS)
    .all(db)
    .await
}

/// All cards of a person.
pub async fn list_cards(db: &Db, person: &PersonId) -> Result<Vec<CardRow>, StoreError> {
    sql_built(format!("{CARD} WHERE person_id = $1 ORDER BY question_id")).bind(person).all(db).await
}

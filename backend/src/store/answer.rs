//! Answers: kept once under the client's id, with the words around them as they were. Which try of an asking an answer is,
//! what is left of its credit, and whether it is the first and earns points, is told by all of its learner's answers to the
//! question in the order of their time (`minnow_shared::asking`): an answer that comes late takes its place among the
//! others, and they change with it.

use super::{
    Db, On, StoreError, Tx, card, few,
    interest::{self, NewEvent},
    places, sql, sql_built, sql_rows,
};
use minnow_shared::{
    PersonId, QuestionId,
    asking::{GradedAnswer, Placed, placed},
    question::Credit,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// An answer that was kept. `response` is JSON.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AnswerRow {
    pub id: String,
    pub person_id: String,
    pub question_id: String,
    /// The clip it was asked in, while that is there.
    pub clip_id: Option<String>,
    pub response: String,
    pub choice_id: Option<String>,
    pub certainty: Option<String>,
    pub is_right: bool,
    /// Ten-millionths of full credit, what further tries cost taken off.
    pub credit: i64,
    /// The same before anything is taken off; how many tries there were, what each takes off, and whether no further try
    /// comes after this answer whatever is left. What depends on other answers is made from these.
    pub own_credit: i64,
    pub tries: i64,
    pub penalty: i64,
    pub ends: bool,
    /// Which try of one asking it was, from 1, and whether the right answer was shown after it.
    pub attempt: i64,
    pub is_final: bool,
    pub is_first: bool,
    pub xp: i64,
    pub right_choice_id: Option<String>,
    pub right_text: String,
    pub reason: String,
    pub choice_reason: String,
    pub answered_at_ms: i64,
    pub kept_at_ms: i64,
    /// A guess before the clip: it is nobody's first answer, earns nothing and makes no card.
    pub is_before: bool,
}

/// What became of an answer that was to be kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Kept {
    /// It, or the first one under its id by the same person; with the person's points.
    Answer { row: Box<AnswerRow>, total_xp: i64 },
    /// The id is another person's answer.
    TakenId,
    /// The person is gone.
    NoPerson,
}

const ANSWER: &str =
    "id, person_id, question_id, clip_id, response, choice_id, certainty, is_right, credit, own_credit, tries, penalty, ends,
    attempt, is_final, is_first, xp, right_choice_id, right_text, reason, choice_reason, answered_at_ms, kept_at_ms, is_before";

/// What comes later than this was not sent at once.
const LATE_MS: i64 = 60_000;

/// An answer that was new, as it was written: as if it were the only one, or a later one of which nothing is known yet.
#[derive(sqlx::FromRow)]
struct NewRow {
    id: String,
    is_first: bool,
    xp: i64,
}

/// What of an answer the others decide.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
struct PlaceRow {
    id: String,
    person_id: String,
    question_id: String,
    answered_at_ms: i64,
    own_credit: i64,
    tries: i64,
    penalty: i64,
    ends: bool,
    credit: i64,
    attempt: i64,
    is_final: bool,
    is_first: bool,
    xp: i64,
    /// The learner wrote the question: nothing is earned by it.
    is_own: bool,
}

impl PlaceRow {
    fn graded(&self) -> GradedAnswer {
        let credit = |number: i64| Credit(i32::try_from(number).unwrap_or_default());
        GradedAnswer {
            id: self.id.clone(),
            at_ms: self.answered_at_ms,
            own_credit: credit(self.own_credit),
            tries: u8::try_from(self.tries.max(1)).unwrap_or(u8::MAX),
            penalty: credit(self.penalty),
            ends: self.ends,
        }
    }

    fn at(&self, place: &Placed) -> Self {
        Self {
            credit: i64::from(place.credit.0),
            attempt: i64::from(place.attempt),
            is_final: place.is_final,
            is_first: place.is_first,
            xp: if self.is_own { 0 } else { i64::from(place.xp) },
            ..self.clone()
        }
    }
}

/// New answers among the others: by their ids; and the points of the people who gave them.
#[derive(Default)]
struct Came {
    places: HashMap<String, PlaceRow>,
    totals: HashMap<String, i64>,
}

/// Keeps many answers as if one after the other, by few statements: what a row costs is mostly the way to the database
/// and back. Several answers of a person in one call all tell the points after the last.
pub async fn insert_answers(tx: &mut Tx, answers: &[&AnswerRow]) -> Result<Vec<Kept>, StoreError> {
    // A question answered twice at once, or an id sent twice, goes one after the other.
    let (mut pairs, mut ids) = (HashSet::new(), HashSet::new());
    let alone: Vec<&AnswerRow> = answers
        .iter()
        .copied()
        .filter(|row| pairs.insert((&row.person_id, &row.question_id)) && ids.insert(&row.id))
        .collect();
    let mut came = keep_new(tx, &alone).await?;
    let mut all = Vec::with_capacity(answers.len());
    for row in answers {
        all.push(match (came.places.remove(&row.id), came.totals.get(&row.person_id)) {
            (Some(place), Some(total_xp)) => kept(row, &place, *total_xp),
            // There already, of nobody, or the second of its kind in this call.
            _ => insert_answer(tx, row).await?,
        });
    }
    Ok(all)
}

fn kept(row: &AnswerRow, place: &PlaceRow, total_xp: i64) -> Kept {
    let row = AnswerRow {
        credit: place.credit,
        attempt: place.attempt,
        is_final: place.is_final,
        is_first: place.is_first,
        xp: place.xp,
        ..row.clone()
    };
    Kept::Answer { row: Box::new(row), total_xp }
}

/// Keeps an answer. What depends on other answers is decided here. An id that is there already changes nothing.
pub async fn insert_answer(tx: &mut Tx, row: &AnswerRow) -> Result<Kept, StoreError> {
    let mut came = keep_new(tx, &[row]).await?;
    if let (Some(place), Some(total_xp)) = (came.places.remove(&row.id), came.totals.get(&row.person_id)) {
        return Ok(kept(row, &place, *total_xp));
    }
    let total: Option<(i64,)> =
        sql("SELECT xp FROM people WHERE id = $1").bind(&row.person_id).optional(&mut *tx).await?;
    let Some((total_xp,)) = total else { return Ok(Kept::NoPerson) };
    let there: Option<AnswerRow> = find_answer(tx, &row.id).await?;
    Ok(match there {
        Some(there) if there.person_id == row.person_id => Kept::Answer { row: Box::new(there), total_xp },
        _ => Kept::TakenId,
    })
}

/// Keeps those that are not there, each of another person or question than the others, and finds their places.
async fn keep_new(tx: &mut Tx, alone: &[&AnswerRow]) -> Result<Came, StoreError> {
    let mut new: HashMap<String, NewRow> = HashMap::new();
    for some in few(alone) {
        new.extend(insert_new(tx, some).await?.into_iter().map(|row| (row.id.clone(), row)));
    }
    let (mut earned, mut came, mut later) = (BTreeMap::<&str, i64>::new(), Came::default(), Vec::new());
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for row in alone {
        let Some(NewRow { is_first, xp, .. }) = new.get(&row.id) else { continue };
        let pair = (row.person_id.as_str(), row.question_id.as_str());
        *earned.entry(&row.person_id).or_default() += xp;
        if row.is_before {
            came.places.insert(row.id.clone(), PlaceRow { is_first: false, ..alone_place(row, 0) });
            continue;
        }
        pairs.push(pair);
        if *is_first {
            came.places.insert(row.id.clone(), alone_place(row, *xp));
        } else {
            later.push(pair);
        }
    }
    for some in few(&pairs) {
        card::mark_stale(tx, some).await?;
    }
    for row in
        alone.iter().filter(|row| row.kept_at_ms - row.answered_at_ms > LATE_MS && new.contains_key(&row.id))
    {
        card::unfit(tx, &row.person_id, row.answered_at_ms).await?;
    }
    // Even of nothing: from here on no other node places answers of these people.
    add_points(tx, &earned, &mut came.totals).await?;
    let mut changed: BTreeMap<String, i64> = BTreeMap::new();
    for row in place_again(tx, &later, &mut changed).await? {
        if new.contains_key(&row.id) {
            came.places.insert(row.id.clone(), row);
        }
    }
    changed.retain(|_, points| *points != 0);
    let changed = changed.iter().map(|(person, points)| (person.as_str(), *points)).collect();
    add_points(tx, &changed, &mut came.totals).await?;
    let told = alone.iter().filter(|row| !row.is_before && new.contains_key(&row.id));
    let events: Vec<NewEvent<'_>> = told.filter_map(|row| event(row)).collect();
    interest::log(tx, &events).await?;
    Ok(came)
}

/// What an answer in a clip tells of interests.
fn event(row: &AnswerRow) -> Option<NewEvent<'_>> {
    Some(NewEvent {
        person: &row.person_id,
        kind: "answered",
        clip: Some(row.clip_id.as_deref()?),
        topic: None,
        value: Credit(i32::try_from(row.own_credit).unwrap_or_default()).share(),
        at_ms: row.answered_at_ms,
        now_ms: row.kept_at_ms,
    })
}

/// The place of an answer that is the only one of its learner to the question, and what it earned.
fn alone_place(row: &AnswerRow, xp: i64) -> PlaceRow {
    PlaceRow {
        id: row.id.clone(),
        person_id: row.person_id.clone(),
        question_id: row.question_id.clone(),
        answered_at_ms: row.answered_at_ms,
        own_credit: row.own_credit,
        tries: row.tries,
        penalty: row.penalty,
        ends: row.ends,
        credit: row.credit,
        attempt: row.attempt,
        is_final: row.is_final,
        is_first: true,
        xp,
        is_own: xp != row.xp,
    }
}

/// Gives all answers of these, each a person and a question, the places they have among each other; all of them. What each
/// person has more or less for it is added to `changed`.
async fn place_again(
    tx: &mut Tx,
    pairs: &[(&str, &str)],
    changed: &mut BTreeMap<String, i64>,
) -> Result<Vec<PlaceRow>, StoreError> {
    let mut all = Vec::new();
    for some in few(pairs) {
        let rows = list_places(tx, some).await?;
        let mut moved = Vec::new();
        for of_one in rows.chunk_by(|a, b| (&a.person_id, &a.question_id) == (&b.person_id, &b.question_id)) {
            let graded: Vec<GradedAnswer> = of_one.iter().map(PlaceRow::graded).collect();
            for (row, place) in of_one.iter().zip(placed(&graded)) {
                let now = row.at(&place);
                if now != *row {
                    *changed.entry(row.person_id.clone()).or_default() += now.xp - row.xp;
                    moved.push(now.clone());
                }
                all.push(now);
            }
        }
        // There is one first at any time: it goes before another comes.
        moved.sort_by_key(|row| row.is_first);
        for some in moved.chunk_by(|a, b| a.is_first == b.is_first).flat_map(few) {
            update_places(tx, some).await?;
        }
    }
    Ok(all)
}

/// Gives the answers of a person to these questions their places anew, and the person the points that belong to them.
pub async fn place_answers(tx: &mut Tx, person: &PersonId, questions: &[String]) -> Result<(), StoreError> {
    let pairs: Vec<(&str, &str)> = questions.iter().map(|id| (person.as_str(), id.as_str())).collect();
    let (mut changed, mut totals) = (BTreeMap::new(), HashMap::new());
    place_again(tx, &pairs, &mut changed).await?;
    let changed = changed.iter().map(|(person, points)| (person.as_str(), *points)).collect();
    add_points(tx, &changed, &mut totals).await
}

/// The questions that a person has answered.
pub async fn list_answered(on: impl Into<On<'_>>, person: &PersonId) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> =
        sql("SELECT DISTINCT question_id FROM answers WHERE person_id = $1 ORDER BY question_id")
            .bind(person)
            .all(on)
            .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Those of these questions that a person has answered.
pub async fn list_answered_of(
    db: &Db,
    person: &PersonId,
    questions: &[String],
) -> Result<Vec<String>, StoreError> {
    let mut all = Vec::new();
    for some in questions.chunks(200) {
        let places = places(2, some.len());
        let rows: Vec<(String,)> = sql_built(format!(
            "SELECT DISTINCT question_id FROM answers WHERE person_id = $1 AND is_before = FALSE AND question_id IN ({places})
             ORDER BY question_id"
        ))
        .bind(person)
        .bind_all(some)
        .all(db)
        .await?;
        all.extend(rows.into_iter().map(|row| row.0));
    }
    Ok(all)
}

/// Every answer of these, each a person and a question: those of one together, in the order of their time.
async fn list_places(tx: &mut Tx, pairs: &[(&str, &str)]) -> Result<Vec<PlaceRow>, StoreError> {
    let mut statement = sql_rows(
        "WITH asked (person_id, question_id) AS (VALUES {rows})
         SELECT a.id, a.person_id, a.question_id, a.answered_at_ms, a.own_credit, a.tries, a.penalty, a.ends, a.credit,
            a.attempt, a.is_final, a.is_first, a.xp, q.author_id = a.person_id AS is_own
         FROM asked JOIN answers a ON a.person_id = asked.person_id AND a.question_id = asked.question_id
            JOIN questions q ON q.id = a.question_id
         WHERE a.is_before = FALSE
         ORDER BY a.person_id, a.question_id, a.answered_at_ms, a.id",
        pairs.len(),
        2,
    );
    for (person, question) in pairs {
        statement = statement.bind(*person).bind(*question);
    }
    statement.all(tx).await
}

async fn update_places(tx: &mut Tx, some: &[PlaceRow]) -> Result<(), StoreError> {
    let mut statement = sql_rows(
        "WITH new (id, credit, attempt, is_final, is_first, xp) AS (VALUES {rows})
         UPDATE answers SET credit = new.credit, attempt = new.attempt, is_final = new.is_final, is_first = new.is_first,
            xp = new.xp
         FROM new WHERE answers.id = new.id",
        some.len(),
        6,
    );
    for row in some {
        statement = statement
            .bind(&row.id)
            .bind(row.credit)
            .bind(row.attempt)
            .bind(row.is_final)
            .bind(row.is_first)
            .bind(row.xp);
    }
    statement.run(tx).await?;
    Ok(())
}

/// Those that were not there. Each of another person or question than the others.
async fn insert_new(tx: &mut Tx, some: &[&AnswerRow]) -> Result<Vec<NewRow>, StoreError> {
    let mut statement = sql_rows(
        "WITH new (id, person_id, question_id, clip_id, response, choice_id, certainty, is_right, credit, xp,
            right_choice_id, right_text, reason, choice_reason, answered_at_ms, kept_at_ms, attempt, is_final,
            own_credit, tries, penalty, ends, is_before) AS (VALUES {rows})
         INSERT INTO answers (id, person_id, question_id, clip_id, response, choice_id, certainty, is_right, credit,
            is_first, xp, right_choice_id, right_text, reason, choice_reason, answered_at_ms, kept_at_ms, attempt, is_final,
            own_credit, tries, penalty, ends, is_before)
         SELECT id, person_id, question_id, clip_id, response, choice_id, certainty, is_right, credit,
            is_before = FALSE AND NOT EXISTS (SELECT 1 FROM answers a WHERE a.person_id = new.person_id
                AND a.question_id = new.question_id AND a.is_before = FALSE),
            CASE WHEN is_before = TRUE OR EXISTS (SELECT 1 FROM answers a WHERE a.person_id = new.person_id
                AND a.question_id = new.question_id AND a.is_before = FALSE)
                OR EXISTS (SELECT 1 FROM questions q WHERE q.id = new.question_id AND q.author_id = new.person_id)
                THEN 0 ELSE xp END,
            right_choice_id, right_text, reason, choice_reason, answered_at_ms, kept_at_ms, attempt, is_final,
            own_credit, tries, penalty, ends, is_before
         FROM new WHERE EXISTS (SELECT 1 FROM people p WHERE p.id = new.person_id)
         ON CONFLICT (id) DO NOTHING
         RETURNING id, is_first, xp",
        some.len(),
        23,
    );
    for row in some {
        statement = statement
            .bind(&row.id)
            .bind(&row.person_id)
            .bind(&row.question_id)
            .bind(row.clip_id.clone())
            .bind(&row.response)
            .bind(row.choice_id.clone())
            .bind(row.certainty.clone())
            .bind(row.is_right)
            .bind(row.credit)
            .bind(row.xp)
            .bind(row.right_choice_id.clone())
            .bind(&row.right_text)
            .bind(&row.reason)
            .bind(&row.choice_reason)
            .bind(row.answered_at_ms)
            .bind(row.kept_at_ms)
            .bind(row.attempt)
            .bind(row.is_final)
            .bind(row.own_credit)
            .bind(row.tries)
            .bind(row.penalty)
            .bind(row.ends)
            .bind(row.is_before);
    }
    statement.all(tx).await
}

/// Adds points to people; what each has then goes into `totals`.
async fn add_points(
    tx: &mut Tx,
    earned: &BTreeMap<&str, i64>,
    totals: &mut HashMap<String, i64>,
) -> Result<(), StoreError> {
    let earned: Vec<(&str, i64)> = earned.iter().map(|(person, points)| (*person, *points)).collect();
    for some in few(&earned) {
        let mut statement = sql_rows(
            "WITH earned (person_id, points) AS (VALUES {rows})
             UPDATE people SET xp = people.xp + earned.points FROM earned WHERE people.id = earned.person_id
             RETURNING id, xp",
            some.len(),
            2,
        );
        for (person, points) in some {
            statement = statement.bind(*person).bind(*points);
        }
        let rows: Vec<(String, i64)> = statement.all(&mut *tx).await?;
        totals.extend(rows);
    }
    Ok(())
}

async fn find_answer(tx: &mut Tx, id: &str) -> Result<Option<AnswerRow>, StoreError> {
    sql_built(format!("SELECT {ANSWER} FROM answers WHERE id = $1")).bind(id).optional(tx).await
}

/// An answer under this id, if it is there.
pub async fn find_answer_of(db: &Db, id: &str) -> Result<Option<AnswerRow>, StoreError> {
    sql_built(format!("SELECT {ANSWER} FROM answers WHERE id = $1")).bind(id).optional(db).await
}

/// How many tries of a question a person has behind them since `from_ms`, after the last that ended an asking.
pub async fn count_tries(
    db: &Db,
    person: &PersonId,
    question: &QuestionId,
    from_ms: i64,
    to_ms: i64,
) -> Result<i64, StoreError> {
    let (count,): (i64,) =
        sql("SELECT COUNT(*) FROM answers WHERE person_id = $1 AND question_id = $2 AND is_final = FALSE AND is_before = FALSE
            AND answered_at_ms >= $3 AND answered_at_ms <= $4
            AND answered_at_ms > (SELECT COALESCE(MAX(answered_at_ms), -1) FROM answers
                WHERE person_id = $1 AND question_id = $2 AND is_final = TRUE AND is_before = FALSE
                    AND answered_at_ms <= $4)")
        .bind(person)
        .bind(question)
        .bind(from_ms)
        .bind(to_ms)
        .one(db)
        .await?;
    Ok(count)
}

/// Whether a person has answered a question; a guess before its clip is none.
pub async fn has_answered(db: &Db, person: &PersonId, question: &QuestionId) -> Result<bool, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT id FROM answers WHERE person_id = $1 AND question_id = $2 AND is_before = FALSE LIMIT 1")
            .bind(person)
            .bind(question)
            .optional(db)
            .await?;
    Ok(row.is_some())
}

/// Whether a person has answered a question or another form of it.
pub async fn has_met(db: &Db, person: &PersonId, question: &QuestionId) -> Result<bool, StoreError> {
    let row: Option<(String,)> =
        sql("SELECT a.id FROM questions mine JOIN questions f ON f.id = COALESCE(mine.form_of, mine.id)
                OR f.form_of = COALESCE(mine.form_of, mine.id)
             JOIN answers a ON a.person_id = $1 AND a.question_id = f.id AND a.is_before = FALSE
             WHERE mine.id = $2 LIMIT 1")
        .bind(person)
        .bind(question)
        .optional(db)
        .await?;
    Ok(row.is_some())
}

/// How many questions of before (families of them) a person has answered since `from_ms`: reviews, not what is new.
pub async fn count_reviewed(db: &Db, person: &PersonId, from_ms: i64) -> Result<i64, StoreError> {
    let (count,): (i64,) = sql("SELECT COUNT(DISTINCT COALESCE(q.form_of, q.id)) FROM answers a
         JOIN questions q ON q.id = a.question_id
         WHERE a.person_id = $1 AND a.answered_at_ms >= $2 AND a.is_before = FALSE
            AND EXISTS (SELECT 1 FROM questions f JOIN answers b ON b.person_id = $1 AND b.question_id = f.id
                WHERE (f.id = COALESCE(q.form_of, q.id) OR f.form_of = COALESCE(q.form_of, q.id))
                    AND b.is_before = FALSE AND b.answered_at_ms < $2)")
    .bind(person)
    .bind(from_ms)
    .one(db)
    .await?;
    Ok(count)
}

/// A person's answers, newest first, after a place.
pub async fn list_answers(
    db: &Db,
    person: &PersonId,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<AnswerRow>, StoreError> {
    let (at_ms, id) = after.unwrap_or((i64::MAX, String::new()));
    sql_built(format!(
        "SELECT {ANSWER} FROM answers
         WHERE person_id = $1 AND (answered_at_ms < $2 OR (answered_at_ms = $2 AND id < $3))
         ORDER BY answered_at_ms DESC, id DESC LIMIT $4"
    ))
    .bind(person)
    .bind(at_ms)
    .bind(id)
    .bind(limit)
    .all(db)
    .await
}

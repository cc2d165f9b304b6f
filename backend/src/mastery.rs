//! What learners hold of topics: estimates made again from answers, as cards are (`review`). The formulas are the crate
//! `mastery`'s, the SQL is the store's.

use crate::{
    app::App,
    store::{
        self, On, StoreError, Tx,
        mastery::{AbilityRow, CountedRow, ItemRow},
    },
    topics::graph_of,
};
use minnow_mastery::{
    estimate::{Belief, Site},
    fold::{Answer, Folded, Item, Model, fold},
    graph::Graph,
};
use minnow_shared::{
    PersonId,
    question::{Credit, Question, QuestionKey},
};
use std::collections::{BTreeSet, HashMap};

/// Learners made again at one look.
const AT_ONCE: i64 = 20;
/// What a first answer says of its question is written anew when it moved by more: else each answer would write as many rows
/// as the learner has answered questions.
const MOVED: f64 = 0.01;
/// Questions read at once for the chance of guessing.
const READ_AT_ONCE: usize = 200;

/// The chance to be right on a question by guessing alone, 0 to 1/2.
pub fn guess_of(key: &QuestionKey) -> f64 {
    let one_of = |count: usize| 1.0 / count.max(2) as f64;
    let orders = |count: usize| (2..=count.min(12)).map(|n| 1.0 / n as f64).product::<f64>();
    match key {
        QuestionKey::Choices { choices, multiple: false, .. } => one_of(choices.len()),
        QuestionKey::Choices { choices, .. } => {
            0.5_f64.powi(i32::try_from(choices.len()).unwrap_or(i32::MAX))
        }
        QuestionKey::TrueFalse { .. } => 0.5,
        QuestionKey::Matching { pairs, .. } => orders(pairs.len()).min(0.5),
        QuestionKey::Ordering { items } => orders(items.len()).min(0.5),
        _ => 0.0,
    }
}

/// The topics of the questions a person has answered, by question: those of the clips that ask it, and those that one of its
/// tags names.
pub struct QuestionTopics(HashMap<String, BTreeSet<String>>);

impl QuestionTopics {
    /// Reads them. `by_word`: topics by id and name in small letters.
    async fn read(
        mut on: On<'_>,
        person: &str,
        by_word: &HashMap<String, String>,
    ) -> Result<Self, StoreError> {
        let mut topics: HashMap<String, BTreeSet<String>> = HashMap::new();
        for (question, topic) in store::mastery::list_clip_topics_of(on.again(), person).await? {
            topics.entry(question).or_default().insert(topic);
        }
        for (question, tag) in store::mastery::list_tags_of(on.again(), person).await? {
            if let Some(topic) = by_word.get(&tag.trim().to_lowercase()) {
                topics.entry(question).or_default().insert(topic.clone());
            }
        }
        Ok(Self(topics))
    }

    /// Of one question.
    pub fn of(&self, question: &str) -> impl Iterator<Item = &str> {
        self.0.get(question).into_iter().flatten().map(String::as_str)
    }
}

/// Everything a person's estimates rest on.
pub struct Basis {
    pub answers: Vec<CountedRow>,
    pub items: Vec<ItemRow>,
    pub topics: QuestionTopics,
    pub graph: Graph,
}

impl Basis {
    /// Reads it.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn read(app: &App, on: impl Into<On<'_>>, person: &str) -> Result<Self, StoreError> {
        let mut on = on.into();
        let answers = store::mastery::list_counted(on.again(), person).await?;
        let items = store::mastery::list_items_of(on.again(), person).await?;
        let topics = QuestionTopics::read(on.again(), person, &app.feed.topics().by_word()).await?;
        let graph = graph_of(on.again()).await?;
        Ok(Self { answers, items, topics, graph })
    }

    fn fold(&self, model: &Model) -> (Vec<&str>, Folded) {
        let ids: Vec<&str> = self.graph.topics().collect();
        let place: HashMap<&str, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let wholes: Vec<Vec<(usize, u32)>> = ids
            .iter()
            .map(|id| {
                let wholes = self.graph.wholes(id);
                wholes.iter().filter_map(|(id, steps)| Some((*place.get(id.as_str())?, *steps))).collect()
            })
            .collect();
        // Any form of a question stands for its family.
        let families: HashMap<&str, usize> =
            self.items.iter().enumerate().map(|(place, row)| (row.root_id.as_str(), place)).collect();
        let item = |row: &ItemRow| Item {
            guess: row.guess.unwrap_or_default(),
            difficulty: model.difficulty.with(others(row)),
            topics: self.topics.of(&row.question_id).filter_map(|id| place.get(id).copied()).collect(),
            family: families.get(row.root_id.as_str()).copied().unwrap_or(usize::MAX),
        };
        let items: Vec<Item> = self.items.iter().map(item).collect();
        let item_place: HashMap<&str, usize> =
            self.items.iter().enumerate().map(|(place, row)| (row.question_id.as_str(), place)).collect();
        let answer = |row: &'_ CountedRow| {
            // Not borrowed from the closure's argument: ids live as long as the basis.
            Some((*item_place.get(row.question_id.as_str())?, credit(row)))
        };
        let answers: Vec<Answer<'_>> = self
            .answers
            .iter()
            .filter_map(|row| {
                let (item, credit) = answer(row)?;
                // A learner's clock may be wrong; nothing was answered after it arrived.
                Some(Answer { id: &row.id, item, at_ms: row.answered_at_ms.min(row.kept_at_ms), credit })
            })
            .collect();
        let folded = fold(model, &wholes, &items, &answers);
        (ids, folded)
    }
}

/// 0 to 1.
pub fn credit(row: &CountedRow) -> f64 {
    row.credit as f64 / f64::from(Credit::FULL.0)
}

/// What all others say of a question.
fn others(row: &ItemRow) -> Site {
    Site {
        // Sums of many small numbers: a hair below nothing is nothing.
        weight: (row.weight - row.own_weight.unwrap_or_default()).max(0.0),
        pull: row.pull - row.own_pull.unwrap_or_default(),
    }
}

/// How hard a question is by sums of what answers say.
pub fn difficulty(weight: f64, pull: f64) -> Belief {
    Model::default().difficulty.with(Site { weight: weight.max(0.0), pull })
}

/// Makes a person's estimates again if they do not hold their newest answer. What they rest on is read and folded beside the
/// writers, who wait only for the rows that come of it.
async fn remake(app: &App, person: &str) -> Result<(), StoreError> {
    let mut basis = Basis::read(app, &app.db, person).await?;
    let guesses = read_guesses(app, &mut basis.items).await?;
    let (ids, folded) = basis.fold(&Model::default());
    let rows: Vec<AbilityRow> = ids
        .iter()
        .zip(&folded.abilities)
        .filter_map(|(id, ability)| {
            let ability = ability.as_ref()?;
            Some(AbilityRow {
                topic_id: (*id).to_owned(),
                mean: ability.belief.mean,
                variance: ability.belief.variance,
                answers: i64::from(ability.answers),
                own_answers: i64::from(ability.own_answers),
                last_answer_ms: ability.last_ms,
            })
        })
        .collect();
    let mut tx = app.db.begin().await?;
    // Who takes the mark writes, as with cards. An answer that came since leaves the mark where it is, for the next round:
    // then nothing of this is kept.
    let is_newest = store::mastery::count_counted(&mut tx, person).await? == basis.answers.len() as i64;
    if !is_newest || !store::mastery::take_stale(&mut tx, person).await? {
        return Ok(());
    }
    for (question, guess, read_at_ms) in &guesses {
        store::mastery::upsert_guess(&mut tx, question, *guess, *read_at_ms).await?;
    }
    store::mastery::set_abilities(&mut tx, person, &rows).await?;
    keep_sites(&mut tx, person, &basis.items, folded.sites).await?;
    tx.commit().await
}

/// Keeps what a person's first answers say of questions, where it is new or moved.
async fn keep_sites(
    tx: &mut Tx,
    person: &str,
    items: &[ItemRow],
    mut sites: Vec<(usize, Site)>,
) -> Result<(), StoreError> {
    // Questions in one order, so that two nodes do not wait for each other.
    sites.sort_by_key(|(item, _)| *item);
    for (item, site) in sites {
        let Some(row) = items.get(item) else { continue };
        let moved =
            |was: (f64, f64)| (was.0 - site.weight).abs() > MOVED || (was.1 - site.pull).abs() > MOVED;
        if row.own_weight.zip(row.own_pull).is_none_or(moved) {
            store::mastery::set_evidence(tx, person, &row.question_id, (site.weight, site.pull)).await?;
        }
    }
    Ok(())
}

/// The chances of guessing of those questions of which it is not known yet: question, chance, and the version it was read from.
async fn read_guesses(app: &App, items: &mut [ItemRow]) -> Result<Vec<(String, f64, i64)>, StoreError> {
    let unread: Vec<String> =
        items.iter().filter(|row| row.guess.is_none()).map(|row| row.question_id.clone()).collect();
    let mut guesses: HashMap<String, f64> = HashMap::new();
    for some in unread.chunks(READ_AT_ONCE) {
        for (id, content) in store::mastery::list_contents(&app.db, some).await? {
            match serde_json::from_str::<Question>(&content) {
                Ok(question) => _ = guesses.insert(id, guess_of(&question.key)),
                Err(error) => tracing::error!(question = id, %error, "a question cannot be read"),
            }
        }
    }
    let mut read = Vec::with_capacity(unread.len());
    for row in items.iter_mut().filter(|row| row.guess.is_none()) {
        let guess = guesses.get(&row.question_id).copied().unwrap_or_default();
        row.guess = Some(guess);
        read.push((row.question_id.clone(), guess, row.updated_at_ms));
    }
    Ok(read)
}

/// Makes a person's cards and estimates again, if they do not hold their newest answer.
///
/// # Errors
/// Whatever the database answers.
pub async fn freshen(app: &App, person: &PersonId) -> Result<(), StoreError> {
    crate::review::freshen(app, person).await?;
    // Answers may come meanwhile: what is shown then is as of a moment before.
    if store::mastery::is_stale(&app.db, person).await? {
        remake(app, person.as_str()).await?;
    }
    Ok(())
}

/// Makes some learners' estimates again. Says how many.
///
/// # Errors
/// Whatever the database answers; those made so far stay.
pub async fn freshen_some(app: &App) -> Result<usize, StoreError> {
    let stale = store::mastery::list_stale_learners(&app.db, AT_ONCE).await?;
    for person in &stale {
        remake(app, person).await?;
    }
    Ok(stale.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_so_soon_is_a_re_ask_for_estimates_as_for_cards() {
        assert_eq!(minnow_mastery::fold::SESSION_MS, minnow_memory::card::SESSION_MS);
    }

    #[test]
    fn what_can_be_guessed_has_a_floor() {
        let choice = |n: usize| minnow_shared::question::ChoiceKey {
            id: None,
            text: n.to_string().as_str().into(),
            is_right: n == 0,
            credit: None,
            reason: "".into(),
        };
        let choices = |count, multiple| QuestionKey::Choices {
            choices: (0..count).map(choice).collect(),
            multiple,
            keep_order: false,
        };
        assert_eq!(guess_of(&choices(4, false)), 0.25);
        assert_eq!(guess_of(&choices(4, true)), 1.0 / 16.0);
        assert_eq!(guess_of(&QuestionKey::FlashCard { back: "x".into() }), 0.0);
    }
}

//! What learners remember: whose model and retention hold, cards made again from answers, weights fitted to a learner's own
//! reviews. The formulas are the crate `memory`'s, the SQL is the store's.

use crate::{
    app::App,
    store::{
        self, Db, StoreError,
        card::{Memory, list_stale_cards},
    },
};
use minnow_memory::{Parameters, Rating, Review, card};
use minnow_shared::{PersonId, QuestionId, settings::SettingsView};
use std::collections::HashMap;

/// Cards made again in one transaction.
const AT_ONCE: i64 = 100;
/// Below so many reviews the average learner's weights are the better guess.
pub const FIT_REVIEWS: i64 = 400;

/// What a person has set.
///
/// # Errors
/// Whatever the database answers.
pub async fn settings_of(db: &Db, person: &PersonId) -> Result<SettingsView, StoreError> {
    Ok(store::settings::get_settings(db, person).await?.view())
}

/// The model and the retention of a person. Weights that cannot be read are the average learner's.
///
/// # Errors
/// Whatever the database answers.
pub async fn memory_of(db: &Db, person: &PersonId) -> Result<Memory, StoreError> {
    let settings = settings_of(db, person).await?;
    let parameters = match store::card::find_weights(db, person).await? {
        Some(json) => serde_json::from_str::<Parameters>(&json).unwrap_or_else(|error| {
            tracing::error!(%person, %error, "weights cannot be read: the average learner's are taken");
            Parameters::default()
        }),
        None => Parameters::default(),
    };
    Ok(Memory { parameters, retention: f64::from(settings.retention_percent) / 100.0 })
}

/// When a question comes back to a person, as its family's card will say once it is made again; `None` where no answer
/// says anything of memory.
///
/// # Errors
/// Whatever the database answers.
pub async fn next_due_ms(
    db: &Db,
    person: &PersonId,
    question: &QuestionId,
) -> Result<Option<i64>, StoreError> {
    let Some(root) = store::form::find_root(db, question).await? else { return Ok(None) };
    let reviews = store::card::list_reviews(db, person.as_str(), &root).await?;
    let memory = memory_of(db, person).await?;
    Ok(store::card::made_of(&reviews, person.as_str(), &root, &memory).map(|(_, due_ms)| due_ms))
}

/// Makes every card of a person again that does not hold its newest answer.
///
/// # Errors
/// Whatever the database answers; cards made so far stay.
pub async fn freshen(app: &App, person: &PersonId) -> Result<Memory, StoreError> {
    let memory = memory_of(&app.db, person).await?;
    loop {
        let stale = list_stale_cards(&app.db, Some(person), AT_ONCE).await?;
        if stale.is_empty() {
            return Ok(memory);
        }
        let mut tx = app.db.begin().await?;
        for (person, question) in &stale {
            store::card::remake_card(&mut tx, person, question, &memory).await?;
        }
        tx.commit().await?;
    }
}

/// Makes some stale cards again, whose ever they are. Says how many.
///
/// # Errors
/// Whatever the database answers.
pub async fn freshen_some(app: &App) -> Result<usize, StoreError> {
    let stale = list_stale_cards(&app.db, None, AT_ONCE).await?;
    if stale.is_empty() {
        return Ok(0);
    }
    let mut memories: HashMap<&str, Memory> = HashMap::new();
    for (person, _) in &stale {
        if !memories.contains_key(person.as_str())
            && let Ok(id) = PersonId::parse(person)
        {
            memories.insert(person, memory_of(&app.db, &id).await?);
        }
    }
    let mut tx = app.db.begin().await?;
    for (person, question) in &stale {
        if let Some(memory) = memories.get(person.as_str()) {
            store::card::remake_card(&mut tx, person, question, memory).await?;
        }
    }
    tx.commit().await?;
    Ok(stale.len())
}

/// One card's reviews as the optimiser takes them: days since the one before, and the rating.
type History = Vec<(u32, Rating)>;

/// Weights, and what they were fitted to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    pub parameters: Parameters,
    pub reviews: i64,
    /// When the last of them was given.
    pub through_ms: i64,
}

/// To how many of so many reviews weights are fitted: 400, and then half as many more each time. Always to the first ones
/// by their time: whatever arrived when, the same reviews give the same weights.
fn fitted_count(reviews: i64) -> Option<i64> {
    let mut count = FIT_REVIEWS;
    if reviews < count {
        return None;
    }
    while (count * 3 + 1) / 2 <= reviews {
        count = (count * 3 + 1) / 2;
    }
    Some(count)
}

/// When each review was given, re-asks left out, first to last.
fn times(answers: &[(String, Review)]) -> Vec<i64> {
    let parameters = Parameters::default();
    let mut all = Vec::new();
    for of_one in answers.chunk_by(|a, b| a.0 == b.0) {
        let mut state: Option<card::Card> = None;
        for (_, review) in of_one {
            let next = card::answered(&parameters, state, review);
            if state.is_none_or(|before| next.reviews > before.reviews) {
                all.push(review.at_ms);
            }
            state = Some(next);
        }
    }
    all.sort_unstable();
    all
}

/// Ratings and days of each card, re-asks in a session left out, in the way cards are folded.
fn histories(answers: &[(String, Review)]) -> Vec<History> {
    let mut all: Vec<History> = Vec::new();
    let parameters = Parameters::default();
    for of_one in answers.chunk_by(|a, b| a.0 == b.0) {
        let (mut history, mut state): (History, Option<card::Card>) = (Vec::new(), None);
        for (_, review) in of_one {
            let next = card::answered(&parameters, state, review);
            let is_new = state.is_none_or(|before| next.reviews > before.reviews);
            if is_new {
                let days = state.map_or(0, |before| card::days_between(before.last_review_ms, review.at_ms));
                history.push((days, next.last_rating));
            }
            state = Some(next);
        }
        all.push(history);
    }
    all
}

/// Weights fitted to the first of these answers, by question and time. `None` when there are too few or when they give no
/// usable weights. Keeps every processor busy while it runs: not for a thread that serves.
pub fn fitted(answers: &[(String, Review)]) -> Option<Fit> {
    let times = times(answers);
    let reviews = fitted_count(i64::try_from(times.len()).ok()?)?;
    let through_ms = *times.get(usize::try_from(reviews).ok()? - 1)?;
    let first: Vec<(String, Review)> =
        answers.iter().filter(|(_, review)| review.at_ms <= through_ms).cloned().collect();
    Some(Fit { parameters: weights_of(&first)?, reviews, through_ms })
}

/// Weights fitted to all of these answers, by question and time.
pub fn weights_of(answers: &[(String, Review)]) -> Option<Parameters> {
    let histories = histories(answers);
    let mut train_set = Vec::new();
    for history in &histories {
        let reviews: Vec<fsrs::FSRSReview> = history
            .iter()
            .map(|(days, rating)| fsrs::FSRSReview { rating: u32::from(rating.number()), delta_t: *days })
            .collect();
        // One item a review that came after a day or more, with all before it: what the optimiser wants.
        let ends = history.iter().enumerate().skip(1).filter(|(_, (days, _))| *days > 0).map(|(end, _)| end);
        train_set
            .extend(ends.filter_map(|end| Some(fsrs::FSRSItem { reviews: reviews.get(..=end)?.to_vec() })));
    }
    let input = fsrs::ComputeParametersInput { train_set, ..fsrs::ComputeParametersInput::default() };
    let weights =
        fsrs::compute_parameters(input).inspect_err(|error| tracing::info!(?error, "no weights")).ok()?;
    let weights: [f64; 21] =
        weights.iter().map(|weight| f64::from(*weight)).collect::<Vec<_>>().try_into().ok()?;
    Some(Parameters::clamped(weights))
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_memory::DAY_MS;

    fn review(id: u32, day: f64, is_right: bool) -> Review {
        Review { id: id.to_string(), at_ms: (day * DAY_MS as f64) as i64, is_right, certainty: None }
    }

    #[test]
    fn a_re_ask_is_no_review_and_days_count_from_the_review_before() {
        let answers = [
            ("a".to_owned(), review(1, 0.0, false)),
            ("a".to_owned(), review(2, 0.001, true)),
            ("a".to_owned(), review(3, 2.5, true)),
            ("b".to_owned(), review(4, 1.0, true)),
        ];
        let good = |days| (days, Rating::Good);
        assert_eq!(histories(&answers), [vec![(0, Rating::Again), good(2)], vec![good(0)]]);
    }

    #[test]
    fn weights_are_of_the_first_reviews_by_their_time_whenever_they_came() {
        assert_eq!(
            [399, 400, 599, 600, 900, 1_349].map(fitted_count),
            [None, Some(400), Some(400), Some(600), Some(900), Some(900)]
        );
        assert_eq!([1_350, 4_556, 4_557].map(fitted_count), [Some(1_350), Some(3_038), Some(4_557)]);
        let mut answers: Vec<(String, Review)> = Vec::new();
        for card in 0..150_u32 {
            for n in 0..3_u32 {
                let day = f64::from(n * 4 + card % 5);
                answers
                    .push((format!("{card:04}"), review(card * 10 + n, day, !(card + n).is_multiple_of(4))));
            }
        }
        let early = fitted(&answers).unwrap();
        assert_eq!(early.reviews, 400);
        // More of the same week, after those 400: nothing changes until there are half as many more.
        let last = answers.iter().position(|(_, review)| review.at_ms > early.through_ms);
        if let Some(last) = last {
            answers[last].1.is_right = !answers[last].1.is_right;
        }
        assert_eq!(fitted(&answers).unwrap(), early);
    }

    #[test]
    fn who_forgets_sooner_than_others_gets_shorter_intervals() {
        // Two learners, asked after 1, 3 and 8 days: one always knows, the other has forgotten by the third day.
        let answers = |remembers: bool| -> Vec<(String, Review)> {
            let of = |card: u32| {
                [(0.0, true), (1.0, true), (4.0, remembers), (12.0, remembers)].into_iter().enumerate().map(
                    move |(n, (day, right))| {
                        let is_right = right && (remembers || !(card + n as u32).is_multiple_of(3));
                        (
                            format!("{card:04}"),
                            review(card * 10 + n as u32, day + f64::from(card % 7), is_right),
                        )
                    },
                )
            };
            (0..200).flat_map(of).collect()
        };
        let interval = |remembers| {
            let Fit { parameters, reviews, .. } = fitted(&answers(remembers)).unwrap();
            assert_eq!(reviews, 600, "of 800: 400, and half as many more");
            parameters.interval_days(parameters.after(None, 0, Rating::Good).stability, 0.9)
        };
        let (long, short) = (interval(true), interval(false));
        assert!(long > short, "{long} and {short} days");
        assert_eq!(fitted(&answers(true)[..300]), None, "too few");
    }
}

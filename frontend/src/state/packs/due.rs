//! What is due of the questions kept here, and what the days ahead bring: the server's reckoning
//! (`backend/src/http/review.rs`) on the same rules, from the same answers. Pure.

use super::asked::{AskedRow, GivenRow, history};
use minnow_memory::{Card, DAY_MS, Parameters, Review, card, plan, replay};
use minnow_shared::QuestionId;
use minnow_shared::UnixMillis;
use minnow_shared::question::Form;
use minnow_shared::review::{FORECAST_DAYS, ForecastView, ReviewListView, ReviewView};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// Reviews listed at once, as the server does.
const LIST: usize = 50;

/// When it is, and what the learner has set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Today {
    pub now_ms: UnixMillis,
    /// To add to UTC for local time.
    pub utc_offset_minutes: i32,
    /// Desired retention, 0.70 to 0.97.
    pub retention: f64,
    pub daily_cap: u32,
    /// What the server had counted, and when.
    pub done: u32,
    pub done_at_ms: UnixMillis,
}

impl Today {
    fn day_start_ms(&self, at_ms: UnixMillis) -> UnixMillis {
        let offset_ms = i64::from(self.utc_offset_minutes) * 60_000;
        (at_ms + offset_ms).div_euclid(DAY_MS) * DAY_MS - offset_ms
    }
}

/// A family of questions that the learner has answered.
struct Held<'r> {
    /// What the family is named by.
    root: &'r str,
    /// The form that a review asks: the one answered longest ago, one never answered before any other.
    ask: &'r AskedRow,
    /// The form whose clip it is seen in: where it was answered last, else any.
    seen: Option<&'r AskedRow>,
    card: Card,
    due_ms: UnixMillis,
    reviews: Vec<Review>,
}

fn held<'r>(
    rows: &'r [AskedRow],
    given: &[GivenRow],
    parameters: &Parameters,
    today: &Today,
) -> Vec<Held<'r>> {
    let mut families: BTreeMap<&'r str, Vec<&'r AskedRow>> = BTreeMap::new();
    for row in rows {
        families.entry(row.root().as_str()).or_default().push(row);
    }
    let one = |(root, rows): (&'r str, Vec<&'r AskedRow>)| {
        let mut reviews: Vec<Review> = Vec::new();
        let mut forms: Vec<(Option<UnixMillis>, &'r AskedRow)> = Vec::new();
        for row in rows {
            let own = history(row, given);
            forms.push((last_of(row, &own, given), row));
            // An open answer waits for people: it says nothing of memory.
            if !matches!(row.asked.form, Form::Open { .. }) {
                reviews.extend(own);
            }
        }
        let card = replay(parameters, &reviews)?;
        let id = |row: &'r AskedRow| row.asked.question_id.as_str();
        let (_, ask) = *forms.iter().min_by_key(|(last_ms, row)| (*last_ms, id(row)))?;
        let with_clip = forms.iter().filter(|(_, row)| row.asked.clip_id.is_some());
        let seen = with_clip.max_by_key(|(last_ms, row)| (*last_ms, Reverse(id(row)))).map(|(_, row)| *row);
        let seed = card::seed(root, card.reviews) ^ card::seed(ask.person_id.as_str(), 0);
        let due_ms = card.due_ms(parameters, today.retention, Some(seed));
        Some(Held { root, ask, seen, card, due_ms, reviews })
    };
    families.into_iter().filter_map(one).collect()
}

/// When this very form was answered last.
fn last_of(row: &AskedRow, own: &[Review], given: &[GivenRow]) -> Option<UnixMillis> {
    let is_other = |review: &&Review| row.others.iter().any(|other| other.id == review.id);
    let known = own.iter().filter(|review| !is_other(review)).map(|review| review.at_ms);
    let here = given.iter().filter(|given| given.answer.question_id == row.asked.question_id);
    known.chain(here.map(|given| given.answer.answered_at_ms)).max()
}

/// When a question comes back. `None` where nothing is known of it.
pub fn next_ms(
    rows: &[AskedRow],
    given: &[GivenRow],
    parameters: &Parameters,
    today: &Today,
    question: &QuestionId,
) -> Option<UnixMillis> {
    let root = rows.iter().find(|row| row.asked.question_id == *question)?.root();
    let family: Vec<AskedRow> = rows.iter().filter(|row| row.root() == root).cloned().collect();
    held(&family, given, parameters, today).first().map(|held| held.due_ms)
}

/// Questions of before that were answered today.
fn done_today(held: &[Held<'_>], today: &Today) -> u32 {
    let start_ms = today.day_start_ms(today.now_ms);
    let known = if today.day_start_ms(today.done_at_ms) == start_ms { today.done } else { 0 };
    // Those that the server had counted are not counted again.
    let counted_ms = if known > 0 { start_ms.max(today.done_at_ms) } else { start_ms };
    let is_new = |held: &&Held<'_>| {
        let at = |from: UnixMillis, to: UnixMillis| {
            held.reviews.iter().any(|review| review.at_ms >= from && review.at_ms < to)
        };
        at(counted_ms, UnixMillis::MAX)
            && at(UnixMillis::MIN, start_ms)
            && !(known > 0 && at(start_ms, counted_ms))
    };
    known + u32::try_from(held.iter().filter(is_new).count()).unwrap_or(u32::MAX)
}

fn view(held: &Held<'_>, parameters: &Parameters, now_ms: UnixMillis) -> ReviewView {
    ReviewView {
        question_id: held.ask.asked.question_id.clone(),
        clip_id: held.seen.and_then(|seen| seen.asked.clip_id.clone()),
        clip_title: held.seen.and_then(|seen| seen.clip_title.clone()),
        moment_ms: held.seen.and_then(|seen| seen.asked.moment_ms),
        stem: held.ask.asked.stem.reading(),
        last_answer_ms: held.card.last_answer_ms,
        due_ms: held.due_ms,
        // 0 to 100.
        known_percent: (held.card.retrievability(parameters, now_ms) * 100.0).round() as u32,
        reviews: held.card.reviews,
        lapses: held.card.lapses,
    }
}

/// What is due, likeliest known first, no more than the day has left; or what was not right last.
pub fn list(
    rows: &[AskedRow],
    given: &[GivenRow],
    parameters: &Parameters,
    today: &Today,
    only_wrong: bool,
) -> ReviewListView {
    let held = held(rows, given, parameters, today);
    let done = done_today(&held, today);
    let due = held.iter().filter(|held| held.due_ms <= today.now_ms).count();
    let reviews = if only_wrong {
        let last_wrong = |held: &&Held<'_>| {
            let last = held.reviews.iter().max_by_key(|review| (review.at_ms, review.id.as_str()));
            held.card.last_rating == minnow_memory::Rating::Again && last.is_some_and(|last| !last.is_right)
        };
        let mut wrong: Vec<&Held<'_>> = held.iter().filter(last_wrong).collect();
        wrong.sort_by_key(|held| (-held.card.last_answer_ms, held.root));
        wrong.into_iter().take(LIST).map(|held| view(held, parameters, today.now_ms)).collect()
    } else {
        let left = usize::try_from(today.daily_cap.saturating_sub(done)).unwrap_or(LIST).min(LIST);
        let by_id: HashMap<&str, &Held<'_>> = held.iter().map(|held| (held.root, held)).collect();
        let cards = held.iter().map(|held| (held.root, held.card, held.due_ms));
        let due = plan::due_now(cards, parameters, today.now_ms, left);
        due.iter().filter_map(|due| Some(view(by_id.get(due.id)?, parameters, today.now_ms))).collect()
    };
    ReviewListView {
        reviews,
        due: u32::try_from(due).unwrap_or(u32::MAX),
        done_today: done,
        daily_cap: today.daily_cap,
    }
}

/// How many reviews each of the next days brings.
pub fn forecast(
    rows: &[AskedRow],
    given: &[GivenRow],
    parameters: &Parameters,
    today: &Today,
) -> ForecastView {
    let held = held(rows, given, parameters, today);
    let start_ms = today.day_start_ms(today.now_ms);
    let done = done_today(&held, today);
    let due = held.iter().map(|held| held.due_ms);
    let (days, caught_up) = plan::forecast(due, start_ms, FORECAST_DAYS as usize, done, today.daily_cap);
    let caught_up_in_days = caught_up.and_then(|day| u32::try_from(day).ok());
    ForecastView { days, daily_cap: today.daily_cap, caught_up_in_days }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::answer::{AskedView, Certainty, GiveAnswer, Response};
    use minnow_shared::pack::PackAnswerView;
    use minnow_shared::question::Feedback;
    use minnow_shared::{AnswerId, PersonId, QuestionId};

    fn row(n: u8, answers: &[(i64, bool)]) -> AskedRow {
        let question_id = QuestionId::new(1, [n; 10]);
        AskedRow {
            root_id: None,
            asked: AskedView {
                question_id: question_id.clone(),
                clip_id: None,
                moment_ms: None,
                stem: "?".into(),
                form: Form::TrueFalse,
                feedback: Feedback::Immediate,
                tries: 1,
                attempt: 1,
                hints: 0,
                certainty: true,
                answered: true,
            },
            is_own: false,
            sealed: String::new(),
            secret: String::new(),
            person_id: PersonId::new(1, [1; 10]),
            clip_title: None,
            answers: answers
                .iter()
                .enumerate()
                .map(|(k, (day, is_right))| PackAnswerView {
                    question_id: question_id.clone(),
                    root_id: None,
                    id: AnswerId::new(2, [n * 10 + k as u8; 10]).to_string(),
                    at_ms: day * DAY_MS,
                    is_right: *is_right,
                    certainty: Some(Certainty::ThinkSo),
                })
                .collect(),
            others: Vec::new(),
        }
    }

    /// A row as another form of the first.
    fn form(n: u8, answers: &[(i64, bool)]) -> AskedRow {
        AskedRow { root_id: Some(QuestionId::new(1, [1; 10])), ..row(n, answers) }
    }

    #[test]
    fn the_first_answer_earns_points_and_none_to_a_question_of_ones_own() {
        let mut fresh = row(1, &[]);
        fresh.asked.answered = false;
        let now = given(1, 2, 9, None);
        assert!(fresh.earns(&[], &now.answer));
        assert!(fresh.earns(std::slice::from_ref(&now), &now.answer), "it is no answer before itself");
        assert!(fresh.earns(&[given(2, 1, 8, None)], &now.answer), "another question was answered");
        assert!(!fresh.earns(&[given(1, 1, 8, None)], &now.answer), "answered here before");
        assert!(!row(1, &[(0, true)]).earns(&[], &now.answer), "answered online before");
        let own = AskedRow { is_own: true, ..fresh };
        assert!(!own.earns(&[], &now.answer));
    }

    #[test]
    fn forms_of_a_question_are_one_card_and_a_review_asks_the_one_not_asked_for_longest() {
        let parameters = Parameters::default();
        let apart = [row(1, &[(0, true), (3, false)])];
        let expected = list(&apart, &[], &parameters, &TODAY, false);
        let family = [row(1, &[(0, true)]), form(2, &[(3, false)]), form(3, &[])];
        let seen = list(&family, &[], &parameters, &TODAY, false);
        assert_eq!(
            (seen.due, seen.reviews.len(), seen.reviews[0].reviews),
            (1, 1, 2),
            "one card of two answers"
        );
        assert_eq!(seen.reviews[0].due_ms, expected.reviews[0].due_ms, "spread by the name of the family");
        assert_eq!(seen.reviews[0].question_id, family[2].asked.question_id, "never asked before");
        let asked = [given(3, 5, 40 * DAY_MS - 9, Some(false))];
        let wrong = list(&family, &asked, &parameters, &TODAY, true);
        assert_eq!(
            wrong.reviews[0].question_id, family[0].asked.question_id,
            "then the one asked longest ago"
        );
        assert_eq!(wrong.reviews[0].reviews, 3);
        // An answer to a form that is not kept counts as well, and for the day once.
        let mut kept = [row(1, &[(0, true)])];
        kept[0].others = form(2, &[(3, false)]).answers;
        assert_eq!(
            list(&kept, &[], &parameters, &TODAY, false).reviews[0].due_ms,
            expected.reviews[0].due_ms
        );
        let twice = [given(1, 6, 40 * DAY_MS + 5, Some(true)), given(3, 6, 40 * DAY_MS + 6, Some(true))];
        assert_eq!(list(&family, &twice, &parameters, &TODAY, false).done_today, 1);
        let next = next_ms(&family, &twice, &parameters, &TODAY, &family[1].asked.question_id);
        assert!(next.is_some_and(|at_ms| at_ms > TODAY.now_ms));
    }

    fn given(n: u8, k: u8, at_ms: i64, is_right: Option<bool>) -> GivenRow {
        GivenRow {
            answer: GiveAnswer {
                question_id: QuestionId::new(1, [n; 10]),
                answer_id: AnswerId::new(2, [n * 10 + k; 10]),
                clip_id: None,
                practice_id: None,
                response: Response::TrueFalse { is_true: true },
                certainty: Some(Certainty::ThinkSo),
                answered_at_ms: at_ms,
                before: false,
            },
            is_right,
            is_over: true,
        }
    }

    const TODAY: Today = Today {
        now_ms: 40 * DAY_MS + 1_000,
        utc_offset_minutes: 0,
        retention: 0.9,
        daily_cap: 40,
        done: 0,
        done_at_ms: 0,
    };

    #[test]
    fn an_answer_given_here_moves_its_question_away_and_counts_for_the_day() {
        let rows = [row(1, &[(0, true)]), row(2, &[(0, true)]), row(3, &[])];
        let parameters = Parameters::default();
        let before = list(&rows, &[], &parameters, &TODAY, false);
        assert_eq!((before.due, before.reviews.len(), before.done_today), (2, 2, 0));
        let here = [given(1, 5, 40 * DAY_MS + 500, Some(true)), given(3, 5, 40 * DAY_MS + 600, Some(true))];
        let after = list(&rows, &here, &parameters, &TODAY, false);
        assert_eq!((after.due, after.done_today), (1, 1), "what is new today is no review");
        assert_eq!(after.reviews[0].question_id, rows[1].asked.question_id);
        let days = forecast(&rows, &here, &parameters, &TODAY).days;
        // What was still known after forty days comes back beyond the forecast.
        assert_eq!((&days[..3], days.iter().sum()), (&[1, 0, 1][..], 2_u32), "{days:?}");
    }

    #[test]
    fn an_answer_that_the_server_has_too_is_one() {
        let mut rows = [row(1, &[(0, true), (20, false)])];
        let parameters = Parameters::default();
        let alone = list(&rows, &[], &parameters, &TODAY, true);
        let twice = given(1, 1, 20 * DAY_MS, Some(false));
        assert_eq!(list(&rows, std::slice::from_ref(&twice), &parameters, &TODAY, true), alone);
        assert_eq!(alone.reviews[0].reviews, 2);
        rows[0].answers.pop();
        assert_eq!(
            list(&rows, &[twice], &parameters, &TODAY, true),
            alone,
            "known here alone it counts as well"
        );
    }

    #[test]
    fn what_the_server_counted_today_is_not_counted_again() {
        let rows = [row(1, &[(0, true), (40, true)])];
        let today = Today { done: 7, done_at_ms: 40 * DAY_MS + 10, ..TODAY };
        let parameters = Parameters::default();
        assert_eq!(list(&rows, &[], &parameters, &today, false).done_today, 7);
        let tomorrow = Today { now_ms: 41 * DAY_MS + 5, ..today };
        assert_eq!(list(&rows, &[], &parameters, &tomorrow, false).done_today, 0);
        let capped = Today { daily_cap: 7, now_ms: 40 * DAY_MS + 20, ..today };
        assert!(list(&[row(2, &[(0, true)])], &[], &parameters, &capped, false).reviews.is_empty());
    }
}

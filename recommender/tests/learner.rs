//! The learner model as a caller meets it: what it foretells, what order, repetition and one learner can do to it.

#![allow(clippy::indexing_slicing, reason = "a test that indexes wrongly fails")]

use minnow_recommender::learner::{Answer, Certainty, Effort, LearnerModel, LearnerState};
use proptest::prelude::*;

/// A made-up school: learners of differing ability answer items of differing difficulty and get better at what they practise.
/// Chance is a hash of `seed`, so that every run sees the same.
fn school(learners: u32, answers: u32, items: u32, skills: u32, seed: u32) -> Vec<Vec<Answer>> {
    let chance = |a: u32, b: u32, c: u32| {
        let mut z = (u64::from(a) << 40) ^ (u64::from(b) << 20) ^ u64::from(c) ^ (u64::from(seed) << 60);
        for _ in 0..3 {
            z = (z ^ (z >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        (z >> 40) as f64 / f64::from(1 << 24)
    };
    let one = |learner: u32| {
        let ability = 3.0 * (chance(learner, 1, 0) - 0.5);
        let mut practised = vec![0.0; skills as usize];
        (0..answers)
            .map(|n| {
                let item = ((n / 4 + (chance(learner, n / 4, 2) * 3.0) as u32) * 7 + (n % 4)) % items;
                let skill = item % skills;
                let difficulty = 3.0 * (chance(item, 3, 3) - 0.6);
                let known = ability - difficulty + 0.3 * practised[skill as usize];
                practised[skill as usize] += 1.0;
                Answer { item, skill, is_right: chance(learner, n, 4) < 1.0 / (1.0 + f64::exp(-known)) }
            })
            .collect()
    };
    (0..learners).map(one).collect()
}

/// Log loss of foretelling each answer and then learning it.
fn loss(model: &mut LearnerModel, histories: &[Vec<Answer>]) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for answers in histories {
        let mut state = LearnerState::default();
        for answer in answers {
            let chance = model.predict(&state, answer.item, answer.skill);
            sum -= if answer.is_right { chance.ln() } else { (1.0 - chance).ln() };
            n += 1.0;
            model.learn(&mut state, *answer);
        }
    }
    sum / n
}

fn base_loss(histories: &[Vec<Answer>]) -> f64 {
    let all: Vec<bool> = histories.iter().flatten().map(|answer| answer.is_right).collect();
    let share = all.iter().filter(|right| **right).count() as f64 / all.len() as f64;
    -share * share.ln() - (1.0 - share) * (1.0 - share).ln()
}

fn told(model: &LearnerModel, answers: &[Answer]) -> LearnerState {
    let mut state = LearnerState::default();
    for answer in answers {
        model.fold(&mut state, *answer);
    }
    state
}

#[test]
fn a_fitted_model_foretells_learners_it_never_met() {
    let (known, new) = (school(200, 40, 60, 6, 1), school(280, 40, 60, 6, 1).split_off(200));
    let mut fitted = LearnerModel::fit(&known, Effort { network_answers: 20_000 });
    let mut unfitted = LearnerModel::default();
    let (with, without, base) = (loss(&mut fitted, &new), loss(&mut unfitted, &new), base_loss(&new));
    assert!(with < without && without < base, "{with} {without} {base}");
    assert!(with < 0.9 * base, "{with} {base}");
}

#[test]
fn the_same_answers_give_the_same_model() {
    let known = school(80, 40, 30, 5, 2);
    let fit = || {
        let model = LearnerModel::fit(&known, Effort { network_answers: 7_000 });
        let state = told(&model, &known[3]);
        (0..30).map(|item| model.predict(&state, item, item % 5).to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(fit(), fit());
}

#[test]
fn a_model_and_a_state_outlive_being_stored() {
    let known = school(80, 40, 30, 5, 3);
    let model = LearnerModel::fit(&known, Effort { network_answers: 7_000 });
    let state = told(&model, &known[5]);
    let model_again: LearnerModel = serde_json::from_str(&serde_json::to_string(&model).unwrap()).unwrap();
    let state_again: LearnerState = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    assert_eq!(state, state_again);
    assert_eq!(model.predict(&state, 3, 3), model_again.predict(&state_again, 3, 3));
}

#[test]
fn logs_with_nothing_little_or_one_sided_answers_are_taken() {
    let same = |n: u32, is_right: bool| {
        (0..n).map(|k| Answer { item: k % 7, skill: k % 2, is_right }).collect::<Vec<_>>()
    };
    let fit = |log: &[Vec<Answer>]| LearnerModel::fit(log, Effort { network_answers: 10_000 });
    let logs = [
        vec![],
        vec![vec![]],
        vec![same(1, true)],
        vec![same(900, true)],
        vec![same(60, true); 50],
        vec![same(60, false); 50],
    ];
    for log in &logs {
        let model = fit(log);
        for (item, skill) in [(0, 0), (3, 1), (999, 0), (u32::MAX, u32::MAX)] {
            let chance = model.predict(&LearnerState::default(), item, skill);
            assert!(chance > 0.0 && chance < 1.0, "{chance}");
        }
    }
    assert!(fit(&logs[4]).predict(&LearnerState::default(), 0, 0) > 0.9);
    assert!(fit(&logs[5]).predict(&LearnerState::default(), 0, 0) < 0.1);
}

#[test]
fn one_learner_with_a_million_answers_moves_others_within_the_bound() {
    let mut model = LearnerModel::fit(&school(150, 60, 30, 5, 4), Effort { network_answers: 10_000 });
    let mut bot = LearnerState::default();
    let other = told(&model, &school(151, 30, 30, 5, 4)[150]);
    let wrong = |n: u32| Answer { item: n % 30, skill: n % 5, is_right: false };
    (0..100_000).for_each(|n| model.learn(&mut bot, wrong(n)));
    let many: Vec<f64> = (0..30).map(|item| model.predict(&other, item, item % 5)).collect();
    (100_000..1_000_000).for_each(|n| model.learn(&mut bot, wrong(n)));
    for (item, many) in (0..30).zip(many) {
        let million = model.predict(&other, item, item % 5);
        assert!(
            (many - million).abs() < 0.01,
            "nine hundred thousand answers more moved {many} to {million}"
        );
        assert!(million > 0.05, "the others are not taken for bots: {million}");
    }
}

#[test]
fn a_state_depends_on_its_own_answers_alone() {
    let log = school(60, 40, 20, 4, 5);
    let model = LearnerModel::fit(&log, Effort { network_answers: 5_000 });
    let alone = told(&model, &log[0]);
    let mut states = vec![LearnerState::default(); log.len()];
    for n in 0..40 {
        for (state, answers) in states.iter_mut().zip(&log) {
            model.fold(state, answers[n]);
        }
    }
    assert_eq!(alone, states[0]);
}

#[test]
fn an_answer_told_once_for_each_skill_counts_once_and_leaks_nothing() {
    let model = LearnerModel::fit(&school(100, 40, 30, 5, 6), Effort { network_answers: 5_000 });
    let before = told(&model, &school(101, 20, 30, 5, 6)[100]);
    let (mut right, mut wrong) = (before.clone(), before.clone());
    model.fold(&mut right, Answer { item: 77, skill: 1, is_right: true });
    model.fold(&mut wrong, Answer { item: 77, skill: 1, is_right: false });
    let asked = model.predict(&before, 77, 2);
    assert_eq!(model.predict(&right, 77, 2), asked);
    assert_eq!(model.predict(&wrong, 77, 2), asked);
    assert!(model.predict(&right, 77, 1) > model.predict(&wrong, 77, 1), "for its own skill it is an answer");
    model.fold(&mut right, Answer { item: 77, skill: 2, is_right: true });
    assert_eq!(right.answers(), before.answers() + 1);
    assert_eq!(model.mastery(&right, 2).answers, model.mastery(&before, 2).answers + 1);
}

#[test]
fn rows_of_one_item_that_disagree_are_answers_of_their_own() {
    let steps: Vec<Answer> =
        (0..40).map(|n| Answer { item: n / 4, skill: n % 4, is_right: n % 3 == 0 }).collect();
    let model = LearnerModel::fit(&vec![steps.clone(); 20], Effort::default());
    assert_eq!(told(&model, &steps).answers(), 40);
}

#[test]
fn mastery_rises_with_right_answers_and_grows_surer() {
    let model = LearnerModel::fit(&school(150, 40, 30, 5, 7), Effort { network_answers: 10_000 });
    let mut state = LearnerState::default();
    let first = model.mastery(&state, 2);
    assert_eq!((first.certainty, first.answers), (Certainty::Guess, 0));
    (0..12).for_each(|n| model.fold(&mut state, Answer { item: 2 + 5 * (n % 6), skill: 2, is_right: true }));
    let right = model.mastery(&state, 2);
    assert!(right.chance > first.chance && right.deviation < first.deviation, "{first:?} {right:?}");
    assert!(right.certainty > Certainty::Guess);
    (0..12).for_each(|n| model.fold(&mut state, Answer { item: 2 + 5 * (n % 6), skill: 2, is_right: false }));
    assert!(model.mastery(&state, 2).chance < right.chance);
}

#[test]
fn items_that_more_get_right_are_easier() {
    let one = |learner: u32| {
        (0..20).map(move |n| Answer {
            item: n % 4,
            skill: 0,
            is_right: (n % 4 == 0) || (learner + n).is_multiple_of(4),
        })
    };
    let log: Vec<Vec<Answer>> = (0..60).map(|learner| one(learner).collect()).collect();
    let model = LearnerModel::fit(&log, Effort { network_answers: 3_000 });
    let (easy, hard, unseen) = (model.difficulty(0, 0), model.difficulty(1, 0), model.difficulty(99, 0));
    assert!(easy.chance > unseen.chance && unseen.chance > hard.chance, "{easy:?} {unseen:?} {hard:?}");
    assert!(unseen.deviation > easy.deviation);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_comes_chances_stay_inside_and_states_stay_finite(
        rows in prop::collection::vec((0u32..4, any::<u32>(), any::<u32>(), any::<bool>()), 1..400),
        is_narrow in any::<bool>(),
    ) {
        let mut model = LearnerModel::default();
        let mut states = vec![LearnerState::default(); 4];
        for (who, item, skill, is_right) in rows {
            let (item, skill) = if is_narrow { (item % 5, skill % 3) } else { (item, skill) };
            let state = &mut states[who as usize];
            let chance = model.predict(state, item, skill);
            prop_assert!((1e-4..=1.0 - 1e-4).contains(&chance));
            model.learn(state, Answer { item, skill, is_right });
            let mastery = model.mastery(state, skill);
            prop_assert!(mastery.chance.is_finite() && mastery.deviation > 0.0);
        }
    }
}

//! What was fitted foretells, comes back from its bytes as it was, and takes bad input.

use super::*;
use crate::histories::scatter;
use proptest::prelude::*;
use std::sync::LazyLock;

const ITEMS: usize = 80;

/// Learners who like one of four kinds of twenty clips; the kind of a clip is in its text too.
fn pasts() -> Vec<Vec<Visit>> {
    (0..120_u64)
        .map(|learner| {
            let item = |step: u64| (20 * (learner % 4) + scatter(learner, step) % 20) as u32;
            (0..10).map(|step| Visit { item: item(step), at: (10 * step + learner) as f64 }).collect()
        })
        .collect()
}

fn about_kind(kind: usize) -> [f32; WIDTH] {
    let mut about = [0.0; WIDTH];
    about[kind] = 1.0;
    about
}

fn about() -> Vec<Option<[f32; WIDTH]>> {
    (0..ITEMS).map(|item| Some(about_kind(item / 20))).collect()
}

static FITTED: LazyLock<Fitted> = LazyLock::new(|| Fitted::fit(&pasts(), &about(), 2));

fn bytes() -> Vec<u8> {
    FITTED.parts(1 << 20).flatten().collect()
}

fn of_kind(list: &[(u32, f32)], kind: u32) -> usize {
    list.iter().filter(|one| one.0 / 20 == kind).count()
}

#[test]
fn who_took_up_clips_of_a_kind_is_given_more_of_it_and_at_better_odds() {
    for kind in 0..4_u32 {
        let past: Vec<Visit> = (0..4).map(|at| Visit { item: 20 * kind + at, at: f64::from(at) }).collect();
        let taste = FITTED.taste(&past);
        let list = FITTED.best(&taste, 10, |item| past.iter().any(|visit| visit.item == item));
        assert!(of_kind(&list, kind) >= 9, "{list:?}");
        let odds = |item: u32| FITTED.odds(&taste, &[item])[0].unwrap();
        assert!(odds(20 * kind + 9) > 1.0 && odds(20 * ((kind + 1) % 4) + 9) < 1.0);
        assert!(list.iter().all(|(item, score)| FITTED.score(&taste, *item) == Some(*score)));
    }
}

#[test]
fn a_new_clip_is_found_by_its_text_and_one_taken_away_is_not() {
    let mut fitted = FITTED.clone();
    let past: Vec<Visit> = (0..8).map(|at| Visit { item: 40 + at, at: f64::from(at) }).collect();
    let (alike, other) = (fitted.insert(&about_kind(2)), fitted.insert(&about_kind(0)));
    let taste = fitted.taste(&past);
    assert!(fitted.score(&taste, alike) > fitted.score(&taste, other));
    fitted.remove(alike);
    assert_eq!(fitted.score(&taste, alike), None);
    assert!(fitted.best(&taste, 90, |_| false).iter().all(|one| one.0 != alike));
}

#[test]
fn the_same_log_gives_the_same_bytes_on_any_number_of_threads() {
    assert!(bytes() == Fitted::fit(&pasts(), &about(), 1).parts(999).flatten().collect::<Vec<_>>());
}

#[test]
fn what_is_read_back_gives_the_same_lists() {
    let back = Fitted::read(FITTED.parts(100)).unwrap();
    let past: Vec<Visit> = (0..5).map(|at| Visit { item: 7 * at, at: f64::from(at) }).collect();
    assert_eq!(
        back.best(&back.taste(&past), 30, |_| false),
        FITTED.best(&FITTED.taste(&past), 30, |_| false)
    );
}

#[test]
fn items_that_are_not_there_texts_of_no_numbers_and_endless_histories_do_no_harm() {
    let mut pasts = pasts();
    pasts.push((0..3_000).map(|at| Visit { item: at % 90, at: f64::NAN }).collect());
    pasts.push(vec![Visit { item: u32::MAX, at: f64::INFINITY }; 50]);
    let mut about = about();
    about[3] = Some([f32::NAN; WIDTH]);
    about[4] = None;
    let mut fitted = Fitted::fit(&pasts, &about, 2);
    fitted.insert(&[f32::INFINITY; WIDTH]);
    let taste = fitted.taste(&[Visit { item: u32::MAX, at: 0.0 }, Visit { item: 3, at: f64::NAN }]);
    assert!(fitted.best(&taste, 90, |_| false).iter().all(|one| one.1.is_finite()));
    assert!(Fitted::fit(&[], &[], 1).best(&FITTED.taste(&[]), 5, |_| false).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn bytes_that_were_cut_or_changed_are_refused_or_give_lists(at in 0_usize..200_000, cut in any::<bool>(), byte in any::<u8>()) {
        let mut bytes = bytes();
        let at = at % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        match Fitted::read(std::iter::once(&bytes)) {
            Ok(fitted) => {
                prop_assert!(!cut);
                let taste = fitted.taste(&[Visit { item: 1, at: 0.0 }]);
                prop_assert!(fitted.best(&taste, 20, |_| false).len() <= 20);
            }
            Err(why) => prop_assert!(!why.to_string().is_empty()),
        }
    }
}

//! What the signals of a page promise. No fixtures of other rooms.
use super::*;
use crate::histories::scatter;
use crate::page::score::Score;
use proptest::prelude::*;

const CLIPS: u32 = 60;

fn empty() -> Signals {
    let mut all = Signals::default();
    for clip in 0..CLIPS {
        all.add_clip(clip, ClipFacts { topic: clip % 6, seconds: 20.0 + (clip % 9) as f32 * 15.0 });
    }
    all
}

fn signal(learner: u32, clip: u32, at: i64, did: Did) -> Signal {
    Signal { learner, clip, at_ms: at, came_ms: at, did }
}

/// Learners who like one topic each and watch what they like.
fn site(learners: u32) -> Vec<Signal> {
    let one = |learner: u32, clip: u32| {
        let chance = (scatter(learner.into(), clip.into()) % 100) as f32 / 100.0;
        let is_liked = clip % 6 == learner % 6;
        let share = if is_liked { 0.6 + chance } else { chance * 0.6 };
        let at = i64::from(learner * CLIPS + clip) + 10;
        let mut said = vec![signal(learner, clip, at, Did::Watched(40.0 * share))];
        if is_liked && chance > 0.5 {
            said.push(signal(learner, clip, at, Did::Liked(true)));
        }
        said
    };
    (0..learners)
        .flat_map(|learner| (0..CLIPS).map(move |clip| (learner, clip)))
        .filter(|(learner, clip)| !scatter(u64::from(*clip), u64::from(*learner)).is_multiple_of(3))
        .flat_map(|(learner, clip)| one(learner, clip))
        .collect()
}

fn tell(all: &mut Signals, signals: &[Signal]) {
    for signal in signals {
        all.learn(*signal);
    }
}

fn told(signals: &[Signal]) -> Signals {
    let mut all = empty();
    tell(&mut all, signals);
    all
}

fn scores(all: &Signals, learner: u32) -> Vec<f32> {
    (0..CLIPS).map(|clip| Score::of(&all.chances(learner, clip)).value).collect()
}

fn any_did() -> impl Strategy<Value = Did> {
    let seconds = prop_oneof![any::<f32>(), 0.0_f32..200.0, Just(f32::NAN), Just(f32::INFINITY), Just(-5.0)];
    prop_oneof![
        seconds.prop_map(Did::Watched),
        any::<bool>().prop_map(Did::Liked),
        any::<bool>().prop_map(Did::Saved),
        any::<bool>().prop_map(Did::Refused),
    ]
}

fn any_signals(most: usize) -> impl Strategy<Value = Vec<Signal>> {
    let one = (0_u32..3, 0..CLIPS + 5, any::<i64>(), 1_i64..1_000_000, any_did());
    prop::collection::vec(one, 0..most).prop_map(|all| {
        let signal = |(learner, clip, at_ms, came_ms, did)| Signal { learner, clip, at_ms, came_ms, did };
        all.into_iter().map(signal).collect()
    })
}

/// No score of anyone else is moved beyond the bound, and no two clips that lie further apart change places.
fn assert_bounded(before: &Signals, after: &Signals, others: impl Iterator<Item = u32>) {
    for learner in others {
        let (was, is) = (scores(before, learner), scores(after, learner));
        let most: Vec<f32> = (0..CLIPS).map(|clip| most_moved(before.records(clip))).collect();
        for a in 0..was.len() {
            assert!((was[a] - is[a]).abs() <= most[a] + 1e-5, "{} {} {}", was[a], is[a], most[a]);
            for b in 0..was.len() {
                assert!(was[a] - was[b] <= most[a] + most[b] + 1e-5 || is[a] > is[b]);
            }
        }
    }
}

#[test]
fn what_is_liked_is_foretold_for_who_likes_it_and_not_for_who_does_not() {
    let all = told(&site(90));
    let mut apart = (0.0, 0.0);
    for clip in 0..CLIPS {
        let (fan, other) = (all.chances(clip % 6, clip), all.chances(clip % 6 + 1, clip));
        assert!(fan.finishes > other.finishes, "{fan:?} {other:?}");
        apart.0 += (fan.finishes - other.finishes) / CLIPS as f32;
        apart.1 += (fan.likes - other.likes) / CLIPS as f32;
    }
    assert!(apart.0 > 0.1 && apart.1 > 0.02, "{apart:?}");
}

#[test]
fn not_interested_acts_on_the_very_next_list() {
    let mut all = told(&site(30));
    let before = scores(&all, 2);
    assert!(all.learn(signal(2, 8, 99_999, Did::Refused(true))));
    let after = scores(&all, 2);
    for clip in 0..CLIPS as usize {
        let fell = before[clip] - after[clip];
        assert!(if clip % 6 == 2 { fell > 0.02 } else { fell.abs() < 0.01 }, "{clip} {fell}");
    }
}

#[test]
fn one_learner_with_a_million_events_moves_nobody_else_beyond_the_bound() {
    let quiet = site(120);
    let before = told(&quiet);
    let mut after = empty();
    let mut told = quiet.iter();
    for at in 0..1_000_000_u64 {
        let clip = (scatter(at, 1) % u64::from(CLIPS)) as u32;
        let did = match scatter(at, 2) % 5 {
            0 => Did::Watched(f32::MAX),
            1 => Did::Watched((scatter(at, 3) % 90) as f32),
            2 => Did::Refused(true),
            3 => Did::Liked(at % 2 == 0),
            _ => Did::Saved(true),
        };
        after.learn(signal(9_999, clip, at as i64, did));
        if at % 100 == 0 {
            told.next().into_iter().for_each(|one| tell(&mut after, &[*one]));
        }
    }
    tell(&mut after, told.as_slice());
    assert_bounded(&before, &after, 0..120);
}

#[test]
fn clips_met_beyond_the_first_thousands_weigh_less_and_all_together_no_more_than_stated() {
    let sum: f64 = (0..3_000_000).map(influence).sum();
    assert!(sum <= f64::from(2 * FULL) && influence(0) == 1.0);
}

#[test]
fn a_learner_who_is_forgotten_leaves_no_count_of_a_clip_behind() {
    let (few, mut all) = (told(&site(40)), told(&site(40)));
    for clip in 0..CLIPS {
        all.learn(signal(77, clip, 5, Did::Liked(true)));
        all.learn(signal(77, clip, 6, Did::Refused(clip % 2 == 0)));
    }
    all.remove_learner(77);
    for clip in 0..CLIPS {
        let (a, b) = (few.chances(3, clip), all.chances(3, clip));
        assert!((a.likes - b.likes).abs() < 1e-6 && (a.refuses - b.refuses).abs() < 1e-6);
    }
    assert_eq!(all.tried(77).count(), 0);
}

#[test]
fn what_is_told_of_a_deleted_clip_changes_nothing() {
    let mut all = told(&site(20));
    all.remove_clip(4);
    let before = all.clone();
    assert!(!all.learn(signal(1, 4, 9, Did::Liked(true))));
    assert!(!all.learn(signal(1, 4_000, 9, Did::Watched(3.0))));
    assert_eq!(all, before);
}

#[test]
fn what_comes_from_the_future_counts_as_of_when_it_came() {
    let mut all = empty();
    all.learn(Signal { learner: 0, clip: 1, at_ms: i64::MAX, came_ms: 100, did: Did::Liked(true) });
    all.learn(signal(0, 1, 200, Did::Liked(false)));
    assert_eq!(all, {
        let mut other = empty();
        other.learn(signal(0, 1, 100, Did::Liked(true)));
        other.learn(signal(0, 1, 200, Did::Liked(false)));
        other
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_one_learner_tells_everybody_else_is_moved_by_no_more_than_the_bound(noise in any_signals(80)) {
        let before = told(&site(25));
        let mut after = before.clone();
        let noise: Vec<Signal> = noise.iter().map(|one| Signal { learner: 500, ..*one }).collect();
        tell(&mut after, &noise);
        assert_bounded(&before, &after, 0..25);
    }

    #[test]
    fn told_twice_or_in_disorder_a_record_says_the_same(mut noise in any_signals(40), seed in any::<u64>()) {
        // One word of a kind a moment: of two at once the order could tell.
        noise.iter_mut().zip(1..).for_each(|(one, at)| (one.at_ms, one.came_ms) = (at, i64::MAX));
        let said = |noise: &[Signal]| {
            let all = told(noise);
            (0..CLIPS).map(|clip| { let c = all.chances(99, clip); (c.likes, c.saves, c.refuses) }).collect::<Vec<_>>()
        };
        let once = said(&noise);
        let mut twice = [noise.clone(), noise].concat();
        twice.sort_by_key(|one| scatter(seed, one.at_ms as u64));
        for ((a, b, c), (x, y, z)) in once.into_iter().zip(said(&twice)) {
            prop_assert!((a - x).abs() < 1e-5 && (b - y).abs() < 1e-5 && (c - z).abs() < 1e-5);
        }
    }

    #[test]
    fn whatever_is_told_chances_stay_chances(noise in any_signals(200)) {
        let all = told(&noise);
        for learner in 0..4 {
            for clip in 0..CLIPS {
                let one = all.chances(learner, clip);
                for chance in [one.finishes, one.likes, one.saves, one.refuses] {
                    prop_assert!((0.0..=1.0).contains(&chance), "{:?}", one);
                }
            }
        }
    }
}

#[test]
fn what_is_said_of_a_topic_leads_its_clips_and_what_is_set_by_hand_leads_them_all() {
    let mut all = empty();
    all.lean(3, 1, 3.0, 0.0);
    all.lean(3, 2, 0.0, 3.0);
    let at = |clip| all.chances(3, clip);
    assert!(at(1).finishes > at(0).finishes && at(0).finishes > at(2).finishes);
    assert!(at(2).refuses > at(0).refuses);
    assert_eq!(all.chances_on(3, 9_999, 1).finishes, at(1).finishes);
    let (less, as_is, more) = (at(0).wanted(0.0), at(0).wanted(0.5), at(0).wanted(1.0));
    assert!(less.finishes < as_is.finishes && as_is.finishes < more.finishes && less.refuses > more.refuses);
    assert!((as_is.finishes - at(0).finishes).abs() < 1e-6);
}

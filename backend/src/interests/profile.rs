//! What a learner reads of their profile: how strong and how sure each guess is, what it rests on, and what they may be ready
//! for next. Pure.

use crate::store::interest::EventRow;
use minnow_shared::{interest::EvidenceKind, mastery::Sureness};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Evidence below which a guess is a guess, whatever it says.
const FEW: f64 = 2.0;
/// Standard deviations of the belief below which it is sure, and fairly sure.
const SURE: f64 = 0.12;
const FAIRLY_SURE: f64 = 0.2;

/// How much a clip on a topic is likely taken up, 0 to 100, and how sure that is: the mean and the deviation of
/// Beta(1 + taken up, 1 + passed over).
pub fn guess(taken_up: f64, passed_over: f64) -> (u32, Sureness) {
    let (yes, all) = (taken_up.max(0.0) + 1.0, taken_up.max(0.0) + passed_over.max(0.0) + 2.0);
    let mean = yes / all;
    let deviation = (mean * (1.0 - mean) / (all + 1.0)).sqrt();
    let sureness = match deviation {
        _ if all - 2.0 < FEW => Sureness::Guess,
        deviation if deviation < SURE => Sureness::Sure,
        deviation if deviation < FAIRLY_SURE => Sureness::FairlySure,
        _ => Sureness::Guess,
    };
    ((100.0 * mean).round() as u32, sureness)
}

/// One thing a guess rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub kind: EvidenceKind,
    pub count: u32,
    pub of: Option<u32>,
    pub last_ms: i64,
    /// The newest clip it was seen at.
    pub clip_id: Option<String>,
}

/// What was done on one topic.
#[derive(Default)]
struct Doings<'e> {
    begun: BTreeSet<&'e str>,
    finished: BTreeSet<&'e str>,
    /// By kind and clip: the latest word.
    said: BTreeMap<(EvidenceKind, &'e str), (i64, bool)>,
    counts: BTreeMap<EvidenceKind, (u32, u32)>,
    last: BTreeMap<EvidenceKind, (i64, Option<&'e str>)>,
}

/// What each topic's guess rests on, what says most first.
pub fn evidence(events: &[EventRow]) -> HashMap<String, Vec<Evidence>> {
    let mut topics: HashMap<&str, Doings<'_>> = HashMap::new();
    for event in events {
        if let Some(topic) = &event.topic_id {
            topics.entry(topic).or_default().take(event);
        }
    }
    topics.into_iter().map(|(topic, doings)| (topic.to_owned(), doings.list())).collect()
}

impl<'e> Doings<'e> {
    fn take(&mut self, event: &'e EventRow) {
        let clip = event.clip_id.as_deref();
        let kind = match event.kind.as_str() {
            "watched" => EvidenceKind::Watched,
            "liked" => EvidenceKind::Liked,
            "saved" => EvidenceKind::Saved,
            "refused" => EvidenceKind::Refused,
            "answered" => EvidenceKind::Answered,
            "leaned" if event.value > 0.0 => EvidenceKind::Wanted,
            "leaned" => EvidenceKind::Unwanted,
            _ => return,
        };
        match (kind, clip) {
            (EvidenceKind::Watched, Some(clip)) => {
                self.begun.insert(clip);
                let whole = event.duration_ms.is_some_and(|ms| event.value * 1000.0 >= 0.9 * ms as f64);
                if whole {
                    self.finished.insert(clip);
                }
            }
            (EvidenceKind::Liked | EvidenceKind::Saved | EvidenceKind::Refused, Some(clip)) => {
                let latest = self.said.entry((kind, clip)).or_default();
                *latest = (*latest).max((event.at_ms, event.value >= 0.5));
            }
            (EvidenceKind::Answered, _) => {
                let (all, right) = self.counts.entry(kind).or_default();
                *all += 1;
                *right += u32::from(event.value >= 0.999);
            }
            (EvidenceKind::Wanted | EvidenceKind::Unwanted, _) => self.counts.entry(kind).or_default().0 += 1,
            _ => return,
        }
        let last = self.last.entry(kind).or_default();
        *last = (*last).max((event.at_ms, clip));
    }

    fn list(self) -> Vec<Evidence> {
        let of = |kind: EvidenceKind, count: usize, of: Option<usize>| {
            let (last_ms, clip) = self.last.get(&kind).copied().unwrap_or_default();
            let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            Evidence {
                kind,
                count: small(count),
                of: of.map(small),
                last_ms,
                clip_id: clip.map(str::to_owned),
            }
        };
        let mut all = Vec::new();
        if !self.begun.is_empty() {
            all.push(of(EvidenceKind::Watched, self.finished.len(), Some(self.begun.len())));
        }
        for kind in [EvidenceKind::Liked, EvidenceKind::Saved, EvidenceKind::Refused] {
            let count = self.said.iter().filter(|((said, _), (_, is_on))| *said == kind && *is_on).count();
            if count > 0 {
                all.push(of(kind, count, None));
            }
        }
        for (kind, (count, right)) in &self.counts {
            all.push(match kind {
                EvidenceKind::Answered => of(*kind, *right as usize, Some(*count as usize)),
                kind => of(*kind, *count as usize, None),
            });
        }
        // What somebody said outright tells more than what they watched.
        let tells = |one: &Evidence| match one.kind {
            EvidenceKind::Watched | EvidenceKind::Answered => one.of.unwrap_or(one.count),
            _ => one.count.saturating_mul(3),
        };
        all.sort_by(|a, b| tells(b).cmp(&tells(a)).then(a.kind.cmp(&b.kind)));
        all
    }
}

/// A topic that may come next.
#[derive(Debug, Clone, PartialEq)]
pub struct Next<'t> {
    pub topic: &'t str,
    pub because: Vec<&'t str>,
    pub held: Vec<&'t str>,
    pub missing: Vec<&'t str>,
}

/// What the map of topics is asked with.
pub struct Around<'t> {
    /// `(from, is_prerequisite, to)`; what is no prerequisite is part of.
    pub edges: &'t [(String, bool, String)],
    /// Topics that are liked, the strongest first.
    pub liked: &'t [String],
    /// Known already, liked or not, or muted.
    pub met: &'t BTreeSet<String>,
    /// The chance to answer right on topics where answers tell.
    pub chances: &'t HashMap<String, f64>,
    /// What others went on to, best first.
    pub led_to: &'t [String],
}

/// A topic is held where the learner is more likely right than not.
const HELD: f64 = 0.6;
/// Topics that are proposed, and reasons of each.
const NEXT: usize = 5;
const REASONS: usize = 3;

/// Topics one step away: what the liked ones lead to, what is part of the same whole, and what others went on to. Those whose
/// prerequisites are all held come first, then those that more leads to.
pub fn next<'t>(around: &Around<'t>) -> Vec<Next<'t>> {
    let mut found: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let mut add = |topic: &'t str, place: usize| {
        if !around.met.contains(topic) {
            found.entry(topic).or_default().insert(place);
        }
    };
    for (place, liked) in around.liked.iter().enumerate() {
        for (from, is_prerequisite, to) in around.edges {
            if from == liked {
                add(to, place);
            } else if to == liked && !is_prerequisite {
                add(from, place);
            }
            if !is_prerequisite && from == liked {
                let siblings = around.edges.iter().filter(|(_, other, whole)| !other && whole == to);
                siblings.for_each(|(sibling, _, _)| add(sibling, place));
            }
        }
    }
    if !around.liked.is_empty() {
        around.led_to.iter().for_each(|topic| add(topic, 0));
    }
    let mut all: Vec<Next<'t>> = found
        .into_iter()
        .map(|(topic, because)| {
            let before =
                around.edges.iter().filter(|(_, is_prerequisite, to)| *is_prerequisite && to == topic);
            let is_held = |id: &str| around.chances.get(id).is_some_and(|chance| *chance >= HELD);
            let (held, missing) = before.map(|(from, _, _)| from.as_str()).partition(|from| is_held(from));
            let because = because.into_iter().take(REASONS).filter_map(|at| around.liked.get(at));
            Next { topic, because: because.map(String::as_str).collect(), held, missing }
        })
        .collect();
    all.sort_by_key(|one| (one.missing.len(), std::cmp::Reverse(one.because.len() + one.held.len())));
    all.truncate(NEXT);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: i64, kind: &str, clip: &str, value: f64) -> EventRow {
        EventRow {
            seq,
            person_id: "ada".into(),
            kind: kind.into(),
            clip_id: (!clip.is_empty()).then(|| clip.into()),
            topic_id: Some("light".into()),
            duration_ms: Some(20_000),
            value,
            at_ms: seq * 10,
            kept_at_ms: seq * 10,
        }
    }

    #[test]
    fn one_clip_is_a_guess_and_many_alike_are_sure() {
        assert_eq!(guess(0.0, 0.0), (50, Sureness::Guess));
        assert_eq!(guess(1.0, 0.0), (67, Sureness::Guess));
        assert_eq!(guess(3.0, 1.0).1, Sureness::FairlySure);
        assert_eq!(guess(9.0, 1.0), (83, Sureness::Sure));
        assert_eq!(guess(0.0, 12.0).1, Sureness::Sure);
        assert!(guess(0.0, 12.0).0 < 10);
    }

    #[test]
    fn what_a_guess_rests_on_is_counted_by_clips_and_the_last_word() {
        let events = [
            event(1, "watched", "a", 20.0),
            event(2, "watched", "a", 3.0),
            event(3, "watched", "b", 2.0),
            event(4, "liked", "a", 1.0),
            event(5, "saved", "a", 1.0),
            event(6, "saved", "a", 0.0),
            event(7, "answered", "b", 0.5),
            event(8, "answered", "b", 1.0),
            event(9, "leaned", "", 3.0),
        ];
        let light = evidence(&events).remove("light").unwrap();
        let told: Vec<(EvidenceKind, u32, Option<u32>)> =
            light.iter().map(|one| (one.kind, one.count, one.of)).collect();
        assert_eq!(
            told,
            [
                (EvidenceKind::Liked, 1, None),
                (EvidenceKind::Wanted, 1, None),
                (EvidenceKind::Watched, 1, Some(2)),
                (EvidenceKind::Answered, 1, Some(2)),
            ]
        );
        assert_eq!((light[2].last_ms, light[2].clip_id.as_deref()), (30, Some("b")));
    }

    #[test]
    fn what_comes_next_follows_from_what_is_liked_and_names_what_is_missing() {
        let edge = |from: &str, is_prerequisite, to: &str| (from.to_owned(), is_prerequisite, to.to_owned());
        let edges = [
            edge("light", true, "optics"),
            edge("angles", true, "optics"),
            edge("light", false, "physics"),
            edge("sound", false, "physics"),
        ];
        let met: BTreeSet<String> = ["light", "physics"].map(str::to_owned).into();
        let chances = HashMap::from([("light".to_owned(), 0.8)]);
        let liked = ["light".to_owned()];
        let led_to = ["rust".to_owned()];
        let around = Around { edges: &edges, liked: &liked, met: &met, chances: &chances, led_to: &led_to };
        let all = next(&around);
        let names: Vec<&str> = all.iter().map(|one| one.topic).collect();
        assert_eq!(names, ["rust", "sound", "optics"]);
        assert_eq!((&all[2].held[..], &all[2].missing[..]), (&["light"][..], &["angles"][..]));
        assert!(all.iter().all(|one| one.because == ["light"]));
        assert_eq!(next(&Around { liked: &[], ..around }), []);
    }
}

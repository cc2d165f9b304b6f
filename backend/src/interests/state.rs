//! What the log of learners' doings comes to: a fold over its events in their order, and nothing else. The same log gives the
//! same state, on every node and after every start. No storage and no clock here.

use crate::store::interest::EventRow;
use minnow_recommender::{
    histories::Visit,
    models::{
        moments::Fade,
        running::{Running, Trend},
    },
    page::{
        score::Chances,
        signals::{ClipFacts, Did, Leaning, Signal, Signals},
    },
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::{collections::HashMap, sync::Arc};

/// The share of a clip that must be watched for it to count as taken up.
const TAKEN_UP: f64 = 0.6;
/// What was taken up last, as far as transitions look back.
const REACH: usize = 100;
/// Events in which what is popular fades by half.
const TREND: f64 = 10_000.0;

/// Whether an event says that a clip was taken up: watched for most of it, liked or saved.
pub fn taken_up(event: &EventRow) -> bool {
    match event.kind.as_str() {
        "watched" => event.value >= TAKEN_UP * seconds_of(event),
        "liked" | "saved" => event.value >= 0.5,
        _ => false,
    }
}

fn seconds_of(event: &EventRow) -> f64 {
    event.duration_ms.unwrap_or(0).max(1) as f64 / 1000.0
}

/// Texts by number, in the order in which they were first met.
#[derive(Debug, Default)]
pub struct Numbers {
    of: FxHashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

impl Numbers {
    pub fn find(&self, text: &str) -> Option<u32> {
        self.of.get(text).copied()
    }

    pub fn text(&self, number: u32) -> Option<&Arc<str>> {
        self.texts.get(number as usize)
    }

    fn give(&mut self, text: &str) -> u32 {
        if let Some(number) = self.find(text) {
            return number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let text: Arc<str> = text.into();
        self.of.insert(text.clone(), number);
        self.texts.push(text);
        number
    }
}

/// What is kept of one learner beside what is counted.
#[derive(Debug, Default)]
struct Own {
    /// Clips they have begun, and those they refused.
    met: FxHashSet<u32>,
    refused: FxHashSet<u32>,
    /// The last that were taken up, in order.
    past: Vec<Visit>,
    taken: FxHashSet<u32>,
}

/// All that is known of learners' interests.
#[derive(Debug)]
pub struct State {
    /// The last event that is in.
    seq: i64,
    people: Numbers,
    clips: Numbers,
    topics: Numbers,
    signals: Signals,
    transitions: Running,
    trend: Trend,
    /// Clips taken up, all together.
    taken: u64,
    of: Vec<Own>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            seq: 0,
            people: Numbers::default(),
            clips: Numbers::default(),
            topics: Numbers::default(),
            signals: Signals::default(),
            transitions: Running::new(Fade { tau: 4.0, horizon: 10, eta: 5.0 }),
            trend: Trend::new(TREND),
            taken: 0,
            of: Vec::new(),
        }
    }
}

impl State {
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// Takes the next event in. The person whose remaining events must be read again, if it says so.
    pub fn learn(&mut self, event: &EventRow) -> Option<String> {
        self.seq = self.seq.max(event.seq);
        if event.kind == "anew" {
            return Some(event.person_id.clone());
        }
        self.fold(event, true);
        None
    }

    /// What is left of a person's events, in place of all that was counted of them.
    pub fn learn_anew(&mut self, person: &str, events: &[EventRow]) {
        if let Some(number) = self.people.find(person) {
            self.signals.remove_learner(number);
            if let Some(own) = self.of.get_mut(number as usize) {
                *own = Own::default();
            }
        }
        let until = self.seq;
        for event in events.iter().filter(|event| event.kind != "anew" && event.seq <= until) {
            self.fold(event, false);
        }
    }

    /// `is_first`: others' lists have not learned from it yet.
    fn fold(&mut self, event: &EventRow, is_first: bool) {
        let learner = self.people.give(&event.person_id);
        self.of.resize_with(self.of.len().max(learner as usize + 1), Own::default);
        let topic = self.topics.give(event.topic_id.as_deref().unwrap_or_default());
        if event.kind == "leaned" {
            self.signals.lean(learner, topic, event.value.max(0.0), (-event.value).max(0.0));
            return;
        }
        let Some(clip_id) = &event.clip_id else { return };
        let clip = self.clips.give(clip_id);
        let is_on = event.value >= 0.5;
        let did = match event.kind.as_str() {
            "watched" => Did::Watched(event.value as f32),
            "liked" => Did::Liked(is_on),
            "saved" => Did::Saved(is_on),
            "refused" => Did::Refused(is_on),
            _ => return,
        };
        self.signals.add_clip(clip, ClipFacts { topic, seconds: seconds_of(event) as f32 });
        let signal = Signal { learner, clip, at_ms: event.at_ms, came_ms: event.kept_at_ms, did };
        self.signals.learn(signal);
        let Some(own) = self.of.get_mut(learner as usize) else { return };
        // A like alone does not say that a clip was seen.
        match did {
            Did::Watched(_) => own.met.insert(clip),
            Did::Refused(true) => own.refused.insert(clip),
            Did::Refused(false) => own.refused.remove(&clip),
            Did::Liked(_) | Did::Saved(_) => false,
        };
        if taken_up(event) && own.taken.insert(clip) {
            if is_first {
                self.transitions.learn(&own.past, clip);
                self.trend.learn(clip, self.taken);
            }
            own.past.push(Visit { item: clip, at: event.seq as f64 });
            if own.past.len() > 2 * REACH {
                own.past.drain(..REACH);
            }
            self.taken += 1;
        }
    }

    /// A learner as ranking sees them.
    pub fn learner(&self, person: &str) -> Learner<'_> {
        let number = self.people.find(person);
        Learner {
            state: self,
            number: number.unwrap_or(u32::MAX),
            own: number.and_then(|n| self.of.get(n as usize)),
        }
    }

    /// How many clips were taken up, all together.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// How many learners and clips the log tells of.
    pub fn met(&self) -> (usize, usize) {
        (self.people.texts.len(), self.clips.texts.len())
    }

    /// Of up to `count` learners who took something up since an event: what they took up before the last, and the last. Those
    /// who came first to the site come first.
    pub fn lasts_since(&self, seq: i64, count: usize) -> Vec<(Vec<Arc<str>>, Arc<str>)> {
        let texts =
            |past: &[Visit]| past.iter().filter_map(|visit| self.clips.text(visit.item).cloned()).collect();
        self.of
            .iter()
            .filter_map(|own| own.past.split_last())
            .filter(|(last, past)| last.at > seq as f64 && !past.is_empty())
            .filter_map(|(last, past)| Some((texts(past), self.clips.text(last.item)?.clone())))
            .take(count)
            .collect()
    }

    fn named(&self, best: Vec<(u32, f32)>) -> Vec<Arc<str>> {
        best.into_iter().filter_map(|(clip, _)| self.clips.text(clip).cloned()).collect()
    }
}

/// What a learner makes of a topic.
#[derive(Debug, Clone, Copy)]
pub struct Lean {
    /// Set by hand, 0 to 1.
    pub level: Option<f32>,
    counted: Leaning,
}

/// One learner in a state.
#[derive(Clone, Copy)]
pub struct Learner<'s> {
    state: &'s State,
    number: u32,
    own: Option<&'s Own>,
}

impl Learner<'_> {
    /// Whether a clip was watched or refused, as far as the log says.
    pub fn has_met(&self, clip: &str) -> bool {
        let number = self.state.clips.find(clip);
        number.is_some_and(|number| {
            self.own.is_some_and(|own| own.met.contains(&number) || own.refused.contains(&number))
        })
    }

    /// Whether nothing is known of them.
    pub fn is_new(&self) -> bool {
        self.met() == 0 && self.state.signals.tried(self.number).next().is_none()
    }

    /// How many clips that is.
    pub fn met(&self) -> usize {
        self.own.map_or(0, |own| own.met.union(&own.refused).count())
    }

    /// By topic: clips taken up and passed over, those of long ago counting less.
    pub fn tried(&self) -> HashMap<Arc<str>, (f64, f64)> {
        let tried = self.state.signals.tried(self.number);
        tried
            .filter_map(|(topic, yes, no)| Some((self.state.topics.text(topic)?.clone(), (yes, no))))
            .filter(|(topic, _)| !topic.is_empty())
            .collect()
    }

    /// The last clips that they took up, in order.
    pub fn past(&self) -> Vec<Arc<str>> {
        let past = self.own.map_or(&[][..], |own| &own.past);
        past.iter().filter_map(|visit| self.state.clips.text(visit.item).cloned()).collect()
    }

    /// The `count` clips that all take up most of late, most first.
    pub fn popular(&self, count: usize, skip: impl Fn(&str) -> bool) -> Vec<Arc<str>> {
        let skip = |clip| self.state.clips.text(clip).is_none_or(|clip| skip(clip));
        self.state.named(self.state.trend.best(self.state.taken, count, skip))
    }

    /// What others went on to from what this learner took up, best first.
    pub fn transitions(&self, count: usize, skip: impl Fn(&str) -> bool) -> Vec<Arc<str>> {
        let Some(own) = self.own.filter(|own| !own.past.is_empty()) else { return Vec::new() };
        let skip = |clip| self.state.clips.text(clip).is_none_or(|clip| skip(clip));
        self.state.named(self.state.transitions.best(&own.past, count, skip))
    }

    /// What they lean to on a topic; `level`: what they have set of it, 0 to 1, in place of a guess.
    pub fn lean(&self, topic: &str, level: Option<f32>) -> Lean {
        let topic = self.state.topics.find(topic).unwrap_or(u32::MAX);
        let guessed = || self.state.signals.leaning(self.number, topic);
        Lean { level, counted: if level.is_some() { Leaning::default() } else { guessed() } }
    }

    /// What is foretold from what is counted, of a clip of a topic that they lean to so.
    pub fn chances(&self, clip: &str, lean: &Lean) -> Chances {
        let clip = self.state.clips.find(clip).unwrap_or(u32::MAX);
        let counted = self.state.signals.chances_under(&lean.counted, clip);
        lean.level.map_or(counted, |level| counted.wanted(level))
    }
}

//! What learners did, folded into what is counted of each clip. Whatever is told, one learner moves little of what others see.
//!
//! Rules, each a test below: a learner and a clip have one record, in which the latest word counts, so that repeating and
//! disorder change nothing; what comes from the future counts as of when it came; what is told of a clip that is not there is
//! dropped; watch time counts only as the share of watches of clips of like length that it outlasts, so that none is absurd.
//!
//! The bound ([`most_moved`]): a record weighs at most 1, the n-th clip of a learner min(1, (2,000 / n)^2), so all records
//! of one learner weigh at most 4,000 together. A rate of a clip of which n others have records moves by at most 1 / (n + 21)
//! by all that one learner ever tells; what others' watches count as moves by at most 20 / 1,020, for a learner's first 20
//! watches of a length alone teach what is long, against 1,000 assumed ones. A chance foretold from a rate moves at most
//! [`MOST_LIFT`] times as much. Many accounts of one person are not bounded here: that is for whoever lets accounts in.
#![allow(clippy::indexing_slicing, reason = "tables grow with the clips and learners they are read with")]

use crate::page::score::{Chances, Part, WEIGHTS};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a rate is drawn to before anything is known, and the records that is worth.
const PRIOR: f64 = 20.0;
const BEFORE: Rates = Rates { finishes: 0.5, likes: 0.05, saves: 0.02, refuses: 0.03 };

/// Clips of one learner that count in full.
const FULL: u32 = 2_000;

/// A learner's own leaning changes the odds of a chance by at most this factor, up or down.
pub const MOST_LIFT: f64 = 4.0;

/// Assumed watches of clips of any length, and those of one learner that count beside them.
const ASSUMED: f64 = 1_000.0;
const OF_ONE_LEARNER: u32 = 20;

/// Records a topic's rate of one learner is drawn to everybody's by.
const DRAWN: f64 = 4.0;

/// Clips after which what a learner did counts half for their interests.
const HALF_LIFE: f64 = 200.0;

/// What one learner did with one clip.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Did {
    /// For so many seconds.
    Watched(f32),
    Liked(bool),
    Saved(bool),
    Refused(bool),
}

/// One event. `at_ms` as told, `came_ms` by the server's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    pub learner: u32,
    pub clip: u32,
    pub at_ms: i64,
    pub came_ms: i64,
    pub did: Did,
}

/// What must be known of a clip for what is told of it to count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClipFacts {
    pub topic: u32,
    pub seconds: f32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Rates {
    finishes: f64,
    likes: f64,
    saves: f64,
    refuses: f64,
}

impl Rates {
    fn each(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            finishes: f(self.finishes, other.finishes),
            likes: f(self.likes, other.likes),
            saves: f(self.saves, other.saves),
            refuses: f(self.refuses, other.refuses),
        }
    }
}

/// Sums of weights: of records, and of what they say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Counts {
    records: f64,
    said: Rates,
}

impl Counts {
    fn add(&mut self, weight: f64, said: &Rates) {
        self.records += weight;
        self.said = self.said.each(said, |sum, one| sum + weight * one);
    }

    fn scaled(&self, by: f64) -> Self {
        Self { records: by * self.records, said: self.said.each(&self.said, |sum, _| by * sum) }
    }

    fn rates(&self, drawn: f64, to: &Rates) -> Rates {
        self.said.each(to, |sum, before| ((sum + drawn * before) / (self.records + drawn)).clamp(0.0, 1.0))
    }
}

/// The record of one learner and one clip: the latest word on each, and when it was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Record {
    weight: f64,
    watched: f32,
    /// The share of watches of like clips that it outlasts, as counted when it was told.
    outlasts: f64,
    liked: (i64, bool),
    saved: (i64, bool),
    refused: (i64, bool),
}

impl Record {
    /// `outlasts` of a watch of so many seconds.
    fn told(&mut self, did: Did, at: i64, facts: &ClipFacts, outlasts: impl Fn(f32) -> f64) {
        let at = at.max(1);
        let latest = |held: &mut (i64, bool), says: bool| *held = (*held).max((at, says));
        match did {
            // The longest counts: watching again is no less.
            Did::Watched(seconds) if seconds.is_finite() => {
                let seconds = seconds.clamp(0.0, most_seconds(facts.seconds));
                if seconds > self.watched {
                    (self.watched, self.outlasts) = (seconds, outlasts(seconds));
                }
            }
            Did::Watched(_) => {}
            Did::Liked(says) => latest(&mut self.liked, says),
            Did::Saved(says) => latest(&mut self.saved, says),
            Did::Refused(says) => latest(&mut self.refused, says),
        }
    }

    /// What it counts of its own learner's leaning: words more than watching.
    fn tells(&self) -> f64 {
        match (self.refused.1, self.liked.1 || self.saved.1) {
            (true, _) => 3.0,
            (false, true) => 2.0,
            (false, false) => 1.0,
        }
    }

    fn says(&self) -> Rates {
        let yes = |is: bool| if is { 1.0 } else { 0.0 };
        Rates {
            finishes: if self.refused.1 { 0.0 } else { self.outlasts },
            likes: yes(self.liked.1),
            saves: yes(self.saved.1),
            refuses: yes(self.refused.1),
        }
    }
}

/// One learner's records, in no order, and how many clips they met.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Learner {
    records: BTreeMap<u32, Record>,
    topics: BTreeMap<u32, (Counts, u32)>,
    /// Watches that taught how long clips of a length are watched.
    taught: BTreeMap<u32, u32>,
    met: u32,
}

/// By how much a learner's own doings change the odds of what is foretold of a topic's clips.
#[derive(Clone, Copy, Debug, Default)]
pub struct Leaning(Option<Rates>);

/// All that is counted. A fold over signals in the order they came. Clips and learners are numbered from 0 without large gaps:
/// there is room for every number below the largest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Signals {
    facts: Vec<Option<ClipFacts>>,
    clips: Vec<Counts>,
    learners: Vec<Learner>,
    lengths: BTreeMap<u32, Watched>,
}

impl Signals {
    /// A clip that may be told of from now on.
    pub fn add_clip(&mut self, clip: u32, facts: ClipFacts) {
        *of(&mut self.facts, clip) = Some(facts);
    }

    /// A clip that was deleted: what was told of it is forgotten, what will be is dropped.
    pub fn remove_clip(&mut self, clip: u32) {
        *of(&mut self.facts, clip) = None;
        *of(&mut self.clips, clip) = Counts::default();
        for learner in &mut self.learners {
            learner.records.remove(&clip);
        }
    }

    /// Forgets a learner and takes what they told out of every clip's counts. What they taught of lengths goes when all is
    /// counted anew.
    pub fn remove_learner(&mut self, learner: u32) {
        let gone = std::mem::take(of(&mut self.learners, learner));
        for (clip, record) in gone.records {
            of(&mut self.clips, clip).add(-record.weight, &record.says());
        }
    }

    /// Takes a signal in; false if it changed nothing.
    pub fn learn(&mut self, signal: Signal) -> bool {
        let Some(facts) = self.facts_of(signal.clip) else { return false };
        let watched = self.lengths.entry(length_of(facts.seconds)).or_default();
        let learner = of(&mut self.learners, signal.learner);
        let before = learner.records.get(&signal.clip).copied();
        let mut after =
            before.unwrap_or_else(|| Record { weight: influence(learner.met), ..Record::default() });
        after.told(signal.did, signal.at_ms.min(signal.came_ms), &facts, |seconds| {
            watched.below(seconds, &facts)
        });
        if before == Some(after) {
            return false;
        }
        if before.is_none() {
            learner.met = learner.met.saturating_add(1);
        }
        if after.watched > 0.0 && before.is_none_or(|before| before.watched == 0.0) {
            let taught = learner.taught.entry(length_of(facts.seconds)).or_default();
            if *taught < OF_ONE_LEARNER {
                *taught += 1;
                watched.add(after.watched);
            }
        }
        learner.records.insert(signal.clip, after);
        learner.lean(facts.topic, before.as_ref(), &after);
        let counts = of(&mut self.clips, signal.clip);
        if let Some(before) = before {
            counts.add(-before.weight, &before.says());
        }
        counts.add(after.weight, &after.says());
        true
    }

    /// Takes in what a learner says of a topic itself, worth so many clips taken up and passed over.
    pub fn lean(&mut self, learner: u32, topic: u32, taken_up: f64, passed_over: f64) {
        let worth = |clips: f64| if clips.is_finite() { clips.clamp(0.0, 50.0) } else { 0.0 };
        let learner = of(&mut self.learners, learner);
        let counts = learner.topic(topic);
        counts.add(worth(taken_up), &Rates { finishes: 1.0, refuses: 0.0, ..BEFORE });
        counts.add(worth(passed_over), &Rates { finishes: 0.0, refuses: 0.5, ..BEFORE });
    }

    /// How many records, by weight, there are of a clip.
    #[must_use]
    pub fn records(&self, clip: u32) -> f64 {
        self.clips.get(clip as usize).map_or(0.0, |counts| counts.records)
    }

    fn facts_of(&self, clip: u32) -> Option<ClipFacts> {
        self.facts.get(clip as usize).copied().flatten()
    }

    /// What is foretold of a clip for a learner from counts alone; learning, reach and memory are for others to say.
    #[must_use]
    pub fn chances(&self, learner: u32, clip: u32) -> Chances {
        self.chances_on(learner, clip, self.facts_of(clip).map_or(u32::MAX, |facts| facts.topic))
    }

    /// The same where the clip's topic is known and nothing has been told of it yet.
    #[must_use]
    pub fn chances_on(&self, learner: u32, clip: u32, topic: u32) -> Chances {
        self.chances_under(&self.leaning(learner, topic), clip)
    }

    /// A learner's own leaning on a topic.
    #[must_use]
    pub fn leaning(&self, learner: u32, topic: u32) -> Leaning {
        let own =
            self.learners.get(learner as usize).and_then(|one| Some(one.leaning(one.topics.get(&topic)?)));
        Leaning(own.map(|own| own.each(&BEFORE, lift)))
    }

    /// What is foretold of a clip of a topic that a learner leans on so.
    #[must_use]
    pub fn chances_under(&self, leaning: &Leaning, clip: u32) -> Chances {
        let rates = self.clips.get(clip as usize).copied().unwrap_or_default().rates(PRIOR, &BEFORE);
        let lifted = leaning.0.map_or(rates, |lifts| rates.each(&lifts, at_odds));
        Chances {
            finishes: lifted.finishes as f32,
            likes: lifted.likes as f32,
            saves: lifted.saves as f32,
            refuses: lifted.refuses as f32,
            learns: 0.0,
            is_right: None,
            memory: 0.0,
        }
    }

    /// By topic: how much of it was taken up and passed over of late, for trying out and for the profile.
    pub fn tried(&self, learner: u32) -> impl Iterator<Item = (u32, f64, f64)> {
        let one = self.learners.get(learner as usize);
        one.into_iter().flat_map(|one| {
            one.topics.iter().map(|(topic, (counts, then))| {
                let now = counts.scaled(faded(one.met.saturating_sub(*then)));
                (*topic, now.said.finishes, (now.records - now.said.finishes).max(0.0))
            })
        })
    }
}

impl Learner {
    /// The leaning on a topic, faded to now.
    fn topic(&mut self, topic: u32) -> &mut Counts {
        let met = self.met;
        let (counts, then) = self.topics.entry(topic).or_insert((Counts::default(), met));
        *counts = counts.scaled(faded(met.saturating_sub(*then)));
        *then = met;
        counts
    }

    /// Takes the change of a record into the learner's leaning on a topic.
    fn lean(&mut self, topic: u32, before: Option<&Record>, after: &Record) {
        let counts = self.topic(topic);
        if let Some(before) = before {
            counts.add(-before.tells(), &before.says());
        }
        counts.add(after.tells(), &after.says());
        *counts = Counts {
            records: counts.records.max(0.0),
            said: counts.said.each(&counts.said, |x, _| x.max(0.0)),
        };
    }

    /// The learner's own rates on a topic, drawn to everybody's.
    fn leaning(&self, (counts, then): &(Counts, u32)) -> Rates {
        let kept = faded(self.met.saturating_sub(*then));
        let now = Counts {
            records: kept * counts.records,
            said: counts.said.each(&counts.said, |sum, _| kept * sum),
        };
        now.rates(DRAWN, &BEFORE)
    }
}

/// What is held of a number, made room for.
fn of<T: Default + Clone>(all: &mut Vec<T>, number: u32) -> &mut T {
    let number = number as usize;
    if all.len() <= number {
        all.resize(number + 1, T::default());
    }
    &mut all[number]
}

fn faded(clips: u32) -> f64 {
    (-f64::from(clips) / HALF_LIFE).exp2()
}

/// What the record of a learner's next clip weighs, in (0, 1].
fn influence(met: u32) -> f64 {
    if met < FULL { 1.0 } else { (f64::from(FULL) / (f64::from(met) + 1.0)).powi(2) }
}

impl Chances {
    /// What is foretold of a learner who says by hand how much they want, 0 to 1: at 0.5 as of everybody, at the ends
    /// [`MOST_LIFT`] times the odds, up or down.
    #[must_use]
    pub fn wanted(self, level: f32) -> Self {
        let level = if level.is_finite() { level.clamp(0.0, 1.0) } else { 0.5 };
        let by = MOST_LIFT.powf(f64::from(2.0 * level - 1.0));
        let more = |chance: f32, by: f64| at_odds(f64::from(chance), by) as f32;
        Self {
            finishes: more(self.finishes, by),
            likes: more(self.likes, by),
            saves: more(self.saves, by),
            refuses: more(self.refuses, 1.0 / by),
            ..self
        }
    }

    /// With the odds of finishing so many times as large, within [`MOST_LIFT`] up or down; what is no number changes nothing.
    #[must_use]
    pub fn at_odds(self, by: f32) -> Self {
        if !by.is_finite() {
            return self;
        }
        let by = f64::from(by).clamp(1.0 / MOST_LIFT, MOST_LIFT);
        Self { finishes: at_odds(f64::from(self.finishes), by) as f32, ..self }
    }
}

/// How much a rate of one's own raises the odds, within [`MOST_LIFT`].
fn lift(own: f64, of_all: f64) -> f64 {
    let odds = |p: f64| p / (1.0 - p).max(1e-6);
    (odds(own) / odds(of_all)).clamp(1.0 / MOST_LIFT, MOST_LIFT)
}

fn at_odds(rate: f64, lift: f64) -> f64 {
    rate * lift / (1.0 - rate + rate * lift)
}

/// Clips of like length: two buckets a doubling.
fn length_of(seconds: f32) -> u32 {
    if seconds.is_finite() { (2.0 * seconds.clamp(1.0, 7_200.0).log2()) as u32 } else { 0 }
}

fn most_seconds(seconds: f32) -> f32 {
    if seconds.is_finite() { 4.0 * seconds.clamp(1.0, 7_200.0) } else { 4.0 }
}

/// How long clips of one length were watched: counts in bins, eight a doubling above a quarter of a second.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Watched {
    bins: Vec<f64>,
}

impl Watched {
    fn bin(seconds: f32) -> usize {
        (8.0 * (1.0 + 4.0 * seconds.clamp(0.0, 1e6)).log2()) as usize
    }

    fn add(&mut self, seconds: f32) {
        let bin = Self::bin(seconds);
        self.bins.resize(self.bins.len().max(bin + 1), 0.0);
        if let Some(count) = self.bins.get_mut(bin) {
            *count += 1.0;
        }
    }

    /// The share of watches shorter than `seconds`, those of its own bin by half; of the assumed ones half are shorter than
    /// half the clip, two thirds than all of it. In [0, 1).
    fn below(&self, seconds: f32, facts: &ClipFacts) -> f64 {
        let share = f64::from(seconds) / f64::from(most_seconds(facts.seconds) / 4.0);
        let own = Self::bin(seconds);
        let shorter: f64 = self.bins.iter().take(own).sum();
        let alike = self.bins.get(own).copied().unwrap_or(0.0);
        let all: f64 = self.bins.iter().sum();
        (ASSUMED * share / (share + 0.5) + shorter + alike / 2.0) / (ASSUMED + all)
    }
}

/// By how much all that one learner ever tells can move the score of a clip of which others have records of this weight, in
/// any other learner's list: two clips whose scores lie further apart than both move keep their order.
#[must_use]
pub fn most_moved(records: f64) -> f32 {
    let weights: f32 = WEIGHTS.iter().filter(|(part, _)| COUNTED.contains(part)).map(|one| one.1.abs()).sum();
    let finishes: f32 = WEIGHTS.iter().filter(|(part, _)| *part == Part::Finishes).map(|one| one.1).sum();
    let lengths = f64::from(OF_ONE_LEARNER) / (ASSUMED + f64::from(OF_ONE_LEARNER));
    MOST_LIFT as f32 * (weights / (records + PRIOR + 1.0) as f32 + finishes * lengths as f32)
}

/// Parts of a score that are foretold from what is counted here.
const COUNTED: [Part; 4] = [Part::Finishes, Part::Likes, Part::Saves, Part::Refuses];

#[cfg(test)]
mod tests;

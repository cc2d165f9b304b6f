//! Five ways of choosing. None sees the hidden numbers of the world, only what was shown and how learners reacted; ours and the
//! reviews know the rule by which memories grow, as a scheduler fitted to a site would.

use crate::world::{Clip, FIRST_STABILITY, REVIEW, Reaction, TOPICS};
use minnow_recommender::learner::{Answer, LearnerModel, LearnerState};
use minnow_recommender::page::explore::{Chance, Pool, Tried, UNIFORM, topics};
use minnow_recommender::page::merge::{Proposal, Source, merge};
use minnow_recommender::page::score::Chances;
use minnow_recommender::page::signals::{ClipFacts, Did, Signal, Signals};
use minnow_recommender::page::{Ready, make};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// What will be watched and liked most.
    Interest,
    /// The same, with up to three of ten places for reviews: those nearest to being forgotten.
    InterestDue,
    Popular,
    Random,
    /// The published sum, with reviews when due.
    Ours,
}

/// Clips of a page.
const PAGE: usize = 10;
/// Candidates that are scored.
const SCORED: usize = 300;

pub struct Chooser {
    policy: Policy,
    signals: Signals,
    knows: LearnerModel,
    of: BTreeMap<usize, Own>,
    all: Vec<u32>,
    by_topic: Vec<Vec<u32>>,
    views: Vec<(f64, f64)>,
    chance: Chance,
}

/// What is kept of one learner.
#[derive(Default)]
struct Own {
    state: LearnerState,
    had: BTreeSet<u32>,
    /// What was answered right at the end of a clip: stability as estimated, day of the last answer.
    cards: BTreeMap<u32, (f64, f64)>,
    clock: i64,
}

impl Chooser {
    pub fn new(policy: Policy, clips: &[Clip], seed: u64) -> Self {
        let mut signals = Signals::default();
        let mut by_topic = vec![Vec::new(); TOPICS];
        for (id, clip) in (0..).zip(clips) {
            signals.add_clip(id, ClipFacts { topic: clip.topic as u32, seconds: clip.seconds as f32 });
            by_topic[clip.topic].push(id);
        }
        Self {
            policy,
            signals,
            knows: LearnerModel::default(),
            of: BTreeMap::new(),
            all: (0..clips.len() as u32).collect(),
            by_topic,
            views: vec![(0.0, 0.0); clips.len()],
            chance: Chance::new(seed ^ 0xC400),
        }
    }

    /// The next clips, each with whether it is brought back for review.
    pub fn page(&mut self, clips: &[Clip], who: usize, day: f64) -> Vec<(u32, bool)> {
        let mut own = self.of.remove(&who).unwrap_or_default();
        let page = match self.policy {
            Policy::Random => self.drawn(&own, PAGE).into_iter().map(|clip| (clip, false)).collect(),
            Policy::Popular => self.best(&own, self.all.iter().copied(), |clip| self.popularity(clip)),
            Policy::Interest | Policy::InterestDue => {
                let some = self.candidates(who, &own);
                let best = self.best(&own, some.into_iter(), |clip| {
                    let chances = self.signals.chances(who as u32, clip);
                    f64::from(
                        chances.finishes + 0.5 * chances.likes + 0.5 * chances.saves - 3.0 * chances.refuses,
                    )
                });
                let reviews =
                    if self.policy == Policy::InterestDue { forgotten(&own, day) } else { Vec::new() };
                reviews.into_iter().chain(best).take(PAGE).collect()
            }
            Policy::Ours => self.ours(clips, who, &own, day),
        };
        own.clock += 1;
        self.of.insert(who, own);
        page
    }

    fn popularity(&self, clip: u32) -> f64 {
        let (watched, shown) = self.views[clip as usize];
        // Drawn to one in two; a little more for what many were shown, as charts do.
        (watched + 5.0) / (shown + 10.0) + 0.02 * (1.0 + watched).ln()
    }

    fn best(
        &self,
        own: &Own,
        some: impl Iterator<Item = u32>,
        worth: impl Fn(u32) -> f64,
    ) -> Vec<(u32, bool)> {
        let mut all: Vec<(f64, u32)> =
            some.filter(|clip| !own.had.contains(clip)).map(|clip| (worth(clip), clip)).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        all.into_iter().take(PAGE).map(|one| (one.1, false)).collect()
    }

    fn drawn(&mut self, own: &Own, count: usize) -> Vec<u32> {
        let mut some = BTreeSet::new();
        for _ in 0..count * 20 {
            let clip = self.all[self.chance.place(self.all.len())];
            if some.len() < count && !own.had.contains(&clip) {
                some.insert(clip);
            }
        }
        some.into_iter().collect()
    }

    /// New clips worth scoring: of topics drawn by what was taken up, and some of any.
    fn candidates(&mut self, who: usize, own: &Own) -> Vec<u32> {
        let mut tried: Vec<Tried> =
            (0..TOPICS as u32).map(|topic| Tried { topic, yes: 0.0, no: 0.0 }).collect();
        for (topic, yes, no) in self.signals.tried(who as u32) {
            tried[topic as usize] = Tried { topic, yes: 2.0 * yes, no };
        }
        let mut some: Vec<u32> = Vec::new();
        for topic in topics(&tried, 8, &mut self.chance) {
            let of = &self.by_topic[topic as usize];
            let from = self.chance.place(of.len());
            some.extend(
                of.iter()
                    .cycle()
                    .skip(from)
                    .take(of.len())
                    .filter(|clip| !own.had.contains(clip))
                    .take(SCORED / 8),
            );
        }
        some.extend(self.drawn(own, SCORED / 6));
        some
    }

    fn ours(&mut self, clips: &[Clip], who: usize, own: &Own, day: f64) -> Vec<(u32, bool)> {
        let due: Vec<(f64, u32)> =
            own.cards.iter().map(|(clip, card)| (won(*card, day), *clip)).filter(|one| one.0 > 0.0).collect();
        let mut reviews = due;
        reviews.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let new = self.candidates(who, own);
        let proposals = [
            Proposal {
                source: Source::Review,
                share: 2,
                clips: reviews.iter().map(|one| one.1).take(60).collect(),
            },
            Proposal { source: Source::Exploration, share: 5, clips: new },
        ];
        let found = merge(&proposals, SCORED, |clip, is_review| is_review || !own.had.contains(&clip));
        let ready: Vec<Ready> =
            found.into_iter().map(|one| self.ready(clips, who, own, day, one.clip, one.sources)).collect();
        let refused: Vec<u32> = own.had.iter().copied().collect();
        let seed = (who as u64) << 32 | own.clock as u64;
        let page = make(&ready, Pool { clips: &self.all, refused: &refused, share: UNIFORM }, PAGE, seed);
        page.iter().map(|shown| (shown.slot.clip, own.cards.contains_key(&shown.slot.clip))).collect()
    }

    fn ready(
        &self,
        clips: &[Clip],
        who: usize,
        own: &Own,
        day: f64,
        clip: u32,
        sources: Vec<Source>,
    ) -> Ready {
        let facts = &clips[clip as usize];
        let is_right = self.knows.predict(&own.state, clip, facts.topic as u32) as f32;
        let from_counts = self.signals.chances(who as u32, clip);
        let chances = match own.cards.get(&clip) {
            Some(card) => Chances {
                finishes: 0.8,
                likes: 0.0,
                saves: 0.0,
                refuses: 0.0,
                learns: 0.0,
                is_right: Some(recall(*card, day) as f32),
                memory: (won(*card, day) / (REVIEW / 60.0)) as f32,
            },
            None => Chances {
                learns: from_counts.finishes * is_right * (60.0 / (facts.seconds as f32 + 6.0)).min(1.0),
                is_right: Some(is_right),
                ..from_counts
            },
        };
        let mut about = vec![0.0; TOPICS];
        about[facts.topic] = 1.0;
        Ready { clip, author: facts.author, topic: facts.topic as u32, sources, chances, about }
    }

    pub fn learn(&mut self, clips: &[Clip], who: usize, clip: u32, is_review: bool, did: Reaction, day: f64) {
        let own = self.of.entry(who).or_default();
        let facts = &clips[clip as usize];
        own.clock += 1;
        if let Some(is_right) = did.is_right {
            let card = own.cards.get(&clip).copied();
            if is_right {
                let stability =
                    card.map_or(FIRST_STABILITY, |card| card.0 * (1.0 + 3.0 * (1.0 - recall(card, day))));
                own.cards.insert(clip, (stability, day));
            } else if card.is_some() {
                own.cards.insert(clip, (FIRST_STABILITY, day));
            }
            if !is_review {
                self.knows.learn(&mut own.state, Answer { item: clip, skill: facts.topic as u32, is_right });
            }
        }
        if is_review {
            return;
        }
        own.had.insert(clip);
        let (watched, shown) = &mut self.views[clip as usize];
        (*watched, *shown) = (*watched + f64::from(u8::from(did.has_watched)), *shown + 1.0);
        let seconds = if did.has_watched { facts.seconds } else { did.seconds };
        let mut tell = |did| {
            let signal = Signal { learner: who as u32, clip, at_ms: own.clock, came_ms: own.clock, did };
            self.signals.learn(signal);
        };
        tell(Did::Watched(seconds as f32));
        if did.has_liked {
            tell(Did::Liked(true));
        }
    }
}

/// Up to three cards that are recalled with a chance below 0.9, the least first.
fn forgotten(own: &Own, day: f64) -> Vec<(u32, bool)> {
    let mut due: Vec<(f64, u32)> = own.cards.iter().map(|(clip, card)| (recall(*card, day), *clip)).collect();
    due.retain(|one| one.0 < 0.9);
    due.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    due.into_iter().take(3).map(|one| (one.1, true)).collect()
}

fn recall((stability, last): (f64, f64), day: f64) -> f64 {
    (-(day - last) / stability).exp2()
}

/// Recall won by asking now: its mean over the next 30 days, less that without. Nothing on the day of the last answer.
fn won(card: (f64, f64), day: f64) -> f64 {
    const AHEAD: f64 = 30.0;
    if day <= card.1 {
        return 0.0;
    }
    let mean =
        |stability: f64| stability * (1.0 - (-AHEAD / stability).exp2()) / (std::f64::consts::LN_2 * AHEAD);
    let now = recall(card, day);
    let grown = card.0 * (1.0 + 3.0 * (1.0 - now));
    (now * mean(grown) + (1.0 - now) * mean(FIRST_STABILITY) - now * mean(card.0)).max(0.0)
}

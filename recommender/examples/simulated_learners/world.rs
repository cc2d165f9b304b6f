//! The world that is assumed. Clips teach one fact each, have a topic, a difficulty, an author and a length. A learner has
//! interests that drift from day to day, an ability in each topic and a memory.
//!
//! - Watching: the chance to watch a clip to its end is logistic in interest and the clip's appeal; else it is left after 4 s.
//! - Learning: who watched learns the fact with a chance logistic in ability less difficulty; learning raises ability, and a
//!   little that of the next topic, which builds on it. What is far too easy was mostly known: it teaches nothing new.
//! - Forgetting: recall after t days is 2^(-t / stability) (Settles and Meeder 2016); stability begins at 1.5 days, a recall
//!   makes it grow, the more the nearer it was to being forgotten; a failed one begins anew.
//! - Guessing: a question not known is still answered right one time in four.

use crate::policies::{Chooser, Policy};
use minnow_recommender::page::explore::Chance;
use std::collections::{BTreeMap, BTreeSet};

pub const DAYS: u32 = 30;
pub const MINUTES: f64 = 10.0;
pub const TOPICS: usize = 48;
/// Topics of one subject build on each other.
pub const SUBJECT: usize = 6;
const CLIPS: usize = 6_000;
const AUTHORS: usize = 300;
const GUESS: f64 = 0.25;
pub const FIRST_STABILITY: f64 = 1.5;
/// Seconds that a review and a clip that is left take.
pub const REVIEW: f64 = 12.0;
const LEFT: f64 = 4.0;

pub struct Clip {
    pub topic: usize,
    pub author: u32,
    pub seconds: f64,
    difficulty: f64,
    appeal: f64,
}

struct Learner {
    interest: Vec<f64>,
    ability: Vec<f64>,
    /// Fact: stability, day it was last recalled.
    memory: BTreeMap<u32, (f64, f64)>,
}

pub struct World {
    pub clips: Vec<Clip>,
    learners: Vec<Learner>,
    seed: u64,
}

/// What came of a month.
pub struct Outcome {
    /// Facts a learner would recall the day after, on average.
    pub held: f64,
    pub learned: f64,
    pub watched: f64,
    /// The share of clips shown to anyone, and topics watched a learner.
    pub clips: f64,
    pub topics: f64,
    /// Views of the half of creators with fewest clips, over their share of clips.
    pub few: f64,
}

/// What a learner did with what was shown.
#[derive(Clone, Copy, Debug)]
pub struct Reaction {
    pub seconds: f64,
    pub has_watched: bool,
    pub has_liked: bool,
    /// None: not asked.
    pub is_right: Option<bool>,
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl World {
    pub fn new(learners: u32, seed: u64) -> Self {
        let mut chance = Chance::new(seed ^ 0x51ED);
        let clips = (0..CLIPS)
            .map(|_| Clip {
                topic: chance.place(TOPICS),
                author: ((chance.uniform() * chance.uniform()) * AUTHORS as f64) as u32,
                seconds: 20.0 + 70.0 * chance.uniform(),
                difficulty: 1.2 * chance.normal(),
                appeal: 0.7 * chance.normal(),
            })
            .collect();
        let learners = (0..learners)
            .map(|_| {
                let subjects: Vec<f64> = (0..TOPICS / SUBJECT).map(|_| 1.2 * chance.normal()).collect();
                Learner {
                    interest: (0..TOPICS)
                        .map(|topic| subjects[topic / SUBJECT] + 0.6 * chance.normal())
                        .collect(),
                    ability: (0..TOPICS)
                        .map(|topic| 0.7 * chance.normal() - 0.25 * (topic % SUBJECT) as f64)
                        .collect(),
                    memory: BTreeMap::new(),
                }
            })
            .collect();
        Self { clips, learners, seed }
    }

    /// A month under one way of choosing. Each learner has the same minutes each day, whatever is shown.
    pub fn run(mut self, policy: Policy) -> Outcome {
        let mut chooser = Chooser::new(policy, &self.clips, self.seed);
        let (mut shown, mut watched, mut learned) = (vec![0_u32; self.clips.len()], 0_u32, 0_u32);
        let mut topics = vec![BTreeSet::new(); self.learners.len()];
        let mut chance = Chance::new(self.seed ^ 0xDA7);
        for day in (0..DAYS).map(f64::from) {
            for (who, (learner, topics)) in self.learners.iter_mut().zip(&mut topics).enumerate() {
                let mut left = MINUTES * 60.0;
                while left > 0.0 {
                    let page = chooser.page(&self.clips, who, day);
                    if page.is_empty() {
                        break;
                    }
                    for (clip, is_review) in page {
                        if left <= 0.0 {
                            break;
                        }
                        let known = learner.memory.contains_key(&clip);
                        let did = learner.meet(&self.clips, clip, is_review, day, &mut chance);
                        left -= did.seconds;
                        learned += u32::from(!known && learner.memory.contains_key(&clip));
                        if !is_review {
                            shown[clip as usize] += 1;
                            watched += u32::from(did.has_watched);
                        }
                        if did.has_watched {
                            topics.insert(self.clips[clip as usize].topic);
                        }
                        chooser.learn(&self.clips, who, clip, is_review, did, day);
                    }
                }
                learner.drift(&mut chance);
            }
        }
        self.outcome(&shown, watched, learned, &topics)
    }

    fn outcome(&self, shown: &[u32], watched: u32, learned: u32, topics: &[BTreeSet<usize>]) -> Outcome {
        let n = self.learners.len().max(1) as f64;
        let all: u32 = shown.iter().sum();
        let mut of_author = vec![(0_u32, 0_u32); AUTHORS];
        for (clip, views) in self.clips.iter().zip(shown) {
            let (clips, seen) = &mut of_author[clip.author as usize];
            (*clips, *seen) = (*clips + 1, *seen + views);
        }
        of_author.retain(|one| one.0 > 0);
        of_author.sort_unstable();
        of_author.truncate(of_author.len() / 2);
        let (clips, views) = of_author.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        Outcome {
            held: self.learners.iter().map(|one| one.held(f64::from(DAYS))).sum::<f64>() / n,
            learned: f64::from(learned) / n,
            watched: f64::from(watched) / f64::from(all.max(1)),
            clips: shown.iter().filter(|views| **views > 0).count() as f64 / self.clips.len() as f64,
            topics: topics.iter().map(|one| one.len() as f64).sum::<f64>() / n,
            few: (f64::from(views) / f64::from(all.max(1))) / (f64::from(clips) / self.clips.len() as f64),
        }
    }
}

impl Learner {
    fn meet(
        &mut self,
        clips: &[Clip],
        clip: u32,
        is_review: bool,
        day: f64,
        chance: &mut Chance,
    ) -> Reaction {
        let facts = &clips[clip as usize];
        if is_review {
            let is_right = self.recall(clip, day, chance);
            return Reaction {
                seconds: REVIEW,
                has_watched: false,
                has_liked: false,
                is_right: Some(is_right),
            };
        }
        let liking = self.interest[facts.topic] + facts.appeal;
        if chance.uniform() > logistic(liking) {
            return Reaction { seconds: LEFT, has_watched: false, has_liked: false, is_right: None };
        }
        let above = self.ability[facts.topic] - facts.difficulty;
        let is_new = chance.uniform() > logistic(2.0 * above - 3.0);
        let follows = chance.uniform() < logistic(2.0 * above + 1.0);
        if is_new && follows {
            self.memory.insert(clip, (FIRST_STABILITY, day));
            self.ability[facts.topic] += 0.06;
            if facts.topic % SUBJECT + 1 < SUBJECT {
                self.ability[facts.topic + 1] += 0.02;
            }
        }
        let is_right = follows || !is_new || chance.uniform() < GUESS;
        Reaction {
            seconds: facts.seconds + 6.0,
            has_watched: true,
            has_liked: chance.uniform() < 0.4 * logistic(2.0 * liking - 1.0),
            is_right: Some(is_right),
        }
    }

    fn recall(&mut self, clip: u32, day: f64, chance: &mut Chance) -> bool {
        let Some((stability, last)) = self.memory.get_mut(&clip) else { return chance.uniform() < GUESS };
        let recall = (-(day - *last) / *stability).exp2();
        let does_know = chance.uniform() < recall;
        *stability = if does_know { *stability * (1.0 + 3.0 * (1.0 - recall)) } else { FIRST_STABILITY };
        *last = day;
        does_know || chance.uniform() < GUESS
    }

    fn drift(&mut self, chance: &mut Chance) {
        for interest in &mut self.interest {
            *interest = 0.995 * *interest + 0.08 * chance.normal();
        }
    }

    fn held(&self, day: f64) -> f64 {
        self.memory.values().map(|(stability, last)| (-(day - last) / stability).exp2()).sum()
    }
}

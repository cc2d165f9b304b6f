//! What is kept of one learner: counts, decayed surprises and abilities, over all and per skill and item, and what the network
//! remembers. It is a fold over the learner's answers in order, holds nothing about anybody else and can be stored apart from
//! the shared weights (made again from the answers when those are fitted anew).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::recurrent::HIDDEN;

/// Answers after which a trace over everything a learner does has faded to 1/e.
const HORIZONS: [f32; 4] = [1.5, 5.0, 20.0, 100.0];
/// The same, for the answers on one skill.
const SKILL_HORIZONS: [f32; 3] = [1.5, 4.0, 12.0];
/// Skills that one answer can be told for; more are taken as answers of their own.
const SKILLS_OF_AN_ANSWER: usize = 64;

/// Decayed sums over answers: `weight` of exp(-age / horizon), `surplus` of that times (right - expected).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Trace {
    pub weight: f32,
    surplus: f32,
}

impl Trace {
    fn add(&mut self, horizon: f32, surplus: f32) {
        let keep = (-1.0 / horizon).exp();
        self.weight = self.weight * keep + 1.0;
        self.surplus = self.surplus * keep + surplus;
    }

    /// The decayed mean of (right - expected), drawn to 0 as if one answer had said so; in [-1, 1].
    pub fn mean(&self) -> f32 {
        self.surplus / (self.weight + 1.0)
    }
}

/// The learner over all items and skills. `outcomes`: the last 64 answers, the latest in the lowest bit, 1 = right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Overall {
    pub answers: u32,
    pub right: u32,
    pub outcomes: u64,
    pub traces: [Trace; HORIZONS.len()],
    /// Elo ability in logits.
    pub ability: f32,
    pub last_item: u32,
    pub last_skill: u32,
    /// How many of the latest answers in a row were on `last_skill`.
    pub run: u32,
}

/// The learner on one skill; `at`: the number of answers they had given when they last met it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct OnSkill {
    pub right: u32,
    pub wrong: u32,
    pub outcomes: u32,
    pub traces: [Trace; SKILL_HORIZONS.len()],
    /// Elo ability on top of the overall one, in logits.
    pub ability: f32,
    pub at: u32,
}

impl OnSkill {
    pub fn answers(&self) -> u32 {
        self.right.saturating_add(self.wrong)
    }
}

/// The learner on one item; `at` as in `OnSkill`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct OnItem {
    pub right: u32,
    pub wrong: u32,
    pub is_last_right: bool,
    pub at: u32,
}

impl OnItem {
    pub fn answers(&self) -> u32 {
        self.right.saturating_add(self.wrong)
    }
}

/// The latest answer, and how things stood before it: a log may tell the same answer again for another skill of the item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Latest {
    item: u32,
    is_right: bool,
    skills: Vec<u32>,
    overall: Overall,
    on_item: OnItem,
    hidden: Vec<f32>,
}

/// One learner. Empty at first: somebody nothing is known of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LearnerState {
    overall: Overall,
    skills: BTreeMap<u32, OnSkill>,
    items: BTreeMap<u32, OnItem>,
    hidden: Vec<f32>,
    latest: Option<Latest>,
}

/// What a prediction may look at.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub overall: &'a Overall,
    pub skill: OnSkill,
    pub item: OnItem,
    /// Empty or `HIDDEN` numbers.
    pub hidden: &'a [f32],
}

/// An answer as it is recorded. `expected`: the item's share of right answers. `surprise`: right minus the Elo chance.
#[derive(Clone, Copy)]
pub(super) struct Recorded {
    pub item: u32,
    pub skill: u32,
    pub is_right: bool,
    pub expected: f32,
    pub surprise: f32,
}

impl LearnerState {
    /// Answers taken in; one told for several skills counts once.
    #[must_use]
    pub fn answers(&self) -> u32 {
        self.overall.answers
    }

    pub(super) fn skill(&self, skill: u32) -> OnSkill {
        self.skills.get(&skill).copied().unwrap_or_default()
    }

    /// Would this be the latest answer told again for another skill? Then what it said of itself: was it right?
    pub(super) fn told_before(&self, item: u32, skill: u32) -> Option<bool> {
        let latest = self.latest.as_ref()?;
        let is_other = !latest.skills.contains(&skill) && latest.skills.len() < SKILLS_OF_AN_ANSWER;
        (latest.item == item && is_other).then_some(latest.is_right)
    }

    pub(super) fn view(&self, item: u32, skill: u32) -> View<'_> {
        let on_item = self.items.get(&item).copied().unwrap_or_default();
        View { overall: &self.overall, skill: self.skill(skill), item: on_item, hidden: &self.hidden }
    }

    /// As things stood before the latest answer, for another skill of its item.
    pub(super) fn view_before(&self, skill: u32) -> Option<View<'_>> {
        let latest = self.latest.as_ref()?;
        Some(View {
            overall: &latest.overall,
            skill: self.skill(skill),
            item: latest.on_item,
            hidden: &latest.hidden,
        })
    }

    /// A new answer.
    pub(super) fn record(&mut self, answer: Recorded) {
        let Recorded { item, skill, is_right, expected, surprise } = answer;
        let on_item = self.items.entry(item).or_default();
        let mut hidden = self.latest.take().map(|latest| latest.hidden).unwrap_or_default();
        hidden.clone_from(&self.hidden);
        self.latest = Some(Latest {
            item,
            is_right,
            skills: vec![skill],
            overall: self.overall,
            on_item: *on_item,
            hidden,
        });

        let now = &mut self.overall;
        now.run = if now.answers > 0 && now.last_skill == skill { now.run.saturating_add(1) } else { 1 };
        now.answers = now.answers.saturating_add(1);
        now.right = now.right.saturating_add(u32::from(is_right));
        now.outcomes = (now.outcomes << 1) | u64::from(is_right);
        (now.last_item, now.last_skill) = (item, skill);
        let surplus = f32::from(u8::from(is_right)) - expected;
        for (trace, horizon) in now.traces.iter_mut().zip(HORIZONS) {
            trace.add(horizon, surplus);
        }
        now.ability += (0.4 / (1.0 + 0.05 * now.answers as f32) + 0.02) * surprise;

        let seen = if is_right { &mut on_item.right } else { &mut on_item.wrong };
        *seen = seen.saturating_add(1);
        (on_item.is_last_right, on_item.at) = (is_right, now.answers);
        self.record_skill(answer);
    }

    /// The latest answer once more, for another skill: only that skill hears of it.
    pub(super) fn record_again(&mut self, answer: Recorded) {
        if let Some(latest) = &mut self.latest {
            latest.skills.push(answer.skill);
        }
        self.record_skill(answer);
    }

    fn record_skill(&mut self, answer: Recorded) {
        let own = self.skills.entry(answer.skill).or_default();
        let seen = if answer.is_right { &mut own.right } else { &mut own.wrong };
        *seen = seen.saturating_add(1);
        own.outcomes = (own.outcomes << 1) | u32::from(answer.is_right);
        let surplus = f32::from(u8::from(answer.is_right)) - answer.expected;
        for (trace, horizon) in own.traces.iter_mut().zip(SKILL_HORIZONS) {
            trace.add(horizon, surplus);
        }
        own.ability += (0.6 / (1.0 + 0.2 * own.answers() as f32) + 0.05) * answer.surprise;
        own.at = self.overall.answers;
    }

    /// What the network remembers, to be moved on by one answer (HIDDEN numbers, 0 at first).
    pub(super) fn hidden(&mut self) -> &mut [f32] {
        self.hidden.resize(HIDDEN, 0.0);
        &mut self.hidden
    }
}

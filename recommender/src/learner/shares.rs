//! The share of right answers of items and skills, drawn to what is known of more: an item to its skill, a skill to all
//! (empirical Bayes with fixed weights; Efron and Morris 1975).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Answers that the prior is worth.
const DRAWN: f32 = 5.0;
/// Answers of one learner on one item that count towards its share.
const OF_ONE_LEARNER: u32 = 20;

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Count {
    right: f32,
    all: f32,
}

impl Count {
    fn add(&mut self, is_right: bool, weight: f32) {
        self.right += weight * f32::from(u8::from(is_right));
        self.all += weight;
    }

    fn share(&self, prior: f32) -> f32 {
        (self.right + DRAWN * prior) / (self.all + DRAWN)
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Shares {
    all: Count,
    skills: BTreeMap<u32, Count>,
    items: BTreeMap<u32, Count>,
}

impl Shares {
    /// Of the skill, drawn to the share of all (2/3 while there is none: most questions that are asked can be answered).
    pub fn of_skill(&self, skill: u32) -> f32 {
        self.skills.get(&skill).copied().unwrap_or_default().share(self.all.share(2.0 / 3.0))
    }

    /// Of the item, drawn to its skill's; inside (0, 1).
    pub fn of_item(&self, item: u32, skill: u32) -> f32 {
        self.items.get(&item).copied().unwrap_or_default().share(self.of_skill(skill))
    }

    /// Answers behind an item's share.
    pub fn item_answers(&self, item: u32) -> f32 {
        self.items.get(&item).map_or(0.0, |count| count.all)
    }

    /// One answer. `met`: this learner's answers on the item before it.
    pub fn add(&mut self, item: u32, skill: u32, is_right: bool, weight: f32, met: u32) {
        if met < OF_ONE_LEARNER {
            self.all.add(is_right, weight);
            self.items.entry(item).or_default().add(is_right, weight);
            self.add_skill(skill, is_right, weight);
        }
    }

    /// The same answer for another skill of the item.
    pub fn add_skill(&mut self, skill: u32, is_right: bool, weight: f32) {
        self.skills.entry(skill).or_default().add(is_right, weight);
    }
}

//! What a learner holds of each topic: the fold of their own answers in the order of their time, so that devices that were
//! apart agree as soon as they have the same answers, and late ones give what they would have given in time.
//!
//! Each topic has an ability, and above all topics there is one overall. An answer counts for the topics of its question and,
//! the further away the less, for all they are part of and for the overall one. A topic that is new to the learner begins where
//! what it is part of stands, or the overall ability, with more doubt. Doubt grows with time (Glickman 1999) and with each
//! answer, for people learn and forget.
//!
//! What a learner's own first answer says of a question is left out of the difficulty their answers are judged by: otherwise it
//! would count twice, and the fold would depend on when it was made.

use crate::{
    DAY_MS,
    estimate::{Belief, Evidence, Site, learned, site},
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// An answer this soon after the one before to the same question, in whatever form, is a re-ask in the same session: it repeats
/// what was just told and says nothing. As long as it is for cards (`memory::card::SESSION_MS`).
pub const SESSION_MS: i64 = 30 * 60_000;

/// The numbers of the model. Variances are in logits squared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Of a learner nothing is known of, and of a question nobody has answered.
    pub ability: Belief,
    pub difficulty: Belief,
    /// Doubt that a day adds, up to the variance of a learner nothing is known of.
    pub a_day: f64,
    /// Doubt that an answer adds: people learn by answering.
    pub an_answer: f64,
    /// How far a topic may stand from what it is part of.
    pub between: f64,
    /// Noise of an answer on a part of a topic, for each step.
    pub a_step: f64,
    /// What answering a question again counts, in whatever form: it says whether this question is still known, and of its topic
    /// only in part.
    pub again: f64,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            ability: Belief::new(0.0, 1.0),
            difficulty: Belief::new(0.0, 1.0),
            a_day: 0.004,
            an_answer: 0.01,
            between: 0.4,
            a_step: 0.4,
            again: 0.5,
        }
    }
}

/// One answer of the learner. Guesses before a clip are none, nor are answers that wait to be read by people.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<'a> {
    /// Made by the client: the same answer twice is one.
    pub id: &'a str,
    /// The place of its question in the list of items.
    pub item: usize,
    pub at_ms: i64,
    /// 0 to 1.
    pub credit: f64,
}

/// A question as the learner's answers are judged by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The chance to be right by guessing, 0 to below 1.
    pub guess: f64,
    /// By all others' first answers: this learner's own is not in it.
    pub difficulty: Belief,
    /// Places of its topics in the list of topics.
    pub topics: Vec<usize>,
    /// The same number for all forms of one question, and for no others.
    pub family: usize,
}

/// All that each topic is part of, by places in the list of topics, with how many steps away it is (1: it is directly part).
pub type Wholes = [Vec<(usize, u32)>];

/// What a learner holds of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ability {
    /// As of the last answer.
    pub belief: Belief,
    /// Answers that counted, and those of them on the topic itself.
    pub answers: u32,
    pub own_answers: u32,
    pub last_ms: i64,
}

/// What came of the fold.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// By the places of the topics; `None` where nothing was answered.
    pub abilities: Vec<Option<Ability>>,
    /// What the learner's first answer to each question says of it, by the places of the items.
    pub sites: Vec<(usize, Site)>,
    /// The chance to be right that each answer that counted had before it was given, with the answer's place in time order
    /// among those: to judge the model by.
    pub expected: Vec<(usize, f64)>,
}

impl Ability {
    /// What is believed of it at a later time.
    pub fn at(&self, model: &Model, now_ms: i64) -> Belief {
        drifted(model, self.belief, now_ms.saturating_sub(self.last_ms))
    }
}

fn drifted(model: &Model, belief: Belief, gone_ms: i64) -> Belief {
    let days = gone_ms.max(0) as f64 / DAY_MS as f64;
    Belief { variance: widened(model, belief.variance, model.a_day * days), ..belief }
}

fn widened(model: &Model, variance: f64, by: f64) -> f64 {
    (variance + by).min(model.ability.variance.max(variance))
}

/// A learner as their answers come one after the other.
struct Learner<'a> {
    model: &'a Model,
    wholes: &'a Wholes,
    overall: Ability,
    abilities: Vec<Option<Ability>>,
    /// When each family was last answered, whether that counted or not.
    last: HashMap<usize, i64>,
    /// Items that were answered, whether that counted or not.
    met: HashSet<usize>,
}

impl<'a> Learner<'a> {
    fn new(model: &'a Model, wholes: &'a Wholes) -> Self {
        let overall = Ability { belief: model.ability, answers: 0, own_answers: 0, last_ms: i64::MIN };
        Self {
            model,
            wholes,
            overall,
            abilities: vec![None; wholes.len()],
            last: HashMap::new(),
            met: HashSet::new(),
        }
    }

    fn overall_at(&self, at_ms: i64) -> Belief {
        if self.overall.answers == 0 { self.overall.belief } else { self.overall.at(self.model, at_ms) }
    }

    /// What is believed of a topic before an answer; of one that is new by what it is part of.
    fn topic_at(&self, topic: usize, at_ms: i64) -> Belief {
        if let Some(ability) = self.abilities.get(topic).copied().flatten() {
            return ability.at(self.model, at_ms);
        }
        let known = self.wholes.get(topic).into_iter().flatten().filter_map(|(whole, steps)| {
            let ability = self.abilities.get(*whole).copied().flatten()?;
            Some((*steps, ability.at(self.model, at_ms)))
        });
        // The nearest that is known; of several as near the one that is known best.
        let nearest = known.min_by(|a, b| {
            (a.0, a.1.variance).partial_cmp(&(b.0, b.1.variance)).unwrap_or(std::cmp::Ordering::Equal)
        });
        let from = nearest.map_or_else(|| self.overall_at(at_ms), |(_, belief)| belief);
        Belief { mean: from.mean, variance: widened(self.model, from.variance, self.model.between) }
    }

    /// The topics an answer counts for, each once, with the least number of steps.
    fn reached(&self, item: &Item) -> Vec<(usize, u32)> {
        let mut all: Vec<(usize, u32)> = Vec::new();
        let direct = item.topics.iter().filter(|topic| **topic < self.wholes.len()).map(|topic| (*topic, 0));
        let wholes = item.topics.iter().filter_map(|topic| self.wholes.get(*topic)).flatten().copied();
        for (topic, steps) in direct.chain(wholes) {
            match all.iter_mut().find(|(there, _)| *there == topic) {
                Some(there) => there.1 = there.1.min(steps),
                None => all.push((topic, steps)),
            }
        }
        all
    }

    /// What is believed of the ability an item asks for: its topics in the middle, or the overall one.
    fn asked_at(&self, item: &Item, at_ms: i64) -> Belief {
        let beliefs: Vec<Belief> = item
            .topics
            .iter()
            .filter(|topic| **topic < self.wholes.len())
            .map(|topic| self.topic_at(*topic, at_ms))
            .collect();
        if beliefs.is_empty() {
            return self.overall_at(at_ms);
        }
        let count = beliefs.len() as f64;
        let mean = beliefs.iter().map(|belief| belief.mean).sum::<f64>() / count;
        // They move together: the doubt of a mean of them is not less than theirs.
        let variance = beliefs.iter().map(|belief| belief.variance).sum::<f64>() / count;
        Belief { mean, variance }
    }

    /// One more answer, in the order of time. Its site where it is the first to its item; `None` when it does not count.
    fn answer(&mut self, item: &Item, answer: &Answer<'_>) -> Option<(Option<Site>, f64)> {
        let at_ms = answer.at_ms;
        let before = self.last.insert(item.family, at_ms);
        let is_first = self.met.insert(answer.item);
        if before.is_some_and(|before| at_ms.saturating_sub(before) < SESSION_MS) {
            return None;
        }
        let weight = if before.is_none() { 1.0 } else { self.model.again };
        let evidence = Evidence { credit: answer.credit, guess: item.guess, weight };
        let asked = self.asked_at(item, at_ms);
        let expected = crate::estimate::expected_chance(asked, item.difficulty, item.guess);
        let site = is_first.then(|| site(asked, item.difficulty, evidence));
        let reached = self.reached(item);
        // The overall ability is one step beyond the furthest there can be.
        let beyond = reached.iter().map(|(_, steps)| *steps).max().map_or(0, |most| most + 1);
        let next = |ability: Option<Ability>, belief: Belief, steps: u32| {
            let doubt =
                Belief { variance: widened(self.model, belief.variance, self.model.an_answer), ..belief };
            let (answers, own) = ability.map_or((0, 0), |ability| (ability.answers, ability.own_answers));
            Ability {
                belief: learned(doubt, item.difficulty, self.model.a_step * f64::from(steps), evidence),
                answers: answers.saturating_add(1),
                own_answers: own.saturating_add(u32::from(steps == 0)),
                last_ms: at_ms,
            }
        };
        let after: Vec<(usize, Ability)> = reached
            .iter()
            .map(|(topic, steps)| {
                let before = self.abilities.get(*topic).copied().flatten();
                (*topic, next(before, self.topic_at(*topic, at_ms), *steps))
            })
            .collect();
        self.overall = next(Some(self.overall), self.overall_at(at_ms), beyond);
        for (topic, ability) in after {
            if let Some(place) = self.abilities.get_mut(topic) {
                *place = Some(ability);
            }
        }
        Some((site, expected))
    }
}

/// Folds a learner's answers, in whatever order and however often each was told.
pub fn fold(model: &Model, wholes: &Wholes, items: &[Item], answers: &[Answer<'_>]) -> Folded {
    let mut in_order: Vec<&Answer<'_>> = answers.iter().collect();
    in_order.sort_by(|a, b| (a.at_ms, a.id).cmp(&(b.at_ms, b.id)));
    let mut seen = HashSet::with_capacity(in_order.len());
    in_order.retain(|answer| seen.insert(answer.id));
    let mut learner = Learner::new(model, wholes);
    let (mut sites, mut expected) = (Vec::new(), Vec::new());
    for (place, answer) in in_order.into_iter().enumerate() {
        let Some(item) = items.get(answer.item) else { continue };
        if let Some((site, chance)) = learner.answer(item, answer) {
            sites.extend(site.map(|site| (answer.item, site)));
            expected.push((place, chance));
        }
    }
    Folded { abilities: learner.abilities, sites, expected }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{Z_80, logistic};
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const HOUR_MS: i64 = 3_600_000;

    fn item(topics: &[usize], difficulty: f64, guess: f64) -> Item {
        // Each alone, unless a test says otherwise.
        static FAMILIES: AtomicUsize = AtomicUsize::new(0);
        let family = FAMILIES.fetch_add(1, Ordering::Relaxed);
        Item { guess, difficulty: Belief::new(difficulty, 0.05), topics: topics.to_vec(), family }
    }

    fn answer(id: &str, item: usize, at_ms: i64, credit: f64) -> Answer<'_> {
        Answer { id, item, at_ms, credit }
    }

    const MODEL: Model = Model {
        ability: Belief::new(0.0, 1.0),
        difficulty: Belief::new(0.0, 1.0),
        a_day: 0.004,
        an_answer: 0.01,
        between: 0.4,
        a_step: 0.4,
        again: 0.5,
    };

    /// Topics 0 part of 1 part of 2, and 3 by itself.
    fn wholes() -> Vec<Vec<(usize, u32)>> {
        vec![vec![(1, 1), (2, 2)], vec![(2, 1)], vec![], vec![]]
    }

    #[test]
    fn the_numbers_written_here_are_the_default() {
        assert_eq!(MODEL, Model::default());
    }

    #[test]
    fn evidence_of_a_topic_flows_to_what_it_is_part_of_and_fades_on_the_way() {
        let items = [item(&[0], 0.0, 0.0)];
        let folded = fold(&MODEL, &wholes(), &items, &[answer("a", 0, 0, 1.0)]);
        let means: Vec<Option<f64>> =
            folded.abilities.iter().map(|ability| ability.map(|ability| ability.belief.mean)).collect();
        let [Some(own), Some(near), Some(far), None] = means[..] else { panic!("{means:?}") };
        assert!(own > near && near > far && far > 0.0, "{means:?}");
        let counts: Vec<(u32, u32)> =
            folded.abilities.iter().flatten().map(|ability| (ability.answers, ability.own_answers)).collect();
        assert_eq!(counts, [(1, 1), (1, 0), (1, 0)]);
    }

    #[test]
    fn a_new_part_begins_where_its_whole_stands_with_more_doubt() {
        let items: Vec<Item> = (0..12).map(|_| item(&[1], 0.0, 0.0)).chain([item(&[0], 0.0, 0.0)]).collect();
        let ids: Vec<String> = (0..13).map(|n| format!("{n:02}")).collect();
        let answers: Vec<Answer<'_>> = (0..13).map(|n| answer(&ids[n], n, n as i64 * HOUR_MS, 1.0)).collect();
        let before = fold(&MODEL, &wholes(), &items, &answers[..12]).abilities[1].unwrap().belief;
        let part = fold(&MODEL, &wholes(), &items, &answers).abilities[0].unwrap().belief;
        assert!(before.mean > 0.8 && part.mean > before.mean, "{before:?} {part:?}");
        assert!(part.variance > before.variance);
    }

    #[test]
    fn asking_again_in_the_same_session_says_nothing_and_later_a_part() {
        let items = [item(&[3], 0.0, 0.0)];
        let of = |answers: &[Answer<'_>]| fold(&MODEL, &wholes(), &items, answers).abilities[3].unwrap();
        let wrong = answer("a", 0, 0, 0.0);
        let once = of(std::slice::from_ref(&wrong));
        let again = of(&[wrong.clone(), answer("b", 0, 60_000, 1.0)]);
        assert_eq!(once, again);
        let later = of(&[wrong.clone(), answer("b", 0, SESSION_MS, 1.0)]);
        assert_eq!(later.answers, 2);
        let other = fold(
            &MODEL,
            &wholes(),
            &[items[0].clone(), item(&[3], 0.0, 0.0)],
            &[wrong, answer("b", 1, SESSION_MS, 1.0)],
        );
        assert!(
            later.belief.mean > once.belief.mean
                && later.belief.mean < other.abilities[3].unwrap().belief.mean
        );
        // What is said of the question comes from the first answer alone.
        let sites =
            fold(&MODEL, &wholes(), &items, &[answer("a", 0, 0, 0.0), answer("b", 0, DAY_MS, 1.0)]).sites;
        assert!(sites.len() == 1 && sites[0].1.pull > 0.0, "{sites:?}");
    }

    #[test]
    fn another_form_in_the_same_session_says_nothing_and_later_a_part() {
        let one = item(&[3], 0.0, 0.0);
        let items = [one.clone(), one.clone(), Item { family: usize::MAX, ..one }];
        let of = |answers: &[Answer<'_>]| fold(&MODEL, &wholes(), &items, answers);
        let wrong = answer("a", 0, 0, 0.0);
        let once = of(std::slice::from_ref(&wrong));
        assert_eq!(of(&[wrong.clone(), answer("b", 1, 60_000, 1.0)]), once);
        let mean = |item| {
            let folded = of(&[wrong.clone(), answer("b", item, SESSION_MS, 1.0)]);
            (folded.abilities[3].unwrap().belief.mean, folded.sites.len())
        };
        // As the same question asked again; what is said of this form's difficulty is new all the same.
        assert_eq!(mean(1).0, mean(0).0);
        assert!(mean(1).0 < mean(2).0);
        assert_eq!([mean(0).1, mean(1).1], [1, 2]);
        // What was just told is no first meeting later either.
        let told = of(&[wrong.clone(), answer("b", 1, 60_000, 1.0), answer("c", 1, DAY_MS, 1.0)]);
        assert_eq!(told.sites.len(), 1);
    }

    #[test]
    fn doubt_grows_with_time_and_never_beyond_that_of_a_stranger() {
        let ability =
            fold(&MODEL, &wholes(), &[item(&[3], 0.0, 0.0)], &[answer("a", 0, 0, 1.0)]).abilities[3].unwrap();
        let variances: Vec<f64> =
            [0, 30, 365, 36_500].map(|days| ability.at(&MODEL, days * DAY_MS).variance).to_vec();
        assert!(variances.is_sorted() && variances[0] < variances[1]);
        assert!((variances[3] - MODEL.ability.variance).abs() < 1e-12);
        assert_eq!(ability.at(&MODEL, 36_500 * DAY_MS).mean, ability.belief.mean);
    }

    /// Numbers of a stated seed (SplitMix64), even and normal.
    struct Dice(u64);

    impl Dice {
        fn even(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }

        fn normal(&mut self) -> f64 {
            let radius = (-2.0 * (1.0 - self.even()).ln()).sqrt();
            radius * (std::f64::consts::TAU * self.even()).cos()
        }
    }

    fn correlation(pairs: &[(f64, f64)]) -> f64 {
        let n = pairs.len() as f64;
        let (x, y) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
        let sum = |of: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|p| of(p.0 - x, p.1 - y)).sum::<f64>();
        sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
    }

    /// 400 learners of abilities N(0, 1) answer 40 of 200 questions of difficulties N(0, 1) with four choices, in an order of
    /// their own; each answer's site goes to its question before the next learner comes.
    #[test]
    fn simulated_learners_abilities_and_difficulties_are_found_again_and_intervals_hold() {
        let mut dice = Dice(42);
        let model = Model { an_answer: 0.0, a_day: 0.0, ..MODEL };
        let difficulties: Vec<f64> = (0..200).map(|_| dice.normal()).collect();
        let mut beliefs = vec![model.difficulty; 200];
        let (mut abilities, mut held_80) = (Vec::new(), 0);
        for _ in 0..400 {
            let truth = dice.normal();
            let items: Vec<Item> = beliefs
                .iter()
                .enumerate()
                .map(|(family, belief)| Item { guess: 0.25, difficulty: *belief, topics: vec![3], family })
                .collect();
            let ids: Vec<String> = (0..40).map(|n| format!("{n:02}")).collect();
            let mut drawn: Vec<usize> = (0..200).collect();
            let answers: Vec<Answer<'_>> = ids
                .iter()
                .enumerate()
                .map(|(n, id)| {
                    let item = drawn.swap_remove((dice.even() * drawn.len() as f64) as usize);
                    let right = dice.even() < 0.25 + 0.75 * logistic(truth - difficulties[item]);
                    answer(id, item, n as i64 * HOUR_MS, f64::from(u8::from(right)))
                })
                .collect();
            let folded = fold(&model, &wholes(), &items, &answers);
            for (item, site) in &folded.sites {
                beliefs[*item] = beliefs[*item].with(*site);
            }
            let belief = folded.abilities[3].unwrap().belief;
            abilities.push((truth, belief.mean));
            let reach = Z_80 * belief.variance.sqrt();
            held_80 += u32::from((truth - belief.mean).abs() <= reach);
        }
        let of_items: Vec<(f64, f64)> =
            difficulties.iter().copied().zip(beliefs.iter().map(|b| b.mean)).collect();
        let held_items = of_items
            .iter()
            .zip(&beliefs)
            .filter(|((truth, mean), belief)| (truth - mean).abs() <= Z_80 * belief.variance.sqrt());
        let (of_learners, of_items, held_items) =
            (correlation(&abilities), correlation(&of_items), held_items.count());
        assert!(of_learners > 0.85, "{of_learners}");
        assert!(of_items > 0.92, "{of_items}");
        // Four times out of five, within three standard errors.
        assert!((296..=344).contains(&held_80), "{held_80} of 400");
        assert!((134..=178).contains(&held_items), "{held_items} of 200");
    }

    fn histories() -> impl Strategy<Value = Vec<(usize, i64, f64)>> {
        let credit = proptest::sample::select(vec![0.0, 0.25, 0.5, 1.0]);
        proptest::collection::vec((0..9_usize, 0..20 * DAY_MS, credit), 1..50)
    }

    proptest! {
        /// Devices that were apart, whatever each of them saw first and however often each told the others.
        #[test]
        fn devices_that_were_apart_agree(history in histories(), order in any::<u64>(), twice in any::<u64>()) {
            let items: Vec<Item> = (0..9).map(|n| item(&[n % 4], n as f64 / 4.0 - 1.0, 0.25)).collect();
            let ids: Vec<String> = (0..history.len()).map(|n| format!("{n:03}")).collect();
            let answers: Vec<Answer<'_>> = history
                .iter()
                .zip(&ids)
                .map(|((item, at_ms, credit), id)| answer(id, *item, *at_ms, *credit))
                .collect();
            let together = fold(&MODEL, &wholes(), &items, &answers);
            let mut dice = Dice(order);
            let mut keyed: Vec<(f64, Answer<'_>)> = answers.iter().map(|a| (dice.even(), a.clone())).collect();
            let mut dice = Dice(twice);
            let again: Vec<Answer<'_>> = answers.iter().filter(|_| dice.even() < 0.3).cloned().collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            let apart: Vec<Answer<'_>> = keyed.into_iter().map(|(_, a)| a).chain(again).collect();
            prop_assert_eq!(fold(&MODEL, &wholes(), &items, &apart), together);
        }

        #[test]
        fn whatever_is_answered_estimates_stay_sane(history in histories()) {
            let items: Vec<Item> = (0..9).map(|n| item(&[n % 4, 3], n as f64 - 4.0, 0.5)).collect();
            let ids: Vec<String> = (0..history.len()).map(|n| format!("{n:03}")).collect();
            let answers: Vec<Answer<'_>> = history
                .iter()
                .zip(&ids)
                .map(|((item, at_ms, credit), id)| answer(id, *item, *at_ms, *credit))
                .collect();
            let folded = fold(&MODEL, &wholes(), &items, &answers);
            for ability in folded.abilities.iter().flatten() {
                prop_assert!(ability.belief.mean.abs() < 6.0);
                prop_assert!(ability.belief.variance > 0.0 && ability.belief.variance <= 1.0 + 1e-9);
                prop_assert!(ability.own_answers <= ability.answers);
            }
            prop_assert!(folded.expected.iter().all(|(_, chance)| (0.0..=1.0).contains(chance)));
            prop_assert!(folded.sites.len() <= 9);
        }
    }
}

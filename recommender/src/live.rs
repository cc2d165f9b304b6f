//! Lists that follow each event: what was just taken up counts in the very next list. Fitted models are renewed at fixed
//! numbers of events, transitions and trends at every event, and the weights of the blend by each event's own outcome.
//!
//! All follows from the events in their order: the same log gives the same lists. Times told by clients are not used, only
//! the order in which events came, so no event can come too late or from the future. A repeated event changes nothing.
#![allow(clippy::indexing_slicing, reason = "tables grow with the items and learners they are read with")]

use crate::batch::{Model, Recipe, effort, fit_all, tune_recipes};
use crate::blend::standardise;
use crate::histories::{Histories, REACH, Visit, last};
use crate::measure::best;
use crate::mixture::Mixture;
use crate::models::moments::Fade;
use crate::models::running::{Running, Trend};
use std::collections::HashSet;

/// Events before the first fit.
const FIRST_FIT: u64 = 500;

/// What learning the blend may cost: scores at the start, and more with each event. A large catalogue's blend learns from
/// every few events only.
const SCORES: u64 = 3_000_000_000;
const SCORES_OF_EVENT: u64 = 20_000;

/// Seconds of fitting an event is worth: the longer a fit takes, the more events lie between two.
const FITTING_OF_EVENT: f64 = 5e-4;

/// Visits that are tuned on while events come in.
const TUNED_ON: usize = 300_000;

/// The state of a site's recommender between two events.
#[derive(Debug)]
pub struct Live {
    past: Vec<Vec<Visit>>,
    had: HashSet<(u32, u32)>,
    items: usize,
    events: u64,
    scores_left: u64,
    recipes: Vec<Recipe>,
    models: Vec<Option<Model>>,
    running: Vec<Running>,
    trends: Vec<Trend>,
    mixture: Mixture,
    next_fit: u64,
    next_tuning: u64,
    sheet: Option<Sheet>,
}

/// All models' scores for one learner at one moment.
#[derive(Debug)]
struct Sheet {
    learner: u32,
    events: u64,
    open: Vec<u32>,
    /// models x items.
    scores: Vec<Vec<f32>>,
}

impl Default for Live {
    fn default() -> Self {
        let shape = |tau, horizon, eta| Fade { tau, horizon, eta };
        Self {
            past: Vec::new(),
            had: HashSet::new(),
            items: 0,
            events: 0,
            scores_left: SCORES,
            recipes: Vec::new(),
            models: Vec::new(),
            running: vec![Running::new(shape(1.0, 1, 1.0)), Running::new(shape(4.0, 10, 5.0))],
            trends: [f64::INFINITY, 10_000.0, 1_000.0, 100.0].map(Trend::new).to_vec(),
            mixture: Mixture::default(),
            next_fit: FIRST_FIT,
            next_tuning: FIRST_FIT,
            sheet: None,
        }
    }
}

impl Live {
    /// How many events were learned.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Learns that a learner took up an item; false if the learner had it before (nothing changes then). Learners and items
    /// are numbered from 0 without gaps, in order of appearance; a number that leaves a gap is refused.
    pub fn learn(&mut self, learner: u32, item: u32) -> bool {
        let known = learner as usize <= self.past.len() && item as usize <= self.items;
        if !known || !self.had.insert((learner, item)) {
            return false;
        }
        if learner as usize == self.past.len() {
            self.past.push(Vec::new());
        }
        if (item as usize) < self.items && !self.past[learner as usize].is_empty() && self.afford() {
            let sheet = self.sheet(learner);
            self.mixture.learn(&sheet.scores, &sheet.open, item, self.past[learner as usize].len());
        }
        self.items = self.items.max(item as usize + 1);
        let past = &mut self.past[learner as usize];
        self.running.iter_mut().for_each(|running| running.learn(past, item));
        self.trends.iter_mut().for_each(|trend| trend.learn(item, self.events));
        past.push(Visit { item, at: self.events as f64 });
        self.events += 1;
        if self.events >= self.next_fit {
            self.fit();
        }
        true
    }

    /// Whether the blend learns from this event.
    fn afford(&mut self) -> bool {
        let cost = (self.items * (self.models.len() + self.running.len() + self.trends.len())) as u64;
        self.scores_left = self.scores_left.saturating_add(SCORES_OF_EVENT).min(SCORES);
        let can = self.scores_left >= cost;
        self.scores_left -= if can { cost } else { 0 };
        can
    }

    /// The `count` best items the learner has not had, best first. An unknown learner gets what is taken up of late.
    #[must_use]
    pub fn list(&mut self, learner: Option<u32>, count: usize) -> Vec<u32> {
        let known =
            learner.filter(|learner| self.past.get(*learner as usize).is_some_and(|past| !past.is_empty()));
        let Some(learner) = known else {
            let mut scores = vec![0.0; self.items];
            if let Some(trend) = self.trends.get(1) {
                trend.score(self.events, &mut scores);
            }
            return best((0..).zip(scores), count).into_iter().map(|pair| pair.0).collect();
        };
        let sheet = self.sheet(learner);
        let sum = self.mixture.blend(&sheet.scores, self.past[learner as usize].len());
        let list = best(sheet.open.iter().map(|item| (*item, sum[*item as usize])), count);
        self.sheet = Some(sheet);
        list.into_iter().map(|pair| pair.0).collect()
    }

    /// The scores for a learner now: those of the list just given, or new ones.
    fn sheet(&mut self, learner: u32) -> Sheet {
        if let Some(sheet) =
            self.sheet.take().filter(|one| one.learner == learner && one.events == self.events)
        {
            return sheet;
        }
        let past = &self.past[learner as usize];
        let mut had = vec![false; self.items];
        past.iter().for_each(|visit| had[visit.item as usize] = true);
        let open: Vec<u32> = (0..self.items as u32).filter(|item| !had[*item as usize]).collect();
        let past = last(past, REACH);
        let mut scores = Vec::with_capacity(self.models.len() + self.running.len() + self.trends.len());
        let mut add = |fill: &dyn Fn(&mut [f32])| {
            let mut row = vec![0.0; self.items];
            fill(&mut row);
            standardise(&mut row, &open);
            scores.push(row);
        };
        self.trends.iter().for_each(|trend| add(&|row| trend.score(self.events, row)));
        self.running.iter().for_each(|running| add(&|row| running.score(past, row)));
        for model in &self.models {
            add(&|row| {
                if let Some(model) = model {
                    model.score(past, row);
                }
            });
        }
        Sheet { learner, events: self.events, open, scores }
    }

    /// Renews the fitted models; chooses their settings anew whenever the log has doubled.
    fn fit(&mut self) {
        let histories = Histories { items: self.items, ordered: true, clocked: true, of: self.past.clone() };
        if self.events >= self.next_tuning {
            self.recipes = tune_recipes(&histories.some(TUNED_ON));
            self.next_tuning = self.events * 2;
        }
        self.models = fit_all(&histories, &self.recipes);
        let apart = (effort(&histories, &self.recipes) / FITTING_OF_EVENT) as u64;
        self.next_fit = self.events + (self.events / 20).max(FIRST_FIT / 2).max(apart);
        self.sheet = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories::scatter;

    fn world(events: u64) -> Vec<(u32, u32)> {
        // Learners walk along a ring of 40 items, some steps skipped.
        (0..events)
            .map(|at| {
                let learner = (scatter(at, 1) % 60) as u32;
                (learner, ((u64::from(learner) * 7 + at / 60) % 40) as u32)
            })
            .collect()
    }

    fn told(events: &[(u32, u32)]) -> Live {
        let mut live = Live::default();
        let (mut learners, mut items) = (Vec::new(), Vec::new());
        for (learner, item) in events {
            let place = |all: &mut Vec<u32>, one: u32| {
                all.iter().position(|other| *other == one).unwrap_or_else(|| {
                    all.push(one);
                    all.len() - 1
                }) as u32
            };
            live.learn(place(&mut learners, *learner), place(&mut items, *item));
        }
        live
    }

    #[test]
    fn the_same_events_give_the_same_lists_and_nobody_is_shown_what_they_had() {
        let events = world(1_500);
        let (mut one, mut two) = (told(&events), told(&events));
        for learner in 0..60 {
            let list = one.list(Some(learner), 10);
            assert_eq!(list, two.list(Some(learner), 10));
            assert!(one.past[learner as usize].iter().all(|visit| !list.contains(&visit.item)));
        }
    }

    #[test]
    fn a_repeated_event_or_one_that_leaves_a_gap_changes_nothing() {
        let events = world(700);
        let (mut one, mut two) = (told(&events), told(&events));
        let had = two.past[3][0].item;
        assert!((0..50).all(|_| !two.learn(3, had)));
        assert!(!two.learn(9_999, 0));
        assert!(!two.learn(0, 9_999));
        assert_eq!(one.events(), two.events());
        assert_eq!(one.list(Some(5), 20), two.list(Some(5), 20));
    }

    #[test]
    fn asking_changes_nothing() {
        let events = world(900);
        let mut one = told(&events);
        let first = one.list(Some(7), 20);
        for learner in 0..20 {
            let _ = one.list(Some(learner), 5);
        }
        assert_eq!(first, one.list(Some(7), 20));
    }

    #[test]
    fn who_is_unknown_gets_a_list_too() {
        let mut live = told(&world(300));
        assert_eq!(live.list(None, 5).len(), 5);
        assert_eq!(Live::default().list(Some(3), 5), Vec::<u32>::new());
    }
}

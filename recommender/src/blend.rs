//! One list out of many models: each model's scores are made comparable within a learner (mean 0, deviation 1 over what
//! may be shown) and summed with weights found on an inner hold-out by coordinate search. No model is named here.
#![allow(clippy::indexing_slicing, reason = "kernels over tables whose sizes are checked at construction")]

use crate::algebra::wide;
use crate::measure::Quality;
use crate::parallel;

/// Numbers held while weights are sought (4 bytes each): cases x models x candidates.
const ROOM: usize = 50_000_000;

/// A weight may fall this far below nothing where every item is a candidate.
const LEAST: f32 = -1.0;

/// And where only the best of each model are: further down, what no model put among the candidates would lead.
const LEAST_OF_BEST: f32 = -0.3;

/// How many candidates a model and learner are kept while weights are sought: all, if there is room.
#[must_use]
pub fn depth(cases: usize, models: usize, items: usize) -> usize {
    let each = ROOM / cases.max(1) / models.max(1);
    if each >= items { items } else { (each / models.max(1)).max(100) }
}

/// Makes `scores` mean 0 and deviation 1 over the places `open` lists; a model that says nothing stays at 0.
pub fn standardise(scores: &mut [f32], open: &[u32]) {
    let n = open.len().max(1) as f64;
    let (mut sum, mut squares) = (0.0_f64, 0.0_f64);
    for item in open {
        let value = f64::from(scores[*item as usize]);
        sum += value;
        squares += value * value;
    }
    let mean = sum / n;
    let deviation = (squares / n - mean * mean).max(0.0).sqrt();
    let scale = if deviation > 1e-12 { 1.0 / deviation } else { 0.0 };
    for value in scores.iter_mut() {
        *value = if value.is_finite() { ((f64::from(*value) - mean) * scale) as f32 } else { 0.0 };
    }
}

/// What one learner of the hold-out contributes: the best candidates of every model, with all models' scores.
#[derive(Clone, Debug)]
pub struct Case {
    /// models x candidates.
    scores: Vec<f32>,
    candidates: usize,
    /// Which candidates were taken up.
    taken: Vec<u32>,
    /// Whether every open item is a candidate.
    whole: bool,
    wanted: usize,
}

impl Case {
    /// `scores`: per model the standardised scores of all items; `open`: what may be shown; `held`: what was taken up;
    /// `depth`: candidates a model.
    #[must_use]
    pub fn new(scores: &[Vec<f32>], open: &[u32], held: &[u32], depth: usize) -> Self {
        let mut chosen: Vec<u32> = Vec::new();
        let mut order = open.to_vec();
        for model in scores {
            if order.len() > depth {
                order.select_nth_unstable_by(depth, |a, b| {
                    model[*b as usize].total_cmp(&model[*a as usize]).then(a.cmp(b))
                });
            }
            chosen.extend(order.iter().take(depth));
        }
        chosen.sort_unstable();
        chosen.dedup();
        Self {
            scores: scores.iter().flat_map(|model| chosen.iter().map(|item| model[*item as usize])).collect(),
            candidates: chosen.len(),
            taken: (0..).zip(&chosen).filter(|(_, item)| held.contains(item)).map(|(at, _)| at).collect(),
            whole: chosen.len() == open.len(),
            wanted: held.len(),
        }
    }

    /// Of candidates that were chosen elsewhere. `scores`: per model those of all candidates; `taken`: places among them; `wanted`:
    /// how many were taken up, candidates or not.
    #[must_use]
    pub fn of_candidates(scores: &[Vec<f32>], taken: Vec<u32>, wanted: usize) -> Self {
        let candidates = scores.first().map_or(0, Vec::len);
        Self { scores: scores.concat(), candidates, taken, whole: false, wanted }
    }

    /// The sum under these weights of each candidate, and the places of those that were taken up.
    #[must_use]
    pub fn under(&self, weights: &[f32]) -> (Vec<f32>, &[u32]) {
        (self.sum(weights), &self.taken)
    }

    fn model(&self, at: usize) -> &[f32] {
        &self.scores[at * self.candidates..(at + 1) * self.candidates]
    }

    fn sum(&self, weights: &[f32]) -> Vec<f32> {
        let mut sum = vec![0.0; self.candidates];
        weights
            .iter()
            .enumerate()
            .for_each(|(at, weight)| crate::algebra::add_scaled(&mut sum, *weight, self.model(at)));
        sum
    }

    /// The quality of the list that `base + weight x model` ranks.
    fn quality(&self, base: &[f32], model: &[f32], weight: f32, values: &mut Vec<f32>) -> Quality {
        values.clear();
        wide(|| values.extend(base.iter().zip(model).map(|(sum, score)| sum + weight * score)));
        let mut marks: Vec<f32> = self.taken.iter().map(|at| values[*at as usize]).collect();
        marks.sort_unstable_by(|a, b| b.total_cmp(a));
        // A taken candidate's place is the number of candidates above it (ties count as above: never flattering).
        let above = |mark: f32| wide(|| values.iter().map(|value| u32::from(*value >= mark)).sum::<u32>());
        let places = marks.iter().map(|mark| (above(*mark) as usize).saturating_sub(1));
        let hits: Vec<usize> = places.take_while(|place| *place < 100).collect();
        Quality::of(&hits, self.wanted)
    }
}

/// Weights of a blend, and what they were worth on the hold-out.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    pub of: Vec<f32>,
    pub quality: Quality,
}

/// The quality of one model alone.
#[must_use]
pub fn alone(cases: &[Case], model: usize) -> Quality {
    let one =
        |case: &Case| case.quality(&vec![0.0; case.candidates], case.model(model), 1.0, &mut Vec::new());
    Quality::mean(cases.iter().map(one))
}

/// A weight is moved if the gain is larger than so many of its standard errors over learners.
const SURE: f64 = 0.5;

/// A model begins with a share in the blend if alone it is worth this much of the best.
const NEAR: f64 = 0.9;

/// Changes of one size a search may make.
const CHANGES: usize = 12;

/// The search is made so many times, each time without another part of the learners, and the weights are averaged.
const PARTS: usize = 3;

/// Weights by search from equal weights of the models that are nearly the best alone: of all single changes the one of the
/// largest gain is made, as long as it is surer than chance (in the manner of the rule of one standard error, Breiman et
/// al. 1984), then finer ones: with few learners the blend stays plain. Averaged over leaving out parts of the learners
/// (bagging). Deterministic. Time: changes x models x steps x cases x candidates.
#[must_use]
pub fn search(cases: &[Case], models: usize) -> Weights {
    let single: Vec<f64> = (0..models).map(|model| alone(cases, model).worth()).collect();
    let most = single.iter().copied().fold(0.0, f64::max);
    let near = single.iter().filter(|worth| **worth >= NEAR * most).count().max(1);
    let start: Vec<f32> =
        single.iter().map(|worth| if *worth >= NEAR * most { 1.0 / near as f32 } else { 0.0 }).collect();
    let parts = if cases.len() >= 10 * PARTS { PARTS } else { 1 };
    let mut of = vec![0.0_f32; models];
    for part in 0..parts {
        let some =
            cases.iter().enumerate().filter(|(at, _)| parts == 1 || at % parts != part).map(|(_, case)| case);
        crate::algebra::add_scaled(
            &mut of,
            1.0 / parts as f32,
            &climb(&some.collect::<Vec<_>>(), start.clone()),
        );
    }
    let one = |case: &Case| case.quality(&case.sum(&of), case.model(0), 0.0, &mut Vec::new());
    let quality = Quality::mean(cases.iter().map(one));
    Weights { of, quality }
}

/// A search on its way: the weights, each case's scores under them and what these are worth.
struct Climb<'a> {
    cases: &'a [&'a Case],
    of: Vec<f32>,
    sums: Vec<Vec<f32>>,
    held: Vec<Quality>,
    least: f32,
}

/// A change of one weight, its gain, and what each case is worth after it.
struct Move {
    model: usize,
    change: f32,
    gain: f64,
    is_sure: bool,
    worth: Vec<Quality>,
}

impl Climb<'_> {
    fn qualities(&self, model: usize, change: f32, values: &mut Vec<f32>) -> Vec<Quality> {
        let each = self.cases.iter().zip(&self.sums);
        each.map(|(case, sum)| case.quality(sum, case.model(model), change, values)).collect()
    }

    /// The moves among `some` that gain, and the best of the sure ones.
    fn survey(&self, some: &[(usize, f32)]) -> (Vec<(usize, f32)>, Option<Move>) {
        let open: Vec<(usize, f32)> =
            some.iter().copied().filter(|(model, change)| self.of[*model] + change >= self.least).collect();
        let tried = parallel::map_one_by_one(&open, |(model, change)| {
            let worth = self.qualities(*model, *change, &mut Vec::new());
            let (gain, error) = gain(&worth, &self.held);
            Move { model: *model, change: *change, gain, is_sure: gain > SURE * error, worth }
        });
        let gaining = tried.iter().filter(|one| one.gain > 0.0).map(|one| (one.model, one.change)).collect();
        let best = tried
            .into_iter()
            .filter(|one| one.is_sure)
            .reduce(|best, one| if one.gain > best.gain { one } else { best });
        (gaining, best)
    }

    fn make(&mut self, made: Move) {
        self.held = made.worth;
        self.of[made.model] += made.change;
        for (case, sum) in self.cases.iter().zip(&mut self.sums) {
            crate::algebra::add_scaled(sum, made.change, case.model(made.model));
        }
    }
}

/// One search. After a survey of all moves only those that gained are tried again, until none of them does.
fn climb(cases: &[&Case], of: Vec<f32>) -> Vec<f32> {
    let least = if cases.iter().all(|case| case.whole) { LEAST } else { LEAST_OF_BEST };
    let sums = cases.iter().map(|case| case.sum(&of)).collect();
    let mut at = Climb { cases, of, sums, held: Vec::new(), least };
    at.held = at.qualities(0, 0.0, &mut Vec::new());
    for step in [0.2, 0.1, 0.05] {
        let all: Vec<(usize, f32)> =
            (0..at.of.len()).flat_map(|model| [(model, -step), (model, step)]).collect();
        let mut some = all.clone();
        for _ in 0..CHANGES {
            let (mut gaining, mut best) = at.survey(&some);
            if best.is_none() && some.len() < all.len() {
                (gaining, best) = at.survey(&all);
            }
            let Some(best) = best else { break };
            at.make(best);
            some = gaining;
        }
    }
    at.of
}

/// The mean gain in worth and its standard error.
fn gain(new: &[Quality], old: &[Quality]) -> (f64, f64) {
    let n = new.len().max(1) as f64;
    let change = || new.iter().zip(old).map(|(new, old)| new.worth() - old.worth());
    let mean = change().sum::<f64>() / n;
    let spread = change().map(|one| (one - mean).powi(2)).sum::<f64>() / n;
    (mean, (spread / n).sqrt().max(1e-9))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories::scatter;

    #[test]
    fn a_quality_is_that_of_the_sorted_list() {
        let scores: Vec<f32> = (0..50).map(|i| (scatter(i, 3) % 1000) as f32).collect();
        let open: Vec<u32> = (0..50).collect();
        let held = [4, 9, 30];
        let case = Case::new(std::slice::from_ref(&scores), &open, &held, 50);
        let list = crate::measure::best(open.iter().map(|i| (*i, scores[*i as usize])), 100);
        let hits: Vec<usize> = (0..50).filter(|at| held.contains(&list[*at].0)).collect();
        assert_eq!(alone(&[case], 0), Quality::of(&hits, 3));
    }

    #[test]
    fn two_models_that_each_know_half_are_blended() {
        let open: Vec<u32> = (0..40).collect();
        let cases: Vec<Case> = (0..60_u64)
            .map(|u| {
                let hot = (scatter(u, 0) % 40) as u32;
                let model = |salt: u64| -> Vec<f32> {
                    let mut scores: Vec<f32> = (0..40_u64)
                        .map(|i| {
                            (scatter(u * 40 + i, salt) % 100) as f32 / 100.0
                                + if i as u32 == hot { 0.45 } else { 0.0 }
                        })
                        .collect();
                    standardise(&mut scores, &open);
                    scores
                };
                Case::new(&[model(1), model(2)], &open, &[hot], 40)
            })
            .collect();
        let found = search(&cases, 2);
        assert!(found.of.iter().all(|w| *w > 0.0), "{found:?}");
        assert!(found.quality.worth() > alone(&cases, 0).worth().max(alone(&cases, 1).worth()));
    }
}

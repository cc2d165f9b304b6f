//! One list out of many models: each model's scores are made comparable within a learner (mean 0, deviation 1 over what
//! may be shown) and summed with weights found on an inner hold-out by coordinate search. No model is named here.
#![allow(clippy::indexing_slicing, reason = "kernels over tables whose sizes are checked at construction")]

use crate::measure::Quality;

/// Candidates kept a model and learner while weights are sought.
const DEPTH: usize = 150;

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
    /// Which candidates were taken up.
    taken: Vec<bool>,
    wanted: usize,
}

impl Case {
    /// `scores`: per model the standardised scores of all items; `open`: what may be shown; `held`: what was taken up.
    #[must_use]
    pub fn new(scores: &[Vec<f32>], open: &[u32], held: &[u32]) -> Self {
        let mut chosen: Vec<u32> = Vec::new();
        let mut order = open.to_vec();
        for model in scores {
            if order.len() > DEPTH {
                order.select_nth_unstable_by(DEPTH, |a, b| {
                    model[*b as usize].total_cmp(&model[*a as usize]).then(a.cmp(b))
                });
            }
            chosen.extend(order.iter().take(DEPTH));
        }
        chosen.sort_unstable();
        chosen.dedup();
        Self {
            scores: scores.iter().flat_map(|model| chosen.iter().map(|item| model[*item as usize])).collect(),
            taken: chosen.iter().map(|item| held.contains(item)).collect(),
            wanted: held.len(),
        }
    }

    fn model(&self, at: usize) -> &[f32] {
        &self.scores[at * self.taken.len()..(at + 1) * self.taken.len()]
    }

    /// The quality of the list that `base + weight x model` ranks.
    fn quality(&self, base: &[f32], model: &[f32], weight: f32) -> Quality {
        // A taken candidate's place is the number of candidates above it (ties count as above: never flattering).
        let value = |at: usize| base[at] + weight * model[at];
        let mut marks: Vec<f32> = (0..base.len()).filter(|at| self.taken[*at]).map(value).collect();
        marks.sort_unstable_by(|a, b| b.total_cmp(a));
        let mut above = vec![0_usize; marks.len() + 1];
        for at in 0..base.len() {
            let value = value(at);
            above[marks.partition_point(|mark| *mark > value)] += 1;
        }
        let mut place = 0;
        let mut hits = Vec::with_capacity(marks.len());
        for count in &above[..marks.len()] {
            place += count;
            hits.push(place);
        }
        // Counted so far: candidates at or above each mark, the marks before it among them.
        let hits: Vec<usize> =
            hits.iter().map(|upto| upto.saturating_sub(1)).filter(|at| *at < 100).collect();
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
    Quality::mean(cases.iter().map(|case| case.quality(&vec![0.0; case.taken.len()], case.model(model), 1.0)))
}

/// Coordinate search from the best single model: each weight in turn is tried at steps around its value, the steps grow
/// finer. Deterministic; ends after a fixed number of rounds. Time: rounds x models x steps x cases x candidates.
#[must_use]
pub fn search(cases: &[Case], models: usize) -> Weights {
    let mut of = vec![0.0_f32; models];
    let single: Vec<Quality> = (0..models).map(|model| alone(cases, model)).collect();
    let Some((first, quality)) =
        single.iter().enumerate().max_by(|a, b| a.1.worth().total_cmp(&b.1.worth()).then(b.0.cmp(&a.0)))
    else {
        return Weights { of, quality: Quality::default() };
    };
    of[first] = 1.0;
    let mut best = *quality;
    let mut sums: Vec<Vec<f32>> = cases.iter().map(|case| case.model(first).to_vec()).collect();
    for step in [0.4, 0.4, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05] {
        let mut moved = false;
        for model in 0..models {
            let mut change = 0.0;
            for factor in [-2.0, -1.0, 1.0, 2.0] {
                let try_change = factor * step;
                if of[model] + try_change < -0.5 {
                    continue;
                }
                let quality = Quality::mean(
                    cases
                        .iter()
                        .zip(&sums)
                        .map(|(case, sum)| case.quality(sum, case.model(model), try_change)),
                );
                if quality.worth() > best.worth() + 1e-6 {
                    best = quality;
                    change = try_change;
                }
            }
            if change != 0.0 {
                moved = true;
                of[model] += change;
                for (case, sum) in cases.iter().zip(&mut sums) {
                    crate::algebra::add_scaled(sum, change, case.model(model));
                }
            }
        }
        if !moved && step <= 0.05 {
            break;
        }
    }
    Weights { of, quality: best }
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
        let case = Case::new(std::slice::from_ref(&scores), &open, &held);
        let list = crate::measure::best(open.iter().map(|i| (*i, scores[*i as usize])).collect(), 100);
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
                Case::new(&[model(1), model(2)], &open, &[hot])
            })
            .collect();
        let found = search(&cases, 2);
        assert!(found.of.iter().all(|w| *w > 0.0), "{found:?}");
        assert!(found.quality.worth() > alone(&cases, 0).worth().max(alone(&cases, 1).worth()));
    }
}

//! Fitting to a log: recipes are tuned on a part of it, the weights of the blend on an inner hold-out, then all is fitted anew on
//! everything. No constant of one data set.

use super::{Fitted, Sparse, cold::Cold, flat, scale};
use crate::batch::{Recipe, tune_recipes};
use crate::blend::{self, Case};
use crate::histories::{Histories, Visit, scatter};
use crate::measure::best;
use crate::models::factors::{Factors, Settings};
use crate::models::linear::{Linear, Rows};
use crate::models::local::{Pairs, sources};
use crate::models::moments::Fade;
use crate::nearest::Nearest;
use crate::parallel;
use crate::text::WIDTH;
use std::collections::HashMap;

/// Visits that recipes are tuned on.
const TUNED_ON: usize = 300_000;
/// Visits on which the weights of the blend are found, and learners that are looked at for it.
const WEIGHED_ON: usize = 1_000_000;
const CASES: usize = 1_500;
/// Candidates a model and learner.
const DEPTH: usize = 100;
/// Entries of a linear model's rows all together, and the fewest and most of one row.
const ENTRIES: usize = 8_000_000;
const ROW: (usize, usize) = (8, 128);
/// The widest vectors.
const WIDEST: usize = 64;

impl Fitted {
    /// Fits to what learners took up, in order; an item that is not among `about` (by item: what its text is about) does not
    /// count, nor does one that a learner had before. The same log gives the same, on any number of threads.
    #[must_use]
    pub fn fit(pasts: &[Vec<Visit>], about: &[Option<[f32; WIDTH]>], threads: usize) -> Self {
        parallel::on(threads, || {
            let histories = Histories {
                items: about.len(),
                ordered: true,
                clocked: true,
                of: cleaned(pasts, about.len()),
            };
            let recipes = recipes(&histories);
            let (kept, held) = histories.some(WEIGHED_ON).hold_out();
            let trial = Parts::fit(&kept, &recipes);
            let (weights, slope) = trial.weigh(&kept, &held);
            drop(trial);
            Parts::fit(&histories, &recipes).join(weights, slope, about)
        })
    }
}

/// Histories of known items, each once.
fn cleaned(pasts: &[Vec<Visit>], items: usize) -> Vec<Vec<Visit>> {
    let once = |past: &Vec<Visit>| {
        let mut had = std::collections::HashSet::new();
        past.iter().copied().filter(|visit| (visit.item as usize) < items && had.insert(visit.item)).collect()
    };
    pasts.iter().map(once).collect()
}

/// What is fitted: the linear models, and one of vectors, the last.
fn recipes(histories: &Histories) -> (Vec<Recipe>, Settings) {
    let tuned = tune_recipes(&histories.some(TUNED_ON));
    let mut settings = Settings { width: WIDEST, alpha: 0.1, lambda: 0.01, rounds: 8 };
    let mut linear = vec![Recipe::Transitions(Fade { tau: 3.0, horizon: 5, eta: 3.0 }, 5.0)];
    for recipe in tuned.into_iter().rev() {
        match recipe {
            Recipe::Factors(chosen) => settings = Settings { width: WIDEST, ..chosen },
            other => linear.push(other),
        }
    }
    // Those of one shape beside each other: they share a table.
    linear.sort_by(|a, b| shape(a).tau.total_cmp(&shape(b).tau));
    (linear, settings)
}

/// The shape of the table that a linear recipe is fitted from.
fn shape(recipe: &Recipe) -> Fade {
    match recipe {
        Recipe::Successor(fade, _) | Recipe::Transitions(fade, _) => *fade,
        Recipe::Ease(_) | Recipe::Cosine(..) | Recipe::Popularity(_) | Recipe::Factors(_) => Fade::BLIND,
    }
}

/// Models, not blended yet.
struct Parts {
    linear: Vec<Sparse>,
    factors: Factors,
    vectors: Nearest,
    popularity: Vec<f32>,
}

impl Parts {
    fn fit(histories: &Histories, (linear, settings): &(Vec<Recipe>, Settings)) -> Self {
        let mut held: Option<Pairs> = None;
        let mut fit = |recipe: &Recipe| {
            let fade = shape(recipe);
            let pairs =
                held.take().filter(|pairs| pairs.fade == fade).unwrap_or_else(|| Pairs::of(histories, fade));
            let model = linear_of(recipe, &pairs, histories.items);
            held = Some(pairs);
            sparse(model?)
        };
        let linear = linear.iter().filter_map(&mut fit).collect();
        let factors = Factors::fit(histories, *settings);
        let vectors = Nearest::of(settings.width, &factors.items);
        let popularity = histories.popularity().into_iter().map(f32::ln_1p).collect();
        Self { linear, factors, vectors, popularity }
    }

    /// Weights of the linear models, the vectors and popularity, and how steeply the odds rise with the blended score.
    fn weigh(&self, kept: &Histories, held: &[Vec<u32>]) -> (Vec<f32>, f32) {
        let mut some: Vec<usize> = (0..held.len()).filter(|learner| !held[*learner].is_empty()).collect();
        some.sort_unstable_by_key(|learner| scatter(*learner as u64, 77));
        some.truncate(CASES);
        let popular = best((0..).zip(self.popularity.iter().copied()), 4 * DEPTH);
        let popular: Vec<u32> = popular.into_iter().map(|one| one.0).collect();
        let cases =
            parallel::map(&some, |learner| self.case(kept.recent(*learner), &held[*learner], &popular));
        let found = blend::search(&cases, self.linear.len() + 2);
        let slope = slope(&cases, &found.of);
        (found.of, slope)
    }

    /// The best candidates of each model for one learner, with all models' scores, flattened.
    fn case(&self, past: &[Visit], held: &[u32], popular: &[u32]) -> Case {
        let had = |item: u32| past.iter().any(|visit| visit.item == item);
        let sums: Vec<Vec<(u32, f32)>> = self.linear.iter().map(|model| model.sums(past)).collect();
        let vector = self.factors.learner(past);
        let mut chosen: Vec<u32> =
            self.vectors.best(&vector, DEPTH, had).into_iter().map(|one| one.0).collect();
        chosen.extend(popular.iter().copied().filter(|item| !had(*item)).take(DEPTH));
        for sums in &sums {
            let open = sums.iter().copied().filter(|one| !had(one.0));
            chosen.extend(best(open, DEPTH).into_iter().map(|one| one.0));
        }
        chosen.sort_unstable();
        chosen.dedup();
        let items = self.popularity.len();
        let mut scores: Vec<Vec<f32>> = Vec::with_capacity(sums.len() + 2);
        for sums in sums {
            let scale = scale(&sums, items);
            let of: HashMap<u32, f32> = sums.into_iter().collect();
            scores
                .push(chosen.iter().map(|item| flat(of.get(item).copied().unwrap_or(0.0), scale)).collect());
        }
        let products: Vec<f32> =
            chosen.iter().map(|item| self.vectors.product(&vector, *item).unwrap_or(0.0)).collect();
        let vector_scale = super::vector_scale(&self.vectors, &vector);
        scores.push(products.into_iter().map(|product| flat(product, vector_scale)).collect());
        scores.push(chosen.iter().map(|item| self.popularity[*item as usize]).collect());
        let taken = (0..).zip(&chosen).filter(|(_, item)| held.contains(item)).map(|(at, _)| at).collect();
        Case::of_candidates(&scores, taken, held.len())
    }

    fn join(self, weights: Vec<f32>, slope: f32, about: &[Option<[f32; WIDTH]>]) -> Fitted {
        let Self { linear, factors, vectors: _, popularity } = self;
        let width = factors.settings.width;
        let cold = Cold::fit(about, &factors.items, width, |item| popularity[item] > 0.0);
        let mut rows = factors.items.clone();
        for ((row, about), popularity) in rows.chunks_exact_mut(width).zip(about).zip(&popularity) {
            if let (Some(about), 0.0) = (about, *popularity) {
                row.copy_from_slice(&cold.vector(about));
            }
        }
        let (gram, taught) = factors.moment();
        // What has no weight is not kept.
        let (by_linear, others) = weights.split_at(linear.len());
        let used: Vec<bool> = by_linear.iter().map(|weight| *weight != 0.0).collect();
        let mut of = used.iter();
        let linear = linear.into_iter().filter(|_| of.next() == Some(&true)).collect();
        Fitted {
            linear,
            vectors: Nearest::of(width, &rows),
            gram: gram.to_vec(),
            taught,
            settings: factors.settings,
            weights: by_linear.iter().filter(|weight| **weight != 0.0).chain(others).copied().collect(),
            popularity,
            slope,
            cold,
        }
    }
}

fn linear_of(recipe: &Recipe, pairs: &Pairs, items: usize) -> Option<Linear> {
    Some(match recipe {
        Recipe::Ease(ridge) | Recipe::Successor(_, ridge) => pairs.ridge(*ridge, sources(items)),
        Recipe::Transitions(_, shrink) => pairs.transitions(*shrink),
        Recipe::Cosine(fade, shrink) => pairs.cosine(*fade, *shrink),
        Recipe::Popularity(_) | Recipe::Factors(_) => return None,
    })
}

/// The largest entries of each row.
fn sparse(model: Linear) -> Option<Sparse> {
    let Rows::Sparse(mut rows) = model.rows else { return None };
    let keep = (ENTRIES / rows.len().max(1)).clamp(ROW.0, ROW.1);
    for row in &mut rows {
        if row.len() > keep {
            row.select_nth_unstable_by(keep, |a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
            row.truncate(keep);
            row.sort_unstable_by_key(|pair| pair.0);
        }
        row.retain(|pair| pair.1.is_finite());
        row.shrink_to_fit();
    }
    Some(Sparse { fade: model.fade, rows })
}

/// The slope of a conditional logit of what was taken up on the blended score (McFadden 1974), by Newton's steps.
fn slope(cases: &[Case], weights: &[f32]) -> f32 {
    let told: Vec<(Vec<f32>, &[u32])> = cases.iter().map(|case| case.under(weights)).collect();
    let mut slope = 0.5_f64;
    for _ in 0..25 {
        let (mut gradient, mut curve) = (0.0, 1e-9);
        for (sums, taken) in &told {
            let most = sums.iter().copied().fold(f32::MIN, f32::max);
            let (mut all, mut mean, mut square) = (0.0, 0.0, 0.0);
            for sum in sums {
                let share = (slope * f64::from(sum - most)).exp();
                all += share;
                mean += share * f64::from(*sum);
                square += share * f64::from(*sum).powi(2);
            }
            if all > 0.0 {
                let (mean, square) = (mean / all, square / all);
                gradient += taken.iter().map(|at| f64::from(sums[*at as usize]) - mean).sum::<f64>();
                curve += taken.len() as f64 * (square - mean * mean).max(0.0);
            }
        }
        let step = (gradient / curve).clamp(-0.5, 0.5);
        slope = (slope + step).clamp(0.0, 10.0);
        if step.abs() < 1e-6 {
            break;
        }
    }
    slope as f32
}

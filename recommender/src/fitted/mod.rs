//! The models that a site fits to its own log now and then, in a form that lists can be made from without looking at every
//! item, and that can be stored: sparse rows of linear models, and a vector an item. Blended as `blend` does, with weights from
//! an inner hold-out. New items come in by what their texts are about.
#![allow(clippy::indexing_slicing, reason = "tables are checked when they are made or read")]

mod cold;
mod fit;
mod stored;
#[cfg(test)]
mod tests;

pub use stored::Unreadable;

use crate::algebra::summed;
use crate::histories::{REACH, Visit, last};
use crate::models::factors::{Settings, learner_of};
use crate::models::moments::Fade;
use crate::nearest::Nearest;
use crate::text::WIDTH;
use cold::Cold;

/// Items that stand for all where a mean over items is needed.
const STAND_FOR_ALL: usize = 256;

/// Items that fit a learner best, where a mean over them is needed.
const FIT_BEST: usize = 100;

/// Items that fit a learner best that are found at once: lists are made from them where few are passed over.
const FIT: usize = 300;

/// A linear model: what an item that was taken up says of others.
#[derive(Clone, Debug)]
struct Sparse {
    fade: Fade,
    /// From this item to those, in the order of their numbers.
    rows: Vec<Vec<(u32, f32)>>,
}

/// All that was fitted to a log.
#[derive(Clone, Debug)]
pub struct Fitted {
    linear: Vec<Sparse>,
    vectors: Nearest,
    /// What a learner's vector is found from (`models::factors`).
    gram: Vec<f32>,
    taught: usize,
    settings: Settings,
    /// Of the linear models, then of the vectors, then of popularity.
    weights: Vec<f32>,
    /// ln(1 + how many took it up), by item.
    popularity: Vec<f32>,
    /// By how much a score of 1 more raises the logarithm of the odds.
    slope: f32,
    cold: Cold,
}

/// What is foretold of one learner at one moment.
#[derive(Clone, Debug)]
pub struct Taste {
    /// The sum over the linear models, flattened and weighed, of the items that they know of, in the order of their numbers.
    near: Vec<(u32, f32)>,
    vector: Vec<f32>,
    /// Flattens products with the vector.
    vector_scale: f32,
    /// The items that fit best of all, and their scores.
    fit: Vec<(u32, f32)>,
    /// The score half way between all items and those that fit best.
    middle: f32,
}

/// Scores that are shares, on the scale of their logarithm, as [`crate::algebra::flatten`] does: ln(1 + `scale` x score).
fn flat(score: f32, scale: f32) -> f32 {
    let scaled = scale * score;
    if scaled > 0.0 { scaled.ln_1p() } else { 0.01 * scaled }
}

impl Fitted {
    /// How many items there are, those that came in later among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.vectors.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// Takes in a new item by what its text is about; its number.
    pub fn insert(&mut self, about: &[f32; WIDTH]) -> u32 {
        self.popularity.push(0.0);
        self.vectors.insert(&self.cold.vector(about))
    }

    /// Takes an item out of all lists.
    pub fn remove(&mut self, item: u32) {
        self.vectors.remove(item);
    }

    /// What the last items a learner took up say of others. Items that are not there say nothing. Time: the entries of their
    /// rows, and of the last items' vectors width^2.
    #[must_use]
    pub fn taste(&self, past: &[Visit]) -> Taste {
        let mut near = Vec::new();
        for (model, weight) in self.linear.iter().zip(&self.weights) {
            model.add(past, *weight, self.len(), &mut near);
        }
        let vector = self.learner(past);
        let vector_scale = vector_scale(&self.vectors, &vector);
        let mut taste = Taste { near: summed(near), vector, vector_scale, fit: Vec::new(), middle: 0.0 };
        taste.fit = self.found(&taste, FIT, |_| false);
        taste.middle = self.middle(&taste);
        taste
    }

    /// The score half way between the mean of all and the mean of those that fit best.
    fn middle(&self, taste: &Taste) -> f32 {
        let mean = |some: &[f32]| some.iter().sum::<f32>() / some.len().max(1) as f32;
        let some: Vec<u32> = stand_for_all(self.len()).collect();
        let products = self.vectors.products(&taste.vector, &some);
        let scored = |(item, product): (&u32, Option<f32>)| self.scored(taste, *item, product?);
        let all: Vec<f32> = some.iter().zip(products).filter_map(scored).collect();
        let best: Vec<f32> = taste.fit.iter().take(FIT_BEST).map(|one| one.1).collect();
        (mean(&all) + mean(&best)) / 2.0
    }

    /// A learner's vector from what they took up (`models::factors`).
    fn learner(&self, past: &[Visit]) -> Vec<f32> {
        let vectors = last(past, REACH).iter().filter(|visit| (visit.item as usize) < self.taught);
        let vectors: Vec<Vec<f32>> = vectors.filter_map(|visit| self.vectors.vector(visit.item)).collect();
        learner_of(&vectors.concat(), &self.gram, self.taught, self.settings)
    }

    /// The score of an item; `None`: it is not there.
    #[must_use]
    pub fn score(&self, taste: &Taste, item: u32) -> Option<f32> {
        self.scored(taste, item, self.vectors.product(&taste.vector, item)?)
    }

    /// The score of an item whose vector has this product with the learner's.
    fn scored(&self, taste: &Taste, item: u32, product: f32) -> Option<f32> {
        let near = taste.near.binary_search_by_key(&item, |pair| pair.0);
        let near = near.ok().and_then(|at| taste.near.get(at)).map_or(0.0, |pair| pair.1);
        let [.., by_vector, by_popularity] = self.weights.as_slice() else { return None };
        let popularity = self.popularity.get(item as usize).copied().unwrap_or(0.0);
        Some(near + by_vector * flat(product, taste.vector_scale) + by_popularity * popularity)
    }

    /// By how much the odds that each of these items is taken up lie above those of one half way between all and those that fit
    /// best; `None`: it is not there.
    #[must_use]
    pub fn odds(&self, taste: &Taste, items: &[u32]) -> Vec<Option<f32>> {
        let odds = |(item, product): (&u32, Option<f32>)| {
            Some((self.slope * (self.scored(taste, *item, product?)? - taste.middle)).exp())
        };
        items.iter().zip(self.vectors.products(&taste.vector, items)).map(odds).collect()
    }

    /// The items of the largest scores, best first, of equal ones the lower number first: of those that the linear models know of,
    /// and of those whose vectors fit.
    #[must_use]
    pub fn best(&self, taste: &Taste, count: usize, skip: impl Fn(u32) -> bool) -> Vec<(u32, f32)> {
        let is_open = |item: u32| self.vectors.has(item) && !skip(item);
        let fit: Vec<(u32, f32)> =
            taste.fit.iter().copied().filter(|one| is_open(one.0)).take(count).collect();
        if fit.len() == count { fit } else { self.found(taste, count, skip) }
    }

    fn found(&self, taste: &Taste, count: usize, skip: impl Fn(u32) -> bool) -> Vec<(u32, f32)> {
        let near: Vec<u32> = taste.near.iter().map(|pair| pair.0).collect();
        let near = near.iter().copied().zip(self.vectors.products(&taste.vector, &near));
        let fit = self.vectors.best(&taste.vector, count, &skip);
        let mut some: Vec<(u32, f32)> = near.filter_map(|(item, product)| Some((item, product?))).collect();
        some.extend(fit);
        some.sort_unstable_by_key(|pair| pair.0);
        some.dedup_by_key(|pair| pair.0);
        let scored =
            some.into_iter().filter_map(|(item, product)| Some((item, self.scored(taste, item, product)?)));
        crate::measure::best_open(scored, count, skip)
    }
}

/// Items at even distances.
fn stand_for_all(items: usize) -> impl Iterator<Item = u32> {
    (0..items as u32).step_by(items.div_ceil(STAND_FOR_ALL).max(1))
}

/// What flattens the products with a learner's vector: 10 over the mean of those above 0.
fn vector_scale(vectors: &Nearest, vector: &[f32]) -> f32 {
    let some: Vec<u32> = stand_for_all(vectors.len()).collect();
    let products: Vec<f32> = vectors.products(vector, &some).into_iter().flatten().collect();
    let mean = products.iter().map(|product| product.max(0.0)).sum::<f32>() / products.len().max(1) as f32;
    if mean > 0.0 && mean.is_finite() { 10.0 / mean } else { 0.0 }
}

impl Sparse {
    /// Adds `weight` x what the history foretells of each item, flattened as over `items`.
    fn add(&self, past: &[Visit], weight: f32, items: usize, out: &mut Vec<(u32, f32)>) {
        if weight == 0.0 {
            return;
        }
        let sums = self.sums(past);
        let scale = scale(&sums, items);
        out.extend(sums.into_iter().map(|(item, sum)| (item, weight * flat(sum, scale))));
    }

    /// What the history foretells of each item that its rows know of, in the order of their numbers.
    fn sums(&self, past: &[Visit]) -> Vec<(u32, f32)> {
        let mut sums: Vec<(u32, f32)> = Vec::new();
        for (ago, visit) in last(past, self.fade.reach().min(REACH)).iter().rev().enumerate() {
            let weight = self.fade.weight(ago);
            let row = self.rows.get(visit.item as usize).map_or(&[][..], Vec::as_slice);
            sums.extend(row.iter().map(|(item, value)| (*item, weight * value)));
        }
        summed(sums)
    }
}

/// 10 over the mean of what is above 0, over all items.
fn scale(sums: &[(u32, f32)], items: usize) -> f32 {
    let sum: f64 = sums.iter().map(|pair| f64::from(pair.1.max(0.0))).sum();
    if sum > 0.0 && sum.is_finite() { (10.0 * items as f64 / sum) as f32 } else { 0.0 }
}

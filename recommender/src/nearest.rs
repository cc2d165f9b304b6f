//! The vectors with the largest inner products with another: by looking at all of them, or beyond [`EXACT`] at those of the
//! cells around it. Vectors are held in bytes, each with its scale; what they mean is their owner's.
//!
//! Cells: k-means over a sample (Lloyd 1982), a vector lies in the cell whose centre it has the largest inner product with, and
//! the cells most like a query are looked into until enough vectors were seen (inverted file: Jegou et al., "Product
//! Quantization for Nearest Neighbor Search", TPAMI 2011, here without residuals).
#![allow(
    clippy::indexing_slicing,
    reason = "rows are of the width and cells of the count they are made with"
)]

use crate::algebra::{Kernel, dot, wide};
use crate::histories::scatter;
use crate::measure::{best, best_open};

/// Up to so many vectors every one is looked at.
pub const EXACT: usize = 50_000;

/// Vectors that centres are found from, a cell; rounds of finding them.
const SAMPLED: usize = 24;
const ROUNDS: usize = 6;

/// Of all vectors so large a share is looked at, and at least so many.
const LOOKED_AT: usize = 20;
const LEAST_LOOKED_AT: usize = 20_000;

/// A vector's bytes and what one of them is worth.
type Bytes<'a> = (&'a [i8], f32);

/// Vectors of one width.
#[derive(Clone, Debug)]
pub struct Nearest {
    width: usize,
    /// By slot: a vector's number, or where cells are its place among the vectors of its cell, which are read in one go.
    bytes: Vec<i8>,
    scales: Vec<f32>,
    /// By number. Removed: never found.
    gone: Vec<bool>,
    cells: Option<Cells>,
}

#[derive(Clone, Debug)]
struct Cells {
    centres: Vec<Vec<f32>>,
    /// The slots of a cell: from this to the next one's.
    starts: Vec<u32>,
    /// By slot its number, and by number its slot, of the vectors that were there when cells were made: they are made anew at twice
    /// as many. Those that came later have their numbers as slots.
    numbers: Vec<u32>,
    slots: Vec<u32>,
    /// By cell, the slots of those that came later.
    later: Vec<Vec<u32>>,
}

impl Nearest {
    /// None yet. `width`: numbers of a vector, at least 1.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self { width: width.max(1), bytes: Vec::new(), scales: Vec::new(), gone: Vec::new(), cells: None }
    }

    /// From rows of vectors.
    #[must_use]
    pub fn of(width: usize, rows: &[f32]) -> Self {
        let mut all = Self::new(width);
        rows.chunks_exact(all.width).for_each(|row| all.push(row));
        all.with_cells()
    }

    /// From vectors as they are held: rows of bytes, and what a byte of each row is worth.
    pub(crate) fn from_bytes(width: usize, bytes: Vec<i8>, scales: Vec<f32>) -> Self {
        let gone = vec![false; scales.len()];
        Self { width, bytes, scales, gone, cells: None }.with_cells()
    }

    /// The vectors as they are held, by their numbers.
    pub(crate) fn held_bytes(&self) -> (Vec<i8>, Vec<f32>) {
        let bytes = (0..self.len()).flat_map(|number| self.held(number).0).copied().collect();
        (bytes, (0..self.len()).map(|number| self.held(number).1).collect())
    }

    fn slot(&self, number: u32) -> u32 {
        self.cells.as_ref().map_or(number, |cells| cells.slot(number))
    }

    /// How many there are, the removed among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    fn push(&mut self, vector: &[f32]) {
        let value = |at: usize| vector.get(at).copied().filter(|value| value.is_finite()).unwrap_or(0.0);
        let most = (0..self.width).fold(0.0_f32, |most, at| most.max(value(at).abs()));
        let scale = most / 127.0;
        let part = |at: usize| if scale > 0.0 { (value(at) / scale).round() as i8 } else { 0 };
        self.bytes.extend((0..self.width).map(part));
        self.scales.push(scale);
        self.gone.push(false);
    }

    /// Adds a vector; its number. What is not finite in it, or missing, counts as 0. Cells take it in, but are never made here:
    /// see [`Self::wants_cells`].
    pub fn insert(&mut self, vector: &[f32]) -> u32 {
        self.push(vector);
        let number = self.len() - 1;
        if let Some(mut cells) = self.cells.take() {
            let cell = cells.of(&self.row(number));
            cells.later[cell].push(number as u32);
            self.cells = Some(cells);
        }
        number as u32
    }

    /// Takes a vector out; its number is not given again.
    pub fn remove(&mut self, number: u32) {
        if let Some(gone) = self.gone.get_mut(number as usize) {
            *gone = true;
        }
    }

    /// Whether there is a vector of this number that was not removed.
    #[must_use]
    pub fn has(&self, number: u32) -> bool {
        self.gone.get(number as usize) == Some(&false)
    }

    fn held(&self, number: usize) -> Bytes<'_> {
        let slot = self.slot(number as u32) as usize;
        (&self.bytes[slot * self.width..(slot + 1) * self.width], self.scales[slot])
    }

    fn row(&self, number: usize) -> Vec<f32> {
        let (bytes, scale) = self.held(number);
        bytes.iter().map(|byte| scale * f32::from(*byte)).collect()
    }

    /// A vector as it is held: each number within a 254th of the largest.
    #[must_use]
    pub fn vector(&self, number: u32) -> Option<Vec<f32>> {
        self.has(number).then(|| self.row(number as usize))
    }

    /// The inner product of one vector with another, as [`Self::best`] gives it.
    #[must_use]
    pub fn product(&self, wanted: &[f32], number: u32) -> Option<f32> {
        self.products(wanted, &[number]).first().copied().flatten()
    }

    /// The same of many vectors.
    #[must_use]
    pub fn products(&self, wanted: &[f32], some: &[u32]) -> Vec<Option<f32>> {
        if wanted.len() != self.width || self.is_empty() {
            return vec![None; some.len()];
        }
        let slots = some.iter().map(|number| if self.has(*number) { self.slot(*number) } else { 0 });
        let mut out = vec![0.0; some.len()];
        products(self, wanted, slots, &mut out);
        some.iter().zip(out).map(|(number, product)| self.has(*number).then_some(product)).collect()
    }

    /// The vectors of the largest inner products, largest first, those of equal ones by their numbers. Beyond [`EXACT`] nearly all
    /// of them: the tests say how nearly.
    #[must_use]
    pub fn best(&self, wanted: &[f32], count: usize, skip: impl Fn(u32) -> bool) -> Vec<(u32, f32)> {
        if wanted.len() != self.width || count == 0 {
            return Vec::new();
        }
        let some = self.cells.as_ref().map(|cells| cells.around(wanted, self.looked_at()));
        let mut scores = vec![0.0; some.as_ref().map_or(self.len(), Vec::len)];
        let number = |slot: u32| self.cells.as_ref().map_or(slot, |cells| cells.number(slot));
        let is_out = |number: u32| self.gone[number as usize] || skip(number);
        match &some {
            Some(some) => {
                products(self, wanted, some.iter().copied(), &mut scores);
                best_open(some.iter().map(|slot| number(*slot)).zip(scores), count, is_out)
            }
            None => {
                products(self, wanted, 0..self.len() as u32, &mut scores);
                best_open((0..).zip(scores), count, is_out)
            }
        }
    }

    fn looked_at(&self) -> usize {
        (self.len() / LOOKED_AT).max(LEAST_LOOKED_AT)
    }

    /// Whether cells are missing, or were made for half as many vectors.
    #[must_use]
    pub fn wants_cells(&self) -> bool {
        self.len() > EXACT && self.cells.as_ref().is_none_or(|cells| cells.numbers.len() * 2 < self.len())
    }

    /// With cells made anew where they are wanted. Time: vectors^(3/2) x width multiplications, seconds for a million.
    #[must_use]
    pub fn with_cells(mut self) -> Self {
        if self.wants_cells() {
            (self.bytes, self.scales) = self.held_bytes();
            self.cells = None;
            let cells = Cells::make(&self);
            let by_slot = || cells.numbers.iter().map(|number| self.held(*number as usize));
            let bytes = by_slot().flat_map(|held| held.0).copied().collect();
            let scales = by_slot().map(|held| held.1).collect();
            (self.bytes, self.scales, self.cells) = (bytes, scales, Some(cells));
        }
        self
    }
}

/// The inner products of `wanted` with the vectors of some slots.
fn products(all: &Nearest, wanted: &[f32], slots: impl Iterator<Item = u32>, out: &mut [f32]) {
    struct Products<'a, I>(&'a Nearest, &'a [f32], I, &'a mut [f32]);
    impl<I: Iterator<Item = u32>> Kernel for Products<'_, I> {
        type Output = ();
        #[inline(always)]
        fn call(self) {
            let Self(all, wanted, some, out) = self;
            match all.width {
                32 => each::<32>(all, wanted, some, out),
                64 => each::<64>(all, wanted, some, out),
                _ => each_of_any(all, wanted, some, out),
            }
        }
    }
    wide(Products(all, wanted, slots, out));
}

/// In whole numbers, whose sum is the same on every machine: what is wanted as 16 bits a number, its largest the largest of
/// them, which is far finer than the bytes it meets.
#[inline(always)]
fn each<const WIDTH: usize>(
    all: &Nearest,
    wanted: &[f32],
    slots: impl Iterator<Item = u32>,
    out: &mut [f32],
) {
    let most = wanted.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    let worth = most / f32::from(i16::MAX);
    let mut whole = [0_i16; WIDTH];
    if worth > 0.0 && worth.is_finite() {
        whole.iter_mut().zip(wanted).for_each(|(whole, value)| *whole = (value / worth).round() as i16);
    }
    let (rows, _) = all.bytes.as_chunks::<WIDTH>();
    for (out, slot) in out.iter_mut().zip(slots) {
        // At most 64 x 127 x 32,767: within 32 bits.
        let row = &rows[slot as usize];
        let sum: i32 = whole.iter().zip(row).map(|(a, b)| i32::from(*a) * i32::from(i16::from(*b))).sum();
        *out = all.scales[slot as usize] * worth * sum as f32;
    }
}

#[inline(always)]
fn each_of_any(all: &Nearest, wanted: &[f32], slots: impl Iterator<Item = u32>, out: &mut [f32]) {
    for (out, slot) in out.iter_mut().zip(slots) {
        let from = slot as usize * all.width;
        let row = &all.bytes[from..from + all.width];
        *out =
            all.scales[slot as usize] * wanted.iter().zip(row).map(|(a, b)| a * f32::from(*b)).sum::<f32>();
    }
}

impl Cells {
    fn make(all: &Nearest) -> Self {
        let n = all.len();
        let count = ((n as f64).sqrt() as usize).max(1);
        let sample: Vec<Vec<f32>> = (0..(count * SAMPLED).min(n) as u64)
            .map(|at| all.row((scatter(at, 41) % n as u64) as usize))
            .collect();
        let mut centres: Vec<Vec<f32>> = sample.iter().take(count).cloned().collect();
        for _ in 0..ROUNDS {
            let mut sums = vec![vec![0.0; all.width]; count];
            for row in &sample {
                let sum = &mut sums[nearest_centre(&centres, row)];
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
            for (centre, sum) in centres.iter_mut().zip(sums) {
                let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
                // A centre that nothing is near stays where it is.
                if length > 0.0 {
                    *centre = sum.into_iter().map(|value| value / length).collect();
                }
            }
        }
        let cell_of: Vec<u32> =
            (0..n).map(|number| nearest_centre(&centres, &all.row(number)) as u32).collect();
        let mut numbers: Vec<u32> = (0..n as u32).collect();
        numbers.sort_by_key(|number| cell_of[*number as usize]);
        let mut slots = vec![0; n];
        (0..).zip(&numbers).for_each(|(slot, number)| slots[*number as usize] = slot);
        let start =
            |cell: usize| numbers.partition_point(|number| (cell_of[*number as usize] as usize) < cell);
        let starts = (0..=count).map(|cell| start(cell) as u32).collect();
        Self { centres, starts, numbers, slots, later: vec![Vec::new(); count] }
    }

    fn number(&self, slot: u32) -> u32 {
        self.numbers.get(slot as usize).copied().unwrap_or(slot)
    }

    fn slot(&self, number: u32) -> u32 {
        self.slots.get(number as usize).copied().unwrap_or(number)
    }

    fn of(&self, row: &[f32]) -> usize {
        nearest_centre(&self.centres, row)
    }

    /// The slots of the cells most like a vector: so many, if there are.
    fn around(&self, wanted: &[f32], enough: usize) -> Vec<u32> {
        let likeness = (0..).zip(&self.centres).map(|(at, centre)| (at, dot(wanted, centre)));
        let mut some = Vec::with_capacity(enough + enough / 4);
        for (cell, _) in best(likeness, self.centres.len()) {
            let cell = cell as usize;
            some.extend(self.starts[cell]..self.starts[cell + 1]);
            some.extend_from_slice(&self.later[cell]);
            if some.len() >= enough {
                break;
            }
        }
        some
    }
}

fn nearest_centre(centres: &[Vec<f32>], row: &[f32]) -> usize {
    struct Find<'a>(&'a [Vec<f32>], &'a [f32]);
    impl Kernel for Find<'_> {
        type Output = usize;
        #[inline(always)]
        fn call(self) -> usize {
            let (mut most, mut found) = (f32::NEG_INFINITY, 0);
            for (at, centre) in self.0.iter().enumerate() {
                let likeness = dot(centre, self.1);
                if likeness > most {
                    (most, found) = (likeness, at);
                }
            }
            found
        }
    }
    wide(Find(centres, row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Vectors around some hundred middles.
    fn clustered(n: usize, width: usize, salt: u64) -> Vec<f32> {
        let noise = |a: u64, b: u64| (scatter(a, b) >> 40) as f32 / (1_u64 << 24) as f32 - 0.5;
        (0..n as u64)
            .flat_map(|row| {
                let middle = scatter(row, salt) % 150;
                (0..width as u64).map(move |at| noise(middle, at) + 0.6 * noise(row + salt, at + 1_000))
            })
            .collect()
    }

    #[test]
    fn beyond_what_is_looked_at_exactly_nearly_all_of_the_best_are_found() {
        let (width, n) = (32, EXACT + 30_000);
        let rows = clustered(n, width, 5);
        let all = Nearest::of(width, &rows);
        assert!(all.cells.is_some());
        let mut exact = Nearest::new(width);
        rows.chunks(width).for_each(|row| exact.push(row));
        assert_eq!(all.held_bytes(), exact.held_bytes());
        let mut found = 0;
        for query in clustered(40, width, 99).chunks(width) {
            let wanted: Vec<u32> = exact.best(query, 100, |_| false).iter().map(|one| one.0).collect();
            found += all.best(query, 100, |_| false).iter().filter(|one| wanted.contains(&one.0)).count();
        }
        assert!(found >= 3_880, "{found} of 4000");
    }

    #[test]
    fn what_was_added_later_is_found_and_what_was_removed_is_not() {
        let width = 64;
        let mut all = Nearest::of(width, &clustered(EXACT + 10, width, 7));
        let query: Vec<f32> = (0..width).map(|at| if at == 3 { 9.0 } else { 0.0 }).collect();
        let number = all.insert(&query);
        assert_eq!(all.best(&query, 1, |_| false)[0].0, number);
        all.remove(number);
        assert!(all.best(&query, 50, |_| false).iter().all(|one| one.0 != number));
        assert_eq!(all.vector(number), None);
    }

    proptest! {
        #[test]
        fn the_best_are_those_of_the_largest_products_in_order(
            rows in prop::collection::vec(prop::collection::vec(-2.0_f32..2.0, 5), 0..60),
            query in prop::collection::vec(-2.0_f32..2.0, 5), count in 0_usize..20, skipped in 0_u32..60
        ) {
            let all = Nearest::of(5, &rows.concat());
            let list = all.best(&query, count, |number| number == skipped);
            prop_assert_eq!(list.len(), count.min(rows.len() - usize::from((skipped as usize) < rows.len())));
            prop_assert!(list.windows(2).all(|two| two[0].1 > two[1].1 || (two[0].1 == two[1].1 && two[0].0 < two[1].0)));
            for (number, product) in &list {
                prop_assert_eq!(Some(*product), all.product(&query, *number));
                let plain: f32 = rows[*number as usize].iter().zip(&query).map(|(a, b)| a * b).sum();
                prop_assert!((plain - product).abs() < 0.09, "{} {}", plain, product);
            }
        }

        #[test]
        fn numbers_that_are_none_do_no_harm(rows in prop::collection::vec(any::<f32>(), 0..80), query in prop::collection::vec(any::<f32>(), 0..6)) {
            let mut all = Nearest::of(4, &rows);
            all.insert(&query);
            let list = all.best(&query, 9, |_| false);
            prop_assert!(list.len() <= 9);
        }
    }
}

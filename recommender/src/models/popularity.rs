//! What is taken up by many, of late or around a moment: the floor under every list, and all a new learner has.
#![allow(clippy::indexing_slicing, reason = "kernels over tables whose sizes are checked at construction")]

use crate::histories::{Histories, Visit};

/// Popularity around a moment: the log is cut into slices of equal visits, counts fade with the distance in slices of time.
#[derive(Clone, Debug)]
pub struct Popularity {
    items: usize,
    /// The last time in each slice, ascending.
    ends: Vec<f64>,
    /// slices x items, ln(1 + count).
    counts: Vec<f32>,
}

impl Popularity {
    /// `half_life` as a share of the time the log spans; infinite: the same at every moment. Slices: 1 to 96.
    #[must_use]
    pub fn fit(histories: &Histories, half_life: f64) -> Self {
        let n = histories.items;
        let mut visits: Vec<Visit> =
            (0..histories.of.len()).flat_map(|u| histories.recent(u).iter().copied()).collect();
        if half_life.is_infinite() || !histories.clocked || visits.is_empty() {
            let counts = histories.popularity().into_iter().map(f32::ln_1p).collect();
            return Self { items: n, ends: vec![f64::INFINITY], counts };
        }
        visits.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.item.cmp(&b.item)));
        let slices = (24_000_000 / n.max(1)).clamp(4, 96).min(visits.len());
        let size = visits.len().div_ceil(slices);
        let (ends, mids): (Vec<f64>, Vec<f64>) =
            visits.chunks(size).map(|slice| (slice[slice.len() - 1].at, slice[slice.len() / 2].at)).unzip();
        let mut counts = vec![0.0_f32; ends.len() * n];
        for (slice, row) in visits.chunks(size).zip(counts.chunks_exact_mut(n)) {
            slice.iter().for_each(|visit| row[visit.item as usize] += 1.0);
        }
        let life = (visits[visits.len() - 1].at - visits[0].at) * half_life;
        smooth(&mut counts, n, &mids, life);
        Self { items: n, ends, counts }
    }

    /// Adds the score of every item at the moment of the history's last visit (without one: the end of the log).
    pub fn score(&self, past: &[Visit], out: &mut [f32]) {
        let at = past.last().map_or(f64::INFINITY, |visit| visit.at);
        let slice = self.ends.partition_point(|end| *end < at).min(self.ends.len() - 1);
        let row = &self.counts[slice * self.items..(slice + 1) * self.items];
        out.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
}

/// Each slice becomes ln(1 + sum over slices of 2^(-distance / life) counts), by one pass forward and one back.
fn smooth(counts: &mut [f32], n: usize, mids: &[f64], life: f64) {
    let fade = |a: f64, b: f64| if life > 0.0 { (-(a - b).abs() / life).exp2() as f32 } else { 0.0 };
    let mut back = counts.to_vec();
    for slice in (0..mids.len().saturating_sub(1)).rev() {
        let (here, next) = back.split_at_mut((slice + 1) * n);
        let weight = fade(mids[slice], mids[slice + 1]);
        here[slice * n..].iter_mut().zip(&next[..n]).for_each(|(sum, value)| *sum += weight * value);
    }
    let mut forward = vec![0.0_f32; n];
    for slice in 0..mids.len() {
        let weight = if slice > 0 { fade(mids[slice], mids[slice - 1]) } else { 0.0 };
        for ((before, here), back) in forward
            .iter_mut()
            .zip(&mut counts[slice * n..(slice + 1) * n])
            .zip(&back[slice * n..(slice + 1) * n])
        {
            *before *= weight;
            let own = *here;
            *here = (*before + back).ln_1p();
            *before += own;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_a_moment_what_was_taken_up_then_leads() {
        let visits = |u: u32| [(u, u / 100, Some(f64::from(u))), (u, 2, Some(f64::from(u) + 5.5))];
        let rows: Vec<_> = (0..200).flat_map(visits).collect();
        let model = Popularity::fit(&Histories::new(200, 3, &rows), 0.05);
        let score = |at| {
            let mut out = vec![0.0; 3];
            model.score(&[Visit { item: 0, at }], &mut out);
            out
        };
        assert!(score(10.0)[0] > score(10.0)[1]);
        assert!(score(190.0)[1] > score(190.0)[0]);
    }
}

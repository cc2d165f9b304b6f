//! How good a list is. Sources: the usual definitions, binary relevance.
#![allow(clippy::indexing_slicing, reason = "tables are built to the length they are read with")]

/// Recall@20 with at most 20 to find, ndcg@10 and ndcg@100 of one list against what was taken up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    pub recall_20: f64,
    pub ndcg_10: f64,
    pub ndcg_100: f64,
}

impl Quality {
    /// `hits`: places (from 0, ascending, below 100) at which the list holds one of `wanted` items.
    #[must_use]
    pub fn of(hits: &[usize], wanted: usize) -> Self {
        if wanted == 0 {
            return Self::default();
        }
        let gain = |depth: usize| {
            let found: f64 = hits.iter().filter(|at| **at < depth).map(|at| discount(*at)).sum();
            found / (0..wanted.min(depth)).map(discount).sum::<f64>()
        };
        let found = hits.iter().filter(|at| **at < 20).count();
        Self { recall_20: found as f64 / wanted.min(20) as f64, ndcg_10: gain(10), ndcg_100: gain(100) }
    }

    /// What tuning makes large: the head and the depth of the list count alike.
    #[must_use]
    pub fn worth(self) -> f64 {
        (self.recall_20 + self.ndcg_10 + self.ndcg_100) / 3.0
    }

    /// Means over many lists.
    #[must_use]
    pub fn mean(all: impl Iterator<Item = Self>) -> Self {
        let (mut sum, mut n) = (Self::default(), 0.0_f64);
        for one in all {
            sum.recall_20 += one.recall_20;
            sum.ndcg_10 += one.ndcg_10;
            sum.ndcg_100 += one.ndcg_100;
            n += 1.0;
        }
        let n = n.max(1.0);
        Self { recall_20: sum.recall_20 / n, ndcg_10: sum.ndcg_10 / n, ndcg_100: sum.ndcg_100 / n }
    }
}

fn discount(at: usize) -> f64 {
    1.0 / (at as f64 + 2.0).log2()
}

/// The `count` best of (item, score), best first; ties and what is not a number: by the lower item, last.
#[must_use]
pub fn best(mut scored: Vec<(u32, f32)>, count: usize) -> Vec<(u32, f32)> {
    let value = |pair: &(u32, f32)| if pair.1.is_nan() { f32::NEG_INFINITY } else { pair.1 };
    let order = |a: &(u32, f32), b: &(u32, f32)| value(b).total_cmp(&value(a)).then(a.0.cmp(&b.0));
    if scored.len() > count {
        scored.select_nth_unstable_by(count, order);
        scored.truncate(count);
    }
    scored.sort_unstable_by(order);
    scored
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_list_is_worth_one_and_an_empty_one_nothing() {
        let perfect = Quality::of(&[0, 1, 2], 3);
        assert!((perfect.worth() - 1.0).abs() < 1e-12);
        assert_eq!(Quality::of(&[], 3).worth(), 0.0);
        assert_eq!(Quality::of(&[], 0).worth(), 0.0);
    }

    #[test]
    fn the_best_come_first_and_ties_go_to_the_lower_item() {
        let list = best(vec![(3, 1.0), (0, f32::NAN), (2, 1.0), (1, 5.0)], 3);
        assert_eq!(list.iter().map(|pair| pair.0).collect::<Vec<_>>(), [1, 2, 3]);
    }
}

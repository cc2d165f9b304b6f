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
pub fn best(scored: impl IntoIterator<Item = (u32, f32)>, count: usize) -> Vec<(u32, f32)> {
    let mut keys = keys(scored);
    best_first(&mut keys, count).iter().map(|key| pair(*key)).collect()
}

/// The same of those that are not passed over. Few are, as a rule: a list a little longer than what is wanted is looked through
/// first, so that `skip` is not asked of all.
#[must_use]
pub fn best_open(
    scored: impl IntoIterator<Item = (u32, f32)>,
    count: usize,
    skip: impl Fn(u32) -> bool,
) -> Vec<(u32, f32)> {
    let mut keys = keys(scored);
    let mut depth = 2 * count + 16;
    loop {
        let pairs = best_first(&mut keys, depth).iter().map(|key| pair(*key));
        let open: Vec<(u32, f32)> = pairs.filter(|(item, _)| !skip(*item)).take(count).collect();
        if open.len() == count || depth >= keys.len() {
            return open;
        }
        depth *= 8;
    }
}

/// Numbers that stand in the order of a list: compared at once, where pairs take several steps each.
fn keys(scored: impl IntoIterator<Item = (u32, f32)>) -> Vec<u64> {
    let key = |(item, score): (u32, f32)| {
        let bits = if score.is_nan() { f32::NEG_INFINITY } else { score }.to_bits();
        // Ascending as the scores do (IEEE 754, total order), then turned round.
        let rising = if bits >> 31 == 0 { bits | 1 << 31 } else { !bits };
        u64::from(!rising) << 32 | u64::from(item)
    };
    scored.into_iter().map(key).collect()
}

fn pair(key: u64) -> (u32, f32) {
    let rising = !((key >> 32) as u32);
    let bits = if rising >> 31 == 1 { rising & !(1 << 31) } else { !rising };
    (key as u32, f32::from_bits(bits))
}

/// Moves the `count` least to the front, in their order.
fn best_first(keys: &mut [u64], count: usize) -> &[u64] {
    let count = count.min(keys.len());
    if count < keys.len() {
        keys.select_nth_unstable(count);
    }
    keys[..count].sort_unstable();
    &keys[..count]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn the_best_that_are_not_passed_over_are_those_of_the_list_without_the_others(
            scores in prop::collection::vec(prop_oneof![9 => -3.0_f32..3.0, 1 => Just(f32::NAN)], 0..200),
            count in 0_usize..12, every in 1_u32..60
        ) {
            let all: Vec<(u32, f32)> = (0..).zip(scores).collect();
            let is_open = |item: u32| item.is_multiple_of(every);
            let open = all.iter().copied().filter(|pair| is_open(pair.0));
            let items = |list: Vec<(u32, f32)>| list.into_iter().map(|pair| pair.0).collect::<Vec<_>>();
            prop_assert_eq!(items(best_open(all.clone(), count, |item| !is_open(item))), items(best(open, count)));
            let value = |pair: &(u32, f32)| if pair.1.is_nan() { f32::NEG_INFINITY } else { pair.1 };
            let mut sorted = all.clone();
            sorted.sort_by(|a, b| value(b).total_cmp(&value(a)).then(a.0.cmp(&b.0)));
            prop_assert_eq!(items(best(all.clone(), 30)), items(sorted.into_iter().take(30).collect()));
            let scores = all.into_iter().filter(|one| !one.1.is_nan());
            prop_assert!(scores.map(|one| (pair(keys(vec![one])[0]), one)).all(|(a, b)| a == b));
        }
    }
}

//! Trying out: topics drawn by Thompson sampling, and a few places given to a clip drawn from all alike. The chance with which
//! each place was filled is kept, so that any later way of choosing can be judged on what was shown (Li et al., "Unbiased
//! Offline Evaluation of Contextual-bandit-based News Article Recommendation Algorithms", WSDM 2011).

use crate::histories::scatter;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The share of places that are given to a clip drawn uniformly from all that may be shown: between 0.5 and 1 %.
pub const UNIFORM: f64 = 0.0075;

/// Chance that follows from a seed alone: equal seeds, equal draws.
#[derive(Clone, Debug)]
pub struct Chance {
    seed: u64,
    drawn: u64,
}

impl Chance {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    /// In [0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.drawn += 1;
        (scatter(self.seed, self.drawn) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of `count` places, each alike; 0 if there are none.
    pub fn place(&mut self, count: usize) -> usize {
        ((self.uniform() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// Mean 0, deviation 1 (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let (a, b) = (1.0 - self.uniform(), self.uniform());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }

    /// A gamma variate of this shape (at least 1) and scale 1 (Marsaglia and Tsang 2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape.max(1.0) - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        for _ in 0..64 {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.uniform()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
        d
    }

    /// A draw from what is believed of a chance after `yes` and `no` (uniform before: Beta(1 + yes, 1 + no)).
    pub fn believed(&mut self, yes: f64, no: f64) -> f64 {
        // Of what is not known every chance is as likely.
        if yes == 0.0 && no == 0.0 {
            return self.uniform();
        }
        let counted = |n: f64| 1.0 + if n.is_finite() { n.clamp(0.0, 1e9) } else { 0.0 };
        let (a, b) = (self.gamma(counted(yes)), self.gamma(counted(no)));
        a / (a + b)
    }
}

/// What a learner did with clips of a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    pub topic: u32,
    /// Decayed counts: taken up, passed over.
    pub yes: f64,
    pub no: f64,
}

/// The `count` topics of the largest draws: those that are liked, and those of which too little is known to say.
#[must_use]
pub fn topics(tried: &[Tried], count: usize, chance: &mut Chance) -> Vec<u32> {
    let mut drawn: Vec<(f64, u32)> =
        tried.iter().map(|one| (chance.believed(one.yes, one.no), one.topic)).collect();
    drawn.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    drawn.into_iter().take(count).map(|one| one.1).collect()
}

/// One place of a page as it was filled, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    pub clip: u32,
    /// Whether it was drawn from all that may be shown.
    pub is_uniform: bool,
    /// The chance with which this clip stood in this place, given the ranked page and the clips above: in (0, 1].
    pub propensity: f64,
}

/// What may be shown: all clips of the site but those refused to this learner (had, muted). Both ascending, each clip once.
#[derive(Clone, Copy, Debug)]
pub struct Pool<'a> {
    pub clips: &'a [u32],
    pub refused: &'a [u32],
    /// The share of places that are drawn from it, in [0, 1]; [`UNIFORM`] unless an operator says otherwise.
    pub share: f64,
}

impl Pool<'_> {
    fn has(&self, clip: u32) -> bool {
        self.clips.binary_search(&clip).is_ok() && self.refused.binary_search(&clip).is_err()
    }

    fn count(&self) -> usize {
        let refused = self.refused.iter().filter(|clip| self.clips.binary_search(clip).is_ok());
        self.clips.len() - refused.count()
    }

    /// One of those that are not `shown`, each alike; where nearly all are refused or shown, by going through them.
    fn draw(&self, shown: &BTreeSet<u32>, left: usize, chance: &mut Chance) -> Option<u32> {
        let is_open = |clip: &u32| !shown.contains(clip) && self.refused.binary_search(clip).is_err();
        for _ in 0..64 {
            let clip = self.clips.get(chance.place(self.clips.len()))?;
            if is_open(clip) {
                return Some(*clip);
            }
        }
        self.clips.iter().copied().filter(is_open).nth(chance.place(left))
    }
}

/// Fills a page: each place is given to the next of `ranked` or, with chance `pool.share`, to one of the pool drawn alike. A clip
/// stands once; what was drawn is passed over when it is its turn. Time: refused x ln(clips), whatever the number of clips.
#[must_use]
pub fn fill(ranked: &[u32], pool: Pool<'_>, chance: &mut Chance) -> Vec<Slot> {
    let mut page: Vec<Slot> = Vec::with_capacity(ranked.len());
    let mut next = ranked.iter().copied().peekable();
    let (mut shown, mut left) = (BTreeSet::new(), pool.count());
    while page.len() < ranked.len() {
        while next.peek().is_some_and(|clip| shown.contains(clip)) {
            next.next();
        }
        let share = if left > 0 { pool.share.clamp(0.0, 1.0) } else { 0.0 };
        let is_uniform = chance.uniform() < share;
        let first = next.peek().copied();
        let clip = if is_uniform { pool.draw(&shown, left, chance) } else { first };
        let Some(clip) = clip else { break };
        let in_pool = pool.has(clip);
        let ranked = if first == Some(clip) { 1.0 - share } else { 0.0 };
        let alike = if in_pool { share / left as f64 } else { 0.0 };
        page.push(Slot { clip, is_uniform, propensity: ranked + alike });
        shown.insert(clip);
        left -= usize::from(in_pool);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_many_places_the_stated_share_is_drawn_from_all_alike() {
        let (ranked, all): (Vec<u32>, Vec<u32>) = ((0..20).collect(), (0..200).collect());
        let (mut uniform, mut halves) = (0, [0, 0]);
        for seed in 0..20_000 {
            for slot in
                fill(&ranked, Pool { clips: &all, refused: &[], share: UNIFORM }, &mut Chance::new(seed))
                    .iter()
                    .filter(|slot| slot.is_uniform)
            {
                uniform += 1;
                halves[usize::from(slot.clip >= 110)] += 1;
            }
        }
        let share = f64::from(uniform) / 400_000.0;
        assert!((share - UNIFORM).abs() < 0.0006, "{share}");
        assert!((f64::from(halves[0]) / f64::from(halves[1]) - 100.0 / 90.0).abs() < 0.12, "{halves:?}");
    }

    #[test]
    fn propensities_tell_how_often_a_clip_stands_first() {
        // Judged by inverse propensity, a way of choosing that always shows clip 7 first is worth what clip 7 is worth.
        let (ranked, all): (Vec<u32>, Vec<u32>) = ((0..5).collect(), (0..10).collect());
        let n = 400_000;
        let sum: f64 = (0..n)
            .filter_map(|seed| {
                fill(&ranked, Pool { clips: &all, refused: &[], share: UNIFORM }, &mut Chance::new(seed))
                    .first()
                    .copied()
            })
            .filter(|slot| slot.clip == 7)
            .map(|slot| 1.0 / slot.propensity)
            .sum();
        assert!((sum / n as f64 - 1.0).abs() < 0.15, "{}", sum / n as f64);
    }

    #[test]
    fn topics_little_known_are_tried_and_topics_known_to_bore_are_not() {
        let tried: Vec<Tried> = vec![
            Tried { topic: 0, yes: 30.0, no: 10.0 },
            Tried { topic: 1, yes: 0.0, no: 0.0 },
            Tried { topic: 2, yes: 1.0, no: 60.0 },
        ];
        let mut often = [0; 3];
        for seed in 0..2_000 {
            topics(&tried, 1, &mut Chance::new(seed)).iter().for_each(|topic| often[*topic as usize] += 1);
        }
        assert!(often[0] > often[1] && often[1] > 200 && often[2] < 20, "{often:?}");
    }

    proptest! {
        #[test]
        fn a_page_holds_no_clip_twice_nothing_refused_by_chance_and_every_propensity_is_a_chance(
            ranked in prop::collection::hash_set(0_u32..40, 0..20),
            clips in prop::collection::btree_set(0_u32..40, 0..40),
            refused in prop::collection::btree_set(0_u32..60, 0..40),
            seed in any::<u64>(),
        ) {
            let ranked: Vec<u32> = ranked.into_iter().collect();
            let (clips, refused): (Vec<u32>, Vec<u32>) = (clips.into_iter().collect(), refused.into_iter().collect());
            let page = fill(&ranked, Pool { clips: &clips, refused: &refused, share: UNIFORM }, &mut Chance::new(seed));
            let distinct: BTreeSet<u32> = page.iter().map(|slot| slot.clip).collect();
            prop_assert_eq!(distinct.len(), page.len());
            prop_assert_eq!(page.len(), ranked.len());
            prop_assert!(page.iter().all(|slot| slot.propensity > 0.0 && slot.propensity <= 1.0 + 1e-12));
            prop_assert!(page.iter().all(|slot| !slot.is_uniform || !refused.contains(&slot.clip)));
        }

        #[test]
        fn whatever_was_counted_a_draw_is_a_chance(yes in any::<f64>(), no in any::<f64>(), seed in any::<u64>()) {
            let drawn = Chance::new(seed).believed(yes, no);
            prop_assert!((0.0..=1.0).contains(&drawn));
        }
    }
}

//! A page of clips for one learner: candidates of many sources are merged, scored by a published sum, spread by author and
//! topic, and a few places are given to chance. Each clip carries the reasons that ranked it. No storage, no clock here.

pub mod cold;
pub mod explore;
pub mod merge;
pub mod pick;
pub mod score;
pub mod signals;

use explore::{Chance, Pool, Slot};
use merge::Source;
use pick::{Candidate, Caps};
use score::{Chances, Score};
use serde::{Deserialize, Serialize};

/// A candidate with all that ranks it.
#[derive(Clone, Debug)]
pub struct Ready {
    pub clip: u32,
    pub author: u32,
    pub topic: u32,
    pub sources: Vec<Source>,
    pub chances: Chances,
    pub about: Vec<f32>,
}

/// One clip of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    pub slot: Slot,
    /// Why it stands here. None: chance alone put it here, and it was no candidate.
    pub score: Option<Score>,
    pub sources: Vec<Source>,
}

/// A page of up to `count` clips. `pool`: every clip that may be shown to the learner, for the places given to chance. The
/// same candidates and seed give the same page.
#[must_use]
pub fn make(ready: &[Ready], pool: Pool<'_>, count: usize, seed: u64) -> Vec<Shown> {
    let scores: Vec<Score> = ready.iter().map(|one| Score::of(&one.chances)).collect();
    let candidates: Vec<Candidate<'_>> = ready
        .iter()
        .zip(&scores)
        .map(|(one, score)| Candidate {
            clip: one.clip,
            author: one.author,
            topic: one.topic,
            score: score.value,
            about: &one.about,
        })
        .collect();
    let picked = pick::pick(&candidates, count, Caps::of_page(count));
    let ranked: Vec<u32> = picked.iter().filter_map(|at| ready.get(*at).map(|one| one.clip)).collect();
    let slots = explore::fill(&ranked, pool, &mut Chance::new(seed));
    let shown = |slot: Slot| {
        let at = ready.iter().position(|one| one.clip == slot.clip);
        Shown {
            slot,
            score: at.and_then(|at| scores.get(at).cloned()),
            sources: at.and_then(|at| ready.get(at)).map(|one| one.sources.clone()).unwrap_or_default(),
        }
    };
    slots.into_iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use score::WEIGHTS;

    fn any_ready() -> impl Strategy<Value = Ready> {
        let number = || prop_oneof![6 => 0.0_f32..1.0, 1 => any::<f32>()];
        let chances =
            (number(), number(), number(), number(), number(), prop::option::of(number()), number());
        let chances = chances.prop_map(|(finishes, likes, saves, refuses, learns, is_right, memory)| {
            Chances { finishes, likes, saves, refuses, learns, is_right, memory }
        });
        let about = prop::collection::vec(number(), 0..4);
        (0_u32..80, 0_u32..9, 0_u32..7, chances, about).prop_map(|(clip, author, topic, chances, about)| {
            Ready { clip, author, topic, sources: vec![Source::Interest], chances, about }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn why_a_clip_stands_on_a_page_adds_up_to_what_ranked_it(
            ready in prop::collection::vec(any_ready(), 0..60), seed in any::<u64>()
        ) {
            let (clips, refused): (Vec<u32>, Vec<u32>) = ((0..100).collect(), (0..50).collect());
            let pool = Pool { clips: &clips, refused: &refused, share: explore::UNIFORM };
            let page = make(&ready, pool, 20, seed);
            prop_assert_eq!(&page, &make(&ready, pool, 20, seed));
            for shown in &page {
                let Some(score) = &shown.score else {
                    prop_assert!(shown.slot.is_uniform);
                    continue;
                };
                let sum: f32 = score.reasons.iter().zip(WEIGHTS).map(|(reason, (_, weight))| reason.value * weight).sum();
                prop_assert!((sum - score.value).abs() < 1e-5);
                prop_assert!(ready.iter().any(|one| one.clip == shown.slot.clip && Score::of(&one.chances) == *score));
            }
        }
    }
}

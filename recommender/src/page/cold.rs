//! The first clips of someone of whom nothing is known: those whose taking up or passing over tells most about them.
//!
//! Greedy choice of the largest expected loss of uncertainty in a linear model of interest (Bayesian D-optimality: Chaloner
//! and Verdinelli 1995): after a clip, what is like it tells little more.

/// Noise of one swipe against the spread of interests.
const NOISE: f32 = 0.5;

/// A clip that may be shown first: what it is about, and how often others watch it to the end ([0, 1]).
#[derive(Clone, Copy, Debug)]
pub struct First<'a> {
    pub clip: u32,
    pub about: &'a [f32],
    pub finishes: f32,
}

/// Up to `count` clips in the order they are to be shown. Clips that bore everybody teach little and are not chosen for what
/// they might tell: what a clip tells counts as much as it is watched. Time: clips x count x dimensions.
#[must_use]
pub fn first(clips: &[First<'_>], count: usize) -> Vec<u32> {
    let unit: Vec<Vec<f32>> = clips.iter().map(|one| direction(one.about)).collect();
    // `left`: variance of the answer to each clip, given those chosen; `shadow`: its part along each of them.
    let mut left: Vec<f32> = unit.iter().map(|one| one.iter().map(|x| x * x).sum()).collect();
    let mut shadow: Vec<Vec<f32>> = vec![Vec::new(); clips.len()];
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < count.min(clips.len()) {
        let tells = |at: usize| {
            let finishes = clips.get(at).map_or(0.0, |one| one.finishes);
            let watched = if finishes.is_finite() { finishes.clamp(0.0, 1.0) } else { 0.0 };
            (0.05 + watched) * (left.get(at).copied().unwrap_or(0.0) / NOISE).ln_1p()
        };
        let open = (0..clips.len()).filter(|at| !chosen.contains(at));
        let best = open.map(|at| (tells(at), at)).reduce(|a, b| if b.0 > a.0 { b } else { a });
        let Some((_, at)) = best else { break };
        let (Some(about), Some(own), Some(variance)) =
            (unit.get(at), shadow.get(at).cloned(), left.get(at).copied())
        else {
            break;
        };
        let scale = (variance + NOISE).sqrt();
        for ((other, shadow), left) in unit.iter().zip(&mut shadow).zip(&mut left) {
            let along: f32 = about.iter().zip(other).map(|(a, b)| a * b).sum();
            let known: f32 = own.iter().zip(&*shadow).map(|(a, b)| a * b).sum();
            let more = (along - known) / scale;
            shadow.push(more);
            *left = (*left - more * more).max(0.0);
        }
        chosen.push(at);
    }
    chosen.iter().filter_map(|at| clips.get(*at).map(|one| one.clip)).collect()
}

fn direction(about: &[f32]) -> Vec<f32> {
    let about: Vec<f32> =
        about.iter().map(|x| if x.is_finite() { x.clamp(-1e6, 1e6) } else { 0.0 }).collect();
    let length = about.iter().map(|x| x * x).sum::<f32>().sqrt();
    about.iter().map(|x| if length > 0.0 { x / length } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_swipes_ask_about_three_different_things() {
        let about = [[1.0, 0.0, 0.0], [1.0, 0.05, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.05], [0.0, 0.0, 1.0]];
        let clips: Vec<First> =
            (0..).zip(&about).map(|(clip, about)| First { clip, about, finishes: 0.5 }).collect();
        let mut kinds: Vec<u32> = first(&clips, 3).iter().map(|clip| clip / 2).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, [0, 1, 2]);
    }

    #[test]
    fn of_two_that_tell_alike_the_one_that_is_watched_is_shown() {
        let about = [1.0, 0.0];
        let one = |clip, finishes| First { clip, about: &about, finishes };
        assert_eq!(first(&[one(0, 0.1), one(1, 0.6), one(2, f32::NAN)], 1), [1]);
    }

    #[test]
    fn clips_without_anything_known_of_them_are_shown_when_there_are_no_others() {
        let clips: Vec<First> = (0..4).map(|clip| First { clip, about: &[], finishes: 0.0 }).collect();
        assert_eq!(first(&clips, 9).len(), 4);
    }
}

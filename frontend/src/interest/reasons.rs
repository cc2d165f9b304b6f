//! The numbers that ranked a clip, as they are told: the strongest parts with their true shares, and all of them so that
//! what is read adds up.

use minnow_shared::interest::{WhyPart, WhyPartView};

/// Parts told in words.
const TOLD: usize = 3;

/// How much of the sum a part makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Much {
    /// Half and more.
    Most,
    /// 15 per cent and more.
    Some,
    Little,
}

pub fn much(share: f64) -> Much {
    if share >= 0.5 {
        Much::Most
    } else if share >= 0.15 {
        Much::Some
    } else {
        Much::Little
    }
}

/// What spoke for the clip most, at most three parts, each with its share of all that spoke for it, 0 to 1.
pub fn strongest(parts: &[WhyPartView]) -> Vec<(WhyPart, f64)> {
    let speaks = |part: &&WhyPartView| part.adds.is_finite() && part.adds > 0.0;
    let sum: f64 = parts.iter().filter(speaks).map(|part| part.adds).sum();
    let mut strongest: Vec<_> =
        parts.iter().filter(speaks).map(|part| (part.part, part.adds / sum)).collect();
    strongest.sort_by(|a, b| b.1.total_cmp(&a.1));
    strongest.truncate(TOLD);
    strongest
}

/// What each part adds, in thousandths, rounded so that they add up to the rounded total, which comes second: what is over
/// goes to those that lost most by rounding down (largest remainders).
pub fn thousandths(parts: &[WhyPartView], score: f64) -> (Vec<i64>, i64) {
    let total = (score * 1000.0).round() as i64;
    let mut rounded: Vec<i64> = parts.iter().map(|part| (part.adds * 1000.0).floor() as i64).collect();
    let lost =
        |place: usize| parts.get(place).map_or(0.0, |part| part.adds * 1000.0 - (part.adds * 1000.0).floor());
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| lost(*b).total_cmp(&lost(*a)));
    let over = total - rounded.iter().sum::<i64>();
    for place in order.into_iter().take(usize::try_from(over).unwrap_or(0)) {
        if let Some(one) = rounded.get_mut(place) {
            *one += 1;
        }
    }
    (rounded, total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(part: WhyPart, value: f64, weight: f64) -> WhyPartView {
        WhyPartView { part, value, weight, adds: value * weight }
    }

    #[test]
    fn the_three_that_speak_most_for_a_clip_are_told_with_their_shares_of_what_speaks_for_it() {
        let parts = [
            part(WhyPart::Likes, 0.1, 1.0),
            part(WhyPart::Finishes, 0.6, 1.0),
            part(WhyPart::Refuses, 0.2, -2.0),
            part(WhyPart::Learns, 0.2, 1.0),
            part(WhyPart::Memory, 0.05, 2.0),
        ];
        let told = strongest(&parts);
        assert_eq!(told.len(), 3);
        assert_eq!(told[0].0, WhyPart::Finishes);
        assert!((told[0].1 - 0.6).abs() < 1e-9 && (told[1].1 - 0.2).abs() < 1e-9);
        assert!(strongest(&[part(WhyPart::Refuses, 0.2, -2.0)]).is_empty());
    }

    #[test]
    fn words_follow_the_shares() {
        assert_eq!(
            [0.5, 0.49, 0.15, 0.149, 0.0].map(much),
            [Much::Most, Much::Some, Much::Some, Much::Little, Much::Little]
        );
    }

    #[test]
    fn what_is_read_adds_up_to_the_total_that_is_read() {
        let third = [part(WhyPart::Likes, 1.0 / 3.0, 1.0); 3];
        let (adds, total) = thousandths(&third, 1.0);
        assert_eq!((adds.iter().sum::<i64>(), total), (1000, 1000));
        for seed in 0..200u32 {
            let value = |n: u32| f64::from((seed * 7919 + n * 104_729) % 1000) / 997.0;
            let parts: Vec<_> =
                (0..7).map(|n| part(WhyPart::Learns, value(n), if n == 3 { -1.3 } else { 0.37 })).collect();
            let score: f64 = parts.iter().map(|part| part.adds).sum();
            let (adds, total) = thousandths(&parts, score);
            assert_eq!(adds.iter().sum::<i64>(), total);
            let is_near =
                |(read, part): (&i64, &WhyPartView)| (*read as f64 - part.adds * 1000.0).abs() < 1.0;
            assert!(adds.iter().zip(&parts).all(is_near));
        }
    }
}

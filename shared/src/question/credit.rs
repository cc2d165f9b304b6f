//! Credit: what an answer, or a part of one, is worth.

use serde::{Deserialize, Deserializer, Serialize};

/// A share of a question's credit, in ten-millionths, so that a third is the same in every system it travels through
/// (Moodle writes 33.33333 per cent). From minus one (a penalty) to one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Credit(
    #[cfg_attr(feature = "schema", schemars(range(min = -10_000_000, max = 10_000_000)))] pub i32,
);

impl<'de> Deserialize<'de> for Credit {
    /// Values beyond are cut.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = i32::deserialize(deserializer)?;
        Ok(Self(value.clamp(-Self::FULL.0, Self::FULL.0)))
    }
}

impl Credit {
    pub const FULL: Self = Self(10_000_000);
    pub const NONE: Self = Self(0);

    /// `percent`: -100 to 100; values beyond are cut, what is no number is none.
    pub fn from_percent(percent: f64) -> Self {
        Self::from_share(percent / 100.0)
    }

    /// `share`: -1 to 1; values beyond are cut, what is no number is none.
    pub fn from_share(share: f64) -> Self {
        // A float-to-integer cast saturates and makes NaN zero.
        Self((share.clamp(-1.0, 1.0) * 1e7).round() as i32)
    }

    /// -1 to 1.
    pub fn share(self) -> f64 {
        f64::from(self.0) / 1e7
    }

    /// -100 to 100, with up to five decimals.
    pub fn percent(self) -> f64 {
        f64::from(self.0) / 1e5
    }

    /// The mean of parts of the same worth; `None` of nothing.
    pub fn mean(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        let (mut sum, mut count) = (0_i64, 0_i64);
        for part in parts {
            sum += i64::from(part.0);
            count += 1;
        }
        // Parts that are all full are full: rounding happens once, here.
        let mean = sum.checked_div(count)?;
        i32::try_from(mean).ok().map(Self)
    }

    /// Between none and full.
    pub fn clamped(self) -> Self {
        self.clamp(Self::NONE, Self::FULL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_come_back_to_five_decimals() {
        for percent in [0.0, 33.33333, 66.66667, 11.11111, 14.28571, 83.33333, -50.0, 100.0] {
            assert_eq!(Credit::from_percent(percent).percent(), percent);
        }
    }

    #[test]
    fn what_is_beyond_or_no_number_is_cut() {
        assert_eq!(Credit::from_percent(250.0), Credit::FULL);
        assert_eq!(Credit::from_percent(f64::NAN), Credit::NONE);
        assert_eq!(Credit(-20).clamped(), Credit::NONE);
        assert_eq!(serde_json::from_str::<Credit>("-2000000000").unwrap(), Credit(-10_000_000));
    }

    #[test]
    fn parts_that_are_all_full_are_full() {
        assert_eq!(Credit::mean([Credit::FULL; 7]), Some(Credit::FULL));
        assert_eq!(Credit::mean([Credit::FULL, Credit::NONE]), Some(Credit(5_000_000)));
        assert_eq!(Credit::mean([]), None);
    }
}

//! Does a log tell one answer in several rows, one for each skill of its item? It shows: rows in a row on the same item with
//! another skill then always agree. If they do, only the first is an answer; if not, each is.

use serde::{Deserialize, Serialize};

/// Rows that may be the answer before them told again, and how many of them agreed with it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Repeats {
    rows: u64,
    agreed: u64,
}

impl Repeats {
    pub fn note(&mut self, does_agree: bool) {
        self.rows += 1;
        self.agreed += u64::from(does_agree);
    }

    /// True until more than one row in fifty (and more than two) disagreed: without a sign either way nothing may leak.
    pub fn hold(&self) -> bool {
        let disagreed = self.rows - self.agreed;
        disagreed <= 2 || disagreed * 50 <= self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(agreed: u32, disagreed: u32) -> bool {
        let mut repeats = Repeats::default();
        (0..agreed).for_each(|_| repeats.note(true));
        (0..disagreed).for_each(|_| repeats.note(false));
        repeats.hold()
    }

    #[test]
    fn rows_are_repeats_until_they_disagree_too_often() {
        assert!(after(0, 0) && after(0, 2) && after(1_000, 10));
        assert!(!after(0, 3) && !after(70, 30));
    }
}

//! Where reviews stand among new clips, and how far a pass over the feed has come with them. Pure.

/// Every so manyth place is a review while any is due: after two new clips one that comes back.
pub const EVERY: u32 = 3;

/// A place in the list of what is due: most likely still known first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueAt {
    /// Bits of the time since the last review in units of stability. It is never below zero: its bits keep its order.
    bits: u64,
    question: String,
}

impl DueAt {
    /// `waited`: milliseconds since the last review, by the stability.
    pub fn new(waited: f64, question: &str) -> Self {
        Self { bits: waited.max(0.0).to_bits(), question: question.to_owned() }
    }

    pub fn waited(&self) -> f64 {
        f64::from_bits(self.bits)
    }

    pub fn question(&self) -> &str {
        &self.question
    }
}

/// How far a pass has come with reviews. Its text form is a part of the feed's cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// New clips since the last review; `EVERY - 1` at most.
    pub since: u32,
    /// Questions that the day's share still has for this pass.
    pub left: u32,
    /// The last that was shown.
    pub after: Option<DueAt>,
}

impl Pass {
    /// The begin of a pass, with so many questions in the day's share.
    pub const fn start(left: u32) -> Self {
        Self { since: 0, left, after: None }
    }

    /// `SINCE.LEFT.BITS.QUESTION`.
    pub fn write(&self) -> String {
        let (bits, question) = self.after.as_ref().map_or((0, ""), |at| (at.bits, at.question.as_str()));
        format!("{}.{}.{bits:x}.{question}", self.since, self.left)
    }

    /// Reads the parts of what `write` wrote.
    pub fn read<'a>(mut parts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let since: u32 = parts.next()?.parse().ok()?;
        let left = parts.next()?.parse().ok()?;
        let bits = u64::from_str_radix(parts.next()?, 16).ok()?;
        let question = parts.next()?;
        let plain = question.len() <= 26 && question.bytes().all(|b| b.is_ascii_alphanumeric());
        if !plain || since >= EVERY || !f64::from_bits(bits).is_finite() || f64::from_bits(bits) < 0.0 {
            return None;
        }
        let after = (!question.is_empty()).then(|| DueAt { bits, question: question.to_owned() });
        Some(Self { since, left, after })
    }

    /// A clip was shown.
    pub fn shown(&mut self, is_review: bool) {
        self.since = if is_review { 0 } else { (self.since + 1).min(EVERY - 1) };
    }
}

/// What stands in a place: the next new clip, or the next review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    New,
    Review,
}

/// What the next `wanted` places hold, of so many new clips and reviews that are there. Where new clips end reviews follow
/// each other.
pub fn mix(pass: &mut Pass, wanted: usize, mut news: usize, mut reviews: usize) -> Vec<Place> {
    let mut places = Vec::with_capacity(wanted.min(news + reviews));
    while places.len() < wanted && news + reviews > 0 {
        let is_review = reviews > 0 && (news == 0 || pass.since + 1 >= EVERY);
        if is_review {
            reviews -= 1;
        } else {
            news -= 1;
        }
        pass.shown(is_review);
        places.push(if is_review { Place::Review } else { Place::New });
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(places: &[Place]) -> String {
        places.iter().map(|place| if *place == Place::New { 'n' } else { 'R' }).collect()
    }

    #[test]
    fn every_third_place_is_a_review_while_any_is_due() {
        let all = |news, reviews| drawn(&mix(&mut Pass::start(9), 20, news, reviews));
        assert_eq!(all(7, 2), "nnRnnRnnn");
        assert_eq!(all(3, 4), "nnRnRRR");
        assert_eq!(all(0, 2), "RR");
        assert_eq!(all(2, 0), "nn");
    }

    fn passes() -> impl Strategy<Value = Pass> {
        let at = (0.0..1e12_f64, "[0-9A-Z]{26}").prop_map(|(waited, question)| DueAt::new(waited, &question));
        (0..EVERY, 0_u32..500, proptest::option::of(at)).prop_map(|(since, left, after)| Pass {
            since,
            left,
            after,
        })
    }

    proptest! {
        /// However a client cuts the feed into pages, it sees the same feed.
        #[test]
        fn pages_of_any_size_make_the_same_feed(
            news in 0_usize..40, reviews in 0_usize..20, sizes in proptest::collection::vec(1_usize..8, 1..80)
        ) {
            let whole = mix(&mut Pass::start(99), 100, news, reviews);
            let (mut pass, mut paged) = (Pass::start(99), Vec::new());
            let (mut news_left, mut reviews_left) = (news, reviews);
            for size in sizes {
                // A page looks no further than it is long.
                let page = mix(&mut pass, size, news_left.min(size), reviews_left.min(size));
                news_left -= page.iter().filter(|place| **place == Place::New).count();
                reviews_left -= page.iter().filter(|place| **place == Place::Review).count();
                paged.extend(page);
            }
            prop_assert_eq!(&paged[..], &whole[..paged.len()]);
        }

        /// All that is there comes, and while there is something new no review follows another.
        #[test]
        fn nothing_is_lost_and_reviews_keep_their_distance(news in 0_usize..40, reviews in 0_usize..40, since in 0..EVERY) {
            let mut pass = Pass { since, ..Pass::start(99) };
            let places = mix(&mut pass, 100, news, reviews);
            let count = |which| places.iter().filter(|place| **place == which).count();
            prop_assert_eq!((count(Place::New), count(Place::Review)), (news, reviews));
            let text = drawn(&places);
            let while_new = text.rfind('n').map_or("", |last| &text[..=last]);
            prop_assert!(!while_new.contains("RR"), "{}", text);
            // Two new clips between reviews; fewer only where the pass began with some.
            let tail = while_new.find('R').map_or("", |first| &while_new[first..]);
            prop_assert!(!tail.contains("RnR"), "{}", text);
            let before = while_new.find('R').unwrap_or(0);
            prop_assert!(before == 0 || before + since as usize == EVERY as usize - 1, "{}", text);
        }

        #[test]
        fn a_pass_reads_back(pass in passes()) {
            prop_assert_eq!(Pass::read(pass.write().split('.')), Some(pass));
        }

        #[test]
        fn no_text_reads_as_a_place_that_is_none(text in "[0-9a-fA-Z.]{0,40}") {
            if let Some(pass) = Pass::read(text.split('.')) {
                prop_assert!(pass.since < EVERY);
                prop_assert!(pass.after.is_none_or(|at| at.waited().is_finite()));
            }
        }
    }
}

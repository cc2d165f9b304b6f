//! What is known of a learner's interests, in words and numbers, and the picking of topics before anything is: for the page
//! about it and for what opens over a clip. Not for the feed's program.

mod evidence;
mod pick;
mod reasons;
mod row;

pub use evidence::{sentence, when};
pub use pick::Picker;
pub use reasons::{Much, much, strongest, thousandths};
pub use row::InterestsRow;

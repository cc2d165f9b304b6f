//! What a learner knows: the chance that the next answer is right, mastery of a topic with its uncertainty, and how hard an
//! item is. Two models that err differently, and a small one that weighs them:
//!
//! - a logistic regression learned at every answer (`linear`, over what `features` says of an answer to come): Performance
//!   Factors Analysis (Pavlik, Cen and Koedinger 2009) with decayed successes, Elo abilities (Pelanek 2016), an item's
//!   difficulty drawn to its skill's, and crossed patterns of the last answers;
//! - a gated recurrent network over the order of the answers (`recurrent`): deep knowledge tracing (Piech et al. 2015), fitted
//!   in several passes with dropout and then held still;
//! - a Bayesian logistic regression over the two logits (`blend`), fitted on learners neither had seen and kept up at every answer:
//!   it also keeps the probabilities calibrated.
//!
//! Items and skills are numbers the caller gives out. What is shared (`LearnerModel`) and what belongs to one learner
//! (`LearnerState`) are apart: a state is a fold over that learner's answers, to be stored, forgotten or made again by itself.

mod blend;
mod dense;
mod features;
mod fit;
mod linear;
mod mastery;
mod model;
mod parameters;
mod recurrent;
mod repeats;
mod shares;
mod state;
mod tracing;

pub use fit::Effort;
pub use mastery::{Certainty, Difficulty, Mastery};
pub use model::{Answer, LearnerModel};
pub use state::LearnerState;

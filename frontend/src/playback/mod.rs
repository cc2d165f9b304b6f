//! Playing clips in a vertical reel, outside the virtual DOM: which clip is current, its video element, what is fetched
//! ahead, captions and the seek bar, gestures. Knows clips and questions as the contract has them, but no page, no
//! outbox and no text: pages listen to `ReelEvent` and give the words.

pub mod caption;
mod face;
pub mod gesture;
mod link;
pub mod moment;
mod pointer;
mod pool;
mod prefetch;
mod reel;
pub mod schedule;
mod timing;
pub mod watched;

pub use reel::{Reel, ReelEvent, ReelSetup};

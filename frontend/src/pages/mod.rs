//! The pages. A page never imports another page; what they share is in `frame`, `ui`, `hooks` and `state`.

pub mod author;
pub mod bank;
pub mod discover;
pub mod feed;
pub mod feed_health;
pub mod insights;
pub mod interests;
pub mod make;
pub mod mastery;
pub mod me;
pub mod not_found;
pub mod packs;
pub mod playlist;
pub mod practice;
pub mod review;
pub mod saved;
pub mod settings;
pub mod sign_in;
pub mod topics;
pub mod welcome;

//! Parts that know none of our nouns. Each goes with a style sheet of the same name in `styles/ui`.

pub mod button;
pub mod dialog;
pub mod empty;
pub mod field;
pub mod icon;
pub mod logo;
pub mod meter;
pub mod pull;
pub mod ring;
pub mod row;
pub mod thumbhash;

//! What a clip shows: elements, how they move, and how they become pixels.

pub mod code;
pub mod colour;
pub mod element;
pub mod formula;
pub mod frames;
pub mod geometry;
pub mod motion;
pub mod paint;
pub mod planes;
pub mod reach;
pub mod shapes;
pub mod stage;
pub mod text;

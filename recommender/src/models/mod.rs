//! The models a list is blended from. Each gives every item a number for one history; none knows of the others.

pub mod content;
pub mod factors;
pub mod linear;
pub mod local;
pub mod moments;
pub mod popularity;
pub mod running;

//! The pages. A page never imports another page; what they share is in `ui`, `hooks` and `state`.

pub mod feed;
pub mod not_found;
pub mod shell;

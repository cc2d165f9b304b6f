//! Question banks of other systems, in and out. Bytes in, questions and a report of losses out, and the way back. Pure:
//! no file, no network, no clock, no database; the caller keeps the pictures. One file a format.

pub mod format;
pub mod report;

pub use format::Format;
pub use report::{Export, Import, Loss, Media, ReadError};

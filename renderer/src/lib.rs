//! A lesson script becomes frames and sound.

//! `cargo +nightly fuzz run film_boxes`: see `minnow::fuzz::film_boxes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| minnow::fuzz::film_boxes(data));

//! `cargo +nightly fuzz run captions`: see `minnow::fuzz::captions`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| minnow::fuzz::captions(data));

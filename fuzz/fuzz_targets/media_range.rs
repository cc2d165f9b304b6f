//! `cargo +nightly fuzz run media_range`: see `minnow::fuzz::media_range`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| minnow::fuzz::media_range(data));

//! `cargo +nightly fuzz run banks`: see `minnow::fuzz::banks`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| minnow::fuzz::banks(data));

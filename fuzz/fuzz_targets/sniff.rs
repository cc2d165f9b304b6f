//! `cargo +nightly fuzz run sniff`: see `minnow::fuzz::sniff`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| minnow::fuzz::sniff(data));

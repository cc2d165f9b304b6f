//! `cargo +nightly fuzz run topics`: see `minnow::fuzz::topics`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| minnow::fuzz::topics(data));

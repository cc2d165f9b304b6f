//! `cargo +nightly fuzz run upload_headers`: see `minnow::fuzz::upload_headers`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| minnow::fuzz::upload_headers(data));

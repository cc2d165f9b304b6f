//! The fuzz targets without a fuzzer: over their corpus, over every beginning of it, over damaged bytes and over noise. The
//! seed is the same each time; MINNOW_TEST_FUZZ_ROUNDS asks for more.

use minnow::fuzz::TARGETS;
use std::path::Path;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Bytes of interest to readers of lengths and of texts.
const WORDS: [&[u8]; 14] = [
    &[0],
    &[0xFF; 4],
    &[0x7F, 0xFF, 0xFF, 0xFF],
    &[0, 0, 0, 1],
    &[0xFF; 8],
    &[0x80, 0, 0, 0, 0, 0, 0, 0],
    b"-->",
    b"\n\n",
    b"\r",
    b"<",
    b"&amp;",
    b"{\\",
    b"bytes=",
    "\u{2028}".as_bytes(),
];

fn damage(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..=dice.below(4) {
        let (from, to) = (dice.below(bytes.len() + 1), dice.below(bytes.len() + 1));
        match dice.below(6) {
            0 if !bytes.is_empty() => {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
            1 => {
                let word = WORDS[dice.below(WORDS.len())];
                bytes.splice(from..from, word.iter().copied());
            }
            2 => {
                let word = WORDS[dice.below(WORDS.len())];
                let end = (from + word.len()).min(bytes.len());
                bytes[from..end].copy_from_slice(&word[..end - from]);
            }
            3 => drop(bytes.drain(from.min(to)..from.max(to))),
            4 => {
                let again = bytes[from.min(to)..from.max(to)].to_vec();
                bytes.splice(to..to, again);
            }
            _ => {
                let part = &other[dice.below(other.len() + 1)..];
                bytes.splice(from..from, part.iter().copied());
            }
        }
        bytes.truncate(64 * 1024);
    }
}

#[test]
fn readers_of_strangers_bytes_keep_their_promises_whatever_comes() {
    let rounds: usize =
        std::env::var("MINNOW_TEST_FUZZ_ROUNDS").map_or(4_000, |rounds| rounds.parse().unwrap());
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    for (name, target) in TARGETS {
        let folder = corpus.join(name);
        let mut files: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "nothing in {}", folder.display());
        let seeds: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
        let run = |bytes: &[u8]| {
            let outcome = std::panic::catch_unwind(|| target(bytes));
            assert!(outcome.is_ok(), "{name} broke its promise on these bytes: {bytes:?}");
        };
        for seed in &seeds {
            (0..=seed.len()).for_each(|end| run(&seed[..end]));
        }
        let mut dice = Dice(41);
        for round in 0..rounds {
            let mut bytes = seeds[round % seeds.len()].clone();
            let other = &seeds[dice.below(seeds.len())];
            damage(&mut bytes, other, &mut dice);
            run(&bytes);
            let noise: Vec<u8> = (0..dice.below(300)).map(|_| dice.next() as u8).collect();
            run(&noise);
        }
    }
}

/// Each target has a program in `fuzz/`, and none is there that is not a target.
#[test]
fn every_target_can_be_fuzzed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let mut named: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    named.sort_unstable();
    let programs: Vec<&str> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""))
        .collect();
    assert_eq!(programs, named);
    for name in named {
        let program = std::fs::read_to_string(folder.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(program.contains(&format!("minnow::fuzz::{name}(data)")), "{name}");
    }
}

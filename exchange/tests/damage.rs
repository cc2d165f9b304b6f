//! Damaged files and noise: every reader gives questions and losses, or a reason, and never falls over.

use minnow_exchange::{Format, read};
use proptest::prelude::*;

const GIFT: &str = "// [id:7] [tag:x]\n::One::Which?{=a#yes ~b ~%50%[html]<b>c</b>####why}\n\nNumber?{#=5:1 =%50%1..3#near}\n\n\
    Pairs{=a -> 1 =b -> 2}\n\n$CATEGORY: a/b\n\nTrue?{T#no}\n";
const AIKEN: &str = "Is it?\nA) yes\nB) no\nANSWER: A\n\n#Q So?\n^ a\nA a\nB b\n";
const TABLE: &str =
    "name,kind,question,choices,answer,data\nx,choices,\"Is \"\"it\"\"?\",a | b,a,\ny,,So?,,4,{\n";
const JSON: &str = "[{\"stem\":{\"html\":\"<b>x</b>\"},\"key\":{\"kind\":\"typed\",\"accepted\":[\"a\"]}}]";
const MOODLE: &str = include_str!("data/moodle-4.xml");

const TEXTS: [(Format, &str); 5] = [
    (Format::Gift, GIFT),
    (Format::Aiken, AIKEN),
    (Format::Csv, TABLE),
    (Format::Json, JSON),
    (Format::MoodleXml, MOODLE),
];

#[test]
fn whole_files_are_told_and_read() {
    for (format, text) in TEXTS {
        let import = read(text.as_bytes(), "bank.txt", None).unwrap();
        assert_eq!(import.format, format);
        assert!(!import.questions.is_empty(), "{format:?} {:?}", import.losses);
    }
}

#[test]
fn one_long_line_is_read_in_no_time() {
    for piece in ["a", "{", "<b>", "\"", "\\(", "&amp;", ",", "<question>", "[", "::"] {
        let text = piece.repeat(5_000_000 / piece.len() / 10);
        for (format, _) in TEXTS {
            let _ = read(text.as_bytes(), "", Some(format));
        }
    }
}

#[test]
fn damaged_files_of_others_are_survived() {
    let Some(content) = std::env::var_os("MINNOW_CONTENT") else {
        eprintln!("SKIPPED: MINNOW_CONTENT is not set, the files of others are not damaged");
        return;
    };
    let mut folders = vec![std::path::Path::new(&content).join("questions")];
    let (mut seed, mut count) = (7_u64, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let whole = std::fs::read(&path).unwrap();
            // The start of a long file is as good to damage as all of it.
            let whole = whole.get(..whole.len().min(20_000)).unwrap_or_default();
            for round in 0..6 {
                let mut bytes = whole.to_vec();
                for _ in 0..=round {
                    seed =
                        seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let place = (seed >> 33) as usize % bytes.len().max(1);
                    if seed & 1 == 0 {
                        bytes.truncate(place)
                    } else {
                        bytes.splice(place..place, [b'<', seed as u8]);
                    }
                }
                let _ = read(&bytes, &path.to_string_lossy(), None);
                count += 1;
            }
        }
    }
    assert!(count > 100, "{count}");
}

/// A file with pieces cut, doubled or replaced.
fn damaged() -> impl Strategy<Value = (Format, Vec<u8>)> {
    let change =
        (any::<prop::sample::Index>(), 0..40_usize, prop::collection::vec(any::<u8>(), 0..6), any::<bool>());
    (prop::sample::select(TEXTS.to_vec()), prop::collection::vec(change, 1..6)).prop_map(
        |((format, text), changes)| {
            let mut bytes = text.as_bytes().to_vec();
            for (place, len, with, doubles) in changes {
                if bytes.is_empty() {
                    break;
                }
                let from = place.index(bytes.len());
                let to = (from + len).min(bytes.len());
                let with = if doubles { bytes.get(from..to).unwrap_or_default().repeat(2) } else { with };
                bytes.splice(from..to, with);
            }
            (format, bytes)
        },
    )
}

proptest! {
    #[test]
    fn damaged_files_are_survived((format, bytes) in damaged()) {
        for format in [Some(format), None] {
            if let Ok(import) = read(&bytes, "bank", format) {
                for question in &import.questions {
                    prop_assert_eq!(question.check(), Ok(()));
                }
                for loss in &import.losses {
                    prop_assert!(!loss.reason.is_empty());
                }
            }
        }
    }

    #[test]
    fn noise_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for format in Format::ALL {
            let _ = read(&bytes, "", Some(format));
        }
        let _ = read(&bytes, "", None);
    }
}

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

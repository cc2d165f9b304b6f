//! What is read from Moodle's XML, and what comes back.

use super::*;
use crate::testing::{Kinds, question};
use minnow_shared::question::{Credit, Fill, QuestionKey, Text};
use proptest::prelude::*;

fn import(name: &str) -> Import {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    read(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn what_moodle_4_exports_is_read() {
    let import = import("moodle-4.xml");
    let found: Vec<_> = import.questions.iter().map(|q| (q.name.as_str(), q.key.kind())).collect();
    assert_eq!(
        found,
        [
            ("Capital", "choices"),
            ("Primes", "choices"),
            ("Round", "true_false"),
            ("Gas", "typed"),
            ("Speed", "numeric"),
            ("Capitals", "matching"),
            ("Essay", "open"),
            ("Gaps", "cloze"),
            ("Drag", "cloze"),
            ("Choose", "cloze"),
            ("Order", "ordering"),
            ("Fill", "cloze"),
            ("Where", "hotspot"),
        ]
    );
    let reasons: Vec<_> =
        import.losses.iter().map(|loss| (loss.item.as_str(), loss.line.is_some())).collect();
    assert_eq!(reasons, [("Read this", true), ("Sum", true), ("Onto", true), ("Code", true)]);
    assert_eq!(import.media.len(), 2);
    let capital = &import.questions[0];
    assert_eq!(capital.category, "Geography/Europe");
    assert_eq!(
        (capital.source_id.as_str(), capital.tags.as_slice()),
        ("geo-1", &["easy".to_owned(), "maps".to_owned()][..])
    );
    assert_eq!(
        capital.stem.html(),
        "<p>Capital of <b>Italy</b>?</p><p><img src=\"media:map_1.gif\" alt=\"A map\"></p>"
    );
    assert_eq!((capital.behaviour.tries, capital.behaviour.penalty), (3, Credit(3_333_333)));
    assert_eq!(capital.verdicts.right, Text::from("Yes."));
    let QuestionKey::Choices { choices, keep_order: true, multiple: false } = &capital.key else { panic!() };
    assert_eq!((choices[0].credit, choices[1].credit), (None, Some(Credit::from_percent(50.0))));
    let QuestionKey::Choices { choices, multiple: true, .. } = &import.questions[1].key else { panic!() };
    assert!(choices.iter().all(|choice| choice.credit.is_none()), "even shares");
    let QuestionKey::Numeric { units, unit_required: true, .. } = &import.questions[4].key else { panic!() };
    assert_eq!(units[1].per_first, 3.6);
    let QuestionKey::Cloze { body, gaps, .. } = &import.questions[7].key else { panic!() };
    assert_eq!(body.source().matches("[[").count(), 5);
    assert_eq!(gaps[1].weight, 2);
    assert!(matches!(&gaps[3].fill, Fill::Number { .. }));
    let QuestionKey::Cloze { body, gaps, bank } = &import.questions[8].key else { panic!() };
    assert_eq!((body.source(), bank.len()), ("The [[1]] chases the [[2]].", 3));
    assert!(matches!(&gaps[0].fill, Fill::Dragging { right } if right == &[1]));
    let QuestionKey::Ordering { items } = &import.questions[10].key else { panic!() };
    assert_eq!(items[0].text, Text::from("one"));
}

#[test]
fn a_break_costs_its_question_and_not_those_around_it() {
    let import = import("moodle-broken.xml");
    let names: Vec<_> = import.questions.iter().map(|q| q.name.as_str()).collect();
    assert_eq!(names, ["Before", "After"]);
    let lines: Vec<_> = import.losses.iter().map(|loss| loss.line).collect();
    assert_eq!(lines, [Some(14), Some(27)]);
}

#[test]
fn pictures_go_out_and_come_back() {
    let gif = b"GIF89a\x02\0\x03\0".to_vec();
    let mut one = import("moodle-4.xml").questions.remove(0);
    one.category.clear();
    let export = write(std::slice::from_ref(&one), &|name| (name == "map_1.gif").then(|| gif.clone()));
    assert_eq!(export.losses, []);
    let back = read(&export.bytes).unwrap();
    assert_eq!((back.questions, back.media[0].bytes.clone()), (vec![one], gif));
}

#[test]
fn broken_files_are_read_in_no_time() {
    for piece in [
        "<question>",
        "<question type=\"x\">",
        "<a>",
        "</a>",
        "<",
        "&",
        "<![CDATA[",
        "<!--",
        "<question type=\"multianswer\"><questiontext><text>{1:SA:=a",
    ] {
        let text = format!("<quiz>{}", piece.repeat(100_000 / piece.len()));
        let _ = read(text.as_bytes());
    }
    let text = |inside: &str| {
        format!(
            "<quiz><question type=\"multianswer\"><questiontext><text><![CDATA[{inside}]]></text></questiontext></question></quiz>"
        )
    };
    for piece in ["{", "{1:SA:=a}", "{1:SA:=a~", "{1:MC:", "\\", "[[1]]"] {
        let _ = read(text(&piece.repeat(100_000 / piece.len())).as_bytes());
    }
}

#[test]
fn files_of_others_are_read() {
    let Some(content) = std::env::var_os("MINNOW_CONTENT") else {
        eprintln!("SKIPPED: MINNOW_CONTENT is not set, the Moodle files of others are not read");
        return;
    };
    let folder = std::path::Path::new(&content).join("questions");
    for (name, least) in
        [("amc2moodle/QCM.xml", 9), ("amc2moodle/numerical.xml", 5), ("moodle/error_invalid_grades.xml", 1)]
    {
        let import = read(&std::fs::read(folder.join(name)).unwrap()).unwrap();
        assert!(import.questions.len() >= least, "{name}: {:?}", import.losses);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_question_that_is_written_comes_back(questions in prop::collection::vec(question(Kinds::ALL), 1..4)) {
        let export = write(&questions, &|_| None);
        let import = read(&export.bytes).unwrap();
        let is_left_out = |q: &minnow_shared::question::Question| matches!(&q.key, QuestionKey::Hotspot { .. })
            || matches!(&q.key, QuestionKey::Cloze { gaps, .. } if {
                let dragged = gaps.iter().filter(|gap| matches!(gap.fill, Fill::Dragging { .. })).count();
                dragged > 0 && dragged < gaps.len()
            });
        let kept: Vec<_> = questions.iter().filter(|q| !is_left_out(q)).cloned().collect();
        prop_assert_eq!(import.questions, kept, "{}", String::from_utf8_lossy(&export.bytes));
        prop_assert!(kept_count(&questions) == 0 || !export.losses.is_empty());
    }

    #[test]
    fn what_moodle_can_say_is_said_in_its_words(one in question(Kinds::GIFT)) {
        let export = write(std::slice::from_ref(&one), &|_| Some(b"GIF89a\x02\0\x03\0".to_vec()));
        let said = String::from_utf8_lossy(&export.bytes).into_owned();
        prop_assert!(!said.contains("<minnow>") || said.contains("percent") || !export.losses.is_empty(), "{}", said);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[a-z<>/\"=&;#{}:~\\[\\]! -]{0,120}") {
        let _ = read(format!("<quiz><question type=\"multianswer\">{text}").as_bytes());
        let _ = read(text.as_bytes());
    }
}

/// Questions of kinds that Moodle's XML has no words for.
fn kept_count(questions: &[minnow_shared::question::Question]) -> usize {
    questions
        .iter()
        .filter(|q| matches!(&q.key, QuestionKey::Hotspot { .. } | QuestionKey::FlashCard { .. }))
        .count()
}

//! What is read from tables, and what comes back.

use super::*;
use crate::testing::{Kinds, question};
use proptest::prelude::*;

fn import(text: &str) -> Import {
    read(text.as_bytes()).unwrap()
}

fn right(question: &Question) -> String {
    grading::solution_text(&question.key)
}

#[test]
fn tables_of_others_are_read() {
    let mmlu =
        import("question,choice0,choice1,choice2,choice3,answer\n\"1, 2?\",3,2,1,0,1\nBad,a,b,c,d,7\n");
    assert_eq!((mmlu.questions.len(), right(&mmlu.questions[0])), (1, "2".to_owned()));
    assert_eq!((mmlu.losses[0].line, mmlu.losses[0].item.as_str()), (Some(3), "Bad"));
    let plain = import("Which?;red;green;blue;C\nWhat?;a;b;c;A\n");
    assert_eq!(plain.questions.iter().map(right).collect::<Vec<_>>(), ["blue", "a"]);
    let letters = import("Question\tA\tB\tCorrect answer\tExplanation\nIs it?\tyes\tno\tB\tbecause\n");
    assert_eq!(
        (right(&letters.questions[0]), letters.questions[0].reason.plain()),
        ("no".into(), "because".into())
    );
    let cards = import("front,back\nSun,Sole\n");
    assert_eq!(cards.questions[0].key.kind(), "flash_card");
    assert!(matches!(read(b"a,b,c\n1,2,3\n"), Err(ReadError::Broken { line: 1, .. })));
}

#[test]
fn the_simple_columns_are_enough() {
    let table = import(
        "kind,question,choices,answer\n,One?,a | b | c,b\n,Two?,a|b|c,a|c\n,True?,,TRUE\n,How many?,,4\n,Name it,,oxygen|O2\n,Tell,,\nordering,Order,x|y|z,\n",
    );
    let kinds: Vec<_> = table.questions.iter().map(|q| q.key.kind()).collect();
    assert_eq!(kinds, ["choices", "choices", "true_false", "numeric", "typed", "open", "ordering"]);
    assert_eq!(table.losses, []);
}

#[test]
fn a_row_changed_by_hand_counts_as_changed() {
    let key = QuestionKey::Choices {
        choices: vec![ChoiceKey::plain("a", true), ChoiceKey::plain("b", false)],
        multiple: false,
        keep_order: true,
    };
    let export = write(&[Question::new("Old?", key)], &|_| None);
    let text = String::from_utf8(export.bytes).unwrap();
    let back = import(&text.replacen("Old?", "New?", 1));
    assert_eq!(back.questions[0].stem, Text::from("New?"));
    assert_eq!(back.losses.len(), 1);
}

#[test]
fn any_encoding_and_an_open_quote_are_read() {
    let text = "question,answer\nPerché?,sì\n\"open,x\nDopo,no\n";
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    for bytes in [text.as_bytes(), &utf16, &latin] {
        let import = read(bytes).unwrap();
        let stems: Vec<_> = import.questions.iter().map(|q| q.stem.plain()).collect();
        assert_eq!(stems, ["Perché?", "Dopo"]);
        assert_eq!(import.losses[0].line, Some(3));
    }
    let quotes = "\"\n".repeat(50_000);
    let _ = read(format!("question,answer\n{quotes}").as_bytes());
}

#[test]
fn files_of_others_are_read() {
    let Some(content) = std::env::var_os("MINNOW_CONTENT") else {
        eprintln!("SKIPPED: MINNOW_CONTENT is not set, the tables of others are not read");
        return;
    };
    let folder = std::path::Path::new(&content).join("questions");
    for entry in std::fs::read_dir(folder.join("mmlu")).unwrap() {
        let path = entry.unwrap().path();
        let import = read(&std::fs::read(&path).unwrap()).unwrap();
        assert!(import.questions.len() > 10 * import.losses.len(), "{path:?} {:?}", import.losses);
    }
    let import = read(&std::fs::read(folder.join("ricecooker__ExerciseQuestions.csv")).unwrap()).unwrap();
    assert!(import.questions.len() >= 7, "{:?}", import.losses);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_question_comes_back(questions in prop::collection::vec(question(Kinds::ALL), 1..4)) {
        let export = write(&questions, &|_| None);
        let import = read(&export.bytes).unwrap();
        prop_assert_eq!(&import.losses, &[], "{}", String::from_utf8_lossy(&export.bytes));
        prop_assert_eq!(import.questions, questions);
    }

    #[test]
    fn any_table_is_read_without_a_panic(text in "[a-c,;\"\\n\\r\\t|0-9 ]{0,80}") {
        let _ = read(format!("question,a,b,answer\n{text}").as_bytes());
        let _ = read(text.as_bytes());
    }
}

//! What is read from GIFT, and what comes back.

use super::*;
use crate::Loss;
use crate::testing::{Kinds, question};
use minnow_shared::question::{Credit, NumberRange, QuestionKey, Text};
use proptest::prelude::*;

fn import(text: &str) -> Import {
    read(text.as_bytes()).unwrap()
}

fn lines(losses: &[Loss]) -> Vec<Option<u32>> {
    losses.iter().map(|loss| loss.line).collect()
}

#[test]
fn every_kind_of_question_is_read() {
    let bank = "\u{feff}// a bank\r\n$CATEGORY: $course$/top/Birds\r\n\r\n\
        // [id:7] [tag:sky] [tag:a\\]b]\r\n::One::Which?{=a#yes ~b ~%50%[html]<b>c</b>}\r\n\r\n\
        Many?{~%50%a ~%50%b ~%-100%c}\r\n\r\nTrue?{T#no#yes####why}\r\n\r\nType{=Frog =%50%Cat =%0%*#no}\r\n\r\n\
        Number?{#=5:1 =%50%1..3#near ~#no}\r\n\r\nPairs{=a -> 1 =b -> 2 = -> 3}\r\n\r\nWrite{}\r\n\r\nA {=word} is missing.\r\n";
    let import = import(bank);
    assert_eq!(import.losses, []);
    let kinds: Vec<_> = import.questions.iter().map(|question| question.key.kind()).collect();
    assert_eq!(kinds, ["choices", "choices", "true_false", "typed", "numeric", "matching", "open", "typed"]);
    let first = &import.questions[0];
    assert_eq!(
        (first.name.as_str(), first.category.as_str(), first.source_id.as_str()),
        ("One", "Birds", "7")
    );
    assert_eq!(first.tags, ["sky", "a]b"]);
    let QuestionKey::Choices { choices, multiple: false, .. } = &first.key else { panic!() };
    assert_eq!(choices[2].credit, Some(Credit::from_percent(50.0)));
    assert_eq!(choices[2].text, Text::Rich { html: "<b>c</b>".into() });
    assert!(matches!(&import.questions[1].key, QuestionKey::Choices { multiple: true, .. }));
    let QuestionKey::Numeric { accepted, .. } = &import.questions[4].key else { panic!() };
    assert_eq!(accepted[2].range, NumberRange::Any);
    assert_eq!(import.questions[7].stem, Text::from("A _____ is missing."));
}

fn parsed(text: &str) -> Vec<serde_json::Value> {
    parse(text).items.iter().map(Item::json).collect()
}

#[test]
fn layout_stays_in_html_and_titles_are_as_they_stand() {
    let found = parsed(
        ":: A  b ::[html]<pre>\r\n    a\\{\r\n</pre>\r\n{}\r\n\r\nTwo\r\n  lines{}\r\n\r\n$CATEGORY: x \\= y\r\n",
    );
    assert_eq!(found[0]["title"], " A  b ");
    assert_eq!(found[0]["stem"]["text"], "<pre>\n    a{\n</pre>");
    assert_eq!(found[1]["stem"]["text"], "Two lines");
    assert_eq!(found[2]["title"], "x \\= y");
    let import = import(":: A  b ::Is it?{T}\n\n$CATEGORY: x \\= y\n\nSo?{F}\n");
    assert_eq!((import.questions[0].name.as_str(), import.questions[1].category.as_str()), ("A b", "x = y"));
}

#[test]
fn of_two_feedbacks_the_first_is_for_who_is_wrong() {
    for (text, wrong, right) in
        [("{T#no#yes}", "no", "yes"), ("{F#no}", "no", ""), ("{TRUE# #yes}", "", "yes")]
    {
        let import = import(&format!("Is it?{text}"));
        let QuestionKey::TrueFalse { is_true, reason_true, reason_false } = &import.questions[0].key else {
            panic!()
        };
        let (said_wrong, said_right) =
            if *is_true { (reason_false, reason_true) } else { (reason_true, reason_false) };
        assert_eq!((said_wrong.source(), said_right.source()), (wrong, right), "{text}");
    }
    let found = parsed("Is it?{TRUE#first#second}");
    assert_eq!(found[0]["trueFeedback"]["text"], "first");
    assert_eq!(found[0]["falseFeedback"]["text"], "second");
}

#[test]
fn what_stands_around_answers_is_told_from_them() {
    let found = parsed(
        "A {=b} // a note\n\nC {=d ~e}[html]<b>f</b>\n\n{~g}[html]h\n\nI {true}\n\nJ {=k#l -> m}\n\nN {=o\n=p=\"q\"}\n\nR\n\u{a0}\ns {=<img src=\"t\">}\n",
    );
    let stems: Vec<_> = found.iter().map(|item| item["stem"]["text"].as_str().unwrap()).collect();
    assert_eq!(stems, ["A", "C _____ <b>f</b>", "_____ h", "I", "J", "N", "R s"]);
    assert_eq!(found[2]["stem"]["format"], "html");
    assert_eq!(found[2]["choices"][0]["text"]["format"], "moodle");
    let kinds: Vec<_> = found.iter().map(|item| item["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Short", "MC", "MC", "Short", "Short", "Short", "Short"]);
    assert_eq!(found[5]["choices"].as_array().unwrap().len(), 3);
    assert_eq!(found[6]["choices"][0]["text"]["text"], "<img src=\"t\">");
}

#[test]
fn the_first_id_of_a_comment_counts_and_a_category_takes_none() {
    let found = parsed("// [id: a ] [id:b] [tag:x]\nOne{T}\n\n// [id:c]\n$CATEGORY: d\n\nTwo{T}\n");
    assert_eq!((&found[0]["id"], &found[0]["tags"][0]), (&"a".into(), &"x".into()));
    assert_eq!(found[2]["id"], serde_json::Value::Null);
}

#[test]
fn one_odd_item_does_not_stop_the_rest() {
    let bank = "Only words.\n\nOpen {=a\n\nGood?{T}\n\n::Lost:: Bad {#many}\n\nTwo {=a} and {=b}\n\n::X::Half {~a\n::Y::Whole?{F}\n\nBlank?{\n=a\n\n~b\n}\n";
    let import = import(bank);
    let names: Vec<_> = import.questions.iter().map(|q| q.stem.plain()).collect();
    assert_eq!(names, ["Good?", "Whole?", "Blank?"]);
    assert_eq!(lines(&import.losses), [Some(1), Some(3), Some(7), Some(9), Some(11)]);
}

#[test]
fn formulas_whose_braces_nobody_escaped_are_words() {
    let import = import("What is \\(\\frac{1}{2}\\)? {=0.5 ~1}\n\nAnd $$x^{2}$$ for \\(x_{1}\\)? {#4}\n");
    assert_eq!(import.losses, []);
    let stems: Vec<_> = import.questions.iter().map(|q| q.stem.plain()).collect();
    assert_eq!(stems, ["What is \\frac{1}{2}?", "And x^{2} for x_{1}?"]);
}

#[test]
fn pictures_go_along_inside_their_addresses() {
    let gif = b"GIF89a\x02\0\x03\0".to_vec();
    let html = "See <img src=\"media:a.gif\" alt=\"A = {b}\">".to_owned();
    let key =
        QuestionKey::TrueFalse { is_true: true, reason_true: Text::default(), reason_false: Text::default() };
    let questions = [minnow_shared::question::Question::new(Text::Rich { html }, key)];
    let export = write(&questions, &|name| (name == "a.gif").then(|| gif.clone()));
    assert_eq!(export.losses, []);
    let back = read(&export.bytes).unwrap();
    assert_eq!((back.questions.as_slice(), back.media[0].bytes.as_slice()), (&questions[..], gif.as_slice()));
}

#[test]
fn broken_files_are_read_in_no_time() {
    for piece in [
        "{", "}", "{=", "\\", "=~", "::", "####", "{\n\n", "a\n", "[html]", "%", "->", "{#=", "// [id:",
        "\n\n{=a",
    ] {
        let text = piece.repeat(300_000 / piece.len());
        let _ = parse(&text);
    }
    for piece in ["[", "![", "*a_", "`", "<", "|-", "> ", "[a]("] {
        let _ = read(format!("[markdown]{} {{}}", piece.repeat(200_000 / piece.len())).as_bytes());
    }
    let line = format!("Long {{={} ~b}}", "x".repeat(5_000_000));
    assert_eq!(import(&line).questions.len(), 0, "it is beyond a limit");
    assert_eq!(import(&"a {=b}\n\n".repeat(1000)).questions.len(), 1000);
}

#[test]
fn files_of_others_are_read_as_others_read_them() {
    let Some(content) = std::env::var_os("MINNOW_CONTENT") else {
        eprintln!("SKIPPED: MINNOW_CONTENT is not set, the GIFT files of others are not read");
        return;
    };
    let folder = std::path::Path::new(&content).join("questions/gift");
    let mut pairs = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "gift") {
            let wanted: serde_json::Value =
                serde_json::from_slice(&std::fs::read(path.with_extension("json")).unwrap()).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            let parsed = parse(&crate::encoding::text(&bytes).unwrap());
            assert_eq!(parsed.losses, [], "{path:?}");
            let found = serde_json::to_value(&parsed.items).unwrap();
            assert_eq!(found, wanted, "{path:?}\n{found:#}");
            pairs += 1;
        }
    }
    assert!(pairs >= 31, "{pairs}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_gift_can_say_comes_back(questions in prop::collection::vec(question(Kinds::GIFT), 1..4)) {
        let export = write(&questions, &|_| None);
        prop_assert_eq!(&export.losses, &[], "{}", String::from_utf8_lossy(&export.bytes));
        let import = read(&export.bytes).unwrap();
        prop_assert_eq!(&import.losses, &[], "{}", String::from_utf8_lossy(&export.bytes));
        prop_assert_eq!(import.questions, questions, "{}", String::from_utf8_lossy(&export.bytes));
    }

    #[test]
    fn what_does_not_come_back_is_told(one in question(Kinds::ALL)) {
        let export = write(std::slice::from_ref(&one), &|_| None);
        let back = if export.bytes.is_empty() { Vec::new() } else { read(&export.bytes).unwrap().questions };
        prop_assert!(!export.losses.is_empty() || back == [one]);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[a-z{}=~#:%\\\\\\n \\[\\]>/0-9.$-]{0,120}") {
        let _ = read(text.as_bytes());
    }
}

#[test]
fn a_file_with_more_than_fits_is_refused_whole() {
    let most = crate::report::MOST;
    let found = crate::read("a{T}\n\n".repeat(most + 2).as_bytes(), "a.gift", Some(Format::Gift));
    assert_eq!(found, Err(ReadError::TooMuch { most: format!("{most} questions") }));
    assert!(parse(&"a{T}\n\n".repeat(most + 2)).losses[0].reason.contains("the rest is not read"));
}

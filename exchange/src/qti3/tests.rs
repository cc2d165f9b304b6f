//! Items and packages in and out.

use super::*;
use crate::testing::{self, Kinds};
use minnow_shared::question::*;
use proptest::prelude::*;

/// The bank of other people's files, where there is one: every file gives questions or a reason with its place.
#[test]
fn every_file_of_the_collection_gives_questions_or_a_reason() {
    let beside = || concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/content").to_owned();
    let content = std::env::var("MINNOW_CONTENT").unwrap_or_else(|_| beside());
    let mut open = vec![std::path::PathBuf::from(content).join("questions/qti")];
    let (mut files, mut questions, mut losses, mut refused) = (0, 0, 0, 0);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            files += 1;
            match read(&std::fs::read(&path).unwrap()) {
                Ok(import) => {
                    questions += import.questions.len();
                    losses += import.losses.len();
                    assert!(!import.questions.is_empty() || !import.losses.is_empty(), "{}", path.display());
                    for question in &import.questions {
                        assert_eq!(question.check(), Ok(()));
                    }
                }
                Err(ReadError::Broken { line, reason }) => {
                    refused += 1;
                    assert!(line > 0 && !reason.is_empty());
                }
                Err(ReadError::Empty) => refused += 1,
                Err(other) => panic!("{}: {other}", path.display()),
            }
        }
    }
    eprintln!("{files} files: {questions} questions, {losses} losses, {refused} refused whole");
    assert!(questions > 0);
}

/// Credits that say what the plain rule says are the plain rule.
fn canonical(mut question: Question) -> Question {
    let plain = |choices: &mut Vec<ChoiceKey>, multiple: bool| {
        let right = choices.iter().filter(|choice| choice.is_right).count().max(1);
        let share = if multiple { 1.0 / right as f64 } else { 1.0 };
        let wrong = if multiple { -share } else { 0.0 };
        let is_plain = |choice: &ChoiceKey| {
            let rule = if choice.is_right { share } else { wrong };
            choice.credit.is_none_or(|credit| (credit.share() - rule).abs() < 3e-7)
        };
        if choices.iter().all(is_plain) {
            choices.iter_mut().for_each(|choice| choice.credit = None);
        }
    };
    match &mut question.key {
        QuestionKey::Choices { choices, multiple, .. } => plain(choices, *multiple),
        QuestionKey::Cloze { gaps, .. } => {
            for gap in gaps {
                if let Fill::Choosing { choices, .. } = &mut gap.fill {
                    plain(choices, false);
                }
            }
        }
        _ => {}
    }
    question
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_comes_back_equal(questions in proptest::collection::vec(testing::question(Kinds::ALL), 1..5)) {
        for question in &questions {
            prop_assert_eq!(question.check(), Ok(()));
        }
        let export = write(&questions, &testing::media);
        let import = read(&export.bytes).unwrap();
        let read: Vec<Question> = import.questions.into_iter().map(canonical).collect();
        let written: Vec<Question> = questions.into_iter().map(canonical).collect();
        prop_assert_eq!(read, written, "{:?}", import.losses);
        prop_assert!(import.losses.iter().all(|loss| !loss.reason.contains("left out")), "{:?}", import.losses);
    }

    #[test]
    fn one_item_on_its_own_comes_back_equal(question in testing::question(Kinds::ALL)) {
        let (xml, _) = item_xml(&question, &testing::media);
        let import = read(xml.unwrap().as_bytes()).unwrap();
        let read: Vec<Question> = import.questions.into_iter().map(canonical).collect();
        prop_assert_eq!(read, vec![canonical(question)], "{:?}", import.losses);
    }

    #[test]
    fn broken_items_and_packages_are_read_without_a_panic(
        question in testing::question(Kinds::ALL),
        cut in any::<prop::sample::Index>(),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..5),
    ) {
        let xml = item_xml(&question, &testing::media).0.unwrap().into_bytes();
        for mut bytes in [xml, write(&[question], &testing::media).bytes] {
            for (place, value) in &flips {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            let _ = read(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            let _ = read(&bytes);
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}

fn item(declaration: &str, body: &str, rules: &str) -> String {
    format!(
        "<qti-assessment-item identifier=\"i\" title=\"T\">{declaration}<qti-outcome-declaration identifier=\"SCORE\" \
         cardinality=\"single\" base-type=\"float\"/><qti-item-body>{body}</qti-item-body>{rules}</qti-assessment-item>"
    )
}

fn only(xml: &str) -> (Question, Vec<String>) {
    let import = read(xml.as_bytes()).unwrap();
    let losses = import.losses.into_iter().map(|loss| loss.reason).collect();
    (import.questions.into_iter().next().expect("a question"), losses)
}

const MATCH: &str = "<qti-response-processing template=\"https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml\"/>";

fn declared(cardinality: &str, base: &str, inside: &str) -> String {
    format!(
        "<qti-response-declaration identifier=\"RESPONSE\" cardinality=\"{cardinality}\" base-type=\"{base}\">{inside}</qti-response-declaration>"
    )
}

#[test]
fn a_choice_with_feedback_in_it_and_around_it_is_read_whole() {
    let declaration = declared(
        "single",
        "identifier",
        "<qti-correct-response><qti-value>B</qti-value></qti-correct-response>",
    );
    let body = "<p>Which is <b>wet</b>?</p><qti-choice-interaction response-identifier=\"RESPONSE\" max-choices=\"1\" shuffle=\"true\">\
        <qti-simple-choice identifier=\"A\">Sand<qti-feedback-inline outcome-identifier=\"FEEDBACK\" identifier=\"A\" show-hide=\"show\">Dry.</qti-feedback-inline></qti-simple-choice>\
        <qti-simple-choice identifier=\"B\">Water</qti-simple-choice></qti-choice-interaction>";
    let rules = "<qti-response-processing><qti-set-outcome-value identifier=\"FEEDBACK\"><qti-variable identifier=\"RESPONSE\"/></qti-set-outcome-value>\
        <qti-response-condition><qti-response-if><qti-match><qti-variable identifier=\"RESPONSE\"/><qti-correct identifier=\"RESPONSE\"/></qti-match>\
        <qti-set-outcome-value identifier=\"SCORE\"><qti-base-value base-type=\"float\">2</qti-base-value></qti-set-outcome-value>\
        <qti-set-outcome-value identifier=\"SAID\"><qti-base-value base-type=\"identifier\">yes</qti-base-value></qti-set-outcome-value></qti-response-if></qti-response-condition></qti-response-processing>\
        <qti-modal-feedback outcome-identifier=\"SAID\" identifier=\"yes\" show-hide=\"show\"><qti-content-body>Well done.</qti-content-body></qti-modal-feedback>\
        <qti-modal-feedback outcome-identifier=\"SAID\" identifier=\"yes\" show-hide=\"hide\"><qti-content-body>Look again.</qti-content-body></qti-modal-feedback>";
    let (question, losses) = only(&item(&declaration, body, rules));
    let choice = |text: &str, is_right, reason: &str| ChoiceKey {
        reason: reason.into(),
        ..ChoiceKey::plain(text, is_right)
    };
    let choices = vec![choice("Sand", false, "Dry."), choice("Water", true, "")];
    assert_eq!(question.key, QuestionKey::Choices { choices, multiple: false, keep_order: false });
    assert_eq!(question.stem, Text::Rich { html: "<p>Which is <b>wet</b>?</p>".into() });
    assert_eq!(
        (question.verdicts.right, question.verdicts.wrong),
        ("Well done.".into(), "Look again.".into())
    );
    assert_eq!(losses, [""; 0]);
}

#[test]
fn full_marks_that_stand_in_an_outcome_are_read() {
    let declaration = declared(
        "single",
        "float",
        "<qti-correct-response><qti-value>300</qti-value></qti-correct-response>",
    ) + "<qti-outcome-declaration identifier=\"MAXSCORE_RESPONSE\" cardinality=\"single\" base-type=\"float\"><qti-default-value><qti-value>2</qti-value></qti-default-value></qti-outcome-declaration>";
    let body = "<p>How fast? <qti-text-entry-interaction response-identifier=\"RESPONSE\"/></p>";
    let rules = "<qti-response-processing><qti-response-condition><qti-response-if>\
        <qti-equal tolerance-mode=\"absolute\" tolerance=\"2 2\"><qti-variable identifier=\"RESPONSE\"/><qti-correct identifier=\"RESPONSE\"/></qti-equal>\
        <qti-set-outcome-value identifier=\"SCORE_RESPONSE\"><qti-variable identifier=\"MAXSCORE_RESPONSE\"/></qti-set-outcome-value></qti-response-if></qti-response-condition></qti-response-processing>";
    let (question, losses) = only(&item(&declaration, body, rules));
    let range = NumberRange::Tolerance { value: 300.0, tolerance: 2.0 };
    let accepted = vec![NumberKey { range, credit: Credit::FULL, reason: Text::default() }];
    assert_eq!(question.key, QuestionKey::Numeric { accepted, units: vec![], unit_required: false });
    assert_eq!(losses, [""; 0]);
}

#[test]
fn what_is_said_twice_is_one_text_that_reads_the_same_again() {
    let said = |words: &str| Text::Rich { html: words.into() };
    let both = feedback::joined(said("<p>One</p>"), said("two<blockquote><p>three</p></blockquote>"));
    let Text::Rich { html } = &both else { panic!("{both:?}") };
    assert_eq!(crate::markup::from_html(html, &mut |name| Ok(name.to_owned())).0, both);
    assert!(!html.contains("<p><p>"), "{html}");
}

#[test]
fn a_pattern_that_ends_in_a_sign_comes_back() {
    for pattern in ["*j$", "a*$", "*\\*", "^*.^", "a*b$$"] {
        assert_eq!(typed::stars(&typed::expression(pattern)).as_deref(), Some(pattern));
    }
    assert_eq!(typed::stars("^a.*$").as_deref(), Some("a*"));
}

#[test]
fn a_number_is_read_from_its_rules() {
    let declaration = declared(
        "single",
        "float",
        "<qti-correct-response><qti-value>9.8</qti-value></qti-correct-response>",
    );
    let body = "<p>How fast? <qti-text-entry-interaction response-identifier=\"RESPONSE\"/></p>";
    let rules = "<qti-response-processing><qti-response-condition><qti-response-if>\
        <qti-equal tolerance-mode=\"absolute\" tolerance=\"0.1 0.1\"><qti-variable identifier=\"RESPONSE\"/><qti-correct identifier=\"RESPONSE\"/></qti-equal>\
        <qti-set-outcome-value identifier=\"SCORE\"><qti-base-value base-type=\"float\">1</qti-base-value></qti-set-outcome-value></qti-response-if></qti-response-condition></qti-response-processing>";
    let (question, losses) = only(&item(&declaration, body, rules));
    let range = NumberRange::Tolerance { value: 9.8, tolerance: 0.1 };
    let accepted = vec![NumberKey { range, credit: Credit::FULL, reason: Text::default() }];
    assert_eq!(question.key, QuestionKey::Numeric { accepted, units: vec![], unit_required: false });
    assert_eq!((question.stem, losses.len()), ("How fast?".into(), 0));
}

#[test]
fn true_and_false_are_told_by_their_words() {
    let declaration = declared(
        "single",
        "identifier",
        "<qti-correct-response><qti-value>n</qti-value></qti-correct-response>",
    );
    let body = "<qti-choice-interaction response-identifier=\"RESPONSE\" max-choices=\"1\"><qti-prompt>Ice sinks.</qti-prompt>\
        <qti-simple-choice identifier=\"y\">True</qti-simple-choice><qti-simple-choice identifier=\"n\">False</qti-simple-choice></qti-choice-interaction>";
    let (question, _) = only(&item(&declaration, body, MATCH));
    assert!(matches!(question.key, QuestionKey::TrueFalse { is_true: false, .. }));
    assert_eq!(question.stem, "Ice sinks.".into());
}

#[test]
fn what_is_left_out_is_told_with_its_line_and_reason() {
    let declaration = declared("single", "identifier", "");
    let random = item(&declaration, "<p/>", "")
        .replace("<qti-item-body>", "\n<qti-template-processing/><qti-item-body>");
    for (xml, line, said) in [
        (random.as_str(), 2, "at random"),
        (&item(&declaration, "<p>\n</p>", ""), 1, "asks nothing"),
        (
            &item(&declaration, "\n<qti-upload-interaction response-identifier=\"RESPONSE\"/>", ""),
            2,
            "upload",
        ),
    ] {
        let import = read(xml.as_bytes()).unwrap();
        assert!(import.questions.is_empty());
        let found = import.losses.last().unwrap();
        assert!(found.line == Some(line) && found.reason.contains(said), "{found:?}");
    }
}

#[test]
fn version_1_2_and_tests_are_refused_with_the_reason() {
    for (xml, said) in
        [("<questestinterop/>", "1.2"), ("<assessmentTest/>", "package"), ("<html/>", "no QTI item")]
    {
        let found = read(xml.as_bytes()).unwrap_err().to_string();
        assert!(found.contains(said), "{found}");
    }
}

#[test]
fn a_package_gives_its_items_in_order_whatever_is_wrong_with_one() {
    let declaration = declared("single", "string", "");
    let open = |words: &str| {
        item(
            &declaration,
            &format!("<p>{words}</p><qti-extended-text-interaction response-identifier=\"RESPONSE\"/>"),
            "",
        )
    };
    let mut archive = crate::archive::ArchiveWriter::default();
    let mut add = |name: &str, text: &str| archive.add(name, text.as_bytes()).unwrap();
    let resource = |name: &str| format!("<resource type=\"imsqti_item_xmlv3p0\" href=\"items/{name}.xml\"/>");
    let resources: String = ["a", "b", "broken", "gone", "c"].map(resource).concat();
    add(
        "imsmanifest.xml",
        &format!(
            "<manifest><resources><resource type=\"imsqti_test_xmlv3p0\" href=\"tests/t.xml\"/>{resources}</resources></manifest>"
        ),
    );
    add(
        "tests/t.xml",
        "<qti-assessment-test><qti-test-part><qti-assessment-section title=\"Two\">\
        <qti-assessment-section title=\"In/side\"><qti-assessment-item-ref href=\"../items/b.xml\"/></qti-assessment-section>\
        <qti-assessment-item-ref href=\"../items/a.xml\"/></qti-assessment-section></qti-test-part></qti-assessment-test>",
    );
    add("items/a.xml", &open("A"));
    add("items/b.xml", &open("B <img src=\"../media/dot.gif\" alt=\"d\"/>"));
    add(
        "items/c.xml",
        &open("C")
            .replace("<qti-item-body>", "<qti-assessment-stimulus-ref href=\"../text.xml\"/><qti-item-body>"),
    );
    add("items/broken.xml", "<qti-assessment-item>\n<p>");
    add(
        "text.xml",
        "<qti-assessment-stimulus><qti-stimulus-body><p>Shared words.</p></qti-stimulus-body></qti-assessment-stimulus>",
    );
    archive.add("media/dot.gif", testing::GIF).unwrap();
    let import = read(&archive.finish().unwrap()).unwrap();
    let found: Vec<_> = import.questions.iter().map(|q| (q.stem.plain(), q.category.as_str())).collect();
    assert_eq!(found, [("B d".into(), "Two/In side"), ("A".into(), "Two"), ("Shared words.\nC".into(), "")]);
    assert_eq!(import.media.len(), 1);
    let lost: Vec<&str> = import.losses.iter().map(|loss| loss.item.as_str()).collect();
    assert_eq!(lost, ["items/broken.xml", "items/gone.xml"], "{:?}", import.losses);
    assert!(import.losses[0].reason.contains("line 2"), "{:?}", import.losses);
}

#[test]
fn scripts_in_an_item_do_not_come_in() {
    let declaration = declared("single", "string", "");
    let body = "<p onclick=\"x()\">A<script>evil()</script><a href=\"javascript:x()\">b</a></p>\
        <div class=\"minnow-rich\"><img src=\"x\" onerror=\"x()\"/></div>\
        <qti-extended-text-interaction response-identifier=\"RESPONSE\"/>";
    let (question, _) = only(&item(&declaration, body, ""));
    let html = question.stem.html();
    assert!(
        !html.contains("evil")
            && !html.contains("onclick")
            && !html.contains("javascript")
            && !html.contains("onerror"),
        "{html}"
    );
}

#[test]
fn places_stay_where_their_picture_is_not_in_the_file() {
    let declaration = declared(
        "single",
        "identifier",
        "<qti-correct-response><qti-value>A</qti-value></qti-correct-response>",
    );
    let body = "<qti-hotspot-interaction response-identifier=\"RESPONSE\" max-choices=\"1\"><qti-prompt>Where?</qti-prompt>\
        <object type=\"image/png\" data=\"img/the map.png\" width=\"200\" height=\"100\">A map</object>\
        <qti-hotspot-choice shape=\"rect\" coords=\"20,10,60,50\" identifier=\"A\"/></qti-hotspot-interaction>";
    let (question, losses) = only(&item(&declaration, body, MATCH));
    let QuestionKey::Hotspot { picture, spots, places } = question.key else { panic!("{question:?}") };
    assert_eq!((picture.source.as_str(), picture.width, picture.height), ("media:the_map.png", 200, 100));
    let shape = Shape::Rectangle { left: 1_000, top: 1_000, right: 3_000, bottom: 5_000 };
    assert_eq!((spots.len(), spots[0].shape.clone(), places), (1, shape, 1));
    assert_eq!(losses, ["the picture the_map.png is not in the file"]);
}

#[test]
fn a_broken_manifest_or_one_that_names_nothing_holds_no_item_back() {
    let declaration = declared("single", "string", "");
    let body = "<p>Why?</p><qti-extended-text-interaction response-identifier=\"RESPONSE\"/>";
    for (manifest, losses) in [("<manifest>\n<", 1), ("<manifest><resources/></manifest>", 0)] {
        let mut archive = crate::archive::ArchiveWriter::default();
        archive.add("imsmanifest.xml", manifest.as_bytes()).unwrap();
        archive.add("deep/in/one.xml", item(&declaration, body, "").as_bytes()).unwrap();
        let import = read(&archive.finish().unwrap()).unwrap();
        assert_eq!((import.questions.len(), import.losses.len()), (1, losses), "{:?}", import.losses);
        assert!(import.losses.iter().all(|loss| loss.line.is_some() && loss.item == "imsmanifest.xml"));
    }
}

#[test]
fn attributes_that_qti_does_not_know_come_back_and_are_not_written() {
    let html = "<ol start=\"3\"><li>a</li></ol><p><math><mtable displaystyle=\"false\" scriptlevel=\"0\"><mtr><mtd><mn>1</mn></mtd></mtr></mtable></math></p>";
    let stem = Text::Rich { html: html.into() };
    let question = Question::new(
        stem.clone(),
        QuestionKey::TrueFalse { is_true: true, reason_true: Text::default(), reason_false: Text::default() },
    );
    let (xml, losses) = item_xml(&question, &testing::media);
    let xml = xml.unwrap();
    assert!(!xml.contains(" start=") && !xml.contains("scriptlevel=") && losses.is_empty(), "{xml}");
    assert_eq!(read(xml.as_bytes()).unwrap().questions[0].stem, stem);
}

//! Contents of each kind as H5P writes them, and broken ones.

use super::*;
use crate::archive::ArchiveWriter;
use crate::testing;
use minnow_shared::question::{Fill, QuestionKey, Shape};
use proptest::prelude::*;
use serde_json::json;

fn bare(content: &Value) -> Import {
    read(content.to_string().as_bytes()).unwrap()
}

fn packed(library: &str, content: &Value) -> Vec<u8> {
    let mut archive = ArchiveWriter::default();
    archive
        .add("h5p.json", json!({"title": "The title", "mainLibrary": library}).to_string().as_bytes())
        .unwrap();
    archive.add("content/content.json", content.to_string().as_bytes()).unwrap();
    archive.add("content/images/dot.gif", testing::GIF).unwrap();
    archive.finish().unwrap()
}

fn reasons(import: &Import) -> Vec<&str> {
    import.losses.iter().map(|loss| loss.reason.as_str()).collect()
}

#[test]
fn choices_are_read_with_their_feedback_tips_and_picture() {
    let content = json!({
        "media": {"type": {"library": "H5P.Image 1.1", "params": {"file": {"path": "images/dot.gif"}, "alt": "A dot"}}},
        "question": "<p>Which are <em>wet</em>?</p>",
        "answers": [
            {"text": "<div>Sea</div>", "correct": true, "tipsAndFeedback": {"tip": "<p>Salt</p>", "chosenFeedback": "Yes", "notChosenFeedback": ""}},
            {"text": "<div>Lake</div>", "correct": true},
            {"text": "<div>Sand</div>", "correct": false, "tipsAndFeedback": {"chosenFeedback": "<b>Dry</b>"}},
        ],
        "overallFeedback": [{"from": 0, "to": 50, "feedback": "Again"}, {"from": 51, "to": 100, "feedback": "Fine"}],
        "behaviour": {"type": "auto", "randomAnswers": false},
    });
    let import = read(&packed("H5P.MultiChoice", &content)).unwrap();
    let [question] = import.questions.as_slice() else { panic!("{import:?}") };
    let QuestionKey::Choices { choices, multiple: true, keep_order: true } = &question.key else {
        panic!("{question:?}")
    };
    assert_eq!(
        choices.iter().map(|c| (c.text.plain(), c.is_right)).collect::<Vec<_>>(),
        [("Sea".into(), true), ("Lake".into(), true), ("Sand".into(), false)]
    );
    assert_eq!((choices[0].reason.plain(), choices[2].reason.plain()), ("Yes".into(), "Dry".into()));
    assert_eq!(
        (question.verdicts.right.plain(), question.verdicts.wrong.plain()),
        ("Fine".into(), "Again".into())
    );
    assert_eq!(question.behaviour.hints.iter().map(Text::plain).collect::<Vec<_>>(), ["Salt"]);
    assert!(question.stem.html().contains("media:dot.gif"), "{:?}", question.stem);
    assert_eq!((import.media.len(), question.name.as_str()), (1, "The title"));
    assert!(import.losses.is_empty());
}

#[test]
fn gaps_are_read_with_other_answers_and_hints() {
    let content = json!({"text": "<p>Fill in</p>", "questions": ["<p>Oslo is in *Norway/Norge:North*, 2 ** 3.</p>", "<p>Rome in *Italy*.</p>"],
        "behaviour": {"caseSensitive": false, "acceptSpellingErrors": true}});
    let import = bare(&content);
    let QuestionKey::Cloze { body, gaps, .. } = &import.questions[0].key else { panic!("{import:?}") };
    assert_eq!(body.plain(), "Oslo is in [[1]], 2 * 3.\nRome in [[2]].");
    let Fill::Typing { accepted, rule } = &gaps[0].fill else { panic!() };
    assert_eq!(accepted.iter().map(|key| key.text.as_str()).collect::<Vec<_>>(), ["Norway", "Norge"]);
    assert!(rule.typos && !rule.case);
    assert_eq!(import.questions[0].behaviour.hints[0].plain(), "North");
}

#[test]
fn words_to_drag_and_to_mark_are_read() {
    let drag = bare(
        &json!({"taskDescription": "Drag", "textField": "A *cat:pet* and a *dog\\+Good*.\nEnd", "distractors": "*cow* *dog*"}),
    );
    let QuestionKey::Cloze { body, gaps, bank } = &drag.questions[0].key else { panic!("{drag:?}") };
    assert_eq!((body.plain().as_str(), bank.len()), ("A [[1]] and a [[2]].\nEnd", 3));
    assert!(matches!(&gaps[1].fill, Fill::Dragging { right } if right == &[1]));
    let mark =
        bare(&json!({"taskDescription": "Verbs", "textField": "<p>She *runs* and *sings* loudly.</p>"}));
    let QuestionKey::Choices { choices, multiple: true, .. } = &mark.questions[0].key else {
        panic!("{mark:?}")
    };
    let right: Vec<String> = choices.iter().filter(|c| c.is_right).map(|c| c.text.plain()).collect();
    assert_eq!((right.join(" "), choices.len()), ("runs sings".into(), 5));
}

#[test]
fn contents_that_hold_others_are_walked_into() {
    let part = |library: &str, params: Value| json!({"library": library, "params": params, "metadata": {"title": "Part"}});
    let truth = || part("H5P.TrueFalse 1.8", json!({"question": "Ice floats", "correct": "true"}));
    let set = bare(&json!({"questions": [truth(), part("H5P.Image 1.1", json!({}))]}));
    assert_eq!((set.questions.len(), reasons(&set)), (1, vec!["it is no question (Image)"]));
    let column =
        json!({"content": [{"content": truth()}, {"content": part("H5P.ArithmeticQuiz 1.1", json!({}))}]});
    let column = bare(&column);
    assert_eq!(
        (column.questions.len(), reasons(&column)),
        (1, vec!["it was left out: it makes its sums by chance"])
    );
    let book =
        bare(&json!({"chapters": [part("H5P.Column 1.18", json!({"content": [{"content": truth()}]}))]}));
    assert_eq!(book.questions.len(), 1);
    let slides = bare(&json!({"presentation": {"slides": [{"elements": [{"action": truth()}]}]}}));
    assert_eq!(slides.questions.len(), 1);
    let summary = part(
        "H5P.Summary 1.10",
        json!({"intro": "Choose", "summaries": [{"summary": ["a", "b"], "tip": "t"}]}),
    );
    let video = bare(
        &json!({"interactiveVideo": {"assets": {"interactions": [{"duration": {"from": 75.2, "to": 80}, "action": truth()}]},
        "summary": {"task": summary}}}),
    );
    assert_eq!(video.questions.len(), 2);
    assert!(reasons(&video).contains(&"that it came at 1:15 of the video"), "{:?}", reasons(&video));
}

#[test]
fn cards_orders_essays_and_sets_are_read() {
    let set = bare(
        &json!({"choices": [{"question": "<p>1?</p>", "answers": ["<p>a</p>", "<p>b</p>"]}, {"question": "2?", "answers": ["c", "d"]}]}),
    );
    assert!(matches!(&set.questions[1].key, QuestionKey::Choices { choices, .. } if choices[0].is_right));
    let cards = bare(
        &json!({"description": "Translate", "cards": [{"text": "Hund", "answer": "dog/hound", "tip": ""}]}),
    );
    assert!(matches!(&cards.questions[0].key, QuestionKey::Typed { accepted, .. } if accepted.len() == 2));
    let dialogs = bare(&json!({"dialogs": [{"text": "<p>Hund</p>", "answer": "<p>dog</p>"}]}));
    assert!(matches!(&dialogs.questions[0].key, QuestionKey::FlashCard { back } if back.plain() == "dog"));
    let sorted = bare(&json!({"taskDescription": "Sort", "paragraphs": ["<p>a</p>", "<p>b</p>"]}));
    assert!(matches!(&sorted.questions[0].key, QuestionKey::Ordering { items } if items.len() == 2));
    let essay = bare(
        &json!({"taskDescription": "Write", "keywords": [{"keyword": "x"}], "solution": {"sample": "S"}}),
    );
    assert!(matches!(&essay.questions[0].key, QuestionKey::Open { sample, .. } if sample.plain() == "S"));
    let guess = bare(&json!({"taskDescription": "What is it?", "solutionText": "A dot"}));
    assert!(matches!(&guess.questions[0].key, QuestionKey::FlashCard { back } if back.plain() == "A dot"));
}

#[test]
fn places_zones_and_pictures_are_read() {
    let spot = json!({"userSettings": {"correct": true, "feedbackText": "Here"}, "computedSettings": {"x": 10.0, "y": 20, "width": 30, "height": 40, "figure": "rectangle"}});
    let content = json!({"imageHotspotQuestion": {"backgroundImageSettings": {"backgroundImage": {"path": "images/dot.gif"}},
        "hotspotSettings": {"taskDescription": "Find it", "hotspot": [spot]}}});
    let import = read(&packed("H5P.ImageHotspotQuestion", &content)).unwrap();
    let QuestionKey::Hotspot { spots, picture, .. } = &import.questions[0].key else { panic!("{import:?}") };
    assert_eq!(spots[0].shape, Shape::Rectangle { left: 1_000, top: 2_000, right: 4_000, bottom: 6_000 });
    assert_eq!((picture.width, picture.height), (2, 3));
    let text = |words: &str| json!({"type": {"library": "H5P.AdvancedText 1.1", "params": {"text": words}}, "dropZones": ["0", "1"]});
    let drag = json!({"question": {"settings": {"questionTitle": "Sort"}, "task": {"elements": [text("cat"), text("oak")],
        "dropZones": [{"label": "<div>Animal</div>", "correctElements": ["0"]}, {"label": "Plant", "correctElements": ["1"]}]}}});
    let import = bare(&drag);
    let QuestionKey::Categorising { items, .. } = &import.questions[0].key else { panic!("{import:?}") };
    assert_eq!(items.iter().map(|item| item.categories.clone()).collect::<Vec<_>>(), [vec![0], vec![1]]);
    let image = |correct| json!({"media": {"library": "H5P.Image 1.1", "params": {"file": {"path": "images/dot.gif"}, "alt": if correct { "yes" } else { "no" }}}, "correct": correct});
    let choice = json!({"question": "<p>Which?</p>", "options": [image(true), image(false)]});
    let import = read(&packed("H5P.MultiMediaChoice", &choice)).unwrap();
    assert_eq!((import.questions.len(), import.media.len()), (1, 1), "{:?}", reasons(&import));
}

#[test]
fn the_picture_of_old_places_stands_in_their_settings() {
    let spot = json!({"userSettings": {"correct": true}, "computedSettings": {"x": 10, "y": 20, "width": 30, "height": 40, "figure": "circle"}});
    let content = json!({"imageHotspotQuestion": {"backgroundImageSettings": {"path": "images/dot.gif", "width": 2},
        "hotspotSettings": {"taskDescription": "Find it", "hotspot": [spot]}}});
    let import = read(&packed("H5P.ImageHotspotQuestion", &content)).unwrap();
    assert_eq!((import.questions.len(), import.media.len()), (1, 1), "{:?}", reasons(&import));
}

#[test]
fn a_set_without_questions_says_so() {
    assert_eq!(
        reasons(&read(&packed("H5P.QuestionSet", &json!({"questions": []}))).unwrap()),
        ["there is no question in it"]
    );
}

#[test]
fn what_is_no_package_is_told() {
    assert!(matches!(read(b"{\"a\":\n1,}"), Err(ReadError::Broken { line: 2, .. })));
    assert!(read(b"{}").is_err());
    let mut archive = ArchiveWriter::default();
    archive.add("content/content.json", b"{}").unwrap();
    assert!(read(&archive.finish().unwrap()).unwrap_err().to_string().contains("h5p.json"));
}

#[test]
fn nothing_takes_long_however_long() {
    for part in ["*", "**", "*a", "*a*", "*a:b/", "<p>*", "&*"] {
        let text = part.repeat(200_000);
        for content in [
            json!({"text": "x", "questions": [text]}),
            json!({"textField": text, "distractors": text}),
            json!({"textField": text}),
        ] {
            let _ = read(content.to_string().as_bytes());
        }
    }
    let element = json!({"type": {"params": {"text": "a"}}, "dropZones": ["0"]});
    let zone = json!({"label": "z", "correctElements": ["0"]});
    let drag =
        json!({"question": {"task": {"elements": vec![element; 3_000], "dropZones": vec![zone; 3_000]}}});
    assert!(bare(&drag).questions.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn broken_contents_are_read_without_a_panic(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        cut in any::<prop::sample::Index>(),
        stars in "[*a:/\\\\+\\-<p>& é]{0,40}",
    ) {
        let content = json!({"text": "x", "questions": [stars], "behaviour": {}});
        let _ = read(content.to_string().as_bytes());
        let content = json!({"textField": stars, "distractors": stars});
        let _ = read(content.to_string().as_bytes());
        for mut bytes in [packed("H5P.Blanks", &content), content.to_string().into_bytes()] {
            for (place, value) in &flips {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            let _ = read(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            let _ = read(&bytes);
        }
    }
}

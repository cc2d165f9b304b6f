//! Packages there and back, packages as Anki writes them, and broken ones.

use super::*;
use crate::archive::ArchiveWriter;
use crate::testing::{self, Kinds};
use minnow_shared::question::{Fill, Question, QuestionKey, Text};
use proptest::prelude::*;
use rusqlite::Connection;
use std::collections::HashSet;

/// A package of the old schema with notes of one type, as Anki writes them.
fn packed(model: &str, notes: &[(&str, &str)]) -> Vec<u8> {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE col (id, models, decks); CREATE TABLE notes (id integer primary key, guid, mid, tags, flds);
             CREATE TABLE cards (id integer primary key, nid, did, ord, type, odid); CREATE TABLE revlog (id);",
        )
        .unwrap();
    let decks = r#"{"1": {"name": "Default"}, "7": {"name": "Languages::German"}}"#;
    connection.execute("INSERT INTO col VALUES (1, ?1, ?2)", [model, decks]).unwrap();
    for (place, (tags, fields)) in (0_i64..).zip(notes) {
        let fields = fields.replace('|', "\u{1f}");
        connection
            .execute(
                "INSERT INTO notes VALUES (?1, ?2, 5, ?3, ?4)",
                rusqlite::params![place, format!("g{place}"), tags, fields],
            )
            .unwrap();
        for ord in 0..2_i64 {
            connection.execute("INSERT INTO cards VALUES (NULL, ?1, 7, ?2, 2, 0)", [place, ord]).unwrap();
        }
    }
    let bytes = connection.serialize("main").unwrap().to_vec();
    archive("collection.anki2", &bytes)
}

fn archive(name: &str, database: &[u8]) -> Vec<u8> {
    let mut archive = ArchiveWriter::default();
    archive.add(name, database).unwrap();
    archive.add("media", br#"{"0": "dot.gif", "1": "../../etc/passwd"}"#).unwrap();
    archive.add("0", testing::GIF).unwrap();
    archive.add("1", testing::GIF).unwrap();
    archive.finish().unwrap()
}

fn model(is_cloze: u8, fields: &[&str], templates: &[(&str, &str)]) -> String {
    let fields: Vec<_> = fields.iter().map(|name| serde_json::json!({"name": name})).collect();
    let templates: Vec<_> = templates
        .iter()
        .map(|(front, back)| serde_json::json!({"name": "Card", "qfmt": front, "afmt": back}))
        .collect();
    serde_json::json!({"5": {"name": "Model", "type": is_cloze, "flds": fields, "tmpls": templates}})
        .to_string()
}

const BACK: &str = "{{FrontSide}}\n\n<hr id=answer>\n\n{{Back}}";

#[test]
fn basic_and_reversed_notes_become_cards() {
    let model = model(
        0,
        &["Front", "Back"],
        &[("{{Front}}", BACK), ("{{Back}}", "{{FrontSide}}<hr id=answer>{{Front}}")],
    );
    let notes = [
        (
            " noun animal ",
            "<b>Hund</b>[sound:hund.mp3]|dog <img src=\"dot.gif\"><img src=\"../../etc/passwd\">",
        ),
        ("", "leer|"),
    ];
    let import = read(&packed(&model, &notes)).unwrap();
    let [one, two] = &import.questions[..] else { panic!("{import:?}") };
    assert_eq!(one.stem, Text::Rich { html: "<b>Hund</b>".into() });
    let QuestionKey::FlashCard { back } = &one.key else { panic!("{one:?}") };
    assert!(back.html().contains("media:dot.gif") && back.html().contains("media:passwd"), "{back:?}");
    assert_eq!(
        (one.tags.join(" "), one.category.as_str(), one.source_id.as_str()),
        ("noun animal".into(), "Languages/German", "g0")
    );
    assert!(matches!(&two.key, QuestionKey::FlashCard { back } if back.plain() == "Hund"));
    assert_eq!(two.source_id, "g0-2");
    let reasons: Vec<&str> = import.losses.iter().map(|loss| loss.reason.as_str()).collect();
    assert!(reasons.contains(&"the sound hund.mp3 was left out"), "{reasons:?}");
    assert!(reasons.iter().any(|reason| reason.contains("when its cards are due")), "{reasons:?}");
    assert!(import.losses.iter().any(|loss| loss.item == "leer"), "{:?}", import.losses);
}

#[test]
fn typed_answers_and_gaps_are_asked_as_such() {
    let typed = model(0, &["Front", "Back", "Tip"], &[("{{Front}}<br>{{hint:Tip}}{{type:Back}}", BACK)]);
    let import = read(&packed(&typed, &[("", "Hund?|<i>dog</i>|An animal")])).unwrap();
    let question = &import.questions[0];
    assert!(
        matches!(&question.key, QuestionKey::Typed { accepted, .. } if accepted[0].text == "dog"),
        "{question:?}"
    );
    assert_eq!(
        (question.stem.plain(), question.behaviour.hints[0].plain()),
        ("Hund?".into(), "An animal".into())
    );
    let cloze = model(1, &["Text", "Extra"], &[("{{cloze:Text}}", "{{cloze:Text}}<br>{{Extra}}")]);
    let import =
        read(&packed(&cloze, &[("", "The {{c1::sun::star}} and the {{c2::moon}}.|Both shine.")])).unwrap();
    let question = &import.questions[0];
    let QuestionKey::Cloze { body, gaps, .. } = &question.key else { panic!("{import:?}") };
    assert_eq!(body.plain(), "The [[1]] (star) and the [[2]].");
    assert!(matches!(&gaps[1].fill, Fill::Typing { accepted, .. } if accepted[0].text == "moon"));
    assert_eq!((question.reason.plain(), question.stem.plain()), ("Both shine.".into(), "German".into()));
}

#[test]
fn hidden_parts_of_pictures_are_told() {
    let occlusion =
        model(1, &["Occlusion"], &[("{{cloze:Occlusion}}", "")]).replace("\"Model\"", "\"Image Occlusion\"");
    let import = read(&packed(&occlusion, &[("", "{{c1::image-occlusion:rect}}")])).unwrap();
    assert!(
        import.questions.is_empty() && import.losses.iter().any(|loss| loss.reason.contains("occlusion"))
    );
}

#[test]
fn a_newer_package_is_unpacked_and_read() {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE notetypes (id integer primary key, name text, config blob);
             CREATE TABLE fields (ntid, ord, name); CREATE TABLE templates (ntid, ord, name, config blob);
             CREATE TABLE decks (id integer primary key, name text); CREATE TABLE cards (id integer primary key, nid, did, ord, type, odid);
             CREATE TABLE notes (id integer primary key, guid, mid, tags, flds);
             INSERT INTO notetypes VALUES (5, 'Basic', x''); INSERT INTO fields VALUES (5, 0, 'Front'), (5, 1, 'Back');
             INSERT INTO templates VALUES (5, 0, 'Card 1', x'0a097b7b46726f6e747d7d12087b7b4261636b7d7d');
             INSERT INTO decks VALUES (7, 'A' || char(31) || 'B'); INSERT INTO cards VALUES (1, 1, 7, 0, 0, 0);
             INSERT INTO notes VALUES (1, 'g', 5, '', 'Q' || char(31) || 'A <img src=\"dot.gif\">');",
        )
        .unwrap();
    let packed = |bytes: &[u8]| zstd::stream::encode_all(bytes, 3).unwrap();
    let mut archive = ArchiveWriter::default();
    archive.add("collection.anki21b", &packed(&connection.serialize("main").unwrap())).unwrap();
    archive.add("collection.anki2", b"an old one that only says so").unwrap();
    archive.add("media", &packed(b"\x0a\x09\x0a\x07dot.gif")).unwrap();
    archive.add("0", &packed(testing::GIF)).unwrap();
    let import = read(&archive.finish().unwrap()).unwrap();
    assert_eq!((import.questions.len(), import.media.len(), import.losses.len()), (1, 1, 0), "{import:?}");
    assert_eq!(
        (import.questions[0].category.as_str(), import.questions[0].stem.plain()),
        ("A/B", "Q".into())
    );
}

/// The same notes, exported by Anki 26.9 for its own kind and for older ones.
#[test]
fn packages_that_anki_wrote_are_read_alike() {
    for bytes in [include_bytes!("data/new.apkg").as_slice(), include_bytes!("data/legacy.apkg")] {
        let import = read(bytes).unwrap();
        let found: Vec<_> = import.questions.iter().map(|q| (q.key.kind(), q.stem.plain())).collect();
        let expected = [
            ("flash_card", "Was ist ein Hund?"),
            ("flash_card", "Katze"),
            ("flash_card", "cat"),
            ("flash_card", "Maus"),
            ("typed", "Vogel?"),
            ("cloze", "German"),
        ];
        assert_eq!(found, expected.map(|(kind, stem)| (kind, stem.to_owned())), "{:?}", import.losses);
        assert!(import.questions.iter().all(|question| question.category == "Languages/German"));
        let tags: HashSet<&str> = import.questions[0].tags.iter().map(String::as_str).collect();
        assert_eq!(tags, HashSet::from(["noun", "animal"]));
        let QuestionKey::Cloze { body, gaps, .. } = &import.questions[5].key else { panic!("{import:?}") };
        assert_eq!((body.plain().as_str(), gaps.len()), ("Der [[1]] (animal) frisst den [[2]]. x^2", 2));
        assert_eq!(import.questions[5].reason.plain(), "Both are nouns.");
        assert_eq!(import.media.iter().map(|media| media.name.as_str()).collect::<Vec<_>>(), ["dot.gif"]);
        let reasons: Vec<&str> = import.losses.iter().map(|loss| loss.reason.as_str()).collect();
        assert_eq!(reasons, ["the sound hund.mp3 was left out"]);
    }
}

#[test]
fn databases_that_do_more_than_hold_notes_are_harmless() {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE col (id, models, decks); INSERT INTO col VALUES (1, '{}', '{}');
             CREATE VIEW notes AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
               SELECT x AS id, 'g' AS guid, 5 AS mid, '' AS tags, 'f' AS flds FROM n;",
        )
        .unwrap();
    let found = read(&archive("collection.anki2", &connection.serialize("main").unwrap()));
    assert!(matches!(found, Err(ReadError::Archive { .. })), "{found:?}");
    let bomb = zstd::stream::encode_all(std::io::repeat(0).take(200 << 20), 3).unwrap();
    let found = read(&archive("collection.anki21b", &bomb));
    assert!(matches!(&found, Err(ReadError::Archive { reason }) if reason.contains("MiB")), "{found:?}");
    assert!(read(&archive("collection.anki2", b"no database")).is_err());
    assert!(read(&archive("other", b"")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_comes_back_equal(questions in proptest::collection::vec(testing::question(Kinds::ALL), 1..5)) {
        let export = write(&questions, &testing::media);
        let import = read(&export.bytes).unwrap();
        prop_assert_eq!(import.questions, questions, "{:?}", import.losses);
        prop_assert!(import.losses.is_empty(), "{:?}", import.losses);
    }

    #[test]
    fn bare_cards_are_anki_s_own_notes_and_come_back_equal(
        cards in proptest::collection::vec((testing::text(), testing::text(), "[a-z]{1,5}", "(a|b)(/c d)?"), 1..5),
    ) {
        let make = |(place, (stem, back, tag, category)): (usize, (Text, Text, String, String))| {
            let mut question = Question::new(stem, QuestionKey::FlashCard { back });
            question.source_id = format!("id{place}");
            question.tags = vec![tag];
            question.category = category;
            question
        };
        let questions: Vec<Question> = cards.into_iter().enumerate().map(make).collect();
        let import = read(&write(&questions, &testing::media).bytes).unwrap();
        prop_assert_eq!(import.questions, questions, "{:?}", import.losses);
    }

    #[test]
    fn broken_packages_are_read_without_a_panic(
        question in testing::question(Kinds::ALL),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        cut in any::<prop::sample::Index>(),
    ) {
        let bytes = write(&[question], &testing::media).bytes;
        let database = Archive::open(&bytes).unwrap().read("collection.anki2").unwrap().unwrap();
        let mut broken = database.clone();
        for (place, value) in &flips {
            let place = place.index(broken.len());
            broken[place] = *value;
        }
        let _ = read(&archive("collection.anki2", &broken));
        let _ = read(&archive("collection.anki2", &database[..cut.index(database.len())]));
        let _ = read(&bytes[..cut.index(bytes.len())]);
        let _ = unpacked(&broken, 1 << 20);
    }
}

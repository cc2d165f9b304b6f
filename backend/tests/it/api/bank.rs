//! A person's bank of questions: kept, found, placed in clips, brought in and taken out.

use crate::{on_both, server::*};
use axum::body::Body;
use http::{Request, StatusCode, header};
use minnow_shared::{
    ErrorCode, QuestionId,
    answer::{GetAskedQuestion, GiveAnswer, Outcome, Response},
    bank::{
        BankQuestionView, CreateQuestion, DeleteQuestion, GetBankQuestion, ListQuestions, ListShelves,
        PlaceQuestion, PreviewQuestion, UpdateQuestion,
    },
    clip::GetClip,
    question::{ChoiceKey, Form, PartKey, Question, QuestionKey, Text},
};
use serde_json::Value;

pub fn card(stem: &str, tags: &[&str], category: &str) -> Question {
    let mut question = Question::new(stem, QuestionKey::FlashCard { back: "Back.".into() });
    question.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    question.category = category.into();
    question
}

pub fn create(n: u8, question: Question) -> CreateQuestion {
    CreateQuestion { question_id: QuestionId::new(MORNING_MS, [n; 10]), question }
}

fn stems(questions: &[BankQuestionView]) -> Vec<String> {
    questions.iter().map(|view| view.question.stem.plain()).collect()
}

on_both!(questions_are_kept_under_the_makers_id_and_found_by_what_is_known_of_them, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    let first = create(1, card("Why is the SKY blue, 100 %?", &["light", "sky"], "physics/light"));
    let made = ada.call(&first).await.unwrap();
    assert_eq!(made.question, first.question);
    assert_eq!(ada.call(&create(1, card("Other", &[], ""))).await.unwrap(), made, "the same id returns it");
    server.clock.advance(1_000);
    ada.call(&create(2, card("What is a wave?", &["light"], "physics"))).await.unwrap();
    server.clock.advance(1_000);
    ada.call(&create(3, card("Chi è Dante?", &["Ünïcode"], "letters"))).await.unwrap();
    let (mut eve, _) = server.account("eve").await;
    assert_eq!(eve.call(&first).await.unwrap_err().code, ErrorCode::Conflict);
    assert!(eve.call(&ListQuestions::all()).await.unwrap().questions.is_empty());

    let mut find = async |words: &str, tag: &str, category: &str, kind: &str| {
        let some = |text: &str| Some(text.to_owned());
        let request = ListQuestions {
            words: some(words),
            tag: some(tag),
            category: some(category),
            kind: some(kind),
            cursor: None,
        };
        stems(&ada.call(&request).await.unwrap().questions)
    };
    let [sky, wave, dante] = ["Why is the SKY blue, 100 %?", "What is a wave?", "Chi è Dante?"];
    assert_eq!(find("", "", "", "").await, [dante, wave, sky], "newest first");
    assert_eq!(find("sky BLUE", "", "", "").await, [sky]);
    assert_eq!(find("100 %", "", "", "").await, [sky], "a sign of the database's own is a letter here");
    assert_eq!(find("è dante", "", "", "").await, [dante]);
    assert_eq!(find("", "light", "", "").await, [wave, sky]);
    assert_eq!(find("", "", "physics", "").await, [wave, sky], "with what lies under it");
    assert_eq!(find("", "", "physics/light", "").await, [sky]);
    assert_eq!(find("", "", "phys", "").await, [""; 0]);
    assert_eq!(find("", "", "", "choices").await, [""; 0]);
    let shelves = ada.call(&ListShelves {}).await.unwrap();
    let counted = |all: &[minnow_shared::bank::CountedView]| -> Vec<(String, u64)> {
        all.iter().map(|one| (one.name.clone(), one.questions)).collect()
    };
    assert!(counted(&shelves.tags).contains(&("light".to_owned(), 2)));
    assert_eq!(counted(&shelves.categories).len(), 3);
});

on_both!(a_question_is_changed_and_deleted_wherever_it_is_asked, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    let parts = ["first", "second"].map(|text| PartKey { id: None, text: text.into() });
    let ordering = Question::new("Order them.", QuestionKey::Ordering { items: parts.to_vec() });
    let made = ada.call(&create(1, ordering)).await.unwrap();
    let QuestionKey::Ordering { items } = &made.question.key else { panic!() };
    assert!(items.iter().all(|item| item.id.is_some()), "every part has an id");
    let place =
        |moment_ms| PlaceQuestion { question_id: made.id.clone(), clip_id: clip.id.clone(), moment_ms };
    let placed = ada.call(&place(Some(9_000))).await.unwrap();
    assert_eq!((placed.places.len(), placed.places[0].moment_ms), (1, 9_000));
    let late = ada.call(&place(Some(20_001))).await.unwrap_err();
    assert_eq!(late.field.as_deref(), Some("moment_ms"));
    let (mut eve, _) = server.account("eve").await;
    assert_eq!(eve.call(&place(None)).await.unwrap_err().code, ErrorCode::NotFound, "not her question");
    let hers = eve.call(&create(7, card("?", &[], ""))).await.unwrap();
    let stolen = PlaceQuestion { question_id: hers.id, clip_id: clip.id.clone(), moment_ms: Some(1) };
    assert_eq!(eve.call(&stolen).await.unwrap_err().code, ErrorCode::Forbidden, "not her clip");

    let seen =
        async || server.guest().await.call(&GetClip { clip_id: clip.id.clone() }).await.unwrap().questions;
    assert_eq!(seen().await.len(), 2);
    let mut changed = made.question.clone();
    changed.stem = Text::Rich { html: "<p>Put <b>them</b> in order.</p><script>alert(1)</script>".into() };
    let update = UpdateQuestion { question_id: made.id.clone(), question: changed };
    let kept = ada.call(&update).await.unwrap();
    assert_eq!(kept.question.key, made.question.key, "parts keep their ids");
    assert_eq!(kept.question.stem, Text::Rich { html: "<p>Put <b>them</b> in order.</p>".into() });
    assert_eq!(seen().await[1].stem, "Put them in order.", "the clip shows it anew");
    assert_eq!(
        eve.call(&GetBankQuestion { question_id: made.id.clone() }).await.unwrap_err().code,
        ErrorCode::NotFound
    );
    ada.call(&DeleteQuestion { question_id: made.id.clone() }).await.unwrap();
    assert_eq!(seen().await.len(), 1);
    assert_eq!(
        ada.call(&GetBankQuestion { question_id: made.id }).await.unwrap_err().code,
        ErrorCode::NotFound
    );
});

on_both!(a_preview_says_what_a_learner_sees_and_what_is_missing, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    let choices = vec![ChoiceKey::plain("a", true), ChoiceKey::plain("b", true)];
    let mut question =
        Question::new("?", QuestionKey::Choices { choices, multiple: false, keep_order: true });
    let view = ada.call(&PreviewQuestion { question: question.clone() }).await.unwrap();
    assert_eq!(view.problem.unwrap().field, "choices");
    if let QuestionKey::Choices { choices, .. } = &mut question.key {
        choices[1].is_right = false;
    }
    let view = ada.call(&PreviewQuestion { question }).await.unwrap();
    assert_eq!((view.problem, view.solution_text.as_str()), (None, "a"));
    assert!(matches!(view.form, Form::Choices { choices, multiple: false } if choices.len() == 2));
    assert!(ada.call(&ListQuestions::all()).await.unwrap().questions.is_empty(), "nothing is kept");
});

const BANK: &str = "::One::Which?{=a#yes ~b}\n\n::Two::[html]<p>See <img src=\"data:image/gif;base64,R0lGODlhAgADAA==\" alt=\"dot\"></p>{T}\n\nBad {#x}\n";

async fn send(browser: &mut Browser, query: &str, bytes: &[u8]) -> (StatusCode, Value) {
    let request = Request::post(format!("/api/bank/import?{query}"))
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(Body::from(bytes.to_vec()))
        .unwrap();
    let heard = browser.send(request).await;
    (heard.status, heard.json())
}

on_both!(a_file_is_brought_in_once_with_its_pictures_and_taken_out_again, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    let (status, dry) = send(&mut ada, "dry_run=true&name=bank.gift", BANK.as_bytes()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!((&dry["format"], &dry["read"], &dry["new"]), (&"gift".into(), &2.into(), &2.into()));
    assert_eq!(dry["losses"][0]["line"], 5);
    assert_eq!(dry["losses"][0]["told"][0]["code"], "no_number", "told by a closed list: {dry}");
    assert!(ada.call(&ListQuestions::all()).await.unwrap().questions.is_empty());
    let unkept = &dry["pictures"][0];
    let source = unkept["source"].as_str().unwrap();
    assert!(dry["first"].to_string().contains(source), "a picture is seen before it is kept: {dry}");
    assert!(unkept["address"].as_str().unwrap().starts_with("data:image/gif;"));
    let (_, first) = send(&mut ada, "tag=mine", BANK.as_bytes()).await;
    assert_eq!((&first["new"], &first["known"]), (&2.into(), &0.into()));
    assert_eq!(first["pictures"], serde_json::json!([]), "what is kept has an address");
    let (_, dry) = send(&mut ada, "dry_run=true", BANK.as_bytes()).await;
    assert_eq!((&dry["new"], &dry["known"]), (&0.into(), &2.into()), "told before it is tried");
    let (_, again) = send(&mut ada, "format=gift", BANK.as_bytes()).await;
    assert_eq!((&again["new"], &again["known"]), (&0.into(), &2.into()));
    let kept = ada.call(&ListQuestions::all()).await.unwrap().questions;
    let Text::Rich { html } = &kept[0].question.stem else { panic!("{kept:?}") };
    let name = html.split_once("media:").unwrap().1.split('"').next().unwrap();
    let picture = server.browser().get(&format!("/media/{}/{name}", &name[..2])).await;
    assert_eq!((picture.status, picture.body.as_slice()), (StatusCode::OK, b"GIF89a\x02\0\x03\0".as_slice()));
    assert_eq!(picture.headers[header::CONTENT_TYPE], "image/gif");

    let out = ada.get("/api/bank/export?format=json").await;
    assert_eq!(out.status, StatusCode::OK);
    assert!(out.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("questions.json"));
    let (_, back) = send(&mut ada, "", &out.body).await;
    assert_eq!((&back["format"], &back["known"], &back["new"]), (&"json".into(), &2.into(), &0.into()));
    let report = ada.get("/api/bank/export?format=aiken&report=true").await.json();
    assert_eq!(report["questions"], 2);
    assert!(!report["losses"].as_array().unwrap().is_empty(), "Aiken has no true or false");
    let h5p = ada.get("/api/bank/export?format=h5p").await;
    assert_eq!((h5p.status, &h5p.json()["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"format".into()));
});

on_both!(a_file_that_cannot_be_read_says_why_and_who_may_not_send_one_is_refused, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    for (bytes, format) in
        [(&b""[..], ""), (b"\x7fELF\x02\x01\x01\0\0\0", ""), (b"<quiz><question", "moodle-xml")]
    {
        let (status, view) = send(&mut ada, &format!("format={format}"), bytes).await;
        assert_eq!((status, &view["read"]), (StatusCode::OK, &0.into()));
        assert!(view["losses"][0]["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{view}");
    }
    let (_, view) = send(&mut ada, "name=cards.apkg", b"PK\x03\x04cut off").await;
    assert_eq!(view["format"], "apkg", "what it was taken for: {view}");
    let nul = br#"[{"name":"\u0000","stem":"a\u0000b","key":{"kind":"typed","accepted":["c\u0000"]},"tags":["\u0000"]}]"#;
    let (status, view) = send(&mut ada, "", nul).await;
    assert_eq!((status, &view["new"]), (StatusCode::OK, &1.into()), "a character no database likes: {view}");
    let (status, error) = send(&mut ada, "format=word", b"x").await;
    assert_eq!((status, &error["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"format".into()));
    let mut guest = server.guest().await;
    assert_eq!(send(&mut guest, "", BANK.as_bytes()).await.1["code"], "account_needed");
    assert_eq!(send(&mut server.browser(), "", BANK.as_bytes()).await.1["code"], "not_signed_in");
    assert_eq!(server.browser().get("/api/bank/export?format=gift").await.json()["code"], "not_signed_in");
});

on_both!(a_question_of_any_kind_is_asked_whole_and_answered_in_several_tries, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    let parts = ["one", "two", "three"].map(|text| PartKey { id: None, text: text.into() });
    let mut ordering = Question::new("Order them.", QuestionKey::Ordering { items: parts.to_vec() });
    ordering.behaviour.tries = 3;
    ordering.behaviour.hints = vec!["Think small.".into()];
    ordering.behaviour.penalty = minnow_shared::question::Credit(2_500_000);
    ordering.reason = "By size.".into();
    ordering.verdicts.right = "Well done.".into();
    let made = ada.call(&create(1, ordering)).await.unwrap();
    ada.call(&PlaceQuestion {
        question_id: made.id.clone(),
        clip_id: clip.id.clone(),
        moment_ms: Some(9_000),
    })
    .await
    .unwrap();
    let QuestionKey::Ordering { items } = &made.question.key else { panic!() };
    let right: Vec<_> = items.iter().map(|item| item.id.clone().unwrap()).collect();
    let wrong: Vec<_> = right.iter().rev().cloned().collect();

    let mut guest = server.guest().await;
    let ask =
        GetAskedQuestion { question_id: made.id.clone(), clip_id: Some(clip.id.clone()), practice_id: None };
    let alone = GetAskedQuestion { question_id: made.id.clone(), clip_id: None, practice_id: None };
    assert_eq!(guest.call(&alone).await.unwrap_err().code, ErrorCode::NotFound, "never met before");
    let asked = guest.call(&ask).await.unwrap();
    assert_eq!(
        (asked.moment_ms, asked.tries, asked.attempt, asked.hints, asked.answered),
        (Some(9_000), 3, 1, 1, false)
    );
    assert!(matches!(&asked.form, Form::Ordering { items } if items.len() == 3));
    assert_eq!(guest.call(&ask).await.unwrap(), asked, "the same learner meets the same order");

    let give = |n: u8, order: &[minnow_shared::ChoiceId]| GiveAnswer {
        question_id: made.id.clone(),
        answer_id: minnow_shared::AnswerId::new(1, [n; 10]),
        clip_id: Some(clip.id.clone()),
        practice_id: None,
        response: Response::Order { item_ids: order.to_vec() },
        certainty: None,
        answered_at_ms: MORNING_MS + i64::from(n) * 1_000,
        before: false,
    };
    server.clock.advance(60_000);
    let first = guest.call(&give(1, &wrong)).await.unwrap();
    assert_eq!((first.grade.outcome, first.attempt, first.tries_left), (Outcome::NotYet, 1, 2));
    assert_eq!(first.hint, Some("Think small.".into()));
    assert_eq!(
        (&first.solution, first.reason.is_empty(), first.grade.parts.len()),
        (&None, true, 0),
        "nothing gives it away"
    );
    assert_eq!(guest.call(&give(1, &right)).await.unwrap(), first, "the same id is the same answer");
    assert_eq!(guest.call(&ask).await.unwrap().attempt, 2);
    let second = guest.call(&give(2, &right)).await.unwrap();
    assert_eq!((second.grade.outcome, second.attempt, second.tries_left), (Outcome::Right, 2, 0));
    assert_eq!(
        (second.credit, second.xp),
        (7_500_000, 0),
        "a further try costs, and points come the first time"
    );
    assert_eq!(second.solution, Some(Response::Order { item_ids: right.clone() }));
    assert_eq!((second.reason, second.verdict), ("By size.".into(), "Well done.".into()));
    assert_eq!(second.hint, None);
    let again = guest.call(&alone).await.unwrap();
    assert_eq!(
        (again.attempt, again.answered, again.clip_id),
        (1, true, None),
        "met before: it comes alone too"
    );
    let long = GiveAnswer { response: Response::Open { text: "x".repeat(4_001) }, ..give(9, &right) };
    assert_eq!(guest.call(&long).await.unwrap_err().field.as_deref(), Some("response"));
});

on_both!(a_picture_is_kept_for_a_question_or_refused_with_its_reason, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, _) = server.account("ada").await;
    let mut guest = server.guest().await;
    let send = |bytes: Vec<u8>| {
        Request::post("/api/bank/pictures")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(bytes))
            .unwrap()
    };
    let gif = b"GIF89a\x05\0\x07\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec();
    let kept = ada.send(send(gif.clone())).await;
    assert_eq!((kept.json()["width"].as_u64(), kept.json()["height"].as_u64()), (Some(5), Some(7)));
    let source = kept.json()["source"].as_str().unwrap().to_owned();
    let name = source.strip_prefix("media:").unwrap();
    let shown =
        ada.send(Request::get(format!("/media/{}/{name}", &name[..2])).body(Body::empty()).unwrap()).await;
    assert_eq!((shown.status, shown.body.as_slice()), (StatusCode::OK, gif.as_slice()));

    let huge = b"GIF89a\xff\xff\xff\xff".to_vec();
    for (bytes, code) in [
        (b"<svg onload='x'/>".to_vec(), "unsupported_kind"),
        (Vec::new(), "unsupported_kind"),
        (huge, "too_large"),
        (vec![0x89; 8 * 1024 * 1024 + 1], "too_large"),
    ] {
        assert_eq!(ada.send(send(bytes)).await.json()["code"], code);
    }
    assert_eq!(guest.send(send(gif.clone())).await.json()["code"], "account_needed");

    let key = format!("{}/{name}", &name[..2]);
    let is_there = async || server.app.media.store.size(&key).await.unwrap().is_some();
    let node = std::sync::Arc::new(minnow::jobs::Node::start(&server.app).await.unwrap());
    let worker = minnow::jobs::Worker::new(server.app.clone(), node);
    server.clock.advance(29 * 24 * 3_600_000);
    while worker.work_once().await.unwrap() {}
    assert!(is_there().await, "its author may still be writing the question");
    server.clock.advance(2 * 24 * 3_600_000);
    while worker.work_once().await.unwrap() {}
    assert!(!is_there().await, "a picture that no question shows goes after a month");

    ada.send(send(gif)).await;
    let picture = minnow_shared::question::Picture { source, alt: "Two dots".into(), width: 5, height: 7 };
    let shape = minnow_shared::question::Shape::Rectangle { left: 0, top: 0, right: 5_000, bottom: 5_000 };
    let spots = vec![minnow_shared::question::SpotKey { shape, is_right: true, reason: Text::default() }];
    let key_of = QuestionKey::Hotspot { picture, spots, places: 1 };
    ada.call(&create(1, Question::new("Where?", key_of))).await.unwrap();
    server.clock.advance(31 * 24 * 3_600_000);
    while worker.work_once().await.unwrap() {}
    assert!(is_there().await, "one that a question shows stays");
});

on_both!(an_answer_that_earns_a_part_is_partly_right_in_the_feed_too, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.draft(&author, &topic).await;
    server.publish(&clip.id).await;
    let half = ChoiceKey {
        credit: Some(minnow_shared::question::Credit(5_000_000)),
        ..ChoiceKey::plain("Nearly", false)
    };
    let choices = vec![ChoiceKey::plain("Yes", true), half, ChoiceKey::plain("No", false)];
    let key = QuestionKey::Choices { choices, multiple: false, keep_order: true };
    let made = ada.call(&create(7, Question::new("Is it?", key))).await.unwrap();
    let place = PlaceQuestion { question_id: made.id.clone(), clip_id: clip.id.clone(), moment_ms: Some(1) };
    ada.call(&place).await.unwrap();
    let QuestionKey::Choices { choices, .. } = &made.question.key else { panic!("choices") };
    let mut guest = server.guest().await;
    let mut outcomes = Vec::new();
    for (n, choice) in choices.iter().enumerate() {
        let answer = minnow_shared::answer::AnswerQuestion {
            answer_id: minnow_shared::AnswerId::new(1, [n as u8; 10]),
            clip_id: clip.id.clone(),
            question_id: made.id.clone(),
            response: Response::Choice { choice_id: choice.id.clone().unwrap() },
            certainty: None,
            answered_at_ms: server.app.now_ms(),
            before: false,
        };
        outcomes.push(guest.call(&answer).await.unwrap().outcome);
        server.clock.advance(3_600_000);
    }
    assert_eq!(outcomes, [Outcome::Right, Outcome::Partly, Outcome::NotYet]);
});

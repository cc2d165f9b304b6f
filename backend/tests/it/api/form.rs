//! Forms of a question: written as copies, joined and let go; what is remembered belongs to the family.

use crate::{library::Clip, on_both, server::*};
use minnow::{review, store};
use minnow_memory::{DAY_MS, Parameters, Review, replay};
use minnow_shared::{
    AnswerId, ErrorCode, QuestionId, TopicId,
    answer::{AnswerQuestion, Certainty, GiveAnswer, Response},
    bank::{CopyAsForm, DeleteQuestion, GetBankQuestion, SetFormOf},
    feed::GetFeed,
    mastery::GetTopicMastery,
    person::ExportPerson,
    review::ListReviews,
};

const LIST: ListReviews = ListReviews { utc_offset_minutes: 0, only_wrong: false };

/// A published clip of Ada's, and a second form of its question.
async fn family(server: &TestApp) -> (Browser, Clip, QuestionId) {
    let (mut ada, id) = server.account("ada").await;
    let clip = server.clip(&id, &server.topic("light").await).await;
    let form_id = server.app.new_question_id();
    let copied =
        ada.call(&CopyAsForm { question_id: clip.question.clone(), form_id: form_id.clone() }).await.unwrap();
    assert_eq!(copied.forms.iter().map(|form| &form.id).collect::<Vec<_>>(), [&clip.question]);
    (ada, clip, form_id)
}

async fn answer(server: &TestApp, who: &mut Browser, clip: &Clip, question: &QuestionId, is_right: bool) {
    let request = AnswerQuestion {
        answer_id: AnswerId::parse(server.app.new_clip_id().as_str()).unwrap(),
        clip_id: clip.id.clone(),
        question_id: question.clone(),
        response: Response::Choice { choice_id: if is_right { &clip.right } else { &clip.wrong }.clone() },
        certainty: Some(Certainty::ThinkSo),
        answered_at_ms: server.app.now_ms(),
        before: false,
    };
    who.call(&request).await.unwrap();
}

async fn cards(server: &TestApp) -> Vec<(String, i64)> {
    while review::freshen_some(&server.app).await.unwrap() > 0 {}
    store::sql("SELECT question_id, reviews FROM cards ORDER BY question_id")
        .all(&server.app.db)
        .await
        .unwrap()
}

on_both!(another_form_shares_the_card_and_a_review_asks_the_form_answered_longest_ago, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, clip, form) = family(&server).await;
    let mut learner = server.guest().await;
    answer(&server, &mut learner, &clip, &clip.question, true).await;
    server.clock.advance(9 * DAY_MS);
    let list = learner.call(&LIST).await.unwrap().reviews;
    assert_eq!((list[0].question_id.clone(), list[0].clip_id.clone()), (form.clone(), Some(clip.id.clone())));
    let feed = GetFeed {
        cursor: None,
        topic: None,
        limit: Some(3),
        from: Some(clip.id.clone()),
        since_review: None,
        utc_offset_minutes: None,
    };
    let shown = learner.call(&feed).await.unwrap().clips;
    let asked = &shown[0].questions[0];
    assert_eq!((&asked.id, asked.moment_ms, asked.answered), (&form, 4_000, false));
    // The clip does not ask this form by itself, but it may be answered there.
    answer(&server, &mut learner, &clip, &form, true).await;
    assert_eq!(cards(&server).await, [(clip.question.to_string(), 2)]);
    let list = learner.call(&LIST).await.unwrap();
    assert_eq!((list.done_today, list.due), (1, 0), "one review, whichever form it asked");
    server.clock.advance(60 * DAY_MS);
    assert_eq!(
        learner.call(&LIST).await.unwrap().reviews[0].question_id,
        clip.question,
        "the other one's turn"
    );
    // Both in one sitting are one review.
    answer(&server, &mut learner, &clip, &clip.question, true).await;
    server.clock.advance(60_000);
    answer(&server, &mut learner, &clip, &form, false).await;
    assert_eq!(cards(&server).await, [(clip.question.to_string(), 3)]);
});

on_both!(another_form_in_the_same_sitting_is_no_new_evidence_of_its_topic, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, clip, form) = family(&server).await;
    let mut learner = server.guest().await;
    let topic = GetTopicMastery { topic_id: TopicId::parse("light").unwrap(), language: None };
    answer(&server, &mut learner, &clip, &clip.question, false).await;
    let once = learner.call(&topic).await.unwrap().estimate.unwrap();
    server.clock.advance(60_000);
    answer(&server, &mut learner, &clip, &form, true).await;
    let again = learner.call(&topic).await.unwrap().estimate.unwrap();
    assert_eq!((once.answers, again.answers), (1, 1));
    assert!((once.chance - again.chance).abs() < 1e-3, "{once:?} {again:?}");
    server.clock.advance(DAY_MS);
    answer(&server, &mut learner, &clip, &form, true).await;
    let later = learner.call(&topic).await.unwrap().estimate.unwrap();
    assert_eq!(later.answers, 2, "a form belongs to its family's topics");
    assert!(later.chance > again.chance, "{again:?} {later:?}");
});

on_both!(a_form_of_no_family_of_the_clip_is_not_answered_there, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, clip, form) = family(&server).await;
    let view = ada.call(&SetFormOf { question_id: form.clone(), form_of: None }).await.unwrap();
    assert!(view.forms.is_empty());
    let request = GiveAnswer {
        practice_id: None,
        question_id: form,
        answer_id: AnswerId::parse(server.app.new_clip_id().as_str()).unwrap(),
        clip_id: Some(clip.id.clone()),
        response: Response::DontKnow,
        certainty: None,
        answered_at_ms: server.app.now_ms(),
        before: false,
    };
    assert_eq!(server.guest().await.call(&request).await.unwrap_err().code, ErrorCode::NotFound);
});

on_both!(families_are_joined_let_go_and_survive_the_loss_of_their_first_form, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, clip, form) = family(&server).await;
    let mut learner = server.guest().await;
    answer(&server, &mut learner, &clip, &clip.question, true).await;
    server.clock.advance(4 * DAY_MS);
    answer(&server, &mut learner, &clip, &form, true).await;
    assert_eq!(cards(&server).await, [(clip.question.to_string(), 2)]);
    // Apart: each its own answers. Together again: one card of both.
    ada.call(&SetFormOf { question_id: form.clone(), form_of: None }).await.unwrap();
    let mut apart = [(clip.question.to_string(), 1), (form.to_string(), 1)];
    apart.sort();
    assert_eq!(cards(&server).await, apart);
    ada.call(&SetFormOf { question_id: clip.question.clone(), form_of: Some(form.clone()) }).await.unwrap();
    assert_eq!(cards(&server).await, [(form.to_string(), 2)]);
    // A third one, and then the root goes: the others stay a family.
    let third = server.app.new_question_id();
    let view = ada.call(&CopyAsForm { question_id: form.clone(), form_id: third.clone() }).await.unwrap();
    assert_eq!(view.forms.len(), 2);
    ada.call(&DeleteQuestion { question_id: form }).await.unwrap();
    let view = ada.call(&GetBankQuestion { question_id: third.clone() }).await.unwrap();
    assert_eq!(view.forms.iter().map(|form| &form.id).collect::<Vec<_>>(), [&clip.question]);
    assert_eq!(cards(&server).await, [(clip.question.to_string(), 1)], "what is left of the answers");
    // What one takes along says which form belongs to which.
    let export = ada.call(&ExportPerson {}).await.unwrap();
    let text = serde_json::to_string(&export).unwrap();
    assert!(text.contains(&format!("\"form_of\":\"{}\"", clip.question)), "{text}");
});

on_both!(only_ones_own_questions_are_forms_of_each_other, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, clip, form) = family(&server).await;
    let (_, bob) = server.account("bob").await;
    let his = server.clip(&bob, &server.topic("light").await).await.question;
    for other in [his, form.clone()] {
        let request = SetFormOf { question_id: form.clone(), form_of: Some(other) };
        assert_eq!(ada.call(&request).await.unwrap_err().field.as_deref(), Some("form_of"));
    }
    let again = ada.call(&CopyAsForm { question_id: clip.question, form_id: form.clone() }).await.unwrap();
    assert_eq!((again.id, again.forms.len()), (form, 1), "asked for twice, written once");
});

/// Answers to three forms in any order of arrival, and the forms joined before, between or after them: the same card.
#[tokio::test]
async fn whatever_comes_when_a_family_has_the_card_of_all_its_answers() {
    let server = TestApp::with(Engine::Sqlite, &["--rate-limits", "off"]).await;
    let (_, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    for seed in 0..12_u64 {
        let mut chance = seed;
        let mut next = |below: u64| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (chance >> 33) % below
        };
        let clip = server.clip(&author, &topic).await;
        let app = &server.app;
        let forms = [clip.question.clone(), app.new_question_id(), app.new_question_id()];
        let mut tx = app.db.begin().await.unwrap();
        let row = store::question::find_question(&mut tx, &forms[0]).await.unwrap().unwrap();
        for form in &forms[1..] {
            let copy = store::question::QuestionRow { id: form.to_string(), ..row.clone() };
            assert!(store::question::upsert_question(&mut tx, &copy, app.now_ms()).await.unwrap());
        }
        tx.commit().await.unwrap();
        let mut learner = server.guest().await;
        let start_ms = app.now_ms();
        server.clock.advance(50 * DAY_MS);
        let count = 3 + next(6);
        let join_at = [next(count), next(count)];
        let mut reviews = Vec::new();
        for n in 0..count {
            for (place, at) in join_at.iter().enumerate() {
                if *at == n {
                    let mut tx = app.db.begin().await.unwrap();
                    assert!(
                        store::form::join_families(&mut tx, &forms[place + 1], &forms[place]).await.unwrap()
                    );
                    tx.commit().await.unwrap();
                    if next(2) == 0 {
                        while review::freshen_some(app).await.unwrap() > 0 {}
                    }
                }
            }
            let id = AnswerId::parse(app.new_clip_id().as_str()).unwrap();
            let at_ms = start_ms + i64::try_from(next(50 * 24)).unwrap() * 3_600_000;
            let is_right = next(3) > 0;
            let request = GiveAnswer {
                practice_id: None,
                question_id: forms[usize::try_from(next(3)).unwrap()].clone(),
                answer_id: id.clone(),
                clip_id: Some(clip.id.clone()),
                response: Response::Choice {
                    choice_id: if is_right { &clip.right } else { &clip.wrong }.clone(),
                },
                certainty: None,
                answered_at_ms: at_ms,
                before: false,
            };
            // A form that is not joined yet is answered where its author sees it: straight into the store otherwise.
            if learner.call(&request).await.is_ok() {
                reviews.push(Review { id: id.to_string(), at_ms, is_right, certainty: None });
            }
        }
        while review::freshen_some(app).await.unwrap() > 0 {}
        let Some(whole) = replay(&Parameters::default(), &reviews) else { continue };
        let rows: Vec<store::card::CardRow> = store::sql_built(format!(
            "SELECT question_id, stability, difficulty, last_review_ms, last_rating, was_sure, reviews, lapses, last_answer_ms,
                due_ms FROM cards WHERE question_id IN ({})",
            store::places(1, 3)
        ))
        .bind_all(forms.each_ref().map(ToString::to_string))
        .all(&app.db)
        .await
        .unwrap();
        assert_eq!(rows.len(), 1, "seed {seed}");
        assert_eq!((rows[0].question_id.as_str(), rows[0].card()), (forms[0].as_str(), whole), "seed {seed}");
    }
}

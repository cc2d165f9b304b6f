//! Answers.

use crate::{library::Clip, on_both, server::*};
use minnow::store::{self, question::QuestionRow};
use minnow_shared::{
    AnswerId, ChoiceId, ErrorCode,
    answer::{AnswerQuestion, Certainty, ListAnswers, Outcome, Response},
    limit,
    progress::GetProgress,
    question::{Question, QuestionKey, TextRule},
};

fn answer(clip: &Clip, n: u8, choice: &ChoiceId) -> AnswerQuestion {
    AnswerQuestion {
        answer_id: AnswerId::new(MORNING_MS, [n; 10]),
        clip_id: clip.id.clone(),
        question_id: clip.question.clone(),
        response: Response::Choice { choice_id: choice.clone() },
        certainty: Some(Certainty::Sure),
        answered_at_ms: MORNING_MS + i64::from(n),
        before: false,
    }
}

async fn library(engine: Engine) -> (TestApp, Clip) {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    (server, clip)
}

on_both!(an_answer_comes_back_graded_with_its_reason_and_points_once, async |engine| {
    let (server, clip) = library(engine).await;
    let mut learner = server.guest().await;
    let wrong = learner.call(&answer(&clip, 1, &clip.wrong)).await.unwrap();
    assert_eq!((wrong.outcome, wrong.xp, wrong.total_xp), (Outcome::NotYet, 0, 0));
    assert_eq!(
        (wrong.right_choice_id.as_ref(), wrong.right_text.as_str()),
        (Some(&clip.right), "Surface tension")
    );
    assert_eq!(wrong.choice_reason, "Pumps do that, but there is none.");
    assert_eq!((wrong.certainty, wrong.first_try_share), (Some(Certainty::Sure), None));
    let right = learner.call(&answer(&clip, 2, &clip.right)).await.unwrap();
    assert_eq!((right.outcome, right.xp), (Outcome::Right, 0), "points are for the first answer");
    let mut other = server.guest().await;
    let first = other.call(&answer(&clip, 3, &clip.right)).await.unwrap();
    assert_eq!((first.xp, first.total_xp, first.reason.as_str()), (10, 10, "It clings to the glass."));
});

on_both!(the_same_answer_id_again_changes_nothing_whatever_it_says, async |engine| {
    let (server, clip) = library(engine).await;
    let mut learner = server.guest().await;
    let first = learner.call(&answer(&clip, 1, &clip.right)).await.unwrap();
    let again = learner.call(&answer(&clip, 1, &clip.wrong)).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(learner.call(&ListAnswers { cursor: None }).await.unwrap().answers.len(), 1);
    let mut other = server.guest().await;
    let taken = other.call(&answer(&clip, 1, &clip.right)).await.unwrap_err();
    assert_eq!((taken.code, taken.field.as_deref()), (ErrorCode::Conflict, Some("answer_id")));
});

on_both!(answers_sent_at_once_earn_points_once, async |engine| {
    let (server, clip) = library(engine).await;
    let learner = server.guest().await;
    let tasks: Vec<_> = (0..16)
        .map(|n| {
            let (mut learner, request) = (learner.clone(), answer(&clip, n, &clip.right));
            tokio::spawn(async move { learner.call(&request).await.unwrap().total_xp })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 10);
    }
    // All at the same millisecond: which of them is the first may change as they come, but one is.
    let mut learner = learner;
    let answers = learner.call(&ListAnswers { cursor: None }).await.unwrap().answers;
    assert_eq!((answers.len(), answers.iter().map(|answer| answer.xp).sum::<u32>()), (16, 10));
});

on_both!(shares_are_told_of_five_learners_and_more, async |engine| {
    let (server, clip) = library(engine).await;
    let mut shares = Vec::new();
    for n in 0..5 {
        let choice = if n < 2 { &clip.right } else { &clip.wrong };
        let told = server.guest().await.call(&answer(&clip, n, choice)).await.unwrap();
        shares.push((told.first_try_share, told.same_choice_share));
    }
    assert_eq!(shares[..4], [(None, None); 4]);
    assert_eq!(shares[4], (Some(0.4), Some(0.6)));
});

on_both!(shares_count_each_learners_first_answer_and_no_other, async |engine| {
    let (server, clip) = library(engine).await;
    let (mut number, mut learners) = (0, Vec::new());
    let mut next = || {
        number += 1;
        number
    };
    for choice in [&clip.right, &clip.right, &clip.right, &clip.wrong, &clip.wrong] {
        let mut learner = server.guest().await;
        learner.call(&answer(&clip, next(), choice)).await.unwrap();
        learners.push(learner);
    }
    // Those who were wrong try again: their first answer stays what it was.
    for learner in &mut learners[3..] {
        let told = learner.call(&answer(&clip, next(), &clip.right)).await.unwrap();
        assert_eq!((told.first_try_share, told.same_choice_share), (Some(0.6), Some(0.6)));
    }
    let unsure = AnswerQuestion { response: Response::DontKnow, ..answer(&clip, next(), &clip.right) };
    let mut learner = server.guest().await;
    let told = learner.call(&unsure).await.unwrap();
    assert_eq!((told.first_try_share, told.same_choice_share), (Some(0.5), None), "of six, and no choice");
    // An answer that is sent twice counts once, and one of a learner who left counts no more.
    let told = learner.call(&unsure).await.unwrap();
    assert_eq!(told.first_try_share, Some(0.5));
    learners[4].call(&minnow_shared::person::DeletePerson {}).await.unwrap();
    let told = learners[0].call(&answer(&clip, next(), &clip.wrong)).await.unwrap();
    assert_eq!((told.first_try_share, told.same_choice_share), (Some(0.6), Some(0.2)));
});

on_both!(not_knowing_is_an_answer_and_shows_what_is_right, async |engine| {
    let (server, clip) = library(engine).await;
    let request = AnswerQuestion { response: Response::DontKnow, ..answer(&clip, 1, &clip.right) };
    let told = server.guest().await.call(&request).await.unwrap();
    assert_eq!((told.outcome, told.right_choice_id), (Outcome::NotYet, Some(clip.right)));
});

on_both!(what_cannot_be_answered_is_refused_with_its_reason, async |engine| {
    let (server, clip) = library(engine).await;
    let mut learner = server.guest().await;
    let mut refused = async |request: &AnswerQuestion| learner.call(request).await.unwrap_err().code;
    let good = answer(&clip, 1, &clip.right);
    let strange = ChoiceId::new(1, [1; 10]);
    let choice = AnswerQuestion { response: Response::Choice { choice_id: strange }, ..good.clone() };
    assert_eq!(refused(&choice).await, ErrorCode::InvalidField);
    let long = Response::Typed { text: "x".repeat(limit::TYPED_ANSWER + 1) };
    assert_eq!(refused(&AnswerQuestion { response: long, ..good.clone() }).await, ErrorCode::InvalidField);
    let question = minnow_shared::QuestionId::new(1, [1; 10]);
    assert_eq!(refused(&AnswerQuestion { question_id: question, ..good.clone() }).await, ErrorCode::NotFound);
    let clip = minnow_shared::ClipId::new(1, [1; 10]);
    assert_eq!(refused(&AnswerQuestion { clip_id: clip, ..good }).await, ErrorCode::NotFound);
});

on_both!(answers_are_listed_newest_first_in_pages, async |engine| {
    let (server, clip) = library(engine).await;
    let mut learner = server.guest().await;
    for n in 0..30 {
        learner.call(&answer(&clip, n, &clip.wrong)).await.unwrap();
    }
    let first = learner.call(&ListAnswers { cursor: None }).await.unwrap();
    let second = learner.call(&ListAnswers { cursor: first.next_cursor }).await.unwrap();
    let times: Vec<i64> = first.answers.iter().chain(&second.answers).map(|a| a.answered_at_ms).collect();
    assert_eq!(times, (0..30).rev().map(|n| MORNING_MS + n).collect::<Vec<_>>());
    assert_eq!(second.next_cursor, None);
});

on_both!(a_phone_whose_clock_is_far_off_loses_no_answer_and_breaks_no_page, async |engine| {
    let (server, clip) = library(engine).await;
    let mut learner = server.guest().await;
    for (n, at_ms) in [(1, i64::MAX), (2, i64::MIN), (3, MORNING_MS + 400 * 86_400_000)] {
        let request = AnswerQuestion { answered_at_ms: at_ms, ..answer(&clip, n, &clip.right) };
        learner.call(&request).await.unwrap();
    }
    assert_eq!(learner.call(&ListAnswers { cursor: None }).await.unwrap().answers.len(), 3);
    for utc_offset_minutes in [-840, 0, 840] {
        let progress = learner.call(&GetProgress { utc_offset_minutes }).await.unwrap();
        assert_eq!(progress.week.last().map(|day| day.answers), Some(2), "what came from ahead counts today");
    }
});

on_both!(an_answer_that_was_kept_stands_also_when_its_question_was_changed_since, async |engine| {
    let (server, clip) = library(engine).await;
    let mut learner = server.guest().await;
    let first = learner.call(&answer(&clip, 1, &clip.wrong)).await.unwrap();
    let mut tx = server.app.db.begin().await.unwrap();
    let row = store::question::find_question(&mut tx, &clip.question).await.unwrap().unwrap();
    let mut whole: Question = serde_json::from_str(&row.content).unwrap();
    whole.key = QuestionKey::Typed { accepted: vec!["it clings".into()], rule: TextRule::default() };
    let content = serde_json::to_string(&whole).unwrap();
    assert!(store::question::upsert_question(&mut tx, &QuestionRow { content, ..row }, 1).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(learner.call(&answer(&clip, 1, &clip.wrong)).await.unwrap(), first);
    let new = learner.call(&answer(&clip, 2, &clip.wrong)).await.unwrap_err();
    assert_eq!((new.code, new.field.as_deref()), (ErrorCode::InvalidField, Some("response")));
});

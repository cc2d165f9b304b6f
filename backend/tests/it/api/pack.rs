//! Packs: what is taken along, and that its seals open for the learner and nobody else.

use super::playlist::{self, World, playlist_id};
use crate::{library::Clip, on_both, server::*};
use base64::{Engine, engine::general_purpose::STANDARD};
use minnow::{seal, store};
use minnow_memory::{DAY_MS, Parameters};
use minnow_shared::{
    AnswerId, ErrorCode, PersonId, QuestionId, TopicId,
    account::GetSession,
    answer::{AnswerQuestion, Certainty, GetAskedQuestion, Response},
    bank::CopyAsForm,
    grading,
    pack::{MakePack, PackSource, PackView},
    playlist::walk,
    question::QuestionKey,
};
use std::collections::HashSet;

async fn me(who: &mut Browser) -> PersonId {
    who.call(&GetSession {}).await.unwrap().person.unwrap().id
}

async fn pack(who: &mut Browser, source: PackSource) -> PackView {
    let language = Some("en".into());
    who.call(&MakePack { source, utc_offset_minutes: 0, language }).await.unwrap()
}

async fn answer(server: &TestApp, who: &mut Browser, clip: &Clip, n: u8) {
    let request = AnswerQuestion {
        answer_id: AnswerId::new(7, [n; 10]),
        clip_id: clip.id.clone(),
        question_id: clip.question.clone(),
        response: Response::Choice { choice_id: clip.right.clone() },
        certainty: Some(Certainty::Sure),
        answered_at_ms: server.app.now_ms(),
        before: false,
    };
    who.call(&request).await.unwrap();
}

on_both!(a_topic_is_taken_along_with_its_questions_sealed, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("author").await;
    let (light, other) = (server.topic("light").await, server.topic("heat").await);
    let clip = server.clip(&author, &light).await;
    server.clip(&author, &other).await;
    let mut ada = server.guest().await;
    let view = pack(&mut ada, PackSource::Topic { topic_id: light.clone() }).await;
    assert_eq!(view.clips.iter().map(|clip| &clip.id).collect::<Vec<_>>(), [&clip.id]);
    let question = &view.questions[0];
    let asked = GetAskedQuestion {
        question_id: clip.question.clone(),
        clip_id: Some(clip.id.clone()),
        practice_id: None,
    };
    assert_eq!(question.asked, ada.call(&asked).await.unwrap(), "asked as it is asked online");
    assert_eq!(Parameters::read(&view.weights), Some(Parameters::default()));
    // Nothing in the open tells what is right.
    let text = serde_json::to_string(&view).unwrap();
    assert!(!text.contains("is_right\":true") && !text.contains("It clings"), "{text}");
    let secret: [u8; 32] = STANDARD.decode(&view.secret).unwrap().try_into().unwrap();
    let person = me(&mut ada).await;
    assert_eq!(view.person_id, person);
    let whole = seal::open(&secret, &person, &clip.question, &question.sealed).unwrap();
    let right = Response::Choice { choice_id: clip.right.clone() };
    assert_eq!(grading::grade(&whole.key, &right).outcome, minnow_shared::answer::Outcome::Right);
    assert!(matches!(whole.key, QuestionKey::Choices { .. }));
    assert_eq!((whole.name.as_str(), whole.tags.len()), ("", 0));
    // Another learner's pack has other keys.
    let mut bob = server.guest().await;
    let theirs = pack(&mut bob, PackSource::Topic { topic_id: light }).await;
    assert!(seal::open(&secret, &me(&mut bob).await, &clip.question, &theirs.questions[0].sealed).is_err());
    let gone = MakePack {
        source: PackSource::Topic { topic_id: TopicId::parse("nowhere").unwrap() },
        utc_offset_minutes: 0,
        language: None,
    };
    assert_eq!(ada.call(&gone).await.unwrap_err().code, ErrorCode::NotFound);
    let unknown = MakePack { source: PackSource::Unknown, utc_offset_minutes: 0, language: None };
    assert_eq!(ada.call(&unknown).await.unwrap_err().field.as_deref(), Some("source"));
    let nobody = MakePack { source: PackSource::Next, utc_offset_minutes: 0, language: None };
    assert_eq!(server.browser().call(&nobody).await.unwrap_err().code, ErrorCode::NotSignedIn);
});

on_both!(the_next_minutes_begin_with_what_is_due_and_take_its_answers_along, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("author").await;
    let topic = server.topic("light").await;
    let mut clips = Vec::new();
    for _ in 0..4 {
        clips.push(server.clip(&author, &topic).await);
    }
    let mut ada = server.guest().await;
    answer(&server, &mut ada, &clips[0], 1).await;
    let view = pack(&mut ada, PackSource::Next).await;
    assert_ne!(view.clips[0].id, clips[0].id, "nothing is due on the day it was learned");
    server.clock.advance(30 * DAY_MS);
    let view = pack(&mut ada, PackSource::Next).await;
    assert_eq!(view.clips[0].id, clips[0].id, "what is due comes first");
    assert_eq!(view.clips.len(), 4, "then what comes next");
    assert_eq!(view.questions.len(), 4);
    let taken: Vec<_> = view.answers.iter().map(|answer| (&answer.question_id, answer.is_right)).collect();
    assert_eq!(taken, [(&clips[0].question, true)]);
    assert_eq!(view.answers[0].certainty, Some(Certainty::Sure));
    assert!(view.questions[0].asked.answered && !view.questions[1].asked.answered);
});

on_both!(all_forms_of_a_question_come_along_with_every_answer_to_their_family, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut author, id) = server.account("author").await;
    let clip = server.clip(&id, &server.topic("light").await).await;
    let form_id = server.app.new_question_id();
    author.call(&CopyAsForm { question_id: clip.question.clone(), form_id: form_id.clone() }).await.unwrap();
    let mut ada = server.guest().await;
    answer(&server, &mut ada, &clip, 1).await;
    server.clock.advance(20 * DAY_MS);
    let other = Clip { question: form_id.clone(), ..clip.clone() };
    answer(&server, &mut ada, &other, 2).await;
    let view = pack(&mut ada, PackSource::Topic { topic_id: TopicId::parse("light").unwrap() }).await;
    let forms: Vec<_> = view
        .questions
        .iter()
        .map(|one| (&one.asked.question_id, one.root_id.as_ref(), one.asked.clip_id.is_some()))
        .collect();
    assert_eq!(forms, [(&clip.question, None, true), (&form_id, Some(&clip.question), false)]);
    let answers: Vec<_> =
        view.answers.iter().map(|answer| (&answer.question_id, answer.root_id.as_ref())).collect();
    assert_eq!(answers, [(&clip.question, None), (&form_id, Some(&clip.question))]);
    let own = pack(&mut author, PackSource::Topic { topic_id: TopicId::parse("light").unwrap() }).await;
    let is_own = |view: &PackView| view.questions.iter().map(|one| one.is_own).collect::<Vec<_>>();
    assert_eq!((is_own(&view), is_own(&own)), (vec![false; 2], vec![true; 2]), "nobody earns by their own");
    // A family whose root no clip asks is due with the clip of its other form.
    let place = store::sql("UPDATE clip_questions SET question_id = $1 WHERE question_id = $2")
        .bind(&form_id)
        .bind(&clip.question);
    let mut tx = server.app.db.begin().await.unwrap();
    place.run(&mut tx).await.unwrap();
    store::sql("UPDATE cards SET due_ms = 1").run(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let next = pack(&mut ada, PackSource::Next).await;
    assert_eq!(next.clips.iter().map(|clip| &clip.id).collect::<Vec<_>>(), [&clip.id]);
    assert_eq!((next.questions.len(), next.answers.len()), (2, 2));
});

on_both!(a_playlist_comes_whole_and_opens_by_the_rule_the_server_has, async |engine| {
    let world = World::new(engine, &[false, true, false]).await;
    let mut bob = world.server.guest().await;
    bob.call(&playlist::watch(1, &world.clips[0], world.now())).await.unwrap();
    let view = pack(&mut bob, PackSource::Playlist { playlist_id: playlist_id(1) }).await;
    assert_eq!((view.clips.len(), view.questions.len()), (3, 3), "behind the gate too");
    let kept = view.playlist.unwrap();
    assert!(kept.view.steps.iter().all(|step| step.clip.is_some()));
    let online = bob.call(&playlist::get(1)).await.unwrap();
    let states = |right: &HashSet<&QuestionId>| {
        let facts: Vec<_> = kept.steps.iter().map(|step| step.facts(right, &HashSet::new())).collect();
        walk(&facts)
    };
    assert_eq!(states(&HashSet::new()), online.steps.iter().map(|step| step.state).collect::<Vec<_>>());
    // Right without a network, and the same answer online.
    bob.call(&playlist::answer(2, &world.clips[1], true, world.now())).await.unwrap();
    let online = bob.call(&playlist::get(1)).await.unwrap();
    let gate = world.clips[1].question.clone();
    assert_eq!(
        states(&HashSet::from([&gate])),
        online.steps.iter().map(|step| step.state).collect::<Vec<_>>()
    );
    assert!(online.steps[2].clip.is_some());
});

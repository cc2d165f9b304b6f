//! Guesses before a clip, what learners hold of topics, what a clip taught.

use crate::{library::Clip, on_both, server::*};
use minnow::review;
use minnow_mastery::guess::asks_first;
use minnow_shared::{
    AnswerId, ErrorCode, PersonId, WatchId,
    answer::{AnswerQuestion, GetAskedQuestion, GiveAnswer, ListAnswers, Outcome, Response},
    feed::GetFeed,
    progress::GetProgress,
    review::GetForecast,
    settings::{SettingsView, UpdateSettings},
    watch::{RecordWatch, WatchedStretch},
};

fn id_bits(n: u32) -> [u8; 10] {
    let mut bits = [0; 10];
    bits[..4].copy_from_slice(&n.to_be_bytes());
    bits
}

fn answer(clip: &Clip, n: u32, is_right: bool, at_ms: i64) -> AnswerQuestion {
    AnswerQuestion {
        answer_id: AnswerId::new(7, id_bits(n)),
        clip_id: clip.id.clone(),
        question_id: clip.question.clone(),
        response: Response::Choice { choice_id: if is_right { &clip.right } else { &clip.wrong }.clone() },
        certainty: None,
        answered_at_ms: at_ms,
        before: false,
    }
}

async fn whole_feed(browser: &mut Browser) -> Vec<minnow_shared::clip::ClipView> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let request = GetFeed { cursor, topic: None, limit: Some(20), from: None };
        let page = browser.call(&request).await.unwrap();
        all.extend(page.clips);
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return all,
        }
    }
}

on_both!(a_guess_before_the_clip_is_kept_and_tells_nothing_and_counts_for_nothing, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    let mut learner = server.guest().await;
    let guess = AnswerQuestion { before: true, ..answer(&clip, 1, true, server.app.now_ms()) };
    let told = learner.call(&guess).await.unwrap();
    assert_eq!((told.outcome, told.xp, told.total_xp), (Outcome::Waiting, 0, 0));
    assert_eq!((told.right_choice_id.as_ref(), told.right_text.as_str()), (None, ""));
    assert_eq!((told.reason.as_str(), told.choice_reason.as_str()), ("", ""));
    assert_eq!(learner.call(&guess).await.unwrap(), told, "sent again it changes nothing");
    assert_eq!(learner.call(&ListAnswers { cursor: None }).await.unwrap().answers, [told.clone()]);
    // It is no answer: the question is still to be asked, no card is made, the day has none.
    let shown = whole_feed(&mut learner).await;
    assert_eq!((shown[0].questions[0].answered, shown[0].guess_first), (false, false));
    let days = learner.call(&GetForecast { utc_offset_minutes: 0 }).await.unwrap().days;
    assert_eq!(days.iter().sum::<u32>(), 0);
    let progress = learner.call(&GetProgress { utc_offset_minutes: 0 }).await.unwrap();
    assert_eq!((progress.questions_answered, progress.questions_right, progress.xp), (0, 0, 0));
    // The real answer is the first one and earns its points, and is the only one that shares count.
    let first = learner.call(&answer(&clip, 2, true, server.app.now_ms())).await.unwrap();
    assert_eq!((first.outcome, first.xp), (Outcome::Right, 10));
    for n in 3..7 {
        let mut other = server.guest().await;
        other
            .call(&AnswerQuestion { before: true, ..answer(&clip, 20 + n, false, server.app.now_ms()) })
            .await
            .unwrap();
        let told = other.call(&answer(&clip, n, true, server.app.now_ms())).await.unwrap();
        assert_eq!(told.first_try_share, (n == 6).then_some(1.0));
    }
    assert_eq!(learner.call(&guess).await.unwrap().outcome, Outcome::Waiting, "and still tells nothing");
});

on_both!(a_question_asked_whole_can_be_guessed_before_its_clip_once_and_blindly, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    let mut learner = server.guest().await;
    let give = GiveAnswer {
        question_id: clip.question.clone(),
        answer_id: AnswerId::new(7, id_bits(1)),
        clip_id: Some(clip.id.clone()),
        response: Response::Choice { choice_id: clip.right.clone() },
        certainty: None,
        answered_at_ms: server.app.now_ms(),
        before: true,
    };
    let nowhere = learner.call(&GiveAnswer { clip_id: None, ..give.clone() }).await.unwrap_err();
    assert_eq!((nowhere.code, nowhere.field.as_deref()), (ErrorCode::InvalidField, Some("clip_id")));
    let told = learner.call(&give).await.unwrap();
    assert_eq!((told.grade.outcome, told.grade.credit.0, told.credit, told.xp), (Outcome::Waiting, 0, 0, 0));
    assert_eq!((told.solution, told.solution_text.as_str(), told.tries_left), (None, "", 0));
    assert!(told.grade.parts.is_empty() && told.grade.remark.plain().is_empty());
    assert!(
        told.reason.plain().is_empty() && told.verdict.plain().is_empty() && told.first_try_share.is_none()
    );
    let asked = GetAskedQuestion { question_id: clip.question.clone(), clip_id: Some(clip.id.clone()) };
    assert!(!learner.call(&asked).await.unwrap().answered);
    // Nor does it open the question where only what was answered may be asked again.
    let alone = GetAskedQuestion { clip_id: None, ..asked };
    assert_eq!(learner.call(&alone).await.unwrap_err().code, ErrorCode::NotFound);
});

on_both!(one_clip_in_ten_asks_first_until_it_is_met_or_the_learner_wants_none, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let mut clips = Vec::new();
    for _ in 0..40 {
        clips.push(server.clip(&author, &topic).await);
    }
    let mut learner = server.guest().await;
    let me: PersonId = {
        let session = learner.call(&minnow_shared::account::GetSession {}).await.unwrap();
        session.person.unwrap().id
    };
    let drawn = |clip: &Clip| asks_first(me.as_str(), clip.id.as_str());
    let mut wanted: Vec<&Clip> = clips.iter().filter(|clip| drawn(clip)).collect();
    assert!((1..14).contains(&wanted.len()), "{} of 40", wanted.len());
    let marked = |shown: &[minnow_shared::clip::ClipView]| {
        let mut ids: Vec<String> =
            shown.iter().filter(|clip| clip.guess_first).map(|clip| clip.id.to_string()).collect();
        ids.sort();
        ids
    };
    let ids = |clips: &[&Clip]| {
        let mut ids: Vec<String> = clips.iter().map(|clip| clip.id.to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(marked(&whole_feed(&mut learner).await), ids(&wanted));
    assert!(marked(&whole_feed(&mut server.browser()).await).is_empty(), "nobody is asked first");
    assert!(marked(&whole_feed(&mut ada).await).is_empty(), "nor the author");
    // Guessed, watched or answered: it is not asked first any more.
    let gone = wanted.remove(0);
    learner
        .call(&AnswerQuestion { before: true, ..answer(gone, 1, false, server.app.now_ms()) })
        .await
        .unwrap();
    assert_eq!(marked(&whole_feed(&mut learner).await), ids(&wanted));
    if let Some(seen) = wanted.pop() {
        let stretch = WatchedStretch {
            watch_id: WatchId::new(9, id_bits(1)),
            clip_id: seen.id.clone(),
            from_ms: 0,
            to_ms: 2_000,
            finished: false,
            started_at_ms: server.app.now_ms(),
        };
        learner.call(&RecordWatch { stretches: vec![stretch], utc_offset_minutes: 0 }).await.unwrap();
        assert_eq!(marked(&whole_feed(&mut learner).await), ids(&wanted));
    }
    let settings = SettingsView { guess_before: false, ..SettingsView::default() };
    learner.call(&UpdateSettings { settings }).await.unwrap();
    assert!(marked(&whole_feed(&mut learner).await).is_empty());
    assert!(review::settings_of(&server.app.db, &me).await.is_ok_and(|settings| !settings.guess_before));
});

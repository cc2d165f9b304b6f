//! Guesses before a clip, what learners hold of topics, what a clip taught.

use crate::{library::Clip, on_both, server::*};
use minnow::{
    review,
    store::{self, topic::EdgeRow},
};
use minnow_mastery::{DAY_MS, guess::asks_first};
use minnow_shared::{
    AnswerId, ErrorCode, PersonId, WatchId,
    answer::{AnswerQuestion, GetAskedQuestion, GiveAnswer, ListAnswers, Outcome, Response},
    feed::GetFeed,
    insight::{FigureView, GetClipInsights},
    mastery::{EstimateView, GetTopicMastery, Hardness, ListMastery, Sureness},
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
        let request = GetFeed {
            cursor,
            topic: None,
            limit: Some(20),
            from: None,
            since_review: None,
            utc_offset_minutes: None,
        };
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
    assert_eq!(
        learner.call(&ListAnswers { cursor: None }).await.unwrap().answers,
        std::slice::from_ref(&told)
    );
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
        practice_id: None,
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
    let asked = GetAskedQuestion {
        question_id: clip.question.clone(),
        clip_id: Some(clip.id.clone()),
        practice_id: None,
    };
    assert!(!learner.call(&asked).await.unwrap().answered);
    // Nor does it open the question where only what was answered may be asked again.
    let alone = GetAskedQuestion { clip_id: None, ..asked };
    assert_eq!(learner.call(&alone).await.unwrap_err().code, ErrorCode::NotFound);
});

on_both!(one_clip_in_ten_asks_first_until_it_is_met_or_the_learner_wants_none, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let mut learner = server.guest().await;
    let me: PersonId = {
        let session = learner.call(&minnow_shared::account::GetSession {}).await.unwrap();
        session.person.unwrap().id
    };
    let drawn = |clip: &Clip| asks_first(me.as_str(), clip.id.as_str());
    // Of 40 clips now and then none is drawn: then one more, until one is.
    let mut clips = Vec::new();
    while clips.len() < 400 && (clips.len() < 40 || !clips.iter().any(drawn)) {
        clips.push(server.clip(&author, &topic).await);
    }
    let mut wanted: Vec<&Clip> = clips.iter().filter(|clip| drawn(clip)).collect();
    assert!((1..20).contains(&wanted.len()), "{} of {}", wanted.len(), clips.len());
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
    learner.call(&UpdateSettings { settings, changed: Default::default() }).await.unwrap();
    assert!(marked(&whole_feed(&mut learner).await).is_empty());
    assert!(review::settings_of(&server.app.db, &me).await.is_ok_and(|settings| !settings.guess_before));
});

const LIST: ListMastery = ListMastery { language: None };

async fn estimate_of(browser: &mut Browser, topic: &str) -> Option<EstimateView> {
    let list = browser.call(&LIST).await.unwrap();
    list.topics.into_iter().find(|one| one.topic.id.as_str() == topic).map(|one| one.estimate)
}

async fn join(server: &TestApp, from: &str, to: &str) {
    let mut tx = server.app.db.begin().await.unwrap();
    let edge = EdgeRow { from_id: from.into(), kind: "part_of".into(), to_id: to.into() };
    store::topic::insert_edge(&mut tx, &edge).await.unwrap();
    tx.commit().await.unwrap();
}

on_both!(
    answers_move_the_estimate_of_their_topic_and_of_what_it_is_part_of_and_it_says_what_it_rests_on,
    async |engine| {
        let server = TestApp::new(engine).await;
        let (_, author) = server.account("ada").await;
        let (light, _, sound) =
            (server.topic("light").await, server.topic("physics").await, server.topic("sound").await);
        join(&server, "light", "physics").await;
        let clips = [
            server.clip(&author, &light).await,
            server.clip(&author, &light).await,
            server.clip(&author, &sound).await,
        ];
        let mut learner = server.guest().await;
        assert!(learner.call(&LIST).await.unwrap().topics.is_empty());
        for (n, clip) in (1..).zip(&clips[..2]) {
            learner.call(&answer(clip, n, true, server.app.now_ms())).await.unwrap();
            server.clock.advance(60_000);
        }
        learner.call(&answer(&clips[2], 3, false, server.app.now_ms())).await.unwrap();
        let [light, physics, sound] = [
            estimate_of(&mut learner, "light").await.unwrap(),
            estimate_of(&mut learner, "physics").await.unwrap(),
            estimate_of(&mut learner, "sound").await.unwrap(),
        ];
        assert!(light.chance > physics.chance && physics.chance > 0.5 && sound.chance < light.chance);
        assert!(light.low < light.chance && light.chance < light.high);
        assert_eq!((light.answers, light.own_answers, light.sureness), (2, 2, Sureness::Guess));
        assert_eq!((physics.answers, physics.own_answers), (2, 0));
        // Re-asked at once says nothing, a week later it does, in part.
        server.clock.advance(60_000);
        learner.call(&answer(&clips[0], 4, false, server.app.now_ms())).await.unwrap();
        assert_eq!(estimate_of(&mut learner, "light").await.unwrap().answers, 2);
        server.clock.advance(8 * DAY_MS);
        learner.call(&answer(&clips[0], 5, false, server.app.now_ms())).await.unwrap();
        let later = estimate_of(&mut learner, "light").await.unwrap();
        assert!(later.answers == 3 && later.chance < light.chance);
        let detail = learner
            .call(&GetTopicMastery { topic_id: "physics".parse_topic(), language: None })
            .await
            .unwrap();
        assert_eq!((detail.questions.len(), detail.kept_asked, detail.kept_right), (2, 1, 0));
        let credits: Vec<f64> = detail.questions[0].outcomes.iter().map(|outcome| outcome.credit).collect();
        assert_eq!((credits, detail.questions[0].hardness), (vec![0.0, 0.0, 1.0], Hardness::Unknown));
        assert_eq!(detail.parts[0].estimate.as_ref(), Some(&later));
        assert_eq!(detail.clip_count, 0);
        let nowhere = GetTopicMastery { topic_id: "nowhere".parse_topic(), language: None };
        assert_eq!(learner.call(&nowhere).await.unwrap_err().code, ErrorCode::NotFound);
        // Other learners' estimates are their own.
        assert!(server.guest().await.call(&LIST).await.unwrap().topics.is_empty());
    }
);

trait ParseTopic {
    fn parse_topic(&self) -> minnow_shared::TopicId;
}

impl ParseTopic for str {
    fn parse_topic(&self) -> minnow_shared::TopicId {
        minnow_shared::TopicId::parse(self).unwrap()
    }
}

on_both!(late_answers_give_the_same_estimate_as_answers_in_time, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let topics = [server.topic("light").await, server.topic("sound").await];
    let mut clips = Vec::new();
    for n in 0..10 {
        clips.push(server.clip(&author, &topics[n % 2]).await);
    }
    // Others before them, so that questions differ.
    for n in 0..6 {
        let mut other = server.guest().await;
        for (m, clip) in (0..).zip(&clips[..8]) {
            other.call(&answer(clip, 1_000 + n * 20 + m, m > n, server.app.now_ms())).await.unwrap();
        }
        other.call(&LIST).await.unwrap();
    }
    server.clock.advance(40 * DAY_MS);
    let start_ms = server.app.now_ms() - 30 * DAY_MS;
    let history: Vec<(usize, i64, bool)> =
        (0..24).map(|n| (n * 7 % 10, start_ms + n as i64 * (DAY_MS + 3_333), n % 3 != 0)).collect();
    let mut online = server.guest().await;
    for (n, (clip, at_ms, right)) in (0..).zip(&history) {
        online.call(&answer(&clips[*clip], 2_000 + n, *right, *at_ms)).await.unwrap();
        // Looked at after every answer: the estimate is made again each time.
        online.call(&LIST).await.unwrap();
    }
    let in_time = online.call(&LIST).await.unwrap();
    // Another learner, the same answers in two halves, the later one first, looked at in between. What the first one said
    // of the questions is taken away before, for they are not the same learner.
    online.call(&minnow_shared::person::DeletePerson {}).await.unwrap();
    let mut late = server.guest().await;
    let rows: Vec<(u32, &(usize, i64, bool))> = (0..).zip(&history).collect();
    for part in [&rows[12..], &rows[..12]] {
        for (n, (clip, at_ms, right)) in part.iter().rev() {
            late.call(&answer(&clips[*clip], 3_000 + n, *right, *at_ms)).await.unwrap();
        }
        late.call(&LIST).await.unwrap();
    }
    let apart = late.call(&LIST).await.unwrap();
    assert_eq!(in_time.topics.len(), 2);
    for (one, other) in in_time.topics.iter().zip(&apart.topics) {
        assert_eq!((&one.topic, one.estimate.answers), (&other.topic, other.estimate.answers));
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let (one, other) = (&one.estimate, &other.estimate);
        assert!(near(one.chance, other.chance) && near(one.low, other.low), "{one:?} {other:?}");
    }
});

on_both!(what_a_learner_said_of_a_question_goes_with_them, async |engine| {
    let server = TestApp::new(engine).await;
    let (_, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    let sums = async || {
        let ids = [clip.question.to_string()];
        let row = store::mastery::list_difficulties(&server.app.db, &ids).await.unwrap().pop();
        row.map_or((0.0, 0.0, 0), |row| (row.weight, row.pull, row.learners))
    };
    let mut people = Vec::new();
    for n in 0..3 {
        let mut learner = server.guest().await;
        learner.call(&answer(&clip, n, n == 0, server.app.now_ms())).await.unwrap();
        learner.call(&LIST).await.unwrap();
        people.push(learner);
    }
    let (weight, pull, learners) = sums().await;
    assert!(weight > 0.0 && pull > 0.0 && learners == 3, "wrong twice: it is harder than thought");
    // Answering again says nothing more of the question.
    server.clock.advance(2 * DAY_MS);
    people[1].call(&answer(&clip, 10, false, server.app.now_ms())).await.unwrap();
    people[1].call(&LIST).await.unwrap();
    assert_eq!(sums().await.2, 3);
    // A guest who becomes part of an account: one learner less or as many, never one more.
    for learner in &mut people {
        learner.call(&minnow_shared::person::DeletePerson {}).await.unwrap();
    }
    let (weight, pull, learners) = sums().await;
    assert!(weight.abs() < 1e-9 && pull.abs() < 1e-9 && learners == 0, "{weight} {pull} {learners}");
});

on_both!(what_a_clip_taught_is_withheld_under_twenty_learners_and_told_with_twenty, async |engine| {
    let server = TestApp::new(engine).await;
    let (mut ada, author) = server.account("ada").await;
    let (mut eve, _) = server.account("eve").await;
    let topic = server.topic("light").await;
    let clip = server.clip(&author, &topic).await;
    let insights = GetClipInsights { clip_id: clip.id.clone() };
    assert_eq!(eve.call(&insights).await.unwrap_err().code, ErrorCode::Forbidden);
    // The author's own answers count for nothing.
    ada.call(&answer(&clip, 900, true, server.app.now_ms())).await.unwrap();
    let start_ms = server.app.now_ms();
    server.clock.advance(10 * DAY_MS);
    let mut told = Vec::new();
    for n in 0..20_u32 {
        let mut learner = server.guest().await;
        let at_ms = start_ms + i64::from(n) * 60_000;
        // A guess before the clip, a quarter of them right; then the clip; three days later once more.
        let guess = AnswerQuestion { before: true, ..answer(&clip, 100 + n, n % 4 == 0, at_ms) };
        learner.call(&guess).await.unwrap();
        let stretch = WatchedStretch {
            watch_id: WatchId::new(9, id_bits(n)),
            clip_id: clip.id.clone(),
            from_ms: 0,
            to_ms: if n < 15 { 20_000 } else { 7_000 },
            finished: n < 15,
            started_at_ms: at_ms + 1_000,
        };
        learner.call(&RecordWatch { stretches: vec![stretch], utc_offset_minutes: 0 }).await.unwrap();
        learner.call(&answer(&clip, 200 + n, n % 4 != 1, at_ms + 6_000)).await.unwrap();
        learner.call(&answer(&clip, 300 + n, n % 2 == 0, at_ms + 3 * DAY_MS)).await.unwrap();
        told.push(ada.call(&insights).await.unwrap());
    }
    let few = &told[18];
    assert_eq!((few.learners, few.finished.learners, few.finished.share), (19, 19, None));
    assert!(few.staying.is_empty() && few.drop.is_none());
    let gain = &few.questions[0].gain;
    assert!(
        [gain.before, gain.after, gain.delayed, gain.at_once, gain.lasting].iter().all(|f| f.share.is_none())
    );
    assert_eq!((gain.before.learners, few.questions[0].choices.len()), (19, 0));
    let enough = &told[19];
    let share =
        |figure: FigureView| (figure.learners, figure.share.map(|told| (told.share * 100.0).round() as i32));
    assert_eq!(share(enough.finished), (20, Some(75)));
    let question = &enough.questions[0];
    assert_eq!(share(question.gain.before), (20, Some(25)));
    assert_eq!(share(question.gain.after), (20, Some(75)));
    assert_eq!(share(question.gain.delayed), (20, Some(50)));
    assert_eq!(
        (share(question.gain.at_once), share(question.gain.lasting)),
        ((20, Some(50)), (20, Some(25)))
    );
    let at_once = question.gain.at_once.share.unwrap();
    assert!(at_once.low > 0.1 && at_once.high < 0.8, "{at_once:?}");
    assert_eq!(question.gain.delay_ms / DAY_MS, 2);
    let choices: Vec<(Option<&str>, bool, f64)> =
        question.choices.iter().map(|c| (c.text.as_deref(), c.is_right, c.share)).collect();
    assert_eq!(choices, [(Some("Surface tension"), true, 0.75), (Some("It is pumped"), false, 0.25)]);
    assert_eq!((enough.staying.len(), enough.staying[0], enough.staying[40]), (41, 1.0, 0.75));
    assert!(enough.drop.is_some_and(|fall| fall.from_ms <= 7_000 && (fall.share - 0.25).abs() < 1e-9));
    let table = ada.get(&format!("/api/clips/{}/insights.csv", clip.id)).await;
    assert!(table.text().contains("after less before,\"Why does it climb?\",20,0.5000,"), "{}", table.text());
    assert_eq!(eve.get(&format!("/api/clips/{}/insights.csv", clip.id)).await.status, 403);
});

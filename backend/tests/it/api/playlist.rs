//! Playlists: made and changed by several hands, found, played up to the first closed gate.

use crate::{
    library::Clip,
    on_both,
    server::{Browser, Engine, MORNING_MS, TestApp},
};
use minnow::store::{self, question::QuestionRow};
use minnow_shared::{
    AnswerId, ClipId, ErrorCode, PersonId, PlaylistId, QuestionId, StepId, TopicId, WatchId,
    answer::{AnswerQuestion, GiveAnswer, Response},
    feed::FeedPageView,
    limit,
    playlist::{
        AddStep, CreatePlaylist, DeletePlaylist, FindStepClips, GetPlaylist, ListMyPlaylists, ListPlaylists,
        MoveStep, PlayPlaylist, PlaylistView, Shelf, StepState, UpdatePlaylist, UpdateStep, Visibility,
    },
    question::{Question, QuestionKey},
    watch::{RecordWatch, WatchedStretch},
};

pub fn playlist_id(n: u8) -> PlaylistId {
    PlaylistId::new(MORNING_MS, [n; 10])
}

pub fn step_id(n: u8) -> StepId {
    StepId::new(MORNING_MS, [n; 10])
}

pub fn create(n: u8, visibility: Visibility) -> CreatePlaylist {
    CreatePlaylist {
        playlist_id: playlist_id(n),
        title: format!("Water {n}"),
        about: String::new(),
        visibility,
    }
}

pub fn add(n: u8, step: u8, clip: &ClipId, is_gate: bool) -> AddStep {
    AddStep { playlist_id: playlist_id(n), step_id: step_id(step), clip_id: clip.clone(), is_gate }
}

pub fn get(n: u8) -> GetPlaylist {
    GetPlaylist { playlist_id: playlist_id(n) }
}

pub fn play(n: u8, from: Option<&Clip>) -> PlayPlaylist {
    PlayPlaylist { playlist_id: playlist_id(n), from: from.map(|clip| clip.id.clone()) }
}

/// Answers the clip's question; `n` makes the answer's id.
pub fn answer(n: u8, clip: &Clip, right: bool, at_ms: i64) -> AnswerQuestion {
    let choice = if right { &clip.right } else { &clip.wrong };
    AnswerQuestion {
        answer_id: AnswerId::new(at_ms, [n; 10]),
        clip_id: clip.id.clone(),
        question_id: clip.question.clone(),
        response: Response::Choice { choice_id: choice.clone() },
        certainty: None,
        answered_at_ms: at_ms,
        before: false,
    }
}

/// Watches a clip to its end.
pub fn watch(n: u8, clip: &Clip, at_ms: i64) -> RecordWatch {
    let stretch = WatchedStretch {
        watch_id: WatchId::new(at_ms, [n; 10]),
        clip_id: clip.id.clone(),
        from_ms: 0,
        to_ms: 20_000,
        started_at_ms: at_ms,
        finished: true,
    };
    RecordWatch { stretches: vec![stretch], utc_offset_minutes: 0 }
}

/// Ada's public path 1 of some clips, each the gate that `gates` says.
pub struct World {
    pub server: TestApp,
    pub ada: Browser,
    pub author: PersonId,
    pub topic: TopicId,
    pub clips: Vec<Clip>,
}

impl World {
    pub async fn new(engine: Engine, gates: &[bool]) -> Self {
        let server = TestApp::new(engine).await;
        let (mut ada, author) = server.account("ada").await;
        let topic = server.topic("water").await;
        ada.call(&create(1, Visibility::Public)).await.unwrap();
        let mut clips = Vec::new();
        for (n, is_gate) in (1..).zip(gates) {
            let clip = server.clip(&author, &topic).await;
            ada.call(&add(1, n, &clip.id, *is_gate)).await.unwrap();
            clips.push(clip);
        }
        Self { server, ada, author, topic, clips }
    }

    pub fn now(&self) -> i64 {
        self.server.app.now_ms()
    }
}

fn states(view: &PlaylistView) -> Vec<StepState> {
    view.steps.iter().map(|step| step.state).collect()
}

fn ids(view: &PlaylistView) -> Vec<StepId> {
    view.steps.iter().map(|step| step.id.clone()).collect()
}

fn played(page: &FeedPageView) -> (Vec<ClipId>, Vec<u32>, bool) {
    let path = page.path.as_ref().unwrap();
    (page.clips.iter().map(|clip| clip.id.clone()).collect(), path.places.clone(), path.gate)
}

use StepState::{Done as D, Gone as G, Locked as L, Now as N, Open as O};

on_both!(a_playlist_is_made_step_by_step_and_changed, async |engine| {
    let mut world = World::new(engine, &[false, true, false]).await;
    let view = world.ada.call(&get(1)).await.unwrap();
    assert_eq!((view.title.as_str(), view.owner.handle.as_str()), ("Water 1", "ada"));
    assert_eq!(ids(&view), [step_id(1), step_id(2), step_id(3)]);
    assert_eq!((view.is_own, view.can_assign, view.duration_ms), (true, false, 60_000));
    let again = world.ada.call(&add(1, 2, &world.clips[1].id, false)).await.unwrap();
    assert_eq!(again, view, "the same step id adds it once");
    let twice = world.ada.call(&add(1, 9, &world.clips[1].id, false)).await.unwrap();
    assert_eq!(ids(&twice), ids(&view), "a clip is a step once");
    let step = |step, is_gate, is_removed| UpdateStep {
        playlist_id: playlist_id(1),
        step_id: step_id(step),
        is_gate,
        is_removed,
    };
    let less = world.ada.call(&step(2, Some(false), Some(true))).await.unwrap();
    assert_eq!(ids(&less), [step_id(1), step_id(3)]);
    let after = |after: Option<u8>| MoveStep {
        playlist_id: playlist_id(1),
        step_id: step_id(1),
        after_step_id: after.map(step_id),
    };
    let moved = world.ada.call(&after(Some(2))).await.unwrap();
    assert_eq!(ids(&moved), [step_id(1), step_id(3)], "after one that was taken out, where that stood");
    let back = world.ada.call(&step(2, None, Some(false))).await.unwrap();
    assert_eq!(ids(&back), [step_id(2), step_id(1), step_id(3)], "undone, it is where it was");
    assert!(!back.steps[0].is_gate);
    let first = world.ada.call(&after(None)).await.unwrap();
    assert_eq!(ids(&first), [step_id(1), step_id(2), step_id(3)]);
    let change = UpdatePlaylist {
        playlist_id: playlist_id(1),
        title: Some("  Tubes ".into()),
        about: Some("How water climbs.".into()),
        visibility: Some(Visibility::Private),
    };
    let changed = world.ada.call(&change).await.unwrap();
    assert_eq!((changed.title.as_str(), changed.about.as_str()), ("Tubes", "How water climbs."));
    let mine = world.ada.call(&ListMyPlaylists { cursor: None }).await.unwrap();
    assert_eq!((mine.playlists.len(), mine.playlists[0].steps, mine.playlists[0].gates), (1, 3, 0));
    assert_eq!(mine.playlists[0].poster_urls.len(), 3);
    world.ada.call(&DeletePlaylist { playlist_id: playlist_id(1) }).await.unwrap();
    assert_eq!(world.ada.call(&get(1)).await.unwrap_err().code, ErrorCode::NotFound);
});

on_both!(two_devices_that_edit_at_once_lose_no_step, async |engine| {
    let mut world = World::new(engine, &[false, false]).await;
    let mut clips = Vec::new();
    for _ in 0..12 {
        clips.push(world.server.clip(&world.author, &world.topic).await);
    }
    let tasks: Vec<_> = (0..12u8)
        .map(|n| {
            let (mut device, clip) = (world.ada.clone(), clips[usize::from(n)].id.clone());
            tokio::spawn(async move {
                device.call(&add(1, 100 + n, &clip, false)).await.unwrap();
                // Each then puts its own right after the first that both know.
                let request = MoveStep {
                    playlist_id: playlist_id(1),
                    step_id: step_id(100 + n),
                    after_step_id: Some(step_id(1)),
                };
                device.call(&request).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let there = ids(&world.ada.call(&get(1)).await.unwrap());
    assert_eq!((there.first(), there.last()), (Some(&step_id(1)), Some(&step_id(2))));
    let mut sorted = there.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((there.len(), sorted.len()), (14, 14));
});

on_both!(playing_gives_no_more_than_up_to_the_first_closed_gate, async |engine| {
    let mut world = World::new(engine, &[false, true, false, true, false]).await;
    let clips = world.clips.clone();
    let id = |n: usize| clips[n].id.clone();
    let mut learner = world.server.guest().await;
    let page = learner.call(&play(1, None)).await.unwrap();
    assert_eq!(played(&page), (vec![id(0), id(1)], vec![1, 2], true));
    assert_eq!((page.next_cursor.clone(), page.path.as_ref().unwrap().steps), (None, 5));
    let view = learner.call(&get(1)).await.unwrap();
    assert_eq!(states(&view), [N, O, L, L, L]);
    let known: Vec<bool> = view.steps.iter().map(|step| step.clip.is_some()).collect();
    assert_eq!(known, [true, true, false, false, false], "of what is locked only the title");
    assert_eq!(view.steps[2].title, "Why water climbs");
    let owner = world.ada.call(&get(1)).await.unwrap();
    assert!(owner.steps.iter().all(|step| step.clip.is_some()), "who made it sees what is in it");
    let behind = learner.call(&play(1, Some(&clips[4]))).await.unwrap();
    assert_eq!(played(&behind).0, [id(0), id(1)], "asking for what is locked gives what is open");

    let now = world.now();
    learner.call(&answer(1, &clips[1], false, now)).await.unwrap();
    let page = learner.call(&play(1, Some(&clips[1]))).await.unwrap();
    assert_eq!(played(&page), (vec![id(1)], vec![2], true));
    assert!(!page.clips[0].questions[0].answered, "what was not right is asked again");
    let view = learner.call(&get(1)).await.unwrap();
    assert_eq!((states(&view), view.steps[1].tries), (vec![N, O, L, L, L], 1));

    learner.call(&answer(2, &clips[1], true, now)).await.unwrap();
    let page = learner.call(&play(1, Some(&clips[1]))).await.unwrap();
    assert_eq!(played(&page), (vec![id(1), id(2), id(3)], vec![2, 3, 4], true));
    assert!(page.clips[0].questions[0].answered);
    learner.call(&watch(1, &clips[0], now)).await.unwrap();
    let view = learner.call(&get(1)).await.unwrap();
    assert_eq!((states(&view), view.done), (vec![D, D, N, O, L], 2));
    let page = learner.call(&play(1, None)).await.unwrap();
    assert_eq!(played(&page).0, [id(2), id(3)], "it goes on where it was");

    learner.call(&answer(3, &clips[3], true, now)).await.unwrap();
    learner.call(&watch(2, &clips[2], now)).await.unwrap();
    learner.call(&watch(3, &clips[4], now)).await.unwrap();
    let page = learner.call(&play(1, None)).await.unwrap();
    let path = page.path.as_ref().unwrap();
    assert_eq!((page.clips.len(), path.done, path.gate), (5, 5, false), "once more from the beginning");
    assert_eq!(learner.call(&get(1)).await.unwrap().done, 5);
});

on_both!(answers_that_come_late_from_a_phone_without_a_network_count, async |engine| {
    let world = World::new(engine, &[true, true, false]).await;
    let mut learner = world.server.guest().await;
    let now = world.now();
    // They arrive in the wrong order, days after they were given.
    world.server.clock.advance(3 * 86_400_000);
    learner.call(&answer(2, &world.clips[1], true, now + 60_000)).await.unwrap();
    assert_eq!(states(&learner.call(&get(1)).await.unwrap()), [N, L, L]);
    learner.call(&answer(1, &world.clips[0], true, now)).await.unwrap();
    assert_eq!(states(&learner.call(&get(1)).await.unwrap()), [D, D, N]);
});

on_both!(a_clip_that_is_gone_opens_its_gate_and_leaks_nothing, async |engine| {
    let mut world = World::new(engine, &[true, true, false]).await;
    let mut learner = world.server.guest().await;
    let now = world.now();
    learner.call(&answer(1, &world.clips[0], true, now)).await.unwrap();
    assert_eq!(learner.call(&get(1)).await.unwrap().done, 1);
    let unpublish = minnow_shared::draft::UnpublishClip { clip_id: world.clips[0].id.clone() };
    world.ada.call(&unpublish).await.unwrap();
    let delete = minnow_shared::draft::DeleteClip { clip_id: world.clips[1].id.clone() };
    world.ada.call(&delete).await.unwrap();
    let view = learner.call(&get(1)).await.unwrap();
    assert_eq!((states(&view), view.done), (vec![G, G, N], 2));
    assert!(view.steps[..2].iter().all(|step| step.title.is_empty() && step.clip.is_none()));
    let page = learner.call(&play(1, None)).await.unwrap();
    assert_eq!(played(&page), (vec![world.clips[2].id.clone()], vec![3], false));
    world.server.publish(&world.clips[0].id).await;
    let view = learner.call(&get(1)).await.unwrap();
    assert_eq!((states(&view), view.done), (vec![D, G, N], 2), "what was done is done when it is back");
    let draft = world.server.draft(&world.author, &world.topic).await;
    let refused = world.ada.call(&add(1, 9, &draft.id, false)).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::NotFound, Some("clip_id")));
});

on_both!(an_open_answer_opens_its_gate_for_nobody_waits_for_others, async |engine| {
    let world = World::new(engine, &[false, false]).await;
    let mut ada = world.ada.clone();
    let gate = &world.clips[0];
    let open = QuestionId::new(MORNING_MS, [77; 10]);
    let question = Question::new(
        "Explain it back.",
        QuestionKey::Open { sample: "…".into(), words_min: 0, words_max: 0 },
    );
    let row = QuestionRow::of(&open, world.author.as_str(), &question).unwrap();
    let mut tx = world.server.app.db.begin().await.unwrap();
    store::question::upsert_question(&mut tx, &row, 1).await.unwrap();
    store::question::upsert_asked(&mut tx, &gate.id, &open, 9_000).await.unwrap();
    tx.commit().await.unwrap();
    let is_gate = UpdateStep {
        playlist_id: playlist_id(1),
        step_id: step_id(1),
        is_gate: Some(true),
        is_removed: None,
    };
    ada.call(&is_gate).await.unwrap();
    let mut learner = world.server.guest().await;
    let now = world.now();
    learner.call(&answer(1, gate, true, now)).await.unwrap();
    assert_eq!(states(&learner.call(&get(1)).await.unwrap()), [N, L], "both questions are asked");
    let given = GiveAnswer {
        question_id: open,
        answer_id: AnswerId::new(now, [5; 10]),
        clip_id: Some(gate.id.clone()),
        practice_id: None,
        response: Response::Open { text: "It clings to the glass and pulls itself up.".into() },
        certainty: None,
        answered_at_ms: now,
        before: false,
    };
    learner.call(&given).await.unwrap();
    assert_eq!(states(&learner.call(&get(1)).await.unwrap()), [D, N]);
});

on_both!(a_playlist_is_seen_by_whom_its_maker_lets_see_it, async |engine| {
    let mut world = World::new(engine, &[false]).await;
    let mut bob = world.server.account("bob").await.0;
    let see = |visibility| UpdatePlaylist {
        playlist_id: playlist_id(1),
        title: None,
        about: None,
        visibility: Some(visibility),
    };
    let list = ListPlaylists { words: None, handle: None, cursor: None };
    let of_ada = ListPlaylists { handle: Some("ada".into()), ..list.clone() };
    let of_bob = ListPlaylists { handle: Some("bob".into()), ..list.clone() };
    for (visibility, found, read) in
        [(Visibility::Public, 1, true), (Visibility::Link, 0, true), (Visibility::Private, 0, false)]
    {
        world.ada.call(&see(visibility)).await.unwrap();
        assert_eq!(bob.call(&list).await.unwrap().playlists.len(), found, "{visibility:?}");
        assert_eq!(bob.call(&of_ada).await.unwrap().playlists.len(), found, "{visibility:?}");
        assert!(bob.call(&of_bob).await.unwrap().playlists.is_empty());
        assert_eq!(bob.call(&get(1)).await.is_ok(), read, "{visibility:?}");
        assert_eq!(bob.call(&play(1, None)).await.is_ok(), read, "{visibility:?}");
        let refused = if read { ErrorCode::Forbidden } else { ErrorCode::NotFound };
        assert_eq!(bob.call(&add(1, 8, &world.clips[0].id, false)).await.unwrap_err().code, refused);
    }
    world.ada.call(&create(2, Visibility::Public)).await.unwrap();
    assert!(bob.call(&list).await.unwrap().playlists.is_empty(), "one without a step is not found");
    assert_eq!(bob.call(&create(1, Visibility::Public)).await.unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(world.ada.call(&create(1, Visibility::Public)).await.unwrap().title, "Water 1");
});

on_both!(playlists_and_clips_are_found_by_their_words, async |engine| {
    let mut world = World::new(engine, &[false]).await;
    let about = |about: &str| UpdatePlaylist {
        playlist_id: playlist_id(1),
        title: None,
        about: Some(about.into()),
        visibility: None,
    };
    world.ada.call(&about("ÜBER Röhren, 100 % glass")).await.unwrap();
    let find = async |words: &str| {
        let list = ListPlaylists { words: Some(words.into()), handle: None, cursor: None };
        world.server.browser().call(&list).await.unwrap().playlists.len()
    };
    let found = [find("water").await, find("über GLASS").await, find("100 %").await, find("10_ %").await];
    assert_eq!(found, [1, 1, 1, 0]);
    let other = world.server.account("bob").await.1;
    let theirs = world.server.clip(&other, &world.topic).await;
    let mut clips = async |shelf, words: &str| {
        let find =
            FindStepClips { playlist_id: playlist_id(1), shelf, words: Some(words.into()), cursor: None };
        let found = world.ada.call(&find).await.unwrap().clips;
        found.into_iter().map(|found| (found.clip.id, found.questions, found.is_step)).collect::<Vec<_>>()
    };
    let (own, theirs) = ((world.clips[0].id.clone(), 1, true), (theirs.id, 1, false));
    assert_eq!(clips(Shelf::All, "climbs WHY").await, [theirs.clone(), own.clone()]);
    assert_eq!(clips(Shelf::All, "thin tube").await.len(), 2, "spoken words count");
    assert!(clips(Shelf::All, "submarine").await.is_empty());
    assert_eq!(clips(Shelf::Own, "").await, [own]);
    assert!(clips(Shelf::Saved, "").await.is_empty());
    world
        .ada
        .call(&minnow_shared::clip::SetSave { clip_id: theirs.0.clone(), on: true, at_ms: None })
        .await
        .unwrap();
    let find = FindStepClips { playlist_id: playlist_id(1), shelf: Shelf::Saved, words: None, cursor: None };
    assert_eq!(world.ada.call(&find).await.unwrap().clips[0].clip.id, theirs.0);
});

on_both!(every_text_and_count_of_a_playlist_has_its_maximum, async |engine| {
    let mut world = World::new(engine, &[]).await;
    let update = |title: usize, about: usize| UpdatePlaylist {
        playlist_id: playlist_id(1),
        title: Some("é".repeat(title)),
        about: Some("é".repeat(about)),
        visibility: None,
    };
    assert!(world.ada.call(&update(limit::PLAYLIST_TITLE, limit::PLAYLIST_ABOUT)).await.is_ok());
    for (title, about, field) in
        [(limit::PLAYLIST_TITLE + 1, 0, "title"), (0, 0, "title"), (1, limit::PLAYLIST_ABOUT + 1, "about")]
    {
        let refused = world.ada.call(&update(title, about)).await.unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some(field)));
    }
    let words = Some("x".repeat(limit::SEARCH_WORDS + 1));
    let list = ListPlaylists { words, handle: None, cursor: None };
    assert_eq!(world.ada.call(&list).await.unwrap_err().field.as_deref(), Some("words"));
    let clip = world.server.clip(&world.author, &world.topic).await;
    let mut tx = world.server.app.db.begin().await.unwrap();
    for n in 0..limit::STEPS {
        let id = StepId::new(i64::try_from(n).unwrap(), [200; 10]);
        let (playlist, place) = (playlist_id(1), i64::try_from(n).unwrap());
        let new = store::playlist::NewStep {
            id: &id,
            playlist: &playlist,
            clip: &clip.id,
            place,
            is_gate: false,
            now_ms: 1,
        };
        store::playlist::insert_step(&mut tx, new).await.unwrap();
    }
    tx.commit().await.unwrap();
    let more = world.server.clip(&world.author, &world.topic).await;
    let refused = world.ada.call(&add(1, 1, &more.id, false)).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::Conflict, Some("steps")));
});

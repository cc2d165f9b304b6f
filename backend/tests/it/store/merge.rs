//! Devices that were apart: whatever they did, in whatever order, batches and doubles it arrives, the same comes of it as if
//! each had been online all the time.

use crate::{on_both, server::fresh_db};
use minnow::calendar::believed_ms;
use minnow::store::{
    Db,
    answer::{self, AnswerRow},
    card::{self, Memory},
    draft, form, person,
    playlist::{self, NewStep},
    question::{self, QuestionRow},
    reaction::{self, Reacted, Reaction},
    settings, sql,
    watch::{self, NewStretch, StretchRow},
};
use minnow_memory::Parameters;
use minnow_shared::{
    ClipId, PersonId, PlaylistId, QuestionId, StepId,
    playlist::{StepFacts, walk},
    question::{Question, QuestionKey},
    settings::FieldChange,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::json;

const HOUR_MS: i64 = 3_600_000;
/// A week away, and a day on which it all arrives.
const ARRIVED_MS: i64 = 8 * 24 * HOUR_MS;
const QUESTIONS: u8 = 3;
const CLIPS: u8 = 2;

/// What a learner did at a time, on one of their devices.
#[derive(Debug, Clone)]
enum Deed {
    Answer { question: u8, tenths: i64, tries: i64, ends: bool, certainty: u8 },
    Set { field: &'static str, value: i64 },
    React { save: bool, clip: u8, on: bool },
    Watch { clip: u8, from_ms: i64, length_ms: i64, finished: bool },
}

#[derive(Debug, Clone)]
struct Done {
    at_ms: i64,
    device: usize,
    deed: Deed,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        5 => (0..QUESTIONS, 0..=10_i64, 1..4_i64, any::<bool>(), 0..4_u8).prop_map(
            |(question, tenths, tries, ends, certainty)| Deed::Answer {
                question, tenths, tries, ends: ends || tenths == 10, certainty
            }
        ),
        2 => (prop::sample::select(vec!["daily_reviews", "daily_goal_minutes", "retention_percent"]), 70..76_i64)
            .prop_map(|(field, value)| Deed::Set { field, value }),
        2 => (any::<bool>(), 0..CLIPS, any::<bool>()).prop_map(|(save, clip, on)| Deed::React { save, clip, on }),
        2 => (0..CLIPS, 0..9_000_i64, 0..5_000_i64, any::<bool>())
            .prop_map(|(clip, from_ms, length_ms, finished)| Deed::Watch { clip, from_ms, length_ms, finished }),
    ]
}

/// A week of two or three devices. Some things happen at the same millisecond, many within one session.
fn week() -> impl Strategy<Value = Vec<Done>> {
    let done = (0..7 * 24 * 6_i64, 0..3_usize, 0..3_i64, deed());
    proptest::collection::vec(done, 1..40).prop_map(|all| {
        let at = |slot: i64, within: i64| slot / 20 * 200 * 60_000 + slot % 20 * 6 * 60_000 + within;
        let mut all: Vec<Done> = all
            .into_iter()
            .map(|(slot, device, within, deed)| Done { at_ms: at(slot, within), device, deed })
            .collect();
        all.sort_by_key(|done| done.at_ms);
        // A finger is not quicker than a millisecond; answers and settings may be made at the same one on two devices.
        for n in 1..all.len() {
            let before = all[n - 1].at_ms;
            if matches!(all[n].deed, Deed::React { .. }) || matches!(all[n - 1].deed, Deed::React { .. }) {
                all[n].at_ms = all[n].at_ms.max(before + 1);
            }
            all[n].at_ms = all[n].at_ms.max(before);
        }
        all
    })
}

struct Stage {
    playlist: PlaylistId,
    person: PersonId,
    mark: String,
    questions: Vec<QuestionId>,
    clips: Vec<ClipId>,
}

impl Stage {
    /// A learner, and questions and clips that nobody else touches.
    async fn new(db: &Db, case: u8, way: u8) -> Self {
        let id = |kind: u8, n: u8| [kind, case, way, n, 0, 0, 0, 0, 0, 0];
        let person = PersonId::new(1, id(1, 0));
        let questions: Vec<QuestionId> = (0..QUESTIONS).map(|n| QuestionId::new(1, id(2, n))).collect();
        let clips: Vec<ClipId> = (0..CLIPS).map(|n| ClipId::new(1, id(3, n))).collect();
        let mut tx = db.begin().await.unwrap();
        person::insert_guest(&mut tx, &person, 1).await.unwrap();
        for clip in &clips {
            draft::insert_clip(&mut tx, clip, &person, "en", 1).await.unwrap();
        }
        for question in &questions {
            let whole = Question::new("?", QuestionKey::FlashCard { back: "!".into() });
            let row = QuestionRow::of(question, person.as_str(), &whole).unwrap();
            assert!(question::upsert_question(&mut tx, &row, 1).await.unwrap());
        }
        // Each clip asks something, is published, and keeps the next one behind its gate.
        let playlist = PlaylistId::new(1, id(4, 0));
        assert!(playlist::insert_playlist(&mut tx, &playlist, &person, 1).await.unwrap());
        sql("UPDATE clips SET published = TRUE, duration_ms = 10000 WHERE author_id = $1")
            .bind(&person)
            .run(&mut tx)
            .await
            .unwrap();
        for (n, question) in (0_u8..).zip(&questions) {
            sql("INSERT INTO clip_questions (clip_id, question_id, moment_ms) VALUES ($1, $2, 1)")
                .bind(&clips[usize::from(n % CLIPS)])
                .bind(question)
                .run(&mut tx)
                .await
                .unwrap();
        }
        for (n, clip) in (0_u8..).zip(&clips) {
            let (step, place) = (StepId::new(1, id(5, n)), i64::from(n));
            let new = NewStep { id: &step, playlist: &playlist, clip, place, is_gate: true, now_ms: 1 };
            playlist::insert_step(&mut tx, new).await.unwrap();
        }
        // In every other week two of the questions are forms of one, in the others they become that at the end.
        if case.is_multiple_of(2) {
            assert!(form::join_families(&mut tx, &questions[2], &questions[0]).await.unwrap());
        }
        tx.commit().await.unwrap();
        Self { playlist, person, mark: format!("{case}-{way}"), questions, clips }
    }

    fn answer(&self, n: usize, done: &Done, kept_at_ms: i64) -> Option<AnswerRow> {
        let Deed::Answer { question, tenths, tries, ends, certainty } = &done.deed else { return None };
        let credit = tenths * 1_000_000;
        Some(AnswerRow {
            id: format!("{}-{n:03}", self.mark),
            person_id: self.person.to_string(),
            question_id: self.questions[usize::from(*question)].to_string(),
            clip_id: None,
            response: format!("{n}"),
            choice_id: None,
            certainty: [None, Some("guess"), Some("think_so"), Some("sure")][usize::from(*certainty)]
                .map(ToOwned::to_owned),
            is_right: *tenths == 10,
            credit,
            own_credit: credit,
            tries: *tries,
            penalty: 2_000_000,
            ends: *ends,
            attempt: 1,
            is_final: *ends || *tries == 1,
            is_first: false,
            xp: *tenths,
            right_choice_id: None,
            right_text: String::new(),
            reason: String::new(),
            choice_reason: String::new(),
            answered_at_ms: done.at_ms,
            kept_at_ms,
            is_before: false,
        })
    }

    /// Brings things to the server together, as they stand.
    async fn bring(&self, db: &Db, batch: &[(usize, &Done)], kept_at_ms: i64) {
        let mut tx = db.begin().await.unwrap();
        let answers: Vec<AnswerRow> =
            batch.iter().filter_map(|(n, done)| self.answer(*n, done, kept_at_ms)).collect();
        answer::insert_answers(&mut tx, &answers.iter().collect::<Vec<_>>()).await.unwrap();
        let mut stretches = Vec::new();
        for (n, done) in batch {
            match &done.deed {
                Deed::Answer { .. } => {}
                Deed::Set { field, value } => {
                    let change =
                        FieldChange { field: (*field).into(), value: json!(value), at_ms: done.at_ms };
                    let (before, after) =
                        settings::merge_settings(&mut tx, &self.person, vec![change]).await.unwrap();
                    if before.view().retention_percent != after.view().retention_percent {
                        card::mark_all_stale(&mut tx, &self.person).await.unwrap();
                    }
                }
                Deed::React { save, clip, on } => {
                    let reaction = if *save { Reaction::Save } else { Reaction::Like };
                    let clip = &self.clips[usize::from(*clip)];
                    let (person, at_ms) = (&self.person, done.at_ms);
                    let new = Reacted { reaction, person, clip, on: *on, at_ms, now_ms: at_ms };
                    reaction::set_reaction(&mut tx, new).await.unwrap();
                }
                Deed::Watch { clip, from_ms, length_ms, finished } => stretches.push(StretchRow {
                    id: format!("{}-{n:03}", self.mark),
                    clip_id: self.clips[usize::from(*clip)].to_string(),
                    from_ms: *from_ms,
                    to_ms: from_ms + length_ms,
                    finished: *finished,
                    started_at_ms: done.at_ms,
                    day: format!("2026-07-0{}", done.at_ms / (24 * HOUR_MS) + 1),
                }),
            }
        }
        let new = |stretch| NewStretch { person: &self.person, stretch, now_ms: kept_at_ms };
        watch::insert_stretches(&mut tx, &stretches.iter().map(new).collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Everything that a learner sees of it, names of this stage left out.
    async fn state(&self, db: &Db) -> Vec<String> {
        let kept = settings::get_settings(db, &self.person).await.unwrap().view();
        let retention = f64::from(kept.retention_percent) / 100.0;
        let memory = Memory { parameters: Parameters::default(), retention };
        let mut tx = db.begin().await.unwrap();
        assert!(form::join_families(&mut tx, &self.questions[2], &self.questions[0]).await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        for (person, question) in card::list_stale_cards(db, Some(&self.person), 1_000).await.unwrap() {
            card::remake_card(&mut tx, &person, &question, &memory).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut all = vec![format!("{kept:?}")];
        let (xp,): (i64,) =
            sql("SELECT xp FROM people WHERE id = $1").bind(&self.person).one(db).await.unwrap();
        all.push(format!("{xp} points"));
        let rows: Vec<(String, i64, bool, bool, i64, i64)> =
            sql("SELECT response, attempt, is_final, is_first, credit, xp FROM answers WHERE person_id = $1
             ORDER BY answered_at_ms, id")
            .bind(&self.person)
            .all(db)
            .await
            .unwrap();
        all.push(format!("{rows:?}"));
        let earned: i64 = rows.iter().map(|row| row.5).sum();
        assert_eq!(earned, xp, "points are those of the answers");
        for question in &self.questions {
            let card = card::find_card(db, &self.person, question).await.unwrap();
            // Fuzz spreads by the names of learner and question, which are this stage's own.
            all.push(format!("{:?}", card.map(|card| (card.card(), card.reviews))));
        }
        let steps = playlist::list_steps(db, &[self.playlist.to_string()], Some(&self.person)).await.unwrap();
        let count = |number: i64| u32::try_from(number).unwrap();
        let facts: Vec<StepFacts> = steps
            .iter()
            .map(|step| StepFacts {
                is_gone: step.clip_id.is_none(),
                is_gate: step.is_gate,
                questions: count(step.questions),
                right: count(step.right_count),
                is_watched: step.watched,
            })
            .collect();
        assert!(facts.iter().all(|step| !step.is_gone && step.questions > 0));
        all.push(format!("{:?}", walk(&facts)));
        for statement in [
            "SELECT clip_id, at_ms FROM likes WHERE person_id = $1 ORDER BY clip_id",
            "SELECT clip_id, at_ms FROM saves WHERE person_id = $1 ORDER BY clip_id",
            "SELECT id, like_count * 10 + save_count FROM clips WHERE author_id = $1 ORDER BY id",
            "SELECT clip_id, position_ms FROM views WHERE person_id = $1 ORDER BY clip_id",
            "SELECT clip_id, watched_ms FROM views WHERE person_id = $1 ORDER BY clip_id",
            "SELECT clip_id, first_at_ms + last_at_ms * 2 FROM views WHERE person_id = $1 ORDER BY clip_id",
            "SELECT day, watched_ms FROM watched_days WHERE person_id = $1 ORDER BY day",
        ] {
            let rows: Vec<(String, i64)> = sql(statement).bind(&self.person).all(db).await.unwrap();
            let place = |id: &str| self.clips.iter().position(|clip| clip.as_str() == id);
            let named: Vec<(String, i64)> = rows
                .into_iter()
                .map(|(id, n)| (place(&id).map_or(id.clone(), |place| place.to_string()), n))
                .collect();
            all.push(format!("{named:?}"));
        }
        all
    }
}

on_both!(weeks_apart_merge_to_what_the_same_week_online_gives, |engine| async move {
    let (_fresh, db) = fresh_db(engine).await;
    let mut runner = TestRunner::deterministic();
    let cases = if cfg!(debug_assertions) { 24 } else { 60 };
    for case in 0..cases {
        let history = week().new_tree(&mut runner).unwrap().current();
        let (order, size) = (any::<u64>(), 1..7_usize).new_tree(&mut runner).unwrap().current();
        let online = Stage::new(&db, case, 0).await;
        for (n, done) in history.iter().enumerate() {
            online.bring(&db, &[(n, done)], done.at_ms).await;
        }
        let expected = online.state(&db).await;
        // Each device keeps its own order, as an outbox does; between devices anything goes.
        let apart = Stage::new(&db, case, 1).await;
        let lines = lines_of(&history);
        bring_in_turns(&apart, &db, &lines, size, order).await;
        assert_eq!(apart.state(&db).await, expected, "case {case}: {history:#?}");
        // Any order at all, one by one, the last first.
        let backwards = Stage::new(&db, case, 2).await;
        for (n, done) in history.iter().enumerate().rev() {
            backwards.bring(&db, &[(n, done)], ARRIVED_MS).await;
        }
        assert_eq!(backwards.state(&db).await, expected, "case {case}, backwards: {history:#?}");
    }
});

/// What each device has to bring, in its own order.
fn lines_of(history: &[Done]) -> Vec<Vec<(usize, &Done)>> {
    let mut lines: Vec<Vec<(usize, &Done)>> = vec![Vec::new(); 3];
    for (n, done) in history.iter().enumerate() {
        lines[done.device].push((n, done));
    }
    lines
}

/// The devices send in turns that chance makes, up to `size` things at once. In a third of the cases the server keeps what
/// was sent and its word on it is lost (a cut line, a killed tab): the device sends the same again, perhaps with more.
async fn bring_in_turns(stage: &Stage, db: &Db, lines: &[Vec<(usize, &Done)>], size: usize, mut chance: u64) {
    let mut sent = vec![0; lines.len()];
    let mut arrives_at_ms = ARRIVED_MS;
    while sent.iter().zip(lines).any(|(sent, line)| *sent < line.len()) {
        chance = mixed(chance);
        let device = (chance % lines.len() as u64) as usize;
        let (from, line) = (sent[device], &lines[device]);
        let to = line.len().min(from + 1 + (chance >> 8) as usize % size);
        if from < to {
            stage.bring(db, &line[from..to], arrives_at_ms).await;
            arrives_at_ms += 1_000;
            if !(chance >> 20).is_multiple_of(3) {
                sent[device] = to;
            }
        }
    }
    // A second tab had some of it too.
    for line in lines {
        let from = line.len() / 3;
        stage.bring(db, &line[from..], arrives_at_ms).await;
    }
}

on_both!(
    clocks_that_run_wrong_lose_nothing_double_nothing_and_keep_each_devices_order,
    |engine| async move {
        let (_fresh, db) = fresh_db(engine).await;
        let mut runner = TestRunner::deterministic();
        for case in 0..if cfg!(debug_assertions) { 10 } else { 40 } {
            let mut history = week().new_tree(&mut runner).unwrap().current();
            // What is set later than it can be counts as of its arrival, and so by which came last.
            history.retain(|done| {
                done.device < 2 || matches!(done.deed, Deed::Answer { .. } | Deed::Watch { .. })
            });
            let order = any::<u64>().new_tree(&mut runner).unwrap().current();
            // Behind by hours, ahead by a little, ahead by days: the last clock is past the moment of arrival at the end.
            let skews_ms = [-5 * HOUR_MS, 20 * 60_000, 4 * 24 * HOUR_MS];
            let skewed: Vec<Done> = history
                .iter()
                .map(|done| {
                    let told_ms = done.at_ms + skews_ms[done.device];
                    Done { at_ms: believed_ms(told_ms, ARRIVED_MS), ..done.clone() }
                })
                .collect();
            let lines = lines_of(&skewed);
            let (one, other) = (Stage::new(&db, case, 0).await, Stage::new(&db, case, 1).await);
            bring_in_turns(&one, &db, &lines, 5, order).await;
            bring_in_turns(&other, &db, &lines, 2, !order).await;
            let seen = one.state(&db).await;
            assert_eq!(other.state(&db).await, seen, "case {case}: whoever came first");
            let kept: Vec<(String, i64)> =
            sql("SELECT response, answered_at_ms FROM answers WHERE person_id = $1 ORDER BY answered_at_ms, id")
                .bind(&one.person)
                .all(&db)
                .await
                .unwrap();
            let answers = |line: &[(usize, &Done)]| -> Vec<String> {
                let is_answer = |done: &Done| matches!(done.deed, Deed::Answer { .. });
                line.iter().filter(|(_, done)| is_answer(done)).map(|(n, _)| n.to_string()).collect()
            };
            assert_eq!(kept.len(), lines.iter().map(|line| answers(line).len()).sum::<usize>(), "each once");
            assert!(kept.iter().all(|(_, at_ms)| *at_ms <= ARRIVED_MS));
            for line in &lines {
                let mine = answers(line);
                let order: Vec<String> =
                    kept.iter().map(|(n, _)| n.clone()).filter(|n| mine.contains(n)).collect();
                assert_eq!(order, mine, "case {case}: in the order of its device");
            }
            // All of it once more, a day later, when more of those clocks would be believed.
            for (n, done) in history.iter().enumerate() {
                let told_ms = done.at_ms + skews_ms[done.device];
                let later = Done { at_ms: believed_ms(told_ms, ARRIVED_MS + 24 * HOUR_MS), ..done.clone() };
                if matches!(done.deed, Deed::Answer { .. } | Deed::Watch { .. }) {
                    one.bring(&db, &[(n, &later)], ARRIVED_MS + 24 * HOUR_MS).await;
                }
            }
            assert_eq!(one.state(&db).await, seen, "case {case}: what is sent again changes nothing");
        }
    }
);

/// SplitMix64's output function.
fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z ^ (z >> 27)
}

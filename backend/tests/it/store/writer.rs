//! The group commit: many writes, one transaction, and a write that fails fails alone.

use crate::{on_both, server::fresh_db};
use minnow::{
    metrics::Metrics,
    store::{
        answer::{self, AnswerRow, Kept},
        draft, person,
        question::{self, QuestionRow},
        reaction::Reaction,
        sql,
        watch::{self, NewStretch, StretchRow},
        writer::Writer,
    },
};
use minnow_shared::{
    ClipId, PersonId, QuestionId, WatchId,
    question::{Question, QuestionKey},
};
use std::sync::{Arc, atomic::Ordering};

on_both!(one_failing_write_of_a_group_does_not_undo_the_others, |engine| async move {
    let (_fresh, db) = fresh_db(engine).await;
    let (ada, clip, gone) = (PersonId::new(1, [1; 10]), ClipId::new(1, [2; 10]), ClipId::new(1, [3; 10]));
    let mut tx = db.begin().await.unwrap();
    person::insert_guest(&mut tx, &ada, 1).await.unwrap();
    draft::insert_clip(&mut tx, &clip, &ada, "en", 1).await.unwrap();
    tx.commit().await.unwrap();
    let metrics = Arc::new(Metrics::default());
    let writer = Writer::start_counted(db.clone(), metrics.clone());
    let stretch = |number: u8| StretchRow {
        id: WatchId::new(5, [number; 10]).to_string(),
        clip_id: clip.to_string(),
        from_ms: 0,
        to_ms: 1_000,
        finished: false,
        started_at_ms: 5,
        day: "2026-07-06".into(),
    };
    let react =
        |reaction, clip: &ClipId| writer.set_reaction(reaction, ada.clone(), clip.clone(), true, (5, 5));
    // All of them stand in line before the writer first runs: the tests of this crate have one thread each.
    let (before, liked, lost, saved, after) = tokio::join!(
        writer.keep_watched(ada.clone(), vec![stretch(1)], 5),
        react(Reaction::Like, &clip),
        react(Reaction::Like, &gone),
        react(Reaction::Save, &clip),
        writer.keep_watched(ada.clone(), vec![stretch(2), stretch(3)], 5),
    );
    for kept in [before, liked, saved, after] {
        kept.unwrap();
    }
    assert!(lost.is_err(), "there is no such clip");
    assert_eq!(metrics.write_groups.load(Ordering::Relaxed), 1, "one transaction for all of them");
    let count = async |statement: &'static str| -> i64 {
        let (count,): (i64,) = sql(statement).one(&db).await.unwrap();
        count
    };
    assert_eq!(count("SELECT COUNT(*) FROM watches").await, 3);
    assert_eq!(count("SELECT COUNT(*) FROM likes").await, 1);
    assert_eq!(count("SELECT COUNT(*) FROM saves").await, 1);
    assert_eq!(count("SELECT like_count FROM clips").await, 1);
    assert_eq!(count("SELECT watched_ms FROM views").await, 3_000);
    // And the next group is as good as new.
    react(Reaction::Save, &clip).await.unwrap();
});

on_both!(what_many_watched_together_sums_up_as_if_it_had_come_one_after_the_other, |engine| async move {
    let (_fresh, db) = fresh_db(engine).await;
    let people = [PersonId::new(1, [1; 10]), PersonId::new(1, [2; 10])];
    let clips = [ClipId::new(1, [3; 10]), ClipId::new(1, [4; 10]), ClipId::new(1, [5; 10])];
    let mut tx = db.begin().await.unwrap();
    for person in &people {
        person::insert_guest(&mut tx, person, 1).await.unwrap();
    }
    // The third clip is gone.
    for clip in &clips[..2] {
        draft::insert_clip(&mut tx, clip, &people[0], "en", 1).await.unwrap();
    }
    // 150 stretches of two clips and one that is gone, some of them sent twice, later and earlier ones mixed.
    let stretches: Vec<StretchRow> = (0..150u8)
        .map(|n| StretchRow {
            id: n.min(140).to_string(),
            clip_id: clips[usize::from(n) % 3].to_string(),
            from_ms: i64::from(n) * 10,
            to_ms: i64::from(n) * 10 + i64::from(n % 7) * 100,
            finished: n == 80,
            started_at_ms: 1_000 + i64::from(n) * 37 % 101,
            day: format!("2026-07-0{}", n / 3 % 3 + 1),
        })
        .collect();
    let named = |of: &str| -> Vec<StretchRow> {
        stretches.iter().map(|s| StretchRow { id: format!("{of}-{}", s.id), ..s.clone() }).collect()
    };
    let (alone, together) = (named("alone"), named("together"));
    for stretch in &alone {
        watch::insert_stretch(&mut tx, &people[0], stretch, 9).await.unwrap();
    }
    let new = |stretch| NewStretch { person: &people[1], stretch, now_ms: 9 };
    let all: Vec<NewStretch<'_>> = together.iter().map(new).collect();
    watch::insert_stretches(&mut tx, &all).await.unwrap();
    watch::insert_stretches(&mut tx, &all).await.unwrap();
    tx.commit().await.unwrap();
    let mut seen = Vec::new();
    for person in &people {
        let views: Vec<(String, i64, i64, bool, i64, i64)> =
            sql("SELECT clip_id, position_ms, watched_ms, finished, first_at_ms, last_at_ms FROM views
             WHERE person_id = $1 ORDER BY clip_id")
            .bind(person)
            .all(&db)
            .await
            .unwrap();
        assert_eq!(views.len(), 2);
        seen.push((views, watch::list_days(&db, person, "2026-01-01").await.unwrap()));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].1.len(), 3);
});

on_both!(what_many_answered_together_is_kept_as_if_it_had_come_one_after_the_other, |engine| async move {
    let (_fresh, db) = fresh_db(engine).await;
    let author = PersonId::new(1, [9; 10]);
    // Two casts of the same play; the third of each is gone.
    let casts = [1u8, 2].map(|cast| [1u8, 2, 3].map(|n| PersonId::new(1, [10 * cast + n; 10])));
    let clip = ClipId::new(1, [3; 10]);
    let questions = [QuestionId::new(1, [4; 10]), QuestionId::new(1, [5; 10])];
    let mut tx = db.begin().await.unwrap();
    for person in casts.iter().flat_map(|cast| &cast[..2]).chain([&author]) {
        person::insert_guest(&mut tx, person, 1).await.unwrap();
    }
    draft::insert_clip(&mut tx, &clip, &author, "en", 1).await.unwrap();
    for question in &questions {
        let whole = Question::new("?", QuestionKey::FlashCard { back: "!".into() });
        let row = QuestionRow::of(question, author.as_str(), &whole).unwrap();
        assert!(question::upsert_question(&mut tx, &row, 1).await.unwrap());
    }
    // 120 answers of three people to two questions, right every third time, every tenth sent twice.
    let played = |cast: usize| -> Vec<AnswerRow> {
        (0..120usize)
            .map(|n| AnswerRow {
                id: format!("{cast}-{}", if n % 10 == 9 { n - 1 } else { n }),
                person_id: casts[cast][n % 3].to_string(),
                question_id: questions[n / 3 % 2].to_string(),
                clip_id: Some(clip.to_string()),
                response: "{}".into(),
                choice_id: None,
                certainty: (n % 4 == 0).then(|| "sure".into()),
                is_right: n % 2 == 0,
                credit: 0,
                own_credit: if n % 2 == 0 { 10_000_000 } else { 0 },
                tries: 1,
                penalty: 0,
                ends: true,
                attempt: 1,
                is_final: true,
                is_first: false,
                xp: if n % 2 == 0 { 10 } else { 0 },
                right_choice_id: None,
                right_text: "x".into(),
                reason: "y".into(),
                choice_reason: String::new(),
                answered_at_ms: n as i64,
                kept_at_ms: 9,
                is_before: false,
            })
            .collect()
    };
    let mut alone = Vec::new();
    for row in &played(0) {
        alone.push(answer::insert_answer(&mut tx, row).await.unwrap());
    }
    let rows = played(1);
    let together = answer::insert_answers(&mut tx, &rows.iter().collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
    // Names and running totals apart, the same came of every one of them.
    let came = |kept: &Kept| match kept {
        Kept::Answer { row, .. } => Some((row.answered_at_ms, row.is_first, row.xp, row.is_right)),
        Kept::TakenId => Some((-1, false, 0, false)),
        Kept::NoPerson => None,
    };
    assert_eq!(alone.iter().map(came).collect::<Vec<_>>(), together.iter().map(came).collect::<Vec<_>>());
    let [first, second] = &casts;
    for (one, other) in first.iter().zip(second).take(2) {
        let points = async |person: &PersonId| -> (i64, i64) {
            sql("SELECT p.xp, COUNT(*) FROM people p JOIN answers a ON a.person_id = p.id WHERE p.id = $1 GROUP BY p.xp")
                .bind(person)
                .one(&db)
                .await
                .unwrap()
        };
        let (one, other) = (points(one).await, points(other).await);
        assert_eq!(one, other);
        assert!(one.0 > 0 && one.1 > 30, "{one:?}");
    }
});

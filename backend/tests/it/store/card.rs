//! Cards: the fold of a learner's answers, made again when one arrives.

use crate::{on_both, server::fresh_db};
use minnow::store::{
    Db,
    answer::{self, AnswerRow},
    card::{self, Memory},
    person,
    question::{self, QuestionRow},
};
use minnow_memory::{DAY_MS, Parameters, Rating};
use minnow_shared::{
    PersonId, QuestionId,
    question::{Question, QuestionKey},
};

fn memory() -> Memory {
    Memory { parameters: Parameters::default(), retention: 0.9 }
}

async fn stage(db: &Db, questions: u8) -> (PersonId, Vec<QuestionId>) {
    let person = PersonId::new(1, [1; 10]);
    let mut tx = db.begin().await.unwrap();
    person::insert_guest(&mut tx, &person, 1).await.unwrap();
    let ids: Vec<QuestionId> = (0..questions).map(|n| QuestionId::new(1, [n; 10])).collect();
    for id in &ids {
        let whole = Question::new("?", QuestionKey::FlashCard { back: "!".into() });
        let row = QuestionRow::of(id, person.as_str(), &whole).unwrap();
        assert!(question::upsert_question(&mut tx, &row, 1).await.unwrap());
    }
    tx.commit().await.unwrap();
    (person, ids)
}

fn answered(id: &str, person: &PersonId, question: &QuestionId, day: f64, is_right: bool) -> AnswerRow {
    let at_ms = (day * DAY_MS as f64) as i64;
    AnswerRow {
        id: id.into(),
        person_id: person.to_string(),
        question_id: question.to_string(),
        clip_id: None,
        response: "{}".into(),
        choice_id: None,
        certainty: None,
        is_right,
        credit: if is_right { 10_000_000 } else { 0 },
        own_credit: if is_right { 10_000_000 } else { 0 },
        tries: 1,
        penalty: 0,
        ends: true,
        attempt: 1,
        is_final: true,
        is_first: false,
        xp: 0,
        right_choice_id: None,
        right_text: String::new(),
        reason: String::new(),
        choice_reason: String::new(),
        answered_at_ms: at_ms,
        kept_at_ms: at_ms,
        is_before: false,
    }
}

async fn keep(db: &Db, rows: &[AnswerRow]) {
    let mut tx = db.begin().await.unwrap();
    answer::insert_answers(&mut tx, &rows.iter().collect::<Vec<_>>()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Makes every stale card again; says how many there were.
async fn freshen(db: &Db) -> usize {
    let stale = card::list_stale_cards(db, None, 1_000).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    for (person, question) in &stale {
        card::remake_card(&mut tx, person, question, &memory()).await.unwrap();
    }
    tx.commit().await.unwrap();
    stale.len()
}

on_both!(an_answer_marks_its_card_and_the_card_is_made_of_all_answers, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    let (ada, ids) = stage(&db, 2).await;
    keep(&db, &[answered("a", &ada, &ids[0], 0.0, true), answered("b", &ada, &ids[0], 4.0, false)]).await;
    assert_eq!(freshen(&db).await, 1, "one card, however many answers");
    assert_eq!(freshen(&db).await, 0);
    let row = card::find_card(&db, &ada, &ids[0]).await.unwrap().unwrap();
    assert_eq!((row.reviews, row.lapses, row.card().last_rating), (2, 1, Rating::Again));
    assert!(row.due_ms > row.last_review_ms && row.last_review_ms == 4 * DAY_MS);
    // One that was given in between arrives late: the card is what it would have been.
    keep(&db, &[answered("late", &ada, &ids[0], 2.0, true)]).await;
    freshen(&db).await;
    let late = card::find_card(&db, &ada, &ids[0]).await.unwrap().unwrap();
    let in_order = [("a", 0.0, true), ("late", 2.0, true), ("b", 4.0, false)];
    keep(&db, &in_order.map(|(id, day, right)| answered(&format!("{id}2"), &ada, &ids[1], day, right))).await;
    freshen(&db).await;
    let whole = card::find_card(&db, &ada, &ids[1]).await.unwrap().unwrap();
    assert_eq!(late.card(), whole.card());
    // An answer that is there already marks nothing.
    keep(&db, &[answered("late", &ada, &ids[0], 2.0, true)]).await;
    assert_eq!(freshen(&db).await, 0);
});

on_both!(a_card_of_a_clock_that_runs_ahead_is_reviewed_when_it_arrived, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    let (ada, ids) = stage(&db, 1).await;
    let row = AnswerRow { kept_at_ms: DAY_MS, ..answered("a", &ada, &ids[0], 900.0, true) };
    keep(&db, &[row]).await;
    freshen(&db).await;
    assert_eq!(card::find_card(&db, &ada, &ids[0]).await.unwrap().unwrap().last_review_ms, DAY_MS);
});

on_both!(due_cards_come_likeliest_known_first_and_are_counted_by_day, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    let (ada, ids) = stage(&db, 4).await;
    // Answered right once, days apart: the older, the less likely still known.
    let rows: Vec<_> = ids
        .iter()
        .zip([0.0, 10.0, 20.0, 100.0])
        .map(|(id, day)| answered(&format!("{day}"), &ada, id, day, true))
        .collect();
    keep(&db, &rows).await;
    freshen(&db).await;
    let now_ms = 30 * DAY_MS;
    let due = async |limit| -> Vec<String> {
        let rows = card::list_due_cards(&db, &ada, now_ms, limit).await.unwrap();
        rows.into_iter().map(|row| row.question_id).collect()
    };
    assert_eq!(due(9).await, [ids[2].as_str(), ids[1].as_str(), ids[0].as_str()]);
    assert_eq!(due(1).await, [ids[2].as_str()]);
    assert_eq!(card::count_due_cards(&db, &ada, now_ms).await.unwrap(), 3);
    let last = card::find_card(&db, &ada, &ids[3]).await.unwrap().unwrap();
    let day = (last.due_ms - now_ms) / DAY_MS;
    assert_eq!(card::list_due_days(&db, &ada, now_ms, 200).await.unwrap(), [(0, 3), (day, 1)]);
    assert_eq!(card::list_due_days(&db, &ada, now_ms, 30).await.unwrap(), [(0, 3)]);
    assert_eq!(card::list_cards(&db, &ada).await.unwrap().len(), 4);
});

on_both!(a_guest_who_gets_an_account_takes_the_cards_along, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    let (ada, ids) = stage(&db, 1).await;
    let guest = PersonId::new(2, [2; 10]);
    let mut tx = db.begin().await.unwrap();
    person::insert_guest(&mut tx, &guest, 1).await.unwrap();
    tx.commit().await.unwrap();
    keep(&db, &[answered("a", &guest, &ids[0], 0.0, true), answered("b", &ada, &ids[0], 5.0, true)]).await;
    freshen(&db).await;
    assert_eq!(card::find_card(&db, &ada, &ids[0]).await.unwrap().unwrap().reviews, 1);
    let mut tx = db.begin().await.unwrap();
    person::merge_guest(&mut tx, &guest, &ada).await.unwrap();
    tx.commit().await.unwrap();
    freshen(&db).await;
    assert_eq!(card::find_card(&db, &ada, &ids[0]).await.unwrap().unwrap().reviews, 2);
    assert!(card::find_card(&db, &guest, &ids[0]).await.unwrap().is_none());
});

on_both!(
    a_week_on_two_devices_without_a_network_ends_in_the_cards_of_one_that_was_always_there,
    async |engine| {
        let (_fresh, db) = fresh_db(engine).await;
        let (ada, ids) = stage(&db, 3).await;
        let bob = PersonId::new(2, [2; 10]);
        let mut tx = db.begin().await.unwrap();
        person::insert_guest(&mut tx, &bob, 1).await.unwrap();
        tx.commit().await.unwrap();
        let mut seed = 5_u64;
        let mut dice = |end: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % end
        };
        for round in 0..6 {
            // A week of answers, some in the same session.
            let mut day = f64::from(round) * 40.0;
            let mut week = Vec::new();
            for n in 0..30 {
                day += [0.005, 0.1, 0.4, 1.2][dice(4) as usize];
                week.push((format!("{round}-{n:02}"), ids[dice(3) as usize].clone(), day, dice(3) > 0));
            }
            let rows = |who: &PersonId, mark: &str| -> Vec<AnswerRow> {
                let row = |(id, question, day, right): &(String, QuestionId, f64, bool)| {
                    // Everything arrives when the network is back.
                    let kept_at_ms = i64::MAX / 4;
                    AnswerRow { kept_at_ms, ..answered(&format!("{mark}{id}"), who, question, *day, *right) }
                };
                week.iter().map(row).collect()
            };
            for row in rows(&ada, "a") {
                keep(&db, &[row]).await;
                freshen(&db).await;
            }
            let (mut phone, mut tablet): (Vec<_>, Vec<_>) =
                rows(&bob, "b").into_iter().partition(|_| dice(2) == 0);
            // The tablet is first, in no order, and sends some of it twice.
            let place = dice(tablet.len() as u64 + 1) as usize;
            tablet.rotate_left(place);
            keep(&db, &tablet).await;
            freshen(&db).await;
            phone.extend(tablet.iter().take(dice(5) as usize).cloned());
            phone.reverse();
            for some in phone.chunks(4) {
                keep(&db, some).await;
                freshen(&db).await;
            }
            let cards = async |who: &PersonId| -> Vec<_> {
                let rows = card::list_cards(&db, who).await.unwrap();
                rows.iter().map(|row| (row.question_id.clone(), row.card())).collect()
            };
            let (one, two) = (cards(&ada).await, cards(&bob).await);
            assert_eq!(one, two, "round {round}");
            assert!(!one.is_empty());
            let count =
                async |who: &PersonId| answer::list_answers(&db, who, None, 1_000).await.unwrap().len();
            assert_eq!(
                (count(&ada).await, count(&bob).await),
                (30 * (round as usize + 1), 30 * (round as usize + 1))
            );
        }
    }
);

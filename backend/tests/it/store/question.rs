//! Questions of banks, and the moments of clips that ask them.

use crate::{on_both, server::fresh_db};
use minnow::store::{
    Db,
    answer::{self, AnswerRow, Kept},
    draft, person,
    question::{self, FirstAnswersRow, QuestionRow},
};
use minnow_shared::{
    ClipId, PersonId, QuestionId,
    question::{ChoiceKey, Question, QuestionKey},
};

/// Two authors and two clips of the first.
async fn stage(db: &Db) -> ([PersonId; 2], [ClipId; 2]) {
    let people = [1u8, 2].map(|n| PersonId::new(1, [n; 10]));
    let clips = [3u8, 4].map(|n| ClipId::new(1, [n; 10]));
    let mut tx = db.begin().await.unwrap();
    for person in &people {
        person::insert_guest(&mut tx, person, 1).await.unwrap();
    }
    for clip in &clips {
        draft::insert_clip(&mut tx, clip, &people[0], "en", 1).await.unwrap();
    }
    tx.commit().await.unwrap();
    (people, clips)
}

fn asked(stem: &str) -> Question {
    let choices = vec![ChoiceKey::plain("yes", true), ChoiceKey::plain("no", false)];
    let mut question =
        Question::new(stem, QuestionKey::Choices { choices, multiple: false, keep_order: false });
    question.category = "physics/water".into();
    question.tags = vec!["water".into()];
    question
}

async fn keep(db: &Db, id: u8, author: &PersonId, question: &Question) -> (QuestionId, bool) {
    let id = QuestionId::new(1, [id; 10]);
    let row = QuestionRow::of(&id, author.as_str(), question).unwrap();
    let mut tx = db.begin().await.unwrap();
    let done = question::upsert_question(&mut tx, &row, 5).await.unwrap();
    tx.commit().await.unwrap();
    (id, done)
}

on_both!(a_question_is_its_authors_and_comes_back_whole, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    let ([ada, eve], _) = stage(&db).await;
    let mut whole = asked("Does <b> climb?");
    let (id, done) = keep(&db, 9, &ada, &whole).await;
    assert!(done);
    let row = question::find_question(&db, &id).await.unwrap().unwrap();
    assert_eq!((row.author_id.as_str(), row.kind.as_str()), (ada.as_str(), "choices"));
    assert_eq!((row.stem.as_str(), row.category.as_str()), ("Does <b> climb?", "physics/water"));
    assert_eq!(serde_json::from_str::<Question>(&row.content).unwrap(), whole);
    whole.stem = "Mine now".into();
    assert!(!keep(&db, 9, &eve, &whole).await.1, "another person's question");
    assert_eq!(question::find_question(&db, &id).await.unwrap().unwrap(), row);
    assert!(keep(&db, 9, &ada, &whole).await.1);
    assert_eq!(question::find_question(&db, &id).await.unwrap().unwrap().stem, "Mine now");
});

on_both!(one_question_is_asked_at_moments_of_several_clips, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    let ([ada, _], [first, second]) = stage(&db).await;
    let (shared, _) = keep(&db, 8, &ada, &asked("Both?")).await;
    let (alone, _) = keep(&db, 9, &ada, &asked("One?")).await;
    let mut tx = db.begin().await.unwrap();
    question::upsert_asked(&mut tx, &first, &shared, 9_000).await.unwrap();
    question::upsert_asked(&mut tx, &first, &alone, 3_000).await.unwrap();
    question::upsert_asked(&mut tx, &second, &shared, 1_000).await.unwrap();
    question::upsert_asked(&mut tx, &first, &shared, 2_000).await.unwrap();
    tx.commit().await.unwrap();
    let clips = [first.to_string(), second.to_string()];
    let list = async || -> Vec<(String, String, i64)> {
        let rows = question::list_asked(&db, &clips).await.unwrap();
        rows.into_iter().map(|row| (row.clip_id, row.id, row.moment_ms)).collect()
    };
    let line = |clip: &ClipId, question: &QuestionId, at| (clip.to_string(), question.to_string(), at);
    assert_eq!(
        list().await,
        [line(&first, &shared, 2_000), line(&first, &alone, 3_000), line(&second, &shared, 1_000)]
    );
    assert!(question::find_asked(&db, &second, &alone).await.unwrap().is_none());
    let mut tx = db.begin().await.unwrap();
    question::delete_asked_but(&mut tx, &first, Some(&alone)).await.unwrap();
    draft::delete_clip(&mut tx, &second).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(list().await, [line(&first, &alone, 3_000)]);
    assert!(question::find_question(&db, &shared).await.unwrap().is_some(), "it stays in the bank");
});

fn answered(n: u8, person: &PersonId, question: &QuestionId, clip: &ClipId, credit: i64) -> AnswerRow {
    AnswerRow {
        id: format!("answer-{n}"),
        person_id: person.to_string(),
        question_id: question.to_string(),
        clip_id: Some(clip.to_string()),
        response: "{}".into(),
        choice_id: None,
        certainty: None,
        is_right: credit == 10_000_000,
        credit,
        own_credit: credit,
        tries: 1,
        penalty: 0,
        ends: true,
        attempt: 1,
        is_final: true,
        is_first: false,
        xp: 10 * credit / 10_000_000,
        right_choice_id: None,
        right_text: String::new(),
        reason: String::new(),
        choice_reason: String::new(),
        answered_at_ms: i64::from(n),
        kept_at_ms: 9,
        is_before: false,
    }
}

on_both!(an_answer_keeps_its_credit_and_stays_when_its_clip_goes, async |engine| {
    let (_fresh, db) = fresh_db(engine).await;
    let ([ada, eve], [clip, _]) = stage(&db).await;
    let (id, _) = keep(&db, 9, &ada, &asked("Half?")).await;
    let mut tx = db.begin().await.unwrap();
    let kept = answer::insert_answer(&mut tx, &answered(1, &eve, &id, &clip, 3_333_333)).await.unwrap();
    assert!(matches!(kept, Kept::Answer { ref row, total_xp: 3 } if row.credit == 3_333_333 && row.is_first));
    let again = answer::insert_answer(&mut tx, &answered(2, &eve, &id, &clip, 10_000_000)).await.unwrap();
    assert!(matches!(again, Kept::Answer { ref row, total_xp: 3 } if !row.is_first && row.xp == 0));
    draft::delete_clip(&mut tx, &clip).await.unwrap();
    tx.commit().await.unwrap();
    let rows = answer::list_answers(&db, &eve, None, 10).await.unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (row.credit, row.is_right, row.clip_id.clone())).collect();
    assert_eq!(rows, [(10_000_000, true, None), (3_333_333, false, None)]);
    let counts = question::get_first_answers(&db, id.as_str(), None).await.unwrap();
    assert_eq!(counts, FirstAnswersRow { learners: 1, right_count: 0, same_choice: 0 });
});

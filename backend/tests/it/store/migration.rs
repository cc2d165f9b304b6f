//! What was kept by an older schema survives the newer ones.

use crate::{
    on_both,
    server::{Engine, Fresh},
};
use minnow::store::{Db, answer, card, export, question};
use minnow_memory::Parameters;
use minnow_shared::{
    PersonId, QuestionId,
    answer::{Outcome, Response},
    grading,
    question::{Question, QuestionKey},
};
use sqlx::{AssertSqlSafe, Connection, Executor, migrate::Migrator};
use std::path::Path;

/// The schema as it was after the first `count` migrations, with these rows.
async fn old_database(fresh: &Fresh, engine: Engine, count: usize, rows: &str) {
    let folder = tempfile::tempdir().unwrap();
    let name = if engine == Engine::Sqlite { "sqlite" } else { "postgres" };
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(name);
    let mut files: Vec<_> = std::fs::read_dir(source).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().take(count) {
        std::fs::copy(file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    let migrator = Migrator::new(folder.path()).await.unwrap();
    assert_eq!(migrator.iter().count(), count);
    match engine {
        Engine::Sqlite => {
            let url = format!("{}?mode=rwc", fresh.url);
            let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
            migrator.run(&mut connection).await.unwrap();
            connection.execute(AssertSqlSafe(rows.to_owned())).await.unwrap();
            connection.close().await.unwrap();
        }
        Engine::Postgres => {
            let mut connection = sqlx::PgConnection::connect(&fresh.url).await.unwrap();
            migrator.run(&mut connection).await.unwrap();
            connection.execute(AssertSqlSafe(rows.to_owned())).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

on_both!(questions_of_clips_become_questions_of_their_authors_with_all_their_answers, async |engine| {
    let [ada, bob] = [1u8, 2].map(|n| PersonId::new(1, [n; 10]));
    let [climbs, typed] = [7u8, 8].map(|n| QuestionId::new(1, [n; 10]));
    let [right, wrong] = [1u8, 2].map(|n| minnow_shared::ChoiceId::new(1, [n; 10]));
    let clip = minnow_shared::ClipId::new(1, [3; 10]);
    let rows = format!(
        r#"
        INSERT INTO people (id, is_guest, display_name, xp, created_at_ms, updated_at_ms)
            VALUES ('{ada}', FALSE, 'Ada', 0, 1, 1), ('{bob}', TRUE, '', 10, 1, 1);
        INSERT INTO clips (id, author_id, language, created_at_ms, updated_at_ms) VALUES ('{clip}', '{ada}', 'en', 1, 1);
        INSERT INTO questions (id, clip_id, moment_ms, stem, key, reason, created_at_ms, updated_at_ms) VALUES
            ('{climbs}', '{clip}', 4000, 'Does it "climb"?',
             '{{"kind":"choices","choices":[{{"id":"{wrong}","text":"No","is_right":false,"reason":"Look again."}},{{"id":"{right}","text":"Yes, by 5 °","is_right":true,"reason":""}}]}}',
             'It clings.', 11, 12),
            ('{typed}', '{clip}', 9000, 'What climbs?', '{{"kind":"typed","accepted":["water","Wasser"]}}', 'Wet.', 13, 14);
        INSERT INTO answers (id, person_id, question_id, clip_id, response, choice_id, certainty, is_right, is_first, xp,
            right_choice_id, right_text, reason, choice_reason, answered_at_ms, kept_at_ms) VALUES
            ('a1', '{bob}', '{climbs}', '{clip}', '{{"kind":"choice","choice_id":"{wrong}"}}', '{wrong}', 'sure', FALSE, TRUE, 0,
             '{right}', 'Yes', 'It clings.', 'Look again.', 1000, 1000),
            ('a2', '{bob}', '{climbs}', '{clip}', '{{"kind":"choice","choice_id":"{right}"}}', '{right}', NULL, TRUE, FALSE, 0,
             '{right}', 'Yes', 'It clings.', '', 90000000, 90000000),
            ('a3', '{bob}', '{typed}', '{clip}', '{{"kind":"typed","text":"water"}}', NULL, NULL, TRUE, TRUE, 10,
             NULL, 'water', 'Wet.', '', 2000, 2000);
        "#
    );
    let fresh = Fresh::new(engine).await;
    old_database(&fresh, engine, 3, &rows).await;
    let db = Db::open(&fresh.url).await.unwrap();

    let asked = question::list_asked(&db, &[clip.to_string()]).await.unwrap();
    let places: Vec<_> = asked.iter().map(|row| (row.id.as_str(), row.moment_ms)).collect();
    assert_eq!(places, [(climbs.as_str(), 4_000), (typed.as_str(), 9_000)]);
    let row = question::find_question(&db, &climbs).await.unwrap().unwrap();
    assert_eq!((row.author_id.as_str(), row.kind.as_str()), (ada.as_str(), "choices"));
    assert_eq!(row.stem, r#"Does it "climb"?"#);
    let whole: Question = serde_json::from_str(&row.content).unwrap();
    assert_eq!(
        (whole.stem.plain().as_str(), whole.reason.plain().as_str()),
        (r#"Does it "climb"?"#, "It clings.")
    );
    assert_eq!(whole.check(), Ok(()));
    assert!(
        matches!(&whole.key, QuestionKey::Choices { choices, .. } if choices[1].text == "Yes, by 5 °".into())
    );
    let grade = grading::grade(&whole.key, &Response::Choice { choice_id: right });
    assert_eq!(grade.outcome, Outcome::Right);
    let row = question::find_question(&db, &typed).await.unwrap().unwrap();
    let whole: Question = serde_json::from_str(&row.content).unwrap();
    let grade = grading::grade(&whole.key, &Response::Typed { text: "wasser".into() });
    assert_eq!(grade.outcome, Outcome::Right);

    let answers = answer::list_answers(&db, &bob, None, 10).await.unwrap();
    let answers: Vec<_> =
        answers.iter().map(|row| (row.id.as_str(), row.credit, row.is_first, row.xp)).collect();
    assert_eq!(answers, [("a2", 10_000_000, false, 0), ("a3", 10_000_000, true, 10), ("a1", 0, true, 0)]);
    // Every card is made from the answers there are.
    let stale = card::list_stale_cards(&db, Some(&bob), 10).await.unwrap();
    assert_eq!(stale.len(), 2);
    let memory = card::Memory { parameters: Parameters::default(), retention: 0.9 };
    let mut tx = db.begin().await.unwrap();
    for (person, question) in &stale {
        card::remake_card(&mut tx, person, question, &memory).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(card::find_card(&db, &bob, &climbs).await.unwrap().unwrap().reviews, 2);
    assert_eq!(card::find_card(&db, &bob, &typed).await.unwrap().unwrap().reviews, 1);
    let everything = export::list_everything(&db, &bob).await.unwrap();
    assert_eq!(everything["answers"].as_array().unwrap().len(), 3);
    assert_eq!(everything["cards"].as_array().unwrap().len(), 2);
});

//! `minnow import clips` on a small folder: what goes with a film, what is published, exit codes, importing twice.

use super::make;
use minnow::store::{Db, clip, sql};
use minnow_shared::ClipId;
use serde_json::Value;
use std::{path::Path, process::Command};

fn import(folder: &Path, data: &Path) -> (Vec<Value>, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_minnow"))
        .args(["import", "clips", "--json", "--data-dir"])
        .arg(data)
        .arg(folder)
        .output()
        .unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), output.status.code())
}

fn film(path: &Path) {
    let name = path.display().to_string();
    make(&["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=24:duration=1", "-f", "matroska", &name]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_with_captions_is_published_one_without_stays_a_draft_and_a_second_import_changes_nothing() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    film(&folder.path().join("-with a dash.mkv"));
    film(&folder.path().join("plain.mkv"));
    std::fs::write(folder.path().join("-with a dash.vtt"), "WEBVTT\n\n00:00.000 --> 00:00.900\nhello\n")
        .unwrap();
    let json = r#"{"title":"A dash","topics":["Light","Sea Life"],"licence":"CC0","alt":"a test card","author":"Ada L",
        "question":{"moment_ms":500,"stem":"What is it?","reason":"It is a card.",
        "key":{"kind":"typed","accepted":["card"]}}}"#;
    std::fs::write(folder.path().join("-with a dash.mkv.json"), json).unwrap();
    let (lines, code) = import(folder.path(), data.path());
    assert_eq!(code, Some(0), "{lines:?}");
    assert_eq!(lines.len(), 2);
    let id = |name: &str| {
        let line = lines.iter().find(|l| l["file"] == name).unwrap();
        assert_eq!((&line["outcome"], &line["reason"]), (&"playable".into(), &Value::Null));
        ClipId::parse(line["clip"].as_str().unwrap()).unwrap()
    };
    let db = Db::open(&format!("sqlite:{}", data.path().join("minnow.sqlite").display())).await.unwrap();
    let dash = clip::find_clip(&db, &id("-with a dash.mkv")).await.unwrap().unwrap();
    assert_eq!((dash.title.as_str(), dash.licence.as_str(), dash.published), ("A dash", "CC0", true));
    let questions: Vec<(String,)> = sql("SELECT stem FROM questions ORDER BY id").all(&db).await.unwrap();
    assert_eq!(questions, [("What is it?".to_owned(),)]);
    let topics: Vec<(String,)> =
        sql("SELECT topic_id FROM clip_topics ORDER BY clip_id, position").all(&db).await.unwrap();
    assert!(
        topics.contains(&("sea-life".to_owned(),)) && topics.contains(&("general".to_owned(),)),
        "{topics:?}"
    );
    let plain = clip::find_clip(&db, &id("plain.mkv")).await.unwrap().unwrap();
    assert_eq!(
        (plain.title.as_str(), plain.media_state.as_str(), plain.published),
        ("Plain", "playable", false)
    );
    db.close().await;
    let (again, code) = import(folder.path(), data.path());
    let sorted = |mut lines: Vec<Value>| {
        lines.sort_by_key(|l| l["file"].to_string());
        lines
    };
    assert_eq!((sorted(again), code), (sorted(lines), Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn side_files_that_cannot_be_read_cost_no_film_and_captions_that_come_later_are_taken() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for name in ["a.mkv", "b.mkv"] {
        film(&folder.path().join(name));
    }
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.mkv.json", "{\"title\": broken");
    write(
        "b.mkv.json",
        r#"{"title":"With a \u0000 in it","topics":7,"question":{"stem":1},"captions":"/etc/passwd"}"#,
    );
    write("films.tsv", "file\ttitle\tcaptions\n../../etc/passwd\tPasswords\t../../etc/passwd\n");
    let (lines, code) = import(folder.path(), data.path());
    assert_eq!((lines.len(), code), (2, Some(0)), "{lines:?}");
    let titles = async || -> Vec<(String, bool, String)> {
        let db = Db::open(&format!("sqlite:{}", data.path().join("minnow.sqlite").display())).await.unwrap();
        let rows = sql("SELECT title, published, captions FROM clips ORDER BY title").all(&db).await.unwrap();
        db.close().await;
        rows
    };
    let draft = |title: &str| (title.to_owned(), false, "[]".to_owned());
    assert_eq!(titles().await, [draft("A"), draft("With a  in it")]);
    write("a.vtt", "WEBVTT\n\n00:00.000 --> 00:00.900\nhello\n");
    write("a.mkv.json", r#"{"title":"Mended"}"#);
    assert_eq!(import(folder.path(), data.path()).1, Some(0));
    let now = titles().await;
    assert_eq!((now[0].0.as_str(), now[0].1), ("Mended", true));
    assert!(now[0].2.contains("hello"), "published with its captions: {}", now[0].2);
    assert_eq!(now[1], draft("With a  in it"));
}

#[test]
fn exit_codes_tell_refused_films_from_failures_of_our_own() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(import(folder.path(), data.path()), (vec![], Some(0)), "nothing to do");
    std::fs::write(folder.path().join("notes.mp4"), "no film").unwrap();
    let (lines, code) = import(folder.path(), data.path());
    assert_eq!((lines[0]["reason"].as_str(), code), (Some("not_video"), Some(2)));
    assert_eq!(import(&folder.path().join("nowhere"), data.path()), (vec![], Some(1)));
    let usage = Command::new(env!("CARGO_BIN_EXE_minnow")).args(["import", "clips"]).output().unwrap();
    assert_eq!(usage.status.code(), Some(64));
}

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

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_a_folder_and_of_those_in_it_has_its_line_and_what_leads_out_is_refused() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::create_dir(folder.path().join("in")).unwrap();
    for name in ["a.mkv", "in/b.mkv"] {
        film(&folder.path().join(name));
    }
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.json", r#"{"title":"By its name","topics":["数学"],"captions":"words.srt"}"#);
    write("words.srt", "1\r\n00:00:00,000 --> 00:00:00,900\r\nhello\r\n");
    write(".DS_Store", "");
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("out.mp4")).unwrap();
    let (mut lines, code) = import(folder.path(), data.path());
    lines.sort_by_key(|line| line["file"].to_string());
    let told: Vec<(&str, &str, Option<&str>)> = lines
        .iter()
        .map(|l| (l["file"].as_str().unwrap(), l["outcome"].as_str().unwrap(), l["reason"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("a.mkv", "playable", None),
            ("in/b.mkv", "playable", None),
            ("out.mp4", "refused", Some("unreadable"))
        ]
    );
    assert_eq!(code, Some(2));
    let db = Db::open(&format!("sqlite:{}", data.path().join("minnow.sqlite").display())).await.unwrap();
    let published: Vec<(String, String)> = sql("SELECT c.title, n.name FROM clips c
            JOIN clip_topics t ON t.clip_id = c.id JOIN topic_names n ON n.topic_id = t.topic_id
            WHERE c.published = TRUE ORDER BY c.id")
    .all(&db)
    .await
    .unwrap();
    assert_eq!(published, [("By its name".to_owned(), "数学".to_owned())]);
    let topics: Vec<(String,)> = sql("SELECT id FROM topics ORDER BY position, id").all(&db).await.unwrap();
    assert!(
        topics.contains(&("light".to_owned(),)),
        "a server that begins with an import has topics: {topics:?}"
    );
    db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clips_that_name_no_author_belong_to_nobody_who_signed_up() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    film(&folder.path().join("a.mkv"));
    let output = Command::new(env!("CARGO_BIN_EXE_minnow"))
        .args([
            "admin",
            "create",
            "--handle",
            "import",
            "--role",
            "learner",
            "--password-stdin",
            "--data-dir",
        ])
        .arg(data.path())
        .stdin(std::process::Stdio::from(std::fs::File::open(password(folder.path())).unwrap()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    for _ in 0..2 {
        assert_eq!(import(folder.path(), data.path()).1, Some(0));
    }
    let db = Db::open(&format!("sqlite:{}", data.path().join("minnow.sqlite").display())).await.unwrap();
    let authors: Vec<(String, String)> =
        sql("SELECT p.handle, p.display_name FROM clips c JOIN people p ON p.id = c.author_id ORDER BY c.id")
            .all(&db)
            .await
            .unwrap();
    assert_eq!((authors.len(), authors[0].1.as_str()), (1, "import"));
    assert_ne!(authors[0].0, "import");
    db.close().await;
}

/// A file with a password, out of sight of the import.
fn password(folder: &Path) -> std::path::PathBuf {
    let file = folder.join(".password");
    std::fs::write(&file, "a long enough password").unwrap();
    file
}

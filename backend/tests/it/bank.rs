//! `minnow import questions`, `minnow export questions` and `minnow parse gift`, as processes: on every real file there is,
//! whole and damaged, and into a bank.

use crate::media::content;
use minnow::store::{Db, sql};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn minnow(args: &[&str], file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_minnow")).args(args).arg(file).output().unwrap()
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_under(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// What `--json` said, held against its form and the exit code.
fn report(output: &Output, what: &str) -> Value {
    let told = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{what}: {e}\n{told}"));
    let mut names: Vec<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["format", "losses", "questions"], "{what}");
    let count = |name: &str| report[name].as_array().unwrap().len();
    let code = if count("questions") > 0 { 0 } else { 2 };
    assert_eq!(output.status.code(), Some(code), "{what}: {told}");
    assert!(count("questions") + count("losses") > 0, "{what}: nothing was said");
    for loss in report["losses"].as_array().unwrap() {
        assert!(loss["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{what}: {loss}");
        assert!(
            loss["line"].is_null() || loss["line"].as_u64().is_some_and(|line| line > 0),
            "{what}: {loss}"
        );
        assert!(loss["item"].is_string(), "{what}: {loss}");
    }
    report
}

#[test]
fn every_real_file_is_read_or_refused_with_a_reason() {
    let files = files_under(&content().join("questions"));
    assert!(files.len() > 300, "{}", files.len());
    let (mut read, mut questions) = (0, 0);
    for file in &files {
        let output = minnow(&["import", "questions", "--dry-run", "--json"], file);
        let report = report(&output, &file.display().to_string());
        let count = report["questions"].as_array().unwrap().len();
        read += usize::from(count > 0);
        questions += count;
    }
    assert!(read > 150 && questions > 5_000, "{read} of {} files, {questions} questions", files.len());
}

#[test]
fn damaged_files_are_read_as_far_as_they_go_or_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bank");
    let mut seed = 11_u64;
    for file in files_under(&content().join("questions")).iter().step_by(9) {
        let mut bytes = std::fs::read(file).unwrap();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let place = (seed >> 33) as usize % bytes.len().max(1);
        if seed & (1 << 20) == 0 {
            bytes.truncate(place)
        } else {
            bytes.splice(place..place, *b"<{\xff\0").for_each(drop)
        }
        std::fs::write(&path, &bytes).unwrap();
        report(&minnow(&["import", "questions", "--dry-run", "--json"], &path), &file.display().to_string());
    }
    std::fs::write(&path, "").unwrap();
    let empty = report(&minnow(&["import", "questions", "--dry-run", "--json"], &path), "an empty file");
    assert_eq!(empty["losses"].as_array().unwrap().len(), 1);
    let gone = minnow(&["import", "questions", "--dry-run", "--json"], &folder.path().join("gone"));
    assert_eq!((gone.status.code(), gone.stdout.len()), (Some(1), 0), "our own trouble is another code");
    let format = minnow(&["import", "questions", "--format", "word", "--dry-run"], &path);
    assert_eq!(format.status.code(), Some(64));
}

#[test]
fn gift_is_told_as_other_readers_tell_it() {
    let mut count = 0;
    for file in files_under(&content().join("questions/gift")) {
        if file.extension().is_none_or(|ending| ending != "gift") {
            continue;
        }
        let output = minnow(&["parse", "gift", "--json"], &file);
        assert_eq!(output.status.code(), Some(0), "{}", file.display());
        let is: Value = serde_json::from_slice(&output.stdout).unwrap();
        let should = std::fs::read(file.with_extension("json")).unwrap();
        assert_eq!(is, serde_json::from_slice::<Value>(&should).unwrap(), "{}", file.display());
        count += 1;
    }
    assert!(count > 25, "{count}");
}

async fn kept(data: &Path) -> Vec<(String, String)> {
    let db = Db::open(&format!("sqlite:{}", data.join("minnow.sqlite").display())).await.unwrap();
    let rows =
        sql("SELECT q.id, q.content FROM questions q ORDER BY q.created_at_ms, q.id").all(&db).await.unwrap();
    db.close().await;
    rows
}

#[tokio::test]
async fn a_bank_is_kept_once_in_its_order_and_comes_out_as_it_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data_arg = data.display().to_string();
    let bank = folder.path().join("bank.gift");
    std::fs::write(
        &bank,
        "::One::Which?{=a#yes ~b}\n\n::Two::[html]<p>See <img src=\"data:image/gif;base64,R0lGODlhAgADAA==\" alt=\"dot\"></p>{T}\n\nBad {#x}\n\n::Three::How many?{#4:1}\n",
    )
    .unwrap();
    let import = || minnow(&["import", "questions", "--json", "--data-dir", &data_arg], &bank);
    let first = report(&import(), "the bank");
    assert_eq!(
        (first["questions"].as_array().unwrap().len(), first["losses"][0]["line"].as_u64()),
        (3, Some(5))
    );
    let rows = kept(&data).await;
    let names: Vec<String> = rows
        .iter()
        .map(|(_, content)| {
            serde_json::from_str::<Value>(content).unwrap()["name"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(names, ["One", "Two", "Three"]);
    let again = import();
    assert!(String::from_utf8_lossy(&again.stderr).contains("0 new"), "{again:?}");
    assert_eq!(kept(&data).await, rows, "the same file again adds nothing");

    for format in ["gift", "moodle-xml", "qti3", "json", "apkg", "csv", "aiken"] {
        let out = folder.path().join(format!("out.{format}"));
        let out_arg = out.display().to_string();
        let args = ["export", "questions", "--data-dir", &data_arg, "--format", format, "--out"];
        let output = minnow(&args, &out);
        assert_eq!(output.status.code(), Some(0), "{format}: {output:?}");
        let back = report(&minnow(&["import", "questions", "--dry-run", "--json"], &out), &out_arg);
        assert_eq!(back["format"], format);
        let expected = match format {
            "aiken" => 1,
            _ => 3,
        };
        assert_eq!(back["questions"].as_array().unwrap().len(), expected, "{format}: {}", back["losses"]);
    }
    // What came out as JSON is what is there already.
    let out = folder.path().join("out.json");
    let back = minnow(&["import", "questions", "--data-dir", &data_arg], &out);
    assert!(String::from_utf8_lossy(&back.stderr).contains("0 new"), "{back:?}");
}

#[tokio::test]
async fn a_bank_goes_to_an_organizer_and_a_dry_run_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data_arg = data.display().to_string();
    let bank = folder.path().join("bank.txt");
    std::fs::write(&bank, "Is it?\nA) yes\nB) no\nANSWER: A\n").unwrap();
    report(&minnow(&["import", "questions", "--dry-run", "--json", "--data-dir", &data_arg], &bank), "dry");
    assert!(!data.exists());
    let nobody = minnow(&["import", "questions", "--author", "ada", "--data-dir", &data_arg], &bank);
    assert_eq!(nobody.status.code(), Some(1), "there is no such account");
    let text = minnow(&["import", "questions", "--data-dir", &data_arg], &bank);
    assert_eq!(text.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&text.stdout).starts_with("aiken: 1 questions, 0 things"), "{text:?}");
    assert_eq!(kept(&data).await.len(), 1);
}

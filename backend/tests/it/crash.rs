//! `kill -9` of the real server at random moments of upload, encoding and answering: every acknowledged write is there
//! once, every upload ends playable or refused. And a disk that is full.

use crate::media::make;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use minnow::store::{Db, sql};
use minnow_shared::{AnswerId, ClipId};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

fn rounds() -> u32 {
    std::env::var("MINNOW_TEST_CRASH_ROUNDS").map_or(20, |text| text.parse().expect("a number of rounds"))
}

/// Numbers that look like chance, the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn bits(&mut self) -> [u8; 10] {
        std::array::from_fn(|_| self.below(256) as u8)
    }
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts the real binary and waits until it listens.
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("the server ended: {said}")).unwrap();
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
            said += &line;
        };
        // Read on, so that the server never waits for us.
        std::thread::spawn(move || for _ in lines {});
        Self { child, address }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A browser over plain sockets, one connection a request.
#[derive(Clone)]
struct Client {
    address: String,
    cookie: String,
}

struct Heard {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Heard {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Client {
    /// `None`: the server went away.
    fn ask(&self, method: &str, path: &str, headers: &[(&str, String)], body: &[u8]) -> Option<Heard> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nsec-fetch-site: same-origin\r\n\
             content-length: {}\r\ncookie: {}\r\ntus-resumable: 1.0.0\r\n",
            self.address,
            body.len(),
            self.cookie
        );
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
        stream.write_all(body).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n")?;
        let headers = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = headers.split_whitespace().nth(1)?.parse().ok()?;
        let mut heard = Heard { status, headers, body: answer[end + 4..].to_vec() };
        let length = heard.header("content-length").and_then(|l| l.parse::<usize>().ok());
        if heard.header("transfer-encoding").is_some() {
            heard.body = unchunk(&heard.body);
        } else if method != "HEAD" && length.is_some_and(|length| heard.body.len() < length) {
            return None;
        }
        Some(heard)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Option<Heard> {
        self.ask(method, path, &[("content-type", "application/json".into())], body.to_string().as_bytes())
    }
}

fn unchunk(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.windows(2).position(|w| w == b"\r\n") {
        let length = usize::from_str_radix(String::from_utf8_lossy(&bytes[..end]).trim(), 16).unwrap_or(0);
        if length == 0 || bytes.len() < end + 2 + length {
            break;
        }
        whole.extend_from_slice(&bytes[end + 2..end + 2 + length]);
        bytes = bytes.get(end + 4 + length..).unwrap_or_default();
    }
    whole
}

/// What the server said yes to.
#[derive(Default)]
struct Acknowledged {
    /// Address, clip and acknowledged offset of each upload.
    uploads: Vec<(String, ClipId, usize)>,
    answers: Vec<AnswerId>,
}

fn serve(data: &Path) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_minnow"));
    command
        .args(["serve", "--addr", "127.0.0.1:0", "--no-demo", "--rate-limits", "off", "--data-dir"])
        .arg(data);
    command.env("MINNOW_LOG", "info");
    Server::start(command)
}

fn sign_up(address: &str) -> Client {
    let mut client = Client { address: address.to_owned(), cookie: String::new() };
    let request = json!({"handle": "ada", "display_name": "Ada", "password": "correct horse battery"});
    let heard = client.call("POST", "/api/account", &request).unwrap();
    assert_eq!(heard.status, 200, "{}", String::from_utf8_lossy(&heard.body));
    client.cookie = heard.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    client
}

/// Sends an upload on from `offset`, in parts; notes each acknowledged offset. False: the server went away.
fn send(client: &Client, at: &str, film: &[u8], mut offset: usize, mut note: impl FnMut(usize)) -> bool {
    while offset < film.len() {
        let part = &film[offset..(offset + 24_000).min(film.len())];
        let headers = [
            ("upload-offset", offset.to_string()),
            ("content-type", "application/offset+octet-stream".to_owned()),
        ];
        let Some(heard) = client.ask("PATCH", at, &headers, part) else { return false };
        assert_eq!(heard.status, 204, "{}", String::from_utf8_lossy(&heard.body));
        offset = heard.header("upload-offset").unwrap().parse().unwrap();
        note(offset);
    }
    true
}

fn begin(client: &Client, clip: &ClipId, size: usize) -> Option<String> {
    let heard = client.call("POST", "/api/drafts", &json!({"clip_id": clip, "language": "en"}))?;
    assert_eq!(heard.status, 200, "{}", String::from_utf8_lossy(&heard.body));
    let metadata = format!("clip_id {}", STANDARD.encode(clip.as_str()));
    let headers = [("upload-length", size.to_string()), ("upload-metadata", metadata)];
    let heard = client.ask("POST", "/api/uploads", &headers, b"")?;
    assert_eq!(heard.status, 201, "{}", String::from_utf8_lossy(&heard.body));
    Some(heard.header("location").unwrap().to_owned())
}

fn wait_until_settled(client: &Client, clip: &ClipId) -> String {
    let began = Instant::now();
    loop {
        let view = client.ask("GET", &format!("/api/drafts/{clip}"), &[], b"").unwrap().json();
        let state = view["media"]["state"].as_str().unwrap_or_default().to_owned();
        if state == "playable" || state == "refused" {
            return format!("{state} {}", view["media"]["reason"].as_str().unwrap_or_default());
        }
        assert!(began.elapsed() < Duration::from_secs(180), "clip {clip} is stuck: {view}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A published clip with a question; the question's id and a choice.
fn publish_question(client: &Client, film: &[u8], clip: &ClipId) -> (String, String) {
    let at = begin(client, clip, film.len()).unwrap();
    assert!(send(client, &at, film, 0, |_| {}));
    assert_eq!(wait_until_settled(client, clip), "playable ");
    let topics = client.ask("GET", "/api/topics", &[], b"").unwrap().json();
    let topic = topics["topics"][0]["topic"]["id"].clone();
    let change = json!({
        "title": "A test card", "topics": [topic], "alt": "a test card", "licence": "CC0",
        "captions": [{"language": "en", "cues": [{"start_ms": 0, "end_ms": 500, "text": "hello"}]}],
        "question": {"moment_ms": 400, "stem": "One?", "reason": "It is.", "key": {"kind": "choices", "choices": [
            {"text": "yes", "is_right": true}, {"text": "no", "is_right": false}]}},
    });
    let heard = client.call("PATCH", &format!("/api/drafts/{clip}"), &change).unwrap();
    assert_eq!(heard.status, 200, "{}", String::from_utf8_lossy(&heard.body));
    let question = heard.json()["question"].clone();
    let heard = client.call("POST", &format!("/api/drafts/{clip}/publish"), &json!({})).unwrap();
    assert_eq!(heard.status, 200, "{}", String::from_utf8_lossy(&heard.body));
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    (text(&question["id"]), text(&question["key"]["choices"][0]["id"]))
}

#[test]
fn nothing_acknowledged_is_lost_and_no_upload_is_stuck_however_often_the_server_is_killed() {
    let data = tempfile::tempdir().unwrap();
    let name = data.path().join("film.mp4");
    make(&[
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=480x270:rate=30:duration=2",
        "-crf",
        "10",
        &name.display().to_string(),
    ]);
    let film = Arc::new(std::fs::read(&name).unwrap());
    let mut dice = Dice(7);
    let server = serve(data.path());
    let mut client = sign_up(&server.address);
    let published = ClipId::new(1, dice.bits());
    let (question, choice) = publish_question(&client, &film, &published);
    server.kill();
    let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
    for round in 0..rounds() {
        let server = serve(data.path());
        client.address.clone_from(&server.address);
        check_offsets(&client, &acknowledged, film.len());
        let over = Arc::new(AtomicBool::new(false));
        let clip = ClipId::new(2, dice.bits());
        let uploading = {
            let (client, film, acknowledged) = (client.clone(), film.clone(), acknowledged.clone());
            std::thread::spawn(move || {
                let Some(at) = begin(&client, &clip, film.len()) else { return };
                let index = {
                    let mut all = acknowledged.lock().unwrap();
                    all.uploads.push((at.clone(), clip, 0));
                    all.uploads.len() - 1
                };
                send(&client, &at, &film, 0, |offset| acknowledged.lock().unwrap().uploads[index].2 = offset);
            })
        };
        let answering = {
            let (client, acknowledged, over) = (client.clone(), acknowledged.clone(), over.clone());
            let (published, question, choice) = (published.clone(), question.clone(), choice.clone());
            let mut dice = Dice(1_000 + u64::from(round));
            std::thread::spawn(move || {
                while !over.load(Ordering::SeqCst) {
                    let id = AnswerId::new(3, dice.bits());
                    let request = json!({"answer_id": id, "clip_id": published, "question_id": question,
                        "response": {"kind": "choice", "choice_id": choice}, "answered_at_ms": 1});
                    let Some(heard) = client.call("POST", "/api/answers", &request) else { return };
                    assert_eq!(heard.status, 200, "{}", String::from_utf8_lossy(&heard.body));
                    acknowledged.lock().unwrap().answers.push(id);
                }
            })
        };
        std::thread::sleep(Duration::from_millis(20 + dice.below(1_500)));
        server.kill();
        over.store(true, Ordering::SeqCst);
        uploading.join().unwrap();
        answering.join().unwrap();
    }
    let server = serve(data.path());
    client.address.clone_from(&server.address);
    check_offsets(&client, &acknowledged, film.len());
    let all = acknowledged.lock().unwrap();
    assert!(all.answers.len() > rounds() as usize, "{} answers", all.answers.len());
    for (at, clip, _) in &all.uploads {
        let heard = client.ask("HEAD", at, &[], b"").unwrap();
        let offset = heard.header("upload-offset").unwrap().parse().unwrap();
        assert!(send(&client, at, &film, offset, |_| {}));
        let settled = wait_until_settled(&client, clip);
        // A job that three servers died with is given up, and says so.
        assert!(settled == "playable " || settled == "refused server_fault", "{settled}");
    }
    server.kill();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(check_answers(data.path(), &all.answers));
}

/// What was acknowledged of each upload is there after the server came back.
fn check_offsets(client: &Client, acknowledged: &Mutex<Acknowledged>, total: usize) {
    for (at, _, offset) in &acknowledged.lock().unwrap().uploads {
        let heard = client.ask("HEAD", at, &[], b"").unwrap();
        assert_eq!(heard.status, 200, "{at}");
        let stands: usize = heard.header("upload-offset").unwrap().parse().unwrap();
        assert!((*offset..=total).contains(&stands), "{at}: {stands} of {offset} acknowledged bytes");
    }
}

async fn check_answers(data: &Path, answers: &[AnswerId]) {
    let db = Db::open(&format!("sqlite:{}", data.join("minnow.sqlite").display())).await.unwrap();
    let kept: Vec<(String,)> = sql("SELECT id FROM answers ORDER BY id").all(&db).await.unwrap();
    let mut acknowledged: Vec<&str> = answers.iter().map(AnswerId::as_str).collect();
    acknowledged.sort_unstable();
    let missing: Vec<_> = acknowledged.iter().filter(|id| !kept.iter().any(|(k,)| k == *id)).collect();
    assert!(missing.is_empty(), "{} of {} acknowledged answers are gone", missing.len(), answers.len());
    let mut once = kept.clone();
    once.dedup();
    assert_eq!(once.len(), kept.len());
}

#[test]
fn on_a_full_disk_uploads_fail_cleanly_reads_go_on_and_there_is_room_again_after_a_delete() {
    let data = tempfile::tempdir().unwrap();
    let media = data.path().join("small");
    std::fs::create_dir(&media).unwrap();
    // A disk of 2 MiB for the media, in a mount namespace of its own.
    let script = r#"mount -t tmpfs -o size=2m tmpfs "$1" && shift && exec "$@""#;
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]).arg(&media);
    command.arg(env!("CARGO_BIN_EXE_minnow"));
    command
        .args(["serve", "--addr", "127.0.0.1:0", "--no-demo", "--rate-limits", "off", "--data-dir"])
        .arg(data.path());
    command.arg("--media-url").arg(format!("file:{}", media.display())).env("MINNOW_LOG", "info");
    let server = Server::start(command);
    let client = sign_up(&server.address);
    let clip = ClipId::new(1, [1; 10]);
    let at = begin(&client, &clip, 8 << 20).unwrap();
    let kind = ("content-type", "application/offset+octet-stream".to_owned());
    let patch = |at: &str, offset: usize, size: usize| {
        let headers = [("upload-offset", offset.to_string()), kind.clone()];
        client.ask("PATCH", at, &headers, &vec![7; size]).unwrap()
    };
    let first = patch(&at, 0, 1 << 20);
    assert_eq!(first.status, 204);
    let full = patch(&at, 1 << 20, 4 << 20);
    assert_eq!((full.status, full.json()["code"].as_str()), (507, Some("storage_full")));
    let heard = client.ask("HEAD", &at, &[], b"").unwrap();
    assert_eq!(heard.header("upload-offset"), Some("1048576"), "what was acknowledged stands");
    assert_eq!(client.ask("GET", "/api/feed", &[], b"").unwrap().status, 200, "reads go on");
    assert_eq!(client.ask("DELETE", &at, &[], b"").unwrap().status, 204);
    let began = Instant::now();
    loop {
        let at = begin(&client, &clip, 8 << 20).unwrap();
        let heard = patch(&at, 0, (3 << 20) / 2);
        if heard.status == 204 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "the room is not given back: {}", heard.status);
        std::thread::sleep(Duration::from_millis(200));
    }
    server.kill();
}

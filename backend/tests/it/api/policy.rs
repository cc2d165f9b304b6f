//! Every route against every kind of caller, compared with the table beside this file. To change who may do what,
//! change the policy, run this test with `MINNOW_WRITE_POLICY_TABLE=1`, and read the difference.

use crate::{
    library::{Clip, PASSWORD},
    server::*,
};
use axum::body::Body;
use http::{Request, header};
use minnow::{
    auth::session,
    http::routes::LINES,
    store::{
        self,
        assignment::{self, AssignmentChange},
        playlist::{self, NewStep, PlaylistChange},
        sign_in::PasskeyRow,
    },
};
use minnow_shared::{
    AssignmentId, ChallengeId, ClipId, InviteId, LeaningId, PasskeyId, PersonId, PlaylistId, PracticeId,
    SessionId, StepId, TopicId, with_every_endpoint,
};
use serde_json::{Value, json};
use std::{collections::HashMap, fmt::Write};

const CALLERS: [&str; 8] =
    ["nobody", "guest", "learner", "author", "organizer", "moderator", "operator", "cross-site"];

macro_rules! methods_and_paths {
    ($($endpoint:ty),* $(,)?) => {
        HashMap::from([$((
            <$endpoint as minnow_shared::Endpoint>::NAME,
            (
                <$endpoint as minnow_shared::Endpoint>::METHOD.as_str(),
                <$endpoint as minnow_shared::Endpoint>::PATH,
            ),
        )),*])
    };
}

struct World {
    server: TestApp,
    topic: TopicId,
    made: std::cell::Cell<u32>,
}

/// One caller with a session, made straight in the database.
struct Somebody {
    browser: Browser,
    id: Option<PersonId>,
    session: Option<SessionId>,
}

impl World {
    fn next(&self) -> u32 {
        self.made.set(self.made.get() + 1);
        self.made.get()
    }

    async fn somebody(&self, kind: &str) -> Somebody {
        let mut browser = self.server.browser();
        if kind == "nobody" {
            return Somebody { browser, id: None, session: None };
        }
        let app = &self.server.app;
        let (id, now_ms) = (app.new_person_id(), app.now_ms());
        let handle = format!("p{}", self.next());
        let mut tx = app.db.begin().await.unwrap();
        store::person::insert_guest(&mut tx, &id, now_ms).await.unwrap();
        if kind != "guest" {
            store::person::promote_guest(&mut tx, &id, &handle, "Name", None, now_ms).await.unwrap();
            let role = if ["organizer", "moderator", "operator"].contains(&kind) { kind } else { "learner" };
            store::person::update_role(&mut tx, &handle, role, now_ms).await.unwrap();
        }
        let token = session::begin(app, &mut tx, &id, "").await.unwrap();
        tx.commit().await.unwrap();
        browser.cookie = Some(format!("__Host-minnow={}", token.as_str()));
        let session = session::find(app, token.as_str()).await.unwrap().unwrap().id;
        Somebody { browser, id: Some(id), session: Some(session) }
    }

    async fn clip(&self, author: &PersonId, published: bool) -> Clip {
        let clip = self.server.draft(author, &self.topic).await;
        if published {
            self.server.publish(&clip.id).await;
        }
        clip
    }

    /// A playlist of the owner's with the clip in it, and an assignment of it by the owner.
    async fn playlist(
        &self,
        owner: &PersonId,
        clip: &Clip,
        public: bool,
    ) -> (PlaylistId, StepId, AssignmentId) {
        let n = i64::from(self.next());
        let (id, step) = (PlaylistId::new(n, [1; 10]), StepId::new(n, [1; 10]));
        let assignment = AssignmentId::new(n, [1; 10]);
        let visibility = (if public { "public" } else { "private" }).to_owned();
        let change = PlaylistChange { title: Some("T".into()), about: None, visibility: Some(visibility) };
        let mut tx = self.server.app.db.begin().await.unwrap();
        assert!(playlist::insert_playlist(&mut tx, &id, owner, n).await.unwrap());
        playlist::update_playlist(&mut tx, &id, &change, n).await.unwrap();
        let new = NewStep { id: &step, playlist: &id, clip: &clip.id, place: 0, is_gate: false, now_ms: n };
        playlist::insert_step(&mut tx, new).await.unwrap();
        let change = AssignmentChange { name: String::new(), due_at_ms: None, join_token: None };
        assert!(assignment::insert_assignment(&mut tx, &assignment, &id, owner, &change, n).await.unwrap());
        tx.commit().await.unwrap();
        (id, step, assignment)
    }

    /// A practice of all of the owner's questions.
    async fn practice(&self, owner: &PersonId) -> PracticeId {
        let n = i64::from(self.next());
        let id = PracticeId::new(n, [1; 10]);
        let mut tx = self.server.app.db.begin().await.unwrap();
        store::practice::insert_practice(&mut tx, &id, owner, "T", ("", ""), n).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn passkey(&self, owner: &PersonId) -> PasskeyId {
        let app = &self.server.app;
        let id = app.new_passkey_id();
        let mut tx = app.db.begin().await.unwrap();
        store::sign_in::upsert_password(&mut tx, owner, "unused", 1).await.unwrap();
        let row = PasskeyRow {
            id: id.to_string(),
            person_id: owner.to_string(),
            credential_id: id.to_string(),
            passkey: "{}".into(),
            label: String::new(),
            created_at_ms: 1,
            last_used_at_ms: None,
        };
        store::sign_in::insert_passkey(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        id
    }
}

/// A request of the right form, so that only the policy can be in its way.
fn body(endpoint: &str, clip: &Clip, n: u32) -> Value {
    let id = minnow_shared::AnswerId::new(i64::from(n), [0; 10]);
    match endpoint {
        "CreateAccount" => json!({ "handle": format!("new{n}"), "display_name": "N", "password": PASSWORD }),
        "SignInWithPassword" => json!({ "handle": "nobody-here", "password": PASSWORD }),
        "StartPasskeyRegistration" => json!({ "handle": format!("new{n}"), "display_name": "N" }),
        "FinishPasskeyRegistration" => json!({ "credential": {}, "label": "" }),
        "FinishPasskeySignIn" => json!({ "credential": {} }),
        "MakePack" => json!({ "source": { "kind": "next" }, "utc_offset_minutes": 0 }),
        "RequestSignInLink" => json!({ "email": "ada@example.org" }),
        "RedeemSignInLink" => json!({ "token": "none" }),
        "ChangePassword" => json!({ "new": PASSWORD }),
        "AnswerQuestion" => json!({
            "answer_id": id, "clip_id": clip.id, "question_id": clip.question,
            "response": { "kind": "dont_know" }, "answered_at_ms": 1
        }),
        "GiveAnswer" => json!({
            "answer_id": id, "clip_id": clip.id, "response": { "kind": "dont_know" }, "answered_at_ms": 1
        }),
        "CreateQuestion" => json!({
            "question_id": minnow_shared::QuestionId::new(i64::from(n), [0; 10]), "question": card()
        }),
        "UpdateQuestion" | "PreviewQuestion" => json!({ "question": card() }),
        "CreateTopic" => json!({ "names": [{ "language": "en", "name": format!("Topic {n}") }] }),
        "RenameTopic" => json!({ "names": [{ "language": "en", "name": "Light" }] }),
        "AddTopicEdge" => json!({ "kind": "part_of", "to": "light" }),
        "CopyAsForm" => json!({ "form_id": minnow_shared::QuestionId::new(i64::from(n), [1; 10]) }),
        "CreatePractice" => json!({
            "practice_id": PracticeId::new(i64::from(n), [0; 10])
        }),
        "PlaceQuestion" => json!({ "moment_ms": 1 }),
        "CreatePlaylist" => json!({
            "playlist_id": PlaylistId::new(i64::from(n), [0; 10]), "title": "T", "visibility": "private"
        }),
        "AddStep" => json!({ "step_id": StepId::new(i64::from(n), [0; 10]), "clip_id": clip.id }),
        "CreateAssignment" => json!({ "assignment_id": AssignmentId::new(i64::from(n), [0; 10]) }),
        "AssignPeople" => json!({ "handles": [] }),
        "LeaveAssignment" => json!({ "left": true }),
        "SetLike" | "SetSave" | "SetRefusal" => json!({ "on": true }),
        "SetLeaning" => json!({ "is_more": true, "leaning_id": LeaningId::new(1, [9; 10]) }),
        "PickTopics" => json!({ "picked": [], "leaning_id": LeaningId::new(1, [8; 10]) }),
        "ImportInterests" => json!({ "file": { "version": 1 } }),
        "CreateDraft" => json!({ "clip_id": ClipId::new(i64::from(n), [0; 10]), "language": "en" }),
        "UpdateSettings" => json!({ "settings": {} }),
        "RecordWatch" => json!({ "stretches": [], "utc_offset_minutes": 0 }),
        _ => json!({}),
    }
}

/// The smallest question there is.
fn card() -> Value {
    json!({ "stem": "?", "key": { "kind": "flash_card", "back": "!" } })
}

/// What the caller was told: `yes`, or the refusal.
async fn ask(world: &World, line: &minnow::http::routes::RouteLine, kind: &str, published: bool) -> String {
    let endpoints: HashMap<&str, (&str, &str)> = with_every_endpoint!(methods_and_paths);
    let (method, path) = endpoints[line.endpoint];
    let mut caller = world.somebody(if kind == "cross-site" { "author" } else { kind }).await;
    let is_author = kind == "author" || kind == "cross-site";
    let stranger = world.somebody("learner").await;
    let author = if is_author { caller.id.clone().unwrap() } else { stranger.id.clone().unwrap() };
    let clip = world.clip(&author, published).await;
    let owner = if is_author { caller.id.clone() } else { stranger.id.clone() }.unwrap();
    let session = if is_author { &caller.session } else { &stranger.session };
    let passkey = if line.subject == "passkey" {
        world.passkey(&owner).await
    } else {
        world.server.app.new_passkey_id()
    };
    let (playlist, step, assignment) = world.playlist(&owner, &clip, published).await;
    let practice = world.practice(&owner).await;
    let path = path
        .replace("{clip_id}", clip.id.as_str())
        .replace("{playlist_id}", playlist.as_str())
        .replace("{step_id}", step.as_str())
        .replace("{assignment_id}", assignment.as_str())
        .replace("{person_id}", owner.as_str())
        .replace("{invite_id}", InviteId::new(1, [9; 10]).as_str())
        .replace("{session_id}", session.as_ref().unwrap().as_str())
        .replace("{passkey_id}", passkey.as_str())
        .replace("{challenge_id}", ChallengeId::new(1, [1; 10]).as_str())
        .replace("{practice_id}", practice.as_str())
        .replace("{question_id}", clip.question.as_str())
        .replace("{topic_id}", "light")
        .replace("{from}", "light")
        .replace("{handle}", "p1");
    let query = match line.endpoint {
        "GetProgress" | "ListReviews" | "GetForecast" => "?utc_offset_minutes=0".to_owned(),
        "GetWorkload" => "?retention_percent=90".to_owned(),
        "FindStepClips" => "?shelf=own".to_owned(),
        "DeleteTopicEdge" => "?kind=part_of&to=light".to_owned(),
        "GetAskedQuestion" => format!("?clip_id={}", clip.id),
        _ => String::new(),
    };
    let mut request = Request::builder().method(method).uri(format!("{path}{query}"));
    if kind == "cross-site" {
        request = request.header("sec-fetch-site", "cross-site");
    }
    let sent = if matches!(method, "GET" | "DELETE") {
        Body::empty()
    } else {
        request = request.header(header::CONTENT_TYPE, "application/json");
        Body::from(body(line.endpoint, &clip, world.next()).to_string())
    };
    let heard = caller.browser.send(request.body(sent).unwrap()).await;
    assert!(heard.status.as_u16() < 500, "{} {kind}: {}", line.endpoint, heard.text());
    if heard.status.is_success() {
        return "yes".into();
    }
    let code = heard.json()["code"].as_str().unwrap().to_owned();
    let refusals = ["not_signed_in", "account_needed", "forbidden", "not_found", "cross_site"];
    let documented = minnow::http::openapi::document();
    let status = heard.status.as_u16().to_string();
    let template = endpoints[line.endpoint].1;
    let operation = &documented["paths"][template][method.to_lowercase()];
    assert!(operation["responses"][&status].is_object(), "{} answers {status} {code}", line.endpoint);
    if refusals.contains(&code.as_str()) { code } else { "yes".into() }
}

#[tokio::test]
async fn every_route_answers_every_kind_of_caller_as_the_table_says() {
    let server = TestApp::with(Engine::Sqlite, &["--rate-limits", "off"]).await;
    let topic = server.topic("light").await;
    let world = World { server, topic, made: std::cell::Cell::new(0) };
    world.somebody("learner").await;
    let mut table = format!("endpoint\tobject\t{}\n", CALLERS.join("\t"));
    for line in LINES {
        let objects: &[(&str, bool)] = match line.subject {
            "clip" => &[("published", true), ("draft", false)],
            "playlist" => &[("public", true), ("private", false)],
            _ => &[("-", true)],
        };
        for (object, published) in objects {
            let object =
                if ["clip", "own", "playlist"].contains(&line.subject) { object } else { line.subject };
            write!(table, "{}\t{object}", line.endpoint).unwrap();
            for kind in CALLERS {
                write!(table, "\t{}", ask(&world, line, kind, *published).await).unwrap();
            }
            table.push('\n');
        }
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/api/policy.tsv");
    if std::env::var_os("MINNOW_WRITE_POLICY_TABLE").is_some() {
        std::fs::write(file, &table).unwrap();
    }
    let expected = std::fs::read_to_string(file).expect("the table is checked in");
    for (is, should) in table.lines().zip(expected.lines()) {
        assert_eq!(is, should);
    }
    assert_eq!(table.lines().count(), expected.lines().count());
}

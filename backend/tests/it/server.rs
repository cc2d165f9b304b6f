//! What tests run against: a whole server in this process on a fresh database, SQLite or PostgreSQL, with a clock and
//! chance that the test decides.

use axum::{Router, body::Body};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use minnow::{
    app::App,
    clock::{FakeClock, FakeRandom},
    config::Config,
    store::Db,
};
use minnow_shared::{Endpoint, ErrorView, request_path, request_rest};
use serde_json::Value;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use tower::ServiceExt;

/// Monday, 6 July 2026, 08:00 UTC.
pub const MORNING_MS: i64 = 1_783_324_800_000;

/// Where the tests' PostgreSQL is. There is no test run without one: half of the tests would silently be missing.
pub fn postgres_url() -> String {
    std::env::var("MINNOW_TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!(
            "MINNOW_TEST_POSTGRES_URL is not set. Give it a PostgreSQL that tests may fill, such as \
             postgres://postgres@127.0.0.1:5432/postgres; `./x test` starts one and sets it."
        )
    })
}

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A fresh database; gone when dropped.
pub struct Fresh {
    pub url: String,
    pub folder: tempfile::TempDir,
    schema: Option<String>,
}

impl Fresh {
    pub async fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        match engine {
            Engine::Sqlite => {
                let url = format!("sqlite:{}", folder.path().join("minnow.sqlite").display());
                Self { url, folder, schema: None }
            }
            Engine::Postgres => {
                let base = postgres_url();
                let schema = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
                administer(&base, format!("CREATE SCHEMA {schema}")).await;
                let mark = if base.contains('?') { '&' } else { '?' };
                let url = format!("{base}{mark}options[search_path]={schema}");
                Self { url, folder, schema: Some(schema) }
            }
        }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let Some(schema) = self.schema.take() else { return };
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(drop_schema(&schema));
        });
        let _ = dropping.join();
    }
}

/// Drops a test's schema. A transaction the test left open may still hold it (its connection cannot end while this
/// thread waits): then it stays, and goes with the cluster.
async fn drop_schema(schema: &str) {
    use sqlx::{Connection, Executor};
    let Ok(mut connection) = sqlx::PgConnection::connect(&postgres_url()).await else { return };
    let _ = connection.execute("SET lock_timeout = '2s'").await;
    let _ = connection.execute(sqlx::AssertSqlSafe(format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))).await;
    let _ = connection.close().await;
}

async fn administer(url: &str, statement: String) {
    use sqlx::{Connection, Executor};
    let mut connection = sqlx::PgConnection::connect(url).await.expect("the tests' PostgreSQL answers");
    connection.execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
    connection.close().await.unwrap();
}

/// A fresh database, opened.
pub async fn fresh_db(engine: Engine) -> (Fresh, Db) {
    let fresh = Fresh::new(engine).await;
    let db = Db::open(&fresh.url).await.unwrap();
    (fresh, db)
}

/// Runs an async test on both databases: `on_both!(name, |engine| async { … });`.
#[macro_export]
macro_rules! on_both {
    ($(#[$meta:meta])* $name:ident, $test:expr) => {
        mod $name {
            use super::*;

            $(#[$meta])*
            #[tokio::test]
            async fn on_sqlite() {
                let test = $test;
                test($crate::server::Engine::Sqlite).await
            }

            $(#[$meta])*
            #[tokio::test]
            async fn on_postgres() {
                let test = $test;
                test($crate::server::Engine::Postgres).await
            }
        }
    };
}

/// A configuration as `minnow serve` would have it with these flags.
pub fn config(flags: &[&str]) -> Config {
    #[derive(clap::Parser)]
    struct Flags {
        #[command(flatten)]
        config: Config,
    }
    let words = ["minnow"].into_iter().chain(flags.iter().copied());
    <Flags as clap::Parser>::try_parse_from(words).unwrap().config
}

/// A whole server.
pub struct TestApp {
    pub app: App,
    pub clock: Arc<FakeClock>,
    pub router: Router,
    pub fresh: Arc<Fresh>,
}

impl TestApp {
    pub async fn new(engine: Engine) -> Self {
        Self::with(engine, &[]).await
    }

    /// `flags`: more flags of `minnow serve`.
    pub async fn with(engine: Engine, flags: &[&str]) -> Self {
        let fresh = Arc::new(Fresh::new(engine).await);
        Self::on(fresh, FakeClock::new(MORNING_MS), flags).await
    }

    /// Another server on the same database and media, at the same time of day.
    pub async fn second_node(&self) -> Self {
        Self::on(self.fresh.clone(), self.clock.clone(), &[]).await
    }

    async fn on(fresh: Arc<Fresh>, clock: Arc<FakeClock>, flags: &[&str]) -> Self {
        let folder = fresh.folder.path().display().to_string();
        // Nothing is left to chance but where a test says so.
        let mut all = vec!["--data-dir", &folder, "--database-url", &fresh.url];
        if !flags.contains(&"--chance-per-mille") {
            all.extend(["--chance-per-mille", "0"]);
        }
        all.extend_from_slice(flags);
        let seed = u64::from(NEXT.fetch_add(1, Ordering::SeqCst));
        let app = App::open(config(&all), clock.clone(), FakeRandom::new(seed)).await.unwrap();
        let router = minnow::http::router(app.clone());
        Self { app, clock, router, fresh }
    }

    /// A browser without a session.
    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookie: None }
    }

    /// A browser with a guest's session.
    pub async fn guest(&self) -> Browser {
        let mut browser = self.browser();
        browser.call(&minnow_shared::account::StartGuest {}).await.unwrap();
        browser
    }
}

/// One browser: keeps its session cookie.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookie: Option<String>,
}

/// An answer with its body read.
#[derive(Debug)]
pub struct Heard {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Heard {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Browser {
    /// Calls an endpoint as the interface does.
    pub async fn call<E: Endpoint>(&mut self, request: &E) -> Result<E::Response, ErrorView> {
        let heard = self.send_endpoint(request).await;
        if heard.status.is_success() {
            Ok(serde_json::from_slice(&heard.body).unwrap())
        } else {
            let view: ErrorView = serde_json::from_slice(&heard.body).unwrap_or_else(|_| panic!("{heard:?}"));
            assert_eq!(view.code.status(), heard.status.as_u16(), "{view:?}");
            Err(view)
        }
    }

    /// Calls an endpoint and returns the bare answer.
    pub async fn send_endpoint<E: Endpoint>(&mut self, request: &E) -> Heard {
        let mut builder = Request::builder().method(E::METHOD.as_str()).uri(request_path(request));
        let body = match request_rest(request) {
            Some(rest) => {
                builder = builder.header(header::CONTENT_TYPE, "application/json");
                Body::from(rest.to_string())
            }
            None => Body::empty(),
        };
        self.send(builder.body(body).unwrap()).await
    }

    pub async fn get(&mut self, path: &str) -> Heard {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends any request, as a page of this very site.
    pub async fn send(&mut self, mut request: Request<Body>) -> Heard {
        let headers = request.headers_mut();
        headers.entry("sec-fetch-site").or_insert(http::HeaderValue::from_static("same-origin"));
        headers.entry(header::HOST).or_insert(http::HeaderValue::from_static("localhost:8080"));
        if let Some(cookie) = &self.cookie {
            headers.insert(header::COOKIE, cookie.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (_, value) = pair.split_once('=').unwrap();
            self.cookie = (!value.is_empty()).then(|| pair.to_owned());
        }
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Heard { status: parts.status, headers: parts.headers, body }
    }
}

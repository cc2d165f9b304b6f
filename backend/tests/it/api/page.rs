//! The site and what surrounds every answer.

use super::playlist;
use crate::server::*;
use axum::body::Body;
use http::{Request, header};
use minnow_shared::{
    ErrorCode,
    playlist::{UpdatePlaylist, Visibility},
};

const INDEX: &str = "<!doctype html><html lang=\"en\" dir=\"ltr\"><head><title>Minnow</title><meta \
    name=\"description\" content=\"Short.\"><!--minnow:head--></head><body><!--minnow:first--><div \
    id=\"app\"></div></body></html>";

async fn server_with_site() -> (TestApp, tempfile::TempDir) {
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("assets")).unwrap();
    for (name, text) in [
        ("index.html", INDEX),
        ("sw.js", "/* worker */"),
        ("assets/app-0123.css", "body{}"),
        ("assets/app-0123.css.br", "not really brotli"),
    ] {
        std::fs::write(site.path().join(name), text).unwrap();
    }
    let path = site.path().display().to_string();
    let server =
        TestApp::with(Engine::Sqlite, &["--site", &path, "--public-url", "https://learn.example.org"]).await;
    (server, site)
}

#[tokio::test]
async fn the_first_page_and_the_first_film_are_in_the_page() {
    let (server, _site) = server_with_site().await;
    let (_, author) = server.account("ada").await;
    let clip = server.clip(&author, &server.topic("light").await).await;
    let heard = server.browser().get("/").await;
    let page = heard.text();
    assert_eq!(heard.status, 200);
    assert!(page.contains("<div id=\"first\"><video id=\"first-video\""), "{page}");
    assert!(page.contains(&format!("src=\"/media/{}-540.mp4", clip.id)), "{page}");
    let json = page.split("id=\"first-page\">").nth(1).unwrap().split("</script>").next().unwrap();
    let feed: minnow_shared::feed::FeedPageView = serde_json::from_str(json).unwrap();
    assert_eq!(feed.clips[0].id, clip.id);
    let request = Request::get("/").header("save-data", "on").body(Body::empty()).unwrap();
    let saving = server.browser().send(request).await.text();
    assert!(saving.contains(&format!("src=\"/media/{}-360.mp4", clip.id)), "{saving}");
}

#[tokio::test]
async fn the_first_film_is_small_or_waits_where_the_learners_settings_say_so() {
    let (server, _site) = server_with_site().await;
    let (_, author) = server.account("ada").await;
    let clip = server.clip(&author, &server.topic("light").await).await;
    let page = async |cookies: &str| {
        let request = Request::get("/").header("cookie", cookies).body(Body::empty()).unwrap();
        server.browser().send(request).await.text()
    };
    let usual = page("minnow_saver=0; minnow_play=1").await;
    assert!(usual.contains(&format!("src=\"/media/{}-540.mp4", clip.id)), "{usual}");
    assert!(usual.contains(" autoplay preload=\"auto\""), "{usual}");
    let saving = page("minnow_saver=1").await;
    assert!(saving.contains(&format!("src=\"/media/{}-360.mp4", clip.id)), "{saving}");
    let waiting = page("minnow_play=0").await;
    assert!(!waiting.contains("autoplay") && waiting.contains("preload=\"metadata\""), "{waiting}");
}

#[tokio::test]
async fn a_clips_address_unfolds_elsewhere_and_an_unknown_one_is_not_found() {
    let (server, _site) = server_with_site().await;
    let (_, author) = server.account("ada").await;
    let clip = server.clip(&author, &server.topic("light").await).await;
    let heard = server.browser().get(&format!("/clip/{}", clip.id)).await;
    let page = heard.text();
    for part in [
        "<title>Why water climbs · Minnow</title>".to_owned(),
        "property=\"og:title\" content=\"Why water climbs\"".to_owned(),
        format!("property=\"og:url\" content=\"https://learn.example.org/clip/{}\"", clip.id),
        format!("property=\"og:image\" content=\"https://learn.example.org/media/{}.jpg\"", clip.id),
        format!("property=\"og:video\" content=\"https://learn.example.org/media/{}-540.mp4", clip.id),
        "name=\"twitter:card\" content=\"summary_large_image\"".to_owned(),
    ] {
        assert!(page.contains(&part), "{part} in {page}");
    }
    assert!(server.browser().get("/@ada").await.text().contains("property=\"og:type\" content=\"profile\""));
    for path in ["/clip/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/@nobody", "/topic/nowhere", "/no/such/page"] {
        let heard = server.browser().get(path).await;
        assert_eq!(heard.status, 404, "{path}");
        assert!(heard.text().contains("id=\"app\""), "the application says so: {path}");
    }
    assert_eq!(server.browser().get("/settings").await.status, 200);
}

#[tokio::test]
async fn hashed_files_are_kept_for_good_and_the_rest_is_asked_for_again() {
    let (server, _site) = server_with_site().await;
    let mut browser = server.browser();
    let asset = Request::get("/assets/app-0123.css")
        .header(header::ACCEPT_ENCODING, "br")
        .body(Body::empty())
        .unwrap();
    let heard = browser.send(asset).await;
    assert_eq!(heard.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(
        (heard.headers["content-encoding"].to_str().unwrap(), heard.text().as_str()),
        ("br", "not really brotli")
    );
    assert_eq!(browser.get("/sw.js").await.headers["cache-control"], "no-cache");
    assert_eq!(browser.get("/").await.headers["cache-control"], "private, no-cache");
    for path in ["/assets/../index.html.bak", "/%2e%2e/etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd"] {
        let heard = browser.get(path).await;
        assert!(!heard.text().contains("root:"), "{path}");
        assert_eq!(heard.status, 404, "{path}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_browsers_safe() {
    let (server, _site) = server_with_site().await;
    let mut browser = server.browser();
    for path in ["/", "/sw.js", "/api/feed", "/api/nowhere", "/healthz"] {
        let heard = browser.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            assert_eq!(heard.headers[name], value, "{path}");
        }
        let policy = heard.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    }
    let part = browser.get("/assets/app-0123.css").await;
    assert_eq!(part.headers["x-content-type-options"], "nosniff");
    assert_eq!(part.headers["cross-origin-resource-policy"], "same-origin");
    assert!(!part.headers.contains_key("content-security-policy"), "a style sheet is never a page");
    let page = browser.get("/").await.headers["content-security-policy"].clone();
    assert!(page.to_str().unwrap().contains("require-trusted-types-for 'script'"));
}

#[tokio::test]
async fn what_another_site_sends_is_refused_before_anything_happens() {
    let server = TestApp::new(Engine::Sqlite).await;
    let post = |name: &'static str, value: &'static str| {
        Request::post("/api/session/guest").header(name, value).header(header::HOST, "localhost:8080")
    };
    for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")] {
        let heard = server.browser().send(post(name, value).body(Body::empty()).unwrap()).await;
        assert_eq!((heard.status.as_u16(), &heard.json()["code"]), (403, &"cross_site".into()), "{value}");
    }
    let form = Request::post("/api/session/guest").header(header::CONTENT_TYPE, "text/plain");
    let heard = server.browser().send(form.body(Body::from("{}")).unwrap()).await;
    assert_eq!(heard.status, 415, "what a form of another site could send");
    for host in ["localhost:8080", "127.0.0.1:8080"] {
        let own = Request::post("/api/session/guest")
            .header(header::HOST, host)
            .header("origin", format!("http://{host}"));
        assert_eq!(server.browser().send(own.body(Body::empty()).unwrap()).await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn a_request_id_goes_in_and_out_and_into_the_error() {
    let server = TestApp::new(Engine::Sqlite).await;
    let request = Request::get("/api/people/nobody-here").header("x-request-id", "abc-123");
    let heard = server.browser().send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(heard.headers["x-request-id"], "abc-123");
    assert_eq!(heard.json()["request_id"], "abc-123");
    let request = Request::get("/api/nowhere").header("x-request-id", "a b\"c");
    let heard = server.browser().send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(heard.headers["x-request-id"].len(), 16, "one of ours in place of an odd one");
}

#[tokio::test]
async fn errors_are_typed_wherever_they_come_from() {
    let server = TestApp::new(Engine::Sqlite).await;
    let send = async |request: Request<Body>| server.browser().send(request).await.json()["code"].clone();
    let json = |body: &'static str| {
        Request::post("/api/account")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap()
    };
    assert_eq!(send(Request::get("/api/nowhere").body(Body::empty()).unwrap()).await, "not_found");
    assert_eq!(send(Request::put("/api/feed").body(Body::empty()).unwrap()).await, "method_not_allowed");
    for bad in ["{", "[]", "{\"handle\":1}", "{\"handle\":\"ada\"}"] {
        assert_eq!(send(json(bad)).await, "malformed", "{bad}");
    }
    let big = format!("{{\"handle\":\"{}\"}}", "x".repeat(minnow_shared::limit::JSON_BODY_BYTES));
    let request = Request::post("/api/account").header(header::CONTENT_TYPE, "application/json");
    assert_eq!(send(request.body(Body::from(big)).unwrap()).await, "too_large");
    assert_eq!(serde_json::to_value(ErrorCode::TooLarge).unwrap(), "too_large");
}

#[tokio::test]
async fn health_and_numbers_are_told() {
    let server = TestApp::new(Engine::Sqlite).await;
    let mut browser = server.browser();
    assert_eq!(browser.get("/healthz").await.status, 200);
    let ready = browser.get("/readyz").await;
    let said = ready.json();
    assert_eq!((ready.status.as_u16(), &said["database"], &said["media"]), (200, &true.into(), &true.into()));
    browser.get("/api/feed").await;
    let metrics = browser.get("/metrics").await.text();
    let line = "minnow_requests_total{method=\"GET\",route=\"/api/feed\",status=\"200\"} 1";
    assert!(metrics.lines().any(|l| l == line), "{metrics}");
    let proxied =
        Request::get("/metrics").header("x-forwarded-for", "192.0.2.1").body(Body::empty()).unwrap();
    assert_eq!(browser.send(proxied).await.status, 404, "not for everybody");
}

#[tokio::test]
async fn the_page_of_a_path_holds_no_more_than_its_open_clips_and_a_private_one_is_nobodys() {
    let (server, _site) = server_with_site().await;
    let (mut ada, author) = server.account("ada").await;
    let topic = server.topic("light").await;
    ada.call(&playlist::create(1, Visibility::Public)).await.unwrap();
    let mut clips = Vec::new();
    for (n, is_gate) in [(1, true), (2, false)] {
        let clip = server.clip(&author, &topic).await;
        ada.call(&playlist::add(1, n, &clip.id, is_gate)).await.unwrap();
        clips.push(clip.id);
    }
    let id = playlist::playlist_id(1);
    for path in [format!("/play/{id}"), format!("/play/{id}/{}", clips[1])] {
        let page = server.browser().get(&path).await.text();
        assert!(page.contains("<title>Water 1"), "{page}");
        assert!(page.contains(&format!("data-clip=\"{}\"", clips[0])), "{page}");
        assert!(!page.contains(clips[1].as_str()), "what is behind the gate is not in it: {page}");
    }
    let change = UpdatePlaylist {
        playlist_id: id.clone(),
        title: None,
        about: None,
        visibility: Some(Visibility::Private),
    };
    ada.call(&change).await.unwrap();
    for path in [format!("/play/{id}"), format!("/playlist/{id}")] {
        let heard = server.browser().get(&path).await;
        assert_eq!((heard.status.as_u16(), heard.text().contains("Water 1")), (404, false), "{path}");
        assert_eq!(ada.get(&path).await.status, 200, "{path}");
    }
    for path in ["edit", "assign"].map(|more| format!("/playlist/{id}/{more}")) {
        assert_eq!(server.browser().get(&path).await.status, 200, "{path}");
    }
    assert_eq!(server.browser().get("/play/x").await.status, 404);
}

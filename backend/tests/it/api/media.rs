//! Media by ranges, from a folder and from a bucket.

use crate::{media::bucket::bucket, server::*};
use axum::body::Body;
use http::Request;

const SIZE: usize = 3_000_000;

fn content() -> Vec<u8> {
    (0..SIZE).map(|n| (n % 253) as u8).collect()
}

async fn keep(server: &TestApp) -> String {
    let file = server.fresh.folder.path().join("film");
    std::fs::write(&file, content()).unwrap();
    let stored = server.app.media.store.keep(&file, "mp4").await.unwrap();
    server.app.media.url_of(&stored.key)
}

async fn get(server: &TestApp, url: &str, headers: &[(&str, &str)]) -> Heard {
    ask(server, "GET", url, headers).await
}

async fn ask(server: &TestApp, method: &str, url: &str, headers: &[(&str, &str)]) -> Heard {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.browser().send(request.body(Body::empty()).unwrap()).await
}

async fn ranges_are_exact(server: &TestApp) {
    let (url, bytes) = (keep(server).await, content());
    let whole = get(server, &url, &[]).await;
    assert_eq!((whole.status.as_u16(), whole.body.len()), (200, SIZE));
    assert!(whole.body == bytes);
    assert_eq!(whole.headers["accept-ranges"], "bytes");
    assert_eq!(whole.headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(whole.headers["cross-origin-resource-policy"], "same-origin");
    let tag = whole.headers["etag"].to_str().unwrap().to_owned();
    for (range, start, end) in [
        ("bytes=0-0", 0, 1),
        ("bytes=0-65535", 0, 65_536),
        ("bytes=100-1999999", 100, 2_000_000),
        ("bytes=2999990-", 2_999_990, SIZE),
        ("bytes=1000000-99999999", 1_000_000, SIZE),
        ("bytes=-10", SIZE - 10, SIZE),
        ("bytes=0-", 0, SIZE),
    ] {
        let heard = get(server, &url, &[("range", range)]).await;
        assert_eq!(heard.status.as_u16(), 206, "{range}");
        assert!(heard.body == bytes[start..end], "{range}: {} bytes", heard.body.len());
        assert_eq!(heard.headers["content-range"], format!("bytes {start}-{}/{SIZE}", end - 1));
        assert_eq!(heard.headers["content-length"], (end - start).to_string());
    }
    for range in ["bytes=3000000-", "bytes=-0", "bytes=9999999-10000000"] {
        let heard = get(server, &url, &[("range", range)]).await;
        assert_eq!(
            (heard.status.as_u16(), &heard.headers["content-range"]),
            (416, &format!("bytes */{SIZE}").parse().unwrap())
        );
    }
    for headers in [
        &[("range", "bytes=5-2")][..],
        &[("range", "bytes=0-1,4-5")],
        &[("range", "bytes=0-9"), ("if-range", "\"other\"")],
    ] {
        assert_eq!(get(server, &url, headers).await.status.as_u16(), 200, "{headers:?}");
    }
    let same = get(server, &url, &[("range", "bytes=0-9"), ("if-range", &tag)]).await;
    assert_eq!(same.status.as_u16(), 206);
    let known = get(server, &url, &[("if-none-match", &tag)]).await;
    assert_eq!((known.status.as_u16(), known.body.len()), (304, 0));
    let head = ask(server, "HEAD", &url, &[]).await;
    assert_eq!(
        (head.status.as_u16(), head.body.len(), &head.headers["content-length"]),
        (200, 0, &SIZE.to_string().parse().unwrap())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_serves_exact_ranges() {
    ranges_are_exact(&TestApp::new(Engine::Sqlite).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_serves_exact_ranges() {
    let (_folder, url) = bucket().await;
    ranges_are_exact(&TestApp::with(Engine::Sqlite, &["--media-url", &url]).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_without_an_end_is_paced_to_the_films_rate_and_others_are_not() {
    let server = TestApp::new(Engine::Sqlite).await;
    let url = format!("{}?r=300000", keep(&server).await);
    let took = async |range: &str| {
        let began = tokio::time::Instant::now();
        assert_eq!(get(&server, &url, &[("range", range)]).await.body.len(), SIZE);
        began.elapsed().as_secs_f64()
    };
    // 10 s of film: the first at once, six at 1.15 times its rate (5.2 s), three at 2.5 times (1.2 s).
    let paced = took("bytes=0-").await;
    assert!((4.9..9.0).contains(&paced), "{paced} s");
    // The rest of a film whose beginning is there already is paced as well, though it names its end.
    let began = tokio::time::Instant::now();
    let rest = get(&server, &url, &[("range", "bytes=1500000-2999999")]).await;
    assert_eq!(rest.body.len(), SIZE - 1_500_000);
    assert!((1.9..6.0).contains(&began.elapsed().as_secs_f64()));
    assert!(took("bytes=0-2999999").await < 1.5);
}

#[tokio::test]
async fn nothing_but_media_is_served() {
    let server = TestApp::new(Engine::Sqlite).await;
    keep(&server).await;
    server.app.media.store.put("staging/01/secret", "x".into()).await.unwrap();
    let hash = "0".repeat(64);
    for path in [
        "/media/staging/01/secret",
        "/media/staging/secret",
        "/media/../minnow.sqlite",
        "/media/..%2Fminnow.sqlite",
        "/media/00/..%2f..%2fminnow.sqlite",
        &format!("/media/00/{hash}.mp4"),
        &format!("/media/01/{hash}.mp4"),
        "/media/",
    ] {
        assert_eq!(server.browser().get(path).await.status.as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn head_tells_of_the_whole_and_a_tag_is_known_in_every_form_it_may_have() {
    let server = TestApp::new(Engine::Sqlite).await;
    let url = keep(&server).await;
    let head = ask(&server, "HEAD", &url, &[("range", "bytes=0-9")]).await;
    assert_eq!((head.status.as_u16(), head.headers["content-length"].to_str().ok()), (200, Some("3000000")));
    let tag = head.headers["etag"].to_str().unwrap().to_owned();
    for known in [format!("W/{tag}"), format!("\"other\", {tag}"), "*".into()] {
        assert_eq!(get(&server, &url, &[("if-none-match", &known)]).await.status.as_u16(), 304, "{known}");
    }
    assert_eq!(get(&server, &url, &[("if-none-match", "\"other\"")]).await.status.as_u16(), 200);
    for (if_range, status) in [(tag.clone(), 206), (format!("W/{tag}"), 200), ("*".into(), 200)] {
        let headers = [("range", "Bytes=0-9"), ("if-range", if_range.as_str())];
        assert_eq!(get(&server, &url, &headers).await.status.as_u16(), status, "{if_range}");
    }
}

//! The site: its files, and the one page with what the first look needs already in it, so that the first frame waits
//! for no script: language and theme, preview tags, page 1 of the feed and the first clip's `<video>`.

use super::{
    context::{Caller, cookie, wanted_languages},
    error::ApiError,
    feed,
    layers::Part,
    playlist, route,
    watch::check_offset,
};
use crate::{
    app::App,
    policy,
    policy::Action,
    store::{self, playlist::PlaylistRow},
};
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use minnow_shared::{
    AssignmentId, ClipId, ErrorCode, InviteId, PlaylistId, PracticeId, QuestionId, TopicId,
    clip::{ClipView, RenditionView},
    feed::{FeedPageView, GetFeed},
    limit,
    playlist::PlayPlaylist,
};
use std::collections::HashMap;
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// What a page of ours may do: only what we sent, nothing inline, no text into the document.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
     worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types sw";

/// Clips in the page itself: enough for the first swipes; the first of them asks for more.
const PAGE_ONE: Option<u32> = Some(4);
/// Where the clip the learner is at is kept by the interface.
const AT_COOKIE: &str = "minnow_at";
const THEME_COOKIE: &str = "minnow_theme";
const SAVER_COOKIE: &str = "minnow_saver";
const PLAY_COOKIE: &str = "minnow_play";
/// To add to UTC for the learner's local time, in minutes: written by `boot.js`.
const OFFSET_COOKIE: &str = "minnow_offset";

/// Every address that is no endpoint: a file of the site, or the page.
pub async fn serve(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if ["/api", "/media"].iter().any(|root| path == *root || path.starts_with(&format!("{root}/"))) {
        return ApiError::not_found("address").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::new(ErrorCode::MethodNotAllowed, "pages are only read").into_response();
    }
    let page = Page::read(&path);
    if page == Page::Unknown {
        match file(&app, &path, request).await {
            Ok(response) => return response,
            Err(request) => return answer(&app, page, request).await,
        }
    }
    answer(&app, page, request).await
}

async fn answer(app: &App, page: Page, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    match document(app, page, &parts).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

/// A file of the site, if it is there; else the request back.
async fn file(app: &App, path: &str, request: Request) -> Result<Response, Request> {
    let mut again = Request::new(Body::empty());
    *again.method_mut() = request.method().clone();
    *again.uri_mut() = request.uri().clone();
    *again.headers_mut() = request.headers().clone();
    let files = ServeDir::new(&app.config.site)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    let mut response = match files.oneshot(again).await {
        Ok(response) if response.status() != StatusCode::NOT_FOUND => response.map(Body::new),
        _ => return Err(request),
    };
    let hashed = path.starts_with("/assets/");
    let caching = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if hashed && is_part(path) {
        response.extensions_mut().insert(Part);
    } else {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    }
    Ok(response)
}

/// Whether a file is of a kind that browsers never open as a page.
fn is_part(path: &str) -> bool {
    [".css", ".js", ".json", ".png", ".wasm", ".woff2"].iter().any(|ending| path.ends_with(ending))
}

/// The addresses of the application, as its router has them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Page {
    Feed,
    Topic(TopicId),
    Clip(ClipId),
    Author(String),
    /// A playlist on the stage, perhaps from one of its clips on.
    Play(PlaylistId, Option<ClipId>),
    Playlist(PlaylistId),
    /// A page that nobody else needs to know of.
    Plain,
    /// A page where things are made and looked after.
    Studio,
    Unknown,
}

impl Page {
    fn read(path: &str) -> Self {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let page = match (segments.next(), segments.next(), segments.next()) {
            _ if segments.next().is_some() => None,
            (None, ..) | (Some("index.html"), None, _) => Some(Page::Feed),
            (Some("topic"), Some(id), None) => TopicId::parse(id).ok().map(Page::Topic),
            (Some("clip"), Some(id), None) => ClipId::parse(id).ok().map(Page::Clip),
            (Some("make"), Some(id), None) => ClipId::parse(id).ok().map(|_| Page::Studio),
            (Some("bank"), Some(id), None) => QuestionId::parse(id).ok().map(|_| Page::Studio),
            (Some("clip"), Some(id), Some("insights")) => ClipId::parse(id).ok().map(|_| Page::Studio),
            (Some("topics"), Some(id), None) => TopicId::parse(id).ok().map(|_| Page::Studio),
            (Some("me"), Some("topics"), Some(id)) => TopicId::parse(id).ok().map(|_| Page::Plain),
            (Some("me"), Some("topics"), None) => Some(Page::Plain),
            (Some("me"), Some("interests"), None) | (Some("studio"), Some("feed"), None) => {
                Some(Page::Studio)
            }
            (Some("play"), Some(id), clip) => {
                let clip = clip.map(ClipId::parse).transpose();
                PlaylistId::parse(id).ok().zip(clip.ok()).map(|(id, clip)| Page::Play(id, clip))
            }
            (Some("playlist"), Some(id), None) => PlaylistId::parse(id).ok().map(Page::Playlist),
            (Some("playlist"), Some(id), Some("edit" | "assign")) => {
                PlaylistId::parse(id).ok().map(|_| Page::Studio)
            }
            (Some("assignment"), Some(id), None) => AssignmentId::parse(id).ok().map(|_| Page::Studio),
            (Some("practice"), Some(id), None) => PracticeId::parse(id).ok().map(|_| Page::Plain),
            (Some("join"), Some(id), None) => InviteId::parse(id).ok().map(|_| Page::Plain),
            (Some("add"), Some(id), None) => ClipId::parse(id).ok().map(|_| Page::Plain),
            (Some("sign-in"), Some(_), None) => Some(Page::Plain),
            (Some("bank" | "make" | "topics"), None, _) => Some(Page::Studio),
            (
                Some(
                    "discover" | "me" | "offline" | "playlists" | "review" | "saved" | "settings" | "welcome",
                ),
                None,
                _,
            ) => Some(Page::Plain),
            (Some(one), None, _) => one
                .strip_prefix('@')
                .filter(|handle| limit::handle(handle).is_ok())
                .map(|handle| Page::Author(handle.to_owned())),
            _ => None,
        };
        page.unwrap_or(Page::Unknown)
    }
}

/// What is written into the page.
#[derive(Default)]
struct Filling {
    status: Option<StatusCode>,
    title: Option<String>,
    description: Option<String>,
    head: String,
    first: String,
}

async fn document(app: &App, page: Page, parts: &http::request::Parts) -> Result<Response, ApiError> {
    let file = app.config.site.join("index.html");
    let template = match tokio::fs::read_to_string(&file).await {
        Ok(template) => template,
        Err(error) => {
            tracing::warn!(file = %file.display(), %error, "the site is not there");
            return Err(ApiError::not_found("page: the site is not built"));
        }
    };
    let entry = entry(app, &page).await;
    // The page comes also when the database does not: the application then says so by itself.
    let filling = match fill(app, page, parts).await {
        Ok(filling) => filling,
        Err(error) if error.code.status() >= 500 => Filling::default(),
        Err(error) => return Err(error),
    };
    let text = write(&template, &parts.headers, &filling).replacen("<!--minnow:entry-->", &entry, 1);
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = filling.status.unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (header::VARY, "accept-language, cookie, save-data"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// Preload tags of the program that serves this page, as the site's build wrote them; the page works without.
async fn entry(app: &App, page: &Page) -> String {
    let name = match page {
        Page::Feed | Page::Topic(_) | Page::Clip(_) | Page::Play(..) => "feed",
        Page::Studio => "studio",
        Page::Author(_) | Page::Playlist(_) | Page::Plain | Page::Unknown => "desk",
    };
    let text = tokio::fs::read(app.config.site.join("entries.json")).await.unwrap_or_default();
    let mut entries: HashMap<String, String> = serde_json::from_slice(&text).unwrap_or_default();
    entries.remove(name).unwrap_or_default()
}

async fn fill(app: &App, page: Page, parts: &http::request::Parts) -> Result<Filling, ApiError> {
    let caller = route::caller(app, parts).await?;
    // Pages show what everybody may see, and the caller's own state of it.
    policy::can(&caller.actor(), Action::ReadPublic, &policy::Object::Own)?;
    match page {
        Page::Feed => {
            let at = cookie(&parts.headers, AT_COOKIE).and_then(|id| ClipId::parse(id).ok());
            let feed = first_page(
                app,
                &caller,
                &parts.headers,
                GetFeed {
                    cursor: None,
                    topic: None,
                    limit: PAGE_ONE,
                    from: at,
                    since_review: None,
                    utc_offset_minutes: None,
                },
            )
            .await?;
            Ok(Filling { first: first(&feed, &parts.headers)?, ..Filling::default() })
        }
        Page::Topic(topic) => {
            let topics = app.feed.topics();
            if !topics.order.contains(&topic) {
                return Ok(not_found());
            }
            let name = topics.name(&topic, &caller.languages);
            let request = GetFeed {
                cursor: None,
                topic: Some(topic),
                limit: PAGE_ONE,
                from: None,
                since_review: None,
                utc_offset_minutes: None,
            };
            let feed = first_page(app, &caller, &parts.headers, request).await?;
            let title = Some(format!("{name} · {}", app.config.name));
            Ok(Filling { title, first: first(&feed, &parts.headers)?, ..Filling::default() })
        }
        Page::Clip(id) => {
            let request = GetFeed {
                cursor: None,
                topic: None,
                limit: PAGE_ONE,
                from: Some(id.clone()),
                since_review: None,
                utc_offset_minutes: None,
            };
            let feed = first_page(app, &caller, &parts.headers, request).await?;
            let Some(clip) = feed.clips.first().filter(|clip| clip.id == id) else { return Ok(not_found()) };
            Ok(Filling {
                title: Some(format!("{} · {}", clip.title, app.config.name)),
                description: Some(clip.alt.clone()),
                head: clip_head(app, clip),
                first: first(&feed, &parts.headers)?,
                status: None,
            })
        }
        Page::Author(handle) => author(app, &handle).await,
        Page::Playlist(id) => {
            let Some(row) = readable_playlist(app, &caller, &id).await? else { return Ok(not_found()) };
            Ok(playlist_head(app, &row, &format!("/playlist/{id}")))
        }
        Page::Play(playlist_id, from) => {
            let Some(row) = readable_playlist(app, &caller, &playlist_id).await? else {
                return Ok(not_found());
            };
            let request = PlayPlaylist { playlist_id, from };
            let page = playlist::play(app, caller.actor().person(), &caller.languages, &request).await?;
            let filling = playlist_head(app, &row, &format!("/playlist/{}", request.playlist_id));
            Ok(Filling { first: first(&page, &parts.headers)?, ..filling })
        }
        Page::Studio | Page::Plain => Ok(Filling::default()),
        Page::Unknown => Ok(not_found()),
    }
}

fn not_found() -> Filling {
    Filling { status: Some(StatusCode::NOT_FOUND), ..Filling::default() }
}

async fn first_page(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    mut request: GetFeed,
) -> Result<FeedPageView, ApiError> {
    let actor = caller.actor();
    let offset = cookie(headers, OFFSET_COOKIE).and_then(|minutes| minutes.parse().ok());
    request.utc_offset_minutes = offset.filter(|minutes| check_offset(*minutes).is_ok());
    feed::page(app, actor.person(), &caller.languages, &request).await
}

/// A playlist, if this caller may see it.
async fn readable_playlist(
    app: &App,
    caller: &Caller,
    id: &PlaylistId,
) -> Result<Option<PlaylistRow>, ApiError> {
    let actor = caller.actor();
    let object = playlist::object_of(app, &actor, id).await?;
    if policy::can(&actor, Action::ReadPlaylist, &object).is_err() {
        return Ok(None);
    }
    Ok(store::playlist::find_playlist(&app.db, id).await?)
}

fn playlist_head(app: &App, row: &PlaylistRow, path: &str) -> Filling {
    let title = format!("{} · {}", row.title, app.config.name);
    let mut head = String::new();
    tag(&mut head, "og:type", "website");
    tag(&mut head, "og:site_name", &app.config.name);
    tag(&mut head, "og:title", &row.title);
    tag(&mut head, "og:description", &row.about);
    tag(&mut head, "og:url", &absolute(app, path));
    name_tag(&mut head, "twitter:card", "summary");
    Filling { title: Some(title), description: Some(row.about.clone()), head, ..Filling::default() }
}

async fn author(app: &App, handle: &str) -> Result<Filling, ApiError> {
    let row = store::person::find_person_by_handle(&app.db, handle).await?;
    let Some(row) = row.filter(|row| !row.is_guest) else { return Ok(not_found()) };
    let title = format!("{} (@{handle}) · {}", row.display_name, app.config.name);
    let mut head = String::new();
    tag(&mut head, "og:type", "profile");
    tag(&mut head, "og:site_name", &app.config.name);
    tag(&mut head, "og:title", &title);
    tag(&mut head, "og:description", &row.bio);
    tag(&mut head, "og:url", &absolute(app, &format!("/@{handle}")));
    name_tag(&mut head, "twitter:card", "summary");
    Ok(Filling { title: Some(title), description: Some(row.bio), head, ..Filling::default() })
}

fn clip_head(app: &App, clip: &ClipView) -> String {
    let mut head = String::new();
    let page = absolute(app, &format!("/clip/{}", clip.id));
    head.push_str(&format!("<link rel=\"canonical\" href=\"{}\">", escape(&page)));
    tag(&mut head, "og:type", "video.other");
    tag(&mut head, "og:site_name", &app.config.name);
    tag(&mut head, "og:title", &clip.title);
    tag(&mut head, "og:description", &clip.alt);
    tag(&mut head, "og:url", &page);
    tag(&mut head, "og:image", &absolute(app, &clip.poster_url));
    tag(&mut head, "og:image:alt", &clip.alt);
    if let Some(rendition) = rendition(clip, 540) {
        let video = absolute(app, &rendition.url);
        tag(&mut head, "og:video", &video);
        if video.starts_with("https:") {
            tag(&mut head, "og:video:secure_url", &video);
        }
        tag(&mut head, "og:video:type", "video/mp4");
        tag(&mut head, "og:video:width", &rendition.width.to_string());
        tag(&mut head, "og:video:height", &rendition.height.to_string());
    }
    name_tag(&mut head, "twitter:card", "summary_large_image");
    name_tag(&mut head, "twitter:title", &clip.title);
    name_tag(&mut head, "twitter:description", &clip.alt);
    name_tag(&mut head, "twitter:image", &absolute(app, &clip.poster_url));
    head
}

/// The page of the feed as data, and its first clip as an element that plays by itself.
fn first(feed: &FeedPageView, headers: &HeaderMap) -> Result<String, ApiError> {
    let json = serde_json::to_string(feed).map_err(ApiError::internal)?.replace('<', "\\u003c");
    let mut out = String::with_capacity(json.len() + 600);
    if let Some(clip) = feed.clips.first() {
        out.push_str(&first_video(clip, headers));
    }
    out.push_str("<script type=\"application/json\" id=\"first-page\">");
    out.push_str(&json);
    out.push_str("</script>");
    Ok(out)
}

/// The clip's element, as the learner's settings want it: small where data is dear, still where clips wait for a tap.
fn first_video(clip: &ClipView, headers: &HeaderMap) -> String {
    let saves_data = headers.get("save-data").is_some_and(|value| value == "on")
        || cookie(headers, SAVER_COOKIE) == Some("1");
    let side = if saves_data { 360 } else { 540 };
    let Some(rendition) = rendition(clip, side) else { return String::new() };
    // It also waits for a guess.
    let waits = clip.guess_first || cookie(headers, PLAY_COOKIE) == Some("0");
    // A clip that comes for review begins at its key moment.
    let begin_ms = clip.review.map_or(0, |review| review.begin_ms);
    let begin = if begin_ms > 0 { format!("#t={}", f64::from(begin_ms) / 1000.0) } else { String::new() };
    let plays = if waits { "preload=\"metadata\"" } else { "autoplay preload=\"auto\"" };
    format!(
        "<div id=\"first\"><video id=\"first-video\" class=\"reel__video\" data-clip=\"{}\" muted playsinline {plays} \
         width=\"{}\" height=\"{}\" poster=\"{}\" src=\"{}{begin}\"></video></div>",
        clip.id,
        rendition.width,
        rendition.height,
        escape(&clip.poster_url),
        escape(&rendition.url)
    )
}

/// The largest rendition up to a side, else the smallest.
fn rendition(clip: &ClipView, side: u32) -> Option<&RenditionView> {
    let fits = clip.renditions.iter().rev().find(|rendition| rendition.short_side <= side);
    fits.or(clip.renditions.first())
}

fn absolute(app: &App, path: &str) -> String {
    app.config.public_url().join(path).map_or_else(|_| path.to_owned(), |url| url.to_string())
}

fn tag(head: &mut String, property: &str, content: &str) {
    head.push_str(&format!("<meta property=\"{property}\" content=\"{}\">", escape(content)));
}

fn name_tag(head: &mut String, name: &str, content: &str) {
    head.push_str(&format!("<meta name=\"{name}\" content=\"{}\">", escape(content)));
}

/// Text for an attribute or an element.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Writes the filling into the template.
fn write(template: &str, headers: &HeaderMap, filling: &Filling) -> String {
    let language = language(headers);
    let mut text = template.replacen("<html lang=\"en\" dir=\"ltr\">", &root(language, headers), 1);
    if language != "en" {
        // The site's build writes one for each language; the app is the same.
        let own = format!("href=\"/manifest.{language}.webmanifest\"");
        text = text.replacen("href=\"/manifest.webmanifest\"", &own, 1);
    }
    if let Some(title) = &filling.title {
        text = between(&text, "<title>", "</title>", &escape(title));
    }
    if let Some(description) = filling.description.as_ref().filter(|text| !text.is_empty()) {
        text = between(&text, "<meta name=\"description\" content=\"", "\">", &escape(description));
    }
    text = text.replacen("<!--minnow:head-->", &filling.head, 1);
    text.replacen("<!--minnow:first-->", &filling.first, 1)
}

/// Puts `new` in place of what is between two marks.
fn between(text: &str, start: &str, end: &str, new: &str) -> String {
    let Some((before, rest)) = text.split_once(start) else { return text.to_owned() };
    let Some((_, after)) = rest.split_once(end) else { return text.to_owned() };
    format!("{before}{start}{new}{end}{after}")
}

/// The first of the person's languages that the interface speaks, else English.
fn language(headers: &HeaderMap) -> &'static str {
    let languages = wanted_languages(headers);
    let plain = |tag: &String| tag.split('-').next().unwrap_or_default().to_owned();
    let known =
        languages.iter().map(plain).find_map(|tag| ["en", "it", "ar"].into_iter().find(|l| *l == tag));
    known.unwrap_or("en")
}

/// The root element in the person's language and theme, so that nothing flashes.
fn root(language: &str, headers: &HeaderMap) -> String {
    let direction = if language == "ar" { "rtl" } else { "ltr" };
    let theme = match cookie(headers, THEME_COOKIE) {
        Some("light") => " data-theme=\"light\"",
        Some("dark") => " data-theme=\"dark\"",
        _ => "",
    };
    format!("<html lang=\"{language}\" dir=\"{direction}\"{theme}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "<!doctype html><html lang=\"en\" dir=\"ltr\"><head><title>Minnow</title><meta \
        name=\"description\" content=\"Short.\"><!--minnow:head--></head><body><!--minnow:first--></body></html>";

    #[test]
    fn names_are_text_wherever_they_are_written() {
        let evil = "</title><script>alert(\"1\")</script>&'";
        let mut head = String::new();
        tag(&mut head, "og:title", evil);
        let filling =
            Filling { title: Some(evil.into()), description: Some(evil.into()), head, ..Filling::default() };
        let page = write(TEMPLATE, &HeaderMap::new(), &filling);
        assert!(!page.contains("<script>"), "{page}");
        assert!(page.contains("<title>&lt;/title&gt;&lt;script&gt;"), "{page}");
        assert!(page.contains("content=\"&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)"), "{page}");
    }

    #[test]
    fn the_root_has_the_persons_language_and_theme() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("de, it;q=0.8"));
        let root = |headers: &HeaderMap| root(language(headers), headers);
        assert_eq!(root(&headers), "<html lang=\"it\" dir=\"ltr\">");
        headers.insert(header::COOKIE, HeaderValue::from_static("minnow_lang=ar; minnow_theme=dark"));
        assert_eq!(root(&headers), "<html lang=\"ar\" dir=\"rtl\" data-theme=\"dark\">");
        headers.insert(header::COOKIE, HeaderValue::from_static("minnow_theme=\"><script>"));
        assert_eq!(root(&headers), "<html lang=\"it\" dir=\"ltr\">");
    }

    #[test]
    fn the_app_is_installed_in_the_persons_language() {
        let template = "<html lang=\"en\" dir=\"ltr\"><link rel=\"manifest\" href=\"/manifest.webmanifest\">";
        let manifest_for = |languages: &'static str| {
            let headers =
                HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(languages))]);
            let page = write(template, &headers, &Filling::default());
            page.split("href=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(manifest_for("ar-EG, en"), "/manifest.ar.webmanifest");
        assert_eq!(manifest_for("it"), "/manifest.it.webmanifest");
        assert_eq!(manifest_for("en-GB"), "/manifest.webmanifest");
        assert_eq!(manifest_for("fr"), "/manifest.webmanifest");
    }

    #[test]
    fn addresses_of_the_application_are_known_and_others_are_not() {
        for path in [
            "/discover",
            "/review",
            "/sign-in/abc",
            "/settings",
            "/me/topics/light",
            "/offline",
            "/practice/01M84DTAQQSA6F2JT6ARK69PZ9",
        ] {
            assert_eq!(Page::read(path), Page::Plain, "{path}");
        }
        for path in ["/make", "/bank", "/topics", "/topics/light", "/me/interests"] {
            assert_eq!(Page::read(path), Page::Studio, "{path}");
        }
        assert_eq!(Page::read("/"), Page::Feed);
        assert_eq!(Page::read("/@ada"), Page::Author("ada".into()));
        for path in ["/nowhere", "/clip/x", "/topic/UPPER", "/@", "/@A b", "/me/too", "/a/b/c/d", "/sw.js"] {
            assert_eq!(Page::read(path), Page::Unknown, "{path}");
        }
    }
}

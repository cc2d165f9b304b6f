//! Who calls and from where: the session cookie, the client's address, the device. What they may do is `policy`.

use super::error::ApiError;
use crate::{
    app::App,
    auth::session::{self, Session, Token},
    policy::{Actor, Permit},
};
use http::{HeaderMap, HeaderValue, header};
use minnow_shared::{ErrorCode, PersonId, SessionId};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex},
};

/// Cookie name where browsers take a `Secure` cookie.
const SECURE_COOKIE: &str = "__Host-minnow";
/// Cookie name over plain http on another host.
const PLAIN_COOKIE: &str = "minnow";

/// A session's last use is noted this often: every 10 minutes.
const SEEN_EVERY_MS: i64 = 600_000;
/// Where the interface keeps the language the person set.
const LANGUAGE_COOKIE: &str = "minnow_lang";

/// Who calls, as far as the request says.
#[derive(Debug, Clone)]
pub struct Caller {
    pub session: Option<Session>,
    pub address: IpAddr,
    /// Browser and system, as far as they say.
    pub device: String,
    /// The languages asked for, best first, in lower case.
    pub languages: Vec<String>,
    /// Whether the browser keeps a `Secure` cookie of the address it came by.
    pub keeps_secure: bool,
}

impl Caller {
    /// Reads the caller of a request.
    ///
    /// # Errors
    /// When the database cannot be asked for the session.
    pub async fn of(app: &App, headers: &HeaderMap, peer: Option<IpAddr>) -> Result<Self, ApiError> {
        let keeps_secure = keeps_secure(app, headers);
        let session = match session_token(headers, keeps_secure) {
            Some(token) => session::find(app, token).await?,
            None => None,
        };
        let now_ms = app.now_ms();
        if let Some(session) = session.as_ref().filter(|s| now_ms - s.last_seen_at_ms > SEEN_EVERY_MS) {
            app.writer.note_seen(session.id.clone(), now_ms);
        }
        Ok(Self {
            session,
            address: address(app, headers, peer),
            device: device(headers),
            languages: wanted_languages(headers),
            keeps_secure,
        })
    }

    pub fn actor(&self) -> Actor {
        self.session.as_ref().map_or(Actor::Nobody, |session| session.actor.clone())
    }
}

/// What the answer does to the session cookie.
#[derive(Debug, Clone)]
enum CookieChange {
    Set(String),
    Clear,
}

/// One permitted call: what every handler gets.
#[derive(Clone)]
pub struct Call {
    pub app: App,
    pub caller: Caller,
    permit: Permit,
    cookie: Arc<Mutex<Option<CookieChange>>>,
}

impl Call {
    /// `permit`: made by the policy for this very call.
    pub fn new(app: App, caller: Caller, permit: Permit) -> Self {
        Self { app, caller, permit, cookie: Arc::default() }
    }

    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// The person who calls.
    ///
    /// # Errors
    /// `NotSignedIn` without a session.
    pub fn person(&self) -> Result<&PersonId, ApiError> {
        self.permit.actor().person().ok_or_else(|| ErrorCode::NotSignedIn.into())
    }

    /// The person who calls, if any.
    pub fn person_if_any(&self) -> Option<&PersonId> {
        self.permit.actor().person()
    }

    pub fn is_account(&self) -> bool {
        matches!(self.permit.actor(), Actor::Person { is_guest: false, .. })
    }

    /// The session of the browser that calls.
    pub fn session_id(&self) -> Option<&SessionId> {
        self.caller.session.as_ref().map(|session| &session.id)
    }

    /// The answer gives the browser this session.
    pub fn set_session(&self, token: &Token) {
        self.change(CookieChange::Set(token.as_str().to_owned()));
    }

    /// The answer takes the browser's session away.
    pub fn clear_session(&self) {
        self.change(CookieChange::Clear);
    }

    fn change(&self, change: CookieChange) {
        if let Ok(mut cookie) = self.cookie.lock() {
            *cookie = Some(change);
        }
    }

    /// The `Set-Cookie` header of the answer, if the handler changed the session.
    pub fn set_cookie(&self) -> Option<HeaderValue> {
        let change = self.cookie.lock().ok()?.clone()?;
        let secure = self.caller.keeps_secure;
        let (name, flag) = if secure { (SECURE_COOKIE, "; Secure") } else { (PLAIN_COOKIE, "") };
        let text = match change {
            CookieChange::Set(token) => {
                let seconds = session::LIFETIME_MS / 1_000;
                format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{flag}")
            }
            CookieChange::Clear => format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{flag}"),
        };
        HeaderValue::from_str(&text).ok()
    }
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn keeps_secure(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    app.config.secure_cookies_at(text("host"), text("x-forwarded-proto") == Some("https"))
}

fn session_token(headers: &HeaderMap, keeps_secure: bool) -> Option<&str> {
    let name = if keeps_secure { SECURE_COOKIE } else { PLAIN_COOKIE };
    cookie(headers, name).filter(|token| (1..=100).contains(&token.len()))
}

fn address(app: &App, headers: &HeaderMap, peer: Option<IpAddr>) -> IpAddr {
    let forwarded = app.config.trust_forwarded_for.then(|| {
        // The last entry is the one our own proxy wrote.
        let last = headers.get_all("x-forwarded-for").iter().next_back()?;
        last.to_str().ok()?.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    });
    forwarded.flatten().or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// "Firefox on Linux", from the user agent: a few well-known names, never the whole text.
fn device(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

/// The language the person set, then those the browser asks for.
pub fn wanted_languages(headers: &HeaderMap) -> Vec<String> {
    let set = cookie(headers, LANGUAGE_COOKIE).filter(|tag| tag.len() <= 12).map(str::to_ascii_lowercase);
    set.into_iter().chain(languages(headers)).collect()
}

/// Languages of `Accept-Language`, best first.
fn languages(headers: &HeaderMap) -> Vec<String> {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut wanted: Vec<(f32, String)> = text
        .split(',')
        .take(20)
        .filter_map(|part| {
            let mut pieces = part.split(';');
            let tag = pieces.next()?.trim().to_ascii_lowercase();
            let weight = pieces.find_map(|p| p.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            (!tag.is_empty() && tag != "*" && weight > 0.0).then_some((weight, tag))
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted.into_iter().map(|(_, tag)| tag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = headers(header::COOKIE, "xminnow=1; minnow=2; minnow_lang=it");
        assert_eq!(cookie(&headers, "minnow"), Some("2"));
        assert_eq!(cookie(&headers, "minnow_lang"), Some("it"));
        assert_eq!(cookie(&headers, "lang"), None);
    }

    #[test]
    fn languages_come_best_first() {
        let headers = headers(header::ACCEPT_LANGUAGE, "en;q=0.5, ar-EG, *;q=0.1, it;q=0.8");
        assert_eq!(languages(&headers), ["ar-eg", "it", "en"]);
    }

    #[test]
    fn devices_are_named_by_browser_and_system() {
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(device(&headers(header::USER_AGENT, agent)), "Firefox on Linux");
        assert_eq!(device(&headers(header::USER_AGENT, "curl/8")), "");
    }
}

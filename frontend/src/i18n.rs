//! Words in the learner's language: messages by key, plural forms, numbers, dates. Messages live in `frontend/locales`,
//! the rules for numbers, dates and plurals are the browser's own (Intl).

use crate::browser;
use crate::state::store::{Reduce, Store, use_store};
use crate::state::{settings, toasts};
use js_sys::{Array, Function, Object, Reflect};
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};
use yew::{AttrValue, hook};

mod errors;
mod plural;
pub use errors::{explain, explain_missing, explain_refusal};
pub use plural::{digits, plural};

/// A language of the interface.
pub struct Language {
    pub code: &'static str,
    /// In itself.
    pub name: &'static str,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    /// For Intl. Arabic keeps the digits that stand in clips, formulas and time stamps.
    tag: &'static str,
}

pub const LANGUAGES: [Language; 3] = [
    Language { code: "en", name: "English", direction: "ltr", tag: "en-GB" },
    Language { code: "it", name: "Italiano", direction: "ltr", tag: "it" },
    Language { code: "ar", name: "العربية", direction: "rtl", tag: "ar-u-nu-latn" },
];

/// The words of one language.
pub struct Words {
    language: &'static Language,
    texts: HashMap<String, AttrValue>,
}

impl Reduce for Words {
    type Action = Words;
    fn reduce(&self, next: Words) -> Self {
        next
    }
}

thread_local! {
    static WORDS: Store<Words> = Store::new(Words { language: first(), texts: HashMap::new() });
}

const fn first() -> &'static Language {
    let [english, ..] = &LANGUAGES;
    english
}

fn known(tag: &str) -> Option<&'static Language> {
    let code = tag.split(['-', '_']).next().unwrap_or_default();
    LANGUAGES.iter().find(|language| language.code.eq_ignore_ascii_case(code))
}

/// The language in use.
pub fn language() -> &'static Language {
    WORDS.with(Store::get).language
}

/// The code of the language in use; the component renders again when it changes.
#[hook]
pub fn use_language() -> &'static str {
    use_store(&WORDS).language.code
}

/// Takes the words that were loaded beside the program, and the learner's settings.
pub fn start() {
    take_words();
    settings::apply(&settings::current().0);
}

/// Takes the words that were loaded beside the program.
pub fn take_words() {
    let loaded = browser::member(&browser::window(), "minnowWords");
    let part = |name: &str| browser::member(loaded.as_ref()?, name);
    let language = part("language").and_then(|code| known(&code.as_string()?));
    if let (Some(language), Some(texts)) = (language, part("texts")) {
        use_words(language, &texts);
    }
}

/// From here on everything is said with these.
fn use_words(language: &'static Language, texts: &JsValue) {
    let entries = Object::entries(texts.unchecked_ref());
    let texts = entries.iter().filter_map(|entry| {
        let entry: Array = entry.unchecked_into();
        Some((entry.get(0).as_string()?, AttrValue::from(entry.get(1).as_string()?)))
    });
    plural::forget();
    browser::set_root("lang", Some(language.code));
    browser::set_root("dir", Some(language.direction));
    WORDS.with(|words| words.dispatch(Words { language, texts: texts.collect() }));
}

/// Takes the language of the settings, else the first of the browser's that we speak, else English. Its words are fetched
/// where they are not here; without a network the language stays as it is and changes with the next start.
pub fn choose(setting: Option<&str>) {
    let from_browser =
        || browser::window().navigator().languages().iter().find_map(|tag| known(&tag.as_string()?));
    let wanted = setting.and_then(known).or_else(from_browser).unwrap_or(first());
    match setting {
        Some(_) => browser::set_cookie("minnow_lang", wanted.code),
        None => browser::clear_cookie("minnow_lang"),
    }
    if wanted.code != language().code {
        browser::spawn(async move {
            match fetch_words(wanted.code).await {
                Some(texts) => use_words(wanted, &texts),
                None => toasts::say(t("error.network")),
            }
        });
    }
}

async fn fetch_words(code: &str) -> Option<JsValue> {
    let loaded = browser::member(&browser::window(), "minnowWords")?;
    let address = browser::member(&browser::member(&loaded, "addresses")?, code)?.as_string()?;
    crate::api::file(&address).await
}

/// A message. An unknown key shows as itself, which the checks of the house do not let happen.
pub fn t(key: &'static str) -> AttrValue {
    find(key).unwrap_or(AttrValue::Static(key))
}

fn find(key: &str) -> Option<AttrValue> {
    WORDS.with(Store::get).texts.get(key).cloned()
}

/// A message by a key that is put together. Prefer `t`.
pub fn text(key: &str) -> String {
    find(key).map_or_else(|| key.to_owned(), |text| text.to_string())
}

/// A message with its places filled: `%{name}`.
pub fn t_with(key: &'static str, values: &[(&str, &str)]) -> AttrValue {
    fill(text(key), values).into()
}

pub(crate) fn fill(mut message: String, values: &[(&str, &str)]) -> String {
    for (name, value) in values {
        message = message.replace(&format!("%{{{name}}}"), value);
    }
    message
}

fn options(pairs: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (name, value) in pairs {
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    options
}

fn locales() -> Array {
    Array::of1(&JsValue::from_str(language().tag))
}

/// What one of the browser's own formats says: `Intl.CLASS(language, options).METHOD(values)`; empty where it has none.
fn said(class: &str, pairs: &[(&str, &str)], method: &str, values: &Array) -> String {
    let made = || {
        let class = browser::member(&browser::member(&js_sys::global(), "Intl")?, class)?;
        let arguments = Array::of2(&locales(), &options(pairs));
        let format = Reflect::construct(class.unchecked_ref::<Function>(), &arguments).ok()?;
        let method: Function = browser::member(&format, method)?.dyn_into().ok()?;
        Reflect::apply(&method, &format, values).ok()?.as_string()
    };
    made().unwrap_or_default()
}

fn number(value: f64, pairs: &[(&str, &str)]) -> String {
    said("NumberFormat", pairs, "format", &Array::of1(&JsValue::from_f64(value)))
}

/// A count in words' company: `2.4K` from a thousand on.
pub fn compact(count: u64) -> String {
    number(count as f64, &[("notation", "compact")])
}

/// A share of 0 to 1 in per cent, without decimals.
pub fn percent(share: f64) -> String {
    number(share, &[("style", "percent")])
}

/// A number with three decimals.
pub fn fraction(value: f64) -> String {
    number(value, &[("minimumFractionDigits", "3"), ("maximumFractionDigits", "3")])
}

/// A size in megabytes, one decimal under ten. What is less than a tenth is told as one: there is something.
pub fn megabytes(bytes: u64) -> String {
    let mb = bytes as f64 / 1_048_576.0;
    let mb = if bytes > 0 { mb.max(0.1) } else { 0.0 };
    let digits = if mb < 10.0 { "1" } else { "0" };
    number(mb, &[("style", "unit"), ("unit", "megabyte"), ("maximumFractionDigits", digits)])
}

/// The name of a language in the language in use.
pub fn language_name(code: &str) -> String {
    let name = said("DisplayNames", &[("type", "language")], "of", &Array::of1(&JsValue::from_str(code)));
    if name.is_empty() { code.to_owned() } else { name }
}

/// A day near today, by the calendar: "9 days ago", "yesterday", "in 3 days".
pub fn near_day(at_ms: i64) -> String {
    let offset_ms = i64::from(browser::utc_offset_minutes()) * 60_000;
    let day = |ms: i64| (ms + offset_ms).div_euclid(86_400_000);
    let days = JsValue::from_f64((day(at_ms) - day(browser::now_ms())) as f64);
    said(
        "RelativeTimeFormat",
        &[("numeric", "auto")],
        "format",
        &Array::of2(&days, &JsValue::from_str("day")),
    )
}

/// `0:31`, the same in every language: time runs left to right.
pub fn clock(ms: u32) -> String {
    let seconds = ms / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// A day, as in "3 March 2026".
pub fn day(at_ms: i64) -> String {
    date(at_ms, &[("day", "numeric"), ("month", "long"), ("year", "numeric")])
}

/// A moment, as in "3 Mar, 14:05".
pub fn moment(at_ms: i64) -> String {
    date(at_ms, &[("day", "numeric"), ("month", "short"), ("hour", "2-digit"), ("minute", "2-digit")])
}

/// The short name of the weekday of an ISO 8601 date: "Mon".
pub fn weekday(iso: &str) -> String {
    let at = js_sys::Date::new(&JsValue::from_str(&format!("{iso}T12:00:00Z")));
    said("DateTimeFormat", &[("weekday", "short"), ("timeZone", "UTC")], "format", &Array::of1(&at))
}

fn date(at_ms: i64, pairs: &[(&str, &str)]) -> String {
    let at = js_sys::Date::new(&JsValue::from_f64(at_ms as f64));
    said("DateTimeFormat", pairs, "format", &Array::of1(&at))
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod browser_tests {
    use super::*;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    fn speak(code: &str, texts: &str) {
        use_words(known(code).unwrap(), &js_sys::JSON::parse(texts).unwrap());
    }

    #[wasm_bindgen_test]
    fn arabic_has_six_plural_forms_and_each_is_found() {
        let forms = r#"{"c.zero":"zero","c.one":"one","c.two":"two","c.few":"few %{n}","c.many":"many %{n}","c.other":"other %{n}"}"#;
        speak("ar", forms);
        let said: Vec<_> = [0, 1, 2, 3, 11, 100].map(|n| plural("c", n).to_string()).into();
        assert_eq!(said, ["zero", "one", "two", "few 3", "many 11", "other 100"]);
        assert_eq!(
            browser::document().document_element().unwrap().get_attribute("dir").as_deref(),
            Some("rtl")
        );
    }

    #[wasm_bindgen_test]
    fn a_form_that_a_language_lacks_is_said_with_the_general_one() {
        speak("it", r#"{"c.one":"una","c.other":"%{n} clip"}"#);
        assert_eq!(plural("c", 1_000_000).as_str(), "1.000.000 clip");
        assert_eq!(plural("c", 1).as_str(), "una");
        assert_eq!(t("no.such").as_str(), "no.such");
    }

    #[wasm_bindgen_test]
    fn times_and_shares_are_said_in_the_language() {
        speak("en", "{}");
        assert_eq!(
            (clock(62_500).as_str(), percent(0.58).as_str(), weekday("2026-11-23").as_str()),
            ("1:02", "58%", "Mon")
        );
        let day = |days: i64| near_day(browser::now_ms() + days * 86_400_000);
        assert_eq!([-9, -1, 0, 1, 4].map(day), ["9 days ago", "yesterday", "today", "tomorrow", "in 4 days"]);
        speak("it", "{}");
        assert_eq!(
            (weekday("2026-11-23").as_str(), day(-9).as_str(), day(3).as_str()),
            ("lun", "9 giorni fa", "tra 3 giorni")
        );
        speak("ar", "{}");
        assert_eq!([-9, -1, 1].map(day), ["قبل 9 أيام", "أمس", "غدًا"]);
    }
}

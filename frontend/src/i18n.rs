//! Words in the learner's language: messages by key, plural forms, numbers, dates. Messages live in `frontend/locales`,
//! the rules for numbers, dates and plurals are the browser's own (Intl).

use crate::browser;
use js_sys::{Array, Function, Object, Reflect};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use yew::AttrValue;

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

thread_local! {
    static CURRENT: RefCell<&'static Language> = const { RefCell::new(first()) };
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
    CURRENT.with_borrow(|language| *language)
}

/// Takes the learner's settings at the start.
pub fn start() {
    crate::state::settings::apply(&crate::state::settings::current().0);
}

/// Takes the language of the settings, else the first of the browser's that we speak, else English.
pub fn choose(setting: Option<&str>) {
    let from_browser =
        || browser::window().navigator().languages().iter().find_map(|tag| known(&tag.as_string()?));
    let language = setting.and_then(known).or_else(from_browser).unwrap_or(first());
    CURRENT.with_borrow_mut(|current| *current = language);
    rust_i18n::set_locale(language.code);
    plural::forget();
    browser::set_root("lang", Some(language.code));
    browser::set_root("dir", Some(language.direction));
    if setting.is_some() {
        browser::set_cookie("minnow_lang", language.code);
    }
}

/// A message. An unknown key shows as itself, which the tests do not let happen.
pub fn t(key: &'static str) -> AttrValue {
    text(key).into()
}

/// A message by a key that is put together. Prefer `t`.
pub fn text(key: &str) -> String {
    rust_i18n::t!(key).into_owned()
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

fn said(format: &Function, value: &JsValue) -> String {
    format.call1(&JsValue::UNDEFINED, value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// A count in words' company: `2.4K` from a thousand on.
pub fn compact(count: u64) -> String {
    let format = js_sys::Intl::NumberFormat::new(&locales(), &options(&[("notation", "compact")]));
    said(&format.format(), &JsValue::from_f64(count as f64))
}

/// A share of 0 to 1 in per cent, without decimals.
pub fn percent(share: f64) -> String {
    let format = js_sys::Intl::NumberFormat::new(&locales(), &options(&[("style", "percent")]));
    said(&format.format(), &JsValue::from_f64(share))
}

/// A size in megabytes, one decimal under ten.
pub fn megabytes(bytes: u64) -> String {
    let mb = bytes as f64 / 1_048_576.0;
    let pairs = [
        ("style", "unit"),
        ("unit", "megabyte"),
        ("maximumFractionDigits", if mb < 10.0 { "1" } else { "0" }),
    ];
    said(&js_sys::Intl::NumberFormat::new(&locales(), &options(&pairs)).format(), &JsValue::from_f64(mb))
}

/// The name of a language in the language in use.
pub fn language_name(code: &str) -> String {
    let names = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("Intl"))
        .and_then(|intl| Reflect::get(&intl, &JsValue::from_str("DisplayNames")))
        .ok()
        .and_then(|class| class.dyn_into::<Function>().ok())
        .and_then(|class| {
            Reflect::construct(&class, &Array::of2(&locales(), &options(&[("type", "language")]))).ok()
        });
    let of = names
        .as_ref()
        .and_then(|names| Reflect::get(names, &JsValue::from_str("of")).ok()?.dyn_into::<Function>().ok());
    let said =
        names.zip(of).and_then(|(names, of)| of.call1(&names, &JsValue::from_str(code)).ok()?.as_string());
    said.unwrap_or_else(|| code.to_owned())
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
    let format =
        js_sys::Intl::DateTimeFormat::new(&locales(), &options(&[("weekday", "short"), ("timeZone", "UTC")]));
    said(&format.format(), at.unchecked_ref())
}

fn date(at_ms: i64, pairs: &[(&str, &str)]) -> String {
    let at = js_sys::Date::new(&JsValue::from_f64(at_ms as f64));
    said(&js_sys::Intl::DateTimeFormat::new(&locales(), &options(pairs)).format(), at.unchecked_ref())
}

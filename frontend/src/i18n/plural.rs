//! Plural forms by the browser's rules: Arabic has six, English and Italian two or three.

use super::{fill, find, language, locales, options, text};
use std::cell::RefCell;
use yew::AttrValue;

thread_local! {
    static RULES: RefCell<Option<js_sys::Intl::PluralRules>> = const { RefCell::new(None) };
}

/// The language has changed.
pub fn forget() {
    RULES.with_borrow_mut(Option::take);
}

/// The category of a count in the language in use: zero, one, two, few, many or other.
fn category(count: f64) -> String {
    RULES.with_borrow_mut(|rules| {
        rules
            .get_or_insert_with(|| js_sys::Intl::PluralRules::new(&locales(), &options(&[])))
            .select(count)
            .as_string()
            .unwrap_or_default()
    })
}

/// A message with a count: the form `key.category`, else `key.other`; `%{n}` becomes the number.
pub fn plural(key: &str, count: u64) -> AttrValue {
    let form = format!("{key}.{}", category(count as f64));
    let message = find(&form).map_or_else(|| text(&format!("{key}.other")), |text| text.to_string());
    fill(message, &[("n", &digits(count))]).into()
}

/// A whole number with the language's grouping.
pub fn digits(count: u64) -> String {
    if count < 1000 && language().code != "ar" {
        return count.to_string();
    }
    super::number(count as f64, &[])
}

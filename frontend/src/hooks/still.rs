//! A value that has come to rest: what is typed is looked for when the letters stop, not at each of them.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// How long letters rest before their word is looked for, milliseconds.
pub const STILL_MS: u32 = 300;

/// `value` as it was when it last rested for `still_ms` milliseconds; the first one counts at once.
#[hook]
pub fn use_still<T: Clone + PartialEq + 'static>(value: T, still_ms: u32) -> T {
    let still = use_state_eq(|| value.clone());
    use_effect_with(value, {
        let still = still.setter();
        move |value| {
            let value = value.clone();
            let wait = Timeout::new(still_ms, move || still.set(value));
            move || drop(wait)
        }
    });
    (*still).clone()
}

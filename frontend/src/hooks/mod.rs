//! Wraps the browser so that pages do not: properties set on elements, titles, events of the window, calls.

mod call;
mod css_var;
mod passkey;
mod still;
mod window;

pub use call::{Loaded, use_call};
pub use css_var::use_css_var;
pub use passkey::{CeremonyError, create_passkey, device_label, passkeys_supported, use_passkey};
pub use still::{STILL_MS, use_still};
pub use window::{use_online, use_title, use_window_event};

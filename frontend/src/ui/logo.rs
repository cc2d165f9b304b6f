//! The mark, drawn in the page so that it follows the theme.

use yew::prelude::*;

/// A minnow: a play triangle with a tail.
pub fn logo() -> Html {
    html! {
        <svg class="logo" viewBox="0 0 64 64" width="36" height="36" aria-hidden="true" focusable="false">
            <path class="logo__body" d="M7.4 22.3c-2-1.5-1-4.3 1.4-4.1 6 .5 11.6 4.6 15 10.6l2 3.2-2 3.2c-3.4 6-9 10.1-15 10.6-2.4.2-3.4-2.6-1.4-4.1 3-2.4 4.6-5.8 4.6-9.7s-1.6-7.3-4.6-9.7z" />
            <path class="logo__body" d="M20 15.8c0-3.8 4-6.2 7.4-4.4l27.8 15.4c4.2 2.3 4.2 8.1 0 10.4L27.4 52.6c-3.4 1.8-7.4-.6-7.4-4.4z" />
            <path class="logo__belly" d="M20 40.5c9.5 3 19.5 1.8 29.6-.2L27.4 52.6c-3.4 1.8-7.4-.6-7.4-4.4z" />
            <circle class="logo__eye" cx="41.5" cy="28.6" r="3.3" />
        </svg>
    }
}

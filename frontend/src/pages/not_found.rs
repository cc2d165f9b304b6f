//! An address that leads nowhere.

use crate::frame::link;
use crate::hooks::use_title;
use crate::i18n::t;
use crate::route::Route;
use crate::ui::empty::{Art, empty};
use yew::prelude::*;

#[component]
pub fn NotFoundPage() -> Html {
    use_title(t("not_found.title"));
    let act = link("btn btn--primary", Route::Feed, html! { t("ui.go_to_feed") });
    html! {
        <main id="main" tabindex="-1" class="full">{ empty(Art::Empty, t("not_found.title"), t("not_found.text"), act) }</main>
    }
}

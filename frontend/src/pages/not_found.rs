//! An address that leads nowhere.

use crate::hooks::use_title;
use crate::i18n::t;
use crate::route::Route;
use crate::ui::empty::{Art, empty};
use yew::prelude::*;
use yew_router::prelude::*;

#[component]
pub fn NotFoundPage() -> Html {
    use_title(t("not_found.title"));
    let act = html! { <Link<Route> to={Route::Feed} classes="btn btn--primary">{ t("ui.go_to_feed") }</Link<Route>> };
    html! {
        <main id="main" tabindex="-1" class="full">{ empty(Art::Empty, t("not_found.title"), t("not_found.text"), act) }</main>
    }
}

//! The profile as a file: taken along, brought in.

use crate::api::call;
use crate::browser::{self, spawn};
use crate::i18n::{explain, t};
use crate::state::toasts;
use crate::ui::icon::{DOWNLOAD, UPLOAD};
use crate::ui::row::row_text;
use crate::wire;
use minnow_shared::interest::{ExportInterests, InterestFileView};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

/// No profile is larger, bytes.
const LARGEST: f64 = 2_000_000.0;

/// Written with a line a value, as people read it.
fn readable(text: &str) -> Option<String> {
    let tree = js_sys::JSON::parse(text).ok()?;
    let spaced =
        js_sys::JSON::stringify_with_replacer_and_space(&tree, &JsValue::NULL, &JsValue::from_f64(2.0));
    spaced.ok()?.as_string()
}

pub fn export_row() -> Html {
    let onclick = Callback::from(|_: MouseEvent| {
        spawn(async {
            match call(&ExportInterests {}).await {
                Ok(view) => {
                    let text = wire::write(&view);
                    let text = readable(&text).unwrap_or(text);
                    if browser::save_file("minnow-interests.json", &text).is_none() {
                        toasts::say(t("error.unknown"));
                    }
                }
                Err(error) => toasts::say(explain(&error)),
            }
        });
    });
    let inside = row_text("item__icon", DOWNLOAD, t("interest.export"), Some(t("interest.export_sub")));
    html! { <button type="button" class="item" {onclick}>{ inside }</button> }
}

/// `came`: a profile that was read from a file.
pub fn import_row(came: Callback<InterestFileView>) -> Html {
    let onchange = Callback::from(move |event: Event| {
        let Some(file) = file_of(&event) else { return };
        let came = came.clone();
        spawn(async move {
            match read(&file).await {
                Some(view) => came.emit(view),
                None => toasts::say(t("interest.no_profile")),
            }
        });
    });
    let inside = row_text("item__icon", UPLOAD, t("interest.import"), Some(t("interest.import_sub")));
    html! { <label class="item item--file">{ inside }<input class="vh" type="file" accept=".json,application/json" {onchange} /></label> }
}

fn file_of(event: &Event) -> Option<File> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = input.files()?.get(0);
    // The same file can be chosen again.
    input.set_value("");
    file
}

async fn read(file: &File) -> Option<InterestFileView> {
    if file.size() > LARGEST {
        return None;
    }
    let text = JsFuture::from(file.text()).await.ok()?.as_string()?;
    wire::read(&text)
}

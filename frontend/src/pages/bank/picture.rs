//! A picture for a question: chosen or taken, made smaller here (which also takes out where it was taken), and sent.

use crate::api::{ApiError, bank::keep_picture};
use crate::browser::{self, spawn};
use crate::i18n::{explain, t};
use crate::ui::icon::{IMAGE, icon_sm};
use minnow_shared::ErrorCode;
use minnow_shared::bank::PictureView;
use minnow_shared::limit::PICTURE_BYTES;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, File, HtmlCanvasElement, HtmlInputElement, ImageBitmap};
use yew::prelude::*;

/// The longer side of a picture that was made smaller, in pixels.
const SIDE: f64 = 1_600.0;
/// Drawings below this many bytes are sent as they are.
const SMALL_BYTES: f64 = 600_000.0;
const QUALITY: f64 = 0.85;

/// What is sent of a file, and its width and height in pixels; 0 where the browser cannot show it.
async fn made_small(file: &File) -> (Blob, u32, u32) {
    let as_it_is = || file.clone().unchecked_into::<Blob>();
    let Some(bitmap) = bitmap_of(file).await else { return (as_it_is(), 0, 0) };
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    let is_drawing = ["image/png", "image/gif", "image/webp"].contains(&file.type_().as_str());
    let share = (SIDE / width.max(height)).min(1.0);
    let is_fine = is_drawing && (share >= 1.0 || file.type_() == "image/gif") && file.size() <= SMALL_BYTES;
    if is_fine {
        return (as_it_is(), bitmap.width(), bitmap.height());
    }
    let (width, height) = ((width * share).round().max(1.0), (height * share).round().max(1.0));
    let kind = if is_drawing { "image/webp" } else { "image/jpeg" };
    match drawn(&bitmap, width, height, kind).await {
        Some(blob) => (blob, width as u32, height as u32),
        None => (as_it_is(), bitmap.width(), bitmap.height()),
    }
}

async fn bitmap_of(file: &File) -> Option<ImageBitmap> {
    let promise = browser::window().create_image_bitmap_with_blob(file).ok()?;
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

async fn drawn(bitmap: &ImageBitmap, width: f64, height: f64, kind: &str) -> Option<Blob> {
    let canvas: HtmlCanvasElement = browser::document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, width, height).ok()?;
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let done = Closure::once_into_js(move |blob: JsValue| {
            let _ = resolve.call1(&JsValue::NULL, &blob);
        });
        let quality = JsValue::from_f64(QUALITY);
        let _ = canvas.to_blob_with_type_and_encoder_options(done.unchecked_ref(), kind, &quality);
    });
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// Makes a picture small and keeps it on the server.
///
/// # Errors
/// What to tell of it.
async fn keep(file: &File) -> Result<PictureView, AttrValue> {
    let (blob, width, height) = made_small(file).await;
    if blob.size() == 0.0 {
        return Err(t("bank.picture_kind"));
    }
    if blob.size() > PICTURE_BYTES as f64 {
        return Err(t("bank.picture_large"));
    }
    match keep_picture(&blob).await {
        Ok(view) if view.width == 0 => Ok(PictureView { width, height, ..view }),
        Ok(view) => Ok(view),
        Err(error) => Err(told(&error)),
    }
}

fn told(error: &ApiError) -> AttrValue {
    match error.code() {
        Some(ErrorCode::TooLarge) => t("bank.picture_large"),
        Some(ErrorCode::UnsupportedKind) => t("bank.picture_kind"),
        _ => explain(error),
    }
}

#[derive(Properties, PartialEq)]
pub struct PictureButtonProps {
    pub label: AttrValue,
    /// The label is only read aloud.
    #[prop_or_default]
    pub icon_only: bool,
    pub on_picture: Callback<PictureView>,
    /// What to tell when it could not be kept; nothing while one is on its way.
    pub on_trouble: Callback<Option<AttrValue>>,
}

/// A button that takes or chooses a picture. A phone offers its camera.
#[component]
pub fn PictureButton(props: &PictureButtonProps) -> Html {
    let busy = use_state_eq(|| false);
    let onchange = {
        let (busy, on_picture, on_trouble) =
            (busy.clone(), props.on_picture.clone(), props.on_trouble.clone());
        Callback::from(move |event: Event| {
            let input: Option<HtmlInputElement> = event.target().and_then(|target| target.dyn_into().ok());
            let file = input.as_ref().and_then(|input| input.files()?.get(0));
            if let Some(input) = input {
                // The same file can be chosen again.
                input.set_value("");
            }
            let Some(file) = file.filter(|_| !*busy) else { return };
            busy.set(true);
            on_trouble.emit(None);
            let (busy, on_picture, on_trouble) = (busy.setter(), on_picture.clone(), on_trouble.clone());
            spawn(async move {
                match keep(&file).await {
                    Ok(view) => on_picture.emit(view),
                    Err(why) => on_trouble.emit(Some(why)),
                }
                busy.set(false);
            });
        })
    };
    let class = if props.icon_only { "btn btn--icon btn--quiet" } else { "btn btn--sm" };
    html! {
        <label class={classes!(class, "file")} aria-busy={busy.to_string()}>
            { icon_sm(IMAGE) }
            if !props.icon_only { { props.label.clone() } }
            <input class="vh" type="file" accept="image/*" aria-label={props.label.clone()} {onchange} />
        </label>
    }
}

//! What is seen of a clip before its first frame: the thumbhash at once, the poster when the network allows.

use crate::browser::window;
use crate::ui::thumbhash::unpack;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct BackdropProps {
    pub thumbhash: AttrValue,
    /// `None` while it is not its turn.
    pub poster_url: Option<AttrValue>,
}

#[component]
pub fn Backdrop(props: &BackdropProps) -> Html {
    let node = use_node_ref();
    use_effect_with(props.thumbhash.clone(), {
        let node = node.clone();
        move |thumbhash| {
            if let Some(canvas) = node.cast::<HtmlCanvasElement>() {
                // Without it the stage is dark, which is all that is lost.
                let _ = draw(&canvas, thumbhash);
            }
        }
    });
    html! {
        <>
            <canvas class="stage__hash" ref={node} aria-hidden="true"></canvas>
            // Always one node, or the canvas before it would be made anew and stay empty.
            if let Some(src) = props.poster_url.clone() {
                <img class="stage__poster" {src} alt="" decoding="async" draggable="false" />
            }
        </>
    }
}

fn draw(canvas: &HtmlCanvasElement, thumbhash: &str) -> Option<()> {
    let binary = window().atob(thumbhash).ok()?;
    let bytes: Vec<u8> = binary.chars().map(|c| c as u8).collect();
    let blur = unpack(&bytes)?;
    let (width, height) = (u32::try_from(blur.width).ok()?, u32::try_from(blur.height).ok()?);
    canvas.set_width(width);
    canvas.set_height(height);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    let pixels = ImageData::new_with_u8_clamped_array(Clamped(&blur.rgba), width).ok()?;
    context.put_image_data(&pixels, 0.0, 0.0).ok()
}

//! The seek bar: dragging, and the question's bubble. What moves with time is written by the reel.

use super::act::Act;
use crate::hooks::use_css_var;
use crate::i18n::{clock, plural, t, t_with};
use minnow_shared::clip::ClipView;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct SeekBarProps {
    pub clip: Rc<ClipView>,
    pub act: Callback<Act>,
}

/// Where on the bar a pointer is, as a moment of the clip. Time runs from left to right.
fn moment_at(bar: &NodeRef, event: &PointerEvent, duration_ms: u32) -> Option<u32> {
    let place = bar.cast::<Element>()?.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - place.left()) / place.width().max(1.0);
    Some((share.clamp(0.0, 1.0) * f64::from(duration_ms)) as u32)
}

#[component]
pub fn SeekBar(props: &SeekBarProps) -> Html {
    let bar = use_node_ref();
    let bubble = use_node_ref();
    let is_dragged = use_mut_ref(|| false);
    let duration_ms = props.clip.duration_ms;
    let question = props.clip.questions.iter().find(|question| !question.answered).map(|q| q.moment_ms);
    let share =
        question.map_or(0, |at| u64::from(at.min(duration_ms)) * 10_000 / u64::from(duration_ms.max(1)));
    use_css_var(&bubble, "--q", format!("{share}e-2%").into());
    let seek = {
        let (bar, act) = (bar.clone(), props.act.clone());
        move |event: &PointerEvent| {
            if let Some(ms) = moment_at(&bar, event, duration_ms) {
                act.emit(Act::SeekTo(ms));
            }
        }
    };
    let onpointerdown = {
        let (bar, is_dragged, seek) = (bar.clone(), is_dragged.clone(), seek.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some(bar) = bar.cast::<Element>() {
                // Without the capture a drag ends at the bar's edge; nothing else is lost.
                let _ = bar.set_pointer_capture(event.pointer_id());
            }
            *is_dragged.borrow_mut() = true;
            seek(&event);
        })
    };
    let onpointermove = {
        let is_dragged = is_dragged.clone();
        Callback::from(move |event: PointerEvent| {
            if *is_dragged.borrow() {
                seek(&event);
            }
        })
    };
    let drop = Callback::from(move |_: PointerEvent| *is_dragged.borrow_mut() = false);
    html! {
        <div class="stage__seek">
            <span class="seek" role="slider" tabindex="0" ref={bar} data-face="seek" aria-label={t("feed.seek")} aria-valuemin="0"
                aria-valuemax={duration_ms.div_ceil(1000).to_string()} {onpointerdown} {onpointermove}
                onpointerup={drop.clone()} onpointercancel={drop}>
                <span class="seek__track"><span class="seek__bar"></span></span>
                <span class="seek__q" ref={bubble} aria-hidden="true" hidden={question.is_none()}>{ "?" }</span>
                <span class="seek__slide"><span class="seek__knob"></span></span>
            </span>
            <bdi class="num" dir="ltr" data-face="clock">{ format!("0:00 / {}", clock(duration_ms.div_ceil(1000) * 1000)) }</bdi>
        </div>
    }
}

/// "24 of 39 seconds, question at 31 seconds".
pub fn seek_text(second: u32, total: u32, question: Option<u32>) -> String {
    let of = t_with(
        "feed.seek_now",
        &[("n", &second.to_string()), ("total", &plural("feed.seconds", u64::from(total)))],
    );
    match question {
        Some(at) => {
            let at = plural("feed.seconds", u64::from(at));
            t_with("feed.seek_question", &[("now", &of), ("at", &at)]).to_string()
        }
        None => of.to_string(),
    }
}

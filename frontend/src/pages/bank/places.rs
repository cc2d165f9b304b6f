//! Where a question is asked: moments of one's own clips.

use crate::api::call;
use crate::browser::spawn;
use crate::frame::NavLink;
use crate::hooks::{Loaded, use_call};
use crate::i18n::{clock, explain, t, t_with};
use crate::route::Route;
use crate::state::toasts;
use crate::ui::field::{Field, select};
use crate::ui::icon::{PLUS, TRASH_2, icon, icon_sm};
use minnow_shared::bank::{BankQuestionView, PlaceQuestion};
use minnow_shared::draft::ListMyClips;
use minnow_shared::{ClipId, QuestionId};
use yew::prelude::*;

/// `0:07`, `7` or `7.5` in milliseconds.
fn moment_of(text: &str) -> Option<u32> {
    let (minutes, seconds) = match text.trim().split_once(':') {
        Some((minutes, seconds)) => (minutes.parse::<u32>().ok()?, seconds),
        None => (0, text.trim()),
    };
    let seconds: f64 = seconds.replace(',', ".").parse().ok()?;
    if !(0.0..3_600.0).contains(&seconds) || minutes > 60 {
        return None;
    }
    // At most 3,600,000.
    Some(minutes * 60_000 + (seconds * 1_000.0).round() as u32)
}

#[derive(Properties, PartialEq)]
pub struct PlacesProps {
    pub view: BankQuestionView,
    pub heard: Callback<BankQuestionView>,
}

#[component]
pub fn Places(props: &PlacesProps) -> Html {
    let busy = use_state_eq(|| false);
    let send = {
        let (busy, heard) = (busy.clone(), props.heard.clone());
        Callback::from(move |request: PlaceQuestion| {
            if *busy {
                return;
            }
            busy.set(true);
            let (busy, heard) = (busy.setter(), heard.clone());
            spawn(async move {
                match call(&request).await {
                    Ok(view) => heard.emit(view),
                    Err(error) if error.code() == Some(minnow_shared::ErrorCode::InvalidField) => {
                        toasts::say(t("ask.need_moment"));
                    }
                    Err(error) => toasts::say(explain(&error)),
                }
                busy.set(false);
            });
        })
    };
    let view = &props.view;
    html! {
        <section class="section" aria-labelledby="places">
            <h2 id="places">{ t("bank.places") }</h2>
            if view.places.is_empty() {
                <p class="sm muted">{ t("bank.no_places") }</p>
            } else {
                <ul class="card card--flush list">
                    { for view.places.iter().map(|place| {
                        let (clip_id, question_id) = (place.clip_id.clone(), view.id.clone());
                        let remove = send.reform(move |_: MouseEvent| PlaceQuestion { question_id: question_id.clone(), clip_id: clip_id.clone(), moment_ms: None });
                        let title = title_of(&place.title);
                        html! {
                            <li class="item" key={place.clip_id.as_str()}>
                                <NavLink class="item__text" to={Route::Draft { id: place.clip_id.clone() }}>
                                    <span class="item__title" dir="auto">{ title.clone() }</span>
                                    <span class="item__sub">{ t_with("ask.title_at", &[("at", &clock(place.moment_ms))]) }</span>
                                </NavLink>
                                <button type="button" class="btn btn--icon btn--quiet" aria-label={t_with("bank.place_remove", &[("title", &title)])} onclick={remove}>{ icon(TRASH_2) }</button>
                            </li>
                        }
                    }) }
                </ul>
            }
            <AddPlace question_id={view.id.clone()} busy={*busy} {send} />
        </section>
    }
}

fn title_of(title: &str) -> String {
    if title.trim().is_empty() { t("make.untitled").to_string() } else { title.to_owned() }
}

#[derive(Properties, PartialEq)]
struct AddProps {
    question_id: QuestionId,
    busy: bool,
    send: Callback<PlaceQuestion>,
}

#[component]
fn AddPlace(props: &AddProps) -> Html {
    let (clips, _) = use_call(Some(ListMyClips { cursor: None }));
    let chosen = use_state_eq(String::new);
    let moment = use_state_eq(|| "0:05".to_owned());
    let Loaded::Here(page) = &clips else { return Html::default() };
    if page.clips.is_empty() {
        return html! { <p class="sm muted">{ t("bank.no_clips") }</p> };
    }
    let titles: Vec<String> = page.clips.iter().map(|clip| title_of(&clip.title)).collect();
    let options: Vec<(&str, AttrValue)> = page
        .clips
        .iter()
        .zip(&titles)
        .map(|(clip, title)| (clip.id.as_str(), title.clone().into()))
        .collect();
    let first = page.clips.first().map(|clip| clip.id.to_string()).unwrap_or_default();
    let clip = if chosen.is_empty() { first } else { (*chosen).clone() };
    let at = moment_of(&moment);
    let set = |state: &UseStateHandle<String>| {
        let state = state.setter();
        Callback::from(move |text: String| state.set(text))
    };
    let onsubmit = {
        let (send, question_id, clip) = (props.send.clone(), props.question_id.clone(), clip.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let (Some(moment_ms), Ok(clip_id)) = (at, ClipId::parse(&clip)) {
                send.emit(PlaceQuestion {
                    question_id: question_id.clone(),
                    clip_id,
                    moment_ms: Some(moment_ms),
                });
            }
        })
    };
    html! {
        <form class="card stack g3" {onsubmit} novalidate=true>
            { select("place-clip", t("bank.clip"), &clip, &options, set(&chosen)) }
            <Field id="place-moment" label={t("ask.moment")} hint={t("bank.moment_hint")} value={(*moment).clone()} oninput={set(&moment)} error={at.is_none().then(|| t("bank.no_moment"))} />
            <div><button class="btn btn--soft" aria-busy={props.busy.to_string()} aria-disabled={at.is_none().to_string()}>{ icon_sm(PLUS) }{ t("bank.place_add") }</button></div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::moment_of;

    #[test]
    fn moments_are_read_as_people_write_them() {
        assert_eq!(
            [moment_of("0:07"), moment_of("1:02,5"), moment_of(" 7.5 ")],
            [Some(7_000), Some(62_500), Some(7_500)]
        );
        for wrong in ["", "x", "-1", "1:x", "99999999"] {
            assert_eq!(moment_of(wrong), None, "{wrong}");
        }
    }
}

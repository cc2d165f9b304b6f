//! What the learner sets: the day, remembering, watching, look and language, the account, the data.

mod account;
mod data;
mod gestures;
mod reviews;

use crate::frame::Page;
use crate::hooks::use_css_var;
use crate::i18n::{LANGUAGES, plural, t};
use crate::route::Route;
use crate::state::settings::{change, use_settings};
use crate::ui::field::{segments, select, value_of};
use crate::ui::icon::{
    CAPTIONS, CONTRAST, GAUGE, KEYBOARD, LANGUAGES as LANGUAGE_ICON, MOON, PLAY, SKIP_FORWARD, SMARTPHONE,
    SUN, TYPE, icon, icon_sm,
};
use crate::ui::row::{row_arrow, row_text, switch_row};
use minnow_shared::limit::{DAILY_GOAL_MAX, DAILY_GOAL_MIN};
use minnow_shared::settings::{CaptionBackground, CaptionSize, SettingsView, Theme};
use yew::prelude::*;

#[component]
pub fn SettingsPage() -> Html {
    let settings = use_settings();
    let gestures = use_state_eq(|| false);
    let show_gestures = |on: bool| {
        let gestures = gestures.setter();
        Callback::from(move |()| gestures.set(on))
    };
    html! {
        <Page title={t("settings.title")} back={Route::Me}>
            { section("settings.day", html! { <Goal minutes={settings.daily_goal_minutes} /> }) }
            <reviews::MemorySection />
            { section("settings.watching", watching(&settings)) }
            { section("settings.look", html! {
                <>
                    <div class="card stack g3">{ theme(&settings) }</div>
                    <div class="card stack g3">{ language(&settings) }</div>
                    <div class="card card--flush list">
                        <button class="item" onclick={show_gestures(true).reform(|_: MouseEvent| ())}>
                            { row_text("item__icon", KEYBOARD, t("settings.gestures"), Some(t("settings.gestures_sub"))) }
                            { row_arrow() }
                        </button>
                    </div>
                </>
            }) }
            <account::AccountSection />
            <data::DataSection />
            if *gestures {
                <gestures::Gestures onclose={show_gestures(false)} />
            }
        </Page>
    }
}

fn section(title: &'static str, inside: Html) -> Html {
    html! { <section class="section" aria-labelledby={title}><h2 class="set-head" id={title}>{ t(title) }</h2>{ inside }</section> }
}

#[derive(Properties, PartialEq)]
struct GoalProps {
    minutes: u32,
}

#[component]
fn Goal(props: &GoalProps) -> Html {
    let node = use_node_ref();
    let share = (props.minutes.saturating_sub(DAILY_GOAL_MIN)) * 100 / (DAILY_GOAL_MAX - DAILY_GOAL_MIN);
    use_css_var(&node, "--v", format!("{share}%").into());
    let oninput = Callback::from(|event: InputEvent| {
        if let Ok(minutes) = value_of(&event).parse() {
            change(|settings| settings.daily_goal_minutes = minutes);
        }
    });
    let said = plural("nav.minutes", u64::from(props.minutes));
    html! {
        <div class="card stack g3">
            <label class="row row--between" for="goal"><span class="item__title">{ t("settings.goal") }</span><strong class="num">{ said.clone() }</strong></label>
            <input id="goal" class="slider" type="range" ref={node} min={DAILY_GOAL_MIN.to_string()} max={DAILY_GOAL_MAX.to_string()}
                value={props.minutes.to_string()} aria-valuetext={said} {oninput} />
            <p class="xs faint">{ t("settings.goal_text") }</p>
        </div>
    }
}

fn toggle(edit: fn(&mut SettingsView, bool)) -> Callback<bool> {
    Callback::from(move |on| change(|settings| edit(settings, on)))
}

fn watching(settings: &SettingsView) -> Html {
    let size = match settings.caption_size {
        CaptionSize::Small => "small",
        CaptionSize::Medium => "medium",
        CaptionSize::Large => "large",
    };
    let set_size = Callback::from(|code: &'static str| {
        change(|settings| {
            settings.caption_size = match code {
                "small" => CaptionSize::Small,
                "large" => CaptionSize::Large,
                _ => CaptionSize::Medium,
            };
        });
    });
    let background = match settings.caption_background {
        CaptionBackground::Glass => "glass",
        CaptionBackground::Solid => "solid",
        CaptionBackground::None => "none",
    };
    let set_background = Callback::from(|code: &'static str| {
        change(|settings| {
            settings.caption_background = match code {
                "solid" => CaptionBackground::Solid,
                "none" => CaptionBackground::None,
                _ => CaptionBackground::Glass,
            };
        });
    });
    let sizes = [("small", "settings.small"), ("medium", "settings.medium"), ("large", "settings.large")];
    let backgrounds = [("glass", "settings.glass"), ("solid", "settings.solid"), ("none", "settings.none")];
    html! {
        <>
            <div class="card card--flush list">
                { switch_row(CAPTIONS, t("settings.captions"), Some(t("settings.captions_sub")), settings.captions, toggle(|s, on| s.captions = on)) }
                { segment_row(TYPE, "settings.caption_size", "size", size, &sizes, &set_size) }
                { segment_row(CONTRAST, "settings.caption_background", "background", background, &backgrounds, &set_background) }
            </div>
            <div class="card card--flush list">
                { switch_row(GAUGE, t("settings.data_saver"), Some(t("settings.data_saver_sub")), settings.data_saver, toggle(|s, on| s.data_saver = on)) }
                { switch_row(PLAY, t("settings.autoplay"), Some(t("settings.autoplay_sub")), settings.autoplay, toggle(|s, on| s.autoplay = on)) }
                { switch_row(SKIP_FORWARD, t("settings.auto_advance"), Some(t("settings.auto_advance_sub")), settings.auto_advance, toggle(|s, on| s.auto_advance = on)) }
            </div>
        </>
    }
}

fn segment_row(
    glyph: crate::ui::icon::Glyph,
    label: &'static str,
    name: &'static str,
    value: &str,
    options: &[(&'static str, &'static str)],
    set: &Callback<&'static str>,
) -> Html {
    let options: Vec<_> = options.iter().map(|(code, key)| (*code, html! { t(key) })).collect();
    html! {
        <div class="item item--stack">
            <span class="row g3"><span class="item__icon">{ icon(glyph) }</span><span class="item__title">{ t(label) }</span></span>
            { segments(t(label), name, value, &options, set) }
        </div>
    }
}

fn theme(settings: &SettingsView) -> Html {
    let value = match settings.theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let set = Callback::from(|code: &'static str| {
        change(|settings| {
            settings.theme = match code {
                "light" => Theme::Light,
                "dark" => Theme::Dark,
                _ => Theme::System,
            };
        });
    });
    let shown = |glyph, key| html! { <>{ icon_sm(glyph) }{ t(key) }</> };
    segments(
        t("settings.theme"),
        "theme",
        value,
        &[
            ("system", shown(SMARTPHONE, "settings.system")),
            ("light", shown(SUN, "settings.light")),
            ("dark", shown(MOON, "settings.dark")),
        ],
        &set,
    )
}

fn language(settings: &SettingsView) -> Html {
    let mut options = vec![("", t("settings.language_browser"))];
    options.extend(LANGUAGES.iter().map(|language| (language.code, AttrValue::from(language.name))));
    let set = Callback::from(|code: String| {
        change(|settings| settings.language = Some(code).filter(|code| !code.is_empty()))
    });
    let value = settings.language.clone().unwrap_or_default();
    html! {
        <div class="row g3 row--top">
            <span class="item__icon">{ icon(LANGUAGE_ICON) }</span>
            <div class="grow">{ select("language", t("settings.language"), &value, &options, set) }</div>
        </div>
    }
}

//! The words about a clip: title, topics, language, licence, source, what is to be seen.

use super::draft::Edit;
use crate::hooks::{Loaded, use_call};
use crate::i18n::{self, t, t_with};
use crate::ui::field::{Field, select};
use crate::ui::icon::{CHECK, CIRCLE_ALERT, PLUS, icon_sm};
use minnow_shared::draft::DraftView;
use minnow_shared::limit;
use minnow_shared::topic::ListTopics;
use std::rc::Rc;
use yew::prelude::*;

const LICENCES: [&str; 5] = ["CC BY 4.0", "CC BY-SA 4.0", "CC BY-NC 4.0", "CC0 1.0", "All rights reserved"];
/// What clips are most often in; a clip may be in any other, which then stands in the list too.
pub const CLIP_LANGUAGES: [&str; 12] =
    ["en", "it", "ar", "de", "es", "fr", "hi", "ja", "pt", "ru", "tr", "zh"];

#[derive(Properties, PartialEq)]
pub struct FormProps {
    pub draft: Rc<DraftView>,
    pub edit: Callback<Edit>,
    /// The field that is not right yet.
    pub problem: Option<&'static str>,
}

#[component]
pub fn Form(props: &FormProps) -> Html {
    let FormProps { draft, edit, problem } = props;
    let error = |field: &str, key: &'static str| (*problem == Some(field)).then(|| t(key));
    let wrong = |field: &str, text: &str, max: usize| {
        let too_long = text.chars().count() > max;
        let gone = *problem == Some(field) && text.trim().is_empty();
        if too_long {
            Some(t_with("field.too_long", &[("max", &max.to_string())]))
        } else {
            gone.then(|| t("form.needed"))
        }
    };
    let languages = with_own(&CLIP_LANGUAGES, &draft.language);
    let languages: Vec<_> =
        languages.iter().map(|code| (code.as_str(), i18n::language_name(code).into())).collect();
    let licences = with_own(&LICENCES, &draft.licence);
    let mut licences: Vec<_> = licences.iter().map(|name| (name.as_str(), licence_name(name))).collect();
    if draft.licence.is_empty() {
        licences.insert(0, ("", t("form.licence_choose")));
    }
    html! {
        <section class="stack g5" aria-label={t("form.label")}>
            <Field id="part-title" label={t("form.title")} value={draft.title.clone()} max={limit::TITLE} lang={draft.language.clone()}
                oninput={edit.reform(Edit::Title)} error={wrong("title", &draft.title, limit::TITLE)} />
            <Topics draft={draft.clone()} edit={edit.clone()} error={error("topics", "form.needed")} />
            <Field id="part-alt" label={t("form.alt")} hint={t("form.alt_hint")} value={draft.alt.clone()} max={limit::ALT} lines={2} lang={draft.language.clone()}
                oninput={edit.reform(Edit::Alt)} error={wrong("alt", &draft.alt, limit::ALT)} />
            <div class="pair">
                { select("part-language", t("form.language"), &draft.language, &languages, edit.reform(Edit::Language)) }
                { select("part-licence", t("form.licence"), &draft.licence, &licences, edit.reform(Edit::Licence)) }
            </div>
            <Field id="part-source" kind="url" label={t("form.source")} hint={t("form.source_hint")} value={draft.source_url.clone().unwrap_or_default()}
                oninput={edit.reform(Edit::Source)} error={error("source_url", "form.source_form")} />
        </section>
    }
}

fn with_own(list: &[&str], own: &str) -> Vec<String> {
    let mut all: Vec<String> = list.iter().map(|item| (*item).to_owned()).collect();
    if !own.is_empty() && !list.contains(&own) {
        all.push(own.to_owned());
    }
    all
}

fn licence_name(name: &str) -> AttrValue {
    if name == "All rights reserved" { t("form.licence_all") } else { name.to_owned().into() }
}

#[derive(Properties, PartialEq)]
struct TopicsProps {
    draft: Rc<DraftView>,
    edit: Callback<Edit>,
    error: Option<AttrValue>,
}

#[component]
fn Topics(props: &TopicsProps) -> Html {
    let (loaded, _) = use_call(Some(ListTopics { language: Some(i18n::language().code.into()) }));
    let chosen = &props.draft.topics;
    let full = chosen.len() >= limit::TOPICS_PER_CLIP;
    let chips = match &loaded {
        Loaded::Here(list) => list.topics.iter().map(|item| {
            let id = item.topic.id.clone();
            let on = chosen.contains(&id);
            let (edit, chosen) = (props.edit.clone(), chosen.clone());
            let onclick = Callback::from(move |_: MouseEvent| {
                let mut next = chosen.clone();
                if on {
                    next.retain(|other| *other != id);
                } else if next.len() < limit::TOPICS_PER_CLIP {
                    next.push(id.clone());
                }
                edit.emit(Edit::Topics(next));
            });
            html! {
                <button type="button" class={if on { "chip chip--brand" } else { "chip chip--line" }} aria-pressed={on.to_string()}
                    aria-disabled={(full && !on).to_string()} {onclick}>
                    { icon_sm(if on { CHECK } else { PLUS }) }<bdi>{ item.topic.name.clone() }</bdi>
                </button>
            }
        }).collect(),
        _ => Html::default(),
    };
    html! {
        <div class="field">
            <span class="field__label" id="topics-label">{ t("form.topics") }</span>
            <div class="row row--wrap g2" role="group" id="part-topics" tabindex="-1" aria-labelledby="topics-label" aria-describedby="topics-hint">{ chips }</div>
            <span class="field__hint" id="topics-hint">{ t_with("form.topics_hint", &[("max", &limit::TOPICS_PER_CLIP.to_string())]) }</span>
            if let Some(error) = props.error.clone() {
                <span class="field__error" role="status">{ icon_sm(CIRCLE_ALERT) }{ error }</span>
            }
        </div>
    }
}

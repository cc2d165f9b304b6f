//! The question editor: the moment, the words, the choices with their reasons or the answers that count, and how it looks
//! to a learner.

use super::cues::{read_clock, write_clock};
use super::draft::Edit;
use super::editor::playhead;
use super::pick::Pick;
use crate::frame::link;
use crate::i18n::{clock, t, t_with};
use crate::route::Route;
use crate::ui::field::{Field, segments, value_of};
use crate::ui::icon::{CIRCLE_ALERT, CIRCLE_HELP, EYE, PENCIL, PLUS, TARGET, TRASH_2, icon, icon_sm};
use minnow_shared::draft::DraftView;
use minnow_shared::question::{ChoiceKey, QuestionDraft, QuestionKey, TextRule};
use minnow_shared::{grading, limit};
use std::rc::Rc;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct QuestionEditorProps {
    pub draft: Rc<DraftView>,
    pub edit: Callback<Edit>,
    pub player: NodeRef,
    /// The server's word, after a question of the bank was taken.
    pub heard: Callback<DraftView>,
    /// The part that is not right yet.
    pub problem: Option<&'static str>,
}

fn choice(text: &str, is_right: bool) -> ChoiceKey {
    ChoiceKey::plain(text, is_right)
}

fn new_question(moment_ms: u32) -> QuestionDraft {
    let choices = vec![choice("", true), choice("", false), choice("", false)];
    QuestionDraft {
        id: None,
        moment_ms,
        stem: String::new(),
        key: QuestionKey::Choices { choices, multiple: false, keep_order: false },
        reason: String::new(),
    }
}

fn typed_key(accepted: impl IntoIterator<Item = String>) -> QuestionKey {
    let accepted = accepted.into_iter().map(|answer| answer.as_str().into()).collect();
    QuestionKey::Typed { accepted, rule: TextRule::default() }
}

/// One accepted answer a line.
fn accepted_of(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

type Work = Box<dyn FnOnce(&mut QuestionDraft)>;

#[component]
pub fn QuestionEditor(props: &QuestionEditorProps) -> Html {
    let preview = use_state_eq(|| false);
    let Some(question) = props.draft.question.clone() else {
        let (edit, player) = (props.edit.clone(), props.player.clone());
        let add = Callback::from(move |_: MouseEvent| {
            edit.emit(Edit::Question(Some(new_question(playhead(&player).unwrap_or(0)))))
        });
        return html! {
            <section class="section" aria-labelledby="question-title">
                <h2 id="question-title">{ t("ask.title") }</h2>
                <p class="sm muted">{ t("ask.none") }</p>
                <div><button type="button" class="btn btn--soft" onclick={add}>{ icon(PLUS) }{ t("ask.add") }</button></div>
                <Pick clip={props.draft.id.clone()} player={props.player.clone()} heard={props.heard.clone()} />
            </section>
        };
    };
    let change = {
        let (edit, question) = (props.edit.clone(), question.clone());
        Callback::from(move |work: Work| {
            let mut next = question.clone();
            work(&mut next);
            edit.emit(Edit::Question(Some(next)));
        })
    };
    let set = |set: fn(&mut QuestionDraft, String)| {
        change.reform(move |text: String| {
            Box::new(move |question: &mut QuestionDraft| set(question, text)) as Work
        })
    };
    let at_playhead = {
        let (change, player) = (change.clone(), props.player.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(at) = playhead(&player) {
                change.emit(Box::new(move |question| question.moment_ms = at));
            }
        })
    };
    let set_moment = {
        let change = change.clone();
        Callback::from(move |event: Event| {
            if let Some(at) = read_clock(&value_of(&event)) {
                change.emit(Box::new(move |question| question.moment_ms = at));
            }
        })
    };
    let is_typed = matches!(question.key, QuestionKey::Typed { .. });
    let set_kind = change.reform(|code: &'static str| {
        Box::new(move |question: &mut QuestionDraft| {
            question.key = match (code, &question.key) {
                ("typed", QuestionKey::Choices { choices, .. }) => {
                    let right = choices.iter().filter(|choice| choice.is_right && !choice.text.is_empty());
                    typed_key(right.map(|choice| choice.text.plain()))
                }
                ("choices", QuestionKey::Typed { accepted, .. }) => {
                    let right = accepted.first().map(|answer| answer.text.as_str()).unwrap_or_default();
                    QuestionKey::Choices {
                        choices: vec![choice(right, true), choice("", false), choice("", false)],
                        multiple: false,
                        keep_order: false,
                    }
                }
                (_, key) => key.clone(),
            };
        }) as Work
    });
    let remove = props.edit.reform(|_: MouseEvent| Edit::Question(None));
    let look = {
        let preview = preview.clone();
        Callback::from(move |_: MouseEvent| preview.set(!*preview))
    };
    let answers = match &question.key {
        QuestionKey::Choices { choices, .. } => choice_list(choices, &change),
        QuestionKey::Typed { accepted, .. } => {
            let accepted: Vec<String> = accepted.iter().map(|answer| answer.text.clone()).collect();
            html! { <Accepted {accepted} change={change.clone()} /> }
        }
        // Other kinds are written on a page of their own.
        _ => html! { <p class="sm muted">{ t("ask.other_kind") }</p> },
    };
    let is_quick = matches!(question.key, QuestionKey::Choices { .. } | QuestionKey::Typed { .. });
    html! {
        <section class="section" aria-labelledby="question-title">
            <div class="section__head row--wrap">
                <h2 id="question-title">{ t_with("ask.title_at", &[("at", &clock(question.moment_ms))]) }</h2>
                <button type="button" class="btn btn--sm btn--outline" aria-pressed={preview.to_string()} onclick={look}>{ icon_sm(EYE) }{ t(if *preview { "ask.edit" } else { "ask.preview" }) }</button>
            </div>
            if let Some(problem) = props.problem {
                <p class="field__error" role="status">{ icon_sm(CIRCLE_ALERT) }{ t(problem_key(problem)) }</p>
            }
            if *preview {
                { shown(&question) }
            } else {
                <div class="card stack g4" id="part-question" tabindex="-1">
                    <div class="row row--wrap g2">
                        <label class="field__label" for="moment">{ t("ask.moment") }</label>
                        <input id="moment" class="input num moment" dir="ltr" inputmode="decimal" value={write_clock(question.moment_ms)} onchange={set_moment} />
                        <button type="button" class="btn btn--sm" onclick={at_playhead}>{ icon_sm(TARGET) }{ t("ask.here") }</button>
                    </div>
                    <Field id="stem" label={t("ask.stem")} value={question.stem.clone()} max={limit::STEM} lines={2} lang={props.draft.language.clone()} oninput={set(|q, text| q.stem = text)} />
                    if is_quick { { segments(t("ask.kind"), "kind", if is_typed { "typed" } else { "choices" }, &[
                        ("choices", html! { t("ask.choices") }), ("typed", html! { t("ask.typed") }),
                    ], &set_kind) } }
                    { answers }
                    <Field id="reason" label={t("ask.reason")} hint={t("ask.reason_hint")} value={question.reason.clone()} max={limit::REASON} lines={3} lang={props.draft.language.clone()} oninput={set(|q, text| q.reason = text)} />
                    if let Some(id) = &question.id {
                        { link("btn btn--sm btn--block", Route::BankQuestion { id: id.clone() }, html! { <>{ icon_sm(PENCIL) }{ t("ask.whole") }</> }) }
                    }
                    <div><button type="button" class="btn btn--sm btn--quiet" onclick={remove}>{ icon_sm(TRASH_2) }{ t("ask.remove") }</button></div>
                </div>
            }
        </section>
    }
}

fn problem_key(field: &str) -> &'static str {
    match field {
        "stem" => "ask.need_stem",
        "reason" => "ask.need_reason",
        "moment_ms" => "ask.need_moment",
        "accepted" => "ask.need_accepted",
        _ => "ask.need_choices",
    }
}

fn choice_list(choices: &[ChoiceKey], change: &Callback<Work>) -> Html {
    let edit_choice = |place: usize, set: fn(&mut ChoiceKey, String)| {
        change.reform(move |text: String| {
            Box::new(move |question: &mut QuestionDraft| {
                if let QuestionKey::Choices { choices, .. } = &mut question.key
                    && let Some(choice) = choices.get_mut(place)
                {
                    set(choice, text);
                }
            }) as Work
        })
    };
    let on_choices = |work: fn(&mut Vec<ChoiceKey>, usize), place: usize| {
        change.reform(move |_: MouseEvent| {
            Box::new(move |question: &mut QuestionDraft| {
                if let QuestionKey::Choices { choices, .. } = &mut question.key {
                    work(choices, place);
                }
            }) as Work
        })
    };
    let add = on_choices(|choices, _| choices.push(choice("", false)), 0);
    html! {
        <fieldset class="stack g3">
            <legend class="field__label">{ t("ask.choices_label") }</legend>
            { for choices.iter().enumerate().map(|(place, key)| {
                let number = (place + 1).to_string();
                let named = |key: &'static str| t_with(key, &[("n", &number)]);
                let right = on_choices(|choices, place| choices.iter_mut().enumerate().for_each(|(at, choice)| choice.is_right = at == place), place);
                let remove = on_choices(|choices, place| { if place < choices.len() { let was = choices.remove(place); if was.is_right && let Some(first) = choices.first_mut() { first.is_right = true; } } }, place);
                html! {
                    <div class={if key.is_right { "choice choice--right" } else { "choice" }} key={place}>
                        <div class="row g2">
                            <input class="choice__right" type="radio" name="right" checked={key.is_right} aria-label={named("ask.right")} onclick={right} />
                            <input class="input" dir="auto" aria-label={named("ask.choice")} placeholder={named("ask.choice")} value={key.text.source().to_owned()} maxlength={limit::CHOICE.to_string()}
                                oninput={edit_choice(place, |choice, text| choice.text = text.into()).reform(|event: InputEvent| value_of(&event))} />
                            <button type="button" class="btn btn--icon btn--quiet" aria-label={named("ask.choice_remove")} disabled={choices.len() <= limit::CHOICES_MIN} onclick={remove}>{ icon(TRASH_2) }</button>
                        </div>
                        if !key.is_right {
                            <input class="input choice__reason" dir="auto" aria-label={named("ask.choice_reason")} placeholder={t("ask.choice_reason_hint")} value={key.reason.source().to_owned()} maxlength={limit::REASON.to_string()}
                                oninput={edit_choice(place, |choice, text| choice.reason = text.into()).reform(|event: InputEvent| value_of(&event))} />
                        }
                    </div>
                }
            }) }
            if choices.len() < limit::CHOICES {
                <div><button type="button" class="btn btn--sm" onclick={add}>{ icon_sm(PLUS) }{ t("ask.choice_add") }</button></div>
            }
        </fieldset>
    }
}

#[derive(Properties, PartialEq)]
struct AcceptedProps {
    accepted: Vec<String>,
    change: Callback<Work>,
}

/// What is typed stays as typed; the list is read from it.
#[component]
fn Accepted(props: &AcceptedProps) -> Html {
    let typed = use_state(|| props.accepted.join("\n"));
    let oninput = {
        let (typed, change) = (typed.setter(), props.change.clone());
        Callback::from(move |text: String| {
            let accepted = accepted_of(&text);
            typed.set(text);
            change.emit(Box::new(move |question| question.key = typed_key(accepted)));
        })
    };
    html! { <Field id="accepted" label={t("ask.accepted")} hint={t("ask.accepted_hint")} value={(*typed).clone()} lines={3} {oninput} /> }
}

/// The question as a learner sees it, and what follows the answer.
fn shown(question: &QuestionDraft) -> Html {
    let options = match &question.key {
        QuestionKey::Choices { choices, .. } => choices.iter().zip('A'..).map(|(choice, letter)| {
            let class = if choice.is_right { "opt opt--right" } else { "opt" };
            html! { <li class={class}><span class="opt__key">{ letter }</span><span dir="auto">{ choice.text.reading() }</span></li> }
        }).collect(),
        key => html! { <li class="opt opt--right"><span dir="auto">{ grading::solution_text(key) }</span></li> },
    };
    html! {
        <div class="card quiz">
            <div class="quiz__eyebrow"><span class="row g1">{ icon_sm(CIRCLE_HELP) }{ t_with("ask.title_at", &[("at", &clock(question.moment_ms))]) }</span></div>
            <p class="quiz__q" dir="auto"><strong>{ question.stem.clone() }</strong></p>
            <ul class="quiz__opts">{ options }</ul>
            <p class="why" dir="auto">{ question.reason.clone() }</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_question_needs_words_before_it_can_be_saved() {
        let question = new_question(500);
        assert_eq!(question.check(Some(1_000)).map_err(|p| p.field), Err("stem"));
    }

    #[test]
    fn every_line_is_one_accepted_answer() {
        assert_eq!(accepted_of(" blue \n\nazure\n"), ["blue", "azure"]);
    }
}

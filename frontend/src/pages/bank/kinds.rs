//! The part of the editor that differs by kind: choices, true or false, typed words, numbers, cards, open answers. Kinds
//! made of several lists are in `parts`.

use super::parts::{Categorising, Cloze, Matching};
use super::spots::Spots;
use super::text::RichField;
use super::written::{
    accepted_lines, accepted_of, number_key, number_of, part_lines, parts_of, unit_lines, units_of,
};
use super::{Lines, Work};
use crate::i18n::{t, t_with};
use crate::ui::field::{Field, segments};
use crate::ui::icon::{CIRCLE_ALERT, PLUS, TRASH_2, icon, icon_sm};
use minnow_shared::limit;
use minnow_shared::question::{ChoiceKey, NumberKey, NumberRange, QuestionKey, Text, TextRule};
use yew::prelude::*;

/// Changes the key.
pub type Change = Callback<Work<QuestionKey>>;

/// The editor of a key. `id` of its first part: `part-key`, for who looks for what is missing.
pub fn key_editor(key: &QuestionKey, change: &Change) -> Html {
    match key {
        QuestionKey::Choices { choices, multiple, keep_order } => {
            choice_list(choices, *multiple, *keep_order, change)
        }
        QuestionKey::TrueFalse { is_true, reason_true, reason_false } => {
            true_false(*is_true, reason_true, reason_false, change)
        }
        QuestionKey::Typed { accepted, rule } => {
            let set = change.reform(|text: String| {
                work(move |key| {
                    if let QuestionKey::Typed { accepted, .. } = key {
                        *accepted = accepted_of(&text, accepted);
                    }
                })
            });
            html! {
                <>
                    <Lines id="accepted" label={t("ask.accepted")} hint={t("bank.accepted_hint")} value={accepted_lines(accepted)} {set} />
                    { text_rule(*rule, change) }
                </>
            }
        }
        QuestionKey::Numeric { accepted, units, unit_required } => {
            html! { <Numeric accepted={accepted.clone()} units={unit_lines(units)} unit_required={*unit_required} change={change.clone()} /> }
        }
        QuestionKey::FlashCard { back } => text_field("back", "bank.back", back, change, |key, text| {
            if let QuestionKey::FlashCard { back } = key {
                *back = text;
            }
        }),
        QuestionKey::Open { sample, words_min, words_max } => open(sample, *words_min, *words_max, change),
        QuestionKey::Ordering { items } => {
            let set = change.reform(|text: String| {
                work(move |key| {
                    if let QuestionKey::Ordering { items } = key {
                        *items = parts_of(&text, items);
                    }
                })
            });
            html! { <Lines id="items" label={t("bank.items")} hint={t("bank.items_hint")} value={part_lines(items)} {set} /> }
        }
        QuestionKey::Matching { pairs, extra, .. } => {
            html! { <Matching pairs={pairs.clone()} extra={part_lines(extra)} change={change.clone()} /> }
        }
        QuestionKey::Categorising { categories, items, .. } => {
            html! { <Categorising categories={categories.clone()} items={items.clone()} change={change.clone()} /> }
        }
        QuestionKey::Cloze { body, gaps, bank } => {
            html! { <Cloze body={body.clone()} gaps={gaps.clone()} bank={bank.clone()} change={change.clone()} /> }
        }
        QuestionKey::Hotspot { picture, spots, places } => {
            html! { <Spots picture={picture.clone()} spots={spots.clone()} places={*places} change={change.clone()} /> }
        }
    }
}

/// Boxes work on a key.
pub fn work(edit: impl FnOnce(&mut QuestionKey) + 'static) -> Work<QuestionKey> {
    Box::new(edit)
}

/// A field for a text of a key.
pub fn text_field(
    id: &'static str,
    label: &'static str,
    text: &Text,
    change: &Change,
    set: fn(&mut QuestionKey, Text),
) -> Html {
    let set = change.reform(move |text: Text| work(move |key| set(key, text)));
    html! { <RichField {id} label={t(label)} text={text.clone()} {set} lines=2 /> }
}

fn on_choices(
    change: &Change,
    edit: impl FnOnce(&mut Vec<ChoiceKey>) + Clone + 'static,
) -> Callback<MouseEvent> {
    change.reform(move |_: MouseEvent| {
        let edit = edit.clone();
        work(move |key| {
            if let QuestionKey::Choices { choices, .. } = key {
                edit(choices);
            }
        })
    })
}

fn choice_list(choices: &[ChoiceKey], multiple: bool, keep_order: bool, change: &Change) -> Html {
    let add = on_choices(change, |choices| choices.push(ChoiceKey::plain("", false)));
    let flag = |set: fn(&mut QuestionKey, bool)| change.reform(move |on: bool| work(move |key| set(key, on)));
    html! {
        <fieldset class="stack g3">
            <legend class="field__label">{ t(if multiple { "bank.choices_label" } else { "ask.choices_label" }) }</legend>
            { for choices.iter().enumerate().map(|(place, choice)| choice_row(place, choice, multiple, choices.len(), change)) }
            if choices.len() < limit::PARTS {
                <div><button type="button" class="btn btn--sm" onclick={add}>{ icon_sm(PLUS) }{ t("ask.choice_add") }</button></div>
            }
            { check("bank.multiple", multiple, flag(|key, on| {
                if let QuestionKey::Choices { choices, multiple, .. } = key {
                    *multiple = on;
                    keep_one_right(choices, on);
                }
            })) }
            { check("bank.keep_order", keep_order, flag(|key, on| if let QuestionKey::Choices { keep_order, .. } = key { *keep_order = on })) }
        </fieldset>
    }
}

/// Where one may be taken, one is right.
fn keep_one_right(choices: &mut [ChoiceKey], multiple: bool) {
    let mut found = false;
    for choice in choices.iter_mut().filter(|choice| choice.is_right && !multiple) {
        if std::mem::replace(&mut found, true) {
            (choice.is_right, choice.credit) = (false, None);
        }
    }
}

fn choice_row(place: usize, choice: &ChoiceKey, multiple: bool, count: usize, change: &Change) -> Html {
    let number = (place + 1).to_string();
    let named = |key: &'static str| t_with(key, &[("n", &number)]);
    let right = on_choices(change, move |choices| {
        for (at, choice) in choices.iter_mut().enumerate() {
            let is_right = if multiple { choice.is_right ^ (at == place) } else { at == place };
            if choice.is_right != is_right {
                (choice.is_right, choice.credit) = (is_right, None);
            }
        }
    });
    let remove = on_choices(change, move |choices| {
        if place < choices.len() {
            choices.remove(place);
        }
    });
    let edit = |set: fn(&mut ChoiceKey, Text)| {
        change.reform(move |text: Text| {
            work(move |key| {
                if let QuestionKey::Choices { choices, .. } = key
                    && let Some(choice) = choices.get_mut(place)
                {
                    set(choice, text);
                }
            })
        })
    };
    html! {
        <div class={if choice.is_right { "choice choice--right" } else { "choice" }} key={place}>
            <div class="row row--top g2">
                <input class="choice__right" type={if multiple { "checkbox" } else { "radio" }} name="right" checked={choice.is_right} aria-label={named("ask.right")} onclick={right} />
                <div class="grow"><RichField id={format!("choice-{number}")} label={named("ask.choice")} placeholder={named("ask.choice")} text={choice.text.clone()} set={edit(|choice, text| choice.text = text)} small=true /></div>
                <button type="button" class="btn btn--icon btn--quiet" aria-label={named("ask.choice_remove")} disabled={count <= limit::CHOICES_MIN} onclick={remove}>{ icon(TRASH_2) }</button>
            </div>
            <div class="choice__said"><RichField id={format!("choice-reason-{number}")} label={named("ask.choice_reason")} placeholder={t(if choice.is_right { "bank.right_reason_hint" } else { "ask.choice_reason_hint" })} text={choice.reason.clone()} set={edit(|choice, text| choice.reason = text)} small=true /></div>
        </div>
    }
}

/// A line with a box to tick.
pub fn check(label: &'static str, on: bool, set: Callback<bool>) -> Html {
    let onchange = Callback::from(move |_: Event| set.emit(!on));
    html! {
        <label class="tick"><input type="checkbox" checked={on} {onchange} />{ t(label) }</label>
    }
}

fn true_false(is_true: bool, reason_true: &Text, reason_false: &Text, change: &Change) -> Html {
    let set = change.reform(|code: &'static str| {
        work(move |key| {
            if let QuestionKey::TrueFalse { is_true, .. } = key {
                *is_true = code == "true";
            }
        })
    });
    let options = [("true", html! { t("bank.true") }), ("false", html! { t("bank.false") })];
    html! {
        <>
            { segments(t("bank.is_true"), "is-true", if is_true { "true" } else { "false" }, &options, &set) }
            if is_true {
                { text_field("reason-false", "bank.reason_false", reason_false, change, |key, text| if let QuestionKey::TrueFalse { reason_false, .. } = key { *reason_false = text }) }
            } else {
                { text_field("reason-true", "bank.reason_true", reason_true, change, |key, text| if let QuestionKey::TrueFalse { reason_true, .. } = key { *reason_true = text }) }
            }
        </>
    }
}

fn text_rule(rule: TextRule, change: &Change) -> Html {
    let flag = |set: fn(&mut TextRule, bool)| {
        change.reform(move |on: bool| {
            work(move |key| {
                if let QuestionKey::Typed { rule, .. } = key {
                    set(rule, on);
                }
            })
        })
    };
    html! {
        <div class="stack g1">
            { check("bank.case", rule.case, flag(|rule, on| rule.case = on)) }
            { check("bank.accents", rule.accents, flag(|rule, on| rule.accents = on)) }
            { check("bank.typos", rule.typos, flag(|rule, on| rule.typos = on)) }
        </div>
    }
}

fn open(sample: &Text, words_min: u16, words_max: u16, change: &Change) -> Html {
    let bound = |set: fn(&mut QuestionKey, u16)| {
        change.reform(move |text: String| work(move |key| set(key, text.trim().parse().unwrap_or(0))))
    };
    let shown = |count: u16| if count == 0 { String::new() } else { count.to_string() };
    html! {
        <>
            { text_field("sample", "bank.sample", sample, change, |key, text| if let QuestionKey::Open { sample, .. } = key { *sample = text }) }
            <div class="pair">
                <Field id="words-min" label={t("bank.words_min")} kind="number" value={shown(words_min)} oninput={bound(|key, count| if let QuestionKey::Open { words_min, .. } = key { *words_min = count })} />
                <Field id="words-max" label={t("bank.words_max")} kind="number" value={shown(words_max)} oninput={bound(|key, count| if let QuestionKey::Open { words_max, .. } = key { *words_max = count })} />
            </div>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct NumericProps {
    accepted: Vec<NumberKey>,
    units: String,
    unit_required: bool,
    change: Change,
}

/// The numbers that count, one row each; without any, one row to fill.
#[component]
fn Numeric(props: &NumericProps) -> Html {
    let NumericProps { accepted, units, unit_required, change } = props;
    let set_units = change.reform(|text: String| {
        work(move |key| {
            if let QuestionKey::Numeric { units, .. } = key {
                *units = units_of(&text);
            }
        })
    });
    let set_required = change.reform(|on: bool| {
        work(move |key| {
            if let QuestionKey::Numeric { unit_required, .. } = key {
                *unit_required = on;
            }
        })
    });
    let add = change.reform(|_: MouseEvent| {
        work(|key| {
            if let QuestionKey::Numeric { accepted, .. } = key {
                accepted.push(number_key(NumberRange::Tolerance { value: 0.0, tolerance: 0.0 }));
            }
        })
    });
    let remove = |place: usize| {
        change.reform(move |_: MouseEvent| {
            work(move |key| {
                if let QuestionKey::Numeric { accepted, .. } = key
                    && place < accepted.len()
                {
                    accepted.remove(place);
                }
            })
        })
    };
    let set = |place: usize| {
        change.reform(move |range: NumberRange| {
            work(move |key| {
                let QuestionKey::Numeric { accepted, .. } = key else { return };
                match accepted.get_mut(place) {
                    Some(key) => key.range = range,
                    None => accepted.push(number_key(range)),
                }
            })
        })
    };
    html! {
        <div class="stack g3">
            if accepted.is_empty() {
                <NumberRow key="0" place={0} range={None::<NumberRange>} set={set(0)} />
            }
            { for accepted.iter().enumerate().map(|(place, number)| html! {
                <div class="row row--top g2" key={place.to_string()}>
                    <div class="grow"><NumberRow {place} range={Some(number.range)} set={set(place)} /></div>
                    if accepted.len() > 1 {
                        <button type="button" class="btn btn--icon btn--quiet" aria-label={t_with("bank.number_remove", &[("n", &(place + 1).to_string())])} onclick={remove(place)}>{ icon(TRASH_2) }</button>
                    }
                </div>
            }) }
            if !accepted.is_empty() && accepted.len() < limit::ACCEPTED_COUNT {
                <div><button type="button" class="btn btn--sm" onclick={add}>{ icon_sm(PLUS) }{ t("bank.number_add") }</button></div>
            }
            <Lines id="units" label={t("bank.units")} hint={t("bank.units_hint")} value={units.clone()} set={set_units} />
            if !units.is_empty() {
                { check("bank.unit_required", *unit_required, set_required) }
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct NumberRowProps {
    place: usize,
    range: Option<NumberRange>,
    set: Callback<NumberRange>,
}

fn shown(range: Option<NumberRange>) -> (String, String) {
    match range {
        None => (String::new(), "0".to_owned()),
        Some(NumberRange::Tolerance { value, tolerance }) => (value.to_string(), tolerance.to_string()),
        Some(NumberRange::Share { value, share }) => (value.to_string(), format!("{}%", share * 100.0)),
        Some(NumberRange::Bounds { low, high }) => {
            (((low + high) / 2.0).to_string(), ((high - low) / 2.0).to_string())
        }
        Some(NumberRange::Any) => (String::new(), String::new()),
    }
}

/// A number and its tolerance as typed; `None` while they are no numbers. A tolerance in per cent is a share of it.
fn range_of(value: &str, tolerance: &str) -> Option<NumberRange> {
    let value = number_of(value)?;
    let tolerance = tolerance.trim();
    Some(match tolerance.strip_suffix(['%', '٪']) {
        Some(percent) => NumberRange::Share { value, share: number_of(percent)? / 100.0 },
        None if tolerance.is_empty() => NumberRange::Tolerance { value, tolerance: 0.0 },
        None => NumberRange::Tolerance { value, tolerance: number_of(tolerance)? },
    })
}

#[component]
fn NumberRow(props: &NumberRowProps) -> Html {
    let typed = use_state(|| shown(props.range));
    if props.range == Some(NumberRange::Any) {
        return html! { <p class="sm muted">{ t("bank.any_number") }</p> };
    }
    let edit = |put: fn(&mut (String, String), String)| {
        let (typed, set) = (typed.clone(), props.set.clone());
        Callback::from(move |text: String| {
            let mut next = (*typed).clone();
            put(&mut next, text);
            if let Some(range) = range_of(&next.0, &next.1) {
                set.emit(range);
            }
            typed.set(next);
        })
    };
    let begun = !typed.0.trim().is_empty();
    let wrong = begun && range_of(&typed.0, &typed.1).is_none();
    let number = props.place + 1;
    html! {
        <div class="stack g1">
            <div class="pair">
                <Field id={format!("number-{number}")} label={t("bank.number")} value={typed.0.clone()} oninput={edit(|typed, text| typed.0 = text)} />
                <Field id={format!("tolerance-{number}")} label={t("bank.tolerance")} hint={t("bank.tolerance_hint")} value={typed.1.clone()} oninput={edit(|typed, text| typed.1 = text)} />
            </div>
            if wrong {
                <p class="field__error" role="status">{ icon_sm(CIRCLE_ALERT) }{ t("bank.no_number") }</p>
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tolerance_is_a_number_or_a_share_in_per_cent() {
        assert_eq!(range_of("9,81", "0.05"), Some(NumberRange::Tolerance { value: 9.81, tolerance: 0.05 }));
        assert_eq!(range_of("300", "5%"), Some(NumberRange::Share { value: 300.0, share: 0.05 }));
        assert_eq!(range_of("7", " "), Some(NumberRange::Tolerance { value: 7.0, tolerance: 0.0 }));
        assert_eq!([range_of("", "1"), range_of("1", "x")], [None, None]);
    }

    #[test]
    fn where_one_may_be_taken_the_first_right_one_stays() {
        let mut choices = [true, false, true].map(|right| ChoiceKey::plain("x", right));
        keep_one_right(&mut choices, true);
        assert_eq!(choices.each_ref().map(|choice| choice.is_right), [true, false, true]);
        keep_one_right(&mut choices, false);
        assert_eq!(choices.each_ref().map(|choice| choice.is_right), [true, false, false]);
    }
}

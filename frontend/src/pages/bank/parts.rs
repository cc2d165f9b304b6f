//! Editors of the kinds that are made of several lists: matching, categorising, texts with gaps.

use super::Lines;
use super::kinds::{Change, check, work};
use super::text::RichField;
use super::written::{
    accepted_lines, accepted_of, add_gap, edited, new_pair, number_key, number_of, parts_of, remove_gap,
    sorted_lines, sorted_of, spare_words, starred_lines, starred_of, tidy_bank, wanted_lines, wanted_of,
};
use crate::i18n::{t, t_with};
use crate::ui::field::{Field, select};
use crate::ui::icon::{PLUS, TRASH_2, icon, icon_sm};
use minnow_shared::grading::number;
use minnow_shared::limit;
use minnow_shared::question::{
    Fill, GapKey, NumberRange, PairKey, PartKey, QuestionKey, SortedKey, Text, TextRule,
};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct MatchingProps {
    pub pairs: Vec<PairKey>,
    /// Right sides that belong to nothing, one a line.
    pub extra: String,
    pub change: Change,
}

#[component]
pub fn Matching(props: &MatchingProps) -> Html {
    let MatchingProps { pairs, extra, change } = props;
    let side = |place: usize, set: fn(&mut PairKey, Text)| {
        change.reform(move |text: Text| {
            work(move |key| {
                if let QuestionKey::Matching { pairs, .. } = key
                    && let Some(pair) = pairs.get_mut(place)
                {
                    set(pair, text);
                }
            })
        })
    };
    let remove = |place: usize| {
        change.reform(move |_: MouseEvent| {
            work(move |key| {
                if let QuestionKey::Matching { pairs, .. } = key
                    && place < pairs.len()
                {
                    pairs.remove(place);
                }
            })
        })
    };
    let add = change.reform(|_: MouseEvent| {
        work(|key| {
            if let QuestionKey::Matching { pairs, .. } = key {
                pairs.push(new_pair());
            }
        })
    });
    let set_extra = change.reform(|text: String| {
        work(move |key| {
            if let QuestionKey::Matching { extra, .. } = key {
                *extra = parts_of(&text, extra);
            }
        })
    });
    html! {
        <fieldset class="stack g3">
            <legend class="field__label">{ t("bank.pairs") }</legend>
            { for pairs.iter().enumerate().map(|(place, pair)| {
                let number = (place + 1).to_string();
                let named = |key: &'static str| t_with(key, &[("n", &number)]);
                html! {
                    <div class="choice" key={place}>
                        <div class="row row--top g2">
                            <div class="grow pair pair--close">
                                <RichField id={format!("left-{number}")} label={named("bank.left")} placeholder={named("bank.left")} text={pair.left.clone()} set={side(place, |pair, text| pair.left = text)} small=true />
                                <RichField id={format!("right-{number}")} label={named("bank.right")} placeholder={named("bank.right")} text={pair.right.clone()} set={side(place, |pair, text| pair.right = text)} small=true />
                            </div>
                            <button type="button" class="btn btn--icon btn--quiet" aria-label={named("bank.pair_remove")} disabled={pairs.len() <= 2} onclick={remove(place)}>{ icon(TRASH_2) }</button>
                        </div>
                    </div>
                }
            }) }
            if pairs.len() < limit::PARTS {
                <div><button type="button" class="btn btn--sm" onclick={add}>{ icon_sm(PLUS) }{ t("bank.pair_add") }</button></div>
            }
            <Lines id="extra" label={t("bank.extra")} hint={t("bank.extra_hint")} value={extra.clone()} set={set_extra} />
        </fieldset>
    }
}

#[derive(Properties, PartialEq)]
pub struct CategorisingProps {
    pub categories: Vec<PartKey>,
    pub items: Vec<SortedKey>,
    pub change: Change,
}

#[component]
pub fn Categorising(props: &CategorisingProps) -> Html {
    let CategorisingProps { categories, items, change } = props;
    // A category taken away moves the others up: their fields begin anew.
    let round = use_state_eq(|| 0u32);
    let add = change.reform(|_: MouseEvent| {
        work(|key| {
            if let QuestionKey::Categorising { categories, .. } = key {
                categories.push(PartKey::default());
            }
        })
    });
    let remove = |place: usize| {
        let round = round.clone();
        change.reform(move |_: MouseEvent| {
            round.set(*round + 1);
            work(move |key| {
                if let QuestionKey::Categorising { categories, items, .. } = key {
                    remove_category(categories, items, place);
                }
            })
        })
    };
    html! {
        <fieldset class="stack g3">
            <legend class="field__label">{ t("bank.categories") }</legend>
            { for categories.iter().enumerate().map(|(place, category)| {
                let at = u16::try_from(place).unwrap_or(u16::MAX);
                let number = (place + 1).to_string();
                let rename = change.reform(move |words: String| work(move |key| {
                    if let QuestionKey::Categorising { categories, .. } = key
                        && let Some(category) = categories.get_mut(place)
                    {
                        category.text = edited(&category.text, words);
                    }
                }));
                let set = change.reform(move |text: String| work(move |key| {
                    if let QuestionKey::Categorising { items, .. } = key {
                        *items = sorted_of(&text, at, items);
                    }
                }));
                html! {
                    <div class="choice" key={format!("{place}-{}", *round)}>
                        <Field id={format!("category-{number}")} label={t_with("bank.category_n", &[("n", &number)])} value={category.text.source().to_owned()} oninput={rename} />
                        <Lines id={format!("in-{number}")} label={t("bank.belongs")} hint={t("bank.one_a_line")} value={sorted_lines(items, at)} {set} />
                        if categories.len() > 2 {
                            <div><button type="button" class="btn btn--sm btn--quiet" onclick={remove(place)}>{ icon_sm(TRASH_2) }{ t_with("bank.category_remove", &[("n", &number)]) }</button></div>
                        }
                    </div>
                }
            }) }
            if categories.len() < limit::PARTS {
                <div><button type="button" class="btn btn--sm" onclick={add}>{ icon_sm(PLUS) }{ t("bank.category_add") }</button></div>
            }
        </fieldset>
    }
}

/// Takes a category away; its items go with it unless they belong into another too.
fn remove_category(categories: &mut Vec<PartKey>, items: &mut Vec<SortedKey>, place: usize) {
    if place >= categories.len() {
        return;
    }
    categories.remove(place);
    for item in items.iter_mut() {
        item.categories.retain(|at| usize::from(*at) != place);
        for at in item.categories.iter_mut().filter(|at| usize::from(**at) > place) {
            *at -= 1;
        }
    }
    items.retain(|item| !item.categories.is_empty());
}

#[derive(Properties, PartialEq)]
pub struct ClozeProps {
    pub body: Text,
    pub gaps: Vec<GapKey>,
    pub bank: Vec<PartKey>,
    pub change: Change,
}

/// Changes the three lists of a text with gaps.
fn cloze(
    edit: impl FnOnce(&mut Text, &mut Vec<GapKey>, &mut Vec<PartKey>) + 'static,
) -> super::Work<QuestionKey> {
    work(move |key| {
        if let QuestionKey::Cloze { body, gaps, bank } = key {
            edit(body, gaps, bank);
        }
    })
}

#[component]
pub fn Cloze(props: &ClozeProps) -> Html {
    let ClozeProps { body, gaps, bank, change } = props;
    // Gaps after one that was taken away move up: their fields begin anew.
    let round = use_state_eq(|| 0u32);
    let write = change.reform(|text: Text| cloze(move |body, _, _| *body = text));
    let add = change.reform(|_: MouseEvent| cloze(|body, gaps, _| add_gap(body, gaps)));
    let remove = |place: usize| {
        let round = round.clone();
        change.reform(move |_: MouseEvent| {
            round.set(*round + 1);
            cloze(move |body, gaps, bank| {
                let spare = spare_words(gaps, bank);
                remove_gap(body, gaps, place);
                tidy_bank(gaps, bank, &spare);
            })
        })
    };
    let drags = gaps.iter().any(|gap| matches!(gap.fill, Fill::Dragging { .. }));
    let set_spare = change.reform(|text: String| {
        cloze(move |_, gaps, bank| {
            let extra: Vec<String> =
                text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
            wanted_of(&text, bank);
            tidy_bank(gaps, bank, &extra);
        })
    });
    html! {
        <fieldset class="stack g3">
            <legend class="vh">{ t("bank.cloze") }</legend>
            <RichField id="body" label={t("bank.body")} hint={t("bank.body_hint")} text={body.clone()} lines=4 set={write} />
            <div><button type="button" class="btn btn--sm" onclick={add}>{ icon_sm(PLUS) }{ t("bank.gap_add") }</button></div>
            { for gaps.iter().enumerate().map(|(place, gap)| html! {
                <div class="choice" key={format!("{place}-{}-{}", *round, by(&gap.fill))}>
                    <Gap {place} fill={gap.fill.clone()} bank={bank.clone()} change={change.clone()} />
                    <div><button type="button" class="btn btn--sm btn--quiet" onclick={remove(place)}>{ icon_sm(TRASH_2) }{ t_with("bank.gap_remove", &[("n", &(place + 1).to_string())]) }</button></div>
                </div>
            }) }
            if drags {
                <Lines id="spare" label={t("bank.spare")} hint={t("bank.one_a_line")} value={spare_words(gaps, bank).join("\n")} set={set_spare} />
            }
        </fieldset>
    }
}

fn by(fill: &Fill) -> &'static str {
    match fill {
        Fill::Typing { .. } => "typing",
        Fill::Number { .. } => "number",
        Fill::Choosing { .. } => "choosing",
        Fill::Dragging { .. } => "dragging",
    }
}

#[derive(Properties, PartialEq)]
struct GapProps {
    place: usize,
    fill: Fill,
    bank: Vec<PartKey>,
    change: Change,
}

fn on_gap(change: &Change, place: usize, edit: impl FnOnce(&mut Fill, &mut Vec<PartKey>) + 'static) {
    change.emit(cloze(move |_, gaps, bank| {
        let spare = spare_words(gaps, bank);
        if let Some(gap) = gaps.get_mut(place) {
            edit(&mut gap.fill, bank);
        }
        tidy_bank(gaps, bank, &spare);
    }));
}

/// The lines of a gap as its author writes them, and the hint for them.
fn gap_lines(fill: &Fill, bank: &[PartKey]) -> (String, &'static str) {
    match fill {
        Fill::Typing { accepted, .. } => (accepted_lines(accepted), "bank.gap_typing"),
        Fill::Number { accepted } => {
            let shown =
                accepted.iter().filter_map(|key| number::shown(key.range)).map(|value| value.to_string());
            (shown.collect::<Vec<_>>().join("\n"), "bank.gap_number")
        }
        Fill::Choosing { choices, .. } => (starred_lines(choices), "bank.gap_choosing"),
        Fill::Dragging { right } => (wanted_lines(right, bank), "bank.gap_dragging"),
    }
}

fn set_lines(fill: &mut Fill, bank: &mut Vec<PartKey>, text: &str) {
    match fill {
        Fill::Typing { accepted, .. } => *accepted = accepted_of(text, accepted),
        Fill::Number { accepted } => {
            let before = accepted.clone();
            let key = |value: f64| {
                let known = before.iter().find(|key| number::shown(key.range) == Some(value)).cloned();
                known.unwrap_or_else(|| number_key(NumberRange::Tolerance { value, tolerance: 0.0 }))
            };
            *accepted = text.lines().filter_map(number_of).map(key).collect();
        }
        Fill::Choosing { choices, .. } => *choices = starred_of(text, choices),
        Fill::Dragging { right } => *right = wanted_of(text, bank),
    }
}

/// A gap filled another way begins with the words it had.
fn filled_by(fill: &Fill, bank: &mut Vec<PartKey>, way: &str) -> Fill {
    let (lines, _) = gap_lines(fill, bank);
    let words: String = match fill {
        Fill::Choosing { choices, .. } => {
            let right = choices.iter().filter(|choice| choice.is_right).map(|choice| choice.text.source());
            right.collect::<Vec<_>>().join("\n")
        }
        _ => lines,
    };
    let mut next = match way {
        "number" => Fill::Number { accepted: Vec::new() },
        "choosing" => Fill::Choosing { choices: Vec::new(), keep_order: false },
        "dragging" => Fill::Dragging { right: Vec::new() },
        _ => Fill::Typing { accepted: Vec::new(), rule: TextRule::default() },
    };
    let words =
        if way == "choosing" { words.lines().map(|line| format!("*{line}\n")).collect() } else { words };
    set_lines(&mut next, bank, &words);
    next
}

#[component]
fn Gap(props: &GapProps) -> Html {
    let GapProps { place, fill, bank, change } = props;
    let place = *place;
    let number = (place + 1).to_string();
    let (lines, hint) = gap_lines(fill, bank);
    let set = {
        let change = change.clone();
        Callback::from(move |text: String| {
            on_gap(&change, place, move |fill, bank| set_lines(fill, bank, &text))
        })
    };
    let way = {
        let change = change.clone();
        Callback::from(move |way: String| {
            on_gap(&change, place, move |fill, bank| *fill = filled_by(fill, bank, &way));
        })
    };
    let ways = [
        ("typing", t("bank.by_typing")),
        ("number", t("bank.by_number")),
        ("choosing", t("bank.by_choosing")),
        ("dragging", t("bank.by_dragging")),
    ];
    let case = {
        let change = change.clone();
        Callback::from(move |on: bool| {
            on_gap(&change, place, move |fill, _| {
                if let Fill::Typing { rule, .. } = fill {
                    rule.case = on;
                }
            });
        })
    };
    html! {
        <div class="stack g2">
            <Lines id={format!("gap-{number}")} label={t_with("bank.gap", &[("n", &number)])} hint={t(hint)} value={lines} {set} />
            { select(format!("gap-way-{number}"), t_with("bank.gap_way", &[("n", &number)]), by(fill), &ways, way) }
            if let Fill::Typing { rule, .. } = fill {
                { check("bank.case", rule.case, case) }
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_filled_another_way_keeps_its_right_words() {
        let mut bank = Vec::new();
        let typed = filled_by(
            &Fill::Typing { accepted: vec!["blue".into()], rule: TextRule::default() },
            &mut bank,
            "choosing",
        );
        assert_eq!(gap_lines(&typed, &bank), ("*blue".to_owned(), "bank.gap_choosing"));
        let dragged = filled_by(&typed, &mut bank, "dragging");
        assert_eq!(gap_lines(&dragged, &bank).0, "blue");
        assert_eq!(bank.len(), 1);
    }

    #[test]
    fn a_category_takes_only_its_own_items_along() {
        let mut categories = vec![PartKey::default(), PartKey::default(), PartKey::default()];
        let item = |text: &str, categories: &[u16]| SortedKey {
            id: None,
            text: text.into(),
            categories: categories.to_vec(),
        };
        let mut items = vec![item("a", &[0]), item("b", &[0, 2]), item("c", &[1])];
        remove_category(&mut categories, &mut items, 0);
        assert_eq!(items, [item("b", &[1]), item("c", &[0])]);
    }
}

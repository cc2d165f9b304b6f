//! What is not carried over, as it is read on a phone: the same loss once, with how often and where; each in the reader's
//! language where the closed list knows it, else in the server's English.

use crate::i18n::{digits, plural, t, t_with, text};
use minnow_shared::bank::LossView;
use yew::prelude::*;

/// Groups shown before more are asked for, and places of one.
const GROUPS: usize = 20;
const PLACES: usize = 30;
/// What the values of a sentence are called in its text.
const NAMES: [&str; 3] = ["a", "b", "c"];

/// What is not carried over.
pub fn losses(losses: &[LossView]) -> Html {
    if losses.is_empty() {
        return html! { <p class="sm muted">{ t("bank.no_loss") }</p> };
    }
    html! { <Losses losses={losses.to_vec()} /> }
}

/// Losses that are told alike.
#[derive(Debug, PartialEq)]
struct Group<'a> {
    losses: Vec<&'a LossView>,
    /// Their values are the same too: one sentence tells all of them.
    is_one: bool,
}

/// In the order of the first of each.
fn grouped(losses: &[LossView]) -> Vec<Group<'_>> {
    let alike = |one: &LossView, other: &LossView| {
        let codes = |loss: &LossView| loss.told.iter().map(|told| told.code.clone()).collect::<Vec<_>>();
        if one.told.is_empty() { one.reason == other.reason } else { codes(one) == codes(other) }
    };
    let mut groups: Vec<Group<'_>> = Vec::new();
    for loss in losses {
        match groups.iter_mut().find(|group| group.losses.first().is_some_and(|first| alike(first, loss))) {
            Some(group) => {
                group.is_one &= group.losses.first().is_some_and(|first| first.told == loss.told);
                group.losses.push(loss);
            }
            None => groups.push(Group { losses: vec![loss], is_one: true }),
        }
    }
    groups
}

/// A loss in words.
fn said(loss: &LossView) -> Html {
    if loss.told.is_empty() {
        return html! { <span lang="en" dir="auto">{ loss.reason.clone() }</span> };
    }
    let sentence = |told: &minnow_shared::bank::ToldView| {
        let values: Vec<(&str, &str)> =
            NAMES.iter().copied().zip(told.values.iter().map(String::as_str)).collect();
        fill(&text(&format!("loss.{}", told.code)), &values)
    };
    html! { <span>{ loss.told.iter().map(sentence).collect::<Vec<_>>().join(" ") }</span> }
}

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("%{{{name}}}"), value))
}

fn place(loss: &LossView) -> Html {
    html! {
        <>
            if let Some(line) = loss.line { <strong class="num">{ t_with("bank.line", &[("n", &line.to_string())]) }{ " " }</strong> }
            if !loss.item.is_empty() { <bdi class="muted">{ loss.item.clone() }</bdi> }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct LossesProps {
    losses: Vec<LossView>,
}

#[component]
fn Losses(props: &LossesProps) -> Html {
    let all = use_state_eq(|| false);
    let groups = grouped(&props.losses);
    let count = if *all { usize::MAX } else { GROUPS };
    let show = {
        let all = all.setter();
        Callback::from(move |_: MouseEvent| all.set(true))
    };
    html! {
        <div class="stack g2">
            <h3>{ plural("bank.losses", props.losses.len() as u64) }</h3>
            <ul class="losses">{ for groups.iter().take(count).map(group) }</ul>
            if groups.len() > count {
                <button type="button" class="btn btn--sm" onclick={show}>{ t("ui.more") }</button>
            }
        </div>
    }
}

fn group(group: &Group<'_>) -> Html {
    let Some(first) = group.losses.first() else { return html! {} };
    if group.losses.len() == 1 {
        let has_place = first.line.is_some() || !first.item.is_empty();
        return html! { <li>{ place(first) }if has_place { { ": " } }{ said(first) }</li> };
    }
    let rest = group.losses.len().saturating_sub(PLACES);
    html! {
        <li>
            <details>
                <summary>{ said(first) }{ " " }<strong class="num">{ format!("× {}", digits(group.losses.len() as u64)) }</strong></summary>
                <ul class="losses__places">
                    { for group.losses.iter().take(PLACES).map(|loss| html! {
                        <li>{ place(loss) }if !group.is_one { { " " }{ said(loss) } }</li>
                    }) }
                    if rest > 0 { <li class="muted">{ t_with("loss.and_more", &[("a", &digits(rest as u64))]) }</li> }
                </ul>
            </details>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::bank::ToldView;

    fn loss(line: u32, code: &str, value: &str) -> LossView {
        let told = if code.is_empty() {
            Vec::new()
        } else {
            vec![ToldView { code: code.into(), values: vec![value.into()] }]
        };
        LossView { line: Some(line), item: String::new(), reason: format!("{code} {value}"), told }
    }

    #[test]
    fn losses_that_are_told_alike_stand_together_whatever_their_values() {
        let all = [
            loss(1, "sound_named", "a.mp3"),
            loss(2, "out_hints", "GIFT"),
            loss(3, "sound_named", "b.mp3"),
            loss(4, "out_hints", "GIFT"),
            loss(5, "", "a squid"),
        ];
        let groups = grouped(&all);
        let lines: Vec<Vec<Option<u32>>> =
            groups.iter().map(|group| group.losses.iter().map(|loss| loss.line).collect()).collect();
        assert_eq!(lines, [vec![Some(1), Some(3)], vec![Some(2), Some(4)], vec![Some(5)]]);
        assert_eq!(groups.iter().map(|group| group.is_one).collect::<Vec<_>>(), [false, true, true]);
    }

    #[test]
    fn values_stand_where_the_sentence_wants_them() {
        assert_eq!(fill("%{a} to %{b}", &[("a", "2"), ("b", "60")]), "2 to 60");
    }
}

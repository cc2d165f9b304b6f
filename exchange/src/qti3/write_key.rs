//! The key of a question as declarations, interactions and rules of an item.

use super::pictures;
use super::typed::expression;
use super::write::{Draft, attribute, base, set};
use crate::media;
use minnow_shared::grading;
use minnow_shared::question::{
    ChoiceKey, Credit, Fill, GapKey, NumberKey, NumberRange, PairKey, PartKey, Picture, QuestionKey,
    SortedKey, SpotKey, Text, TextRule, TypedKey, UnitKey,
};

const RESPONSE: &str = "RESPONSE";

/// Writes a key into a draft.
///
/// # Errors
/// Why it cannot be said at all.
pub fn key(draft: &mut Draft<'_>, key: &QuestionKey) -> Result<(), String> {
    match key {
        QuestionKey::Choices { choices, multiple, keep_order } => {
            self::choices(draft, choices, *multiple, *keep_order)
        }
        QuestionKey::TrueFalse { is_true, reason_true, reason_false } => {
            let choice = |text: &str, is_right, reason: &Text| ChoiceKey {
                reason: reason.clone(),
                ..ChoiceKey::plain(text, is_right)
            };
            let both = [choice("True", *is_true, reason_true), choice("False", !is_true, reason_false)];
            self::choices(draft, &both, false, true);
        }
        QuestionKey::Numeric { accepted, units, unit_required } => {
            self::units(draft, units, *unit_required);
            numbers(draft, RESPONSE, "SCORE", "ANSWER", accepted, 1.0);
            entry(draft, RESPONSE);
        }
        QuestionKey::Typed { accepted, rule } => {
            typed(draft, RESPONSE, "SCORE", "ANSWER", accepted, *rule, 1.0);
            entry(draft, RESPONSE);
        }
        QuestionKey::Matching { pairs, extra, keep_order } => matching(draft, pairs, extra, *keep_order),
        QuestionKey::Ordering { items } => ordering(draft, items),
        QuestionKey::Categorising { categories, items, keep_order } => {
            categorising(draft, categories, items, *keep_order)
        }
        QuestionKey::Cloze { body, gaps, bank } => cloze(draft, body, gaps, bank),
        QuestionKey::Hotspot { picture, spots, places } => return hotspot(draft, picture, spots, *places),
        QuestionKey::FlashCard { back } => {
            draft.extras.is_card = true;
            open(draft, back, 0, 0);
        }
        QuestionKey::Open { sample, words_min, words_max } => open(draft, sample, *words_min, *words_max),
    }
    Ok(())
}

fn declare(
    draft: &mut Draft<'_>,
    id: &str,
    cardinality: &str,
    base: &str,
    correct: &[String],
    mapping: &str,
) {
    let values: String =
        correct.iter().map(|value| format!("<qti-value>{}</qti-value>", attribute(value))).collect();
    let correct = if values.is_empty() {
        values
    } else {
        format!("<qti-correct-response>{values}</qti-correct-response>")
    };
    draft.responses.push_str(&format!(
        "<qti-response-declaration identifier=\"{id}\" cardinality=\"{cardinality}\" base-type=\"{base}\">{correct}{mapping}</qti-response-declaration>"
    ));
}

fn mapping(entries: &[(String, f64)], bounds: &str, is_cased: Option<bool>) -> String {
    let cased = is_cased.map(|cased| format!(" case-sensitive=\"{cased}\"")).unwrap_or_default();
    let entries: String = entries
        .iter()
        .map(|(key, value)| {
            format!("<qti-map-entry map-key=\"{}\" mapped-value=\"{value}\"{cased}/>", attribute(key))
        })
        .collect();
    format!("<qti-mapping default-value=\"0\"{bounds}>{entries}</qti-mapping>")
}

fn variable(id: &str) -> String {
    format!("<qti-variable identifier=\"{id}\"/>")
}

fn mapped(id: &str) -> String {
    format!("<qti-map-response identifier=\"{id}\"/>")
}

/// Full marks for the correct response, nothing for any other.
fn matched(draft: &mut Draft<'_>) {
    draft.processing.push_str(&format!(
        "<qti-response-condition><qti-response-if><qti-match>{}<qti-correct identifier=\"{RESPONSE}\"/></qti-match>{}</qti-response-if>\
         <qti-response-else>{}</qti-response-else></qti-response-condition>",
        variable(RESPONSE),
        set("SCORE", &base("float", "1")),
        set("SCORE", &base("float", "0"))
    ));
}

/// What is said to each part, by an outcome that repeats the response.
fn mirrored(draft: &mut Draft<'_>, id: &str, cardinality: &str, reasons: &[(String, &Text)]) {
    if reasons.iter().all(|(_, reason)| reason.is_empty()) {
        return;
    }
    let outcome = id.replace(RESPONSE, "FEEDBACK");
    draft.outcome(&outcome, cardinality, "identifier");
    draft.processing.push_str(&set(&outcome, &variable(id)));
    for (identifier, reason) in reasons {
        if !reason.is_empty() {
            draft.modal(&outcome, identifier, reason);
        }
    }
}

fn numbered(kind: &str, place: usize) -> String {
    format!("{kind}_{}", place + 1)
}

fn choices(draft: &mut Draft<'_>, choices: &[ChoiceKey], multiple: bool, keep_order: bool) {
    let ids: Vec<String> = (0..choices.len()).map(|place| numbered("choice", place)).collect();
    let right: Vec<String> =
        ids.iter().zip(choices).filter(|(_, c)| c.is_right).map(|(id, _)| id.clone()).collect();
    let share = 1.0 / right.len().max(1) as f64;
    let is_plain = choices.iter().all(|choice| choice.credit.is_none());
    let worth = |choice: &ChoiceKey| match choice.credit {
        Some(credit) => credit.share(),
        None if multiple => {
            if choice.is_right {
                share
            } else {
                -share
            }
        }
        None => f64::from(u8::from(choice.is_right)),
    };
    let entries: Vec<(String, f64)> = ids.iter().cloned().zip(choices.iter().map(worth)).collect();
    let cardinality = if multiple { "multiple" } else { "single" };
    let bounds = if multiple { " lower-bound=\"0\" upper-bound=\"1\"" } else { "" };
    let is_matched = is_plain && !multiple;
    let map = if is_matched { String::new() } else { mapping(&entries, bounds, None) };
    declare(draft, RESPONSE, cardinality, "identifier", &right, &map);
    if is_matched {
        matched(draft)
    } else {
        draft.processing.push_str(&set("SCORE", &mapped(RESPONSE)))
    }
    let reasons: Vec<(String, &Text)> =
        ids.iter().cloned().zip(choices.iter().map(|choice| &choice.reason)).collect();
    mirrored(draft, RESPONSE, cardinality, &reasons);
    let mut inside = String::new();
    for (id, choice) in ids.iter().zip(choices) {
        inside.push_str(&format!(
            "<qti-simple-choice identifier=\"{id}\">{}</qti-simple-choice>",
            draft.held(&choice.text)
        ));
    }
    draft.body.push_str(&format!(
        "<qti-choice-interaction response-identifier=\"{RESPONSE}\" max-choices=\"{}\" shuffle=\"{}\">{inside}</qti-choice-interaction>",
        u8::from(!multiple),
        !keep_order
    ));
}

fn entry(draft: &mut Draft<'_>, id: &str) {
    draft.body.push_str(&format!("<div><qti-text-entry-interaction response-identifier=\"{id}\"/></div>"));
}

fn units(draft: &mut Draft<'_>, units: &[UnitKey], is_required: bool) {
    if !units.is_empty() {
        draft.losses.push("its units: only Minnow reads them there".into());
    }
    draft.extras.units = units.to_vec();
    draft.extras.unit_required = is_required;
}

/// The best go first, as the first rule that fits is the one that counts; where each stood is kept.
fn best_first<'k, T>(
    draft: &mut Draft<'_>,
    id: &str,
    accepted: &'k [T],
    credit: impl Fn(&T) -> Credit,
) -> Vec<&'k T> {
    let mut order: Vec<(usize, &T)> = accepted.iter().enumerate().collect();
    order.sort_by_key(|(_, key)| std::cmp::Reverse(credit(key)));
    if order.iter().enumerate().any(|(now, (before, _))| now != *before) {
        draft.extras.places.insert(id.to_owned(), order.iter().map(|(before, _)| *before).collect());
    }
    order.into_iter().map(|(_, key)| key).collect()
}

/// A chain of rules: the first test that holds gives its points and says what is said.
fn chain(draft: &mut Draft<'_>, score: &str, answer: &str, rules: &[(String, f64, &Text)]) {
    if rules.iter().any(|(_, _, reason)| !reason.is_empty()) {
        draft.outcome(answer, "single", "identifier");
    }
    let mut out = String::new();
    for (place, (test, points, reason)) in rules.iter().enumerate() {
        let branch = if place == 0 { "qti-response-if" } else { "qti-response-else-if" };
        let identifier = numbered("answer", place);
        let said =
            if reason.is_empty() { String::new() } else { set(answer, &base("identifier", &identifier)) };
        out.push_str(&format!(
            "<{branch}>{test}{}{said}</{branch}>",
            set(score, &base("float", &points.to_string()))
        ));
        if !reason.is_empty() {
            draft.modal(answer, &identifier, reason);
        }
    }
    draft.processing.push_str(&format!("<qti-response-condition>{out}</qti-response-condition>"));
}

fn numbers(draft: &mut Draft<'_>, id: &str, score: &str, answer: &str, accepted: &[NumberKey], weight: f64) {
    let it = variable(id);
    let value = |number: f64| base("float", &number.to_string());
    let test = |range: NumberRange| match range {
        NumberRange::Tolerance { value: number, tolerance: 0.0 } => {
            format!("<qti-equal tolerance-mode=\"exact\">{it}{}</qti-equal>", value(number))
        }
        NumberRange::Tolerance { value: number, tolerance } => format!(
            "<qti-equal tolerance-mode=\"absolute\" tolerance=\"{tolerance} {tolerance}\">{it}{}</qti-equal>",
            value(number)
        ),
        NumberRange::Share { value: number, share } => {
            let percent = percent(share);
            format!(
                "<qti-equal tolerance-mode=\"relative\" tolerance=\"{percent} {percent}\">{it}{}</qti-equal>",
                value(number)
            )
        }
        NumberRange::Bounds { low, high } => {
            format!(
                "<qti-and><qti-gte>{it}{}</qti-gte><qti-lte>{it}{}</qti-lte></qti-and>",
                value(low),
                value(high)
            )
        }
        NumberRange::Any => format!("<qti-not><qti-is-null>{it}</qti-is-null></qti-not>"),
    };
    let sorted = best_first(draft, id, accepted, |key| key.credit);
    let rules: Vec<_> =
        sorted.iter().map(|key| (test(key.range), key.credit.share() * weight, &key.reason)).collect();
    let shown = sorted.iter().find_map(|key| grading::number::shown(key.range));
    declare(
        draft,
        id,
        "single",
        "float",
        &shown.map(|value| value.to_string()).into_iter().collect::<Vec<_>>(),
        "",
    );
    chain(draft, score, answer, &rules);
}

/// A share in per cent, its digits untouched.
fn percent(share: f64) -> String {
    let written = format!("{share:e}");
    let (digits, power) = written.split_once('e').unwrap_or((&written, "0"));
    format!("{digits}e{}", power.parse::<i32>().unwrap_or(0) + 2)
}

/// Whether the score is kept in the mapping; otherwise in `score`.
fn typed(
    draft: &mut Draft<'_>,
    id: &str,
    score: &str,
    answer: &str,
    accepted: &[TypedKey],
    rule: TextRule,
    weight: f64,
) -> bool {
    draft.extras.rules.insert(id.to_owned(), rule);
    if rule.typos || !rule.accents {
        draft.losses.push("that slips and missing accents are forgiven: only Minnow reads it there".into());
    }
    let best = accepted.iter().filter(|key| !key.is_pattern).max_by_key(|key| key.credit);
    let shown: Vec<String> = best.map(|key| key.text.clone()).into_iter().collect();
    let is_mapped = accepted.iter().all(|key| !key.is_pattern && key.reason.is_empty());
    if is_mapped {
        let entries: Vec<_> =
            accepted.iter().map(|key| (key.text.clone(), key.credit.share() * weight)).collect();
        declare(draft, id, "single", "string", &shown, &mapping(&entries, "", Some(rule.case)));
        if score == "SCORE" {
            draft.processing.push_str(&set("SCORE", &mapped(id)));
        }
        return true;
    }
    declare(draft, id, "single", "string", &shown, "");
    let it = variable(id);
    let test = |key: &TypedKey| {
        if key.is_pattern {
            format!(
                "<qti-pattern-match pattern=\"{}\">{it}</qti-pattern-match>",
                attribute(&expression(&key.text))
            )
        } else {
            format!(
                "<qti-string-match case-sensitive=\"{}\">{it}{}</qti-string-match>",
                rule.case,
                base("string", &key.text)
            )
        }
    };
    let sorted = best_first(draft, id, accepted, |key| key.credit);
    let rules: Vec<_> =
        sorted.iter().map(|key| (test(key), key.credit.share() * weight, &key.reason)).collect();
    chain(draft, score, answer, &rules);
    false
}

fn associable(draft: &mut Draft<'_>, id: &str, text: &Text, most: usize) -> String {
    let held = draft.held(text);
    format!(
        "<qti-simple-associable-choice identifier=\"{id}\" match-max=\"{most}\">{held}</qti-simple-associable-choice>"
    )
}

fn match_interaction(
    draft: &mut Draft<'_>,
    pairs: &[(String, f64)],
    left: &str,
    right: &str,
    keep_order: bool,
    most: f64,
) {
    let correct: Vec<String> = pairs.iter().map(|(pair, _)| pair.clone()).collect();
    declare(draft, RESPONSE, "multiple", "directedPair", &correct, &mapping(pairs, "", None));
    draft.most = Some(most);
    draft.processing.push_str(&set("SCORE", &mapped(RESPONSE)));
    draft.body.push_str(&format!(
        "<qti-match-interaction response-identifier=\"{RESPONSE}\" max-associations=\"0\" shuffle=\"{}\"><qti-simple-match-set>{left}</qti-simple-match-set><qti-simple-match-set>{right}</qti-simple-match-set></qti-match-interaction>",
        !keep_order
    ));
}

fn matching(draft: &mut Draft<'_>, pairs: &[PairKey], extra: &[PartKey], keep_order: bool) {
    // Right sides that read the same are one, which may be taken as often as it is right.
    let mut rights: Vec<(&Text, usize)> = Vec::new();
    let mut entries = Vec::new();
    let mut left = String::new();
    for (place, pair) in pairs.iter().enumerate() {
        let home = match rights.iter().position(|(text, _)| **text == pair.right) {
            Some(home) => home,
            None => {
                rights.push((&pair.right, 0));
                rights.len() - 1
            }
        };
        if let Some((_, uses)) = rights.get_mut(home) {
            *uses += 1;
        }
        entries.push((format!("{} {}", numbered("left", place), numbered("right", home)), 1.0));
        left.push_str(&associable(draft, &numbered("left", place), &pair.left, 1));
    }
    rights.extend(extra.iter().map(|part| (&part.text, 1)));
    let mut right = String::new();
    for (place, (text, uses)) in rights.into_iter().enumerate() {
        right.push_str(&associable(draft, &numbered("right", place), text, uses));
    }
    match_interaction(draft, &entries, &left, &right, keep_order, pairs.len() as f64);
}

fn categorising(draft: &mut Draft<'_>, categories: &[PartKey], items: &[SortedKey], keep_order: bool) {
    let mut entries = Vec::new();
    let (mut left, mut right) = (String::new(), String::new());
    for (place, item) in items.iter().enumerate() {
        let share = 1.0 / item.categories.len().max(1) as f64;
        let homes = item.categories.iter();
        entries.extend(homes.map(|home| {
            (format!("{} {}", numbered("left", place), numbered("right", usize::from(*home))), share)
        }));
        left.push_str(&associable(draft, &numbered("left", place), &item.text, 0));
    }
    for (place, category) in categories.iter().enumerate() {
        right.push_str(&associable(draft, &numbered("right", place), &category.text, 0));
    }
    let most = items.iter().filter(|item| !item.categories.is_empty()).count().max(1);
    match_interaction(draft, &entries, &left, &right, keep_order, most as f64);
}

fn ordering(draft: &mut Draft<'_>, items: &[PartKey]) {
    let ids: Vec<String> = (0..items.len()).map(|place| numbered("item", place)).collect();
    declare(draft, RESPONSE, "ordered", "identifier", &ids, "");
    matched(draft);
    draft.losses.push("a part of the right order earns nothing in other systems".into());
    let mut inside = String::new();
    for (id, item) in ids.iter().zip(items) {
        inside.push_str(&format!(
            "<qti-simple-choice identifier=\"{id}\">{}</qti-simple-choice>",
            draft.held(&item.text)
        ));
    }
    draft.body.push_str(&format!(
        "<qti-order-interaction response-identifier=\"{RESPONSE}\" shuffle=\"true\">{inside}</qti-order-interaction>"
    ));
}

fn open(draft: &mut Draft<'_>, sample: &Text, words_min: u16, words_max: u16) {
    declare(draft, RESPONSE, "single", "string", &[], "");
    draft.most = None;
    if words_min > 0 || words_max > 0 {
        draft.extras.length = Some((words_min, words_max));
        draft.losses.push("how many words are asked for: only Minnow reads it there".into());
    }
    draft.body.push_str(&format!("<qti-extended-text-interaction response-identifier=\"{RESPONSE}\"/>"));
    if !sample.is_empty() {
        let held = draft.held(sample);
        draft.body.push_str(&format!(
            "<qti-rubric-block class=\"{}\" use=\"scoring\" view=\"scorer\"><qti-content-body><div>{held}</div></qti-content-body></qti-rubric-block>",
            super::item::SAMPLE
        ));
    }
}

fn hotspot(draft: &mut Draft<'_>, picture: &Picture, spots: &[SpotKey], places: u8) -> Result<(), String> {
    let bytes =
        picture.source.strip_prefix("media:").and_then(draft.media).ok_or("its picture is not kept here")?;
    let (width, height) = if picture.width > 0 && picture.height > 0 {
        (picture.width, picture.height)
    } else {
        draft.extras.unsized_picture = true;
        media::size_of(&bytes).unwrap_or((1_000, 1_000))
    };
    let address = draft.picture(&picture.source);
    let ids: Vec<String> = (0..spots.len()).map(|place| numbered("spot", place)).collect();
    let right: Vec<String> =
        ids.iter().zip(spots).filter(|(_, spot)| spot.is_right).map(|(id, _)| id.clone()).collect();
    let share = 1.0 / f64::from(places.max(1));
    let entries: Vec<(String, f64)> = right.iter().map(|id| (id.clone(), share)).collect();
    let map = mapping(&entries, " lower-bound=\"0\" upper-bound=\"1\"", None);
    declare(draft, RESPONSE, "multiple", "identifier", &right, &map);
    draft.processing.push_str(&set("SCORE", &mapped(RESPONSE)));
    let reasons: Vec<(String, &Text)> =
        ids.iter().cloned().zip(spots.iter().map(|spot| &spot.reason)).collect();
    mirrored(draft, RESPONSE, "multiple", &reasons);
    draft.extras.shapes = spots.iter().map(|spot| spot.shape.clone()).collect();
    let size = (f64::from(width), f64::from(height));
    let choices: String = ids
        .iter()
        .zip(spots)
        .map(|(id, spot)| {
            let (shape, coords) = pictures::written(&spot.shape, size);
            format!("<qti-hotspot-choice identifier=\"{id}\" shape=\"{shape}\" coords=\"{coords}\"/>")
        })
        .collect();
    draft.body.push_str(&format!(
        "<qti-hotspot-interaction response-identifier=\"{RESPONSE}\" max-choices=\"{places}\"><img src=\"{}\" alt=\"{}\" width=\"{width}\" height=\"{height}\"/>{choices}</qti-hotspot-interaction>",
        attribute(&address),
        attribute(&picture.alt)
    ));
    Ok(())
}

fn cloze(draft: &mut Draft<'_>, body: &Text, gaps: &[GapKey], bank: &[PartKey]) {
    let mut held = draft.held(body);
    draft.extras.weights = gaps.iter().map(|gap| gap.weight).collect();
    draft.most = Some(gaps.iter().map(|gap| f64::from(gap.weight)).sum());
    if gaps.iter().all(|gap| matches!(gap.fill, Fill::Dragging { .. })) {
        return bank_cloze(draft, held, gaps, bank);
    }
    let mut parts = String::new();
    for (place, gap) in gaps.iter().enumerate() {
        let id = numbered(RESPONSE, place);
        let score = numbered("SCORE", place);
        let weight = f64::from(gap.weight);
        let answer = numbered("ANSWER", place);
        let is_mapped = match &gap.fill {
            Fill::Typing { accepted, rule } => typed(draft, &id, &score, &answer, accepted, *rule, weight),
            Fill::Number { accepted } => {
                numbers(draft, &id, &score, &answer, accepted, weight);
                false
            }
            Fill::Choosing { .. } | Fill::Dragging { .. } => true,
        };
        let element = match &gap.fill {
            Fill::Typing { .. } | Fill::Number { .. } => {
                format!("<qti-text-entry-interaction response-identifier=\"{id}\"/>")
            }
            Fill::Choosing { choices, keep_order } => inline_choice(draft, &id, choices, *keep_order, weight),
            Fill::Dragging { right } => {
                draft
                    .losses
                    .push("words to be dragged became lists, as other gaps are typed or chosen".into());
                let choice = |(place, part): (usize, &PartKey)| {
                    ChoiceKey::plain(
                        part.text.clone(),
                        right.iter().any(|right| usize::from(*right) == place),
                    )
                };
                let choices: Vec<ChoiceKey> = bank.iter().enumerate().map(choice).collect();
                inline_choice(draft, &id, &choices, false, weight)
            }
        };
        if is_mapped {
            parts.push_str(&mapped(&id));
        } else {
            draft.outcome(&score, "single", "float");
            parts.push_str(&variable(&score));
        }
        held = held.replace(&format!("[[{}]]", place + 1), &element);
    }
    draft.processing.push_str(&set("SCORE", &format!("<qti-sum>{parts}</qti-sum>")));
    draft.body.push_str(&format!("<div class=\"minnow-body\">{held}</div>"));
}

fn inline_choice(
    draft: &mut Draft<'_>,
    id: &str,
    choices: &[ChoiceKey],
    keep_order: bool,
    weight: f64,
) -> String {
    let ids: Vec<String> = (0..choices.len()).map(|place| numbered("choice", place)).collect();
    let worth = |choice: &ChoiceKey| match choice.credit {
        Some(credit) => credit.share() * weight,
        None => f64::from(u8::from(choice.is_right)) * weight,
    };
    let entries: Vec<(String, f64)> = ids.iter().cloned().zip(choices.iter().map(worth)).collect();
    let right = ids.iter().zip(choices).find(|(_, choice)| choice.is_right).map(|(id, _)| id.clone());
    declare(
        draft,
        id,
        "single",
        "identifier",
        &right.into_iter().collect::<Vec<_>>(),
        &mapping(&entries, "", None),
    );
    let reasons: Vec<(String, &Text)> =
        ids.iter().cloned().zip(choices.iter().map(|choice| &choice.reason)).collect();
    mirrored(draft, id, "single", &reasons);
    let mut inside = String::new();
    for (choice_id, choice) in ids.iter().zip(choices) {
        inside.push_str(&format!(
            "<qti-inline-choice identifier=\"{choice_id}\">{}</qti-inline-choice>",
            draft.inline(&format!("{id} {choice_id}"), &choice.text)
        ));
    }
    format!(
        "<qti-inline-choice-interaction response-identifier=\"{id}\" shuffle=\"{}\">{inside}</qti-inline-choice-interaction>",
        !keep_order
    )
}

fn bank_cloze(draft: &mut Draft<'_>, mut held: String, gaps: &[GapKey], bank: &[PartKey]) {
    let mut entries = Vec::new();
    for (place, gap) in gaps.iter().enumerate() {
        let name = numbered("gap", place);
        if let Fill::Dragging { right } = &gap.fill {
            let pair = |word: &u16| {
                (format!("{} {name}", numbered("word", usize::from(*word))), f64::from(gap.weight))
            };
            entries.extend(right.iter().map(pair));
        }
        held = held.replace(&format!("[[{}]]", place + 1), &format!("<qti-gap identifier=\"{name}\"/>"));
    }
    let correct: Vec<String> = entries.iter().map(|(pair, _)| pair.clone()).collect();
    declare(draft, RESPONSE, "multiple", "directedPair", &correct, &mapping(&entries, "", None));
    draft.processing.push_str(&set("SCORE", &mapped(RESPONSE)));
    let mut words = String::new();
    for (place, part) in bank.iter().enumerate() {
        let text = draft.inline(&numbered("word", place), &part.text);
        words.push_str(&format!(
            "<qti-gap-text identifier=\"{}\" match-max=\"0\">{text}</qti-gap-text>",
            numbered("word", place)
        ));
    }
    draft.body.push_str(&format!(
        "<qti-gap-match-interaction response-identifier=\"{RESPONSE}\" shuffle=\"true\">{words}<div>{held}</div></qti-gap-match-interaction>"
    ));
}

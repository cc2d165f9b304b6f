//! What was lost, as a closed list: a reason in English sentences becomes codes with their values, so that an app can tell it
//! in its reader's language. Readers and writers keep saying what was lost in plain English; what the list does not know is
//! told as it was said.

/// A sentence of a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// From the closed list, as `left_out`.
    pub code: &'static str,
    /// What stands in it: names, numbers, words of the file, in order.
    pub values: Vec<String>,
}

/// What may stand in a gap of a sentence: `{}` a value; `{>}` another reason, at the end; `{~}` words of others, not told.
/// Without a code only the reason at the end is told.
type Sentence = (&'static str, &'static str);

/// Reasons that hold another.
const AROUND: &[Sentence] = &[
    ("the question is left out: {>}", "left_out"),
    ("it was left out: {>}", "left_out"),
    ("the row is left out: {>}", "left_out"),
    ("nothing of the file can be read: {>}", "file_unread"),
    ("the archive: {>}", "archive"),
    ("its picture: {>}", "picture"),
    ("the picture {} is not carried over: {>}", "picture_named"),
    ("the picture is not carried over: {>}", "picture"),
];

/// The fields that a check names before what is wrong with them.
const FIELDS: &[&str] = &[
    "name",
    "stem",
    "reason",
    "verdicts",
    "tries",
    "hints",
    "tags",
    "category",
    "source_id",
    "choices",
    "reason_true",
    "reason_false",
    "accepted",
    "units",
    "pairs",
    "extra",
    "items",
    "categories",
    "body",
    "gaps",
    "bank",
    "weight",
    "picture",
    "spots",
    "places",
    "back",
    "sample",
    "words_max",
];

/// Everything else, with its code.
const PLAIN: &[Sentence] = &[
    // The file as a whole.
    ("it is empty", "empty"),
    ("it is no text in UTF-8, UTF-16 or Latin-1", "no_text"),
    ("it is none of the formats known: {~}", "unknown_format"),
    ("no question is in it", "no_question"),
    ("there is no question in it", "no_question"),
    ("there is no note in it", "no_question"),
    ("there is no QTI item in it", "no_question"),
    ("there is no element in it", "no_question"),
    ("there is no Anki collection in it", "no_collection"),
    ("there is no h5p.json in it", "package_incomplete"),
    ("there is no content/content.json in it", "package_incomplete"),
    ("its collection cannot be read: {~}", "collection_broken"),
    ("its collection is no SQLite database", "collection_broken"),
    ("an old one that only says so", "collection_new"),
    ("it is QTI 1.2, which is not read: {~}", "qti_old"),
    ("it is a package of QTI 1.2, which is not read: {~}", "qti_old"),
    ("it is a test, which only names its items: import the package it belongs to", "qti_test"),
    ("it is a text that items share, and asks nothing itself", "asks_nothing"),
    ("it is no H5P content of a kind that is known", "kind_unknown"),
    ("it is no JSON: {~}", "broken"),
    ("it is no well-formed XML: {~}", "broken"),
    ("the XML is broken here: {~}", "broken"),
    ("the manifest is broken: {~}", "manifest_broken"),
    ("the file ends inside a question", "cut_off"),
    ("it is cut off or broken", "broken"),
    ("it is beyond a limit", "limit"),
    ("it has more than {}", "more_than"),
    ("it unpacks to more than {}", "unpacks_to"),
    ("a part of it unpacks to more than {}", "unpacks_to"),
    ("what was unpacked has more than {}", "unpacks_to"),
    ("a part of it is packed in a way that cannot be read", "packed"),
    ("it is packed in a way that is not read", "packed"),
    ("two entries have the same name", "archive_odd"),
    ("entries overlap", "archive_odd"),
    ("an entry has no name, or a very long one", "archive_odd"),
    ("there are more than {}", "more_than"),
    ("notes after the first {} were left out", "after_first"),
    ("and {} more that are not told one by one", "and_more"),
    ("{} is read, not written", "read_only"),
    ("no column is named question", "no_question_column"),
    ("a quote in it is not closed", "quote_open"),
    // What a question lacks.
    ("it has no question", "no_stem"),
    ("it has no answer", "no_answer"),
    ("it has no ANSWER line", "no_answer"),
    ("it has no choices", "no_choices"),
    ("no answer earns anything", "no_right"),
    ("no answer is right", "no_right"),
    ("no choice is right", "no_right"),
    ("no number is right", "no_right"),
    ("no place is right", "no_right"),
    ("no number is given", "no_answer"),
    ("{} is no number", "no_number"),
    ("neither true nor false is right", "no_right"),
    ("it does not say which answer is right", "no_right"),
    ("it does not say which answers are right", "no_right"),
    ("it does not say which pairs are right", "no_right"),
    ("it does not say the right order", "no_right"),
    ("it does not say whether it is true", "no_right"),
    ("its right answer is none of its choices", "right_unknown"),
    ("no choice has the letter {}", "right_unknown"),
    ("{} is none of the choices", "right_unknown"),
    ("exactly one choice is right", "several_right"),
    ("two choices read the same", "same_twice"),
    ("two left sides read the same", "same_twice"),
    ("two of them read the same", "same_twice"),
    ("at least {} characters{~}", "missing_words"),
    ("at most {} characters", "too_long"),
    ("at most {} bytes of markup", "too_long_markup"),
    ("{} to {} of them", "how_many"),
    ("its text is too long", "too_long_plain"),
    ("its front is empty", "no_stem"),
    ("the answers have no closing brace", "no_brace"),
    ("gap {} has no word", "gap_empty"),
    ("the gap `{}` has no right word", "gap_empty"),
    ("it has no gap", "no_gap"),
    ("no embedded answer is in it", "no_gap"),
    ("it has no picture", "no_picture"),
    ("there is no picture in it", "no_picture"),
    ("it asks nothing: there is no interaction in it", "asks_nothing"),
    ("there is nothing to show in it", "asks_nothing"),
    ("its response is not declared", "broken_item"),
    ("its response is not typed", "broken_item"),
    ("it does not say its type", "broken_item"),
    ("its type is not in the package", "broken_item"),
    ("its type has no template", "broken_item"),
    ("its file is not there", "file_missing"),
    ("the text it shares with other items is not in the file", "file_missing"),
    ("the test is not there or broken: its order and sections were left out", "order_lost"),
    // Kinds that are not known.
    ("the type {} is not known here", "kind_named"),
    ("there is no question like it here ({})", "kind_named"),
    ("there is no question like it here", "kind_unknown"),
    ("content of this kind is not read ({})", "kind_named"),
    ("it is no question (Image)", "no_question_kind"),
    ("it is no question ({})", "no_question_kind"),
    ("an embedded answer of the unknown kind {}", "kind_named"),
    ("its numbers are drawn anew for each learner, which is not known here", "random"),
    ("its values are made at random each time", "random"),
    ("it makes its sums by chance", "random"),
    ("it shows values that are worked out", "random"),
    ("variables for random values", "random"),
    ("pictures and words dragged onto a picture are not known here", "drag_picture"),
    ("its zones are told by their place on a picture, not by words", "drag_picture"),
    ("it has too many things to drag, or zones", "limit"),
    ("it has too many places", "limit"),
    ("parts of a picture are hidden there (image occlusion)", "occlusion"),
    ("it has answers in more than one place, which GIFT does not know", "two_places"),
    ("it has several markers, each with places of its own", "markers"),
    ("interactions that do not fit one question stand together: {~}", "several_kinds"),
    ("several choices of a list stand beside other interactions", "several_kinds"),
    ("a word is to be marked in one place and not in another", "several_kinds"),
    ("it has two banks of words", "several_kinds"),
    ("it has not two sets to match", "broken_item"),
    ("a questionnaire has no right answers", "no_right"),
    ("words without a question before them", "words_alone"),
    ("a text without a question has no place among questions", "words_alone"),
    ("a choice without a question before it", "words_alone"),
    ("an answer without a question before it", "words_alone"),
    ("invalid type: {~}", "broken_item"),
    ("missing field {~}", "broken_item"),
    ("data did not match any {~}", "broken_item"),
    ("<{~}> is no QTI item", "asks_nothing"),
    ("<{}> is no element known; its words are kept", "element"),
    ("<{}> was taken out", "element"),
    ("the words before the first answer are left out: {}", "words_left"),
    // Pictures, sounds, formulas.
    ("it is no PNG, JPEG, GIF, WebP or AVIF picture", "picture_kind"),
    ("it is not in the file", "picture_missing"),
    ("it is not in the archive", "picture_missing"),
    ("it is not in the package", "picture_missing"),
    ("its picture is not in the file", "picture_missing"),
    ("the picture {} is not in the file", "picture_named_missing"),
    ("the picture {} is not there", "picture_named_missing"),
    ("the picture `{}` is not kept here any more", "picture_named_missing"),
    ("the picture {} does not fit into a table", "picture_no_place"),
    ("its picture is not kept here", "picture_missing"),
    ("its picture is broken", "picture_broken"),
    ("its base64 is broken", "picture_broken"),
    ("its data: address is broken", "picture_broken"),
    ("its data: address is not in base64", "picture_broken"),
    ("the size of its picture is not known", "picture_broken"),
    ("it lies on another server and is not fetched", "picture_elsewhere"),
    ("the pictures together have more than {}", "pictures_large"),
    ("the picture behind the zones was left out", "picture_behind"),
    ("a sound was left out", "sound"),
    ("the sound {} was left out", "sound_named"),
    ("the video itself was left out: bring it as a clip", "video"),
    ("an object ({}) was left out", "object"),
    ("the formula {} stays as TeX: {~}", "formula"),
    ("LaTeX that is more than a formula stays as it is written", "formula_more"),
    ("the link to {} was taken out: only web and mail addresses are kept", "link"),
    ("markup nested too deep was taken out", "markup_deep"),
    // What stays behind of a question that comes along.
    ("a wrong choice that is there twice is taken once", "twice_once"),
    (
        "several choices are right where one is to be taken: the first was kept as the right one",
        "first_right",
    ),
    ("choices that have no place in the right order were left out", "order_spare"),
    ("each right one counts the same, each wrong one against it", "scored_evenly"),
    ("shares that are not simply even", "scored_evenly"),
    ("gaps are worth differently there, and the same here", "scored_evenly"),
    ("pairs are worth differently there, and the same here", "scored_evenly"),
    ("it is scored all or nothing there, and here {~}", "scored_parts"),
    ("a part of the right order earns nothing in other systems", "scored_parts"),
    ("custom scoring was read as: the correct response is right", "scored_own"),
    ("custom scoring ({~}) was read as: the correct response is right", "scored_own"),
    ("a wrong unit costs everything here, not a part", "unit_costs"),
    ("feedback for more than three ranges of points was left out", "feedback_ranges"),
    ("what is said to a right and a wrong word was left out", "feedback_lost"),
    ("what is said to who does not take a choice was left out", "feedback_lost"),
    ("what is said to who meets no place was left out", "feedback_lost"),
    ("when `{~}` is said is not understood", "feedback_lost"),
    ("a tip on the back of a card was left out", "tips_lost"),
    ("more than {} tips", "tips_lost"),
    ("a note for {~} was left out", "note_lost"),
    ("tags after the first {} were left out", "tags_after"),
    ("files cannot be attached to an answer here", "attachments"),
    ("marking by key words was left out: peers read the answer here", "keywords"),
    ("the beginning that learners would find in their answer is not carried over", "beginning"),
    ("the least number of letters was left out", "least_letters"),
    ("what stands above the question ({~}) was left out", "above"),
    ("words that stand in the scene were left out", "above"),
    ("that it came at {} of the video", "video_moment"),
    ("when its cards are due was left out: everybody starts afresh here", "schedule"),
    ("support for accessibility beside the text", "access"),
    ("a slider became a number that is typed", "became_number"),
    ("words to be dragged became lists, as other gaps are typed or chosen", "became_lists"),
    ("words to be marked in a text became choices below it", "became_choices"),
    ("words of all groups can be dragged into every gap here", "groups_joined"),
    ("of gaps in one another only the inner one is asked", "inner_gap"),
    ("pairs without sides got a left and a right side", "sides_made"),
    ("it is adaptive: only its first step is read", "adaptive"),
    ("what Minnow keeps in it is broken: it is read as any card", "own_broken"),
    ("the row was changed by hand: what only its last column said is lost", "row_changed"),
    ("a question of the kind {} is read from its last column alone", "kind_column"),
    ("the rest was left out: its templates are too long for so many notes", "limit"),
    // What a format has no place for, on the way out.
    ("what is said to every right, partly right or wrong answer has no place in {}", "out_verdicts"),
    ("hints have no place in {}", "out_hints"),
    ("units have no place in {}", "out_units"),
    ("a sample answer has no place in {}", "out_sample"),
    ("a least or most number of words has no place in {}", "out_word_count"),
    ("how it is asked (tries, penalty, when feedback comes, certainty) has no place in {}", "out_asking"),
    (
        "how it is asked (tries, penalty, when feedback comes, certainty) is a matter of the quiz in {}",
        "out_asking",
    ),
    ("how typed answers are compared (capitals, accents, slips) has no place in {}", "out_compare"),
    ("Moodle compares accents and forgives no slip in typed answers", "out_compare_moodle"),
    ("the order of the choices is not kept in {}", "out_order"),
    ("the order of the pairs is not kept in {}", "out_order"),
    ("the markup of right sides has no place in {}", "out_markup"),
    ("right sides have no markup in {}", "out_markup"),
    ("a tolerance that is a share of the value is written as a number", "out_tolerance"),
    ("GIFT knows no {~}", "out_kind"),
    ("Aiken knows nothing but choices", "out_kind"),
    ("Aiken has letters for 26 choices", "out_letters"),
    (
        "Aiken carries a question, its choices and the right one, in words alone: the rest is lost",
        "out_aiken",
    ),
    (
        "several right choices are no standard in Aiken: other systems may refuse the question",
        "out_several_right",
    ),
    ("Moodle has no flash cards: written as an essay", "out_as_essay"),
    ("Moodle has no sorting into categories: written as matching", "out_as_matching"),
    ("Moodle says nothing to every right or wrong answer of this kind", "out_verdicts_kind"),
    ("Moodle's XML has no places on a picture with words of their own", "out_kind"),
    ("gaps of different kinds in one text", "out_kind"),
    ("what is asked stands before the text in Moodle", "out_stem_first"),
    ("words beside the gaps have no place in Moodle", "out_bank_words"),
    ("a gap has one right word and the weight of every other in Moodle", "out_gap_word"),
    ("something in it is not said in Moodle's words", "out_comes_back"),
    ("a text does not come back from GIFT as it is", "out_comes_back"),
    ("something in it comes back changed from GIFT", "out_comes_back"),
    (
        "in Anki every question is a card that learners mark themselves: its kind is kept for Minnow only",
        "out_anki",
    ),
    ("{~}: only Minnow reads it there", "out_only_minnow"),
    ("{~}: only Minnow reads them there", "out_only_minnow"),
    ("{} was left out", "part_left"),
    ("{} were left out", "part_left"),
];

/// The sentences of a reason; nothing where the list does not know all of it.
pub fn of(reason: &str) -> Vec<Told> {
    let mut told = Vec::new();
    if tell(reason.trim(), &mut told, 4) { told } else { Vec::new() }
}

fn tell(reason: &str, told: &mut Vec<Told>, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    for (sentence, code) in AROUND {
        let Some((values, rest)) = matched(sentence, reason) else { continue };
        told.push(Told { code, values });
        return rest.is_some_and(|rest| tell(rest, told, depth - 1));
    }
    if let Some((field, detail)) = reason.split_once(": ")
        && FIELDS.contains(&field)
    {
        return tell(detail, told, depth - 1);
    }
    // Said the other way round where a format cannot hold a question.
    if let Some(why) = reason.strip_suffix(": the question is left out") {
        told.push(Told { code: "left_out", values: Vec::new() });
        return tell(why, told, depth - 1);
    }
    for (sentence, code) in PLAIN {
        if let Some((values, _)) = matched(sentence, reason) {
            told.push(Told { code, values });
            return true;
        }
    }
    false
}

/// The values in a reason that reads as a sentence, and the reason at its end.
fn matched<'r>(sentence: &str, reason: &'r str) -> Option<(Vec<String>, Option<&'r str>)> {
    let (mut values, mut rest_told) = (Vec::new(), None);
    let (mut sentence, mut rest) = (sentence, reason);
    while let Some((literal, tail)) = sentence.split_once('{') {
        rest = rest.strip_prefix(literal)?;
        let (mark, after) = tail.split_once('}')?;
        let literal = after.split('{').next().unwrap_or_default();
        let end = if after.is_empty() { rest.len() } else { rest.find(literal)? };
        let (value, next) = rest.split_at_checked(end)?;
        match mark {
            ">" => rest_told = Some(value),
            "~" => {}
            _ if value.is_empty() => return None,
            _ => values.push(value.trim().to_owned()),
        }
        (sentence, rest) = (after, next);
    }
    (sentence == rest).then_some((values, rest_told))
}

/// Every code there is, each once.
pub fn codes() -> Vec<&'static str> {
    let mut all: Vec<&str> = AROUND.iter().chain(PLAIN).map(|(_, code)| *code).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;

    fn told(reason: &str) -> Vec<(&'static str, Vec<String>)> {
        of(reason).into_iter().map(|one| (one.code, one.values)).collect()
    }

    #[test]
    fn a_reason_is_told_sentence_by_sentence_with_its_values() {
        assert_eq!(
            told("the question is left out: choices: no choice is right"),
            [("left_out", vec![]), ("no_right", vec![])]
        );
        assert_eq!(
            told("the picture leaf.png is not carried over: it is not in the file"),
            [("picture_named", vec!["leaf.png".into()]), ("picture_missing", vec![])]
        );
        assert_eq!(told("the sound hund.mp3 was left out"), [("sound_named", vec!["hund.mp3".into()])]);
        assert_eq!(
            told("GIFT knows no places on a picture: the question is left out"),
            [("left_out", vec![]), ("out_kind", vec![])]
        );
        assert_eq!(told("2 to 60 of them"), [("how_many", vec!["2".into(), "60".into()])]);
    }

    #[test]
    fn what_the_list_does_not_know_is_not_told_by_half() {
        assert_eq!(told("the question is left out: a squid sat on it"), []);
        assert_eq!(told("anything at all"), []);
        assert_eq!(told(""), []);
    }

    /// Every loss of the banks of others, in and out, has its code.
    #[test]
    fn the_losses_of_real_banks_are_all_known() {
        let Some(content) = std::env::var_os("MINNOW_CONTENT") else {
            eprintln!("SKIPPED: MINNOW_CONTENT is not set, the banks of others are not read");
            return;
        };
        let folder = std::path::Path::new(&content).join("questions");
        let mut unknown = std::collections::BTreeSet::new();
        let (mut open, mut seen) = (vec![folder], 0_usize);
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                if entry.path().is_dir() {
                    open.push(entry.path());
                    continue;
                }
                let bytes = std::fs::read(entry.path()).unwrap();
                let name = entry.file_name().to_string_lossy().into_owned();
                let mut losses = match crate::read(&bytes, &name, None) {
                    Ok(import) => {
                        let some: Vec<_> = import.questions.into_iter().take(40).collect();
                        let out = Format::ALL
                            .iter()
                            .flat_map(|format| crate::write(&some, *format, &|_| None).losses);
                        import.losses.into_iter().chain(out).map(|loss| loss.reason).collect()
                    }
                    // As the report of such a file has it.
                    Err(crate::ReadError::Broken { reason, .. }) => vec![reason],
                    Err(error) => vec![format!("nothing of the file can be read: {error}")],
                };
                seen += losses.len();
                losses.retain(|reason| of(reason).is_empty());
                unknown.extend(losses);
            }
        }
        assert!(seen > 100, "{seen} losses");
        assert!(unknown.is_empty(), "{} unknown: {unknown:#?}", unknown.len());
    }
}

//! What is due for review as the feed shows it: clips that come again for the questions of them that are due. Which and in
//! which order; how they look is `http::clip_views`, where they stand among new clips `feed::mixing`.

use super::mixing::DueAt;
use crate::store::{
    Db, StoreError,
    due::{DuePlace, DueRow, list_due_after, list_due_of_clips, list_forms_to_ask, list_moments},
};
use minnow_shared::{PersonId, caption::CaptionTrack};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A review begins about this long before the question, at the beginning of a sentence where there is one near.
const BEFORE_MS: u32 = 5_000;
const BEFORE_LEAST_MS: u32 = 3_000;
const BEFORE_MOST_MS: u32 = 9_000;
/// Cards looked at for a page: most of what is due may be asked by no clip.
const LOOKS: usize = 3;
const LOOK: i64 = 48;

/// A clip that comes again.
#[derive(Debug, Clone, PartialEq)]
pub struct DueClip {
    pub clip_id: String,
    /// What it asks, in the order of the moments.
    pub asked: Vec<DueQuestion>,
    /// Where it stands in the due list.
    pub at: DueAt,
}

/// A question that is due, where its clip asks it.
#[derive(Debug, Clone, PartialEq)]
pub struct DueQuestion {
    /// What the clip asks at the moment.
    pub placed_id: String,
    /// The form to ask instead: the one answered longest ago. Its content in JSON.
    pub form_id: String,
    pub content: String,
    pub moment_ms: i64,
    pub last_answer_ms: i64,
}

/// The next clips that a person is to see again after a place in the due list, at most `clips` of them with at most
/// `questions` questions in all. `skip`: clips that are shown anyway.
///
/// # Errors
/// Whatever the database answers.
pub async fn list_due_clips(
    db: &Db,
    person: &PersonId,
    place: DuePlace<'_>,
    (clips, mut questions): (usize, u32),
    skip: impl Fn(&str) -> bool,
) -> Result<Vec<DueClip>, StoreError> {
    let after = place.after.map(|(waited, question)| DueAt::new(waited, question));
    let mut next = place.after.map(|(waited, question)| (waited, question.to_owned()));
    let mut found: Vec<DueClip> = Vec::new();
    for _ in 0..LOOKS {
        if questions == 0 || found.len() >= clips {
            break;
        }
        let from = DuePlace { after: next.as_ref().map(|(waited, id)| (*waited, id.as_str())), ..place };
        let (due, last) = list_due_after(db, person, from, LOOK).await?;
        if !due.is_empty() {
            let groups = groups(db, person, place, due).await?;
            for group in groups {
                let is_old = after.as_ref().is_some_and(|after| group.at <= *after);
                let is_there = found.iter().any(|one| one.clip_id == group.clip_id);
                if is_old || is_there || skip(&group.clip_id) || questions == 0 || found.len() >= clips {
                    continue;
                }
                let mut group = group;
                group.asked.truncate(questions as usize);
                questions -= u32::try_from(group.asked.len()).unwrap_or(questions);
                found.push(group);
            }
        }
        match last {
            Some(last) => next = Some(last),
            None => break,
        }
    }
    Ok(found)
}

/// The due questions of these clips, as if each came again.
///
/// # Errors
/// Whatever the database answers.
pub async fn find_due_clip(
    db: &Db,
    person: &PersonId,
    place: DuePlace<'_>,
    clip: &str,
) -> Result<Option<DueClip>, StoreError> {
    let due = list_due_of_clips(db, person, place, &[clip.to_owned()]).await?;
    if due.is_empty() {
        return Ok(None);
    }
    Ok(groups(db, person, place, due).await?.into_iter().find(|group| group.clip_id == clip))
}

/// Due families by the clip that asks each: those given and the others that the same clips ask. In the due list's order.
async fn groups(
    db: &Db,
    person: &PersonId,
    place: DuePlace<'_>,
    due: Vec<DueRow>,
) -> Result<Vec<DueClip>, StoreError> {
    let mut moments = first_moments(db, person, &roots(&due)).await?;
    let clips: HashSet<String> = moments.values().map(|moment| moment.clip_id.clone()).collect();
    if clips.is_empty() {
        return Ok(Vec::new());
    }
    let clips: Vec<String> = clips.into_iter().collect();
    let mut rows: BTreeMap<String, DueRow> =
        due.into_iter().map(|row| (row.question_id.clone(), row)).collect();
    let others = list_due_of_clips(db, person, place, &clips).await?;
    let new: Vec<DueRow> = others.into_iter().filter(|row| !rows.contains_key(&row.question_id)).collect();
    if !new.is_empty() {
        moments.extend(first_moments(db, person, &roots(&new)).await?);
        rows.extend(new.into_iter().map(|row| (row.question_id.clone(), row)));
    }
    rows.retain(|root, _| moments.get(root).is_some_and(|moment| clips.contains(&moment.clip_id)));
    let all: Vec<String> = rows.keys().cloned().collect();
    let forms: HashMap<String, (String, String)> = list_forms_to_ask(db, person, &all)
        .await?
        .into_iter()
        .map(|form| (form.root_id, (form.question_id, form.content)))
        .collect();
    let mut groups: HashMap<String, DueClip> = HashMap::new();
    for (root, row) in rows {
        let (Some(moment), Some((form_id, content))) = (moments.get(&root), forms.get(&root)) else {
            continue;
        };
        let at = DueAt::new(row.waited, &root);
        let group = groups.entry(moment.clip_id.clone()).or_insert_with(|| DueClip {
            clip_id: moment.clip_id.clone(),
            asked: Vec::new(),
            at: at.clone(),
        });
        group.at = at.min(group.at.clone());
        group.asked.push(DueQuestion {
            placed_id: moment.question_id.clone(),
            form_id: form_id.clone(),
            content: content.clone(),
            moment_ms: moment.moment_ms,
            last_answer_ms: row.last_answer_ms,
        });
    }
    let mut groups: Vec<DueClip> = groups.into_values().collect();
    for group in &mut groups {
        group.asked.sort_by(|a, b| (a.moment_ms, &a.placed_id).cmp(&(b.moment_ms, &b.placed_id)));
    }
    groups.sort_by(|a, b| a.at.cmp(&b.at));
    Ok(groups)
}

fn roots(rows: &[DueRow]) -> Vec<String> {
    rows.iter().map(|row| row.question_id.clone()).collect()
}

/// Where each family is asked: the first place of its list.
async fn first_moments(
    db: &Db,
    person: &PersonId,
    roots: &[String],
) -> Result<HashMap<String, crate::store::due::MomentRow>, StoreError> {
    let mut moments = HashMap::with_capacity(roots.len());
    for row in list_moments(db, person, roots).await? {
        moments.entry(row.root_id.clone()).or_insert(row);
    }
    Ok(moments)
}

/// Where the key moment of a question begins, in milliseconds: with the sentence that is said about five seconds before, or
/// just there where nobody speaks.
pub fn key_moment_ms(captions: &[CaptionTrack], moment_ms: u32) -> u32 {
    let wanted = moment_ms.saturating_sub(BEFORE_MS);
    if wanted == 0 {
        return 0;
    }
    let window = moment_ms.saturating_sub(BEFORE_MOST_MS)..=moment_ms.saturating_sub(BEFORE_LEAST_MS);
    let cues = captions.first().map(|track| track.cues.as_slice()).unwrap_or_default();
    let starts = cues.iter().map(|cue| cue.start_ms).filter(|start| window.contains(start));
    starts.min_by_key(|start| start.abs_diff(wanted)).unwrap_or(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::caption::Cue;

    fn captions(starts: &[u32]) -> Vec<CaptionTrack> {
        let cue = |start: &u32| Cue { start_ms: *start, end_ms: start + 500, text: "x".into() };
        vec![CaptionTrack { language: "en".into(), cues: starts.iter().map(cue).collect() }]
    }

    #[test]
    fn a_key_moment_begins_with_a_sentence_near_five_seconds_before_the_question() {
        let at = |starts: &[u32], moment| key_moment_ms(&captions(starts), moment);
        assert_eq!(at(&[0, 9_000, 12_000, 17_500], 20_000), 12_000);
        assert_eq!(at(&[0, 9_000, 13_000, 18_000], 20_000), 13_000);
        assert_eq!(at(&[0, 8_000, 18_000], 20_000), 15_000, "nobody begins to speak near it");
        assert_eq!(at(&[1_000], 4_000), 0, "a question early in its clip");
        assert_eq!(key_moment_ms(&[], 20_000), 15_000);
    }
}

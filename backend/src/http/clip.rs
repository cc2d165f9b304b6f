//! One clip: the clip itself, its text twin, its counts, likes and saves.

use super::{
    clip_views::{self, counts, from_json, tile},
    context::Call,
    error::ApiError,
    page,
    route::Answer,
};
use crate::{
    calendar::believed_ms,
    store::{self, reaction::Reaction},
};
use minnow_shared::{
    ClipId,
    caption::{CaptionTrack, Cue},
    clip::{
        GetClip, GetCounts, GetTextTwin, ListSaved, ReactionView, SetLike, SetSave, TextTwinView,
        TwinParagraph,
    },
    person::ClipTilePageView,
};

pub async fn get_clip(call: Call, request: GetClip) -> Answer<GetClip> {
    let (app, person, languages) = (&call.app, call.person_if_any(), &call.caller.languages);
    let published =
        clip_views::for_caller(app, person, languages, &[request.clip_id.to_string()]).await?.pop();
    match published {
        Some(view) => Ok(view),
        // The policy has said that the caller may see it: a draft of theirs, or one the index has yet to learn of.
        None => clip_views::unpublished(app, person, languages, &request.clip_id)
            .await?
            .ok_or_else(|| ApiError::not_found("clip")),
    }
}

pub async fn get_text_twin(call: Call, request: GetTextTwin) -> Answer<GetTextTwin> {
    let row = store::clip::find_clip(&call.app.db, &request.clip_id)
        .await?
        .ok_or_else(|| ApiError::not_found("clip"))?;
    let mut paragraphs: Vec<TwinParagraph> = from_json("clips.twin", &row.twin)?;
    if paragraphs.is_empty() {
        let tracks: Vec<CaptionTrack> = from_json("clips.captions", &row.captions)?;
        let own = tracks.iter().find(|track| track.language == row.language).or(tracks.first());
        paragraphs = own.map(|track| paragraphs_of(&track.cues)).unwrap_or_default();
    }
    Ok(TextTwinView { clip_id: request.clip_id, paragraphs, source_url: row.source_url })
}

/// A paragraph has about this many characters before the next sentence begins a new one.
const PARAGRAPH: usize = 240;
/// A silence this long begins a new paragraph.
const SILENCE_MS: u32 = 2_000;

/// Gathers cues into paragraphs of whole sentences.
fn paragraphs_of(cues: &[Cue]) -> Vec<TwinParagraph> {
    let mut paragraphs: Vec<TwinParagraph> = Vec::new();
    let mut ended_at_ms = 0;
    for cue in cues {
        let text = cue.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            continue;
        }
        let pause = cue.start_ms.saturating_sub(ended_at_ms) >= SILENCE_MS;
        ended_at_ms = cue.end_ms;
        match paragraphs.last_mut() {
            Some(last)
                if !(ends_sentence(&last.text) && (pause || last.text.chars().count() >= PARAGRAPH)) =>
            {
                last.text.push(' ');
                last.text.push_str(&text);
            }
            _ => paragraphs.push(TwinParagraph { at_ms: cue.start_ms, text }),
        }
    }
    paragraphs
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '\'', '\u{201d}', '\u{2019}', ')'])
        .ends_with(['.', '!', '?', '\u{2026}', '\u{61f}', '\u{3002}'])
}

pub async fn get_counts(call: Call, request: GetCounts) -> Answer<GetCounts> {
    reactions(&call, &request.clip_id).await
}

pub async fn set_like(call: Call, request: SetLike) -> Answer<SetLike> {
    react(&call, Reaction::Like, &request.clip_id, request.on, request.at_ms).await
}

pub async fn set_save(call: Call, request: SetSave) -> Answer<SetSave> {
    react(&call, Reaction::Save, &request.clip_id, request.on, request.at_ms).await
}

async fn react(
    call: &Call,
    reaction: Reaction,
    clip: &ClipId,
    on: bool,
    at_ms: Option<i64>,
) -> Result<ReactionView, ApiError> {
    let (person, now_ms) = (call.person()?.clone(), call.app.now_ms());
    let at_ms = at_ms.map_or(now_ms, |at_ms| believed_ms(at_ms, now_ms));
    call.app.writer.set_reaction(reaction, person, clip.clone(), on, (at_ms, now_ms)).await?;
    reactions(call, clip).await
}

async fn reactions(call: &Call, clip: &ClipId) -> Result<ReactionView, ApiError> {
    let now = store::clip::find_clip_now(&call.app.db, call.person_if_any(), clip)
        .await?
        .ok_or_else(|| ApiError::not_found("clip"))?;
    Ok(ReactionView { liked: now.liked, saved: now.saved, counts: counts(now.like_count, now.save_count) })
}

pub async fn list_saved(call: Call, request: ListSaved) -> Answer<ListSaved> {
    let after = page::read(request.cursor.as_deref())?;
    let rows = store::clip::list_saved_tiles(&call.app.db, call.person()?, after, page::PAGE).await?;
    let next_cursor = page::write(rows.len(), rows.last().map(|row| (row.place_ms, row.id.as_str())));
    let clips = rows.iter().filter_map(|row| tile(&call.app.media, row)).collect();
    Ok(ClipTilePageView { clips, next_cursor })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(start_ms: u32, end_ms: u32, text: &str) -> Cue {
        Cue { start_ms, end_ms, text: text.into() }
    }

    #[test]
    fn a_twin_from_captions_breaks_only_after_a_sentence() {
        let twin = paragraphs_of(&[
            cue(0, 900, "Water climbs"),
            cue(1_000, 1_900, "up a thin tube."),
            cue(5_000, 6_000, "Why?\nSurface tension,"),
            cue(9_000, 10_000, "and the glass."),
        ]);
        let texts: Vec<(u32, &str)> = twin.iter().map(|p| (p.at_ms, p.text.as_str())).collect();
        assert_eq!(
            texts,
            [(0, "Water climbs up a thin tube."), (5_000, "Why? Surface tension, and the glass.")]
        );
    }
}

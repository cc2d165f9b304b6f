//! The feed.

use super::{clip_views, context::Call, error::ApiError, page::not_a_cursor, route::Answer};
use crate::{
    app::App,
    feed::{Cursor, Next},
    review, store,
};
use minnow_shared::{
    ClipId, ErrorCode, PersonId, TopicId,
    clip::ClipView,
    feed::{FeedPageView, GetFeed},
    limit,
};
use std::collections::HashSet;

pub async fn get_feed(call: Call, request: GetFeed) -> Answer<GetFeed> {
    page(&call.app, call.person_if_any(), &call.caller.languages, &request).await
}

/// A page of the feed for a person or for nobody.
pub async fn page(
    app: &App,
    person: Option<&PersonId>,
    languages: &[String],
    request: &GetFeed,
) -> Result<FeedPageView, ApiError> {
    let limit = request.limit.unwrap_or(limit::FEED_PAGE_DEFAULT);
    if !(1..=limit::FEED_PAGE).contains(&limit) {
        let detail = format!("1 to {}", limit::FEED_PAGE);
        return Err(ApiError::new(ErrorCode::InvalidField, detail).field("limit"));
    }
    let mut clips = Vec::new();
    let cursor = match &request.cursor {
        Some(text) => Cursor::read(text).ok_or_else(not_a_cursor)?,
        None => {
            clips.extend(first_clip(app, person, languages, request.from.as_ref()).await?);
            // A clock that was set back, or another node's that is ahead, hides no clip.
            let newest_ms = app.feed.look(|index| index.newest_ms());
            let until_ms = newest_ms.map_or(app.now_ms(), |newest_ms| newest_ms.max(app.now_ms()));
            Cursor::start(until_ms, clips.first().map(|clip| clip.id.to_string()))
        }
    };
    let wanted = limit as usize - clips.len();
    let topic = request.topic.as_ref();
    let (more, next_cursor) = match person {
        // The clip that was asked for fills the page: what comes next begins after it.
        _ if wanted == 0 => (Vec::new(), Some(cursor.write())),
        Some(person) => unseen(app, person, languages, &cursor, topic, wanted).await?,
        None => {
            let next = app.feed.look(|index| index.next(&cursor, topic, wanted, |_| false));
            let views = clip_views::for_caller(app, None, languages, &ids(&next)).await?;
            (views, ending(&next, wanted))
        }
    };
    clips.extend(more);
    if let Some(person) = person {
        mark_guesses(app, person, &mut clips).await?;
    }
    let seen_all = clips.is_empty() && app.feed.look(|index| index.has(topic));
    Ok(FeedPageView { clips, next_cursor, seen_all, path: None })
}

/// The clip that was asked for first, if it may be seen by all.
async fn first_clip(
    app: &App,
    person: Option<&PersonId>,
    languages: &[String],
    from: Option<&ClipId>,
) -> Result<Option<ClipView>, ApiError> {
    let Some(from) = from else { return Ok(None) };
    Ok(clip_views::for_caller(app, person, languages, &[from.to_string()]).await?.pop())
}

/// Marks the clips whose question is asked before they play: one in ten, unless the person wants none.
async fn mark_guesses(app: &App, person: &PersonId, clips: &mut [ClipView]) -> Result<(), ApiError> {
    let drawn = |clip: &ClipView| {
        clip.questions.iter().any(|question| !question.answered)
            && minnow_mastery::guess::asks_first(person.as_str(), clip.id.as_str())
    };
    let ids: Vec<String> = clips.iter().filter(|clip| drawn(clip)).map(|clip| clip.id.to_string()).collect();
    if ids.is_empty() || !review::settings_of(&app.db, person).await?.guess_before {
        return Ok(());
    }
    let unmet = store::mastery::list_unmet_clips(&app.db, person, &ids).await?;
    for clip in clips {
        clip.guess_first = unmet.iter().any(|id| id == clip.id.as_str());
    }
    Ok(())
}

fn ids(next: &[Next]) -> Vec<String> {
    next.iter().map(|next| next.id.to_string()).collect()
}

/// The cursor after these, if there may be more.
fn ending(next: &[Next], wanted: usize) -> Option<String> {
    if next.len() < wanted {
        return None;
    }
    next.last().map(|last| last.cursor.write())
}

/// The next clips this person has not seen. One question for a few candidates is nearly always enough; a person who has
/// seen most of what is new is asked about as a whole.
async fn unseen(
    app: &App,
    person: &PersonId,
    languages: &[String],
    cursor: &Cursor,
    topic: Option<&TopicId>,
    wanted: usize,
) -> Result<(Vec<ClipView>, Option<String>), ApiError> {
    let ahead = wanted * 3 + 6;
    let next = app.feed.look(|index| index.next(cursor, topic, ahead, |_| false));
    let now = store::clip::list_clips_now(&app.db, Some(person), &ids(&next)).await?;
    let seen: HashSet<&str> = now.iter().filter(|row| row.seen).map(|row| row.id.as_str()).collect();
    let all_there = next.len() < ahead;
    let fresh: Vec<Next> =
        next.iter().filter(|next| !seen.contains(&*next.id)).take(wanted).cloned().collect();
    if fresh.len() == wanted || all_there {
        let end = ending(&fresh, wanted);
        return Ok((clip_views::with_now(app, languages, &ids(&fresh), now).await?, end));
    }
    let seen: HashSet<String> = store::clip::list_seen(&app.db, person).await?.into_iter().collect();
    let fresh = app.feed.look(|index| index.next(cursor, topic, wanted, |id| seen.contains(id)));
    let views = clip_views::for_caller(app, Some(person), languages, &ids(&fresh)).await?;
    Ok((views, ending(&fresh, wanted)))
}

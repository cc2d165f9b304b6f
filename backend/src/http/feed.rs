//! The feed: new clips, and among them those that come again for review.

use super::{
    clip_views::{self, from_json, small},
    context::Call,
    error::ApiError,
    page::not_a_cursor,
    review::day_start_ms,
    route::Answer,
};
use crate::{
    app::App,
    feed::{
        Cursor, Next,
        due::{DueClip, find_due_clip, key_moment_ms, list_due_clips},
        mixing::{EVERY, Pass, Place, mix},
    },
    interests::serving,
    review::settings_of,
    store::{self, StoreError, clip::ClipNowRow, due::DuePlace},
};
use minnow_shared::{
    ClipId, ErrorCode, PersonId, QuestionId, TopicId,
    clip::{ClipView, ReviewMark},
    feed::{FeedPageView, GetFeed},
    limit,
    question::{Question, QuestionView},
};
use std::collections::{HashMap, HashSet};

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
    let day_ms = day_start_ms(app.now_ms(), request.utc_offset_minutes.unwrap_or(0))?;
    let mut clips = Vec::new();
    let mut cursor = match &request.cursor {
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
    let seen_all = || app.feed.look(|index| index.has(topic));
    // A topic's feed is of that topic alone.
    let reviewer = person.filter(|_| topic.is_none()).map(|person| Reviewer {
        app,
        person,
        day_ms,
        since: request.since_review,
    });
    if let (Some(reviewer), Some(first)) = (&reviewer, clips.first_mut()) {
        reviewer.mark_first(first, &mut cursor).await?;
    }
    // The clip that was asked for fills the page: what comes next begins after it.
    if wanted == 0 {
        return Ok(FeedPageView { clips, next_cursor: Some(cursor.write()), seen_all: false, path: None });
    }
    let due = match &reviewer {
        Some(reviewer) => reviewer.due(&mut cursor, wanted, clips.len()).await?,
        None => Vec::new(),
    };
    let again: HashSet<&str> = due.iter().map(|clip| clip.clip_id.as_str()).collect();
    // A topic's feed is that topic, newest first.
    let mut ranked = match person.filter(|_| topic.is_none()) {
        Some(person) => serving::next_page(app, person, &cursor, wanted, &again).await?,
        None => None,
    };
    let (news, now) = match (&mut ranked, person) {
        (Some(ranked), _) => (std::mem::take(&mut ranked.next), Vec::new()),
        (None, Some(person)) => unseen(app, person, &cursor, topic, wanted, &again).await?,
        (None, None) => (app.feed.look(|index| index.next(&cursor, topic, wanted, |_| false)), Vec::new()),
    };
    let (order, end) = in_turn(cursor, wanted, &news, &due);
    let noted = async {
        if let (Some(ranked), Some(person)) = (ranked, person) {
            ranked.note(app, person, |id| order.iter().any(|shown| shown.clip() == id)).await;
        }
    };
    // Reading goes on while the disk writes.
    let ((), views) = tokio::join!(noted, views(app, person, languages, &order, now));
    clips.extend(views?);
    if let Some(person) = person {
        mark_guesses(app, person, &mut clips).await?;
    }
    Ok(FeedPageView { seen_all: clips.is_empty() && seen_all(), clips, next_cursor: end, path: None })
}

/// What one place of a page holds.
enum Shown<'a> {
    New(&'a Next),
    Again(&'a DueClip),
}

impl Shown<'_> {
    fn clip(&self) -> String {
        match self {
            Self::New(next) => next.id.to_string(),
            Self::Again(due) => due.clip_id.clone(),
        }
    }
}

/// New clips and reviews in their turn, and the cursor after them, if there may be more.
fn in_turn<'a>(
    cursor: Cursor,
    wanted: usize,
    news: &'a [Next],
    due: &'a [DueClip],
) -> (Vec<Shown<'a>>, Option<String>) {
    let mut pass = cursor.reviews.clone();
    let mut after = cursor;
    let (mut news, mut due) = (news.iter(), due.iter());
    let mut order = Vec::with_capacity(wanted);
    let mut none = Pass::start(0);
    for place in mix(pass.as_mut().unwrap_or(&mut none), wanted, news.len(), due.len()) {
        match place {
            Place::New => order.extend(news.next().map(Shown::New)),
            Place::Review => order.extend(due.next().map(Shown::Again)),
        }
    }
    for shown in &order {
        match shown {
            Shown::New(next) => after = next.cursor.clone(),
            Shown::Again(due) => {
                if let Some(pass) = &mut pass {
                    pass.left = pass.left.saturating_sub(u32::try_from(due.asked.len()).unwrap_or(u32::MAX));
                    pass.after = Some(due.at.clone());
                }
            }
        }
    }
    after.reviews = pass;
    let end = (order.len() == wanted).then(|| after.write());
    (order, end)
}

/// How what is due is found for one person.
struct Reviewer<'a> {
    app: &'a App,
    person: &'a PersonId,
    day_ms: i64,
    /// Clips since the last review, where a pass goes on behind clips that stay.
    since: Option<u32>,
}

impl Reviewer<'_> {
    fn place<'a>(&self, cursor: &Cursor, pass: Option<&'a Pass>) -> DuePlace<'a> {
        let now_ms = self.app.now_ms();
        let after = pass.and_then(|pass| pass.after.as_ref()).map(|at| (at.waited(), at.question()));
        // In the order of the pass's begin, and of what was due then.
        DuePlace { as_of_ms: cursor.until_ms, now_ms: cursor.until_ms.min(now_ms), after }
    }

    /// The questions that the day has left.
    async fn day_left(&self) -> Result<u32, StoreError> {
        let db = &self.app.db;
        let cap = settings_of(db, self.person).await?.daily_reviews;
        let done = store::answer::count_reviewed(db, self.person, self.day_ms).await?;
        Ok(cap.saturating_sub(small(done)))
    }

    /// The next reviews of a pass; `shown`: clips that stand before it on the page. The pass with reviews begins with the
    /// first that is due.
    async fn due(
        &self,
        cursor: &mut Cursor,
        wanted: usize,
        shown: usize,
    ) -> Result<Vec<DueClip>, StoreError> {
        let pass = cursor.reviews.clone();
        // Before anything else is asked: nothing is due most of the time.
        let place = self.place(cursor, pass.as_ref());
        let first = cursor.first.clone();
        let skip = |clip: &str| first.as_deref() == Some(clip);
        let left = pass.as_ref().map_or(u32::MAX, |pass| pass.left);
        let mut due = list_due_clips(&self.app.db, self.person, place, (wanted, left), skip).await?;
        if due.is_empty() {
            return Ok(due);
        }
        let left = self.day_left().await?;
        let mut pass = match pass {
            // Reviews done elsewhere meanwhile count too.
            Some(pass) => Pass { left: pass.left.min(left), ..pass },
            None => {
                let since = self.since.unwrap_or(u32::try_from(shown).unwrap_or(0).min(1));
                Pass { since: since.min(EVERY - 1), ..Pass::start(left) }
            }
        };
        let mut share = pass.left;
        due.retain_mut(|clip| {
            clip.asked.truncate(share as usize);
            share -= u32::try_from(clip.asked.len()).unwrap_or(share);
            !clip.asked.is_empty()
        });
        pass.left = pass.left.min(left);
        cursor.reviews = Some(pass);
        Ok(due)
    }

    /// The clip that was asked for comes again, where it is due.
    async fn mark_first(&self, clip: &mut ClipView, cursor: &mut Cursor) -> Result<(), ApiError> {
        let place = self.place(cursor, None);
        let due = find_due_clip(&self.app.db, self.person, place, clip.id.as_str()).await?;
        let Some(mut due) = due else { return Ok(()) };
        let left = self.day_left().await?;
        due.asked.truncate(left as usize);
        let asked = u32::try_from(due.asked.len()).unwrap_or(left);
        if asked > 0 {
            mark(clip, &due)?;
            // Somebody asked for this clip: it begins where they left it, or at its beginning.
            clip.review = clip.review.map(|review| ReviewMark { begin_ms: 0, ..review });
            let mut pass = Pass::start(left.saturating_sub(asked));
            pass.shown(true);
            cursor.reviews = Some(pass);
        }
        Ok(())
    }
}

/// A clip as it comes again: with what is due, each question in the form to be asked.
fn mark(clip: &mut ClipView, due: &DueClip) -> Result<(), ApiError> {
    let Some(first) = due.asked.first() else { return Ok(()) };
    let forms: HashMap<&str, _> = due.asked.iter().map(|asked| (asked.placed_id.as_str(), asked)).collect();
    for question in &mut clip.questions {
        let Some(asked) = forms.get(question.id.as_str()) else { continue };
        question.answered = false;
        if asked.form_id != asked.placed_id {
            let whole: Question = from_json("questions.content", &asked.content)?;
            *question = QuestionView {
                id: QuestionId::parse(&asked.form_id).map_err(ApiError::internal)?,
                stem: whole.stem.reading(),
                form: whole.key.inline_form(),
                ..question.clone()
            };
        }
    }
    let begin_ms = key_moment_ms(&clip.captions, small(first.moment_ms));
    clip.review = Some(ReviewMark { last_answer_ms: first.last_answer_ms, begin_ms });
    Ok(())
}

/// The clips of a page as they are seen. `now`: the state of new ones, as far as it was read.
async fn views(
    app: &App,
    person: Option<&PersonId>,
    languages: &[String],
    order: &[Shown<'_>],
    mut now: Vec<ClipNowRow>,
) -> Result<Vec<ClipView>, ApiError> {
    let ids: Vec<String> = order.iter().map(Shown::clip).collect();
    let known: HashSet<&str> = now.iter().map(|row| row.id.as_str()).collect();
    let missing: Vec<String> = ids.iter().filter(|id| !known.contains(id.as_str())).cloned().collect();
    if !missing.is_empty() {
        now.extend(store::clip::list_clips_now(&app.db, person, &missing).await?);
    }
    let mut views = clip_views::with_now(app, languages, &ids, now).await?;
    for due in order {
        if let Shown::Again(due) = due
            && let Some(view) = views.iter_mut().find(|view| view.id.as_str() == due.clip_id)
        {
            mark(view, due)?;
        }
    }
    Ok(views)
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
    if ids.is_empty() || !settings_of(&app.db, person).await?.guess_before {
        return Ok(());
    }
    let unmet = store::mastery::list_unmet_clips(&app.db, person, &ids).await?;
    for clip in clips {
        clip.guess_first = unmet.iter().any(|id| id == clip.id.as_str());
    }
    Ok(())
}

/// The next clips this person has not seen, and the state of those that were looked at. One question for a few candidates
/// is nearly always enough; a person who has seen most of what is new is asked about as a whole. `again`: clips that come
/// for review, and not as new ones.
async fn unseen(
    app: &App,
    person: &PersonId,
    cursor: &Cursor,
    topic: Option<&TopicId>,
    wanted: usize,
    again: &HashSet<&str>,
) -> Result<(Vec<Next>, Vec<ClipNowRow>), ApiError> {
    let ahead = wanted * 3 + 6;
    let next = app.feed.look(|index| index.next(cursor, topic, ahead, |_| false));
    let ids: Vec<String> = next.iter().map(|next| next.id.to_string()).collect();
    let now = store::clip::list_clips_now(&app.db, Some(person), &ids).await?;
    let seen: HashSet<&str> = now.iter().filter(|row| row.seen).map(|row| row.id.as_str()).collect();
    let all_there = next.len() < ahead;
    let is_new = |next: &&Next| !seen.contains(&*next.id) && !again.contains(&*next.id);
    let fresh: Vec<Next> = next.iter().filter(is_new).take(wanted).cloned().collect();
    if fresh.len() == wanted || all_there {
        return Ok((fresh, now));
    }
    let seen: HashSet<String> = store::clip::list_seen(&app.db, person).await?.into_iter().collect();
    let skip = |id: &str| seen.contains(id) || again.contains(id);
    Ok((app.feed.look(|index| index.next(cursor, topic, wanted, skip)), Vec::new()))
}

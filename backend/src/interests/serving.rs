//! A ranked page for one learner: what the database says of them and of the candidates, put together. The rules are in
//! `ranking`, the SQL is the store's.

use super::{
    ranking::{Asked, Candidates, Knowledge, Models, Wishes, candidates, page},
    texts::Facts,
};
use crate::{
    app::App,
    feed::{Cursor, Next},
    store::{
        self, Db, StoreError,
        interest::{ProfileRow, ShownRow, StanceRow},
        mastery::AbilityRow,
    },
};
use minnow_mastery::{
    estimate::Belief,
    fold::{Ability, Model},
};
use minnow_shared::{
    PersonId,
    interest::{self, WANDER},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

/// A page waits no longer for its reasons to be on the disk.
const NOTED_WITHIN: Duration = Duration::from_millis(300);

/// What a learner has not set.
pub fn profile_of(row: Option<ProfileRow>) -> ProfileRow {
    row.unwrap_or_else(|| ProfileRow {
        is_used: true,
        is_learning: true,
        wander: i64::from(WANDER),
        muted_words: "[]".to_owned(),
    })
}

/// The words a learner has muted.
///
/// # Errors
/// What is kept cannot be read.
pub fn words_of(row: &ProfileRow) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(&row.muted_words)
        .map_err(|error| StoreError::Unreadable("interest_profiles.muted_words", error.to_string()))
}

/// What a learner has set, and whether the feed is to go by what is known of them.
async fn wishes_of(db: &Db, person: &PersonId) -> Result<(Wishes, bool), StoreError> {
    let (profile, stances, authors) = tokio::try_join!(
        store::interest::find_profile(db, person),
        store::interest::list_stances(db, person),
        store::interest::list_muted_authors(db, person),
    )?;
    let profile = profile_of(profile);
    let wishes = Wishes {
        wander: u32::try_from(profile.wander).unwrap_or(WANDER),
        muted_words: words_of(&profile)?,
        stances: stances.into_iter().map(|stance: StanceRow| (stance.topic_id.clone(), stance)).collect(),
        muted_authors: authors.into_iter().map(|author| author.0).collect(),
    };
    Ok((wishes, profile.is_used))
}

/// What a learner holds of topics now.
pub fn beliefs(rows: &[AbilityRow], now_ms: i64) -> HashMap<String, Belief> {
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let belief = |row: &AbilityRow| {
        let ability = Ability {
            belief: Belief::new(row.mean, row.variance),
            answers: count(row.answers),
            own_answers: count(row.own_answers),
            last_ms: row.last_answer_ms,
        };
        ability.at(&Model::default(), now_ms)
    };
    rows.iter().map(|row| (row.topic_id.clone(), belief(row))).collect()
}

/// New clips in their ranked order, and why each of them would be shown.
#[derive(Debug)]
pub struct Ranked {
    pub next: Vec<Next>,
    why: Vec<ShownRow>,
}

impl Ranked {
    /// Notes those of them that came onto the page. A page is for reading: a database that takes no writes just now does not
    /// hold it up.
    pub async fn note(self, app: &App, person: &PersonId, is_shown: impl Fn(&str) -> bool) {
        let shown: Vec<ShownRow> = self.why.into_iter().filter(|row| is_shown(&row.clip_id)).collect();
        if shown.is_empty() {
            return;
        }
        match tokio::time::timeout(NOTED_WITHIN, app.writer.note_shown(person.clone(), shown)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "why clips were shown could not be kept"),
            Err(_) => tracing::warn!("why clips were shown is kept later than their page"),
        }
    }
}

/// The next new clips for a learner, ranked. `None`: they come in turn, because the learner wants no profile used or the pass
/// began so. `again`: clips that come for review.
pub async fn next_page(
    app: &App,
    person: &PersonId,
    cursor: &Cursor,
    count: usize,
    again: &HashSet<&str>,
) -> Result<Option<Ranked>, StoreError> {
    if cursor.ranked.is_none() && cursor.after.is_some() {
        return Ok(None);
    }
    let (wishes, is_used) = wishes_of(&app.db, person).await?;
    if !is_used {
        return Ok(None);
    }
    app.interests.refresh(&app.db).await?;
    let number = cursor.ranked.unwrap_or(0);
    let mut without: HashSet<String> = again.iter().map(|id| (*id).to_owned()).collect();
    if number > 0 {
        let before = store::interest::list_shown_before(&app.db, person, cursor.until_ms, i64::from(number));
        without.extend(before.await?);
    }
    let mut shown = ranked(app, person, &wishes, (cursor, count), &without).await?;
    let ids: Vec<String> = shown.iter().map(|row| row.clip_id.clone()).collect();
    if shown.len() < count || store::interest::has_seen_any(&app.db, person, &ids).await? {
        // What the log does not tell of was seen all the same: learning was paused, or events are forgotten.
        without.extend(store::clip::list_seen(&app.db, person).await?);
        shown = ranked(app, person, &wishes, (cursor, count), &without).await?;
    }
    let after = Cursor { ranked: Some(number.saturating_add(1)), ..cursor.clone() };
    let next =
        shown.iter().map(|row| Next { id: row.clip_id.as_str().into(), cursor: after.clone() }).collect();
    Ok(Some(Ranked { next, why: shown }))
}

async fn ranked(
    app: &App,
    person: &PersonId,
    wishes: &Wishes,
    (cursor, count): (&Cursor, usize),
    without: &HashSet<String>,
) -> Result<Vec<ShownRow>, StoreError> {
    let now_ms = app.now_ms();
    let by_chance = f64::from(app.config.chance_per_mille.min(1_000)) / 1_000.0;
    let asked = Asked { person: person.as_str(), cursor, count, now_ms, by_chance, without };
    let found: Candidates = app.interests.look(|state| {
        let learner = state.learner(person.as_str());
        app.feed.look(|index| {
            app.interests.served(|served| {
                app.interests
                    .texts(|texts| candidates(learner, (index, Models { served, texts }), wishes, asked))
            })
        })
    });
    let (more, muted, abilities) = tokio::try_join!(
        facts_beside(app, &found),
        muted_of(&app.db, wishes, &found),
        store::mastery::list_abilities(&app.db, person),
    )?;
    let abilities = beliefs(&abilities, now_ms);
    Ok(app.interests.look(|state| {
        let learner = state.learner(person.as_str());
        app.interests.texts(|texts| {
            let knowledge = Knowledge { texts, more: &more, muted: &muted, abilities: &abilities };
            page(learner, (wishes, asked), &found, &knowledge)
        })
    }))
}

/// Each once.
fn texts_of<'c>(ids: impl Iterator<Item = &'c Arc<str>>) -> Vec<String> {
    let mut ids: Vec<String> = ids.map(ToString::to_string).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What is to be known of clips that this node has not read yet: those that were published a moment ago.
async fn facts_beside(app: &App, found: &Candidates) -> Result<HashMap<String, Facts>, StoreError> {
    let missing = texts_of(found.unread());
    let rows = store::interest::list_facts(&app.db, &missing).await?;
    Ok(rows.iter().map(|row| (row.clip_id.clone(), Facts::of(row, row.author_id.as_str().into()))).collect())
}

/// Those of these clips whose titles have words that the learner has muted.
async fn muted_of(db: &Db, wishes: &Wishes, found: &Candidates) -> Result<HashSet<String>, StoreError> {
    if wishes.muted_words.is_empty() {
        return Ok(HashSet::new());
    }
    let titles = store::interest::list_titles(db, &texts_of(found.ids())).await?;
    let muted = titles.into_iter().filter(|(_, title)| interest::is_muted(title, &wishes.muted_words));
    Ok(muted.map(|(id, _)| id).collect())
}

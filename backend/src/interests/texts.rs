//! What ranking reads of published clips, in memory: what their texts are about, searchable, made where nobody has made it yet,
//! and facts of each. How a text becomes numbers is the crate's.

use crate::{
    app::App,
    store::{
        self, StoreError,
        clip_text::{ClipTextRow, WordsRow},
        interest::FactsRow,
    },
};
use minnow_mastery::estimate::Belief;
use minnow_recommender::{
    nearest::Nearest,
    text::{self, Common, WIDTH},
};
use minnow_shared::caption::CaptionTrack;
use rustc_hash::FxHashMap;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Clips read at once.
const AT_ONCE: usize = 500;
/// Of so many clips it is counted how common words are.
const COUNTED: usize = 5_000;
/// Letters of captions that are read.
const LETTERS: usize = 4_000;
/// Clips taken up last that say what would be alike.
const LAST: usize = 5;

/// How difficult questions are is read again after this time.
const FRESH_MS: i64 = 600_000;

/// What ranking must know of a clip.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    pub author: Arc<str>,
    /// Of its questions on average; `None`: nothing is known.
    pub difficulty: Option<Belief>,
    /// The chance to guess.
    pub guess: f64,
    pub has_questions: bool,
}

impl Facts {
    pub fn of(row: &FactsRow, author: Arc<str>) -> Self {
        let difficulty =
            row.weight.zip(row.pull).map(|(weight, pull)| crate::mastery::difficulty(weight, pull));
        let guess = row.guess.unwrap_or(0.0).clamp(0.0, 0.9);
        Self { author, difficulty, guess, has_questions: row.questions > 0 }
    }
}

/// Texts of clips, as numbers, and facts of them.
#[derive(Debug)]
pub struct Texts {
    nearest: Nearest,
    /// By number.
    clips: Vec<Arc<str>>,
    facts: Vec<Facts>,
    authors: HashSet<Arc<str>>,
    facts_read_at_ms: Option<i64>,
    /// The number of a clip, and the version of it that was read.
    of: FxHashMap<Arc<str>, (u32, i64)>,
    common: Option<Arc<Common>>,
    /// The version of the feed's index of which nothing was missing.
    through: Option<i64>,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            nearest: Nearest::new(WIDTH),
            clips: Vec::new(),
            facts: Vec::new(),
            authors: HashSet::new(),
            facts_read_at_ms: None,
            of: FxHashMap::default(),
            common: None,
            through: None,
        }
    }
}

impl Texts {
    /// What a clip's text is about, if it has been read.
    pub fn about(&self, clip: &str) -> Option<[f32; WIDTH]> {
        self.vector(self.number(clip)?)?.try_into().ok()
    }

    /// The number of a clip, if it has been read. Read again, it gets another.
    pub fn number(&self, clip: &str) -> Option<u32> {
        self.of.get(clip).map(|(number, _)| *number)
    }

    /// What the text of a clip of this number is about; `None`: it was read again since.
    pub fn vector(&self, number: u32) -> Option<Vec<f32>> {
        self.nearest.vector(number)
    }

    /// What is known of the clip of a number.
    pub fn facts(&self, number: u32) -> Option<&Facts> {
        self.facts.get(number as usize)
    }

    /// The version of the feed's index of which all is here.
    pub fn through(&self) -> Option<i64> {
        self.through
    }

    fn is_of(&self, clip: &str, version: i64) -> bool {
        self.of.get(clip).is_some_and(|(_, held)| *held == version)
    }

    fn insert(&mut self, clip: &Arc<str>, version: i64, about: &[f32; WIDTH], row: &FactsRow) {
        if let Some((number, _)) = self.of.remove(clip) {
            self.nearest.remove(number);
        }
        let number = self.nearest.insert(about);
        let facts = self.facts_of(row);
        self.clips.resize(number as usize, clip.clone());
        self.clips.push(clip.clone());
        self.facts.resize(number as usize, facts.clone());
        self.facts.push(facts);
        self.of.insert(clip.clone(), (number, version));
    }

    /// One text for an author however many clips are theirs.
    fn facts_of(&mut self, row: &FactsRow) -> Facts {
        let held = self.authors.get(row.author_id.as_str()).cloned();
        let author = held.unwrap_or_else(|| row.author_id.as_str().into());
        self.authors.insert(author.clone());
        Facts::of(row, author)
    }

    fn set_facts(&mut self, row: &FactsRow) {
        let facts = self.facts_of(row);
        let number = self.number(&row.clip_id);
        if let Some(held) = number.and_then(|number| self.facts.get_mut(number as usize)) {
            *held = facts;
        }
    }

    /// The clips most like what was taken up last, the very last counting most.
    pub fn like(&self, past: &[Arc<str>], count: usize, skip: impl Fn(&str) -> bool) -> Vec<Arc<str>> {
        let mut wanted = [0.0_f32; WIDTH];
        let mut weight = 1.0;
        for about in past.iter().rev().filter_map(|clip| self.about(clip)).take(LAST) {
            wanted.iter_mut().zip(about).for_each(|(sum, value)| *sum += weight * value);
            weight *= 0.7;
        }
        if wanted.iter().all(|value| *value == 0.0) {
            return Vec::new();
        }
        let clip = |number: u32| self.clips.get(number as usize);
        let best = self.nearest.best(&wanted, count, |number| clip(number).is_none_or(|clip| skip(clip)));
        best.into_iter()
            .filter(|(_, likeness)| *likeness > 0.0)
            .filter_map(|(number, _)| clip(number).cloned())
            .collect()
    }
}

/// As stored: the largest number, and each as so many of its 127th parts.
fn bytes_of(vector: &[f32; WIDTH]) -> Vec<u8> {
    let most = vector.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    let part = |value: &f32| if most > 0.0 { (value / most * 127.0).round() as i8 } else { 0 };
    most.to_le_bytes().into_iter().chain(vector.iter().map(|value| part(value).cast_unsigned())).collect()
}

fn vector_of(bytes: &[u8]) -> Option<[f32; WIDTH]> {
    let (most, parts) = bytes.split_first_chunk::<4>()?;
    let most = f32::from_le_bytes(*most);
    let parts: [u8; WIDTH] = parts.try_into().ok()?;
    most.is_finite().then(|| parts.map(|part| f32::from(part.cast_signed()) / 127.0 * most))
}

/// What captions say in the clip's own language.
fn spoken(captions: &str) -> String {
    let tracks: Vec<CaptionTrack> = serde_json::from_str(captions).unwrap_or_default();
    let Some(track) = tracks.into_iter().next() else { return String::new() };
    let words: Vec<String> = track.cues.into_iter().map(|cue| cue.text).collect();
    words.join(" ").chars().take(LETTERS).collect()
}

/// What an index of the feed holds whose texts are not here, and its version.
fn missing(app: &App) -> (i64, Vec<(Arc<str>, i64)>) {
    app.feed.look(|index| {
        let missing = app.interests.texts(|texts| {
            if texts.through == Some(index.version()) {
                return Vec::new();
            }
            let versions = index.ids().filter_map(|id| Some((id.clone(), index.version_of(id)?)));
            versions.filter(|(id, version)| !texts.is_of(id, *version)).collect()
        });
        (index.version(), missing)
    })
}

/// Reads and makes all that is missing.
pub async fn catch_up(app: &App) -> Result<(), StoreError> {
    let (version, missing) = missing(app);
    let mut is_whole = true;
    for some in missing.chunks(AT_ONCE) {
        is_whole &= read_some(app, some).await?;
    }
    make_cells(app).await;
    read_facts(app).await?;
    if is_whole {
        app.interests.change_texts(|texts| texts.through = Some(version));
    }
    Ok(())
}

/// Reads the facts of all anew from time to time.
async fn read_facts(app: &App) -> Result<(), StoreError> {
    let now_ms = app.now_ms();
    let read_at_ms = app.interests.texts(|texts| texts.facts_read_at_ms);
    if read_at_ms.is_some_and(|read_at_ms| (now_ms - read_at_ms).abs() < FRESH_MS) {
        return Ok(());
    }
    // The first time all was read just now.
    let held = |texts: &Texts| texts.of.keys().map(ToString::to_string).collect();
    let ids: Vec<String> = if read_at_ms.is_some() { app.interests.texts(held) } else { Vec::new() };
    for some in ids.chunks(AT_ONCE) {
        let rows = store::interest::list_facts(&app.db, some).await?;
        app.interests.change_texts(|texts| rows.iter().for_each(|row| texts.set_facts(row)));
    }
    app.interests.change_texts(|texts| texts.facts_read_at_ms = Some(now_ms));
    Ok(())
}

/// Cells take seconds for many clips: pages are made with the old ones meanwhile.
async fn make_cells(app: &App) {
    let held = app.interests.texts(|texts| texts.nearest.wants_cells().then(|| texts.nearest.clone()));
    let Some(held) = held else { return };
    // Nobody else adds to them.
    if let Ok(nearest) = tokio::task::spawn_blocking(|| held.with_cells()).await {
        app.interests.change_texts(|texts| texts.nearest = nearest);
    }
}

/// Takes in the texts of some clips; false where one of them is not there any more.
async fn read_some(app: &App, missing: &[(Arc<str>, i64)]) -> Result<bool, StoreError> {
    let ids: Vec<String> = missing.iter().map(|(id, _)| id.to_string()).collect();
    let kept: HashMap<String, ClipTextRow> = store::clip_text::list_texts(&app.db, &ids)
        .await?
        .into_iter()
        .map(|row| (row.clip_id.clone(), row))
        .collect();
    let facts: HashMap<String, FactsRow> = store::interest::list_facts(&app.db, &ids)
        .await?
        .into_iter()
        .map(|row| (row.clip_id.clone(), row))
        .collect();
    let (mut read, mut unmade) = (Vec::new(), Vec::new());
    for (id, version) in missing {
        let row = kept.get(&**id).filter(|row| row.clip_version == *version);
        match row.and_then(|row| vector_of(&row.vector)) {
            Some(vector) => read.push((id.clone(), *version, vector)),
            None => unmade.push((id.clone(), *version)),
        }
    }
    if !unmade.is_empty() {
        read.extend(make(app, &unmade).await?);
    }
    // Taken back since: the feed's index is told soon.
    read.retain(|(id, ..)| facts.contains_key(&**id));
    app.interests.change_texts(|texts| {
        for (id, version, vector) in &read {
            if let Some(row) = facts.get(&**id) {
                texts.insert(id, *version, vector, row);
            }
        }
    });
    Ok(read.len() == missing.len())
}

/// A clip, its version, and what its text is about.
type Made = (Arc<str>, i64, [f32; WIDTH]);

/// Makes and keeps the numbers of clips that have none yet.
async fn make(app: &App, clips: &[(Arc<str>, i64)]) -> Result<Vec<Made>, StoreError> {
    let common = common(app).await?;
    let ids: Vec<String> = clips.iter().map(|(id, _)| id.to_string()).collect();
    let mut words: HashMap<String, WordsRow> = store::clip_text::list_words(&app.db, &ids)
        .await?
        .into_iter()
        .map(|row| (row.clip_id.clone(), row))
        .collect();
    let topics: Vec<Vec<Arc<str>>> =
        app.feed.look(|index| clips.iter().map(|(id, _)| index.topics_of(id).to_vec()).collect());
    // Taken back since: the feed's index is told soon.
    let there: Vec<_> = clips
        .iter()
        .zip(topics)
        .filter_map(|((id, version), topics)| Some((id.clone(), *version, topics, words.remove(&**id)?)))
        .collect();
    let work = move || -> Vec<Made> {
        let vector = |topics: &[Arc<str>], row: &WordsRow| {
            let topics: Vec<&str> = topics.iter().map(|topic| &**topic).collect();
            text::vector(&row.title, &topics, &spoken(&row.captions), &common)
        };
        let made = |(id, version, topics, row): (Arc<str>, i64, Vec<Arc<str>>, WordsRow)| {
            let vector = vector(&topics, &row);
            (id, version, vector)
        };
        there.into_iter().map(made).collect()
    };
    let made = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Unreadable("a clip's text", error.to_string()))?;
    let rows: Vec<ClipTextRow> = made
        .iter()
        .map(|(id, version, vector)| ClipTextRow {
            clip_id: id.to_string(),
            clip_version: *version,
            vector: bytes_of(vector),
        })
        .collect();
    let mut tx = app.db.begin().await?;
    store::clip_text::upsert_texts(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(made)
}

/// How common words are on this site, counted once a start where it is first needed.
async fn common(app: &App) -> Result<Arc<Common>, StoreError> {
    if let Some(common) = app.interests.texts(|texts| texts.common.clone()) {
        return Ok(common);
    }
    let mut ids: Vec<String> = app.feed.look(|index| index.ids().map(ToString::to_string).collect());
    ids.sort_unstable();
    let step = ids.len().div_ceil(COUNTED).max(1);
    let some: Vec<String> = ids.into_iter().step_by(step).collect();
    let mut common = Common::default();
    for part in some.chunks(AT_ONCE) {
        for row in store::clip_text::list_words(&app.db, part).await? {
            common.add(&format!("{} {}", row.title, spoken(&row.captions)));
        }
    }
    let common = Arc::new(common);
    app.interests.change_texts(|texts| texts.common = Some(common.clone()));
    Ok(common)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_stored_vector_comes_back_within_a_127th_of_its_largest_number(
            values in prop::collection::vec(-1.0_f32..1.0, WIDTH)
        ) {
            let vector: [f32; WIDTH] = values.try_into().unwrap();
            let most = vector.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
            let back = vector_of(&bytes_of(&vector)).unwrap();
            for (one, other) in vector.iter().zip(back) {
                prop_assert!((one - other).abs() <= most / 127.0);
            }
        }

        #[test]
        fn stored_bytes_of_any_kind_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let read = vector_of(&bytes);
            prop_assert!(read.is_none_or(|vector| vector.iter().all(|value| value.is_finite())));
        }
    }

    fn facts(clip: &str, pull: f64) -> FactsRow {
        FactsRow {
            clip_id: clip.to_owned(),
            author_id: "someone".to_owned(),
            weight: Some(10.0),
            pull: Some(pull),
            guess: None,
            questions: 1,
        }
    }

    #[test]
    fn what_is_like_the_last_clips_comes_first_and_a_clip_read_again_stands_once() {
        let facts_of =
            |texts: &Texts, clip| texts.number(clip).and_then(|number| texts.facts(number)).cloned();
        let mut texts = Texts::default();
        let common = Common::default();
        let clips: Vec<(Arc<str>, &str)> = vec![
            ("a".into(), "How light bends in water"),
            ("b".into(), "Light and shadow in water"),
            ("c".into(), "Baking bread at home"),
        ];
        for (id, title) in &clips {
            texts.insert(id, 1, &text::vector(title, &[], "", &common), &facts(id, 0.0));
        }
        texts.insert(&clips[2].0, 2, &text::vector(clips[2].1, &[], "", &common), &facts("c", 4.0));
        assert_eq!(facts_of(&texts, "c"), Some(Facts::of(&facts("c", 4.0), "someone".into())));
        texts.set_facts(&facts("c", 9.0));
        assert_eq!(facts_of(&texts, "c"), Some(Facts::of(&facts("c", 9.0), "someone".into())));
        assert_eq!(texts.number("d"), None);
        let like = texts.like(&["a".into()], 5, |clip| clip == "a");
        assert_eq!(like.first().map(|clip| &**clip), Some("b"));
        assert!(like.iter().filter(|clip| &***clip == "c").count() <= 1);
        assert_eq!(texts.like(&[], 5, |_| false), Vec::<Arc<str>>::new());
    }
}

//! Which clips come next: an index of all published clips in memory, kept true by the catalogue's version. Order only;
//! what a clip looks like is `http::clip_views`, what a person has seen is asked of the store. What is due again comes
//! from `feed::due` and is put among the new clips by `feed::mixing`.

pub mod due;
pub mod mixing;

use crate::store::{self, Db, StoreError};
use minnow_shared::TopicId;
use mixing::Pass;
use rustc_hash::FxHashMap;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, RwLock},
};
use tokio::sync::Mutex;

/// A clip's place in time; later is greater.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub at_ms: i64,
    pub id: Arc<str>,
}

/// A published clip in the index.
#[derive(Debug, Clone)]
struct Entry {
    at_ms: i64,
    version: i64,
    topics: ClipTopics,
}

/// A clip's topics, in its order.
pub type ClipTopics = Arc<[Arc<str>]>;

/// Where a page of the feed ended. The text form goes through the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Only clips published up to here: what comes later never shifts a pass that is under way.
    pub until_ms: i64,
    pub round: u32,
    /// The last clip of the page, within its round.
    pub after: Option<(i64, String)>,
    /// The clip that was put first.
    pub first: Option<String>,
    /// How far it has come with reviews; `None` while none was due.
    pub reviews: Option<Pass>,
    /// The next page of a ranked pass, from 0; `None`: clips come in turn.
    pub ranked: Option<u32>,
}

impl Cursor {
    /// The begin of a pass over all clips there are now.
    pub fn start(now_ms: i64, first: Option<String>) -> Self {
        Self { until_ms: now_ms, round: 0, after: None, first, reviews: None, ranked: None }
    }

    /// At most 160 characters of ASCII.
    pub fn write(&self) -> String {
        let (at_ms, id) = self.after.clone().unwrap_or((0, String::new()));
        let first = self.first.as_deref().unwrap_or_default();
        let reviews = self.reviews.as_ref().map_or(String::new(), |pass| format!(".{}", pass.write()));
        let round = self.ranked.map_or_else(|| self.round.to_string(), |page| format!("r{page}"));
        format!("{}.{round}.{at_ms}.{id}.{first}{reviews}", self.until_ms)
    }

    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let until_ms = parts.next()?.parse().ok()?;
        let round = parts.next()?;
        let (round, ranked) = match round.strip_prefix('r') {
            Some(page) => (0, Some(page.parse().ok()?)),
            None => (round.parse().ok()?, None),
        };
        let at_ms = parts.next()?.parse().ok()?;
        let (id, first) = (parts.next()?, parts.next()?);
        let plain = |text: &str| text.len() <= 26 && text.bytes().all(|b| b.is_ascii_alphanumeric());
        let mut parts = parts.peekable();
        let reviews = if parts.peek().is_some() { Some(Pass::read(parts.by_ref())?) } else { None };
        if parts.next().is_some() || !plain(id) || !plain(first) {
            return None;
        }
        Some(Self {
            until_ms,
            round,
            after: (!id.is_empty()).then(|| (at_ms, id.to_owned())),
            first: (!first.is_empty()).then(|| first.to_owned()),
            reviews,
            ranked,
        })
    }
}

/// A clip that comes next, and the place of the pass after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    pub id: Arc<str>,
    pub cursor: Cursor,
}

/// All published clips by topic, each list newest first.
#[derive(Debug, Default)]
pub struct Index {
    version: i64,
    clips: FxHashMap<Arc<str>, Entry>,
    /// Every clip once, under its first topic: the mix.
    mix: BTreeMap<Arc<str>, Vec<Reverse<Place>>>,
    /// Every clip under each of its topics.
    topics: BTreeMap<Arc<str>, Vec<Reverse<Place>>>,
}

impl Index {
    /// Adds a clip or changes its place. `topics`: in the clip's order.
    pub fn insert(&mut self, id: &str, at_ms: i64, version: i64, topics: &[String]) {
        self.remove(id);
        let id: Arc<str> = id.into();
        let topics: ClipTopics = topics.iter().map(|topic| self.topic_name(topic)).collect();
        let place = Place { at_ms, id: id.clone() };
        let main = topics.first().cloned().unwrap_or_else(|| "".into());
        insert_sorted(self.mix.entry(main).or_default(), place.clone());
        for topic in topics.iter() {
            insert_sorted(self.topics.entry(topic.clone()).or_default(), place.clone());
        }
        self.clips.insert(id, Entry { at_ms, version, topics });
    }

    /// One text for a topic's name however many clips bear it.
    fn topic_name(&self, topic: &str) -> Arc<str> {
        self.topics.get_key_value(topic).map_or_else(|| topic.into(), |(name, _)| name.clone())
    }

    pub fn remove(&mut self, id: &str) {
        let Some((id, entry)) = self.clips.remove_entry(id) else { return };
        let place = Reverse(Place { at_ms: entry.at_ms, id });
        let main = entry.topics.first().cloned().unwrap_or_else(|| "".into());
        for (topic, lists) in std::iter::once((&main, &mut self.mix)) {
            remove_sorted(lists, topic, &place);
        }
        for topic in entry.topics.iter() {
            remove_sorted(&mut self.topics, topic, &place);
        }
    }

    /// The version of a published clip.
    pub fn version_of(&self, id: &str) -> Option<i64> {
        self.clips.get(id).map(|entry| entry.version)
    }

    pub fn len(&self) -> usize {
        self.clips.len()
    }

    /// Rises with every change.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// All published clips, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &Arc<str>> {
        self.clips.keys()
    }

    /// A published clip's topics, in its order.
    pub fn topics_of(&self, id: &str) -> &[Arc<str>] {
        self.clips.get(id).map(|entry| &*entry.topics).unwrap_or_default()
    }

    /// The same, to be kept; `None`: it is not published.
    pub fn find_topics(&self, id: &str) -> Option<&ClipTopics> {
        self.clips.get(id).map(|entry| &entry.topics)
    }

    /// Topics that have clips, by name.
    pub fn topic_names(&self) -> impl Iterator<Item = &str> {
        self.topics.keys().map(|topic| &**topic)
    }

    /// One of all clips, each by one number below their count.
    pub fn nth(&self, mut place: usize) -> Option<Arc<str>> {
        for list in self.mix.values() {
            match list.get(place) {
                Some(clip) => return Some(clip.0.id.clone()),
                None => place -= list.len(),
            }
        }
        None
    }

    pub fn is_empty(&self) -> bool {
        self.clips.is_empty()
    }

    /// When the newest clip was published.
    pub fn newest_ms(&self) -> Option<i64> {
        self.mix.values().filter_map(|list| list.first()).map(|place| place.0.at_ms).max()
    }

    /// Whether there are clips at all, or on a topic.
    pub fn has(&self, topic: Option<&TopicId>) -> bool {
        topic.map_or(!self.is_empty(), |topic| self.topics.contains_key(topic.as_str()))
    }

    /// How many clips each topic has, and its newest ones.
    pub fn topic(&self, topic: &str, newest: usize) -> (usize, Vec<Arc<str>>) {
        self.topics.get(topic).map_or((0, Vec::new()), |list| {
            (list.len(), list.iter().take(newest).map(|place| place.0.id.clone()).collect())
        })
    }

    /// The next clips after a cursor, at most `count`, leaving out those that `skip` says. Topics take turns: in each
    /// round every topic gives its next newest clip, the newest of them first. With `topic`: newest first.
    pub fn next(
        &self,
        cursor: &Cursor,
        topic: Option<&TopicId>,
        count: usize,
        skip: impl Fn(&str) -> bool,
    ) -> Vec<Next> {
        let wanted = |id: &str| cursor.first.as_deref() != Some(id) && !skip(id);
        let after = cursor.after.as_ref().map(|(at_ms, id)| (*at_ms, id.as_str()));
        match topic {
            Some(topic) => self
                .of_topic(topic.as_str(), cursor.until_ms)
                .filter(|place| after.is_none_or(|after| (place.at_ms, &*place.id) < after))
                .filter(|place| wanted(&place.id))
                .take(count)
                .map(|place| next_at(cursor, 0, place))
                .collect(),
            None => {
                let places = self.of_mix((cursor.until_ms, cursor.round, after), count, wanted);
                places.into_iter().map(|(round, place)| next_at(cursor, round, place)).collect()
            }
        }
    }

    /// The newest clips up to an instant, topics taking turns.
    pub fn newest(&self, until_ms: i64, count: usize, skip: impl Fn(&str) -> bool) -> Vec<Arc<str>> {
        let places = self.of_mix((until_ms, 0, None), count, |id| !skip(id));
        places.into_iter().map(|(_, place)| place.id.clone()).collect()
    }

    /// The newest clips of a topic up to an instant.
    pub fn newest_of(
        &self,
        topic: &str,
        until_ms: i64,
        count: usize,
        skip: impl Fn(&str) -> bool,
    ) -> Vec<Arc<str>> {
        let open = self.of_topic(topic, until_ms).filter(|place| !skip(&place.id));
        open.take(count).map(|place| place.id.clone()).collect()
    }

    fn of_topic(&self, topic: &str, until_ms: i64) -> impl Iterator<Item = &Place> {
        let list = self.topics.get(topic).map(Vec::as_slice).unwrap_or_default();
        list.iter().skip(first_until(list, until_ms)).map(|place| &place.0)
    }

    /// Places and their rounds, from a round on and in it after a place.
    fn of_mix(
        &self,
        (until_ms, mut round, mut after): (i64, u32, Option<(i64, &str)>),
        count: usize,
        wanted: impl Fn(&str) -> bool,
    ) -> Vec<(u32, &Place)> {
        let lists: Vec<&[Reverse<Place>]> = self
            .mix
            .values()
            .map(|list| list.get(first_until(list, until_ms)..).unwrap_or_default())
            .collect();
        let mut out = Vec::with_capacity(count);
        while out.len() < count {
            let mut turn: Vec<&Place> =
                lists.iter().filter_map(|list| list.get(round as usize)).map(|place| &place.0).collect();
            if turn.is_empty() {
                break;
            }
            turn.sort_unstable_by(|a, b| b.cmp(a));
            let rest =
                turn.into_iter().filter(|place| after.is_none_or(|after| (place.at_ms, &*place.id) < after));
            for place in rest.filter(|place| wanted(&place.id)).take(count - out.len()) {
                out.push((round, place));
            }
            after = None;
            round = round.saturating_add(1);
        }
        out
    }
}

fn next_at(cursor: &Cursor, round: u32, place: &Place) -> Next {
    let after = Some((place.at_ms, place.id.to_string()));
    Next { id: place.id.clone(), cursor: Cursor { round, after, ..cursor.clone() } }
}

/// The first index of a clip that was published up to an instant.
fn first_until(list: &[Reverse<Place>], until_ms: i64) -> usize {
    list.partition_point(|place| place.0.at_ms > until_ms)
}

fn insert_sorted(list: &mut Vec<Reverse<Place>>, place: Place) {
    let place = Reverse(place);
    if let Err(at) = list.binary_search(&place) {
        list.insert(at, place);
    }
}

fn remove_sorted(
    lists: &mut BTreeMap<Arc<str>, Vec<Reverse<Place>>>,
    topic: &Arc<str>,
    place: &Reverse<Place>,
) {
    if let Some(list) = lists.get_mut(topic) {
        if let Ok(at) = list.binary_search(place) {
            list.remove(at);
        }
        if list.is_empty() {
            lists.remove(topic);
        }
    }
}

/// Topics in their order with their names by language.
#[derive(Debug, Default)]
pub struct Topics {
    pub order: Vec<TopicId>,
    names: HashMap<String, Vec<(String, String)>>,
}

impl Topics {
    /// Topics by their ids and by their names in every language, in small letters.
    pub fn by_word(&self) -> HashMap<String, String> {
        let named = self
            .names
            .iter()
            .flat_map(|(id, names)| names.iter().map(|(_, name)| (name.trim().to_lowercase(), id.clone())));
        // Ids come last: they are certain.
        named.chain(self.order.iter().map(|id| (id.to_string(), id.to_string()))).collect()
    }

    /// A topic's names by language.
    pub fn names(&self, topic: &TopicId) -> &[(String, String)] {
        self.names.get(topic.as_str()).map(Vec::as_slice).unwrap_or_default()
    }

    /// The name in the first of these languages there is, else in English, else the id.
    pub fn name(&self, topic: &TopicId, languages: &[String]) -> String {
        let names = self.names.get(topic.as_str()).map(Vec::as_slice).unwrap_or_default();
        let in_language = |wanted: &str| {
            let plain = wanted.split('-').next().unwrap_or_default();
            names.iter().find(|(language, _)| language == plain).map(|(_, name)| name.clone())
        };
        languages
            .iter()
            .find_map(|language| in_language(language))
            .or_else(|| in_language("en"))
            .unwrap_or_else(|| topic.to_string())
    }
}

/// The feed of one node.
pub struct Feed {
    index: RwLock<Index>,
    topics: RwLock<Arc<Topics>>,
    refreshing: Mutex<()>,
}

/// More changes than this at once: read everything anew.
const MANY_CHANGES: i64 = 2_000;

impl Feed {
    /// Reads the catalogue.
    pub async fn open(db: &Db) -> Result<Self, StoreError> {
        let feed = Self { index: RwLock::default(), topics: RwLock::default(), refreshing: Mutex::new(()) };
        feed.reload(db).await?;
        Ok(feed)
    }

    /// Looks into the index.
    pub fn look<T>(&self, at: impl FnOnce(&Index) -> T) -> T {
        at(&self.index.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn change(&self, how: impl FnOnce(&mut Index)) {
        how(&mut self.index.write().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    pub fn topics(&self) -> Arc<Topics> {
        self.topics.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Learns what changed since the last look, on this node or another.
    pub async fn refresh(&self, db: &Db) -> Result<(), StoreError> {
        let _one_at_a_time = self.refreshing.lock().await;
        let known = self.look(|index| index.version);
        let latest = store::catalogue::get_version(db).await?;
        if latest == known {
            return Ok(());
        }
        let changes = store::catalogue::list_changes(db, known, MANY_CHANGES).await?;
        if i64::try_from(changes.len()).unwrap_or(i64::MAX) >= MANY_CHANGES {
            return self.reload(db).await;
        }
        let ids: Vec<String> = changes.iter().map(|change| change.clip_id.clone()).collect();
        // A version without a clip is one of the topics'.
        let version = changes.iter().map(|change| change.version).max().unwrap_or(latest).max(latest);
        let mut places = Vec::new();
        for some in ids.chunks(500) {
            places.extend(store::catalogue::list_places_of(db, some).await?);
        }
        let mut topics = gather(list_topics_of(db, &ids).await?);
        self.read_topics(db).await?;
        let there: HashSet<String> = places.iter().map(|place| place.clip_id.clone()).collect();
        self.change(|index| {
            for id in ids.iter().filter(|id| !there.contains(*id)) {
                index.remove(id);
            }
            for place in &places {
                let topics = topics.remove(&place.clip_id).unwrap_or_default();
                index.insert(&place.clip_id, place.published_at_ms, place.version, &topics);
            }
            index.version = version;
        });
        Ok(())
    }

    async fn reload(&self, db: &Db) -> Result<(), StoreError> {
        // The version first: what changes while the clips are read is read again next time.
        let version = store::catalogue::get_version(db).await?;
        let (places, topics, ()) = tokio::try_join!(
            store::catalogue::list_places(db),
            store::catalogue::list_published_topics(db),
            self.read_topics(db),
        )?;
        let mut topics = gather(topics);
        let mut index = Index { version, ..Index::default() };
        // Oldest first would move every list at each insertion.
        let mut places = places;
        places.sort_unstable_by_key(|place| Reverse(place.published_at_ms));
        for place in places {
            let topics = topics.remove(&place.clip_id).unwrap_or_default();
            index.insert(&place.clip_id, place.published_at_ms, place.version, &topics);
        }
        self.change(|now| *now = index);
        Ok(())
    }

    async fn read_topics(&self, db: &Db) -> Result<(), StoreError> {
        let order = store::topic::list_topics(db).await?;
        let mut names: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for row in store::topic::list_topic_names(db).await? {
            names.entry(row.topic_id).or_default().push((row.language, row.name));
        }
        let order = order.iter().filter_map(|id| TopicId::parse(id).ok()).collect();
        let topics = Arc::new(Topics { order, names });
        *self.topics.write().unwrap_or_else(std::sync::PoisonError::into_inner) = topics;
        Ok(())
    }
}

async fn list_topics_of(db: &Db, ids: &[String]) -> Result<Vec<(String, String)>, StoreError> {
    let mut all = Vec::new();
    for some in ids.chunks(500) {
        let rows = store::clip::list_clip_topics(db, some).await?;
        all.extend(rows.into_iter().map(|row| (row.clip_id, row.topic_id)));
    }
    Ok(all)
}

fn gather(rows: Vec<(String, String)>) -> HashMap<String, Vec<String>> {
    let mut topics: HashMap<String, Vec<String>> = HashMap::new();
    for (clip, topic) in rows {
        topics.entry(clip).or_default().push(topic);
    }
    topics
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn index(clips: &[(&str, i64, &[&str])]) -> Index {
        let mut index = Index::default();
        for (id, at_ms, topics) in clips {
            let topics: Vec<String> = topics.iter().map(|t| (*t).to_owned()).collect();
            index.insert(id, *at_ms, 1, &topics);
        }
        index
    }

    fn ids(next: &[Next]) -> Vec<&str> {
        next.iter().map(|next| &*next.id).collect()
    }

    #[test]
    fn topics_take_turns_newest_first() {
        let index = index(&[
            ("A1", 9, &["a"]),
            ("A2", 8, &["a"]),
            ("A3", 7, &["a"]),
            ("B1", 3, &["b", "a"]),
            ("C1", 10, &["c"]),
            ("C2", 1, &["c"]),
        ]);
        let start = Cursor::start(100, None);
        assert_eq!(ids(&index.next(&start, None, 10, |_| false)), ["C1", "A1", "B1", "A2", "C2", "A3"]);
        let topic = TopicId::parse("a").unwrap();
        assert_eq!(ids(&index.next(&start, Some(&topic), 10, |_| false)), ["A1", "A2", "A3", "B1"]);
    }

    #[test]
    fn what_is_published_later_never_shifts_a_pass_under_way() {
        let mut index = index(&[("A1", 5, &["a"]), ("A2", 4, &["a"]), ("B1", 3, &["b"]), ("B2", 2, &["b"])]);
        let first = index.next(&Cursor::start(6, None), None, 2, |_| false);
        assert_eq!(ids(&first), ["A1", "B1"]);
        index.insert("A0", 7, 2, &["a".to_owned()]);
        let rest = index.next(&first[1].cursor, None, 10, |_| false);
        assert_eq!(ids(&rest), ["A2", "B2"]);
        assert_eq!(ids(&index.next(&Cursor::start(8, None), None, 1, |_| false)), ["A0"]);
    }

    #[test]
    fn a_removed_clip_is_gone_from_every_list() {
        let mut index = index(&[("A1", 5, &["a", "b"]), ("B1", 3, &["b"])]);
        index.remove("A1");
        assert_eq!(index.topic("a", 3).0, 0);
        assert_eq!(index.topic("b", 3), (1, vec!["B1".into()]));
        assert_eq!(ids(&index.next(&Cursor::start(9, None), None, 9, |_| false)), ["B1"]);
    }

    #[test]
    fn cursors_read_back_and_anything_else_is_refused() {
        let reviews = Some(Pass { since: 1, left: 7, after: Some(mixing::DueAt::new(12.5, "Q1")) });
        for reviews in [None, Some(Pass::start(3)), reviews] {
            let after = Some((4, "A1".into()));
            let first = Some("B".into());
            let cursor = Cursor { until_ms: 5, round: 2, after, first, reviews, ranked: None };
            assert_eq!(Cursor::read(&cursor.write()), Some(cursor.clone()));
            let ranked = Cursor { round: 0, after: None, ranked: Some(7), ..cursor };
            assert_eq!(Cursor::read(&ranked.write()), Some(ranked));
        }
        assert_eq!(Cursor::read(&Cursor::start(1, None).write()), Some(Cursor::start(1, None)));
        for text in [
            "",
            "1",
            "1.2.3.4",
            "1.2.3.a.b.c",
            "x.0.0..",
            "1.-1.0..",
            "1.0.0.'.",
            "1.0.0..\u{e9}",
            "1.0.0...3.1.0.",
            "1.r.0..",
            "1.r-1.0..",
        ] {
            assert_eq!(Cursor::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_pass_in_pages_shows_every_clip_once(
            clips in prop::collection::btree_map("[A-Z0-9]{1,4}", (0i64..20, prop::collection::vec("[a-d]", 0..3)), 0..40),
            page in 1usize..7,
        ) {
            let mut index = Index::default();
            for (id, (at_ms, topics)) in &clips {
                index.insert(id, *at_ms, 1, topics);
            }
            let mut cursor = Cursor::start(50, None);
            let mut shown = Vec::new();
            loop {
                let next = index.next(&cursor, None, page, |_| false);
                let Some(last) = next.last() else { break };
                shown.extend(next.iter().map(|n| n.id.to_string()));
                cursor = Cursor::read(&last.cursor.write()).unwrap();
            }
            let distinct: HashSet<&String> = shown.iter().collect();
            prop_assert_eq!(distinct.len(), shown.len());
            prop_assert_eq!(shown.len(), clips.len());
        }
    }
}

//! A ranked page of new clips: candidates of all sources, what is foretold of each, and the page made of them. Pure: what
//! it needs of the database it is given.

use super::{
    served::Served,
    state::Learner,
    texts::{Facts, Texts},
};
use crate::{
    feed::{ClipTopics, Cursor, Index},
    store::interest::{ShownRow, StanceRow},
};
use minnow_mastery::{
    estimate::{Belief, expected_chance},
    fold::Model,
};
use minnow_recommender::{
    histories::scatter,
    page::{
        self, Ready, Shown,
        cold::{self, First},
        explore::{self, Chance, Pool, Tried},
        merge::{Found, Proposal, Source, merge},
        score::{Chances, Reason},
    },
    text,
};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// Candidates that are ranked.
const ROOM: usize = 500;
/// Newest clips of a topic that is liked, or tried out.
const OF_A_TOPIC: usize = 24;
/// Topics that are looked into because they are liked.
const LIKED: usize = 10;
/// Clips drawn from all alike, of which a place that is given to chance takes one.
const DRAWN: usize = 8;

/// What a learner has set, as ranking reads it.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    pub wander: u32,
    pub stances: HashMap<String, StanceRow>,
    pub muted_words: Vec<String>,
    pub muted_authors: HashSet<String>,
}

impl Wishes {
    fn is_muted(&self, topic: &str) -> bool {
        self.stances.get(topic).is_some_and(|stance| stance.is_muted)
    }

    /// 0 to 1.
    fn level(&self, topic: &str) -> Option<f32> {
        let stance = self.stances.get(topic)?;
        stance.level.map(|level| level.clamp(0, 100) as f32 / 100.0).or(stance.is_pinned.then_some(1.0))
    }
}

/// Where a page stands: of whom, in which pass, which page, so many clips.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub person: &'a str,
    pub cursor: &'a Cursor,
    pub count: usize,
    pub now_ms: i64,
    /// The share of places that are given to chance.
    pub by_chance: f64,
    /// Clips that are not to come: they stand on earlier pages, or come for review.
    pub without: &'a HashSet<String>,
}

impl Asked<'_> {
    /// The same page of the same pass draws the same.
    fn seed(&self) -> u64 {
        let page = u64::from(self.cursor.ranked.unwrap_or(0));
        let person = self.person.bytes().fold(0, |sum: u64, byte| scatter(sum, u64::from(byte)));
        scatter(scatter(person, self.cursor.until_ms as u64), page)
    }

    /// A clip that stands on this page for certain.
    fn row(&self, place: i64, clip: &str, why: &Reasons) -> ShownRow {
        ShownRow {
            clip_id: clip.to_owned(),
            pass_ms: self.cursor.until_ms,
            page: i64::from(self.cursor.ranked.unwrap_or(0)),
            place,
            shown_at_ms: self.now_ms,
            propensity: 1.0,
            is_uniform: false,
            reasons: serde_json::to_string(why).unwrap_or_default(),
        }
    }

    fn skips(&self, learner: Learner<'_>, clip: &str) -> bool {
        self.cursor.first.as_deref() == Some(clip) || self.without.contains(clip) || learner.has_met(clip)
    }
}

/// What was made of the log and of texts beforehand.
#[derive(Debug, Clone, Copy)]
pub struct Models<'a> {
    /// `None`: nothing is fitted yet.
    pub served: Option<&'a Served>,
    pub texts: &'a Texts,
}

/// What may be shown, named by its sources, and the draw for chance.
#[derive(Debug)]
pub struct Candidates {
    named: Vec<Named>,
    found: Vec<Found>,
    /// Of each of `found`: by how much the fitted model lifts the odds that it is taken up.
    lifts: Vec<Option<f32>>,
    drawn: Vec<Named>,
    /// How many clips the draw was from.
    open: usize,
}

/// A published clip that a source named: looked up once.
#[derive(Debug)]
struct Named {
    id: Arc<str>,
    topics: ClipTopics,
    /// Of its text, where that has been read.
    number: Option<u32>,
}

impl Named {
    /// `None`: it is not published. What others went on to may have been taken back.
    fn of(id: Arc<str>, index: &Index, texts: &Texts) -> Option<Self> {
        let topics = index.find_topics(&id)?.clone();
        Some(Self { topics, number: texts.number(&id), id })
    }
}

impl Candidates {
    /// All of them; some stand twice.
    pub fn ids(&self) -> impl Iterator<Item = &Arc<str>> {
        self.all().map(|one| &one.id)
    }

    /// Those whose texts had not been read.
    pub fn unread(&self) -> impl Iterator<Item = &Arc<str>> {
        self.all().filter(|one| one.number.is_none()).map(|one| &one.id)
    }

    fn all(&self) -> impl Iterator<Item = &Named> {
        self.named.iter().chain(&self.drawn)
    }
}

/// Gathers candidates: what is liked, what others went on to, what is like the last clips, new, popular, and what is tried out.
pub fn candidates(
    learner: Learner<'_>,
    (index, models): (&Index, Models<'_>),
    wishes: &Wishes,
    asked: Asked<'_>,
) -> Candidates {
    let mut chance = Chance::new(scatter(asked.seed(), 1));
    let mutes = wishes.stances.values().any(|stance| stance.is_muted);
    let is_muted = |id: &str| mutes && index.topics_of(id).iter().any(|topic| wishes.is_muted(topic));
    let skip = |id: &str| asked.skips(learner, id) || is_muted(id);
    let until_ms = asked.cursor.until_ms;
    let newest = |topic: &str| index.newest_of(topic, until_ms, OF_A_TOPIC, skip);
    let in_turn = |lists: Vec<Vec<Arc<str>>>| -> Vec<Arc<str>> {
        let most = lists.iter().map(Vec::len).max().unwrap_or(0);
        (0..most)
            .flat_map(|at| lists.iter().filter_map(move |list| list.get(at).cloned()).collect::<Vec<_>>())
            .collect()
    };
    let believed = learner.tried();
    let tried: Vec<(&str, (f64, f64))> = {
        let of = |topic: &'_ str| believed.get(topic).copied().unwrap_or_default();
        index
            .topic_names()
            .map(|topic| (topic, of(topic)))
            .filter(|(topic, _)| !wishes.is_muted(topic))
            .collect()
    };
    let liked = {
        let level = |(topic, (yes, no)): &(&str, (f64, f64))| {
            let is_pinned = wishes.stances.get(*topic).is_some_and(|stance| stance.is_pinned);
            let set = wishes.level(topic).map(f64::from);
            (is_pinned, set.unwrap_or((yes + 1.0) / (yes + no + 2.0)))
        };
        let mut liked: Vec<_> =
            tried.iter().map(|one| (level(one), one.0)).filter(|((_, level), _)| *level > 0.5).collect();
        liked.sort_by(|a, b| b.0.0.cmp(&a.0.0).then(b.0.1.total_cmp(&a.0.1)).then(a.1.cmp(b.1)));
        in_turn(liked.iter().take(LIKED).map(|one| newest(one.1)).collect())
    };
    let explored = {
        let counts: Vec<Tried> =
            (0..).zip(&tried).map(|(topic, (_, (yes, no)))| Tried { topic, yes: *yes, no: *no }).collect();
        let drawn = explore::topics(&counts, 2 + wishes.wander as usize / 15, &mut chance);
        in_turn(drawn.iter().filter_map(|at| tried.get(*at as usize)).map(|one| newest(one.0)).collect())
    };
    let fresh = index.newest(until_ms, ROOM / 5, skip);
    let taste = models.served.and_then(|served| Some((served, served.taste(learner)?)));
    let foretold =
        taste.as_ref().map(|(served, taste)| served.best(taste, ROOM / 5, skip)).unwrap_or_default();
    let wander = wishes.wander as usize;
    let lists = [
        (Source::Interest, 6, in_turn(vec![liked, foretold])),
        (Source::Transitions, 6, learner.transitions(ROOM / 5, skip)),
        (Source::Content, 4, models.texts.like(&learner.past(), ROOM / 5, skip)),
        (Source::Fresh, 3 + wander / 25, fresh),
        (Source::Popular, 2, learner.popular(ROOM / 10, skip)),
        (Source::Exploration, 1 + wander / 15, explored),
    ];
    let mut named: Vec<Named> = Vec::new();
    let mut numbers: FxHashMap<Arc<str>, Option<u32>> = FxHashMap::default();
    let name = |id: Arc<str>| Named::of(id, index, models.texts);
    let mut numbered = |id: Arc<str>| {
        *numbers.entry(id).or_insert_with_key(|id| {
            named.push(name(id.clone())?);
            u32::try_from(named.len() - 1).ok()
        })
    };
    let proposals: Vec<Proposal> = lists
        .into_iter()
        .map(|(source, share, list)| {
            let clips = list.into_iter().filter_map(&mut numbered).collect();
            Proposal { source, share, clips }
        })
        .collect();
    let found = merge(&proposals, ROOM, |_, _| true);
    let mut drawn: BTreeSet<Arc<str>> = BTreeSet::new();
    for _ in 0..4 * DRAWN {
        let id = index.nth(chance.place(index.len()));
        drawn.extend(id.filter(|id| drawn.len() < DRAWN && !skip(id)));
    }
    let clips = || found.iter().filter_map(|one| named.get(one.clip as usize)).map(|one| &one.id);
    let lifts = taste.as_ref().map(|(served, taste)| served.odds(taste, clips()));
    Candidates {
        lifts: lifts.unwrap_or_else(|| vec![None; found.len()]),
        named,
        found,
        drawn: drawn.into_iter().filter_map(name).collect(),
        open: index.len().saturating_sub(learner.met()).max(1),
    }
}

/// Why a clip was shown, as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reasons {
    pub parts: Vec<Reason>,
    pub score: f32,
    pub sources: Vec<Source>,
    pub topic: Option<String>,
}

/// What else ranking reads.
pub struct Knowledge<'a> {
    pub texts: &'a Texts,
    /// Of the candidates that `texts` does not hold yet.
    pub more: &'a HashMap<String, Facts>,
    /// Candidates whose titles have muted words.
    pub muted: &'a HashSet<String>,
    /// What the learner holds of topics, as of now.
    pub abilities: &'a HashMap<String, Belief>,
}

impl Knowledge<'_> {
    /// `None`: it may not be shown.
    fn facts(&self, wishes: &Wishes, clip: &Named) -> Option<&Facts> {
        let read = clip.number.and_then(|number| self.texts.facts(number));
        let facts = read.or_else(|| self.more.get(&*clip.id))?;
        let is_muted = self.muted.contains(&*clip.id) || wishes.muted_authors.contains(&*facts.author);
        (!is_muted).then_some(facts)
    }
}

/// The page: clips in the order to show, each with why. Where candidates run out it is shorter.
pub fn page(
    learner: Learner<'_>,
    (wishes, asked): (&Wishes, Asked<'_>),
    candidates: &Candidates,
    knowledge: &Knowledge<'_>,
) -> Vec<ShownRow> {
    let (mut authors, mut topics, mut leans) = (HashMap::new(), HashMap::new(), HashMap::new());
    let mut ready = Vec::with_capacity(candidates.found.len());
    for (one, lift) in candidates.found.iter().zip(&candidates.lifts) {
        let Some(clip) = candidates.named.get(one.clip as usize) else { continue };
        let Some(facts) = knowledge.facts(wishes, clip) else { continue };
        let topic = clip.topics.first().map_or("", |topic| topic);
        let lean = leans.entry(topic).or_insert_with(|| learner.lean(topic, wishes.level(topic)));
        let counted = learner.chances(&clip.id, lean);
        // What is set by hand is not guessed at.
        let counted = counted.at_odds(lift.filter(|_| lean.level.is_none()).unwrap_or(1.0));
        ready.push(Ready {
            clip: one.clip,
            author: numbered(&mut authors, &facts.author),
            topic: numbered(&mut topics, topic),
            sources: one.sources.clone(),
            chances: foretold(counted, knowledge, (facts, topic)),
            about: clip
                .number
                .and_then(|number| knowledge.texts.vector(number))
                .unwrap_or_else(|| about(&clip.topics)),
        });
    }
    if learner.is_new() && wishes.stances.is_empty() {
        return first_page(&ready, candidates, asked);
    }
    let by_chance: Vec<&Named> =
        candidates.drawn.iter().filter(|clip| knowledge.facts(wishes, clip).is_some()).collect();
    let (pool, names) = pool_of(candidates, &by_chance);
    let shown = page::make(
        &ready,
        Pool { clips: &pool, refused: &[], share: asked.by_chance },
        asked.count,
        scatter(asked.seed(), 2),
    );
    let row = |(place, shown): (i64, Shown)| {
        let clip = names.get(&shown.slot.clip)?;
        let propensity = if shown.slot.is_uniform {
            asked.by_chance / candidates.open as f64
        } else {
            1.0 - asked.by_chance
        };
        let why = reasons(&shown, clip.topics.first());
        Some(ShownRow { propensity, is_uniform: shown.slot.is_uniform, ..asked.row(place, &clip.id, &why) })
    };
    (0..).zip(shown).filter_map(row).collect()
}

/// Of somebody of whom nothing is known: clips whose taking up or passing over tells most.
fn first_page(ready: &[Ready], candidates: &Candidates, asked: Asked<'_>) -> Vec<ShownRow> {
    let firsts: Vec<First<'_>> = ready
        .iter()
        .map(|one| First { clip: one.clip, about: &one.about, finishes: one.chances.finishes })
        .collect();
    let row = |(place, clip): (i64, u32)| {
        let clip = candidates.named.get(clip as usize)?;
        let topic = clip.topics.first().map(ToString::to_string);
        let why = Reasons { parts: Vec::new(), score: 0.0, sources: vec![Source::Exploration], topic };
        Some(asked.row(place, &clip.id, &why))
    };
    (0..).zip(cold::first(&firsts, asked.count)).filter_map(row).collect()
}

fn reasons(shown: &Shown, topic: Option<&Arc<str>>) -> Reasons {
    // What chance put there owes its place to nothing else.
    let score = shown.score.as_ref().filter(|_| !shown.slot.is_uniform);
    Reasons {
        parts: score.map(|score| score.reasons.to_vec()).unwrap_or_default(),
        score: score.map_or(0.0, |score| score.value),
        sources: if shown.slot.is_uniform { Vec::new() } else { shown.sources.clone() },
        topic: topic.map(ToString::to_string),
    }
}

/// Numbers of what chance may take, ascending, and the clip of every number.
fn pool_of<'c>(candidates: &'c Candidates, by_chance: &[&'c Named]) -> (Vec<u32>, FxHashMap<u32, &'c Named>) {
    let mut names: FxHashMap<u32, &Named> = (0..).zip(&candidates.named).collect();
    let known: FxHashMap<&str, u32> = candidates.named.iter().map(|clip| &*clip.id).zip(0..).collect();
    let mut pool = Vec::with_capacity(by_chance.len());
    for (more, clip) in by_chance.iter().enumerate() {
        let new = u32::try_from(candidates.named.len() + more).unwrap_or(u32::MAX);
        let number = known.get(&*clip.id).copied().unwrap_or(new);
        names.insert(number, clip);
        pool.push(number);
    }
    pool.sort_unstable();
    (pool, names)
}

fn numbered<'k>(of: &mut HashMap<&'k str, u32>, text: &'k str) -> u32 {
    let next = u32::try_from(of.len()).unwrap_or(u32::MAX);
    *of.entry(text).or_insert(next)
}

/// What is foretold of a new clip. Learning something takes three things that must come together: watching it, being able to
/// follow it, and not having known it: the product of their chances.
fn foretold(counted: Chances, knowledge: &Knowledge<'_>, (facts, topic): (&Facts, &str)) -> Chances {
    let model = Model::default();
    let held = knowledge.abilities.get(topic).copied();
    let ability = held.unwrap_or(model.ability);
    let difficulty = facts.difficulty.unwrap_or(model.difficulty);
    let follows = expected_chance(ability, difficulty, facts.guess);
    let known = held.map_or(0.0, |held| expected_chance(held, difficulty, 0.0));
    Chances {
        learns: counted.finishes * (follows * (1.0 - known)) as f32,
        is_right: facts.has_questions.then_some(follows as f32),
        ..counted
    }
}

/// What a clip is about whose text has not been read yet: its topics, hashed (Weinberger et al. 2009).
fn about(topics: &[Arc<str>]) -> Vec<f32> {
    let mut about = vec![0.0_f32; text::WIDTH];
    for topic in topics {
        let hash = topic.bytes().fold(7, |sum: u64, byte| scatter(sum, u64::from(byte)));
        if let Some(number) = about.get_mut(hash as usize % text::WIDTH) {
            *number += if hash >> 63 == 0 { 1.0 } else { -1.0 };
        }
    }
    about
}

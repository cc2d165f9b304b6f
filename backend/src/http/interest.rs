//! What the feed makes of the caller, to be read and changed by them, and why a clip was shown.

use super::{context::Call, error::ApiError, mastery::topic_view, route::Answer, topic::languages};
use crate::{
    app::App,
    calendar::believed_ms,
    feed::Topics,
    interests::{
        profile::{self, Around, Evidence, evidence, guess},
        ranking::Reasons,
        serving::{beliefs, profile_of, words_of},
    },
    store::{
        self, Tx,
        interest::{NewEvent, ProfileRow, StanceRow},
    },
    topics::graph_of,
};
use minnow_mastery::graph::EdgeKind;
use minnow_recommender::page::{
    merge::Source,
    score::{Part, WEIGHTS},
};
use minnow_shared::{
    ClipId, Done, ErrorCode, LeaningId, PersonId, TopicId,
    interest::{
        self, ChangeInterests, EvidenceView, ExportInterests, ForgetInterest, ForgetInterests,
        FutureInterestView, GetInterests, GetWhy, ImportInterests, InterestFileTopic, InterestFileView,
        InterestImportView, InterestView, InterestsView, PickTopics, SetInterest, SetLeaning, SetRefusal,
        WhyPart, WhyPartView, WhySource, WhyView,
    },
    limit::{self, FieldProblem},
    person::AuthorView,
    topic::TopicView,
};
use std::collections::{BTreeSet, HashMap};

/// Clips that picking a topic, or "more like this", counts as; the same below 0.
const PICKED: f64 = 3.0;
const LEANED: f64 = 2.0;
/// What "not me" counts as, so that the topic does not come back at once.
const NOT_ME: f64 = -3.0;
/// From this level on a topic is liked enough to lead somewhere.
const LIKED: u32 = 55;
/// Clips others went on to, of which the topics may come next.
const LED_TO: usize = 40;
/// Topics in one list from outside.
const TOPICS: usize = 500;

fn refused(problem: FieldProblem) -> ApiError {
    ApiError::new(ErrorCode::InvalidField, problem.detail).field(problem.field)
}

/// Everything that is known of one learner, as their page needs it.
struct Known {
    profile: ProfileRow,
    stances: HashMap<String, StanceRow>,
    tried: HashMap<String, (f64, f64)>,
    evidence: HashMap<String, Vec<Evidence>>,
    titles: HashMap<String, String>,
}

impl Known {
    async fn read(app: &App, person: &PersonId) -> Result<Self, ApiError> {
        let db = &app.db;
        app.interests.refresh(db).await?;
        let profile = profile_of(store::interest::find_profile(db, person).await?);
        let stances = store::interest::list_stances(db, person).await?;
        let evidence = evidence(&store::interest::list_events_of(db, person.as_str()).await?);
        let mut clips: Vec<String> =
            evidence.values().flatten().filter_map(|one| one.clip_id.clone()).collect();
        clips.sort_unstable();
        clips.dedup();
        let mut titles = HashMap::new();
        for some in clips.chunks(400) {
            titles.extend(store::interest::list_titles(db, some).await?);
        }
        let tried = app.interests.look(|state| {
            let tried = state.learner(person.as_str()).tried();
            tried.into_iter().map(|(topic, counts)| (topic.to_string(), counts)).collect()
        });
        let stances = stances.into_iter().map(|row| (row.topic_id.clone(), row)).collect();
        Ok(Self { profile, stances, tried, evidence, titles })
    }

    fn evidence_views(&self, topic: &str) -> Vec<EvidenceView> {
        let view = |one: &Evidence| EvidenceView {
            kind: one.kind,
            count: one.count,
            of: one.of,
            last_ms: one.last_ms,
            clip_title: one.clip_id.as_ref().and_then(|id| self.titles.get(id).cloned()),
        };
        self.evidence.get(topic).map(|all| all.iter().map(view).collect()).unwrap_or_default()
    }

    /// Topics on the map: those something is known of, and those that were set.
    fn topics(&self) -> BTreeSet<&String> {
        self.tried.keys().chain(self.stances.keys()).chain(self.evidence.keys()).collect()
    }

    fn interest(&self, topic: TopicView) -> InterestView {
        let id = topic.id.as_str();
        let (yes, no) = self.tried.get(id).copied().unwrap_or_default();
        let (guessed, sureness) = guess(yes, no);
        let stance = self.stances.get(id);
        let level = stance.and_then(|stance| stance.level).and_then(|level| u32::try_from(level).ok());
        InterestView {
            level: level.unwrap_or(guessed).min(100),
            is_set: level.is_some(),
            is_pinned: stance.is_some_and(|stance| stance.is_pinned),
            is_muted: stance.is_some_and(|stance| stance.is_muted),
            sureness,
            evidence: self.evidence_views(id),
            topic,
        }
    }
}

pub async fn get_interests(call: Call, request: GetInterests) -> Answer<GetInterests> {
    let (app, person) = (&call.app, call.person()?);
    let languages = languages(&call, request.language.as_deref())?;
    let known = Known::read(app, person).await?;
    let topics = app.feed.topics();
    let mut interests: Vec<InterestView> = known
        .topics()
        .into_iter()
        .filter_map(|id| topic_view(&topics, id, &languages))
        .map(|topic| known.interest(topic))
        .filter(|one| one.is_set || one.is_pinned || one.is_muted || !one.evidence.is_empty())
        .collect();
    interests.sort_by(|a, b| {
        let key = |one: &InterestView| (one.is_muted, !one.is_pinned, 100 - one.level, one.topic.id.clone());
        key(a).cmp(&key(b))
    });
    let future = future(app, person, &languages, &interests).await?;
    let author = |(id, handle, display_name, bio): (String, String, String, String)| {
        Some(AuthorView { id: PersonId::parse(&id).ok()?, handle, display_name, bio })
    };
    let muted = store::interest::list_muted_authors(&app.db, person).await?;
    Ok(InterestsView {
        is_used: known.profile.is_used,
        is_learning: known.profile.is_learning,
        wander: u32::try_from(known.profile.wander).unwrap_or(interest::WANDER),
        is_new: interests.is_empty(),
        interests,
        future,
        muted_words: words_of(&known.profile)?,
        muted_authors: muted.into_iter().filter_map(author).collect(),
    })
}

/// What the learner may be ready for next.
async fn future(
    app: &App,
    person: &PersonId,
    languages: &[String],
    interests: &[InterestView],
) -> Result<Vec<FutureInterestView>, ApiError> {
    let graph = graph_of(&app.db).await?;
    let edges: Vec<(String, bool, String)> = graph
        .edges()
        .map(|edge| (edge.from.clone(), edge.kind == EdgeKind::Prerequisite, edge.to.clone()))
        .collect();
    let is_liked = |one: &&InterestView| !one.is_muted && one.level >= LIKED;
    let liked: Vec<String> = interests.iter().filter(is_liked).map(|one| one.topic.id.to_string()).collect();
    let met: BTreeSet<String> = interests.iter().map(|one| one.topic.id.to_string()).collect();
    let abilities = beliefs(&store::mastery::list_abilities(&app.db, person).await?, app.now_ms());
    let chances = abilities.iter().map(|(topic, belief)| (topic.clone(), belief.chances()[1])).collect();
    let led_to: Vec<String> = app.interests.look(|state| {
        let clips = state.learner(person.as_str()).transitions(LED_TO, |_| false);
        let topics = |clip: &str| app.feed.look(|index| index.topics_of(clip).to_vec());
        clips.iter().filter_map(|clip| topics(clip).first().map(ToString::to_string)).collect()
    });
    let around = Around { edges: &edges, liked: &liked, met: &met, chances: &chances, led_to: &led_to };
    let topics = app.feed.topics();
    let views = |ids: &[&str]| ids.iter().filter_map(|id| topic_view(&topics, id, languages)).collect();
    let with_clips = |id: &str| app.feed.look(|index| index.topic(id, 0).0) as u64;
    let all = profile::next(&around).into_iter().filter_map(|next| {
        let clip_count = with_clips(next.topic);
        let topic = topic_view(&topics, next.topic, languages).filter(|_| clip_count > 0)?;
        Some(FutureInterestView {
            topic,
            because: views(&next.because),
            held: views(&next.held),
            missing: views(&next.missing),
            clip_count,
        })
    });
    Ok(all.collect())
}

pub async fn change_interests(call: Call, request: ChangeInterests) -> Answer<ChangeInterests> {
    let person = call.person()?;
    if let Some(wander) = request.wander {
        interest::per_cent("wander", wander).map_err(refused)?;
    }
    let words = request.muted_words.as_deref().map(interest::muted_words).transpose().map_err(refused)?;
    if request.muted_authors.as_ref().is_some_and(|handles| handles.len() > limit::MUTED) {
        let detail = format!("at most {}", limit::MUTED);
        return Err(ApiError::new(ErrorCode::InvalidField, detail).field("muted_authors"));
    }
    let mut tx = call.app.db.begin().await?;
    let before = profile_of(store::interest::find_profile(&mut tx, person).await?);
    let row = ProfileRow {
        is_used: request.is_used.unwrap_or(before.is_used),
        is_learning: request.is_learning.unwrap_or(before.is_learning),
        wander: request.wander.map_or(before.wander, i64::from),
        muted_words: match words {
            Some(words) => serde_json::to_string(&words).map_err(ApiError::internal)?,
            None => before.muted_words,
        },
    };
    store::interest::upsert_profile(&mut tx, person, &row).await?;
    if let Some(handles) = &request.muted_authors {
        let handles: Vec<String> =
            handles.iter().map(|handle| handle.trim().trim_start_matches('@').to_lowercase()).collect();
        store::interest::set_muted_authors(&mut tx, person, &handles).await?;
    }
    tx.commit().await?;
    Ok(Done {})
}

pub async fn forget_interests(call: Call, _: ForgetInterests) -> Answer<ForgetInterests> {
    let person = call.person()?;
    let mut tx = call.app.db.begin().await?;
    store::interest::delete_profile(&mut tx, person).await?;
    store::interest::forget_events(&mut tx, person.as_str(), None, call.app.now_ms()).await?;
    tx.commit().await?;
    Ok(Done {})
}

/// The topic, if there is one of this id.
fn known_topic(topics: &Topics, id: &TopicId) -> Result<(), ApiError> {
    if topics.order.contains(id) { Ok(()) } else { Err(ApiError::not_found("topic")) }
}

pub async fn set_interest(call: Call, request: SetInterest) -> Answer<SetInterest> {
    let person = call.person()?;
    if let Some(level) = request.level {
        interest::per_cent("level", level).map_err(refused)?;
    }
    known_topic(&call.app.feed.topics(), &request.topic_id)?;
    let row = StanceRow {
        topic_id: request.topic_id.to_string(),
        level: request.level.map(i64::from),
        is_pinned: request.is_pinned,
        is_muted: request.is_muted,
    };
    let mut tx = call.app.db.begin().await?;
    store::interest::set_stance(&mut tx, person, &row).await?;
    tx.commit().await?;
    Ok(Done {})
}

/// Says of a topic itself that it is wanted, or unwanted.
fn leaning<'e>(person: &'e PersonId, topic: &'e str, clips: f64, now_ms: i64) -> NewEvent<'e> {
    let person = person.as_str();
    NewEvent { person, kind: "leaned", clip: None, topic: Some(topic), value: clips, at_ms: now_ms, now_ms }
}

/// Logs leanings that were said together, once however often they are sent.
async fn log_once(
    app: &App,
    person: &PersonId,
    id: &LeaningId,
    events: &[NewEvent<'_>],
) -> Result<Done, ApiError> {
    let mut tx = app.db.begin().await?;
    if store::interest::insert_leaning(&mut tx, id, person, app.now_ms()).await? {
        store::interest::log(&mut tx, events).await?;
    }
    tx.commit().await?;
    Ok(Done {})
}

pub async fn forget_interest(call: Call, request: ForgetInterest) -> Answer<ForgetInterest> {
    let (person, now_ms, topic) = (call.person()?, call.app.now_ms(), &request.topic_id);
    known_topic(&call.app.feed.topics(), topic)?;
    let mut tx = call.app.db.begin().await?;
    let nothing = StanceRow { topic_id: topic.to_string(), level: None, is_pinned: false, is_muted: false };
    store::interest::set_stance(&mut tx, person, &nothing).await?;
    store::interest::forget_events(&mut tx, person.as_str(), Some(topic), now_ms).await?;
    store::interest::log(&mut tx, &[leaning(person, topic.as_str(), NOT_ME, now_ms)]).await?;
    tx.commit().await?;
    Ok(Done {})
}

pub async fn pick_topics(call: Call, request: PickTopics) -> Answer<PickTopics> {
    let (person, now_ms) = (call.person()?, call.app.now_ms());
    let topics = call.app.feed.topics();
    if request.picked.len() + request.skipped.len() > TOPICS {
        let detail = format!("at most {TOPICS}");
        return Err(ApiError::new(ErrorCode::InvalidField, detail).field("picked"));
    }
    for topic in request.picked.iter().chain(&request.skipped) {
        known_topic(&topics, topic)?;
    }
    let picked = request.picked.iter().map(|topic| leaning(person, topic.as_str(), PICKED, now_ms));
    let skipped = request.skipped.iter().map(|topic| leaning(person, topic.as_str(), -1.0, now_ms));
    let events: Vec<NewEvent<'_>> = picked.chain(skipped).collect();
    log_once(&call.app, person, &request.leaning_id, &events).await
}

pub async fn export_interests(call: Call, _: ExportInterests) -> Answer<ExportInterests> {
    let (app, person) = (&call.app, call.person()?);
    let known = Known::read(app, person).await?;
    let topic = |id: &String| {
        let stance = known.stances.get(id);
        let (taken_up, passed_over) = known.tried.get(id).copied().unwrap_or_default();
        InterestFileTopic {
            topic_id: id.clone(),
            level: stance.and_then(|stance| stance.level).and_then(|level| u32::try_from(level).ok()),
            is_pinned: stance.is_some_and(|stance| stance.is_pinned),
            is_muted: stance.is_some_and(|stance| stance.is_muted),
            taken_up,
            passed_over,
        }
    };
    let muted = store::interest::list_muted_authors(&app.db, person).await?;
    Ok(InterestFileView {
        version: 1,
        is_used: known.profile.is_used,
        is_learning: known.profile.is_learning,
        wander: u32::try_from(known.profile.wander).unwrap_or(interest::WANDER),
        topics: known.topics().into_iter().map(topic).collect(),
        muted_words: words_of(&known.profile)?,
        muted_authors: muted.into_iter().map(|author| author.1).collect(),
    })
}

/// What can be said of a file before anything is changed.
fn check_file(file: &InterestFileView) -> Result<Vec<String>, FieldProblem> {
    let problem = |field, detail: &str| FieldProblem { field, detail: detail.to_owned() };
    if file.version != 1 {
        return Err(problem("version", "this server reads version 1"));
    }
    interest::per_cent("wander", file.wander)?;
    if file.topics.len() > TOPICS {
        return Err(problem("topics", "at most 500"));
    }
    for topic in &file.topics {
        interest::per_cent("level", topic.level.unwrap_or(0))?;
        let is_count = |clips: f64| clips.is_finite() && (0.0..=1e6).contains(&clips);
        if !is_count(topic.taken_up) || !is_count(topic.passed_over) {
            return Err(problem("topics", "clips taken up and passed over are 0 or more"));
        }
    }
    if file.muted_authors.len() > limit::MUTED {
        return Err(problem("muted_authors", "at most 100"));
    }
    interest::muted_words(&file.muted_words)
}

pub async fn import_interests(call: Call, request: ImportInterests) -> Answer<ImportInterests> {
    let (app, person, now_ms) = (&call.app, call.person()?, call.app.now_ms());
    let file = request.file;
    let muted_words = check_file(&file).map_err(refused)?;
    let topics = app.feed.topics();
    let is_here = |topic: &&InterestFileTopic| topics.order.iter().any(|id| id.as_str() == topic.topic_id);
    let (here, gone): (Vec<_>, Vec<_>) = file.topics.iter().partition(is_here);
    let mut tx = app.db.begin().await?;
    store::interest::delete_profile(&mut tx, person).await?;
    store::interest::forget_events(&mut tx, person.as_str(), None, now_ms).await?;
    let mut events = Vec::new();
    for topic in &here {
        let counts = [topic.taken_up, -topic.passed_over].into_iter().filter(|clips| *clips != 0.0);
        events.extend(counts.map(|clips| leaning(person, &topic.topic_id, clips, now_ms)));
        let row = StanceRow {
            topic_id: topic.topic_id.clone(),
            level: topic.level.map(i64::from),
            is_pinned: topic.is_pinned,
            is_muted: topic.is_muted,
        };
        store::interest::set_stance(&mut tx, person, &row).await?;
    }
    // While nothing keeps from learning: then the switch is set.
    store::interest::log(&mut tx, &events).await?;
    let unknown_authors = mute_authors(&mut tx, person, &file.muted_authors).await?;
    let row = ProfileRow {
        is_used: file.is_used,
        is_learning: file.is_learning,
        wander: i64::from(file.wander),
        muted_words: serde_json::to_string(&muted_words).map_err(ApiError::internal)?,
    };
    store::interest::upsert_profile(&mut tx, person, &row).await?;
    tx.commit().await?;
    let unknown = gone.iter().map(|topic| topic.topic_id.clone()).chain(unknown_authors).collect();
    Ok(InterestImportView { topics: here.len() as u64, unknown })
}

/// Mutes these and no others; those that are not here.
async fn mute_authors(tx: &mut Tx, person: &PersonId, handles: &[String]) -> Result<Vec<String>, ApiError> {
    store::interest::set_muted_authors(tx, person, handles).await?;
    let here = store::interest::list_muted_authors(&mut *tx, person).await?;
    Ok(handles.iter().filter(|handle| here.iter().all(|author| author.1 != **handle)).cloned().collect())
}

/// A clip that all may see, or `NotFound`.
async fn published(app: &App, clip: &ClipId) -> Result<(), ApiError> {
    let is_there = store::catalogue::is_published(&app.db, clip).await?;
    if is_there { Ok(()) } else { Err(ApiError::not_found("clip")) }
}

pub async fn set_refusal(call: Call, request: SetRefusal) -> Answer<SetRefusal> {
    let (person, now_ms) = (call.person()?.clone(), call.app.now_ms());
    published(&call.app, &request.clip_id).await?;
    let at_ms = request.at_ms.map_or(now_ms, |at_ms| believed_ms(at_ms, now_ms));
    call.app.writer.set_refusal(person, request.clip_id, request.on, (at_ms, now_ms)).await?;
    Ok(Done {})
}

pub async fn set_leaning(call: Call, request: SetLeaning) -> Answer<SetLeaning> {
    let (app, person, now_ms) = (&call.app, call.person()?, call.app.now_ms());
    published(app, &request.clip_id).await?;
    let clips = if request.is_more { LEANED } else { -LEANED };
    let topics = app.feed.look(|index| index.topics_of(request.clip_id.as_str()).to_vec());
    let at_ms = request.at_ms.map_or(now_ms, |at_ms| believed_ms(at_ms, now_ms));
    let event = |topic| NewEvent { at_ms, ..leaning(person, topic, clips, now_ms) };
    let events: Vec<NewEvent<'_>> = topics.iter().map(|topic| event(topic)).collect();
    log_once(app, person, &request.leaning_id, &events).await
}

pub async fn get_why(call: Call, request: GetWhy) -> Answer<GetWhy> {
    let (app, person) = (&call.app, call.person()?);
    let languages = languages(&call, request.language.as_deref())?;
    published(app, &request.clip_id).await?;
    let row = store::interest::find_shown(&app.db, person, &request.clip_id).await?;
    let Some(row) = row else {
        let topics = app.feed.look(|index| index.topics_of(request.clip_id.as_str()).to_vec());
        let topic = topics.first().and_then(|topic| topic_view(&app.feed.topics(), topic, &languages));
        let sources = vec![WhySource::InTurn];
        return Ok(WhyView {
            parts: Vec::new(),
            score: 0.0,
            sources,
            topic,
            evidence: Vec::new(),
            shown_at_ms: None,
        });
    };
    let reasons: Reasons = super::clip_views::from_json("shown_clips.reasons", &row.reasons)?;
    let known = Known::read(app, person).await?;
    let topic = reasons.topic.as_deref().and_then(|topic| topic_view(&app.feed.topics(), topic, &languages));
    let sources = if row.is_uniform {
        vec![WhySource::Chance]
    } else {
        reasons.sources.iter().copied().map(source).collect()
    };
    Ok(WhyView {
        parts: reasons
            .parts
            .iter()
            .map(|reason| WhyPartView {
                part: part(reason.part),
                value: f64::from(reason.value),
                weight: WEIGHTS.iter().find(|one| one.0 == reason.part).map_or(0.0, |one| f64::from(one.1)),
                adds: f64::from(reason.adds),
            })
            .collect(),
        score: f64::from(reasons.score),
        sources,
        evidence: topic.as_ref().map(|topic| known.evidence_views(topic.id.as_str())).unwrap_or_default(),
        topic,
        shown_at_ms: Some(row.shown_at_ms),
    })
}

const fn part(part: Part) -> WhyPart {
    match part {
        Part::Finishes => WhyPart::Finishes,
        Part::Likes => WhyPart::Likes,
        Part::Saves => WhyPart::Saves,
        Part::Refuses => WhyPart::Refuses,
        Part::Learns => WhyPart::Learns,
        Part::WithinReach => WhyPart::WithinReach,
        Part::Memory => WhyPart::Memory,
    }
}

const fn source(source: Source) -> WhySource {
    match source {
        Source::Review => WhySource::Review,
        Source::Transitions => WhySource::Transitions,
        Source::Interest => WhySource::Interest,
        Source::Content => WhySource::Content,
        Source::Following => WhySource::Following,
        Source::Circle => WhySource::Circle,
        Source::Fresh => WhySource::Fresh,
        Source::Exploration => WhySource::Exploration,
        Source::Popular => WhySource::Popular,
    }
}

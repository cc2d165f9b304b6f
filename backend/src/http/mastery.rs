//! What the caller holds of topics, and what that rests on.

use super::{clip_views::small, context::Call, error::ApiError, route::Answer, topic::languages};
use crate::{
    feed::Topics,
    mastery::{Basis, credit, difficulty, freshen},
    store::{self, mastery::AbilityRow},
};
use minnow_mastery::{
    DAY_MS,
    estimate::{self, Belief},
    fold::{Ability, Model},
    graph::EdgeKind,
};
use minnow_shared::{
    ClipId, QuestionId, TopicId,
    mastery::{
        EstimateView, GetTopicMastery, Hardness, ListMastery, MasteryListView, NeighbourView, OutcomeView,
        Sureness, TopicDetailView, TopicMasteryView, TopicQuestionView,
    },
    topic::TopicView,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Questions of a topic that are shown, and answers of each.
const QUESTIONS: usize = 100;
const OUTCOMES: usize = 12;
/// After this long an answer shows what was kept: a week.
const KEPT_MS: i64 = 7 * DAY_MS;

/// How hard a question is in words; unknown while the doubt is wide.
pub fn hardness(weight: f64, pull: f64) -> Hardness {
    let belief: Belief = difficulty(weight, pull);
    match belief.mean {
        _ if belief.variance > 0.5 => Hardness::Unknown,
        mean if mean < -0.7 => Hardness::Easy,
        mean if mean > 0.7 => Hardness::Hard,
        _ => Hardness::Middling,
    }
}

fn estimate_view(row: &AbilityRow, now_ms: i64) -> EstimateView {
    let ability = Ability {
        belief: Belief::new(row.mean, row.variance),
        answers: small(row.answers),
        own_answers: small(row.own_answers),
        last_ms: row.last_answer_ms,
    };
    let belief = ability.at(&Model::default(), now_ms);
    let [low, chance, high] = belief.chances();
    EstimateView {
        chance,
        low,
        high,
        sureness: match belief.sureness() {
            estimate::Sureness::Guess => Sureness::Guess,
            estimate::Sureness::FairlySure => Sureness::FairlySure,
            estimate::Sureness::Sure => Sureness::Sure,
        },
        answers: ability.answers,
        own_answers: ability.own_answers,
        last_answer_ms: ability.last_ms,
    }
}

/// A topic by its name in the first of these languages there is; `None` for what is no topic's id.
pub fn topic_view(topics: &Topics, id: &str, languages: &[String]) -> Option<TopicView> {
    let id = TopicId::parse(id).ok()?;
    Some(TopicView { name: topics.name(&id, languages), id })
}

pub async fn list_mastery(call: Call, request: ListMastery) -> Answer<ListMastery> {
    let (app, person) = (&call.app, call.person()?);
    let languages = languages(&call, request.language.as_deref())?;
    freshen(app, person).await?;
    let (topics, now_ms) = (app.feed.topics(), app.now_ms());
    let rows = store::mastery::list_abilities(&app.db, person).await?;
    let view = |row: &AbilityRow| {
        let topic = topic_view(&topics, &row.topic_id, &languages)?;
        Some(TopicMasteryView { topic, estimate: estimate_view(row, now_ms) })
    };
    Ok(MasteryListView { topics: rows.iter().filter_map(view).collect() })
}

pub async fn get_topic_mastery(call: Call, request: GetTopicMastery) -> Answer<GetTopicMastery> {
    let (app, person) = (&call.app, call.person()?);
    let languages = languages(&call, request.language.as_deref())?;
    freshen(app, person).await?;
    let (topics, now_ms, id) = (app.feed.topics(), app.now_ms(), request.topic_id.as_str());
    let basis = Basis::read(app, &app.db, person.as_str()).await?;
    if !basis.graph.has(id) {
        return Err(ApiError::not_found("topic"));
    }
    let rows = store::mastery::list_abilities(&app.db, person).await?;
    let rows: HashMap<&str, &AbilityRow> = rows.iter().map(|row| (row.topic_id.as_str(), row)).collect();
    let estimate = |id: &str| rows.get(id).map(|row| estimate_view(row, now_ms));
    let neighbours = |ids: Vec<&str>| -> Vec<NeighbourView> {
        let view = |id: &str| {
            Some(NeighbourView { topic: topic_view(&topics, id, &languages)?, estimate: estimate(id) })
        };
        ids.into_iter().filter_map(view).collect()
    };
    let topic = topic_view(&topics, id, &languages).ok_or_else(|| ApiError::not_found("topic"))?;
    let graph = &basis.graph;
    let mut wanted: BTreeSet<String> = graph.parts(id).into_iter().map(|(id, _)| id).collect();
    wanted.insert(id.to_owned());
    let mine = |question: &str| basis.topics.of(question).any(|topic| wanted.contains(topic));
    let asked: HashSet<&str> =
        basis.items.iter().map(|row| row.question_id.as_str()).filter(|id| mine(id)).collect();
    let answered = Answered::of(&basis, &asked);
    let due = store::mastery::list_due_of(&app.db, person, now_ms).await?;
    let due: HashSet<&str> = due
        .iter()
        .filter(|(_, question)| asked.contains(question.as_str()))
        .map(|(card, _)| card.as_str())
        .collect();
    Ok(TopicDetailView {
        estimate: estimate(id),
        kept_asked: answered.kept_asked,
        kept_right: answered.kept_right,
        questions: questions(&call, &basis, answered).await?,
        prerequisites: neighbours(graph.sources(id, EdgeKind::Prerequisite).collect()),
        parts: neighbours(graph.sources(id, EdgeKind::PartOf).collect()),
        wholes: neighbours(graph.targets(id, EdgeKind::PartOf).collect()),
        leads_to: neighbours(graph.targets(id, EdgeKind::Prerequisite).collect()),
        due: small(due.len() as i64),
        clip_count: app.feed.look(|index| index.topic(id, 0).0) as u64,
        topic,
    })
}

/// A topic's questions with their answers.
struct Answered {
    /// Question and answers, the newest answer first; the latest question first.
    questions: Vec<(String, Vec<OutcomeView>)>,
    kept_asked: u32,
    kept_right: u32,
}

impl Answered {
    fn of(basis: &Basis, asked: &HashSet<&str>) -> Self {
        let mut by_question: HashMap<&str, Vec<OutcomeView>> = HashMap::new();
        for row in basis.answers.iter().filter(|row| asked.contains(row.question_id.as_str())) {
            let answered_at_ms = row.answered_at_ms.min(row.kept_at_ms);
            by_question
                .entry(&row.question_id)
                .or_default()
                .push(OutcomeView { answered_at_ms, credit: credit(row) });
        }
        let (mut kept_asked, mut kept_right) = (0, 0);
        let mut questions: Vec<(String, Vec<OutcomeView>)> = Vec::with_capacity(by_question.len());
        for (question, mut outcomes) in by_question {
            outcomes.sort_by_key(|outcome| std::cmp::Reverse(outcome.answered_at_ms));
            for pair in outcomes.windows(2) {
                if let [later, earlier] = pair
                    && later.answered_at_ms - earlier.answered_at_ms >= KEPT_MS
                {
                    kept_asked += 1;
                    kept_right += u32::from(later.credit >= 1.0);
                }
            }
            outcomes.truncate(OUTCOMES);
            questions.push((question.to_owned(), outcomes));
        }
        let latest = |outcomes: &[OutcomeView]| outcomes.first().map_or(0, |outcome| outcome.answered_at_ms);
        questions.sort_by(|a, b| latest(&b.1).cmp(&latest(&a.1)).then_with(|| a.0.cmp(&b.0)));
        questions.truncate(QUESTIONS);
        Self { questions, kept_asked, kept_right }
    }
}

async fn questions(
    call: &Call,
    basis: &Basis,
    answered: Answered,
) -> Result<Vec<TopicQuestionView>, ApiError> {
    let db = &call.app.db;
    let ids: Vec<String> = answered.questions.iter().map(|(id, _)| id.clone()).collect();
    let stems: HashMap<String, String> = store::question::list_stems(db, &ids).await?.into_iter().collect();
    let mut places = HashMap::new();
    for place in store::question::list_places(db, &ids).await?.into_iter().filter(|place| place.published) {
        places.entry(place.question_id).or_insert(place.clip_id);
    }
    let sums: HashMap<&str, (f64, f64)> =
        basis.items.iter().map(|row| (row.question_id.as_str(), (row.weight, row.pull))).collect();
    let view = |(id, outcomes): (String, Vec<OutcomeView>)| {
        let (weight, pull) = sums.get(id.as_str()).copied().unwrap_or_default();
        Some(TopicQuestionView {
            stem: stems.get(&id)?.clone(),
            clip_id: places.get(&id).and_then(|clip| ClipId::parse(clip).ok()),
            hardness: hardness(weight, pull),
            question_id: QuestionId::parse(&id).ok()?,
            outcomes,
        })
    };
    Ok(answered.questions.into_iter().filter_map(view).collect())
}

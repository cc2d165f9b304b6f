//! A small library for tests: authors with accounts, published clips with questions.

use crate::server::{Browser, TestApp};
use minnow::store::{
    self,
    question::QuestionRow,
    rendition::{self, PlayableRow, PosterRow, RenditionRow},
};
use minnow_shared::{
    ChoiceId, ClipId, PersonId, QuestionId, TopicId,
    account::CreateAccount,
    caption::{CaptionTrack, Cue},
    question::{ChoiceKey, Question, QuestionKey},
};

pub const PASSWORD: &str = "a long enough password";

impl TestApp {
    /// A browser signed in to a new account.
    pub async fn account(&self, handle: &str) -> (Browser, PersonId) {
        let mut browser = self.browser();
        let me = browser.call(&new_account(handle)).await.unwrap().person.unwrap();
        (browser, me.id)
    }

    /// A topic with an English and an Italian name.
    pub async fn topic(&self, id: &str) -> TopicId {
        let topic = TopicId::parse(id).unwrap();
        let mut tx = self.app.db.begin().await.unwrap();
        store::topic::upsert_topic(&mut tx, &topic, 1).await.unwrap();
        store::topic::upsert_topic_name(&mut tx, &topic, "en", &format!("{id} in English")).await.unwrap();
        store::topic::upsert_topic_name(&mut tx, &topic, "it", &format!("{id} in italiano")).await.unwrap();
        tx.commit().await.unwrap();
        topic
    }

    /// A playable clip with everything it takes to be published, and a question; not published yet.
    pub async fn draft(&self, author: &PersonId, topic: &TopicId) -> Clip {
        let app = &self.app;
        let id = app.new_clip_id();
        let now_ms = app.now_ms();
        let change = store::draft::ClipChange {
            title: Some("Why water climbs".into()),
            licence: Some("CC BY 4.0".into()),
            alt: Some("Water in a thin tube".into()),
            captions: Some(serde_json::to_string(&captions()).unwrap()),
            ..Default::default()
        };
        let mut tx = app.db.begin().await.unwrap();
        store::draft::insert_clip(&mut tx, &id, author, "en", now_ms).await.unwrap();
        store::draft::update_clip(&mut tx, &id, &change, now_ms).await.unwrap();
        assert!(store::draft::set_topics(&mut tx, &id, std::slice::from_ref(topic)).await.unwrap());
        assert!(rendition::update_media_playable(&mut tx, &id, &playable(&id), now_ms).await.unwrap());
        let question = app.new_question_id();
        let choices = [app.new_choice_id(), app.new_choice_id()];
        let mut whole = Question::new("Why does it climb?", key(&choices));
        whole.reason = "It clings to the glass.".into();
        let row = QuestionRow::of(&question, author.as_str(), &whole).unwrap();
        assert!(store::question::upsert_question(&mut tx, &row, now_ms).await.unwrap());
        store::question::upsert_asked(&mut tx, &id, &question, 4_000).await.unwrap();
        tx.commit().await.unwrap();
        Clip { id, question, right: choices[1].clone(), wrong: choices[0].clone() }
    }

    /// The same, published. The clock moves on, so that no two clips are published at once.
    pub async fn clip(&self, author: &PersonId, topic: &TopicId) -> Clip {
        let clip = self.draft(author, topic).await;
        self.publish(&clip.id).await;
        clip
    }

    pub async fn publish(&self, id: &ClipId) {
        let mut tx = self.app.db.begin().await.unwrap();
        store::draft::set_published(&mut tx, id, true, self.app.now_ms()).await.unwrap();
        tx.commit().await.unwrap();
        self.clock.advance(1_000);
        self.app.feed.refresh(&self.app.db).await.unwrap();
    }
}

/// A clip of the library.
#[derive(Debug, Clone)]
pub struct Clip {
    pub id: ClipId,
    pub question: QuestionId,
    pub right: ChoiceId,
    pub wrong: ChoiceId,
}

pub fn new_account(handle: &str) -> CreateAccount {
    CreateAccount { handle: handle.into(), display_name: format!("{handle} Name"), password: PASSWORD.into() }
}

pub fn captions() -> Vec<CaptionTrack> {
    let cue = |start_ms, end_ms, text: &str| Cue { start_ms, end_ms, text: text.into() };
    vec![CaptionTrack {
        language: "en".into(),
        cues: vec![cue(0, 1_500, "Water climbs"), cue(1_500, 3_000, "up a thin tube.")],
    }]
}

fn key(choices: &[ChoiceId; 2]) -> QuestionKey {
    let choice = |id: &ChoiceId, text: &str, is_right: bool, reason: &str| ChoiceKey {
        id: Some(id.clone()),
        text: text.into(),
        is_right,
        credit: None,
        reason: reason.into(),
    };
    QuestionKey::Choices {
        choices: vec![
            choice(&choices[0], "It is pumped", false, "Pumps do that, but there is none."),
            choice(&choices[1], "Surface tension", true, ""),
        ],
        multiple: false,
        keep_order: true,
    }
}

fn playable(id: &ClipId) -> PlayableRow {
    let rendition = |short_side: i64| RenditionRow {
        clip_id: id.to_string(),
        short_side,
        width: short_side,
        height: short_side * 16 / 9,
        key: format!("{id}-{short_side}.mp4"),
        size_bytes: short_side * 1_000,
        moov_end_bytes: 5_000,
        two_seconds_bytes: 60_000,
    };
    PlayableRow {
        duration_ms: 20_000,
        width: 720,
        height: 1_280,
        poster: PosterRow {
            poster_key: format!("{id}.jpg"),
            poster_small_key: format!("{id}-s.jpg"),
            thumbhash: "AAAA".into(),
            cover_ms: 0,
        },
        renditions: vec![rendition(360), rendition(540), rendition(720)],
    }
}

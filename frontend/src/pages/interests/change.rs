//! What a learner changes about their profile: how it looks at once, and the call that carries it out.

use crate::api::{ApiError, call};
use minnow_shared::TopicId;
use minnow_shared::interest::{
    ChangeInterests, ForgetInterest, ForgetInterests, ImportInterests, InterestFileView, InterestImportView,
    InterestView, InterestsView, SetInterest,
};

#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// 0 to 100; `None`: as guessed.
    Level(TopicId, Option<u32>),
    Pin(TopicId, bool),
    Mute(TopicId, bool),
    /// "Not me".
    Forget(TopicId),
    Used(bool),
    Learning(bool),
    /// 0 to 100.
    Wander(u32),
    Words(Vec<String>),
    /// Handles.
    Authors(Vec<String>),
    StartAgain,
    Import(InterestFileView),
}

/// What is to be sent; made from the profile with the change in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Send {
    Set(SetInterest),
    Change(ChangeInterests),
    Forget(ForgetInterest),
    StartAgain,
    Import(InterestFileView),
}

const NOTHING: ChangeInterests = ChangeInterests {
    is_used: None,
    is_learning: None,
    wander: None,
    muted_words: None,
    muted_authors: None,
};

impl Change {
    /// The profile as it is after it, as far as that is known without asking.
    pub fn apply(&self, view: &mut InterestsView) {
        match self {
            Change::Level(id, level) => on_topic(view, id, |one| {
                one.is_set = level.is_some();
                one.level = level.unwrap_or(one.level);
            }),
            Change::Pin(id, on) => on_topic(view, id, |one| one.is_pinned = *on),
            Change::Mute(id, on) => on_topic(view, id, |one| one.is_muted = *on),
            Change::Forget(id) => view.interests.retain(|one| one.topic.id != *id),
            Change::Used(on) => view.is_used = *on,
            Change::Learning(on) => view.is_learning = *on,
            Change::Wander(wander) => view.wander = *wander,
            Change::Words(words) => view.muted_words.clone_from(words),
            Change::Authors(handles) => view.muted_authors.retain(|one| handles.contains(&one.handle)),
            Change::StartAgain | Change::Import(_) => {}
        }
    }

    /// Whether the server knows more of what comes of it than this page.
    pub fn asks_anew(&self) -> bool {
        match self {
            Change::Level(_, level) => level.is_none(),
            Change::Forget(_) | Change::Authors(_) | Change::StartAgain | Change::Import(_) => true,
            _ => false,
        }
    }

    /// `view` has the change in it.
    pub fn send(self, view: &InterestsView) -> Option<Send> {
        let change = match self {
            Change::Level(id, _) | Change::Pin(id, _) | Change::Mute(id, _) => {
                let one = view.interests.iter().find(|one| one.topic.id == id)?;
                return Some(Send::Set(SetInterest {
                    topic_id: id,
                    level: one.is_set.then_some(one.level),
                    is_pinned: one.is_pinned,
                    is_muted: one.is_muted,
                }));
            }
            Change::Forget(topic_id) => return Some(Send::Forget(ForgetInterest { topic_id })),
            Change::StartAgain => return Some(Send::StartAgain),
            Change::Import(file) => return Some(Send::Import(file)),
            Change::Used(on) => ChangeInterests { is_used: Some(on), ..NOTHING },
            Change::Learning(on) => ChangeInterests { is_learning: Some(on), ..NOTHING },
            Change::Wander(wander) => ChangeInterests { wander: Some(wander), ..NOTHING },
            Change::Words(words) => ChangeInterests { muted_words: Some(words), ..NOTHING },
            Change::Authors(handles) => ChangeInterests { muted_authors: Some(handles), ..NOTHING },
        };
        Some(Send::Change(change))
    }
}

impl Send {
    /// # Errors
    /// As `ApiError` tells.
    pub async fn call(self) -> Result<Option<InterestImportView>, ApiError> {
        match self {
            Send::Set(request) => call(&request).await.map(|_| None),
            Send::Change(request) => call(&request).await.map(|_| None),
            Send::Forget(request) => call(&request).await.map(|_| None),
            Send::StartAgain => call(&ForgetInterests {}).await.map(|_| None),
            Send::Import(file) => call(&ImportInterests { file }).await.map(Some),
        }
    }
}

fn on_topic(view: &mut InterestsView, id: &TopicId, change: impl FnOnce(&mut InterestView)) {
    if let Some(one) = view.interests.iter_mut().find(|one| one.topic.id == *id) {
        change(one);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::PersonId;
    use minnow_shared::mastery::Sureness;
    use minnow_shared::person::AuthorView;
    use minnow_shared::topic::TopicView;

    fn topic(id: &str) -> TopicId {
        TopicId::parse(id).unwrap()
    }

    fn profile() -> InterestsView {
        let interest = |id: &str, level| InterestView {
            topic: TopicView { id: topic(id), name: id.into() },
            level,
            is_set: false,
            is_pinned: false,
            is_muted: false,
            sureness: Sureness::Guess,
            evidence: Vec::new(),
        };
        let author = |handle: &str| AuthorView {
            id: PersonId::new(1, [0; 10]),
            handle: handle.into(),
            display_name: handle.into(),
            bio: String::new(),
        };
        InterestsView {
            is_used: true,
            is_learning: true,
            wander: 30,
            interests: vec![interest("light", 80), interest("sound", 40)],
            future: Vec::new(),
            muted_words: Vec::new(),
            muted_authors: vec![author("ada"), author("bo")],
            is_new: false,
        }
    }

    fn sent(changes: &[Change]) -> Option<Send> {
        let mut view = profile();
        let mut last = None;
        for change in changes {
            change.apply(&mut view);
            last = change.clone().send(&view);
        }
        last
    }

    #[test]
    fn a_topic_is_sent_with_all_that_is_set_about_it() {
        let pinned = sent(&[Change::Level(topic("light"), Some(10)), Change::Pin(topic("light"), true)]);
        let whole =
            SetInterest { topic_id: topic("light"), level: Some(10), is_pinned: true, is_muted: false };
        assert_eq!(pinned, Some(Send::Set(whole)));
    }

    #[test]
    fn a_pin_sets_no_level_that_was_only_guessed() {
        let Some(Send::Set(set)) = sent(&[Change::Pin(topic("sound"), true)]) else { panic!("a topic") };
        assert_eq!((set.level, set.is_pinned), (None, true));
    }

    #[test]
    fn a_level_that_is_taken_back_is_guessed_again_by_the_server() {
        let back = Change::Level(topic("light"), None);
        let Some(Send::Set(set)) = sent(&[Change::Level(topic("light"), Some(1)), back.clone()]) else {
            panic!("a topic")
        };
        assert_eq!(set.level, None);
        assert!(back.asks_anew() && !Change::Wander(3).asks_anew());
    }

    #[test]
    fn not_me_takes_the_topic_away_and_leaves_the_others() {
        let mut view = profile();
        Change::Forget(topic("light")).apply(&mut view);
        assert_eq!(view.interests.len(), 1);
        assert_eq!(Change::Mute(topic("light"), true).send(&view), None);
    }

    #[test]
    fn a_switch_sends_itself_alone() {
        let Some(Send::Change(change)) = sent(&[Change::Used(false)]) else { panic!("a switch") };
        assert_eq!(change, ChangeInterests { is_used: Some(false), ..NOTHING });
    }

    #[test]
    fn an_author_that_is_heard_again_leaves_the_list_at_once() {
        let mut view = profile();
        Change::Authors(vec!["bo".into()]).apply(&mut view);
        let left: Vec<_> = view.muted_authors.iter().map(|one| one.handle.as_str()).collect();
        assert_eq!(left, ["bo"]);
    }
}

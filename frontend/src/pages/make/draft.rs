//! A clip being edited: what has changed, what of that can be saved, what has been saved. Pure.

use minnow_shared::ClipId;
use minnow_shared::TopicId;
use minnow_shared::caption::CaptionTrack;
use minnow_shared::clip::TwinParagraph;
use minnow_shared::draft::{DraftView, UpdateDraft};
use minnow_shared::limit::FieldProblem;
use minnow_shared::question::QuestionDraft;
use std::rc::Rc;
use yew::Reducible;

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    Title(String),
    Topics(Vec<TopicId>),
    Language(String),
    Licence(String),
    Source(String),
    Alt(String),
    Captions(Vec<CaptionTrack>),
    Twin(Vec<TwinParagraph>),
    Question(Option<QuestionDraft>),
    Cover(u32),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Saving {
    /// As the server has it.
    Saved,
    /// Not on its way yet: something changed just now, or it cannot be saved as it is.
    Changed,
    UnderWay,
    /// Kept in this browser; tried again.
    Failed,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Editing {
    pub draft: Rc<DraftView>,
    /// The question as the server has it: it may be longer than one written here.
    kept_question: Option<QuestionDraft>,
    /// What the server does not have yet.
    pub unsaved: UpdateDraft,
    pub saving: Saving,
    /// One save at a time: a late one must not undo the one after it.
    pub is_sending: bool,
}

#[expect(clippy::large_enum_variant, reason = "one at a time, moved once")]
pub enum EditingAction {
    Edit(Edit),
    /// On its way.
    Sent,
    /// The server has it and answers so; `sent` is what it was given.
    Kept {
        sent: UpdateDraft,
        view: DraftView,
    },
    Failed,
    /// The server's word on everything but what is being written here.
    Heard(DraftView),
}

impl Editing {
    /// `unsaved`: what was left in this browser from before.
    pub fn new(view: DraftView, unsaved: Option<UpdateDraft>) -> Self {
        let unsaved = unsaved.unwrap_or_else(|| UpdateDraft::of(view.id.clone()));
        let mut draft = view;
        let kept_question = draft.question.clone();
        overlay(&mut draft, &unsaved);
        let saving = if is_nothing(&unsaved) { Saving::Saved } else { Saving::Changed };
        Self { draft: Rc::new(draft), kept_question, unsaved, saving, is_sending: false }
    }

    /// What can be saved now: parts that are not finished stay here and hold up no other.
    pub fn sendable(&self) -> UpdateDraft {
        let mut send = self.unsaved.clone();
        macro_rules! hold_back {
            ($($field:ident),*) => { $(
                let alone = UpdateDraft { $field: send.$field.clone(), ..UpdateDraft::of(send.clip_id.clone()) };
                if self.problem_of(&alone).is_some() {
                    send.$field = None;
                }
            )* };
        }
        hold_back!(title, topics, language, licence, source_url, alt, captions, twin, question, cover_ms);
        send
    }

    /// The first thing that is not right yet.
    pub fn problem(&self) -> Option<FieldProblem> {
        self.problem_of(&self.unsaved)
    }

    /// What the server would refuse of a change: a part over its limits, or one that a published clip cannot be without.
    fn problem_of(&self, change: &UpdateDraft) -> Option<FieldProblem> {
        let blank = |text: &Option<String>| text.as_deref().is_some_and(|text| text.trim().is_empty());
        let needed = [
            ("title", blank(&change.title)),
            ("topics", change.topics.as_ref().is_some_and(Vec::is_empty)),
            ("alt", blank(&change.alt)),
            ("licence", blank(&change.licence)),
            (
                "captions",
                change.captions.as_ref().is_some_and(|tracks| tracks.iter().all(|t| t.cues.is_empty())),
            ),
        ];
        // One that only moved is not written here: what it says is the bank's matter.
        let moved = change.question.as_ref().filter(|sent| {
            self.kept_question
                .as_ref()
                .is_some_and(|kept| **sent == QuestionDraft { moment_ms: sent.moment_ms, ..kept.clone() })
        });
        let is_inside = |sent: &QuestionDraft| self.draft.duration_ms.is_none_or(|end| sent.moment_ms <= end);
        let change = match moved {
            Some(sent) if is_inside(sent) => &UpdateDraft { question: None, ..change.clone() },
            _ => change,
        };
        let gone = needed.into_iter().find(|(_, is_gone)| self.draft.published && *is_gone);
        gone.map(|(field, _)| FieldProblem { field, detail: "a published clip keeps all its parts".into() })
            .or_else(|| change.check(self.draft.duration_ms).err())
    }

    /// Something was changed, and nothing of it can be saved as it is.
    pub fn is_held_back(&self) -> bool {
        !is_nothing(&self.unsaved) && is_nothing(&self.sendable())
    }
}

/// Whether a change changes nothing.
pub fn is_nothing(update: &UpdateDraft) -> bool {
    *update == UpdateDraft::of(update.clip_id.clone())
}

/// Lays what is unsaved over what the server says.
fn overlay(draft: &mut DraftView, unsaved: &UpdateDraft) {
    let UpdateDraft {
        title,
        topics,
        language,
        licence,
        source_url,
        alt,
        captions,
        twin,
        question,
        remove_question,
        cover_ms,
        ..
    } = unsaved.clone();
    draft.title = title.unwrap_or_else(|| std::mem::take(&mut draft.title));
    draft.topics = topics.unwrap_or_else(|| std::mem::take(&mut draft.topics));
    draft.language = language.unwrap_or_else(|| std::mem::take(&mut draft.language));
    draft.licence = licence.unwrap_or_else(|| std::mem::take(&mut draft.licence));
    draft.alt = alt.unwrap_or_else(|| std::mem::take(&mut draft.alt));
    draft.captions = captions.unwrap_or_else(|| std::mem::take(&mut draft.captions));
    draft.twin = twin.unwrap_or_else(|| std::mem::take(&mut draft.twin));
    draft.cover_ms = cover_ms.unwrap_or(draft.cover_ms);
    if let Some(source) = source_url {
        draft.source_url = Some(source).filter(|source| !source.is_empty());
    }
    if remove_question {
        draft.question = None;
    } else if question.is_some() {
        draft.question = question;
    }
}

fn note(unsaved: &mut UpdateDraft, edit: Edit) {
    match edit {
        Edit::Title(value) => unsaved.title = Some(value),
        Edit::Topics(value) => unsaved.topics = Some(value),
        Edit::Language(value) => unsaved.language = Some(value),
        Edit::Licence(value) => unsaved.licence = Some(value),
        Edit::Source(value) => unsaved.source_url = Some(value),
        Edit::Alt(value) => unsaved.alt = Some(value),
        Edit::Captions(value) => unsaved.captions = Some(value),
        Edit::Twin(value) => unsaved.twin = Some(value),
        Edit::Cover(value) => unsaved.cover_ms = Some(value),
        Edit::Question(value) => {
            unsaved.remove_question = value.is_none();
            unsaved.question = value;
        }
    }
}

/// Takes out of `unsaved` what was sent and has not been changed since.
fn settle(unsaved: &UpdateDraft, sent: &UpdateDraft) -> UpdateDraft {
    let mut left = unsaved.clone();
    macro_rules! settle {
        ($($field:ident),*) => { $(if left.$field == sent.$field { left.$field = None; })* };
    }
    settle!(title, topics, language, licence, source_url, alt, captions, twin, question, cover_ms);
    if sent.remove_question {
        left.remove_question = false;
    }
    left
}

impl Reducible for Editing {
    type Action = EditingAction;

    fn reduce(self: Rc<Self>, action: EditingAction) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            EditingAction::Edit(edit) => {
                note(&mut next.unsaved, edit);
                overlay(Rc::make_mut(&mut next.draft), &next.unsaved);
                next.saving = Saving::Changed;
            }
            EditingAction::Sent => {
                next.saving = Saving::UnderWay;
                next.is_sending = true;
            }
            EditingAction::Failed => {
                next.saving = Saving::Failed;
                next.is_sending = false;
            }
            EditingAction::Kept { sent, view } => {
                let left = settle(&next.unsaved, &sent);
                return Rc::new(Editing::new(view, Some(left)));
            }
            // Asked before the last save was answered, it tells of what was before.
            EditingAction::Heard(view) if view.updated_at_ms < next.draft.updated_at_ms => return self,
            EditingAction::Heard(view) => {
                let mut draft = view;
                next.kept_question = draft.question.clone();
                overlay(&mut draft, &next.unsaved);
                next.draft = Rc::new(draft);
            }
        }
        Rc::new(next)
    }
}

/// Where unsaved changes of a clip are kept in this browser.
pub fn storage_key(clip: &ClipId) -> String {
    format!("minnow.draft.{clip}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::caption::Cue;
    use minnow_shared::clip::CountsView;
    use minnow_shared::draft::MediaState;
    use minnow_shared::question::QuestionKey;

    fn view() -> DraftView {
        DraftView {
            id: ClipId::new(1, [0; 10]),
            media: MediaState::Playable,
            published: false,
            title: "Old".into(),
            topics: vec![],
            language: "en".into(),
            licence: String::new(),
            source_url: None,
            alt: String::new(),
            captions: vec![],
            twin: vec![],
            question: None,
            cover_ms: 0,
            file_name: None,
            duration_ms: Some(10_000),
            renditions: vec![],
            poster_url: None,
            poster_small_url: None,
            missing: vec![],
            counts: CountsView { likes: 0, saves: 0 },
            updated_at_ms: 1,
        }
    }

    fn edit(editing: Editing, edit: Edit) -> Editing {
        (*Rc::new(editing).reduce(EditingAction::Edit(edit))).clone()
    }

    #[test]
    fn what_is_typed_while_a_save_is_under_way_is_not_lost() {
        let editing = edit(Editing::new(view(), None), Edit::Title("New".into()));
        let sent = editing.sendable();
        let editing = edit(editing, Edit::Title("Newer".into()));
        let kept = DraftView { title: "New".into(), ..view() };
        let editing = Rc::new(editing).reduce(EditingAction::Kept { sent, view: kept });
        assert_eq!(editing.draft.title, "Newer");
        assert_eq!(editing.unsaved.title.as_deref(), Some("Newer"));
        assert_eq!(editing.saving, Saving::Changed);
    }

    #[test]
    fn what_was_sent_and_not_touched_since_is_saved() {
        let editing = edit(Editing::new(view(), None), Edit::Title("New".into()));
        let sent = editing.sendable();
        let kept = DraftView { title: "New".into(), ..view() };
        let editing = Rc::new(editing).reduce(EditingAction::Kept { sent, view: kept });
        assert!(is_nothing(&editing.unsaved));
        assert_eq!(editing.saving, Saving::Saved);
    }

    #[test]
    fn an_unfinished_question_or_caption_never_holds_up_the_title() {
        let question = QuestionDraft {
            id: None,
            moment_ms: 1,
            stem: String::new(),
            key: QuestionKey::Typed { accepted: vec![], rule: Default::default() },
            reason: String::new(),
        };
        let empty_cue = CaptionTrack {
            language: "en".into(),
            cues: vec![Cue { start_ms: 0, end_ms: 1, text: String::new() }],
        };
        let editing = edit(Editing::new(view(), None), Edit::Question(Some(question.clone())));
        let editing = edit(editing, Edit::Captions(vec![empty_cue]));
        let editing = edit(editing, Edit::Source("en.wikipedia".into()));
        let editing = edit(editing, Edit::Title("New".into()));
        let send = editing.sendable();
        assert_eq!(send.title.as_deref(), Some("New"));
        assert_eq!((send.question, send.captions, send.source_url), (None, None, None));
        assert_eq!(editing.draft.question, Some(question), "it stays on the page");
    }

    #[test]
    fn a_long_question_of_the_bank_may_be_moved_but_not_beyond_the_clip() {
        let question = QuestionDraft {
            id: None,
            moment_ms: 1,
            stem: "long ".repeat(200),
            key: QuestionKey::FlashCard { back: "Back.".into() },
            reason: String::new(),
        };
        let kept = DraftView { question: Some(question.clone()), ..view() };
        let moved = |moment_ms| Edit::Question(Some(QuestionDraft { moment_ms, ..question.clone() }));
        let editing = edit(Editing::new(kept.clone(), None), moved(9_000));
        assert_eq!(editing.sendable().question.map(|question| question.moment_ms), Some(9_000));
        assert!(edit(Editing::new(kept.clone(), None), moved(10_001)).is_held_back());
        let reworded = QuestionDraft { stem: "other ".repeat(200), ..question };
        assert!(edit(Editing::new(kept, None), Edit::Question(Some(reworded))).is_held_back());
    }

    #[test]
    fn a_title_that_is_too_long_holds_up_no_other_part() {
        let editing =
            edit(Editing::new(view(), None), Edit::Title("a".repeat(minnow_shared::limit::TITLE + 1)));
        assert!(editing.is_held_back());
        let editing = edit(editing, Edit::Alt("A bee.".into()));
        let send = editing.sendable();
        assert_eq!((send.title, send.alt.as_deref()), (None, Some("A bee.")));
        assert_eq!(editing.problem().map(|problem| problem.field), Some("title"));
    }

    #[test]
    fn what_a_published_clip_cannot_be_without_stays_until_it_is_written_again() {
        let published = DraftView { published: true, ..view() };
        for gone in
            [Edit::Title(" ".into()), Edit::Alt(String::new()), Edit::Topics(vec![]), Edit::Captions(vec![])]
        {
            let editing = edit(Editing::new(published.clone(), None), gone.clone());
            assert!(editing.is_held_back(), "{gone:?}");
            assert!(!edit(Editing::new(view(), None), gone).is_held_back(), "a draft may be without");
        }
        let editing = edit(Editing::new(published, None), Edit::Title("New".into()));
        assert_eq!(editing.sendable().title.as_deref(), Some("New"));
    }

    #[test]
    fn removing_the_question_is_sent_once_and_then_it_is_gone() {
        let editing = edit(Editing::new(view(), None), Edit::Question(None));
        let sent = editing.sendable();
        assert!(sent.remove_question);
        let editing = Rc::new(editing).reduce(EditingAction::Kept { sent, view: view() });
        assert!(is_nothing(&editing.unsaved));
    }

    #[test]
    fn the_next_save_waits_for_the_answer_to_the_one_before() {
        let editing = edit(Editing::new(view(), None), Edit::Title("New".into()));
        let editing = Rc::new(editing).reduce(EditingAction::Sent);
        let editing = edit((*editing).clone(), Edit::Title("Newer".into()));
        assert!(editing.is_sending && editing.saving == Saving::Changed);
        let editing = Rc::new(editing).reduce(EditingAction::Failed);
        assert!(!editing.is_sending);
    }

    #[test]
    fn an_answer_from_before_the_last_save_changes_nothing() {
        let saved = DraftView { title: "New".into(), updated_at_ms: 5, ..view() };
        let editing = Rc::new(Editing::new(saved, None)).reduce(EditingAction::Heard(view()));
        assert_eq!(editing.draft.title, "New");
    }

    #[test]
    fn progress_of_the_media_does_not_undo_what_is_being_written() {
        let editing = edit(Editing::new(view(), None), Edit::Title("New".into()));
        let heard = DraftView { media: MediaState::Transcoding { percent: 5 }, ..view() };
        let editing = Rc::new(editing).reduce(EditingAction::Heard(heard));
        assert_eq!(editing.draft.title, "New");
        assert_eq!(editing.draft.media, MediaState::Transcoding { percent: 5 });
    }
}

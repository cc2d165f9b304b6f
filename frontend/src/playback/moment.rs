//! When the clip stops for its question. Pure.

use minnow_shared::question::QuestionView;

/// Playback that moves further than this between two looks at it has been moved by somebody.
pub const LEAP_MS: u32 = 1_500;
/// A moment this near the end of the clip counts as its end.
const END_MS: u32 = 300;

/// The question whose moment playback went over from `before_ms` to `now_ms`, of those in `open`.
pub fn crossed(questions: &[QuestionView], before_ms: u32, now_ms: u32) -> Option<usize> {
    if now_ms <= before_ms || now_ms - before_ms > LEAP_MS {
        return None;
    }
    passed(questions, before_ms, now_ms)
}

/// The first question whose moment lies after `before_ms` and not after `now_ms`, however far apart. The very first moment
/// of a clip counts as just after its beginning.
pub fn passed(questions: &[QuestionView], before_ms: u32, now_ms: u32) -> Option<usize> {
    questions.iter().position(|q| {
        let moment_ms = q.moment_ms.max(1);
        !q.answered && before_ms < moment_ms && moment_ms <= now_ms
    })
}

/// The question that waits at the end of the clip.
pub fn at_end(questions: &[QuestionView], duration_ms: u32) -> Option<usize> {
    questions.iter().position(|q| !q.answered && q.moment_ms + END_MS >= duration_ms)
}

/// Up to where the text twin may be read: the moment of the first question that is still open.
pub fn sealed_from(questions: &[QuestionView]) -> Option<u32> {
    questions.iter().filter(|q| !q.answered).map(|q| q.moment_ms).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use minnow_shared::{QuestionId, question::QuestionForm};

    fn question(moment_ms: u32, answered: bool) -> QuestionView {
        QuestionView {
            id: QuestionId::new(1, [0; 10]),
            moment_ms,
            stem: "?".into(),
            form: QuestionForm::Typed,
            answered,
        }
    }

    #[test]
    fn playing_over_a_moment_stops_once_and_seeking_over_it_does_not() {
        let questions = [question(10_000, false)];
        assert_eq!(crossed(&questions, 9_980, 10_013), Some(0));
        assert_eq!(crossed(&questions, 10_000, 10_033), None, "it stood on the moment already");
        assert_eq!(crossed(&questions, 3_000, 15_000), None, "a seek");
        assert_eq!(crossed(&questions, 10_500, 9_000), None, "a seek back");
    }

    #[test]
    fn a_question_at_the_very_beginning_is_asked() {
        let questions = [question(0, false)];
        assert_eq!(crossed(&questions, 0, 33), Some(0));
        assert_eq!(crossed(&questions, 33, 66), None);
    }

    #[test]
    fn a_moment_that_went_by_before_anybody_looked_is_found() {
        let questions = [question(2_000, false), question(500, true)];
        assert_eq!(passed(&questions, 0, 4_000), Some(0));
        assert_eq!(passed(&questions, 2_000, 4_000), None, "resumed after it");
    }

    #[test]
    fn an_answered_question_never_stops_the_clip_nor_seals_its_text() {
        let questions = [question(10_000, true)];
        assert_eq!(crossed(&questions, 9_980, 10_013), None);
        assert_eq!(at_end(&questions, 10_000), None);
        assert_eq!(sealed_from(&questions), None);
    }

    #[test]
    fn a_moment_at_the_end_waits_for_the_end() {
        assert_eq!(at_end(&[question(29_900, false)], 30_000), Some(0));
        assert_eq!(at_end(&[question(20_000, false)], 30_000), None);
    }

    #[test]
    fn the_text_is_sealed_from_the_first_open_question() {
        assert_eq!(sealed_from(&[question(20_000, false), question(5_000, true)]), Some(20_000));
    }
}

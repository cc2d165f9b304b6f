//! What every lesson that comes with Minnow must be.

// A test that cannot read its lesson has failed: that is what it says.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use minnow_renderer::{
    Answer, Frames, LINE_MAX, Lesson, Speech, TITLE_MAX, Timeline, author, builtin, captions, mix,
    out_of_reach, parse, plan, text_twin, topics,
};
use std::collections::{BTreeMap, BTreeSet};

/// A voice at 155 words a minute: a hum about as long as a line takes to say.
fn hum(lesson: &Lesson) -> Vec<Speech> {
    let sample_rate = 22_050;
    lesson
        .spoken_lines()
        .map(|line| {
            let n = line.chars().count() * 1400;
            let samples = (0..n).map(|i| ((i as f32 * 0.05).sin() * 9000.0) as i16).collect();
            Speech { samples, sample_rate }
        })
        .collect()
}

fn lessons() -> Vec<(Lesson, Timeline, Vec<Speech>)> {
    builtin()
        .iter()
        .map(|(slug, source)| {
            let lesson = parse(source).unwrap_or_else(|e| panic!("{slug}: {e}"));
            let speech = hum(&lesson);
            let timeline = plan(&lesson, &speech).unwrap();
            (lesson, timeline, speech)
        })
        .collect()
}

#[test]
fn the_built_in_list_is_the_folder() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo");
    let mut files = BTreeSet::new();
    for topic in topics() {
        for entry in std::fs::read_dir(root.join(&topic.id)).unwrap() {
            let path = entry.unwrap().path();
            files.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    let listed: BTreeSet<String> = builtin().iter().map(|(slug, _)| (*slug).to_owned()).collect();
    assert_eq!(listed, files);
    assert_eq!(listed.len(), builtin().len(), "a slug is listed twice");
}

#[test]
fn every_lesson_has_a_known_author_known_topics_a_licence_and_a_source() {
    let known: BTreeSet<&str> = topics().iter().map(|t| t.id.as_str()).collect();
    for ((slug, _), (lesson, ..)) in builtin().iter().zip(lessons()) {
        assert_eq!(*slug, lesson.slug);
        assert!(author(&lesson.author).is_some(), "{slug}: {}", lesson.author);
        assert!(lesson.topics.iter().all(|t| known.contains(t.as_str())), "{slug}: {:?}", lesson.topics);
        assert!(lesson.title.chars().count() <= TITLE_MAX, "{slug}");
        assert_eq!((lesson.language.as_str(), lesson.licence.as_str()), ("en", "CC BY 4.0"));
        assert!(lesson.sources.iter().all(|s| s.starts_with("https://")), "{slug}");
        assert!(lesson.alt.chars().count() >= 40 && lesson.figure.chars().count() >= 30, "{slug}");
    }
}

#[test]
fn six_topics_have_at_least_five_lessons_each() {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for (lesson, ..) in lessons() {
        *count.entry(lesson.topics[0].clone()).or_default() += 1;
    }
    assert_eq!(count.len(), 6);
    assert!(count.values().all(|n| *n >= 5), "{count:?}");
}

#[test]
fn every_lesson_lasts_between_15_and_60_seconds() {
    for (lesson, timeline, _) in lessons() {
        let seconds = timeline.duration_ms / 1000;
        assert!((15..60).contains(&seconds), "{}: {seconds} s", lesson.slug);
        assert!(timeline.cover_ms < timeline.duration_ms);
    }
}

#[test]
fn a_question_comes_after_the_line_that_teaches_it_and_before_the_end() {
    for (lesson, timeline, _) in lessons() {
        assert!(!lesson.questions.is_empty(), "{} asks nothing", lesson.slug);
        for (question, ms) in lesson.questions.iter().zip(&timeline.question_ms) {
            let line = timeline.lines[question.after_line];
            assert!(*ms as f32 / 1000.0 >= line.start + line.seconds, "{}", lesson.slug);
            assert!(*ms < timeline.duration_ms, "{}", lesson.slug);
            let next = timeline.lines.get(question.after_line + 1);
            assert!(next.is_none_or(|n| *ms as f32 / 1000.0 <= n.start), "{}", lesson.slug);
        }
    }
}

#[test]
fn right_choices_stand_in_every_place_and_a_quarter_of_answers_is_typed() {
    let (mut places, mut typed, mut all) = ([0usize; 3], 0, 0);
    for (lesson, ..) in lessons() {
        for question in &lesson.questions {
            all += 1;
            match &question.answer {
                Answer::Typed { accepted, .. } => {
                    typed += 1;
                    assert!(accepted.iter().all(|a| !a.trim().is_empty()), "{}", lesson.slug);
                }
                Answer::Choices { choices } => {
                    assert_eq!(choices.len(), 3, "{}", lesson.slug);
                    let right = choices.iter().position(|c| c.right).unwrap();
                    places[right] += 1;
                    assert!(choices.iter().all(|c| c.right || c.note.len() > 20), "{}", lesson.slug);
                }
            }
        }
    }
    let most = places.iter().max().unwrap() - places.iter().min().unwrap();
    assert!(most <= 2, "right choices by place: {places:?}");
    assert!((all / 6..=all / 3).contains(&typed), "{typed} of {all} are typed");
}

#[test]
fn captions_fit_two_lines_and_never_overlap() {
    for (lesson, timeline, _) in lessons() {
        let cues = captions(&lesson, &timeline);
        assert_eq!(cues.len(), lesson.beats.len());
        for cue in &cues {
            assert!(cue.text.chars().count() <= LINE_MAX, "{}: {}", lesson.slug, cue.text);
            assert!(cue.end_ms > cue.start_ms + 500, "{}: {}", lesson.slug, cue.text);
        }
        assert!(cues.windows(2).all(|w| w[0].end_ms <= w[1].start_ms), "{}", lesson.slug);
        assert!(cues.last().unwrap().end_ms <= timeline.duration_ms);
    }
}

#[test]
fn the_text_twin_holds_every_line_in_order_at_the_time_it_is_said() {
    for (lesson, timeline, _) in lessons() {
        let twin = text_twin(&lesson, &timeline);
        let told: Vec<&str> = twin.paragraphs.iter().filter(|p| !p.extra).map(|p| p.text.as_str()).collect();
        let said: Vec<&str> = lesson.beats.iter().map(|b| b.text.as_str()).collect();
        assert_eq!(told, said, "{}", lesson.slug);
        let lines = timeline.lines.iter().map(|l| (l.start * 1000.0).round() as u32);
        let times = twin.paragraphs.iter().filter(|p| !p.extra).map(|p| p.start_ms);
        assert!(times.eq(lines), "{}", lesson.slug);
        assert!(!twin.figure_caption.is_empty());
    }
}

#[test]
fn text_and_drawings_keep_clear_of_the_edges_and_of_the_interface() {
    let bad: Vec<String> = lessons()
        .iter()
        .flat_map(|(lesson, timeline, _)| {
            out_of_reach(lesson, timeline).into_iter().map(|what| format!("{}: {what}", lesson.slug))
        })
        .collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn a_frame_is_the_same_whatever_was_drawn_before_it() {
    for (lesson, timeline, _) in lessons().into_iter().step_by(7) {
        let mut forward = Frames::new(&lesson, &timeline).unwrap();
        let mut direct = Frames::new(&lesson, &timeline).unwrap();
        let target = timeline.frame_count() / 2;
        for index in target.saturating_sub(25)..target {
            forward.render(index);
        }
        assert!(forward.render(target).pixels == direct.render(target).pixels, "{}", lesson.slug);
    }
}

#[test]
fn frames_are_opaque_move_and_tell_when_they_rest() {
    for (lesson, timeline, _) in lessons().into_iter().step_by(9) {
        let mut frames = Frames::new(&lesson, &timeline).unwrap();
        let first = frames.render(0).pixels.to_vec();
        assert!(first.chunks_exact(4).all(|p| p[3] == 255), "{}", lesson.slug);
        assert!(!frames.render(0).changed, "the same frame twice is no change");
        let later = frames.render(timeline.frame_count() / 2);
        assert!(later.changed && later.pixels != first.as_slice(), "{}", lesson.slug);
    }
}

#[test]
fn the_mix_is_as_long_as_the_picture_and_does_not_clip() {
    for (lesson, timeline, speech) in lessons().into_iter().step_by(9) {
        let sound = mix(&lesson, &timeline, &speech);
        let seconds = sound.len() as f32 / 2.0 / 48_000.0;
        assert!((seconds - timeline.duration_ms as f32 / 1000.0).abs() < 0.01, "{}", lesson.slug);
        let peak = sound.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!((8_000..29_200).contains(&peak), "{}: {peak}", lesson.slug);
        let mean = sound.iter().map(|s| f64::from(*s)).sum::<f64>() / sound.len() as f64;
        assert!(mean.abs() < 20.0, "{}: offset {mean}", lesson.slug);
    }
}

#[test]
fn a_plan_needs_a_speech_for_every_line() {
    let lesson = parse(builtin()[0].1).unwrap();
    assert!(plan(&lesson, &[]).is_err());
    let silent = vec![Speech { samples: vec![0; 100], sample_rate: 22_050 }; lesson.beats.len()];
    assert!(plan(&lesson, &silent).is_err());
}

//! The caption tracks of a clip, one a language: which cues a language has, other cues for it, another language for them.
//! Pure; the clip's own language stands first and a track without cues is none.

use minnow_shared::caption::{CaptionTrack, Cue};

/// The cues of a language; none where it has no track.
pub fn cues_of(tracks: &[CaptionTrack], language: &str) -> Vec<Cue> {
    let track = tracks.iter().find(|track| track.language == language);
    track.map(|track| track.cues.clone()).unwrap_or_default()
}

/// The tracks with other cues in one language. `own`: the clip's language.
pub fn with_cues(tracks: &[CaptionTrack], own: &str, language: &str, cues: Vec<Cue>) -> Vec<CaptionTrack> {
    let mut next = tracks.to_vec();
    match (next.iter().position(|track| track.language == language), cues.is_empty()) {
        (Some(place), true) => drop(next.remove(place)),
        (Some(place), false) => {
            if let Some(track) = next.get_mut(place) {
                track.cues = cues;
            }
        }
        (None, false) => next.push(CaptionTrack { language: language.to_owned(), cues }),
        (None, true) => {}
    }
    next.sort_by_key(|track| track.language != own);
    next
}

/// The same captions said to be in another language; nothing changes where that one has captions already.
pub fn renamed(tracks: &[CaptionTrack], own: &str, from: &str, to: &str) -> Vec<CaptionTrack> {
    let mut next = tracks.to_vec();
    if next.iter().all(|track| track.language != to)
        && let Some(track) = next.iter_mut().find(|track| track.language == from)
    {
        track.language = to.to_owned();
    }
    next.sort_by_key(|track| track.language != own);
    next
}

/// The language to begin with: the clip's own where it has captions or nothing has, or else the first there is.
pub fn first_language(tracks: &[CaptionTrack], own: &str) -> String {
    match tracks.first() {
        Some(first) if tracks.iter().all(|track| track.language != own) => first.language.clone(),
        _ => own.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cue(text: &str) -> Cue {
        Cue { start_ms: 0, end_ms: 1, text: text.into() }
    }

    fn track(language: &str, text: &str) -> CaptionTrack {
        CaptionTrack { language: language.into(), cues: vec![cue(text)] }
    }

    #[test]
    fn each_language_is_changed_for_itself() {
        let tracks = [track("en", "a"), track("it", "b")];
        let changed = with_cues(&tracks, "en", "it", vec![cue("c")]);
        assert_eq!(changed, [track("en", "a"), track("it", "c")]);
        assert_eq!(with_cues(&tracks, "en", "en", vec![]), [track("it", "b")]);
        assert_eq!(with_cues(&tracks, "en", "de", vec![]), tracks);
        assert_eq!(cues_of(&tracks, "it"), [cue("b")]);
        assert_eq!(cues_of(&tracks, "de"), []);
    }

    #[test]
    fn the_clips_own_language_stands_first() {
        let tracks = with_cues(&[track("it", "b")], "en", "en", vec![cue("a")]);
        assert_eq!(tracks, [track("en", "a"), track("it", "b")]);
    }

    #[test]
    fn captions_are_given_another_language_unless_it_has_some() {
        let tracks = [track("en", "a"), track("it", "b")];
        assert_eq!(renamed(&tracks, "de", "it", "de"), [track("de", "b"), track("en", "a")]);
        assert_eq!(renamed(&tracks, "en", "it", "en"), tracks);
    }

    #[test]
    fn editing_begins_with_what_is_there() {
        assert_eq!(first_language(&[], "it"), "it");
        assert_eq!(first_language(&[track("en", "a")], "it"), "en");
        assert_eq!(first_language(&[track("en", "a"), track("it", "b")], "it"), "it");
    }
}

//! What a learner can do on the feed, and which key does it. Pure; carrying it out is the page's.

/// One thing to do. Buttons, keys and gestures all end here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Act {
    /// Pause or play.
    Toggle,
    Next,
    Previous,
    Like,
    Save,
    Text,
    Author,
    More,
    Keys,
    /// Closes what is open: sheet, text, question.
    Close,
    Sound,
    Captions,
    AutoAdvance,
    /// Milliseconds forward or back.
    SeekBy(i32),
    /// To a moment of the clip, milliseconds.
    SeekTo(u32),
    /// Closes the text and plays from a moment.
    PlayFrom(u32),
    Start,
    End,
    Slower,
    Faster,
    /// Tenths and hundredths of normal speed: 75 is 0.75.
    Rate(u16),
    Share,
    /// "Not interested" was said of the clip: on to one of another kind.
    Refuse,
    /// What comes next is to be chosen anew.
    Anew,
    /// So is what comes behind the next clip, which may be on its way already.
    AnewBehindNext,
    /// Why the clip is here.
    Why,
    Retry,
    /// Opens the question now.
    Ask,
    /// Ends today's session.
    Stop,
    /// Goes on for five minutes more.
    FiveMore,
}

impl Act {
    /// As one program tells it to another: what a dialog over the clip can ask for; everything else is `close`.
    pub fn write(self) -> String {
        match self {
            Act::SeekBy(ms) => format!("seek {ms}"),
            Act::Rate(rate) => format!("rate {rate}"),
            other => TOLD.iter().find(|(_, act)| *act == other).map_or("close", |(name, _)| name).to_owned(),
        }
    }

    /// What `write` wrote.
    pub fn read(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            Some(("seek", ms)) => ms.parse().ok().map(Act::SeekBy),
            Some(("rate", rate)) => rate.parse().ok().map(Act::Rate),
            _ => TOLD.iter().find(|(name, _)| *name == text).map(|(_, act)| *act),
        }
    }
}

const TOLD: [(&str, Act); 9] = [
    ("close", Act::Close),
    ("captions", Act::Captions),
    ("auto", Act::AutoAdvance),
    ("share", Act::Share),
    ("keys", Act::Keys),
    ("previous", Act::Previous),
    ("next", Act::Next),
    ("refuse", Act::Refuse),
    ("anew", Act::Anew),
];

/// Steps of `<` and `>`, and the choices in the menu, in hundredths.
pub const RATES: [u16; 6] = [50, 75, 100, 125, 150, 200];

/// How far ← and → and their buttons go, milliseconds.
pub const SKIP_MS: i32 = 5_000;

/// The next speed up or down; the ends stay.
pub fn rate_step(now: u16, up: bool) -> u16 {
    let found = if up {
        RATES.iter().find(|rate| **rate > now)
    } else {
        RATES.iter().rev().find(|rate| **rate < now)
    };
    found.copied().unwrap_or(now)
}

/// Where a key was pressed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct KeyPlace {
    /// A text field has the focus: letters are text.
    pub in_field: bool,
    /// A button, link or switch has the focus: Space and Enter are its own.
    pub on_control: bool,
    /// The seek bar has the focus: up and down are its own.
    pub on_slider: bool,
    /// The learner has switched letter keys off.
    pub letters_off: bool,
}

/// What a key does; `key` as the browser names it.
pub fn act_of(key: &str, place: KeyPlace) -> Option<Act> {
    if key == "Escape" {
        return Some(Act::Close);
    }
    if place.in_field {
        return None;
    }
    let act = match key {
        "ArrowDown" if place.on_slider => Act::SeekBy(-SKIP_MS),
        "ArrowUp" if place.on_slider => Act::SeekBy(SKIP_MS),
        "ArrowDown" | "PageDown" => Act::Next,
        "ArrowUp" | "PageUp" => Act::Previous,
        // Time runs from left to right in every language.
        "ArrowLeft" => Act::SeekBy(-SKIP_MS),
        "ArrowRight" => Act::SeekBy(SKIP_MS),
        "Home" => Act::Start,
        "End" => Act::End,
        " " if !place.on_control => Act::Toggle,
        _ => return if place.letters_off { None } else { letter(key) },
    };
    Some(act)
}

fn letter(key: &str) -> Option<Act> {
    Some(match key {
        "j" | "J" => Act::Next,
        "k" | "K" => Act::Previous,
        "m" | "M" => Act::Sound,
        "l" | "L" => Act::Like,
        "b" | "B" => Act::Save,
        "c" | "C" | "v" | "V" => Act::Captions,
        "t" | "T" => Act::Text,
        "a" | "A" => Act::Author,
        "w" | "W" => Act::Why,
        "<" => Act::Slower,
        ">" => Act::Faster,
        "?" => Act::Keys,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_program_tells_another_reads_as_it_was_meant() {
        for act in [Act::SeekBy(-SKIP_MS), Act::Rate(150)].into_iter().chain(TOLD.map(|(_, act)| act)) {
            assert_eq!(Act::read(&act.write()), Some(act));
        }
        assert_eq!(Act::read("seek far"), None);
    }

    #[test]
    fn arrows_and_letters_move_between_clips() {
        for (key, act) in
            [("ArrowDown", Act::Next), ("j", Act::Next), ("PageUp", Act::Previous), ("K", Act::Previous)]
        {
            assert_eq!(act_of(key, KeyPlace::default()), Some(act), "{key}");
        }
    }

    #[test]
    fn letters_are_text_in_a_field_and_escape_still_closes() {
        let place = KeyPlace { in_field: true, ..KeyPlace::default() };
        for key in ["j", "m", " ", "ArrowLeft", "?"] {
            assert_eq!(act_of(key, place), None, "{key}");
        }
        assert_eq!(act_of("Escape", place), Some(Act::Close));
    }

    #[test]
    fn letters_can_be_switched_off_while_arrows_stay() {
        let place = KeyPlace { letters_off: true, ..KeyPlace::default() };
        assert_eq!(act_of("l", place), None);
        assert_eq!(act_of("ArrowDown", place), Some(Act::Next));
    }

    #[test]
    fn space_belongs_to_a_focused_button() {
        assert_eq!(act_of(" ", KeyPlace { on_control: true, ..KeyPlace::default() }), None);
        assert_eq!(act_of(" ", KeyPlace::default()), Some(Act::Toggle));
    }

    #[test]
    fn the_seek_bar_keeps_all_four_arrows() {
        let place = KeyPlace { on_slider: true, ..KeyPlace::default() };
        assert_eq!(act_of("ArrowUp", place), Some(Act::SeekBy(SKIP_MS)));
        assert_eq!(act_of("ArrowLeft", place), Some(Act::SeekBy(-SKIP_MS)));
    }

    #[test]
    fn speed_steps_stay_in_their_range() {
        assert_eq!([rate_step(100, true), rate_step(200, true), rate_step(50, false)], [125, 200, 50]);
    }
}

//! Keeps account of what was watched: stretches without a jump. Pure; ids, the clock and sending are the caller's.

use super::moment::LEAP_MS;

/// A step back of at most this is no step back.
const JITTER_MS: u32 = 200;

/// One stretch of the current clip, positions in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from_ms: u32,
    pub to_ms: u32,
    /// Unix milliseconds when it began.
    pub started_at_ms: i64,
    pub finished: bool,
}

impl Stretch {
    pub fn length_ms(self) -> u32 {
        self.to_ms - self.from_ms
    }
}

/// What happened to one clip while it was the current one.
#[derive(Debug)]
pub struct Watched {
    open: Option<Stretch>,
    done: Vec<Stretch>,
    has_any: bool,
    shown: Stretch,
    /// Where the last stretch ended, if not at the clip's end.
    ended: Option<Stretch>,
}

impl Watched {
    /// The clip became the current one, at `at_ms` of it.
    pub fn new(at_ms: u32, now_ms: i64) -> Self {
        let shown = Stretch { from_ms: at_ms, to_ms: at_ms, started_at_ms: now_ms, finished: false };
        Self { open: None, done: Vec::new(), has_any: false, shown, ended: None }
    }

    /// Playback is at `at_ms`. A step back or a leap begins a new stretch.
    pub fn played(&mut self, at_ms: u32, now_ms: i64) {
        match &mut self.open {
            // Clocks of the element and of its frames differ by a few frames.
            Some(open) if at_ms < open.to_ms && open.to_ms - at_ms <= JITTER_MS => {}
            Some(open) if at_ms >= open.to_ms && at_ms - open.to_ms <= LEAP_MS => open.to_ms = at_ms,
            _ => {
                self.close(false);
                let begun = Stretch { from_ms: at_ms, to_ms: at_ms, started_at_ms: now_ms, finished: false };
                self.open = Some(begun);
            }
        }
    }

    /// The stretch ends: paused, sought, left, or the clip's end.
    pub fn close(&mut self, finished: bool) {
        // Some browsers pause a clip before they say that it has ended: then the end belongs to what was closed a moment ago.
        let open = self.open.take().or_else(|| self.ended.take().filter(|_| finished));
        if let Some(open) = open
            && (open.length_ms() > 0 || finished)
        {
            self.has_any = true;
            let rest = Stretch { from_ms: open.to_ms, ..open };
            self.ended = (!finished).then_some(rest);
            self.done.push(Stretch { finished, ..open });
        }
    }

    /// The closed stretches, taken out.
    pub fn take(&mut self) -> Vec<Stretch> {
        std::mem::take(&mut self.done)
    }

    /// The learner leaves the clip: what is left to keep. A clip that never played was still seen: one empty stretch.
    pub fn leave(mut self) -> Vec<Stretch> {
        self.close(false);
        if !self.has_any {
            self.done.push(self.shown);
        }
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(stretches: &[Stretch]) -> Vec<(u32, u32, bool)> {
        stretches.iter().map(|s| (s.from_ms, s.to_ms, s.finished)).collect()
    }

    #[test]
    fn playing_on_is_one_stretch_and_a_jump_begins_another() {
        let mut watched = Watched::new(0, 7);
        for ms in [0, 250, 500, 480, 750, 9000, 9250, 100, 350] {
            watched.played(ms, 7);
        }
        watched.close(true);
        assert_eq!(spans(&watched.leave()), [(0, 750, false), (9000, 9250, false), (100, 350, true)]);
    }

    #[test]
    fn an_end_that_is_told_after_a_pause_is_not_lost() {
        let mut watched = Watched::new(0, 7);
        watched.played(0, 7);
        watched.played(400, 8);
        watched.close(false);
        assert_eq!(watched.take().len(), 1);
        watched.close(true);
        watched.close(true);
        assert_eq!(spans(&watched.leave()), [(400, 400, true)]);
    }

    #[test]
    fn a_clip_that_never_played_was_seen() {
        assert_eq!(spans(&Watched::new(1200, 7).leave()), [(1200, 1200, false)]);
    }

    #[test]
    fn what_was_taken_is_not_given_again() {
        let mut watched = Watched::new(0, 7);
        watched.played(0, 7);
        watched.played(400, 8);
        watched.close(false);
        assert_eq!(watched.take().len(), 1);
        assert_eq!(watched.leave(), []);
    }
}

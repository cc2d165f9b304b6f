//! What a finger or a mouse did on the stage: tap, double tap, hold, swipe to a side. Pure; time and places come in.
//! Vertical movement belongs to the browser's scrolling, which cancels the pointer.

/// Movement before an axis is chosen, CSS pixels.
const AXIS_PX: f64 = 8.0;
/// A swipe is this far or this fast.
const SWIPE_PX: f64 = 48.0;
const SWIPE_PX_PER_MS: f64 = 0.3;
/// From here on a vertical movement is a throw, whatever the browser makes of it.
const THROW_PX_PER_MS: f64 = 0.6;
/// The outer part of the screen belongs to the system's own gestures.
const EDGE_PX: f64 = 24.0;
/// A second tap this soon and this near makes a double tap.
const DOUBLE_MS: f64 = 300.0;
const DOUBLE_PX: f64 = 40.0;
/// Resting this long is a hold.
pub const HOLD_MS: u32 = 400;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    Tap,
    /// Comes after the `Tap` of its first half, which has already acted.
    DoubleTap,
    HoldStart,
    HoldEnd,
    SwipeLeft,
    SwipeRight,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
    /// Milliseconds, any origin.
    pub at: f64,
}

/// Whether a finger that came down at `from` and left at `to` threw the picture up (1) or down (-1). What it dragged or pulled
/// slowly is the browser's to judge.
pub fn thrown(from: Point, to: Point) -> Option<i32> {
    let (dx, dy) = ((to.x - from.x).abs(), (to.y - from.y).abs());
    let is_fast = dy >= THROW_PX_PER_MS * (to.at - from.at);
    (dy >= SWIPE_PX && dy > dx && is_fast).then_some(if to.y < from.y { 1 } else { -1 })
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Idle,
    Pressed {
        from: Point,
    },
    Sideways {
        from: Point,
    },
    Holding,
    /// Moved some other way: nothing comes of it.
    Spoilt,
}

#[derive(Debug)]
pub struct Recogniser {
    phase: Phase,
    last_tap: Option<Point>,
}

impl Default for Recogniser {
    fn default() -> Self {
        Self { phase: Phase::Idle, last_tap: None }
    }
}

impl Recogniser {
    pub fn down(&mut self, at: Point) {
        self.phase = Phase::Pressed { from: at };
    }

    pub fn moved(&mut self, to: Point) {
        if let Phase::Pressed { from } = self.phase {
            let (dx, dy) = ((to.x - from.x).abs(), (to.y - from.y).abs());
            if dx.max(dy) >= AXIS_PX {
                self.phase = if dx > dy { Phase::Sideways { from } } else { Phase::Spoilt };
            }
        }
    }

    /// Call `HOLD_MS` after `down`; nothing comes of it if the finger moved or left.
    pub fn rested(&mut self) -> Option<Gesture> {
        matches!(self.phase, Phase::Pressed { .. }).then(|| {
            self.phase = Phase::Holding;
            Gesture::HoldStart
        })
    }

    /// The finger left. `width`: of the window, CSS pixels.
    pub fn up(&mut self, at: Point, width: f64) -> Option<Gesture> {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Pressed { .. } => Some(self.tap(at)),
            Phase::Holding => Some(Gesture::HoldEnd),
            Phase::Sideways { from } => {
                let dx = at.x - from.x;
                let is_ours = from.x >= EDGE_PX && from.x <= width - EDGE_PX;
                let speed = dx.abs() / (at.at - from.at).max(1.0);
                let is_swipe = dx.abs() >= SWIPE_PX || (dx.abs() >= AXIS_PX && speed >= SWIPE_PX_PER_MS);
                (is_ours && is_swipe).then_some(if dx < 0.0 {
                    Gesture::SwipeLeft
                } else {
                    Gesture::SwipeRight
                })
            }
            Phase::Idle | Phase::Spoilt => None,
        }
    }

    /// The browser took the pointer for scrolling, or it left the window.
    pub fn cancel(&mut self) -> Option<Gesture> {
        let was = std::mem::replace(&mut self.phase, Phase::Idle);
        (was == Phase::Holding).then_some(Gesture::HoldEnd)
    }

    fn tap(&mut self, at: Point) -> Gesture {
        let is_second = self.last_tap.take().is_some_and(|first| {
            at.at - first.at <= DOUBLE_MS && (at.x - first.x).hypot(at.y - first.y) <= DOUBLE_PX
        });
        if is_second {
            return Gesture::DoubleTap;
        }
        self.last_tap = Some(at);
        Gesture::Tap
    }
}

/// A pause this long ends a sweep on a touchpad that is still getting faster.
const SWEEP_GAP_MS: f64 = 120.0;
/// The tail of a sweep that has taken its step may come in pieces this far apart: browsers add up what a busy page has not
/// heard yet.
const TAIL_GAP_MS: f64 = 400.0;
/// Touchpads send a piece a frame.
const FRAME_MS: f64 = 16.0;
/// Notches of a wheel that is spun come at most this fast as steps.
const NOTCH_MS: f64 = 250.0;
/// Less than one notch of any mouse wheel; touchpads send smaller pieces.
const NOTCH_PX: f64 = 60.0;

/// Turns wheel events into steps: one notch is one clip, and so is one sweep on a touchpad with all its momentum.
#[derive(Debug, Default)]
pub struct Wheel {
    gathered: f64,
    last_size: f64,
    /// Pixels a millisecond.
    last_speed: f64,
    last_event_at: f64,
    /// When this sweep took its step.
    stepped_at: Option<f64>,
}

impl Wheel {
    /// `delta`: CSS pixels, down is positive. Returns 1 for the next clip, -1 for the previous one.
    pub fn turned(&mut self, delta: f64, at: f64) -> Option<i32> {
        let (size, gap) = (delta.abs(), at - self.last_event_at);
        // Momentum only fades: a piece that is bigger than the last, but took longer, is several in one.
        let fades = !is_spun(size, self.last_size)
            && (size < self.last_size || size / gap.max(FRAME_MS) < self.last_speed);
        let longest = if self.stepped_at.is_some() && fades { TAIL_GAP_MS } else { SWEEP_GAP_MS };
        let is_new = gap > longest || delta * self.gathered < 0.0;
        if is_new {
            (self.gathered, self.stepped_at) = (0.0, None);
        }
        self.gathered += delta;
        self.last_size = size;
        self.last_speed = size / if is_new { FRAME_MS } else { gap.max(FRAME_MS) };
        self.last_event_at = at;
        let is_step = match self.stepped_at {
            None => self.gathered.abs() >= NOTCH_PX,
            Some(before) => !fades && size >= NOTCH_PX && at - before >= NOTCH_MS,
        };
        is_step.then(|| {
            self.stepped_at = Some(at);
            if delta > 0.0 { 1 } else { -1 }
        })
    }
}

/// Whether these are notches of one wheel: all of one size, or several in one.
fn is_spun(size: f64, last: f64) -> bool {
    let (small, big) = (size.min(last), size.max(last));
    let over = big % small.max(1.0);
    small >= NOTCH_PX && over.min(small - over) < 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f64, y: f64, at: f64) -> Point {
        Point { x, y, at }
    }

    #[test]
    fn a_fast_movement_up_or_down_is_a_throw_and_a_slow_short_or_sideways_one_is_not() {
        let to = |x, y, at| thrown(point(100.0, 500.0, 0.0), point(x, y, at));
        assert_eq!(to(110.0, 250.0, 60.0), Some(1));
        assert_eq!(to(100.0, 750.0, 120.0), Some(-1));
        assert_eq!(to(100.0, 250.0, 900.0), None, "a drag");
        assert_eq!(to(100.0, 460.0, 20.0), None, "a twitch");
        assert_eq!(to(400.0, 300.0, 60.0), None, "sideways");
    }

    fn stroke(from: Point, to: Point) -> Option<Gesture> {
        let mut recogniser = Recogniser::default();
        recogniser.down(from);
        recogniser.moved(to);
        recogniser.up(to, 390.0)
    }

    #[test]
    fn a_tap_acts_at_once_and_a_second_one_near_it_is_a_double_tap() {
        let mut recogniser = Recogniser::default();
        let mut tap = |x: f64, at: f64| {
            recogniser.down(point(x, 200.0, at));
            recogniser.up(point(x, 200.0, at + 50.0), 390.0)
        };
        assert_eq!(tap(100.0, 0.0), Some(Gesture::Tap));
        assert_eq!(tap(110.0, 150.0), Some(Gesture::DoubleTap));
        assert_eq!(tap(110.0, 250.0), Some(Gesture::Tap), "a third tap begins anew");
        assert_eq!(tap(110.0, 900.0), Some(Gesture::Tap), "too late");
        assert_eq!(tap(300.0, 1000.0), Some(Gesture::Tap), "too far");
    }

    #[test]
    fn a_rest_is_a_hold_and_no_tap() {
        let mut recogniser = Recogniser::default();
        recogniser.down(point(100.0, 100.0, 0.0));
        assert_eq!(recogniser.rested(), Some(Gesture::HoldStart));
        assert_eq!(recogniser.up(point(100.0, 100.0, 900.0), 390.0), Some(Gesture::HoldEnd));
        assert_eq!(recogniser.rested(), None);
    }

    #[test]
    fn a_hold_ends_when_the_browser_takes_the_pointer() {
        let mut recogniser = Recogniser::default();
        recogniser.down(point(100.0, 100.0, 0.0));
        assert_eq!(recogniser.cancel(), None);
        recogniser.down(point(100.0, 100.0, 0.0));
        recogniser.rested();
        assert_eq!(recogniser.cancel(), Some(Gesture::HoldEnd));
    }

    #[test]
    fn a_swipe_is_far_or_fast_and_keeps_to_its_axis() {
        assert_eq!(stroke(point(200.0, 300.0, 0.0), point(150.0, 310.0, 400.0)), Some(Gesture::SwipeLeft));
        assert_eq!(stroke(point(200.0, 300.0, 0.0), point(225.0, 300.0, 50.0)), Some(Gesture::SwipeRight));
        assert_eq!(stroke(point(200.0, 300.0, 0.0), point(180.0, 300.0, 500.0)), None, "short and slow");
        assert_eq!(stroke(point(200.0, 300.0, 0.0), point(210.0, 200.0, 50.0)), None, "mostly up");
    }

    #[test]
    fn the_screens_edge_belongs_to_the_system() {
        assert_eq!(stroke(point(10.0, 300.0, 0.0), point(200.0, 300.0, 200.0)), None);
        assert_eq!(stroke(point(380.0, 300.0, 0.0), point(200.0, 300.0, 200.0)), None);
    }

    #[test]
    fn one_notch_is_one_clip() {
        let mut wheel = Wheel::default();
        assert_eq!(wheel.turned(100.0, 1000.0), Some(1));
        assert_eq!(wheel.turned(100.0, 1300.0), Some(1));
        assert_eq!(wheel.turned(-100.0, 1700.0), Some(-1));
    }

    #[test]
    fn a_sweep_with_its_momentum_is_one_clip() {
        let mut wheel = Wheel::default();
        let sizes = [
            4.0, 12.0, 30.0, 42.0, 50.0, 48.0, 40.0, 33.0, 26.0, 20.0, 15.0, 11.0, 8.0, 6.0, 4.0, 3.0, 2.0,
            1.0,
        ];
        let steps: i32 = sizes
            .iter()
            .enumerate()
            .filter_map(|(n, size)| wheel.turned(*size, 1000.0 + 16.0 * n as f64))
            .sum();
        assert_eq!(steps, 1);
    }

    #[test]
    fn notches_that_a_busy_page_hears_together_still_count_and_late_ones_too() {
        let mut wheel = Wheel::default();
        assert_eq!(wheel.turned(240.0, 1000.0), Some(1));
        assert_eq!(wheel.turned(120.0, 1300.0), Some(1), "a notch after two in one");
        assert_eq!(wheel.turned(120.0, 1400.0), None, "too fast");
        assert_eq!(wheel.turned(120.0, 1560.0), Some(1));
    }

    #[test]
    fn a_second_sweep_right_after_the_first_is_a_second_clip() {
        let mut wheel = Wheel::default();
        let sweep = [8.0, 25.0, 60.0, 90.0, 70.0, 45.0, 27.0, 15.0, 8.0, 4.0, 2.0, 1.0];
        let mut steps = 0;
        for begin in [1000.0, 1000.0 + 16.0 * 12.0 + 180.0] {
            for (n, size) in sweep.iter().enumerate() {
                steps += wheel.turned(*size, begin + 16.0 * n as f64).unwrap_or(0);
            }
        }
        assert_eq!(steps, 2);
    }

    /// Numbers of 0 to 1 from a seed: SplitMix64.
    fn chances(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// A property over many sweeps: slow and fast ones, whose momentum a busy page cuts into pieces.
    #[test]
    fn a_sweep_is_one_clip_however_late_its_tail_is_heard() {
        for seed in 0..5_000 {
            let mut chance = chances(seed);
            let (fastest, fading) = (25.0 + 95.0 * chance(), 0.80 + 0.17 * chance());
            // The finger gets faster for a few frames, and then momentum fades.
            let rising = [0.1, 0.35, 0.7].map(|share| fastest * share);
            let falling = std::iter::successors(Some(fastest), |size| Some(size * fading));
            let frames: Vec<f64> = rising.into_iter().chain(falling.take_while(|size| *size > 0.5)).collect();
            let (mut wheel, mut steps, mut at, mut frame) = (Wheel::default(), 0, 1000.0, 0);
            while frame < frames.len() {
                // While the finger moves nothing is late; afterwards up to 320 ms.
                let count = if frame < 4 { 1 } else { 1 + (20.0 * chance()) as usize };
                let piece: f64 = frames.iter().skip(frame).take(count).sum();
                frame += count;
                at += FRAME_MS * count as f64;
                steps += wheel.turned(piece, at).unwrap_or(0);
            }
            let whole: f64 = frames.iter().sum();
            assert_eq!(steps, i32::from(whole >= NOTCH_PX), "sweep {seed}: {fastest} px, {fading}");
        }
    }
}

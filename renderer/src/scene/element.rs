//! One thing in a scene: what it is, its numbers (channels), its colours and its own unending motion.

use super::code::Code;
use super::colour::Colour;
use super::formula::Formula;
use super::geometry::Xy;
use super::motion::Track;
use super::text::{Align, Block, Font};
use std::sync::Arc;
use tiny_skia::Path;

macro_rules! channels {
    ($($name:ident $word:literal $default:literal),* $(,)?) => {
        /// A number of an element that a script can set and move.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Channel { $($name),* }

        impl Channel {
            pub const ALL: &'static [Channel] = &[$(Channel::$name),*];

            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            pub fn default(self) -> f32 {
                match self { $(Self::$name => $default),* }
            }
        }
    };
}

channels! {
    X "x" 0.0, Y "y" 0.0, Rot "rot" 0.0, ScaleX "sx" 1.0, ScaleY "sy" 1.0, Opacity "opacity" 1.0,
    Draw "draw" 1.0, Trim "trim" 0.0,
    W "w" 0.0, H "h" 0.0, R "r" 0.0, Inner "inner" 0.0, Width "width" 0.0,
    Amp "amp" 0.0, Len "len" 100.0, Phase "phase" 0.0, Decay "decay" 0.0,
    From "from" 0.0, To "to" 360.0, Value "value" 0.0,
    Spread "spread" 1.0, Jitter "jitter" 0.0, Along "u" 0.0, TipX "tx" 0.0, TipY "ty" 0.0, Bend "bend" 0.0,
    Line "hl" 0.0,
    // Moved by `show`, `hide` and `pulse` only, so that they never fight with a script's own numbers.
    Seen "_seen" 1.0, Pop "_pop" 1.0, GrowX "_gx" 1.0, GrowY "_gy" 1.0, ShiftX "_ox" 0.0, ShiftY "_oy" 0.0,
}

pub const CHANNELS: usize = Channel::ALL.len();

/// The numbers of an element at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Values([f32; CHANNELS]);

impl Default for Values {
    fn default() -> Self {
        let mut out = [0.0; CHANNELS];
        for (slot, channel) in out.iter_mut().zip(Channel::ALL) {
            *slot = channel.default();
        }
        Self(out)
    }
}

impl Values {
    pub fn get(&self, channel: Channel) -> f32 {
        self.0.get(channel as usize).copied().unwrap_or_default()
    }

    pub fn set(&mut self, channel: Channel, value: f32) {
        if let Some(slot) = self.0.get_mut(channel as usize) {
            *slot = value;
        }
    }
}

/// Motion that never ends, in seconds, pixels and degrees.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Endless {
    /// Degrees a second.
    pub spin: f32,
    /// x, y, period, phase (0..1).
    pub bob: Option<[f32; 4]>,
    /// degrees, period, phase.
    pub sway: Option<[f32; 3]>,
    /// radius x, radius y, period, phase.
    pub orbit: Option<[f32; 4]>,
    /// part of the size, period, phase.
    pub pulse: Option<[f32; 3]>,
    /// Pixels a second: wave phase, dash offset, particle drift (x, y).
    pub flow: (f32, f32),
    /// Period and phase of travelling along the followed path.
    pub travel: Option<[f32; 2]>,
}

impl Endless {
    pub fn is_still(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Debug, Clone)]
pub enum Clip {
    Shape(Path),
}

#[derive(Debug, Clone)]
pub struct Particles {
    pub count: usize,
    pub seed: u32,
    pub small: f32,
    pub large: f32,
    pub round: bool,
}

#[derive(Debug, Clone)]
pub enum Kind {
    Group,
    Rect {
        anchor: Xy,
    },
    Circle,
    Ellipse,
    Outline(Path),
    Arrow {
        head: f32,
    },
    Arc,
    Ring,
    Wave,
    Text {
        block: Block,
        size: f32,
        plate: Option<Colour>,
    },
    Counter {
        size: f32,
        font: Font,
        align: Align,
        before: String,
        after: String,
        decimals: usize,
    },
    Plot {
        line: Path,
        area: Option<(Path, Colour)>,
    },
    Axes {
        x: Block,
        y: Block,
    },
    Grid {
        rows: usize,
        columns: usize,
        gap: f32,
        round: bool,
        order: Vec<usize>,
        high: Colour,
    },
    Bars {
        values: Vec<f32>,
        later: Vec<f32>,
        gap: f32,
        high: Colour,
        chosen: Option<usize>,
    },
    Particles(Particles),
    Code(Code),
    Sky {
        stops: Vec<(f32, Colour)>,
    },
    Glow,
    Repeat {
        count: usize,
        step: Xy,
        turn: f32,
        lag: f32,
        fade: f32,
    },
    /// Formula kept for curves that move by their `phase`.
    LivePlot {
        formula: Formula,
        domain: Xy,
        range: Xy,
    },
}

#[derive(Debug, Clone)]
pub struct Element {
    pub id: String,
    pub line: usize,
    pub kind: Kind,
    pub base: Values,
    pub fill: Colour,
    pub stroke: Colour,
    pub dash: Vec<f32>,
    pub butt: bool,
    /// Part of the view, not of what is explained: may lie under the interface or past the edge.
    pub scenery: bool,
    pub endless: Endless,
    pub clip: Option<Clip>,
    pub follow: Option<(Arc<Vec<Xy>>, bool)>,
    pub children: Vec<Element>,
    /// Only what the script moves; empty until a stage is set.
    pub tracks: Vec<(Channel, Track<f32>)>,
    pub fill_track: Option<Track<Colour>>,
    pub stroke_track: Option<Track<Colour>>,
}

impl Element {
    pub fn new(kind: Kind, line: usize) -> Self {
        Self {
            id: String::new(),
            line,
            kind,
            base: Values::default(),
            fill: Colour::CLEAR,
            stroke: Colour::CLEAR,
            dash: Vec::new(),
            butt: false,
            scenery: false,
            endless: Endless::default(),
            clip: None,
            follow: None,
            children: Vec::new(),
            tracks: Vec::new(),
            fill_track: None,
            stroke_track: None,
        }
    }

    pub fn find(&self, id: &str) -> Option<&Element> {
        if self.id == id {
            return Some(self);
        }
        self.children.iter().find_map(|c| c.find(id))
    }

    pub fn find_mut(&mut self, id: &str) -> Option<&mut Element> {
        if self.id == id {
            return Some(self);
        }
        self.children.iter_mut().find_map(|c| c.find_mut(id))
    }

    /// The track of a channel, begun at the channel's base value.
    pub fn track(&mut self, channel: Channel) -> Option<&mut Track<f32>> {
        if !self.tracks.iter().any(|(c, _)| *c == channel) {
            self.tracks.push((channel, Track::new(self.base.get(channel))));
        }
        self.tracks.iter_mut().find(|(c, _)| *c == channel).map(|(_, t)| t)
    }

    /// The numbers at `t` seconds, endless motion included.
    pub fn values(&self, t: f32) -> Values {
        let mut v = self.base;
        for (channel, track) in &self.tracks {
            v.set(*channel, track.at(t));
        }
        let wave = |period: f32, phase: f32| (std::f32::consts::TAU * (t / period.max(0.01) + phase)).sin();
        let mut add = |c: Channel, d: f32| v.set(c, v.get(c) + d);
        let e = &self.endless;
        add(Channel::Rot, e.spin * t);
        if let Some([x, y, period, phase]) = e.bob {
            add(Channel::ShiftX, x * wave(period, phase));
            add(Channel::ShiftY, y * wave(period, phase));
        }
        if let Some([degrees, period, phase]) = e.sway {
            add(Channel::Rot, degrees * wave(period, phase));
        }
        if let Some([rx, ry, period, phase]) = e.orbit {
            add(Channel::ShiftX, rx * wave(period, phase + 0.25));
            add(Channel::ShiftY, ry * wave(period, phase));
        }
        if let Some([amount, period, phase]) = e.pulse {
            add(Channel::Pop, amount * wave(period, phase));
        }
        if let Some([period, phase]) = e.travel {
            add(Channel::Along, (t / period.max(0.01) + phase).rem_euclid(1.0));
        }
        if matches!(self.kind, Kind::Wave | Kind::LivePlot { .. }) {
            add(Channel::Phase, e.flow.0 * t);
        }
        v
    }

    pub fn fill_at(&self, t: f32) -> Colour {
        self.fill_track.as_ref().map_or(self.fill, |track| track.at(t))
    }

    pub fn stroke_at(&self, t: f32) -> Colour {
        self.stroke_track.as_ref().map_or(self.stroke, |track| track.at(t))
    }

    /// Mixes all that can change at `t` into `hash`; equal hashes mean an equal picture.
    pub fn fingerprint(&self, t: f32, hash: &mut u64) {
        let mut mix = |v: f32| {
            *hash = (*hash ^ u64::from(v.to_bits())).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
        };
        for (_, track) in &self.tracks {
            mix(track.at(t));
        }
        for track in self.fill_track.iter().chain(&self.stroke_track) {
            let c = track.at(t);
            [c.r, c.g, c.b, c.a].into_iter().for_each(&mut mix);
        }
        let hidden = self.values(t).get(Channel::Seen) * self.values(t).get(Channel::Opacity) <= 0.0;
        mix(f32::from(u8::from(hidden)));
        if hidden {
            return;
        }
        if !self.endless.is_still() || self.jitters(t) {
            mix(t);
        }
        let copies = match &self.kind {
            Kind::Repeat { count, lag, .. } if *lag != 0.0 => (*count, *lag),
            _ => (1, 0.0),
        };
        for i in 0..copies.0 {
            for child in &self.children {
                child.fingerprint(t - copies.1 * i as f32, hash);
            }
        }
    }

    fn jitters(&self, t: f32) -> bool {
        matches!(self.kind, Kind::Particles(_)) && self.values(t).get(Channel::Jitter) > 0.0
    }
}

//! Colours by name (Minnow's palette), by `#rrggbb`, with an optional `/percent` of opacity.

/// Straight (not premultiplied) sRGB, each part 0..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colour {
    pub r: f32,
    pub g: f32,
    pub b: f32,
    pub a: f32,
}

const NAMED: &[(&str, &str)] = &[
    ("white", "#ffffff"),
    ("black", "#000000"),
    ("ink", "#0d252d"),
    ("paper", "#f6efe3"),
    ("mist", "#e8f0f1"),
    ("night", "#0b1522"),
    ("deep", "#0b3540"),
    ("kingfisher", "#00677a"),
    ("bright", "#58cfdd"),
    ("ice", "#cfe9ee"),
    ("coral", "#ff7a61"),
    ("ember", "#e2553b"),
    ("sun", "#f7c548"),
    ("butter", "#fdeab9"),
    ("reed", "#4fcb8d"),
    ("leaf", "#18794a"),
    ("heather", "#a8a0f6"),
    ("violet", "#5a50b5"),
    ("skin", "#e3a88b"),
    ("clay", "#9b6a4a"),
    ("stone", "#7d9098"),
    ("slate", "#2b4450"),
];

impl Colour {
    pub const WHITE: Self = Self { r: 1.0, g: 1.0, b: 1.0, a: 1.0 };
    pub const CLEAR: Self = Self { r: 0.0, g: 0.0, b: 0.0, a: 0.0 };

    /// Reads `sun`, `#14244f`, `white/40`, `none`; None where it is none of these.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, percent) = match text.split_once('/') {
            Some((name, percent)) => (name, percent.parse::<f32>().ok()?),
            None => (text, 100.0),
        };
        if name == "none" {
            return Some(Self::CLEAR);
        }
        let hex = match name.strip_prefix('#') {
            Some(hex) => hex,
            None => NAMED.iter().find(|(n, _)| *n == name)?.1.strip_prefix('#')?,
        };
        let long: String =
            if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
        if long.len() != 6 {
            return None;
        }
        let rgb = u32::from_str_radix(&long, 16).ok()?;
        let part = |shift: u32| ((rgb >> shift) & 0xff) as f32 / 255.0;
        Some(Self { r: part(16), g: part(8), b: part(0), a: (percent / 100.0).clamp(0.0, 1.0) })
    }

    pub fn mix(self, to: Self, t: f32) -> Self {
        // From or to nothing keeps the hue of the visible side.
        let (from, to) = match (self.a == 0.0, to.a == 0.0) {
            (true, false) => (Self { a: 0.0, ..to }, to),
            (false, true) => (self, Self { a: 0.0, ..self }),
            _ => (self, to),
        };
        let lerp = |a: f32, b: f32| a + (b - a) * t;
        Self {
            r: lerp(from.r, to.r),
            g: lerp(from.g, to.g),
            b: lerp(from.b, to.b),
            a: lerp(from.a, to.a).clamp(0.0, 1.0),
        }
    }

    pub fn faded(self, opacity: f32) -> Self {
        Self { a: (self.a * opacity).clamp(0.0, 1.0), ..self }
    }

    pub fn paint(self) -> tiny_skia::Color {
        let c = |v: f32| v.clamp(0.0, 1.0);
        tiny_skia::Color::from_rgba(c(self.r), c(self.g), c(self.b), c(self.a))
            .unwrap_or(tiny_skia::Color::TRANSPARENT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_a_name_or_hex_with_an_optional_opacity() {
        assert_eq!(Colour::parse("#fff"), Some(Colour::WHITE));
        assert_eq!(Colour::parse("white/40").map(|c| c.a), Some(0.4));
        assert_eq!(Colour::parse("none").map(|c| c.a), Some(0.0));
        assert!(Colour::parse("sun").is_some());
        assert_eq!(Colour::parse("sunn"), None);
        assert_eq!(Colour::parse("#12345"), None);
    }
}

//! Letters as outlines: shaping with the built-in fonts, wrapping, alignment. Latin script only.

use super::geometry::Xy;
use rustybuzz::{Face, UnicodeBuffer, ttf_parser::GlyphId, ttf_parser::OutlineBuilder};
use std::sync::LazyLock;
use tiny_skia::{Path, PathBuilder, Transform};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Font {
    Regular,
    #[default]
    Bold,
    Mono,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    Start,
    #[default]
    Middle,
    End,
}

static REGULAR: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::from_slice(include_bytes!("../../assets/font/AtkinsonNext-Regular.ttf"), 0));
static BOLD: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::from_slice(include_bytes!("../../assets/font/AtkinsonNext-Bold.ttf"), 0));
static MONO: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| Face::from_slice(include_bytes!("../../assets/font/AtkinsonMono-Medium.ttf"), 0));

fn face(font: Font) -> Option<&'static Face<'static>> {
    match font {
        Font::Regular => REGULAR.as_ref(),
        Font::Bold => BOLD.as_ref(),
        Font::Mono => MONO.as_ref(),
    }
}

/// One drawn letter: its outline with the pen position applied.
#[derive(Debug, Clone)]
pub struct Letter {
    pub path: Option<Path>,
    pub line: usize,
}

/// Laid-out text; the origin is the first baseline, at the alignment point.
#[derive(Debug, Clone, Default)]
pub struct Block {
    pub letters: Vec<Letter>,
    /// All letters as one outline.
    pub whole: Option<Path>,
    pub width: f32,
    pub lines: usize,
    pub left: f32,
}

pub const LINE_HEIGHT: f32 = 1.22;

/// Width of one line in pixels.
pub fn width(text: &str, font: Font, size: f32) -> f32 {
    shape(text, font, size).1
}

/// True where the font can draw the character.
pub fn can_draw(font: Font, c: char) -> bool {
    c == '\n' || lowered(c).is_some() || face(font).is_some_and(|f| f.glyph_index(c).is_some())
}

/// Lays text out. `wrap` is the widest line in pixels, 0 for no wrapping; `\n` always breaks.
pub fn lay_out(text: &str, font: Font, size: f32, align: Align, wrap: f32) -> Block {
    let lines: Vec<String> = text.split('\n').flat_map(|l| wrapped(l, font, size, wrap)).collect();
    let mut block = Block { lines: lines.len(), left: 0.0, ..Block::default() };
    let mut all = PathBuilder::new();
    for (row, line) in lines.iter().enumerate() {
        let (glyphs, width) = shape(line, font, size);
        let shift = match align {
            Align::Start => 0.0,
            Align::Middle => -width / 2.0,
            Align::End => -width,
        };
        block.width = block.width.max(width);
        block.left = block.left.min(shift);
        let y = row as f32 * size * LINE_HEIGHT;
        for (path, _) in glyphs {
            let path = path.and_then(|p| p.transform(Transform::from_translate(shift, y)));
            if let Some(p) = &path {
                all.push_path(p);
            }
            block.letters.push(Letter { path, line: row });
        }
    }
    block.whole = all.finish();
    block
}

fn wrapped(line: &str, font: Font, size: f32, wrap: f32) -> Vec<String> {
    if wrap <= 0.0 {
        return vec![line.to_owned()];
    }
    let mut out: Vec<String> = Vec::new();
    for word in line.split(' ') {
        match out.last_mut() {
            Some(last) if width(&format!("{last} {word}"), font, size) <= wrap => {
                last.push(' ');
                last.push_str(word);
            }
            _ => out.push(word.to_owned()),
        }
    }
    out
}

/// Subscript digits are drawn as small lowered digits: the font has none.
fn lowered(c: char) -> Option<char> {
    let n = u32::from(c).checked_sub(0x2080)?;
    char::from_digit(n, 10)
}

type Shaped = (Vec<(Option<Path>, Xy)>, f32);

fn shape(text: &str, font: Font, size: f32) -> Shaped {
    let Some(face) = face(font) else { return (Vec::new(), 0.0) };
    let mut pen = 0.0;
    let mut out = Vec::new();
    let mut run = String::new();
    for c in text.chars() {
        match lowered(c) {
            None => run.push(c),
            Some(digit) => {
                shape_run(face, &std::mem::take(&mut run), size, 0.0, &mut pen, &mut out);
                shape_run(face, &digit.to_string(), size * 0.66, size * 0.16, &mut pen, &mut out);
            }
        }
    }
    shape_run(face, &run, size, 0.0, &mut pen, &mut out);
    (out, pen)
}

fn shape_run(
    face: &Face<'_>,
    run: &str,
    size: f32,
    drop: f32,
    pen: &mut f32,
    out: &mut Vec<(Option<Path>, Xy)>,
) {
    if run.is_empty() {
        return;
    }
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(run);
    let glyphs = rustybuzz::shape(face, &[], buffer);
    let k = size / face.units_per_em() as f32;
    for (info, at) in glyphs.glyph_infos().iter().zip(glyphs.glyph_positions()) {
        let mut outline = Outline(PathBuilder::new());
        let id = GlyphId(u16::try_from(info.glyph_id).unwrap_or(0));
        let drawn = face.outline_glyph(id, &mut outline).and_then(|_| outline.0.finish());
        let (x, y) = (*pen + at.x_offset as f32 * k, drop - at.y_offset as f32 * k);
        let path = drawn.and_then(|p| p.transform(Transform::from_row(k, 0.0, 0.0, -k, x, y)));
        out.push((path, (x, y)));
        *pen += at.x_advance as f32 * k;
    }
}

struct Outline(PathBuilder);

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }
    fn close(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_wraps_and_short_text_does_not() {
        let one = lay_out("red dusk", Font::Bold, 40.0, Align::Start, 0.0);
        let two = lay_out("red dusk", Font::Bold, 40.0, Align::Start, 100.0);
        assert_eq!((one.lines, two.lines), (1, 2));
        assert!(one.width > two.width);
    }

    #[test]
    fn the_fonts_draw_english_italian_and_formulas() {
        for c in "Water H₂O, x² − 3 × 4 = “già” £".chars() {
            assert!(can_draw(Font::Bold, c) && can_draw(Font::Regular, c), "{c}");
        }
    }
}

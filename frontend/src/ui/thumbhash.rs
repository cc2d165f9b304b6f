//! Thumbhash: a blurred picture in some twenty bytes (<https://evanw.github.io/thumbhash/>), unpacked without a library
//! of cosines. Pictures that can be seen through are not ours and not read.

/// The longer side of the picture, in pixels.
const SIDE: f32 = 32.0;

/// Pixels from left to right and top to bottom, red, green, blue and opacity of each.
pub struct Blur {
    pub width: usize,
    pub height: usize,
    pub rgba: Vec<u8>,
}

/// `None` for what is no such hash.
pub fn unpack(hash: &[u8]) -> Option<Blur> {
    let (&[a, b, c, d, e], packed) = hash.split_first_chunk::<5>()?;
    let header = u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]);
    let field = |from: u32, bits: u32| (header >> from & ((1 << bits) - 1)) as f32;
    if field(23, 1) > 0.0 {
        return None;
    }
    let short = ((header >> 24 & 7) as usize).max(1);
    let (across, down) = if field(39, 1) > 0.0 { (7, short) } else { (short, 7) };
    let mut nibbles = packed.iter().flat_map(|byte| [byte & 15, byte >> 4]);
    let mut channel = |average: f32, across: usize, down: usize, scale: f32| {
        Some(Channel { average, waves: waves(across, down, scale, &mut nibbles)? })
    };
    let light = channel(field(0, 6) / 63.0, across.max(3), down.max(3), field(18, 5) / 31.0)?;
    // Colours a quarter stronger than they were, against what rounding took.
    let yellow = channel(field(6, 6) / 31.5 - 1.0, 3, 3, field(27, 6) / 63.0 * 1.25)?;
    let red = channel(field(12, 6) / 31.5 - 1.0, 3, 3, field(33, 6) / 63.0 * 1.25)?;

    let ratio = across as f32 / down as f32;
    let (width, height) = if ratio > 1.0 { (SIDE, SIDE / ratio) } else { (SIDE * ratio, SIDE) };
    let (width, height) = (width.round() as usize, height.round() as usize);
    let columns = cosines(width);
    let mut rgba = Vec::with_capacity(width * height * 4);
    for row in &cosines(height) {
        for column in &columns {
            let [l, p, q] = [&light, &yellow, &red].map(|channel| channel.at(column, row));
            let blue = l - 2.0 / 3.0 * p;
            let red = (3.0 * l - blue + q) / 2.0;
            rgba.extend([red, red - q, blue, 1.0].map(|part| (part.clamp(0.0, 1.0) * 255.0) as u8));
        }
    }
    Some(Blur { width, height, rgba })
}

struct Channel {
    average: f32,
    waves: Vec<Wave>,
}

/// So many half waves across and down, and how strong.
struct Wave {
    across: usize,
    down: usize,
    strength: f32,
}

impl Channel {
    fn at(&self, column: &Cosines, row: &Cosines) -> f32 {
        self.waves.iter().fold(self.average, |sum, wave| {
            let [x, y] =
                [column.get(wave.across), row.get(wave.down)].map(|c| c.copied().unwrap_or_default());
            sum + wave.strength * x * y
        })
    }
}

fn waves(
    across: usize,
    down: usize,
    scale: f32,
    nibbles: &mut impl Iterator<Item = u8>,
) -> Option<Vec<Wave>> {
    let mut waves = Vec::new();
    for y in 0..down {
        let mut x = usize::from(y == 0);
        while x * down < across * (down - y) {
            let strength = (f32::from(nibbles.next()?) / 7.5 - 1.0) * scale * 2.0;
            waves.push(Wave { across: x, down: y, strength });
            x += 1;
        }
    }
    Some(waves)
}

/// cos(k t) for k from 0.
type Cosines = [f32; 8];

/// For the middle of each of `count` places on half a circle. Each cosine follows from the two before it:
/// cos(a + d) = 2 cos(d) cos(a) - cos(a - d).
fn cosines(count: usize) -> Vec<Cosines> {
    let step = core::f32::consts::PI / count.max(1) as f32;
    let turn = small_cosine(step);
    let first = small_cosine(step / 2.0);
    let (mut before, mut now) = (first, first);
    let mut all = Vec::with_capacity(count);
    for _ in 0..count {
        let (mut last, mut next) = (now, 1.0);
        all.push(core::array::from_fn(|_| {
            let here = next;
            (last, next) = (here, 2.0 * now * here - last);
            here
        }));
        (before, now) = (now, 2.0 * turn * now - before);
    }
    all
}

/// Of an angle up to a quarter, by its series.
fn small_cosine(angle: f32) -> f32 {
    let square = angle * angle;
    1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `thumbhash` packs and unpacks a picture that fades from corner to corner.
    #[test]
    fn it_is_unpacked_as_its_inventor_does() {
        for (width, height) in [(56, 100), (100, 56), (64, 64), (30, 100)] {
            let mut rgba = Vec::new();
            for y in 0..height {
                for x in 0..width {
                    let wave = if (x / 9 + y / 14) % 2 == 0 { 60 } else { 0 };
                    rgba.extend([(x * 255 / width) as u8, (y * 195 / height + wave) as u8, 90, 255]);
                }
            }
            let hash = thumbhash::rgba_to_thumb_hash(width, height, &rgba);
            let (w, h, theirs) = thumbhash::thumb_hash_to_rgba(&hash).unwrap();
            let ours = unpack(&hash).unwrap();
            assert_eq!((ours.width, ours.height, ours.rgba.len()), (w, h, theirs.len()));
            let furthest = ours.rgba.iter().zip(&theirs).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(furthest <= Some(1), "{furthest:?}");
        }
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        assert!(unpack(&[]).is_none());
        assert!(unpack(&[1, 2, 3, 4, 5]).is_none());
        assert!(unpack(&[0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).is_none());
    }
}

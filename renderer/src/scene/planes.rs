//! A frame as video encoders take it: planes of brightness and of colour (I420, BT.709, limited range).

use super::frames::{HEIGHT, WIDTH};

/// Sides as counts.
const W: usize = WIDTH as usize;
const H: usize = HEIGHT as usize;
/// Bytes of two rows of RGBA: what shares one row of colour.
const TWO_ROWS: usize = W * 4 * 2;

/// The planes of the last frame that was taken. Rows that did not change are not converted again.
pub struct Planes {
    rgba: Vec<u8>,
    brightness: Vec<u8>,
    blue: Vec<u8>,
    red: Vec<u8>,
}

impl Default for Planes {
    fn default() -> Self {
        // The planes of a black picture, so that an unchanged row is right from the start.
        let colour = || vec![128; W * H / 4];
        Self { rgba: vec![0; W * H * 4], brightness: vec![16; W * H], blue: colour(), red: colour() }
    }
}

impl Planes {
    /// Bytes of all three planes.
    pub const BYTES: usize = W * H * 3 / 2;

    /// Takes the pixels of a `Frame`.
    pub fn take(&mut self, rgba: &[u8]) {
        let colours = self.blue.chunks_exact_mut(W / 2).zip(self.red.chunks_exact_mut(W / 2));
        let planes = self.brightness.chunks_exact_mut(W * 2).zip(colours);
        let kept = self.rgba.chunks_exact_mut(TWO_ROWS);
        for ((rows, kept), (brightness, (blue, red))) in rgba.chunks_exact(TWO_ROWS).zip(kept).zip(planes) {
            if rows == kept {
                continue;
            }
            kept.copy_from_slice(rows);
            let (pixels, _) = rows.as_chunks::<4>();
            for ([r, g, b, _], out) in pixels.iter().zip(brightness) {
                let (r, g, b) = (i32::from(*r), i32::from(*g), i32::from(*b));
                *out = ((11_966 * r + 40_254 * g + 4_064 * b + (16 << 16) + 32_768) >> 16) as u8;
            }
            let (top, bottom) = pixels.split_at(W);
            let (top, bottom) = (top.as_chunks::<2>().0, bottom.as_chunks::<2>().0);
            for ((([a, b], [c, d]), blue), red) in top.iter().zip(bottom).zip(blue).zip(red) {
                let sum = |i: usize| {
                    [a, b, c, d].iter().map(|p| i32::from(p.get(i).copied().unwrap_or_default())).sum::<i32>()
                };
                // The mean of four pixels: two more bits to shift away.
                let (r, g, b) = (sum(0), sum(1), sum(2));
                *blue = ((28_784 * b - 6_596 * r - 22_188 * g + (128 << 18) + (1 << 17)) >> 18) as u8;
                *red = ((28_784 * r - 26_145 * g - 2_639 * b + (128 << 18) + (1 << 17)) >> 18) as u8;
            }
        }
    }

    /// Appends brightness, blue, red.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.brightness);
        out.extend_from_slice(&self.blue);
        out.extend_from_slice(&self.red);
    }

    /// A small grey picture, rows from the top, 0 black to 255 white: the mean brightness of each cell.
    pub fn grey(&self, columns: usize, rows: usize) -> Vec<u8> {
        let edge = |i: usize, n: usize, side: usize| i * side / n.max(1);
        let mut out = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            let (top, bottom) = (edge(row, rows, H), edge(row + 1, rows, H));
            let mut sums = vec![0u32; columns];
            for line in self.brightness.chunks_exact(W).take(bottom).skip(top) {
                for (column, sum) in sums.iter_mut().enumerate() {
                    let cell = line.get(edge(column, columns, W)..edge(column + 1, columns, W));
                    *sum += cell.unwrap_or_default().iter().map(|y| u32::from(*y)).sum::<u32>();
                }
            }
            out.extend(sums.iter().enumerate().map(|(column, sum)| {
                let wide = edge(column + 1, columns, W) - edge(column, columns, W);
                let pixels = (wide * (bottom - top)).max(1) as u32;
                ((sum / pixels).saturating_sub(16) * 255 / 219).min(255) as u8
            }));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(colour: [u8; 3]) -> Vec<u8> {
        let [r, g, b] = colour;
        [r, g, b, 255].repeat(W * H)
    }

    /// The first value of each plane.
    fn planes_of(colour: [u8; 3]) -> [u8; 3] {
        let mut planes = Planes::default();
        planes.take(&plain(colour));
        let mut bytes = Vec::new();
        planes.append_to(&mut bytes);
        assert_eq!(bytes.len(), Planes::BYTES);
        [bytes[0], bytes[W * H], bytes[W * H * 5 / 4]]
    }

    #[test]
    fn colours_become_those_of_bt_709_in_limited_range() {
        assert_eq!(planes_of([0, 0, 0]), [16, 128, 128]);
        assert_eq!(planes_of([255, 255, 255]), [235, 128, 128]);
        assert_eq!(planes_of([255, 0, 0]), [63, 102, 240]);
        assert_eq!(planes_of([0, 255, 0]), [173, 42, 26]);
        assert_eq!(planes_of([0, 0, 255]), [32, 240, 118]);
    }

    #[test]
    fn a_picture_taken_after_another_is_as_if_it_were_the_first() {
        let (mut after, mut first) = (Planes::default(), Planes::default());
        let mut picture = plain([10, 20, 30]);
        after.take(&plain([200, 0, 0]));
        after.take(&plain([10, 20, 30]));
        picture[4 * (W * 700 + 3)] = 250;
        after.take(&picture);
        first.take(&picture);
        let (mut a, mut b) = (Vec::new(), Vec::new());
        after.append_to(&mut a);
        first.append_to(&mut b);
        assert!(a == b);
    }

    #[test]
    fn a_small_grey_picture_has_the_brightness_of_the_large_one() {
        let mut planes = Planes::default();
        let mut picture = plain([0, 0, 0]);
        picture.iter_mut().take(W * H * 2).for_each(|value| *value = 255);
        planes.take(&picture);
        let grey = planes.grey(4, 2);
        assert_eq!(grey, [255, 255, 255, 255, 0, 0, 0, 0]);
    }
}

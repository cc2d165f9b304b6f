//! Finds flashing that can harm: WCAG 2.3.1, more than three general flashes within any one second over a quarter of
//! the picture. A flash is a pair of opposing changes of relative luminance of at least 10 % of the maximum, the
//! darker side being below 0.80. Works on small grey pictures; pure.

pub const CELLS_WIDE: usize = 64;
pub const CELLS_HIGH: usize = 36;
/// Bytes of one grey picture.
pub const CELLS: usize = CELLS_WIDE * CELLS_HIGH;

const CHANGE: f32 = 0.10;
const DARK: f32 = 0.80;
/// Three flashes are six opposing changes; a fourth flash makes eight.
const CHANGES_TOO_MANY: usize = 8;
const AREA: usize = CELLS / 4;

#[derive(Clone, Copy)]
struct Cell {
    /// The luminance furthest out since the last change of direction.
    extreme: f32,
    /// +1 rising, -1 falling, 0 nothing seen yet.
    direction: i8,
    /// Picture numbers of the last changes, oldest overwritten.
    changes: [u32; CHANGES_TOO_MANY],
    next: usize,
    count: usize,
}

pub struct FlashDetector {
    cells: Vec<Cell>,
    luminance: [f32; 256],
    picture: u32,
    pictures_per_second: f64,
    found: bool,
}

impl FlashDetector {
    pub fn new(pictures_per_second: f64) -> Self {
        let mut luminance = [0.0; 256];
        for (value, slot) in luminance.iter_mut().enumerate() {
            // sRGB to relative luminance of a grey.
            let v = value as f32 / 255.0;
            *slot = if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) };
        }
        let cell = Cell { extreme: -1.0, direction: 0, changes: [0; CHANGES_TOO_MANY], next: 0, count: 0 };
        Self { cells: vec![cell; CELLS], luminance, picture: 0, pictures_per_second, found: false }
    }

    /// Takes the next picture: `CELLS` grey bytes, row by row.
    pub fn push(&mut self, picture: &[u8]) {
        let number = self.picture;
        self.picture += 1;
        if self.found {
            return;
        }
        let mut flashing = 0;
        for (cell, grey) in self.cells.iter_mut().zip(picture) {
            let now = self.luminance.get(usize::from(*grey)).copied().unwrap_or_default();
            cell.take(now, number);
            let oldest = cell.changes.get(cell.next).copied().unwrap_or_default();
            let span = f64::from(number - oldest) / self.pictures_per_second;
            flashing += usize::from(cell.count >= CHANGES_TOO_MANY && span <= 1.0);
        }
        self.found = flashing >= AREA;
    }

    pub fn found(&self) -> bool {
        self.found
    }
}

impl Cell {
    fn take(&mut self, now: f32, number: u32) {
        if self.extreme < 0.0 {
            self.extreme = now;
            return;
        }
        let rise = now - self.extreme;
        let going_on = match self.direction {
            1 => rise >= 0.0,
            -1 => rise <= 0.0,
            _ => false,
        };
        if going_on {
            self.extreme = now;
            return;
        }
        if rise.abs() >= CHANGE && self.extreme.min(now) < DARK {
            self.direction = if rise > 0.0 { 1 } else { -1 };
            self.extreme = now;
            if let Some(slot) = self.changes.get_mut(self.next) {
                *slot = number;
            }
            self.next = (self.next + 1) % CHANGES_TOO_MANY;
            self.count += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a strobe of `hertz` between two greys over a part of the picture is found within three seconds.
    fn strobe(hertz: f64, dark: u8, light: u8, part: f64) -> bool {
        let mut detector = FlashDetector::new(30.0);
        let lit = (CELLS as f64 * part) as usize;
        for picture in 0..90 {
            let on = ((f64::from(picture) / 30.0 * hertz * 2.0) as u64).is_multiple_of(2);
            let mut grey = vec![100; CELLS];
            grey[..lit].fill(if on { light } else { dark });
            detector.push(&grey);
        }
        detector.found()
    }

    #[test]
    fn fast_strong_and_large_flashing_is_found() {
        assert!(strobe(5.0, 0, 255, 1.0));
        assert!(strobe(10.0, 0, 255, 0.3));
        assert!(strobe(15.0, 60, 160, 1.0), "one picture light, one dark");
    }

    #[test]
    fn slow_weak_or_small_flashing_is_not() {
        assert!(!strobe(2.0, 0, 255, 1.0));
        assert!(!strobe(3.0, 0, 255, 1.0), "three a second are allowed");
        assert!(!strobe(10.0, 100, 120, 1.0));
        assert!(!strobe(10.0, 0, 255, 0.2));
    }

    #[test]
    fn fades_and_steady_pictures_are_not_flashes() {
        let mut detector = FlashDetector::new(30.0);
        for picture in 0..300u32 {
            let level = (127.0 + 127.0 * (f64::from(picture) / 30.0 * std::f64::consts::TAU).sin()) as u8;
            detector.push(&vec![level; CELLS]);
        }
        assert!(!detector.found());
    }
}

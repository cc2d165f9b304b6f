//! Fitted models as bytes, in pieces, and back. Whatever bytes come, they are read or refused: numbers that would lead out of a
//! table are an error.

use super::{Fitted, Sparse, cold::Cold};
use crate::models::factors::Settings;
use crate::models::moments::Fade;
use crate::nearest::Nearest;
use crate::text::WIDTH;

/// The form of the bytes: changed with every change of it.
const FORM: u32 = 0x4d49_0001;

/// Vectors of more numbers than this are none of ours.
const WIDEST: usize = 1_024;

/// Bytes that are no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Of another form, or no model at all.
    Form,
    /// They end too early, or go on after the end.
    Length,
    /// A number that cannot be.
    Number,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(match self {
            Self::Form => "of another form than this program's",
            Self::Length => "it ends too early or too late",
            Self::Number => "a number in it cannot be",
        })
    }
}

impl std::error::Error for Unreadable {}

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, value: usize) {
        self.0.extend((value as u32).to_le_bytes());
    }

    fn float(&mut self, value: f32) {
        self.0.extend(value.to_le_bytes());
    }

    fn floats(&mut self, values: &[f32]) {
        self.number(values.len());
        values.iter().for_each(|value| self.float(*value));
    }
}

impl Fitted {
    /// The model in pieces of so many bytes, the last a shorter one.
    pub fn parts(&self, piece_bytes: usize) -> impl Iterator<Item = Vec<u8>> + '_ {
        let bytes = self.bytes();
        let count = bytes.len().div_ceil(piece_bytes.max(1));
        (0..count).map(move |at| {
            let from = at * piece_bytes.max(1);
            bytes.get(from..(from + piece_bytes.max(1)).min(bytes.len())).unwrap_or_default().to_vec()
        })
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.number(FORM as usize);
        out.number(self.settings.width);
        out.number(self.settings.rounds);
        out.float(self.settings.alpha);
        out.float(self.settings.lambda);
        out.number(self.taught);
        out.float(self.slope);
        out.floats(&self.weights);
        out.floats(&self.gram);
        out.floats(&self.cold.weights);
        out.floats(&self.popularity);
        out.number(self.linear.len());
        for model in &self.linear {
            out.float(model.fade.tau);
            out.number(model.fade.horizon);
            out.float(model.fade.eta);
            out.number(model.rows.len());
            for row in &model.rows {
                out.number(row.len());
                for (item, value) in row {
                    out.number(*item as usize);
                    out.float(*value);
                }
            }
        }
        let (bytes, scales) = self.vectors.held_bytes();
        out.floats(&scales);
        out.0.extend(bytes.iter().map(|byte| byte.cast_unsigned()));
        out.0
    }

    /// A model from its pieces in their order. What was removed before they were made is there again.
    ///
    /// # Errors
    /// The pieces are not those of a model.
    pub fn read(parts: impl Iterator<Item = impl AsRef<[u8]>>) -> Result<Self, Unreadable> {
        let mut bytes = Vec::new();
        parts.for_each(|part| bytes.extend_from_slice(part.as_ref()));
        let mut from = Reader(&bytes);
        if from.number()? != FORM as usize {
            return Err(Unreadable::Form);
        }
        let (width, rounds) = (from.number()?, from.number()?);
        let settings = Settings { width, alpha: from.float()?, lambda: from.float()?, rounds };
        let (taught, slope) = (from.number()?, from.float()?);
        let (weights, gram, cold) = (from.floats()?, from.floats()?, from.floats()?);
        let popularity = from.floats()?;
        let items = popularity.len();
        let linear = from.linear(items)?;
        let scales = from.floats()?;
        let fits = (1..=WIDEST).contains(&width)
            && gram.len() == width * width
            && cold.len() == (WIDTH + 1) * width
            && weights.len() == linear.len() + 2
            && scales.len() == items
            && taught <= items;
        if !fits {
            return Err(Unreadable::Number);
        }
        let bytes = from.take(items.checked_mul(width).ok_or(Unreadable::Length)?)?;
        if !from.0.is_empty() {
            return Err(Unreadable::Length);
        }
        let vectors =
            Nearest::from_bytes(width, bytes.iter().map(|byte| byte.cast_signed()).collect(), scales);
        let cold = Cold { width, weights: cold };
        Ok(Self { linear, vectors, gram, taught, settings, weights, popularity, slope, cold })
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Unreadable> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Unreadable::Length)?;
        self.0 = rest;
        Ok(taken)
    }

    fn four(&mut self) -> Result<[u8; 4], Unreadable> {
        let (four, rest) = self.0.split_first_chunk().ok_or(Unreadable::Length)?;
        self.0 = rest;
        Ok(*four)
    }

    fn number(&mut self) -> Result<usize, Unreadable> {
        Ok(u32::from_le_bytes(self.four()?) as usize)
    }

    /// Finite, but for an infinite time constant.
    fn float(&mut self) -> Result<f32, Unreadable> {
        let value = f32::from_le_bytes(self.four()?);
        if value.is_nan() { Err(Unreadable::Number) } else { Ok(value) }
    }

    fn finite(&mut self) -> Result<f32, Unreadable> {
        let value = self.float()?;
        if value.is_finite() { Ok(value) } else { Err(Unreadable::Number) }
    }

    /// A count of things of at least so many bytes each: never more than are left.
    fn count(&mut self, bytes: usize) -> Result<usize, Unreadable> {
        let count = self.number()?;
        if count.saturating_mul(bytes) > self.0.len() { Err(Unreadable::Length) } else { Ok(count) }
    }

    fn floats(&mut self) -> Result<Vec<f32>, Unreadable> {
        let count = self.count(4)?;
        (0..count).map(|_| self.finite()).collect()
    }

    fn linear(&mut self, items: usize) -> Result<Vec<Sparse>, Unreadable> {
        let count = self.count(16)?;
        let mut models = Vec::with_capacity(count);
        for _ in 0..count {
            let fade = Fade { tau: self.float()?, horizon: self.number()?, eta: self.finite()? };
            // A time constant of nothing would divide by it.
            if fade.tau <= 0.0 || fade.eta <= 0.0 {
                return Err(Unreadable::Number);
            }
            let count = self.count(4)?;
            let rows = (0..count).map(|_| self.row(items)).collect::<Result<_, _>>()?;
            models.push(Sparse { fade, rows });
        }
        Ok(models)
    }

    fn row(&mut self, items: usize) -> Result<Vec<(u32, f32)>, Unreadable> {
        let count = self.count(8)?;
        let pair = |from: &mut Self| {
            let (item, value) = (from.number()?, from.finite()?);
            if item < items { Ok((item as u32, value)) } else { Err(Unreadable::Number) }
        };
        (0..count).map(|_| pair(self)).collect()
    }
}

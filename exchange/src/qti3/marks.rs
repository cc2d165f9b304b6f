//! What choices are worth, found by asking the item about each of them.

use super::content::Sink;
use super::item::Item;
use super::processing::Value;
use minnow_shared::question::{ChoiceKey, Credit};
use std::collections::HashMap;

/// Shares that differ by less are the same.
const NEAR: f64 = 2e-7;

/// What choices of one interaction are worth.
#[derive(Debug, Default)]
pub struct Marks {
    pub is_right: Vec<bool>,
    /// None: what such a choice is worth anyway. Empty: right ones share the whole.
    pub credits: Vec<Option<Credit>>,
    /// What the best response earns, in the item's own points.
    pub most: f64,
}

impl Marks {
    pub fn apply(&self, choices: &mut [ChoiceKey]) {
        for (place, choice) in choices.iter_mut().enumerate() {
            choice.is_right = self.is_right.get(place).copied().unwrap_or(false);
            choice.credit = self.credits.get(place).copied().flatten();
        }
    }
}

/// What a choice is worth where one is taken and nothing is said.
fn worth_alone(is_right: bool) -> Credit {
    if is_right { Credit::FULL } else { Credit::NONE }
}

impl Item<'_> {
    /// What this response to one interaction earns beyond no response at all; `None` where the rules are not known.
    pub fn earned(&self, id: &str, parts: Vec<String>) -> Option<f64> {
        let value = Value::many(parts, false);
        let with = self.processing.score(&HashMap::from([(id.to_owned(), value)])).ok()?;
        let without = self.processing.score(&HashMap::new()).ok()?;
        Some(with - without)
    }

    /// What the choices of an interaction are worth. `most`: what full marks are, where
    /// that is said.
    ///
    /// # Errors
    /// Why nothing is right.
    pub fn marks(
        &self,
        id: &str,
        ids: &[&str],
        multiple: bool,
        most: Option<f64>,
        sink: &mut Sink<'_>,
    ) -> Result<Marks, String> {
        let correct = self.responses.get(id).map(|response| response.correct.as_slice()).unwrap_or_default();
        let is_correct: Vec<bool> = ids.iter().map(|id| correct.iter().any(|other| other == id)).collect();
        let line = self.root.line;
        let singles: Option<Vec<f64>> =
            ids.iter().map(|choice| self.earned(id, vec![(*choice).to_owned()])).collect();
        let Some(singles) = singles else {
            if let Err(unknown) = self.processing.score(&HashMap::new()) {
                sink.lose(
                    line,
                    format!("custom scoring ({}) was read as: the correct response is right", unknown.0),
                );
            }
            return self.by_correct(is_correct, multiple, 1.0);
        };
        if multiple {
            return self.several(id, ids, is_correct, &singles, most, sink);
        }
        let best = singles.iter().copied().fold(0.0, f64::max);
        if best <= 0.0 {
            if correct.is_empty() {
                return Err("no answer earns anything".into());
            }
            sink.lose(line, "custom scoring was read as: the correct response is right");
            return self.by_correct(is_correct, false, 1.0);
        }
        let most = most.unwrap_or(best).max(best);
        // The right one is the correct response or, without one, the best.
        let right = is_correct
            .iter()
            .position(|right| *right)
            .or_else(|| singles.iter().position(|value| *value >= best));
        let is_right: Vec<bool> = (0..ids.len()).map(|place| Some(place) == right).collect();
        let is_plain = singles
            .iter()
            .zip(&is_right)
            .all(|(value, right)| (value / most - f64::from(u8::from(*right))).abs() < NEAR);
        let credits = if is_plain {
            Vec::new()
        } else {
            let credit = |(value, right): (&f64, &bool)| {
                let credit = Credit::from_share(value / most);
                (credit != worth_alone(*right)).then_some(credit)
            };
            singles.iter().zip(&is_right).map(credit).collect()
        };
        Ok(Marks { is_right, credits, most })
    }

    fn by_correct(&self, is_right: Vec<bool>, multiple: bool, most: f64) -> Result<Marks, String> {
        match is_right.iter().filter(|right| **right).count() {
            0 => Err("it does not say which answer is right".into()),
            1 => Ok(Marks { is_right, credits: Vec::new(), most }),
            _ if multiple => Ok(Marks { is_right, credits: Vec::new(), most }),
            _ => {
                let first = is_right.iter().position(|right| *right);
                let credits = is_right
                    .iter()
                    .enumerate()
                    .map(|(place, right)| (*right && Some(place) != first).then_some(Credit::FULL))
                    .collect();
                let is_right = (0..is_right.len()).map(|place| Some(place) == first).collect();
                Ok(Marks { is_right, credits, most })
            }
        }
    }

    fn several(
        &self,
        id: &str,
        ids: &[&str],
        is_correct: Vec<bool>,
        singles: &[f64],
        most: Option<f64>,
        sink: &mut Sink<'_>,
    ) -> Result<Marks, String> {
        let response = self.responses.get(id);
        let correct = response.map(|response| response.correct.clone()).unwrap_or_default();
        let best = self.earned(id, correct).unwrap_or(0.0);
        // A mapping tells more than single answers do, whose sum may be cut at nothing.
        let mapping = response.and_then(|response| response.mapping.as_ref());
        let mapped = self.processing.is_map()
            || self.processing.custom().is_some_and(|node| !node.named("map-response").is_empty());
        let values: Vec<f64> = match mapping.filter(|_| mapped) {
            Some(mapping) => ids.iter().map(|choice| mapping.value(choice)).collect(),
            None => singles.to_vec(),
        };
        let is_right: Vec<bool> = if is_correct.contains(&true) {
            is_correct
        } else {
            values.iter().map(|value| *value > 0.0).collect()
        };
        let count = is_right.iter().filter(|right| **right).count();
        if count == 0 {
            return Err("it does not say which answers are right".into());
        }
        let of_right: f64 =
            values.iter().zip(&is_right).filter(|(_, right)| **right).map(|(value, _)| value).sum();
        if of_right <= 0.0 || (best > 0.0 && of_right + 1e-6 < best) {
            sink.lose(self.root.line, "it is scored all or nothing there, and here by how much is right");
            return Ok(Marks { is_right, credits: Vec::new(), most: best.max(1.0) });
        }
        let most = most.unwrap_or(if best > 0.0 { best } else { of_right });
        let share = 1.0 / count as f64;
        let is_plain = values.iter().zip(&is_right).all(|(value, right)| {
            let expected = if *right { share } else { -share };
            (value / most - expected).abs() < NEAR
        });
        let credits = if is_plain {
            Vec::new()
        } else {
            values.iter().map(|value| Some(Credit::from_share(value / most))).collect()
        };
        Ok(Marks { is_right, credits, most })
    }
}

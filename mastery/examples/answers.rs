//! How well the estimates tell what comes next: reads a log of answers, each line `part,learner,item,skill,correct` in the order
//! of time, and prints how the chances told before each answer of the parts other than `train` compare with what came: the
//! area under the curve, the log loss, the calibration error. Questions are learned from every answer as it comes.

use minnow_mastery::{
    estimate::{Belief, Evidence, expected_chance, learned, site},
    fold::Model,
};
use std::{
    collections::HashMap,
    io::{BufRead, Write},
};

/// A learner: the overall ability and that of each skill.
#[derive(Default)]
struct Learner {
    overall: Option<Belief>,
    skills: HashMap<String, Belief>,
    items: HashMap<String, u32>,
}

fn main() -> std::io::Result<()> {
    let (model, mut judged) = (Model::default(), Vec::new());
    let mut learners: HashMap<String, Learner> = HashMap::new();
    let mut items: HashMap<String, Belief> = HashMap::new();
    for line in std::io::stdin().lock().lines().skip(1) {
        let line = line?;
        let cells: Vec<&str> = line.split(',').collect();
        let [part, learner, item, skill, correct] = cells.as_slice() else { continue };
        let learner = learners.entry(format!("{part} {learner}")).or_default();
        let overall = learner.overall.unwrap_or(model.ability);
        let widened = |belief: Belief, by: f64| Belief {
            variance: (belief.variance + by).min(model.ability.variance),
            ..belief
        };
        let ability = match learner.skills.get(*skill) {
            Some(belief) => widened(*belief, model.an_answer),
            None => widened(overall, model.between),
        };
        let difficulty = items.entry((*item).to_owned()).or_insert(model.difficulty);
        let right = *correct == "1";
        if *part != "train" {
            judged.push((expected_chance(ability, *difficulty, 0.0), right));
        }
        // A log that names only skills does not tell their questions apart: each answer is to another one.
        let is_new = item == skill || !learner.items.contains_key(*item);
        let times = learner.items.entry((*item).to_owned()).or_default();
        let weight = if is_new { 1.0 } else { model.again };
        let evidence = Evidence { credit: f64::from(u8::from(right)), guess: 0.0, weight };
        let said = site(ability, *difficulty, evidence);
        learner.skills.insert((*skill).to_owned(), learned(ability, *difficulty, 0.0, evidence));
        learner.overall =
            Some(learned(widened(overall, model.an_answer), *difficulty, model.a_step, evidence));
        if is_new {
            *difficulty = difficulty.with(said);
        }
        *times += 1;
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} answers judged", judged.len())?;
    writeln!(out, "area under the curve {:.4}", area(&mut judged))?;
    let loss = judged.iter().map(|(p, right)| -(if *right { *p } else { 1.0 - p }).ln()).sum::<f64>();
    writeln!(out, "log loss {:.4}", loss / judged.len() as f64)?;
    writeln!(out, "calibration error {:.4}", calibration(&judged))
}

/// The chance that an answer that was right had the higher chance of two; ties count half.
fn area(judged: &mut [(f64, bool)]) -> f64 {
    judged.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut ranks, mut rights) = (0.0, 0.0, 0.0);
    for alike in judged.chunk_by(|a, b| a.0 == b.0) {
        let right = alike.iter().filter(|(_, right)| *right).count() as f64;
        ranks += right * (below + (alike.len() as f64 + 1.0) / 2.0);
        rights += right;
        below += alike.len() as f64;
    }
    (ranks - rights * (rights + 1.0) / 2.0) / (rights * (below - rights))
}

/// The mean distance of told and true over fifteen even bins.
fn calibration(judged: &[(f64, bool)]) -> f64 {
    let mut bins = [(0.0, 0.0); 15];
    for (p, right) in judged {
        if let Some(bin) = bins.get_mut(((p * 15.0) as usize).min(14)) {
            bin.0 += p;
            bin.1 += f64::from(u8::from(*right));
        }
    }
    bins.iter().map(|(told, came)| (told - came).abs()).sum::<f64>() / judged.len() as f64
}

//! One procedure that fits the model to any log: an eighth of the learners is held out; on them the regression's rate and passes
//! and the network's pass are chosen and the blend is fitted; then the regression is fitted to all, and the network passes over
//! all once more, gently.

use super::blend::{Blend, Opinions};
use super::linear::Features;
use super::model::{Answer, LearnerModel};
use super::parameters::uniform;
use super::recurrent::{Recurrent, Step};
use super::repeats::Repeats;
use super::state::LearnerState;
use super::tracing::{SPAN, Tracer};

/// The regression's rates that are tried.
const RATES: [f32; 3] = [0.01, 0.02, 0.05];
/// The most passes of the regression.
const PASSES: usize = 5;
/// Log loss that another pass must save to be taken.
const GAIN: f64 = 2e-5;
/// One learner in so many is held out.
const HELD_OUT: usize = 8;
/// Answers below which a log is only learned online.
const LITTLE: usize = 400;
/// Answers below which a network is not fitted.
const LITTLE_FOR_NETWORK: usize = 2_000;
/// The network's passes and first rate; the rate falls to 0 in a line.
const NETWORK_PASSES: u64 = 8;
const NETWORK_RATE: f32 = 0.005;
const GENTLE_RATE: f32 = 0.0005;
/// Learners that the network learns from at once, and the steps that a pass should have at least.
const TOGETHER: usize = 32;
const STEPS_OF_PASS: usize = 150;
const SEED: u64 = 7;

/// What fitting may cost: how many answers the network may be led through (some 10 microseconds each), all passes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    pub network_answers: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self { network_answers: 5_000_000 }
    }
}

/// Answers that were held out, as the models saw them.
type Judged = Vec<(Opinions, bool)>;

impl LearnerModel {
    /// Fits a model to learners' answers, each learner's in order. The same answers give the same model.
    #[must_use]
    pub fn fit(histories: &[Vec<Answer>], effort: Effort) -> Self {
        let all: Vec<&[Answer]> =
            histories.iter().filter(|answers| !answers.is_empty()).map(Vec::as_slice).collect();
        let repeats = repeats_in(&all);
        let (train, held) = split(&all);
        if held.is_empty() || all.iter().map(|answers| answers.len()).sum::<usize>() < LITTLE {
            let mut model = Self { repeats, ..Self::default() };
            model.pass(&all);
            return model;
        }
        let (mut tuned, passes) = tune(&train, &held, repeats);
        let network = fit_network(&mut tuned, &train, &held, effort);
        let mut model = Self { repeats, ..Self::at_rate(tuned.linear.rate) };
        for _ in 0..passes {
            model.pass(&all);
        }
        (model.repeats, model.recurrent, model.blend) = (repeats, network, tuned.blend);
        model
    }

    /// One pass of the regression over learners' answers.
    fn pass(&mut self, histories: &[&[Answer]]) {
        self.shares = Default::default();
        for answers in histories {
            let mut state = LearnerState::default();
            for answer in *answers {
                self.learn(&mut state, *answer);
            }
        }
    }

    /// What both models say of each answer of learners they do not know, learning nothing from them.
    fn judge(&self, held: &[&[Answer]]) -> Judged {
        let mut judged = Vec::new();
        let mut features = Features::default();
        for answers in held {
            let mut state = LearnerState::default();
            for answer in *answers {
                if !self.is_again(&state, *answer) {
                    let view = self.view(&state, answer.item, answer.skill);
                    judged.push((
                        self.opinions(&view, answer.item, answer.skill, &mut features),
                        answer.is_right,
                    ));
                }
                self.fold(&mut state, *answer);
            }
        }
        judged
    }
}

fn loss(blend: &Blend, judged: &Judged) -> f64 {
    let sum: f64 = judged
        .iter()
        .map(|(opinions, is_right)| {
            let chance = blend.chance(opinions).clamp(1e-6, 1.0 - 1e-6);
            -(if *is_right { chance } else { 1.0 - chance }).ln()
        })
        .sum();
    sum / judged.len().max(1) as f64
}

fn repeats_in(histories: &[&[Answer]]) -> Repeats {
    let mut repeats = Repeats::default();
    for answers in histories {
        let mut skills: Vec<u32> = Vec::new();
        let mut before: Option<&Answer> = None;
        for answer in *answers {
            let is_other = !skills.contains(&answer.skill);
            match before {
                Some(before) if before.item == answer.item && is_other => {
                    repeats.note(before.is_right == answer.is_right)
                }
                _ => skills.clear(),
            }
            skills.push(answer.skill);
            before = Some(answer);
        }
    }
    repeats
}

/// Learners to learn from and learners held out: those that fall on a fixed chance, at least one if there are two.
fn split<'a>(all: &[&'a [Answer]]) -> (Vec<&'a [Answer]>, Vec<&'a [Answer]>) {
    let mut seed = SEED;
    let mut drawn: Vec<(f32, usize)> = (0..all.len()).map(|n| (uniform(&mut seed), n)).collect();
    drawn.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let count = if all.len() < 2 { 0 } else { all.len().div_ceil(HELD_OUT) };
    let mut is_held = vec![false; all.len()];
    for (_, n) in drawn.iter().take(count) {
        if let Some(is_held) = is_held.get_mut(*n) {
            *is_held = true;
        }
    }
    let side = |wanted: bool| {
        all.iter()
            .zip(&is_held)
            .filter(|(_, is_held)| **is_held == wanted)
            .map(|(answers, _)| *answers)
            .collect()
    };
    (side(false), side(true))
}

/// The regression at the rate and number of passes that foretell the learners held out best.
fn tune(train: &[&[Answer]], held: &[&[Answer]], repeats: Repeats) -> (LearnerModel, usize) {
    let mut best: Option<(f64, LearnerModel, usize)> = None;
    for rate in RATES {
        let mut model = LearnerModel { repeats, ..LearnerModel::at_rate(rate) };
        let mut last = f64::INFINITY;
        for passes in 1..=PASSES {
            model.pass(train);
            let judged = model.judge(held);
            let now = loss(&Blend::default(), &judged);
            if best.as_ref().is_none_or(|(least, ..)| now < *least - GAIN) {
                best = Some((now, model.clone(), passes));
            }
            if now > last - GAIN {
                break;
            }
            last = now;
        }
    }
    best.map_or_else(|| (LearnerModel::default(), 1), |(_, model, passes)| (model, passes))
}

/// Fits the network, leaves the best blend with it in `tuned`; none, if that is no better than the regression alone.
fn fit_network(
    tuned: &mut LearnerModel,
    train: &[&[Answer]],
    held: &[&[Answer]],
    effort: Effort,
) -> Option<Recurrent> {
    tuned.blend = Blend::fit(&tuned.judge(held));
    let answers: usize = train.iter().map(|answers| answers.len()).sum();
    if answers < LITTLE_FOR_NETWORK {
        return None;
    }
    let net =
        Recurrent::new(train.iter().flat_map(|answers| answers.iter().map(|a| (a.item, a.skill))), SEED);
    let histories: Vec<Vec<Step>> = train.iter().map(|answers| steps(tuned, &net, answers)).collect();
    let batch = (answers / (SPAN * STEPS_OF_PASS)).clamp(4, TOGETHER);
    let passes = (effort.network_answers / answers as u64).clamp(2, NETWORK_PASSES);
    let mut tracer = Tracer::new(net, SEED);
    let mut least = loss(&tuned.blend, &tuned.judge(held));
    let mut best = None;
    for pass in 0..passes {
        let rate = NETWORK_RATE * (1.0 - pass as f32 / passes as f32);
        tracer.pass(&histories, batch, rate);
        tuned.recurrent = Some(tracer.net.clone());
        let judged = tuned.judge(held);
        let blend = Blend::fit(&judged);
        let now = loss(&blend, &judged);
        if now < least - GAIN {
            (least, best) = (now, tuned.recurrent.take());
            tuned.blend = blend;
        }
    }
    // a last gentle pass lets those who were held out teach it too
    let net = best?;
    let everybody: Vec<Vec<Step>> =
        train.iter().chain(held).map(|answers| steps(tuned, &net, answers)).collect();
    let mut tracer = Tracer::new(net, SEED);
    tracer.pass(&everybody, batch, GENTLE_RATE);
    tracer.net.settle();
    Some(tracer.net)
}

/// A learner's answers to the network; one told for several skills only once.
fn steps(model: &LearnerModel, net: &Recurrent, answers: &[Answer]) -> Vec<Step> {
    let mut state = LearnerState::default();
    let mut steps = Vec::with_capacity(answers.len());
    for answer in answers {
        if !model.is_again(&state, *answer) {
            steps.push(net.step_of(answer.item, answer.skill, answer.is_right));
        }
        model.fold(&mut state, *answer);
    }
    steps
}

//! Fits the recurrent network: backpropagation through time over many learners at once, cut every `SPAN` answers (Williams and
//! Peng 1990), with dropout on what is read out (Srivastava et al. 2014).
#![allow(
    clippy::indexing_slicing,
    reason = "numeric kernels: every index follows from the shapes of one span"
)]

use super::dense::{add_outer, add_product, sigmoid, tanh, transpose};
use super::parameters::uniform;
use super::recurrent::{GATES, HIDDEN, INPUT, Recurrent, Step, UNKNOWN};

/// Answers over which an error is led back.
pub(super) const SPAN: usize = 64;
/// The share of remembered numbers that is left out of each reading.
const DROPOUT: f32 = 0.25;
/// The share of answers whose skill is told as unknown, so that a new topic finds a row that means something.
const UNNAMED: f32 = 0.02;
/// How strongly items' rows are drawn to 0.
const ITEM_DECAY: f32 = 0.3;
/// Scale of the gradients; Adam does not mind it.
const SCALE: f32 = 1.0 / 32.0;

/// Room for one span of `b` learners, time before learner: `x` inputs, `h` what is remembered, then the gates and their slopes.
#[derive(Default)]
struct Span {
    b: usize,
    t: usize,
    x: Vec<f32>,
    h: Vec<f32>,
    from_input: Vec<f32>,
    from_past: Vec<f32>,
    update: Vec<f32>,
    reset: Vec<f32>,
    candidate: Vec<f32>,
    slope_input: Vec<f32>,
    slope_past: Vec<f32>,
    slope_read: Vec<f32>,
    slope_h: Vec<f32>,
    slope_x: Vec<f32>,
    turned: Vec<f32>,
}

impl Span {
    fn make_room(&mut self, b: usize, t: usize) {
        (self.b, self.t) = (b, t);
        let cells = t * b;
        for (room, len) in [
            (&mut self.x, cells * INPUT),
            (&mut self.h, (t + 1) * b * HIDDEN),
            (&mut self.from_input, cells * GATES),
            (&mut self.from_past, cells * GATES),
            (&mut self.update, cells * HIDDEN),
            (&mut self.reset, cells * HIDDEN),
            (&mut self.candidate, cells * HIDDEN),
            (&mut self.slope_input, cells * GATES),
            (&mut self.slope_past, cells * GATES),
            (&mut self.slope_read, (t + 1) * b * HIDDEN),
            (&mut self.slope_h, b * HIDDEN),
            (&mut self.slope_x, cells * INPUT),
        ] {
            room.clear();
            room.resize(len, 0.0);
        }
    }
}

/// Fits `net` by passes over learners' answers.
pub(super) struct Tracer {
    pub net: Recurrent,
    seed: u64,
    span: Span,
}

impl Tracer {
    pub fn new(net: Recurrent, seed: u64) -> Self {
        Self { net, seed, span: Span::default() }
    }

    /// One pass in groups of `batch` learners of like length; the groups' order is shuffled.
    pub fn pass(&mut self, histories: &[Vec<Step>], batch: usize, rate: f32) {
        let mut order: Vec<(f32, usize)> = histories
            .iter()
            .enumerate()
            .filter(|(_, steps)| !steps.is_empty())
            .map(|(n, steps)| (steps.len() as f32 * (1.1 + 0.1 * uniform(&mut self.seed)), n))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut groups: Vec<(f32, &[(f32, usize)])> =
            order.chunks(batch).map(|group| (uniform(&mut self.seed), group)).collect();
        groups.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, group) in groups {
            let learners: Vec<&[Step]> = group.iter().map(|&(_, n)| histories[n].as_slice()).collect();
            self.group(&learners, rate);
        }
    }

    fn group(&mut self, learners: &[&[Step]], rate: f32) {
        let longest = learners.iter().map(|steps| steps.len()).max().unwrap_or(0);
        let mut carried = vec![0.0f32; learners.len() * HIDDEN];
        let mut begin = 0;
        while begin == 0 || begin + 1 < longest {
            let live: Vec<usize> =
                (0..learners.len()).filter(|&n| begin == 0 || learners[n].len() > begin + 1).collect();
            let parts: Vec<Vec<Step>> = live
                .iter()
                .map(|&n| {
                    let part = &learners[n][begin..(begin + SPAN + 1).min(learners[n].len())];
                    part.iter().map(|step| self.named(*step)).collect()
                })
                .collect();
            let mut past: Vec<f32> =
                live.iter().flat_map(|&n| carried[n * HIDDEN..(n + 1) * HIDDEN].iter().copied()).collect();
            self.learn(&parts, &mut past, begin == 0);
            for (&n, now) in live.iter().zip(past.chunks_exact(HIDDEN)) {
                carried[n * HIDDEN..(n + 1) * HIDDEN].copy_from_slice(now);
            }
            self.step(rate);
            begin += SPAN;
        }
    }

    fn named(&mut self, step: Step) -> Step {
        if uniform(&mut self.seed) < 2.0 * UNNAMED - 1.0 { Step { skill: UNKNOWN, ..step } } else { step }
    }

    fn step(&mut self, rate: f32) {
        for dense in [&mut self.net.into, &mut self.net.around, &mut self.net.bias] {
            dense.step(rate);
        }
        self.net.from_skill.step(rate, 0.0, false);
        self.net.to_skill.step(rate, 0.0, false);
        self.net.from_item.step(rate, ITEM_DECAY, true);
        self.net.to_item.step(rate, ITEM_DECAY, true);
    }

    /// Each part's answers but the last are taken in; each but the first is foretold (the first as well at the beginning of a
    /// history). The log loss of what was foretold, summed.
    fn learn(&mut self, parts: &[Vec<Step>], past: &mut [f32], is_begin: bool) -> f64 {
        let longest = parts.iter().map(Vec::len).max().unwrap_or(1);
        self.span.make_room(parts.len(), longest - 1);
        self.span.h[..past.len()].copy_from_slice(past);
        self.forward(parts);
        let loss = self.read(parts, is_begin);
        self.backward(parts);
        let end = self.span.h.len() - past.len();
        past.copy_from_slice(&self.span.h[end..]);
        loss
    }

    fn forward(&mut self, parts: &[Vec<Step>]) {
        let Self { net, span: s, .. } = self;
        let b = s.b;
        for (j, part) in parts.iter().enumerate() {
            for (k, step) in part.iter().take(part.len() - 1).enumerate() {
                let at = (k * b + j) * INPUT;
                net.input(*step, &mut s.x[at..at + INPUT]);
            }
        }
        for row in s.from_input.chunks_exact_mut(GATES) {
            row.copy_from_slice(&net.bias.weights[..GATES]);
        }
        for row in s.from_past.chunks_exact_mut(GATES) {
            row.copy_from_slice(&net.bias.weights[GATES..]);
        }
        add_product(&s.x, &net.into.weights, &mut s.from_input, INPUT, GATES);
        for k in 0..s.t {
            let (past, next) = s.h.split_at_mut((k + 1) * b * HIDDEN);
            let past = &past[k * b * HIDDEN..];
            add_product(
                past,
                &net.around.weights,
                &mut s.from_past[k * b * GATES..(k + 1) * b * GATES],
                HIDDEN,
                GATES,
            );
            for (j, part) in parts.iter().enumerate() {
                let (own, cell) = (j * HIDDEN, k * b + j);
                let (before, after) = (&past[own..own + HIDDEN], &mut next[own..own + HIDDEN]);
                if k + 1 >= part.len() {
                    after.copy_from_slice(before);
                    continue;
                }
                let (i, p) = (
                    &s.from_input[cell * GATES..(cell + 1) * GATES],
                    &s.from_past[cell * GATES..(cell + 1) * GATES],
                );
                let here = cell * HIDDEN..(cell + 1) * HIDDEN;
                let (update, reset, candidate) =
                    (&mut s.update[here.clone()], &mut s.reset[here.clone()], &mut s.candidate[here]);
                for n in 0..HIDDEN {
                    update[n] = sigmoid(i[n] + p[n]);
                }
                for n in 0..HIDDEN {
                    reset[n] = sigmoid(i[HIDDEN + n] + p[HIDDEN + n]);
                }
                for n in 0..HIDDEN {
                    candidate[n] = tanh(i[2 * HIDDEN + n] + reset[n] * p[2 * HIDDEN + n]);
                }
                for n in 0..HIDDEN {
                    after[n] = update[n] * before[n] + (1.0 - update[n]) * candidate[n];
                }
            }
        }
    }

    /// The log loss of all readings, and its slope at each, into the rows that read and into `slope_read`.
    fn read(&mut self, parts: &[Vec<Step>], is_begin: bool) -> f64 {
        let b = self.span.b;
        let mut loss = 0.0;
        for (j, part) in parts.iter().enumerate() {
            for (k, step) in part.iter().enumerate().skip(usize::from(!is_begin)) {
                let at = (k * b + j) * HIDDEN;
                let mut mask = [0.0; HIDDEN];
                let mut seen = [0.0; HIDDEN];
                for (n, (mask, seen)) in mask.iter_mut().zip(&mut seen).enumerate() {
                    if uniform(&mut self.seed) >= 2.0 * DROPOUT - 1.0 {
                        *mask = 1.0 / (1.0 - DROPOUT);
                        *seen = self.span.h[at + n] * *mask;
                    }
                }
                let chance = sigmoid(self.net.logit(&seen, step.item, step.skill));
                loss -= f64::from(if step.right { chance } else { 1.0 - chance }).max(1e-12).ln();
                let slope = (chance - f32::from(u8::from(step.right))) * SCALE;
                let back = &mut self.span.slope_read[at..at + HIDDEN];
                let rows = [
                    Some((&mut self.net.to_skill, step.skill)),
                    step.item.map(|item| (&mut self.net.to_item, item)),
                ];
                for (rows, row) in rows.into_iter().flatten() {
                    for ((back, w), mask) in back.iter_mut().zip(rows.row(row)).zip(&mask) {
                        *back += slope * w * mask;
                    }
                    let gradient = rows.gradient(row);
                    for (g, seen) in gradient.iter_mut().zip(&seen) {
                        *g += slope * seen;
                    }
                    gradient[HIDDEN] += slope;
                }
            }
        }
        loss
    }

    fn backward(&mut self, parts: &[Vec<Step>]) {
        let Self { net, span: s, .. } = self;
        let b = s.b;
        transpose(&net.around.weights, GATES, &mut s.turned);
        for k in (0..s.t).rev() {
            for (slope, read) in s.slope_h.iter_mut().zip(&s.slope_read[(k + 1) * b * HIDDEN..]) {
                *slope += read;
            }
            for (j, part) in parts.iter().enumerate() {
                if k + 1 >= part.len() {
                    continue;
                }
                let cell = k * b + j;
                let here = cell * HIDDEN..(cell + 1) * HIDDEN;
                let gates = cell * GATES..(cell + 1) * GATES;
                let (update, reset, candidate, before) =
                    (&s.update[here.clone()], &s.reset[here.clone()], &s.candidate[here.clone()], &s.h[here]);
                let (to_input, to_past) =
                    (&mut s.slope_input[gates.clone()], &mut s.slope_past[gates.clone()]);
                let from_past = &s.from_past[gates];
                for (n, slope) in s.slope_h[j * HIDDEN..(j + 1) * HIDDEN].iter_mut().enumerate() {
                    let (z, r, c) = (update[n], reset[n], candidate[n]);
                    let of_candidate = *slope * (1.0 - z) * (1.0 - c * c);
                    let of_update = *slope * (before[n] - c) * z * (1.0 - z);
                    let of_reset = of_candidate * from_past[2 * HIDDEN + n] * r * (1.0 - r);
                    (to_input[n], to_input[HIDDEN + n], to_input[2 * HIDDEN + n]) =
                        (of_update, of_reset, of_candidate);
                    (to_past[n], to_past[HIDDEN + n], to_past[2 * HIDDEN + n]) =
                        (of_update, of_reset, of_candidate * r);
                    *slope *= z;
                }
            }
            add_product(
                &s.slope_past[k * b * GATES..(k + 1) * b * GATES],
                &s.turned,
                &mut s.slope_h,
                GATES,
                HIDDEN,
            );
        }
        add_outer(&s.h[..s.t * b * HIDDEN], &s.slope_past, net.around.gradient(), HIDDEN, GATES);
        add_outer(&s.x, &s.slope_input, net.into.gradient(), INPUT, GATES);
        let (of_input, of_past) = net.bias.gradient().split_at_mut(GATES);
        for (row_input, row_past) in s.slope_input.chunks_exact(GATES).zip(s.slope_past.chunks_exact(GATES)) {
            for (g, slope) in of_input.iter_mut().zip(row_input).chain(of_past.iter_mut().zip(row_past)) {
                *g += slope;
            }
        }
        transpose(&net.into.weights, GATES, &mut s.turned);
        add_product(&s.slope_input, &s.turned, &mut s.slope_x, GATES, INPUT);
        for (j, part) in parts.iter().enumerate() {
            for (k, step) in part.iter().take(part.len() - 1).enumerate() {
                let at = (k * b + j) * INPUT;
                let side = usize::from(step.right);
                let rows = [
                    Some((&mut net.from_skill, 2 * step.skill + side)),
                    step.item.map(|item| (&mut net.from_item, 2 * item + side)),
                ];
                for (rows, row) in rows.into_iter().flatten() {
                    for (g, slope) in rows.gradient(row).iter_mut().zip(&s.slope_x[at..at + INPUT]) {
                        *g += slope;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The loss of the span that `learn` leads back, without dropout's help: the seed is set anew before each.
    fn loss(net: &Recurrent, parts: &[Vec<Step>]) -> f64 {
        let mut tracer = Tracer::new(net.clone(), 5);
        let mut past = vec![0.0; parts.len() * HIDDEN];
        tracer.learn(parts, &mut past, true)
    }

    fn some_net() -> (Recurrent, Vec<Vec<Step>>) {
        let answers = (0..400u32).map(|n| (n % 6, n % 3));
        let net = Recurrent::new(answers, 3);
        let part = |learner: u32, n: u32| {
            (0..n)
                .map(|k| {
                    net.step_of((learner + k) % 6, (learner + k) % 3, !(k * 7 + learner).is_multiple_of(3))
                })
                .collect()
        };
        let parts = vec![part(0, 9), part(1, 5), part(2, 2), part(3, 9), part(4, 1)];
        (net, parts)
    }

    #[test]
    fn slopes_led_back_are_those_of_small_steps() {
        let (mut net, parts) = some_net();
        let mut tracer = Tracer::new(net.clone(), 5);
        tracer.learn(&parts, &mut vec![0.0; parts.len() * HIDDEN], true);
        type Pick = fn(&mut Recurrent) -> (&mut Vec<f32>, f32);
        let picks: [Pick; 3] = [
            |net| {
                let slope = net.into.gradient()[70];
                (&mut net.into.weights, slope)
            },
            |net| {
                let slope = net.around.gradient()[70];
                (&mut net.around.weights, slope)
            },
            |net| {
                let slope = net.bias.gradient()[70];
                (&mut net.bias.weights, slope)
            },
        ];
        for pick in picks {
            let slope = pick(&mut tracer.net).1;
            let step = 0.01;
            pick(&mut net).0[70] += step;
            let above = loss(&net, &parts);
            pick(&mut net).0[70] -= 2.0 * step;
            let below = loss(&net, &parts);
            pick(&mut net).0[70] += step;
            let measured = (above - below) / f64::from(2.0 * step) * f64::from(SCALE);
            assert!((measured - f64::from(slope)).abs() < 0.02 * measured.abs() + 1e-5, "{measured} {slope}");
        }
    }

    #[test]
    fn one_by_one_the_network_remembers_what_it_remembers_at_once() {
        let (net, parts) = some_net();
        let mut tracer = Tracer::new(net.clone(), 5);
        let mut past = vec![0.0; parts.len() * HIDDEN];
        tracer.learn(&parts, &mut past, true);
        let mut alone = vec![0.0; HIDDEN];
        for step in &parts[0][..8] {
            net.advance(&mut alone, *step);
        }
        assert!(alone.iter().zip(&past).all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn passes_lower_the_loss() {
        let (net, parts) = some_net();
        let mut tracer = Tracer::new(net, 5);
        let before = loss(&tracer.net, &parts);
        for _ in 0..40 {
            tracer.pass(&parts, 4, 0.01);
        }
        assert!(loss(&tracer.net, &parts) < 0.7 * before);
    }
}

//! What the logistic regression looks at: a few dozen numbers and crossed marks, each of which earned its place on several logs.

use super::linear::Features;
use super::state::{OnSkill, Overall, View};

/// The answer to come. `easiness`: logit of the item's share of right answers, drawn to its skill's.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub item: u32,
    pub skill: u32,
    pub easiness: f32,
}

/// The feature that alone is an Elo model: ability against difficulty. Trusted before anything is learned.
pub(super) const ELO: (u32, u32, u32) = (16, 2, 0);

pub(super) fn logit(chance: f32) -> f32 {
    let chance = chance.clamp(0.001, 0.999);
    (chance / (1.0 - chance)).ln()
}

/// 0, 1, .. 5, then two buckets to a doubling.
fn bucket(n: u32) -> u32 {
    if n < 6 {
        return n;
    }
    let bits = 32 - n.leading_zeros();
    2 * bits + ((n >> (bits - 2)) & 1)
}

/// The last `k` outcomes of `n`, with a mark above the oldest, so that few are not taken for many wrong ones.
fn pattern(outcomes: u32, k: u32, n: u32) -> u32 {
    let k = k.min(n);
    (outcomes & ((1 << k) - 1)) | (1 << k)
}

fn log(n: u32) -> f32 {
    (1.0 + n as f32).ln()
}

/// Says of the answer to come what the regression learns from.
pub(super) fn describe(view: &View<'_>, asked: Asked, to: &mut Features) {
    to.clear();
    to.add(0, 0, 0, 1.0);
    to.add(1, asked.item, 0, 1.0);
    to.add(2, 0, 0, asked.easiness);
    of_learner(view.overall, to);
    of_skill(&view.skill, view.overall, asked.skill, to);
    of_ability(view, asked, to);
    of_item(view, asked, to);
    of_last(view, asked, to);
}

fn of_learner(overall: &Overall, to: &mut Features) {
    to.add(3, 0, 0, 0.5 * log(overall.right));
    to.add(3, 1, 0, 0.5 * log(overall.answers.saturating_sub(overall.right)));
    for (n, trace) in (0..).zip(&overall.traces) {
        to.add(4, n, 0, 2.0 * trace.mean());
    }
    to.add(5, bucket(overall.answers), 0, 1.0);
}

/// Wins and fails with slopes of their own for every skill (Pavlik, Cen and Koedinger 2009), and the shape of the last answers.
fn of_skill(own: &OnSkill, overall: &Overall, skill: u32, to: &mut Features) {
    let n = own.answers();
    let (wins, fails) = (log(own.right), log(own.wrong));
    to.add_of_skill(6, skill, 0, 1.0);
    to.add_of_skill(7, skill, 0, wins);
    to.add_of_skill(7, skill, 1, fails);
    to.add(8, 0, 0, wins);
    to.add(8, 1, 0, fails);
    for (k, trace) in (0..).zip(&own.traces) {
        to.add(9, k, 0, 2.0 * trace.mean());
        to.add_of_skill(10, k, skill, 2.0 * trace.mean());
    }
    for k in [2, 3, 4, 6, 8] {
        to.add(11, k, pattern(own.outcomes, k, n), 1.0);
    }
    to.add_of_skill(12, skill, pattern(own.outcomes, 3, n), 1.0);
    to.add_of_skill(13, skill, pattern(own.outcomes, 5, n), 1.0);
    to.add_of_skill(14, skill, bucket(n), 1.0);
    let gap = if n == 0 { 0 } else { 1 + bucket(overall.answers.saturating_sub(own.at)) };
    to.add(15, gap, own.outcomes & 1, 1.0);
    if n > 0 {
        to.add_of_skill(26, skill, (gap << 1) | (own.outcomes & 1), 1.0);
    }
}

/// Elo abilities (Pelanek 2016), alone and against the item.
fn of_ability(view: &View<'_>, asked: Asked, to: &mut Features) {
    let (overall, own) = (view.overall.ability, view.skill.ability);
    to.add(16, 0, 0, overall);
    to.add(16, 1, 0, own);
    to.add(ELO.0, ELO.1, ELO.2, overall + own + asked.easiness);
    let level = (3.0 * (overall + 3.0)).clamp(0.0, 20.0) as u32;
    to.add_of_skill(17, asked.skill, level, 1.0);
}

/// The same item before.
fn of_item(view: &View<'_>, asked: Asked, to: &mut Features) {
    let met = &view.item;
    let n = met.answers();
    if n == 0 {
        to.add(18, 0, 2, 1.0);
        return;
    }
    let last = u32::from(met.is_last_right);
    to.add(18, bucket(n), last, 1.0);
    to.add(19, asked.item, last, 1.0);
    to.add(20, bucket(view.overall.answers.saturating_sub(met.at)), last, 1.0);
    to.add(21, 0, 0, logit((met.right as f32 + 0.7) / (n as f32 + 1.0)));
}

/// What came just before: the last answers of all, and what this item tends to follow.
fn of_last(view: &View<'_>, asked: Asked, to: &mut Features) {
    let overall = view.overall;
    let is_same = u32::from(overall.answers > 0 && overall.last_skill == asked.skill);
    for k in [3, 6, 9] {
        to.add(22, (k << 1) | is_same, pattern(overall.outcomes as u32, k, overall.answers), 1.0);
    }
    if overall.answers == 0 {
        return;
    }
    let last = (overall.outcomes & 1) as u32;
    to.add(23, asked.item, overall.last_item, 1.0);
    to.add(30 + last, asked.item, overall.last_item, 1.0);
    to.add_of_skill(25, asked.skill, 4 * bucket(overall.run) + 2 * is_same + last, 1.0);
    if is_same == 0 {
        to.add_of_skill(28 + last, asked.skill, overall.last_skill, 1.0);
    }
}

//! Lists for many learners from a whole log at once: tuning, fitting, blending. The procedure is one for every data set:
//! each family of models is tuned on the inner hold-out, then the weights of the blend, then all is fitted anew on everything.

use crate::algebra::flatten;
use crate::blend::{self, Case, Weights};
use crate::histories::{Histories, Visit, scatter};
use crate::measure::{Quality, best};
use crate::models::content::{Content, Features};
use crate::models::factors::{Factors, Settings};
use crate::models::linear::Linear;
use crate::models::local::{Pairs, sources};
use crate::models::moments::{Fade, Moments};
use crate::models::popularity::Popularity;
use crate::parallel;

/// Up to so many items linear models are solved densely (n^2 memory, n^3 time); beyond, target by target and sparse.
pub const DENSE: usize = 6_000;

/// Learners of the inner hold-out that are looked at.
const CASES: usize = 3_000;

/// And fewer, down to a third, where a model then gives more scores than this.
const SCORES: usize = 150_000_000;

/// Visits that settings are chosen on: of longer logs those of some learners, drawn by a fixed chance.
const TUNED_ON: usize = 1_000_000;

/// How one model is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Recipe {
    /// Half-life as a share of the log's time.
    Popularity(f64),
    Ease(f32),
    Successor(Fade, f32),
    Transitions(Fade, f32),
    /// Fade of the history, shrinkage.
    Cosine(Fade, f32),
    Factors(Settings),
}

/// A fitted model.
#[derive(Clone, Debug)]
pub enum Model {
    Popularity(Popularity),
    Linear(Linear),
    Factors(Factors),
}

impl Model {
    /// Adds the score of every item to `out`.
    pub fn score(&self, past: &[Visit], out: &mut [f32]) {
        match self {
            Self::Popularity(model) => model.score(past, out),
            Self::Linear(model) => model.score(past, out),
            Self::Factors(model) => {
                model.score(past, out);
                flatten(out);
            }
        }
    }
}

/// One family: recipes in an order along which quality has one hill, so that walking uphill finds the best.
struct Family {
    grid: Vec<Recipe>,
    start: usize,
}

const RIDGES: [f32; 8] = [0.5, 2.0, 6.0, 20.0, 60.0, 200.0, 600.0, 2_000.0];

fn fade(tau: f32, horizon: usize, eta: f32) -> Fade {
    Fade { tau, horizon, eta }
}

/// What is tried on a log. Shapes are chosen for how people move through catalogues, none for one data set.
fn families(histories: &Histories) -> Vec<Family> {
    let along = |make: &dyn Fn(f32) -> Recipe, start| Family {
        grid: RIDGES.iter().map(|r| make(*r)).collect(),
        start,
    };
    let plain = |tau: f32| Fade { tau, ..Fade::BLIND };
    let mut all = vec![
        Family { grid: vec![Recipe::Popularity(f64::INFINITY)], start: 0 },
        along(&Recipe::Ease, 5),
        Family {
            grid: [1.0, 10.0, 100.0].map(|shrink| Recipe::Cosine(Fade::BLIND, shrink)).to_vec(),
            start: 1,
        },
    ];
    let width = match histories.visits() {
        ..=400_000 => 64,
        400_001..=4_000_000 => 48,
        _ => 32,
    };
    let factors = |alpha: f32, lambda: f32| Recipe::Factors(Settings { width, alpha, lambda, rounds: 8 });
    for alpha in [0.1, 0.5] {
        let grid = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.04];
        all.push(Family { grid: grid.map(|lambda| factors(alpha, lambda)).to_vec(), start: 5 });
    }
    if histories.ordered {
        if histories.clocked {
            all.push(Family {
                grid: [0.003, 0.01, 0.03, 0.1, 0.3].map(Recipe::Popularity).to_vec(),
                start: 2,
            });
        }
        for shape in [fade(10.0, 20, 10.0), fade(2.0, 5, 3.0), fade(30.0, 20, 10.0), fade(4.0, 20, 10.0)] {
            all.push(along(&|ridge| Recipe::Successor(shape, ridge), 4));
        }
        for shape in [fade(1.0, 1, 1.0), fade(3.0, 5, 3.0)] {
            all.push(Family {
                grid: [1.0, 5.0, 25.0].map(|s| Recipe::Transitions(shape, s)).to_vec(),
                start: 1,
            });
        }
        for tau in [1.5, 8.0] {
            all.push(Family {
                grid: [1.0, 10.0, 100.0].map(|s| Recipe::Cosine(plain(tau), s)).to_vec(),
                start: 1,
            });
        }
    }
    all
}

/// Fits recipes; keeps the last table of moments, for recipes of one family share it.
struct Fitter<'a> {
    histories: &'a Histories,
    dense: Option<(Fade, Moments)>,
    sparse: Option<(Fade, Pairs)>,
    /// Half the sources: for tuning, where the same ridges hold.
    narrow: bool,
}

impl<'a> Fitter<'a> {
    fn new(histories: &'a Histories) -> Self {
        Self { histories, dense: None, sparse: None, narrow: false }
    }

    fn moments(&mut self, fade: Fade) -> &Moments {
        let held = self.dense.take().filter(|held| held.0 == fade);
        let fresh = || (fade, Moments::of(self.histories, fade));
        &self.dense.insert(held.unwrap_or_else(fresh)).1
    }

    fn pairs(&mut self, fade: Fade) -> &Pairs {
        let held = self.sparse.take().filter(|held| held.0 == fade);
        let fresh = || (fade, Pairs::of(self.histories, fade));
        &self.sparse.insert(held.unwrap_or_else(fresh)).1
    }

    fn fit(&mut self, recipe: Recipe) -> Option<Model> {
        let n = self.histories.items;
        let sources = if self.narrow { sources(n) / 2 } else { sources(n) };
        Some(match recipe {
            Recipe::Popularity(half_life) => Model::Popularity(Popularity::fit(self.histories, half_life)),
            Recipe::Ease(ridge) if n <= DENSE => {
                Model::Linear(Linear::ease(self.moments(Fade::BLIND), ridge)?)
            }
            Recipe::Ease(ridge) => Model::Linear(self.pairs(Fade::BLIND).ridge(ridge, sources)),
            Recipe::Successor(fade, ridge) if n <= DENSE => {
                Model::Linear(Linear::successor(self.moments(fade), fade, ridge)?)
            }
            Recipe::Successor(fade, ridge) => Model::Linear(self.pairs(fade).ridge(ridge, sources)),
            Recipe::Transitions(fade, shrink) => Model::Linear(self.pairs(fade).transitions(shrink)),
            Recipe::Cosine(fade, shrink) => Model::Linear(self.pairs(Fade::BLIND).cosine(fade, shrink)),
            Recipe::Factors(settings) => Model::Factors(Factors::fit(self.histories, settings)),
        })
    }
}

/// A recipe for the final fit: factors are tuned narrow and fitted wide (the same penalties hold for both), in several
/// widths: their mean is better than each, for what they agree on is less by chance.
fn grown(recipe: Recipe, visits: usize) -> Vec<Recipe> {
    let Recipe::Factors(settings) = recipe else { return vec![recipe] };
    let times: &[usize] = match visits {
        ..=400_000 => &[2, 3, 4],
        400_001..=1_500_000 => &[2, 3],
        _ => &[1],
    };
    let wide = |times: &usize| Recipe::Factors(Settings { width: settings.width * times, ..settings });
    times.iter().map(wide).collect()
}

/// What the inner hold-out chose.
#[derive(Clone, Debug)]
pub struct Tuning {
    pub recipes: Vec<Recipe>,
    pub weights: Weights,
    /// Each recipe alone, for the record.
    pub alone: Vec<Quality>,
}

/// Tunes on the training part alone. Deterministic.
#[must_use]
pub fn tune(histories: &Histories) -> Tuning {
    let inner = Inner::of(histories);
    let tuned = inner.best_of(families(histories));
    let alone = tuned.iter().map(|one| one.2).collect();
    let recipes = tuned.iter().map(|one| one.0).collect();
    let models: Vec<Model> = tuned.into_iter().map(|one| one.1).collect();
    let weights = blend::search(&inner.cases(&models), models.len());
    Tuning { recipes, weights, alone }
}

/// The best recipe of each family that fits at intervals, for lists that follow each event; their number and order are fixed.
#[must_use]
pub fn tune_recipes(histories: &Histories) -> Vec<Recipe> {
    let mut families = families(histories);
    families.retain(|family| {
        !family.grid.iter().any(|recipe| matches!(recipe, Recipe::Popularity(_) | Recipe::Transitions(..)))
    });
    let best = Inner::of(histories).best_of(families);
    best.into_iter().map(|one| one.0).collect()
}

/// Fits recipes on a log; `None` where one cannot be.
#[must_use]
pub fn fit_all(histories: &Histories, recipes: &[Recipe]) -> Vec<Option<Model>> {
    let mut fitter = Fitter::new(histories);
    recipes.iter().map(|recipe| fitter.fit(*recipe)).collect()
}

/// About the seconds that fitting takes on one core: a function of the log's size alone, to plan by.
#[must_use]
pub fn effort(histories: &Histories, recipes: &[Recipe]) -> f64 {
    let (n, visits) = (histories.items as f64, histories.visits() as f64);
    let table = |fade: Fade| 2e-9 * (visits * fade.reach().min(300) as f64).min(1.5e9);
    let solve = if histories.items <= DENSE { 3e-11 * n.powi(3) } else { 12.0 };
    let one = |recipe: &Recipe| match recipe {
        Recipe::Popularity(_) => 1e-7 * visits,
        Recipe::Ease(_) => table(Fade::BLIND) + solve,
        Recipe::Successor(fade, _) => table(*fade) + solve,
        Recipe::Transitions(fade, _) => table(*fade),
        Recipe::Cosine(..) => table(Fade::BLIND),
        Recipe::Factors(one) => 5e-9 * visits * one.width as f64 * one.rounds as f64,
    };
    recipes.iter().map(one).sum()
}

/// The inner hold-out and the learners that are looked at.
struct Inner {
    kept: Histories,
    held: Vec<Vec<u32>>,
    looked_at: Vec<usize>,
}

impl Inner {
    fn of(histories: &Histories) -> Self {
        let (kept, held) = histories.some(TUNED_ON).hold_out();
        let mut looked_at: Vec<usize> =
            (0..held.len()).filter(|u| held.get(*u).is_some_and(|h| !h.is_empty())).collect();
        looked_at.sort_unstable_by_key(|learner| scatter(*learner as u64, 77));
        looked_at.truncate((SCORES / histories.items.max(1)).clamp(CASES / 3, CASES));
        Self { kept, held, looked_at }
    }

    fn cases(&self, models: &[Model]) -> Vec<Case> {
        let depth = blend::depth(self.looked_at.len(), models.len(), self.kept.items);
        let one = |learner: &usize| {
            let past = self.kept.of.get(*learner).map_or(&[][..], Vec::as_slice);
            let held = self.held.get(*learner).map_or(&[][..], Vec::as_slice);
            let (open, items) = (open_items(past, self.kept.items, None), self.kept.items);
            let scores: Vec<Vec<f32>> =
                models.iter().map(|model| standard_scores(model, past, &open, items)).collect();
            Case::new(&scores, &open, held, depth)
        };
        parallel::map(&self.looked_at, one)
    }

    /// The best of each family: recipe, model fitted without what is held out, quality alone.
    fn best_of(&self, families: Vec<Family>) -> Vec<(Recipe, Model, Quality)> {
        let mut fitter = Fitter { narrow: true, ..Fitter::new(&self.kept) };
        let mut tuned = Vec::new();
        for family in families {
            let mut best: Option<(Recipe, Model, Quality)> = None;
            walk(&family, |recipe| {
                let Some(model) = fitter.fit(recipe) else { return f64::MIN };
                let quality = blend::alone(&self.cases(std::slice::from_ref(&model)), 0);
                if best.as_ref().is_none_or(|best| quality.worth() > best.2.worth()) {
                    best = Some((recipe, model, quality));
                }
                quality.worth()
            });
            tuned.extend(best);
        }
        tuned
    }
}

/// Walks uphill from the start of a family, at most once over each recipe.
fn walk(family: &Family, mut worth: impl FnMut(Recipe) -> f64) {
    let mut tried = |at: usize| family.grid.get(at).map(|recipe| worth(*recipe));
    let Some(start) = tried(family.start) else { return };
    let mut climb = |step: isize| {
        let (mut at, mut last) = (family.start, start);
        while let Some(next) = at.checked_add_signed(step) {
            match tried(next) {
                Some(value) if value > last => (at, last) = (next, value),
                _ => break,
            }
        }
        at != family.start
    };
    let _ = climb(1) || climb(-1);
}

/// A fitted blend.
#[derive(Clone, Debug)]
pub struct Blend {
    models: Vec<(Model, f32)>,
    /// For those of whom nothing is known, and what nobody took up.
    floor: Popularity,
    carried: Option<Model>,
    items: usize,
}

impl Blend {
    /// Fits what tuning chose. `cold` more items follow those of the log; `features` carry them.
    #[must_use]
    pub fn fit(histories: &Histories, tuning: &Tuning, cold: usize, features: &[Features]) -> Self {
        let (mut fitter, items) = (Fitter::new(histories), histories.items + cold);
        let mut models = Vec::new();
        let mut carried = None;
        let content = Content::new(features, &histories.popularity());
        for (recipe, weight) in tuning.recipes.iter().zip(&tuning.weights.of) {
            let is_carrier = matches!(recipe, Recipe::Factors(_)) && cold > 0;
            if *weight == 0.0 && !is_carrier {
                continue;
            }
            let grown = grown(*recipe, histories.visits());
            let share = *weight / grown.len().max(1) as f32;
            for recipe in grown {
                let Some(mut model) = fitter.fit(recipe) else { continue };
                if let Model::Factors(factors) = &mut model {
                    factors.extend(cold);
                    content.carry(factors);
                    if is_carrier && carried.is_none() {
                        carried = Some(model.clone());
                    }
                }
                if *weight != 0.0 {
                    models.push((model, share));
                }
            }
        }
        let floor = Popularity::fit(histories, if histories.clocked { 0.05 } else { f64::INFINITY });
        Self { models, floor, carried, items }
    }

    /// The `count` best for a history among `candidates` (all items when `None`), none that it has; best first.
    #[must_use]
    pub fn list(&self, past: &[Visit], candidates: Option<&[u32]>, count: usize) -> Vec<(u32, f32)> {
        let open = open_items(past, self.items, candidates);
        let mut sum = vec![0.0_f32; self.items];
        if past.is_empty() {
            self.floor.score(past, &mut sum);
        }
        for (model, weight) in self.models.iter().filter(|_| !past.is_empty()) {
            crate::algebra::add_scaled(&mut sum, *weight, &standard_scores(model, past, &open, self.items));
        }
        if let Some(carried) = &self.carried {
            let scores = standard_scores(carried, past, &open, self.items);
            crate::algebra::add_scaled(&mut sum, 1e-3, &scores);
        }
        best(open.iter().filter_map(|item| Some((*item, *sum.get(*item as usize)?))), count)
    }
}

fn standard_scores(model: &Model, past: &[Visit], open: &[u32], items: usize) -> Vec<f32> {
    let mut scores = vec![0.0; items];
    model.score(past, &mut scores);
    blend::standardise(&mut scores, open);
    scores
}

fn open_items(past: &[Visit], items: usize, candidates: Option<&[u32]>) -> Vec<u32> {
    let mut had: Vec<u32> = past.iter().map(|visit| visit.item).collect();
    had.sort_unstable();
    let fresh = |item: &u32| (*item as usize) < items && had.binary_search(item).is_err();
    match candidates {
        Some(some) => some.iter().copied().filter(fresh).collect(),
        None => (0..items as u32).filter(fresh).collect(),
    }
}

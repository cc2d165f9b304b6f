//! `learner`: line by line. `T,user,item,skill,correct` is kept; the first question fits the model to all of it. `Q,user,item,skill`
//! answers one line, the probability of a right answer; `E,user,item,skill,correct` learns; `X` ends. What cannot be read is left out.

use crate::csv;
use crate::names::Names;
use minnow_recommender::learner::{Answer, Effort, LearnerModel, LearnerState};
use std::io::{BufRead, BufWriter, Write};

#[derive(Default)]
struct Program {
    learners: Names,
    items: Names,
    skills: Names,
    /// One a learner: answers not yet taken into their state.
    waiting: Vec<Vec<Answer>>,
    states: Vec<LearnerState>,
    /// None: nobody has asked yet.
    model: Option<LearnerModel>,
}

pub fn run() -> Result<(), String> {
    let mut program = Program::default();
    let (mut input, mut output) = (std::io::stdin().lock(), BufWriter::new(std::io::stdout().lock()));
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).map_err(|why| why.to_string())? == 0 {
            return Ok(());
        }
        let mut fields = Vec::new();
        csv::read(line.as_slice(), |record| fields = record.to_vec()).map_err(|why| why.to_string())?;
        let fields: Vec<&str> = fields.iter().map(|field| field.trim()).collect();
        match fields.as_slice() {
            ["X", ..] => return Ok(()),
            ["T" | "E", user, item, skill, correct, ..] if !user.is_empty() => {
                if let Some(is_right) = right(correct) {
                    program.learn(user, item, skill, is_right);
                }
            }
            ["Q", rest @ ..] => {
                let field = |n: usize| rest.get(n).copied().unwrap_or_default();
                let chance = program.answer(field(0), field(1), field(2));
                writeln!(output, "{chance:.6}")
                    .and_then(|()| output.flush())
                    .map_err(|why| why.to_string())?;
            }
            _ => {}
        }
    }
}

/// A share of at least a half is right; anything but a number or a truth value is nothing.
fn right(told: &str) -> Option<bool> {
    match told {
        "true" | "True" => Some(true),
        "false" | "False" => Some(false),
        number => {
            number.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share)).map(|share| share >= 0.5)
        }
    }
}

impl Program {
    fn place(&mut self, user: &str) -> usize {
        let place = self.learners.place(user) as usize;
        if self.waiting.len() <= place {
            self.waiting.resize_with(place + 1, Vec::new);
            self.states.resize_with(place + 1, LearnerState::default);
        }
        place
    }

    fn learn(&mut self, user: &str, item: &str, skill: &str, is_right: bool) {
        let place = self.place(user);
        let answer = Answer { item: self.items.place(item), skill: self.skills.place(skill), is_right };
        self.catch_up(place);
        match (&mut self.model, self.states.get_mut(place), self.waiting.get_mut(place)) {
            (Some(model), Some(state), _) => model.learn(state, answer),
            (None, _, Some(waiting)) => waiting.push(answer),
            _ => {}
        }
    }

    fn answer(&mut self, user: &str, item: &str, skill: &str) -> f64 {
        if self.model.is_none() {
            self.model = Some(LearnerModel::fit(&self.waiting, Effort::default()));
        }
        let place = self.learners.places.get(user).map(|place| *place as usize);
        if let Some(place) = place {
            self.catch_up(place);
        }
        let unknown = LearnerState::default();
        let state = place.and_then(|place| self.states.get(place)).unwrap_or(&unknown);
        let number = |names: &Names, name: &str| names.places.get(name).copied().unwrap_or(u32::MAX);
        let (item, skill) = (number(&self.items, item), number(&self.skills, skill));
        self.model.as_ref().map_or(0.5, |model| model.predict(state, item, skill))
    }

    /// Takes a learner's answers from before the fit into their state, when they are first needed.
    fn catch_up(&mut self, place: usize) {
        if let (Some(model), Some(state), Some(waiting)) =
            (&self.model, self.states.get_mut(place), self.waiting.get_mut(place))
        {
            for answer in std::mem::take(waiting) {
                model.fold(state, answer);
            }
        }
    }
}

//! How long reading and writing of 10,000 questions takes: `cargo run --release -p minnow-exchange --example banks`.
//! With a folder as argument it writes the banks there, for `./x bench`, which brings them in by the command line.

use minnow_exchange::{Format, read, write};
use minnow_shared::question::{ChoiceKey, Credit, Question, QuestionKey, Text, TypedKey};
use std::time::{Duration, Instant};

const QUESTIONS: usize = 10_000;
const RUNS: usize = 7;

/// A bank as teachers have it: choices with feedback, typed answers, markup here and there.
fn bank() -> Vec<Question> {
    (0..QUESTIONS)
        .map(|number| {
            let key = if number % 3 == 0 {
                let accepted = vec![TypedKey::from("gravity"), TypedKey { credit: Credit(5_000_000), ..TypedKey::from("weight") }];
                QuestionKey::Typed { accepted, rule: minnow_shared::question::TextRule { case: false, accents: true, typos: false } }
            } else {
                let choices = (0..4).map(|place| ChoiceKey {
                    reason: Text::from("Think of what happens to a stone and a feather on the moon."),
                    ..ChoiceKey::plain(format!("Answer {place} of question {number}"), place == number % 4)
                });
                QuestionKey::Choices { choices: choices.collect(), multiple: false, keep_order: false }
            };
            let stem = if number % 4 == 0 {
                Text::Rich { html: format!("<p>Question <b>{number}</b>: what falls faster &amp; why?</p><p>Say it in a word.</p>") }
            } else {
                Text::from(format!("Question {number}: why does a stone fall, and a cloud not?"))
            };
            Question { name: format!("Q{number}"), reason: Text::from("Everything falls alike where there is no air."), ..Question::new(stem, key) }
        })
        .collect()
}

fn median(mut work: impl FnMut()) -> Duration {
    // The measuring of a bench is the one place that looks at the clock itself.
    #[expect(clippy::disallowed_methods, reason = "a bench measures")]
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times.get(RUNS / 2).copied().unwrap_or_default()
}

fn main() -> std::io::Result<()> {
    let questions = bank();
    if let Some(folder) = std::env::args_os().nth(1) {
        for format in [Format::Gift, Format::MoodleXml] {
            let path = std::path::Path::new(&folder).join(format!("bank.{}", format.name()));
            std::fs::write(path, write(&questions, format, &|_| None).bytes)?;
        }
        return Ok(());
    }
    let mut rows = vec!["format       bytes      read 10,000   write 10,000".to_owned()];
    for format in [Format::Gift, Format::MoodleXml, Format::Csv, Format::Aiken, Format::Json] {
        let export = write(&questions, format, &|_| None);
        let reading = median(|| drop(read(&export.bytes, "bank", Some(format))));
        let writing = median(|| drop(write(&questions, format, &|_| None)));
        rows.push(format!(
            "{:<12} {:>9} {:>11.0} ms {:>11.0} ms",
            format.name(),
            export.bytes.len(),
            reading.as_secs_f64() * 1e3,
            writing.as_secs_f64() * 1e3
        ));
    }
    let table = rows.join("\n");
    // Standard output is what a bench is for.
    std::io::Write::write_all(&mut std::io::stdout(), format!("{table}\n").as_bytes())
}

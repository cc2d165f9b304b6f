//! `stream`: line by line. `E,user,item,t` learns, `Q,user,k` answers one line, `X` ends. With a log each event is on disk
//! before it counts in an answer; started again with the same log the same lists follow.

use crate::names::Names;
use crate::{Arguments, csv};
use minnow_recommender::live::Live;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};

/// An answer holds at most so many items.
const LONGEST: usize = 10_000;

struct Program {
    live: Live,
    learners: Names,
    items: Names,
    log: Option<Log>,
}

pub fn run(arguments: &Arguments) -> Result<(), String> {
    let mut program =
        Program { live: Live::default(), learners: Names::default(), items: Names::default(), log: None };
    let from_environment = std::env::var("MINNOW_RECOMMEND_LOG").ok();
    if let Some(path) = arguments.option("log").map(str::to_owned).or(from_environment) {
        let told = |why: std::io::Error| format!("{path}: {why}");
        let log = Log::open(&path, |user, item| program.learn(user, item)).map_err(told)?;
        program.log = Some(log);
    }
    let (mut input, mut output) = (std::io::stdin().lock(), BufWriter::new(std::io::stdout().lock()));
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).map_err(|why| why.to_string())? == 0 {
            return Ok(());
        }
        let mut fields = Vec::new();
        csv::read(line.as_slice(), |record| fields = record.to_vec()).map_err(|why| why.to_string())?;
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        match fields.as_slice() {
            ["X", ..] => return Ok(()),
            ["E", user, item, rest @ ..] if !user.is_empty() && !item.is_empty() => {
                program
                    .event(user, item, rest.first().unwrap_or(&""))
                    .map_err(|why| format!("log: {why}"))?;
            }
            ["Q", rest @ ..] => {
                let user = rest.first().copied().unwrap_or_default();
                let count = rest.get(1).and_then(|k| k.trim().parse().ok()).unwrap_or(20_usize).min(LONGEST);
                program.answer(user, count, &mut output).map_err(|why| why.to_string())?;
            }
            _ => {}
        }
    }
}

impl Program {
    fn learn(&mut self, user: &str, item: &str) -> bool {
        self.live.learn(self.learners.place(user), self.items.place(item))
    }

    fn event(&mut self, user: &str, item: &str, at: &str) -> std::io::Result<()> {
        if let Some(log) = &mut self.log {
            log.append(user, item, at)?;
        }
        self.learn(user, item);
        Ok(())
    }

    fn answer(&mut self, user: &str, count: usize, output: &mut impl Write) -> std::io::Result<()> {
        if let Some(log) = &mut self.log {
            log.sync()?;
        }
        let list = self.live.list(self.learners.places.get(user).copied(), count);
        let names = list.iter().filter_map(|item| self.items.of.get(*item as usize));
        for (place, name) in names.enumerate() {
            if place > 0 {
                output.write_all(b",")?;
            }
            csv::write_field(output, name)?;
        }
        output.write_all(b"\n")?;
        output.flush()
    }
}

/// The file of events, the only source of truth: one record an event, in the order they came.
struct Log {
    file: File,
    written: bool,
}

impl Log {
    /// Opens or begins a log and tells what it holds. A last record without its line end was torn by a fall: it is cut off.
    fn open(path: &str, mut each: impl FnMut(&str, &str) -> bool) -> std::io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let whole = whole_lines(&mut file)?;
        file.set_len(whole)?;
        file.rewind()?;
        csv::read(BufReader::new(&file), |fields| {
            if let [user, item, ..] = fields {
                each(user, item);
            }
        })?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, written: false })
    }

    /// One write a record: what a killed program had written is whole or cut off at the next start.
    fn append(&mut self, user: &str, item: &str, at: &str) -> std::io::Result<()> {
        let mut record = Vec::new();
        for (place, field) in [user, item, at].into_iter().enumerate() {
            if place > 0 {
                record.push(b',');
            }
            csv::write_field(&mut record, field)?;
        }
        record.push(b'\n');
        self.file.write_all(&record)?;
        self.written = true;
        Ok(())
    }

    /// On disk, not only with the system, before anything that follows from it is answered.
    fn sync(&mut self) -> std::io::Result<()> {
        if std::mem::take(&mut self.written) { self.file.sync_data() } else { Ok(()) }
    }
}

/// The length of a file up to its last line end.
fn whole_lines(file: &mut File) -> std::io::Result<u64> {
    let (mut whole, mut at) = (0, 0);
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        at += read as u64;
        if read == 0 {
            return Ok(whole);
        }
        if line.last() == Some(&b'\n') {
            whole = at;
        }
    }
}

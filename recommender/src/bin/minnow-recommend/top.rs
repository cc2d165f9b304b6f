//! `top`: the best lists for many learners from files.

use crate::names::Names;
use crate::{Arguments, csv};
use minnow_recommender::batch::{Blend, tune};
use minnow_recommender::fitted::Fitted;
use minnow_recommender::histories::Histories;
use minnow_recommender::models::content::Features;
use minnow_recommender::parallel;
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};

/// Lists made at once.
const TOGETHER: usize = 1_024;

pub fn run(arguments: &Arguments) -> Result<(), String> {
    let count: usize = arguments.required("k")?.parse().map_err(|_| "--k: a number, please")?;
    let (mut learners, mut items, mut rows) = (Names::default(), Names::default(), Vec::new());
    records(arguments.required("train")?, &["user", "item"], &["t"], |fields| {
        let [user, item, at] = fields else { return };
        if let (Some(user), Some(item)) = (user, item) {
            let at = at.as_ref().and_then(|at| at.trim().parse::<f64>().ok());
            rows.push((learners.place(user), items.place(item), at));
        }
    })?;
    let warm = items.of.len();
    let histories = Histories::new(learners.of.len(), warm, &rows);
    drop(rows);
    let features =
        arguments.option("items").map_or(Ok(Vec::new()), |path| read_features(path, &mut items))?;
    let mut candidates = None;
    if let Some(path) = arguments.option("candidates") {
        let mut some = Vec::new();
        records(path, &["item"], &[], |fields| {
            some.extend(fields.first().cloned().flatten().map(|item| items.place(&item)));
        })?;
        some.sort_unstable();
        some.dedup();
        candidates = Some(some);
    }
    if arguments.option("with") == Some("fitted") {
        return write_fitted(arguments, (&learners, &items), &histories, count);
    }
    let tuning = tune(&histories);
    if arguments.option("explain").is_some() {
        for ((recipe, weight), alone) in tuning.recipes.iter().zip(&tuning.weights.of).zip(&tuning.alone) {
            let _ = writeln!(std::io::stderr(), "{weight:6.2} {alone:.4?} {recipe:?}");
        }
        let _ = writeln!(std::io::stderr(), "{:.4?}", tuning.weights.quality);
    }
    let blend = Blend::fit(&histories, &tuning, items.of.len() - warm, &features);
    write(arguments, &learners, &items, |learner| {
        let past = learner.and_then(|place| histories.of.get(place as usize)).map_or(&[][..], Vec::as_slice);
        blend.list(past, candidates.as_deref(), count)
    })
}

/// The lists of what a server fits in the background (`fitted`), in place of those of the whole blend: how much its form costs.
fn write_fitted(
    arguments: &Arguments,
    (learners, items): (&Names, &Names),
    histories: &Histories,
    count: usize,
) -> Result<(), String> {
    let fitted = Fitted::fit(&histories.of, &vec![None; items.of.len()], usize::MAX);
    write(arguments, learners, items, |learner| {
        let past = learner.and_then(|place| histories.of.get(place as usize)).map_or(&[][..], Vec::as_slice);
        let had: HashSet<u32> = past.iter().map(|visit| visit.item).collect();
        fitted.best(&fitted.taste(past), count, |item| had.contains(&item))
    })
}

fn write(
    arguments: &Arguments,
    learners: &Names,
    items: &Names,
    list: impl Fn(Option<u32>) -> Vec<(u32, f32)> + Sync,
) -> Result<(), String> {
    let path = arguments.required("out")?;
    let told = |why: std::io::Error| format!("{path}: {why}");
    let mut out = BufWriter::new(File::create(path).map_err(told)?);
    writeln!(out, "user,rank,item,score").map_err(told)?;
    let (mut asked, mut known) = (Vec::new(), HashSet::new());
    records(arguments.required("query")?, &["user"], &[], |fields| {
        if let Some(Some(user)) = fields.first()
            && known.insert(user.clone())
        {
            asked.push(user.clone());
        }
    })?;
    for some in asked.chunks(TOGETHER) {
        let lists = parallel::map(some, |user| list(learners.places.get(user.as_str()).copied()));
        for (user, best) in some.iter().zip(lists) {
            let named = best.iter().filter_map(|(item, score)| Some((items.of.get(*item as usize)?, score)));
            for ((name, score), rank) in named.zip(1..) {
                csv::write_field(&mut out, user)
                    .and_then(|()| write!(out, ",{rank},"))
                    .and_then(|()| csv::write_field(&mut out, name))
                    .and_then(|()| writeln!(out, ",{score:.6}"))
                    .map_err(told)?;
            }
        }
    }
    out.flush().map_err(told)
}

/// item,f0,f1,...: what is not a number is unknown.
fn read_features(path: &str, items: &mut Names) -> Result<Vec<Features>, String> {
    let (mut all, mut item_at) = (Vec::new(), None);
    let file = File::open(path).map_err(|why| format!("{path}: {why}"))?;
    csv::read(BufReader::new(file), |fields| {
        let Some(at) = item_at else {
            item_at = Some(csv::column(fields, "item").unwrap_or(0));
            return;
        };
        let Some(item) = fields.get(at).filter(|item| !item.is_empty()) else { return };
        let others = fields.iter().enumerate().filter(|(place, _)| *place != at);
        let row = others.map(|(_, field)| field.trim().parse().unwrap_or(f32::NAN)).collect();
        all.push((items.place(item), row));
    })
    .map_err(|why| format!("{path}: {why}"))?;
    all.sort_by_key(|one: &Features| one.0);
    all.dedup_by_key(|one| one.0);
    Ok(all)
}

/// Records of a file with a header: the named columns, needed then wanted; empty fields and missing columns are `None`.
fn records(
    path: &str,
    needed: &[&str],
    wanted: &[&str],
    mut each: impl FnMut(&[Option<String>]),
) -> Result<(), String> {
    let file = File::open(path).map_err(|why| format!("{path}: {why}"))?;
    let (mut columns, mut missing): (Option<Vec<Option<usize>>>, _) = (None, None);
    let mut fields_of = Vec::new();
    csv::read(BufReader::with_capacity(1 << 16, file), |fields| {
        let Some(columns) = &columns else {
            missing =
                needed.iter().find(|name| csv::column(fields, name).is_none()).map(|name| (*name).to_owned());
            columns = Some(needed.iter().chain(wanted).map(|name| csv::column(fields, name)).collect());
            return;
        };
        if missing.is_some() {
            return;
        }
        fields_of.clear();
        fields_of
            .extend(columns.iter().map(|at| fields.get((*at)?).filter(|field| !field.is_empty()).cloned()));
        each(&fields_of);
    })
    .map_err(|why| format!("{path}: {why}"))?;
    missing.map_or(Ok(()), |name| Err(format!("{path}: no column {name}")))
}

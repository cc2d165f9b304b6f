//! Packs on this device: clips with their questions for the time without a network. Their rows are in the database, their
//! films, pictures and texts are fetched by the service worker (`worker`), so that it goes on when the page is left, into
//! the cache where single kept clips are (`offline`). For the desk and what opens over a clip; the feed knows only kept clips.

mod asked;
mod due;
mod give;
mod path;
mod seal;
mod worker;

pub use asked::find as find_asked;
pub use give::{Given, Ungraded, asked_now, give, grade};
pub use worker::{Stopped, listen};

use super::database::{self, Row, Table};
use super::offline;
use super::settings;
use super::store::{Reduce, Store};
use crate::api::{self, ApiError};
use crate::{browser, wire};
use asked::AskedRow;
use minnow_memory::Parameters;
use minnow_shared::clip::ClipView;
use minnow_shared::pack::{MakePack, PackSource, PackView};
use minnow_shared::question::QuestionForm;
use minnow_shared::review::{ForecastView, ReviewListView};
use minnow_shared::{ClipId, PersonId, QuestionId, UnixMillis};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use wasm_bindgen::JsValue;
use worker::Item;

/// A file whose size nobody said is taken to be this large: a poster, a text.
const SMALL_BYTES: u64 = 25_000;

/// With less room than this a browser's database may fail.
const LITTLE_BYTES: u64 = 1_000_000;

/// A file of a pack. A size of 0 is not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileRow {
    pub address: String,
    pub size_bytes: u64,
}

impl FileRow {
    fn bytes(&self) -> u64 {
        if self.size_bytes == 0 { SMALL_BYTES } else { self.size_bytes }
    }
}

/// A pack as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PackRow {
    pub source: PackSource,
    pub title: String,
    pub person_id: PersonId,
    pub made_at_ms: UnixMillis,
    pub clips: Vec<ClipId>,
    pub questions: Vec<QuestionId>,
    pub files: Vec<FileRow>,
    /// Clips that were kept by themselves before the pack came: they stay when it goes.
    pub own: Vec<ClipId>,
    pub weights: String,
    pub done_today: u32,
    /// All of it has been here: what is missing now was taken away by the browser.
    #[serde(default)]
    pub was_whole: bool,
    /// The playlist it is made of.
    #[serde(default)]
    pub path: Option<path::PathRow>,
}

impl PackRow {
    fn row(&self) -> Row {
        (Table::Packs, key(&self.source), wire::write(self))
    }
}

/// A pack, and how much of it is here.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    pub row: PackRow,
    pub here_bytes: u64,
    pub total_bytes: u64,
    /// Files that are not here.
    pub missing: usize,
    /// Files that the server does not have any more: they are not missed.
    pub gone: usize,
}

impl Pack {
    /// 0 to 100; 100 only when all of it is here.
    pub fn percent(&self) -> u32 {
        if self.missing == 0 {
            return 100;
        }
        let share = self.here_bytes.saturating_mul(100) / self.total_bytes.max(1);
        u32::try_from(share).unwrap_or(0).min(99)
    }
}

/// Why a pack could not be kept.
#[derive(Debug, Clone, PartialEq)]
pub enum KeepError {
    Api(ApiError),
    /// There is nothing to take along.
    Nothing,
    /// It needs so many bytes more than there is room for.
    Full {
        short_bytes: u64,
    },
    /// This browser keeps nothing for the time without a network, or not on this page.
    NoKeeping,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Packs {
    /// `None` until they have been read.
    pub list: Option<Vec<Pack>>,
    /// Asked of the server just now.
    pub asking: Option<PackSource>,
    /// Why the service worker fetches no more for now.
    pub stopped: Option<Stopped>,
    /// How far files on their way have come.
    coming: HashMap<String, u64>,
}

pub enum PacksAction {
    Read { list: Vec<Pack>, stopped: Option<Stopped> },
    Asking(Option<PackSource>),
    Coming { address: String, bytes: u64 },
    Stopped(Stopped),
}

impl Reduce for Packs {
    type Action = PacksAction;

    fn reduce(&self, action: PacksAction) -> Self {
        let mut next = self.clone();
        match action {
            PacksAction::Read { list, stopped } => {
                next.list = Some(list);
                next.stopped = stopped;
                next.coming.clear();
            }
            PacksAction::Asking(source) => next.asking = source,
            PacksAction::Stopped(why) => next.stopped = Some(why),
            PacksAction::Coming { address, bytes } => {
                next.stopped = None;
                _ = next.coming.insert(address, bytes);
            }
        }
        next
    }
}

impl Packs {
    /// How much of a pack is here, what is on its way counted.
    pub fn percent(&self, pack: &Pack) -> u32 {
        let of_it = |file: &&FileRow| self.coming.contains_key(&file.address);
        let coming = pack.row.files.iter().filter(of_it);
        let bytes: u64 =
            coming.map(|file| self.coming.get(&file.address).copied().unwrap_or(0).min(file.bytes())).sum();
        Pack { here_bytes: pack.here_bytes.saturating_add(bytes), ..pack.clone() }.percent()
    }
}

thread_local! {
    pub static PACKS: Store<Packs> = Store::new(Packs::default());
}

fn dispatch(action: PacksAction) {
    PACKS.with(|packs| packs.dispatch(action));
}

fn key(source: &PackSource) -> JsValue {
    JsValue::from_str(&wire::write(source))
}

async fn rows() -> Vec<PackRow> {
    let rows = database::all(Table::Packs).await.unwrap_or_default();
    let mut rows: Vec<PackRow> = rows.into_iter().filter_map(|(_, text)| wire::read(&text)).collect();
    rows.sort_by(|a, b| a.source.cmp(&b.source));
    rows
}

/// What of a pack is in the cache.
fn measured(row: PackRow, here: &HashSet<String>, gone: &HashSet<String>) -> Pack {
    let is_here = |file: &&FileRow| here.contains(&file.address);
    let is_gone = |file: &&FileRow| gone.contains(&file.address) && !is_here(file);
    let bytes = |files: &mut dyn Iterator<Item = &FileRow>| files.map(FileRow::bytes).sum();
    let total_bytes = bytes(&mut row.files.iter().filter(|file| !is_gone(file)));
    let here_bytes = bytes(&mut row.files.iter().filter(is_here));
    let gone = row.files.iter().filter(is_gone).count();
    let missing = row.files.len() - gone - row.files.iter().filter(is_here).count();
    Pack { row, here_bytes, total_bytes, missing, gone }
}

/// Reads the packs and how much of them is here. What is missing goes on coming.
pub async fn load() {
    let here: HashSet<String> = offline::kept_addresses().await.into_iter().collect();
    path::renew_all().await;
    let work = worker::work().await;
    let mut list: Vec<Pack> = rows().await.into_iter().map(|row| measured(row, &here, &work.gone)).collect();
    for pack in &mut list {
        if pack.missing == 0 && !pack.row.was_whole {
            pack.row.was_whole = true;
            database::put_all(&[pack.row.row()]).await;
        }
    }
    dispatch(PacksAction::Read { list, stopped: work.stopped });
}

/// Takes up what was left half done before: the worker goes on, and answers that nobody graded are graded.
pub async fn resume() {
    asked::forget_strangers().await;
    give::grade_ungraded().await;
    load().await;
    let is_coming = PACKS.with(|packs| packs.get().list.iter().flatten().any(|pack| pack.missing > 0));
    if is_coming {
        worker::go_on().await;
    }
}

/// Keeps a pack, or brings one that is here up to date. It ends when the server has given it; its films come after.
///
/// # Errors
/// As `KeepError` tells; what was here before is as it was.
pub async fn keep(source: PackSource) -> Result<(), KeepError> {
    dispatch(PacksAction::Asking(Some(source.clone())));
    let kept = fetch(source).await;
    dispatch(PacksAction::Asking(None));
    load().await;
    kept
}

async fn fetch(source: PackSource) -> Result<(), KeepError> {
    if !worker::is_there().await {
        return Err(KeepError::NoKeeping);
    }
    // Answers that wait would be missing from what the pack says of the learner's memory.
    super::outbox::drain().await;
    let settled = asked::settled().await;
    worker::ask_to_persist().await;
    let request = MakePack {
        source: source.clone(),
        utc_offset_minutes: browser::utc_offset_minutes(),
        language: Some(crate::i18n::language().code.into()),
    };
    let view = api::call(&request).await.map_err(KeepError::Api)?;
    if view.clips.is_empty() && view.questions.is_empty() {
        return Err(KeepError::Nothing);
    }
    let all = rows().await;
    let before = all.iter().find(|row| row.source == source);
    let others: Vec<&PackRow> = all.iter().filter(|row| row.source != source).collect();
    let (row, asked, items) = unpacked(&view, before, &others).await;
    let here: HashSet<String> = offline::kept_addresses().await.into_iter().collect();
    let new = measured(row.clone(), &here, &HashSet::new());
    if let Some(room) = worker::room_bytes().await
        && room < new.total_bytes - new.here_bytes
    {
        return Err(KeepError::Full { short_bytes: new.total_bytes - new.here_bytes - room });
    }
    let mut rows: Vec<Row> = vec![row.row()];
    for one in asked {
        rows.push((Table::Asked, JsValue::from_str(one.asked.question_id.as_str()), wire::write(&one)));
    }
    if database::put_all(&rows).await.is_none() {
        let left = worker::room_bytes().await.unwrap_or(u64::MAX);
        let is_full = left < new.total_bytes.max(LITTLE_BYTES);
        return Err(if is_full {
            KeepError::Full { short_bytes: LITTLE_BYTES }
        } else {
            KeepError::NoKeeping
        });
    }
    asked::forget_settled(&settled, &view).await;
    if let Some(before) = before {
        let keeps: Vec<&PackRow> = others.iter().copied().chain([&row]).collect();
        let_go(before, &keeps).await;
    }
    worker::keep(items).await;
    path::renew_all().await;
    Ok(())
}

/// A pack as it is kept: its row, its questions, and what the worker has to fetch.
async fn unpacked(
    view: &PackView,
    before: Option<&PackRow>,
    others: &[&PackRow],
) -> (PackRow, Vec<AskedRow>, Vec<Item>) {
    let of_packs: HashSet<&ClipId> =
        others.iter().copied().chain(before).flat_map(|row| &row.clips).collect();
    let had = offline::kept_clips().await;
    let alone = had.iter().map(|clip| &clip.id).filter(|id| !of_packs.contains(id));
    let own = alone.chain(before.iter().flat_map(|row| &row.own)).cloned().collect();
    let sealed: HashSet<&QuestionId> = view.questions.iter().map(|one| &one.asked.question_id).collect();
    let (mut files, mut items, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for clip in &view.clips {
        let clip = for_offline(clip, &sealed);
        kept.push(clip.clone());
        let own: Vec<FileRow> = offline::files(&clip)
            .into_iter()
            .map(|(address, size_bytes)| FileRow { address, size_bytes })
            .collect();
        items.push(Item { name: clip.id.to_string(), text: Some(wire::write(&clip)), files: own.clone() });
        files.extend(own);
    }
    let path = view.playlist.as_ref().map(|playlist| path::PathRow::new(playlist.clone(), kept));
    if let Some(path) = &path {
        // What is behind a closed gate is here, and shows when that opens.
        for item in items.iter_mut().filter(|item| path.locks(&item.name)) {
            item.text = None;
        }
    }
    let pictures: Vec<FileRow> =
        view.pictures.iter().map(|address| FileRow { address: address.clone(), size_bytes: 0 }).collect();
    if !pictures.is_empty() {
        items.push(Item { name: wire::write(&view.source), text: None, files: pictures.clone() });
        files.extend(pictures);
    }
    let row = PackRow {
        source: view.source.clone(),
        title: view.title.clone(),
        person_id: view.person_id.clone(),
        made_at_ms: view.made_at_ms,
        clips: view.clips.iter().map(|clip| clip.id.clone()).collect(),
        questions: view.questions.iter().map(|one| one.asked.question_id.clone()).collect(),
        files,
        own,
        weights: view.weights.clone(),
        done_today: view.done_today,
        was_whole: false,
        path,
    };
    (row, asked::unpacked(view), items)
}

/// A clip as a player without a network has it: the one rendition that is kept, and its sealed questions left to the question
/// program, which can open them.
fn for_offline(clip: &ClipView, sealed: &HashSet<&QuestionId>) -> ClipView {
    let mut clip = offline::narrowed(clip.clone());
    // A guess before the clip needs the server.
    clip.guess_first = false;
    for question in clip.questions.iter_mut().filter(|question| sealed.contains(&question.id)) {
        question.form = QuestionForm::Unknown;
    }
    clip
}

/// Lets go what a pack had and none of those that are kept has.
async fn let_go(row: &PackRow, keeps: &[&PackRow]) {
    for clip in row.clips.iter().filter(|clip| !row.own.contains(clip)) {
        if !keeps.iter().any(|keep| keep.clips.contains(clip)) {
            offline::remove(clip.clone()).await;
        }
    }
    for question in row.questions.iter().filter(|id| !keeps.iter().any(|keep| keep.questions.contains(id))) {
        database::remove(Table::Asked, JsValue::from_str(question.as_str())).await;
    }
    // Pictures, and the films of clips that are kept but not shown.
    let is_left = |file: &&FileRow| !keeps.iter().any(|keep| keep.files.contains(file));
    let kept: HashSet<String> =
        offline::kept_clips().await.iter().flat_map(offline::files).map(|file| file.0).collect();
    for file in row.files.iter().filter(is_left).filter(|file| !kept.contains(&file.address)) {
        offline::forget_address(&file.address).await;
    }
}

/// Takes a pack away from this device.
pub async fn remove(source: &PackSource) {
    let (gone, others): (Vec<PackRow>, Vec<PackRow>) =
        rows().await.into_iter().partition(|row| row.source == *source);
    let keeps: Vec<&PackRow> = others.iter().collect();
    for row in &gone {
        if let Some(path) = &row.path {
            path.forget().await;
        }
        let clips = row.clips.iter().filter(|clip| !keeps.iter().any(|keep| keep.clips.contains(clip)));
        let names = clips.map(ToString::to_string).chain([wire::write(source)]).collect();
        worker::drop_items(names).await;
        let_go(row, &keeps).await;
    }
    database::remove(Table::Packs, key(source)).await;
    load().await;
}

/// Somebody else is here now, or nobody: what was taken along belongs to the one who left.
pub async fn forget() {
    for row in rows().await {
        remove(&row.source).await;
    }
    database::clear(Table::Asked).await;
    database::clear(Table::Given).await;
}

/// The learner's memory and day, as far as they are known here. `None` where no pack is kept.
async fn today() -> Option<(Parameters, due::Today)> {
    let row = rows().await.into_iter().max_by_key(|row| row.made_at_ms)?;
    let settings = settings::current();
    let today = due::Today {
        now_ms: browser::now_ms(),
        utc_offset_minutes: browser::utc_offset_minutes(),
        retention: f64::from(settings.retention_percent) / 100.0,
        daily_cap: settings.daily_reviews,
        done: row.done_today,
        done_at_ms: row.made_at_ms,
    };
    Some((Parameters::read(&row.weights).unwrap_or_default(), today))
}

/// When a question comes back, of what is known here.
async fn next_due_ms(question: &QuestionId) -> Option<UnixMillis> {
    let (parameters, today) = today().await?;
    let (asked, given) = (asked::all().await, asked::given().await);
    due::next_ms(&asked, &given, &parameters, &today, question)
}

/// What is due of the questions kept here, and what the days ahead bring. `None` where no pack is kept.
pub async fn reviews(only_wrong: bool) -> Option<(ReviewListView, ForecastView)> {
    give::grade_ungraded().await;
    let (parameters, today) = today().await?;
    let (asked, given) = (asked::all().await, asked::given().await);
    let list = due::list(&asked, &given, &parameters, &today, only_wrong);
    Some((list, due::forecast(&asked, &given, &parameters, &today)))
}

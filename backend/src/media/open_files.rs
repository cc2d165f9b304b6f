//! Files of the media folder that are asked for again and again: kept open for a while, and read without waiting where the
//! system has their bytes in memory. Contents never change under their names, so nothing can be stale.

use super::{FilmClock, mp4};
use bytes::Bytes;
use rustix::io::{ReadWriteFlags, preadv2};
use std::{
    collections::HashMap,
    fs::File,
    io::{self, IoSliceMut},
    ops::Range,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

const FILES_MAX: usize = 256;
/// All are closed after this long: a deleted file gives its room back then.
const OPEN_FOR: Duration = Duration::from_secs(30);

#[derive(Debug, Clone)]
pub struct OpenFile {
    pub file: Arc<File>,
    pub size_bytes: u64,
    /// Of a film whose index could be read.
    pub clock: Option<Arc<FilmClock>>,
}

/// Files kept open. Cheap to share.
#[derive(Debug, Default)]
pub struct OpenFiles(Mutex<Shelf>);

#[derive(Debug, Default)]
struct Shelf {
    files: HashMap<String, OpenFile>,
    since: Option<Instant>,
}

impl OpenFiles {
    pub fn find(&self, key: &str) -> Option<OpenFile> {
        let shelf = self.0.lock().ok()?;
        shelf.since.filter(|since| since.elapsed() < OPEN_FOR)?;
        shelf.files.get(key).cloned()
    }

    /// Closes a file that is being deleted, so that it is gone at once.
    pub fn forget(&self, key: &str) {
        if let Ok(mut shelf) = self.0.lock() {
            shelf.files.remove(key);
        }
    }

    pub fn keep(&self, key: &str, open: &OpenFile) {
        let Ok(mut shelf) = self.0.lock() else { return };
        let old = shelf.since.is_none_or(|since| since.elapsed() >= OPEN_FOR);
        if old || shelf.files.len() >= FILES_MAX {
            shelf.files.clear();
            shelf.since = Some(Instant::now());
        }
        shelf.files.insert(key.to_owned(), open.clone());
    }
}

impl OpenFile {
    /// Opens a file of the media folder, and reads a film's index. Waits for the disk.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let size_bytes = file.metadata()?.len();
        let is_film = path.extension().is_some_and(|ending| ending == "mp4");
        let film = if is_film { mp4::read_from(&mut file, size_bytes).ok().flatten() } else { None };
        let clock = film.as_ref().and_then(FilmClock::of).map(Arc::new);
        Ok(Self { file: Arc::new(file), size_bytes, clock })
    }

    /// Reads a range if all of it is in memory already; `None` when it would have to wait for the disk.
    pub fn read_now(&self, range: &Range<u64>) -> Option<Bytes> {
        let mut bytes = vec![0; usize::try_from(range.end - range.start).ok()?];
        let read =
            preadv2(&*self.file, &mut [IoSliceMut::new(&mut bytes)], range.start, ReadWriteFlags::NOWAIT);
        (read.ok()? == bytes.len()).then(|| bytes.into())
    }
}

//! Films: what a file is, whether it is taken, its renditions and posters, and where bytes are kept. Runs ffmpeg and
//! ffprobe in a sandbox. Knows no database and no HTTP.

mod analyse;
mod ebml;
mod film_clock;
mod flash;
pub(crate) mod fuzz;
mod lesson;
mod mp4;
mod open_files;
mod picture_stream;
mod poster;
mod prepare;
mod probe;
mod sandbox;
mod sniff;
mod store;
mod transcode;

pub use film_clock::FilmClock;
pub use lesson::LessonFilm;
pub use open_files::{OpenFile, OpenFiles};
pub use poster::Posters;
pub use prepare::{Prepared, PreparedRendition, Studio};
pub use sandbox::{Command, Confinement, Limits, Sandbox, Trouble};
pub use store::{MediaStore, MediaUrlError, StoreError, StoredFile};

use minnow_shared::draft::RefusalReason;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

/// Where media is kept, how it is made, and where there is room to work. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Media {
    pub store: MediaStore,
    pub studio: Studio,
    /// Folder for work in hand; what a killed server left there is removed on start.
    pub work: PathBuf,
    /// What kept the tools from running when they were last tried; `None` when they ran.
    pub trouble: Arc<Mutex<Option<String>>>,
    pub open_files: Arc<OpenFiles>,
}

impl Media {
    /// Tries the tools in their sandbox and remembers what is in the way, for the health page.
    pub async fn try_tools(&self) {
        let tried = self.ready().await;
        if let Err(error) = &tried {
            tracing::error!("media work will fail until this is mended: {error:#}");
        }
        if let Ok(mut trouble) = self.trouble.lock() {
            *trouble = tried.err().map(|error| format!("{error:#}"));
        }
    }

    /// Whether the tools ran when they were last tried.
    pub fn tools_run(&self) -> bool {
        self.trouble.lock().is_ok_and(|trouble| trouble.is_none())
    }

    /// Whether tools run in the sandbox.
    ///
    /// # Errors
    /// What is in the way, in plain words.
    pub async fn ready(&self) -> anyhow::Result<()> {
        self.studio.sandbox.check().await?;
        for tool in ["ffmpeg", "ffprobe"] {
            self.studio.sandbox.find(tool)?;
        }
        Ok(())
    }

    /// Address of a stored object for the browser.
    pub fn url_of(&self, key: &str) -> String {
        format!("/media/{key}")
    }

    /// Address of a film. It carries the bytes a second needs, so that a range without an end can be paced without
    /// asking the database.
    pub fn film_url(&self, key: &str, size_bytes: u64, duration_ms: u64) -> String {
        format!("/media/{key}?r={}", size_bytes.saturating_mul(1000) / duration_ms.max(1))
    }
}

/// How far a film has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// What it is, whether it decodes, how long and how loud it is, whether it flashes.
    Checking,
    /// 0 to 100 of the pictures to encode.
    Transcoding { percent: u8 },
}

/// Why a film came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The file's own doing: trying again gives the same.
    #[error("refused: {0:?}")]
    Refused(RefusalReason),
    /// The server's doing: a tool that was killed or hung. Trying again may help.
    #[error("{0}")]
    Fault(String),
    /// What the server needs is not there just now, whatever the file: a tool, the sandbox, room on the disk.
    #[error("{0}")]
    Away(String),
}

impl From<std::io::Error> for MediaError {
    fn from(error: std::io::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<Trouble> for MediaError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::TookTooLong => MediaError::Refused(RefusalReason::TookTooLong),
            Trouble::Missing(_) | Trouble::NoSandbox(_) | Trouble::DiskFull => {
                MediaError::Away(trouble.to_string())
            }
            Trouble::Io(error) => error.into(),
            Trouble::Killed(_) | Trouble::Hung(_) => MediaError::Fault(trouble.to_string()),
        }
    }
}

//! The whole way of a film: told, checked, encoded, with posters; all in a folder of its own. Keeping the results is the
//! caller's.

use super::{
    MediaError, Stage,
    analyse::analyse,
    poster::{Posters, posters},
    probe::probe,
    sandbox::{Limits, Sandbox},
    transcode::{Encoded, targets, transcode},
};
use std::path::{Path, PathBuf};

/// What is made of a film. All files lie in the folder that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    pub duration_ms: u32,
    /// Of the largest rendition.
    pub width: u32,
    pub height: u32,
    /// Smallest first; never empty.
    pub renditions: Vec<PreparedRendition>,
    pub posters: Posters,
    /// Which picture the posters show.
    pub cover_ms: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedRendition {
    pub short_side: u32,
    pub width: u32,
    pub height: u32,
    pub path: PathBuf,
    pub moov_end_bytes: u64,
    pub two_seconds_bytes: u64,
}

impl From<Encoded> for PreparedRendition {
    fn from(made: Encoded) -> Self {
        Self {
            short_side: made.target.short_side,
            width: made.target.width,
            height: made.target.height,
            path: made.path,
            moov_end_bytes: made.moov_end_bytes,
            two_seconds_bytes: made.two_seconds_bytes,
        }
    }
}

/// The tools and what they may use.
#[derive(Debug, Clone)]
pub struct Studio {
    pub sandbox: Sandbox,
    pub limits: Limits,
}

impl Studio {
    /// Makes everything a clip needs of `file`. `cover_ms`: which picture is the poster; `None` takes one a little
    /// after the start. `on_stage` is called as it goes.
    ///
    /// # Errors
    /// `Refused` with the reason, or `Fault`: try again.
    pub async fn prepare(
        &self,
        file: &Path,
        folder: &Path,
        cover_ms: Option<u32>,
        on_stage: impl Fn(Stage) + Send + Sync,
    ) -> Result<Prepared, MediaError> {
        on_stage(Stage::Checking);
        let source = probe(&self.sandbox, file).await?;
        let analysis = analyse(&self.sandbox, self.limits, file, &source).await?;
        on_stage(Stage::Transcoding { percent: 0 });
        let targets = targets(source.width, source.height);
        let on_percent = |percent| on_stage(Stage::Transcoding { percent });
        let film = (file, &source, &analysis);
        let encoded = transcode(&self.sandbox, self.limits, film, &targets, folder, on_percent).await?;
        let Some(largest) = encoded.last() else {
            return Err(MediaError::Fault("no rendition was made".into()));
        };
        let cover_ms = cover_ms.unwrap_or(analysis.duration_ms / 3).min(analysis.duration_ms);
        let sides = (largest.target.width, largest.target.height, analysis.duration_ms);
        let posters = posters(&self.sandbox, &largest.path, sides, cover_ms, folder).await?;
        Ok(Prepared {
            duration_ms: analysis.duration_ms,
            width: largest.target.width,
            height: largest.target.height,
            renditions: encoded.into_iter().map(PreparedRendition::from).collect(),
            posters,
            cover_ms,
        })
    }

    /// Makes posters again, from a rendition made earlier.
    ///
    /// # Errors
    /// `Fault` when ffmpeg could not be run or gives no picture.
    pub async fn remake_posters(
        &self,
        rendition: &Path,
        (width, height, duration_ms): (u32, u32, u32),
        cover_ms: u32,
        folder: &Path,
    ) -> Result<Posters, MediaError> {
        posters(&self.sandbox, rendition, (width, height, duration_ms), cover_ms, folder).await
    }
}

//! The running server's parts, put together once and passed to every room. No logic here.

use crate::{
    clock::{Clock, Random},
    config::Config,
    media::Media,
    store::Db,
};
use minnow_shared as shared;
use std::{ops::Deref, sync::Arc};

/// The parts of one server.
pub struct Parts {
    pub config: Config,
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub media: Media,
}

/// A handle on the parts. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

macro_rules! new_ids {
    ($($name:ident -> $id:ident),* $(,)?) => {
        $(
            pub fn $name(&self) -> shared::$id {
                shared::$id::new(self.clock.now_ms(), self.random.id_bits())
            }
        )*
    };
}

impl App {
    /// Opens the database and the media store.
    ///
    /// # Errors
    /// What keeps either from opening.
    pub async fn open(
        config: Config,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> anyhow::Result<Self> {
        use anyhow::Context;
        tokio::fs::create_dir_all(&config.storage.data_dir)
            .await
            .with_context(|| format!("cannot make the data folder {}", config.storage.data_dir.display()))?;
        let db = Db::open(&config.storage.database_url()).await.context("cannot open the database")?;
        let media = Media::open(&config.storage.media_url()).await.context("cannot open the media store")?;
        Ok(Self(Arc::new(Parts { config, db, clock, random, media })))
    }

    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    new_ids! {
        new_person_id -> PersonId,
        new_session_id -> SessionId,
        new_question_id -> QuestionId,
        new_choice_id -> ChoiceId,
        new_upload_id -> UploadId,
        new_job_id -> JobId,
        new_passkey_id -> PasskeyId,
        new_challenge_id -> ChallengeId,
        new_clip_id -> ClipId,
    }
}

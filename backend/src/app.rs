//! The running server's parts, put together once and passed to every room. No logic here.

use crate::{
    auth::{mail::Mailer, passkey::Passkeys, password::Passwords},
    clock::{Clock, Random},
    config::{Config, SandboxMode, Storage, Tools},
    feed::Feed,
    http::{clip_views::ClipViews, limits::Limits as CallLimits},
    interests::Interests,
    media::{Confinement, Limits, Media, MediaStore, Sandbox, Studio},
    metrics::Metrics,
    store::{Db, writer::Writer},
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
    pub feed: Feed,
    pub interests: Interests,
    pub clip_views: ClipViews,
    pub writer: Writer,
    pub metrics: Arc<Metrics>,
    pub limits: CallLimits,
    pub passwords: Passwords,
    /// `None`: people reach this server by a bare address.
    pub passkeys: Option<Passkeys>,
    /// `None`: the operator has configured no mail.
    pub mailer: Option<Mailer>,
}

/// The media store and the tools as the operator set them.
///
/// # Errors
/// When the media address is of no known form or its folder cannot be made.
pub fn open_media(storage: &Storage, tools: &Tools) -> anyhow::Result<Media> {
    let store = MediaStore::open(&storage.media_url(), storage.s3_credentials())?;
    let confinement = match tools.sandbox {
        SandboxMode::On => Confinement::Bubblewrap,
        SandboxMode::Off => {
            tracing::warn!("MINNOW_SANDBOX=off: ffmpeg is not shut in; let only trusted people upload");
            Confinement::Off
        }
    };
    let search_path = std::env::split_paths(&tools.tool_path).collect();
    let stall = std::time::Duration::from_secs(tools.tool_stall_seconds);
    let limits = Limits { stall, ..Limits::default() };
    let studio = Studio { sandbox: Sandbox::new(confinement, search_path), limits };
    Ok(Media {
        store,
        studio,
        work: storage.data_dir.join("work"),
        trouble: Arc::default(),
        open_files: Arc::default(),
    })
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
        let media = open_media(&config.storage, &config.tools).context("cannot open the media store")?;
        let feed = Feed::open(&db).await.context("cannot read the catalogue")?;
        let interests = Interests::default();
        interests.refresh(&db).await.context("cannot read the log of interests")?;
        let metrics = Arc::new(Metrics::default());
        let mailer = match (&config.smtp_url, &config.mail_from) {
            (Some(url), Some(from)) => Some(Mailer::new(url, from, &config.name)?),
            (None, None) => None,
            _ => anyhow::bail!("mail needs both MINNOW_SMTP_URL and MINNOW_MAIL_FROM"),
        };
        Ok(Self(Arc::new(Parts {
            passkeys: Passkeys::new(&config.public_url(), &config.name)?,
            passwords: Passwords::new(random.clone())?,
            limits: CallLimits::new(config.rate_limits),
            clip_views: ClipViews::default(),
            writer: Writer::start_counted(db.clone(), metrics.clone()),
            metrics,
            feed,
            interests,
            mailer,
            config,
            db,
            clock,
            random,
            media,
        })))
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
        new_invite_id -> InviteId,
    }
}

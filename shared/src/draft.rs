//! A clip as its maker sees it: draft, media on its way, publication.

use crate::{
    ClipId, Done, TopicId, UnixMillis, UploadId,
    caption::CaptionTrack,
    clip::{CountsView, RenditionView, TwinParagraph},
    limit,
    limit::FieldProblem,
    question::QuestionDraft,
};

wire! {
    /// Why media was refused. Each has a text in the interface that says what to do.
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum RefusalReason {
        /// No bytes.
        Empty,
        /// Not a film in a container that is taken (MP4, MOV, WebM, Matroska, AVI, MPEG, FLV, WMV, Ogg, 3GP).
        NotVideo,
        /// A playlist that points to other files.
        Playlist,
        /// A picture, not a film.
        StillImage,
        /// Sound without a picture.
        NoPicture,
        /// Encrypted: its key is somewhere else.
        Encrypted,
        /// Shorter than half a second.
        TooShort,
        /// Longer than three minutes.
        TooLong,
        /// More bytes than an upload may have.
        TooLarge,
        /// More pixels than are taken.
        TooManyPixels,
        /// Smaller than 16 pixels on a side.
        TooSmall,
        /// More tracks than are taken.
        TooManyStreams,
        /// Cut off or broken: it could not be read to its end.
        Broken,
        /// Reading or encoding it took longer than allowed.
        TookTooLong,
        /// It flashes more than three times a second.
        Flashes,
        /// An import could not read the file: it is not allowed to, or the disk is at fault.
        Unreadable,
        /// The server's own fault; the upload is kept and tried again, then given up.
        ServerFault,
        /// A reason newer than this client.
        #[serde(other)]
        Unknown,
    }

    /// Where the media of a clip stands.
    #[serde(tag = "state", rename_all = "snake_case")]
    pub enum MediaState {
        /// No upload yet.
        Missing,
        Uploading { upload_id: UploadId, received_bytes: u64, total_bytes: u64 },
        Checking,
        /// `percent`: 0 to 100 of the encoding work really done.
        Transcoding { percent: u8 },
        Playable,
        Refused { reason: RefusalReason },
        #[serde(other)]
        Unknown,
    }

    /// What keeps a clip from being published.
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum MissingPart {
        Media,
        Title,
        Topics,
        Captions,
        Alt,
        Licence,
        #[serde(other)]
        Unknown,
    }

    pub struct DraftView {
        pub id: ClipId,
        pub media: MediaState,
        pub published: bool,
        pub title: String,
        pub topics: Vec<TopicId>,
        pub language: String,
        pub licence: String,
        pub source_url: Option<String>,
        pub alt: String,
        pub captions: Vec<CaptionTrack>,
        /// Empty: made from the captions.
        pub twin: Vec<TwinParagraph>,
        pub question: Option<QuestionDraft>,
        /// Which frame is the cover, in milliseconds.
        pub cover_ms: u32,
        /// The uploaded file's name.
        pub file_name: Option<String>,
        pub duration_ms: Option<u32>,
        pub renditions: Vec<RenditionView>,
        pub poster_url: Option<String>,
        pub poster_small_url: Option<String>,
        pub missing: Vec<MissingPart>,
        pub counts: CountsView,
        pub updated_at_ms: UnixMillis,
    }

    pub struct DraftListView {
        /// Last changed first.
        pub clips: Vec<DraftView>,
        pub next_cursor: Option<String>,
    }
}

endpoint! {
    Post "/api/drafts" by Account: "Begins a clip under an id the client made; the same id again returns it.";
    pub struct CreateDraft {
        pub clip_id: ClipId,
        pub language: String,
    } -> DraftView

    Get "/api/me/clips" by Account: "The caller's clips, drafts and published, last changed first.";
    pub struct ListMyClips {
        #[serde(default)]
        pub cursor: Option<String>,
    } -> DraftListView

    Get "/api/drafts/{clip_id}" by Account: "One of the caller's clips with all its parts and where its media stands.";
    pub struct GetDraft {
        pub clip_id: ClipId,
    } -> DraftView

    Patch "/api/drafts/{clip_id}" by Account: "Changes parts of a clip, before or after publishing; fields left out stay.";
    pub struct UpdateDraft {
        pub clip_id: ClipId,
        #[serde(default)]
        pub title: Option<String>,
        #[serde(default)]
        pub topics: Option<Vec<TopicId>>,
        #[serde(default)]
        pub language: Option<String>,
        #[serde(default)]
        pub licence: Option<String>,
        /// Empty text takes it away.
        #[serde(default)]
        pub source_url: Option<String>,
        #[serde(default)]
        pub alt: Option<String>,
        #[serde(default)]
        pub captions: Option<Vec<CaptionTrack>>,
        #[serde(default)]
        pub twin: Option<Vec<TwinParagraph>>,
        #[serde(default)]
        pub question: Option<QuestionDraft>,
        #[serde(default)]
        pub remove_question: bool,
        #[serde(default)]
        pub cover_ms: Option<u32>,
    } -> DraftView

    Post "/api/drafts/{clip_id}/publish" by Account: "Publishes a clip that is playable and has captions.";
    pub struct PublishClip {
        pub clip_id: ClipId,
    } -> DraftView

    Post "/api/drafts/{clip_id}/unpublish" by Account: "Takes a clip back to draft; its address stops working.";
    pub struct UnpublishClip {
        pub clip_id: ClipId,
    } -> DraftView

    Delete "/api/clips/{clip_id}" by Account: "Deletes a clip for good.";
    pub struct DeleteClip {
        pub clip_id: ClipId,
    } -> Done
}

impl UpdateDraft {
    /// A change of nothing, to be filled in.
    pub fn of(clip_id: ClipId) -> Self {
        Self {
            clip_id,
            title: None,
            topics: None,
            language: None,
            licence: None,
            source_url: None,
            alt: None,
            captions: None,
            twin: None,
            question: None,
            remove_question: false,
            cover_ms: None,
        }
    }

    /// Checks every field that is there. `duration_ms`: the clip's, where known.
    ///
    /// # Errors
    /// The first field over a limit or not of its form.
    pub fn check(&self, duration_ms: Option<u32>) -> Result<(), FieldProblem> {
        let lengths = [
            ("title", &self.title, limit::TITLE),
            ("language", &self.language, limit::LANGUAGE),
            ("licence", &self.licence, limit::LICENCE),
            ("source_url", &self.source_url, limit::SOURCE_URL),
            ("alt", &self.alt, limit::ALT),
        ];
        for (field, value, max) in lengths {
            if let Some(value) = value {
                limit::text(field, value, 0, max)?;
            }
        }
        if let Some(url) = self.source_url.as_deref().filter(|url| !url.is_empty())
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            return Err(FieldProblem { field: "source_url", detail: "a full address, with https://".into() });
        }
        if self.topics.as_ref().is_some_and(|topics| topics.len() > limit::TOPICS_PER_CLIP) {
            return Err(FieldProblem {
                field: "topics",
                detail: format!("at most {}", limit::TOPICS_PER_CLIP),
            });
        }
        if let Some(tracks) = &self.captions {
            crate::caption::check_tracks(tracks)?;
        }
        if let Some(twin) = &self.twin {
            let length: usize = twin.iter().map(|p| p.text.chars().count()).sum();
            if length > limit::TWIN_TEXT {
                let detail = format!("at most {} characters", limit::TWIN_TEXT);
                return Err(FieldProblem { field: "twin", detail });
            }
        }
        self.question.as_ref().map_or(Ok(()), |question| question.check(duration_ms))
    }
}

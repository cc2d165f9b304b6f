//! The words of resumable uploads: tus 1.0 at `/api/uploads`. The protocol is HTTP headers, so these are no endpoints.

/// The version of the tus protocol spoken here.
pub const TUS_VERSION: &str = "1.0.0";
/// Extensions of it.
pub const TUS_EXTENSIONS: &str = "creation,creation-with-upload,checksum,termination,expiration";
/// Checksum algorithms, as the `Tus-Checksum-Algorithm` header lists them.
pub const TUS_CHECKSUMS: &str = "sha1,sha256";
/// Where uploads are made; one upload is at `/api/uploads/{upload_id}`.
pub const UPLOADS_PATH: &str = "/api/uploads";
/// Keys of `Upload-Metadata` (values base64): the clip it is for (required), the file's name, its declared kind.
pub const METADATA_CLIP: &str = "clip_id";
pub const METADATA_FILE_NAME: &str = "filename";
pub const METADATA_KIND: &str = "filetype";

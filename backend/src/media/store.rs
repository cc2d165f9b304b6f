//! Where bytes are kept: a local folder or an S3 bucket, behind one set of verbs. Finished media is named by its content
//! (SHA-256); parts of uploads under `staging/`. A file appears whole or not at all, and is on disk before it is said to
//! be.

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart, aws::AmazonS3Builder,
    path::Path as Key,
};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::io::AsyncWriteExt;

/// Bytes read or sent at a time.
const PIECE_BYTES: usize = 256 * 1024;

#[derive(Debug, thiserror::Error)]
#[error("not a media address: {0}")]
pub struct MediaUrlError(String);

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("no such object")]
    NotFound,
    #[error("the disk is full")]
    Full,
    #[error("the media store does not answer: {0}")]
    Unavailable(String),
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => StoreError::NotFound,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                StoreError::Full
            }
            _ => StoreError::Unavailable(error.to_string()),
        }
    }
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => StoreError::NotFound,
            other => StoreError::Unavailable(other.to_string()),
        }
    }
}

impl From<StoreError> for super::MediaError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => super::MediaError::Away(error.to_string()),
            StoreError::NotFound | StoreError::Unavailable(_) => super::MediaError::Fault(error.to_string()),
        }
    }
}

/// A finished file as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// `ab/abcdef….mp4`; its address is `/media/KEY`.
    pub key: String,
    pub size_bytes: u64,
}

#[derive(Debug, Clone)]
pub enum MediaStore {
    Folder(PathBuf),
    Bucket(Arc<dyn ObjectStore>),
}

impl MediaStore {
    /// Opens `file:FOLDER` or `s3://BUCKET?endpoint=http://HOST:PORT&region=REGION`. `credentials`: access key and secret
    /// for S3; without, requests are not signed.
    ///
    /// # Errors
    /// When the address is of neither form or the folder cannot be made.
    pub fn open(url: &str, credentials: Option<(String, String)>) -> Result<Self, MediaUrlError> {
        let wrong = |why: String| MediaUrlError(format!("{url}: {why}"));
        if let Some(folder) = url.strip_prefix("file:") {
            let folder = PathBuf::from(folder.strip_prefix("//").unwrap_or(folder));
            fs::create_dir_all(&folder).map_err(|e| wrong(e.to_string()))?;
            return folder.canonicalize().map(MediaStore::Folder).map_err(|e| wrong(e.to_string()));
        }
        let parsed = url::Url::parse(url).map_err(|e| wrong(e.to_string()))?;
        let (true, Some(bucket)) = (parsed.scheme() == "s3", parsed.host_str()) else {
            return Err(wrong("file:FOLDER or s3://BUCKET?endpoint=…&region=… expected".into()));
        };
        let mut builder = AmazonS3Builder::new().with_bucket_name(bucket).with_region("us-east-1");
        for (name, value) in parsed.query_pairs() {
            builder = match name.as_ref() {
                "endpoint" => {
                    let endpoint = url::Url::parse(&value).map_err(|e| wrong(format!("endpoint: {e}")))?;
                    if !matches!(endpoint.scheme(), "http" | "https") {
                        return Err(wrong("the endpoint begins with http:// or https://".into()));
                    }
                    builder.with_endpoint(value.as_ref()).with_allow_http(value.starts_with("http://"))
                }
                "region" => builder.with_region(value.as_ref()),
                other => return Err(wrong(format!("{other} is not known"))),
            };
        }
        builder = match credentials {
            Some((key, secret)) => builder.with_access_key_id(key).with_secret_access_key(secret),
            None => builder.with_skip_signature(true),
        };
        let bucket = builder.build().map_err(|e| wrong(e.to_string()))?;
        Ok(MediaStore::Bucket(Arc::new(bucket)))
    }

    /// Where an object lies on this machine's disk, if it does.
    pub fn local_path(&self, key: &str) -> Option<PathBuf> {
        match self {
            MediaStore::Folder(folder) => Some(folder.join(key)),
            MediaStore::Bucket(_) => None,
        }
    }

    /// Keeps a finished file under the name of its content. Keeping the same content again changes nothing.
    ///
    /// # Errors
    /// Reading, hashing or writing failed; nothing is visible then.
    pub async fn keep(&self, file: &Path, extension: &'static str) -> Result<StoredFile, StoreError> {
        let path = file.to_owned();
        let (hash, size_bytes) = blocking(move || hash(&path)).await?;
        let key = format!("{}/{hash}.{extension}", hash.get(..2).unwrap_or_default());
        if self.size(&key).await? == Some(size_bytes) {
            return Ok(StoredFile { key, size_bytes });
        }
        match self {
            MediaStore::Folder(folder) => {
                let (target, source) = (folder.join(&key), file.to_owned());
                blocking(move || write_whole(&target, &mut File::open(source)?)).await?;
            }
            MediaStore::Bucket(bucket) => {
                let mut write = WriteMultipart::new(bucket.put_multipart(&Key::from(key.as_str())).await?);
                let mut source = tokio::fs::File::open(file).await?;
                let mut piece = vec![0; PIECE_BYTES];
                while let length @ 1.. = tokio::io::AsyncReadExt::read(&mut source, &mut piece).await? {
                    write.wait_for_capacity(4).await?;
                    write.write(piece.get(..length).unwrap_or_default());
                }
                write.finish().await?;
            }
        }
        Ok(StoredFile { key, size_bytes })
    }

    /// Writes an object under a name of the caller's, durably.
    ///
    /// # Errors
    /// `Full` or `Unavailable`; nothing is visible then.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), StoreError> {
        match self {
            MediaStore::Folder(folder) => {
                let target = folder.join(key);
                blocking(move || write_whole(&target, &mut bytes.as_ref())).await?;
            }
            MediaStore::Bucket(bucket) => {
                bucket.put(&Key::from(key), bytes.into()).await?;
            }
        }
        Ok(())
    }

    /// How large an object is; `None` when there is none.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, StoreError> {
        let found = match self {
            MediaStore::Folder(folder) => {
                let path = folder.join(key);
                blocking(move || fs::metadata(path)).await.map(|m| m.len())
            }
            MediaStore::Bucket(bucket) => {
                bucket.head(&Key::from(key)).await.map(|m| m.size).map_err(StoreError::from)
            }
        };
        match found {
            Ok(size) => Ok(Some(size)),
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a range at once. A range past the end gives what there is.
    ///
    /// # Errors
    /// `NotFound` or `Unavailable`.
    pub async fn read(&self, key: &str, range: Range<u64>) -> Result<Bytes, StoreError> {
        match self {
            MediaStore::Folder(folder) => {
                let path = folder.join(key);
                blocking(move || read_range(&mut File::open(path)?, range)).await
            }
            MediaStore::Bucket(bucket) => Ok(bucket.get_range(&Key::from(key), range).await?),
        }
    }

    /// Reads a range in pieces.
    pub fn stream(&self, key: &str, range: Range<u64>) -> BoxStream<'static, Result<Bytes, StoreError>> {
        match self {
            MediaStore::Folder(_) => {
                let (store, key, piece) = (self.clone(), key.to_owned(), PIECE_BYTES as u64);
                let starts = stream::iter((range.start..range.end).step_by(PIECE_BYTES));
                let pieces = starts.then(move |start| {
                    let (store, key, end) = (store.clone(), key.clone(), (start + piece).min(range.end));
                    async move { store.read(&key, start..end).await }
                });
                pieces.boxed()
            }
            MediaStore::Bucket(bucket) => {
                if range.is_empty() {
                    return stream::empty().boxed();
                }
                let (bucket, key) = (bucket.clone(), Key::from(key));
                let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
                let opened = async move { bucket.get_opts(&key, options).await };
                let pieces = stream::once(opened)
                    .map(|opened| opened.map(|got| got.into_stream()))
                    .try_flatten()
                    .map_err(StoreError::from);
                pieces.boxed()
            }
        }
    }

    /// Appends a whole object to a local file.
    ///
    /// # Errors
    /// `NotFound`, `Full` or `Unavailable`.
    pub async fn append_to(&self, key: &str, file: &mut tokio::fs::File) -> Result<u64, StoreError> {
        let size = self.size(key).await?.ok_or(StoreError::NotFound)?;
        let pieces = self.stream(key, 0..size);
        tokio::pin!(pieces);
        while let Some(piece) = pieces.try_next().await? {
            file.write_all(&piece).await?;
        }
        Ok(size)
    }

    /// Deletes an object; one that is not there is fine.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let gone = match self {
            MediaStore::Folder(folder) => {
                let path = folder.join(key);
                blocking(move || fs::remove_file(path)).await
            }
            MediaStore::Bucket(bucket) => bucket.delete(&Key::from(key)).await.map_err(StoreError::from),
        };
        match gone {
            Err(StoreError::NotFound) => Ok(()),
            other => other,
        }
    }

    /// Deletes all objects under a prefix (a folder's name, no slash at its end).
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn delete_all(&self, prefix: &str) -> Result<(), StoreError> {
        match self {
            MediaStore::Folder(folder) => {
                let path = folder.join(prefix);
                match blocking(move || fs::remove_dir_all(path)).await {
                    Err(StoreError::NotFound) => Ok(()),
                    other => other,
                }
            }
            MediaStore::Bucket(bucket) => {
                let mut listed = bucket.list(Some(&Key::from(prefix)));
                while let Some(object) = listed.try_next().await? {
                    bucket.delete(&object.location).await?;
                }
                Ok(())
            }
        }
    }

    /// Whether the store takes writes: writes and deletes a small object.
    ///
    /// # Errors
    /// What is in the way.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.put("staging/check", Bytes::from_static(b"minnow")).await?;
        self.delete("staging/check").await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(StoreError::Unavailable(error.to_string())),
    }
}

fn hash(path: &Path) -> io::Result<(String, u64)> {
    let (mut file, mut hasher) = (File::open(path)?, Sha256::new());
    let size = io::copy(&mut file, &mut hasher)?;
    Ok((hasher.finalize().iter().map(|b| format!("{b:02x}")).collect(), size))
}

/// Reads up to the end of the range or of the file.
fn read_range(file: &mut File, range: Range<u64>) -> io::Result<Bytes> {
    file.seek(SeekFrom::Start(range.start))?;
    let length = range.end.saturating_sub(range.start);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

/// Writes beside the target, brings it to the disk, then gives it its name.
fn write_whole(target: &Path, source: &mut dyn Read) -> io::Result<()> {
    let folder = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    io::copy(source, temporary.as_file_mut())?;
    temporary.as_file_mut().flush()?;
    temporary.as_file().sync_all()?;
    temporary.persist(target).map_err(|e| e.error)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_content_is_kept_once_under_the_name_of_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let store = MediaStore::open(&format!("file:{}", folder.path().display()), None).unwrap();
        let file = folder.path().join("a");
        fs::write(&file, b"minnow").unwrap();
        let kept = store.keep(&file, "mp4").await.unwrap();
        assert_eq!(kept.size_bytes, 6);
        assert!(kept.key.ends_with(".mp4") && kept.key.len() == 3 + 64 + 4);
        assert_eq!(store.keep(&file, "mp4").await.unwrap(), kept);
        assert_eq!(store.read(&kept.key, 1..4).await.unwrap(), "inn");
        assert_eq!(store.read(&kept.key, 4..99).await.unwrap(), "ow");
        store.delete(&kept.key).await.unwrap();
        store.delete(&kept.key).await.unwrap();
        assert_eq!(store.size(&kept.key).await.unwrap(), None);
        assert!(matches!(store.read(&kept.key, 0..1).await, Err(StoreError::NotFound)));
    }

    #[test]
    fn addresses_of_another_form_are_refused() {
        for url in ["", "media", "http://x", "s3://", "s3://b?speed=fast", "s3://b?endpoint=nonsense"] {
            assert!(MediaStore::open(url, None).is_err(), "{url}");
        }
    }
}

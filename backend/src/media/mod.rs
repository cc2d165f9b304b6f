//! The media store: where the bytes of clips and posters are. Knows no database.

/// The media store. Cheap to clone.
#[derive(Clone)]
pub struct Media {}

impl Media {
    /// Opens `file:PATH` or `s3://bucket?endpoint=…`.
    ///
    /// # Errors
    /// When the place cannot be reached or made.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        tracing::debug!(url, "media store");
        Ok(Self {})
    }

    /// Whether the store answers.
    pub async fn ready(&self) -> anyhow::Result<()> {
        Ok(())
    }

    /// Address of a stored object for the browser.
    pub fn url_of(&self, key: &str) -> String {
        format!("/media/{key}")
    }
}

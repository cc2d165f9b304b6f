//! Clips: what their makers wrote and where their media stands. Renditions are in `rendition`.

use super::{On, StoreError, sql};
use minnow_shared::ClipId;

/// Whose a clip is and whether all may see it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ClipOwnerRow {
    pub author_id: String,
    pub published: bool,
}

pub async fn find_clip_owner(on: impl Into<On<'_>>, id: &ClipId) -> Result<Option<ClipOwnerRow>, StoreError> {
    sql("SELECT author_id, published FROM clips WHERE id = $1").bind(id).optional(on).await
}

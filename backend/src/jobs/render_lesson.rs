//! A lesson of the demo library becomes a published clip.

use super::{
    result,
    worker::{Claim, JobError},
};
use crate::{
    demo as library,
    store::{demo, draft, job},
};

/// Renders, encodes and publishes a lesson; one that was loaded before is left alone.
pub async fn render_lesson(claim: &Claim, slug: &str) -> Result<(), JobError> {
    let app = &claim.app;
    let source = minnow_renderer::builtin().iter().find(|(s, _)| *s == slug).map(|(_, source)| *source);
    let loaded = demo::list_demo_lessons(&app.db).await?;
    let Some(source) = source.filter(|_| !loaded.iter().any(|s| s == slug)) else {
        let mut tx = app.db.begin().await?;
        job::delete_job(&mut tx, &claim.row).await?;
        tx.commit().await?;
        return Ok(());
    };
    let lesson = minnow_renderer::parse(source).map_err(|e| JobError::Fault(format!("{slug}: {e}")))?;
    let author = minnow_renderer::author(&lesson.author)
        .ok_or_else(|| JobError::Fault(format!("{slug}: its author is not known")))?;
    let folder = claim.node.work_folder()?;
    let film = app.media.studio.film_lesson(lesson.clone(), &author.voice, folder.path()).await?;
    let clip = library::clip_id(slug);
    let kept = result::keep(&app.media, &clip, &film.prepared).await?;
    let now_ms = app.now_ms();
    let mut tx = app.db.begin().await?;
    if !job::delete_job(&mut tx, &claim.row).await? {
        return Err(JobError::Lost);
    }
    let person = library::add_author(&mut tx, author, now_ms).await?;
    library::add_clip(&mut tx, &lesson, &film.timeline, &person, now_ms).await?;
    result::give(&mut tx, &clip, &kept, now_ms).await?;
    draft::set_published(&mut tx, &clip, true, now_ms).await?;
    demo::insert_demo_lesson(&mut tx, slug, now_ms).await?;
    let left = job::list_jobs(&mut tx, "render_lesson").await?.len();
    tx.commit().await?;
    let total = minnow_renderer::builtin().len();
    tracing::info!("demo {} of {total}: {}", total.saturating_sub(left), lesson.title);
    result::make_sure(claim, &kept).await
}

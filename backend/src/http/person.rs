//! People as others see them, and what a person may do with their own data.

use super::{account, clip_views::tile, context::Call, draft, error::ApiError, page, route::Answer};
use crate::{
    jobs,
    store::{self, person::PersonRow},
};
use minnow_shared::{
    ClipId, Done, PersonId, limit,
    person::{
        AuthorPageView, AuthorView, ClipTilePageView, DeletePerson, ExportPerson, GetAuthor, ListAuthorClips,
        PersonExportView, UpdateProfile,
    },
};

/// An account by its handle.
pub async fn find_author(call: &Call, handle: &str) -> Result<PersonRow, ApiError> {
    let row = store::person::find_person_by_handle(&call.app.db, handle).await?;
    row.filter(|row| !row.is_guest).ok_or_else(|| ApiError::not_found("person"))
}

pub async fn get_author(call: Call, request: GetAuthor) -> Answer<GetAuthor> {
    let row = find_author(&call, &request.handle).await?;
    let totals = store::person::get_author_totals(&call.app.db, &row.id).await?;
    Ok(AuthorPageView {
        author: AuthorView {
            id: PersonId::parse(&row.id).map_err(ApiError::internal)?,
            handle: row.handle.unwrap_or_default(),
            display_name: row.display_name,
            bio: row.bio,
        },
        clip_count: totals.clip_count.max(0).unsigned_abs(),
        like_count: totals.like_count.max(0).unsigned_abs(),
        joined_at_ms: row.created_at_ms,
    })
}

pub async fn list_author_clips(call: Call, request: ListAuthorClips) -> Answer<ListAuthorClips> {
    let after = page::read(request.cursor.as_deref())?;
    let author = find_author(&call, &request.handle).await?;
    let rows = store::clip::list_author_tiles(&call.app.db, &author.id, after, page::PAGE).await?;
    let next_cursor = page::write(rows.len(), rows.last().map(|row| (row.place_ms, row.id.as_str())));
    let clips = rows.iter().filter_map(|row| tile(&call.app.media, row)).collect();
    Ok(ClipTilePageView { clips, next_cursor })
}

pub async fn update_profile(call: Call, request: UpdateProfile) -> Answer<UpdateProfile> {
    let person = call.person()?;
    if let Some(name) = &request.display_name {
        limit::text("display_name", name, 1, limit::DISPLAY_NAME)?;
    }
    if let Some(bio) = &request.bio {
        limit::text("bio", bio, 0, limit::BIO)?;
    }
    let trimmed = |text: Option<String>| text.map(|text| text.trim().to_owned());
    let (name, bio) = (trimmed(request.display_name), trimmed(request.bio));
    let mut tx = call.app.db.begin().await?;
    store::person::update_profile(&mut tx, person, name, bio, call.app.now_ms()).await?;
    for (clip, published) in store::draft::list_all_clips_by(&mut tx, person).await? {
        if published && let Ok(clip) = ClipId::parse(&clip) {
            store::catalogue::touch(&mut tx, &clip).await?;
        }
    }
    tx.commit().await?;
    call.app.feed.refresh(&call.app.db).await?;
    account::view(&call, Some(person)).await
}

pub async fn export_person(call: Call, _: ExportPerson) -> Answer<ExportPerson> {
    let data = store::export::list_everything(&call.app.db, call.person()?).await?;
    Ok(PersonExportView { exported_at_ms: call.app.now_ms(), data })
}

pub async fn delete_person(call: Call, _: DeletePerson) -> Answer<DeletePerson> {
    let person = call.person()?;
    let mut tx = call.app.db.begin().await?;
    for (clip, _) in store::draft::list_all_clips_by(&mut tx, person).await? {
        let clip = ClipId::parse(&clip).map_err(ApiError::internal)?;
        draft::delete(&call.app, &mut tx, &clip).await?;
    }
    let pictures = store::question::list_pictures_by(&mut tx, person).await?;
    jobs::enqueue_media_removal(&mut tx, &pictures, call.app.now_ms()).await?;
    store::person::delete_person(&mut tx, person, call.app.now_ms()).await?;
    tx.commit().await?;
    call.app.feed.refresh(&call.app.db).await?;
    call.clear_session();
    Ok(Done {})
}

//! What a person has set.

use super::{clip_views::from_json, context::Call, error::ApiError, route::Answer};
use crate::store;
use minnow_shared::settings::{GetSettings, SettingsView, UpdateSettings};

pub async fn get_settings(call: Call, _: GetSettings) -> Answer<GetSettings> {
    Ok(match store::settings::find_settings(&call.app.db, call.person()?).await? {
        Some(json) => from_json("settings.settings", &json)?,
        None => SettingsView::default(),
    })
}

pub async fn update_settings(call: Call, request: UpdateSettings) -> Answer<UpdateSettings> {
    request.settings.check()?;
    let json = serde_json::to_string(&request.settings).map_err(ApiError::internal)?;
    let mut tx = call.app.db.begin().await?;
    store::settings::upsert_settings(&mut tx, call.person()?, &json, call.app.now_ms()).await?;
    tx.commit().await?;
    Ok(request.settings)
}

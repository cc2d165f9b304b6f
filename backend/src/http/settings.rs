//! What a person has set.

use super::{context::Call, error::ApiError, route::Answer};
use crate::{review, store};
use minnow_shared::settings::{GetSettings, UpdateSettings};

pub async fn get_settings(call: Call, _: GetSettings) -> Answer<GetSettings> {
    Ok(review::settings_of(&call.app.db, call.person()?).await?)
}

pub async fn update_settings(call: Call, request: UpdateSettings) -> Answer<UpdateSettings> {
    request.settings.check()?;
    let json = serde_json::to_string(&request.settings).map_err(ApiError::internal)?;
    let before = review::settings_of(&call.app.db, call.person()?).await?;
    let mut tx = call.app.db.begin().await?;
    if before.retention_percent != request.settings.retention_percent {
        // Every card falls due at another time.
        store::card::mark_all_stale(&mut tx, call.person()?).await?;
    }
    store::settings::upsert_settings(&mut tx, call.person()?, &json, call.app.now_ms()).await?;
    tx.commit().await?;
    Ok(request.settings)
}

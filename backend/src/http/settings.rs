//! What a person has set.

use super::{context::Call, route::Answer};
use crate::{calendar::believed_ms, review, store};
use minnow_shared::settings::{GetSettings, UpdateSettings};

pub async fn get_settings(call: Call, _: GetSettings) -> Answer<GetSettings> {
    Ok(review::settings_of(&call.app.db, call.person()?).await?)
}

pub async fn update_settings(call: Call, request: UpdateSettings) -> Answer<UpdateSettings> {
    request.settings.check()?;
    let (person, now_ms) = (call.person()?, call.app.now_ms());
    let kept = review::settings_of(&call.app.db, person).await?;
    let changes = request.changes(&kept, now_ms, |at_ms| believed_ms(at_ms, now_ms));
    let mut tx = call.app.db.begin().await?;
    let (before, after) = store::settings::merge_settings(&mut tx, person, changes).await?;
    let (before, after) = (before.view(), after.view());
    if before.retention_percent != after.retention_percent {
        // Every card falls due at another time.
        store::card::mark_all_stale(&mut tx, person).await?;
    }
    tx.commit().await?;
    Ok(after)
}

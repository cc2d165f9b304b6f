//! Forms of a question in its author's bank: written as a copy, joined, let stand alone. What they mean for memory is in
//! `store::card`, which form a review asks in `store::due`.

use super::{bank, clip_views::from_json, context::Call, error::ApiError, route::Answer};
use crate::{app::App, store};
use minnow_shared::{
    ErrorCode, QuestionId,
    bank::{CopyAsForm, FormLineView, SetFormOf},
    question::Question,
};
use std::collections::HashMap;

pub async fn copy_as_form(call: Call, request: CopyAsForm) -> Answer<CopyAsForm> {
    let (app, person, copy) = (&call.app, call.person()?, &request.form_id);
    let absent = || ApiError::not_found("question");
    let row = store::question::find_question(&app.db, &request.question_id).await?.ok_or_else(absent)?;
    match store::question::find_question(&app.db, copy).await? {
        Some(there) if there.author_id == person.as_str() => return bank::view(app, copy).await,
        Some(_) => {
            let detail = "this question id is somebody else's question";
            return Err(ApiError::new(ErrorCode::Conflict, detail).field("form_id"));
        }
        None => {}
    }
    let mut question: Question = from_json("questions.content", &row.content)?;
    question.source_id = String::new();
    bank::keep(&call, copy, question).await?;
    join(&call, copy, &request.question_id).await?;
    bank::view(app, copy).await
}

pub async fn set_form_of(call: Call, request: SetFormOf) -> Answer<SetFormOf> {
    let id = &request.question_id;
    match &request.form_of {
        Some(of) => join(&call, id, of).await?,
        None => {
            let mut tx = call.app.db.begin().await?;
            store::form::leave_family(&mut tx, id).await?;
            tx.commit().await?;
        }
    }
    bank::view(&call.app, id).await
}

async fn join(call: &Call, id: &QuestionId, of: &QuestionId) -> Result<(), ApiError> {
    let mut tx = call.app.db.begin().await?;
    if id == of || !store::form::join_families(&mut tx, id, of).await? {
        let detail = "no other question of yours";
        return Err(ApiError::new(ErrorCode::InvalidField, detail).field("form_of"));
    }
    tx.commit().await?;
    Ok(())
}

/// The other forms of each of these questions.
pub async fn other_forms(app: &App, ids: &[String]) -> Result<HashMap<String, Vec<FormLineView>>, ApiError> {
    let mut all: HashMap<String, Vec<FormLineView>> = HashMap::new();
    for row in store::form::list_other_forms(&app.db, ids).await? {
        let id = QuestionId::parse(&row.id).map_err(ApiError::internal)?;
        all.entry(row.of_id).or_default().push(FormLineView { id, stem: row.stem, kind: row.kind });
    }
    Ok(all)
}

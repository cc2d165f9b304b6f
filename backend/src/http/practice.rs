//! Practices: opened and closed by who keeps the questions, practised by who has the address.

use super::{context::Call, error::ApiError, route::Answer};
use crate::store::{self, practice::PracticeRow};
use minnow_shared::{
    Done, ErrorCode, PracticeId, QuestionId,
    practice::{
        CreatePractice, DeletePractice, GetPractice, ListPractices, OwnPracticeView, PracticeListView,
        PracticeView,
    },
};

/// Questions of a round.
const ROUND: i64 = 20;

fn own_view(row: PracticeRow) -> Result<OwnPracticeView, ApiError> {
    Ok(OwnPracticeView {
        id: PracticeId::parse(&row.id).map_err(ApiError::internal)?,
        title: row.title,
        tag: row.tag,
        category: row.category,
        questions: row.questions.max(0).unsigned_abs(),
        created_at_ms: row.created_at_ms,
    })
}

pub async fn list_practices(call: Call, _: ListPractices) -> Answer<ListPractices> {
    let rows = store::practice::list_practices(&call.app.db, call.person()?).await?;
    let practices = rows.into_iter().map(own_view).collect::<Result<_, _>>()?;
    Ok(PracticeListView { practices })
}

pub async fn create_practice(call: Call, request: CreatePractice) -> Answer<CreatePractice> {
    request.check()?;
    let (app, person) = (&call.app, call.person()?);
    let (tag, category) = (request.tag.trim(), request.category.trim());
    let mut tx = app.db.begin().await?;
    let title = request.title.trim();
    let id = &request.practice_id;
    store::practice::insert_practice(&mut tx, id, person, title, (tag, category), app.now_ms()).await?;
    tx.commit().await?;
    match store::practice::find_selection(&app.db, person, tag, category).await? {
        Some(row) => own_view(row),
        None => {
            let detail = "this practice id is another practice's";
            Err(ApiError::new(ErrorCode::Conflict, detail).field("practice_id"))
        }
    }
}

pub async fn get_practice(call: Call, request: GetPractice) -> Answer<GetPractice> {
    let (db, id, person) = (&call.app.db, &request.practice_id, call.permit().actor().person());
    let row = store::practice::find_practice(db, id).await?.ok_or_else(|| ApiError::not_found("practice"))?;
    let answered = match person {
        Some(person) => store::practice::count_answered(db, id, person).await?,
        None => 0,
    };
    let round = store::practice::list_round(db, id, person, ROUND).await?;
    let round = round.iter().map(|id| QuestionId::parse(id)).collect::<Result<_, _>>();
    Ok(PracticeView {
        id: id.clone(),
        own: person.is_some_and(|person| person.as_str() == row.author_id),
        title: row.title,
        tag: row.tag,
        category: row.category,
        author_name: row.author_name,
        questions: row.questions.max(0).unsigned_abs(),
        answered: answered.max(0).unsigned_abs(),
        round: round.map_err(ApiError::internal)?,
    })
}

pub async fn delete_practice(call: Call, request: DeletePractice) -> Answer<DeletePractice> {
    let mut tx = call.app.db.begin().await?;
    let gone = store::practice::delete_practice(&mut tx, &request.practice_id, call.person()?).await?;
    tx.commit().await?;
    if gone { Ok(Done {}) } else { Err(ApiError::not_found("practice")) }
}

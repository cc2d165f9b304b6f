//! A person's bank of questions: kept, placed in clips, brought in and taken out.

use super::{
    clip_views::{from_json, small},
    context::{Call, Caller},
    error::ApiError,
    form,
    limits::{self, Class},
    page,
    route::{Answer, caller},
};
use crate::{
    app::App,
    bank::{self, Added, BankError},
    jobs,
    policy::{self, Action, Object},
    store::{
        self, Tx,
        question::{BankFilter, BankRow, PlaceRow, QuestionRow},
    },
};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Query, Request, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderValue, header};
use minnow_exchange::{
    Format, Import, Loss, Media, Pictures,
    media::data_address,
    texts,
    told::{self, Told},
};
use minnow_shared::{
    ClipId, Done, ErrorCode, Method, PersonId, QuestionId,
    bank::{
        BankQuestionView, BankShelvesView, BankView, CountedView, CreateQuestion, DeleteQuestion,
        EXPORT_PATH, ExportView, GetBankQuestion, IMPORT_PATH, ImportView, ListQuestions, ListShelves,
        LossView, PlaceQuestion, PlaceView, PreviewQuestion, PreviewView, ProblemView, ToldView,
        UnkeptPictureView, UpdateQuestion,
    },
    grading, limit,
    question::Question,
};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use tokio::sync::Semaphore;

/// Files that are read at a time: each may be big, and takes a processor.
static FILES: Semaphore = Semaphore::const_new(2);
/// Questions of an import that are shown.
const SHOWN: usize = 50;
/// Their pictures, where they are only looked at, have so many bytes together.
const PICTURES_BYTES: usize = 2 << 20;
/// Losses of a report that are told one by one.
const LOSSES: usize = 2_000;

impl From<BankError> for ApiError {
    fn from(error: BankError) -> Self {
        match error {
            BankError::Store(error) => error.into(),
            BankError::Media(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

pub async fn list_questions(call: Call, request: ListQuestions) -> Answer<ListQuestions> {
    request.check()?;
    let after = page::read(request.cursor.as_deref())?;
    let filter = BankFilter {
        words: request.words.unwrap_or_default(),
        tag: request.tag.unwrap_or_default(),
        category: request.category.unwrap_or_default(),
        kind: request.kind.unwrap_or_default(),
    };
    let rows = store::question::list_bank(&call.app.db, call.person()?, &filter, after, page::PAGE).await?;
    let next_cursor = page::write(rows.len(), rows.last().map(|row| (row.created_at_ms, row.id.as_str())));
    Ok(BankView { questions: views(&call.app, rows).await?, next_cursor })
}

pub async fn list_shelves(call: Call, _: ListShelves) -> Answer<ListShelves> {
    let counted = |rows: Vec<(String, i64)>| {
        let view =
            |(name, count): (String, i64)| CountedView { name, questions: count.max(0).unsigned_abs() };
        rows.into_iter().map(view).collect()
    };
    let (db, person) = (&call.app.db, call.person()?);
    Ok(BankShelvesView {
        tags: counted(store::question::list_tags(db, person).await?),
        categories: counted(store::question::list_categories(db, person).await?),
    })
}

pub async fn get_bank_question(call: Call, request: GetBankQuestion) -> Answer<GetBankQuestion> {
    view(&call.app, &request.question_id).await
}

pub async fn create_question(call: Call, request: CreateQuestion) -> Answer<CreateQuestion> {
    let (person, id) = (call.person()?, &request.question_id);
    if let Some(row) = store::question::find_question(&call.app.db, id).await? {
        if row.author_id == person.as_str() {
            return view(&call.app, id).await;
        }
        let detail = "this question id is somebody else's question";
        return Err(ApiError::new(ErrorCode::Conflict, detail).field("question_id"));
    }
    keep(&call, id, request.question).await?;
    view(&call.app, id).await
}

pub async fn update_question(call: Call, request: UpdateQuestion) -> Answer<UpdateQuestion> {
    keep(&call, &request.question_id, request.question).await?;
    view(&call.app, &request.question_id).await
}

/// Cleans, checks and keeps a question; clips that ask it show it anew.
pub async fn keep(call: &Call, id: &QuestionId, mut question: Question) -> Result<(), ApiError> {
    let (app, person) = (&call.app, call.person()?);
    let mut pictures = Pictures::default();
    texts::clean(&mut question, &mut pictures);
    question.check()?;
    bank::settle_pictures(app, &mut question, pictures.into_media()).await?;
    question.key.keep_ids_once();
    question.key.fill_ids(|| app.new_choice_id());
    let row = QuestionRow::of(id, person.as_str(), &question).map_err(ApiError::internal)?;
    let now_ms = app.now_ms();
    let mut tx = app.db.begin().await?;
    let before = store::question::list_pictures(&mut tx, id).await?;
    if !store::question::upsert_question(&mut tx, &row, now_ms).await? {
        return Err(ApiError::not_found("question"));
    }
    let parts = bank::parts_of(&question);
    store::question::set_parts(&mut tx, id, &parts).await?;
    let gone: Vec<String> = before.into_iter().filter(|key| !parts.pictures.contains(key)).collect();
    jobs::enqueue_media_removal(&mut tx, &gone, now_ms).await?;
    touch_clips(&mut tx, id).await?;
    tx.commit().await?;
    app.feed.refresh(&app.db).await?;
    Ok(())
}

/// Every node sees the clips that ask this question anew.
pub async fn touch_clips(tx: &mut Tx, id: &QuestionId) -> Result<(), ApiError> {
    for place in store::question::list_places(&mut *tx, &[id.to_string()]).await? {
        let clip = ClipId::parse(&place.clip_id).map_err(ApiError::internal)?;
        store::draft::touch_if_published(tx, &clip).await?;
    }
    Ok(())
}

pub async fn delete_question(call: Call, request: DeleteQuestion) -> Answer<DeleteQuestion> {
    let (app, id) = (&call.app, &request.question_id);
    let mut tx = app.db.begin().await?;
    let pictures = store::question::list_pictures(&mut tx, id).await?;
    jobs::enqueue_media_removal(&mut tx, &pictures, app.now_ms()).await?;
    touch_clips(&mut tx, id).await?;
    store::question::delete_question(&mut tx, id).await?;
    tx.commit().await?;
    app.feed.refresh(&app.db).await?;
    Ok(Done {})
}

pub async fn place_question(call: Call, request: PlaceQuestion) -> Answer<PlaceQuestion> {
    let (app, clip, id) = (&call.app, &request.clip_id, &request.question_id);
    let row = store::clip::find_clip(&app.db, clip).await?;
    let object = match &row {
        Some(row) => Object::Clip {
            author: PersonId::parse(&row.author_id).map_err(ApiError::internal)?,
            published: row.published,
        },
        None => Object::Absent,
    };
    policy::can(call.permit().actor(), Action::EditClip, &object)?;
    let duration_ms = row.and_then(|row| row.duration_ms);
    let mut tx = app.db.begin().await?;
    match request.moment_ms.map(i64::from) {
        Some(moment_ms) if duration_ms.is_some_and(|duration_ms| moment_ms > duration_ms) => {
            let detail = "after the end of the clip";
            return Err(ApiError::new(ErrorCode::InvalidField, detail).field("moment_ms"));
        }
        Some(moment_ms) => store::question::upsert_asked(&mut tx, clip, id, moment_ms).await?,
        None => store::question::delete_asked(&mut tx, clip, id).await?,
    }
    store::draft::touch_if_published(&mut tx, clip).await?;
    tx.commit().await?;
    app.feed.refresh(&app.db).await?;
    view(app, id).await
}

pub async fn preview_question(call: Call, request: PreviewQuestion) -> Answer<PreviewQuestion> {
    let mut question = request.question;
    texts::clean(&mut question, &mut Pictures::default());
    let problem = question
        .check()
        .err()
        .map(|found| ProblemView { field: found.field.to_owned(), detail: found.detail });
    question.key.keep_ids_once();
    question.key.fill_ids(|| call.app.new_choice_id());
    let form = question.key.form(minnow_memory::card::seed(call.person()?.as_str(), 0));
    Ok(PreviewView { form, solution_text: grading::solution_text(&question.key), problem, question })
}

pub async fn view(app: &App, id: &QuestionId) -> Result<BankQuestionView, ApiError> {
    let row =
        store::question::find_bank(&app.db, id).await?.ok_or_else(|| ApiError::not_found("question"))?;
    views(app, vec![row]).await?.pop().ok_or_else(|| ApiError::not_found("question"))
}

async fn views(app: &App, rows: Vec<BankRow>) -> Result<Vec<BankQuestionView>, ApiError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut places: HashMap<String, Vec<PlaceView>> = HashMap::new();
    for PlaceRow { question_id, clip_id, title, moment_ms, published } in
        store::question::list_places(&app.db, &ids).await?
    {
        let clip_id = ClipId::parse(&clip_id).map_err(ApiError::internal)?;
        let place = PlaceView { clip_id, title, moment_ms: small(moment_ms), published };
        places.entry(question_id).or_default().push(place);
    }
    let mut forms = form::other_forms(app, &ids).await?;
    let view = |row: BankRow| {
        Ok(BankQuestionView {
            id: QuestionId::parse(&row.id).map_err(ApiError::internal)?,
            question: from_json("questions.content", &row.content)?,
            places: places.remove(&row.id).unwrap_or_default(),
            forms: forms.remove(&row.id).unwrap_or_default(),
            learners: row.learners.max(0).unsigned_abs(),
            created_at_ms: row.created_at_ms,
            updated_at_ms: row.updated_at_ms,
        })
    };
    rows.into_iter().map(view).collect()
}

/// Files in and out, whose bodies are no JSON.
pub fn routes() -> Router<App> {
    Router::new().route(IMPORT_PATH, post(import)).route(EXPORT_PATH, get(export))
}

#[derive(Debug, Deserialize)]
struct ImportQuery {
    /// A format's name; `auto` or nothing: to be told by what is in the file.
    #[serde(default)]
    format: Option<String>,
    /// The file's name, a hint.
    #[serde(default)]
    name: String,
    /// Read and report only.
    #[serde(default)]
    dry_run: bool,
    /// A tag that every question gets beside its own.
    #[serde(default)]
    tag: String,
}

#[derive(Debug, Deserialize)]
struct ExportQuery {
    format: String,
    #[serde(default)]
    tag: String,
    #[serde(default)]
    category: String,
    /// Only what would be lost.
    #[serde(default)]
    report: bool,
}

/// The caller may bring in and take out.
pub(super) fn permit(app: &App, caller: &Caller, method: Method) -> Result<PersonId, ApiError> {
    let who = match &caller.session {
        Some(session) => session.id.to_string(),
        None => limits::caller_of(caller.address),
    };
    app.limits.take(Class::of(Action::KeepBank, method), &who, app.now_ms())?;
    let actor = caller.actor();
    policy::can(&actor, Action::KeepBank, &Object::Own)?;
    actor.person().cloned().ok_or_else(|| ErrorCode::NotSignedIn.into())
}

fn format_named(name: &str) -> Result<Format, ApiError> {
    Format::named(name).ok_or_else(|| {
        let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        ApiError::new(ErrorCode::InvalidField, format!("one of {}", names.join(", "))).field("format")
    })
}

pub(super) fn query<T: serde::de::DeserializeOwned>(request: &Request) -> Result<T, ApiError> {
    match Query::<T>::try_from_uri(request.uri()) {
        Ok(Query(query)) => Ok(query),
        Err(error) => Err(ApiError::new(ErrorCode::Malformed, error.body_text())),
    }
}

async fn import(State(app): State<App>, request: Request) -> Result<Json<ImportView>, ApiError> {
    let asked: ImportQuery = query(&request)?;
    let (parts, body) = request.into_parts();
    let caller = caller(&app, &parts).await?;
    let author = permit(&app, &caller, Method::Post)?;
    let format = match asked.format.as_deref() {
        None | Some("" | "auto") => None,
        Some(name) => Some(format_named(name)?),
    };
    let tag = asked.tag.trim();
    limit::text("tag", tag, 0, limit::TAG)?;
    let _turn = FILES.acquire().await.map_err(ApiError::internal)?;
    let bytes = body_bytes(body).await?;
    let mut import = match bank::read(bytes.clone(), asked.name.clone(), format).await? {
        Ok(import) => import,
        Err(error) => {
            let losses = vec![loss_view(bank::unread(&error))];
            let format = bank::taken_for(&bytes, &asked.name, format).map(|format| format.name().to_owned());
            let (first, pictures) = (Vec::new(), Vec::new());
            return Ok(Json(ImportView { format, read: 0, new: 0, known: 0, first, pictures, losses }));
        }
    };
    let read = import.questions.len();
    let added = if import.questions.is_empty() {
        Added { new: 0, known: 0 }
    } else if asked.dry_run {
        let known = bank::count_known(&app, &author, &import).await?;
        Added { new: read.saturating_sub(known), known }
    } else {
        bank::bring_in(&app, &author, &mut import, tag).await?
    };
    let Import { format, mut questions, mut losses, media } = import;
    questions.truncate(SHOWN);
    // Those that are kept have addresses of their own.
    let pictures = if asked.dry_run { unkept(&questions, &media) } else { Vec::new() };
    if losses.len() > LOSSES {
        let more = losses.len() - LOSSES;
        losses.truncate(LOSSES);
        let reason = format!("and {more} more that are not told one by one");
        losses.push(Loss { line: None, item: String::new(), reason });
    }
    Ok(Json(ImportView {
        format: Some(format.name().to_owned()),
        read: read as u64,
        new: added.new as u64,
        known: added.known as u64,
        first: questions,
        pictures,
        losses: losses.into_iter().map(loss_view).collect(),
    }))
}

/// The pictures that these questions show, as long as they are small.
fn unkept(questions: &[Question], media: &[Media]) -> Vec<UnkeptPictureView> {
    let wanted: BTreeSet<String> = questions.iter().flat_map(texts::pictures).collect();
    let mut left = PICTURES_BYTES;
    let mut shown = Vec::new();
    for Media { name, bytes } in media.iter().filter(|media| wanted.contains(&media.name)) {
        let Some(rest) = left.checked_sub(bytes.len()) else { continue };
        left = rest;
        let address = data_address(name, bytes);
        shown.push(UnkeptPictureView { source: format!("media:{name}"), address });
    }
    shown
}

async fn body_bytes(body: Body) -> Result<Bytes, ApiError> {
    axum::body::to_bytes(body, limit::BANK_FILE_BYTES).await.map_err(|_| {
        let detail = format!("at most {} MiB, sent to the end", limit::BANK_FILE_BYTES >> 20);
        ApiError::new(ErrorCode::TooLarge, detail)
    })
}

pub fn loss_view(loss: Loss) -> LossView {
    let view = |told: Told| ToldView { code: told.code.to_owned(), values: told.values };
    let told = told::of(&loss.reason).into_iter().map(view).collect();
    LossView { line: loss.line, item: loss.item, reason: loss.reason, told }
}

async fn export(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let asked: ExportQuery = query(&request)?;
    let (parts, _) = request.into_parts();
    let caller = caller(&app, &parts).await?;
    let author = permit(&app, &caller, Method::Get)?;
    let format = format_named(&asked.format)?;
    let _turn = FILES.acquire().await.map_err(ApiError::internal)?;
    let filter = BankFilter { tag: asked.tag, category: asked.category, ..BankFilter::default() };
    let (export, count) = bank::take_out(&app, &author, &filter, format).await?;
    if asked.report {
        let losses = export.losses.into_iter().map(loss_view).collect();
        return Ok(Json(ExportView { questions: count as u64, losses }).into_response());
    }
    let (kind, ending) = match format {
        Format::Gift => ("text/plain; charset=utf-8", "gift"),
        Format::Aiken => ("text/plain; charset=utf-8", "txt"),
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::MoodleXml => ("application/xml", "xml"),
        Format::Json => ("application/json", "json"),
        Format::Qti3 => ("application/zip", "zip"),
        Format::Apkg => ("application/octet-stream", "apkg"),
        Format::H5p => {
            let detail = "H5P is read, not written";
            return Err(ApiError::new(ErrorCode::InvalidField, detail).field("format"));
        }
    };
    let name = format!("attachment; filename=\"questions.{ending}\"");
    let mut response = Response::new(Body::from(export.bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

//! The one adaptor from `shared::Endpoint` to an axum route: it reads the request, asks the policy, and only then runs
//! the handler. Nouns' handlers are in their own files.

use super::{
    context::{Call, Caller},
    error::ApiError,
    limits::{self, Class},
    playlist,
};
use crate::{
    app::App,
    policy::{self, Action, Actor, Object},
    store,
};
use axum::{
    Json,
    body::Body,
    extract::{ConnectInfo, FromRequestParts, RawPathParams, State},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use http::{HeaderMap, HeaderValue, Request, header, request::Parts};
use minnow_shared::{
    AssignmentId, ClipId, Endpoint, ErrorCode, Method, PasskeyId, PersonId, PlaylistId, QuestionId,
    SessionId, limit,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::{future::Future, net::SocketAddr, pin::Pin};

/// Which object a request is about: the adaptor looks it up and shows it to the policy.
#[derive(Debug, Clone)]
pub enum Subject {
    Own,
    Clip(ClipId),
    Session(SessionId),
    Passkey(PasskeyId),
    Question(QuestionId),
    Playlist(PlaylistId),
    Assignment(AssignmentId),
}

/// What a handler returns.
pub type Answer<E> = Result<<E as Endpoint>::Response, ApiError>;

/// Makes the route of endpoint `E`: `action` on `subject` must be permitted before `handler` runs.
pub fn route<E, H, F>(action: Action, subject: fn(&E) -> Subject, handler: H) -> MethodRouter<App>
where
    E: Endpoint + Send + 'static,
    E::Response: Send,
    H: Fn(Call, E) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer<E>> + Send + 'static,
{
    let run = move |State(app): State<App>, request: Request<Body>| {
        // Boxed: one small vtable an endpoint instead of one deep state machine a layer.
        let answer: Pin<Box<dyn Future<Output = Response> + Send>> = Box::pin(async move {
            match answer(app, request, action, subject, handler).await {
                Ok(response) => response,
                Err(error) => error.into_response(),
            }
        });
        answer
    };
    on(filter(E::METHOD), run)
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn answer<E, H, F>(
    app: App,
    request: Request<Body>,
    action: Action,
    subject: fn(&E) -> Subject,
    handler: H,
) -> Result<Response, ApiError>
where
    E: Endpoint + Send,
    H: Fn(Call, E) -> F + Send + Sync,
    F: Future<Output = Answer<E>> + Send + 'static,
{
    let (mut parts, body) = request.into_parts();
    let caller = caller(&app, &parts).await?;
    app.limits.take(Class::of(action, E::METHOD), &who(&caller, action), app.now_ms())?;
    let fields = if E::METHOD.has_query() {
        Fields::Text(query_fields(&mut parts, &app).await?)
    } else {
        Fields::Json(body_fields(&mut parts, &app, body).await?)
    };
    let request: E = fields.read()?;
    check_texts(&request)?;
    let actor = caller.actor();
    let object = find_object(&app, &actor, subject(&request)).await?;
    let permit = policy::can(&actor, action, &object)?;
    let call = Call::new(app, caller, permit);
    let view = handler(call.clone(), request).await?;
    Ok(finish(&call, Json(view).into_response()))
}

/// Whom a call counts for: the session, or the address where there is none or where sessions are what is wanted.
pub fn who(caller: &Caller, action: Action) -> String {
    match &caller.session {
        Some(session) if action != Action::SignIn => session.id.to_string(),
        _ => limits::caller_of(caller.address),
    }
}

/// Reads who calls.
pub async fn caller(app: &App, parts: &Parts) -> Result<Caller, ApiError> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    Caller::of(app, &parts.headers, peer).await
}

/// Adds the session cookie and forbids caches to keep what is one caller's own.
pub fn finish(call: &Call, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Some(cookie) = call.set_cookie() {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

enum Fields {
    /// `name=value&…`: every value is text, and reads as what the field is.
    Text(String),
    Json(Value),
}

impl Fields {
    fn read<E: DeserializeOwned>(self) -> Result<E, ApiError> {
        match self {
            Fields::Text(text) => {
                let pairs = url::form_urlencoded::parse(text.as_bytes());
                serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
                    .map_err(|error| malformed(error.path().to_string(), error.inner().to_string()))
            }
            Fields::Json(value) => serde_path_to_error::deserialize(value)
                .map_err(|error| malformed(error.path().to_string(), error.inner().to_string())),
        }
    }
}

fn malformed(path: String, detail: String) -> ApiError {
    let missing = detail.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let field = missing.map(str::to_owned).or_else(|| (path != "." && path != "?").then_some(path));
    let error = ApiError::new(ErrorCode::Malformed, detail);
    match field {
        Some(field) => error.field(field),
        None => error,
    }
}

async fn path_fields(parts: &mut Parts, app: &App) -> Result<Vec<(String, String)>, ApiError> {
    let params = RawPathParams::from_request_parts(parts, app)
        .await
        .map_err(|_| ApiError::new(ErrorCode::Malformed, "the path is not UTF-8"))?;
    Ok(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

async fn query_fields(parts: &mut Parts, app: &App) -> Result<String, ApiError> {
    let path = path_fields(parts, app).await?;
    let mut fields = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in path {
        fields.append_pair(&name, &value);
    }
    for (name, value) in url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
        fields.append_pair(&name, &value);
    }
    Ok(fields.finish())
}

async fn body_fields(parts: &mut Parts, app: &App, body: Body) -> Result<Value, ApiError> {
    let bytes = axum::body::to_bytes(body, limit::JSON_BODY_BYTES).await.map_err(|_| {
        let detail = format!("at most {} bytes, sent to the end", limit::JSON_BODY_BYTES);
        ApiError::new(ErrorCode::TooLarge, detail)
    })?;
    let mut fields = if bytes.is_empty() {
        Map::new()
    } else {
        expect_json(&parts.headers)?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Err(ApiError::new(ErrorCode::Malformed, "the body must be a JSON object")),
            Err(error) => return Err(ApiError::new(ErrorCode::Malformed, error.to_string())),
        }
    };
    for (name, value) in path_fields(parts, app).await? {
        fields.insert(name, Value::String(value));
    }
    for value in fields.values_mut() {
        whole_numbers(value);
    }
    Ok(Value::Object(fields))
}

fn expect_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(ApiError::new(ErrorCode::UnsupportedKind, "the body must be application/json"))
    }
}

/// PostgreSQL keeps no NUL in a text: refused for both, before it gets that far. Fields nobody reads may hold what they
/// like.
fn check_texts<E: Endpoint>(request: &E) -> Result<(), ApiError> {
    let request = serde_json::to_value(request).map_err(ApiError::internal)?;
    match request {
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| check_value(name, value)),
        _ => Ok(()),
    }
}

fn check_value(field: &str, value: &Value) -> Result<(), ApiError> {
    match value {
        Value::String(text) if text.contains('\0') => {
            Err(ApiError::new(ErrorCode::Malformed, "texts cannot hold the character NUL").field(field))
        }
        Value::Array(values) => values.iter().try_for_each(|value| check_value(field, value)),
        Value::Object(values) => values.iter().try_for_each(|(name, value)| {
            if name.contains('\0') {
                return check_value(field, &Value::String(name.clone()));
            }
            check_value(field, value)
        }),
        _ => Ok(()),
    }
}

/// JSON has one kind of number: 12.0 is 12.
fn whole_numbers(value: &mut Value) {
    /// Up to here every whole number has a float of its own: 2^53.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(float) = number.as_f64().filter(|f| f.fract() == 0.0 && f.abs() <= EXACT) {
                *value = Value::from(float as i64);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(whole_numbers),
        Value::Object(values) => values.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

/// What a subject is to this caller.
pub async fn find_object(app: &App, actor: &Actor, subject: Subject) -> Result<Object, ApiError> {
    let owner = |id: Option<String>| {
        id.and_then(|id| PersonId::parse(&id).ok())
            .map_or(Object::Absent, |owner| Object::Belonging { owner })
    };
    Ok(match subject {
        Subject::Own => Object::Own,
        Subject::Clip(id) => match store::clip::find_clip_owner(&app.db, &id).await? {
            Some(row) => PersonId::parse(&row.author_id)
                .map_or(Object::Absent, |author| Object::Clip { author, published: row.published }),
            None => Object::Absent,
        },
        Subject::Session(id) => owner(store::session::find_session_owner(&app.db, &id).await?),
        Subject::Question(id) => {
            owner(store::question::find_question(&app.db, &id).await?.map(|row| row.author_id))
        }
        Subject::Playlist(id) => playlist::object_of(app, actor, &id).await?,
        Subject::Assignment(id) => {
            owner(store::assignment::find_assignment(&app.db, &id).await?.map(|row| row.assigner_id))
        }
        Subject::Passkey(id) => owner(store::sign_in::find_passkey_owner(&app.db, &id).await?),
    })
}

//! The OpenAPI 3.1 document, made from the table of routes and the schemas of `shared`: nothing here is written twice.

use super::routes::{LINES, RouteLine, describe_all};
use axum::response::{IntoResponse, Response};
use http::header;
use minnow_shared::{Callers, Described, ErrorCode, ErrorView, Method, limit};
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::OnceLock};

/// `/api/openapi.json`.
pub async fn serve() -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| document().to_string());
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], text.as_str())
        .into_response()
}

/// The whole document.
pub fn document() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let error = generator.subschema_for::<ErrorView>();
    let described = describe_all(&mut generator);
    let mut paths: Map<String, Value> = Map::new();
    for (line, endpoint) in LINES.iter().zip(&described) {
        let path = paths.entry(endpoint.path).or_insert_with(|| json!({}));
        if let Value::Object(path) = path {
            path.insert(endpoint.method.as_str().to_lowercase(), operation(line, endpoint, &error));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Minnow",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Short clips that teach, a question tied to a moment of each. Uploads speak the tus 1.0 \
                protocol at /api/uploads and are not described here.",
            "license": { "name": "MIT", "identifier": "MIT" }
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas(&mut generator),
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-minnow",
                    "description": "Set by every way of signing in. Named `minnow` over plain http on another host \
                        than this machine."
                }
            }
        }
    })
}

fn schemas(generator: &mut SchemaGenerator) -> Map<String, Value> {
    let mut schemas = generator.take_definitions(true);
    // Other components are shown as well as sent, and what is shown may be shorter: a guest's empty name.
    if let Some(settings) = schemas.get_mut("SettingsView") {
        bound(settings);
    }
    schemas
}

fn operation(line: &RouteLine, endpoint: &Described, error: &Schema) -> Value {
    let mut request = endpoint.request.clone().to_value();
    bound(&mut request);
    let mut fields: Map<String, Value> = take_object(&mut request, "properties");
    if let Some(Value::Object(cursor)) = fields.get_mut("cursor") {
        let pattern = if endpoint.name == "GetFeed" { FEED_CURSOR } else { LIST_CURSOR };
        cursor.insert("pattern".into(), json!(pattern));
    }
    let required: Vec<String> = request
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
        .unwrap_or_default();
    let mut parameters = Vec::new();
    for name in path_fields(endpoint.path) {
        if let Some(schema) = fields.remove(&name) {
            parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
        }
    }
    let mut operation = json!({
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [endpoint.path.split('/').nth(2).unwrap_or_default()],
        "security": security(endpoint.callers),
        "responses": responses(line, endpoint, error),
    });
    if endpoint.method.has_query() {
        for (name, schema) in fields {
            let needed = required.contains(&name);
            let schema = without_null(schema);
            parameters.push(json!({ "name": name, "in": "query", "required": needed, "schema": schema }));
        }
    } else {
        let required: Vec<&String> = required.iter().filter(|name| fields.contains_key(*name)).collect();
        let needed = !required.is_empty();
        let mut body = json!({ "type": "object", "properties": fields });
        if needed && let Value::Object(body) = &mut body {
            body.insert("required".into(), json!(required));
        }
        if let Value::Object(operation) = &mut operation {
            let content = json!({ "application/json": { "schema": body } });
            operation.insert("requestBody".into(), json!({ "required": needed, "content": content }));
        }
    }
    if !parameters.is_empty()
        && let Value::Object(operation) = &mut operation
    {
        operation.insert("parameters".into(), Value::Array(parameters));
    }
    operation
}

/// Clients send back what they were given; this is its form.
const LIST_CURSOR: &str = "^[0-9]{1,15}\\.[0-9A-Z]{26}$";
const FEED_CURSOR: &str = "^[0-9]{1,15}\\.[0-9]{1,9}\\.[0-9]{1,15}\\.([0-9A-Z]{26})?\\.([0-9A-Z]{26})?$";

fn take_object(value: &mut Value, name: &str) -> Map<String, Value> {
    match value.get_mut(name).map(Value::take) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

fn path_fields(path: &str) -> Vec<String> {
    let name = |segment: &str| Some(segment.strip_prefix('{')?.strip_suffix('}')?.to_owned());
    path.split('/').filter_map(name).collect()
}

fn security(callers: Callers) -> Value {
    match callers {
        Callers::Anyone => json!([{}, { "session": [] }]),
        Callers::Person | Callers::Account => json!([{ "session": [] }]),
    }
}

/// A query has no null: a field is there or it is not.
fn without_null(schema: Value) -> Value {
    let Value::Object(mut object) = schema else { return schema };
    if let Some(Value::Array(kinds)) = object.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [one] = kinds.as_slice() {
            let one = one.clone();
            object.insert("type".into(), one);
        }
    }
    if let Some(Value::Array(ways)) = object.get_mut("anyOf") {
        ways.retain(|way| way.get("type") != Some(&json!("null")));
        if let [Value::Object(one)] = ways.as_slice() {
            return Value::Object(one.clone());
        }
    }
    object.remove("default");
    Value::Object(object)
}

/// What an endpoint can answer beside what it is for.
pub fn errors(line: &RouteLine, method: Method, callers: Callers) -> Vec<ErrorCode> {
    let mut codes =
        vec![ErrorCode::Malformed, ErrorCode::TooManyRequests, ErrorCode::Internal, ErrorCode::Unavailable];
    if method != Method::Get {
        codes.extend([ErrorCode::CrossSite, ErrorCode::StorageFull]);
    }
    if !method.has_query() {
        codes.extend([ErrorCode::TooLarge, ErrorCode::UnsupportedKind]);
    }
    if callers != Callers::Anyone {
        codes.push(ErrorCode::NotSignedIn);
    }
    if callers == Callers::Account {
        codes.push(ErrorCode::AccountNeeded);
    }
    if line.subject != "own" {
        codes.extend([ErrorCode::NotFound, ErrorCode::Forbidden]);
    }
    codes.extend_from_slice(line.errors);
    codes
}

fn responses(line: &RouteLine, endpoint: &Described, error: &Schema) -> Value {
    let mut by_status: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for code in errors(line, endpoint.method, endpoint.callers) {
        let name = serde_json::to_value(code).ok();
        let name = name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
        by_status.entry(code.status()).or_default().push(name);
    }
    let mut all = Map::new();
    let content = |schema: &Schema| json!({ "application/json": { "schema": schema } });
    all.insert(
        "200".into(),
        json!({ "description": endpoint.summary, "content": content(&endpoint.response) }),
    );
    for (status, codes) in by_status {
        let description = format!("`code` is one of: {}", codes.join(", "));
        all.insert(status.to_string(), json!({ "description": description, "content": content(error) }));
    }
    Value::Object(all)
}

/// Field names whose texts have a length, or numbers a range, that the types do not say.
fn bounds(field: &str) -> Option<Value> {
    let text = |min: usize, max: usize| json!({ "minLength": min, "maxLength": max });
    Some(match field {
        "handle" => {
            json!({ "pattern": "^[a-z][a-z0-9_-]{2,29}$", "minLength": limit::HANDLE_MIN, "maxLength": limit::HANDLE })
        }
        "display_name" => json!({ "pattern": "\\S", "minLength": 1, "maxLength": limit::DISPLAY_NAME }),
        "bio" => text(0, limit::BIO),
        "password" | "new" => {
            json!({ "pattern": "^\\S", "minLength": limit::PASSWORD_MIN, "maxLength": limit::PASSWORD })
        }
        "current" => text(0, limit::PASSWORD),
        "email" => json!({ "maxLength": limit::EMAIL, "format": "email" }),
        "token" => text(1, limit::TOKEN),
        "label" => text(0, limit::DEVICE_LABEL),
        "cursor" => text(0, limit::CURSOR),
        "title" => text(0, limit::TITLE),
        "alt" => text(0, limit::ALT),
        "licence" => text(0, limit::LICENCE),
        "language" => text(2, limit::LANGUAGE),
        "source_url" => text(0, limit::SOURCE_URL),
        "limit" => json!({ "minimum": 1, "maximum": limit::FEED_PAGE }),
        "utc_offset_minutes" => json!({ "minimum": -840, "maximum": 840 }),
        "daily_goal_minutes" => json!({ "minimum": limit::DAILY_GOAL_MIN, "maximum": limit::DAILY_GOAL_MAX }),
        "retention_percent" => json!({ "minimum": limit::RETENTION_MIN, "maximum": limit::RETENTION_MAX }),
        "daily_reviews" => json!({ "minimum": 0, "maximum": limit::DAILY_REVIEWS_MAX }),
        "about" => text(0, limit::PLAYLIST_ABOUT),
        "handles" => json!({ "maxItems": limit::HANDLES_AT_ONCE }),
        "due_at_ms" => json!({ "minimum": 0, "maximum": 253_402_300_799_999_i64 }),
        "words" => text(0, limit::QUESTION_NAME),
        "stretches" => json!({ "maxItems": limit::WATCH_BATCH }),
        "topics" => json!({ "maxItems": limit::TOPICS_PER_CLIP.max(64) }),
        _ => return None,
    })
}

/// Writes the bounds into every schema with properties.
fn bound(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get_mut("properties") {
                for (name, property) in properties.iter_mut() {
                    if let (Some(Value::Object(more)), Value::Object(property)) = (bounds(name), property)
                        && property.contains_key("type")
                    {
                        property.extend(more);
                    }
                }
            }
            object.values_mut().for_each(bound);
        }
        Value::Array(values) => values.iter_mut().for_each(bound),
        _ => {}
    }
}

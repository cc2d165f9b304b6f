//! The table of routes, the list of endpoints and the documentation are one thing.

use crate::server::*;
use minnow::http::{openapi, routes::LINES};
use minnow_shared::Endpoint;
use serde_json::Value;

struct Listed {
    name: &'static str,
    method: &'static str,
    path: &'static str,
}

macro_rules! listed {
    ($($endpoint:ty),* $(,)?) => {
        vec![$(Listed {
            name: <$endpoint as Endpoint>::NAME,
            method: <$endpoint as Endpoint>::METHOD.as_str(),
            path: <$endpoint as Endpoint>::PATH,
        }),*]
    };
}

fn all() -> Vec<Listed> {
    minnow_shared::with_every_endpoint!(listed)
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[test]
fn every_endpoint_has_one_route_and_its_handler_bears_its_name() {
    let mut listed: Vec<&str> = all().iter().map(|endpoint| endpoint.name).collect();
    let mut routed: Vec<&str> = LINES.iter().map(|line| line.endpoint).collect();
    listed.sort_unstable();
    routed.sort_unstable();
    assert_eq!(listed, routed);
    for line in LINES {
        assert_eq!(line.handler, snake_case(line.endpoint));
    }
}

#[tokio::test]
async fn every_endpoint_is_documented_with_its_errors() {
    let server = TestApp::new(Engine::Sqlite).await;
    let document = server.browser().get("/api/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for endpoint in all() {
        let operation = &document["paths"][endpoint.path][endpoint.method.to_lowercase()];
        assert_eq!(operation["operationId"], endpoint.name);
        for status in ["200", "400", "429", "500", "503"] {
            assert!(operation["responses"][status].is_object(), "{} {status}", endpoint.name);
        }
    }
    assert_eq!(document, openapi::document());
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document = openapi::document();
    let mut open = vec![&document];
    let mut count = 0;
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref") {
                    let target = document.pointer(reference.strip_prefix('#').unwrap());
                    assert!(target.is_some_and(Value::is_object), "{reference}");
                    count += 1;
                }
                open.extend(object.values());
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    assert!(count > 100, "{count}");
}

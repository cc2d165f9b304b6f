//! What an endpoint is: the request struct, with its method, path, callers and response. Both sides use the same
//! definition. The words of each noun live in the noun's own file, not here.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// The HTTP methods an endpoint may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// The method as HTTP writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    /// Whether the fields that are not in the path travel in the query string (otherwise in a JSON body).
    pub const fn has_query(self) -> bool {
        matches!(self, Method::Get | Method::Delete)
    }
}

/// The least a caller must be. What they may do to a certain object is the server's policy, not this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Callers {
    /// No session needed.
    Anyone,
    /// A session: a guest or an account.
    Person,
    /// A session of somebody who can sign in again.
    Account,
}

/// One call to the server. The struct that implements it is the request.
pub trait Endpoint: Serialize + DeserializeOwned {
    const NAME: &'static str;
    const SUMMARY: &'static str;
    const METHOD: Method;
    /// `/api/noun/{field}`: each `{field}` is a field of the request.
    const PATH: &'static str;
    const CALLERS: Callers;
    type Response: Serialize + DeserializeOwned;
}

/// The path with its fields filled in, percent-encoded, and the fields left over. Not generic: the browser holds it once.
fn split(path_template: &str, request: Value) -> (String, Map<String, Value>) {
    let mut fields = match request {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let mut path = String::with_capacity(path_template.len() + 32);
    for segment in path_template.split('/').skip(1) {
        path.push('/');
        match segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(name) => encode(&text(&fields.remove(name).unwrap_or_default()), &mut path),
            None => path.push_str(segment),
        }
    }
    (path, fields)
}

fn parts(method: Method, path_template: &str, request: Value) -> (String, Option<Value>) {
    let (mut path, fields) = split(path_template, request);
    if !method.has_query() {
        return (path, Some(Value::Object(fields)));
    }
    let mut mark = '?';
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        path.push(mark);
        encode(name, &mut path);
        path.push('=');
        encode(&text(value), &mut path);
        mark = '&';
    }
    (path, None)
}

/// Path and query of a request, percent-encoded, starting with `/`, and its JSON body; `None` for methods without one.
pub fn request_parts<E: Endpoint>(request: &E) -> (String, Option<Value>) {
    parts(E::METHOD, E::PATH, serde_json::to_value(request).unwrap_or_default())
}

/// Path and query of a request, percent-encoded, starting with `/`.
pub fn request_path<E: Endpoint>(request: &E) -> String {
    request_parts(request).0
}

/// The JSON body of a request; `None` for methods without one.
pub fn request_rest<E: Endpoint>(request: &E) -> Option<Value> {
    request_parts(request).1
}

/// A field as it stands in an address: no request has fractions or lists there.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(value) => (if *value { "true" } else { "false" }).to_owned(),
        // Not `Number`'s own text, which brings the tables of all fractions into the browser.
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(whole), _) => whole.to_string(),
            (None, Some(whole)) => whole.to_string(),
            (None, None) => String::new(),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
fn encode(raw: &str, into: &mut String) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in raw.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => into.push(byte as char),
            _ => {
                into.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    into.push(HEX.get(usize::from(nibble)).copied().unwrap_or('0'));
                }
            }
        }
    }
}

/// What the documentation says of an endpoint.
#[cfg(feature = "schema")]
pub struct Described {
    pub name: &'static str,
    pub summary: &'static str,
    pub method: Method,
    pub path: &'static str,
    pub callers: Callers,
    pub request: schemars::Schema,
    pub response: schemars::Schema,
}

/// Describes one endpoint, its schemas gathered in `generator`.
#[cfg(feature = "schema")]
pub fn describe<E>(generator: &mut schemars::SchemaGenerator) -> Described
where
    E: Endpoint + schemars::JsonSchema,
    E::Response: schemars::JsonSchema,
{
    Described {
        name: E::NAME,
        summary: E::SUMMARY,
        method: E::METHOD,
        path: E::PATH,
        callers: E::CALLERS,
        request: E::json_schema(generator),
        response: generator.subschema_for::<E::Response>(),
    }
}

/// Gives wire types their derives: everything that crosses the wire can be compared, cloned and, on the server,
/// described.
macro_rules! wire {
    ($($item:item)*) => {
        $(
            #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
            $item
        )*
    };
}

/// Defines an endpoint: `GET "/api/feed" by Anyone: "What it does."; pub struct GetFeed { … } -> FeedPageView`.
macro_rules! endpoint {
    ($(
        $method:ident $path:literal by $callers:ident : $summary:literal ;
        $(#[$meta:meta])*
        pub struct $name:ident { $($body:tt)* } -> $response:ty
    )*) => {
        $(
            wire! {
                $(#[$meta])*
                #[doc = $summary]
                pub struct $name { $($body)* }
            }

            impl $crate::Endpoint for $name {
                const NAME: &'static str = stringify!($name);
                const SUMMARY: &'static str = $summary;
                const METHOD: $crate::Method = $crate::Method::$method;
                const PATH: &'static str = $path;
                const CALLERS: $crate::Callers = $crate::Callers::$callers;
                type Response = $response;
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clip::SetLike, feed::GetFeed, id::*};

    #[test]
    fn path_fields_leave_the_body_and_the_rest_stays() {
        let clip_id = ClipId::new(1_700_000_000_000, [7; 10]);
        let request = SetLike { clip_id: clip_id.clone(), on: true, at_ms: None };
        assert_eq!(request_path(&request), format!("/api/clips/{clip_id}/like"));
        assert_eq!(request_rest(&request), Some(serde_json::json!({ "at_ms": null, "on": true })));
    }

    #[test]
    fn query_fields_are_encoded_and_absent_ones_left_out() {
        let request = GetFeed {
            cursor: Some("a b&c=é".into()),
            topic: None,
            limit: Some(3),
            from: None,
            since_review: None,
            utc_offset_minutes: None,
        };
        assert_eq!(request_path(&request), "/api/feed?cursor=a%20b%26c%3D%C3%A9&limit=3");
        assert_eq!(request_rest(&request), None);
    }
}

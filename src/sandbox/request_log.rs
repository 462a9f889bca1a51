//! The request log: one line of JSON a request, its secrets masked.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::SandboxError;
use super::call::Call;
use super::journal::open_private;

/// Headers whose values are secrets.
const SECRET_HEADERS: [&str; 3] = ["authorization", "api-key", "x-app-token"];
/// Fields of a body or a query whose values are secrets.
const SECRET_FIELDS: [&str; 3] = ["shop_secret", "client_secret", "password"];
const MASK: &str = "***";

/// An open log.
pub(super) struct RequestLog {
    file: File,
    path: PathBuf,
}

impl RequestLog {
    pub(super) fn open(path: &Path) -> Result<Self, SandboxError> {
        Ok(Self {
            file: open_private(path)?,
            path: path.to_owned(),
        })
    }

    /// Appends a request; the body as JSON where it is JSON, else as text.
    pub(super) fn write(&mut self, vendor: &str, call: &Call) -> Result<(), SandboxError> {
        let mut line = line(vendor, call).to_string();
        line.push('\n');
        self.file
            .write_all(line.as_bytes())
            .map_err(SandboxError::at(&self.path))
    }
}

fn line(vendor: &str, call: &Call) -> Value {
    let headers: Map<String, Value> = call
        .headers
        .iter()
        .map(|(name, value)| {
            let value = if SECRET_HEADERS.contains(&name.as_str()) {
                MASK.into()
            } else {
                String::from_utf8_lossy(value.as_bytes())
            };
            (name.as_str().to_owned(), value.into())
        })
        .collect();
    let query: Vec<Value> = call
        .query
        .iter()
        .map(|(name, value)| {
            let secret = SECRET_FIELDS.contains(&name.as_str());
            json!([name, if secret { MASK } else { value.as_str() }])
        })
        .collect();
    let at = jiff::Timestamp::from_millisecond(call.now_ms)
        .map(|instant| format!("{instant:.3}"))
        .unwrap_or_default();
    json!({
        "at": at, "vendor": vendor, "method": call.method.as_str(), "path": call.path,
        "query": query, "headers": headers, "body": body(call),
    })
}

fn body(call: &Call) -> Value {
    if call.body.is_empty() {
        return Value::Null;
    }
    if let Ok(mut body) = call.json() {
        mask(&mut body);
        return body;
    }
    let text = String::from_utf8_lossy(&call.body);
    // Where in broken text a secret ends can't be told, so all of it is left out.
    if SECRET_FIELDS.iter().any(|field| text.contains(field)) {
        return MASK.into();
    }
    text.into()
}

/// Masks secrets that stand at the top or in a customer below it.
fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if SECRET_FIELDS.contains(&name.as_str()) && !field.is_null() {
                    *field = MASK.into();
                } else {
                    mask(field);
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(mask),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::super::call::testing::call;
    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let headers = [
            ("authorization", "Basic canary1"),
            ("api-key", "canary2"),
            ("x-app-token", "canary3"),
            ("x-app-id", "shown"),
        ];
        let body = r#"{"shop_secret":"canary4","customer":{"password":"canary5"},"total":1.10}"#;
        let whole = call(Method::POST, "/p?shop_secret=canary6&a=b", &headers, body);
        let broken = call(Method::POST, "/p", &[], r#"{"shop_secret":"canary7""#);
        let text = format!("{}{}", line("v", &whole), line("v", &broken));
        assert!(!text.contains("canary"), "{text}");
        for shown in [
            "\"shown\"",
            "[\"a\",\"b\"]",
            "\"total\":1.10",
            "\"password\":\"***\"",
        ] {
            assert!(text.contains(shown), "{shown} in {text}");
        }
    }

    #[test]
    fn a_form_is_logged_as_text() {
        let form = call(Method::POST, "/p", &[], "grant_type=client_credentials");
        assert_eq!(line("v", &form)["body"], "grant_type=client_credentials");
    }
}

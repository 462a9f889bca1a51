//! Requests and answers as values. A secret in a request is marked, so that everything that shows, keeps or
//! copies the request can mask it.

use std::ops::Range;

use crate::order::outcome::Operation;
use crate::secret::{MASK, Secret};

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Carries orders (imports, status updates, cancellations).
    Orders,
    /// Fetches a token.
    Token,
    /// Asks about a job.
    Job,
    /// Asks what became of orders in doubt.
    Settle,
    /// Proves credentials.
    Probe,
}

impl Purpose {
    /// The word in the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Token => "token",
            Self::Job => "job",
            Self::Settle => "settle",
            Self::Probe => "probe",
        }
    }
}

/// A header's value: shown as it is, or masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderValue {
    /// May be shown.
    Plain(String),
    /// What stands before the secret (`Bearer `), and the secret.
    Secret(&'static str, Secret),
}

/// A body with the places of its secrets.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Body {
    bytes: Vec<u8>,
    secrets: Vec<Range<usize>>,
}

impl Body {
    /// A body without secrets.
    pub fn plain(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            secrets: Vec::new(),
        }
    }

    /// Appends bytes that may be shown.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Appends bytes that are masked wherever the body is shown.
    pub fn push_secret(&mut self, bytes: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.secrets.push(start..self.bytes.len());
    }

    /// What travels: only for the network.
    pub fn expose(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes on the way.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is no body.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What is shown and kept: byte for byte but for the secrets.
    pub fn masked(&self) -> Vec<u8> {
        let mut masked = Vec::with_capacity(self.bytes.len());
        let mut from = 0;
        for secret in &self.secrets {
            masked.extend_from_slice(&self.bytes[from..secret.start]);
            masked.extend_from_slice(MASK.as_bytes());
            from = secret.end;
        }
        masked.extend_from_slice(&self.bytes[from..]);
        masked
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.masked()))
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        if !self.secrets.is_empty() {
            self.bytes.zeroize();
        }
    }
}

/// One HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What it is for.
    pub purpose: Purpose,
    /// `GET`, `POST` or `PUT`.
    pub method: &'static str,
    /// The address; never holds a secret.
    pub url: String,
    /// Header lines.
    pub headers: Vec<(&'static str, HeaderValue)>,
    /// The body, empty for none.
    pub body: Body,
}

impl Request {
    /// A request without headers and body.
    pub fn new(purpose: Purpose, method: &'static str, url: String) -> Self {
        Self {
            purpose,
            method,
            url,
            headers: Vec::new(),
            body: Body::default(),
        }
    }

    /// Adds a header line that may be shown.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, HeaderValue::Plain(value.into())));
        self
    }

    /// Adds a header line whose value is masked, but for what stands before it.
    #[must_use]
    pub fn secret_header(
        mut self,
        name: &'static str,
        before: &'static str,
        secret: Secret,
    ) -> Self {
        self.headers
            .push((name, HeaderValue::Secret(before, secret)));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Header lines with secrets masked, as they are shown and kept.
    pub fn masked_headers(&self) -> Vec<(String, String)> {
        self.headers
            .iter()
            .map(|(name, value)| {
                let shown = match value {
                    HeaderValue::Plain(text) => text.clone(),
                    HeaderValue::Secret(before, _) => format!("{before}{MASK}"),
                };
                ((*name).to_owned(), shown)
            })
            .collect()
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON, if it is that.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether the status says success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The beginning of the body as text, for reasons.
    pub fn beginning(&self) -> String {
        let text = String::from_utf8_lossy(&self.body[..self.body.len().min(400)]);
        let shown: String = text
            .trim()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(160)
            .collect();
        shown
    }

    /// How long the vendor asks to wait: `Retry-After` in seconds. A value that is no number, or a date, is
    /// read by the sender, who has a clock.
    pub fn retry_after(&self) -> Option<&str> {
        self.header("retry-after")
    }
}

/// One order of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BatchOrder {
    /// The order's key.
    pub key: String,
    /// Its payload as JSON.
    pub payload: Vec<u8>,
}

/// The orders of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What is done with them.
    pub operation: Operation,
    /// The orders, in the order of the body.
    pub orders: Vec<BatchOrder>,
    /// The operator's choice among the vendor's ways to do it, such as how Voucherify cancels.
    pub mode: Option<String>,
}

/// Joins an address and a path segment that is percent-encoded: `#1001` becomes `%231001`.
pub fn with_segment(base: &str, segment: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEEP: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~');
    format!("{base}/{}", utf8_percent_encode(segment, KEEP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_wherever_a_request_is_shown() {
        let mut body = Body::default();
        body.push(br#"{"shop_secret":""#);
        body.push_secret(b"hunter2");
        body.push(br#""}"#);
        let request = Request::new(Purpose::Orders, "POST", "http://127.0.0.1/".into())
            .secret_header("authorization", "Bearer ", Secret::new("hunter2"))
            .body(body);
        assert!(!format!("{request:?}").contains("hunter2"));
        assert_eq!(
            String::from_utf8(request.body.masked()).unwrap(),
            r#"{"shop_secret":"•••"}"#
        );
        assert_eq!(request.masked_headers()[0].1, "Bearer •••");
        assert!(request.body.expose().ends_with(b"hunter2\"}"));
    }

    #[test]
    fn ids_in_paths_are_percent_encoded() {
        assert_eq!(with_segment("/v1/orders", "#1001"), "/v1/orders/%231001");
        assert_eq!(with_segment("", "a/b c"), "/a%2Fb%20c");
    }
}

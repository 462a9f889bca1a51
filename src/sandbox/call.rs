//! What a simulator gets and gives: one request, one answer, and what it took with it.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::{HeaderMap, Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::faults::Retry;
use super::shelf::{Event, Shelf};

/// A vendor on loopback: everything the server needs to know about it.
pub(super) struct Simulator {
    /// The vendor's name, and the first segment of its addresses.
    pub(super) name: &'static str,
    /// The made-up credentials it accepts, by the name they have in a profile.
    pub(super) credentials: &'static [(&'static str, &'static str)],
    /// Bodies over so many bytes are refused.
    pub(super) body_limit: usize,
    /// The refusal of such a body.
    pub(super) too_large: fn() -> Answer,
    /// Whether orders can be read back, so that their state is held in memory.
    pub(super) reads_back: bool,
    /// Whether it has access tokens.
    pub(super) tokens: bool,
    /// Whether imports are jobs.
    pub(super) jobs: bool,
    /// What a request is for, by its method and its path below the vendor's prefix.
    pub(super) purpose: fn(&Method, &str) -> Purpose,
    /// A refusal with a status for no reason of the request's own, in the vendor's form.
    pub(super) failing: fn(&Failing, &Session) -> Answer,
    /// Answers a request; what it took stands in the answer and is kept by the caller.
    pub(super) answer: fn(&Call, &Shelf, &mut Session) -> Answer,
}

/// One request.
pub(super) struct Call {
    pub(super) method: Method,
    /// The path below the vendor's prefix, still percent-encoded.
    pub(super) path: String,
    /// The query, decoded.
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// When it came: milliseconds since the Unix epoch.
    pub(super) now_ms: i64,
}

impl Call {
    /// A header's value, when it is readable text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The path's segments, decoded; an id in one may hold any character.
    pub(super) fn segments(&self) -> Vec<String> {
        segments(&self.path)
    }

    /// What follows `Bearer` in the `Authorization` header.
    pub(super) fn bearer(&self) -> Option<&str> {
        self.authorization("bearer")
    }

    /// What follows `Basic` in the `Authorization` header, as it stands there.
    pub(super) fn basic(&self) -> Option<&str> {
        self.authorization("basic")
    }

    /// The `name:password` of basic authorization, decoded.
    pub(super) fn basic_decoded(&self) -> Option<String> {
        let bytes = STANDARD.decode(self.basic()?).ok()?;
        String::from_utf8(bytes).ok()
    }

    fn authorization(&self, wanted: &str) -> Option<&str> {
        let (scheme, rest) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case(wanted).then(|| rest.trim())
    }

    fn content_type(&self) -> &str {
        let whole = self.header("content-type").unwrap_or_default();
        whole.split(';').next().unwrap_or_default().trim()
    }

    pub(super) fn is_json(&self) -> bool {
        self.content_type().eq_ignore_ascii_case("application/json")
    }

    /// The fields of a form body; `None` when the body isn't declared as one.
    pub(super) fn form(&self) -> Option<HashMap<String, String>> {
        self.content_type()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
            .then(|| {
                url::form_urlencoded::parse(&self.body)
                    .into_owned()
                    .collect()
            })
    }

    /// The body as JSON, or the words of the parser.
    pub(super) fn json(&self) -> Result<Value, String> {
        serde_json::from_slice(&self.body).map_err(|error| error.to_string())
    }
}

/// The segments of a path, decoded.
pub(super) fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .skip(1)
        .map(|segment| {
            percent_encoding::percent_decode_str(segment)
                .decode_utf8_lossy()
                .into_owned()
        })
        .collect()
}

/// A refusal that a fault asks for.
pub(super) struct Failing {
    pub(super) status: u16,
    /// What is said about coming back.
    pub(super) retry: Retry,
    /// When: milliseconds since the Unix epoch.
    pub(super) now_ms: i64,
}

impl Failing {
    /// The status in words.
    pub(super) fn words(&self) -> &'static str {
        StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("Something went wrong")
    }
}

/// What a request was for, as `/_sandbox/taken` counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Purpose {
    /// It carried orders, or was meant to.
    Orders,
    /// It asked for an access token.
    Token,
    /// Anything else: a read, a poll, a wrong address.
    Other,
}

/// The body of an answer.
pub(super) enum Content {
    Json(Value),
    Text(String),
}

/// What goes back, and what the request brought.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) content: Content,
    pub(super) events: Vec<Event>,
    /// Fields that the vendor's page doesn't know.
    pub(super) unknown: Vec<String>,
}

impl Answer {
    pub(super) fn json(status: u16, body: Value) -> Self {
        Self::of(status, Content::Json(body))
    }

    pub(super) fn text(status: u16, body: impl Into<String>) -> Self {
        Self::of(status, Content::Text(body.into()))
    }

    fn of(status: u16, content: Content) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content,
            events: Vec::new(),
            unknown: Vec::new(),
        }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds what the request brought.
    pub(super) fn taking(mut self, events: Vec<Event>, unknown: Vec<String>) -> Self {
        self.events = events;
        self.unknown = unknown;
        self
    }
}

/// How the simulators are set.
#[derive(Clone, Copy)]
pub(super) struct Settings {
    pub(super) job_duration: Duration,
    pub(super) voucherify_calls_per_minute: u32,
}

/// What a simulator remembers only as long as the process lives.
pub(super) struct Session {
    pub(super) settings: Settings,
    tokens: HashMap<String, Token>,
    window_start_ms: i64,
    window_calls: u32,
}

struct Token {
    expires_ms: i64,
    scope: String,
}

/// How much of a minute's calls is left.
pub(super) struct Budget {
    pub(super) remaining: u32,
    pub(super) exhausted: bool,
    /// When the next minute begins: milliseconds since the Unix epoch.
    pub(super) resets_ms: i64,
}

impl Session {
    pub(super) fn new(settings: Settings) -> Self {
        Self {
            settings,
            tokens: HashMap::new(),
            window_start_ms: 0,
            window_calls: 0,
        }
    }

    /// A new access token.
    pub(super) fn issue(&mut self, now_ms: i64, lifetime_s: i64, scope: &str) -> String {
        self.tokens.retain(|_, token| token.expires_ms > now_ms);
        let value = fresh_id("", 50);
        self.tokens.insert(
            value.clone(),
            Token {
                expires_ms: now_ms.saturating_add(lifetime_s.saturating_mul(1000)),
                scope: scope.to_owned(),
            },
        );
        value
    }

    /// Ends all tokens.
    pub(super) fn expire_tokens(&mut self) {
        self.tokens.clear();
    }

    /// The scope of a token that was issued here and hasn't expired.
    pub(super) fn scope(&self, token: &str, now_ms: i64) -> Option<&str> {
        self.tokens
            .get(token)
            .filter(|token| token.expires_ms > now_ms)
            .map(|token| token.scope.as_str())
    }

    /// Counts a call against the limit of a minute.
    pub(super) fn spend(&mut self, now_ms: i64, limit: u32) -> Budget {
        const WINDOW_MS: i64 = 60_000;
        if now_ms < self.window_start_ms || now_ms - self.window_start_ms >= WINDOW_MS {
            self.window_start_ms = now_ms;
            self.window_calls = 0;
        }
        let exhausted = self.window_calls >= limit;
        if !exhausted {
            self.window_calls += 1;
        }
        Budget {
            remaining: limit - self.window_calls.min(limit),
            exhausted,
            resets_ms: self.window_start_ms + WINDOW_MS,
        }
    }
}

/// An id that no other has: the prefix and so many (at most 64) hexadecimal digits.
pub(super) fn fresh_id(prefix: &str, digits: usize) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = jiff::Timestamp::now().as_nanosecond();
    derived_id(
        prefix,
        digits,
        &format!("{} {now} {count}", std::process::id()),
    )
}

/// An id that is always the same for the same seed.
pub(super) fn derived_id(prefix: &str, digits: usize, seed: &str) -> String {
    let hash = blake3::hash(seed.as_bytes()).to_hex();
    format!("{prefix}{}", hash.get(..digits).unwrap_or(&hash))
}

#[cfg(test)]
pub(super) mod testing {
    //! Requests and sessions for the simulators' own tests.

    use super::*;

    pub(in super::super) const NOW_MS: i64 = 1_700_000_000_000;

    /// A request with headers and a body that is JSON, when it looks like it.
    pub(in super::super) fn call(
        method: Method,
        target: &str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> Call {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut map = HeaderMap::new();
        if !body.is_empty() {
            map.insert("content-type", "application/json".parse().unwrap());
        }
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Call {
            method,
            path: path.to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            headers: map,
            body: body.as_bytes().to_vec(),
            now_ms: NOW_MS,
        }
    }

    pub(in super::super) fn session() -> Session {
        Session::new(Settings {
            job_duration: Duration::from_secs(1),
            voucherify_calls_per_minute: 1000,
        })
    }

    impl Answer {
        /// The JSON body.
        pub(in super::super) fn value(&self) -> &Value {
            match &self.content {
                Content::Json(value) => value,
                Content::Text(text) => panic!("no JSON: {text}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{NOW_MS, session};
    use super::*;

    #[test]
    fn a_token_lives_as_long_as_said() {
        let mut session = session();
        let token = session.issue(NOW_MS, 900, "api");
        assert_eq!(session.scope(&token, NOW_MS + 899_999), Some("api"));
        assert_eq!(session.scope(&token, NOW_MS + 900_000), None);
        assert_eq!(session.scope("another", NOW_MS), None);
        assert!(session.scope(&token, NOW_MS).is_some());
        session.expire_tokens();
        assert_eq!(session.scope(&token, NOW_MS), None);
    }

    #[test]
    fn a_minute_has_its_calls_and_no_more() {
        let mut session = session();
        assert_eq!(session.spend(NOW_MS, 2).remaining, 1);
        assert_eq!(session.spend(NOW_MS + 1, 2).remaining, 0);
        let over = session.spend(NOW_MS + 2, 2);
        assert!(over.exhausted);
        assert_eq!(over.resets_ms, NOW_MS + 60_000);
        assert!(!session.spend(NOW_MS + 60_000, 2).exhausted);
    }

    #[test]
    fn ids_are_fresh_or_derived() {
        assert_ne!(fresh_id("aa_", 18), fresh_id("aa_", 18));
        assert_eq!(derived_id("ord_", 24, "x"), derived_id("ord_", 24, "x"));
        assert_eq!(derived_id("ord_", 24, "x").len(), 28);
    }
}

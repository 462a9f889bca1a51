//! The network: one HTTP client for a run, with nothing clever in it. No redirects (they would resend body
//! and credentials elsewhere), no retries of its own, no proxy from the environment, bounded answers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt;

use super::deadline::Deadlines;
use crate::vendor::request::HeaderValue;
use crate::vendor::{Answer, Request};

/// The most of an answer that is read.
const LARGEST_ANSWER: usize = 32 << 20;
/// The most that is kept of an answer that didn't come whole.
const LARGEST_BEGINNING: usize = 64 << 10;
/// How long a connection is kept for the next request: shorter than servers keep theirs, so that hardly ever a
/// request crosses the server's goodbye.
const KEPT: Duration = Duration::from_secs(4);

/// What became of a request on the network.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrival {
    /// A whole answer came.
    Answered(Answer),
    /// It certainly never arrived: no connection came about.
    NotSent(String),
    /// It certainly never left: who answers there can't prove to be the vendor.
    Untrusted(String),
    /// It may have arrived: no answer came.
    Lost(String),
    /// It may have arrived: only the beginning of an answer came, which proves nothing. And why.
    Cut(Answer, String),
}

/// The HTTP client of a run.
#[derive(Debug, Clone)]
pub struct Transport {
    client: reqwest::Client,
    /// The address that was used last, as text and as it was read.
    last: Arc<Mutex<Option<(String, reqwest::Url)>>>,
}

impl Transport {
    /// A client; only with `allow_proxy` does it go through the proxy that the environment names, which then sees
    /// where requests go. The error is the TLS library's or the system's.
    pub fn new(allow_proxy: bool) -> Result<Self, String> {
        // A second installation is refused and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let deadlines = Deadlines::get();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("orderdeck/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(deadlines.connect)
            .read_timeout(deadlines.idle)
            .timeout(deadlines.total)
            .pool_idle_timeout(KEPT);
        if !allow_proxy {
            builder = builder.no_proxy();
        }
        let client = builder
            .build()
            .map_err(|error| format!("the HTTP client can't start: {}", words(error)))?;
        Ok(Self {
            client,
            last: Arc::default(),
        })
    }

    /// Sends a request and reads its answer whole. Returns it with the time that it took.
    pub async fn send(&self, request: &Request) -> (Arrival, Duration) {
        let started = Instant::now();
        let arrival = self.exchange(request).await;
        (arrival, started.elapsed())
    }

    async fn exchange(&self, request: &Request) -> Arrival {
        let built = match self.build(request) {
            Ok(built) => built,
            Err(reason) => return Arrival::NotSent(reason),
        };
        let response = match self.client.execute(built).await {
            Ok(response) => response,
            Err(error) if is_untrusted(&error) => {
                return Arrival::Untrusted(format!(
                    "the certificate shown at {} is not to be trusted: {}; nothing was sent, and no setting passes over it: look at the address, at this machine's clock and at its list of authorities",
                    host(&request.url),
                    words(error)
                ));
            }
            Err(error) if error.is_connect() || error.is_builder() => {
                return Arrival::NotSent(words(error));
            }
            Err(error) => return Arrival::Lost(words(error)),
        };
        let has_end = tells_its_end(&response);
        let mut answer = Answer {
            status: response.status().as_u16(),
            headers: response
                .headers()
                .iter()
                .map(|(name, value)| {
                    let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                    (name.as_str().to_owned(), value)
                })
                .collect(),
            body: Vec::new(),
        };
        let mut body = response.bytes_stream();
        while let Some(piece) = body.next().await {
            let reason = match piece {
                Ok(piece) if answer.body.len() + piece.len() > LARGEST_ANSWER => {
                    format!("the answer is larger than {} MB", LARGEST_ANSWER >> 20)
                }
                Ok(piece) => {
                    answer.body.extend_from_slice(&piece);
                    continue;
                }
                Err(error) => {
                    let status = answer.status;
                    format!("the answer ({status}) was cut short: {}", words(error))
                }
            };
            return cut(answer, reason);
        }
        if answer.is_success() && !has_end && may_be_a_part(&answer) {
            let reason = "the answer doesn't say how long it is, and what came may be a part of it";
            return cut(answer, reason.to_owned());
        }
        Arrival::Answered(answer)
    }

    /// The address of a request: most go where the one before went.
    fn address(&self, text: &str) -> Result<reqwest::Url, String> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((known, url)) if known == text => Ok(url.clone()),
            _ => {
                let url: reqwest::Url = text
                    .parse()
                    .map_err(|error| format!("the address can't be used: {error}"))?;
                *last = Some((text.to_owned(), url.clone()));
                Ok(url)
            }
        }
    }

    fn build(&self, request: &Request) -> Result<reqwest::Request, String> {
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|_| format!("no HTTP method: {}", request.method))?;
        let mut builder = self.client.request(method, self.address(&request.url)?);
        for (name, value) in &request.headers {
            let (text, secret) = match value {
                HeaderValue::Plain(text) => (text.clone(), false),
                HeaderValue::Secret(before, secret) => {
                    (format!("{before}{}", secret.expose()), true)
                }
            };
            let mut value = reqwest::header::HeaderValue::from_str(&text).map_err(|_| {
                format!("the value for the header {name} holds a character that no header may hold")
            })?;
            value.set_sensitive(secret);
            builder = builder.header(*name, value);
        }
        if !request.body.is_empty() {
            builder = builder.body(request.body.expose().to_vec());
        }
        builder
            .build()
            .map_err(|error| format!("the address can't be used: {}", words(error)))
    }
}

/// What came of an answer that can't be relied on.
fn cut(mut answer: Answer, reason: String) -> Arrival {
    answer.body.truncate(LARGEST_BEGINNING);
    answer.body.shrink_to_fit();
    Arrival::Cut(answer, reason)
}

/// Whether an answer tells where it ends, so that one that is cut short is noticed. Without length and chunks
/// the end of the connection is the end of the body, whatever ended it.
fn tells_its_end(response: &reqwest::Response) -> bool {
    let headers = response.headers();
    response.version() >= reqwest::Version::HTTP_2
        || response.status() == reqwest::StatusCode::NO_CONTENT
        || headers.contains_key(reqwest::header::CONTENT_LENGTH)
        || headers.contains_key(reqwest::header::TRANSFER_ENCODING)
}

/// Whether a body may be the beginning of a longer one though it reads like a whole: nothing at all, or a bare
/// number. A JSON object or array closes itself, and what is no JSON is for the vendor's own reading.
fn may_be_a_part(answer: &Answer) -> bool {
    match answer.json() {
        Some(serde_json::Value::Object(_) | serde_json::Value::Array(_)) => false,
        Some(_) => true,
        None => answer.body.iter().all(u8::is_ascii_whitespace),
    }
}

/// Where a request goes, without its path.
fn host(url: &str) -> String {
    let host = url::Url::parse(url).ok();
    let host = host.and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| "the address".to_owned())
}

/// Whether the certificate was refused.
fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref().is_some_and(is_about_certificate) {
            return true;
        }
        // The system's error passes over what it wraps.
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        cause = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}

fn is_about_certificate(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented
    )
}

/// An error with its causes, without the address, whose query may hold what is nobody's business.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut parts = vec![error.to_string()];
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        cause = inner.source();
    }
    // That it happened while sending is said by whoever asks for the words; how the libraries are nested is
    // nobody's concern.
    let is_wrapping =
        |part: &str| part == "error sending request" || part.starts_with("client error (");
    let told: Vec<&str> = parts
        .iter()
        .map(String::as_str)
        .filter(|part| !is_wrapping(part))
        .collect();
    if told.is_empty() {
        parts.join(": ")
    } else {
        told.join(": ")
    }
}

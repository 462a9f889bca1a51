//! The network: one HTTP client for a run, with nothing clever in it. No redirects (they would resend body
//! and credentials elsewhere), no retries of its own, no proxy from the environment, bounded answers.

use std::time::{Duration, Instant};

use futures_util::StreamExt;

use crate::vendor::request::HeaderValue;
use crate::vendor::{Answer, Request};

/// The most of an answer that is read.
const LARGEST_ANSWER: usize = 32 << 20;
/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How long nothing may come.
const IDLE: Duration = Duration::from_secs(30);
/// How long a whole exchange may take.
const TOTAL: Duration = Duration::from_mins(2);

/// What became of a request on the network.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrival {
    /// A whole answer came.
    Answered(Answer),
    /// It certainly never arrived: no connection came about.
    NotSent(String),
    /// It may have arrived: no answer, or only a part of one.
    Lost(String),
}

/// The HTTP client of a run.
#[derive(Debug, Clone)]
pub struct Transport {
    client: reqwest::Client,
}

impl Transport {
    /// A client. The error is the TLS library's or the system's.
    pub fn new() -> Result<Self, String> {
        // A second installation is refused and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("orderdeck/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .connect_timeout(CONNECT)
            .read_timeout(IDLE)
            .timeout(TOTAL)
            .build()
            .map_err(|error| format!("the HTTP client can't start: {}", words(error)))?;
        Ok(Self { client })
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
            Err(error) if error.is_connect() || error.is_builder() => {
                return Arrival::NotSent(words(error));
            }
            Err(error) => return Arrival::Lost(words(error)),
        };
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
            match piece {
                Ok(piece) if answer.body.len() + piece.len() > LARGEST_ANSWER => {
                    return Arrival::Lost(format!(
                        "the answer is larger than {} MB",
                        LARGEST_ANSWER >> 20
                    ));
                }
                Ok(piece) => answer.body.extend_from_slice(&piece),
                Err(error) => {
                    return Arrival::Lost(format!(
                        "the answer ({}) was cut short: {}",
                        answer.status,
                        words(error)
                    ));
                }
            }
        }
        Arrival::Answered(answer)
    }

    fn build(&self, request: &Request) -> Result<reqwest::Request, String> {
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|_| format!("no HTTP method: {}", request.method))?;
        let mut builder = self.client.request(method, &request.url);
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

/// An error with its causes, without the address, whose query may hold what is nobody's business.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}

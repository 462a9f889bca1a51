//! The answer to the request for a token.

use std::time::Duration;

use serde_json::Value;

use super::answer::{reason, seconds};
use crate::secret::Secret;
use crate::vendor::{Answer, Token, TokenReading};

/// How long a token lives where the answer doesn't say: about an hour, by the vendor's documentation.
const USUAL_LIFETIME: u64 = 3600;
/// A token is given up that long before its end, so that it doesn't end on the way.
const MARGIN: u64 = 60;

/// What the answer says. A request for a token changes nothing, so it may always be made again.
pub fn read(answer: &Answer) -> TokenReading {
    let body = answer.json();
    match answer.status {
        200..=299 => body
            .as_ref()
            .and_then(token)
            .map_or_else(|| unusable(answer), TokenReading::Token),
        400 | 401 | 403 => TokenReading::Refused(format!(
            "Kibo refused `api_key` and `api_secret`: {}",
            reason(answer, body.as_ref())
        )),
        429 | 500..=599 => TokenReading::Wait(seconds(answer), reason(answer, body.as_ref())),
        _ => unusable(answer),
    }
}

/// The answer is not repeated: it may hold half a token.
fn unusable(answer: &Answer) -> TokenReading {
    TokenReading::Unusable(format!(
        "HTTP {}: no `access_token` in the answer from the token address",
        answer.status
    ))
}

fn token(body: &Value) -> Option<Token> {
    let text = body.get("access_token")?.as_str()?;
    // What is no header value can't be sent.
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let lifetime = match body.get("expires_in") {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let seconds = lifetime.unwrap_or(USUAL_LIFETIME);
    Some(Token {
        secret: Secret::new(text),
        lifetime: Duration::from_secs(seconds.saturating_sub(MARGIN.min(seconds / 2))),
    })
}

//! What the answer to the request for an OAuth token says.

use std::time::Duration;

use serde_json::Value;

use super::answer::{refusal, wait, waited_for};
use crate::secret::Secret;
use crate::vendor::{Answer, Token, TokenReading};

/// How long a token lives where the answer doesn't say: the vendor's page names 15 minutes.
const LIFETIME: Duration = Duration::from_mins(15);

/// Reads it. The answer to a failed request never holds a token, so its words may be shown.
pub(super) fn read(answer: &Answer) -> TokenReading {
    match answer.status {
        200 => token(answer).map_or_else(
            || TokenReading::Unusable("200 without an `access_token`".into()),
            TokenReading::Token,
        ),
        401 | 403 => TokenReading::Refused(format!(
            "Voucherify refused `app_id` and `app_token`: {}",
            refusal(answer)
        )),
        400 | 402 => TokenReading::Refused(format!(
            "Voucherify gave no OAuth token: {}",
            refusal(answer)
        )),
        429 if super::answer::is_plan_used_up(answer) => TokenReading::Refused(refusal(answer)),
        429 => TokenReading::Wait(wait(answer), waited_for(answer)),
        500..=599 => TokenReading::Wait(wait(answer), refusal(answer)),
        _ => TokenReading::Unusable(refusal(answer)),
    }
}

fn token(answer: &Answer) -> Option<Token> {
    let body = answer.json()?;
    let secret = body.get("access_token")?.as_str()?;
    let lifetime = body
        .get("expires_in")
        .and_then(Value::as_u64)
        .map_or(LIFETIME, Duration::from_secs);
    (!secret.is_empty()).then(|| Token {
        secret: Secret::new(secret),
        lifetime,
    })
}

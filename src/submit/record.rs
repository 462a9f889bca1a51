//! What the ledger keeps of an arrival: its parts, the outcomes that follow, secrets masked.

use std::time::Duration;

use super::transport::Arrival;
use crate::ledger::{AnswerRecord, ExchangeId, ExchangeState, Ordinal, OutcomeUpdate};
use crate::order::outcome::Outcome;
use crate::vendor::OrderVerdict;

/// What is kept of an arrival.
pub(super) fn record_of(exchange: ExchangeId, arrival: &Arrival, took: Duration) -> AnswerRecord {
    let mut record = AnswerRecord {
        exchange,
        state: ExchangeState::Answered,
        status: None,
        headers: Vec::new(),
        body: Vec::new(),
        latency_ms: took.as_millis() as u64,
        reason: None,
        outcomes: Vec::new(),
        job: None,
    };
    match arrival {
        Arrival::Answered(answer) => {
            record.status = Some(answer.status);
            record.headers.clone_from(&answer.headers);
            record.headers.retain(|(name, _)| name != "set-cookie");
            record.body.clone_from(&answer.body);
        }
        Arrival::NotSent(reason) => {
            record.state = ExchangeState::NotSent;
            record.reason = Some(reason.clone());
        }
        Arrival::Lost(reason) => {
            record.state = ExchangeState::Lost;
            record.reason = Some(reason.clone());
        }
    }
    record
}

pub(super) fn outcomes(
    ordinals: &[Ordinal],
    verdicts: &[OrderVerdict],
    exchange: ExchangeId,
) -> Vec<OutcomeUpdate> {
    let missing = OrderVerdict::because(Outcome::InDoubt, "the answer doesn't speak of this order");
    ordinals
        .iter()
        .enumerate()
        .map(|(index, ordinal)| {
            let verdict = verdicts.get(index).unwrap_or(&missing);
            OutcomeUpdate {
                ordinal: *ordinal,
                outcome: verdict.outcome,
                reason: verdict.reason.clone(),
                rule: None,
                vendor_id: verdict.vendor_id.clone(),
                exchange: Some(exchange),
            }
        })
        .collect()
}

/// Replaces a secret that an answer repeats.
pub(super) fn mask(body: &mut Vec<u8>, secret: &str) {
    if secret.len() < 4 {
        return;
    }
    let secret = secret.as_bytes();
    let mut from = 0;
    while let Some(at) = body[from..]
        .windows(secret.len())
        .position(|window| window == secret)
    {
        let start = from + at;
        let mask = crate::secret::MASK.as_bytes();
        body.splice(start..start + secret.len(), mask.iter().copied());
        from = start + mask.len();
    }
}

//! What the ledger keeps of an arrival: its parts, the outcomes that follow, secrets masked.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use tokio::sync::oneshot::error::RecvError;

use super::RunEvent;
use super::recorder::{RecordError, gone};
use super::run::{Halt, Runner};
use super::transport::Arrival;
use crate::ledger::{AnswerRecord, ExchangeId, ExchangeState, JobState, Ordinal, OutcomeUpdate};
use crate::order::outcome::Outcome;
use crate::secret::{MASK, Secret};
use crate::vendor::{Answer, OrderVerdict};

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
        Arrival::Answered(answer) => keep(&mut record, answer),
        Arrival::NotSent(reason) | Arrival::Untrusted(reason) => {
            record.state = ExchangeState::NotSent;
            record.reason = Some(reason.clone());
        }
        Arrival::Lost(reason) => {
            record.state = ExchangeState::Lost;
            record.reason = Some(reason.clone());
        }
        Arrival::Cut(answer, reason) => {
            keep(&mut record, answer);
            record.state = ExchangeState::Lost;
            record.reason = Some(reason.clone());
        }
    }
    record
}

/// Keeps what came.
fn keep(record: &mut AnswerRecord, answer: &Answer) {
    record.status = Some(answer.status);
    record.headers.clone_from(&answer.headers);
    record.headers.retain(|(name, _)| name != "set-cookie");
    record.body.clone_from(&answer.body);
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

impl Runner {
    /// Has an answer written, together with whatever else waits to be. Nothing need wait for it: whatever is
    /// recorded later comes after it.
    pub(super) fn record(&mut self, mut record: AnswerRecord) {
        self.masks.lay_over_record(&mut record);
        self.writing.push(self.job.recorder.answer(record));
    }

    /// An answer is on the disk, or can't be; and those that were written with it.
    pub(super) fn written(&mut self, written: Result<Result<(), RecordError>, RecvError>) {
        let mut next = Some(written);
        while let Some(written) = next {
            if let Err(error) = written.map_err(|_| gone()).flatten() {
                self.halt.get_or_insert(Halt::Ledger(error));
            }
            next = self.writing.next().now_or_never().flatten();
        }
        self.tell(RunEvent::Recorded);
    }

    pub(super) async fn record_outcomes(&mut self, mut outcomes: Vec<OutcomeUpdate>) {
        if outcomes.is_empty() {
            return;
        }
        self.masks.lay_over_outcomes(&mut outcomes);
        if let Err(error) = self.job.recorder.outcomes(outcomes).await {
            self.halt.get_or_insert(Halt::Ledger(error));
        }
        self.tell(RunEvent::Recorded);
    }

    pub(super) async fn record_job(&mut self, mut state: JobState) {
        self.masks.lay_over(state.message.as_mut());
        if let Err(error) = self.job.recorder.job(state).await {
            self.halt.get_or_insert(Halt::Ledger(error));
        }
        self.tell(RunEvent::Recorded);
    }
}

/// Secrets that answers may repeat, in bodies, header lines and reasons. They are kept nowhere.
#[derive(Debug, Default)]
pub(super) struct Masks(Vec<Secret>);

impl Masks {
    pub(super) fn new<'s>(secrets: impl Iterator<Item = &'s Secret>) -> Self {
        let mut masks = Self::default();
        for secret in secrets {
            masks.add(secret);
        }
        masks
    }

    /// Adds a secret; what is too short to be one would only blacken other words.
    pub(super) fn add(&mut self, secret: &Secret) {
        if secret.expose().len() >= 4 {
            self.0.push(secret.clone());
        }
    }

    pub(super) fn lay_over(&self, text: Option<&mut String>) {
        let Some(text) = text else { return };
        for secret in &self.0 {
            if text.contains(secret.expose()) {
                *text = text.replace(secret.expose(), MASK);
            }
        }
    }

    pub(super) fn lay_over_outcomes(&self, outcomes: &mut [OutcomeUpdate]) {
        for outcome in outcomes {
            self.lay_over(outcome.reason.as_mut());
        }
    }

    pub(super) fn lay_over_record(&self, record: &mut AnswerRecord) {
        for secret in &self.0 {
            mask(&mut record.body, secret.expose());
        }
        for (_, value) in &mut record.headers {
            self.lay_over(Some(value));
        }
        self.lay_over(record.reason.as_mut());
        self.lay_over_outcomes(&mut record.outcomes);
        self.lay_over(record.job.as_mut().and_then(|job| job.message.as_mut()));
    }
}

/// Replaces a secret that an answer repeats.
fn mask(body: &mut Vec<u8>, secret: &str) {
    let secret = secret.as_bytes();
    let mut from = 0;
    while let Some(at) = body[from..]
        .windows(secret.len())
        .position(|window| window == secret)
    {
        let start = from + at;
        let mask = MASK.as_bytes();
        body.splice(start..start + secret.len(), mask.iter().copied());
        from = start + mask.len();
    }
}

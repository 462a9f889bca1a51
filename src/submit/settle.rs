//! Settling doubt by asking the vendor, where its page gives a way to ask.

use super::jobs::{JobWatch, OpenJob};
use super::run::{Runner, outcomes};
use crate::ledger::{AnswerRecord, ExchangeId, ExchangeState, JobState, Ordinal};
use crate::order::outcome::Outcome;
use crate::vendor::{Batch, OrderVerdict, SettlingStep};

/// A request whose end nobody saw.
#[derive(Debug, Clone)]
pub struct OpenDoubt {
    /// The exchange.
    pub exchange: ExchangeId,
    /// When it was sent.
    pub sent_at: jiff::Timestamp,
    /// Its orders.
    pub ordinals: Vec<Ordinal>,
    /// The same, as they were sent.
    pub batch: Batch,
    /// The job that had the orders is known and over: only the orders themselves are asked for.
    pub job_known: bool,
}

impl Runner {
    /// Settles what an earlier process left in doubt.
    pub(super) async fn settle_doubts(&mut self) {
        for doubt in std::mem::take(&mut self.job.doubts) {
            if self.is_halted() {
                break;
            }
            self.settle(doubt).await;
        }
    }

    /// Asks the vendor about a batch, question by question. Its orders are `in-doubt` in the ledger already;
    /// whatever stays open stays so.
    pub(super) async fn settle(&mut self, doubt: OpenDoubt) {
        if !self.ensure_token().await {
            return;
        }
        let token = self.token.as_ref().map(|(token, _)| token);
        let Some(mut settling) = self.job.vendor.settling(
            &doubt.batch,
            (!doubt.job_known).then_some(doubt.sent_at),
            &self.job.account,
            &self.job.credentials,
            token,
        ) else {
            return;
        };
        loop {
            match settling.next() {
                SettlingStep::Ask(request) => {
                    if self.is_halted() {
                        return;
                    }
                    let answer = self.ask(&request).await;
                    settling.answer(answer.as_ref());
                }
                SettlingStep::Job(id) => {
                    let state = JobState {
                        id,
                        status: "ENQUEUED".to_owned(),
                        ..JobState::default()
                    };
                    let queued = OrderVerdict::plain(Outcome::Queued);
                    let verdicts = vec![queued; doubt.ordinals.len()];
                    self.record(AnswerRecord {
                        exchange: doubt.exchange,
                        state: ExchangeState::Lost,
                        status: None,
                        headers: Vec::new(),
                        body: Vec::new(),
                        latency_ms: 0,
                        reason: Some("no answer came; its job was found by asking".to_owned()),
                        outcomes: outcomes(&doubt.ordinals, &verdicts, doubt.exchange),
                        job: Some(state.clone()),
                    })
                    .await;
                    self.jobs.push(JobWatch::new(OpenJob {
                        state,
                        exchange: doubt.exchange,
                        sent_at: doubt.sent_at,
                        ordinals: doubt.ordinals,
                        batch: doubt.batch,
                    }));
                    return;
                }
                SettlingStep::Done(verdicts) => {
                    let never_arrived = doubt
                        .ordinals
                        .iter()
                        .zip(&verdicts)
                        .filter(|(_, verdict)| verdict.outcome == Outcome::Pending)
                        .map(|(ordinal, _)| *ordinal)
                        .collect();
                    self.record_outcomes(outcomes(&doubt.ordinals, &verdicts, doubt.exchange))
                        .await;
                    self.send_again(never_arrived);
                    return;
                }
            }
        }
    }
}

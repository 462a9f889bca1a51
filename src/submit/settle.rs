//! Settling doubt by asking the vendor, where its page gives a way to ask.

use super::jobs::{JobWatch, OpenJob};
use super::record::outcomes;
use super::run::Runner;
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
    /// What the doubt is about.
    pub about: About,
}

/// What a doubt is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Whether the request arrived.
    Request,
    /// Which orders of a job that is over were taken, with the job's message.
    Job(Option<String>),
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
        let (account, credentials) = (&self.job.account, &self.job.credentials);
        let vendor = self.job.vendor;
        let settling = match &doubt.about {
            About::Request => {
                vendor.settling(&doubt.batch, doubt.sent_at, account, credentials, token)
            }
            About::Job(message) => {
                let message = message.as_deref();
                vendor.settling_after_job(&doubt.batch, message, account, credentials, token)
            }
        };
        let Some(mut settling) = settling else { return };
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

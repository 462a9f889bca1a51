//! Reading an answer and acting on it: what the verdict means for the batch, the run and the ledger.

use std::time::{Duration, Instant};

use super::RunEvent;
use super::jobs::{JobWatch, OpenJob};
use super::pace::{LONGEST_WAIT, backoff, retry_after};
use super::record::{outcomes, record_of};
use super::run::{Finished, Halt, MOST_ATTEMPTS, Runner, Work};
use super::settle::{About, OpenDoubt};
use super::transport::Arrival;
use crate::ledger::{AnswerRecord, ExchangeId, ExchangeState, JobState, Ordinal};
use crate::order::outcome::Outcome;
use crate::vendor::{Batch, Doubt, OrderVerdict, Verdict};

impl Runner {
    /// Reads an answer, records it with what follows, and acts on it.
    pub(super) async fn conclude(&mut self, finished: Finished) {
        let Finished {
            work,
            batch,
            exchange,
            token,
            sent_at,
            arrival,
            took,
        } = finished;
        let vendor = self.job.vendor;
        let mut record = record_of(exchange, &arrival, took);
        if let Arrival::Answered(answer) = &arrival {
            self.heed_budget(answer);
        }
        let verdict = match &arrival {
            Arrival::Answered(answer) => vendor.read(&batch, answer, &self.job.account),
            Arrival::NotSent(reason) => Verdict::Wait {
                at_least: None,
                reason: reason.clone(),
            },
            Arrival::Lost(reason) => Verdict::InDoubt {
                reason: reason.clone(),
            },
        };
        if !matches!(verdict, Verdict::RenewToken { .. }) {
            self.token_renewed = false;
        }
        let asked = match &arrival {
            Arrival::Answered(answer) => answer
                .retry_after()
                .and_then(|value| retry_after(value, std::time::SystemTime::now())),
            _ => None,
        };
        match verdict {
            Verdict::Orders(verdicts) => {
                record.outcomes = outcomes(&work.ordinals, &verdicts, exchange);
                self.record(record).await;
            }
            Verdict::Job(id) => {
                let verdict = OrderVerdict::plain(Outcome::Queued);
                let verdicts = vec![verdict; work.ordinals.len()];
                record.outcomes = outcomes(&work.ordinals, &verdicts, exchange);
                let state = JobState {
                    id: id.clone(),
                    status: "ENQUEUED".to_owned(),
                    ..JobState::default()
                };
                record.job = Some(state.clone());
                self.record(record).await;
                self.jobs.push(JobWatch::new(OpenJob {
                    state,
                    exchange,
                    sent_at,
                    ordinals: work.ordinals,
                    batch,
                }));
            }
            Verdict::Pause { reason } => {
                record.reason = Some(reason.clone());
                self.record(record).await;
                self.put_back(work);
                self.halt.get_or_insert(Halt::Paused(reason));
            }
            Verdict::RenewToken { reason } => {
                record.reason = Some(reason.clone());
                self.record(record).await;
                self.put_back(work);
                if token < self.tokens || self.token.is_none() {
                    // It carried a token that was replaced since, or is about to be.
                } else if self.token_renewed {
                    let reason = format!("{reason}; a new token was refused as well");
                    self.halt.get_or_insert(Halt::Paused(reason));
                } else {
                    self.token = None;
                    self.token_renewed = true;
                }
            }
            Verdict::Wait { at_least, reason } => {
                record.reason = Some(reason.clone());
                self.record(record).await;
                self.try_again(work, at_least.or(asked), &reason);
            }
            Verdict::Resend { reason } => {
                record.reason = Some(reason.clone());
                self.record(record).await;
                self.try_again(work, asked, &reason);
            }
            Verdict::Halve { reason } => self.halve(work, record, reason, exchange).await,
            Verdict::InDoubt { reason } => {
                self.in_doubt(work, batch, record, reason, sent_at).await;
            }
        }
    }

    async fn halve(
        &mut self,
        mut work: Work,
        mut record: AnswerRecord,
        reason: String,
        exchange: ExchangeId,
    ) {
        if work.ordinals.len() < 2 {
            let verdict = OrderVerdict::because(Outcome::Rejected, reason);
            record.outcomes = outcomes(&work.ordinals, &[verdict], exchange);
            self.record(record).await;
            return;
        }
        record.reason = Some(reason);
        self.record(record).await;
        let half = work.ordinals.split_off(work.ordinals.len() / 2);
        // An attempt of its own, so that the halves stay halves.
        for ordinals in [half, work.ordinals] {
            self.again.push_front(Work {
                ordinals,
                attempt: 1,
                not_before: None,
            });
        }
    }

    async fn in_doubt(
        &mut self,
        work: Work,
        batch: Batch,
        mut record: AnswerRecord,
        reason: String,
        sent_at: jiff::Timestamp,
    ) {
        let exchange = record.exchange;
        record.state = ExchangeState::Lost;
        record.reason = Some(reason.clone());
        match self.job.vendor.doubt(&batch, &self.job.account) {
            Doubt::Resend => {
                self.record(record).await;
                self.try_again(work, None, &reason);
            }
            policy @ (Doubt::AskVendor | Doubt::AskOperator) => {
                let verdict = OrderVerdict::because(Outcome::InDoubt, reason);
                let verdicts = vec![verdict; work.ordinals.len()];
                record.outcomes = outcomes(&work.ordinals, &verdicts, exchange);
                self.record(record).await;
                if policy == Doubt::AskVendor && self.halt.is_none() {
                    let doubt = OpenDoubt {
                        exchange,
                        sent_at,
                        ordinals: work.ordinals,
                        batch,
                        about: About::Request,
                    };
                    self.settle(doubt).await;
                }
            }
        }
    }

    /// Puts a batch back for a later attempt; after too many the run rests.
    pub(super) fn try_again(&mut self, mut work: Work, asked: Option<Duration>, reason: &str) {
        work.attempt += 1;
        if work.attempt >= MOST_ATTEMPTS {
            let attempts = work.attempt;
            self.again.push_back(work);
            self.halt.get_or_insert(Halt::Exhausted(format!(
                "{reason}; tried {attempts} times, `orderdeck resume` tries again"
            )));
            return;
        }
        let wait = asked
            .unwrap_or_else(|| backoff(work.attempt))
            .min(LONGEST_WAIT);
        let now = Instant::now();
        self.pacer.hold(now, wait);
        work.not_before = Some(now + wait);
        self.tell(RunEvent::Waiting {
            reason: reason.to_owned(),
            left: Some(wait),
        });
        self.again.push_back(work);
    }

    /// Orders that turned out never to have arrived are sent again.
    pub(super) fn send_again(&mut self, ordinals: Vec<Ordinal>) {
        if !ordinals.is_empty() {
            self.again.push_back(Work {
                ordinals,
                attempt: 1,
                not_before: None,
            });
        }
    }
}

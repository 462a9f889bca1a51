//! Settling doubt by asking the vendor, where its page gives a way to ask.

use std::time::Duration;

use super::jobs::{JobWatch, OpenJob};
use super::pace::{LONGEST_WAIT, asked_of, backoff};
use super::record::outcomes;
use super::run::{Halt, MOST_ATTEMPTS, Runner};
use crate::ledger::{AnswerRecord, ExchangeId, ExchangeState, JobState, Ordinal};
use crate::order::outcome::Outcome;
use crate::vendor::{Answer, Batch, OrderVerdict, SettlingStep};

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
    /// How often it was sent in vain before.
    pub attempt: u32,
}

/// What a doubt is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Whether the request arrived.
    Request,
    /// Which orders of a job that is over were taken, with the job's message.
    Job(Option<String>),
    /// The same of a job that the vendor doesn't know any more: nobody said no to an order that isn't there.
    Vanished,
}

impl Runner {
    /// Settles what an earlier process left in doubt.
    pub(super) async fn settle_doubts(&mut self) {
        for doubt in std::mem::take(&mut self.job.doubts) {
            self.settle(doubt).await;
        }
    }

    /// Asks the vendor about a batch, question by question. Its orders are `in-doubt` in the ledger already;
    /// whatever stays open stays so.
    pub(super) async fn settle(&mut self, doubt: OpenDoubt) {
        let orders = doubt.ordinals.len();
        if self.is_halted() || !self.ensure_token().await {
            self.unsettled += orders;
            return;
        }
        let token = self.token.as_ref().map(|(token, _)| token);
        let (account, credentials) = (&self.job.account, &self.job.credentials);
        let vendor = self.job.vendor;
        let settling = match &doubt.about {
            About::Request => {
                vendor.settling(&doubt.batch, doubt.sent_at, account, credentials, token)
            }
            About::Job(_) | About::Vanished => {
                let message = match &doubt.about {
                    About::Job(message) => message.as_deref(),
                    _ => None,
                };
                vendor.settling_after_job(&doubt.batch, message, account, credentials, token)
            }
        };
        let Some(mut settling) = settling else { return };
        let mut in_vain = 0;
        loop {
            match settling.next() {
                SettlingStep::Ask(request) => {
                    if self.is_halted() {
                        self.unsettled += orders;
                        return;
                    }
                    let answer = self.ask(&request).await;
                    match Hindrance::of(answer.as_ref()) {
                        None => {
                            in_vain = 0;
                            settling.answer(answer.as_ref());
                        }
                        // The vendor can't be asked for these: they stay in doubt.
                        Some(Hindrance::Forbidden) => return,
                        Some(Hindrance::Refused(reason)) => self.pause(reason),
                        Some(Hindrance::Busy(asked, reason)) => {
                            in_vain += 1;
                            self.ask_later(in_vain, asked, &reason);
                        }
                    }
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
                SettlingStep::Done(mut verdicts) => {
                    if doubt.about == About::Vanished {
                        for verdict in &mut verdicts {
                            if verdict.outcome == Outcome::Rejected {
                                let reason = "its job vanished, and the order isn't there";
                                *verdict = OrderVerdict::because(Outcome::InDoubt, reason);
                            }
                        }
                    }
                    let never_arrived = doubt
                        .ordinals
                        .iter()
                        .zip(&verdicts)
                        .filter(|(_, verdict)| verdict.outcome == Outcome::Pending)
                        .map(|(ordinal, _)| *ordinal)
                        .collect();
                    self.record_outcomes(outcomes(&doubt.ordinals, &verdicts, doubt.exchange))
                        .await;
                    self.send_again(never_arrived, doubt.attempt);
                    return;
                }
            }
        }
    }

    /// Waits before a question that found nobody is asked again; after too many the run rests.
    fn ask_later(&mut self, in_vain: u32, asked: Option<Duration>, reason: &str) {
        if in_vain >= MOST_ATTEMPTS {
            self.halt.get_or_insert(Halt::Exhausted(format!(
                "what became of orders in doubt can't be asked for: {reason}; `orderdeck resume` asks again"
            )));
            return;
        }
        let wait = asked.unwrap_or_else(|| backoff(in_vain)).min(LONGEST_WAIT);
        self.hold(wait, reason);
    }
}

/// Why a question got no answer that says anything of orders.
enum Hindrance {
    /// The credentials lack the right to ask.
    Forbidden,
    /// The credentials are refused.
    Refused(String),
    /// Ask again after a wait.
    Busy(Option<Duration>, String),
}

impl Hindrance {
    fn of(answer: Option<&Answer>) -> Option<Self> {
        let Some(answer) = answer else {
            return Some(Self::Busy(None, "no answer came".to_owned()));
        };
        let said = || format!("{} {}", answer.status, answer.beginning());
        match answer.status {
            401 => Some(Self::Refused(format!(
                "the credentials were refused: {}",
                said()
            ))),
            403 => Some(Self::Forbidden),
            429 | 500..=599 => Some(Self::Busy(asked_of(answer), said())),
            _ => None,
        }
    }
}

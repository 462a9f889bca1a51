//! Settling doubt by asking the vendor, where its page gives a way to ask.

use std::collections::HashSet;
use std::time::Duration;

use super::jobs::OpenJob;
use super::pace::{LONGEST_WAIT, asked_of, backoff};
use super::record::outcomes;
use super::run::{Halt, MOST_ATTEMPTS, Runner};
use crate::ledger::{AnswerRecord, ExchangeId, ExchangeState, JobState, Ordinal};
use crate::order::outcome::Outcome;
use crate::vendor::{Answer, Batch, Hindrance, Lost, OrderVerdict, SettlingStep};

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
    /// The same of a job that doesn't come to an end: an order that isn't there may still be taken.
    Stale,
}

impl OpenDoubt {
    /// Takes these orders out of it.
    pub(super) fn leave_out(&mut self, left: &HashSet<Ordinal>) {
        let mut kept = self.ordinals.iter().map(|it| !left.contains(it));
        self.batch.orders.retain(|_| kept.next().unwrap_or(true));
        self.ordinals.retain(|ordinal| !left.contains(ordinal));
    }
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
        let (account, credentials) = (&self.job.account, &self.job.credentials);
        let vendor = self.job.vendor;
        let settling = match &doubt.about {
            About::Request => {
                let lost = Lost {
                    sent_at: doubt.sent_at,
                    known_jobs: &self.job.known_jobs,
                };
                vendor.settling(&doubt.batch, lost, account, credentials)
            }
            About::Job(_) | About::Vanished | About::Stale => {
                let message = match &doubt.about {
                    About::Job(message) => message.as_deref(),
                    _ => None,
                };
                vendor.settling_after_job(&doubt.batch, message, account, credentials)
            }
        };
        let Some(mut settling) = settling else { return };
        let mut in_vain = 0;
        let mut settled = vec![false; orders];
        loop {
            let open = settled.iter().filter(|settled| !**settled).count();
            // A long conversation may outlive a token.
            if self.is_halted() || !self.ensure_token().await {
                self.unsettled += open;
                return;
            }
            let token = self.token.as_ref().map(|(token, _)| token);
            match settling.next(token) {
                SettlingStep::Ask(request) => {
                    let answer = self.ask(&request).await;
                    match self.hindrance(answer.as_ref()) {
                        None => {
                            in_vain = 0;
                            self.token_renewed = false;
                            settling.answer(answer.as_ref(), jiff::Timestamp::now());
                            let sure = settling.take_settled();
                            self.keep_settled(&doubt, &sure, &mut settled).await;
                        }
                        // The vendor can't be asked for these: they stay in doubt.
                        Some(Hindrance::Forbidden(_)) => return,
                        Some(Hindrance::Refused(reason)) => {
                            if !self.renews_token(answer.as_ref()) {
                                self.pause(reason);
                            }
                        }
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
                    });
                    self.watch(OpenJob {
                        state,
                        exchange: doubt.exchange,
                        sent_at: doubt.sent_at,
                        ordinals: doubt.ordinals,
                        batch: doubt.batch,
                    });
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
                    let rest: Vec<_> = verdicts.into_iter().enumerate().collect();
                    self.keep_settled(&doubt, &rest, &mut settled).await;
                    self.send_again(never_arrived, doubt.attempt);
                    return;
                }
            }
        }
    }

    /// Records what is sure of some orders of a doubt, by their places, but for those that were recorded before.
    async fn keep_settled(
        &mut self,
        doubt: &OpenDoubt,
        sure: &[(usize, OrderVerdict)],
        settled: &mut [bool],
    ) {
        let mut updates = Vec::with_capacity(sure.len());
        for (place, verdict) in sure {
            let (Some(ordinal), Some(settled)) =
                (doubt.ordinals.get(*place), settled.get_mut(*place))
            else {
                continue;
            };
            if std::mem::replace(settled, true) {
                continue;
            }
            let missing = match doubt.about {
                About::Vanished => Some("its job vanished, and the order isn't there"),
                About::Stale => {
                    Some("its job doesn't come to an end, and the order isn't there yet")
                }
                About::Request | About::Job(_) => None,
            };
            let verdict = match missing {
                Some(reason) if verdict.outcome == Outcome::Rejected => {
                    OrderVerdict::because(Outcome::InDoubt, reason)
                }
                _ => verdict.clone(),
            };
            updates.extend(outcomes(&[*ordinal], &[verdict], doubt.exchange));
        }
        self.record_outcomes(updates).await;
    }

    /// Why an answer says nothing of what was asked; no answer is a reason as well.
    fn hindrance(&self, answer: Option<&Answer>) -> Option<Hindrance> {
        let Some(answer) = answer else {
            return Some(Hindrance::Busy(None, "no answer came".to_owned()));
        };
        match self.job.vendor.hindrance(answer)? {
            Hindrance::Busy(asked, reason) => {
                let asked = asked.filter(|wait| !wait.is_zero());
                Some(Hindrance::Busy(asked.or_else(|| asked_of(answer)), reason))
            }
            other => Some(other),
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

//! Reading an answer and acting on it: what the verdict means for the batch, the run and the ledger.

use std::time::{Duration, Instant};

use super::jobs::OpenJob;
use super::pace::{LONGEST_WAIT, asked_for, backoff};
use super::record::{outcomes, record_of};
use super::run::{Halt, MOST_ATTEMPTS, Runner, Work};
use super::settle::{About, OpenDoubt};
use super::transport::Arrival;
use super::under_way::{Delivery, Finished};
use crate::ledger::{AnswerRecord, ExchangeId, ExchangeState, JobState, Ordinal, OutcomeUpdate};
use crate::order::outcome::Outcome;
use crate::vendor::{Batch, Doubt, OrderVerdict, Purpose, Verdict};

/// How many requests in a row may be refused before orders to blame are looked for no more.
const MOST_REFUSALS: u32 = 200;

impl Runner {
    /// Reads an answer, records it with what follows, and acts on it.
    pub(super) async fn conclude(&mut self, finished: Finished) {
        let Finished {
            work,
            batch,
            token,
            sent,
        } = finished;
        let Delivery {
            exchange,
            sent_at,
            left_at,
            arrival,
            took,
        } = match sent {
            Ok(sent) => sent,
            Err(error) => {
                self.put_back(work);
                self.halt.get_or_insert(Halt::Ledger(error));
                return;
            }
        };
        if matches!(arrival, Arrival::Untrusted(_)) {
            self.record(record_of(exchange, &arrival, took));
            self.put_back(work);
            self.distrust(&arrival);
            return;
        }
        let vendor = self.job.vendor;
        let mut record = record_of(exchange, &arrival, took);
        if let Arrival::Answered(answer) = &arrival {
            self.heed_budget(Purpose::Orders, answer);
        }
        let verdict = match &arrival {
            Arrival::Answered(answer) => vendor.read(&batch, answer, &self.job.account),
            Arrival::NotSent(reason) | Arrival::Untrusted(reason) => Verdict::Wait {
                at_least: None,
                reason: reason.clone(),
            },
            Arrival::Lost(reason) | Arrival::Cut(_, reason) => Verdict::InDoubt {
                reason: reason.clone(),
            },
        };
        self.pay(&arrival, &verdict, left_at);
        if !matches!(verdict, Verdict::RenewToken { .. }) {
            self.token_renewed = false;
        }
        let asked = asked_for(&arrival);
        match verdict {
            Verdict::Orders(verdicts) => {
                record.outcomes = outcomes(&work.ordinals, &verdicts, exchange);
                self.doubt_refusals(&mut record.outcomes);
                let with = |outcome| among(&record.outcomes, outcome);
                let (unsent, doubtful) = (with(Outcome::Pending), with(Outcome::InDoubt));
                if record.outcomes.iter().any(|it| it.outcome.is_taken()) {
                    self.refusals = 0;
                } else if work.ordinals.len() == 1 && with(Outcome::Rejected).len() == 1 {
                    self.refusals += 1;
                }
                self.record(record);
                self.send_again(unsent, work.attempt);
                self.settle_some(&doubtful, work, batch, exchange, sent_at)
                    .await;
                if self.retries.is_troubled() {
                    self.slow_down("the answer holds none of the orders");
                }
            }
            Verdict::Job(id) => {
                self.refusals = 0;
                let verdict = OrderVerdict::plain(Outcome::Queued);
                let verdicts = vec![verdict; work.ordinals.len()];
                record.outcomes = outcomes(&work.ordinals, &verdicts, exchange);
                let state = JobState {
                    id: id.clone(),
                    status: "ENQUEUED".to_owned(),
                    ..JobState::default()
                };
                let job = self.watch(OpenJob {
                    state,
                    exchange,
                    sent_at,
                    ordinals: work.ordinals,
                    batch,
                });
                record.job = Some(job);
                self.record(record);
            }
            Verdict::Pause { reason } => {
                record.reason = Some(reason.clone());
                self.record(record);
                self.put_back(work);
                self.halt.get_or_insert(Halt::Paused(reason));
            }
            Verdict::RenewToken { reason } => {
                record.reason = Some(reason.clone());
                self.record(record);
                // Others may be taken with the very token that is refused for this one.
                let first = work.ordinals.first().copied().unwrap_or_default();
                let before = self.refused.insert(first, token);
                let refused_anew = before.is_some_and(|before| before < token);
                self.put_back(work);
                if token < self.tokens || self.token.is_none() {
                    // It carried a token that was replaced since, or is about to be.
                } else if self.token_renewed || refused_anew {
                    let reason = format!("{reason}; a new token was refused as well");
                    self.halt.get_or_insert(Halt::Paused(reason));
                } else {
                    self.token = None;
                    self.token_renewed = true;
                }
            }
            Verdict::Wait { at_least, reason } => {
                record.reason = Some(reason.clone());
                self.record(record);
                let at_least = at_least.filter(|wait| !wait.is_zero());
                self.try_again(work, at_least.or(asked), &reason);
            }
            Verdict::Resend { reason } => {
                record.reason = Some(reason.clone());
                record.outcomes = doubts(&work.ordinals, &reason, exchange);
                self.record(record);
                self.try_again(work, asked, &reason);
            }
            Verdict::Halve { reason } => self.halve(work, record, reason, exchange),
            Verdict::InDoubt { reason } => {
                self.in_doubt(work, batch, record, reason, sent_at).await;
            }
        }
    }

    /// Cuts a batch in two. Where nothing at all gets through, the orders are not to blame, and at some vendors'
    /// pace it would take hours to ask for each: then what is left of it is rejected together.
    fn halve(
        &mut self,
        mut work: Work,
        mut record: AnswerRecord,
        reason: String,
        exchange: ExchangeId,
    ) {
        self.refusals += 1;
        let count = work.ordinals.len();
        if count < 2 || self.refusals > MOST_REFUSALS {
            let reason = if count < 2 {
                reason
            } else {
                format!(
                    "the whole batch of {count} was refused, and as {MOST_REFUSALS} requests in a row had been, the orders to blame were not looked for: {reason}"
                )
            };
            let verdict = OrderVerdict::because(Outcome::Rejected, reason);
            record.outcomes = outcomes(&work.ordinals, &vec![verdict; count], exchange);
            self.doubt_refusals(&mut record.outcomes);
            self.record(record);
            return;
        }
        record.reason = Some(reason);
        self.record(record);
        let half = work.ordinals.split_off(work.ordinals.len() / 2);
        // An attempt of its own, so that the halves stay halves.
        for ordinals in [half, work.ordinals] {
            self.again.push_front(Work {
                ordinals,
                attempt: 1,
                not_before: None,
                why: String::new(),
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
        // Doubt until an answer ends it, even if it is sent again at once: it may have arrived.
        record.outcomes = doubts(&work.ordinals, &reason, exchange);
        self.record(record);
        match self.job.vendor.doubt(&batch, &self.job.account) {
            Doubt::Resend => {
                self.job.resent.extend(&work.ordinals);
                self.try_again(work, None, &reason);
            }
            Doubt::AskVendor => self.settle_request(work, batch, exchange, sent_at).await,
            // The others wait a little as well: they would fare no better.
            Doubt::AskOperator => self.slow_down(&reason),
        }
    }

    /// Waits longer and longer before others follow those that failed, or gives up.
    fn slow_down(&mut self, reason: &str) {
        if self.unsent() > 0 && !self.gives_up(reason) {
            self.hold(backoff(self.retries.rounds()), reason);
        }
    }

    /// Takes from the retry budget what a request that failed costs, or gives back.
    fn pay(&mut self, arrival: &Arrival, verdict: &Verdict, left_at: Instant) {
        let now = Instant::now();
        let is_refusal = matches!(arrival, Arrival::Answered(answer) if answer.status < 500);
        match verdict {
            Verdict::Wait { .. } if is_refusal => self.retries.asked_to_wait(left_at, now),
            Verdict::Wait { .. } | Verdict::Resend { .. } | Verdict::InDoubt { .. } => {
                self.retries.failed(left_at, now);
            }
            Verdict::Orders(verdicts)
                if verdicts
                    .iter()
                    .all(|verdict| verdict.outcome == Outcome::InDoubt) =>
            {
                self.retries.failed(left_at, now);
            }
            _ => self.retries.answered(left_at),
        }
    }

    /// Stops the run if the retry budget is used up.
    fn gives_up(&mut self, reason: &str) -> bool {
        let Some(spent) = self.retries.spent() else {
            return false;
        };
        self.exhaust(reason, &spent.to_string());
        true
    }

    /// Stops the run: the vendor is left alone until a `resume`.
    fn exhaust(&mut self, reason: &str, how: &str) {
        let title = self.job.vendor.title();
        self.halt.get_or_insert_with(|| {
            Halt::Exhausted(format!(
                "{title} is down or takes nothing now: {reason}; {how}, `orderdeck resume` tries again"
            ))
        });
    }

    /// Leaves orders in doubt whose second copy was refused, where that may be because the first is there.
    fn doubt_refusals(&self, outcomes: &mut [OutcomeUpdate]) {
        if !self.job.vendor.may_refuse_what_it_has() {
            return;
        }
        let refused = outcomes.iter_mut().filter(|update| {
            update.outcome == Outcome::Rejected && self.job.resent.contains(&update.ordinal)
        });
        for update in refused {
            let said = update.reason.take().unwrap_or_default();
            update.outcome = Outcome::InDoubt;
            update.reason = Some(format!(
                "sent again after a lost answer and refused, perhaps because the first copy is there: {said}"
            ));
        }
    }

    /// Asks for the orders of a batch that its answer doesn't speak of, where the vendor can be asked.
    async fn settle_some(
        &mut self,
        doubtful: &[Ordinal],
        mut work: Work,
        mut batch: Batch,
        exchange: ExchangeId,
        sent_at: jiff::Timestamp,
    ) {
        let mut wanted = work.ordinals.iter().map(|it| doubtful.contains(it));
        batch.orders.retain(|_| wanted.next().unwrap_or(false));
        work.ordinals.retain(|it| doubtful.contains(it));
        if !work.ordinals.is_empty()
            && self.job.vendor.doubt(&batch, &self.job.account) == Doubt::AskVendor
        {
            self.settle_request(work, batch, exchange, sent_at).await;
        }
    }

    async fn settle_request(
        &mut self,
        work: Work,
        batch: Batch,
        exchange: ExchangeId,
        sent_at: jiff::Timestamp,
    ) {
        self.settle(OpenDoubt {
            exchange,
            sent_at,
            attempt: work.attempt,
            ordinals: work.ordinals,
            batch,
            about: About::Request,
        })
        .await;
    }

    /// Puts a batch back for a later attempt; after too many the run rests.
    pub(super) fn try_again(&mut self, mut work: Work, asked: Option<Duration>, reason: &str) {
        work.attempt += 1;
        let attempts = work.attempt;
        if self.gives_up(reason) || attempts >= MOST_ATTEMPTS {
            self.exhaust(reason, &format!("tried {attempts} times"));
            self.again.push_back(work);
            return;
        }
        let failures = attempts.max(self.retries.rounds());
        let wait = asked.unwrap_or_else(|| backoff(failures)).min(LONGEST_WAIT);
        let now = Instant::now();
        self.pacer.hold(now, wait, reason);
        work.not_before = Some(now + wait);
        reason.clone_into(&mut work.why);
        self.tell_wait(reason, wait);
        self.again.push_back(work);
    }

    /// Orders that turned out never to have arrived are sent again, as another attempt of the same batch.
    pub(super) fn send_again(&mut self, ordinals: Vec<Ordinal>, attempt: u32) {
        if !ordinals.is_empty() {
            let work = Work {
                ordinals,
                attempt,
                not_before: None,
                why: String::new(),
            };
            self.try_again(work, None, "orders never arrived");
        }
    }
}

/// Each of the orders in doubt, for the same reason.
fn doubts(ordinals: &[Ordinal], reason: &str, exchange: ExchangeId) -> Vec<OutcomeUpdate> {
    let verdict = OrderVerdict::because(Outcome::InDoubt, reason);
    outcomes(ordinals, &vec![verdict; ordinals.len()], exchange)
}

fn among(updates: &[OutcomeUpdate], outcome: Outcome) -> Vec<Ordinal> {
    let updates = updates.iter().filter(|update| update.outcome == outcome);
    updates.map(|update| update.ordinal).collect()
}

//! One run, driven to its end: takes orders from the queue, lets the ledger know, sends, reads the answer,
//! and acts on the verdict. One task decides everything; requests under way are futures beside it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};

use super::jobs::{JobWatch, OpenJob};
use super::pace::{LONGEST_WAIT, Pacer, backoff, retry_after};
use super::recorder::{RecordError, Recorder};
use super::settle::OpenDoubt;
use super::transport::{Arrival, Transport};
use super::{Control, Payloads, RunEvent};
use crate::ledger::{
    AnswerRecord, ExchangeId, ExchangeState, Intent, JobState, Ordinal, OutcomeUpdate, RunState,
};
use crate::order::outcome::{Operation, Outcome};
use crate::vendor::{
    Account, Answer, Batch, BatchOrder, Credentials, Doubt, Limits, OrderVerdict, Purpose, Request,
    Token, TokenReading, VendorRef, Verdict,
};

/// How often the same batch is tried again before its orders wait for a `resume`.
const MOST_ATTEMPTS: u32 = 6;
/// How long requests under way may take to come in after a stop.
const DRAIN: Duration = Duration::from_secs(5);

/// Everything a run needs.
pub struct RunJob {
    /// The vendor.
    pub vendor: VendorRef,
    /// The account.
    pub account: Account,
    /// Its credentials.
    pub credentials: Credentials,
    /// What is done.
    pub operation: Operation,
    /// The operator's choice among the vendor's ways to do it.
    pub mode: Option<String>,
    /// Keys of all orders of the run, by ordinal.
    pub keys: Arc<Vec<String>>,
    /// Their payloads.
    pub payloads: Arc<dyn Payloads>,
    /// Orders to be sent, in order.
    pub pending: Vec<Ordinal>,
    /// Jobs that an earlier process had begun.
    pub jobs: Vec<OpenJob>,
    /// Requests that an earlier process never saw the end of, where the vendor can be asked.
    pub doubts: Vec<OpenDoubt>,
    /// The ledger's writer.
    pub recorder: Recorder,
    /// Whether to stay until the vendor's jobs are done.
    pub wait_for_jobs: bool,
}

/// Orders that travel together.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) ordinals: Vec<Ordinal>,
    attempt: u32,
    not_before: Option<Instant>,
}

impl Work {
    fn first(ordinals: Vec<Ordinal>) -> Self {
        Self {
            ordinals,
            attempt: 0,
            not_before: None,
        }
    }
}

/// A request with orders that came back.
struct Finished {
    work: Work,
    batch: Batch,
    exchange: ExchangeId,
    sent_at: jiff::Timestamp,
    arrival: Arrival,
    took: Duration,
}

/// Why a run ends or rests before all is sent.
enum Halt {
    Paused(String),
    Ledger(RecordError),
    Source(String),
}

pub(super) struct Runner {
    pub(super) job: RunJob,
    pub(super) transport: Transport,
    pub(super) pacer: Pacer,
    pub(super) token: Option<(Token, Instant)>,
    limits: Limits,
    fresh: VecDeque<Ordinal>,
    again: VecDeque<Work>,
    pub(super) jobs: Vec<JobWatch>,
    token_renewed: bool,
    halt: Option<Halt>,
    events: mpsc::UnboundedSender<RunEvent>,
}

/// Drives a run until nothing is left to do, it is stopped, or the vendor or the ledger makes it halt.
/// Returns the state it left the run in, which is recorded, and why.
pub async fn drive(
    job: RunJob,
    control: watch::Receiver<Control>,
    events: mpsc::UnboundedSender<RunEvent>,
) -> (RunState, Option<String>) {
    let (state, reason) = match Transport::new() {
        Ok(transport) => {
            Runner::new(job, transport, events.clone())
                .run(control)
                .await
        }
        Err(reason) => (RunState::Paused, Some(reason)),
    };
    let _ = events.send(RunEvent::Ended {
        state,
        reason: reason.clone(),
    });
    (state, reason)
}

impl Runner {
    fn new(mut job: RunJob, transport: Transport, events: mpsc::UnboundedSender<RunEvent>) -> Self {
        let limits = job.vendor.limits(job.operation, &job.account);
        let jobs = std::mem::take(&mut job.jobs)
            .into_iter()
            .map(JobWatch::new)
            .collect();
        Self {
            fresh: std::mem::take(&mut job.pending).into(),
            pacer: Pacer::new(limits.requests_per_minute),
            job,
            transport,
            token: None,
            limits,
            again: VecDeque::new(),
            jobs,
            token_renewed: false,
            halt: None,
            events,
        }
    }

    async fn run(mut self, mut control: watch::Receiver<Control>) -> (RunState, Option<String>) {
        let mut under_way: FuturesUnordered<BoxFuture<'static, Finished>> = FuturesUnordered::new();
        self.settle_doubts().await;
        loop {
            let wish = *control.borrow_and_update();
            let stopping = wish == Control::Stop || self.halt.is_some();
            if !stopping && wish == Control::Go {
                self.launch(&mut under_way).await;
            }
            if self.halt.is_some() || wish == Control::Stop {
                self.drain(&mut under_way).await;
                break;
            }
            if under_way.is_empty() && self.is_done() {
                break;
            }
            let wake = self.next_wake(wish, under_way.len());
            tokio::select! {
                Some(finished) = under_way.next() => self.conclude(finished).await,
                changed = control.changed() => if changed.is_err() { self.drain(&mut under_way).await; break },
                () = tokio::time::sleep(wake) => self.poll_jobs().await,
            }
        }
        let wish = *control.borrow();
        self.end(wish).await
    }

    /// Whether nothing is left to send or to wait for.
    fn is_done(&self) -> bool {
        let sent = self.fresh.is_empty() && self.again.is_empty();
        sent && (self.jobs.is_empty() || !self.job.wait_for_jobs)
    }

    async fn end(mut self, wish: Control) -> (RunState, Option<String>) {
        let unsent = self.fresh.len() + self.again.iter().map(|w| w.ordinals.len()).sum::<usize>();
        let (state, reason) = match self.halt.take() {
            Some(Halt::Paused(reason) | Halt::Source(reason)) => (RunState::Paused, Some(reason)),
            Some(Halt::Ledger(error)) => (RunState::Stopped, Some(error.0)),
            None if wish == Control::Stop && (unsent > 0 || !self.jobs.is_empty()) => (
                RunState::Stopped,
                Some("stopped by the operator".to_owned()),
            ),
            None if !self.jobs.is_empty() => (
                RunState::Stopped,
                Some("all sent; the vendor's jobs were not waited for".to_owned()),
            ),
            None => (RunState::Finished, None),
        };
        match self.job.recorder.state(state, reason.clone()).await {
            Ok(()) => (state, reason),
            Err(error) => (RunState::Stopped, Some(error.0)),
        }
    }

    /// How long there is nothing to do unless something comes in.
    fn next_wake(&mut self, wish: Control, under_way: usize) -> Duration {
        let now = Instant::now();
        let job = self
            .jobs
            .iter()
            .map(|job| job.wait(now))
            .min()
            .map(|wait| wait.max(self.pacer.wait(now)));
        let room = under_way < self.limits.concurrency && self.may_add_job(under_way);
        let work = if self.fresh.is_empty() {
            self.again.iter().map(|work| work.wait(now)).min()
        } else {
            Some(Duration::ZERO)
        };
        let work = work
            .filter(|_| room && wish == Control::Go)
            .map(|wait| wait.max(self.pacer.wait(now)));
        let left = [job, work].into_iter().flatten().min();
        if let Some(left) = left.filter(|left| *left > Duration::from_millis(900)) {
            let reason = if work == Some(left) {
                "the vendor's pace"
            } else {
                "the vendor's job"
            };
            self.tell(RunEvent::Waiting {
                reason: reason.to_owned(),
                left: Some(left),
            });
        }
        left.unwrap_or(Duration::from_mins(1))
            .max(Duration::from_millis(1))
    }

    /// Whether one more batch may begin a job at the vendor.
    fn may_add_job(&self, under_way: usize) -> bool {
        self.limits.jobs_in_flight == 0 || self.jobs.len() + under_way < self.limits.jobs_in_flight
    }

    /// Sends as much as limits and pace allow.
    async fn launch(&mut self, under_way: &mut FuturesUnordered<BoxFuture<'static, Finished>>) {
        while self.halt.is_none()
            && under_way.len() < self.limits.concurrency
            && self.may_add_job(under_way.len())
            && self.pacer.wait(Instant::now()).is_zero()
        {
            let Some(work) = self.next_work() else { break };
            if !self.ensure_token().await {
                self.put_back(work);
                break;
            }
            let (work, batch) = match self.fill(work) {
                Ok(filled) => filled,
                Err(reason) => {
                    self.halt = Some(Halt::Source(reason));
                    break;
                }
            };
            let token = self.token.as_ref().map(|(token, _)| token);
            let request =
                self.job
                    .vendor
                    .request(&batch, &self.job.account, &self.job.credentials, token);
            match self.send_recorded(&request, &work.ordinals).await {
                Ok(exchange) => {
                    let transport = self.transport.clone();
                    let sent_at = jiff::Timestamp::now();
                    under_way.push(Box::pin(async move {
                        let (arrival, took) = transport.send(&request).await;
                        Finished {
                            work,
                            batch,
                            exchange,
                            sent_at,
                            arrival,
                            took,
                        }
                    }));
                }
                Err(error) => {
                    self.put_back(work);
                    self.halt = Some(Halt::Ledger(error));
                }
            }
        }
    }

    /// Commits the intent and takes a place in the pace; the request may leave after it.
    async fn send_recorded(
        &mut self,
        request: &Request,
        orders: &[Ordinal],
    ) -> Result<ExchangeId, RecordError> {
        let intent = Intent {
            purpose: request.purpose.name().to_owned(),
            method: request.method.to_owned(),
            url: request.url.clone(),
            headers: request.masked_headers(),
            body: request.body.masked(),
            orders: orders.to_vec(),
        };
        let exchange = self.job.recorder.intent(intent).await?;
        // Tokens come from another server than orders go to.
        if request.purpose != Purpose::Token {
            self.pacer.take(Instant::now());
        }
        self.tell(RunEvent::Recorded);
        Ok(exchange)
    }

    fn next_work(&mut self) -> Option<Work> {
        let now = Instant::now();
        if let Some(index) = self.again.iter().position(|work| work.wait(now).is_zero()) {
            return self.again.remove(index);
        }
        if self.fresh.is_empty() {
            return None;
        }
        let count = self.limits.orders_per_request.min(self.fresh.len()).max(1);
        Some(Work::first(self.fresh.drain(..count).collect()))
    }

    fn put_back(&mut self, work: Work) {
        if work.attempt == 0 {
            for ordinal in work.ordinals.into_iter().rev() {
                self.fresh.push_front(ordinal);
            }
        } else {
            self.again.push_front(work);
        }
    }

    /// Gets the payloads; what is over the limit in bytes goes back to the queue.
    fn fill(&mut self, mut work: Work) -> Result<(Work, Batch), String> {
        let mut orders = Vec::with_capacity(work.ordinals.len());
        let mut bytes = 0;
        for (index, ordinal) in work.ordinals.iter().enumerate() {
            let payload = match self.job.payloads.payload(*ordinal) {
                Ok(payload) => payload,
                Err(reason) => {
                    self.put_back(work);
                    return Err(reason);
                }
            };
            bytes += payload.len() + 1;
            if bytes > self.limits.bytes_per_request && index > 0 {
                break;
            }
            orders.push(BatchOrder {
                key: self.key(*ordinal),
                payload,
            });
        }
        let rest = work.ordinals.split_off(orders.len());
        if !rest.is_empty() {
            let rest = Work {
                ordinals: rest,
                ..work.clone()
            };
            self.put_back(rest);
        }
        let batch = Batch {
            operation: self.job.operation,
            orders,
            mode: self.job.mode.clone(),
        };
        Ok((work, batch))
    }

    pub(super) fn key(&self, ordinal: Ordinal) -> String {
        self.job
            .keys
            .get(ordinal as usize)
            .cloned()
            .unwrap_or_default()
    }

    /// Waits for what is under way, but no longer than [`DRAIN`]; what doesn't come in stays `sending` in the
    /// ledger and is in doubt for whoever resumes.
    async fn drain(&mut self, under_way: &mut FuturesUnordered<BoxFuture<'static, Finished>>) {
        let deadline = tokio::time::Instant::now() + DRAIN;
        while !under_way.is_empty() {
            match tokio::time::timeout_at(deadline, under_way.next()).await {
                Ok(Some(finished)) => self.conclude(finished).await,
                Ok(None) | Err(_) => break,
            }
        }
    }

    /// Reads an answer, records it with what follows, and acts on it.
    async fn conclude(&mut self, finished: Finished) {
        let Finished {
            work,
            batch,
            exchange,
            sent_at,
            arrival,
            took,
        } = finished;
        let vendor = self.job.vendor;
        let mut record = record_of(exchange, &arrival, took);
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
                if self.token_renewed {
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
                        job_known: false,
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
            self.halt.get_or_insert(Halt::Paused(format!(
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

    /// Makes sure that there is a token where one is needed; false if the run halts instead.
    pub(super) async fn ensure_token(&mut self) -> bool {
        let still_good = |token: &Token, since: &Instant| {
            // Renewed a little early, so that it doesn't run out on the way.
            since.elapsed() + Duration::from_secs(20) < token.lifetime
        };
        if let Some((token, since)) = &self.token
            && still_good(token, since)
        {
            return true;
        }
        let mut attempt = 0;
        loop {
            let Some(request) = self
                .job
                .vendor
                .token_request(&self.job.account, &self.job.credentials)
            else {
                return true;
            };
            let exchange = match self.send_recorded(&request, &[]).await {
                Ok(exchange) => exchange,
                Err(error) => {
                    self.halt.get_or_insert(Halt::Ledger(error));
                    return false;
                }
            };
            let (arrival, took) = self.transport.send(&request).await;
            let reading = match &arrival {
                Arrival::Answered(answer) => self.job.vendor.read_token(answer),
                Arrival::NotSent(reason) | Arrival::Lost(reason) => {
                    TokenReading::Wait(None, reason.clone())
                }
            };
            let mut record = record_of(exchange, &arrival, took);
            let mut wait = None;
            match reading {
                TokenReading::Token(token) => {
                    mask(&mut record.body, token.secret.expose());
                    self.token = Some((token, Instant::now()));
                }
                TokenReading::Refused(reason) => {
                    record.reason = Some(reason.clone());
                    self.halt.get_or_insert(Halt::Paused(reason));
                }
                TokenReading::Wait(asked, reason) => {
                    record.reason = Some(reason.clone());
                    wait = Some((asked, reason));
                }
                TokenReading::Unusable(reason) => {
                    record.reason = Some(reason.clone());
                    wait = Some((None, reason));
                }
            }
            self.record(record).await;
            if self.halt.is_some() {
                return false;
            }
            let Some((asked, reason)) = wait else {
                return true;
            };
            attempt += 1;
            if attempt >= MOST_ATTEMPTS {
                self.halt.get_or_insert(Halt::Paused(format!(
                    "no token: {reason}; `orderdeck resume` tries again"
                )));
                return false;
            }
            let wait = asked.unwrap_or_else(|| backoff(attempt)).min(LONGEST_WAIT);
            self.tell(RunEvent::Waiting {
                reason,
                left: Some(wait),
            });
            tokio::time::sleep(wait).await;
        }
    }

    pub(super) async fn record(&mut self, mut record: AnswerRecord) {
        for secret in self.job.credentials.secrets() {
            mask(&mut record.body, secret.expose());
        }
        if let Err(error) = self.job.recorder.answer(record).await {
            self.halt.get_or_insert(Halt::Ledger(error));
        }
        self.tell(RunEvent::Recorded);
    }

    pub(super) async fn record_outcomes(&mut self, outcomes: Vec<OutcomeUpdate>) {
        if let Err(error) = self.job.recorder.outcomes(outcomes).await {
            self.halt.get_or_insert(Halt::Ledger(error));
        }
        self.tell(RunEvent::Recorded);
    }

    pub(super) async fn record_job(&mut self, state: JobState) {
        if let Err(error) = self.job.recorder.job(state).await {
            self.halt.get_or_insert(Halt::Ledger(error));
        }
        self.tell(RunEvent::Recorded);
    }

    /// Sends a question that carries no orders, and records it. `None` if no usable answer came.
    pub(super) async fn ask(&mut self, request: &Request) -> Option<Answer> {
        let wait = self.pacer.wait(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        let exchange = match self.send_recorded(request, &[]).await {
            Ok(exchange) => exchange,
            Err(error) => {
                self.halt.get_or_insert(Halt::Ledger(error));
                return None;
            }
        };
        let (arrival, took) = self.transport.send(request).await;
        self.record(record_of(exchange, &arrival, took)).await;
        match arrival {
            Arrival::Answered(answer) => Some(answer),
            Arrival::NotSent(_) | Arrival::Lost(_) => None,
        }
    }

    pub(super) fn pause(&mut self, reason: String) {
        self.halt.get_or_insert(Halt::Paused(reason));
    }

    pub(super) fn is_halted(&self) -> bool {
        self.halt.is_some()
    }

    pub(super) fn tell(&self, event: RunEvent) {
        // Nobody listening is no reason not to go on.
        let _ = self.events.send(event);
    }
}

impl Work {
    fn wait(&self, now: Instant) -> Duration {
        self.not_before
            .map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }
}

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
fn mask(body: &mut Vec<u8>, secret: &str) {
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

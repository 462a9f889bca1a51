//! One run, driven to its end: takes orders from the queue, lets the ledger know, sends, reads the answer,
//! and acts on the verdict. One task decides everything; requests under way are futures beside it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::{mpsc, watch};

use super::ask::stop_and;
use super::feed::Feed;
use super::jobs::{JobWatch, OpenJob};
use super::pace::{Call, Pacer};
use super::record::Masks;
use super::recorder::{RecordError, Recorder, Writing};
use super::retries::RetryBudget;
use super::settle::OpenDoubt;
use super::transport::{Arrival, Transport};
use super::under_way::{UnderWay, intent_of};
use super::wait::call;
use super::{Control, Payloads, RunEvent};
use crate::ledger::{ExchangeId, Ordinal, RunState};
use crate::order::outcome::Operation;
use crate::vendor::{Account, Answer, Credentials, Limits, Purpose, Request, Token, VendorRef};

/// How often the same batch or question is tried before the run rests until a `resume`.
pub(super) const MOST_ATTEMPTS: u32 = 6;
/// How long requests with orders may take to come in after a stop.
const DRAIN: Duration = Duration::from_secs(3);

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
    /// Those of them that may be there already: an earlier copy is in doubt.
    pub resent: HashSet<Ordinal>,
    /// Jobs that an earlier process had begun.
    pub jobs: Vec<OpenJob>,
    /// Requests that an earlier process never saw the end of, where the vendor can be asked.
    pub doubts: Vec<OpenDoubt>,
    /// Jobs that the ledger knows already, of whatever run.
    pub known_jobs: HashSet<String>,
    /// The ledger's writer.
    pub recorder: Arc<Recorder>,
    /// Whether to stay until the vendor's jobs are done.
    pub wait_for_jobs: bool,
}

/// Orders that travel together.
#[derive(Debug, Clone)]
pub(super) struct Work {
    pub(super) ordinals: Vec<Ordinal>,
    pub(super) attempt: u32,
    pub(super) not_before: Option<Instant>,
    /// What it waits for until then.
    pub(super) why: String,
}

impl Work {
    fn first(ordinals: Vec<Ordinal>) -> Self {
        Self {
            ordinals,
            attempt: 0,
            not_before: None,
            why: String::new(),
        }
    }
}

/// Why a run ends or rests before all is sent.
pub(super) enum Halt {
    /// The vendor refuses credentials or the account.
    Paused(String),
    /// The ledger can't be written.
    Ledger(RecordError),
    /// The file is no longer what was decided on.
    Source(String),
    /// The vendor is down, or does nothing of use.
    Exhausted(String),
    /// Who answers can't prove to be the vendor.
    Untrusted(String),
}

pub(super) struct Runner {
    pub(super) job: RunJob,
    pub(super) transport: Transport,
    pub(super) pacer: Pacer,
    pub(super) token: Option<(Token, Instant)>,
    pub(super) limits: Limits,
    pub(super) fresh: VecDeque<Ordinal>,
    /// Their payloads, made ahead.
    pub(super) feed: Feed,
    pub(super) again: VecDeque<Work>,
    pub(super) jobs: Vec<JobWatch>,
    /// How many tokens the run has had.
    pub(super) tokens: u32,
    /// What must not be kept of any answer.
    pub(super) masks: Masks,
    /// How many orders are in doubt that the vendor could still be asked for.
    pub(super) unsettled: usize,
    pub(super) control: watch::Receiver<Control>,
    /// The token in use replaced one that was refused.
    pub(super) token_renewed: bool,
    /// With which token a batch was refused, by its first order.
    pub(super) refused: HashMap<Ordinal, u32>,
    /// How many requests in a row were refused, none taken in between.
    pub(super) refusals: u32,
    /// How much failing is still borne.
    pub(super) retries: RetryBudget,
    pub(super) halt: Option<Halt>,
    /// Answers on their way to the disk.
    pub(super) writing: FuturesUnordered<Writing>,
    /// The wait that the ledger knows of.
    pub(super) kept_wait: Option<(String, jiff::Timestamp)>,
    events: mpsc::UnboundedSender<RunEvent>,
}

/// Drives a run until nothing is left to do, it is stopped, or the vendor or the ledger makes it halt.
/// Returns the state it left the run in, which is recorded, and why.
pub async fn drive(
    job: RunJob,
    control: watch::Receiver<Control>,
    events: mpsc::UnboundedSender<RunEvent>,
) -> (RunState, Option<String>) {
    let (state, reason) = match Transport::new(job.account.allow_proxy) {
        Ok(transport) => {
            Runner::new(job, transport, control, events.clone())
                .run()
                .await
        }
        Err(reason) => {
            let state = RunState::Stopped;
            match job.recorder.state(state, Some(reason.clone())).await {
                Ok(()) => (state, Some(reason)),
                Err(error) => (state, Some(error.0)),
            }
        }
    };
    let _ = events.send(RunEvent::Ended {
        state,
        reason: reason.clone(),
    });
    (state, reason)
}

impl Runner {
    fn new(
        mut job: RunJob,
        transport: Transport,
        control: watch::Receiver<Control>,
        events: mpsc::UnboundedSender<RunEvent>,
    ) -> Self {
        let limits = job
            .account
            .limits(job.vendor, job.operation, job.mode.as_deref());
        let jobs = std::mem::take(&mut job.jobs)
            .into_iter()
            .map(JobWatch::new)
            .collect();
        let pending = std::mem::take(&mut job.pending);
        Self {
            feed: Feed::new(Arc::clone(&job.payloads), pending.clone()),
            fresh: pending.into(),
            pacer: Pacer::new(limits.requests_per_minute),
            masks: Masks::new(job.credentials.secrets()),
            job,
            transport,
            token: None,
            limits,
            again: VecDeque::new(),
            jobs,
            tokens: 0,
            token_renewed: false,
            refused: HashMap::new(),
            refusals: 0,
            retries: RetryBudget::default(),
            unsettled: 0,
            control,
            halt: None,
            writing: FuturesUnordered::new(),
            kept_wait: None,
            events,
        }
    }

    async fn run(mut self) -> (RunState, Option<String>) {
        let mut under_way = UnderWay::default();
        let mut control = self.control.clone();
        self.settle_doubts().await;
        loop {
            let wish = *control.borrow_and_update();
            if self.may_go_on() {
                self.launch(&mut under_way).await;
            }
            if self.is_halted() {
                self.drain(&mut under_way).await;
                break;
            }
            if under_way.is_empty() && self.is_done() {
                break;
            }
            let wake = self.next_wake(wish, under_way.len());
            tokio::select! {
                Some(finished) = under_way.next() => {
                    // Whatever else came meanwhile is recorded with it, before others follow.
                    let mut next = Some(finished);
                    while let Some(finished) = next {
                        self.conclude(finished).await;
                        next = under_way.next().now_or_never().flatten();
                    }
                }
                Some(written) = self.writing.next() => self.written(written),
                // With nobody left to wish anything, the next turn finds it halted.
                _ = control.changed() => {}
                () = tokio::time::sleep(wake) => self.poll_jobs().await,
            }
        }
        self.end().await
    }

    /// Whether nothing is left to send or to wait for.
    fn is_done(&self) -> bool {
        let sent = self.fresh.is_empty() && self.again.is_empty();
        sent && (self.jobs.is_empty() || !self.job.wait_for_jobs)
    }

    async fn end(mut self) -> (RunState, Option<String>) {
        while let Some(written) = self.writing.next().await {
            self.written(written);
        }
        let left = self.unsent() > 0 || self.unsettled > 0;
        let stopped = self.is_stopped();
        let (state, mut reason) = match self.halt.take() {
            Some(Halt::Paused(reason)) => (RunState::Paused, Some(reason)),
            // It gave up on a vendor that has nothing more to do for the run.
            Some(Halt::Exhausted(_)) if !left && self.jobs.is_empty() => (RunState::Finished, None),
            Some(Halt::Source(reason) | Halt::Exhausted(reason) | Halt::Untrusted(reason)) => {
                (RunState::Stopped, Some(reason))
            }
            Some(Halt::Ledger(error)) => (RunState::Stopped, Some(error.0)),
            None if left || (stopped && !self.jobs.is_empty()) => {
                let reason = if *self.control.borrow() == Control::Stop {
                    "stopped by the operator"
                } else {
                    "what had begun it is gone"
                };
                (RunState::Stopped, Some(reason.to_owned()))
            }
            None if !self.jobs.is_empty() => (
                RunState::Stopped,
                Some("all sent; the vendor's jobs were not waited for".to_owned()),
            ),
            None => (RunState::Finished, None),
        };
        self.masks.lay_over(reason.as_mut());
        match self.job.recorder.state(state, reason.clone()).await {
            Ok(()) => (state, reason),
            Err(error) => (RunState::Stopped, Some(error.0)),
        }
    }

    /// Whether one more request with orders may be under way.
    pub(super) fn has_room(&self, under_way: usize) -> bool {
        let most = if self.retries.is_troubled() {
            1
        } else {
            self.limits.concurrency
        };
        under_way < most && self.may_add_job(under_way)
    }

    /// How many orders are still to be sent.
    pub(super) fn unsent(&self) -> usize {
        let again = self.again.iter().map(|work| work.ordinals.len());
        self.fresh.len() + again.sum::<usize>()
    }

    /// How many orders a request carries at most.
    pub(super) fn batch_size(&self) -> usize {
        self.limits.orders_per_request.max(1)
    }

    /// Whether one more batch may begin a job at the vendor.
    pub(super) fn may_add_job(&self, under_way: usize) -> bool {
        self.limits.jobs_in_flight == 0 || self.jobs.len() + under_way < self.limits.jobs_in_flight
    }

    /// Sends as much as limits and pace allow.
    async fn launch(&mut self, under_way: &mut UnderWay) {
        while self.may_go_on()
            && self.has_room(under_way.len())
            && self.pacer.wait(Call::Orders, Instant::now()).is_zero()
        {
            let Some(work) = self.next_work() else { break };
            // A token takes its time, in which a wish may come.
            if !self.ensure_token().await || !self.may_go_on() {
                self.put_back(work);
                break;
            }
            let (mut work, mut batch) = match self.fill(work).await {
                Ok(filled) => filled,
                Err(reason) => {
                    self.halt = Some(Halt::Source(reason));
                    break;
                }
            };
            self.leave_in_doubt(&mut work, &mut batch);
            self.hold_back(&mut work, &mut batch).await;
            if !self.may_go_on() {
                self.put_back(work);
                break;
            }
            if batch.orders.is_empty() {
                continue;
            }
            let token = self.token.as_ref().map(|(token, _)| token);
            let request =
                self.job
                    .vendor
                    .request(&batch, &self.job.account, &self.job.credentials, token);
            let transport = self.transport.clone();
            let recorder = Arc::clone(&self.job.recorder);
            under_way.send(transport, recorder, request, work, batch, self.tokens);
            self.pacer.take(Instant::now());
        }
    }

    /// Commits the intent and takes a place in the pace; the request may leave after it.
    pub(super) async fn send_recorded(
        &mut self,
        request: &Request,
        orders: &[Ordinal],
    ) -> Result<ExchangeId, RecordError> {
        let exchange = self.job.recorder.intent(intent_of(request, orders)).await?;
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

    pub(super) fn put_back(&mut self, work: Work) {
        if work.attempt == 0 {
            for ordinal in work.ordinals.into_iter().rev() {
                self.fresh.push_front(ordinal);
            }
        } else {
            self.again.push_front(work);
        }
    }

    /// Slows down to what the vendor's own headers leave.
    pub(super) fn heed_budget(&mut self, purpose: Purpose, answer: &Answer) {
        if let Some(budget) = self.job.vendor.budget(answer) {
            self.pacer.heed(call(purpose), Instant::now(), budget);
        }
    }

    pub(super) fn key(&self, ordinal: Ordinal) -> String {
        self.job
            .keys
            .get(ordinal as usize)
            .cloned()
            .unwrap_or_default()
    }

    /// Waits for what is under way; after a stop no longer than [`DRAIN`], and what doesn't come in is in doubt.
    async fn drain(&mut self, under_way: &mut UnderWay) {
        let overdue = stop_and(self.control.clone(), DRAIN);
        tokio::pin!(overdue);
        while !under_way.is_empty() {
            let finished = tokio::select! {
                biased;
                finished = under_way.next() => finished,
                () = &mut overdue => None,
            };
            match finished {
                Some(finished) => self.conclude(finished).await,
                None => break,
            }
        }
        if !under_way.is_empty() {
            let reason = "no answer came before the run was stopped";
            if let Err(error) = self.job.recorder.abandon(reason.to_owned()).await {
                self.halt.get_or_insert(Halt::Ledger(error));
            }
        }
    }

    pub(super) fn pause(&mut self, reason: String) {
        self.halt.get_or_insert(Halt::Paused(reason));
    }

    /// Stops the run for good if who answered can't prove to be the vendor.
    pub(super) fn distrust(&mut self, arrival: &Arrival) {
        if let Arrival::Untrusted(reason) = arrival {
            self.halt
                .get_or_insert_with(|| Halt::Untrusted(reason.clone()));
        }
    }

    /// Whether nothing new may be sent or asked: for a reason of its own, or because it is to stop.
    pub(super) fn is_halted(&self) -> bool {
        self.halt.is_some() || self.is_stopped()
    }

    /// Whether requests with orders may leave at this moment.
    fn may_go_on(&self) -> bool {
        *self.control.borrow() == Control::Go && !self.is_halted()
    }

    /// Whether the operator wants it to stop, or nobody is there any more to want anything.
    pub(super) fn is_stopped(&self) -> bool {
        *self.control.borrow() == Control::Stop || self.control.has_changed().is_err()
    }

    pub(super) fn tell(&self, event: RunEvent) {
        // Nobody listening is no reason not to go on.
        let _ = self.events.send(event);
    }
}

impl Work {
    pub(super) fn wait(&self, now: Instant) -> Duration {
        self.not_before
            .map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }
}

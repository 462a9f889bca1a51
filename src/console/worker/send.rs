//! Planning, sending, cancelling, and looking at requests that don't leave.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Tell, Worker};
use crate::console::event::{Arrival, Event, Ticket, Told};
use crate::console::exchange;
use crate::deck::{Deck, Target};
use crate::ledger::{Book, Ledger, RunId, RunName, SqliteLedger};
use crate::order::outcome::Operation;
use crate::submit::cancel::CancelOrder;
use crate::submit::{Control, Fate, Plan, RunEvent, Selection, Started};
use crate::vendor::{Batch, BatchOrder, Credentials, Request};
use crate::workspace::{Terms, Workspace};

/// How often progress is told.
const TOLD_EVERY: Duration = Duration::from_millis(80);
/// The most lines of a request that are shown.
const LINES_SHOWN: usize = 20_000;

impl Worker {
    pub(super) fn plan(
        &self,
        ticket: Ticket,
        deck: &Deck,
        target: &Target,
        (selection, mode): (&Selection, Option<String>),
        tell: Tell<'_>,
    ) {
        let ledger = match self.ledger_of(target) {
            Ok(ledger) => ledger,
            Err(why) => {
                return tell(Arrival::Planned {
                    ticket,
                    plan: Err(why),
                });
            }
        };
        let mut told = Instant::now();
        let planned = Plan::of_deck(
            deck,
            target,
            selection,
            ledger.as_ref().map(|ledger| ledger as &dyn Ledger),
            &mut |done| {
                if Self::outdated(&self.plans, ticket) {
                    return ControlFlow::Break(());
                }
                if told.elapsed() > TOLD_EVERY {
                    told = Instant::now();
                    tell(Arrival::Planning { ticket, done });
                }
                ControlFlow::Continue(())
            },
        );
        let plan = planned
            .map(|mut plan| {
                plan.mode = mode;
                Arc::new(plan)
            })
            .map_err(|error| error.to_string());
        tell(Arrival::Planned { ticket, plan });
    }

    fn ledger_of(&self, target: &Target) -> Told<Option<SqliteLedger>> {
        self.workspace
            .now()
            .existing_ledger(Workspace::book(&target.account))
            .map_err(|error| error.to_string())
    }

    pub(super) fn submit(
        &self,
        deck: &Deck,
        plan: &Arc<Plan>,
        selection: &Selection,
        choice: &str,
        tell: Tell<'_>,
    ) {
        match self.try_submit(deck, plan, selection, choice) {
            Ok(Some(started)) => self.follow(started, tell),
            Ok(None) => tell(Arrival::Replanned {
                why: "what would be sent changed since you decided: look at it again".to_owned(),
            }),
            Err(why) => tell(Arrival::Started(Err(why))),
        }
    }

    /// Begins the run; `None` where the plan made under the account's lock isn't the one decided on.
    fn try_submit(
        &self,
        deck: &Deck,
        plan: &Arc<Plan>,
        selection: &Selection,
        choice: &str,
    ) -> Told<Option<Started>> {
        let workspace = self.workspace.now();
        let target = &plan.target;
        let credentials = workspace
            .credentials(&target.account.profile)
            .map_err(|error| error.to_string())?;
        let seat = workspace
            .take_seat(target)
            .map_err(|error| error.to_string())?;
        // Somebody else may have sent since, or died while sending: what counts is what is true under the lock.
        let again = Plan::of_deck(deck, target, selection, Some(seat.ledger()), &mut |_| {
            ControlFlow::Continue(())
        })
        .map_err(|error| error.to_string())?;
        if again.orders != plan.orders {
            return Ok(None);
        }
        workspace
            .submit(
                seat,
                plan,
                deck,
                Terms {
                    choices: serde_json::json!({ "from": "console", "choice": choice }),
                    retry_of: None,
                    credentials,
                    wait_for_jobs: true,
                },
            )
            .map(Some)
            .map_err(|error| error.to_string())
    }

    /// Passes on what a run tells, until it ends.
    pub(super) fn follow(&self, mut started: Started, tell: Tell<'_>) {
        let (running, events, run) = (Arc::clone(&self.running), self.events.clone(), started.name);
        if let Ok(mut running) = running.lock() {
            running.push((run, started.control.clone()));
        }
        tell(Arrival::Started(Ok(run)));
        tokio::spawn(async move {
            let send = |event| {
                // Nobody listens any more when the program ends.
                let _ = events.send(Event::Arrived(Arrival::Run { run, event }));
            };
            while let Some(event) = started.events.recv().await {
                if !matches!(event, RunEvent::Ended { .. }) {
                    send(event);
                }
            }
            let (state, reason) = match started.task.await {
                Ok(ended) => ended,
                Err(error) => (
                    crate::ledger::RunState::Stopped,
                    Some(format!("it ended by a fault of the program: {error}")),
                ),
            };
            if let Ok(mut running) = running.lock() {
                running.retain(|(name, _)| *name != run);
            }
            send(RunEvent::Ended { state, reason });
        });
    }

    pub(super) fn control(&self, run: RunName, wish: Control) {
        if let Ok(running) = self.running.lock() {
            for (_, control) in running.iter().filter(|(name, _)| *name == run) {
                // A run that just ended doesn't listen any more.
                let _ = control.send(wish);
            }
        }
    }

    pub(super) fn resume(&self, book: Book, run: RunId, tell: Tell<'_>) {
        let resume = || -> Told<Option<Started>> {
            let workspace = self.workspace.now();
            let profile = workspace
                .ledger(book)
                .map_err(|error| error.to_string())?
                .run(run)
                .map_err(|error| error.to_string())?
                .decided
                .profile;
            let credentials = workspace
                .credentials(&profile)
                .map_err(|error| error.to_string())?;
            workspace
                .resume(book, run, credentials, true, || {})
                .map_err(|error| error.to_string())
        };
        match resume() {
            Ok(Some(started)) => self.follow(started, tell),
            Ok(None) => tell(Arrival::Tell(Ok(format!(
                "run {} has nothing left to do",
                RunName { book, id: run }
            )))),
            Err(why) => tell(Arrival::Started(Err(why))),
        }
    }

    pub(super) fn look(&self, plan: &Plan, tell: Tell<'_>) {
        let lines = self.first_request(plan).map(|request| lines_of(&request));
        let title = "Request".to_owned();
        tell(Arrival::Look { title, lines });
    }

    pub(super) fn curl(&self, deck: &Deck, target: &Target, selection: &Selection, tell: Tell<'_>) {
        let plan = Plan::of_deck(deck, target, selection, None, &mut |_| {
            ControlFlow::Continue(())
        });
        let command = plan
            .map_err(|error| error.to_string())
            .and_then(|plan| self.first_request(&plan))
            .map(|request| curl_of(&request));
        tell(Arrival::Copy(command));
    }

    fn first_request(&self, plan: &Plan) -> Told<Request> {
        let payloads = plan.payloads();
        let limit = plan.limits().orders_per_request.max(1);
        let pending = plan.pending();
        if pending.is_empty() {
            let why = plan.orders.iter().find_map(|order| why_not(&order.fate));
            return Err(why.unwrap_or_else(|| "nothing would be sent".to_owned()));
        }
        let mut orders = Vec::new();
        for ordinal in pending.into_iter().take(limit) {
            let key = plan.orders.get(ordinal as usize);
            orders.push(BatchOrder {
                key: key.map_or_else(String::new, |order| order.entry.key.clone()),
                payload: payloads.payload(ordinal)?,
            });
        }
        let batch = Batch {
            operation: plan.target.operation,
            orders,
            mode: plan.mode.clone(),
        };
        let credentials = self
            .workspace
            .now()
            .credentials(&plan.target.account.profile)
            .unwrap_or_else(|_| Credentials::default());
        let target = &plan.target;
        Ok(target
            .vendor
            .request(&batch, &target.account, &credentials, None))
    }

    pub(super) fn prepare_cancel(
        &self,
        ticket: Ticket,
        deck: Option<&Deck>,
        target: &Target,
        ids: &[String],
        tell: Tell<'_>,
    ) {
        let orders = self
            .workspace
            .now()
            .prepare_cancel(target, ids, deck)
            .map_err(|error| error.to_string());
        tell(Arrival::Cancelling { ticket, orders });
    }

    /// Shows the first request of a cancellation.
    pub(super) fn look_at_cancel(
        &self,
        target: &Target,
        orders: &[CancelOrder],
        mode: Option<String>,
        tell: Tell<'_>,
    ) {
        let plan = self.ledger_of(target).and_then(|ledger| {
            let ledger = ledger.as_ref().map(|ledger| ledger as &dyn Ledger);
            Workspace::plan_cancel(target, orders, mode, ledger, false)
                .map_err(|error| error.to_string())
        });
        match plan {
            Ok(plan) => self.look(&plan, tell),
            Err(why) => tell(Arrival::Tell(Err(why))),
        }
    }

    /// Begins a cancellation: in the vendor's way, with what is written down about the decision.
    pub(super) fn cancel(
        &self,
        deck: Option<&Deck>,
        target: &Target,
        orders: &[CancelOrder],
        (mode, choices): (Option<String>, serde_json::Value),
        tell: Tell<'_>,
    ) {
        let begin = || -> Told<Started> {
            let workspace = self.workspace.now();
            let credentials = workspace
                .credentials(&target.account.profile)
                .map_err(|error| error.to_string())?;
            let seat = workspace
                .take_seat(target)
                .map_err(|error| error.to_string())?;
            let plan = Workspace::plan_cancel(target, orders, mode, Some(seat.ledger()), false)
                .map_err(|error| error.to_string())?;
            if plan.to_send.orders == 0 {
                let why = plan.orders.iter().find_map(|order| why_not(&order.fate));
                return Err(why.unwrap_or_else(|| "there is nothing to cancel".to_owned()));
            }
            workspace
                .submit_cancel(
                    seat,
                    &plan,
                    deck,
                    Terms {
                        choices,
                        retry_of: None,
                        credentials,
                        wait_for_jobs: true,
                    },
                )
                .map_err(|error| error.to_string())
        };
        match begin() {
            Ok(started) => self.follow(started, tell),
            Err(why) => tell(Arrival::Started(Err(why))),
        }
    }
}

/// Why an order isn't sent.
fn why_not(fate: &Fate) -> Option<String> {
    match fate {
        Fate::Blocked { rule, reason } => Some(format!("it isn't sent: {rule} {reason}")),
        Fate::Doubtful(reason) | Fate::Skipped(reason) => Some(format!("it isn't sent: {reason}")),
        Fate::Excluded(reason) => Some(format!("it isn't sent: {reason}")),
        Fate::Send => None,
    }
}

/// Puts every payload together, as sending would, and tells what it came to.
pub(super) fn dry_run(plan: &Plan, tell: Tell<'_>) {
    let (payloads, mut bytes, mut largest) = (plan.payloads(), 0_usize, 0_usize);
    let pending = plan.pending();
    let mut made = 0_usize;
    for ordinal in &pending {
        match payloads.payload(*ordinal) {
            Ok(payload) => {
                made += 1;
                bytes += payload.len();
                largest = largest.max(payload.len());
            }
            Err(why) => return tell(Arrival::Tell(Err(why))),
        }
    }
    let (requests, jobs) = plan.requests();
    tell(Arrival::Tell(Ok(format!(
        "dry run: {made} payloads made, {bytes} bytes, the largest {largest}; {requests} requests, {jobs} jobs; nothing was sent"
    ))));
}

/// A request as it would leave, secrets masked.
fn lines_of(request: &Request) -> Vec<String> {
    let mut lines = vec![format!("{} {}", request.method, request.url)];
    for (name, value) in request.masked_headers() {
        lines.push(format!("{name}: {value}"));
    }
    lines.push(String::new());
    let body = request.body.masked();
    let text = serde_json::from_slice::<serde_json::Value>(&body)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned());
    let mut shown = text.lines();
    lines.extend(shown.by_ref().take(LINES_SHOWN).map(str::to_owned));
    let more = shown.count();
    if more > 0 {
        lines.push(format!("… and {more} lines more"));
    }
    lines
}

/// The same as a command for a shell.
fn curl_of(request: &Request) -> String {
    exchange::curl(
        request.method,
        &request.url,
        &request.masked_headers(),
        &request.body.masked(),
    )
}

/// The target of the same account for another operation.
pub(in crate::console) fn with_operation(target: &Target, operation: Operation) -> Target {
    Target {
        operation,
        now: jiff::Timestamp::now(),
        ..target.clone()
    }
}

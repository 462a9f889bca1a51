//! Orders in doubt: what was sent, what is known, and the operator's word on them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::report::add;
use super::sending::{changed_since, mode_of};
use super::{SendingError, Workspace, WorkspaceError, outcome_json};
use crate::ledger::{
    Exchange, ExchangeId, Ledger, ManifestEntry, OutcomeRow, Ruling, Run, RunName, RunState, Taken,
};
use crate::order::outcome::Outcome;
use crate::submit::SubmitError;
use crate::submit::sent::Sent;
use crate::vendor::{Batch, BatchOrder, Doubt, words};

/// How much of an unusable answer is shown.
const BEGINNING: usize = 200;

/// The orders of a run that are in doubt.
#[derive(Debug, Clone)]
pub struct Doubts {
    /// What people call the run.
    pub name: RunName,
    /// The run.
    pub run: Run,
    /// Its orders in doubt, by ordinal.
    pub orders: Vec<DoubtfulOrder>,
    /// What the program itself can do about them; the vendor's way with doubt.
    pub way: Doubt,
}

/// One order in doubt.
#[derive(Debug, Clone)]
pub struct DoubtfulOrder {
    /// As decided.
    pub entry: ManifestEntry,
    /// Its outcome with the reason, and when it was recorded.
    pub row: OutcomeRow,
    /// The request that left the doubt, without bodies.
    pub request: Option<Exchange>,
    /// What was sent for this order, secrets masked.
    pub payload: Option<Value>,
    /// The beginning of an answer that could not be used.
    pub answer: Option<String>,
    /// What a later run made of it: the doubt may be over.
    pub since: Option<Taken>,
}

/// What the operator says of orders in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The vendor has them: they count as taken.
    Arrived,
    /// The vendor never got them: they wait to be sent, and `resume` sends them.
    NotArrived,
}

/// Why nothing was settled.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// An order that was named isn't in doubt.
    #[error(
        "run {run}: {order} is not in doubt{is}; `orderdeck settle {run}` lists those that are"
    )]
    NotInDoubt {
        /// The run.
        run: RunName,
        /// The order's key.
        order: String,
        /// What it is, if the run has it: `, it is accepted`.
        is: String,
    },
    /// The profile is no longer that of the run.
    #[error(
        "the {what} of the profile {profile} is no longer that of run {run}: put it back to settle the run's doubt"
    )]
    Elsewhere {
        /// The run.
        run: RunName,
        /// Its profile.
        profile: String,
        /// What changed.
        what: &'static str,
    },
    /// Somebody else is sending, or the ledger can't be used.
    #[error(transparent)]
    Sending(#[from] SendingError),
}

impl From<WorkspaceError> for SettleError {
    fn from(error: WorkspaceError) -> Self {
        Self::Sending(error.into())
    }
}

impl DoubtfulOrder {
    /// When what was sent and what came back was removed from the ledger to make room.
    pub fn bodies_removed_at(&self) -> Option<Timestamp> {
        self.request.as_ref()?.compacted_at
    }

    /// What is known, as members for JSON. `run` is the run's name.
    pub fn json(&self, run: RunName) -> Value {
        let mut line = json!({
            "run": run.to_string(),
            "order": self.entry.key,
            "total": self.entry.total.map(|total| total.to_string()),
            "currency": self.entry.currency,
            "at": self.row.at.to_string(),
        });
        add(&mut line, outcome_json(&self.row.update));
        let request = self.request.as_ref();
        add(
            &mut line,
            json!({
                "sent_at": request.map(|request| request.sent_at.to_string()),
                "method": request.map(|request| &request.intent.method),
                "url": request.map(|request| &request.intent.url),
                "status": request.and_then(|request| request.status),
                "answer": self.answer,
                "since": self.since.as_ref().map(|since| json!({
                    "run": RunName { id: since.run, ..run }.to_string(),
                    "outcome": since.outcome.name(),
                })),
                "payload": self.payload,
                "bodies_removed_at": self.bodies_removed_at().map(|at| at.to_string()),
            }),
        );
        line
    }
}

impl Workspace {
    /// The orders of a run that are in doubt; only those named, unless `keys` is empty.
    pub fn doubts(&self, name: RunName, keys: &[String]) -> Result<Doubts, SettleError> {
        let ledger = self.ledger(name.book)?;
        let run = ledger.run(name.id).map_err(WorkspaceError::from)?;
        let manifest = ledger.manifest(name.id).map_err(WorkspaceError::from)?;
        let rows = ledger
            .outcomes(name.id, &[])
            .map_err(WorkspaceError::from)?;
        let wanted: HashSet<&str> = keys.iter().map(String::as_str).collect();
        let mut outcomes: HashMap<&str, Outcome> = HashMap::new();
        for row in &rows {
            outcomes.insert(&row.key, row.update.outcome);
        }
        for key in keys {
            let outcome = outcomes.get(key.as_str());
            if outcome != Some(&Outcome::InDoubt) {
                let has = manifest.iter().any(|entry| entry.key == *key);
                return Err(SettleError::NotInDoubt {
                    run: name,
                    order: key.clone(),
                    is: match outcome {
                        Some(outcome) => format!(", it is {outcome}"),
                        None if has => ", it wasn't sent".to_owned(),
                        None => ": the run doesn't have it".to_owned(),
                    },
                });
            }
        }
        let doubtful: Vec<OutcomeRow> = rows
            .iter()
            .filter(|row| row.update.outcome == Outcome::InDoubt)
            .filter(|row| wanted.is_empty() || wanted.contains(row.key.as_str()))
            .cloned()
            .collect();
        let keys: Vec<&str> = doubtful.iter().map(|row| row.key.as_str()).collect();
        let decided = &run.decided;
        let since = ledger
            .taken(&decided.account, &decided.vendor, decided.operation, &keys)
            .map_err(WorkspaceError::from)?;
        let mut requests: HashMap<ExchangeId, (Exchange, Sent)> = HashMap::new();
        let mut orders = Vec::with_capacity(doubtful.len());
        for (row, since) in doubtful.iter().cloned().zip(since) {
            if let Some(id) = row.update.exchange
                && !requests.contains_key(&id)
            {
                let exchange = ledger.exchange(id).map_err(WorkspaceError::from)?;
                let sent = Sent::of(&exchange);
                requests.insert(id, (exchange, sent));
            }
            let request = row.update.exchange.and_then(|id| requests.get(&id));
            let Some(entry) = manifest.get(row.update.ordinal as usize).cloned() else {
                continue;
            };
            let payload =
                request.and_then(|(_, sent)| sent.payload(row.update.ordinal, entry.payload_hash));
            let request = request.map(|(request, _)| request);
            orders.push(DoubtfulOrder {
                payload,
                answer: request.and_then(answer_of),
                request: request.map(without_bodies),
                since: since.filter(|since| since.run > name.id),
                entry,
                row,
            });
        }
        Ok(Doubts {
            way: self.way(&run, &orders),
            name,
            orders,
            run,
        })
    }

    /// What the vendor's policy is for these orders.
    fn way(&self, run: &Run, orders: &[DoubtfulOrder]) -> Doubt {
        let Ok((vendor, account)) = self.account(&run.decided.profile) else {
            // The profile is gone: nobody can be asked.
            return Doubt::AskOperator;
        };
        let batch = Batch {
            operation: run.decided.operation,
            orders: orders
                .iter()
                .map(|order| BatchOrder {
                    key: order.entry.key.clone(),
                    payload: Vec::new(),
                })
                .collect(),
            mode: mode_of(run),
        };
        vendor.doubt(&batch, &account)
    }

    /// Records the operator's word on orders in doubt. Returns how many it was about.
    ///
    /// # Errors
    /// If one of them is not in doubt (nothing is recorded then), or somebody is sending to the account.
    pub fn settle(
        &self,
        name: RunName,
        keys: &[String],
        decision: Decision,
        note: Option<&str>,
    ) -> Result<u64, SettleError> {
        let run = self
            .ledger(name.book)?
            .run(name.id)
            .map_err(WorkspaceError::from)?;
        let target = self.target(&run.decided.profile, run.decided.operation)?;
        if let Some(what) = changed_since(&target.account, target.vendor, &run, name.book) {
            return Err(SettleError::Elsewhere {
                run: name,
                profile: run.decided.profile,
                what,
            });
        }
        // Whoever sends may be settling the same doubt at this moment.
        let mut seat = self.take_seat(&target)?;
        let doubts = self.doubts(name, keys)?;
        let rulings: Vec<Ruling> = doubts
            .orders
            .iter()
            .map(|order| Ruling {
                ordinal: order.row.update.ordinal,
                arrived: decision == Decision::Arrived,
                note: note.map(str::to_owned),
            })
            .collect();
        if rulings.is_empty() {
            return Ok(0);
        }
        let ledger = seat.ledger_mut();
        let written = |error| SettleError::Sending(SubmitError::Ledger(error).into());
        let run = ledger.run(name.id).map_err(written)?;
        // First, so that no run is ever called finished that has orders to send.
        if decision == Decision::NotArrived && run.state == RunState::Finished {
            let reason = format!(
                "{} never arrived, by the operator's word; `orderdeck resume {name}` sends them",
                words::counted(rulings.len() as u64, "order")
            );
            ledger
                .set_run_state(name.id, RunState::Stopped, Some(&reason))
                .map_err(written)?;
        }
        ledger.record_rulings(name.id, &rulings).map_err(written)?;
        Ok(rulings.len() as u64)
    }
}

/// The beginning of an answer that came, as text.
fn answer_of(exchange: &Exchange) -> Option<String> {
    if exchange.response_body.is_empty() {
        return None;
    }
    let text = String::from_utf8_lossy(&exchange.response_body);
    let mut beginning: String = text.chars().take(BEGINNING).collect();
    if beginning.len() < text.len() {
        beginning.push('…');
    }
    Some(beginning)
}

fn without_bodies(exchange: &Exchange) -> Exchange {
    Exchange {
        intent: crate::ledger::Intent {
            purpose: exchange.intent.purpose.clone(),
            method: exchange.intent.method.clone(),
            url: exchange.intent.url.clone(),
            headers: Vec::new(),
            body: Vec::new(),
            orders: Vec::new(),
        },
        response_headers: Vec::new(),
        response_body: Vec::new(),
        outcomes: Vec::new(),
        reason: exchange.reason.clone(),
        vendor: exchange.vendor.clone(),
        profile: exchange.profile.clone(),
        job: exchange.job.clone(),
        ..*exchange
    }
}

//! Sending: [`plan`] decides which orders go, [`run`] drives a run to its end, [`recorder`] makes sure that
//! the ledger knows of every request before it leaves, [`jobs`] watches the vendors' asynchronous work,
//! [`settle`] asks about orders in doubt, and [`resume`] takes up a run that was stopped or died.
//!
//! The promise: an order is sent only when the ledger already says durably that it is about to be.

mod ask;
pub mod batches;
pub mod cancel;
mod conclude;
pub mod crash;
mod deadline;
mod feed;
mod fill;
pub mod jobs;
pub mod pace;
pub mod plan;

mod record;
pub mod recorder;
pub mod resume;
mod retries;

pub mod run;
mod selection;
pub mod sent;
pub mod settle;
pub mod start;
pub mod sum;

mod token;
pub mod transport;
mod under_way;
mod wait;

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::ledger::{Book, LedgerError, Ordinal, RunName, RunState};
use crate::vendor::Environment;

pub use plan::{Fate, Plan, PlannedOrder};
pub use run::RunJob;
pub use selection::Selection;
pub use start::{Seat, Started, begin};

/// What the operator wants of a run that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Go,
    /// Send nothing new until told to go on.
    Pause,
    /// Send nothing new, record what is under way, and end; the run can be resumed.
    Stop,
}

/// What a run tells while it is under way. Everything else is in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub enum RunEvent {
    /// Something was recorded: outcomes, an exchange, a job.
    Recorded,
    /// Nothing can be sent for now.
    Waiting {
        /// For what: the vendor's rate limit, a job, the account's pace.
        reason: String,
        /// How long, where it is known.
        left: Option<Duration>,
    },
    /// It came to its end, for now or for good.
    Ended {
        /// How.
        state: RunState,
        /// Why, where something is to be said.
        reason: Option<String>,
    },
}

/// Gives the payloads of orders shortly before they are sent, so that no run holds a million of them.
pub trait Payloads: Send + Sync {
    /// The payload of that order as JSON. The error says why nothing more can be sent: the file changed, or
    /// is gone.
    fn payload(&self, ordinal: Ordinal) -> Result<Vec<u8>, String>;

    /// The payloads of some orders in the order asked for, made ahead of sending and on another thread than that:
    /// as many at once as may be made side by side. It ends early after an error.
    fn several(&self, orders: &[Ordinal]) -> Vec<Result<Vec<u8>, String>> {
        let mut made = Vec::with_capacity(orders.len());
        for ordinal in orders {
            made.push(self.payload(*ordinal));
            if made.last().is_some_and(Result::is_err) {
                break;
            }
        }
        made
    }

    /// Whether what was made may still be sent; the error says why not. Asked for each request.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Payloads that are all at hand: cancellations by id, and small sets taken from the ledger.
#[derive(Debug, Clone, Default)]
pub struct ReadyPayloads(pub Vec<Vec<u8>>);

impl Payloads for ReadyPayloads {
    fn payload(&self, ordinal: Ordinal) -> Result<Vec<u8>, String> {
        self.0
            .get(ordinal as usize)
            .cloned()
            .ok_or_else(|| "no payload was made for this order".to_owned())
    }
}

/// Why a run could not begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The ledger can't be written: nothing is sent without it.
    #[error("nothing can be sent without the ledger: {0}")]
    Ledger(#[from] LedgerError),
    /// Somebody else is sending to this account.
    #[error("{0}")]
    Locked(String),
    /// The profile or the plan says no.
    #[error("{0}")]
    Refused(String),
    /// The run can't be taken up: what it was decided on has changed.
    #[error(
        "run {run} was decided on something else: {changed} changed since; begin a new run with `orderdeck submit`"
    )]
    Mismatch {
        /// The run.
        run: RunName,
        /// What changed: `the source file`, `the mapping`, …
        changed: String,
    },
    /// The program itself could not go on.
    #[error("{0}")]
    Failed(String),
}

/// Which ledger an account's runs are in: trying never mixes with working.
pub fn book_of(environment: Environment) -> Book {
    match environment {
        Environment::Sandbox => Book::Sandbox,
        Environment::Live | Environment::Test => Book::Work,
    }
}

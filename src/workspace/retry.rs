//! Sending orders of an earlier run again, by their outcome: which ones, from where, and on whose word.

use std::collections::HashSet;
use std::path::PathBuf;

use super::sending::{changed_since, decided_mapping};
use super::{Workspace, WorkspaceError, resumable_source};
use crate::ledger::{Ledger, Run, RunName};
use crate::order::outcome::Outcome;
use crate::submit::start::Seat;

/// What a retry would be.
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    /// The run whose orders are meant.
    pub of: Run,
    /// The orders' keys.
    pub keys: Vec<String>,
    /// Orders that were meant, but that a later run has settled: they are left alone.
    pub settled_since: u64,
    /// Unchanged ones are sent all the same: the operator named an outcome that may mean that they are there.
    pub resend: bool,
    /// The operator's choice among the vendor's ways to do it.
    pub mode: Option<String>,
    /// Where the orders are read from again.
    pub from: RetrySource,
}

/// Where the orders of a retry come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetrySource {
    /// The run's file.
    File {
        /// Its path.
        path: PathBuf,
        /// The mapping it was read with.
        mapping: String,
        /// Its edits are passed over.
        no_edits: bool,
    },
    /// Ids alone: a cancellation, with the file that was loaded, if there was one.
    Ids(Option<PathBuf>),
}

/// Why nothing can be retried.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// The outcome is none that can be retried.
    #[error("{0} orders haven't come to their end: `orderdeck resume` goes on with them")]
    UnderWay(Outcome),
    /// No order has it.
    #[error("{run} has no order that is {outcomes}; `orderdeck status {run}` shows what it has")]
    None {
        /// The run.
        run: RunName,
        /// What was looked for.
        outcomes: String,
    },
    /// An order that was named isn't among them.
    #[error(
        "{run} has no order {order} that is {outcomes}; `orderdeck history {order}` shows what became of it"
    )]
    NotOne {
        /// The run.
        run: RunName,
        /// The order's key.
        order: String,
        /// What was looked for.
        outcomes: String,
    },
    /// The orders can't be read again.
    #[error(
        "the orders of run {0} came from standard input, which can't be read again; save it to a file and `orderdeck submit` that"
    )]
    NoSource(RunName),
    /// The profile reaches another account than the run's.
    #[error(
        "the {what} of the profile {profile} is no longer that of run {run}: nothing of it is sent there; `orderdeck submit` begins a new run"
    )]
    Elsewhere {
        /// The run.
        run: RunName,
        /// Its profile.
        profile: String,
        /// What changed.
        what: &'static str,
    },
    /// The ledger can't be read.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

impl Workspace {
    /// Which orders a retry of these outcomes would send; of `only`, unless it is empty.
    pub fn retry(
        &self,
        name: RunName,
        outcomes: &[Outcome],
        only: &[String],
    ) -> Result<Retry, RetryError> {
        if let Some(outcome) = outcomes.iter().find(|outcome| !outcome.is_final()) {
            return Err(RetryError::UnderWay(*outcome));
        }
        let ledger = self.ledger(name.book)?;
        let run = ledger.run(name.id).map_err(WorkspaceError::from)?;
        let profile = &run.decided.profile;
        let (vendor, account) = self.account(profile)?;
        if let Some(what) = changed_since(&account, vendor, &run, name.book) {
            return Err(RetryError::Elsewhere {
                run: name,
                profile: profile.clone(),
                what,
            });
        }
        let mut orders = self.order_reports(name, outcomes)?;
        if !only.is_empty() {
            let stranger = only
                .iter()
                .find(|key| orders.iter().all(|order| order.entry.key != **key));
            if let Some(stranger) = stranger {
                return Err(RetryError::NotOne {
                    run: name,
                    order: stranger.clone(),
                    outcomes: names(outcomes),
                });
            }
            orders.retain(|order| only.contains(&order.entry.key));
        }
        if orders.is_empty() {
            return Err(RetryError::None {
                run: name,
                outcomes: names(outcomes),
            });
        }
        let keys: Vec<&str> = orders
            .iter()
            .map(|order| order.entry.key.as_str())
            .collect();
        let decided = &run.decided;
        let since = ledger
            .taken(&decided.account, &decided.vendor, decided.operation, &keys)
            .map_err(WorkspaceError::from)?;
        let all = orders.len();
        // Doubt that a later run has settled is no doubt any more: sending again would be a second copy.
        // Where the plan doesn't look at what was taken, neither is what was refused or held back then.
        let resend = outcomes.iter().copied().any(may_be_there);
        let keys: Vec<String> = orders
            .into_iter()
            .zip(since)
            .filter(|(order, since)| match (order.update.outcome, since) {
                (_, None) => true,
                (Outcome::InDoubt, Some(since)) => since.outcome == Outcome::InDoubt,
                (outcome, Some(_)) => !resend || may_be_there(outcome),
            })
            .map(|(order, _)| order.entry.key)
            .collect();
        let choices: serde_json::Value =
            serde_json::from_str(&run.decided.frozen.choices).unwrap_or_default();
        let path = resumable_source(&run);
        self.read_as_decided(&run);
        let from = if choices["kind"] == "ids" {
            RetrySource::Ids(path)
        } else {
            RetrySource::File {
                path: path.ok_or(RetryError::NoSource(name))?,
                mapping: decided_mapping(&run),
                no_edits: choices["no_edits"] == true,
            }
        };
        Ok(Retry {
            settled_since: (all - keys.len()) as u64,
            keys,
            resend,
            mode: choices["mode"].as_str().map(str::to_owned),
            of: run,
            from,
        })
    }

    /// Takes out of a retry what was settled since it was found, by whoever sat here before. Under the account's
    /// lock nobody else settles anything any more.
    pub fn confirm_retry(
        &self,
        _seat: &Seat,
        retry: &mut Retry,
        name: RunName,
        outcomes: &[Outcome],
    ) -> Result<(), RetryError> {
        let still: HashSet<String> = match self.retry(name, outcomes, &[]) {
            Ok(now) => now.keys.into_iter().collect(),
            Err(RetryError::None { .. }) => HashSet::new(),
            Err(error) => return Err(error),
        };
        let before = retry.keys.len();
        retry.keys.retain(|key| still.contains(key));
        retry.settled_since += (before - retry.keys.len()) as u64;
        Ok(())
    }
}

/// Whether an order of that outcome may be there: who names it wants a second copy.
const fn may_be_there(outcome: Outcome) -> bool {
    outcome.is_taken() || matches!(outcome, Outcome::InDoubt | Outcome::Skipped)
}

/// `rejected or blocked`.
fn names(outcomes: &[Outcome]) -> String {
    let names: Vec<&str> = outcomes.iter().map(|outcome| outcome.name()).collect();
    names.join(" or ")
}

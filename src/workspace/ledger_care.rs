//! Looking after a ledger, as both fronts may ask for it: what is in it, whether it is whole, making room, a copy,
//! everything in it as a file.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::export::ExportError;
use super::whole::{check_place, make_whole, write_whole};
use super::{Workspace, WorkspaceError};
use crate::ledger::{
    AccountLock, Book, Compaction, Ledger, LedgerCheck, LedgerError, LedgerInfo, LockError,
    LockHolder, OutcomeFilter, OutcomeLine, RunName, Shrunk, SqliteLedger,
};
use crate::order::outcome::Outcome;
use crate::vendor::{self, Cancelling};

/// Why a ledger can't be looked after.
#[derive(Debug, thiserror::Error)]
pub enum CareError {
    /// There is none.
    #[error("there is no ledger {0} yet: nothing was sent from here")]
    None(String),
    /// It can't be read or written.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// Somebody is sending, or an account's lock can't be had.
    #[error("{0}")]
    Busy(String),
    /// The backup or export can't be written.
    #[error(transparent)]
    Write(#[from] ExportError),
    /// The export's name says no format.
    #[error("{0}: the export of a ledger ends in .ndjson")]
    Ending(String),
    /// What was copied isn't whole.
    #[error(
        "the backup isn't whole, and was not kept: {0}; `orderdeck ledger check` says what is wrong"
    )]
    BadCopy(String),
}

impl From<LedgerError> for CareError {
    fn from(error: LedgerError) -> Self {
        Self::Workspace(error.into())
    }
}

/// What goes: bodies of requests that were sent before that time, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Requests sent before it lose their bodies.
    pub before: Option<Timestamp>,
}

/// What was done to make room.
#[derive(Debug, Clone, PartialEq)]
pub struct Compacted {
    /// What was removed.
    pub removed: Compaction,
    /// The ledger's size before and after.
    pub size: Shrunk,
}

impl Workspace {
    /// What is in a ledger.
    pub fn ledger_info(&self, book: Book) -> Result<LedgerInfo, CareError> {
        Ok(self.ledger_there(book)?.info()?)
    }

    /// Checks a ledger and changes nothing.
    pub fn check_ledger(&self, book: Book) -> Result<LedgerCheck, CareError> {
        let path = self.ledger_file(book)?;
        Ok(SqliteLedger::open_read_only(&path)?.check()?)
    }

    /// What removing bodies would take away.
    pub fn compaction(&self, book: Book, cut: Cut) -> Result<Compaction, CareError> {
        let ledger = self.ledger_there(book)?;
        Ok(match cut.before {
            Some(before) => ledger.compaction(before)?,
            None => Compaction::default(),
        })
    }

    /// Removes bodies and gives the room back. Refused while anybody sends to an account of the ledger; nobody can
    /// begin to until it is done.
    pub fn compact(&self, book: Book, cut: Cut) -> Result<Compacted, CareError> {
        let mut ledger = self.ledger_there(book)?;
        let _locks = self.lock_all(&ledger, book)?;
        let removed = match cut.before {
            Some(before) => ledger.remove_bodies(before)?,
            None => Compaction::default(),
        };
        let size = ledger.shrink()?;
        Ok(Compacted { removed, size })
    }

    /// Copies a ledger as of now to a file for nobody else to read, and checks the copy. Returns its size.
    pub fn back_up_ledger(&self, book: Book, to: &Path, force: bool) -> Result<u64, CareError> {
        let ledger = self.ledger_there(book)?;
        check_place(to, force)?;
        make_whole(to, force, |_, beside| {
            ledger.backup(beside)?;
            let check = SqliteLedger::check_file(beside)?;
            match check.problems.first() {
                None => Ok(()),
                Some(problem) => Err(CareError::BadCopy(problem.clone())),
            }
        })?;
        let size = to.metadata().map_err(|error| ExportError::Write {
            path: to.to_owned(),
            error,
        })?;
        Ok(size.len())
    }

    /// Writes what became of every order of every run, one JSON object a line. Returns how many.
    pub fn export_ledger(
        &self,
        book: Book,
        filter: &OutcomeFilter,
        to: &Path,
        force: bool,
    ) -> Result<u64, CareError> {
        if to.extension().is_none_or(|ending| ending != "ndjson") {
            return Err(CareError::Ending(to.display().to_string()));
        }
        let ledger = self.ledger_there(book)?;
        check_place(to, force)?;
        let mut count = 0;
        write_whole(to, force, |file| {
            let mut written = Ok(());
            ledger
                .each_outcome(filter, |line| {
                    count += 1;
                    written = writeln!(file, "{}", line_json(book, &line));
                    written.is_ok()
                })
                .map_err(WorkspaceError::from)?;
            written.map_err(|error| ExportError::Write {
                path: to.to_owned(),
                error,
            })
        })?;
        Ok(count)
    }

    fn ledger_there(&self, book: Book) -> Result<SqliteLedger, CareError> {
        self.existing_ledger(book)?
            .ok_or_else(|| self.no_ledger(book))
    }

    fn ledger_file(&self, book: Book) -> Result<std::path::PathBuf, CareError> {
        let path = self.ledgers().path(book);
        if path.symlink_metadata().is_err() {
            return Err(self.no_ledger(book));
        }
        Ok(path)
    }

    fn no_ledger(&self, book: Book) -> CareError {
        CareError::None(self.ledgers().path(book).display().to_string())
    }

    /// The locks of all accounts that were ever sent to.
    fn lock_all(&self, ledger: &SqliteLedger, book: Book) -> Result<Vec<AccountLock>, CareError> {
        let accounts: BTreeSet<(String, String)> = ledger
            .runs()?
            .into_iter()
            .map(|run| (run.decided.vendor, run.decided.account))
            .collect();
        let directory = self.lock_dir(book);
        let me = LockHolder::this_process("orderdeck ledger compact");
        accounts
            .iter()
            .map(|(vendor, account)| {
                AccountLock::acquire(&directory, vendor, account, &me).map_err(|error| {
                    CareError::Busy(match &error {
                        LockError::Held { by } => {
                            let who = by.as_ref().map_or_else(String::new, |by| format!(" ({by})"));
                            format!(
                                "somebody is sending to {account} at {vendor}{who}; nothing was removed: wait for its end, or stop it there"
                            )
                        }
                        LockError::Unusable { .. } => error.to_string(),
                    })
                })
            })
            .collect()
    }
}

/// The orders that couldn't be cancelled from the ledger any more, by vendor and account: those of vendors that want
/// the whole order again.
pub fn no_longer_cancellable(removed: &Compaction) -> impl Iterator<Item = &(String, String, u64)> {
    removed.last_payloads.iter().filter(|(vendor, _, _)| {
        vendor::by_name(vendor)
            .is_some_and(|vendor| matches!(vendor.cancelling(), Cancelling::WholeOrder(_)))
    })
}

/// What people call a ledger.
pub const fn book_name(book: Book) -> &'static str {
    match book {
        Book::Work => "work",
        Book::Sandbox => "sandbox",
    }
}

fn counts(outcomes: &[(Outcome, u64)]) -> Value {
    let of = |wanted: Outcome| {
        let found = outcomes.iter().find(|(outcome, _)| *outcome == wanted);
        found.map_or(0, |(_, count)| *count)
    };
    let all = Outcome::ALL.iter();
    Value::Object(
        all.map(|it| (it.name().to_owned(), of(*it).into()))
            .collect::<Map<_, _>>(),
    )
}

/// What `ledger info --json` prints.
pub fn info_json(book: Book, info: &LedgerInfo) -> Value {
    let accounts: Vec<Value> = info
        .accounts
        .iter()
        .map(|account| {
            json!({
                "vendor": account.vendor,
                "account": account.account,
                "runs": account.runs,
                "outcomes": counts(&account.outcomes),
                "in_doubt": account.in_doubt,
                "newest_run_at": account.newest.to_string(),
            })
        })
        .collect();
    json!({
        "ledger": book_name(book),
        "path": info.path.display().to_string(),
        "bytes": info.bytes,
        "schema": info.schema,
        "runs": info.runs,
        "unfinished_runs": info.unfinished,
        "orders": info.outcomes.iter().map(|(_, count)| count).sum::<u64>(),
        "outcomes": counts(&info.outcomes),
        "in_doubt": info.in_doubt,
        "exchanges": info.exchanges,
        "bodies": {
            "count": info.bodies.count,
            "packed_bytes": info.bodies.packed,
            "plain_bytes": info.bodies.plain,
            "removed_exchanges": info.bodies.removed,
        },
        "jobs": info.jobs,
        "edits": info.edits,
        "oldest": info.oldest.map(|at| at.to_string()),
        "newest": info.newest.map(|at| at.to_string()),
        "reclaimable_bytes": info.reclaimable,
        "accounts": accounts,
    })
}

/// What `ledger compact --json` prints; without a size it was a rehearsal.
pub fn compaction_json(book: Book, cut: Cut, removed: &Compaction, size: Option<Shrunk>) -> Value {
    let lost: Vec<Value> = no_longer_cancellable(removed)
        .map(|(vendor, account, orders)| json!({ "vendor": vendor, "account": account, "orders": orders }))
        .collect();
    json!({
        "ledger": book_name(book),
        "dry_run": size.is_none(),
        "before": cut.before.map(|at| at.to_string()),
        "exchanges": removed.exchanges,
        "packed_bytes": removed.packed,
        "kept_unfinished": removed.kept_unfinished,
        "kept_in_doubt": removed.kept_in_doubt,
        "no_longer_cancellable": lost,
        "bytes_before": size.map(|size| size.before),
        "bytes_after": size.map(|size| size.after),
    })
}

fn line_json(book: Book, line: &OutcomeLine) -> Value {
    let run = RunName { book, id: line.run };
    json!({
        "run": run.to_string(),
        "vendor": line.vendor,
        "profile": line.profile,
        "account": line.account,
        "environment": line.environment,
        "operation": line.operation.name(),
        "order": line.order,
        "outcome": line.outcome.name(),
        "reason": line.reason,
        "rule": line.rule,
        "vendor_id": line.vendor_id,
        "at": line.at.to_string(),
        "exchange": line.exchange.map(|exchange| exchange.0),
    })
}

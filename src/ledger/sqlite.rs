//! The ledger in SQLite: write-ahead log, every commit synced before it counts.
//!
//! Cheap by shape. A run's orders are frozen in compressed chunks, and filed under the hashes of their keys; an
//! intent is one row that names ranges of them; an outcome is one row for all neighbours of which the same is
//! told. What an account has of an order is read from those rows, through its places, by the exchange that last
//! sent it, so taking an outcome back needs no mending elsewhere. Counts and sums are kept up with each commit.

mod bound;
mod bundle;
mod care;
mod exchanges;
pub(crate) mod fault;
mod history;
mod jobs;
mod manifest;
mod message;
mod open;
mod ordinals;
mod outcomes;
mod pack;
mod places;
pub(crate) mod private;
mod rulings;
mod runs;
mod sources;
mod tally;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use self::fault::Fault;
use super::{
    AnswerRecord, EditRow, Exchange, ExchangeId, HistoryEntry, Intent, JobRow, JobState, Known,
    Ledger, LedgerError, ManifestEntry, NewRun, OutcomeRow, OutcomeUpdate, Ruling, Run, RunId,
    RunState, RunSummary, Since, SourceRow, Taken, Timing,
};
use crate::order::lifecycle::Word;
use crate::order::outcome::{Operation, Outcome};

/// A ledger in an SQLite file. One connection: may move to another thread; for reading while a run is
/// being written, open a second one.
pub struct SqliteLedger {
    conn: Connection,
    path: PathBuf,
    caches: RefCell<Caches>,
}

/// What is worth keeping in memory between two calls.
#[derive(Default)]
struct Caches {
    chunks: manifest::Chunks,
    packers: pack::Packers,
    /// Where requests go, with their numbers.
    endpoints: Vec<([String; 3], i64)>,
    /// What the requests that this connection began are for, until they end.
    under_way: HashMap<ExchangeId, String>,
}

impl Caches {
    /// Forgets all: after a rollback, what they tell of may not be there.
    fn clear(&mut self) {
        self.chunks.clear();
        self.packers.clear();
        self.endpoints.clear();
        self.under_way.clear();
    }
}

impl SqliteLedger {
    /// Opens the ledger for reading and writing, brings its schema forward, and makes the file (0600, in
    /// a directory made 0700) if there is none.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Newer`] for a newer schema, the file left as it is; [`LedgerError::Unusable`] for
    /// one that isn't private or can't be used, with what to do.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        open::open(path).map(|conn| Self::on(conn, path))
    }

    /// Opens a ledger that is there for looking only: nothing is made, changed or brought forward, and
    /// methods that write fail.
    ///
    /// # Errors
    ///
    /// As [`Self::open`]; also if the file isn't there or its schema is older than this program's.
    pub fn open_read_only(path: &Path) -> Result<Self, LedgerError> {
        open::open_read_only(path).map(|conn| Self::on(conn, path))
    }

    fn on(conn: Connection, path: &Path) -> Self {
        Self {
            conn,
            path: path.to_owned(),
            caches: RefCell::default(),
        }
    }

    /// Writes outcomes whatever was there, for tests of what looks at them.
    #[cfg(test)]
    pub(crate) fn pretend(
        &mut self,
        run: RunId,
        outcomes: &[OutcomeUpdate],
    ) -> Result<(), LedgerError> {
        self.write("pretend", |conn, caches| {
            outcomes::write(conn, caches, run, outcomes, &|_, _| true)
        })
    }

    /// The ledger's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All of it or nothing, synced when it returns.
    fn write<T>(
        &mut self,
        doing: &'static str,
        work: impl FnOnce(&Connection, &mut Caches) -> Result<T, Fault>,
    ) -> Result<T, LedgerError> {
        let caches = self.caches.get_mut();
        let commit = |conn: &mut Connection, caches: &mut Caches| -> Result<T, Fault> {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&tx, caches)?;
            tx.commit()?;
            Ok(done)
        };
        commit(&mut self.conn, caches).map_err(|fault| {
            caches.clear();
            fault.tell(&self.path, doing)
        })
    }

    /// All statements of it see the same moment.
    fn read<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection, &mut Caches) -> Result<T, Fault>,
    ) -> Result<T, LedgerError> {
        let look = || -> Result<T, Fault> {
            let tx = self.conn.unchecked_transaction()?;
            let found = work(&tx, &mut self.caches.borrow_mut())?;
            tx.commit()?;
            Ok(found)
        };
        look().map_err(|fault| fault.tell(&self.path, doing))
    }
}

impl Ledger for SqliteLedger {
    fn begin_run(
        &mut self,
        run: &NewRun,
        manifest: &[ManifestEntry],
        left_out: &[OutcomeUpdate],
    ) -> Result<RunId, LedgerError> {
        self.write("begin the run", |conn, caches| {
            runs::begin(conn, caches, run, manifest, left_out)
        })
    }

    fn set_run_state(
        &mut self,
        run: RunId,
        state: RunState,
        reason: Option<&str>,
    ) -> Result<(), LedgerError> {
        self.write("change the run's state", |conn, _| {
            runs::set_state(conn, run, state, reason)
        })
    }

    fn set_run_wait(
        &mut self,
        run: RunId,
        reason: &str,
        until: jiff::Timestamp,
    ) -> Result<(), LedgerError> {
        self.write("keep what the run waits for", |conn, _| {
            runs::set_wait(conn, run, reason, until)
        })
    }

    fn record_exchanges(
        &mut self,
        run: RunId,
        answers: &[AnswerRecord],
        intents: &[Intent],
    ) -> Result<Vec<ExchangeId>, LedgerError> {
        let doing = match (answers, intents) {
            ([], _) => "record what is about to be sent",
            (_, []) => "record the answer",
            _ => "record answers and what is about to be sent",
        };
        self.write(doing, |conn, caches| {
            if !answers.is_empty() {
                exchanges::end(conn, caches, run, answers)?;
            }
            exchanges::begin(conn, caches, run, intents)
        })
    }

    fn record_outcomes(
        &mut self,
        run: RunId,
        outcomes: &[OutcomeUpdate],
    ) -> Result<(), LedgerError> {
        self.write("record the outcomes", |conn, caches| {
            outcomes::record(conn, caches, run, outcomes, Word::Run)
        })
    }

    fn record_rulings(&mut self, run: RunId, rulings: &[Ruling]) -> Result<(), LedgerError> {
        self.write("record the decision", |conn, caches| {
            rulings::record(conn, caches, run, rulings)
        })
    }

    fn record_job(&mut self, run: RunId, job: &JobState) -> Result<(), LedgerError> {
        self.write("record the job", |conn, _| jobs::record(conn, run, job))
    }

    fn abandon_open_exchanges(
        &mut self,
        run: RunId,
        reason: &str,
    ) -> Result<Vec<Exchange>, LedgerError> {
        self.write("record what is in doubt", |conn, caches| {
            exchanges::abandon(conn, caches, run, reason)
        })
    }

    fn runs(&self) -> Result<Vec<Run>, LedgerError> {
        self.read("list the runs", |conn, _| runs::all(conn))
    }

    fn runs_before(&self, before: Option<RunId>, limit: u32) -> Result<Vec<Run>, LedgerError> {
        self.read("list the runs", |conn, _| runs::page(conn, before, limit))
    }

    fn unended_runs(&self, account: &str, vendor: &str) -> Result<Vec<Run>, LedgerError> {
        self.read("find what a sender left", |conn, _| {
            runs::unended(conn, account, vendor)
        })
    }

    fn newest_run(&self) -> Result<Option<Run>, LedgerError> {
        self.read("find the newest run", |conn, _| runs::newest(conn))
    }

    fn run(&self, run: RunId) -> Result<Run, LedgerError> {
        self.read("read the run", |conn, _| runs::find(conn, run))
    }

    fn summary(&self, run: RunId) -> Result<RunSummary, LedgerError> {
        self.read("sum up the run", |conn, caches| {
            runs::summary(conn, caches, run)
        })
    }

    fn sent_since(&self, run: RunId) -> Result<Vec<Since>, LedgerError> {
        self.read("find what became of it since", |conn, caches| {
            places::sent_since(conn, caches, run)
        })
    }

    fn manifest(&self, run: RunId) -> Result<Vec<ManifestEntry>, LedgerError> {
        self.read("read the run's orders", |conn, _| runs::manifest(conn, run))
    }

    fn outcomes(&self, run: RunId, outcomes: &[Outcome]) -> Result<Vec<OutcomeRow>, LedgerError> {
        self.read("read the outcomes", |conn, caches| {
            outcomes::of_run(conn, caches, run, outcomes)
        })
    }

    fn exchanges(
        &self,
        run: Option<RunId>,
        before: Option<ExchangeId>,
        limit: u32,
    ) -> Result<Vec<Exchange>, LedgerError> {
        self.read("list the exchanges", |conn, _| {
            exchanges::page(conn, run, before, limit)
        })
    }

    fn exchanges_since(
        &self,
        after: Option<ExchangeId>,
        limit: u32,
    ) -> Result<Vec<Exchange>, LedgerError> {
        self.read("list the newest exchanges", |conn, _| {
            exchanges::since(conn, after, limit)
        })
    }

    fn exchange_heads(&self, ids: &[ExchangeId]) -> Result<Vec<Exchange>, LedgerError> {
        self.read("read the exchanges again", |conn, _| {
            exchanges::heads(conn, ids)
        })
    }

    fn order_keys(
        &self,
        run: RunId,
        orders: &[crate::ledger::Ordinal],
    ) -> Result<Vec<String>, LedgerError> {
        self.read("read the orders' keys", |conn, caches| {
            let keys = orders.iter().map(|ordinal| {
                let entry = caches.chunks.entry(conn, run, *ordinal)?;
                Ok(entry.key)
            });
            keys.collect()
        })
    }

    fn timings(&self, run: RunId, after: Option<ExchangeId>) -> Result<Vec<Timing>, LedgerError> {
        self.read("read how quickly it went", |conn, _| {
            exchanges::timings(conn, run, after)
        })
    }

    fn exchange(&self, exchange: ExchangeId) -> Result<Exchange, LedgerError> {
        self.read("read the exchange", |conn, _| {
            exchanges::whole(conn, exchange)
        })
    }

    fn jobs(&self, run: Option<RunId>) -> Result<Vec<JobRow>, LedgerError> {
        self.read("list the jobs", |conn, _| jobs::all(conn, run))
    }

    fn taken(
        &self,
        account: &str,
        vendor: &str,
        operation: Operation,
        keys: &[&str],
    ) -> Result<Vec<Option<Taken>>, LedgerError> {
        self.read("look up what was taken", |conn, caches| {
            places::taken(conn, caches, (account, vendor, operation), keys)
        })
    }

    fn last_outcomes(
        &self,
        account: &str,
        vendor: &str,
        keys: &[&str],
    ) -> Result<Vec<Option<Outcome>>, LedgerError> {
        self.read("look up the last outcomes", |conn, caches| {
            places::last(conn, caches, (account, vendor), keys)
        })
    }

    fn last_known(
        &self,
        account: &str,
        vendor: &str,
        keys: &[&str],
    ) -> Result<Vec<Option<Known>>, LedgerError> {
        self.read("look up what is known", |conn, caches| {
            places::last_known(conn, caches, (account, vendor), keys)
        })
    }

    fn history(&self, key: &str) -> Result<Vec<HistoryEntry>, LedgerError> {
        self.read("read the order's history", |conn, caches| {
            history::of_key(conn, caches, key)
        })
    }

    fn append_edit(&mut self, source: &str, label: &str, body: &str) -> Result<i64, LedgerError> {
        self.write("keep the edit", |conn, _| {
            sources::append_edit(conn, source, label, body)
        })
    }

    fn set_edits_undone(&mut self, edits: &[i64], undone: bool) -> Result<(), LedgerError> {
        self.write("undo or redo the edit", |conn, _| {
            edits
                .iter()
                .try_for_each(|edit| sources::set_edit_undone(conn, *edit, undone))
        })
    }

    fn drop_undone_edits(&mut self, source: &str) -> Result<(), LedgerError> {
        self.write("drop undone edits", |conn, _| {
            sources::drop_undone_edits(conn, source)
        })
    }

    fn edits(&self, source: &str) -> Result<Vec<EditRow>, LedgerError> {
        self.read("read the edits", |conn, _| sources::edits(conn, source))
    }

    fn remember_source(&mut self, source: &SourceRow) -> Result<(), LedgerError> {
        self.write("remember the source", |conn, _| {
            sources::remember(conn, source)
        })
    }

    fn recent_sources(&self, limit: u32) -> Result<Vec<SourceRow>, LedgerError> {
        self.read("list the sources", |conn, _| sources::recent(conn, limit))
    }
}

//! The durable record: what was decided, what was about to be sent, what came back, what became of every order.
//!
//! [`Ledger`] is the small trait that everything else sees; [`sqlite`] is the one that ships. No SQL
//! stands anywhere else. Two ledgers exist: one for work and one for the sandbox, so that trying never
//! mixes with working; edits belong to a source file and live in the work ledger.

mod care;
mod ledgers;
mod lock;
mod name;
mod record;
pub mod sqlite;

pub use care::{
    AccountInfo, Bodies, Compaction, LedgerCheck, LedgerInfo, OutcomeFilter, OutcomeLine, Shrunk,
};
pub use ledgers::Ledgers;
pub use lock::{AccountLock, LockError, LockHolder};
pub use name::{Book, RunName};
pub use record::{
    AnswerRecord, EditRow, Exchange, ExchangeState, Frozen, HistoryEntry, Intent, JobRow, JobState,
    Known, ManifestEntry, NewRun, OutcomeRow, OutcomeUpdate, Ruling, RulingRow, Run, RunState,
    RunSummary, RunWait, Since, SourceRow, Taken, Timing,
};
pub use sqlite::SqliteLedger;

use crate::order::outcome::{Operation, Outcome};

/// Number of a run inside one ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub i64);

/// Number of an exchange inside one ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId(pub i64);

/// Position of an order in its run, from 0, in file order. Never leaves the ledger and the run: towards
/// people and vendors an order is always named by its key.
pub type Ordinal = u32;

/// What can go wrong with the ledger; nothing is sent while it can't be written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file can't be opened, read or written.
    #[error("the ledger {path} can't be used: {reason}; {remedy}")]
    Unusable {
        /// The ledger's file.
        path: String,
        /// What the system or SQLite said.
        reason: String,
        /// What the operator can do.
        remedy: String,
    },
    /// Written by a newer orderdeck; left untouched.
    #[error(
        "the ledger {path} has schema {found}, this program knows up to {known}: use the newer orderdeck that wrote it"
    )]
    Newer {
        /// The ledger's file.
        path: String,
        /// Its schema version.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// There is no such run, exchange or job.
    #[error("the ledger knows no {what}; `orderdeck runs` lists what there is")]
    Unknown {
        /// For instance `run 14`.
        what: String,
    },
    /// An outcome that can't follow the one that the order has. A mistake of the program's: nothing was written.
    #[error(
        "order {order} is {was} and can't become {next}: nothing was recorded; please report this with `orderdeck history {order}`"
    )]
    Contradiction {
        /// The order's key.
        order: String,
        /// What it is.
        was: Outcome,
        /// What it was to become.
        next: Outcome,
    },
    /// Something else said no while reading or writing.
    #[error("the ledger could not {doing}: {reason}")]
    Failed {
        /// For instance `record the answer`.
        doing: &'static str,
        /// What SQLite said.
        reason: String,
    },
}

/// The durable record of runs, exchanges, jobs, outcomes and edits. Every method that writes is durable
/// (committed and synced) when it returns.
pub trait Ledger: Send {
    /// Begins a run in state [`RunState::Running`]: freezes what it was decided on, and writes at once the
    /// outcomes of the orders that are left out (`skipped`, `excluded`, `blocked`).
    fn begin_run(
        &mut self,
        run: &NewRun,
        manifest: &[ManifestEntry],
        left_out: &[OutcomeUpdate],
    ) -> Result<RunId, LedgerError>;

    /// Changes the state of a run, with a word why.
    fn set_run_state(
        &mut self,
        run: RunId,
        state: RunState,
        reason: Option<&str>,
    ) -> Result<(), LedgerError>;

    /// Keeps what a running run waits for, and until when; its next state ends that.
    fn set_run_wait(
        &mut self,
        run: RunId,
        reason: &str,
        until: jiff::Timestamp,
    ) -> Result<(), LedgerError>;

    /// One commit for all of these: answers with the outcomes and jobs that follow from them, then requests that
    /// are about to leave, whose orders are `sending` from now on. An order that has an outcome (a doubt sent
    /// again) keeps it until the answer changes it.
    fn record_exchanges(
        &mut self,
        run: RunId,
        answers: &[AnswerRecord],
        intents: &[Intent],
    ) -> Result<Vec<ExchangeId>, LedgerError>;

    /// Commits that these requests are about to leave, and nothing else.
    fn record_intents(
        &mut self,
        run: RunId,
        intents: &[Intent],
    ) -> Result<Vec<ExchangeId>, LedgerError> {
        self.record_exchanges(run, &[], intents)
    }

    /// Commits these answers, and nothing else.
    fn record_answers(&mut self, run: RunId, answers: &[AnswerRecord]) -> Result<(), LedgerError> {
        self.record_exchanges(run, answers, &[]).map(|_| ())
    }

    /// Commits outcomes that no answer of their own brought: a settled job, a settled doubt, an operator's word.
    /// `Pending` (and `Sending`) takes back what was recorded; a vendor id that was told once stays.
    fn record_outcomes(
        &mut self,
        run: RunId,
        outcomes: &[OutcomeUpdate],
    ) -> Result<(), LedgerError>;

    /// Commits what the operator decided about orders in doubt: the ruling is kept for good, with the doubt that
    /// it ended, and the order is `accepted` or `pending` from now on. All of them or none: an order that is
    /// not in doubt is a [`LedgerError::Contradiction`].
    fn record_rulings(&mut self, run: RunId, rulings: &[Ruling]) -> Result<(), LedgerError>;

    /// Records what a poll said of a job (progress, counts, state, next poll).
    fn record_job(&mut self, run: RunId, job: &JobState) -> Result<(), LedgerError>;

    /// Turns every exchange that is still `sending` in this run into doubt: the exchange is `lost` and its
    /// orders without an outcome are `in-doubt`. Only to be called by the holder of the account's lock.
    /// Returns the exchanges concerned.
    fn abandon_open_exchanges(
        &mut self,
        run: RunId,
        reason: &str,
    ) -> Result<Vec<Exchange>, LedgerError>;

    /// All runs, newest first.
    fn runs(&self) -> Result<Vec<Run>, LedgerError>;

    /// The newest runs that were begun before that one, or of all, newest first: at most `limit`.
    fn runs_before(&self, before: Option<RunId>, limit: u32) -> Result<Vec<Run>, LedgerError>;

    /// The runs of an account that say they are running, or that have an exchange without an end.
    fn unended_runs(&self, account: &str, vendor: &str) -> Result<Vec<Run>, LedgerError>;

    /// The run that was begun last.
    fn newest_run(&self) -> Result<Option<Run>, LedgerError> {
        Ok(self.runs()?.into_iter().next())
    }

    /// One run.
    fn run(&self, run: RunId) -> Result<Run, LedgerError>;

    /// One run with its counts by outcome; pending and sending included, so that they add up to its orders.
    fn summary(&self, run: RunId) -> Result<RunSummary, LedgerError>;

    /// What later runs made of a run's orders that were rejected or are in doubt, where they sent them again.
    fn sent_since(&self, run: RunId) -> Result<Vec<Since>, LedgerError>;

    /// What the run was decided on, key and payload hash by ordinal.
    fn manifest(&self, run: RunId) -> Result<Vec<ManifestEntry>, LedgerError>;

    /// The recorded outcomes of a run by ordinal, those of `outcomes` only unless it is empty. Orders
    /// without a row are `pending`, or `sending` in an open exchange.
    fn outcomes(&self, run: RunId, outcomes: &[Outcome]) -> Result<Vec<OutcomeRow>, LedgerError>;

    /// Exchanges, newest first: of one run or of all; `before` pages backwards, at most `limit`.
    fn exchanges(
        &self,
        run: Option<RunId>,
        before: Option<ExchangeId>,
        limit: u32,
    ) -> Result<Vec<Exchange>, LedgerError>;

    /// Exchanges that were begun after one (or all), newest first, at most `limit`: what a tail asks for.
    fn exchanges_since(
        &self,
        after: Option<ExchangeId>,
        limit: u32,
    ) -> Result<Vec<Exchange>, LedgerError>;

    /// These exchanges as they are now, without headers and bodies; those that aren't there are left out.
    fn exchange_heads(&self, ids: &[ExchangeId]) -> Result<Vec<Exchange>, LedgerError>;

    /// The keys of these orders of a run, in the order asked for.
    fn order_keys(&self, run: RunId, orders: &[Ordinal]) -> Result<Vec<String>, LedgerError>;

    /// When each request of a run left and how long its answer took, oldest first: those after that exchange, or
    /// all. One pass over the run's exchanges, nothing of their bodies.
    fn timings(&self, run: RunId, after: Option<ExchangeId>) -> Result<Vec<Timing>, LedgerError>;

    /// One exchange with its headers and bodies (uncompressed, secrets masked).
    fn exchange(&self, exchange: ExchangeId) -> Result<Exchange, LedgerError>;

    /// The jobs of one run or of all, newest first.
    fn jobs(&self, run: Option<RunId>) -> Result<Vec<JobRow>, LedgerError>;

    /// For each key, what this account has of it by that operation, or may have: the outcome is one of those
    /// that were taken, or `in-doubt`. Of what was taken, rejected or doubtful, the order's newest sending
    /// decides; `None` where that was rejected, or nothing was ever sent.
    fn taken(
        &self,
        account: &str,
        vendor: &str,
        operation: Operation,
        keys: &[&str],
    ) -> Result<Vec<Option<Taken>>, LedgerError>;

    /// For each key, its last outcome at that account by any operation: what the Orders view shows as `sent`.
    /// Skipped, excluded and blocked ones count only where it was never sent.
    fn last_outcomes(
        &self,
        account: &str,
        vendor: &str,
        keys: &[&str],
    ) -> Result<Vec<Option<Outcome>>, LedgerError>;

    /// The same with run, operation, time and the vendor's id.
    fn last_known(
        &self,
        account: &str,
        vendor: &str,
        keys: &[&str],
    ) -> Result<Vec<Option<Known>>, LedgerError>;

    /// Everything that ever happened to an order, oldest first.
    fn history(&self, key: &str) -> Result<Vec<HistoryEntry>, LedgerError>;

    /// Appends an entry to the edit log of a source and returns its number.
    fn append_edit(&mut self, source: &str, label: &str, body: &str) -> Result<i64, LedgerError>;

    /// Marks edits as undone or done again, all or none.
    fn set_edits_undone(&mut self, edits: &[i64], undone: bool) -> Result<(), LedgerError>;

    /// Drops undone edits of a source that a new edit makes unreachable.
    fn drop_undone_edits(&mut self, source: &str) -> Result<(), LedgerError>;

    /// The edit log of a source, oldest first.
    fn edits(&self, source: &str) -> Result<Vec<EditRow>, LedgerError>;

    /// Remembers that a source file was opened.
    fn remember_source(&mut self, source: &SourceRow) -> Result<(), LedgerError>;

    /// Source files opened before, newest first.
    fn recent_sources(&self, limit: u32) -> Result<Vec<SourceRow>, LedgerError>;
}

//! What looking after a ledger tells: its size and contents, what is wrong with it, what making room takes away.

use std::path::PathBuf;

use jiff::Timestamp;

use super::{ExchangeId, RunId};
use crate::order::outcome::{Operation, Outcome};

/// What is in a ledger. Sizes are bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerInfo {
    /// The ledger's file.
    pub path: PathBuf,
    /// The file and its log on the disk.
    pub bytes: u64,
    /// The schema version.
    pub schema: i64,
    /// How many runs.
    pub runs: u64,
    /// Those that haven't come to their end.
    pub unfinished: u64,
    /// Orders of all runs, by outcome; those under way count as pending.
    pub outcomes: Vec<(Outcome, u64)>,
    /// Orders in doubt that no later run settled.
    pub in_doubt: u64,
    /// How many requests.
    pub exchanges: u64,
    /// What was sent and what came back.
    pub bodies: Bodies,
    /// How many jobs.
    pub jobs: u64,
    /// How many edits, the undone ones included.
    pub edits: u64,
    /// When the first run was begun.
    pub oldest: Option<Timestamp>,
    /// When a run last changed its state or sent something.
    pub newest: Option<Timestamp>,
    /// What compacting would give back at once, without removing anything.
    pub reclaimable: u64,
    /// The same by account.
    pub accounts: Vec<AccountInfo>,
}

/// Bodies of requests and responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bodies {
    /// How many requests and responses are kept with their text.
    pub count: u64,
    /// Bytes that they take up, compressed.
    pub packed: u64,
    /// Bytes of the bodies as they travelled.
    pub plain: u64,
    /// Requests whose bodies were removed.
    pub removed: u64,
}

/// What a ledger holds of one account.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountInfo {
    /// Name of the vendor.
    pub vendor: String,
    /// The account.
    pub account: String,
    /// How many runs.
    pub runs: u64,
    /// Orders of all its runs, by outcome.
    pub outcomes: Vec<(Outcome, u64)>,
    /// Orders in doubt that no later run settled.
    pub in_doubt: u64,
    /// When its last run was begun.
    pub newest: Timestamp,
}

/// What was looked at, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LedgerCheck {
    /// How many runs.
    pub runs: u64,
    /// How many orders, over all runs.
    pub orders: u64,
    /// How many requests.
    pub exchanges: u64,
    /// What is wrong, each in words; no more than [`LedgerCheck::MOST`] are told.
    pub problems: Vec<String>,
    /// How many more there are.
    pub more: u64,
}

impl LedgerCheck {
    /// How many problems are told in words.
    pub const MOST: usize = 100;

    pub(super) fn found(&mut self, problem: impl Into<String>) {
        if self.problems.len() < Self::MOST {
            self.problems.push(problem.into());
        } else {
            self.more += 1;
        }
    }

    /// Whether nothing is wrong.
    pub fn is_well(&self) -> bool {
        self.problems.is_empty()
    }
}

/// What removing bodies takes away, or took.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compaction {
    /// Requests whose bodies go, with those of their answers.
    pub exchanges: u64,
    /// Bytes that these take up, compressed.
    pub packed: u64,
    /// Old enough, but kept: their run hasn't come to its end.
    pub kept_unfinished: u64,
    /// Old enough, but kept: they hold an order in doubt.
    pub kept_in_doubt: u64,
    /// By vendor and account: taken orders whose payload is known from a request of their own that goes. Where the
    /// vendor cancels by sending the whole order again, these can't be cancelled from the ledger any more.
    pub last_payloads: Vec<(String, String, u64)>,
}

/// The size of a ledger on the disk before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shrunk {
    /// Bytes before.
    pub before: u64,
    /// Bytes after.
    pub after: u64,
}

/// Which outcomes an export holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutcomeFilter {
    /// Those recorded at or after that time.
    pub since: Option<Timestamp>,
    /// Those of that account.
    pub account: Option<String>,
}

/// What became of one order in one run, with everything that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeLine {
    /// The run.
    pub run: RunId,
    /// Name of the vendor.
    pub vendor: String,
    /// Name of the profile.
    pub profile: String,
    /// The account.
    pub account: String,
    /// `live`, `test`, `sandbox`.
    pub environment: String,
    /// What was to be done.
    pub operation: Operation,
    /// The order's key.
    pub order: String,
    /// What became of it.
    pub outcome: Outcome,
    /// In the vendor's words, or ours.
    pub reason: Option<String>,
    /// Our rule, where one decided.
    pub rule: Option<String>,
    /// The vendor's own id of the order.
    pub vendor_id: Option<String>,
    /// When it was recorded; for orders that still wait, when the run began.
    pub at: Timestamp,
    /// The exchange that brought it.
    pub exchange: Option<ExchangeId>,
}

//! What workers make for the screen: small, ready to be drawn, without a way back into files or ledgers.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::deck::{DeckOrder, Left, Payload, Target};
use crate::finding::{Rule, Severity};
use crate::ledger::{Book, Exchange, JobRow, RunSummary};
use crate::order::outcome::Outcome;
use crate::vendor::{Environment, VendorRef};

/// A profile as the console needs it.
#[derive(Debug, Clone)]
pub struct AccountInfo {
    /// The profile's name.
    pub name: String,
    /// Its vendor.
    pub vendor: VendorRef,
    /// How serious it is.
    pub environment: Environment,
    /// Looks and never sends.
    pub read_only: bool,
    /// Where it is reached, if that is known.
    pub address: String,
    /// For whom payloads are made; else why none can be.
    pub target: Result<Target, String>,
}

/// One order in the list.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its place in the file.
    pub place: usize,
    /// Its key; where it can't be decoded the source's, or none.
    pub key: String,
    /// The day it was placed.
    pub date: String,
    /// Who bought.
    pub customer: String,
    /// Its total.
    pub total: Option<Decimal>,
    /// Code of its currency.
    pub currency: String,
    /// Status in a word.
    pub status: &'static str,
    /// Why it is left out, if it is.
    pub left: Option<Left>,
    /// Whether edits are in force.
    pub edited: bool,
    /// Its last outcome at the account of each tab.
    pub sent: Vec<Option<Outcome>>,
    /// Why it can't be shown.
    pub trouble: Option<String>,
}

/// A payload with everything that is said about it.
#[derive(Debug)]
pub struct Inspection {
    /// The order's place in the file.
    pub place: usize,
    /// The tab it was made for.
    pub tab: usize,
    /// The order.
    pub order: DeckOrder,
    /// For whom.
    pub target: Target,
    /// The payload; else why there is none.
    pub payload: Result<Payload, String>,
    /// For each pointer where it came from, in words.
    pub origins: HashMap<String, String>,
    /// For each finding whether one key puts it right.
    pub fixable: Vec<bool>,
}

/// The marker of an order in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verdict {
    /// Not looked at yet.
    #[default]
    Unknown,
    /// Nothing wrong.
    Well,
    /// A warning.
    Warned,
    /// An error: it isn't sent.
    Blocked,
    /// Left out.
    Left,
    /// It can't be this vendor's.
    Foreign,
}

/// Findings of some orders for one vendor.
#[derive(Debug, Default)]
pub struct SurveyPart {
    /// Place, verdict, rules that spoke.
    pub orders: Vec<(usize, Verdict, Vec<RuleHit>)>,
    /// Whether this is the end.
    pub done: bool,
    /// Why it ended early.
    pub trouble: Option<String>,
}

/// A rule that spoke, with how bad it was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RuleHit {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad.
    pub severity: Severity,
}

/// A run of one of the ledgers.
#[derive(Debug, Clone)]
pub struct RunEntry {
    /// Which ledger.
    pub book: Book,
    /// The run with its counts.
    pub summary: RunSummary,
}

/// An exchange of one of the ledgers, without bodies.
#[derive(Debug, Clone)]
pub struct ResponseEntry {
    /// Which ledger.
    pub book: Book,
    /// The exchange.
    pub exchange: Exchange,
}

/// A job of one of the ledgers.
#[derive(Debug, Clone)]
pub struct JobEntry {
    /// Which ledger.
    pub book: Book,
    /// The job.
    pub row: JobRow,
}

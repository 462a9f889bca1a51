//! What workers make for the screen: small, ready to be drawn, without a way back into files or ledgers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::deck::list::{Column, Value as Cell};
use crate::deck::{Deck, DeckOrder, Left, Payload, Target};
use crate::finding::{Rule, Severity};
use crate::ledger::{Book, Exchange, ExchangeId, JobRow, Known, RunName, RunSummary};
use crate::order::outcome::Outcome;
use crate::profile::{Profile, SANDBOX_PREFIX};
use crate::submit::Plan;
use crate::vendor::{Environment, VendorRef};
use crate::workspace::{Retry, Stale, stale};

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
    /// Whether proxies of the environment are used.
    pub allow_proxy: bool,
    /// Where it is reached, if that is known.
    pub address: String,
    /// For whom payloads are made; else why none can be.
    pub target: Result<Target, String>,
    /// The ledger's name for who it is at the vendor.
    pub account: String,
    /// Code of the currency that all orders must have, if any.
    pub currency: Option<String>,
    /// The address, if it isn't the vendor's own.
    pub base_url: Option<String>,
    /// Each credential by where it comes from, never by its value.
    pub credentials: BTreeMap<String, String>,
    /// Values for fields that the order doesn't give.
    pub defaults: Map<String, Value>,
    /// Pace and the vendor's switches.
    pub settings: Map<String, Value>,
}

impl AccountInfo {
    /// What the console needs of a profile.
    pub fn of(profile: &Profile, vendor: VendorRef, target: Result<Target, String>) -> Self {
        let base_url = profile.base_url.clone();
        let own = || vendor.default_base_url().map(str::to_owned);
        Self {
            name: profile.name.clone(),
            vendor,
            environment: profile.environment,
            read_only: profile.read_only,
            allow_proxy: profile.allow_proxy,
            address: base_url.clone().or_else(own).unwrap_or_default(),
            target,
            account: profile.account.clone(),
            currency: profile.currency.clone(),
            base_url,
            credentials: profile
                .view()
                .credentials
                .into_iter()
                .map(|(name, source)| (name.to_owned(), source))
                .collect(),
            defaults: profile.defaults.clone(),
            settings: profile.settings.clone(),
        }
    }

    /// Whether it is one of the sandbox inside this program, which can't be changed.
    pub fn is_built_in(&self) -> bool {
        self.name.starts_with(SANDBOX_PREFIX)
    }
}

/// One order in the list.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its place in the file.
    pub place: usize,
    /// Its key; where it can't be decoded the source's, or none.
    pub key: String,
    /// What each column says of it, in the order of [`Column::ALL`].
    pub cells: Vec<Cell>,
    /// Code of its currency.
    pub currency: String,
    /// Its first line in the file, where lines have numbers.
    pub line: Option<u64>,
    /// Its first line items, in words.
    pub items: Vec<String>,
    /// Why it is left out, if it is.
    pub left: Option<Left>,
    /// How many edits are in force.
    pub edits: usize,
    /// What the account of each tab last made of it, and in which run.
    pub sent: Vec<Option<(RunName, Known)>>,
    /// For each tab the source that its account has another order of this id from.
    pub strange: Vec<Option<String>>,
    /// Why it can't be shown.
    pub trouble: Option<String>,
}

impl Row {
    /// What a column says of it.
    pub fn cell(&self, column: Column) -> &Cell {
        let at = Column::ALL.iter().position(|one| *one == column);
        at.and_then(|at| self.cells.get(at))
            .unwrap_or(&Cell::Nothing)
    }
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
    /// For each finding what that key would do, in words; empty for nothing.
    pub fixes: Vec<String>,
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
    /// Rules that nearly every order meets: of how many orders. Known at the end of a whole file only.
    pub once: Vec<(RuleHit, usize)>,
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

/// One order that a rule spoke of.
#[derive(Debug, Clone)]
pub struct RuleExample {
    /// The rule.
    pub rule: &'static Rule,
    /// The order's id.
    pub order: String,
    /// What was found.
    pub message: String,
    /// Whether one key puts it right.
    pub fixable: bool,
}

/// A run of one of the ledgers.
#[derive(Debug, Clone)]
pub struct RunEntry {
    /// Which ledger.
    pub book: Book,
    /// The run with its counts.
    pub summary: RunSummary,
    /// Whether a process is sending to its account now.
    pub alive: bool,
}

impl RunEntry {
    /// What people call it.
    pub fn name(&self) -> RunName {
        RunName {
            book: self.book,
            id: self.summary.run.id,
        }
    }

    /// How serious its account is.
    pub fn environment(&self) -> Environment {
        // Whatever isn't known is treated as the most serious.
        Environment::from_name(&self.summary.run.decided.environment).unwrap_or(Environment::Live)
    }
}

/// What sending orders of a run again would send.
#[derive(Debug)]
pub struct RetryPlan {
    /// The run.
    pub run: RunName,
    /// Which of its orders were asked for.
    pub outcomes: Vec<Outcome>,
    /// Which orders, and on whose word.
    pub retry: Retry,
    /// The file that they are read from, as it is now.
    pub deck: Option<Deck>,
    /// Whether the file is another one than the run was decided on.
    pub changed: bool,
    /// The plan.
    pub plan: Arc<Plan>,
}

/// An exchange of one of the ledgers, without bodies.
#[derive(Debug, Clone)]
pub struct ResponseEntry {
    /// Which ledger.
    pub book: Book,
    /// The exchange.
    pub exchange: Exchange,
}

impl ResponseEntry {
    /// What tells it from all others.
    pub fn id(&self) -> (Book, ExchangeId) {
        (self.book, self.exchange.id)
    }
}

/// A job of one of the ledgers.
#[derive(Debug, Clone)]
pub struct JobEntry {
    /// Which ledger.
    pub book: Book,
    /// The job.
    pub row: JobRow,
    /// Whether a program has its run under way, and so asks for it.
    pub watched: bool,
}

impl JobEntry {
    /// Its run.
    pub fn run(&self) -> RunName {
        RunName {
            book: self.book,
            id: self.row.run,
        }
    }

    /// Why it wants to be looked at, if it does.
    pub fn stale(&self, now: jiff::Timestamp) -> Option<Stale> {
        stale(&self.row, self.watched, now)
    }
}

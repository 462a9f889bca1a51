//! The plan: which orders go, which are left out and why, what it sums up to. Frozen into the run.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::selection::Selection;
use super::sum::{Strange, Sum};
use super::{Payloads, ReadyPayloads, SubmitError};
use crate::deck::filter::Known;
use crate::deck::sweep::Orders;
use crate::deck::{Deck, DeckOrder, Left, Target};
use crate::finding::{Finding, Severity};
use crate::ledger::{Ledger, LedgerError, ManifestEntry, Ordinal, OutcomeUpdate, RunName, Taken};
use crate::order::check::ORD_02;
use crate::order::outcome::{Operation, Outcome};
use crate::vendor::{Encoded, Tally};

/// What will become of an order in the run.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// It will be sent.
    Send,
    /// The account took it, and it is unchanged since.
    Skipped(String),
    /// Left out by the operator, or no real order.
    Excluded(&'static str),
    /// Held back by a rule.
    Blocked {
        /// The rule's id.
        rule: &'static str,
        /// What it says.
        reason: String,
    },
    /// Held back because of the ledger: in doubt at this account.
    Doubtful(String),
}

/// One order of the plan; its position is its ordinal in the run.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedOrder {
    /// What the ledger keeps of it.
    pub entry: ManifestEntry,
    /// Its place in the file.
    pub place: Option<usize>,
    /// What will become of it.
    pub fate: Fate,
}

/// An order whose payload was made without a file, such as a cancellation by id.
#[derive(Debug, Clone)]
pub struct ReadyOrder {
    /// Its key.
    pub key: String,
    /// Its total with the currency, where it is known.
    pub worth: Option<(Decimal, String)>,
    /// What is sent.
    pub encoded: Encoded,
    /// Why it needn't be sent, where the account has done so already.
    pub done: Option<String>,
}

/// What a run would do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// For whom and for what.
    pub target: Target,
    /// The operator's choice among the vendor's ways to do it.
    pub mode: Option<String>,
    /// Every order the operator meant.
    pub orders: Vec<PlannedOrder>,
    /// What the vendor counts, for the words about side effects.
    pub tally: Tally,
    /// All the orders meant.
    pub meant: Sum,
    /// Those that will be sent.
    pub to_send: Sum,
    /// Error findings by rule id: how many orders each holds back.
    pub blocked_by: BTreeMap<&'static str, u64>,
    /// What would take the place of other orders at the account, where it is an import.
    pub strange: Option<Strange>,
    payloads: Arc<dyn Payloads>,
}

impl std::fmt::Debug for dyn Payloads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("payloads")
    }
}

impl Plan {
    /// Plans a run over a file. `progress` gets the orders looked at and may stop it.
    ///
    /// An import of payloads that are all status updates, or all cancellations, by their own shape is planned as
    /// that; one of several kinds is refused, since a run does one thing.
    pub fn of_deck(
        deck: &Deck,
        target: &Target,
        selection: &Selection,
        ledger: Option<&dyn Ledger>,
        progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Self, SubmitError> {
        let (plan, shapes) = Self::look_over(deck, target, selection, ledger, progress)?;
        let operation = match shapes.as_slice() {
            _ if target.operation != Operation::Import => return Ok(plan),
            [] | [Operation::Import] => return Ok(plan),
            [operation] => *operation,
            several => return Err(mixed(several)),
        };
        let target = Target {
            operation,
            ..target.clone()
        };
        // What was taken before is known by operation, so that another selection may come out.
        let (plan, shapes) = Self::look_over(deck, &target, selection, ledger, progress)?;
        if shapes.iter().any(|shape| *shape != operation) {
            return Err(mixed(&shapes));
        }
        Ok(plan)
    }

    /// The plan, and what its orders are by their own shape: each kind once.
    fn look_over(
        deck: &Deck,
        target: &Target,
        selection: &Selection,
        ledger: Option<&dyn Ledger>,
        progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<(Self, Vec<Operation>), SubmitError> {
        // The open file may be all there while the one that its name means is gone or another one.
        deck.check_unchanged()
            .map_err(|error| SubmitError::Refused(error.to_string()))?;
        let mut shapes = BTreeSet::new();
        if target.account.currency.is_none() && !deck.is_of_one_currency() {
            // Whether the file mixes currencies is a finding of each of its orders.
            deck.overview(progress)
                .map_err(|error| SubmitError::Failed(error.to_string()))?;
        }
        let mut planner = Planner::new(target, ledger, selection.resend);
        let is_import = target.operation == Operation::Import;
        planner.source = is_import.then(|| deck.source().identity());
        let places = selection.places_in(deck)?;
        let made = deck.sweep_places(
            &places,
            Vec::new,
            |made: &mut Vec<(DeckOrder, Encoded)>, _, order| {
                let order = order.map_err(|error| SubmitError::Failed(error.to_string()))?;
                let mut encoded = Encoded::default();
                deck.encode(order, target, &mut encoded)
                    .map_err(|unavailable| SubmitError::Refused(unavailable.to_string()))?;
                made.push((std::mem::take(order), encoded));
                Ok(())
            },
            |numbers, made| {
                if progress(numbers.start).is_break() {
                    let why = "stopped while planning".to_owned();
                    return Err(Ended::Early(SubmitError::Refused(why)));
                }
                let keys = made.iter().map(|(order, _)| order.order.id.as_str());
                planner.look_up(keys).map_err(SubmitError::from)?;
                for (order, encoded) in &made {
                    let enough = |limit| planner.to_send.orders as usize >= limit;
                    if selection.limit.is_some_and(enough) {
                        return Err(Ended::Enough);
                    }
                    let known = Known {
                        findings: &encoded.findings,
                        outcome: planner.last_outcome(&order.order.id),
                        operation: Deck::operation_of(order, target),
                        marked: false,
                    };
                    if selection.filter.is_empty() || selection.filter.matches(order, known) {
                        if order.left.is_none() {
                            shapes.insert(known.operation);
                        }
                        planner.add(order, encoded);
                    }
                }
                Ok(())
            },
        );
        if let Err(Ended::Early(error)) = made {
            return Err(error);
        }
        let orders = planner.orders;
        let decided = orders
            .iter()
            .map(|order| (order.place.unwrap_or(usize::MAX), order.entry.payload_hash))
            .collect();
        let plan = Self {
            target: target.clone(),
            mode: None,
            orders,
            tally: planner.tally,
            meant: planner.meant,
            to_send: planner.to_send,
            blocked_by: planner.blocked_by,
            strange: planner.strange,
            payloads: deck_payloads(deck, target, decided),
        };
        Ok((plan, shapes.into_iter().collect()))
    }

    /// Plans a run over payloads that are at hand: cancellations by id, or orders taken from the ledger.
    /// Each comes with what the vendor's rules say of it.
    pub fn of_payloads(
        target: &Target,
        orders: Vec<ReadyOrder>,
        ledger: Option<&dyn Ledger>,
        resend: bool,
    ) -> Result<Self, SubmitError> {
        let mut planner = Planner::new(target, ledger, resend);
        let mut payloads = Vec::with_capacity(orders.len());
        planner.look_up(orders.iter().map(|order| order.key.as_str()))?;
        for order in orders {
            planner.add_payload(&order);
            payloads.push(order.encoded.bytes);
        }
        Ok(Self {
            target: target.clone(),
            mode: None,
            orders: planner.orders,
            tally: planner.tally,
            meant: planner.meant,
            to_send: planner.to_send,
            blocked_by: planner.blocked_by,
            strange: planner.strange,
            payloads: Arc::new(ReadyPayloads(payloads)),
        })
    }

    /// The payloads of its orders.
    pub fn payloads(&self) -> Arc<dyn Payloads> {
        Arc::clone(&self.payloads)
    }

    /// What is meant and not sent.
    pub fn sum_left_out(&self) -> Sum {
        self.meant.without(&self.to_send)
    }

    /// How many orders have a fate that the test accepts.
    pub fn count(&self, test: impl Fn(&Fate) -> bool) -> u64 {
        self.orders.iter().filter(|order| test(&order.fate)).count() as u64
    }

    /// Ordinals of the orders that will be sent.
    pub fn pending(&self) -> Vec<Ordinal> {
        self.orders
            .iter()
            .enumerate()
            .filter(|(_, order)| order.fate == Fate::Send)
            .map(|(ordinal, _)| ordinal as Ordinal)
            .collect()
    }

    /// How many requests carry them, and how many jobs follow.
    pub fn requests(&self) -> (u64, u64) {
        let limits = self.limits();
        let requests = self
            .to_send
            .orders
            .div_ceil(limits.orders_per_request.max(1) as u64);
        let jobs = if limits.jobs_in_flight > 0 {
            requests
        } else {
            0
        };
        (requests, jobs)
    }

    /// What the vendor takes at once.
    pub fn limits(&self) -> crate::vendor::Limits {
        let target = &self.target;
        target
            .account
            .limits(target.vendor, target.operation, self.mode.as_deref())
    }

    /// How long it takes at least at the account's pace.
    pub fn least_duration(&self) -> std::time::Duration {
        let (requests, _) = self.requests();
        let per_minute = self.limits().requests_per_minute;
        if per_minute == 0 {
            return std::time::Duration::ZERO;
        }
        let gap = std::time::Duration::from_mins(1) / per_minute;
        gap.saturating_mul(requests.saturating_sub(1).min(u64::from(u32::MAX)) as u32)
    }

    /// What happens beside the import, in plain words.
    pub fn side_effects(&self) -> Vec<crate::vendor::SideEffect> {
        let target = &self.target;
        target.vendor.side_effects(
            target.operation,
            self.mode.as_deref(),
            &target.account,
            &self.tally,
        )
    }

    /// The outcomes of the orders that are left out, as the ledger records them when the run begins.
    pub fn left_out(&self) -> Vec<OutcomeUpdate> {
        self.orders
            .iter()
            .enumerate()
            .filter_map(|(ordinal, order)| {
                let (outcome, rule, reason) = match &order.fate {
                    Fate::Send => return None,
                    Fate::Skipped(reason) => (Outcome::Skipped, None, reason.clone()),
                    Fate::Excluded(reason) => (Outcome::Excluded, None, (*reason).to_owned()),
                    Fate::Blocked { rule, reason } => {
                        (Outcome::Blocked, Some(*rule), reason.clone())
                    }
                    Fate::Doubtful(reason) => (Outcome::Blocked, None, reason.clone()),
                };
                Some(OutcomeUpdate {
                    reason: Some(reason),
                    rule: rule.map(str::to_owned),
                    ..OutcomeUpdate::new(ordinal as Ordinal, outcome)
                })
            })
            .collect()
    }
}

/// Why the orders weren't all gone over.
enum Ended {
    /// The pilot is full.
    Enough,
    Early(SubmitError),
}

impl From<SubmitError> for Ended {
    fn from(error: SubmitError) -> Self {
        Self::Early(error)
    }
}

/// A run does one thing.
fn mixed(operations: &[Operation]) -> SubmitError {
    let names: Vec<&str> = operations
        .iter()
        .map(|operation| operation.name())
        .collect();
    let choices: Vec<String> = names
        .iter()
        .map(|name| format!("`operation:{name}`"))
        .collect();
    SubmitError::Refused(format!(
        "the file's payloads are of several operations by their own shape ({}), and a run does one: choose with the filter {}",
        names.join(", "),
        choices.join(" or ")
    ))
}

struct Planner<'a> {
    target: &'a Target,
    ledger: Option<&'a dyn Ledger>,
    resend: bool,
    keys: HashSet<String>,
    /// What the ledger says of the orders at hand: the last outcome, and what was taken.
    known: HashMap<String, (Option<Outcome>, Option<Taken>)>,
    orders: Vec<PlannedOrder>,
    tally: Tally,
    meant: Sum,
    to_send: Sum,
    blocked_by: BTreeMap<&'static str, u64>,
    /// The source that the orders are read from, and what the account has of their ids from others.
    source: Option<&'a str>,
    strange: Option<Strange>,
    /// Why the order at hand needn't be sent.
    done: Option<String>,
}

impl<'a> Planner<'a> {
    fn new(target: &'a Target, ledger: Option<&'a dyn Ledger>, resend: bool) -> Self {
        Self {
            target,
            ledger,
            resend,
            keys: HashSet::new(),
            known: HashMap::new(),
            orders: Vec::new(),
            tally: Tally::default(),
            meant: Sum::default(),
            to_send: Sum::default(),
            blocked_by: BTreeMap::new(),
            source: None,
            strange: None,
            done: None,
        }
    }

    fn add(&mut self, order: &DeckOrder, encoded: &Encoded) {
        let entry = ManifestEntry {
            key: order.order.id.clone(),
            payload_hash: encoded.hash(),
            total: order.order.total,
            currency: order
                .order
                .currency
                .map_or_else(String::new, |currency| currency.code().to_owned()),
        };
        // A cancellation of a test order is meant as it is said; a payload is what it is, said or not.
        let cancelled = self.target.operation == Operation::Cancel && order.native.is_none();
        let left = order.left.filter(|_| !cancelled);
        self.push(entry, Some(order.index), left, encoded);
    }

    fn add_payload(&mut self, order: &ReadyOrder) {
        let worth = order.worth.as_ref();
        let entry = ManifestEntry {
            key: order.key.clone(),
            payload_hash: order.encoded.hash(),
            total: worth.map(|(total, _)| *total),
            currency: worth.map_or_else(String::new, |(_, currency)| currency.clone()),
        };
        self.done.clone_from(&order.done);
        self.push(entry, None, None, &order.encoded);
        self.done = None;
    }

    fn push(
        &mut self,
        entry: ManifestEntry,
        place: Option<usize>,
        left: Option<Left>,
        encoded: &Encoded,
    ) {
        let fate = self.fate(&entry, left, encoded);
        self.meant.add(&entry);
        match &fate {
            Fate::Send => {
                self.to_send.add(&entry);
                let taken = self
                    .known
                    .get(&entry.key)
                    .and_then(|(_, taken)| taken.as_ref());
                let taken = taken.map(|taken| (self.run_name(taken), taken));
                Strange::note(&mut self.strange, &entry, self.source, taken);
                self.target.vendor.tally(&encoded.facts, &mut self.tally);
            }
            Fate::Blocked { rule, .. } => *self.blocked_by.entry(rule).or_default() += 1,
            _ => {}
        }
        self.orders.push(PlannedOrder { entry, place, fate });
    }

    fn fate(&mut self, entry: &ManifestEntry, left: Option<Left>, encoded: &Encoded) -> Fate {
        if let Some(left) = left {
            return Fate::Excluded(left.words());
        }
        if let Some(error) = worst(&encoded.findings) {
            return Fate::Blocked {
                rule: error.rule.id,
                reason: error.message(),
            };
        }
        if !self.keys.insert(entry.key.clone()) {
            return Fate::Blocked {
                rule: self
                    .target
                    .vendor
                    .duplicate_rule()
                    .map_or(ORD_02.id, |rule| rule.id),
                reason: format!("`{}` stands in this run already", entry.key),
            };
        }
        if let Some(done) = self.done.take() {
            return Fate::Skipped(done);
        }
        if !self.resend
            && let Some((_, Some(taken))) = self.known.get(&entry.key)
        {
            let run = self.run_name(taken);
            if taken.outcome == Outcome::InDoubt {
                return Fate::Doubtful(format!(
                    "it is in doubt in run {run}: `orderdeck settle {run}` shows what is known and takes your word, `--resend` sends it again"
                ));
            }
            if taken.payload_hash == entry.payload_hash {
                return Fate::Skipped(format!("unchanged since run {run} ({})", taken.outcome));
            }
        }
        Fate::Send
    }

    fn run_name(&self, taken: &Taken) -> RunName {
        RunName {
            book: super::book_of(self.target.account.environment),
            id: taken.run,
        }
    }

    /// Asks the ledger about the next orders.
    fn look_up<'k>(&mut self, keys: impl Iterator<Item = &'k str>) -> Result<(), LedgerError> {
        self.known.clear();
        let Some(ledger) = self.ledger else {
            return Ok(());
        };
        let keys: Vec<&str> = keys.collect();
        let (account, vendor) = (&self.target.account.account, self.target.vendor.name());
        let last = ledger.last_outcomes(account, vendor, &keys)?;
        let taken = ledger.taken(account, vendor, self.target.operation, &keys)?;
        let known = keys.iter().zip(last.into_iter().zip(taken));
        self.known = known
            .map(|(key, known)| ((*key).to_owned(), known))
            .collect();
        Ok(())
    }

    fn last_outcome(&self, key: &str) -> Option<Outcome> {
        self.known.get(key).and_then(|(last, _)| *last)
    }
}

fn worst(findings: &[Finding]) -> Option<&Finding> {
    findings
        .iter()
        .find(|finding| finding.severity == Severity::Error)
}

/// Payloads that are made from a file: for each ordinal the order's place in the file and the hash that was
/// decided on.
pub(super) fn deck_payloads(
    deck: &Deck,
    target: &Target,
    orders: Vec<(usize, [u8; 16])>,
) -> Arc<dyn Payloads> {
    Arc::new(DeckPayloads {
        deck: deck.clone(),
        target: target.clone(),
        orders,
    })
}

/// Payloads made again from the file when their batch is put together, and compared with what was decided.
struct DeckPayloads {
    deck: Deck,
    target: Target,
    orders: Vec<(usize, [u8; 16])>,
}

impl Payloads for DeckPayloads {
    fn check(&self) -> Result<(), String> {
        self.deck
            .check_unchanged()
            .map_err(|error| error.to_string())
    }

    fn payload(&self, ordinal: Ordinal) -> Result<Vec<u8>, String> {
        self.made(&mut self.deck.orders(), ordinal)
    }

    fn several(&self, ordinals: &[Ordinal]) -> Vec<Result<Vec<u8>, String>> {
        let mut orders = self.deck.orders();
        let mut made = Vec::with_capacity(ordinals.len());
        for ordinal in ordinals {
            made.push(self.made(&mut orders, *ordinal));
            if made.last().is_some_and(Result::is_err) {
                break;
            }
        }
        made
    }
}

impl DeckPayloads {
    fn made(&self, orders: &mut Orders<'_>, ordinal: Ordinal) -> Result<Vec<u8>, String> {
        let (place, decided) = self
            .orders
            .get(ordinal as usize)
            .ok_or("the run has no such order")?;
        let order = orders.read(*place).map_err(|error| error.to_string())?;
        let mut encoded = Encoded::default();
        self.deck
            .encode(order, &self.target, &mut encoded)
            .map_err(|error| error.to_string())?;
        if encoded.hash() == *decided {
            Ok(encoded.bytes)
        } else {
            Err(format!(
                "order {} is no longer what was decided on; nothing more is sent",
                order.order.id
            ))
        }
    }
}

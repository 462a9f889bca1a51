//! What a file holds, all in all: the numbers of `inspect` and of the top line.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::sweep::{Pace, Reads};
use super::{Deck, DeckOrder, Left};
use crate::finding::{Finding, Rule, Severity};
use crate::order::check::{self, Expectation, ORD_03};
use crate::order::status::{Fulfilment, Payment, Stage};
use crate::order::{Currency, Moment};
use crate::source::SourceError;

/// How often a rule spoke.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleCount {
    /// The rule.
    pub rule: &'static Rule,
    /// How often.
    pub count: u64,
    /// The worst of its findings: some rules speak more or less severely of some fields.
    pub worst: Severity,
    /// Where it spoke first.
    pub example: Option<Example>,
}

/// Where a rule spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The order, if it is about one.
    pub order: Option<String>,
    /// The line of the file, counted from 1, if it is known.
    pub line: Option<u64>,
    /// What was seen there; may be empty.
    pub detail: String,
}

impl Example {
    /// In words: `order #1025, line 50: …`; nothing if the place isn't known.
    pub fn words(&self) -> Option<String> {
        let order = self.order.as_deref().filter(|order| !order.is_empty());
        let parts = [
            order.map(|order| format!("order {order}")),
            self.line.map(|line| format!("line {line}")),
        ];
        let place: Vec<String> = parts.into_iter().flatten().collect();
        match (place.is_empty(), &*self.detail) {
            (true, _) => None,
            (false, "") => Some(place.join(", ")),
            (false, detail) => Some(format!("{}: {detail}", place.join(", "))),
        }
    }
}

/// Orders of one kind, counted and summed up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// How many.
    pub orders: u64,
    /// Sums of their totals by currency; orders without a currency are under the empty text.
    pub totals: BTreeMap<String, Decimal>,
}

impl Tally {
    fn add(&mut self, kind: &Kind, orders: u64, total: Decimal) {
        self.orders += orders;
        if kind.has_total {
            change(&mut self.totals, kind.currency, |sum: &mut Decimal| {
                *sum = sum.checked_add(total).unwrap_or(Decimal::MAX);
            });
        }
    }
}

/// What an order is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    day: Option<Date>,
    currency: Option<Currency>,
    has_total: bool,
    stage: Stage,
    payment: Option<Payment>,
    fulfilment: Option<Fulfilment>,
    left: Option<Left>,
}

impl Kind {
    fn of(order: &DeckOrder) -> Self {
        let DeckOrder { order, left, .. } = order;
        Self {
            day: order.placed_at.as_ref().map(Moment::date),
            currency: order.currency,
            has_total: order.total.is_some(),
            stage: order.stage(),
            payment: order.payment,
            fulfilment: order.fulfilment,
            left: *left,
        }
    }

    /// The words of its statuses; one that two of them have counts once.
    fn statuses(&self) -> impl Iterator<Item = &'static str> {
        let stage = self.stage.name();
        let payment = self.payment.map(Payment::name);
        let payment = payment.filter(|word| *word != stage);
        let fulfilment = self.fulfilment.map(Fulfilment::name);
        let fulfilment = fulfilment.filter(|word| *word != stage && Some(*word) != payment);
        [Some(stage), payment, fulfilment].into_iter().flatten()
    }
}

/// Orders of one kind each, how many and the sum of their totals: few kinds stand near each other in a file.
#[derive(Debug, Default)]
struct Alike(Vec<(Kind, u64, Decimal)>);

impl Alike {
    fn add(&mut self, order: &DeckOrder) {
        let kind = Kind::of(order);
        let total = order.order.total.unwrap_or_default();
        match self.0.iter_mut().rfind(|(known, _, _)| *known == kind) {
            Some((_, orders, sum)) => {
                *orders += 1;
                *sum = sum.checked_add(total).unwrap_or(Decimal::MAX);
            }
            None => self.0.push((kind, 1, total)),
        }
    }
}

/// Changes what a map by currency holds for one; orders without are under the empty text.
fn change<V: Default>(
    by_currency: &mut BTreeMap<String, V>,
    currency: Option<Currency>,
    change: impl FnOnce(&mut V),
) {
    let code = currency.as_ref().map_or("", Currency::code);
    match by_currency.get_mut(code) {
        Some(value) => change(value),
        None => change(by_currency.entry(code.to_owned()).or_default()),
    }
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overview {
    /// Line items.
    pub items: u64,
    /// All the orders.
    pub all: Tally,
    /// Orders by what became of them, the payment's and the delivery's statuses summed up.
    pub stages: BTreeMap<&'static str, Tally>,
    /// Orders by currency; those without one are under the empty text.
    pub currencies: BTreeMap<String, u64>,
    /// Orders by the day they were placed, in their own offsets.
    pub days: BTreeMap<Date, u64>,
    /// Orders that say nothing of when they were placed.
    pub undated: u64,
    /// Orders without a total.
    pub without_total: u64,
    /// The earliest order.
    pub first: Option<Moment>,
    /// The latest order.
    pub last: Option<Moment>,
    /// Orders left out, by reason.
    pub left: BTreeMap<Left, u64>,
    /// Statuses of orders, payments and deliveries, each with how many orders have it.
    pub statuses: BTreeMap<&'static str, u64>,
    /// How well the file fits its mapping, from 0 to 100, if that says what files it is for.
    pub fits: Option<u8>,
    /// The preset or saved mapping that fits best of all others, and how well; none if none has anything in common
    /// with the file.
    pub near: Option<(String, u8)>,
    /// What was found before any vendor has a word, by rule id.
    pub findings: BTreeMap<&'static str, RuleCount>,
}

/// Orders over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverTime {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// How many days a stretch has.
    pub days: usize,
    /// The orders of each stretch.
    pub orders: Vec<u64>,
}

/// How many days the second is after the first.
fn days_between(first: Date, later: Date) -> usize {
    let span = later.duration_since(first).as_hours() / 24;
    usize::try_from(span).unwrap_or(0)
}

impl Deck {
    /// Goes over all orders once; later calls answer at once. `progress` gets the orders done and may stop it.
    pub fn overview(
        &self,
        progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<&Overview, SourceError> {
        if let Some(overview) = self.overview.get() {
            return Ok(overview);
        }
        let overview = self.look_over(Pace::default(), progress)?;
        Ok(self.overview.get_or_init(|| overview))
    }

    pub(super) fn look_over(
        &self,
        pace: Pace<'_>,
        progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Overview, SourceError> {
        let mut overview = Overview::default();
        for (rule, count) in self.file.index.counts() {
            let mut kept = self.file.index.findings().iter();
            let first = kept.find(|finding| finding.rule == *rule);
            overview.count(rule, rule.severity, *count, || {
                first.map(|first| example(None, first))
            });
        }
        overview.fits = self.file.fits;
        overview.near.clone_from(&self.file.near);
        let mut with_currency = 0;
        let pace = Pace {
            reads: Reads::Tally,
            ..pace
        };
        self.sweep(
            pace,
            0..self.len(),
            Part::default,
            |part, _, order| {
                self.count_in(part, order?);
                Ok(())
            },
            |places, part: Part| {
                if progress(places.start).is_break() {
                    return Err(SourceError::Stopped {
                        path: self.file.source.path().display().to_string(),
                    });
                }
                with_currency += part.with_currency;
                overview.absorb(part.overview);
                overview.absorb_orders(&part.alike);
                Ok(())
            },
        )?;
        if overview.all.totals.len() > 1 && with_currency > 0 {
            overview.count(&ORD_03, ORD_03.severity, with_currency, || None);
        }
        Ok(overview)
    }

    fn count_in(&self, part: &mut Part, order: &DeckOrder) {
        part.overview.items += order.order.items.len() as u64;
        part.alike.add(order);
        if let Some(placed) = order.order.placed_at {
            part.overview.place(placed, placed);
        }
        let overview = &mut part.overview;
        part.findings.clear();
        if order.native.is_none() {
            check::check(&order.order, Expectation::default(), &mut part.findings);
            part.with_currency += u64::from(order.order.currency.is_some());
        }
        let told = self.file.index.counts();
        let read = order.findings.iter();
        // What the index tells of is counted already.
        let read = read.filter(|finding| !told.iter().any(|(rule, _)| *rule == finding.rule));
        for finding in read.chain(&part.findings) {
            let example = || Some(example(Some(order), finding));
            overview.count(finding.rule, finding.severity, 1, example);
        }
    }
}

/// What a stretch of the file holds.
#[derive(Debug, Default)]
struct Part {
    overview: Overview,
    /// The orders, those that are counted alike together.
    alike: Alike,
    /// Orders with a currency.
    with_currency: u64,
    /// Room for what is found in one order.
    findings: Vec<Finding>,
}

fn example(order: Option<&DeckOrder>, finding: &Finding) -> Example {
    // What is said of a whole order stands where the order begins.
    let first = order.and_then(|order| order.group.records.first());
    let place = finding.place.as_ref().or(first.map(|record| &record.place));
    Example {
        order: order.map(|order| order.order.id.clone()),
        line: place.and_then(|place| place.line),
        detail: finding.detail.to_string(),
    }
}

impl Overview {
    fn count(
        &mut self,
        rule: &'static Rule,
        worst: Severity,
        count: u64,
        example: impl FnOnce() -> Option<Example>,
    ) {
        let entry = self.findings.entry(rule.id).or_insert_with(|| RuleCount {
            rule,
            count: 0,
            worst,
            example: example(),
        });
        entry.count += count;
        entry.worst = entry.worst.max(worst);
    }

    /// The first and the last order of one stretch of time, and those of another.
    fn place(&mut self, first: Moment, last: Moment) {
        let is_earlier = |than: &Moment| first.timestamp() < than.timestamp();
        if self.first.as_ref().is_none_or(is_earlier) {
            self.first = Some(first);
        }
        let is_before = |other: &Moment| last.timestamp() < other.timestamp();
        if !self.last.as_ref().is_some_and(is_before) {
            self.last = Some(last);
        }
    }

    /// Adds what stands further below in the same file, but for its orders.
    fn absorb(&mut self, other: Self) {
        self.items += other.items;
        if let (Some(first), Some(last)) = (other.first, other.last) {
            self.place(first, last);
        }
        for found in other.findings.into_values() {
            self.count(found.rule, found.worst, found.count, || found.example);
        }
    }

    fn absorb_orders(&mut self, alike: &Alike) {
        for (kind, orders, total) in &alike.0 {
            self.all.add(kind, *orders, *total);
            let stage = self.stages.entry(kind.stage.name()).or_default();
            stage.add(kind, *orders, *total);
            change(&mut self.currencies, kind.currency, |count| {
                *count += orders;
            });
            match kind.day {
                Some(day) => *self.days.entry(day).or_default() += orders,
                None => self.undated += orders,
            }
            if !kind.has_total {
                self.without_total += orders;
            }
            for status in kind.statuses() {
                *self.statuses.entry(status).or_default() += orders;
            }
            if let Some(left) = kind.left {
                *self.left.entry(left).or_default() += orders;
            }
        }
    }

    /// What was found, the worst first.
    pub fn worst_first(&self) -> Vec<&RuleCount> {
        let mut found: Vec<_> = self.findings.values().collect();
        found.sort_by_key(|found| (Reverse(found.worst), found.rule.id));
        found
    }

    /// Orders over time in so many stretches at most, each of whole days: the first days, how many days each has,
    /// and the orders of each. Nothing if no order has a date.
    pub fn over_time(&self, most: usize) -> Option<OverTime> {
        let (first, last) = (*self.days.keys().next()?, *self.days.keys().next_back()?);
        let span = days_between(first, last) + 1;
        let days = span.div_ceil(most.max(1));
        let mut orders = vec![0; span.div_ceil(days)];
        for (day, count) in &self.days {
            if let Some(stretch) = orders.get_mut(days_between(first, *day) / days) {
                *stretch += count;
            }
        }
        Some(OverTime {
            first,
            last,
            days,
            orders,
        })
    }

    /// Whether anything is so bad that orders can't be sent.
    pub fn has_errors(&self) -> bool {
        self.findings
            .values()
            .any(|found| found.worst == Severity::Error)
    }
}

//! What a file holds, all in all: the numbers of `inspect` and of the top line.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use rust_decimal::Decimal;

use super::{Deck, Left};
use crate::finding::{Finding, Rule, Severity};
use crate::order::Moment;
use crate::order::check::{self, Expectation, ORD_03};
use crate::order::status::{Fulfilment, Payment};
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
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overview {
    /// Orders.
    pub orders: u64,
    /// Line items.
    pub items: u64,
    /// Sums of the orders' totals by currency; orders without a currency are under the empty text.
    pub totals: BTreeMap<String, Decimal>,
    /// The earliest order.
    pub first: Option<Moment>,
    /// The latest order.
    pub last: Option<Moment>,
    /// Orders left out, by reason.
    pub left: BTreeMap<Left, u64>,
    /// Statuses of orders, payments and deliveries, each with how many orders have it.
    pub statuses: BTreeMap<&'static str, u64>,
    /// What was found before any vendor has a word, by rule id.
    pub findings: BTreeMap<&'static str, RuleCount>,
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
        let mut overview = Overview::default();
        for (rule, count) in self.file.index.counts() {
            overview.count(rule, rule.severity, *count);
        }
        let mut findings: Vec<Finding> = Vec::new();
        let mut with_currency = 0;
        for index in 0..self.len() {
            if progress(index).is_break() {
                return Err(SourceError::Stopped {
                    path: self.file.source.path().display().to_string(),
                });
            }
            let order = self.order(index)?;
            overview.orders += 1;
            overview.items += order.order.items.len() as u64;
            if let Some(total) = order.order.total {
                let code = order
                    .order
                    .currency
                    .map_or_else(String::new, |currency| currency.code().to_owned());
                let sum = overview.totals.entry(code).or_default();
                *sum = sum.checked_add(total).unwrap_or(Decimal::MAX);
            }
            if let Some(placed) = order.order.placed_at {
                let earlier = |than: &Moment| placed.timestamp() < than.timestamp();
                if overview.first.as_ref().is_none_or(earlier) {
                    overview.first = Some(placed);
                }
                if !overview.last.as_ref().is_some_and(earlier) {
                    overview.last = Some(placed);
                }
            }
            let order_statuses = [
                Some(order.order.stage().name()),
                order.order.payment.map(Payment::name),
                order.order.fulfilment.map(Fulfilment::name),
            ];
            for (number, status) in order_statuses.iter().enumerate() {
                // A word that two of them have is one order's once.
                if let Some(word) = status
                    && !order_statuses[..number].contains(status)
                {
                    *overview.statuses.entry(word).or_default() += 1;
                }
            }
            if let Some(left) = order.left {
                *overview.left.entry(left).or_default() += 1;
            }
            findings.clear();
            findings.extend(
                order
                    .findings
                    .iter()
                    .filter(|finding| {
                        // Told by the index already.
                        !self
                            .file
                            .index
                            .counts()
                            .iter()
                            .any(|(rule, _)| *rule == finding.rule)
                    })
                    .cloned(),
            );
            if order.native.is_none() {
                check::check(&order.order, Expectation::default(), &mut findings);
                with_currency += u64::from(order.order.currency.is_some());
            }
            for finding in &findings {
                overview.count(finding.rule, finding.severity, 1);
            }
        }
        if overview.totals.len() > 1 && with_currency > 0 {
            overview.count(&ORD_03, ORD_03.severity, with_currency);
        }
        Ok(self.overview.get_or_init(|| overview))
    }
}

impl Overview {
    fn count(&mut self, rule: &'static Rule, worst: Severity, count: u64) {
        let entry = self.findings.entry(rule.id).or_insert(RuleCount {
            rule,
            count: 0,
            worst,
        });
        entry.count += count;
        entry.worst = entry.worst.max(worst);
    }

    /// Whether anything is so bad that orders can't be sent.
    pub fn has_errors(&self) -> bool {
        self.findings
            .values()
            .any(|found| found.worst == Severity::Error)
    }
}

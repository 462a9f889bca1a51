//! Orders and what they sum up to; orders that would take the place of others at the account.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::ledger::{ManifestEntry, RunName, Taken};

/// Orders, and what they sum up to by currency.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sum {
    /// How many.
    pub orders: u64,
    /// Their totals by currency.
    pub totals: BTreeMap<String, Decimal>,
}

impl Sum {
    pub(super) fn add(&mut self, entry: &ManifestEntry) {
        self.orders += 1;
        if let Some(total) = entry.total {
            let sum = self.totals.entry(entry.currency.clone()).or_default();
            *sum = sum.checked_add(total).unwrap_or(Decimal::MAX);
        }
    }

    /// The same without a part of it.
    pub(super) fn without(&self, part: &Self) -> Self {
        let mut totals = self.totals.clone();
        for (currency, total) in &part.totals {
            if let Some(sum) = totals.get_mut(currency) {
                *sum = sum.checked_sub(*total).unwrap_or_default();
            }
        }
        totals.retain(|_, total| !total.is_zero());
        Self {
            orders: self.orders.saturating_sub(part.orders),
            totals,
        }
    }
}

/// Orders that would be sent whose ids the account has with other content, from another source.
#[derive(Debug, Clone, PartialEq)]
pub struct Strange {
    /// How many.
    pub orders: u64,
    /// Key of the first.
    pub key: String,
    /// The source that the account has that one from.
    pub source: String,
    /// The run that sent it.
    pub run: RunName,
}

impl Strange {
    /// Counts an order that would be sent, if what the account has of its id is another one.
    pub(super) fn note(
        counted: &mut Option<Self>,
        entry: &ManifestEntry,
        source: Option<&str>,
        taken: Option<(RunName, &Taken)>,
    ) {
        let (Some(source), Some((run, taken))) = (source, taken) else {
            return;
        };
        let is_another = taken.outcome.is_taken()
            && taken.payload_hash != entry.payload_hash
            && !taken.source.is_empty()
            && taken.source != source;
        if !is_another {
            return;
        }
        match counted {
            Some(counted) => counted.orders += 1,
            None => {
                *counted = Some(Self {
                    orders: 1,
                    key: entry.key.clone(),
                    source: taken.source.clone(),
                    run,
                });
            }
        }
    }

    /// In a sentence.
    pub fn words(&self) -> String {
        let Self {
            orders, key, run, ..
        } = self;
        let name = self.source.rsplit(['/', '\\']).next();
        let from = format!("from {}, run {run}", name.unwrap_or(&self.source));
        match orders {
            1 => format!(
                "the account has {key} with other content, {from}: this would change that order"
            ),
            many => format!(
                "the account has {many} of these ids with other content, as {key} {from}: this would change those orders"
            ),
        }
    }
}

//! Counts and exact sums of a run by outcome and currency, kept up with every commit so that nobody has
//! to walk a million rows to draw a bar.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rust_decimal::Decimal;

use super::fault::Fault;
use crate::ledger::{ManifestEntry, RunId};
use crate::order::outcome::Outcome;

/// Orders of one outcome and currency; as a change, the numbers may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tally {
    orders: i64,
    /// Those with a total.
    priced: i64,
    total: Decimal,
}

/// Tallies by outcome and currency: those of a run, or a change to them.
#[derive(Debug, Default)]
pub(super) struct Tallies(BTreeMap<(Outcome, String), Tally>);

impl Tallies {
    /// Counts orders.
    pub(super) fn add(&mut self, orders: &Worth, outcome: Outcome) -> Result<(), Fault> {
        for (currency, tally) in &orders.0 {
            self.change(outcome, currency, *tally)?;
        }
        Ok(())
    }

    /// Moves orders from one outcome to another.
    pub(super) fn shift(
        &mut self,
        orders: &Worth,
        from: Outcome,
        to: Outcome,
    ) -> Result<(), Fault> {
        if from == to {
            return Ok(());
        }
        for (currency, tally) in &orders.0 {
            let off = Tally {
                orders: -tally.orders,
                priced: -tally.priced,
                total: -tally.total,
            };
            self.change(from, currency, off)?;
            self.change(to, currency, *tally)?;
        }
        Ok(())
    }

    fn change(&mut self, outcome: Outcome, currency: &str, by: Tally) -> Result<(), Fault> {
        let tally = self.0.entry((outcome, currency.to_owned())).or_default();
        tally.orders += by.orders;
        tally.priced += by.priced;
        tally.total = exact_sum(tally.total, by.total, currency)?;
        Ok(())
    }

    /// Whether they say the same; no orders are as good as no entry.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        let of = |tallies: &Self| -> Vec<((Outcome, String), Tally)> {
            let entries = tallies
                .0
                .iter()
                .filter(|(_, it)| it.orders != 0 || it.priced != 0);
            entries.map(|(key, tally)| (key.clone(), *tally)).collect()
        };
        of(self) == of(other)
    }

    /// Orders by outcome, in the order of an order's life.
    pub(super) fn counts(&self) -> Vec<(Outcome, u64)> {
        let mut counts: BTreeMap<Outcome, u64> = BTreeMap::new();
        for ((outcome, _), tally) in &self.0 {
            *counts.entry(*outcome).or_default() += tally.orders.unsigned_abs();
        }
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// Sums by currency and outcome, of the orders with a total.
    pub(super) fn totals(&self) -> Vec<(String, Outcome, Decimal)> {
        let mut totals: Vec<_> = self
            .0
            .iter()
            .filter(|(_, tally)| tally.priced > 0)
            .map(|((outcome, currency), tally)| (currency.clone(), *outcome, tally.total))
            .collect();
        totals.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        totals
    }

    /// Adds these changes to the tallies of a run.
    pub(super) fn apply(&self, conn: &Connection, run: RunId) -> Result<(), Fault> {
        let before = read(conn, run)?;
        let mut put = conn.prepare_cached(
            "INSERT OR REPLACE INTO tally (run, outcome, currency, orders, priced, total)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (key, change) in self.0.iter().filter(|(_, it)| **it != Tally::default()) {
            let old = before.0.get(key).copied().unwrap_or_default();
            let total = exact_sum(old.total, change.total, &key.1)?;
            put.execute((
                run.0,
                key.0.name(),
                &key.1,
                old.orders + change.orders,
                old.priced + change.priced,
                total.to_string(),
            ))?;
        }
        Ok(())
    }
}

/// What orders are worth together, by currency: few of them, so that a list will do.
#[derive(Debug, Default)]
pub(super) struct Worth(Vec<(String, Tally)>);

impl Worth {
    /// Counts one order.
    pub(super) fn add(&mut self, currency: &str, total: Option<Decimal>) -> Result<(), Fault> {
        let known = self.0.iter().position(|(known, _)| known == currency);
        let place = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push((currency.to_owned(), Tally::default()));
        }
        if let Some((_, tally)) = self.0.get_mut(place) {
            tally.orders += 1;
            if let Some(total) = total {
                tally.priced += 1;
                tally.total = exact_sum(tally.total, total, currency)?;
            }
        }
        Ok(())
    }
}

/// The tallies of a new run: all its orders pending.
pub(super) fn begin(conn: &Connection, run: RunId, orders: &[ManifestEntry]) -> Result<(), Fault> {
    let mut worth = Worth::default();
    // If the absolute amounts add up exactly, every later sum of some of them does too.
    let mut bounds = Worth::default();
    for entry in orders {
        worth.add(&entry.currency, entry.total)?;
        bounds.add(&entry.currency, entry.total.map(|total| total.abs()))?;
    }
    let mut tallies = Tallies::default();
    tallies.add(&worth, Outcome::Pending)?;
    tallies.apply(conn, run)
}

/// The tallies of a run as committed, orders under way counting as pending.
pub(super) fn read(conn: &Connection, run: RunId) -> Result<Tallies, Fault> {
    let mut select = conn.prepare_cached(
        "SELECT outcome, currency, orders, priced, total FROM tally WHERE run = ?1",
    )?;
    let mut rows = select.query([run.0])?;
    let mut tallies = Tallies::default();
    while let Some(row) = rows.next()? {
        let outcome: String = row.get(0)?;
        let total: String = row.get(4)?;
        let tally = Tally {
            orders: row.get(2)?,
            priced: row.get(3)?,
            total: Decimal::from_str_exact(&total).map_err(|_| Fault::damaged("a sum", &total))?,
        };
        let outcome =
            Outcome::from_name(&outcome).ok_or_else(|| Fault::damaged("an outcome", &outcome))?;
        tallies.0.insert((outcome, row.get(1)?), tally);
    }
    Ok(tallies)
}

fn exact_sum(a: Decimal, b: Decimal, currency: &str) -> Result<Decimal, Fault> {
    a.checked_add(b)
        .filter(|sum| sum.scale() >= a.scale().max(b.scale()) || a.is_zero() || b.is_zero())
        .ok_or_else(|| {
            Fault::Refused(format!(
                "the totals in {currency:?} are too large to be summed to the last digit: \
                 leave out the order whose total can't be right"
            ))
        })
}

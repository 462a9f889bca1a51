//! Every order of every run with what became of it, one after the other, however many there are.

use std::collections::HashMap;

use rusqlite::Connection;

use super::super::fault::Fault;
use super::super::manifest::CHUNK;
use super::super::{Caches, SqliteLedger, exchanges, outcomes, runs};
use crate::ledger::{
    ExchangeId, LedgerError, Ordinal, OutcomeFilter, OutcomeLine, OutcomeRow, OutcomeUpdate, Run,
};
use crate::order::outcome::Outcome;

impl SqliteLedger {
    /// Hands every order of every run to `each`, oldest run first, those under way and waiting included. Holds a
    /// thousand of them in memory at a time. `each` says whether to go on.
    ///
    /// # Errors
    ///
    /// The ledger can't be read.
    pub fn each_outcome(
        &self,
        filter: &OutcomeFilter,
        mut each: impl FnMut(OutcomeLine) -> bool,
    ) -> Result<(), LedgerError> {
        self.read("read the outcomes", |conn, caches| {
            let mut runs = runs::all(conn)?;
            runs.reverse();
            runs.retain(|run| {
                filter
                    .account
                    .as_ref()
                    .is_none_or(|account| *account == run.decided.account)
            });
            for run in runs {
                if !of_run(conn, caches, &run, filter, &mut each)? {
                    break;
                }
            }
            Ok(())
        })
    }
}

fn of_run(
    conn: &Connection,
    caches: &mut Caches,
    run: &Run,
    filter: &OutcomeFilter,
    each: &mut impl FnMut(OutcomeLine) -> bool,
) -> Result<bool, Fault> {
    let under_way: HashMap<Ordinal, ExchangeId> =
        exchanges::sending_by(conn, run.id)?.into_iter().collect();
    let mut first: u64 = 0;
    while first < run.orders {
        let last = (first + CHUNK as u64).min(run.orders) - 1;
        let range = (first as Ordinal, last as Ordinal);
        let mut rows = Vec::new();
        for there in outcomes::within(conn, run.id, range.0, range.1)? {
            for ordinal in there.first.max(range.0)..=there.last.min(range.1) {
                let key = caches.chunks.entry(conn, run.id, ordinal)?.key;
                rows.push(there.row(ordinal, key)?);
            }
        }
        if rows.len() as u64 <= last - first {
            for ordinal in outcomes::without_row(conn, run.id, &[range])? {
                rows.push(without_row(conn, caches, run, ordinal, &under_way)?);
            }
            rows.sort_by_key(|row| row.update.ordinal);
        }
        for row in rows {
            if filter.since.is_none_or(|since| row.at >= since) && !each(line(run, row)) {
                return Ok(false);
            }
        }
        first = last + 1;
    }
    Ok(true)
}

fn without_row(
    conn: &Connection,
    caches: &mut Caches,
    run: &Run,
    ordinal: Ordinal,
    under_way: &HashMap<Ordinal, ExchangeId>,
) -> Result<OutcomeRow, Fault> {
    let exchange = under_way.get(&ordinal).copied();
    let state = exchange.map_or(Outcome::Pending, |_| Outcome::Sending);
    Ok(OutcomeRow {
        key: caches.chunks.entry(conn, run.id, ordinal)?.key,
        update: OutcomeUpdate {
            exchange,
            ..OutcomeUpdate::new(ordinal, state)
        },
        at: run.started_at,
    })
}

fn line(run: &Run, row: OutcomeRow) -> OutcomeLine {
    let decided = &run.decided;
    OutcomeLine {
        run: run.id,
        vendor: decided.vendor.clone(),
        profile: decided.profile.clone(),
        account: decided.account.clone(),
        environment: decided.environment.clone(),
        operation: decided.operation,
        order: row.key,
        outcome: row.update.outcome,
        reason: row.update.reason,
        rule: row.update.rule,
        vendor_id: row.update.vendor_id,
        at: row.at,
        exchange: row.update.exchange,
    }
}

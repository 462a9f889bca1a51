//! What became of the orders of a run, kept by ranges of ordinals: the orders of a batch mostly share one answer,
//! so that thousands of them are one row. Ranges of a run never overlap; a later word cuts what it concerns out of
//! the ranges that are there.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use super::Caches;
use super::fault::Fault;
use super::runs::{self, now, time};
use super::tally::{Tallies, Worth};
use crate::ledger::record::carries_orders;
use crate::ledger::{ExchangeId, LedgerError, Ordinal, OutcomeRow, OutcomeUpdate, RunId};
use crate::order::lifecycle::{Word, may_follow};
use crate::order::outcome::Outcome;

/// Orders of a run that share what became of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Range {
    pub(super) first: Ordinal,
    pub(super) last: Ordinal,
    pub(super) outcome: Outcome,
    /// The exchange that last sent them.
    pub(super) sent: Option<i64>,
    pub(super) at: i64,
    pub(super) exchange: Option<i64>,
    pub(super) reason: Option<String>,
    pub(super) rule: Option<String>,
    pub(super) vendor_id: Option<String>,
}

/// The columns that [`Range::read`] reads.
const COLUMNS: &str = "first, last, outcome, sent, at, exchange, reason, rule, vendor_id";

/// The ranges of a run (?1) that hold ordinals from ?2 to ?3. The one that begins last at or before the first of
/// them is the only one that begins earlier.
pub(super) const WITHIN: &str = "run = ?1 AND last >= ?2 AND first BETWEEN
    coalesce((SELECT max(earlier.first) FROM outcome AS earlier WHERE earlier.run = ?1 AND earlier.first <= ?2), ?2)
    AND ?3";

impl Range {
    pub(super) fn read(row: &Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            first: row.get(0)?,
            last: row.get(1)?,
            outcome: outcome(row.get(2)?)?,
            sent: row.get(3)?,
            at: row.get(4)?,
            exchange: row.get(5)?,
            reason: row.get(6)?,
            rule: row.get(7)?,
            vendor_id: row.get(8)?,
        })
    }

    /// The same of some of its orders.
    fn part(&self, first: Ordinal, last: Ordinal) -> Self {
        Self {
            first,
            last,
            ..self.clone()
        }
    }

    /// What is told of one of its orders.
    pub(super) fn row(&self, ordinal: Ordinal, key: String) -> Result<OutcomeRow, Fault> {
        Ok(OutcomeRow {
            key,
            update: OutcomeUpdate {
                ordinal,
                outcome: self.outcome,
                reason: self.reason.clone(),
                rule: self.rule.clone(),
                vendor_id: self.vendor_id.clone(),
                exchange: self.exchange.map(ExchangeId),
            },
            at: time(self.at)?,
        })
    }
}

/// An outcome from its word.
pub(super) fn outcome(name: String) -> Result<Outcome, Fault> {
    Outcome::from_name(&name).ok_or_else(|| Fault::damaged("an outcome", name))
}

/// The ranges that hold ordinals from `first` to `last`, ascending; they may reach beyond.
pub(super) fn within(
    conn: &Connection,
    run: RunId,
    first: Ordinal,
    last: Ordinal,
) -> Result<Vec<Range>, Fault> {
    if first == last {
        return Ok(at(conn, run, first)?.into_iter().collect());
    }
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM outcome WHERE {WITHIN} ORDER BY first"
    ))?
    .query_and_then((run.0, first, last), Range::read)?
    .collect()
}

/// The range that an order is in: of those that begin at or before it only the last can reach it.
pub(super) fn at(conn: &Connection, run: RunId, ordinal: Ordinal) -> Result<Option<Range>, Fault> {
    let mut select = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM outcome WHERE run = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1"
    ))?;
    let mut rows = select.query((run.0, ordinal))?;
    match rows.next()? {
        Some(row) if row.get::<_, Ordinal>(1)? >= ordinal => Range::read(row).map(Some),
        _ => Ok(None),
    }
}

/// All ranges of a run with one of these outcomes, or with any, ascending, one after the other.
pub(super) fn each(
    conn: &Connection,
    run: RunId,
    wanted: &[Outcome],
    mut each: impl FnMut(Range) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let words: Vec<String> = wanted
        .iter()
        .map(|outcome| format!("'{}'", outcome.name()))
        .collect();
    let only = match wanted {
        [] => String::new(),
        _ => format!("AND outcome IN ({})", words.join(", ")),
    };
    let mut select = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM outcome WHERE run = ?1 {only} ORDER BY first"
    ))?;
    let mut rows = select.query([run.0])?;
    while let Some(row) = rows.next()? {
        each(Range::read(row)?)?;
    }
    Ok(())
}

/// Whether an outcome says something about what the account has of the order.
const fn tells_of_account(outcome: Outcome) -> bool {
    outcome.is_taken() || matches!(outcome, Outcome::Rejected | Outcome::InDoubt)
}

/// Writes outcomes of a run's orders, and moves its counts with them.
pub(super) fn record(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
    updates: &[OutcomeUpdate],
    word: Word,
) -> Result<(), Fault> {
    let may = |was, next| may_follow(was, next, word);
    write(conn, caches, run, updates, &may)
}

/// The same, as far as `may` lets one outcome follow another.
pub(super) fn write(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
    updates: &[OutcomeUpdate],
    may: &dyn Fn(Outcome, Outcome) -> bool,
) -> Result<(), Fault> {
    let (orders, _) = runs::extent(conn, run)?;
    let mut writer = Writer {
        conn,
        run,
        at: now(),
        changes: Tallies::default(),
        carriers: HashMap::new(),
    };
    let mut rest = updates;
    while let [update, ..] = rest {
        let alike = alike(rest);
        let last = update.ordinal + (alike - 1) as Ordinal;
        if u64::from(last) >= orders {
            return Err(Fault::unknown(format!(
                "order at position {last} of run {}",
                run.0
            )));
        }
        writer.put(caches, update, last, may)?;
        rest = rest.get(alike..).unwrap_or_default();
    }
    writer.changes.apply(conn, run)
}

/// How many updates at the beginning tell the same of orders that follow one another.
fn alike(updates: &[OutcomeUpdate]) -> usize {
    let Some(first) = updates.first() else {
        return 0;
    };
    let same = |(place, update): &(usize, &OutcomeUpdate)| {
        u64::from(update.ordinal) == u64::from(first.ordinal) + *place as u64
            && update.outcome == first.outcome
            && update.exchange == first.exchange
            && update.reason == first.reason
            && update.rule == first.rule
            && update.vendor_id == first.vendor_id
    };
    updates.iter().enumerate().take_while(same).count()
}

struct Writer<'c> {
    conn: &'c Connection,
    run: RunId,
    at: i64,
    changes: Tallies,
    /// Which exchanges carried orders.
    carriers: HashMap<ExchangeId, bool>,
}

impl Writer<'_> {
    /// Writes what `update` tells of all orders from its own to `last`.
    fn put(
        &mut self,
        caches: &mut Caches,
        update: &OutcomeUpdate,
        last: Ordinal,
        may: &dyn Fn(Outcome, Outcome) -> bool,
    ) -> Result<(), Fault> {
        let first = update.ordinal;
        let before = within(self.conn, self.run, first, last)?;
        let mut after: Vec<Range> = Vec::with_capacity(before.len() + 2);
        let mut next = u64::from(first);
        for range in &before {
            if range.first < first {
                after.push(range.part(range.first, first - 1));
            }
            let from = range.first.max(first);
            if next < u64::from(from) {
                let gap = (next as Ordinal, from - 1);
                after.extend(self.change(caches, update, gap, None, may)?);
            }
            let here = (from, range.last.min(last));
            after.extend(self.change(caches, update, here, Some(range), may)?);
            next = u64::from(here.1) + 1;
            if range.last > last {
                after.push(range.part(last + 1, range.last));
            }
        }
        if next <= u64::from(last) {
            let gap = (next as Ordinal, last);
            after.extend(self.change(caches, update, gap, None, may)?);
        }
        self.replace(&before, after)
    }

    /// What some orders are from now on, that were in one range or in none; nothing where they are pending again.
    fn change(
        &mut self,
        caches: &mut Caches,
        update: &OutcomeUpdate,
        (first, last): (Ordinal, Ordinal),
        before: Option<&Range>,
        may: &dyn Fn(Outcome, Outcome) -> bool,
    ) -> Result<Option<Range>, Fault> {
        let was = before.map_or(Outcome::Pending, |range| range.outcome);
        // In no range they are pending, or under way.
        let allowed =
            may(was, update.outcome) || (before.is_none() && may(Outcome::Sending, update.outcome));
        if !allowed {
            return Err(Fault::Told(LedgerError::Contradiction {
                order: caches.chunks.entry(self.conn, self.run, first)?.key,
                was,
                next: update.outcome,
            }));
        }
        // Orders under way are in no range: that they are in an open exchange says so.
        let taken_back = matches!(update.outcome, Outcome::Pending | Outcome::Sending);
        let next = if taken_back {
            Outcome::Pending
        } else {
            update.outcome
        };
        if was != next {
            let mut worth = Worth::default();
            caches
                .chunks
                .each(self.conn, self.run, (first, last), |entry| {
                    worth.add(entry.currency, entry.total()?)
                })?;
            self.changes.shift(&worth, was, next)?;
        }
        if taken_back {
            return Ok(None);
        }
        let carrier = match update.exchange {
            Some(exchange) => self.carries(caches, exchange)?,
            None => false,
        };
        let earlier = before.and_then(|range| range.sent);
        let sent = match (tells_of_account(update.outcome), update.exchange) {
            (false, _) => None,
            (true, Some(exchange)) if carrier || earlier.is_none() => Some(exchange.0),
            (true, _) => Some(earlier.map_or_else(|| newest_exchange(self.conn), Ok)?),
        };
        // What the vendor called it is true of the order, whoever tells its later outcomes.
        let vendor_id = update.vendor_id.as_ref();
        let vendor_id = vendor_id.or_else(|| before?.vendor_id.as_ref());
        Ok(Some(Range {
            first,
            last,
            outcome: update.outcome,
            sent,
            at: self.at,
            exchange: update.exchange.map(|exchange| exchange.0),
            reason: update.reason.clone(),
            rule: update.rule.clone(),
            vendor_id: vendor_id.cloned(),
        }))
    }

    /// Puts ranges in the place of others.
    fn replace(&self, before: &[Range], mut after: Vec<Range>) -> Result<(), Fault> {
        // What was told of orders apart may be the same now.
        after.dedup_by(|later, earlier| {
            let follows = earlier.last + 1 == later.first;
            let same = follows && earlier.part(later.first, later.last) == *later;
            if same {
                earlier.last = later.last;
            }
            same
        });
        let mut remove = self
            .conn
            .prepare_cached("DELETE FROM outcome WHERE run = ?1 AND first = ?2")?;
        for range in before {
            remove.execute((self.run.0, range.first))?;
        }
        let mut insert = self.conn.prepare_cached(&format!(
            "INSERT INTO outcome (run, {COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
        ))?;
        for range in after {
            insert.execute(rusqlite::params![
                self.run.0,
                range.first,
                range.last,
                range.outcome.name(),
                range.sent,
                range.at,
                range.exchange,
                range.reason,
                range.rule,
                range.vendor_id,
            ])?;
        }
        Ok(())
    }

    /// Whether that exchange of the run carried orders to the vendor.
    fn carries(&mut self, caches: &Caches, exchange: ExchangeId) -> Result<bool, Fault> {
        if let Some(carries) = self.carriers.get(&exchange) {
            return Ok(*carries);
        }
        let purpose = super::exchanges::purpose(self.conn, caches, self.run, exchange)?;
        let carries = carries_orders(&purpose);
        self.carriers.insert(exchange, carries);
        Ok(carries)
    }
}

fn newest_exchange(conn: &Connection) -> Result<i64, Fault> {
    Ok(conn
        .prepare_cached("SELECT coalesce(max(id), 0) FROM exchange")?
        .query_row([], |row| row.get(0))?)
}

pub(super) fn of_run(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
    wanted: &[Outcome],
) -> Result<Vec<OutcomeRow>, Fault> {
    runs::extent(conn, run)?;
    let mut rows = Vec::new();
    each(conn, run, wanted, |range| {
        for ordinal in range.first..=range.last {
            let key = caches.chunks.entry(conn, run, ordinal)?.key;
            rows.push(range.row(ordinal, key)?);
        }
        Ok(())
    })?;
    Ok(rows)
}

/// The recorded outcome of one order of a run.
pub(super) fn of_order(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
    ordinal: Ordinal,
) -> Result<Option<OutcomeRow>, Fault> {
    let Some(range) = at(conn, run, ordinal)? else {
        return Ok(None);
    };
    let key = caches.chunks.entry(conn, run, ordinal)?.key;
    range.row(ordinal, key).map(Some)
}

/// Those of the ordinals that are in no range, ascending and each once.
pub(super) fn without_row(
    conn: &Connection,
    run: RunId,
    ranges: &[(Ordinal, Ordinal)],
) -> Result<Vec<Ordinal>, Fault> {
    let mut missing = Vec::new();
    for &(first, last) in ranges {
        let mut next = u64::from(first);
        for there in within(conn, run, first, last)? {
            missing.extend((next..u64::from(there.first)).map(|ordinal| ordinal as Ordinal));
            next = u64::from(there.last) + 1;
        }
        missing.extend((next..=u64::from(last)).map(|ordinal| ordinal as Ordinal));
    }
    missing.sort_unstable();
    missing.dedup();
    Ok(missing)
}

//! Exchanges: intents before they leave, answers after they came, and those whose end nobody saw.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::fault::Fault;
use super::message::{Reader, Side};
use super::ordinals::Ordinals;
use super::pack::Bundles;
use super::runs::{self, now, time};
use super::{Caches, jobs, outcomes};
use crate::ledger::record::carries_orders;
use crate::ledger::{
    AnswerRecord, Exchange, ExchangeId, ExchangeState, Intent, Ordinal, OutcomeUpdate, RunId,
    Timing,
};
use crate::order::lifecycle::Word;
use crate::order::outcome::{Operation, Outcome};

pub(super) fn unknown(exchange: ExchangeId, run: RunId) -> Fault {
    Fault::unknown(format!("exchange {} in run {}", exchange.0, run.0))
}

pub(super) fn begin(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
    intents: &[Intent],
) -> Result<Vec<ExchangeId>, Fault> {
    let (orders, _) = runs::extent(conn, run)?;
    let mut insert = conn.prepare_cached(
        "INSERT INTO exchange (run, endpoint, tail, orders, order_count, first, last, state, sent_at,
             request_size, request_in)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    let now = now();
    let mut bundles = Bundles::new(conn, run, Side::Request)?;
    let mut widest = 0;
    let mut ids = Vec::with_capacity(intents.len());
    for intent in intents {
        let ordinals = Ordinals::of(&intent.orders);
        if let Some(greatest) = ordinals.greatest().filter(|it| u64::from(*it) >= orders) {
            return Err(Fault::unknown(format!(
                "order at position {greatest} of run {}",
                run.0
            )));
        }
        let (first, last) = (ordinals.smallest(), ordinals.greatest());
        widest = widest.max(last.unwrap_or_default() - first.unwrap_or_default());
        let base = intent.url.rfind('/').map_or(0, |slash| slash + 1);
        let (base, tail) = intent.url.split_at(base);
        let bundle = bundles.add(&intent.purpose, &intent.headers, &intent.body)?;
        insert.execute(rusqlite::params![
            run.0,
            endpoint(conn, caches, [&intent.purpose, &intent.method, base])?,
            Some(tail).filter(|tail| !tail.is_empty()),
            ordinals.kept(),
            intent.orders.len() as i64,
            first,
            last,
            kept_state(ExchangeState::Sending),
            now,
            intent.body.len() as i64,
            bundle,
        ])?;
        let id = ExchangeId(conn.last_insert_rowid());
        bundles.belongs(bundle, id);
        caches.under_way.insert(id, intent.purpose.clone());
        ids.push(id);
    }
    bundles.write(conn, &mut caches.packers)?;
    conn.prepare_cached("UPDATE run SET widest = ?2 WHERE id = ?1 AND widest < ?2")?
        .execute((run.0, widest))?;
    Ok(ids)
}

/// The word by which a state is kept: none for the one that nearly all come to.
const fn kept_state(state: ExchangeState) -> &'static str {
    match state {
        ExchangeState::Answered => "",
        _ => state.name(),
    }
}

fn state_of(kept: &str) -> Result<ExchangeState, Fault> {
    match kept {
        "" => Ok(ExchangeState::Answered),
        name => ExchangeState::from_name(name)
            .ok_or_else(|| Fault::damaged("an exchange's state", name)),
    }
}

/// The number of where a request goes: purpose, method, address up to its last slash.
fn endpoint(conn: &Connection, caches: &mut Caches, named: [&str; 3]) -> Result<i64, Fault> {
    let mut known = caches.endpoints.iter();
    if let Some((_, endpoint)) = known.find(|(known, _)| *known == named) {
        return Ok(*endpoint);
    }
    let found = conn
        .prepare_cached("SELECT id FROM endpoint WHERE purpose = ?1 AND method = ?2 AND base = ?3")?
        .query_row(named, |row| row.get(0))
        .optional()?;
    let endpoint = if let Some(endpoint) = found {
        endpoint
    } else {
        conn.prepare_cached("INSERT INTO endpoint (purpose, method, base) VALUES (?1, ?2, ?3)")?
            .execute(named)?;
        conn.last_insert_rowid()
    };
    if caches.endpoints.len() >= ENDPOINTS {
        caches.endpoints.clear();
    }
    caches.endpoints.push((named.map(str::to_owned), endpoint));
    Ok(endpoint)
}

/// So many endpoints are kept in memory: those of a run under way.
const ENDPOINTS: usize = 16;

/// What a request of the run was for.
pub(super) fn purpose(
    conn: &Connection,
    caches: &Caches,
    run: RunId,
    exchange: ExchangeId,
) -> Result<String, Fault> {
    if let Some(purpose) = caches.under_way.get(&exchange) {
        return Ok(purpose.clone());
    }
    conn.prepare_cached(
        "SELECT purpose FROM exchange JOIN endpoint ON endpoint.id = exchange.endpoint
         WHERE exchange.id = ?1 AND run = ?2",
    )?
    .query_row((exchange.0, run.0), |row| row.get(0))
    .optional()?
    .ok_or_else(|| unknown(exchange, run))
}

pub(super) fn end(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
    answers: &[AnswerRecord],
) -> Result<(), Fault> {
    runs::extent(conn, run)?;
    let mut update = conn.prepare_cached(
        // What an earlier answer told stays where a later word, such as a job found by asking, tells nothing of it.
        "UPDATE exchange SET state = ?3, status = coalesce(?4, status), reason = ?6,
             latency_ms = max(coalesce(latency_ms, 0), ?5),
             response_size = max(coalesce(response_size, 0), ?7),
             response_in = coalesce(?8, response_in)
         WHERE id = ?1 AND run = ?2",
    )?;
    let mut bundles = Bundles::new(conn, run, Side::Response)?;
    for answer in answers {
        let id = answer.exchange;
        let bundle = if answer.headers.is_empty() && answer.body.is_empty() {
            None
        } else {
            let purpose = purpose(conn, caches, run, id)?;
            let bundle = bundles.add(&purpose, &answer.headers, &answer.body)?;
            bundles.belongs(bundle, id);
            Some(bundle)
        };
        let found = update.execute(rusqlite::params![
            id.0,
            run.0,
            kept_state(answer.state),
            answer.status,
            answer.latency_ms as i64,
            answer.reason,
            answer.body.len() as i64,
            bundle,
        ])?;
        if found == 0 {
            return Err(unknown(id, run));
        }
        if let Some(job) = &answer.job {
            jobs::begin(conn, run, id, job)?;
        }
    }
    bundles.write(conn, &mut caches.packers)?;
    let outcomes: Vec<OutcomeUpdate> = answers
        .iter()
        .flat_map(|answer| answer.outcomes.iter().cloned())
        .collect();
    outcomes::record(conn, caches, run, &outcomes, Word::Run)?;
    for answer in answers {
        caches.under_way.remove(&answer.exchange);
    }
    Ok(())
}

pub(super) fn abandon(
    conn: &Connection,
    caches: &mut Caches,
    run: RunId,
    reason: &str,
) -> Result<Vec<Exchange>, Fault> {
    runs::extent(conn, run)?;
    let open = open(conn, run)?;
    let mut doubts: BTreeMap<Ordinal, OutcomeUpdate> = BTreeMap::new();
    for (exchange, ordinals) in &open {
        for ordinal in outcomes::without_row(conn, run, ordinals.ranges())? {
            let doubt = OutcomeUpdate {
                reason: Some(reason.to_owned()),
                exchange: Some(*exchange),
                ..OutcomeUpdate::new(ordinal, Outcome::InDoubt)
            };
            doubts.insert(ordinal, doubt);
        }
        conn.prepare_cached("UPDATE exchange SET state = ?2, reason = ?3 WHERE id = ?1")?
            .execute((exchange.0, kept_state(ExchangeState::Lost), reason))?;
    }
    let doubts: Vec<OutcomeUpdate> = doubts.into_values().collect();
    outcomes::record(conn, caches, run, &doubts, Word::Run)?;
    for (exchange, _) in &open {
        caches.under_way.remove(exchange);
    }
    open.iter().map(|(id, _)| head(conn, *id)).collect()
}

/// The exchanges of a run that are under way, oldest first.
fn open(conn: &Connection, run: RunId) -> Result<Vec<(ExchangeId, Ordinals)>, Fault> {
    conn.prepare_cached(
        "SELECT id, orders, first, last FROM exchange WHERE run = ?1 AND state = 'sending' ORDER BY id",
    )?
    .query_and_then([run.0], |row| {
        let orders: String = row.get(1)?;
        let ordinals = Ordinals::stored(&orders, row.get(2)?, row.get(3)?)?;
        Ok((ExchangeId(row.get(0)?), ordinals))
    })?
    .collect()
}

/// The orders of a run that are under way: in an open exchange and without a row. Ascending, each once.
pub(super) fn sending(conn: &Connection, run: RunId) -> Result<Vec<Ordinal>, Fault> {
    let mut ordinals: Vec<_> = sending_by(conn, run)?.into_iter().map(|it| it.0).collect();
    ordinals.sort_unstable();
    ordinals.dedup();
    Ok(ordinals)
}

/// The same with the exchange that each is in, the older ones first.
pub(super) fn sending_by(
    conn: &Connection,
    run: RunId,
) -> Result<Vec<(Ordinal, ExchangeId)>, Fault> {
    let mut found = Vec::new();
    for (exchange, orders) in open(conn, run)? {
        let ordinals = outcomes::without_row(conn, run, orders.ranges())?;
        found.extend(ordinals.into_iter().map(|ordinal| (ordinal, exchange)));
    }
    Ok(found)
}

const SELECT: &str =
    "SELECT exchange.id, exchange.run, scope.vendor, run.profile, endpoint.purpose,
    endpoint.method, endpoint.base || coalesce(exchange.tail, ''), exchange.orders, exchange.order_count, exchange.state,
    exchange.sent_at, exchange.status, exchange.request_size, exchange.response_size,
    exchange.latency_ms, exchange.reason,
    (SELECT vendor_job FROM job WHERE job.exchange = exchange.id LIMIT 1), exchange.compacted_at,
    scope.operation, exchange.first, exchange.last
    FROM exchange JOIN run ON run.id = exchange.run JOIN scope ON scope.id = run.scope
    JOIN endpoint ON endpoint.id = exchange.endpoint";

/// An exchange without headers, bodies and counts.
fn read(row: &Row<'_>) -> Result<(Exchange, Ordinals), Fault> {
    let orders: String = row.get(7)?;
    let state: String = row.get(9)?;
    let operation: String = row.get(18)?;
    let ordinals = Ordinals::stored(&orders, row.get(19)?, row.get(20)?)?;
    let exchange = Exchange {
        id: ExchangeId(row.get(0)?),
        run: RunId(row.get(1)?),
        vendor: row.get(2)?,
        profile: row.get(3)?,
        operation: Operation::from_name(&operation)
            .ok_or_else(|| Fault::damaged("an operation", operation))?,
        intent: Intent {
            purpose: row.get(4)?,
            method: row.get(5)?,
            url: row.get(6)?,
            headers: Vec::new(),
            body: Vec::new(),
            orders: ordinals.list(),
        },
        order_count: row.get(8)?,
        state: state_of(&state)?,
        sent_at: time(row.get(10)?)?,
        status: row.get(11)?,
        response_headers: Vec::new(),
        response_body: Vec::new(),
        sizes: (row.get(12)?, row.get(13)?),
        latency_ms: row.get(14)?,
        reason: row.get(15)?,
        outcomes: Vec::new(),
        job: row.get(16)?,
        compacted_at: row.get::<_, Option<i64>>(17)?.map(time).transpose()?,
    };
    Ok((exchange, ordinals))
}

/// What became of the orders of an exchange until now.
fn counts(
    conn: &Connection,
    exchange: &Exchange,
    ordinals: &Ordinals,
) -> Result<Vec<(Outcome, u64)>, Fault> {
    let mut counts: BTreeMap<Outcome, u64> = BTreeMap::new();
    let mut rest = exchange.order_count;
    for &(first, last) in ordinals.ranges() {
        for range in outcomes::within(conn, exchange.run, first, last)? {
            let here = (range.first.max(first), range.last.min(last));
            let count = u64::from(here.1 - here.0) + 1;
            *counts.entry(range.outcome).or_default() += count;
            rest = rest.saturating_sub(count);
        }
    }
    if rest > 0 && exchange.state == ExchangeState::Sending {
        counts.insert(Outcome::Sending, rest);
    } else if rest > 0 {
        let again = sending(conn, exchange.run)?
            .into_iter()
            .filter(|ordinal| ordinals.contains(*ordinal))
            .count() as u64;
        counts.insert(Outcome::Sending, again);
        counts.insert(Outcome::Pending, rest.saturating_sub(again));
    }
    Ok(counts.into_iter().filter(|(_, count)| *count > 0).collect())
}

/// Exchanges without headers and bodies, with their counts.
fn list(
    conn: &Connection,
    tail: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<Exchange>, Fault> {
    let found: Vec<(Exchange, Ordinals)> = conn
        .prepare_cached(&format!("{SELECT} {tail}"))?
        .query_and_then(values, read)?
        .collect::<Result<_, _>>()?;
    found
        .into_iter()
        .map(|(mut exchange, ordinals)| {
            exchange.outcomes = counts(conn, &exchange, &ordinals)?;
            Ok(exchange)
        })
        .collect()
}

pub(super) fn page(
    conn: &Connection,
    run: Option<RunId>,
    before: Option<ExchangeId>,
    limit: u32,
) -> Result<Vec<Exchange>, Fault> {
    let before = before.map_or(i64::MAX, |exchange| exchange.0);
    match run {
        Some(run) => {
            runs::extent(conn, run)?;
            list(
                conn,
                "WHERE exchange.run = ?1 AND exchange.id < ?2 ORDER BY exchange.id DESC LIMIT ?3",
                (run.0, before, limit),
            )
        }
        None => list(
            conn,
            "WHERE exchange.id < ?1 ORDER BY exchange.id DESC LIMIT ?2",
            (before, limit),
        ),
    }
}

/// Those that were begun after one, newest first.
pub(super) fn since(
    conn: &Connection,
    after: Option<ExchangeId>,
    limit: u32,
) -> Result<Vec<Exchange>, Fault> {
    let after = after.map_or(i64::MIN, |exchange| exchange.0);
    list(
        conn,
        "WHERE exchange.id > ?1 ORDER BY exchange.id DESC LIMIT ?2",
        (after, limit),
    )
}

/// These, in the order asked for; one that isn't there is left out.
pub(super) fn heads(conn: &Connection, ids: &[ExchangeId]) -> Result<Vec<Exchange>, Fault> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(list(conn, "WHERE exchange.id = ?1", [id.0])?);
    }
    Ok(found)
}

/// The index holds the exchanges of a run in the order of their numbers: nothing is sorted.
pub(super) const TIMINGS: &str =
    "SELECT exchange.id, state, sent_at, status, latency_ms, order_count, purpose
    FROM exchange INDEXED BY exchange_by_run CROSS JOIN endpoint ON endpoint.id = exchange.endpoint
    WHERE run = ?1 AND exchange.id > ?2 ORDER BY exchange.id";

pub(super) fn timings(
    conn: &Connection,
    run: RunId,
    after: Option<ExchangeId>,
) -> Result<Vec<Timing>, Fault> {
    runs::extent(conn, run)?;
    let after = after.map_or(0, |exchange| exchange.0);
    conn.prepare_cached(TIMINGS)?
        .query_and_then((run.0, after), |row| {
            let (state, purpose): (String, String) = (row.get(1)?, row.get(6)?);
            Ok(Timing {
                exchange: ExchangeId(row.get(0)?),
                state: state_of(&state)?,
                sent_at: time(row.get(2)?)?,
                status: row.get(3)?,
                latency_ms: row.get(4)?,
                orders: if carries_orders(&purpose) {
                    row.get(5)?
                } else {
                    0
                },
            })
        })?
        .collect()
}

/// One exchange without headers and bodies.
fn head(conn: &Connection, id: ExchangeId) -> Result<Exchange, Fault> {
    list(conn, "WHERE exchange.id = ?1", [id.0])?
        .pop()
        .ok_or_else(|| Fault::unknown(format!("exchange {}", id.0)))
}

pub(super) fn whole(conn: &Connection, id: ExchangeId) -> Result<Exchange, Fault> {
    let mut exchange = head(conn, id)?;
    let mut reader = Reader::default();
    (exchange.intent.headers, exchange.intent.body) = reader.read(conn, Side::Request, id)?;
    (exchange.response_headers, exchange.response_body) = reader.read(conn, Side::Response, id)?;
    Ok(exchange)
}

/// The exchanges of a run (?1) that may hold an ordinal (?2). None that begins further before it than the widest
/// of the run is wide can, so a long run isn't walked.
pub(super) const WITH_ORDER: &str = "SELECT id, orders, first, last FROM exchange
    WHERE run = ?1 AND last >= ?2 AND first BETWEEN ?2 - (SELECT widest FROM run WHERE id = ?1) AND ?2
    ORDER BY id";

/// The exchanges of a run that an order was in, oldest first, without headers and bodies.
pub(super) fn of_order(
    conn: &Connection,
    run: RunId,
    ordinal: Ordinal,
) -> Result<Vec<Exchange>, Fault> {
    let within: Vec<i64> = conn
        .prepare_cached(WITH_ORDER)?
        .query_and_then((run.0, ordinal), |row| {
            let orders: String = row.get(1)?;
            let ordinals = Ordinals::stored(&orders, row.get(2)?, row.get(3)?)?;
            Ok::<(i64, Ordinals), Fault>((row.get(0)?, ordinals))
        })?
        .filter(|found| !matches!(found, Ok((_, ordinals)) if !ordinals.contains(ordinal)))
        .map(|found| found.map(|(id, _)| id))
        .collect::<Result<_, _>>()?;
    within
        .into_iter()
        .map(|id| head(conn, ExchangeId(id)))
        .collect()
}

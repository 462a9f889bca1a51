//! Headers and bodies, compressed; small ones against the first of their kind in the run.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Read as _;

use rusqlite::{Connection, OptionalExtension as _};

use super::fault::Fault;
use super::manifest::LEVEL;
use crate::ledger::{ExchangeId, RunId};

/// Messages up to this many bytes share a dictionary; larger ones compress well alone.
const SMALL: usize = 16 * 1024;

/// Kinds whose compressors are kept: those of the runs under way.
const KINDS: usize = 16;

/// Which of the two messages of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Request,
    Response,
}

impl Side {
    const fn table(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

type Kind = (RunId, String, Side);

/// Where a run has many messages of a kind, the first one is a poor example: a better dictionary is made of so many,
/// one of every few, so that only a long run pays for it.
const EXAMPLES: usize = 32;
/// Every message of that number is one of them.
const EVERY: usize = 16;

/// Compressors by kind of message.
#[derive(Default)]
pub(super) struct Packers {
    by_kind: HashMap<Kind, Packer>,
}

/// A compressor with the number of the dictionary that it was given.
struct Packer {
    dictionary: i64,
    compressor: zstd::bulk::Compressor<'static>,
    /// Examples for a better dictionary, one after another, and how many messages came; `None` where there is one.
    examples: Option<(Vec<u8>, usize)>,
}

impl Packer {
    fn new((dictionary, body): (i64, Vec<u8>), is_last: bool) -> Result<Self, Fault> {
        let compressor = zstd::bulk::Compressor::with_dictionary(LEVEL, &body)
            .map_err(|error| Fault::Refused(format!("no compressor: {error}")))?;
        Ok(Self {
            dictionary,
            compressor,
            examples: (!is_last).then(Default::default),
        })
    }

    /// The examples, when there are enough.
    fn gather(&mut self, raw: &[u8]) -> Option<Vec<u8>> {
        let (examples, came) = self.examples.as_mut()?;
        *came += 1;
        if *came % EVERY == 0 {
            examples.extend_from_slice(raw);
        }
        (*came >= EVERY * EXAMPLES).then(|| std::mem::take(examples))
    }
}

impl Packers {
    /// Forgets all: after a rollback, a dictionary may not be there.
    pub(super) fn clear(&mut self) {
        self.by_kind.clear();
    }

    /// Stores one message of an exchange.
    pub(super) fn write(
        &mut self,
        conn: &Connection,
        kind: (RunId, &str, Side),
        exchange: ExchangeId,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<(), Fault> {
        let raw = join(headers, body)?;
        let failed = |error| Fault::Refused(format!("a message can't be packed: {error}"));
        let (dictionary, packed) = if raw.len() <= SMALL {
            let packer = self.packer(conn, kind, &raw)?;
            let packed = packer.compressor.compress(&raw).map_err(failed)?;
            (Some(packer.dictionary), packed)
        } else {
            (None, zstd::bulk::compress(&raw, LEVEL).map_err(failed)?)
        };
        conn.prepare_cached(&format!(
            "INSERT OR REPLACE INTO {} (exchange, dictionary, message) VALUES (?1, ?2, ?3)",
            kind.2.table()
        ))?
        .execute((exchange.0, dictionary, packed))?;
        Ok(())
    }

    fn packer(
        &mut self,
        conn: &Connection,
        (run, purpose, side): (RunId, &str, Side),
        raw: &[u8],
    ) -> Result<&mut Packer, Fault> {
        if self.by_kind.len() >= KINDS {
            self.by_kind.clear();
        }
        let better = format!("{}, better", side.table());
        match self.by_kind.entry((run, purpose.to_owned(), side)) {
            Entry::Occupied(found) => {
                let packer = found.into_mut();
                if let Some(examples) = packer.gather(raw) {
                    let made = add_dictionary(conn, run, purpose, &better, examples)?;
                    *packer = Packer::new(made, true)?;
                }
                Ok(packer)
            }
            Entry::Vacant(vacant) => {
                if let Some(found) = find_dictionary(conn, run, purpose, &better)? {
                    return Ok(vacant.insert(Packer::new(found, true)?));
                }
                let first = match find_dictionary(conn, run, purpose, side.table())? {
                    Some(found) => found,
                    None => add_dictionary(conn, run, purpose, side.table(), raw.to_vec())?,
                };
                Ok(vacant.insert(Packer::new(first, false)?))
            }
        }
    }
}

/// The dictionary of messages of a purpose, by its name.
fn find_dictionary(
    conn: &Connection,
    run: RunId,
    purpose: &str,
    name: &str,
) -> Result<Option<(i64, Vec<u8>)>, Fault> {
    Ok(conn
        .prepare_cached(
            "SELECT id, body FROM dictionary WHERE run = ?1 AND purpose = ?2 AND side = ?3",
        )?
        .query_row((run.0, purpose, name), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

fn add_dictionary(
    conn: &Connection,
    run: RunId,
    purpose: &str,
    name: &str,
    body: Vec<u8>,
) -> Result<(i64, Vec<u8>), Fault> {
    conn.prepare_cached(
        "INSERT INTO dictionary (run, purpose, side, body) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((run.0, purpose, name, &body))?;
    Ok((conn.last_insert_rowid(), body))
}

/// Headers and body of one message.
pub(super) type Message = (Vec<(String, String)>, Vec<u8>);

/// One message of an exchange; empty if there was none.
pub(super) fn read(conn: &Connection, side: Side, exchange: ExchangeId) -> Result<Message, Fault> {
    let table = side.table();
    let found: Option<(Vec<u8>, Option<Vec<u8>>)> = conn
        .prepare_cached(&format!(
            "SELECT {table}.message, dictionary.body FROM {table}
             LEFT JOIN dictionary ON dictionary.id = {table}.dictionary WHERE {table}.exchange = ?1"
        ))?
        .query_row([exchange.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((packed, dictionary)) = found else {
        return Ok((Vec::new(), Vec::new()));
    };
    let mut raw = Vec::new();
    zstd::stream::read::Decoder::with_dictionary(packed.as_slice(), &dictionary.unwrap_or_default())
        .and_then(|mut decoder| decoder.read_to_end(&mut raw))
        .ok()
        .and_then(|_| split(&raw))
        .ok_or_else(|| {
            Fault::Damaged(format!(
                "the {table} of exchange {} can't be unpacked",
                exchange.0
            ))
        })
}

fn join(headers: &[(String, String)], body: &[u8]) -> Result<Vec<u8>, Fault> {
    let refused = |reason: String| Fault::Refused(format!("header lines can't be kept: {reason}"));
    let lines = serde_json::to_vec(headers).map_err(|error| refused(error.to_string()))?;
    let length = u32::try_from(lines.len()).map_err(|error| refused(error.to_string()))?;
    Ok([&length.to_le_bytes(), lines.as_slice(), body].concat())
}

fn split(raw: &[u8]) -> Option<Message> {
    let (length, rest) = raw.split_first_chunk::<4>()?;
    let (lines, body) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((serde_json::from_slice(lines).ok()?, body.to_vec()))
}

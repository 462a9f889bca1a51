//! Packing messages: those of one kind that are recorded together become a bundle, small ones with a dictionary of what
//! the run's messages of their kind have in common.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, OptionalExtension as _};

use super::bundle::{self, Bundle, Member};
use super::fault::Fault;
use super::manifest::LEVEL;
use super::message::{self, Side};
use crate::ledger::{ExchangeId, RunId};

/// Messages up to this many bytes share a dictionary and a bundle; larger ones compress well alone.
const SMALL: usize = 16 * 1024;
/// A bundle has at most so many bytes before packing, as reading one message unpacks all,
const LARGEST: usize = 128 * 1024;
/// and so many messages: packed they are a fourth of a page of the file or less, so that little of a page stays empty.
const MOST: usize = 12;
/// With a dictionary and neighbours more effort gains next to nothing.
const LIGHT: i32 = 1;

/// Kinds whose compressors are kept: those of the runs under way.
const KINDS: usize = 16;

/// What a message is for, by the word of its request, and which of the two it is.
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
        Ok(Self {
            dictionary,
            compressor: with_dictionary(&body)?,
            examples: (!is_last).then(Default::default),
        })
    }

    /// Takes examples from messages that stand one after another; all of them, when there are enough.
    fn gather(&mut self, raw: &[u8], members: &[Member]) -> Option<Vec<u8>> {
        let (examples, came) = self.examples.as_mut()?;
        let mut begin = 0;
        for member in members {
            let end = begin + member.length;
            *came += 1;
            if *came % EVERY == 0 {
                examples.extend_from_slice(raw.get(begin..end).unwrap_or_default());
            }
            begin = end;
        }
        (*came >= EVERY * EXAMPLES).then(|| std::mem::take(examples))
    }
}

/// A compressor for bundles of small messages.
fn with_dictionary(dictionary: &[u8]) -> Result<zstd::bulk::Compressor<'static>, Fault> {
    zstd::bulk::Compressor::with_dictionary(LIGHT, dictionary)
        .map_err(|error| no_compressor(&error))
}

/// One for messages alone.
fn alone() -> Result<zstd::bulk::Compressor<'static>, Fault> {
    zstd::bulk::Compressor::new(LEVEL).map_err(|error| no_compressor(&error))
}

fn no_compressor(error: &std::io::Error) -> Fault {
    Fault::Refused(format!("no compressor: {error}"))
}

impl Packers {
    /// Forgets all: after a rollback, a dictionary may not be there.
    pub(super) fn clear(&mut self) {
        self.by_kind.clear();
    }

    fn packer(
        &mut self,
        conn: &Connection,
        (run, purpose, side): (RunId, &str, Side),
        raw: &[u8],
        members: &[Member],
    ) -> Result<&mut Packer, Fault> {
        if self.by_kind.len() >= KINDS {
            self.by_kind.clear();
        }
        let better = format!("{}, better", side.name());
        match self.by_kind.entry((run, purpose.to_owned(), side)) {
            Entry::Occupied(found) => {
                let packer = found.into_mut();
                if let Some(examples) = packer.gather(raw, members) {
                    let made = add_dictionary(conn, run, purpose, &better, examples)?;
                    *packer = Packer::new(made, true)?;
                }
                Ok(packer)
            }
            Entry::Vacant(vacant) => {
                if let Some(found) = find_dictionary(conn, run, purpose, &better)? {
                    return Ok(vacant.insert(Packer::new(found, true)?));
                }
                let first = if let Some(found) = find_dictionary(conn, run, purpose, side.name())? {
                    found
                } else {
                    let length = members.first().map_or(raw.len(), |first| first.length);
                    let first = raw.get(..length).unwrap_or(raw);
                    add_dictionary(conn, run, purpose, side.name(), first.to_vec())?
                };
                Ok(vacant.insert(Packer::new(first, false)?))
            }
        }
    }
}

/// Messages that are recorded together, on their way into bundles.
pub(super) struct Bundles {
    run: RunId,
    side: Side,
    /// The number of the next one.
    next: i64,
    open: Vec<Open>,
}

struct Open {
    id: i64,
    purpose: String,
    members: Vec<Member>,
    raw: Vec<u8>,
}

impl Open {
    fn has_room(&self, message: usize) -> bool {
        let is_small = message.max(self.raw.len() / self.members.len().max(1)) <= SMALL;
        is_small && self.members.len() < MOST && self.raw.len() + message <= LARGEST
    }
}

impl Bundles {
    pub(super) fn new(conn: &Connection, run: RunId, side: Side) -> Result<Self, Fault> {
        let next = conn
            .prepare_cached("SELECT coalesce(max(id), 0) + 1 FROM bundle")?
            .query_row([], |row| row.get(0))?;
        Ok(Self {
            run,
            side,
            next,
            open: Vec::new(),
        })
    }

    /// Takes a message; returns the number of the bundle that it will be in.
    pub(super) fn add(
        &mut self,
        purpose: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<i64, Fault> {
        let message = message::join(headers, body)?;
        let member = Member {
            exchange: ExchangeId(0),
            length: message.len(),
        };
        let mut open = self.open.iter_mut().rev();
        let last = open.find(|it| it.purpose == purpose);
        if let Some(open) = last.filter(|it| it.has_room(message.len())) {
            open.raw.extend_from_slice(&message);
            open.members.push(member);
            return Ok(open.id);
        }
        let id = self.next;
        self.next += 1;
        self.open.push(Open {
            id,
            purpose: purpose.to_owned(),
            members: vec![member],
            raw: message,
        });
        Ok(id)
    }

    /// Tells whose the message is that was added last to that bundle.
    pub(super) fn belongs(&mut self, bundle: i64, exchange: ExchangeId) {
        let mut open = self.open.iter_mut().rev();
        let member = open
            .find(|it| it.id == bundle)
            .and_then(|it| it.members.last_mut());
        if let Some(member) = member {
            member.exchange = exchange;
        }
    }

    /// Packs and stores them.
    pub(super) fn write(self, conn: &Connection, packers: &mut Packers) -> Result<(), Fault> {
        for open in self.open {
            let Open {
                id,
                purpose,
                members,
                raw,
            } = open;
            let among = (members.len() > 1).then_some(members.as_slice());
            let (dictionary, packed) = if raw.len() <= SMALL || among.is_some() {
                let packer =
                    packers.packer(conn, (self.run, &purpose, self.side), &raw, &members)?;
                (
                    Some(packer.dictionary),
                    bundle::pack(&mut packer.compressor, &raw)?,
                )
            } else {
                (None, bundle::pack(&mut alone()?, &raw)?)
            };
            bundle::put(conn, id, dictionary, among, &packed)?;
        }
        Ok(())
    }
}

/// Takes the messages of exchanges out of a bundle. It is removed where nothing is left that an exchange still names it
/// for.
pub(super) fn without(conn: &Connection, id: i64, going: &[ExchangeId]) -> Result<(), Fault> {
    let Some(bundle) = Bundle::read(conn, id)? else {
        return Ok(());
    };
    let mut names = conn.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM exchange WHERE id = ?1 AND ?2 IN (request_in, response_in))",
    )?;
    let mut staying = Vec::new();
    for member in bundle.members.iter().flatten() {
        if !going.contains(&member.exchange)
            && names.query_row((member.exchange.0, id), |row| row.get(0))?
        {
            staying.push(*member);
        }
    }
    if staying.is_empty() {
        conn.prepare_cached("DELETE FROM bundle WHERE id = ?1")?
            .execute([id])?;
        return Ok(());
    }
    let damaged = || Fault::Damaged("messages that stay can't be unpacked".to_owned());
    let all = bundle.unpack().ok_or_else(damaged)?;
    let mut raw = Vec::with_capacity(all.len());
    for member in &staying {
        raw.extend_from_slice(bundle.message(&all, member.exchange).ok_or_else(damaged)?);
    }
    let mut compressor = match bundle.dictionary {
        Some(_) => with_dictionary(&bundle.examples)?,
        None => alone()?,
    };
    let packed = bundle::pack(&mut compressor, &raw)?;
    bundle::put(conn, id, bundle.dictionary, Some(&staying), &packed)
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

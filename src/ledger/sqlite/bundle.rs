//! Bundles: messages that were recorded together, packed into one frame, and the list of whose they are.

use std::io::Read as _;

use rusqlite::{Connection, OptionalExtension as _};

use super::fault::Fault;
use crate::ledger::ExchangeId;

/// A bundle as it is kept.
pub(super) struct Bundle {
    pub(super) dictionary: Option<i64>,
    /// The dictionary itself.
    pub(super) examples: Vec<u8>,
    /// Whose messages they are; `None`: there is one, of whichever exchange names the bundle.
    pub(super) members: Option<Vec<Member>>,
    packed: Vec<u8>,
}

/// A message's place in a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) exchange: ExchangeId,
    /// Bytes before packing.
    pub(super) length: usize,
}

impl Bundle {
    pub(super) fn read(conn: &Connection, id: i64) -> Result<Option<Self>, Fault> {
        Ok(conn
            .prepare_cached(
                "SELECT dictionary, members, messages, dictionary.body FROM bundle
                 LEFT JOIN dictionary ON dictionary.id = bundle.dictionary WHERE bundle.id = ?1",
            )?
            .query_row([id], |row| {
                let members: Option<Vec<u8>> = row.get(1)?;
                let examples: Option<Vec<u8>> = row.get(3)?;
                Ok(Self {
                    dictionary: row.get(0)?,
                    examples: examples.unwrap_or_default(),
                    // What can't be read lists nobody.
                    members: members.map(|bytes| members_from(&bytes).unwrap_or_default()),
                    packed: row.get(2)?,
                })
            })
            .optional()?)
    }

    /// The messages, one after another; `None` if they are damaged.
    pub(super) fn unpack(&self) -> Option<Vec<u8>> {
        let mut raw = Vec::new();
        let packed = self.packed.as_slice();
        zstd::stream::read::Decoder::with_dictionary(packed, &self.examples)
            .and_then(|mut decoder| decoder.read_to_end(&mut raw))
            .ok()?;
        Some(raw)
    }

    /// Of the unpacked messages that of an exchange that names this bundle.
    pub(super) fn message<'r>(&self, raw: &'r [u8], exchange: ExchangeId) -> Option<&'r [u8]> {
        let Some(members) = &self.members else {
            return Some(raw);
        };
        let mut begin: usize = 0;
        for member in members {
            let end = begin.checked_add(member.length)?;
            if member.exchange == exchange {
                return raw.get(begin..end);
            }
            begin = end;
        }
        None
    }
}

/// How many bytes of a bundle are for the messages of these exchanges.
pub(super) fn share(conn: &Connection, id: i64, exchanges: &[ExchangeId]) -> Result<u64, Fault> {
    let found: Option<(u64, Option<Vec<u8>>)> = conn
        .prepare_cached("SELECT length(messages), members FROM bundle WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((packed, members)) = found else {
        return Ok(0);
    };
    let members = members.and_then(|bytes| members_from(&bytes));
    let Some(members) = members else {
        return Ok(packed);
    };
    let all: usize = members.iter().map(|member| member.length).sum();
    let theirs = members.iter().filter(|it| exchanges.contains(&it.exchange));
    let theirs: usize = theirs.map(|member| member.length).sum();
    Ok(packed * theirs as u64 / all.max(1) as u64)
}

/// Packs messages that stand one after another, with a dictionary or without.
pub(super) fn pack(
    compressor: &mut zstd::bulk::Compressor<'_>,
    raw: &[u8],
) -> Result<Vec<u8>, Fault> {
    compressor
        .compress(raw)
        .map_err(|error| Fault::Refused(format!("messages can't be packed: {error}")))
}

/// Writes a bundle in the place of that number.
pub(super) fn put(
    conn: &Connection,
    id: i64,
    dictionary: Option<i64>,
    members: Option<&[Member]>,
    packed: &[u8],
) -> Result<(), Fault> {
    conn.prepare_cached(
        "INSERT OR REPLACE INTO bundle (id, dictionary, members, messages) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((id, dictionary, members.map(members_to), packed))?;
    Ok(())
}

fn members_to(members: &[Member]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(members.len() * 3);
    let mut before = 0;
    for member in members {
        let step = member.exchange.0.wrapping_sub(before);
        write_number(&mut bytes, ((step << 1) ^ (step >> 63)) as u64);
        write_number(&mut bytes, member.length as u64);
        before = member.exchange.0;
    }
    bytes
}

fn members_from(mut bytes: &[u8]) -> Option<Vec<Member>> {
    let mut members = Vec::new();
    let mut before = 0_i64;
    while !bytes.is_empty() {
        let step = read_number(&mut bytes)?;
        before = before.wrapping_add((step >> 1) as i64 ^ -((step & 1) as i64));
        members.push(Member {
            exchange: ExchangeId(before),
            length: usize::try_from(read_number(&mut bytes)?).ok()?,
        });
    }
    Some(members)
}

/// LEB128.
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_list_that_is_cut_or_goes_on_for_ever_is_none() {
        assert_eq!(members_from(&[0x80]), None);
        assert_eq!(members_from(&[2]), None);
        assert_eq!(members_from(&[0xff; 30]), None);
    }

    proptest! {
        #[test]
        fn members_come_back(members in prop::collection::vec((any::<i64>(), any::<u32>()), 0..40)) {
            let members: Vec<Member> = members
                .into_iter()
                .map(|(exchange, length)| Member { exchange: ExchangeId(exchange), length: length as usize })
                .collect();
            prop_assert_eq!(members_from(&members_to(&members)), Some(members));
        }
    }
}

//! The frozen list of a run's orders, packed into compressed chunks and read by ordinal.

use std::collections::VecDeque;
use std::io::Read as _;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _};
use rust_decimal::Decimal;

use super::fault::Fault;
use crate::ledger::{ManifestEntry, Ordinal, RunId};

/// Orders a chunk: small enough to unpack for one order, large enough to compress well.
pub(super) const CHUNK: usize = 1024;
/// Chunks kept unpacked: the orders under way lie close together.
const KEPT: usize = 16;
/// The compression level of everything in the ledger.
pub(super) const LEVEL: i32 = 3;

/// The most recently used chunks. What is in a chunk never changes once committed.
#[derive(Default)]
pub(super) struct Chunks {
    kept: VecDeque<((RunId, usize), Arc<Chunk>)>,
}

/// A chunk unpacked, with the places at which its orders begin: they are read one by one, as they are wanted.
struct Chunk {
    raw: Vec<u8>,
    begins: Vec<u32>,
}

impl Chunk {
    fn unpack(packed: &[u8]) -> Result<Self, Fault> {
        let raw = unzip(packed)?;
        let mut begins = Vec::with_capacity(CHUNK);
        let mut rest = raw.as_slice();
        while !rest.is_empty() {
            begins.push((raw.len() - rest.len()) as u32);
            Entry::read(&mut rest).ok_or_else(damaged)?;
        }
        Ok(Self { raw, begins })
    }

    fn entry(&self, place: usize) -> Option<Entry<'_>> {
        let begin = *self.begins.get(place)? as usize;
        Entry::read(&mut self.raw.get(begin..)?)
    }
}

impl Chunks {
    /// Forgets all: after a rollback, a run's number may be given again.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }

    /// The order of that ordinal.
    pub(super) fn entry(
        &mut self,
        conn: &Connection,
        run: RunId,
        ordinal: Ordinal,
    ) -> Result<ManifestEntry, Fault> {
        let chunk = self.chunk(conn, run, ordinal as usize / CHUNK)?;
        chunk
            .as_ref()
            .and_then(|chunk| chunk.entry(ordinal as usize % CHUNK))
            .ok_or_else(|| unknown(run, ordinal))?
            .owned()
    }

    /// Whether the order of that ordinal has that key.
    pub(super) fn has_key(
        &mut self,
        conn: &Connection,
        run: RunId,
        ordinal: Ordinal,
        key: &str,
    ) -> Result<bool, Fault> {
        let chunk = self.chunk(conn, run, ordinal as usize / CHUNK)?;
        let entry = chunk
            .as_ref()
            .and_then(|chunk| chunk.entry(ordinal as usize % CHUNK));
        Ok(entry.ok_or_else(|| unknown(run, ordinal))?.key == key)
    }

    /// Hands the orders from one ordinal to another to `each`.
    pub(super) fn each(
        &mut self,
        conn: &Connection,
        run: RunId,
        (first, last): (Ordinal, Ordinal),
        mut each: impl FnMut(&Entry<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let (first, last) = (first as usize, last as usize);
        for index in first / CHUNK..=last / CHUNK {
            let chunk = self.chunk(conn, run, index)?;
            for place in first.max(index * CHUNK)..=last.min((index + 1) * CHUNK - 1) {
                let entry = chunk.as_ref().and_then(|chunk| chunk.entry(place % CHUNK));
                each(&entry.ok_or_else(|| unknown(run, place as Ordinal))?)?;
            }
        }
        Ok(())
    }

    fn chunk(
        &mut self,
        conn: &Connection,
        run: RunId,
        index: usize,
    ) -> Result<Option<Arc<Chunk>>, Fault> {
        let wanted = (run, index);
        if let Some((_, chunk)) = self.kept.iter().find(|(which, _)| *which == wanted) {
            return Ok(Some(Arc::clone(chunk)));
        }
        let packed: Option<Vec<u8>> = conn
            .prepare_cached("SELECT body FROM manifest WHERE run = ?1 AND chunk = ?2")?
            .query_row((run.0, index as i64), |row| row.get(0))
            .optional()?;
        let Some(packed) = packed else {
            return Ok(None);
        };
        let chunk = Arc::new(Chunk::unpack(&packed)?);
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((wanted, Arc::clone(&chunk)));
        Ok(Some(chunk))
    }
}

fn unknown(run: RunId, ordinal: Ordinal) -> Fault {
    Fault::unknown(format!("order at position {ordinal} of run {}", run.0))
}

/// Writes the whole manifest of a run.
pub(super) fn write(conn: &Connection, run: RunId, entries: &[ManifestEntry]) -> Result<(), Fault> {
    let mut insert =
        conn.prepare_cached("INSERT INTO manifest (run, chunk, body) VALUES (?1, ?2, ?3)")?;
    for (index, chunk) in entries.chunks(CHUNK).enumerate() {
        insert.execute((run.0, index as i64, pack(chunk)?))?;
    }
    Ok(())
}

/// Hands every order of a run to `each`, by ordinal, one chunk in memory at a time.
pub(super) fn for_each(
    conn: &Connection,
    run: RunId,
    mut each: impl FnMut(Ordinal, ManifestEntry),
) -> Result<(), Fault> {
    let mut select =
        conn.prepare_cached("SELECT body FROM manifest WHERE run = ?1 ORDER BY chunk")?;
    let mut rows = select.query([run.0])?;
    let mut ordinal = 0;
    while let Some(row) = rows.next()? {
        let packed: Vec<u8> = row.get(0)?;
        for entry in unpack(&packed)? {
            each(ordinal, entry);
            ordinal += 1;
        }
    }
    Ok(())
}

/// Each order is: key, total and currency as texts with a 32-bit length before them (no total: empty),
/// then the 16 bytes of the hash.
fn pack(entries: &[ManifestEntry]) -> Result<Vec<u8>, Fault> {
    let mut raw = Vec::with_capacity(entries.len() * 48);
    for entry in entries {
        let total = entry.total.map(|total| total.to_string());
        for text in [
            &entry.key,
            total.as_ref().unwrap_or(&String::new()),
            &entry.currency,
        ] {
            let length = u32::try_from(text.len())
                .map_err(|_| Fault::Refused("an order's key is longer than 4 GB".to_owned()))?;
            raw.extend_from_slice(&length.to_le_bytes());
            raw.extend_from_slice(text.as_bytes());
        }
        raw.extend_from_slice(&entry.payload_hash);
    }
    zstd::bulk::compress(&raw, LEVEL)
        .map_err(|error| Fault::Refused(format!("the list of orders can't be packed: {error}")))
}

fn damaged() -> Fault {
    Fault::Damaged("a run's list of orders can't be unpacked".to_owned())
}

fn unzip(packed: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut raw = Vec::new();
    zstd::stream::read::Decoder::new(packed)
        .and_then(|mut decoder| decoder.read_to_end(&mut raw))
        .map_err(|_| damaged())?;
    Ok(raw)
}

fn unpack(packed: &[u8]) -> Result<Vec<ManifestEntry>, Fault> {
    let raw = unzip(packed)?;
    let mut rest = raw.as_slice();
    let mut entries = Vec::with_capacity(CHUNK);
    while !rest.is_empty() {
        entries.push(Entry::read(&mut rest).ok_or_else(damaged)?.owned()?);
    }
    Ok(entries)
}

/// An order as it stands in an unpacked chunk.
pub(super) struct Entry<'c> {
    key: &'c str,
    total: &'c str,
    pub(super) currency: &'c str,
    payload_hash: [u8; 16],
}

impl<'c> Entry<'c> {
    fn read(rest: &mut &'c [u8]) -> Option<Self> {
        let mut text = || -> Option<&'c str> {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let (text, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            *rest = after;
            std::str::from_utf8(text).ok()
        };
        let (key, total, currency) = (text()?, text()?, text()?);
        let (payload_hash, after) = rest.split_first_chunk::<16>()?;
        *rest = after;
        Some(Self {
            key,
            total,
            currency,
            payload_hash: *payload_hash,
        })
    }

    /// Its total, if it has one.
    pub(super) fn total(&self) -> Result<Option<Decimal>, Fault> {
        if self.total.is_empty() {
            return Ok(None);
        }
        Decimal::from_str_exact(self.total)
            .map(Some)
            .map_err(|_| damaged())
    }

    fn owned(&self) -> Result<ManifestEntry, Fault> {
        Ok(ManifestEntry {
            key: self.key.to_owned(),
            payload_hash: self.payload_hash,
            total: self.total()?,
            currency: self.currency.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back_digit_by_digit() {
        let entry = |key: &str, total: Option<&str>, currency: &str| ManifestEntry {
            key: key.to_owned(),
            payload_hash: *b"0123456789abcdef",
            total: total.map(|text| text.parse().unwrap()),
            currency: currency.to_owned(),
        };
        let entries = [
            entry("#1001", Some("200.130"), "USD"),
            entry("", None, ""),
            entry("日本\n\t\0", Some("-0.01"), "JPY"),
        ];
        let back = unpack(&pack(&entries).unwrap()).unwrap();
        assert_eq!(back, entries);
        assert_eq!(back[0].total.unwrap().to_string(), "200.130");
    }

    #[test]
    fn a_cut_chunk_is_damage_not_a_panic() {
        let packed = zstd::bulk::compress(b"\x05\0\0\0#10", LEVEL).unwrap();
        assert!(matches!(unpack(&packed), Err(Fault::Damaged(_))));
        assert!(matches!(unpack(b"rubbish"), Err(Fault::Damaged(_))));
    }
}

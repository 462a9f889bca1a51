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
    kept: VecDeque<((RunId, usize), Chunk)>,
}

type Chunk = Arc<[ManifestEntry]>;

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
        let ordinal = ordinal as usize;
        let chunk = self.chunk(conn, run, ordinal / CHUNK)?;
        chunk
            .as_ref()
            .and_then(|entries| entries.get(ordinal % CHUNK))
            .cloned()
            .ok_or_else(|| Fault::unknown(format!("order at position {ordinal} of run {}", run.0)))
    }

    fn chunk(
        &mut self,
        conn: &Connection,
        run: RunId,
        index: usize,
    ) -> Result<Option<Chunk>, Fault> {
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
        let chunk: Chunk = unpack(&packed)?.into();
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((wanted, Arc::clone(&chunk)));
        Ok(Some(chunk))
    }
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

/// The ordinals of a key in a run. Chunks that don't hold its bytes aren't taken apart.
pub(super) fn find_key(conn: &Connection, run: RunId, key: &str) -> Result<Vec<Ordinal>, Fault> {
    let mut select =
        conn.prepare_cached("SELECT chunk, body FROM manifest WHERE run = ?1 ORDER BY chunk")?;
    let mut rows = select.query([run.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let raw = unzip(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
        if !holds(&raw, key.as_bytes()) {
            continue;
        }
        let first = row.get::<_, Ordinal>(0)? * CHUNK as Ordinal;
        let entries = entries(&raw)?;
        let here = entries.iter().zip(first..);
        found.extend(here.filter(|(it, _)| it.key == key).map(|(_, at)| at));
    }
    Ok(found)
}

fn holds(raw: &[u8], wanted: &[u8]) -> bool {
    wanted.is_empty() || raw.windows(wanted.len()).any(|it| it == wanted)
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

fn unpack(packed: &[u8]) -> Result<Vec<ManifestEntry>, Fault> {
    entries(&unzip(packed)?)
}

fn unzip(packed: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut raw = Vec::new();
    zstd::stream::read::Decoder::new(packed)
        .and_then(|mut decoder| decoder.read_to_end(&mut raw))
        .map_err(|_| damaged())?;
    Ok(raw)
}

fn entries(mut rest: &[u8]) -> Result<Vec<ManifestEntry>, Fault> {
    let mut entries = Vec::new();
    while !rest.is_empty() {
        entries.push(unpack_entry(&mut rest).ok_or_else(damaged)?);
    }
    Ok(entries)
}

fn unpack_entry(rest: &mut &[u8]) -> Option<ManifestEntry> {
    let key = unpack_text(rest)?;
    let total = match unpack_text(rest)? {
        text if text.is_empty() => None,
        text => Some(Decimal::from_str_exact(&text).ok()?),
    };
    let currency = unpack_text(rest)?;
    let (payload_hash, after) = rest.split_first_chunk::<16>()?;
    *rest = after;
    Some(ManifestEntry {
        key,
        payload_hash: *payload_hash,
        total,
        currency,
    })
}

fn unpack_text(rest: &mut &[u8]) -> Option<String> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (text, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    String::from_utf8(text.to_vec()).ok()
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

//! Source files that were opened, and the edit log of each.

use rusqlite::Connection;

use super::fault::Fault;
use super::runs::{now, time};
use crate::ledger::{EditRow, SourceRow};

pub(super) fn append_edit(
    conn: &Connection,
    source: &str,
    label: &str,
    body: &str,
) -> Result<i64, Fault> {
    conn.prepare_cached("INSERT INTO edit (source, label, body, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute((source, label, body, now()))?;
    Ok(conn.last_insert_rowid())
}

pub(super) fn set_edit_undone(conn: &Connection, edit: i64, undone: bool) -> Result<(), Fault> {
    match conn.execute("UPDATE edit SET undone = ?2 WHERE id = ?1", (edit, undone))? {
        0 => Err(Fault::unknown(format!("edit {edit}"))),
        _ => Ok(()),
    }
}

pub(super) fn drop_undone_edits(conn: &Connection, source: &str) -> Result<(), Fault> {
    conn.execute("DELETE FROM edit WHERE source = ?1 AND undone", [source])?;
    Ok(())
}

pub(super) fn edits(conn: &Connection, source: &str) -> Result<Vec<EditRow>, Fault> {
    conn.prepare_cached(
        "SELECT id, label, body, undone, at FROM edit WHERE source = ?1 ORDER BY id",
    )?
    .query_and_then([source], |row| {
        Ok(EditRow {
            id: row.get(0)?,
            label: row.get(1)?,
            body: row.get(2)?,
            undone: row.get(3)?,
            at: time(row.get(4)?)?,
        })
    })?
    .collect()
}

pub(super) fn remember(conn: &Connection, source: &SourceRow) -> Result<(), Fault> {
    conn.execute(
        "INSERT OR REPLACE INTO source_file (path, fingerprint, mapping, orders, opened_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        (
            &source.path,
            &source.fingerprint,
            &source.mapping,
            source.orders as i64,
            source.opened_at.as_millisecond(),
        ),
    )?;
    Ok(())
}

pub(super) fn recent(conn: &Connection, limit: u32) -> Result<Vec<SourceRow>, Fault> {
    conn.prepare_cached(
        "SELECT path, fingerprint, mapping, orders, opened_at FROM source_file
         ORDER BY opened_at DESC, path LIMIT ?1",
    )?
    .query_and_then([limit], |row| {
        Ok(SourceRow {
            path: row.get(0)?,
            fingerprint: row.get(1)?,
            mapping: row.get(2)?,
            orders: row.get(3)?,
            opened_at: time(row.get(4)?)?,
        })
    })?
    .collect()
}

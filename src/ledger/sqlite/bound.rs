//! How large a ledger may become, where the operator says so: a shared machine's disk isn't filled up.

use std::path::Path;

use rusqlite::Connection;

use super::fault::Fault;
use crate::ledger::LedgerError;

/// The environment variable that bounds a ledger's file, in megabytes of 2^20 bytes.
const NAME: &str = "ORDERDECK_LEDGER_MAX_MB";

/// The operator's bound, if there is one.
fn read() -> Result<Option<u64>, String> {
    let Some(text) = std::env::var_os(NAME).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let text = text.to_string_lossy();
    match text.parse() {
        Ok(megabytes @ 1..=1_000_000_000) => Ok(Some(megabytes)),
        _ => Err(text.into_owned()),
    }
}

/// Lets the ledger grow up to the operator's bound only. One that is larger already stays as it is.
pub(super) fn apply(conn: &Connection, path: &Path) -> Result<(), Fault> {
    let megabytes = match read() {
        Ok(None) => return Ok(()),
        Ok(Some(megabytes)) => megabytes,
        Err(text) => {
            return Err(Fault::Told(LedgerError::Unusable {
                path: path.display().to_string(),
                reason: format!("{NAME} is {text:?}, which is no number of megabytes"),
                remedy: "set it to a number such as 2000, or don't set it".to_owned(),
            }));
        }
    };
    let page: u64 = conn.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let pages = (megabytes << 20) / page.max(1);
    // SQLite counts pages in 32 bits.
    conn.pragma_update(
        None,
        "max_page_count",
        pages.min(u64::from(u32::MAX) - 1) as i64,
    )?;
    Ok(())
}

/// What to do where there is no room any more.
pub(super) fn remedy() -> String {
    let safe = "then `orderdeck resume`; what was recorded is safe";
    match read() {
        Ok(Some(megabytes)) => format!(
            "it has come to the {megabytes} MB of {NAME}, or its disk is full: allow more, or make room with \
             `orderdeck ledger compact --bodies-older-than 90d`, {safe}"
        ),
        _ => format!("free some space on its disk, {safe}"),
    }
}

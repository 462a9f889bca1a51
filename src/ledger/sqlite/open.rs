//! Opens the ledger's file: private from its creation, never touched before its version is known,
//! its schema brought forward in one transaction.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::fault::{Fault, set_aside};
use super::{bound, manifest, places, private};
use crate::ledger::{LedgerError, RunId};

/// What makes each schema version out of the one before.
const MIGRATIONS: [&str; 5] = [
    include_str!("../../../assets/ledger/001.sql"),
    include_str!("../../../assets/ledger/002.sql"),
    include_str!("../../../assets/ledger/003.sql"),
    include_str!("../../../assets/ledger/004.sql"),
    include_str!("../../../assets/ledger/005.sql"),
];
/// The newest schema that this program knows.
pub(super) const NEWEST: i64 = MIGRATIONS.len() as i64;
/// `ordk`: tells the ledger from any other database.
pub(super) const APPLICATION_ID: i64 = 0x6f72_646b;
/// How long to wait while another process writes.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Opens for reading and writing; makes the file, and its directory, if they aren't there.
pub(super) fn open(path: &Path) -> Result<Connection, LedgerError> {
    let path = private::prepare(path)?;
    check_version_untouched(&path)?;
    connect(&path).map_err(|fault| fault.tell(&path, "open"))
}

/// Opens what is there for reading only.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, LedgerError> {
    let path = private::check(path)?;
    check_version_untouched(&path)?;
    let conn = look(&path).map_err(|fault| fault.tell(&path, "open"))?;
    let version = known_version(&conn, &path)?;
    if version < NEWEST {
        return Err(LedgerError::Unusable {
            path: path.display().to_string(),
            reason: format!("it has the older schema {version}"),
            remedy: "`orderdeck runs` brings it forward, where it may be written to".to_owned(),
        });
    }
    Ok(conn)
}

fn connect(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let mut conn = Connection::open_with_flags(path, flags)?;
    settle_in(&conn)?;
    bound::apply(&conn, path)?;
    migrate(&mut conn, path)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "journal_size_limit", 64 << 20)?;
    use_wal(&conn)?;
    Ok(conn)
}

fn settle_in(conn: &Connection) -> Result<(), Fault> {
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(64);
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    // A statement keeps its plan whatever it is given; else those with ranges are prepared anew each time.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Switches to write-ahead logging. SQLite doesn't wait for the lock that this needs.
fn use_wal(conn: &Connection) -> Result<(), Fault> {
    let begun = std::time::Instant::now();
    loop {
        match conn
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))
        {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                return Err(Fault::Refused(format!(
                    "its file system allows no write-ahead log (journal mode {mode}): \
                     set ORDERDECK_DATA_DIR to a directory on a local disk"
                )));
            }
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && begun.elapsed() < PATIENCE =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

const LOOKING: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY
    .union(OpenFlags::SQLITE_OPEN_NO_MUTEX)
    .union(OpenFlags::SQLITE_OPEN_NOFOLLOW);

/// A connection that can't change anything, also where the directory can't be written to.
fn look(path: &Path) -> Result<Connection, Fault> {
    let looked = Connection::open_with_flags(path, LOOKING)
        .map_err(Fault::from)
        .and_then(readable);
    match looked {
        // No log to read, and no place for its index.
        Err(Fault::Sql(error)) if cannot_index(&error) && is_empty(&beside(path, "-wal")) => {
            look_at_file_alone(path)
        }
        result => result,
    }
}

/// Without a log, the file is the whole truth and needs no company.
pub(super) fn look_at_file_alone(path: &Path) -> Result<Connection, Fault> {
    let flags = LOOKING | OpenFlags::SQLITE_OPEN_URI;
    readable(Connection::open_with_flags(immutable(path), flags)?)
}

fn readable(conn: Connection) -> Result<Connection, Fault> {
    settle_in(&conn)?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(conn)
}

fn cannot_index(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
    )
}

fn immutable(path: &Path) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'.')
        .remove(b'-')
        .remove(b'_');
    let path = path.to_string_lossy();
    format!("file:{}?immutable=1", utf8_percent_encode(&path, KEPT))
}

/// The file beside a database that SQLite keeps under that ending.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn is_empty(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |metadata| metadata.len() == 0)
}

/// Refuses what isn't a ledger, or is a newer one, before SQLite may write a byte.
fn check_version_untouched(path: &Path) -> Result<(), LedgerError> {
    // A rollback journal means that the header may be half of a change; SQLite mends that first.
    if beside(path, "-journal").exists() {
        return Ok(());
    }
    let unusable = |reason: String, remedy: String| LedgerError::Unusable {
        path: path.display().to_string(),
        reason,
        remedy,
    };
    let header = read_header(path).map_err(|error| {
        unusable(
            error.to_string(),
            "make sure that you may read it".to_owned(),
        )
    })?;
    if header.is_empty() {
        return Ok(());
    }
    let number = |at: usize| {
        let bytes = header.get(at..at + 4)?;
        Some(i64::from(i32::from_be_bytes(bytes.try_into().ok()?)))
    };
    // Offsets of SQLite's file format: user_version 60, application_id 68.
    match (
        header.starts_with(b"SQLite format 3\0"),
        number(60),
        number(68),
    ) {
        (true, Some(version), Some(application)) => {
            judge(path, application, version, true)?;
        }
        _ => {
            return Err(unusable("it is not a database".to_owned(), set_aside(path)));
        }
    }
    if is_empty(&beside(path, "-wal")) {
        return Ok(());
    }
    // The newest version may stand in the log only.
    let conn = look(path).map_err(|fault| fault.tell(path, "open"))?;
    known_version(&conn, path).map(|_| ())
}

fn read_header(path: &Path) -> io::Result<Vec<u8>> {
    let mut header = Vec::new();
    File::open(path)?.take(100).read_to_end(&mut header)?;
    Ok(header)
}

/// The schema version, if it is one of ours that this program knows.
fn known_version(conn: &Connection, path: &Path) -> Result<i64, LedgerError> {
    let read = || -> Result<(i64, i64, bool), Fault> {
        // One snapshot, or a ledger that somebody is making right now looks like another program's.
        let _snapshot = conn
            .is_autocommit()
            .then(|| conn.unchecked_transaction())
            .transpose()?;
        Ok((
            conn.pragma_query_value(None, "application_id", |row| row.get(0))?,
            conn.pragma_query_value(None, "user_version", |row| row.get(0))?,
            conn.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| {
                row.get(0)
            })?,
        ))
    };
    let (application, version, blank) = read().map_err(|fault| fault.tell(path, "open"))?;
    judge(path, application, version, blank)?;
    Ok(version)
}

fn judge(path: &Path, application: i64, version: i64, blank: bool) -> Result<(), LedgerError> {
    let unmarked = application == 0 && version == 0 && blank;
    if application != APPLICATION_ID && !unmarked {
        return Err(LedgerError::Unusable {
            path: path.display().to_string(),
            reason: "it is a database of another program".to_owned(),
            remedy: set_aside(path),
        });
    }
    if version > NEWEST {
        return Err(LedgerError::Newer {
            path: path.display().to_string(),
            found: version,
            known: NEWEST,
        });
    }
    Ok(())
}

/// The schema from which on orders are filed under the hashes of their keys.
const PLACES: i64 = 4;

/// Files the orders of all runs that an older program began.
fn file_orders(conn: &Connection) -> Result<(), Fault> {
    let runs: Vec<i64> = conn
        .prepare("SELECT id FROM run ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for run in runs {
        let mut keys = Vec::new();
        manifest::for_each(conn, RunId(run), |_, entry| keys.push(entry.key))?;
        places::write(conn, RunId(run), keys.iter().map(String::as_str))?;
    }
    Ok(())
}

fn migrate(conn: &mut Connection, path: &Path) -> Result<(), Fault> {
    if known_version(conn, path)? == NEWEST {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been quicker.
    let version = known_version(&tx, path)?;
    let done = usize::try_from(version).map_err(|_| Fault::damaged("its version", version))?;
    for migration in MIGRATIONS.iter().skip(done) {
        tx.execute_batch(migration)?;
    }
    if version < PLACES {
        file_orders(&tx)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", NEWEST)?;
    tx.commit()?;
    Ok(())
}

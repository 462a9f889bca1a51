//! The file: made private, refused when it isn't, never touched when it isn't ours to write.

use std::collections::BTreeMap;
use std::fs;

use super::*;
use crate::ledger::sqlite::open::{APPLICATION_ID, NEWEST};

fn pragma<T: rusqlite::types::FromSql>(ledger: &SqliteLedger, name: &str) -> T {
    ledger
        .conn
        .pragma_query_value(None, name, |row| row.get(0))
        .unwrap()
}

/// Every file of the directory with its bytes.
fn bytes(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

fn refusal(path: &Path) -> (String, String) {
    match SqliteLedger::open(path).map(|_| ()).unwrap_err() {
        LedgerError::Unusable { reason, remedy, .. } => (reason, remedy),
        other => panic!("{other}"),
    }
}

/// Writes a private file, as the ledger would.
fn private_file(path: &Path, content: &[u8]) {
    use std::io::Write as _;
    let mut file = private::new_file()
        .write(true)
        .create_new(true)
        .open(path)
        .unwrap();
    file.write_all(content).unwrap();
}

#[test]
fn a_ledger_is_durable_and_marked() {
    let desk = Desk::new();
    assert_eq!(pragma::<String>(&desk.ledger, "journal_mode"), "wal");
    assert_eq!(pragma::<i64>(&desk.ledger, "synchronous"), 2, "FULL");
    assert_eq!(pragma::<i64>(&desk.ledger, "foreign_keys"), 1);
    assert_eq!(
        pragma::<i64>(&desk.ledger, "application_id"),
        APPLICATION_ID
    );
    assert_eq!(pragma::<i64>(&desk.ledger, "user_version"), NEWEST);
    assert_eq!(pragma::<String>(&desk.ledger, "integrity_check"), "ok");
}

#[test]
fn the_ledger_may_move_to_a_writer_thread() {
    fn moves<T: Send>() {}
    moves::<SqliteLedger>();
    moves::<Box<dyn Ledger>>();
}

#[test]
fn an_empty_file_is_brought_forward_and_a_second_opening_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.sqlite");
    private_file(&path, b"");
    let mut ledger = SqliteLedger::open(&path).unwrap();
    let run = ledger
        .begin_run(&decided(Operation::Import), &[entry(0)], &[])
        .unwrap();
    drop(ledger);
    let before = bytes(dir.path());
    let again = SqliteLedger::open(&path).unwrap();
    assert_eq!(again.run(run).unwrap().orders, 1);
    drop(again);
    assert_eq!(bytes(dir.path()), before);
}

#[test]
fn many_may_open_a_new_ledger_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/er/ledger.sqlite");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut ledger = SqliteLedger::open(&path).unwrap();
                ledger
                    .begin_run(&decided(Operation::Import), &[], &[])
                    .unwrap();
            });
        }
    });
    assert_eq!(SqliteLedger::open(&path).unwrap().runs().unwrap().len(), 8);
}

#[test]
fn a_newer_ledger_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.sqlite");
    private_file(&path, b"");
    let newer = Connection::open(&path).unwrap();
    newer
        .pragma_update(None, "application_id", APPLICATION_ID)
        .unwrap();
    newer
        .pragma_update(None, "user_version", NEWEST + 1)
        .unwrap();
    drop(newer);
    let before = bytes(dir.path());
    for opened in [
        SqliteLedger::open(&path),
        SqliteLedger::open_read_only(&path),
    ] {
        match opened.map(|_| ()).unwrap_err() {
            LedgerError::Newer { found, known, .. } => {
                assert_eq!((found, known), (NEWEST + 1, NEWEST));
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(bytes(dir.path()), before);
}

#[test]
fn a_newer_version_that_stands_in_the_log_only_is_seen_and_stays_there() {
    let desk = Desk::new();
    desk.ledger
        .conn
        .pragma_update(None, "user_version", NEWEST + 1)
        .unwrap();
    // As a killed process leaves it: file and log, and nobody who has them open.
    let crashed = tempfile::tempdir().unwrap();
    let image = ["ledger.sqlite", "ledger.sqlite-wal"].map(|name| {
        let path = crashed.path().join(name);
        let content = fs::read(desk.dir.path().join(name)).unwrap();
        private_file(&path, &content);
        (path, content)
    });
    let refused = SqliteLedger::open(&image[0].0).map(|_| ()).unwrap_err();
    assert!(matches!(refused, LedgerError::Newer { .. }), "{refused}");
    for (path, content) in image {
        assert!(fs::read(&path).unwrap() == content, "{}", path.display());
    }
}

#[test]
fn what_is_no_ledger_is_refused_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text.sqlite");
    private_file(&text, b"id,total\n1,2\n");
    let other = dir.path().join("other's.sqlite");
    private_file(&other, b"");
    Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE bookmarks (url TEXT)")
        .unwrap();
    let before = bytes(dir.path());
    let (reason, remedy) = refusal(&text);
    assert!(reason.contains("not a database"), "{reason}");
    assert!(remedy.contains("mv "), "{remedy}");
    let (reason, remedy) = refusal(&other);
    assert!(reason.contains("another program"), "{reason}");
    assert!(remedy.contains(r"'\''"), "quoted for a shell: {remedy}");
    assert_eq!(bytes(dir.path()), before);
}

#[test]
fn a_damaged_ledger_says_so_with_a_remedy() {
    let mut desk = Desk::new();
    desk.begin(3000);
    let path = desk.path();
    let dir = desk.dir;
    drop(desk.ledger);
    let mut content = fs::read(&path).unwrap();
    let length = content.len();
    content[4096..length].fill(0x5a);
    fs::write(&path, content).unwrap();
    let found = SqliteLedger::open(&path).and_then(|ledger| ledger.summary(RunId(1)));
    match found.unwrap_err() {
        LedgerError::Unusable { remedy, .. } => assert!(remedy.contains("mv "), "{remedy}"),
        other => panic!("{other}"),
    }
    drop(dir);
}

#[test]
fn a_full_disk_loses_nothing_that_was_recorded() {
    let mut desk = Desk::new();
    let run = desk.begin(10);
    let pages: i64 = pragma(&desk.ledger, "page_count");
    desk.ledger
        .conn
        .pragma_update(None, "max_page_count", pages + 2)
        .unwrap();
    let mut large = intent("orders", &[1]);
    // Digits of a hash chain: nothing that compresses away.
    let mut hash = blake3::hash(b"large");
    for _ in 0..2000 {
        large.body.extend_from_slice(hash.as_bytes());
        hash = blake3::hash(hash.as_bytes());
    }
    let full = desk.ledger.record_intents(run, &[large]).unwrap_err();
    assert!(full.to_string().contains("orderdeck resume"), "{full}");
    assert_eq!(desk.count(run, Outcome::Pending), 10);
    desk.ledger
        .conn
        .pragma_update(None, "max_page_count", pages + 2000)
        .unwrap();
    desk.sent_with(run, &[1], Outcome::Accepted);
    assert_eq!(desk.count(run, Outcome::Accepted), 1);
    assert_eq!(pragma::<String>(&desk.ledger, "integrity_check"), "ok");
}

#[test]
fn looking_only_sees_what_is_written_and_writes_nothing() {
    let mut desk = Desk::new();
    let run = desk.begin(2);
    let mut looker = SqliteLedger::open_read_only(&desk.path()).unwrap();
    desk.sent_with(run, &[0], Outcome::Accepted);
    assert_eq!(looker.summary(run).unwrap().count(Outcome::Accepted), 1);
    let refused = looker.set_run_state(run, RunState::Finished, None);
    assert!(matches!(refused, Err(LedgerError::Unusable { .. })));
    let missing = SqliteLedger::open_read_only(&desk.dir.path().join("none.sqlite"));
    assert!(matches!(missing, Err(LedgerError::Unusable { .. })));
    assert!(!desk.dir.path().join("none.sqlite").exists());
}

#[test]
fn where_no_log_can_be_kept_the_file_alone_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a b?c%41#é.sqlite");
    let mut ledger = SqliteLedger::open(&path).unwrap();
    let run = ledger
        .begin_run(&decided(Operation::Import), &[entry(0)], &[])
        .unwrap();
    drop(ledger);
    let before = bytes(dir.path());
    let conn = open::look_at_file_alone(&path).unwrap();
    let ledger = SqliteLedger::on(conn, &path);
    assert_eq!(ledger.summary(run).unwrap().count(Outcome::Pending), 1);
    assert_eq!(bytes(dir.path()), before, "no log, no index");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn directory_file_and_log_are_private() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/ledger.sqlite");
        let mut ledger = SqliteLedger::open(&path).unwrap();
        ledger
            .begin_run(&decided(Operation::Import), &[], &[])
            .unwrap();
        for directory in ["a", "a/b"] {
            assert_eq!(mode(&dir.path().join(directory)), 0o700, "{directory}");
        }
        for file in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
            assert_eq!(mode(&dir.path().join("a/b").join(file)), 0o600, "{file}");
        }
    }

    #[test]
    fn a_looser_file_is_refused_with_the_command_that_mends_it() {
        let desk = Desk::new();
        let path = desk.path().canonicalize().unwrap();
        let dir = desk.dir;
        drop(desk.ledger);
        for loose in [0o640, 0o604, 0o620] {
            set_mode(&path, loose);
            let (_, remedy) = refusal(&path);
            assert!(remedy.contains("chmod 600 "), "{remedy}");
            assert!(remedy.contains(&path.display().to_string()), "{remedy}");
            assert_eq!(mode(&path), loose, "refused, not changed");
            assert!(SqliteLedger::open_read_only(&path).is_err());
        }
        set_mode(&path, 0o600);
        set_mode(dir.path(), 0o777);
        let (_, remedy) = refusal(&path);
        assert!(remedy.contains("chmod 700 "), "{remedy}");
        set_mode(dir.path(), 0o700);
        SqliteLedger::open(&path).unwrap();
    }

    #[test]
    fn a_link_is_refused_also_to_nowhere() {
        let desk = Desk::new();
        let link = desk.dir.path().join("link.sqlite");
        symlink(desk.path(), &link).unwrap();
        let nowhere = desk.dir.path().join("nowhere.sqlite");
        symlink(desk.dir.path().join("target"), &nowhere).unwrap();
        for path in [&link, &nowhere] {
            let (reason, _) = refusal(path);
            assert!(reason.contains("link"), "{reason}");
        }
        assert!(!desk.dir.path().join("target").exists());
    }

    #[test]
    fn a_linked_directory_is_followed() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("real")).unwrap();
        set_mode(&dir.path().join("real"), 0o700);
        symlink(dir.path().join("real"), dir.path().join("data")).unwrap();
        SqliteLedger::open(&dir.path().join("data/ledger.sqlite")).unwrap();
        assert!(dir.path().join("real/ledger.sqlite").exists());
    }

    #[test]
    fn a_directory_in_its_place_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.sqlite");
        fs::create_dir(&path).unwrap();
        assert!(refusal(&path).0.contains("not a file"));
    }
}

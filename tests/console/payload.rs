//! A payload in the operator's own editor: the terminal is lent and taken back, and nothing that is written is lost.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::support::shopify_csv;
use crate::support::terminal::Terminal;

const ESC: &str = "\x1b";
const ENTER: &str = "\r";

/// A script that stands for the editor.
fn editor(home: &Path, script: &str) -> String {
    let path = home.join("editor.sh");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path.display().to_string()
}

fn start(home: &Path, editor: &str, temporary: &Path) -> Terminal {
    fs::write(home.join("orders.csv"), shopify_csv(3)).unwrap();
    fs::create_dir_all(temporary).unwrap();
    let environment = [
        ("VISUAL", ""),
        ("EDITOR", editor),
        ("TMPDIR", temporary.to_str().unwrap()),
    ];
    let arguments = ["orders.csv", "--sandbox"];
    let mut console = Terminal::start_with(&arguments, &environment, home, 80, 24);
    console.until("3 orders");
    console.keys("]");
    console.until("sandbox-voucherify");
    console.keys(ENTER);
    console.until("\"source_id\"");
    console
}

#[test]
fn a_part_is_written_in_the_editor_seen_and_undone() {
    let home = tempfile::tempdir().unwrap();
    let temporary = home.path().join("tmp");
    // It reads the terminal itself: every key is its own, and ctrl-c ends nothing.
    let script =
        "trap '' INT; ls -ld $2 >> seen; echo EDITOR HERE; read word; sed -i \"s/#1001/$word/\" $2";
    let script = editor(home.path(), script);
    let mut console = start(home.path(), &format!("{script} --wait"), &temporary);
    console.keys("E");
    console.until("EDITOR HERE");
    console.keys("\x03");
    console.keys("q-edited\n");
    console.until("edited: payload of #1001");
    console.until("q-edited");
    let seen = fs::read_to_string(home.path().join("seen")).unwrap();
    assert!(seen.starts_with("-rw-------"), "{seen}");
    assert_eq!(
        fs::read_dir(&temporary).unwrap().count(),
        0,
        "it is still there"
    );
    console.keys("u");
    console.until("undone: payload of #1001");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored(), "{}", console.text());
    assert!(console.modes_are_restored());
}

#[test]
fn what_is_no_json_is_kept_and_an_editor_that_is_not_there_is_told() {
    let home = tempfile::tempdir().unwrap();
    let temporary = home.path().join("tmp");
    let script = "if grep -q broken $1; then sed -i 's/broken/#1001-b/' $1; else sed -i 's/\"#1001\"/\"broken/' $1; fi";
    let script = editor(home.path(), script);
    let mut console = start(home.path(), &script, &temporary);
    console.keys("E");
    console.until("That isn't JSON");
    console.until("line ");
    console.keys(ESC);
    console.gone("That isn't JSON");
    // What was written is there again.
    console.keys("E");
    console.until("That isn't JSON");
    fs::write(&script, "#!/bin/sh\nsed -i 's/#1001-b/well\"/' $1\n").unwrap();
    console.keys(ENTER);
    console.until("edited: payload of #1001");
    fs::remove_file(&script).unwrap();
    console.keys("E");
    console.until("can't be started");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_signal_while_the_editor_runs_leaves_the_terminal_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let temporary = home.path().join("tmp");
    let script = editor(home.path(), "echo EDITOR HERE; read word");
    let mut console = start(home.path(), &script, &temporary);
    console.keys("E");
    console.until("EDITOR HERE");
    assert!(console.is_restored(), "lent: {}", console.text());
    console.signal(rustix::process::Signal::TERM);
    // The editor is the operator's: it ends when they end it, and then the program does.
    console.keys("\n");
    console.exit_code();
    assert!(console.is_restored(), "{}", console.text());
    assert!(console.modes_are_restored());
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}

#[test]
fn one_field_is_compared_changed_looked_at_and_taken_back() {
    let home = tempfile::tempdir().unwrap();
    let mut console = start(home.path(), "true", &home.path().join("tmp"));
    // The status is the second field.
    console.keys("jj");
    console.keys("=");
    console.until("at the vendors");
    console.until("Project Agora");
    console.keys(ESC);
    console.gone("at the vendors");
    console.keys("e");
    console.until("Edit status");
    console.keys("can");
    console.until("▸ CANCELED");
    console.keys(ENTER);
    console.gone("Edit status");
    console.until("\"status\": \"CANCELED\"");
    console.keys("d");
    console.until("What changed in #1001");
    console.until("+ \"CANCELED\"");
    console.keys("\t");
    console.until("was never sent this order");
    console.keys(ESC);
    console.gone("What changed");
    console.keys("U");
    console.until("back to the source's value");
    console.gone("\"status\": \"CANCELED\"");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

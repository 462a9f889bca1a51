//! The main job on the sandbox, by its keys, in a pseudo-terminal of 80×24: the real program, real HTTP.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::sending::{Vendors, deck_with};
use crate::support::terminal::Terminal;

const CTRL_U: &str = "\x15";
const CTRL_R: &str = "\x12";
const ESC: &str = "\x1b";
const ENTER: &str = "\r";

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/shopify-orders.csv")
}

/// A copy of the sample in a home of its own, so that its edits are nobody else's.
fn home() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("orders.csv");
    fs::copy(sample(), &file).unwrap();
    (home, file)
}

/// Opens the sample in the sandbox and goes to Voucherify's first finding, the e-mail of #1014.
fn at_the_finding(home: &Path) -> Terminal {
    let mut console = Terminal::start(&["orders.csv", "--sandbox"], home, 80, 24);
    console.until("40 orders");
    console.until("blocked");
    console.keys("]");
    console.until("sandbox-voucherify");
    console.until("VOU-12");
    console.keys("n");
    console.keys(ENTER);
    console.until("VOU-12 not in its form");
    console
}

fn set_the_email(console: &mut Terminal) {
    console.keys("e");
    console.until("Edit customer/email");
    console.keys(CTRL_U);
    console.keys("nora@example.com");
    console.until("nora@example.com");
    console.keys(ENTER);
    console.until("\"email\": \"nora@example.com\"");
    console.gone("Edit customer/email");
    console.gone("VOU-12");
}

#[test]
fn the_main_job_from_the_finding_to_the_cancellation() {
    let (home, file) = home();
    let before = fs::read(&file).unwrap();
    let mut console = at_the_finding(home.path());

    set_the_email(&mut console);
    console.until("nora@example.com");
    console.until("edit");
    console.until("1 edited");

    console.keys("u");
    console.until("VOU-12 not in its form");
    console.keys(CTRL_R);
    console.gone("VOU-12");
    console.until("nora@example.com");

    console.keys("s");
    console.until("Submit 37");
    console.until("segments");
    console.keys(ENTER);
    console.until("run s1 is finished");

    console.keys("4");
    console.until("POST");
    console.until("200");
    console.keys(ENTER);
    // The answer is what one opens it for.
    console.until("RESPONSE ·");
    console.keys("\t");
    console.until("x-app-token: •••");
    console.keys(ESC);
    console.gone("x-app-token");

    console.keys("5");
    console.until("DONE");

    console.keys("1");
    console.until("#1014");
    console.keys("c");
    console.until("Cancel orders");
    console.until("imported");
    console.keys(ENTER);
    console.until("cancel");
    console.until("Runs");
    console.until("run s2 is finished");

    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored(), "{}", console.text());
    assert_eq!(
        fs::read(&file).unwrap(),
        before,
        "the source was written to"
    );
}

#[test]
fn an_edit_survives_a_kill() {
    let (home, file) = home();
    let before = fs::read(&file).unwrap();
    let mut console = at_the_finding(home.path());
    set_the_email(&mut console);
    console.kill();

    let mut console = Terminal::start(&["orders.csv", "--sandbox"], home.path(), 80, 24);
    console.until("1 edited");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn with_nothing_configured_the_first_page_says_what_can_be_done() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(&[], home.path(), 80, 24);
    console.until("Try it in the sandbox");
    console.until("Open an order file");
    console.until("Add a profile");
    // What stood on the screen before must not show through, whatever the terminal.
    let cleared = console.written_at("\x1b[2J").unwrap();
    assert!(cleared < console.written_at("orderdeck").unwrap());
    console.keys("t");
    console.until("40 orders");
    console.until("SANDBOX");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored());
}

/// A file stands where the data directory would be: what is tried is kept aside, said so, and gone in the end.
#[test]
fn the_sandbox_is_tried_where_nothing_can_be_kept() {
    let home = tempfile::tempdir().unwrap();
    let temporary = home.path().join("tmp");
    fs::create_dir(&temporary).unwrap();
    fs::write(home.path().join("data"), "in the way").unwrap();
    let aside = || {
        let entries = fs::read_dir(&temporary).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let aside = |name: &String| name.starts_with("orderdeck-") && name != "orderdeck-sample";
        names.filter(aside).count()
    };
    let there = temporary.display().to_string();
    let set = [("TMPDIR", there.as_str())];
    let mut console = Terminal::start_with(&["--sandbox"], &set, home.path(), 80, 24);
    console.until("40 orders");
    console.until("nothing of this visit is kept when you leave");
    assert_eq!(aside(), 1);
    console.keys("]");
    console.until("sandbox-voucherify");
    console.keys("s");
    console.until("▸ Submit 36");
    console.keys(ENTER);
    console.until("finished");
    console.until("NOT KEPT");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored());
    assert_eq!(aside(), 0, "what was kept aside is gone");
    assert_eq!(fs::read(home.path().join("data")).unwrap(), b"in the way");
}

#[test]
fn ids_are_cancelled_without_a_file() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(&["--profile", "sandbox-kameleoon"], home.path(), 80, 24);
    console.until("Open an order file");
    console.keys("c");
    console.until("Cancel orders");
    console.keys("#1001");
    console.until("never sent to this account");
    console.keys(ENTER);
    console.until("run s1 is finished");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_terminal_that_is_too_small_is_told_and_gets_its_screen_back() {
    let (home, _file) = home();
    let mut console = Terminal::start(&["orders.csv", "--sandbox"], home.path(), 80, 24);
    console.until("40 orders");
    console.resize(40, 10);
    console.until("80");
    console.gone("40 orders");
    console.resize(100, 30);
    console.until("40 orders");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn doubt_is_settled_by_the_operators_word() {
    let deck = deck_with(3);
    // The first is taken and its answer lost; the second never gets there.
    let faults = "kibo:drop-after@1,kibo:drop-before@2";
    let vendors = Vendors::failing(&deck.path("vendors"), faults);
    let profile = vendors.profile("mine", "kibo", "test");
    deck.profiles(&profile.replace(
        "requests_per_minute = 0",
        "requests_per_minute = 0\nconcurrency = 1",
    ));
    let home = deck.path("");
    let mut console = Terminal::start(&["orders.csv", "--profile", "mine"], &home, 80, 24);
    console.until("3 orders");
    console.keys("s");
    console.until("Submit 3");
    console.keys(ENTER);
    console.until("run 1 is finished");
    console.until("2 in doubt");

    console.keys("d");
    console.until("Kibo can't be asked");
    console.until("\"externalOrderID\": \"#1001\"");
    console.keys(ENTER);
    console.until("what became of it?");
    console.keys(ENTER);
    console.until("1 order arrived at Kibo");
    console.keys("seen there");
    console.keys(ENTER);
    console.until("1 order arrived: recorded as taken");
    console.gone("#1001");
    console.keys(ENTER);
    console.until("what became of it?");
    console.keys("j");
    console.keys(ENTER);
    console.until("1 order never arrived at Kibo");
    console.keys(ENTER);
    console.gone("Orders in doubt");
    console.until("1 order never arrived: R in Runs sends it");

    console.keys("R");
    console.until("still to be imported: 1 order");
    console.keys(ENTER);
    console.until("run 1 is finished");
    console.until("taken   3 orders");
    console.keys("v");
    console.until("Orders of run 1");
    console.keys("H");
    console.until("the operator decided that it arrived");
    console.until("because: seen there");
    console.keys(ESC);
    console.gone("because: seen there");
    console.keys(ESC);
    console.gone("Orders of run 1");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    let taken = vendors.taken();
    for key in ["#1001", "#1002", "#1003"] {
        assert_eq!(taken["kibo"]["copies"][key], 1, "{key}: {taken}");
    }
}

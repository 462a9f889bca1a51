//! Files and coming back, in a pseudo-terminal: found by a few letters, worked on, left, killed, changed, two at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::support::terminal::Terminal;

const CTRL_U: &str = "\x15";
const CTRL_W: &str = "\x17";
const ESC: &str = "\x1b";
const ENTER: &str = "\r";

/// Waits for something that isn't on the screen.
fn until(console: &Terminal, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !holds() {
        assert!(Instant::now() < deadline, "{}", console.text());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A home with two exports in a folder.
fn home() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("exports");
    fs::create_dir(&folder).unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/shopify-orders.csv");
    let text = fs::read_to_string(sample).unwrap();
    let file = folder.join("shopify-march.csv");
    fs::write(&file, &text).unwrap();
    let end = text.find("\n#1003,").unwrap();
    fs::write(folder.join("april.csv"), &text[..=end]).unwrap();
    (home, file)
}

/// Finds the file by some of its letters and opens it.
fn open(console: &mut Terminal, letters: &str) {
    console.keys("o");
    console.until("search or path");
    console.keys(letters);
    // The folder is listed, and the file under the cursor looked into.
    console.until(&format!("▸ {letters}"));
    console.until("Shopify orders export");
    console.keys(ENTER);
    console.gone("search or path");
}

fn in_the_folder(home: &Path) -> Terminal {
    let mut console = Terminal::start(&[], home, 100, 30);
    console.until("Try it in the sandbox");
    console.keys("o");
    console.until("exports/");
    console.keys("exports/");
    console.until("opens this path");
    console.keys(ENTER);
    console.until("shopify-march.csv");
    console.keys("shmar");
    console.gone("april.csv");
    console.until("Shopify orders export");
    console.keys(ENTER);
    console.until("40 orders");
    console
}

#[test]
fn found_by_a_few_letters_and_all_is_there_again_after_leaving_and_after_a_kill() {
    let (home, _) = home();
    let mut console = in_the_folder(home.path());
    console.keys("]");
    console.until("sandbox-voucherify");
    console.keys("  x");
    console.until("2 edited");
    console.keys("/");
    console.keys("status:paid");
    console.until("status:paid");
    console.until("of 40 · 2 marked");
    console.keys(ENTER);
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored(), "{}", console.text());

    let mut console = Terminal::start(&[], home.path(), 100, 30);
    console.until("back where you were: shopify-march.csv");
    console.until("sandbox-voucherify");
    console.until("2 edited");
    console.until("status:paid");
    console.keys(ESC);
    console.until("40 of 40");
    console.keys("6");
    console.until("Profiles");
    // What changed is written before the kill comes.
    let session = home.path().join("data/session.json");
    until(&console, || {
        fs::read_to_string(&session).is_ok_and(|text| text.contains("\"view\": \"Profiles\""))
    });
    console.kill();

    let mut console = Terminal::start(&[], home.path(), 100, 30);
    console.until("back where you were: shopify-march.csv");
    console.until("kibo");
    console.keys("1");
    console.until("40 of 40 · 2 marked");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);

    let mut console = Terminal::start(&["--fresh"], home.path(), 100, 30);
    console.until("Try it in the sandbox");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn a_changed_file_is_read_anew_and_a_second_one_stands_beside_it() {
    let (home, file) = home();
    let mut console = in_the_folder(home.path());
    open(&mut console, "april");
    console.until("april.csv (2 of 2)");
    console.until("2 orders");
    console.keys("{");
    console.until("shopify-march.csv (1 of 2)");
    console.keys(" ");
    console.until("1 marked");

    let text = fs::read_to_string(&file).unwrap();
    let end = text.find("\n#1011,").unwrap();
    fs::write(&file, &text[..=end]).unwrap();
    // It is asked at most once a second, when something is done.
    let mut presses = 0;
    while !console.text().contains("CHANGED ON DISK") {
        assert!(presses < 1_000, "{}", console.text());
        presses += 1;
        console.keys("k");
        std::thread::sleep(Duration::from_millis(20));
    }
    console.keys("R");
    console.until("10 orders");
    console.until("1 marked");
    console.gone("CHANGED ON DISK");

    console.keys(CTRL_W);
    console.until("april.csv");
    console.until("2 orders");
    console.keys("o");
    console.until("search or path");
    console.keys(CTRL_U);
    console.keys("mar");
    console.until("shopify-march.csv");
    console.keys(ESC);
    console.gone("search or path");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

/// Whoever knows the name needn't wait for the folder.
#[test]
fn a_file_is_opened_by_keys_that_are_typed_before_the_folder_is_there() {
    let (home, _) = home();
    let mut console = Terminal::start(&[], home.path(), 100, 30);
    console.until("Try it in the sandbox");
    // All at once: the browser, the folder, the file.
    console.keys("oexports\rshmar\r");
    console.until("40 orders");
    console.until("shopify-march.csv");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

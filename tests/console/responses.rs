//! The Responses view in a pseudo-terminal: submit in the sandbox, filter by status, open one, search in it, copy it.

use std::fs;
use std::path::Path;

use crate::support::terminal::Terminal;

const ESC: &str = "\x1b";
const ENTER: &str = "\r";

#[test]
fn responses_are_filtered_opened_searched_and_copied() {
    let home = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/shopify-orders.csv");
    fs::copy(sample, home.path().join("orders.csv")).unwrap();
    let mut console = Terminal::start(&["orders.csv", "--sandbox"], home.path(), 120, 36);
    console.until("40 orders");
    console.until("1/6");
    console.keys(ESC);
    console.gone("1/6");
    console.keys("]");
    console.until("sandbox-voucherify");
    console.until("blocked");
    console.keys("s");
    console.until("Submit 36");
    console.keys(ENTER);
    console.until("run s1 is finished");

    console.keys("4");
    console.until("FOLLOWING");
    console.keys("p");
    console.until("PAUSED");
    console.keys("/status:5xx");
    console.until("No request passes the filter");
    // ctrl-u empties the line.
    console.keys("\x15status:2xx import");
    console.until("1 pass");
    console.until(" taken");
    console.keys(ENTER);
    console.keys(ENTER);
    console.until("RESPONSE ·");
    console.keys("\t");
    console.until("REQUEST ·");
    console.until("x-app-token: •••");
    console.until("36 orders: #");

    console.keys("/");
    console.keys("source_id");
    console.until("1 of ");
    console.keys(ENTER);
    console.keys("n");
    console.until("2 of ");
    let before = console.times_written("\x1b]52;c;");
    console.keys("Y");
    console.until("copied");
    assert!(console.times_written("\x1b]52;c;") > before);
    console.keys(ESC);
    console.until("/ search");
    console.keys(ESC);
    console.until("that pass the filter");
    console.keys(ESC);
    console.gone("that pass the filter");
    console.keys("G");
    console.until("FOLLOWING");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

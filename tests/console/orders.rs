//! The list of orders: sorted by its total, its columns chosen, both seen, and the columns there again after a restart.

use std::fs;
use std::path::Path;

use crate::support::terminal::Terminal;

const ESC: &str = "\x1b";
const ENTER: &str = "\r";

#[test]
fn orders_are_sorted_and_their_columns_are_remembered() {
    let home = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/shopify-orders.csv");
    fs::copy(sample, home.path().join("orders.csv")).unwrap();
    let arguments = ["orders.csv", "--sandbox"];
    let mut console = Terminal::start(&arguments, home.path(), 200, 60);
    console.until("40 of 40");

    console.keys("S");
    console.until("Sort by");
    console.keys("total");
    console.keys(ENTER);
    console.until("by total, ascending");
    console.until("total ▲");
    console.keys("~");
    console.until("total ▼");

    console.keys("C");
    console.until("Columns");
    console.keys("j "); // placed goes
    console.keys("jjjjjj"); // e-mail, the first that isn't shown, comes
    console.until("▸ [ ] e-mail");
    console.keys(" ");
    console.until("[x] e-mail");
    console.keys(ESC);
    console.gone("[x]");
    console.until("e-mail");
    console.gone("placed  ");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);

    let mut console = Terminal::start(&arguments, home.path(), 200, 60);
    console.until("40 of 40");
    console.until("e-mail");
    console.gone("placed  ");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored(), "{}", console.text());
}

//! A file that no mapping knows, in a pseudo-terminal: proposed, put right, saved, and known from then on.

use std::fs;

use crate::support::terminal::Terminal;

const ENTER: &str = "\r";
const CTRL_U: &str = "\x15";

const TILL: &str = "\
Order No;Date;E-Mail;Total;Currency;Payment State;Customer Ref;Colour
A-1;2024-03-01T10:00:00Z;ada@example.com;12.50;EUR;paid;00017;red
A-2;2024-03-02T10:00:00Z;bo@example.com;8.00;EUR;quux;00018;blue
";

#[test]
fn an_unknown_file_is_mapped_by_keys_saved_and_known_by_itself_from_then_on() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("till.csv"), TILL).unwrap();
    let mut console = Terminal::start(&["till.csv", "--sandbox"], home.path(), 120, 36);
    console.until("no mapping is known for till.csv");
    // The order stands there as far as it is understood.
    console.until("A-1 · 1 of the first 2");
    // From the column's side: Customer Ref is the customer's id.
    console.keys("\x1b[D");
    console.keys("G\x1b[A");
    console.keys(ENTER);
    console.until("What is Customer Ref?");
    console.keys("customer.id");
    console.until("customer.id");
    console.keys(ENTER);
    console.until("← Customer Ref");
    // The word that nobody knows.
    console.keys("t");
    console.until("what does it mean");
    console.keys(ENTER);
    console.until("What does quux mean");
    console.keys(ENTER);
    console.gone("What does quux mean");
    console.keys("w");
    console.until("Save the mapping as");
    console.keys(&format!("{CTRL_U}our-till{ENTER}"));
    console.until("2 of 2");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored(), "{}", console.text());
    let saved = fs::read_to_string(home.path().join("config/mappings/our-till.toml")).unwrap();
    assert!(saved.contains("Customer Ref"), "{saved}");

    let mut console = Terminal::start(&["till.csv", "--sandbox", "--fresh"], home.path(), 120, 36);
    console.until("2 of 2");
    console.keys("2");
    console.until("Customer Ref");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

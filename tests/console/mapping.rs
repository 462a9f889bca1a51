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
    // The list comes back, for the next word.
    console.until("Status words");
    console.keys("\x1b");
    console.gone("Status words");
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

/// A shop's own codes for what became of an order, lines side by side, and nothing that Kibo would know.
const SHOP: &str = "\
Order No;Date;E-Mail;Total;Currency;State;Newsletter;Item 1 SKU;Item 1 Qty;Item 2 SKU;Item 2 Qty
A-1;2024-03-01T10:00:00Z;ada@example.com;12.50;EUR;17;true;M-1;2;C-1;1
A-2;2024-03-02T10:00:00Z;bo@example.com;8.00;EUR;23;false;M-2;1;;
A-3;2024-03-03T10:00:00Z;chloe@example.com;9.00;EUR;17;true;M-2;1;;
";

#[test]
fn a_vendors_own_field_a_table_of_statuses_and_lines_are_set_by_keys_alone() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("shop.csv"), SHOP).unwrap();
    let mut console = Terminal::start(&["shop.csv", "--sandbox"], home.path(), 120, 36);
    console.until("no mapping is known for shop.csv");
    console.until("A-1 · 1 of the first 3");
    // What only Kibo has: found by its letters, connected to a column.
    console.keys("[");
    console.until("KIB-01");
    console.keys("/optinret");
    console.until("optInRetailer");
    console.keys(ENTER);
    console.until("only Kibo has it");
    console.keys(ENTER);
    console.until("Which column is kibo: optInRetailer?");
    console.keys("newsl");
    console.until("Newsletter");
    console.keys(ENTER);
    console.until("← Newsletter");
    // The shop's codes, one by one.
    console.keys("/payment");
    console.until("Find a target");
    console.keys(ENTER);
    console.gone("Find a target");
    console.keys(ENTER);
    console.until("Which column is payment?");
    console.keys("state");
    console.keys(ENTER);
    console.until("← State");
    console.keys("elook it up");
    console.until("look it up in a table");
    console.keys(ENTER);
    console.until("all texts of 3 records");
    console.keys("paid");
    console.until("A-1 gives paid");
    console.keys("\x1b[B");
    console.keys("pending");
    console.keys(ENTER);
    console.until("looked up");
    // Lines stand side by side.
    console.keys("i");
    console.until("columns side by side: Item {n} {member}");
    console.until("A-1 has 2 lines with SKU, Qty");
    console.keys("\x1b[B");
    console.keys(ENTER);
    console.gone("What is a line of an order?");
    // What a line has stands among the columns.
    console.until("· SKU");
    console.keys("/items.sku");
    console.until("Find a target");
    console.keys(ENTER);
    console.gone("Find a target");
    console.keys(ENTER);
    console.until("Which column is items.sku?");
    console.keys("sku");
    console.keys(ENTER);
    console.until("← SKU");
    console.keys("w");
    console.until("Save the mapping as");
    console.keys(&format!("{CTRL_U}our-shop{ENTER}"));
    console.until("3 of 3");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored(), "{}", console.text());
    let saved = fs::read_to_string(home.path().join("config/mappings/our-shop.toml")).unwrap();
    for part in [
        "[vendor.kibo]\noptInRetailer = \"Newsletter\"",
        "lookup = { 17 = \"paid\", 23 = \"pending\" }",
        "sideways = [\"Item {n} {member}\"]",
        "sku = \"SKU\"",
    ] {
        assert!(saved.contains(part), "{part}\n---\n{saved}");
    }
}

//! Editing in a pseudo-terminal: a choice, a day that isn't one, many orders after a preview, back by the history, and
//! all of it there again.

use std::fs;
use std::path::Path;

use crate::support::terminal::Terminal;

const CTRL_U: &str = "\x15";
const ENTER: &str = "\r";
const ESC: &str = "\x1b";
const ORDERS: &str = "\
Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name
#1,ada@example.com,paid,USD,20.00,0.00,0.00,20.00,2026-01-06 21:18:40 -0500,1,Mug,20.00,MUG,Ada Archer
#2,bo.example.com,paid,USD,20.00,0.00,0.00,20.00,2026-01-07 21:18:40 -0500,1,Mug,20.00,MUG,Bo Brandt
";

fn open(home: &Path) -> Terminal {
    let mut console = Terminal::start(&["orders.csv", "--sandbox"], home, 120, 36);
    console.until("Orders · 2 of 2");
    console.keys("]");
    console.until("sandbox-voucherify");
    console.until("\"source_id\": \"#1\"");
    console
}

#[test]
fn edits_by_type_bulk_history_and_a_restart() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("orders.csv");
    fs::write(&file, ORDERS).unwrap();
    let mut console = open(home.path());

    // A choice by its first letters: the status stands on the third line.
    console.keys(ENTER);
    console.keys("jj");
    console.keys("e");
    console.until("Edit status");
    console.until("for Voucherify only");
    console.keys("can");
    console.until("▸ CANCELED");
    console.keys(ENTER);
    console.gone("Edit status");
    console.until("\"status\": \"CANCELED\"");

    // A day that isn't one can't be set; the right one can. The date is the first of the metadata, at the end.
    console.keys("Gkkkkk");
    console.keys("e");
    console.until("Edit metadata/order_date");
    console.keys(CTRL_U);
    console.keys("2026-02-30T08:00:00Z");
    console.until("February 2026 has 28 days");
    console.keys(ENTER);
    console.until("it can't be set");
    console.keys(CTRL_U);
    console.keys("2026-02-28T08:00:00Z");
    console.until("Saturday, 28 February 2026");
    console.keys(ENTER);
    console.gone("Edit metadata/order_date");
    console.until("2026-02-28T08:00:00");

    // All orders at once, after a look at what changes: the e-mail stands four lines above the items.
    console.keys("gjjjjjjj");
    console.keys("ab");
    console.until("Edit customer/email");
    console.keys(CTRL_U);
    console.keys("shop@example.com");
    console.until("enter preview");
    console.keys(ENTER);
    console.until("2 orders: 2 change");
    console.until("VOU-12 goes in 1 order");
    console.keys(ENTER);
    console.gone("2 orders: 2 change");
    console.until("2 edited");
    console.until("shop@example.com");

    // The history takes the bulk and the date back.
    console.keys("L");
    console.until("3 in force");
    console.keys("j");
    console.until("takes 2 edits back, down to this one: 3 changes");
    console.keys("u");
    console.until("1 in force, 2 undone");
    console.keys(ESC);
    console.gone("newest first");
    console.until("ada@example.com");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);

    // Voucherify is in front again.
    let mut console = Terminal::start(&["orders.csv", "--sandbox"], home.path(), 120, 36);
    console.until("sandbox-voucherify");
    console.until("1 edited");
    console.until("\"status\": \"CANCELED\"");
    console.keys("L");
    console.until("1 in force, 2 undone");
    console.keys(ESC);
    console.gone("newest first");
    console.keys("\x12");
    console.until("2026-02-28T08:00:00");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert_eq!(fs::read_to_string(&file).unwrap(), ORDERS);
}

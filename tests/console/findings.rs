//! The filter with what it offers; from a rule's findings to its orders and a fix in all of them, taken back at once.

use std::fs;

use crate::support::terminal::Terminal;

const ESC: &str = "\x1b";
const ENTER: &str = "\r";
const TAB: &str = "\t";

/// Two orders with two lines of one product each, which one key merges for Kameleoon, and one without.
const ORDERS: &str = "\
Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name
#1,ada@example.com,paid,USD,30.00,2026-01-06 21:18:40 -0500,2,Mug,10.00,MUG,Ada Archer
#1,,,,,2026-01-06 21:18:40 -0500,1,Mug,10.00,MUG,
#2,bo@example.com,pending,USD,15.00,2026-01-07 21:18:40 -0500,1,Cup,5.00,CUP,Bo Brandt
#2,,,,,2026-01-07 21:18:40 -0500,2,Cup,5.00,CUP,
#3,cy@example.com,paid,USD,7.00,2026-01-08 21:18:40 -0500,1,Pot,7.00,POT,Cy Cole
";

#[test]
fn from_a_filter_and_a_rule_to_a_fix_in_all_its_orders_and_back() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("orders.csv"), ORDERS).unwrap();
    let mut console = Terminal::start(&["orders.csv", "--sandbox"], home.path(), 80, 24);
    console.until("3 orders");
    console.until("KAM-07");
    // The first visit's tour goes first.
    console.keys(ESC);
    console.until("the tour is over");
    console.keys("/");
    console.until("tab take");
    console.keys("st");
    console.keys(TAB);
    console.until("/status:");
    console.keys("pe");
    console.until("pending");
    console.keys(TAB);
    console.until("/status:pending");
    console.until("1 of 3");
    console.keys(ENTER);
    console.gone("#3");
    console.keys(ESC);
    console.until("#3");

    console.keys("!");
    console.until("Findings by rule");
    console.until("2 orders fix");
    console.keys(ENTER);
    console.until("/finding:KAM-07");
    console.until("2 of 3");
    console.gone("#3");
    console.keys("!");
    console.until("2 orders fix");
    console.keys("f");
    console.until("2 orders put right");
    console.keys(ENTER);
    console.until("fix of KAM-07 in 2 orders for Kameleoon");
    console.keys(ESC);
    console.gone("Findings by rule");
    console.until("2 edited");
    console.keys("u");
    console.until("undone: fix of KAM-07 in 2 orders");
    console.gone("2 edited");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

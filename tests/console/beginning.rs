//! A big file, in a pseudo-terminal: its first orders are there before it is read.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::support::terminal::Terminal;

/// Bytes of the file, more or less: reading it takes so long that it is seen.
const BYTES: usize = 48 << 20;

/// A console that reads a big file and shows its first orders; how many it has, as they are written.
fn reading(home: &Path, (columns, rows): (u16, u16)) -> (Terminal, String) {
    let mut text = "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name\n".to_owned();
    let name = "Stoneware mug ".repeat(140);
    let mut orders = 0;
    while text.len() < BYTES {
        orders += 1;
        let _ = writeln!(
            text,
            "#{},bo@example.com,paid,USD,20.00,0.00,0.00,20.00,2026-01-07 09:00:00 -0500,1,{name},20.00,HP,Bo",
            1000 + orders
        );
    }
    fs::write(home.join("orders.csv"), text).unwrap();
    let console = Terminal::start(&["orders.csv", "--sandbox"], home, columns, rows);
    console.until("the rest is being read");
    console.until("#1001");
    let orders = format!("{},{:03}", orders / 1000, orders % 1000);
    (console, orders)
}

#[test]
fn a_big_file_is_looked_at_while_it_is_read_and_the_cursor_stays() {
    let home = tempfile::tempdir().unwrap();
    let (mut console, orders) = reading(home.path(), (80, 24));
    console.keys("jj");
    let third = |console: &Terminal| {
        console.wait("the third order under the cursor", |screen| {
            let text = screen.contents();
            let line = text.lines().find(|line| line.contains('▸'));
            line.is_some_and(|line| line.contains("#1003"))
        });
    };
    third(&console);
    console.keys("s");
    console.until("submit: it waits until the whole file is read");
    console.until(&format!("Orders · {orders} of {orders}"));
    third(&console);
    assert!(!console.text().contains("is being read"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn opening_a_big_file_is_stopped_by_a_key_and_none_of_it_stays() {
    let home = tempfile::tempdir().unwrap();
    let (mut console, _) = reading(home.path(), (120, 36));
    console.keys("\x1b");
    console.until("stopped: the file isn't opened");
    console.until("Try it in the sandbox");
    assert!(!console.text().contains("#1001"));
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

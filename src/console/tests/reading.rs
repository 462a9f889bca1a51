//! How a file is read: said in a dialog, shown on the page about the file, and taken back where it won't do.

use std::fs;

use insta::assert_snapshot;
use rust_xlsxwriter::Workbook;

use crate::console::testing::{Harness, ORDERS};
use crate::console::theme::{Kind, Theme};

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);

/// Orders by a Macintosh of old: byte 8E is é there, and Ž in windows-1252.
fn of_a_macintosh(size: (u16, u16)) -> Harness {
    let harness = Harness::with_orders(size);
    let text = ORDERS.replace('\u{202e}', "").replace('é', "\u{1}");
    let bytes: Vec<u8> = text
        .bytes()
        .map(|b| if b == 1 { 0x8e } else { b })
        .collect();
    fs::write(harness.file(), bytes).unwrap();
    harness.again()
}

/// A workbook of two months, the header in the second row of each.
fn workbook(harness: &Harness) {
    let mut book = Workbook::new();
    for (name, orders) in [("January", 2), ("February", 3)] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        let lines = ORDERS.lines().filter(|line| !line.starts_with("#1001,,"));
        for (row, line) in lines.take(orders + 1).enumerate() {
            for (column, cell) in line.split(',').enumerate() {
                sheet.write_string(row as u32, column as u16, cell).unwrap();
            }
        }
    }
    book.save(harness.path().join("months.xlsx")).unwrap();
}

#[test]
fn another_encoding_is_said_and_edits_and_marks_stay() {
    let mut harness = of_a_macintosh(WIDE);
    harness
        .keys("down down")
        .expect("Chlo")
        .absent("Chloé Costa");
    harness.keys("x space");
    assert_eq!(harness.state.file.edited(), 1);
    let marked = harness.state.orders.marked.len();
    harness
        .keys("A")
        .expect("encoding")
        .expect("unread       none");
    harness.keys("ctrl-d").expect("How the file is read");
    harness.keys("m").expect("‹ macintosh ›").keys("enter");
    harness
        .expect("Chloé Costa")
        .expect("was read anew: 4 orders");
    assert!(harness.state.layers.is_empty());
    assert_eq!(harness.state.file.edited(), 1);
    assert_eq!(harness.state.orders.marked.len(), marked);
    harness.keys("A").expect("as you said  macintosh");
    // It is read so again, and as detected when that is chosen.
    harness.keys("esc R").expect("Chloé Costa");
    harness
        .keys("ctrl-d")
        .expect("‹ macintosh ›")
        .keys("backspace");
    harness
        .expect("(as detected)")
        .keys("enter")
        .absent("Chloé Costa");
}

#[test]
fn what_won_t_do_is_said_and_the_file_stays_as_it_was() {
    let mut harness = Harness::with_orders(WIDE);
    harness
        .keys("ctrl-d tab")
        .text(";")
        .expect("‹ semicolon ; ›");
    harness.keys("enter");
    assert_eq!(harness.state.file.orders(), 4);
    assert!(harness.state.notice.is_some(), "{}", harness.screen());
    harness.keys("R").expect("was read anew: 4 orders");
    harness
        .keys("ctrl-d tab tab")
        .text("x0")
        .expect("header line   0");
    harness
        .keys("enter")
        .expect("✗ a line is a whole number; the first is 1");
    harness.keys("backspace").text("1").keys("enter");
    harness.expect("was read anew: 4 orders");
    harness.keys("A").expect("header in line 1");
    let mut harness = Harness::new(WIDE, Kind::Dark);
    harness.keys("ctrl-d");
    assert!(harness.state.layers.is_empty());
}

#[test]
fn a_sheet_is_chosen_before_the_workbook_is_opened() {
    for (name, size) in [("narrow", NARROW), ("wide", WIDE)] {
        let mut harness = Harness::with_orders(size);
        workbook(&harness);
        harness.keys("o").text("months").keys("ctrl-d");
        harness.expect("How the file is read").absent("encoding");
        harness.keys("f").expect("‹ February ›");
        let screen = harness.screen();
        // What lies beneath has a path and a day.
        let dialog = screen.lines().skip_while(|line| !line.contains("How the file"));
        let dialog: Vec<&str> = dialog.take(11).filter(|line| !line.contains('/')).collect();
        assert_snapshot!(format!("sheet-{name}"), dialog.join("\n"));
        harness.keys("enter").expect("#1003");
        assert_eq!(harness.state.file.orders(), 3);
        harness
            .keys("A")
            .expect("February (2 of 2) of January, February");
        harness.state.theme = Theme::new(Kind::Plain);
        assert_snapshot!(format!("about-{name}"), harness.screen());
        // From there to the other sheet.
        harness.keys("ctrl-d").double_click("‹ February");
        harness.expect("‹ (as detected)").keys("right enter");
        assert_eq!(harness.state.file.orders(), 2);
    }
}

#[test]
fn what_can_not_be_read_as_detected_can_be_said_in_the_browser() {
    let mut harness = Harness::with_orders(WIDE);
    let preamble = "Export of the shop\nof 2026\n\n".to_owned() + &ORDERS.replace(',', "^");
    fs::write(harness.path().join("odd.csv"), preamble).unwrap();
    harness.keys("o").text("odd").keys("ctrl-d tab").text("^");
    harness.keys("tab").text("4").keys("enter");
    assert_eq!(harness.state.file.name(), "odd.csv");
    assert_eq!(harness.state.file.orders(), 4);
    harness
        .keys("A")
        .expect("^ between cells, header in line 4");
}

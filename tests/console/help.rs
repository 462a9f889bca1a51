//! Finding one's way by words and by the mouse: the palette, the help, the manual, a click on a row.

use crate::support::terminal::Terminal;

const ESC: &str = "\x1b";
const ENTER: &str = "\r";
const F2: &str = "\x1bOQ";

/// A press of the left button on the cell where a text begins, as a terminal tells it.
fn click(console: &mut Terminal, text: &str) {
    let screen = console.text();
    let found = screen.lines().enumerate().find_map(|(row, line)| {
        let before = line.split(text).next()?;
        (before.len() < line.len()).then(|| (row + 1, before.chars().count() + 1))
    });
    let (row, column) = found.unwrap_or_else(|| panic!("no {text:?} on the screen:\n{screen}"));
    console.keys(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
}

#[test]
fn the_way_is_found_by_words_and_by_the_mouse() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(&["--sandbox"], home.path(), 80, 24);
    console.until("40 orders");

    // The first visit explains itself, until it is ended.
    console.until("1/6 The orders");
    console.keys(F2);
    console.until("2/6");
    console.keys(ESC);
    console.until("the tour is over");

    // A few letters find the command, and enter does it.
    console.keys(":");
    console.until("a few letters of a command");
    console.keys("mrk all");
    console.until("▸ mark-all");
    console.keys(ENTER);
    console.until("40 marked");

    // Help is searched, and opens a page of the manual.
    console.keys("?");
    console.until("type to search");
    console.keys("outcomes manual");
    console.until("The manual");
    console.keys(ENTER);
    console.until("Manual · outcomes");
    console.keys("/doubt");
    console.until("1 of ");
    console.keys(ESC);
    console.gone("1 of ");
    console.keys(ESC);
    console.gone("Manual · outcomes");
    console.until("outcomes manual");
    console.keys(ESC);
    console.until("type to search");
    console.keys(ESC);
    console.gone("type to search");

    // A click goes to a row, one on a key of the footer presses it.
    click(&mut console, "#1004");
    console.until("▸*✓");
    click(&mut console, "? help");
    console.until("type to search");
    console.keys(ESC);
    console.gone("type to search");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored(), "{}", console.text());

    // The second visit needs no walk.
    let mut console = Terminal::start(&["--sandbox"], home.path(), 80, 24);
    console.until("40 orders");
    console.until("help");
    assert!(!console.text().contains("1/6"), "{}", console.text());
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

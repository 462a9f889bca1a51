//! Another size of the real terminal, with a dialog open; and frames that are drawn only when something changed.

use crate::support::sending::deck_with;
use crate::support::terminal::Terminal;

const ESC: &str = "\x1b";
/// What begins a frame.
const FRAME: &str = "\x1b[?2026h";

#[test]
fn a_dialog_goes_through_sizes_and_loses_nothing() {
    let deck = deck_with(30);
    let home = deck.path("");
    let mut console = Terminal::start(&["orders.csv", "--sandbox"], &home, 200, 60);
    console.until("30 of 30");
    // Down to an order that the small screen has no room for.
    console.keys("Gc");
    console.until("Cancel");
    console.keys("\x15#4711 #4712");
    console.until("#4711 #4712");
    console.resize(80, 24);
    console.until("#4711 #4712");
    console.until("esc back");
    console.resize(70, 20);
    console.until("orderdeck needs 80 and 24");
    console.gone("#4711");
    console.resize(120, 36);
    console.until("#4711 #4712");
    console.keys(ESC);
    console.gone("#4711");
    console.until("30 of 30");
    // The cursor is where it was.
    console.until("▸");
    console.wait("the last order under the cursor", |screen| {
        let line = screen.contents();
        let at = line.lines().find(|line| line.contains('▸'));
        at.is_some_and(|line| line.contains("#1030"))
    });
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn the_pointer_that_moves_draws_nothing() {
    let deck = deck_with(30);
    let home = deck.path("");
    let mut console = Terminal::start(&["orders.csv", "--sandbox"], &home, 120, 36);
    console.until("30 of 30");
    console.keys("?");
    console.until("type to search");
    let before = console.times_written(FRAME);
    for column in 10..110 {
        console.keys(&format!("\x1b[<35;{column};20M"));
    }
    console.keys(ESC);
    console.until("30 of 30");
    console.gone("type to search");
    let frames = console.times_written(FRAME) - before;
    // One for the key; what was still being read when help was opened may have come meanwhile.
    assert!(frames < 20, "{frames} frames");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

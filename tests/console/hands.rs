//! Keys and the mouse over the real program: keys of one's own, pasted text, clicks that fold, edit and choose.

use std::fs;

use crate::support::sending::deck_with;
use crate::support::terminal::Terminal;

const ESC: &str = "\x1b";
const ENTER: &str = "\r";

/// A press of the left button on the cell where a text begins, as a terminal tells it.
fn click(console: &mut Terminal, text: &str) {
    console.until(text);
    let screen = console.text();
    let (row, line) = screen
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains(text))
        .unwrap();
    let before = line.split(text).next().unwrap_or_default();
    let (row, column) = (row + 1, before.chars().count() + 1);
    console.keys(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
}

#[test]
fn keys_of_ones_own_do_what_they_are_for_and_are_named_everywhere() {
    let deck = deck_with(2);
    fs::create_dir_all(deck.config()).unwrap();
    let own = "submit = [\"W\"]\nquit = [\"ctrl-x\"]\nview-runs = [\"f9\"]\n";
    let file = deck.config().join("keymap.toml");
    fs::write(&file, own).unwrap();
    let mut console = Terminal::start(&["orders.csv", "--sandbox"], &deck.path(""), 100, 30);
    console.until("2 orders");
    console.until("W submit");
    console.until("f9 Runs");
    console.keys("s");
    console.until("s does nothing here");
    console.keys("W");
    console.until("Submit 2");
    console.keys(ESC);
    console.gone("Submit 2");
    console.keys("\x1b[20~");
    console.until("No run yet. A submit (W)");
    console.keys("\x18");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored(), "{}", console.text());
}

#[test]
fn the_mouse_folds_edits_and_chooses_and_text_is_pasted() {
    let deck = deck_with(3);
    let path = deck.path("orders.csv");
    let mut console = Terminal::start(&["--sandbox"], &deck.path(""), 120, 36);
    console.until("40 orders");
    // A path that is pasted is opened.
    console.keys(&format!("\x1b[200~{}\x1b[201~", path.display()));
    console.until("3 orders");
    click(&mut console, "Voucherify │");
    console.until("VOUCHERIFY");
    // A click on the triangle folds, a second one unfolds.
    console.until("\"customer\": {");
    click(&mut console, "▾   \"customer\"");
    console.until("members");
    click(&mut console, "▸   \"customer\"");
    console.gone("members");
    // Two clicks on a line edit it, and a click on the border's key leaves.
    click(&mut console, "\"status\"");
    click(&mut console, "\"status\"");
    console.until("Edit status");
    click(&mut console, "esc back");
    console.gone("Edit status");
    // The field at all vendors: one click chooses a vendor, the second goes there.
    console.keys("=");
    console.until("at the vendors");
    click(&mut console, "Kibo     ");
    console.until("KIBO     ");
    click(&mut console, "KIBO     ");
    console.gone("at the vendors");
    console.until("KIBO");
    console.until("sandbox-kibo");
    // Pasted into the line of the filter it is text.
    console.keys(ESC);
    console.keys("/");
    console.until("enter keep");
    console.keys("\x1b[200~#1002\x1b[201~");
    console.until("1 of 3");
    console.keys(ENTER);
    console.gone("enter keep");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

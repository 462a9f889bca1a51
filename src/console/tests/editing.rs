//! Editing by keys and mouse: every type of field, the rules while one types, for all vendors or one, many orders
//! after a preview, and the history.

use crossterm::event::{MouseButton, MouseEventKind};
use insta::assert_snapshot;

use crate::console::testing::Harness;
use crate::console::theme::Theme;
use crate::console::widget::json::LineKind;

const SIZES: [(&str, (u16, u16)); 3] = [
    ("80x24", (80, 24)),
    ("120x36", (120, 36)),
    ("200x60", (200, 60)),
];
const WIDE: (u16, u16) = (120, 36);

/// The harness with the payload of that vendor, `]` so many times, and the cursor on that place.
fn at(size: (u16, u16), vendor: usize, pointer: &str) -> Harness {
    let mut harness = Harness::with_orders(size);
    for _ in 0..vendor {
        harness.keys("]");
    }
    go(&mut harness, pointer);
    harness
}

fn go(harness: &mut Harness, pointer: &str) {
    let lines = &harness.state.payload.lines;
    let line = lines
        .iter()
        .position(|line| line.pointer == pointer && matches!(line.kind, LineKind::Value(_)));
    harness.state.payload.focused = true;
    harness.state.payload.cursor.at = line.unwrap_or_else(|| panic!("no {pointer}"));
}

/// The labels of the entries in force.
fn labels(harness: &Harness) -> Vec<String> {
    let deck = harness.state.file.deck.as_ref().unwrap();
    let entries = deck.edits().entries().iter();
    entries.map(|entry| entry.label.clone()).collect()
}

/// The screen with every clock made the same.
fn timeless(harness: &mut Harness) -> String {
    let screen: Vec<char> = harness.screen().chars().collect();
    let mut out = screen.clone();
    for at in 2..screen.len().saturating_sub(2) {
        let digits = [at - 2, at - 1, at + 1, at + 2];
        if screen[at] == ':' && digits.iter().all(|digit| screen[*digit].is_ascii_digit()) {
            for digit in digits {
                out[digit] = '0';
            }
        }
    }
    out.into_iter().collect()
}

fn click(harness: &mut Harness, text: &str) {
    let screen = harness.screen();
    let (row, line) = screen
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains(text))
        .unwrap_or_else(|| panic!("no {text} on the screen:\n{screen}"));
    let column = line.split(text).next().unwrap().chars().count();
    let down = MouseEventKind::Down(MouseButton::Left);
    harness.mouse(down, column as u16 + 1, row as u16);
}

#[test]
fn every_type_has_a_form_of_its_own() {
    for (name, size) in SIZES {
        let mut harness = at(size, 1, "/status");
        harness.keys("e").text("can").expect("▸ CANCELED");
        harness.expect("found by can").expect("can't: made of");
        assert_snapshot!(format!("edit-choice-{name}"), harness.screen());

        let mut harness = at(size, 3, "/isTestOrder");
        harness
            .keys("e f")
            .expect("(•) false")
            .expect("sent as   false");
        assert_snapshot!(format!("edit-toggle-{name}"), harness.screen());

        let mut harness = at(size, 1, "/metadata/order_date");
        harness.keys("e ctrl-u").text("2026-02-30T10:00:00Z");
        harness.expect("February 2026 has 28 days");
        harness.keys("enter").expect("it can't be set");
        assert_snapshot!(format!("edit-time-{name}"), harness.screen());

        let mut harness = at(size, 1, "/items/0/price");
        harness.keys("e ctrl-u").text("25.00").expect("= 25.00 USD");
        harness.expect("sent as   2500").expect("all 2 lines");
        assert_snapshot!(format!("edit-money-{name}"), harness.screen());

        let mut harness = at(size, 1, "/customer/name");
        harness
            .keys("e alt-enter")
            .text("c/o Bo")
            .expect("ctrl-s set it");
        assert_snapshot!(format!("edit-lines-{name}"), harness.screen());
    }
}

#[test]
fn a_choice_is_found_by_its_letters_and_set() {
    let mut harness = at(WIDE, 1, "/status");
    harness.keys("e up").text("zz").expect("▸ CANCELED");
    harness.text("pa").expect("▸ PAID").keys("enter");
    harness.expect("\"status\": \"PAID\"").absent("Edit status");
    assert_eq!(labels(&harness), ["Voucherify's status of #1001"]);
    // The same again changes nothing.
    go(&mut harness, "/status");
    harness.keys("e").expect("▸ PAID  now").keys("enter");
    assert_eq!(labels(&harness).len(), 1);
}

#[test]
fn what_breaks_a_rule_can_be_set_and_what_is_no_value_cannot() {
    let mut harness = at(WIDE, 1, "/customer/email");
    harness.keys("e ctrl-u").text("ada").expect("✗ VOU-12");
    harness.expect("✗ an address has a name, an @ and a host");
    harness.expect("✗ it can be set, but #1001 is then blocked for Voucherify: VOU-12");
    harness.expect("changes   Kibo");
    let error = harness.state.theme.error;
    assert_eq!(harness.style_of("✗ VOU-12").fg, error.fg);
    // Without colours the marks and words are the same.
    harness.state.theme = Theme::plain();
    harness.expect("✗ VOU-12").expect("then blocked");
    let style = harness.style_of("✗ VOU-12");
    assert!(
        style
            .add_modifier
            .contains(Theme::plain().error.add_modifier)
    );
    for (name, size) in SIZES {
        harness.state.size = size;
        assert_snapshot!(format!("edit-rule-{name}"), harness.screen());
    }
    harness.state.size = WIDE;
    harness.keys("enter").expect("VOU-12");
    assert_eq!(labels(&harness), ["customer.email of #1001"]);

    go(&mut harness, "/items/0/quantity");
    harness.keys("e ctrl-u").text("two").keys("enter");
    harness.expect("not a number such as 19.90: it can't be set");
    harness.keys("ctrl-u").text("3").keys("enter");
    assert_eq!(labels(&harness).len(), 2);
}

#[test]
fn the_scope_is_seen_and_switched() {
    let mut harness = at(WIDE, 1, "/customer/email");
    harness.keys("e").expect("#1001 · for all vendors");
    harness
        .expect("(•) for all vendors")
        .expect("( ) for Voucherify only");
    harness.keys("ctrl-u").text("v@example.com").keys("tab");
    // What was typed means the same there.
    harness
        .expect("#1001 · for Voucherify only")
        .expect("v@example.com");
    harness.absent("changes   Kibo").keys("enter");
    assert_eq!(labels(&harness), ["Voucherify's customer/email of #1001"]);
    harness
        .keys("] ]")
        .expect("ada.archer@example.com")
        .keys("[ [");

    // The order's field behind an edited place is found; an amount is another text there.
    go(&mut harness, "/customer/email");
    harness
        .keys("e")
        .expect("(•) for Voucherify only")
        .keys("tab");
    harness.expect("(•) for all vendors").keys("esc");
    go(&mut harness, "/items/0/price");
    harness
        .keys("e tab")
        .expect("▸ 2400")
        .keys("tab")
        .expect("▸ 24.00");
    harness.keys("esc");
    go(&mut harness, "/amount");
    harness.keys("e").expect("can't: reckoned").keys("tab");
    harness.expect("(•) for Voucherify only");
}

#[test]
fn the_part_of_a_time_under_the_cursor_is_stepped() {
    let mut harness = at(WIDE, 1, "/metadata/order_date");
    harness.keys("e").expect("Tuesday, 6 January 2026");
    harness.keys("up").expect("21:18:41-05:00");
    // To the day.
    for _ in 0..15 {
        harness.keys("left");
    }
    harness.keys("up").expect("Wednesday, 7 January 2026");
    harness.keys("down down").expect("Monday, 5 January 2026");
    harness.keys("enter").expect("2026-01-05T21:18:41-05:00");
    assert_eq!(labels(&harness), ["placed_at of #1001"]);
}

#[test]
fn all_lines_of_an_order_are_set_at_once() {
    let mut harness = at(WIDE, 1, "/items/0/price");
    harness
        .keys("e ctrl-u")
        .text("9.50")
        .keys("ctrl-l")
        .expect("(•) all 2 lines");
    harness.keys("enter");
    assert_eq!(labels(&harness), ["items.unit_price of all lines of #1001"]);
    let entry = harness.state.file.deck.as_ref().unwrap().edits().entries();
    assert_eq!((entry[0].edits.len(), entry[0].orders), (2, 1));
    // In the payload alone too.
    go(&mut harness, "/items/1/quantity");
    harness.keys("e tab ctrl-l ctrl-u").text("7").keys("enter");
    assert_eq!(
        labels(&harness)[1],
        "Voucherify's quantity of all lines of #1001"
    );
    let payload = harness
        .state
        .payload
        .shown
        .as_ref()
        .unwrap()
        .payload
        .as_ref();
    let value = &payload.unwrap().value;
    assert_eq!(value.pointer("/items/0/quantity").unwrap().to_string(), "7");
    assert_eq!(value.pointer("/items/1/quantity").unwrap().to_string(), "7");
    harness.keys("u");
    assert_eq!(labels(&harness).len(), 1);
}

#[test]
fn many_orders_are_set_after_a_preview() {
    let mut harness = at(WIDE, 1, "/customer/email");
    harness
        .keys("b")
        .expect("no order is marked: space marks one, a all that are shown");
    harness
        .keys("a b")
        .expect("4 marked orders · for all vendors");
    harness
        .keys("ctrl-u")
        .text("shop@example.com")
        .expect("enter preview");
    harness.keys("enter").expect("4 orders: 4 change");
    harness
        .expect("VOU-12 goes in 1 order")
        .expect("1 of them now, 0 then");
    harness
        .expect("bo.brandt.example.com")
        .expect("enter set it in 4 orders");
    assert!(labels(&harness).is_empty(), "nothing is made by looking");
    for (name, size) in SIZES {
        harness.state.size = size;
        assert_snapshot!(format!("edit-bulk-{name}"), harness.screen());
    }
    harness.state.size = WIDE;
    // Back to what is typed, and again.
    harness
        .keys("esc")
        .expect("shop@example.com")
        .keys("enter enter");
    assert_eq!(labels(&harness), ["customer.email of 4 orders"]);
    harness.absent("VOU-12").expect("4 edited");
    go(&mut harness, "/customer/email");
    harness
        .keys("b enter")
        .expect("4 orders: 0 change, 4 have it already");
    harness.expect("enter close").keys("enter");
    assert_eq!(labels(&harness).len(), 1);
    harness.keys("u").expect("VOU-12");
}

#[test]
fn orders_that_cannot_hold_it_are_told_and_left_alone() {
    let mut harness = at(WIDE, 1, "/items/1/quantity");
    harness.keys("a b ctrl-u").text("5").keys("enter");
    harness.expect("4 orders: 1 change, 3 can't hold it");
    harness.expect("3: the order has no such line item (the first is #1002)");
    harness.keys("enter");
    let entry = harness.state.file.deck.as_ref().unwrap().edits().entries();
    assert_eq!((entry[0].edits.len(), entry[0].orders), (1, 1));
    assert_eq!(entry[0].label, "items.quantity of line 2 of 1 order");
}

/// Three edits: a field, an order left out, a field of two orders.
fn edited(size: (u16, u16)) -> Harness {
    let mut harness = at(size, 1, "/customer/email");
    harness
        .keys("e ctrl-u")
        .text("new@example.com")
        .keys("enter x space space");
    harness.state.payload.focused = false;
    harness.keys("g space space");
    go(&mut harness, "/customer/name");
    harness.keys("b ctrl-u").text("Nobody").keys("enter enter");
    harness
}

#[test]
fn the_history_is_readable_and_goes_back_and_forth() {
    let mut harness = edited(WIDE);
    harness
        .keys("L")
        .expect("Edits · 3 in force · newest first");
    harness.expect("leave out #1001").expect("2 orders");
    harness.expect("u takes this edit back: 2 changes");
    for (name, size) in SIZES {
        harness.state.size = size;
        assert_snapshot!(format!("edits-{name}"), timeless(&mut harness));
    }
    harness.state.size = WIDE;
    harness.keys("down").expect("left out").keys("down");
    harness.expect("ada.archer@example.com → new@example.com");
    harness.expect("u takes 3 edits back, down to this one: 4 changes");
    harness.keys("u").expect("0 in force, 3 undone");
    assert!(labels(&harness).is_empty());
    let dim = harness.state.theme.dim.fg;
    assert_eq!(harness.style_of("leave out #1001").fg, dim);
    harness
        .expect("undone")
        .expect("ctrl-r does this edit again: 1 change");
    assert_snapshot!("edits-undone", timeless(&mut harness));
    harness.keys("u").expect("it is undone already");
    harness.keys("up ctrl-r").expect("2 in force, 1 undone");
    assert_eq!(labels(&harness).len(), 2);
    // What is undone stays so when the program starts anew.
    let mut harness = harness.again();
    harness.keys("L").expect("2 in force, 1 undone");
    // To the order of a change.
    harness.keys("up tab down enter").absent("Edits ·");
    assert_eq!(harness.state.orders.cursor.at, 1);
}

#[test]
fn a_history_without_edits_says_what_makes_them() {
    let mut harness = Harness::with_orders(WIDE);
    harness
        .keys("L")
        .expect("Nothing was edited in this file yet");
    harness
        .keys("u enter tab down")
        .expect("Nothing was edited");
    assert_snapshot!("edits-empty", harness.screen());
    harness.keys("esc").absent("Nothing was edited");
}

#[test]
fn edits_of_every_type_are_there_again() {
    let mut harness = at((200, 60), 1, "/status");
    harness.keys("e").text("paid").keys("enter");
    go(&mut harness, "/metadata/order_date");
    harness
        .keys("e ctrl-u")
        .text("2026-02-03T04:05:06Z")
        .keys("enter");
    go(&mut harness, "/items/0/price");
    harness.keys("e ctrl-u").text("1.25").keys("enter");
    go(&mut harness, "/customer/name");
    harness.keys("e alt-enter").text("c/o Bo").keys("ctrl-s");
    harness.keys("] ]");
    go(&mut harness, "/isTestOrder");
    harness.keys("e").text("f").keys("enter [ [");
    let before = harness.screen();
    assert_eq!(labels(&harness).len(), 5);
    harness.expect("\"PAID\"").expect("2026-02-03T04:05:06");
    harness.expect("\\nc/o Bo").expect("125,");
    let mut harness = harness.again();
    harness.keys("]");
    assert_eq!(labels(&harness).len(), 5);
    for word in ["\"PAID\"", "2026-02-03T04:05:06", "\\nc/o Bo", "125,"] {
        assert!(before.contains(word));
        harness.expect(word);
    }
    harness.keys("] ]");
    go(&mut harness, "/isTestOrder");
    harness.keys("e").expect("(•) false");
}

#[test]
fn the_mouse_chooses_scopes_choices_and_entries() {
    let mut harness = at(WIDE, 3, "/isTestOrder");
    harness.keys("e");
    click(&mut harness, "( ) false");
    harness.expect("(•) false").keys("esc [ [");
    go(&mut harness, "/customer/email");
    harness.keys("e");
    click(&mut harness, "( ) for Voucherify only");
    harness.expect("(•) for Voucherify only");
    click(&mut harness, "( ) for all vendors");
    harness.expect("(•) for all vendors").keys("esc");
    go(&mut harness, "/status");
    harness.keys("e");
    click(&mut harness, "CANCELED");
    harness.expect("▸ CANCELED");
    harness
        .mouse(MouseEventKind::ScrollUp, 60, 18)
        .expect("▸ PAID");
    harness.keys("esc");

    let mut harness = edited(WIDE);
    harness.keys("L");
    click(&mut harness, "leave out #1001");
    harness.expect("u takes 2 edits back");
}

#[test]
fn one_order_is_edited_where_others_are_marked_and_the_editor_says_so() {
    let mut harness = Harness::with_orders((80, 24));
    harness
        .keys("] n e")
        .absent("alone")
        .keys("esc esc g space n e");
    harness.expect("in #1002 alone, under the cursor; b sets it in the 1 marked order");
    assert_snapshot!("edit-beside-marks", harness.screen());
    harness
        .keys("esc b")
        .expect("in 1 marked order;")
        .absent("alone");
    // Its own mark alone leaves no doubt.
    harness.keys("esc esc g space space g n");
    assert_eq!(harness.state.orders.marked.iter().collect::<Vec<_>>(), [1]);
    harness.keys("e").absent("alone");
}

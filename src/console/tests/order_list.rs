//! The list of orders: columns, sorting, marks, the detail of the order under the cursor.

use std::fmt::Write as _;
use std::sync::Arc;

use crossterm::event::{MouseButton, MouseEventKind};
use insta::assert_snapshot;
use ratatui::style::Modifier;

use crate::console::action::{Action, Command};
use crate::console::effect::Effect;
use crate::console::testing::{Harness, ORDERS};
use crate::console::theme::{Kind, Theme};
use crate::console::update::update;

const NARROW: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 36);
const LARGE: (u16, u16) = (200, 60);
const HUGE: (u16, u16) = (300, 100);
const LEFT: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

/// The ids in the list, from above.
fn ids(harness: &mut Harness) -> Vec<String> {
    let all = harness.state.file.orders();
    harness
        .state
        .orders
        .places(0..all, all)
        .map(|place| harness.state.orders.rows[&place].key.clone())
        .collect()
}

fn under_the_cursor(harness: &Harness) -> String {
    let orders = &harness.state.orders;
    let place = orders.current(harness.state.file.orders()).unwrap();
    orders.rows[&place].key.clone()
}

/// Where a text begins on the screen.
fn at(harness: &mut Harness, text: &str) -> (u16, u16) {
    let screen = harness.screen();
    let (row, line) = screen
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains(text))
        .unwrap_or_else(|| panic!("no {text}:\n{screen}"));
    let column = line[..line.find(text).unwrap()].chars().count();
    (column as u16, row as u16)
}

#[test]
fn it_uses_the_room_of_every_size() {
    for (name, size) in [
        ("list-narrow", NARROW),
        ("list-wide", WIDE),
        ("list-large", LARGE),
        ("list-huge", HUGE),
    ] {
        assert_snapshot!(name, Harness::at_voucherify(size).screen());
    }
}

#[test]
fn sorting_keeps_the_cursor_on_its_order_and_is_seen() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("j").keys("S");
    assert_snapshot!("sort-by", harness.screen());
    // The total is the last but one of the columns.
    harness
        .keys("G k enter")
        .expect("by total, ascending")
        .expect("total ▲");
    assert_eq!(ids(&mut harness), ["#1004", "#1002", "#1001", "#1003"]);
    assert_eq!(under_the_cursor(&harness), "#1002");
    harness
        .keys("~")
        .expect("by total, descending")
        .expect("total ▼");
    assert_eq!(ids(&mut harness), ["#1003", "#1001", "#1002", "#1004"]);
    assert_eq!(under_the_cursor(&harness), "#1002");
    let accent = harness.state.theme.accent.fg;
    assert_eq!(harness.style_of("total ▼").fg, accent);
    assert_snapshot!("sorted-wide", harness.screen());
    // From column to column, and beside the last the order of the file.
    harness.keys(">").expect("by sent, ascending");
    harness
        .keys(">")
        .absent("by sent")
        .expect("stand as in the file");
    assert_eq!(ids(&mut harness), ["#1001", "#1002", "#1003", "#1004"]);
    assert_eq!(under_the_cursor(&harness), "#1002");
    harness.keys("<").expect("▲sent");
    harness.keys("< < <").expect("by placed, ascending");
    harness.keys("< <").absent("▲");
    harness.keys("~").expect("S sorts them");
}

#[test]
fn a_filter_and_sorting_hold_together_and_the_cursor_stays() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("S G k enter ~");
    // Highest first: 1003, 1001, 1002, 1004.
    harness.keys("/").text("-status:pending").keys("enter");
    assert_eq!(ids(&mut harness), ["#1001", "#1002", "#1004"]);
    harness.keys("j").keys("esc");
    assert_eq!(under_the_cursor(&harness), "#1002");
    assert_eq!(harness.state.orders.cursor.at, 2);
    // It goes to the next one that passes where its own order doesn't, and back where that is given up.
    harness.keys("/").text("test");
    assert_eq!(under_the_cursor(&harness), "#1004");
    harness.text("xx").expect("No order passes");
    harness.keys("esc");
    assert_eq!(under_the_cursor(&harness), "#1002");
    // What is sent by "all that are shown" doesn't depend on how they stand.
    harness.keys("/").text("status:paid").keys("enter a");
    let all = harness.state.file.orders();
    let meant = harness.state.orders.meant(all);
    assert!(meant.is_sorted() && meant.len() > 1, "{meant:?}");
}

#[test]
fn an_edit_moves_the_order_to_where_it_belongs() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness
        .keys("S")
        .text("")
        .keys("j j j j enter")
        .expect("by e-mail, ascending");
    // The one without an at sign begins with bo; chloe and test follow.
    assert_eq!(ids(&mut harness), ["#1001", "#1002", "#1003", "#1004"]);
    harness
        .keys("n e ctrl-u")
        .text("zoe@example.com")
        .keys("enter");
    assert_eq!(ids(&mut harness), ["#1001", "#1003", "#1004", "#1002"]);
    assert_eq!(under_the_cursor(&harness), "#1002");
    harness.keys("u");
    assert_eq!(ids(&mut harness), ["#1001", "#1002", "#1003", "#1004"]);
}

#[test]
fn the_mouse_sorts_marks_and_opens() {
    let mut harness = Harness::at_voucherify(WIDE);
    let (x, y) = at(&mut harness, "customer");
    harness
        .mouse(LEFT, x + 1, y)
        .expect("by customer, ascending");
    harness
        .mouse(LEFT, x + 1, y)
        .expect("by customer, descending");
    assert_eq!(ids(&mut harness)[0], "#1004");
    let (_, y) = at(&mut harness, "#1003 ");
    harness.mouse(LEFT, 2, y);
    assert_eq!(under_the_cursor(&harness), "#1003");
    harness.expect("1 marked").mouse(LEFT, 12, y);
    assert!(!harness.state.payload.focused);
    harness.mouse(LEFT, 12, y);
    assert!(
        harness.state.payload.focused,
        "a double click goes into the payload"
    );
    // Below the last order, and on the detail, there is nothing to click.
    harness.mouse(LEFT, 12, y + 8);
    assert_eq!(under_the_cursor(&harness), "#1003");
}

#[test]
fn marks_by_range_and_turned_round() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("V").expect("mark one with space");
    harness
        .keys("space j V")
        .expect("3 orders marked in one go")
        .expect("3 marked");
    harness.keys("I").expect("1 marked");
    assert!(harness.state.orders.marked.contains(3));
    harness
        .keys("a")
        .expect("4 marked")
        .keys("a")
        .absent("marked ");
}

#[test]
fn columns_are_chosen_moved_widened_and_remembered() {
    for (name, size) in [
        ("columns-narrow", NARROW),
        ("columns-wide", WIDE),
        ("columns-large", LARGE),
    ] {
        let mut harness = Harness::at_voucherify(size);
        harness.keys("C");
        assert_snapshot!(name, harness.screen());
    }
    let mut harness = Harness::at_voucherify(WIDE);
    // The date goes, the customer to the front, the id gets wider.
    harness.keys("C j space k + + j j h h esc");
    harness.absent("placed  ").expect("customer");
    let screen = harness.screen();
    let heading = screen.lines().nth(3).unwrap();
    assert!(
        heading.find("customer") < heading.find("order"),
        "{heading}"
    );
    let mut harness = harness.again();
    let again = harness.screen();
    assert_eq!(
        again.lines().nth(3).map(|line| &line[..40]),
        screen.lines().nth(3).map(|line| &line[..40])
    );
    let settings = harness.path().join("config/console.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    assert_eq!(
        text,
        "columns = [\"customer\", \"order:13\", \"total\", \"sent\"]\n"
    );
    // Back to what the width has room for.
    harness.keys("C d enter").expect("placed");
    assert_eq!(std::fs::read_to_string(&settings).unwrap(), "");
}

#[test]
fn without_colours_every_mark_is_a_sign_and_the_help_says_what_it_means() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.state.theme = Theme::new(Kind::Plain);
    harness.keys("j space k S j enter");
    harness.expect("order ▲").expect("by order, ascending");
    let cursor = harness.style_of("#1002    2026");
    assert!(
        cursor
            .add_modifier
            .contains(Modifier::UNDERLINED | Modifier::BOLD)
    );
    harness.expect("▸*✗").expect("  ✓  #1001");
    harness.keys("?").text("marks on");
    harness
        .expect("Marks on this screen")
        .expect("left out: by you");
}

#[test]
fn amounts_stand_with_their_points_below_each_other() {
    let mut harness = Harness::at_voucherify(WIDE);
    let screen = harness.screen();
    let points: Vec<Option<usize>> = ["76.00", "1,250.10", "0.00 USD"]
        .iter()
        .map(|amount| {
            let line = screen.lines().find(|line| line.contains(amount)).unwrap();
            let from = line.find(amount).unwrap();
            let point = from + line[from..].find('.').unwrap();
            Some(line[..point].chars().count())
        })
        .collect();
    assert_eq!(points[0], points[1]);
    assert_eq!(points[0], points[2]);
}

/// Many orders in the shape of [`ORDERS`].
fn many(orders: usize) -> String {
    let mut text = ORDERS.lines().next().unwrap().to_owned() + "\n";
    for number in 0..orders {
        let total = (number * 7919) % 10_000;
        writeln!(text, "#{number},c{number}@example.com,paid,,USD,{total}.00,0.00,0.00,{total}.00,2026-01-07 09:00:00 -0500,1,Tea towel,{total}.00,HP-LIN,Bo {number},Card").unwrap();
    }
    text
}

#[test]
fn only_what_is_shown_is_read_and_no_key_copies_the_list() {
    let harness = Harness::with_orders(WIDE);
    std::fs::write(harness.file(), many(3_000)).unwrap();
    let mut harness = harness.again();
    harness.keys("S G k enter").expect("by total, ascending");
    harness
        .keys("/")
        .text("status:paid")
        .keys("enter")
        .expect("3,000 of 3,000");
    let passing = harness.state.orders.passing.clone().unwrap();
    let held = Arc::strong_count(&passing);
    for (command, cursor) in [
        (Command::Bottom, 2_999),
        (Command::Top, 0),
        (Command::PageDown, 1),
    ] {
        harness.state.orders.rows.clear();
        let effects = update(&mut harness.state, Action::Command(command));
        let read: usize = effects
            .iter()
            .map(|effect| match effect {
                Effect::Rows { places, .. } => places.len(),
                _ => 0,
            })
            .sum();
        assert!((1..=36).contains(&read), "{command:?} reads {read} rows");
        assert!(harness.state.orders.cursor.at >= cursor);
        // Neither the filter nor what it came to is asked for or copied again.
        assert_eq!(Arc::strong_count(&passing), held);
        harness.state.orders.rows_ticket = 0;
    }
}

#[test]
fn sorting_under_way_can_be_stopped() {
    let mut harness = Harness::at_voucherify(WIDE);
    let effects = update(&mut harness.state, Action::Command(Command::SortNext));
    assert!(matches!(effects[..], [Effect::Sort { .. }]), "{effects:?}");
    let effects = update(&mut harness.state, Action::Command(Command::Back));
    assert!(
        matches!(effects[..], [Effect::ForgetSorts(_)]),
        "{effects:?}"
    );
    assert!(harness.state.orders.sort().is_none());
    harness.expect("sorting was stopped");
}

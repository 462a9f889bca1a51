//! The mapping screen by its keys: a file that no mapping knows, step by step to one that is saved.

use crossterm::event::{MouseButton, MouseEventKind};
use insta::assert_snapshot;
use ratatui::style::Modifier;

use crate::console::state::View;
use crate::console::state::mapping::{Desk, Pane};
use crate::console::testing::{Harness, ORDERS, directory};
use crate::console::theme::Kind;
use crate::deck::draft::{Draft, Setting, Standing};
use crate::order::Field;

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (200, 60);

/// A till's own export, which no preset knows.
pub(super) const TILL: &str = "\
Order No;Date;E-Mail;Total;Currency;Payment State;Customer Ref;Colour
A-1;2024-03-01T10:00:00Z;ada@example.com;12.50;EUR;paid;00017;red
A-2;2024-03-02T10:00:00Z;bo@example.com;8.00;EUR;quux;00018;blue
A-3;2024-03-03T10:00:00Z;chloe@example.com;28.00;EUR;pending;00019;blue
";

pub(super) fn unknown(size: (u16, u16), kind: Kind) -> Harness {
    let directory = directory();
    let file = directory.path().join("orders.csv");
    std::fs::write(&file, TILL).unwrap();
    Harness::in_directory(directory, size, kind, Some(file))
}

fn desk(harness: &Harness) -> &Desk {
    harness.state.mapping.desk.as_ref().unwrap()
}

/// Moves the cursor to that target.
fn to(harness: &mut Harness, field: Field) {
    harness.keys("g");
    let at = desk(harness)
        .targets
        .iter()
        .position(|it| it.goal == field.into());
    for _ in 0..at.unwrap() {
        harness.keys("down");
    }
}

/// Connects the target to the column by its letters.
pub(super) fn connect(harness: &mut Harness, field: Field, column: &str) {
    to(harness, field);
    harness.keys("enter").text(column).keys("enter");
}

#[test]
fn a_file_that_no_mapping_knows_lands_here_with_what_is_proposed() {
    for size in [NARROW, WIDE, LARGE] {
        let mut harness = unknown(size, Kind::Dark);
        assert_eq!(harness.state.view, View::Mapping);
        harness.expect("no mapping is known for orders.csv");
        assert!(desk(&harness).order().is_some());
        assert!(desk(&harness).words.iter().any(|word| word.ours.is_none()));
        assert_snapshot!(format!("proposal_{}x{}", size.0, size.1), harness.screen());
    }
}

#[test]
fn columns_are_connected_by_their_letters_and_each_step_is_undone() {
    let mut harness = unknown(WIDE, Kind::Dark);
    connect(&mut harness, Field::CustomerId, "ref");
    let rule = desk(&harness)
        .draft
        .rule(Field::CustomerId)
        .unwrap()
        .describe();
    assert_eq!(rule, "Customer Ref");
    let made = desk(&harness).order().unwrap();
    let value = made.values[&Field::CustomerId.into()].value.clone();
    assert_eq!(value.as_deref(), Some("00017"));
    harness.keys(">");
    harness.expect("A-2 · 2 of the first 3");
    harness.keys("<");
    // The same from the column's side.
    harness
        .keys("left G enter")
        .text("customer.name")
        .keys("enter");
    assert!(desk(&harness).draft.rule(Field::CustomerName).is_some());
    harness.keys("tab u");
    assert!(desk(&harness).draft.rule(Field::CustomerName).is_none());
    harness.keys("ctrl-r");
    assert!(desk(&harness).draft.rule(Field::CustomerName).is_some());
    to(&mut harness, Field::CustomerName);
    harness.keys("x");
    assert!(desk(&harness).draft.rule(Field::CustomerName).is_none());
    to(&mut harness, Field::CustomerId);
    harness.keys("e").text("capitals");
    harness.expect("in capitals");
    harness.expect("gives 00017");
    harness
        .keys("enter e")
        .text("constant")
        .keys("enter")
        .text("K-1")
        .keys("enter");
    let rule = desk(&harness)
        .draft
        .rule(Field::CustomerId)
        .unwrap()
        .describe();
    assert_eq!(rule, "constant K-1");
    for size in [NARROW, WIDE, LARGE] {
        harness.resize(size);
        assert_snapshot!(format!("edited_{}x{}", size.0, size.1), harness.screen());
    }
}

#[test]
fn settings_and_words_are_asked_in_lists_and_what_is_wrong_is_said_at_once() {
    let mut harness = unknown(WIDE, Kind::Dark);
    harness
        .keys("r down down down enter")
        .text("another")
        .keys("enter")
        .text("Europe/Berlim")
        .keys("enter");
    harness.expect("did you mean Europe/Berlin?");
    harness.keys("backspace").text("n").keys("enter");
    assert_eq!(
        desk(&harness).draft.setting(Setting::TimeZone),
        "Europe/Berlin"
    );
    harness.expect("How the file is read").keys("esc");
    assert!(harness.state.layers.is_empty());
    let open = desk(&harness).open();
    harness.keys("t");
    harness.expect("? what does it mean");
    harness.keys("enter enter");
    assert_eq!(desk(&harness).open(), open - 1);
    assert!(desk(&harness).words.iter().all(|word| word.ours.is_some()));
    harness.expect("Status words").keys("esc");
    assert!(harness.state.layers.is_empty());
    assert!(harness.state.mapping.desk.is_some());
}

#[test]
fn status_words_are_set_one_after_the_other_each_from_what_it_means_now() {
    let directory = directory();
    let file = directory.path().join("orders.csv");
    std::fs::write(&file, TILL.replace("pending", "zork")).unwrap();
    let mut harness = Harness::in_directory(directory, WIDE, Kind::Dark, Some(file));
    let meaning = |harness: &Harness, word: &str| {
        let mut words = desk(harness).words.iter();
        words.find(|it| it.word == word).unwrap().ours.clone()
    };
    let meanings = Draft::meanings("payment");
    harness.keys("t enter").expect("What does quux mean");
    harness.keys("down down enter");
    assert_eq!(meaning(&harness, "quux").as_deref(), Some(meanings[2]));
    // The cursor stands on the next that is unknown.
    harness.keys("enter").expect("What does zork mean");
    harness.keys("down enter");
    assert_eq!(meaning(&harness, "zork").as_deref(), Some(meanings[1]));
    // And then on the one that was set, whose list opens on what it means.
    harness.keys("enter").expect("What does zork mean");
    harness.expect(&format!("▸ {}", meanings[1])).keys("enter");
    assert_eq!(meaning(&harness, "zork").as_deref(), Some(meanings[1]));
    harness.keys("enter G enter");
    assert_eq!(meaning(&harness, "zork").as_deref(), Some(""));
    harness.keys("enter").expect("▸ nothing").keys("esc");
    harness.expect("Status words").keys("esc");
    assert!(harness.state.layers.is_empty());
}

#[test]
fn suggestions_are_accepted_one_after_the_other_by_the_same_key() {
    let directory = directory();
    let file = directory.path().join("orders.csv");
    let rows = "Order No;Wann;Kontakt;Betrag;Waehrung;Ort\n\
        A-1;2024-03-01T10:00:00Z;ada@example.com;12.50;EUR;Berlin\n\
        A-2;2024-03-02T10:00:00Z;bo@example.com;8.00;EUR;Ulm\n";
    std::fs::write(&file, rows).unwrap();
    let mut harness = Harness::in_directory(directory, WIDE, Kind::Dark, Some(file));
    let doubtful = |harness: &Harness| {
        let lines = desk(harness).targets.iter();
        lines
            .filter(|it| matches!(it.standing, Standing::Doubtful(_)))
            .map(|it| it.goal.clone())
            .collect::<Vec<_>>()
    };
    let all = doubtful(&harness);
    assert!(all.len() > 2, "{all:?}");
    to(&mut harness, all[0].field().unwrap());
    for (number, goal) in all.iter().enumerate() {
        assert_eq!(desk(&harness).target().unwrap().goal, *goal);
        harness.keys("y");
        assert!(desk(&harness).draft.rule(goal).is_some());
        assert_eq!(doubtful(&harness), all[number + 1..]);
    }
}

#[test]
fn doubtful_ones_say_how_sure_and_why_and_are_accepted_or_refused() {
    let mut harness = unknown(WIDE, Kind::Dark);
    let doubtful: Vec<Field> = desk(&harness)
        .targets
        .iter()
        .filter(|it| matches!(it.standing, Standing::Doubtful(_)))
        .filter_map(|it| it.goal.field())
        .collect();
    let (first, rest) = doubtful.split_first().unwrap();
    harness.expect("% sure");
    to(&mut harness, *first);
    harness.keys("y");
    assert!(desk(&harness).draft.rule(*first).is_some());
    harness.keys("u");
    to(&mut harness, *first);
    harness.keys("n");
    assert!(desk(&harness).draft.suggestion(*first).is_none());
    assert!(desk(&harness).draft.rule(*first).is_none());
    for field in rest {
        assert!(desk(&harness).draft.suggestion(*field).is_some());
    }
}

#[test]
fn what_makes_no_order_says_why_in_its_place() {
    let mut harness = unknown(WIDE, Kind::Dark);
    to(&mut harness, Field::Total);
    harness.keys("e").text("mapping file").keys("enter ctrl-u");
    harness.text("\"Nowhere\"").keys("enter");
    harness.expect("no order comes of it");
    harness.expect("Nowhere");
    for size in [NARROW, WIDE, LARGE] {
        harness.resize(size);
        assert_snapshot!(format!("failing_{}x{}", size.0, size.1), harness.screen());
    }
    harness.keys("u");
    harness.absent("no order comes of it");
}

#[test]
fn it_is_saved_under_a_name_its_orders_appear_and_it_is_found_by_itself() {
    let mut harness = unknown(WIDE, Kind::Dark);
    connect(&mut harness, Field::CustomerId, "ref");
    harness.keys("w ctrl-u").text("till").keys("enter");
    assert!(harness.state.mapping.desk.is_none());
    harness.expect("A-1").expect("3 of 3");
    let deck = harness.state.file.deck.as_ref().unwrap();
    assert_eq!(deck.mapping_given(), "till");
    let mut harness = harness.again();
    harness.expect("3 of 3");
    let deck = harness.state.file.deck.as_ref().unwrap();
    assert_eq!(deck.mapping_given(), "till");
    // Once more, over the one that is there.
    harness.keys("2 e");
    connect(&mut harness, Field::CustomerName, "colour");
    harness.keys("w enter");
    harness.expect("There is a mapping till already");
    harness.keys("enter");
    let deck = harness.state.file.deck.as_ref().unwrap();
    let order = deck.order(0).unwrap().order;
    assert_eq!(order.customer.name.as_deref(), Some("red"));
}

#[test]
fn a_preset_is_changed_into_a_mapping_of_ones_own_and_edits_stay() {
    let mut harness = Harness::with_text(WIDE, ORDERS);
    harness.keys("x");
    let edits = harness.state.file.edited();
    assert_eq!(edits, 1);
    harness.keys("2 e");
    connect(&mut harness, Field::CustomerName, "lineitem name");
    harness.keys("w enter");
    let deck = harness.state.file.deck.as_ref().unwrap();
    assert_eq!(deck.mapping_given(), "my-shopify-csv");
    assert_eq!(harness.state.file.edited(), edits);
    let order = deck.order(0).unwrap().order;
    assert_eq!(order.customer.name.as_deref(), Some("Stoneware mug"));
}

#[test]
fn leaving_asks_only_where_something_would_be_lost() {
    let mut harness = unknown(WIDE, Kind::Dark);
    harness.keys("esc");
    assert!(harness.state.mapping.desk.is_none());
    let mut harness = unknown(WIDE, Kind::Dark);
    connect(&mut harness, Field::CustomerId, "ref");
    // Another view keeps it.
    harness.keys("3 2");
    assert!(desk(&harness).is_unsaved());
    harness.keys("q");
    harness.expect("isn't saved");
    harness.keys("esc esc");
    harness.expect("isn't saved");
    for size in [NARROW, WIDE, LARGE] {
        harness.resize(size);
        assert_snapshot!(format!("unsaved_{}x{}", size.0, size.1), harness.screen());
    }
    harness.keys("x");
    assert!(harness.state.mapping.desk.is_none());
    assert_eq!(harness.state.view, View::Orders);
}

#[test]
fn leaving_an_unsaved_mapping_saves_by_its_key_and_by_enter() {
    for (begin, save) in [("esc", "w"), ("esc", "enter"), ("3 q", "w"), ("q", "enter")] {
        let mut harness = unknown(WIDE, Kind::Dark);
        connect(&mut harness, Field::CustomerId, "ref");
        harness.keys(begin).expect("isn't saved").keys(save);
        harness.expect("Save the mapping as");
        assert!(desk(&harness).is_unsaved());
        assert!(harness.state.leave.is_none());
        harness.keys("ctrl-u").text("till").keys("enter");
        let deck = harness.state.file.deck.as_ref().unwrap();
        assert_eq!(deck.mapping_given(), "till");
    }
    // From the program it is left without saving by a key of its own only.
    let mut harness = unknown(WIDE, Kind::Dark);
    connect(&mut harness, Field::CustomerId, "ref");
    harness.keys("q x");
    assert_eq!(harness.state.leave, Some(0));
}

#[test]
fn the_mouse_does_what_keys_do() {
    let mut harness = unknown(WIDE, Kind::Dark);
    let (column, row) = harness.place_of("Customer Ref");
    harness.mouse(MouseEventKind::Down(MouseButton::Left), column, row);
    assert_eq!(desk(&harness).pane, Pane::Columns);
    assert_eq!(desk(&harness).column().unwrap().column.name, "Customer Ref");
    harness.mouse(MouseEventKind::Down(MouseButton::Left), column, row);
    harness.expect("What is Customer Ref?");
    harness.keys("esc");
    let before = desk(&harness).cursors[Pane::Columns as usize].at;
    harness.mouse(MouseEventKind::ScrollUp, column, row);
    assert_eq!(
        desk(&harness).cursors[Pane::Columns as usize].at,
        before - 1
    );
}

#[test]
fn without_colours_marks_and_words_tell_all() {
    let mut harness = unknown(WIDE, Kind::Plain);
    let doubt = harness.style_of("% sure");
    assert!(doubt.add_modifier.contains(Modifier::UNDERLINED));
    assert_eq!(doubt.fg.unwrap_or_default(), ratatui::style::Color::Reset);
    harness.expect("✓").expect("?");
}

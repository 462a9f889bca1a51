//! The first orders of a big file, while all of it is read.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::console::ConsoleOptions;
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::state::View;
use crate::console::testing::{Harness, ORDERS};
use crate::console::theme::Kind;
use crate::console::update::file::open;
use crate::source::SourceError;

const NARROW: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 36);

/// How many orders the file holds, each with some kilobytes.
const ALL: usize = 1_100;

/// An export of more than two megabytes, whose first order has its second line at the end.
fn big(harness: &Harness) -> PathBuf {
    let (heading, _) = ORDERS.split_once('\n').unwrap();
    let mut text = format!("{heading}\n");
    let name = "Stoneware mug ".repeat(140);
    for number in 0..ALL {
        let _ = writeln!(
            text,
            "#{},c{number}@example.com,paid,,USD,20.00,0.00,0.00,20.00,2026-01-07 09:00:00 -0500,1,{name},20.00,HP,Bo,Card",
            1001 + number
        );
    }
    text.push_str("#1001,,,,,,,,,2026-01-07 09:00:00 -0500,1,late,0.00,HP-LATE,,\n");
    let path = harness.path().join("big.csv");
    fs::write(&path, text).unwrap();
    path
}

fn to_open(harness: &mut Harness, path: PathBuf) {
    let mut effects = Vec::new();
    open(&mut harness.state, Some(path), None, &mut effects);
    harness.perform(effects);
}

/// A console that is reading the file, and shows its first orders.
fn reading(size: (u16, u16)) -> Harness {
    let mut harness = Harness::new(size, Kind::Dark);
    let path = big(&harness);
    harness.slow = Some(|effect| matches!(effect, Effect::OpenFile { .. }));
    to_open(&mut harness, path);
    harness.begun();
    harness
}

fn under_cursor(harness: &Harness) -> String {
    let state = &harness.state;
    let place = state.orders.current(state.file.orders()).unwrap();
    state.orders.rows[&place].key.clone()
}

#[test]
fn they_are_looked_at_and_the_eye_stays_where_it_was_when_all_is_there() {
    for size in [NARROW, WIDE] {
        let mut harness = reading(size);
        let first = harness.state.file.orders();
        assert!(first > 400 && first < ALL / 2 + 100, "{first}");
        harness
            .expect(&format!("Orders · the first {first}, so far"))
            .expect("#1001")
            .expect("the rest is being read")
            .expect("esc stops");
        // Far down, and a little up again, so that the height counts too.
        harness.keys("pgdn pgdn pgdn pgdn up up up");
        let key = under_cursor(&harness);
        harness.expect(&format!("▸    {key}"));
        let before = harness.state.orders.cursor;
        harness.keys("] enter down down down");
        let field = harness.state.payload.line().unwrap().pointer.clone();
        harness.expect("as far as the file is read");
        harness.let_go();
        assert_eq!(harness.state.file.orders(), ALL);
        assert_eq!(under_cursor(&harness), key);
        assert_eq!(harness.state.orders.cursor, before);
        assert!(harness.state.payload.focused);
        assert_eq!(harness.state.payload.line().unwrap().pointer, field);
        harness
            .absent("as far as")
            .keys("esc")
            .expect("1,100 of 1,100");
        // What stood further down has come to its order.
        harness.keys("g");
        assert_eq!(harness.state.orders.rows[&0].items.len(), 2);
        assert!(harness.state.vendors.front_survey().unwrap().done);
    }
}

#[test]
fn what_needs_the_whole_file_says_that_it_waits() {
    let mut harness = reading(NARROW);
    for (key, name) in [
        ("s", "submit"),
        ("c", "cancel"),
        ("/", "filter"),
        ("space", "mark"),
        ("a", "mark all"),
        ("x", "exclude"),
        ("e", "edit"),
        ("u", "undo"),
        ("b", "set marked"),
        (">", "sort next"),
        ("A", "about file"),
        ("y", "copy"),
        ("=", "compare vendors"),
    ] {
        harness.keys(key);
        harness.expect(&format!("{name}: it waits until the whole file is read"));
    }
    harness.click("placed").expect("it waits until");
    let (_, row) = harness.place_of("#1002");
    let left = crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left);
    harness.mouse(left, 1, row).expect("it waits until");
    assert!(harness.state.layers.is_empty() && harness.state.orders.marked.is_empty());
    assert_eq!(under_cursor(&harness), "#1002");
    assert_eq!(harness.copied, None);
    // Nothing is remembered of a file that nobody has read.
    let kept = crate::console::update::session::snapshot(&mut harness.state);
    assert!(kept.is_none(), "{kept:?}");
    // The history needs no file, and the other views none either.
    harness.keys("H").expect("#1002").keys("esc 3");
    harness.keys("2").expect("as soon as all of it is");
    harness.let_go().keys("1 space");
    assert_eq!(harness.state.orders.marked.len(), 1);
}

#[test]
fn whoever_stops_opening_or_opens_another_file_sees_them_no_more() {
    for keys in ["ctrl-c", "esc", "ctrl-w"] {
        let mut harness = reading(NARROW);
        if keys == "ctrl-w" {
            let close = crate::console::action::Command::CloseFile;
            let mut effects = Vec::new();
            crate::console::update::command(&mut harness.state, close, &mut effects);
            harness.perform(effects);
        } else {
            harness.keys("down").keys(keys);
        }
        harness.expect("stopped: the file isn't opened");
        harness.expect("Try it in the sandbox").absent("#1001");
        harness.let_go().absent("#1001");
    }
    // Escape leaves the payload first.
    let mut harness = reading(NARROW);
    harness.keys("enter esc").expect("so far");
    let other = harness.path().join("orders.csv");
    fs::write(&other, ORDERS).unwrap();
    harness.keys("down down");
    to_open(&mut harness, other);
    harness.expect("4 of 4");
    assert_eq!(harness.state.orders.cursor.at, 0);
    harness.let_go().expect("4 of 4");
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_says_so_and_is_gone() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    let path = big(&harness);
    harness.slow = Some(|effect| matches!(effect, Effect::OpenFile { .. }));
    to_open(&mut harness, path);
    harness.begun().keys("down");
    let ticket = harness.state.file.opening.as_ref().unwrap().ticket;
    let why = SourceError::Stopped {
        path: "big.csv".to_owned(),
    };
    let deck = Err(why.to_string());
    let failed = crate::console::action::Action::Arrived(Arrival::Opened { ticket, deck });
    let effects = crate::console::update::update(&mut harness.state, failed);
    harness.perform(effects);
    harness
        .expect(&why.to_string())
        .expect("Try it in the sandbox");
    assert!(harness.state.orders.rows.is_empty());
}

#[test]
fn where_one_was_last_time_is_gone_to_unless_one_moved() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    let path = big(&harness);
    to_open(&mut harness, path.clone());
    harness.keys("G up space 3");
    let mut harness = harness.back(ConsoleOptions::default());
    assert_eq!(harness.state.view, View::Runs);
    harness.keys("1");
    assert_eq!(under_cursor(&harness), "#2100");
    let close = crate::console::action::Command::CloseFile;
    let mut effects = Vec::new();
    crate::console::update::command(&mut harness.state, close, &mut effects);
    harness.perform(effects);
    harness.slow = Some(|effect| matches!(effect, Effect::OpenFile { .. }));
    to_open(&mut harness, path);
    harness.begun().keys("down down").let_go();
    assert_eq!(under_cursor(&harness), "#1003");
    assert_eq!(harness.state.orders.marked.len(), 1, "marks come back");
}

/// Which file is in front doesn't change before the other one is there.
#[test]
fn beside_an_open_file_nothing_is_shown_before_all_is_read() {
    let mut harness = Harness::with_orders(WIDE);
    let path = big(&harness);
    harness.slow = Some(|effect| matches!(effect, Effect::OpenFile { .. }));
    to_open(&mut harness, path);
    harness.begun().expect("4 of 4").keys("space");
    assert_eq!(harness.state.orders.marked.len(), 1);
    harness.let_go().expect("1,100 of 1,100");
}

//! What made people stop who looked at the console for the first time.

use insta::assert_snapshot;

use crate::console::action::Action;
use crate::console::event::Arrival;
use crate::console::state::View;
use crate::console::testing::{Harness, run_entry};
use crate::console::theme::Kind;
use crate::console::update::update;
use crate::order::outcome::Outcome;

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);

#[test]
fn the_tour_stands_above_the_keys_and_goes_on_by_what_is_done() {
    let mut harness = Harness::new(NARROW, Kind::Dark);
    harness.state.tour.wanted = true;
    harness.keys("t").expect("1/6 The orders").expect("? help");
    harness.click("#1003").expect("2/6");
    harness.keys("]").expect("3/6");
    // A notice stands above it, and a click on it goes on.
    harness.keys("n");
    let step = harness.state.tour.step;
    harness
        .keys("w")
        .expect("w does nothing here")
        .expect("? help");
    let (_, row) = harness.place_of("/6 ");
    let (_, notice) = harness.place_of("w does nothing");
    assert_eq!(notice + 1, row);
    harness.click("/6 ");
    assert_eq!(harness.state.tour.step, step.map(|step| step + 1));
    // A dialog has its own keys.
    harness.keys("?").absent("/6 ");
}

#[test]
fn folding_is_offered_where_something_folds() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("enter down down").expect("\"id\": \"#1001\"");
    let keys = |harness: &mut Harness| harness.screen().lines().last().unwrap_or("").to_owned();
    assert!(!keys(&mut harness).contains("fold"), "{}", harness.screen());
    harness.keys("down down down down down down down");
    assert!(
        keys(&mut harness).contains("enter fold"),
        "{}",
        harness.screen()
    );
    harness.keys("enter");
    assert!(
        keys(&mut harness).contains("enter unfold"),
        "{}",
        harness.screen()
    );
}

#[test]
fn retry_is_offered_where_something_was_rejected() {
    for (outcome, offered) in [(Outcome::Imported, false), (Outcome::Rejected, true)] {
        let mut harness = Harness::new(WIDE, Kind::Dark);
        harness.state.view = View::Runs;
        let entry = run_entry("test", crate::ledger::RunState::Finished, &[(outcome, 3)]);
        let arrival = Action::Arrived(Arrival::Runs(Ok(vec![entry])));
        update(&mut harness.state, arrival);
        assert_eq!(
            harness.screen().contains("r retry"),
            offered,
            "{}",
            harness.screen()
        );
    }
}

#[test]
fn the_rules_below_the_list_are_said_to_be_the_file_s() {
    let mut harness = Harness::with_orders(WIDE);
    // What nearly every order has is counted once for the file, and isn't nothing.
    harness
        .absent("✓ no findings")
        .expect("in the file  – left out · 1");
    harness.expect("! KAM-10 · nearly all");
    harness.keys("]").expect("in the file  ✗ VOU-12 · 1");
}

#[test]
fn the_account_in_use_has_a_mark_of_its_own() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("6 down");
    harness
        .expect("● in use")
        .expect("● sandbox-kameleoon")
        .absent("▸");
    assert_snapshot!("profiles-in-use", harness.screen());
}

#[test]
fn a_key_that_a_dialog_has_no_use_for_is_told() {
    let mut harness = Harness::with_orders(NARROW);
    harness
        .keys("O 3")
        .expect("3 does nothing in this dialog; esc leaves it");
    harness.keys("esc 3").expect("No run yet");
}

#[test]
fn the_frame_below_is_not_seen_beside_a_dialog_that_fills_the_screen() {
    let mut harness = Harness::with_orders(NARROW);
    harness.keys("S");
    let screen = harness.screen();
    let beside = screen
        .lines()
        .filter(|line| line.starts_with(['│', '╭', '╰']));
    // Only the rows above and below the dialog.
    assert!(beside.count() <= 1, "{screen}");
}

#[test]
fn the_help_finds_a_command_of_several_places_once() {
    let mut harness = Harness::with_orders((120, 60));
    harness.keys("?").text("Cancel orders at the vendor");
    let found = harness
        .screen()
        .matches("Cancel orders at the vendor")
        .count();
    // Once typed, once found.
    assert_eq!(found, 2, "{}", harness.screen());
}

#[test]
fn where_a_value_came_from_has_the_room_that_short_values_leave() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("=").expect("Created at, line 2");
}

#[cfg(unix)]
#[test]
fn the_sample_can_be_looked_at_where_the_data_directory_can_t_be_used() {
    use std::os::unix::fs::PermissionsExt;
    let directory = crate::console::testing::directory();
    let data = directory.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    let options = crate::console::ConsoleOptions {
        sandbox: true,
        ..Default::default()
    };
    let mut harness = Harness::begin(directory, WIDE, Kind::Dark, options);
    harness.expect("shopify-orders.csv").expect("#1001");
    // What is wrong is still said, with what puts it right.
    harness
        .expect("nothing of this visit is kept when you leave")
        .expect("chmod 700");
    // In a window of any width a word stays.
    harness.keys("down").expect("NOT KEPT");
}

/// Which of both is told first depends on whether the vendors or the file are ready sooner.
#[test]
fn that_nothing_is_kept_stays_to_be_read_whatever_comes_first() {
    let arrivals = || {
        [
            Arrival::NotKept("the data directory is a file".to_owned()),
            Arrival::NotRecent("the data directory is a file".to_owned()),
        ]
    };
    let mut turned = arrivals();
    turned.reverse();
    for order in [arrivals(), turned] {
        let mut harness = Harness::new(WIDE, Kind::Dark);
        for arrival in order {
            update(&mut harness.state, Action::Arrived(arrival));
        }
        harness.expect("nothing of this visit is kept when you leave");
    }
    // Alone it is told.
    let mut harness = Harness::new(WIDE, Kind::Dark);
    let [_, recent] = arrivals();
    update(&mut harness.state, Action::Arrived(recent));
    harness.expect("the file isn't in the list of recent ones");
}

#[test]
fn the_sandbox_is_tried_though_a_file_stands_where_the_data_directory_would_be() {
    let directory = crate::console::testing::directory();
    std::fs::write(directory.path().join("data"), "in the way").unwrap();
    let profiles = "[profiles.acme]\nvendor = \"voucherify\"\nenvironment = \"test\"\n[profiles.acme.credentials]\napp_id = \"id\"\napp_token = \"token\"\n";
    let config = directory.path().join("config");
    crate::profile::private::ensure_private_directory(&config).unwrap();
    crate::profile::private::replace_private_file(
        &config.join("profiles.toml"),
        profiles.as_bytes(),
    )
    .unwrap();
    let options = crate::console::ConsoleOptions {
        sandbox: true,
        ..Default::default()
    };
    let mut harness = Harness::begin(directory, NARROW, Kind::Dark, options);
    harness
        .expect("#1001")
        .expect("nothing of this visit is kept when you leave");
    // Where the words are broken depends on where the directory is.
    let screen = harness.screen();
    let words: Vec<&str> = screen.split_whitespace().collect();
    let next = "move it away, or name another folder in ORDERDECK_DATA_DIR";
    assert!(words.join(" ").contains(next), "{screen}");
    // Everything works: an edit, sending, what became of it.
    harness
        .keys("x")
        .expect("NOT KEPT")
        .expect("edited: leave out");
    harness.keys("] s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    harness.expect("imported");
    // But nothing goes to an account of the operator's.
    harness.keys("1 P").click("acme").click("acme");
    harness.keys("s enter");
    harness.expect("nothing is sent to an account of yours");
    assert_eq!(harness.state.runs.list.len(), 1);
}

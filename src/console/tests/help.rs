//! Palette, help, the manual, what is told, the first visit, empty views, and the keys that are promised.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use insta::assert_snapshot;
use ratatui::style::Modifier;

use crate::console::action::{Command, Place};
use crate::console::keymap::Keymap;
use crate::console::state::{State, Tone, View};
use crate::console::testing::Harness;
use crate::console::theme::{Kind, Theme};
use crate::vendor::Environment;

const NARROW: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 36);
const HUGE: (u16, u16) = (200, 60);
const SIZES: [(&str, (u16, u16)); 3] = [("narrow", NARROW), ("wide", WIDE), ("huge", HUGE)];
const LIVE: &str = "[profiles.acme]\nvendor = \"voucherify\"\nenvironment = \"live\"\nread_only = true\n[profiles.acme.credentials]\napp_id = \"id\"\napp_token = \"token\"\n";

/// The account of the tab in front.
fn front(state: &State) -> &str {
    let account = state.vendors.front_account();
    account.map_or("", |account| account.name.as_str())
}

#[test]
fn the_palette_shows_what_was_chosen_lately_and_finds_by_a_few_letters() {
    for (name, size) in SIZES {
        let mut harness = Harness::with_orders(size);
        harness.keys(":").text("mark all").keys("enter");
        harness.expect("4 marked").keys(":");
        assert_snapshot!(format!("palette-recent-{name}"), harness.screen());
        harness.text("thm");
        assert_snapshot!(format!("palette-found-{name}"), harness.screen());
        harness.text("zzz").expect("Nothing has these letters");
        assert_snapshot!(format!("palette-none-{name}"), harness.screen());
    }
}

#[test]
fn the_palette_reaches_views_accounts_pages_files_and_themes() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys(":").text("go to runs").keys("enter");
    assert_eq!(harness.state.view, View::Runs);
    harness.keys(":").text("vendor kibo").keys("enter");
    assert_eq!(harness.state.view, View::Orders);
    assert_eq!(harness.state.vendors.front_vendor().name(), "kibo");
    harness.keys(":").text("account sandbox-vou").keys("enter");
    assert_eq!(front(&harness.state), "sandbox-voucherify");
    harness.expect("Voucherify is reached by sandbox-voucherify now, SANDBOX");
    harness.keys(":").text("theme contrast").keys("enter");
    assert_eq!(harness.state.theme.name, "high-contrast");
    harness.keys(":").text("manual outc").keys("enter");
    harness.expect("Manual · outcomes").keys("esc");
    // A key is found as it is typed, and what can't be done says why.
    harness.keys(":").text("f3").expect("messages").keys("esc");
    harness
        .keys(":")
        .text("undo")
        .expect("not now: there is nothing to undo");
    let layers = harness.state.layers.len();
    harness.keys("enter");
    assert_eq!(harness.state.layers.len(), layers, "it stays open");
}

#[test]
fn pasted_text_is_searched_for_too() {
    let mut harness = Harness::with_orders(WIDE);
    harness
        .keys(":")
        .paste("redraw")
        .expect("Draw the screen anew");
    harness
        .keys("esc ?")
        .paste("curl")
        .expect("found")
        .expect("curl command");
}

#[test]
fn matched_letters_and_what_cant_be_done_stand_out_without_colours() {
    let mut harness = Harness::with_orders(WIDE);
    harness.state.theme = Theme::plain();
    harness.keys(":").text("mssg");
    let style = harness.style_of("messages");
    assert!(
        style
            .add_modifier
            .contains(Modifier::UNDERLINED | Modifier::BOLD)
    );
    harness.keys("esc :").text("undo").keys("down");
    let style = harness.style_of("not now");
    assert!(style.add_modifier.contains(Modifier::DIM));
}

#[test]
fn help_begins_with_the_place_and_is_searched() {
    for (name, size) in SIZES {
        let mut harness = Harness::with_orders(size);
        harness.keys("?");
        assert_snapshot!(format!("help-orders-{name}"), harness.screen());
        harness.text("curl").expect("secrets masked");
        harness.keys("esc").text("marks on");
        assert_snapshot!(format!("help-marks-{name}"), harness.screen());
        harness
            .keys("esc")
            .text("zzz")
            .expect("Nothing here has these words");
        harness.keys("esc esc 3 ?");
        assert_snapshot!(format!("help-runs-{name}"), harness.screen());
    }
}

#[test]
fn help_is_there_in_dialogs_and_closes_by_its_own_key() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("s f1").expect("In the submit dialog");
    assert_snapshot!("help-dialog-wide", harness.screen());
    assert_eq!(harness.state.layers.len(), 2);
    harness.keys("?").absent("In the submit dialog");
    assert_eq!(harness.state.layers.len(), 1);
    // Where nothing is typed, by the plain key too.
    harness.keys("? f1");
    assert_eq!(harness.state.layers.len(), 1, "it isn't opened over itself");
}

#[test]
fn pages_of_the_manual_are_listed_read_searched_and_followed() {
    for (name, size) in SIZES {
        let mut harness = Harness::with_orders(size);
        harness.keys("?").text("manual page").expect("The manual");
        assert_snapshot!(format!("manual-list-{name}"), harness.screen());
        harness
            .keys("esc esc :")
            .text("manual outcomes")
            .keys("enter");
        assert_snapshot!(format!("manual-page-{name}"), harness.screen());
        harness
            .keys("/")
            .text("doubt")
            .expect("1 of ")
            .keys("enter n");
        harness.expect("2 of ");
        harness
            .keys("esc esc f4 tab enter")
            .expect("Manual · commands");
        harness.keys("esc").expect("Manual · manual").keys("esc");
        assert!(harness.state.layers.is_empty());
    }
}

#[test]
fn what_is_told_leaves_the_keys_in_sight_and_is_kept() {
    let long = "the vendor said something at great length, ".repeat(20);
    for (name, size) in SIZES {
        let mut harness = Harness::with_orders(size);
        harness
            .state
            .say(Tone::Error, "the first thing that went wrong");
        harness.state.say(Tone::Info, long.clone());
        assert_snapshot!(format!("notice-long-{name}"), harness.screen());
        harness
            .expect("the first thing that went wrong")
            .expect("submit");
        harness
            .keys("j")
            .absent("great length")
            .absent("went wrong");
        harness
            .keys("f3")
            .expect("✗ the first thing that went wrong");
    }
}

#[test]
fn the_mouse_that_only_moves_hides_nothing() {
    let mut harness = Harness::with_orders(WIDE);
    harness.state.say(Tone::Info, "told");
    harness.mouse(crossterm::event::MouseEventKind::Moved, 3, 3);
    harness.expect("· told");
}

#[test]
fn the_account_is_switched_from_anywhere() {
    let mut harness = Harness::with_profile(WIDE, LIVE);
    harness.keys("4 P").expect("Switch account");
    assert_snapshot!("accounts-wide", harness.screen());
    let theme = harness.state.theme.clone();
    let live = theme.environment(Environment::Live).1;
    assert_eq!(harness.style_of("LIVE  ").fg, live.fg);
    harness.click("acme").click("acme");
    assert_eq!(front(&harness.state), "acme");
    harness.expect("Voucherify is reached by acme now, LIVE, which is read-only");
    assert!(harness.state.layers.is_empty());
}

#[test]
fn the_first_visit_explains_itself_once() {
    for (name, size) in SIZES {
        let mut harness = Harness::new(size, Kind::Dark);
        harness.state.tour.wanted = true;
        harness.keys("t").expect("1/6 The orders");
        assert_snapshot!(format!("tour-{name}"), harness.screen());
        // It stands below the panes, and hides nothing of them in any view.
        for view in ["2", "3", "4", "5", "6", "1"] {
            harness.keys(view);
            let screen = harness.screen();
            let above = screen.lines().nth(usize::from(size.1) - 3).unwrap();
            assert!(above.contains('╰') && above.contains('╯'), "{screen}");
        }
        harness.keys("down").expect("2/6").keys("f2").expect("3/6");
        harness.keys("esc").absent("3/6").expect("the tour is over");
        let file = harness.path().join("config/console.toml");
        let text = std::fs::read_to_string(file).unwrap();
        assert_eq!(text, "visited = true\n");
        harness.keys("f2").expect("1/6");
    }
}

#[test]
fn every_step_of_the_tour_fits_the_narrowest_screen() {
    let mut harness = Harness::with_orders(NARROW);
    for step in 1..=6 {
        harness.keys("f2").expect(&format!("{step}/6"));
        harness.expect("f2 ").expect(" end");
    }
    harness.keys("f2").absent("6/6");
}

#[test]
fn empty_views_say_what_they_are_for_and_what_comes_next() {
    for (name, size) in SIZES {
        let mut harness = Harness::new(size, Kind::Dark);
        harness.keys("2").expect("o opens one");
        assert_snapshot!(format!("mapping-empty-{name}"), harness.screen());
    }
    let mut harness = Harness::with_orders(WIDE);
    harness.state.keymap = Keymap::with_own("back = ['f9']\nfilter = ['W']", "keymap.toml").0;
    harness.keys("W").text("total>99999").keys("enter");
    harness.expect("No order passes the filter. f9 drops it, W changes it.");
}

#[test]
fn keys_in_the_footer_are_buttons() {
    let mut harness = Harness::with_orders(WIDE);
    harness.click("? help").expect("type to search");
}

/// Every key that is promised, with what it does in the list of orders and in the payload.
#[test]
fn promised_keys_do_what_is_promised() {
    use Command as C;
    let plain = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
    let held = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
    let code = |code| KeyEvent::new(code, KeyModifiers::NONE);
    let anywhere = [
        (plain('q'), C::Quit),
        (plain('?'), C::Help),
        (plain(':'), C::Palette),
        (held('p'), C::Palette),
        (plain('1'), C::ViewOrders),
        (plain('2'), C::ViewMapping),
        (plain('3'), C::ViewRuns),
        (plain('4'), C::ViewResponses),
        (plain('5'), C::ViewJobs),
        (plain('6'), C::ViewProfiles),
        (code(KeyCode::Tab), C::NextPane),
        (code(KeyCode::BackTab), C::PreviousPane),
        (code(KeyCode::Esc), C::Back),
        (plain('o'), C::Open),
        (code(KeyCode::Up), C::Up),
        (code(KeyCode::Down), C::Down),
        (code(KeyCode::Left), C::Left),
        (code(KeyCode::Right), C::Right),
        (plain('h'), C::Left),
        (plain('j'), C::Down),
        (plain('k'), C::Up),
        (plain('l'), C::Right),
        (plain('g'), C::Top),
        (plain('G'), C::Bottom),
        (plain('c'), C::Cancel),
        (held('z'), C::Suspend),
        (held('c'), C::Stop),
    ];
    let orders = [
        (plain('/'), C::Filter),
        (plain(' '), C::Mark),
        (plain('a'), C::MarkAll),
        (plain('['), C::PreviousVendor),
        (plain(']'), C::NextVendor),
        (plain('n'), C::NextFinding),
        (plain('N'), C::PreviousFinding),
        (code(KeyCode::Enter), C::Accept),
        (plain('e'), C::Edit),
        (plain('E'), C::EditWhole),
        (plain('d'), C::WhatChanged),
        (plain('f'), C::Fix),
        (plain('b'), C::SetMarked),
        (plain('x'), C::Exclude),
        (plain('u'), C::Undo),
        (held('r'), C::Redo),
        (plain('s'), C::Submit),
        (plain('y'), C::Copy),
        (plain('Y'), C::CopyCurl),
    ];
    let keymap = Keymap::default();
    let views = [
        Place::Welcome,
        Place::Orders,
        Place::Mapping,
        Place::Runs,
        Place::Responses,
        Place::Jobs,
        Place::Profiles,
    ];
    for (key, command) in anywhere {
        for view in views {
            let places = [view, Place::Everywhere, Place::Always];
            assert_eq!(
                keymap.command(key, &places),
                Some(command),
                "{key:?} {view:?}"
            );
        }
    }
    let places = [Place::Orders, Place::Everywhere, Place::Always];
    for (key, command) in orders {
        assert_eq!(keymap.command(key, &places), Some(command), "{key:?}");
    }
    // In the payload the same, but for what marks: space folds, and so does enter.
    let places = [
        Place::Payload,
        Place::Orders,
        Place::Everywhere,
        Place::Always,
    ];
    for (key, command) in orders {
        let command = match command {
            C::Mark | C::Accept => C::Fold,
            C::Filter => C::Find,
            other => other,
        };
        assert_eq!(keymap.command(key, &places), Some(command), "{key:?}");
    }
}

#[test]
fn the_footer_names_only_keys_that_work_while_a_filter_is_typed() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("/").expect("enter keep   esc close");
    harness.absent("n finding").keys("esc");
    harness.expect("enter keep   esc drop");
    harness.keys("esc").expect("n finding").expect("/ filter");
    // In the payload the same key searches.
    harness.keys("enter").absent("/ filter");
}

#[test]
fn the_palette_prefers_letters_in_a_row_and_what_can_be_done() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("6 :").text("file");
    let screen = harness.screen();
    let at = |name: &str| {
        screen
            .find(name)
            .unwrap_or_else(|| panic!("no {name} in {screen}"))
    };
    // `filter` has them scattered; there is no other file to go to.
    assert!(at("open-files") < at("next-file"));
    assert!(at("next-file") < at("save-filter"));
}

//! Nothing goes to a live account by a slip of the hand: whatever would send is red, says LIVE, and wants the count
//! typed, by keys and by the mouse, in colour and without.

use crossterm::event::{MouseButton, MouseEventKind};
use ratatui::style::Modifier;

use crate::console::ConsoleOptions;
use crate::console::action::{Action, Command};
use crate::console::effect::Effect;
use crate::console::testing::{Harness, directory, run_entry};
use crate::console::theme::{Kind, Theme};
use crate::console::update::update;
use crate::ledger::{Book, Ledgers, OutcomeUpdate, RunId, RunState};
use crate::order::outcome::Outcome;
use crate::profile::Directories;
use crate::profile::private::replace_private_file;
use crate::vendor::Environment;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];
const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const LIVE: &str = "[profiles.acme]\nvendor = \"voucherify\"\nenvironment = \"live\"\n[profiles.acme.credentials]\napp_id = \"id\"\napp_token = \"token\"\n";
const READ_ONLY: &str = "[profiles.acme]\nvendor = \"voucherify\"\nenvironment = \"live\"\nread_only = true\n[profiles.acme.credentials]\napp_id = \"id\"\napp_token = \"token\"\n";

fn sends(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| match effect {
        Effect::Submit { .. } | Effect::Resume { .. } | Effect::Retry(_) => true,
        Effect::Cancel { look, .. } => !look,
        _ => false,
    })
}

/// A run that came to nothing at the sandbox and is told to be one of a live account's, so that its retry is planned.
fn rejected(size: (u16, u16)) -> Harness {
    let mut harness = Harness::with_orders(size);
    harness.keys("] s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    let mut ledger = Ledgers::new(harness.path().join("data"))
        .open(Book::Sandbox)
        .unwrap();
    let refused = OutcomeUpdate::new(0, Outcome::Rejected);
    ledger.pretend(RunId(1), &[refused]).unwrap();
    harness.keys("3");
    harness.state.runs.list[0].summary.run.decided.environment = "live".to_owned();
    harness.keys("r enter").expect("1 order   76.00 USD");
    harness
}

fn stopped(size: (u16, u16)) -> Harness {
    let mut harness = Harness::new(size, Kind::Dark);
    let counts = [(Outcome::Accepted, 3), (Outcome::Pending, 2)];
    harness.keys("3");
    harness.state.runs.list = vec![run_entry("live", RunState::Stopped, &counts)];
    harness.state.runs.sift();
    update(&mut harness.state, Action::Command(Command::ResumeRun));
    harness
}

fn with_account(size: (u16, u16), keys: &str) -> Harness {
    let mut harness = Harness::with_profile(size, LIVE);
    harness.keys(keys);
    harness
}

/// Presses enter and clicks on it, often; a wrong count and one that isn't its beginning change nothing.
fn slips(harness: &mut Harness, title: &str, count: &str) {
    let layers = harness.state.layers.len();
    harness.expect(title).expect("LIVE");
    let live = Theme::new(Kind::Dark).live;
    let corner = format!("╭ {title}");
    assert_eq!(harness.style_of(&corner).fg, live.fg, "{title}");
    harness.state.theme = Theme::new(Kind::Plain);
    let style = harness.style_of(&corner);
    assert!(style.add_modifier.contains(Modifier::BOLD), "{title}");
    assert!(harness.state.is_typing(), "{title}");

    let wrong = format!("{count}0");
    for typed in ["", "x", wrong.as_str()] {
        harness.text(typed);
        for _ in 0..3 {
            let effects = update(&mut harness.state, Action::Command(Command::Accept));
            assert!(!sends(&effects), "{title}: {typed}");
        }
        harness.expect(&format!("type {count} first"));
        let (column, row) = harness.place_of("enter ");
        for _ in 0..4 {
            harness.mouse(CLICK, column, row);
        }
        assert!(harness.state.runs.active.is_empty(), "{title}: {typed}");
        assert_eq!(harness.state.layers.len(), layers, "{title}: {typed}");
        for _ in typed.chars() {
            harness.keys("backspace");
        }
    }
    harness.paste(&format!(" {count}\n"));
    let effects = update(&mut harness.state, Action::Command(Command::Accept));
    assert!(sends(&effects), "{title}: {effects:?}");
}

#[test]
fn whatever_sends_to_a_live_account_wants_the_count_typed() {
    for size in SIZES {
        slips(&mut with_account(size, "] s"), "Submit", "2");
        slips(&mut with_account(size, "] c"), "Cancel", "1");
        slips(&mut rejected(size), "Send again", "1");
        slips(&mut stopped(size), "Take up run", "2");
    }
}

#[test]
fn the_account_in_front_says_live_in_every_view() {
    let mut harness = with_account((80, 24), "]");
    for view in ["1", "2", "3", "4", "5", "6"] {
        harness.keys(view);
        let line = harness
            .screen()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        assert!(
            line.contains("LIVE") && line.contains("acme"),
            "{view}: {line}"
        );
        let theme = harness.state.theme.clone();
        assert_eq!(harness.style_of("LIVE").fg, theme.live.fg, "{view}");
    }
}

#[test]
fn an_account_that_is_read_only_says_so_and_sends_nothing() {
    for size in SIZES {
        let mut harness = Harness::with_profile(size, READ_ONLY);
        harness.keys("6").expect("read-only");
        harness.keys("1 ] s");
        assert!(
            harness.screen().contains("read-only"),
            "{}",
            harness.screen()
        );
        let account = harness.state.vendors.front_account().unwrap();
        assert_eq!(account.environment, Environment::Live);
        for typed in ["", "2"] {
            harness.text(typed);
            let effects = update(&mut harness.state, Action::Command(Command::Accept));
            assert!(!sends(&effects), "{effects:?}");
        }
        harness.keys("esc c").expect("read-only");
        assert!(harness.state.layers.is_empty(), "nothing is asked for");
        for typed in ["", "1"] {
            harness.text(typed);
            let effects = update(&mut harness.state, Action::Command(Command::Accept));
            assert!(!sends(&effects), "{effects:?}");
        }
    }
}

#[test]
fn who_asks_for_the_sandbox_gets_its_accounts_whatever_others_there_are() {
    let directory = directory();
    let directories = Directories::at(
        directory.path().join("config"),
        directory.path().join("data"),
    );
    directories.ensure_config().unwrap();
    let live = "[profiles.acme]\nvendor = \"kibo\"\nenvironment = \"live\"\n[profiles.acme.credentials]\napi_key = \"key\"\napi_secret = \"secret\"\n";
    replace_private_file(&directories.profiles_file(), live.as_bytes()).unwrap();
    let options = |sandbox| ConsoleOptions {
        sandbox,
        fresh: true,
        ..ConsoleOptions::default()
    };
    let mut harness = Harness::begin(directory, (120, 36), Kind::Dark, options(true));
    harness.expect("sandbox-kameleoon").keys("[");
    harness.expect("KIBO").expect("sandbox-kibo").absent("LIVE");
    // It is there to be chosen.
    harness.keys("P").expect("acme").keys("esc");
    // The first page's offer means it too, where the live one was chosen before.
    let mut harness = harness.back(options(false));
    harness.keys("t").expect("40 orders").keys("[");
    harness.expect("KIBO").expect("sandbox-kibo").absent("LIVE");
}

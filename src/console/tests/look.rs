//! How the console looks in every theme, with keys of the operator's own, and what the clipboard doesn't take.

use tokio::sync::mpsc;

use crate::console::action::{Action, Command};
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::keymap::Keymap;
use crate::console::testing::Harness;
use crate::console::theme::{Kind, Theme};
use crate::console::update::update;
use crate::console::worker::Worker;
use crate::profile::Directories;
use crate::workspace::Workspace;

/// How the help on submitting begins.
fn sentence() -> &'static str {
    let help = Command::Submit.spec().help;
    help.get(..12).unwrap_or(help)
}

const WIDE: (u16, u16) = (120, 36);
const LIVE: &str = "[profiles.acme]\nvendor = \"voucherify\"\nenvironment = \"live\"\n[profiles.acme.credentials]\napp_id = \"id\"\napp_token = \"token\"\n";

#[test]
fn the_cursor_errors_and_live_have_the_styles_of_each_theme() {
    for kind in Kind::ALL {
        let mut harness = Harness::with_profile(WIDE, LIVE);
        let theme = Theme::new(kind);
        harness.state.theme = theme.clone();
        harness.keys("]");
        let name = kind.name();
        let selected = harness.style_of("Ada Archer");
        let bg = theme.selection.bg.or(theme.screen.bg);
        assert_eq!(
            selected.bg,
            bg.or(Some(ratatui::style::Color::Reset)),
            "{name}"
        );
        assert!(
            selected.add_modifier.contains(theme.selection.add_modifier),
            "{name}"
        );
        for (text, style) in [("✗", theme.error), ("LIVE", theme.live)] {
            let shown = harness.style_of(text);
            assert!(
                shown.add_modifier.contains(style.add_modifier),
                "{name} {text}"
            );
            if let Some(fg) = style.fg {
                assert_eq!(shown.fg, Some(fg), "{name} {text}");
            }
        }
    }
}

#[test]
fn a_theme_chosen_by_name_brings_its_background_into_dialogs_too() {
    let mut harness = Harness::with_orders(WIDE);
    harness.state.theme = Theme::new(Kind::Light);
    harness.keys("?");
    let screen = harness.state.theme.screen;
    assert_eq!(harness.style_of("Help").bg, screen.bg);
    assert_eq!(harness.style_of(sentence()).fg, screen.fg);
}

#[test]
fn the_next_theme_is_taken_at_once_and_remembered() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("T").expect("theme: light, remembered");
    assert_eq!(harness.state.theme, Theme::new(Kind::Light));
    let file = harness.path().join("config/console.toml");
    assert_eq!(
        std::fs::read_to_string(file).unwrap(),
        "theme = \"light\"\n"
    );
    for _ in Kind::ALL.into_iter().skip(1) {
        harness.keys("T");
    }
    assert_eq!(harness.state.theme.name, "dark");
}

#[test]
fn where_colours_are_forbidden_there_is_no_other_theme() {
    let mut harness = Harness::with_orders(WIDE);
    harness.state.theme = Theme::plain();
    harness.state.themes.forbidden = true;
    harness.keys("T").expect("NO_COLOR forbids colours");
    assert_eq!(harness.state.theme, Theme::plain());
}

#[test]
fn help_shows_the_keys_that_are_set() {
    let mut harness = Harness::with_orders(WIDE);
    harness.state.keymap = Keymap::with_own("submit = ['ctrl-s']\nundo = []", "keymap.toml").0;
    harness.keys("?").expect("ctrl-s");
    let screen = harness.screen();
    let line = screen.lines().find(|line| line.contains("ctrl-s"));
    assert!(line.unwrap().contains(sentence()), "{screen}");
}

#[test]
fn what_is_too_long_for_the_clipboard_is_offered_as_a_file() {
    let mut harness = Harness::with_orders(WIDE);
    let copy = |length: usize| Action::Arrived(Arrival::Copy(Ok("x".repeat(length))));
    let effects = update(&mut harness.state, copy(75_000));
    assert!(
        matches!(effects.as_slice(), [Effect::Copy(_)]),
        "{effects:?}"
    );
    let effects = update(&mut harness.state, copy(75_001));
    assert!(effects.is_empty(), "{effects:?}");
    harness.expect("Too long to copy").expect("75,001 bytes");
    let effects = update(&mut harness.state, Action::Command(Command::Accept));
    assert!(
        matches!(effects.as_slice(), [Effect::Save { text, .. }] if text.len() == 75_001),
        "{effects:?}"
    );
    assert!(harness.state.uncopied.is_none());
}

#[test]
fn a_text_is_saved_once_and_nothing_is_overwritten() {
    let home = tempfile::tempdir().unwrap();
    let directories = Directories::at(home.path().join("config"), home.path().join("data"));
    let (sender, _events) = mpsc::unbounded_channel();
    let worker = Worker::new(Workspace::at(directories), sender);
    let to = home.path().join("copy.txt");
    let save = |text: &str| {
        let text = text.to_owned();
        let to = to.clone();
        match worker.gathered(Effect::Save { to, text }).remove(0) {
            Arrival::Tell(told) => told,
            other => panic!("{other:?}"),
        }
    };
    assert!(save("one").unwrap().starts_with("written to "));
    assert!(save("two").is_err());
    assert_eq!(std::fs::read_to_string(&to).unwrap(), "one");
}

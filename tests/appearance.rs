//! Themes and keys of the real program in a pseudo-terminal: the terminal's background, mistakes in the
//! operator's files.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use support::terminal::Terminal;

/// What the accent of the light theme is, and nothing of the dark one.
const LIGHT_ACCENT: vt100::Color = vt100::Color::Idx(25);

fn has(screen: &vt100::Screen, wanted: vt100::Color) -> bool {
    let (rows, columns) = screen.size();
    (0..rows.get()).any(|row| {
        (0..columns.get()).any(|column| {
            screen
                .cell(row, column)
                .is_some_and(|cell| cell.fgcolor() == wanted || cell.bgcolor() == wanted)
        })
    })
}

fn config(home: &Path, name: &str, text: &str) {
    let directory = home.join("config");
    fs::create_dir_all(&directory).unwrap();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(directory.join(name), text).unwrap();
}

fn asked(console: &Terminal) {
    console.wait("the question", |_| {
        console.written_at("\x1b]11;?\x1b\\\x1b[c").is_some()
    });
}

#[test]
fn a_light_terminal_gets_the_light_theme_and_what_is_typed_meanwhile_counts() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(&[], home.path(), 100, 30);
    asked(&console);
    console.keys("?\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62;22c");
    console.until("On every screen");
    console.wait("the light theme", |screen| has(screen, LIGHT_ACCENT));
    console.keys("\x1b");
    console.gone("On every screen");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
    assert!(console.is_restored() && console.modes_are_restored());
}

#[test]
fn an_answer_that_comes_late_is_no_keys() {
    let home = tempfile::tempdir().unwrap();
    let mut console = Terminal::start(&[], home.path(), 100, 30);
    console.until("Try it in the sandbox");
    assert!(console.written_at("\x1b]11;?").is_some());
    console.keys("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
    console.wait("the light theme", |screen| has(screen, LIGHT_ACCENT));
    // None of its digits led to another view.
    console.until("Try it in the sandbox");
    console.keys("q");
    assert_eq!(console.exit_code(), 0);
}

#[test]
fn who_names_a_theme_is_not_asked_and_no_color_wins() {
    let home = tempfile::tempdir().unwrap();
    config(home.path(), "console.toml", "theme = \"light\"\n");
    let mut console = Terminal::start(&[], home.path(), 100, 30);
    console.wait("the light theme", |screen| {
        has(screen, LIGHT_ACCENT) && has(screen, vt100::Color::Idx(231))
    });
    console.keys("q");
    console.exit_code();
    assert_eq!(console.written_at("\x1b]11;?"), None);

    let mut console = Terminal::start(&["--theme", "dark"], home.path(), 100, 30);
    console.wait("the dark theme", |screen| {
        has(screen, vt100::Color::Idx(234))
    });
    console.keys("q");
    console.exit_code();

    let bare = format!(
        "NO_COLOR=1 {} --theme light",
        env!("CARGO_BIN_EXE_orderdeck")
    );
    let mut console = Terminal::shell(&bare, home.path(), 100, 30);
    console.until("Try it in the sandbox");
    console.wait("no colours", |screen| {
        !has(screen, LIGHT_ACCENT) && !has(screen, vt100::Color::Idx(231))
    });
    console.keys("q");
    console.exit_code();
    assert_eq!(console.written_at("\x1b]11;?"), None);

    let mut console = Terminal::start(&["--theme", "drak"], home.path(), 100, 30);
    assert_eq!(console.exit_code(), 2);
    assert!(console.text().contains("there is no theme `drak`"));
}

#[test]
fn mistakes_are_told_in_the_console_and_stay_when_it_is_left() {
    let home = tempfile::tempdir().unwrap();
    config(
        home.path(),
        "keymap.toml",
        "# mine\nsumbit = [\"S\"]\nquit = [\"Q\"]\n",
    );
    let mut console = Terminal::start(&[], home.path(), 100, 30);
    console.until("keymap.toml:2: there is no command `sumbit`; did you mean submit?");
    // The rest counts.
    console.keys("Q");
    assert_eq!(console.exit_code(), 0);
    let text = console.text();
    assert!(text.contains("2 | sumbit = [\"S\"]"), "{text}");
    assert!(text.contains("^^^^^^"), "{text}");
}

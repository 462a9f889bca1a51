//! The browser, several open files, files that change, and coming back.

use std::fs;
use std::path::Path;

use crossterm::event::{MouseButton, MouseEventKind};
use insta::assert_snapshot;
use jiff::ToSpan;
use ratatui::style::Modifier;

use crate::console::ConsoleOptions;
use crate::console::action::{Action, Command};
use crate::console::effect::Effect;
use crate::console::state::View;
use crate::console::testing::{Harness, ORDERS, directory};
use crate::console::theme::Kind;
use crate::console::update::file::open;
use crate::console::update::update;

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (200, 60);
const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

/// A console in a folder with a few exports beside `orders.csv`, in a browser of that folder.
pub(super) fn browser(size: (u16, u16)) -> Harness {
    let mut harness = Harness::with_orders(size);
    let folder = harness.path().join("exports");
    fs::create_dir(&folder).unwrap();
    for (name, text) in [
        ("shopify-march.csv", ORDERS),
        ("shopify-april.csv", ORDERS),
        ("notes.txt", "one\u{1b}[31m\u{202e}two\n"),
        (".hidden.csv", ORDERS),
        ("picture.png", "\u{89}PNG\0\0"),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    fs::create_dir(folder.join("archive")).unwrap();
    std::os::unix::fs::symlink("/nowhere/at/all.csv", folder.join("lost.csv")).unwrap();
    harness.keys("o").paste(&format!("{}", folder.display()));
    harness.keys("enter");
    harness
}

/// The dialog on the screen, without what lies beneath it.
fn dialog(screen: &str) -> String {
    let lines: Vec<Vec<char>> = screen.lines().map(|line| line.chars().collect()).collect();
    let title = "╭ Open";
    let (top, left) = lines
        .iter()
        .enumerate()
        .find_map(|(row, line)| {
            let at = line.iter().collect::<String>().find(title)?;
            let before = line.iter().collect::<String>()[..at].chars().count();
            Some((row, before))
        })
        .unwrap();
    let width = lines[top][left..].iter().position(|c| *c == '╮').unwrap() + 1;
    let mut out = String::new();
    for line in &lines[top..] {
        out.extend(line[left..left + width].iter());
        out.push('\n');
        if line[left] == '╰' {
            break;
        }
    }
    out
}

/// The dialog without what differs from day to day and machine to machine.
fn steady(harness: &mut Harness) -> String {
    let root = harness.path().display().to_string();
    let screen = dialog(&harness.screen());
    let mut out = String::new();
    for line in screen.lines() {
        let mut line = line.replace(&root, &"~".repeat(root.chars().count()));
        // Dates with a time: 2026-11-22 00:12.
        let chars: Vec<char> = line.chars().collect();
        let mut kept: Vec<char> = chars.clone();
        for at in 0..chars.len().saturating_sub(15) {
            let part: String = chars[at..at + 16].iter().collect();
            let shape: String = part
                .chars()
                .map(|c| if c.is_ascii_digit() { '0' } else { c })
                .collect();
            if shape == "0000-00-00 00:00" {
                for (offset, c) in shape.chars().enumerate() {
                    kept[at + offset] = c;
                }
            }
        }
        line = kept.into_iter().collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    // The temporary folder's name is cut where there is no room for it.
    let name = Path::new(&root).file_name().unwrap().to_string_lossy();
    let tail: String = name.chars().skip(1).collect();
    out.replace(&*name, "·tmp·").replace(&tail, "tmp·")
}

fn nothing() -> ConsoleOptions {
    ConsoleOptions::default()
}

#[test]
fn the_browser_shows_recent_files_the_folder_and_what_the_file_under_the_cursor_is() {
    for (name, size) in [("narrow", NARROW), ("wide", WIDE), ("large", LARGE)] {
        let mut harness = browser(size);
        harness.expect("recent").expect("archive/");
        harness.expect("leads nowhere").absent(".hidden.csv");
        assert_snapshot!(format!("browser-{name}"), steady(&mut harness));
        harness.text("shmar").expect("shopify-march.csv");
        harness.absent("notes.txt").expect("Name,Email");
        assert_snapshot!(format!("searching-{name}"), steady(&mut harness));
    }
}

/// It is remembered as soon as it is read, and could be taken for open before it is.
#[test]
fn the_file_that_is_being_opened_is_not_offered_as_a_recent_one() {
    let mut harness = Harness::with_orders(WIDE);
    harness.perform(vec![Effect::Recent]);
    assert_eq!(harness.state.welcome.recent.len(), 1);
    let (file, mut effects) = (harness.file(), Vec::new());
    open(&mut harness.state, Some(file), None, &mut effects);
    harness.perform(vec![Effect::Recent]);
    assert!(harness.state.welcome.recent.is_empty());
    harness.perform(effects);
    harness.perform(vec![Effect::Recent]);
    assert_eq!(harness.state.welcome.recent.len(), 1);
}

#[test]
fn whoever_goes_elsewhere_while_a_file_is_read_stays_there() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    harness.slow = Some(|effect| matches!(effect, Effect::OpenFile { .. }));
    harness.keys("t 6").expect("Profiles ·");
    harness.let_go().expect("Profiles ·").expect("40 orders");
    assert_eq!(harness.state.view, View::Profiles);
    // The sample isn't one of the recent files either while it is being opened.
    harness.keys("ctrl-w");
    harness.perform(vec![Effect::Recent]);
    assert_eq!(harness.state.welcome.recent.len(), 1);
    harness.slow = Some(|effect| matches!(effect, Effect::OpenFile { .. }));
    harness.keys("1 t");
    harness.perform(vec![Effect::Recent]);
    assert!(harness.state.welcome.recent.is_empty());
    harness.let_go().expect("#1001");
}

/// That the sandbox is there takes back what said that it starts, and nothing else.
#[test]
fn news_of_the_sandbox_leaves_other_news_alone() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("w").expect("w does nothing here");
    harness.perform(vec![Effect::StartSandbox]);
    harness.expect("w does nothing here");
}

#[test]
fn letters_that_were_met_are_underlined_with_and_without_colour() {
    for kind in [Kind::Dark, Kind::Plain] {
        let mut harness = browser(NARROW);
        harness.state.theme = crate::console::theme::Theme::new(kind);
        harness.text("march");
        let lit = harness.style_of("march.csv");
        assert!(lit.add_modifier.contains(Modifier::UNDERLINED), "{kind:?}");
        harness.keys("down");
        harness.keys("ctrl-u").text("apr");
        assert!(harness.screen().contains("▸ shopify-april.csv"));
    }
}

#[test]
fn hidden_files_are_shown_on_a_key_and_the_folder_above_by_backspace_and_left() {
    let mut harness = browser(WIDE);
    harness.keys("ctrl-t").expect(".hidden.csv");
    harness.keys("ctrl-t").absent(".hidden.csv");
    harness.keys("backspace").expect("exports/");
    assert!(
        harness.screen().contains("▸ exports/"),
        "where one came from"
    );
    harness.keys("right").expect("archive/");
    harness.keys("left").expect("▸ exports/");
    // A letter is a letter, though it is the key for left elsewhere.
    harness.keys("right h").expect("search or path  h");
}

#[test]
fn what_cant_be_opened_says_why() {
    let mut harness = browser(WIDE);
    harness.text("lost").keys("enter");
    harness.expect("Open ·").expect("lost.csv: leads nowhere");
    harness.keys("ctrl-u").text("pict");
    harness.expect("not text").expect("can't be opened");
    harness.keys("ctrl-u").text("notes");
    harness.expect("one").absent("\u{1b}").absent("\u{202e}");
    harness
        .keys("ctrl-u")
        .text("zzz")
        .expect("nothing here is called so");
    let folder = harness.path().join("exports/archive");
    harness
        .keys("ctrl-u")
        .paste(&format!("{}/", folder.display()));
    harness.expect("enter opens this path").keys("enter");
    harness.expect("nothing is in this folder");
    assert_snapshot!("empty-folder", steady(&mut harness));
    fs::remove_dir(&folder).unwrap();
    harness.keys("esc o").paste(&folder.display().to_string());
    harness
        .keys("enter")
        .absent("Open ·")
        .expect("no such file");
}

#[test]
fn the_mouse_selects_scrolls_and_opens() {
    let mut harness = browser(WIDE);
    let row = harness
        .screen()
        .lines()
        .position(|line| line.contains("shopify-april.csv"))
        .unwrap() as u16;
    harness.mouse(CLICK, 10, row).expect("▸ shopify-april.csv");
    harness.mouse(MouseEventKind::ScrollDown, 10, row);
    harness.expect("▸ shopify-march.csv");
    harness.mouse(MouseEventKind::ScrollUp, 10, row);
    harness.mouse(CLICK, 10, row).expect("Open ·");
    harness.mouse(CLICK, 10, row);
    harness
        .absent("Open ·")
        .expect("shopify-april.csv (2 of 2)");
}

/// A second file beside the first, with the first order only.
fn second(harness: &Harness) -> std::path::PathBuf {
    let path = harness.path().join("second.csv");
    let lines: Vec<&str> = ORDERS.lines().take(3).collect();
    fs::write(&path, lines.join("\n")).unwrap();
    path
}

#[test]
fn each_open_file_keeps_its_filter_marks_cursor_and_survey() {
    let mut harness = Harness::with_orders(WIDE);
    let path = second(&harness);
    harness
        .keys("space")
        .keys("/")
        .text("status:paid")
        .keys("enter");
    let surveyed = harness.state.vendors.tabs[0].survey.seen;
    assert!(surveyed > 0);
    harness.paste(&path.display().to_string());
    harness.expect("second.csv (2 of 2)").absent("status:paid");
    assert!(harness.state.orders.marked.is_empty());
    harness.keys("}").expect("orders.csv (1 of 2)");
    harness.expect("status:paid");
    assert_eq!(harness.state.orders.marked.len(), 1);
    assert_eq!(harness.state.vendors.tabs[0].survey.seen, surveyed);
    assert!(harness.state.orders.passing.is_some());
    harness.keys("{").expect("second.csv (2 of 2)");
    // Opened once more it is the same file, not a third.
    harness.paste(&harness.file().display().to_string());
    harness.expect("orders.csv (1 of 2)").expect("status:paid");
    harness
        .keys("O")
        .expect("Open files · 2")
        .expect("1 marked");
    assert_snapshot!("open-files", steady(&mut harness));
    harness.keys("down enter").expect("second.csv (2 of 2)");
    harness.keys("ctrl-w").expect("second.csv is closed");
    harness.expect("status:paid").absent("of 2)");
    harness.keys("ctrl-w").expect("Try it in the sandbox");
    assert!(harness.state.file.deck.is_none());
}

#[test]
fn survey_of_another_account_doesnt_count_for_a_file_from_the_shelf() {
    let mut harness = Harness::with_orders(WIDE);
    let path = second(&harness);
    harness.paste(&path.display().to_string());
    let front = harness.state.vendors.front;
    harness.state.vendors.tabs[front].profile = "nobody".to_owned();
    harness.keys("}");
    assert_eq!(harness.state.vendors.tabs[front].survey.seen, 0);
}

#[test]
fn a_file_that_changed_is_told_isnt_sent_and_is_read_anew_with_all_that_was_made() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("] down space x").expect("1 edited");
    let file = harness.file();
    fs::write(&file, ORDERS.replacen("#1001,", "#0999,", 2)).unwrap();
    // Not asked more often than once a second.
    harness.keys("down").absent("changed on disk");
    harness.state.now += 2.seconds();
    harness
        .keys("up")
        .expect("changed on disk")
        .expect("CHANGED ON DISK");
    harness.keys("s").expect("changed on disk; R reads it anew");
    harness
        .keys("R")
        .expect("orders.csv was read anew: 4 orders");
    harness.absent("CHANGED").expect("#0999").expect("1 edited");
    assert_eq!(harness.state.orders.marked.len(), 1);
    assert!(harness.state.orders.marked.contains(1), "#1002 by its key");
    fs::write(&file, ORDERS.replace("#1002,", "#7002,")).unwrap();
    harness
        .keys("R")
        .expect("1 of the marked orders aren't in it any more");
}

#[test]
fn coming_back_brings_file_filter_marks_cursor_tab_and_view() {
    let mut harness = Harness::with_orders(WIDE);
    harness
        .keys("] ] down space")
        .keys("/")
        .text("status:paid")
        .keys("enter");
    harness.keys("down down 3");
    let vendor = harness.state.vendors.front;
    let mut harness = harness.back(nothing());
    harness.expect("back where you were: orders.csv; `--fresh` begins anew");
    assert_eq!(harness.state.view, View::Runs);
    assert_eq!(harness.state.vendors.front, vendor);
    assert_eq!(harness.state.orders.filter.text(), "status:paid");
    assert_eq!(harness.state.orders.marked.iter().collect::<Vec<_>>(), [1]);
    let all = harness.state.file.orders();
    assert_eq!(harness.state.orders.current(all), Some(3));
    // Killed, all but the cursor is as it was.
    harness.keys("1 [ space");
    let vendor = harness.state.vendors.front;
    let marked = harness.state.orders.marked.clone();
    let harness = harness.killed(nothing());
    assert_eq!(harness.state.view, View::Orders);
    assert_eq!(harness.state.vendors.front, vendor);
    assert_eq!(harness.state.orders.marked, marked);
    // With a file its own filter, marks and tab, in Orders.
    let file = Some(harness.file());
    let mut harness = harness.back(ConsoleOptions { file, ..nothing() });
    harness.expect("filter and marks as you left them");
    assert_eq!(harness.state.view, View::Orders);
    assert_eq!(harness.state.orders.marked, marked);
    let mut harness = harness.back(ConsoleOptions {
        fresh: true,
        ..nothing()
    });
    harness.expect("Try it in the sandbox");
}

#[test]
fn all_open_files_come_back_and_are_read_when_one_goes_to_them() {
    let mut harness = Harness::with_orders(WIDE);
    let path = second(&harness);
    harness.keys("space").paste(&path.display().to_string());
    harness.keys("}");
    let mut harness = harness.back(nothing());
    harness.expect("orders.csv (1 of 2)");
    harness.keys("O").expect("1 order at the last visit");
    harness.keys("down enter").expect("second.csv (2 of 2)");
    assert_eq!(harness.state.file.orders(), 1);
    harness.keys("}");
    assert_eq!(harness.state.orders.marked.len(), 1);
}

#[test]
fn the_sample_comes_back_with_the_sandbox() {
    let sandbox = || ConsoleOptions {
        sandbox: true,
        ..nothing()
    };
    let directory = directory();
    let mut harness = Harness::begin(directory, WIDE, Kind::Dark, sandbox());
    harness.expect("shopify-orders.csv").keys("space space 4");
    let mut harness = harness.back(sandbox());
    harness.expect("shopify-orders.csv");
    assert_eq!(harness.state.view, View::Responses);
    assert_eq!(harness.state.orders.marked.len(), 2);
}

#[test]
fn each_world_comes_back_to_its_own_file_and_the_sample_takes_no_place() {
    let sandbox = |file| ConsoleOptions {
        sandbox: true,
        file,
        ..nothing()
    };
    let fresh = || ConsoleOptions {
        fresh: true,
        ..sandbox(None)
    };
    let mut harness = Harness::with_orders(WIDE);
    let tried = second(&harness);
    harness.keys("space");
    let mut harness = harness.back(sandbox(None));
    harness.expect("shopify-orders.csv");
    let mut harness = harness.back(sandbox(Some(tried)));
    harness.expect("second.csv").keys("space");
    let mut harness = harness.back(sandbox(None));
    harness.expect("back where you were: second.csv");
    assert_eq!(harness.state.orders.marked.len(), 1);
    // The sample in front, as one of the recent files or by `--fresh`, isn't where one comes back to.
    let sample = harness.path().join("data/samples/shopify-orders.csv");
    harness
        .paste(&sample.display().to_string())
        .expect("shopify-orders.csv (2 of 2)");
    let mut harness = harness.back(fresh());
    harness.expect("shopify-orders.csv").keys("space");
    let mut harness = harness.back(sandbox(None));
    harness.expect("back where you were: second.csv");
    assert_eq!(harness.state.orders.marked.len(), 1);
    let mut harness = harness.back(nothing());
    harness.expect("back where you were: orders.csv");
    assert!(!harness.state.vendors.sandbox_runs);
}

#[test]
fn the_list_comes_back_sorted_and_stays_so_when_read_anew() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("S").text("total").keys("enter");
    harness.expect("by total, ascending");
    harness.keys("S enter").expect("by total, descending");
    harness.keys("R").expect("by total, descending");
    let mut harness = harness.back(nothing());
    harness.expect("by total, descending");
    // Killed too: it is written when it changes.
    harness.keys("S").text("order").keys("enter");
    let mut harness = harness.killed(nothing());
    harness.expect("by order, ascending");
}

#[test]
fn what_changed_or_is_gone_since_the_last_visit_is_said() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("space down space");
    let file = harness.file();
    fs::write(&file, ORDERS.replace("#1001,", "#7001,")).unwrap();
    let mut harness = harness.back(nothing());
    harness.expect("it changed since");
    harness.expect("1 of the marked orders aren't in it");
    assert_eq!(harness.state.orders.marked.len(), 1);
    fs::remove_file(&file).unwrap();
    let mut harness = harness.back(nothing());
    harness
        .expect("not back where you were")
        .expect("no such file");
    harness.expect("gone: nothing is there any more");
    // What is kept of it waits for it.
    fs::write(&file, ORDERS).unwrap();
    harness.keys("down down down enter");
    assert_eq!(harness.state.orders.marked.len(), 1);
}

#[test]
fn a_session_that_cant_be_used_is_passed_over_with_a_word() {
    for (text, stays) in [("{\"version\": 9}", true), ("nonsense", false)] {
        let harness = Harness::with_orders(WIDE);
        let session = harness.path().join("data/session.json");
        fs::write(&session, text).unwrap();
        let mut harness = harness.killed(nothing());
        harness.expect("session.json is passed over");
        harness.paste(&harness.file().display().to_string());
        harness.expect("4 orders");
        assert_eq!(fs::read_to_string(&session).unwrap() == text, stays);
    }
}

#[cfg(unix)]
#[test]
fn the_session_is_the_operators_alone() {
    use std::os::unix::fs::PermissionsExt;
    let harness = Harness::with_orders(WIDE);
    let path = harness.path().join("data/session.json");
    let harness = harness.back(nothing());
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(harness);
}

#[test]
fn moving_the_cursor_writes_nothing_and_a_mark_once() {
    let mut harness = Harness::with_orders(WIDE);
    let mut press = |command| {
        let effects = update(&mut harness.state, Action::Command(command));
        let is_written = |effect: &&Effect| matches!(effect, Effect::SaveSession(_));
        effects.iter().filter(is_written).count()
    };
    assert_eq!(press(Command::Down), 0);
    assert_eq!(press(Command::Mark), 1);
    // One is being written: what changes meanwhile is in the next.
    assert_eq!(press(Command::Mark), 0);
}

#[test]
fn opening_is_stopped_and_the_old_file_stays() {
    let mut harness = Harness::with_orders(WIDE);
    let path = second(&harness);
    let action = Action::Paste(path.display().to_string());
    let effects = update(&mut harness.state, action);
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::OpenFile { .. }))
    );
    harness.expect("opening").expect("esc stops");
    let effects = update(&mut harness.state, Action::Command(Command::Back));
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::StopOpening(_)))
    );
    harness
        .expect("stopped: the file isn't opened")
        .expect("#1001");
    update(
        &mut harness.state,
        Action::Paste(path.display().to_string()),
    );
    update(&mut harness.state, Action::Command(Command::Stop));
    harness.expect("stopped: the file isn't opened");
}

#[test]
fn a_file_that_was_read_waits_for_an_open_dialog() {
    let mut harness = Harness::with_orders(WIDE);
    let path = second(&harness);
    let effects = update(
        &mut harness.state,
        Action::Paste(path.display().to_string()),
    );
    harness.keys("?");
    harness.perform(effects);
    assert_eq!(harness.state.file.orders(), 4);
    harness.keys("esc");
    assert_eq!(harness.state.file.orders(), 1);
}

//! Runs, Responses, Jobs and Profiles by their keys.

use jiff::ToSpan;
use ratatui::style::Modifier;

use crate::console::ConsoleOptions;
use crate::console::action::{Action, Command};
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::keymap::Keymap;
use crate::console::model::RunEntry;
use crate::console::state::{ActiveRun, State, View, Waiting};
use crate::console::testing::{Harness, ORDERS, job_entry, run_entry};
use crate::console::theme::{Kind, Theme};
use crate::console::update::update;
use crate::ledger::{
    Book, JobState, Ledger, Ledgers, OutcomeUpdate, RunId, RunName, RunState, RunWait, SqliteLedger,
};
use crate::order::outcome::{Operation, Outcome};
use crate::submit::{Control, RunEvent};

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);

/// A console whose two good orders Voucherify's sandbox has taken, in the Runs view.
fn sent(size: (u16, u16)) -> Harness {
    let mut harness = Harness::with_orders(size);
    harness.keys("] s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    harness.keys("3");
    harness
}

fn ledger(harness: &Harness) -> SqliteLedger {
    let ledgers = Ledgers::new(harness.path().join("data"));
    ledgers.open(Book::Sandbox).unwrap()
}

/// The first order of the run becomes that, and the run is in that state.
fn change(harness: &Harness, outcome: Outcome, state: RunState) {
    let mut ledger = ledger(harness);
    let update = OutcomeUpdate {
        reason: Some("the vendor's \u{1b}[31m word".to_owned()),
        ..OutcomeUpdate::new(0, outcome)
    };
    ledger.pretend(RunId(1), &[update]).unwrap();
    ledger.set_run_state(RunId(1), state, None).unwrap();
}

/// A console in the Runs view with that run.
fn with_run(entry: RunEntry) -> State {
    let mut state = State::new(WIDE, Keymap::default(), Theme::new(Kind::Dark));
    state.view = View::Runs;
    state.runs.list = vec![entry];
    state
}

fn press(state: &mut State, command: Command) -> Vec<Effect> {
    update(state, Action::Command(command))
}

fn type_text(state: &mut State, text: &str) {
    use crossterm::event::{KeyCode, KeyEvent};
    for c in text.chars() {
        update(state, Action::Text(KeyEvent::from(KeyCode::Char(c))));
    }
}

#[test]
fn a_run_that_is_under_way_is_paused_let_go_and_stopped() {
    let mut state = with_run(run_entry(
        "test",
        RunState::Running,
        &[(Outcome::Pending, 9)],
    ));
    let name = state.runs.list[0].name();
    state.runs.active.push(ActiveRun {
        name,
        waiting: None,
        paused: false,
        stopping: false,
    });
    for (command, wish) in [
        (Command::PauseRun, Control::Pause),
        (Command::PauseRun, Control::Go),
        (Command::StopRun, Control::Stop),
    ] {
        let effects = press(&mut state, command);
        assert!(
            matches!(&effects[..], [Effect::Control { run, wish: told }] if *run == name && *told == wish),
            "{effects:?}"
        );
    }
    assert!(
        press(&mut state, Command::StopRun).is_empty(),
        "it is being stopped already"
    );
    assert!(
        press(&mut state, Command::ResumeRun).is_empty(),
        "it is under way"
    );
}

#[test]
fn a_live_run_goes_on_only_when_the_count_was_typed() {
    let counts = [(Outcome::Accepted, 3), (Outcome::Pending, 12)];
    let mut state = with_run(run_entry("live", RunState::Stopped, &counts));
    assert!(press(&mut state, Command::ResumeRun).is_empty());
    assert!(press(&mut state, Command::Accept).is_empty());
    assert!(state.is_typing());
    type_text(&mut state, "12");
    let effects = press(&mut state, Command::Accept);
    assert!(
        matches!(&effects[..], [Effect::Resume { book: Book::Work, run }] if *run == RunId(7)),
        "{effects:?}"
    );
}

#[test]
fn where_nothing_would_be_sent_nothing_is_asked() {
    let mut state = with_run(run_entry(
        "live",
        RunState::Stopped,
        &[(Outcome::Queued, 5)],
    ));
    let effects = press(&mut state, Command::ResumeRun);
    assert!(
        matches!(&effects[..], [Effect::Resume { .. }]),
        "{effects:?}"
    );
    assert!(state.layers.is_empty());
    let mut state = with_run(run_entry(
        "live",
        RunState::Finished,
        &[(Outcome::Accepted, 5)],
    ));
    assert!(press(&mut state, Command::ResumeRun).is_empty());
}

#[test]
fn a_finished_run_shows_outcomes_sums_and_what_is_next() {
    for size in [NARROW, WIDE, (160, 50)] {
        let mut harness = sent(size);
        harness
            .expect("Run s1 · import · Voucherify · sandbox-voucherify · SANDBOX")
            .expect("100 %")
            .expect("✓ imported")
            .expect("✗ blocked")
            .expect("taken")
            .expect("1,326.10 USD")
            .expect("put them right in Orders");
        let theme = harness.state.theme.clone();
        assert_eq!(harness.style_of("✓ imported").fg, theme.taken.fg);
        assert_eq!(harness.style_of("✗ blocked").fg, theme.error.fg);
        assert_eq!(harness.style_of("s1 ").bg, theme.selection.bg);
        harness.state.theme = Theme::plain();
        let style = harness.style_of("s1 ");
        assert!(style.add_modifier.contains(Modifier::UNDERLINED));
        assert!(!style.add_modifier.contains(Modifier::REVERSED));
    }
}

#[test]
fn rejected_orders_are_shown_with_their_reason_and_sent_again() {
    let mut harness = sent(WIDE);
    change(&harness, Outcome::Rejected, RunState::Finished);
    harness
        .keys("3")
        .expect("1 rejected: r sends them again with your edits, v shows them, E exports");
    harness
        .keys("v")
        .expect("▸rejected 1")
        .expect("#1001")
        .expect("the vendor's \\u{1b}[31m word")
        .absent("#1003");
    harness.keys("tab").expect("▸excluded 1");
    harness.keys("esc r").expect("▸ rejected").keys("enter");
    harness.expect("1 order   76.00 USD").keys("enter");
    harness.until(|state| state.runs.active.is_empty() && state.runs.list.len() == 2);
    harness.expect("a retry of run s1");
    let again = ledger(&harness).summary(RunId(2)).unwrap();
    assert_eq!(again.run.decided.retry_of, Some(RunId(1)));
    assert_eq!((again.run.orders, again.count(Outcome::Imported)), (1, 1));
}

#[test]
fn doubt_is_never_the_first_choice_and_says_what_may_come_of_it() {
    let mut harness = sent(WIDE);
    change(&harness, Outcome::InDoubt, RunState::Finished);
    let mut ledger = ledger(&harness);
    let rejected = OutcomeUpdate::new(2, Outcome::Rejected);
    ledger.pretend(RunId(1), &[rejected]).unwrap();
    harness.keys("3 r").expect("▸ rejected");
    harness
        .keys("down enter")
        .expect("The vendor may have these orders already");
    assert_eq!(harness.state.runs.list.len(), 1);
}

#[test]
fn the_question_says_what_the_run_would_do_with_the_rest() {
    let mut harness = Harness::new(NARROW, Kind::Dark);
    let counts = [(Outcome::Imported, 3), (Outcome::Pending, 35)];
    let mut entry = run_entry("test", RunState::Stopped, &counts);
    entry.summary.run.decided.operation = Operation::Cancel;
    harness.keys("3");
    harness.state.runs.list = vec![entry];
    harness.state.runs.sift();
    update(&mut harness.state, Action::Command(Command::ResumeRun));
    harness.expect("still to be cancelled: 35 orders");
}

#[test]
fn a_stopped_run_is_taken_up() {
    let mut harness = sent(NARROW);
    change(&harness, Outcome::Pending, RunState::Stopped);
    harness
        .keys("3")
        .expect("stopped")
        .expect("R takes it up")
        .keys("R")
        .expect("still to be imported: 1 order");
    harness.keys("enter");
    harness.until(|state| {
        let run = &state.runs.list[0].summary;
        state.runs.active.is_empty() && run.count(Outcome::Imported) == 2
    });
    harness.expect("run s1 is finished");
}

#[test]
fn a_run_that_waits_is_told_at_the_next_start() {
    let harness = sent(WIDE);
    change(&harness, Outcome::Pending, RunState::Stopped);
    let mut harness = harness.back(ConsoleOptions::default());
    harness.expect("run s1 stopped with 1 order to send: 3 R takes it up");
    harness.expect("Runs 1!");
    harness.keys("3 R").expect("still to be imported: 1 order");
    harness.keys("enter");
    harness.until(|state| {
        let run = &state.runs.list[0].summary;
        state.runs.active.is_empty() && run.count(Outcome::Imported) == 2
    });
    harness.absent("Runs 1!");
    // Once nothing waits nothing is told.
    let mut harness = harness.back(ConsoleOptions::default());
    harness.absent("takes it up").absent("Runs 1!");
}

#[test]
fn an_export_is_written_and_replaced_only_on_the_second_word() {
    let mut harness = sent(WIDE);
    let to = harness.path().join("out.csv");
    harness
        .keys("E")
        .expect("run-s1.csv")
        .keys("down down ctrl-u");
    harness.text(&to.display().to_string()).keys("enter");
    harness.expect("written to");
    let text = std::fs::read_to_string(&to).unwrap();
    assert!(
        text.starts_with("Name,Email,") && text.contains("excluded"),
        "{text}"
    );
    harness.keys("E ctrl-u").text(&to.display().to_string());
    harness.keys("enter").expect("enter again replaces it");
    harness.keys("enter").expect("4 orders written to");
    harness.keys("E ctrl-u").text("out.pdf").keys("enter");
    harness.expect("an export ends in .csv, .json, .ndjson or .xlsx");
}

#[test]
fn a_response_is_searched_and_copied_without_secrets() {
    let mut harness = sent(NARROW);
    harness.keys("4").expect("FOLLOWING").expect("…");
    // What came back stands in front, the request behind it.
    harness.keys("g enter").expect("RESPONSE ·");
    harness.keys("tab").expect("x-app-token: •••");
    harness.keys("/").text("chlo").keys("enter");
    let theme = harness.state.theme.clone();
    assert_eq!(harness.style_of("chloe@").bg, theme.selection.bg);
    harness.keys("n N y");
    let body = harness.copied.take().unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok());
    harness.keys("Y");
    let curl = harness.copied.take().unwrap();
    assert!(
        curl.starts_with("curl -X POST ") && curl.contains("x-app-token: •••"),
        "{curl}"
    );
    harness.keys("/").text("no such text").keys("enter");
    harness.expect("nothing found");
}

#[test]
fn a_job_counts_down_to_its_next_poll() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    let now = jiff::Timestamp::now();
    harness.state.view = View::Jobs;
    harness.expect("No vendor has a job for us");
    harness.state.now = now;
    harness.state.jobs.list = vec![job_entry(now)];
    harness
        .expect("aa_0a87c3d0d1b2e4f5")
        .expect("40 %")
        .expect("1 min 12 s")
        .expect("nobody polls it: R takes run 3 up");
    let theme = harness.state.theme.clone();
    let watched = harness.state.jobs.list[0].row.job.clone();
    harness.state.jobs.list[0].row.job = JobState {
        status: "STALE".to_owned(),
        message: Some("no progress for 30 min: IN_PROGRESS, 40 %".to_owned()),
        next_poll: None,
        ..watched.clone()
    };
    harness
        .expect("no progress for 30 min: IN_PROGRESS, 40 %")
        .expect("it was given up: R takes run 3 up");
    assert_eq!(harness.style_of("STALE").fg, theme.warning.fg);
    harness.state.jobs.list[0].row.job = watched;
    harness.state.runs.active.push(ActiveRun {
        name: RunName {
            book: Book::Work,
            id: RunId(3),
        },
        waiting: None,
        paused: false,
        stopping: false,
    });
    harness.expect("asked again in 7 s");
    harness.state.runs.active[0].waiting = Some(Waiting {
        reason: "429 Too many requests".to_owned(),
        until: now.checked_add(95.seconds()).ok(),
    });
    harness.state.now = now.checked_add(3.seconds()).unwrap();
    harness
        .expect("asked again in 4 s")
        .expect("429 Too many requests, 1 min 32 s");
    assert_eq!(harness.style_of("IN_PROGRESS").fg, theme.info.fg);
}

#[test]
fn a_run_that_waits_says_for_what_and_counts_down() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    let entry = run_entry("test", RunState::Running, &[(Outcome::Pending, 9)]);
    let (name, now) = (entry.name(), jiff::Timestamp::now());
    harness.state.view = View::Runs;
    harness.state.now = now;
    harness.state.runs.list = vec![entry];
    harness.state.runs.active.push(ActiveRun {
        name,
        waiting: None,
        paused: false,
        stopping: false,
    });
    let reason = "429 Too many requests (budget api_calls)".to_owned();
    let event = RunEvent::Waiting {
        reason,
        left: Some(std::time::Duration::from_secs(72)),
    };
    update(
        &mut harness.state,
        Action::Arrived(Arrival::Run { run: name, event }),
    );
    harness.expect("429 Too many requests (budget api_calls), 1 min 12 s");
    // The clock is what draws it anew.
    assert!(harness.state.is_moving());
    harness.state.now = now.checked_add(2_500.milliseconds()).unwrap();
    harness.expect("(budget api_calls), 1 min 10 s");
    harness.state.now = now.checked_add(72.seconds()).unwrap();
    harness.absent("429 Too many requests");
}

#[test]
fn another_process_run_counts_down_too() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    let mut entry = run_entry("test", RunState::Running, &[(Outcome::Pending, 9)]);
    entry.alive = true;
    let now = jiff::Timestamp::now();
    entry.summary.run.wait = Some(RunWait {
        reason: "the vendor's job: IN_PROGRESS, 40 %".to_owned(),
        until: now.checked_add(30.seconds()).unwrap(),
    });
    harness.state.view = View::Runs;
    harness.state.now = now;
    harness.state.runs.list = vec![entry];
    harness.expect("the vendor's job: IN_PROGRESS, 40 %, 30 s");
    harness.state.now = now.checked_add(31.seconds()).unwrap();
    harness.absent("IN_PROGRESS");
}

#[test]
fn waiting_counts_down() {
    let now = jiff::Timestamp::now();
    let waiting = Waiting {
        reason: "429".to_owned(),
        until: now.checked_add(7.seconds()).ok(),
    };
    assert_eq!(waiting.words(now), "429, 7 s");
    let later = now.checked_add(9.seconds()).unwrap();
    assert_eq!(waiting.words(later), "429, 0 s");
}

#[test]
fn an_account_is_added_tried_changed_and_removed() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    harness.keys("6 A").expect("Add an account").keys("enter");
    harness.expect("name is needed").text("acme-kibo");
    // From the first vendor to Kibo; the environment is test unless another is chosen, and a sign says so.
    harness.keys("down k down").expect("‹test›");
    harness.keys("l").expect("‹live›").expect("live");
    harness.keys("right").expect("‹test›");
    harness.keys("s").expect("‹sandbox›").keys("x");
    harness.keys("t").expect("‹test›");
    harness
        .expect("api_key")
        .keys("down down down down down down");
    harness
        .text("env:KIBO_KEY")
        .expect("env:KIBO_KEY")
        .keys("down");
    harness.text("hunter2").absent("hunter2").expect("•••••••");
    harness.keys("enter").expect("added acme-kibo to");
    let file = harness.path().join("config/profiles.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("vendor = \"kibo\"")
            && text.contains("environment = \"test\"")
            && text.contains("env = \"KIBO_KEY\"")
            && text.contains("hunter2"),
        "{text}"
    );
    harness
        .expect("from the environment variable KIBO_KEY")
        .expect("TEST")
        .absent("hunter2");
    let theme = harness.state.theme.clone();
    assert_eq!(harness.style_of("TEST").fg, theme.test.fg);
    // The currency of the profile.
    harness
        .keys("e down")
        .expect("ISO 4217 code that every order");
    harness
        .text("EURO")
        .keys("enter")
        .expect("must be an ISO 4217 code");
    assert!(!std::fs::read_to_string(&file).unwrap().contains("EURO"));
    harness
        .keys("backspace enter")
        .expect("changed acme-kibo in");
    assert!(
        std::fs::read_to_string(&file)
            .unwrap()
            .contains("currency = \"EUR\"")
    );
    harness.keys("D").expect("is taken out of profiles.toml");
    harness.keys("esc").expect("acme-kibo");
    harness.keys("D enter").expect("removed acme-kibo");
    assert!(!std::fs::read_to_string(&file).unwrap().contains("acme"));
}

#[test]
fn the_sandbox_is_tried_and_not_changed() {
    let mut harness = Harness::new(NARROW, Kind::Dark);
    harness
        .keys("6 down")
        .expect("not tried yet: T")
        .keys("T")
        .expect("✓ well, 200");
    harness
        .keys("e")
        .expect("sandbox-voucherify is built in and can't be changed");
    harness.keys("D").expect("built in");
    assert!(harness.state.layers.is_empty());
}

#[test]
fn every_view_is_drawn_in_every_size_and_without_colours() {
    for size in [NARROW, WIDE, (160, 50), (80, 60), (200, 24)] {
        let mut harness = sent(size);
        for theme in [Theme::new(Kind::Light), Theme::plain()] {
            harness.state.theme = theme;
            for (key, title) in [
                ("2", "Mapping ·"),
                ("3", "Run s1"),
                ("4", "Responses ·"),
                ("5", "DONE"),
                ("6", "credentials"),
            ] {
                harness.keys(key).expect(title);
            }
        }
    }
}

#[test]
fn what_does_not_fit_into_the_retry_dialog_can_be_scrolled_to() {
    // Kameleoon has the most to tell, and doubt has a warning of its own.
    let mut harness = Harness::with_orders(NARROW);
    harness.keys("s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    change(&harness, Outcome::InDoubt, RunState::Finished);
    let also = OutcomeUpdate::new(2, Outcome::InDoubt);
    let mut ledger = ledger(&harness);
    ledger.pretend(RunId(1), &[also]).unwrap();
    // One is left out by now.
    harness.keys("1 g down x");
    // A file that isn't the same any more is told as well, and an order that has an error now.
    std::fs::write(harness.file(), ORDERS.replace("HP-OAK", "")).unwrap();
    let also = OutcomeUpdate::new(1, Outcome::InDoubt);
    ledger.pretend(RunId(1), &[also]).unwrap();
    harness.keys("3 r");
    harness.expect("▸ in-doubt").keys("enter");
    harness
        .expect("1 order   76.00 USD")
        .expect(" ↓  pgdn")
        .expect("send 1");
    harness.keys("pgdn").expect(" above ↑").keys("pgdn pgdn");
    harness.absent("1 order   76.00 USD").expect("send 1");
    harness.keys("pgup pgup pgup").expect("1 order   76.00 USD");
}

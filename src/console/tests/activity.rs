//! Runs and Jobs: what is under way, how quickly, what is left, and what to do next.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, MouseButton, MouseEventKind};
use insta::assert_snapshot;
use jiff::ToSpan;
use ratatui::style::{Color, Modifier};

use crate::console::action::{Action, Command};
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::model::{JobEntry, RunEntry};
use crate::console::state::{ActiveRun, View, Waiting};
use crate::console::testing::{Harness, job_entry, moment, run_entry};
use crate::console::theme::{Kind, Theme};
use crate::console::update::update;
use crate::console::worker::books::RUNS;
use crate::ledger::{Book, ExchangeId, ExchangeState, Ledger, Ledgers, RunId, RunState, Timing};
use crate::order::outcome::{Operation, Outcome};
use crate::submit::jobs::STALE;
use crate::workspace::RunPace;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];

/// The same picture in every time zone.
fn timeless(screen: &str) -> String {
    let mut text: Vec<char> = screen.chars().collect();
    for pattern in ["####-##-##", "##:##:##", "##:##", "##-##"] {
        let pattern: Vec<char> = pattern.chars().collect();
        for at in 0..text.len().saturating_sub(pattern.len()) {
            let fits = pattern.iter().zip(&text[at..]).all(|(wanted, c)| {
                if *wanted == '#' {
                    c.is_ascii_digit()
                } else {
                    c == wanted
                }
            });
            if fits {
                text[at..at + pattern.len()].copy_from_slice(&pattern);
            }
        }
    }
    text.into_iter().collect()
}

/// A second's requests for four minutes: steady, with a pause in the middle and a slow end.
fn pace() -> Arc<RunPace> {
    let timings: Vec<Timing> = (0..240_i64)
        .filter(|second| !(100..130).contains(second))
        .map(|second| Timing {
            exchange: ExchangeId(second + 1),
            state: ExchangeState::Answered,
            sent_at: moment() + second.seconds(),
            status: Some(200),
            latency_ms: Some(if second > 200 {
                1_900
            } else {
                150 + second as u64
            }),
            orders: 12 + (second % 7) as u64,
        })
        .collect();
    let mut pace = RunPace::default();
    pace.take_in(&timings);
    Arc::new(pace)
}

fn arrive(harness: &mut Harness, arrival: Arrival) -> Vec<Effect> {
    update(&mut harness.state, Action::Arrived(arrival))
}

fn press(harness: &mut Harness, command: Command) -> Vec<Effect> {
    update(&mut harness.state, Action::Command(command))
}

/// The Runs view with these, four minutes after the first began; the pace of the one under the cursor was read.
fn runs(size: (u16, u16), entries: &[RunEntry]) -> Harness {
    let mut harness = Harness::new(size, Kind::Dark);
    harness.state.view = View::Runs;
    harness.state.now = moment() + 244.seconds();
    let effects = arrive(&mut harness, Arrival::Runs(Ok(entries.to_vec())));
    if let Some(Effect::Pace { run, .. }) = effects.into_iter().next() {
        let pace = Ok(pace());
        arrive(&mut harness, Arrival::Pace { run, pace });
    }
    harness
}

fn jobs(size: (u16, u16), entries: &[JobEntry]) -> Harness {
    let mut harness = Harness::new(size, Kind::Dark);
    harness.state.view = View::Jobs;
    harness.state.now = moment();
    arrive(&mut harness, Arrival::Jobs(Ok(entries.to_vec())));
    harness
}

fn active(harness: &mut Harness, entry: &RunEntry) {
    harness.state.runs.active.push(ActiveRun {
        name: entry.name(),
        waiting: None,
        paused: false,
        stopping: false,
    });
}

fn under_way() -> RunEntry {
    let counts = [
        (Outcome::Pending, 5_893),
        (Outcome::Sending, 4),
        (Outcome::Accepted, 4_071),
        (Outcome::Rejected, 29),
        (Outcome::InDoubt, 3),
    ];
    run_entry("live", RunState::Running, &counts)
}

fn rejected() -> RunEntry {
    let counts = [(Outcome::Imported, 211), (Outcome::Rejected, 37)];
    let mut entry = run_entry("test", RunState::Finished, &counts);
    entry.summary.run.changed_at = moment() + 240.seconds();
    entry
}

/// Another run, begun some seconds later.
fn another(number: i64, later: i64, mut entry: RunEntry) -> RunEntry {
    let run = &mut entry.summary.run;
    run.id = RunId(number);
    run.started_at += later.seconds();
    entry
}

fn picture(name: &str, (columns, rows): (u16, u16), harness: &mut Harness) {
    let screen = timeless(&harness.screen());
    assert_snapshot!(format!("{name}_{columns}x{rows}"), screen);
}

#[test]
fn runs_in_every_state_and_size() {
    for size in SIZES {
        picture("runs_empty", size, &mut runs(size, &[]));

        let entry = under_way();
        let mut harness = runs(size, std::slice::from_ref(&entry));
        active(&mut harness, &entry);
        picture("runs_under_way", size, &mut harness);

        harness.state.runs.active[0].waiting = Some(Waiting {
            reason: "429 Too many requests".to_owned(),
            until: Some(harness.state.now + 7.seconds()),
        });
        picture("runs_waiting", size, &mut harness);

        picture("runs_rejected", size, &mut runs(size, &[rejected()]));

        let counts = [
            (Outcome::Pending, 12),
            (Outcome::Imported, 40),
            (Outcome::InDoubt, 3),
            (Outcome::Blocked, 5),
        ];
        let mut stopped = run_entry("test", RunState::Stopped, &counts);
        stopped.summary.run.reason = Some("the credentials were refused: 401".to_owned());
        picture("runs_stopped", size, &mut runs(size, &[stopped]));

        let mut elsewhere = another(9, 60, under_way());
        elsewhere.alive = true;
        let here = another(8, 30, under_way());
        let died = another(
            6,
            -90,
            run_entry("test", RunState::Running, &[(Outcome::Pending, 9)]),
        );
        let mut harness = runs(size, &[elsewhere, here.clone(), rejected(), died]);
        active(&mut harness, &here);
        picture("runs_several", size, &mut harness);
    }
}

#[test]
fn jobs_in_every_state_and_size() {
    let now = moment();
    let moving = JobEntry {
        watched: true,
        ..job_entry(now)
    };
    let mut stuck = moving.clone();
    stuck.row.moved_at = Some(now - 16.minutes());
    stuck.row.started_at = now - 18.minutes();
    let mut alone = job_entry(now - 2.minutes());
    alone.row.run = RunId(2);
    alone.row.started_at = now - 3.minutes();
    let mut done = job_entry(now);
    done.row.job.status = "DONE".to_owned();
    done.row.job.finished = true;
    done.row.job.progress = Some(100);
    done.row.job.next_poll = None;
    done.row.job.message = Some("9998 order(s) imported, 2 failed.".to_owned());
    for size in SIZES {
        picture("jobs_empty", size, &mut jobs(size, &[]));
        picture(
            "jobs_moving",
            size,
            &mut jobs(size, std::slice::from_ref(&moving)),
        );
        let stale = [stuck.clone(), alone.clone()];
        let mut harness = jobs(size, &stale);
        picture("jobs_stuck", size, &mut harness);
        harness.keys("down");
        picture("jobs_alone", size, &mut harness);
        picture(
            "jobs_done",
            size,
            &mut jobs(size, std::slice::from_ref(&done)),
        );
    }
}

#[test]
fn nothing_is_told_by_colour_alone() {
    let entry = under_way();
    let mut harness = runs((120, 36), &[entry.clone(), rejected()]);
    active(&mut harness, &entry);
    let theme = harness.state.theme.clone();
    assert_eq!(harness.style_of("running 4 min").fg, theme.info.fg);
    assert_eq!(harness.style_of("✗ rejected").fg, theme.error.fg);
    assert_eq!(harness.style_of("? in-doubt").fg, theme.warning.fg);
    let coloured = harness.screen();
    harness.state.theme = Theme::plain();
    assert_eq!(harness.screen(), coloured, "the same words and pictures");
    let cursor = harness.style_of("7     ");
    assert!(cursor.add_modifier.contains(Modifier::UNDERLINED));
    assert!(matches!(cursor.fg, None | Some(Color::Reset)), "{cursor:?}");

    let mut alone = job_entry(moment() - 2.minutes());
    alone.watched = false;
    let mut harness = jobs((80, 24), &[alone]);
    let theme = harness.state.theme.clone();
    harness
        .expect("! stale")
        .expect("nobody polls it: R takes run 3 up");
    assert_eq!(harness.style_of("! stale").fg, theme.warning.fg);
}

#[test]
fn what_is_left_is_told_when_it_is_known_and_a_wait_is_added() {
    let entry = under_way();
    let mut harness = runs((120, 36), std::slice::from_ref(&entry));
    harness.absent(" left");
    active(&mut harness, &entry);
    harness.expect("about 7 min left");
    let until = harness.state.now + 10.minutes();
    harness.state.runs.active[0].waiting = Some(Waiting {
        reason: "429".to_owned(),
        until: Some(until),
    });
    harness.expect("about 17 min left");
    harness.state.runs.active[0].paused = true;
    harness.absent(" left").expect("paused");
    // Nothing was answered yet.
    harness.state.runs.active[0].paused = false;
    harness.state.runs.pace = None;
    harness.absent(" left").absent("orders/s");
}

#[test]
fn the_pace_is_read_once_a_change_and_only_what_is_new() {
    let entry = under_way();
    let mut harness = runs((80, 24), std::slice::from_ref(&entry));
    assert!(press(&mut harness, Command::Up).is_empty(), "it is known");
    let again = arrive(&mut harness, Arrival::Runs(Ok(vec![entry.clone()])));
    assert!(again.is_empty(), "nothing changed: {again:?}");
    let mut more = entry.clone();
    more.summary.exchanges += 1;
    let effects = arrive(&mut harness, Arrival::Runs(Ok(vec![more.clone()])));
    let [Effect::Pace { run, known }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(*run, entry.name());
    assert!(known.as_ref().is_some_and(|known| known.after().is_some()));
    // While that is read, it goes on: one reading at a time, and then the rest.
    more.summary.exchanges += 1;
    assert!(arrive(&mut harness, Arrival::Runs(Ok(vec![more]))).is_empty());
    let (run, pace) = (*run, Ok(pace()));
    let effects = arrive(&mut harness, Arrival::Pace { run, pace });
    assert!(matches!(&effects[..], [Effect::Pace { .. }]), "{effects:?}");
}

#[test]
fn idle_draws_nothing_and_what_moves_ticks() {
    let mut harness = runs((80, 24), &[rejected()]);
    assert!(!harness.state.is_moving(), "a finished run");
    let mut elsewhere = under_way();
    elsewhere.alive = true;
    arrive(&mut harness, Arrival::Runs(Ok(vec![elsewhere.clone()])));
    assert!(harness.state.is_moving(), "another process sends");
    let first = update(&mut harness.state, Action::Tick);
    assert!(
        matches!(&first[..], [Effect::Runs, Effect::Jobs]),
        "{first:?}"
    );
    assert!(
        update(&mut harness.state, Action::Tick).is_empty(),
        "once a second"
    );
    harness.state.view = View::Orders;
    assert!(!harness.state.is_moving(), "nothing of it is on the screen");
    harness.state.view = View::Runs;
    elsewhere.alive = false;
    arrive(&mut harness, Arrival::Runs(Ok(vec![elsewhere])));
    assert!(!harness.state.is_moving(), "it died");
    assert!(update(&mut harness.state, Action::Tick).is_empty());

    let mut job = job_entry(moment());
    let mut harness = jobs((80, 24), std::slice::from_ref(&job));
    assert!(!harness.state.is_moving(), "nobody polls it");
    job.watched = true;
    arrive(&mut harness, Arrival::Jobs(Ok(vec![job.clone()])));
    assert!(harness.state.is_moving(), "it counts down");
    assert!(matches!(
        &update(&mut harness.state, Action::Tick)[..],
        [Effect::Jobs]
    ));
    job.row.job.finished = true;
    arrive(&mut harness, Arrival::Jobs(Ok(vec![job])));
    assert!(!harness.state.is_moving());
}

#[test]
fn the_view_goes_to_the_run_that_began_and_stays_with_it() {
    let mut harness = runs((80, 24), &[rejected()]);
    harness.state.runs.filter = crate::console::widget::input::Input::new("nothing like this");
    harness.state.runs.sift();
    let begun = another(8, 100, under_way());
    let effects = arrive(&mut harness, Arrival::Started(Ok(begun.name())));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Runs)));
    arrive(
        &mut harness,
        Arrival::Runs(Ok(vec![begun.clone(), rejected()])),
    );
    assert_eq!(harness.state.runs.current().unwrap().name(), begun.name());
    harness.expect("Run 8 · import").expect("1↑");
    // Somebody else begins another one.
    let other = another(9, 120, under_way());
    arrive(
        &mut harness,
        Arrival::Runs(Ok(vec![other, begun.clone(), rejected()])),
    );
    assert_eq!(harness.state.runs.current().unwrap().name(), begun.name());
    // A run far down that is taken up is gone to as well.
    let seven = rejected().name();
    arrive(&mut harness, Arrival::Started(Ok(seven)));
    assert_eq!(harness.state.runs.current().unwrap().name(), seven);
}

#[test]
fn every_run_can_be_reached_a_page_at_a_time() {
    let page = i64::from(RUNS);
    let old = |number: i64| another(number, number * 10, rejected());
    let newest: Vec<RunEntry> = (101..=100 + page).rev().map(old).collect();
    let mut harness = Harness::new((80, 24), Kind::Dark);
    harness.state.view = View::Runs;
    let first = arrive(&mut harness, Arrival::Runs(Ok(newest)));
    assert!(matches!(&first[..], [Effect::Pace { .. }]), "{first:?}");
    harness.state.runs.pace_asked = None;
    let effects = press(&mut harness, Command::Bottom);
    let Some(Effect::OlderRuns(than)) = effects.first() else {
        panic!("{effects:?}");
    };
    assert_eq!(than.len(), 1);
    assert_eq!((than[0].book, than[0].id), (Book::Work, RunId(101)));
    assert!(
        press(&mut harness, Command::Bottom)
            .iter()
            .all(|effect| { !matches!(effect, Effect::OlderRuns(_)) }),
        "one page at a time"
    );
    let runs = Ok((1..=100).rev().map(old).collect());
    arrive(&mut harness, Arrival::MoreRuns { runs, older: true });
    assert_eq!(harness.state.runs.current().unwrap().name().id, RunId(101));
    press(&mut harness, Command::Bottom);
    let runs = Ok(Vec::new());
    arrive(&mut harness, Arrival::MoreRuns { runs, older: true });
    assert_eq!(harness.state.runs.list.len(), 300);
    harness.expect("Runs · 300").expect("Run 1 · ");
    assert!(
        press(&mut harness, Command::Bottom)
            .iter()
            .all(|effect| { !matches!(effect, Effect::OlderRuns(_)) }),
        "there is nothing older"
    );
    // The newest are read again: the older ones stay.
    arrive(&mut harness, Arrival::Runs(Ok(vec![old(300)])));
    assert_eq!(harness.state.runs.list.len(), 300);
    assert_eq!(harness.state.runs.current().unwrap().name().id, RunId(1));
}

fn type_text(harness: &mut Harness, text: &str) {
    for c in text.chars() {
        let key = KeyEvent::from(KeyCode::Char(c));
        update(&mut harness.state, Action::Text(key));
    }
}

#[test]
fn the_filter_finds_runs_by_what_is_known_of_them() {
    let mut cancel = another(
        8,
        30,
        run_entry("live", RunState::Stopped, &[(Outcome::Pending, 2)]),
    );
    cancel.summary.run.decided.operation = Operation::Cancel;
    cancel.summary.run.decided.vendor = "voucherify".to_owned();
    cancel.summary.run.decided.profile = "acme-live".to_owned();
    let entries = [cancel, rejected()];
    for (filter, found) in [
        ("voucherify", vec![8]),
        ("vendor:kibo", vec![7]),
        ("state:finished", vec![7]),
        ("operation:cancel", vec![8]),
        ("profile:acme", vec![8, 7]),
        ("run:7", vec![7]),
        ("outcome:rejected", vec![7]),
        ("environment:live", vec![8]),
        ("date:2026", vec![8, 7]),
        ("date:2025-01..2026-02", vec![]),
        ("date:2026-02..2026-03 kibo", vec![7]),
        ("kibo cancel", vec![]),
    ] {
        let mut harness = runs((120, 36), &entries);
        press(&mut harness, Command::Filter);
        assert!(harness.state.is_typing());
        type_text(&mut harness, filter);
        let state = &harness.state.runs;
        let names: Vec<i64> = (0..state.shown())
            .map(|line| state.at(line).unwrap().name().id.0)
            .collect();
        assert_eq!(names, found, "{filter}");
        harness.expect(&format!("Runs · {} of 2", found.len()));
        harness.expect(&format!(" / {filter}"));
    }
    let mut harness = runs((80, 24), &entries);
    harness.keys("down");
    press(&mut harness, Command::Filter);
    harness.expect("words, or run: vendor: profile:");
    type_text(&mut harness, "nonsense");
    harness.expect("No run passes the filter; esc drops it.");
    press(&mut harness, Command::Accept);
    assert!(!harness.state.is_typing());
    press(&mut harness, Command::Back);
    harness.expect("Runs · 2").absent("nonsense");
    assert_eq!(harness.state.view, View::Runs);
    press(&mut harness, Command::Back);
    assert_eq!(harness.state.view, View::Orders);
}

#[test]
fn the_mouse_does_what_the_keys_do() {
    let left = MouseEventKind::Down(MouseButton::Left);
    let mut harness = runs((80, 24), &[another(8, 9, rejected()), rejected()]);
    harness.mouse(left, 10, 5);
    assert_eq!(harness.state.runs.cursor.at, 1);
    assert!(harness.state.layers.is_empty());
    // Far below the last run is nowhere.
    harness.mouse(left, 10, 9);
    assert_eq!(harness.state.runs.cursor.at, 1);
    harness.mouse(MouseEventKind::ScrollUp, 10, 5);
    assert_eq!(harness.state.runs.cursor.at, 0);
    let click = |harness: &mut Harness| {
        let event = crossterm::event::MouseEvent {
            kind: left,
            column: 10,
            row: 4,
            modifiers: crossterm::event::KeyModifiers::NONE,
        };
        update(&mut harness.state, Action::Mouse(event))
    };
    let shows = |effects: &[Effect]| effects.iter().any(|it| matches!(it, Effect::RunOrders(_)));
    assert!(!shows(&click(&mut harness)));
    assert!(shows(&click(&mut harness)), "the second of two");
    assert!(!shows(&click(&mut harness)), "the third is a first");
    harness.state.now += Duration::from_secs(2);
    assert!(!shows(&click(&mut harness)), "too late");

    let mut harness = jobs((80, 24), &[job_entry(moment())]);
    click(&mut harness);
    let effects = click(&mut harness);
    assert!(
        matches!(&effects[..], [Effect::JobOrders { .. }]),
        "{effects:?}"
    );
}

#[test]
fn a_job_leads_to_its_orders_its_run_and_its_answer() {
    let mut stopped = another(
        3,
        0,
        run_entry("test", RunState::Stopped, &[(Outcome::Queued, 9)]),
    );
    stopped.book = Book::Work;
    let mut harness = jobs((80, 24), &[job_entry(moment())]);
    harness.expect("v its 2 failed orders · t its run 3 · enter its answer");
    arrive(&mut harness, Arrival::Runs(Ok(vec![rejected(), stopped])));
    let effects = press(&mut harness, Command::RunOrders);
    assert!(
        matches!(
            &effects[..],
            [Effect::JobOrders {
                book: Book::Work,
                exchange: ExchangeId(4)
            }]
        ),
        "{effects:?}"
    );
    let effects = press(&mut harness, Command::Accept);
    assert!(
        matches!(&effects[..], [Effect::Response { .. }]),
        "{effects:?}"
    );
    press(&mut harness, Command::ShowRun);
    assert_eq!(harness.state.view, View::Runs);
    harness.expect("Run 3 · import");
    harness.state.view = View::Jobs;
    let effects = press(&mut harness, Command::ResumeRun);
    let resumed = |effect: &Effect| matches!(effect, Effect::Resume { run: RunId(3), .. });
    assert!(effects.iter().any(resumed), "{effects:?}");
    let mut done = job_entry(moment());
    done.row.job.finished = true;
    let mut harness = jobs((80, 24), &[done]);
    press(&mut harness, Command::ResumeRun);
    harness.expect("the job is finished");
}

#[test]
fn a_job_that_was_given_up_says_what_is_next() {
    let mut job = job_entry(moment());
    job.row.job.status = STALE.to_owned();
    job.row.job.message = Some("no progress for 30 min: IN_PROGRESS, 40 %".to_owned());
    let mut harness = jobs((120, 36), &[job]);
    harness
        .expect("it was given up: R takes run 3 up")
        .expect("no progress for 30 min");
}

#[test]
fn a_run_that_was_sent_has_a_chart_and_its_neighbours_too() {
    let mut harness = Harness::with_orders((120, 36));
    harness.keys("] s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    harness
        .expect("of 1 request with orders")
        .expect("p50")
        .absent("orders/s");
    let name = harness.state.runs.current().unwrap().name();
    let pace = harness.state.runs.pace_of(name).unwrap();
    assert!(pace.latency(99).is_some() && pace.average().is_some());
    // As many more as two pages have, begun by somebody else.
    let ledgers = Ledgers::new(harness.path().join("data"));
    let mut ledger = ledgers.open(Book::Sandbox).unwrap();
    let decided = ledger.run(RunId(1)).unwrap().decided;
    for _ in 0..RUNS + 5 {
        let run = ledger.begin_run(&decided, &[], &[]).unwrap();
        ledger.set_run_state(run, RunState::Finished, None).unwrap();
    }
    harness.keys("3").expect("Run s1 ·");
    harness
        .keys("g")
        .expect("0 of 0 orders")
        .absent("of 1 request");
    harness.keys("G G").expect(&format!("Runs · {}", RUNS + 6));
    harness.expect("Run s1 ·").expect("s2 ");
    assert!(harness.state.runs.older_than().is_empty());
}

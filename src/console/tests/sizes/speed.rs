//! Speed by counting: what a key or a frame asks for depends on the screen, not on the file.

use crossterm::event::{Event as Input, KeyModifiers, MouseEvent, MouseEventKind};

use super::scenes;
use crate::console::action::{Action, Command};
use crate::console::app;
use crate::console::effect::Effect;
use crate::console::event::{Arrival, Event};
use crate::console::state::Survey;
use crate::console::testing::Harness;
use crate::console::update::update;
use crate::console::worker::file::TOLD_AT_ONCE;
use crate::deck::Filter;
use crate::deck::list::Places;

/// So many orders of one line each.
fn many(orders: usize) -> String {
    use std::fmt::Write as _;
    let mut out = String::from(
        "Name,Email,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n",
    );
    for number in 0..orders {
        let _ = writeln!(
            out,
            "#{number:05},ada@example.com,USD,10.00,2026-01-06 21:18:40 -0500,1,Mug,10.00"
        );
    }
    out
}

#[test]
fn only_orders_on_the_screen_or_a_page_away_are_read() {
    let mut harness = Harness::with_text((120, 36), &many(3_000));
    let page = 30;
    for command in [
        Command::Bottom,
        Command::PageUp,
        Command::Top,
        Command::MarkAll,
    ] {
        let effects = update(&mut harness.state, Action::Command(command));
        for effect in &effects {
            if let Effect::Rows { places, .. } = effect {
                assert!(places.len() <= 3 * page, "{command:?}: {}", places.len());
            }
        }
        harness.perform(effects);
    }
    let rows = harness.state.orders.rows.len();
    assert!(rows <= 3 * 3 * page, "{rows} rows were read");
}

/// What workers bring of a big file comes in parts that are quickly taken in.
#[test]
fn findings_of_many_orders_come_in_small_parts() {
    let mut harness = Harness::with_text((120, 36), &many(10_000));
    harness.state.vendors.tabs[0].survey = Survey::default();
    let effects = update(&mut harness.state, Action::Resize(120, 36));
    let survey = effects
        .into_iter()
        .find(|effect| matches!(effect, Effect::Survey { .. }));
    let parts: Vec<usize> = harness
        .worker
        .gathered(survey.unwrap())
        .iter()
        .map(|arrival| match arrival {
            Arrival::Surveyed { part, .. } => part.orders.len(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(parts.iter().sum::<usize>(), 10_000);
    assert!(parts.iter().all(|part| *part <= TOLD_AT_ONCE), "{parts:?}");
}

/// A count that nobody waits for any more ends, and nothing is said of it.
#[test]
fn the_count_of_a_whole_file_can_be_stopped() {
    let mut harness = Harness::with_text((120, 36), &many(3_000));
    let deck = harness.state.file.deck.clone().unwrap().without_edits();
    let asked = |ticket| Effect::Overview {
        ticket,
        deck: deck.clone(),
    };
    for command in [Command::Stop, Command::CloseFile] {
        let ticket = harness.state.ticket();
        harness.state.file.overview_ticket = ticket;
        harness.state.file.overview = None;
        let effects = update(&mut harness.state, Action::Command(command));
        harness.perform(effects);
        assert!(
            harness.worker.gathered(asked(ticket)).is_empty(),
            "{command:?}"
        );
    }
    let counted = harness.worker.gathered(asked(u64::MAX - 1));
    assert!(matches!(counted[..], [Arrival::Overview { .. }]));
}

/// The sandbox starts while a filter counts: nobody holds the workspace for as long as the work takes.
#[test]
fn long_work_keeps_nobody_from_the_workspace() {
    let harness = Harness::with_orders((120, 36));
    let filter = Effect::Filter {
        ticket: u64::MAX - 1,
        deck: harness.state.file.deck.clone().unwrap(),
        filter: Filter::parse("total>1").unwrap(),
        marked: Places::default(),
        target: None,
    };
    let mut started = 0;
    // Told from inside the work.
    harness.worker.perform(filter, &mut |_| {
        let start = async {
            let limit = std::time::Duration::from_secs(30);
            tokio::time::timeout(limit, harness.worker.start_sandbox()).await
        };
        let arrivals = harness.runtime.block_on(start).expect("it waits");
        started = arrivals.len();
    });
    assert_eq!(started, 2);
}

#[test]
fn what_the_pointer_passes_over_and_keys_let_go_change_nothing() {
    let harness = Harness::with_orders((120, 36));
    for kind in [
        MouseEventKind::Moved,
        MouseEventKind::Up(crossterm::event::MouseButton::Left),
    ] {
        let mouse = MouseEvent {
            kind,
            column: 9,
            row: 9,
            modifiers: KeyModifiers::NONE,
        };
        let event = Event::Terminal(Input::Mouse(mouse));
        assert!(app::action(event, &harness.state).is_none(), "{kind:?}");
    }
    assert!(app::action(Event::Terminal(Input::FocusGained), &harness.state).is_none());
}

/// A timer runs only where something on the screen moves by itself.
#[test]
fn nothing_ticks_where_nothing_moves() {
    for scene in scenes::all() {
        let harness = (scene.make)((120, 36));
        let moves = harness.state.is_moving();
        let may = matches!(
            scene.name,
            "runs" | "runs-filter" | "confirm-leaving" | "jobs"
        );
        assert!(may || !moves, "{} ticks", scene.name);
    }
}

#[test]
fn too_many_marked_orders_are_not_read_for_the_cancel_dialog() {
    let mut harness = Harness::with_text((120, 36), &many(1_001));
    harness
        .keys("a c")
        .expect("1,001 orders are marked, cancelling takes 1,000 at a time");
    harness.keys("space c").absent("at a time");
    assert_eq!(harness.state.layers.len(), 1);
}

#[test]
fn what_takes_long_is_stopped_by_one_key() {
    for stop in ["esc", "ctrl-c"] {
        let mut harness = Harness::with_profile((120, 36), scenes::LIVE);
        // Sorting that is under way: its work isn't done yet.
        let effects = update(&mut harness.state, Action::Command(Command::SortNext));
        assert!(harness.state.orders.sorting.is_some());
        harness.keys(stop).expect("sorting was stopped");
        harness.perform(effects);
        assert!(harness.state.orders.sorted.is_none());
        // A plan.
        harness.keys("]");
        let effects = update(&mut harness.state, Action::Command(Command::Submit));
        assert_eq!(harness.state.layers.len(), 1);
        harness.keys("esc");
        let plan = effects.iter().find_map(|effect| match effect {
            Effect::Plan { ticket, .. } => Some(*ticket),
            _ => None,
        });
        assert!(plan.is_some(), "{effects:?}");
        assert!(harness.state.layers.is_empty());
    }
}

#[test]
fn ctrl_c_forgets_what_a_dialog_waits_for() {
    let mut harness = Harness::with_profile((120, 36), scenes::LIVE);
    harness.keys("]");
    let planned = update(&mut harness.state, Action::Command(Command::Submit));
    let ticket = planned.iter().find_map(|effect| match effect {
        Effect::Plan { ticket, .. } => Some(*ticket),
        _ => None,
    });
    let stopped = update(&mut harness.state, Action::Command(Command::Stop));
    assert!(harness.state.layers.is_empty());
    let forgets = stopped
        .iter()
        .any(|effect| matches!(effect, Effect::Forget { plans, .. } if Some(*plans) > ticket));
    assert!(forgets, "{stopped:?}");
}

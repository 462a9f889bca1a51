//! Every view and every dialog, in what states they have.

use std::path::PathBuf;

use crate::console::action::Action;
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::state::{ActiveRun, Opening, OrdersState, PayloadState, Survey, View};
use crate::console::testing::{Harness, ORDERS, job_entry, moment, run_entry};
use crate::console::tests::mapping_screen::{connect, unknown};
use crate::console::theme::Kind;
use crate::console::update::update;
use crate::ledger::{Book, Ledger, Ledgers, OutcomeUpdate, RunId, RunState};
use crate::order::Field;
use crate::order::outcome::Outcome;

/// One screen.
pub struct Scene {
    /// What it shows.
    pub name: &'static str,
    /// Makes it, for a terminal of that size.
    pub make: fn((u16, u16)) -> Harness,
    /// Whether pictures of it are kept here; others are kept with the tests of what they show.
    pub picture: bool,
}

pub type Size = (u16, u16);

pub const LIVE: &str = "[profiles.acme]\nvendor = \"voucherify\"\nenvironment = \"live\"\n[profiles.acme.credentials]\napp_id = \"id\"\napp_token = \"token\"\n";

fn mapped(size: Size, keys: &str) -> Harness {
    let mut harness = unknown(size, Kind::Dark);
    harness.keys(keys);
    harness
}

/// What becomes of the first target, by the name of a way.
fn rule_of(size: Size, way: &str) -> Harness {
    let mut harness = mapped(size, "e");
    harness.text(way).keys("enter");
    harness
}

/// All of them.
pub fn all() -> Vec<Scene> {
    let scene = |name, make| Scene {
        name,
        make,
        picture: false,
    };
    let pictured = |name, make| Scene {
        name,
        make,
        picture: true,
    };
    let mut all = super::states::all();
    all.extend([
        scene("welcome", |size| Harness::new(size, Kind::Dark)),
        pictured("welcome-opening", |size| {
            opening(Harness::new(size, Kind::Dark))
        }),
        pictured("orders-opening", |size| opening(Harness::with_orders(size))),
        pictured("orders-beginning", |size| beginning(size, "down")),
        pictured("payload-beginning", |size| beginning(size, "] enter")),
        pictured("mapping-beginning", |size| beginning(size, "2")),
        pictured("unreadable-file", |size| {
            let mut harness = Harness::new(size, Kind::Dark);
            harness.paste("/nowhere/orders.csv");
            harness
        }),
        scene("orders", Harness::with_orders),
        pictured("about-file", |size| pressed(size, "A")),
        scene("reading", |size| pressed(size, "ctrl-d tab")),
        pictured("about-file-counting", |size| {
            let mut harness = pressed(size, "A");
            harness.state.file.overview = None;
            harness
        }),
        pictured("orders-none-pass", |size| typed(size, "/", "nobody")),
        scene("orders-marked-sorted", |size| pressed(size, "a >")),
        scene("payload", |size| pressed(size, "] enter down down")),
        scene("payload-search", |size| typed(size, "] enter /", "a")),
        pictured("mapping", |size| pressed(size, "2")),
        pictured("mapping-empty", |size| {
            let mut harness = Harness::new(size, Kind::Dark);
            harness.keys("2");
            harness
        }),
        scene("mapping-screen", |size| unknown(size, Kind::Dark)),
        scene("mapping-columns", |size| mapped(size, "enter")),
        scene("mapping-rule", |size| mapped(size, "e")),
        scene("mapping-typed", |size| mapped(size, "w")),
        pictured("mapping-lookup", |size| rule_of(size, "look it up")),
        pictured("mapping-several", |size| {
            rule_of(size, "the sum of columns")
        }),
        pictured("mapping-lines", |size| mapped(size, "i")),
        scene("mapping-unsaved", |size| {
            let mut harness = unknown(size, Kind::Dark);
            connect(&mut harness, Field::CustomerId, "ref");
            harness.keys("esc");
            harness
        }),
        scene("runs-empty", |size| pressed(size, "3")),
        pictured("runs-unreadable", |size| {
            failing(size, View::Runs, Arrival::Runs(Err(unreadable())))
        }),
        scene("runs", |size| runs(size, &[])),
        pictured("runs-filter", |size| {
            let mut harness = runs(size, &[]);
            harness.keys("/").text("state:");
            harness
        }),
        scene("responses-empty", |size| pressed(size, "4")),
        pictured("responses-unreadable", |size| {
            failing(size, View::Responses, Arrival::Responses(Err(unreadable())))
        }),
        scene("responses", |size| sent(size, "4")),
        scene("jobs-empty", |size| pressed(size, "5")),
        pictured("jobs-unreadable", |size| {
            failing(size, View::Jobs, Arrival::Jobs(Err(unreadable())))
        }),
        scene("jobs", |size| {
            let mut harness = Harness::with_orders(size);
            harness.keys("5");
            harness.state.now = moment();
            arrive(&mut harness, Arrival::Jobs(Ok(vec![job_entry(moment())])));
            harness
        }),
        pictured("profiles", |size| profiles(size, "6")),
        scene("profiles-detail", |size| profiles(size, "6 tab down")),
        scene("profiles-unreadable", |size| {
            let mut harness = Harness::with_profile(size, "[profiles.acme\nvendor = 1\n");
            harness.keys("6");
            harness
        }),
        scene("help", |size| pressed(size, "?")),
        scene("palette", |size| pressed(size, ":")),
        scene("manual", |size| pressed(size, "f4")),
        scene("messages", |size| pressed(size, "[ ] ~ ~ f3")),
        scene("history", |size| sent(size, "1 g H")),
        pictured("confirm-leaving", |size| {
            let mut harness = runs(size, &[]);
            let name = harness.state.runs.list[0].name();
            harness.state.runs.active.push(ActiveRun {
                name,
                waiting: None,
                paused: false,
                stopping: false,
            });
            harness.keys("q");
            harness
        }),
        scene("sort-by", |size| pressed(size, "S")),
        scene("switch-account", |size| profiles(size, "P")),
        scene("columns", |size| pressed(size, "C")),
        scene("submit", |size| pressed(size, "] s")),
        pictured("submit-live", |size| profiles(size, "] s")),
        pictured("submit-planning", |size| {
            let mut harness = profiles(size, "]");
            let effects = update(
                &mut harness.state,
                Action::Command(crate::console::action::Command::Submit),
            );
            // They are still under way.
            drop(effects);
            harness
        }),
        pictured("submit-unplanned", |size| {
            let mut harness = profiles(size, "]");
            let submit = Action::Command(crate::console::action::Command::Submit);
            let effects = update(&mut harness.state, submit);
            let ticket = effects.iter().find_map(|effect| match effect {
                Effect::Plan { ticket, .. } => Some(*ticket),
                _ => None,
            });
            let plan =
                Err("orders.csv was cut short since it was loaded; load it again".to_owned());
            let ticket = ticket.unwrap();
            arrive(&mut harness, Arrival::Planned { ticket, plan });
            harness
        }),
        pictured("cancel", |size| pressed(size, "] ] ] c")),
        pictured("cancel-unknown", |size| {
            let mut harness = Harness::new(size, Kind::Dark);
            harness.keys("ctrl-p").text("cancel").keys("enter");
            harness.text("#9 #10 nobody's");
            harness
        }),
        scene("open", |size| pressed(size, "o")),
        scene("files", |size| {
            let mut harness = Harness::with_orders(size);
            let other = harness.path().join("other.csv");
            std::fs::write(&other, ORDERS).unwrap();
            harness.paste(&other.display().to_string()).keys("O");
            harness
        }),
        scene("edit", |size| edit(size, "e")),
        scene("edit-marked", |size| edit(size, "esc a enter b")),
        scene("edit-preview", |size| {
            let mut harness = edit(size, "esc a enter b ctrl-u");
            harness.text("x@example.com").keys("enter");
            harness
        }),
        scene("edits", |size| {
            let mut harness = pressed(size, "x down x");
            harness.keys("L");
            harness
        }),
        scene("changed", |size| pressed(size, "] d")),
        scene("compare", |size| pressed(size, "] enter down down =")),
        scene("exchange", |size| sent(size, "4 enter")),
        pictured("run-orders", |size| sent(size, "3 v")),
        pictured("export", |size| sent(size, "3 E")),
        pictured("retry", |size| {
            changed(size, Outcome::Rejected, RunState::Finished, "3 r")
        }),
        scene("doubt", |size| {
            changed(size, Outcome::InDoubt, RunState::Finished, "3 d")
        }),
        pictured("resume-live", |size| {
            let entry = run_entry(
                "live",
                RunState::Stopped,
                &[(Outcome::Accepted, 3), (Outcome::Pending, 12)],
            );
            let mut harness = Harness::with_orders(size);
            harness.state.view = View::Runs;
            harness.state.now = moment();
            arrive(&mut harness, Arrival::Runs(Ok(vec![entry])));
            update(
                &mut harness.state,
                Action::Command(crate::console::action::Command::ResumeRun),
            );
            harness
        }),
        scene("findings", |size| pressed(size, "] !")),
        scene("fix-all", |size| {
            // An order has the same item twice.
            let text = ORDERS.replace(
                "1,Harbor blend,16.50,HP-BEAN",
                "1,Stoneware mug,24.00,HP-MUG",
            );
            let mut harness = Harness::with_text(size, &text);
            harness.keys("! f");
            harness
        }),
        scene("filters", |size| {
            let mut harness = pressed(size, "/");
            harness.text("total>100").keys("enter F");
            harness
        }),
        scene("filter-completion", |size| typed(size, "/", "st")),
        pictured("add-profile", |size| pressed(size, "6 A")),
    ]);
    all
}

pub fn pressed(size: Size, keys: &str) -> Harness {
    let mut harness = Harness::with_orders(size);
    harness.keys(keys);
    harness
}

fn typed(size: Size, keys: &str, text: &str) -> Harness {
    let mut harness = pressed(size, keys);
    harness.text(text);
    harness
}

pub fn profiles(size: Size, keys: &str) -> Harness {
    let mut harness = Harness::with_profile(size, LIVE);
    harness.keys(keys);
    harness
}

/// The payload for Voucherify, and keys from a field on.
pub fn edit(size: Size, keys: &str) -> Harness {
    let mut harness = pressed(size, "] enter down down");
    let lines = &harness.state.payload.lines;
    let email = lines
        .iter()
        .position(|line| line.pointer == "/customer/email");
    harness.state.payload.cursor.at = email.unwrap();
    harness.keys(keys);
    harness
}

fn arrive(harness: &mut Harness, arrival: Arrival) {
    update(&mut harness.state, Action::Arrived(arrival));
}

pub fn unreadable() -> String {
    "the ledger can't be read: file is not a database; `orderdeck status` tells more".to_owned()
}

fn failing(size: Size, view: View, arrival: Arrival) -> Harness {
    let mut harness = Harness::with_orders(size);
    harness.state.view = view;
    arrive(&mut harness, arrival);
    harness
}

/// The first orders of a file of which all is still read, after these keys.
fn beginning(size: Size, keys: &str) -> Harness {
    let mut harness = Harness::with_orders(size);
    let file = std::mem::take(&mut harness.state.file);
    harness.state.orders = OrdersState::default();
    harness.state.payload = PayloadState::default();
    for tab in &mut harness.state.vendors.tabs {
        tab.survey = Survey::default();
    }
    harness = opening(harness);
    if let Some(opening) = &mut harness.state.file.opening {
        opening.beginning = file.deck;
    }
    harness.keys(keys);
    harness
}

fn opening(mut harness: Harness) -> Harness {
    harness.state.file.opening = Some(Opening {
        beginning: None,
        ticket: 999,
        path: Some(PathBuf::from(
            "/data/exports/2026/orders-of-the-whole-year.csv",
        )),
        bytes: 420,
        total: 1000,
    });
    harness
}

/// The Runs view with one that is under way elsewhere and one that has rejected orders.
pub fn runs(size: Size, more: &[crate::console::model::RunEntry]) -> Harness {
    let mut harness = Harness::with_orders(size);
    harness.state.view = View::Runs;
    harness.state.now = moment();
    let counts = [
        (Outcome::Pending, 5_893),
        (Outcome::Accepted, 4_071),
        (Outcome::Rejected, 29),
        (Outcome::InDoubt, 3),
    ];
    let mut entries = vec![run_entry("live", RunState::Running, &counts)];
    entries.extend_from_slice(more);
    arrive(&mut harness, Arrival::Runs(Ok(entries)));
    harness
}

/// Two orders were sent to Voucherify's sandbox.
pub fn sent(size: Size, keys: &str) -> Harness {
    let mut harness = Harness::with_orders(size);
    harness.keys("] s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    harness.keys(keys);
    harness
}

/// The same, and the first of them became that.
pub fn changed(size: Size, outcome: Outcome, state: RunState, keys: &str) -> Harness {
    let mut harness = sent(size, "3");
    let ledgers = Ledgers::new(harness.path().join("data"));
    let mut ledger = ledgers.open(Book::Sandbox).unwrap();
    ledger
        .pretend(RunId(1), &[OutcomeUpdate::new(0, outcome)])
        .unwrap();
    ledger.set_run_state(RunId(1), state, None).unwrap();
    harness.keys(keys);
    harness
}

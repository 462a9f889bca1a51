//! Views and dialogs while what they show is still looked for, where it can't be had, and where there is none of it.

use super::scenes::{Scene, Size, changed, edit, pressed, profiles, runs, sent, unreadable};
use crate::console::ConsoleOptions;
use crate::console::effect::{EditWork, Effect, ProfileWork};
use crate::console::event::Arrival;
use crate::console::testing::{Harness, ORDERS, moment};
use crate::console::tests::mapping_screen::unknown;
use crate::console::theme::Kind;
use crate::ledger::RunState;
use crate::order::outcome::Outcome;

/// Effects that take long here.
type Slow = fn(&Effect) -> bool;

/// All of them.
pub fn all() -> Vec<Scene> {
    let scene = |name, make| Scene {
        name,
        make,
        picture: true,
    };
    vec![
        // The views.
        scene("welcome-recent", |size| {
            let mut harness = Harness::with_orders(size).back(ConsoleOptions {
                fresh: true,
                ..ConsoleOptions::default()
            });
            let recent = &mut harness.state.welcome.recent;
            recent[0].source.path = "/exports/march/orders.csv".to_owned();
            recent[0].source.opened_at = moment();
            harness
        }),
        scene("orders-empty", |size| {
            let heading = ORDERS.lines().next().unwrap();
            Harness::with_text(size, &format!("{heading}\n"))
        }),
        scene("orders-checking", |size| {
            let mut harness = Harness::with_orders(size);
            harness.slow = Some(|effect| matches!(effect, Effect::Survey { .. }));
            harness.keys("]");
            harness
        }),
        scene("orders-sorting", |size| {
            let mut harness = Harness::with_orders(size);
            harness.slow = Some(|effect| matches!(effect, Effect::Sort { .. }));
            harness.keys(">");
            harness.state.orders.sorting.as_mut().unwrap().done = 2;
            harness
        }),
        scene("orders-filtering", |size| {
            let mut harness = pressed(size, "/");
            harness.slow = Some(|effect| matches!(effect, Effect::Filter { .. }));
            harness.text("paid");
            harness
        }),
        scene("payload-loading", payload),
        scene("payload-failing", |size| failing(payload(size))),
        scene("mapping-loading", |size| {
            let mut harness = unknown(size, Kind::Dark);
            harness.state.mapping.desk.as_mut().unwrap().made = None;
            harness
        }),
        scene("runs-loading", |size| {
            later(
                Harness::with_orders(size),
                |effect| matches!(effect, Effect::Runs),
                "3",
            )
        }),
        scene("responses-loading", |size| {
            let mut harness = Harness::with_orders(size);
            harness.state.reading = <[_; 3]>::default();
            later(
                harness,
                |effect| matches!(effect, Effect::Responses(_)),
                "4",
            )
        }),
        scene("jobs-loading", |size| {
            later(
                Harness::with_orders(size),
                |effect| matches!(effect, Effect::Jobs),
                "5",
            )
        }),
        scene("profile-testing", profile_testing),
        scene("profile-failing", |size| failing(profile_testing(size))),
        // The dialogs.
        scene("open-loading", open),
        scene("open-failing", |size| failing(open(size))),
        scene("compare-loading", compare),
        scene("compare-failing", |size| failing(compare(size))),
        scene("changed-loading", what_changed),
        scene("changed-failing", |size| failing(what_changed(size))),
        scene("bulk-loading", bulk),
        scene("bulk-failing", |size| failing(bulk(size))),
        scene("fix-all-loading", fix_all),
        scene("fix-all-failing", |size| failing(fix_all(size))),
        scene("findings-loading", |size| {
            let mut harness = Harness::with_orders(size);
            harness.slow = Some(|effect| matches!(effect, Effect::Survey { .. }));
            harness.keys("] !");
            harness
        }),
        scene("edit-failing", |size| {
            let mut harness = edit(size, "e ctrl-u");
            harness.text("x@example.com");
            let is_edit = |effect: &Effect| matches!(effect, Effect::Edit { .. });
            failing(later(harness, is_edit, "enter"))
        }),
        scene("cancel-loading", cancel),
        scene("cancel-failing", |size| failing(cancel(size))),
        scene("submit-nothing", |size| sent(size, "1 s")),
        scene("retry-loading", retry),
        scene("retry-failing", |size| failing(retry(size))),
        scene("doubt-loading", doubt),
        scene("doubt-failing", |size| failing(doubt(size))),
        scene("run-orders-failing", |size| {
            let is_orders = |effect: &Effect| matches!(effect, Effect::RunOrders(_));
            failing(later(runs(size, &[]), is_orders, "v"))
        }),
        scene("messages-empty", |size| {
            let mut harness = Harness::new(size, Kind::Dark);
            harness.keys("f3");
            harness
        }),
    ]
}

/// Presses keys, and what they ask for takes long.
fn later(mut harness: Harness, slow: Slow, keys: &str) -> Harness {
    harness.slow = Some(slow);
    harness.keys(keys);
    harness
}

fn payload(size: Size) -> Harness {
    let mut harness = Harness::with_orders(size);
    harness.state.payload = crate::console::state::PayloadState::default();
    later(
        harness,
        |effect| matches!(effect, Effect::Inspect { .. }),
        "enter",
    )
}

fn profile_testing(size: Size) -> Harness {
    let test = |effect: &Effect| matches!(effect, Effect::Profile(ProfileWork::Test(_)));
    later(profiles(size, "6 g"), test, "T")
}

fn open(size: Size) -> Harness {
    let mut harness = Harness::new(size, Kind::Dark);
    harness.slow = Some(|effect| matches!(effect, Effect::List(_)));
    harness.keys("o").paste("/").keys("enter");
    harness
}

fn compare(size: Size) -> Harness {
    later(
        pressed(size, "]"),
        |effect| matches!(effect, Effect::Compare { .. }),
        "=",
    )
}

fn what_changed(size: Size) -> Harness {
    later(
        pressed(size, "]"),
        |effect| matches!(effect, Effect::WhatChanged { .. }),
        "d",
    )
}

fn bulk(size: Size) -> Harness {
    let mut harness = edit(size, "esc a enter b ctrl-u");
    harness.text("x@example.com");
    later(
        harness,
        |effect| matches!(effect, Effect::PreviewBulk { .. }),
        "enter",
    )
}

fn fix_all(size: Size) -> Harness {
    let harness = crate::console::tests::findings::twice(size);
    later(
        harness,
        |effect| matches!(effect, Effect::PlanFix { .. }),
        "! f",
    )
}

fn cancel(size: Size) -> Harness {
    later(
        pressed(size, "]"),
        |effect| matches!(effect, Effect::PrepareCancel { .. }),
        "c",
    )
}

fn retry(size: Size) -> Harness {
    let harness = changed(size, Outcome::Rejected, RunState::Finished, "3 r");
    later(
        harness,
        |effect| matches!(effect, Effect::PlanRetry { .. }),
        "enter",
    )
}

fn doubt(size: Size) -> Harness {
    let harness = changed(size, Outcome::InDoubt, RunState::Finished, "3");
    later(
        harness,
        |effect| matches!(effect, Effect::Doubts { .. }),
        "d",
    )
}

/// What was asked for can't be had.
fn failing(mut harness: Harness) -> Harness {
    let why = unreadable();
    harness.answer(|effect| answer(effect, &why));
    harness
}

fn answer(effect: Effect, why: &str) -> Option<Arrival> {
    let why = why.to_owned();
    Some(match effect {
        Effect::Inspect { ticket, .. } => Arrival::Inspected {
            ticket,
            inspection: Err(why),
        },
        Effect::Compare { ticket, .. } => Arrival::Compared {
            ticket,
            compared: Err(why),
        },
        Effect::WhatChanged { ticket, .. } => Arrival::WhatChanged {
            ticket,
            changed: Err(why),
        },
        Effect::PreviewBulk { ticket, .. } => Arrival::BulkPreviewed {
            ticket,
            done: 0,
            preview: Some(Err(why)),
        },
        Effect::PlanFix { ticket, .. } => Arrival::FixPlanned {
            ticket,
            plan: Err(why),
        },
        Effect::Edit {
            work: EditWork::Make { .. },
            ..
        } => Arrival::Edited(Err(why)),
        Effect::PrepareCancel { ticket, .. } => Arrival::Cancelling {
            ticket,
            orders: Err(why),
        },
        Effect::PlanRetry { ticket, .. } => Arrival::RetryPlanned {
            ticket,
            planned: Err(why),
        },
        Effect::Doubts { ticket, .. } => Arrival::Doubts {
            ticket,
            doubts: Err(why),
        },
        Effect::RunOrders(run) => Arrival::RunOrders {
            run,
            orders: Err(why),
        },
        Effect::Response { .. } => Arrival::Response(Err(why)),
        Effect::History(key) => Arrival::History {
            key,
            history: Err(why),
        },
        Effect::Profile(ProfileWork::Test(profile)) => Arrival::Tested {
            profile,
            probed: Err(why),
        },
        Effect::List(directory) if directory.as_os_str() == "/" => Arrival::Listed {
            directory,
            entries: Err("/: permission denied".to_owned()),
        },
        _ => return None,
    })
}

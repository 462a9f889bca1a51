//! What the dialog is told while the orders of a large file are looked at.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use tokio::sync::mpsc;

use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::worker::Worker;
use crate::order::outcome::Operation;
use crate::profile::Directories;
use crate::submit::Selection;
use crate::workspace::Workspace;

const ORDERS: usize = 6000;
/// So many are looked at in one go at most, and told of as one step.
const STRETCH: usize = 256;

#[test]
fn progress_of_a_plan_counts_orders() {
    let home = tempfile::tempdir().unwrap();
    let mut text =
        "Name,Email,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
            .to_owned();
    for number in 0..ORDERS {
        let _ = writeln!(
            text,
            "#{number},bo@example.com,USD,20.00,2026-01-07 09:00:00 -0500,1,Mug,20.00"
        );
    }
    let path = home.path().join("orders.csv");
    std::fs::write(&path, text).unwrap();
    let directories = Directories::at(home.path().join("config"), home.path().join("data"));
    let workspace = Workspace::at(directories);
    let deck = workspace
        .open_file(&path, None, &mut |_| ControlFlow::Continue(()))
        .unwrap();
    let target = workspace
        .target("sandbox-kameleoon", Operation::Import)
        .unwrap();
    let (sender, _events) = mpsc::unbounded_channel();
    let worker = Worker::new(workspace, sender);
    let arrivals = worker.gathered(Effect::Plan {
        ticket: 1,
        deck,
        target: Box::new(target),
        selection: Selection::default(),
        mode: None,
    });
    let told: Vec<usize> = arrivals
        .iter()
        .filter_map(|arrival| match arrival {
            Arrival::Planning { done, .. } => Some(*done),
            _ => None,
        })
        .collect();
    // Whatever step comes first, it is more than there are steps.
    assert!(
        told.iter().all(|done| *done >= STRETCH && *done < ORDERS),
        "{told:?}"
    );
    assert!(!told.is_empty() && told.is_sorted());
    assert!(matches!(
        arrivals.last(),
        Some(Arrival::Planned { plan: Ok(_), .. })
    ));
}

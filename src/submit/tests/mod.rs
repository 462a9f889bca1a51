//! Runs against the vendors on loopback, over real HTTP, inside one process.

mod answers;
mod chaos;
pub(super) mod economy;
mod plan;
mod runs;
mod server;
mod several_runs;
mod voucherify;

use std::ops::ControlFlow;
use std::path::PathBuf;

use tempfile::TempDir;

use super::resume::{Again, Resumption};
use super::{Control, Plan, Selection, Started};
use crate::deck::{Deck, Target};
use crate::ledger::{Book, Ledger, RunState, RunSummary};
use crate::order::outcome::{Operation, Outcome};
use crate::profile::Directories;
use crate::sandbox::SandboxConfig;
use crate::workspace::{Terms, Workspace};

/// A workspace of its own with the sandbox running and a file opened.
struct Bench {
    /// Removed when the bench is dropped.
    _home: TempDir,
    workspace: Workspace,
    deck: Deck,
}

const HEADER: &str = "Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Address1,Billing City,Billing Zip,Billing Country,Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Country,Shipping Method,Payment Method\n";

/// A Shopify export with that many orders of two lines each.
fn export(orders: usize) -> String {
    let mut text = HEADER.to_owned();
    for number in 1001..1001 + orders {
        let row = |name: &str, sku: &str, first: bool| {
            let order = if first {
                "paid,fulfilled,EUR,30.00,5.00,0.00,35.00"
            } else {
                ",,,,,,"
            };
            let people = if first {
                "Ada Archer,1 Elm Lane,Berlin,10115,DE,Ada Archer,1 Elm Lane,Berlin,10115,DE,Standard,Card"
            } else {
                ",,,,,,,,,,,"
            };
            format!(
                "#{number},ada{number}@example.com,{order},2026-01-05 10:00:00 +0100,1,{name},15.00,{sku}-{number},{people}\n"
            )
        };
        text.push_str(&row("Mug", "MUG", true));
        text.push_str(&row("Plate", "PLATE", false));
    }
    text
}

impl Bench {
    async fn new(orders: usize) -> Self {
        Self::of("orders.csv", &export(orders)).await
    }

    /// The same with a file of that name and text.
    async fn of(name: &str, text: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(name);
        std::fs::write(&file, text).unwrap();
        let mut workspace = Workspace::at(Directories::at(
            home.path().join("config"),
            home.path().join("data"),
        ));
        let config = SandboxConfig {
            job_duration: std::time::Duration::from_millis(300),
            ..SandboxConfig::default()
        };
        workspace.start_sandbox(config).await.unwrap();
        let deck = workspace
            .open_deck(&file, None, &mut |_| ControlFlow::Continue(()))
            .unwrap();
        Self {
            _home: home,
            workspace,
            deck,
        }
    }

    fn file(&self) -> PathBuf {
        self.deck.source().path().to_owned()
    }

    fn target(&self, vendor: &str, operation: Operation) -> Target {
        self.workspace
            .target(&format!("sandbox-{vendor}"), operation)
            .unwrap()
    }

    fn plan(&self, target: &Target, selection: &Selection) -> Plan {
        let ledger = self.workspace.ledger(Book::Sandbox).unwrap();
        Plan::of_deck(&self.deck, target, selection, Some(&ledger), &mut |_| {
            ControlFlow::Continue(())
        })
        .unwrap()
    }

    fn start(&self, target: &Target, selection: &Selection) -> Started {
        let seat = self.workspace.take_seat(target).unwrap();
        let plan = self.plan(target, selection);
        let credentials = self.workspace.credentials(&target.account.profile).unwrap();
        self.workspace
            .submit(seat, &plan, &self.deck, terms(credentials))
            .unwrap()
    }

    async fn submit(&self, vendor: &str) -> RunSummary {
        let target = self.target(vendor, Operation::Import);
        let started = self.start(&target, &Selection::default());
        let id = started.name.id;
        let (state, reason) = started.task.await.unwrap();
        assert_eq!(state, RunState::Finished, "{vendor}: {reason:?}");
        self.summary(id)
    }

    fn summary(&self, run: crate::ledger::RunId) -> RunSummary {
        let ledger = self.workspace.ledger(Book::Sandbox).unwrap();
        ledger.summary(run).unwrap()
    }

    async fn taken(&self) -> serde_json::Value {
        let sandbox = self.workspace.sandbox().unwrap();
        let transport = super::transport::Transport::new(false).unwrap();
        let request =
            crate::vendor::Request::new(crate::vendor::Purpose::Probe, "GET", sandbox.taken_url());
        match transport.send(&request).await.0 {
            super::transport::Arrival::Answered(answer) => answer.json().unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

fn terms(credentials: crate::vendor::Credentials) -> Terms {
    Terms {
        credentials,
        wait_for_jobs: true,
        retry_of: None,
        choices: serde_json::Value::Null,
    }
}

fn count(summary: &RunSummary, outcome: Outcome) -> u64 {
    summary.count(outcome)
}

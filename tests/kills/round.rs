//! An operator with the four vendors outside the process, who sends one file after another and never gives up.

use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Deck;
use crate::support::sending::{Vendors, orders_csv};

/// How long one life of the process may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// A vendor's account and who sends to it.
pub struct Operator {
    pub deck: Deck,
    pub vendors: Vendors,
    pub vendor: &'static str,
    /// Orders of a file.
    pub orders: usize,
}

/// How a life of the process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By a signal.
    Killed,
    /// By itself, with that exit code.
    Exit(i32),
}

impl Operator {
    pub fn new(vendor: &'static str, orders: usize, faults: &str) -> Self {
        Self::with(vendor, orders, faults, "")
    }

    /// The same with settings of the account beside those.
    pub fn with(vendor: &'static str, orders: usize, faults: &str, settings: &str) -> Self {
        let deck = Deck::new();
        let home = deck.path("vendors");
        let vendors = match faults {
            "" => Vendors::start(&home, Duration::from_millis(100)),
            faults => Vendors::failing(&home, faults),
        };
        // Small batches: there is more to be interrupted.
        let batch = match vendor {
            "kibo" => "",
            "voucherify" => "batch_size = 30\n",
            "project-agora" => "batch_size = 5\ngtin_prefix = \"shop\"\n",
            _ => "batch_size = 5\n",
        };
        deck.profiles(&(vendors.profile("mine", vendor, "test") + batch + settings));
        Self {
            deck,
            vendors,
            vendor,
            orders,
        }
    }

    /// Writes the file of a round: its orders have ids that no other round has.
    pub fn file(&self, round: usize) -> PathBuf {
        let text = orders_csv(self.orders).replace('#', &format!("#{round}-"));
        self.deck.file(&format!("round-{round}.csv"), text)
    }

    /// Begins a life of the process: a submit, or what takes up the run that one had begun.
    pub fn live(&self, round: usize, die_at: Option<&str>) -> Child {
        let file = format!("round-{round}.csv");
        let args: Vec<String> = match self.run_of(round) {
            Some(run) => vec!["resume".to_owned(), run],
            None => ["submit", &file, "--profile", "mine", "--yes"]
                .map(str::to_owned)
                .to_vec(),
        };
        let mut command = self.deck.command(args);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        if let Some(point) = die_at {
            command.env("ORDERDECK_DIE_AT", point);
        }
        command.spawn().unwrap()
    }

    /// A whole life.
    pub fn life(&self, round: usize, die_at: Option<&str>) -> End {
        end_of(self.live(round, die_at))
    }

    /// The run of a round, if it was begun.
    pub fn run_of(&self, round: usize) -> Option<String> {
        let file = format!("round-{round}.csv");
        let runs = self.deck.run(["runs", "--json"]).ends(0).lines();
        runs.iter()
            .find(|run| run["source"].as_str().is_some_and(|it| it.ends_with(&file)))
            .map(|run| run["run"].as_str().unwrap().to_owned())
    }

    /// How a round's run stands.
    pub fn status(&self, round: usize) -> Value {
        let run = self.run_of(round).unwrap();
        self.deck.run(["status", &run, "--json"]).ends(0).json()
    }
}

/// Waits for a process.
pub fn end_of(mut child: Child) -> End {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code().map_or(End::Killed, End::Exit);
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            panic!("a life of the process took longer than {PATIENCE:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

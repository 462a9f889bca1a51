//! An operator whose vendor is a server that misbehaves, and what must hold after every fault.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::support::chaos::{Chaos, Plan, Reply, Seen};
use crate::support::sending::{count, deck_with, ledger_is_sound, profile_at};
use crate::support::{Deck, Said};

/// All four.
pub const VENDORS: [&str; 4] = ["kameleoon", "voucherify", "project-agora", "kibo"];

/// Connect, idle, total, and the first wait before trying again, in milliseconds.
pub const DEADLINES: &str = "ORDERDECK_DEADLINES";

/// Checks something of each, all at the same time: most of it is waiting.
pub fn each<T: Send>(items: impl IntoIterator<Item = T>, check: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        for item in items {
            let check = &check;
            scope.spawn(move || check(item));
        }
    });
}

/// An operator with so many orders, and a vendor that misbehaves behind the profile `mine`.
pub struct Bench {
    pub deck: Deck,
    pub chaos: Chaos,
    pub vendor: &'static str,
    pub orders: usize,
}

impl Bench {
    pub fn new(
        vendor: &'static str,
        orders: usize,
        script: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::with(vendor, orders, "", Plan::new(script))
    }

    /// With settings of the profile, one a line.
    pub fn with(vendor: &'static str, orders: usize, settings: &str, plan: Plan) -> Self {
        let bench = Self {
            deck: deck_with(orders),
            chaos: Chaos::with(plan),
            vendor,
            orders,
        };
        bench.profile(&bench.chaos.url, settings);
        bench
    }

    /// Lets the profile `mine` reach the vendor there.
    pub fn profile(&self, url: &str, settings: &str) {
        let profile = profile_at("mine", self.vendor, "test", url, &format!("{url}/token"));
        let own = match self.vendor {
            // Without it Project Agora takes no order of this file, and nothing can be asked there.
            "project-agora" => "gtin_prefix = \"cat\"\nread_back = false\n",
            _ => "",
        };
        self.deck.profiles(&format!("{profile}{own}{settings}"));
    }

    pub const SUBMIT: [&'static str; 6] = [
        "submit",
        "orders.csv",
        "--profile",
        "mine",
        "--yes",
        "--json",
    ];

    /// The program, quicker to try again than it is for people.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.deck.command(args);
        command.env(DEADLINES, "10000,30000,120000,50");
        command
    }

    pub fn submit(&self) -> Said {
        Said::of(self.command(&Self::SUBMIT).output().unwrap())
    }

    pub fn resume(&self) -> Said {
        Said::of(self.command(&["resume", "1", "--json"]).output().unwrap())
    }

    pub fn status(&self) -> Value {
        self.deck.run(["status", "1", "--json"]).ends(0).json()
    }

    /// The requests with orders as `tail` tells them, oldest first.
    pub fn exchanges(&self) -> Vec<Value> {
        let mut lines = self.deck.run(["tail", "--json"]).ends(0).lines();
        lines.retain(|line| line["purpose"] == "orders");
        lines
    }

    pub fn ledger(&self) -> PathBuf {
        self.deck.data().join("ledger.sqlite")
    }

    /// What became of each order of the run.
    pub fn outcomes(&self) -> HashMap<String, Value> {
        self.deck
            .run(["export", "1", "--to", "all.ndjson", "--force"])
            .ends(0);
        let text = std::fs::read_to_string(self.deck.path("all.ndjson")).unwrap();
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let all = lines.len();
        let by_key: HashMap<String, Value> = lines
            .into_iter()
            .map(|line| (line["order"].as_str().unwrap().to_owned(), line))
            .collect();
        assert_eq!(by_key.len(), all, "an order stands twice: {text}");
        by_key
    }

    /// The reasons of the orders with that outcome, one after another.
    pub fn reasons(&self, outcome: &str) -> String {
        let outcomes = self.outcomes();
        let with = outcomes.values().filter(|line| line["outcome"] == outcome);
        let reasons: Vec<&str> = with
            .map(|line| line["reason"].as_str().unwrap_or(""))
            .collect();
        reasons.join("; ")
    }

    /// Each order in one outcome, none taken twice, none called taken that the vendor doesn't have, the ledger
    /// sound; and `status` says the same as `export`.
    #[track_caller]
    pub fn holds(&self) {
        let outcomes = self.outcomes();
        assert_eq!(outcomes.len(), self.orders);
        let status = self.status();
        let counted = status["outcomes"].as_object().unwrap();
        let sum: u64 = counted.values().map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(sum, self.orders as u64, "{status}");
        for (outcome, number) in counted {
            let there = outcomes.values().filter(|it| it["outcome"] == **outcome);
            assert_eq!(there.count() as u64, number.as_u64().unwrap(), "{outcome}");
        }
        let copies = self.chaos.copies();
        if self.vendor != "kameleoon" {
            let twice: Vec<_> = copies.iter().filter(|(_, copies)| **copies > 1).collect();
            assert!(twice.is_empty(), "{}: taken twice: {twice:?}", self.vendor);
        }
        for (key, line) in &outcomes {
            let outcome = line["outcome"].as_str().unwrap();
            if ["accepted", "imported", "queued"].contains(&outcome) {
                assert!(copies.contains_key(key), "{key} is called {outcome}");
            } else {
                let known = ["pending", "rejected", "skipped", "blocked", "excluded"];
                assert!(
                    outcome == "in-doubt" || (known.contains(&outcome)),
                    "{key} is {outcome}"
                );
                // What the vendor has is at the least in doubt.
                assert!(
                    outcome == "in-doubt" || !copies.contains_key(key),
                    "{key} is {outcome}, and the vendor has it"
                );
            }
        }
        ledger_is_sound(&self.ledger());
    }

    /// So many orders have that outcome, and all that must hold does.
    #[track_caller]
    pub fn all_are(&self, outcome: &str) {
        let status = self.status();
        let number = count(&status, outcome);
        assert_eq!(number, self.orders as u64, "{}: {status}", self.vendor);
        self.holds();
    }
}

/// The word for an order that the vendor took.
pub fn taken(vendor: &str) -> &'static str {
    match vendor {
        "kameleoon" | "kibo" => "accepted",
        _ => "imported",
    }
}

/// Whether an order whose answer got lost waits for the operator there.
pub fn stays_in_doubt(vendor: &str) -> bool {
    ["project-agora", "kibo"].contains(&vendor)
}

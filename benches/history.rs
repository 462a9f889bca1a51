//! How long it takes to ask a large ledger for one order: `cargo bench --bench history -- MILLIONS`.
//!
//! Makes a ledger of so many million outcomes (10 unless told) in a temporary directory, a hundred orders of which
//! were in many runs, and prints how long their histories took, with the file's size.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::{Duration, Instant};

use orderdeck::ledger::{
    AnswerRecord, ExchangeState, Frozen, Intent, Ledger, ManifestEntry, NewRun, OutcomeUpdate,
    RunState, SqliteLedger,
};
use orderdeck::order::outcome::{Operation, Outcome};

/// Orders of a run, and of a request.
const ORDERS: u32 = 100_000;
const BATCH: u32 = 2_000;

fn main() {
    let millions = std::env::args()
        .find_map(|argument| argument.parse::<u32>().ok())
        .unwrap_or(10);
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("ledger.sqlite");
    let mut ledger = SqliteLedger::open(&path).unwrap();
    let begun = Instant::now();
    let runs = millions * 1_000_000 / ORDERS;
    for run in 0..runs {
        fill(&mut ledger, run);
    }
    let outcomes = u64::from(runs) * u64::from(ORDERS);
    println!(
        "{outcomes} outcomes in {runs} runs, written in {:.0?}",
        begun.elapsed()
    );

    let looks: Vec<(Duration, usize)> = (0..100)
        .map(|order| {
            // Half of them were in every run, the others in one.
            let key = if order % 2 == 0 {
                format!("#{order}")
            } else {
                format!("#{}-{order}", order * 7 % runs)
            };
            let fresh = SqliteLedger::open_read_only(&path).unwrap();
            let asked = Instant::now();
            let entries = fresh.history(&key).unwrap().len();
            (asked.elapsed(), entries)
        })
        .collect();
    for (what, wanted) in [("in one run", 1), ("in every run", runs as usize)] {
        let mut times: Vec<Duration> = looks
            .iter()
            .filter(|(_, entries)| *entries == wanted)
            .map(|(time, _)| *time)
            .collect();
        times.sort_unstable();
        assert!(!times.is_empty());
        println!(
            "history of an order {what} ({wanted}): median {:.2?}, slowest {:.2?}",
            times[times.len() / 2],
            times[times.len() - 1]
        );
    }
    let bytes = std::fs::metadata(&path).unwrap().len();
    println!(
        "ledger: {} MB, {} bytes an outcome",
        bytes >> 20,
        bytes / outcomes
    );
}

/// One run to its end: the first hundred orders are the same in every run.
fn fill(ledger: &mut SqliteLedger, number: u32) {
    let manifest: Vec<ManifestEntry> = (0..ORDERS)
        .map(|order| ManifestEntry {
            key: if order < 100 && order % 2 == 0 {
                format!("#{order}")
            } else {
                format!("#{number}-{order}")
            },
            payload_hash: (u128::from(number) << 64 | u128::from(order)).to_be_bytes(),
            total: Some(rust_decimal::Decimal::new(i64::from(order), 2)),
            currency: "EUR".to_owned(),
        })
        .collect();
    let run = NewRun {
        vendor: "voucherify".to_owned(),
        profile: "acme".to_owned(),
        account: "acme".to_owned(),
        environment: "test".to_owned(),
        operation: Operation::Import,
        frozen: Frozen::default(),
        retry_of: None,
    };
    let run = ledger.begin_run(&run, &manifest, &[]).unwrap();
    for first in (0..ORDERS).step_by(BATCH as usize) {
        let orders: Vec<u32> = (first..first + BATCH).collect();
        let intent = Intent {
            purpose: "orders".to_owned(),
            method: "POST".to_owned(),
            url: "http://127.0.0.1:9/v1/orders/import".to_owned(),
            headers: Vec::new(),
            body: b"[]".to_vec(),
            orders: orders.clone(),
        };
        let exchange = ledger.record_intents(run, &[intent]).unwrap()[0];
        let answer = AnswerRecord {
            exchange,
            state: ExchangeState::Answered,
            status: Some(200),
            headers: Vec::new(),
            body: b"{}".to_vec(),
            latency_ms: 12,
            reason: None,
            outcomes: orders
                .into_iter()
                .map(|order| OutcomeUpdate {
                    exchange: Some(exchange),
                    ..OutcomeUpdate::new(order, Outcome::Imported)
                })
                .collect(),
            job: None,
        };
        ledger.record_answers(run, &[answer]).unwrap();
    }
    ledger.set_run_state(run, RunState::Finished, None).unwrap();
}

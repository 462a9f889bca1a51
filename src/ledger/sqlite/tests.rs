//! Tests of the ledger as its users see it.

mod counts;
mod file;
mod life;
mod memory;
mod pace;
mod ranges;
mod rulings;

use tempfile::TempDir;

use super::*;
use crate::ledger::{ExchangeState, Frozen, Ordinal};

/// A ledger in a directory of its own.
pub(super) struct Desk {
    pub(super) dir: TempDir,
    pub(super) ledger: SqliteLedger,
}

impl Desk {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(&dir.path().join("ledger.sqlite")).unwrap();
        Self { dir, ledger }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.path().join("ledger.sqlite")
    }

    /// Begins an import of orders `#0`, `#1`, … at the account `acme` of Kibo.
    pub(super) fn begin(&mut self, orders: u32) -> RunId {
        let manifest: Vec<_> = (0..orders).map(entry).collect();
        self.ledger
            .begin_run(&decided(Operation::Import), &manifest, &[])
            .unwrap()
    }

    pub(super) fn send(&mut self, run: RunId, orders: &[Ordinal]) -> ExchangeId {
        self.ask(run, "orders", orders)
    }

    pub(super) fn ask(&mut self, run: RunId, purpose: &str, orders: &[Ordinal]) -> ExchangeId {
        let ids = self
            .ledger
            .record_intents(run, &[intent(purpose, orders)])
            .unwrap();
        assert_eq!(ids.len(), 1);
        ids[0]
    }

    pub(super) fn answer(
        &mut self,
        run: RunId,
        exchange: ExchangeId,
        outcomes: &[(Ordinal, Outcome)],
    ) {
        self.try_answer(run, exchange, outcomes).unwrap();
    }

    pub(super) fn try_answer(
        &mut self,
        run: RunId,
        exchange: ExchangeId,
        outcomes: &[(Ordinal, Outcome)],
    ) -> Result<(), LedgerError> {
        let answer = AnswerRecord {
            outcomes: outcomes
                .iter()
                .map(|(ordinal, outcome)| OutcomeUpdate {
                    exchange: Some(exchange),
                    ..OutcomeUpdate::new(*ordinal, *outcome)
                })
                .collect(),
            ..answer(exchange)
        };
        self.ledger.record_answers(run, &[answer])
    }

    /// Sends orders and records that all had that end.
    pub(super) fn sent_with(&mut self, run: RunId, orders: &[Ordinal], outcome: Outcome) {
        let exchange = self.send(run, orders);
        let outcomes: Vec<_> = orders.iter().map(|ordinal| (*ordinal, outcome)).collect();
        self.answer(run, exchange, &outcomes);
    }

    pub(super) fn set(&mut self, run: RunId, ordinal: Ordinal, outcome: Outcome) {
        self.ledger
            .record_outcomes(run, &[OutcomeUpdate::new(ordinal, outcome)])
            .unwrap();
    }

    pub(super) fn taken(&self, key: &str) -> Option<Taken> {
        self.ledger
            .taken("acme", "kibo", Operation::Import, &[key])
            .unwrap()
            .remove(0)
            .filter(|taken| taken.outcome.is_taken())
    }

    pub(super) fn last(&self, key: &str) -> Option<Outcome> {
        self.ledger.last_outcomes("acme", "kibo", &[key]).unwrap()[0]
    }

    pub(super) fn count(&self, run: RunId, outcome: Outcome) -> u64 {
        self.ledger.summary(run).unwrap().count(outcome)
    }
}

pub(super) fn decided(operation: Operation) -> NewRun {
    NewRun {
        vendor: "kibo".to_owned(),
        profile: "acme-kibo".to_owned(),
        account: "acme".to_owned(),
        environment: "test".to_owned(),
        operation,
        frozen: Frozen {
            source: "/orders.csv".to_owned(),
            source_fingerprint: "f00d".to_owned(),
            mapping: "shopify-csv 1f3a".to_owned(),
            settings: "{\"batch_size\":1}".to_owned(),
            edits: String::new(),
            choices: "{}".to_owned(),
        },
        retry_of: None,
    }
}

pub(super) fn entry(number: u32) -> ManifestEntry {
    ManifestEntry {
        key: format!("#{number}"),
        payload_hash: u128::from(number).to_be_bytes(),
        total: Some(rust_decimal::Decimal::new(i64::from(number) * 10 + 1, 2)),
        currency: "USD".to_owned(),
    }
}

pub(super) fn intent(purpose: &str, orders: &[Ordinal]) -> Intent {
    Intent {
        purpose: purpose.to_owned(),
        method: "POST".to_owned(),
        url: "http://127.0.0.1:9/api/orders".to_owned(),
        headers: vec![("authorization".to_owned(), "Bearer ••••".to_owned())],
        body: format!("{{\"orders\":{orders:?}}}").into_bytes(),
        orders: orders.to_vec(),
    }
}

pub(super) fn answer(exchange: ExchangeId) -> AnswerRecord {
    AnswerRecord {
        exchange,
        state: ExchangeState::Answered,
        status: Some(200),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: b"{\"ok\":true}".to_vec(),
        latency_ms: 12,
        reason: None,
        outcomes: Vec::new(),
        job: None,
    }
}

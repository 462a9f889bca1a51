//! What an account has of an order, and everything that ever happened to it.

use super::*;

#[test]
fn only_what_was_taken_counts_as_taken() {
    for (outcome, counts) in [
        (Outcome::Queued, true),
        (Outcome::Accepted, true),
        (Outcome::Imported, true),
        (Outcome::Rejected, false),
        (Outcome::InDoubt, false),
        (Outcome::Skipped, false),
        (Outcome::Excluded, false),
        (Outcome::Blocked, false),
    ] {
        let mut desk = Desk::new();
        let run = desk.begin(2);
        desk.sent_with(run, &[1], outcome);
        let taken = desk.taken("#1");
        assert_eq!(taken.is_some(), counts, "{outcome}");
        if let Some(taken) = taken {
            assert_eq!((taken.run, taken.outcome), (run, outcome));
            assert_eq!(taken.payload_hash, entry(1).payload_hash);
        }
        assert_eq!(desk.last("#1"), Some(outcome));
        assert_eq!((desk.taken("#0"), desk.last("#0")), (None, None));
    }
}

#[test]
fn being_left_out_does_not_hide_what_was_taken() {
    for left_out in [Outcome::Skipped, Outcome::Excluded, Outcome::Blocked] {
        let mut desk = Desk::new();
        let first = desk.begin(1);
        desk.sent_with(first, &[0], Outcome::Imported);
        let second = desk.begin(1);
        desk.set(second, 0, left_out);
        assert_eq!(desk.taken("#0").unwrap().run, first, "{left_out}");
        assert_eq!(desk.last("#0"), Some(Outcome::Imported), "{left_out}");
    }
}

#[test]
fn a_later_refusal_or_doubt_ends_being_unchanged_until_it_is_taken_back() {
    for later in [Outcome::Rejected, Outcome::InDoubt] {
        let mut desk = Desk::new();
        let first = desk.begin(1);
        desk.sent_with(first, &[0], Outcome::Imported);
        let second = desk.begin(1);
        desk.sent_with(second, &[0], later);
        assert_eq!(desk.taken("#0"), None, "{later}");
        if later == Outcome::Rejected {
            continue;
        }
        desk.set(second, 0, Outcome::Pending);
        assert_eq!(desk.taken("#0").unwrap().run, first, "{later}");
        assert_eq!(desk.last("#0"), Some(Outcome::Imported));
        desk.sent_with(second, &[0], Outcome::Accepted);
        assert_eq!(desk.taken("#0").unwrap().run, second);
    }
}

#[test]
fn the_newest_sending_decides_not_the_newest_word() {
    let mut desk = Desk::new();
    let older = desk.begin(1);
    desk.sent_with(older, &[0], Outcome::InDoubt);
    let retry = desk.begin(1);
    desk.sent_with(retry, &[0], Outcome::Imported);
    // The old doubt is settled later: by asking the vendor, then by the operator's word.
    let asked = desk.ask(older, "settle", &[0]);
    desk.answer(older, asked, &[(0, Outcome::InDoubt)]);
    assert_eq!(desk.taken("#0").unwrap().run, retry);
    // But sent again later by the older run, that one is what the account has.
    desk.set(older, 0, Outcome::Pending);
    desk.sent_with(older, &[0], Outcome::Accepted);
    assert_eq!(desk.taken("#0").unwrap().run, older);
}

#[test]
fn accounts_vendors_and_operations_are_kept_apart() {
    let mut desk = Desk::new();
    let run = desk.begin(1);
    desk.sent_with(run, &[0], Outcome::Imported);
    let cancel = desk
        .ledger
        .begin_run(&decided(Operation::Cancel), &[entry(0)], &[])
        .unwrap();
    desk.sent_with(cancel, &[0], Outcome::Rejected);
    let taken = |account, vendor, operation| {
        let found = desk.ledger.taken(account, vendor, operation, &["#0"]);
        found.unwrap()[0].is_some()
    };
    assert!(taken("acme", "kibo", Operation::Import));
    assert!(!taken("acme", "kibo", Operation::Cancel));
    assert!(!taken("acme", "kibo", Operation::Status));
    assert!(!taken("acme", "voucherify", Operation::Import));
    assert!(!taken("other", "kibo", Operation::Import));
    assert_eq!(desk.last("#0"), Some(Outcome::Rejected), "any operation");
    let other = desk.ledger.last_outcomes("other", "kibo", &["#0"]).unwrap();
    assert_eq!(other, [None]);
}

#[test]
fn answers_stand_in_the_order_of_the_keys() {
    let mut desk = Desk::new();
    let run = desk.begin(3000);
    let all: Vec<_> = (0..3000).collect();
    desk.sent_with(run, &all, Outcome::Accepted);
    let keys: Vec<String> = (0..3001).rev().map(|number| format!("#{number}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let found = desk
        .ledger
        .taken("acme", "kibo", Operation::Import, &keys)
        .unwrap();
    assert_eq!(found[0], None);
    for (number, taken) in (0..3000).rev().zip(&found[1..]) {
        let hash = taken.as_ref().map(|taken| taken.payload_hash);
        assert_eq!(hash, Some(entry(number).payload_hash));
    }
}

#[test]
fn the_lookup_of_what_was_taken_walks_no_table() {
    let desk = Desk::new();
    let plan: Vec<String> = desk
        .ledger
        .conn
        .prepare(&format!("EXPLAIN QUERY PLAN {}", places::TOLD))
        .unwrap()
        .query_map([1], |row| row.get(3))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(
        plan.iter().all(|step| {
            // What is found is sorted: as many as there were runs with the order.
            [
                "SEARCH",
                "CORRELATED SCALAR SUBQUERY",
                "USE TEMP B-TREE FOR ORDER BY",
            ]
            .iter()
            .any(|expected| step.starts_with(expected))
        }),
        "{plan:?}"
    );
}

#[test]
fn history_tells_all_runs_of_a_key() {
    let mut desk = Desk::new();
    let first = desk.begin(4);
    let exchange = desk.send(first, &[0, 1, 3]);
    let begun = AnswerRecord {
        outcomes: [0, 1, 3]
            .map(|ordinal| OutcomeUpdate::new(ordinal, Outcome::Queued))
            .to_vec(),
        job: Some(JobState {
            id: "aa_1".to_owned(),
            ..JobState::default()
        }),
        ..answer(exchange)
    };
    desk.ledger.record_answers(first, &[begun]).unwrap();
    desk.send(first, &[2]);
    let skipped = desk.begin(2);
    desk.set(skipped, 1, Outcome::Skipped);
    let sending = desk.begin(2);
    let open = desk.send(sending, &[1]);
    let pending = desk.begin(2);
    desk.begin(1);

    let history = desk.ledger.history("#1").unwrap();
    let told: Vec<_> = history
        .iter()
        .map(|entry| {
            let exchanges: Vec<_> = entry.exchanges.iter().map(|it| it.id).collect();
            (entry.run.id, entry.outcome.update.outcome, exchanges)
        })
        .collect();
    assert_eq!(
        told,
        [
            (first, Outcome::Queued, vec![exchange]),
            (skipped, Outcome::Skipped, vec![]),
            (sending, Outcome::Sending, vec![open]),
            (pending, Outcome::Pending, vec![]),
        ]
    );
    assert_eq!(history[0].job.as_ref().unwrap().job.id, "aa_1");
    assert!(history[1].job.is_none());
    for entry in &history {
        assert_eq!(entry.outcome.key, "#1");
        assert_eq!(entry.payload_hash, super::entry(1).payload_hash);
    }
    // Between the ordinals of an exchange, but not in it.
    let between = desk.ledger.history("#2").unwrap().remove(0);
    assert!(between.exchanges.iter().all(|it| it.id != exchange));
    assert!(desk.ledger.history("#99").unwrap().is_empty());
}

#[test]
fn doubt_is_told_apart_from_what_was_taken_by_each_operation() {
    let mut desk = Desk::new();
    let run = desk.begin(1);
    desk.sent_with(run, &[0], Outcome::InDoubt);
    let cancel = desk
        .ledger
        .begin_run(&decided(Operation::Cancel), &[entry(0)], &[])
        .unwrap();
    desk.sent_with(cancel, &[0], Outcome::Accepted);
    let of = |operation| {
        let found = desk.ledger.taken("acme", "kibo", operation, &["#0"]);
        found.unwrap().remove(0).map(|taken| taken.outcome)
    };
    assert_eq!(of(Operation::Import), Some(Outcome::InDoubt));
    assert_eq!(of(Operation::Cancel), Some(Outcome::Accepted));
}

#[test]
fn history_walks_nothing_whatever_the_ledger_holds() {
    use std::sync::{Arc, Mutex};

    use rusqlite::trace::{TraceEvent, TraceEventCodes};

    let mut desk = Desk::new();
    let run = desk.begin(50);
    for ordinal in 0..40 {
        desk.sent_with(run, &[ordinal], Outcome::Accepted);
    }
    desk.send(run, &[1, 40, 41]);
    let exchange = desk.send(run, &[2, 42]);
    let begun = AnswerRecord {
        job: Some(JobState {
            id: "aa_1".to_owned(),
            ..JobState::default()
        }),
        ..answer(exchange)
    };
    desk.ledger.record_answers(run, &[begun]).unwrap();
    desk.begin(50);

    let said = Arc::new(Mutex::new(std::collections::BTreeSet::new()));
    let listener = Arc::clone(&said);
    let listen = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(statement, _) = event {
            listener
                .lock()
                .unwrap()
                .insert(statement.sql().into_owned());
        }
    };
    desk.ledger
        .conn
        .trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(listen))
        .unwrap();
    for key in ["#1", "#2", "#45", "#99"] {
        desk.ledger.history(key).unwrap();
    }
    desk.ledger
        .conn
        .trace_v2(TraceEventCodes::empty(), None::<fn(TraceEvent<'_>)>)
        .unwrap();
    let said = said.lock().unwrap();
    let asked: Vec<&String> = said.iter().filter(|sql| sql.contains("FROM")).collect();
    assert!(asked.len() > 8, "{asked:#?}");
    for sql in asked {
        let mut explain = desk
            .ledger
            .conn
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        let nothing = vec![rusqlite::types::Null; explain.parameter_count()];
        let plan: Vec<String> = explain
            .query_map(rusqlite::params_from_iter(nothing), |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(!plan.is_empty());
        for step in &plan {
            assert!(!step.starts_with("SCAN"), "{step} in {sql}");
        }
        if sql.contains("max(last - first)") {
            let bounded = "exchange_by_order (run=? AND first>? AND first<?)";
            assert!(plan.iter().any(|step| step.ends_with(bounded)), "{plan:?}");
            let widest = "exchange_by_span (run=?)";
            assert!(plan.iter().any(|step| step.ends_with(widest)), "{plan:?}");
        }
    }
}

//! Tests of looking after the file.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::super::SqliteLedger;
use super::super::open::NEWEST;
use super::super::tests::{Desk, answer, decided, entry, intent};
use crate::ledger::{
    ExchangeId, JobState, Ledger, LedgerCheck, LedgerError, OutcomeFilter, OutcomeUpdate, RunId,
    RunState,
};
use crate::order::outcome::{Operation, Outcome};

/// Everything was sent before it.
fn later() -> Timestamp {
    Timestamp::now() + jiff::SignedDuration::from_hours(1)
}

/// Sends orders alone, each accepted.
fn one_by_one(desk: &mut Desk, run: RunId, orders: std::ops::Range<u32>) {
    for order in orders {
        desk.sent_with(run, &[order], Outcome::Accepted);
    }
}

fn finish(desk: &mut Desk, run: RunId) {
    desk.ledger
        .set_run_state(run, RunState::Finished, None)
        .unwrap();
}

fn body_of(desk: &Desk, exchange: i64) -> Vec<u8> {
    desk.ledger
        .exchange(ExchangeId(exchange))
        .unwrap()
        .intent
        .body
}

fn count(desk: &Desk, table: &str) -> u64 {
    let sql = format!("SELECT count(*) FROM {table}");
    desk.ledger
        .conn
        .query_row(&sql, [], |row| row.get(0))
        .unwrap()
}

/// A ledger with something of everything: taken, doubtful, waiting, under way, in a job.
fn lively() -> Desk {
    let mut desk = Desk::new();
    let run = desk.begin(6);
    one_by_one(&mut desk, run, 0..2);
    desk.sent_with(run, &[2], Outcome::InDoubt);
    let exchange = desk.send(run, &[3]);
    let mut begun = answer(exchange);
    begun.outcomes = vec![OutcomeUpdate {
        exchange: Some(exchange),
        ..OutcomeUpdate::new(3, Outcome::Queued)
    }];
    begun.job = Some(JobState {
        id: "aa_1".to_owned(),
        ..JobState::default()
    });
    desk.ledger.record_answers(run, &[begun]).unwrap();
    desk.send(run, &[4]);
    desk
}

#[test]
fn info_counts_what_is_there() {
    let desk = lively();
    let info = desk.ledger.info().unwrap();
    assert_eq!(
        (info.runs, info.unfinished, info.exchanges, info.jobs),
        (1, 1, 5, 1)
    );
    assert_eq!(
        info.outcomes,
        [
            (Outcome::Pending, 2),
            (Outcome::Queued, 1),
            (Outcome::Accepted, 2),
            (Outcome::InDoubt, 1)
        ]
    );
    assert_eq!((info.in_doubt, info.accounts[0].in_doubt), (1, 1));
    assert_eq!((info.bodies.count, info.bodies.removed), (9, 0));
    assert!(info.bodies.plain > 0 && info.bodies.packed > 0 && info.bytes > 4096);
    assert_eq!(info.accounts.len(), 1);
    assert!(info.oldest <= info.newest);

    let empty = Desk::new().ledger.info().unwrap();
    assert_eq!((empty.runs, empty.oldest, empty.newest), (0, None, None));
}

#[test]
fn a_doubt_that_a_later_run_settled_is_counted_no_more() {
    let mut desk = Desk::new();
    let run = desk.begin(2);
    desk.sent_with(run, &[0, 1], Outcome::InDoubt);
    let retry = desk.begin(2);
    desk.sent_with(retry, &[1], Outcome::Accepted);
    assert_eq!(desk.ledger.info().unwrap().in_doubt, 1);
}

#[test]
fn a_sound_ledger_is_called_sound() {
    let desk = lively();
    let check = desk.ledger.check().unwrap();
    assert_eq!(check.problems, Vec::<String>::new());
    assert_eq!((check.runs, check.orders, check.exchanges), (1, 6, 5));
    desk.ledger.look_over().unwrap();
    assert!(
        SqliteLedger::open_read_only(&desk.path())
            .unwrap()
            .check()
            .unwrap()
            .is_well()
    );
}

#[test]
fn whatever_is_wrong_is_named() {
    let wrong: &[(&str, &[&str])] = &[
        (
            "DELETE FROM manifest",
            &["run 1 has 6 orders, but its list holds 0"],
        ),
        (
            "UPDATE manifest SET body = x'00'",
            &["list of orders can't be unpacked"],
        ),
        ("DELETE FROM outcome WHERE first = 0", &["counts and sums"]),
        (
            "UPDATE outcome SET outcome = 'rejected' WHERE first = 0",
            &["counts and sums"],
        ),
        (
            "UPDATE outcome SET outcome = 'lost' WHERE first = 0",
            &["an outcome is \"lost\""],
        ),
        (
            "UPDATE outcome SET first = 9, last = 9 WHERE first = 0",
            &["from 9 to 9, which it hasn't"],
        ),
        (
            "UPDATE outcome SET last = 1 WHERE first = 0",
            &["two outcomes are told of its orders from 1 on"],
        ),
        (
            "DELETE FROM place WHERE ordinal IN (0, 5)",
            &["2 of its orders aren't found by their keys"],
        ),
        (
            "UPDATE outcome SET exchange = 77 WHERE first = 0",
            &["outcome refers to a exchange", "request 77"],
        ),
        (
            "UPDATE tally SET total = '1.00' WHERE outcome = 'accepted'",
            &["counts and sums"],
        ),
        (
            "UPDATE run SET state = 'finished'",
            &["run 1 is finished, but 2 of its orders"],
        ),
        (
            "UPDATE exchange SET orders = '4-2' WHERE id = 1",
            &["request 1: its orders \"4-2\""],
        ),
        (
            "UPDATE exchange SET orders = '0-1' WHERE id = 1",
            &["request 1", "as many as it counts"],
        ),
        (
            "UPDATE exchange SET orders = '9', first = 9, last = 9 WHERE id = 1",
            &["request 1: it holds orders that run 1"],
        ),
        (
            "UPDATE bundle SET messages = x'00' WHERE id = (SELECT request_in FROM exchange WHERE id = 2)",
            &["the request of exchange 2 can't be unpacked"],
        ),
        (
            "UPDATE bundle SET messages = x'00' WHERE id = (SELECT response_in FROM exchange WHERE id = 1)",
            &["the response of exchange 1 can't be unpacked"],
        ),
        (
            "UPDATE exchange SET request_size = 1 WHERE id = 1",
            &["request 1", "as long as it was"],
        ),
        (
            "DELETE FROM bundle WHERE id = (SELECT request_in FROM exchange WHERE id = 1)",
            &["request 1: what was sent is missing"],
        ),
        (
            "UPDATE exchange SET compacted_at = 1 WHERE id = 1",
            &["removed, but is there"],
        ),
        (
            "UPDATE job SET exchange = 99",
            &["the job \"aa_1\" came from request 99"],
        ),
        ("DELETE FROM dictionary", &["can't be unpacked"]),
    ];
    for (damage, words) in wrong {
        let desk = lively();
        desk.ledger
            .conn
            .pragma_update(None, "foreign_keys", false)
            .unwrap();
        assert!(
            desk.ledger.conn.execute(damage, []).unwrap() > 0,
            "{damage}"
        );
        let check = desk.ledger.check().unwrap();
        for word in *words {
            let told = check.problems.iter().any(|problem| problem.contains(word));
            assert!(told, "{damage}: {word} in {:#?}", check.problems);
        }
    }
}

#[test]
fn many_problems_are_counted_and_the_first_told() {
    let mut check = LedgerCheck::default();
    for number in 0..LedgerCheck::MOST + 7 {
        check.found(number.to_string());
    }
    assert_eq!((check.problems.len(), check.more), (LedgerCheck::MOST, 7));
    assert!(!check.is_well());
}

#[test]
fn bodies_go_and_nothing_else_does() {
    let mut desk = Desk::new();
    let run = desk.begin(300);
    one_by_one(&mut desk, run, 0..300);
    finish(&mut desk, run);
    let (summary, rows) = (
        desk.ledger.summary(run).unwrap(),
        desk.ledger.outcomes(run, &[]).unwrap(),
    );
    let history = desk.ledger.history("#7").unwrap();

    let found = desk.ledger.compaction(later()).unwrap();
    assert_eq!(
        (found.exchanges, count(&desk, "bundle")),
        (300, 600),
        "looked at only"
    );
    assert_eq!(
        found.last_payloads,
        [("kibo".to_owned(), "acme".to_owned(), 300)]
    );
    assert_eq!(desk.ledger.remove_bodies(later()).unwrap(), found);
    let size = desk.ledger.shrink().unwrap();
    assert!(size.after < size.before, "{size:?}");
    for table in ["bundle", "dictionary"] {
        assert_eq!(count(&desk, table), 0, "{table}");
    }
    assert_eq!(desk.ledger.summary(run).unwrap(), summary);
    assert_eq!(desk.ledger.outcomes(run, &[]).unwrap(), rows);
    assert_eq!(
        desk.taken("#7").unwrap().payload_hash,
        entry(7).payload_hash
    );
    let mut after = desk.ledger.history("#7").unwrap();
    let removed = after[0].exchanges[0].compacted_at.take().unwrap();
    assert!((Timestamp::now() - removed).get_hours() < 1);
    assert_eq!(after, history);
    let whole = desk.ledger.exchange(history[0].exchanges[0].id).unwrap();
    assert!(whole.intent.body.is_empty() && whole.compacted_at == Some(removed));
    assert!(desk.ledger.check().unwrap().is_well());
    assert_eq!(desk.ledger.info().unwrap().bodies.removed, 300);
    // The run can go on being written to, and a second time there is nothing to do.
    desk.sent_with(run, &[1], Outcome::Accepted);
    assert!(desk.ledger.check().unwrap().is_well());
    assert_eq!(
        desk.ledger
            .compaction(Timestamp::UNIX_EPOCH)
            .unwrap()
            .exchanges,
        0
    );
    assert_eq!(desk.ledger.compaction(later()).unwrap().exchanges, 1);
}

#[test]
fn what_is_still_needed_stays() {
    let mut desk = Desk::new();
    let unfinished = desk.begin(2);
    one_by_one(&mut desk, unfinished, 0..1);
    let doubtful = desk.begin(4);
    desk.sent_with(doubtful, &[0, 1], Outcome::Accepted);
    desk.sent_with(doubtful, &[2, 3], Outcome::InDoubt);
    finish(&mut desk, doubtful);
    let queued = desk.begin(1);
    desk.sent_with(queued, &[0], Outcome::Queued);
    finish(&mut desk, queued);

    let removed = desk.ledger.remove_bodies(later()).unwrap();
    assert_eq!(
        (
            removed.exchanges,
            removed.kept_unfinished,
            removed.kept_in_doubt
        ),
        (1, 2, 1)
    );
    let kept: Vec<bool> = (1..=4).map(|id| !body_of(&desk, id).is_empty()).collect();
    assert_eq!(kept, [true, false, true, true]);
    assert!(
        desk.ledger.check().unwrap().is_well(),
        "what stays can be unpacked"
    );

    // Settled by a later run, it is needed no more.
    let retry = desk.begin(4);
    desk.sent_with(retry, &[2, 3], Outcome::Accepted);
    let found = desk.ledger.compaction(later()).unwrap();
    assert_eq!((found.exchanges, found.kept_in_doubt), (1, 0));
}

#[test]
fn of_messages_that_share_a_bundle_only_those_go_that_may() {
    let mut desk = Desk::new();
    let run = desk.begin(30);
    let intents: Vec<_> = (0..30).map(|order| intent("orders", &[order])).collect();
    let ids = desk.ledger.record_intents(run, &intents).unwrap();
    let answers: Vec<_> = ids
        .iter()
        .zip(0..)
        .map(|(id, order)| {
            let doubtful = order % 10 == 3;
            let outcome = if doubtful {
                Outcome::InDoubt
            } else {
                Outcome::Accepted
            };
            let mut answer = answer(*id);
            answer.body = format!("{{\"id\":{order}}}").into_bytes();
            answer.outcomes = vec![OutcomeUpdate {
                exchange: Some(*id),
                ..OutcomeUpdate::new(order, outcome)
            }];
            answer
        })
        .collect();
    desk.ledger.record_answers(run, &answers).unwrap();
    assert_eq!(count(&desk, "bundle"), 6, "twelve messages each at most");
    finish(&mut desk, run);
    let before: Vec<_> = ids
        .iter()
        .map(|id| desk.ledger.exchange(*id).unwrap())
        .collect();
    let all = desk.ledger.info().unwrap().bodies.packed;

    let found = desk.ledger.compaction(later()).unwrap();
    assert_eq!((found.exchanges, found.kept_in_doubt), (27, 3));
    assert!((1..all).contains(&found.packed), "{found:?} of {all}");
    assert_eq!(desk.ledger.remove_bodies(later()).unwrap(), found);
    for (id, before) in ids.iter().zip(&before) {
        let after = desk.ledger.exchange(*id).unwrap();
        if after.compacted_at.is_some() {
            assert!(after.intent.body.is_empty() && after.response_body.is_empty());
        } else {
            assert_eq!(&after, before);
        }
    }
    let bodies = desk.ledger.info().unwrap().bodies;
    assert_eq!((bodies.count, bodies.removed), (6, 27));
    assert!(desk.ledger.check().unwrap().is_well());

    // Once nothing is in doubt, the rest goes with what it was packed with.
    let retry = desk.begin(30);
    desk.sent_with(retry, &[3, 13, 23], Outcome::Accepted);
    assert_eq!(desk.ledger.remove_bodies(later()).unwrap().exchanges, 3);
    assert_eq!(count(&desk, "bundle"), 2, "those of the later run");
    assert!(desk.ledger.check().unwrap().is_well());
}

#[test]
fn an_order_that_a_newer_request_tells_of_can_still_be_cancelled() {
    let mut desk = Desk::new();
    let old = desk.begin(4);
    one_by_one(&mut desk, old, 0..3);
    desk.sent_with(old, &[3], Outcome::Rejected);
    finish(&mut desk, old);
    let newer = desk.begin(1);
    one_by_one(&mut desk, newer, 0..1);
    let cancelled = desk
        .ledger
        .begin_run(&decided(Operation::Cancel), &[entry(1)], &[])
        .unwrap();
    desk.sent_with(cancelled, &[0], Outcome::Accepted);
    // The newer runs aren't finished: theirs stay.
    let found = desk.ledger.compaction(later()).unwrap();
    assert_eq!(found.exchanges, 4);
    assert_eq!(
        found.last_payloads,
        [("kibo".to_owned(), "acme".to_owned(), 1)],
        "#2 alone"
    );
}

#[test]
fn outcomes_are_handed_out_once_each_with_those_that_wait() {
    let mut desk = lively();
    let second = desk.begin(1030);
    desk.sent_with(second, &[1029], Outcome::Accepted);
    let gather = |filter: &OutcomeFilter| {
        let mut lines = Vec::new();
        desk.ledger
            .each_outcome(filter, |line| {
                lines.push(line);
                true
            })
            .unwrap();
        lines
    };
    let all = gather(&OutcomeFilter::default());
    let keys: BTreeSet<_> = all
        .iter()
        .map(|line| (line.run, line.order.clone()))
        .collect();
    assert_eq!((all.len(), keys.len()), (1036, 1036));
    let of_first: Vec<_> = all
        .iter()
        .take(6)
        .map(|line| (line.order.as_str(), line.outcome))
        .collect();
    assert_eq!(
        of_first,
        [
            ("#0", Outcome::Accepted),
            ("#1", Outcome::Accepted),
            ("#2", Outcome::InDoubt),
            ("#3", Outcome::Queued),
            ("#4", Outcome::Sending),
            ("#5", Outcome::Pending),
        ]
    );
    assert_eq!(all.last().unwrap().outcome, Outcome::Accepted);
    assert_eq!(
        gather(&OutcomeFilter {
            since: Some(later()),
            account: None
        }),
        []
    );
    assert_eq!(
        gather(&OutcomeFilter {
            since: None,
            account: Some("other".to_owned())
        }),
        []
    );
    let mut seen = 0;
    desk.ledger
        .each_outcome(&OutcomeFilter::default(), |_| {
            seen += 1;
            seen < 3
        })
        .unwrap();
    assert_eq!(seen, 3, "it ends when it is told to");
}

#[test]
fn a_backup_is_one_moment_of_a_ledger_that_is_being_written() {
    let mut desk = Desk::new();
    let run = desk.begin(2000);
    let to = desk.dir.path().join("copy.sqlite");
    let looker = SqliteLedger::open_read_only(&desk.path()).unwrap();
    let begun = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            begun.wait();
            one_by_one(&mut desk, run, 0..200);
        });
        begun.wait();
        for _ in 0..5 {
            let _ = std::fs::remove_file(&to);
            super::super::private::new_file()
                .write(true)
                .create_new(true)
                .open(&to)
                .unwrap();
            looker.backup(&to).unwrap();
            assert!(SqliteLedger::check_file(&to).unwrap().is_well());
        }
    });
    looker.backup(&to).unwrap();
    let copy = SqliteLedger::open(&to).unwrap();
    assert_eq!(
        copy.summary(run).unwrap(),
        desk.ledger.summary(run).unwrap()
    );
    assert_eq!(
        copy.history("#7").unwrap(),
        desk.ledger.history("#7").unwrap()
    );
}

/// Makes a ledger what the first version of the program would have written: an outcome an order, keys apart.
fn back_to_one(desk: &Desk) {
    let first = include_str!("../../../../assets/ledger/001.sql");
    let from = first.find("CREATE TABLE order_key").unwrap();
    let to = first.find("-- The edit log").unwrap();
    let conn = &desk.ledger.conn;
    conn.execute_batch(
        "PRAGMA foreign_keys = OFF; ALTER TABLE outcome RENAME TO outcome_range;
         CREATE TABLE request (exchange INTEGER PRIMARY KEY REFERENCES exchange (id),
             dictionary INTEGER REFERENCES dictionary (id), message BLOB NOT NULL) STRICT;
         CREATE TABLE response (exchange INTEGER PRIMARY KEY REFERENCES exchange (id),
             dictionary INTEGER REFERENCES dictionary (id), message BLOB NOT NULL) STRICT;
         INSERT INTO request SELECT exchange.id, dictionary, messages FROM exchange JOIN bundle ON bundle.id = request_in;
         INSERT INTO response SELECT exchange.id, dictionary, messages FROM exchange JOIN bundle ON bundle.id = response_in;
         UPDATE exchange SET state = 'answered' WHERE state = '';
         DROP TABLE bundle; ALTER TABLE exchange DROP COLUMN request_in; ALTER TABLE exchange DROP COLUMN response_in;
         ALTER TABLE exchange DROP COLUMN compacted_at;
         DROP TABLE ruling; ALTER TABLE job DROP COLUMN moved_at;
         ALTER TABLE run DROP COLUMN waits_for; ALTER TABLE run DROP COLUMN waits_until;
         ALTER TABLE run DROP COLUMN widest; DROP INDEX exchange_by_first;
         CREATE INDEX exchange_by_order ON exchange (run, first, last);
         ALTER TABLE exchange ADD COLUMN purpose TEXT NOT NULL DEFAULT '';
         ALTER TABLE exchange ADD COLUMN method TEXT NOT NULL DEFAULT '';
         ALTER TABLE exchange ADD COLUMN url TEXT NOT NULL DEFAULT '';
         UPDATE exchange SET (purpose, method, url) = (SELECT purpose, method, base || coalesce(tail, '')
                 FROM endpoint WHERE endpoint.id = endpoint),
             orders = CASE WHEN orders <> '' THEN orders WHEN first = last THEN first
                 ELSE first || '-' || last END;
         ALTER TABLE exchange DROP COLUMN endpoint; ALTER TABLE exchange DROP COLUMN tail;
         DROP TABLE endpoint",
    )
    .unwrap();
    conn.execute_batch(&first[from..to]).unwrap();
    conn.execute_batch(
        "WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < 99)
             INSERT INTO order_key (id, key) SELECT n + 1, '#' || n FROM number;
         INSERT INTO outcome (run, ordinal, order_key, scope, outcome, sent, payload_hash, at, exchange, reason,
                 rule, vendor_id)
             SELECT run, id - 1, id, 1, outcome, sent, x'00', at, exchange, reason, rule, vendor_id
             FROM outcome_range JOIN order_key ON id - 1 BETWEEN first AND last;
         DROP TABLE outcome_range; DROP TABLE place; PRAGMA foreign_keys = ON; PRAGMA user_version = 1",
    )
    .unwrap();
}

#[test]
fn an_older_ledger_is_brought_forward_with_all_that_is_in_it() {
    let mut desk = Desk::new();
    let run = desk.begin(60);
    one_by_one(&mut desk, run, 0..2);
    let many: Vec<u32> = (2..50).collect();
    desk.sent_with(run, &many, Outcome::Accepted);
    desk.sent_with(run, &[50, 52], Outcome::InDoubt);
    let keys = ["#1", "#7", "#49", "#51", "#52", "#59"];
    let before = keys.map(|key| desk.ledger.history(key).unwrap());
    let rows = desk.ledger.outcomes(run, &[]).unwrap();
    let ranges = count(&desk, "outcome");
    let whole =
        |ledger: &SqliteLedger| [1, 2, 3, 4].map(|id| ledger.exchange(ExchangeId(id)).unwrap());
    let exchanges = whole(&desk.ledger);
    back_to_one(&desk);
    assert_eq!(count(&desk, "outcome"), 52);
    let (path, dir) = (desk.path(), desk.dir);
    drop(desk.ledger);
    let bytes = std::fs::read(&path).unwrap();
    match SqliteLedger::open_read_only(&path).map(|_| ()).unwrap_err() {
        LedgerError::Unusable { reason, .. } => {
            assert!(reason.contains("older schema 1"), "{reason}");
        }
        other => panic!("{other}"),
    }
    assert!(
        std::fs::read(&path).unwrap() == bytes,
        "looking doesn't bring it forward"
    );
    let ledger = SqliteLedger::open(&path).unwrap();
    assert_eq!(ledger.info().unwrap().schema, NEWEST);
    assert_eq!(whole(&ledger), exchanges);
    assert_eq!(keys.map(|key| ledger.history(key).unwrap()), before);
    assert_eq!(ledger.outcomes(run, &[]).unwrap(), rows);
    assert!(ledger.check().unwrap().is_well());
    let mut desk = Desk { dir, ledger };
    assert_eq!(
        count(&desk, "outcome"),
        ranges,
        "neighbours are one row again"
    );
    desk.sent_with(run, &[51], Outcome::Accepted);
    assert_eq!(desk.taken("#51").unwrap().run, run);
    assert!(desk.ledger.check().unwrap().is_well());
}

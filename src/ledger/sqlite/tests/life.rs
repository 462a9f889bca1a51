//! The life of a run: intents, answers, jobs, crashes, and what can be read of them.

use super::*;
use crate::ledger::EditRow;

#[test]
fn a_run_comes_back_as_it_was_decided() {
    let mut desk = Desk::new();
    let first = desk.begin(3);
    let retry = NewRun {
        retry_of: Some(first),
        ..decided(Operation::Cancel)
    };
    let mut manifest: Vec<_> = (0..2500).map(entry).collect();
    manifest[7].total = None;
    manifest[7].currency = String::new();
    let second = desk.ledger.begin_run(&retry, &manifest, &[]).unwrap();
    let run = desk.ledger.run(second).unwrap();
    assert_eq!(run.decided, retry);
    assert_eq!((run.state, run.orders), (RunState::Running, 2500));
    assert_eq!(desk.ledger.manifest(second).unwrap(), manifest);
    let all: Vec<_> = desk.ledger.runs().unwrap();
    assert_eq!(
        all.iter().map(|run| run.id).collect::<Vec<_>>(),
        [second, first]
    );
    assert_eq!(desk.ledger.newest_run().unwrap(), Some(run));

    desk.ledger
        .set_run_state(second, RunState::Paused, Some("401"))
        .unwrap();
    let run = desk.ledger.run(second).unwrap();
    assert_eq!(run.state, RunState::Paused);
    assert_eq!(run.reason.as_deref(), Some("401"));
}

#[test]
fn what_is_not_there_is_said_by_name() {
    let mut desk = Desk::new();
    let run = desk.begin(2);
    let other = desk.begin(2);
    let exchange = desk.send(other, &[0]);
    let none = RunId(99);
    let stray = OutcomeUpdate::new(2, Outcome::Rejected);
    let foreign = OutcomeUpdate {
        exchange: Some(exchange),
        ..OutcomeUpdate::new(0, Outcome::Accepted)
    };
    let ledger = &mut desk.ledger;
    let errors = [
        ledger.run(none).map(|_| ()),
        ledger.summary(none).map(|_| ()),
        ledger.manifest(none).map(|_| ()),
        ledger.outcomes(none, &[]).map(|_| ()),
        ledger.exchanges(Some(none), None, 1).map(|_| ()),
        ledger.jobs(Some(none)).map(|_| ()),
        ledger.exchange(ExchangeId(99)).map(|_| ()),
        ledger.set_run_state(none, RunState::Stopped, None),
        ledger.record_intents(none, &[]).map(|_| ()),
        ledger
            .record_intents(run, &[intent("orders", &[2])])
            .map(|_| ()),
        ledger.record_answers(run, &[answer(exchange)]),
        ledger.record_outcomes(run, &[stray]),
        ledger.record_outcomes(run, &[foreign]),
        ledger.record_job(run, &JobState::default()),
        ledger.abandon_open_exchanges(none, "").map(|_| ()),
        ledger.set_edits_undone(&[99], true),
        ledger
            .begin_run(
                &NewRun {
                    retry_of: Some(none),
                    ..decided(Operation::Import)
                },
                &[],
                &[],
            )
            .map(|_| ()),
    ];
    for (index, error) in errors.into_iter().enumerate() {
        let error = error.unwrap_err();
        assert!(
            matches!(error, LedgerError::Unknown { .. }),
            "{index}: {error}"
        );
    }
    assert_eq!(desk.count(run, Outcome::Pending), 2, "nothing half done");
    assert_eq!(desk.ledger.runs().unwrap().len(), 2);
}

#[test]
fn a_failed_begin_leaves_nothing_behind_in_memory_either() {
    let mut desk = Desk::new();
    let stray = OutcomeUpdate::new(5, Outcome::Blocked);
    let good = OutcomeUpdate::new(0, Outcome::Blocked);
    desk.ledger
        .begin_run(
            &decided(Operation::Import),
            &[entry(0), entry(1)],
            &[good.clone(), stray],
        )
        .unwrap_err();
    let run = desk
        .ledger
        .begin_run(&decided(Operation::Import), &[entry(7)], &[good])
        .unwrap();
    assert_eq!(desk.ledger.outcomes(run, &[]).unwrap()[0].key, "#7");
}

#[test]
fn messages_come_back_byte_for_byte() {
    let mut desk = Desk::new();
    let run = desk.begin(1);
    let bodies = [
        Vec::new(),
        b"{\"total\":200.130}".to_vec(),
        vec![0xff, 0x00, 0xfe],
        (0..100_000u32).flat_map(u32::to_le_bytes).collect(),
        b"{\"total\":200.131}".to_vec(),
    ];
    for body in &bodies {
        let intent = Intent {
            body: body.clone(),
            ..intent("orders", &[0])
        };
        let id = desk
            .ledger
            .record_intents(run, std::slice::from_ref(&intent))
            .unwrap()[0];
        let back = AnswerRecord {
            body: body.iter().rev().copied().collect(),
            ..answer(id)
        };
        desk.ledger
            .record_answers(run, std::slice::from_ref(&back))
            .unwrap();
        // Another connection has no compressor in memory.
        let reader = SqliteLedger::open_read_only(&desk.path()).unwrap();
        let whole = reader.exchange(id).unwrap();
        assert_eq!(whole.intent, intent);
        assert_eq!(whole.response_body, back.body);
        assert_eq!(whole.response_headers, back.headers);
        assert_eq!(whole.sizes, (body.len() as u64, body.len() as u64));
        let listed = reader.exchanges(None, None, 1).unwrap().remove(0);
        assert!(listed.intent.body.is_empty() && listed.response_body.is_empty());
        assert!(listed.intent.headers.is_empty() && listed.response_headers.is_empty());
    }
}

#[test]
fn messages_that_are_recorded_together_can_be_read_alone() {
    let mut desk = Desk::new();
    let run = desk.begin(200);
    let intents: Vec<Intent> = (0..200)
        .map(|order| Intent {
            body: match order % 50 {
                7 => (0..u32::from(order as u16) * 300)
                    .flat_map(u32::to_le_bytes)
                    .collect(),
                8 => Vec::new(),
                _ => format!("{{\"id\":{order},\"total\":1.{order}0}}").into_bytes(),
            },
            ..intent(if order % 9 == 4 { "token" } else { "orders" }, &[order])
        })
        .collect();
    let ids = desk.ledger.record_intents(run, &intents).unwrap();
    let answers: Vec<AnswerRecord> = ids
        .iter()
        .rev()
        .map(|id| AnswerRecord {
            body: format!("{{\"taken\":{}}}", id.0).into_bytes(),
            ..answer(*id)
        })
        .collect();
    let (some, others) = answers.split_at(130);
    desk.ledger.record_answers(run, some).unwrap();
    desk.ledger.record_answers(run, others).unwrap();
    // One is answered once more: what came last counts.
    let again = AnswerRecord {
        body: b"again".to_vec(),
        ..answer(ids[20])
    };
    desk.ledger.record_answers(run, &[again]).unwrap();
    let reader = SqliteLedger::open_read_only(&desk.path()).unwrap();
    for ((id, intent), answer) in ids.iter().zip(&intents).zip(answers.iter().rev()) {
        let whole = reader.exchange(*id).unwrap();
        assert_eq!(&whole.intent, intent);
        let body: &[u8] = if *id == ids[20] {
            b"again"
        } else {
            &answer.body
        };
        assert_eq!(whole.response_body, body);
        assert_eq!(whole.response_headers, answer.headers);
    }
    assert!(reader.check().unwrap().is_well());
}

#[test]
fn small_messages_that_differ_little_cost_little() {
    let mut desk = Desk::new();
    let run = desk.begin(200);
    let noise: String = (0..40)
        .map(|n| blake3::hash(&[n]).to_hex().to_string())
        .collect();
    for ordinal in 0..200 {
        let intent = Intent {
            body: format!("{{\"id\":{ordinal},\"same\":\"{noise}\"}}").into_bytes(),
            ..intent("orders", &[ordinal])
        };
        desk.ledger.record_intents(run, &[intent]).unwrap();
    }
    let kept: i64 = desk
        .ledger
        .conn
        .query_row("SELECT sum(length(messages)) FROM bundle", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert!(kept < 200 * 100, "{kept} bytes for 200 requests of 2.6 kB");
}

#[test]
fn exchanges_are_paged_backwards() {
    let mut desk = Desk::new();
    let run = desk.begin(5);
    let other = desk.begin(5);
    let ids: Vec<_> = (0..5).map(|ordinal| desk.send(run, &[ordinal])).collect();
    let foreign = desk.send(other, &[0]);
    let page = |run, before, limit| -> Vec<_> {
        let found = desk.ledger.exchanges(run, before, limit).unwrap();
        found.iter().map(|exchange| exchange.id).collect()
    };
    assert_eq!(page(Some(run), None, 2), [ids[4], ids[3]]);
    assert_eq!(page(Some(run), Some(ids[3]), 2), [ids[2], ids[1]]);
    assert_eq!(page(Some(run), Some(ids[1]), 9), [ids[0]]);
    assert_eq!(page(None, None, 2), [foreign, ids[4]]);
}

#[test]
fn an_exchange_counts_its_orders_as_they_are_now() {
    let mut desk = Desk::new();
    let run = desk.begin(5);
    let first = desk.send(run, &[3, 0, 1]);
    let counts = |desk: &Desk, id| desk.ledger.exchange(id).unwrap().outcomes;
    assert_eq!(counts(&desk, first), [(Outcome::Sending, 3)]);
    desk.answer(
        run,
        first,
        &[
            (0, Outcome::Queued),
            (1, Outcome::Rejected),
            (3, Outcome::Pending),
        ],
    );
    assert_eq!(
        counts(&desk, first),
        [
            (Outcome::Pending, 1),
            (Outcome::Queued, 1),
            (Outcome::Rejected, 1)
        ]
    );
    desk.set(run, 0, Outcome::Imported);
    let second = desk.send(run, &[3]);
    assert_eq!(
        counts(&desk, first),
        [
            (Outcome::Sending, 1),
            (Outcome::Imported, 1),
            (Outcome::Rejected, 1)
        ]
    );
    assert_eq!(counts(&desk, second), [(Outcome::Sending, 1)]);
    let exchange = desk.ledger.exchange(first).unwrap();
    assert_eq!(
        exchange.intent.orders,
        [3, 0, 1],
        "in the order of the body"
    );
    assert_eq!(exchange.order_count, 3);
    assert_eq!(exchange.state, ExchangeState::Answered);
    assert_eq!(
        (exchange.status, exchange.latency_ms),
        (Some(200), Some(12))
    );
}

#[test]
fn a_job_is_begun_polled_and_found_again() {
    let mut desk = Desk::new();
    let run = desk.begin(3);
    let exchange = desk.send(run, &[0, 1, 2]);
    let mut job = JobState {
        id: "aa_1".to_owned(),
        status: "IN_PROGRESS".to_owned(),
        progress: Some(10),
        next_poll: Some(jiff::Timestamp::from_millisecond(1_700_000_000_123).unwrap()),
        ..JobState::default()
    };
    let begun = AnswerRecord {
        outcomes: (0..3)
            .map(|ordinal| OutcomeUpdate::new(ordinal, Outcome::Queued))
            .collect(),
        job: Some(job.clone()),
        ..answer(exchange)
    };
    desk.ledger.record_answers(run, &[begun]).unwrap();
    let row = desk.ledger.jobs(Some(run)).unwrap().remove(0);
    assert_eq!((row.polls, row.polled_at, row.orders), (0, None, 3));
    assert_eq!(row.job, job);

    // Told by the answer to a poll, then by hand.
    let poll = desk.ask(run, "job", &[]);
    job.progress = Some(60);
    let polled = AnswerRecord {
        job: Some(job.clone()),
        ..answer(poll)
    };
    desk.ledger.record_answers(run, &[polled]).unwrap();
    job = JobState {
        status: "DONE".to_owned(),
        finished: true,
        done: Some(2),
        failed: Some(1),
        next_poll: None,
        message: Some("one failed".to_owned()),
        ..job
    };
    desk.ledger.record_job(run, &job).unwrap();
    let rows = desk.ledger.jobs(None).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].polls, rows[0].exchange), (2, exchange));
    assert!(rows[0].polled_at.is_some());
    assert_eq!(rows[0].job, job);
    let listed = desk.ledger.exchange(exchange).unwrap();
    assert_eq!(listed.job.as_deref(), Some("aa_1"));
    let summary = desk.ledger.summary(run).unwrap();
    assert_eq!((summary.exchanges, summary.jobs), (2, 1));
}

#[test]
fn after_a_crash_what_was_under_way_is_in_doubt() {
    let mut desk = Desk::new();
    let run = desk.begin(6);
    desk.sent_with(run, &[0], Outcome::Accepted);
    let lost = desk.send(run, &[1, 2]);
    let token = desk.ask(run, "token", &[]);
    // The sender dies here: no close, no checkpoint. Another process opens the same file.
    let Desk { dir, ledger: dead } = desk;
    let path = dir.path().join("ledger.sqlite");
    let mut next = SqliteLedger::open(&path).unwrap();
    let summary = next.summary(run).unwrap();
    assert_eq!(summary.count(Outcome::Sending), 2);
    assert_eq!(summary.count(Outcome::Pending), 3);
    let abandoned = next.abandon_open_exchanges(run, "the sender died").unwrap();
    let states: Vec<_> = abandoned.iter().map(|it| (it.id, it.state)).collect();
    assert_eq!(
        states,
        [(lost, ExchangeState::Lost), (token, ExchangeState::Lost)]
    );
    let doubts = next.outcomes(run, &[Outcome::InDoubt]).unwrap();
    let keys: Vec<_> = doubts.iter().map(|row| row.key.as_str()).collect();
    assert_eq!(keys, ["#1", "#2"]);
    assert_eq!(doubts[0].update.exchange, Some(lost));
    assert_eq!(doubts[0].update.reason.as_deref(), Some("the sender died"));
    assert_eq!(next.summary(run).unwrap().count(Outcome::Sending), 0);
    // A second recovery, killed or not, comes to the same end.
    assert!(
        next.abandon_open_exchanges(run, "again")
            .unwrap()
            .is_empty()
    );
    assert_eq!(next.summary(run).unwrap().count(Outcome::InDoubt), 2);
    drop(dead);
}

#[test]
fn a_doubt_that_is_asked_about_keeps_its_row_when_the_asking_dies() {
    let mut desk = Desk::new();
    let run = desk.begin(1);
    let sent = desk.send(run, &[0]);
    desk.ledger.abandon_open_exchanges(run, "died").unwrap();
    desk.ask(run, "settle", &[0]);
    assert_eq!(desk.count(run, Outcome::InDoubt), 1);
    desk.ledger
        .abandon_open_exchanges(run, "died again")
        .unwrap();
    let row = desk.ledger.outcomes(run, &[]).unwrap().remove(0);
    assert_eq!(row.update.exchange, Some(sent));
    assert_eq!(row.update.reason.as_deref(), Some("died"));
}

#[test]
fn outcomes_are_listed_by_ordinal_and_filtered() {
    let mut desk = Desk::new();
    let manifest: Vec<_> = (0..4).map(entry).collect();
    let blocked = OutcomeUpdate {
        reason: Some("no currency".to_owned()),
        rule: Some("KIB-03".to_owned()),
        ..OutcomeUpdate::new(2, Outcome::Blocked)
    };
    let run = desk
        .ledger
        .begin_run(
            &decided(Operation::Import),
            &manifest,
            &[blocked.clone(), OutcomeUpdate::new(1, Outcome::Skipped)],
        )
        .unwrap();
    let exchange = desk.send(run, &[0]);
    let imported = OutcomeUpdate {
        vendor_id: Some("ord_1".to_owned()),
        exchange: Some(exchange),
        ..OutcomeUpdate::new(0, Outcome::Queued)
    };
    desk.ledger.record_outcomes(run, &[imported]).unwrap();
    desk.set(run, 0, Outcome::Imported);
    let all = desk.ledger.outcomes(run, &[]).unwrap();
    let ends: Vec<_> = all
        .iter()
        .map(|row| (row.update.ordinal, row.update.outcome))
        .collect();
    assert_eq!(
        ends,
        [
            (0, Outcome::Imported),
            (1, Outcome::Skipped),
            (2, Outcome::Blocked)
        ]
    );
    assert_eq!(
        all[0].update.vendor_id.as_deref(),
        Some("ord_1"),
        "told once, kept"
    );
    let some = desk
        .ledger
        .outcomes(run, &[Outcome::Blocked, Outcome::InDoubt])
        .unwrap();
    assert_eq!(some.len(), 1);
    assert_eq!(some[0].update, blocked);
    assert_eq!(some[0].key, "#2");
}

#[test]
fn edits_are_kept_by_source() {
    let mut desk = Desk::new();
    let ledger = &mut desk.ledger;
    let first = ledger.append_edit("a.csv", "e-mail of #1", "{}").unwrap();
    let second = ledger.append_edit("a.csv", "total of #2", "[1]").unwrap();
    ledger.append_edit("b.csv", "other", "{}").unwrap();
    ledger.set_edits_undone(&[second], true).unwrap();
    let log = |ledger: &SqliteLedger| -> Vec<(i64, bool)> {
        let rows: Vec<EditRow> = ledger.edits("a.csv").unwrap();
        rows.iter().map(|row| (row.id, row.undone)).collect()
    };
    assert_eq!(log(ledger), [(first, false), (second, true)]);
    ledger.set_edits_undone(&[second], false).unwrap();
    assert_eq!(log(ledger), [(first, false), (second, false)]);
    ledger.set_edits_undone(&[second], true).unwrap();
    ledger.drop_undone_edits("a.csv").unwrap();
    assert_eq!(log(ledger), [(first, false)]);
    let third = ledger.append_edit("a.csv", "again", "{}").unwrap();
    assert!(third > second, "numbers are never given twice");
    assert_eq!(ledger.edits("b.csv").unwrap()[0].label, "other");
}

#[test]
fn sources_are_remembered_newest_first() {
    let mut desk = Desk::new();
    let source = |path: &str, second: i64, orders| SourceRow {
        path: path.to_owned(),
        fingerprint: format!("{second:x}"),
        mapping: "shopify-csv".to_owned(),
        orders,
        opened_at: jiff::Timestamp::from_second(second).unwrap(),
    };
    for row in [source("/a", 1, 1), source("/b", 2, 2), source("/a", 3, 5)] {
        desk.ledger.remember_source(&row).unwrap();
    }
    let found = desk.ledger.recent_sources(9).unwrap();
    assert_eq!(found, [source("/a", 3, 5), source("/b", 2, 2)]);
    assert_eq!(desk.ledger.recent_sources(1).unwrap().len(), 1);
}

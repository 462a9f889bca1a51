//! Several runs over the same orders at one account: whichever is taken up, no order goes twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::chaos::{TOKEN, end_of, resume, rows, stop};
use super::server::{Chaos, Reply};
use super::*;
use crate::ledger::RunName;
use crate::workspace::Decision;

/// A server that refuses every token until the switch is turned.
async fn closed_at_first() -> (Chaos, Arc<AtomicBool>) {
    let open = Arc::new(AtomicBool::new(false));
    let is_open = Arc::clone(&open);
    let chaos = Chaos::start(move |line, _| match line {
        "POST /token" if is_open.load(Ordering::SeqCst) => Reply::ok(TOKEN),
        "POST /token" => Reply::status(401, "{}"),
        _ => Reply::ok(r#"{"orderID":1}"#),
    })
    .await;
    (chaos, open)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_runs_that_rest_the_one_taken_up_last_leaves_alone_what_the_other_sent() {
    let bench = Bench::new(3).await;
    let (chaos, open) = closed_at_first().await;
    let target = chaos.target(&bench, "kibo");
    let mut runs = Vec::new();
    for _ in 0..2 {
        let started = bench.start(&target, &Selection::default());
        runs.push(started.name.id);
        assert_eq!(end_of(started).await.0, RunState::Paused);
        assert_eq!(
            count(&bench.summary(runs[0]), Outcome::Pending),
            3,
            "nothing was sent"
        );
    }
    open.store(true, Ordering::SeqCst);
    for run in &runs {
        end_of(resume(&bench, &target, *run)).await;
    }
    assert_eq!(count(&bench.summary(runs[0]), Outcome::Accepted), 3);
    assert_eq!(
        count(&bench.summary(runs[1]), Outcome::Skipped),
        3,
        "{:?}",
        rows(&bench, runs[1])
    );
    assert_eq!(chaos.orders(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_in_doubt_is_not_sent_again_where_another_run_has_it_in_a_job() {
    let bench = Bench::new(1).await;
    let chaos = Chaos::start(|line, before| match (line, before) {
        ("POST /v1/orders/import", 0) => Reply::Close,
        ("POST /v1/orders/import", _) => Reply::ok(r#"{"async_action_id":"job-2"}"#),
        // Nobody can be asked while the first run lasts.
        (line, 0) if line.starts_with("GET /v1/async-actions?") => Reply::status(402, "{}"),
        (line, _) if line.starts_with("GET /v1/async-actions?") => Reply::Answer(
            200,
            format!(
                "date: {}\r\n",
                httpdate::fmt_http_date(std::time::SystemTime::now())
            ),
            r#"{"object":"list","async_actions":[],"has_more":false}"#.to_owned(),
        ),
        ("GET /v1/async-actions/job-2", _) => Reply::ok(r#"{"id":"job-2","status":"IN_PROGRESS"}"#),
        _ => Reply::status(404, r#"{"code":404,"key":"not_found","message":"no"}"#),
    })
    .await;
    let target = chaos.target(&bench, "voucherify");
    let started = bench.start(&target, &Selection::default());
    let first = started.name.id;
    assert_eq!(end_of(started).await.0, RunState::Paused);
    assert_eq!(count(&bench.summary(first), Outcome::InDoubt), 1);
    // The operator sends it again, and leaves while the vendor's job is under way.
    let again = Selection {
        resend: true,
        ..Selection::default()
    };
    let started = bench.start(&target, &again);
    let second = started.name.id;
    chaos.until("GET /v1/async-actions/job-2", 1).await;
    stop(started).await;
    assert_eq!(count(&bench.summary(second), Outcome::Queued), 1);

    let seat = bench.workspace.take_seat(&target).unwrap();
    let rest = Resumption::find(&seat, first, &target).unwrap();
    let credentials = bench.workspace.credentials("sandbox-voucherify").unwrap();
    let started = rest
        .start(seat, Again::Deck(&bench.deck), credentials, false)
        .unwrap();
    end_of(started).await;
    assert_eq!(
        chaos.count("POST /v1/orders/import"),
        2,
        "{:?}",
        rows(&bench, first)
    );
    assert_eq!(count(&bench.summary(first), Outcome::Skipped), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_never_arrived_is_sent_by_one_of_the_runs_that_have_it() {
    let bench = Bench::new(1).await;
    let chaos = Chaos::start(|line, before| match (line, before) {
        ("POST /token", _) => Reply::ok(TOKEN),
        (_, 0) => Reply::Close,
        _ => Reply::ok(r#"{"orderID":1}"#),
    })
    .await;
    let target = chaos.target(&bench, "kibo");
    let started = bench.start(&target, &Selection::default());
    let name: RunName = started.name;
    assert_eq!(end_of(started).await.0, RunState::Finished);
    bench
        .workspace
        .settle(name, &[], Decision::NotArrived, None)
        .unwrap();
    assert_eq!(bench.summary(name.id).run.state, RunState::Stopped);
    let started = bench.start(&target, &Selection::default());
    let second = started.name.id;
    end_of(started).await;
    assert_eq!(count(&bench.summary(second), Outcome::Accepted), 1);
    end_of(resume(&bench, &target, name.id)).await;
    assert_eq!(chaos.orders(), 2);
    assert_eq!(count(&bench.summary(name.id), Outcome::Skipped), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_about_nothing_does_not_reopen_a_run() {
    let bench = Bench::new(1).await;
    let summary = bench.submit("kibo").await;
    let name = RunName {
        book: Book::Sandbox,
        id: summary.run.id,
    };
    let settled = bench
        .workspace
        .settle(name, &[], Decision::NotArrived, None)
        .unwrap();
    assert_eq!(settled, 0);
    assert_eq!(bench.summary(name.id).run.state, RunState::Finished);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_waits_for_its_token_does_not_leave_after_a_stop() {
    for wish in [Control::Stop, Control::Pause] {
        let bench = Bench::new(2).await;
        let chaos = Chaos::start(|line, _| match line {
            "POST /token" => Reply::Late(Duration::from_millis(600), TOKEN.to_owned()),
            _ => Reply::ok(r#"{"orderID":1}"#),
        })
        .await;
        let mut started = bench.start(&chaos.target(&bench, "kibo"), &Selection::default());
        let id = started.name.id;
        chaos.until("POST /token", 1).await;
        started.control.send(wish).unwrap();
        if wish == Control::Pause {
            // The intent and the answer of the token are recorded; nothing follows until it is told to go on.
            for _ in 0..2 {
                started.events.recv().await.unwrap();
            }
            let more = tokio::time::timeout(Duration::from_millis(400), started.events.recv());
            assert!(more.await.is_err());
        }
        if wish == Control::Stop {
            assert_eq!(end_of(started).await.0, RunState::Stopped);
        } else {
            stop(started).await;
        }
        assert_eq!(chaos.orders(), 0, "{wish:?}");
        assert_eq!(count(&bench.summary(id), Outcome::Pending), 2);
    }
}

/// An order that was rejected and one in doubt, in a run at Kibo.
async fn one_rejected_one_in_doubt(bench: &Bench) -> (Chaos, Target, RunName) {
    let chaos = Chaos::reading(|seen, before| match seen.line.as_str() {
        "POST /token" => Reply::ok(TOKEN),
        _ if seen.body.contains("#1002") => Reply::Close,
        _ if before < 2 => Reply::status(400, r#"{"code":5003,"message":"bad"}"#),
        _ => Reply::ok(r#"{"orderID":1}"#),
    })
    .await;
    let mut target = chaos.target(bench, "kibo");
    let settings = &mut target.account.settings;
    settings.insert("concurrency".into(), 1.into());
    let started = bench.start(&target, &Selection::default());
    let name = started.name;
    assert_eq!(end_of(started).await.0, RunState::Finished);
    let outcomes: Vec<Outcome> = rows(bench, name.id)
        .iter()
        .map(|row| row.update.outcome)
        .collect();
    assert_eq!(outcomes, [Outcome::Rejected, Outcome::InDoubt]);
    (chaos, target, name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_of_doubt_and_refusals_leaves_alone_what_a_later_run_took() {
    let bench = Bench::new(2).await;
    let (_chaos, target, name) = one_rejected_one_in_doubt(&bench).await;
    let meant = [Outcome::Rejected, Outcome::InDoubt];
    let retry = bench.workspace.retry(name, &meant, &[]).unwrap();
    assert_eq!(retry.keys, ["#1001", "#1002"]);
    let started = bench.start(&target, &Selection::default());
    let second = started.name.id;
    end_of(started).await;
    assert_eq!(count(&bench.summary(second), Outcome::Accepted), 1);
    let retry = bench.workspace.retry(name, &meant, &[]).unwrap();
    assert!(
        retry.resend,
        "nothing but this list keeps it from going twice"
    );
    assert_eq!(retry.keys, ["#1002"]);
    assert_eq!(retry.settled_since, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_leaves_alone_what_was_settled_while_it_was_thought_about() {
    let bench = Bench::new(2).await;
    let (_chaos, target, name) = one_rejected_one_in_doubt(&bench).await;
    let meant = [Outcome::Rejected, Outcome::InDoubt];
    let mut retry = bench.workspace.retry(name, &meant, &[]).unwrap();
    bench
        .workspace
        .settle(name, &[], Decision::Arrived, None)
        .unwrap();
    let seat = bench.workspace.take_seat(&target).unwrap();
    bench
        .workspace
        .confirm_retry(&seat, &mut retry, name, &meant)
        .unwrap();
    assert_eq!(retry.keys, ["#1001"]);
    assert_eq!(retry.settled_since, 1);
    // Nothing that was meant is left.
    let mut retry = crate::workspace::Retry {
        keys: vec!["#1002".to_owned()],
        ..retry
    };
    bench
        .workspace
        .confirm_retry(&seat, &mut retry, name, &[Outcome::InDoubt])
        .unwrap();
    assert!(retry.keys.is_empty());
}

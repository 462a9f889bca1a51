//! Runs against a server that does what no well-behaved vendor would do.

use std::time::Duration;

use super::server::{Chaos, Reply};
use super::*;
use crate::ledger::{OutcomeRow, RunId};
use crate::submit::Fate;

pub(super) const TOKEN: &str = r#"{"access_token":"token-0123456789","expires_in":3600}"#;
const ORDERS: &str = "POST /";

fn is_token(line: &str) -> bool {
    line == "POST /token"
}

pub(super) async fn end_of(started: Started) -> (RunState, Option<String>) {
    let Started { control, task, .. } = started;
    let ended = tokio::time::timeout(Duration::from_secs(30), task).await;
    drop(control);
    ended.expect("the run comes to an end").unwrap()
}

/// Ends a run and says how long that took.
pub(super) async fn stop(started: Started) -> ((RunState, Option<String>), Duration) {
    let since = std::time::Instant::now();
    started.control.send(Control::Stop).unwrap();
    (end_of(started).await, since.elapsed())
}

pub(super) fn rows(bench: &Bench, run: RunId) -> Vec<OutcomeRow> {
    let ledger = bench.workspace.ledger(Book::Sandbox).unwrap();
    ledger.outcomes(run, &[]).unwrap()
}

pub(super) fn resume(bench: &Bench, target: &Target, run: RunId) -> Started {
    let seat = bench.workspace.take_seat(target).unwrap();
    let rest = Resumption::find(&seat, run, target).unwrap();
    let credentials = bench
        .workspace
        .credentials(&target.account.profile)
        .unwrap();
    rest.start(seat, Again::Deck(&bench.deck), credentials, true)
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_front_is_gone_is_stopped_not_finished() {
    let bench = Bench::new(60).await;
    let target = bench.target("kibo", Operation::Import);
    let Started {
        name,
        control,
        mut events,
        task,
    } = bench.start(&target, &Selection::default());
    events.recv().await.unwrap();
    drop(control);
    let (state, _) = task.await.unwrap();
    assert!(count(&bench.summary(name.id), Outcome::Pending) > 0);
    assert_eq!(state, RunState::Stopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_heeded_while_a_token_is_waited_for() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|_, _| Reply::after(503, "800")).await;
    let started = bench.start(&chaos.target(&bench, "kibo"), &Selection::default());
    let id = started.name.id;
    chaos.until("POST /token", 1).await;
    let ((state, _), took) = stop(started).await;
    assert_eq!(state, RunState::Stopped);
    assert!(took < Duration::from_secs(7), "{took:?}");
    assert_eq!(count(&bench.summary(id), Outcome::Pending), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_heeded_while_doubt_is_settled() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|line, _| match line {
        "POST /v1/orders/import" => Reply::Close,
        _ => Reply::after(429, "800"),
    })
    .await;
    let target = chaos.target(&bench, "voucherify");
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    chaos.until("GET /v1/async-actions", 1).await;
    let ((state, _), took) = stop(started).await;
    assert!(took < Duration::from_secs(7), "{took:?}");
    assert_eq!(state, RunState::Stopped);
    assert_eq!(count(&bench.summary(id), Outcome::InDoubt), 2);
    assert_eq!(chaos.count(ORDERS), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_wait_as_long_as_the_vendor_asks() {
    let bench = Bench::new(1).await;
    let chaos = Chaos::start(|line, before| match (line, before) {
        ("POST /v1/orders/import", _) => Reply::Close,
        ("GET /v1/async-actions?limit=100", 0..4) => Reply::after(429, "1"),
        ("GET /v1/async-actions?limit=100", _) => Reply::ok(r#"{"async_actions":[]}"#),
        _ => Reply::after(429, "800"),
    })
    .await;
    let started = bench.start(&chaos.target(&bench, "voucherify"), &Selection::default());
    chaos.until("GET /v1/async-actions", 1).await;
    let since = std::time::Instant::now();
    chaos.until("GET /v1/orders/", 1).await;
    assert!(
        since.elapsed() > Duration::from_secs(3),
        "{:?}",
        since.elapsed()
    );
    stop(started).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absurd_wait_for_a_job_is_bounded() {
    let bench = Bench::new(1).await;
    let chaos = Chaos::start(|line, _| match line {
        "POST /v1/orders/import" => Reply::ok(r#"{"async_action_id":"job-1"}"#),
        _ => Reply::after(429, &u64::MAX.to_string()),
    })
    .await;
    let target = chaos.target(&bench, "voucherify");
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    chaos.until("GET /v1/async-actions/job-1", 1).await;
    let ((state, _), _) = stop(started).await;
    assert_eq!(state, RunState::Stopped);
    assert_eq!(count(&bench.summary(id), Outcome::Queued), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_never_arrive_are_not_sent_for_ever() {
    let bench = Bench::new(1).await;
    let chaos = Chaos::start(|line, _| match line {
        "POST /v1/orders/import" => Reply::Close,
        "GET /v1/async-actions?limit=100" => Reply::ok(r#"{"async_actions":[]}"#),
        _ => Reply::status(404, r#"{"code":404,"key":"not_found","message":"no"}"#),
    })
    .await;
    let target = chaos.target(&bench, "voucherify");
    let started = bench.start(&target, &Selection::default());
    let (state, reason) = end_of(started).await;
    assert_eq!(state, RunState::Stopped, "{reason:?}");
    let posts = chaos.count("POST /v1/orders/import");
    assert!((2..=6).contains(&posts), "{posts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_leaves_alone_what_a_later_run_took() {
    let bench = Bench::new(60).await;
    let target = bench.target("kibo", Operation::Import);
    let mut started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    started.events.recv().await.unwrap();
    stop(started).await;
    bench.submit("kibo").await;
    let started = resume(&bench, &target, id);
    end_of(started).await;
    let taken = &bench.taken().await["kibo"];
    let copies = taken["copies"].as_object().unwrap();
    assert!(copies.values().all(|copies| copies == 1), "{taken}");
    let summary = bench.summary(id);
    assert!(
        count(&summary, Outcome::Skipped) > 0,
        "{:?}",
        summary.outcomes
    );
    assert_eq!(count(&summary, Outcome::Pending), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_run_leaves_alone_what_a_later_run_left_in_doubt() {
    let bench = Bench::new(4).await;
    let target = bench.target("kibo", Operation::Import);
    let chaos = Chaos::start(|line, _| match line {
        "POST /token" => Reply::status(503, "{}"),
        _ => Reply::Close,
    })
    .await;
    let started = bench.start(&chaos.target(&bench, "kibo"), &Selection::default());
    let first = started.name.id;
    stop(started).await;
    // A later run loses the answers to all of them.
    let chaos = Chaos::start(|line, _| match line {
        "POST /token" => Reply::ok(TOKEN),
        _ => Reply::Close,
    })
    .await;
    let started = bench.start(&chaos.target(&bench, "kibo"), &Selection::default());
    let second = started.name.id;
    end_of(started).await;
    assert_eq!(count(&bench.summary(second), Outcome::InDoubt), 4);
    end_of(resume(&bench, &target, first)).await;
    assert_eq!(bench.taken().await["kibo"]["order_requests"], 0);
    assert_eq!(count(&bench.summary(first), Outcome::Blocked), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_have_arrived_is_in_doubt_while_it_waits_to_be_sent_again() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|_, before| match before {
        0 => Reply::status(500, "{}"),
        _ => Reply::after(429, "800"),
    })
    .await;
    let started = bench.start(&chaos.target(&bench, "kameleoon"), &Selection::default());
    let id = started.name.id;
    chaos.until(ORDERS, 2).await;
    stop(started).await;
    assert_eq!(count(&bench.summary(id), Outcome::InDoubt), 2);
    // It is sent again by itself, because a second copy is harmless there.
    let target = bench.target("kameleoon", Operation::Import);
    let (state, _) = end_of(resume(&bench, &target, id)).await;
    assert_eq!(state, RunState::Finished);
    assert_eq!(count(&bench.summary(id), Outcome::Accepted), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_that_an_answer_repeats_are_masked_wherever_they_are_kept() {
    let bench = Bench::new(1).await;
    let credentials = bench.workspace.credentials("sandbox-kibo").unwrap();
    let secrets: Vec<String> = credentials
        .secrets()
        .map(|secret| secret.expose().to_owned())
        .chain(["token-0123456789".to_owned()])
        .collect();
    let told = secrets.join(" ");
    let chaos = Chaos::start(move |line, _| {
        if is_token(line) {
            return Reply::ok(TOKEN);
        }
        let header = format!("x-told: {told}\r\n");
        Reply::Answer(400, header, format!(r#"{{"message":"no: {told}"}}"#))
    })
    .await;
    let started = bench.start(&chaos.target(&bench, "kibo"), &Selection::default());
    let id = started.name.id;
    end_of(started).await;
    let ledger = bench.workspace.ledger(Book::Sandbox).unwrap();
    let mut kept = format!("{:?}", rows(&bench, id));
    for exchange in ledger.exchanges(Some(id), None, 10).unwrap() {
        let whole = ledger.exchange(exchange.id).unwrap();
        let body = String::from_utf8_lossy(&whole.response_body);
        kept = format!("{kept}{whole:?}{body}");
    }
    for secret in &secrets {
        assert!(!kept.contains(secret.as_str()), "{secret}: {kept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_of_kibo_are_in_doubt_and_nothing_sends_them_again() {
    for reply in [
        Reply::Close,
        Reply::status(500, "{}"),
        Reply::Cut(r#"{"orderID":1}"#.to_owned()),
        Reply::ok("<html>a proxy's page</html>"),
    ] {
        let bench = Bench::new(3).await;
        let script = reply.clone();
        let chaos = Chaos::start(move |line, _| {
            if is_token(line) {
                Reply::ok(TOKEN)
            } else {
                script.clone()
            }
        })
        .await;
        let target = chaos.target(&bench, "kibo");
        let started = bench.start(&target, &Selection::default());
        let id = started.name.id;
        let (state, _) = end_of(started).await;
        assert_eq!(state, RunState::Finished, "{reply:?}");
        assert_eq!(count(&bench.summary(id), Outcome::InDoubt), 3, "{reply:?}");
        let seat = bench.workspace.take_seat(&target).unwrap();
        assert!(Resumption::find(&seat, id, &target).unwrap().is_empty());
        let plan = bench.plan(&target, &Selection::default());
        assert_eq!(plan.to_send.orders, 0, "{reply:?}");
        let anyway = Selection {
            resend: true,
            ..Selection::default()
        };
        assert_eq!(bench.plan(&target, &anyway).to_send.orders, 3);
        assert_eq!(chaos.copies(ORDERS, "#1002"), 1, "{reply:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_pauses_waits_for_what_is_under_way() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|line, before| match before {
        _ if is_token(line) => Reply::ok(TOKEN),
        0 => Reply::Late(Duration::from_secs(6), r#"{"orderID":1}"#.to_owned()),
        _ => Reply::status(401, "{}"),
    })
    .await;
    let mut target = chaos.target(&bench, "kibo");
    target
        .account
        .settings
        .insert("concurrency".into(), 2.into());
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    let (state, reason) = end_of(started).await;
    assert_eq!(state, RunState::Paused, "{reason:?}");
    let summary = bench.summary(id);
    assert_eq!(
        count(&summary, Outcome::Accepted),
        1,
        "{:?}",
        summary.outcomes
    );
    assert_eq!(count(&summary, Outcome::Pending), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_taken_up_again_is_settled_by_comparing_what_was_sent() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|line, before| match (line, before) {
        ("POST /v1/orders/import", _) => Reply::ok(r#"{"async_action_id":"job-1"}"#),
        ("GET /v1/async-actions/job-1", 0) => Reply::ok(r#"{"id":"job-1","status":"IN_PROGRESS"}"#),
        ("GET /v1/async-actions/job-1", _) => Reply::ok(
            r#"{"id":"job-1","status":"DONE","result":{"done_count":1,"failed_count":1,"failed":[]}}"#,
        ),
        ("GET /v1/orders/%231001", _) => {
            Reply::ok(r##"{"id":"ord_1","source_id":"#1001","status":"FULFILLED","amount":3000}"##)
        }
        _ => Reply::status(404, r#"{"code":404,"key":"not_found","message":"no"}"#),
    })
    .await;
    let target = chaos.target(&bench, "voucherify");
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    chaos.until("GET /v1/async-actions/job-1", 1).await;
    stop(started).await;
    end_of(resume(&bench, &target, id)).await;
    let summary = bench.summary(id);
    assert_eq!(
        (
            count(&summary, Outcome::Imported),
            count(&summary, Outcome::Rejected)
        ),
        (1, 1),
        "{:?}",
        rows(&bench, id)
    );
    assert_eq!(chaos.count("POST /v1/orders/import"), 1);
}

/// Lets a table of the ledger refuse writes, as a full disk would.
fn break_ledger(bench: &Bench, trigger: &str) {
    let path = bench
        .workspace
        .ledger(Book::Sandbox)
        .unwrap()
        .path()
        .to_owned();
    let conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(trigger).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_that_the_ledger_does_not_know() {
    let bench = Bench::new(20).await;
    let target = bench.target("kibo", Operation::Import);
    break_ledger(
        &bench,
        "CREATE TRIGGER full BEFORE INSERT ON exchange WHEN (SELECT count(*) FROM exchange) >= 5
         BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    let (state, reason) = end_of(started).await;
    assert_eq!(state, RunState::Stopped);
    let reason = reason.unwrap();
    assert!(reason.contains("disk is full"), "{reason}");
    // One of the five was for the token; intents that wait at the same time are written together or not at all.
    let sent = bench.taken().await["kibo"]["order_requests"]
        .as_u64()
        .unwrap();
    assert!((1..=4).contains(&sent), "{sent}");
    assert_eq!(count(&bench.summary(id), Outcome::Accepted), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_cannot_be_recorded_end_the_run_and_become_doubt() {
    let bench = Bench::new(40).await;
    let target = bench.target("kibo", Operation::Import);
    break_ledger(
        &bench,
        "CREATE TRIGGER full BEFORE UPDATE ON exchange WHEN NEW.id > 6 AND NEW.status IS NOT NULL
         BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
    );
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    let (state, _) = end_of(started).await;
    assert_eq!(state, RunState::Stopped);
    let sent = bench.taken().await["kibo"]["order_requests"]
        .as_u64()
        .unwrap();
    assert!(sent < 20, "{sent}");
    drop(bench.workspace.take_seat(&target).unwrap());
    let summary = bench.summary(id);
    let known = count(&summary, Outcome::Accepted) + count(&summary, Outcome::InDoubt);
    assert_eq!(known, sent, "{:?}", summary.outcomes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_does_not_hide_the_doubt_of_an_import() {
    let bench = Bench::new(1).await;
    let chaos = Chaos::start(|line, _| match line {
        "POST /token" => Reply::ok(TOKEN),
        _ => Reply::Close,
    })
    .await;
    let started = bench.start(&chaos.target(&bench, "kibo"), &Selection::default());
    end_of(started).await;
    runs::cancel(&bench, "kibo", "#1001").await.unwrap();
    let plan = bench.plan(
        &bench.target("kibo", Operation::Import),
        &Selection::default(),
    );
    assert!(
        matches!(plan.orders[0].fate, Fate::Doubtful(_)),
        "{:?}",
        plan.orders
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_of_a_job_that_vanished_are_not_called_rejected() {
    let bench = Bench::new(2).await;
    let chaos = Chaos::start(|line, _| match line {
        "POST /v1/orders/import" => Reply::ok(r#"{"async_action_id":"job-1"}"#),
        _ => Reply::status(404, r#"{"code":404,"key":"not_found","message":"no"}"#),
    })
    .await;
    let target = chaos.target(&bench, "voucherify");
    let started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    end_of(started).await;
    assert_eq!(count(&bench.summary(id), Outcome::InDoubt), 2);
    end_of(resume(&bench, &target, id)).await;
    assert_eq!(count(&bench.summary(id), Outcome::InDoubt), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_import_is_found_by_its_job_and_its_answer_stays() {
    let bench = Bench::new(1).await;
    let chaos = Chaos::start(|line, _| match line {
        "POST /v1/orders/import" => Reply::status(502, "<html>bad gateway</html>"),
        "GET /v1/async-actions?limit=100" => Reply::ok(
            r#"{"async_actions":[{"id":"job-1","type":"ORDERS.IMPORT","created_at":"2999-01-01T00:00:00.000Z"}]}"#,
        ),
        _ => Reply::ok(
            r#"{"id":"job-1","status":"DONE","result":{"done_count":1,"failed_count":0,"failed":[]}}"#,
        ),
    })
    .await;
    let started = bench.start(&chaos.target(&bench, "voucherify"), &Selection::default());
    let id = started.name.id;
    let (state, _) = end_of(started).await;
    assert_eq!(state, RunState::Finished);
    assert_eq!(count(&bench.summary(id), Outcome::Imported), 1);
    assert_eq!(chaos.count("POST /v1/orders/import"), 1);
    let ledger = bench.workspace.ledger(Book::Sandbox).unwrap();
    let exchanges = ledger.exchanges(Some(id), None, 10).unwrap();
    let import = exchanges.iter().find(|it| it.order_count > 0).unwrap();
    assert_eq!((import.status, import.sizes.1), (Some(502), 24));
}

//! Doubt about an import: first the list of jobs, then order by order.

use super::*;

/// The three ways in which an answer says nothing.
fn lost() -> [Reply; 3] {
    [
        Reply::status(503, "{}"),
        Reply::Close,
        Reply::Cut(r#"{"async_action_id":"job-1"}"#.to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_made_since_is_the_imports() {
    for reply in lost() {
        let ended = import(2, &[], move |seen, _| match seen.line.as_str() {
            IMPORT => reply.clone(),
            LIST => listed(&["job-7"]),
            _ => all_done(2),
        })
        .await;
        assert_eq!(ended.state, RunState::Finished);
        ended.all(Outcome::Imported, "");
        assert_eq!(ended.counts(), (1, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_job_the_orders_are_read_one_by_one() {
    for reply in lost() {
        let ended = import(3, &[], move |seen, before| {
            match (seen.line.as_str(), before) {
                (IMPORT, 0) => reply.clone(),
                (IMPORT, _) => queued("job-2"),
                (LIST, _) => listed(&[]),
                ("GET /v1/orders/%231001", _) => there(3000),
                ("GET /v1/orders/%231002", _) => there(2999),
                ("GET /v1/orders/%231003", _) => Reply::status(404, MISSING),
                ("GET /v1/async-actions/job-2", _) => all_done(1),
                (line, _) => panic!("{line}"),
            }
        })
        .await;
        assert_eq!(ended.state, RunState::Finished);
        let orders = ended.orders();
        assert_eq!(orders[0].0, Outcome::Imported);
        assert_eq!(orders[1].0, Outcome::InDoubt);
        assert!(
            orders[1].1.contains("its `amount` is 2999, not 3000"),
            "{}",
            orders[1].1
        );
        assert_eq!(orders[2].0, Outcome::Imported);
        assert_eq!(ended.counts(), (2, 5));
        let copies = ["#1001", "#1002", "#1003"].map(|key| ended.copies(key));
        assert_eq!(copies, [1, 1, 2], "only what never arrived goes again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_jobs_are_for_the_operator() {
    let ended = import(2, &[], |seen, _| match seen.line.as_str() {
        IMPORT => Reply::Close,
        LIST => listed(&["job-7", "job-8"]),
        line => panic!("{line}"),
    })
    .await;
    assert_eq!(ended.state, RunState::Finished);
    ended.all(Outcome::InDoubt, "2 imports were made since it was sent");
    assert_eq!(ended.counts(), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_of_another_batch_is_not_taken_for_the_lost_ones() {
    let settings = [("batch_size", 1.into()), ("jobs_in_flight", 2.into())];
    let ended = import(2, &settings, |seen, before| {
        match (seen.line.as_str(), before) {
            (IMPORT, 0) => queued("job-1"),
            (IMPORT, _) => Reply::Close,
            // Both were made within the second.
            (LIST, _) => listed(&["job-2", "job-1"]),
            ("GET /v1/async-actions/job-1", _) => all_done(1),
            ("GET /v1/async-actions/job-2", _) => {
                done(&json!({ "done_count": 0, "failed_count": 1, "failed": [{ "source_id": "#1002", "reason": "no" }] }))
            }
            (line, _) => panic!("{line}"),
        }
    })
    .await;
    assert_eq!(ended.state, RunState::Finished);
    assert_eq!(ended.outcomes(), [Outcome::Imported, Outcome::Rejected]);
    assert_eq!(ended.counts(), (2, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_question_pauses_and_a_resumed_run_asks_again() {
    let ended = import(1, &[], |seen, before| match (seen.line.as_str(), before) {
        (IMPORT, _) => Reply::Close,
        (LIST, 0) => Reply::status(402, r#"{"message":"Limit"}"#),
        (LIST, _) => listed(&[]),
        _ => there(3000),
    })
    .await;
    assert_eq!(ended.state, RunState::Paused);
    assert!(ended.reason().contains("the plan's limit is reached"));
    assert_eq!(ended.outcomes(), [Outcome::InDoubt]);
    let (state, _) = end_of(resume(&ended.bench, &ended.target, ended.id)).await;
    assert_eq!(state, RunState::Finished);
    assert_eq!(ended.outcomes(), [Outcome::Imported]);
    assert_eq!(ended.counts(), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_limited_waits_as_its_headers_say() {
    let ended = import(1, &[], |seen, before| match (seen.line.as_str(), before) {
        (IMPORT, _) => Reply::Close,
        (LIST, 0) => {
            let headers = format!("x-rate-limit-retry: {}\r\n", epoch(3));
            dated(429, &headers, r#"{"message":"Too many requests"}"#)
        }
        (LIST, _) => listed(&[]),
        _ => there(3000),
    })
    .await;
    assert_eq!(ended.state, RunState::Finished);
    assert_eq!(ended.outcomes(), [Outcome::Imported]);
    assert_eq!(ended.counts(), (1, 3));
    let (reason, left) = &ended.waits()[0];
    assert_eq!(reason, "429 Too many requests");
    assert!(*left > Duration::from_secs(1), "{left:?}");

    let cycle = "x-rate-limit-type: api_calls_cycle\r\n";
    let ended = import(1, &[], move |seen, _| match seen.line.as_str() {
        IMPORT => Reply::Close,
        _ => Reply::Answer(429, cycle.to_owned(), "{}".to_owned()),
    })
    .await;
    assert_eq!(ended.state, RunState::Paused);
    assert!(ended.reason().contains("the plan's calls are used up"));
    assert_eq!(ended.counts(), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_cancellation_of_a_live_order_is_read_back() {
    const ORDER: &str = "/v1/orders/%231001";
    for (now, outcome, puts) in [
        (
            r#"{"id":"ord_1","status":"CANCELED"}"#,
            Outcome::Imported,
            1,
        ),
        // Unchanged: the change never arrived, and goes again.
        (r#"{"id":"ord_1","status":"PAID"}"#, Outcome::Imported, 2),
    ] {
        let bench = Bench::new(1).await;
        let chaos = Chaos::start(move |line, before| match line.split_once(' ') {
            Some(("PUT", ORDER)) if before == 0 => Reply::Close,
            Some(("PUT", ORDER)) => Reply::ok(r#"{"id":"ord_1","status":"CANCELED"}"#),
            Some(("GET", ORDER)) => Reply::ok(now),
            _ => panic!("{line}"),
        })
        .await;
        let mut target = bench.target("voucherify", Operation::Cancel);
        target.account = account(&chaos, &bench, &[]).account;
        let ids = ["#1001".to_owned()];
        let found = bench.workspace.prepare_cancel(&target, &ids, None).unwrap();
        let plan = Workspace::plan_cancel(&target, &found, None, None, false).unwrap();
        let seat = bench.workspace.take_seat(&target).unwrap();
        let credentials = bench.workspace.credentials("sandbox-voucherify").unwrap();
        let started = bench
            .workspace
            .submit_cancel(seat, &plan, None, terms(credentials))
            .unwrap();
        let id = started.name.id;
        let (state, reason) = end_of(started).await;
        assert_eq!(state, RunState::Finished, "{reason:?}");
        assert_eq!(orders(&bench, id)[0].0, outcome);
        assert_eq!((chaos.count("PUT "), chaos.count("GET ")), (puts, 1));
    }
}

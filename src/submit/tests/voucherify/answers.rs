//! Every row of the answers to an import.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_job_queues_its_orders_until_it_is_done() {
    let ended = import(3, &[], |seen, _| match seen.line.as_str() {
        IMPORT => queued("job-1"),
        _ => all_done(3),
    })
    .await;
    assert_eq!(ended.state, RunState::Finished);
    ended.all(Outcome::Imported, "");
    assert_eq!(ended.counts(), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn success_without_a_job_is_looked_into_before_anything_is_sent_again() {
    let ended = import(2, &[], |seen, before| match (seen.line.as_str(), before) {
        (IMPORT, 0) => Reply::ok("{}"),
        (IMPORT, _) => queued("job-1"),
        (LIST, _) => listed(&[]),
        ("GET /v1/async-actions/job-1", _) => all_done(2),
        _ => Reply::status(404, MISSING),
    })
    .await;
    assert_eq!(ended.state, RunState::Finished);
    ended.all(Outcome::Imported, "");
    // The list, two orders, one poll.
    assert_eq!(ended.counts(), (2, 4));
    assert_eq!(ended.copies("#1001"), 2);
}

const INVALID: &str = r#"{"code":400,"key":"invalid_payload","message":"Invalid payload","details":"Property .items[0].initial_quantity cannot be lower than 1","request_id":"v-1"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_order_alone_is_rejected_with_its_field() {
    let ended = import(1, &[], |_, _| Reply::status(400, INVALID)).await;
    assert_eq!(ended.state, RunState::Finished);
    ended.all(
        Outcome::Rejected,
        "400 Invalid payload: Property .items[0].initial_quantity cannot be lower than 1 (request v-1)",
    );
    assert_eq!(ended.counts(), (1, 0));
}

/// Refuses every batch that holds one of two orders.
fn two_are_bad(seen: &Seen, _: usize) -> Reply {
    let bad = |key: &str| seen.body.contains(key);
    match seen.line.as_str() {
        IMPORT if bad("#1003") || bad("#1008") => Reply::status(400, INVALID),
        IMPORT => queued(&format!("job-{}", carried(seen))),
        line => all_done(
            line.trim_start_matches("GET /v1/async-actions/job-")
                .parse()
                .unwrap(),
        ),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_invalid_orders_is_halved_until_they_stand_alone() {
    let ended = import(8, &[("jobs_in_flight", 8.into())], two_are_bad).await;
    assert_eq!(ended.state, RunState::Finished);
    for (index, (outcome, reason)) in ended.orders().into_iter().enumerate() {
        if [2, 7].contains(&index) {
            assert_eq!(outcome, Outcome::Rejected);
            assert!(reason.contains(".items[0].initial_quantity"), "{reason}");
        } else {
            assert_eq!(outcome, Outcome::Imported, "{index}: {reason}");
        }
    }
    // 8, 4+4, 2+2+2+2, and of two of those each half.
    assert_eq!(ended.chaos.count(IMPORT), 1 + 2 + 4 + 4);
    assert_eq!(ended.copies("#1001"), 3);
    assert_eq!(ended.copies("#1003"), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_rejected_whole_where_the_operator_wants_no_halving() {
    let ended = import(8, &[("narrow_down", false.into())], two_are_bad).await;
    assert_eq!(ended.state, RunState::Finished);
    ended.all(Outcome::Rejected, "the whole batch of 8 was refused");
    assert_eq!(ended.counts(), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_account_pauses_the_run_with_the_right_word() {
    let cycle = "x-rate-limit-type: api_calls_cycle\r\n";
    for (status, headers, message, word) in [
        (
            401,
            "",
            "Unauthorized",
            "the credentials were refused: 401 Unauthorized (request v-2)",
        ),
        (
            402,
            "",
            "Limit",
            "the plan's limit is reached: 402 Limit (request v-2)",
        ),
        (
            403,
            "",
            "No scope",
            "the credentials lack a right: 403 No scope (request v-2)",
        ),
        (
            429,
            cycle,
            "Limit",
            "the plan's calls are used up: 429 Limit",
        ),
        (
            429,
            "",
            "Your plan has ended",
            "the plan's calls are used up: 429 Your plan has ended",
        ),
    ] {
        let body = json!({ "code": status, "message": message, "request_id": "v-2" }).to_string();
        let ended = import(2, &[], move |_, _| {
            Reply::Answer(status, headers.to_owned(), body.clone())
        })
        .await;
        assert_eq!(ended.state, RunState::Paused, "{word}");
        assert!(ended.reason().contains(word), "{}", ended.reason());
        assert_eq!(ended.outcomes(), [Outcome::Pending; 2]);
        assert_eq!(ended.counts(), (1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_refusals_reject_with_message_and_request() {
    for status in [404, 405, 406, 409, 415, 423] {
        let body = json!({ "code": status, "message": "Not so", "request_id": "v-3" }).to_string();
        let ended = import(2, &[], move |_, _| Reply::status(status, &body)).await;
        assert_eq!(ended.state, RunState::Finished);
        ended.all(Outcome::Rejected, &format!("{status} Not so (request v-3)"));
        assert_eq!(ended.counts(), (1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_halved() {
    let large = r#"{"statusCode":413,"error":"Payload Too Large","message":"Payload content length greater than maximum allowed"}"#;
    let ended = import(
        5,
        &[("jobs_in_flight", 8.into())],
        move |seen, _| match seen.line.as_str() {
            IMPORT if seen.body.contains("#1005") || carried(seen) > 2 => Reply::status(413, large),
            IMPORT => queued(&format!("job-{}", carried(seen))),
            line => all_done(
                line.trim_start_matches("GET /v1/async-actions/job-")
                    .parse()
                    .unwrap(),
            ),
        },
    )
    .await;
    assert_eq!(ended.state, RunState::Finished);
    let mut expected = vec![Outcome::Imported; 4];
    expected.push(Outcome::Rejected);
    assert_eq!(ended.outcomes(), expected);
    assert!(ended.orders()[4].1.contains("413 Payload content length"));
    // 5, 2+3, 1+2, 1+1.
    assert_eq!(ended.chaos.count(IMPORT), 1 + 2 + 2 + 2);
}

/// How long a run with this 429 waited before it sent the same again, and what it told.
async fn limited(headers: fn() -> String) -> (Duration, Ended) {
    let since = std::time::Instant::now();
    let ended = import(1, &[], move |seen, before| {
        match (seen.line.as_str(), before) {
            (IMPORT, 0) => dated(
                429,
                &headers(),
                r#"{"code":429,"message":"Too many requests"}"#,
            ),
            (IMPORT, _) => queued("job-1"),
            _ => all_done(1),
        }
    })
    .await;
    let took = since.elapsed();
    assert_eq!(ended.state, RunState::Finished);
    ended.all(Outcome::Imported, "");
    assert_eq!(ended.counts(), (2, 1));
    (took, ended)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_is_waited_for_as_its_headers_say() {
    for headers in [
        (|| {
            format!(
                "x-rate-limit-retry: {}\r\nx-rate-limit-type: api_calls\r\n",
                epoch(3)
            )
        }) as fn() -> String,
        || "retry-after: 3\r\nx-rate-limit-type: api_calls\r\n".to_owned(),
    ] {
        let (took, ended) = limited(headers).await;
        assert!(took > Duration::from_secs(2), "{took:?}");
        let reason = "429 Too many requests (budget api_calls)";
        let (_, left) = ended
            .waits()
            .into_iter()
            .find(|(it, _)| it == reason)
            .unwrap();
        assert!(left > Duration::from_secs(2), "{left:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_without_a_time_is_backed_off_from() {
    let (_, ended) = limited(String::new).await;
    assert!(ended.waits()[0].0.contains("429 Too many requests"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_while_the_headers_say_that_no_call_is_left() {
    let ended = import(
        2,
        &[("batch_size", 1.into()), ("jobs_in_flight", 2.into())],
        |seen, before| match (seen.line.as_str(), before) {
            (IMPORT, 0) => {
                let headers = format!(
                    "x-rate-limit-limit: 10\r\nx-rate-limit-remaining: 0\r\nx-rate-limit-type: api_calls\r\nx-rate-limit-retry: {}\r\n",
                    epoch(4)
                );
                dated(200, &headers, r#"{"async_action_id":"job-1"}"#)
            }
            (IMPORT, _) => queued("job-2"),
            _ => all_done(1),
        },
    )
    .await;
    assert_eq!(ended.state, RunState::Finished);
    let reason = "the vendor's budget (api_calls): 0 of 10 calls left";
    let (_, left) = ended
        .waits()
        .into_iter()
        .find(|(it, _)| it == reason)
        .unwrap();
    assert!(left > Duration::from_secs(2), "{left:?}");
    assert_eq!(ended.counts(), (2, 2));
}

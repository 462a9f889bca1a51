//! How an import's job ends, and what its questions meet on the way.

use super::*;

const JOB: &str = "GET /v1/async-actions/job-1";

/// Imports two orders into a job that answers so, at a vendor that has the first of them only.
async fn job(answer: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Ended {
    import(2, &[], move |seen, before| match seen.line.as_str() {
        IMPORT => queued("job-1"),
        JOB => answer(before),
        "GET /v1/orders/%231001" => there(3000),
        _ => Reply::status(404, MISSING),
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_job_rejects_with_its_message() {
    let ended = job(|_| {
        let failed = json!({ "id": "job-1", "status": "FAILED", "result": { "message": "The import broke" } });
        Reply::ok(&failed.to_string())
    })
    .await;
    assert_eq!(ended.state, RunState::Finished);
    ended.all(Outcome::Rejected, "The import broke");
    assert_eq!(ended.counts(), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_orders_are_named_by_an_array_or_an_object() {
    let entry = json!({ "source_id": "#1002", "reason": "SKU not found" });
    for failed in [json!([entry]), entry.clone(), json!({ "1": entry })] {
        let result =
            json!({ "message": "1 failed", "done_count": 1, "failed_count": 1, "failed": failed });
        let ended = job(move |_| done(&result)).await;
        assert_eq!(ended.state, RunState::Finished);
        let imported = (Outcome::Imported, String::new());
        let rejected = (Outcome::Rejected, "SKU not found".to_owned());
        assert_eq!(ended.orders(), [imported, rejected]);
        assert_eq!(ended.counts(), (1, 1), "nothing is left to be asked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_orders_without_a_name_are_found_by_reading_orders_back() {
    let nameless = json!([{ "source_id": null, "reason": "SKU not found" }]);
    let named = json!([{ "source_id": "#1002", "reason": "SKU not found" }]);
    for result in [
        json!({ "message": "1 failed", "done_count": 1, "failed_count": 1, "failed": nameless }),
        // The count and the list disagree.
        json!({ "message": "1 failed", "done_count": 1, "failed_count": 1, "failed": [] }),
        json!({ "message": "1 failed", "done_count": 2, "failed_count": 0, "failed": named }),
        json!({ "message": "1 failed", "done_count": 9, "failed_count": 1, "failed": named }),
    ] {
        let words = result.to_string();
        let ended = job(move |_| done(&result)).await;
        assert_eq!(ended.state, RunState::Finished);
        let outcomes = [Outcome::Imported, Outcome::Rejected];
        assert_eq!(ended.outcomes(), outcomes, "{words}");
        assert_eq!(ended.orders()[1].1, "1 failed");
        assert_eq!(ended.counts(), (1, 3), "{words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_kept_and_told_until_the_job_is_done() {
    let ended = job(|before| match before {
        0 => Reply::ok(r#"{"id":"job-1","status":"ENQUEUED","progress":0}"#),
        1 => Reply::ok(r#"{"id":"job-1","status":"IN_PROGRESS","progress":40}"#),
        _ => all_done(2),
    })
    .await;
    assert_eq!(ended.state, RunState::Finished);
    ended.all(Outcome::Imported, "");
    assert_eq!(ended.counts(), (1, 3));
    let waits = ended.waits();
    for expected in [
        "the vendor's job: ENQUEUED, 0 %",
        "the vendor's job: IN_PROGRESS, 40 %",
    ] {
        assert!(waits.iter().any(|(it, _)| it == expected), "{waits:?}");
    }
    let ledger = ended.bench.workspace.ledger(Book::Sandbox).unwrap();
    let row = &ledger.jobs(Some(ended.id)).unwrap()[0];
    assert_eq!(
        (row.job.finished, row.job.progress, row.polls),
        (true, Some(100), 3)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_vanished_is_settled_by_what_is_there() {
    let ended = job(|_| Reply::status(404, MISSING)).await;
    assert_eq!(ended.state, RunState::Finished);
    assert_eq!(ended.outcomes(), [Outcome::Imported, Outcome::InDoubt]);
    assert!(ended.orders()[1].1.contains("its job vanished"));
    assert_eq!(ended.counts(), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_about_a_job_that_fail_are_asked_again() {
    let ended = job(|before| match before {
        0 => Reply::status(500, r#"{"message":"Oops"}"#),
        1 => Reply::Close,
        2 => dated(
            429,
            &format!("x-rate-limit-retry: {}\r\n", epoch(3)),
            r#"{"message":"Too many requests"}"#,
        ),
        3 => Reply::ok(r#"{"id":"job-1","status":"IN_PROGRESS"}"#),
        _ => all_done(2),
    })
    .await;
    assert_eq!(ended.state, RunState::Finished);
    ended.all(Outcome::Imported, "");
    assert_eq!(ended.counts(), (1, 5));
    let waits = ended.waits();
    let reasons: Vec<&str> = waits.iter().map(|(reason, _)| reason.as_str()).collect();
    for expected in ["the vendor's job: 500 Oops", "429 Too many requests"] {
        assert!(reasons.contains(&expected), "{reasons:?}");
    }
    // The vendor's reason is not told over by another one while it lasts.
    let first = reasons.iter().position(|it| it.contains("429")).unwrap();
    let after = reasons[first..].iter();
    let others = after.filter(|it| !it.contains("429") && !it.ends_with("IN_PROGRESS"));
    assert_eq!(others.count(), 0, "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_question_about_a_job_pauses_and_the_job_is_watched_again() {
    for (status, word) in [
        (401, "the credentials were refused: 401 No"),
        (402, "the plan's limit is reached: 402 No"),
        (403, "the credentials lack a right: 403 No"),
    ] {
        let ended = job(move |before| match before {
            0 => Reply::status(status, r#"{"message":"No"}"#),
            _ => all_done(2),
        })
        .await;
        assert_eq!(ended.state, RunState::Paused);
        assert!(ended.reason().contains(word), "{}", ended.reason());
        assert_eq!(ended.outcomes(), [Outcome::Queued; 2]);
        let (state, _) = end_of(resume(&ended.bench, &ended.target, ended.id)).await;
        assert_eq!(state, RunState::Finished);
        ended.all(Outcome::Imported, "");
        assert_eq!(ended.counts(), (1, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_refused_by_a_question_is_renewed_once() {
    const TOKEN: &str = "POST /v1/oauth/token";
    let settings = [("auth", "oauth".into())];
    let run = |refusals: usize| {
        import(1, &settings, move |seen, before| match seen.line.as_str() {
            TOKEN => Reply::ok(r#"{"access_token":"token-0123456789","expires_in":900}"#),
            IMPORT => queued("job-1"),
            _ if before < refusals => Reply::status(401, r#"{"message":"Expired"}"#),
            _ => all_done(1),
        })
    };
    let ended = run(1).await;
    assert_eq!(ended.state, RunState::Finished, "{:?}", ended.reason);
    assert_eq!((ended.chaos.count(TOKEN), ended.counts()), (2, (1, 2)));
    let ended = run(9).await;
    assert_eq!(ended.state, RunState::Paused);
    assert_eq!((ended.chaos.count(TOKEN), ended.counts()), (2, (1, 2)));
}

/// The most jobs that were open at the server at the same time, of four imports.
async fn most_open(jobs_in_flight: usize) -> usize {
    let open = std::sync::Arc::new(std::sync::Mutex::new((0_usize, 0_usize)));
    let counted = std::sync::Arc::clone(&open);
    let settings = [
        ("batch_size", 1.into()),
        ("jobs_in_flight", jobs_in_flight.into()),
    ];
    let ended = import(4, &settings, move |seen, before| {
        let mut open = counted.lock().unwrap();
        if seen.line == IMPORT {
            open.0 += 1;
            open.1 = open.1.max(open.0);
            queued(&format!("job-{before}"))
        } else if before == 0 && seen.line.ends_with('0') {
            Reply::ok(r#"{"id":"job-0","status":"IN_PROGRESS"}"#)
        } else {
            open.0 -= 1;
            all_done(1)
        }
    })
    .await;
    assert_eq!(ended.state, RunState::Finished);
    ended.all(Outcome::Imported, "");
    assert_eq!(ended.counts(), (4, 5));
    let waits = ended.waits();
    let in_line = |(reason, _): &(String, Duration)| reason.contains("in line behind it");
    assert!(waits.iter().any(in_line), "{waits:?}");
    let (_, most) = *open.lock().unwrap();
    most
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_jobs_wait_at_the_vendor_as_the_setting_says() {
    assert_eq!(most_open(1).await, 1);
    assert_eq!(most_open(2).await, 2);
}

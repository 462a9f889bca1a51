//! Each fault over real HTTP, seen by a client that hides nothing.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

async fn faulty(spec: &str) -> Sandbox {
    start(SandboxConfig {
        faults: spec.parse().unwrap(),
        job_duration: Duration::from_millis(50),
        ..SandboxConfig::default()
    })
    .await
    .unwrap()
}

/// What came on a connection of its own until it ended, and how it ended.
struct Seen {
    head: String,
    body: String,
    reset: bool,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(known, value)| known.eq_ignore_ascii_case(name).then_some(value))
    }

    fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }
}

async fn exchange(sandbox: &Sandbox, request: &str) -> Seen {
    let mut stream = TcpStream::connect(sandbox.addr).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let ended = tokio::time::timeout(Duration::from_mins(1), stream.read_to_end(&mut bytes)).await;
    let reset = match ended.expect("the connection never ends") {
        Ok(_) => false,
        Err(error) => {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
            true
        }
    };
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    Seen {
        head: head.to_owned(),
        body: body.to_owned(),
        reset,
    }
}

fn post(path: &str, headers: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Kameleoon gets the order `#1` as cancelled.
async fn send(sandbox: &Sandbox) -> Seen {
    let body = json!({
        "shop_id": secret("kameleoon", "shop_id"),
        "shop_secret": secret("kameleoon", "shop_secret"),
        "orders": [{"id": "#1", "status": "cancelled"}]
    });
    exchange(
        sandbox,
        &post("/kameleoon/sync/orders", "", &body.to_string()),
    )
    .await
}

/// How often Kameleoon took the order, and the faults that its requests met.
async fn came(sandbox: &Sandbox) -> (u64, Value) {
    let counts = taken(&client(), sandbox, "kameleoon").await;
    let copies = counts["cancelled"]["#1"].as_u64().unwrap_or(0);
    (copies, counts["faults"].clone())
}

#[tokio::test]
async fn a_status_before_takes_nothing_and_one_after_does() {
    let sandbox = faulty("kameleoon:503@1,kameleoon:500-after@2").await;
    let first = send(&sandbox).await;
    assert_eq!(first.status(), "503");
    assert_eq!(first.body, "Service Unavailable");
    assert_eq!(came(&sandbox).await, (0, json!({"503": 1})));
    assert_eq!(send(&sandbox).await.status(), "500");
    assert_eq!(came(&sandbox).await, (1, json!({"503": 1, "500-after": 1})));
    let third = send(&sandbox).await;
    assert_eq!(
        (third.status(), &*third.body),
        ("200", r#"{"status":"success"}"#)
    );
    let counts = taken(&client(), &sandbox, "kameleoon").await;
    assert_eq!(
        (&counts["order_requests"], &counts["refused"]),
        (&json!(3), &json!(2))
    );
}

#[tokio::test]
async fn a_429_has_each_vendors_headers_and_form() {
    let sandbox = faulty("*:429:retry=7s").await;
    for (path, form) in [
        ("/kameleoon/sync/orders", "Too Many Requests"),
        (
            "/voucherify/v1/orders/import",
            r#"{"code":429,"key":"too_many_requests""#,
        ),
        ("/project-agora/v1/orders", "Too Many Requests"),
        ("/kibo/api/v2/importOrder/", r#"{"code":5001"#),
    ] {
        let seen = exchange(&sandbox, &post(path, "", "{}")).await;
        assert_eq!(seen.status(), "429", "{path}");
        assert_eq!(seen.header("retry-after"), Some("7"), "{path}");
        assert!(seen.body.starts_with(form), "{path}: {}", seen.body);
        if path.starts_with("/voucherify") {
            let until: i64 = seen.header("x-rate-limit-retry").unwrap().parse().unwrap();
            let wait = until - jiff::Timestamp::now().as_second();
            assert!((1..=8).contains(&wait), "{wait}");
            assert_eq!(seen.header("x-rate-limit-remaining"), Some("0"));
            assert_eq!(seen.header("x-rate-limit-type"), Some("api_calls"));
        }
    }
    let sandbox = faulty("429:retry=none@9,429@2:retry=rubbish,429:retry=none").await;
    assert_eq!(send(&sandbox).await.header("retry-after"), None);
    assert_eq!(send(&sandbox).await.header("retry-after"), Some("soon"));
}

#[tokio::test]
async fn a_dropped_connection_gives_no_answer() {
    for (spec, copies, reset) in [
        ("drop-before", 0, None),
        ("drop-before:reset", 0, Some(true)),
        ("drop-after", 1, Some(false)),
        ("drop-after:reset", 1, Some(true)),
    ] {
        let sandbox = faulty(&format!("kameleoon:{spec}@1")).await;
        let seen = send(&sandbox).await;
        assert_eq!((&*seen.head, &*seen.body), ("", ""), "{spec}");
        // A connection that is closed with something unread is reset by the system itself.
        assert!(reset.is_none_or(|reset| seen.reset == reset), "{spec}");
        let name = spec.trim_end_matches(":reset");
        assert_eq!(came(&sandbox).await, (copies, json!({name: 1})), "{spec}");
        assert_eq!(send(&sandbox).await.status(), "200", "{spec}");
        let counts = taken(&client(), &sandbox, "kameleoon").await;
        assert_eq!(
            (&counts["order_requests"], &counts["refused"]),
            (&json!(2), &json!(0))
        );
    }
}

#[tokio::test]
async fn before_the_body_is_read_means_without_waiting_for_it() {
    let sandbox = faulty("drop-before").await;
    let promised = "POST /kameleoon/sync/orders HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n{";
    assert_eq!(exchange(&sandbox, promised).await.head, "");
    assert_eq!(came(&sandbox).await.1, json!({"drop-before": 1}));
}

#[tokio::test]
async fn a_body_is_cut_by_length_and_by_close() {
    let sandbox = faulty("truncate@1,truncate-close@2,malformed@3,web-page@4").await;
    let whole = r#"{"status":"success"}"#;
    let half = &whole[..whole.len() / 2];

    let by_length = send(&sandbox).await;
    assert_eq!(by_length.status(), "200");
    assert_eq!(
        by_length.header("content-length"),
        Some(&*whole.len().to_string())
    );
    assert_eq!(by_length.body, half);

    let by_close = send(&sandbox).await;
    assert_eq!(by_close.status(), "200");
    assert_eq!(by_close.header("content-length"), None);
    assert_eq!(by_close.header("transfer-encoding"), None);
    assert_eq!(by_close.body, half);

    let malformed = send(&sandbox).await;
    assert_eq!(
        malformed.header("content-length"),
        Some(&*half.len().to_string())
    );
    assert_eq!(malformed.body, half);

    let page = send(&sandbox).await;
    assert_eq!(page.status(), "200");
    assert!(
        page.header("content-type")
            .unwrap()
            .starts_with("text/html")
    );
    assert!(page.body.starts_with("<!DOCTYPE html>"));
    assert_eq!(came(&sandbox).await.0, 4);
}

#[tokio::test]
async fn a_client_library_notices_what_was_cut() {
    let sandbox = faulty("truncate@1,drop-after@2").await;
    let ask = || {
        client()
            .post(format!("{}/sync/orders", sandbox.base_url("kameleoon")))
            .send()
    };
    let cut = ask().await.unwrap().bytes().await;
    assert!(cut.is_err());
    assert!(ask().await.is_err_and(|error| !error.is_connect()));
}

#[tokio::test]
async fn latency_and_slow_bodies_take_their_time() {
    let sandbox = faulty("latency=300ms@1,slow=400ms@2").await;
    for at_least in [300, 400] {
        let begun = Instant::now();
        let seen = send(&sandbox).await;
        assert!(begun.elapsed() >= Duration::from_millis(at_least));
        assert_eq!(seen.body, r#"{"status":"success"}"#);
        assert_eq!(seen.header("content-length"), Some("20"));
    }
    assert_eq!(came(&sandbox).await, (2, json!({"latency": 1, "slow": 1})));
}

#[tokio::test]
async fn a_token_expires_and_a_new_one_admits() {
    let sandbox = faulty("kibo:expired-token@2,kibo/tokens:500@3").await;
    let client = client();
    let token = kibo_token(&client, &sandbox).await;
    assert_eq!(
        send_kibo(&client, &sandbox, &token, "#1").await.status(),
        200
    );
    assert_eq!(
        send_kibo(&client, &sandbox, &token, "#2").await.status(),
        401
    );
    let token = kibo_token(&client, &sandbox).await;
    assert_eq!(
        send_kibo(&client, &sandbox, &token, "#2").await.status(),
        200
    );
    let refused = client.post(sandbox.token_url()).send().await.unwrap();
    assert_eq!(refused.status(), 500);
    let counts = taken(&client, &sandbox, "kibo").await;
    assert_eq!(counts["tokens"], 2);
    assert_eq!(counts["copies"], json!({"#1": 1, "#2": 1}));
    assert_eq!(counts["faults"], json!({"500": 1, "expired-token": 1}));
}

/// Imports three orders and asks for the job until it ends.
async fn job(sandbox: &Sandbox) -> Value {
    let client = client();
    let orders = json!([{"source_id": "a"}, {"source_id": "b"}, {"source_id": "c"}]);
    let job = import(&client, sandbox, &orders).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let path = format!("/v1/async-actions/{job}");
        let response = voucherify(&client, "GET", sandbox, &path)
            .send()
            .await
            .unwrap();
        let status = response.status();
        let action = value(response).await;
        if status == 404 || action["status"] == "DONE" || action["status"] == "FAILED" {
            return action;
        }
        assert!(Instant::now() < deadline, "{action}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn jobs_come_to_bad_ends() {
    let entry = |id: Value| json!({"source_id": id, "reason": "Internal error"});
    for (spec, status, failed, copies) in [
        (
            "job-fails",
            "FAILED",
            json!([entry("a".into()), entry("b".into()), entry("c".into())]),
            json!({}),
        ),
        (
            "job-partial=1",
            "DONE",
            json!([entry("a".into())]),
            json!({"b": 1, "c": 1}),
        ),
        (
            "job-partial=2:unnamed",
            "DONE",
            json!([entry(Value::Null), entry(Value::Null)]),
            json!({"c": 1}),
        ),
        (
            "job-partial=2:object",
            "DONE",
            entry("a".into()),
            json!({"c": 1}),
        ),
    ] {
        let sandbox = faulty(&format!("voucherify:{spec}@1")).await;
        let action = job(&sandbox).await;
        assert_eq!(action["status"], status, "{spec}");
        assert_eq!(action["result"]["failed"], failed, "{spec}");
        let lost = 3 - copies.as_object().unwrap().len();
        assert_eq!(action["result"]["failed_count"], lost, "{spec}");
        assert_eq!(action["result"]["done_count"], 3 - lost, "{spec}");
        let counts = taken(&client(), &sandbox, "voucherify").await;
        assert_eq!(counts["copies"], copies, "{spec}");
        assert_eq!(job(&sandbox).await["result"]["failed_count"], 0, "{spec}");
    }
}

#[tokio::test]
async fn a_job_vanishes_and_a_job_is_stuck() {
    let client = client();
    let sandbox = faulty("voucherify:job-vanishes@1,voucherify:job-stuck@2").await;
    assert_eq!(job(&sandbox).await["resource_type"], "async_action");
    let counts = taken(&client, &sandbox, "voucherify").await;
    assert_eq!(counts["copies"], json!({"a": 1, "b": 1, "c": 1}));

    let stuck = import(&client, &sandbox, &json!([{"source_id": "d"}])).await;
    // The next one isn't held up by it, and when it is done the stuck one would have been.
    assert_eq!(job(&sandbox).await["status"], "DONE");
    let path = format!("/v1/async-actions/{stuck}");
    let action = value(
        voucherify(&client, "GET", &sandbox, &path)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(action["status"], "IN_PROGRESS");
    let list = voucherify(&client, "GET", &sandbox, "/v1/async-actions")
        .send()
        .await
        .unwrap();
    assert_eq!(
        value(list).await["async_actions"].as_array().unwrap().len(),
        2
    );
    assert_eq!(
        taken(&client, &sandbox, "voucherify").await["copies"]["d"],
        Value::Null
    );
}

#[tokio::test]
async fn faults_are_kept_with_what_was_taken() {
    let directory = tempfile::tempdir().unwrap();
    let config = SandboxConfig {
        data_dir: Some(directory.path().to_owned()),
        ..SandboxConfig::default()
    };
    let first = start(SandboxConfig {
        faults: "kameleoon:drop-after".parse().unwrap(),
        ..config.clone()
    })
    .await
    .unwrap();
    send(&first).await;
    first.shutdown().await;
    let second = start(config).await.unwrap();
    assert_eq!(came(&second).await, (1, json!({"drop-after": 1})));
    assert_eq!(send(&second).await.status(), "200");
}

//! The sandbox over real HTTP.

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::*;

mod faults;

fn client() -> Client {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

async fn running(data_dir: Option<&Path>) -> Sandbox {
    start(SandboxConfig {
        data_dir: data_dir.map(Path::to_owned),
        job_duration: Duration::from_millis(150),
        ..SandboxConfig::default()
    })
    .await
    .unwrap()
}

fn secret(vendor: &str, name: &str) -> &'static str {
    let found = credentials(vendor).iter().find(|(key, _)| *key == name);
    found.unwrap().1
}

async fn value(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

async fn taken(client: &Client, sandbox: &Sandbox, vendor: &str) -> Value {
    let response = client.get(sandbox.taken_url()).send().await.unwrap();
    value(response).await[vendor].clone()
}

async fn kibo_token(client: &Client, sandbox: &Sandbox) -> String {
    let pair = format!(
        "{}:{}",
        secret("kibo", "api_key"),
        secret("kibo", "api_secret")
    );
    let response = client
        .post(sandbox.token_url())
        .header("authorization", format!("Basic {}", STANDARD.encode(pair)))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials")
        .send()
        .await
        .unwrap();
    value(response).await["access_token"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn kibo_order(id: &str) -> Value {
    let address = json!({"addressLine1": "55 Example St", "city": "Phoenix", "countryCode": "US"});
    json!({
        "externalOrderID": id, "manufacturerID": 1, "catalogID": 0, "locale": "en-US",
        "currency": "USD", "customer": {"firstName": "Test"},
        "orderItems": [{
            "product": {"partNumber": "1", "name": "Part 1"},
            "itemSpecifics": {"actualPrice": 1.00, "quantity": 1}
        }],
        "shippingMethod": {"shippingType": "standard"}, "shippingAddress": address,
        "orderPayments": [{"paymentMethod": {"billingAddress": address, "paymentType": "NO"}}],
        "customerIP": "203.0.113.9", "sendEmail": false, "orderStatus": "SHIPPED"
    })
}

async fn send_kibo(client: &Client, sandbox: &Sandbox, token: &str, id: &str) -> Response {
    client
        .post(format!("{}/api/v2/importOrder/", sandbox.base_url("kibo")))
        .header("authorization", format!("Bearer {token}"))
        .header("api-key", secret("kibo", "api_key"))
        .header("content-type", "application/json")
        .body(kibo_order(id).to_string())
        .send()
        .await
        .unwrap()
}

fn voucherify(
    client: &Client,
    method: &str,
    sandbox: &Sandbox,
    path: &str,
) -> reqwest::RequestBuilder {
    let url = format!("{}{path}", sandbox.base_url("voucherify"));
    client
        .request(method.parse().unwrap(), url)
        .header("x-app-id", secret("voucherify", "app_id"))
        .header("x-app-token", secret("voucherify", "app_token"))
        .header("content-type", "application/json")
}

async fn until_done(client: &Client, sandbox: &Sandbox, job: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let path = format!("/v1/async-actions/{job}");
        let response = voucherify(client, "GET", sandbox, &path)
            .send()
            .await
            .unwrap();
        let action = value(response).await;
        if action["status"] == "DONE" {
            return action;
        }
        assert!(Instant::now() < deadline, "{action}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn import(client: &Client, sandbox: &Sandbox, orders: &Value) -> String {
    let response = voucherify(client, "POST", sandbox, "/v1/orders/import")
        .body(orders.to_string())
        .send()
        .await
        .unwrap();
    assert!(response.headers().contains_key("x-rate-limit-remaining"));
    value(response).await["async_action_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn it_listens_on_loopback_and_stops_when_dropped() {
    let sandbox = running(None).await;
    assert!(sandbox.addr.ip().is_loopback());
    let url = sandbox.taken_url();
    let client = client();
    let counts = value(client.get(&url).send().await.unwrap()).await;
    let names: Vec<&str> = counts
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(names, vendors().collect::<Vec<_>>());
    let unknown = client
        .get(format!("http://{}/nobody/x", sandbox.addr))
        .send()
        .await
        .unwrap();
    assert_eq!(unknown.status(), 404);
    drop(sandbox);
    let deadline = Instant::now() + Duration::from_secs(10);
    while client.get(&url).send().await.is_ok() {
        assert!(Instant::now() < deadline, "still answering");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn shutdown_frees_the_port() {
    let sandbox = running(None).await;
    let port = sandbox.addr.port();
    sandbox.shutdown().await;
    let again = start(SandboxConfig {
        port,
        ..SandboxConfig::default()
    })
    .await
    .unwrap();
    assert_eq!(again.addr.port(), port);
    let taken = start(SandboxConfig {
        port,
        ..SandboxConfig::default()
    })
    .await;
    assert!(taken.err().unwrap().to_string().contains(&port.to_string()));
}

#[tokio::test]
async fn kameleoon_takes_and_refuses() {
    let sandbox = running(None).await;
    let client = client();
    let body = |secret: &str| {
        json!({
            "shop_id": credentials("kameleoon")[0].1, "shop_secret": secret,
            "orders": [{"id": "#1001", "status": "cancelled"}]
        })
    };
    let send = |body: Value| {
        client
            .post(format!("{}/sync/orders", sandbox.base_url("kameleoon")))
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
    };
    let refused = send(body("wrong")).await.unwrap();
    assert_eq!(refused.status(), 400);
    assert!(
        value(refused).await["payload"]["message"]
            .as_str()
            .unwrap()
            .contains("Shop not found")
    );
    let answer = send(body(secret("kameleoon", "shop_secret")))
        .await
        .unwrap();
    assert_eq!(value(answer).await, json!({"status": "success"}));
    let counts = taken(&client, &sandbox, "kameleoon").await;
    assert_eq!(counts["order_requests"], 2);
    assert_eq!(counts["refused"], 1);
    assert_eq!(counts["orders"], 0);
    assert_eq!(counts["cancelled"], json!({"#1001": 1}));
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let sandbox = running(None).await;
    let client = client();
    let response = client
        .post(format!("{}/sync/orders", sandbox.base_url("kameleoon")))
        .header("content-type", "application/json")
        .body(vec![b' '; 32 * 1024 * 1024 + 1])
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 413);
    assert_eq!(value(response).await["status"], "error");
}

#[tokio::test]
async fn a_voucherify_job_outlives_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let client = client();
    let first = running(Some(directory.path())).await;
    let job = import(
        &client,
        &first,
        &json!([{"source_id": "#1001", "amount": 100, "status": "PAID"}]),
    )
    .await;
    first.shutdown().await;

    let second = running(Some(directory.path())).await;
    let action = until_done(&client, &second, &job).await;
    assert_eq!(action["result"]["done_count"], 1);
    let path = "/v1/orders/%231001";
    let order = value(
        voucherify(&client, "GET", &second, path)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(order["status"], "PAID");
    let cancelled = voucherify(&client, "PUT", &second, path)
        .body(r#"{"status":"CANCELED"}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(value(cancelled).await["status"], "CANCELED");
    second.shutdown().await;

    let third = running(Some(directory.path())).await;
    let order = value(
        voucherify(&client, "GET", &third, path)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(order["status"], "CANCELED");
    let counts = taken(&client, &third, "voucherify").await;
    assert_eq!(counts["jobs"], 1);
    assert_eq!(counts["copies"], json!({"#1001": 1}));
    assert_eq!(counts["cancelled"], json!({"#1001": 1}));
    assert_eq!(counts["order_requests"], 2);
}

#[tokio::test]
async fn two_on_one_directory_have_one_history() {
    let directory = tempfile::tempdir().unwrap();
    let client = client();
    let one = running(Some(directory.path())).await;
    let two = running(Some(directory.path())).await;
    let job = import(&client, &one, &json!([{"source_id": "a"}])).await;
    until_done(&client, &two, &job).await;
    let order = voucherify(&client, "GET", &two, "/v1/orders/a")
        .send()
        .await
        .unwrap();
    assert_eq!(order.status(), 200);
    for sandbox in [&one, &two] {
        let token = kibo_token(&client, sandbox).await;
        let sends = (0..40)
            .map(|n| send_kibo(&client, sandbox, &token, if n % 2 == 0 { "x" } else { "y" }));
        for response in futures_util::future::join_all(sends).await {
            assert_eq!(response.status(), 200);
        }
    }
    for sandbox in [&one, &two] {
        let counts = taken(&client, sandbox, "kibo").await;
        assert_eq!(counts["copies"], json!({"x": 40, "y": 40}));
        assert_eq!(
            (&counts["tokens"], &counts["requests"]),
            (&json!(2), &json!(82))
        );
    }
}

#[tokio::test]
async fn two_thousand_kibo_orders_are_quick() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = running(Some(directory.path())).await;
    let client = client();
    let token = kibo_token(&client, &sandbox).await;
    let begun = Instant::now();
    for batch in 0..500 {
        let ids: Vec<String> = (0..4).map(|n| format!("#{batch}-{n}")).collect();
        let sends = ids
            .iter()
            .map(|id| send_kibo(&client, &sandbox, &token, id));
        for response in futures_util::future::join_all(sends).await {
            assert_eq!(response.status(), 200);
        }
    }
    let took = begun.elapsed();
    assert_eq!(taken(&client, &sandbox, "kibo").await["orders"], 2000);
    // A busy machine may be slow; a stall of 40 ms a request would take 20 s and more.
    assert!(took < Duration::from_secs(15), "{took:?}");
    eprintln!("2,000 orders took {took:?}");
}

#[tokio::test]
async fn requests_are_logged_without_secrets() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("requests.ndjson");
    let sandbox = start(SandboxConfig {
        requests: Some(path.clone()),
        ..SandboxConfig::default()
    })
    .await
    .unwrap();
    let client = client();
    let token = kibo_token(&client, &sandbox).await;
    send_kibo(&client, &sandbox, &token, "#1").await;
    let log = std::fs::read_to_string(path).unwrap();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["path"], "/api/v2/importOrder/");
    assert_eq!(lines[1]["body"]["externalOrderID"], "#1");
    for secret in [
        &*token,
        secret("kibo", "api_key"),
        secret("kibo", "api_secret"),
    ] {
        assert!(!log.contains(secret));
    }
}

//! What leaves, and that no secret shows.

use super::{VENDOR, account, batch, credentials, oauth_token};
use crate::order::outcome::Operation;
use crate::vendor::testing::with_setting;
use crate::vendor::{Batch, Request};

fn cancel(mode: Option<&str>) -> Batch {
    let mut batch = batch(Operation::Cancel, &["#1001", "#1002"]);
    for order in &mut batch.orders {
        order.payload =
            format!(r#"{{"source_id":"{}","status":"CANCELED"}}"#, order.key).into_bytes();
    }
    batch.mode = mode.map(str::to_owned);
    batch
}

fn request(batch: &Batch) -> Request {
    VENDOR.request(batch, &account(), &credentials(), None)
}

fn body(request: &Request) -> String {
    String::from_utf8(request.body.expose().to_vec()).unwrap()
}

#[test]
fn an_import_is_an_array_with_the_keys_in_headers() {
    let request = request(&batch(Operation::Import, &["a", "b"]));
    assert_eq!(request.method, "POST");
    assert_eq!(request.url, "http://127.0.0.1:8080/v1/orders/import");
    assert_eq!(
        body(&request),
        r#"[{"source_id":"a","status":"PAID","amount":700},{"source_id":"b","status":"PAID","amount":700}]"#
    );
    let headers = request.masked_headers();
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-app-id", "•••"),
        ("x-app-token", "•••"),
    ] {
        assert!(
            headers.contains(&(name.to_owned(), value.to_owned())),
            "{name}"
        );
    }
    assert!(!format!("{request:?}").contains("canary"));
}

#[test]
fn a_live_cancellation_puts_the_status_to_the_encoded_id() {
    for mode in [None, Some("live")] {
        let request = request(&cancel(mode));
        assert_eq!(request.method, "PUT");
        assert_eq!(request.url, "http://127.0.0.1:8080/v1/orders/%231001");
        assert_eq!(body(&request), r#"{"status":"CANCELED"}"#);
    }
    let limits = VENDOR.limits(Operation::Cancel, &account());
    assert_eq!(limits.orders_per_request, 1);
    let names: Vec<&str> = VENDOR
        .modes(Operation::Cancel)
        .iter()
        .map(|mode| mode.name)
        .collect();
    assert_eq!(names, ["live", "history"]);
}

#[test]
fn a_cancellation_as_history_is_an_import() {
    let request = request(&cancel(Some("history")));
    assert_eq!(request.method, "POST");
    assert!(request.url.ends_with("/v1/orders/import"));
    assert_eq!(
        body(&request),
        r##"[{"source_id":"#1001","status":"CANCELED"},{"source_id":"#1002","status":"CANCELED"}]"##
    );
    let limits = VENDOR.limits_in_mode(Operation::Cancel, Some("history"), &account());
    assert_eq!(
        (limits.orders_per_request, limits.jobs_in_flight),
        (2000, 1)
    );
}

#[test]
fn oauth_trades_the_keys_for_a_bearer() {
    assert_eq!(VENDOR.token_request(&account(), &credentials()), None);
    let account = with_setting(account(), "auth", "\"oauth\"");
    let account = with_setting(account, "oauth_scope", "\"orders async-actions\"");
    let request = VENDOR.token_request(&account, &credentials()).unwrap();
    assert_eq!(request.url, "http://127.0.0.1:8080/v1/oauth/token");
    assert_eq!(
        body(&request),
        "grant_type=client_credentials&scope=orders+async-actions"
    );
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| *name).collect();
    assert!(names.contains(&"x-app-id") && names.contains(&"x-app-token"));
    assert!(!format!("{request:?}").contains("canary"));

    let batch = batch(Operation::Import, &["a"]);
    let request = VENDOR.request(&batch, &account, &credentials(), Some(&oauth_token()));
    assert!(!format!("{request:?}").contains("canary"));
    let headers = request.masked_headers();
    assert!(headers.contains(&("authorization".to_owned(), "Bearer •••".to_owned())));
    assert!(!headers.iter().any(|(name, _)| name == "x-app-token"));
}

#[test]
fn jobs_and_probes_are_questions() {
    let request = VENDOR
        .job_request("aa_1/x", &account(), &credentials(), None)
        .unwrap();
    assert_eq!(request.method, "GET");
    assert_eq!(
        request.url,
        "http://127.0.0.1:8080/v1/async-actions/aa_1%2Fx"
    );
    let probe = VENDOR.probe(&account(), &credentials(), None);
    assert_eq!(probe.request.unwrap().method, "GET");
}

#[test]
fn jobs_in_flight_is_a_setting() {
    let limits = |account| VENDOR.limits(Operation::Import, &account).jobs_in_flight;
    assert_eq!(limits(account()), 1);
    assert_eq!(limits(with_setting(account(), "jobs_in_flight", "3")), 3);
    assert_eq!(limits(with_setting(account(), "jobs_in_flight", "-1")), 1);
}

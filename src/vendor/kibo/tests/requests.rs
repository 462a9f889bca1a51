//! Requests, limits, and the words about what happens beside.

use serde_json::json;

use super::{inspect, live, order};
use crate::order::outcome::Operation;
use crate::secret::Secret;
use crate::vendor::kibo::Kibo;
use crate::vendor::request::HeaderValue;
use crate::vendor::{
    Batch, BatchOrder, Cancelling, Credentials, Doubt, Facts, Purpose, Request, Tally, Token,
    Vendor,
};

fn credentials() -> Credentials {
    Credentials::new([
        ("api_key".into(), Secret::new("the-key")),
        ("api_secret".into(), Secret::new("hunter2")),
    ])
}

fn token() -> Token {
    Token {
        secret: Secret::new("tok-en"),
        lifetime: std::time::Duration::from_mins(1),
    }
}

fn batch() -> Batch {
    Batch {
        operation: Operation::Import,
        orders: vec![BatchOrder {
            key: "#1001".into(),
            payload: br##"{"externalOrderID":"#1001"}"##.to_vec(),
        }],
        mode: None,
    }
}

/// A header as it travels.
fn travels(request: &Request, name: &str) -> Option<String> {
    request
        .headers
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, value)| match value {
            HeaderValue::Plain(text) => text.clone(),
            HeaderValue::Secret(before, secret) => format!("{before}{}", secret.expose()),
        })
}

/// Everything of a request that is shown or kept.
fn shown(request: &Request) -> String {
    let body = String::from_utf8(request.body.masked()).unwrap();
    format!(
        "{request:?} {} {:?} {body}",
        request.url,
        request.masked_headers()
    )
}

#[test]
fn an_order_goes_alone_with_key_and_token() {
    let request = Kibo.request(&batch(), &live(), &credentials(), Some(&token()));
    assert_eq!((request.purpose, request.method), (Purpose::Orders, "POST"));
    assert_eq!(request.url, "https://kibo.example/api/v2/importOrder/");
    assert_eq!(travels(&request, "api-key").as_deref(), Some("the-key"));
    assert_eq!(
        travels(&request, "authorization").as_deref(),
        Some("Bearer tok-en")
    );
    assert_eq!(
        travels(&request, "content-type").as_deref(),
        Some("application/json")
    );
    assert_eq!(travels(&request, "x-vol-tenant"), None);
    assert_eq!(request.body.expose(), batch().orders[0].payload);
    let shown = shown(&request);
    assert!(
        !["the-key", "tok-en", "hunter2"]
            .iter()
            .any(|secret| shown.contains(secret))
    );
}

#[test]
fn a_token_is_asked_for_with_client_credentials() {
    let request = Kibo.token_request(&live(), &credentials()).unwrap();
    assert_eq!((request.purpose, request.method), (Purpose::Token, "POST"));
    assert_eq!(
        request.url,
        "https://auth.shopatron.com/oauthserver/oauth2/token"
    );
    // base64 of the-key:hunter2
    assert_eq!(
        travels(&request, "authorization").as_deref(),
        Some("Basic dGhlLWtleTpodW50ZXIy")
    );
    assert_eq!(request.body.expose(), b"grant_type=client_credentials");
    let shown = shown(&request);
    assert!(
        !["the-key", "hunter2", "dGhlLWtleTpodW50ZXIy"]
            .iter()
            .any(|secret| shown.contains(secret))
    );
    let probe = Kibo.probe(&live(), &credentials(), None).request.unwrap();
    assert_eq!((probe.purpose, probe.url), (Purpose::Probe, request.url));
}

#[test]
fn the_profile_names_token_address_and_tenant() {
    let mut account = live();
    account
        .settings
        .insert("token_url".into(), json!("https://t.example/token"));
    account
        .settings
        .insert("x_vol_tenant".into(), json!("1234"));
    let request = Kibo.token_request(&account, &credentials()).unwrap();
    assert_eq!(request.url, "https://t.example/token");
    let request = Kibo.request(&batch(), &account, &credentials(), None);
    assert_eq!(travels(&request, "x-vol-tenant").as_deref(), Some("1234"));
    assert_eq!(travels(&request, "authorization"), None);
}

#[test]
fn one_order_a_request_and_doubt_is_the_operators() {
    let limits = Kibo.limits(Operation::Import, &live());
    assert_eq!(
        (
            limits.orders_per_request,
            limits.concurrency,
            limits.jobs_in_flight
        ),
        (1, 4, 0)
    );
    assert_eq!(Kibo.doubt(&batch(), &live()), Doubt::AskOperator);
    assert!(
        matches!(Kibo.cancelling(), Cancelling::WholeOrder(words) if words.contains("id alone is not enough"))
    );
    assert!(Kibo.supports(Operation::Import).is_ok() && Kibo.supports(Operation::Cancel).is_ok());
    assert!(Kibo.supports(Operation::Status).is_err());
}

#[test]
fn side_effects_are_counted() {
    let words = |operation, tally: &Tally| {
        let effects = Kibo.side_effects(operation, None, &live(), tally);
        effects
            .into_iter()
            .map(|effect| format!("{}{}", if effect.warning { "! " } else { "" }, effect.text))
            .collect::<Vec<_>>()
    };
    let mut tally = Tally::default();
    let mut value = inspect(&order(), &live(), Operation::Import).value;
    Kibo.tally(&Facts::of_value(&value, Kibo.table()), &mut tally);
    assert_eq!(
        words(Operation::Import, &tally)[0],
        "No e-mail to customers: sendEmail is false in every order."
    );
    value["sendEmail"] = json!(true);
    value["orderStatus"] = json!("READY");
    for _ in 0..2 {
        Kibo.tally(&Facts::of_value(&value, Kibo.table()), &mut tally);
    }
    assert_eq!(tally.orders, 3);
    let said = words(Operation::Import, &tally);
    assert_eq!(said[0], "! 1 customer will get e-mail about 2 old orders.");
    assert_eq!(
        said[1],
        "! 2 orders will arrive as READY: still to be fulfilled."
    );
    assert!(
        words(Operation::Cancel, &tally)
            .iter()
            .any(|text| text.contains("sent again, whole, as CANCELLED"))
    );
}

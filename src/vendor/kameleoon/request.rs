//! The request to Kameleoon: the secret travels in the body, so that the body itself must be masked.

use crate::vendor::{Account, Batch, Body, Credentials, Purpose, Request};

/// `POST /sync/orders` with shop, secret and the batch.
pub fn request(
    purpose: Purpose,
    batch: &Batch,
    account: &Account,
    credentials: &Credentials,
) -> Request {
    let mut body = Body::default();
    body.push(br#"{"shop_id":""#);
    body.push(escaped(credentials.expose("shop_id")).as_bytes());
    body.push(br#"","shop_secret":""#);
    body.push_secret(
        zeroize::Zeroizing::new(escaped(credentials.expose("shop_secret"))).as_bytes(),
    );
    body.push(br#"","orders":["#);
    for (position, order) in batch.orders.iter().enumerate() {
        if position > 0 {
            body.push(b",");
        }
        body.push(&order.payload);
    }
    body.push(b"]}");
    Request::new(purpose, "POST", format!("{}/sync/orders", account.base_url))
        .header("content-type", "application/json")
        .body(body)
}

/// A text as it stands between the quotes of a JSON text.
fn escaped(text: &str) -> String {
    let mut quoted = serde_json::Value::from(text).to_string();
    quoted.pop();
    quoted.split_off(1.min(quoted.len()))
}

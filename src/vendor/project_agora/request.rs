//! Requests to Project Agora: orders, one order read back, a harmless question.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::secret::Secret;
use crate::vendor::request::with_segment;
use crate::vendor::{Account, Batch, Body, Credentials, Purpose, Request};

/// `POST /v1/orders` with the batch.
pub fn orders(batch: &Batch, account: &Account, credentials: &Credentials) -> Request {
    let mut body = Body::default();
    body.push(br#"{"orders":["#);
    for (position, order) in batch.orders.iter().enumerate() {
        if position > 0 {
            body.push(b",");
        }
        body.push(&order.payload);
    }
    body.push(b"]}");
    let request = Request::new(Purpose::Orders, "POST", address(account))
        .header("accept", "application/json")
        .header("content-type", "application/json");
    authorized(request, account, credentials).body(body)
}

/// `GET /v1/orders/{id}`.
pub fn one_order(id: &str, account: &Account, credentials: &Credentials) -> Request {
    let url = with_segment(&address(account), id);
    let request = Request::new(Purpose::Settle, "GET", url).header("accept", "application/json");
    authorized(request, account, credentials)
}

/// `GET /v1/orders` for one order, of a team where one is known.
pub fn list(
    purpose: Purpose,
    id: &str,
    account: &Account,
    credentials: &Credentials,
    team: Option<&str>,
) -> Request {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(team) = team {
        query.append_pair("teamId", team);
    }
    query.append_pair("orderIds[]", id);
    let url = format!("{}?{}", address(account), query.finish());
    let request = Request::new(purpose, "GET", url).header("accept", "application/json");
    authorized(request, account, credentials)
}

/// The same for an order that nobody has.
pub fn probe(account: &Account, credentials: &Credentials, team: Option<&str>) -> Request {
    list(
        Purpose::Probe,
        "orderdeck-probe",
        account,
        credentials,
        team,
    )
}

fn address(account: &Account) -> String {
    format!("{}/v1/orders", account.base_url)
}

/// The key as given, or as base64 of `key:` where the setting says so.
fn authorized(request: Request, account: &Account, credentials: &Credentials) -> Request {
    let key = credentials.expose("api_key");
    let key = if account.text("api_key_form", "raw") == "base64" {
        let pair = zeroize::Zeroizing::new(format!("{key}:"));
        STANDARD.encode(pair.as_bytes())
    } else {
        key.to_owned()
    };
    request.secret_header("authorization", "Basic ", Secret::new(key))
}

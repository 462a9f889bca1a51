//! The requests: orders, tokens, questions about jobs and orders.

use serde_json::Value;

use super::settings;
use crate::order::outcome::Operation;
use crate::secret::Secret;
use crate::vendor::request::with_segment;
use crate::vendor::{Account, Batch, BatchOrder, Body, Credentials, Mode, Purpose, Request, Token};

/// The mode that changes orders as live ones.
pub(super) const LIVE: &str = "live";
/// The mode that changes orders as history.
pub(super) const HISTORY: &str = "history";

/// The ways to change a status or to cancel, the default first.
pub(super) static MODES: &[Mode] = &[
    Mode {
        name: LIVE,
        help: "as a live order: PUT of the status, one request an order; fires Voucherify's events, webhooks and distributions",
    },
    Mode {
        name: HISTORY,
        help: "as history: an import of id and status, up to 2000 orders a request; fires no events; would create an order that is missing",
    },
];

/// Whether a batch goes out order by order as live orders.
pub(super) fn is_live(operation: Operation, mode: Option<&str>) -> bool {
    operation != Operation::Import && mode != Some(HISTORY)
}

/// The request that carries a batch.
pub(super) fn orders(
    batch: &Batch,
    account: &Account,
    credentials: &Credentials,
    token: Option<&Token>,
) -> Request {
    let (method, url, body) = match batch.orders.first() {
        Some(order) if is_live(batch.operation, batch.mode.as_deref()) => {
            let id = source_id(order).unwrap_or_else(|| order.key.clone());
            let url = with_segment(&format!("{}/v1/orders", account.base_url), &id);
            ("PUT", url, changes(order))
        }
        _ => {
            let url = format!("{}/v1/orders/import", account.base_url);
            ("POST", url, array(&batch.orders))
        }
    };
    let request = Request::new(Purpose::Orders, method, url)
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .body(Body::plain(body));
    signed(request, account, credentials, token)
}

/// A question: no body.
pub(super) fn get(
    purpose: Purpose,
    path: &str,
    account: &Account,
    credentials: &Credentials,
    token: Option<&Token>,
) -> Request {
    let request = Request::new(purpose, "GET", format!("{}{path}", account.base_url))
        .header("accept", "application/json");
    signed(request, account, credentials, token)
}

/// The question how far a job is.
pub(super) fn job(
    job: &str,
    account: &Account,
    credentials: &Credentials,
    token: Option<&Token>,
) -> Request {
    let path = with_segment("/v1/async-actions", job);
    get(Purpose::Job, &path, account, credentials, token)
}

/// The question for one order.
pub(super) fn order(
    source_id: &str,
    account: &Account,
    credentials: &Credentials,
    token: Option<&Token>,
) -> Request {
    let path = with_segment("/v1/orders", source_id);
    get(Purpose::Settle, &path, account, credentials, token)
}

/// The request for an OAuth token: a form, signed with application id and token.
pub(super) fn token(account: &Account, credentials: &Credentials) -> Request {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("scope", settings::oauth_scope(account))
        .finish();
    let url = format!("{}/v1/oauth/token", account.base_url);
    let request = Request::new(Purpose::Token, "POST", url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(Body::plain(form.into_bytes()));
    with_keys(request, credentials)
}

fn signed(
    request: Request,
    account: &Account,
    credentials: &Credentials,
    token: Option<&Token>,
) -> Request {
    if settings::uses_oauth(account) {
        // Without a token the header stays empty: the vendor says 401, and a preview shows its place.
        let secret = token.map_or_else(|| Secret::new(""), |token| token.secret.clone());
        request.secret_header("authorization", "Bearer ", secret)
    } else {
        with_keys(request, credentials)
    }
}

fn with_keys(mut request: Request, credentials: &Credentials) -> Request {
    for (header, name) in [("x-app-id", "app_id"), ("x-app-token", "app_token")] {
        if let Some(secret) = credentials.get(name) {
            request = request.secret_header(header, "", secret.clone());
        }
    }
    request
}

fn array(orders: &[BatchOrder]) -> Vec<u8> {
    let room: usize = orders.iter().map(|order| order.payload.len() + 1).sum();
    let mut body = Vec::with_capacity(1 + room);
    body.push(b'[');
    for (index, order) in orders.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&order.payload);
    }
    body.push(b']');
    body
}

/// The payload without the id that stands in the address: what the vendor changes, the rest stays.
fn changes(order: &BatchOrder) -> Vec<u8> {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(&order.payload) else {
        return order.payload.clone();
    };
    members.shift_remove("source_id");
    Value::Object(members).to_string().into_bytes()
}

/// The vendor's key of an order: as its payload says; the order's own key where there is no payload. None
/// for a payload without one.
pub(super) fn source_id(order: &BatchOrder) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Key {
        source_id: Option<Value>,
    }
    if order.payload.is_empty() {
        return Some(order.key.clone());
    }
    let key: Key = serde_json::from_slice(&order.payload).ok()?;
    key.source_id?
        .as_str()
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
}

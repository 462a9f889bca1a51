//! The four vendors' own answers, as far as these tests need them.

use serde_json::json;

use super::{Answer, Seen, key};

const NOT_FOUND: &str = r#"{"code":404,"key":"not_found","message":"Resource not found"}"#;

/// What the vendor would say, if all were well. A job is done at once.
pub(super) fn fair(seen: &Seen, all: &[Seen]) -> Answer {
    let path = seen.line.split(' ').nth(1).unwrap_or_default();
    let orders = seen.orders();
    let body = match seen.line.as_str() {
        "POST /token" => json!({"access_token": "token-0123456789", "expires_in": 3600}),
        "POST /sync/orders" => json!({"status": "success"}),
        "POST /v1/orders/import" => {
            json!({ "async_action_id": format!("job-{}-{}", seen.orders_before, orders.len()) })
        }
        "POST /v1/orders" => json!({ "orders": orders }),
        line if line.starts_with("GET /v1/async-actions?") => json!({ "async_actions": [] }),
        line if line.starts_with("GET /v1/async-actions/") => {
            let id = path.rsplit('/').next().unwrap_or_default();
            let count: u64 = id.rsplit('-').next().unwrap().parse().unwrap_or(0);
            json!({"id": id, "status": "DONE", "progress": 100,
                "result": {"done_count": count, "failed_count": 0, "failed": []}})
        }
        line if line.starts_with("GET /v1/orders/") => {
            let wanted = path.rsplit('/').next().unwrap_or_default();
            let wanted = percent_encoding::percent_decode_str(wanted).decode_utf8_lossy();
            let taken = all.iter().filter(|it| it.took).flat_map(Seen::orders);
            let mut found = taken.filter(|order| key(order).as_deref() == Some(&*wanted));
            let Some(mut order) = found.next() else {
                return Answer::new(404, NOT_FOUND);
            };
            order["id"] = json!(format!("ord_{wanted}"));
            order
        }
        line if line.starts_with("POST ") => json!({ "orderID": 1000 + seen.orders_before }),
        _ => return Answer::new(404, NOT_FOUND),
    };
    Answer::new(200, body.to_string())
}

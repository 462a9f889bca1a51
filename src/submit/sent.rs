//! What was sent for each order, read from the request that the ledger keeps.

use std::collections::HashMap;

use serde_json::Value;

use crate::ledger::{Exchange, Ordinal};

/// The payloads of a request by order, secrets masked. Empty where its body is gone or isn't one.
///
/// A batch travels as a list, at the top or as `orders` of the top object, in the order of the intent; an order
/// that travels alone may be the body itself.
pub fn payloads(exchange: &Exchange) -> HashMap<Ordinal, Value> {
    let orders = &exchange.intent.orders;
    let list = match serde_json::from_slice(&exchange.intent.body) {
        Ok(Value::Array(list)) => list,
        Ok(Value::Object(mut members)) => match members.get_mut("orders").map(Value::take) {
            Some(Value::Array(list)) => list,
            Some(_) => Vec::new(),
            None => vec![Value::Object(members)],
        },
        _ => Vec::new(),
    };
    if list.len() != orders.len() {
        return HashMap::new();
    }
    orders.iter().copied().zip(list).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ledger::{ExchangeId, ExchangeState, Intent, RunId};

    fn exchange(body: &Value, orders: &[Ordinal]) -> Exchange {
        Exchange {
            id: ExchangeId(1),
            run: RunId(1),
            vendor: "kibo".to_owned(),
            profile: "p".to_owned(),
            intent: Intent {
                purpose: "orders".to_owned(),
                method: "POST".to_owned(),
                url: String::new(),
                headers: Vec::new(),
                body: body.to_string().into_bytes(),
                orders: orders.to_vec(),
            },
            order_count: orders.len() as u64,
            state: ExchangeState::Lost,
            sent_at: jiff::Timestamp::UNIX_EPOCH,
            status: None,
            response_headers: Vec::new(),
            response_body: Vec::new(),
            sizes: (0, 0),
            latency_ms: None,
            reason: None,
            outcomes: Vec::new(),
            job: None,
            compacted_at: None,
        }
    }

    #[test]
    fn each_order_finds_its_own_payload_whatever_the_vendors_shape() {
        for body in [
            json!([{"id": "a"}, {"id": "b"}]),
            json!({"shop_id": "s", "orders": [{"id": "a"}, {"id": "b"}]}),
        ] {
            let found = payloads(&exchange(&body, &[7, 3]));
            assert_eq!(found[&7]["id"], "a");
            assert_eq!(found[&3]["id"], "b");
        }
        let alone = json!({"externalOrderID": "a"});
        assert_eq!(payloads(&exchange(&alone, &[5]))[&5], alone);
    }

    #[test]
    fn what_does_not_fit_its_orders_is_nobodys_payload() {
        for body in [json!([{"id": "a"}]), json!("text"), json!({"orders": 1})] {
            assert!(payloads(&exchange(&body, &[1, 2])).is_empty(), "{body}");
        }
    }
}

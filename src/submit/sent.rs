//! What was sent for each order, read from the request that the ledger keeps.

use std::ops::Range;

use serde_json::Value;

use crate::ledger::{Exchange, Ordinal};

/// The body of a request, taken apart once for all of its orders.
///
/// Payloads stand in a body byte for byte, in the order of the intent: as a list, at the top or as `orders` of the
/// top object, or as the body itself. The hash of what was decided on proves which is whose.
#[derive(Debug)]
pub struct Sent {
    body: Vec<u8>,
    orders: Vec<Ordinal>,
    /// Hash of the whole body.
    whole: [u8; 16],
    /// Where the elements of its list stand.
    elements: Vec<Range<usize>>,
}

impl Sent {
    /// What stands in a request. Nothing, where its body is gone.
    pub fn of(exchange: &Exchange) -> Self {
        Self::in_body(&exchange.intent.body, &exchange.intent.orders)
    }

    fn in_body(body: &[u8], orders: &[Ordinal]) -> Self {
        Self {
            whole: hash_of(body),
            elements: list_in(body).map_or_else(Vec::new, |at| elements(body, at)),
            body: body.to_owned(),
            orders: orders.to_vec(),
        }
    }

    /// The payload of an order, secrets masked, that had this hash when it was decided on.
    pub fn payload(&self, ordinal: Ordinal, hash: [u8; 16]) -> Option<Value> {
        let place = self.orders.iter().position(|order| *order == ordinal)?;
        if self.whole == hash {
            return serde_json::from_slice(&self.body).ok();
        }
        let element = self.elements.get(place);
        let element = element.and_then(|range| self.body.get(range.clone()));
        match element.filter(|bytes| hash_of(bytes) == hash) {
            Some(bytes) => serde_json::from_slice(bytes).ok(),
            // A request of its own, whose payload the vendor's address holds a part of.
            None if self.orders.len() == 1 => serde_json::from_slice(&self.body).ok(),
            None => None,
        }
    }
}

fn hash_of(bytes: &[u8]) -> [u8; 16] {
    let mut hash = [0; 16];
    hash.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    hash
}

/// Where the list of orders begins, behind its bracket.
fn list_in(body: &[u8]) -> Option<usize> {
    if body.starts_with(b"[") {
        return Some(1);
    }
    let name = b"\"orders\":[";
    let at = body.windows(name.len()).position(|it| it == name)?;
    Some(at + name.len())
}

/// The values that stand in a list from there on, as far as it can be read.
fn elements(body: &[u8], mut at: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    while let Some(length) = body.get(at..).and_then(value_length) {
        found.push(at..at + length);
        at += length;
        if body.get(at) != Some(&b',') {
            break;
        }
        at += 1;
    }
    found
}

/// How many bytes the JSON value takes up that these begin with.
fn value_length(bytes: &[u8]) -> Option<usize> {
    let mut values =
        serde_json::Deserializer::from_slice(bytes).into_iter::<serde::de::IgnoredAny>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn payload_in(body: &[u8], place: usize, orders: usize, hash: [u8; 16]) -> Option<Value> {
        // Ordinals are not places: they stand in whatever order the batch has.
        let ordinals: Vec<Ordinal> = (0..orders as Ordinal).rev().collect();
        Sent::in_body(body, &ordinals).payload(ordinals[place], hash)
    }

    #[test]
    fn a_payload_is_found_in_every_shape_of_a_body_and_proven() {
        let payloads = [
            r#"{"id":"a","n":1.10}"#,
            r#"{"id":"b","orders":[{"id":"a"}]}"#,
        ];
        let list = payloads.join(",");
        for body in [
            format!("[{list}]"),
            format!(r#"{{"orders":[{list}]}}"#),
            format!(r#"{{"shop_id":"s","shop_secret":"•••","orders":[{list}]}}"#),
        ] {
            for (place, payload) in payloads.iter().enumerate() {
                let hash = hash_of(payload.as_bytes());
                let found = payload_in(body.as_bytes(), place, 2, hash);
                assert_eq!(found.unwrap().to_string(), *payload, "{body}");
                let other = payload_in(body.as_bytes(), 1 - place, 2, hash);
                assert_eq!(other, None, "not that one: {body}");
            }
        }
        let alone = payloads[1].as_bytes();
        let found = payload_in(alone, 0, 1, hash_of(alone)).unwrap();
        assert_eq!(
            found["id"], "b",
            "the whole, not what looks like a list in it"
        );
        let part = br#"{"status":"CANCELED"}"#;
        assert!(payload_in(part, 0, 1, [0; 16]).is_some());
        for broken in [&b"[{\"id\":"[..], b"", b"[", b"{\"orders\":["] {
            assert_eq!(payload_in(broken, 3, 9, [0; 16]), None);
        }
        let strange = Sent::in_body(b"[1]", &[4]);
        assert_eq!(strange.payload(5, hash_of(b"1")), None);
    }

    proptest! {
        #[test]
        fn every_element_of_a_list_is_found(texts in prop::collection::vec(".{0,12}", 1..12)) {
            let values: Vec<String> = texts.iter().enumerate().map(|(n, text)| json!({ "n": n, "t": text }).to_string()).collect();
            let body = format!("[{}]", values.join(","));
            for (place, value) in values.iter().enumerate() {
                let found = payload_in(body.as_bytes(), place, values.len(), hash_of(value.as_bytes()));
                prop_assert_eq!(&found.unwrap().to_string(), value);
            }
        }
    }
}

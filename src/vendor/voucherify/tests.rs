//! Tests of Voucherify, with what they share.

mod answers;
mod encoding;
mod requests;
mod ruling;
mod settling;

use super::Voucherify;
use crate::order::outcome::Operation;
use crate::secret::Secret;
use crate::vendor::testing::sandbox_account;
use crate::vendor::{Account, Answer, Batch, BatchOrder, Credentials, Token, VendorRef};

/// The vendor under test.
const VENDOR: VendorRef = &Voucherify;

fn account() -> Account {
    sandbox_account(VENDOR)
}

fn credentials() -> Credentials {
    Credentials::new([
        ("app_id".to_owned(), Secret::new("canary-id")),
        ("app_token".to_owned(), Secret::new("canary-token")),
    ])
}

fn oauth_token() -> Token {
    Token {
        secret: Secret::new("canary-bearer"),
        lifetime: std::time::Duration::from_mins(15),
    }
}

/// A batch of orders by key, each payload being id, status PAID and amount 700.
fn batch(operation: Operation, keys: &[&str]) -> Batch {
    Batch {
        operation,
        orders: keys
            .iter()
            .map(|key| BatchOrder {
                key: (*key).to_owned(),
                payload: serde_json::json!({"source_id": key, "status": "PAID", "amount": 700})
                    .to_string()
                    .into_bytes(),
            })
            .collect(),
        mode: None,
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

fn with_header(mut answer: Answer, name: &str, value: &str) -> Answer {
    answer.headers.push((name.to_owned(), value.to_owned()));
    answer
}

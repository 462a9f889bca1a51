//! Settling doubt: each order of the batch is asked for by its id, where the tenant allows it.

use serde_json::Value;

use super::answer::told;
use super::{echo, request};
use crate::order::outcome::Outcome;
use crate::vendor::{
    Account, Answer, Batch, Credentials, OrderVerdict, Settling, SettlingStep, Token,
};

/// How often one question is asked before it is given up.
const ATTEMPTS: u32 = 3;

/// Asks for one order after the other.
#[derive(Debug)]
pub struct ReadBack {
    account: Account,
    credentials: Credentials,
    /// Each order's payload as it was sent.
    sent: Vec<Value>,
    /// The verdicts so far: of the first orders.
    verdicts: Vec<OrderVerdict>,
    failures: u32,
}

impl ReadBack {
    /// A conversation about this batch.
    pub fn new(batch: &Batch, account: &Account, credentials: &Credentials) -> Self {
        let sent = batch.orders.iter().map(|order| {
            // Sent by another process: the key is the id that was sent.
            serde_json::from_slice(&order.payload)
                .unwrap_or_else(|_| serde_json::json!({ "id": order.key }))
        });
        Self {
            account: account.clone(),
            credentials: credentials.clone(),
            sent: sent.collect(),
            verdicts: Vec::new(),
            failures: 0,
        }
    }

    fn conclude(&mut self, verdict: OrderVerdict) {
        self.verdicts.push(verdict);
        self.failures = 0;
    }

    /// The vendor can't be asked: this order and the rest stay in doubt.
    fn give_up(&mut self, reason: &str) {
        let verdict = OrderVerdict::because(Outcome::InDoubt, reason);
        self.verdicts.resize(self.sent.len(), verdict);
    }
}

impl Settling for ReadBack {
    fn next(&mut self, _token: Option<&Token>) -> SettlingStep {
        while let Some(order) = self.sent.get(self.verdicts.len()) {
            if let Some(id) = echo::id(order) {
                let question = request::one_order(id, &self.account, &self.credentials);
                return SettlingStep::Ask(Box::new(question));
            }
            let reason = "sent without an id, so it can't be asked for";
            self.conclude(OrderVerdict::because(Outcome::InDoubt, reason));
        }
        SettlingStep::Done(self.verdicts.clone())
    }

    fn answer(&mut self, answer: Option<&Answer>, _at: jiff::Timestamp) {
        let Some(sent) = self.sent.get(self.verdicts.len()) else {
            return;
        };
        let found = answer
            .filter(|answer| answer.status == 200)
            .and_then(|answer| order_in(&answer.json()?, echo::id(sent)?));
        if let Some(order) = found {
            let verdict = echo::imported(sent, &order);
            self.conclude(verdict);
            return;
        }
        match answer {
            Some(answer) if answer.status == 404 => {
                let reason = "Project Agora does not have it";
                self.conclude(OrderVerdict::because(Outcome::Pending, reason));
            }
            Some(answer) if matches!(answer.status, 401 | 403 | 405 | 501) => {
                self.give_up(&format!(
                    "Project Agora does not let it be read: {}",
                    told(answer)
                ));
            }
            _ => {
                self.failures += 1;
                if self.failures >= ATTEMPTS {
                    let said = answer.map_or_else(|| "no answer".to_owned(), told);
                    self.give_up(&format!("asked for it in vain: {said}"));
                }
            }
        }
    }
}

/// The order of that id in an answer: alone, or in a list.
fn order_in(body: &Value, id: &str) -> Option<Value> {
    let list = body.get("orders").and_then(Value::as_array);
    let mut candidates = list
        .into_iter()
        .flatten()
        .chain(body.get("order"))
        .chain([body]);
    candidates
        .find(|order| echo::id(order) == Some(id))
        .cloned()
}

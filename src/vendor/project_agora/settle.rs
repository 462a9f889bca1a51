//! Settling doubt: each order of the batch is asked for by its id, where the tenant allows it.
//!
//! A 404 alone doesn't prove that an order isn't there: a tenant without that address gives the same. So the
//! first one is made sure of by the list, unless another order could be read before.

use serde_json::Value;

use super::answer::told;
use super::{echo, request};
use crate::order::outcome::Outcome;
use crate::vendor::{
    Account, Answer, Batch, Credentials, OrderVerdict, Purpose, Settling, SettlingStep, Token,
};

/// How often one question is asked before it is given up.
const ATTEMPTS: u32 = 3;

/// Asks for one order after the other.
#[derive(Debug)]
pub struct ReadBack {
    account: Account,
    credentials: Credentials,
    /// Each order's payload as it was sent; null where it isn't known any more.
    sent: Vec<Value>,
    /// The verdicts so far: of the first orders.
    verdicts: Vec<OrderVerdict>,
    failures: u32,
    asking: Asking,
    /// Orders can be read here, as an answer has shown.
    readable: bool,
}

/// The way in which the order at hand is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    /// `GET /v1/orders/{id}`.
    One,
    /// `GET /v1/orders?orderIds[]=`, after a 404.
    List,
}

impl ReadBack {
    /// A conversation about this batch.
    pub fn new(batch: &Batch, account: &Account, credentials: &Credentials) -> Self {
        let sent = batch
            .orders
            .iter()
            .map(|order| serde_json::from_slice(&order.payload).unwrap_or_default());
        Self {
            account: account.clone(),
            credentials: credentials.clone(),
            sent: sent.collect(),
            verdicts: Vec::new(),
            failures: 0,
            asking: Asking::One,
            readable: false,
        }
    }

    fn conclude(&mut self, verdict: OrderVerdict) {
        self.verdicts.push(verdict);
        self.failures = 0;
        self.asking = Asking::One;
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
                let (account, credentials) = (&self.account, &self.credentials);
                let question = match self.asking {
                    Asking::One => request::one_order(id, account, credentials),
                    Asking::List => {
                        let team = order.get("teamId").and_then(Value::as_str);
                        request::list(Purpose::Settle, id, account, credentials, team)
                    }
                };
                return SettlingStep::Ask(Box::new(question));
            }
            let reason = if order.is_null() {
                "what was sent isn't at hand any more, so it can't be compared with what is there"
            } else {
                "sent without an id, so it can't be asked for"
            };
            self.conclude(OrderVerdict::because(Outcome::InDoubt, reason));
        }
        SettlingStep::Done(self.verdicts.clone())
    }

    fn answer(&mut self, answer: Option<&Answer>, _at: jiff::Timestamp) {
        let Some(sent) = self.sent.get(self.verdicts.len()) else {
            return;
        };
        let body = answer
            .filter(|answer| answer.status == 200)
            .and_then(Answer::json);
        let found = body
            .as_ref()
            .and_then(|body| order_in(body, echo::id(sent)?));
        if let Some(order) = found {
            let verdict = echo::found(sent, &order);
            self.readable = true;
            self.conclude(verdict);
            return;
        }
        let lists = |body: &Value| body.get("orders").is_some_and(Value::is_array);
        let is_listed_nowhere = self.asking == Asking::List && body.as_ref().is_some_and(lists);
        match answer {
            _ if is_listed_nowhere => {
                self.readable = true;
                self.conclude(never_arrived());
            }
            Some(answer) if answer.status == 404 && self.asking == Asking::One => {
                if self.readable {
                    self.conclude(never_arrived());
                } else {
                    self.failures = 0;
                    self.asking = Asking::List;
                }
            }
            Some(answer) if matches!(answer.status, 400..=407 | 409..=428 | 430..=499) => {
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

fn never_arrived() -> OrderVerdict {
    OrderVerdict::because(Outcome::Pending, "Project Agora does not have it")
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

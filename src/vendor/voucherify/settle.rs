//! Asks Voucherify what became of a batch: first for the job it may be in, then for order by order.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde_json::Value;

use super::answer::{refusal, visible};
use super::lookup::{Found, Lookup};
use super::request::{get, is_live, order as order_request, source_id};
use crate::order::outcome::Outcome;
use crate::vendor::facts::exact_decimal;
use crate::vendor::{
    Account, Answer, Batch, BatchOrder, Credentials, Lost, OrderVerdict, Purpose, Settling,
    SettlingStep, Token,
};

/// How often one question is asked before the operator has to decide.
const TRIES: u32 = 3;

/// Why the orders are asked for, which decides what an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    /// The answer to the import got lost.
    LostImport,
    /// The answer to a change of a live order got lost.
    LostUpdate,
    /// The job is done but doesn't name the orders it refused; its message.
    DoneJob(Option<String>),
}

/// The state machine.
pub(super) struct Settlement {
    reason: Reason,
    account: Account,
    credentials: Credentials,
    lookup: Option<Lookup>,
    /// Orders still to be asked for: their place in the batch, and their id.
    open: VecDeque<(usize, String)>,
    orders: Vec<BatchOrder>,
    verdicts: Vec<OrderVerdict>,
    /// Places whose verdicts are sure and weren't taken yet.
    settled: Vec<usize>,
    job: Option<String>,
    tries: u32,
}

impl Settlement {
    /// For a batch whose answer never came.
    pub(super) fn of_lost(
        batch: &Batch,
        lost: Lost<'_>,
        account: &Account,
        credentials: &Credentials,
    ) -> Self {
        let live = is_live(batch.operation, batch.mode.as_deref());
        Self {
            lookup: (!live).then(|| Lookup::new(lost)),
            reason: if live {
                Reason::LostUpdate
            } else {
                Reason::LostImport
            },
            ..Self::order_by_order(batch, account, credentials)
        }
    }

    /// For a batch whose job is done.
    pub(super) fn of_done_job(
        batch: &Batch,
        message: Option<&str>,
        account: &Account,
        credentials: &Credentials,
    ) -> Self {
        Self {
            reason: Reason::DoneJob(message.map(str::to_owned)),
            ..Self::order_by_order(batch, account, credentials)
        }
    }

    fn order_by_order(batch: &Batch, account: &Account, credentials: &Credentials) -> Self {
        let mut open = VecDeque::with_capacity(batch.orders.len());
        let mut verdicts = Vec::with_capacity(batch.orders.len());
        for (index, order) in batch.orders.iter().enumerate() {
            if let Some(id) = source_id(order) {
                open.push_back((index, id));
            }
            verdicts.push(in_doubt(
                "the order has no `source_id`: Voucherify can't be asked for it",
            ));
        }
        Self {
            reason: Reason::LostImport,
            account: account.clone(),
            credentials: credentials.clone(),
            lookup: None,
            open,
            orders: batch.orders.clone(),
            verdicts,
            settled: Vec::new(),
            job: None,
            tries: 0,
        }
    }

    /// The jobs that the batch may be in: imports created since it was sent.
    fn read_jobs(&mut self, answer: Option<&Answer>, at: Timestamp) {
        let lookup = self.lookup.as_mut();
        let found = lookup.and_then(|lookup| lookup.read(answer?, at));
        let Some(found) = found else {
            self.tries += 1;
            if self.tries >= TRIES {
                let reason = format!("the list of jobs can't be read: {}", words(answer));
                self.give_up(&reason);
            }
            return;
        };
        self.tries = 0;
        match found {
            Found::More => {}
            Found::Nothing => self.lookup = None,
            Found::Job(job) => self.job = Some(job),
            Found::Unsure(reason) => self.give_up(&reason),
        }
    }

    fn give_up(&mut self, reason: &str) {
        self.lookup = None;
        self.open.clear();
        self.verdicts = vec![in_doubt(reason); self.orders.len()];
    }

    fn read_order(&mut self, answer: Option<&Answer>) {
        let Some((index, _)) = self.open.front() else {
            return;
        };
        let index = *index;
        let verdict = match (answer, self.orders.get(index)) {
            (Some(answer), Some(order)) => self.verdict(answer, order),
            _ => None,
        };
        let verdict = verdict.or_else(|| {
            self.tries += 1;
            (self.tries >= TRIES)
                .then(|| in_doubt(&format!("the order can't be asked for: {}", words(answer))))
        });
        if let Some(verdict) = verdict {
            self.tries = 0;
            self.open.pop_front();
            if verdict.outcome != Outcome::InDoubt {
                self.settled.push(index);
            }
            if let Some(place) = self.verdicts.get_mut(index) {
                *place = verdict;
            }
        }
    }

    /// What one order's answer says; `None` for nothing.
    fn verdict(&self, answer: &Answer, order: &BatchOrder) -> Option<OrderVerdict> {
        let body = answer.json()?;
        if answer.status == 404 {
            return is_not_found(&body).then(|| self.missing(answer));
        }
        let id = body.get("id").and_then(Value::as_str)?;
        if answer.status != 200 {
            return None;
        }
        let mut verdict = match differences(order, &body) {
            Comparison::Equal => OrderVerdict::plain(Outcome::Imported),
            Comparison::Different(_) if self.reason == Reason::LostUpdate => {
                OrderVerdict::because(Outcome::Pending, "the order is there, but unchanged")
            }
            Comparison::Different(what) => in_doubt(&format!(
                "the order is there, but {what}: it may have been there before"
            )),
            Comparison::Unknown => in_doubt(
                "the order is there, but nothing of what was sent can be compared: it may have been there before",
            ),
        };
        verdict.vendor_id = Some(visible(id));
        Some(verdict)
    }

    fn missing(&self, answer: &Answer) -> OrderVerdict {
        match &self.reason {
            Reason::LostImport => OrderVerdict::because(Outcome::Pending, "it never arrived"),
            Reason::LostUpdate => OrderVerdict::because(Outcome::Rejected, refusal(answer)),
            Reason::DoneJob(message) => OrderVerdict::because(
                Outcome::Rejected,
                message
                    .as_deref()
                    .unwrap_or("the job is done, and the order isn't there"),
            ),
        }
    }
}

impl Settling for Settlement {
    fn next(&mut self, token: Option<&Token>) -> SettlingStep {
        let (account, credentials) = (&self.account, &self.credentials);
        if let Some(job) = &self.job {
            SettlingStep::Job(job.clone())
        } else if let Some(lookup) = &self.lookup {
            let path = lookup.path();
            let request = get(Purpose::Settle, &path, account, credentials, token);
            SettlingStep::Ask(Box::new(request))
        } else if let Some((_, id)) = self.open.front() {
            SettlingStep::Ask(Box::new(order_request(id, account, credentials, token)))
        } else {
            SettlingStep::Done(self.verdicts.clone())
        }
    }

    fn answer(&mut self, answer: Option<&Answer>, at: Timestamp) {
        if self.lookup.is_some() {
            self.read_jobs(answer, at);
        } else {
            self.read_order(answer);
        }
    }

    fn take_settled(&mut self) -> Vec<(usize, OrderVerdict)> {
        std::mem::take(&mut self.settled)
            .into_iter()
            .filter_map(|index| Some((index, self.verdicts.get(index)?.clone())))
            .collect()
    }
}

fn in_doubt(reason: &str) -> OrderVerdict {
    OrderVerdict::because(Outcome::InDoubt, reason)
}

fn words(answer: Option<&Answer>) -> String {
    answer.map_or_else(|| "no answer came".to_owned(), refusal)
}

/// The vendor's own "not found", not that of something between.
fn is_not_found(body: &Value) -> bool {
    body.get("key").and_then(Value::as_str) == Some("not_found")
        || body.get("code").and_then(Value::as_u64) == Some(404)
}

enum Comparison {
    Equal,
    Different(String),
    Unknown,
}

/// Compares status and amount, as far as they were sent.
fn differences(order: &BatchOrder, there: &Value) -> Comparison {
    let sent: Value = serde_json::from_slice(&order.payload).unwrap_or_default();
    let mut compared = false;
    for (name, same) in [
        ("status", same_text as fn(&Value, &Value) -> bool),
        ("amount", same_number),
    ] {
        let Some(wanted) = sent.get(name).filter(|value| !value.is_null()) else {
            continue;
        };
        let found = there.get(name).unwrap_or(&Value::Null);
        if !same(wanted, found) {
            return Comparison::Different(visible(&format!(
                "its `{name}` is {found}, not {wanted}"
            )));
        }
        compared = true;
    }
    if compared {
        Comparison::Equal
    } else {
        Comparison::Unknown
    }
}

fn same_text(a: &Value, b: &Value) -> bool {
    a == b
}

fn same_number(a: &Value, b: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Number(number) => exact_decimal(number.as_str()),
        _ => None,
    };
    number(a).is_some() && number(a) == number(b)
}

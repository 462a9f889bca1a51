//! What a vendor has taken: counts, orders with their present state, jobs.
//!
//! A shelf is the sum of its journal entries. Jobs need no clock of their own: an entry says
//! when a job starts and how long it runs, and whoever looks later finds it as far as it is.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::call::Purpose;
use super::faults::JobFault;

/// One request as the journal keeps it: what it was for, how it was answered, what it brought.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) at_ms: i64,
    pub(super) vendor: String,
    pub(super) purpose: Purpose,
    /// How it was answered; 0: not at all.
    pub(super) status: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) events: Vec<Event>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unknown: Vec<String>,
    /// The faults that were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) faults: Vec<String>,
}

/// Something that was taken. (Tagged from outside: serde can't carry exact numbers otherwise.)
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Event {
    /// An order, at once.
    Order(OrderTaken),
    /// Orders, when a job will have ended.
    Job(JobTaken),
}

/// What was done to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum How {
    /// Brought as a whole.
    Import,
    /// Changed, without being brought again.
    Update,
    /// Cancelled.
    Cancel,
}

/// An order that was taken, or is about to be.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OrderTaken {
    /// The order's key at this vendor.
    pub(super) key: String,
    pub(super) how: How,
    /// What was sent of it; fields left out stay as they were.
    pub(super) order: Value,
    /// Why a job won't take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<String>,
}

/// A job as it was accepted.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct JobTaken {
    pub(super) id: String,
    pub(super) request_id: String,
    pub(super) starts_ms: i64,
    pub(super) runs_ms: i64,
    pub(super) orders: Vec<OrderTaken>,
    /// The bad end that it will come to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) fault: Option<JobFault>,
}

impl JobTaken {
    /// Gives the job a bad end, and its orders what that means for them.
    pub(super) fn spoil(&mut self, fault: JobFault) {
        let (lost, reason) = match fault {
            JobFault::Fails => (usize::MAX, "Internal error"),
            JobFault::Partial { orders, .. } => (orders, "Internal error"),
            JobFault::Stuck => (usize::MAX, "never imported: the job is stuck"),
            JobFault::Vanishes => (0, ""),
        };
        self.fault = Some(fault);
        for taken in self.orders.iter_mut().take(lost) {
            taken.failure.get_or_insert_with(|| reason.to_owned());
        }
    }
}

/// An order that can be read back.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    /// JSON text: a tenth of the room that a tree of values takes.
    json: String,
    pub(super) created_ms: i64,
    pub(super) updated_ms: i64,
}

impl Stored {
    /// The order as a JSON object.
    pub(super) fn order(&self) -> Value {
        serde_json::from_str(&self.json).unwrap_or_default()
    }
}

/// A job, waiting, running or done.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) request_id: String,
    pub(super) created_ms: i64,
    pub(super) starts_ms: i64,
    pub(super) runs_ms: i64,
    pub(super) count: usize,
    /// The orders it doesn't take: their `source_id`, if any, and the reason.
    pub(super) failed: Vec<(Option<String>, String)>,
    pub(super) fault: Option<JobFault>,
    /// Orders not stored yet.
    waiting: Vec<OrderTaken>,
}

impl Job {
    pub(super) fn ends_ms(&self) -> i64 {
        self.starts_ms.saturating_add(self.runs_ms)
    }

    /// Whether nobody can ask for it.
    pub(super) fn vanished(&self) -> bool {
        self.fault == Some(JobFault::Vanishes)
    }
}

/// Everything that came to one vendor.
#[derive(Debug)]
pub(super) struct Shelf {
    reads_back: bool,
    pub(super) requests: u64,
    pub(super) order_requests: u64,
    pub(super) refused: u64,
    pub(super) tokens: u64,
    pub(super) copies: BTreeMap<String, u64>,
    pub(super) updated: BTreeMap<String, u64>,
    pub(super) cancelled: BTreeMap<String, u64>,
    pub(super) unknown_fields: BTreeMap<String, u64>,
    pub(super) faults: BTreeMap<String, u64>,
    pub(super) orders: HashMap<String, Stored>,
    pub(super) jobs: Vec<Job>,
    /// Jobs before this one have stored their orders.
    unsettled: usize,
}

impl Shelf {
    /// An empty shelf; it holds the state of orders only for a vendor that can be asked for it.
    pub(super) fn new(reads_back: bool) -> Self {
        Self {
            reads_back,
            requests: 0,
            order_requests: 0,
            refused: 0,
            tokens: 0,
            copies: BTreeMap::new(),
            updated: BTreeMap::new(),
            cancelled: BTreeMap::new(),
            unknown_fields: BTreeMap::new(),
            faults: BTreeMap::new(),
            orders: HashMap::new(),
            jobs: Vec::new(),
            unsettled: 0,
        }
    }

    /// Whether this order was imported here.
    pub(super) fn has_taken(&self, key: &str) -> bool {
        self.copies.contains_key(key)
    }

    /// Adds one request.
    pub(super) fn apply(&mut self, entry: Entry) {
        self.settle(entry.at_ms);
        self.requests += 1;
        match entry.purpose {
            Purpose::Orders => {
                self.order_requests += 1;
                if entry.status >= 400 {
                    self.refused += 1;
                }
            }
            Purpose::Token if entry.status < 400 => self.tokens += 1,
            Purpose::Token | Purpose::Other => {}
        }
        for field in entry.unknown {
            *self.unknown_fields.entry(field).or_default() += 1;
        }
        for fault in entry.faults {
            *self.faults.entry(fault).or_default() += 1;
        }
        for event in entry.events {
            match event {
                Event::Order(taken) => {
                    self.count(&taken);
                    self.store(taken, entry.at_ms);
                }
                Event::Job(job) => self.accept(job, entry.at_ms),
            }
        }
    }

    /// Lets jobs that have ended by now store their orders.
    pub(super) fn settle(&mut self, now_ms: i64) {
        while let Some(job) = self.jobs.get_mut(self.unsettled) {
            let ended_ms = job.ends_ms();
            if ended_ms > now_ms {
                break;
            }
            self.unsettled += 1;
            for taken in std::mem::take(&mut job.waiting) {
                self.store(taken, ended_ms);
            }
        }
    }

    fn accept(&mut self, job: JobTaken, now_ms: i64) {
        let mut failed = Vec::new();
        let mut waiting = Vec::with_capacity(job.orders.len());
        let count = job.orders.len();
        for mut taken in job.orders {
            if let Some(reason) = taken.failure.take() {
                let source_id = taken.order.get("source_id").and_then(Value::as_str);
                failed.push((source_id.map(str::to_owned), reason));
            } else {
                self.count(&taken);
                waiting.push(taken);
            }
        }
        self.jobs.push(Job {
            id: job.id,
            request_id: job.request_id,
            created_ms: now_ms,
            starts_ms: job.starts_ms,
            runs_ms: job.runs_ms,
            count,
            failed,
            fault: job.fault,
            waiting,
        });
        self.settle(now_ms);
    }

    fn count(&mut self, taken: &OrderTaken) {
        let counts = match taken.how {
            How::Import => &mut self.copies,
            How::Update => &mut self.updated,
            How::Cancel => &mut self.cancelled,
        };
        *counts.entry(taken.key.clone()).or_default() += 1;
    }

    fn store(&mut self, taken: OrderTaken, at_ms: i64) {
        if !self.reads_back {
            return;
        }
        let before = self.orders.get(&taken.key);
        let created_ms = before.map_or(at_ms, |stored| stored.created_ms);
        let order = match (before.map(Stored::order), taken.order) {
            (Some(Value::Object(before)), Value::Object(after)) => {
                Value::Object(merged(before, after))
            }
            (_, order) => order,
        };
        self.orders.insert(
            taken.key,
            Stored {
                json: order.to_string(),
                created_ms,
                updated_ms: at_ms,
            },
        );
    }
}

fn merged(mut before: Map<String, Value>, after: Map<String, Value>) -> Map<String, Value> {
    for (name, value) in after {
        before.insert(name, value);
    }
    before
}

#[cfg(test)]
pub(super) mod testing {
    //! Shelves filled by answers, for the simulators' own tests.

    use super::*;
    use crate::sandbox::call::Answer;

    impl Shelf {
        /// Keeps what an answer took, as the house does.
        pub(in super::super) fn keep(&mut self, at_ms: i64, answer: &mut Answer) {
            self.apply(Entry {
                at_ms,
                vendor: String::new(),
                purpose: Purpose::Orders,
                status: answer.status,
                events: std::mem::take(&mut answer.events),
                unknown: std::mem::take(&mut answer.unknown),
                faults: Vec::new(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(at_ms: i64, events: Vec<Event>) -> Entry {
        Entry {
            at_ms,
            vendor: "v".to_owned(),
            purpose: Purpose::Orders,
            status: 200,
            events,
            unknown: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn taken(key: &str, how: How, order: Value) -> OrderTaken {
        OrderTaken {
            key: key.to_owned(),
            how,
            order,
            failure: None,
        }
    }

    #[test]
    fn a_job_stores_its_orders_when_it_ends() {
        let mut shelf = Shelf::new(true);
        shelf.apply(entry(
            1000,
            vec![Event::Job(JobTaken {
                id: "aa".to_owned(),
                request_id: "v".to_owned(),
                fault: None,
                starts_ms: 1000,
                runs_ms: 500,
                orders: vec![
                    taken("#1", How::Import, json!({"source_id": "#1", "amount": 5})),
                    OrderTaken {
                        failure: Some("no".to_owned()),
                        ..taken("#2", How::Import, json!({"source_id": "#2"}))
                    },
                ],
            })],
        ));
        shelf.settle(1499);
        assert!(shelf.orders.is_empty());
        assert_eq!(shelf.copies.get("#1"), Some(&1));
        assert!(!shelf.has_taken("#2"));
        shelf.settle(1500);
        assert_eq!(shelf.orders.len(), 1);
        assert_eq!(shelf.orders["#1"].created_ms, 1500);
        assert_eq!(
            shelf.jobs[0].failed,
            [(Some("#2".to_owned()), "no".to_owned())]
        );
    }

    #[test]
    fn a_change_keeps_what_it_leaves_out() {
        let mut shelf = Shelf::new(true);
        let first = taken("#1", How::Import, json!({"amount": 1.10, "status": "PAID"}));
        let second = taken("#1", How::Cancel, json!({"status": "CANCELED"}));
        shelf.apply(entry(1, vec![Event::Order(first)]));
        shelf.apply(entry(2, vec![Event::Order(second)]));
        let stored = &shelf.orders["#1"];
        assert_eq!(
            stored.order().to_string(),
            r#"{"amount":1.1,"status":"CANCELED"}"#
        );
        assert_eq!((stored.created_ms, stored.updated_ms), (1, 2));
        assert_eq!(shelf.copies.get("#1"), Some(&1));
        assert_eq!(shelf.cancelled.get("#1"), Some(&1));
    }

    #[test]
    fn an_entry_survives_its_text_with_all_digits() {
        let order: Value = serde_json::from_str(r#"{"total":200.130,"n":12345678901234567890123}"#)
            .expect("valid JSON");
        let text = serde_json::to_string(&entry(
            1,
            vec![Event::Order(taken("#1", How::Import, order))],
        ))
        .unwrap();
        assert!(text.contains(r#"{"total":200.130,"n":12345678901234567890123}"#));
        let back: Entry = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), text);
    }
}

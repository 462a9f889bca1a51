//! What an answer says: the vendor-neutral conclusions that sending acts on.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;

use super::request::{Answer, Request};
use crate::order::outcome::Outcome;
use crate::secret::Secret;

/// What became of one order of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderVerdict {
    /// Never more than the vendor said.
    pub outcome: Outcome,
    /// In the vendor's words, or ours.
    pub reason: Option<String>,
    /// The vendor's own id of the order.
    pub vendor_id: Option<String>,
}

impl OrderVerdict {
    /// An outcome with nothing more to say.
    pub fn plain(outcome: Outcome) -> Self {
        Self {
            outcome,
            reason: None,
            vendor_id: None,
        }
    }

    /// An outcome with its reason.
    pub fn because(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self {
            outcome,
            reason: Some(reason.into()),
            vendor_id: None,
        }
    }
}

/// What an answer to a request with orders says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// One verdict for each order of the batch, in its order.
    Orders(Vec<OrderVerdict>),
    /// Every order is queued in this job.
    Job(String),
    /// Nothing was taken, and nothing will be until the operator acts: the run pauses, the orders wait.
    Pause {
        /// Which credential, limit or right was refused.
        reason: String,
    },
    /// The token is refused: a new one, once, then the same again; refused again, the run pauses.
    RenewToken {
        /// What the vendor said.
        reason: String,
    },
    /// Nothing was taken: the same again after a wait.
    Wait {
        /// At least that long, where the vendor says; else the sender backs off.
        at_least: Option<Duration>,
        /// What is waited for.
        reason: String,
    },
    /// It may have been taken, but a second copy is harmless: the same again after a wait.
    Resend {
        /// What happened.
        reason: String,
    },
    /// Nothing was taken; a smaller batch may be. A single order is rejected with the reason.
    Halve {
        /// What the vendor said.
        reason: String,
    },
    /// Nobody can know from this answer.
    InDoubt {
        /// What came instead.
        reason: String,
    },
}

impl Verdict {
    /// The same verdict for each of `count` orders.
    pub fn all(count: usize, verdict: &OrderVerdict) -> Self {
        Self::Orders(vec![verdict.clone(); count])
    }
}

/// How many more requests the vendor will take, by the headers of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Budget {
    /// Which budget, in the vendor's word.
    pub name: Option<String>,
    /// Requests in one period.
    pub limit: Option<u64>,
    /// Requests left of them.
    pub remaining: Option<u64>,
    /// How long until it is full again.
    pub refills_in: Option<Duration>,
}

/// What to do about a batch whose end is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// A second copy is harmless: send again.
    Resend,
    /// The vendor can be asked: see [`super::Vendor::settling`].
    AskVendor,
    /// Only the operator can decide.
    AskOperator,
}

/// A request whose answer never came, for whoever looks for what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Lost<'a> {
    /// When it was sent, by this machine's clock.
    pub sent_at: Timestamp,
    /// Ids of jobs that are known to hold other batches.
    pub known_jobs: &'a HashSet<String>,
}

/// Why a question got an answer that says nothing of what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// The credentials lack the right to ask.
    Forbidden(String),
    /// The credentials or the plan are refused: the run pauses.
    Refused(String),
    /// Ask again after a wait, where the vendor says how long.
    Busy(Option<Duration>, String),
}

impl Hindrance {
    /// What the status alone says, for vendors that have nothing of their own to add.
    pub fn of(answer: &Answer) -> Option<Self> {
        let said = || format!("{} {}", answer.status, answer.beginning());
        match answer.status {
            401 => Some(Self::Refused(format!(
                "the credentials were refused: {}",
                said()
            ))),
            403 => Some(Self::Forbidden(said())),
            429 | 500..=599 => Some(Self::Busy(None, said())),
            _ => None,
        }
    }
}

/// A token and how long it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token.
    pub secret: Secret,
    /// How long it may be used, from when it came.
    pub lifetime: Duration,
}

/// What the answer to a request for a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenReading {
    /// A token.
    Token(Token),
    /// The credentials were refused; the text says which.
    Refused(String),
    /// Try again after a wait.
    Wait(Option<Duration>, String),
    /// No answer to make anything of.
    Unusable(String),
}

/// What the answer to a question about a job says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobReading {
    /// It goes on.
    Running {
        /// The vendor's word.
        status: String,
        /// Percent.
        progress: Option<u8>,
    },
    /// It ended.
    Done {
        /// The vendor's word.
        status: String,
        /// How many it took.
        done: Option<u64>,
        /// How many it refused.
        failed: Option<u64>,
        /// The vendor's message.
        message: Option<String>,
        /// One verdict for each order of the batch, in its order. `None`: the refused ones can't be named,
        /// so the batch is settled order by order.
        orders: Option<Vec<OrderVerdict>>,
    },
    /// The vendor doesn't know the job.
    Vanished(String),
    /// The run pauses: a credential or right was refused.
    Pause(String),
    /// Ask again after a wait.
    Wait(Option<Duration>, String),
    /// No answer to make anything of; ask again.
    Unusable(String),
}

/// What settling a doubt wants next.
#[derive(Debug, Clone, PartialEq)]
pub enum SettlingStep {
    /// Send this, and hand the answer to [`Settling::answer`].
    Ask(Box<Request>),
    /// The batch turns out to be in this job.
    Job(String),
    /// One verdict for each order of the batch, in its order; `Pending` is "never arrived, may be sent again".
    Done(Vec<OrderVerdict>),
}

/// Asks a vendor, question by question, what became of a batch. A state machine without I/O.
pub trait Settling: Send {
    /// What to do next. `token` is the one in use, which may be another than a moment ago.
    fn next(&mut self, token: Option<&Token>) -> SettlingStep;
    /// The answer to the last question, `None` if none came, and when it came by this machine's clock.
    fn answer(&mut self, answer: Option<&Answer>, at: Timestamp);
    /// What is sure since it was asked the last time, by the order's place in the batch: recorded at once, so
    /// that a long conversation that is broken off needn't begin anew.
    fn take_settled(&mut self) -> Vec<(usize, OrderVerdict)> {
        Vec::new()
    }
}

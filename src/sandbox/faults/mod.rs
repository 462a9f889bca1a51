//! Faults on request: what goes wrong, where, and when, as `--faults` says it.
//!
//! The grammar is in `assets/manual/sandbox.md`. Everything is counted, and chance is drawn from
//! a seed, so that the same requests in the same order meet the same faults.

mod due;
mod error;
mod parse;
mod retry;

use std::borrow::Cow;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::call::Purpose;

pub(super) use due::{Due, Giver};
pub use error::FaultSpecError;
pub(super) use retry::Retry;

/// What goes wrong in the sandbox; nothing by default. Made from text: `"kibo:500@3".parse()`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    rules: Vec<Rule>,
    seed: u64,
}

/// One fault, for some requests.
#[derive(Debug, Clone, PartialEq)]
struct Rule {
    /// The vendor, or all.
    vendor: Option<&'static str>,
    /// The kind of request, or all.
    purpose: Option<Purpose>,
    fault: Fault,
    when: When,
}

/// Which of the requests that a rule is for, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    /// All from the first to the last.
    Range { first: u64, last: u64 },
    /// Each that the number divides.
    Every(u64),
    /// Each with this probability, of (0, 1].
    Chance(f64),
}

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fault {
    /// The answer comes so much later.
    Latency(Duration),
    /// The answer's body takes so long to come.
    Slow(Duration),
    /// All access tokens end before the request is looked at.
    ExpiredToken,
    /// Refused with this status; nothing is taken.
    Status { status: u16, retry: Retry },
    /// Taken, and then answered with this status.
    StatusAfter { status: u16, retry: Retry },
    /// The connection is cut before the body is read; nothing is taken.
    DropBefore(Ending),
    /// Taken, and then the connection is cut without an answer.
    DropAfter(Ending),
    /// Taken; the answer's body ends half-way.
    Truncate(Framing),
    /// Taken; the answer's body is whole, and no JSON.
    Malformed,
    /// Taken; the answer is a web page.
    WebPage,
    /// The job that the request begins comes to a bad end.
    Job(JobFault),
}

/// How a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Closed.
    Close,
    /// Reset.
    Reset,
}

/// What tells the end of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// `Content-Length`: a body cut short is shorter than it says.
    Length,
    /// The connection's end: a body cut short looks whole.
    Close,
}

/// What becomes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum JobFault {
    /// It fails as a whole.
    Fails,
    /// It is done, but for the first so many orders.
    Partial {
        /// How many.
        orders: usize,
        /// How they are told.
        told: Told,
    },
    /// It never ends, and takes nothing.
    Stuck,
    /// It takes its orders, and nobody can ask for it.
    Vanishes,
}

/// How a job tells which orders failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Told {
    /// An array of entries with their `source_id`.
    Named,
    /// An array of entries without it.
    Unnamed,
    /// An object of entries.
    Object,
}

impl Fault {
    /// What it is called in a rule, and where faults are counted.
    fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Latency(_) => "latency".into(),
            Self::Slow(_) => "slow".into(),
            Self::ExpiredToken => "expired-token".into(),
            Self::Status { status, .. } => status.to_string().into(),
            Self::StatusAfter { status, .. } => format!("{status}-after").into(),
            Self::DropBefore(_) => "drop-before".into(),
            Self::DropAfter(_) => "drop-after".into(),
            Self::Truncate(Framing::Length) => "truncate".into(),
            Self::Truncate(Framing::Close) => "truncate-close".into(),
            Self::Malformed => "malformed".into(),
            Self::WebPage => "web-page".into(),
            Self::Job(JobFault::Fails) => "job-fails".into(),
            Self::Job(JobFault::Partial { .. }) => "job-partial".into(),
            Self::Job(JobFault::Stuck) => "job-stuck".into(),
            Self::Job(JobFault::Vanishes) => "job-vanishes".into(),
        }
    }
}

#[cfg(test)]
mod tests;

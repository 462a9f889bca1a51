//! Looks for the job of an import whose answer got lost, in the vendor's list of jobs.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::answer::visible;
use crate::vendor::{Answer, Lost};

/// Jobs in a page: the most that the vendor gives.
const PAGE: usize = 100;
/// Pages that are read at most: the list holds every kind of job that the project ever had.
const MOST_PAGES: u32 = 10;
/// The vendor's servers needn't agree on the time to the second.
const SLACK: SignedDuration = SignedDuration::from_secs(5);
/// How wrong this machine's clock may be, where the vendor doesn't tell the time of its own.
const WRONG_CLOCK: SignedDuration = SignedDuration::from_mins(10);

/// What the list said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// An older page must be read.
    More,
    /// No import was made since.
    Nothing,
    /// One import was made since.
    Job(String),
    /// The operator has to decide; why.
    Unsure(String),
}

/// Reads the list page by page, back to the moment of sending.
#[derive(Debug)]
pub(super) struct Lookup {
    sent_at: Timestamp,
    known: HashSet<String>,
    seen: HashSet<String>,
    candidates: Vec<String>,
    before: Option<Timestamp>,
    pages: u32,
}

impl Lookup {
    pub(super) fn new(lost: Lost<'_>) -> Self {
        Self {
            sent_at: lost.sent_at,
            known: lost.known_jobs.clone(),
            seen: HashSet::new(),
            candidates: Vec::new(),
            before: None,
            pages: 0,
        }
    }

    /// The address of the next page, without the host.
    pub(super) fn path(&self) -> String {
        let before = self
            .before
            .map_or_else(String::new, |before| format!("&end_date={before}"));
        format!("/v1/async-actions?limit={PAGE}{before}")
    }

    /// Reads a page that came at that moment of this machine's clock; `None` for no list.
    pub(super) fn read(&mut self, answer: &Answer, at: Timestamp) -> Option<Found> {
        let (jobs, more) = page(answer)?;
        self.pages += 1;
        let since = self.since(answer, at);
        let oldest = jobs.iter().map(|job| job.created_at).min();
        let mut new = false;
        for job in jobs {
            if !self.seen.insert(job.id.clone()) {
                continue;
            }
            new = true;
            // A job that is known to be another batch's is not this one's, whatever the clocks say.
            if job.is_import && job.created_at >= since && !self.known.contains(&job.id) {
                self.candidates.push(job.id);
            }
        }
        if let Some(oldest) = oldest.filter(|oldest| more && new && *oldest >= since) {
            if self.pages >= MOST_PAGES {
                let jobs = self.seen.len();
                return Some(Found::Unsure(format!(
                    "Voucherify had {jobs} jobs and more since it was sent, too many to look through"
                )));
            }
            // `end_date` leaves out what was made at that very moment: others may have been.
            let step = SignedDuration::from_millis(1);
            self.before = Some(oldest.checked_add(step).unwrap_or(oldest));
            return Some(Found::More);
        }
        Some(match self.candidates.as_slice() {
            [] => Found::Nothing,
            [job] => Found::Job(job.clone()),
            several => Found::Unsure(format!(
                "{} imports were made since it was sent, any of them may be it: {}",
                several.len(),
                visible(&several.join(", "))
            )),
        })
    }

    /// The moment of sending by the vendor's clock, rather too early than too late: a job too many is seen
    /// by the operator, the right one overlooked would send its orders twice.
    ///
    /// A job's `created_at` is the vendor's time, the moment of sending ours. The answer's `Date` says what the
    /// vendor's clock showed at this machine's `at`, and what passed since the sending is the same on both. `Date`
    /// is cut to whole seconds and older than the answer's arrival, which both err to the early side.
    fn since(&self, answer: &Answer, at: Timestamp) -> Timestamp {
        let dated = answer
            .header("date")
            .and_then(|date| httpdate::parse_http_date(date).ok())
            .and_then(|date| Timestamp::try_from(date).ok());
        let (sent_at, slack) = match dated {
            Some(date) => (date.checked_sub(at.duration_since(self.sent_at)), SLACK),
            None => (Ok(self.sent_at), WRONG_CLOCK),
        };
        sent_at
            .and_then(|sent_at| sent_at.checked_sub(slack))
            .unwrap_or(Timestamp::MIN)
    }
}

struct Job {
    id: String,
    is_import: bool,
    created_at: Timestamp,
}

/// The jobs of a page, and whether there are older ones.
fn page(answer: &Answer) -> Option<(Vec<Job>, bool)> {
    if answer.status != 200 {
        return None;
    }
    let body = answer.json()?;
    let jobs: Vec<Job> = body
        .get("async_actions")?
        .as_array()?
        .iter()
        .map(|job| {
            Some(Job {
                id: job.get("id")?.as_str()?.to_owned(),
                is_import: job.get("type").and_then(Value::as_str) == Some("ORDERS.IMPORT"),
                created_at: job.get("created_at")?.as_str()?.parse().ok()?,
            })
        })
        .collect::<Option<_>>()?;
    let more = body.get("has_more").and_then(Value::as_bool);
    let more = more.unwrap_or(jobs.len() >= PAGE);
    Some((jobs, more))
}

//! Everything that happened to an order as text, newest first: runs, outcomes, what changed in its payload, answers,
//! jobs, the operator's decisions, at every account.

use super::exchange::LineKind;
use super::pane::day;
use super::widget::text;
use crate::ledger::{Book, Exchange, ExchangeId};
use crate::order::outcome::Outcome;
use crate::vendor::by_name;
use crate::workspace::{Changes, HistoryReport, SentPayload};

/// How many changed fields of a sending are told.
const FIELDS: usize = 200;

/// A line of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// What it is.
    pub kind: LineKind,
    /// The words.
    pub words: String,
    /// The exchange that it is about.
    pub exchange: Option<(Book, ExchangeId)>,
}

/// The lines of an order's history.
pub fn lines(key: &str, reports: &[HistoryReport]) -> Vec<HistoryLine> {
    let mut lines = Lines::default();
    if reports.is_empty() {
        let words =
            format!("No run from here has had an order {key}: it was never sent to any account.");
        lines.put(LineKind::Plain, words);
    }
    for report in reports.iter().rev() {
        if !lines.all.is_empty() {
            lines.exchange = None;
            lines.put(LineKind::Plain, String::new());
        }
        lines.report(report);
    }
    lines.all
}

#[derive(Default)]
struct Lines {
    all: Vec<HistoryLine>,
    /// The exchange that the next lines are about.
    exchange: Option<(Book, ExchangeId)>,
}

impl Lines {
    fn put(&mut self, kind: LineKind, words: impl Into<String>) {
        self.all.push(HistoryLine {
            kind,
            words: words.into(),
            exchange: self.exchange,
        });
    }

    fn report(&mut self, report: &HistoryReport) {
        let HistoryReport { run, entry, .. } = report;
        let decided = &entry.run.decided;
        let update = &entry.outcome.update;
        let last = entry.exchanges.last().map(|exchange| exchange.id);
        self.exchange = update.exchange.or(last).map(|id| (run.book, id));
        let vendor = by_name(&decided.vendor).map_or(&*decided.vendor, |vendor| vendor.title());
        self.put(
            LineKind::Head,
            format!(
                "{}   run {run} · {} · {vendor} · {}",
                day(entry.outcome.at),
                decided.operation,
                decided.profile
            ),
        );
        let reason = [update.rule.clone(), update.reason.clone()];
        let reason: Vec<String> = reason.into_iter().flatten().collect();
        let why = if reason.is_empty() {
            String::new()
        } else {
            format!("   {}", reason.join(": "))
        };
        self.put(
            LineKind::Outcome(update.outcome),
            format!("  {}{why}", update.outcome.words(decided.operation)),
        );
        if let Some(why) = report.because() {
            self.put(LineKind::Header, format!("  because: {why}"));
        }
        if let Some(id) = &update.vendor_id {
            self.put(LineKind::Header, format!("  known there as: {id}"));
        }
        self.payload(&report.payload, &report.changes);
        for row in &entry.rulings {
            let own = row.exchange.map(|id| (run.book, id));
            self.exchange = own.or(self.exchange);
            let word = if row.ruling.arrived {
                "it arrived"
            } else {
                "it never arrived"
            };
            let at = day(row.at);
            self.put(
                LineKind::Plain,
                format!("  {at}   the operator decided that {word}"),
            );
            if let Some(note) = &row.ruling.note {
                self.put(LineKind::Header, format!("    because: {note}"));
            }
            if let Some(doubt) = &row.doubt {
                self.put(
                    LineKind::Outcome(Outcome::InDoubt),
                    format!("    it was in doubt: {doubt}"),
                );
            }
        }
        for exchange in &entry.exchanges {
            self.exchange = Some((run.book, exchange.id));
            self.put(LineKind::Plain, exchange_words(exchange));
        }
        if let Some(job) = &entry.job {
            let words = format!("  job {}: {}", job.job.id, job.job.status);
            self.put(LineKind::Header, words);
        }
    }

    /// What was sent, against what was sent before.
    fn payload(&mut self, payload: &SentPayload, changes: &Changes) {
        if let SentPayload::Removed(at) = payload {
            let words = format!("  what was sent: removed by compact on {}", day(*at));
            self.put(LineKind::Header, words);
        }
        match changes {
            Changes::NotSent | Changes::First => {}
            Changes::Fields(fields) if fields.is_empty() => {
                self.put(LineKind::Plain, "  the same payload as was sent before");
            }
            Changes::Fields(fields) => {
                let count = text::many(fields.len() as u64, "field");
                let words = format!("  {count} changed since the last sending:");
                self.put(LineKind::Plain, words);
                for field in fields.iter().take(FIELDS) {
                    self.put(LineKind::Header, format!("    {}", field.words()));
                }
                if fields.len() > FIELDS {
                    let words = format!("    and {} more", fields.len() - FIELDS);
                    self.put(LineKind::Plain, words);
                }
            }
            Changes::Unknown(why) => self.put(
                LineKind::Plain,
                format!("  what changed since the last sending can't be told: {why}"),
            ),
        }
    }
}

fn exchange_words(exchange: &Exchange) -> String {
    let intent = &exchange.intent;
    let purpose = match intent.purpose.as_str() {
        "" => String::new(),
        purpose => format!("{purpose}: "),
    };
    let answer = match (exchange.status, exchange.latency_ms) {
        (Some(status), Some(ms)) => format!("{status} after {ms} ms"),
        (Some(status), None) => status.to_string(),
        _ => format!("no answer: {}", exchange.state.name()),
    };
    let reason = exchange.reason.as_ref();
    let reason = reason.map_or_else(String::new, |reason| format!(", {reason}"));
    format!(
        "  {}   {purpose}{} {}, {answer}{reason}",
        day(exchange.sent_at),
        intent.method,
        intent.url
    )
}

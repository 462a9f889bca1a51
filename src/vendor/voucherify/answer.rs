//! What Voucherify's answers to orders say. The rows of the answers apply from the top; what no row names is
//! in doubt, never success.

use std::time::Duration;

use serde_json::Value;

use super::request::is_live;
use super::settings;
use crate::finding::{Finding, Rule, Severity, Target};
use crate::order::outcome::Outcome;
use crate::vendor::{
    Account, Answer, Batch, Budget, Hindrance, OrderVerdict, Verdict, refusal as refusals,
};

/// The vendor's form of an error.
#[derive(Debug, Default)]
struct Refusal {
    key: String,
    message: String,
    details: Option<String>,
    request_id: Option<String>,
}

impl Refusal {
    fn of(answer: &Answer) -> Self {
        let Some(Value::Object(body)) = answer.json() else {
            return Self {
                message: answer.beginning(),
                ..Self::default()
            };
        };
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(visible);
        Self {
            key: text("key").or_else(|| text("error")).unwrap_or_default(),
            message: text("message").unwrap_or_default(),
            details: text("details"),
            request_id: text("request_id"),
        }
    }

    /// `400 Invalid payload: Property … (request v-0c55…)`.
    fn words(&self, status: u16) -> String {
        let mut words = status.to_string();
        let title = if self.message.is_empty() {
            &self.key
        } else {
            &self.message
        };
        if !title.is_empty() {
            words.push(' ');
            words.push_str(title);
        }
        if let Some(details) = &self.details {
            words.push_str(": ");
            words.push_str(details);
        }
        if let Some(request) = &self.request_id {
            words.push_str(" (request ");
            words.push_str(request);
            words.push(')');
        }
        words
    }
}

/// Text of an answer without control characters, bounded.
pub(super) fn visible(text: &str) -> String {
    const MOST: usize = 400;
    text.chars()
        .map(|c| if is_hidden(c) { ' ' } else { c })
        .take(MOST)
        .collect()
}

/// Control characters, and those that turn the direction of text round.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The vendor's words of an answer that refuses, with the status before them.
pub(super) fn refusal(answer: &Answer) -> String {
    Refusal::of(answer).words(answer.status)
}

/// Whether a 429 says that the plan is used up: no wait within a run helps.
pub(super) fn is_plan_used_up(answer: &Answer) -> bool {
    if answer.header("x-rate-limit-type") == Some("api_calls_cycle") {
        return true;
    }
    let refusal = Refusal::of(answer);
    let words = [
        refusal.key,
        refusal.message,
        refusal.details.unwrap_or_default(),
    ]
    .join(" ")
    .to_lowercase();
    words.contains("plan")
        && ["end", "expired", "used up", "cycle"]
            .iter()
            .any(|word| words.contains(word))
}

/// What a 429 waits for: which budget, and the vendor's words.
pub(super) fn waited_for(answer: &Answer) -> String {
    match answer.header("x-rate-limit-type") {
        Some(name) => format!("{} (budget {})", refusal(answer), visible(name)),
        None => refusal(answer),
    }
}

/// How long the vendor asks to wait. `X-Rate-Limit-Retry` is a moment in Unix seconds, taken against the
/// answer's own `Date`, so that a wrong clock here does no harm; `Retry-After` is in seconds.
pub(super) fn wait(answer: &Answer) -> Option<Duration> {
    refills_in(answer).or_else(|| {
        let seconds = answer.retry_after()?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds))
    })
}

fn refills_in(answer: &Answer) -> Option<Duration> {
    let until: u64 = answer.header("x-rate-limit-retry")?.trim().parse().ok()?;
    let date = httpdate::parse_http_date(answer.header("date")?).ok()?;
    let now = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Duration::from_secs(until.saturating_sub(now.as_secs())))
}

/// What the headers say of the rate budget.
pub(super) fn budget(answer: &Answer) -> Option<Budget> {
    let number = |name: &str| answer.header(name)?.trim().parse().ok();
    let budget = Budget {
        name: answer.header("x-rate-limit-type").map(visible),
        limit: number("x-rate-limit-limit"),
        remaining: number("x-rate-limit-remaining"),
        refills_in: refills_in(answer),
    };
    (budget != Budget::default()).then_some(budget)
}

/// Reads the answer to a request with orders.
pub(super) fn read(batch: &Batch, answer: &Answer, account: &Account) -> Verdict {
    let live = is_live(batch.operation, batch.mode.as_deref());
    match answer.status {
        200 if live => updated(batch, answer),
        200 => match answer.json().as_ref().and_then(job_id) {
            Some(job) => Verdict::Job(job),
            None => in_doubt(answer, "no `async_action_id`"),
        },
        400 | 413 if live || batch.orders.len() == 1 => rejected(batch, answer, live),
        400 if settings::narrows_down(account) => Verdict::Halve {
            reason: refusal(answer),
        },
        400 => rejected_together(batch, answer),
        401 if settings::uses_oauth(account) => Verdict::RenewToken {
            reason: refusal(answer),
        },
        401..=403 => pause(answer),
        404 | 405 | 406 | 409 | 415 | 423 => rejected(batch, answer, live),
        413 => Verdict::Halve {
            reason: refusal(answer),
        },
        429 if is_plan_used_up(answer) => pause(answer),
        429 => Verdict::Wait {
            at_least: wait(answer),
            reason: waited_for(answer),
        },
        _ => in_doubt(answer, "no documented answer"),
    }
}

fn job_id(body: &Value) -> Option<String> {
    let job = body.get("async_action_id")?.as_str()?;
    (!job.is_empty()).then(|| job.to_owned())
}

/// A live order: the answer is the order as it is now.
fn updated(batch: &Batch, answer: &Answer) -> Verdict {
    let body = answer.json().unwrap_or_default();
    let Some(id) = body.get("id").and_then(Value::as_str) else {
        return in_doubt(answer, "no order");
    };
    let sent = batch
        .orders
        .first()
        .and_then(|order| serde_json::from_slice::<Value>(&order.payload).ok())
        .unwrap_or_default();
    if let Some(wanted) = sent.get("status")
        && body.get("status") != Some(wanted)
    {
        let status = body.get("status").unwrap_or(&Value::Null).to_string();
        let what = format!("an order whose status is {}", visible(&status));
        return in_doubt(answer, &what);
    }
    let verdict = OrderVerdict {
        outcome: Outcome::Imported,
        reason: None,
        vendor_id: Some(visible(id)),
    };
    first_only(batch, verdict)
}

/// A live request carries one order: should a batch hold more, the others weren't sent.
fn first_only(batch: &Batch, verdict: OrderVerdict) -> Verdict {
    let mut verdicts = vec![OrderVerdict::plain(Outcome::Pending); batch.orders.len()];
    if let Some(first) = verdicts.first_mut() {
        *first = verdict;
    }
    Verdict::Orders(verdicts)
}

fn rejected(batch: &Batch, answer: &Answer, live: bool) -> Verdict {
    let verdict = OrderVerdict::because(Outcome::Rejected, refusal(answer));
    if live {
        first_only(batch, verdict)
    } else {
        Verdict::all(batch.orders.len(), &verdict)
    }
}

/// The whole batch, because the operator wants no search for the orders to blame.
fn rejected_together(batch: &Batch, answer: &Answer) -> Verdict {
    let reason = format!(
        "the whole batch of {} was refused, the answer names no order: {}",
        batch.orders.len(),
        refusal(answer)
    );
    let verdict = OrderVerdict::because(Outcome::Rejected, reason);
    Verdict::all(batch.orders.len(), &verdict)
}

fn pause(answer: &Answer) -> Verdict {
    Verdict::Pause {
        reason: refused_account(answer),
    }
}

/// What the account is refused for, with the vendor's words: nothing of a run goes on without the operator.
pub(super) fn refused_account(answer: &Answer) -> String {
    let what = match answer.status {
        401 => "the credentials were refused",
        402 => "the plan's limit is reached",
        403 => "the credentials lack a right",
        _ => "the plan's calls are used up",
    };
    format!("{what}: {}", refusal(answer))
}

/// Why an answer to a question about jobs or orders says nothing of them.
pub(super) fn hindrance(answer: &Answer) -> Option<Hindrance> {
    match answer.status {
        401 | 402 => Some(Hindrance::Refused(refused_account(answer))),
        403 => Some(Hindrance::Forbidden(refused_account(answer))),
        429 if is_plan_used_up(answer) => Some(Hindrance::Refused(refused_account(answer))),
        429 => Some(Hindrance::Busy(wait(answer), waited_for(answer))),
        500..=599 => Some(Hindrance::Busy(wait(answer), refusal(answer))),
        _ => None,
    }
}

fn in_doubt(answer: &Answer, what: &str) -> Verdict {
    Verdict::InDoubt {
        reason: format!("{} with {what}: {}", answer.status, answer.beginning()),
    }
}

/// The fields that a refusal of one order names: `details` holds a path such as `.items[0].initial_quantity`.
pub(super) fn refused_fields(reason: &str) -> Vec<Finding> {
    let said = reason
        .rsplit_once(" (request ")
        .map_or(reason, |(said, _)| said);
    let details = said.split_once(": ").map_or(said, |(_, details)| details);
    refusals::places(details)
        .into_iter()
        .map(|(pointer, _)| Finding::new(&SAID, Target::Pointer(pointer.into()), details))
        .collect()
}

/// What Voucherify said of a field when it refused the order. Not checked beforehand, so it has no number.
static SAID: Rule = Rule {
    id: "VOU",
    severity: Severity::Error,
    title: "Voucherify said",
    why: "Voucherify refused this order as it is now, and named this field.",
    remedy: "Edit the field and send the order again; this goes when the payload is another one, or is taken.",
};

//! The rows of the ledger, as the rest of the program sees them.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{ExchangeId, Ordinal, RunId};
use crate::order::outcome::{Operation, Outcome};

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunState {
    /// A process is sending, or died while it did.
    Running,
    /// Halted by the vendor or the operator; `resume` goes on.
    Paused,
    /// Stopped before its end by the operator or a signal; `resume` goes on.
    Stopped,
    /// Everything that could be sent was sent; nothing is under way.
    Finished,
}

impl RunState {
    /// The name in the ledger and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Finished => "finished",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Running, Self::Paused, Self::Stopped, Self::Finished]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// What a run was decided on; `resume` compares each and refuses on a mismatch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frozen {
    /// The source file's path, or `-`, or empty for a run without a file (a cancel by id).
    pub source: String,
    /// Hash of the source's bytes, hexadecimal.
    pub source_fingerprint: String,
    /// Name of the mapping and hash of its text: `shopify-csv 1f3a…`.
    pub mapping: String,
    /// Settings and defaults of the profile as canonical JSON, without secrets.
    pub settings: String,
    /// Hash of the edits in force, hexadecimal; empty for none.
    pub edits: String,
    /// The command's own choices as JSON: filter, limit, cancel mode, and so on.
    pub choices: String,
}

/// A run about to begin.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// Name of the vendor, such as `voucherify`.
    pub vendor: String,
    /// Name of the profile.
    pub profile: String,
    /// The profile's account: the ledger's name for who it is at the vendor.
    pub account: String,
    /// `live`, `test` or `sandbox`.
    pub environment: String,
    /// What the run does.
    pub operation: Operation,
    /// What it was decided on.
    pub frozen: Frozen,
    /// The run whose orders this one retries.
    pub retry_of: Option<RunId>,
}

/// One order of a run as decided, its position in the list being its ordinal.
#[derive(Debug, Clone, PartialEq)]
pub struct ManifestEntry {
    /// The order's key.
    pub key: String,
    /// First 16 bytes of the BLAKE3 hash of its payload.
    pub payload_hash: [u8; 16],
    /// Its total, if it has one.
    pub total: Option<Decimal>,
    /// ISO 4217 code of the total, or empty.
    pub currency: String,
}

/// A run as recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// As it was begun.
    pub decided: NewRun,
    /// How far it has come.
    pub state: RunState,
    /// Why it is in that state, if something is to be said.
    pub reason: Option<String>,
    /// What it waits for while it is running. The moment may be over.
    pub wait: Option<RunWait>,
    /// When it began.
    pub started_at: Timestamp,
    /// When its state last changed.
    pub changed_at: Timestamp,
    /// How many orders it has, the left-out ones included.
    pub orders: u64,
}

/// What a run waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunWait {
    /// In words: the vendor's answer, a job, the pace.
    pub reason: String,
    /// Until when.
    pub until: Timestamp,
}

/// A run with its counts.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// The run.
    pub run: Run,
    /// How many orders have each outcome; outcomes with none are left out. The sum is `run.orders`.
    pub outcomes: Vec<(Outcome, u64)>,
    /// Sums by currency and outcome, of the orders with a total.
    pub totals: Vec<(String, Outcome, Decimal)>,
    /// How many exchanges it had.
    pub exchanges: u64,
    /// How many jobs it had.
    pub jobs: u64,
}

impl RunSummary {
    /// How many orders have that outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.outcomes
            .iter()
            .find(|(which, _)| *which == outcome)
            .map_or(0, |(_, count)| *count)
    }
}

/// A request that is about to leave.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// What it is for: `orders`, `cancel`, `token`, `job`, `settle`.
    pub purpose: String,
    /// HTTP method.
    pub method: String,
    /// The address, without secrets.
    pub url: String,
    /// Header lines, secrets masked.
    pub headers: Vec<(String, String)>,
    /// The body byte for byte but for masked secrets.
    pub body: Vec<u8>,
    /// The orders in it, by ordinal, in the order of the body. Empty for tokens and polls.
    pub orders: Vec<Ordinal>,
}

/// What is known of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExchangeState {
    /// Committed; it may have left.
    Sending,
    /// An answer came.
    Answered,
    /// It certainly never arrived (refused connection, unknown host).
    NotSent,
    /// No answer, or an unusable one: what the vendor did is unknown.
    Lost,
}

impl ExchangeState {
    /// The name in the ledger and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Answered => "answered",
            Self::NotSent => "not-sent",
            Self::Lost => "lost",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Sending, Self::Answered, Self::NotSent, Self::Lost]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// What came back, with what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRecord {
    /// The exchange it ends.
    pub exchange: ExchangeId,
    /// What is known of it now.
    pub state: ExchangeState,
    /// HTTP status, if one came.
    pub status: Option<u16>,
    /// Header lines of the answer, secrets masked.
    pub headers: Vec<(String, String)>,
    /// The body that came, secrets masked, cut at a bound.
    pub body: Vec<u8>,
    /// Milliseconds from the first byte sent to the last one read.
    pub latency_ms: u64,
    /// Why, where there is something to say: an error, a reason.
    pub reason: Option<String>,
    /// The outcomes that follow. Orders set back to `pending` are named too.
    pub outcomes: Vec<OutcomeUpdate>,
    /// The job that the vendor began for this batch.
    pub job: Option<JobState>,
}

/// An order's new outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeUpdate {
    /// Which order of the run.
    pub ordinal: Ordinal,
    /// What became of it. `Pending` takes back what was recorded before.
    pub outcome: Outcome,
    /// In the vendor's words, or ours.
    pub reason: Option<String>,
    /// Our rule, where one decided.
    pub rule: Option<String>,
    /// The vendor's own id of the order, where it told one.
    pub vendor_id: Option<String>,
    /// The exchange that brought it.
    pub exchange: Option<ExchangeId>,
}

impl OutcomeUpdate {
    /// An outcome with nothing more to say.
    pub fn new(ordinal: Ordinal, outcome: Outcome) -> Self {
        Self {
            ordinal,
            outcome,
            reason: None,
            rule: None,
            vendor_id: None,
            exchange: None,
        }
    }
}

/// An order's recorded outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeRow {
    /// The order's key.
    pub key: String,
    /// The outcome and what goes with it.
    pub update: OutcomeUpdate,
    /// When it was recorded.
    pub at: Timestamp,
}

/// What the operator decided about an order in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// Which order of the run.
    pub ordinal: Ordinal,
    /// Whether it arrived.
    pub arrived: bool,
    /// How the operator knows, in his own words.
    pub note: Option<String>,
}

/// The same as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulingRow {
    /// What was decided.
    pub ruling: Ruling,
    /// The exchange that had left the doubt.
    pub exchange: Option<ExchangeId>,
    /// Why it was in doubt.
    pub doubt: Option<String>,
    /// When it was decided.
    pub at: Timestamp,
}

/// A request and what came back, as recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// Its number.
    pub id: ExchangeId,
    /// Its run.
    pub run: RunId,
    /// Name of the vendor.
    pub vendor: String,
    /// Name of the profile.
    pub profile: String,
    /// What its run does: what the outcomes of its orders are of.
    pub operation: Operation,
    /// The request. Headers and body are empty in lists, see [`super::Ledger::exchange`].
    pub intent: Intent,
    /// How many orders are in it.
    pub order_count: u64,
    /// What is known of it.
    pub state: ExchangeState,
    /// When the intent was committed.
    pub sent_at: Timestamp,
    /// HTTP status, if an answer came.
    pub status: Option<u16>,
    /// Header lines of the answer; empty in lists.
    pub response_headers: Vec<(String, String)>,
    /// Body of the answer; empty in lists.
    pub response_body: Vec<u8>,
    /// Sizes in bytes of the bodies as they travelled: request, response.
    pub sizes: (u64, u64),
    /// Milliseconds.
    pub latency_ms: Option<u64>,
    /// Why, where there is something to say.
    pub reason: Option<String>,
    /// Counts by outcome of its orders now, for the tail.
    pub outcomes: Vec<(Outcome, u64)>,
    /// The job it began.
    pub job: Option<String>,
    /// When what was sent and what came back was removed to make room; headers and bodies are empty then.
    pub compacted_at: Option<Timestamp>,
}

impl Exchange {
    /// Whether it carried orders to the vendor, rather than asked about them or for a token.
    pub fn carries_orders(&self) -> bool {
        carries_orders(&self.intent.purpose)
    }

    /// Whether it was refused, never left, or its end is unknown.
    pub fn has_failed(&self) -> bool {
        matches!(self.state, ExchangeState::NotSent | ExchangeState::Lost)
            || self.status.is_some_and(|status| status >= 400)
    }

    /// Whether what is known of it, or of its orders, may still change.
    pub fn may_change(&self) -> bool {
        use Outcome::{InDoubt, Pending, Queued, Sending};
        self.state == ExchangeState::Sending
            || self
                .outcomes
                .iter()
                .any(|(is, _)| matches!(is, Pending | Sending | Queued | InDoubt))
    }
}

/// When a request left and how long its answer took: what a run's pace is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// The exchange.
    pub exchange: ExchangeId,
    /// What is known of it.
    pub state: ExchangeState,
    /// When the intent was committed.
    pub sent_at: Timestamp,
    /// HTTP status, if an answer came.
    pub status: Option<u16>,
    /// Milliseconds, if an answer came.
    pub latency_ms: Option<u64>,
    /// How many orders it carried to the vendor; 0 for one that asked about orders or for a token.
    pub orders: u64,
}

/// Whether requests of that purpose carry orders to the vendor.
pub(super) fn carries_orders(purpose: &str) -> bool {
    !matches!(purpose, "token" | "job" | "settle")
}

/// What is known of a vendor's job.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JobState {
    /// The vendor's id of the job.
    pub id: String,
    /// The vendor's word for its state.
    pub status: String,
    /// Whether it came to its end.
    pub finished: bool,
    /// Percent, where the vendor tells it.
    pub progress: Option<u8>,
    /// How many orders it took.
    pub done: Option<u64>,
    /// How many it refused.
    pub failed: Option<u64>,
    /// The vendor's message.
    pub message: Option<String>,
    /// When it will be asked again.
    pub next_poll: Option<Timestamp>,
}

/// A vendor's job as recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRow {
    /// Its run.
    pub run: RunId,
    /// The exchange that began it.
    pub exchange: ExchangeId,
    /// Name of the vendor.
    pub vendor: String,
    /// Name of the profile.
    pub profile: String,
    /// How many orders are in it.
    pub orders: u64,
    /// What is known of it.
    pub job: JobState,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it was last asked.
    pub polled_at: Option<Timestamp>,
    /// How often it was asked.
    pub polls: u64,
    /// When it was last seen to come further: another status, percentage or count than before. `None` where
    /// only an older program asked.
    pub moved_at: Option<Timestamp>,
}

/// What an account last took of an order, or may have taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The run that sent it.
    pub run: RunId,
    /// What became of it.
    pub outcome: Outcome,
    /// The hash of the payload that was taken.
    pub payload_hash: [u8; 16],
    /// The source that it was read from; empty where there was none.
    pub source: String,
    /// When.
    pub at: Timestamp,
}

/// Orders of a run that a later one sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// What they are in the run.
    pub was: Outcome,
    /// The run that sent them last.
    pub run: RunId,
    /// What they are there.
    pub now: Outcome,
    /// How many.
    pub orders: u64,
}

/// The last thing that an account is known to have made of an order, by any operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The run.
    pub run: RunId,
    /// What it did.
    pub operation: Operation,
    /// What became of the order.
    pub outcome: Outcome,
    /// The hash of the payload that was decided on.
    pub payload_hash: Option<[u8; 16]>,
    /// The source that it was read from; empty where there was none.
    pub source: String,
    /// When.
    pub at: Timestamp,
    /// The vendor's own id of the order, whenever it was told.
    pub vendor_id: Option<String>,
    /// Its total with the currency, of the newest run that knew it.
    pub worth: Option<(Decimal, String)>,
}

/// One thing that happened to an order.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The run.
    pub run: Run,
    /// The order's outcome in it; orders without a row are `pending` or `sending`.
    pub outcome: OutcomeRow,
    /// Every exchange of the run that the order was in, oldest first, without bodies.
    pub exchanges: Vec<Exchange>,
    /// The job it was in.
    pub job: Option<JobRow>,
    /// Hash of the payload that was decided on.
    pub payload_hash: [u8; 16],
    /// What the operator decided about it, oldest first.
    pub rulings: Vec<RulingRow>,
}

/// An entry of a source's edit log.
#[derive(Debug, Clone, PartialEq)]
pub struct EditRow {
    /// Its number.
    pub id: i64,
    /// In words: `e-mail of #1017`.
    pub label: String,
    /// The edit as JSON; its shape belongs to `order::edit`.
    pub body: String,
    /// Undone, but may be done again.
    pub undone: bool,
    /// When it was made.
    pub at: Timestamp,
}

/// A source file that was opened before.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRow {
    /// Its path, made absolute.
    pub path: String,
    /// Hash of its bytes when it was last opened, hexadecimal.
    pub fingerprint: String,
    /// Name of the mapping it was read with.
    pub mapping: String,
    /// How many orders it held.
    pub orders: u64,
    /// When it was last opened.
    pub opened_at: Timestamp,
}

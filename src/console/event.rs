//! What happens outside of the state: the terminal's events, signals, and work that finished.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::editor::Written;
use super::exchange::Whole;
use super::folder::Entry;
use super::model::{
    AccountInfo, Inspection, JobEntry, ResponseEntry, RetryPlan, Row, RuleExample, RunEntry,
    SurveyPart,
};
use super::session::{Kept, Session, Unusable};
use crate::deck::compare::Comparison;
use crate::deck::draft::{Draft, Evaluation, JoinCandidate};
use crate::deck::list::{Passing, Places, Shown, Sorted};
use crate::deck::needs::{Need, OwnField};
use crate::deck::{BulkPreview, Deck, FixPlan, Overview};
use crate::ledger::{Book, ExchangeId, RunName};
use crate::order::outcome::Operation;
use crate::submit::cancel::CancelOrder;
use crate::submit::{Plan, RunEvent};
use crate::workspace::tail::Edges;
use crate::workspace::{
    Doubts, HistoryReport, KeptFilters, OrderReport, Passed, Peek, Probed, RecentFile, RunPace,
    WhatChanged,
};

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// The terminal: a key, the mouse, pasted text, a new size.
    Terminal(crossterm::event::Event),
    /// Work finished, or told how far it is.
    Arrived(Arrival),
    /// A signal asks the program to end.
    Terminate,
    /// The program was asleep, and who woke it didn't ask: the screen may be somebody else's.
    Woken,
    /// Time went by; only sent while something on screen moves.
    Tick,
    /// It was taken in already.
    Nothing,
}

/// Numbers a piece of work, so that what comes too late is known as such.
pub type Ticket = u64;

/// An error in words for the operator, made where the error was.
pub type Told<T> = Result<T, String>;

/// What work brings back.
#[derive(Debug)]
pub enum Arrival {
    /// The accounts there are, and a word about profiles that can't be read.
    Accounts {
        /// Every profile, the sandbox's too.
        accounts: Vec<AccountInfo>,
        /// Why the operator's own are missing, if they are.
        trouble: Option<String>,
        /// Whether the vendors on loopback run in this process.
        sandbox: bool,
    },
    /// Files opened before.
    Recent(Vec<RecentFile>),
    /// How far opening is.
    Opening {
        /// Of which request.
        ticket: Ticket,
        /// Bytes read.
        bytes: u64,
        /// Bytes in all.
        total: u64,
    },
    /// The first orders of a file that is being opened.
    Beginning {
        /// Of which request.
        ticket: Ticket,
        /// Them.
        deck: Deck,
    },
    /// A file is open, or can't be.
    Opened {
        /// Of which request.
        ticket: Ticket,
        /// The deck, with what was taken along into it.
        deck: Told<(Deck, Box<Kept>)>,
    },
    /// No mapping is known for a file: a draft for it. Its request is one for opening.
    Unknown {
        /// Of which request.
        ticket: Ticket,
        /// The draft.
        draft: Box<Draft>,
        /// What is said of it where no draft is wanted.
        why: String,
    },
    /// A draft of a mapping was begun, or can't be.
    DraftBegun {
        /// Of which request.
        ticket: Ticket,
        /// The draft.
        draft: Told<Box<Draft>>,
    },
    /// What a draft makes of an order.
    Drafted {
        /// Of which request.
        ticket: Ticket,
        /// The order.
        made: Told<Arc<Evaluation>>,
        /// What the vendor needs.
        needs: Vec<Need>,
        /// What only the vendor has.
        own: Vec<OwnField>,
    },
    /// The files that might be joined, beside a draft's.
    FilesBeside(Told<Vec<PathBuf>>),
    /// A file that might be joined.
    JoinSeen(Told<Box<JoinCandidate>>),
    /// A mapping was saved.
    MappingSaved {
        /// Its name.
        name: String,
        /// Where; or why not.
        saved: Result<PathBuf, NotExported>,
    },
    /// Sums over the whole file.
    Overview {
        /// Of which request.
        ticket: Ticket,
        /// The sums.
        overview: Box<Overview>,
    },
    /// Orders for the list.
    Rows {
        /// Of which request.
        ticket: Ticket,
        /// Each with its place in the file.
        rows: Vec<Row>,
    },
    /// The payload of the order under the cursor.
    Inspected {
        /// Of which request.
        ticket: Ticket,
        /// The payload.
        inspection: Told<Box<Inspection>>,
    },
    /// What changed of an order.
    WhatChanged {
        /// Of which request.
        ticket: Ticket,
        /// The changes.
        changed: Told<Arc<WhatChanged>>,
    },
    /// The payloads of an order side by side.
    Compared {
        /// Of which request.
        ticket: Ticket,
        /// Its fields.
        compared: Told<Arc<Comparison>>,
    },
    /// The editor was left.
    Written(Box<Written>),
    /// Findings of some orders for the vendor of a tab.
    Surveyed {
        /// Of which request.
        ticket: Ticket,
        /// The tab.
        tab: usize,
        /// The findings.
        part: SurveyPart,
    },
    /// How far it is known which orders pass the filter.
    Filtering {
        /// Of which request.
        ticket: Ticket,
        /// So far.
        passed: Passed,
    },
    /// The filters that are kept.
    KeptFilters(KeptFilters),
    /// Of each rule one order.
    Examples {
        /// Of which request.
        ticket: Ticket,
        /// They.
        examples: Vec<RuleExample>,
    },
    /// How far it is known what a fix would change.
    FixPlanning {
        /// Of which request.
        ticket: Ticket,
        /// Orders looked at.
        done: usize,
    },
    /// What a fix would change.
    FixPlanned {
        /// Of which request.
        ticket: Ticket,
        /// The plan.
        plan: Told<Arc<FixPlan>>,
    },
    /// The orders that pass the filter.
    Filtered {
        /// Of which request.
        ticket: Ticket,
        /// Their places.
        places: Told<Passing>,
    },
    /// How far sorting is.
    Sorting {
        /// Of which request.
        ticket: Ticket,
        /// Orders looked at.
        done: usize,
    },
    /// The orders are sorted, or can't be.
    Sorted {
        /// Of which request.
        ticket: Ticket,
        /// In their new order.
        sorted: Told<Arc<Sorted>>,
    },
    /// What passes the filter is in its order.
    Arranged {
        /// Of which request.
        ticket: Ticket,
        /// The lines.
        lines: Shown,
    },
    /// An edit was made, undone or done again.
    Edited(Told<Edited>),
    /// How far the preview of a change of many orders is, and what came of it.
    BulkPreviewed {
        /// Of which request.
        ticket: Ticket,
        /// Orders looked at.
        done: usize,
        /// The preview, when all were looked at.
        preview: Option<Told<Arc<BulkPreview>>>,
    },
    /// How many orders are planned.
    Planning {
        /// Of which request.
        ticket: Ticket,
        /// Orders looked at.
        done: usize,
    },
    /// What a submit would do.
    Planned {
        /// Of which request.
        ticket: Ticket,
        /// The plan.
        plan: Told<Arc<Plan>>,
    },
    /// What is known of orders to be cancelled.
    Cancelling {
        /// Of which request.
        ticket: Ticket,
        /// Each of them.
        orders: Told<Vec<CancelOrder>>,
    },
    /// A text to look at: a request, a dry run's end.
    Look {
        /// Its title.
        title: String,
        /// Its lines.
        lines: Told<Vec<String>>,
    },
    /// A text to put on the clipboard.
    Copy(Told<String>),
    /// A run began, or could not.
    Started(Told<RunName>),
    /// The plan isn't what was decided on any more: look again.
    Replanned {
        /// Why.
        why: String,
    },
    /// A run tells something.
    Run {
        /// Which.
        run: RunName,
        /// What.
        event: RunEvent,
    },
    /// The newest runs in both ledgers, newest first.
    Runs(Told<Vec<RunEntry>>),
    /// What came since, and what may have changed.
    Responses(Told<ReadResponses>),
    /// Older exchanges, or how far the search for them is.
    OlderResponses {
        /// Of which request.
        ticket: Ticket,
        /// What was found.
        found: Told<FoundResponses>,
    },
    /// Where a text stands in each of the texts.
    TextFound {
        /// Of which request.
        ticket: Ticket,
        /// Begins and ends in bytes.
        found: [Vec<(usize, usize)>; 2],
    },
    /// Runs that are older than those read before, or some of them anew.
    MoreRuns {
        /// The runs.
        runs: Told<Vec<RunEntry>>,
        /// Whether older ones were asked for.
        older: bool,
    },
    /// How quickly a run goes.
    Pace {
        /// The run.
        run: RunName,
        /// Its pace.
        pace: Told<Arc<RunPace>>,
    },
    /// One exchange, whole.
    Response(Told<Arc<Whole>>),
    /// What sending orders again would send.
    RetryPlanned {
        /// Of which request.
        ticket: Ticket,
        /// The plan.
        planned: Told<Arc<RetryPlan>>,
    },
    /// A file was written, or could not be.
    Exported(Result<String, NotExported>),
    /// The orders of a run.
    RunOrders {
        /// The run.
        run: RunName,
        /// Each with its outcome.
        orders: Told<Arc<Vec<OrderReport>>>,
    },
    /// The orders that an account rejected last.
    Rejected {
        /// Of which request.
        ticket: Ticket,
        /// Their places in the file.
        places: Told<Places>,
    },
    /// The orders of a run that are in doubt.
    Doubts {
        /// Of which request.
        ticket: Ticket,
        /// They, with what is known.
        doubts: Told<Arc<Doubts>>,
    },
    /// The operator's word on orders in doubt is in the ledger, or isn't.
    Settled {
        /// Of which request.
        ticket: Ticket,
        /// How many orders it was about.
        settled: Told<u64>,
    },
    /// Everything that ever happened to an order.
    History {
        /// Its key.
        key: String,
        /// Oldest first.
        history: Told<Arc<Vec<HistoryReport>>>,
    },
    /// The orders of one exchange.
    ExchangeOrders {
        /// The run.
        run: RunName,
        /// What it does.
        operation: Operation,
        /// Each with its outcome.
        orders: Arc<Vec<OrderReport>>,
    },
    /// An account was added, changed or taken out.
    ProfileChanged(Told<String>),
    /// An account was tried.
    Tested {
        /// Its profile.
        profile: String,
        /// What came of it.
        probed: Told<Probed>,
    },
    /// The jobs, newest first.
    Jobs(Told<Vec<JobEntry>>),
    /// The entries of a directory.
    Listed {
        /// The directory.
        directory: PathBuf,
        /// They, and how many more there are.
        entries: Told<(Vec<Entry>, usize)>,
    },
    /// The beginning of a file.
    Peeked {
        /// The file.
        path: PathBuf,
        /// Its beginning.
        peek: Told<Box<Peek>>,
    },
    /// Whether a file is still what it was when it was read.
    Checked {
        /// Its identity.
        source: String,
        /// Hash of the bytes that were read.
        fingerprint: String,
        /// What became of it, if something did.
        changed: Option<String>,
    },
    /// What the last visit left.
    Session(Result<Option<Box<Session>>, Unusable>),
    /// The session was written, or can't be.
    SessionSaved(Told<()>),
    /// The sandbox runs, or can't.
    Sandbox(Told<()>),
    /// What is done from now on is gone when the operator leaves: what is wrong with the data directory.
    NotKept(String),
    /// The file that is opened isn't in the list of recent ones: why.
    NotRecent(String),
    /// Something to tell in a line: well, or not.
    Tell(Told<String>),
}

/// What a tail is told.
#[derive(Debug, Clone, Default)]
pub struct ReadResponses {
    /// What wasn't known, oldest first.
    pub new: Vec<ResponseEntry>,
    /// What was known, as it is now.
    pub again: Vec<ResponseEntry>,
    /// Those of them that pass the filter of that number, where only the ledger knows.
    pub passing: Option<(Ticket, HashSet<(Book, ExchangeId)>)>,
}

/// What a search backwards found since it last told.
#[derive(Debug, Clone, Default)]
pub struct FoundResponses {
    /// Oldest first.
    pub entries: Vec<ResponseEntry>,
    /// How many were looked at.
    pub looked: u64,
    /// Of each ledger the oldest that was looked at.
    pub edges: Edges,
    /// Whether it goes on.
    pub goes_on: bool,
    /// Whether there is nothing older.
    pub is_through: bool,
}

/// Why a file wasn't written.
#[derive(Debug, Clone)]
pub struct NotExported {
    /// Something is there already.
    pub exists: bool,
    /// In words.
    pub why: String,
}

/// An edit that is in the ledger.
#[derive(Debug)]
pub struct Edited {
    /// The deck with it.
    pub deck: Deck,
    /// In words; none where there was nothing to undo.
    pub label: Option<String>,
    /// What was done.
    pub how: EditHow,
    /// Places of the orders it touches.
    pub places: Vec<usize>,
}

/// What was done to the log of edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditHow {
    /// A new entry.
    Made,
    /// The last was taken back.
    Undone,
    /// The last undone was done again.
    Redone,
}

//! What the state wants done outside of it. [`super::worker`] does it, off the thread that draws.

use std::path::PathBuf;
use std::sync::Arc;

use super::document::Document;
use super::editor::Job;
use super::event::Ticket;
use super::model::RetryPlan;
use super::session::{Keep, Snapshot};
use crate::deck::draft::Draft;
use crate::deck::list::{Passing, Places, Sort, SortKeys, Sorted};
use crate::deck::{BulkChange, Deck, Filter, FixPlan, Target};
use crate::finding::Rule;
use crate::ledger::{Book, ExchangeId, RunId, RunName};
use crate::order::edit::Edit;
use crate::order::outcome::Outcome;
use crate::profile::{Change, NewProfile};
use crate::source::Reading;
use crate::submit::cancel::CancelOrder;
use crate::submit::{Control, Plan, Selection};
use crate::workspace::tail::Edges;
use crate::workspace::{Decision, ExchangeFilter, RunPace};

/// Work to be done.
#[derive(Debug)]
pub enum Effect {
    /// Read the profiles.
    Accounts,
    /// Read which files were opened before.
    Recent,
    /// Open a file.
    OpenFile {
        /// Numbers the request.
        ticket: Ticket,
        /// The file; the shipped sample if none.
        path: Option<PathBuf>,
        /// A mapping instead of the one detected.
        mapping: Option<String>,
        /// How it is read from now on, if the operator says so.
        reading: Option<Reading>,
        /// What is taken along.
        keep: Keep,
    },
    /// Begin or evaluate a draft of a mapping, or save one.
    Draft(DraftWork),
    /// Stop opening by that request.
    StopOpening(Ticket),
    /// Look at the beginning of a file.
    Peek(PathBuf),
    /// Ask whether a file changed on disk.
    Check(Deck),
    /// Read what the last visit left.
    LoadSession,
    /// Write what is kept between visits.
    SaveSession(Box<Snapshot>),
    /// Counts of whole files that were asked for before are wanted no more.
    ForgetOverviews(Ticket),
    /// Sum up the whole file.
    Overview {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
    },
    /// Decode orders for the list.
    Rows {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// Places.
        places: Vec<usize>,
        /// The accounts of the tabs.
        targets: Vec<Option<Target>>,
    },
    /// Make the payload of one order.
    Inspect {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// The order's place.
        place: usize,
        /// The tab.
        tab: usize,
        /// For whom.
        target: Box<Target>,
    },
    /// Find out what changed of one order.
    WhatChanged {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// The order's place.
        place: usize,
        /// For whom.
        target: Box<Target>,
    },
    /// Lay the payloads of one order side by side.
    Compare {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// The order's place.
        place: usize,
        /// The accounts of the tabs.
        targets: Vec<Option<Target>>,
    },
    /// Look for findings in all orders, or in some.
    Survey {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// The tab.
        tab: usize,
        /// For whom.
        target: Box<Target>,
        /// These only.
        places: Option<Vec<usize>>,
    },
    /// Find the orders that pass.
    Filter {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// What must hold.
        filter: Filter,
        /// The orders that are marked, where it asks for them.
        marked: Places,
        /// Whose findings and outcomes count.
        target: Option<Box<Target>>,
    },
    /// Read, save or forget filters that are kept.
    Filters(FilterWork),
    /// Look at one order of each rule.
    Examples {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// For whom.
        target: Box<Target>,
        /// Each with the order's place.
        rules: Vec<(&'static Rule, usize)>,
    },
    /// Find out what a rule's fix would change.
    PlanFix {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// For whom.
        target: Box<Target>,
        /// The rule.
        rule: &'static Rule,
        /// The orders' places.
        places: Vec<usize>,
    },
    /// Stop surveys and filters older than these tickets.
    Forget {
        /// Surveys below this one.
        surveys: Ticket,
        /// Filters below this one.
        filters: Ticket,
        /// Plans below this one.
        plans: Ticket,
    },
    /// Sort the orders.
    Sort {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// By what.
        sort: Sort,
        /// What is known of that column, and the places where that is out of date.
        known: Option<(Arc<SortKeys>, Vec<usize>)>,
        /// Whose outcomes count.
        target: Option<Box<Target>>,
    },
    /// Stop sorting for requests older than this ticket.
    ForgetSorts(Ticket),
    /// Put what passes the filter into its order.
    Arrange {
        /// Numbers the request.
        ticket: Ticket,
        /// What passes.
        passing: Passing,
        /// How all are sorted.
        sorted: Arc<Sorted>,
    },
    /// Make edits, in the ledger first.
    Edit {
        /// The file.
        deck: Deck,
        /// What.
        work: EditWork,
    },
    /// Find out what a change of many orders would do.
    PreviewBulk {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// The orders' places.
        places: Vec<usize>,
        /// What would be set.
        change: BulkChange,
        /// The vendor whose payload is meant and whose rules are asked.
        target: Box<Target>,
    },
    /// Plan a submit.
    Plan {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// For whom.
        target: Box<Target>,
        /// Which orders.
        selection: Selection,
        /// Which of the vendor's ways to do it.
        mode: Option<String>,
    },
    /// Begin a run.
    Submit {
        /// The file.
        deck: Deck,
        /// What was decided.
        plan: Arc<Plan>,
        /// Which orders.
        selection: Selection,
        /// In words, for the record.
        choice: String,
    },
    /// Show the first request of a plan.
    LookAtRequest {
        /// The plan.
        plan: Arc<Plan>,
    },
    /// Copy the request for some orders as a curl command.
    CurlOf {
        /// The file.
        deck: Deck,
        /// For whom.
        target: Box<Target>,
        /// Which orders.
        selection: Selection,
    },
    /// Put every request of a plan together and send none.
    DryRun {
        /// The plan.
        plan: Arc<Plan>,
    },
    /// Find out about orders to be cancelled.
    PrepareCancel {
        /// Numbers the request.
        ticket: Ticket,
        /// The file, if there is one.
        deck: Option<Deck>,
        /// For whom.
        target: Box<Target>,
        /// The ids.
        ids: Vec<String>,
    },
    /// Cancel.
    Cancel {
        /// The file, if there is one.
        deck: Option<Deck>,
        /// For whom.
        target: Box<Target>,
        /// What was shown.
        orders: Vec<CancelOrder>,
        /// The vendor's way.
        mode: Option<String>,
        /// Why, for the ledger.
        reason: Option<String>,
        /// Show the first request only.
        look: bool,
    },
    /// Tell a run of this process to pause, go on or stop.
    Control {
        /// Which.
        run: RunName,
        /// What.
        wish: Control,
    },
    /// Take up a run.
    Resume {
        /// Its ledger.
        book: Book,
        /// Its number.
        run: RunId,
    },
    /// Find out what sending orders of a run again would send.
    PlanRetry {
        /// Numbers the request.
        ticket: Ticket,
        /// The run.
        run: RunName,
        /// Which of its orders.
        outcomes: Vec<Outcome>,
        /// Of those these only, by key; empty for all.
        only: Vec<String>,
    },
    /// Find the orders that an account rejected last.
    Rejected {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        deck: Deck,
        /// The account.
        target: Box<Target>,
        /// Of these only.
        places: Option<Places>,
    },
    /// Read the orders of a run that are in doubt.
    Doubts {
        /// Numbers the request.
        ticket: Ticket,
        /// The run.
        run: RunName,
    },
    /// Record the operator's word on orders in doubt.
    Settle {
        /// Numbers the request.
        ticket: Ticket,
        /// The run.
        run: RunName,
        /// The orders' keys; never empty.
        keys: Vec<String>,
        /// The word.
        decision: Decision,
        /// How the operator knows.
        note: Option<String>,
    },
    /// Read everything that ever happened to an order.
    History(String),
    /// Read the orders of one exchange: the history of the only one, else the list of them.
    ExchangeOrders {
        /// Its ledger.
        book: Book,
        /// Its number.
        exchange: ExchangeId,
    },
    /// Send orders of a run again, as planned.
    Retry(Arc<RetryPlan>),
    /// Write what became of a run's orders to a file.
    Export {
        /// The run.
        run: RunName,
        /// These only; empty for all.
        outcomes: Vec<Outcome>,
        /// The file; its ending says the format.
        to: PathBuf,
        /// Replace what is there.
        force: bool,
    },
    /// Read the orders of a run.
    RunOrders(RunName),
    /// Change or try an account.
    Profile(ProfileWork),
    /// Read the newest runs.
    Runs,
    /// Read the exchanges that came since, and some of those that are known once more.
    Responses(ReadResponses),
    /// Look through the ledgers backwards for exchanges.
    SearchResponses(SearchResponses),
    /// Stop searches for exchanges older than this one.
    ForgetResponses(Ticket),
    /// Find a text in others.
    FindText {
        /// Numbers the request.
        ticket: Ticket,
        /// Where.
        documents: [Arc<Document>; 2],
        /// What, in whatever case.
        wanted: String,
    },
    /// Read runs that are older than these, a page of each ledger.
    OlderRuns(Vec<RunName>),
    /// Read these runs anew.
    RunsAgain(Vec<RunName>),
    /// Read how quickly a run goes.
    Pace {
        /// The run.
        run: RunName,
        /// What is known of it already; only what came since is read.
        known: Option<Arc<RunPace>>,
    },
    /// Read the orders of a job.
    JobOrders {
        /// Its ledger.
        book: Book,
        /// The exchange that began it.
        exchange: ExchangeId,
    },
    /// Read one exchange whole.
    Response {
        /// Its ledger.
        book: Book,
        /// Its number.
        exchange: ExchangeId,
    },
    /// Read the jobs.
    Jobs,
    /// Read a directory.
    List(PathBuf),
    /// Start the vendors on loopback.
    StartSandbox,
    /// Copy a text to the clipboard of the terminal.
    Copy(String),
    /// Write a text to a new file that only the operator can read.
    Save {
        /// The file; never one that is there.
        to: PathBuf,
        /// What is written.
        text: String,
    },
    /// Remember which theme to begin with.
    RememberTheme(String),
    /// Remember the columns of the list of orders; none for those that the width has room for.
    RememberColumns(Option<Vec<String>>),
    /// Remember that the sandbox explained itself.
    RememberVisit,
    /// Have a part of a payload written in the operator's editor.
    OpenEditor(Box<Job>),
    /// Put the program to sleep.
    Suspend,
    /// Draw everything anew.
    Redraw,
}

/// A filter of exchanges with the number that it was given.
pub type NumberedFilter = (Ticket, Arc<ExchangeFilter>);

/// What a tail asks for.
#[derive(Debug, Default)]
pub struct ReadResponses {
    /// Of each ledger the newest exchange that is known.
    pub after: Edges,
    /// At most so many of each, the newest.
    pub most: u32,
    /// Read these once more: they may have changed.
    pub again: Vec<(Book, ExchangeId)>,
    /// Whose answer only the ledger knows.
    pub filter: Option<NumberedFilter>,
}

/// A search backwards.
#[derive(Debug)]
pub struct SearchResponses {
    /// Numbers the request.
    pub ticket: Ticket,
    /// Only what is older than these.
    pub before: Edges,
    /// What must hold; none for all.
    pub filter: Option<Arc<ExchangeFilter>>,
    /// Look at so many at most.
    pub most: u64,
}

/// What to do with an account.
#[derive(Debug)]
pub enum ProfileWork {
    /// Add it.
    Add(Box<NewProfile>),
    /// Change it: name, changes.
    Edit(String, Vec<Change>),
    /// Take it out.
    Remove(String),
    /// Try it with one harmless request.
    Test(String),
}

/// What to do about a draft of a mapping.
#[derive(Debug)]
pub enum DraftWork {
    /// Begin one for a file, of the mapping that reads it.
    Begin {
        /// Numbers the request.
        ticket: Ticket,
        /// The file.
        path: PathBuf,
        /// What the mapping was asked for by.
        mapping: String,
    },
    /// Make an order by it.
    Evaluate {
        /// Numbers the request; older ones are wanted no more.
        ticket: Ticket,
        /// The draft.
        draft: Box<Draft>,
        /// The order's place.
        place: usize,
        /// Whose rules speak of it too.
        target: Option<Box<Target>>,
    },
    /// Look for files that might be joined, beside that one.
    FilesBeside(PathBuf),
    /// Look at a file that might be joined.
    SeeJoin(PathBuf),
    /// Keep one.
    Save {
        /// Its name.
        name: String,
        /// Its text.
        text: String,
        /// Whether one of that name is replaced.
        replace: bool,
    },
}

/// What to do with the filters that are kept.
#[derive(Debug)]
pub enum FilterWork {
    /// Read them.
    Read,
    /// Keep one among the last used.
    Remember(String),
    /// Save one: name, text.
    Save(String, String),
    /// Forget a saved one.
    Remove(String),
}

/// What to do to the log of edits.
#[derive(Debug)]
pub enum EditWork {
    /// A new entry.
    Make {
        /// In words: `customer.email of #1017`.
        label: String,
        /// The changes.
        edits: Vec<Edit>,
    },
    /// The same of many orders; those that can't hold it or have it already are left as they are.
    MakeForMany {
        /// In words.
        label: String,
        /// The orders' places.
        places: Vec<usize>,
        /// What is set.
        change: BulkChange,
        /// The vendor whose payload is meant.
        target: Box<Target>,
    },
    /// A rule's fix, as planned.
    Fix(Arc<FixPlan>),
    /// Take back the last.
    Undo,
    /// Do the last undone again.
    Redo,
    /// Take back so many entries, the last first.
    UndoMany(usize),
    /// Do so many undone entries again.
    RedoMany(usize),
}

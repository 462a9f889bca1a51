//! The Responses view: a ring of the newest exchanges, older ones where they were asked for, and the lines that are
//! shown of them. It follows, or it is paused and nothing moves.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use crate::console::effect::{NumberedFilter, ReadResponses as Wanted};
use crate::console::event::{FoundResponses, ReadResponses, Ticket};
use crate::console::model::ResponseEntry;
use crate::console::widget::clicked::Clicked;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::input::Input;
use crate::ledger::{Book, ExchangeId, ExchangeState};
use crate::workspace::tail::{Edges, edge};

/// How many of the newest are held.
pub const RING: usize = 5_000;
/// How many older ones are held at most beside them.
pub const OLDER: usize = 20_000;
/// How many the strip below the orders may show.
const STRIP: usize = 8;
/// How many requests without an answer are looked at once more.
const OPEN: usize = 500;

/// What tells an exchange from all others.
pub type Id = (Book, ExchangeId);

/// An exchange of the ring.
#[derive(Debug, Clone)]
struct Held {
    entry: Arc<ResponseEntry>,
    passes: bool,
}

/// Looking through the ledgers for what is older than the ring.
#[derive(Debug, Default)]
pub struct Search {
    /// The one under way.
    pub ticket: Option<Ticket>,
    /// How many were looked at.
    pub looked: u64,
    /// Whether there is nothing older.
    pub is_through: bool,
    /// How far it came.
    edges: Option<Edges>,
}

/// The Responses view.
#[derive(Debug, Default)]
pub struct ResponsesState {
    /// The newest few, newest first, for the strip below the orders.
    pub list: Vec<Arc<ResponseEntry>>,
    /// Oldest first.
    ring: VecDeque<Held>,
    /// Older than the ring, oldest first, all of them passing.
    older: VecDeque<Arc<ResponseEntry>>,
    /// Of those the oldest that were let go again.
    let_go: u64,
    /// What is shown.
    lines: Vec<Arc<ResponseEntry>>,
    /// The newest of each ledger.
    last: Edges,
    /// The line under the cursor.
    pub cursor: Cursor,
    /// Whether nothing moves.
    pub paused: bool,
    since: usize,
    /// The filter as it is typed.
    pub input: Input,
    /// Whether it is being typed.
    pub typing: bool,
    /// Why it can't be read.
    pub trouble: Option<String>,
    /// The filter in force.
    pub filter: Option<NumberedFilter>,
    /// Looking further back.
    pub search: Search,
    /// The first and the last on the screen when what may change of them was read.
    pub looked_at: Option<(Id, Id)>,
    /// The line that was clicked last, and when.
    pub clicked: Clicked,
}

impl ResponsesState {
    /// The response of a line: the oldest is the first.
    pub fn at(&self, line: usize) -> Option<&ResponseEntry> {
        self.lines.get(line).map(AsRef::as_ref)
    }

    /// The response under the cursor.
    pub fn current(&self) -> Option<&ResponseEntry> {
        self.at(self.cursor.at)
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether no line is shown.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many are held, shown or not.
    pub fn held(&self) -> usize {
        self.ring.len()
    }

    /// How many that would be shown came since it was paused.
    pub fn since(&self) -> usize {
        self.since
    }

    /// How many stand in the ledgers before those that are held or were looked at.
    pub fn earlier(&self) -> u64 {
        let before = self.before().into_iter().flatten();
        let ids = before.map(|edge| u64::try_from(edge.0 - 1).unwrap_or(0));
        ids.sum::<u64>() + self.let_go
    }

    /// How many there are in all.
    pub fn total(&self) -> u64 {
        let ids = self.last.into_iter().flatten();
        ids.map(|last| u64::try_from(last.0).unwrap_or(0)).sum()
    }

    /// Whether no more older ones can be held.
    pub fn is_full(&self) -> bool {
        self.older.len() >= OLDER
    }

    /// Where looking further back begins.
    pub fn before(&self) -> Edges {
        if let Some(edges) = self.search.edges {
            return edges;
        }
        Book::ALL.map(|book| {
            let of_book = |held: &&Held| held.entry.book == book;
            let oldest = self.ring.iter().find(of_book);
            let oldest = oldest.map(|held| held.entry.exchange.id);
            Some(oldest.unwrap_or_else(|| self.after_last(book)))
        })
    }

    fn after_last(&self, book: Book) -> ExchangeId {
        ExchangeId(self.last[edge(book)].map_or(1, |last| last.0 + 1))
    }

    /// What to ask the ledgers for: what came since, and once more what has no answer or is on the screen and may
    /// change.
    pub fn wanted(&self, page: usize) -> Wanted {
        let open = self.ring.iter().rev().map(|held| &held.entry);
        let open = open.filter(|entry| entry.exchange.state == ExchangeState::Sending);
        let mut again: Vec<Id> = open.take(OPEN).map(|entry| entry.id()).collect();
        for entry in &self.lines[self.cursor.shown(self.lines.len(), page)] {
            if entry.exchange.may_change() && !again.contains(&entry.id()) {
                again.push(entry.id());
            }
        }
        let asks = |(_, filter): &&NumberedFilter| filter.asks();
        Wanted {
            after: self.last,
            most: RING as u32,
            again,
            filter: self.filter.as_ref().filter(asks).cloned(),
        }
    }

    /// The first and the last on the screen, and whether something of what is between may change.
    pub fn on_screen(&self, page: usize) -> Option<((Id, Id), bool)> {
        let shown = &self.lines[self.cursor.shown(self.lines.len(), page)];
        let ends = (shown.first()?.id(), shown.last()?.id());
        Some((ends, shown.iter().any(|entry| entry.exchange.may_change())))
    }

    /// Takes in what the ledgers told.
    pub fn take(&mut self, read: &ReadResponses) {
        self.renew(read);
        let mut sorted = true;
        for entry in &read.new {
            let last = &mut self.last[edge(entry.book)];
            if last.is_some_and(|last| entry.exchange.id <= last) {
                continue;
            }
            *last = Some(entry.exchange.id);
            let passes = self.lets_pass(entry, read);
            self.since += usize::from(self.paused && passes);
            sorted &= self
                .ring
                .back()
                .is_none_or(|held| when(&held.entry) <= when(entry));
            let entry = Arc::new(entry.clone());
            self.ring.push_back(Held { entry, passes });
        }
        if !sorted {
            let ring = self.ring.make_contiguous();
            ring.sort_by_key(|held| when(&held.entry));
        }
        let surplus = self.ring.len().saturating_sub(RING);
        for held in self.ring.drain(..surplus) {
            // What was looked through already goes on without a gap.
            if self.search.edges.is_some() && held.passes {
                self.older.push_back(held.entry);
            }
        }
        while self.older.len() > OLDER {
            self.older.pop_front();
            self.let_go += 1;
        }
        let newest = self.ring.iter().rev().take(STRIP);
        self.list = newest.map(|held| Arc::clone(&held.entry)).collect();
        if !self.paused {
            self.show_all();
        }
    }

    fn lets_pass(&self, entry: &ResponseEntry, read: &ReadResponses) -> bool {
        match (&self.filter, &read.passing) {
            (None, _) => true,
            (Some((number, filter)), passing) if filter.asks() => passing
                .as_ref()
                .is_some_and(|(of, ids)| of == number && ids.contains(&entry.id())),
            (Some((_, filter)), _) => filter.passes_alone(entry.book, &entry.exchange),
        }
    }

    /// Takes in what was read once more.
    fn renew(&mut self, read: &ReadResponses) {
        let renewed = read.again.iter().map(|entry| (entry.id(), entry));
        let renewed: HashMap<Id, Arc<ResponseEntry>> = renewed
            .map(|(id, entry)| (id, Arc::new(entry.clone())))
            .collect();
        if renewed.is_empty() {
            return;
        }
        let asks = self
            .filter
            .as_ref()
            .is_some_and(|(_, filter)| filter.asks());
        for at in 0..self.ring.len() {
            let Some(entry) = renewed.get(&self.ring[at].entry.id()) else {
                continue;
            };
            let passes = if asks {
                self.ring[at].passes
            } else {
                self.lets_pass(entry, read)
            };
            let entry = Arc::clone(entry);
            self.ring[at] = Held { entry, passes };
        }
        for entry in self.older.iter_mut().chain(&mut self.lines) {
            if let Some(new) = renewed.get(&entry.id()) {
                *entry = Arc::clone(new);
            }
        }
    }

    /// Shows everything that passes, the newest under the cursor.
    fn show_all(&mut self) {
        let passing = self.ring.iter().filter(|held| held.passes);
        let ring = passing.map(|held| &held.entry);
        self.lines = self.older.iter().chain(ring).cloned().collect();
        self.cursor.at = self.lines.len().saturating_sub(1);
    }

    /// Nothing moves from now on.
    pub fn pause(&mut self) {
        if !self.paused {
            (self.paused, self.since) = (true, 0);
        }
    }

    /// Shows the newest, and what comes.
    pub fn follow(&mut self) {
        (self.paused, self.since) = (false, 0);
        if self.filter.is_none() {
            self.look_anew();
        }
        self.show_all();
    }

    fn look_anew(&mut self) {
        self.older.clear();
        self.let_go = 0;
        self.search = Search::default();
    }

    /// Shows only what passes; the cursor stays where it was, if that does.
    pub fn filter_by(&mut self, filter: Option<NumberedFilter>) {
        let current = self.current().map(ResponseEntry::id);
        self.look_anew();
        let asks = filter.as_ref().is_some_and(|(_, filter)| filter.asks());
        if asks {
            // The ledger alone knows: it is looked through from the newest on.
            self.search.edges = Some(Book::ALL.map(|book| Some(self.after_last(book))));
        }
        self.filter = filter;
        for at in 0..self.ring.len() {
            let passes = self.lets_pass(&self.ring[at].entry, &ReadResponses::default());
            self.ring[at].passes = passes;
        }
        self.since = 0;
        self.show_all();
        let kept = current.and_then(|id| self.lines.iter().position(|entry| entry.id() == id));
        if let (true, Some(kept)) = (self.paused, kept) {
            self.cursor.at = kept;
        }
    }

    /// Takes in older ones; what is on the screen stays there.
    pub fn take_older(&mut self, found: &FoundResponses) {
        let entries: Vec<_> = found.entries.iter().cloned().map(Arc::new).collect();
        for entry in entries.iter().rev() {
            self.older.push_front(Arc::clone(entry));
        }
        self.search.edges = Some(found.edges);
        self.search.looked += found.looked;
        self.search.is_through = found.is_through;
        if !found.goes_on {
            self.search.ticket = None;
        }
        let more = entries.len();
        self.lines.splice(0..0, entries);
        if self.paused {
            self.cursor.at += more;
            self.cursor.top += more;
        } else {
            self.cursor.at = self.lines.len().saturating_sub(1);
        }
    }
}

fn when(entry: &ResponseEntry) -> (Timestamp, ExchangeId) {
    (entry.exchange.sent_at, entry.exchange.id)
}

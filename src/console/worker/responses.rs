//! The tail of requests and answers: what came since, what is older, one of them whole, a text in it.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{Tell, Worker};
use crate::console::document::Document;
use crate::console::effect::{ReadResponses as Wanted, SearchResponses};
use crate::console::event::{Arrival, FoundResponses, ReadResponses, Ticket, Told};
use crate::console::exchange::Whole;
use crate::console::model::ResponseEntry;
use crate::ledger::{Book, Exchange, ExchangeId, Ledger, RunName};
use crate::workspace::tail::{Sieve, edge};
use crate::workspace::{ExchangeReport, Workspace, WorkspaceError};

/// Between two readings: what comes meanwhile is read at once.
const PACE: Duration = Duration::from_millis(40);
/// After so many, a search tells how far it is.
const TELL_EVERY: u64 = 1_000;
/// How many orders of a request are named.
const NAMED: usize = 5;

/// What the tail keeps between its readings.
#[derive(Debug, Default)]
pub(super) struct Tail {
    next: Mutex<Option<Instant>>,
    /// Searches below this one are over.
    searches: AtomicU64,
    texts: AtomicU64,
}

impl Tail {
    /// Waits until it may be read again: a thousand exchanges a second come in a few readings.
    pub(super) async fn turn(&self) {
        let wait = {
            let now = Instant::now();
            let Ok(mut next) = self.next.lock() else {
                return;
            };
            let turn = next.unwrap_or(now).max(now);
            *next = Some(turn + PACE);
            turn - now
        };
        tokio::time::sleep(wait).await;
    }

    pub(super) fn forget(&self, ticket: Ticket) {
        self.searches.fetch_max(ticket, Ordering::Relaxed);
    }
}

/// Without what the list doesn't show.
fn entry(book: Book, mut exchange: Exchange) -> ResponseEntry {
    exchange.intent.orders = Vec::new();
    ResponseEntry { book, exchange }
}

fn report(entry: &ResponseEntry) -> ExchangeReport {
    ExchangeReport {
        run: RunName {
            book: entry.book,
            id: entry.exchange.run,
        },
        exchange: entry.exchange.clone(),
    }
}

impl Worker {
    pub(super) fn responses(&self, wanted: &Wanted, tell: Tell<'_>) {
        let workspace = self.workspace.now();
        let read = read(&workspace, wanted);
        tell(Arrival::Responses(read.map_err(|error| error.to_string())));
    }

    pub(super) fn search_responses(&self, search: &SearchResponses, tell: Tell<'_>) {
        let ticket = search.ticket;
        if let Err(error) = self.search(search, tell) {
            let found = Err(error.to_string());
            tell(Arrival::OlderResponses { ticket, found });
        }
    }

    fn search(&self, search: &SearchResponses, tell: Tell<'_>) -> Result<(), WorkspaceError> {
        // The ledgers are opened here and now: nobody waits for the workspace while they are looked through.
        let (mut back, sieve) = {
            let workspace = self.workspace.now();
            let sieve = search.filter.as_deref();
            let sieve = sieve.map(|filter| Sieve::new(&workspace, filter));
            (
                workspace.exchanges_back(None, search.before)?,
                sieve.transpose()?,
            )
        };
        let mut found = FoundResponses {
            edges: search.before,
            goes_on: true,
            ..FoundResponses::default()
        };
        let mut told = 0;
        while found.goes_on {
            if self.tail.searches.load(Ordering::Relaxed) > search.ticket {
                return Ok(());
            }
            match back.older()? {
                None => (found.is_through, found.goes_on) = (true, false),
                Some(report) => {
                    found.looked += 1;
                    found.edges[edge(report.run.book)] = Some(report.exchange.id);
                    let passes = match &sieve {
                        Some(sieve) => sieve.passes(&report)?,
                        None => true,
                    };
                    if passes {
                        found.entries.push(entry(report.run.book, report.exchange));
                    }
                    found.goes_on = told + found.looked < search.most;
                }
            }
            if !found.goes_on || found.looked >= TELL_EVERY {
                told += found.looked;
                found.entries.reverse();
                let next = FoundResponses {
                    entries: Vec::new(),
                    looked: 0,
                    ..found.clone()
                };
                tell(Arrival::OlderResponses {
                    ticket: search.ticket,
                    found: Ok(std::mem::replace(&mut found, next)),
                });
            }
        }
        Ok(())
    }

    pub(super) fn response(&self, book: Book, id: ExchangeId, tell: Tell<'_>) {
        let whole = self.whole(book, id).map(Arc::new);
        tell(Arrival::Response(whole));
    }

    fn whole(&self, book: Book, id: ExchangeId) -> Told<Whole> {
        let ledger = {
            let workspace = self.workspace.now();
            let ledger = workspace.ledger(book);
            ledger.map_err(|error| error.to_string())?
        };
        let exchange = ledger.exchange(id).map_err(|error| error.to_string())?;
        let orders = &exchange.intent.orders;
        let first = ledger
            .order_keys(exchange.run, &orders[..orders.len().min(NAMED)])
            .map_err(|error| error.to_string())?;
        Ok(Whole::of(book, &exchange, &first))
    }

    pub(super) fn find_text(
        &self,
        ticket: Ticket,
        documents: &[Arc<Document>; 2],
        wanted: &str,
        tell: Tell<'_>,
    ) {
        self.tail.texts.fetch_max(ticket, Ordering::Relaxed);
        let is_over = || self.tail.texts.load(Ordering::Relaxed) > ticket;
        let [first, second] = documents.each_ref().map(|it| it.find(wanted, is_over));
        if let (Some(first), Some(second)) = (first, second) {
            let found = [first, second];
            tell(Arrival::TextFound { ticket, found });
        }
    }
}

fn read(workspace: &Workspace, wanted: &Wanted) -> Result<ReadResponses, WorkspaceError> {
    let mut read = ReadResponses::default();
    for book in Book::ALL {
        let Some(ledger) = workspace.existing_ledger(book)? else {
            continue;
        };
        let new = ledger.exchanges_since(wanted.after[edge(book)], wanted.most)?;
        let new = new.into_iter().rev();
        read.new.extend(new.map(|exchange| entry(book, exchange)));
        let again = wanted.again.iter().filter(|(of, _)| *of == book);
        let ids: Vec<ExchangeId> = again.map(|(_, id)| *id).collect();
        let again = ledger.exchange_heads(&ids)?.into_iter();
        read.again
            .extend(again.map(|exchange| entry(book, exchange)));
    }
    read.new
        .sort_by_key(|entry| (entry.exchange.sent_at, entry.exchange.id));
    if let Some((number, filter)) = wanted.filter.as_ref().filter(|_| !read.new.is_empty()) {
        let sieve = Sieve::new(workspace, filter)?;
        let mut passing = HashSet::new();
        for entry in &read.new {
            if sieve.passes(&report(entry))? {
                passing.insert(entry.id());
            }
        }
        read.passing = Some((*number, passing));
    }
    Ok(read)
}

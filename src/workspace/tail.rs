//! Reading requests and answers as a tail does: what came since, and backwards a page at a time, through both ledgers
//! at once.

use std::collections::{HashMap, HashSet, VecDeque};

use super::exchange_filter::{Ask, ExchangeFilter};
use super::look::{books, reported};
use super::report::ExchangeReport;
use super::{Workspace, WorkspaceError};
use crate::ledger::{Book, Exchange, ExchangeId, Ledger, LedgerError, SqliteLedger};

/// How many are read at once.
const PAGE: u32 = 200;

/// For each ledger an exchange of it, in the order of [`Book::ALL`].
pub type Edges = [Option<ExchangeId>; 2];

/// Where a ledger stands in [`Edges`].
pub const fn edge(book: Book) -> usize {
    match book {
        Book::Work => 0,
        Book::Sandbox => 1,
    }
}

/// The exchanges of the ledgers, newest first, read a page at a time.
pub struct Backwards {
    books: Vec<Back>,
}

struct Back {
    book: Book,
    ledger: SqliteLedger,
    before: Option<ExchangeId>,
    page: VecDeque<Exchange>,
    is_through: bool,
}

impl Back {
    fn fill(&mut self) -> Result<(), LedgerError> {
        if !self.page.is_empty() || self.is_through {
            return Ok(());
        }
        self.page = self.ledger.exchanges(None, self.before, PAGE)?.into();
        self.is_through = self.page.is_empty();
        self.before = self.page.back().map(|exchange| exchange.id);
        Ok(())
    }
}

impl Backwards {
    /// The next older one of both.
    pub fn older(&mut self) -> Result<Option<ExchangeReport>, WorkspaceError> {
        for back in &mut self.books {
            back.fill()?;
        }
        let newest = self
            .books
            .iter_mut()
            .filter(|back| !back.page.is_empty())
            .max_by_key(|back| back.page.front().map(|it| (it.sent_at, it.id)));
        let next = newest.and_then(|back| Some((back.book, back.page.pop_front()?)));
        Ok(next.map(|(book, exchange)| reported(book, exchange)))
    }
}

/// A filter with what it needs of the ledgers.
pub struct Sieve<'a> {
    ledgers: Vec<(Book, SqliteLedger)>,
    filter: &'a ExchangeFilter,
    /// Of each order that is asked for, the exchanges that it was in.
    orders: HashMap<&'a str, HashSet<(Book, ExchangeId)>>,
}

impl<'a> Sieve<'a> {
    /// Looks up the orders that the filter asks for.
    pub fn new(workspace: &Workspace, filter: &'a ExchangeFilter) -> Result<Self, WorkspaceError> {
        let (mut ledgers, mut orders) = (Vec::new(), HashMap::new());
        for book in books(None).filter(|_| filter.asks()) {
            if let Some(ledger) = workspace.existing_ledger(book)? {
                ledgers.push((book, ledger));
            }
        }
        for key in filter.orders() {
            let mut within = HashSet::new();
            for (book, ledger) in &ledgers {
                for entry in ledger.history(key)? {
                    within.extend(entry.exchanges.iter().map(|exchange| (*book, exchange.id)));
                }
            }
            orders.insert(key, within);
        }
        Ok(Self {
            ledgers,
            filter,
            orders,
        })
    }

    /// Whether an exchange passes.
    pub fn passes(&self, report: &ExchangeReport) -> Result<bool, WorkspaceError> {
        let (book, exchange) = (report.run.book, &report.exchange);
        self.filter.passes(book, exchange, |ask| match ask {
            Ask::Order(key) => Ok(self
                .orders
                .get(key)
                .is_some_and(|within| within.contains(&(book, exchange.id)))),
            Ask::Body(part) => {
                let Some((_, ledger)) = self.ledgers.iter().find(|(of, _)| *of == book) else {
                    return Ok(false);
                };
                let whole = ledger.exchange(exchange.id)?;
                let has = |body: &[u8]| String::from_utf8_lossy(body).to_lowercase().contains(part);
                Ok(has(&whole.intent.body) || has(&whole.response_body))
            }
        })
    }
}

impl Workspace {
    /// The exchanges of both ledgers or of one that are older than these, newest first.
    pub fn exchanges_back(
        &self,
        only: Option<Book>,
        before: Edges,
    ) -> Result<Backwards, WorkspaceError> {
        let mut found = Vec::new();
        for book in books(only) {
            if let Some(ledger) = self.existing_ledger(book)? {
                found.push(Back {
                    book,
                    ledger,
                    before: before[edge(book)],
                    page: VecDeque::new(),
                    is_through: false,
                });
            }
        }
        Ok(Backwards { books: found })
    }

    /// The newest exchanges that pass, at most so many, oldest first. Looks through the whole ledger if need be.
    pub fn newest_passing(
        &self,
        only: Option<Book>,
        filter: &ExchangeFilter,
        count: usize,
    ) -> Result<Vec<ExchangeReport>, WorkspaceError> {
        let sieve = Sieve::new(self, filter)?;
        let mut back = self.exchanges_back(only, Edges::default())?;
        let mut found = Vec::new();
        while found.len() < count
            && let Some(report) = back.older()?
        {
            if sieve.passes(&report)? {
                found.push(report);
            }
        }
        found.reverse();
        Ok(found)
    }
}

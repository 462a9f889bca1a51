//! Reading the ledgers: runs, exchanges, jobs. Both ledgers are shown side by side.

use super::{Tell, Worker};
use crate::console::event::{Arrival, Told};
use crate::console::model::{JobEntry, ResponseEntry, RunEntry};
use crate::ledger::{Book, ExchangeId, Ledger, LedgerError, SqliteLedger};

/// How many of the newest are shown.
const NEWEST: u32 = 500;

impl Worker {
    /// Gathers from every ledger that is there.
    fn gather<T>(
        &self,
        read: impl Fn(Book, &SqliteLedger) -> Result<Vec<T>, LedgerError>,
    ) -> Told<Vec<T>> {
        let workspace = self.workspace.blocking_read();
        let mut found = Vec::new();
        for book in Book::ALL {
            if let Some(ledger) = workspace
                .existing_ledger(book)
                .map_err(|error| error.to_string())?
            {
                found.extend(read(book, &ledger).map_err(|error| error.to_string())?);
            }
        }
        Ok(found)
    }

    pub(super) fn runs(&self, tell: Tell<'_>) {
        let runs = self.gather(|book, ledger| {
            ledger
                .runs()?
                .into_iter()
                .take(NEWEST as usize)
                .map(|run| {
                    Ok(RunEntry {
                        book,
                        summary: ledger.summary(run.id)?,
                    })
                })
                .collect()
        });
        tell(Arrival::Runs(runs.map(|mut runs| {
            runs.sort_by_key(|entry| std::cmp::Reverse(entry.summary.run.started_at));
            runs
        })));
    }

    pub(super) fn responses(&self, tell: Tell<'_>) {
        let found = self.gather(|book, ledger| {
            let exchanges = ledger.exchanges(None, None, NEWEST)?;
            Ok(exchanges
                .into_iter()
                .map(|exchange| ResponseEntry { book, exchange })
                .collect())
        });
        tell(Arrival::Responses(found.map(|mut found| {
            found.sort_by_key(|entry| {
                std::cmp::Reverse((entry.exchange.sent_at, entry.exchange.id))
            });
            found
        })));
    }

    pub(super) fn response(&self, book: Book, id: ExchangeId, tell: Tell<'_>) {
        let workspace = self.workspace.blocking_read();
        let exchange = workspace
            .ledger(book)
            .map_err(|error| error.to_string())
            .and_then(|ledger| ledger.exchange(id).map_err(|error| error.to_string()))
            .map(Box::new);
        tell(Arrival::Response { book, exchange });
    }

    pub(super) fn jobs(&self, tell: Tell<'_>) {
        let found = self.gather(|book, ledger| {
            let jobs = ledger.jobs(None)?;
            Ok(jobs.into_iter().map(|row| JobEntry { book, row }).collect())
        });
        tell(Arrival::Jobs(found.map(|mut found| {
            found.sort_by_key(|entry: &JobEntry| std::cmp::Reverse(entry.row.started_at));
            found
        })));
    }
}

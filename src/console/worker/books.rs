//! Reading the ledgers: runs, exchanges, jobs, and writing exports. Both ledgers are shown side by side.

use std::path::Path;
use std::sync::Arc;

use super::{Tell, Worker};
use crate::console::event::{Arrival, NotExported, Told};
use crate::console::model::{JobEntry, RunEntry};
use crate::console::widget::text;
use crate::ledger::{Book, Ledger, LedgerError, RunName, RunState, SqliteLedger};
use crate::order::outcome::Outcome;
use crate::workspace::{ExportError, SourceColumns, Workspace};

/// How many of the newest are shown.
const NEWEST: u32 = 500;

impl Worker {
    /// Gathers from every ledger that is there.
    fn gather<T>(
        &self,
        read: impl Fn(&Workspace, Book, &SqliteLedger) -> Result<Vec<T>, LedgerError>,
    ) -> Told<Vec<T>> {
        let workspace = self.workspace.blocking_read();
        let mut found = Vec::new();
        for book in Book::ALL {
            if let Some(ledger) = workspace
                .existing_ledger(book)
                .map_err(|error| error.to_string())?
            {
                found.extend(read(&workspace, book, &ledger).map_err(|error| error.to_string())?);
            }
        }
        Ok(found)
    }

    pub(super) fn runs(&self, tell: Tell<'_>) {
        let runs = self.gather(|workspace, book, ledger| {
            ledger
                .runs()?
                .into_iter()
                .take(NEWEST as usize)
                .map(|run| {
                    Ok(RunEntry {
                        book,
                        alive: run.state == RunState::Running
                            && workspace.is_being_sent_to(book, &run) != Some(false),
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

    pub(super) fn run_orders(&self, run: RunName, tell: Tell<'_>) {
        let workspace = self.workspace.blocking_read();
        let orders = workspace
            .order_reports(run, &[])
            .map(Arc::new)
            .map_err(|error| error.to_string());
        tell(Arrival::RunOrders { run, orders });
    }

    pub(super) fn export(
        &self,
        run: RunName,
        outcomes: &[Outcome],
        to: &Path,
        force: bool,
        tell: Tell<'_>,
    ) {
        let workspace = self.workspace.blocking_read();
        let written = workspace.export(run, outcomes, to, force);
        tell(Arrival::Exported(match written {
            Ok(exported) => {
                let orders = text::many(exported.orders, "order");
                let columns = match exported.source {
                    SourceColumns::Given { missing: 0 } => String::new(),
                    SourceColumns::Given { missing } => {
                        format!(", {missing} of them no longer in the source")
                    }
                    SourceColumns::Left(why) => {
                        format!(", without the source's own columns: {why}")
                    }
                };
                Ok(format!("{orders} written to {}{columns}", to.display()))
            }
            Err(ExportError::Exists(path)) => Err(NotExported {
                exists: true,
                why: format!("{} is there already", path.display()),
            }),
            Err(error) => Err(NotExported {
                exists: false,
                why: error.to_string(),
            }),
        }));
    }

    pub(super) fn jobs(&self, tell: Tell<'_>) {
        let found = self.gather(|_, book, ledger| {
            let jobs = ledger.jobs(None)?;
            Ok(jobs.into_iter().map(|row| JobEntry { book, row }).collect())
        });
        tell(Arrival::Jobs(found.map(|mut found| {
            found.sort_by_key(|entry: &JobEntry| std::cmp::Reverse(entry.row.started_at));
            found
        })));
    }
}

//! Reading the ledgers: runs, exchanges, jobs, and writing exports. Both ledgers are shown side by side.

use std::path::Path;
use std::sync::Arc;

use super::{Tell, Worker};
use crate::console::event::{Arrival, NotExported, Told};
use crate::console::model::{JobEntry, RunEntry};
use crate::console::widget::text;
use crate::ledger::{Book, Ledger, LedgerError, Run, RunName, RunState, SqliteLedger, Timing};
use crate::order::outcome::Outcome;
use crate::workspace::{ExportError, RunPace, SourceColumns, Workspace};

/// How many runs of a ledger are read at once.
pub const RUNS: u32 = 200;

/// Runs with their counts, and whether somebody has them under way.
fn entries(
    workspace: &Workspace,
    book: Book,
    ledger: &SqliteLedger,
    runs: Vec<Run>,
) -> Result<Vec<RunEntry>, LedgerError> {
    runs.into_iter()
        .map(|run| {
            Ok(RunEntry {
                book,
                alive: run.state == RunState::Running
                    && workspace.is_being_sent_to(book, &run) != Some(false),
                summary: ledger.summary(run.id)?,
            })
        })
        .collect()
}

impl Worker {
    /// Gathers from every ledger that is there.
    fn gather<T>(
        &self,
        read: impl Fn(&Workspace, Book, &SqliteLedger) -> Result<Vec<T>, LedgerError>,
    ) -> Told<Vec<T>> {
        let workspace = self.workspace.now();
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

    /// The newest runs of each ledger.
    pub(super) fn runs(&self, tell: Tell<'_>) {
        let runs = self.gather(|workspace, book, ledger| {
            let page = ledger.runs_before(None, RUNS)?;
            entries(workspace, book, ledger, page)
        });
        tell(Arrival::Runs(runs.map(|mut runs| {
            runs.sort_by_key(|entry| std::cmp::Reverse(entry.summary.run.started_at));
            runs
        })));
    }

    /// The next page of each ledger, after the oldest run that was read of it.
    pub(super) fn older_runs(&self, than: &[RunName], tell: Tell<'_>) {
        let runs = self.gather(|workspace, book, ledger| {
            let Some(oldest) = than.iter().find(|name| name.book == book) else {
                return Ok(Vec::new());
            };
            let page = ledger.runs_before(Some(oldest.id), RUNS)?;
            entries(workspace, book, ledger, page)
        });
        tell(Arrival::MoreRuns { runs, older: true });
    }

    /// Some runs as they are now.
    pub(super) fn runs_again(&self, names: &[RunName], tell: Tell<'_>) {
        let runs = self.gather(|workspace, book, ledger| {
            let these = names.iter().filter(|name| name.book == book);
            let these = these.map(|name| ledger.run(name.id));
            entries(workspace, book, ledger, these.collect::<Result<_, _>>()?)
        });
        tell(Arrival::MoreRuns { runs, older: false });
    }

    /// How quickly a run goes: only what came since it was read last.
    pub(super) fn pace(&self, run: RunName, known: Option<Arc<RunPace>>, tell: Tell<'_>) {
        let mut known = known.unwrap_or_default();
        let workspace = self.workspace.now();
        let read = || -> Told<Vec<Timing>> {
            let ledger = workspace
                .ledger(run.book)
                .map_err(|error| error.to_string())?;
            ledger
                .timings(run.id, known.after())
                .map_err(|error| error.to_string())
        };
        let pace = read().map(|timings| {
            Arc::make_mut(&mut known).take_in(&timings);
            known
        });
        tell(Arrival::Pace { run, pace });
    }

    pub(super) fn run_orders(&self, run: RunName, tell: Tell<'_>) {
        let workspace = self.workspace.now();
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
        let workspace = self.workspace.now();
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
        let found = self.gather(|workspace, book, ledger| {
            ledger
                .jobs(None)?
                .into_iter()
                .map(|row| {
                    let watched = !row.job.finished && workspace.is_watched(book, ledger, &row)?;
                    Ok(JobEntry { book, row, watched })
                })
                .collect()
        });
        tell(Arrival::Jobs(found.map(|mut found| {
            found.sort_by_key(|entry: &JobEntry| std::cmp::Reverse(entry.row.started_at));
            found
        })));
    }
}

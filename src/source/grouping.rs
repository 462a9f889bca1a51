//! Rows that were found, on their way into groups: whoever finds rows in the file hands them on in batches, so that
//! somebody else can look up their keys meanwhile.

use std::ops::ControlFlow;
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

use crate::finding::{Finding, Place, Target};

use super::ahead::SMALL;
use super::delimited::{self, Cells, Met, RawRow, Table};
use super::index::{Builder, Extent, Key, TooMany};
use super::report::Report;
use super::rules;
use super::window::Window;
use super::{Source, SourceError};

/// Rows of one batch.
const ROWS: usize = 1 << 11;
/// How many batches wait at most.
const WAITING: usize = 4;

/// Where key and watched column stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    /// Without one each row is a group.
    pub(super) key: Option<usize>,
    /// What is asked of the first row of each group.
    pub(super) watched: Option<usize>,
}

impl Columns {
    /// How many cells of a row are looked at, from the left.
    fn wanted(self) -> usize {
        let last = self.key.max(self.watched);
        last.map_or(0, |last| last + 1)
    }
}

/// Rows in the order of the file, their texts one behind the other.
#[derive(Debug, Default)]
struct Batch {
    found: Vec<Found>,
    text: String,
}

/// A row, or that something was left out.
#[derive(Debug, Clone, Copy)]
enum Found {
    Row {
        extent: Extent,
        /// Where its key ends in the batch's text; none where rows have no key.
        key: Option<usize>,
        /// Where the text of its watched column ends, if it may begin a group.
        watched: Option<usize>,
    },
    Gap,
}

impl Batch {
    /// Empty again, its room kept.
    fn cleared(mut self) -> Self {
        self.found.clear();
        self.text.clear();
        self
    }

    fn push(&mut self, row: &RawRow<'_>, columns: Columns, previous: &mut Option<String>) {
        let extent = Extent {
            start: row.start,
            end: row.end,
            line: row.line,
        };
        let key = columns.key.map(|column| {
            let start = self.text.len();
            self.add(&row.cells, column);
            let key = self.text.get(start..).unwrap_or_default();
            // A row with the key of the row above never begins a group.
            let goes_on = previous.as_deref() == Some(key);
            if !goes_on {
                let previous = previous.get_or_insert_default();
                previous.clear();
                previous.push_str(key);
            }
            (self.text.len(), goes_on)
        });
        let goes_on = key.is_some_and(|(_, goes_on)| goes_on);
        let watched = columns.watched.filter(|_| !goes_on).map(|column| {
            self.add(&row.cells, column);
            self.text.len()
        });
        self.found.push(Found::Row {
            extent,
            key: key.map(|(end, _)| end),
            watched,
        });
    }

    fn add(&mut self, cells: &Cells<'_>, column: usize) {
        let cell = cells.cell(column).unwrap_or_default();
        self.text.push_str(String::from_utf8_lossy(&cell).trim());
    }
}

/// Hands a batch on, and gives an empty one for the next rows unless nobody listens any more.
type HandOn<'h> = dyn FnMut(Batch) -> Option<Batch> + 'h;

/// Puts batches of rows into groups.
struct Grouper {
    builder: Builder,
    orphans: Report,
}

impl Grouper {
    fn take(&mut self, batch: &Batch) -> Result<(), TooMany> {
        let mut at = 0;
        let mut next = |end: usize| {
            let text = batch.text.get(at..end).unwrap_or_default();
            at = end;
            text
        };
        for found in &batch.found {
            let Found::Row {
                extent,
                key,
                watched,
            } = *found
            else {
                self.builder.gap();
                continue;
            };
            let key = match key.map(&mut next) {
                None => Key::Alone,
                Some("") => Key::Continues,
                Some(text) => Key::Text(text),
            };
            let before = self.builder.groups();
            let is_orphan = self.builder.add(&key, extent)?;
            let text = watched.map(&mut next);
            if let Some(text) = text.filter(|_| self.builder.groups() > before) {
                self.builder.watch(text);
            }
            if is_orphan {
                let finding = Finding::new(&rules::ORPHAN_ROW, Target::Whole, "");
                let place = Place::line(extent.line, extent.start);
                self.orphans.add(finding.at(place));
            }
        }
        Ok(())
    }
}

impl Source {
    /// Goes over the rows of a table and groups them; of a large one somebody else groups what was found while
    /// the next rows are looked for.
    pub(super) fn group_rows(
        &self,
        window: &mut Window<'_>,
        table: &Table,
        columns: Columns,
        report: &mut Report,
    ) -> Result<Builder, SourceError> {
        let file = &self.inner.file;
        let too_many = |_: TooMany| SourceError::TooMany { path: file.shown() };
        let mut grouper = Grouper {
            builder: Builder::new(columns.key.is_some(), true, file.stamp()),
            orphans: Report::default(),
        };
        let first_line = self.inner.detected.line;
        let mut find = |report: &mut Report, hand_on: &mut HandOn<'_>| {
            let mut batch = Batch::default();
            let mut previous = None;
            delimited::walk(
                window,
                first_line,
                table,
                columns.wanted(),
                report,
                &mut |met| {
                    match met {
                        Met::Row(row) => batch.push(&row, columns, &mut previous),
                        Met::Gap => {
                            previous = None;
                            batch.found.push(Found::Gap);
                        }
                    }
                    if batch.found.len() < ROWS {
                        return Ok(ControlFlow::Continue(()));
                    }
                    Ok(match hand_on(std::mem::take(&mut batch)) {
                        Some(empty) => {
                            batch = empty;
                            ControlFlow::Continue(())
                        }
                        None => ControlFlow::Break(()),
                    })
                },
            )?;
            // Whoever listens no more has said why.
            hand_on(batch);
            Ok(())
        };
        if file.len() <= SMALL {
            let mut failed = None;
            find(report, &mut |batch| match grouper.take(&batch) {
                Ok(()) => Some(batch.cleared()),
                Err(error) => {
                    failed = Some(error);
                    None
                }
            })?;
            failed.map_or(Ok(()), Err).map_err(too_many)?;
        } else {
            grouper = thread::scope(|scope| {
                let (sender, receiver) = sync_channel::<Batch>(WAITING);
                // Batches that were taken come back to be filled again.
                let (giver, empty) = channel::<Batch>();
                let grouping = scope.spawn(move || {
                    for batch in receiver {
                        grouper.take(&batch)?;
                        // The other end asks for no more once it is done.
                        let _ = giver.send(batch.cleared());
                    }
                    Ok(grouper)
                });
                let found = find(report, &mut |batch| {
                    sender.send(batch).ok()?;
                    Some(empty.try_recv().unwrap_or_default())
                });
                drop(sender);
                let grouped = match grouping.join() {
                    Ok(grouped) => grouped.map_err(too_many),
                    Err(panic) => std::panic::resume_unwind(panic),
                };
                found.and(grouped)
            })?;
        }
        report.merge(grouper.orphans);
        Ok(grouper.builder)
    }
}

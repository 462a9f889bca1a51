//! Rows that were found, on their way into groups: whoever finds rows in the file hands them on in batches, so that
//! somebody else can look up their keys meanwhile.

use std::ops::ControlFlow;
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::finding::{Finding, Place, Target};

use super::ahead::SMALL;
use super::batch::{Batch, KeyColumns, KeyedRow};
use super::delimited::{self, Met, Table};
use super::index::{Builder, Key, TooMany};
use super::report::Report;
use super::rules;
use super::window::Window;
use super::{Source, SourceError};

/// Rows of one batch.
const ROWS: usize = 1 << 11;
/// How many batches wait at most.
const WAITING: usize = 4;

/// Hands a batch on; whether anybody listens.
type HandOn<'h> = dyn FnMut(Batch) -> bool + 'h;

/// Puts batches of rows into groups.
struct Grouper {
    builder: Builder,
    orphans: Report,
}

impl Grouper {
    fn take(&mut self, batch: &Batch) -> Result<(), TooMany> {
        for row in batch.rows() {
            let Some(KeyedRow {
                extent,
                key,
                watched,
            }) = row
            else {
                self.builder.gap();
                continue;
            };
            let key = match key {
                None => Key::Alone,
                Some("") => Key::Continues,
                Some(text) => Key::Text(text),
            };
            let before = self.builder.groups();
            let is_orphan = self.builder.add(&key, extent)?;
            if let Some(text) = watched.filter(|_| self.builder.groups() > before) {
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
        columns: KeyColumns,
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
            let wanted = columns.wanted();
            delimited::walk(window, first_line, table, wanted, report, &mut |met| {
                let mut scouted = None;
                match met {
                    Met::Row(row) => batch.push(&row, columns, &mut previous),
                    Met::Rows(rows) => {
                        previous = None;
                        scouted = Some(rows);
                    }
                    Met::Gap => {
                        previous = None;
                        batch.gap();
                    }
                }
                let is_due = batch.len() >= ROWS || scouted.is_some() && batch.len() > 0;
                let due = is_due.then(|| std::mem::take(&mut batch));
                let mut due = due.into_iter().chain(scouted);
                Ok(if due.all(&mut *hand_on) {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                })
            })?;
            // Whoever listens no more has said why.
            hand_on(batch);
            Ok(())
        };
        if file.len() <= SMALL {
            let mut failed = None;
            find(report, &mut |batch| {
                failed = failed.take().or_else(|| grouper.take(&batch).err());
                failed.is_none()
            })?;
            failed.map_or(Ok(()), Err).map_err(too_many)?;
        } else {
            grouper = thread::scope(|scope| {
                let (sender, receiver) = sync_channel::<Batch>(WAITING);
                let grouping = scope.spawn(move || {
                    let mut batches = receiver.iter();
                    batches.try_for_each(|batch| grouper.take(&batch))?;
                    Ok(grouper)
                });
                let found = find(report, &mut |batch| sender.send(batch).is_ok());
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

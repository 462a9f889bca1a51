//! Going over a source: its first records, its index, whether it is what it was.

use std::iter;
use std::ops::ControlFlow;
use std::thread;

use serde_json::Map;

use super::ahead::{SMALL, ahead as read_ahead};
use super::batch::KeyColumns;
use super::delimited::{self, Met, Table};
use super::index::{Builder, Extent, Key, TooMany};
use super::json;
use super::record::{Header, Record};
use super::report::Report;
use super::scout::scout;
use super::window::{BLOCK, Progress, Window};
use super::{GroupBy, Index, Source, SourceError, error};

impl Source {
    /// The first records that can be read, without any index.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn head(&self, count: usize) -> Result<Vec<Record>, SourceError> {
        let mut records = Vec::new();
        if count == 0 {
            return Ok(records);
        }
        let mut tick = |_| ControlFlow::Continue(());
        let start = self.inner.detected.start;
        let mut window = Window::new(&self.inner.file, start, self.inner.file.len(), &mut tick);
        let mut report = Report::default();
        let enough = |records: &Vec<Record>| {
            if records.len() < count {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        };
        if let Some(table) = &self.inner.table {
            let line = self.inner.detected.line;
            let all = table.header().names().len();
            delimited::walk(&mut window, line, table, all, &mut report, &mut |met| {
                if let Met::Row(row) = met {
                    records.extend(row.cells.record(table.header(), row.line, row.start));
                }
                Ok(enough(&records))
            })?;
        } else {
            let mut unused = Report::default();
            self.walk_json(
                &mut window,
                None,
                &mut report,
                &mut Map::new(),
                &mut |raw| {
                    records.extend(json::decode(raw.bytes, raw.start, raw.line, &mut unused));
                    Ok(enough(&records))
                },
            )?;
        }
        self.locate(&mut records);
        Ok(records)
    }

    /// The first bytes of the text, as UTF-8 where it is text, and whether they are all of it.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn beginning(&self, most: u64) -> Result<(Vec<u8>, bool), SourceError> {
        let length = self.inner.file.len().min(most);
        let mut head = vec![0; length as usize];
        self.inner.file.read_at(&mut head, 0)?;
        Ok((head, length == self.inner.file.len()))
    }

    /// One pass over the whole file. Records of one group may lie apart. `progress` is called a
    /// few times a megabyte; breaking stops with [`SourceError::Stopped`].
    ///
    /// # Errors
    /// When the file can't be read, was changed, can't be grouped so, or holds not one usable
    /// record although something stands in it.
    pub fn index(
        &self,
        group: &GroupBy,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Index, SourceError> {
        self.index_watching(group, None, progress)
    }

    /// The same, and [`Index::uniform`] tells what stands in the watched column of a table, if that is the same
    /// in every group.
    ///
    /// # Errors
    /// As [`Source::index`].
    pub fn index_watching(
        &self,
        group: &GroupBy,
        watched: Option<&str>,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Index, SourceError> {
        let file = &self.inner.file;
        let start = self.inner.detected.start;
        file.check_path()?;
        let mut index = if file.len() <= SMALL {
            let window = Window::hashing(file, start, progress)?;
            self.index_of(group, watched, window)?
        } else {
            let columns = self.key_columns(group, watched)?;
            let stations = columns.map_or(0, |_| {
                // Only rows can be found without what stands before them.
                thread::available_parallelism().map_or(1, usize::from)
            });
            thread::scope(|scope| {
                let (reader, stations, ahead) = read_ahead(file, stations);
                scope.spawn(move || reader.read(start, BLOCK));
                for (station, (table, columns)) in
                    stations.into_iter().zip(iter::repeat(columns).flatten())
                {
                    scope.spawn(move || station.scout(scout(table, columns)));
                }
                let window = Window::ahead(file, start, progress, ahead);
                self.index_of(group, watched, window)
            })?
        };
        if file.is_replaced() {
            index.fingerprint = file.fingerprint(progress)?;
            file.check_path()?;
        }
        Ok(index)
    }

    pub(super) fn index_of(
        &self,
        group: &GroupBy,
        watched: Option<&str>,
        mut window: Window<'_>,
    ) -> Result<Index, SourceError> {
        let file = &self.inner.file;
        let mut report = Report::default();
        report.merge(self.inner.findings.clone());
        let mut envelope = Map::new();
        let too_many = |_: TooMany| SourceError::TooMany { path: file.shown() };
        let builder = if let Some((table, columns)) = self.key_columns(group, watched)? {
            self.group_rows(&mut window, table, columns, &mut report)?
        } else {
            let pointer = self.key_pointer(group)?;
            let mut builder = Builder::new(pointer.is_some(), false, file.stamp());
            self.walk_json(
                &mut window,
                pointer,
                &mut report,
                &mut envelope,
                &mut |raw| {
                    let key = match raw.key {
                        "" => Key::Alone,
                        key => Key::Text(key),
                    };
                    let extent = Extent {
                        start: raw.start,
                        end: raw.end,
                        line: raw.line,
                    };
                    builder.add(&key, extent).map_err(too_many)?;
                    Ok(ControlFlow::Continue(()))
                },
            )?;
            builder
        };
        let fingerprint = window.finish()?;
        file.check_path()?;
        self.inner.opened.locator.locate_all(report.kept_mut());
        let mut index = builder.finish(self.inner.opened.locator.clone());
        if index.groups() == 0
            && let Some(finding) = report.first_error()
        {
            return Err(SourceError::NothingUsable {
                path: file.shown(),
                finding: Box::new(finding.clone()),
            });
        }
        index.fingerprint = fingerprint;
        index.report = report;
        index.envelope = envelope;
        Ok(index)
    }

    /// Is the file still what it was? Asks for length, time of change and identity only.
    ///
    /// # Errors
    /// [`SourceError::Changed`] says what happened to it.
    pub fn check_unchanged(&self, index: &Index) -> Result<(), SourceError> {
        self.check_index(index)?;
        self.inner.file.check_path()
    }

    /// An index of an earlier state of the file leads to the wrong bytes.
    pub(super) fn check_index(&self, index: &Index) -> Result<(), SourceError> {
        if index.is_of(self.inner.file.stamp()) {
            Ok(())
        } else {
            Err(self.inner.file.changed("was changed"))
        }
    }

    /// Places in the text become places in the file.
    pub(super) fn locate(&self, records: &mut [Record]) {
        for record in records {
            self.inner.opened.locator.locate(&mut record.place);
        }
    }

    pub(super) fn walk_json(
        &self,
        window: &mut Window<'_>,
        pointer: Option<&str>,
        report: &mut Report,
        envelope: &mut Map<String, serde_json::Value>,
        take: &mut json::Take<'_>,
    ) -> Result<(), SourceError> {
        match self.inner.detected.shape() {
            Some(shape) => json::walk(window, shape, pointer, report, envelope, take),
            None => json::walk_lines(window, pointer, report, take),
        }
    }

    /// The table, and the columns by which its rows are grouped; `None` if it is no table.
    fn key_columns(
        &self,
        group: &GroupBy,
        watched: Option<&str>,
    ) -> Result<Option<(&Table, KeyColumns)>, SourceError> {
        let Some(table) = &self.inner.table else {
            return Ok(None);
        };
        let columns = KeyColumns {
            key: self.key_column(group, table.header())?,
            watched: watched.and_then(|name| table.header().position(name)),
        };
        Ok(Some((table, columns)))
    }

    pub(super) fn key_column(
        &self,
        group: &GroupBy,
        header: &Header,
    ) -> Result<Option<usize>, SourceError> {
        match group {
            GroupBy::EachRecord => Ok(None),
            GroupBy::Column(column) => match header.position(column) {
                Some(position) => Ok(Some(position)),
                None => Err(SourceError::NoColumn {
                    path: self.inner.file.shown(),
                    column: column.clone(),
                    columns: some_of(header.names()),
                }),
            },
            GroupBy::Pointer(_) => Err(self.grouping("JSON pointer")),
        }
    }

    pub(super) fn key_pointer<'g>(
        &self,
        group: &'g GroupBy,
    ) -> Result<Option<&'g str>, SourceError> {
        match group {
            GroupBy::EachRecord => Ok(None),
            GroupBy::Pointer(pointer) => Ok(Some(pointer)),
            GroupBy::Column(_) => Err(self.grouping("column")),
        }
    }

    fn grouping(&self, by: &'static str) -> SourceError {
        SourceError::Grouping {
            path: self.inner.file.shown(),
            format: self.format().name(),
            by,
        }
    }
}

/// The first names of many, harmless to a terminal.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| error::visible(name))
        .collect();
    let shown = shown.join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

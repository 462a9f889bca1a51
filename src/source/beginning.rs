//! An index of a file's beginning alone: what can be shown while the whole file is still gone over.

use std::ops::ControlFlow;

use serde_json::Map;

use super::delimited::{self, Met};
use super::index::{Builder, Extent, Key, TooMany};
use super::open::HEAD;
use super::report::Report;
use super::window::Window;
use super::{GroupBy, Index, Source, SourceError};

impl Source {
    /// The groups that stand in the first megabyte, numbered as [`Source::index`] numbers them. The last one is left
    /// out: more of it may stand behind. Nothing is said of what is wrong, and there is no fingerprint. `None` where
    /// nothing stands behind that megabyte, and for workbooks, whose cells lie elsewhere than their rows.
    ///
    /// # Errors
    /// When the file can't be read, was changed, or can't be grouped so.
    pub fn index_beginning(&self, group: &GroupBy) -> Result<Option<Index>, SourceError> {
        let (file, detected) = (&self.inner.file, &self.inner.detected);
        // What was unpacked or converted by a look ends where the look did.
        let goes_on = file.len() > HEAD || file.original_len() > HEAD;
        if !goes_on || self.workbook().is_some() {
            return Ok(None);
        }
        let mut tick = |_| ControlFlow::Continue(());
        let mut window = Window::new(file, detected.start, HEAD, &mut tick).cut();
        let mut report = Report::default();
        let held = if let Some(table) = &self.inner.table {
            let column = self.key_column(group, table.header())?;
            let mut held = Held::new(Builder::new(column.is_some(), true, file.stamp()));
            let wanted = column.map_or(0, |column| column + 1);
            let line = detected.line;
            delimited::walk(&mut window, line, table, wanted, &mut report, &mut |met| {
                match met {
                    Met::Row(row) => {
                        let cell = column.map(|column| row.cells.cell(column).unwrap_or_default());
                        let text = cell.as_deref().map(String::from_utf8_lossy);
                        let extent = Extent {
                            start: row.start,
                            end: row.end,
                            line: row.line,
                        };
                        held.add(text.as_deref().map(str::trim), extent)
                    }
                    Met::Rows(rows) => rows.rows().try_for_each(|row| match row {
                        Some(row) => held.add(row.key, row.extent),
                        None => held.gap(),
                    }),
                    Met::Gap => held.gap(),
                }
                .map_err(|_| self.too_many())?;
                Ok(ControlFlow::Continue(()))
            })?;
            held
        } else {
            let pointer = self.key_pointer(group)?;
            let mut held = Held::new(Builder::new(pointer.is_some(), false, file.stamp()));
            let mut unused = Map::new();
            self.walk_json(&mut window, pointer, &mut report, &mut unused, &mut |raw| {
                let extent = Extent {
                    start: raw.start,
                    end: raw.end,
                    line: raw.line,
                };
                // A record without a key is a group of its own, and doesn't continue the one above.
                let key = Some(raw.key).filter(|key| !key.is_empty());
                held.add(key, extent).map_err(|_| self.too_many())?;
                Ok(ControlFlow::Continue(()))
            })?;
            held
        };
        file.check_path()?;
        Ok(Some(held.builder.finish(self.inner.opened.locator.clone())))
    }

    fn too_many(&self) -> SourceError {
        SourceError::TooMany {
            path: self.inner.file.shown(),
        }
    }
}

/// The records of one group, until another one begins.
struct Held {
    builder: Builder,
    key: Option<String>,
    extents: Vec<Extent>,
}

impl Held {
    fn new(builder: Builder) -> Self {
        Self {
            builder,
            key: None,
            extents: Vec::new(),
        }
    }

    /// A record with the text that it is grouped by: none makes it a group of its own, a blank one continues the
    /// record above.
    fn add(&mut self, key: Option<&str>, extent: Extent) -> Result<(), TooMany> {
        let continues = key.is_some_and(|key| {
            let is_same = self.key.as_deref() == Some(key);
            is_same || (key.is_empty() && !self.extents.is_empty())
        });
        if !continues {
            self.hand_over()?;
            self.key = key.map(str::to_owned);
        }
        self.extents.push(extent);
        Ok(())
    }

    /// Something was left out here: what comes next doesn't continue the group above.
    fn gap(&mut self) -> Result<(), TooMany> {
        self.hand_over()?;
        self.builder.gap();
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), TooMany> {
        let key = self.key.take();
        for extent in self.extents.drain(..) {
            let key = match key.as_deref() {
                None => Key::Alone,
                Some("") => Key::Continues,
                Some(key) => Key::Text(key),
            };
            self.builder.add(&key, extent)?;
        }
        Ok(())
    }
}

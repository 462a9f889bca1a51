//! What became of a run's orders, as a file: one line a row of the source, so that it can be corrected and
//! loaded again. Outcomes belong to orders by their key, never by position.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::report::{OrderReport, add, outcome_json};
use super::sending::decided_mapping;
use super::sheet::Sheet;
use super::whole::{check_place, make_whole, write_whole};
use super::{Workspace, WorkspaceError, resumable_source};
use crate::deck::Deck;
use crate::ledger::{Ledger, Run, RunName};
use crate::order::outcome::Outcome;
use crate::profile::private::PrivateError;
use crate::source::{Record, RecordContent, SourceError};

/// The columns that are ours.
const OURS: [&str; 7] = [
    "order",
    "outcome",
    "reason",
    "rule",
    "vendor_id",
    "exchange",
    "run",
];

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated text, guarded against spreadsheet formulas (T-08).
    Csv,
    /// One JSON array, values as they are.
    Json,
    /// One JSON object a line, values as they are.
    NdJson,
    /// A workbook with one sheet, every cell of it text.
    Xlsx,
}

impl ExportFormat {
    /// Whether it has rows and columns.
    fn is_table(self) -> bool {
        matches!(self, Self::Csv | Self::Xlsx)
    }

    /// The format that a file name's ending means.
    ///
    /// # Errors
    /// [`ExportError::Ending`] names those that there are.
    pub fn of(path: &Path) -> Result<Self, ExportError> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            Some("ndjson") => Ok(Self::NdJson),
            Some("xlsx") => Ok(Self::Xlsx),
            _ => Err(ExportError::Ending(path.to_owned())),
        }
    }
}

/// Why nothing could be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file's name says no format.
    #[error("{}: an export ends in .csv, .json, .ndjson or .xlsx", .0.display())]
    Ending(PathBuf),
    /// Something is there already.
    #[error("{} is there already; --force replaces it", .0.display())]
    Exists(PathBuf),
    /// The folder it should be in isn't there.
    #[error("there is no folder {}; make it, or write elsewhere", .0.display())]
    NoFolder(PathBuf),
    /// The file can't be written.
    #[error("can't write {}: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A workbook can't hold it.
    #[error("a workbook can't hold {0}: write a .csv or .ndjson instead")]
    TooLarge(String),
    /// The file's place isn't private, or can't be used.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// The source changed while it was read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The ledger can't be read.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

/// Whether the source's own columns are in the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceColumns {
    /// They are; so many orders weren't found in the file and have the ledger's columns only.
    Given {
        /// How many.
        missing: u64,
    },
    /// They aren't; why.
    Left(String),
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// How many orders.
    pub orders: u64,
    /// How many rows, or JSON objects.
    pub rows: u64,
    /// Whether the source's own columns are there.
    pub source: SourceColumns,
}

impl Workspace {
    /// Writes what became of a run's orders, those of `outcomes` only unless it is empty. The file is for
    /// nobody else to read, and is there whole or not at all; one that is there is replaced only with `force`.
    pub fn export(
        &self,
        name: RunName,
        outcomes: &[Outcome],
        to: &Path,
        force: bool,
    ) -> Result<Exported, ExportError> {
        let format = ExportFormat::of(to)?;
        check_place(to, force)?;
        let run = self
            .looked_into(name.book)?
            .run(name.id)
            .map_err(WorkspaceError::from)?;
        let orders = self.order_reports(name, outcomes)?;
        let opened = self.source_of(&run);
        let deck = match &opened {
            Ok(deck) if format.is_table() && deck.source().header().is_none() => Err(
                "its records are JSON objects, which have no columns; .json and .ndjson hold them",
            ),
            Ok(deck) => Ok(deck),
            Err(why) => Err(why.as_str()),
        };
        let mut exporter = Exporter {
            run: name,
            deck: deck.ok(),
            exported: Exported {
                orders: 0,
                rows: 0,
                source: match deck {
                    Ok(_) => SourceColumns::Given { missing: 0 },
                    Err(why) => SourceColumns::Left(why.to_owned()),
                },
            },
        };
        match format {
            ExportFormat::Csv => write_whole(to, force, |file| exporter.csv(&orders, to, file)),
            ExportFormat::Json | ExportFormat::NdJson => write_whole(to, force, |file| {
                exporter.json(&orders, format == ExportFormat::Json, to, file)
            }),
            ExportFormat::Xlsx => make_whole(to, force, |file, _| {
                let mut sheet = Sheet::new(to)?;
                exporter.table(&orders, &mut |cells| sheet.row(cells))?;
                sheet.write(file)
            }),
        }?;
        Ok(exporter.exported)
    }

    /// The file that a run was decided on, if it is still the same.
    fn source_of(&self, run: &Run) -> Result<Deck, String> {
        let frozen = &run.decided.frozen;
        let path = resumable_source(run).ok_or("the run wasn't decided on a file that is kept")?;
        if frozen.mapping.is_empty() {
            return Err("the run's orders were named by id, without a file".to_owned());
        }
        let mapping = decided_mapping(run);
        self.read_as_decided(run);
        let deck = self
            .open_deck(&path, Some(&mapping), &mut |_| {
                std::ops::ControlFlow::Continue(())
            })
            .map_err(|error| error.to_string())?;
        if deck.index().fingerprint() != frozen.source_fingerprint {
            return Err(format!("{} has changed since the run", path.display()));
        }
        let choices: Value = serde_json::from_str(&frozen.choices).unwrap_or_default();
        Ok(if choices["no_edits"] == true {
            deck.without_edits()
        } else {
            deck
        })
    }
}

struct Exporter<'a> {
    run: RunName,
    deck: Option<&'a Deck>,
    exported: Exported,
}

impl Exporter<'_> {
    fn csv(
        &mut self,
        orders: &[OrderReport],
        to: &Path,
        file: &mut dyn Write,
    ) -> Result<(), ExportError> {
        let failed = |error: csv::Error| ExportError::Write {
            path: to.to_owned(),
            error: error.into(),
        };
        let mut table = csv::WriterBuilder::new().flexible(false).from_writer(file);
        self.table(orders, &mut |cells| {
            table.write_record(cells.map(guarded)).map_err(failed)
        })?;
        table.flush().map_err(|error| failed(error.into()))
    }

    /// Gives the header and every row to `put`, as many cells each.
    fn table(
        &mut self,
        orders: &[OrderReport],
        put: &mut dyn FnMut(&mut dyn Iterator<Item = &str>) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let header = self.deck.and_then(|deck| deck.source().header());
        let mut columns: &[String] = header.map_or(&[], |header| header.names());
        // An export that was corrected and sent has our columns of the last time at its end.
        if columns.ends_with(&OURS.map(str::to_owned)) {
            columns = &columns[..columns.len() - OURS.len()];
        }
        let width = columns.len();
        let ours = OURS.map(|name| {
            if columns.iter().any(|column| column == name) {
                format!("orderdeck_{name}")
            } else {
                name.to_owned()
            }
        });
        put(&mut columns.iter().chain(&ours).map(String::as_str))?;
        let places = self.places(orders);
        for (order, place) in orders.iter().zip(places) {
            let last = self.last_cells(order);
            let last = || last.iter().map(String::as_str);
            let records = self.records(place)?;
            let mut written = 0;
            for row in records.iter().filter_map(Record::row) {
                let cells = (0..width).map(|column| row.get(column).unwrap_or_default());
                put(&mut cells.chain(last()))?;
                written += 1;
            }
            if written == 0 {
                put(&mut std::iter::repeat_n("", width).chain(last()))?;
                written = 1;
            }
            self.exported.orders += 1;
            self.exported.rows += written;
        }
        Ok(())
    }

    fn json(
        &mut self,
        orders: &[OrderReport],
        array: bool,
        to: &Path,
        file: &mut dyn Write,
    ) -> Result<(), ExportError> {
        let failed = |error: io::Error| ExportError::Write {
            path: to.to_owned(),
            error,
        };
        let places = self.places(orders);
        for (order, place) in orders.iter().zip(places) {
            let mut object = json!({ "order": order.entry.key });
            add(&mut object, outcome_json(&order.update));
            add(&mut object, json!({ "run": self.run.to_string() }));
            if self.deck.is_some() {
                let records = self.records(place)?;
                let records = records.into_iter().map(record_json).collect::<Vec<_>>();
                add(&mut object, json!({ "source": records }));
            }
            let before = match (array, self.exported.orders) {
                (false, _) => "",
                (true, 0) => "[\n",
                (true, _) => ",\n",
            };
            write!(file, "{before}{object}").map_err(failed)?;
            if !array {
                writeln!(file).map_err(failed)?;
            }
            self.exported.orders += 1;
            self.exported.rows += 1;
        }
        let end = match (array, orders.is_empty()) {
            (false, _) => "",
            (true, true) => "[]\n",
            (true, false) => "\n]\n",
        };
        file.write_all(end.as_bytes()).map_err(failed)
    }

    /// The place of each order in the file.
    fn places(&mut self, orders: &[OrderReport]) -> Vec<Option<usize>> {
        let Some(deck) = self.deck else {
            return vec![None; orders.len()];
        };
        let keys: Vec<&str> = orders
            .iter()
            .map(|order| order.entry.key.as_str())
            .collect();
        let places = deck.find_all(&keys);
        self.exported.source = SourceColumns::Given {
            missing: places.iter().filter(|place| place.is_none()).count() as u64,
        };
        places
    }

    fn records(&self, place: Option<usize>) -> Result<Vec<Record>, SourceError> {
        match (self.deck, place) {
            (Some(deck), Some(place)) => Ok(deck.source().read_group(deck.index(), place)?.records),
            _ => Ok(Vec::new()),
        }
    }

    fn last_cells(&self, order: &OrderReport) -> [String; 7] {
        let update = &order.update;
        [
            order.entry.key.clone(),
            update.outcome.name().to_owned(),
            update.reason.clone().unwrap_or_default(),
            update.rule.clone().unwrap_or_default(),
            update.vendor_id.clone().unwrap_or_default(),
            update
                .exchange
                .map_or_else(String::new, |id| id.0.to_string()),
            self.run.to_string(),
        ]
    }
}

fn record_json(record: Record) -> Value {
    match record.content {
        RecordContent::Json(value) => value,
        RecordContent::Row(row) => {
            let names = row.header().names().iter().cloned();
            Value::Object(names.zip(row.cells().map(Value::from)).collect())
        }
    }
}

/// A cell that no spreadsheet takes for a formula.
fn guarded(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_nothing_else_is() {
        for cell in ["=1+1", "+49 30", "-5.00", "@SUM", "\tx", "\rx"] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["", "#1001", "'=1", "5.00", "a=b", " =1"] {
            assert_eq!(guarded(cell), cell);
        }
    }

    #[test]
    fn endings_say_the_format() {
        let of = |name: &str| ExportFormat::of(Path::new(name));
        assert_eq!(of("a.csv").unwrap(), ExportFormat::Csv);
        assert_eq!(of("a.JSON").unwrap(), ExportFormat::Json);
        assert_eq!(of("a.b.ndjson").unwrap(), ExportFormat::NdJson);
        assert_eq!(of("a.xlsx").unwrap(), ExportFormat::Xlsx);
        for name in ["a.xls", "a", "csv", "a.csv.gz"] {
            let words = of(name).unwrap_err().to_string();
            assert!(words.contains(".ndjson"), "{words}");
        }
    }
}

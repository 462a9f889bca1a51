//! Filters that are kept: those saved under a name, and the last ones used; and which orders of a file pass one.

use std::ops::ControlFlow;
use std::path::PathBuf;

use toml_edit::{Array, DocumentMut, Item, Table};

use super::{Workspace, WorkspaceError};
use crate::deck::filter::{Filter, FilterError, Known, is_name};
use crate::deck::list::{Passing, Places};
use crate::deck::sweep::{Pace, Reads};
use crate::deck::{Deck, DeckOrder, Target};
use crate::finding::Finding;
use crate::ledger::Ledger;
use crate::order::outcome::{Operation, Outcome};
use crate::profile::private::{PrivateError, replace_private_file};
use crate::vendor::Encoded;

/// The file's name in the config directory.
const FILE: &str = "filters.toml";
/// How many of the last ones are kept.
const RECENT: usize = 20;

/// Why filters can't be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum FiltersError {
    /// The file can't be read.
    #[error("can't read {}: {why}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// It can't be written.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// Nothing can be saved under that name.
    #[error("`{0}` is no name for a filter: letters, digits, - and _, at most 40")]
    Name(String),
    /// What is to be saved can't be read.
    #[error(transparent)]
    Filter(#[from] FilterError),
}

/// The filters that are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptFilters {
    /// Name and text, in the file's order.
    pub saved: Vec<(String, String)>,
    /// The last ones used, newest first.
    pub recent: Vec<String>,
}

/// How far it is known which orders pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Passed {
    /// Orders looked at.
    pub done: usize,
    /// Of these the ones that pass.
    pub passing: usize,
}

impl Workspace {
    fn filters_file(&self) -> PathBuf {
        self.directories().config().join(FILE)
    }

    fn filters_document(&self) -> Result<DocumentMut, FiltersError> {
        let path = self.filters_file();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                let why = error.to_string();
                return Err(FiltersError::Unreadable { path, why });
            }
        };
        text.parse()
            .map_err(|error: toml_edit::TomlError| FiltersError::Unreadable {
                path,
                why: error.message().to_owned(),
            })
    }

    /// The filters that are kept in `filters.toml`.
    pub fn filters(&self) -> Result<KeptFilters, FiltersError> {
        let document = self.filters_document()?;
        let texts = |item: Option<&Item>| -> Vec<String> {
            let list = item.and_then(Item::as_array).into_iter().flatten();
            list.filter_map(|text| text.as_str().map(str::to_owned))
                .collect()
        };
        let saved = document.get("saved").and_then(Item::as_table_like);
        let saved = saved.map_or_else(Vec::new, |saved| {
            let text =
                |(name, item): (&str, &Item)| Some((name.to_owned(), item.as_str()?.to_owned()));
            saved.iter().filter_map(text).collect()
        });
        Ok(KeptFilters {
            saved,
            recent: texts(document.get("recent")),
        })
    }

    /// Saves a filter under a name, in place of the one that has it.
    pub fn save_filter(&self, name: &str, text: &str) -> Result<(), FiltersError> {
        if !is_name(name) {
            return Err(FiltersError::Name(name.to_owned()));
        }
        Filter::parse(text)?;
        self.change_filters(|document| {
            let saved = document
                .entry("saved")
                .or_insert_with(|| Item::Table(Table::new()));
            if let Some(saved) = saved.as_table_like_mut() {
                saved.insert(name, toml_edit::value(text));
            }
        })
    }

    /// Forgets a saved filter.
    pub fn remove_filter(&self, name: &str) -> Result<(), FiltersError> {
        self.change_filters(|document| {
            if let Some(saved) = document.get_mut("saved").and_then(Item::as_table_like_mut) {
                saved.remove(name);
            }
        })
    }

    /// Remembers a filter among the last ones used.
    pub fn remember_filter(&self, text: &str) -> Result<(), FiltersError> {
        let mut recent = self.filters()?.recent;
        recent.retain(|known| known != text);
        recent.insert(0, text.to_owned());
        recent.truncate(RECENT);
        self.change_filters(|document| {
            let list: Array = recent.iter().map(String::as_str).collect();
            document["recent"] = toml_edit::value(list);
        })
    }

    /// Changes the file, and leaves everything else in it as it is.
    fn change_filters(&self, change: impl FnOnce(&mut DocumentMut)) -> Result<(), FiltersError> {
        let mut document = self.filters_document()?;
        change(&mut document);
        self.directories().ensure_config()?;
        replace_private_file(&self.filters_file(), document.to_string().as_bytes())?;
        Ok(())
    }

    /// Reads the filter of a command line, where `@name` stands for a saved one and nothing is marked.
    pub fn read_filter(&self, text: &str) -> Result<Filter, FiltersError> {
        // Whoever names none needs no file.
        let filter = if text.contains('@') {
            Filter::parse_with(text, &self.filters()?.saved)?
        } else {
            Filter::parse(text)?
        };
        if filter.needs_marks() {
            return Err(FiltersError::Filter(FilterError {
                term: "is:marked".to_owned(),
                reason: "orders are marked in the console only".to_owned(),
                text: text.to_owned(),
                span: 0..text.len(),
            }));
        }
        Ok(filter)
    }

    /// The places of the orders that pass, for findings and outcomes at a target. `progress` may stop it; then there
    /// are none. Orders that can't be read don't pass.
    pub fn passing(
        &self,
        deck: &Deck,
        filter: &Filter,
        target: Option<&Target>,
        marked: &Places,
        progress: &mut dyn FnMut(Passed) -> ControlFlow<()>,
    ) -> Result<Option<Passing>, WorkspaceError> {
        let with_outcomes = target.filter(|_| filter.needs_outcomes());
        let ledger = match with_outcomes {
            Some(target) => self.existing_ledger(Self::book(&target.account))?,
            None => None,
        };
        let asks_ledger = ledger.is_some();
        let asked = Asked {
            deck,
            filter,
            target,
            marked,
        };
        let fields = filter.fields();
        let sought = filter.sought(deck.mapping());
        let pace = Pace {
            reads: fields.as_deref().map_or(Reads::All, Reads::Only),
            sought: sought.as_ref(),
            ..Pace::default()
        };
        let mut passing = Vec::new();
        let swept = deck.sweep(
            pace,
            0..deck.len(),
            Part::default,
            |part, _, order| {
                // What can't be read doesn't pass.
                if let Ok(order) = order {
                    asked.look_at(part, order, asks_ledger);
                }
                Ok(())
            },
            |places, part: Part| {
                let told = Passed {
                    done: places.start,
                    passing: passing.len(),
                };
                if progress(told).is_break() {
                    return Err(None);
                }
                passing.extend(part.passing);
                if let (Some(ledger), Some(target)) = (&ledger, with_outcomes) {
                    let keys = part.undecided.iter();
                    let keys: Vec<&str> = keys.map(|(order, _)| order.order.id.as_str()).collect();
                    let (account, vendor) = (&target.account.account, target.vendor.name());
                    let found = ledger.last_outcomes(account, vendor, &keys);
                    let outcomes = found.map_err(|error| Some(error.into()))?;
                    for ((order, findings), outcome) in part.undecided.iter().zip(outcomes) {
                        asked.decide(&mut passing, order, findings, outcome);
                    }
                }
                Ok(())
            },
        );
        match swept {
            Ok(()) => Ok(Some(passing.into())),
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
    }
}

/// What orders are held against.
struct Asked<'a> {
    deck: &'a Deck,
    filter: &'a Filter,
    target: Option<&'a Target>,
    marked: &'a Places,
}

/// Orders of a stretch of the file.
#[derive(Default)]
struct Part {
    passing: Vec<u32>,
    /// Those of which the ledger has to be asked, with what was found.
    undecided: Vec<(DeckOrder, Vec<Finding>)>,
    /// Room for one payload.
    encoded: Encoded,
}

impl Asked<'_> {
    fn look_at(&self, part: &mut Part, order: &mut DeckOrder, asks_ledger: bool) {
        let encoded = &mut part.encoded;
        encoded.findings.clear();
        if self.filter.needs_findings()
            && let Some(target) = self.target
            && self.deck.encode(order, target, encoded).is_err()
        {
            return;
        }
        if asks_ledger {
            let findings = std::mem::take(&mut encoded.findings);
            part.undecided.push((std::mem::take(order), findings));
        } else {
            self.decide(&mut part.passing, order, &part.encoded.findings, None);
        }
    }

    fn decide(
        &self,
        passing: &mut Vec<u32>,
        order: &DeckOrder,
        findings: &[Finding],
        outcome: Option<Outcome>,
    ) {
        let known = Known {
            findings,
            outcome,
            operation: self.target.map_or(Operation::Import, |target| {
                Deck::operation_of(order, target)
            }),
            marked: self.marked.contains(order.index),
        };
        if self.filter.matches(order, known) {
            passing.extend(u32::try_from(order.index));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Directories;

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let home = tempfile::tempdir().unwrap();
        let root = home.path();
        let workspace = Workspace::at(Directories::at(root.join("config"), root.join("data")));
        (home, workspace)
    }

    #[test]
    fn filters_are_kept_beside_what_else_is_in_the_file() {
        let (_home, workspace) = workspace();
        assert_eq!(workspace.filters().unwrap(), KeptFilters::default());
        workspace.save_filter("big", "total>100").unwrap();
        let path = workspace.filters_file();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("# mine\n{text}")).unwrap();
        for number in 0..25 {
            workspace.remember_filter(&format!("id:{number}")).unwrap();
        }
        workspace.remember_filter("id:7").unwrap();
        workspace.save_filter("paid", "status:paid").unwrap();
        let kept = workspace.filters().unwrap();
        assert_eq!(kept.saved[0], ("big".to_owned(), "total>100".to_owned()));
        assert_eq!(kept.recent.len(), RECENT);
        assert_eq!(kept.recent[..2], ["id:7", "id:24"]);
        workspace.remove_filter("big").unwrap();
        assert_eq!(workspace.filters().unwrap().saved.len(), 1);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("# mine"), "{text}");
    }

    #[test]
    fn what_could_not_be_used_is_not_saved() {
        let (_home, workspace) = workspace();
        let error = workspace.save_filter("two words", "ada").unwrap_err();
        assert!(matches!(error, FiltersError::Name(_)));
        let error = workspace.save_filter("bad", "colour:red").unwrap_err();
        assert!(matches!(error, FiltersError::Filter(_)));
        workspace.save_filter("big", "total>100").unwrap();
        let filter = workspace.read_filter("@big ada").unwrap();
        assert_eq!(filter, Filter::parse("total>100 ada").unwrap());
        assert!(workspace.read_filter("@none").is_err());
        assert!(workspace.read_filter("is:marked").is_err());
        std::fs::write(workspace.filters_file(), "saved = [").unwrap();
        let error = workspace.read_filter("@big").unwrap_err().to_string();
        assert!(error.contains(FILE), "{error}");
        assert!(workspace.save_filter("big", "ada").is_err());
    }
}

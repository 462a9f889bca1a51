//! The rows of the browser: recent files, then what stands in the folder; or what was searched for, best first.

use std::path::PathBuf;

use crate::console::folder::{Entry, Kind};
use crate::console::widget::fuzzy;
use crate::workspace::RecentFile;

/// How many recent files stand above the folder.
const RECENT: usize = 5;

/// What a row stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    /// A heading, which can't be chosen.
    Heading(String),
    /// A file that was opened before, by its number.
    Recent(usize, Vec<usize>),
    /// The folder above.
    Up,
    /// An entry of the folder, by its number, and which letters of its name were met.
    Entry(usize, Vec<usize>),
}

impl Row {
    pub(super) fn can_be_chosen(&self) -> bool {
        !matches!(self, Self::Heading(_))
    }
}

/// What there is to choose from.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) directory: PathBuf,
    pub(super) entries: Vec<Entry>,
    /// Entries that were too many to be listed.
    pub(super) more: usize,
    pub(super) recent: Vec<RecentFile>,
    pub(super) hidden: bool,
}

/// The name of a recent file.
pub(super) fn name_of(recent: &RecentFile) -> &str {
    let path = &recent.source.path;
    path.rsplit('/').next().unwrap_or(path)
}

impl Shelf {
    /// The rows for what was typed.
    pub(super) fn rows(&self, typed: &str) -> Vec<Row> {
        let typed = typed.trim();
        let place = format!("in {}", self.directory.display());
        let visible: Vec<usize> = (0..self.entries.len())
            .filter(|index| {
                self.hidden
                    || typed.starts_with('.')
                    || self
                        .entries
                        .get(*index)
                        .is_some_and(|entry| !entry.is_hidden())
            })
            .collect();
        if typed.is_empty() {
            return self.all(&place, visible);
        }
        let names: Vec<&str> = visible
            .iter()
            .filter_map(|index| Some(self.entries.get(*index)?.name.as_str()))
            .collect();
        let found = fuzzy::rank_paths(typed, &names);
        let recent: Vec<&str> = self.recent.iter().map(name_of).collect();
        let recent = fuzzy::rank_paths(typed, &recent);
        let best = |found: &[(usize, u32, Vec<usize>)]| found.first().map_or(0, |hit| hit.1);
        let here_first = best(&found) >= best(&recent);
        let mut here: Vec<Row> = found
            .into_iter()
            .filter_map(|(at, _, met)| Some(Row::Entry(*visible.get(at)?, met)))
            .collect();
        let mut before: Vec<Row> = recent
            .into_iter()
            .take(RECENT)
            .map(|(at, _, met)| Row::Recent(at, met))
            .collect();
        if !here.is_empty() {
            here.insert(0, Row::Heading(place));
        }
        if !before.is_empty() {
            before.insert(0, Row::Heading("recent".to_owned()));
        }
        if here_first {
            here.append(&mut before);
            here
        } else {
            before.append(&mut here);
            before
        }
    }

    fn all(&self, place: &str, visible: Vec<usize>) -> Vec<Row> {
        let mut rows = Vec::new();
        if !self.recent.is_empty() {
            rows.push(Row::Heading("recent".to_owned()));
            let recent = 0..self.recent.len().min(RECENT);
            rows.extend(recent.map(|at| Row::Recent(at, Vec::new())));
        }
        rows.push(Row::Heading(place.to_owned()));
        if self.directory.parent().is_some() {
            rows.push(Row::Up);
        }
        rows.extend(visible.into_iter().map(|at| Row::Entry(at, Vec::new())));
        rows
    }

    /// The file that a row leads to, if it does, and can be looked into.
    pub(super) fn file(&self, row: &Row) -> Option<PathBuf> {
        match row {
            Row::Recent(at, _) => {
                let recent = self.recent.get(*at).filter(|recent| !recent.is_gone)?;
                Some(PathBuf::from(&recent.source.path))
            }
            Row::Entry(at, _) => {
                let entry = self.entries.get(*at)?;
                (entry.kind == Kind::File).then(|| entry.path.clone())
            }
            Row::Heading(_) | Row::Up => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(names: &[&str]) -> Shelf {
        Shelf {
            directory: PathBuf::from("/exports"),
            entries: names
                .iter()
                .map(|name| Entry {
                    name: (*name).to_owned(),
                    path: PathBuf::from("/exports").join(name),
                    kind: Kind::File,
                    bytes: 1,
                    changed_at: None,
                })
                .collect(),
            ..Shelf::default()
        }
    }

    #[test]
    fn hidden_files_are_left_out_until_asked_for() {
        let mut shelf = shelf(&[".secret", "a.csv"]);
        assert_eq!(shelf.rows("").len(), 3, "heading, up, a.csv");
        assert_eq!(shelf.rows("sec"), []);
        assert_eq!(shelf.rows(".sec").len(), 2, "asked for by its dot");
        shelf.hidden = true;
        assert_eq!(shelf.rows("").len(), 4);
    }

    #[test]
    fn what_was_searched_for_stands_best_first_under_its_heading() {
        let shelf = shelf(&["old-march.csv", "march.csv", "april.csv"]);
        let rows = shelf.rows("march");
        assert!(matches!(rows[0], Row::Heading(_)));
        assert!(matches!(rows[1], Row::Entry(1, _)));
        assert!(matches!(rows[2], Row::Entry(0, _)));
        assert_eq!(rows.len(), 3);
    }
}

//! Opens the files that a mapping joins: those that were given, else those that lie beside the order file.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{DeckError, OpenOptions};
use crate::mapping::{JoinedFile, Mapping};
use crate::source::{Progress, Source, SourceOptions};

/// How many files a message names.
const NAMED: usize = 5;

/// Opens and indexes every file that the mapping joins.
pub(super) fn open(
    mapping: &Mapping,
    orders: &Source,
    given: &[(String, PathBuf)],
    options: &OpenOptions,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Vec<Arc<JoinedFile>>, DeckError> {
    // How the order file is to be read says nothing of the others.
    let options = SourceOptions {
        spool_dir: options.source.spool_dir.clone(),
        ..SourceOptions::default()
    };
    let mut joined = Vec::with_capacity(mapping.join.len());
    for (name, join) in &mapping.join {
        let by_name = given.iter().rev().find(|(given, _)| given == name);
        let path = match (by_name, &join.file) {
            (Some((_, path)), _) => Ok(Some(path.clone())),
            (None, Some(pattern)) => beside(orders.path(), pattern),
            (None, None) => Err("the mapping doesn't say what it is called".to_owned()),
        };
        let no_join = |why| DeckError::NoJoin {
            mapping: mapping.name().to_owned(),
            name: name.clone(),
            why,
        };
        let Some(path) = path.map_err(no_join)? else {
            if join.optional {
                continue;
            }
            let pattern = join.file.as_deref().unwrap_or_default();
            return Err(no_join(if orders.path() == Path::new("-") {
                "nothing lies beside standard input".to_owned()
            } else {
                let folder = folder_of(orders.path()).display();
                format!("there is no {pattern} in {folder}")
            }));
        };
        let source = Source::open(&path, &options)?;
        let key = mapping.join_key(name, &source)?;
        joined.push(Arc::new(JoinedFile::index(name, source, &key, progress)?));
    }
    Ok(joined)
}

/// The file of that name beside the order file. A `*` stands for any characters; of several files the one counts
/// whose characters the order file's name ends in. `None` if there is none.
fn beside(orders: &Path, pattern: &str) -> Result<Option<PathBuf>, String> {
    if orders == Path::new("-") {
        return Ok(None);
    }
    let folder = folder_of(orders);
    let Some((before, behind)) = pattern.split_once('*') else {
        let path = folder.join(pattern);
        return Ok(path.is_file().then_some(path));
    };
    let own = orders.file_name().unwrap_or_default().to_string_lossy();
    let entries = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut found: Vec<(String, String)> = entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().to_string_lossy().into_owned();
            let star = name.strip_prefix(before)?.strip_suffix(behind)?.to_owned();
            (name != own).then_some((name, star))
        })
        .collect();
    found.sort();
    let stem = own.strip_suffix(behind).unwrap_or(&own);
    let mut alike = found
        .iter()
        .filter(|(_, star)| !star.is_empty() && stem.ends_with(star.as_str()));
    let chosen = match (found.as_slice(), alike.next(), alike.next()) {
        ([], _, _) => return Ok(None),
        ([(only, _)], _, _) => only,
        (_, Some((name, _)), None) => name,
        (several, _, _) => {
            let names: Vec<&str> = several
                .iter()
                .take(NAMED)
                .map(|(name, _)| name.as_str())
                .collect();
            let more = match several.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            return Err(format!(
                "several files could be meant: {}{more}",
                names.join(", ")
            ));
        }
    };
    Ok(Some(folder.join(chosen)))
}

fn folder_of(orders: &Path) -> &Path {
    match orders.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_beside_is_found_by_name_or_by_what_both_names_end_in() {
        let dir = tempfile::tempdir().unwrap();
        let touch = |name: &str| std::fs::write(dir.path().join(name), "x").unwrap();
        let find = |orders: &str, pattern: &str| {
            beside(&dir.path().join(orders), pattern).map(|path| {
                path.map_or_else(String::new, |path| {
                    path.file_name().unwrap().to_string_lossy().into_owned()
                })
            })
        };
        let ok = |name: &str| Ok(name.to_owned());
        assert_eq!(find("o.csv", "items.csv"), ok(""));
        touch("items.csv");
        assert_eq!(find("o.csv", "items.csv"), ok("items.csv"));
        assert_eq!(find("Orders2024-3.csv", "Items*.csv"), ok(""));
        touch("Items2024-3.csv");
        touch("Orders2024-3.csv");
        assert_eq!(
            find("Orders2024-1.csv", "Items*.csv"),
            ok("Items2024-3.csv")
        );
        touch("Items2024-13.csv");
        assert_eq!(
            find("Orders2024-3.csv", "Items*.csv"),
            ok("Items2024-3.csv")
        );
        assert_eq!(
            find("Orders2024-13.csv", "Items*.csv"),
            ok("Items2024-13.csv")
        );
        let several = find("Orders2024-9.csv", "Items*.csv").unwrap_err();
        assert!(
            several.contains("Items2024-13.csv, Items2024-3.csv"),
            "{several}"
        );
        // The order file is never its own second file.
        assert_eq!(
            find("Items2024-3.csv", "Items*.csv"),
            ok("Items2024-13.csv")
        );
        assert_eq!(beside(Path::new("-"), "items.csv"), Ok(None));
    }
}

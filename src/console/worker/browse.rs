//! What the browser shows: folders, recent files, beginnings; and whether an open file changed.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Tell, Worker};
use crate::console::event::Arrival;
use crate::console::folder::{AT_MOST, Entry, Kind};
use crate::deck::Deck;

/// How many files the list of recent ones has.
const RECENT: u32 = 20;

impl Worker {
    pub(super) fn recent(&self, tell: Tell<'_>) {
        let workspace = self.workspace.now();
        // A ledger that can't be read is told of where it is needed.
        tell(Arrival::Recent(
            workspace.recent_files(RECENT).unwrap_or_default(),
        ));
    }

    pub(super) fn peek(&self, path: PathBuf, tell: Tell<'_>) {
        let peek = self.workspace.now().peek(&path).map(Box::new);
        tell(Arrival::Peeked { path, peek });
    }
}

/// Asks the system whether a file is still what it was when it was opened.
pub(super) fn check(deck: &Deck, tell: Tell<'_>) {
    let unchanged = deck.check_unchanged();
    tell(Arrival::Checked {
        source: deck.source().identity().to_owned(),
        fingerprint: deck.index().fingerprint().to_owned(),
        changed: unchanged.err().map(|error| error.to_string()),
    });
}

/// Reads a folder: folders first, then by name.
pub(super) fn list(directory: PathBuf, tell: Tell<'_>) {
    let read = || -> std::io::Result<(Vec<Entry>, usize)> {
        let mut entries = Vec::new();
        let mut more = 0;
        for entry in std::fs::read_dir(&directory)? {
            let path = entry?.path();
            if entries.len() < AT_MOST {
                entries.push(look(path));
            } else {
                more += 1;
            }
        }
        let rank = |entry: &Entry| entry.kind != Kind::Folder;
        entries.sort_by(|a, b| {
            rank(a)
                .cmp(&rank(b))
                .then_with(|| a.name.to_lowercase().cmp(&b.name.to_lowercase()))
                .then_with(|| a.name.cmp(&b.name))
        });
        Ok((entries, more))
    };
    let entries = read().map_err(|error| format!("{}: {}", directory.display(), words(&error)));
    tell(Arrival::Listed { directory, entries });
}

fn look(path: PathBuf) -> Entry {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut entry = Entry {
        name,
        path,
        kind: Kind::File,
        bytes: 0,
        changed_at: None,
    };
    match std::fs::metadata(&entry.path) {
        Ok(metadata) => {
            entry.bytes = metadata.len();
            entry.changed_at = metadata
                .modified()
                .ok()
                .and_then(|at| Timestamp::try_from(at).ok());
            entry.kind = kind(&entry.path, &metadata);
        }
        Err(error) if entry.path.is_symlink() => {
            entry.kind = Kind::Closed(format!("leads nowhere: {}", words(&error)));
        }
        Err(error) => entry.kind = Kind::Closed(words(&error)),
    }
    entry
}

fn kind(path: &Path, metadata: &std::fs::Metadata) -> Kind {
    if !metadata.is_dir() && !metadata.is_file() {
        return Kind::Closed("not a plain file".to_owned());
    }
    if let Err(why) = may_read(path) {
        return Kind::Closed(why);
    }
    if metadata.is_dir() {
        Kind::Folder
    } else {
        Kind::File
    }
}

/// Without opening it.
#[cfg(unix)]
fn may_read(path: &Path) -> Result<(), String> {
    rustix::fs::access(path, rustix::fs::Access::READ_OK)
        .map_err(|error| words(&std::io::Error::from(error)))
}

#[cfg(not(unix))]
fn may_read(_path: &Path) -> Result<(), String> {
    Ok(())
}

/// What the system said, without its number.
fn words(error: &std::io::Error) -> String {
    let said = error.to_string();
    let end = said.find(" (os error").unwrap_or(said.len());
    said[..end].to_lowercase()
}

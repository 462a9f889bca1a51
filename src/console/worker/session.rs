//! Reads and writes the session, and finds kept orders in a file as it is now.

use std::path::Path;

use super::{Tell, Worker};
use crate::console::event::Arrival;
use crate::console::session::{
    FILE, FILES, FileNow, Keep, Kept, SavedFile, Session, Snapshot, Unusable,
};
use crate::deck::Deck;
use crate::profile::private;

/// What the worker knows of the session's file.
#[derive(Debug, Default)]
pub(super) struct SessionFile {
    /// The last snapshot that was written.
    number: u64,
    /// Whether what stands in it is passed over, until something was written.
    fresh: bool,
}

impl Worker {
    /// Passes over what was kept before.
    pub fn begin_anew(&self) {
        self.session_file().fresh = true;
    }

    fn session_file(&self) -> std::sync::MutexGuard<'_, SessionFile> {
        self.session
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// None where nothing is kept.
    fn stored(&self) -> Result<Option<Session>, Unusable> {
        if self.session_file().fresh {
            return Ok(None);
        }
        let path = self
            .workspace
            .blocking_read()
            .directories()
            .data()
            .join(FILE);
        match std::fs::read_to_string(path) {
            Ok(text) => Session::parse(&text).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(_) => Err(Unusable::Damaged),
        }
    }

    pub(super) fn load_session(&self, tell: Tell<'_>) {
        let stored = self.stored();
        if let Ok(Some(session)) = &stored {
            let workspace = self.workspace.blocking_read();
            for file in session.files.iter().filter(|file| file.open) {
                workspace.read_as(Path::new(&file.path), file.reading.clone());
            }
        }
        tell(Arrival::Session(
            stored.map(|session| session.map(Box::new)),
        ));
    }

    pub(super) fn save_session(&self, snapshot: Snapshot, tell: Tell<'_>) {
        let saved = self.write_session(snapshot);
        tell(Arrival::SessionSaved(saved));
    }

    fn write_session(&self, snapshot: Snapshot) -> Result<(), String> {
        let before = match self.stored() {
            Ok(session) => session.unwrap_or_default(),
            Err(Unusable::Newer) => return Ok(()),
            Err(Unusable::Damaged) => Session::default(),
        };
        let mut session = snapshot.session;
        session.files = snapshot
            .files
            .into_iter()
            .filter_map(|file| saved(file, &before))
            .collect();
        for file in before.files {
            if session.files.len() < FILES && session.file(&file.path).is_none() {
                session.files.push(SavedFile {
                    open: false,
                    ..file
                });
            }
        }
        let text = session.text().map_err(|error| error.to_string())?;
        let workspace = self.workspace.blocking_read();
        let data = workspace
            .directories()
            .ensure_data()
            .map_err(|error| error.to_string())?;
        let mut file = self.session_file();
        if file.number > snapshot.number {
            return Ok(());
        }
        private::replace_private_file(&data.join(FILE), text.as_bytes())
            .map_err(|error| error.to_string())?;
        file.number = snapshot.number;
        file.fresh = false;
        Ok(())
    }

    /// What is taken along into a file that was just opened.
    pub(super) fn kept(&self, deck: &Deck, keep: Keep) -> Kept {
        match keep {
            Keep::Session => {
                let session = self.stored().ok().flatten();
                let known =
                    session.and_then(|session| session.file(deck.source().identity()).cloned());
                let Some(saved) = known else {
                    return Kept::default();
                };
                let keys = saved.marks.iter().map(|key| Some(key.clone()));
                let kept = found(deck, keys, saved.cursor.clone());
                Kept {
                    saved: Some(saved),
                    ..kept
                }
            }
            Keep::Of {
                deck: before,
                marked,
                cursor,
            } => {
                let keys = marked.iter().map(|place| before.source_key(place));
                let cursor = cursor.and_then(|place| before.source_key(place));
                found(deck, keys, cursor)
            }
        }
    }
}

fn found(deck: &Deck, keys: impl Iterator<Item = Option<String>>, cursor: Option<String>) -> Kept {
    let mut kept = Kept::default();
    for key in keys {
        match key.and_then(|key| deck.index().find(&key)) {
            Some(place) => {
                kept.marked.insert(place);
            }
            None => kept.lost += 1,
        }
    }
    kept.cursor = cursor.and_then(|key| deck.index().find(&key));
    kept
}

fn saved(file: FileNow, before: &Session) -> Option<SavedFile> {
    match file {
        FileNow::Read {
            deck,
            mut marked,
            unkept,
            cursor,
            saved,
        } => {
            marked.sort_unstable();
            Some(SavedFile {
                open: true,
                marks: marked
                    .into_iter()
                    .filter_map(|place| deck.source_key(place))
                    .collect(),
                unkept,
                cursor: cursor.and_then(|place| deck.source_key(place)),
                ..*saved
            })
        }
        FileNow::Unread(path) => before.file(&path).map(|file| SavedFile {
            open: true,
            ..file.clone()
        }),
    }
}

//! Reads and writes the session, and finds kept orders in a file as it is now.

use std::path::Path;

use super::file::SAMPLES;
use super::{Tell, Worker};
use crate::console::event::Arrival;
use crate::console::session::{
    FILES, FileNow, Keep, Kept, SavedFile, Session, Snapshot, Unusable, file_name,
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
    /// Whether the program was started in the sandbox, which has a session of its own.
    in_sandbox: bool,
}

impl Worker {
    /// Keeps the session of the sandbox instead of that of work.
    pub fn begin_in_sandbox(&self) {
        self.session_file().in_sandbox = true;
    }

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
        let (fresh, in_sandbox) = {
            let file = self.session_file();
            (file.fresh, file.in_sandbox)
        };
        if fresh {
            return Ok(None);
        }
        self.stored_in(file_name(in_sandbox))
    }

    fn stored_in(&self, file: &str) -> Result<Option<Session>, Unusable> {
        let path = self.workspace.now().directories().data().join(file);
        match std::fs::read_to_string(path) {
            Ok(text) => Session::parse(&text).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(_) => Err(Unusable::Damaged),
        }
    }

    pub(super) fn load_session(&self, tell: Tell<'_>) {
        let stored = self.stored();
        if let Ok(Some(session)) = &stored {
            let workspace = self.workspace.now();
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
        let samples = self.workspace.now().directories().data().join(SAMPLES);
        let is_sample = |path: &str| Path::new(path).starts_with(&samples);
        // Looking at the sample takes nothing of the operator's away.
        if self.session_file().fresh && snapshot.files.iter().all(|file| is_sample(file.path())) {
            return Ok(());
        }
        let mut session = snapshot.session;
        if session.front.as_deref().is_some_and(is_sample)
            && let Some(own) = before.front.as_ref().filter(|path| !is_sample(path))
        {
            session.front = Some(own.clone());
        }
        session.files = snapshot
            .files
            .into_iter()
            .filter_map(|file| saved(file, &before))
            .collect();
        for file in before.files {
            if session.files.len() < FILES && session.file(&file.path).is_none() {
                let open = session.front.as_ref() == Some(&file.path);
                session.files.push(SavedFile { open, ..file });
            }
        }
        let text = session.text().map_err(|error| error.to_string())?;
        let workspace = self.workspace.now();
        let data = workspace
            .directories()
            .ensure_data()
            .map_err(|error| error.to_string())?;
        let mut file = self.session_file();
        if file.number > snapshot.number {
            return Ok(());
        }
        private::replace_private_file(&data.join(file_name(file.in_sandbox)), text.as_bytes())
            .map_err(|error| error.to_string())?;
        file.number = snapshot.number;
        file.fresh = false;
        Ok(())
    }

    /// What is kept of a file: in this session, else in the other one.
    fn known(&self, path: &str) -> Option<SavedFile> {
        let find = |session: Session| session.file(path).cloned();
        let own = self.stored().ok().flatten().and_then(find);
        let (fresh, in_sandbox) = {
            let file = self.session_file();
            (file.fresh, file.in_sandbox)
        };
        own.or_else(|| {
            let other = self.stored_in(file_name(!in_sandbox)).ok().flatten();
            other.filter(|_| !fresh).and_then(find)
        })
    }

    /// What is taken along into a file that was just opened.
    pub(super) fn kept(&self, deck: &Deck, keep: Keep) -> Kept {
        match keep {
            Keep::Session => {
                let Some(saved) = self.known(deck.source().identity()) else {
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

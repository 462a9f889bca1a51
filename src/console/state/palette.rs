//! What was chosen from the palette.

use crate::console::action::Command;

/// So many are remembered.
const RECENT: usize = 6;

/// What can be chosen from the palette: a command, or one with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A command.
    Command(Command),
    /// A vendor's tab.
    Vendor(usize),
    /// An account, by its profile's name.
    Account(String),
    /// A file opened before, by its path.
    File(String),
    /// A page of the manual.
    Page(&'static str),
    /// A theme.
    Theme(String),
}

/// What was chosen from the palette.
#[derive(Debug, Default)]
pub struct PaletteState {
    /// Newest first, none twice.
    pub recent: Vec<Subject>,
}

impl PaletteState {
    /// Remembers what was chosen.
    pub fn chosen(&mut self, subject: &Subject) {
        self.recent.retain(|other| other != subject);
        self.recent.insert(0, subject.clone());
        self.recent.truncate(RECENT);
    }
}

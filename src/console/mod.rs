//! The terminal front.
//!
//! [`event`]s become [`action`]s; [`update`] changes the [`state`] and asks for [`effect`]s; the [`worker`] does
//! them off the thread that draws, and what comes of them arrives as events. Drawing ([`view`], [`pane`],
//! [`dialog`], [`widget`]) is a function of the state. One table of commands feeds keymap, palette, help, footer.

pub mod action;
mod app;
mod choices;
pub mod dialog;
pub mod document;
pub mod editor;
pub mod effect;
pub mod event;
pub mod exchange;
mod fault;
pub mod folder;
pub mod history;
pub mod keymap;
pub mod layout;
pub mod model;
mod notice;
pub mod pane;
pub mod session;
pub mod state;
mod terminal;
pub mod theme;
pub mod update;
pub mod view;
pub mod widget;
pub mod worker;

use std::path::PathBuf;

use crate::workspace::Workspace;

/// What the console opens with.
#[derive(Debug, Default)]
pub struct ConsoleOptions {
    /// The order file.
    pub file: Option<PathBuf>,
    /// Run the four vendors inside this process.
    pub sandbox: bool,
    /// The profile that its vendor's tab begins with.
    pub profile: Option<String>,
    /// Name or path of the mapping, instead of the one detected.
    pub mapping: Option<String>,
    /// Nothing is brought back from the last visit.
    pub fresh: bool,
    /// The theme, whatever else asks for one.
    pub theme: Option<String>,
}

/// Why the console can't run, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// There is no terminal that it could be shown on.
    #[error("{0}")]
    NoTerminal(String),
    /// It was asked for something that there isn't.
    #[error("{0}")]
    Unknown(String),
    /// The terminal went, or drawing failed; what was being sent was stopped in order.
    #[error("{0}")]
    Lost(String),
}

/// Runs the console until the operator leaves; returns the exit code.
pub async fn run(workspace: Workspace, options: ConsoleOptions) -> Result<u8, ConsoleError> {
    app::run(workspace, options).await
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

//! What was written of the session last, and what is to be.

use super::{State, View};
use crate::deck::list::Sort;

/// What makes the session worth writing when it changes. The cursor is written along, not by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footprint {
    front: Option<(String, String)>,
    others: Vec<u64>,
    filter: String,
    sort: Option<Sort>,
    marks: usize,
    vendor: usize,
    profiles: Vec<String>,
    view: View,
    sandbox: bool,
}

impl Footprint {
    /// That of now.
    pub fn of(state: &State) -> Self {
        Self {
            front: state.file.deck.as_ref().map(|deck| {
                (
                    deck.source().identity().to_owned(),
                    deck.index().fingerprint().to_owned(),
                )
            }),
            others: state
                .shelf
                .others
                .iter()
                .map(|other| other.number)
                .collect(),
            filter: state.orders.filter.text().to_owned(),
            sort: state.orders.sort(),
            marks: state.orders.marked.len(),
            vendor: state.vendors.front,
            profiles: state
                .vendors
                .tabs
                .iter()
                .map(|tab| tab.profile.clone())
                .collect(),
            view: state.view,
            sandbox: state.vendors.sandbox_runs,
        }
    }
}

/// The session.
#[derive(Debug, Default)]
pub struct SessionState {
    /// Whether it is kept at all.
    pub is_kept: bool,
    /// The data directory can't be used: what is done is gone when the operator leaves.
    pub not_kept: bool,
    /// The program was started in the sandbox, which has a session of its own.
    pub in_sandbox: bool,
    /// The number of the last snapshot.
    pub number: u64,
    /// When it was looked at last.
    pub seen: Option<Footprint>,
    /// Something changed since the last snapshot.
    pub dirty: bool,
    /// One is being written.
    pub writing: bool,
    /// One was written: from then on no file at all is worth writing too.
    pub written: bool,
    /// The file being opened is the one of the last visit.
    pub returning: bool,
    /// The view to go to when the file is there.
    pub view: Option<View>,
    /// The view is taken from what is kept of the file.
    pub view_of_file: bool,
    /// The tab in front was asked for on the command line.
    pub keep_tab: bool,
}

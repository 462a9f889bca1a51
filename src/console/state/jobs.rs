//! The Jobs view: the vendors' jobs that were read.

use super::runs::RunsState;
use crate::console::model::JobEntry;
use crate::console::widget::clicked::Clicked;
use crate::console::widget::cursor::Cursor;

/// The Jobs view.
#[derive(Debug, Default)]
pub struct JobsState {
    /// Newest first.
    pub list: Vec<JobEntry>,
    /// The line under the cursor.
    pub cursor: Cursor,
    /// The last click.
    pub clicked: Clicked,
}

impl JobsState {
    /// The job under the cursor.
    pub fn current(&self) -> Option<&JobEntry> {
        self.list.get(self.cursor.at)
    }

    /// Whether a program, this one or another, asks for a job that isn't done.
    pub fn any_watched(&self, runs: &RunsState) -> bool {
        let watched = |entry: &JobEntry| entry.watched || runs.active(entry.run()).is_some();
        self.list
            .iter()
            .any(|entry| !entry.row.job.finished && watched(entry))
    }

    /// Whether another process asks for a job.
    pub fn any_elsewhere(&self, runs: &RunsState) -> bool {
        self.list.iter().any(|entry| {
            !entry.row.job.finished && entry.watched && runs.active(entry.run()).is_none()
        })
    }
}

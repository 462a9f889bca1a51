//! The Mapping view: the list of an open file's targets, or a draft of a mapping on its desk.

use std::path::PathBuf;
use std::sync::Arc;

use crate::console::event::Ticket;
use crate::console::widget::clicked::Clicked;
use crate::console::widget::cursor::Cursor;
use crate::deck::draft::{ColumnLine, Draft, Evaluation, Goal, Standing, TargetLine, WordLine};
use crate::deck::needs::{Need, OwnField};
use crate::mapping::propose::Sampled;

/// The Mapping view.
#[derive(Debug, Default)]
pub struct MappingState {
    /// The line under the cursor of the list.
    pub cursor: Cursor,
    /// The draft that is worked on.
    pub desk: Option<Box<Desk>>,
    /// The request for one.
    pub beginning: Ticket,
}

/// The panes of the mapping screen, from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// The file's columns.
    Columns,
    /// What they become.
    #[default]
    Targets,
    /// The order that comes of it.
    Order,
}

impl Pane {
    /// All.
    pub const ALL: [Self; 3] = [Self::Columns, Self::Targets, Self::Order];
}

/// A draft of a mapping with what is shown of it.
#[derive(Debug)]
pub struct Desk {
    /// The draft.
    pub draft: Draft,
    /// The file that it is for.
    pub path: PathBuf,
    /// The pane with the focus.
    pub pane: Pane,
    /// The cursor in each pane.
    pub cursors: [Cursor; 3],
    /// The columns, as the draft has them now.
    pub columns: Vec<ColumnLine>,
    /// The targets.
    pub targets: Vec<TargetLine>,
    /// The status words.
    pub words: Vec<WordLine>,
    /// What the vendor needs.
    pub needs: Vec<Need>,
    /// What only the vendor has.
    pub own: Vec<OwnField>,
    /// The columns that rules can read, as they were seen last.
    pub seen: Vec<Sampled>,
    /// The place of the order that is made.
    pub place: usize,
    /// The order, or why there is none.
    pub made: Option<Result<Arc<Evaluation>, String>>,
    /// The request for it.
    pub ticket: Ticket,
    /// Something changed since it was asked for.
    pub stale: bool,
    /// The name under which it is being saved.
    pub saving: Option<String>,
    /// The vendor and account that it was made for.
    pub made_for: Option<String>,
    /// The line that was clicked last, and when.
    pub clicked: Clicked,
}

impl Desk {
    /// A draft on a desk.
    pub fn new(draft: Draft, path: PathBuf) -> Self {
        let mut desk = Self {
            seen: draft.first_columns().to_vec(),
            own: Vec::new(),
            draft,
            path,
            pane: Pane::default(),
            cursors: [Cursor::default(); 3],
            columns: Vec::new(),
            targets: Vec::new(),
            words: Vec::new(),
            needs: Vec::new(),
            place: 0,
            made: None,
            ticket: 0,
            stale: true,
            saving: None,
            made_for: None,
            clicked: Clicked::default(),
        };
        desk.refresh();
        desk
    }

    /// Takes the lines from the draft anew; the cursor stays on its target.
    pub fn refresh(&mut self) {
        let goal = self.target().map(|target| target.goal.clone());
        if let Some(Ok(made)) = &self.made {
            self.seen.clone_from(&made.columns);
        }
        self.columns = self.draft.columns(Some(&self.seen));
        self.targets = self.draft.targets(&self.needs, &self.own);
        self.words = self.draft.words();
        if let Some(Ok(made)) = &self.made {
            for (axis, word) in &made.unknown {
                if !self
                    .words
                    .iter()
                    .any(|line| line.axis == *axis && line.word == *word)
                {
                    self.words.push(WordLine {
                        axis,
                        word: word.clone(),
                        ours: None,
                        count: 0,
                    });
                }
            }
        }
        if let Some(goal) = goal {
            self.stand_on(&goal);
        }
    }

    /// Puts the cursor of the targets on that one.
    pub fn stand_on(&mut self, goal: &Goal) {
        let at = self.targets.iter().position(|line| line.goal == *goal);
        if let Some(at) = at {
            self.cursors[Pane::Targets as usize].at = at;
        }
    }

    /// Puts the cursor of the targets on the next one to be decided: from that line on, else the first there is.
    /// Where none is left it stands on that line.
    pub fn stand_on_next_doubt(&mut self, from: usize) {
        let doubtful = |at: &usize| {
            let line = self.targets.get(*at);
            line.is_some_and(|line| matches!(line.standing, Standing::Doubtful(_)))
        };
        let last = self.targets.len();
        let next = (from..last).chain(0..from.min(last)).find(doubtful);
        self.cursors[Pane::Targets as usize].at = next.unwrap_or(from).min(last.saturating_sub(1));
    }

    /// The target under the cursor.
    pub fn target(&self) -> Option<&TargetLine> {
        self.targets.get(self.cursors[Pane::Targets as usize].at)
    }

    /// The line of a target; of one whose name is free, as it would be.
    pub fn line(&self, goal: &Goal) -> Option<TargetLine> {
        let known = self.targets.iter().find(|line| line.goal == *goal);
        known.cloned().or_else(|| {
            let free = self.targets.iter().find(|line| {
                line.goal.is_nameless() && {
                    let name = goal.name();
                    let last = name.rsplit('/').next().unwrap_or_default();
                    line.goal.named(last) == *goal
                }
            })?;
            Some(TargetLine {
                goal: goal.clone(),
                ..free.clone()
            })
        })
    }

    /// The column under the cursor.
    pub fn column(&self) -> Option<&ColumnLine> {
        self.columns.get(self.cursors[Pane::Columns as usize].at)
    }

    /// The order that was made, if one was.
    pub fn order(&self) -> Option<&Arc<Evaluation>> {
        self.made.as_ref()?.as_ref().ok()
    }

    /// Whether leaving it would lose something.
    pub fn is_unsaved(&self) -> bool {
        self.draft.is_touched() && self.draft.is_changed()
    }

    /// How much is to be decided.
    pub fn open(&self) -> usize {
        let asked = self.draft.open_questions();
        let known = self.draft.words();
        let more = self.words.len().saturating_sub(known.len());
        asked + more
    }

    /// The file's own name.
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }
}

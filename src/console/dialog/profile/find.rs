//! Finding a line of the form by a word of its name, of what stands in it or of what it means; and going from section
//! to section.

use super::ProfileDialog;
use super::entry::{Entry, Value, What};
use crate::console::action::Command;
use crate::console::dialog::{Flow, Input};
use crate::console::widget::search::Search;

/// A search under way.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) search: Search,
    /// Where the cursor stood.
    from: usize,
}

/// Where in the list of matches the cursor stands, counted from 1, and how many there are.
pub(super) type Found = (usize, usize);

impl ProfileDialog {
    pub(super) fn begin_search(&mut self) {
        self.trouble = None;
        self.finding = Some(Finding {
            search: Search::begin(),
            from: self.cursor.at,
        });
    }

    /// The lines that have what is searched for.
    fn matches(&self) -> Vec<usize> {
        let Some(finding) = &self.finding else {
            return Vec::new();
        };
        let wanted = finding.search.wanted();
        let has = |entry: &Entry| {
            entry.stops()
                && (wanted.is_in(&entry.label)
                    || wanted.is_in(&entry.help)
                    || wanted.is_in(entry.words()))
        };
        let lines = self.entries.iter().enumerate();
        lines
            .filter(|(_, entry)| has(entry))
            .map(|(line, _)| line)
            .collect()
    }

    pub(super) fn found(&self) -> Found {
        let matches = self.matches();
        let at = matches.iter().position(|line| *line == self.cursor.at);
        (at.map_or(0, |at| at + 1), matches.len())
    }

    /// Goes to the first match that isn't above the line, else to the first of all. Names come before the rest.
    fn seek(&mut self, size: (u16, u16)) {
        let Some(finding) = &self.finding else {
            return;
        };
        let (from, wanted) = (finding.from, finding.search.wanted());
        let matches = self.matches();
        let is_named = |line: &&usize| {
            self.entries
                .get(**line)
                .is_some_and(|entry| wanted.is_in(&entry.label))
        };
        let below = |line: &&usize| **line >= from;
        let best = matches
            .iter()
            .find(|line| below(line) && is_named(line))
            .or_else(|| matches.iter().find(is_named))
            .or_else(|| matches.iter().find(below))
            .or(matches.first());
        let to = if wanted.is_empty() {
            from
        } else {
            *best.unwrap_or(&from)
        };
        self.put(to, size);
    }

    fn next_match(&mut self, forward: bool, size: (u16, u16)) {
        let matches = self.matches();
        let at = self.cursor.at;
        let to = if forward {
            matches.iter().find(|line| **line > at).or(matches.first())
        } else {
            let above = matches.iter().rev().find(|line| **line < at);
            above.or(matches.last())
        };
        if let Some(to) = to {
            self.put(*to, size);
        }
    }

    /// The cursor goes to that line as it is.
    fn put(&mut self, line: usize, size: (u16, u16)) {
        self.cursor.at = line;
        let page = self.rooms(size).page;
        self.cursor.settle(self.entries.len(), page);
    }

    /// What is typed and pressed while something is searched for.
    pub(super) fn find(&mut self, input: &Input<'_>, size: (u16, u16)) -> Flow {
        let Some(finding) = &mut self.finding else {
            return Flow::Stay;
        };
        match input {
            Input::Text(key) if finding.search.input.key(*key) => self.seek(size),
            Input::Paste(pasted) => {
                finding.search.input.paste(pasted);
                self.seek(size);
            }
            Input::Command(Command::Back) => {
                let from = finding.from;
                self.finding = None;
                self.put(from, size);
            }
            Input::Command(Command::Accept) => self.finding = None,
            Input::Command(Command::Up | Command::PreviousPane) => self.next_match(false, size),
            Input::Command(Command::Down | Command::NextPane | Command::FindLine) => {
                self.next_match(true, size);
            }
            _ => {}
        }
        Flow::Stay
    }

    /// To the first line of the next section or of the one before, round and round.
    pub(super) fn section(&mut self, forward: bool, size: (u16, u16)) {
        self.grow();
        let is_head = |entry: &Entry| matches!(entry.what, What::Heading);
        let heads: Vec<usize> = self
            .entries
            .iter()
            .enumerate()
            .filter(|(_, entry)| is_head(entry))
            .map(|(line, _)| line)
            .collect();
        let Some(here) = heads.iter().rposition(|head| *head <= self.cursor.at) else {
            return;
        };
        let step = if forward { 1 } else { heads.len() - 1 };
        let head = heads[(here + step) % heads.len()];
        let rest = self.entries.iter().skip(head);
        let line = rest.take_while(|entry| !entry.stops()).count() + head;
        if line < self.entries.len() {
            self.put(line, size);
            // Its head is seen above it.
            let page = self.rooms(size).page;
            self.cursor.top = head.min(self.entries.len().saturating_sub(page));
            self.cursor.settle(self.entries.len(), page);
        }
    }

    /// Whether `/` begins a search here: where it is no part of what is typed.
    pub(super) fn is_free_for_search(&self) -> bool {
        self.entries
            .get(self.cursor.at)
            .is_some_and(|entry| entry.is_empty() && matches!(entry.value, Value::Text(_)))
    }
}

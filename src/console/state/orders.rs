//! The list of orders: which are shown, which are marked, which were decoded.

use std::collections::{HashMap, HashSet};

use crate::console::event::Ticket;
use crate::console::model::Row;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::input::Input;

/// How many decoded rows are kept.
const KEPT: usize = 2_000;

/// The list of orders.
#[derive(Debug, Default)]
pub struct OrdersState {
    /// The line under the cursor, counted among those shown.
    pub cursor: Cursor,
    /// Places of marked orders.
    pub marked: HashSet<usize>,
    /// Places that pass the filter; none while there is no filter.
    pub passing: Option<Vec<usize>>,
    /// The filter as it is typed.
    pub filter: Input,
    /// Whether it is being typed.
    pub typing_filter: bool,
    /// What is wrong with it.
    pub filter_trouble: Option<String>,
    /// The filter's request.
    pub filter_ticket: Ticket,
    /// Decoded rows by place.
    pub rows: HashMap<usize, Row>,
    /// The request for rows that is under way; 0 for none.
    pub rows_ticket: Ticket,
    /// Whether rows must be read again: outcomes or edits changed.
    pub stale: bool,
}

impl OrdersState {
    /// How many are shown, of that many in the file.
    pub fn shown(&self, all: usize) -> usize {
        self.passing.as_ref().map_or(all, Vec::len)
    }

    /// The place of a line.
    pub fn place(&self, line: usize, all: usize) -> Option<usize> {
        match &self.passing {
            Some(passing) => passing.get(line).copied(),
            None => (line < all).then_some(line),
        }
    }

    /// The line of a place, if it is shown.
    pub fn line_of(&self, place: usize) -> Option<usize> {
        match &self.passing {
            Some(passing) => passing.binary_search(&place).ok(),
            None => Some(place),
        }
    }

    /// The place under the cursor.
    pub fn current(&self, all: usize) -> Option<usize> {
        self.place(self.cursor.at, all)
    }

    /// Every place that is shown.
    pub fn places(&self, all: usize) -> Vec<usize> {
        self.passing.clone().unwrap_or_else(|| (0..all).collect())
    }

    /// The places that a command for many means: the marked ones, else the one under the cursor.
    pub fn meant(&self, all: usize) -> Vec<usize> {
        if self.marked.is_empty() {
            return self.current(all).into_iter().collect();
        }
        let mut marked: Vec<usize> = self.marked.iter().copied().collect();
        marked.sort_unstable();
        marked
    }

    /// Keeps decoded rows, and no more than a few screens of them.
    pub fn keep(&mut self, rows: Vec<Row>) {
        if self.rows.len() + rows.len() > KEPT {
            self.rows.clear();
        }
        for row in rows {
            self.rows.insert(row.place, row);
        }
    }
}

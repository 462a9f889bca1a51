//! The list of orders: which are shown and in which order, which are marked, which were decoded.

use std::collections::HashMap;
use std::sync::Arc;

use crate::console::event::Ticket;
use crate::console::model::Row;
use crate::console::widget::clicked::Clicked;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::input::Input;
use crate::deck::list::{Passing, Places, Shown, Sort, Sorted};

/// How many decoded rows are kept.
const KEPT: usize = 2_000;

/// Sorting that is under way.
#[derive(Debug)]
pub struct Sorting {
    /// The request.
    pub ticket: Ticket,
    /// By what.
    pub sort: Sort,
    /// Orders looked at.
    pub done: usize,
    /// The orders whose keys it takes anew, being edited.
    pub anew: Vec<usize>,
}

/// The list of orders.
#[derive(Debug, Default)]
pub struct OrdersState {
    /// The line under the cursor, counted among those shown.
    pub cursor: Cursor,
    /// Places of marked orders.
    pub marked: Places,
    /// The place marked last: a range begins there.
    pub marked_last: Option<usize>,
    /// A run over the marked orders was asked for: once it began they aren't marked any more.
    pub marks_asked: bool,
    /// Which order stands on which line.
    pub lines: Shown,
    /// Places that pass the filter; none while there is no filter.
    pub passing: Option<Passing>,
    /// How they are sorted; none for as the file has them.
    pub sorted: Option<Arc<Sorted>>,
    /// Sorting that is under way.
    pub sorting: Option<Sorting>,
    /// Orders edited since sorting looked at them.
    pub touched: Vec<usize>,
    /// The request that puts filter and sorting together.
    pub lines_ticket: Ticket,
    /// The place that the operator went to, and the line where the cursor was put for it: while a filter is typed
    /// that place may be gone and come back.
    pub stood_on: Option<(usize, usize)>,
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
    /// The line that was clicked last, and when: a second click soon after opens it.
    pub clicked: Clicked,
}

impl OrdersState {
    /// How many are shown, of that many in the file.
    pub fn shown(&self, all: usize) -> usize {
        self.lines.len(all)
    }

    /// The place of a line.
    pub fn place(&self, line: usize, all: usize) -> Option<usize> {
        self.lines.place(line, all)
    }

    /// The place under the cursor.
    pub fn current(&self, all: usize) -> Option<usize> {
        self.place(self.cursor.at, all)
    }

    /// The places of some lines.
    pub fn places(
        &self,
        lines: std::ops::Range<usize>,
        all: usize,
    ) -> impl Iterator<Item = usize> + '_ {
        lines.filter_map(move |line| self.place(line, all))
    }

    /// The places that a command for many means, as the file has them: the marked ones, else the one under the cursor.
    pub fn meant(&self, all: usize) -> Vec<usize> {
        if self.marked.is_empty() {
            return self.current(all).into_iter().collect();
        }
        self.marked.iter().collect()
    }

    /// What the list is sorted by, or is about to be.
    pub fn sort(&self) -> Option<Sort> {
        let sorting = self.sorting.as_ref().map(|sorting| sorting.sort);
        sorting.or_else(|| self.sorted.as_ref().map(|sorted| sorted.sort))
    }

    /// Shows other lines. The cursor stays on its order, at its height; where that isn't shown any more it goes to
    /// the first one behind it. Returns whether it is another order's now.
    pub fn show(&mut self, lines: Shown, all: usize) -> bool {
        let now = self.current(all);
        let before = match self.stood_on {
            Some((place, line))
                if now.is_none() || (self.typing_filter && line == self.cursor.at) =>
            {
                Some(place)
            }
            _ => now,
        };
        let height = self.cursor.at.saturating_sub(self.cursor.top);
        self.lines = lines;
        let Some(place) = before else { return false };
        let last = self.shown(all).saturating_sub(1);
        self.cursor.at = self.lines.line_from(place).min(last);
        self.cursor.top = self.cursor.at.saturating_sub(height);
        self.stood_on = Some((place, self.cursor.at));
        self.current(all) != now
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

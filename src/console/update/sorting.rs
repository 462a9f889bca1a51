//! Sorting the list of orders. The work is done outside; the list stays as it is until the answer is there.

use std::sync::Arc;

use crate::console::action::Command;
use crate::console::dialog::choice::Choice;
use crate::console::effect::Effect;
use crate::console::event::{Ticket, Told};
use crate::console::layout;
use crate::console::state::columns::Fitted;
use crate::console::state::{Sorting, State, Tone};
use crate::deck::list::{Column, Shown, Sort, SortKeys, Sorted};

/// The columns of the list as they stand on the screen.
pub fn fitted(state: &State) -> Vec<Fitted> {
    state.columns.fitted(room(state)).0
}

/// The room inside the list's border, or inside what stands in its place.
pub fn room(state: &State) -> usize {
    let areas = layout::orders(
        state.room(),
        state.payload.focused,
        state.responses.list.len(),
    );
    let area = areas.list.or(areas.payload);
    area.map_or(0, |area| usize::from(area.width.saturating_sub(2)))
}

/// Offers all columns to sort by.
pub(super) fn open(state: &mut State) {
    let mut rows = vec![("file order".to_owned(), "as the file has them".to_owned())];
    let now = state.orders.sort();
    let mut at = 0;
    for column in Column::ALL {
        let mut about = column.help().to_owned();
        if let Some(sort) = now.filter(|sort| sort.column == *column) {
            at = rows.len();
            let words = direction(sort.descending);
            about = format!("{words} now; enter turns it round · {about}");
        }
        rows.push((column.title().to_owned(), about));
    }
    let choice = Choice::new("Sort by", rows, at, |state, at, effects| {
        let column = at.checked_sub(1).and_then(|at| Column::ALL.get(at));
        match column {
            Some(column) => by_column(state, *column, effects),
            None => by(state, None, effects),
        }
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

/// A direction in words.
pub fn direction(descending: bool) -> &'static str {
    if descending {
        "descending"
    } else {
        "ascending"
    }
}

/// Sorts by a column; by the one that it is sorted by already, the other way round.
pub fn by_column(state: &mut State, column: Column, effects: &mut Vec<Effect>) {
    let now = state.orders.sort().filter(|sort| sort.column == column);
    let descending = now.is_some_and(|sort| !sort.descending);
    by(state, Some(Sort { column, descending }), effects);
}

/// The other way round.
pub(super) fn reverse(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(sort) = state.orders.sort() {
        return by_column(state, sort.column, effects);
    }
    let key = state.keymap.first(Command::Sort);
    state.say(
        Tone::Info,
        format!("the orders stand as in the file; {key} sorts them"),
    );
}

/// Sorts by the next column on the screen, or the previous one; beside the outermost stands the file's order.
pub(super) fn turn(state: &mut State, forward: bool, effects: &mut Vec<Effect>) {
    let columns: Vec<Column> = fitted(state).iter().map(|fitted| fitted.column).collect();
    let now = state.orders.sort();
    let at = now.and_then(|sort| columns.iter().position(|one| *one == sort.column));
    let next = match (at, forward) {
        (None, true) => columns.first(),
        (None, false) => columns.last(),
        (Some(at), true) => columns.get(at + 1),
        (Some(at), false) => at.checked_sub(1).and_then(|at| columns.get(at)),
    };
    let sort = next.map(|column| Sort {
        column: *column,
        descending: false,
    });
    by(state, sort, effects);
}

/// Sorts, or goes back to the file's order.
fn by(state: &mut State, sort: Option<Sort>, effects: &mut Vec<Effect>) {
    forget(state, effects);
    let Some(sort) = sort else {
        state.orders.sorted = None;
        state.orders.touched.clear();
        state.say(Tone::Info, "the orders stand as in the file");
        return arrange(state, effects);
    };
    // What is known of a column is enough to turn it round; outcomes change meanwhile.
    let known = state
        .orders
        .sorted
        .as_ref()
        .filter(|sorted| sorted.sort.column == sort.column && sort.column != Column::Sent)
        .map(|sorted| Arc::clone(&sorted.keys));
    start(state, sort, known, effects);
}

/// Sorts a file that just came to the front as it was sorted before.
pub(super) fn begin(state: &mut State, sort: Sort, effects: &mut Vec<Effect>) {
    start(state, sort, None, effects);
}

/// Stops what is under way.
fn forget(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(sorting) = state.orders.sorting.take() {
        state.orders.touched.extend(sorting.anew);
        effects.push(Effect::ForgetSorts(state.ticket()));
    }
}

/// Stops sorting that is under way, if any: the list stays as it is.
pub(super) fn stop(state: &mut State, effects: &mut Vec<Effect>) -> bool {
    if state.orders.sorting.is_none() {
        return false;
    }
    forget(state, effects);
    state.say(Tone::Info, "sorting was stopped");
    true
}

fn start(state: &mut State, sort: Sort, known: Option<Arc<SortKeys>>, effects: &mut Vec<Effect>) {
    let Some(deck) = state.file.deck.clone() else {
        return;
    };
    let anew = std::mem::take(&mut state.orders.touched);
    let ticket = state.ticket();
    state.orders.sorting = Some(Sorting {
        ticket,
        sort,
        done: 0,
        anew: anew.clone(),
    });
    effects.push(Effect::Sort {
        ticket,
        deck,
        sort,
        known: known.map(|keys| (keys, anew)),
        target: state.vendors.front_target().cloned().map(Box::new),
    });
}

/// How far sorting is.
pub(super) fn progress(state: &mut State, ticket: Ticket, done: usize) {
    if let Some(sorting) = &mut state.orders.sorting
        && sorting.ticket == ticket
    {
        sorting.done = done;
    }
}

/// The orders are sorted, or can't be.
pub(super) fn sorted(
    state: &mut State,
    ticket: Ticket,
    sorted: &Told<Arc<Sorted>>,
    effects: &mut Vec<Effect>,
) {
    let mine = |sorting: &mut Sorting| sorting.ticket == ticket;
    if state.orders.sorting.take_if(mine).is_none() {
        return;
    }
    match sorted {
        Ok(sorted) => {
            state.orders.sorted = Some(Arc::clone(sorted));
            arrange(state, effects);
            again(state, effects);
        }
        Err(why) => state.say(Tone::Error, format!("not sorted: {why}")),
    }
}

/// Orders were edited: their keys are taken anew, now or when what is under way is done.
pub(super) fn edited(state: &mut State, places: &[usize], effects: &mut Vec<Effect>) {
    if state.orders.sort().is_some() {
        state.orders.touched.extend_from_slice(places);
        again(state, effects);
    }
}

fn again(state: &mut State, effects: &mut Vec<Effect>) {
    if state.orders.touched.is_empty() || state.orders.sorting.is_some() {
        return;
    }
    if let Some(sorted) = state.orders.sorted.clone() {
        start(state, sorted.sort, Some(Arc::clone(&sorted.keys)), effects);
    }
}

/// Shows what passes the filter as it is sorted. Where there is both it is put together outside.
pub(super) fn arrange(state: &mut State, effects: &mut Vec<Effect>) {
    let ticket = state.ticket();
    state.orders.lines_ticket = ticket;
    let (passing, sorted) = (state.orders.passing.clone(), state.orders.sorted.clone());
    match (passing, sorted) {
        (Some(passing), Some(sorted)) => effects.push(Effect::Arrange {
            ticket,
            passing,
            sorted,
        }),
        (passing, sorted) => show(state, Shown::new(passing, sorted)),
    }
}

/// Filter and sorting are put together.
pub(super) fn arranged(state: &mut State, ticket: Ticket, lines: &Shown) {
    if state.orders.lines_ticket == ticket {
        show(state, lines.clone());
    }
}

fn show(state: &mut State, lines: Shown) {
    let all = state.file.orders();
    if state.orders.show(lines, all) {
        state.payload.cursor = crate::console::widget::cursor::Cursor::default();
    }
}

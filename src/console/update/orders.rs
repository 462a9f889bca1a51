//! The Orders view: the list, marks, the filter.

use ratatui::layout::{Position, Rect};

use crate::console::action::Command;
use crate::console::dialog::about_file::AboutFile;
use crate::console::dialog::choice::Choice;
use crate::console::dialog::columns::ColumnsDialog;
use crate::console::dialog::edits::Edits;
use crate::console::effect::{EditWork, Effect};
use crate::console::event::{Ticket, Told};
use crate::console::layout;
use crate::console::state::{State, Tone};
use crate::console::widget::cursor::Cursor;
use crate::console::widget::text;
use crate::deck::list::{Passing, Places};
use crate::deck::{BulkChange, Deck};

/// Lines of the list: the border, the heading, the detail and the rules below take the rest.
pub fn list_page(area: Option<Rect>) -> usize {
    layout::inner_rows(area, 2 + area.map_or(0, layout::order_detail))
}

/// A command in the Orders view.
pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    use Command as C;
    if super::payload::took(state, command, effects) {
        return;
    }
    match command {
        C::PreviousVendor => super::vendors::turn(state, false),
        C::NextVendor => super::vendors::turn(state, true),
        C::NextOperation => super::vendors::next_operation(state, effects),
        C::NextPane | C::PreviousPane => state.payload.focused = !state.payload.focused,
        C::NextFinding => super::payload::next_finding(state, true),
        C::PreviousFinding => super::payload::next_finding(state, false),
        C::Edit => super::payload::open_edit(state, false),
        C::SetMarked => super::payload::open_edit(state, true),
        C::Fix => super::payload::apply_fix(state, effects),
        C::Undo => super::edits::push(state, EditWork::Undo, effects),
        C::Redo => super::edits::push(state, EditWork::Redo, effects),
        C::Edits => {
            let edits = Edits::new(state);
            state.layers.push(Box::new(edits));
        }
        C::Exclude => exclude(state, effects),
        C::MarkAll => mark_all(state),
        C::MarkRange => mark_range(state),
        C::InvertMarks => invert_marks(state),
        C::Sort => super::sorting::open(state),
        C::SortNext => super::sorting::turn(state, true, effects),
        C::SortPrevious => super::sorting::turn(state, false, effects),
        C::ReverseSort => super::sorting::reverse(state, effects),
        C::Columns => {
            let columns = ColumnsDialog::new(state);
            state.layers.push(Box::new(columns));
        }
        C::Submit => super::sending::open_submit(state, effects),
        C::RetryRejected => super::sending::open_retry(state, effects),
        C::History => history(state, effects),
        C::Copy => super::payload::copy(state, effects),
        C::CopyCurl => super::payload::copy_curl(state, effects),
        C::Filter => super::filter::begin(state),
        C::KeptFilters => super::filter::open_kept(state),
        C::AboutFile => state.layers.push(Box::new(AboutFile::default())),
        C::FindingsByRule => super::filter::open_findings(state, effects),
        C::ChooseProfile => {
            let choice = Choice::of_profiles(state);
            state.layers.push(Box::new(choice));
        }
        command if state.payload.focused => super::payload::command(state, command, effects),
        C::Accept | C::Right => state.payload.focused = true,
        C::Mark => mark(state),
        C::Back => {
            if super::sorting::stop(state, effects) {
                return;
            }
            if state.orders.passing.is_some() || !state.orders.filter.text().is_empty() {
                drop_filter(state, effects);
            } else {
                state.orders.marked.clear();
            }
        }
        command => {
            let shown = state.orders.shown(state.file.orders());
            let areas = layout::orders(
                state.room(),
                state.payload.focused,
                state.responses.list.len(),
            );
            let before = state.orders.cursor.at;
            state
                .orders
                .cursor
                .act(command, shown, list_page(areas.list));
            if state.orders.cursor.at != before {
                state.payload.cursor = Cursor::default();
                state.payload.jump = None;
            }
        }
    }
}

/// The history of the order under the cursor.
fn history(state: &mut State, effects: &mut Vec<Effect>) {
    let all = state.file.orders();
    let deck = state.file.shown();
    let place = state.orders.current(all);
    // As the file has it where the order itself can't be read.
    let key = place.zip(deck).and_then(|(place, deck)| {
        let order = deck.order(place).ok().map(|order| order.order.id);
        order.or_else(|| deck.source_key(place))
    });
    match key {
        Some(key) => effects.push(Effect::History(key)),
        None => state.say(Tone::Error, "the order has no id that can be read"),
    }
}

fn mark(state: &mut State) {
    let all = state.file.orders();
    if let Some(place) = state.orders.current(all) {
        if !state.orders.marked.remove(place) {
            state.orders.marked.insert(place);
        }
        state.orders.marked_last = Some(place);
        let shown = state.orders.shown(all);
        state.orders.cursor.at = (state.orders.cursor.at + 1).min(shown.saturating_sub(1));
    }
}

fn mark_all(state: &mut State) {
    let all = state.file.orders();
    let orders = &mut state.orders;
    if orders.passing.is_none() {
        let marks_all = orders.marked.len() < all;
        let marked = marks_all.then(|| Places::all(all));
        orders.marked = marked.unwrap_or_default();
        return;
    }
    let lines = (0..orders.shown(all)).filter_map(|line| orders.lines.place(line, all));
    if lines.clone().all(|place| orders.marked.contains(place)) {
        for place in lines {
            orders.marked.remove(place);
        }
    } else {
        orders.marked.extend(lines);
    }
}

/// Marks from the order marked last to the one under the cursor, as they are shown.
fn mark_range(state: &mut State) {
    let all = state.file.orders();
    let to = state.orders.cursor.at;
    let from = state.orders.marked_last;
    let Some(from) = from.and_then(|place| state.orders.lines.line_of(place)) else {
        let key = state.keymap.first(Command::Mark);
        return state.say(
            Tone::Info,
            format!("a range begins at the order marked last: mark one with {key}"),
        );
    };
    let range = from.min(to)..from.max(to) + 1;
    let many = text::many(range.len() as u64, "order");
    let places: Vec<usize> = state.orders.places(range, all).collect();
    state.orders.marked.extend(places);
    state.orders.marked_last = state.orders.current(all);
    state.say(Tone::Info, format!("{many} marked in one go"));
}

fn invert_marks(state: &mut State) {
    let all = state.file.orders();
    let orders = &mut state.orders;
    if orders.passing.is_none() {
        orders.marked = orders.marked.others(all);
        return;
    }
    for line in 0..orders.shown(all) {
        if let Some(place) = orders.lines.place(line, all)
            && !orders.marked.remove(place)
        {
            orders.marked.insert(place);
        }
    }
}

/// Leaves orders out, or takes them back in: what the first of them isn't.
fn exclude(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(deck) = state.file.deck.clone() else {
        return;
    };
    let places = state.orders.meant(deck.len());
    let Some(first) = places.first().and_then(|place| deck.order(*place).ok()) else {
        return state.say(Tone::Error, "the order can't be read");
    };
    let out = first.left.is_none();
    let verb = if out { "leave out" } else { "take back in" };
    if places.len() == 1 {
        let label = format!("{verb} {}", first.order.id);
        let edits = vec![Deck::exclusion_edit(&first, out)];
        return super::edits::push(state, EditWork::Make { label, edits }, effects);
    }
    let Some(target) = state.vendors.front_target().cloned() else {
        return state.say(Tone::Error, "no account is chosen for this vendor");
    };
    let label = format!("{verb} {} orders", places.len());
    let change = BulkChange::Exclude(out);
    let target = Box::new(target);
    let work = EditWork::MakeForMany {
        label,
        places,
        change,
        target,
    };
    super::edits::push(state, work, effects);
}

/// The filter's answer.
pub(super) fn filtered(
    state: &mut State,
    ticket: Ticket,
    places: &Told<Passing>,
    effects: &mut Vec<Effect>,
) {
    if state.orders.filter_ticket != ticket {
        return;
    }
    state.filter.counting = None;
    match places {
        Ok(places) => {
            state.orders.passing = Some(places.clone());
            super::sorting::arrange(state, effects);
        }
        Err(why) => state.orders.filter_trouble = Some(why.clone()),
    }
}

pub(super) fn drop_filter(state: &mut State, effects: &mut Vec<Effect>) {
    state.orders.filter.clear();
    state.orders.filter_trouble = None;
    super::filter::dropped(state);
    super::filter::forget(state, effects);
    show_all(state, effects);
    state.orders.typing_filter = false;
}

pub(super) fn show_all(state: &mut State, effects: &mut Vec<Effect>) {
    state.orders.passing = None;
    super::sorting::arrange(state, effects);
}

/// A click into the list: on a heading it sorts, on an order it goes there, on the marks of one it marks it, and a
/// second one soon after goes into its payload.
pub(super) fn click(state: &mut State, list: Rect, at: Position, effects: &mut Vec<Effect>) {
    state.payload.focused = false;
    let column = usize::from(at.x.saturating_sub(list.x + 1));
    match at.y.checked_sub(list.y + 1).map(usize::from) {
        Some(0) => {
            let columns = super::sorting::fitted(state);
            let hit = columns
                .iter()
                .find(|fitted| (fitted.at..fitted.at + fitted.width).contains(&column));
            if let Some(fitted) = hit
                && may(state, Command::Sort)
            {
                super::sorting::by_column(state, fitted.column, effects);
            }
        }
        Some(row) if row <= list_page(Some(list)) => {
            let line = state.orders.cursor.top + row - 1;
            if line >= state.orders.shown(state.file.orders()) {
                return;
            }
            let twice = state.orders.clicked.again(line, state.now);
            go_to(state, line);
            if column < 2 && may(state, Command::Mark) {
                mark(state);
                state.orders.cursor.at = line;
                state.orders.clicked.forget();
            } else if twice {
                state.payload.focused = true;
            }
        }
        _ => {}
    }
}

/// Whether a click may do what a key does; else it is said why not.
fn may(state: &mut State, command: Command) -> bool {
    let may = super::beginning::may(state, command);
    if let Err(why) = &may {
        state.say(Tone::Info, why.clone());
    }
    may.is_ok()
}

fn go_to(state: &mut State, line: usize) {
    if state.orders.cursor.at != line {
        state.orders.cursor.at = line;
        state.payload.cursor = Cursor::default();
        state.payload.jump = None;
    }
}

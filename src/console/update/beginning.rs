//! The first orders of a big file, looked at while all of it is read: the list, the payloads, and no more than that.
//! What needs the whole file says that it waits. When that is there, the eye stays where it was.

use crate::console::action::{Command, Place};
use crate::console::event::Ticket;
use crate::console::state::{OrdersState, PayloadState, State, View};
use crate::deck::Deck;

/// What was looked at, and how.
pub(super) struct LookedAt {
    deck: Deck,
    orders: OrdersState,
    payload: PayloadState,
    tab: usize,
}

impl LookedAt {
    /// Whether the operator did more than to wait.
    pub fn was_moved(&self) -> bool {
        self.orders.cursor.at > 0 || self.payload.focused
    }
}

/// The first orders of the file that is being opened. They are shown where no other file is in front.
pub(super) fn came(state: &mut State, ticket: Ticket, deck: &Deck) {
    let opening = state.file.opening.as_mut();
    let Some(opening) = opening.filter(|opening| opening.ticket == ticket) else {
        return;
    };
    opening.beginning = Some(deck.clone());
    if state.file.deck.is_none() {
        super::vendors::front_native(state, deck);
    }
}

/// They are looked at no more: the file is there, or isn't opened any more. Returns what was looked at.
pub(super) fn leave(state: &mut State) -> Option<LookedAt> {
    state.file.beginning()?;
    let deck = state.file.opening.as_mut()?.beginning.take()?;
    Some(LookedAt {
        deck,
        orders: std::mem::take(&mut state.orders),
        payload: std::mem::take(&mut state.payload),
        tab: state.vendors.front,
    })
}

/// The whole file is in front now. The cursor stays on its order, at its height, where the operator moved it.
pub(super) fn go_on(state: &mut State, looked_at: LookedAt) {
    let was_moved = looked_at.was_moved();
    let LookedAt {
        deck: beginning,
        orders,
        mut payload,
        tab,
    } = looked_at;
    let Some(deck) = &state.file.deck else {
        return;
    };
    let before = orders.current(beginning.len());
    let found = before
        .and_then(|place| beginning.source_key(place))
        .and_then(|key| deck.index().find(&key));
    let has_other = state.orders.cursor.at > 0;
    let line = found.and_then(|place| state.orders.lines.line_of(place));
    let Some(line) = line.filter(|_| was_moved || !has_other) else {
        return;
    };
    if was_moved {
        state.vendors.front = tab;
    }
    let height = orders.cursor.at.saturating_sub(orders.cursor.top);
    state.orders.cursor.at = line;
    state.orders.cursor.top = line.saturating_sub(height);
    if found == before {
        // They are read again, since more of them may have stood behind; till then the screen stays as it is.
        state.orders.rows = orders.rows;
        state.orders.stale = true;
    }
    // The payload is made again too; its cursor stays on its field.
    payload.shown = None;
    payload.asked = None;
    state.payload = payload;
}

/// Whether a command can be done while only the beginning is there; else it says what it waits for.
pub(super) fn may(state: &State, command: Command) -> Result<(), String> {
    use Command as C;
    let is_here = matches!(state.view, View::Orders | View::Mapping);
    if state.file.beginning().is_none() || !is_here {
        return Ok(());
    }
    let is_looking = matches!(
        command,
        C::Accept
            | C::NextVendor
            | C::PreviousVendor
            | C::NextOperation
            | C::ChooseProfile
            | C::Columns
            | C::History
            | C::Fold
            | C::FoldAll
            | C::UnfoldAll
            | C::Find
            | C::NextFinding
            | C::PreviousFinding
            | C::CopyValue
            | C::CopyPath
    );
    let places = command.spec().places;
    let is_of_file = [Place::Orders, Place::Payload, Place::Mapping]
        .iter()
        .any(|place| places.contains(place));
    if is_looking || (!is_of_file && command != C::OpenFiles) {
        return Ok(());
    }
    let so_far = percent(state).map_or_else(String::new, |percent| format!(", {percent} % so far"));
    Err(format!("it waits until the whole file is read{so_far}"))
}

/// Whether the keys go to the payload of one of the first orders.
pub fn is_inside(state: &State) -> bool {
    state.payload.focused && state.file.beginning().is_some()
}

/// How much of the file that is being opened is read, of a hundred, where that is known.
pub fn percent(state: &State) -> Option<u64> {
    let opening = state.file.opening.as_ref()?;
    opening.bytes.saturating_mul(100).checked_div(opening.total)
}

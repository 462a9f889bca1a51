//! The field under the cursor stays when another vendor comes to the front: the same field of the order, else the
//! same place, else the nearest.

use crate::console::state::{Anchor, State};
use crate::console::widget::json::{JsonLine, LineKind};
use crate::deck::Payload;
use crate::order::Field;
use crate::order::field::Level;

/// Remembers the field under the cursor, before another payload of the order takes the place of this one. A field
/// that the vendor in front lacks is still remembered as long as the cursor isn't moved.
pub fn keep(state: &mut State) {
    let stands = (state.vendors.front, state.payload.cursor.at);
    let kept = state.payload.anchor.as_ref();
    let still = kept.is_some_and(|anchor| anchor.landed.is_none_or(|landed| landed == stands));
    if still {
        if let Some(anchor) = &mut state.payload.anchor {
            anchor.landed = None;
        }
        return;
    }
    state.payload.anchor = current(state);
}

fn current(state: &State) -> Option<Anchor> {
    let line = state.payload.line()?;
    let payload = state.payload.shown.as_ref()?.payload.as_ref().ok()?;
    Some(Anchor {
        fields: payload.fields_at(&line.pointer).to_vec(),
        item: item_of(&line.pointer),
        pointer: line.pointer.clone(),
        line: state.payload.cursor.at,
        landed: None,
    })
}

fn item_of(pointer: &str) -> Option<usize> {
    pointer.split('/').find_map(|part| part.parse().ok())
}

/// Puts the cursor on the remembered field, if another payload came. Returns whether there was one.
pub fn land(state: &mut State) -> bool {
    let Some(mut anchor) = state
        .payload
        .anchor
        .take_if(|anchor| anchor.landed.is_none())
    else {
        return false;
    };
    let Some(shown) = &state.payload.shown else {
        return false;
    };
    let lines = &state.payload.lines;
    let line = match &shown.payload {
        Ok(payload) => same_field(payload, &anchor)
            .and_then(|pointer| line_of(lines, pointer))
            .or_else(|| nearest(lines, &anchor.pointer)),
        Err(_) => None,
    };
    let last = lines.len().saturating_sub(1);
    let line = line.unwrap_or(anchor.line.min(last));
    state.payload.cursor.at = line;
    anchor.landed = Some((shown.tab, line));
    state.payload.anchor = Some(anchor);
    true
}

/// Where a payload has the field: what comes from the very same fields first, then what comes from one of them.
fn same_field<'a>(payload: &'a Payload, anchor: &Anchor) -> Option<&'a str> {
    let of_item = |field: Field, pointer: &str| {
        field.level() != Level::Item || item_of(pointer) == anchor.item
    };
    let mut best: Option<(usize, &str)> = None;
    for (pointer, fields) in payload.places() {
        let common = fields
            .iter()
            .filter(|field| anchor.fields.contains(field) && of_item(**field, pointer))
            .count();
        if common == 0 || payload.value.pointer(pointer).is_none() {
            continue;
        }
        // Fields that one has and the other hasn't count against it.
        let odd = fields.len() + anchor.fields.len() - 2 * common;
        if best.is_none_or(|(least, _)| odd < least) {
            best = Some((odd, pointer));
        }
    }
    best.map(|(_, pointer)| pointer)
}

/// The line of a place; of what it is folded in where it isn't shown.
fn line_of(lines: &[JsonLine], pointer: &str) -> Option<usize> {
    let mut pointer = pointer;
    loop {
        let line = lines.iter().position(|line| {
            line.pointer == pointer && !matches!(line.kind, LineKind::Close { .. })
        });
        if line.is_some() {
            return line;
        }
        pointer = &pointer[..pointer.rfind('/')?];
    }
}

/// The line of that place or of what is around it, but not of the whole: that says nothing.
fn nearest(lines: &[JsonLine], pointer: &str) -> Option<usize> {
    line_of(lines, pointer).filter(|line| pointer.is_empty() || !lines[*line].pointer.is_empty())
}

//! Copies of the payload and its parts.

use serde_json::Value;

use crate::console::effect::Effect;
use crate::console::state::{State, Tone};
use crate::console::widget::text;
use crate::order::outcome::Operation;
use crate::submit::Selection;

/// Copies the payload.
pub fn copy(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(shown) = &state.payload.shown
        && let Ok(payload) = &shown.payload
    {
        let text = serde_json::to_string_pretty(&payload.value).unwrap_or_default();
        let key = shown.order.order.id.clone();
        let what = match shown.target.operation {
            Operation::Import => "payload",
            Operation::Status => "status update",
            Operation::Cancel => "cancellation",
        };
        crate::console::update::copy(
            state,
            text,
            format!("the {what} of {key} was copied"),
            effects,
        );
    }
}

/// Copies the request for this order alone.
pub fn copy_curl(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(deck) = state.file.deck.clone() else {
        return;
    };
    let Some((place, target)) = state
        .payload
        .shown
        .as_ref()
        .map(|shown| (shown.place, shown.target.clone()))
    else {
        return;
    };
    effects.push(Effect::CurlOf {
        deck,
        target: Box::new(target),
        selection: Selection {
            places: Some(std::iter::once(place).collect()),
            resend: true,
            ..Selection::default()
        },
    });
}

/// Copies the value under the cursor: a text without its quotes, an object or a list as JSON.
pub fn copy_value(state: &mut State, effects: &mut Vec<Effect>) {
    let Some((pointer, value)) = under_cursor(state) else {
        return state.say(Tone::Info, "copy value: there is no value here");
    };
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Object(_) | Value::Array(_) => {
            serde_json::to_string_pretty(value).unwrap_or_default()
        }
        other => other.to_string(),
    };
    let done = format!("the value of {} was copied", place_of(&pointer));
    crate::console::update::copy(state, text, done, effects);
}

/// Copies the JSON pointer of the field under the cursor.
pub fn copy_path(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(line) = state.payload.line() else {
        return;
    };
    if line.pointer.is_empty() {
        return state.say(
            Tone::Info,
            "copy path: the payload itself has none; go to a field",
        );
    }
    let pointer = line.pointer.clone();
    let done = format!("{} was copied", text::shown(&pointer));
    crate::console::update::copy(state, pointer, done, effects);
}

fn under_cursor(state: &State) -> Option<(String, &Value)> {
    let pointer = state.payload.line()?.pointer.clone();
    let payload = state.payload.shown.as_ref()?.payload.as_ref().ok()?;
    let value = payload.value.pointer(&pointer)?;
    Some((pointer, value))
}

fn place_of(pointer: &str) -> String {
    match pointer {
        "" => "the whole".to_owned(),
        pointer => text::shown(pointer).into_owned(),
    }
}

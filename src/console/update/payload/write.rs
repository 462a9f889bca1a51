//! The payload, or an object or a list of it, written anew in the operator's own editor.

use serde_json::Value;

use super::findings::line_meant;
use crate::console::dialog::confirm::Confirm;
use crate::console::editor::{Job, Written};
use crate::console::effect::{EditWork, Effect};
use crate::console::state::{State, Tone};
use crate::console::update::edits;
use crate::deck::Deck;
use crate::deck::rewrite::with_value;

/// Asks for the editor: on an object or a list for that, else for the whole. What was written there before and
/// couldn't be used is opened again.
pub fn open(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(shown) = &state.payload.shown else {
        return;
    };
    let (Ok(payload), Some((_, line))) = (&shown.payload, line_meant(state)) else {
        return;
    };
    let part = payload
        .value
        .pointer(&line.pointer)
        .filter(|value| value.is_object() || value.is_array());
    let (pointer, value) = match part {
        Some(value) if line.kind.finding().is_none() => (line.pointer.clone(), value),
        _ => (String::new(), &payload.value),
    };
    let job = Job {
        // Writing to memory can't fail.
        text: serde_json::to_string_pretty(value).unwrap_or_default() + "\n",
        pointer,
        payload: payload.value.clone(),
        order: shown.order.clone(),
        vendor: shown.target.vendor,
    };
    let draft = state.payload.draft.take_if(|draft| draft.is_about(&job));
    effects.push(Effect::OpenEditor(Box::new(draft.unwrap_or(job))));
}

/// The editor was left: what was written becomes edits, or is told to be unusable and kept.
pub fn written(state: &mut State, written: Written, effects: &mut Vec<Effect>) {
    let Written { job, text } = written;
    let text = match text {
        Ok(text) => text,
        Err(why) => return state.say(Tone::Error, why),
    };
    let edits = serde_json::from_str::<Value>(&text)
        .map_err(|error| not_json(&error))
        .and_then(|value| {
            let after = with_value(&job.payload, &job.pointer, value);
            Deck::payload_edits(&job.order, job.vendor.name(), &job.payload, &after)
                .map_err(|error| error.to_string())
        });
    match edits {
        Ok(edits) if edits.is_empty() => state.say(Tone::Info, "nothing was changed"),
        Ok(edits) => {
            let label = job.label();
            edits::push(state, EditWork::Make { label, edits }, effects);
        }
        Err(why) => {
            let words = format!(
                "{why}. Nothing was changed, and nothing is lost: what you wrote is kept until you open another payload in the editor."
            );
            state.payload.draft = Some(Job { text, ..job });
            let ask = Confirm::new("Not used", words, "open it again", |state, effects| {
                if let Some(draft) = state.payload.draft.take() {
                    effects.push(Effect::OpenEditor(Box::new(draft)));
                }
            });
            state.layers.push(Box::new(ask));
        }
    }
}

/// What is wrong with a text, and where.
fn not_json(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let at = format!(" at line {} column {}", error.line(), error.column());
    let what = words.strip_suffix(&at).unwrap_or(&words);
    format!(
        "That isn't JSON: {what}, line {}, column {}",
        error.line(),
        error.column()
    )
}

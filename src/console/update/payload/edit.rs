//! What an edit of a payload means: of a field, by a finding's fix, or back to what the source says.

use super::findings::{finding, line_meant};
use crate::console::action::Command;
use crate::console::dialog::edit::EditDialog;
use crate::console::effect::{EditWork, Effect};
use crate::console::event::Told;
use crate::console::state::State;
use crate::console::update::edits;
use crate::console::widget::json;
use crate::deck::Deck;
use crate::order::Field;
use crate::order::edit::{Edit, EditTarget};
use crate::order::field::Level;
use crate::vendor::payload::apply;
use crate::vendor::{Origin, PayloadChange, Scope};

/// What an edit of the line under the cursor changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A field of the order, for all vendors.
    Field(Field, Option<usize>),
    /// A place in this vendor's payload.
    Place(String),
}

/// What `e` would edit here.
pub fn edit_subject(state: &State) -> Told<Subject> {
    let shown = state.payload.shown.as_ref().ok_or("there is no payload")?;
    let payload = shown.payload.as_ref().map_err(Clone::clone)?;
    let (_, line) = line_meant(state).ok_or("there is no payload")?;
    let family = shown.target.vendor.rule_family();
    if let Some(number) = line.kind.finding()
        && let Some(finding) = payload.findings.get(number)
        && !finding.rule.id.starts_with(family)
        && shown.order.native.is_none()
        && let Some((field, item)) = json::canonical(&finding.target)
    {
        return Ok(Subject::Field(field, item));
    }
    if line.pointer.is_empty() {
        return Err("go to a field of the payload first".to_owned());
    }
    let value = payload.value.pointer(&line.pointer);
    if value.is_some_and(|value| value.is_object() || value.is_array())
        && line.kind.finding().is_none()
    {
        let whole = state.keymap.first(Command::EditWhole);
        return Err(format!(
            "go to one of its fields; {whole} edits an object or a list whole, in your editor"
        ));
    }
    let origin = payload
        .origins
        .iter()
        .find(|(pointer, _)| *pointer == line.pointer)
        .map(|(_, origin)| *origin);
    if let Some(Origin::Fields([field])) = origin
        && shown.order.native.is_none()
    {
        let item = (field.level() == Level::Item)
            .then(|| line.pointer.split('/').find_map(|part| part.parse().ok()))
            .flatten();
        return Ok(Subject::Field(*field, item));
    }
    Ok(Subject::Place(line.pointer.clone()))
}

/// Opens the editor of the field under the cursor.
pub fn open_edit(state: &mut State, marked: bool) {
    let Ok(subject) = edit_subject(state) else {
        return;
    };
    let dialog = EditDialog::new(state, &subject, marked);
    if let Some(dialog) = dialog {
        state.layers.push(Box::new(dialog));
    }
}

/// What `f` would change here.
pub fn fix(state: &State) -> Told<(String, Vec<PayloadChange>)> {
    let shown = state.payload.shown.as_ref().ok_or("there is no payload")?;
    let payload = shown.payload.as_ref().map_err(Clone::clone)?;
    // The finding under the cursor, else the first that can be fixed.
    let number = finding(state)
        .map(|(number, _)| number)
        .or_else(|| shown.fixable.iter().position(|fixable| *fixable))
        .ok_or("no finding here can be fixed with one key")?;
    let finding = payload.findings.get(number).ok_or("there is no finding")?;
    let scope = Scope {
        operation: shown.target.operation,
        account: &shown.target.account,
        now: shown.target.now,
    };
    let changes = shown
        .target
        .vendor
        .fix(finding, &payload.value, &scope)
        .filter(|changes| !changes.is_empty())
        .ok_or_else(|| {
            let edit = state.keymap.first(Command::Edit);
            format!(
                "{} has no fix by one key; {edit} edits the field",
                finding.rule.id
            )
        })?;
    Ok((finding.rule.id.to_owned(), changes))
}

/// Puts the finding under the cursor right.
pub fn apply_fix(state: &mut State, effects: &mut Vec<Effect>) {
    let Ok((rule, changes)) = fix(state) else {
        return;
    };
    let Some(shown) = &state.payload.shown else {
        return;
    };
    let Ok(payload) = &shown.payload else {
        return;
    };
    let vendor = shown.target.vendor;
    let label = format!(
        "fix of {rule} in {} for {}",
        shown.order.order.id,
        vendor.title()
    );
    let mut value = payload.value.clone();
    let mut edits = Vec::with_capacity(changes.len());
    for change in &changes {
        let edit = Deck::payload_edit(&shown.order, vendor.name(), &value, change);
        apply(&mut value, change);
        edits.push(edit);
    }
    edits::push(state, EditWork::Make { label, edits }, effects);
}

/// What would be taken back here: the edits of the line under the cursor, and their place in words.
pub fn to_take_back(state: &State) -> Told<(String, Vec<Edit>)> {
    let shown = state.payload.shown.as_ref().ok_or("there is no payload")?;
    let payload = shown.payload.as_ref().map_err(Clone::clone)?;
    let (_, line) = line_meant(state).ok_or("there is no payload")?;
    let (order, vendor) = (&shown.order, shown.target.vendor);
    let mut edits = Deck::back_to_source(order, vendor, &payload.origins, &line.pointer);
    if let Ok(Subject::Field(field, item)) = edit_subject(state)
        && let Some(edit) = order.edit_of(field, item)
        && !edits.iter().any(|other| other.target == edit.target)
    {
        // A field that an edit emptied has no line of its own, but its finding has.
        edits.push(Edit {
            before: edit.after.clone(),
            after: edit.before.clone(),
            ..edit.clone()
        });
    }
    if edits.is_empty() {
        return Err("nothing was edited here".to_owned());
    }
    let place = match (&edits[..], line.pointer.as_str()) {
        ([one], _) => place_words(one),
        (_, "") => "everything".to_owned(),
        (_, pointer) => pointer.trim_start_matches('/').to_owned(),
    };
    Ok((place, edits))
}

/// What an edit changes, in words.
pub fn place_words(edit: &Edit) -> String {
    match &edit.target {
        EditTarget::Order { field, item: None } => field.clone(),
        EditTarget::Order {
            field,
            item: Some(item),
        } => format!("{field} {}", item + 1),
        EditTarget::Payload { pointer, .. } => pointer.trim_start_matches('/').to_owned(),
        EditTarget::Excluded => "left out".to_owned(),
    }
}

/// Takes the edits under the cursor back, as an entry that can be undone.
pub fn take_back(state: &mut State, effects: &mut Vec<Effect>) {
    let (Ok((place, edits)), Some(shown)) = (to_take_back(state), &state.payload.shown) else {
        return;
    };
    let label = format!(
        "{place} of {} back to the source's value",
        shown.order.order.id
    );
    edits::push(state, EditWork::Make { label, edits }, effects);
}

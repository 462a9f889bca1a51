//! The payload: its cursor, folding, findings, and what an edit there means.

use ratatui::layout::Rect;

use crate::console::action::Command;
use crate::console::dialog::edit::EditDialog;
use crate::console::effect::{EditWork, Effect};
use crate::console::event::{Ticket, Told};
use crate::console::layout;
use crate::console::model::{Inspection, Verdict};
use crate::console::state::{Jump, State, Tone};
use crate::console::widget::cursor::Cursor;
use crate::console::widget::json::{self, JsonLine, LineKind};
use crate::deck::Deck;
use crate::finding::{Finding, Severity};
use crate::order::Field;
use crate::order::field::Level;
use crate::order::outcome::Operation;
use crate::submit::Selection;
use crate::vendor::{Origin, PayloadChange, Scope, VendorRef};

/// Lines of the payload: the border and three lines about the cursor take the rest.
pub fn page(area: Option<Rect>) -> usize {
    layout::inner_rows(area, 3)
}

/// What an edit of the line under the cursor changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A field of the order, for all vendors.
    Field(Field, Option<usize>),
    /// A place in this vendor's payload.
    Place(String),
}

/// A payload came.
pub(super) fn inspected(state: &mut State, ticket: Ticket, inspection: Told<Box<Inspection>>) {
    if state.payload.ticket != ticket {
        return;
    }
    let inspection = match inspection {
        Ok(inspection) => inspection,
        Err(why) => {
            state.payload.shown = None;
            state.payload.lines.clear();
            state.payload.trouble = Some(why);
            return;
        }
    };
    // The cursor stays on the field it stood on.
    let stood = state
        .payload
        .line()
        .map(|line| (line.pointer.clone(), line.kind.clone()));
    state.payload.trouble = inspection.payload.as_ref().err().cloned();
    state.payload.shown = Some(inspection);
    build(state);
    if let Some(jump) = state.payload.jump.take() {
        let findings = match finding_lines(state, true) {
            grave if grave.is_empty() => finding_lines(state, false),
            grave => grave,
        };
        let line = match jump {
            Jump::FirstFinding => findings.first(),
            Jump::LastFinding => findings.last(),
        };
        if let Some(line) = line {
            state.payload.cursor.at = *line;
        }
        return;
    }
    if let Some((pointer, kind)) = stood {
        let lines = &state.payload.lines;
        let same = lines
            .iter()
            .position(|line| line.pointer == pointer && line.kind == kind)
            .or_else(|| {
                lines.iter().position(|line| {
                    line.pointer == pointer && !matches!(line.kind, LineKind::Close { .. })
                })
            });
        if let Some(line) = same {
            state.payload.cursor.at = line;
        }
    }
}

fn build(state: &mut State) {
    state.payload.lines = state
        .payload
        .shown
        .as_ref()
        .map(|shown| json::lines(shown, &state.payload.folded))
        .unwrap_or_default();
}

/// The lines of findings; `grave` leaves out notes, and what is told of nearly every order.
fn finding_lines(state: &State, grave: bool) -> Vec<usize> {
    let Some((findings, vendor)) = state.payload.shown.as_ref().and_then(|shown| {
        let payload = shown.payload.as_ref().ok()?;
        Some((&payload.findings, shown.target.vendor))
    }) else {
        return Vec::new();
    };
    let wanted = |number: usize| {
        findings
            .get(number)
            .is_some_and(|finding| !grave || is_grave(finding, vendor))
    };
    state
        .payload
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| matches!(line.kind, LineKind::Finding(number) if wanted(number)))
        .map(|(number, _)| number)
        .collect()
}

/// Whether a finding is about the order itself: an error or a warning, and no rule that nearly every order meets.
fn is_grave(finding: &Finding, vendor: VendorRef) -> bool {
    finding.severity != Severity::Info && !vendor.counted_once().contains(&finding.rule)
}

/// A command while the payload has the focus.
pub(super) fn command(state: &mut State, command: Command, _effects: &mut Vec<Effect>) {
    use Command as C;
    match command {
        C::Back => state.payload.focused = false,
        C::Fold => fold(state, None),
        C::Left => {
            let open = state
                .payload
                .line()
                .is_some_and(|line| matches!(line.kind, LineKind::Open { .. }));
            if open {
                fold(state, Some(true));
            } else if let Some(parent) = parent_line(state) {
                state.payload.cursor.at = parent;
            }
        }
        C::Right => fold(state, Some(false)),
        command => {
            let areas = layout::orders(state.size, true, state.responses.list.len());
            let lines = state.payload.lines.len();
            state
                .payload
                .cursor
                .act(command, lines, page(areas.payload));
        }
    }
}

fn parent_line(state: &State) -> Option<usize> {
    let line = state.payload.line()?;
    let at = state.payload.cursor.at;
    (0..at).rev().find(|number| {
        let other = &state.payload.lines[*number];
        matches!(other.kind, LineKind::Open { .. }) && other.depth < line.depth
    })
}

fn fold(state: &mut State, wish: Option<bool>) {
    let Some(line) = state.payload.line() else {
        return;
    };
    let pointer = line.pointer.clone();
    let is_folded = match line.kind {
        LineKind::Open { .. } | LineKind::Close { .. } => false,
        LineKind::Folded { count, .. } if count > 0 => true,
        _ => return,
    };
    if pointer.is_empty() || wish == Some(is_folded) {
        return;
    }
    if is_folded {
        state.payload.folded.remove(&pointer);
    } else {
        state.payload.folded.insert(pointer.clone());
    }
    build(state);
    let line = state
        .payload
        .lines
        .iter()
        .position(|line| line.pointer == pointer);
    state.payload.cursor.at = line.unwrap_or(state.payload.cursor.at);
}

/// Goes to the next finding that matters: in this payload, else in the next order that has one. Where no order has
/// one, the others of this payload are gone through.
pub(super) fn next_finding(state: &mut State, forward: bool) {
    let at = state.payload.cursor.at;
    // Without the focus the cursor isn't seen: begin at the payload's own first finding.
    let begin = !state.payload.focused
        && !state
            .payload
            .line()
            .is_some_and(|line| matches!(line.kind, LineKind::Finding(_)));
    let beside = |lines: &[usize]| {
        if forward {
            lines.iter().copied().find(|line| *line > at || begin)
        } else {
            lines.iter().copied().rfind(|line| *line < at)
        }
    };
    let grave = finding_lines(state, true);
    if let Some(line) = beside(&grave) {
        return go_to_line(state, line);
    }
    let all = state.file.orders();
    let shown = state.orders.shown(all);
    let from = state.orders.cursor.at;
    let Some(survey) = state.vendors.front_survey() else {
        return;
    };
    let has = |line: &usize| {
        state.orders.place(*line, all).is_some_and(|place| {
            matches!(survey.verdict(place), Verdict::Blocked | Verdict::Warned)
        })
    };
    let done = survey.done;
    let next = if forward {
        (from + 1..shown).chain(0..from).find(has)
    } else {
        (0..from).rev().chain((from + 1..shown).rev()).find(has)
    };
    match next {
        Some(line) => {
            state.orders.cursor.at = line;
            state.payload.cursor = Cursor::default();
            state.payload.focused |= narrow(state);
            state.payload.jump = Some(if forward {
                Jump::FirstFinding
            } else {
                Jump::LastFinding
            });
            let order = state.orders.place(line, all);
            let around = if (line > from) == forward {
                ""
            } else {
                ", from the other end"
            };
            if order.is_some() && !around.is_empty() {
                state.say(Tone::Info, format!("the search went on{around}"));
            }
        }
        None if done => {
            // Nothing that matters anywhere: what is told of nearly every order is all there is.
            let rest = if grave.is_empty() {
                beside(&finding_lines(state, false))
            } else {
                None
            };
            match rest {
                Some(line) => go_to_line(state, line),
                None => state.say(Tone::Well, "no other order has a finding"),
            }
        }
        None => state.say(Tone::Info, "the orders are still being checked"),
    }
}

fn go_to_line(state: &mut State, line: usize) {
    state.payload.cursor.at = line;
    state.payload.focused |= narrow(state);
}

/// Whether list and payload take each other's place.
fn narrow(state: &State) -> bool {
    layout::orders(state.size, false, 0).payload.is_none()
}

/// The worst finding of the order under the cursor, with its line, while the list hides the payload.
pub fn headline(state: &State) -> Option<(usize, &Finding)> {
    if state.payload.focused || !narrow(state) {
        return None;
    }
    let shown = state.payload.shown.as_ref()?;
    let place = state.orders.current(state.file.orders())?;
    if (shown.place, shown.tab) != (place, state.vendors.front) {
        return None;
    }
    let findings = &shown.payload.as_ref().ok()?.findings;
    finding_lines(state, true)
        .into_iter()
        .filter_map(|line| match state.payload.lines.get(line)?.kind {
            LineKind::Finding(number) => Some((line, findings.get(number)?)),
            _ => None,
        })
        // The first of the worst.
        .min_by_key(|(_, finding)| std::cmp::Reverse(finding.severity))
}

/// The line that keys are about: the one under the cursor; while the list hides it, that of the finding told there.
pub fn line_meant(state: &State) -> Option<(usize, &JsonLine)> {
    let at = headline(state).map_or(state.payload.cursor.at, |(line, _)| line);
    Some((at, state.payload.lines.get(at)?))
}

/// The finding that the line under the cursor is, or is about.
pub fn finding(state: &State) -> Option<(usize, &Finding)> {
    let (at, line) = line_meant(state)?;
    let findings = &state
        .payload
        .shown
        .as_ref()?
        .payload
        .as_ref()
        .ok()?
        .findings;
    let number = if let LineKind::Finding(number) = line.kind {
        number
    } else {
        state.payload.lines[at..]
            .iter()
            .skip(1)
            .find_map(|next| match next.kind {
                LineKind::Finding(number) if next.pointer == line.pointer => Some(number),
                _ => None,
            })?
    };
    Some((number, findings.get(number)?))
}

/// What `e` would edit here.
pub fn edit_subject(state: &State) -> Told<Subject> {
    let shown = state.payload.shown.as_ref().ok_or("there is no payload")?;
    let payload = shown.payload.as_ref().map_err(Clone::clone)?;
    let (_, line) = line_meant(state).ok_or("there is no payload")?;
    let family = shown.target.vendor.rule_family();
    if let LineKind::Finding(number) = line.kind
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
        && !matches!(line.kind, LineKind::Finding(_))
    {
        return Err(
            "go to one of its fields; an object or a list isn't edited as a whole".to_owned(),
        );
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
pub(super) fn open_edit(state: &mut State, marked: bool) {
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
pub(super) fn apply_fix(state: &mut State, effects: &mut Vec<Effect>) {
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
    let edits = changes
        .iter()
        .map(|change| Deck::payload_edit(&shown.order, vendor.name(), &payload.value, change))
        .collect();
    super::edits::push(state, EditWork::Make { label, edits }, effects);
}

/// Copies the payload.
pub(super) fn copy(state: &mut State, effects: &mut Vec<Effect>) {
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
        super::copy(
            state,
            text,
            format!("the {what} of {key} was copied"),
            effects,
        );
    }
}

/// Copies the request for this order alone.
pub(super) fn copy_curl(state: &mut State, effects: &mut Vec<Effect>) {
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

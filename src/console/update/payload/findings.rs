//! The findings of a payload: the next one, the one under the cursor, the worst of an order.

use crate::console::layout;
use crate::console::model::Verdict;
use crate::console::state::{Jump, State, Tone};
use crate::console::widget::cursor::Cursor;
use crate::console::widget::json::{JsonLine, LineKind};
use crate::finding::{Finding, Severity};
use crate::vendor::VendorRef;

/// The lines of findings; `grave` leaves out notes, and what is told of nearly every order.
pub(super) fn finding_lines(state: &State, grave: bool) -> Vec<usize> {
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

/// Goes to the next finding that matters: in this payload, else in the next order that has one. Where no order has
/// one, the others of this payload are gone through.
pub fn next_finding(state: &mut State, forward: bool) {
    let at = state.payload.cursor.at;
    // Without the focus the cursor isn't seen: begin at the payload's own first finding.
    let begin = !state.payload.focused
        && state
            .payload
            .line()
            .is_none_or(|line| line.kind.finding().is_none());
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
    layout::orders(state.room(), false, 0).payload.is_none()
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
    let number = if let Some(number) = line.kind.finding() {
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

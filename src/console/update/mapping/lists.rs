//! The lists that the mapping screen asks with: columns, targets, status words, a name to save under.

use super::{change_or_say, save_as};
use crate::console::dialog::choice::Choice;
use crate::console::dialog::typed::Typed;
use crate::console::state::mapping::{Desk, Pane};
use crate::console::state::{State, Tone};
use crate::console::widget::text;
use crate::deck::draft::{ColumnLine, Draft, Goal, WordLine};
use crate::mapping::{Rule, preset};

/// The places of the columns that a target may read: those that might be meant first.
pub(super) fn columns_for(desk: &Desk, goal: &Goal) -> Vec<usize> {
    let apart = desk.draft.lines_stand_apart();
    let mut meant: Vec<&str> = Vec::new();
    if let Some(suggestion) = desk.draft.suggestion(goal) {
        suggestion.rule.inputs(&mut |name| meant.push(name));
        meant.extend(
            suggestion
                .alternatives
                .iter()
                .map(|(name, _)| name.as_str()),
        );
    }
    // What lines have belongs to lines; of the order's columns lines may read any.
    let fits = |line: &ColumnLine| !line.column.of_lines || goal.is_of_lines();
    let mut places: Vec<usize> = (0..desk.columns.len()).collect();
    places.retain(|at| desk.columns.get(*at).is_some_and(fits));
    places.sort_by_key(|at| {
        let line = desk.columns.get(*at);
        let name = line.map_or("", |line| line.column.name.as_str());
        let rank = meant.iter().position(|known| *known == name);
        let used = line.is_some_and(|line| !line.targets.is_empty());
        let far = line.is_some_and(|line| {
            apart && goal.is_of_lines() && !line.column.of_lines && !line.column.joined
        });
        (far, rank.unwrap_or(usize::MAX), used, *at)
    });
    places
}

/// A list of columns for the target under the cursor.
pub(super) fn columns(state: &mut State) {
    if let Some((_, goal)) = current(state) {
        with_name(state, goal, columns_of);
    }
}

/// Goes on with a target; one whose last name is free is given one first.
pub(super) fn with_name(state: &mut State, goal: Goal, then: fn(&mut State, Goal)) {
    if !goal.is_nameless() {
        return then(state, goal);
    }
    let ask = Typed::new(
        format!("{}: which name?", goal.name()),
        "The name that the vendor's payload has in the place of the question mark.",
        "",
        Box::new(move |state, text, _| {
            let name = text.trim();
            if name.is_empty() || name.contains(['/', '*', '?']) {
                return Err("a name without / * ?".to_owned());
            }
            then(state, goal.named(name));
            Ok(())
        }),
    );
    state.layers.push(Box::new(ask));
}

/// A list of columns for a target.
pub(super) fn columns_of(state: &mut State, goal: Goal) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let places = columns_for(desk, &goal);
    let (names, rows): (Vec<String>, Vec<_>) = places
        .into_iter()
        .filter_map(|at| desk.columns.get(at))
        .map(|line| {
            let name = desk.draft.input_name(&goal, &line.column);
            let read: Vec<_> = line.targets.iter().map(Goal::name).collect();
            let read = match &read[..] {
                [] => String::new(),
                read => format!("  → {}", read.join(", ")),
            };
            let about = format!("{}{read}", line.column.samples.join(" · "));
            let row = (shown(&name), shown(&about));
            (name, row)
        })
        .unzip();
    let title = format!("Which column is {}?", shown(&goal.name()));
    let choice = Choice::new(title, rows, 0, move |state, at, _| {
        if let Some(name) = names.get(at) {
            change_or_say(state, |draft| draft.connect(&goal, name));
            if let Some(desk) = &mut state.mapping.desk {
                desk.stand_on(&goal);
            }
        }
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

/// A list of targets for the column under the cursor.
pub(super) fn targets(state: &mut State) {
    let Some(desk) = &state.mapping.desk else {
        return;
    };
    let Some(line) = desk.column() else { return };
    let column = line.column.clone();
    let goals: Vec<Goal> = desk
        .targets
        .iter()
        .filter(|target| target.goal.is_of_lines() || !column.of_lines)
        .map(|target| target.goal.clone())
        .collect();
    let rows = goals.iter().filter_map(|goal| {
        let rule = desk.draft.rule(goal).map(Rule::describe);
        let rule = rule.map_or_else(String::new, |rule| format!("← {rule} · "));
        let about = format!("{rule}{}", desk.line(goal)?.help);
        Some((shown(&goal.name()), shown(&about)))
    });
    let title = format!("What is {}?", shown(&column.name));
    let choice = Choice::new(title, rows.collect(), 0, move |state, at, _| {
        let Some(goal) = goals.get(at).cloned() else {
            return;
        };
        if goal.is_nameless() {
            return with_name(state, goal, columns_of);
        }
        let desk = state.mapping.desk.as_deref();
        let name = desk.map(|desk| desk.draft.input_name(&goal, &column));
        if let Some(name) = name {
            change_or_say(state, |draft| draft.connect(&goal, &name));
            if let Some(desk) = &mut state.mapping.desk {
                desk.stand_on(&goal);
            }
        }
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

/// Finds a line of the pane with the focus by its letters.
pub(super) fn find(state: &mut State) {
    let Some(desk) = &state.mapping.desk else {
        return;
    };
    if desk.pane == Pane::Columns {
        return find_column(state);
    }
    let (goals, rows): (Vec<Goal>, Vec<_>) = desk
        .targets
        .iter()
        .map(|line| {
            let rule = line.rule.as_deref();
            let rule = rule.map_or_else(String::new, |rule| format!("← {rule} · "));
            let about = shown(&format!("{rule}{}", line.help));
            (line.goal.clone(), (shown(&line.goal.name()), about))
        })
        .unzip();
    let choice = Choice::new("Find a target", rows, 0, move |state, at, _| {
        if let (Some(desk), Some(goal)) = (&mut state.mapping.desk, goals.get(at)) {
            desk.pane = Pane::Targets;
            desk.stand_on(goal);
        }
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

fn find_column(state: &mut State) {
    let Some(desk) = &state.mapping.desk else {
        return;
    };
    let (columns, rows): (Vec<_>, Vec<_>) = desk
        .columns
        .iter()
        .map(|line| {
            let row = (
                shown(&line.column.name),
                shown(&line.column.samples.join(" · ")),
            );
            ((line.column.name.clone(), line.column.of_lines), row)
        })
        .unzip();
    let choice = Choice::new("Find a column", rows, 0, move |state, at, _| {
        let (Some(desk), Some((name, of_lines))) = (&mut state.mapping.desk, columns.get(at))
        else {
            return;
        };
        let mut lines = desk.columns.iter().map(|line| &line.column);
        let at = lines.position(|column| column.name == *name && column.of_lines == *of_lines);
        if let Some(at) = at {
            desk.cursors[Pane::Columns as usize].at = at;
        }
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

/// The desk and the target under its cursor.
pub(super) fn current(state: &State) -> Option<(&Desk, Goal)> {
    let desk = state.mapping.desk.as_deref()?;
    Some((desk, desk.target()?.goal.clone()))
}

pub(super) fn shown(words: &str) -> String {
    text::shown(words).into_owned()
}

/// The status words and what they mean; those that are unknown first.
pub(super) fn words(state: &mut State) {
    words_after(state, None);
}

/// The same, coming back from a word that stood on that line: on the next that is unknown, else on that word.
fn words_after(state: &mut State, from: Option<(usize, &WordLine)>) {
    let Some(desk) = &state.mapping.desk else {
        return;
    };
    let mut known = desk.words.clone();
    known.sort_by_key(|word| word.ours.is_some());
    let rows = known.iter().map(|word| {
        let ours = match word.ours.as_deref() {
            None => "? what does it mean".to_owned(),
            Some("") => "says nothing".to_owned(),
            Some(ours) => ours.to_owned(),
        };
        let line = format!("{} · {}", word.axis, shown(&word.word));
        let often = match word.count {
            0 => String::new(),
            count => format!("  · {}", text::many(count as u64, "record")),
        };
        (line, format!("{ours}{often}"))
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        let words = "no target that is a status is filled, so there are no words";
        return state.say(Tone::Info, words);
    }
    let title = match desk.draft.looked_at() {
        (_, true) => "Status words".to_owned(),
        (records, false) => format!(
            "Status words of the first {} records; later ones may have others",
            text::count(records as u64)
        ),
    };
    let is_open = |at: &usize| known.get(*at).is_some_and(|word| word.ours.is_none());
    let at = from.and_then(|(line, from)| {
        let open = [line, 0].into_iter().find(is_open);
        let itself = || {
            let mut known = known.iter();
            known.position(|word| word.axis == from.axis && word.word == from.word)
        };
        open.filter(|_| from.ours.is_none()).or_else(itself)
    });
    let choice = Choice::new(title, rows, at.unwrap_or(0), move |state, at, _| {
        if let Some(word) = known.get(at) {
            meaning(state, at, word.clone());
        }
    });
    let choice = choice.in_sight(state);
    state.layers.push(Box::new(choice));
}

/// What the status word on that line of the list means; then the list again.
fn meaning(state: &mut State, line: usize, word: WordLine) {
    let mut rows: Vec<_> = Draft::meanings(word.axis)
        .iter()
        .map(|ours| ((*ours).to_owned(), String::new()))
        .collect();
    rows.push((
        "nothing".to_owned(),
        "it says nothing of the order".to_owned(),
    ));
    let title = format!(
        "What does {} mean as {} status?",
        shown(&word.word),
        word.axis
    );
    let now = word.ours.as_deref().map_or(0, |ours| {
        let mut meanings = Draft::meanings(word.axis).iter();
        let nothing = rows.len().saturating_sub(1);
        meanings.position(|known| *known == ours).unwrap_or(nothing)
    });
    let from = word.clone();
    let choice = Choice::new(title, rows, now, move |state, at, _| {
        let ours = Draft::meanings(word.axis).get(at).copied().unwrap_or("");
        change_or_say(state, |draft| {
            draft.set_word(word.axis, &word.word, Some(ours))
        });
        words_after(state, Some((line, &word)));
    });
    let choice = choice
        .back_to(move |state| words_after(state, Some((line, &from))))
        .in_sight(state);
    state.layers.push(Box::new(choice));
}

/// Asks for a name to save under.
pub(super) fn save(state: &mut State) {
    let Some(desk) = &mut state.mapping.desk else {
        return;
    };
    desk.pane = Pane::Targets;
    let mut name = desk.draft.mapping().name().to_owned();
    if preset(&name).is_some() {
        name = format!("my-{name}");
    }
    let help = "Letters, digits, - and _. Files of this kind are known by it from now on.";
    let ask = Typed::new(
        "Save the mapping as",
        help,
        name,
        Box::new(|state, text, effects| {
            save_as(state, text.trim(), false, effects);
            Ok(())
        }),
    );
    state.layers.push(Box::new(ask));
}

//! Files that a mapping joins: a list of them, another one added, and which columns hold the same keys.

use std::path::PathBuf;

use super::change_or_say;
use super::lists::shown;
use crate::console::dialog::choice::Choice;
use crate::console::dialog::typed::Typed;
use crate::console::effect::{DraftWork, Effect};
use crate::console::event::Told;
use crate::console::state::{State, Tone};
use crate::console::widget::text;
use crate::deck::draft::JoinCandidate;

/// Pairs of columns that are offered.
const PAIRS: usize = 12;

/// Asks which files lie beside the one that is mapped; the answer opens the list.
pub(super) fn begin(state: &State, effects: &mut Vec<Effect>) {
    if let Some(desk) = &state.mapping.desk {
        effects.push(Effect::Draft(DraftWork::FilesBeside(desk.path.clone())));
    }
}

/// The list of joined files and of those that might be.
pub(in crate::console::update) fn offer(state: &mut State, files: &Told<Vec<PathBuf>>) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let files = match files {
        Ok(files) => files.clone(),
        Err(why) => return state.say(Tone::Error, why.clone()),
    };
    let joins = desk.draft.joins();
    let mut rows: Vec<(String, String)> = joins
        .iter()
        .map(|join| {
            let file = join.file.as_deref().unwrap_or("a file that is given");
            let about = format!(
                "{file} · its {} is {} here · joined: {}.Column",
                join.key, join.on, join.name
            );
            (format!("✓ {}", shown(&join.name)), shown(&about))
        })
        .collect();
    rows.extend(files.iter().map(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        (
            shown(&name),
            "join it: its columns can be connected then".to_owned(),
        )
    }));
    rows.push(("another file".to_owned(), "type its path".to_owned()));
    let choice = Choice::new("Joined files", rows, 0, move |state, at, effects| {
        if let Some(join) = joins.get(at) {
            return known(state, join.name.clone());
        }
        match files.get(at - joins.len()) {
            Some(file) => effects.push(Effect::Draft(DraftWork::SeeJoin(file.clone()))),
            None => another(state),
        }
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

fn another(state: &mut State) {
    let ask = Typed::new(
        "Join a file",
        "The path of the file. One that doesn't lie beside the orders is given again with --join when they are opened elsewhere.",
        "",
        Box::new(|_, text, effects| {
            let path = std::path::absolute(text.trim()).map_err(|error| error.to_string())?;
            effects.push(Effect::Draft(DraftWork::SeeJoin(path)));
            Ok(())
        }),
    );
    state.layers.push(Box::new(ask));
}

/// What can be done with a file that is joined.
fn known(state: &mut State, name: String) {
    let rows = vec![(
        "join it no more".to_owned(),
        "targets that read from it have to be emptied first".to_owned(),
    )];
    let title = format!("The joined file {}", shown(&name));
    let choice = Choice::new(title, rows, 0, move |state, _, _| {
        change_or_say(state, |draft| draft.remove_join(&name));
    });
    state.layers.push(Box::new(choice));
}

/// The columns of a file that was looked at: which of them holds the key?
pub(in crate::console::update) fn seen(state: &mut State, seen: &Told<Box<JoinCandidate>>) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let candidate = match seen {
        Ok(candidate) => (**candidate).clone(),
        Err(why) => return state.say(Tone::Error, why.clone()),
    };
    let mut pairs = candidate.pairs(desk.draft.first_columns());
    pairs.truncate(PAIRS);
    let own = desk.draft.first_columns();
    let mut names: Vec<(String, String)> = Vec::new();
    let mut rows: Vec<(String, String)> = Vec::new();
    for (here, there, both, all) in pairs {
        let (Some(here), Some(there)) = (own.get(here), candidate.columns.get(there)) else {
            continue;
        };
        rows.push((
            format!("{} = {}", shown(&here.name), shown(&there.name)),
            format!(
                "{} of {} seen here stand there too",
                text::count(both as u64),
                text::many(all as u64, "value")
            ),
        ));
        names.push((here.name.clone(), there.name.clone()));
    }
    rows.push((
        "two other columns".to_owned(),
        "choose the one here, then the one there".to_owned(),
    ));
    let file = candidate.path.file_name().unwrap_or_default();
    let title = format!(
        "What do this file and {} share?",
        shown(&file.to_string_lossy())
    );
    let choice = Choice::new(title, rows, 0, move |state, at, _| match names.get(at) {
        Some((here, there)) => join(state, &candidate, here, there),
        None => by_hand(state, candidate.clone()),
    });
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

fn by_hand(state: &mut State, candidate: JoinCandidate) {
    let Some(desk) = state.mapping.desk.as_deref() else {
        return;
    };
    let own = desk.draft.first_columns().iter();
    let own: Vec<_> = own.filter(|column| !column.of_lines).cloned().collect();
    let rows = own
        .iter()
        .map(|column| (shown(&column.name), shown(&column.samples.join(" · "))));
    let choice = Choice::new(
        "The key in this file",
        rows.collect(),
        0,
        move |state, at, _| {
            let Some(here) = own.get(at).map(|column| column.name.clone()) else {
                return;
            };
            let candidate = candidate.clone();
            let rows = candidate
                .columns
                .iter()
                .map(|column| (shown(&column.name), shown(&column.samples.join(" · "))));
            let title = "The key in the joined file";
            let choice = Choice::new(title, rows.collect(), 0, move |state, at, _| {
                if let Some(there) = candidate.columns.get(at) {
                    join(state, &candidate, &here, &there.name);
                }
            });
            let choice = choice.with_search(state);
            state.layers.push(Box::new(choice));
        },
    );
    let choice = choice.with_search(state);
    state.layers.push(Box::new(choice));
}

fn join(state: &mut State, candidate: &JoinCandidate, here: &str, there: &str) {
    let name = candidate.name();
    let path = candidate.path.clone();
    change_or_say(state, |draft| draft.set_join(&name, &path, there, here));
    let words = format!("joined: its columns stand on the left as {name}.…");
    if state.mapping.desk.is_some() {
        state.say(Tone::Info, words);
    }
}

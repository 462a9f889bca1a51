//! The Profiles view: choose, add, change, try, take out.

use crate::console::action::Command;
use crate::console::dialog::confirm::Confirm;
use crate::console::dialog::profile::ProfileDialog;
use crate::console::effect::{Effect, ProfileWork};
use crate::console::event::Told;
use crate::console::layout;
use crate::console::model::AccountInfo;
use crate::console::pane::profiles::{detail_page, rows, trouble_lines};
use crate::console::state::{State, Tone, Trial, View};
use crate::console::widget::cursor::Cursor;
use crate::workspace::Probed;
use ratatui::layout::{Position, Rect};

/// The account under the cursor.
pub fn current(state: &State) -> Option<&AccountInfo> {
    state.vendors.accounts.get(state.profiles.cursor.at)
}

/// Whether the account under the cursor can be changed or taken out.
pub fn may_change(state: &State) -> Result<(), String> {
    match current(state) {
        None => Err("there is no account".to_owned()),
        Some(account) if account.is_built_in() => Err(format!(
            "{} is built in and can't be changed; {} adds an account of your own",
            account.name,
            state.keymap.first(Command::AddProfile)
        )),
        Some(_) => Ok(()),
    }
}

fn page(state: &State) -> usize {
    let trouble = state.profiles.trouble.is_some();
    layout::inner_rows(
        Some(layout::profiles(state.room()).list),
        if trouble { 5 } else { 1 },
    )
}

pub(super) fn settle(state: &mut State) {
    let page = page(state);
    let count = state.vendors.accounts.len();
    state.profiles.cursor.settle(count, page);
    let lines = current(state).map_or(0, |account| rows(account).len());
    let page = detail_page(state.room());
    if let Some(cursor) = &mut state.profiles.detail {
        cursor.settle(lines, page);
    }
}

/// A click puts the cursor on an account, or into the lines beside it; the second one does what enter does there.
pub(super) fn click(state: &mut State, at: Position, effects: &mut Vec<Effect>) {
    let areas = layout::profiles(state.room());
    let row = |area: Rect, above: usize| {
        let row = usize::from(at.y).checked_sub(usize::from(area.y) + 1 + above)?;
        (area.contains(at) && at.y + 1 < area.bottom()).then_some(row)
    };
    if areas.list.contains(at) {
        state.profiles.detail = None;
        let above = trouble_lines(areas.list, state).len() + 1;
        let line = row(areas.list, above).map(|row| state.profiles.cursor.top + row);
        let Some(line) = line.filter(|line| *line < state.vendors.accounts.len()) else {
            return;
        };
        state.profiles.cursor.at = line;
        if state.profiles.clicked.again(line, state.now) {
            super::command(state, Command::Accept, effects);
        }
    } else if let Some(row) = row(areas.detail, 0) {
        let mut cursor = state.profiles.detail.unwrap_or_default();
        let line = cursor.top + row;
        let lines = current(state).map_or(0, |account| rows(account).len());
        if row < detail_page(state.room()) && line < lines {
            cursor.at = line;
        }
        state.profiles.detail = Some(cursor);
    }
}

pub(super) fn command(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::Back if state.profiles.detail.is_some() => state.profiles.detail = None,
        Command::Back => state.view = View::Orders,
        Command::NextPane | Command::PreviousPane => {
            state.profiles.detail = match state.profiles.detail {
                None => Some(Cursor::default()),
                Some(_) => None,
            };
        }
        Command::Right if state.profiles.detail.is_none() => {
            state.profiles.detail = Some(Cursor::default());
        }
        Command::Left => state.profiles.detail = None,
        Command::AddProfile => add(state),
        Command::EditProfile => edit(state),
        Command::Accept if state.profiles.detail.is_some() => match may_change(state) {
            Ok(()) => edit(state),
            Err(why) => state.say(Tone::Info, why),
        },
        Command::Accept => choose(state, effects),
        Command::TestProfile => test(state, effects),
        Command::RemoveProfile => remove(state),
        command => {
            let lines = current(state).map_or(0, |account| rows(account).len());
            let (count, page) = (state.vendors.accounts.len(), page(state));
            let beside = detail_page(state.room());
            match &mut state.profiles.detail {
                Some(cursor) => cursor.act(command, lines, beside),
                None => state.profiles.cursor.act(command, count, page),
            };
        }
    }
}

/// Opens the dialog for a new account.
pub(super) fn add(state: &mut State) {
    let dialog = ProfileDialog::add(state.vendors.front_vendor(), &state.vendors.accounts);
    state.layers.push(Box::new(dialog));
}

/// Opens the form of the account, on the line under the cursor.
fn edit(state: &mut State) {
    let Some(account) = current(state) else {
        return;
    };
    let lines = rows(account);
    let line = state
        .profiles
        .detail
        .and_then(|cursor| lines.get(cursor.at));
    let dialog = ProfileDialog::edit(account, line.map(|row| &row.field));
    state.layers.push(Box::new(dialog));
}

/// Its vendor's payloads are made for this account from now on.
fn choose(state: &mut State, effects: &mut Vec<Effect>) {
    let Some((name, vendor)) = current(state).map(|account| (account.name.clone(), account.vendor))
    else {
        return;
    };
    let tab = state
        .vendors
        .tabs
        .iter()
        .position(|tab| tab.vendor == vendor);
    if let Some(tab) = tab {
        state.vendors.front = tab;
        super::vendors::choose_profile(state, &name, effects);
        state.view = View::Orders;
        state.say(
            Tone::Well,
            format!("{} payloads are made for {name}", vendor.title()),
        );
    }
}

fn test(state: &mut State, effects: &mut Vec<Effect>) {
    let Some((name, built_in)) =
        current(state).map(|account| (account.name.clone(), account.is_built_in()))
    else {
        return;
    };
    if built_in && !super::vendors::need_sandbox(state, effects) {
        super::arrived::after_sandbox(state, Command::TestProfile);
        return state.say(Tone::Info, super::arrived::STARTING);
    }
    state.profiles.trials.insert(name.clone(), Trial::UnderWay);
    effects.push(Effect::Profile(ProfileWork::Test(name)));
}

/// An account was tried.
pub(super) fn tested(state: &mut State, profile: &str, probed: &Told<Probed>) {
    let (tone, words) = match probed {
        Ok(probed) if probed.well => (Tone::Well, "it works"),
        Ok(probed) => (Tone::Error, probed.verdict()),
        Err(_) => (Tone::Error, "it could not be tried"),
    };
    state.say(tone, format!("{profile}: {words}"));
    state
        .profiles
        .trials
        .insert(profile.to_owned(), Trial::Done(probed.clone()));
}

fn remove(state: &mut State) {
    let Some(name) = current(state).map(|account| account.name.clone()) else {
        return;
    };
    let words = format!(
        "{name} is taken out of profiles.toml, with the secrets that stand there. The ledger keeps what it knows of the account."
    );
    state.profiles.removing = Some(name);
    state.layers.push(Box::new(Confirm::new(
        "Remove a profile",
        words,
        "remove it",
        |state, effects| {
            if let Some(name) = state.profiles.removing.take() {
                state.profiles.detail = None;
                state.profiles.trials.remove(&name);
                effects.push(Effect::Profile(ProfileWork::Remove(name)));
            }
        },
    )));
}

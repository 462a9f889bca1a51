//! What can be chosen from the palette, and what of it fits the letters that were typed.

use crate::console::action::{Command, TABLE};
use crate::console::state::{State, Subject};
use crate::console::update;
use crate::console::widget::{fuzzy, text};
use crate::manual::PAGES;

/// Something to choose.
#[derive(Debug)]
pub(super) struct Entry {
    pub subject: Subject,
    pub name: String,
    pub about: String,
    /// Its key, where it has one.
    pub key: String,
    /// Whether it can be done now; else why not.
    pub can: Result<(), String>,
    /// Whether it was chosen lately.
    pub recent: bool,
}

/// An entry that fits, with the places of the letters that matched.
#[derive(Debug)]
pub(super) struct Row {
    pub entry: usize,
    pub in_name: Vec<usize>,
    pub in_about: Vec<usize>,
}

/// Commands that make no sense to choose from a list.
fn is_listed(command: Command) -> bool {
    use Command as C;
    !matches!(
        command,
        C::Up
            | C::Down
            | C::Left
            | C::Right
            | C::PageUp
            | C::PageDown
            | C::Top
            | C::Bottom
            | C::Accept
            | C::Back
            | C::Palette
            | C::NextPane
            | C::PreviousPane
            | C::CancelMode
            | C::LookAtRequest
            | C::Stop
    )
}

/// Everything, in the order in which it is shown while nothing is typed: what was chosen lately, what can be done
/// now, the rest.
pub(super) fn all(state: &State) -> Vec<Entry> {
    let mut entries = commands(state);
    entries.extend(subjects(state));
    let recent = &state.palette.recent;
    for entry in &mut entries {
        entry.recent = recent.contains(&entry.subject);
    }
    entries.sort_by_key(|entry| {
        let lately = recent.iter().position(|subject| *subject == entry.subject);
        (entry.can.is_err(), lately.unwrap_or(recent.len()))
    });
    entries
}

fn commands(state: &State) -> Vec<Entry> {
    TABLE
        .iter()
        .filter(|spec| is_listed(spec.command))
        .map(|spec| Entry {
            subject: Subject::Command(spec.command),
            name: spec.name.to_owned(),
            about: spec.help.to_owned(),
            key: state.keymap.first(spec.command),
            can: update::available(state, spec.command),
            recent: false,
        })
        .collect()
}

/// What has no command of its own.
fn subjects(state: &State) -> Vec<Entry> {
    let entry = |subject, name: String, about: String, can| Entry {
        subject,
        name,
        about,
        key: String::new(),
        can,
        recent: false,
    };
    let mut entries = Vec::new();
    let already = |is: bool, why: &str| if is { Err(why.to_owned()) } else { Ok(()) };
    for (tab, one) in state.vendors.tabs.iter().enumerate() {
        let title = one.vendor.title();
        let name = format!("vendor {title}");
        let about = format!("Show the payload for {title}");
        let is = tab == state.vendors.front;
        let can = already(is, "it is in front already");
        entries.push(entry(Subject::Vendor(tab), name, about, can));
    }
    for account in &state.vendors.accounts {
        let read_only = if account.read_only { ", read-only" } else { "" };
        let word = state.theme.environment(account.environment).0;
        let vendor = account.vendor.title();
        let name = format!("account {}", account.name);
        let about = format!("{word}{read_only}: send to {vendor} by this account");
        let front = state.vendors.front_account().map(|front| &front.name);
        let can = already(front == Some(&account.name), "it is in front already");
        entries.push(entry(
            Subject::Account(account.name.clone()),
            name,
            about,
            can,
        ));
    }
    for recent in &state.welcome.recent {
        let row = &recent.source;
        let file = row.path.rsplit('/').next().unwrap_or(&row.path);
        let orders = text::many(row.orders, "order");
        let about = format!("{orders}, {}, {}", row.mapping, row.path);
        let subject = Subject::File(row.path.clone());
        entries.push(entry(subject, format!("open {file}"), about, Ok(())));
    }
    for page in PAGES {
        let name = format!("manual {}", page.name);
        let about = format!("Read: {}", page.title());
        entries.push(entry(Subject::Page(page.name), name, about, Ok(())));
    }
    for theme in state.themes.names() {
        let can = if state.themes.forbidden {
            Err("NO_COLOR forbids colours".to_owned())
        } else {
            already(theme == state.theme.name, "it is the one you see")
        };
        let name = format!("theme {theme}");
        let about = "Take this theme, and remember it".to_owned();
        entries.push(entry(Subject::Theme(theme.to_owned()), name, about, can));
    }
    entries
}

/// What fits: by a few letters of its name, the best first; then what has the words in its sentence, or the key.
pub(super) fn fitting(typed: &str, entries: &[Entry]) -> Vec<Row> {
    let typed = typed.trim();
    let mut rows: Vec<Row> = Vec::new();
    // A key is typed as it is.
    let keys = entries.iter().enumerate();
    let by_key = keys.filter(|(_, entry)| !typed.is_empty() && entry.key == typed);
    rows.extend(by_key.map(|(entry, _)| Row {
        entry,
        in_name: Vec::new(),
        in_about: Vec::new(),
    }));
    let names = fuzzy::rank(typed, entries.iter().map(|entry| entry.name.as_str()));
    let mut by_name: Vec<_> = names.into_iter().collect();
    // The letters in a row come before scattered ones; what can't be done stands behind what fits as well.
    let wanted = typed.to_lowercase();
    by_name.sort_by_key(|(entry, score, _)| {
        let entry = &entries[*entry];
        let in_a_row = entry.name.to_lowercase().contains(&wanted);
        let cannot = entry.can.is_err();
        (
            !in_a_row,
            in_a_row && cannot,
            std::cmp::Reverse(*score),
            cannot,
        )
    });
    for (entry, _, in_name) in by_name {
        put(&mut rows, entry, in_name, Vec::new());
    }
    let words: Vec<&str> = typed.split_whitespace().collect();
    if words.is_empty() {
        return rows;
    }
    // In sentences whole words are looked for: scattered letters are in all of them.
    let whole: Vec<String> = words.iter().map(|word| format!("'{word}")).collect();
    let sentences = entries
        .iter()
        .map(|entry| format!("{}\u{1f}{}", entry.name, entry.about));
    let mut by_sentence = fuzzy::rank(&whole.join(" "), sentences);
    by_sentence
        .sort_by_key(|(entry, score, _)| (entries[*entry].can.is_err(), std::cmp::Reverse(*score)));
    for (entry, _, places) in by_sentence {
        let name = entries[entry].name.chars().count();
        let (in_name, rest): (Vec<_>, Vec<_>) = places.into_iter().partition(|at| *at < name);
        let in_about = rest.into_iter().map(|at| at.saturating_sub(name + 1));
        put(&mut rows, entry, in_name, in_about.collect());
    }
    rows
}

fn put(rows: &mut Vec<Row>, entry: usize, in_name: Vec<usize>, in_about: Vec<usize>) {
    if !rows.iter().any(|row| row.entry == entry) {
        rows.push(Row {
            entry,
            in_name,
            in_about,
        });
    }
}

//! The session: what is written of it, and coming back.

use std::collections::VecDeque;

use crate::console::effect::Effect;
use crate::console::session::{FileNow, MARKS, SavedFile, Session, Snapshot, Unusable, view_named};
use crate::console::state::shelf::{Content, Shelved};
use crate::console::state::{Footprint, OrdersState, State, Tone};
use crate::deck::Deck;

/// After every change: has the session written when something in it changed. One is written at a time; what
/// changes meanwhile is in the next.
pub(super) fn note(state: &mut State, effects: &mut Vec<Effect>) {
    if !state.session.is_kept {
        return;
    }
    let now = Footprint::of(state);
    if state.session.seen.as_ref() != Some(&now) {
        state.session.dirty |= state.session.seen.is_some();
        state.session.seen = Some(now);
    }
    // What is on its way back isn't overwritten by what is there until then.
    if state.session.returning || !state.session.dirty || state.session.writing {
        return;
    }
    if let Some(snapshot) = snapshot(state) {
        state.session.dirty = false;
        state.session.writing = true;
        effects.push(Effect::SaveSession(Box::new(snapshot)));
    }
}

/// The session was written, or can't be: said once.
pub(super) fn saved(state: &mut State, saved: &Result<(), String>) {
    state.session.writing = false;
    match saved {
        Ok(()) => state.session.written = true,
        Err(why) => {
            state.session.is_kept = false;
            state.say(Tone::Error, format!("the session isn't kept: {why}"));
        }
    }
}

/// The session as it is now; none where there is nothing to keep.
pub fn snapshot(state: &mut State) -> Option<Snapshot> {
    let session = &mut state.session;
    if !session.is_kept || session.returning {
        return None;
    }
    if state.file.deck.is_none() && state.shelf.others.is_empty() && !session.written {
        return None;
    }
    session.number += 1;
    let number = session.number;
    let vendor = state.vendors.front_vendor().name().to_owned();
    let view = state.view.title().to_owned();
    let mut files: Vec<(u64, FileNow)> = Vec::new();
    if let Some(deck) = &state.file.deck {
        let now = file_now(deck, &state.orders, &vendor, &view);
        files.push((state.shelf.front, now));
    }
    for other in &state.shelf.others {
        let now = match &other.content {
            Content::Unread { path, .. } => FileNow::Unread(path.clone()),
            Content::Desk(desk) => match &desk.file.deck {
                Some(deck) => file_now(deck, &desk.orders, &vendor, &view),
                None => continue,
            },
        };
        files.push((other.number, now));
    }
    // What came through a pipe can't be opened again.
    files.retain(|(_, file)| match file {
        FileNow::Read { saved, .. } => !saved.path.starts_with("-:"),
        FileNow::Unread(_) => true,
    });
    files.sort_by_key(|(number, _)| *number);
    let front = state
        .file
        .deck
        .as_ref()
        .map(|deck| deck.source().identity());
    Some(Snapshot {
        number,
        session: Session {
            view,
            vendor,
            profiles: state
                .vendors
                .tabs
                .iter()
                .map(|tab| (tab.vendor.name().to_owned(), tab.profile.clone()))
                .collect(),
            sandbox: state.vendors.sandbox_runs || state.vendors.sandbox_starts,
            front: front.map(str::to_owned),
            ..Session::default()
        },
        files: files.into_iter().map(|(_, file)| file).collect(),
    })
}

fn file_now(deck: &Deck, orders: &OrdersState, vendor: &str, view: &str) -> FileNow {
    let kept = orders.marked.len() <= MARKS;
    let marked = if kept {
        orders.marked.iter().collect()
    } else {
        Vec::new()
    };
    FileNow::Read {
        deck: deck.clone(),
        marked,
        unkept: if kept { 0 } else { orders.marked.len() as u64 },
        cursor: orders.current(deck.len()),
        saved: Box::new(SavedFile {
            path: deck.source().identity().to_owned(),
            open: true,
            mapping: deck.mapping_given().to_owned(),
            reading: deck.source().reading().clone(),
            fingerprint: deck.index().fingerprint().to_owned(),
            orders: deck.len() as u64,
            filter: orders.filter.text().to_owned(),
            vendor: vendor.to_owned(),
            view: view.to_owned(),
            ..SavedFile::default()
        }),
    }
}

/// What the last visit left, for a program that was started without a file.
pub(super) fn loaded(
    state: &mut State,
    session: &Result<Option<Box<Session>>, Unusable>,
    effects: &mut Vec<Effect>,
) {
    let session = match session {
        Ok(Some(session)) => session,
        Ok(None) => return,
        Err(why) => {
            state.session.is_kept = *why != Unusable::Newer;
            return state.say(
                Tone::Info,
                format!("where you were last time isn't known: session.json is passed over, {why}"),
            );
        }
    };
    // Whoever was quicker with another file goes on with that.
    if state.file.deck.is_some() || state.file.opening.is_some() {
        return;
    }
    let open: VecDeque<&SavedFile> = session.files.iter().filter(|file| file.open).collect();
    let Some(front) = open
        .iter()
        .find(|file| Some(&file.path) == session.front.as_ref())
        .or(open.front())
    else {
        return;
    };
    for file in &open {
        let number = state.shelf.number();
        state.shelf.put(Shelved {
            number,
            content: Content::Unread {
                path: file.path.clone(),
                mapping: file.mapping.clone(),
                orders: file.orders,
            },
        });
    }
    restore_tabs(state, session, effects);
    let (path, mapping) = (front.path.clone(), front.mapping.clone());
    super::file::open_kept(state, &path, &mapping, effects);
    state.session.returning = true;
    state.session.view = view_named(&session.view);
}

/// Each tab has its account again, if that is still there; the tab that was in front is again.
fn restore_tabs(state: &mut State, session: &Session, effects: &mut Vec<Effect>) {
    if session.sandbox {
        super::vendors::need_sandbox(state, effects);
    }
    for index in 0..state.vendors.tabs.len() {
        let vendor = state.vendors.tabs[index].vendor;
        let Some(profile) = session.profiles.get(vendor.name()) else {
            continue;
        };
        let asked_for = state.session.keep_tab && index == state.vendors.front;
        let is_there = state
            .vendors
            .accounts
            .iter()
            .any(|account| account.vendor == vendor && account.name == *profile);
        if is_there && !asked_for {
            super::vendors::choose_for(state, index, profile, effects);
        }
    }
    front_tab(state, &session.vendor);
}

/// The vendor's tab comes to the front, unless another was asked for.
pub(super) fn front_tab(state: &mut State, vendor: &str) {
    let tab = state
        .vendors
        .tabs
        .iter()
        .position(|tab| tab.vendor.name() == vendor);
    if let Some(tab) = tab.filter(|_| !state.session.keep_tab) {
        state.vendors.front = tab;
    }
}

//! Opening files, reading them anew, and the page without one.

use std::path::{Path, PathBuf};

use jiff::ToSpan;

use super::beginning::LookedAt;
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::event::{Ticket, Told};
use crate::console::session::{Keep, Kept, view_named};
use crate::console::state::shelf::{AT_MOST, Content};
use crate::console::state::{
    FileState, Opening, OrdersState, PayloadState, State, Survey, Tone, View,
};
use crate::console::widget::input::Input;
use crate::console::widget::text;
use crate::deck::Deck;
use crate::source::Reading;

/// Lines of the welcome page that aren't files.
pub const OFFERS: usize = 3;

/// Opens a file, or goes to it where it is open; the shipped sample if none.
pub fn open(
    state: &mut State,
    path: Option<PathBuf>,
    mapping: Option<String>,
    effects: &mut Vec<Effect>,
) {
    let identity = path
        .as_deref()
        .filter(|_| mapping.is_none())
        .and_then(|path| std::fs::canonicalize(path).ok())
        .map(|path| path.to_string_lossy().into_owned());
    if let Some(identity) = identity {
        if is_front(state, &identity) {
            state.view = View::Orders;
            return reload(state, effects);
        }
        let shelved = state.shelf.others.iter();
        if let Some(number) = shelved
            .filter(|other| other.path() == identity)
            .map(|other| other.number)
            .next()
        {
            return super::shelf::show(state, number, effects);
        }
    }
    if !super::shelf::has_room(state) {
        return no_room(state);
    }
    begin(state, path, (mapping, None), Keep::Session, effects);
}

/// Opens a file, or reads it anew where it is open, as the operator says.
pub fn read_as(state: &mut State, path: PathBuf, reading: Reading, effects: &mut Vec<Effect>) {
    let identity = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
    let identity = identity.to_string_lossy().into_owned();
    if !is_front(state, &identity) {
        let shelved = state.shelf.others.iter();
        let number = shelved
            .filter(|other| other.path() == identity)
            .map(|other| other.number)
            .next();
        match number {
            Some(number) => super::shelf::show(state, number, effects),
            None if !super::shelf::has_room(state) => return no_room(state),
            None => {}
        }
    }
    if is_front(state, &identity) {
        return anew(state, Some(reading), effects);
    }
    begin(
        state,
        Some(path),
        (None, Some(reading)),
        Keep::Session,
        effects,
    );
}

fn no_room(state: &mut State) {
    let key = state.keymap.first(Command::CloseFile);
    state.say(
        Tone::Error,
        format!("{AT_MOST} files are open, no more at a time; {key} closes the one in front"),
    );
}

/// Opens a file that was open at the last visit.
pub(super) fn open_kept(state: &mut State, path: &str, mapping: &str, effects: &mut Vec<Effect>) {
    let mapping = Some(mapping.to_owned()).filter(|mapping| !mapping.is_empty());
    begin(
        state,
        Some(path.into()),
        (mapping, None),
        Keep::Session,
        effects,
    );
}

/// Reads a file by a mapping that was made for it; its edits stay where it is the one in front.
pub(super) fn open_by(state: &mut State, path: &Path, mapping: &str, effects: &mut Vec<Effect>) {
    let identity = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let front = state.file.deck.clone();
    let front = front.filter(|_| is_front(state, &identity.to_string_lossy()));
    let keep = front.map_or(Keep::Session, |deck| Keep::Of {
        marked: state.orders.marked.clone(),
        cursor: state.orders.current(deck.len()),
        deck,
    });
    begin(
        state,
        Some(path.to_owned()),
        (Some(mapping.to_owned()), None),
        keep,
        effects,
    );
}

/// No mapping is known for a file that was being opened. Returns its path where that is this request, and nobody
/// only came back to where they were.
pub(super) fn unknown(state: &mut State, ticket: Ticket, why: &str) -> Option<PathBuf> {
    let opening = state.file.opening.as_ref();
    if opening.is_none_or(|opening| opening.ticket != ticket) {
        return None;
    }
    let path = state.file.opening.take().and_then(|opening| opening.path);
    if state.session.returning {
        failed(state, path, why);
        return None;
    }
    path
}

/// Reads the file in front anew, as its bytes are now.
pub(super) fn reload(state: &mut State, effects: &mut Vec<Effect>) {
    anew(state, None, effects);
}

fn anew(state: &mut State, reading: Option<Reading>, effects: &mut Vec<Effect>) {
    let Some(deck) = state.file.deck.clone() else {
        return;
    };
    if is_pipe(&deck) {
        return state.say(Tone::Info, "what came through a pipe can't be read again");
    }
    let path = PathBuf::from(deck.source().identity());
    let keep = Keep::Of {
        marked: state.orders.marked.clone(),
        cursor: state.orders.current(deck.len()),
        deck: deck.clone(),
    };
    let view = state.view;
    begin(
        state,
        Some(path),
        (Some(deck.mapping_given().to_owned()), reading),
        keep,
        effects,
    );
    state.view = view;
}

fn begin(
    state: &mut State,
    path: Option<PathBuf>,
    (mapping, reading): (Option<String>, Option<Reading>),
    keep: Keep,
    effects: &mut Vec<Effect>,
) {
    super::beginning::leave(state);
    if let Some(before) = state.file.opening.take() {
        effects.push(Effect::StopOpening(before.ticket));
    }
    state.session.returning = false;
    state.session.view = None;
    let ticket = state.ticket();
    state.view = View::Orders;
    state.file.opening = Some(Opening {
        ticket,
        path: path.clone(),
        bytes: 0,
        total: 0,
        beginning: None,
    });
    effects.push(Effect::OpenFile {
        ticket,
        path,
        mapping,
        reading,
        keep,
    });
}

/// Stops opening. Returns whether something was being opened.
pub(super) fn stop_opening(state: &mut State, effects: &mut Vec<Effect>) -> bool {
    super::beginning::leave(state);
    let Some(opening) = state.file.opening.take() else {
        return false;
    };
    effects.push(Effect::StopOpening(opening.ticket));
    state.session.returning = false;
    state.say(Tone::Info, "stopped: the file isn't opened");
    true
}

/// Whether the key that goes back was one to stop opening: in Orders, where there is nothing nearer to go back from.
pub(super) fn stopped_by_back(state: &mut State, effects: &mut Vec<Effect>) -> bool {
    state.view == View::Orders
        && !state.orders.typing_filter
        && !super::beginning::is_inside(state)
        && stop_opening(state, effects)
}

/// Stops the count of the whole file. Returns whether one was under way.
pub(super) fn stop_counting(state: &mut State, effects: &mut Vec<Effect>) -> bool {
    let counts = state.file.deck.is_some()
        && state.file.overview.is_none()
        && state.file.overview_ticket != 0;
    if counts {
        state.file.overview_ticket = 0;
        effects.push(Effect::ForgetOverviews(state.ticket()));
    }
    counts
}

pub(super) fn is_pipe(deck: &Deck) -> bool {
    deck.source().identity().starts_with("-:")
}

fn is_front(state: &State, identity: &str) -> bool {
    let deck = state.file.deck.as_ref();
    deck.is_some_and(|deck| deck.source().identity() == identity)
}

/// The file is open, or can't be.
pub(super) fn opened(
    state: &mut State,
    ticket: Ticket,
    deck: &Told<(Deck, Box<Kept>)>,
    effects: &mut Vec<Effect>,
) {
    let opening = &state.file.opening;
    if opening
        .as_ref()
        .is_none_or(|opening| opening.ticket != ticket)
    {
        return;
    }
    let looked_at = super::beginning::leave(state);
    if looked_at.as_ref().is_some_and(LookedAt::was_moved) {
        // Whoever looks at the orders already isn't led elsewhere.
        state.session.view = None;
        state.session.view_of_file = false;
    }
    let opening = state.file.opening.take();
    match deck {
        Ok((deck, kept)) => {
            state.shelf.waiting = Some((deck.clone(), kept.clone()));
            take_up(state, effects);
            if let Some(looked_at) = looked_at {
                super::beginning::go_on(state, looked_at);
            }
        }
        Err(why) => failed(state, opening.and_then(|opening| opening.path), why),
    }
}

fn failed(state: &mut State, path: Option<PathBuf>, why: &str) {
    let mut words = why.to_owned();
    if std::mem::take(&mut state.session.returning) {
        // It stays among those that are known, but isn't tried again by itself.
        let path = path.unwrap_or_default().to_string_lossy().into_owned();
        state.shelf.others.retain(|other| other.path() != path);
        words = format!("not back where you were: {why}");
        if !state.shelf.others.is_empty() {
            let key = state.keymap.first(Command::OpenFiles);
            words.push_str(&format!("; {key} shows the other files"));
        }
        if let Some(view) = state.session.view.take() {
            state.view = view;
        }
    }
    state.say(Tone::Error, words);
}

/// A file that was read comes to the front, as soon as no dialog and no edit stands in its way.
pub(super) fn take_up(state: &mut State, effects: &mut Vec<Effect>) {
    let free = state.layers.is_empty() && !super::shelf::is_busy(state);
    if state.file.deck.is_some() && !free {
        return;
    }
    if let Some((deck, kept)) = state.shelf.waiting.take() {
        place(state, deck, &kept, effects);
    }
}

fn place(state: &mut State, deck: Deck, kept: &Kept, effects: &mut Vec<Effect>) {
    let identity = deck.source().identity().to_owned();
    let again = is_front(state, &identity);
    let before = state.file.deck.as_ref().map(Deck::len);
    let (mut orders, mut payload) = (OrdersState::default(), PayloadState::default());
    let view = state.view;
    let mut sort = None;
    if again {
        sort = state.orders.sort();
        orders.filter = std::mem::take(&mut state.orders.filter);
        payload.focused = state.payload.focused;
        payload.folded = std::mem::take(&mut state.payload.folded);
    } else {
        super::shelf::put_away(state, effects);
        let shelved = state.shelf.others.iter();
        let at = shelved
            .enumerate()
            .find(|(_, other)| other.path() == identity)
            .map(|(at, _)| at);
        state.shelf.front = match at {
            Some(at) => {
                let shelved = state.shelf.others.remove(at);
                if let Content::Desk(desk) = shelved.content {
                    sort = desk.orders.sort();
                    orders.filter = desk.orders.filter;
                }
                shelved.number
            }
            None => state.shelf.number(),
        };
    }
    let overview_ticket = state.ticket();
    effects.push(Effect::Forget {
        surveys: overview_ticket,
        filters: overview_ticket,
        plans: overview_ticket,
    });
    effects.push(Effect::ForgetSorts(overview_ticket));
    effects.push(Effect::Overview {
        ticket: overview_ticket,
        deck: deck.clone(),
    });
    if let Some(saved) = &kept.saved {
        super::session::front_tab(state, &saved.vendor);
        orders.filter = Input::new(saved.filter.clone());
        sort = saved.sorted_by();
    }
    super::vendors::front_native(state, &deck);
    orders.marked.clone_from(&kept.marked);
    if let Some(line) = kept.cursor.and_then(|place| orders.lines.line_of(place)) {
        orders.cursor.at = line;
    }
    let words = words(state, &deck, kept, again.then_some(before).flatten());
    state.file = FileState {
        deck: Some(deck),
        overview_ticket,
        checked_at: Some(state.now),
        is_sample: kept.is_sample,
        ..FileState::default()
    };
    state.orders = orders;
    super::filter::dropped(state);
    state.payload = payload;
    for tab in &mut state.vendors.tabs {
        tab.survey = Survey::default();
    }
    state.view = view;
    let of_file = state.session.view_of_file.then_some(kept.saved.as_ref());
    let of_file = of_file.flatten().and_then(|saved| view_named(&saved.view));
    state.session.view_of_file = false;
    let kept_view = state.session.view.take().or(of_file);
    // Opening went to the orders: whoever went elsewhere while the file was read stays there.
    if let Some(kept_view) = kept_view.filter(|_| view == View::Orders) {
        super::go(state, kept_view, effects);
    }
    state.session.returning = false;
    if let Some(sort) = sort {
        super::sorting::begin(state, sort, effects);
    }
    if !state.orders.filter.text().trim().is_empty() {
        super::filter::apply(state, effects);
    }
    if let Some(words) = words {
        let words = super::runs::beside_open(state, words);
        state.say(Tone::Info, words);
    }
}

/// What is said of a file that came to the front; `before`: how many orders it had, where it was read anew.
fn words(state: &State, deck: &Deck, kept: &Kept, before: Option<usize>) -> Option<String> {
    let path = deck.source().path();
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    let edited = deck.edits().len();
    let mut more = Vec::new();
    if state.session.returning {
        more.push("`--fresh` begins anew".to_owned());
    }
    if let Some(saved) = &kept.saved {
        if saved.fingerprint != deck.index().fingerprint() {
            more.push("it changed since".to_owned());
        }
        if saved.unkept > 0 {
            more.push(format!(
                "its {} marks were too many to be kept",
                text::count(saved.unkept)
            ));
        }
    }
    if kept.lost > 0 {
        more.push(format!(
            "{} of the marked orders aren't in it any more",
            text::count(kept.lost as u64)
        ));
    }
    let known = kept
        .saved
        .as_ref()
        .is_some_and(|saved| !saved.filter.is_empty() || !kept.marked.is_empty());
    let first = match before {
        Some(before) => {
            let now = deck.len();
            let orders = match now.cmp(&before) {
                std::cmp::Ordering::Equal => text::many(now as u64, "order"),
                std::cmp::Ordering::Greater => format!(
                    "{}, {} more",
                    text::many(now as u64, "order"),
                    text::count((now - before) as u64)
                ),
                std::cmp::Ordering::Less => format!(
                    "{}, {} fewer",
                    text::many(now as u64, "order"),
                    text::count((before - now) as u64)
                ),
            };
            format!("{name} was read anew: {orders}")
        }
        None if state.session.returning => format!("back where you were: {name}"),
        None if known => format!("{name}: filter and marks as you left them"),
        None if edited == 1 => "1 edited order was taken up again".to_owned(),
        None if edited > 0 => format!("{edited} edited orders were taken up again"),
        None if more.is_empty() => return None,
        None => name.into_owned(),
    };
    more.insert(0, first);
    Some(more.join("; "))
}

/// Asks whether the file in front changed on disk: when the operator does something, at most once a second.
pub(super) fn check(state: &mut State, effects: &mut Vec<Effect>) {
    let is_due = state
        .file
        .checked_at
        .is_none_or(|at| state.now >= at + 1.second());
    if let Some(deck) = state
        .file
        .deck
        .clone()
        .filter(|deck| is_due && !is_pipe(deck))
    {
        state.file.checked_at = Some(state.now);
        effects.push(Effect::Check(deck));
    }
}

/// Whether a file changed on disk is known.
pub(super) fn checked(state: &mut State, source: &str, fingerprint: &str, changed: Option<&str>) {
    let is_it = |deck: &Deck| {
        deck.source().identity() == source && deck.index().fingerprint() == fingerprint
    };
    if !state.file.deck.as_ref().is_some_and(is_it) {
        return;
    }
    let is_news = state.file.changed.is_none();
    state.file.changed = changed.map(str::to_owned);
    if changed.is_some() && is_news {
        let key = state.keymap.first(Command::Reload);
        let name = state.file.name();
        state.say(
            Tone::Error,
            format!(
                "{name} changed on disk: {key} reads it anew, nothing is sent from it until then"
            ),
        );
    }
}

/// A command on the page without a file.
pub(super) fn welcome(state: &mut State, command: Command, effects: &mut Vec<Effect>) {
    let lines = OFFERS + state.welcome.recent.len();
    match command {
        Command::TrySandbox => try_sandbox(state, effects),
        Command::AddProfile => add_profile(state, effects),
        Command::Accept => match state.welcome.cursor.at {
            0 => try_sandbox(state, effects),
            1 => super::command(state, Command::Open, effects),
            2 => add_profile(state, effects),
            line => {
                let path = state
                    .welcome
                    .recent
                    .get(line - OFFERS)
                    .map(|recent| recent.source.path.clone());
                if let Some(path) = path {
                    open(state, Some(PathBuf::from(path)), None, effects);
                }
            }
        },
        Command::NextPane => {
            state.welcome.cursor.act(Command::Down, lines, lines);
        }
        Command::PreviousPane => {
            state.welcome.cursor.act(Command::Up, lines, lines);
        }
        command => {
            state.welcome.cursor.act(command, lines, lines);
        }
    }
}

/// Starts the sandbox and opens the sample.
pub fn try_sandbox(state: &mut State, effects: &mut Vec<Effect>) {
    super::vendors::to_sandbox(state, effects);
    open(state, None, None, effects);
}

/// Goes to the profiles, where one is added.
pub fn add_profile(state: &mut State, effects: &mut Vec<Effect>) {
    super::go(state, View::Profiles, effects);
    super::profiles::add(state);
}

/// The path that was typed, pasted or dropped: quotes around it are dropped, `~` is the home directory.
pub fn typed_path(text: &str, directory: &Path) -> PathBuf {
    let text = text.trim().trim_matches(['\'', '"']);
    let home = || std::env::home_dir().unwrap_or_default();
    match text.strip_prefix("~/") {
        Some(rest) => home().join(rest),
        None if text == "~" => home(),
        None => directory.join(text),
    }
}

/// A path that was pasted or dropped on the terminal is opened.
pub(super) fn paste(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    let path = typed_path(text, Path::new(""));
    if path.is_absolute() {
        open(state, Some(path), None, effects);
    } else {
        state.say(
            Tone::Info,
            "nothing here takes pasted text; a file's whole path is opened",
        );
    }
}

//! Draws the state: top line, views by number, the view in front, dialogs, the keys that matter.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

use super::action::{Command, Place, Spec, TABLE};
use super::fault;
use super::layout;
use super::notice;
use super::pane;
use super::state::{State, View};
use super::update;
use super::widget::pane::row;
use super::widget::text;
use crate::order::outcome::Outcome;

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    if state.too_small() {
        too_small(frame, state);
    } else {
        all(frame, state);
    }
    lay_under(frame, state.theme.screen);
}

/// Gives what has no colours of its own those of the screen.
fn lay_under(frame: &mut Frame<'_>, screen: Style) {
    for cell in &mut frame.buffer_mut().content {
        if let Some(colour) = screen.fg
            && cell.fg == Color::Reset
        {
            cell.fg = colour;
        }
        if let Some(colour) = screen.bg
            && cell.bg == Color::Reset
        {
            cell.bg = colour;
        }
    }
}

fn all(frame: &mut Frame<'_>, state: &State) {
    let areas = layout::frame(state.size);
    row(frame, areas.top, 0, top(state), None);
    row(frame, areas.tabs, 0, tabs(state), None);
    fault::point(state.view.title());
    match state.view {
        View::Orders if state.is_welcome() => pane::welcome::draw(frame, state),
        View::Orders => pane::orders::draw(frame, state),
        View::Mapping => pane::mapping::draw(frame, state),
        View::Runs => pane::runs::draw(frame, state),
        View::Responses => pane::responses::draw(frame, state),
        View::Jobs => pane::jobs::draw(frame, state),
        View::Profiles => pane::profiles::draw(frame, state),
    }
    row(frame, areas.footer, 0, footer(state), None);
    for layer in &state.layers {
        layer.draw(frame, state);
    }
    notice::draw(frame, state);
}

fn too_small(frame: &mut Frame<'_>, state: &State) {
    let words = format!(
        "This terminal has {} columns and {} rows; orderdeck needs {} and {}. Please make it larger. {} leaves.",
        state.size.0,
        state.size.1,
        layout::LEAST.0,
        layout::LEAST.1,
        state.keymap.first(Command::Quit),
    );
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    for (line, part) in text::wrap(&words, usize::from(state.size.0))
        .into_iter()
        .enumerate()
    {
        row(frame, area, line, Line::raw(part), None);
    }
}

/// Program, account in front, file, counts.
fn top(state: &State) -> Line<'static> {
    let theme = &state.theme;
    let columns = usize::from(state.size.0);
    let mut left = vec![Span::styled(" orderdeck", theme.strong), Span::raw("  ")];
    match state.vendors.front_account() {
        Some(account) => {
            let (word, style) = theme.environment(account.environment);
            left.push(Span::styled(word, style));
            left.push(Span::raw(format!("  {}", text::shown(&account.name))));
        }
        None => left.push(Span::styled("no account", theme.dim)),
    }
    let used: usize = left.iter().map(|span| text::width(&span.content)).sum();
    let room = columns.saturating_sub(used + 3);
    let right = text::fit(&facts(state, room), room);
    left.push(Span::raw(
        " ".repeat(columns.saturating_sub(used + text::width(&right) + 1)),
    ));
    left.push(Span::raw(right));
    Line::from(left)
}

/// The file in a few words; the less important ones go where there is no room.
fn facts(state: &State, room: usize) -> String {
    if let Some(opening) = &state.file.opening {
        let name = opening.path.as_ref().map_or_else(
            || "the sample".to_owned(),
            |path| path.display().to_string(),
        );
        let percent = update::beginning::percent(state)
            .map_or_else(String::new, |percent| format!(" · {percent} %"));
        // While the payload of one of its first orders has the focus, going back is leaving that.
        let command = if update::beginning::is_inside(state) {
            Command::Stop
        } else {
            Command::Back
        };
        let key = state.keymap.first(command);
        let told = format!("{percent} · {key} stops");
        // How far it is and what stops it matter more than where the file lies.
        let left = room.saturating_sub(text::width(&told) + "opening ".len());
        let name = text::keep_end(&text::shown(&name), left.min(40));
        return format!("opening {name}{told}");
    }
    let Some(deck) = &state.file.deck else {
        return String::new();
    };
    let orders = text::many(deck.len() as u64, "order");
    let mut counts = vec![orders];
    let unread = deck.index().left_out();
    if unread > 0 {
        counts.push(format!("{} unread", text::count(unread)));
    }
    let blocked = state
        .vendors
        .front_survey()
        .map_or(0, super::state::Survey::blocked);
    if blocked > 0 {
        counts.push(format!("{} blocked", text::count(blocked as u64)));
    }
    if state.file.edited() > 0 {
        counts.push(format!(
            "{} edited",
            text::count(state.file.edited() as u64)
        ));
    }
    let mut counts = counts.join(" · ");
    if state.session.not_kept {
        counts = format!("NOT KEPT · {counts}");
    }
    if state.file.changed.is_some() {
        let key = state.keymap.first(Command::Reload);
        counts = format!("CHANGED ON DISK, {key} reads it · {counts}");
    }
    let mut name = text::shown(&state.file.name()).into_owned();
    if let (position, of @ 2..) = state.shelf.position() {
        name = format!("{name} ({position} of {of})");
    }
    let long = format!("{name} · {} · {counts}", deck.mapping().title());
    if text::width(&long) <= room {
        return long;
    }
    let left = room.saturating_sub(text::width(&counts) + 3);
    format!("{} · {counts}", text::keep_end(&name, left))
}

fn tabs(state: &State) -> Line<'static> {
    let spans = View::ALL.into_iter().flat_map(|view| tab(state, view));
    Line::from(spans.collect::<Vec<_>>())
}

fn tab(state: &State, view: View) -> Vec<Span<'static>> {
    let theme = &state.theme;
    let key = state.keymap.first(view.command());
    let style = if view == state.view {
        theme.accent
    } else {
        theme.dim
    };
    let mut spans = vec![
        Span::styled(format!(" {key} "), theme.key),
        Span::styled(view.title(), style),
    ];
    if view == View::Runs && !state.runs.active.is_empty() {
        let words = format!(" {}↑", state.runs.active.len());
        spans.push(Span::styled(words, theme.info));
    }
    let open = match view {
        View::Runs => state.runs.open().count(),
        _ => 0,
    };
    if open > 0 {
        spans.push(Span::styled(format!(" {open}!"), theme.warning));
    }
    spans.push(Span::raw(" "));
    spans
}

/// The view whose tab stands in that column.
pub fn tab_at(state: &State, column: u16) -> Option<View> {
    let mut end = 0;
    View::ALL.into_iter().find(|view| {
        let spans = tab(state, *view);
        end += spans
            .iter()
            .map(|span| text::width(&span.content))
            .sum::<usize>();
        usize::from(column) < end
    })
}

/// A key with its word in the footer, and the first column of it.
struct Shown {
    command: Command,
    key: String,
    label: &'static str,
    column: usize,
}

/// The keys that matter here.
fn footer(state: &State) -> Line<'static> {
    let theme = &state.theme;
    // A dialog names its keys on its border.
    if !state.layers.is_empty() {
        return Line::default();
    }
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut column = 0;
    for shown in footer_keys(state) {
        spans.push(Span::raw(" ".repeat(shown.column.saturating_sub(column))));
        column = shown.column + shown.columns();
        spans.push(Span::styled(shown.key, theme.key));
        spans.push(Span::styled(format!(" {}", shown.label), theme.dim));
    }
    Line::from(spans)
}

impl Shown {
    fn columns(&self) -> usize {
        text::width(&self.key) + 1 + text::width(self.label)
    }
}

/// The command whose key stands in that column of the footer.
pub fn footer_at(state: &State, column: u16) -> Option<Command> {
    if !state.layers.is_empty() {
        return None;
    }
    let column = usize::from(column);
    let keys = footer_keys(state).into_iter();
    let mut hit = keys.filter(|key| (key.column..key.column + key.columns()).contains(&column));
    hit.next().map(|key| key.command)
}

/// From the table of commands, those that can be done now.
fn footer_keys(state: &State) -> Vec<Shown> {
    // Letters are text while a filter or a search is typed.
    if state.is_typing() {
        let mut column = 1;
        // First it closes what the filter could go on with.
        let back = match update::filter::completion(state) {
            Some(_) => "close",
            None => "drop",
        };
        let keys = [(Command::Accept, "keep"), (Command::Back, back)];
        return keys
            .into_iter()
            .map(|(command, label)| {
                let key = state.keymap.first(command);
                let shown = Shown {
                    command,
                    key,
                    label,
                    column,
                };
                column += shown.columns() + 3;
                shown
            })
            .collect();
    }
    let columns = usize::from(state.size.0);
    let places = state.places();
    let mut commands: Vec<(usize, Command)> = TABLE
        .iter()
        .enumerate()
        .filter(|(_, spec)| {
            !spec.label.is_empty()
                && !state.keymap.keys(spec.command).is_empty()
                && spec.places.iter().any(|place| places.contains(place))
                && makes_sense(state, spec.command)
                && (spec.command == Command::SetMarked
                    || update::available(state, spec.command).is_ok())
        })
        .map(|(index, spec)| (dispensable(state, index, spec), spec.command))
        .collect();
    // What belongs to this place stands before what works everywhere.
    commands.sort_by_key(|(_, command)| {
        use Command as C;
        matches!(command, C::Help | C::Palette | C::Quit | C::Back)
    });
    let mut shown: Vec<(usize, Shown)> = commands
        .into_iter()
        .map(|(rank, command)| {
            let (key, label) = (state.keymap.first(command), label(state, command));
            let column = 0;
            let key = Shown {
                command,
                key,
                label,
                column,
            };
            (rank, key)
        })
        .collect();
    // Keys with their labels and blanks between them.
    let width = |entries: &[(usize, Shown)], gap: usize| -> usize {
        let words: usize = entries.iter().map(|(_, key)| key.columns()).sum();
        words + gap * entries.len().saturating_sub(1)
    };
    while width(&shown, 2) > columns
        && let Some(least) = shown.iter().map(|(rank, ..)| *rank).max()
    {
        shown.retain(|(rank, ..)| *rank != least);
    }
    let gap = if width(&shown, 3) < columns { 3 } else { 2 };
    let mut column = usize::from(width(&shown, gap) < columns);
    let mut keys = Vec::with_capacity(shown.len());
    for (_, mut key) in shown {
        key.column = column;
        column += key.columns() + gap;
        keys.push(key);
    }
    keys
}

/// What goes first where there is no room for all: the highest. Who is lost finds help and the palette.
fn dispensable(state: &State, index: usize, spec: &Spec) -> usize {
    match spec.command {
        Command::Help => 0,
        Command::Palette => 1,
        Command::Back => 2,
        Command::Accept | Command::Fold => 3,
        Command::Submit => 4,
        Command::Cancel => 5,
        Command::NextFinding => 6,
        Command::Edit => 7,
        Command::SetMarked => 8,
        Command::Quit if state.view == View::Orders => 9,
        _ if spec.places.contains(&Place::Everywhere) && spec.places.len() == 1 => 1000 - index,
        _ => 10 + index,
    }
}

/// Whether a command of every screen has a meaning on this one.
fn makes_sense(state: &State, command: Command) -> bool {
    use Command as C;
    match command {
        C::Accept => match state.view {
            View::Orders => {
                !state.payload.focused
                    && (state.is_welcome() || state.orders.shown(state.file.orders()) > 0)
            }
            View::Responses => state.responses.current().is_some(),
            View::Jobs => !state.jobs.list.is_empty(),
            View::Profiles => true,
            View::Mapping => has_desk(state),
            View::Runs => false,
        },
        C::Edit if state.view == View::Mapping => update::available(state, command).is_ok(),
        C::SaveMapping
        | C::AcceptSuggestion
        | C::RefuseSuggestion
        | C::ClearTarget
        | C::ReadSettings
        | C::StatusWords
        | C::OrderLines
        | C::NextSample => update::available(state, command).is_ok(),
        // Where there is little room other keys matter more.
        C::Find => state.view != View::Mapping || (has_desk(state) && state.size.0 >= 110),
        // In the list it says that a field is gone to first.
        C::SetMarked => !state.orders.marked.is_empty(),
        C::Mark | C::Exclude => !state.payload.focused,
        // The same key searches in the payload.
        C::Filter => !state.payload.focused || state.view != View::Orders,
        C::Back => {
            state.payload.focused || state.orders.passing.is_some() || state.view != View::Orders
        }
        C::Cancel => state.view == View::Orders,
        C::Open => state.is_welcome(),
        // Of the rest there is nothing to send again.
        C::RetryRun => state.runs.current().is_some_and(|entry| {
            let count = |outcome| entry.summary.count(outcome);
            count(Outcome::Rejected) + count(Outcome::Blocked) > 0
        }),
        C::Fold => update::payload::foldable(state).is_some(),
        _ => true,
    }
}

fn has_desk(state: &State) -> bool {
    state.mapping.desk.is_some()
}

/// The word for a key, where the place gives it a more special meaning.
fn label(state: &State, command: Command) -> &'static str {
    use Command as C;
    match command {
        C::Accept if state.view == View::Orders && !state.is_welcome() => "payload",
        C::Accept if matches!(state.view, View::Responses | View::Jobs) => "open",
        C::Accept if state.view == View::Mapping => "connect",
        C::Edit if state.view == View::Mapping && state.mapping.desk.is_none() => "change it",
        C::Edit if state.view == View::Mapping => "rule",
        C::Accept if state.view == View::Profiles && state.profiles.detail.is_some() => "edit",
        C::Accept if state.view == View::Profiles => "use it",
        C::Fold if update::payload::foldable(state).is_some_and(|(_, folded)| folded) => "unfold",
        C::PauseTail if state.responses.paused => "follow",
        C::PauseRun if update::runs::current_active(state).is_some_and(|run| run.paused) => "go on",
        other => other.spec().label,
    }
}

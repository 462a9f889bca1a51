//! The page without a file: what can be done now.

use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::layout;
use crate::console::state::State;
use crate::console::update::file::OFFERS;
use crate::console::widget::{pane, text};
use crate::vendor::by_name;
use crate::workspace::{LastRun, RecentFile};

/// From here on what an offer is about stands beside it, not below.
const BESIDE: usize = 112;

/// The offer or the recent file in that cell.
pub fn entry_at(state: &State, at: Position) -> Option<usize> {
    let body = layout::frame(state.room()).body;
    // A blank line, the head, and another blank one.
    let row = usize::from(at.y).checked_sub(usize::from(body.y) + 3)?;
    let each = if usize::from(body.width) >= BESIDE {
        1
    } else {
        2
    };
    if row < OFFERS * each {
        return Some(row / each);
    }
    let recent = row.checked_sub(OFFERS * each + 1)?;
    (recent < state.welcome.recent.len() && body.contains(at)).then_some(OFFERS + recent)
}

/// Draws the page.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let theme = &state.theme;
    let body = layout::frame(state.room()).body;
    let columns = usize::from(body.width);
    let mut line = 1;
    let mut put = |frame: &mut Frame<'_>, content: Line<'static>, at: bool| {
        pane::row(frame, body, line, content, at.then_some(theme.selection));
        line += 1;
    };
    let head = "   Import orders into Kameleoon, Voucherify, Project Agora Commerce and Kibo.";
    put(frame, Line::styled(head, theme.strong), false);
    put(frame, Line::default(), false);
    let config = "an account at a vendor, kept in profiles.toml of the config directory";
    let offers: [(Command, &str, &str); OFFERS] = [
        (
            Command::TrySandbox,
            "Try it in the sandbox",
            "four vendors inside this program, a sample; nothing leaves the machine",
        ),
        (
            Command::Open,
            "Open an order file",
            "CSV, JSON, NDJSON, XLSX; Shopify, WooCommerce, Magento, others known",
        ),
        (Command::AddProfile, "Add a profile", config),
    ];
    let cursor = state.welcome.cursor.at;
    let beside = columns >= BESIDE;
    for (index, (command, what, about)) in offers.into_iter().enumerate() {
        let at = cursor == index;
        let key = text::left(&state.keymap.first(command), 2);
        let mut content = vec![
            Span::styled(format!("   {key}  "), theme.key),
            Span::raw(text::left(what, 24)),
        ];
        if beside {
            content.push(Span::styled(about, theme.dim));
            put(frame, Line::from(content), at);
        } else {
            put(frame, Line::from(content), at);
            let about = text::fit(about, columns.saturating_sub(7));
            put(
                frame,
                Line::styled(format!("       {about}"), theme.dim),
                false,
            );
        }
    }
    put(frame, Line::default(), false);
    for (index, recent) in state.welcome.recent.iter().enumerate() {
        let row = &recent.source;
        let head = if index == 0 {
            "   Recent   "
        } else {
            "            "
        };
        let name = row.path.rsplit('/').next().unwrap_or(&row.path);
        let content = Line::from(vec![
            Span::styled(head, theme.dim),
            Span::raw(text::left(&text::keep_end(&text::shown(name), 28), 30)),
            Span::raw(text::right(&text::many(row.orders, "order"), 14)),
            Span::styled(format!("   {}", last(recent, columns)), theme.dim),
        ]);
        put(frame, content, cursor == OFFERS + index);
    }
}

/// What became of a file, as far as there is room.
fn last(recent: &RecentFile, columns: usize) -> String {
    let room = columns.saturating_sub(59);
    let row = &recent.source;
    if recent.is_gone {
        return text::fit("gone: nothing is there any more", room);
    }
    // What there is room for whole: what became of the orders before where and when that was.
    let (long, short) = if let Some(run) = &recent.last_run {
        (run_words(run), outcomes(run))
    } else {
        let opened = super::day(row.opened_at);
        (format!("{}   {opened}", row.mapping), row.mapping.clone())
    };
    if text::width(&long) <= room {
        long
    } else {
        text::fit(&short, room)
    }
}

/// A recent file in a few words: how many orders, how it is read, what became of them.
pub(in crate::console) fn about(recent: &RecentFile) -> String {
    let orders = text::many(recent.source.orders, "order");
    match &recent.last_run {
        Some(run) => format!("{orders} · {}", run_words(run)),
        None => format!("{orders} · {}", recent.source.mapping),
    }
}

/// A run in a few words: whose, when, what became of the orders.
pub(in crate::console) fn run_words(run: &LastRun) -> String {
    let vendor = by_name(&run.vendor).map_or(run.vendor.as_str(), |vendor| vendor.title());
    let environment = match run.environment.as_str() {
        "live" => " LIVE",
        "test" => " TEST",
        _ => " sandbox",
    };
    format!(
        "{vendor}{environment}   {}   {}",
        super::day(run.started_at),
        outcomes(run)
    )
}

/// What became of a run's orders.
fn outcomes(run: &LastRun) -> String {
    let outcomes = run.outcomes.iter().filter(|(_, count)| *count > 0);
    let outcomes = outcomes.map(|(outcome, count)| {
        let words = outcome.words(run.operation);
        format!("{} {words}", text::count(*count))
    });
    outcomes.collect::<Vec<_>>().join(", ")
}

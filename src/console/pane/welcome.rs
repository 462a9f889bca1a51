//! The page without a file: what can be done now.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::layout;
use crate::console::state::State;
use crate::console::update::file::OFFERS;
use crate::console::widget::{pane, text};

/// Draws the page.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let theme = &state.theme;
    let body = layout::frame(state.size).body;
    let columns = usize::from(body.width);
    let mut line = 1;
    let mut put = |frame: &mut Frame<'_>, content: Line<'static>, at: bool| {
        pane::row(frame, body, line, content, at.then_some(theme.selection));
        line += 1;
    };
    let head = "   Import orders into Kameleoon, Voucherify, Project Agora Commerce and Kibo OMS.";
    put(frame, Line::styled(head, theme.strong), false);
    put(frame, Line::default(), false);
    let config = "an account at a vendor, kept in profiles.toml of the config directory";
    let offers: [(Command, &str, &str); OFFERS] = [
        (
            Command::TrySandbox,
            "Try it in the sandbox",
            "four vendors inside this program, a sample export, nothing leaves the machine",
        ),
        (
            Command::Open,
            "Open an order file",
            "CSV, JSON, NDJSON; Shopify, WooCommerce and the vendors' own payloads",
        ),
        (Command::AddProfile, "Add a profile", config),
    ];
    let cursor = state.welcome.cursor.at;
    let beside = columns >= 112;
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
    for (index, row) in state.welcome.recent.iter().enumerate() {
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
            Span::styled(
                format!("   {}   {}", row.mapping, super::day(row.opened_at)),
                theme.dim,
            ),
        ]);
        put(frame, content, cursor == OFFERS + index);
    }
}

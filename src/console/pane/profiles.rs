//! Profiles: the accounts there are.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::console::state::State;
use crate::console::widget::text;

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    let accounts = &state.vendors.accounts;
    super::list(
        frame,
        state,
        &super::List {
            title: &format!("Profiles · {}", accounts.len()),
            heading: "profile                   vendor          for       address",
            cursor: state.profiles.cursor,
            rows: accounts.len(),
            empty: "No accounts are known.",
        },
        |index, columns| {
            let theme = &state.theme;
            let account = &accounts[index];
            let (word, style) = theme.environment(account.environment);
            let chosen = state
                .vendors
                .tabs
                .iter()
                .any(|tab| tab.profile == account.name);
            let mut rest = account.address.clone();
            if account.read_only {
                rest.push_str("  read-only");
            }
            let mut rest_style = theme.dim;
            if let Err(why) = &account.target {
                rest.clone_from(why);
                rest_style = theme.error;
            }
            Line::from(vec![
                Span::styled(if chosen { "▸ " } else { "  " }, theme.accent),
                Span::raw(text::left(&text::shown(&account.name), 24)),
                Span::raw(text::left(account.vendor.title(), 16)),
                Span::styled(text::left(word, 10), style),
                Span::styled(
                    text::fit(&text::shown(&rest), columns.saturating_sub(52)),
                    rest_style,
                ),
            ])
        },
    );
}

//! Mapping: which mapping reads the file, where each target comes from, and what it gives for the order under
//! the cursor of the Orders view.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::layout;
use crate::console::state::State;
use crate::console::widget::text;
use crate::deck::Deck;
use crate::mapping::TargetInfo;

/// The targets that have a source, or miss one.
pub fn targets(deck: &Deck) -> Vec<TargetInfo> {
    deck.mapping()
        .targets()
        .into_iter()
        .filter(|target| target.source.is_some() || !target.missing.is_empty())
        .collect()
}

/// What the view is for, and what to do next.
fn no_file(state: &State) -> String {
    let key = |command| state.keymap.first(command);
    if state.file.beginning().is_some() {
        return "Here stands how the file's columns become orders, as soon as all of it is read."
            .to_owned();
    }
    format!(
        "Here stands how a file's columns become orders: each field with where it comes from and what it gives. No file is open: {} opens one, {} goes to the page that offers a sample. {} reads about mappings.",
        key(Command::Open),
        key(Command::ViewOrders),
        key(Command::Manual),
    )
}

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    if let Some(desk) = &state.mapping.desk {
        return super::mapping_screen::draw(frame, state, desk);
    }
    let targets = state.file.deck.as_ref().map_or_else(Vec::new, targets);
    let (title, empty) = match &state.file.deck {
        Some(deck) => (
            format!(
                "Mapping · {} · {} targets",
                deck.mapping().title(),
                targets.len()
            ),
            "These are a vendor's own payloads: they are sent as they stand in the file."
                .to_owned(),
        ),
        None => ("Mapping".to_owned(), no_file(state)),
    };
    let order = state.payload.shown.as_ref().map(|shown| &shown.order);
    let heading = format!(
        "{} {} {}",
        text::left("target", 24),
        text::left("from", 40),
        order.map_or_else(String::new, |order| format!(
            "in {}",
            text::shown(&order.order.id)
        ))
    );
    super::list(
        frame,
        state,
        &super::List {
            area: layout::frame(state.room()).body,
            title: &title,
            heading: &heading,
            cursor: state.mapping.cursor,
            rows: targets.len(),
            empty: super::Empty {
                words: empty,
                style: state.theme.dim,
            },
        },
        |index, columns| {
            let theme = &state.theme;
            let target = &targets[index];
            let (from, style) = if target.missing.is_empty() {
                (target.source.clone().unwrap_or_default(), theme.info)
            } else {
                (
                    format!("missing: {}", target.missing.join(", ")),
                    theme.warning,
                )
            };
            let value = order
                .zip(target.field)
                .and_then(|(order, field)| field.get(&order.order, Some(0)))
                .unwrap_or_default();
            let room = columns.saturating_sub(66);
            Line::from(vec![
                Span::raw(format!("{} ", text::left(&text::shown(&target.name), 24))),
                Span::styled(format!("{} ", text::left(&text::shown(&from), 40)), style),
                Span::raw(text::fit(&text::shown(&value), room)),
            ])
        },
    );
}

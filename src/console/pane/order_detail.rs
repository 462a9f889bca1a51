//! More of the order under the cursor, below the list: the most important first, as much as fits.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::model::Row;
use crate::console::state::State;
use crate::console::widget::text;
use crate::deck::list::{Column, Value};
use crate::order::outcome::{Operation, Outcome};

/// The order in that many lines of that width.
pub fn lines(row: &Row, state: &State, width: usize, height: usize) -> Vec<Line<'static>> {
    let theme = &state.theme;
    let mut lines: Vec<Vec<Span<'static>>> = vec![Vec::new()];
    let mut used = 0;
    for (words, style) in facts(row, state) {
        let between = if used == 0 { 0 } else { 3 };
        let long = text::width(&words);
        if used > 0 && used + between + long > width && lines.len() < height {
            lines.push(Vec::new());
            used = 0;
        }
        let between = if used == 0 { "" } else { " · " };
        let left = width.saturating_sub(used + text::width(between));
        // A few letters of a fact tell nothing.
        if left < long.min(12) {
            break;
        }
        let words = text::fit(&words, left);
        used += text::width(between) + text::width(&words);
        if let Some(line) = lines.last_mut() {
            line.push(Span::styled(between, theme.dim));
            line.push(Span::styled(words, style));
        }
    }
    lines.into_iter().map(Line::from).collect()
}

fn facts(row: &Row, state: &State) -> Vec<(String, Style)> {
    let theme = &state.theme;
    let mut facts = vec![(text::shown(&row.key).into_owned(), theme.strong)];
    if let Some(line) = row.line {
        facts.push((format!("line {line}"), theme.dim));
    }
    if let Some(trouble) = &row.trouble {
        facts.push((text::shown(trouble).into_owned(), theme.error));
        return facts;
    }
    if let Some(left) = row.left {
        facts.push((format!("left out: {}", left.words()), theme.warning));
    }
    if row.edits > 0 {
        facts.push((text::many(row.edits as u64, "edit"), theme.edit));
    }
    for (tab, sent) in state.vendors.tabs.iter().zip(&row.sent) {
        let Some((run, known)) = sent else { continue };
        // What was never sent has no run that matters.
        let quiet = matches!(
            known.outcome,
            Outcome::Skipped | Outcome::Excluded | Outcome::Blocked
        );
        // An outcome is that of what was sent: a cancellation that the vendor took isn't an order that it took.
        let what = match known.operation {
            Operation::Import => "",
            Operation::Status => "status update ",
            Operation::Cancel => "cancellation ",
        };
        let words = format!(
            "{} {what}{}, run {run}, {}",
            tab.vendor.title(),
            known.outcome.name(),
            super::day(known.at)
        );
        let style = if quiet {
            theme.dim
        } else {
            theme.outcome(known.outcome)
        };
        facts.push((words, style));
    }
    let mut plain = |words: String| facts.push((words, theme.text));
    let words = |column: Column| match row.cell(column) {
        Value::Text(words) => Some(text::shown(words).into_owned()),
        Value::Word(word, _) => Some((*word).to_owned()),
        _ => None,
    };
    match (words(Column::Customer), words(Column::Email)) {
        (Some(name), Some(email)) if name != email => plain(format!("{name} <{email}>")),
        (name, email) => {
            if let Some(known) = name.or(email) {
                plain(known);
            }
        }
    }
    if let Value::Time(moment) = row.cell(Column::Placed) {
        let zoned = moment.zoned();
        plain(format!(
            "placed {}",
            zoned.strftime("%Y-%m-%d %H:%M:%S %:z")
        ));
    }
    let mut status: Vec<String> = words(Column::Status).into_iter().collect();
    for (axis, column) in [
        ("payment", Column::Payment),
        ("delivery", Column::Fulfilment),
    ] {
        if let Some(word) = words(column) {
            status.push(format!("{axis} {word}"));
        }
    }
    plain(status.join(", "));
    if let Value::Count(count) = row.cell(Column::Items) {
        let names = row.items.join(", ");
        let names = text::shown(&names);
        plain(match count {
            0 => "no items".to_owned(),
            _ => format!("{}: {names}", text::many(u64::from(*count), "item")),
        });
    }
    for (word, column) in [
        ("total", Column::Total),
        ("discount", Column::Discount),
        ("shipping", Column::Shipping),
        ("tax", Column::Tax),
        ("refunded", Column::Refunded),
    ] {
        if let Value::Amount(amount) = row.cell(column)
            && (column == Column::Total || !amount.is_zero())
        {
            plain(format!("{word} {} {}", text::money(*amount), row.currency));
        }
    }
    facts
}

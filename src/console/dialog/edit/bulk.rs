//! What a change of many orders would do, shown before it is made: counts, the first orders before and after, and
//! the rules whose findings go and come.

use std::sync::Arc;

use ratatui::text::{Line, Span};

use crate::console::action::Command;
use crate::console::event::{Arrival, Ticket, Told};
use crate::console::theme::Theme;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::json::severity_mark;
use crate::console::widget::text;
use crate::deck::BulkPreview;

/// The preview: on its way, or there.
#[derive(Debug)]
pub struct Preview {
    /// The request.
    pub ticket: Ticket,
    orders: usize,
    done: usize,
    vendor: &'static str,
    told: Option<Told<Arc<BulkPreview>>>,
    cursor: Cursor,
}

impl Preview {
    /// A preview that is being made of so many orders.
    pub fn new(ticket: Ticket, orders: usize, vendor: &'static str) -> Self {
        Self {
            ticket,
            orders,
            done: 0,
            vendor,
            told: None,
            cursor: Cursor::default(),
        }
    }

    /// Takes in how far it is.
    pub fn arrived(&mut self, arrival: &Arrival) {
        if let Arrival::BulkPreviewed {
            ticket,
            done,
            preview,
        } = arrival
            && *ticket == self.ticket
        {
            self.done = *done;
            self.told.clone_from(preview);
        }
    }

    /// How many orders would change; none while that isn't known.
    pub fn change(&self) -> Option<usize> {
        match &self.told {
            Some(Ok(preview)) => Some(preview.change),
            _ => None,
        }
    }

    /// Moves in the list.
    pub fn act(&mut self, command: Command, page: usize) {
        if let Some(Ok(preview)) = &self.told {
            self.cursor.act(command, preview.shown.len(), page);
        }
    }

    /// Whether orders are still being looked at.
    pub fn is_under_way(&self) -> bool {
        self.told.is_none()
    }

    /// What is said above the list of orders.
    pub fn head(&self, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
        let preview = match &self.told {
            None => {
                let done = self.done as u64;
                let bar = text::bar(done, self.orders as u64, 24);
                let words = format!(
                    "{bar}  {} of {}: nothing is changed yet",
                    text::count(done),
                    text::many(self.orders as u64, "order")
                );
                return vec![Line::styled(words, theme.info)];
            }
            Some(Err(why)) => {
                let words = format!("✗ {}", text::shown(why));
                return wrapped(&words, columns, theme.error);
            }
            Some(Ok(preview)) => preview,
        };
        let cannot: usize = preview.cannot.iter().map(|(_, count, _)| count).sum();
        let mut counts = vec![
            Span::styled(text::many(preview.orders as u64, "order"), theme.strong),
            Span::raw(format!(": {} change", text::count(preview.change as u64))),
        ];
        if preview.same > 0 {
            let same = text::count(preview.same as u64);
            counts.push(Span::raw(format!(", {same} have it already")));
        }
        if cannot > 0 {
            let cannot = text::count(cannot as u64);
            counts.push(Span::styled(
                format!(", {cannot} can't hold it"),
                theme.error,
            ));
        }
        let mut lines = vec![Line::from(counts)];
        for (why, count, first) in preview.cannot.iter().take(3) {
            let words = format!(
                "✗ {}: {} (the first is {})",
                text::count(*count as u64),
                text::shown(why),
                text::shown(first)
            );
            lines.extend(wrapped(&words, columns, theme.error));
        }
        if preview.cannot.len() > 3 {
            let more = format!("  and for {} more reasons", preview.cannot.len() - 3);
            lines.push(Line::styled(more, theme.error));
        }
        for shift in preview.rules.iter().take(4) {
            let (mark, style) = severity_mark(shift.severity, theme);
            let part = |count: usize, verb: &str| {
                (count > 0).then(|| format!("{verb} in {}", text::many(count as u64, "order")))
            };
            let parts = [part(shift.goes, "goes"), part(shift.comes, "comes")];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            let (mark, style) = match shift.comes {
                0 => ("✓", theme.taken),
                _ => (mark, style),
            };
            let words = format!(
                "{mark} {} {}: {}",
                shift.rule.id,
                parts.join(", "),
                shift.rule.title
            );
            lines.push(Line::styled(text::fit(&words, columns), style));
        }
        let (now, then) = preview.blocked;
        if now + then > 0 {
            let words = format!(
                "blocked for {}: {} of them now, {} then",
                self.vendor,
                text::count(now as u64),
                text::count(then as u64)
            );
            lines.push(Line::styled(words, theme.dim));
        }
        lines
    }

    /// The orders before and after, with their heading.
    pub fn list(&self, columns: usize, page: usize, theme: &Theme) -> Vec<Line<'static>> {
        let Some(Ok(preview)) = &self.told else {
            return Vec::new();
        };
        if preview.shown.is_empty() {
            return vec![Line::styled("Nothing would change.", theme.dim)];
        }
        let widest = preview.shown.iter().map(|sample| text::width(&sample.id));
        let id = widest.max().unwrap_or(0).clamp(6, 20);
        let half = columns.saturating_sub(id + 6) / 2;
        let heading = format!(
            "  {}  {}  {}",
            text::left("order", id),
            text::left("before", half),
            "after"
        );
        let mut lines = vec![Line::styled(heading, theme.dim)];
        let mut cursor = self.cursor;
        cursor.settle(preview.shown.len(), page);
        for number in cursor.shown(preview.shown.len(), page) {
            let Some(sample) = preview.shown.get(number) else {
                continue;
            };
            let value = |value: &str| match value {
                "" => "none".to_owned(),
                value => text::shown(value).into_owned(),
            };
            let more = match sample.changes {
                1 => String::new(),
                lines => format!("  {lines} lines"),
            };
            let at = number == cursor.at;
            let after = format!("{}{more}", value(&sample.after));
            lines.push(Line::from(vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::raw(text::left(
                    &text::keep_end(&text::shown(&sample.id), id),
                    id,
                )),
                Span::styled(
                    format!(
                        "  {}  ",
                        text::left(&text::fit(&value(&sample.before), half), half)
                    ),
                    theme.dim,
                ),
                Span::styled(text::fit(&after, half), theme.edit),
            ]));
        }
        let left = preview.change.saturating_sub(preview.shown.len());
        if left > 0 {
            let words = format!("  and {} more", text::count(left as u64));
            lines.push(Line::styled(words, theme.dim));
        }
        lines
    }
}

fn wrapped(words: &str, columns: usize, style: ratatui::style::Style) -> Vec<Line<'static>> {
    text::wrap(words, columns)
        .into_iter()
        .map(|line| Line::styled(line, style))
        .collect()
}

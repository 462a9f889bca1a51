//! One field of the order at all vendors: what the source gives, and what each payload makes of it.

use std::sync::Arc;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};

use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::event::{Arrival, Ticket, Told};
use crate::console::layout;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::json::severity_mark;
use crate::console::widget::{pane, text};
use crate::deck::compare::{Cell, Comparison, FieldRow};
use crate::order::Field;

/// From here on the fields stand beside the vendors, not above them.
const BESIDE: u16 = 110;
/// Rows that the vendors need below the fields.
const VENDOR_ROWS: u16 = 13;

/// The fields of an order across the vendors.
#[derive(Debug)]
pub struct CompareDialog {
    ticket: Ticket,
    order: String,
    /// The vendors' titles.
    vendors: Vec<&'static str>,
    front: usize,
    /// The fields under the payload's cursor when it was opened, and the line item.
    wanted: (Vec<Field>, Option<usize>),
    compared: Option<Told<Arc<Comparison>>>,
    cursor: Cursor,
}

impl CompareDialog {
    /// Opens it at the field under the cursor, and asks for the payloads.
    pub fn open(state: &mut State, effects: &mut Vec<Effect>) {
        let Some(deck) = state.file.deck.clone() else {
            return;
        };
        let Some(place) = state.orders.current(deck.len()) else {
            return;
        };
        let shown = state.payload.shown.as_ref();
        let payload = shown.and_then(|shown| shown.payload.as_ref().ok());
        let wanted = match (payload, state.payload.line()) {
            (Some(payload), Some(line)) => (
                payload.fields_at(&line.pointer).to_vec(),
                line.pointer.split('/').find_map(|part| part.parse().ok()),
            ),
            _ => (Vec::new(), None),
        };
        let order = shown.map_or_else(String::new, |shown| shown.order.order.id.clone());
        let tabs = state.vendors.tabs.len();
        let targets = (0..tabs)
            .map(|tab| state.vendors.target(tab).cloned())
            .collect();
        let ticket = state.ticket();
        effects.push(Effect::Compare {
            ticket,
            deck,
            place,
            targets,
        });
        state.layers.push(Box::new(Self {
            ticket,
            order,
            vendors: state
                .vendors
                .tabs
                .iter()
                .map(|tab| tab.vendor.title())
                .collect(),
            front: state.vendors.front,
            wanted,
            compared: None,
            cursor: Cursor::default(),
        }));
    }

    fn rows(&self) -> &[FieldRow] {
        match &self.compared {
            Some(Ok(compared)) => &compared.rows,
            _ => &[],
        }
    }

    fn arrived(&mut self, compared: &Told<Arc<Comparison>>, state: &State) {
        self.compared = Some(compared.clone());
        if let Ok(compared) = compared {
            self.order.clone_from(&compared.order);
        }
        let (fields, item) = &self.wanted;
        let is_wanted = |row: &FieldRow| {
            fields.contains(&row.field) && (row.item.is_none() || row.item == *item)
        };
        self.cursor.at = self.rows().iter().position(is_wanted).unwrap_or(0);
        let page = Self::page(state);
        let lines = self.rows().len();
        self.cursor.settle(lines, page);
    }

    /// The whole, the fields, and the vendors beside or below them.
    fn areas(state: &State) -> (Rect, Rect, Rect) {
        let area = layout::middle(state.size, state.size.0, state.size.1.saturating_sub(3));
        // The border, and a blank on either side.
        let inner = Rect::new(
            area.x + 2,
            area.y + 1,
            area.width.saturating_sub(4),
            area.height.saturating_sub(2),
        );
        let [fields, vendors] = if state.size.0 >= BESIDE {
            Layout::horizontal([Constraint::Percentage(58), Constraint::Min(0)])
                .spacing(2)
                .areas(inner)
        } else {
            Layout::vertical([Constraint::Min(4), Constraint::Length(VENDOR_ROWS)]).areas(inner)
        };
        (area, fields, vendors)
    }

    fn page(state: &State) -> usize {
        // The heading stands above them.
        usize::from(Self::areas(state).1.height)
            .saturating_sub(1)
            .max(1)
    }

    /// Goes to the field in the payload of the vendor that is chosen, to the first of its places or to that one.
    fn go(&self, place: usize, state: &mut State) {
        let row = self.rows().get(self.cursor.at);
        let cells = row.and_then(|row| row.cells.get(self.front));
        let cell = cells.and_then(|cells| cells.get(place));
        let pointer = cell.map(|cell| cell.pointer.as_str());
        if pointer.is_some() || self.front != state.vendors.front {
            update::payload::show_at(state, self.front, pointer);
        }
    }

    /// Another vendor is chosen.
    fn turn(&mut self, forward: bool) {
        let count = self.vendors.len().max(1);
        let step = if forward { 1 } else { count - 1 };
        self.front = (self.front + step) % count;
    }

    /// A click in a vendor's lines chooses it; the second one goes to that line in its payload.
    fn click_vendor(&mut self, click: Click, vendors: Rect, state: &mut State) -> Flow {
        let lines = self.vendor_lines(usize::from(vendors.width), &state.theme);
        let line = lines.get(usize::from(click.at.y - vendors.y));
        let Some((vendor, place)) = line.and_then(|line| line.of) else {
            return Flow::Stay;
        };
        if click.again && self.front == vendor {
            self.go(place, state);
            return Flow::Close;
        }
        self.front = vendor;
        Flow::Stay
    }

    /// A click puts the cursor on a field; the second one goes to its line in the payload.
    fn click(&mut self, click: Click, state: &mut State) -> Flow {
        let (_, fields, vendors) = Self::areas(state);
        if vendors.contains(click.at) {
            return self.click_vendor(click, vendors, state);
        }
        // The heading stands above them.
        let first = fields.y + 1;
        if !fields.contains(click.at) || click.at.y < first {
            return Flow::Stay;
        }
        let line = self.cursor.top + usize::from(click.at.y - first);
        if line >= self.rows().len() {
            return Flow::Stay;
        }
        if click.again && self.cursor.at == line {
            self.go(0, state);
            return Flow::Close;
        }
        self.cursor.at = line;
        Flow::Stay
    }

    fn draw_fields(&self, frame: &mut Frame<'_>, area: Rect, state: &State) {
        let theme = &state.theme;
        let columns = usize::from(area.width);
        let longest = self
            .rows()
            .iter()
            .map(|row| text::width(&name_of(row)))
            .max();
        let name = longest.unwrap_or(0).clamp(18, 26).min(columns / 2);
        // Where values are short the origins have the room.
        let values = self.rows().iter().filter_map(|row| row.value.as_deref());
        let longest = values.map(|value| text::width(&text::shown(value))).max();
        let most = columns.saturating_sub(name) * 9 / 20;
        let value = longest.unwrap_or(0).max(8).min(most);
        let heading = format!(
            "{} {} {}",
            text::left("Field of the order", name),
            text::left("Value", value),
            text::fit("From", columns.saturating_sub(name + value + 2))
        );
        pane::row(frame, area, 0, Line::styled(heading, theme.dim), None);
        let rows = self.rows();
        for (number, index) in self.cursor.shown(rows.len(), Self::page(state)).enumerate() {
            let Some(row) = rows.get(index) else { continue };
            let origin = match &row.source {
                Some(source) if source.is_empty() => "edit, nothing before".to_owned(),
                Some(source) => format!("edit, was {source}"),
                None => row.origin.clone(),
            };
            let style = if row.source.is_some() {
                theme.edit
            } else {
                theme.dim
            };
            let shown = row.value.as_deref().unwrap_or("—");
            let line = Line::from(vec![
                Span::styled(text::left(&name_of(row), name), theme.json_name),
                Span::raw(" "),
                Span::styled(text::left(&text::shown(shown), value), theme.text),
                Span::raw(" "),
                Span::styled(
                    text::fit(
                        &text::shown(&origin),
                        columns.saturating_sub(name + value + 2),
                    ),
                    style,
                ),
            ]);
            let chosen = (index == self.cursor.at).then_some(theme.selection);
            pane::row(frame, area, number + 1, line, chosen);
        }
    }

    fn vendor_lines(&self, columns: usize, theme: &Theme) -> Vec<VendorLine> {
        let mut lines: Vec<VendorLine> = Vec::new();
        let Some(Ok(compared)) = &self.compared else {
            return lines;
        };
        let Some(row) = compared.rows.get(self.cursor.at) else {
            return lines;
        };
        let heading = format!("{} at the vendors", name_of(row));
        let heading = Line::styled(text::fit(&heading, columns), theme.strong);
        lines.push(VendorLine {
            line: heading,
            of: None,
        });
        for (index, vendor) in self.vendors.iter().enumerate() {
            let style = if index == self.front {
                theme.accent
            } else {
                theme.text
            };
            let title = if index == self.front {
                vendor.to_uppercase()
            } else {
                (*vendor).to_owned()
            };
            let head = Span::styled(text::left(&title, TITLE), style);
            let trouble = compared.trouble.get(index).cloned().flatten();
            let cells = row.cells.get(index).map_or(&[][..], Vec::as_slice);
            let mut put = |place: usize, told: Vec<Line<'static>>| {
                let of = Some((index, place));
                lines.extend(told.into_iter().map(|line| VendorLine { line, of }));
            };
            match (trouble, cells) {
                (Some(why), _) => {
                    let words = text::fit(&text::shown(&why), columns.saturating_sub(TITLE));
                    let words = Span::styled(words, theme.warning);
                    put(0, vec![Line::from(vec![head, words])]);
                }
                (None, []) => {
                    let words = Span::styled("— not in its payload", theme.dim);
                    put(0, vec![Line::from(vec![head, words])]);
                }
                (None, cells) => {
                    for (number, cell) in cells.iter().enumerate() {
                        let head = if number == 0 {
                            head.clone()
                        } else {
                            Span::raw(" ".repeat(TITLE))
                        };
                        let mut told = Vec::new();
                        cell_lines(cell, head, columns, theme, &mut told);
                        put(number, told);
                    }
                }
            }
        }
        lines
    }
}

/// A line below or beside the fields.
struct VendorLine {
    line: Line<'static>,
    /// The vendor that it is about, and which of the field's places in that vendor's payload.
    of: Option<(usize, usize)>,
}

/// Columns of a vendor's title.
const TITLE: usize = 16;

/// A place with its value, then where that is from, then what is said of it.
fn cell_lines(
    cell: &Cell,
    head: Span<'static>,
    columns: usize,
    theme: &Theme,
    lines: &mut Vec<Line<'static>>,
) {
    let room = columns.saturating_sub(TITLE);
    let pointer = text::shown(cell.pointer.trim_start_matches('/')).into_owned();
    let value = match &cell.value {
        Some(value) => text::shown(&value.to_string()).into_owned(),
        None => "not sent".to_owned(),
    };
    let pointer = text::keep_end(&pointer, room / 2);
    let used = text::width(&pointer) + 2;
    let style = if cell.value.is_some() {
        theme.json_text
    } else {
        theme.dim
    };
    let mut spans = vec![
        head,
        Span::styled(pointer, theme.json_name),
        Span::raw("  "),
    ];
    let value = text::fit(&value, room.saturating_sub(used));
    let left = room.saturating_sub(used + text::width(&value) + 2);
    spans.push(Span::styled(value, style));
    let origin = text::shown(&cell.origin).into_owned();
    let origin_style = if origin.starts_with("edit") {
        theme.edit
    } else {
        theme.dim
    };
    if text::width(&origin) <= left {
        spans.push(Span::styled(format!("  {origin}"), origin_style));
        lines.push(Line::from(spans));
    } else {
        lines.push(Line::from(spans));
        let words = format!("{}from {origin}", " ".repeat(TITLE));
        lines.push(Line::styled(text::fit(&words, columns), origin_style));
    }
    for (severity, words) in &cell.findings {
        let (mark, style) = severity_mark(*severity, theme);
        let words = format!("{mark} {}", text::shown(words));
        for part in text::wrap(&words, room) {
            lines.push(Line::styled(format!("{}{part}", " ".repeat(TITLE)), style));
        }
    }
}

fn name_of(row: &FieldRow) -> String {
    match row.item {
        Some(item) => format!("{} {}", row.field.name(), item + 1),
        None => row.field.name().to_owned(),
    }
}

impl CompareDialog {
    /// Where it stands, and its keys.
    fn frame(state: &State) -> Border {
        let shown = [
            (Command::Down, "next field"),
            (Command::Right, "next vendor"),
            (Command::Accept, "to its line"),
            (Command::Back, "back"),
        ];
        Border::new(Self::areas(state).0, &shown)
    }
}

impl Layer for CompareDialog {
    fn border(&self, state: &State) -> Option<Border> {
        Some(Self::frame(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, _: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Arrived(Arrival::Compared { ticket, compared }) if *ticket == self.ticket => {
                self.arrived(compared, state);
            }
            Input::Command(Command::Back) => return Flow::Close,
            Input::Command(Command::Accept) => {
                self.go(0, state);
                return Flow::Close;
            }
            Input::Command(command @ (Command::Left | Command::Right)) => {
                self.turn(command == Command::Right);
            }
            Input::Command(command) => {
                let (lines, page) = (self.rows().len(), Self::page(state));
                self.cursor.act(command, lines, page);
            }
            Input::Mouse(click) => return self.click(click, state),
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let (_, fields, vendors) = Self::areas(state);
        let order = text::keep_end(&text::shown(&self.order), 30);
        let count = self.rows().len();
        let mut title = Line::from(vec![Span::styled(
            format!(" {order} at every vendor "),
            theme.strong,
        )]);
        if count > 0 {
            let place = format!("field {} of {count} ", self.cursor.at + 1);
            title.push_span(Span::styled(place, theme.dim));
        }
        Self::frame(state).draw(frame, title, theme.border_focus, state);
        match &self.compared {
            None => return pane::row(frame, fields, 0, Line::styled("looking", theme.dim), None),
            Some(Err(why)) => {
                let words = format!("✗ {}", text::shown(why));
                let words = text::wrap(&words, usize::from(fields.width));
                let lines = words
                    .into_iter()
                    .map(|part| Line::styled(part, theme.error));
                return pane::lines(frame, fields, lines.collect());
            }
            Some(Ok(_)) => {}
        }
        self.draw_fields(frame, fields, state);
        let columns = usize::from(vendors.width);
        let lines = self.vendor_lines(columns, theme).into_iter();
        let mut lines: Vec<_> = lines.map(|line| line.line).collect();
        let room = usize::from(vendors.height);
        if lines.len() > room {
            let more = lines.len() + 1 - room;
            lines.truncate(room.saturating_sub(1));
            let words = format!(
                "… {} in a higher window",
                text::many(more as u64, "more line")
            );
            lines.push(Line::styled(words, theme.info));
        }
        pane::lines(frame, vendors, lines);
    }
}

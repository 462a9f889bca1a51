//! What the open file holds, all in all: what `inspect` tells, with pictures of it.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::reading::{delimiter_words, said_words};
use super::{Border, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::update;
use crate::console::widget::chart::{self, Chart};
use crate::console::widget::scroll::Scroll;
use crate::console::widget::text;
use crate::deck::{Deck, Example, Overview, Tally};
use crate::finding::Severity;
use crate::workspace::HowRead;

/// Columns of the page at most.
const WIDTH: u16 = 116;
/// Columns of the names at the left.
const NAMES: usize = 13;
/// Lines of the picture of orders over time.
const TIME: usize = 9;

/// The page.
#[derive(Debug, Default)]
pub struct AboutFile {
    scroll: Scroll,
}

impl AboutFile {
    fn border(state: &State) -> Border {
        let lines = Self::lines(state).len();
        let height = u16::try_from(lines + 2).unwrap_or(u16::MAX);
        let area = layout::middle(state.size, WIDTH, height);
        let shown = [
            (Command::ReadAs, "read it otherwise"),
            (Command::Back, "back"),
        ];
        Border::new(area, &shown)
    }

    /// Columns inside.
    fn columns(state: &State) -> usize {
        usize::from(WIDTH.min(state.size.0.saturating_sub(2)).saturating_sub(4))
    }

    fn lines(state: &State) -> Vec<Line<'static>> {
        let (theme, columns) = (&state.theme, Self::columns(state));
        let Some(deck) = &state.file.deck else {
            return vec![Line::styled("no file is open", theme.dim)];
        };
        let Some(overview) = state.file.overview.as_deref() else {
            return vec![Line::styled("the orders are being counted", theme.dim)];
        };
        let mut lines = facts(deck, overview, columns, theme);
        lines.extend(over_time(overview, columns, theme));
        lines.extend(statuses(overview, columns, theme));
        lines.extend(currencies(overview, columns, theme));
        lines.extend(trouble(overview, columns, theme));
        lines
    }
}

fn fact(name: &str, value: &str, columns: usize, theme: &Theme) -> Line<'static> {
    Line::from(vec![
        Span::styled(text::left(name, NAMES), theme.dim),
        Span::styled(
            text::fit(&text::shown(value), columns.saturating_sub(NAMES)),
            theme.text,
        ),
    ])
}

/// How the file is read: packing, sheet, encoding, delimiter, header, and what of it the operator said.
fn how_read(deck: &Deck) -> Vec<(&'static str, String)> {
    let source = deck.source();
    let how = HowRead::from(source);
    let mut facts = Vec::new();
    if let Some(workbook) = &how.workbook {
        facts.push(("format", format!("{} workbook", workbook.kind)));
        let (number, all) = (workbook.chosen + 1, workbook.sheets.len());
        let mut sheet = format!("{} ({number} of {all})", workbook.sheet());
        if all > 1 {
            sheet = format!("{sheet} of {}", workbook.sheets.join(", "));
        }
        facts.push(("sheet", sheet));
    } else {
        facts.push(("format", source.format().name().to_owned()));
        let bom = if source.bom() { " with BOM" } else { "" };
        let guessed = if source.is_encoding_guessed() {
            ", guessed by its letters"
        } else {
            ""
        };
        facts.push(("encoding", format!("{}{bom}{guessed}", how.encoding)));
    }
    facts.extend(
        how.delimiter
            .map(|byte| ("delimiter", delimiter_words(byte))),
    );
    let unit = how.workbook.as_ref().map_or("line", |_| "row");
    let header = how.header_line.map(|line| format!("in {unit} {line}"));
    facts.extend(header.map(|words| ("header", words)));
    let packed = source.compression().map(|it| it.name().to_owned());
    facts.extend(packed.map(|words| ("packed", words)));
    let said = said_words(source.reading());
    if !said.is_empty() {
        facts.push(("as you said", said));
    }
    facts
}

fn facts(deck: &Deck, overview: &Overview, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let source = deck.source();
    let mapping = deck.mapping();
    let fits = match (overview.fits, &overview.near) {
        (Some(fits), Some((other, next))) => {
            format!(", fits to {fits} %; next is {other} with {next} %")
        }
        (Some(fits), None) => format!(", fits to {fits} %"),
        (None, _) => String::new(),
    };
    let name = source
        .path()
        .file_name()
        .unwrap_or(source.path().as_os_str());
    let mut facts = vec![("file", name.to_string_lossy().into_owned())];
    facts.extend(how_read(deck));
    facts.extend([
        (
            "mapping",
            format!("{} ({}){fits}", mapping.name(), mapping.title()),
        ),
        (
            "orders",
            format!(
                "{} with {}",
                text::count(overview.all.orders),
                text::many(overview.items, "line item")
            ),
        ),
    ]);
    let unread = match deck.index().left_out() {
        0 => "none: every record could be read".to_owned(),
        unread => format!("{}, left out", text::many(unread, "record")),
    };
    facts.push(("unread", unread));
    if let (Some(first), Some(last)) = (overview.first, overview.last) {
        facts.push(("placed", format!("{} to {}", first.date(), last.date())));
    }
    if overview.undated > 0 {
        facts.push(("undated", text::many(overview.undated, "order")));
    }
    if overview.without_total > 0 {
        facts.push(("no total", text::many(overview.without_total, "order")));
    }
    for (left, count) in &overview.left {
        let words = format!("{} ({})", text::count(*count), left.words());
        facts.push(("left out", words));
    }
    facts
        .into_iter()
        .map(|(name, value)| fact(name, &value, columns, theme))
        .collect()
}

fn heading(words: &str, theme: &Theme) -> [Line<'static>; 2] {
    [
        Line::default(),
        Line::styled(words.to_owned(), theme.strong),
    ]
}

fn over_time(overview: &Overview, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    // One day is told by the dates already.
    let Some(time) = overview
        .over_time(columns)
        .filter(|time| time.orders.len() > 1)
    else {
        return Vec::new();
    };
    let each = match time.days {
        1 => "Orders a day".to_owned(),
        days => format!("Orders in {days} days each"),
    };
    let (from, to) = (time.first.to_string(), time.last.to_string());
    let chart = Chart {
        title: Line::styled(each, theme.strong),
        values: &time.orders,
        words: &text::count,
        from: &from,
        to: &to,
        style: theme.info,
        dim: theme.dim,
    };
    let mut lines = vec![Line::default()];
    lines.extend(chart::lines(&chart, columns, TIME));
    lines
}

/// Bars of orders, the longest one that of all.
fn bars(
    heads: Vec<(String, u64, String)>,
    all: u64,
    columns: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let amounts = heads.iter().map(|(_, _, amount)| text::width(amount)).max();
    let wide = columns
        .saturating_sub(NAMES + 13 + amounts.unwrap_or(0))
        .min(40);
    let line = |(name, count, amount): (String, u64, String)| {
        let bar = text::bar(count, all, wide).replace('░', " ");
        Line::from(vec![
            Span::styled(
                text::left(&text::fit(&text::shown(&name), NAMES - 1), NAMES),
                theme.text,
            ),
            Span::styled(text::right(&text::count(count), 9), theme.strong),
            Span::styled(format!("  {bar}  "), theme.info),
            Span::styled(amount, theme.dim),
        ])
    };
    heads.into_iter().map(line).collect()
}

fn amounts(tally: &Tally) -> String {
    let amounts = tally.totals.iter().map(|(currency, total)| {
        let currency = if currency.is_empty() {
            "no currency"
        } else {
            currency
        };
        format!("{} {currency}", text::money(*total))
    });
    amounts.collect::<Vec<_>>().join(", ")
}

fn statuses(overview: &Overview, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let rows = overview.stages.iter();
    let rows = rows.map(|(stage, tally)| ((*stage).to_owned(), tally.orders, amounts(tally)));
    let mut lines = heading("By status", theme).to_vec();
    lines.extend(bars(rows.collect(), overview.all.orders, columns, theme));
    lines
}

fn currencies(overview: &Overview, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let rows = overview.currencies.iter().map(|(currency, orders)| {
        let name = if currency.is_empty() {
            "none"
        } else {
            currency
        };
        let sum = overview.all.totals.get(currency);
        let sum = sum.map(|total| text::money(*total)).unwrap_or_default();
        (name.to_owned(), *orders, sum)
    });
    let mut lines = heading("By currency, with the sum of the totals", theme).to_vec();
    lines.extend(bars(rows.collect(), overview.all.orders, columns, theme));
    lines
}

fn mark(severity: Severity, theme: &Theme) -> (&'static str, Style) {
    match severity {
        Severity::Error => ("✗", theme.error),
        Severity::Warning => ("!", theme.warning),
        Severity::Info => ("·", theme.info),
    }
}

fn trouble(overview: &Overview, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let found = overview.worst_first();
    let mut lines = heading("What looks wrong before any vendor has a word", theme).to_vec();
    if found.is_empty() {
        lines.push(Line::styled("✓ nothing", theme.taken));
    }
    for found in found {
        let (mark, style) = mark(found.worst, theme);
        lines.push(Line::from(vec![
            Span::styled(format!("{mark} {}  ", found.rule.id), style),
            Span::styled(text::right(&text::count(found.count), 7), theme.strong),
            Span::styled(
                text::fit(
                    &format!("×  {}", found.rule.title),
                    columns.saturating_sub(17),
                ),
                theme.text,
            ),
        ]));
        if let Some(words) = found.example.as_ref().and_then(Example::words) {
            let words = text::fit(&text::shown(&words), columns.saturating_sub(20));
            lines.push(Line::styled(format!("{:>20}{words}", ""), theme.dim));
        }
    }
    lines
}

impl Layer for AboutFile {
    fn places(&self) -> &'static [Place] {
        &[Place::About]
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(Self::border(state))
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, _: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Command(Command::Back | Command::Accept) => return Flow::Close,
            Input::Command(Command::ReadAs) => update::shelf::read_as(state),
            Input::Command(command) => {
                let room = usize::from(Self::border(state).inner().height);
                self.scroll.act(command, Self::lines(state).len(), room);
            }
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let border = Self::border(state);
        let title = Line::styled(" What the file holds ", theme.strong);
        let inner = border.draw(frame, title, theme.border_focus, state);
        let room = usize::from(inner.height);
        self.scroll
            .draw(frame, inner, Self::lines(state), room, state);
    }
}

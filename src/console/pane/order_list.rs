//! The lines of the list of orders: heading, marks, one column beside the other.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::model::{Row, Verdict};
use crate::console::state::State;
use crate::console::state::columns::{DAY_AND_TIME, Fitted, MARKS};
use crate::console::theme::Theme;
use crate::console::update::sorting;
use crate::console::widget::text;
use crate::deck::list::{Column, Kind, Value};
use crate::order::outcome::Outcome;

/// A currency's code and the blank before it.
const CURRENCY: usize = 4;

/// The columns of the lines on one screen.
pub struct Table {
    columns: Vec<Fitted>,
    /// Of each column the most digits that an amount on the screen has behind its point.
    fractions: Vec<usize>,
}

impl Table {
    /// The columns for these rows: amounts stand with their points below each other.
    pub fn of<'a>(state: &State, rows: impl Iterator<Item = &'a Row>) -> Self {
        let columns = sorting::fitted(state);
        let mut fractions = vec![0; columns.len()];
        for row in rows {
            for (fitted, most) in columns.iter().zip(&mut fractions) {
                if let Value::Amount(amount) = row.cell(fitted.column) {
                    *most = (*most).max(amount.scale() as usize);
                }
            }
        }
        Self { columns, fractions }
    }

    /// The names of the columns; the one that is sorted by has an arrow.
    pub fn heading(&self, state: &State) -> Line<'static> {
        let theme = &state.theme;
        let sort = state.orders.sort();
        let mut spans = vec![Span::raw(" ".repeat(MARKS))];
        for (number, fitted) in self.columns.iter().enumerate() {
            let title = fitted.column.title();
            let sorted = sort.filter(|sort| sort.column == fitted.column);
            // Where the title leaves no room for the arrow it stands on the blank before.
            let before = sorted.filter(|_| number > 0 && text::width(title) >= fitted.width);
            if number > 0 {
                let arrow = before.map_or(" ", |sort| arrow(sort.descending));
                spans.push(Span::styled(arrow, theme.accent));
            }
            let (words, style) = match sorted {
                Some(_) if before.is_some() => (title.to_owned(), theme.accent),
                Some(sort) => {
                    let arrow = arrow(sort.descending);
                    let blank = usize::from(text::width(title) + 2 <= fitted.width);
                    let room = fitted.width.saturating_sub(1 + blank);
                    let title = text::fit(title, room);
                    (format!("{title}{}{arrow}", " ".repeat(blank)), theme.accent)
                }
                None => (title.to_owned(), theme.dim),
            };
            let words = match fitted.column {
                // Above the digits, not the currency.
                Column::Total if fitted.width > CURRENCY + text::width(&words) => {
                    let number = text::right(&words, fitted.width - CURRENCY);
                    text::left(&number, fitted.width)
                }
                column if is_right(column) => text::right_fit(&words, fitted.width),
                _ => text::left(&words, fitted.width),
            };
            spans.push(Span::styled(words, style));
        }
        Line::from(spans)
    }

    /// An order.
    pub fn row(&self, row: &Row, at: bool, state: &State) -> Line<'static> {
        let theme = &state.theme;
        let body = if row.left.is_some() {
            theme.dim
        } else {
            theme.text
        };
        let mut spans = marks(row, at, state);
        for (number, (fitted, fraction)) in self.columns.iter().zip(&self.fractions).enumerate() {
            if number > 0 {
                spans.push(Span::raw(" "));
            }
            // What can't be read has an id at most; the reason takes the room of the rest.
            if let Some(trouble) = row
                .trouble
                .as_ref()
                .filter(|_| fitted.column != Column::Order)
            {
                let end = self.columns.last().map_or(0, |last| last.at + last.width);
                let room = end.saturating_sub(fitted.at);
                let words = text::fit(&text::shown(trouble), room);
                spans.push(Span::styled(words, theme.error));
                break;
            }
            match fitted.column {
                Column::Order => {
                    let id = text::keep_end(&text::shown(&row.key), fitted.width);
                    spans.push(Span::styled(text::left(&id, fitted.width), body));
                }
                Column::Sent => spans.extend(outcomes(row, fitted.width, state)),
                Column::Total => {
                    let room = fitted.width.saturating_sub(CURRENCY);
                    let number = amount(row.cell(Column::Total), *fraction, room);
                    spans.push(Span::styled(number, body));
                    let currency = text::left(&row.currency, fitted.width.min(CURRENCY) - 1);
                    spans.push(Span::styled(format!(" {currency}"), theme.dim));
                }
                column => {
                    let words = cell(row.cell(column), fitted.width, *fraction);
                    spans.push(Span::styled(words, body));
                }
            }
        }
        Line::from(spans)
    }
}

fn arrow(descending: bool) -> &'static str {
    if descending { "▼" } else { "▲" }
}

fn is_right(column: Column) -> bool {
    matches!(column.kind(), Kind::Amount | Kind::Count)
}

fn cell(value: &Value, width: usize, fraction: usize) -> String {
    match value {
        Value::Nothing => " ".repeat(width),
        Value::Text(words) => text::left(&text::shown(words), width),
        Value::Word(word, _) => text::left(word, width),
        Value::Count(count) => text::right(&text::count(u64::from(*count)), width),
        Value::Amount(_) => amount(value, fraction, width),
        Value::Time(moment) if width >= DAY_AND_TIME => {
            let words = moment.zoned().strftime("%Y-%m-%d %H:%M").to_string();
            text::left(&words, width)
        }
        Value::Time(moment) => text::left(&moment.date().to_string(), width),
    }
}

/// An amount on the right, with room for as many digits behind the point as others have.
fn amount(value: &Value, fraction: usize, width: usize) -> String {
    let Value::Amount(amount) = value else {
        return " ".repeat(width);
    };
    let scale = amount.scale() as usize;
    let point = usize::from(scale == 0 && fraction > 0);
    let fill = fraction.saturating_sub(scale) + point;
    let words = text::money(*amount);
    // Where there is no room for all of it the digits matter more.
    let fill = fill.min(width.saturating_sub(text::width(&words)));
    text::right(&(words + &" ".repeat(fill)), width)
}

/// The cursor, the mark, what was found, whether it is edited.
fn marks(row: &Row, at: bool, state: &State) -> Vec<Span<'static>> {
    let theme = &state.theme;
    let marked = state.orders.marked.contains(row.place);
    let verdict = match row.left {
        Some(_) => Verdict::Left,
        None => state
            .vendors
            .front_survey()
            .map_or(Verdict::Unknown, |survey| survey.verdict(row.place)),
    };
    let (mark, style) = match verdict {
        Verdict::Unknown => (" ", theme.dim),
        Verdict::Well => ("✓", theme.taken),
        Verdict::Warned => ("!", theme.warning),
        Verdict::Blocked => ("✗", theme.error),
        Verdict::Left | Verdict::Foreign => ("–", theme.dim),
    };
    vec![
        Span::styled(if at { "▸" } else { " " }, theme.accent),
        Span::styled(if marked { "*" } else { " " }, theme.accent),
        Span::styled(mark, style),
        Span::styled(if row.edits > 0 { "e" } else { " " }, theme.edit),
        Span::raw(" "),
    ]
}

/// What each vendor made of it last.
fn outcomes(row: &Row, width: usize, state: &State) -> Vec<Span<'static>> {
    let tabs = state.vendors.tabs.iter().zip(&row.sent).zip(&row.strange);
    let mut spans: Vec<Span<'static>> = tabs
        .take(width)
        .map(|((tab, sent), strange)| {
            if strange.is_some() {
                return Span::styled("≠", state.theme.warning);
            }
            let outcome = sent.as_ref().map(|(_, known)| known.outcome);
            let (sign, style) = sign(outcome, tab.vendor.letter(), &state.theme);
            Span::styled(sign, style)
        })
        .collect();
    let fill = width.saturating_sub(spans.len());
    if fill > 0 {
        spans.push(Span::raw(" ".repeat(fill)));
    }
    spans
}

/// The vendor's letter where it has the order or is about to; a sign for what went wrong.
fn sign(outcome: Option<Outcome>, letter: char, theme: &Theme) -> (String, Style) {
    match outcome {
        None | Some(Outcome::Skipped | Outcome::Excluded | Outcome::Blocked | Outcome::Pending) => {
            ("·".to_owned(), theme.dim)
        }
        Some(outcome @ Outcome::Rejected) => ("✗".to_owned(), theme.outcome(outcome)),
        Some(outcome @ Outcome::InDoubt) => ("?".to_owned(), theme.outcome(outcome)),
        Some(outcome) => (letter.to_string(), theme.outcome(outcome)),
    }
}

/// What the signs of the list mean, for the help: each with its words.
pub fn legend(state: &State) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = [
        ("▸ *", "the cursor; a mark"),
        (
            "✓ ! ✗",
            "findings of the vendor in front: none; warnings; errors, it isn't sent",
        ),
        (
            "–",
            "left out: by you, a test, a draft, cancelled, or another vendor's",
        ),
        ("e", "edited"),
        ("▲ ▼", "sorted by this column: ascending, descending"),
        (
            "·",
            "sent: nothing at this vendor yet; below, what it made of the order last",
        ),
        ("✗ ?", "sent: rejected; in doubt"),
        (
            "≠",
            "sent: the account has this id with other content, from another file",
        ),
    ]
    .map(|(signs, words)| (signs.to_owned(), words.to_owned()))
    .to_vec();
    for tab in &state.vendors.tabs {
        rows.push((
            tab.vendor.letter().to_string(),
            format!("sent: {} has it, or is about to", tab.vendor.title()),
        ));
    }
    rows
}

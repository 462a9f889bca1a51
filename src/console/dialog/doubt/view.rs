//! Drawing of the dialog: the orders, and what is known of the one under the cursor.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{DoubtDialog, Step};
use crate::console::action::Command;
use crate::console::dialog::Border;
use crate::console::dialog::reader::json;
use crate::console::layout;
use crate::console::pane::{day, short, shortest};
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::widget::{pane, text};
use crate::ledger::RunName;
use crate::vendor::Doubt;
use crate::workspace::DoubtfulOrder;

/// From here on the orders stand beside what is known of one.
const WIDE: u16 = 100;
/// From here on the list has the reasons, too.
const ROOMY: u16 = 130;
/// Columns of heads such as `came back`.
const HEAD: usize = 11;

/// Where the parts stand inside the dialog.
pub(super) struct Areas {
    dialog: Rect,
    about: Rect,
    pub(super) list: Rect,
    pub(super) detail: Rect,
    beside: bool,
}

impl DoubtDialog {
    pub(super) fn areas(&self, state: &State) -> Areas {
        let dialog = layout::middle(state.size, 150, state.size.1.saturating_sub(2));
        let inner = Rect {
            x: dialog.x + 2,
            y: dialog.y + 1,
            width: dialog.width.saturating_sub(4),
            height: dialog.height.saturating_sub(2),
        };
        let about_rows = self.about(&state.theme, usize::from(inner.width)).len() as u16;
        let about = Rect {
            height: about_rows.min(inner.height),
            ..inner
        };
        let rest = Rect {
            y: inner.y + about.height,
            height: inner.height.saturating_sub(about.height),
            ..inner
        };
        let beside = inner.width >= WIDE;
        if beside {
            // The reason stands beside anyway; the list has it where there is plenty of room.
            let width = match rest.width {
                ..ROOMY => 40,
                wide => wide * 2 / 5,
            };
            let list = Rect { width, ..rest };
            let detail = Rect {
                x: rest.x + width + 2,
                width: rest.width.saturating_sub(width + 2),
                ..rest
            };
            return Areas {
                dialog,
                about,
                list,
                detail,
                beside,
            };
        }
        // A heading, the orders, a rule.
        let rows = (self.orders().len() as u16).clamp(1, (rest.height / 3).max(1)) + 2;
        let list = Rect {
            height: rows.min(rest.height),
            ..rest
        };
        let detail = Rect {
            y: rest.y + list.height,
            height: rest.height.saturating_sub(list.height),
            ..rest
        };
        Areas {
            dialog,
            about,
            list,
            detail,
            beside,
        }
    }

    /// The frame of the list.
    pub(super) fn list_frame(&self, state: &State) -> Border {
        let other = if self.detail { "orders" } else { "details" };
        let shown: &[(Command, &str)] = if self.orders().is_empty() {
            &[(Command::Back, "back")]
        } else {
            &[
                (Command::Mark, "mark"),
                (Command::MarkAll, "all"),
                (Command::Accept, "decide"),
                (Command::ShowResponse, "response"),
                (Command::NextPane, other),
                (Command::Back, "back"),
            ]
        };
        Border::new(self.areas(state).dialog, shown)
    }

    /// Lines of the list.
    pub(super) fn page(&self, state: &State) -> usize {
        let areas = self.areas(state);
        let taken = if areas.beside { 1 } else { 2 };
        usize::from(areas.list.height).saturating_sub(taken).max(1)
    }

    /// Lines of what is known, and how many there is room for.
    pub(super) fn detail_size(&self, state: &State) -> (usize, usize) {
        let area = self.areas(state).detail;
        let lines = self.detail_lines(state, usize::from(area.width)).len();
        (lines, usize::from(area.height))
    }

    pub(super) fn draw_dialog(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let areas = self.areas(state);
        let environment = self.entry.environment();
        let (word, style) = theme.environment(environment);
        let profile = &self.entry.summary.run.decided.profile;
        let title = Line::from(vec![
            Span::styled(
                format!(
                    " Orders in doubt · run {} · {} · ",
                    self.run,
                    text::shown(profile)
                ),
                theme.strong,
            ),
            Span::styled(word, style),
            Span::styled(
                match self.marked.len() {
                    0 => " ".to_owned(),
                    some => format!(" · {some} marked "),
                },
                theme.strong,
            ),
        ]);
        let border = theme.border_of(environment);
        self.list_frame(state).draw(frame, title, border, state);
        pane::lines(
            frame,
            areas.about,
            self.about(theme, usize::from(areas.about.width)),
        );
        if !self.orders().is_empty() {
            self.draw_list(frame, &areas, state);
            let lines = self.detail_lines(state, usize::from(areas.detail.width));
            let room = usize::from(areas.detail.height);
            self.scroll.draw(frame, areas.detail, lines, room, state);
        }
        match &self.step {
            Step::Look => {}
            Step::Choose(cursor) => self.draw_choices(frame, cursor.at, state),
            Step::Confirm(word) => self.draw_word(frame, word, false, state),
            Step::Record(word) => self.draw_word(frame, word, true, state),
        }
    }

    /// What can be said of all of them, and what was recorded last.
    fn about(&self, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        let mut put = |words: &str, style: Style| {
            let parts = text::wrap(&text::shown(words), columns);
            lines.extend(parts.into_iter().map(|part| Line::styled(part, style)));
        };
        if let Some(told) = &self.told {
            put(told, theme.taken);
        }
        match &self.doubts {
            None => put("reading the ledger", theme.dim),
            Some(Err(why)) => put(&format!("✗ {why}"), theme.error),
            Some(Ok(doubts)) if doubts.orders.is_empty() => {
                put("no order of this run is in doubt", theme.dim);
            }
            Some(Ok(doubts)) => put(&self.policy(doubts.way), theme.warning),
        }
        lines.push(Line::default());
        lines
    }

    fn policy(&self, way: Doubt) -> String {
        let vendor = self.vendor_title();
        match way {
            Doubt::Resend => format!(
                "A second copy does no harm at {vendor}: these can be sent again without a risk."
            ),
            Doubt::AskVendor => format!(
                "{vendor} can be asked what became of these; what it can't tell is yours to decide."
            ),
            Doubt::AskOperator => {
                format!("{vendor} can't be asked: look there for each order, then decide here.")
            }
        }
    }

    fn draw_list(&self, frame: &mut Frame<'_>, areas: &Areas, state: &State) {
        let theme = &state.theme;
        let columns = usize::from(areas.list.width);
        let (id, total) = if areas.beside { (14, 13) } else { (16, 14) };
        let since = if areas.beside { 5 } else { 11 };
        let why = columns.saturating_sub(3 + id + 1 + total + 2 + since + 2);
        let heading = format!(
            "   {} {}  {}  {}",
            text::left("order", id),
            text::right("total", total),
            text::left("since", since),
            text::fit("why", why),
        );
        let heading = Line::styled(text::fit(&heading, columns), theme.dim);
        pane::row(frame, areas.list, 0, heading, None);
        let page = self.page(state);
        let all = self.orders();
        let cursor = self.cursor;
        for (row, index) in cursor.shown(all.len(), page).enumerate() {
            let Some(order) = all.get(index) else {
                continue;
            };
            let at = index == cursor.at;
            let marked = self.marked.contains(&order.entry.key);
            let key = text::keep_end(&text::shown(&order.entry.key), id);
            let at_moment = if areas.beside {
                shortest(order.row.at, state.now)
            } else {
                short(order.row.at)
            };
            let line = Line::from(vec![
                Span::styled(if at { "▸" } else { " " }, theme.accent),
                Span::styled(if marked { "* " } else { "  " }, theme.accent),
                Span::raw(text::left(&key, id)),
                Span::raw(format!(" {}  ", text::right(&total_of(order), total))),
                Span::styled(text::left(&at_moment, since), theme.dim),
                Span::raw("  "),
                Span::styled(text::fit(&why_of(order), why), theme.warning),
            ]);
            let style = match (at, self.detail) {
                (true, false) => Some(theme.selection),
                (true, true) => Some(theme.selection_idle),
                _ => None,
            };
            pane::row(frame, areas.list, row + 1, line, style);
        }
        if areas.beside {
            let x = areas.detail.x.saturating_sub(2);
            let rule = Rect {
                x,
                width: 1,
                ..areas.detail
            };
            for row in 0..usize::from(rule.height) {
                pane::row(frame, rule, row, Line::styled("│", theme.dim), None);
            }
        } else {
            let place = format!(" {} of {} ", cursor.at + 1, all.len());
            let dashes = columns.saturating_sub(text::width(&place) + 2);
            let style = if self.detail { theme.accent } else { theme.dim };
            let rule = format!("──{place}{}", "─".repeat(dashes));
            let last = usize::from(areas.list.height).saturating_sub(1);
            pane::row(frame, areas.list, last, Line::styled(rule, style), None);
        }
    }

    /// What was sent of the order under the cursor, and what is known.
    fn detail_lines(&self, state: &State, columns: usize) -> Vec<Line<'static>> {
        let theme = &state.theme;
        let Some(order) = self.current() else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        let total = total_of(order);
        lines.push(Line::from(vec![
            Span::styled(text::shown(&order.entry.key).into_owned(), theme.strong),
            Span::raw(format!("   {}   ", total.trim())),
            Span::styled("in doubt", theme.warning),
        ]));
        let mut put = |head: &str, words: &str, style: Style| {
            let room = columns.saturating_sub(HEAD);
            for (index, part) in text::wrap(&text::shown(words), room)
                .into_iter()
                .enumerate()
            {
                let head = if index == 0 { head } else { "" };
                lines.push(Line::from(vec![
                    Span::styled(text::left(head, HEAD), theme.dim),
                    Span::styled(part, style),
                ]));
            }
        };
        put("since", &day(order.row.at), theme.text);
        put("why", &why_of(order), theme.warning);
        match &order.request {
            None => put("sent", "the request isn't in the ledger", theme.dim),
            Some(request) => {
                let with = match request.order_count {
                    0 | 1 => "alone in its request".to_owned(),
                    count => format!("with {} in the request", text::many(count - 1, "other")),
                };
                let sent = format!("{}, {with}", day(request.sent_at));
                put("sent", &sent, theme.text);
                let to = format!("{} {}", request.intent.method, request.intent.url);
                put("to", &to, theme.text);
                let came = match (request.status, request.latency_ms) {
                    (Some(status), Some(ms)) => format!("{status} after {ms} ms"),
                    (Some(status), None) => status.to_string(),
                    _ => "no answer".to_owned(),
                };
                put("came back", &came, theme.text);
            }
        }
        if let Some(answer) = &order.answer {
            put("", answer, theme.text);
        }
        if let Some(since) = &order.since {
            let run = RunName {
                id: since.run,
                ..self.run
            };
            let words = format!("run {run} left it {}", since.outcome);
            put("later", &words, theme.outcome(since.outcome));
            if since.outcome.is_taken() {
                put("", "the doubt may be over: look there first", theme.info);
            }
        }
        lines.push(Line::default());
        let pretty = order
            .payload
            .as_ref()
            .and_then(|payload| serde_json::to_string_pretty(payload).ok());
        match pretty {
            None => {
                let words = match order.bodies_removed_at() {
                    Some(at) => format!("what was sent: removed by compact on {}", day(at)),
                    None => "what was sent of it can't be told apart in its request".to_owned(),
                };
                lines.push(Line::styled(words, theme.dim));
            }
            Some(pretty) => {
                lines.push(Line::styled("what was sent", theme.dim));
                lines.extend(
                    pretty
                        .lines()
                        .map(|line| json(&text::fit(&text::shown(line), columns), theme)),
                );
            }
        }
        lines
    }
}

fn total_of(order: &DoubtfulOrder) -> String {
    order.entry.total.map_or_else(String::new, |total| {
        format!("{} {}", text::money(total), order.entry.currency)
    })
}

fn why_of(order: &DoubtfulOrder) -> String {
    let reason = order.row.update.reason.as_deref();
    text::shown(reason.unwrap_or("what the vendor did is unknown")).into_owned()
}

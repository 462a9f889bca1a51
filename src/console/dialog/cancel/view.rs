//! The cancel dialog on the screen: ids above, below them what is known of each, then the way and the reason.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{CancelDialog, Line as At};
use crate::console::action::Command;
use crate::console::dialog::{Border, Click};
use crate::console::layout;
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::widget::input::hint;
use crate::console::widget::{pane, text};
use crate::submit::cancel::{CancelOrder, refusal};

/// Columns of the heads of lines.
const HEAD: usize = 8;
/// Rows that the list keeps, whatever else there is to say.
const LEAST: usize = 4;

/// The parts of the dialog.
struct Parts {
    ids: Vec<Line<'static>>,
    list: Vec<Line<'static>>,
    /// How, what else happens, why, the count.
    below: Vec<Line<'static>>,
    told: Vec<Line<'static>>,
    /// Rows for the list.
    room: usize,
    /// Rows for the reason and the count, the last of those below.
    rest: usize,
}

impl CancelDialog {
    fn parts(&self, state: &State) -> Parts {
        let theme = &state.theme;
        let columns = usize::from(width(state).saturating_sub(4));
        let rows = usize::from(state.size.1.saturating_sub(4));
        let ids = self.ids_lines(columns, theme);
        let list = self.list_lines(theme, columns, state.now);
        let (mut also, rest) = (
            self.also_lines(theme, columns),
            self.rest_lines(theme, columns),
        );
        let mut below = self.mode_lines(theme, columns);
        let told = self.told_lines(theme, columns);
        // Two blanks divide the parts; what is told has a row even while there is nothing.
        let fixed = ids.len() + 2 + below.len() + rest.len() + told.len().max(1);
        let free = rows.saturating_sub(fixed);
        let least = list.len().min(LEAST);
        let room_also = free.saturating_sub(least);
        if also.len() > room_also {
            also.truncate(room_also.saturating_sub(1));
            if room_also > 0 {
                let look = state.keymap.first(Command::LookAtRequest);
                let more = format!(
                    "{}… a higher window shows more; {look} the request",
                    " ".repeat(HEAD)
                );
                also.push(Line::styled(text::fit(&more, columns), theme.dim));
            }
        }
        let room = free.saturating_sub(also.len()).max(1);
        below.extend(also);
        let rows = rest.len();
        below.extend(rest);
        Parts {
            ids,
            list,
            below,
            told,
            room,
            rest: rows,
        }
    }

    pub(super) fn scroll(&mut self, command: Command, state: &State) {
        let parts = self.parts(state);
        self.scroll.act(command, parts.list.len(), parts.room);
    }

    pub(super) fn draw_dialog(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let parts = self.parts(state);
        let style = if self.is_live() {
            theme.live
        } else {
            theme.border_focus
        };
        let title = self.title(theme);
        let inner = self.frame(state).draw(frame, title, style, state);
        let mut row = 0;
        for line in parts.ids {
            pane::row(frame, inner, row, line, None);
            row += 1;
        }
        row += 1;
        let below = |row: usize| {
            let offset = u16::try_from(row).unwrap_or(u16::MAX).min(inner.height);
            ratatui::layout::Rect {
                y: inner.y + offset,
                height: inner.height - offset,
                ..inner
            }
        };
        row += self
            .scroll
            .draw(frame, below(row), parts.list, parts.room, state);
        row += 1;
        for line in parts.below.into_iter().chain(parts.told) {
            pane::row(frame, inner, row, line, None);
            row += 1;
        }
    }

    fn title(&self, theme: &Theme) -> Line<'static> {
        let mut title = vec![Span::styled(
            format!(" Cancel orders · {}", self.vendor.title()),
            theme.strong,
        )];
        if let Ok(target) = &self.target {
            let (word, style) = theme.environment(target.account.environment);
            let profile = text::shown(&target.account.profile);
            title.push(Span::styled(format!(" · {profile} · "), theme.strong));
            title.push(Span::styled(word, style));
        }
        title.push(Span::raw(" "));
        Line::from(title)
    }

    /// A click on a line that is typed into puts the cursor there; one on a way to cancel takes it.
    pub(super) fn click(&mut self, click: Click, state: &State) {
        let parts = self.parts(state);
        let border = self.frame(state);
        let Some(line) = border.line(click.at) else {
            return;
        };
        let list = parts.list.len().min(parts.room);
        let below = parts.ids.len() + 1 + list + 1;
        let rest = below + parts.below.len() - parts.rest;
        if line < parts.ids.len() {
            self.at = At::Ids;
        } else if parts.rest > 0 && line == rest {
            self.at = At::Reason;
        } else if parts.rest > 1 && line == rest + 1 {
            self.at = At::Count;
        } else if line == below && !self.modes().is_empty() {
            let column = border.column(click.at);
            let mut end = HEAD;
            let hit = self.modes().iter().position(|mode| {
                end += 2 + text::width(mode.name) + 3;
                column < end
            });
            if let Some(mode) = hit.filter(|_| column >= HEAD) {
                self.mode = mode;
            }
        }
    }

    pub(super) fn frame(&self, state: &State) -> Border {
        let parts = self.parts(state);
        let list = parts.list.len().min(parts.room);
        let height = parts.ids.len() + list + parts.below.len() + parts.told.len().max(1) + 4;
        let area = layout::middle(state.size, width(state), height as u16);
        let mut shown = Vec::new();
        let ready = self.count();
        let yes = format!("cancel {}", text::count(ready));
        if self.impossible().is_none() {
            if ready > 0 {
                shown.push((Command::Accept, yes.as_str()));
                shown.push((Command::LookAtRequest, "request"));
            }
            if self.modes().len() > 1 {
                shown.push((Command::CancelMode, "how"));
            }
            shown.push((Command::NextPane, "next line"));
        }
        shown.push((Command::Back, "back"));
        Border::new(area, &shown)
    }

    /// What was typed, and what was made of it.
    fn ids_lines(&self, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
        if self.impossible().is_some() {
            return Vec::new();
        }
        let mut spans = vec![Span::styled(text::left("ids", HEAD), theme.dim)];
        let room = columns.saturating_sub(HEAD);
        spans.extend(self.ids.spans(room, self.at == At::Ids, theme.text, theme));
        let mut lines = vec![Line::from(spans)];
        let ids = self.list();
        if ids.ids.len() > 1 || !ids.repeated.is_empty() {
            let mut words = text::many(ids.ids.len() as u64, "order");
            if let (Some(Ok(orders)), ready) = (&self.orders, self.count())
                && ready < orders.len() as u64
            {
                words = format!("{words}, {} can be cancelled", text::count(ready));
            }
            if let Some(told) = ids.told() {
                words = format!("{words}; {told}");
            }
            for part in text::wrap(&text::shown(&words), room) {
                lines.push(headed("", part, theme.dim, theme));
            }
            if let Some(never) = self.never_sent() {
                lines.push(headed("", text::fit(&never, room), theme.warning, theme));
            }
        }
        lines
    }

    /// How many of several were never at this account, as far as is known here.
    fn never_sent(&self) -> Option<String> {
        let Some(Ok(orders)) = &self.orders else {
            return None;
        };
        let never = orders.iter().filter(|order| order.last.is_none()).count();
        (never > 0 && orders.len() > 1).then(|| {
            format!(
                "{} of {} were never sent to this account from here",
                text::count(never as u64),
                text::count(orders.len() as u64)
            )
        })
    }

    fn list_lines(
        &self,
        theme: &Theme,
        columns: usize,
        now: jiff::Timestamp,
    ) -> Vec<Line<'static>> {
        let error = |why: &str| -> Vec<Line<'static>> {
            text::wrap(&format!("✗ {}", text::shown(why)), columns)
                .into_iter()
                .map(|line| Line::styled(line, theme.error))
                .collect()
        };
        if let Some(why) = self.impossible() {
            return error(why);
        }
        match (&self.target, &self.orders) {
            (Err(why), _) | (_, Some(Err(why))) => error(why),
            (_, None) if self.list().ids.is_empty() => {
                let words = "type or paste the ids: out of a ticket, with commas, spaces or one a line. Or mark orders in the list first.";
                text::wrap(words, columns)
                    .into_iter()
                    .map(|part| Line::styled(part, theme.dim))
                    .collect()
            }
            (_, None) => vec![Line::styled("looking them up", theme.dim)],
            (_, Some(Ok(orders))) => {
                let longest = orders
                    .iter()
                    .map(|order| text::width(&text::shown(&order.key)));
                let id = longest.max().unwrap_or(0).clamp(6, 24) + 2;
                let mut lines = Vec::new();
                let mut above = None;
                for order in orders {
                    let already = || {
                        Some(format!(
                            "{}: not sent again; `orderdeck cancel --resend` does",
                            order.cancelled_already()?
                        ))
                    };
                    let why = refusal(order).or_else(already);
                    // What keeps many from being cancelled is told once.
                    let again = why.is_some() && why == above;
                    let told = if again {
                        Some("can't be cancelled, as above".to_owned())
                    } else {
                        why.clone()
                    };
                    lines.extend(about(order, told, id, theme, (columns, now)));
                    above = why;
                }
                lines
            }
        }
    }

    /// The vendor's ways to cancel, with what the chosen one does.
    fn mode_lines(&self, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
        let modes = self.modes();
        if self.impossible().is_some() || modes.is_empty() {
            return Vec::new();
        }
        let mut spans = vec![Span::styled(text::left("how", HEAD), theme.dim)];
        for (index, mode) in modes.iter().enumerate() {
            let at = index == self.mode;
            spans.push(Span::styled(if at { "▸ " } else { "  " }, theme.accent));
            let style = if at { theme.selection } else { theme.text };
            spans.push(Span::styled(mode.name, style));
            spans.push(Span::raw("   "));
        }
        let mut lines = vec![Line::from(spans)];
        if let Some(mode) = modes.get(self.mode) {
            for part in text::wrap(mode.help, columns.saturating_sub(HEAD)) {
                lines.push(headed("", part, theme.text, theme));
            }
        }
        lines
    }

    /// What happens beside, and what it can't do.
    fn also_lines(&self, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
        if self.count() == 0 {
            return Vec::new();
        }
        let mut head = "also";
        let mut lines = Vec::new();
        for effect in self.effects() {
            let style = if effect.warning {
                theme.warning
            } else {
                theme.text
            };
            for part in text::wrap(&text::shown(&effect.text), columns.saturating_sub(HEAD)) {
                lines.push(headed(head, part, style, theme));
                head = "";
            }
        }
        lines
    }

    /// Why, and the count where it is wanted.
    fn rest_lines(&self, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
        if self.impossible().is_some() {
            return Vec::new();
        }
        let at = self.at == At::Reason;
        let mut spans = vec![Span::styled(text::left("reason", HEAD), theme.dim)];
        let about = format!(
            "why, for the ledger; {} has no field for it",
            self.vendor.title()
        );
        let empty = self.reason.text().is_empty();
        let room = columns.saturating_sub(HEAD);
        if at || !empty {
            spans.extend(
                self.reason
                    .spans(if empty { 2 } else { room }, at, theme.text, theme),
            );
        }
        if empty {
            spans.push(hint(&about, room.saturating_sub(2), theme));
        }
        let mut lines = vec![Line::from(spans)];
        if self.wants_count() {
            let kind = if self.is_live() {
                "live order"
            } else {
                "order"
            };
            let orders = text::many(self.count(), kind);
            lines.extend(self.question.line_for(
                &format!("type {} to cancel {orders}: ", self.count()),
                self.count(),
                self.at == At::Count,
                theme,
            ));
        }
        lines
    }

    fn told_lines(&self, theme: &Theme, columns: usize) -> Vec<Line<'static>> {
        let (words, style) = if self.sending {
            ("the run begins", theme.info)
        } else if let Some(why) = &self.trouble {
            (why.as_str(), theme.error)
        } else {
            return Vec::new();
        };
        text::wrap(&text::shown(words), columns)
            .into_iter()
            .take(3)
            .map(|part| Line::styled(part, style))
            .collect()
    }
}

fn width(state: &State) -> u16 {
    110.min(state.size.0.saturating_sub(2))
}

fn headed(
    head: &'static str,
    words: String,
    style: ratatui::style::Style,
    theme: &Theme,
) -> Line<'static> {
    Line::from(vec![
        Span::styled(text::left(head, HEAD), theme.dim),
        Span::styled(words, style),
    ])
}

/// What is known of one order, and what keeps it from being cancelled.
fn about(
    order: &CancelOrder,
    refused: Option<String>,
    id: usize,
    theme: &Theme,
    (columns, now): (usize, jiff::Timestamp),
) -> Vec<Line<'static>> {
    let known = order.known(now);
    let style = match &order.last {
        Some(last) => theme.outcome(last.outcome),
        None => theme.dim,
    };
    let room = columns.saturating_sub(id);
    let mut parts: Vec<(String, ratatui::style::Style)> = Vec::new();
    let mut put = |words: &str, style| {
        let wrapped = text::wrap(&text::shown(words), room);
        parts.extend(wrapped.into_iter().map(|part| (part, style)));
    };
    put(&known, style);
    match (refused, order.how()) {
        (Some(why), _) => put(&why, theme.error),
        (None, Some(how)) if order.by_more_than_its_id() => put(how, theme.dim),
        _ => {}
    }
    let key = text::keep_end(&text::shown(&order.key), id.saturating_sub(1));
    let key = text::left(&key, id);
    parts
        .into_iter()
        .enumerate()
        .map(|(row, (part, style))| {
            let head = if row == 0 {
                key.clone()
            } else {
                " ".repeat(id)
            };
            Line::from(vec![
                Span::styled(head, theme.strong),
                Span::styled(part, style),
            ])
        })
        .collect()
}

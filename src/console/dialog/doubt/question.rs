//! The question what became of the orders, and the operator's word; and what a click means in the whole dialog.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{DoubtDialog, Step, Way, Word};
use crate::console::action::Command;
use crate::console::dialog::{Border, Click};
use crate::console::effect::Effect;
use crate::console::layout;
use crate::console::state::State;
use crate::console::widget::scroll::Scroll;
use crate::console::widget::{pane, text};
use crate::vendor::Doubt;
use crate::workspace::Decision;

/// Columns of the dialog that asks for the word.
const WORD: u16 = 78;
/// Columns of the ways' names.
const NAME: usize = 20;

/// The operator's word as it is asked for.
struct Asked {
    lines: Vec<Line<'static>>,
    /// The line of the note; the count stands two below it, or in its place.
    note: usize,
    shown: Vec<(Command, &'static str)>,
}

impl Asked {
    fn frame(&self, state: &State) -> Border {
        let area = layout::middle(state.size, WORD, self.lines.len() as u16 + 2);
        Border::new(area, &self.shown)
    }
}

fn choice_columns(state: &State) -> usize {
    usize::from(layout::middle(state.size, 92, 3).width.saturating_sub(4))
}

impl DoubtDialog {
    /// The frame of what stands in front.
    pub(super) fn frame(&self, state: &State) -> Border {
        match &self.step {
            Step::Look => self.list_frame(state),
            Step::Choose(_) => self.choice_frame(state),
            Step::Confirm(word) => self.word_lines(word, false, state).frame(state),
            Step::Record(word) => self.word_lines(word, true, state).frame(state),
        }
    }

    /// Rows that each way takes.
    fn choice_rows(&self, state: &State) -> Vec<usize> {
        let room = choice_columns(state).saturating_sub(NAME);
        let ways = self.ways().into_iter();
        ways.map(|way| text::wrap(&self.words(way, state).1, room).len())
            .collect()
    }

    fn choice_frame(&self, state: &State) -> Border {
        let rows: usize = self.choice_rows(state).iter().sum();
        let area = layout::middle(state.size, 92, rows as u16 + 2);
        Border::new(
            area,
            &[(Command::Accept, "choose"), (Command::Back, "back")],
        )
    }

    /// A click selects, a second one on the same cell chooses.
    pub(super) fn click(&mut self, click: Click, state: &mut State, effects: &mut Vec<Effect>) {
        let line = self.frame(state).line(click.at);
        match &mut self.step {
            Step::Look => self.click_list(click, state, effects),
            Step::Choose(cursor) => {
                let mut chosen = *cursor;
                let mut end = 0;
                let hit = self.choice_rows(state).into_iter().position(|rows| {
                    end += rows;
                    line.is_some_and(|line| line < end)
                });
                let Some(way) = hit else { return };
                chosen.at = way;
                self.step = Step::Choose(chosen);
                if click.again
                    && let Some(way) = self.ways().get(way)
                {
                    self.choose(*way, state, effects);
                }
            }
            Step::Confirm(_) => {
                let Step::Confirm(word) = &self.step else {
                    return;
                };
                let asked = self.word_lines(word, false, state);
                let on_note = line == Some(asked.note);
                let on_count = line == Some(asked.note + 2);
                if let Step::Confirm(word) = &mut self.step
                    && word.decision.is_some()
                {
                    if on_note {
                        word.on_count = false;
                    } else if on_count && word.wants_count() {
                        word.on_count = true;
                    }
                }
            }
            Step::Record(_) => {}
        }
    }

    fn click_list(&mut self, click: Click, state: &mut State, effects: &mut Vec<Effect>) {
        let areas = self.areas(state);
        if areas.detail.contains(click.at) {
            self.detail = true;
        } else if areas.list.contains(click.at) {
            self.detail = false;
            let row = usize::from(click.at.y - areas.list.y).checked_sub(1);
            let row = row.filter(|row| *row < self.page(state));
            let order = row.map(|row| self.cursor.top + row);
            if let Some(order) = order.filter(|order| *order < self.orders().len()) {
                if order != self.cursor.at {
                    self.scroll = Scroll::default();
                }
                self.cursor.at = order;
                if click.again {
                    self.look(Command::Accept, state, effects);
                }
            }
        }
    }

    pub(super) fn draw_choices(&self, frame: &mut Frame<'_>, at: usize, state: &State) {
        let theme = &state.theme;
        let columns = choice_columns(state);
        let mut rows = Vec::new();
        for (index, way) in self.ways().into_iter().enumerate() {
            let chosen = index == at;
            let (name, about) = self.words(way, state);
            let mut name = Some(name);
            for part in text::wrap(&about, columns.saturating_sub(NAME)) {
                let first = name.is_some();
                let mark = if chosen && first { "▸ " } else { "  " };
                let style = if chosen { theme.strong } else { theme.text };
                rows.push((
                    Line::from(vec![
                        Span::styled(mark, theme.accent),
                        Span::styled(text::left(&name.take().unwrap_or_default(), 18), style),
                        Span::styled(part, theme.dim),
                    ]),
                    (chosen && first).then_some(theme.selection),
                ));
            }
        }
        let title = format!(" {}: what became of {}? ", self.of_which(), self.it());
        let border = theme.border_of(self.entry.environment());
        let title = Line::styled(text::fit(&title, columns), theme.strong);
        let inner = self.choice_frame(state).draw(frame, title, border, state);
        for (row, (line, style)) in rows.into_iter().enumerate() {
            pane::row(frame, inner, row, line, style);
        }
    }

    /// `#1001`, or `3 marked orders`.
    fn of_which(&self) -> String {
        let keys = self.meant();
        match keys.as_slice() {
            [one] => text::shown(one).into_owned(),
            many => format!("{} marked orders", text::count(many.len() as u64)),
        }
    }

    fn it(&self) -> &'static str {
        if self.meant().len() == 1 {
            "it"
        } else {
            "them"
        }
    }

    fn words(&self, way: Way, state: &State) -> (String, String) {
        let vendor = self.vendor_title();
        let resume = state.keymap.first(Command::ResumeRun);
        let (all, it) = (self.orders().len() as u64, self.it());
        let (name, about) = match way {
            Way::Arrived => (
                "arrived".to_owned(),
                format!("{vendor} has {it}: recorded as taken, and not sent again"),
            ),
            Way::NotArrived => (
                "never arrived".to_owned(),
                format!(
                    "recorded as waiting: {resume} in Runs sends {it}; should {vendor} have {it} after all, there may be a second copy"
                ),
            ),
            Way::SendAgain => (
                "send again".to_owned(),
                format!(
                    "you don't know, and a second copy is better than none: a new run sends {it}"
                ),
            ),
            Way::Resume if self.ready().map(|doubts| doubts.way) == Some(Doubt::Resend) => (
                "resume the run".to_owned(),
                format!("sends all {} again: it does no harm here", text::count(all)),
            ),
            Way::Resume => (
                format!("ask {vendor}"),
                format!(
                    "resumes the run: {vendor} is asked about all {}, and what it can't tell stays in doubt",
                    text::count(all)
                ),
            ),
            Way::Later => (
                "look later".to_owned(),
                "nothing is recorded; what is in doubt is never sent by itself".to_owned(),
            ),
        };
        (name, about)
    }

    /// The question in its lines, where in them the note stands, and its keys.
    fn word_lines(&self, word: &Word, recording: bool, state: &State) -> Asked {
        let theme = &state.theme;
        let width = WORD.min(state.size.0.saturating_sub(2));
        let columns = usize::from(width.saturating_sub(4));
        let count = word.count();
        let orders = text::many(count, "order");
        let vendor = self.vendor_title();
        let (head, about, yes) = match word.decision {
            Some(Decision::Arrived) => (
                format!("{orders} arrived at {vendor}"),
                "recorded as taken; nothing is sent".to_owned(),
                "record it",
            ),
            Some(Decision::NotArrived) => (
                format!("{orders} never arrived at {vendor}"),
                format!(
                    "recorded as waiting; nothing is sent until {} in Runs",
                    state.keymap.first(Command::ResumeRun)
                ),
                "record it",
            ),
            None => (
                format!("{orders} are sent to {vendor} again"),
                "a second copy does no harm here".to_owned(),
                "send",
            ),
        };
        let mut lines = vec![
            Line::styled(head, theme.strong),
            Line::styled(about, theme.dim),
        ];
        let which = word.keys.iter().map(|key| text::shown(key).into_owned());
        let which = which.take(20).collect::<Vec<_>>().join("  ");
        let parts = text::wrap(&which, columns);
        let more = parts.len() > 2 || count > 20;
        lines.extend(parts.into_iter().take(2).map(Line::raw));
        if more {
            lines.push(Line::styled("…", theme.dim));
        }
        lines.push(Line::default());
        let note = lines.len();
        if word.decision.is_some() {
            let mut spans = vec![Span::styled("how you know: ", theme.dim)];
            let focused = !word.on_count && !recording;
            let room = columns.saturating_sub(14);
            spans.extend(word.note.spans(room, focused, theme.text, theme));
            lines.push(Line::from(spans));
            lines.push(Line::styled(
                "kept in the order's history; it may be left empty",
                theme.dim,
            ));
        }
        let ask = format!("type {count} to decide on {orders} of the live account: ");
        let focused = word.on_count && !recording;
        lines.extend(word.question.line_for(&ask, count, focused, theme));
        if recording {
            lines.push(Line::styled("recording", theme.info));
        } else if let Some(why) = &word.trouble {
            let parts = text::wrap(&text::shown(why), columns);
            let parts = parts.into_iter();
            lines.extend(parts.map(|part| Line::styled(part, theme.error)));
        }
        let mut shown = vec![(Command::Accept, yes)];
        if word.decision.is_some() && word.wants_count() {
            shown.push((Command::NextPane, "next field"));
        }
        shown.push((Command::Back, "back"));
        Asked { lines, note, shown }
    }

    pub(super) fn draw_word(
        &self,
        frame: &mut Frame<'_>,
        word: &Word,
        recording: bool,
        state: &State,
    ) {
        let theme = &state.theme;
        let (environment, style) = theme.environment(self.entry.environment());
        let title = Line::from(vec![
            Span::styled(" Your word · ", theme.strong),
            Span::styled(environment, style),
            Span::raw(" "),
        ]);
        let border = theme.border_of(self.entry.environment());
        let asked = self.word_lines(word, recording, state);
        let inner = asked.frame(state).draw(frame, title, border, state);
        pane::lines(frame, inner, asked.lines);
    }
}

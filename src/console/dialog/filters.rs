//! Filters that are kept: the saved ones by name, then the last ones used. Take one, save one, forget one.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Border, Click, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::{Effect, FilterWork};
use crate::console::event::Arrival;
use crate::console::layout;
use crate::console::state::{State, Tone};
use crate::console::update;
use crate::console::widget::cursor::Cursor;
use crate::console::widget::{input, pane, text};
use crate::deck::filter::is_name;

/// Lines of the list at most.
const PAGE: usize = 14;

/// The dialog.
#[derive(Debug, Default)]
pub struct FiltersDialog {
    cursor: Cursor,
    /// The name that is typed, and the filter that gets it.
    naming: Option<(input::Input, String)>,
    /// The name is on its way; what was typed stays until it is saved.
    saving: bool,
}

/// A line of the list: a name, where it has one, and the filter.
type Entry<'a> = (Option<&'a str>, &'a str);

fn entries(state: &State) -> Vec<Entry<'_>> {
    let kept = &state.filter.kept;
    let saved = kept
        .saved
        .iter()
        .map(|(name, text)| (Some(name.as_str()), text.as_str()));
    let recent = kept.recent.iter().map(|text| (None, text.as_str()));
    saved.chain(recent).collect()
}

impl FiltersDialog {
    fn frame(&self, state: &State) -> Border {
        let lines = entries(state).len().clamp(3, PAGE);
        let area = layout::middle(state.size, 100, lines as u16 + 4);
        if self.naming.is_some() {
            Border::new(area, &[(Command::Accept, "save"), (Command::Back, "back")])
        } else {
            let shown = [
                (Command::Accept, "use"),
                (Command::SaveFilter, "save"),
                (Command::RemoveFilter, "forget"),
                (Command::Back, "back"),
            ];
            Border::new(area, &shown)
        }
    }

    /// What saving means: the filter in force, else the one under the cursor.
    fn meant(&self, state: &State) -> Option<String> {
        let own = state.orders.filter.text().trim();
        if !own.is_empty() && state.filter.error.is_none() {
            return Some(own.to_owned());
        }
        let entries = entries(state);
        entries
            .get(self.cursor.at)
            .map(|(_, text)| (*text).to_owned())
    }

    fn name(&mut self, state: &mut State, effects: &mut Vec<Effect>) {
        let Some((name, text)) = &self.naming else {
            return;
        };
        let wanted = name.text().trim().trim_start_matches('@').to_owned();
        if is_name(&wanted) {
            self.saving = true;
            effects.push(Effect::Filters(FilterWork::Save(wanted, text.clone())));
        } else {
            state.say(
                Tone::Error,
                "a name has letters, digits, - and _, at most 40",
            );
        }
    }

    fn save(&mut self, state: &mut State) {
        match self.meant(state) {
            Some(text) => self.naming = Some((input::Input::default(), text)),
            None => state.say(Tone::Info, "there is no filter to save: type one first"),
        }
    }

    fn remove(&self, state: &mut State, effects: &mut Vec<Effect>) {
        let entry = entries(state).get(self.cursor.at).copied();
        match entry {
            Some((Some(name), _)) => {
                let work = FilterWork::Remove(name.to_owned());
                effects.push(Effect::Filters(work));
            }
            _ => state.say(Tone::Info, "only saved filters are forgotten by hand"),
        }
    }

    fn take(&self, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let entry = entries(state).get(self.cursor.at).copied();
        let text = match entry {
            Some((Some(name), _)) => format!("@{name}"),
            Some((None, text)) => text.to_owned(),
            None => return Flow::Stay,
        };
        update::filter::set(state, &text, effects);
        Flow::Close
    }

    fn click(&mut self, click: Click, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        let lines = entries(state).len();
        let row = self.frame(state).line(click.at);
        let line = row
            .filter(|row| *row < PAGE.min(lines.max(3)))
            .map(|row| self.cursor.top + row)
            .filter(|line| *line < lines);
        if let Some(line) = line {
            if click.again && self.cursor.at == line {
                return self.take(state, effects);
            }
            self.cursor.at = line;
        }
        Flow::Stay
    }
}

impl Layer for FiltersDialog {
    fn places(&self) -> &'static [Place] {
        &[Place::Filters]
    }

    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn is_typing(&self) -> bool {
        self.naming.is_some()
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        if let Some((name, _)) = &mut self.naming {
            match input {
                Input::Text(key) => {
                    name.key(key);
                }
                Input::Paste(text) => name.paste(text),
                Input::Command(Command::Accept) => self.name(state, effects),
                Input::Command(Command::Back) => (self.naming, self.saving) = (None, false),
                Input::Arrived(Arrival::KeptFilters(_)) if self.saving => {
                    (self.naming, self.saving) = (None, false);
                }
                // It couldn't be saved: it can be tried again, under another name too.
                Input::Arrived(Arrival::Tell(Err(_))) => self.saving = false,
                _ => {}
            }
            return Flow::Stay;
        }
        match input {
            Input::Command(Command::Accept) => return self.take(state, effects),
            Input::Command(Command::Back) => return Flow::Close,
            Input::Command(Command::SaveFilter) => self.save(state),
            Input::Command(Command::RemoveFilter) => self.remove(state, effects),
            Input::Command(command) => {
                let lines = entries(state).len();
                self.cursor.act(command, lines, PAGE.min(lines));
            }
            Input::Mouse(click) => return self.click(click, state, effects),
            Input::Arrived(_) => {
                let lines = entries(state).len();
                self.cursor.settle(lines, PAGE.min(lines));
            }
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let entries = entries(state);
        let title = Line::styled(" Filters: saved, and the last ones used ", theme.strong);
        let border = self.frame(state);
        let inner = border.draw(frame, title, theme.border_focus, state);
        let columns = usize::from(inner.width);
        let page = usize::from(inner.height).saturating_sub(2);
        if entries.is_empty() {
            let save = state.keymap.first(Command::SaveFilter);
            let filter = state.keymap.first(Command::Filter);
            let words = format!(
                "none yet: {filter} in the list types a filter, {save} here saves it under a name"
            );
            pane::row(frame, inner, 0, Line::styled(words, theme.dim), None);
        }
        let names = entries
            .iter()
            .filter_map(|(name, _)| Some(text::width((*name)?)));
        let wide = names.max().unwrap_or(0).clamp(6, 24) + 1;
        for (row, index) in self.cursor.shown(entries.len(), page).enumerate() {
            let (name, filter) = entries[index];
            let at = index == self.cursor.at;
            let name = name.map_or_else(|| "last".to_owned(), |name| format!("@{name}"));
            let style = if name.starts_with('@') {
                theme.strong
            } else {
                theme.dim
            };
            let line = Line::from(vec![
                Span::styled(if at { "▸ " } else { "  " }, theme.accent),
                Span::styled(text::left(&text::shown(&name), wide), style),
                Span::raw(format!(
                    "  {}",
                    text::fit(&text::shown(filter), columns.saturating_sub(wide + 4))
                )),
            ]);
            pane::row(frame, inner, row, line, at.then_some(theme.selection));
        }
        let last = usize::from(inner.height).saturating_sub(1);
        if let Some((name, filter)) = &self.naming {
            let mut spans = vec![Span::styled("save as @", theme.key)];
            spans.extend(name.spans(26, true, theme.text, theme));
            let words = format!("   {}", text::shown(filter));
            spans.push(Span::styled(
                text::fit(&words, columns.saturating_sub(37)),
                theme.dim,
            ));
            pane::row(frame, inner, last, Line::from(spans), None);
        } else if let Some(text) = self.meant(state) {
            let words = format!("to be saved: {}", text::shown(&text));
            pane::row(
                frame,
                inner,
                last,
                Line::styled(text::fit(&words, columns), theme.dim),
                None,
            );
        }
    }
}

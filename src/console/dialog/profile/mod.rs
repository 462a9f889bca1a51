//! Adding an account, and changing one: a form of everything that the vendor's tables know, each line with what
//! it means. Secrets are hidden while they are typed.

mod changes;
mod entry;
mod fields;
mod find;
mod view;

#[cfg(test)]
mod tests;

use crossterm::event::{KeyCode, KeyModifiers};
use ratatui::Frame;

use self::entry::{Entry, Value, What};
use super::{Border, Flow, Input, Layer};
use crate::console::action::{Command, Place};
use crate::console::effect::{Effect, ProfileWork};
use crate::console::event::Arrival;
use crate::console::model::AccountInfo;
use crate::console::pane::profiles::Field;
use crate::console::state::State;
use crate::console::widget::cursor::Cursor;
use crate::profile::SANDBOX_PREFIX;
use crate::vendor::{ALL, Environment, VendorRef};

/// What the form is for.
#[derive(Debug)]
enum Purpose {
    Add,
    Edit(Box<AccountInfo>),
}

/// The form.
#[derive(Debug)]
pub struct ProfileDialog {
    purpose: Purpose,
    vendor: VendorRef,
    entries: Vec<Entry>,
    cursor: Cursor,
    trouble: Option<String>,
    saving: bool,
    /// Back was pressed though something was changed: once more leaves.
    leaving: bool,
    /// A line is being searched for.
    finding: Option<find::Finding>,
    /// Names that are taken.
    taken: Vec<String>,
}

impl ProfileDialog {
    /// A new account, at first of that vendor.
    pub fn add(vendor: VendorRef, accounts: &[AccountInfo]) -> Self {
        let mut dialog = Self::of(Purpose::Add, vendor, fields::of_new(vendor));
        dialog.taken = accounts
            .iter()
            .map(|account| account.name.clone())
            .collect();
        dialog
    }

    /// An account that is there, the cursor on one of its lines.
    pub fn edit(account: &AccountInfo, field: Option<&Field>) -> Self {
        let entries = fields::of_account(account);
        let purpose = Purpose::Edit(Box::new(account.clone()));
        let mut dialog = Self::of(purpose, account.vendor, entries);
        let is_meant = |entry: &Entry| match (field, &entry.what) {
            (Some(Field::BaseUrl), What::BaseUrl)
            | (Some(Field::Currency), What::Currency)
            | (Some(Field::ReadOnly), What::ReadOnly)
            | (Some(Field::AllowProxy), What::AllowProxy)
            | (Some(Field::NewDefault), What::Default(..)) => true,
            (Some(Field::Credential(name)), What::Credential(spec)) => spec.name == *name,
            (
                Some(Field::Setting(name)),
                What::Setting(spec) | What::Row(spec, _) | What::NewRow(spec) | What::Element(spec),
            ) => spec.name == *name,
            (Some(Field::Default(name)), What::Default(_, key) | What::StrayDefault(key)) => {
                key == name
            }
            _ => false,
        };
        if let Some(line) = dialog.entries.iter().position(is_meant) {
            dialog.cursor.at = line;
        }
        dialog
    }

    fn of(purpose: Purpose, vendor: VendorRef, entries: Vec<Entry>) -> Self {
        let at = entries.iter().position(Entry::stops).unwrap_or(0);
        Self {
            purpose,
            vendor,
            entries,
            cursor: Cursor { at, top: 0 },
            trouble: None,
            saving: false,
            leaving: false,
            finding: None,
            taken: Vec::new(),
        }
    }

    /// Moves the cursor to a line that can be changed.
    fn go(&mut self, command: Command, size: (u16, u16)) {
        self.grow();
        let page = self.rooms(size).page;
        let before = self.cursor.at;
        self.cursor.act(command, self.entries.len(), page);
        let forward = self.cursor.at > before || command == Command::Top;
        let stops = |line: &usize| self.entries.get(*line).is_some_and(Entry::stops);
        let found = if forward {
            (self.cursor.at..self.entries.len()).find(stops)
        } else {
            (0..=self.cursor.at).rev().find(stops)
        };
        match found {
            Some(line) => self.cursor.at = line,
            None => self.cursor.at = before,
        }
        if !forward
            && self
                .entries
                .iter()
                .take(self.cursor.at)
                .all(|entry| !entry.stops())
        {
            // The head of the first section is seen, too.
            self.cursor.top = 0;
        }
        self.cursor.settle(self.entries.len(), page);
    }

    /// The cursor goes to a line that can be changed.
    fn point(&mut self, line: usize, size: (u16, u16)) {
        let lines = self.entries.len();
        self.grow();
        // A line more may stand above it now.
        let line = if line > self.cursor.at {
            line + self.entries.len() - lines
        } else {
            line
        };
        self.cursor.at = line;
        let page = self.rooms(size).page;
        self.cursor.settle(self.entries.len(), page);
    }

    /// From the last line to the first, and back.
    fn step(&mut self, forward: bool, size: (u16, u16)) {
        let before = self.cursor.at;
        self.go(if forward { Command::Down } else { Command::Up }, size);
        if self.cursor.at == before {
            self.go(
                if forward {
                    Command::Top
                } else {
                    Command::Bottom
                },
                size,
            );
        }
    }

    /// What was typed into the room for one more becomes a line of its own, with new room below it.
    fn grow(&mut self) {
        let at = self.cursor.at;
        let Some(entry) = self.entries.get(at) else {
            return;
        };
        if entry.is_empty() || self.wrong(entry).is_some() {
            return;
        }
        let last = |what: &What| {
            let next = self.entries.get(at + 1).map(|entry| &entry.what);
            match (what, next) {
                (What::Element(spec), Some(What::Element(other))) => spec.name != other.name,
                _ => true,
            }
        };
        match &entry.what {
            What::NewRow(spec) => {
                let spec = *spec;
                if let (crate::vendor::SettingKind::Table(table), Some((name, value))) =
                    (spec.kind, entry::row_of(entry.words()))
                {
                    let mut row = Entry::row(spec, table, name, value, "taken out");
                    row.before.clear();
                    let same = |entry: &Entry| matches!(&entry.what, What::Row(other, known) if other.name == spec.name && known == name);
                    if let Some(line) = self.entries.iter().position(same) {
                        row.before.clone_from(&self.entries[line].before);
                        self.entries[line] = row;
                        self.entries[at] = Entry::new_row(spec);
                    } else {
                        self.entries[at] = row;
                        self.entries.insert(at + 1, Entry::new_row(spec));
                    }
                }
            }
            What::Element(spec) if last(&entry.what) => {
                let spec = *spec;
                self.entries.insert(at + 1, Entry::element(spec, ""));
            }
            _ => {}
        }
    }

    /// Left and right choose.
    fn turn(&mut self, forward: bool) {
        let Some(entry) = self.entries.get_mut(self.cursor.at) else {
            return;
        };
        entry.turn(forward);
        self.turned();
    }

    /// A letter chooses among words.
    fn turn_to(&mut self, letter: char) {
        let entry = self.entries.get_mut(self.cursor.at);
        if entry.is_some_and(|entry| entry.turn_to(letter)) {
            self.turned();
        }
    }

    /// Another vendor has other lines.
    fn turned(&mut self) {
        let Some(entry) = self.entries.get(self.cursor.at) else {
            return;
        };
        if matches!(entry.what, What::Vendor) {
            let title = entry.words().to_owned();
            let chosen = ALL.iter().find(|vendor| vendor.title() == title);
            self.vendor = chosen.copied().unwrap_or(self.vendor);
            self.change_vendor();
        }
    }

    /// The lines that the vendor's tables make are those of another vendor now.
    fn change_vendor(&mut self) {
        let is_section =
            |entry: &Entry| matches!(entry.what, What::Heading) && entry.label == "credentials";
        if let Some(line) = self.entries.iter().position(is_section) {
            self.entries.truncate(line);
        }
        let address = self
            .entries
            .iter_mut()
            .find(|entry| matches!(entry.what, What::BaseUrl));
        if let Some(entry) = address {
            let typed = entry.words().to_owned();
            *entry = fields::address(self.vendor, "");
            entry.value = Value::Text(crate::console::widget::input::Input::new(typed));
        }
        self.entries.extend(fields::of_vendor(self.vendor, None));
    }

    fn environment(&self) -> Environment {
        if let Purpose::Edit(account) = &self.purpose {
            return account.environment;
        }
        let entry = self
            .entries
            .iter()
            .find(|entry| matches!(entry.what, What::Environment));
        // Whatever isn't known is treated as the most serious.
        entry
            .and_then(|entry| Environment::from_name(entry.words()))
            .unwrap_or(Environment::Live)
    }

    /// Why what stands in a line won't do.
    fn wrong(&self, entry: &Entry) -> Option<String> {
        if matches!(entry.what, What::Name) {
            let name = entry.words();
            if name.starts_with(SANDBOX_PREFIX) {
                return Some(format!("names with {SANDBOX_PREFIX} are the sandbox's own"));
            }
            if self.taken.iter().any(|taken| taken == name) {
                return Some(format!("there is a profile {name} already"));
            }
        }
        entry.trouble(self.vendor, self.environment())
    }

    /// What is to be done, or which line is to blame.
    fn work(&self) -> Result<Option<ProfileWork>, (usize, String)> {
        let environment = self.environment();
        for (line, entry) in self.entries.iter().enumerate() {
            if let Some(why) = self.wrong(entry) {
                return Err((line, why));
            }
            let sandbox_address =
                matches!(entry.what, What::BaseUrl) && environment == Environment::Sandbox;
            if (entry.required || sandbox_address) && entry.is_empty() {
                return Err((line, format!("{} is needed", entry.label)));
            }
        }
        match &self.purpose {
            Purpose::Add => {
                let new = changes::new_profile(&self.entries, self.vendor, environment)?;
                Ok(Some(ProfileWork::Add(Box::new(new))))
            }
            Purpose::Edit(account) => {
                let changes = changes::changes(&self.entries, account)?;
                Ok((!changes.is_empty()).then(|| ProfileWork::Edit(account.name.clone(), changes)))
            }
        }
    }

    fn accept(&mut self, state: &State, effects: &mut Vec<Effect>) {
        self.trouble = None;
        match self.work() {
            Ok(Some(work)) => {
                self.saving = true;
                effects.push(Effect::Profile(work));
            }
            Ok(None) => {
                let back = state.keymap.first(Command::Back);
                self.trouble = Some(format!("nothing was changed; {back} goes back"));
            }
            Err((line, why)) => {
                self.cursor.at = line;
                let page = self.rooms(state.size).page;
                self.cursor.settle(self.entries.len(), page);
                self.trouble = Some(why);
            }
        }
    }

    /// Whether the form may be left: what was changed is not thrown away by one key.
    fn may_leave(&mut self, state: &State) -> bool {
        let changed = self.entries.iter().any(Entry::is_changed);
        if !changed || self.leaving {
            return true;
        }
        self.leaving = true;
        let back = state.keymap.first(Command::Back);
        self.trouble = Some(format!("nothing is saved yet; {back} again throws it away"));
        false
    }
}

impl Layer for ProfileDialog {
    fn border(&self, state: &State) -> Option<Border> {
        Some(self.frame(state))
    }

    fn places(&self) -> &'static [Place] {
        &[Place::Form]
    }

    fn is_typing(&self) -> bool {
        // Letters choose among words.
        true
    }

    fn uses_arrows(&self) -> bool {
        let here = self.entries.get(self.cursor.at);
        self.finding.is_none() && here.is_some_and(Entry::is_choice)
    }

    fn act(&mut self, input: Input<'_>, state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        if !matches!(
            input,
            Input::Command(Command::Back) | Input::Arrived(_) | Input::Mouse(_)
        ) {
            self.leaving = false;
        }
        let size = state.size;
        match input {
            Input::Arrived(Arrival::ProfileChanged(changed)) if self.saving => match changed {
                Ok(_) => return Flow::Close,
                Err(why) => {
                    self.saving = false;
                    self.trouble = Some(why.clone());
                }
            },
            Input::Text(_) | Input::Paste(_) | Input::Command(_) if self.finding.is_some() => {
                return self.find(&input, size);
            }
            Input::Command(Command::Back) => {
                if self.may_leave(state) {
                    return Flow::Close;
                }
            }
            _ if self.saving => {}
            Input::Text(key)
                if key.code == KeyCode::Char('/')
                    && !key.modifiers.contains(KeyModifiers::CONTROL)
                    && self.is_free_for_search() =>
            {
                self.begin_search();
            }
            Input::Text(key) => {
                self.trouble = None;
                match self
                    .entries
                    .get_mut(self.cursor.at)
                    .map(|entry| &mut entry.value)
                {
                    Some(Value::Text(input)) => {
                        input.key(key);
                    }
                    Some(Value::Hidden(hidden)) => hidden.key(key),
                    Some(Value::Choice(..)) => match key.code {
                        KeyCode::Char(letter) => self.turn_to(letter),
                        KeyCode::Home => self.go(Command::Top, size),
                        KeyCode::End => self.go(Command::Bottom, size),
                        _ => {}
                    },
                    _ => {}
                }
            }
            Input::Paste(pasted) => {
                match self
                    .entries
                    .get_mut(self.cursor.at)
                    .map(|entry| &mut entry.value)
                {
                    Some(Value::Text(input)) => input.paste(pasted),
                    Some(Value::Hidden(hidden)) => hidden.paste(pasted),
                    _ => {}
                }
            }
            Input::Command(Command::FindLine) => self.begin_search(),
            Input::Command(Command::NextSection) => self.section(true, size),
            Input::Command(Command::PreviousSection) => self.section(false, size),
            Input::Command(Command::NextPane) => self.step(true, size),
            Input::Command(Command::PreviousPane) => self.step(false, size),
            Input::Command(Command::Right) => self.turn(true),
            Input::Command(Command::Left) => self.turn(false),
            Input::Command(Command::Accept) => {
                self.grow();
                self.accept(state, effects);
            }
            Input::Command(command) => self.go(command, size),
            Input::Mouse(click) => {
                self.finding = None;
                if let Some(line) = self.line_at(click.at, state) {
                    let again = click.again && line == self.cursor.at;
                    self.point(line, size);
                    if again {
                        self.turn(true);
                    }
                }
            }
            Input::Arrived(_) => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        self.draw_form(frame, state);
    }
}

//! Adding an account, and changing a line of one. Secrets are hidden while they are typed.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::{Flow, Input, Layer, keys};
use crate::console::action::Command;
use crate::console::effect::{Effect, ProfileWork};
use crate::console::event::Arrival;
use crate::console::layout;
use crate::console::model::AccountInfo;
use crate::console::pane::profiles::{Field, Row};
use crate::console::state::State;
use crate::console::theme::Theme;
use crate::console::widget::hidden::Hidden;
use crate::console::widget::{input, pane, text};
use crate::profile::{Change, NewProfile};
use crate::vendor::{ALL, CredentialSpec, Environment, SettingKind, VendorRef};
use crate::workspace::accounts::{CREDENTIAL_FORMS, default_value, setting_value, settings_of};

/// What a line of the form is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Name,
    Vendor,
    Environment,
    BaseUrl,
    Currency,
    ReadOnly,
    Credential(&'static str),
    Setting(&'static str),
    DefaultName,
    DefaultValue,
}

/// What is typed or chosen in it.
#[derive(Debug)]
enum Value {
    Text(input::Input),
    Choice(Vec<String>, usize),
    Hidden(Hidden),
}

/// A line of the form.
#[derive(Debug)]
struct Entry {
    what: What,
    label: &'static str,
    help: String,
    required: bool,
    value: Value,
}

impl Entry {
    fn text(what: What, label: &'static str, before: &str, help: impl Into<String>) -> Self {
        Self {
            what,
            label,
            help: help.into(),
            required: false,
            value: Value::Text(input::Input::new(before)),
        }
    }

    fn choice(
        what: What,
        label: &'static str,
        choices: Vec<String>,
        at: usize,
        help: &str,
    ) -> Self {
        Self {
            what,
            label,
            help: help.to_owned(),
            required: true,
            value: Value::Choice(choices, at),
        }
    }

    fn credential(spec: &CredentialSpec, required: bool) -> Self {
        let (hidden, how) = if spec.secret {
            (Hidden::default(), "hidden while typed, or")
        } else {
            (Hidden::open(), "or")
        };
        Self {
            what: What::Credential(spec.name),
            label: spec.name,
            help: format!("{}; {how} {CREDENTIAL_FORMS}", spec.help),
            required,
            value: Value::Hidden(hidden),
        }
    }

    fn needed(mut self, required: bool) -> Self {
        self.required = required;
        self
    }

    fn is_empty(&self) -> bool {
        match &self.value {
            Value::Text(input) => input.text().trim().is_empty(),
            Value::Choice(_, _) => false,
            Value::Hidden(hidden) => hidden.is_empty(),
        }
    }

    /// What was typed or chosen; nothing for secrets.
    fn words(&self) -> &str {
        match &self.value {
            Value::Text(input) => input.text().trim(),
            Value::Choice(choices, at) => choices.get(*at).map_or("", String::as_str),
            Value::Hidden(_) => "",
        }
    }

    fn some(&self) -> Option<String> {
        Some(self.words().to_owned()).filter(|words| !words.is_empty())
    }
}

/// What the form is for.
#[derive(Debug)]
enum Purpose {
    Add,
    Edit {
        name: String,
        field: Field,
        before: String,
    },
}

/// The form.
#[derive(Debug)]
pub struct ProfileDialog {
    purpose: Purpose,
    vendor: VendorRef,
    entries: Vec<Entry>,
    at: usize,
    trouble: Option<String>,
    saving: bool,
}

impl ProfileDialog {
    /// A new account, at first of that vendor.
    pub fn add(vendor: VendorRef) -> Self {
        let vendors = ALL.iter().map(|vendor| vendor.title().to_owned()).collect();
        let at = ALL.iter().position(|one| *one == vendor).unwrap_or(0);
        let environments = Environment::ALL.map(|one| one.name().to_owned());
        let entries = vec![
            Entry::text(
                What::Name,
                "name",
                "",
                "what you call it, such as acme-kibo",
            )
            .needed(true),
            Entry::choice(What::Vendor, "vendor", vendors, at, "left and right choose"),
            Entry::choice(
                What::Environment,
                "environment",
                environments.to_vec(),
                0,
                "live: the count of orders is asked for before anything is sent; sandbox: an address on this machine",
            ),
        ];
        let mut dialog = Self::of(Purpose::Add, vendor, entries);
        dialog.of_vendor();
        dialog
    }

    /// A line of an account.
    pub fn edit(account: &AccountInfo, row: &Row) -> Self {
        let vendor = account.vendor;
        let help = if row.value.is_empty() || row.without.is_empty() {
            row.help.clone()
        } else {
            format!("{}; empty: {}", row.help, row.without)
        };
        let text = |what, label| Entry::text(what, label, &row.value, help.clone());
        let entries = match &row.field {
            Field::BaseUrl => vec![text(What::BaseUrl, "address")],
            Field::Currency => vec![text(What::Currency, "currency")],
            Field::ReadOnly => {
                let at = usize::from(account.read_only);
                let choices = vec!["no".to_owned(), "yes".to_owned()];
                vec![Entry::choice(
                    What::ReadOnly,
                    "read-only",
                    choices,
                    at,
                    &help,
                )]
            }
            Field::Credential(name) => vendor
                .credentials()
                .iter()
                .filter(|spec| spec.name == *name)
                .map(|spec| Entry::credential(spec, false))
                .collect(),
            Field::Setting(name) => vec![setting(vendor, name, row, help)],
            Field::Default(_) => vec![text(What::DefaultValue, "value")],
            Field::NewDefault | Field::Fixed => vec![
                Entry::text(
                    What::DefaultName,
                    "field",
                    "",
                    format!(
                        "a field of {}'s payload, such as {}",
                        vendor.title(),
                        example(vendor)
                    ),
                )
                .needed(true),
                Entry::text(
                    What::DefaultValue,
                    "value",
                    "",
                    "what it is where the order gives none",
                )
                .needed(true),
            ],
        };
        let purpose = Purpose::Edit {
            name: account.name.clone(),
            field: row.field.clone(),
            before: row.name.trim().to_owned(),
        };
        Self::of(purpose, vendor, entries)
    }

    fn of(purpose: Purpose, vendor: VendorRef, entries: Vec<Entry>) -> Self {
        Self {
            purpose,
            vendor,
            entries,
            at: 0,
            trouble: None,
            saving: false,
        }
    }

    /// The lines that depend on the vendor.
    fn of_vendor(&mut self) {
        let vendor = self.vendor;
        let currency = self
            .entries
            .iter()
            .find(|entry| entry.what == What::Currency)
            .map_or_else(String::new, |entry| entry.words().to_owned());
        self.entries.truncate(3);
        let help = vendor.default_base_url().map_or_else(
            || "https://…; this vendor has one for each account".to_owned(),
            |url| format!("empty: {url}"),
        );
        self.entries.extend([
            Entry::text(What::BaseUrl, "address", "", help)
                .needed(vendor.default_base_url().is_none()),
            Entry::text(
                What::Currency,
                "currency",
                &currency,
                "the code that every order must have, such as EUR; empty: any, but one in all the file",
            ),
        ]);
        for spec in vendor.credentials() {
            self.entries.push(Entry::credential(spec, !spec.optional));
        }
    }

    fn go(&mut self, forward: bool) {
        let count = self.entries.len().max(1);
        self.at = (self.at + if forward { 1 } else { count - 1 }) % count;
    }

    /// Left and right choose.
    fn turn(&mut self, forward: bool) {
        let Some(entry) = self.entries.get_mut(self.at) else {
            return;
        };
        if let Value::Choice(choices, at) = &mut entry.value {
            let count = choices.len().max(1);
            *at = (*at + if forward { 1 } else { count - 1 }) % count;
            if entry.what == What::Vendor {
                self.vendor = ALL.get(*at).copied().unwrap_or(self.vendor);
                self.of_vendor();
            }
        }
    }

    fn entry(&self, what: What) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.what == what)
    }

    /// What is to be done, or which line is to blame.
    fn work(&self) -> Result<ProfileWork, (usize, String)> {
        let missing = self
            .entries
            .iter()
            .position(|entry| entry.required && entry.is_empty());
        if let Some(line) = missing {
            return Err((line, format!("{} is needed", self.entries[line].label)));
        }
        match &self.purpose {
            Purpose::Add => Ok(self.new_profile()),
            Purpose::Edit { name, field, .. } => self
                .change(field)
                .map(|change| ProfileWork::Edit(name.clone(), vec![change]))
                .map_err(|why| (self.entries.len() - 1, why)),
        }
    }

    fn new_profile(&self) -> ProfileWork {
        let words = |what| self.entry(what).map_or("", Entry::words);
        // Whatever isn't known is treated as the most serious.
        let environment =
            Environment::from_name(words(What::Environment)).unwrap_or(Environment::Live);
        let mut new = NewProfile::new(words(What::Name), self.vendor.name(), environment);
        new.base_url = self.entry(What::BaseUrl).and_then(Entry::some);
        new.currency = self.entry(What::Currency).and_then(Entry::some);
        for entry in &self.entries {
            if let (What::Credential(name), Value::Hidden(hidden)) = (entry.what, &entry.value)
                && let Some(source) = hidden.source()
            {
                new.credentials.insert(name.to_owned(), source);
            }
        }
        ProfileWork::Add(Box::new(new))
    }

    fn change(&self, field: &Field) -> Result<Change, String> {
        let last = self.entries.last().ok_or("there is nothing to change")?;
        Ok(match field {
            Field::Currency => Change::Currency(last.some()),
            Field::BaseUrl => Change::BaseUrl(last.some()),
            Field::ReadOnly => Change::ReadOnly(last.words() == "yes"),
            Field::Credential(name) => {
                let source = match &last.value {
                    Value::Hidden(hidden) => hidden.source(),
                    _ => None,
                };
                let optional = self
                    .vendor
                    .credentials()
                    .iter()
                    .any(|spec| spec.name == *name && spec.optional);
                if source.is_none() && !optional {
                    return Err("nothing was typed; esc leaves it as it is".to_owned());
                }
                Change::Credential((*name).to_owned(), source)
            }
            Field::Setting(name) => {
                // The first choice of a list is to have none.
                let typed = match &last.value {
                    Value::Choice(_, 0) => "",
                    _ => last.words(),
                };
                let value = setting_value(self.vendor, name, typed)?;
                Change::Setting((*name).to_owned(), value)
            }
            Field::Default(path) => {
                let value = default_value(self.vendor, path, last.words())?;
                Change::Default(path.clone(), value)
            }
            Field::NewDefault | Field::Fixed => {
                let path = self.entry(What::DefaultName).map_or("", Entry::words);
                let value = default_value(self.vendor, path, last.words())?;
                Change::Default(path.to_owned(), value)
            }
        })
    }

    fn accept(&mut self, effects: &mut Vec<Effect>) {
        match self.work() {
            Ok(work) => {
                self.saving = true;
                self.trouble = None;
                effects.push(Effect::Profile(work));
            }
            Err((line, why)) => {
                self.at = line;
                self.trouble = Some(why);
            }
        }
    }

    fn line(&self, index: usize, columns: usize, theme: &Theme) -> Line<'static> {
        let entry = &self.entries[index];
        let at = index == self.at;
        let label = text::left(entry.label, 16);
        let mut spans = vec![
            Span::styled(if at { "▸ " } else { "  " }, theme.accent),
            Span::styled(label, if at { theme.accent } else { theme.dim }),
        ];
        let room = columns.saturating_sub(18);
        match &entry.value {
            Value::Text(input) => spans.extend(input.spans(room, at, theme.text, theme)),
            Value::Hidden(hidden) => spans.extend(hidden.spans(room, at, theme)),
            Value::Choice(choices, chosen) => {
                for (number, choice) in choices.iter().enumerate() {
                    let style = match (number == *chosen, at) {
                        (true, true) => theme.selection.patch(theme.accent),
                        (true, false) => theme.strong,
                        (false, _) => theme.dim,
                    };
                    spans.push(Span::styled(choice.clone(), style));
                    spans.push(Span::raw("  "));
                }
            }
        }
        if !entry.required && entry.is_empty() && !at && matches!(self.purpose, Purpose::Add) {
            spans.push(Span::styled("optional", theme.dim));
        }
        Line::from(spans)
    }
}

/// The line for a setting, by its kind.
fn setting(vendor: VendorRef, name: &'static str, row: &Row, help: String) -> Entry {
    let kind = settings_of(vendor)
        .find(|spec| spec.name == name)
        .map(|spec| spec.kind);
    let mut choices = vec![format!("({})", row.without)];
    match kind {
        Some(SettingKind::Boolean) => choices.extend(["true", "false"].map(str::to_owned)),
        Some(SettingKind::Choice(words)) => {
            choices.extend(words.iter().map(|word| (*word).to_owned()));
        }
        _ => return Entry::text(What::Setting(name), name, &row.value, help),
    }
    let at = choices
        .iter()
        .position(|choice| *choice == row.value)
        .unwrap_or(0);
    Entry::choice(What::Setting(name), name, choices, at, &row.help)
}

/// The name of some field of the vendor's payload.
fn example(vendor: VendorRef) -> &'static str {
    vendor
        .sandbox_defaults()
        .first()
        .map_or("status", |(path, _)| *path)
}

impl Layer for ProfileDialog {
    fn is_typing(&self) -> bool {
        self.entries
            .get(self.at)
            .is_some_and(|entry| !matches!(entry.value, Value::Choice(..)))
    }

    fn act(&mut self, input: Input<'_>, _state: &mut State, effects: &mut Vec<Effect>) -> Flow {
        match input {
            Input::Arrived(Arrival::ProfileChanged(changed)) if self.saving => match changed {
                Ok(_) => return Flow::Close,
                Err(why) => {
                    self.saving = false;
                    self.trouble = Some(why.clone());
                }
            },
            Input::Command(Command::Back) => return Flow::Close,
            _ if self.saving => {}
            Input::Text(key) => match self.entries.get_mut(self.at).map(|entry| &mut entry.value) {
                Some(Value::Text(input)) => {
                    input.key(key);
                }
                Some(Value::Hidden(hidden)) => hidden.key(key),
                _ => {}
            },
            Input::Paste(pasted) => {
                match self.entries.get_mut(self.at).map(|entry| &mut entry.value) {
                    Some(Value::Text(input)) => input.paste(pasted),
                    Some(Value::Hidden(hidden)) => hidden.paste(pasted),
                    _ => {}
                }
            }
            Input::Command(Command::Down | Command::NextPane) => self.go(true),
            Input::Command(Command::Up | Command::PreviousPane) => self.go(false),
            Input::Command(Command::Right) => self.turn(true),
            Input::Command(Command::Left) => self.turn(false),
            Input::Command(Command::Accept) => self.accept(effects),
            _ => {}
        }
        Flow::Stay
    }

    fn draw(&self, frame: &mut Frame<'_>, state: &State) {
        let theme = &state.theme;
        let width = 84.min(state.size.0.saturating_sub(2));
        let columns = usize::from(width.saturating_sub(4));
        let mut lines: Vec<Line<'static>> = (0..self.entries.len())
            .map(|index| self.line(index, columns, theme))
            .collect();
        lines.push(Line::default());
        let help = self.entries.get(self.at).map_or("", |entry| &entry.help);
        let help = text::wrap(&text::shown(help), columns);
        // The room stays the same from line to line.
        for index in 0..3.max(help.len()) {
            let part = help.get(index).cloned().unwrap_or_default();
            lines.push(Line::styled(part, theme.dim));
        }
        if self.saving {
            lines.push(Line::styled("saving", theme.info));
        } else if let Some(why) = &self.trouble {
            let parts = text::wrap(&text::shown(why), columns);
            lines.extend(
                parts
                    .into_iter()
                    .map(|part| Line::styled(part, theme.error)),
            );
        }
        let area = layout::middle(state.size, width, lines.len() as u16 + 2);
        let (title, yes) = match &self.purpose {
            Purpose::Add => (" Add an account ".to_owned(), "add it"),
            Purpose::Edit { name, before, .. } => (
                format!(" {} · {} ", text::shown(name), text::shown(before)),
                "set it",
            ),
        };
        let choosing = !self.is_typing();
        let mut shown = vec![(Command::Accept, yes), (Command::Back, "back")];
        if self.entries.len() > 1 {
            shown.insert(0, (Command::NextPane, "next line"));
        }
        if choosing {
            shown.insert(0, (Command::Right, "choose"));
        }
        let bottom = keys(state, &shown);
        let title = Line::styled(title, theme.strong);
        let inner = pane::dialog(frame, area, title, bottom, theme.border_focus);
        pane::lines(frame, inner, lines);
    }
}

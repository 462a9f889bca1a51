//! One line of the form: what it is, what is typed or chosen in it, and whether that will do.

use serde_json::Value as Json;

use crate::console::widget::hidden::Hidden;
use crate::console::widget::input::Input;
use crate::order::Currency;
use crate::profile::{check_account, check_address, check_name, is_loopback};
use crate::vendor::{
    CredentialSpec, Environment, FieldKind, FieldSpec, SettingKind, SettingSpec, TableSpec,
    VendorRef,
};
use crate::workspace::accounts::{CREDENTIAL_FORMS, default_value, setting_value};

/// What a line of the form is.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// The head of a section.
    Heading,
    /// Something that can't be changed.
    Fixed,
    Name,
    Vendor,
    Environment,
    Account,
    BaseUrl,
    Currency,
    ReadOnly,
    AllowProxy,
    Credential(&'static CredentialSpec),
    /// A setting that holds one value.
    Setting(&'static SettingSpec),
    /// A row of a setting that is a table, by its name there.
    Row(&'static SettingSpec, String),
    /// Room for one more row of a table: `name = value`.
    NewRow(&'static SettingSpec),
    /// An element of a setting that is a list; the last is room for one more.
    Element(&'static SettingSpec),
    /// A value for a field of the payload, by the name that it has in the file.
    Default(&'static FieldSpec, String),
    /// A setting that the vendor doesn't know.
    StraySetting(String),
    /// A default for a field that the vendor doesn't know.
    StrayDefault(String),
}

/// What is typed or chosen in it.
#[derive(Debug)]
pub(super) enum Value {
    Told(String),
    Text(Input),
    /// Choices with the one that is chosen; an empty one stands for none.
    Choice(Vec<String>, usize),
    Hidden(Hidden),
}

/// A line of the form.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) what: What,
    pub(super) label: String,
    pub(super) help: String,
    /// What holds while it is empty.
    pub(super) without: String,
    pub(super) required: bool,
    /// What it held when the form was opened.
    pub(super) before: String,
    pub(super) value: Value,
}

impl Entry {
    fn new(what: What, label: impl Into<String>, help: impl Into<String>, value: Value) -> Self {
        let mut entry = Self {
            what,
            label: label.into(),
            help: help.into(),
            without: String::new(),
            required: false,
            before: String::new(),
            value,
        };
        entry.before = entry.state();
        entry
    }

    pub(super) fn heading(label: &str, help: &str) -> Self {
        Self::new(What::Heading, label, "", Value::Told(help.to_owned()))
    }

    pub(super) fn fixed(label: &str, value: &str) -> Self {
        Self::new(What::Fixed, label, "", Value::Told(value.to_owned()))
    }

    pub(super) fn text(
        what: What,
        label: impl Into<String>,
        value: &str,
        help: impl Into<String>,
    ) -> Self {
        Self::new(what, label, help, Value::Text(Input::new(value)))
    }

    /// A list to choose from. A value that isn't in it is kept as one more choice.
    pub(super) fn choice(
        what: What,
        label: impl Into<String>,
        mut choices: Vec<String>,
        value: &str,
        help: impl Into<String>,
    ) -> Self {
        let at = choices.iter().position(|choice| choice == value);
        let at = at.unwrap_or_else(|| {
            choices.push(value.to_owned());
            choices.len() - 1
        });
        Self::new(what, label, help, Value::Choice(choices, at))
    }

    /// A credential; `source` says where it comes from now.
    pub(super) fn credential(spec: &'static CredentialSpec, source: Option<&str>) -> Self {
        let (hidden, how) = if spec.secret {
            (Hidden::default(), "Hidden while typed; or")
        } else {
            (Hidden::open(), "Typed; or")
        };
        let stays = if source.is_some() {
            ". Empty: it stays as it is"
        } else {
            ""
        };
        let help = format!(
            "{}. {how} {CREDENTIAL_FORMS}{stays}",
            spec.help.trim_end_matches('.')
        );
        Self::new(
            What::Credential(spec),
            spec.name,
            help,
            Value::Hidden(hidden),
        )
        .or(source.unwrap_or_default())
        .needed(source.is_none() && !spec.optional)
    }

    /// A setting that holds one value, as it stands in the file.
    pub(super) fn setting(spec: &'static SettingSpec, now: &str) -> Self {
        let help = spec.explanation();
        let entry = match spec.kind {
            SettingKind::Boolean => {
                Self::choice(What::Setting(spec), spec.name, yes_or_no(), now, help)
            }
            SettingKind::Choice(words) => {
                Self::choice(What::Setting(spec), spec.name, optional(words), now, help)
            }
            _ => Self::text(What::Setting(spec), spec.name, now, help),
        };
        entry.or(spec.without())
    }

    /// A row of a setting that is a table.
    pub(super) fn row(
        spec: &'static SettingSpec,
        table: TableSpec,
        name: &str,
        now: &str,
        without: &str,
    ) -> Self {
        let (what, label) = (
            What::Row(spec, name.to_owned()),
            format!("{}.{name}", spec.name),
        );
        let entry = if table.words.is_empty() {
            Self::text(what, label, now, spec.explanation())
        } else {
            Self::choice(what, label, optional(table.words), now, spec.explanation())
        };
        entry.or(without)
    }

    /// Room for one more row of a table.
    pub(super) fn new_row(spec: &'static SettingSpec) -> Self {
        let label = format!("{}.…", spec.name);
        Self::text(What::NewRow(spec), label, "", spec.explanation()).or("one more: name = value")
    }

    /// An element of a list; an empty one is room for one more.
    pub(super) fn element(spec: &'static SettingSpec, now: &str) -> Self {
        let label = format!("{}.…", spec.name);
        Self::text(What::Element(spec), label, now, spec.explanation()).or("one more")
    }

    /// A value for a field of the payload.
    pub(super) fn default(spec: &'static FieldSpec, key: &str, now: &str) -> Self {
        let (what, help) = (What::Default(spec, key.to_owned()), spec.explanation());
        let help = format!("{}: {help}", spec.path);
        let entry = if !spec.choices.is_empty() {
            Self::choice(what, spec.path, optional(spec.choices), now, help)
        } else if spec.kind == FieldKind::Boolean {
            Self::choice(what, spec.path, yes_or_no(), now, help)
        } else {
            Self::text(what, spec.path, now, help)
        };
        entry.or("none")
    }

    pub(super) fn or(mut self, without: &str) -> Self {
        without.clone_into(&mut self.without);
        self
    }

    pub(super) fn needed(mut self, required: bool) -> Self {
        self.required = required;
        self
    }

    /// Whether the cursor stops here.
    pub(super) fn stops(&self) -> bool {
        !matches!(self.value, Value::Told(_))
    }

    pub(super) fn is_choice(&self) -> bool {
        matches!(self.value, Value::Choice(..))
    }

    pub(super) fn is_empty(&self) -> bool {
        match &self.value {
            Value::Hidden(hidden) => hidden.is_empty(),
            _ => self.words().is_empty(),
        }
    }

    /// What was typed or chosen; nothing for secrets.
    pub(super) fn words(&self) -> &str {
        match &self.value {
            Value::Told(text) => text,
            Value::Text(input) => input.text().trim(),
            Value::Choice(choices, at) => choices.get(*at).map_or("", String::as_str),
            Value::Hidden(_) => "",
        }
    }

    pub(super) fn some(&self) -> Option<String> {
        Some(self.words().to_owned()).filter(|words| !words.is_empty())
    }

    fn state(&self) -> String {
        self.words().to_owned()
    }

    pub(super) fn is_changed(&self) -> bool {
        match &self.value {
            Value::Hidden(hidden) => !hidden.is_empty(),
            _ => self.words() != self.before,
        }
    }

    /// Left and right choose.
    pub(super) fn turn(&mut self, forward: bool) {
        if let Value::Choice(choices, at) = &mut self.value {
            let count = choices.len().max(1);
            *at = (*at + if forward { 1 } else { count - 1 }) % count;
        }
    }

    /// A letter chooses the next word that begins with it. Returns whether there is one.
    pub(super) fn turn_to(&mut self, letter: char) -> bool {
        let Value::Choice(choices, at) = &mut self.value else {
            return false;
        };
        let begins = |word: &String| {
            let first = word.chars().next();
            first.is_some_and(|first| first.to_lowercase().eq(letter.to_lowercase()))
        };
        let next = (1..=choices.len())
            .map(|step| (*at + step) % choices.len())
            .find(|place| choices.get(*place).is_some_and(begins));
        *at = next.unwrap_or(*at);
        next.is_some()
    }

    /// Why what stands there won't do. What is as it was is left to whoever wrote it.
    pub(super) fn trouble(&self, vendor: VendorRef, environment: Environment) -> Option<String> {
        let words = self.words();
        if words.is_empty() || !self.is_changed() {
            return None;
        }
        let named = |what: &str| format!("{} {what}", self.label);
        match &self.what {
            What::Name => check_name(words).err().map(str::to_owned),
            What::Account => check_account(words).err().map(str::to_owned),
            What::Currency => Currency::parse(words)
                .is_none()
                .then(|| named("must be an ISO 4217 code, such as EUR")),
            What::BaseUrl => match check_address(words) {
                Err(why) => Some(named(&why)),
                Ok(url) if environment == Environment::Sandbox && !is_loopback(&url) => Some(
                    named("of a sandbox is on this machine: what `orderdeck sandbox` prints"),
                ),
                Ok(_) => None,
            },
            What::Setting(spec) => setting_value(vendor, spec.name, words).err(),
            What::Row(spec, name) => one_row(spec, name, words).err(),
            What::NewRow(spec) => match row_of(words) {
                Some((name, value)) => one_row(spec, name, value).err(),
                None => Some("write it as name = value".to_owned()),
            },
            What::Default(spec, _) => default_value(vendor, spec.path, words).err(),
            What::StraySetting(_) | What::StrayDefault(_) => {
                Some("it can only be taken out: empty the line".to_owned())
            }
            _ => None,
        }
    }
}

/// A row of a table as it is typed: `name = value`.
pub(super) fn row_of(words: &str) -> Option<(&str, &str)> {
    let (name, value) = words.rsplit_once('=')?;
    let (name, value) = (unquoted(name), unquoted(value));
    (!name.is_empty() && !value.is_empty()).then_some((name, value))
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"').trim()
}

fn one_row(spec: &SettingSpec, name: &str, value: &str) -> Result<(), String> {
    let row = Json::Object([(name.to_owned(), value.into())].into_iter().collect());
    spec.kind
        .accepts(&row)
        .map_err(|wanted| format!("{} must be {wanted}", spec.name))
}

fn optional(words: &[&str]) -> Vec<String> {
    std::iter::once("")
        .chain(words.iter().copied())
        .map(str::to_owned)
        .collect()
}

fn yes_or_no() -> Vec<String> {
    optional(&["true", "false"])
}

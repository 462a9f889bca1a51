//! The text of `profiles.toml` → profiles, with every refusal naming line, profile and field.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Number, Value as Json};
use toml_edit::{Document, Item, TableLike, Value};

use super::suggest::{hint, is_showable, shown};
use super::{
    Environment, Origin, Problem, Profile, ProfileError, SANDBOX_PREFIX, Secret, SecretRef,
    address, check_address, is_loopback,
};

const FIELDS: [&str; 10] = [
    "vendor",
    "account",
    "currency",
    "environment",
    "base_url",
    "read_only",
    "allow_proxy",
    "credentials",
    "defaults",
    "settings",
];

const SOURCES: [&str; 3] = ["env", "file", "command"];

pub(super) fn unknown_vendor(name: &str) -> String {
    format!(
        "there is no vendor {}; the vendors are: {}",
        shown(name),
        super::vendor_names().join(", ")
    )
}

/// Reads the file's text; `file` is for messages, and for what relative paths of secrets stand beside.
pub(super) fn profiles(text: &str, file: &Path) -> Result<Vec<Arc<Profile>>, ProfileError> {
    let document = Document::parse(text).map_err(|error| {
        // Its own text quotes the line, which may hold a secret; the message alone doesn't.
        let line = error.span().map(|span| line_at(text, span.start));
        Problem::new(format!("isn't valid TOML: {}", syntax(error.message()))).at(file, line)
    })?;
    let reader = Reader { text, file };
    for (name, item) in document.iter() {
        if name != "profiles" {
            let span = document.key(name).and_then(toml_edit::Key::span);
            let what = "isn't known here; a profile is written [profiles.NAME]".to_owned();
            return Err(Problem::new(what)
                .field(name)
                .at(file, reader.line(span.or_else(|| item.span())))
                .into());
        }
    }
    let Some(item) = document.get("profiles") else {
        return Ok(Vec::new());
    };
    let Some(table) = item.as_table_like() else {
        return Err(
            Problem::new("must be tables: a profile is written [profiles.NAME]")
                .field("profiles")
                .at(file, reader.line(item.span()))
                .into(),
        );
    };
    let mut profiles = Vec::new();
    for (name, item) in table.iter() {
        let line = reader.line(key_span(table, name, item));
        profiles.push(Arc::new(reader.profile(name, item, line)?));
    }
    accounts_are_apart(&profiles)?;
    Ok(profiles)
}

/// Two profiles may share an account only if it can be the same one: else what one of them took would be left out
/// as unchanged by the other.
fn accounts_are_apart(profiles: &[Arc<Profile>]) -> Result<(), ProfileError> {
    let mut seen: BTreeMap<&str, &Profile> = BTreeMap::new();
    for profile in profiles {
        let first = *seen.entry(&profile.account).or_insert(profile);
        let differs = if first.vendor != profile.vendor {
            "vendor"
        } else if first.environment != profile.environment {
            "environment"
        } else {
            continue;
        };
        let what = format!(
            "is the account of profile {} too, whose {differs} is another; give each an account name of its own",
            first.name
        );
        return Err(profile.problem("account", what).into());
    }
    Ok(())
}

struct Reader<'a> {
    text: &'a str,
    file: &'a Path,
}

/// A profile being read: what its problems need.
struct Place<'a> {
    reader: &'a Reader<'a>,
    name: &'a str,
    line: Option<usize>,
    lines: BTreeMap<String, usize>,
}

impl Reader<'_> {
    fn line(&self, span: Option<Range<usize>>) -> Option<usize> {
        span.map(|span| line_at(self.text, span.start))
    }

    fn profile(
        &self,
        name: &str,
        item: &Item,
        line: Option<usize>,
    ) -> Result<Profile, ProfileError> {
        let mut place = Place {
            reader: self,
            name,
            line,
            lines: line.map(|line| (String::new(), line)).into_iter().collect(),
        };
        check_name(name).map_err(|what| place.problem("", what))?;
        if name.starts_with(SANDBOX_PREFIX) {
            return Err(place
                .problem(
                    "",
                    "names beginning with sandbox- are kept for the built-in profiles; rename it",
                )
                .into());
        }
        let Some(table) = item.as_table_like() else {
            return Err(place
                .problem("", format!("must be a table: [profiles.{}]", shown(name)))
                .into());
        };
        place.note("", table);
        for (field, _) in table.iter() {
            if !FIELDS.contains(&field) {
                let what = format!("isn't known{}", hint(field, &FIELDS));
                return Err(place.problem(field, what).into());
            }
        }
        place.read(table).map_err(ProfileError::from)
    }
}

impl Place<'_> {
    fn problem(&self, field: &str, what: impl Into<String>) -> Problem {
        let line = self.lines.get(field).copied().or(self.line);
        Problem::new(what)
            .profile(self.name)
            .field(field)
            .at(self.reader.file, line)
    }

    /// Remembers the lines of a table's fields.
    fn note(&mut self, part: &str, table: &dyn TableLike) {
        for (name, item) in table.iter() {
            if let Some(line) = self.reader.line(key_span(table, name, item)) {
                let field = if part.is_empty() {
                    name.to_owned()
                } else {
                    format!("{part}.{name}")
                };
                self.lines.insert(field, line);
            }
        }
    }

    fn read(mut self, table: &dyn TableLike) -> Result<Profile, Problem> {
        let vendor = self.required(table, "vendor", &super::vendor_names())?;
        if crate::vendor::by_name(&vendor).is_none() {
            return Err(self.problem("vendor", unknown_vendor(&vendor)));
        }
        let names = Environment::ALL.map(Environment::name);
        let name = self.required(table, "environment", &names)?;
        let environment = Environment::from_name(&name).ok_or_else(|| {
            self.problem(
                "environment",
                format!("{} isn't one of: {}", shown(&name), names.join(", ")),
            )
        })?;
        let account = self
            .string(table, "account")?
            .unwrap_or_else(|| self.name.to_owned());
        check_account(&account).map_err(|what| self.problem("account", what))?;
        let currency = self.string(table, "currency")?;
        if let Some(currency) = &currency {
            check_currency(currency).map_err(|what| self.problem("currency", what))?;
        }
        let base_url = self.base_url(table, environment)?;
        let credentials = self.credentials(table)?;
        let defaults = self.values(table, "defaults")?;
        let settings = self.values(table, "settings")?;
        Ok(Profile {
            name: self.name.to_owned(),
            vendor,
            account,
            currency,
            environment,
            base_url,
            read_only: self.switch(table, "read_only")?,
            allow_proxy: self.switch(table, "allow_proxy")?,
            credentials,
            defaults,
            settings,
            origin: Some(Origin {
                file: self.reader.file.to_owned(),
                lines: self.lines,
            }),
        })
    }

    fn base_url(
        &self,
        table: &dyn TableLike,
        environment: Environment,
    ) -> Result<Option<String>, Problem> {
        let text = self.string(table, "base_url")?;
        let Some(text) = text else {
            return match environment {
                Environment::Sandbox => Err(self.problem(
                    "base_url",
                    format!("missing: {}", address::SANDBOX_ELSEWHERE),
                )),
                Environment::Live | Environment::Test => Ok(None),
            };
        };
        let url = check_address(&text).map_err(|what| self.problem("base_url", what))?;
        if environment == Environment::Sandbox && !is_loopback(&url) {
            return Err(self.problem("base_url", address::SANDBOX_ELSEWHERE));
        }
        Ok(Some(address::without_final_slash(&url)))
    }

    fn required(
        &self,
        table: &dyn TableLike,
        field: &str,
        choices: &[&str],
    ) -> Result<String, Problem> {
        self.string(table, field)?.ok_or_else(|| {
            self.problem(
                field,
                format!("missing; it is one of: {}", choices.join(", ")),
            )
        })
    }

    fn string(&self, table: &dyn TableLike, field: &str) -> Result<Option<String>, Problem> {
        match table.get(field) {
            None => Ok(None),
            Some(item) => match item.as_str() {
                Some(text) => Ok(Some(text.to_owned())),
                None => Err(self.problem(field, "must be text in quotes")),
            },
        }
    }

    fn switch(&self, table: &dyn TableLike, field: &str) -> Result<bool, Problem> {
        match table.get(field) {
            None => Ok(false),
            Some(item) => item
                .as_bool()
                .ok_or_else(|| self.problem(field, "must be true or false, without quotes")),
        }
    }

    fn part<'t>(
        &mut self,
        table: &'t dyn TableLike,
        part: &str,
    ) -> Result<Option<&'t dyn TableLike>, Problem> {
        let Some(item) = table.get(part) else {
            return Ok(None);
        };
        let Some(inner) = item.as_table_like() else {
            let what = format!("must be a table: [profiles.{}.{part}]", self.name);
            return Err(self.problem(part, what));
        };
        self.note(part, inner);
        Ok(Some(inner))
    }

    fn credentials(
        &mut self,
        table: &dyn TableLike,
    ) -> Result<BTreeMap<String, SecretRef>, Problem> {
        let Some(table) = self.part(table, "credentials")? else {
            return Ok(BTreeMap::new());
        };
        table
            .iter()
            .map(|(name, item)| {
                let source = self
                    .secret(item)
                    .map_err(|what| self.problem(&format!("credentials.{name}"), what))?;
                Ok((name.to_owned(), source))
            })
            .collect()
    }

    /// What is wrong is said without the value, which may be the secret in the wrong place.
    fn secret(&self, item: &Item) -> Result<SecretRef, String> {
        const SHAPE: &str = "must be text in quotes, or one of { env = \"NAME\" }, { file = \"PATH\" }, { command = \"…\" }";
        if let Some(text) = item.as_str() {
            return match text.trim() {
                "" => Err("is empty".to_owned()),
                _ => Ok(SecretRef::Plain(Secret::new(text.to_owned()))),
            };
        }
        let table = item.as_table_like().ok_or(SHAPE)?;
        let mut entries = table.iter();
        let (Some((source, item)), None) = (entries.next(), entries.next()) else {
            return Err(SHAPE.to_owned());
        };
        if !SOURCES.contains(&source) {
            return Err(format!(
                "{} isn't a source{}",
                shown(source),
                hint(source, &SOURCES)
            ));
        }
        let text = item.as_str().filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| format!("{source} must be text in quotes and not empty"))?;
        match source {
            "env" if is_variable_name(text) => Ok(SecretRef::Env(text.to_owned())),
            "env" => Err(
                "env must be the name of an environment variable (letters, digits and _), not a value"
                    .to_owned(),
            ),
            "file" if !is_showable(text) => {
                Err("file must be a path without control characters".to_owned())
            }
            "file" => Ok(SecretRef::File(self.beside_the_file(text))),
            _ => Ok(SecretRef::Command(text.to_owned())),
        }
    }

    fn beside_the_file(&self, text: &str) -> PathBuf {
        let path = Path::new(text);
        match self.reader.file.parent() {
            Some(directory) if !path.starts_with("~") => directory.join(path),
            _ => path.to_owned(),
        }
    }

    fn values(&mut self, table: &dyn TableLike, part: &str) -> Result<Map<String, Json>, Problem> {
        let Some(table) = self.part(table, part)? else {
            return Ok(Map::new());
        };
        table
            .iter()
            .map(|(name, item)| {
                let value = json(item, self.reader.text)
                    .map_err(|what| self.problem(&format!("{part}.{name}"), what))?;
                Ok((name.to_owned(), value))
            })
            .collect()
    }
}

/// A TOML value as JSON. Decimals keep the digits that are written.
fn json(item: &Item, text: &str) -> Result<Json, String> {
    match item {
        Item::None => Ok(Json::Null),
        Item::Value(value) => json_value(value, text),
        Item::Table(table) => table
            .iter()
            .map(|(key, item)| Ok((key.to_owned(), json(item, text)?)))
            .collect(),
        Item::ArrayOfTables(tables) => tables
            .iter()
            .map(|table| json(&Item::Table(table.clone()), text))
            .collect(),
    }
}

fn json_value(value: &Value, text: &str) -> Result<Json, String> {
    Ok(match value {
        Value::String(text) => Json::String(text.value().clone()),
        Value::Integer(number) => Json::Number((*number.value()).into()),
        Value::Float(number) => {
            let written = number.span().and_then(|span| text.get(span));
            let digits = written.unwrap_or_default().replace('_', "");
            let digits = digits.strip_prefix('+').unwrap_or(&digits);
            let number: Result<Number, _> = digits.parse();
            Json::Number(number.map_err(|_| "must be a number that can be written down")?)
        }
        Value::Boolean(yes) => Json::Bool(*yes.value()),
        Value::Datetime(time) => Json::String(time.value().to_string()),
        Value::Array(values) => values
            .iter()
            .map(|value| json_value(value, text))
            .collect::<Result<_, _>>()?,
        Value::InlineTable(table) => table
            .iter()
            .map(|(key, value)| Ok((key.to_owned(), json_value(value, text)?)))
            .collect::<Result<_, String>>()?,
    })
}

/// Names are typed in commands and stand in table headers.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 64 || name.starts_with('-') || !name.chars().all(plain) {
        Err("a profile's name is up to 64 letters, digits, - and _, and doesn't begin with -")
    } else {
        Ok(())
    }
}

/// The ledger's names for accounts are shown, and told apart by their letters alone.
pub fn check_account(account: &str) -> Result<(), &'static str> {
    if account.trim() != account
        || account.is_empty()
        || account.len() > 128
        || !is_showable(account)
    {
        Err("an account's name is up to 128 bytes of plain text without spaces at its ends")
    } else {
        Ok(())
    }
}

fn check_currency(code: &str) -> Result<(), &'static str> {
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err("must be an ISO 4217 code in capitals, such as EUR")
    }
}

fn is_variable_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn key_span(table: &dyn TableLike, name: &str, item: &Item) -> Option<Range<usize>> {
    // A table's own header comes before the key, which for `[a.b]` may stand in an earlier header.
    let header = item.as_table().and_then(toml_edit::Table::span);
    header.or_else(|| table.key(name).and_then(toml_edit::Key::span))
}

fn line_at(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or_default();
    before.matches('\n').count() + 1
}

/// The parser's message without what it may quote, on one line.
fn syntax(message: &str) -> String {
    shown(message.lines().next().unwrap_or_default())
}

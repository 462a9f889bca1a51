//! The mapping file: TOML, parsed once, errors at their line.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fields::{ItemRules, OrderRules};
use super::moment::Zone;
use super::number::Mark;
use super::rule::Rule;
use super::status::Status;
use crate::order::Field;

/// How the records of a file become orders.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[serde(rename = "mapping")]
    head: Head,
    /// How to recognise a file that it fits.
    #[serde(default)]
    pub detect: Detect,
    /// Files that look alike and are none.
    #[serde(default)]
    pub refuse: Vec<Refuse>,
    /// How to read the file.
    #[serde(default)]
    pub read: Read,
    #[serde(default)]
    pub(super) order: OrderRules,
    /// Where an order's lines are.
    #[serde(default)]
    pub items: Items,
    #[serde(default)]
    pub(super) item: ItemRules,
    #[serde(default)]
    pub(super) vendor: BTreeMap<String, BTreeMap<String, Rule<String>>>,
    #[serde(default)]
    pub(super) status: Status,
    /// The records are one vendor's payloads already.
    pub native: Option<NativeSpec>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    title: String,
    #[serde(default = "first_version")]
    version: u32,
}

fn first_version() -> u32 {
    1
}

/// How a file is recognised.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Detect {
    /// Rows or objects.
    pub format: Option<FileKind>,
    /// Columns, or paths in each object, without which it is another file.
    pub must: Vec<String>,
    /// Columns or paths that make it likelier.
    pub may: Vec<String>,
    /// For JSON, instead of `must`: the members that every object has, and no others.
    pub exactly: Vec<String>,
    /// For JSON: the member that holds the list, or wraps the one object. Empty: any or none.
    pub member: Vec<String>,
}

/// Files that are known and hold no orders, or not what is needed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refuse {
    /// What the file is.
    pub title: String,
    /// Rows or objects.
    pub format: Option<FileKind>,
    /// Columns or paths that it has.
    #[serde(default)]
    pub must: Vec<String>,
    /// For JSON: the member that holds the list, or wraps the one object.
    #[serde(default)]
    pub member: Vec<String>,
    /// Why it can't be used, and what to do instead.
    pub why: String,
}

/// Rows or objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// Rows of cells.
    Delimited,
    /// JSON objects, as one text or one a line.
    Json,
}

impl FileKind {
    /// The word in mapping files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delimited => "delimited",
            Self::Json => "json",
        }
    }
}

/// How the file's texts are to be read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Read {
    /// The column or path that holds an order's key. None: each record is an order.
    pub group_by: Option<String>,
    /// What stands before decimals.
    pub decimal_mark: Mark,
    /// Where times have no offset.
    pub time_zone: Option<Zone>,
    /// How times are written, as strftime does; ISO 8601 is always read.
    pub date_formats: Vec<String>,
    /// Counts where the file names none.
    pub currency: Option<String>,
    /// Takes the apostrophe off that spreadsheets put before digits and signs: `'75008`.
    pub protective_apostrophe: bool,
    /// Texts that mean that a cell is empty: `NULL`, `N/A`.
    pub empty: Vec<String>,
    /// What a missing column is.
    pub missing_columns: Missing,
}

/// What a column is that a rule names and the file lacks. Those of `[detect] must` are always needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missing {
    /// An error naming both.
    #[default]
    Refuse,
    /// No value: platforms leave columns out of reduced exports.
    Allow,
}

/// Where an order's lines are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Items {
    /// For JSON: the path of the list.
    pub list: Option<String>,
    /// For rows: a row is a line if one of these is not empty. None: every row is.
    pub when: Vec<String>,
}

/// Whose payloads the records are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NativeSpec {
    /// Name of the vendor.
    pub vendor: String,
}

/// Why a mapping file can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", .line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct MappingError {
    /// The file, or the preset's name.
    pub file: String,
    /// Its line; the first is 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl Mapping {
    /// Reads a mapping file; `file` names it in errors.
    pub fn parse(text: &str, file: &str) -> Result<Self, MappingError> {
        let error = |line, message: &str| MappingError {
            file: file.to_owned(),
            line,
            message: message.trim_end().replace('\n', ", "),
        };
        let mapping: Self = toml::from_str(text).map_err(|wrong| {
            let line = wrong
                .span()
                .and_then(|span| text.get(..span.start))
                .map(|before| before.matches('\n').count() + 1);
            error(line, wrong.message())
        })?;
        mapping.status.check().map_err(|message| {
            // The table's word stands between backquotes; its line is the first that begins with it.
            let word = message.split('`').nth(1).unwrap_or_default();
            let line = text.lines().position(|line| {
                line.trim_start()
                    .trim_start_matches(['"', '\''])
                    .starts_with(word)
            });
            error(line.map(|index| index + 1), &message)
        })?;
        if let Some(code) = &mapping.read.currency
            && crate::order::Currency::parse(code).is_none()
        {
            return Err(error(
                None,
                &format!("[read] currency: `{code}` is no ISO 4217 code"),
            ));
        }
        if mapping.head.version != 1 {
            let message = format!(
                "it is of version {}, this program knows version 1; get a newer orderdeck",
                mapping.head.version
            );
            return Err(error(None, &message));
        }
        Ok(mapping)
    }

    /// Its name: `shopify-csv`.
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// For people: `Shopify orders export (CSV)`.
    pub fn title(&self) -> &str {
        &self.head.title
    }

    /// Every rule with its target, the order's first.
    pub fn rules(&self) -> impl Iterator<Item = (Field, &Rule<String>)> {
        let both = self.order.0.iter().chain(&self.item.0);
        both.map(|(field, rule)| (*field, rule))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[mapping]\nname = \"t\"\ntitle = \"T\"\n";

    fn error(text: &str) -> String {
        Mapping::parse(&format!("{HEAD}{text}"), "mine.toml")
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn dotted_names_and_tables_mean_the_same() {
        let dotted = format!(
            "{HEAD}[order]\nid = \"A\"\ncustomer.email = \"B\"\nbilling.city = {{ value = \"C\" }}\n[item]\nsku = \"S\""
        );
        let tables = format!(
            "{HEAD}[order]\nid = \"A\"\n[order.customer]\nemail = \"B\"\n[order.billing]\ncity = {{ value = \"C\" }}\n[item]\nsku = \"S\""
        );
        let rules = |text: &str| {
            let mapping = Mapping::parse(text, "t").unwrap();
            mapping
                .rules()
                .map(|(field, rule)| (field, rule.describe()))
                .collect::<Vec<_>>()
        };
        assert_eq!(rules(&dotted), rules(&tables));
        assert_eq!(rules(&dotted).len(), 4);
        assert_eq!(rules(&dotted)[3].0, Field::ItemSku);
    }

    #[test]
    fn errors_name_their_line() {
        for (text, expected) in [
            (
                "[order]\nid = \"A\"\ntotl = \"B\"",
                "mine.toml, line 6: no target `totl`",
            ),
            ("[order]\nsku = \"A\"", "mine.toml, line 5: no target `sku`"),
            ("[order]\ncustomer.mail = \"A\"", "line 5: no target `mail`"),
            (
                "[order]\n\nid = { form = \"A\" }",
                "line 6: unknown field `form`",
            ),
            (
                "[read]\ndecimal_mark = \";\"",
                "line 5: unknown variant `;`",
            ),
            (
                "[read]\ntime_zone = \"Here\"",
                "line 5: no time zone `Here`",
            ),
            (
                "[status.payment]\npaid = \"paid\"\nvoid = \"gone\"",
                "line 6: [status.payment] `void` = `gone`: must be one of pending",
            ),
            ("[order]\nid = ", "line 5"),
            ("[ordr]\n", "line 4: unknown field `ordr`"),
        ] {
            let message = error(text);
            assert!(message.contains(expected), "{text}\n{message}");
        }
    }

    #[test]
    fn versions_and_currencies_are_checked() {
        let newer = "[mapping]\nname = \"t\"\ntitle = \"T\"\nversion = 2\n";
        let message = Mapping::parse(newer, "m").unwrap_err().to_string();
        assert!(message.contains("version 2"), "{message}");
        assert!(error("[read]\ncurrency = \"EURO\"").contains("ISO 4217"));
    }
}

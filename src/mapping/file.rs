//! What a mapping file holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::fields::{ItemRules, OrderRules};
use super::moment::Zone;
use super::number::Mark;
use super::packed::Packed;
use super::rule::Rule;
use super::status::Status;
use crate::order::Field;

/// How the records of a file become orders.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    #[serde(rename = "mapping")]
    pub(super) head: Head,
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
    /// What is sent and what isn't.
    #[serde(default)]
    pub policy: Policy,
    /// Other files that rules read from, by the name that stands before the dot.
    #[serde(default)]
    pub join: BTreeMap<String, Join>,
    /// The records are one vendor's payloads already.
    pub native: Option<NativeSpec>,
    /// Where it was read from.
    #[serde(skip)]
    pub(super) origin: MappingFile,
}

/// The file that a mapping was read from, to tell places in it.
#[derive(Debug, Clone, Default)]
pub(super) struct MappingFile {
    /// Its path; the name of a preset.
    pub(super) path: Arc<str>,
    pub(super) text: Arc<str>,
    /// The operator's own: what is wrong is told with its place.
    pub(super) is_own: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) name: String,
    title: String,
    /// What files of this kind can't give.
    lacks: Option<String>,
    /// Looked at before the rest is read.
    #[serde(default = "first_version", rename = "version")]
    _version: u32,
    /// Counted up each time that it is saved.
    #[serde(default)]
    revision: u32,
    /// The columns of the file that it was made for.
    #[serde(default)]
    made_for: Vec<String>,
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
    /// One of these has to be there too, if any is named.
    pub any: Vec<String>,
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
    /// For rows: columns with a line's number in their names, `Product Item {n} {member}`.
    pub sideways: Vec<String>,
    /// For rows: columns whose cells hold whole lines, `Product Details` or `line_item_{n}`.
    pub cells: Vec<String>,
    /// How lines are written in such cells.
    pub packed: Packed,
    /// A line counts if one of these has a value. None: every line does.
    pub when: Vec<Rule<String>>,
    /// A line doesn't count if one of these has a value.
    pub unless: Vec<Rule<String>>,
    /// The lines are the rows that this join finds for the order.
    pub join: Option<String>,
}

impl Items {
    /// Whether lines are made of a row's cells.
    pub(super) fn are_made(&self) -> bool {
        !self.sideways.is_empty() || !self.cells.is_empty()
    }
}

/// What is sent and what isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Orders that say that they are tests.
    pub test_orders: Handling,
    /// Orders that say that they are drafts.
    pub drafts: Handling,
    /// Orders that were cancelled.
    pub cancelled: Handling,
    /// Whether the total is what was bought, or what is left of it after refunds.
    pub refunds: Refunds,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            test_orders: Handling::LeaveOut,
            drafts: Handling::LeaveOut,
            cancelled: Handling::Send,
            refunds: Refunds::Gross,
        }
    }
}

/// What is done with orders of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handling {
    /// They are left out, and counted; the operator can take them back in.
    LeaveOut,
    /// They are sent as any other.
    Send,
}

/// What a total is where something was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refunds {
    /// As it was bought: refunds stand beside it.
    Gross,
    /// What is left.
    Net,
}

/// Another file that belongs to the orders: their lines, their customers, a table of products.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// Its name beside the order file, one `*` for any characters. None: it has to be given.
    pub file: Option<String>,
    /// The column, or for JSON the path, that holds its key.
    pub key: String,
    /// What the key is in the order file: a rule like any other.
    pub(super) on: Rule<String>,
    /// Whether orders can be read without the file, if it isn't beside theirs.
    #[serde(default)]
    pub optional: bool,
    /// What it is if the file has no such key.
    #[serde(default)]
    pub unmatched: Unmatched,
}

impl Join {
    /// Where the key stands in the order file, in words.
    pub fn on_words(&self) -> String {
        self.on.describe()
    }
}

/// How bad it is that a joined file has nothing for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unmatched {
    /// The order isn't sent.
    Error,
    /// It is told.
    #[default]
    Warning,
    /// It is to be expected.
    Ignore,
}

/// Whose payloads the records are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NativeSpec {
    /// Name of the vendor.
    pub vendor: String,
}

impl Mapping {
    /// Its name: `shopify-csv`.
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// For people: `Shopify orders export (CSV)`.
    pub fn title(&self) -> &str {
        &self.head.title
    }

    /// How often it was saved; 0 for one that was written by hand.
    pub fn revision(&self) -> u32 {
        self.head.revision
    }

    /// The columns of the file that it was made for; none if it doesn't say.
    pub fn made_for(&self) -> &[String] {
        &self.head.made_for
    }

    /// Vendor and path of each field that only one vendor has.
    pub fn vendor_paths(&self) -> impl Iterator<Item = (&str, &str)> {
        self.vendor.iter().flat_map(|(vendor, rules)| {
            let paths = rules.keys();
            paths.map(move |path| (vendor.as_str(), path.as_str()))
        })
    }

    /// Path and rule of each field that only that vendor has.
    pub fn vendor_rules(&self, vendor: &str) -> impl Iterator<Item = (&str, &Rule<String>)> {
        let rules = self.vendor.get(vendor).into_iter().flatten();
        rules.map(|(path, rule)| (path.as_str(), rule))
    }

    /// What files of this kind can't give, and what can be done with them anyhow.
    pub fn lacks(&self) -> Option<&str> {
        self.head.lacks.as_deref()
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.origin.text
    }

    /// Every rule with its target, the order's first.
    pub fn rules(&self) -> impl Iterator<Item = (Field, &Rule<String>)> {
        let both = self.order.0.iter().chain(&self.item.0);
        both.map(|(field, rule)| (*field, rule))
    }
}

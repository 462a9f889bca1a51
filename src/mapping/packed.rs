//! Lines that are no rows: columns with a line's number in their names, and cells that hold whole lines.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::evaluate::Evaluator;
use super::lines::Made;
use super::path;
use super::visible::quoted;
use crate::source::{Header, Record};

/// How lines are written in one cell.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Packed {
    /// As JSON: an object, or a list of them.
    pub json: bool,
    /// What stands between two lines. None: the cell holds one.
    pub lines: Option<String>,
    /// What stands between two members of a line.
    pub members: Option<String>,
    /// What stands between a member's name and its value.
    pub is: Option<String>,
    /// The members' names, where their values may hold what stands between.
    pub known: Vec<String>,
}

impl Packed {
    /// What is wrong with it, if anything is.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let texts = [&self.lines, &self.members, &self.is];
        if texts
            .iter()
            .any(|text| text.as_ref().is_some_and(String::is_empty))
        {
            return Err("[items.packed] `lines`, `members` and `is` can't be empty texts");
        }
        if self.json && (texts.iter().any(|text| text.is_some()) || !self.known.is_empty()) {
            return Err("[items.packed] `json` goes with nothing else");
        }
        Ok(())
    }

    /// The lines of a cell; the error shows what doesn't fit.
    pub(super) fn unpack(&self, text: &str) -> Result<Vec<Value>, String> {
        if self.json {
            let value: Value =
                serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?;
            return match value {
                Value::Array(list) => Ok(list),
                Value::Object(_) => Ok(vec![value]),
                _ => Err("JSON without a list of objects".to_owned()),
            };
        }
        let is = self.is.as_deref().unwrap_or(":");
        let lines = match &self.lines {
            Some(between) => Self::cut(text, between, is, self.known.get(..1).unwrap_or_default()),
            None => vec![text],
        };
        lines
            .into_iter()
            .filter(|line| !line.trim().is_empty())
            .map(|line| self.line(line, is))
            .collect()
    }

    fn line(&self, line: &str, is: &str) -> Result<Value, String> {
        let between = self.members.as_deref().unwrap_or("|");
        let mut members = Map::new();
        for part in Self::cut(line, between, is, &self.known) {
            if part.trim().is_empty() {
                continue;
            }
            let (name, value) = part
                .split_once(is)
                .or_else(|| Some((part.trim_end().strip_suffix(is.trim_end())?, "")))
                .ok_or_else(|| format!("{} has no `{is}`", quoted(part)))?;
            // Of two equal names the first counts.
            members
                .entry(name.trim())
                .or_insert_with(|| Value::String(value.trim().to_owned()));
        }
        Ok(Value::Object(members))
    }

    /// Cuts only where a known name follows, if any is known: values may hold what stands between.
    fn cut<'t>(text: &'t str, between: &str, is: &str, known: &[String]) -> Vec<&'t str> {
        if known.is_empty() {
            return text.split(between).collect();
        }
        let follows = |rest: &str| {
            let rest = rest.trim_start();
            known.iter().any(|name| {
                rest.strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.starts_with(is.trim_end()))
            })
        };
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, found) in text.match_indices(between) {
            let behind = at + found.len();
            if at >= start && text.get(behind..).is_some_and(follows) {
                parts.extend(text.get(start..at));
                start = behind;
            }
        }
        parts.extend(text.get(start..));
        parts
    }
}

/// A column's name with a line's number in it: `Product Item {n} {member}`, `line_item_{n}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Number,
    Member,
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(behind) = rest.strip_prefix("{n}") {
                pieces.push(Piece::Number);
                rest = behind;
            } else if let Some(behind) = rest.strip_prefix("{member}") {
                pieces.push(Piece::Member);
                rest = behind;
            } else {
                let end = ["{n}", "{member}"]
                    .iter()
                    .filter_map(|mark| rest.find(mark))
                    .min()
                    .unwrap_or(rest.len());
                let (before, behind) = rest.split_at(end);
                pieces.push(Piece::Text(before.to_owned()));
                rest = behind;
            }
        }
        let count = |piece: &Piece| pieces.iter().filter(|known| *known == piece).count();
        if count(&Piece::Number) > 1 || count(&Piece::Member) > 1 {
            return Err(format!("`{text}` may hold {{n}} and {{member}} once each"));
        }
        Ok(Self(pieces))
    }

    pub(super) fn has_number(&self) -> bool {
        self.0.contains(&Piece::Number)
    }

    pub(super) fn has_member(&self) -> bool {
        self.0.contains(&Piece::Member)
    }

    /// The number (0 without one) and the member, if the name fits.
    pub(super) fn read<'t>(&self, name: &'t str) -> Option<(u64, &'t str)> {
        let mut rest = name;
        let mut number = 0;
        let mut member = "";
        let mut pieces = self.0.iter().peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Text(text) => rest = rest.strip_prefix(text.as_str())?,
                Piece::Number => {
                    let end = rest
                        .find(|symbol: char| !symbol.is_ascii_digit())
                        .unwrap_or(rest.len());
                    let (digits, behind) = rest.split_at(end);
                    number = digits.parse().ok()?;
                    rest = behind;
                }
                Piece::Member => {
                    let end = match pieces.peek() {
                        None => rest.len(),
                        Some(Piece::Text(text)) => rest.rfind(text.as_str())?,
                        Some(_) => rest.trim_end_matches(|c: char| c.is_ascii_digit()).len(),
                    };
                    let behind;
                    (member, behind) = rest.split_at(end);
                    rest = behind;
                }
            }
        }
        (rest.is_empty() && !(self.has_member() && member.is_empty())).then_some((number, member))
    }
}

/// The member of a line that a column of that name holds, if the name fits the pattern.
pub fn member_of(pattern: &str, name: &str) -> Option<String> {
    let pattern = Pattern::parse(pattern).ok()?;
    let (_, member) = pattern.read(name)?;
    (!member.is_empty()).then(|| member.to_owned())
}

/// Where the lines of a row are in one file.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    header: std::sync::Arc<Header>,
    /// Columns that hold one member of a line each: number, member, position.
    members: Vec<(u64, String, usize)>,
    /// Columns that hold whole lines: number (0 without one), position.
    cells: Vec<(u64, usize)>,
    packed: Packed,
}

impl Shape {
    /// Finds the columns of a file that fit; a line's are as many as its longest order needs.
    pub(super) fn of(
        header: &std::sync::Arc<Header>,
        sideways: &[Pattern],
        cells: &[Pattern],
        packed: &Packed,
    ) -> Self {
        let mut shape = Self {
            header: header.clone(),
            members: Vec::new(),
            cells: Vec::new(),
            packed: packed.clone(),
        };
        for (position, name) in header.names().iter().enumerate() {
            if let Some((number, member)) = sideways.iter().find_map(|pattern| pattern.read(name)) {
                shape.members.push((number, member.to_owned(), position));
            } else if let Some((number, _)) = cells.iter().find_map(|pattern| pattern.read(name)) {
                shape.cells.push((number, position));
            }
        }
        shape
    }

    /// The columns that lines are made of.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        let members = self.members.iter().map(|(_, _, position)| *position);
        members.chain(self.cells.iter().map(|(_, position)| *position))
    }

    /// Makes the lines of a row.
    pub(super) fn lines<'g>(
        &'g self,
        record: &'g Record,
        evaluator: &Evaluator,
        found: &mut dyn FnMut(Made<'g>),
    ) {
        type Parts = (Map<String, Value>, Option<usize>);
        let mut lines: BTreeMap<(u64, usize, usize), Parts> = BTreeMap::new();
        for (number, member, position) in &self.members {
            if let Some(text) = evaluator.cell(record, *position) {
                let (members, _) = lines.entry((*number, 0, 0)).or_default();
                members.insert(member.clone(), Value::String(text.to_owned()));
            }
        }
        for (number, position) in &self.cells {
            let Some(text) = evaluator.cell(record, *position) else {
                continue;
            };
            for (index, line) in self
                .packed
                .unpack(text)
                .unwrap_or_default()
                .into_iter()
                .enumerate()
            {
                let Value::Object(packed) = line else {
                    continue;
                };
                // A numbered cell says the same as the numbered columns; others stand for themselves.
                let column = if *number == 0 { position + 1 } else { 0 };
                let (members, from) = lines.entry((*number, column, index)).or_default();
                *from = Some(*position);
                for (name, value) in packed {
                    members.entry(name).or_insert(value);
                }
            }
        }
        for ((number, ..), (members, column)) in lines {
            found(Made {
                record,
                shape: self,
                number,
                column,
                value: Value::Object(members),
            });
        }
    }

    /// Cells of a row that can't be unpacked: the column's name, its text, and why.
    pub(super) fn unreadable<'g>(
        &'g self,
        record: &'g Record,
        evaluator: &'g Evaluator,
    ) -> impl Iterator<Item = (&'g str, &'g str, String)> {
        self.cells.iter().filter_map(move |(_, position)| {
            let text = evaluator.cell(record, *position)?;
            let why = self.packed.unpack(text).err()?;
            Some((self.name(*position), text, why))
        })
    }

    fn name(&self, position: usize) -> &str {
        self.header.names().get(position).map_or("", String::as_str)
    }
}

impl Made<'_> {
    /// The column that a member came from, and where in its cell.
    pub(super) fn column_of(&self, steps: &[path::Step]) -> String {
        let member = match steps.first() {
            Some(path::Step::Member(name)) => *name,
            _ => "",
        };
        let own = self
            .shape
            .members
            .iter()
            .find(|(number, known, _)| *number == self.number && known == member);
        match (own, self.column) {
            (Some((_, _, position)), _) => self.shape.name(*position).to_owned(),
            (None, Some(position)) => {
                format!("{}{}", self.shape.name(position), path::pointer(steps))
            }
            (None, None) => member.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_read_numbers_and_members() {
        let read = |pattern: &str, name: &str| {
            Pattern::parse(pattern)
                .unwrap()
                .read(name)
                .map(|(number, member)| (number, member.to_owned()))
        };
        let item = "Product Item {n} {member}";
        assert_eq!(read(item, "Product Item 12 SKU"), Some((12, "SKU".into())));
        assert_eq!(read(item, "Product Item SKU"), None);
        assert_eq!(read(item, "Product Item 1 "), None, "no member");
        assert_eq!(
            read("line_item_{n}", "line_item_3"),
            Some((3, String::new()))
        );
        assert_eq!(read("line_item_{n}", "line_item_3_sku"), None);
        assert_eq!(
            read("item_{member}_{n}", "item_unit_price_2"),
            Some((2, "unit_price".into()))
        );
        assert_eq!(read("sku{n}", "sku"), None);
        assert_eq!(read("Details", "Details"), Some((0, String::new())));
        assert!(Pattern::parse("{n} of {n}").is_err());
    }

    fn unpacked(packed: &str, text: &str) -> Result<String, String> {
        let packed: Packed = toml::from_str(packed).unwrap();
        packed.check().unwrap();
        packed
            .unpack(text)
            .map(|lines| Value::Array(lines).to_string())
    }

    #[test]
    fn cells_are_unpacked_without_guessing() {
        let woo = "members = '|'\nis = ':'";
        assert_eq!(
            unpacked(woo, "name:Mug: blue|sku:M-1|note:|quantity:2"),
            Ok(r#"[{"name":"Mug: blue","sku":"M-1","note":"","quantity":"2"}]"#.into())
        );
        let error = unpacked(woo, "name:Mug|blue").unwrap_err();
        assert!(error.contains("`blue` has no `:`"), "{error}");
        let known = "lines = '|'\nmembers = ', '\nis = ': '\nknown = ['ID', 'Name', 'Qty']";
        assert_eq!(
            unpacked(known, "ID: 1, Name: Mug, blue | Size: L, Qty: 2|ID: 2, Name: , Qty: 1"),
            Ok(r#"[{"ID":"1","Name":"Mug, blue | Size: L","Qty":"2"},{"ID":"2","Name":"","Qty":"1"}]"#.into())
        );
        let json = "json = true";
        assert_eq!(
            unpacked(json, r#"[{"price": 1.10}]"#),
            Ok(r#"[{"price":1.10}]"#.into())
        );
        assert!(unpacked(json, "[{").is_err());
        assert!(unpacked(json, "7").is_err());
    }

    #[test]
    fn what_contradicts_itself_is_a_mistake() {
        for text in ["lines = ''", "json = true\nis = ':'"] {
            assert!(toml::from_str::<Packed>(text).unwrap().check().is_err());
        }
    }
}

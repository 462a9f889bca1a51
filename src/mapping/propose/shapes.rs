//! Where an order's lines might be: lists of objects, columns with a line's number in their names, cells that hold
//! whole lines. What is found is offered, never taken by itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::columns::{Columns, lists};
use crate::mapping::packed::Packed;
use crate::source::{Format, Record};

/// Where an order's lines might be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shapes {
    /// For objects: the paths of lists of objects, each with how many elements were seen in it.
    pub lists: Vec<(String, usize)>,
    /// For rows: columns with a line's number in their names.
    pub sideways: Vec<Sideways>,
    /// For rows: columns whose cells hold whole lines.
    pub cells: Vec<PackedCells>,
}

/// Columns with a line's number in their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sideways {
    /// As `[items] sideways` has it: `Item {n} {member}`.
    pub pattern: String,
    /// What a line has: `SKU`, `Qty`.
    pub members: Vec<String>,
    /// The highest number.
    pub most: u64,
}

/// Cells that hold whole lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedCells {
    /// As `[items] cells` has it: `Details`, `line_item_{n}`.
    pub pattern: String,
    /// How lines are written there.
    pub packed: Packed,
    /// What a line has.
    pub members: Vec<String>,
}

/// What stands between a name's words.
const BETWEEN: [char; 5] = [' ', '_', '.', '-', ':'];

/// What these records tell.
pub fn shapes(format: &Format, records: &[Record]) -> Shapes {
    let Some(header) = format.header() else {
        let objects: Vec<&Value> = records.iter().filter_map(Record::json).collect();
        return Shapes {
            lists: lists(&objects),
            ..Shapes::default()
        };
    };
    let columns = Columns::of_rows(header, records);
    let mut cells: Vec<PackedCells> = Vec::new();
    for column in &columns.all {
        if let Some((packed, members)) = packed(&column.samples) {
            let pattern = numbered(&column.name);
            if !cells.iter().any(|known| known.pattern == pattern) {
                cells.push(PackedCells {
                    pattern,
                    packed,
                    members,
                });
            }
        }
    }
    Shapes {
        lists: Vec::new(),
        sideways: sideways(header.names()),
        cells,
    }
}

/// A name whose last digits stand for a line's number: `line_item_3` as `line_item_{n}`.
fn numbered(name: &str) -> String {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.len() < name.len() && !stem.is_empty() {
        format!("{stem}{{n}}")
    } else {
        name.to_owned()
    }
}

/// Patterns that at least two members of a line share.
fn sideways(names: &[String]) -> Vec<Sideways> {
    // By what stands around the number and the member, the members with their numbers.
    let mut found: BTreeMap<String, (Vec<String>, BTreeSet<u64>)> = BTreeMap::new();
    let mut put = |pattern: String, member: &str, number: u64| {
        let (members, numbers) = found.entry(pattern).or_default();
        if !members.iter().any(|known| known == member) {
            members.push(member.to_owned());
        }
        numbers.insert(number);
    };
    for name in names {
        let mut rest = name.as_str();
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let offset = name.len() - rest.len();
            let (_, digits) = rest.split_at(start);
            let end = digits.find(|c: char| !c.is_ascii_digit());
            let (number, behind) = digits.split_at(end.unwrap_or(digits.len()));
            let before = name.get(..offset + start).unwrap_or_default();
            if let Ok(number) = number.parse() {
                let sign = behind.chars().next().filter(|c| BETWEEN.contains(c));
                if let Some(sign) = sign
                    && behind.len() > 1
                    && !before.is_empty()
                {
                    put(
                        format!("{before}{{n}}{sign}{{member}}"),
                        behind.get(sign.len_utf8()..).unwrap_or_default(),
                        number,
                    );
                }
                let sign = before.chars().last().filter(|c| BETWEEN.contains(c));
                if let (true, Some(sign)) = (behind.is_empty(), sign) {
                    let stem = before.strip_suffix(sign).unwrap_or_default();
                    let (head, member) = match stem.split_once(BETWEEN) {
                        Some((head, member)) if !member.is_empty() => {
                            let between = stem.get(head.len()..=head.len()).unwrap_or_default();
                            (format!("{head}{between}"), member)
                        }
                        _ => (String::new(), stem),
                    };
                    if !member.is_empty() {
                        put(format!("{head}{{member}}{sign}{{n}}"), member, number);
                    }
                }
            }
            rest = behind;
        }
    }
    found
        .into_iter()
        .filter(|(_, (members, _))| members.len() > 1)
        .map(|(pattern, (members, numbers))| Sideways {
            pattern,
            members,
            most: numbers.last().copied().unwrap_or_default(),
        })
        .collect()
}

/// How lines are written in cells, if these cells hold lines; with the members that they have.
fn packed(samples: &[String]) -> Option<(Packed, Vec<String>)> {
    if samples.is_empty() {
        return None;
    }
    let json = Packed {
        json: true,
        ..Packed::default()
    };
    if let Some(members) = members(&json, samples) {
        return Some((json, members));
    }
    for is in [": ", ":", "="] {
        for between in ["|", ", ", ",", "; ", ";"] {
            for lines in [Some("|"), Some(";"), Some("\n"), Some(" || "), None] {
                let packed = Packed {
                    json: false,
                    lines: lines.map(str::to_owned),
                    members: Some(between.to_owned()),
                    is: Some(is.to_owned()),
                    known: Vec::new(),
                };
                let same = lines.is_some_and(|lines| between.starts_with(lines));
                if let Some(members) = members(&packed, samples).filter(|_| !same) {
                    // What never stands between two lines need not be said.
                    let apart = lines
                        .is_some_and(|lines| samples.iter().any(|sample| sample.contains(lines)));
                    if apart || lines.is_none() {
                        return Some((packed, members));
                    }
                }
            }
        }
    }
    None
}

/// The members that every line of all cells has; none where the cells aren't written so.
fn members(packed: &Packed, samples: &[String]) -> Option<Vec<String>> {
    let mut members: Option<Vec<String>> = None;
    for sample in samples {
        for line in packed.unpack(sample).ok()? {
            let names: Vec<String> = line.as_object()?.keys().cloned().collect();
            let telling = names
                .iter()
                .all(|name| name.chars().any(char::is_alphabetic) && name.chars().count() <= 40);
            if names.len() < 2 || !telling {
                return None;
            }
            match &mut members {
                None => members = Some(names),
                // JSON leaves members out; a text that is cut at the wrong place has others.
                Some(known) if packed.json => {
                    let more = names.into_iter().filter(|name| !known.contains(name));
                    let more: Vec<String> = more.collect();
                    known.extend(more);
                }
                Some(known) if *known != names => return None,
                Some(_) => {}
            }
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_with_a_number_in_their_names_are_told_by_their_pattern() {
        let of = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let found = sideways(&names).into_iter();
            let found =
                found.map(|it| format!("{} {} {}", it.pattern, it.members.join("+"), it.most));
            found.collect::<Vec<_>>()
        };
        let items = [
            "Id",
            "Item 1 SKU",
            "Item 1 Unit price",
            "Item 2 SKU",
            "Item 12 SKU",
        ];
        assert_eq!(of(&items), ["Item {n} {member} SKU+Unit price 12"]);
        let behind = ["item_sku_1", "item_unit_price_1", "item_sku_2"];
        assert_eq!(of(&behind), ["item_{member}_{n} sku+unit_price 2"]);
        assert_eq!(of(&["SKU 1", "Qty 1"]), ["{member} {n} SKU+Qty 1"]);
        assert_eq!(of(&["Address 1", "Address 2", "2nd name"]), [""; 0]);
    }

    #[test]
    fn cells_that_hold_lines_are_told_with_what_stands_between() {
        let of = |samples: &[&str]| {
            let samples: Vec<String> = samples.iter().map(|text| (*text).to_owned()).collect();
            packed(&samples).map(|(packed, members)| (packed, members.join("+")))
        };
        let (json, members) =
            of(&[r#"[{"sku":"A","qty":1}]"#, r#"[{"sku":"B","note":"x"}]"#]).unwrap();
        assert!(json.json);
        assert_eq!(members, "sku+qty+note");
        let (both, members) = of(&["SKU: A, Qty: 1|SKU: B, Qty: 2", "SKU: C, Qty: 1"]).unwrap();
        assert_eq!(members, "SKU+Qty");
        let parts = [&both.lines, &both.members, &both.is];
        assert_eq!(
            parts.map(|part| part.as_deref()),
            [Some("|"), Some(", "), Some(": ")]
        );
        let (one, _) = of(&["name:Mug|sku:M-1", "name:Cup|sku:C-1"]).unwrap();
        assert_eq!((one.lines, one.members.as_deref()), (None, Some("|")));
        for no in [
            "2024-03-01T10:00:00Z",
            "10:00, 11:00",
            "Mug, blue",
            "https://x.y/z",
        ] {
            assert_eq!(of(&[no]), None, "{no}");
        }
    }
}

//! Files that the cases change: an export with one order, and the vendors' own examples.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// What a case changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// A Shopify export: changes are cells by column; `+Column` is the cell in a second row, which is like the
    /// first but for those.
    Export,
    /// One order of a vendor's page (`tests/pages`), by its number: changes are JSON by pointer, nothing takes
    /// the member out.
    Page(&'static str, usize),
}

/// The export's one order: it breaks no rule of any vendor.
const EXPORT: &[(&str, &str)] = &[
    ("Name", "#1001"),
    ("Email", "ada@example.com"),
    ("Financial Status", "paid"),
    ("Fulfillment Status", "fulfilled"),
    ("Currency", "USD"),
    ("Subtotal", "20.00"),
    ("Shipping", "5.00"),
    ("Taxes", "0.00"),
    ("Total", "25.00"),
    ("Discount Amount", "0.00"),
    ("Shipping Method", "Standard"),
    ("Created at", "2024-03-01 09:59:00 +0100"),
    ("Lineitem quantity", "2"),
    ("Lineitem name", "Mug"),
    ("Lineitem price", "10.00"),
    ("Lineitem sku", "home--MUG"),
    ("Lineitem fulfillment status", "fulfilled"),
    ("Billing Name", "Ada Archer"),
    ("Billing Address1", "1 Harbor Street"),
    ("Billing City", "Portland"),
    ("Billing Zip", "04101"),
    ("Billing Country", "US"),
    ("Shipping Name", "Ada Archer"),
    ("Shipping Address1", "1 Harbor Street"),
    ("Shipping City", "Portland"),
    ("Shipping Zip", "04101"),
    ("Shipping Country", "US"),
    ("Notes", ""),
    ("Source", "web"),
];

/// Writes the file with all changes made, one after the other.
pub fn write(home: &Path, file: File, changes: &[&[(&str, &str)]]) -> PathBuf {
    let changes = changes.iter().copied().flatten();
    let (name, text) = match file {
        File::Export => ("orders.csv", export(changes)),
        File::Page(page, number) => ("orders.json", payload(page, number, changes)),
    };
    let path = home.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn export<'a>(changes: impl Iterator<Item = &'a (&'a str, &'a str)>) -> String {
    let mut rows: [Vec<String>; 2] = [(); 2].map(|()| {
        let cells = EXPORT.iter().map(|(_, cell)| (*cell).to_owned());
        cells.collect()
    });
    let mut has_second = false;
    for (column, cell) in changes {
        let second = column.strip_prefix('+');
        has_second |= second.is_some();
        let column = second.unwrap_or(column);
        let known = EXPORT.iter().position(|(known, _)| *known == column);
        let at = known.unwrap_or_else(|| panic!("no column {column}"));
        for row in rows.iter_mut().skip(usize::from(second.is_some())) {
            (*cell).clone_into(&mut row[at]);
        }
    }
    let names: Vec<&str> = EXPORT.iter().map(|(name, _)| *name).collect();
    let mut text = names.join(",");
    for row in rows.iter().take(1 + usize::from(has_second)) {
        write!(text, "\n{}", row.join(",")).unwrap();
    }
    text.push('\n');
    text
}

/// JSON, or `501 of` it in a list.
fn value(json: &str) -> Value {
    match json.split_once(" of ") {
        Some((times, one)) => {
            let one: Value = serde_json::from_str(one).unwrap();
            Value::Array(vec![one; times.parse().unwrap()])
        }
        None => serde_json::from_str(json).unwrap(),
    }
}

/// A list of one order, which stands on the second line.
fn payload<'a>(
    page: &str,
    number: usize,
    changes: impl Iterator<Item = &'a (&'a str, &'a str)>,
) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "pages", page]
        .iter()
        .collect();
    let page: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut order = match page.get("orders").unwrap_or(&page) {
        Value::Array(orders) => orders[number].clone(),
        order => order.clone(),
    };
    for (pointer, json) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = order.pointer_mut(parent).unwrap();
        let value = (!json.is_empty()).then(|| value(json));
        match (parent, value) {
            (Value::Object(members), Some(value)) => {
                members.insert(name.to_owned(), value);
            }
            (Value::Object(members), None) => {
                members.shift_remove(name).unwrap();
            }
            (Value::Array(elements), Some(value)) => elements.push(value),
            other => panic!("{pointer}: {other:?}"),
        }
    }
    format!("[\n{order}\n]\n")
}

/// A mapping under which every row is an order.
pub const UNGROUPED: &str = r#"
[mapping]
name = "mine"
title = "Mine"
[order]
id = "No"
total = "Sum"
"#;

/// Rows of that mapping.
pub fn ids(ids: &[&str]) -> String {
    let rows = ids.iter().map(|id| format!("{id},1.00\n"));
    std::iter::once("No,Sum\n".to_owned()).chain(rows).collect()
}

//! One order across all vendors: each of its fields with the place that it has in each vendor's payload.

use serde_json::Value;

use super::{Deck, DeckOrder, Payload, Target};
use crate::finding::Severity;
use crate::order::Field;
use crate::order::edit::EditTarget;
use crate::order::field::Level;
use crate::vendor::{Origin, VendorRef};

/// An order's fields across the payloads of some vendors.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The order's id.
    pub order: String,
    /// Of each vendor why it has no payload, if it hasn't.
    pub trouble: Vec<Option<String>>,
    /// The fields that have a value or a place in a payload, in the order of the field table, line item by line item.
    pub rows: Vec<FieldRow>,
}

/// One field of the order.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldRow {
    /// The field.
    pub field: Field,
    /// The line item.
    pub item: Option<usize>,
    /// Its value, edits included.
    pub value: Option<String>,
    /// Where it came from, in words.
    pub origin: String,
    /// What the source says, where an edit says something else.
    pub source: Option<String>,
    /// Of each vendor the places that the field has in its payload.
    pub cells: Vec<Vec<Cell>>,
}

/// A field's place in one payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Where.
    pub pointer: String,
    /// What is sent there, if anything.
    pub value: Option<Value>,
    /// Where that came from, in words.
    pub origin: String,
    /// What is said of it: how bad, rule and words.
    pub findings: Vec<(Severity, String)>,
}

/// What a payload is, and where the order's fields stand in it without edits of the payload itself.
struct Side {
    vendor: VendorRef,
    payload: Payload,
    places: Vec<(String, &'static [Field])>,
}

impl Deck {
    /// Lays the payloads of an order for these vendors side by side.
    pub fn compare(&self, order: &DeckOrder, targets: &[Option<Target>]) -> Comparison {
        let sides: Vec<Result<Side, String>> = targets
            .iter()
            .map(|target| self.side(order, target.as_ref()))
            .collect();
        let items = order.order.items.len();
        let mut rows = Vec::new();
        let (whole, of_items): (Vec<Field>, Vec<Field>) = Field::ALL
            .iter()
            .partition(|field| field.level() == Level::Order);
        let of_items =
            (0..items).flat_map(|item| of_items.iter().map(move |field| (*field, Some(item))));
        for (field, item) in whole.into_iter().map(|field| (field, None)).chain(of_items) {
            let cells: Vec<Vec<Cell>> = sides
                .iter()
                .map(|side| match side {
                    Ok(side) => self.cells(order, side, field, item),
                    Err(_) => Vec::new(),
                })
                .collect();
            let value = field.get(&order.order, item);
            if value.is_none() && cells.iter().all(Vec::is_empty) {
                continue;
            }
            let edit = order.edit_of(field, item);
            rows.push(FieldRow {
                field,
                item,
                origin: match edit {
                    Some(_) => "edit".to_owned(),
                    None => self
                        .file
                        .mapping
                        .origin(field, item, &order.group)
                        .to_string(),
                },
                source: edit.map(|edit| edit.before.as_str().unwrap_or_default().to_owned()),
                value,
                cells,
            });
        }
        Comparison {
            order: order.order.id.clone(),
            trouble: sides.into_iter().map(Result::err).collect(),
            rows,
        }
    }

    fn side(&self, order: &DeckOrder, target: Option<&Target>) -> Result<Side, String> {
        let target = target.ok_or("no account is chosen")?;
        let payload = self
            .payload(order, target)
            .map_err(|error| error.to_string())?;
        // An edit of the payload hides which field stood there.
        let mut bare = order.clone();
        bare.edits
            .retain(|edit| !matches!(edit.target, EditTarget::Payload { .. }));
        let bare = self
            .payload(&bare, target)
            .map_err(|error| error.to_string())?;
        let places = bare
            .places()
            .map(|(pointer, fields)| (pointer.to_owned(), fields))
            .collect();
        Ok(Side {
            vendor: target.vendor,
            payload,
            places,
        })
    }

    fn cells(
        &self,
        order: &DeckOrder,
        side: &Side,
        field: Field,
        item: Option<usize>,
    ) -> Vec<Cell> {
        let here = side.places.iter().filter(|(pointer, fields)| {
            let index = pointer.split('/').find_map(|part| part.parse().ok());
            fields.contains(&field) && (item.is_none() || item == index)
        });
        let mut cells: Vec<Cell> = Vec::new();
        for (pointer, _) in here {
            if cells.iter().any(|cell| cell.pointer == *pointer) {
                continue;
            }
            let origins = &side.payload.origins;
            let origin = origins.iter().find(|(place, _)| place == pointer);
            cells.push(Cell {
                pointer: pointer.clone(),
                value: side.payload.value.pointer(pointer).cloned(),
                origin: match origin {
                    Some((_, Origin::Edit)) => "edit of this payload".to_owned(),
                    Some((_, origin)) => self.origin_words(order, side.vendor, pointer, *origin),
                    None => String::new(),
                },
                findings: findings_at(order, &side.payload, pointer),
            });
        }
        cells
    }
}

fn findings_at(order: &DeckOrder, payload: &Payload, pointer: &str) -> Vec<(Severity, String)> {
    let findings = payload.findings.iter();
    findings
        .filter(|finding| finding.target.pointer().as_deref() == Some(pointer))
        .map(|finding| {
            (
                finding.severity,
                format!("{} {}", finding.rule.id, order.message(finding)),
            )
        })
        .collect()
}

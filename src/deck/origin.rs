//! Where a payload's value came from, in words, and where findings stand in the file.

use super::{Deck, DeckOrder};
use crate::finding::{Finding, Place, Target};
use crate::mapping;
use crate::order::Field;
use crate::order::field::Level;
use crate::vendor::{Origin, VendorRef};

impl Deck {
    /// The origin of a payload's value in a few words: `Email, line 42`, `3 columns`, `profile default`.
    pub fn origin_words(
        &self,
        order: &DeckOrder,
        vendor: VendorRef,
        pointer: &str,
        origin: Origin,
    ) -> String {
        match origin {
            Origin::Fields(fields) => {
                let item = item_of(pointer);
                let mut words: Vec<String> = Vec::new();
                for field in fields {
                    let item = (field.level() == Level::Item).then_some(item).flatten();
                    if order.edit_of(*field, item).is_some() {
                        return "edit".to_owned();
                    }
                    let origin = self.file.mapping.origin(*field, item, &order.group);
                    let text = origin.to_string();
                    if field.get(&order.order, item).is_some()
                        && !text.is_empty()
                        && !words.contains(&text)
                    {
                        words.push(text);
                    }
                }
                match words.len() {
                    0 => String::new(),
                    1 => words.remove(0),
                    count => format!("{count} columns"),
                }
            }
            Origin::Reckoned(how) => how.to_owned(),
            Origin::Mapping => match self.mapped_alone(order, vendor, pointer).to_string() {
                // Fixed in the mapping, or put together inside the object that it gives whole.
                text if text.is_empty() => "mapping, for this vendor".to_owned(),
                text => text,
            },
            Origin::ProfileDefault => "profile default".to_owned(),
            Origin::SandboxDefault => "sandbox default".to_owned(),
            Origin::Setting(name) => format!("setting {name}"),
            Origin::Fixed => "always".to_owned(),
            Origin::Edit => "edit".to_owned(),
            Origin::Native => order
                .group
                .records
                .first()
                .map_or_else(|| "as loaded".to_owned(), |record| record.place.to_string()),
        }
    }

    /// Where the value comes from that the mapping has for this vendor alone.
    fn mapped_alone(&self, order: &DeckOrder, vendor: VendorRef, pointer: &str) -> mapping::Origin {
        let table = vendor.table();
        let Some((field, item)) = table.at_pointer(pointer) else {
            return mapping::Origin::Nothing;
        };
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let path = table.spec(field).path.replace('?', name);
        let item = item.map(|item| item as usize);
        let mapping = &self.file.mapping;
        mapping.vendor_origin(vendor.name(), &path, item, &order.group)
    }

    /// Where a field of the order stands that a finding of the order's own rules is about.
    pub fn place_in_order(&self, order: &DeckOrder, target: &Target) -> Option<Place> {
        let Target::Field { path, item } = target else {
            return None;
        };
        let item = item.map(|item| item as usize);
        let field = Field::ALL.iter().find(|field| field.path() == *path)?;
        self.file.mapping.place_of(*field, item, &order.group)
    }

    /// Where in the file a finding about a payload stands: the place of the fields that its value came from,
    /// else the order's own. `origins` are those of the values that are there, then what
    /// stands behind those that aren't or that were reckoned.
    pub(super) fn place_of(
        &self,
        order: &DeckOrder,
        vendor: VendorRef,
        finding: &Finding,
        origins: [&[(String, Origin)]; 2],
    ) -> Option<Place> {
        if finding.place.is_some() {
            return finding.place.clone();
        }
        let whole = order
            .group
            .records
            .first()
            .map(|record| record.place.clone());
        let Some(pointer) = finding.target.pointer() else {
            return whole;
        };
        if order.native.is_some() {
            let origin = self.file.mapping.native_origin(&pointer, &order.group);
            return origin.place().cloned().or(whole);
        }
        let known = origins.into_iter().flatten();
        let fields = known
            .filter(|(other, _)| *other == pointer)
            .find_map(|(_, origin)| match origin {
                Origin::Fields(fields) => Some(*fields),
                _ => None,
            });
        let item = item_of(&pointer);
        let Some(fields) = fields else {
            let alone = self.mapped_alone(order, vendor, &pointer);
            // What no column gives has none; but its line item has a line.
            let line = || item.and_then(|item| self.line_of(order, item));
            return alone.place().cloned().or_else(line).or(whole);
        };
        fields
            .iter()
            .find_map(|field| {
                let item = (field.level() == Level::Item).then_some(item).flatten();
                self.file.mapping.place_of(*field, item, &order.group)
            })
            .or(whole)
    }
}

impl Deck {
    /// Where a line item stands, whatever of it.
    fn line_of(&self, order: &DeckOrder, item: usize) -> Option<Place> {
        let known = [Field::ItemName, Field::ItemSku, Field::ItemQuantity];
        known.into_iter().find_map(|field| {
            let place = self
                .file
                .mapping
                .place_of(field, Some(item), &order.group)?;
            Some(Place {
                column: None,
                ..place
            })
        })
    }
}

/// The line item that a pointer leads into: its first number.
fn item_of(pointer: &str) -> Option<usize> {
    pointer.split('/').find_map(|segment| segment.parse().ok())
}

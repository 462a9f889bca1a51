//! Where an edit of a line can be made: in the order for all vendors, in one vendor's payload, or in both.

use crate::console::update::payload::Subject;
use crate::deck::{DeckOrder, Target};
use crate::order::Field;
use crate::order::field::Level;
use crate::vendor::Origin;
use crate::vendor::payload::{Subject as Encoding, inspect};

/// Whom an edit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The order: all vendors.
    Order,
    /// One vendor's payload.
    Payload,
}

/// Where an edit can be made; else why not, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The field of the order, with the line item.
    pub order: Result<(Field, Option<usize>), String>,
    /// The pointer into the payload.
    pub payload: Result<String, String>,
}

impl Reach {
    /// Where the line at `pointer` can be edited. `payload` is what the vendor would get now.
    pub fn of(
        order: &DeckOrder,
        target: &Target,
        payload: &serde_json::Value,
        subject: &Subject,
        pointer: &str,
    ) -> Self {
        let title = target.vendor.title();
        match subject {
            Subject::Field(field, item) => Self {
                order: Ok((*field, *item)),
                payload: match payload.pointer(pointer) {
                    _ if pointer.is_empty() => Err(format!("it isn't in {title}'s payload")),
                    Some(value) if value.is_object() || value.is_array() => {
                        Err("it stands there as a whole object or list".to_owned())
                    }
                    _ => Ok(pointer.to_owned()),
                },
            },
            Subject::Place(place) => Self {
                order: field_behind(order, target, place),
                payload: Ok(place.clone()),
            },
        }
    }

    /// Whether it can be made there.
    pub fn allows(&self, scope: Scope) -> bool {
        match scope {
            Scope::Order => self.order.is_ok(),
            Scope::Payload => self.payload.is_ok(),
        }
    }
}

/// The one field of the order that a place of the payload is filled from, edits of the payload passed over.
fn field_behind(
    order: &DeckOrder,
    target: &Target,
    pointer: &str,
) -> Result<(Field, Option<usize>), String> {
    if order.native.is_some() {
        return Err(format!(
            "the file holds {}'s own payloads",
            target.vendor.title()
        ));
    }
    let encoding = Encoding {
        order: &order.order,
        native: None,
        edits: &[],
    };
    let bare = inspect(
        target.vendor,
        encoding,
        &target.account,
        target.operation,
        target.now,
    );
    let origin = bare
        .origins
        .iter()
        .chain(&bare.behind)
        .find(|(place, _)| place == pointer)
        .map(|(_, origin)| *origin);
    match origin {
        Some(Origin::Fields([field])) => {
            let item = (field.level() == Level::Item)
                .then(|| pointer.split('/').find_map(|part| part.parse().ok()))
                .flatten();
            Ok((*field, item))
        }
        Some(Origin::Fields(fields)) => {
            let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
            Err(format!("made of {}", names.join(", ")))
        }
        Some(Origin::Reckoned(how)) => Err(format!("reckoned: {how}")),
        Some(Origin::Mapping) => Err("the mapping fills it for this vendor alone".to_owned()),
        Some(Origin::ProfileDefault) => Err("a default of the profile fills it".to_owned()),
        Some(Origin::SandboxDefault) => Err("a default of the sandbox fills it".to_owned()),
        Some(Origin::Setting(name)) => Err(format!("the setting {name} fills it")),
        Some(Origin::Fixed) => Err("it is the same for every order".to_owned()),
        Some(Origin::Edit | Origin::Native) | None => {
            Err("no field of the order stands behind it".to_owned())
        }
    }
}

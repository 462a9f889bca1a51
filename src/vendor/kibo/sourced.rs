//! Texts that may come from one of several fields of the order.

use crate::vendor::sink::Origin;
use crate::vendor::{Encoder, FieldId};

/// A text that may come from one of several fields.
pub trait Sourced {
    /// Writes the text with its origin.
    fn sourced(&mut self, field: FieldId, value: Option<(&str, Origin)>);
}

impl Sourced for Encoder<'_> {
    fn sourced(&mut self, field: FieldId, value: Option<(&str, Origin)>) {
        let (text, origin) =
            value.map_or((None, Origin::Fixed), |(text, origin)| (Some(text), origin));
        self.text(field, text, origin);
    }
}

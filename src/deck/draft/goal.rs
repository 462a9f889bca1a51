//! What a rule of a mapping fills: a field of the order, or one that only one vendor has.

use std::borrow::Cow;
use std::sync::Arc;

use crate::deck::needs::OwnField;
use crate::order::{Field, Level};

/// What a rule of a mapping fills.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// A field of the order.
    Field(Field),
    /// A field that only one vendor has.
    Own {
        /// The vendor's name.
        vendor: Arc<str>,
        /// Its path in the vendor's payload: `shippingMethod/shippingType`, `items/*/adId`.
        path: Arc<str>,
    },
}

impl From<Field> for Goal {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

impl From<&Self> for Goal {
    fn from(goal: &Self) -> Self {
        goal.clone()
    }
}

impl From<&OwnField> for Goal {
    fn from(own: &OwnField) -> Self {
        Self::own(own.vendor, own.path)
    }
}

impl Goal {
    /// A vendor's own field.
    pub fn own(vendor: &str, path: &str) -> Self {
        Self::Own {
            vendor: vendor.into(),
            path: path.into(),
        }
    }

    /// The field of the order, if it is one.
    pub fn field(&self) -> Option<Field> {
        match self {
            Self::Field(field) => Some(*field),
            Self::Own { .. } => None,
        }
    }

    /// `customer.email`, or `kibo: shippingMethod/shippingType`.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Self::Field(field) => field.name().into(),
            Self::Own { vendor, path } => format!("{vendor}: {path}").into(),
        }
    }

    /// Whether each line of an order has one.
    pub fn is_of_lines(&self) -> bool {
        match self {
            Self::Field(field) => field.level() == Level::Item,
            Self::Own { path, .. } => path.split('/').any(|segment| segment == "*"),
        }
    }

    /// A vendor's field whose last name is to be chosen: `metadata/?`.
    pub fn is_nameless(&self) -> bool {
        matches!(self, Self::Own { path, .. } if path.ends_with("/?"))
    }

    /// The same under that name, where its last name is to be chosen.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        match self {
            Self::Own { vendor, path } if self.is_nameless() => {
                Self::own(vendor, &format!("{}{name}", path.trim_end_matches('?')))
            }
            other => other.clone(),
        }
    }

    /// Where it stands in an order's first line, or in the order.
    pub(super) fn pointer(&self) -> String {
        let path = match self {
            Self::Field(field) => field.path(),
            Self::Own { path, .. } => path,
        };
        format!("/{}", path.replace('*', "0"))
    }

    /// The line that is looked at.
    pub(super) fn item(&self) -> Option<usize> {
        self.is_of_lines().then_some(0)
    }
}

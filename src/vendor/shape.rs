//! What a value is as far as its type tells, and which shapes a field takes whatever is in them: most values of a
//! payload are of such a shape, and the check of the table needn't look at them.

use rust_decimal::Decimal;

use super::table::{FieldKind, FieldSpec, Required};

/// The shape of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Shape {
    /// Null.
    Null,
    /// Text with nothing in it.
    EmptyText,
    /// Text with something in it.
    Text,
    /// True or false.
    Boolean,
    /// A whole number that isn't negative and is written without decimals.
    Natural,
    /// Any other number that fits a decimal exactly.
    Number,
    /// A number that doesn't.
    WideNumber,
    /// An object.
    Object,
    /// A list.
    Array,
}

/// Some shapes, a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shapes(u16);

impl Shape {
    /// The shape of a number.
    pub fn of_number(number: Decimal) -> Self {
        if number.scale() == 0 && !number.is_sign_negative() {
            Self::Natural
        } else {
            Self::Number
        }
    }
}

impl Shapes {
    /// None at all.
    pub const NONE: Self = Self(0);

    /// Those shapes.
    pub fn of(shapes: &[Shape]) -> Self {
        Self(shapes.iter().fold(0, |all, shape| all | 1 << *shape as u8))
    }

    /// Whether it is one of them.
    pub const fn has(self, shape: Shape) -> bool {
        self.0 & (1 << shape as u8) != 0
    }

    /// The shapes that are right for a field whatever the value is.
    pub fn right_for(spec: &FieldSpec) -> Self {
        Self(Self::filled_for(spec).0 | Self::empty_for(spec).0)
    }

    /// Empty is not given: allowed, or told as missing. But an optional number, date or object that is "" is of
    /// another type: vendors take that for a mistake.
    pub fn empty_for(spec: &FieldSpec) -> Self {
        let required = spec.required != Required::No;
        let is_any = spec.kind == FieldKind::Any;
        if !(spec.nullable || is_any || required) {
            return Self::NONE;
        }
        if required || is_any || matches!(spec.kind, FieldKind::Text | FieldKind::Email) {
            Self::of(&[Shape::Null, Shape::EmptyText])
        } else {
            Self::of(&[Shape::Null])
        }
    }

    fn filled_for(spec: &FieldSpec) -> Self {
        use Shape::{Array, Boolean, Natural, Number, Object, Text, WideNumber};
        let any_text = spec.choices.is_empty() && spec.length.is_none();
        match spec.kind {
            FieldKind::Text | FieldKind::DecimalText if any_text => Self::of(&[Text]),
            FieldKind::Any if any_text && spec.minimum.is_none() => {
                Self::of(&[Text, Boolean, Natural, Number, WideNumber, Object, Array])
            }
            FieldKind::Number if spec.minimum.is_none() => Self::of(&[Natural, Number, WideNumber]),
            FieldKind::Integer | FieldKind::Number
                if spec.minimum.is_none_or(|least| least <= 0) =>
            {
                Self::of(&[Natural])
            }
            FieldKind::Boolean => Self::of(&[Boolean]),
            FieldKind::Object => Self::of(&[Object]),
            FieldKind::Array | FieldKind::TextArray => Self::of(&[Array]),
            _ => Self::NONE,
        }
    }
}

//! What a value is as far as its type and its length tell, and which shapes a field takes whatever is in them: most
//! values of a payload are of such a shape, and the check of the table needn't look at them.

use rust_decimal::Decimal;

use super::table::{FieldKind, FieldSpec, Required};

/// The shape of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Null.
    Null,
    /// Text of that many bytes.
    Text(u32),
    /// True or false.
    Boolean,
    /// 0 without decimals.
    Zero,
    /// A whole number above 0 that is written without decimals.
    Whole,
    /// A number with decimals that isn't negative.
    Amount,
    /// Any other number that fits a decimal exactly.
    Number,
    /// A number that doesn't.
    WideNumber,
    /// An object.
    Object,
    /// A list.
    Array,
}

/// Some shapes: a bit for each, and for texts the least and the most bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shapes {
    bits: u16,
    text: (u32, u32),
}

impl Shape {
    /// The shape of a number.
    #[inline]
    pub fn of_number(number: Decimal) -> Self {
        match (number.is_sign_negative(), number.scale()) {
            (true, _) => Self::Number,
            (false, 0) if number.is_zero() => Self::Zero,
            (false, 0) => Self::Whole,
            (false, _) => Self::Amount,
        }
    }

    /// The shape of a whole number that isn't negative.
    #[inline]
    pub const fn of_natural(number: u64) -> Self {
        if number == 0 { Self::Zero } else { Self::Whole }
    }

    #[inline]
    const fn bit(self) -> u16 {
        1 << match self {
            Self::Null => 0,
            Self::Text(_) => 1,
            Self::Boolean => 2,
            Self::Zero => 3,
            Self::Whole => 4,
            Self::Amount => 5,
            Self::Number => 6,
            Self::WideNumber => 7,
            Self::Object => 8,
            Self::Array => 9,
        }
    }
}

impl Shapes {
    /// None at all.
    pub const NONE: Self = Self::of(&[]);

    /// Any text that isn't empty.
    const ANY_TEXT: Self = Self {
        bits: 0,
        text: (1, u32::MAX),
    };

    /// Those shapes; of texts the empty one.
    const fn of(shapes: &[Shape]) -> Self {
        let mut bits = 0;
        let mut rest = shapes;
        while let [shape, others @ ..] = rest {
            bits |= shape.bit();
            rest = others;
        }
        Self { bits, text: (1, 0) }
    }

    /// Whether it is one of them.
    #[inline]
    pub const fn has(self, shape: Shape) -> bool {
        match shape {
            Shape::Text(length) if length > 0 => self.text.0 <= length && length <= self.text.1,
            other => self.bits & other.bit() != 0,
        }
    }

    /// The shapes that are right for a field whatever the value is.
    pub fn right_for(spec: &FieldSpec) -> Self {
        let (filled, empty) = (Self::filled_for(spec), Self::empty_for(spec));
        Self {
            bits: filled.bits | empty.bits,
            ..filled
        }
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
            Self::of(&[Shape::Null, Shape::Text(0)])
        } else {
            Self::of(&[Shape::Null])
        }
    }

    fn filled_for(spec: &FieldSpec) -> Self {
        use Shape::{Amount, Array, Boolean, Number, Object, Whole, WideNumber, Zero};
        let is_at_least = |least: i64| spec.minimum.is_none_or(|minimum| minimum <= least);
        match spec.kind {
            FieldKind::Text | FieldKind::DecimalText => Self::texts_for(spec),
            FieldKind::Any if spec.minimum.is_none() && spec.length.is_none() => Self {
                text: Self::texts_for(spec).text,
                ..Self::of(&[
                    Boolean, Zero, Whole, Amount, Number, WideNumber, Object, Array,
                ])
            },
            FieldKind::Number if spec.minimum.is_none() => {
                Self::of(&[Zero, Whole, Amount, Number, WideNumber])
            }
            FieldKind::Number if is_at_least(0) => Self::of(&[Zero, Whole, Amount]),
            FieldKind::Integer if is_at_least(0) => Self::of(&[Zero, Whole]),
            FieldKind::Integer | FieldKind::Number if is_at_least(1) => Self::of(&[Whole]),
            FieldKind::Boolean => Self::of(&[Boolean]),
            FieldKind::Object => Self::of(&[Object]),
            FieldKind::Array | FieldKind::TextArray => Self::of(&[Array]),
            _ => Self::NONE,
        }
    }

    /// The texts that are right by their length alone: a character takes one byte at least and four at most.
    fn texts_for(spec: &FieldSpec) -> Self {
        if !spec.choices.is_empty() {
            return Self::NONE;
        }
        spec.length.map_or(Self::ANY_TEXT, |(least, most)| Self {
            text: ((least.saturating_sub(1) * 4 + 1), most),
            ..Self::NONE
        })
    }
}

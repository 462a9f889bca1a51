//! What a filter can ask about: its own fields, and every field of the order.

use crate::order::Field;
use crate::order::field::Kind;
use crate::order::outcome::{Operation, Outcome};
use crate::order::status::{Fulfilment, Payment, Stage};

/// What a term is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// Plain words.
    Anywhere,
    /// Any of the order's three statuses.
    Status,
    /// Name, e-mail and id of the customer.
    Customer,
    /// Of bill or delivery.
    Country,
    /// Findings at the vendor in question.
    Finding,
    /// The last outcome at the account in question.
    Outcome,
    /// What the vendor is asked to do.
    Operation,
    /// Edited, left out, marked.
    Is,
    /// A field of the order.
    Field(Field),
}

/// The fields that are offered first: name, what it is, and an example.
pub(super) const OFFERED: &[(&str, Key, &str, &str)] = &[
    (
        "status",
        Key::Status,
        "status of order, payment or delivery",
        "status:paid,refunded",
    ),
    (
        "total",
        Key::Field(Field::Total),
        "what the order came to",
        "total>100",
    ),
    (
        "date",
        Key::Field(Field::PlacedAt),
        "when it was placed",
        "date:2024-01..2024-03",
    ),
    (
        "finding",
        Key::Finding,
        "a rule, or error, warning, info",
        "finding:error",
    ),
    (
        "outcome",
        Key::Outcome,
        "last outcome at the account chosen",
        "outcome:rejected",
    ),
    (
        "customer",
        Key::Customer,
        "name, e-mail or id",
        "customer:\"Ada A\"",
    ),
    (
        "email",
        Key::Field(Field::CustomerEmail),
        "the customer's e-mail",
        "email:@example.com",
    ),
    ("id", Key::Field(Field::Id), "the order's id", "id:1001"),
    (
        "sku",
        Key::Field(Field::ItemSku),
        "of any of its items",
        "sku:HP-MUG",
    ),
    ("country", Key::Country, "of bill or delivery", "country:DE"),
    (
        "currency",
        Key::Field(Field::Currency),
        "ISO 4217 code",
        "currency:EUR",
    ),
    (
        "coupon",
        Key::Field(Field::DiscountCode),
        "discount or promotion code",
        "coupon:SPRING",
    ),
    (
        "payment",
        Key::Field(Field::Payment),
        "how far payment has come",
        "payment:refunded",
    ),
    (
        "fulfilment",
        Key::Field(Field::Fulfilment),
        "how far delivery has come",
        "fulfilment:shipped",
    ),
    ("is", Key::Is, "edited, left out or marked", "is:edited"),
    (
        "operation",
        Key::Operation,
        "what the vendor is asked to do",
        "operation:cancel",
    ),
];

/// Other words for them.
const ALIASES: &[(&str, &str)] = &[
    ("name", "customer"),
    ("discount", "coupon"),
    ("code", "coupon"),
    ("placed", "date"),
    ("fulfillment", "fulfilment"),
    ("rule", "finding"),
    ("order", "id"),
];

/// The states of `is:`.
pub(super) const STATES: &[&str] = &["edited", "left", "marked"];

impl Key {
    /// The key of that name, in lower case.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
        let name = alias.map_or(name, |(_, meant)| meant);
        let offered = OFFERED.iter().find(|(offered, ..)| *offered == name);
        offered
            .map(|(_, key, ..)| *key)
            .or_else(|| Field::from_name(name).map(Self::Field))
    }

    /// Its name; empty for plain words.
    pub(super) fn name(self) -> &'static str {
        let offered = OFFERED.iter().find(|(_, key, ..)| *key == self);
        match (offered, self) {
            (Some((name, ..)), _) => name,
            (None, Self::Field(field)) => field.name(),
            (None, _) => "",
        }
    }

    /// Every name that there is.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        let offered = OFFERED.iter().map(|(name, ..)| *name);
        let aliases = ALIASES.iter().map(|(name, _)| *name);
        offered
            .chain(aliases)
            .chain(Field::ALL.iter().map(|field| field.name()))
    }

    /// The values to choose from; empty where any are allowed.
    pub(super) fn choices(self) -> Vec<&'static str> {
        match self {
            Self::Status => {
                let mut names = Stage::NAMES.to_vec();
                for name in Payment::NAMES.iter().chain(Fulfilment::NAMES) {
                    if !names.contains(name) {
                        names.push(name);
                    }
                }
                names
            }
            Self::Outcome => {
                let mut names = Outcome::ALL.map(Outcome::name).to_vec();
                names.push(NEVER_SENT);
                names
            }
            Self::Operation => Operation::ALL.map(Operation::name).to_vec(),
            Self::Is => STATES.to_vec(),
            Self::Field(field) => field.kind().choices().to_vec(),
            Self::Anywhere | Self::Customer | Self::Country | Self::Finding => Vec::new(),
        }
    }

    /// The fields that conditions on it look at.
    pub(super) fn fields(self) -> Vec<Field> {
        match self {
            Self::Anywhere => ANYWHERE.to_vec(),
            Self::Customer => NAMED_BY.iter().copied().chain(NAME_PARTS).collect(),
            Self::Country => vec![Field::BillingCountry, Field::ShippingCountry],
            Self::Status => vec![Field::Cancelled, Field::Payment, Field::Fulfilment],
            Self::Field(field) => vec![field],
            Self::Finding | Self::Outcome | Self::Operation | Self::Is => Vec::new(),
        }
    }

    /// Whether values have an order.
    pub(super) fn is_compared(self) -> bool {
        matches!(self, Self::Field(field) if matches!(field.kind(), Kind::Money | Kind::Number | Kind::Time))
    }
}

/// The word for no outcome at all.
pub(super) const NEVER_SENT: &str = "none";

/// Where plain words are looked for.
pub(super) const ANYWHERE: &[Field] = &[
    Field::Id,
    Field::PlatformId,
    Field::CustomerId,
    Field::CustomerEmail,
    Field::CustomerName,
    Field::CustomerFirstName,
    Field::CustomerLastName,
    Field::BillingName,
    Field::BillingLastName,
    Field::BillingCity,
    Field::DiscountCode,
    Field::Tags,
    Field::Note,
    Field::ItemSku,
    Field::ItemName,
];

/// Who the customer is, beside the name.
pub(super) const NAMED_BY: &[Field] = &[
    Field::CustomerName,
    Field::CustomerEmail,
    Field::CustomerId,
    Field::BillingName,
];

/// What else a customer's name is put together from.
const NAME_PARTS: [Field; 4] = [
    Field::CustomerFirstName,
    Field::CustomerLastName,
    Field::BillingFirstName,
    Field::BillingLastName,
];

//! Writes who bought. An order that knows no name of its customer gives the name of its bill.

use crate::order::Field;
use crate::vendor::Encoder;
use crate::vendor::sink::Origin;

use super::fields::{
    ACCOUNT_CREATED, CUSTOMER, CUSTOMER_ID, EMAIL, FIRST_NAME, LAST_NAME, PASSWORD, PHONE_1,
    PHONE_2,
};
use super::sourced::Sourced;

/// Writes the customer, unless nothing is known.
pub fn write(e: &mut Encoder<'_>) {
    let order = e.order;
    let (person, billing) = (&order.customer, &order.billing);
    let own = Name::of(
        person.first_name.as_deref(),
        person.last_name.as_deref(),
        person.name.as_deref(),
        [
            Origin::Fields(&[Field::CustomerFirstName]),
            Origin::Fields(&[Field::CustomerLastName]),
            Origin::Fields(&[Field::CustomerName]),
        ],
    );
    let name = own.or_else(|| {
        Name::of(
            billing.first_name.as_deref(),
            billing.last_name.as_deref(),
            billing.name.as_deref(),
            [
                Origin::Fields(&[Field::BillingFirstName]),
                Origin::Fields(&[Field::BillingLastName]),
                Origin::Fields(&[Field::BillingName]),
            ],
        )
    });
    let phone = person
        .phone
        .as_deref()
        .map(|phone| (phone, Origin::Fields(&[Field::CustomerPhone])))
        .or_else(|| {
            Some((
                billing.phone.as_deref()?,
                Origin::Fields(&[Field::BillingPhone]),
            ))
        });
    let asked = [
        CUSTOMER_ID,
        FIRST_NAME,
        LAST_NAME,
        EMAIL,
        PASSWORD,
        PHONE_1,
        PHONE_2,
        ACCOUNT_CREATED,
    ];
    if name.is_none()
        && person.email.is_none()
        && phone.is_none()
        && !asked.iter().any(|field| e.is_given(*field))
    {
        e.given(CUSTOMER);
        e.behind(CUSTOMER, &[Field::CustomerName, Field::CustomerEmail]);
        return;
    }
    e.object(CUSTOMER, |e| {
        e.given(CUSTOMER_ID);
        let [first, last] = name.map_or([None, None], |name| [name.first, name.last]);
        e.sourced(FIRST_NAME, first);
        e.sourced(LAST_NAME, last);
        e.text(
            EMAIL,
            person.email.as_deref(),
            Origin::Fields(&[Field::CustomerEmail]),
        );
        e.given(PASSWORD);
        e.sourced(PHONE_1, phone);
        e.given(PHONE_2);
        e.given(ACCOUNT_CREATED);
    });
}

/// Given and family name with their origins.
#[derive(Clone, Copy)]
struct Name<'a> {
    first: Option<(&'a str, Origin)>,
    last: Option<(&'a str, Origin)>,
}

impl<'a> Name<'a> {
    /// The parts as they are, else a full name, whose last word is the family name.
    fn of(
        first: Option<&'a str>,
        last: Option<&'a str>,
        full: Option<&'a str>,
        origins: [Origin; 3],
    ) -> Option<Self> {
        let [of_first, of_last, of_full] = origins;
        if first.is_some() || last.is_some() {
            return Some(Self {
                first: first.map(|text| (text, of_first)),
                last: last.map(|text| (text, of_last)),
            });
        }
        let (before, word) = match full?.trim().rsplit_once(char::is_whitespace) {
            Some((before, word)) => (Some(before.trim_end()), word),
            None => (None, full?.trim()),
        };
        Some(Self {
            first: before.map(|text| (text, of_full)),
            last: Some((word, of_full)),
        })
    }
}

//! The rules `KIB-01` to `KIB-16`: their words. The functions that check them stand in [`super::check`].

use crate::finding::Severity::{Error, Info, Warning};
use crate::finding::{Rule, Severity};

const fn rule(
    id: &'static str,
    severity: Severity,
    title: &'static str,
    why: &'static str,
    remedy: &'static str,
) -> Rule {
    Rule {
        id,
        severity,
        title,
        why,
        remedy,
    }
}

/// A required field is missing or empty.
pub static KIB_01: Rule = rule(
    "KIB-01",
    Error,
    "a required field is missing or empty",
    "Kibo's page lists the fields without which the import does not succeed, calls part number, price, quantity and name of an item crucial, and wants a valid billing address: one with street, city and country, by our decision. A cancelled order is loaded whole, so it needs them too.",
    "Set the field by an edit, map a column to it, or set a default in the profile (manufacturer and catalogue belong there).",
);

/// Wrong type, length or minimum.
pub static KIB_02: Rule = rule(
    "KIB-02",
    Error,
    "a value has the wrong type, length or size",
    "Kibo's page gives types, lengths and minimums; that there is at least one piece, and no price below 0, is our decision. Characters outside latin1 travel as &#N; and count in that form, by the vendor's documentation. A shipping address line over 250 characters is a warning only: the page limits billing addresses.",
    "Correct the value by an edit.",
);

/// `orderStatus` is none of the three.
pub static KIB_03: Rule = rule(
    "KIB-03",
    Error,
    "the order's status is none that can be loaded",
    "Kibo's page knows SHIPPED, READY and CANCELLED. It says that closed returns can be loaded, too, and shows no way to do it.",
    "Correct the status by an edit, or set the word for that status in the profile's setting `status`; leave a returned order out, or load it as what it was before.",
);

/// `customerIP` is no IPv4 address.
pub static KIB_04: Rule = rule(
    "KIB-04",
    Error,
    "the customer's address is not IPv4",
    "Kibo's page wants the customer's external IPv4 address for the fraud review.",
    "Set the field by an edit; a default of the profile serves orders that have none.",
);

/// `customerIP` can't be the customer's own.
pub static KIB_05: Rule = rule(
    "KIB-05",
    Warning,
    "the customer's address can't be the customer's own",
    "Kibo's page says that an internal address, or that of a web server, hinders the fraud review; so does one address for every customer.",
    "Map the column that holds the customer's address, if there is one; else ask Kibo what to send.",
);

/// No known ISO code.
pub static KIB_06: Rule = rule(
    "KIB-06",
    Error,
    "not a known ISO code",
    "Kibo's page wants an ISO 4217 currency and ISO 3166 countries, as two capital letters.",
    "Correct the code by an edit; names of countries are turned into codes by a lookup in the mapping.",
);

/// A tax override is missing.
pub static KIB_07: Rule = rule(
    "KIB-07",
    Error,
    "an item lacks the tax that the order demands",
    "Kibo's page: `forceItemTaxOverride` makes `itemTaxOverride` required for every item. 0 is a tax, null is none.",
    "Give every item its tax (0 where there is none), or take `forceItemTaxOverride` away.",
);

/// Customers would get e-mail.
pub static KIB_08: Rule = rule(
    "KIB-08",
    Warning,
    "the customer will get e-mail about an old order",
    "Kibo's page: `sendEmail` decides whether customers get e-mail about the order's status, and is true by default. We send false unless told otherwise.",
    "Set `sendEmail` to false, unless the customers are meant to get e-mail.",
);

/// Emoji.
pub static KIB_09: Rule = rule(
    "KIB-09",
    Error,
    "a character that Kibo usually refuses",
    "The vendor's documentation: emoji and other characters outside the Basic Multilingual Plane are usually refused. Everything else outside latin1 is sent as &#N;.",
    "Take the character out by an edit.",
);

/// An unknown payment type.
pub static KIB_10: Rule = rule(
    "KIB-10",
    Warning,
    "a payment type that may not be known there",
    "Kibo's page: payment types vary depending on implementation and should be verified before. It names CC, CS, LV, PP, EB, PZ and NO; NO comes with a `noOperationType`.",
    "Verify the type with Kibo and name it in the profile's setting `payment_types`.",
);

/// A real card number.
pub static KIB_11: Rule = rule(
    "KIB-11",
    Error,
    "a card number that is not masked",
    "Our decision: no real card number leaves this machine. More than the last four digits stand there, and the check digit fits.",
    "Mask it: zeros but for the last four digits, as in the page's example, or take it out.",
);

/// No original date.
pub static KIB_12: Rule = rule(
    "KIB-12",
    Warning,
    "no original order date",
    "Kibo's page: without `importedCreationDate` the order is dated at the time of the import.",
    "Map the column that says when the order was placed.",
);

/// A customer's password.
pub static KIB_13: Rule = rule(
    "KIB-13",
    Error,
    "a customer's password",
    "Our decision: a password is never sent, nor kept in the ledger, unless the profile says so.",
    "Take it out, or set `send_passwords` in the profile's settings.",
);

/// The same order twice.
pub static KIB_14: Rule = rule(
    "KIB-14",
    Error,
    "the same order id twice in one run",
    "`externalOrderID` is unique by Kibo's page, and what a second one does is not documented.",
    "Leave one of them out, or correct the id if they are different orders.",
);

/// Test or not.
pub static KIB_15: Rule = rule(
    "KIB-15",
    Warning,
    "test order or not: that doesn't fit the profile",
    "Kibo's page: `isTestOrder` marks test orders, false by default. A live profile should load real ones, any other one test orders.",
    "Choose the profile that is meant, or correct `isTestOrder`.",
);

/// A discount without a place.
pub static KIB_16: Rule = rule(
    "KIB-16",
    Info,
    "a discount that is not sent",
    "Kibo's page names `discounts` and `promotions` without their form, and a price of one unit holds only what can be divided exactly. The payment's amount is the order's total all the same.",
    "Nothing, unless Kibo told you their form: then let the mapping give the whole list.",
);

/// Every rule of the `KIB-` family.
pub static RULES: &[&Rule] = &[
    &KIB_01, &KIB_02, &KIB_03, &KIB_04, &KIB_05, &KIB_06, &KIB_07, &KIB_08, &KIB_09, &KIB_10,
    &KIB_11, &KIB_12, &KIB_13, &KIB_14, &KIB_15, &KIB_16,
];

/// Rules that the profile breaks for nearly every order at once.
pub static COUNTED_ONCE: &[&Rule] = &[&KIB_05, &KIB_08, &KIB_15, &KIB_16];

//! The rules of Voucherify's import in words. `checks` finds their breaches.

use crate::finding::{Rule, Severity};

/// Most lines of an order.
pub(super) const MOST_ITEMS: u32 = 500;

/// Most orders of a request.
pub(super) const MOST_ORDERS: usize = 2000;

/// A status that the vendor doesn't know.
pub static VOU_01: Rule = Rule {
    id: "VOU-01",
    severity: Severity::Error,
    title: "no status of Voucherify",
    why: "The vendor's page lists four: CREATED, PAID, CANCELED, FULFILLED.",
    remedy: "Correct the word in the payload, or in the table `status` of the profile's settings.",
};

/// A value of another type than its field's.
pub static VOU_02: Rule = Rule {
    id: "VOU-02",
    severity: Severity::Error,
    title: "a value of the wrong type",
    why: "The vendor's schema gives every field its type; amounts are whole, non-negative numbers of the smallest currency unit (100 is $1.00). One such value can have the whole request refused.",
    remedy: "Correct the value in the payload; for many orders, in the mapping.",
};

/// More lines than an order may have.
pub static VOU_03: Rule = Rule {
    id: "VOU-03",
    severity: Severity::Error,
    title: "more than 500 items",
    why: "The vendor's page: an order can include up to 500 items.",
    remedy: "Join lines of the same product, or leave the order out.",
};

/// More orders than a request may have.
pub static VOU_04: Rule = Rule {
    id: "VOU-04",
    severity: Severity::Error,
    title: "more than 2000 orders in one request",
    why: "The vendor's page limits an import to 2000 orders.",
    remedy: "Lower `batch_size` in the profile's settings. orderdeck never makes such a request by itself.",
};

/// The order's own date would be lost.
pub static VOU_05: Rule = Rule {
    id: "VOU-05",
    severity: Severity::Warning,
    title: "the date of the order is not in `metadata`",
    why: "The vendor's page: imported orders get the `created_at` of the import; to keep the real date it has to stand in the order's metadata in ISO 8601.",
    remedy: "Map the date of the order (`placed_at`), or name the right member in `order_date_key` of the profile's settings.",
};

/// The order's amount and its lines disagree.
pub static VOU_06: Rule = Rule {
    id: "VOU-06",
    severity: Severity::Warning,
    title: "`amount` is not the sum of the items' amounts",
    why: "The vendor's page defines `amount` as the sum of the order items' amounts.",
    remedy: "Compare the lines with the order; discounts of the whole order belong into `discount_amount`, shipping and tax into `metadata`.",
};

/// An id of the shop's without what it names, or the other way round (then a warning).
pub static VOU_07: Rule = Rule {
    id: "VOU-07",
    severity: Severity::Error,
    title: "`related_object` and `source_id` belong together",
    why: "The vendor's page: `related_object` is used along with `source_id`, and is `product` or `sku`. Without an id the item can't be found; an id without it leaves open what it names, which is a warning only.",
    remedy: "Give both, or neither and Voucherify's own `product_id` or `sku_id`.",
};

/// A quantity below one.
pub static VOU_08: Rule = Rule {
    id: "VOU-08",
    severity: Severity::Error,
    title: "a quantity below 1",
    why: "The vendor refuses an `initial_quantity` lower than 1 (its page shows the answer); orderdeck holds `quantity` to the same.",
    remedy: "Correct the quantity, or take the line out.",
};

/// An order that can't be found again.
pub static VOU_09: Rule = Rule {
    id: "VOU-09",
    severity: Severity::Warning,
    title: "no `source_id`",
    why: "Without your own id the order can't be found, updated or cancelled later, and an import that got lost can't be settled.",
    remedy: "Give the order its id.",
};

/// The same order twice in a request.
pub static VOU_10: Rule = Rule {
    id: "VOU-10",
    severity: Severity::Error,
    title: "the same `source_id` twice in one request",
    why: "Which of the two stays is not documented, and a job's answer names orders by this id only.",
    remedy: "Leave one of them out, or correct its id.",
};

/// The old name of a field.
pub static VOU_11: Rule = Rule {
    id: "VOU-11",
    severity: Severity::Warning,
    title: "`birthday` is deprecated",
    why: "The vendor's page strikes it out in favour of `birthdate`.",
    remedy: "Send it as `birthdate`; the fix does so.",
};

/// A date or an e-mail address not in its form.
pub static VOU_12: Rule = Rule {
    id: "VOU-12",
    severity: Severity::Error,
    title: "not in its form",
    why: "The vendor's page wants dates as YYYY-MM-DD; an address without `@` can't be an e-mail address.",
    remedy: "Correct the value, or take it away.",
};

/// The import would write into the catalogue.
pub static VOU_13: Rule = Rule {
    id: "VOU-13",
    severity: Severity::Warning,
    title: "`override` writes into the catalogue",
    why: "The vendor's page: with `override` true a missing product or SKU is created, and name, price and metadata of an existing one are replaced. Old orders bring old names and prices.",
    remedy: "Take `override` away, unless the import is meant to fill the catalogue; the fix does so.",
};

/// An amount with more digits than its currency.
pub static VOU_14: Rule = Rule {
    id: "VOU-14",
    severity: Severity::Error,
    title: "finer than the currency's smallest unit",
    why: "The vendor takes whole numbers of the smallest currency unit (JPY 0, USD 2, KWD 3 decimals by ISO 4217, a decision of orderdeck: the vendor's page says that item prices are always multiplied by 100). Rounding would change the amount.",
    remedy: "Correct the amount, or set `minor_unit` in the profile's settings if the account counts in hundredths.",
};

/// Every rule.
pub(super) static RULES: &[&Rule] = &[
    &VOU_01, &VOU_02, &VOU_03, &VOU_04, &VOU_05, &VOU_06, &VOU_07, &VOU_08, &VOU_09, &VOU_10,
    &VOU_11, &VOU_12, &VOU_13, &VOU_14,
];

//! What Project Agora's orders are checked against: `PAC-01` to `PAC-11`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::TABLE;
use super::fields::id;
use super::payload::has_prefix;
use super::settings::total_is_of_a_unit;
use crate::finding::{Finding, Rule, Severity, Target};
use crate::order::Moment;
use crate::vendor::check::{TableRules, check_table, fits, repeated_ids, shown, target_of};
use crate::vendor::facts::{Fact, Scalar};
use crate::vendor::{Account, Batch, Facts, FieldId, Scope};

/// The most characters of a `gtin`.
const MOST_GTIN: usize = 50;

/// Required and missing.
pub static PAC_01: Rule = Rule {
    id: "PAC-01",
    severity: Severity::Error,
    title: "a required field is missing or empty, or a field has the wrong type",
    why: "Project Agora's page marks it as required, and shows each field's type.",
    remedy: "Set the field by an edit, or map a column to it.",
};

/// The date.
pub static PAC_02: Rule = Rule {
    id: "PAC-02",
    severity: Severity::Error,
    title: "orderDate is no ISO 8601 time with an offset",
    why: "Project Agora's page wants ISO format; its published API description a time with an offset.",
    remedy: "Set the time by an edit, or give the mapping the file's date format and time zone.",
};

/// The product.
pub static PAC_03: Rule = Rule {
    id: "PAC-03",
    severity: Severity::Error,
    title: "gtin is not of the form prefix--SKU, or too long",
    why: "Project Agora's page: it is the pa_id of the product feed, catprefix--SKU; its documentation allows 50 characters. Another id matches no product.",
    remedy: "Set `gtin_prefix` in the profile's settings, or build the pa_id in the mapping.",
};

/// Prices.
pub static PAC_04: Rule = Rule {
    id: "PAC-04",
    severity: Severity::Error,
    title: "a price that is no decimal text, or negative",
    why: "Project Agora's page sends prices as texts such as \"9.99\".",
    remedy: "Put the price right by an edit or in the mapping; take lines that were given back out of the order.",
};

/// Quantities.
pub static PAC_05: Rule = Rule {
    id: "PAC-05",
    severity: Severity::Error,
    title: "a quantity that is no whole number of at least 1",
    why: "Project Agora's page calls it the number of products bought, and answers with an integer.",
    remedy: "Put the quantity right by an edit, or leave the line out.",
};

/// One banner, one item.
pub static PAC_06: Rule = Rule {
    id: "PAC-06",
    severity: Severity::Error,
    title: "the same banner on more than one item",
    why: "Project Agora's page: of the bought products that belong to one banner, choose one at random and send the order only once; its example leaves the others out.",
    remedy: "The fix keeps one, always the same for the same order. `banner_others` says whether the others are left out or sent without their adId.",
};

/// Total above price.
pub static PAC_07: Rule = Rule {
    id: "PAC-07",
    severity: Severity::Warning,
    title: "the item's price after discounts is above its regular price",
    why: "A price after discounts can't be higher. Project Agora's page leaves open whether it is the line's or one unit's, so the switch may be the wrong way round.",
    remedy: "Look at the line's price and total, and at `total_means` in the profile's settings.",
};

/// No id.
pub static PAC_08: Rule = Rule {
    id: "PAC-08",
    severity: Severity::Warning,
    title: "the order has no id",
    why: "Project Agora makes one, so that the same order sent again after a lost answer would be a second one. It is never sent again without your word.",
    remedy: "Give it an id of its own.",
};

/// Nothing to attribute.
pub static PAC_09: Rule = Rule {
    id: "PAC-09",
    severity: Severity::Warning,
    title: "no item has an adId",
    why: "Project Agora attributes orders to advertisements by adId: this order changes nothing, unless all orders are sent.",
    remedy: "Map the advertisement's id, or set `all_orders = true` in the profile's settings if every order is to be sent.",
};

/// Unusual ids.
pub static PAC_10: Rule = Rule {
    id: "PAC-10",
    severity: Severity::Warning,
    title: "an adId of unusual form",
    why: "Project Agora's page shows display_… and banner_…, and promises no form.",
    remedy: "Compare it with the id in the advertisement's response; `ad_prefixes` in the profile's settings allows others.",
};

/// Twice in a request.
pub static PAC_11: Rule = Rule {
    id: "PAC-11",
    severity: Severity::Error,
    title: "the same order id twice in one request",
    why: "Project Agora doesn't say what it makes of the second one, and its answer couldn't be told apart.",
    remedy: "Take one of them out, or put the id right that an edit or the mapping gave it.",
};

/// Every rule of the family.
pub static RULES: &[&Rule] = &[
    &PAC_01, &PAC_02, &PAC_03, &PAC_04, &PAC_05, &PAC_06, &PAC_07, &PAC_08, &PAC_09, &PAC_10,
    &PAC_11,
];

/// Nearly every order of a shop that sends them all meets it.
pub static COUNTED_ONCE: &[&Rule] = &[&PAC_09];

static TABLE_RULES: TableRules = TableRules {
    missing: Some(&PAC_01),
    // Which rule speaks of a type depends on the field: see below.
    wrong_type: None,
    length: None,
    minimum: None,
    choice: None,
    date: Some(&PAC_02),
    email: None,
};

/// Checks one payload.
pub fn check(facts: &Facts, scope: &Scope<'_>, findings: &mut Vec<Finding>) {
    check_table(&TABLE, facts, scope.operation, &TABLE_RULES, findings);
    if facts.array_len(id::ITEMS) == Some(0) {
        let detail = "`orderItems` has no item";
        findings.push(Finding::new(&PAC_01, Target::field("orderItems"), detail));
    }
    other_types(facts, findings);
    date_is_text(facts, findings);
    gtins(facts, findings);
    let are_well = are_surely_well(facts, scope.account) == Some(true);
    if !are_well {
        prices(facts, findings);
    }
    quantities(facts, findings);
    one_item_a_banner(facts, findings);
    if !are_well {
        totals(facts, scope.account, findings);
    }
    if !facts.has(id::ID, None) {
        findings.push(Finding::new(&PAC_08, Target::field("id"), ""));
    }
    ads(facts, scope.account, findings);
}

/// PAC-11.
pub fn check_batch(batch: &Batch) -> Vec<(usize, Finding)> {
    repeated_ids(batch)
        .into_iter()
        .map(|position| (position, Finding::new(&PAC_11, Target::field("id"), "")))
        .collect()
}

/// The facts of one field that aren't empty, each with its item: what is empty was told as missing.
fn filled(facts: &Facts, field: FieldId) -> impl Iterator<Item = (u32, Fact<'_>)> {
    facts
        .all(field)
        .filter(|fact| !fact.value.is_empty())
        .filter_map(|fact| Some((fact.item?, fact)))
}

/// PAC-01 of types that no other rule speaks of.
fn other_types(facts: &Facts, findings: &mut Vec<Finding>) {
    for field in [
        id::ID,
        id::TEAM_ID,
        id::CUSTOMER_ID,
        id::SESSION_ID,
        id::AD_IDS,
        id::ITEMS,
        id::AD_ID,
        id::SUBSTITUTED_FOR,
        id::SELLER_ID,
    ] {
        if !facts.may_be_wrong(field) {
            continue;
        }
        let spec = TABLE.spec(field);
        for fact in facts.all(field) {
            if !fact.value.is_empty() && !fits(spec.kind, fact.value) {
                let (name, kind) = (spec.name(), spec.kind.words());
                let detail = format!("`{name}` must be {kind}, not {}", shown(fact.value));
                findings.push(Finding::new(&PAC_01, target_of(spec, fact.item), detail));
            }
        }
    }
}

/// PAC-02 of what is no text at all.
fn date_is_text(facts: &Facts, findings: &mut Vec<Finding>) {
    if let Some(value) = facts.get(id::ORDER_DATE, None)
        && !value.is_empty()
        && !matches!(value, Scalar::Text(_))
    {
        let target = Target::field("orderDate");
        findings.push(Finding::new(&PAC_02, target, shown(value)));
    }
}

/// PAC-03.
fn gtins(facts: &Facts, findings: &mut Vec<Finding>) {
    for (item, fact) in filled(facts, id::GTIN) {
        let detail = match fact.value {
            Scalar::Text(gtin) if gtin.len() > MOST_GTIN && gtin.chars().count() > MOST_GTIN => {
                format!(
                    "{} has {} characters",
                    shown(fact.value),
                    gtin.chars().count()
                )
            }
            Scalar::Text(gtin) if has_prefix(gtin) => continue,
            Scalar::Text(_) => format!("{} has no prefix", shown(fact.value)),
            _ => format!("{} is no text", shown(fact.value)),
        };
        let target = Target::item("orderItems/*/gtin", item);
        findings.push(Finding::new(&PAC_03, target, detail));
    }
}

/// The exact value of a decimal text, written as the page does: digits, a point, digits.
pub fn decimal_text(text: &str) -> Option<Decimal> {
    if let Some(price) = ordinary_price(text) {
        return Some(price);
    }
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    plain.then(|| Decimal::from_str_exact(text).ok()).flatten()
}

/// The value of a price as we write them, of so few digits that they surely fit: nearly all of them.
fn ordinary_price(text: &str) -> Option<Decimal> {
    let (units, decimals) = ordinary_units(text.as_bytes())?;
    Decimal::try_new(units as i64, decimals).ok()
}

/// The same as a whole number of a unit with so many decimals.
fn ordinary_units(text: &[u8]) -> Option<(u64, u32)> {
    const SURELY_FIT: usize = 18;
    if text.len() > SURELY_FIT {
        return None;
    }
    let (mut units, mut point) = (0, None);
    for (place, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => units = units * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() && place > 0 => point = Some(place),
            _ => return None,
        }
    }
    let decimals = text.len() - (point? + 1);
    (decimals > 0).then_some((units, decimals as u32))
}

/// Whether every line's prices are ordinary and its total is none above its price: nearly all orders.
fn are_surely_well(facts: &Facts, account: &Account) -> Option<bool> {
    let items = facts.array_len(id::ITEMS)?;
    let prices = facts.texts(id::REGULAR_UNIT_PRICE, items)?;
    let totals = facts.texts(id::TOTAL, items)?;
    let quantities = facts.naturals(id::QUANTITY, items)?;
    for ((price, total), quantity) in prices.zip(totals).zip(quantities) {
        let (price, decimals) = ordinary_units(price?)?;
        let (total, decimals_of_total) = ordinary_units(total?)?;
        let pieces = if total_is_of_a_unit(account) {
            1
        } else {
            quantity?
        };
        if decimals != decimals_of_total || total > price.checked_mul(pieces)? {
            return None;
        }
    }
    facts
        .all(id::CITRUS_DISCOUNT)
        .next()
        .is_none()
        .then_some(true)
}

/// PAC-04.
fn prices(facts: &Facts, findings: &mut Vec<Finding>) {
    for field in [id::REGULAR_UNIT_PRICE, id::TOTAL, id::CITRUS_DISCOUNT] {
        for (item, fact) in filled(facts, field) {
            let price = match fact.value {
                Scalar::Text(text) => decimal_text(text),
                _ => None,
            };
            let detail = match price {
                Some(price) if price.is_sign_negative() && !price.is_zero() => {
                    format!("{price} is negative")
                }
                Some(_) => continue,
                None => format!("{} is no decimal text", shown(fact.value)),
            };
            let target = Target::item(TABLE.spec(field).path, item);
            findings.push(Finding::new(&PAC_04, target, detail));
        }
    }
}

/// PAC-05.
fn quantities(facts: &Facts, findings: &mut Vec<Finding>) {
    for (item, fact) in filled(facts, id::QUANTITY) {
        let whole = matches!(fact.value, Scalar::Number(number) if number.is_integer() && number >= Decimal::ONE);
        if !whole {
            let target = Target::item("orderItems/*/quantity", item);
            findings.push(Finding::new(&PAC_05, target, shown(fact.value)));
        }
    }
}

/// PAC-06: one finding for each item after the first of a banner.
fn one_item_a_banner(facts: &Facts, findings: &mut Vec<Finding>) {
    // Few lines an order: quicker to order than to hash.
    let mut first: BTreeMap<&str, u32> = BTreeMap::new();
    for (item, fact) in filled(facts, id::AD_ID) {
        let Scalar::Text(ad) = fact.value else {
            continue;
        };
        if !ad.starts_with("banner_") {
            continue;
        }
        if let Some(earlier) = first.get(ad) {
            let detail = format!("{} is on item {} already", shown(fact.value), earlier + 1);
            let target = Target::item("orderItems/*/adId", item);
            findings.push(Finding::new(&PAC_06, target, detail));
        } else {
            first.insert(ad, item);
        }
    }
}

/// PAC-07.
fn totals(facts: &Facts, account: &Account, findings: &mut Vec<Finding>) {
    let mut prices = facts.by_item(id::REGULAR_UNIT_PRICE);
    let mut quantities = facts.by_item(id::QUANTITY);
    let mut price_of = |item| match prices.get(item)? {
        Scalar::Text(text) => decimal_text(text),
        _ => None,
    };
    let mut quantity_of = |item| match quantities.get(item)? {
        Scalar::Number(quantity) => Some(quantity),
        _ => None,
    };
    for (item, fact) in filled(facts, id::TOTAL) {
        let Scalar::Text(text) = fact.value else {
            continue;
        };
        let regular = price_of(item).and_then(|price| {
            if total_is_of_a_unit(account) {
                return Some(price);
            }
            price.checked_mul(quantity_of(item)?)
        });
        if let (Some(total), Some(regular)) = (decimal_text(text), regular)
            && total > regular
        {
            let detail = format!("{total} is more than {regular}");
            let target = Target::item("orderItems/*/totalOrderItemPriceAfterDiscounts", item);
            findings.push(Finding::new(&PAC_07, target, detail));
        }
    }
}

/// PAC-09 and PAC-10.
fn ads(facts: &Facts, account: &Account, findings: &mut Vec<Finding>) {
    let mut none = true;
    for (item, fact) in filled(facts, id::AD_ID) {
        none = false;
        let known = matches!(fact.value, Scalar::Text(ad) if ["display_", "banner_"]
            .into_iter()
            .chain(account.list("ad_prefixes"))
            .any(|prefix| ad.len() > prefix.len() && ad.starts_with(prefix)));
        if !known {
            let target = Target::item("orderItems/*/adId", item);
            findings.push(Finding::new(&PAC_10, target, shown(fact.value)));
        }
    }
    if none {
        let mut finding = Finding::new(&PAC_09, Target::field("orderItems"), "");
        if account.flag("all_orders", false) {
            finding.severity = Severity::Info;
        }
        findings.push(finding);
    }
}

/// Whether two texts of a time mean the same moment.
pub fn same_moment(one: &str, other: &str) -> bool {
    match (Moment::parse(one), Moment::parse(other)) {
        (Some(one), Some(other)) => one.timestamp() == other.timestamp(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ordinary_prices_are_read_exactly(text in "-?[0-9]{0,12}\\.?[0-9]{0,12}") {
            if let Some(price) = ordinary_price(&text) {
                let exact = Decimal::from_str_exact(&text).unwrap();
                prop_assert_eq!((price, price.scale()), (exact, exact.scale()));
            }
        }
    }
}

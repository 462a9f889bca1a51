//! What Kameleoon's orders are checked against: `KAM-01` to `KAM-13`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::TABLE;
use super::fields::id;
use crate::finding::{Finding, Rule, Severity, Target};
use crate::order::outcome::Operation;
use crate::vendor::check::{TableRules, check_table, repeated_ids, shown};
use crate::vendor::facts::Scalar;
use crate::vendor::{Batch, Facts, FieldId, FieldKind, Required, Scope};

/// The most a request's body may hold, in bytes.
pub const MAX_BODY: usize = 32_000_000;

/// Required and missing.
pub static KAM_01: Rule = Rule {
    id: "KAM-01",
    severity: Severity::Error,
    title: "a required field is missing or empty",
    why: "Kameleoon's page marks it as required. Orders are validated only after they were taken, and a bad one is reported by e-mail alone.",
    remedy: "Set the field by an edit, map a column to it, or give it a default in the profile. A cancellation needs id and status only.",
};

/// Wrong type.
pub static KAM_02: Rule = Rule {
    id: "KAM-02",
    severity: Severity::Error,
    title: "a value of the wrong type or form",
    why: "Kameleoon's page gives each field a type; dates are YYYY-MM-DD and times HH:MM.",
    remedy: "Put the value right by an edit or in the mapping. A quantity that is no whole number can be sent as 1 at the line's price by the fix.",
};

/// Item status.
pub static KAM_03: Rule = Rule {
    id: "KAM-03",
    severity: Severity::Error,
    title: "an item's status that Kameleoon doesn't know",
    why: "Kameleoon's page: it can only be created, invoiced, shipped, delivered, cancelled or refunded.",
    remedy: "Choose one of the six.",
};

/// The sum.
pub static KAM_04: Rule = Rule {
    id: "KAM-04",
    severity: Severity::Error,
    title: "the payment's parts don't make the total",
    why: "Kameleoon's page: value.total = cash + bonuses + delivery − discount. Here it is compared exactly, and a negative cash counts as a breach, too.",
    remedy: "The fix sets cash to what closes the sum. Where that would be negative, look at the total, points, delivery and discount.",
};

/// The date.
pub static KAM_05: Rule = Rule {
    id: "KAM-05",
    severity: Severity::Error,
    title: "a date that can't be meant",
    why: "Kameleoon's page wants Unix seconds. Milliseconds, a time before 2000 or more than a day ahead is a slip of the mapping.",
    remedy: "Set the time by an edit, or put the mapping's date format right.",
};

/// No items.
pub static KAM_06: Rule = Rule {
    id: "KAM-06",
    severity: Severity::Error,
    title: "an import without items",
    why: "Kameleoon's page: items are required when an order is created; only a status update may send an empty list.",
    remedy: "Send it as a status update if Kameleoon has the order; else look for its lines in the source.",
};

/// One product on two lines.
pub static KAM_07: Rule = Rule {
    id: "KAM-07",
    severity: Severity::Error,
    title: "the same product on two lines",
    why: "Kameleoon's sister product's documentation of the same API: a product may stand in an order only once.",
    remedy: "The fix merges lines of equal price and status and adds their quantities; others are for you to decide. With `repeated_lines = \"merge\"` in the profile, lines that repeat to the letter are merged by themselves and told as a warning; the sandbox's own profile does so.",
};

/// Items that leave the order.
pub static KAM_08: Rule = Rule {
    id: "KAM-08",
    severity: Severity::Warning,
    title: "the item is taken out of the stored order",
    why: "Kameleoon's sister product's documentation of the same API: an item sent as cancelled or refunded is removed from the order that is stored.",
    remedy: "Nothing, if that is what is meant.",
};

/// Fractions.
pub static KAM_09: Rule = Rule {
    id: "KAM-09",
    severity: Severity::Warning,
    title: "a quantity that is no whole number is sent as 1",
    why: "Kameleoon's page wants an integer; its sister product's documentation of the same API says to send goods sold by weight or length as one piece at the line's price.",
    remedy: "Nothing; edit the quantity if the source is wrong.",
};

/// Empty fields keep what was there.
pub static KAM_10: Rule = Rule {
    id: "KAM-10",
    severity: Severity::Warning,
    title: "empty fields keep what Kameleoon has",
    why: "Kameleoon's sister product's documentation of the same API: on a repeated import an empty optional field keeps its old value, and date, delivery_*, external_id and offline are not updated at all. Empty fields are left out of the payload.",
    remedy: "Nothing for new orders. To change one of those fields of an order that is there, ask Kameleoon.",
};

/// UUIDs.
pub static KAM_11: Rule = Rule {
    id: "KAM-11",
    severity: Severity::Warning,
    title: "the order id is a UUID",
    why: "Kameleoon's sister product's documentation of the same API: its screens show --- in place of such an id.",
    remedy: "Map another id, such as the order's number, if people look orders up there.",
};

/// Twice in a request.
pub static KAM_12: Rule = Rule {
    id: "KAM-12",
    severity: Severity::Error,
    title: "the same order id twice in one request",
    why: "Kameleoon updates by id: which of the two it would keep isn't known.",
    remedy: "Take one of them out, or put the id right that an edit or the mapping gave it.",
};

/// Size.
pub static KAM_13: Rule = Rule {
    id: "KAM-13",
    severity: Severity::Error,
    title: "the request is over 32 MB, or holds no orders",
    why: "Kameleoon's sister product's documentation of the same API takes at most 32 MB at once.",
    remedy: "Send fewer orders at once: the setting batch_size.",
};

/// Every rule of the family.
pub static RULES: &[&Rule] = &[
    &KAM_01, &KAM_02, &KAM_03, &KAM_04, &KAM_05, &KAM_06, &KAM_07, &KAM_08, &KAM_09, &KAM_10,
    &KAM_11, &KAM_12, &KAM_13,
];

/// Nearly every order meets them.
pub static COUNTED_ONCE: &[&Rule] = &[&KAM_10];

static TABLE_RULES: TableRules = TableRules {
    missing: Some(&KAM_01),
    wrong_type: Some(&KAM_02),
    length: None,
    minimum: Some(&KAM_02),
    choice: Some(&KAM_03),
    date: Some(&KAM_02),
    email: None,
};

/// Checks one payload.
pub fn check(facts: &Facts, scope: &Scope<'_>, findings: &mut Vec<Finding>) {
    check_table(&TABLE, facts, scope.operation, &TABLE_RULES, findings);
    uuid(facts, findings);
    if scope.operation == Operation::Cancel {
        return;
    }
    payment(facts, findings);
    date(facts, scope.now, findings);
    if scope.operation == Operation::Import && facts.array_len(id::ITEMS) == Some(0) {
        findings.push(Finding::new(&KAM_06, Target::field("items"), ""));
    }
    one_line_a_product(facts, findings);
    removed_items(facts, findings);
    kept_values(facts, findings);
}

/// KAM-12 and KAM-13.
pub fn check_batch(batch: &Batch) -> Vec<(usize, Finding)> {
    let mut findings: Vec<(usize, Finding)> = repeated_ids(batch)
        .into_iter()
        .map(|position| (position, Finding::new(&KAM_12, Target::field("id"), "")))
        .collect();
    if batch.orders.is_empty() {
        findings.push((0, Finding::new(&KAM_13, Target::Whole, "it holds none")));
    }
    let mut size = 0;
    for (position, order) in batch.orders.iter().enumerate() {
        let before = size;
        size += order.payload.len() + 1;
        if before <= MAX_BODY && size > MAX_BODY {
            let detail = format!("with this order it has {size} bytes");
            findings.push((position, Finding::new(&KAM_13, Target::Whole, detail)));
        }
    }
    findings
}

/// What cash must be to close the sum; `None` where the total isn't there or a part is no number.
pub fn closing_cash(facts: &Facts) -> Option<Decimal> {
    let part = |field| match facts.get(field, None) {
        None | Some(Scalar::Null) => Some(Decimal::ZERO),
        Some(Scalar::Number(number)) => Some(number),
        Some(_) => None,
    };
    facts
        .number(id::TOTAL, None)?
        .checked_sub(part(id::BONUSES)?)?
        .checked_sub(part(id::DELIVERY)?)?
        .checked_add(part(id::DISCOUNT)?)
}

/// KAM-04.
fn payment(facts: &Facts, findings: &mut Vec<Finding>) {
    let target = Target::field("payment_structure/cash");
    let cash = match facts.get(id::CASH, None) {
        None | Some(Scalar::Null) => Decimal::ZERO,
        Some(Scalar::Number(cash)) => cash,
        // KAM-02 has told of it.
        Some(_) => return,
    };
    let Some(closing) = closing_cash(facts) else {
        let parts = [id::TOTAL, id::BONUSES, id::DELIVERY, id::DISCOUNT];
        let given = parts.map(|part| facts.get(part, None).unwrap_or(Scalar::Null));
        // What is missing or no number has been told of.
        if matches!(given[0], Scalar::Number(_))
            && given[1..]
                .iter()
                .all(|part| matches!(part, Scalar::Number(_) | Scalar::Null))
        {
            findings.push(Finding::new(&KAM_04, target, "too large to be added up"));
        }
        return;
    };
    if cash != closing {
        findings.push(Finding::new(
            &KAM_04,
            target,
            both_sides(facts, cash, closing),
        ));
    } else if cash.is_sign_negative() && !cash.is_zero() {
        let detail = format!("cash would have to be {cash}");
        findings.push(Finding::new(&KAM_04, target, detail));
    }
}

/// Both sides of the sum and their difference, where they are small enough to be reckoned with.
fn both_sides(facts: &Facts, cash: Decimal, closing: Decimal) -> String {
    let sides = || {
        let total = facts.number(id::TOTAL, None)?;
        let difference = cash.checked_sub(closing)?;
        Some((total, difference, total.checked_add(difference)?))
    };
    let Some((total, difference, parts)) = sides() else {
        return format!("cash is {cash}, and would have to be {closing}");
    };
    let what = if difference.is_sign_negative() {
        "little"
    } else {
        "much"
    };
    format!(
        "value.total is {total}, cash + bonuses + delivery − discount make {parts}, which is {} too {what}",
        difference.abs(),
    )
}

/// KAM-05.
fn date(facts: &Facts, now: jiff::Timestamp, findings: &mut Vec<Finding>) {
    const YEAR_2000: i64 = 946_684_800;
    /// As seconds it is the year 5138, as milliseconds 1973.
    const MILLISECONDS: i64 = 100_000_000_000;
    const DAY: i64 = 86_400;
    let latest = now.as_second().saturating_add(DAY);
    let plain = (facts.natural(id::DATE, None)).and_then(|date| i64::try_from(date).ok());
    if plain.is_some_and(|date| (YEAR_2000..MILLISECONDS).contains(&date) && date <= latest) {
        return;
    }
    let Some(date) = facts.number(id::DATE, None) else {
        return;
    };
    let what = if date >= Decimal::from(MILLISECONDS) {
        "looks like milliseconds, not seconds"
    } else if date < Decimal::from(YEAR_2000) {
        "is before the year 2000"
    } else if date > Decimal::from(latest) {
        "is more than a day ahead"
    } else {
        return;
    };
    let detail = format!("{date} {what}");
    findings.push(Finding::new(&KAM_05, Target::field("date"), detail));
}

/// KAM-07.
fn one_line_a_product(facts: &Facts, findings: &mut Vec<Finding>) {
    if are_surely_different(facts) == Some(true) {
        return;
    }
    // Few lines an order: quicker to order than to hash.
    let mut first: BTreeMap<&str, u32> = BTreeMap::new();
    for fact in facts.all(id::ITEM_ID) {
        let (Scalar::Text(product), Some(item)) = (fact.value, fact.item) else {
            continue;
        };
        if product.is_empty() {
            continue;
        }
        if let Some(earlier) = first.get(product) {
            let detail = format!("{} is on line {} already", shown(fact.value), earlier + 1);
            findings.push(Finding::new(
                &KAM_07,
                Target::item("items/*/id", item),
                detail,
            ));
        } else {
            first.insert(product, item);
        }
    }
}

/// Whether an item's status takes it out of the stored order.
pub fn is_removed(status: Scalar<'_>) -> bool {
    matches!(status, Scalar::Text("cancelled" | "refunded"))
}

/// Whether a few lines are all of different products: most orders have few.
fn are_surely_different(facts: &Facts) -> Option<bool> {
    const FEW: u32 = 6;
    let items = facts.array_len(id::ITEMS).filter(|items| *items <= FEW)?;
    let mut products = facts.texts(id::ITEM_ID, items)?.enumerate();
    let is_new = |(place, product): (usize, Option<&[u8]>)| {
        let mut earlier = facts.texts(id::ITEM_ID, items)?.take(place);
        Some(earlier.all(|other| other != product))
    };
    Some(products.all(|product| is_new(product) == Some(true)))
}

/// KAM-08.
fn removed_items(facts: &Facts, findings: &mut Vec<Finding>) {
    for fact in facts.all(id::ITEM_STATUS) {
        if let (true, Some(item)) = (is_removed(fact.value), fact.item) {
            let detail = format!("its status is {}", shown(fact.value));
            let target = Target::item("items/*/status", item);
            findings.push(Finding::new(&KAM_08, target, detail));
        }
    }
}

/// KAM-10. A payload that was loaded as it is says with what it leaves out that it doesn't mean it; there only
/// what stands in it and is empty is told.
fn kept_values(facts: &Facts, findings: &mut Vec<Finding>) {
    static KEPT: LazyLock<Vec<FieldId>> = LazyLock::new(|| {
        let kept = TABLE.iter().filter(|(_, spec)| {
            spec.required == Required::No
                && !spec.path.contains('/')
                && spec.kind != FieldKind::Object
        });
        kept.map(|(id, _)| id).collect()
    });
    let empty = KEPT
        .iter()
        .any(|id| !facts.has(*id, None) && (!facts.is_native() || facts.get(*id, None).is_some()));
    if empty {
        findings.push(Finding::new(&KAM_10, Target::Whole, ""));
    }
}

/// KAM-11.
fn uuid(facts: &Facts, findings: &mut Vec<Finding>) {
    if facts.text(id::ID, None).is_some_and(is_uuid) {
        findings.push(Finding::new(&KAM_11, Target::field("id"), ""));
    }
}

/// Groups of 8, 4, 4, 4 and 12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

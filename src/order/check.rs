//! Rules on the order itself, whoever will get it: `ORD-01` to `ORD-04`.
//!
//! `ORD-01` and `ORD-02` need the records behind an order, so the mapping finds them; their words stand here.

use super::money::{Currency, Decimal, plain_units};
use super::{LineItem, Order};
use crate::finding::{Finding, Rule, Severity, Target};

/// Records of one key contradict each other.
pub static ORD_01: Rule = Rule {
    id: "ORD-01",
    severity: Severity::Error,
    title: "records of this order contradict each other",
    why: "Two rows or objects carry the same order id but different values in fields of the order, so it isn't known which of them is true.",
    remedy: "Look at the places named, and set the field by an edit, or export the file again.",
};

/// The same thing twice: an info for whole objects, a warning for lines.
pub static ORD_02: Rule = Rule {
    id: "ORD-02",
    severity: Severity::Info,
    title: "the same twice in the file",
    why: "An object that stands in the file twice with equal values is taken once. A line item that repeats to the letter may be a real second line or a slip of the export, so it is kept and told as a warning.",
    remedy: "Nothing for whole orders; for lines, compare the order's total with its lines.",
};

/// A currency that can't be meant.
pub static ORD_03: Rule = Rule {
    id: "ORD-03",
    severity: Severity::Error,
    title: "the currency is not the one this account takes",
    why: "The payloads of three vendors carry no currency: an order in another one would be booked with wrong amounts.",
    remedy: "Send it with a profile of its own currency, or set `currency` in the profile if the profile is wrong.",
};

/// Lines and order amounts don't add up.
pub static ORD_04: Rule = Rule {
    id: "ORD-04",
    severity: Severity::Warning,
    title: "lines and order amounts don't add up",
    why: "The total should be lines − discounts + shipping + tax (tax only where prices exclude it). A difference often means a missing line or a wrong mapping.",
    remedy: "Compare the amounts with the shop; correct a field by an edit if the file is wrong.",
};

/// Every rule of the `ORD-` family.
pub static RULES: &[&Rule] = &[&ORD_01, &ORD_02, &ORD_03, &ORD_04];

/// What the orders of a file must agree on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expectation {
    /// The profile's currency.
    pub currency: Option<Currency>,
    /// The file holds orders in more than one currency.
    pub mixed_currencies: bool,
}

/// Checks one order.
pub fn check(order: &Order, expectation: Expectation, findings: &mut Vec<Finding>) {
    check_currency(order, expectation, findings);
    check_sums(order, findings);
}

fn check_currency(order: &Order, expectation: Expectation, findings: &mut Vec<Finding>) {
    let target = Target::field("currency");
    match (order.currency, expectation.currency) {
        (Some(currency), Some(expected)) if currency != expected => {
            let detail = format!("the order is in {currency}, the profile says {expected}");
            findings.push(Finding::new(&ORD_03, target, detail));
        }
        (Some(currency), None) if expectation.mixed_currencies => {
            let detail = format!(
                "this one is in {currency}, the file mixes currencies and the profile names none"
            );
            findings.push(Finding::new(&ORD_03, target, detail));
        }
        _ => {}
    }
}

fn check_sums(order: &Order, findings: &mut Vec<Finding>) {
    let Some(total) = order.total else { return };
    if order.items.is_empty() || surely_adds_up(order, total) == Some(true) {
        return;
    }
    let mut lines = order.items.iter().map(LineItem::net);
    let Some(lines) = lines.try_fold(Decimal::ZERO, |sum, net| sum.checked_add(net?)) else {
        return;
    };
    let zero = Decimal::ZERO;
    let tax = if order.prices_include_tax == Some(true) {
        zero
    } else {
        order.tax_total.unwrap_or(zero)
    };
    let expected = lines
        .checked_sub(order.discount_total.unwrap_or(zero))
        .and_then(|sum| sum.checked_add(order.shipping_total.unwrap_or(zero)))
        .and_then(|sum| sum.checked_add(tax));
    // Amounts too large to be added up are no money.
    // A total that is net of refunds adds up too.
    let refunded = order.refunded_total.unwrap_or(zero);
    if let Some(expected) = expected
        && expected != total
        && expected.checked_sub(refunded) != Some(total)
    {
        let detail =
            format!("lines, discounts, shipping and tax make {expected}, the total says {total}");
        findings.push(Finding::new(&ORD_04, Target::field("total"), detail));
    }
}

/// Whether everything adds up, reckoned in plain numbers where all amounts are written with as many decimals as the
/// total: most are, and they are added up quickest so.
fn surely_adds_up(order: &Order, total: Decimal) -> Option<bool> {
    let decimals = total.scale();
    let units = |amount: &Option<Decimal>| match amount {
        Some(amount) => plain_units(amount, decimals),
        None => Some(0),
    };
    let mut sum = units(&order.shipping_total)?;
    if order.prices_include_tax != Some(true) {
        sum = sum.checked_add(units(&order.tax_total)?)?;
    }
    let mut expected = units(&order.total)?.checked_add(units(&order.discount_total)?)?;
    for line in &order.items {
        let line = if line.total.is_some() {
            units(&line.total)?
        } else {
            expected = expected.checked_add(units(&line.discount)?)?;
            line.plain_gross(decimals)?
        };
        sum = sum.checked_add(line)?;
    }
    Some(sum == expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> Order {
        let decimal = |text: &str| Some(text.parse().unwrap());
        Order {
            id: "#1".into(),
            currency: Currency::parse("USD"),
            total: decimal("27.50"),
            shipping_total: decimal("5.00"),
            tax_total: decimal("2.50"),
            discount_total: decimal("1.00"),
            items: vec![LineItem {
                unit_price: decimal("7.00"),
                quantity: decimal("3"),
                ..LineItem::default()
            }],
            ..Order::default()
        }
    }

    fn ids(order: &Order, expectation: Expectation) -> Vec<&'static str> {
        let mut findings = Vec::new();
        check(order, expectation, &mut findings);
        findings.iter().map(|finding| finding.rule.id).collect()
    }

    #[test]
    fn ord_03_speaks_of_another_currency_only() {
        let expect = |code: &str| Expectation {
            currency: Currency::parse(code),
            mixed_currencies: false,
        };
        assert_eq!(ids(&order(), expect("EUR")), ["ORD-03"]);
        assert!(ids(&order(), expect("USD")).is_empty());
        let mixed = Expectation {
            currency: None,
            mixed_currencies: true,
        };
        assert_eq!(ids(&order(), mixed), ["ORD-03"]);
        assert!(ids(&order(), Expectation::default()).is_empty());
    }

    #[test]
    fn a_total_may_be_net_of_refunds() {
        let mut net = order();
        net.refunded_total = Some("7.50".parse().unwrap());
        assert!(ids(&net, Expectation::default()).is_empty());
        net.total = Some("20.00".parse().unwrap());
        assert!(ids(&net, Expectation::default()).is_empty());
        net.total = Some("20.01".parse().unwrap());
        assert_eq!(ids(&net, Expectation::default()), ["ORD-04"]);
    }

    #[test]
    fn what_surely_adds_up_adds_up_without_the_short_way() {
        let mut rich = order();
        rich.items[0].discount = Some("1.00".parse().unwrap());
        rich.total = Some("26.50".parse().unwrap());
        let mut given = rich.clone();
        given.items[0].total = Some("20.00".parse().unwrap());
        let mut included = order();
        included.prices_include_tax = Some(true);
        included.total = Some("25.00".parse().unwrap());
        for mut order in [order(), rich, given, included] {
            let total = order.total.unwrap();
            assert_eq!(surely_adds_up(&order, total), Some(true));
            // Other decimals are left to the long way.
            let long = Decimal::from_i128_with_scale(total.mantissa() * 10, total.scale() + 1);
            order.total = Some(long);
            assert_eq!(surely_adds_up(&order, long), None);
            assert!(ids(&order, Expectation::default()).is_empty());
            order.total = Some(total + Decimal::ONE);
            assert_eq!(surely_adds_up(&order, total), Some(false));
            assert_eq!(ids(&order, Expectation::default()), ["ORD-04"]);
        }
    }

    #[test]
    fn ord_04_speaks_when_the_sum_is_off() {
        let mut wrong = order();
        wrong.total = Some("27.51".parse().unwrap());
        assert_eq!(ids(&wrong, Expectation::default()), ["ORD-04"]);
        let mut included = order();
        included.prices_include_tax = Some(true);
        included.total = Some("25.00".parse().unwrap());
        assert!(ids(&included, Expectation::default()).is_empty());
    }
}

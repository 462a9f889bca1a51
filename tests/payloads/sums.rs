//! The sums of what is sent are the order's, to the last digit.

use orderdeck::order::{Decimal, Order};
use proptest::prelude::*;
use serde_json::Value;

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn list<'a>(payload: &'a Value, name: &str) -> &'a [Value] {
    payload[name].as_array().map_or(&[], Vec::as_slice)
}

/// Lines before the order's own discount: with and without their own.
fn lines(order: &Order) -> Option<(Decimal, Decimal)> {
    let mut sums = (Decimal::ZERO, Decimal::ZERO);
    for line in &order.items {
        let gross = line.quantity? * line.unit_price?;
        sums.0 += gross;
        sums.1 += gross - line.discount.unwrap_or_default();
    }
    Some(sums)
}

/// Returns how many sums could be held against the order's.
pub fn check(vendor: &str, order: &Order, payload: &Value) -> Result<usize, TestCaseError> {
    let Some((gross, net)) = lines(order) else {
        return Ok(0);
    };
    match vendor {
        "kameleoon" => {
            let part = |name| number(&payload["payment_structure"][name]).unwrap_or_default();
            let parts = part("cash") + part("bonuses") + part("delivery") - part("discount");
            prop_assert_eq!(Some(parts), order.total);
            prop_assert_eq!(number(&payload["value"]["total"]), order.total);
            prop_assert_eq!(part("delivery"), order.shipping_total.unwrap_or_default());
            prop_assert_eq!(part("discount"), order.discount_total.unwrap_or_default());
            let sent: Decimal = list(payload, "items")
                .iter()
                .map(|item| number(&item["price"]).unwrap() * number(&item["quantity"]).unwrap())
                .sum();
            prop_assert_eq!(sent, gross, "{:#}", payload);
            for (line, item) in order.items.iter().zip(list(payload, "items")) {
                prop_assert_eq!(number(&item["discount_product"]), line.discount);
            }
        }
        "voucherify" => {
            let decimals = order
                .currency
                .map_or(2, orderdeck::order::Currency::decimals);
            let minor = |amount: Decimal| amount * Decimal::from(10_u32.pow(decimals));
            if order.items.is_empty() {
                prop_assert_eq!(number(&payload["amount"]), order.total.map(minor));
                return Ok(1);
            }
            prop_assert_eq!(number(&payload["amount"]), Some(minor(gross)));
            let sent: Decimal = list(payload, "items")
                .iter()
                .map(|item| number(&item["amount"]).unwrap())
                .sum();
            prop_assert_eq!(sent, minor(gross), "{:#}", payload);
            for (line, item) in order.items.iter().zip(list(payload, "items")) {
                prop_assert_eq!(number(&item["discount_amount"]), line.discount.map(minor));
                if let Some(price) = number(&item["price"]) {
                    prop_assert_eq!(Some(price), line.unit_price.map(minor));
                }
            }
            for (name, value) in [
                ("shipping", order.shipping_total),
                ("tax", order.tax_total),
                ("total", order.total),
            ] {
                prop_assert_eq!(number(&payload["metadata"][name]), value, "{}", name);
            }
            let discount = number(&payload["discount_amount"]);
            prop_assert_eq!(discount, order.discount_total.map(minor));
        }
        "project-agora" => {
            let discount = order.discount_total.unwrap_or_default().min(net);
            let sent: Decimal = list(payload, "orderItems")
                .iter()
                .map(|item| number(&item["totalOrderItemPriceAfterDiscounts"]).unwrap())
                .sum();
            prop_assert_eq!(sent, net - discount, "{:#}", payload);
        }
        "kibo" => {
            prop_assert_eq!(
                number(&payload["orderPayments"][0]["authAmount"]),
                order.total
            );
            // Where one unit's price can't hold a line's discount exactly, the price before it is sent, with a
            // finding; so each line is one or the other.
            for (line, item) in order.items.iter().zip(list(payload, "orderItems")) {
                let item = &item["itemSpecifics"];
                let sent =
                    number(&item["actualPrice"]).unwrap() * number(&item["quantity"]).unwrap();
                let gross = line.quantity.unwrap() * line.unit_price.unwrap();
                let net = gross - line.discount.unwrap_or_default();
                prop_assert!(sent == net || sent == gross, "{} {} {}", sent, net, gross);
            }
        }
        _ => unreachable!(),
    }
    Ok(1)
}

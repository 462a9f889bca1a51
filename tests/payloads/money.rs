//! A total survives the way through every vendor, in currencies of no, two and three decimals, with gift cards
//! and with the order's discount shared over lines, to the last digit.

use orderdeck::order::outcome::Operation;
use orderdeck::order::{Currency, Decimal, LineItem, Order};
use orderdeck::vendor::{self, Account, Encoded, Subject};
use proptest::prelude::*;
use serde_json::Value;

use super::vendors::Vendors;

#[derive(Debug, Clone)]
struct Basket {
    currency: &'static str,
    decimals: u32,
    /// Quantity, price, discount, in the smallest unit.
    lines: Vec<(i64, i64, i64)>,
    shipping: i64,
    tax: i64,
    /// Shares of a thousand.
    discount: i64,
    gift: i64,
}

fn baskets() -> impl Strategy<Value = Basket> {
    let currency = prop::sample::select(vec![("USD", 2), ("JPY", 0), ("KWD", 3)]);
    let line = (1..9_i64, 0..40_000_i64, 0..300_i64);
    let line = line.prop_map(|(quantity, price, off)| {
        let gross = quantity * price;
        (quantity, price, gross * off / 1000)
    });
    (
        currency,
        prop::collection::vec(line, 1..8),
        0..2_000_i64,
        0..5_000_i64,
        prop_oneof![Just(0_i64), 1..=1000_i64],
        prop_oneof![Just(0_i64), 1..=1000_i64],
    )
        .prop_map(
            |((currency, decimals), lines, shipping, tax, discount, gift)| Basket {
                currency,
                decimals,
                lines,
                shipping,
                tax,
                discount,
                gift,
            },
        )
}

impl Basket {
    fn net(&self) -> i64 {
        let net = |(quantity, price, discount): &(i64, i64, i64)| quantity * price - discount;
        self.lines.iter().map(net).sum()
    }

    fn discount(&self) -> i64 {
        self.net() * self.discount / 1000
    }

    fn total(&self) -> i64 {
        self.net() - self.discount() + self.shipping + self.tax
    }

    /// What of the total was paid with a gift card, at most all but the shipping.
    fn gift(&self) -> i64 {
        (self.net() - self.discount()) * self.gift / 1000
    }

    fn amount(&self, minor: i64) -> Decimal {
        Decimal::new(minor, self.decimals)
    }

    fn order(&self) -> Order {
        let amount = |minor| Some(self.amount(minor));
        Order {
            id: "#1".to_owned(),
            currency: Currency::parse(self.currency),
            discount_total: amount(self.discount()),
            shipping_total: amount(self.shipping),
            tax_total: amount(self.tax),
            gift_card_total: amount(self.gift()),
            total: amount(self.total()),
            items: self
                .lines
                .iter()
                .map(|(quantity, price, discount)| LineItem {
                    sku: Some("home--MUG".into()),
                    quantity: Some(Decimal::from(*quantity)),
                    unit_price: amount(*price),
                    discount: amount(*discount),
                    ..LineItem::default()
                })
                .collect(),
            ..Order::default()
        }
    }
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn payload(name: &str, order: &Order, account: &Account) -> Value {
    let subject = Subject {
        order,
        native: None,
        edits: &[],
    };
    let vendor = vendor::by_name(name).unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let mut encoded = Encoded::default();
    vendor::payload::encode(
        vendor,
        subject,
        account,
        Operation::Import,
        now,
        &mut encoded,
    );
    serde_json::from_slice(&encoded.bytes).unwrap()
}

#[test]
fn a_total_survives_every_vendor() {
    let vendors = Vendors::start();
    let account = |name| {
        let vendor = vendor::by_name(name).unwrap();
        vendors.target(vendor, Operation::Import).account
    };
    let [kameleoon, voucherify, agora, kibo] =
        ["kameleoon", "voucherify", "project-agora", "kibo"].map(account);
    let mut hundredths = voucherify.clone();
    let minor_unit = ("minor_unit".to_owned(), Value::from("hundredths"));
    hundredths.settings.insert(minor_unit.0, minor_unit.1);
    let mut units = agora.clone();
    units
        .settings
        .insert("total_means".to_owned(), "unit".into());

    proptest!(super::config(), |(basket in baskets())| {
        let order = basket.order();
        let total = basket.amount(basket.total());

        let sent = payload("kameleoon", &order, &kameleoon);
        let part = |name: &str| number(&sent["payment_structure"][name]).unwrap();
        prop_assert_eq!(number(&sent["value"]["total"]), Some(total));
        prop_assert_eq!(part("bonuses"), basket.amount(basket.gift()));
        prop_assert_eq!(part("cash") + part("bonuses") + part("delivery") - part("discount"), total);

        for (account, decimals) in [(&voucherify, basket.decimals), (&hundredths, 2)] {
            let sent = payload("voucherify", &order, account);
            let minor = |value: &Value| number(value).map(|number| number / Decimal::from(10_u32.pow(decimals)));
            let items = sent["items"].as_array().unwrap();
            let sum = |name: &str| items.iter().map(|item| minor(&item[name]).unwrap()).sum::<Decimal>();
            let extra = |name: &str| number(&sent["metadata"][name]).unwrap();
            let again = minor(&sent["amount"]).unwrap() - sum("discount_amount")
                - minor(&sent["discount_amount"]).unwrap() + extra("shipping") + extra("tax");
            prop_assert_eq!(again, total, "{:#}", sent);
            prop_assert_eq!(sum("amount"), minor(&sent["amount"]).unwrap());
            prop_assert_eq!(extra("total"), total);
            // Whole numbers, unless the account counts in hundredths and the currency is finer than that.
            if decimals >= basket.decimals {
                for item in items {
                    prop_assert!(item["amount"].is_u64(), "{}", item);
                }
            }
        }

        let sent = payload("project-agora", &order, &agora);
        let mut left = basket.net() - basket.discount();
        for (item, (quantity, price, off)) in sent["orderItems"].as_array().unwrap().iter().zip(&basket.lines) {
            let text = &item["totalOrderItemPriceAfterDiscounts"];
            let line = number(text).unwrap();
            prop_assert!(text.is_string() && line.normalize().scale() <= basket.decimals, "{}", text);
            prop_assert!(line >= Decimal::ZERO, "{}", text);
            // A line's share is off by less than the smallest unit.
            let net = quantity * price - off;
            if basket.net() > 0 {
                let exact = Decimal::from(net) * Decimal::from(basket.net() - basket.discount()) / Decimal::from(basket.net());
                let is = line * Decimal::from(10_u32.pow(basket.decimals));
                prop_assert!((is - exact).abs() < Decimal::ONE, "{} instead of {}", is, exact);
                left -= i64::try_from(is.normalize()).unwrap();
            }
        }
        prop_assert_eq!(left, 0, "{:#}", sent);

        let by_unit = payload("project-agora", &order, &units);
        for (one, whole) in by_unit["orderItems"].as_array().unwrap().iter().zip(sent["orderItems"].as_array().unwrap()) {
            let [one_is, whole_is] = [one, whole].map(|item| number(&item["totalOrderItemPriceAfterDiscounts"]).unwrap());
            let quantity = number(&one["quantity"]).unwrap();
            // Rounded to the smallest unit where it doesn't come out even.
            let half = Decimal::new(5, basket.decimals + 1);
            prop_assert!((one_is * quantity - whole_is).abs() <= half * quantity, "{} {}", one, whole);
        }

        let sent = payload("kibo", &order, &kibo);
        prop_assert_eq!(number(&sent["orderPayments"][0]["authAmount"]), Some(total));
    });
}

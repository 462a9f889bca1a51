//! The payloads, byte for byte, and the switches that change them.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::order::{Currency, Decimal, VendorField};
use crate::vendor::Origin;

#[test]
fn a_full_import() {
    // The order's discount of 24.87 is shared by largest remainder over 195.00 and 5.00.
    let expected = json!({
        "id": "#1001",
        "orderDate": "2024-03-01T10:00:00-05:00",
        "customerId": "c-77",
        "sessionId": "s-1",
        "orderItems": [
            {
                "gtin": "catpref--SKU-0123",
                "quantity": 2,
                "regularUnitPrice": "100.00",
                "totalOrderItemPriceAfterDiscounts": "170.75",
                "adId": "display_zeowj3jV8VRxB1w",
            },
            {
                "gtin": "catpref--V-7",
                "quantity": 1,
                "regularUnitPrice": "5.00",
                "totalOrderItemPriceAfterDiscounts": "4.38",
            },
        ],
    });
    let seen = look(&order(), &account());
    assert_eq!(seen.value.to_string(), expected.to_string());
    assert_eq!(ids(&seen.findings), [""; 0]);
    assert_sinks_agree(&ProjectAgora, &order(), &account());
    assert_sinks_agree(&ProjectAgora, &Order::default(), &sandbox(&ProjectAgora));
}

#[test]
fn the_prefix_goes_before_bare_skus_only() {
    let mut order = order();
    order.items[1].sku = Some("other-feed--V-7".into());
    order.items.push(line("X", "1", "1.00"));
    order.vendor_fields.push(VendorField {
        vendor: "project-agora".into(),
        path: "orderItems/*/gtin".into(),
        item: Some(2),
        value: "MAPPED".into(),
    });
    let gtins = |account: &Account| -> Vec<String> {
        look(&order, account).value["orderItems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["gtin"].as_str().unwrap().to_owned())
            .collect()
    };
    let prefixed = ["cat-pref--SKU-0123", "other-feed--V-7", "cat-pref--MAPPED"];
    assert_eq!(
        gtins(&account_with(json!({ "gtin_prefix": "cat-pref" }))),
        prefixed
    );
    assert_eq!(
        gtins(&account_with(json!({ "gtin_prefix": "cat-pref--" }))),
        prefixed
    );
    assert_eq!(
        gtins(&account_with(json!({}))),
        ["SKU-0123", "other-feed--V-7", "MAPPED"]
    );
    assert_sinks_agree(&ProjectAgora, &order, &account());
}

/// The sandbox's own profile, with the settings it is given.
fn built_in() -> Account {
    let mut account = sandbox(&ProjectAgora);
    for (name, json) in ProjectAgora.sandbox_settings() {
        let value = serde_json::from_str(json).unwrap();
        account.settings.insert((*name).to_owned(), value);
    }
    account
}

#[test]
fn only_the_built_in_sandbox_has_a_stand_in_prefix() {
    let mut account = built_in();
    let seen = look(&order(), &account);
    assert_eq!(seen.value["orderItems"][0]["gtin"], "sandbox--SKU-0123");
    assert_eq!(seen.value["teamId"], "sandbox-team");
    assert!(
        seen.origins
            .contains(&("/teamId".to_owned(), Origin::SandboxDefault))
    );
    account.settings.clear();
    assert_eq!(
        look(&order(), &account).value["orderItems"][0]["gtin"],
        "SKU-0123"
    );
}

#[test]
fn the_total_can_be_of_one_unit() {
    let account = account_with(json!({ "gtin_prefix": "c", "total_means": "unit" }));
    let mut order = order();
    let total = |order: &Order| {
        look(order, &account).value["orderItems"][0]["totalOrderItemPriceAfterDiscounts"].clone()
    };
    // 170.75 ÷ 2 comes out even with three decimals.
    assert_eq!(total(&order), "85.375");
    order.items[0].quantity = decimal("3");
    order.items[0].total = decimal("10.00");
    order.discount_total = None;
    assert_eq!(total(&order), "3.33");
    assert_eq!(ids(&look(&order, &account).findings), [""; 0]);
}

#[test]
fn a_discount_beyond_the_lines_is_not_theirs() {
    let mut order = order();
    order.discount_total = decimal("300.00");
    let seen = look(&order, &account());
    for item in seen.value["orderItems"].as_array().unwrap() {
        assert_eq!(
            item["totalOrderItemPriceAfterDiscounts"]
                .as_str()
                .unwrap()
                .parse::<Decimal>()
                .unwrap(),
            Decimal::ZERO
        );
    }
    assert_eq!(ids(&seen.findings), [""; 0]);
}

#[test]
fn profile_and_mapping_fill_what_orders_lack() {
    let mut account = account();
    account.defaults.insert("teamId".into(), json!("a7e5"));
    account
        .defaults
        .insert("adIds".into(), json!(["display_1"]));
    let mut order = order();
    order.vendor_fields.push(VendorField {
        vendor: "project-agora".into(),
        path: "orderItems/*/citrusDiscountAmount".into(),
        item: Some(1),
        value: "0.50".into(),
    });
    let seen = look(&order, &account).value;
    assert_eq!(seen["teamId"], "a7e5");
    assert_eq!(seen["adIds"], json!(["display_1"]));
    assert_eq!(seen["orderItems"][1]["citrusDiscountAmount"], "0.50");
    assert_sinks_agree(&ProjectAgora, &order, &account);
}

#[test]
fn there_is_no_status_and_no_cancelling() {
    assert!(ProjectAgora.supports(Operation::Import).is_ok());
    assert!(
        ProjectAgora
            .supports(Operation::Status)
            .unwrap_err()
            .contains("status")
    );
    assert!(
        ProjectAgora
            .supports(Operation::Cancel)
            .unwrap_err()
            .contains("cancel")
    );
    assert!(matches!(
        ProjectAgora.cancelling(),
        crate::vendor::Cancelling::Impossible(_)
    ));
    assert_eq!(ProjectAgora.default_base_url(), None);
}

fn shop_orders() -> impl Strategy<Value = Order> {
    let line =
        (0_u32..9999, 1_i64..5, 0_i64..2_000_000).prop_map(|(sku, quantity, cents)| LineItem {
            unit_price: Some(Decimal::new(cents, 2)),
            quantity: Some(Decimal::from(quantity)),
            sku: Some(format!("SKU-{sku:04}").into()),
            ..LineItem::default()
        });
    (prop::collection::vec(line, 1..6), 0_i64..100_000, ".{0,12}").prop_map(
        |(items, discount, session)| Order {
            currency: Currency::parse("USD"),
            discount_total: Some(Decimal::new(discount, 2)),
            session_id: (!session.is_empty()).then(|| session.into()),
            items,
            ..full_order()
        },
    )
}

proptest! {
    #[test]
    fn sinks_agree_and_totals_add_up(order in shop_orders()) {
        let account = built_in();
        assert_sinks_agree(&ProjectAgora, &order, &account);
        let seen = look(&order, &account);
        prop_assert!(seen.findings.iter().all(|finding| !finding.blocks()), "{:?}", seen.findings);
        let items = seen.value["orderItems"].as_array().unwrap();
        let sent: Decimal = items.iter().map(|item| item["totalOrderItemPriceAfterDiscounts"].as_str().unwrap().parse::<Decimal>().unwrap()).sum();
        let gross: Decimal = order.items.iter().filter_map(LineItem::gross).sum();
        prop_assert_eq!(sent, gross - order.discount_total.unwrap().min(gross));
        for (item, line) in items.iter().zip(&order.items) {
            prop_assert_eq!(item["regularUnitPrice"].as_str().unwrap(), line.unit_price.unwrap().to_string());
        }
        let empties = |members: &Map<String, Value>| members.values().any(|value| value.is_null() || *value == json!(""));
        prop_assert!(!empties(seen.value.as_object().unwrap()));
    }
}

//! One case that breaks each rule and one that doesn't.

use serde_json::{Value, json};

use super::*;
use crate::finding::Severity;

#[test]
fn pac_01_names_what_is_missing() {
    let seen = look(&Order::default(), &account());
    let missing: Vec<_> = seen
        .findings
        .iter()
        .filter(|finding| finding.rule.id == "PAC-01")
        .filter_map(|finding| finding.target.pointer())
        .collect();
    assert_eq!(missing, ["/orderDate", "/orderItems"]);
    let mut names_only = order();
    names_only.items = vec![LineItem {
        name: Some("Blue Widget".into()),
        quantity: decimal("1"),
        ..LineItem::default()
    }];
    assert_eq!(
        ids(&look(&names_only, &account()).findings),
        ["PAC-01", "PAC-01", "PAC-01", "PAC-09"]
    );
    assert_eq!(
        native_with(|payload| payload["orderItems"][0]["gtin"] = json!("")),
        ["PAC-01"]
    );
    assert_eq!(native_with(|_| {}), [""; 0]);
}

#[test]
fn pac_01_says_why_a_price_is_missing() {
    let mut order = order();
    order.items[0].unit_price = None;
    order.items[0].quantity = decimal("3");
    order.items[0].subtotal = decimal("10.00");
    let seen = look(&order, &account()).findings;
    let details: Vec<&str> = seen
        .iter()
        .filter(|finding| finding.rule.id == "PAC-01")
        .map(|finding| &*finding.detail)
        .collect();
    assert_eq!(details.len(), 1, "{details:?}");
    assert!(
        details[0].ends_with(": the line's sum 10.00 doesn't divide into 3 equal prices; set the unit price by an edit"),
        "{details:?}"
    );
}

#[test]
fn pac_02_wants_an_offset() {
    for date in [
        json!("2019-12-02T15:00:00"),
        json!("2019-12-02"),
        json!("02.12.2019"),
        json!(1_575_298_800),
    ] {
        assert_eq!(
            native_with(|payload| payload["orderDate"] = date.clone()),
            ["PAC-02"],
            "{date}"
        );
    }
    for date in ["2019-12-02T15:00:00Z", "2019-12-02T15:00:00.123+02:00"] {
        assert_eq!(
            native_with(|payload| payload["orderDate"] = json!(date)),
            [""; 0],
            "{date}"
        );
    }
}

#[test]
fn pac_03_is_prefix_and_length() {
    let no_prefix = account_with(json!({}));
    assert_eq!(
        ids(&look(&order(), &no_prefix).findings),
        ["PAC-03", "PAC-03"]
    );
    let with = |gtin: Value| native_with(|payload| payload["orderItems"][0]["gtin"] = gtin);
    for gtin in [
        json!("SKU-1"),
        json!("--SKU-1"),
        json!("pref--"),
        json!(123),
        json!(format!("p--{}", "x".repeat(48))),
    ] {
        assert_eq!(with(gtin.clone()), ["PAC-03"], "{gtin}");
    }
    for gtin in [
        json!("catpref--123456"),
        json!("a-b--c"),
        json!(format!("p--{}", "ü".repeat(47))),
    ] {
        assert_eq!(with(gtin.clone()), [""; 0], "{gtin}");
    }
}

#[test]
fn pac_04_is_a_decimal_text() {
    for name in [
        "regularUnitPrice",
        "totalOrderItemPriceAfterDiscounts",
        "citrusDiscountAmount",
    ] {
        let with = |price: Value| -> Vec<_> {
            native_with(|payload| payload["orderItems"][1][name] = price)
                .into_iter()
                .filter(|id| *id != "PAC-07")
                .collect()
        };
        for price in [
            json!(9.99),
            json!("9,99"),
            json!("-1.00"),
            json!("€ 5"),
            json!("1e3"),
            json!("1_000"),
        ] {
            assert_eq!(with(price.clone()), ["PAC-04"], "{name} {price}");
        }
        for price in [json!("9.99"), json!("0"), json!("0.00")] {
            assert_eq!(with(price.clone()), [""; 0], "{name} {price}");
        }
    }
}

#[test]
fn pac_05_is_a_whole_number_from_1() {
    let with = |text: &str| {
        native_with(|payload| {
            payload["orderItems"][0]["quantity"] = serde_json::from_str(text).unwrap();
        })
    };
    for quantity in ["0", "-1", "1.5", "\"3\"", "1e400"] {
        assert!(with(quantity).contains(&"PAC-05"), "{quantity}");
    }
    for quantity in ["2", "3"] {
        assert_eq!(with(quantity), [""; 0], "{quantity}");
    }
}

/// An order whose items are all of one banner but for the last.
fn banner_order(id: &str) -> Order {
    let mut order = order();
    order.id = id.into();
    order.items = ["A", "B", "C", "D"]
        .into_iter()
        .map(|sku| LineItem {
            ad_id: Some("banner_syCZH8KEezQH4zAw".into()),
            ..line(sku, "1", "9.99")
        })
        .collect();
    order.items[3].ad_id = None;
    order
}

#[test]
fn pac_06_keeps_one_item_of_a_banner() {
    let mut chosen = std::collections::BTreeSet::new();
    for number in 0..40 {
        let payload = look(&banner_order(&format!("#{number}")), &account()).value;
        assert_eq!(
            ids(&findings_with(&account(), &payload)),
            ["PAC-06", "PAC-06"]
        );
        let fixed_once = fixed(&payload, "PAC-06", &account()).unwrap();
        assert_eq!(fixed(&payload, "PAC-06", &account()).unwrap(), fixed_once);
        let gtins: Vec<&str> = fixed_once["orderItems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["gtin"].as_str().unwrap())
            .collect();
        assert_eq!(gtins.len(), 2);
        assert_eq!(gtins[1], "catpref--D");
        chosen.insert(gtins[0].to_owned());
        assert_eq!(ids(&findings_with(&account(), &fixed_once)), [""; 0]);
    }
    assert_eq!(chosen.len(), 3, "every item has its chance: {chosen:?}");
}

#[test]
fn pac_06_can_keep_the_others_without_their_ad() {
    let account = account_with(json!({ "gtin_prefix": "catpref", "banner_others": "without_ad" }));
    let payload = look(&banner_order("#1"), &account).value;
    let fixed = fixed(&payload, "PAC-06", &account).unwrap();
    let items = fixed["orderItems"].as_array().unwrap();
    assert_eq!(items.len(), 4);
    assert_eq!(
        items
            .iter()
            .filter(|item| item.get("adId").is_some())
            .count(),
        1
    );
    // The same display advertisement on two items is none of this rule's business.
    let mut displays = banner_order("#1");
    for item in &mut displays.items {
        item.ad_id = Some("display_1".into());
    }
    assert_eq!(ids(&look(&displays, &account).findings), [""; 0]);
}

#[test]
fn pac_07_depends_on_what_the_total_means() {
    let mut payload = look(&order(), &account()).value;
    let item = &mut payload["orderItems"][0];
    item["quantity"] = json!(3);
    item["regularUnitPrice"] = json!("9.99");
    item["totalOrderItemPriceAfterDiscounts"] = json!("29.97");
    let unit = account_with(json!({ "total_means": "unit" }));
    assert_eq!(ids(&findings_with(&account(), &payload)), [""; 0]);
    assert_eq!(ids(&findings_with(&unit, &payload)), ["PAC-07"]);
    payload["orderItems"][0]["totalOrderItemPriceAfterDiscounts"] = json!("29.98");
    assert_eq!(ids(&findings_with(&account(), &payload)), ["PAC-07"]);
    payload["orderItems"][0]["totalOrderItemPriceAfterDiscounts"] = json!("9.990");
    assert_eq!(ids(&findings_with(&unit, &payload)), [""; 0]);
}

#[test]
fn pac_08_is_an_order_without_id() {
    for id in [Value::Null, json!("")] {
        assert_eq!(native_with(|payload| payload["id"] = id), ["PAC-08"]);
    }
    assert_eq!(native_with(|payload| payload["id"] = json!("7")), [""; 0]);
}

#[test]
fn pac_09_is_for_information_where_all_orders_are_sent() {
    let told = |settings: Value| {
        let seen = look(&full_order(), &account_with(settings));
        let finding = seen
            .findings
            .into_iter()
            .find(|finding| finding.rule.id == "PAC-09");
        finding.map(|finding| finding.severity)
    };
    assert_eq!(told(json!({})), Some(Severity::Warning));
    assert_eq!(told(json!({ "all_orders": true })), Some(Severity::Info));
    assert_eq!(ids(&look(&order(), &account()).findings), [""; 0]);
    assert_eq!(ProjectAgora.counted_once()[0].id, "PAC-09");
}

#[test]
fn pac_10_knows_the_page_s_prefixes_and_the_profile_s() {
    let with = |account: &Account, ad: &str| {
        let mut order = order();
        order.items[0].ad_id = Some(ad.into());
        ids(&look(&order, account).findings)
    };
    let more = account_with(json!({ "gtin_prefix": "c", "ad_prefixes": ["video_"] }));
    assert_eq!(with(&account(), "video_1"), ["PAC-10"]);
    assert_eq!(with(&account(), "display_"), ["PAC-10"]);
    assert_eq!(with(&account(), "banner_1"), [""; 0]);
    assert_eq!(with(&more, "video_1"), [""; 0]);
}

#[test]
fn pac_11_is_of_the_whole_request() {
    let told = |payloads: &[Value]| -> Vec<(usize, &'static str)> {
        ProjectAgora
            .check_batch(&batch(payloads))
            .into_iter()
            .map(|(position, finding)| (position, finding.rule.id))
            .collect()
    };
    assert_eq!(
        told(&[
            json!({ "id": "a" }),
            json!({}),
            json!({ "id": "a" }),
            json!({})
        ]),
        [(2, "PAC-11")]
    );
    assert_eq!(told(&[json!({ "id": "a" }), json!({ "id": "b" })]), []);
}

#[test]
fn every_rule_has_its_words() {
    for (index, rule) in ProjectAgora.rules().iter().enumerate() {
        assert_eq!(rule.id, format!("PAC-{:02}", index + 1));
        assert!(!rule.title.is_empty() && !rule.why.is_empty() && !rule.remedy.is_empty());
    }
}

#[test]
fn pac_01_names_types_that_no_other_rule_speaks_of() {
    for (name, value) in [
        ("id", json!(7)),
        ("teamId", json!(true)),
        ("adIds", json!("x")),
    ] {
        let seen = native_with(|payload| payload[name] = value);
        assert_eq!(seen, ["PAC-01"], "{name}");
    }
    let no_list = native_with(|payload| payload["orderItems"] = json!("x"));
    assert_eq!(no_list[0], "PAC-01");
}

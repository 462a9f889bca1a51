//! One case that breaks each rule and one that doesn't.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::finding::{Severity, Target};
use crate::order::VendorField;
use crate::order::edit::{Edit, EditTarget};

#[test]
fn kam_01_names_what_is_missing() {
    let seen = look(&Order::default(), &account(), Operation::Import);
    let missing: Vec<String> = seen
        .findings
        .iter()
        .filter(|finding| finding.rule.id == "KAM-01")
        .filter_map(|finding| finding.target.pointer())
        .collect();
    assert_eq!(
        missing,
        [
            "/id",
            "/external_id",
            "/channel",
            "/date",
            "/location_id",
            "/value/total"
        ]
    );
    let mut names_only = full_order();
    names_only.items = vec![LineItem {
        name: Some("Blue Widget".into()),
        quantity: decimal("1"),
        ..LineItem::default()
    }];
    assert_eq!(
        findings(&names_only),
        ["KAM-01", "KAM-01"],
        "no id and no price"
    );
    assert_eq!(
        native_with(|payload| payload["channel"] = json!("")),
        ["KAM-01"]
    );
    assert_eq!(
        native_with(|payload| payload["value"] = json!(null)),
        ["KAM-01"]
    );
    assert!(findings(&full_order()).is_empty());
}

#[test]
fn kam_01_says_why_a_price_is_missing() {
    let mut order = full_order();
    order.items = vec![LineItem {
        sku: Some("A".into()),
        quantity: decimal("3"),
        subtotal: decimal("10.00"),
        ..LineItem::default()
    }];
    let priced = |order: &Order| -> Vec<String> {
        look(order, &account(), Operation::Import)
            .findings
            .iter()
            .filter(|finding| finding.target == Target::item("items/*/price", 0))
            .map(|finding| finding.detail.to_string())
            .collect()
    };
    assert_eq!(
        priced(&order),
        [
            "`price` (a number): the line's sum 10.00 doesn't divide into 3 equal prices; set the unit price by an edit"
        ]
    );
    let mut encoded = Encoded::default();
    encode(
        &Kameleoon,
        subject(&order),
        &account(),
        Operation::Import,
        now(),
        &mut encoded,
    );
    let looked_at = look(&order, &account(), Operation::Import).findings;
    assert_eq!(encoded.findings, looked_at);

    // What the mapping gives for this vendor alone needs no explanation.
    let mut given = order.clone();
    given.vendor_fields.push(VendorField {
        vendor: "kameleoon".into(),
        path: "items/*/price".into(),
        item: Some(0),
        value: "3.33".into(),
    });
    assert_eq!(priced(&given), [""; 0]);
    order.items[0].subtotal = None;
    assert_eq!(priced(&order), ["`price` (a number)"]);
}

#[test]
fn kam_02_is_type_and_form() {
    assert_eq!(
        native_with(|payload| payload["items"][0]["price"] = json!("5")),
        ["KAM-02"]
    );
    assert_eq!(
        native_with(|payload| payload["delivery_date"] = json!("2023-02-29")),
        ["KAM-02"]
    );
    assert_eq!(
        native_with(|payload| payload["delivery_time"] = json!("9:30")),
        ["KAM-02"]
    );
    assert_eq!(
        native_with(|payload| payload["date"] = json!("2024-03-01")),
        ["KAM-02"]
    );
    assert_eq!(
        native_with(|payload| payload["gift_package"] = json!(1)),
        ["KAM-02"]
    );
    assert!(native_with(|payload| payload["gift_package"] = json!(true)).is_empty());
}

#[test]
fn kam_02_of_a_fraction_has_a_fix() {
    let mut native = payload(&full_order(), &account());
    native["items"][0]["quantity"] = serde_json::from_str("1.5").unwrap();
    let fixed = fixed(&native, "KAM-02", &account()).unwrap();
    let item = &fixed["items"][0];
    assert_eq!(item["quantity"], json!(1));
    assert_eq!(item["price"].to_string(), "150.00");
    assert_eq!(item["original_price"].to_string(), "165.00");
    assert!(ids(&native_findings(&fixed, Operation::Import)).is_empty());
}

#[test]
fn kam_03_is_the_six_values() {
    assert_eq!(
        native_with(|payload| payload["items"][0]["status"] = json!("Shipped")),
        ["KAM-03"]
    );
    assert!(native_with(|payload| payload["items"][0]["status"] = json!("delivered")).is_empty());
}

#[test]
fn kam_04_shows_the_difference_and_is_fixed_by_cash() {
    let mut native = payload(&full_order(), &account());
    native["value"]["total"] = serde_json::from_str("200.14").unwrap();
    let findings = native_findings(&native, Operation::Import);
    let finding = findings
        .iter()
        .find(|finding| finding.rule.id == "KAM-04")
        .unwrap();
    assert_eq!(
        &*finding.detail,
        "value.total is 200.14, cash + bonuses + delivery − discount make 200.13, which is 0.01 too little"
    );
    let fixed = fixed(&native, "KAM-04", &account()).unwrap();
    assert_eq!(fixed["payment_structure"]["cash"].to_string(), "190.01");
    assert!(ids(&native_findings(&fixed, Operation::Import)).is_empty());
    native["payment_structure"] = json!({});
    let fixed = self::fixed(&native, "KAM-04", &account()).unwrap();
    assert_eq!(fixed["payment_structure"]["cash"].to_string(), "200.14");
}

#[test]
fn kam_04_is_a_negative_cash_too() {
    let mut order = full_order();
    order.gift_card_total = decimal("300.00");
    assert_eq!(findings(&order), ["KAM-04"]);
    assert_eq!(
        fixed(&payload(&order, &account()), "KAM-04", &account()),
        None
    );
    order.gift_card_total = decimal("205.00");
    assert!(findings(&order).is_empty(), "all paid with points");
}

#[test]
fn kam_05_is_a_date_that_cannot_be_meant() {
    for (date, breach) in [
        (1_709_305_200_000_i64, true),
        (946_684_799, true),
        (946_684_800, false),
        (now().as_second() + 86_400, false),
        (now().as_second() + 86_401, true),
    ] {
        let seen = native_with(|payload| payload["date"] = json!(date));
        assert_eq!(seen == ["KAM-05"], breach, "{date}: {seen:?}");
    }
}

#[test]
fn kam_02_an_empty_number_or_a_negative_quantity() {
    for (pointer, value) in [("discount_product", json!("")), ("quantity", json!(-1))] {
        let seen = native_with(|payload| payload["items"][0][pointer] = value.clone());
        assert_eq!(seen, ["KAM-02"], "{pointer}");
    }
    assert!(
        native_with(|payload| payload["items"][0]["discount_product"] = Value::Null).is_empty()
    );
}

#[test]
fn kam_06_wants_items_in_imports_only() {
    let mut order = full_order();
    order.items.clear();
    assert_eq!(findings(&order), ["KAM-06"]);
    assert!(ids(&look(&order, &account(), Operation::Status).findings).is_empty());
}

#[test]
fn kam_06_and_kam_01_see_what_a_loaded_payload_is_by_its_form() {
    let loaded = |payload: &Value| ids(&native_findings(payload, Operation::Import));
    let mut update = payload(&full_order(), &account());
    update["items"] = json!([]);
    assert_eq!(loaded(&update), Vec::<&str>::new());
    update["location_id"] = json!("");
    assert_eq!(loaded(&update), ["KAM-01"]);
    update.as_object_mut().unwrap().remove("items");
    assert_eq!(loaded(&update), ["KAM-01", "KAM-01"]);
    for word in ["cancelled", "Cancelled"] {
        assert!(loaded(&json!({"id": "1", "status": word})).is_empty());
    }
    assert!(loaded(&json!({"id": "1", "status": "Shipped"})).contains(&"KAM-01"));
    assert!(
        loaded(&json!({"id": "1", "status": "cancelled", "date": 1_602_338_740}))
            .contains(&"KAM-01")
    );
}

#[test]
fn a_loaded_payload_becomes_an_update_of_its_status_without_its_items() {
    let order = Order::default();
    let whole = payload(&full_order(), &account());
    let subject = Subject {
        order: &order,
        native: Some(&whole),
        edits: &[],
    };
    let update = inspect(&Kameleoon, subject, &account(), Operation::Status, now());
    let mut expected = whole.clone();
    expected["items"] = json!([]);
    assert_eq!(update.value, expected);
    assert!(ids(&update.findings).is_empty());
}

#[test]
fn kam_07_merges_lines_of_equal_price_and_status() {
    let mut order = full_order();
    order.items = vec![
        LineItem {
            discount: decimal("1.00"),
            ..line("A", "3", "20.00")
        },
        line("B", "1", "5.00"),
        LineItem {
            discount: decimal("0.50"),
            ..line("A", "4", "20.0")
        },
    ];
    assert_eq!(findings(&order), ["KAM-07"]);
    let fixed = fixed(&payload(&order, &account()), "KAM-07", &account()).unwrap();
    assert_eq!(fixed["items"].as_array().unwrap().len(), 2);
    assert_eq!(fixed["items"][0]["quantity"], json!(7));
    assert_eq!(fixed["items"][0]["discount_product"].to_string(), "1.50");
    assert!(ids(&native_findings(&fixed, Operation::Import)).is_empty());
}

#[test]
fn kam_07_leaves_other_lines_to_the_operator() {
    let mut order = full_order();
    order.items = vec![line("A", "3", "20.00"), line("A", "4", "19.00")];
    assert_eq!(findings(&order), ["KAM-07"]);
    assert_eq!(
        fixed(&payload(&order, &account()), "KAM-07", &account()),
        None
    );
    order.items[1].unit_price = decimal("20.00");
    order.items[1].status = Some(LineStatus::Shipped);
    assert_eq!(
        fixed(&payload(&order, &account()), "KAM-07", &account()),
        None
    );
}

#[test]
fn kam_07_is_a_warning_where_the_account_merges_lines_that_repeat_to_the_letter() {
    let mut order = full_order();
    let repeated = LineItem {
        discount: decimal("0.25"),
        ..line("V-7384", "3", "20.00")
    };
    order.items = vec![
        repeated.clone(),
        line("B", "1", "5.00"),
        repeated.clone(),
        repeated,
    ];
    let merge = account_with(json!({ "repeated_lines": "merge" }));
    let seen = look(&order, &merge, Operation::Import);
    assert_eq!(seen.value["items"].as_array().unwrap().len(), 2);
    assert_eq!(seen.value["items"][0]["quantity"], json!(9));
    assert_eq!(seen.value["items"][0]["price"].to_string(), "20.00");
    assert_eq!(
        seen.value["items"][0]["discount_product"].to_string(),
        "0.75"
    );
    let told: Vec<_> = seen
        .findings
        .iter()
        .filter(|finding| finding.rule.id == "KAM-07")
        .map(|finding| (finding.severity, finding.target.pointer()))
        .collect();
    assert_eq!(told, [(Severity::Warning, Some("/items/0/id".to_owned()))]);
    assert_sinks_agree(&Kameleoon, &order, &merge);

    let seen = look(&order, &account(), Operation::Import);
    assert_eq!(ids(&seen.findings), ["KAM-07", "KAM-07"]);
    assert!(seen.findings.iter().any(Finding::blocks));

    order.items[0].id = Some("l-1".into());
    order.items.truncate(3);
    assert_eq!(
        ids(&look(&order, &merge, Operation::Import).findings),
        ["KAM-07"],
        "lines with ids of their own are two"
    );
}

#[test]
fn kam_08_tells_of_items_that_leave() {
    let mut order = full_order();
    order.items[1].status = Some(LineStatus::Refunded);
    assert_eq!(findings(&order), ["KAM-08"]);
    order.cancelled = Some(true);
    assert_eq!(findings(&order), ["KAM-08", "KAM-08"]);
}

#[test]
fn kam_09_sends_a_fraction_as_one_piece() {
    let mut order = full_order();
    order.items = vec![LineItem {
        list_price: decimal("5.00"),
        discount: decimal("0.30"),
        ..line("CHEESE", "1.250", "4.00")
    }];
    let seen = look(&order, &account(), Operation::Import);
    let item = &seen.value["items"][0];
    assert_eq!(item["quantity"].to_string(), "1");
    assert_eq!(item["price"].to_string(), "5.00");
    assert_eq!(item["original_price"].to_string(), "6.25");
    assert_eq!(item["discount_product"].to_string(), "0.30");
    assert_eq!(ids(&seen.findings), ["KAM-09"]);
    assert_sinks_agree(&Kameleoon, &order, &account());
    let by_price = account_with(json!({ "discount_product": "price" }));
    let item = &payload(&order, &by_price)["items"][0];
    assert_eq!(item["discount_product"].to_string(), "4.70");

    order.items[0].quantity = decimal("1.000");
    assert_eq!(
        payload(&order, &account())["items"][0]["quantity"].to_string(),
        "1"
    );
    assert!(findings(&order).is_empty());
}

#[test]
fn a_note_goes_when_its_place_is_edited() {
    let mut order = full_order();
    order.items = vec![line("CHEESE", "1.5", "4.00")];
    let edit = |pointer: &str| Edit {
        order: order.id.clone(),
        target: EditTarget::Payload {
            vendor: "kameleoon".into(),
            pointer: pointer.into(),
        },
        before: json!(1),
        after: json!(2),
    };
    let with = |edit: Edit| {
        let subject = Subject {
            order: &order,
            native: None,
            edits: &[edit],
        };
        ids(&inspect(&Kameleoon, subject, &account(), Operation::Import, now()).findings)
    };
    assert_eq!(with(edit("/items/0/discount_bonuses")), ["KAM-09"]);
    assert!(with(edit("/items/0/quantity")).is_empty());
}

#[test]
fn kam_10_is_counted_once_for_orders_with_empty_fields() {
    let told = |findings: &[Finding]| findings.iter().any(|finding| finding.rule.id == "KAM-10");
    let mut account = account();
    let mapped =
        |account: &Account| told(&look(&full_order(), account, Operation::Import).findings);
    assert!(mapped(&account));
    for (name, value) in [
        ("tax_free", json!(false)),
        ("bank_issuer", json!("Scotiabank")),
        ("bank_pos_processor", json!("Clover")),
        ("bank_loyalty_program", json!("PC Optimum")),
        ("bank_total_installment", json!(0)),
        ("payment_card_provider", json!("Visa")),
        ("gift_package", json!(true)),
    ] {
        account.defaults.insert(name.to_owned(), value);
    }
    assert!(!mapped(&account));

    // What a loaded payload leaves out isn't meant; what it has and is empty may be.
    let mut loaded = payload(&full_order(), &account);
    loaded.as_object_mut().unwrap().remove("promocode");
    assert!(!told(&native_findings(&loaded, Operation::Import)));
    for empty in [json!(""), Value::Null] {
        loaded["promocode"] = empty;
        assert!(told(&native_findings(&loaded, Operation::Import)));
    }
    assert_eq!(Kameleoon.counted_once()[0].id, "KAM-10");
}

#[test]
fn kam_11_is_a_uuid() {
    let mut order = full_order();
    order.id = "3F2504E0-4f89-11d3-9a0c-0305e82c3301".into();
    assert_eq!(findings(&order), ["KAM-11"]);
    order.id = "3f2504e0-4f89-11d3-9a0c-0305e82c330g".into();
    assert!(findings(&order).is_empty());
}

#[test]
fn kam_12_and_13_are_of_the_whole_request() {
    let told = |batch: &Batch| -> Vec<(usize, &'static str)> {
        Kameleoon
            .check_batch(batch)
            .into_iter()
            .map(|(position, finding)| (position, finding.rule.id))
            .collect()
    };
    assert_eq!(
        told(&batch(&[r#"{"id":"a"}"#, r#"{"id":"b"}"#, r#"{"id":"a"}"#])),
        [(2, "KAM-12")]
    );
    assert!(told(&batch(&[r#"{"id":"a"}"#, r#"{"id":"b"}"#])).is_empty());
    assert_eq!(told(&batch(&[])), [(0, "KAM-13")]);
    let long = format!(
        r#"{{"id":"b","note":"{}"}}"#,
        "x".repeat(crate::vendor::kameleoon::rules::MAX_BODY)
    );
    assert_eq!(
        told(&batch(&[r#"{"id":"a"}"#, &long, r#"{"id":"c"}"#])),
        [(1, "KAM-13")]
    );
}

#[test]
fn every_rule_has_its_words() {
    for (index, rule) in Kameleoon.rules().iter().enumerate() {
        assert_eq!(rule.id, format!("KAM-{:02}", index + 1));
        assert!(!rule.title.is_empty() && !rule.why.is_empty() && !rule.remedy.is_empty());
    }
}

proptest! {
    #[test]
    fn a_fix_leaves_no_kam_04(total in -100_000_i64..100_000_000, cash in 0_i64..100_000_000) {
        let mut native = payload(&full_order(), &account());
        native["value"]["total"] = serde_json::from_str(&Decimal::new(total, 2).to_string()).unwrap();
        native["payment_structure"]["cash"] = serde_json::from_str(&Decimal::new(cash, 2).to_string()).unwrap();
        if let Some(fixed) = fixed(&native, "KAM-04", &account()) {
            prop_assert!(!ids(&native_findings(&fixed, Operation::Import)).contains(&"KAM-04"));
        } else {
            let closing = Decimal::new(total, 2) - decimal("15").unwrap() - decimal("20").unwrap() + decimal("24.87").unwrap();
            prop_assert!(closing.is_sign_negative() || closing == Decimal::new(cash, 2));
        }
    }
}

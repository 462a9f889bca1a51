//! The presets, each with the traps of its platform.

use super::*;
use crate::mapping::{DetectError, Exclusion, presets};
use crate::order::check::{Expectation, check};

const SHOPIFY: &str = "Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem fulfillment status,Billing Name,Billing Zip,Cancelled at,Payment Method,Refunded Amount,Id,Source,Lineitem discount,Phone";

fn shopify(rows: &str) -> Opened {
    open(&format!("{SHOPIFY}\n{rows}\n"))
}

fn sums(mapped: &Mapped) -> Vec<String> {
    let mut findings = Vec::new();
    check(&mapped.order, Expectation::default(), &mut findings);
    told(&findings)
}

#[test]
fn shopify_rows_make_orders_with_their_own_columns_on_the_first_row() {
    let opened = shopify(
        "#1,a@example.com,paid,fulfilled,USD,45.00,5.00,0,50.00,5.00,2025-10-07 09:50:26 +0200,2,Mug,20.00,0.00,M-1,fulfilled,Ada Archer,'75008,,Card,0.00,77,web,0.00,+1\n\
         #2,,pending,,USD,1.00,0,0,1.00,0,2025-10-08 09:50:26 +0200,1,Pen,1.00,,,pending,,,,,,,,0.00,\n\
         #1,,,,,,,,,,2025-10-07 09:50:26 +0200,1,Plate,10.00,12.00,P-1,pending,,,,,,,,0.00,+1",
    );
    let get = |field, item| opened.get("#1", field, item);
    assert_eq!(get(Field::PlacedAt, None), "2025-10-07T09:50:26+02:00");
    assert_eq!(get(Field::BillingPostalCode, None), "75008");
    assert_eq!(get(Field::PlatformId, None), "77");
    assert_eq!(get(Field::DiscountTotal, None), "5.00");
    assert_eq!(get(Field::Payment, None), "paid");
    assert_eq!(get(Field::Fulfilment, None), "shipped");
    assert_eq!(get(Field::Cancelled, None), "false");
    assert_eq!(get(Field::ItemSku, Some(1)), "P-1");
    assert_eq!(get(Field::ItemListPrice, Some(0)), "");
    assert_eq!(get(Field::ItemListPrice, Some(1)), "12.00");
    assert_eq!(get(Field::ItemStatus, Some(0)), "shipped");
    assert_eq!(get(Field::ItemStatus, Some(1)), "created");
    let (mapped, group) = opened.find("#1");
    assert_eq!(told(&mapped.findings), [""; 0]);
    assert_eq!(sums(mapped), [""; 0]);
    let place = opened
        .compiled
        .place_of(Field::ItemSku, Some(1), group)
        .unwrap();
    assert_eq!(place.to_string(), "Lineitem sku, line 4");
}

#[test]
fn shopify_voided_cancelled_and_test_orders() {
    let row = |name: &str, financial: &str, cancelled: &str, method: &str| {
        format!(
            "{name},,{financial},,USD,1,0,0,1,0,2025-10-08 09:50:26 +0200,1,Pen,1.00,,,,,,{cancelled},{method},,,pos,0,"
        )
    };
    let opened = shopify(
        &[
            row("#1", "voided", "", ""),
            row("#2", "refunded", "2025-10-09 09:50:26 +0200", ""),
            row("#3", "paid", "", "(for testing) Bogus Gateway"),
            row("#4", "mystery", "", ""),
        ]
        .join("\n"),
    );
    assert_eq!(opened.get("#1", Field::Cancelled, None), "true");
    assert_eq!(opened.get("#2", Field::Cancelled, None), "true");
    assert_eq!(
        opened.get("#2", Field::CancelledAt, None),
        "2025-10-09T09:50:26+02:00"
    );
    assert_eq!(opened.find("#3").0.exclusion, Some(Exclusion::Test));
    assert_eq!(opened.get("#3", Field::Offline, None), "true");
    let findings = told(&opened.find("#4").0.findings);
    assert_eq!(
        findings,
        ["MAP-03 error /payment @ Financial Status, line 5: `mystery`"]
    );
}

#[test]
fn shopify_tax_inside_or_on_top_is_told_by_the_sums() {
    let opened = shopify(
        "#1,,paid,,EUR,10.00,5.00,2.39,15.00,0,2025-10-08 09:50:26 +0200,1,Pen,10.00,,,,,,,,,,,0,\n\
         #2,,paid,,USD,10.00,5.00,0.80,15.80,0,2025-10-08 09:50:26 +0200,1,Pen,10.00,,,,,,,,,,,0,",
    );
    assert_eq!(opened.get("#1", Field::PricesIncludeTax, None), "true");
    assert_eq!(opened.get("#2", Field::PricesIncludeTax, None), "false");
    for id in ["#1", "#2"] {
        assert_eq!(sums(opened.find(id).0), [""; 0], "{id}");
    }
    let origin = opened
        .compiled
        .origin(Field::PricesIncludeTax, None, opened.find("#1").1);
    assert_eq!(origin.to_string(), "3 columns");
}

#[test]
fn a_reduced_shopify_export_is_enough() {
    let opened = open(
        "Name,Email,Created at,Total,Currency,Lineitem name,Lineitem quantity\n\
         #1,a@example.com,2025-01-15 17:41:00 -0500,18.50,USD,Bundle,1\n#1,,,,,Widget,2\n",
    );
    assert_eq!(opened.items(), 2);
    assert_eq!(opened.get("#1", Field::Total, None), "18.50");
    assert_eq!(opened.get("#1", Field::ItemUnitPrice, Some(0)), "");
    assert_eq!(told(&opened.find("#1").0.findings), [""; 0]);
}

#[test]
fn shopify_json_keeps_discounts_refunds_and_tax_apart() {
    let opened = open(
        r##"{"orders": [{
        "id": 1, "name": "#1", "created_at": "2025-01-10T11:00:00-05:00", "currency": "EUR",
        "financial_status": "partially_refunded", "fulfillment_status": null, "cancelled_at": null, "test": true,
        "total_price": "20.40", "subtotal_price": "16.40", "total_tax": "2.62", "taxes_included": true,
        "total_discounts": "4.60", "browser_ip": "203.0.113.9", "customer": {"id": 207119551, "first_name": "Ada"},
        "line_items": [
          {"id": 11, "name": "Mug", "quantity": 2, "price": "8.00", "discount_allocations": [{"amount": "1.00"}, {"amount": "0.60"}]},
          {"id": 12, "name": "Pen", "quantity": 1, "price": "4.00", "discount_allocations": [{"amount": "2.00"}], "fulfillment_status": "fulfilled"}],
        "shipping_lines": [{"title": "Post", "price": "5.00"}],
        "discount_codes": [{"code": "A"}, {"code": "B"}],
        "refunds": [{"transactions": [{"kind": "refund", "status": "success", "amount": "3.00"},
                                      {"kind": "refund", "status": "failure", "amount": "9.00"}]},
                    {"transactions": [{"kind": "refund", "status": "success", "amount": "1.50"}]}]
        }]}"##,
    );
    let get = |field, item| opened.get("#1", field, item);
    assert_eq!(
        get(Field::DiscountTotal, None),
        "1.00",
        "what is not shared over lines"
    );
    assert_eq!(get(Field::ItemDiscount, Some(0)), "1.60");
    assert_eq!(get(Field::RefundedTotal, None), "4.50");
    assert_eq!(get(Field::DiscountCode, None), "A, B");
    assert_eq!(get(Field::PricesIncludeTax, None), "true");
    assert_eq!(get(Field::Fulfilment, None), "unfulfilled");
    assert_eq!(get(Field::CustomerId, None), "207119551");
    assert_eq!(get(Field::CustomerIp, None), "203.0.113.9");
    let (mapped, group) = opened.find("#1");
    assert_eq!(mapped.exclusion, Some(Exclusion::Test));
    assert_eq!(told(&mapped.findings), [""; 0]);
    assert_eq!(sums(mapped), [""; 0]);
    let origin = |field, item| opened.compiled.origin(field, item, group).to_string();
    assert_eq!(
        origin(Field::RefundedTotal, None),
        "sum of refunds[*].transactions[kind=refund][status=success].amount, line 1"
    );
    assert_eq!(origin(Field::DiscountTotal, None), "2 members");
    let place = opened
        .compiled
        .place_of(Field::ItemStatus, Some(1), group)
        .unwrap();
    assert_eq!(
        place.to_string(),
        "/line_items/1/fulfillment_status, line 1"
    );
}

#[test]
fn woocommerce_inexact_prices_guests_and_utc() {
    let opened = open(
        r#"{"id": 9, "number": "9", "status": "processing", "currency": "EUR", "prices_include_tax": true,
        "date_created": "2026-01-20T08:45:00", "date_created_gmt": "2026-01-20T07:45:00", "customer_id": 0,
        "total": "38.56", "total_tax": "6.16", "shipping_total": "0.00", "discount_total": "3.60",
        "billing": {"first_name": "Ada", "email": "a@example.com"},
        "line_items": [{"id": 1, "quantity": 3, "subtotal": "36.00", "total": "32.40", "price": 10.799999999999999, "variation_id": 0, "sku": ""}],
        "refunds": [{"total": "-2.00"}, {"total": "-1.50"}], "coupon_lines": [{"code": "x"}]}"#,
    );
    let get = |field, item| opened.get("9", field, item);
    assert_eq!(get(Field::PlacedAt, None), "2026-01-20T07:45:00+00:00");
    assert_eq!(get(Field::CustomerId, None), "");
    assert_eq!(get(Field::ItemUnitPrice, Some(0)), "12.00");
    assert_eq!(get(Field::ItemDiscount, Some(0)), "3.60");
    assert_eq!(get(Field::ItemTotal, Some(0)), "32.40");
    assert_eq!(get(Field::ItemVariantId, Some(0)), "");
    assert_eq!(get(Field::RefundedTotal, None), "3.50");
    assert_eq!(
        get(Field::DiscountTotal, None),
        "",
        "the lines say it already"
    );
    assert_eq!(get(Field::PricesIncludeTax, None), "false", "lines are net");
    assert_eq!(sums(opened.find("9").0), [""; 0]);
    assert_eq!(told(&opened.find("9").0.findings), [""; 0]);
}

#[test]
fn woocommerce_statuses() {
    let order = |id: u32, status: &str| {
        format!(
            r#"{{"id":{id},"number":"{id}","status":"{status}","date_created":null,"billing":{{}},"line_items":[]}}"#
        )
    };
    let statuses = [
        "completed",
        "cancelled",
        "failed",
        "checkout-draft",
        "shipped-by-plugin",
    ];
    let orders: Vec<String> = (1..)
        .zip(statuses)
        .map(|(id, status)| order(id, status))
        .collect();
    let opened = open(&format!("[{}]", orders.join(",")));
    let axes = |id| {
        [Field::Payment, Field::Fulfilment, Field::Cancelled]
            .map(|field| opened.get(id, field, None))
    };
    assert_eq!(axes("1"), ["paid", "delivered", "false"]);
    assert_eq!(axes("2"), ["", "unfulfilled", "true"]);
    assert_eq!(axes("3"), ["voided", "unfulfilled", "true"]);
    assert_eq!(opened.find("4").0.exclusion, Some(Exclusion::Draft));
    assert_eq!(
        told(&opened.find("5").0.findings),
        ["MAP-03 error /payment @ /status, line 1: `shipped-by-plugin`"]
    );
}

#[test]
fn native_payloads_are_kept_whole() {
    for (file, vendor, id) in [
        (
            r#"{"shop_id": "s", "shop_secret": "x", "orders": [{"id": "k1", "external_id": "c", "date": 1602338740, "value": {"total": 200.13}, "payment_structure": {"cash": 190}, "items": [], "unknown": 1}]}"#,
            "kameleoon",
            "k1",
        ),
        (
            r#"[{"source_id": "v1", "status": "PAID", "items": [{"source_id": "p", "quantity": 2}], "unknown": 1}]"#,
            "voucherify",
            "v1",
        ),
        (
            r#"{"orders": [{"id": "a1", "orderDate": "2019-12-02T15:00:00Z", "orderItems": [{"gtin": "c--1"}], "unknown": 1}]}"#,
            "project-agora",
            "a1",
        ),
        (
            r#"{"externalOrderID": "0987", "orderItems": [{"itemSpecifics": {"quantity": 1}}], "orderPayments": [], "unknown": 1}"#,
            "kibo",
            "0987",
        ),
    ] {
        let opened = open(file);
        let (mapped, group) = opened.find(id);
        let native = mapped.native.as_ref().unwrap();
        assert_eq!(native.vendor, vendor);
        assert_eq!(native.payload["unknown"], serde_json::json!(1), "{vendor}");
        assert_eq!(told(&mapped.findings), [""; 0], "{vendor}");
        assert_eq!(sums(mapped), [""; 0], "{vendor}");
        let origin = opened.compiled.native_origin("/unknown", group);
        assert_eq!(origin.to_string(), "/unknown, line 1");
    }
    let dated = open(
        r#"[{"id": "k1", "external_id": "c", "date": 1602338740, "value": {"total": 200.13}, "payment_structure": {}}]"#,
    );
    assert_eq!(
        dated.get("k1", Field::PlacedAt, None),
        "2020-10-10T14:05:40+00:00"
    );
    assert_eq!(dated.get("k1", Field::Total, None), "200.13");
}

#[test]
fn a_native_payload_without_a_key_is_named_by_its_place() {
    let opened = open(
        r#"{"orders": [{"orderDate": "2019-12-02T15:00:00Z", "orderItems": []}, {"orderDate": "2019-12-02T15:00:00Z", "orderItems": []}]}"#,
    );
    assert_eq!(opened.mapped.len(), 2);
    assert!(
        opened
            .mapped
            .iter()
            .all(|mapped| mapped.findings.is_empty())
    );
    assert_ne!(opened.mapped[0].order.id, opened.mapped[1].order.id);
}

#[test]
fn known_files_that_are_no_orders_are_refused_by_name() {
    for (file, title) in [
        (
            r#"{"refund": {"id": 1, "order_id": 2, "refund_line_items": []}}"#,
            "a Shopify refund",
        ),
        (
            r#"{"draft_orders": [{"id": 1, "name": "D1", "line_items": []}]}"#,
            "a list of Shopify draft orders",
        ),
        (
            r#"{"fulfillment": {"id": 1, "order_id": 2}}"#,
            "a Shopify fulfilment",
        ),
        (
            r#"[{"id": 1, "order_id": 2, "kind": "sale", "gateway": "bogus"}]"#,
            "Shopify transactions",
        ),
        (
            r#"{"transactions": [{"id": 1, "payout_id": 2, "payout_status": "paid"}]}"#,
            "a list of Shopify payout transactions",
        ),
        (
            "Name,Lineitem name,Transaction kind,Metafield Namespace\n#1,Pen,sale,x\n",
            "Shopify's Transporter layout",
        ),
    ] {
        let (_file, source) = source(file);
        match detect(&source).unwrap().mapping().unwrap_err() {
            DetectError::Refused { title: refused, .. } => assert_eq!(refused, title),
            other @ DetectError::Unknown { .. } => panic!("{title}: {other}"),
        }
    }
}

#[test]
fn unknown_files_say_what_was_seen_and_what_to_do() {
    let (_file, unknown) = source("Ordernumber,Sum\n1,5\n");
    let detection = detect(&unknown).unwrap();
    assert!(detection.best.is_none());
    let error = detection.mapping().unwrap_err().to_string();
    for part in [
        "the columns `Ordernumber`, `Sum`",
        "--mapping FILE",
        "shopify-csv",
        "kibo-native",
    ] {
        assert!(error.contains(part), "{error}");
    }
    let (_file, near) = source("Name,Created at,Total,Lineitem name\n1,2,3,4\n");
    let error = detect(&near).unwrap().mapping().unwrap_err().to_string();
    assert!(
        error.contains("Nearest is shopify-csv, which needs Lineitem quantity too"),
        "{error}"
    );
}

#[test]
fn every_preset_compiles_for_its_kind_of_file() {
    for preset in presets() {
        let detect = &preset.detect;
        let text = if detect.format == Some(crate::mapping::FileKind::Delimited) {
            let names = detect.must.iter().chain(&detect.any).chain(&detect.may);
            let names: Vec<&str> = names.map(String::as_str).collect();
            format!("{}\n1\n", names.join(","))
        } else {
            "[{\"id\":1}]".to_owned()
        };
        let (_file, source) = source(&text);
        preset
            .compile(source.format())
            .unwrap_or_else(|error| panic!("{}: {error}", preset.name()));
    }
}

//! Every sample × every preset: recognised as what it is and as nothing else, reduced exports too; look-alikes
//! without orders are refused by name; and what each sample becomes, to the last field.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::*;
use crate::mapping::{DetectError, presets};
use crate::order::Level;
use crate::order::check::{Expectation, check};

/// Each preset's sample.
const SAMPLES: &[(&str, &str)] = &[
    ("shopify-csv", "shopify-orders.csv"),
    ("woocommerce-json", "woocommerce-orders.json"),
    ("shopify-json", "shopify-orders.json"),
    ("woocommerce-csv", "woocommerce-orders.csv"),
    ("magento-json", "magento-orders.json"),
    ("magento-grid-csv", "magento-grid.csv"),
    ("bigcommerce-json", "bigcommerce-orders.json"),
    ("bigcommerce-csv", "bigcommerce-orders.csv"),
    ("amazon-orders", "amazon-orders.txt"),
    ("amazon-actionable", "amazon-unshipped.txt"),
    ("etsy-items", "EtsySoldOrderItems2026.csv"),
    ("etsy-orders", "EtsySoldOrders2026.csv"),
    ("ebay-csv", "ebay-orders.csv"),
    ("ebay-csv-de", "ebay-bestellungen.csv"),
    ("square-items", "square-items.csv"),
    ("generic-csv", "generic-orders.csv"),
];

fn sample(file: &str) -> String {
    let path = format!("{}/assets/samples/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// The preset that is chosen; no other may fit.
fn recognised(text: &str) -> &'static str {
    let (_file, source) = source(text);
    let detection = detect(&source).unwrap();
    let best = detection
        .mapping()
        .unwrap_or_else(|error| panic!("{error}"))
        .name();
    for candidate in &detection.candidates {
        assert!(
            candidate.name == best || candidate.score < 50,
            "{best} is also taken for {candidate:?}"
        );
    }
    best
}

#[test]
fn every_sample_is_recognised_as_its_preset_and_no_other() {
    for (preset, file) in SAMPLES {
        assert_eq!(recognised(&sample(file)), *preset, "{file}");
    }
    let dir = format!("{}/assets/samples", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(dir).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            SAMPLES.iter().any(|(_, file)| *file == name),
            "{name} is in no test"
        );
    }
    for preset in presets() {
        let name = preset.name();
        let has_sample = SAMPLES.iter().any(|(known, _)| *known == name);
        assert!(
            has_sample || name.ends_with("-native"),
            "{name} has no sample"
        );
    }
}

#[test]
fn reduced_exports_are_recognised_too() {
    for (preset, file) in [
        (
            "woocommerce-csv",
            "order_id,order_date,status,order_total,line_item_1\n1,2026-01-01 10:00:00,completed,1.00,name:A|sku:a|quantity:1|total:1.00|sub_total:1.00\n",
        ),
        (
            "woocommerce-csv",
            "order_total,status,order_date,order_id,Product Item 1 SKU,Product Item 1 Quantity\n1.00,completed,2026-01-01 10:00:00,1,a,1\n",
        ),
        (
            "magento-json",
            r#"{"items":[{"increment_id":"1","grand_total":5,"created_at":"2026-01-01 10:00:00"}]}"#,
        ),
        (
            "magento-grid-csv",
            "ID,Purchase Date,Status,Grand Total (Purchased)\n1,2026-01-01 10:00:00,Complete,5\n",
        ),
        (
            "bigcommerce-json",
            r#"[{"id":1,"date_created":"Tue, 10 Mar 2026 08:05:00 +0000","status":"Shipped","total_inc_tax":"1.0000"}]"#,
        ),
        (
            "bigcommerce-csv",
            "Order ID,Order Date,Order Status,Product Details\n1,01/02/2026,Shipped,\"Product ID: 1, Product Qty: 1\"\n",
        ),
        (
            "amazon-orders",
            "amazon-order-id\tpurchase-date\torder-status\tquantity\tsku\n1\t2026-01-01T00:00:00Z\tShipped\t1\ta\n",
        ),
        (
            "etsy-items",
            "Order ID,Transaction ID,Sale Date,Item Name,Quantity,Price\n1,2,01/02/26,Mug,1,5.00\n",
        ),
        (
            "etsy-orders",
            "Order ID,Sale Date,Number of Items,Order Total\n1,01/02/26,1,5.00\n",
        ),
        (
            "ebay-csv",
            "Sale Date,Sales Record Number,Order Number,Item Title,Quantity,Sold For\nJul-10-26,1,2,Mug,1,$5.00\n",
        ),
        (
            "ebay-csv-de",
            "Verkaufsprotokollnummer;Bestellnummer;Artikelnummer;Verkaufsdatum\n1;2;3;10-Dez-25\n",
        ),
        (
            "square-items",
            "Date,Time,Time Zone,Item,Qty,Gross Sales,Net Sales,Transaction ID\n2026-01-01,10:00:00,Arizona,Mug,1,$5.00,$5.00,t\n",
        ),
        (
            "generic-csv",
            "order_id,order_date,sku,quantity,unit_price\n1,2026-01-01T10:00:00Z,a,1,5.00\n",
        ),
    ] {
        assert_eq!(recognised(file), preset);
        let opened = open(file);
        assert_eq!(opened.mapped.len(), 1, "{preset}");
        assert!(opened.mapped[0].order.placed_at.is_some(), "{preset}");
        assert_eq!(told(&opened.mapped[0].findings), [""; 0], "{preset}");
    }
}

#[test]
fn look_alikes_without_orders_are_refused_by_name() {
    for (file, title) in [
        (
            r#"{"increment_id":"3","order_id":3,"grand_total":165,"created_at":"2026-01-01 10:00:00","items":[]}"#,
            "a Magento invoice, shipment or credit memo",
        ),
        (
            r#"[{"id":1,"order_id":2,"order_address_id":3,"base_price":"1.0000"}]"#,
            "a list of a BigCommerce order's products",
        ),
        (
            "order-id\treturn-date\tsku\n1\t2026-01-01T00:00:00Z\ta\n",
            "an Amazon returns report",
        ),
        (
            "settlement-id\tamount-type\torder-id\n1\tItemPrice\t2\n",
            "an Amazon settlement report",
        ),
        (
            "Date,Time,Time Zone,Gross Sales,Net Sales,Total Collected,Net Total,Transaction ID,Payment ID\n2026-01-01,10:00:00,Arizona,$5.00,$5.00,$5.00,$4.80,t,p\n",
            "Square's transactions export",
        ),
        (
            "Payment ID,Buyer Username,Buyer Name,Order ID,Gross Amount\n1,a,A,2,5.00\n",
            "an Etsy payments file",
        ),
    ] {
        let (_file, source) = source(file);
        match detect(&source).unwrap().mapping() {
            Err(DetectError::Refused { title: refused, .. }) => assert_eq!(refused, title),
            other => panic!("{title}: {other:?}"),
        }
    }
}

/// Every field that is set, every finding, and totals by currency.
fn shown(opened: &Opened) -> String {
    let mut text = String::new();
    let mut totals: BTreeMap<String, Decimal> = BTreeMap::new();
    for mapped in &opened.mapped {
        let order = &mapped.order;
        let excluded = mapped.exclusion.map_or("", |exclusion| exclusion.name());
        writeln!(text, "== {} {excluded}", order.id).unwrap();
        for field in Field::ALL
            .iter()
            .filter(|field| field.level() == Level::Order)
        {
            if let Some(value) = field.get(order, None) {
                writeln!(text, "{} = {value:?}", field.name()).unwrap();
            }
        }
        for index in 0..order.items.len() {
            let fields = Field::ALL
                .iter()
                .filter(|field| field.level() == Level::Item);
            let values: Vec<String> = fields
                .filter_map(|field| {
                    let value = field.get(order, Some(index))?;
                    let name = field.name().trim_start_matches("items.");
                    Some(format!("{name} = {value:?}"))
                })
                .collect();
            writeln!(text, "- {}", values.join(", ")).unwrap();
        }
        let mut findings = mapped.findings.clone();
        check(order, Expectation::default(), &mut findings);
        for finding in told(&findings) {
            writeln!(text, "! {finding}").unwrap();
        }
        if let Some(total) = order.total {
            let currency = order
                .currency
                .map_or_else(|| "?".to_owned(), |currency| currency.to_string());
            *totals.entry(currency).or_default() += total;
        }
    }
    for (currency, total) in totals {
        writeln!(text, "total {currency} {total}").unwrap();
    }
    text
}

#[test]
fn every_sample_becomes_what_it_should_to_the_last_field() {
    // The first two are told apart in tests of their own.
    for (preset, file) in &SAMPLES[2..] {
        let opened = open(&sample(file));
        insta::assert_snapshot!(*preset, shown(&opened));
    }
}

#[test]
fn etsy_s_two_files_make_one_order() {
    let (orders, items) = ("EtsySoldOrders2026.csv", "EtsySoldOrderItems2026.csv");
    let mapping = crate::mapping::preset("etsy-orders").unwrap();
    let opened = open_joined(mapping, &sample(orders), &[("lines", &sample(items))]);
    insta::assert_snapshot!("etsy-joined", shown(&opened));
}

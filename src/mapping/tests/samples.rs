//! The sample files that come with the program, and what is meant to be wrong in them.

use std::collections::BTreeMap;

use super::*;
use crate::mapping::Exclusion;
use crate::order::check::{Expectation, check};
use crate::order::codes::is_country;

fn trouble(opened: &Opened) -> BTreeMap<&str, Vec<&'static str>> {
    let mut all = BTreeMap::new();
    for mapped in &opened.mapped {
        let mut findings = mapped.findings.clone();
        check(&mapped.order, Expectation::default(), &mut findings);
        if !findings.is_empty() {
            let rules = findings.iter().map(|finding| finding.rule.id).collect();
            all.insert(mapped.order.id.as_str(), rules);
        }
    }
    all
}

#[test]
fn the_shopify_sample() {
    let opened = open(include_str!("../../../assets/samples/shopify-orders.csv"));
    assert_eq!((opened.mapped.len(), opened.items()), (40, 66));
    assert_eq!(opened.total().to_string(), "3296.32");
    assert_eq!(opened.compiled.header.as_ref().unwrap().names().len(), 79);
    assert_eq!(
        trouble(&opened),
        BTreeMap::from([("#1020", vec!["ORD-04"]), ("#1025", vec!["ORD-01"])])
    );
    let get = |id, field, item| opened.get(id, field, item);
    assert_eq!(
        get("#1001", Field::Note, None),
        "Leave at the back door,\nplease ring twice."
    );
    assert_eq!(get("#1001", Field::ShippingPostalCode, None), "04101");
    assert_eq!(get("#1003", Field::ShippingPostalCode, None), "75008");
    assert_eq!(get("#1007", Field::Payment, None), "pending");
    assert_eq!(get("#1010", Field::Payment, None), "refunded");
    assert_eq!(get("#1010", Field::Cancelled, None), "true");
    assert_eq!(
        opened.find("#1011").0.order.items.len(),
        3,
        "its rows lie apart"
    );
    assert!(get("#1012", Field::CustomerName, None).contains('\u{1d4d1}'));
    assert_eq!(get("#1013", Field::ShippingCity, None), "Αθήνα");
    assert!(!get("#1014", Field::CustomerEmail, None).contains('@'));
    assert_eq!(
        get("#1015", Field::ItemSku, Some(0)),
        get("#1015", Field::ItemSku, Some(1))
    );
    assert_eq!(get("#1016", Field::Payment, None), "partly-refunded");
    assert!(!is_country(&get("#1017", Field::ShippingCountry, None)));
    assert_eq!(get("#1020", Field::ItemUnitPrice, Some(0)), "4.995");
    assert_eq!(get("#1021", Field::Payment, None), "voided");
    assert_eq!(get("#1021", Field::Cancelled, None), "true");
    assert_eq!(get("#1023", Field::CustomerEmail, None), "");
    assert_eq!(get("#1024", Field::Total, None), "0.00");
    assert_eq!(get("#1028", Field::ItemSku, Some(0)), "");
    let excluded: Vec<&str> = opened
        .mapped
        .iter()
        .filter(|mapped| mapped.exclusion == Some(Exclusion::Test))
        .map(|mapped| mapped.order.id.as_str())
        .collect();
    assert_eq!(excluded, ["#1022"]);
}

#[test]
fn the_woocommerce_sample() {
    let opened = open(include_str!(
        "../../../assets/samples/woocommerce-orders.json"
    ));
    assert_eq!((opened.mapped.len(), opened.items()), (13, 16));
    assert_eq!(opened.total().to_string(), "579.30");
    assert_eq!(
        trouble(&opened),
        BTreeMap::from([("2101", vec!["ORD-02"]), ("2111", vec!["ORD-04"])])
    );
    let get = |id, field, item| opened.get(id, field, item);
    assert_eq!(get("2102", Field::CustomerId, None), "", "a guest");
    assert_eq!(get("2103", Field::ItemUnitPrice, Some(0)), "12.00");
    assert_eq!(get("2103", Field::ItemDiscount, Some(0)), "3.60");
    assert_eq!(
        get("2105", Field::ItemUnitPrice, Some(0)),
        "",
        "37.82 ÷ 3 is not exact"
    );
    assert_eq!(get("2105", Field::ItemSubtotal, Some(0)), "37.82");
    assert_eq!(opened.find("2112").0.exclusion, Some(Exclusion::Draft));
}

//! What platforms and people do to files without changing an order in them: columns elsewhere, order fields on one
//! row or on all, line ends, words for nothing, marks in cells.

use super::*;
use crate::mapping::preset;

/// A table's text with each row's cells changed; the first row is the header.
fn rewritten(text: &str, change: impl Fn(bool, Vec<&str>) -> Vec<&str>) -> String {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (line, row) in reader.records().enumerate() {
        let row = row.unwrap();
        let cells = change(line == 0, row.iter().collect());
        writer.write_record(cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// Every order's fields, and the rules of its findings.
fn all(opened: &Opened) -> Vec<(String, Vec<String>)> {
    let mapped = opened.mapped.iter();
    mapped
        .map(|mapped| {
            let rules = mapped.findings.iter().map(|finding| finding.rule.id);
            (
                format!("{:?}", mapped.order),
                rules.map(str::to_owned).collect(),
            )
        })
        .collect()
}

const SHOPIFY: &str = include_str!("../../../assets/samples/shopify-orders.csv");

#[test]
fn columns_are_known_by_name_wherever_they_stand() {
    for text in [
        SHOPIFY,
        include_str!("../../../assets/samples/generic-orders.csv"),
        include_str!("../../../assets/samples/bigcommerce-orders.csv"),
    ] {
        let as_exported = all(&open(text));
        let backwards = rewritten(text, |_, cells| cells.into_iter().rev().collect());
        assert_eq!(all(&open(&backwards)), as_exported);
        // A new column of another year pushes the known ones aside.
        let more = rewritten(text, |header, mut cells| {
            cells.insert(0, if header { "Brand new" } else { "x" });
            cells
        });
        assert_eq!(all(&open(&more)), as_exported);
    }
}

#[test]
fn line_ends_of_any_system_and_lines_inside_of_cells_make_the_same_orders() {
    assert!(
        SHOPIFY.contains("shop_locale: en\ncampaign"),
        "of several lines"
    );
    let unix = all(&open(SHOPIFY));
    assert_eq!(unix.len(), 40);
    // Inside of cells the line ends are the shop's own.
    let windows = with_line_ends(SHOPIFY, "\r\n");
    assert_eq!(all(&open(&windows)), unix);
    let marked = format!("\u{feff}{windows}");
    assert_eq!(all(&open(&marked)), unix);
}

fn with_line_ends(text: &str, end: &str) -> String {
    let mut quoted = false;
    let mut out = String::new();
    for c in text.chars() {
        quoted ^= c == '"';
        match c {
            '\n' if !quoted => out.push_str(end),
            _ => out.push(c),
        }
    }
    out
}

/// Orders of a generic file whose order fields stand in these cells of its two rows.
fn rows(first: &str, second: &str) -> Opened {
    open(&format!(
        "order_id,sku,quantity,unit_price,order_date,currency,order_total\n\
         7,a,1,5.00,{first}\n\
         8,x,1,1.00,2026-01-01T00:00:00Z,EUR,1.00\n\
         7,b,2,10.00,{second}\n"
    ))
}

#[test]
fn order_fields_may_stand_on_the_first_row_on_every_one_or_on_the_last() {
    let (date, sum) = ("2026-03-01T10:00:00+01:00", "25.00");
    let full = format!("{date},EUR,{sum}");
    for (first, second) in [
        (full.as_str(), ",,"),
        (full.as_str(), full.as_str()),
        (",,", full.as_str()),
        (",EUR,", format!("{date},EUR,{sum}").as_str()),
    ] {
        let opened = rows(first, second);
        assert_eq!(opened.mapped.len(), 2);
        assert_eq!(opened.get("7", Field::Total, None), sum, "{first}|{second}");
        assert_eq!(opened.get("7", Field::PlacedAt, None), date);
        assert_eq!(opened.get("7", Field::ItemSku, Some(1)), "b");
        assert_eq!(told(&opened.find("7").0.findings), [""; 0]);
    }
}

#[test]
fn order_fields_that_contradict_each_other_are_an_error_with_both_places() {
    let date = "2026-03-01T10:00:00+01:00";
    let opened = rows(&format!("{date},EUR,25.00"), &format!("{date},EUR,52.00"));
    assert_eq!(
        told(&opened.find("7").0.findings),
        [
            "ORD-01 error /total @ order_total, line 4: order_total is `25.00` in line 2 and `52.00` in line 4"
        ]
    );
    assert_eq!(told(&opened.find("8").0.findings), [""; 0]);
}

#[test]
fn words_for_nothing_are_nothing() {
    for nothing in ["NULL", "N/A", " NULL "] {
        let opened = rows(&format!("2026-03-01T10:00:00Z,EUR,{nothing}"), ",,");
        let (mapped, _) = opened.find("7");
        assert_eq!(mapped.order.total, None, "{nothing}");
        assert_eq!(told(&mapped.findings), [""; 0], "{nothing}");
    }
    let text = SHOPIFY
        .replace(",Bank Deposit,", ",N/A,")
        .replace(",HP-PRT-LT,", ",NULL,");
    let opened = open(&text);
    assert_eq!(opened.get("#1007", Field::PaymentMethod, None), "");
    assert_eq!(opened.get("#1007", Field::ItemSku, Some(0)), "");
}

#[test]
fn doubled_columns_are_reached_by_number_and_the_first_by_its_name() {
    let mapping = Mapping::parse(
        "[mapping]\nname = \"m\"\ntitle = \"M\"\n[order]\nid = \"Id\"\ntotal = \"Total (2)\"\nsubtotal = \"Total\"\n",
        "m.toml",
    )
    .unwrap();
    let opened = open_with(&mapping, "Id,Total,Total\n1,5.00,6.00\n");
    assert_eq!(opened.get("1", Field::Subtotal, None), "5.00");
    assert_eq!(opened.get("1", Field::Total, None), "6.00");
}

#[test]
fn every_preset_of_the_weightiest_platforms_comes_in_that_order() {
    let names: Vec<&str> = crate::mapping::presets()
        .iter()
        .map(Mapping::name)
        .collect();
    let families = [
        "shopify",
        "woocommerce",
        "magento",
        "bigcommerce",
        "amazon",
        "etsy",
        "ebay",
        "square",
        "generic",
    ];
    let places = families.map(|family| names.iter().position(|name| name.starts_with(family)));
    assert!(places.is_sorted() && places[0] == Some(0), "{names:?}");
    assert!(preset("shopify-json").is_some());
}

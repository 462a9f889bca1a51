//! Lines that are no rows: sideways, packed in cells, JSON in a cell; and rows and lines that don't count.

use super::*;

const HEAD: &str = "[mapping]\nname = \"mine\"\ntitle = \"Mine\"\n";

fn mapping(text: &str) -> Mapping {
    Mapping::parse(&format!("{HEAD}{text}"), "mine.toml").unwrap()
}

fn run(rules: &str, file: &str) -> Opened {
    open_with(&mapping(rules), file)
}

fn skus(opened: &Opened, id: &str) -> Vec<(String, String)> {
    let items = &opened.find(id).0.order.items;
    let text = |value: &Option<Decimal>| value.map(|value| value.to_string()).unwrap_or_default();
    items
        .iter()
        .map(|item| {
            (
                item.sku.as_deref().unwrap_or_default().to_owned(),
                text(&item.quantity),
            )
        })
        .collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    pairs.iter().map(owned).collect()
}

const SIDEWAYS: &str = r#"
    [read]
    group_by = "id"
    [order]
    id = "id"
    [items]
    sideways = ["Item {n} {member}"]
    [item]
    sku = "SKU"
    quantity = "Qty"
    unit_price = "Price"
    name = { template = "{Name} for {$.who}" }
"#;

#[test]
fn columns_with_a_number_are_lines_as_many_as_the_longest_order_needs() {
    let opened = run(
        SIDEWAYS,
        "id,who,Item 2 SKU,Item 1 SKU,Item 1 Qty,Item 1 Name,Item 2 Qty,Item 10 SKU,Item 10 Qty,Item 1 Price\n\
         a,Ada,S2,S1,1,Mug,2,S10,x,\n\
         b,Bo,,B1,3,,,,,5.50\n\
         c,Cy,,,,,,,,\n",
    );
    assert_eq!(
        skus(&opened, "a"),
        pairs(&[("S1", "1"), ("S2", "2"), ("S10", "")])
    );
    assert_eq!(skus(&opened, "b"), pairs(&[("B1", "3")]));
    assert_eq!(skus(&opened, "c"), []);
    assert_eq!(opened.get("a", Field::ItemName, Some(0)), "Mug for Ada");
    assert_eq!(opened.get("b", Field::ItemUnitPrice, Some(0)), "5.50");
    assert_eq!(
        told(&opened.find("a").0.findings),
        [
            "MAP-01 error /items/2/quantity @ Item 10 Qty, line 2: `x` is not a number with the decimal mark `.`"
        ]
    );
    let (_, group) = opened.find("a");
    let origin = opened.compiled.origin(Field::ItemSku, Some(1), group);
    assert_eq!(origin.to_string(), "SKU, line 2");
    assert_eq!(origin.place().unwrap().to_string(), "Item 2 SKU, line 2");
}

#[test]
fn a_file_without_any_numbered_column_is_refused_unless_columns_may_be_missing() {
    let (_file, source) = source("id,who\na,Ada\n");
    let error = mapping(SIDEWAYS).compile(source.format()).unwrap_err();
    assert!(error.to_string().contains("`Item {n} {member}`"), "{error}");
    let allowing = SIDEWAYS.replace("[read]", "[read]\nmissing_columns = \"allow\"");
    let opened = run(&allowing, "id,who\na,Ada\n");
    assert_eq!(skus(&opened, "a"), []);
}

#[test]
fn lines_in_one_cell_keep_what_looks_like_something_between() {
    let rules = r#"
        [read]
        group_by = "id"
        [order]
        id = "id"
        [items]
        cells = ["Details"]
        packed = { lines = "|", members = ", ", is = ": ", known = ["ID", "Qty", "SKU", "Name"] }
        [item]
        product_id = "ID"
        quantity = "Qty"
        sku = "SKU"
        name = "Name"
    "#;
    let opened = run(
        rules,
        "id,Details\n1,\"ID: 7, Qty: 2, SKU: A, Name: Mug, blue|ID: 8, Qty: two, SKU: , Name: Pen | red\"\n2,nothing of it\n",
    );
    assert_eq!(skus(&opened, "1"), pairs(&[("A", "2"), ("", "")]));
    assert_eq!(opened.get("1", Field::ItemName, Some(0)), "Mug, blue");
    assert_eq!(opened.get("1", Field::ItemName, Some(1)), "Pen | red");
    assert_eq!(
        told(&opened.find("1").0.findings),
        [
            "MAP-01 error /items/1/quantity @ Details/Qty, line 2: `two` is not a number with the decimal mark `.`"
        ]
    );
    assert_eq!(
        told(&opened.find("2").0.findings),
        ["MAP-01 error /items @ Details, line 3: `nothing of it`: `nothing of it` has no `: `"]
    );
}

#[test]
fn numbered_cells_and_numbered_columns_of_one_line_are_one_line() {
    let rules = r#"
        [read]
        group_by = "id"
        [order]
        id = "id"
        [items]
        sideways = ["Item {n} {member}"]
        cells = ["line_{n}"]
        packed = { members = "|", is = ":" }
        [item]
        sku = { first = ["SKU", "sku"] }
        quantity = "quantity"
    "#;
    let opened = run(
        rules,
        "id,line_1,line_2,Item 1 SKU\n1,sku:a|quantity:1,sku:b|quantity:2,A\n",
    );
    assert_eq!(skus(&opened, "1"), pairs(&[("A", "1"), ("b", "2")]));
}

#[test]
fn json_in_a_cell_keeps_its_digits() {
    let rules = r#"
        [read]
        group_by = "id"
        decimal_mark = ","
        [order]
        id = "id"
        total = "total"
        [items]
        cells = ["items"]
        packed = { json = true }
        [item]
        sku = "product.sku"
        unit_price = "price"
        quantity = "qty"
    "#;
    let opened = run(
        rules,
        "id;total;items\n1;3,30;\"[{\"\"product\"\":{\"\"sku\"\":\"\"A\"\"},\"\"price\"\":1.10,\"\"qty\"\":3}]\"\n2;1;[{\n",
    );
    assert_eq!(skus(&opened, "1"), pairs(&[("A", "3")]));
    assert_eq!(opened.get("1", Field::ItemUnitPrice, Some(0)), "1.10");
    assert_eq!(opened.get("1", Field::Total, None), "3.30");
    let findings = told(&opened.find("2").0.findings);
    assert!(
        findings[0].starts_with("MAP-01 error /items @ items, line 3: `[{`: no JSON"),
        "{findings:?}"
    );
}

#[test]
fn lines_that_do_not_count_and_sums_over_rows() {
    let rules = r#"
        [read]
        group_by = "id"
        [order]
        id = "id"
        total = { sum = [{ each = { product = ["qty", "price"] } }] }
        refunded_total = { sum = [{ each = { from = "price", when = { from = "kind", do = ["lower", { lookup = { refund = "true", "*" = "" } }] } } }], do = ["abs"] }
        discount_code = { join = [{ each = "code", do = ["upper"] }], with = "+" }
        [items]
        when = ["sku", "price"]
        unless = [{ from = "kind", do = ["lower", { lookup = { refund = "true", "*" = "" } }] }]
        [item]
        sku = "sku"
        quantity = "qty"
    "#;
    let opened = run(
        rules,
        "id,kind,sku,qty,price,code\n1,Sale,A,2,1.10,x\n1,Refund,A,1,-1.10,\n1,Sale,,,,y\n1,Sale,B,1,3.00,\n",
    );
    assert_eq!(skus(&opened, "1"), pairs(&[("A", "2"), ("B", "1")]));
    assert_eq!(opened.get("1", Field::Total, None), "4.10");
    assert_eq!(opened.get("1", Field::RefundedTotal, None), "1.10");
    assert_eq!(opened.get("1", Field::DiscountCode, None), "X+Y");
    let (mapped, group) = opened.find("1");
    assert_eq!(
        told(&mapped.findings),
        [""; 0],
        "rows may differ in what is summed"
    );
    let origin = opened.compiled.origin(Field::DiscountCode, None, group);
    assert_eq!(origin.to_string(), "code, line 2");
}

#[test]
fn children_of_a_parent_line_are_left_out_and_places_stay_right() {
    let rules = r#"
        [read]
        group_by = "id"
        [order]
        id = "id"
        tax_total = { sum = ["items[parent=].tax"] }
        [items]
        list = "items"
        unless = ["parent"]
        [item]
        sku = "sku"
        quantity = "qty"
    "#;
    let opened = run(
        rules,
        r#"[{"id": 1, "items": [{"sku": "P", "qty": 1, "tax": 1.00}, {"sku": "C", "qty": 1, "parent": 7, "tax": 9}, {"sku": "Q", "qty": "x", "parent": null, "tax": 0.50}]}]"#,
    );
    assert_eq!(skus(&opened, "1"), pairs(&[("P", "1"), ("Q", "")]));
    assert_eq!(opened.get("1", Field::TaxTotal, None), "1.50");
    assert_eq!(
        told(&opened.find("1").0.findings),
        [
            "MAP-01 error /items/1/quantity @ /items/2/qty, line 1: `x` is not a number with the decimal mark `.`"
        ]
    );
}

#[test]
fn names_that_can_not_be_are_told() {
    for items in [
        "sideways = [\"SKU {member}\"]",
        "sideways = [\"SKU {n}\"]",
        "cells = [\"line {n} {member}\"]",
        "cells = [\"{n} of {n}\"]",
    ] {
        let (_file, source) = source("id\n1\n");
        let error = mapping(&format!("[items]\n{items}"))
            .compile(source.format())
            .unwrap_err();
        assert!(error.to_string().contains("{n"), "{items}: {error}");
    }
    let text = format!("{HEAD}[items.packed]\njson = true\nis = \":\"");
    let error = Mapping::parse(&text, "m.toml").unwrap_err().to_string();
    assert!(
        error.starts_with("m.toml:") && error.contains("`json`"),
        "{error}"
    );
}

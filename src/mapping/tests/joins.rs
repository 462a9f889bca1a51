//! Second files: lines, customers, tables of products.

use super::*;

fn mapping(text: &str) -> Mapping {
    let head = "[mapping]\nname = \"mine\"\ntitle = \"Mine\"\n";
    Mapping::parse(&format!("{head}{text}"), "mine.toml").unwrap_or_else(|error| panic!("{error}"))
}

/// An order's lines stand in a second file, what belongs to a line in a third.
const TWO_FILES: &str = r#"
    [read]
    currency = "USD"
    time_zone = "UTC"
    date_formats = ["%m/%d/%y"]
    [order]
    id = "Order ID"
    placed_at = "Sale Date"
    total = "Order Total"
    note = { join = ["lines.Title"], with = " + " }
    [items]
    join = "lines"
    [item]
    sku = "lines.SKU"
    name = "lines.Title"
    quantity = "lines.Quantity"
    unit_price = "lines.Price"
    product_id = "products.Vendor id"
    status = { first = ["lines.Status", "Status"] }
    [vendor.project-agora]
    "items/*/adId" = "products.Ad"
    [status.line]
    shipped = "shipped"
    [join.lines]
    key = "Order ID"
    on = "Order ID"
    unmatched = "error"
    [join.products]
    key = "sku"
    on = { from = "lines.SKU", do = ["upper"] }
"#;

const ORDERS: &str = "Order ID,Sale Date,Order Total,Status\n\
    1001,03/09/24,30.00,Shipped\n\
    1002,03/10/24,5.50,Shipped\n\
    1003,03/11/24,1.00,Shipped\n";

const LINES: &str = "Title,Order ID,Quantity,Price,SKU,Status\n\
    Mug,1001,2,10.00,mug-1,\n\
    Cup,1002,1,5.50,CUP-1,\n\
    Lid,1001,1,10.00,LID-9,\n\
    Odd,9999,1,1.00,ODD,\n";

const PRODUCTS: &str = "sku,Vendor id,Ad\nMUG-1,000123,ad-7\nCUP-1,12345678901234567890,\n";

#[test]
fn lines_come_from_a_second_file_and_their_ids_from_a_third() {
    let mapping = mapping(TWO_FILES);
    let opened = open_joined(
        &mapping,
        ORDERS,
        &[("lines", LINES), ("products", PRODUCTS)],
    );
    let get = |id, field, item| opened.get(id, field, item);
    assert_eq!(
        opened.find("1001").0.order.items.len(),
        2,
        "lines lie apart"
    );
    assert_eq!(get("1001", Field::ItemName, Some(1)), "Lid");
    assert_eq!(get("1001", Field::ItemUnitPrice, Some(0)), "10.00");
    assert_eq!(
        get("1001", Field::ItemProductId, Some(0)),
        "000123",
        "zeros stay"
    );
    assert_eq!(get("1001", Field::ItemProductId, Some(1)), "");
    assert_eq!(
        get("1002", Field::ItemProductId, Some(0)),
        "12345678901234567890"
    );
    assert_eq!(
        get("1001", Field::ItemStatus, Some(1)),
        "shipped",
        "of the order's own row"
    );
    assert_eq!(get("1001", Field::Note, None), "Mug + Lid");
    let (mapped, group) = opened.find("1001");
    assert_eq!(
        mapped
            .order
            .vendor_field("project-agora", "items/*/adId", Some(0)),
        Some("ad-7")
    );
    assert_eq!(
        told(&mapped.findings),
        ["MAP-07 warning /items/1 @ lines.SKU, line 4: `LID-9` in products"]
    );
    let origin = |field, item| opened.compiled.origin(field, item, group).to_string();
    assert_eq!(origin(Field::ItemName, Some(1)), "lines.Title, line 4");
    assert_eq!(
        origin(Field::ItemProductId, Some(0)),
        "products.Vendor id, line 2"
    );
    let (mapped, _) = opened.find("1003");
    assert_eq!(mapped.order.items.len(), 0);
    assert_eq!(
        told(&mapped.findings),
        ["MAP-07 error  @ Order ID, line 4: `1003` in lines"]
    );
}

#[test]
fn json_orders_take_a_customer_and_products_from_tables_and_tables_from_json() {
    let text = r#"
        [read]
        group_by = "id"
        [order]
        id = "id"
        customer.email = "people.mail"
        [items]
        list = "lines"
        [item]
        sku = "products.their.sku"
        quantity = "n"
        [join.people]
        key = "number"
        on = "customer"
        unmatched = "ignore"
        [join.products]
        key = "our.sku"
        on = "sku"
    "#;
    let opened = open_joined(
        &mapping(text),
        r#"[{"id": 1, "customer": 7, "lines": [{"sku": "a", "n": 1}, {"sku": "b", "n": 2}]},
            {"id": 2, "customer": 8, "lines": [{"sku": "a", "n": 3}]}]"#,
        &[
            ("people", "number;mail\n7;ada@example.com\n"),
            (
                "products",
                r#"[{"our": {"sku": "a"}, "their": {"sku": "A-1"}}, {"our": {"sku": "b"}, "their": {"sku": "B-1"}}]"#,
            ),
        ],
    );
    assert_eq!(
        opened.get("1", Field::CustomerEmail, None),
        "ada@example.com"
    );
    assert_eq!(opened.get("2", Field::CustomerEmail, None), "");
    assert_eq!(opened.get("1", Field::ItemSku, Some(1)), "B-1");
    assert_eq!(opened.get("2", Field::ItemSku, Some(0)), "A-1");
    assert_eq!(
        told(&opened.find("2").0.findings),
        [""; 0],
        "said to be ignored"
    );
}

#[test]
fn joined_lines_can_be_chosen_among() {
    let text = TWO_FILES.replace(
        "join = \"lines\"\n",
        "join = \"lines\"\n    unless = [{ from = \"lines.SKU\", do = [{ lookup = { \"LID-9\" = \"no\", \"*\" = \"\" } }] }]\n",
    );
    let files = [("lines", LINES), ("products", PRODUCTS)];
    let opened = open_joined(&mapping(&text), ORDERS, &files);
    assert_eq!(opened.find("1001").0.order.items.len(), 1);
    assert_eq!(told(&opened.find("1001").0.findings), [""; 0]);
}

#[test]
fn a_key_with_different_rows_gives_none_of_them() {
    let text = "[read]\ngroup_by = \"id\"\n[order]\nid = \"id\"\ncustomer.email = \"people.mail\"\n[join.people]\nkey = \"no\"\non = \"who\"\n";
    let opened = open_joined(
        &mapping(text),
        "id,who\n1,7\n2,8\n3,\n",
        &[(
            "people",
            "no,mail\n7,a@example.com\n8,b@example.com\n7,c@example.com\n8,b@example.com\n",
        )],
    );
    assert_eq!(opened.get("1", Field::CustomerEmail, None), "");
    assert_eq!(
        told(&opened.find("1").0.findings),
        ["MAP-08 error  @ who, line 2: `7` in people, lines 2, 4"]
    );
    assert_eq!(
        opened.get("2", Field::CustomerEmail, None),
        "b@example.com",
        "equal rows"
    );
    assert_eq!(
        told(&opened.find("3").0.findings),
        [""; 0],
        "no key, nothing to look for"
    );
}

#[test]
fn what_a_joined_file_lacks_is_told_at_its_place() {
    let mapping = mapping(TWO_FILES);
    let (_orders, orders) = source(ORDERS);
    let error = mapping.compile(orders.format()).unwrap_err().to_string();
    assert!(
        error.contains("no file is joined as `lines`; give it with --join lines=FILE"),
        "{error}"
    );
    assert!(error.contains("[join.lines]"), "{error}");
    let (_lines, lines) = source(&LINES.replace("Price", "Unit price"));
    let key = mapping.join_key("lines", &lines).unwrap();
    let (_products, products) = source(PRODUCTS);
    let wrong = mapping
        .join_key("lines", &products)
        .unwrap_err()
        .to_string();
    assert!(wrong.contains("has no column `Order ID`"), "{wrong}");
    let mut go_on = |_| ControlFlow::Continue(());
    let products_key = mapping.join_key("products", &products).unwrap();
    let joined = [
        Arc::new(JoinedFile::index("lines", lines, &key, &mut go_on).unwrap()),
        Arc::new(JoinedFile::index("products", products, &products_key, &mut go_on).unwrap()),
    ];
    let error = mapping
        .compile_joined(orders.format(), &joined)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("has no column `lines.Price`, which items.unit_price needs; is it `lines.Unit price` now?"),
        "{error}"
    );
    assert!(error.contains("unit_price = \"lines.Price\""), "{error}");
}

//! The engine, with mappings made for one trap each.

use super::*;
use crate::mapping::{CompileError, Exclusion};
use crate::order::check::{Expectation, check};

const HEAD: &str = "[mapping]\nname = \"mine\"\ntitle = \"Mine\"\n";

fn mapping(text: &str) -> Mapping {
    Mapping::parse(&format!("{HEAD}{text}"), "mine.toml").unwrap()
}

fn run(rules: &str, file: &str) -> Opened {
    open_with(&mapping(rules), file)
}

#[test]
fn german_numbers_times_and_words() {
    let opened = run(
        r#"
        [read]
        group_by = "Nr"
        decimal_mark = ","
        time_zone = "Europe/Berlin"
        date_formats = ["%d.%m.%Y %H:%M"]
        currency = "EUR"
        empty = ["NULL"]
        [order]
        id = { template = "DE-{Nr}" }
        placed_at = "Datum"
        total = "Summe"
        payment = "Status"
        customer.name = { join = ["Vorname", "Nachname"] }
        customer.email = "Mail"
        shipping_total = { sum = ["Porto", { value = "0.50" }] }
        [item]
        sku = "Artikel"
        quantity = "Menge"
        unit_price = "Preis"
        total = { product = ["Menge", "Preis"] }
        [status.payment]
        bezahlt = "paid"
        "#,
        "Nr;Datum;Summe;Status;Vorname;Nachname;Mail;Porto;Artikel;Menge;Preis\n\
         1;07.10.2025 09:50;1.234,50 €;Bezahlt;Ada;Archer;NULL;4,90;A-1;2;8,45\n",
    );
    let get = |field, item| opened.get("DE-1", field, item);
    assert_eq!(get(Field::PlacedAt, None), "2025-10-07T09:50:00+02:00");
    assert_eq!(get(Field::Total, None), "1234.50");
    assert_eq!(get(Field::Payment, None), "paid");
    assert_eq!(get(Field::CustomerName, None), "Ada Archer");
    assert_eq!(get(Field::CustomerEmail, None), "");
    assert_eq!(get(Field::ShippingTotal, None), "5.40");
    assert_eq!(get(Field::Currency, None), "EUR");
    assert_eq!(get(Field::ItemTotal, Some(0)), "16.90");
    let (mapped, group) = opened.find("DE-1");
    assert_eq!(told(&mapped.findings), [""; 0]);
    let origin = |field, item| opened.compiled.origin(field, item, group).to_string();
    assert_eq!(origin(Field::Total, None), "Summe, line 2");
    assert_eq!(origin(Field::CustomerName, None), "2 columns");
    assert_eq!(origin(Field::Currency, None), "constant");
    assert_eq!(origin(Field::CustomerEmail, None), "");
    assert_eq!(origin(Field::ItemTotal, Some(0)), "2 columns");
    let place = opened
        .compiled
        .place_of(Field::CustomerEmail, None, group)
        .unwrap();
    assert_eq!(place.to_string(), "Mail, line 2", "where it would stand");
}

#[test]
fn values_that_cannot_be_read_are_findings_at_their_field_and_place() {
    let opened = run(
        r#"
        [read]
        group_by = "id"
        date_formats = ["%d/%m/%Y"]
        [order]
        id = "id"
        placed_at = "when"
        updated_at = "changed"
        total = "total"
        currency = "currency"
        payment = "status"
        test = "test"
        tax_total = { sum = ["tax", "total"] }
        customer.id = "customer"
        note = "note"
        [item]
        quantity = "quantity"
        sku = "sku"
        status = "line"
        [status.payment]
        ok = "paid"
        [status.line]
        ok = "shipped"
        "#,
        "id,when,changed,total,currency,status,test,tax,customer,note,quantity,sku,line\n\
         1,07/10/2025,soon,\"1,5\",EURO,odd,perhaps,1.00,17850.0,caf\u{fffd},two,1.23E+12,odd\n",
    );
    assert_eq!(
        told(&opened.find("1").0.findings),
        [
            "MAP-04 error /placed_at @ when, line 2: `07/10/2025` is without an offset, and the mapping names no time zone",
            "MAP-01 error /updated_at @ changed, line 2: `soon` is neither ISO 8601 nor a time in the format %d/%m/%Y",
            "MAP-01 error /currency @ currency, line 2: `EURO` is not an ISO 4217 currency code such as EUR",
            "MAP-03 error /payment @ status, line 2: `odd`",
            "MAP-01 error /test @ test, line 2: `perhaps` is neither true nor false",
            "MAP-02 warning /customer/id @ customer, line 2: `17850.0` was `17850` before a spreadsheet",
            "MAP-01 error /tax_total @ total, line 2: `1,5` is not a number with the decimal mark `.`",
            "MAP-01 error /total @ total, line 2: `1,5` is not a number with the decimal mark `.`",
            "MAP-02 warning /note @ note, line 2: `caf\u{fffd}` holds replaced characters",
            "MAP-02 warning /items/0/sku @ sku, line 2: `1.23E+12` was a longer number",
            "MAP-01 error /items/0/quantity @ quantity, line 2: `two` is not a number with the decimal mark `.`",
            "MAP-03 warning /items/0/status @ line, line 2: `odd`",
        ]
    );
    let order = &opened.find("1").0.order;
    assert_eq!(
        (order.total, order.placed_at, order.payment),
        (None, None, None)
    );
    assert_eq!(
        order.customer.id.as_deref(),
        Some("17850.0"),
        "kept as it stands"
    );
}

#[test]
fn a_field_that_stays_empty_is_an_error() {
    let opened = run(
        "[read]\ngroup_by = \"id\"\n[order]\nid = \"id\"\ntotal = \"total\"",
        "id,total\n1.2E+5,1.2E+5\n",
    );
    assert_eq!(
        told(&opened.find("1.2E+5").0.findings),
        [
            "MAP-02 error /id @ id, line 2: `1.2E+5` was a longer number",
            "MAP-02 error /total @ total, line 2: `1.2E+5` is shortened by a spreadsheet, the digits behind are lost",
        ]
    );
}

#[test]
fn lists_and_long_texts_are_bounded_in_findings() {
    let opened = run(
        "[read]\ngroup_by = \"id\"\n[order]\nid = \"id\"\nnote = \"note\"\ntotal = \"total\"",
        &format!(
            r#"[{{"id": 1, "note": {{"a": 1}}, "total": "{}\u001b[2J"}}]"#,
            "x".repeat(500)
        ),
    );
    let findings = told(&opened.find("1").0.findings);
    assert!(
        findings[1].contains("a list or an object where one value belongs"),
        "{findings:?}"
    );
    assert!(
        findings[0].chars().count() < 200 && !findings[0].contains('\u{1b}'),
        "{findings:?}"
    );
}

#[test]
fn clock_times_of_a_zone_may_be_ambiguous() {
    let opened = run(
        "[read]\ngroup_by = \"id\"\ntime_zone = \"Europe/Berlin\"\n[order]\nid = \"id\"\nplaced_at = \"at\"",
        "id,at\n1,2025-10-26T02:30:00\n",
    );
    assert_eq!(
        told(&opened.find("1").0.findings),
        [
            "MAP-06 info /placed_at @ at, line 2: `2025-10-26T02:30:00` is taken as 2025-10-26T02:30:00+02:00"
        ]
    );
}

#[test]
fn rows_of_one_order_may_contradict_or_repeat_each_other() {
    let opened = run(
        r#"
        [read]
        group_by = "id"
        [order]
        id = "id"
        currency = "currency"
        customer.email = "email"
        [items]
        when = ["sku"]
        [item]
        sku = "sku"
        quantity = "quantity"
        "#,
        "id,currency,email,sku,quantity,extra\n\
         1,USD,a@example.com,A,1,x\n\
         2,USD,b@example.com,B,1,\n\
         1,,a@example.com,A,1,x\n\
         1,CAD,,,,\n\
         1,,,A,1,y\n",
    );
    assert_eq!(
        told(&opened.find("1").0.findings),
        [
            "ORD-01 error /currency @ currency, line 5: currency is `USD` in line 2 and `CAD` in line 5",
            "ORD-02 warning /items/1 @ line 4: items 1 and 2 are equal to the letter",
        ]
    );
    assert_eq!(
        opened.find("1").0.order.items.len(),
        3,
        "a row without a line is none"
    );
    assert_eq!(told(&opened.find("2").0.findings), [""; 0]);
}

#[test]
fn objects_of_one_key_are_taken_once() {
    let opened = run(
        "[read]\ngroup_by = \"id\"\n[order]\nid = \"id\"\ntotal = \"t\"",
        "{\"id\":1,\"t\":\"5\"}\n{\"id\":2,\"t\":\"5\"}\n{\"t\":\"5\",\"id\":1}\n{\"id\":2,\"t\":\"6\",\"x\":1}\n{\"t\":\"7\"}\n",
    );
    assert_eq!(opened.mapped.len(), 3);
    assert_eq!(
        told(&opened.find("1").0.findings),
        ["ORD-02 info  @ line 3: lines 1 and 3 hold equal objects, taken once"]
    );
    assert_eq!(
        told(&opened.find("2").0.findings),
        ["ORD-01 error  @ line 4: lines 2 and 4 differ in `t`, `x`; the first is shown"]
    );
    let nameless = opened
        .mapped
        .iter()
        .find(|mapped| mapped.order.id.starts_with("record at byte"))
        .unwrap();
    assert_eq!(told(&nameless.findings), ["MAP-05 error /id @ line 5: "]);
}

#[test]
fn vendors_own_fields_are_kept_by_path() {
    let opened = run(
        r#"
        [read]
        group_by = "id"
        [order]
        id = "id"
        [items]
        list = "lines"
        [item]
        sku = "sku"
        [vendor.kibo]
        "shippingMethod/shippingType" = { value = "standard" }
        [vendor.project-agora]
        "items/*/adId" = "ad"
        "items/*/sellerId" = "$.shop"
        "#,
        r#"[{"id": "1", "shop": "s", "lines": [{"sku": "a"}, {"sku": "b", "ad": "display_1"}]}]"#,
    );
    let (mapped, group) = opened.find("1");
    let field = |vendor, path, item| mapped.order.vendor_field(vendor, path, item);
    assert_eq!(
        field("kibo", "shippingMethod/shippingType", None),
        Some("standard")
    );
    assert_eq!(field("project-agora", "items/*/adId", Some(0)), None);
    assert_eq!(
        field("project-agora", "items/*/adId", Some(1)),
        Some("display_1")
    );
    assert_eq!(
        field("project-agora", "items/*/sellerId", Some(1)),
        Some("s")
    );
    let origin = opened
        .compiled
        .vendor_origin("project-agora", "items/*/adId", Some(1), group);
    assert_eq!(origin.to_string(), "ad, line 1");
    assert_eq!(origin.place().unwrap().to_string(), "/lines/1/ad, line 1");
    let origin = opened
        .compiled
        .vendor_origin("kibo", "shippingMethod/shippingType", None, group);
    assert_eq!(origin.to_string(), "constant");
}

#[test]
fn a_missing_column_is_an_error_naming_both() {
    let mapping =
        mapping("[read]\ngroup_by = \"id\"\n[order]\nid = \"id\"\ntotal = \"Grand total\"");
    let (_file, source) = source("id,Total\n1,5\n");
    let error = mapping.compile(source.format()).unwrap_err();
    assert!(matches!(error, CompileError::MissingColumns { .. }));
    assert_eq!(
        error.to_string(),
        "the file lacks what the mapping `mine` needs: column `Grand total` for total; the file has the columns `id`, `Total`\n\
         mine.toml:8:9: the file has no column `Grand total`, which total needs; is it `Total` now?\n   |\n 8 | total = \"Grand total\"\n   |         ^^^^^^^^^^^^^"
    );
}

#[test]
fn a_mapping_for_another_kind_of_file_is_refused() {
    let mapping = mapping("[detect]\nformat = \"json\"\n[order]\nid = \"id\"");
    let (_file, source) = source("id,Total\n1,5\n");
    let error = mapping.compile(source.format()).unwrap_err().to_string();
    assert!(
        error.contains("is for json files, this one is comma-separated text"),
        "{error}"
    );
}

#[test]
fn bad_paths_name_their_target() {
    let mapping = mapping("[order]\nid = \"id\"\ncustomer.email = \"a..b\"");
    let (_file, source) = source("[{\"id\":1}]");
    let error = mapping.compile(source.format()).unwrap_err().to_string();
    assert!(
        error.contains("mine.toml:6:18: the path `a..b` has a blank name"),
        "{error}"
    );
}

#[test]
fn tests_and_drafts_are_left_out_and_counted() {
    let opened = run(
        "[read]\ngroup_by = \"id\"\n[order]\nid = \"id\"\ntest = \"test\"\ndraft = \"draft\"",
        "id,test,draft\n1,true,\n2,,yes\n3,false,no\n",
    );
    let exclusion = |id| opened.find(id).0.exclusion;
    assert_eq!(exclusion("1"), Some(Exclusion::Test));
    assert_eq!(exclusion("2"), Some(Exclusion::Draft));
    assert_eq!(exclusion("3"), None);
}

#[test]
fn targets_and_unused_columns_are_listed() {
    let opened = run(
        "[read]\ngroup_by = \"id\"\ncurrency = \"EUR\"\nmissing_columns = \"allow\"\n[order]\nid = \"id\"\nnote = { first = [\"a\", \"b\"] }\n[item]\nsku = \"s\"",
        "id,a,unused,s\n1,x,,\n",
    );
    let targets = opened.compiled.targets();
    let of = |name: &str| targets.iter().find(|target| target.name == name).unwrap();
    assert_eq!(of("note").source.as_deref(), Some("a, else b"));
    assert_eq!(of("note").missing, ["b"]);
    assert_eq!(of("currency").source.as_deref(), Some("constant EUR"));
    assert_eq!(of("total").source, None);
    assert_eq!(targets.len(), Field::ALL.len());
    assert_eq!(opened.compiled.unused_columns(), ["unused"]);
}

#[test]
fn json_numbers_keep_their_digits_whatever_the_files_mark() {
    let opened = run(
        "[read]\ngroup_by = \"id\"\ndecimal_mark = \",\"\n[order]\nid = \"id\"\ntotal = \"t\"\ntax_total = \"x\"",
        r#"[{"id": 12345678901234567890123, "t": 200.130, "x": "1.200,5"}]"#,
    );
    let get = |field| opened.get("12345678901234567890123", field, None);
    assert_eq!(get(Field::Total), "200.130");
    assert_eq!(get(Field::TaxTotal), "1200.5");
}

#[test]
fn ord_04_is_quiet_about_what_adds_up() {
    let opened = open(include_str!(
        "../../../assets/samples/woocommerce-orders.json"
    ));
    let mut findings = Vec::new();
    check(
        &opened.find("2103").0.order,
        Expectation::default(),
        &mut findings,
    );
    assert_eq!(findings, []);
}

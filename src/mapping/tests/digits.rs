//! Ids and digits: kept as text, undone only where the mapping says so, told where something is lost.

use proptest::prelude::*;

use super::*;

fn run(id: &str, read: &str, file: &str) -> Opened {
    let text = format!(
        "[mapping]\nname = \"m\"\ntitle = \"M\"\n[read]\n{read}\n[order]\nid = {id}\nshipping.postal_code = \"zip\"\n[items]\nwhen = [\"sku\"]\n[item]\nsku = \"sku\"\n"
    );
    let text = if file.starts_with('[') {
        text.replace("[items]\nwhen = [\"sku\"]", "[items]\nlist = \"lines\"")
    } else {
        text
    };
    open_with(&Mapping::parse(&text, "m").unwrap(), file)
}

fn table(id: &str) -> String {
    format!("id,zip,sku\n{id},'01009,0042\n")
}

fn rules(opened: &Opened) -> Vec<String> {
    let findings = opened.mapped[0].findings.iter();
    findings
        .map(|finding| format!("{} {}", finding.rule.id, finding.target.pointer().unwrap()))
        .collect()
}

#[test]
fn tables_keep_every_digit_and_sign() {
    for id in [
        "007",
        "12345678901234567890123456789012345",
        "1E5",
        "1,5E3x",
        "A-1.0",
        "1.0.0",
        "12E+x",
    ] {
        let id_cell = format!("\"{id}\"");
        let opened = run("\"id\"", "", &table(&id_cell));
        assert_eq!(opened.mapped[0].order.id, id);
        assert_eq!(opened.get(id, Field::ShippingPostalCode, None), "'01009");
        assert_eq!(opened.get(id, Field::ItemSku, Some(0)), "0042");
        assert_eq!(rules(&opened), [""; 0], "{id}");
    }
    let opened = run("\"id\"", "protective_apostrophe = true", &table("1"));
    assert_eq!(opened.get("1", Field::ShippingPostalCode, None), "01009");
}

#[test]
fn losses_are_told_and_undone_only_on_demand() {
    for id in ["1.23E+12", "\"1,23E+12\"", "17850.0", "1E+12"] {
        let opened = run("\"id\"", "", &table(id));
        assert_eq!(
            opened.mapped[0].order.id,
            id.trim_matches('"'),
            "as it stands"
        );
        assert_eq!(rules(&opened), ["MAP-02 /id"], "{id}");
        assert_eq!(opened.mapped[0].findings[0].severity.name(), "error");
    }
    let prefixed = "{ template = \"berlin-{id}\" }";
    assert_eq!(
        rules(&run(prefixed, "", &table("1.23E+12"))),
        ["MAP-02 /id"]
    );
    assert_eq!(rules(&run(prefixed, "", &table("17850.0"))), ["MAP-02 /id"]);
    let undone = run(
        "{ from = \"id\", do = [{ strip_suffix = \".0\" }] }",
        "",
        &table("17850.0"),
    );
    assert_eq!(undone.mapped[0].order.id, "17850");
    assert_eq!(rules(&undone), [""; 0]);
}

#[test]
fn json_is_no_safer_than_a_table() {
    let file =
        |id: &str| format!(r#"[{{"id": {id}, "zip": "01009", "lines": [{{"sku": "0042"}}]}}]"#);
    for id in [
        "\"007\"",
        "12345678901234567890123456789012345",
        "\"1E5\"",
        "42",
    ] {
        let opened = run("\"id\"", "", &file(id));
        assert_eq!(opened.mapped[0].order.id, id.trim_matches('"'));
        assert_eq!(rules(&opened), [""; 0], "{id}");
    }
    for id in ["\"1.23E+12\"", "1.23E+12", "17850.0", "\"17850.0\""] {
        let opened = run("\"id\"", "", &file(id));
        assert_eq!(rules(&opened), ["MAP-02 /id"], "{id}");
    }
}

proptest! {
    #[test]
    fn any_id_of_digits_comes_through_as_it_stands(id in "[0-9]{1,40}") {
        let opened = run("\"id\"", "", &table(&id));
        prop_assert_eq!(&opened.mapped[0].order.id, &id);
        prop_assert_eq!(rules(&opened), Vec::<String>::new());
    }
}

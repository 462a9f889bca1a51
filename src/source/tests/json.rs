//! JSON and NDJSON, whole and broken.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn pointer(pointer: &str) -> GroupBy {
    GroupBy::Pointer(pointer.to_owned())
}

fn values(source: &Source, index: &Index) -> Vec<Value> {
    (0..index.groups())
        .flat_map(|group| source.read_group(index, group).unwrap().records)
        .map(|record| record.json().unwrap().clone())
        .collect()
}

fn read(text: impl AsRef<[u8]>) -> (Format, Vec<Value>, Vec<(&'static str, u64)>) {
    let sample = Sample::new(text);
    let source = sample.open();
    let index = index(&source, &GroupBy::EachRecord);
    let values = values(&source, &index);
    let head = source.head(values.len() + 1).unwrap();
    let head: Vec<_> = head.iter().map(|r| r.json().unwrap().clone()).collect();
    assert_eq!(head, values);
    (source.format().clone(), values, said(index.findings()))
}

fn list(member: &str) -> Format {
    Format::Json {
        shape: JsonShape::List {
            member: member.to_owned(),
        },
    }
}

fn single(member: Option<&str>) -> Format {
    Format::Json {
        shape: JsonShape::Single {
            member: member.map(str::to_owned),
        },
    }
}

#[test]
fn the_list_of_records_is_found_by_its_wrapper() {
    let array = Format::Json {
        shape: JsonShape::Array,
    };
    for (text, format, count) in [
        (r#"[{"id":1},{"id":2}]"#, array.clone(), 2),
        ("[]", array, 0),
        (r#"{"orders":[{"id":1},{"id":2}]}"#, list("orders"), 2),
        (r#"{"orders":[]}"#, list("orders"), 0),
        (r#"{"draft_orders":[{"id":1}]}"#, list("draft_orders"), 1),
        (
            r#"{"shop_id":"a","orders":[{"id":1}],"lines":[{}]}"#,
            list("orders"),
            1,
        ),
        (
            r#"{"items":[{"id":1}],"search_criteria":{},"total_count":1}"#,
            list("items"),
            1,
        ),
        (
            r#"{"totalCount":2,"items":[{"id":1},{"id":2}]}"#,
            list("items"),
            2,
        ),
        (r#"{"data":[{"id":1}],"anything":{"x":1}}"#, list("data"), 1),
        (r#"{"id":7,"items":[{"sku":"a"}]}"#, single(None), 1),
        (
            r#"{"id":7,"line_items":[{"sku":"a"}],"tax_lines":[]}"#,
            single(None),
            1,
        ),
        (r#"{"order":{"id":7}}"#, single(Some("order")), 1),
        (r#"{"refund":{"id":7}}"#, single(Some("refund")), 1),
        ("{\"id\":1}\n", single(None), 1),
        ("\n{\"id\":1}\r\n\r\n{\"id\":2}", Format::NdJson, 2),
    ] {
        let (found, values, said) = read(text);
        assert_eq!(
            (found, values.len(), said),
            (format, count, vec![]),
            "{text}"
        );
    }
}

#[test]
fn a_wrapped_order_is_unwrapped_at_its_place() {
    let sample = Sample::new("{\n \"order\":\n  {\"id\":7}}");
    let source = sample.open();
    assert_eq!(source.format().member(), Some("order"));
    let record = source.head(1).unwrap().remove(0);
    assert_eq!(record.json(), Some(&json!({"id": 7})));
    assert_eq!(record.place, Place::line(3, 14));
}

#[test]
fn a_batch_is_refused_by_name() {
    for text in [
        r#"{"create":[{"id":1}],"update":[],"delete":[3]}"#,
        r#"{"delete":[3]}"#,
    ] {
        let sample = Sample::new(text);
        let error = Source::open(&sample.path, &SourceOptions::default()).unwrap_err();
        assert!(error.to_string().contains("WooCommerce batch"), "{error}");
    }
}

#[test]
fn the_wrappers_scalars_are_kept() {
    let text = r#"{"shop_id":"s","live":true,"orders":[{"id":1}],"n":1.50,"x":{"y":1},"l":[2]}"#;
    let sample = Sample::new(text);
    let source = sample.open();
    let index = index(&source, &GroupBy::EachRecord);
    let shown = format!("{source:?} {index:?}");
    assert!(!shown.contains("shop_id"), "{shown}");
    let text = serde_json::to_string(index.envelope()).unwrap();
    assert_eq!(text, r#"{"shop_id":"s","live":true,"n":1.50}"#);
}

#[test]
fn objects_are_grouped_by_text_or_number() {
    let text = r#"[{"id":1,"v":"a"},{"id":" x "},{"v":"b"},{"id":"1","v":"c"},{"v":"d"}]"#;
    let sample = Sample::new(text);
    let source = sample.open();
    let index = index(&source, &pointer("/id"));
    let keys: Vec<_> = (0..index.groups()).map(|n| index.key(n).unwrap()).collect();
    assert_eq!(keys, ["1", "x", "", ""]);
    let group = source.read_group(&index, index.find("1").unwrap()).unwrap();
    let found: Vec<_> = group
        .records
        .iter()
        .map(|r| r.json().unwrap()["v"].clone())
        .collect();
    assert_eq!(found, ["a", "c"]);
}

#[test]
fn digits_are_kept() {
    let text = r#"[{"id":12345678901234567890123,"total":200.130,"big":1e+400}]"#;
    let (_, values, _) = read(text);
    assert_eq!(format!("[{}]", values[0]), text);
}

#[test]
fn what_stands_before_the_break_is_used() {
    let text = "[{\"id\":1},\n{\"id\":2},\n{\"id\":3, \"tags\":[\"a\"},\n{\"id\":4}]";
    let (_, values, said) = read(text);
    assert_eq!(values, [json!({"id": 1}), json!({"id": 2})]);
    assert_eq!(said, [("SRC-08", 3)]);

    let sample = Sample::new(text);
    let source = sample.open();
    let index = index(&source, &GroupBy::EachRecord);
    let finding = &index.findings()[0];
    assert!(finding.detail.contains("column 21"), "{}", finding.detail);
    let byte = finding.place.clone().unwrap().byte.unwrap() as usize;
    assert_eq!(&text[byte..=byte], "}");
}

#[test]
fn a_file_cut_short_says_so() {
    let (_, values, said) = read("{\"orders\":[{\"id\":1},\n{\"id\":2, \"note\":\"abc");
    assert_eq!(values, [json!({"id": 1})]);
    assert_eq!(said, [("SRC-08", 2)]);
    let (_, values, said) = read("[{\"id\":1},");
    assert_eq!((values.len(), said), (1, vec![("SRC-08", 1)]));
}

#[test]
fn one_bad_element_costs_itself() {
    let text =
        "[{\"id\":1},\n{\"id\":},\n17,\n{\"id\":2,\"a\":1,\"a\":2}\n{\"id\":3},,\n{\"id\":4},]x";
    let (_, values, said) = read(text);
    let ids: Vec<_> = values.iter().map(|value| value["id"].to_string()).collect();
    assert_eq!(ids, ["1", "2", "3", "4"]);
    let expected = [
        ("SRC-08", 2),
        ("SRC-11", 3),
        ("SRC-10", 4),
        ("SRC-08", 5),
        ("SRC-08", 5),
        ("SRC-08", 6),
        ("SRC-08", 6),
    ];
    assert_eq!(said, expected);
    assert_eq!(values[1]["a"], json!(2));
}

#[test]
fn lines_of_ndjson_stand_for_themselves() {
    let text = "{\"id\":1}\r\n\r\n{\"id\":2,}\n[3]\n  {\"id\":4} \n{\"id\":5";
    let (format, values, said) = read(text);
    assert_eq!(format, Format::NdJson);
    assert_eq!(values, [json!({"id": 1}), json!({"id": 4})]);
    assert_eq!(said, [("SRC-08", 3), ("SRC-11", 4), ("SRC-08", 6)]);
    let sample = Sample::new(text);
    let source = sample.open();
    let index = index(&source, &pointer("id"));
    assert_eq!(index.place(1), Some(Place::line(5, 28)));
}

#[test]
fn nothing_usable_names_line_and_remedy() {
    let sample = Sample::new("{\"id\": 1,\n \"a\": [1, 2}\n");
    let source = sample.open();
    let error = source
        .index(&GroupBy::EachRecord, &mut |_| ControlFlow::Continue(()))
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("line 2: broken JSON") && text.contains("column 12"),
        "{text}"
    );
}

#[test]
fn depth_is_bounded() {
    let nest = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let element = |depth: usize| format!("{{\"a\":{}}}", nest(depth - 1));
    let text = format!(
        "[{},\n{},\n{},\n{{\"id\":1}}]",
        element(128),
        element(129),
        element(100_000)
    );
    let (_, values, said) = read(&text);
    assert_eq!(values.len(), 2);
    assert_eq!(said, [("SRC-09", 2), ("SRC-09", 3)]);
    for (depth, is_read) in [(127, true), (128, true), (129, false), (1000, false)] {
        let lines = format!("{{\"id\":1}}\n{}\n", element(depth));
        let (_, values, said) = read(&lines);
        assert_eq!(values.len(), 1 + usize::from(is_read), "{depth}");
        assert_eq!(said.is_empty(), is_read, "{said:?}");
    }
}

#[test]
fn size_is_bounded() {
    let large = "x".repeat(17 << 20);
    let text = format!("[{{\"id\":1}},\n{{\"id\":\"{large}\"}},\n{{\"id\":3}}]");
    let (_, values, said) = read(&text);
    assert_eq!(values, [json!({"id": 1}), json!({"id": 3})]);
    assert_eq!(said, [("SRC-02", 2)]);
    let text = format!("{{\"id\":1}}\n{{\"id\":\"{large}\"}}\n{{\"id\":3}}\n");
    let (_, values, said) = read(&text);
    assert_eq!(values, [json!({"id": 1}), json!({"id": 3})]);
    assert_eq!(said, [("SRC-02", 2)]);
}

#[test]
fn a_first_line_beyond_the_head_is_followed_to_its_end() {
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(2 << 20));
    let (format, values, _) = read(format!("{long}\n{{\"id\":2}}\n"));
    assert_eq!((format, values.len()), (Format::NdJson, 2));
    let (format, values, _) = read(format!("{{\"orders\":[{long},{long}]}}"));
    assert_eq!((format, values.len()), (list("orders"), 2));
}

#[test]
fn invalid_text_is_mended_and_named() {
    let (_, values, said) = read(b"[{\"id\":1},{\"name\":\"caf\xff\"}]");
    assert_eq!(values[1], json!({"name": "caf\u{fffd}"}));
    assert_eq!(said, [("SRC-04", 1)]);
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[{}\\[\\]\",:\\\\]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn elements_are_what_serde_reads(
        inner in prop::collection::vec(value(), 0..8),
        pretty in any::<bool>(),
        wrapped in any::<bool>(),
    ) {
        let list: Vec<Value> = inner.into_iter().map(|value| json!({"v": value})).collect();
        let whole = if wrapped { json!({"x": "]", "orders": list}) } else { json!(list) };
        let text = if pretty {
            serde_json::to_string_pretty(&whole).unwrap()
        } else {
            whole.to_string()
        };
        let (_, values, mut said) = read(&text);
        // The texts may hold the character that stands for lost ones.
        said.retain(|found| found.0 != "SRC-13");
        prop_assert_eq!(said, vec![]);
        prop_assert_eq!(&values, &list);
        let lines: Vec<String> = list.iter().map(Value::to_string).collect();
        if lines.len() > 1 {
            let (format, values, _) = read(lines.join("\n"));
            prop_assert_eq!(format, Format::NdJson);
            prop_assert_eq!(values, list);
        }
    }
}

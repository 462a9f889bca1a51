//! Rows that make one order, however they lie.

use proptest::prelude::*;

use super::*;
use crate::source::window::Window;

#[test]
fn a_thousand_lines_make_one_order() {
    let mut text = "Name,Item\n".to_owned();
    for line in 0..1000 {
        text.push_str(&format!("#1,item {line}\n"));
        if line % 10 == 0 {
            text.push_str(&format!("#x{line},other\n"));
        }
    }
    let source = Sample::new(text).hold();
    let read = index(&source, &by("Name"));
    assert_eq!(read.groups(), 101);
    assert_eq!(read.records_of(0), Some(1000));
    let group = source.read_group(&read, 0).unwrap();
    let items: Vec<&str> = group
        .records
        .iter()
        .map(|record| record.row().unwrap().get(1).unwrap())
        .collect();
    assert_eq!(items.len(), 1000);
    assert_eq!((items[0], items[999]), ("item 0", "item 999"));
}

#[test]
fn rows_of_one_order_may_lie_a_file_apart_in_any_encoding() {
    let mut text = "Name;Item\n#1;first\n".to_owned();
    for order in 2..5000 {
        text.push_str(&format!("#{order};Möbel\n"));
    }
    text.push_str("#1;last\n");
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [text.into_bytes(), wide] {
        let source = Sample::new(bytes).hold();
        let read = index(&source, &by("Name"));
        let group = source.read_group(&read, 0).unwrap();
        let lines: Vec<_> = group
            .records
            .iter()
            .map(|record| record.place.line)
            .collect();
        assert_eq!(lines, [Some(2), Some(5001)]);
    }
}

#[test]
fn rows_without_a_key_continue_the_order_above() {
    let source =
        Sample::new("Name,Email,Item\n#1,a@example.com,one\n,,two\n,,three\n#2,,four\n").hold();
    let read = index(&source, &by("Name"));
    let rows: Vec<usize> = rows_of(&source, &read)
        .iter()
        .map(|(_, rows)| rows.len())
        .collect();
    assert_eq!(rows, [3, 1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whoever finds rows in the middle of the file, not knowing what stands before, finds those of one who comes from
    /// its beginning, or none.
    #[test]
    fn rows_found_by_many_are_those_of_one(
        rows in prop::collection::vec(prop::sample::select(vec![
            "#1,one\n", "#2,two\n", ",more\n", "#1,\"a\nb,c\nd\"\n", "\"#3\",\"x, \"\"y\"\"\"\r\n", "#4,é\r\n",
            "\n", "\r\n", "#5\n", "#6,a,b\n", "#7,\"open\n", "k,v\n", "#8,5\" nail\n", "\"#9\",a\"\n", "#10,\r",
            "#11,\"\n\n#12,q\n#13,r\n\"\n",
        ]), 100..200),
    ) {
        let text = format!("k,v\n{}", rows.concat());
        let source = Sample::new(&text).hold();
        let by = by("k");
        let many = source.index(&by, &mut |_| ControlFlow::Continue(()));
        let mut tick = |_| ControlFlow::Continue(());
        let start = source.inner.detected.start;
        let window = Window::hashing(&source.inner.file, start, &mut tick).unwrap();
        let one = source.index_of(&by, None, window);
        let (Ok(many), Ok(one)) = (many, one) else {
            return Err(TestCaseError::reject("nothing usable"));
        };
        prop_assert_eq!(many.groups(), one.groups());
        prop_assert_eq!(many.records(), one.records());
        prop_assert_eq!(many.fingerprint(), one.fingerprint());
        prop_assert_eq!(many.findings(), one.findings());
        prop_assert_eq!(many.counts(), one.counts());
        for group in 0..one.groups() {
            prop_assert_eq!(many.key(group), one.key(group));
            prop_assert!(many.extents(group).eq(one.extents(group)), "{:?}", one.key(group));
        }
    }
}

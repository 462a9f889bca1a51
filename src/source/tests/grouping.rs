//! Rows that make one order, however they lie.

use super::*;

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

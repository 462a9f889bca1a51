//! What stands before, between and behind a table's rows; which line is the header; any delimiter.

use proptest::prelude::*;

use super::*;

fn header_line(source: &Source) -> u64 {
    match source.format() {
        Format::Delimited { header_line, .. } => *header_line,
        other => panic!("{other:?}"),
    }
}

fn delimiter(source: &Source) -> u8 {
    match source.format() {
        Format::Delimited { delimiter, .. } => *delimiter,
        other => panic!("{other:?}"),
    }
}

/// The shape of eBay's report: a blank line, a title, a blank row, the header, a blank row, rows, a trailer.
const EBAY: &str = "\
\n\
\"Sales report\",,,,\n\
\n\
\"Sales Record Number\",\"Order Number\",\"Item Title\",\"Quantity\",\"Total Price\"\n\
,,,,\n\
\"101\",\"12-34567\",\"Stoneware mug, blue\",\"2\",\"$24.00\"\n\
\"102\",\"12-34568\",\"Linen \"\"towel\"\"\",\"1\",\"$9.50\"\n\
\n\
2,record(s) downloaded\n\
Seller ID : ada-shop\n";

#[test]
fn a_report_with_preamble_and_trailer_shows_its_orders() {
    let source = Sample::new(EBAY).hold();
    assert_eq!(header_line(&source), 4);
    assert!(
        source.description().contains("header in line 4"),
        "{}",
        source.description()
    );
    assert_eq!(source.header().unwrap().position("Order Number"), Some(1));
    let read = index(&source, &by("Order Number"));
    assert_eq!(read.groups(), 2);
    let rows = rows_of(&source, &read);
    assert_eq!(rows[1].1[0][2], "Linen \"towel\"");
    // `2` in a cell of its own, with one word behind it that says too little, would be a row.
    assert_eq!(
        said(read.findings())
            .iter()
            .filter(|found| found.0 == "SRC-14")
            .count(),
        2
    );
    assert_eq!(read.left_out(), 0);
}

#[test]
fn a_first_line_may_name_the_delimiter() {
    for (text, wanted) in [
        ("sep=;\nName;Total\n#1;116,99 €\n", b';'),
        ("\u{feff}SEP=,\r\nName,Total\r\n#1,\"116,99 €\"\r\n", b','),
        ("\"sep=|\"\nName|Total\n#1|116,99 €\n", b'|'),
        ("sep=\t\nName\tTotal\n#1\t116,99 €\n", b'\t'),
        ("sep=;;\nName;Total\n#1;116,99 €\n", b';'),
        ("sep=^\nName^Total\n#1^116,99 €\n", b'^'),
    ] {
        let source = Sample::new(text).hold();
        assert_eq!(delimiter(&source), wanted, "{text:?}");
        assert_eq!(header_line(&source), 2);
        assert_eq!(cells_of(&source), [["#1", "116,99 €"]], "{text:?}");
    }
    let source = Sample::new("sep=a,b\nx,y\n").hold();
    assert_eq!(source.header().unwrap().names(), ["sep=a", "b"]);
}

#[test]
fn blank_and_narrow_lines_above_the_header_are_passed_over() {
    for (text, line) in [
        ("\n\nName,Email,Total\n#1,a@example.com,5\n", 3),
        ("Orders of Acme\nName,Email,Total\n#1,a@example.com,5\n", 2),
        (
            "Orders;;\nGenerated: 2025-01-02;;\n;;\nName;Email;Total\n#1;a@example.com;5,00\n",
            4,
        ),
        ("Orders\r\rName\tEmail\tTotal\r#1\ta@example.com\t5\r", 3),
    ] {
        let source = Sample::new(text).hold();
        assert_eq!(header_line(&source), line, "{text:?}");
        assert_eq!(source.header().unwrap().names(), ["Name", "Email", "Total"]);
        assert_eq!(cells_of(&source).len(), 1, "{text:?}");
        assert_eq!(source.head(1).unwrap()[0].place.line, Some(line + 1));
    }
}

#[test]
fn a_plain_header_is_never_taken_for_a_preamble() {
    for text in [
        "Name\n#1,a,b\n#2,c,d\n",
        "Name,Note\n#1,\n#2,\n",
        "id,a,b,c,d,e\n1,x\n2,y\n",
        "Name;City\nAda;Berlin, Mitte\nEve;Paris, Nord\n",
    ] {
        assert_eq!(header_line(&Sample::new(text).hold()), 1, "{text:?}");
    }
}

#[test]
fn the_header_is_where_the_operator_says() {
    let text = "[a list],x\n\"open,1\nName,Total\n#1,5\n";
    let at = |line| Reading {
        header_line: Some(line),
        ..Reading::default()
    };
    let source = Sample::new(text).hold_as(at(3));
    assert_eq!(source.header().unwrap().names(), ["Name", "Total"]);
    assert_eq!(cells_of(&source), [["#1", "5"]]);
    assert_eq!(source.head(1).unwrap()[0].place.line, Some(4));
    let error = Sample::new(text).try_open(at(9)).unwrap_err().to_string();
    assert!(error.contains("has no line 9"), "{error}");
    // `sep=` counts all the same.
    let source = Sample::new("sep=;\n1;2\nName;Total\n#1;5,0\n").hold_as(at(3));
    assert_eq!(cells_of(&source), [["#1", "5,0"]]);
}

#[test]
fn lines_about_the_export_are_left_out_and_named() {
    let text = "Name,Email,Total\n#1,a@example.com,5\n#2,b@example.com,6\nTotal,,11\n2 record(s) downloaded\n";
    let source = Sample::new(text).hold();
    let read = index(&source, &by("Name"));
    assert_eq!(read.groups(), 2);
    assert_eq!(said(read.findings()), [("SRC-14", 4), ("SRC-14", 5)]);
    // Nor does the row above own them when it is read again.
    assert_eq!(source.read_group(&read, 1).unwrap().records.len(), 1);
}

#[test]
fn quotes_inside_unquoted_cells_are_text() {
    let text = "Name,Item,Total\n#1,5\" nail,1\n#2,the \"big\" one,2\n#3, \"quoted\" late,3\n#4,\"a \"\"b\"\" c\",4\n";
    let source = Sample::new(text).hold();
    let items: Vec<String> = cells_of(&source)
        .into_iter()
        .map(|row| row[1].clone())
        .collect();
    assert_eq!(
        items,
        [
            "5\" nail",
            "the \"big\" one",
            " \"quoted\" late",
            "a \"b\" c"
        ]
    );
    assert!(index(&source, &by("Name")).findings().is_empty());
}

#[test]
fn rare_delimiters_are_found_where_no_usual_one_is() {
    for byte in *b"\x1f\x01^~" {
        let c = char::from(byte);
        let text = format!("Name{c}City{c}Total\n#1{c}Berlin{c}5\n#2{c}Paris{c}6\n");
        let source = Sample::new(text).hold();
        assert_eq!(delimiter(&source), byte);
        assert_eq!(cells_of(&source)[1], ["#2", "Paris", "6"]);
    }
}

#[test]
fn what_was_left_out_is_counted() {
    let text = "k,v\na,1\nb,\"open\nc,3\nd,\"open, too\ne,5\n";
    let read = index(&Sample::new(text).hold(), &by("k"));
    assert_eq!((read.groups(), read.left_out()), (3, 2));
    let json = index(
        &Sample::new("[{\"a\":1},{\"a\":},5,{\"a\":2}]").hold(),
        &GroupBy::EachRecord,
    );
    assert_eq!((json.groups(), json.left_out()), (2, 2));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_table_comes_back_through_any_delimiter(
        rows in prop::collection::vec(prop::collection::vec("[a-z0-9 éß€]{1,8}", 3), 1..20),
        which in 0..6_usize,
        title in any::<bool>(),
    ) {
        let delimiter = b",;\t|^\x1f"[which];
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["Name", "Email", "Total"]).unwrap();
        for row in &rows {
            writer.write_record(row.iter().map(|cell| format!("x{cell}"))).unwrap();
        }
        let mut text = if title { b"Orders\n\n".to_vec() } else { Vec::new() };
        text.extend(writer.into_inner().unwrap());
        let reading = Reading { delimiter: Some(delimiter), encoding: Some("utf-8".into()), ..Reading::default() };
        let source = Sample::new(text).hold_as(reading);
        prop_assert_eq!(source.header().unwrap().names(), ["Name", "Email", "Total"]);
        let expected: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| format!("x{cell}")).collect())
            .collect();
        prop_assert_eq!(cells_of(&source), expected);
    }
}

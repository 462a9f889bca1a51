//! Text in any encoding: found, shown, said otherwise, and the same text in the end.

use proptest::prelude::*;

use super::*;

const TEXT: &str = "Name,City,Total\n#1,Orléans,\"12,50 €\"\n#2,Kraków,8\n#3,東京,\"two\nlines\"\n";

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let units = text.encode_utf16();
    let bytes = |unit: u16| {
        if little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    };
    units.flat_map(bytes).collect()
}

fn utf32(text: &str, little: bool) -> Vec<u8> {
    let bytes = |c: char| {
        let unit = u32::from(c);
        if little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    };
    text.chars().flat_map(bytes).collect()
}

fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    match encoding {
        "UTF-16LE" => utf16(text, true),
        "UTF-16BE" => utf16(text, false),
        "UTF-32LE" => utf32(text, true),
        "UTF-32BE" => utf32(text, false),
        "UTF-8" => text.as_bytes().to_vec(),
        name => {
            let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
            let (bytes, _, lossy) = encoding.encode(text);
            assert!(!lossy, "{text:?} in {name}");
            bytes.into_owned()
        }
    }
}

fn as_encoding(name: &str) -> Reading {
    Reading {
        encoding: Some(name.to_owned()),
        ..Reading::default()
    }
}

#[test]
fn the_unicode_encodings_are_found_with_and_without_a_mark() {
    let expected = cells_of(&Sample::new(TEXT).hold());
    assert_eq!(expected[0], ["#1", "Orléans", "12,50 €"]);
    for encoding in ["UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"] {
        for mark in ["", "\u{feff}"] {
            let sample = Sample::new(encoded(&format!("{mark}{TEXT}"), encoding));
            let source = sample.open();
            assert_eq!(source.encoding(), encoding);
            assert_eq!(source.bom(), !mark.is_empty(), "{encoding}");
            assert!(!source.is_encoding_guessed());
            assert_eq!(source.header().unwrap().names()[0], "Name", "{encoding}");
            assert_eq!(cells_of(&source), expected, "{encoding}");
        }
    }
}

#[test]
fn a_mark_alone_tells_of_text_without_any_latin_letter() {
    let text = "\u{feff}名,前\n東,京\n";
    let source = Sample::new(encoded(text, "UTF-16BE")).hold();
    assert_eq!(cells_of(&source), [["東", "京"]]);
}

#[test]
fn windows_1252_is_found_by_its_letters_and_said_to_be_a_guess() {
    let text = "Name;City;Total\n1;Nîmes;12,50 €\n2;Orléans;8,00 €\n3;Saint-Étienne;9,00 €\n";
    let source = Sample::new(encoded(text, "windows-1252")).hold();
    assert_eq!(source.encoding(), "windows-1252");
    assert!(source.is_encoding_guessed());
    assert!(
        source.description().contains("windows-1252 by its letters"),
        "{}",
        source.description()
    );
    assert_eq!(cells_of(&source)[2], ["3", "Saint-Étienne", "9,00 €"]);
}

#[test]
fn one_accent_far_behind_the_beginning_is_enough() {
    let mut text = b"Name,City\n".to_vec();
    for number in 0..120_000 {
        text.extend_from_slice(format!("#{number},Berlin\n").as_bytes());
    }
    text.extend_from_slice(b"#last,Orl\xe9ans\n");
    assert!(text.len() > 1 << 20);
    let source = Sample::new(text).hold();
    assert_eq!(source.encoding(), "windows-1252");
    assert_eq!(cells_of(&source).last().unwrap()[1], "Orléans");
}

#[test]
fn what_the_operator_says_counts() {
    let bytes = b"Name,City\n1,Orl\xe9ans\n";
    let cyrillic = Sample::new(bytes).hold_as(as_encoding("windows-1251"));
    assert_eq!(cyrillic.encoding(), "windows-1251");
    assert_eq!(cells_of(&cyrillic)[0][1], "Orlйans");
    let utf8 = Sample::new(bytes).hold_as(as_encoding("utf8"));
    let read = index(&utf8, &by("Name"));
    assert_eq!(said(read.findings()), [("SRC-04", 2)]);
    let sample = Sample::new(bytes);
    let error = sample
        .try_open(as_encoding("ebcdic"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("\"ebcdic\"") && error.contains("windows-1252"),
        "{error}"
    );
}

#[test]
fn a_few_bad_bytes_are_no_other_encoding() {
    let sample = Sample::new(b"Name,City\n1,N\xeemes\n2,Orl\xc3\xa9ans\n3,a\0b\n");
    let source = sample.open();
    assert_eq!(source.encoding(), "UTF-8");
    let index = index(&source, &by("Name"));
    assert_eq!(said(index.findings()), [("SRC-04", 2), ("SRC-05", 4)]);
}

#[test]
fn what_an_earlier_conversion_lost_is_told() {
    let source = Sample::new("Name,City\n1,Orl\u{fffd}ans\n2,Berlin\n").hold();
    let read = index(&source, &by("Name"));
    assert_eq!(said(read.findings()), [("SRC-13", 2)]);
    assert_eq!(
        read.findings()[0].place.as_ref().unwrap().column.as_deref(),
        Some("City")
    );
    for text in [
        "[{\"a\":\"x\u{fffd}\"},{\"a\":1}]",
        "[{\"a\":\"x\\uFFFD\"},{\"a\":1}]",
    ] {
        let source = Sample::new(text).hold();
        let read = index(&source, &GroupBy::EachRecord);
        assert_eq!(said(read.findings()), [("SRC-13", 1)], "{text}");
    }
    // A backslash that is escaped itself makes a text of the letters behind it.
    for text in [
        r#"[{"a":"C:\\ufffd"},{"a":1}]"#,
        r#"[{"a":"\\\\ufffd, \\uFFFD"},{"a":"\u00fd"}]"#,
    ] {
        let source = Sample::new(text).hold();
        let read = index(&source, &GroupBy::EachRecord);
        assert_eq!(said(read.findings()), [], "{text}");
    }
    let source = Sample::new(r#"[{"a":"\\\ufffd"}]"#).hold();
    let read = index(&source, &GroupBy::EachRecord);
    assert_eq!(said(read.findings()), [("SRC-13", 1)]);
}

#[test]
fn bytes_that_are_no_character_are_told_too() {
    let mut bytes = utf16("\u{feff}Name,City\n1,Orl", true);
    bytes.extend_from_slice(&[0x00, 0xd8]);
    bytes.extend_from_slice(&utf16("ans\n", true));
    let source = Sample::new(bytes).hold();
    let read = index(&source, &by("Name"));
    assert_eq!(said(read.findings()), [("SRC-13", 2)]);
}

#[test]
fn places_in_another_encoding_are_lines_without_bytes() {
    let source = Sample::new(utf16("\u{feff}k,v\na,1\nb,\"x\nc,3\n", true)).hold();
    let read = index(&source, &by("k"));
    let place = read.place(1).unwrap();
    assert_eq!((place.line, place.byte), (Some(4), None));
    let broken = read.findings()[0].place.as_ref().unwrap();
    assert_eq!((broken.line, broken.byte), (Some(3), None));
    let record = &source.read_group(&read, 1).unwrap().records[0];
    assert_eq!((record.place.line, record.place.byte), (Some(4), None));
    assert_eq!(source.head(1).unwrap()[0].place.byte, None);
}

#[test]
fn json_is_read_in_any_encoding() {
    let text = "{\"orders\":[{\"id\":12345678901234567890123,\"city\":\"Orléans\"},{\"id\":2}]}";
    let lines = "{\"id\":1,\"city\":\"Orléans\"}\n{\"id\":2}\n";
    for encoding in [
        "UTF-16LE",
        "UTF-16BE",
        "UTF-32LE",
        "UTF-32BE",
        "windows-1252",
    ] {
        let source = Sample::new(encoded(text, encoding)).hold();
        assert_eq!(source.encoding(), encoding);
        let read = index(&source, &GroupBy::Pointer("/id".to_owned()));
        let group = source.read_group(&read, 0).unwrap();
        assert_eq!(group.key, "12345678901234567890123");
        let json = group.records[0].json().unwrap().clone();
        assert_eq!(json["city"], "Orléans", "{encoding}");
        let source = Sample::new(encoded(lines, encoding)).hold();
        assert_eq!(source.format(), &Format::NdJson, "{encoding}");
        assert_eq!(source.head(9).unwrap().len(), 2);
    }
}

#[test]
fn the_first_records_end_where_the_converted_text_does() {
    // In UTF-8 it is longer by more bytes than stand from the quote on that nothing closes.
    for encoding in ["windows-1252", "Shift_JIS", "gb18030"] {
        let word = match encoding {
            "windows-1252" => "éééééé",
            _ => "東京東京東京",
        };
        let text = format!("k,v,w\na,1,x\nb,{word},\"\n");
        let source = Sample::new(encoded(&text, encoding)).hold_as(as_encoding(encoding));
        let read = index(&source, &by("k"));
        let broken = read.findings().first().map(|finding| finding.rule.id);
        assert_eq!((read.records(), broken), (1, Some("SRC-01")));
        let head = source.head(9).unwrap();
        assert_eq!(head, source.read_group(&read, 0).unwrap().records);
    }
}

#[test]
fn a_file_in_another_encoding_is_noticed_when_it_changes() {
    let sample = Sample::new(utf16("k,v\na,1\n", true));
    let source = sample.open();
    let read = index(&source, &by("k"));
    let bytes = fs::read(&sample.path).unwrap();
    assert_eq!(read.fingerprint(), blake3::hash(&bytes).to_hex().as_str());
    source.check_unchanged(&read).unwrap();
    fs::write(&sample.path, utf16("k,v\na,2\nb,3\n", true)).unwrap();
    assert!(matches!(
        source.check_unchanged(&read),
        Err(SourceError::Changed { .. })
    ));
    assert!(matches!(
        source.read_group(&read, 0),
        Err(SourceError::Changed { .. })
    ));
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_text_in_any_encoding_comes_back(
        cells in prop::collection::vec("[a-zA-Zà-öø-ÿ€ 0-9;\u{4e00}-\u{4e0f}]{1,12}", 4..40),
        which in 0..5_usize,
        mark in any::<bool>(),
    ) {
        let encoding = ["UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"][which];
        let rows: Vec<Vec<String>> = cells.chunks_exact(2).map(<[String]>::to_vec).collect();
        let mut text = if mark { "\u{feff}k,v\n" } else { "k,v\n" }.to_owned();
        for row in &rows {
            text.push_str(&format!("x{},{}\n", row[0], row[1]));
        }
        let source = Sample::new(encoded(&text, encoding)).hold_as(as_encoding(encoding));
        let read: Vec<Vec<String>> = cells_of(&source);
        let expected: Vec<Vec<String>> = rows
            .iter()
            .map(|row| vec![format!("x{}", row[0]), row[1].clone()])
            .collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn any_text_of_one_byte_a_character_comes_back(
        cells in prop::collection::vec("[a-zA-Zà-öø-ÿ€ŠŽš]{1,12}", 2..20),
    ) {
        let text = format!("k\n{}\n", cells.join("\n"));
        let source = Sample::new(encoded(&text, "windows-1252")).hold_as(as_encoding("cp1252"));
        let read: Vec<String> = cells_of(&source).into_iter().flatten().collect();
        prop_assert_eq!(read, cells);
    }
}

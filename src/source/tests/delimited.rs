//! Delimited text: quotes, newlines, uneven rows, limits.

use std::fmt::Write;

use proptest::prelude::*;

use super::*;

fn table(text: impl AsRef<[u8]>, group: &GroupBy) -> (Table, Vec<(&'static str, u64)>) {
    let sample = Sample::new(text);
    let source = sample.open();
    let index = index(&source, group);
    (rows_of(&source, &index), said(index.findings()))
}

fn plain(rows: &Table) -> Vec<(&str, Vec<String>)> {
    rows.iter()
        .map(|(key, rows)| (key.as_str(), rows.iter().map(|row| row.join("/")).collect()))
        .collect()
}

#[test]
fn rows_of_one_order_are_gathered_from_afar() {
    let text = "Name,Item\r\n#1,a\r\n#2,\"b\r\nb\"\r\n\r\n#1,c\r\n,d\r\n #2 ,e\r\n#3,f";
    let sample = Sample::new(text);
    let source = sample.open();
    let index = index(&source, &by("Name"));
    let rows = rows_of(&source, &index);
    let expected = [
        ("#1", vec!["#1/a".to_owned(), "#1/c".into(), "/d".into()]),
        ("#2", vec!["#2/b\r\nb".into(), " #2 /e".into()]),
        ("#3", vec!["#3/f".into()]),
    ];
    assert_eq!(plain(&rows), expected);
    assert_eq!(index.records(), 6);
    assert_eq!(index.find("#2"), Some(1));
    assert_eq!(index.find("#4"), None);
    assert_eq!(index.key(2).as_deref(), Some("#3"));
    assert_eq!(index.records_of(0), Some(3));
    assert_eq!(index.findings(), []);
    let group = source.read_group(&index, 1).unwrap();
    let places: Vec<_> = group.records.iter().map(|r| r.place.clone()).collect();
    assert_eq!(places, [Place::line(3, 17), Place::line(8, 40)]);
    assert_eq!(index.place(1), Some(Place::line(3, 17)));
}

#[test]
fn groups_that_follow_each_other_are_read_together() {
    let mut rows = "k,v\n".to_owned();
    for row in 0..500 {
        rows += &format!("{row},v\n");
    }
    let sample = Sample::new(rows);
    let source = sample.open();
    let index = index(&source, &by("k"));
    let before = source.inner.file.reads();
    let mut groups = source.groups(&index);
    for row in 0..500 {
        assert_eq!(groups.read(row).unwrap().key, row.to_string());
    }
    // The first alone, then what follows it at once.
    assert_eq!(source.inner.file.reads() - before, 2);
    // Where it is said what comes, all at once.
    let mut groups = source.groups(&index);
    groups.expect(0..=499);
    let before = source.inner.file.reads();
    for row in 0..500 {
        assert_eq!(groups.read(row).unwrap().key, row.to_string());
    }
    assert_eq!(source.inner.file.reads() - before, 1);
    // Far apart: each for itself, and nothing more than it.
    let mut groups = source.groups(&index);
    let before = source.inner.file.reads();
    assert_eq!(groups.read(3).unwrap().key, "3");
    assert_eq!(groups.read(400).unwrap().key, "400");
    assert_eq!(source.inner.file.reads() - before, 2);
}

#[test]
fn a_group_is_read_with_one_seek_an_extent() {
    let sample = Sample::new("k,v\na,1\na,2\nb,3\nb,4\na,5\na,6\n");
    let source = sample.open();
    let index = index(&source, &by("k"));
    for (key, reads) in [("a", 2), ("b", 1)] {
        let before = source.inner.file.reads();
        let group = source.read_group(&index, index.find(key).unwrap()).unwrap();
        assert_eq!(group.records.len(), if key == "a" { 4 } else { 2 });
        assert_eq!(source.inner.file.reads() - before, reads, "{key}");
    }
}

#[test]
fn each_record_can_be_a_group() {
    let sample = Sample::new("k;v\na;1\na;2\n");
    let source = sample.open();
    let index = index(&source, &GroupBy::EachRecord);
    assert_eq!(index.groups(), 2);
    assert_eq!(index.key(1).as_deref(), Some("2"));
    assert_eq!(index.find("2"), Some(1));
    assert_eq!(index.find("0"), None);
    assert_eq!(index.find("3"), None);
    let rows = rows_of(&source, &index);
    assert_eq!(plain(&rows)[1], ("2", vec!["a/2".to_owned()]));
}

#[test]
fn the_delimiter_is_the_one_that_rows_agree_on() {
    let delimiter = |text: &str| match Sample::new(text).open().format() {
        Format::Delimited { delimiter, .. } => *delimiter,
        other => panic!("{other:?}"),
    };
    assert_eq!(delimiter("a;b;c\n1,5;2,5;x, y\n"), b';');
    assert_eq!(delimiter("a\tb\n1,2\t3\n"), b'\t');
    assert_eq!(delimiter("a|b, c\n1|2\n3|4\n"), b'|');
    assert_eq!(delimiter("a,b,\"c;d;e;f;g\"\n1,2,3\n"), b',');
    assert_eq!(delimiter("alone\n1\n"), b',');
    let sample = Sample::new("a!b,c\n1!2,3\n");
    let source = sample.open_as(Reading {
        delimiter: Some(b'!'),
        ..Reading::default()
    });
    assert_eq!(source.header().unwrap().names(), ["a", "b,c"]);
}

#[test]
fn the_header_is_the_first_row_with_text() {
    let sample = Sample::new(b"\xef\xbb\xbf\r\n,,\r\n\"Na\nme\",Name,Name\r\n1,2,3\r\n");
    let source = sample.open();
    assert!(source.bom());
    assert_eq!(
        source.header().unwrap().names(),
        ["Na\nme", "Name", "Name (2)"]
    );
    let Format::Delimited { header_line, .. } = source.format() else {
        panic!()
    };
    assert_eq!(*header_line, 3);
    assert_eq!(said(source.findings()), [("SRC-06", 3)]);
    let head = source.head(5).unwrap();
    assert_eq!(head.len(), 1);
    assert_eq!(head[0].place.line, Some(5));
    assert_eq!(head[0].row().unwrap().by_name("Name (2)"), Some("3"));
}

#[test]
fn an_unclosed_quote_costs_one_row() {
    // Up to the end of the file, in the last line, and up to a quote below.
    let (rows, said) = table("k,v\n1,a\n2,\"b\n3,c\n4,\"\"\n", &by("k"));
    assert_eq!(said, [("SRC-01", 3)]);
    let keys: Vec<_> = rows.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["1", "3", "4"]);

    let (rows, said) = table("k,v\n1,a\n2,\"b", &by("k"));
    assert_eq!((rows.len(), said), (1, vec![("SRC-01", 3)]));

    let (rows, said) = table("k,v\n1,\"a\n2,b\n3,\"c, d\"\n4,e\n", &by("k"));
    assert_eq!(said, [("SRC-01", 2)]);
    let expected = [
        ("2", vec!["2/b".to_owned()]),
        ("3", vec!["3/c, d".into()]),
        ("4", vec!["4/e".into()]),
    ];
    assert_eq!(plain(&rows), expected);
}

#[test]
fn rows_behind_a_broken_one_are_not_given_to_another_order() {
    let text = "k,v\n,x\n1,a\n2,\"b\n,c\n,d\n3,e\n";
    let (rows, said) = table(text, &by("k"));
    let expected = [
        ("", vec!["/x".to_owned()]),
        ("1", vec!["1/a".into()]),
        ("", vec!["/c".into(), "/d".into()]),
        ("3", vec!["3/e".into()]),
    ];
    assert_eq!(plain(&rows), expected);
    assert_eq!(said, [("SRC-01", 4), ("SRC-07", 2), ("SRC-07", 5)]);
}

#[test]
fn an_endless_cell_is_bounded_and_the_rest_is_read() {
    let mut text = b"k,v\n1,a\n2,\"".to_vec();
    text.extend(std::iter::repeat_n(b'x', 20 << 20));
    text.extend(b"\n3,c\n4,");
    text.extend(std::iter::repeat_n(b'y', 20 << 20));
    text.extend(b"\n5,d\n");
    let (rows, said) = table(text, &by("k"));
    let keys: Vec<_> = rows.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["1", "3", "5"]);
    assert_eq!(said, [("SRC-01", 3), ("SRC-02", 5)]);
}

#[test]
fn odd_rows_are_used_and_named() {
    let text = b"k,v,w\n1,a\n2,a,b,c\n3,a,b,,\n4,caf\xff,b\n5,a,b\0\n'6,\"7\"\"\",5\" pipe\n";
    let sample = Sample::new(text);
    let source = sample.open();
    let index = index(&source, &by("k"));
    let expected = [("SRC-03", 2), ("SRC-03", 3), ("SRC-04", 5), ("SRC-05", 6)];
    assert_eq!(said(index.findings()), expected);
    let columns: Vec<_> = index
        .findings()
        .iter()
        .map(|finding| finding.place.clone().unwrap().column)
        .collect();
    let name = |name: &str| Some(name.into());
    assert_eq!(columns, [None, None, name("v"), name("w")]);
    let rows = rows_of(&source, &index);
    assert_eq!(rows[3].1[0][1], "caf\u{fffd}");
    assert_eq!(rows[4].1[0][2], "b\0");
    assert_eq!(rows[5].1[0], ["'6", "7\"", "5\" pipe"]);
    let group = source.read_group(&index, 3).unwrap();
    assert_eq!(said(&group.findings), [("SRC-04", 5)]);
}

#[test]
fn joined_exports_have_one_header() {
    let (rows, said) = table("k,v,v\n1,a,\n\u{feff}k, v,v\n1,b,\nk,v,\n", &by("k"));
    let expected = [
        ("1", vec!["1/a/".to_owned(), "1/b/".into()]),
        ("k", vec!["k/v/".into()]),
    ];
    assert_eq!(plain(&rows), expected);
    assert_eq!(said, [("SRC-06", 1), ("SRC-12", 3)]);
}

#[test]
fn a_file_with_nothing_usable_is_refused_with_the_reason() {
    let sample = Sample::new("k,v\n1,\"a");
    let source = sample.open();
    let error = source
        .index(&by("k"), &mut |_| ControlFlow::Continue(()))
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("line 2") && text.contains("quote"), "{text}");
    let sample = Sample::new("k,v\n");
    let index = index(&sample.open(), &by("k"));
    assert_eq!((index.groups(), index.findings()), (0, &[][..]));
}

#[test]
fn grouping_that_the_file_cannot_do_is_refused() {
    let sample = Sample::new("k,v\n1,a\n");
    let source = sample.open();
    let refuse = |group: &GroupBy| {
        let result = source.index(group, &mut |_| ControlFlow::Continue(()));
        result.unwrap_err().to_string()
    };
    let text = refuse(&by("Name"));
    assert!(text.contains("\"Name\"") && text.contains("k, v"), "{text}");
    let text = refuse(&GroupBy::Pointer("/id".into()));
    assert!(text.contains("JSON pointer"), "{text}");
}

#[test]
fn a_pass_can_be_watched_and_stopped() {
    let text = format!("k,v\n{}", "1,a\n".repeat(200_000));
    let sample = Sample::new(text);
    let source = sample.open();
    let mut seen = Vec::new();
    let result = source.index(&by("k"), &mut |progress| {
        seen.push(progress);
        if seen.len() < 4 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    assert!(matches!(result, Err(SourceError::Stopped { .. })));
    assert!(seen.windows(2).all(|pair| pair[0].bytes < pair[1].bytes));
    assert!(seen[3].records > seen[1].records);
    assert_eq!(seen[0].total, 800_004);
}

#[test]
fn block_borders_cut_nothing() {
    // Rows of changing length, so that borders fall everywhere, between CR and LF too.
    let mut text = String::from("k,v\r\n");
    for row in 0..40_000 {
        let note = "é\"\"\r\n".repeat(row % 7);
        write!(text, "#{},\"{note}\"\r\n", row / 2).unwrap();
    }
    let sample = Sample::new(&text);
    let source = sample.open();
    let index = index(&source, &by("k"));
    assert_eq!((index.groups(), index.records()), (20_000, 40_000));
    assert_eq!(index.findings(), []);
    let mut line = 2;
    for group in 0..index.groups() {
        let found = source.read_group(&index, group).unwrap();
        for (offset, record) in found.records.iter().enumerate() {
            let lines = (group * 2 + offset) % 7;
            assert_eq!(record.place.line, Some(line));
            let note = "é\"\r\n".repeat(lines);
            assert_eq!(record.row().unwrap().get(1), Some(note.as_str()));
            line += lines as u64 + 1;
        }
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-z0-9]{1,6}",
        "[,;\t|\"'\r\n aé€\u{feff}]{1,8}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_a_csv_writer_wrote_comes_back(
        rows in prop::collection::vec(prop::collection::vec(cell(), 3), 0..12),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
        crlf in any::<bool>(),
    ) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(terminator)
            .from_writer(Vec::new());
        writer.write_record(["first", "second", "third"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let sample = Sample::new(writer.into_inner().unwrap());
        let reading = Reading { delimiter: Some(delimiter), ..Reading::default() };
        let source = sample.open_as(reading);
        let index = index(&source, &GroupBy::EachRecord);
        // A byte order mark before a row's first quote belongs to the file, not to the cell.
        let unmarked = |mut row: Vec<String>| {
            row[0] = row[0].trim_start_matches('\u{feff}').to_owned();
            row
        };
        let has_text = |row: &Vec<String>| {
            !row.concat().bytes().all(|byte| byte.is_ascii_whitespace())
        };
        let expected: Vec<_> = rows.into_iter().map(unmarked).filter(has_text).collect();
        let found: Vec<_> = rows_of(&source, &index)
            .into_iter()
            .flat_map(|(_, rows)| rows)
            .map(unmarked)
            .filter(has_text)
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn grouping_equals_a_naive_one(keys in prop::collection::vec(0..6_u8, 1..60)) {
        let mut text = String::from("k,v\n");
        let mut expected: Table = Vec::new();
        for (row, key) in keys.iter().enumerate() {
            // Key 0 is blank: it continues the group above.
            let name = if *key == 0 { String::new() } else { format!("#{key}") };
            writeln!(text, "{name},{row}").unwrap();
            let cells = vec![name.clone(), row.to_string()];
            let above = keys[..row].iter().rev().find(|key| **key != 0);
            let owner = match (key, above) {
                (0, Some(above)) => format!("#{above}"),
                _ => name,
            };
            match expected.iter_mut().find(|(known, _)| *known == owner) {
                Some((_, rows)) => rows.push(cells),
                None => expected.push((owner, vec![cells])),
            }
        }
        let (rows, _) = table(text, &by("k"));
        prop_assert_eq!(rows, expected);
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(
        prop_oneof![
            prop::sample::select(b"\",\n\r{}[]:\\ a1".to_vec()),
            any::<u8>(),
        ],
        0..200,
    )) {
        let sample = Sample::new(bytes);
        if let Ok(source) = Source::open(&sample.path, &SourceOptions::default()) {
            source.head(3).unwrap();
            if let Ok(index) = source.index(&GroupBy::EachRecord, &mut |_| ControlFlow::Continue(())) {
                for group in 0..index.groups() {
                    prop_assert_eq!(source.read_group(&index, group).unwrap().records.len(), 1);
                }
            }
        }
    }
}

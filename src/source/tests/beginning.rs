//! What stands in a file's first megabyte, found as the whole index finds it.

use std::fmt::Write as _;
use std::io::Write as _;

use super::*;

/// As much as is looked at.
const HEAD: usize = 1 << 20;

/// Rows enough for a little more than a megabyte, each by its number.
fn rows(row: impl Fn(&mut String, usize)) -> String {
    let mut text = String::from("Key,What,More\n");
    let mut number = 0;
    while text.len() < HEAD + (HEAD >> 5) {
        row(&mut text, number);
        number += 1;
    }
    text
}

fn peek(sample: &Sample) -> Source {
    let options = SourceOptions {
        spool_dir: Some(sample.dir.path().join("spool")),
        ..SourceOptions::default()
    };
    Source::peek(&sample.path, &options).unwrap()
}

fn beginning(sample: &Sample, group: &GroupBy) -> Option<Index> {
    peek(sample).index_beginning(group).unwrap()
}

/// Whether each group of the beginning is the one at its place in the whole file; how many there are of how many.
fn compared(sample: &Sample, group: &GroupBy) -> (usize, usize) {
    let (look, whole) = (peek(sample), sample.open());
    let (first, all) = (
        look.index_beginning(group).unwrap().unwrap(),
        index(&whole, group),
    );
    for number in 0..first.groups() {
        let (here, there) = (
            look.read_group(&first, number).unwrap(),
            whole.read_group(&all, number).unwrap(),
        );
        assert_eq!(format!("{here:?}"), format!("{there:?}"));
        assert_eq!(first.place(number), all.place(number));
        assert_eq!(first.find(&here.key), all.find(&there.key));
    }
    (first.groups(), all.groups())
}

#[test]
fn groups_are_those_of_the_whole_file_but_for_the_last() {
    let text = rows(|text, number| {
        let key = number / 2;
        let _ = match number % 7 {
            // A row that continues the one above, one without all its cells, the header once more.
            1 => writeln!(text, ",continued {number},"),
            2 => writeln!(text, "K{key},Søren"),
            3 => writeln!(text, "Key,What,More\nK{key},a,b"),
            _ => writeln!(text, "K{key},\"two\nlines, \"\"{number}\"\"\",x"),
        };
    });
    let (first, all) = compared(&Sample::new(&text), &by("Key"));
    assert!(first > all / 2 && first < all, "{first} of {all}");
}

/// Wherever the megabyte ends in a row: in a quoted cell, in a line end, in a character.
#[test]
fn what_is_cut_at_the_end_is_left_out() {
    let text = rows(|text, number| {
        let _ = writeln!(text, "K{number:06},\"zwölf\nö, \"\"ä\"\"\",x\r");
    });
    let (head, rest) = text.split_once('\n').unwrap();
    for shift in (0..40).step_by(13) {
        let padded = format!("{head}\nfirst,{},\n{rest}", "p".repeat(shift));
        let sample = Sample::new(padded);
        let index = beginning(&sample, &by("Key")).unwrap();
        let source = peek(&sample);
        let table = rows_of(&source, &index);
        let row = text.len() / text.matches("\r\n").count();
        assert!(table.len() > HEAD / (row + 1) - 2, "{}", table.len());
        for (number, (key, rows)) in table.iter().enumerate().skip(1) {
            assert_eq!(*key, format!("K{:06}", number - 1));
            assert_eq!(rows.len(), 1, "{key} at {shift}");
            assert_eq!(rows[0][1], "zwölf\nö, \"ä\"", "{key} at {shift}");
        }
    }
}

#[test]
fn a_group_with_rows_further_down_has_the_number_that_it_has_in_the_end() {
    let mut text = rows(|text, number| {
        let _ = writeln!(text, "K{number},{},x", "w".repeat(60));
    });
    text.push_str("K3,late,x\n");
    let sample = Sample::new(&text);
    let first = beginning(&sample, &by("Key")).unwrap();
    let all = index(&sample.open(), &by("Key"));
    assert_eq!((first.find("K3"), all.find("K3")), (Some(3), Some(3)));
    assert_eq!((first.records_of(3), all.records_of(3)), (Some(1), Some(2)));
}

#[test]
fn json_lines_lists_and_other_encodings_and_packed_files_too() {
    let object = |number: usize| format!(r#"{{"id": "K{number}", "more": [1, "{number}"]}}"#);
    let objects: Vec<String> = (0..HEAD / 34).map(object).collect();
    let pointer = GroupBy::Pointer("/id".to_owned());
    for text in [objects.join("\n"), format!("[{}]", objects.join(",\n"))] {
        let (first, all) = compared(&Sample::new(&text), &pointer);
        assert!(first > all / 2 && first < all, "{first} of {all}");
    }
    let text = rows(|text, number| {
        let _ = writeln!(text, "K{number},Grüße von {number},x");
    });
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    for bytes in [latin, wide, packed.finish().unwrap()] {
        let (first, all) = compared(&Sample::new(bytes), &by("Key"));
        assert!(first > all / 4 && first < all, "{first} of {all}");
    }
}

#[test]
fn a_file_that_ends_there_has_no_beginning_of_its_own() {
    let sample = Sample::new("Key,What\nA,1\nB,2\n");
    assert!(beginning(&sample, &by("Key")).is_none());
    let text = rows(|text, number| {
        let _ = writeln!(text, "K{number},{},x", "w".repeat(60));
    });
    let error = peek(&Sample::new(text)).index_beginning(&by("Nothing"));
    assert!(matches!(error, Err(SourceError::NoColumn { .. })));
}

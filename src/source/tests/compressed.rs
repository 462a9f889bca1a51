//! Compressed files: unpacked within a bound, watched, stopped, and known by their own bytes.

use std::io::Write;

use super::*;

const TEXT: &str = "k,v\na,1\nb,2\na,3\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zstd_of(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn bounded(limit: u64) -> Reading {
    Reading {
        unpack_limit: Some(limit),
        ..Reading::default()
    }
}

#[test]
fn what_is_compressed_reads_as_what_it_holds() {
    let expected = cells_of(&Sample::new(TEXT).hold());
    for (packed, name) in [
        (gzip(TEXT.as_bytes()), "gzip"),
        (zstd_of(TEXT.as_bytes()), "zstd"),
    ] {
        let sample = Sample::new(&packed);
        let source = sample.open();
        assert_eq!(source.compression().unwrap().name(), name);
        assert!(
            source.description().ends_with(&format!("in {name}")),
            "{}",
            source.description()
        );
        assert_eq!(source.len(), packed.len() as u64);
        assert_eq!(cells_of(&source), expected);
        let read = index(&source, &by("k"));
        assert_eq!(read.fingerprint(), blake3::hash(&packed).to_hex().as_str());
        // Nothing of it stays behind.
        let spool = sample.dir.path().join("spool");
        assert_eq!(fs::read_dir(spool).unwrap().count(), 0);
    }
}

#[test]
fn the_first_records_are_whole_however_small_the_file_is() {
    // Shorter packed, and shorter in its own encoding, than its text is.
    let plain = format!("k,v\n{}", format!("1,{}\n", "o".repeat(40)).repeat(50));
    let json = format!("[{}{{\"k\":1}}]", "{\"k\":\"o\"},".repeat(49));
    let (accents, _, _) =
        encoding_rs::WINDOWS_1252.encode("k,v\n1,Orléans\n2,\u{201c}é\u{201d} é\n");
    for (bytes, count) in [
        (gzip(plain.as_bytes()), 50),
        (gzip(json.as_bytes()), 50),
        (accents.into_owned(), 2),
    ] {
        let source = Sample::new(bytes).hold();
        let read = index(&source, &GroupBy::EachRecord);
        let head = source.head(1000).unwrap();
        assert_eq!((head.len(), read.groups()), (count, count));
        for (number, record) in head.iter().enumerate() {
            assert_eq!(
                record,
                &source.read_group(&read, number).unwrap().records[0]
            );
        }
    }
}

#[test]
fn joined_archives_are_read_to_their_end() {
    let parts = [&b"k,v\na,1\n"[..], b"b,2\n"];
    let gz: Vec<u8> = parts.iter().flat_map(|part| gzip(part)).collect();
    let zst: Vec<u8> = parts.iter().flat_map(|part| zstd_of(part)).collect();
    for packed in [gz, zst] {
        assert_eq!(
            cells_of(&Sample::new(packed).hold()),
            [["a", "1"], ["b", "2"]]
        );
    }
}

#[test]
fn standard_input_is_unpacked_too() {
    for packed in [gzip(TEXT.as_bytes()), zstd_of(TEXT.as_bytes())] {
        let source = Source::from_reader(&mut &packed[..], &SourceOptions::default()).unwrap();
        let hash = blake3::hash(&packed).to_hex();
        assert_eq!(source.identity(), format!("-:{hash}"));
        assert_eq!(index(&source, &by("k")).fingerprint(), hash.as_str());
        assert_eq!(cells_of(&source).len(), 3);
    }
}

#[test]
fn every_format_and_encoding_may_be_inside() {
    let json = Sample::new(gzip(b"[{\"id\":1},{\"id\":2}]")).hold();
    assert_eq!(json.head(9).unwrap().len(), 2);
    let wide: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let table = Sample::new(zstd_of(&wide)).hold();
    assert_eq!(table.encoding(), "UTF-16LE");
    assert_eq!(cells_of(&table).len(), 3);
}

#[test]
fn more_than_the_bound_is_refused_with_the_way_out() {
    let text = format!("k,v\n{}", "a,1\n".repeat(1 << 18));
    for packed in [gzip(text.as_bytes()), zstd_of(text.as_bytes())] {
        let sample = Sample::new(packed);
        let error = sample.try_open(bounded(600_000)).unwrap_err().to_string();
        assert!(error.contains("unpacks to more than 585.9 kB"), "{error}");
        assert!(error.contains("--max-unpacked"), "{error}");
        let source = sample.open_as(bounded(text.len() as u64));
        assert_eq!(index(&source, &by("k")).records(), 1 << 18);
    }
}

#[test]
fn damage_is_told_and_nothing_of_it_is_used() {
    let text = "k,v\n".to_owned() + &"a,1\n".repeat(1000);
    for (packed, name) in [
        (gzip(text.as_bytes()), "gzip"),
        (zstd_of(text.as_bytes()), "zstd"),
    ] {
        let cut = Sample::new(&packed[..packed.len() - 6]).refused();
        assert!(
            cut.contains(&format!("the {name} data is damaged")),
            "{cut}"
        );
        let twice = Sample::new(gzip(&packed)).refused();
        assert!(twice.contains("compressed twice"), "{twice}");
    }
    let empty = Sample::new(gzip(b"")).refused();
    assert!(empty.contains("is empty"), "{empty}");
    let zeros = Sample::new(gzip(&vec![0; 3 << 20])).refused();
    assert!(zeros.contains("compressed binary data"), "{zeros}");
}

#[test]
fn unpacking_is_watched_and_can_be_stopped() {
    let text = format!("k,v\n{}", "abcdefgh,1\n".repeat(1 << 17));
    let sample = Sample::new(gzip(text.as_bytes()));
    let mut seen = Vec::new();
    let options = SourceOptions::default();
    Source::open_with(&sample.path, &options, &mut |progress| {
        seen.push((progress.bytes, progress.total));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(seen.len() > 3 && seen.is_sorted(), "{seen:?}");
    assert!(seen.iter().all(|(bytes, total)| bytes <= total));
    let stopped = Source::open_with(&sample.path, &options, &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(SourceError::Stopped { .. })));
}

#[test]
fn a_compressed_file_is_noticed_when_it_changes() {
    let sample = Sample::new(gzip(TEXT.as_bytes()));
    let source = sample.open();
    let read = index(&source, &by("k"));
    fs::write(&sample.path, gzip(b"k,v\nz,9\n")).unwrap();
    assert!(matches!(
        source.check_unchanged(&read),
        Err(SourceError::Changed { .. })
    ));
    assert!(matches!(
        source.read_group(&read, 0),
        Err(SourceError::Changed { .. })
    ));
    let again = source.index(&by("k"), &mut |_| ControlFlow::Continue(()));
    assert!(matches!(again, Err(SourceError::Changed { .. })));
    assert_eq!(cells_of(&sample.open()), [["z", "9"]]);
}

#[test]
fn a_look_unpacks_no_more_than_a_beginning() {
    let text = format!("k,v\n{}", "abcdefgh,1\n".repeat(1 << 20));
    let sample = Sample::new(zstd_of(text.as_bytes()));
    let source = Source::peek(&sample.path, &SourceOptions::default()).unwrap();
    assert_eq!(source.header().unwrap().names(), ["k", "v"]);
    assert_eq!(source.head(3).unwrap().len(), 3);
    let (head, whole) = source.beginning(1 << 30).unwrap();
    assert!(!whole || head.len() < text.len());
    assert!(head.len() < 2 << 20, "{}", head.len());
}

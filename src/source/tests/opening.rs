//! What a file is, and what is refused at the door.

use super::*;

fn refused(bytes: impl AsRef<[u8]>) -> String {
    let sample = Sample::new(bytes);
    let result = Source::open(&sample.path, &SourceOptions::default());
    result.unwrap_err().to_string()
}

#[test]
fn what_is_no_file_is_refused() {
    let dir = TempDir::new().unwrap();
    let open = |path: &Path| Source::open(path, &SourceOptions::default()).unwrap_err();
    let missing = open(&dir.path().join("none.csv"));
    assert!(matches!(missing, SourceError::Missing { .. }), "{missing}");
    let folder = open(dir.path());
    assert!(matches!(folder, SourceError::Directory { .. }), "{folder}");
    #[cfg(unix)]
    {
        let device = open(Path::new("/dev/null"));
        assert!(matches!(device, SourceError::NotAFile { .. }), "{device}");
    }
}

#[test]
fn what_holds_nothing_is_refused() {
    for text in ["", " \r\n\t", "\u{feff}", ",,\n,\n"] {
        assert!(refused(text).contains("is empty"), "{text:?}");
    }
}

#[test]
fn a_header_that_swallows_rows_is_refused() {
    for text in ["\"Name,Email\n1,2\n3,4\n", "Name,\"Email\n1,\"a, b\"\n"] {
        let text = refused(text);
        assert!(text.contains("header, line 1"), "{text}");
    }
}

#[test]
fn binaries_are_named() {
    for (bytes, name) in [
        (&b"%PDF-1.7"[..], "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (b"<!DOCTYPE html>", "web page"),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\x02\x03\x04\0\0\x01",
            "binary",
        ),
    ] {
        let text = refused(bytes);
        assert!(text.contains(name), "{text}");
    }
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
fn brackets_do_not_make_a_table_json() {
    let sample = Sample::new("[Name],[Email]\n1,2\n");
    let source = sample.open();
    assert_eq!(source.header().unwrap().names(), ["[Name]", "[Email]"]);
}

#[test]
fn a_file_is_known_by_its_absolute_path() {
    let sample = Sample::new("a,b\n1,2\n");
    let source = sample.open();
    let expected = fs::canonicalize(&sample.path).unwrap();
    assert_eq!(Path::new(source.identity()), expected);
    assert_eq!(source.path(), sample.path);
}

#[test]
fn a_file_that_is_read_ahead_has_the_fingerprint_of_all_its_bytes() {
    let mut text = String::from("k,v\n");
    for number in 0..400 {
        text.push_str(&format!("{number},\"a\nb\"\n"));
    }
    // What stands before the table belongs to the file too.
    for text in [text.clone(), format!("\u{feff}{text}")] {
        let sample = Sample::new(&text);
        let source = sample.open();
        let index = index(&source, &by("k"));
        assert_eq!(
            index.fingerprint(),
            blake3::hash(text.as_bytes()).to_hex().as_str()
        );
        assert_eq!(index.groups(), 400);
        assert_eq!(index.place(399).unwrap().line, Some(800));
    }
}

#[test]
fn standard_input_is_kept_where_nobody_else_reads_it() {
    let dir = TempDir::new().unwrap();
    let spool = dir.path().join("spool");
    let options = SourceOptions {
        spool_dir: Some(spool.clone()),
        ..SourceOptions::default()
    };
    let text = "k,v\na,1\nb,2\n";
    let source = Source::from_reader(&mut text.as_bytes(), &options).unwrap();
    let hash = blake3::hash(text.as_bytes()).to_hex();
    assert_eq!(source.identity(), format!("-:{hash}"));
    assert_eq!(source.path(), Path::new("-"));
    let index = index(&source, &by("k"));
    assert_eq!(index.fingerprint(), hash.as_str());
    assert_eq!(rows_of(&source, &index).len(), 2);
    source.check_unchanged(&index).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::read_dir(&spool).unwrap().count(), 0);
        let mode = fs::metadata(&spool).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let mode = source.inner.file.mode().unwrap();
        assert_eq!(mode & 0o777, 0o600);
    }
    let error = Source::from_reader(&mut &b""[..], &options).unwrap_err();
    assert!(error.to_string().starts_with("standard input: is empty"));
}

#[test]
fn a_source_is_shared_between_threads() {
    let sample = Sample::new("k,v\na,1\nb,2\n");
    let source = sample.open();
    let index = index(&source, &by("k"));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for group in [0, 1, 0, 1] {
                    assert_eq!(source.read_group(&index, group).unwrap().records.len(), 1);
                }
            });
        }
    });
}

//! Files that change, are cut short or removed while they are open.

use std::io::Write;

use super::*;

fn opened() -> (Sample, Source, Index) {
    let sample = Sample::new("k,v\na,1\nb,2\n");
    let source = sample.open();
    let index = index(&source, &by("k"));
    source.check_unchanged(&index).unwrap();
    (sample, source, index)
}

fn what(result: Result<(), SourceError>) -> &'static str {
    match result {
        Err(SourceError::Changed { what, .. }) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_longer_file_is_noticed() {
    let (sample, source, index) = opened();
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(&sample.path)
        .unwrap();
    file.write_all(b"c,3\n").unwrap();
    assert_eq!(what(source.check_unchanged(&index)), "was edited");
    assert_eq!(what(source.read_group(&index, 0).map(drop)), "was edited");
    let again = source.index(&by("k"), &mut |_| ControlFlow::Continue(()));
    assert_eq!(what(again.map(drop)), "was edited");
}

#[test]
fn a_file_cut_short_is_noticed() {
    let (sample, source, index) = opened();
    let file = fs::OpenOptions::new()
        .write(true)
        .open(&sample.path)
        .unwrap();
    file.set_len(6).unwrap();
    assert_eq!(what(source.check_unchanged(&index)), "was cut short");
    assert_eq!(
        what(source.read_group(&index, 1).map(drop)),
        "was cut short"
    );
}

#[test]
fn a_file_removed_or_replaced_is_noticed() {
    let (sample, source, index) = opened();
    fs::remove_file(&sample.path).unwrap();
    assert_eq!(what(source.check_unchanged(&index)), "was removed");
    fs::write(&sample.path, "k,v\na,1\nb,2\n").unwrap();
    assert!(matches!(
        source.check_unchanged(&index),
        Err(SourceError::Changed { .. })
    ));
}

#[test]
fn an_edit_that_keeps_length_and_time_is_noticed_when_all_is_read() {
    let (sample, source, index) = opened();
    let time = fs::metadata(&sample.path).unwrap().modified().unwrap();
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(&sample.path)
        .unwrap();
    file.write_all(b"k,v\na,9\nb,2\n").unwrap();
    file.set_modified(time).unwrap();
    drop(file);
    source.check_unchanged(&index).unwrap();
    // Nothing but reading it tells; a run that was frozen on the first isn't resumed with the second.
    let again = source.index(&by("k"), &mut |_| ControlFlow::Continue(()));
    assert_ne!(again.unwrap().fingerprint(), index.fingerprint());
}

#[test]
fn an_index_of_an_earlier_state_is_refused() {
    let (sample, _, index) = opened();
    fs::write(&sample.path, "k,v\nc,3\nd,4\ne,5\n").unwrap();
    let source = sample.open();
    assert!(matches!(
        source.read_group(&index, 0),
        Err(SourceError::Changed { .. })
    ));
}

#[test]
fn a_group_that_is_not_there_is_an_error() {
    let (_sample, source, index) = opened();
    assert!(matches!(
        source.read_group(&index, 2),
        Err(SourceError::NoSuchGroup { group: 2, .. })
    ));
}

//! Keys that are pressed in the browser of files before its folder is listed.

use std::fs;

use super::files::browser;
use crate::console::effect::Effect;
use crate::console::testing::Harness;

const WIDE: (u16, u16) = (120, 36);

/// Keys are pressed while a folder is read that takes its time.
fn slowly(harness: &mut Harness, keys: impl FnOnce(&mut Harness)) {
    harness.slow = Some(|effect| matches!(effect, Effect::List(_)));
    keys(harness);
    harness.let_go();
}

#[test]
fn what_is_pressed_before_the_folder_is_listed_is_done_when_it_is() {
    // Letters and enter: a file is opened.
    let mut harness = browser(WIDE);
    harness.keys("esc");
    let folder = harness.path().join("exports").display().to_string();
    slowly(&mut harness, |harness| {
        harness.keys("o").paste(&folder).keys("enter");
        harness.text("march").expect("reading the folder …");
        harness.keys("enter");
        harness.expect("reading the folder …; what is chosen is opened then");
    });
    harness
        .absent("Open ·")
        .expect("shopify-march.csv (2 of 2)");

    // Into a folder, and what is typed then is searched for in there.
    let mut harness = browser(WIDE);
    harness.keys("backspace");
    slowly(&mut harness, |harness| {
        harness.text("exp").keys("enter").text("arch").keys("enter");
    });
    harness
        .expect("nothing is in this folder")
        .expect("exports/archive");
    // Where one came from is under the cursor, and the key that waits goes back in.
    slowly(&mut harness, |harness| {
        harness.keys("left right");
    });
    harness.expect("nothing is in this folder");

    // The cursor goes as far down as it was told to.
    let mut known = browser(WIDE);
    known.keys("esc o down down down");
    let mut harness = browser(WIDE);
    harness.keys("esc");
    slowly(&mut harness, |harness| {
        harness.keys("o down down down");
    });
    let under_cursor = |harness: &mut Harness| {
        let screen = harness.screen();
        let line = screen.lines().find(|line| line.contains("▸ "));
        line.unwrap().split_once("▸ ").unwrap().1[..12].to_owned()
    };
    assert_eq!(under_cursor(&mut harness), under_cursor(&mut known));

    // esc goes back, and nothing is done afterwards; a step up forgets what was meant for this folder.
    let mut harness = browser(WIDE);
    slowly(&mut harness, |harness| {
        harness.keys("backspace").text("exp").keys("enter esc");
    });
    harness.absent("Open ·").expect("orders.csv");
    assert!(harness.state.shelf.others.is_empty());
}

#[test]
fn what_waits_for_a_folder_that_cant_be_read_is_said() {
    let mut harness = browser(WIDE);
    let folder = harness.path().join("exports/archive");
    harness.text("arch");
    slowly(&mut harness, |harness| {
        harness.keys("enter").text("a").keys("enter");
    });
    harness.expect("nothing here is called so");
    harness.keys("ctrl-u left").text("arch");
    fs::remove_dir(&folder).unwrap();
    slowly(&mut harness, |harness| {
        harness.keys("enter").text("a").keys("enter");
    });
    harness.expect("Open ·").expect("archive: no such file");
}

//! Another size loses nothing: neither what is typed, nor where one stands.

use crate::console::testing::Harness;
use crate::console::theme::Kind;

const THROUGH: [(u16, u16); 6] = [(80, 24), (70, 20), (300, 100), (109, 24), (110, 30), (1, 1)];
const HOME: (u16, u16) = (120, 36);

/// Goes through all sizes and back: at each that can be worked with these are seen.
fn through(harness: &mut Harness, seen: &[&str]) {
    for size in THROUGH {
        harness.resize(size);
        if harness.state.too_small() {
            harness.absent("╭");
            continue;
        }
        for words in seen {
            harness.expect(words);
        }
    }
    harness.resize(HOME);
}

/// The same, and the screen is as before.
fn there_and_back(harness: &mut Harness, seen: &[&str]) {
    let before = harness.screen();
    through(harness, seen);
    assert_eq!(harness.screen(), before);
}

fn many() -> String {
    let mut out = String::from(
        "Name,Email,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n",
    );
    for number in 0..400 {
        out.push_str(&format!(
            "#{number:04},ada@example.com,USD,10.00,2026-01-06 21:18:40 -0500,1,Mug,10.00\n"
        ));
    }
    out
}

#[test]
fn the_cursor_stays_on_its_order_and_the_payload_on_its_field() {
    let mut harness = Harness::with_text(HOME, &many());
    harness.keys("pgdn pgdn down");
    let at = harness.state.orders.cursor.at;
    let key = format!("#{at:04}");
    through(&mut harness, &[&key]);
    assert_eq!(harness.state.orders.cursor.at, at);
    // A folded payload, the cursor in it.
    harness.keys("] enter z down");
    let (line, folded) = (
        harness.state.payload.cursor.at,
        harness.state.payload.folded.clone(),
    );
    through(&mut harness, &["▸"]);
    assert_eq!(
        (
            harness.state.payload.cursor.at,
            &harness.state.payload.folded
        ),
        (line, &folded)
    );
}

#[test]
fn what_is_typed_stays() {
    let mut harness = Harness::with_orders(HOME);
    harness.keys("/").text("chloe");
    there_and_back(&mut harness, &["/chloe"]);
    harness.keys("esc c ctrl-u").text("#1001 #9999");
    there_and_back(&mut harness, &["#1001 #9999"]);
    harness.keys("esc :").text("theme");
    there_and_back(&mut harness, &["theme"]);
    harness.keys("esc 6 A").text("my-account");
    there_and_back(&mut harness, &["my-account"]);
}

#[test]
fn a_page_that_was_scrolled_stays_where_it_was() {
    let mut harness = Harness::new(HOME, Kind::Dark);
    harness.keys("f4 pgdn");
    let before = harness.screen();
    harness.resize((120, 24)).resize(HOME);
    assert_eq!(harness.screen(), before);
}

//! The payload of another operation than an import: shown, judged, copied and sent as that.

use crate::console::testing::Harness;
use crate::console::theme::{Kind, Theme};

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);

#[test]
fn the_pane_turns_to_status_update_and_cancellation_and_copies_follow() {
    let mut harness = Harness::with_orders(WIDE);
    harness.expect("KAMELEOON │ Voucherify").keys("ctrl-o");
    harness.expect("KAMELEOON · status update · #1001");
    let theme = harness.state.theme.clone();
    assert_eq!(harness.style_of("status update").fg, theme.warning.fg);
    insta::assert_snapshot!("status-update-wide", harness.screen());
    harness
        .keys("y")
        .expect("the status update of #1001 was copied");
    let copied = harness.copied.take().unwrap();
    assert!(copied.contains("\"items\": []"), "{copied}");
    harness
        .keys("ctrl-o")
        .expect("KAMELEOON · cancellation · #1001");
    harness.keys("y").expect("the cancellation of #1001");
    let copied: serde_json::Value = serde_json::from_str(&harness.copied.take().unwrap()).unwrap();
    assert_eq!(
        copied,
        serde_json::json!({ "id": "#1001", "status": "cancelled" })
    );
    harness.keys("Y").expect("copied, secrets masked");
    let curl = harness.copied.take().unwrap();
    assert!(
        curl.contains(r##""orders":[{"id":"#1001","status":"cancelled"}]"##),
        "{curl}"
    );
    // Voucherify changes an order by its address.
    harness.keys("] Y");
    let curl = harness.copied.take().unwrap();
    assert!(
        curl.contains("PUT") && curl.contains("/v1/orders/%231001") && curl.contains("CANCELED"),
        "{curl}"
    );
    harness.keys("ctrl-o").expect("Kameleoon │ VOUCHERIFY");
}

#[test]
fn findings_are_those_of_the_operation() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("] down").expect("✗ VOU-12").keys("ctrl-o");
    // An update of a status sends no e-mail address.
    harness.expect("✓ no findings").absent("✗ VOU-12");
}

#[test]
fn sending_begins_with_what_is_shown() {
    let mut harness = Harness::with_orders(WIDE);
    harness
        .keys("] ctrl-o s")
        .expect("Update statuses at Voucherify");
    harness
        .keys("esc ctrl-o s")
        .expect("Cancel orders · Voucherify");
    harness.keys("esc ctrl-o s").expect("Submit to Voucherify");
}

#[test]
fn a_vendor_without_an_operation_says_so_and_shows_what_it_has() {
    let mut harness = Harness::with_orders(NARROW);
    harness
        .keys("ctrl-o enter")
        .expect("KAMELEOON · status update");
    harness.state.theme = Theme::new(Kind::Plain);
    insta::assert_snapshot!("status-update-narrow", harness.screen());
    // Kibo knows imports and cancellations, Project Agora imports only.
    harness.keys("[").expect("KIBO").absent("status update");
    harness.keys("ctrl-o").expect("KIBO · cancellation");
    harness
        .keys("[")
        .expect("PROJECT AGORA")
        .absent("cancellation ·");
    harness.keys("ctrl-o").expect("only takes imports");
    harness.keys(":").text("next-op").expect("next-operation");
}

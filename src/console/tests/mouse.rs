//! The mouse in dialogs: a click selects, a second one on the same cell chooses, nothing is sent by a single one.

use crossterm::event::MouseEventKind;

use crate::console::testing::Harness;
use crate::console::theme::Kind;

const WIDE: (u16, u16) = (120, 36);
const LIVE: &str = "[profiles.acme]\nvendor = \"voucherify\"\nenvironment = \"live\"\n[profiles.acme.credentials]\napp_id = \"id\"\napp_token = \"token\"\n";

/// Orders, of which Voucherify took two.
fn sent() -> Harness {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("] s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    harness.keys("3");
    harness
}

#[test]
fn submit_is_chosen_by_the_second_click_only() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("] s").click("Submit 2").expect("▸ Submit 2");
    assert!(harness.state.runs.list.is_empty() && harness.state.runs.active.is_empty());
    assert_eq!(harness.state.layers.len(), 1);
    // Another choice between makes it the first click again.
    harness
        .click("Dry run")
        .expect("▸ Dry run")
        .click("Submit 2");
    assert_eq!(harness.state.layers.len(), 1);
    harness.click("Submit 2");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
}

#[test]
fn a_live_account_wants_the_count_whatever_is_clicked() {
    let mut harness = Harness::with_profile(WIDE, LIVE);
    harness.keys("] s").expect("LIVE");
    for _ in 0..4 {
        harness.click("Submit 2");
    }
    harness.expect("type 2 first");
    for _ in 0..4 {
        harness.click("enter choose");
    }
    harness.expect("type 2 first");
    assert!(harness.state.runs.list.is_empty() && harness.state.runs.active.is_empty());
}

#[test]
fn a_click_outside_does_nothing_and_the_keys_on_the_border_are_buttons() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("] s");
    let left = MouseEventKind::Down(crossterm::event::MouseButton::Left);
    for _ in 0..3 {
        harness.mouse(left, 0, 0).mouse(left, 119, 35);
    }
    assert_eq!(harness.state.layers.len(), 1);
    harness.click("enter choose").expect("click again: choose");
    assert!(harness.state.runs.active.is_empty());
    harness.click("esc back");
    assert!(harness.state.layers.is_empty());
}

#[test]
fn a_click_in_the_palette_does_it_and_the_wheel_scrolls() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys(":").mouse(MouseEventKind::ScrollDown, 40, 10);
    harness
        .keys("esc : m e s s a g e s")
        .click("Messages: read");
    harness.expect("Messages, newest first");
    assert_eq!(harness.state.layers.len(), 1);
}

#[test]
fn pages_open_and_links_are_followed_by_a_second_click() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("?").text("manual page").click("  outcomes");
    assert_eq!(harness.state.layers.len(), 1);
    harness.click("  outcomes").expect("Manual · outcomes");
    harness
        .keys("esc esc esc f4")
        .click("orderdeck manual ledger");
    harness
        .expect("Manual · manual")
        .click("orderdeck manual ledger");
    harness.expect("Manual · ledger");
}

#[test]
fn fields_and_ways_of_the_cancel_dialog_are_clicked() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    harness.state.vendors.front = 1;
    harness
        .keys("c")
        .text("#9001")
        .click("reason")
        .text("a whim");
    harness.expect("reason  a whim").click("ids").text(" #9002");
    harness.expect("#9002").click("history").expect("▸ history");
    assert!(harness.state.runs.active.is_empty());
}

#[test]
fn orders_of_a_run_are_chosen_by_tab_and_row() {
    let mut harness = sent();
    harness
        .keys("v")
        .click("imported 2")
        .expect("▸imported 2")
        .click("all 4")
        .expect("▸all 4");
    harness.double_click("#1003").expect("Response ·");
}

#[test]
fn what_is_exported_is_clicked() {
    let mut harness = sent();
    harness.keys("E").click("  imported").expect("▸ imported");
    harness
        .expect("-imported.csv")
        .click("  all  ")
        .expect("▸ all");
    assert_eq!(harness.state.layers.len(), 1);
}

#[test]
fn what_is_sent_again_is_chosen_by_a_second_click() {
    let mut harness = sent();
    harness.keys("r").click("  imported").expect("▸ imported");
    harness.expect("which orders of").click("imported");
    harness.click("imported").absent("which orders of");
    assert!(harness.state.runs.active.is_empty());
}

#[test]
fn choices_of_a_field_are_clicked() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("] tab down down e").expect("Edit status");
    harness
        .click("CREATED")
        .expect("▸ CREATED")
        .click("CANCELED");
    harness.expect("▸ CANCELED").absent("1 edited");
    harness.click("CANCELED").expect("1 edited");
}

#[test]
fn lines_of_the_profile_form_are_clicked() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    harness.keys("6 A").click("environment");
    harness.expect("▸ environment");
    harness.click("environment").click("environment");
    assert_eq!(harness.state.layers.len(), 1);
}

#[test]
fn a_question_is_answered_by_its_border() {
    let mut harness = Harness::with_profile(WIDE, LIVE);
    harness.keys("6").click("acme");
    let at = harness.state.vendors.accounts.iter();
    let at = at.clone().position(|account| account.name == "acme");
    harness.state.profiles.cursor.at = at.unwrap();
    harness.keys("D").expect("esc back");
    let layers = harness.state.layers.len();
    harness.click("enter ").expect("click again");
    assert_eq!(harness.state.layers.len(), layers);
    harness.click("enter ");
    assert!(harness.state.layers.is_empty());
}

#[test]
fn lists_of_every_view_are_clicked() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    harness.click("Add a profile");
    assert_eq!(harness.state.welcome.cursor.at, 2);
    harness.click("Open an order file");
    assert!(harness.state.layers.is_empty(), "one click only selects");
    harness.click("Open an order file").expect("Open ·");

    let mut harness = Harness::with_profile(WIDE, LIVE);
    harness.keys("2").click("currency");
    assert!(harness.state.mapping.cursor.at > 0);
    harness.keys("6").click("sandbox-kibo ");
    let at = harness.state.profiles.cursor.at;
    assert_eq!(harness.state.vendors.accounts[at].name, "sandbox-kibo");
    let front = |harness: &Harness| harness.state.vendors.tabs[1].profile.clone();
    assert_eq!(front(&harness), "acme");
    let (column, row) = harness.place_of("sandbox-voucherify ");
    let left = MouseEventKind::Down(crossterm::event::MouseButton::Left);
    harness.mouse(left, column, row);
    assert_eq!(front(&harness), "acme", "one click only selects");
    harness.mouse(left, column, row);
    assert_eq!(front(&harness), "sandbox-voucherify");
    harness.keys("6").click("address");
    assert!(harness.state.profiles.detail.is_some());
}

#[test]
fn columns_are_chosen_and_texts_are_left_by_the_mouse() {
    let mut harness = Harness::with_orders(WIDE);
    harness
        .keys("C")
        .click("[x] customer")
        .expect("[ ] customer");
    harness.click("[ ] customer").expect("[x] customer");
    harness.click("esc done").absent("Columns ·");
    harness
        .keys("] ! i")
        .expect("What VOU-12 means")
        .click("esc back");
    harness
        .absent("What VOU-12 means")
        .expect("Findings by rule");
}

#[test]
fn saved_filters_are_used_by_a_second_click() {
    let mut harness = Harness::with_orders(WIDE);
    for filter in ["total>100", "status:pending"] {
        harness.keys("/").text(filter).keys("enter esc");
    }
    harness.keys("F").click("total>100").expect("▸ last");
    assert_eq!(harness.state.layers.len(), 1, "one click only selects");
    harness.click("total>100").expect("1 of 4");
    assert_eq!(harness.state.orders.filter.text(), "total>100");
    assert!(harness.state.layers.is_empty());
    harness.keys("F").click("s save").expect("save as @");
    harness.text("big").click("enter save").click("enter save");
    harness.expect("@big");
    harness.click("@big").click("@big").expect("/@big");
}

#[test]
fn changes_of_a_fix_are_clicked_and_only_the_border_makes_them() {
    let mut harness = super::findings::twice(WIDE);
    harness.keys("! f").expect("2 orders put right");
    harness.double_click("e #1003").expect("▸ e #1003");
    assert_eq!(harness.state.file.edited(), 0);
    harness.mouse(MouseEventKind::ScrollUp, 60, 18);
    harness.expect("▸ e #1001");
    harness.click("enter ").expect("click again");
    assert_eq!(harness.state.file.edited(), 0);
    harness.click("enter ");
    assert_eq!(harness.state.file.edited(), 2);
}

#[test]
fn a_field_at_all_vendors_is_clicked_and_the_second_click_goes_to_its_line() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("=").click("customer.email");
    harness.expect("customer.email at the vendors");
    assert_eq!(harness.state.layers.len(), 1, "one click only selects");
    harness.mouse(MouseEventKind::ScrollDown, 20, 10);
    harness.absent("customer.email at the vendors");
    harness.double_click("customer.email");
    assert!(harness.state.layers.is_empty());
    let line = harness.state.payload.line().unwrap();
    assert_eq!(line.pointer, "/customer/source_id");
}

#[test]
fn a_vendor_of_the_field_at_all_vendors_is_clicked_and_the_second_click_goes_there() {
    let front = |harness: &Harness| harness.state.vendors.front;
    let mut narrow = Harness::at_voucherify((80, 24));
    narrow.keys("=").click("Kibo   ").click("KIBO   ");
    assert_eq!(front(&narrow), 3);
    let line = narrow.state.payload.line().unwrap();
    assert_eq!(line.pointer, "/externalOrderID");

    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("=").click("customer.email");
    harness
        .click("Kibo   ")
        .expect("KIBO   ")
        .absent("VOUCHERIFY");
    assert_eq!(harness.state.layers.len(), 1, "one click only selects");
    assert_eq!(front(&harness), 1, "and changes nothing below");
    harness.click("KIBO   ");
    assert!(harness.state.layers.is_empty());
    assert_eq!(front(&harness), 3);
    let line = harness.state.payload.line().unwrap();
    assert_eq!(line.pointer, "/customer/email");
    // One line of several leads to itself, and not to the first.
    harness.keys("[ [ =").click("customer.email");
    harness.double_click("customer/email ");
    assert!(harness.state.payload.focused);
    let line = harness.state.payload.line().unwrap();
    assert_eq!((front(&harness), &*line.pointer), (1, "/customer/email"));
    // A vendor that hasn't got the field comes to the front all the same, by keys too.
    harness.keys("= left").expect("KAMELEOON").keys("enter");
    assert_eq!(front(&harness), 0);
    assert!(harness.state.payload.focused && harness.state.layers.is_empty());
}

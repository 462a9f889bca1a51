//! The console by its keys, from end to end but for the terminal.

use insta::assert_snapshot;
use ratatui::style::{Color, Modifier};

use crate::console::state::View;
use crate::console::testing::{Harness, ORDERS};
use crate::console::theme::Kind;
use crate::ledger::{Book, Ledger, Ledgers};
use crate::order::outcome::{Operation, Outcome};

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);

#[test]
fn orders_with_payload_and_findings() {
    assert_snapshot!("orders-wide", Harness::at_voucherify(WIDE).screen());
    assert_snapshot!("orders-narrow", Harness::at_voucherify(NARROW).screen());
}

#[test]
fn payload_takes_the_place_of_the_list_where_there_is_no_room() {
    let mut harness = Harness::at_voucherify(NARROW);
    harness.keys("n");
    assert_snapshot!("payload-narrow", harness.screen());
}

#[test]
fn palette_help_and_welcome() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys(":").text("sub");
    assert_snapshot!("palette-wide", harness.screen());
    harness.keys("esc ?");
    assert_snapshot!("help-wide", harness.screen());
    let mut harness = Harness::at_voucherify(NARROW);
    harness.keys(":");
    assert_snapshot!("palette-narrow", harness.screen());
    harness.keys("esc ?");
    assert_snapshot!("help-narrow", harness.screen());
    assert_snapshot!("welcome", Harness::new(NARROW, Kind::Dark).screen());
}

#[test]
fn submit_says_what_goes_and_what_is_left_out() {
    for (name, size) in [("submit-wide", WIDE), ("submit-narrow", NARROW)] {
        let mut harness = Harness::at_voucherify(size);
        harness.keys("s");
        assert_snapshot!(name, harness.screen());
    }
}

#[test]
fn every_command_of_the_footer_does_something_and_every_view_is_there() {
    let mut harness = Harness::at_voucherify(NARROW);
    for (key, view) in ["1", "2", "3", "4", "5", "6"].into_iter().zip(View::ALL) {
        harness.keys(key);
        assert_eq!(harness.state.view, view);
        harness.expect(view.title());
    }
}

#[test]
fn an_edit_removes_the_finding_and_survives_a_new_start() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness
        .expect("✗ VOU-12 · 1")
        .keys("n")
        .expect("VOU-12 not in its form");
    harness
        .keys("e")
        .expect("(•) for all vendors      the order's customer.email");
    harness.keys("ctrl-u").text("bo").expect("VOU-12");
    harness
        .text(".brandt@example.com")
        .expect("✓ no rule of Voucherify objects")
        .keys("enter");
    harness
        .absent("VOU-12")
        .expect("1 edited")
        .expect("edited: customer.email of #1002");
    harness.expect("bo.brandt@example.com");
    harness
        .keys("u")
        .expect("VOU-12")
        .keys("ctrl-r")
        .absent("VOU-12");
    let file = std::fs::read_to_string(harness.file()).unwrap();
    assert_eq!(file, ORDERS, "the source is never written");
    let mut harness = harness.again();
    harness.keys("]").absent("VOU-12").expect("1 edited");
}

#[test]
fn submit_ends_with_outcomes_job_and_response_and_cancel_follows() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("s").expect("▸ Submit 2").keys("enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    harness
        .expect("run s1 is finished")
        .keys("3")
        .expect("✓ imported ");
    harness.keys("5").expect("DONE").keys("4").expect("POST");
    harness
        .keys("enter")
        .expect("Response ·")
        .expect("x-app-token: •••");
    harness.keys("esc 1").expect("USD ·V··");
    harness
        .keys("g c")
        .expect("last at this account: import, run s1, imported")
        .keys("enter");
    harness.until(|state| state.runs.active.is_empty() && state.runs.list.len() == 2);
    let ledgers = Ledgers::new(harness.path().join("data"));
    let ledger = ledgers.open(Book::Sandbox).unwrap();
    let cancel = ledger.newest_run().unwrap().unwrap();
    assert_eq!(
        ledger.summary(cancel.id).unwrap().count(Outcome::Imported),
        1
    );
    // What the vendor took was the cancellation, not the order.
    harness
        .keys("1 g")
        .expect("Voucherify cancellation imported, run s2");
}

#[test]
fn nothing_changed_is_nothing_sent() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    harness
        .keys("1 s")
        .expect("0 orders")
        .expect("2  unchanged since sent")
        .expect("nothing would be sent")
        .absent("Pilot: first");
    harness.keys("enter").expect("nothing would be sent");
    assert_eq!(harness.state.runs.list.len(), 1);
}

#[test]
fn cancel_takes_typed_ids_without_a_file() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    harness.state.vendors.front = 1;
    harness
        .keys("c")
        .expect("type or paste the ids")
        .text("#9001, #9002");
    harness
        .expect("#9001")
        .expect("#9002")
        .expect("never sent to this account");
    harness.expect("live").expect("history");
}

#[test]
fn a_vendor_without_cancelling_says_so() {
    let mut harness = Harness::with_orders(WIDE);
    harness
        .keys("] ] c")
        .expect("Project Agora")
        .absent("cancel them");
}

#[test]
fn marks_filter_and_leaving_out() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("space space").expect("2 marked");
    harness
        .keys("esc /")
        .text("total>1000")
        .expect("1 of 4")
        .keys("enter")
        .expect("#1003");
    harness
        .keys("esc /")
        .text("nonsense:1")
        .expect("there is no field `nonsense`");
    harness
        .keys("esc g x")
        .expect("leave out #1001")
        .keys("s")
        .expect("left out by the operator");
}

#[test]
fn hidden_characters_are_seen() {
    Harness::at_voucherify(NARROW).expect("Chloé \\u{202e}");
}

#[test]
fn the_selection_and_errors_stand_out_in_colour() {
    let mut harness = Harness::at_voucherify(WIDE);
    let theme = harness.state.theme.clone();
    assert_eq!(harness.style_of("Ada Archer").bg, theme.selection.bg);
    assert_eq!(harness.style_of("✗").fg, theme.error.fg);
    assert_eq!(harness.style_of("SANDBOX").fg, theme.sandbox.fg);
}

#[test]
fn without_colours_there_are_modifiers_only() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.state.theme = crate::console::theme::Theme::plain();
    let selected = harness.style_of("Ada Archer");
    assert_eq!(
        (selected.fg, selected.bg),
        (Some(Color::Reset), Some(Color::Reset))
    );
    assert!(
        selected
            .add_modifier
            .contains(Modifier::BOLD | Modifier::UNDERLINED)
    );
    assert!(harness.style_of("✗").add_modifier.contains(Modifier::BOLD));
    let everywhere = harness.style_of("orderdeck");
    assert!(!everywhere.add_modifier.contains(Modifier::REVERSED));
}

#[test]
fn too_small_is_said_and_ctrl_c_leaves() {
    let mut harness = Harness::at_voucherify((60, 20));
    harness.expect("60 columns and 20 rows");
    harness.keys("ctrl-c");
    assert_eq!(harness.state.leave, None);
    harness.keys("ctrl-c");
    assert_eq!(harness.state.leave, Some(0));
}

#[test]
fn a_file_that_is_none_is_told() {
    let mut harness = Harness::new(WIDE, Kind::Dark);
    harness.keys("o").text("/no/such/orders.csv").keys("enter");
    harness
        .expect("/no/such/orders.csv")
        .expect("Try it in the sandbox");
}

#[test]
fn curl_and_payload_can_be_copied_without_secrets() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("Y");
    let curl = harness.copied.take().unwrap();
    assert!(
        curl.starts_with("curl -X POST ") && curl.contains("•••"),
        "{curl}"
    );
    harness.keys("y");
    let payload: serde_json::Value = serde_json::from_str(&harness.copied.take().unwrap()).unwrap();
    assert_eq!(payload["source_id"], "#1001");
}

#[test]
fn a_live_account_wants_the_count_typed() {
    let mut harness = Harness::with_profile(
        WIDE,
        "[profiles.acme]\nvendor = \"voucherify\"\nenvironment = \"live\"\n[profiles.acme.credentials]\napp_id = \"id\"\napp_token = \"token\"\n",
    );
    harness.keys("]").expect("LIVE  acme");
    assert_eq!(harness.style_of("LIVE").fg, harness.state.theme.live.fg);
    harness
        .keys("s")
        .expect("type 2 to send 2 orders to the live account")
        .keys("enter");
    harness.expect("type 2 first");
    assert!(harness.state.runs.active.is_empty());
    assert_eq!(harness.style_of("╭ Submit").fg, harness.state.theme.live.fg);
    harness
        .keys("tab")
        .expect("Pilot: first 2")
        .keys("esc c")
        .expect("#1001");
    harness
        .keys("enter")
        .expect("type 1 first")
        .text("1")
        .expect("live order: 1");
    assert!(harness.state.runs.active.is_empty());
}

#[test]
fn a_pilot_sends_the_first_few_only() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness
        .keys("space s")
        .expect("1 marked")
        .expect("Pilot: first 1")
        .keys("tab enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    harness.keys("3").expect("imported 1");
}

#[test]
fn one_field_is_set_for_all_marked_orders() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("a tab down down down down down");
    harness
        .keys("b")
        .expect("4 marked orders")
        .keys("ctrl-u")
        .text("x@example.com")
        .keys("enter")
        .expect("4 orders: 4 change")
        .keys("enter");
    harness.expect("4 edited").keys("u").absent("4 edited");
}

#[test]
fn a_blocked_order_has_no_request_and_says_why() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("down Y").expect("VOU-12");
    assert!(harness.copied.is_none());
}

#[test]
fn a_key_without_a_meaning_and_a_command_out_of_place_are_told() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("w").expect("w does nothing here");
    harness.keys("u").expect("undo: there is nothing to undo");
    harness.keys("b").expect("set marked: ");
}

#[test]
fn folding_hides_what_is_inside() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness
        .keys("tab down down down down space")
        .expect("members }")
        .absent("\"ada.archer@");
    harness.keys("right").expect("\"ada.archer@");
}

#[test]
fn pasted_ids_are_looked_up_at_once() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("c ctrl-u").paste("#1\n#2 #3");
    harness.expect("#1, #2, #3");
}

#[test]
fn a_click_chooses_an_order_and_a_view() {
    use crossterm::event::{MouseButton, MouseEventKind};
    let mut harness = Harness::at_voucherify(WIDE);
    harness.mouse(MouseEventKind::Down(MouseButton::Left), 12, 5);
    harness.expect("· #1002");
    harness
        .mouse(MouseEventKind::ScrollDown, 12, 5)
        .expect("· #1003");
    harness.mouse(MouseEventKind::Down(MouseButton::Left), 24, 1);
    assert_eq!(harness.state.view, View::Runs);
}

/// The rule of the finding under the payload's cursor.
fn rule_under_cursor(harness: &Harness) -> Option<&'static str> {
    crate::console::update::payload::finding(&harness.state).map(|(_, finding)| finding.rule.id)
}

#[test]
fn the_next_finding_is_one_that_matters_unless_there_is_none() {
    let (mut grave, mut light) = (0, 0);
    for turns in 0..4 {
        let mut harness = Harness::with_orders(WIDE);
        for _ in 0..turns {
            harness.keys("]");
        }
        let stops: Vec<_> = (0..4)
            .filter_map(|_| rule_under_cursor(harness.keys("n")))
            .collect();
        let once = harness.state.vendors.front_vendor().counted_once();
        let is_light = |id: &&str| once.iter().any(|rule| rule.id == *id);
        let survey = harness.state.vendors.front_survey().unwrap();
        if survey.rules().is_empty() {
            light += stops.iter().filter(|id| is_light(id)).count();
        } else {
            grave += stops.len();
            assert!(!stops.iter().any(is_light), "{stops:?}");
        }
    }
    assert!(grave > 0 && light > 0, "{grave} {light}");
}

#[test]
fn a_hidden_payloads_worst_finding_is_told_below_the_list_and_edited_from_there() {
    let mut harness = Harness::at_voucherify(NARROW);
    harness.expect("✗ VOU-12 · 1").keys("down");
    harness
        .expect("✗ VOU-12 not in its form: \"bo.brandt.example.com\" has no `@`   e edit")
        .absent("VOU-12 · 1");
    harness
        .keys("e")
        .expect("(•) for all vendors      the order's customer.email")
        .keys("ctrl-u")
        .text("bo@example.com")
        .keys("enter");
    harness.absent("VOU-12").expect("✓  #1003").keys("n");
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("down").expect("✗ VOU-12 · 1");
}

#[test]
fn the_footer_of_a_narrow_terminal_names_the_main_keys() {
    let mut harness = Harness::at_voucherify(NARROW);
    harness.keys("down");
    let screen = harness.screen();
    let footer = screen.lines().last().unwrap();
    for key in [
        "enter payload",
        "n finding",
        "e edit",
        "s submit",
        "c cancel",
        "? help",
        ": commands",
        "q quit",
    ] {
        assert!(footer.contains(key), "no {key} in {footer}");
    }
}

#[test]
fn the_submit_dialog_turns_to_an_update_of_statuses_and_back() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness
        .keys("s")
        .expect("▸ import")
        .expect("ctrl-o what")
        .expect("1 request, then 1 job");
    harness
        .keys("ctrl-o")
        .expect("Update statuses at Voucherify")
        .expect("▸ status update, live")
        .expect("one request an order")
        .absent("1 job");
    harness
        .keys("ctrl-o")
        .expect("▸ status update, history")
        .expect("then 1 job")
        .keys("ctrl-o")
        .expect("▸ import")
        .keys("ctrl-o ctrl-o enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    let summary = &harness.state.runs.list[0].summary;
    assert_eq!(summary.run.decided.operation, Operation::Status);
    let choices: serde_json::Value =
        serde_json::from_str(&summary.run.decided.frozen.choices).unwrap();
    assert_eq!(choices["mode"], "history");
}

#[test]
fn a_vendor_with_imports_only_offers_nothing_else() {
    let mut harness = Harness::at_voucherify(WIDE);
    harness.keys("] s").expect("Submit to Project Agora");
    harness.absent("ctrl-o").keys("ctrl-o");
    harness.expect("Submit to Project Agora");
}

#[test]
fn what_does_not_fit_into_the_submit_dialog_can_be_scrolled_to() {
    // Kameleoon has the most side effects to tell.
    let mut harness = Harness::with_orders(NARROW);
    harness
        .keys("s")
        .expect(" ↓  pgdn")
        .expect("what      ▸ import")
        .expect("▸ Submit ");
    let first = harness.screen();
    harness.keys("down");
    assert_ne!(harness.screen(), first);
    harness
        .keys("pgdn")
        .expect(" above ↑  pgup")
        .absent("what      ▸ import")
        .expect("▸ Submit ");
    harness.keys("pgup");
    assert_eq!(harness.screen(), first);
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("s").absent(" ↓  pgdn").keys("down pgdn");
    harness.expect("what      ▸ import").absent(" above ↑");
}

//! The cancel dialog by its keys.

use crate::console::action::{Action, Command};
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::testing::Harness;
use crate::console::theme::{Kind, Theme};
use crate::console::update::update;
use crate::ledger::{Book, Ledger, Ledgers, RunId, RunName};
use crate::order::outcome::Operation;

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);

/// Out of a ticket: bullets, quotes, one id twice.
const TICKET: &str = "- #9001\r\n- \"#9002\",\r\n\r\n* #9001\r\n";

const LIVE: &str = "[profiles.acme]\nvendor = \"voucherify\"\nenvironment = \"live\"\nbase_url = \"https://127.0.0.1:1\"\n[profiles.acme.credentials]\napp_id = \"id\"\napp_token = \"token\"\n";

/// The dialog of a vendor's tab, with no file loaded.
fn dialog(size: (u16, u16), tab: usize) -> Harness {
    let mut harness = Harness::new(size, Kind::Dark);
    harness.state.vendors.front = tab;
    harness.keys("c");
    harness
}

#[test]
fn ids_are_pasted_out_of_a_ticket_with_no_file_loaded() {
    for (size, name) in [(NARROW, "cancel-narrow"), (WIDE, "cancel-wide")] {
        let mut harness = dialog(size, 1);
        harness.expect("type or paste the ids").paste(TICKET);
        harness
            .expect("#9001, #9002")
            .expect("2 orders; #9001 is named more than once and taken once")
            .expect("never sent to this account from here");
        insta::assert_snapshot!(name, harness.screen());
    }
}

#[test]
fn what_the_ledger_knows_is_told_and_the_reason_is_kept() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("] s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    harness
        .keys("1 g c")
        .expect("last at this account: import, run s1, imported, ")
        .expect("just now");
    let theme = harness.state.theme.clone();
    assert_eq!(
        harness.style_of("last at this").fg,
        theme.outcome(crate::order::outcome::Outcome::Imported).fg
    );
    harness.keys("tab").text("changed her mind");
    harness.expect("reason  changed her mind").keys("enter");
    harness.until(|state| state.runs.active.is_empty() && state.runs.list.len() == 2);
    let ledgers = Ledgers::new(harness.path().join("data"));
    let run = ledgers.open(Book::Sandbox).unwrap().newest_run().unwrap();
    let run = run.unwrap();
    assert_eq!(run.decided.operation, Operation::Cancel);
    let because = crate::workspace::reason_given(&run);
    assert_eq!(because.as_deref(), Some("changed her mind"));
    // The history has it: so does the dialog, the next time.
    harness.expect("because");
    harness
        .keys("1 g c")
        .expect("last at this account: cancel, run s2, taken, ")
        .expect("cancelled in run s2: not sent again; `orderdeck cancel --resend` does")
        .keys("enter")
        .expect("there is nothing here that can be cancelled");
}

#[test]
fn marks_are_taken_off_once_a_run_over_them_began() {
    let mut harness = Harness::with_orders(WIDE);
    // One of the orders is known at the account, by a run over the marked one.
    harness.keys("] space s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    assert!(harness.state.orders.marked.is_empty());
    harness.keys("1 g a c");
    assert_eq!(harness.state.orders.marked.len(), 4);
    harness.expect("3 of 4 were never sent to this account from here");
    // Going back leaves them.
    harness.keys("esc");
    assert_eq!(harness.state.orders.marked.len(), 4);
    harness.keys("c enter");
    harness.until(|state| state.runs.active.is_empty() && state.runs.list.len() == 2);
    assert!(harness.state.orders.marked.is_empty());
}

#[test]
fn the_notice_says_that_marks_were_taken_off_and_others_stay() {
    let mut harness = Harness::with_orders(WIDE);
    let mut began = |asked| {
        harness.keys("1 g");
        harness.state.orders.marked.insert(0);
        harness.state.orders.marks_asked = asked;
        let name = RunName {
            book: Book::Sandbox,
            id: RunId(3),
        };
        update(
            &mut harness.state,
            Action::Arrived(Arrival::Started(Ok(name))),
        );
        let told = harness.state.notice.as_ref().map(|told| told.text.clone());
        (told.unwrap(), harness.state.orders.marked.len())
    };
    assert_eq!(began(false), ("run s3 began".to_owned(), 1));
    assert_eq!(began(true), ("run s3 began, marks taken off".to_owned(), 0));
}

#[test]
fn many_ids_are_scrolled_through() {
    let mut harness = dialog(NARROW, 1);
    let ids: Vec<String> = (1..=60).map(|number| format!("#{number:03}")).collect();
    harness.paste(&ids.join("\n"));
    harness
        .expect("60 orders")
        .expect("#001")
        .absent("#060    never")
        .expect(" ↓  pgdn");
    let first = harness.screen();
    harness.keys("pgdn");
    assert_ne!(harness.screen(), first);
    for _ in 0..60 {
        harness.keys("pgdn");
    }
    harness.expect(" above ↑  pgup").expect("#060    never");
    // What decides stays on the screen.
    harness.expect("how     ▸ live").expect("reason");
}

#[test]
fn a_live_account_wants_the_count_of_what_can_be_cancelled() {
    let mut harness = Harness::with_profile(NARROW, LIVE);
    harness.keys("] c");
    harness.keys("ctrl-u").paste(TICKET);
    harness
        .expect("LIVE")
        .expect("type 2 to cancel 2 live orders: ")
        .keys("enter")
        .expect("type 2 first");
    let theme = harness.state.theme.clone();
    assert_eq!(harness.style_of("╭ Cancel").fg, theme.live.fg);
    insta::assert_snapshot!("cancel-live", harness.screen());
    harness.text("2");
    let effects = update(&mut harness.state, Action::Command(Command::Accept));
    let sent = effects.iter().any(|effect| {
        matches!(effect, Effect::Cancel { orders, mode, look: false, .. }
            if orders.len() == 2 && mode.as_deref() == Some("live"))
    });
    assert!(sent, "{effects:?}");
}

#[test]
fn several_orders_at_a_test_account_want_the_count_and_one_does_not() {
    let cancels = |harness: &mut Harness| {
        let effects = update(&mut harness.state, Action::Command(Command::Accept));
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Cancel { look: false, .. }))
    };
    let test = LIVE.replace("\"live\"", "\"test\"");
    let mut harness = Harness::with_profile(NARROW, &test);
    harness.keys("] c ctrl-u").paste(TICKET);
    harness.expect("TEST").expect("type 2 to cancel 2 orders: ");
    assert!(!cancels(&mut harness));
    harness.expect("type 2 first: so many orders are cancelled");
    harness.text("2");
    assert!(cancels(&mut harness));

    let mut harness = Harness::with_profile(NARROW, &test);
    harness.keys("] c ctrl-u").paste("#9001");
    harness.expect("cancel 1").absent("type 1 to cancel");
    assert!(cancels(&mut harness));
}

#[test]
fn each_vendor_says_its_way_and_its_limits() {
    // Kameleoon by id and status, Project Agora not at all, Kibo only with the whole order.
    for (tab, told) in [
        (0, "Only id and status are sent"),
        (2, "no way to cancel"),
        (3, "Kibo has no cancellation by id"),
    ] {
        let mut harness = dialog(WIDE, tab);
        if tab != 2 {
            harness.paste("#9001");
        }
        harness.expect(told);
        harness.state.theme = Theme::plain();
        harness.expect(told);
    }
    let mut harness = dialog(NARROW, 3);
    harness.paste(TICKET).expect("0 can be cancelled");
    insta::assert_snapshot!("cancel-kibo", harness.screen());
    harness
        .keys("enter")
        .expect("there is nothing here that can be cancelled");
}

#[test]
fn the_order_of_the_loaded_file_is_what_kibo_gets() {
    let mut harness = Harness::with_orders(WIDE);
    harness
        .keys("[ c")
        .expect("#1001   never sent")
        .absent("no cancellation by id");
}

#[test]
fn the_second_way_is_chosen_by_a_key() {
    let mut harness = dialog(WIDE, 1);
    harness.paste("#1").expect("▸ live").expect("fires");
    harness.keys("ctrl-t").expect("▸ history");
}

#[test]
fn a_pasted_list_takes_the_place_of_the_order_under_the_cursor() {
    let mut harness = Harness::with_orders(WIDE);
    harness
        .keys("] c")
        .expect("ids     #1001")
        .paste("#9001 #9002");
    harness.expect("ids     #9001, #9002").absent("#1001, ");
    // What was marked was meant.
    harness.keys("esc space c").paste("#9001 #9002");
    harness.expect("ids     #1001, #9001, #9002");
}

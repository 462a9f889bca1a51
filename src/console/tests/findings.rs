//! The filter while it is typed, filters that are kept, findings by rule and their fix in many orders.

use crossterm::event::{MouseButton, MouseEventKind};
use insta::assert_snapshot;
use ratatui::style::Modifier;

use crate::console::action::Action;
use crate::console::event::Arrival;
use crate::console::state::Survey;
use crate::console::testing::Harness;
use crate::console::theme::{Kind, Theme};
use crate::console::update::update;
use crate::workspace::Passed;

const SIZES: [(&str, (u16, u16)); 3] = [
    ("narrow", (80, 24)),
    ("wide", (120, 36)),
    ("large", (200, 60)),
];
const WIDE: (u16, u16) = (120, 36);

/// Without colours, as `NO_COLOR` has it.
fn plain(harness: &mut Harness) {
    harness.state.theme = Theme::new(Kind::Plain);
}

#[test]
fn what_the_filter_can_go_on_with_is_offered_and_taken() {
    for (name, size) in SIZES {
        let mut harness = Harness::with_orders(size);
        harness.keys("/").text("st").expect("▸ status:");
        assert_snapshot!(format!("popup-fields-{name}"), harness.screen());
        harness.keys("tab").expect("/status:").expect("pending");
        harness.text("pe");
        assert_snapshot!(format!("popup-values-{name}"), harness.screen());
        harness.keys("right").expect("/status:pending");
        harness.expect("1 of 4").absent("tab take");
        harness.keys("enter").expect("#1003").absent("#1001");
        // esc closes what is offered first, then drops the filter.
        harness.keys("/ backspace").expect("tab take");
        harness
            .keys("esc")
            .absent("tab take")
            .expect("/status:pendin");
        harness.keys("esc").expect("4 of 4");
    }
}

#[test]
fn choices_are_moved_through_by_keys_and_picked_by_the_mouse() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("/").text("is:").keys("ctrl-n ctrl-n");
    harness.expect("▸ left");
    let selection = harness.state.theme.selection.bg;
    assert_eq!(harness.style_of("left  ").bg, selection);
    harness.keys("ctrl-p").expect("▸ edited");
    harness.keys("ctrl-n enter").expect("/is:left");
    assert!(harness.state.orders.typing_filter);
    harness.keys("enter").expect("#1004").absent("#1001");

    harness.keys("esc /").text("status:");
    let screen = harness.screen();
    let find = |word: &str| -> (u16, u16) {
        let row = screen.lines().position(|line| line.contains(word)).unwrap();
        let line: Vec<&str> = screen.lines().collect();
        let column = line[row]
            .find(word)
            .map(|at| line[row][..at].chars().count());
        (column.unwrap() as u16, row as u16)
    };
    let (column, row) = find("pending");
    harness.mouse(MouseEventKind::Down(MouseButton::Left), column, row);
    harness.expect("/status:pending").expect("1 of 4");
    // The popup tells nothing by colour alone.
    plain(&mut harness);
    harness.keys("ctrl-u").expect("▸ status:");
    let style = harness.style_of("status: ");
    assert!(style.add_modifier.contains(Modifier::UNDERLINED));
}

#[test]
fn what_is_wrong_is_told_at_its_place_and_the_last_good_filter_stays() {
    for (name, size) in SIZES {
        let mut harness = Harness::with_orders(size);
        harness.keys("/").text("chlo").paste(" stauts:paid");
        harness.expect("✗ there is no field `stauts`; did you mean status?");
        harness.expect("#1003").absent("#1001");
        assert_snapshot!(format!("error-{name}"), harness.screen());
        let error = harness.state.theme.error.fg;
        let style = harness.style_of("stauts:paid");
        assert_eq!(style.fg, error);
        assert!(style.add_modifier.contains(Modifier::UNDERLINED));
        assert_ne!(harness.style_of("chlo stauts").fg, error);
        plain(&mut harness);
        let style = harness.style_of("stauts:paid");
        assert!(
            style
                .add_modifier
                .contains(Modifier::UNDERLINED | Modifier::BOLD)
        );
        // While it can still become right nothing is said.
        harness
            .keys("ctrl-u")
            .text("status:pa")
            .absent("✗ `status`");
        harness.text("yd").expect("did you mean paid?");
    }
}

#[test]
fn what_is_wrong_with_a_long_word_is_told_with_what_to_write_instead() {
    let long = "x".repeat(200);
    for (typed, instead) in [
        (
            format!("{long}:paid"),
            "customer, sku, finding, outcome, or",
        ),
        (format!("finding:{long}"), "or error, warning, info"),
        (
            format!("total>{long}"),
            "is no number; write 100, 12.50 or 10..50",
        ),
        (format!("date:{long}"), "2024-01-31 or 2024-01..2024-03"),
        (
            format!("date>{long}..2024"),
            "a range stands behind a colon: :xxx",
        ),
        (format!("status>{long}"), "write status:xxx"),
    ] {
        let mut harness = Harness::with_orders((80, 24));
        harness.keys("/").paste(&typed).keys("enter");
        // Broken between words; the borders are between them too.
        let screen = harness.screen().replace("│\n│", " ");
        let words: Vec<&str> = screen.split_whitespace().collect();
        assert!(words.join(" ").contains(instead), "{typed}:\n{screen}");
        assert!(words.contains(&"✗"), "{screen}");
    }
    // Whatever is told, its beginning and its end are seen.
    let mut harness = Harness::with_orders((80, 24));
    harness.keys("/").text("chlo").keys("enter");
    let middle = "and so on ".repeat(40);
    harness.state.orders.filter_trouble = Some(format!("the index is gone {middle}press R"));
    harness.expect("✗ the index is gone").expect("press R");
    harness.expect(" …│");
}

#[test]
fn counting_is_told_and_can_be_stopped() {
    let mut harness = Harness::with_orders((80, 24));
    harness.keys("/").text("status:paid").expect("3 of 4");
    let told = Passed {
        done: 2,
        passing: 1,
    };
    harness.state.filter.counting = Some(Passed::default());
    let ticket = harness.state.orders.filter_ticket;
    let arrival = |ticket| {
        Action::Arrived(Arrival::Filtering {
            ticket,
            passed: told,
        })
    };
    // What an older request tells comes too late.
    update(&mut harness.state, arrival(ticket - 1));
    harness.expect("0 so far, 0 %");
    update(&mut harness.state, arrival(ticket));
    harness.expect("1 so far, 50 %");
    assert_snapshot!("counting", harness.screen());
    harness.keys("ctrl-c").expect("the filter was stopped");
    assert!(harness.state.orders.filter_ticket > ticket);
    assert!(harness.state.leave.is_none());
}

#[test]
fn the_last_filters_come_back_and_saved_ones_have_names() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("F").expect("none yet");
    assert_snapshot!("kept-empty", harness.screen());
    harness.keys("esc /").text("total>100").keys("enter");
    harness
        .keys("esc /")
        .text("status:pending")
        .keys("enter esc");
    harness
        .keys("/")
        .text("a")
        .keys("up")
        .expect("/status:pending");
    harness.keys("up").expect("/total>100").expect("1 of 4");
    harness.keys("down down").expect("/a ").keys("esc esc");

    harness.keys("/ up up enter F s").expect("save as @");
    harness
        .text("big one")
        .keys("enter")
        .expect("a name has letters")
        .expect("save as @big one");
    // Nor is it lost where the file can't be written.
    let file = harness.path().join("config/filters.toml");
    let before = std::fs::read(&file).unwrap();
    std::fs::write(&file, "saved = [").unwrap();
    harness.keys("backspace backspace backspace backspace enter");
    harness.expect("save as @big ").absent("saved: @big");
    std::fs::write(&file, before).unwrap();
    harness.text(" one");
    harness.keys("backspace backspace backspace backspace enter");
    harness.expect("saved: @big, here and as --where @big");
    for (name, size) in SIZES {
        harness.keys("esc");
        update(&mut harness.state, Action::Resize(size.0, size.1));
        harness.keys("F").expect("@big");
        assert_snapshot!(format!("kept-{name}"), harness.screen());
    }
    harness
        .keys("esc esc F enter")
        .expect("/@big")
        .expect("1 of 4");
    harness = harness.again();
    harness
        .keys("/")
        .text("@")
        .expect("total>100")
        .keys("tab enter");
    harness.expect("/@big").expect("1 of 4");
    harness.keys("F D").expect("no longer saved: @big");
    harness
        .keys("esc / ctrl-u")
        .text("@big x")
        .expect("no filter is saved as `big`");
}

#[test]
fn findings_by_rule_lead_to_their_orders_and_to_their_words() {
    for (name, size) in SIZES {
        let mut harness = Harness::with_orders(size);
        harness.keys("] !").expect("Findings by rule · Voucherify");
        harness.expect("VOU-12").expect("for instance #1002");
        assert_snapshot!(format!("groups-{name}"), harness.screen());
        harness
            .keys("i")
            .expect("What VOU-12 means")
            .expect("Remedy");
        harness.keys("esc enter").absent("Findings by rule");
        harness
            .expect("/finding:VOU-12")
            .expect("#1002")
            .absent("#1001");
    }
    // Where a rule counts once for the file it says so.
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("!").expect("once, in");
    harness.keys("G enter").expect("counted once for the file");
    // While orders are being looked at, that is told.
    let mut harness = Harness::with_orders(WIDE);
    let survey = &mut harness.state.vendors.tabs[0].survey;
    *survey = Survey::asked(survey.ticket, 4);
    harness.keys("!").expect("checking: 0 of 4 orders");
    assert_snapshot!("groups-loading", harness.screen());
    let survey = &mut harness.state.vendors.tabs[0].survey;
    survey.done = true;
    harness.expect("✓ no findings");
    assert_snapshot!("groups-empty", harness.screen());
}

/// Two orders with two lines of one product, which one key merges for Kameleoon.
pub(super) fn twice(size: (u16, u16)) -> Harness {
    let harness = Harness::with_orders(size);
    let text = crate::console::testing::ORDERS
        .replace(
            "1,Harbor blend,16.50,HP-BEAN",
            "1,Stoneware mug,24.00,HP-MUG",
        )
        .replace(
            "#1004,",
            "#1003,,,,,,,,,2026-01-08 10:30:00 -0500,1,Oak table,416.70,HP-OAK,,\n#1004,",
        );
    std::fs::write(harness.file(), text).unwrap();
    harness.again()
}

#[test]
fn a_rule_is_put_right_in_all_its_orders_and_one_key_takes_it_back() {
    for (name, size) in SIZES {
        let mut harness = twice(size);
        harness.keys("!").expect("KAM-07").expect("2 orders fix");
        harness.keys("f").expect("Fix KAM-07 in all its orders");
        harness.expect("2 orders put right").expect("items: ");
        assert_snapshot!(format!("fix-all-{name}"), harness.screen());
        harness
            .keys("enter")
            .expect("fix of KAM-07 in 2 orders for Kameleoon");
        harness.absent("✗ KAM-07").expect("Findings by rule");
        assert_eq!(harness.state.file.edited(), 2);
        harness
            .keys("esc u")
            .expect("undone: fix of KAM-07 in 2 orders");
        assert_eq!(harness.state.file.edited(), 0);
        harness.keys("!").expect("✗ KAM-07").keys("esc ctrl-r");
        assert_eq!(harness.state.file.edited(), 2);
        // It was in the ledger before it was on the screen.
        assert_eq!(harness.again().state.file.edited(), 2);
    }
    // A rule that has none says what to do instead.
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("] ! f").expect("has no fix by one key");
    assert!(harness.state.layers.len() == 1);
}

#[test]
fn a_finding_about_a_line_names_its_item() {
    let orders = crate::console::testing::ORDERS
        .replace("Harbor blend,16.50,HP-BEAN", "Harbor blend,16.50,");
    let mut harness = Harness::with_text((120, 36), &orders);
    harness
        .keys("n")
        .expect("✗       KAM-01 item 2, Harbor blend: a required field is");
    // In the list where the payload has no room, and among the findings by rule.
    harness.resize((80, 24)).keys("esc");
    harness.expect("✗ KAM-01 item 2, Harbor blend:");
    harness
        .keys("!")
        .expect("for instance #1001: item 2, Harbor blend:");
}

//! The mapping screen's lists and forms by their keys: tables of texts, several columns, one vendor's fields, what a
//! line is, joined files, how a file is read.

use insta::assert_snapshot;

use crate::console::state::mapping::{Desk, Pane};
use crate::console::testing::{Harness, directory};
use crate::console::tests::mapping_screen::unknown;
use crate::console::theme::Kind;
use crate::deck::draft::{Goal, Lines, Setting};
use crate::order::Field;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];
const WIDE: (u16, u16) = (120, 36);

fn desk(harness: &Harness) -> &Desk {
    harness.state.mapping.desk.as_ref().unwrap()
}

fn rule(harness: &Harness, goal: impl Into<Goal>) -> Option<String> {
    let rule = desk(harness).draft.rule(goal);
    rule.map(crate::mapping::Rule::describe)
}

fn value(harness: &Harness, goal: impl Into<Goal>) -> Option<String> {
    desk(harness).order()?.values[&goal.into()].value.clone()
}

/// The console over a file of that text.
fn over(size: (u16, u16), text: &str, beside: &[(&str, &str)]) -> Harness {
    let directory = directory();
    for (name, text) in beside {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let file = directory.path().join("orders.csv");
    std::fs::write(&file, text).unwrap();
    let mut harness = Harness::in_directory(directory, size, Kind::Dark, Some(file));
    if harness.state.mapping.desk.is_none() {
        harness.keys("2 e");
    }
    harness
}

/// Goes to a line of the pane with the focus by its letters.
fn find(harness: &mut Harness, letters: &str) {
    harness.keys("/").text(letters).keys("enter");
}

/// Chooses a way to change the rule under the cursor.
fn way(harness: &mut Harness, letters: &str) {
    harness.keys("e").text(letters).keys("enter");
}

#[test]
fn a_column_and_a_target_are_found_by_their_letters() {
    let mut harness = unknown(WIDE, Kind::Dark);
    find(&mut harness, "customer.phone");
    let field = desk(&harness).target().unwrap().goal.clone();
    assert_eq!(field, Field::CustomerPhone.into());
    harness.keys("left");
    find(&mut harness, "colour");
    assert_eq!(desk(&harness).pane, Pane::Columns);
    assert_eq!(desk(&harness).column().unwrap().column.name, "Colour");
    // Where nothing is found nothing moves.
    harness.keys("/").text("zzzz");
    harness.expect("nothing of that name");
    harness.keys("enter esc");
    assert_eq!(desk(&harness).column().unwrap().column.name, "Colour");
}

#[test]
fn texts_are_looked_up_in_a_table_that_the_files_own_texts_fill() {
    let mut harness = unknown(WIDE, Kind::Dark);
    find(&mut harness, "payment");
    way(&mut harness, "look it up");
    harness
        .expect("all texts of 3 records")
        .expect("paid")
        .expect("stays as it is");
    for size in SIZES {
        harness.resize(size);
        assert_snapshot!(format!("lookup_{}x{}", size.0, size.1), harness.screen());
    }
    harness.resize(WIDE);
    // The second of the file's words becomes the first of ours, by keys alone.
    harness.keys("down tab tab tab tab");
    harness.expect("→ paid");
    harness.keys("enter");
    assert_eq!(
        rule(&harness, Field::Payment).as_deref(),
        Some("Payment State, looked up")
    );
    let text = desk(&harness).draft.text();
    assert!(text.contains("lookup = { quux = \"paid\" }"), "{text}");
    harness.keys(">");
    assert_eq!(value(&harness, Field::Payment).as_deref(), Some("paid"));
    harness.keys("u");
    assert_eq!(
        rule(&harness, Field::Payment).as_deref(),
        Some("Payment State")
    );
}

#[test]
fn a_table_takes_texts_that_the_file_hasnt_got_and_is_changed_in_place() {
    let mut harness = unknown(WIDE, Kind::Dark);
    find(&mut harness, "customer.name");
    harness.keys("enter").text("colour").keys("enter");
    way(&mut harness, "look it up");
    // Blue stands twice, so it stands first.
    harness.text("sea").expect("A-1 gives red");
    harness.keys("down").text("wine");
    harness.expect("A-1 gives wine");
    harness.keys("pgdn pgdn").text("green").keys("enter");
    harness.text("lawn").keys("down tab");
    harness.expect("→ nothing");
    harness.keys("enter");
    let text = desk(&harness).draft.text();
    let expected = "lookup = { \"*\" = \"\", blue = \"sea\", green = \"lawn\", red = \"wine\" }";
    assert!(text.contains(expected), "{text}");
    way(&mut harness, "look it up");
    harness.expect("green").keys("ctrl-u").keys("enter");
    let text = desk(&harness).draft.text();
    assert!(
        !text.contains("sea") && text.matches("lookup").count() == 1,
        "{text}"
    );
}

#[test]
fn several_columns_make_one_value_in_the_order_in_which_they_are_picked() {
    let rows = "Order No,Date,E-Mail,Net,Freight,Currency,First,Last\n\
        A-1,2024-03-01T10:00:00Z,ada@example.com,12.50,4.95,EUR,Ada,Archer\n";
    let mut harness = over(WIDE, rows, &[]);
    find(&mut harness, "total");
    way(&mut harness, "the sum of columns");
    harness.keys("ctrl-u").text("net").keys("tab ctrl-u");
    harness.expect("pick 2 or more");
    harness.keys("enter").expect("✗ pick 2 or more");
    harness.text("freight").keys("tab");
    harness.expect("A-1 gives 17.45").keys("ctrl-u");
    for size in SIZES {
        harness.resize(size);
        assert_snapshot!(format!("several_{}x{}", size.0, size.1), harness.screen());
    }
    harness.resize(WIDE);
    harness.keys("enter");
    assert_eq!(
        rule(&harness, Field::Total).as_deref(),
        Some("sum of Net and Freight")
    );
    find(&mut harness, "customer.name");
    way(&mut harness, "several columns as one text");
    harness.text("last").keys("tab ctrl-u");
    harness.text("first").keys("tab enter");
    harness.expect("what stands between");
    harness.keys("ctrl-u").text(", ").keys("enter");
    assert_eq!(
        value(&harness, Field::CustomerName).as_deref(),
        Some("Archer, Ada")
    );
    way(&mut harness, "only where another");
    harness.text("freight").keys("enter");
    assert_eq!(
        rule(&harness, Field::CustomerName).as_deref(),
        Some("Last with First where there is Freight")
    );
    harness.keys("u u");
    assert_eq!(rule(&harness, Field::CustomerName), None);
}

#[test]
fn one_vendors_fields_stand_below_and_are_connected_likewise() {
    let mut harness = unknown(WIDE, Kind::Dark);
    let kibo = Goal::own("kibo", "optInRetailer");
    assert!(desk(&harness).line(&kibo).is_none());
    harness.keys("] ] ]");
    harness.expect("Kibo");
    find(&mut harness, "optInRetailer");
    harness.expect("only Kibo has it");
    way(&mut harness, "always the same");
    harness.keys("enter");
    assert_eq!(rule(&harness, &kibo).as_deref(), Some("constant true"));
    assert_eq!(value(&harness, &kibo).as_deref(), Some("true"));
    for size in SIZES {
        harness.resize(size);
        assert_snapshot!(format!("own_{}x{}", size.0, size.1), harness.screen());
    }
    harness.resize(WIDE);
    // A member whose name is free is given one first; from the column's side too.
    harness.keys("left");
    find(&mut harness, "colour");
    harness.keys("enter").text("customOrderData").keys("enter");
    harness.text("shade").keys("enter");
    harness.text("colour").keys("enter");
    let shade = Goal::own("kibo", "customOrderData/shade");
    assert_eq!(value(&harness, &shade).as_deref(), Some("red"));
    let text = desk(&harness).draft.text();
    assert!(text.contains("[vendor.kibo]\n"), "{text}");
    assert!(
        text.contains("\"customOrderData/shade\" = \"Colour\""),
        "{text}"
    );
    harness.keys("u u");
    assert_eq!(rule(&harness, &kibo), None);
    // Another vendor has others.
    harness.keys("ctrl-r [");
    assert!(desk(&harness).line(&kibo).is_none());
    assert!(desk(&harness).draft.rule(&kibo).is_some());
}

#[test]
fn what_a_line_is_is_chosen_with_what_it_would_give() {
    let rows = "Order No,Date,E-Mail,Total,Currency,Item 1 SKU,Item 1 Qty,Item 2 SKU,Item 2 Qty,Details\n\
        A-1,2024-03-01T10:00:00Z,ada@example.com,12.50,EUR,M-1,2,C-1,1,\"SKU: M-1, Qty: 2|SKU: C-1, Qty: 1\"\n";
    let mut harness = over(WIDE, rows, &[]);
    harness.keys("i");
    harness
        .expect("✓ each row is a line")
        .expect("columns side by side: Item {n} {member}")
        .expect("A-1 has 2 lines with SKU, Qty")
        .expect("lines packed in Details");
    for size in SIZES {
        harness.resize(size);
        assert_snapshot!(format!("lines_{}x{}", size.0, size.1), harness.screen());
    }
    harness.resize(WIDE);
    harness.keys("down enter");
    let lines = desk(&harness).draft.lines();
    assert_eq!(lines, Lines::Sideways("Item {n} {member}".to_owned()));
    // What was suggested of the columns is suggested of the lines now.
    find(&mut harness, "items.sku");
    harness.expect("items.sku from SKU").keys("y");
    find(&mut harness, "items.quantity");
    harness.keys("enter enter");
    assert_eq!(rule(&harness, Field::ItemQuantity).as_deref(), Some("Qty"));
    harness.keys("u");
    assert_eq!(rule(&harness, Field::ItemSku).as_deref(), Some("SKU"));
    assert_eq!(value(&harness, Field::ItemSku).as_deref(), Some("M-1"));
    // The order's own columns can be read too.
    find(&mut harness, "items.name");
    harness.keys("enter").text("$.E-Mail").keys("enter");
    assert_eq!(rule(&harness, Field::ItemName).as_deref(), Some("$.E-Mail"));
    let order = &desk(&harness).order().unwrap().order.order;
    assert_eq!(order.items.len(), 2);
    // Back to rows the order's columns keep their meaning.
    harness.keys("i g enter");
    assert_eq!(rule(&harness, Field::ItemName).as_deref(), Some("E-Mail"));
    harness.keys("u i g down down enter");
    assert!(matches!(desk(&harness).draft.lines(), Lines::Cells(..)));
    assert_eq!(value(&harness, Field::ItemSku).as_deref(), Some("M-1"));
    harness.keys("u u u u");
    assert_eq!(desk(&harness).draft.lines(), Lines::Rows);
    // Only rows in which a column has a value.
    harness.keys("i").keys("G up up enter");
    harness.expect("A row is a line where one of these has a value");
    harness.text("item 2 sku").keys("tab enter");
    let lines = desk(&harness).draft.lines();
    assert_eq!(lines, Lines::When(vec!["Item 2 SKU".to_owned()]));
}

#[test]
fn a_file_is_joined_by_the_columns_that_share_values_and_its_columns_are_connected() {
    let customers = "Code,Full name\n00017,Ada Archer\n00018,Bo Brandt\n00019,Chloe Costa\n";
    let till = crate::console::tests::mapping_screen::TILL;
    let mut harness = over(WIDE, till, &[("customers.csv", customers)]);
    harness.keys("a");
    harness.expect("customers.csv");
    harness.keys("enter");
    harness
        .expect("Customer Ref = Code")
        .expect("3 of 3 values");
    harness.keys("enter");
    harness.expect("customers.Full n");
    assert_eq!(desk(&harness).draft.joins().len(), 1);
    find(&mut harness, "customer.name");
    harness.keys("enter").text("full name").keys("enter");
    assert_eq!(
        value(&harness, Field::CustomerName).as_deref(),
        Some("Ada Archer")
    );
    for size in SIZES {
        harness.resize(size);
        assert_snapshot!(format!("joined_{}x{}", size.0, size.1), harness.screen());
    }
    harness.resize(WIDE);
    // What is read can't be taken out.
    harness.keys("a enter enter");
    harness.expect("customers is read by customer.name");
    harness.keys("w ctrl-u").text("till").keys("enter");
    harness.expect("3 of 3");
    let deck = harness.state.file.deck.as_ref().unwrap();
    let order = deck.order(1).unwrap().order;
    assert_eq!(order.customer.name.as_deref(), Some("Bo Brandt"));
    // And once more on the desk.
    harness.keys("2 e");
    harness.expect("customers.Full n");
    find(&mut harness, "customer.name");
    harness.keys("x a enter enter");
    assert!(desk(&harness).draft.joins().is_empty());
    harness.keys("u");
    assert_eq!(desk(&harness).draft.joins().len(), 1);
}

#[test]
fn how_a_file_is_read_is_chosen_from_lists() {
    let rows = "Order No;Date;E-Mail;Total\nA-1;13.03.2024 10:00;ada@example.com;12,50\n";
    let mut harness = over(WIDE, rows, &[]);
    let setting = |harness: &Harness, setting| desk(harness).draft.setting(setting);
    harness.keys("r down down down enter");
    harness.text("europe/berlin").keys("enter");
    assert_eq!(setting(&harness, Setting::TimeZone), "Europe/Berlin");
    // The list comes back, on what was set.
    harness.expect("How the file is read").keys("down enter");
    harness.text("chf").keys("enter");
    assert_eq!(setting(&harness, Setting::Currency), "CHF");
    harness.keys("up up enter");
    harness.expect("%d.%m.%Y %H:%M");
    harness.keys("esc up enter");
    harness.expect("1.234,50").keys("up enter");
    assert_eq!(setting(&harness, Setting::DecimalMark), ".");
    harness.keys("esc").absent("How the file is read");
    harness.absent("isn't saved").keys("u");
    assert_eq!(setting(&harness, Setting::DecimalMark), ",");
    harness.keys("r enter").text("e-mail").keys("enter");
    assert_eq!(setting(&harness, Setting::GroupBy), "E-Mail");
}

#[test]
fn the_list_of_zones_opens_on_the_current_or_a_likely_one_and_else_at_its_top() {
    let rows = "Order No;Date;E-Mail;Total\nA-1;13.03.2024 10:00;ada@example.com;12,50\n";
    let mut harness = over(WIDE, rows, &[]);
    let zone = |harness: &Harness| desk(harness).draft.setting(Setting::TimeZone);
    harness.keys("r down down down enter");
    harness.expect("▸ UTC").expect("likely").keys("enter");
    assert_eq!(zone(&harness), "UTC");
    harness.keys("enter").text("tokyo").keys("enter");
    harness.keys("enter").expect("▸ Asia/Tokyo");
    harness.expect("as it is now").keys("esc esc");
    assert!(harness.state.layers.is_empty());
    assert_eq!(zone(&harness), "Asia/Tokyo");
    // Times with an offset ask for none.
    let mut harness = unknown(WIDE, Kind::Dark);
    harness.keys("r down down down enter");
    harness.expect("▸ none").expect("Africa/Abidjan");
    harness.keys("enter");
    assert_eq!(zone(&harness), "");
}

#[test]
fn a_time_is_read_in_a_way_that_is_chosen_by_what_it_gives() {
    let rows = "Order No,Date,Delivered,E-Mail,Total,Currency\n\
        A-1,2024-03-01T10:00:00Z,20240305,ada@example.com,12.50,EUR\n";
    let mut harness = over(WIDE, rows, &[]);
    find(&mut harness, "updated_at");
    harness.keys("enter").text("delivered").keys("enter");
    way(&mut harness, "a time as it is written");
    harness.expect("%Y%m%d");
    harness.keys("enter");
    let text = desk(&harness).draft.text();
    assert!(
        text.contains("datetime = { format = \"%Y%m%d\" }"),
        "{text}"
    );
    way(&mut harness, "a time as it is written");
    harness.keys("down enter");
    let text = desk(&harness).draft.text();
    assert_eq!(text.matches("datetime").count(), 1, "{text}");
}

//! The payload: search, folding, copies, the field that stays across vendors, edits by an editor, what changed.

use crossterm::event::{MouseButton, MouseEventKind};
use insta::assert_snapshot;
use ratatui::style::Modifier;

use crate::console::testing::{Harness, above_the_tail};
use crate::console::theme::{Kind, Theme};
use crate::console::widget::json::{DRAWN, LineKind};
use crate::console::widget::search;
use crate::order::Field;

const WIDE: (u16, u16) = (120, 36);
const NARROW: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (200, 60);
const SIZES: [(&str, (u16, u16)); 3] = [("narrow", NARROW), ("wide", WIDE), ("large", LARGE)];

/// The payload of the first order for Voucherify, with the focus.
fn voucherify(size: (u16, u16)) -> Harness {
    let mut harness = Harness::with_orders(size);
    harness.keys("] enter");
    harness
}

fn pointer(harness: &Harness) -> String {
    harness.state.payload.line().unwrap().pointer.clone()
}

/// Puts the cursor on the line of a place.
fn stand_on(harness: &mut Harness, pointer: &str) {
    let lines = &harness.state.payload.lines;
    let line = lines.iter().position(|line| line.pointer == pointer);
    harness.state.payload.cursor.at = line.unwrap_or_else(|| panic!("no {pointer}"));
}

fn payload(harness: &Harness) -> &serde_json::Value {
    let shown = harness.state.payload.shown.as_ref().unwrap();
    &shown.payload.as_ref().unwrap().value
}

#[test]
fn a_search_finds_what_is_folded_and_goes_from_match_to_match() {
    for (name, size) in SIZES {
        let mut harness = voucherify(size);
        harness.keys("z").absent("\"email\"").keys("/");
        // Letters are text now, whatever they mean else.
        harness.text("SKU").expect("1 of ");
        let count = harness.state.payload.search.found.len();
        assert!(count > 1, "two items have one");
        harness.expect(&format!("1 of {count}"));
        assert_snapshot!(format!("search-{name}"), harness.screen());
        let first = pointer(&harness);
        assert!(first.starts_with("/items/0/"), "{first}");
        let style = harness.style_of("sku\",");
        let theme = &harness.state.theme;
        assert_eq!(style.bg, theme.selection.bg);
        assert!(
            style
                .add_modifier
                .contains(Modifier::UNDERLINED | Modifier::ITALIC)
        );
        harness.keys("enter n").expect(&format!("2 of {count}"));
        assert_ne!(pointer(&harness), first);
        harness.keys("N N").expect(&format!("{count} of {count}"));
        // The first esc ends the search, the second leaves the payload.
        harness.keys("esc").absent(" of {count}");
        assert!(harness.state.payload.focused);
        harness.keys("esc");
        assert!(!harness.state.payload.focused);
    }
}

#[test]
fn a_search_for_nothing_says_so_and_goes_on_at_the_next_vendor() {
    let mut harness = voucherify(WIDE);
    harness
        .keys("/")
        .text("no such thing")
        .expect("nothing found");
    harness.keys("ctrl-u").text("archer").keys("enter");
    let found = harness.state.payload.search.found.len();
    assert!(found > 0);
    harness.keys("]").keys("n").expect("of ");
    let shown = harness.state.payload.shown.as_ref().unwrap();
    assert_eq!(shown.tab, 2);
    for line in &harness.state.payload.search.found {
        assert!(harness.state.payload.lines.iter().any(|one| one == line));
    }
}

#[test]
fn what_is_found_is_told_without_colours() {
    let theme = Theme::new(Kind::Plain);
    let style = search::found(&theme);
    assert_eq!((style.fg, style.bg), (None, None));
    assert!(style.add_modifier.contains(Modifier::ITALIC));
    let mut harness = voucherify(NARROW);
    harness.state.theme = theme;
    harness.keys("/").text("archer").keys("enter");
    let style = harness.style_of("archer");
    assert!(style.add_modifier.contains(Modifier::ITALIC));
    assert_snapshot!("search-plain", harness.screen());
}

#[test]
fn value_and_path_are_copied() {
    let mut harness = voucherify(WIDE);
    stand_on(&mut harness, "/customer/email");
    harness
        .keys("v")
        .expect("the value of /customer/email was copied");
    assert_eq!(harness.copied.as_deref(), Some("ada.archer@example.com"));
    harness.keys("V").expect("/customer/email was copied");
    assert_eq!(harness.copied.as_deref(), Some("/customer/email"));
    stand_on(&mut harness, "/items");
    harness.keys("v");
    let copied: serde_json::Value =
        serde_json::from_str(harness.copied.as_deref().unwrap()).unwrap();
    assert_eq!(Some(&copied), payload(&harness).pointer("/items"));
    harness.keys("g V").expect("go to a field");
    // The palette knows them by their words.
    harness.keys(":").text("json pointer").expect("copy-path");
}

#[test]
fn everything_folds_and_unfolds_and_the_cursor_stays() {
    let mut harness = voucherify(WIDE);
    let all = harness.state.payload.lines.len();
    stand_on(&mut harness, "/items/1/quantity");
    harness.keys("z");
    assert_eq!(pointer(&harness), "/items");
    assert!(harness.state.payload.lines.len() < all / 2);
    harness.expect("▸").keys("Z");
    assert_eq!(harness.state.payload.lines.len(), all);
    assert_eq!(pointer(&harness), "/items");
}

#[test]
fn the_field_stays_when_another_vendor_comes_to_the_front() {
    let fields = |harness: &Harness| {
        let shown = harness.state.payload.shown.as_ref().unwrap();
        let payload = shown.payload.as_ref().unwrap();
        payload.fields_at(&pointer(harness)).to_vec()
    };
    let item = |harness: &Harness| -> Option<usize> {
        pointer(harness)
            .split('/')
            .find_map(|part| part.parse().ok())
    };
    for (field, index) in [
        (Field::CustomerEmail, None),
        (Field::ItemQuantity, Some(1)),
        (Field::ItemSku, Some(0)),
        (Field::PlacedAt, None),
    ] {
        let mut harness = Harness::with_orders(WIDE);
        harness.keys("enter");
        // Of each vendor whether the payload has the field at all.
        let mut has = Vec::new();
        for _ in 0..4 {
            let shown = harness.state.payload.shown.as_ref().unwrap();
            let payload = shown.payload.as_ref().unwrap();
            let places: Vec<String> = payload
                .places()
                .filter(|(place, fields)| {
                    let of = place.split('/').find_map(|part| part.parse().ok());
                    fields.contains(&field)
                        && (index.is_none() || of == index)
                        && payload.value.pointer(place).is_some()
                })
                .map(|(place, _)| place.to_owned())
                .collect();
            has.push(places);
            harness.keys("]");
        }
        assert!(
            has.iter().filter(|places| !places.is_empty()).count() >= 2,
            "{field:?}: {has:?}"
        );
        let begin = has.iter().position(|places| !places.is_empty()).unwrap();
        for _ in 0..begin {
            harness.keys("]");
        }
        stand_on(&mut harness, &has[begin][0]);
        // Twice around: a vendor without the field doesn't lose it.
        for step in 1..9 {
            harness.keys("]");
            let places = &has[(begin + step) % 4];
            if places.is_empty() {
                continue;
            }
            assert!(
                fields(&harness).contains(&field),
                "{field:?} at {}",
                pointer(&harness)
            );
            assert!(
                index.is_none() || item(&harness) == index,
                "{}",
                pointer(&harness)
            );
        }
        harness.keys("[ [");
        let places = &has[(begin + 6) % 4];
        assert!(places.is_empty() || fields(&harness).contains(&field));
    }
    // Where no field is the same, the place is; a cursor that was moved means another field.
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("enter ] down down");
    let there = pointer(&harness);
    harness.keys("] [");
    assert_eq!(pointer(&harness), there);
}

#[test]
fn one_field_at_every_vendor() {
    for (name, size) in SIZES {
        let mut harness = voucherify(size);
        stand_on(&mut harness, "/customer/email");
        harness.keys("=").expect("customer.email at the vendors");
        for vendor in ["Kameleoon", "VOUCHERIFY", "Project Agora", "Kibo"] {
            harness.expect(vendor);
        }
        assert_snapshot!(format!("compare-{name}"), harness.screen());
        harness.keys("down").absent("customer.email at the vendors");
        harness.keys("G").expect("at the vendors").keys("g enter");
        assert!(harness.state.layers.is_empty());
    }
    // An edit of one payload is told there and nowhere else.
    let mut harness = voucherify(WIDE);
    stand_on(&mut harness, "/customer/email");
    harness.editor = Some(|text| Ok(text.replace("ada.archer@", "ada@")));
    harness.keys("E").expect("ada@example.com");
    harness.keys("=");
    harness.state.layers.clear();
    stand_on(&mut harness, "/items/0/quantity");
    harness.keys("= esc");
    assert!(harness.state.layers.is_empty());
}

#[test]
fn what_changed_against_the_source_and_against_what_was_sent() {
    for (name, size) in SIZES {
        let mut harness = voucherify(size);
        harness
            .keys("d")
            .expect("the payload is what the source gives");
        harness.keys("tab").expect("was never sent this order");
        assert_snapshot!(format!("unchanged-{name}"), harness.screen());
        harness.keys("esc esc space s enter");
        harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
        harness
            .keys("1 g d tab")
            .expect("the same would be sent again");
        harness.keys("esc tab");
        stand_on(&mut harness, "/items/0/quantity");
        harness.keys("e ctrl-u").text("7").keys("enter");
        harness
            .keys("d")
            .expect("/items/0/quantity")
            .expect("− 2")
            .expect("+ 7");
        harness.expect("by: items.quantity of line 1 of #1001");
        assert_snapshot!(format!("changed-{name}"), above_the_tail(&mut harness));
        harness
            .keys("tab")
            .expect("Last sent by run s1")
            .expect("+ 7");
        harness.keys("esc");
        // Without the edit nothing is different again.
        harness
            .keys("u d")
            .expect("the payload is what the source gives");
    }
}

#[test]
fn an_edit_that_a_payload_does_not_show_is_told_all_the_same() {
    let mut harness = voucherify(WIDE);
    stand_on(&mut harness, "/items/0/quantity");
    harness.editor = Some(|text| Ok(text.replace("\"quantity\": 2", "\"quantity\": 3")));
    harness.keys("E ] d").expect("not seen in this payload");
    harness.expect("items/0/quantity for Voucherify: 2 → 3");
}

#[test]
fn the_whole_or_a_part_is_written_in_the_editor() {
    let mut harness = voucherify(WIDE);
    // On a list only that.
    stand_on(&mut harness, "/items");
    harness.editor = Some(|text| {
        assert!(text.starts_with('['), "{text}");
        Ok(text.replacen("\"quantity\": 2", "\"quantity\": 5", 1))
    });
    harness
        .keys("E")
        .expect("edited: items of #1001 for Voucherify, in the editor");
    assert_eq!(payload(&harness)["items"][0]["quantity"].to_string(), "5");
    // One entry, one undo.
    harness.keys("u");
    assert_eq!(payload(&harness)["items"][0]["quantity"].to_string(), "2");

    // On a field the whole; digits stay as they are written.
    stand_on(&mut harness, "/customer/email");
    harness.editor = Some(|text| {
        assert!(text.starts_with('{'), "{text}");
        let email = text.replace("ada.archer@example.com", "ada@example.com");
        Ok(email.replacen("\"quantity\": 2", "\"quantity\": 5.10", 1))
    });
    harness
        .keys("E")
        .expect("edited: payload of #1001 for Voucherify, in the editor");
    assert_eq!(payload(&harness)["customer"]["email"], "ada@example.com");
    assert_eq!(
        payload(&harness)["items"][0]["quantity"].to_string(),
        "5.10"
    );

    // A list that shrank, then a field in it, then that field back at its first value.
    harness.editor = Some(|text| {
        let mut value: serde_json::Value = serde_json::from_str(text).unwrap();
        value["items"].as_array_mut().unwrap().remove(1);
        value["items"][0]["quantity"] = 6.into();
        Ok(value.to_string())
    });
    harness.keys("E");
    assert_eq!(payload(&harness)["items"].as_array().unwrap().len(), 1);
    stand_on(&mut harness, "/items/0/quantity");
    harness
        .expect("edit")
        .keys("e ctrl-u")
        .text("2")
        .keys("enter");
    assert_eq!(payload(&harness)["items"][0]["quantity"].to_string(), "2");
    assert_eq!(payload(&harness)["items"].as_array().unwrap().len(), 1);

    harness.editor = Some(|text| Ok(text.to_owned()));
    harness.keys("E").expect("nothing was changed");
    harness.editor =
        Some(|_| Err("the editor ended with exit code 1, so nothing was changed".into()));
    harness.keys("E").expect("exit code 1");
}

#[test]
fn what_cannot_be_used_is_kept_and_opened_again() {
    for (name, size) in SIZES {
        let mut harness = voucherify(size);
        harness.editor = Some(|text| Ok(text.replacen(':', "", 1)));
        harness
            .keys("g E")
            .expect("That isn't JSON")
            .expect("line 2, column");
        assert_snapshot!(format!("not-json-{name}"), harness.screen());
        // Not now: it is kept, and E opens what was written.
        harness.keys("esc");
        harness.editor = Some(|text| {
            assert!(
                serde_json::from_str::<serde_json::Value>(text).is_err(),
                "{text}"
            );
            Ok("[]".to_owned())
        });
        harness.keys("E").expect("a payload is an object in braces");
        harness.editor = Some(|text| {
            assert_eq!(text, "[]");
            Ok(r#"{"status":null}"#.to_owned())
        });
        harness.keys("enter").expect("/status can't be null");
        harness.editor = Some(|_| Ok(r#"{"status":"PAID"}"#.to_owned()));
        harness.keys("enter").expect("edited: payload of #1001");
        assert_eq!(payload(&harness).to_string(), r#"{"status":"PAID"}"#);
    }
}

#[test]
fn one_key_goes_back_to_what_the_source_says() {
    let mut harness = voucherify(WIDE);
    stand_on(&mut harness, "/customer/email");
    harness.keys("U").expect("nothing was edited here");
    harness
        .keys("e ctrl-u")
        .text("ada@example.com")
        .keys("enter");
    harness
        .expect("back to source")
        .expect("before: ada.archer@example.com");
    // As one entry, which can be undone itself.
    harness
        .keys("U")
        .expect("customer.email of #1001 back to the source's value");
    assert_eq!(
        payload(&harness)["customer"]["email"],
        "ada.archer@example.com"
    );
    assert_eq!(harness.state.file.edited(), 0);
    harness.keys("u");
    assert_eq!(payload(&harness)["customer"]["email"], "ada@example.com");

    // On the first line everything of the order.
    harness.editor = Some(|text| Ok(text.replacen("\"quantity\": 2", "\"quantity\": 5", 1)));
    harness.keys("E g U").expect("everything of #1001 back");
    assert_eq!(harness.state.file.edited(), 0);
    assert_eq!(payload(&harness)["items"][0]["quantity"].to_string(), "2");
}

#[test]
fn findings_are_told_whole_with_what_the_fix_would_do() {
    for (name, size) in SIZES {
        let mut harness = voucherify(size);
        harness.keys("esc down enter n");
        assert_snapshot!(format!("findings-{name}"), harness.screen());
        let columns = harness.state.payload.columns;
        for line in &harness.state.payload.lines {
            if line.kind.finding().is_some() {
                let wide = 2 + 2 * line.depth + line.words.chars().count();
                assert!(
                    wide <= columns || matches!(line.kind, LineKind::Fix(_)),
                    "{wide} of {columns}: {}",
                    line.words
                );
            }
        }
    }
    // What the fix does stands on a line of its own, by the key that is set.
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("enter");
    for _ in 0..4 {
        harness.keys("]");
        let shown = harness.state.payload.shown.as_ref().unwrap();
        for (number, fix) in shown.fixes.iter().enumerate() {
            let told = harness
                .state
                .payload
                .lines
                .iter()
                .any(|line| line.kind == LineKind::Fix(number) && line.words == *fix);
            assert_eq!(told, !fix.is_empty());
            assert_eq!(shown.fixable[number], told);
        }
    }
}

#[test]
fn the_mouse_does_what_keys_do() {
    let left = MouseEventKind::Down(MouseButton::Left);
    let mut harness = voucherify(NARROW);
    let row_of = |harness: &mut Harness, text: &str| {
        let screen = harness.screen();
        screen.lines().position(|line| line.contains(text)).unwrap() as u16
    };
    let row = row_of(&mut harness, "\"email\"");
    harness.mouse(left, 20, row);
    assert_eq!(pointer(&harness), "/customer/email");
    // Twice edits.
    harness
        .mouse(left, 20, row)
        .expect("Edit customer/email")
        .keys("esc");
    // The triangle folds at once, elsewhere it takes two clicks.
    let row = row_of(&mut harness, "\"customer\"");
    harness.mouse(left, 1, row).expect("3 members");
    harness.mouse(left, 1, row).absent("3 members");
    harness
        .mouse(left, 20, row)
        .mouse(left, 20, row)
        .expect("3 members");
    // The wheel moves the lines.
    let top = harness.state.payload.cursor.top;
    harness
        .mouse(left, 1, row)
        .mouse(MouseEventKind::ScrollDown, 20, 8);
    assert!(harness.state.payload.cursor.top > top);
    harness.mouse(MouseEventKind::ScrollUp, 20, 8);
    assert_eq!(harness.state.payload.cursor.top, top);
    // The vendors' names in the head.
    let head = row_of(&mut harness, "VOUCHERIFY");
    let screen = harness.screen();
    let line = screen.lines().nth(usize::from(head)).unwrap();
    let column = line
        .find("Kibo")
        .map(|at| line[..at].chars().count())
        .unwrap();
    harness.mouse(left, column as u16, head).expect("KIBO");
    assert_eq!(harness.state.vendors.front, 3);
}

#[test]
fn only_lines_that_are_seen_are_laid_out() {
    let head = crate::console::testing::ORDERS.lines().next().unwrap();
    let first = crate::console::testing::ORDERS.lines().nth(1).unwrap();
    let mut orders = format!("{head}\n{first}\n");
    for item in 0..1500 {
        orders.push_str(&format!(
            "#1001,,,,,,,,,2026-01-06 21:18:40 -0500,1,Thing {item},1.00,T-{item},,\n"
        ));
    }
    let mut harness = Harness::with_text(WIDE, &orders);
    harness.keys("] enter");
    assert!(
        harness.state.payload.lines.len() > 10_000,
        "{}",
        harness.state.payload.lines.len()
    );
    for keys in ["G", "pgup", "g"] {
        harness.keys(keys);
        DRAWN.with(|drawn| drawn.set(0));
        harness.screen();
        let drawn = DRAWN.with(std::cell::Cell::get);
        assert!(drawn > 0 && drawn <= 36, "{drawn} lines were laid out");
    }
    harness.keys("z /").text("T-1499").expect("1 of ");
    assert!(
        pointer(&harness).starts_with("/items/1500"),
        "{}",
        pointer(&harness)
    );
}

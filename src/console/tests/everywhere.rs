//! What holds on every screen: the account is switched, several runs are seen at once, text is pasted wherever it is
//! typed, and every dialog is left by the mouse.

use crossterm::event::{MouseButton, MouseEventKind};

use crate::console::action::{Action, Command};
use crate::console::app::tell;
use crate::console::keymap::Keymap;
use crate::console::testing::Harness;
use crate::console::theme::Kind;
use crate::console::update::update;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];
const WIDE: (u16, u16) = (120, 36);
const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
const ACCOUNTS: &str = "[profiles.acme]\nvendor = \"voucherify\"\nenvironment = \"live\"\nread_only = true\n[profiles.acme.credentials]\napp_id = \"id\"\napp_token = \"token\"\n[profiles.beta]\nvendor = \"kibo\"\nenvironment = \"test\"\nbase_url = \"http://127.0.0.1:9\"\n[profiles.beta.credentials]\napi_key = \"key\"\napi_secret = \"secret\"\n";

#[test]
fn the_account_is_switched_in_every_view_and_in_the_payload() {
    for size in SIZES {
        let mut harness = Harness::with_profile(size, ACCOUNTS);
        for (keys, other, word) in [
            ("1", "acme", "LIVE"),
            ("enter", "beta", "TEST"),
            ("2", "acme", "LIVE"),
            ("3", "beta", "TEST"),
            ("4", "acme", "LIVE"),
            ("5", "beta", "TEST"),
            ("6", "acme", "LIVE"),
        ] {
            let view = harness.keys(keys).state.view;
            harness
                .keys("P")
                .expect("Switch account")
                .expect("read-only");
            let (_, title) = harness.place_of("Switch account");
            // Elsewhere on the screen its name may stand too.
            let screen = harness.screen();
            let mut rows = screen.lines().skip(usize::from(title));
            let below = rows.position(|line| line.contains(&format!(" {other} ")));
            let row = title + below.unwrap() as u16;
            let middle = size.0 / 2;
            harness.mouse(CLICK, middle, row).mouse(CLICK, middle, row);
            assert_eq!(harness.state.vendors.front_account().unwrap().name, other);
            assert!(harness.state.layers.is_empty());
            assert_eq!(harness.state.view, view, "{keys}");
            harness.expect(&format!("is reached by {other} now, {word}"));
            assert!(harness.screen().lines().next().unwrap().contains(word));
        }
    }
    // Without a file too.
    let mut harness = Harness::new(WIDE, Kind::Dark);
    harness.keys("P").expect("Switch account").keys("esc");
    assert!(harness.state.layers.is_empty());
}

#[test]
fn letters_find_the_account_that_is_switched_to() {
    let mut harness = Harness::with_profile(WIDE, ACCOUNTS);
    for (typed, name) in [("bet", "beta"), ("acm", "acme")] {
        harness
            .keys("P")
            .text(typed)
            .expect(&format!("find  {typed}"));
        harness.keys("enter");
        assert_eq!(harness.state.vendors.front_account().unwrap().name, name);
    }
    // What fits nothing chooses nothing.
    harness.keys("P").text("zzz").expect("nothing of that name");
    harness.keys("enter").expect("Switch account");
    assert_eq!(harness.state.vendors.front_account().unwrap().name, "acme");
}

#[test]
fn a_command_without_a_key_leaves_no_hole_and_every_mistake_is_told() {
    let mut harness = Harness::with_orders((200, 60));
    harness.expect(" cancel");
    let text = "cancel = ['s']\nsumbit = ['S']";
    let (keymap, mistakes) = Keymap::with_own(text, "keymap.toml");
    assert_eq!(mistakes.len(), 2);
    harness.state.keymap = keymap;
    let screen = harness.screen();
    let footer = screen.lines().last().unwrap();
    assert!(
        !footer.contains("cancel") && footer.contains("s submit"),
        "{footer}"
    );
    tell(&mut harness.state, &mistakes);
    harness
        .expect("2 mistakes, f3 has the other: keymap.toml:1")
        .keys("f3")
        .expect("there is no command `sumbit`");
}

#[test]
fn editing_many_orders_is_found_by_its_words_and_offered_while_orders_are_marked() {
    let mut harness = Harness::with_orders((200, 60));
    harness.absent("b bulk edit").keys("space");
    harness.expect("b bulk edit").keys("space up space");
    for word in ["bulk", "many"] {
        harness
            .keys(":")
            .text(word)
            .expect("set-marked")
            .keys("esc");
    }
    let mut narrow = Harness::with_orders((80, 24));
    narrow.keys("space").expect("b bulk edit");
}

#[test]
fn two_runs_go_on_at_once_and_each_is_seen() {
    let mut harness = Harness::with_orders(WIDE);
    // Kibo and Voucherify, one behind the other, without waiting for the first.
    harness.keys("] s enter");
    harness.keys("1 [ s enter");
    harness.until(|state| state.runs.list.len() == 2 && state.runs.active.is_empty());
    harness
        .keys("3")
        .expect("Runs · 2")
        .expect("s1 ")
        .expect("s2 ");
    let runs = harness.state.runs.list.iter();
    let vendors: Vec<&str> = runs
        .map(|entry| entry.summary.run.decided.vendor.as_str())
        .collect();
    assert_eq!(vendors.len(), 2);
    assert_ne!(vendors[0], vendors[1]);
}

#[test]
fn text_is_pasted_wherever_it_is_typed() {
    for (keys, pasted, seen) in [
        ("/", "total>\n100", "/total> 100"),
        ("enter /", "ada", "/ada"),
        ("4 /", "vendor:kibo is:failed", "vendor:kibo is:failed"),
        (":", "zebra", "zebra"),
        ("?", "zebra", "zebra"),
        ("f4 /", "zebra", "zebra"),
        ("o", "/no/such/file", "/no/such/file"),
        ("c ctrl-u", "#9001\n#9002", "#9002"),
        ("] tab down down down e ctrl-u", "pasted", "pasted"),
        ("6 A", "pasted-name", "pasted-name"),
    ] {
        let mut harness = Harness::with_orders(WIDE);
        harness.keys(keys).absent(seen).paste(pasted);
        harness.expect(seen);
    }
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("] s enter");
    harness.until(|state| state.runs.active.is_empty() && !state.runs.list.is_empty());
    harness
        .keys("3 /")
        .paste("state:stopped")
        .expect("/ state:stopped");
}

/// The keys that stand on the border of the dialog in front.
fn on_border(harness: &Harness) -> Vec<(Command, String)> {
    let layer = harness.state.layers.last().unwrap();
    layer
        .border(&harness.state)
        .map_or(Vec::new(), |border| border.keys)
}

#[test]
fn every_dialog_is_left_by_a_click_on_its_border() {
    let mut without = Vec::new();
    for keys in [
        "L",
        "enter down b",
        "o",
        "O",
        "!",
        "F",
        "C",
        "S",
        "=",
        "d",
        "H",
        "?",
        ":",
        "f4",
        "f3",
        "P",
        "s",
        "c",
        "enter down e",
        "p",
        "6 A",
        "! i",
        "s ctrl-l",
    ] {
        for size in SIZES {
            let mut harness = Harness::with_orders(size);
            harness.keys("] space").keys(keys);
            let layers = harness.state.layers.len();
            assert!(layers > 0, "{keys} opens nothing:\n{}", harness.screen());
            let back = on_border(&harness)
                .into_iter()
                .find(|(key, _)| *key == Command::Back);
            let Some((_, words)) = back else {
                without.push((keys, size));
                continue;
            };
            harness.click(&format!("esc {words}"));
            assert_eq!(harness.state.layers.len(), layers - 1, "{keys} {size:?}");
        }
    }
    assert_eq!(without, [], "the mouse can't leave them");
}

#[test]
fn the_history_of_edits_is_walked_by_its_border_and_left_by_a_double_click() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("x down x").keys("L").expect("2 in force");
    harness
        .click("u undo down to here")
        .expect("1 in force, 1 undone");
    harness.click("ctrl-r do again").expect("2 in force");
    harness.keys("g").click("leave out #1001").expect("Edits ·");
    harness.click("leave out #1001").absent("Edits ·");
    assert_eq!(harness.state.orders.cursor.at, 0);
}

#[test]
fn rules_are_explained_followed_and_put_right_by_the_mouse() {
    let mut harness = Harness::with_orders(WIDE);
    harness
        .keys("] !")
        .click("i explain")
        .expect("What VOU-12 means");
    // Offered only where there is one.
    harness
        .keys("esc")
        .expect("i explain")
        .absent("f fix all")
        .keys("f")
        .expect("has no fix by one key");
    harness.keys("esc !");
    harness.double_click("✗ VOU-12").expect("/finding:VOU-12");
    harness.expect("#1002").absent("#1001");
}

#[test]
fn esc_goes_back_before_it_ends_the_tour() {
    let mut harness = Harness::with_orders(WIDE);
    harness.keys("f2").expect("1/6");
    for keys in ["enter", "/ x enter", "3", "space"] {
        harness.keys(keys).absent("esc end").keys("esc");
        harness.expect("/6").expect("esc end");
        harness.absent("the tour is over");
    }
    harness.keys("esc").expect("the tour is over").absent("/6");
}

#[test]
fn words_name_the_keys_that_are_set() {
    let own =
        "submit = ['W']\nundo = ['J']\nview-orders = ['f9']\nview-responses = ['f8']\nfix = ['K']";
    let mut harness = Harness::new(WIDE, Kind::Dark);
    harness.state.keymap = Keymap::with_own(own, "keymap.toml").0;
    for view in [Command::ViewRuns, Command::ViewResponses, Command::ViewJobs] {
        let effects = update(&mut harness.state, Action::Command(view));
        harness.perform(effects);
        harness.expect("f9").expect("W").absent("(1").absent("(s)");
    }
    for _ in 0..4 {
        update(&mut harness.state, Action::Command(Command::Tour));
    }
    harness.expect("J undoes");
    for _ in 0..2 {
        update(&mut harness.state, Action::Command(Command::Tour));
    }
    harness.expect("f8 responses");
}

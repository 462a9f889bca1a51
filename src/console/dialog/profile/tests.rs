//! The form against the vendors' tables: every row of them is there, and goes to the file and back.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde_json::{Value as Json, json};

use super::*;
use crate::console::keymap::Keymap;
use crate::console::theme::{Kind, Theme};
use crate::profile::private::replace_private_file;
use crate::profile::{Directories, Profile};
use crate::vendor::{FieldKind, FieldSpec, SettingKind, SettingSpec, by_name};
use crate::workspace::Workspace;
use crate::workspace::accounts::{default_fields, settings_of};

const WIDE: (u16, u16) = (120, 36);

/// A workspace with one profile, in whose text there are comments.
struct Desk {
    _directory: tempfile::TempDir,
    workspace: Workspace,
    vendor: VendorRef,
    state: State,
}

impl Desk {
    fn new(vendor: VendorRef, more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let directories = Directories::at(root.join("config"), root.join("data"));
        directories.ensure_config().unwrap();
        let mut text = format!(
            "# the shop\n[profiles.acme]\nvendor = \"{}\" # chosen in May\nenvironment = \"test\"\nbase_url = \"{}\"\n[profiles.acme.credentials]\n",
            vendor.name(),
            vendor
                .default_base_url()
                .unwrap_or("https://api.example.com")
        );
        for spec in vendor.credentials() {
            text.push_str(&format!(
                "{} = {{ env = \"KEY\" }} # in the vault\n",
                spec.name
            ));
        }
        text.push_str(more);
        replace_private_file(&directories.profiles_file(), text.as_bytes()).unwrap();
        Self {
            _directory: directory,
            workspace: Workspace::at(directories),
            vendor,
            state: State::new(WIDE, Keymap::default(), Theme::new(Kind::Dark)),
        }
    }

    fn profile(&self) -> std::sync::Arc<Profile> {
        self.workspace.profile("acme").unwrap()
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.workspace.directories().profiles_file()).unwrap()
    }

    fn form(&self) -> ProfileDialog {
        let target = Err("it isn't needed".to_owned());
        let account = AccountInfo::of(&self.profile(), self.vendor, target);
        ProfileDialog::edit(&account, None)
    }

    fn press(&mut self, form: &mut ProfileDialog, command: Command) -> Vec<Effect> {
        let mut effects = Vec::new();
        form.act(Input::Command(command), &mut self.state, &mut effects);
        effects
    }

    fn type_text(&mut self, form: &mut ProfileDialog, text: &str) {
        for c in text.chars() {
            let key = KeyEvent::from(KeyCode::Char(c));
            form.act(Input::Text(key), &mut self.state, &mut Vec::new());
        }
    }

    /// Saves the form; the file is written.
    fn save(&mut self, form: &mut ProfileDialog) {
        match self.press(form, Command::Accept).pop() {
            Some(Effect::Profile(ProfileWork::Edit(name, changes))) => {
                let (_, usable) = self.workspace.edit_profile(&name, &changes).unwrap();
                usable.unwrap();
            }
            other => panic!("{other:?}: {:?}", form.trouble),
        }
    }

    /// What is on the screen, words only.
    fn words(&self, form: &ProfileDialog) -> String {
        let mut screen = Terminal::new(TestBackend::new(WIDE.0, WIDE.1)).unwrap();
        screen.draw(|frame| form.draw(frame, &self.state)).unwrap();
        let buffer = screen.backend().buffer();
        let mut words = Vec::new();
        for y in 0..buffer.area.height {
            let line: String = (0..buffer.area.width)
                .map(|x| buffer[(x, y)].symbol())
                .collect();
            let line = line.replace('│', " ");
            words.extend(line.split_whitespace().map(str::to_owned));
        }
        words.join(" ")
    }
}

/// A text that the setting takes, and what it is in the file.
fn of_setting(spec: &SettingSpec) -> (Json, Json) {
    match spec.kind {
        SettingKind::Text => (json!("some text"), json!("some text")),
        SettingKind::Boolean => (json!("true"), json!(true)),
        SettingKind::Integer { max, .. } => (json!(max.to_string()), json!(max)),
        SettingKind::Choice(words) => (json!(words[0]), json!(words[0])),
        SettingKind::Table(table) => {
            let word = table.words.first().copied().unwrap_or("a word");
            let rows: Json = table
                .keys
                .iter()
                .map(|key| ((*key).to_owned(), json!(word)))
                .collect();
            if table.keys.is_empty() {
                (json!("a = b = CC"), json!({ "a = b": "CC" }))
            } else {
                (json!(word), rows)
            }
        }
        SettingKind::List => (json!("first"), json!(["first"])),
    }
}

/// The same for a field.
fn of_field(spec: &FieldSpec) -> (String, Json) {
    let text = |text: String| (text.clone(), json!(text));
    let read = |text: &str| (text.to_owned(), serde_json::from_str(text).unwrap());
    if let Some(choice) = spec.choices.first() {
        return text((*choice).to_owned());
    }
    match spec.kind {
        FieldKind::Text | FieldKind::Any => {
            let (least, most) = spec.length.unwrap_or((1, 9));
            text("x".repeat(least.max(1).min(most) as usize))
        }
        FieldKind::Email => text("a@b.example".to_owned()),
        FieldKind::Integer => read(&spec.minimum.unwrap_or(0).max(7).to_string()),
        FieldKind::Number => read("10.50"),
        FieldKind::DecimalText => text("9.90".to_owned()),
        FieldKind::Boolean => ("true".to_owned(), json!(true)),
        FieldKind::Date => text("2024-02-29".to_owned()),
        FieldKind::TimeOfDay => text("23:59".to_owned()),
        FieldKind::DateTime => text("2024-03-01T10:00:00+01:00".to_owned()),
        FieldKind::Object => read(r#"{"a":1,"b":"two"}"#),
        FieldKind::Array => read(r#"[1,"two"]"#),
        FieldKind::TextArray => read(r#"["one","two"]"#),
    }
}

/// What is typed or chosen in a line to set it.
fn sample(what: &What) -> Option<String> {
    let words = |value: Json| value.as_str().map(str::to_owned);
    match what {
        What::Setting(spec) | What::Row(spec, _) | What::NewRow(spec) | What::Element(spec) => {
            words(of_setting(spec).0)
        }
        What::Default(spec, _) => Some(of_field(spec).0),
        _ => None,
    }
}

#[test]
fn every_setting_and_every_default_is_in_the_form_with_its_help() {
    for vendor in ALL {
        let mut desk = Desk::new(*vendor, "");
        let mut form = desk.form();
        let mut screens = Vec::new();
        let first = form.cursor.at;
        loop {
            screens.push((form.cursor.at, desk.words(&form)));
            desk.press(&mut form, Command::NextPane);
            if form.cursor.at == first {
                break;
            }
        }
        let seen = |label: &str, help: &str| {
            let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
            let found = screens.iter().any(|(_, words)| words.contains(&help));
            assert!(found, "{} says nothing of {label}: {help}", vendor.title());
        };
        for spec in settings_of(*vendor) {
            seen(spec.name, &spec.explanation());
            let labelled = screens.iter().any(|(_, words)| words.contains(spec.name));
            assert!(labelled, "{}", spec.name);
        }
        for spec in default_fields(*vendor) {
            seen(spec.path, &format!("{}: {}", spec.path, spec.explanation()));
        }
        for spec in vendor.credentials() {
            seen(spec.name, spec.help.trim_end_matches('.'));
        }
        let free = vendor
            .table()
            .iter()
            .filter(|(_, spec)| !spec.takes_default());
        for (_, spec) in free {
            assert!(spec.path.ends_with('?'), "{}", spec.path);
        }
    }
}

#[test]
fn what_is_set_in_the_form_stands_in_the_file_and_comes_back_equal() {
    for vendor in ALL {
        let mut desk = Desk::new(*vendor, "");
        let before = desk.text();
        let mut form = desk.form();
        let first = form.cursor.at;
        loop {
            let what = form.entries[form.cursor.at].what.clone();
            let empty = form.entries[form.cursor.at].is_empty();
            if let (Some(words), true) = (sample(&what), empty) {
                if form.entries[form.cursor.at].is_choice() {
                    while form.entries[form.cursor.at].words() != words {
                        desk.press(&mut form, Command::Right);
                    }
                } else if !matches!(what, What::Element(_))
                    || form.entries[form.cursor.at - 1].words() != words
                {
                    desk.type_text(&mut form, &words);
                }
                let wrong = form.wrong(&form.entries[form.cursor.at]);
                assert_eq!(wrong, None, "{what:?}");
            }
            // Room for one more row isn't filled again and again.
            let at = form.cursor.at;
            desk.press(&mut form, Command::NextPane);
            if matches!(what, What::NewRow(_)) && form.cursor.at == at + 1 {
                desk.press(&mut form, Command::NextPane);
            }
            if form.cursor.at == first {
                break;
            }
        }
        desk.save(&mut form);
        let profile = desk.profile();
        let settings: BTreeMap<&str, Json> = settings_of(*vendor)
            .map(|spec| (spec.name, of_setting(spec).1))
            .collect();
        let defaults: BTreeMap<&str, Json> = default_fields(*vendor)
            .map(|spec| (spec.path, of_field(spec).1))
            .collect();
        for (name, value) in &settings {
            assert_eq!(profile.settings.get(*name), Some(value), "{name}");
        }
        for (path, value) in &defaults {
            assert_eq!(profile.defaults.get(*path), Some(value), "{path}");
        }
        assert_eq!(profile.settings.len(), settings.len());
        assert_eq!(profile.defaults.len(), defaults.len());
        assert!(desk.text().starts_with(&before), "{}", desk.text());

        // What is read back is what the form shows, so there is nothing to save.
        let mut form = desk.form();
        assert!(desk.press(&mut form, Command::Accept).is_empty());
        assert!(
            form.trouble
                .as_deref()
                .unwrap()
                .starts_with("nothing was changed")
        );

        // And all of it can be taken out again.
        for line in 0..form.entries.len() {
            if sample(&form.entries[line].what).is_some() {
                match &mut form.entries[line].value {
                    Value::Text(input) => input.clear(),
                    Value::Choice(choices, at) => {
                        *at = choices.iter().position(String::is_empty).unwrap();
                    }
                    _ => {}
                }
            }
        }
        desk.save(&mut form);
        let profile = desk.profile();
        assert!(
            profile.settings.is_empty() && profile.defaults.is_empty(),
            "{}",
            desk.text()
        );
        assert!(desk.text().starts_with(&before));
    }
}

#[test]
fn one_row_of_a_table_is_changed_and_the_rest_of_the_file_stays() {
    let kibo = by_name("kibo").unwrap();
    let more = "# what they call it\n[profiles.acme.settings.status]\npaid = \"READY\" # agreed\nshipped = \"SHIPPED\" # and this\n[profiles.acme.settings.payment_types]\n# the shop's own\n\"Shopify Payments\" = \"CC\" # card\nPayPal = \"PP\"\n";
    let mut desk = Desk::new(kibo, more);
    let mut form = desk.form();
    let line = |form: &ProfileDialog, name: &str| {
        let found = form.entries.iter().position(|entry| entry.label == name);
        found.unwrap_or_else(|| panic!("no line {name}"))
    };
    form.cursor.at = line(&form, "payment_types.PayPal");
    for _ in 0..2 {
        let key = KeyEvent::from(KeyCode::Backspace);
        form.act(Input::Text(key), &mut desk.state, &mut Vec::new());
    }
    form.cursor.at = line(&form, "payment_types.…");
    desk.type_text(&mut form, "Klarna = NO");
    desk.save(&mut form);
    let text = desk.text();
    for kept in [
        "# what they call it",
        "paid = \"READY\" # agreed",
        "shipped = \"SHIPPED\" # and this",
        "# the shop's own",
        "\"Shopify Payments\" = \"CC\" # card",
        "Klarna = \"NO\"",
    ] {
        assert!(text.contains(kept), "no {kept}:\n{text}");
    }
    assert!(!text.contains("PayPal"), "{text}");
}

#[test]
fn what_is_typed_is_judged_at_once_and_in_words() {
    let kibo = by_name("kibo").unwrap();
    let mut desk = Desk::new(kibo, "");
    for (label, typed, told) in [
        ("currency", "EURO", "ISO 4217"),
        ("address", "http://example.com", "https://"),
        ("concurrency", "65", "a whole number from 1 to 64"),
        ("concurrency", "many", "a whole number from 1 to 64"),
        ("payment_types.…", "PayPal", "name = value"),
        ("manufacturerID", "abc", "manufacturerID must be"),
        ("customer/email", "nobody", "an e-mail address"),
    ] {
        let mut form = desk.form();
        form.cursor.at = form
            .entries
            .iter()
            .position(|entry| entry.label == label)
            .unwrap();
        if let Value::Text(input) = &mut form.entries[form.cursor.at].value {
            input.clear();
        }
        desk.type_text(&mut form, typed);
        let words = desk.words(&form);
        assert!(words.contains(told), "{label} {typed}: {words}");
        assert!(desk.press(&mut form, Command::Accept).is_empty(), "{label}");
    }
}

#[test]
fn a_setting_of_nobodys_can_be_taken_out() {
    let kibo = by_name("kibo").unwrap();
    let more = "[profiles.acme.settings]\nspeed = 9\nconcurrency = 2\n";
    let mut desk = Desk::new(kibo, more);
    let mut form = desk.form();
    let entry = form
        .entries
        .iter_mut()
        .find(|entry| matches!(&entry.what, What::StraySetting(name) if name == "speed"))
        .unwrap();
    if let Value::Text(input) = &mut entry.value {
        input.clear();
    }
    desk.save(&mut form);
    assert_eq!(desk.profile().settings.len(), 1);
}

#[test]
fn changes_are_not_thrown_away_by_one_key() {
    let mut desk = Desk::new(ALL[0], "");
    let mut form = desk.form();
    desk.type_text(&mut form, "x");
    let mut back = |form: &mut ProfileDialog| {
        form.act(
            Input::Command(Command::Back),
            &mut desk.state,
            &mut Vec::new(),
        )
    };
    assert_eq!(back(&mut form), Flow::Stay);
    assert_eq!(back(&mut form), Flow::Close);
}

/// The form of a profile at Kibo on the whole screen.
fn shown(size: (u16, u16)) -> crate::console::testing::Harness {
    let profile = "[profiles.acme]\nvendor = \"kibo\"\nenvironment = \"live\"\n[profiles.acme.credentials]\napi_key = { env = \"KEY\" }\napi_secret = { env = \"KEY\" }\n[profiles.acme.settings]\nconcurrency = 2\npayment_types = { PayPal = \"PP\" }\n";
    let mut harness = crate::console::testing::Harness::with_profile(size, profile);
    harness.keys("6 e").expect("Edit acme · Kibo · LIVE");
    harness
}

#[test]
fn the_form_is_seen_whole_in_every_size() {
    for (size, name) in [((80, 24), "profile-narrow"), (WIDE, "profile-wide")] {
        let mut harness = shown(size);
        harness.keys("pgdn tab").text("-");
        insta::assert_snapshot!(name, harness.screen());
    }
    let mut harness = shown(WIDE);
    let theme = harness.state.theme.clone();
    assert_eq!(harness.style_of("LIVE").fg, theme.live.fg);
    assert_eq!(harness.style_of("(from the environment").fg, theme.dim.fg);
    // From the address to the currency.
    harness.keys("tab").text("x").expect("✗ currency must be");
    assert_eq!(harness.style_of("✗ currency").fg, theme.error.fg);
    harness.expect("1 changed");
    harness.state.theme = Theme::plain();
    harness.expect("▸✗currency");
}

#[test]
fn a_line_is_found_by_its_name_or_by_what_it_means() {
    for (size, name) in [((80, 24), "search-narrow"), (WIDE, "search-wide")] {
        let mut harness = shown(size);
        // The cursor is on an address that is needed and empty: a slash can't be meant to be typed.
        harness.keys("/").text("tax").expect("/tax");
        insta::assert_snapshot!(name, harness.screen());
        harness
            .keys("down")
            .expect("2 of ")
            .keys("up")
            .expect("1 of ");
        // What is found stays under the cursor, and is typed into.
        harness.keys("esc ctrl-g").text("payment_types.PayPal");
        harness.expect("1 of 1").keys("enter").text("X");
        harness.expect("▸*payment_types.PayPal").expect("PPX");
        harness
            .keys("ctrl-g")
            .text("nowhere at all")
            .expect("nothing has it");
        harness.keys("esc").expect("▸*payment_types.PayPal");
        // A slash in what is typed is one.
        harness.text("/Y").expect("PPX/Y");
    }
    // By its help alone.
    let mut harness = shown(WIDE);
    harness.keys("ctrl-g").text("proxies that the environment");
    harness.expect("▸ allow-proxy").expect("1 of 1");
}

#[test]
fn sections_are_gone_through_by_one_key() {
    let mut harness = shown(WIDE);
    let mut sections = Vec::new();
    for _ in 0..5 {
        let screen = harness.screen();
        let (_, rest) = screen.split_once("── ").unwrap();
        sections.extend(rest.split_whitespace().next().map(str::to_owned));
        harness.keys("ctrl-n");
    }
    let round = ["account", "credentials", "settings", "defaults", "account"];
    assert_eq!(sections, round);
    harness.keys("ctrl-p ctrl-p").expect("── defaults");
    harness.keys("ctrl-p").expect("── settings").expect("▸ ");
}

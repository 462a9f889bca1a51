//! Adding, editing and removing: what is changed, and what stays as it was.

use super::*;

#[test]
fn an_edit_changes_its_line_and_no_other() {
    let home = home(GOOD);
    let mut profiles = home.load();
    profiles
        .edit(
            "acme-kameleoon",
            &[
                Change::Currency(Some("USD".to_owned())),
                Change::Credential(
                    "shop_id".to_owned(),
                    Some(SecretRef::Env("SHOP_ID".to_owned())),
                ),
                Change::Setting("requests_per_minute".to_owned(), Some(json!(20))),
                Change::Default("channel".to_owned(), None),
            ],
        )
        .unwrap();
    let expected = GOOD
        .replace("\"EUR\"", "\"USD\"")
        .replace("\"canary-7f3a\"", "{ env = \"SHOP_ID\" }")
        .replace("requests_per_minute = 40", "requests_per_minute = 20")
        .replace("channel = \"Website\"\n", "");
    assert_eq!(home.text(), expected);
    let profile = profiles.get("acme-kameleoon").unwrap();
    assert_eq!(profile.currency.as_deref(), Some("USD"));
    assert!(!profile.defaults.contains_key("channel"));
}

#[test]
fn an_edit_makes_the_tables_it_needs_also_where_credentials_are_inline() {
    let home = home(GOOD);
    let mut profiles = home.load();
    let change = [
        Change::Credential(
            "api_key".to_owned(),
            Some(SecretRef::Plain(Secret::new("quote\"d".to_owned()))),
        ),
        Change::Default("price".to_owned(), Some("1.50".parse().unwrap())),
        Change::Setting("types".to_owned(), Some(json!({"visa": ["CC", 1]}))),
        Change::BaseUrl(Some("https://kibo.example.com".to_owned())),
        Change::ReadOnly(false),
        Change::AllowProxy(true),
    ];
    profiles.edit("kibo-test", &change).unwrap();
    let loaded = home.load();
    let profile = loaded.get("kibo-test").unwrap();
    let SecretRef::Plain(secret) = &profile.credentials["api_key"] else {
        panic!("not plain");
    };
    assert_eq!(secret.expose(), "quote\"d");
    assert_eq!(profile.defaults["price"].to_string(), "1.50");
    assert_eq!(profile.settings["types"], json!({"visa": ["CC", 1]}));
    assert!(profile.allow_proxy && !profile.read_only);
    assert_eq!(
        profile.base_url.as_deref(),
        Some("https://kibo.example.com")
    );
    assert!(home.text().contains("# For trying."));
    profiles
        .edit("kibo-test", &[Change::BaseUrl(None)])
        .unwrap();
    assert!(!home.text().contains("kibo.example.com"));
}

#[test]
fn a_refused_edit_changes_nothing() {
    let home = home(GOOD);
    let mut profiles = home.load();
    for changes in [
        vec![
            Change::ReadOnly(true),
            Change::Currency(Some("euro".to_owned())),
        ],
        vec![Change::BaseUrl(Some("http://example.com".to_owned()))],
        vec![Change::Setting("x".to_owned(), Some(Value::Null))],
        vec![Change::Setting(
            "x".to_owned(),
            Some("92233720368547758070".parse().unwrap()),
        )],
    ] {
        let error = profiles.edit("acme-kameleoon", &changes).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("profile acme-kameleoon, field "), "{text}");
    }
    assert!(matches!(
        profiles.edit("nobody", &[]),
        Err(ProfileError::Unknown { .. })
    ));
    assert_eq!(home.text(), GOOD);
    let profile = profiles.get("acme-kameleoon").unwrap();
    assert_eq!(profile.currency.as_deref(), Some("EUR"));
}

#[test]
fn adding_keeps_the_file_and_writes_the_account() {
    let home = home(GOOD);
    let mut profiles = home.load();
    let mut new = NewProfile::new("agora", "project-agora", Environment::Test);
    new.base_url = Some("https://agora.example.com".to_owned());
    new.credentials
        .insert("api_key".to_owned(), SecretRef::File("agora.key".into()));
    new.settings.insert("total_means".to_owned(), json!("unit"));
    profiles.add(&new).unwrap();
    assert_eq!(
        home.text(),
        format!(
            "{GOOD}\n[profiles.agora]\nvendor = \"project-agora\"\naccount = \"agora\"\nenvironment = \"test\"\nbase_url = \"https://agora.example.com\"\n\n[profiles.agora.credentials]\napi_key = {{ file = \"agora.key\" }}\n\n[profiles.agora.settings]\ntotal_means = \"unit\"\n"
        )
    );
    assert_eq!(profiles.get("agora").unwrap().account, "agora");
    assert!(matches!(profiles.add(&new), Err(ProfileError::Exists(_))));
}

#[test]
fn the_first_profile_makes_directory_and_file() {
    let home = tempfile::tempdir().unwrap();
    let directories = Directories::at(home.path().join("c"), home.path().join("d"));
    let mut profiles = Profiles::load(&directories).unwrap();
    profiles
        .add(&NewProfile::new("first", "kibo", Environment::Live))
        .unwrap();
    assert_eq!(
        fs::read_to_string(directories.profiles_file()).unwrap(),
        "[profiles.first]\nvendor = \"kibo\"\naccount = \"first\"\nenvironment = \"live\"\n"
    );
    private::check_private(directories.config()).unwrap();
    private::check_private(&directories.profiles_file()).unwrap();
}

#[test]
fn reserved_and_wrong_new_profiles_are_refused_before_anything_is_written() {
    let home = home("");
    let mut profiles = home.load();
    for (name, vendor) in [
        ("sandbox-mine", "kibo"),
        ("a b", "kibo"),
        ("", "kibo"),
        ("ok", "klaviyo"),
    ] {
        let new = NewProfile::new(name, vendor, Environment::Test);
        assert!(profiles.add(&new).is_err(), "{name} {vendor}");
    }
    let sandbox = NewProfile::new("mine", "kibo", Environment::Sandbox);
    let error = profiles.add(&sandbox).unwrap_err().to_string();
    assert!(error.contains("orderdeck sandbox"), "{error}");
    assert!(!home.directories.profiles_file().exists());
    assert!(matches!(
        profiles.remove("sandbox-kibo"),
        Err(ProfileError::Reserved(_))
    ));
}

#[test]
fn two_writers_don_t_undo_each_other() {
    let home = home("");
    let (mut one, mut other) = (home.load(), home.load());
    one.add(&NewProfile::new("a", "kibo", Environment::Test))
        .unwrap();
    other
        .add(&NewProfile::new("b", "kibo", Environment::Test))
        .unwrap();
    let names: Vec<_> = other.list().map(|profile| profile.name.clone()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn removing_takes_a_profile_s_own_comments_only() {
    let home = home(GOOD);
    let mut profiles = home.load();
    profiles.remove("acme-kameleoon").unwrap();
    let rest = &GOOD[GOOD.find("# For trying.").unwrap()..];
    assert_eq!(home.text(), format!("# Accounts of ACME.\n\n{rest}"));
    assert!(!home.text().contains(CANARY));
    profiles.remove("kibo-test").unwrap();
    assert_eq!(home.text().trim(), "# Accounts of ACME.");
    assert!(matches!(
        profiles.remove("kibo-test"),
        Err(ProfileError::Unknown { .. })
    ));
}

#[test]
fn files_written_in_other_ways_can_be_changed_or_are_refused_unharmed() {
    for text in [
        "[profiles]\na.vendor = \"kibo\"\na.environment = \"test\" # x\n",
        "profiles.a.vendor = \"kibo\"\nprofiles.a.environment = \"test\" # x\n",
        "[profiles]\na = { vendor = \"kibo\", environment = \"test\" } # x\n",
        "profiles = { a = { vendor = \"kibo\", environment = \"test\" } } # x\n",
        "# x\r\n\r\n[profiles.a]\r\nvendor = \"kibo\"\r\nenvironment = \"test\"\r\n",
        "[profiles.a.settings]\nx = 1 # x\n[profiles.a]\nvendor = \"kibo\"\nenvironment = \"test\"\n",
    ] {
        let home = home(text);
        let mut profiles = home.load();
        let new = NewProfile::new("b", "kameleoon", Environment::Test);
        let edit = [
            Change::Currency(Some("EUR".to_owned())),
            Change::Setting("batch_size".to_owned(), Some(json!(7))),
            Change::Credential("k".to_owned(), Some(SecretRef::Env("K".to_owned()))),
        ];
        for result in [profiles.add(&new), profiles.edit("a", &edit)] {
            match result {
                Ok(()) => {}
                Err(ProfileError::NotEditable { .. }) => assert_eq!(home.text(), text),
                Err(error) => panic!("{error} in {text}"),
            }
        }
        assert!(home.text().contains("# x"), "{}", home.text());
        let again = home.load();
        let profile = again.get("a").unwrap();
        if home.text() != text {
            assert_eq!(again.get("b").unwrap().vendor, "kameleoon");
            assert_eq!(profile.currency.as_deref(), Some("EUR"));
            assert_eq!(profile.settings["batch_size"], json!(7));
            assert!(profile.credentials.contains_key("k"));
            profiles.remove("a").unwrap();
            assert!(home.load().get("a").is_err());
        }
    }
}

proptest::proptest! {
    #[test]
    fn what_is_added_is_what_is_read(
        number in "0|-?[1-9][0-9]{0,17}|-?(0|[1-9][0-9]{0,17})\\.[0-9]{1,24}",
        text in "\\PC*|[\"'\\\\\n\r\t\u{0}\u{7f}#=\\[\\]{}]*",
        key in "[a-z*/.# \"\n]{0,12}",
    ) {
        let mut new = NewProfile::new("a", "kibo", Environment::Test);
        let mut value = Map::new();
        value.insert(key.clone(), json!([text, {"n": number.parse::<serde_json::Number>().unwrap()}]));
        new.defaults = value.clone();
        new.credentials.insert(key.clone(), SecretRef::Command(format!("x{text}")));
        let mut document = toml_edit::DocumentMut::new();
        let table = write::profile(&new).unwrap();
        write::profiles(&mut document).unwrap().insert("a", toml_edit::Item::Table(table));
        let read = read::profiles(&document.to_string(), "profiles.toml".as_ref()).unwrap();
        let Some(SecretRef::Command(command)) = read[0].credentials.get(&key) else {
            panic!("no command");
        };
        assert_eq!(command, &format!("x{text}"));
        assert_eq!(Value::from(read[0].defaults.clone()).to_string(), Value::from(value).to_string());
    }

    /// Whatever slip is made around a secret, the message doesn't quote it.
    #[test]
    fn a_slip_beside_a_secret_never_shows_it(
        before in "[\"'{}\\[\\]#=., \na-c0-9\\\\]{0,4}",
        after in "[\"'{}\\[\\]#=., \na-c0-9\\\\]{0,4}",
    ) {
        let text = minimal(&format!("[profiles.a.credentials]\nk = {before}{CANARY}{after}\nl = \"x\""));
        if let Err(error) = read::profiles(&text, "profiles.toml".as_ref()) {
            assert!(!format!("{error} {error:?}").contains(CANARY), "{text}: {error}");
        }
    }
}

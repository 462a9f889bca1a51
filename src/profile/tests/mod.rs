//! Profiles as an operator meets them: a file that is right, every refusal, and changes that keep comments.

mod changing;

use std::fs;

use serde_json::json;

use super::*;

const CANARY: &str = "canary-7f3a";

const GOOD: &str = r#"# Accounts of ACME.

# The shop itself.
[profiles.acme-kameleoon]
vendor = "kameleoon"
account = "acme-shop" # never change this
currency = "EUR"
environment = "live"  # careful
base_url = "https://api.products.kameleoon.com/"

[profiles.acme-kameleoon.credentials]
# From the back office.
shop_id = "canary-7f3a" # not so secret
shop_secret = { env = "ACME_SECRET" }

[profiles.acme-kameleoon.defaults]
channel = "Website"
rate = 1.10
[profiles.acme-kameleoon.settings]
requests_per_minute = 40
status = { paid = "Processing", list = [1, 2.50, true, 2024-01-31] }

# For trying.
[profiles.kibo-test]
vendor = "kibo"
environment = "test"
read_only = true
credentials = { api_key = { file = "kibo.key" }, api_secret = { command = "pass show kibo" } }
"#;

struct Home {
    directories: Directories,
    _home: tempfile::TempDir,
}

fn home(text: &str) -> Home {
    let home = tempfile::tempdir().unwrap();
    let directories = Directories::at(home.path().join("config"), home.path().join("data"));
    directories.ensure_config().unwrap();
    if !text.is_empty() {
        private::replace_private_file(&directories.profiles_file(), text.as_bytes()).unwrap();
    }
    Home {
        directories,
        _home: home,
    }
}

impl Home {
    fn load(&self) -> Profiles {
        Profiles::load(&self.directories).unwrap()
    }

    fn text(&self) -> String {
        fs::read_to_string(self.directories.profiles_file()).unwrap()
    }
}

/// The refusal of a file, as printed and as debugged.
fn refusal(text: &str) -> String {
    let error = Profiles::load(&home(text).directories).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(CANARY), "{error:?}");
    let text = error.to_string();
    let file = text.find("profiles.toml").unwrap();
    text[file..].to_owned()
}

fn minimal(extra: &str) -> String {
    format!("[profiles.a]\nvendor = \"kibo\"\nenvironment = \"test\"\n{extra}")
}

#[test]
fn a_good_file_is_read_whole() {
    let home = home(GOOD);
    let profiles = home.load();
    let profile = profiles.get("acme-kameleoon").unwrap();
    assert_eq!(profile.vendor, "kameleoon");
    assert_eq!(profile.account, "acme-shop");
    assert_eq!(profile.currency.as_deref(), Some("EUR"));
    assert_eq!(profile.environment, Environment::Live);
    assert_eq!(
        profile.base_url.as_deref(),
        Some("https://api.products.kameleoon.com")
    );
    assert!(!profile.read_only && !profile.allow_proxy && !profile.is_built_in());
    // The digits of decimals stay as they are written.
    assert_eq!(profile.defaults["rate"].to_string(), "1.10");
    assert_eq!(
        profile.settings["status"].to_string(),
        r#"{"paid":"Processing","list":[1,2.50,true,"2024-01-31"]}"#
    );
    let environment = |name: &str| (name == "ACME_SECRET").then(|| "s".to_owned());
    let secrets = profile.resolve_credentials(&environment).unwrap();
    assert_eq!(secrets["shop_id"].expose(), CANARY);
    assert_eq!(secrets["shop_secret"].expose(), "s");

    let profile = profiles.get("kibo-test").unwrap();
    assert_eq!(profile.account, "kibo-test");
    assert!(profile.read_only);
    let SecretRef::File(path) = &profile.credentials["api_key"] else {
        panic!("not a file");
    };
    assert_eq!(path, &home.directories.config().join("kibo.key"));
}

#[test]
fn no_file_and_no_directory_are_no_profiles() {
    let home = tempfile::tempdir().unwrap();
    let directories = Directories::at(home.path().join("none"), home.path().join("none"));
    let profiles = Profiles::load(&directories).unwrap();
    assert_eq!(profiles.list().count(), 0);
    let error = profiles.get("acme").unwrap_err().to_string();
    assert!(
        error.contains("profile add") && error.contains("--sandbox"),
        "{error}"
    );
    assert!(!directories.config().exists());
}

#[test]
fn an_unknown_profile_is_answered_with_those_there_are() {
    let profiles = home(GOOD).load();
    let text = |name: &str| profiles.get(name).unwrap_err().to_string();
    assert!(text("acme-kamelon").contains("did you mean acme-kameleoon?"));
    assert!(text("other").contains("known are: acme-kameleoon, kibo-test"));
    assert!(text("sandbox-kibo").contains("with --sandbox"));
    assert!(!text("\u{1b}]0;x").contains('\u{1b}'));
}

#[test]
fn a_wrong_field_is_named_with_line_and_profile() {
    for (text, expected) in [
        (
            minimal("enviroment = 1"),
            "profiles.toml, line 4, profile a, field enviroment: isn't known; did you mean environment?",
        ),
        (
            "[profiles.a]\nenvironment = \"test\"".to_owned(),
            "profiles.toml, line 1, profile a, field vendor: missing; it is one of: kameleoon, voucherify, project-agora, kibo",
        ),
        (
            "[profiles.a]\nvendor = \"klaviyo\"\nenvironment = \"test\"".to_owned(),
            "profiles.toml, line 2, profile a, field vendor: there is no vendor klaviyo; the vendors are: kameleoon, voucherify, project-agora, kibo",
        ),
        (
            "[profiles.a]\nvendor = \"kibo\"".to_owned(),
            "profiles.toml, line 1, profile a, field environment: missing; it is one of: live, test, sandbox",
        ),
        (
            "\n[profiles.a]\nvendor = \"kibo\"\n\nenvironment = \"prod\"".to_owned(),
            "profiles.toml, line 5, profile a, field environment: prod isn't one of: live, test, sandbox",
        ),
        (
            minimal("read_only = \"yes\""),
            "profiles.toml, line 4, profile a, field read_only: must be true or false, without quotes",
        ),
        (
            minimal("currency = \"eur\""),
            "profiles.toml, line 4, profile a, field currency: must be an ISO 4217 code in capitals, such as EUR",
        ),
        (
            minimal("account = 7"),
            "profiles.toml, line 4, profile a, field account: must be text in quotes",
        ),
        (
            minimal("settings = 7"),
            "profiles.toml, line 4, profile a, field settings: must be a table: [profiles.a.settings]",
        ),
        (
            minimal("[profiles.a.settings]\n\npace = nan"),
            "profiles.toml, line 6, profile a, field settings.pace: must be a number that can be written down",
        ),
        (
            "[acme]\nvendor = \"kibo\"".to_owned(),
            "profiles.toml, line 1, field acme: isn't known here; a profile is written [profiles.NAME]",
        ),
        (
            "profiles = 3".to_owned(),
            "profiles.toml, line 1, field profiles: must be tables: a profile is written [profiles.NAME]",
        ),
        (
            "[profiles]\na = 3".to_owned(),
            "profiles.toml, line 2, profile a: must be a table: [profiles.a]",
        ),
        (
            "[profiles.sandbox-kibo]\nvendor = \"kibo\"".to_owned(),
            "profiles.toml, line 1, profile sandbox-kibo: names beginning with sandbox- are kept for the built-in profiles; rename it",
        ),
        (
            "[profiles.\"a b\"]\nvendor = \"kibo\"".to_owned(),
            "profiles.toml, line 1, profile a b: a profile's name is up to 64 letters, digits, - and _, and doesn't begin with -",
        ),
    ] {
        assert_eq!(refusal(&text), expected);
    }
}

#[test]
fn an_account_s_name_is_printable() {
    for account in ["", " a", "a\\u202Eb", "a\\nb"] {
        let text = refusal(&minimal(&format!("account = \"{account}\"")));
        assert!(text.contains("line 4, profile a, field account"), "{text}");
    }
    home(&minimal("account = \"Ärmel & Söhne (EU)\"")).load();
}

#[test]
fn live_and_test_can_t_share_an_account() {
    let two = |vendor: &str, environment: &str| {
        format!(
            "{}[profiles.b]\nvendor = \"{vendor}\"\nenvironment = \"{environment}\"\naccount = \"a\"\n",
            minimal("")
        )
    };
    let text = refusal(&two("kibo", "live"));
    assert!(
        text.contains("line 7, profile b, field account") && text.contains("whose environment"),
        "{text}"
    );
    assert!(refusal(&two("kameleoon", "test")).contains("whose vendor"));
    assert_eq!(home(&two("kibo", "test")).load().list().count(), 2);
}

#[test]
fn a_credential_in_the_wrong_shape_is_named_but_never_shown() {
    for (line, expected) in [
        ("k = 7", "must be text in quotes, or one of"),
        ("k = \"\"", "is empty"),
        ("k = {}", "must be text in quotes, or one of"),
        ("k = [\"canary-7f3a\"]", "must be text in quotes, or one of"),
        (
            "k = { env = \"A\", file = \"canary-7f3a\" }",
            "must be text in quotes, or one of",
        ),
        (
            "k = { evn = \"canary-7f3a\" }",
            "evn isn't a source; did you mean env?",
        ),
        (
            "k = { env = \"canary-7f3a\" }",
            "must be the name of an environment variable",
        ),
        ("k = { file = \"\" }", "file must be text in quotes"),
    ] {
        let text = refusal(&minimal(&format!("[profiles.a.credentials]\n{line}")));
        assert!(
            text.contains("line 5, profile a, field credentials.k: "),
            "{text}"
        );
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn broken_toml_is_placed_without_quoting_the_line() {
    for line in [
        "k = canary-7f3a",
        "k = \"canary-7f3a",
        "k = 'canary-7f3a\\",
        "k = \"canary-7f3a\\q\"",
        "k = \"canary-7f3a\" canary-7f3a",
        "k = 12canary-7f3a",
        "k = 2024-canary-7f3a",
        "k = { env = canary-7f3a",
        "k = \"a\"\nk = \"canary-7f3a\"",
    ] {
        let text = refusal(&minimal(&format!("[profiles.a.credentials]\n{line}\n")));
        assert!(text.contains("isn't valid TOML"), "{text}");
        assert!(text.contains("line 5") || text.contains("line 6"), "{text}");
    }
}

#[test]
fn addresses_are_checked() {
    let text = refusal(&minimal("base_url = \"http://canary-7f3a.example.com\""));
    assert!(text.contains("must begin with https://"), "{text}");
    let text = refusal(&minimal("base_url = \"https://u:canary-7f3a@example.com\""));
    assert!(text.contains("user name or password"), "{text}");
    let sandbox = "[profiles.a]\nvendor = \"kibo\"\nenvironment = \"sandbox\"\n";
    assert!(refusal(sandbox).contains("orderdeck sandbox"));
    let elsewhere = format!("{sandbox}base_url = \"https://example.com\"");
    assert!(refusal(&elsewhere).contains("on this machine only"));
    let here = home(&format!("{sandbox}base_url = \"http://127.0.0.1:4000\"")).load();
    assert!(!here.get("a").unwrap().is_built_in());
}

#[test]
fn a_file_that_isn_t_text_or_is_too_large_is_refused() {
    let home = home(" ");
    let file = home.directories.profiles_file();
    fs::write(&file, b"# a\n# \xff").unwrap();
    let error = Profiles::load(&home.directories).unwrap_err().to_string();
    assert!(error.contains("line 2: isn't valid UTF-8"), "{error}");
    fs::write(&file, "#".repeat(1024 * 1024 + 1)).unwrap();
    let error = Profiles::load(&home.directories).unwrap_err().to_string();
    assert!(error.contains("is larger than"), "{error}");
    let deep = format!("a = {}", "[".repeat(100_000));
    fs::write(&file, deep).unwrap();
    assert!(Profiles::load(&home.directories).is_err());
}

#[cfg(unix)]
#[test]
fn a_file_or_directory_open_to_others_is_refused_with_the_command() {
    use std::os::unix::fs::PermissionsExt;

    let home = home(GOOD);
    let file = home.directories.profiles_file();
    let mode = |mode| fs::Permissions::from_mode(mode);
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::set_permissions(&file, mode(0o644)).unwrap();
    let error = Profiles::load(&home.directories).unwrap_err().to_string();
    assert!(
        error.contains(&format!("chmod 600 {}", file.display())),
        "{error}"
    );
    fs::set_permissions(&file, mode(0o600)).unwrap();
    fs::set_permissions(home.directories.config(), mode(0o755)).unwrap();
    let error = Profiles::load(&home.directories).unwrap_err().to_string();
    assert!(error.contains("chmod 700 "), "{error}");
}

#[test]
fn the_view_and_debug_show_where_a_secret_comes_from_and_never_what_it_is() {
    let profiles = home(GOOD).load();
    let profile = profiles.get("acme-kameleoon").unwrap();
    let view = serde_json::to_value(profile.view()).unwrap();
    assert_eq!(
        view["credentials"],
        json!({
            "shop_id": "••• (in the profile)",
            "shop_secret": "from the environment variable ACME_SECRET",
        })
    );
    assert_eq!(view["environment"], "live");
    assert!(!view.to_string().contains(CANARY));
    assert!(!format!("{profiles:?} {:?}", profile.view()).contains(CANARY));
    let error = profile.resolve_credentials(&|_| None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "profile acme-kameleoon, credential shop_secret: the environment variable ACME_SECRET isn't set; set it before orderdeck starts"
    );
}

#[test]
fn the_vendor_s_names_are_checked_with_line_and_suggestion() {
    let profiles = home(GOOD).load();
    let profile = profiles.get("acme-kameleoon").unwrap();
    let right = Requirements {
        credentials: &["shop_id", "shop_secret"],
        settings: &["requests_per_minute", "status"],
        defaults: &["channel", "rate"],
        ..Requirements::default()
    };
    profile.validate(&right).unwrap();
    let strict = Requirements {
        credentials: &["shop_id", "shop_key"],
        optional_credentials: &["scope"],
        settings: &["requests_per_hour", "statuses"],
        defaults: &["channel", "rate"],
        needs_base_url: true,
    };
    let problems: Vec<_> = profile
        .problems(&strict)
        .into_iter()
        .map(|problem| {
            let text = problem.to_string();
            text[text.find("line").unwrap()..].to_owned()
        })
        .collect();
    assert_eq!(
        problems,
        [
            "line 4, profile acme-kameleoon, field credentials.shop_key: missing; add it with `orderdeck profile edit acme-kameleoon`, or under [profiles.acme-kameleoon.credentials]",
            "line 14, profile acme-kameleoon, field credentials.shop_secret: kameleoon knows no credential of that name; known are: shop_id, shop_key, scope",
            "line 20, profile acme-kameleoon, field settings.requests_per_minute: kameleoon knows no setting of that name; did you mean requests_per_hour?",
            "line 21, profile acme-kameleoon, field settings.status: kameleoon knows no setting of that name; did you mean statuses?",
        ]
    );
    assert!(profile.validate(&strict).is_err());
    let kibo = profiles.get("kibo-test").unwrap();
    assert_eq!(kibo.problems(&strict)[0].field.as_deref(), Some("base_url"));
}

#[test]
fn the_built_in_sandbox_profiles_stand_beside_the_others() {
    let sandbox = |vendor: &str, url: &str| {
        let credentials = [("api_key".to_owned(), CANARY.to_owned())];
        Profile::sandbox(vendor, url, credentials)
    };
    let built_in = vendor_names()
        .into_iter()
        .map(|vendor| sandbox(vendor, "http://127.0.0.1:4000/").unwrap());
    let home = home(GOOD);
    let mut profiles = home.load().with_sandbox(built_in);
    let profile = profiles.get("sandbox-project-agora").unwrap();
    assert!(profile.is_built_in());
    assert_eq!(profile.account, "sandbox-project-agora");
    assert_eq!(profile.environment, Environment::Sandbox);
    assert_eq!(profile.base_url.as_deref(), Some("http://127.0.0.1:4000"));
    let secrets = profile.resolve_credentials(&|_| None).unwrap();
    assert_eq!(secrets["api_key"].expose(), CANARY);
    assert_eq!(profiles.list().count(), 6);
    // They outlive a change of the file, and are never written to it.
    profiles.remove("kibo-test").unwrap();
    assert_eq!(profiles.list().count(), 5);

    assert!(sandbox("klaviyo", "http://127.0.0.1:4000").is_err());
    let error = sandbox("kibo", "https://example.com").unwrap_err();
    assert!(!format!("{error} {error:?}").contains(CANARY));
}

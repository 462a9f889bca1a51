//! `profile list` and `profile show`.

use serde_json::{Map, Value, json};

use crate::command::cli::JsonArgs;
use crate::command::failure::{Exit, Failure, Outcome};
use crate::command::output::{Out, Tone, note};
use crate::command::session::Session;
use crate::profile::Profile;
use crate::vendor::{Environment, VendorRef, by_name};
use crate::workspace::accounts::{default_fields, own_limit, settings_of};

pub(super) fn list(session: &mut Session, args: &JsonArgs) -> Outcome {
    let profiles = session.workspace.profiles()?;
    let width = profiles.list().map(|profile| profile.name.chars().count());
    let width = width.max().unwrap_or_default();
    note(format_args!(
        "profiles are kept in {}",
        profiles.file().display()
    ));
    let out = &mut session.out;
    for profile in profiles.list() {
        if args.json {
            out.json(&view(profile)?)?;
            continue;
        }
        let mut rest = vec![format!("account {}", out.data(&profile.account))];
        if profile.is_built_in() {
            rest.push("built in".to_owned());
        }
        if profile.read_only {
            rest.push("read-only".to_owned());
        }
        let environment = environment(out, profile.environment, 7);
        let (name, vendor) = (&profile.name, &profile.vendor);
        out.line(format_args!(
            "{name:<width$}  {vendor:<13}  {environment}  {}",
            rest.join(", ")
        ))?;
    }
    Ok(Exit::Well)
}

pub(super) fn show(session: &mut Session, name: &str, explain: bool, json: bool) -> Outcome {
    let profile = session.workspace.profile(name)?;
    let out = &mut session.out;
    if json {
        let mut view = view(&profile)?;
        if let (true, Some(vendor), Some(object)) =
            (explain, by_name(&profile.vendor), view.as_object_mut())
        {
            object.insert("explain".to_owned(), explanations(vendor));
        }
        out.json(&view)?;
        return Ok(Exit::Well);
    }
    let title = out.tone(Tone::Strong, &profile.name);
    let environment = environment(out, profile.environment, 0);
    out.line(format_args!("{title}  {}  {environment}", profile.vendor))?;
    let vendor = by_name(&profile.vendor);
    let address = profile
        .base_url
        .as_deref()
        .or_else(|| vendor?.default_base_url());
    let mut rows = vec![
        ("account", profile.account.clone()),
        ("address", address.unwrap_or("none").to_owned()),
    ];
    if let Some(currency) = &profile.currency {
        rows.push(("currency", currency.clone()));
    }
    if profile.read_only {
        rows.push(("read-only", "looks and checks, never sends".to_owned()));
    }
    if profile.allow_proxy {
        rows.push(("proxy", "proxies of the environment are used".to_owned()));
    }
    for (name, value) in rows {
        row(out, name, &value)?;
    }
    for (name, source) in profile.view().credentials {
        row(out, name, &source)?;
    }
    for (part, values) in [
        ("defaults", &profile.defaults),
        ("settings", &profile.settings),
    ] {
        for (name, value) in values {
            row(out, &format!("{part}.{name}"), &value.to_string())?;
        }
    }
    if let (true, Some(vendor)) = (explain, vendor) {
        out.line("")?;
        for credential in vendor.credentials() {
            row(out, credential.name, credential.help)?;
        }
        for setting in settings_of(vendor) {
            let name = format!("settings.{}", setting.name);
            let mut words = setting.explanation();
            let account = profile.account().ok();
            if let Some(limit) =
                account.and_then(|(_, account)| own_limit(vendor, &account, setting.name))
            {
                words.push_str("; here that is ");
                words.push_str(&limit);
            }
            row(out, &name, &words)?;
        }
        row(
            out,
            "defaults",
            "a value for any field of the payload that the order doesn't give:",
        )?;
        for field in default_fields(vendor) {
            let name = format!("defaults.{}", field.path);
            row(out, &name, &field.explanation())?;
        }
    }
    Ok(Exit::Well)
}

fn row(out: &mut Out, name: &str, value: &str) -> std::io::Result<()> {
    let value = out.data(value);
    let name = out.tone(Tone::Faint, format_args!("{:<30}", out.data(name)));
    out.line(format_args!("  {name} {value}"))
}

/// A profile as JSON: each credential by where it comes from.
fn view(profile: &Profile) -> Result<Value, Failure> {
    let mut view =
        serde_json::to_value(profile.view()).map_err(|error| Failure::usage(error.to_string()))?;
    if let Some(object) = view.as_object_mut() {
        object.insert("built_in".to_owned(), profile.is_built_in().into());
    }
    Ok(view)
}

fn explanations(vendor: VendorRef) -> Value {
    let credentials: Map<String, Value> = vendor
        .credentials()
        .iter()
        .map(|credential| {
            let words = json!({
                "help": credential.help,
                "secret": credential.secret,
                "optional": credential.optional,
            });
            (credential.name.to_owned(), words)
        })
        .collect();
    let settings: Map<String, Value> = settings_of(vendor)
        .map(|setting| {
            let words = json!({
                "help": setting.help,
                "default": setting.default,
                "holds": setting.kind.words(),
            });
            (setting.name.to_owned(), words)
        })
        .collect();
    let defaults: Map<String, Value> = default_fields(vendor)
        .map(|field| {
            let words = json!({ "help": field.help, "holds": field.kind.words(), "choices": field.choices });
            (field.path.to_owned(), words)
        })
        .collect();
    json!({ "credentials": credentials, "settings": settings, "defaults": defaults })
}

fn environment(out: &Out, environment: Environment, width: usize) -> String {
    let tone = match environment {
        Environment::Live => Tone::Bad,
        Environment::Test => Tone::Warning,
        Environment::Sandbox => Tone::Good,
    };
    out.tone(tone, format_args!("{:<width$}", environment.name()))
}

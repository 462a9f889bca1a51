//! `profile add`, `profile edit` and `profile remove`.

use super::values;
use crate::command::cli::{ProfileAddArgs, ProfileEditArgs};
use crate::command::failure::{Exit, Failure, Outcome};
use crate::command::output::note;
use crate::command::session::Session;
use crate::command::terminal;
use crate::profile::{Change, NewProfile, Profiles, Secret, SecretRef};
use crate::vendor::{CredentialSpec, Environment, VendorRef, by_name};

pub(super) fn add(session: &mut Session, args: &ProfileAddArgs) -> Outcome {
    // Nobody is asked for secrets that can't be kept.
    Profiles::load(session.workspace.directories())?;
    let vendor = vendor_of(&args.vendor)?;
    let environment = Environment::from_name(&args.environment)
        .ok_or_else(|| Failure::usage("there is no such environment"))?;
    let mut new = NewProfile::new(&args.name, &args.vendor, environment);
    new.account.clone_from(&args.account);
    new.currency.clone_from(&args.currency);
    new.base_url.clone_from(&args.base_url);
    new.read_only = args.read_only;
    for text in &args.values.default {
        let (name, value) = values::default(vendor, text)?;
        new.defaults.extend(value.map(|value| (name, value)));
    }
    for text in &args.values.setting {
        let (name, value) = values::setting(vendor, text)?;
        new.settings.extend(value.map(|value| (name, value)));
    }
    for text in &args.values.credential {
        let (name, source) = values::credential(vendor, text)?;
        new.credentials.extend(source.map(|source| (name, source)));
    }
    if new.base_url.is_none() && vendor.default_base_url().is_none() {
        if !terminal::can_ask() {
            return Err(Failure::usage(format!(
                "{} has no address of its own: add --base-url URL",
                vendor.title()
            )));
        }
        new.base_url =
            Some(terminal::ask("address (https://…): ").map_err(|error| unasked(&error))?);
    }
    for credential in vendor.credentials() {
        if !credential.optional && !new.credentials.contains_key(credential.name) {
            let secret = ask(credential)?;
            new.credentials
                .insert(credential.name.to_owned(), SecretRef::Plain(secret));
        }
    }
    let file = session.workspace.add_profile(&new)?;
    note(format_args!(
        "added {} to {}; `orderdeck profile test {}` tries it",
        args.name,
        file.display(),
        args.name
    ));
    Ok(Exit::Well)
}

pub(super) fn edit(session: &mut Session, args: &ProfileEditArgs) -> Outcome {
    let mut profiles = Profiles::load(session.workspace.directories())?;
    if args.name.starts_with(crate::profile::SANDBOX_PREFIX) {
        // Refuses it in its own words.
        profiles.edit(&args.name, &[])?;
    }
    let vendor = vendor_of(&profiles.get(&args.name)?.vendor)?;
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let mut changes = Vec::new();
    changes.extend(
        args.currency
            .as_ref()
            .map(|text| Change::Currency(some(text))),
    );
    changes.extend(
        args.base_url
            .as_ref()
            .map(|text| Change::BaseUrl(some(text))),
    );
    changes.extend(args.read_only.map(Change::ReadOnly));
    for text in &args.values.default {
        let (name, value) = values::default(vendor, text)?;
        changes.push(Change::Default(name, value));
    }
    for text in &args.values.setting {
        let (name, value) = values::setting(vendor, text)?;
        changes.push(Change::Setting(name, value));
    }
    for text in &args.values.credential {
        let (name, source) = values::credential(vendor, text)?;
        changes.push(Change::Credential(name, source));
    }
    for name in &args.ask {
        values::known_credential(vendor, name)?;
        for credential in vendor.credentials().iter().filter(|spec| spec.name == name) {
            let source = SecretRef::Plain(ask(credential)?);
            changes.push(Change::Credential(name.clone(), Some(source)));
        }
    }
    if changes.is_empty() {
        return Err(Failure::usage(
            "nothing to change; `orderdeck profile edit --help` shows what can be",
        ));
    }
    let before = profiles.get(&args.name)?.account().is_ok();
    let (file, usable) = session.workspace.edit_profile(&args.name, &changes)?;
    note(format_args!("changed {} in {}", args.name, file.display()));
    match usable {
        Ok(()) => Ok(Exit::Well),
        Err(error) if before => Err(Failure::refused(format!(
            "the profile can't be used any more: {error}; change it again"
        ))),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn remove(session: &mut Session, name: &str, yes: bool) -> Outcome {
    let mut profiles = Profiles::load(session.workspace.directories())?;
    profiles.get(name)?;
    if !yes {
        if !terminal::can_ask() {
            return Err(Failure::usage(format!(
                "nobody can be asked here: add --yes to remove {name}"
            )));
        }
        let question = format!(
            "remove {name} from {}? The ledger keeps what it knows of the account.",
            profiles.file().display()
        );
        if !terminal::agree(&question).map_err(|error| unasked(&error))? {
            note("nothing was changed");
            return Ok(Exit::Refused);
        }
    }
    profiles.remove(name)?;
    note(format_args!("removed {name}"));
    Ok(Exit::Well)
}

fn vendor_of(name: &str) -> Result<VendorRef, Failure> {
    by_name(name).ok_or_else(|| Failure::usage(format!("there is no vendor `{name}`")))
}

/// Asks for a credential, hidden if it is a secret.
fn ask(credential: &CredentialSpec) -> Result<Secret, Failure> {
    let name = credential.name;
    if !terminal::can_ask() {
        return Err(Failure::usage(format!(
            "nobody can be asked for {name} here: add --credential {name}=env:VARIABLE, file:PATH or command:TEXT"
        )));
    }
    let prompt = format!("{name} ({}): ", credential.help.trim_end_matches('.'));
    let secret = if credential.secret {
        Secret::wiped(terminal::ask_hidden(&prompt).map_err(|error| unasked(&error))?)
    } else {
        Secret::new(terminal::ask(&prompt).map_err(|error| unasked(&error))?)
    };
    if secret.expose().trim().is_empty() {
        return Err(Failure::usage(format!(
            "{name} is empty: nothing was changed"
        )));
    }
    Ok(secret)
}

fn unasked(error: &std::io::Error) -> Failure {
    Failure::usage(format!("no answer ({error}): nothing was changed"))
}

//! `sandbox`: the four vendors on 127.0.0.1 until ctrl-c, with a profile for each to be pasted.

use std::fmt::Write as _;

use super::cli::SandboxArgs;
use super::failure::{Exit, Failure, Outcome};
use super::output::note;
use super::session::Session;
use super::signals::Signals;
use crate::sandbox::{self, Sandbox, SandboxConfig, SandboxError};
use crate::vendor::{self, VendorRef};
use crate::workspace::WorkspaceError;

/// Runs it.
pub async fn run(session: &mut Session, args: &SandboxArgs) -> Outcome {
    let config = SandboxConfig {
        port: args.port,
        requests: args.requests.clone(),
        faults: args.faults.clone().unwrap_or_default(),
        ..SandboxConfig::default()
    };
    // Before anything is printed: whoever reads the address may stop us at once.
    let mut signals = Signals::listen()?;
    let sandbox = session.workspace.start_sandbox(config).await;
    let sandbox = match sandbox {
        Err(WorkspaceError::Sandbox(error @ SandboxError::Listen { .. })) => {
            return Err(Failure::usage(error.to_string()));
        }
        other => other?,
    };
    let mut text = format!(
        "# The four vendors listen on http://{} until ctrl-c.\n# What came: GET {}\n",
        sandbox.addr,
        sandbox.taken_url()
    );
    if args.port == 0 {
        text.push_str(
            "# The port is another one each time: start with --port for one that stays.\n",
        );
    }
    text.push_str("# Profiles to be pasted into profiles.toml, with made-up credentials:\n");
    for vendor in vendor::ALL {
        text.push('\n');
        text.push_str(&profile(*vendor, sandbox));
    }
    session.out.text(&text)?;
    session.out.flush()?;
    signals.next().await;
    note("the sandbox stops; what it took is kept");
    Ok(Exit::Well)
}

/// A profile that reaches a vendor of the sandbox.
fn profile(vendor: VendorRef, sandbox: &Sandbox) -> String {
    let name = vendor.name();
    let mut text = format!(
        "[profiles.try-{name}]\nvendor = \"{name}\"\nenvironment = \"sandbox\"\nbase_url = \"{}\"\n",
        sandbox.base_url(name)
    );
    // Writing to memory can't fail.
    let _ = writeln!(text, "[profiles.try-{name}.credentials]");
    for (field, value) in sandbox::credentials(name) {
        let _ = writeln!(text, "{field} = \"{value}\"");
    }
    let defaults = vendor.sandbox_defaults();
    if !defaults.is_empty() {
        let _ = writeln!(text, "[profiles.try-{name}.defaults]");
        for (path, json) in defaults {
            // Texts, numbers and lists of them are written alike in JSON and TOML.
            let _ = writeln!(text, "\"{path}\" = {json}");
        }
    }
    let mut settings = String::new();
    for (setting, json) in vendor.sandbox_settings() {
        let _ = writeln!(settings, "{setting} = {json}");
    }
    let has_token_url = |setting: &vendor::SettingSpec| setting.name == "token_url";
    if vendor.settings().iter().any(has_token_url) {
        let url = format!("{}{}", sandbox.base_url(name), sandbox::TOKEN_PATH);
        let _ = writeln!(settings, "token_url = \"{url}\"");
    }
    if !settings.is_empty() {
        let _ = write!(text, "[profiles.try-{name}.settings]\n{settings}");
    }
    text
}

//! What every command works with: the workspace, standard output, and whether the sandbox is asked for.

use std::ops::ControlFlow;
use std::path::Path;

use super::failure::Failure;
use super::output::{self, Out};
use super::progress::Progress;
use crate::deck::Deck;
use crate::profile::SANDBOX_PREFIX;
use crate::sandbox::SandboxConfig;
use crate::vendor::Environment;
use crate::workspace::Workspace;

/// One command under way.
pub struct Session {
    /// Directories, profiles, ledgers.
    pub workspace: Workspace,
    /// Where results go.
    pub out: Out,
    /// `--sandbox`.
    pub sandbox: bool,
}

impl Session {
    /// Opens a file with its saved edits, says how many orders they touch, and remembers the file.
    pub fn open(
        &mut self,
        file: &Path,
        mapping: Option<&str>,
        no_edits: bool,
    ) -> Result<Deck, Failure> {
        let mut progress = Progress::new("reading");
        let deck = self.workspace.open_deck(file, mapping, &mut |read| {
            progress.at(read.bytes, read.total);
            ControlFlow::Continue(())
        })?;
        drop(progress);
        let edits = deck.edits().len() as u64;
        if no_edits {
            if edits > 0 {
                let orders = output::counted(edits, "order");
                output::note(format_args!("edits of {orders} are passed over"));
            }
            return Ok(deck.without_edits());
        }
        if edits > 0 {
            let orders = output::counted(edits, "order");
            output::note(format_args!(
                "edits of {orders} are applied; --no-edits passes them over"
            ));
        }
        Ok(deck)
    }

    /// Goes over the file once, so that payloads know of mixed currencies and the overview is there.
    pub fn survey(&self, deck: &Deck) -> Result<(), Failure> {
        let mut progress = Progress::new("looking through the orders");
        let all = deck.len() as u64;
        deck.overview(&mut |done| {
            progress.at(done as u64, all);
            ControlFlow::Continue(())
        })?;
        Ok(())
    }

    /// Makes sure that the vendor of a profile can be reached: starts the sandbox in this process for its own
    /// profiles, and refuses any other with `--sandbox`. To be called before the profile's target is taken,
    /// because the sandbox's address is part of it.
    pub async fn reach(&mut self, profile: &str) -> Result<(), Failure> {
        let built_in = profile.starts_with(SANDBOX_PREFIX);
        if self.sandbox && !built_in {
            let environment = self.workspace.profile(profile)?.environment;
            if environment != Environment::Sandbox {
                return Err(Failure::usage(format!(
                    "--sandbox goes with the sandbox's own profiles, and {profile} is {environment}; leave --sandbox out, or use one of {}",
                    sandbox_names()
                )));
            }
        }
        if built_in {
            // An unknown name is told before anything starts.
            self.workspace.profile(profile)?;
            self.workspace
                .start_sandbox(SandboxConfig::default())
                .await?;
        }
        Ok(())
    }
}

/// The names of the sandbox's profiles, for messages.
pub fn sandbox_names() -> String {
    let names: Vec<String> = crate::vendor::ALL
        .iter()
        .map(|vendor| Workspace::sandbox_profile_name(*vendor))
        .collect();
    names.join(", ")
}

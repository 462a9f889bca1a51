//! What every command works with: the workspace, standard output, and whether the sandbox is asked for.

use std::ops::ControlFlow;
use std::path::Path;

use super::cli::ReadingArgs;
use super::failure::Failure;
use super::output::{self, Out};
use super::progress::Progress;
use crate::deck::Deck;
use crate::finding::Finding;
use crate::ledger::Book;
use crate::order::outcome::Operation;
use crate::profile::SANDBOX_PREFIX;
use crate::sandbox::SandboxConfig;
use crate::vendor::{Environment, VendorRef};
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
    /// The only ledger that counts, if `--sandbox` was said.
    pub fn book(&self) -> Option<Book> {
        self.sandbox.then_some(Book::Sandbox)
    }

    /// From now on the file is read as these arguments say.
    pub fn read_as(&self, file: &Path, reading: &ReadingArgs) {
        self.workspace.read_as(file, reading.reading());
    }

    /// Opens a file with its saved edits, says how many orders they touch and what couldn't be read.
    pub fn open(
        &mut self,
        file: &Path,
        mapping: Option<&str>,
        no_edits: bool,
    ) -> Result<Deck, Failure> {
        let mut deck = self.read(file, mapping)?;
        self.workspace.load_edits(&mut deck)?;
        Ok(Self::with_edits(deck, no_edits))
    }

    /// The same where nothing will be sent: a ledger that can't be read keeps nobody from looking at the file.
    pub fn look(
        &mut self,
        file: &Path,
        mapping: Option<&str>,
        no_edits: bool,
    ) -> Result<Deck, Failure> {
        let mut deck = self.read(file, mapping)?;
        if let Err(error) = self.workspace.load_edits(&mut deck) {
            output::note(format_args!(
                "{error}; the file is shown without the edits kept there"
            ));
        }
        Ok(Self::with_edits(deck, no_edits))
    }

    fn read(&self, file: &Path, mapping: Option<&str>) -> Result<Deck, Failure> {
        let mut progress = Progress::new("reading");
        let deck = self.workspace.open_file(file, mapping, &mut |read| {
            progress.at(read.bytes, read.total);
            ControlFlow::Continue(())
        })?;
        drop(progress);
        for text in deck.notes() {
            output::note(text);
        }
        tell_unreadable(&deck);
        Ok(deck)
    }

    fn with_edits(deck: Deck, no_edits: bool) -> Deck {
        let edits = deck.edits().len() as u64;
        if no_edits {
            if edits > 0 {
                let orders = output::counted(edits, "order");
                output::note(format_args!("edits of {orders} are passed over"));
            }
            return deck.without_edits();
        }
        if edits > 0 {
            let orders = output::counted(edits, "order");
            output::note(format_args!(
                "edits of {orders} are applied; --no-edits passes them over"
            ));
        }
        deck
    }

    /// Makes sure that payloads know of mixed currencies: goes over the file once, unless that is known already.
    pub fn survey(&self, deck: &Deck) -> Result<(), Failure> {
        if deck.is_of_one_currency() {
            return Ok(());
        }
        self.overview(deck)
    }

    /// Goes over the file once, so that its overview is there.
    pub fn overview(&self, deck: &Deck) -> Result<(), Failure> {
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

/// Says what of the file couldn't be read at all: those records are no orders, so no order tells of them.
fn tell_unreadable(deck: &Deck) {
    let path = deck.source().path().display();
    let left_out = deck.index().left_out();
    if left_out > 0 {
        let records = output::counted(left_out, "record");
        let are = if left_out == 1 { "is" } else { "are" };
        output::note(format_args!(
            "{path}: {records} can't be read and {are} left out"
        ));
    }
    let mut errors = deck
        .index()
        .findings()
        .iter()
        .filter(|finding| finding.blocks());
    if let Some(first) = errors.next() {
        let place = first.place.clone().unwrap_or_default();
        let more = match errors.count() {
            0 => String::new(),
            more => format!(" {more} more: `orderdeck check` lists them"),
        };
        output::note(format_args!(
            "{path}: {place}: {}. {}{more}",
            first.message(),
            first.rule.remedy
        ));
    }
}

/// Whether something of the file couldn't be read at all, so that whatever orders stood there are in no run.
pub fn unreadable(deck: &Deck) -> bool {
    let mut findings = deck.index().findings().iter();
    findings.any(Finding::blocks)
}

/// The vendor's way to do an operation that the operator chose, `None` for its default.
///
/// # Errors
/// The vendor has no such way; the message names those that it has.
pub fn mode(
    vendor: VendorRef,
    operation: Operation,
    chosen: Option<&str>,
) -> Result<Option<String>, Failure> {
    let Some(chosen) = chosen else {
        return Ok(None);
    };
    let modes = vendor.modes(operation);
    if modes.iter().any(|mode| mode.name == chosen) {
        return Ok(Some(chosen.to_owned()));
    }
    let known: Vec<&str> = modes.iter().map(|mode| mode.name).collect();
    let title = vendor.title();
    Err(Failure::usage(if known.is_empty() {
        format!("{title} has one way only to do {operation}: leave --mode out")
    } else {
        format!(
            "{title} can do {operation} in these modes: {}",
            known.join(", ")
        )
    }))
}

/// The names of the sandbox's profiles, for messages.
pub fn sandbox_names() -> String {
    let names: Vec<String> = crate::vendor::ALL
        .iter()
        .map(|vendor| Workspace::sandbox_profile_name(*vendor))
        .collect();
    names.join(", ")
}

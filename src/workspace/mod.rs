//! What both fronts stand on: the directories, the profiles with the sandbox's own, the two ledgers, and the
//! vendors on loopback while they run inside this process.

pub mod accounts;
mod aside;
mod changed;
mod consent;
pub mod drafts;
mod exchange_filter;
mod export;
mod filters;
mod ledger_care;
mod look;
mod mappings;
mod pace;
mod payloads;
mod probe;
mod propose;
mod recent;
mod refused;
mod report;
mod retry;
mod sending;
mod settle;
mod sheet;
mod stale;
pub mod tail;
mod whole;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::deck::{Deck, DeckError, OpenOptions, Target};
use crate::ledger::{Book, Ledger, LedgerError, Ledgers, SourceRow, SqliteLedger};
use crate::order::outcome::Operation;
use crate::profile::private::PrivateError;
use crate::profile::{
    Directories, DirectoryError, Profile, ProfileError, Profiles, SANDBOX_PREFIX, SecretError,
    process_environment,
};
use crate::sandbox::{self, Sandbox, SandboxConfig, SandboxError};
use crate::source::{Progress, Reading, SourceOptions};
use crate::submit;
use crate::vendor::{self, Account, Credentials, VendorRef};

pub use changed::{AgainstSent, Change, ChangedError, WhatChanged};
pub use consent::{Consent, Judgement, consent};
pub use exchange_filter::ExchangeFilter;
pub use export::{ExportError, ExportFormat, Exported, SourceColumns};
pub use filters::{FiltersError, KeptFilters, Passed};
pub use ledger_care::{
    CareError, Compacted, Cut, book_name, compaction_json, info_json, no_longer_cancellable,
};
pub use mappings::SaveError;
pub use pace::{Column, RunPace, job_left};
pub use payloads::{Changes, FieldChange, SentPayload};
pub use probe::{ProbeError, Probed};
pub use propose::Proposed;
pub use recent::{HowRead, LastRun, Peek, RecentFile};
pub use report::{
    ExchangeReport, HistoryReport, JobReport, OrderReport, RunReport, exchange_json, history_json,
    job_json, outcome_json, reason_given,
};
pub use retry::{Retry, RetryError, RetrySource};
pub use sending::{SendingError, Terms, resumable_source};
pub use settle::{Decision, DoubtfulOrder, Doubts, SettleError};
pub use stale::{Stale, stale};

/// The port that `orderdeck sandbox` listens on unless told otherwise, and that requests to a sandbox which
/// isn't running are shown with.
pub const SANDBOX_PORT: u16 = 4780;

/// Why the workspace can't do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// There is no place for configuration or data.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// A directory or file isn't private.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// A profile says no.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A secret can't be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A ledger can't be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Nothing can be written, not even for a while.
    #[error("{why}. Neither can a temporary folder be made: {error}")]
    Nowhere {
        /// What is wrong with the data directory, and what to do.
        why: String,
        /// What the system said of the temporary one.
        #[source]
        error: std::io::Error,
    },
    /// The sandbox can't start.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// The file can't be opened as orders.
    #[error(transparent)]
    Deck(#[from] DeckError),
}

/// Directories, profiles, ledgers, sandbox.
#[derive(Debug, Clone)]
pub struct Workspace {
    directories: Directories,
    ledgers: Ledgers,
    /// It runs until the last clone is gone.
    sandbox: Option<Arc<Sandbox>>,
    /// What the operator said of how files are read; clones know what is said later too.
    readings: Arc<Mutex<HashMap<PathBuf, Reading>>>,
    /// Files that mappings join, as the operator gave them.
    joins: Vec<(String, PathBuf)>,
    /// The temporary data directory, where the operator's can't be used. It is there until the last clone is gone.
    aside: Option<Arc<tempfile::TempDir>>,
}

impl Workspace {
    /// The operator's own, where the environment and the system say.
    pub fn open() -> Result<Self, WorkspaceError> {
        Ok(Self::at(Directories::find(&process_environment)?))
    }

    /// That of these directories.
    pub fn at(directories: Directories) -> Self {
        Self {
            ledgers: Ledgers::new(directories.data()),
            directories,
            sandbox: None,
            readings: Arc::default(),
            joins: Vec::new(),
            aside: None,
        }
    }

    /// With files that mappings join, by the mapping's name for each, instead of those beside an order file.
    #[must_use]
    pub fn with_joins(mut self, joins: Vec<(String, PathBuf)>) -> Self {
        self.joins = joins;
        self
    }

    /// Where configuration and data are.
    pub fn directories(&self) -> &Directories {
        &self.directories
    }

    /// The two ledgers.
    pub fn ledgers(&self) -> &Ledgers {
        &self.ledgers
    }

    /// Where the operator's own mappings are kept.
    pub fn mappings_dir(&self) -> PathBuf {
        self.directories.config().join("mappings")
    }

    /// Starts the four vendors inside this process, unless they run already. Port 0 is any.
    pub async fn start_sandbox(
        &mut self,
        config: SandboxConfig,
    ) -> Result<&Sandbox, WorkspaceError> {
        if self.sandbox.is_none() {
            self.directories.ensure_data()?;
            let config = SandboxConfig {
                data_dir: config.data_dir.or_else(|| Some(self.sandbox_dir())),
                ..config
            };
            self.sandbox = Some(Arc::new(sandbox::start(config).await?));
        }
        match &self.sandbox {
            Some(sandbox) => Ok(sandbox),
            None => unreachable!("it was started above"),
        }
    }

    /// Whether the vendors run inside this process.
    pub fn sandbox(&self) -> Option<&Sandbox> {
        self.sandbox.as_deref()
    }

    /// Where the sandbox keeps what it took.
    pub fn sandbox_dir(&self) -> PathBuf {
        self.directories.data().join("sandbox")
    }

    /// All profiles: the operator's own and the four of the sandbox.
    pub fn profiles(&self) -> Result<Profiles, WorkspaceError> {
        let own = Profiles::load(&self.directories)?;
        Ok(own.with_sandbox(self.sandbox_profiles()?))
    }

    /// A profile by its name. Those of the sandbox are there even if the operator's file can't be read.
    pub fn profile(&self, name: &str) -> Result<Arc<Profile>, WorkspaceError> {
        if name.starts_with(SANDBOX_PREFIX)
            && let Some(profile) = self
                .sandbox_profiles()?
                .into_iter()
                .find(|profile| profile.name == name)
        {
            return Ok(Arc::new(profile));
        }
        Ok(Arc::clone(self.profiles()?.get(name)?))
    }

    /// The vendor and account of a profile.
    pub fn account(&self, profile: &str) -> Result<(VendorRef, Account), WorkspaceError> {
        Ok(self.profile(profile)?.account()?)
    }

    /// The credentials of a profile, fetched from wherever they are kept. May block on a command.
    pub fn credentials(&self, profile: &str) -> Result<Credentials, WorkspaceError> {
        let secrets = self
            .profile(profile)?
            .resolve_credentials(&process_environment)?;
        Ok(Credentials::new(secrets))
    }

    /// For whom and for what payloads are made.
    pub fn target(&self, profile: &str, operation: Operation) -> Result<Target, WorkspaceError> {
        let (vendor, account) = self.account(profile)?;
        Ok(Target {
            vendor,
            account,
            operation,
            now: jiff::Timestamp::now(),
        })
    }

    /// The name of a vendor's sandbox profile.
    pub fn sandbox_profile_name(vendor: VendorRef) -> String {
        format!("{SANDBOX_PREFIX}{}", vendor.name())
    }

    /// Which ledger an account's runs are in.
    pub fn book(account: &Account) -> Book {
        submit::book_of(account.environment)
    }

    /// Opens a ledger for writing, and makes it if it isn't there.
    pub fn ledger(&self, book: Book) -> Result<SqliteLedger, WorkspaceError> {
        self.directories.ensure_data()?;
        Ok(self.ledgers.open(book)?)
    }

    /// Opens a ledger to look into it; `None` if there is none yet.
    pub fn existing_ledger(&self, book: Book) -> Result<Option<SqliteLedger>, WorkspaceError> {
        Ok(self.ledgers.open_existing(book)?)
    }

    /// From now on a file is read as the operator says, whoever opens it.
    pub fn read_as(&self, path: &Path, reading: Reading) {
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let path = absolute(path);
        if reading.is_default() {
            readings.remove(&path);
        } else {
            readings.insert(path, reading);
        }
    }

    /// What the operator said of how a file is read.
    pub fn reading(&self, path: &Path) -> Reading {
        let readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        readings.get(&absolute(path)).cloned().unwrap_or_default()
    }

    /// How a file is read.
    pub(super) fn source_options(&self, path: &Path) -> SourceOptions {
        SourceOptions {
            reading: self.reading(path),
            spool_dir: Some(self.directories.data().join("spool")),
        }
    }

    /// Opens an order file, and takes up the edits that are kept for it.
    pub fn open_deck(
        &self,
        path: &Path,
        mapping: Option<&str>,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Deck, WorkspaceError> {
        let mut deck = self.open_file(path, mapping, progress)?;
        self.load_edits(&mut deck)?;
        Ok(deck)
    }

    /// Takes up the edits that are kept for a file.
    pub fn load_edits(&self, deck: &mut Deck) -> Result<(), WorkspaceError> {
        let load = |deck: &mut Deck| -> Result<(), WorkspaceError> {
            if let Some(ledger) = self.existing_ledger(Book::Work)? {
                deck.load_edits(&ledger)?;
            }
            Ok(())
        };
        let loaded = load(deck);
        deck.set_edits_unread(loaded.is_err());
        loaded
    }

    /// Opens an order file as it is, without the edits that are kept for it.
    pub fn open_file(
        &self,
        path: &Path,
        mapping: Option<&str>,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Deck, WorkspaceError> {
        Ok(Deck::open(
            path,
            &self.open_options(path, mapping),
            progress,
        )?)
    }

    /// The first orders of a big file with their edits, to be looked at while [`Workspace::open_file`] goes over all
    /// of it: that says what is wrong, if something is.
    pub fn open_beginning(&self, path: &Path, mapping: Option<&str>) -> Option<Deck> {
        let opened = Deck::open_beginning(path, &self.open_options(path, mapping));
        let mut deck = opened.ok().flatten()?;
        let _ = self.load_edits(&mut deck);
        Some(deck)
    }

    fn open_options(&self, path: &Path, mapping: Option<&str>) -> OpenOptions {
        OpenOptions {
            mapping: mapping.map(str::to_owned),
            source: self.source_options(path),
            mappings_dir: Some(self.mappings_dir()),
            joins: self.joins.clone(),
        }
    }

    /// Remembers a file for the list of recent ones.
    pub fn remember(&self, deck: &Deck) -> Result<(), WorkspaceError> {
        let row = SourceRow {
            path: deck.source().identity().to_owned(),
            fingerprint: deck.index().fingerprint().to_owned(),
            mapping: deck.mapping().name().to_owned(),
            orders: deck.len() as u64,
            opened_at: jiff::Timestamp::now(),
        };
        let mut ledger = self.ledger(Book::Work)?;
        // A damaged ledger stays as it is.
        ledger.look_over()?;
        Ok(ledger.remember_source(&row)?)
    }

    fn sandbox_profiles(&self) -> Result<Vec<Profile>, WorkspaceError> {
        vendor::ALL
            .iter()
            .map(|vendor| {
                let name = vendor.name();
                let base_url = self.sandbox.as_ref().map_or_else(
                    || format!("http://127.0.0.1:{SANDBOX_PORT}/{name}"),
                    |sandbox| sandbox.base_url(name),
                );
                let credentials = sandbox::credentials(name)
                    .iter()
                    .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()));
                let mut profile = Profile::sandbox(name, &base_url, credentials)?;
                profile
                    .settings
                    .insert("requests_per_minute".to_owned(), 0.into());
                if vendor
                    .settings()
                    .iter()
                    .any(|setting| setting.name == "token_url")
                {
                    let url = format!("{base_url}{}", sandbox::TOKEN_PATH);
                    profile.settings.insert("token_url".to_owned(), url.into());
                }
                Ok(profile)
            })
            .collect()
    }
}

/// The one path of a file that has several.
fn absolute(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

//! Beginning a run: the account's lock, what a dead sender left behind, the frozen decision, the task.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::crash::point;
use super::jobs::OpenJob;
use super::recorder::Recorder;
use super::run::{RunJob, drive};
use super::settle::OpenDoubt;
use super::{Control, Payloads, Plan, RunEvent, SubmitError};
use crate::deck::Target;
use crate::ledger::{
    AccountLock, Book, Frozen, Ledger, LockError, LockHolder, ManifestEntry, NewRun, Ordinal,
    RunId, RunName, RunState, SqliteLedger,
};
use crate::vendor::Credentials;

/// A run that is under way in this process.
#[derive(Debug)]
pub struct Started {
    /// What people call it.
    pub name: RunName,
    /// Tells it to pause, go on or stop.
    pub control: watch::Sender<Control>,
    /// What it tells.
    pub events: mpsc::UnboundedReceiver<RunEvent>,
    /// Ends with the state that it left the run in, and why.
    pub task: JoinHandle<(RunState, Option<String>)>,
}

/// The right to send to one account, with the ledger it is recorded in.
pub struct Seat {
    lock: AccountLock,
    ledger: SqliteLedger,
    book: Book,
    path: PathBuf,
    /// How many requests a sender that died had under way: their orders are in doubt now.
    pub abandoned: usize,
}

impl Seat {
    /// Takes the account's lock. Whatever a dead sender had under way becomes doubt before anything else.
    pub fn take(
        data_dir: &Path,
        mut ledger: SqliteLedger,
        book: Book,
        target: &Target,
    ) -> Result<Self, SubmitError> {
        let account = &target.account;
        if account.read_only {
            return Err(SubmitError::Refused(format!(
                "the profile {} is read-only: it looks and checks, and never sends",
                account.profile
            )));
        }
        target
            .vendor
            .supports(target.operation)
            .map_err(|why| SubmitError::Refused(why.to_owned()))?;
        let holder = LockHolder::this_process(account.profile.clone());
        // The sandbox's accounts are others than those of work, though they may have the same name.
        let directory = match book {
            Book::Work => data_dir.to_owned(),
            Book::Sandbox => data_dir.join("sandbox"),
        };
        let lock =
            AccountLock::acquire(&directory, target.vendor.name(), &account.account, &holder)
                .map_err(|error| locked(&error, &account.profile))?;
        let mut abandoned = 0;
        for run in ledger.unended_runs(&account.account, target.vendor.name())? {
            let died = run.state == RunState::Running;
            let reason = if died {
                "the process that sent it died before the answer was recorded"
            } else {
                // A stop that could not wait for the last answers.
                "no answer came before the run was stopped"
            };
            abandoned += ledger.abandon_open_exchanges(run.id, reason)?.len();
            if died {
                let reason = "its process died; `orderdeck resume` goes on";
                ledger.set_run_state(run.id, RunState::Stopped, Some(reason))?;
            }
        }
        if abandoned > 0 {
            point("doubt-found");
        }
        let path = ledger.path().to_owned();
        Ok(Self {
            lock,
            ledger,
            book,
            path,
            abandoned,
        })
    }

    /// The ledger that the account's runs are in.
    pub fn ledger(&self) -> &SqliteLedger {
        &self.ledger
    }

    /// The same, to be written to.
    pub fn ledger_mut(&mut self) -> &mut SqliteLedger {
        &mut self.ledger
    }
}

/// What is left of a run to do.
#[derive(Default)]
pub(super) struct Rest {
    pub(super) pending: Vec<Ordinal>,
    /// Those of them that an earlier process left in doubt.
    pub(super) resent: Vec<Ordinal>,
    pub(super) jobs: Vec<OpenJob>,
    pub(super) doubts: Vec<OpenDoubt>,
}

/// Begins a run: records what was decided, and starts sending. Must be called inside a tokio runtime.
pub fn begin(
    mut seat: Seat,
    plan: &Plan,
    frozen: Frozen,
    credentials: Credentials,
    retry_of: Option<RunId>,
    wait_for_jobs: bool,
) -> Result<Started, SubmitError> {
    let target = &plan.target;
    let run = NewRun {
        vendor: target.vendor.name().to_owned(),
        profile: target.account.profile.clone(),
        account: target.account.account.clone(),
        environment: target.account.environment.name().to_owned(),
        operation: target.operation,
        frozen,
        retry_of,
    };
    let manifest: Vec<ManifestEntry> = plan
        .orders
        .iter()
        .map(|order| order.entry.clone())
        .collect();
    let id = seat.ledger.begin_run(&run, &manifest, &plan.left_out())?;
    point("run-begun");
    let rest = Rest {
        pending: plan.pending(),
        ..Rest::default()
    };
    let keys = manifest.into_iter().map(|entry| entry.key).collect();
    spawn(
        seat,
        id,
        target,
        plan.mode.clone(),
        keys,
        plan.payloads(),
        rest,
        credentials,
        wait_for_jobs,
    )
}

#[allow(clippy::too_many_arguments)]
pub(super) fn spawn(
    mut seat: Seat,
    id: RunId,
    target: &Target,
    mode: Option<String>,
    keys: Vec<String>,
    payloads: Arc<dyn Payloads>,
    rest: Rest,
    credentials: Credentials,
    wait_for_jobs: bool,
) -> Result<Started, SubmitError> {
    let name = RunName {
        book: seat.book,
        id,
    };
    let holder = LockHolder {
        run: Some(name.to_string()),
        ..LockHolder::this_process(target.account.profile.clone())
    };
    // Only the text for the second sender: the lock is held whatever it says.
    let _ = seat.lock.tell(&holder);
    let writer = SqliteLedger::open(&seat.path)?;
    let known_jobs = seat.ledger.jobs(None)?;
    let known_jobs = known_jobs.into_iter().map(|row| row.job.id).collect();
    let (vendor, account, operation) = (target.vendor, target.account.clone(), target.operation);
    let (control, wishes) = watch::channel(Control::Go);
    let (tell, events) = mpsc::unbounded_channel();
    let task = on_its_own(
        async move {
            let recorder = match Recorder::start(Box::new(writer), id) {
                Ok(recorder) => Arc::new(recorder),
                Err(error) => return (RunState::Stopped, Some(error.0)),
            };
            let job = RunJob {
                vendor,
                account,
                credentials,
                operation,
                mode,
                keys: Arc::new(keys),
                payloads,
                pending: rest.pending,
                resent: rest.resent.into_iter().collect(),
                jobs: rest.jobs,
                doubts: rest.doubts,
                known_jobs,
                recorder,
                wait_for_jobs,
            };
            drive(job, wishes, tell).await
        },
        seat,
    )?;
    Ok(Started {
        name,
        control,
        events,
        task,
    })
}

/// What a run ends with.
type Ended = (RunState, Option<String>);

/// Drives a run on a thread of its own, with a runtime that has nothing else: so many small things happen for each
/// request that handing them from thread to thread would cost more than all of them. Whoever begins a run doesn't wait
/// for the thread; a run that nobody can tell anything any more ends by itself.
fn on_its_own(
    run: impl Future<Output = Ended> + Send + 'static,
    seat: Seat,
) -> Result<JoinHandle<Ended>, SubmitError> {
    let failed = |error: std::io::Error| format!("the sender can't start: {error}");
    let (tell, ended) = oneshot::channel();
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let ended = match runtime {
            Ok(runtime) => {
                let ended = runtime.block_on(run);
                // What is under way after all ends here.
                runtime.shutdown_background();
                ended
            }
            Err(error) => (RunState::Stopped, Some(failed(error))),
        };
        // The lock is held to the very end.
        drop(seat);
        let _ = tell.send(ended);
    };
    std::thread::Builder::new()
        .name("sending".to_owned())
        .spawn(work)
        .map_err(|error| SubmitError::Failed(failed(error)))?;
    Ok(tokio::spawn(async move {
        ended.await.unwrap_or_else(|_| {
            let reason = "it ended by a fault of the program; `orderdeck resume` goes on";
            (RunState::Stopped, Some(reason.to_owned()))
        })
    }))
}

fn locked(error: &LockError, profile: &str) -> SubmitError {
    SubmitError::Locked(match error {
        LockError::Held { by: Some(holder) } => {
            format!(
                "somebody else is sending to the account of {profile}: {holder}; wait for its end, or stop it there"
            )
        }
        other => other.to_string(),
    })
}

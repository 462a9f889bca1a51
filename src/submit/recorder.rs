//! The ledger's one writer: a thread that commits what waits together, so that many requests at the same
//! time cost few syncs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot};

use super::crash::point;
use crate::ledger::{
    AnswerRecord, ExchangeId, Intent, JobState, Ledger, LedgerError, OutcomeUpdate, RunId, RunState,
};

/// The ledger said no; the text is its own.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct RecordError(pub String);

impl From<LedgerError> for RecordError {
    fn from(error: LedgerError) -> Self {
        Self(error.to_string())
    }
}

/// A record on its way to the disk.
pub type Writing = oneshot::Receiver<Result<(), RecordError>>;

pub(super) fn gone() -> RecordError {
    RecordError("the ledger's writer ended".to_owned())
}

type Reply<T> = oneshot::Sender<Result<T, RecordError>>;

/// What became of answers and intents that were written together. It travels to the run's thread as one, which is
/// woken once for it, and is handed out there.
struct Told {
    answers: Vec<Reply<()>>,
    intents: Vec<Reply<ExchangeId>>,
    done: Result<Vec<ExchangeId>, RecordError>,
}

impl Told {
    fn hand_out(self) {
        match self.done {
            Ok(exchanges) => {
                for reply in self.answers {
                    let _ = reply.send(Ok(()));
                }
                for (reply, exchange) in self.intents.into_iter().zip(exchanges) {
                    let _ = reply.send(Ok(exchange));
                }
            }
            Err(error) => {
                for reply in self.answers {
                    let _ = reply.send(Err(error.clone()));
                }
                for reply in self.intents {
                    let _ = reply.send(Err(error.clone()));
                }
            }
        }
    }
}

#[derive(Debug)]
enum Command {
    Intent(Intent, Reply<ExchangeId>),
    Answer(AnswerRecord, Reply<()>),
    Outcomes(Vec<OutcomeUpdate>, Reply<()>),
    Job(JobState, Reply<()>),
    State(RunState, Option<String>, Reply<()>),
    Wait(String, Timestamp),
    Abandon(String, Reply<()>),
}

/// Writes one run's record. Every method returns when the write is durable.
#[derive(Debug)]
pub struct Recorder {
    outbox: Arc<Outbox>,
    thread: Option<JoinHandle<()>>,
}

/// What is to be written, until the run has done whatever it can do at this moment: then it leaves for the writer
/// together. Else the writer, woken for the first, would sync that one alone.
#[derive(Debug)]
struct Outbox {
    waiting: Mutex<Waiting>,
    filled: Notify,
}

#[derive(Debug)]
struct Waiting {
    commands: Vec<Command>,
    /// `None` when the writer is to end, or ended.
    writer: Option<mpsc::Sender<Vec<Command>>>,
}

impl Outbox {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a command. Without a writer it is dropped, which whoever waits for its end notices.
    fn put(&self, command: Command) {
        let mut waiting = self.waiting();
        if waiting.writer.is_some() {
            waiting.commands.push(command);
            self.filled.notify_one();
        }
    }

    /// Hands everything over to the writer.
    fn flush(&self) {
        let mut waiting = self.waiting();
        let commands = std::mem::take(&mut waiting.commands);
        if let Some(writer) = waiting.writer.as_ref().filter(|_| !commands.is_empty()) {
            let _ = writer.send(commands);
        }
    }

    /// Hands over the rest; the writer ends after it.
    fn close(&self) {
        self.flush();
        self.waiting().writer = None;
    }
}

impl Recorder {
    /// Starts the writer of a run, which talks to the runtime that this is called in.
    pub fn start(ledger: Box<dyn Ledger>, run: RunId) -> Result<Self, RecordError> {
        let (commands, queue) = mpsc::channel();
        let outbox = Arc::new(Outbox {
            waiting: Mutex::new(Waiting {
                commands: Vec::new(),
                writer: Some(commands),
            }),
            filled: Notify::new(),
        });
        let (tell, mut told) = unbounded_channel::<Told>();
        let leaving = Arc::clone(&outbox);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = leaving.filled.notified() => leaving.flush(),
                    told = told.recv() => match told {
                        Some(told) => told.hand_out(),
                        // The writer is gone: nothing can be written any more.
                        None => break leaving.close(),
                    },
                }
            }
        });
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || write(ledger, run, &queue, &tell))
            .map_err(|error| RecordError(format!("the ledger's writer can't start: {error}")))?;
        Ok(Self {
            outbox,
            thread: Some(thread),
        })
    }

    /// Commits that a request is about to leave.
    pub async fn intent(&self, intent: Intent) -> Result<ExchangeId, RecordError> {
        self.ask(|reply| Command::Intent(intent, reply)).await
    }

    /// Commits an answer and what follows from it. It is asked for when this returns, before anything that is
    /// asked for later; it is durable when the future ends.
    pub fn answer(&self, answer: AnswerRecord) -> Writing {
        let (reply, written) = oneshot::channel();
        // A writer that is gone drops the reply, which says so.
        self.outbox.put(Command::Answer(answer, reply));
        written
    }

    /// Commits outcomes that no answer of their own brought.
    pub async fn outcomes(&self, outcomes: Vec<OutcomeUpdate>) -> Result<(), RecordError> {
        if outcomes.is_empty() {
            return Ok(());
        }
        self.ask(|reply| Command::Outcomes(outcomes, reply)).await
    }

    /// Records what is known of a job.
    pub async fn job(&self, job: JobState) -> Result<(), RecordError> {
        self.ask(|reply| Command::Job(job, reply)).await
    }

    /// Keeps what the run waits for, without waiting for the write: nothing depends on it, and a ledger that
    /// can't be written is noticed by the next record.
    pub fn wait(&self, reason: String, until: Timestamp) {
        self.outbox.put(Command::Wait(reason, until));
    }

    /// Changes the run's state.
    pub async fn state(&self, state: RunState, reason: Option<String>) -> Result<(), RecordError> {
        self.ask(|reply| Command::State(state, reason, reply)).await
    }

    /// What is still under way will never be heard of: its orders are in doubt.
    pub async fn abandon(&self, reason: String) -> Result<(), RecordError> {
        self.ask(|reply| Command::Abandon(reason, reply)).await
    }

    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T, RecordError> {
        let (reply, answer) = oneshot::channel();
        self.outbox.put(command(reply));
        answer.await.map_err(|_| gone())?
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // The writer ends when nobody can ask it any more; what waits is written first.
        self.outbox.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write(
    mut ledger: Box<dyn Ledger>,
    run: RunId,
    queue: &mpsc::Receiver<Vec<Command>>,
    tell: &UnboundedSender<Told>,
) {
    while let Ok(first) = queue.recv() {
        let (mut intents, mut answers, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        for command in first.into_iter().chain(queue.try_iter().flatten()) {
            match command {
                Command::Intent(intent, reply) => intents.push((intent, reply)),
                Command::Answer(answer, reply) => answers.push((answer, reply)),
                other => rest.push(other),
            }
        }
        // An answer follows its own intent by a reply, so the two never stand in one group. What an answer sets
        // free may be sent again by an intent of the same group: answers come first. What ends or abandons a run
        // was asked for after both.
        if let Some(told) = write_exchanges(ledger.as_mut(), run, answers, intents) {
            // Without the run's thread nobody waits for it.
            let _ = tell.send(told);
        }
        for command in rest {
            match command {
                Command::Outcomes(outcomes, reply) => {
                    point("before-outcomes");
                    let done = ledger.record_outcomes(run, &outcomes);
                    point("after-outcomes");
                    let _ = reply.send(done.map_err(Into::into));
                }
                Command::Job(job, reply) => {
                    point("before-job");
                    let done = ledger.record_job(run, &job);
                    point("after-job");
                    let _ = reply.send(done.map_err(Into::into));
                }
                Command::State(state, reason, reply) => {
                    point("before-end");
                    let done = ledger.set_run_state(run, state, reason.as_deref());
                    point("after-end");
                    let _ = reply.send(done.map_err(Into::into));
                }
                Command::Abandon(reason, reply) => {
                    let done = ledger.abandon_open_exchanges(run, &reason).map(|_| ());
                    let _ = reply.send(done.map_err(Into::into));
                }
                Command::Wait(reason, until) => {
                    let _ = ledger.set_run_wait(run, &reason, until);
                }
                Command::Intent(..) | Command::Answer(..) => {}
            }
        }
    }
}

/// One commit for all answers and intents that wait.
fn write_exchanges(
    ledger: &mut dyn Ledger,
    run: RunId,
    answers: Vec<(AnswerRecord, Reply<()>)>,
    intents: Vec<(Intent, Reply<ExchangeId>)>,
) -> Option<Told> {
    if answers.is_empty() && intents.is_empty() {
        return None;
    }
    let (answers, mut told): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
    let (intents, waiting): (Vec<_>, Vec<_>) = intents.into_iter().unzip();
    let pass = |place: &str| {
        if !answers.is_empty() {
            point(&format!("{place}-answer"));
        }
        if !intents.is_empty() {
            point(&format!("{place}-intent"));
        }
    };
    pass("before");
    let mut done = ledger
        .record_exchanges(run, &answers, &intents)
        .map_err(RecordError::from);
    if done.is_err() && answers.len() + intents.len() > 1 && !answers.is_empty() {
        // What already happened must not be lost because of another answer, or because nothing more can begin.
        let mut failed = None;
        for (answer, reply) in answers.iter().zip(std::mem::take(&mut told)) {
            let answered = ledger
                .record_exchanges(run, std::slice::from_ref(answer), &[])
                .map(|_| ());
            let answered = answered.map_err(RecordError::from);
            failed = failed.or(answered.as_ref().err().cloned());
            let _ = reply.send(answered);
        }
        done = match failed {
            None => ledger
                .record_exchanges(run, &[], &intents)
                .map_err(RecordError::from),
            Some(error) => Err(error),
        };
    }
    pass("after");
    Some(Told {
        answers: told,
        intents: waiting,
        done,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{ExchangeState, Frozen, ManifestEntry, NewRun, SqliteLedger};
    use crate::order::outcome::{Operation, Outcome};
    use crate::submit::tests::economy::commits;

    fn begin(ledger: &mut SqliteLedger, orders: u32) -> RunId {
        let run = NewRun {
            vendor: "kibo".to_owned(),
            profile: "p".to_owned(),
            account: "a".to_owned(),
            environment: "test".to_owned(),
            operation: Operation::Import,
            frozen: Frozen::default(),
            retry_of: None,
        };
        let entry = |number: u32| ManifestEntry {
            key: format!("#{number}"),
            payload_hash: [0; 16],
            total: None,
            currency: String::new(),
        };
        let manifest: Vec<_> = (0..orders).map(entry).collect();
        ledger.begin_run(&run, &manifest, &[]).unwrap()
    }

    fn intent(order: u32) -> Intent {
        Intent {
            purpose: "orders".to_owned(),
            method: "POST".to_owned(),
            url: String::new(),
            headers: Vec::new(),
            body: Vec::new(),
            orders: vec![order],
        }
    }

    fn accepted(exchange: ExchangeId, order: u32) -> AnswerRecord {
        AnswerRecord {
            exchange,
            state: ExchangeState::Answered,
            status: Some(200),
            headers: Vec::new(),
            body: Vec::new(),
            latency_ms: 1,
            reason: None,
            outcomes: vec![OutcomeUpdate {
                exchange: Some(exchange),
                ..OutcomeUpdate::new(order, Outcome::Accepted)
            }],
            job: None,
        }
    }

    #[test]
    fn an_answer_that_cannot_be_recorded_takes_no_other_with_it() {
        let home = tempfile::tempdir().unwrap();
        let mut ledger = SqliteLedger::open(&home.path().join("ledger.sqlite")).unwrap();
        let run = begin(&mut ledger, 3);
        let exchanges = ledger
            .record_exchanges(run, &[], &[intent(0), intent(1)])
            .unwrap();
        let answers = [
            accepted(exchanges[0], 0),
            accepted(ExchangeId(99), 2),
            accepted(exchanges[1], 1),
        ];
        let (answers, mut told): (Vec<_>, Vec<_>) = answers
            .into_iter()
            .map(|answer| {
                let (reply, told) = oneshot::channel();
                ((answer, reply), told)
            })
            .unzip();
        let (reply, mut begun) = oneshot::channel();
        write_exchanges(&mut ledger, run, answers, vec![(intent(2), reply)])
            .unwrap()
            .hand_out();
        let told: Vec<bool> = told
            .iter_mut()
            .map(|told| told.try_recv().unwrap().is_ok())
            .collect();
        assert_eq!(told, [true, false, true]);
        assert_eq!(ledger.summary(run).unwrap().count(Outcome::Accepted), 2);
        // Nothing more begins where an answer is lost.
        assert!(begun.try_recv().unwrap().is_err());
        assert_eq!(ledger.summary(run).unwrap().count(Outcome::Sending), 0);
    }

    #[test]
    fn whatever_waits_is_one_commit() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ledger.sqlite");
        // A second look keeps the log where it is.
        let look = SqliteLedger::open(&path).unwrap();
        let mut ledger = SqliteLedger::open(&path).unwrap();
        let run = begin(&mut ledger, 64);
        let first = ledger.record_intents(run, &[intent(0)]).unwrap()[0];
        assert_eq!(look.runs().unwrap().len(), 1);
        let before = commits(&path);

        // Sixty requests are to leave while an answer came: all of it is on the disk by one sync.
        let (commands, queue) = mpsc::channel();
        let (told, mut written) = oneshot::channel();
        commands
            .send(vec![Command::Answer(accepted(first, 0), told)])
            .unwrap();
        let mut replies: Vec<_> = (1..61)
            .map(|order| {
                let (reply, exchange) = oneshot::channel();
                commands
                    .send(vec![Command::Intent(intent(order), reply)])
                    .unwrap();
                exchange
            })
            .collect();
        drop(commands);
        let (tell, mut told) = unbounded_channel();
        write(Box::new(ledger), run, &queue, &tell);
        told.try_recv().unwrap().hand_out();

        assert_eq!(commits(&path) - before, 1);
        written.try_recv().unwrap().unwrap();
        let exchanges: std::collections::BTreeSet<ExchangeId> = replies
            .iter_mut()
            .map(|reply| reply.try_recv().unwrap().unwrap())
            .collect();
        assert_eq!(exchanges.len(), 60);
        let summary = look.summary(run).unwrap();
        assert_eq!(summary.count(Outcome::Accepted), 1);
        assert_eq!(summary.count(Outcome::Sending), 60);
    }
}

//! Does what the state wants done: reading, planning, sending. Everything here runs off the thread that draws
//! and comes back as an [`Arrival`].

mod accounts;
mod again;
mod background;
pub(super) mod books;
mod browse;
mod edits;
pub(super) mod file;
mod filter;
mod fix;
mod known;
mod mapping;
mod payload;
mod responses;
pub(super) mod send;
mod session;
mod shared;
mod sorting;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, mpsc, watch};

use super::effect::Effect;
use super::event::{Arrival, Event, Ticket};
use super::fault;
use super::model::AccountInfo;
use super::theme::settings;
use crate::deck::list::Shown;
use crate::ledger::RunName;
use crate::order::outcome::Operation;
use crate::sandbox::SandboxConfig;
use crate::submit::Control;
use crate::submit::cancel::choices;
use crate::vendor::by_name;
use crate::workspace::{Workspace, WorkspaceError};

/// Where arrivals go.
pub type Tell<'a> = &'a mut dyn FnMut(Arrival);

/// The runs of this process that are under way.
type Running = Arc<std::sync::Mutex<Vec<(RunName, watch::Sender<Control>)>>>;

/// What the work needs: the workspace, and which requests nobody waits for any more.
#[derive(Debug)]
pub struct Worker {
    workspace: shared::Shared,
    /// The sandbox is started once.
    starting: Mutex<()>,
    checks: background::Checks,
    overviews: AtomicU64,
    opens: AtomicU64,
    surveys: AtomicU64,
    filters: AtomicU64,
    plans: AtomicU64,
    sorts: AtomicU64,
    drafts: AtomicU64,
    running: Running,
    /// Where runs tell how they fare.
    events: mpsc::UnboundedSender<Event>,
    /// One edit at a time, in the order of the keys.
    edits: Mutex<()>,
    tail: responses::Tail,
    session: std::sync::Mutex<session::SessionFile>,
}

impl Worker {
    /// A worker over a workspace.
    pub fn new(workspace: Workspace, events: mpsc::UnboundedSender<Event>) -> Self {
        Self {
            workspace: shared::Shared::new(workspace),
            starting: Mutex::new(()),
            checks: background::Checks::default(),
            overviews: AtomicU64::new(0),
            opens: AtomicU64::new(0),
            surveys: AtomicU64::new(0),
            filters: AtomicU64::new(0),
            plans: AtomicU64::new(0),
            sorts: AtomicU64::new(0),
            drafts: AtomicU64::new(0),
            running: Running::default(),
            events,
            edits: Mutex::new(()),
            tail: responses::Tail::default(),
            session: std::sync::Mutex::default(),
        }
    }

    /// Does it in the background; what comes of it is sent as events.
    pub fn spawn(self: &Arc<Self>, effect: Effect) {
        let worker = Arc::clone(self);
        let events = self.events.clone();
        let tell = move |arrival| {
            // Nobody listens any more when the program ends.
            let _ = events.send(Event::Arrived(arrival));
        };
        tokio::spawn(async move {
            if matches!(effect, Effect::StartSandbox) {
                let tell = tell;
                worker.start_sandbox().await.into_iter().for_each(tell);
                return;
            }
            if matches!(effect, Effect::Responses(_)) {
                worker.tail.turn().await;
            }
            let mut tell = tell;
            let sent = tell.clone();
            let work = move || {
                if !background::is_background(&effect) {
                    worker.perform(effect, &mut tell);
                    return Ok(());
                }
                // A thread of its own, which can't take back that it gives way.
                let own = move || {
                    background::give_way();
                    worker.perform(effect, &mut tell);
                };
                std::thread::spawn(own).join()
            };
            let done = tokio::task::spawn_blocking(work).await;
            if !matches!(done, Ok(Ok(()))) {
                sent.clone()(Arrival::Tell(Err(
                    "something went wrong inside; what you see may be out of date".to_owned(),
                )));
            }
        });
    }

    /// Does it here and now, and returns all that comes of it.
    pub fn gathered(&self, effect: Effect) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        self.perform(effect, &mut |arrival| arrivals.push(arrival));
        arrivals
    }

    /// Does it here and now. May block; must not run on a thread of the asynchronous runtime.
    pub fn perform(&self, effect: Effect, tell: Tell<'_>) {
        match effect {
            Effect::Forget {
                surveys,
                filters,
                plans,
            } => {
                self.surveys.fetch_max(surveys, Ordering::Relaxed);
                self.filters.fetch_max(filters, Ordering::Relaxed);
                self.plans.fetch_max(plans, Ordering::Relaxed);
            }
            Effect::Accounts => self.accounts(tell),
            Effect::Recent => self.recent(tell),
            Effect::OpenFile {
                ticket,
                path,
                mapping,
                reading,
                keep,
            } => self.open((ticket, keep), path, (mapping.as_deref(), reading), tell),
            Effect::Draft(work) => self.draft(work, tell),
            Effect::StopOpening(ticket) => {
                self.opens.fetch_max(ticket + 1, Ordering::Relaxed);
            }
            Effect::Peek(path) => self.peek(path, tell),
            Effect::Check(deck) => browse::check(&deck, tell),
            Effect::LoadSession => self.load_session(tell),
            Effect::SaveSession(snapshot) => self.save_session(*snapshot, tell),
            Effect::Overview { ticket, deck } => self.overview(ticket, &deck, tell),
            Effect::ForgetOverviews(before) => {
                self.overviews.fetch_max(before, Ordering::Relaxed);
            }
            Effect::Rows {
                ticket,
                deck,
                places,
                targets,
            } => self.rows(ticket, &deck, &places, &targets, tell),
            Effect::Inspect {
                ticket,
                deck,
                place,
                tab,
                target,
            } => {
                let inspection = file::inspect(&deck, place, tab, *target);
                tell(Arrival::Inspected {
                    ticket,
                    inspection: inspection
                        .map(|inspection| Box::new(self.with_refusal(&deck, inspection))),
                });
            }
            Effect::WhatChanged {
                ticket,
                deck,
                place,
                target,
            } => self.what_changed(ticket, &deck, place, &target, tell),
            Effect::Compare {
                ticket,
                deck,
                place,
                targets,
            } => payload::compare(ticket, &deck, place, &targets, tell),
            Effect::Survey {
                ticket,
                deck,
                tab,
                target,
                places,
            } => self.survey(ticket, &deck, tab, &target, places, tell),
            Effect::Filter {
                ticket,
                deck,
                filter,
                marked,
                target,
            } => self.filter(ticket, &deck, (&filter, &marked), target.as_deref(), tell),
            Effect::Filters(work) => self.filters(work, tell),
            Effect::Examples {
                ticket,
                deck,
                target,
                rules,
            } => self.examples(ticket, &deck, &target, &rules, tell),
            Effect::PlanFix {
                ticket,
                deck,
                target,
                rule,
                places,
            } => self.plan_fix(ticket, &deck, &target, (rule, &places), tell),
            Effect::Sort {
                ticket,
                deck,
                sort,
                known,
                target,
            } => self.sort(ticket, &deck, sort, known, target.as_deref(), tell),
            Effect::ForgetSorts(before) => {
                self.sorts.fetch_max(before, Ordering::Relaxed);
            }
            Effect::Arrange {
                ticket,
                passing,
                sorted,
            } => tell(Arrival::Arranged {
                ticket,
                lines: Shown::new(Some(passing), Some(sorted)),
            }),
            Effect::Edit { deck, work } => {
                let _turn = self.edits.blocking_lock();
                tell(Arrival::Edited(self.edit(deck, work)));
            }
            Effect::PreviewBulk {
                ticket,
                deck,
                places,
                change,
                target,
            } => self.preview_bulk(ticket, &deck, &places, (&change, &target), tell),
            Effect::Plan {
                ticket,
                deck,
                target,
                selection,
                mode,
            } => self.plan(ticket, &deck, &target, (&selection, mode), tell),
            Effect::Submit {
                deck,
                plan,
                selection,
                choice,
            } => self.submit(&deck, &plan, &selection, &choice, tell),
            Effect::LookAtRequest { plan } => self.look(&plan, tell),
            Effect::CurlOf {
                deck,
                target,
                selection,
            } => self.curl(&deck, &target, &selection, tell),
            Effect::DryRun { plan } => send::dry_run(&plan, tell),
            Effect::PrepareCancel {
                ticket,
                deck,
                target,
                ids,
            } => self.prepare_cancel(ticket, deck.as_ref(), &target, &ids, tell),
            Effect::Cancel {
                deck: _,
                target,
                orders,
                mode,
                reason: _,
                look: true,
            } => self.look_at_cancel(&target, &orders, mode, tell),
            Effect::Cancel {
                deck,
                target,
                orders,
                mode,
                reason,
                look: false,
            } => {
                let choices = choices("console", reason.as_deref());
                self.cancel(deck.as_ref(), &target, &orders, (mode, choices), tell);
            }
            Effect::Control { run, wish } => self.control(run, wish),
            Effect::Resume { book, run } => self.resume(book, run, tell),
            Effect::PlanRetry {
                ticket,
                run,
                outcomes,
                only,
            } => self.plan_retry(ticket, run, (outcomes, &only), tell),
            Effect::Rejected {
                ticket,
                deck,
                target,
                places,
            } => self.rejected(ticket, &deck, &target, places.as_ref(), tell),
            Effect::Doubts { ticket, run } => self.doubts(ticket, run, tell),
            Effect::Settle {
                ticket,
                run,
                keys,
                decision,
                note,
            } => self.settle(ticket, run, &keys, (decision, note.as_deref()), tell),
            Effect::History(key) => self.history(key, tell),
            Effect::ExchangeOrders { book, exchange } => {
                self.exchange_orders(book, exchange, tell);
            }
            Effect::Retry(planned) => self.retry(&planned, tell),
            Effect::Export {
                run,
                outcomes,
                to,
                force,
            } => self.export(run, &outcomes, &to, force, tell),
            Effect::RunOrders(run) => self.run_orders(run, tell),
            Effect::Profile(work) => self.profile(work, tell),
            Effect::Runs => {
                fault::point("the list of runs");
                self.runs(tell);
            }
            Effect::Responses(read) => self.responses(&read, tell),
            Effect::SearchResponses(search) => self.search_responses(&search, tell),
            Effect::ForgetResponses(ticket) => self.tail.forget(ticket),
            Effect::FindText {
                ticket,
                documents,
                wanted,
            } => self.find_text(ticket, &documents, &wanted, tell),
            Effect::OlderRuns(than) => self.older_runs(&than, tell),
            Effect::RunsAgain(names) => self.runs_again(&names, tell),
            Effect::Pace { run, known } => self.pace(run, known, tell),
            Effect::JobOrders { book, exchange } => self.job_orders(book, exchange, tell),
            Effect::Response { book, exchange } => self.response(book, exchange, tell),
            Effect::Jobs => self.jobs(tell),
            Effect::Save { to, text } => file::save(&to, &text, tell),
            Effect::RememberColumns(columns) => {
                let workspace = self.workspace.now();
                let done = settings::remember_columns(workspace.directories(), columns);
                if let Err(why) = done {
                    tell(Arrival::Tell(Err(format!(
                        "the columns aren't remembered: {why}"
                    ))));
                }
            }
            Effect::RememberTheme(name) => {
                let workspace = self.workspace.now();
                if let Err(why) = settings::remember_theme(workspace.directories(), &name) {
                    tell(Arrival::Tell(Err(format!(
                        "the theme isn't remembered: {why}"
                    ))));
                }
            }
            Effect::RememberVisit => {
                let workspace = self.workspace.now();
                if let Err(why) = settings::remember_visit(workspace.directories()) {
                    let words = format!("this visit isn't remembered: {why}");
                    tell(Arrival::Tell(Err(words)));
                }
            }
            Effect::List(directory) => browse::list(directory, tell),
            // These belong to the terminal or to the runtime; the loop does them.
            Effect::StartSandbox
            | Effect::Copy(_)
            | Effect::OpenEditor(_)
            | Effect::Suspend
            | Effect::Redraw => {}
        }
    }

    /// Starts the vendors on loopback, and tells the accounts anew: their addresses are known now. Where the data
    /// directory can't be used, what they take is kept in a temporary one, and that is told.
    pub async fn start_sandbox(&self) -> Vec<Arrival> {
        let _turn = self.starting.lock().await;
        // What is under way goes on with the workspace as it was.
        let mut workspace = Workspace::clone(&self.workspace.now());
        let mut arrivals = Vec::new();
        if let Err(why) = workspace.try_data() {
            match workspace.aside(&why) {
                Ok(aside) => workspace = aside,
                Err(error) => return vec![Arrival::Sandbox(Err(error.to_string()))],
            }
            arrivals.push(Arrival::NotKept(why));
        }
        let started = workspace
            .start_sandbox(SandboxConfig::default())
            .await
            .map(|_| ())
            .map_err(|error| error.to_string());
        if started.is_ok() {
            arrivals.insert(0, accounts_of(&workspace));
            self.workspace.put(workspace);
        } else {
            arrivals.clear();
        }
        arrivals.push(Arrival::Sandbox(started));
        arrivals
    }

    fn accounts(&self, tell: Tell<'_>) {
        let workspace = self.workspace.now();
        tell(accounts_of(&workspace));
    }

    fn outdated(counter: &AtomicU64, ticket: Ticket) -> bool {
        counter.load(Ordering::Relaxed) > ticket
    }

    /// Stops every run of this process, and the vendors on loopback.
    pub fn stop_all(&self) {
        for counter in [&self.opens, &self.overviews, &self.surveys] {
            counter.store(u64::MAX, Ordering::Relaxed);
        }
        if let Ok(running) = self.running.lock() {
            for (_, control) in running.iter() {
                // A run that ended doesn't listen any more.
                let _ = control.send(Control::Stop);
            }
        }
    }

    /// Whether a run of this process is under way.
    pub fn is_sending(&self) -> bool {
        self.running.lock().is_ok_and(|running| !running.is_empty())
    }
}

fn accounts_of(workspace: &Workspace) -> Arrival {
    let (profiles, trouble) = match workspace.profiles() {
        Ok(profiles) => (profiles.list().cloned().collect::<Vec<_>>(), None),
        Err(error) => {
            let sandbox = crate::vendor::ALL
                .iter()
                .filter_map(|vendor| {
                    workspace
                        .profile(&Workspace::sandbox_profile_name(*vendor))
                        .ok()
                })
                .collect();
            (sandbox, Some(error.to_string()))
        }
    };
    let accounts = profiles
        .into_iter()
        .filter_map(|profile| {
            let vendor = by_name(&profile.vendor)?;
            let target = workspace
                .target(&profile.name, Operation::Import)
                .map_err(|error: WorkspaceError| error.to_string());
            Some(AccountInfo::of(&profile, vendor, target))
        })
        .collect();
    Arrival::Accounts {
        accounts,
        trouble,
        sandbox: workspace.sandbox().is_some(),
    }
}

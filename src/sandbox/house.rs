//! The vendors' shelves and sessions under one roof: one request at a time, across processes.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use axum::http::Method;
use serde_json::Value;

use super::call::{Answer, Call, Failing, Session, Settings, Simulator};
use super::faults::{Due, Fault, Faults, Giver, Retry};
use super::journal::Journal;
use super::request_log::RequestLog;
use super::shelf::{Entry, Event, Shelf};
use super::{SIMULATORS, SandboxError, taken};

/// Everything the server answers from.
pub(super) struct House {
    faults: Giver,
    inside: Mutex<Inside>,
}

struct Inside {
    /// One a vendor.
    rooms: Vec<Room>,
    journal: Journal,
    log: Option<RequestLog>,
}

struct Room {
    simulator: &'static Simulator,
    shelf: Shelf,
    session: Session,
}

/// A request as it reached the server.
pub(super) enum Arrival {
    /// With its whole body.
    Whole(Call),
    /// With a body over the vendor's limit, which wasn't kept.
    TooLarge(Call),
    /// With a body that a fault leaves unread.
    Unread(Call),
}

impl House {
    /// Opens the journal and the request log, and reads what was taken before.
    pub(super) fn open(
        settings: Settings,
        faults: Faults,
        data_dir: Option<&Path>,
        requests: Option<&Path>,
    ) -> Result<Self, SandboxError> {
        let rooms = SIMULATORS
            .iter()
            .map(|simulator| Room {
                simulator,
                shelf: Shelf::new(simulator.reads_back),
                session: Session::new(settings),
            })
            .collect();
        let mut inside = Inside {
            rooms,
            journal: Journal::open(data_dir)?,
            log: requests.map(RequestLog::open).transpose()?,
        };
        inside.locked(Inside::catch_up)?;
        Ok(Self {
            faults: Giver::new(faults),
            inside: Mutex::new(inside),
        })
    }

    /// Counts a request, and says which faults it meets.
    pub(super) fn due(&self, simulator: &Simulator, method: &Method, path: &str) -> Due {
        self.faults
            .due(simulator.name, (simulator.purpose)(method, path))
    }

    /// Answers a request to a vendor; what it took is kept when this returns.
    pub(super) fn answer(
        &self,
        vendor: &str,
        arrival: &Arrival,
        due: &Due,
    ) -> Result<Answer, SandboxError> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.locked(|inside| inside.answer(vendor, arrival, due))
    }

    /// What came, as `/_sandbox/taken` tells it.
    pub(super) fn taken(&self) -> Result<Value, SandboxError> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.locked(|inside| {
            inside.catch_up()?;
            Ok(inside
                .rooms
                .iter()
                .map(|room| (room.simulator.name.to_owned(), taken::count(&room.shelf)))
                .collect())
        })
    }
}

impl Inside {
    /// Does something while no other process can.
    fn locked<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, SandboxError>,
    ) -> Result<T, SandboxError> {
        self.journal.lock()?;
        let done = work(self);
        self.journal.unlock()?;
        done
    }

    fn room(&mut self, vendor: &str) -> Option<&mut Room> {
        self.rooms
            .iter_mut()
            .find(|room| room.simulator.name == vendor)
    }

    /// Takes in what other processes wrote.
    fn catch_up(&mut self) -> Result<(), SandboxError> {
        let tail = self.journal.read_tail()?;
        if tail.from_start {
            for room in &mut self.rooms {
                room.shelf = Shelf::new(room.simulator.reads_back);
            }
        }
        for entry in tail.entries {
            // A vendor that this program doesn't know may be another version's.
            if let Some(room) = self
                .rooms
                .iter_mut()
                .find(|room| room.simulator.name == entry.vendor)
            {
                room.shelf.apply(entry);
            }
        }
        Ok(())
    }

    fn answer(
        &mut self,
        vendor: &str,
        arrival: &Arrival,
        due: &Due,
    ) -> Result<Answer, SandboxError> {
        self.catch_up()?;
        let (Arrival::Whole(call) | Arrival::TooLarge(call) | Arrival::Unread(call)) = arrival;
        if let Some(log) = &mut self.log {
            log.write(vendor, call)?;
        }
        let Some(room) = self.room(vendor) else {
            return Ok(Answer::text(404, "no such vendor"));
        };
        room.shelf.settle(call.now_ms);
        let mut answer = room.answer(arrival, due, call.now_ms);
        let unanswered = matches!(due.fault, Some(Fault::DropBefore(_) | Fault::DropAfter(_)));
        let entry = Entry {
            at_ms: call.now_ms,
            vendor: vendor.to_owned(),
            purpose: (room.simulator.purpose)(&call.method, &call.path),
            status: if unanswered { 0 } else { answer.status },
            events: std::mem::take(&mut answer.events),
            unknown: std::mem::take(&mut answer.unknown),
            faults: due.names.clone(),
        };
        self.journal.append(&entry)?;
        if let Some(room) = self.room(vendor) {
            room.shelf.apply(entry);
        }
        Ok(answer)
    }
}

impl Room {
    /// The vendor's answer, or what a fault makes of it; what the answer brings is taken.
    fn answer(&mut self, arrival: &Arrival, due: &Due, now_ms: i64) -> Answer {
        if due.expires_tokens {
            self.session.expire_tokens();
        }
        let mut answer = match (due.fault, arrival) {
            (Some(Fault::Status { status, retry }), _) => {
                return self.failing(status, retry, now_ms);
            }
            (_, Arrival::Whole(call)) => {
                (self.simulator.answer)(call, &self.shelf, &mut self.session)
            }
            (_, Arrival::TooLarge(_)) => (self.simulator.too_large)(),
            // Nobody gets this answer: the connection is cut.
            (_, Arrival::Unread(_)) => return Answer::text(500, "not read"),
        };
        match due.fault {
            Some(Fault::StatusAfter { status, retry }) => self
                .failing(status, retry, now_ms)
                .taking(answer.events, answer.unknown),
            Some(Fault::Job(fault)) => {
                for event in &mut answer.events {
                    if let Event::Job(job) = event {
                        job.spoil(fault);
                    }
                }
                answer
            }
            _ => answer,
        }
    }

    fn failing(&self, status: u16, retry: Retry, now_ms: i64) -> Answer {
        let failing = Failing {
            status,
            retry,
            now_ms,
        };
        let answer = (self.simulator.failing)(&failing, &self.session);
        match retry.header(now_ms) {
            Some(value) => answer.header("retry-after", value),
            None => answer,
        }
    }
}

//! The vendors' shelves and sessions under one roof: one request at a time, across processes.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::call::{Answer, Call, Session, Settings, Simulator};
use super::journal::Journal;
use super::request_log::RequestLog;
use super::shelf::{Entry, Shelf};
use super::{SIMULATORS, SandboxError, taken};

/// Everything the server answers from.
pub(super) struct House {
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
}

impl House {
    /// Opens the journal and the request log, and reads what was taken before.
    pub(super) fn open(
        settings: Settings,
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
            inside: Mutex::new(inside),
        })
    }

    /// Answers a request to a vendor; what it took is kept when this returns.
    pub(super) fn answer(&self, vendor: &str, arrival: &Arrival) -> Result<Answer, SandboxError> {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.locked(|inside| inside.answer(vendor, arrival))
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

    fn answer(&mut self, vendor: &str, arrival: &Arrival) -> Result<Answer, SandboxError> {
        self.catch_up()?;
        let (Arrival::Whole(call) | Arrival::TooLarge(call)) = arrival;
        if let Some(log) = &mut self.log {
            log.write(vendor, call)?;
        }
        let Some(room) = self.room(vendor) else {
            return Ok(Answer::text(404, "no such vendor"));
        };
        room.shelf.settle(call.now_ms);
        let mut answer = match arrival {
            Arrival::Whole(call) => (room.simulator.answer)(call, &room.shelf, &mut room.session),
            Arrival::TooLarge(_) => (room.simulator.too_large)(),
        };
        let entry = Entry {
            at_ms: call.now_ms,
            vendor: vendor.to_owned(),
            purpose: answer.purpose,
            status: answer.status,
            events: std::mem::take(&mut answer.events),
            unknown: std::mem::take(&mut answer.unknown),
        };
        self.journal.append(&entry)?;
        if let Some(room) = self.room(vendor) {
            room.shelf.apply(entry);
        }
        Ok(answer)
    }
}

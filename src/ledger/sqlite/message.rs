//! Headers and bodies. What is recorded together is packed together, small messages with a dictionary of their kind;
//! each can be read without the others.

use std::collections::VecDeque;
use std::rc::Rc;

use rusqlite::{Connection, OptionalExtension as _};

use super::bundle::Bundle;
use super::fault::Fault;
use crate::ledger::ExchangeId;

/// Unpacked bundles that a reader of many messages keeps: neighbours stand in the same ones.
const KEPT: usize = 16;

/// Which of the two messages of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Request,
    Response,
}

impl Side {
    /// Its word, and the name of its dictionaries.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// Headers and body of one message.
pub(super) type Message = (Vec<(String, String)>, Vec<u8>);

/// A bundle with its messages.
struct Unpacked {
    bundle: Bundle,
    raw: Vec<u8>,
}

/// Reads messages, one after another.
#[derive(Default)]
pub(super) struct Reader {
    kept: VecDeque<(i64, Rc<Unpacked>)>,
}

impl Reader {
    /// One message of an exchange; empty if there was none.
    pub(super) fn read(
        &mut self,
        conn: &Connection,
        side: Side,
        exchange: ExchangeId,
    ) -> Result<Message, Fault> {
        let at: Option<Option<i64>> = conn
            .prepare_cached(match side {
                Side::Request => "SELECT request_in FROM exchange WHERE id = ?1",
                Side::Response => "SELECT response_in FROM exchange WHERE id = ?1",
            })?
            .query_row([exchange.0], |row| row.get(0))
            .optional()?;
        let Some(at) = at.flatten() else {
            return Ok((Vec::new(), Vec::new()));
        };
        let damaged = || {
            let side = side.name();
            Fault::Damaged(format!(
                "the {side} of exchange {} can't be unpacked",
                exchange.0
            ))
        };
        let unpacked = self.bundle(conn, at)?.ok_or_else(damaged)?;
        let message = unpacked.bundle.message(&unpacked.raw, exchange);
        let message = message.and_then(split);
        message.ok_or_else(damaged)
    }

    /// A bundle, unpacked; `None` if it isn't there or is damaged.
    fn bundle(&mut self, conn: &Connection, id: i64) -> Result<Option<Rc<Unpacked>>, Fault> {
        if let Some((_, unpacked)) = self.kept.iter().find(|(which, _)| *which == id) {
            return Ok(Some(Rc::clone(unpacked)));
        }
        let Some(bundle) = Bundle::read(conn, id)? else {
            return Ok(None);
        };
        let Some(raw) = bundle.unpack() else {
            return Ok(None);
        };
        let unpacked = Rc::new(Unpacked { bundle, raw });
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((id, Rc::clone(&unpacked)));
        Ok(Some(unpacked))
    }
}

/// Headers and body as one message is kept.
pub(super) fn join(headers: &[(String, String)], body: &[u8]) -> Result<Vec<u8>, Fault> {
    let refused = |reason: String| Fault::Refused(format!("header lines can't be kept: {reason}"));
    let mut raw = vec![0; 4];
    serde_json::to_writer(&mut raw, headers).map_err(|error| refused(error.to_string()))?;
    let length = u32::try_from(raw.len() - 4).map_err(|error| refused(error.to_string()))?;
    raw.splice(..4, length.to_le_bytes());
    raw.extend_from_slice(body);
    Ok(raw)
}

fn split(raw: &[u8]) -> Option<Message> {
    let (length, rest) = raw.split_first_chunk::<4>()?;
    let (lines, body) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((serde_json::from_slice(lines).ok()?, body.to_vec()))
}

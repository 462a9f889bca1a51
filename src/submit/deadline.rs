//! How long the network may take, and how long to stay away from it at first. Tests of debug builds make it shorter; the builds that people use have no
//! such switch.

use std::time::Duration;

/// The deadlines of one exchange, and the first wait after one that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deadlines {
    /// Until a connection came about.
    pub(super) connect: Duration,
    /// For how long nothing may come.
    pub(super) idle: Duration,
    /// For the whole exchange.
    pub(super) total: Duration,
    /// Before the first of several attempts to try again.
    pub(super) backoff: Duration,
}

const USUAL: Deadlines = Deadlines {
    connect: Duration::from_secs(10),
    idle: Duration::from_secs(30),
    total: Duration::from_mins(2),
    backoff: Duration::from_millis(500),
};

impl Deadlines {
    /// Those that `ORDERDECK_DEADLINES` names in milliseconds, as `500,500,2000,50`; else the usual ones.
    #[cfg(debug_assertions)]
    pub(super) fn get() -> Self {
        let parse = || {
            let text = std::env::var("ORDERDECK_DEADLINES").ok()?;
            let mut parts = text
                .split(',')
                .map(|part| part.trim().parse().ok().map(Duration::from_millis));
            Some(Self {
                connect: parts.next()??,
                idle: parts.next()??,
                total: parts.next()??,
                backoff: parts.next()??,
            })
        };
        parse().unwrap_or(USUAL)
    }

    /// The usual ones, where people use it.
    #[cfg(not(debug_assertions))]
    pub(super) const fn get() -> Self {
        USUAL
    }
}

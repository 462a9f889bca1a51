//! Ctrl-c and its kin, from the moment on that something is under way.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

use super::failure::{Exit, Failure};
use super::output::complain;

/// What a command that sends listens with from its first moment on. Until its run is begun a signal ends the
/// process in order, however long a file takes to read; from then on whoever watches the run is told.
#[derive(Debug)]
pub struct Stops {
    begun: Arc<Mutex<bool>>,
    told: mpsc::UnboundedReceiver<()>,
}

impl Stops {
    /// Begins to listen. Must be called inside a tokio runtime of several threads: the caller's may be busy.
    ///
    /// # Errors
    /// The system doesn't let it.
    pub fn listen() -> Result<Self, Failure> {
        let mut signals = Signals::listen()?;
        let begun = Arc::new(Mutex::new(false));
        let (tell, told) = mpsc::unbounded_channel();
        let known = Arc::clone(&begun);
        tokio::spawn(async move {
            loop {
                signals.next().await;
                let begun = known.lock().unwrap_or_else(PoisonError::into_inner);
                if !*begun {
                    // Under the lock, so that nothing begins meanwhile.
                    complain("stopped before a run was begun; nothing was sent");
                    std::process::exit(Exit::Stopped as i32);
                }
                if tell.send(()).is_err() {
                    return;
                }
            }
        });
        Ok(Self { begun, told })
    }

    /// The run begins now: signals are for whoever watches it.
    pub fn begin(&self) {
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) {
        if self.told.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// Listens to whatever asks a process to end.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    streams: [tokio::signal::unix::Signal; 3],
}

impl Signals {
    /// Begins to listen: from now on none of them ends the process by itself.
    ///
    /// # Errors
    /// The system doesn't let it.
    pub fn listen() -> Result<Self, Failure> {
        Self::streams().map_err(|error| {
            Failure::Told(Exit::Stopped, format!("can't listen to ctrl-c: {error}"))
        })
    }

    /// Waits that long, or for the next signal. Returns whether one came.
    pub async fn within(&mut self, time: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(time) => false,
            () = self.next() => true,
        }
    }

    #[cfg(unix)]
    fn streams() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            streams: [
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
            ],
        })
    }

    /// Waits for the next one.
    #[cfg(unix)]
    pub async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.streams;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn streams() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next one.
    #[cfg(not(unix))]
    pub async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

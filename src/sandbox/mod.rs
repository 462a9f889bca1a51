//! The four vendors on loopback, over real HTTP, as strict as their pages.
//!
//! [`start`] binds 127.0.0.1 and nothing else. Each vendor has a path prefix of one port
//! (`/kameleoon`, `/voucherify`, `/project-agora`, `/kibo`); below it stand the addresses of the
//! vendor's page. What each refuses is written at the head of its file. Nothing here uses
//! another part of orderdeck: checks drawn from the same tables as the encoders would prove
//! nothing.
//!
//! # What came: `GET /_sandbox/taken`
//!
//! One JSON object, a vendor's name → what came to it:
//!
//! | field | meaning |
//! |---|---|
//! | `requests` | all requests below the vendor's prefix |
//! | `order_requests` | those that carried orders, refused ones too |
//! | `refused` | order requests answered with 400 or above |
//! | `tokens` | access tokens issued |
//! | `jobs` | jobs accepted (Voucherify) |
//! | `orders` | distinct orders taken by imports |
//! | `copies` | order key → how often it was taken by an import |
//! | `updated` | order key → how often it was changed without being imported again |
//! | `cancelled` | order key → how often it was cancelled |
//! | `faults` | a fault's name → how many requests met it |
//! | `unknown_fields` | field path → how many requests had this field, which the page doesn't know |
//!
//! An order of a Voucherify import counts when its job is accepted, unless the job will fail
//! it; it can be read back when the job is done.
//!
//! A request counts as what it did, whatever the client saw of it: an order whose answer a fault
//! lost is taken; one refused or cut off before that is not. Both are in `order_requests`, and
//! those without an answer aren't in `refused`.
//!
//! # What is kept
//!
//! With [`SandboxConfig::data_dir`], each request adds a line to `taken.ndjson` there before its
//! answer leaves. A later process reads it, and so do others that run at the same time: they
//! share one history. Access tokens and the rate limit's window end with the process.
//!
//! A further vendor is one file with a `SIMULATOR` and its line in `SIMULATORS`.

mod call;
mod check;
mod deliver;
mod faults;
mod house;
mod iso;
mod journal;
mod kameleoon;
mod kibo;
mod project_agora;
mod request_log;
mod server;
mod shelf;
mod taken;
mod voucherify;
mod wire;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use call::{Settings, Simulator};
pub use faults::{FaultSpecError, Faults};
use house::House;
use wire::{Cutter, Wires};

/// The vendors there are.
static SIMULATORS: &[Simulator] = &[
    kameleoon::SIMULATOR,
    voucherify::SIMULATOR,
    project_agora::SIMULATOR,
    kibo::SIMULATOR,
];

/// How long [`Sandbox::shutdown`] waits for requests under way.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(2);

/// How to run the sandbox.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// The port on 127.0.0.1; 0: any free one.
    pub port: u16,
    /// The directory that keeps what was taken (made with mode 0700); none: memory only.
    pub data_dir: Option<PathBuf>,
    /// How long a Voucherify import takes; each order adds a little.
    pub job_duration: Duration,
    /// How many calls Voucherify allows a minute before it answers 429.
    pub voucherify_calls_per_minute: u32,
    /// A file to which each request is appended as a line of JSON, secrets masked.
    pub requests: Option<PathBuf>,
    /// What goes wrong; nothing by default.
    pub faults: Faults,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            port: 0,
            data_dir: None,
            job_duration: Duration::from_millis(1500),
            voucherify_calls_per_minute: 10_000,
            requests: None,
            faults: Faults::default(),
        }
    }
}

/// Why the sandbox can't be started, or can't answer.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port can't be had.
    #[error(
        "sandbox: can't listen on 127.0.0.1:{port}: {source}; choose another port, or 0 for any free one"
    )]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file or directory of the sandbox can't be used.
    #[error("sandbox: {}: {source}; check that it can be written, or choose another directory", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file with customers' data can be read by others.
    #[error("sandbox: {} can be read by others; run: chmod 600 '{}'", path.display(), path.display())]
    Exposed {
        /// Which one.
        path: PathBuf,
    },
    /// A line of the journal can't be read or written.
    #[error("sandbox: {} line {line}: {source}; remove the file to begin with an empty sandbox", path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl SandboxError {
    fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

fn simulator(name: &str) -> Option<&'static Simulator> {
    SIMULATORS.iter().find(|simulator| simulator.name == name)
}

/// Where Kibo's access tokens are had, below its base address.
pub const TOKEN_PATH: &str = kibo::TOKEN_PATH;

/// The names of the vendors.
pub fn vendors() -> impl Iterator<Item = &'static str> {
    SIMULATORS.iter().map(|simulator| simulator.name)
}

/// The made-up credentials that a vendor's simulator accepts, by the names they have in a
/// profile; nothing for an unknown vendor.
pub fn credentials(vendor: &str) -> &'static [(&'static str, &'static str)] {
    simulator(vendor).map_or(&[], |simulator| simulator.credentials)
}

/// The running vendors; they stop when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    /// Where they listen.
    pub addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// The address that stands for the vendor's host.
    pub fn base_url(&self, vendor: &str) -> String {
        format!("http://{}/{vendor}", self.addr)
    }

    /// Where Kibo's access tokens are had.
    pub fn token_url(&self) -> String {
        format!(
            "{}{}",
            self.base_url(kibo::SIMULATOR.name),
            kibo::TOKEN_PATH
        )
    }

    /// Where one can ask what came.
    pub fn taken_url(&self) -> String {
        format!("http://{}{}", self.addr, server::TAKEN_PATH)
    }

    /// Takes no further connections, lets requests under way end (for two seconds at most).
    pub async fn shutdown(mut self) {
        drop(self.stop.take());
        if let Some(mut server) = self.server.take()
            && tokio::time::timeout(SHUTDOWN_PATIENCE, &mut server)
                .await
                .is_err()
        {
            server.abort();
        }
    }
}

/// Starts the vendors on the runtime of the caller.
///
/// # Errors
/// The port is taken; the data directory or the request log can't be used; the journal is
/// damaged or readable by others.
pub async fn start(config: SandboxConfig) -> Result<Sandbox, SandboxError> {
    let settings = Settings {
        job_duration: config.job_duration,
        voucherify_calls_per_minute: config.voucherify_calls_per_minute,
    };
    let house = House::open(
        settings,
        config.faults,
        config.data_dir.as_deref(),
        config.requests.as_deref(),
    )?;
    let failed = |source| SandboxError::Listen {
        port: config.port,
        source,
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port))
        .await
        .map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    let router = Router::new()
        .fallback(server::handle)
        .with_state(Arc::new(house))
        .into_make_service_with_connect_info::<Cutter>();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        let ended = axum::serve(Wires(listener), router).with_graceful_shutdown(async {
            // Ends when told so and when the sender is dropped alike.
            let _ = stopped.await;
        });
        let _ = ended.await;
    });
    Ok(Sandbox {
        addr,
        stop: Some(stop),
        server: Some(server),
    })
}

#[cfg(test)]
mod tests;

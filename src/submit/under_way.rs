//! Requests with orders on their way: each is a task that first has its intent committed, then sends, and keeps
//! its deadlines while the run does something else. Intents that wait at the same time share one commit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::task::JoinHandle;

use super::recorder::{RecordError, Recorder};
use super::run::Work;
use super::transport::{Arrival, Transport};
use crate::ledger::{ExchangeId, Intent, Ordinal};
use crate::vendor::{Batch, Request};

/// A request with orders that came back.
pub(super) struct Finished {
    pub(super) work: Work,
    pub(super) batch: Batch,
    /// Which of the run's tokens it carried.
    pub(super) token: u32,
    /// What became of it; or the ledger could not be told of it, and it never left.
    pub(super) sent: Result<Delivery, RecordError>,
}

/// A request that left, and what came of it.
pub(super) struct Delivery {
    pub(super) exchange: ExchangeId,
    pub(super) sent_at: jiff::Timestamp,
    /// The same moment on the clock that doesn't jump.
    pub(super) left_at: Instant,
    pub(super) arrival: Arrival,
    pub(super) took: Duration,
}

/// All requests with orders that are on their way.
#[derive(Default)]
pub(super) struct UnderWay(FuturesUnordered<BoxFuture<'static, Finished>>);

impl UnderWay {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next one that comes back; `None` if there is none to wait for.
    pub(super) async fn next(&mut self) -> Option<Finished> {
        self.0.next().await
    }

    /// Lets a request leave as soon as the ledger knows of it.
    pub(super) fn send(
        &mut self,
        transport: Transport,
        recorder: Arc<Recorder>,
        request: Request,
        work: Work,
        batch: Batch,
        token: u32,
    ) {
        let intent = intent_of(&request, &work.ordinals);
        let sending = Abortable(tokio::spawn(async move {
            let exchange = recorder.intent(intent).await?;
            let (sent_at, left_at) = (jiff::Timestamp::now(), Instant::now());
            let (arrival, took) = transport.send(&request).await;
            Ok(Delivery {
                exchange,
                sent_at,
                left_at,
                arrival,
                took,
            })
        }));
        self.0.push(Box::pin(async move {
            Finished {
                sent: sending.end().await,
                work,
                batch,
                token,
            }
        }));
    }
}

/// What the ledger is told of a request before it leaves.
pub(super) fn intent_of(request: &Request, orders: &[Ordinal]) -> Intent {
    Intent {
        purpose: request.purpose.name().to_owned(),
        method: request.method.to_owned(),
        url: request.url.clone(),
        headers: request.masked_headers(),
        body: request.body.masked(),
        orders: orders.to_vec(),
    }
}

/// A request on its way, which ends with whoever waits for it.
struct Abortable(JoinHandle<Result<Delivery, RecordError>>);

impl Abortable {
    async fn end(mut self) -> Result<Delivery, RecordError> {
        (&mut self.0).await.unwrap_or_else(|_| {
            // Whether it left is unknown: the next sender finds it in the ledger and makes it doubt.
            let reason = "the program failed while a request was sent";
            Err(RecordError(reason.to_owned()))
        })
    }
}

impl Drop for Abortable {
    fn drop(&mut self) {
        self.0.abort();
    }
}

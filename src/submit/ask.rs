//! Questions, which carry no orders, and waits: both end early when the run is to stop.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::Control;
use super::pace::Call;
use super::record::record_of;
use super::run::{Halt, Runner};
use super::transport::Arrival;
use super::wait::NOTABLE;
use crate::vendor::{Answer, Request};

/// How long the answer to a question may take to come in after a stop: it can be asked again.
const LAST_ANSWER: Duration = Duration::from_secs(1);

impl Runner {
    /// Sends a question that carries no orders, and records it. `None` if no usable answer came.
    pub(super) async fn ask(&mut self, request: &Request) -> Option<Answer> {
        let wait = self.pacer.wait(Call::Question, Instant::now());
        if wait > NOTABLE {
            let reason = self.pacer.reason(Call::Question).to_owned();
            self.tell_wait(&reason, wait);
        }
        if !self.rest(wait).await {
            return None;
        }
        let exchange = match self.send_recorded(request, &[]).await {
            Ok(exchange) => exchange,
            Err(error) => {
                self.halt.get_or_insert(Halt::Ledger(error));
                return None;
            }
        };
        let (arrival, took) = self.send_question(request).await;
        self.record(record_of(exchange, &arrival, took));
        self.distrust(&arrival);
        match arrival {
            Arrival::Answered(answer) => {
                self.heed_budget(request.purpose, &answer);
                Some(answer)
            }
            _ => None,
        }
    }

    /// Sends what carries no orders. A stop leaves it little time.
    pub(super) async fn send_question(&self, request: &Request) -> (Arrival, Duration) {
        let since = Instant::now();
        tokio::select! {
            done = self.transport.send(request) => done,
            () = stop_and(self.control.clone(), LAST_ANSWER) => {
                let reason = "no answer came before the run was stopped";
                (Arrival::Lost(reason.to_owned()), since.elapsed())
            }
        }
    }

    /// Waits; false if a stop came before the end.
    pub(super) async fn rest(&self, wait: Duration) -> bool {
        if wait.is_zero() {
            return !self.is_stopped();
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => true,
            () = stop_and(self.control.clone(), Duration::ZERO) => false,
        }
    }

    /// Nothing leaves for that long.
    pub(super) fn hold(&mut self, wait: Duration, reason: &str) {
        self.pacer.hold(Instant::now(), wait, reason);
        self.tell_wait(reason, wait);
    }
}

/// Ends that long after a stop.
pub(super) async fn stop_and(mut control: watch::Receiver<Control>, wait: Duration) {
    // An error means that nobody can wish anything any more: a stop as well.
    let _ = control.wait_for(|wish| *wish == Control::Stop).await;
    tokio::time::sleep(wait).await;
}

//! Tokens: fetched before the first request, kept while they live, renewed once when they are refused.

use std::time::{Duration, Instant};

use super::pace::{LONGEST_WAIT, asked_for, backoff};
use super::record::record_of;
use super::run::{Halt, MOST_ATTEMPTS, Runner};
use super::transport::Arrival;
use crate::vendor::{Answer, Token, TokenReading};

impl Runner {
    /// Whether a question that was refused is asked again with a new token: once, as with orders.
    pub(super) fn renews_token(&mut self, answer: Option<&Answer>) -> bool {
        let refused = answer.is_some_and(|answer| answer.status == 401);
        let renews = refused && self.token.is_some() && !self.token_renewed;
        if renews {
            self.token = None;
            self.token_renewed = true;
        }
        renews
    }

    /// Makes sure that there is a token where one is needed; false if the run halts or stops instead.
    pub(super) async fn ensure_token(&mut self) -> bool {
        let still_good = |token: &Token, since: &Instant| {
            // Renewed a little early, so that it doesn't run out on the way; but a short life is not all early.
            let early = Duration::from_secs(20).min(token.lifetime / 4);
            since.elapsed() + early < token.lifetime
        };
        if let Some((token, since)) = &self.token
            && still_good(token, since)
        {
            return true;
        }
        let mut attempt = 0;
        loop {
            let Some(request) = self
                .job
                .vendor
                .token_request(&self.job.account, &self.job.credentials)
            else {
                return true;
            };
            let exchange = match self.send_recorded(&request, &[]).await {
                Ok(exchange) => exchange,
                Err(error) => {
                    self.halt.get_or_insert(Halt::Ledger(error));
                    return false;
                }
            };
            let (arrival, took) = self.send_question(&request).await;
            let reading = match &arrival {
                Arrival::Answered(answer) => self.job.vendor.read_token(answer),
                Arrival::NotSent(reason)
                | Arrival::Untrusted(reason)
                | Arrival::Lost(reason)
                | Arrival::Cut(_, reason) => TokenReading::Wait(None, reason.clone()),
            };
            let mut record = record_of(exchange, &arrival, took);
            let mut wait = None;
            match reading {
                TokenReading::Token(token) => {
                    self.masks.add(&token.secret);
                    self.token = Some((token, Instant::now()));
                    self.tokens += 1;
                }
                TokenReading::Refused(reason) => {
                    record.reason = Some(reason.clone());
                    self.halt.get_or_insert(Halt::Paused(reason));
                }
                TokenReading::Wait(asked, reason) => {
                    record.reason = Some(reason.clone());
                    wait = Some((asked.or_else(|| asked_for(&arrival)), reason));
                }
                TokenReading::Unusable(reason) => {
                    record.reason = Some(reason.clone());
                    wait = Some((None, reason));
                }
            }
            self.record(record);
            self.distrust(&arrival);
            if self.halt.is_some() {
                return false;
            }
            let Some((asked, reason)) = wait else {
                return true;
            };
            attempt += 1;
            if attempt >= MOST_ATTEMPTS {
                self.halt.get_or_insert(Halt::Exhausted(format!(
                    "no token: {reason}; `orderdeck resume` tries again"
                )));
                return false;
            }
            let wait = asked.unwrap_or_else(|| backoff(attempt)).min(LONGEST_WAIT);
            self.tell_wait(&format!("a token: {reason}"), wait);
            if !self.rest(wait).await {
                return false;
            }
        }
    }
}

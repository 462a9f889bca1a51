//! Payloads made ahead of sending, on a thread of their own, so that neither waits for the other. What is ahead is
//! bounded in bytes, whatever the run's size.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::Payloads;
use crate::ledger::Ordinal;

/// So many orders are made at a time, at most.
const AT_ONCE: usize = 256;
/// A portion ends where it holds so many bytes.
const PORTION: usize = 512 << 10;
/// How many portions may wait.
const WAITING: usize = 8;

/// A payload, or why nothing more can be sent.
type Made = (Ordinal, Result<Vec<u8>, String>);

/// Hands out the payloads of a run, those of its orders in turn from what was made ahead.
pub(super) struct Feed {
    payloads: Arc<dyn Payloads>,
    /// `None` until the first is asked for: a run that has nothing to send makes nothing.
    portions: Option<mpsc::Receiver<Vec<Made>>>,
    ahead: VecDeque<Made>,
    orders: Vec<Ordinal>,
}

impl Feed {
    /// A feed of these orders, which are asked for in this order at first; any of them again at any time.
    pub(super) fn new(payloads: Arc<dyn Payloads>, orders: Vec<Ordinal>) -> Self {
        Self {
            payloads,
            portions: None,
            ahead: VecDeque::new(),
            orders,
        }
    }

    /// Whether what was made ahead may still be sent.
    pub(super) fn check(&self) -> Result<(), String> {
        self.payloads.check()
    }

    /// The payload of an order: the one made ahead, if it is its turn, else made now.
    pub(super) async fn payload(&mut self, ordinal: Ordinal) -> Result<Vec<u8>, String> {
        if self.portions.is_none() {
            self.portions = Some(make(
                Arc::clone(&self.payloads),
                std::mem::take(&mut self.orders),
            )?);
        }
        loop {
            match self.ahead.front() {
                Some((next, _)) if *next == ordinal => {
                    if let Some((_, made)) = self.ahead.pop_front() {
                        return made;
                    }
                }
                // It was handed out before.
                Some((next, _)) if *next > ordinal => return self.payloads.payload(ordinal),
                // Passed over: it is not to be sent after all.
                Some(_) => {
                    self.ahead.pop_front();
                }
                None => match &mut self.portions {
                    Some(portions) => match portions.recv().await {
                        Some(portion) => self.ahead.extend(portion),
                        None => return self.payloads.payload(ordinal),
                    },
                    None => return self.payloads.payload(ordinal),
                },
            }
        }
    }
}

/// Starts making them. Whoever makes them ends when nobody takes them any more.
fn make(
    payloads: Arc<dyn Payloads>,
    orders: Vec<Ordinal>,
) -> Result<mpsc::Receiver<Vec<Made>>, String> {
    let (give, portions) = mpsc::channel(WAITING);
    std::thread::Builder::new()
        .name("payloads".to_owned())
        .spawn(move || {
            let mut portion: Vec<Made> = Vec::new();
            let mut bytes = 0;
            for some in orders.chunks(AT_ONCE) {
                for (ordinal, made) in some.iter().zip(payloads.several(some)) {
                    bytes += made.as_ref().map_or(0, Vec::len);
                    let failed = made.is_err();
                    portion.push((*ordinal, made));
                    if bytes >= PORTION || portion.len() >= AT_ONCE || failed {
                        bytes = 0;
                        let full = give.blocking_send(std::mem::take(&mut portion));
                        if full.is_err() || failed {
                            return;
                        }
                    }
                }
            }
            let _ = give.blocking_send(portion);
        })
        .map_err(|error| format!("payloads can't be made: {error}"))?;
    Ok(portions)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Payloads that count how many were made.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Payloads for Counting {
        fn payload(&self, ordinal: Ordinal) -> Result<Vec<u8>, String> {
            self.0.fetch_add(1, Ordering::SeqCst);
            if ordinal == 999_999 {
                return Err("gone".to_owned());
            }
            Ok(vec![ordinal as u8; 64 << 10])
        }
    }

    #[tokio::test]
    async fn each_order_gets_its_own_in_turn_and_again() {
        let payloads = Arc::new(Counting::default());
        let orders: Vec<Ordinal> = (0..600).step_by(2).collect();
        let mut feed = Feed::new(Arc::clone(&payloads) as Arc<dyn Payloads>, orders.clone());
        for ordinal in &orders {
            assert_eq!(feed.payload(*ordinal).await.unwrap()[0], *ordinal as u8);
        }
        assert_eq!(payloads.0.load(Ordering::SeqCst), 300, "each made once");
        assert_eq!(feed.payload(4).await.unwrap()[0], 4, "made again");
        // Some are passed over.
        let mut feed = Feed::new(payloads, orders);
        for ordinal in [6, 2, 8, 598, 8] {
            assert_eq!(feed.payload(ordinal).await.unwrap()[0], ordinal as u8);
        }
    }

    #[tokio::test]
    async fn what_is_ahead_is_bounded_and_a_failure_is_told_in_its_turn() {
        let payloads = Arc::new(Counting::default());
        let mut orders: Vec<Ordinal> = (0..5000).collect();
        orders.push(999_999);
        let mut feed = Feed::new(Arc::clone(&payloads) as Arc<dyn Payloads>, orders.clone());
        for ordinal in 0..100 {
            feed.payload(ordinal).await.unwrap();
        }
        // What was taken, what waits, what is being made.
        let most = 100 + (WAITING + 2) * AT_ONCE;
        let made = payloads.0.load(Ordering::SeqCst);
        assert!(made <= most, "{made}");
        for ordinal in 100..5000 {
            feed.payload(ordinal).await.unwrap();
        }
        assert_eq!(feed.payload(999_999).await.unwrap_err(), "gone");
    }
}

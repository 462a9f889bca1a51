//! An operator with vendors outside of the process, some of which never answer.

use std::io::Read;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::Deck;
use crate::support::sending::{Vendors, misbehaving, orders_csv};

/// What F-27 allows, and as much again for a machine that others work on too.
pub const IN_TIME: Duration = Duration::from_secs(5 + 3);

/// An operator with a file of so many orders, and a profile `mine` at a vendor that takes its time.
pub fn slow(vendor: &str, orders: usize, delay: &str) -> (Deck, Vendors) {
    let deck = Deck::new();
    deck.file("orders.csv", orders_csv(orders));
    let vendors = Vendors::failing(&deck.path("vendors"), &format!("{vendor}:latency={delay}"));
    deck.profiles(&vendors.profile("mine", vendor, "test"));
    (deck, vendors)
}

/// An operator whose vendor gives a token and never answers anything else.
pub fn hanging(orders: usize) -> Deck {
    let tokens = misbehaving(Some((
        200,
        r#"{"access_token":"t","expires_in":3600,"token_type":"Bearer"}"#,
    )));
    hanging_at(orders, &misbehaving(None), &tokens)
}

/// An operator whose vendor doesn't even give a token.
pub fn hanging_at_the_token(orders: usize) -> Deck {
    let silent = misbehaving(None);
    hanging_at(orders, &silent, &silent)
}

fn hanging_at(orders: usize, base_url: &str, tokens: &str) -> Deck {
    let deck = Deck::new();
    deck.file("orders.csv", orders_csv(orders));
    deck.profiles(&format!(
        "[profiles.mine]\nvendor = \"kibo\"\nenvironment = \"test\"\nbase_url = \"{base_url}\"\n\
         [profiles.mine.credentials]\napi_key = \"key-1\"\napi_secret = \"secret-1\"\n\
         [profiles.mine.defaults]\nmanufacturerID = 1010\ncatalogID = 0\ncustomerIP = \"203.0.113.10\"\n\
         [profiles.mine.settings]\ntoken_url = \"{tokens}/token\"\n"
    ));
    deck
}

/// The arguments of a submit of that file with that profile.
pub const SUBMIT: [&str; 5] = ["submit", "orders.csv", "--profile", "mine", "--yes"];

/// A command that goes on beside the test and whose words are kept.
pub struct Beside(Child);

impl Beside {
    pub fn begin(deck: &Deck, args: &[&str]) -> Self {
        let mut command = deck.command(args);
        Self(command.stdout(Stdio::null()).spawn().unwrap())
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    /// Its exit code, what it said on standard error, and how long that took from now.
    pub fn end(mut self) -> (Option<i32>, String, Duration) {
        let since = Instant::now();
        let mut said = String::new();
        let mut stderr = self.0.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        let status = self.0.wait().unwrap();
        (status.code(), said, since.elapsed())
    }

    /// Kills it with SIGKILL, so that it can't clean anything up.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether the system holds a process still.
pub fn is_stopped(process: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{process}/stat"))
        .is_ok_and(|stat| stat.rsplit(')').next().unwrap_or("").starts_with(" T"))
}

/// Waits until that is so.
#[track_caller]
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < deadline, "never came: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

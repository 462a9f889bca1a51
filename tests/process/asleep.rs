//! F-09 and F-28 for commands: put to sleep in the middle of sending, and woken.

use rustix::process::Signal;

use crate::scene::{Beside, SUBMIT, eventually, is_stopped, slow};
use crate::support::sending::{count, ledger_is_sound, until};

/// F-09: a sleeping sender keeps its account: nobody else can send to it, nothing is said to have died, and after
/// waking it goes on to the end.
#[test]
fn f09_a_sleeping_sender_keeps_the_lock_and_goes_on_when_woken() {
    const ORDERS: u64 = 60;
    let (deck, vendors) = slow("kibo", ORDERS as usize, "50ms");
    let sender = Beside::begin(&deck, &SUBMIT);
    until(&deck, "1", |status| count(status, "accepted") > 0);
    sender.signal(Signal::STOP);
    eventually("asleep", || is_stopped(sender.id()));

    // What was under way may still arrive; then nothing more does, however long it sleeps.
    let requests = || vendors.taken()["kibo"]["order_requests"].as_u64().unwrap();
    let mut came = requests();
    eventually("quiet", || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        let before = std::mem::replace(&mut came, requests());
        before == came
    });
    for args in [&SUBMIT[..], &["resume", "1"]] {
        let refused = deck.run(args).ends(3);
        let process = format!("process {} ", sender.id());
        assert!(refused.stderr.contains(&process), "{}", refused.stderr);
    }
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(status["state"], "running", "{status}");
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(requests(), came, "somebody sent");
    assert!(came < ORDERS, "asleep too late");

    sender.signal(Signal::CONT);
    let (code, said, _) = sender.end();
    assert_eq!(code, Some(0), "{said}");
    let status = deck.run(["status", "1", "--json"]).ends(0).json();
    assert_eq!(count(&status, "accepted"), ORDERS, "{status}");
    let taken = vendors.taken()["kibo"]["copies"].clone();
    let copies = taken.as_object().unwrap();
    assert_eq!(copies.len() as u64, ORDERS);
    assert!(copies.values().all(|copies| *copies == 1));
    ledger_is_sound(&deck.data().join("ledger.sqlite"));
}

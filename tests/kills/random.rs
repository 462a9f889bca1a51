//! Death at random times (F-35): while reading, planning, sending, polling, settling, and while recovering.

use std::time::{Duration, Instant};

use crate::oracle::{Figures, judge};
use crate::round::{End, Operator, end_of};

/// How often one round's process is killed at most before it may come to its end.
const KILLS_A_ROUND: u64 = 8;

/// A generator with a seed, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    /// A number below `bound` (`SplitMix64`).
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound.max(1)
    }
}

fn number(name: &str, default: u64) -> u64 {
    let given = std::env::var(name).ok().map(|text| text.parse().unwrap());
    given.unwrap_or(default)
}

/// Kills the process over and over, a quarter of all kills at this vendor.
fn kill_at_random(vendor: &'static str, faults: &str) {
    let wanted = number("ORDERDECK_KILLS", 48).div_ceil(4);
    let seed = number("ORDERDECK_SEED", 20_260_105);
    let mut dice = Dice(seed ^ vendor.len() as u64);
    let operator = Operator::new(vendor, 60, faults);
    let begun = Instant::now();
    let mut figures = Figures::default();

    // How long an undisturbed life takes, so that kills fall anywhere in it.
    operator.file(0);
    let undisturbed = Instant::now();
    operator.life(0, None);
    let whole = undisturbed.elapsed();
    finish(&operator, 0, &mut figures, true);

    let mut round = 0;
    while figures.kills < wanted {
        round += 1;
        operator.file(round);
        let mut kills = 0;
        while kills < KILLS_A_ROUND && figures.kills + kills < wanted {
            let mut child = operator.live(round, None);
            let after = dice.below(whole.as_micros() as u64);
            std::thread::sleep(Duration::from_micros(after));
            child.kill().unwrap();
            if end_of(child) != End::Killed {
                break;
            }
            kills += 1;
        }
        figures.kills += kills;
        // The ledger's file is looked through now and then: it takes longer than a round.
        finish(&operator, round, &mut figures, round % 10 == 0);
    }
    println!(
        "{vendor}: {} kills in {} rounds of {} orders, {} doubles, {} losses, {} repeats where harmless, {} in doubt; seed {seed}, {:?}",
        figures.kills,
        figures.rounds,
        figures.orders,
        figures.doubles,
        figures.losses,
        figures.repeats,
        figures.doubts,
        begun.elapsed()
    );
    assert!(figures.kills >= wanted);
}

/// Lets a round come to its end, undisturbed, and judges it.
fn finish(operator: &Operator, round: usize, figures: &mut Figures, sound: bool) {
    let mut lives = 0;
    while !matches!(operator.life(round, None), End::Exit(0 | 5)) {
        lives += 1;
        assert!(
            lives < 20,
            "round {round} doesn't come to its end: {}",
            operator.status(round)
        );
    }
    figures.add(judge(operator, round, sound));
}

#[test]
fn f35_killing_at_random_a_run_to_kibo() {
    kill_at_random("kibo", "kibo:latency=3ms");
}

#[test]
fn f35_killing_at_random_a_run_to_voucherify() {
    kill_at_random(
        "voucherify",
        "voucherify:latency=5ms,voucherify:drop-after@p0.05,seed=7",
    );
}

#[test]
fn f35_killing_at_random_a_run_to_kameleoon() {
    kill_at_random(
        "kameleoon",
        "kameleoon:latency=10ms,kameleoon:drop-after@p0.05,seed=7",
    );
}

#[test]
fn f35_killing_at_random_a_run_to_project_agora() {
    kill_at_random(
        "project-agora",
        "project-agora:latency=10ms,project-agora:drop-before@p0.05,seed=7",
    );
}

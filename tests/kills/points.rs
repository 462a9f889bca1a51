//! Death at every named point of a run's life, at its first and at a later passing.

use orderdeck::submit::crash::POINTS;

use crate::oracle::judge;
use crate::round::{End, Operator};

/// Points that only a process which takes up a dead one's run passes.
const RECOVERY: [&str; 2] = ["doubt-found", "run-resumed"];

/// Dies at each point in a round of its own; says at which it could.
fn die_everywhere(vendor: &'static str) -> Vec<&'static str> {
    let operator = Operator::new(vendor, 30, "");
    let mut died_at = Vec::new();
    let mut round = 0;
    for point in POINTS {
        for passing in [1, 3] {
            round += 1;
            operator.file(round);
            let die_at = format!("{point}:{passing}");
            let first = if RECOVERY.contains(&point) {
                // Somebody must have died before with a request under way.
                assert_eq!(operator.life(round, Some("after-intent:2")), End::Killed);
                operator.life(round, Some(&die_at))
            } else {
                operator.life(round, Some(&die_at))
            };
            if first == End::Killed {
                died_at.push(point);
                // F-05: whoever takes it up dies at the same point, twice.
                for _ in 0..2 {
                    operator.life(round, Some(&format!("{point}:1")));
                }
            }
            let last = operator.life(round, None);
            assert!(
                matches!(last, End::Exit(0 | 5)),
                "{vendor} {die_at}: {last:?}"
            );
            judge(&operator, round, true);
        }
    }
    died_at
}

#[test]
fn f01_f02_f03_f05_dying_at_every_point_of_a_run_to_kibo() {
    let died_at = die_everywhere("kibo");
    for point in POINTS {
        // Kibo has no jobs and can't be asked.
        let has = !point.ends_with("-job") && !point.ends_with("-outcomes");
        assert_eq!(died_at.contains(&point), has, "{point}");
    }
}

#[test]
fn f01_f02_f03_f04_f05_dying_at_every_point_of_a_run_to_voucherify() {
    let died_at = die_everywhere("voucherify");
    for point in POINTS {
        assert!(died_at.contains(&point), "{point} was never passed");
    }
}

#[test]
fn f01_f02_f03_f05_dying_at_every_point_of_a_run_to_kameleoon() {
    let died_at = die_everywhere("kameleoon");
    assert!(died_at.contains(&"after-intent") && died_at.contains(&"before-answer"));
}

#[test]
fn f01_f02_f03_f05_dying_at_every_point_of_a_run_to_project_agora() {
    let died_at = die_everywhere("project-agora");
    assert!(died_at.contains(&"after-intent") && died_at.contains(&"before-answer"));
}

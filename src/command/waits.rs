//! Long waits, told once each where no bar shows them: to a log or a pipe.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::show;

/// Shorter waits are nobody's concern.
const LONG: Duration = Duration::from_secs(3);
/// After so long the same wait is told again, as a sign of life.
const AGAIN: Duration = Duration::from_mins(10);

/// What was told already: of each kind the longest wait, and when.
#[derive(Debug, Default)]
pub struct Waits {
    told: HashMap<String, (Duration, Instant)>,
}

impl Waits {
    /// What to say of a wait; nothing if it is short, or much like one for the same reason that was told.
    pub fn tell(&mut self, reason: &str, left: Duration, now: Instant) -> Option<String> {
        if left <= LONG {
            return None;
        }
        // What follows the colon is this answer's own: its number, the vendor's words.
        let kind = reason.split(':').next().unwrap_or(reason);
        if let Some((longest, at)) = self.told.get(kind)
            && left < *longest * 2
            && now.duration_since(*at) < AGAIN
        {
            return None;
        }
        self.told.insert(kind.to_owned(), (left, now));
        Some(format!("waiting {} for {reason}", show::lasting(left)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_once_until_it_is_much_longer_or_lasts() {
        let mut waits = Waits::default();
        let begin = Instant::now();
        let mut tell = |reason: &str, left: u64, after: u64| {
            let now = begin + Duration::from_secs(after);
            waits.tell(reason, Duration::from_secs(left), now)
        };
        assert_eq!(tell("the vendor's pace", 2, 0), None);
        let first = tell("the vendor's pace", 6, 1);
        assert_eq!(first.unwrap(), "waiting 6 s for the vendor's pace");
        for second in 2..60 {
            assert_eq!(tell("the vendor's pace", 6, second), None);
        }
        assert!(tell("503: request 1", 8, 60).is_some());
        assert_eq!(tell("503: request 2", 15, 61), None);
        assert!(tell("503: request 3", 16, 62).is_some());
        assert!(tell("the vendor's pace", 6, 601).is_some());
        assert_eq!(tell("the vendor's pace", 6, 602), None);
    }
}

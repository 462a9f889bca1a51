//! Two clicks on a line within a moment are a double click.

use jiff::{SignedDuration, Timestamp};

/// How far apart the two may be.
const MOMENT: SignedDuration = SignedDuration::from_millis(500);

/// The line that was clicked last, and when.
#[derive(Debug, Default, Clone, Copy)]
pub struct Clicked(Option<(usize, Timestamp)>);

impl Clicked {
    /// Takes a click on a line; whether it is the second of two. A third one is the first again.
    pub fn again(&mut self, line: usize, now: Timestamp) -> bool {
        let again = self
            .0
            .is_some_and(|(before, then)| before == line && now.duration_since(then) <= MOMENT);
        self.0 = (!again).then_some((line, now));
        again
    }

    /// What is clicked next is a first click.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_on_one_line_within_a_moment_are_a_double_click_and_three_are_no_two_of_them() {
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        let mut clicked = Clicked::default();
        let told: Vec<bool> = [
            (3, 0),
            (3, 400),
            (3, 500),
            (4, 600),
            (4, 1100),
            (4, 1700),
            (4, 2201),
        ]
        .map(|(line, when)| clicked.again(line, at(when)))
        .into();
        assert_eq!(told, [false, true, false, false, true, false, false]);
        clicked.forget();
        assert!(!clicked.again(4, at(2202)));
    }
}

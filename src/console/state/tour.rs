//! The first visit: a few steps, each a line above the footer that says what one looks at and which key comes next.

use super::{State, View};
use crate::console::action::Command;

/// One step: the command that it is about, and what it says. `{}` stands for that command's key,
/// `{undo}` and `{responses}` for the keys of those.
pub type Step = (Command, &'static str);

/// The steps. The line is at most 80 columns wide, its keys too.
pub const STEPS: [Step; 6] = [
    (
        Command::Down,
        "The orders; four vendors inside: {} and up move.",
    ),
    (
        Command::NextVendor,
        "{} shows what the next vendor would get.",
    ),
    (
        Command::NextFinding,
        "{} goes to the next thing a vendor would refuse.",
    ),
    (
        Command::Edit,
        "{} changes the field under the cursor; {undo} undoes.",
    ),
    (
        Command::Submit,
        "{} submits: first it says what would happen.",
    ),
    (
        Command::ViewRuns,
        "{} runs, {responses} responses: what became of the orders.",
    ),
];

/// Where the operator is in the walk.
#[derive(Debug, Default)]
pub struct Tour {
    /// Whether the sandbox's first visit is still to come. Only the program itself says so, by what it remembers.
    pub wanted: bool,
    /// The step that is shown.
    pub step: Option<usize>,
}

impl Tour {
    /// The sandbox is opened: the first time, the walk begins.
    pub fn sandbox_opened(&mut self) {
        if std::mem::take(&mut self.wanted) {
            self.step = Some(0);
        }
    }

    /// The next step; none after the last.
    pub fn next(&mut self) {
        self.step = match self.step {
            Some(step) if step + 1 < STEPS.len() => Some(step + 1),
            Some(_) => None,
            None => Some(0),
        };
    }

    /// The step that is shown.
    pub fn shown(&self) -> Option<(usize, Step)> {
        let step = self.step?;
        STEPS.get(step).map(|shown| (step, *shown))
    }

    /// Something was sent: what is left is to look at what became of it. Returns whether the walk was on.
    pub fn submitted(&mut self) -> bool {
        let on = self.step.is_some();
        if on {
            self.step = Some(STEPS.len() - 1);
        }
        on
    }

    /// The operator did something: if it is what the step, or one of those that follow, is about, the next one comes.
    pub fn done(&mut self, command: Command) {
        let Some(step) = self.step else { return };
        let wanted = like(command);
        // What became of the orders is shown when something was sent, or last of all.
        let last = STEPS.len() - 1;
        let ahead = (step..STEPS.len()).filter(|later| *later < last || step == last);
        let mut ahead = ahead;
        let done = ahead.find(|later| STEPS[*later].0 == wanted);
        if let Some(done) = done {
            self.step = Some(done);
            self.next();
        }
    }
}

/// The command of a step that another one does as well.
fn like(command: Command) -> Command {
    use Command as C;
    match command {
        C::Up | C::PageUp | C::PageDown | C::Top | C::Bottom => C::Down,
        C::PreviousVendor => C::NextVendor,
        C::PreviousFinding => C::NextFinding,
        C::ViewResponses => C::ViewRuns,
        other => other,
    }
}

impl State {
    /// Columns and rows that the views have: all but the line of the walk, while it is on.
    pub fn room(&self) -> (u16, u16) {
        let walks = self.tour.shown().is_some() && !self.is_welcome();
        (self.size.0, self.size.1.saturating_sub(u16::from(walks)))
    }

    /// Whether there is nothing in the view that one could go back from.
    pub fn is_at_rest(&self) -> bool {
        let orders = &self.orders;
        self.view == View::Orders
            && !self.payload.focused
            && !orders.typing_filter
            && orders.sorting.is_none()
            && self.file.opening.is_none()
            && orders.passing.is_none()
            && orders.filter.text().is_empty()
            && orders.marked.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_waits_for_its_command_and_the_last_ends_the_walk() {
        let mut tour = Tour::default();
        tour.sandbox_opened();
        assert_eq!(tour.step, None, "not wanted");
        tour.wanted = true;
        tour.sandbox_opened();
        tour.done(Command::Quit);
        assert_eq!(tour.step, Some(0));
        for (command, _) in STEPS {
            tour.done(command);
        }
        assert_eq!(tour.step, None);
        tour.sandbox_opened();
        assert_eq!(tour.step, None, "once only");
    }

    #[test]
    fn what_a_later_step_is_about_leads_past_it_and_what_does_the_same_counts() {
        let mut tour = Tour {
            step: Some(0),
            ..Tour::default()
        };
        tour.done(Command::PageDown);
        assert_eq!(tour.step, Some(1));
        tour.done(Command::Edit);
        assert_eq!(tour.step, Some(4));
        // What is behind one isn't taught again.
        tour.done(Command::NextVendor);
        assert_eq!(tour.step, Some(4));
        tour.done(Command::ViewRuns);
        assert_eq!(tour.step, Some(4));
        tour.done(Command::Submit);
        tour.done(Command::ViewResponses);
        assert_eq!(tour.step, None);
    }
}

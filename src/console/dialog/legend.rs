//! The marks and symbols of each screen, in words.

use crate::console::action::Place;
use crate::console::pane::order_list;
use crate::console::pane::runs::mark;
use crate::console::state::State;
use crate::order::outcome::Outcome;

/// A mark with what it means.
pub type Mark = (String, String);

/// The marks that are used in these places.
pub fn of(places: &[Place], state: &State) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut put = |sign: &str, words: &str| {
        if !marks
            .iter()
            .any(|(other, known)| other == sign && known == words)
        {
            marks.push((sign.to_owned(), words.to_owned()));
        }
    };
    for place in places {
        match place {
            Place::Payload => payload(&mut put),
            Place::Orders => {
                for (signs, words) in order_list::legend(state) {
                    put(&signs, &words);
                }
                payload(&mut put);
            }
            Place::Runs | Place::RunOrders | Place::Jobs => {
                for outcome in Outcome::ALL {
                    put(mark(outcome), outcome.name());
                }
            }
            Place::Doubt => put("*", "marked: the decision is about the marked ones"),
            Place::Profiles => put("●", "in use: its vendor's payloads are made for it"),
            _ => {}
        }
    }
    put("▸", "the line under the cursor, or what is chosen");
    put("█░", "how much is done");
    put("↑ ↓", "more above, more below; beside Runs: runs under way");
    put("…", "cut for want of room");
    put(
        "LIVE TEST SANDBOX",
        "what kind of account it is: LIVE is the real one",
    );
    marks
}

fn payload(put: &mut impl FnMut(&str, &str)) {
    put("▾ ▸", "unfolded, folded");
    put("✗ ! ·", "an error, a warning, a note about the line above");
}

//! The marks and symbols of each screen, in words.

use crate::console::action::Place;
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
                orders(&mut put);
                for tab in &state.vendors.tabs {
                    let title = tab.vendor.title();
                    let letter = tab.vendor.letter().to_string();
                    put(&letter, &format!("sent: {title} has it or is getting it"));
                }
                put("·", "sent: not sent to the vendor of that column");
                put("?", "sent: in doubt, nobody here can know");
                payload(&mut put);
            }
            Place::Runs | Place::RunOrders | Place::Jobs => {
                for outcome in Outcome::ALL {
                    put(mark(outcome), outcome.name());
                }
            }
            Place::Doubt => put("*", "marked: the decision is about the marked ones"),
            Place::Profiles => put("…", "room for one more"),
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

fn orders(put: &mut impl FnMut(&str, &str)) {
    put("✓", "no finding that needs you");
    put("!", "a warning: it can be sent");
    put("✗", "an error: it isn't sent before that is put right");
    put(
        "–",
        "left out: by you, a test order, a draft; or another vendor's",
    );
    put("*", "marked");
    put("e", "edited by you");
}

fn payload(put: &mut impl FnMut(&str, &str)) {
    put("▾ ▸", "unfolded, folded");
    put("✗ ! ·", "an error, a warning, a note about the line above");
}

//! Tabs, accounts, the sandbox.

use crate::console::action::Command;
use crate::console::effect::Effect;
use crate::console::event::Ticket;
use crate::console::model::AccountInfo;
use crate::console::state::{State, Survey, Tone};
use crate::deck::Deck;
use crate::order::outcome::Operation;
use crate::vendor::Environment;

/// The accounts are known, or known anew.
pub(super) fn accounts(
    state: &mut State,
    accounts: &[AccountInfo],
    trouble: Option<&str>,
    sandbox: bool,
    effects: &mut Vec<Effect>,
) {
    let before: Vec<_> = (0..state.vendors.tabs.len())
        .map(|tab| {
            state
                .vendors
                .target(tab)
                .map(|target| target.account.clone())
        })
        .collect();
    state.vendors.accounts = accounts.to_vec();
    state.vendors.apply_operation();
    state.vendors.sandbox_runs = sandbox;
    state.profiles.trouble = trouble.map(str::to_owned);
    if let Some(why) = trouble {
        state.say(Tone::Error, why);
    }
    if let Some(wanted) = state.wanted_profile.take() {
        match accounts.iter().find(|account| account.name == wanted) {
            Some(account) => {
                let vendor = account.vendor;
                if let Some(tab) = state
                    .vendors
                    .tabs
                    .iter()
                    .position(|tab| tab.vendor == vendor)
                {
                    state.vendors.tabs[tab].profile = wanted;
                    state.vendors.front = tab;
                    state.session.keep_tab = true;
                }
            }
            None => state.say(
                Tone::Error,
                format!("there is no profile {wanted}; 6 shows those that there are"),
            ),
        }
    }
    // Whoever asks for the sandbox never finds a real account in its place, started or not.
    state
        .vendors
        .choose(sandbox || state.vendors.sandbox_starts);
    for (tab, before) in before.into_iter().enumerate() {
        let after = state.vendors.target(tab).map(|target| &target.account);
        if after != before.as_ref() {
            forget_tab(state, tab, effects);
        }
    }
}

/// Every tab has the sandbox's account, whatever it had.
pub(super) fn to_sandbox(state: &mut State, effects: &mut Vec<Effect>) {
    need_sandbox(state, effects);
    for tab in &mut state.vendors.tabs {
        tab.profile.clear();
    }
    state.vendors.choose(true);
    for tab in 0..state.vendors.tabs.len() {
        forget_tab(state, tab, effects);
    }
}

/// What was made for a tab no longer holds.
fn forget_tab(state: &mut State, tab: usize, effects: &mut Vec<Effect>) {
    state.vendors.tabs[tab].survey = Survey::default();
    state.orders.stale = true;
    if state.payload.asked.is_some_and(|(_, asked)| asked == tab) {
        state.payload.asked = None;
    }
    let surveys: Ticket = state.ticket();
    effects.push(Effect::Forget {
        surveys,
        filters: 0,
        plans: 0,
    });
    // A survey of another tab that was under way ends too: it is asked for again.
    for tab in &mut state.vendors.tabs {
        if !tab.survey.done {
            tab.survey = Survey::default();
        }
    }
}

/// The next or the previous tab comes to the front.
pub(super) fn turn(state: &mut State, forward: bool) {
    let count = state.vendors.tabs.len().max(1);
    let step = if forward { 1 } else { count - 1 };
    bring(state, (state.vendors.front + step) % count);
}

/// A tab comes to the front; the cursor of the payload stays on its field.
pub fn bring(state: &mut State, tab: usize) {
    if tab == state.vendors.front || tab >= state.vendors.tabs.len() {
        return;
    }
    super::payload::keep_field(state);
    state.vendors.front = tab;
}

/// The tab of the vendor whose own payloads a file holds comes to the front.
pub(super) fn front_native(state: &mut State, deck: &Deck) {
    let Some(native) = deck.mapping().native_vendor() else {
        return;
    };
    let mut tabs = state.vendors.tabs.iter();
    if let Some(tab) = tabs.position(|tab| tab.vendor.name() == native) {
        state.vendors.front = tab;
    }
}

/// Payloads are made for the next operation that the vendor in front has.
pub(super) fn next_operation(state: &mut State, effects: &mut Vec<Effect>) {
    super::payload::keep_field(state);
    let operations = state.vendors.operations();
    let now = state.vendors.front_operation();
    let at = operations.iter().position(|one| *one == now).unwrap_or(0);
    let Some(next) = operations.get((at + 1) % operations.len().max(1)) else {
        return;
    };
    state.vendors.operation = *next;
    for tab in state.vendors.apply_operation() {
        forget_tab(state, tab, effects);
    }
    let key = state.keymap.first(Command::NextOperation);
    let words = format!(
        "payloads and findings are those of {} now; {key} turns on",
        operation_words(*next)
    );
    state.say(Tone::Info, words);
}

/// An operation in words.
pub fn operation_words(operation: Operation) -> &'static str {
    match operation {
        Operation::Import => "an import",
        Operation::Status => "a status update",
        Operation::Cancel => "a cancellation",
    }
}

/// An account becomes its tab's, the tab comes to the front, and it is said.
pub fn switch_account(state: &mut State, name: &str, effects: &mut Vec<Effect>) {
    let accounts = &state.vendors.accounts;
    let Some(account) = accounts.iter().find(|account| account.name == name) else {
        return;
    };
    let vendor = account.vendor;
    let word = state.theme.environment(account.environment).0;
    let read_only = if account.read_only {
        ", which is read-only: nothing can be sent by it"
    } else {
        ""
    };
    let title = vendor.title();
    let words = format!("{title} is reached by {name} now, {word}{read_only}");
    let tabs = &state.vendors.tabs;
    if let Some(tab) = tabs.iter().position(|tab| tab.vendor == vendor) {
        bring(state, tab);
        choose_profile(state, name, effects);
        state.say(Tone::Info, words);
    }
}

/// Another account for the tab in front.
pub fn choose_profile(state: &mut State, name: &str, effects: &mut Vec<Effect>) {
    choose_for(state, state.vendors.front, name, effects);
}

/// Another account for a tab.
pub(super) fn choose_for(state: &mut State, tab: usize, name: &str, effects: &mut Vec<Effect>) {
    if state.vendors.tabs[tab].profile == name {
        return;
    }
    name.clone_into(&mut state.vendors.tabs[tab].profile);
    forget_tab(state, tab, effects);
}

/// Starts the vendors on loopback unless they run. Returns whether they run already.
pub fn need_sandbox(state: &mut State, effects: &mut Vec<Effect>) -> bool {
    if state.vendors.sandbox_runs {
        return true;
    }
    if !state.vendors.sandbox_starts {
        state.vendors.sandbox_starts = true;
        state.tour.sandbox_opened();
        effects.push(Effect::StartSandbox);
    }
    false
}

/// Whether the account in front is one of the sandbox inside this program.
pub fn front_is_built_in(state: &State) -> bool {
    state.vendors.front_account().is_some_and(|account| {
        account.environment == Environment::Sandbox
            && account.name.starts_with(crate::profile::SANDBOX_PREFIX)
    })
}

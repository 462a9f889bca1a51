//! What work brings back, taken into the state.

use std::sync::Arc;

use super::lists::Which;
use crate::console::action::Command;
use crate::console::dialog::exchange::ExchangeReader;
use crate::console::dialog::reader::Reader;
use crate::console::dialog::run_orders::RunOrders;
use crate::console::effect::Effect;
use crate::console::event::Arrival;
use crate::console::state::shelf::Content;
use crate::console::state::{State, Survey, Tone};

pub(super) fn arrived(state: &mut State, arrival: &Arrival, effects: &mut Vec<Effect>) {
    match arrival {
        Arrival::Accounts {
            accounts,
            trouble,
            sandbox,
        } => super::vendors::accounts(state, accounts, trouble.as_deref(), *sandbox, effects),
        Arrival::Recent(rows) => {
            state.welcome.recent.clone_from(rows);
            // What is being opened may be remembered already, and isn't there to be chosen.
            let recent = &mut state.welcome.recent;
            if let Some(opening) = &state.file.opening {
                let path = opening.path.as_ref().map(std::path::absolute);
                recent.retain(|row| {
                    let row = std::path::Path::new(&row.source.path);
                    match &path {
                        Some(path) => !path.as_ref().is_ok_and(|path| row == path),
                        None => !crate::console::worker::file::is_sample_path(row),
                    }
                });
            }
        }
        Arrival::Opening {
            ticket,
            bytes,
            total,
        } => {
            if let Some(opening) = &mut state.file.opening
                && opening.ticket == *ticket
            {
                (opening.bytes, opening.total) = (*bytes, *total);
            }
        }
        Arrival::Beginning { ticket, deck } => super::beginning::came(state, *ticket, deck),
        Arrival::Opened { ticket, deck } => super::file::opened(state, *ticket, deck, effects),
        Arrival::Unknown { ticket, draft, why } => {
            super::mapping::unknown(state, *ticket, draft, why, effects);
        }
        Arrival::DraftBegun { ticket, draft } => super::mapping::begun(state, *ticket, draft),
        Arrival::Drafted {
            ticket,
            made,
            needs,
            own,
        } => super::mapping::drafted(state, *ticket, made, (needs, own)),
        Arrival::FilesBeside(files) => super::mapping::joins::offer(state, files),
        Arrival::JoinSeen(seen) => super::mapping::joins::seen(state, seen),
        Arrival::MappingSaved { name, saved } => {
            super::mapping::saved(state, name, saved, effects);
        }
        Arrival::Checked {
            source,
            fingerprint,
            changed,
        } => super::file::checked(state, source, fingerprint, changed.as_deref()),
        Arrival::Session(session) => super::session::loaded(state, session, effects),
        Arrival::SessionSaved(saved) => super::session::saved(state, saved),
        Arrival::Overview { ticket, overview } => {
            let files = state.shelf.others.iter_mut();
            let shelved = files.filter_map(|other| match &mut other.content {
                Content::Desk(desk) => Some(&mut desk.file),
                Content::Unread { .. } => None,
            });
            let mut files = std::iter::once(&mut state.file).chain(shelved);
            if let Some(file) = files.find(|file| file.overview_ticket == *ticket) {
                file.overview = Some(overview.clone());
            }
            // Only now it is known that they aren't one: what was checked before didn't see that.
            if overview.all.totals.len() > 1 && state.file.overview_ticket == *ticket {
                for tab in &mut state.vendors.tabs {
                    if tab.survey.seen > 0 {
                        tab.survey = Survey::default();
                    }
                }
            }
        }
        Arrival::Rows { ticket, rows } => {
            if state.orders.rows_ticket == *ticket {
                state.orders.rows_ticket = 0;
                state.orders.keep(rows.clone());
            }
        }
        Arrival::Surveyed { ticket, tab, part } => {
            let Some(survey) = state.vendors.tabs.get_mut(*tab).map(|tab| &mut tab.survey) else {
                return;
            };
            if survey.ticket != *ticket {
                return;
            }
            for (place, verdict, hits) in &part.orders {
                survey.put(*place, *verdict, hits);
            }
            survey.once.extend(part.once.iter().copied());
            survey.done |= part.done;
            if let Some(why) = &part.trouble {
                state.say(Tone::Error, why.clone());
            }
        }
        Arrival::Filtered { ticket, places } => {
            super::orders::filtered(state, *ticket, places, effects);
        }
        Arrival::Filtering { ticket, passed } => super::filter::counting(state, *ticket, *passed),
        Arrival::KeptFilters(kept) => super::filter::kept(state, kept, effects),
        Arrival::Sorting { ticket, done } => super::sorting::progress(state, *ticket, *done),
        Arrival::Sorted { ticket, sorted } => {
            super::sorting::sorted(state, *ticket, sorted, effects);
        }
        Arrival::Arranged { ticket, lines } => super::sorting::arranged(state, *ticket, lines),
        Arrival::Edited(edited) => super::edits::edited(state, edited, effects),
        Arrival::Look { title, lines } => match lines {
            Ok(lines) => state
                .layers
                .push(Box::new(Reader::new(title.clone(), lines.clone()))),
            Err(why) => state.say(Tone::Error, why.clone()),
        },
        Arrival::Copy(text) => match text {
            Ok(text) => {
                super::copy(state, text.clone(), "copied, secrets masked", effects);
            }
            Err(why) => state.say(Tone::Error, why.clone()),
        },
        Arrival::Started(started) => {
            if started.is_ok() && state.tour.submitted() {
                effects.push(Effect::RememberVisit);
            }
            super::sending::started(state, started, effects);
        }
        Arrival::Replanned { why } | Arrival::ProfileChanged(Err(why)) => {
            state.say(Tone::Error, why.clone());
        }
        Arrival::Run { run, event } => super::sending::told(state, *run, event, effects),
        Arrival::Runs(runs) => {
            match runs {
                Ok(runs) => super::runs::read(state, runs, effects),
                Err(why) => state.say(Tone::Error, why.clone()),
            }
            super::lists::read(state, Which::Runs, runs.as_ref().err(), effects);
        }
        Arrival::MoreRuns { runs, older } => super::runs::more(state, runs, *older, effects),
        Arrival::Pace { run, pace } => super::runs::pace(state, *run, pace, effects),
        Arrival::Responses(responses) => {
            match responses {
                Ok(read) => super::responses::read(state, read),
                Err(why) => state.say(Tone::Error, why.clone()),
            }
            super::lists::read(state, Which::Responses, responses.as_ref().err(), effects);
        }
        Arrival::OlderResponses { ticket, found } => super::responses::found(state, *ticket, found),
        Arrival::Jobs(jobs) => {
            match jobs {
                Ok(jobs) => super::jobs::read(state, jobs),
                Err(why) => state.say(Tone::Error, why.clone()),
            }
            super::lists::read(state, Which::Jobs, jobs.as_ref().err(), effects);
        }
        Arrival::Response(whole) => match whole {
            Ok(whole) => state.layers.push(Box::new(ExchangeReader::new(whole))),
            Err(why) => state.say(Tone::Error, why.clone()),
        },
        Arrival::History { key, history } => match history {
            Ok(history) => {
                let reader = Reader::of_history(key, history, state.size.0);
                state.layers.push(Box::new(reader));
            }
            Err(why) => state.say(Tone::Error, why.clone()),
        },
        Arrival::ExchangeOrders {
            run,
            operation,
            orders,
        } => {
            let list = RunOrders::of_exchange(*run, *operation, Arc::clone(orders));
            state.layers.push(Box::new(list));
        }
        Arrival::Settled { settled: Ok(_), .. } => {
            super::runs::current_again(state, effects);
            super::lists::refresh(state, Which::Runs, effects);
            state.orders.stale = true;
        }
        Arrival::RunOrders { run, orders } => super::runs::orders(state, *run, orders),
        Arrival::Exported(Ok(written)) => state.say(Tone::Well, written.clone()),
        Arrival::ProfileChanged(Ok(changed)) => state.say(Tone::Well, changed.clone()),
        // A dialog that is open shows it.
        Arrival::Tested { profile, probed } => super::profiles::tested(state, profile, probed),
        Arrival::NotKept(why) => {
            state.session.not_kept = true;
            let words = format!("nothing of this visit is kept when you leave: {why}");
            state.say(Tone::Error, words);
        }
        // Where nothing is kept it goes without saying, and must not take the place of what says so.
        Arrival::NotRecent(_) if state.session.not_kept => {}
        Arrival::NotRecent(why) => {
            let words = format!("the file isn't in the list of recent ones: {why}");
            state.say(Tone::Error, words);
        }
        Arrival::Sandbox(started) => {
            state.vendors.sandbox_starts = false;
            match started {
                Ok(()) => {
                    if state
                        .notice
                        .as_ref()
                        .is_some_and(|told| told.text == STARTING)
                    {
                        state.notice = None;
                    }
                    while let Some(command) = state.after_sandbox.pop_front() {
                        super::command(state, command, effects);
                    }
                }
                Err(why) => {
                    state.after_sandbox.clear();
                    state.say(Tone::Error, why.clone());
                }
            }
        }
        Arrival::Tell(told) => match told {
            Ok(text) => state.say(Tone::Well, text.clone()),
            Err(why) => state.say(Tone::Error, why.clone()),
        },
        // Dialogs take these; a payload is taken in by its own.
        Arrival::Inspected { .. }
        | Arrival::WhatChanged { .. }
        | Arrival::Compared { .. }
        | Arrival::Written(_)
        | Arrival::BulkPreviewed { .. }
        | Arrival::Planning { .. }
        | Arrival::Planned { .. }
        | Arrival::Cancelling { .. }
        | Arrival::RetryPlanned { .. }
        | Arrival::Rejected { .. }
        | Arrival::Doubts { .. }
        | Arrival::Examples { .. }
        | Arrival::FixPlanning { .. }
        | Arrival::FixPlanned { .. }
        | Arrival::Settled { .. }
        | Arrival::Exported(Err(_))
        | Arrival::TextFound { .. }
        | Arrival::Peeked { .. }
        | Arrival::Listed { .. } => {}
    }
}

/// What is said while the sandbox starts.
pub(super) const STARTING: &str = "starting the sandbox";

/// What is done again once the sandbox runs.
pub(super) fn after_sandbox(state: &mut State, command: Command) {
    if !state.after_sandbox.contains(&command) {
        state.after_sandbox.push_back(command);
    }
}

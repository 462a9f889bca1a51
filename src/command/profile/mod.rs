//! `profile`: list, show, add, edit, remove, test. No secret is ever printed, nor taken as an argument.

mod change;
mod show;
mod test;
mod values;

use super::cli::{ProfileAction, ProfileArgs};
use super::failure::Outcome;
use super::session::Session;

/// Runs them.
pub async fn run(session: &mut Session, args: ProfileArgs) -> Outcome {
    match args.action {
        ProfileAction::List(args) => show::list(session, &args),
        ProfileAction::Show {
            name,
            explain,
            json,
        } => show::show(session, &name, explain, json),
        ProfileAction::Add(args) => change::add(session, &args),
        ProfileAction::Edit(args) => change::edit(session, &args),
        ProfileAction::Remove { name, yes } => change::remove(session, &name, yes),
        ProfileAction::Test { name, json } => test::run(session, &name, json).await,
    }
}

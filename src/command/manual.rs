//! `manual`, `completions` and `man`: the program explains itself.

use clap::CommandFactory;

use super::cli::{Cli, CompletionsArgs, ManualArgs};
use super::failure::{Exit, Failure, Outcome};
use super::session::Session;

/// Name and text of each page; a new one is a file and a line here. The first is the index.
const PAGES: &[(&str, &str)] = &[
    ("manual", include_str!("../../assets/manual/manual.md")),
    ("commands", include_str!("../../assets/manual/commands.md")),
    ("console", include_str!("../../assets/manual/console.md")),
    ("filter", include_str!("../../assets/manual/filter.md")),
    ("sending", include_str!("../../assets/manual/sending.md")),
    ("promise", include_str!("../../assets/manual/promise.md")),
    ("outcomes", include_str!("../../assets/manual/outcomes.md")),
    ("ledger", include_str!("../../assets/manual/ledger.md")),
    ("sandbox", include_str!("../../assets/manual/sandbox.md")),
    ("profiles", include_str!("../../assets/manual/profiles.md")),
    ("mapping", include_str!("../../assets/manual/mapping.md")),
];

/// The page of that name.
pub fn page(name: &str) -> Option<&'static str> {
    let name = name.strip_suffix(".md").unwrap_or(name);
    PAGES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, text)| *text)
}

/// The names of all pages.
pub fn page_names() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(name, _)| *name)
}

/// `manual`.
pub fn manual(session: &mut Session, args: &ManualArgs) -> Outcome {
    let name = args.page.as_deref().unwrap_or("manual");
    let Some(text) = page(name) else {
        let known: Vec<&str> = page_names().collect();
        return Err(Failure::usage(format!(
            "the manual has no page `{}`; there are: {}",
            name.escape_debug(),
            known.join(", ")
        )));
    };
    session.out.text(text)?;
    Ok(Exit::Well)
}

/// `completions`.
pub fn completions(session: &mut Session, args: &CompletionsArgs) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "orderdeck", &mut text);
    session.out.bytes(&text)?;
    Ok(Exit::Well)
}

/// `man`.
pub fn man(session: &mut Session) -> Outcome {
    let mut text = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut text)?;
    session.out.bytes(&text)?;
    Ok(Exit::Well)
}

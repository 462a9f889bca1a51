//! `manual`, `completions` and `man`: the program explains itself.

use clap::CommandFactory;

use super::cli::{Cli, CompletionsArgs, ManualArgs};
use super::failure::{Exit, Failure, Outcome};
use super::session::Session;
use crate::manual::{PAGES, Page};

/// `manual`.
pub fn manual(session: &mut Session, args: &ManualArgs) -> Outcome {
    let name = args.page.as_deref().unwrap_or("manual");
    let Some(page) = Page::named(name) else {
        let known: Vec<&str> = PAGES.iter().map(|page| page.name).collect();
        return Err(Failure::usage(format!(
            "the manual has no page `{}`; there are: {}",
            name.escape_debug(),
            known.join(", ")
        )));
    };
    session.out.text(page.text)?;
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

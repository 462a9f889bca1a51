//! Jobs: the vendors' asynchronous work.

use std::fmt::Write as _;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::console::model::JobEntry;
use crate::console::state::State;
use crate::console::widget::text;
use crate::ledger::RunName;

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, state: &State) {
    super::list(
        frame,
        state,
        &super::List {
            title: &format!("Jobs · {}", state.jobs.list.len()),
            heading: "run    begun     profile               job                        status          done  orders  polls",
            cursor: state.jobs.cursor,
            rows: state.jobs.list.len(),
            empty: "No vendor has a job for us. Voucherify's imports become jobs; they stand here until they end, and after.",
        },
        |index, columns| line(&state.jobs.list[index], state, columns),
    );
}

fn line(entry: &JobEntry, state: &State, columns: usize) -> Line<'static> {
    let theme = &state.theme;
    let row = &entry.row;
    let run = RunName {
        book: entry.book,
        id: row.run,
    };
    let style = if !row.job.finished {
        theme.info
    } else if row.job.failed.unwrap_or(0) > 0 {
        theme.error
    } else {
        theme.taken
    };
    let progress = row
        .job
        .progress
        .map_or_else(String::new, |percent| format!("{percent} %"));
    let mut rest = String::new();
    if let Some(done) = row.job.done {
        let _ = write!(rest, "took {}  ", text::count(done));
    }
    if let Some(failed) = row.job.failed.filter(|failed| *failed > 0) {
        let _ = write!(rest, "refused {}  ", text::count(failed));
    }
    if let Some(message) = &row.job.message {
        rest.push_str(message);
    }
    Line::from(vec![
        Span::styled(text::left(&run.to_string(), 7), theme.strong),
        Span::styled(text::left(&super::clock(row.started_at), 10), theme.dim),
        Span::raw(text::left(&text::shown(&row.profile), 22)),
        Span::raw(text::left(
            &text::keep_end(&text::shown(&row.job.id), 26),
            27,
        )),
        Span::styled(text::left(&text::shown(&row.job.status), 14), style),
        Span::raw(text::right(&progress, 6)),
        Span::raw(text::right(&text::count(row.orders), 8)),
        Span::raw(text::right(&text::count(row.polls), 7)),
        Span::styled(
            format!(
                "  {}",
                text::fit(&text::shown(&rest), columns.saturating_sub(103))
            ),
            theme.dim,
        ),
    ])
}

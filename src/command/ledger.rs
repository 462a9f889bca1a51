//! `ledger`: looking after the durable record.

use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};
use serde_json::json;

use super::cli::{JsonArgs, LedgerAction, LedgerArgs, LedgerCompactArgs, LedgerExportArgs};
use super::failure::{Exit, Failure, Outcome};
use super::output::{counted, note, thousands};
use super::session::Session;
use super::{show, terminal};
use crate::ledger::{Book, Compaction, LedgerInfo, OutcomeFilter};
use crate::workspace::{
    CareError, Cut, book_name, compaction_json, info_json, no_longer_cancellable,
};

/// Does it.
pub fn run(session: &mut Session, args: &LedgerArgs) -> Outcome {
    let book = session.book().unwrap_or(Book::Work);
    match &args.action {
        LedgerAction::Info(args) => info(session, book, args),
        LedgerAction::Check(args) => check(session, book, args),
        LedgerAction::Compact(args) => compact(session, book, args),
        LedgerAction::Backup { file, force, json } => backup(session, book, file, *force, *json),
        LedgerAction::Export(args) => export(session, book, args),
    }
}

impl From<CareError> for Failure {
    fn from(error: CareError) -> Self {
        match error {
            CareError::Workspace(error) => error.into(),
            CareError::Write(error) => error.into(),
            CareError::Busy(_) => Self::refused(error.to_string()),
            CareError::None(_) | CareError::Ending(_) | CareError::BadCopy(_) => {
                Self::usage(error.to_string())
            }
        }
    }
}

fn info(session: &mut Session, book: Book, args: &JsonArgs) -> Outcome {
    let info = session.workspace.ledger_info(book)?;
    if args.json {
        session.out.json(&info_json(book, &info))?;
        return Ok(Exit::Well);
    }
    for line in words(&info) {
        let line = session.out.data(&line).into_owned();
        session.out.line(line)?;
    }
    Ok(Exit::Well)
}

fn words(info: &LedgerInfo) -> Vec<String> {
    let line = |what: &str, text: String| format!("{what:<12}{text}");
    let orders: u64 = info.outcomes.iter().map(|(_, count)| count).sum();
    let mut lines = vec![
        line("file", info.path.display().to_string()),
        line(
            "size",
            format!("{}, schema {}", bytes(info.bytes), info.schema),
        ),
        line(
            "runs",
            format!(
                "{}, {} not finished",
                thousands(info.runs),
                thousands(info.unfinished)
            ),
        ),
    ];
    if let (Some(oldest), Some(newest)) = (info.oldest, info.newest) {
        lines.push(line(
            "from, to",
            format!("{}, {}", show::at(oldest), show::at(newest)),
        ));
    }
    lines.push(line(
        "orders",
        format!("{}: {}", thousands(orders), show::outcomes(&info.outcomes)),
    ));
    if info.in_doubt > 0 {
        let orders = counted(info.in_doubt, "order");
        lines.push(line(
            "in doubt",
            format!("{orders} that nothing has settled since"),
        ));
    }
    lines.push(line(
        "requests",
        format!(
            "{}, {}, {}",
            thousands(info.exchanges),
            counted(info.jobs, "job"),
            counted(info.edits, "edit")
        ),
    ));
    let bodies = &info.bodies;
    let removed = match bodies.removed {
        0 => String::new(),
        removed => format!("; those of {} were removed", counted(removed, "request")),
    };
    lines.push(line(
        "bodies",
        format!(
            "{}, {} kept in {}{removed}",
            thousands(bodies.count),
            bytes(bodies.plain),
            bytes(bodies.packed)
        ),
    ));
    lines.push(line("to reclaim", bytes(info.reclaimable)));
    for account in &info.accounts {
        lines.push(format!(
            "{} at {}: {}, {}{}",
            account.account,
            account.vendor,
            counted(account.runs, "run"),
            show::outcomes(&account.outcomes),
            match account.in_doubt {
                0 => String::new(),
                doubts => format!(" ({} open in doubt)", thousands(doubts)),
            }
        ));
    }
    lines
}

fn check(session: &mut Session, book: Book, args: &JsonArgs) -> Outcome {
    let check = session.workspace.check_ledger(book)?;
    let path = session.workspace.ledgers().path(book).display().to_string();
    if args.json {
        session.out.json(&json!({
            "ledger": book_name(book),
            "path": path,
            "ok": check.is_well(),
            "runs": check.runs,
            "orders": check.orders,
            "exchanges": check.exchanges,
            "problems": check.problems,
            "more": check.more,
        }))?;
    } else {
        for problem in &check.problems {
            let problem = session.out.data(problem).into_owned();
            session.out.line(problem)?;
        }
        if check.more > 0 {
            session
                .out
                .line(format_args!("and {} more", thousands(check.more)))?;
        }
        let seen = format!(
            "{}, {}, {}",
            counted(check.runs, "run"),
            counted(check.orders, "order"),
            counted(check.exchanges, "request")
        );
        if check.is_well() {
            session.out.line(format_args!("all well: {seen}"))?;
        } else {
            note(format_args!(
                "{seen} looked at. Keep the file, put a backup in its place (`orderdeck manual ledger`), and don't send with this one"
            ));
        }
    }
    Ok(if check.is_well() {
        Exit::Well
    } else {
        Exit::Findings
    })
}

fn compact(session: &mut Session, book: Book, args: &LedgerCompactArgs) -> Outcome {
    let before = args.bodies_older_than.as_deref().map(age).transpose()?;
    let cut = Cut { before };
    let found = session.workspace.compaction(book, cut)?;
    if before.is_some() {
        tell(&found);
    }
    if args.dry_run {
        note("a dry run: nothing was removed");
        if args.json {
            session
                .out
                .json(&compaction_json(book, cut, &found, None))?;
        }
        return Ok(Exit::Well);
    }
    if found.exchanges > 0 && !args.yes {
        let nothing = || Failure::refused("nothing was removed");
        if !terminal::can_ask() {
            return Err(Failure::refused(
                "nobody is here to be asked: say --yes, or --dry-run to look first; nothing was removed",
            ));
        }
        if !terminal::agree("Remove them for good?").map_err(|_| nothing())? {
            return Err(nothing());
        }
    }
    let done = session.workspace.compact(book, cut)?;
    if args.json {
        session
            .out
            .json(&compaction_json(book, cut, &done.removed, Some(done.size)))?;
    } else {
        session.out.line(format_args!(
            "{} without bodies from now on; {} before, {} after",
            counted(done.removed.exchanges, "request"),
            bytes(done.size.before),
            bytes(done.size.after)
        ))?;
    }
    Ok(Exit::Well)
}

/// What would be lost, and what would be kept although it is old enough.
fn tell(found: &Compaction) {
    note(format_args!(
        "what was sent in {} and what came back, {}; outcomes, reasons, hashes, vendor ids and jobs stay",
        counted(found.exchanges, "request"),
        bytes(found.packed)
    ));
    for (vendor, account, orders) in no_longer_cancellable(found) {
        note(format_args!(
            "! {} of {account} at {vendor} could no longer be cancelled from the ledger: only with --file",
            counted(*orders, "order")
        ));
    }
    for (kept, why) in [
        (
            found.kept_unfinished,
            "their runs haven't come to their end",
        ),
        (found.kept_in_doubt, "they hold orders in doubt"),
    ] {
        if kept > 0 {
            note(format_args!(
                "kept: {}, because {why}",
                counted(kept, "old request")
            ));
        }
    }
}

fn backup(session: &mut Session, book: Book, file: &Path, force: bool, json: bool) -> Outcome {
    let size = session.workspace.back_up_ledger(book, file, force)?;
    let ledger = session.workspace.ledgers().path(book);
    if json {
        session.out.json(&json!({
            "ledger": book_name(book),
            "path": ledger.display().to_string(),
            "to": file.display().to_string(),
            "bytes": size,
            "ok": true,
        }))?;
    } else {
        let line = format!("{}, {}, checked", file.display(), bytes(size));
        let line = session.out.data(&line).into_owned();
        session.out.line(line)?;
    }
    note(format_args!(
        "to restore it: end every orderdeck, move {0}, {0}-wal and {0}-shm away, and copy the backup to {0}; what was sent since isn't known then (`orderdeck manual ledger`)",
        ledger.display()
    ));
    Ok(Exit::Well)
}

fn export(session: &mut Session, book: Book, args: &LedgerExportArgs) -> Outcome {
    let filter = OutcomeFilter {
        since: args.since.as_deref().map(since).transpose()?,
        account: args.account.clone(),
    };
    let count = session
        .workspace
        .export_ledger(book, &filter, &args.to, args.force)?;
    if args.json {
        session.out.json(&json!({
            "ledger": book_name(book),
            "to": args.to.display().to_string(),
            "outcomes": count,
        }))?;
    }
    note(format_args!(
        "{} to {}",
        counted(count, "outcome"),
        args.to.display()
    ));
    Ok(Exit::Well)
}

/// The time that lies so far back.
fn age(text: &str) -> Result<Timestamp, Failure> {
    let wrong = || {
        Failure::usage(format!(
            "`{}` is no age; write for instance 90d, 12w, 6mo or 2y",
            text.escape_debug()
        ))
    };
    let span: Span = text.parse().map_err(|_| wrong())?;
    if span.is_negative() {
        return Err(wrong());
    }
    let then = Zoned::now().checked_sub(span).map_err(|_| wrong())?;
    Ok(then.timestamp())
}

/// The beginning of a day here, or a time.
fn since(text: &str) -> Result<Timestamp, Failure> {
    let day = || text.parse::<Date>().ok()?.to_zoned(TimeZone::system()).ok();
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| day().map(|day| day.timestamp()))
        .ok_or_else(|| {
            Failure::usage(format!(
                "`{}` is no date; write for instance 2026-01-31 or 2026-01-31T12:00:00Z",
                text.escape_debug()
            ))
        })
}

/// `812 B`, `4.2 MB`.
fn bytes(count: u64) -> String {
    let mut unit = 1_000;
    for name in ["kB", "MB", "GB"] {
        if count >= unit && (count < unit * 1_000 || name == "GB") {
            let tenths = count / (unit / 10);
            return format!("{}.{} {name}", thousands(tenths / 10), tenths % 10);
        }
        unit *= 1_000;
    }
    format!("{count} B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (count, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (4_250_000, "4.2 MB"),
            (1_234_500_000_000, "1,234.5 GB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn ages_and_dates_are_read_or_refused_with_an_example() {
        let now = Timestamp::now();
        for text in ["90d", "12w", "6mo", "2y", "0d"] {
            assert!(age(text).unwrap() <= Timestamp::now(), "{text}");
        }
        assert!(age("90d").unwrap() < now);
        for text in ["", "90", "-3d", "soon", "99999999y"] {
            assert!(
                matches!(age(text), Err(Failure::Told(Exit::Usage, _))),
                "{text}"
            );
        }
        assert_eq!(
            since("2026-01-31T12:00:00Z").unwrap().to_string(),
            "2026-01-31T12:00:00Z"
        );
        assert!(since("2026-01-31").is_ok());
        assert!(since("2026-02-31").is_err());
    }
}

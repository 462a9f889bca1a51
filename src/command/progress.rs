//! A progress bar on standard error while somebody looks at it, and nothing elsewhere.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the line is drawn again at most.
const GAP: Duration = Duration::from_millis(100);
/// Whatever is done sooner needs no bar.
const PATIENCE: Duration = Duration::from_millis(300);
/// Cells of the bar.
const WIDTH: usize = 24;

/// A line that is drawn again and again, and taken away when dropped.
#[derive(Debug)]
pub struct Progress {
    what: &'static str,
    shown: bool,
    next: Option<Instant>,
}

impl Progress {
    /// A bar for that work: `reading`, `checking`.
    pub fn new(what: &'static str) -> Self {
        let next = io::stderr()
            .is_terminal()
            .then(|| Instant::now() + PATIENCE);
        Self {
            what,
            shown: false,
            next,
        }
    }

    /// So much of so much is done.
    pub fn at(&mut self, done: u64, all: u64) {
        if self.is_due() {
            let full = (done.min(all) * WIDTH as u64 / all.max(1)) as usize;
            let bar = format!("{}{}", "█".repeat(full), "░".repeat(WIDTH - full));
            let percent = done.min(all) * 100 / all.max(1);
            self.draw(format_args!("{bar} {percent:>3} %"));
        }
    }

    /// How it stands, in words.
    pub fn say(&mut self, text: impl Display) {
        if self.is_due() {
            self.draw(text);
        }
    }

    fn is_due(&self) -> bool {
        self.next.is_some_and(|next| Instant::now() >= next)
    }

    fn draw(&mut self, text: impl Display) {
        let text = format!("{} {text}", self.what);
        let mut stderr = io::stderr().lock();
        // A bar that can't be drawn is no loss.
        let _ = write!(stderr, "\r\u{1b}[K{}", super::output::visible(&text));
        let _ = stderr.flush();
        self.shown = true;
        self.next = Some(Instant::now() + GAP);
    }

    /// Takes the line away, to be drawn again when there is more: before something else is written.
    pub fn clear(&mut self) {
        if self.shown {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\u{1b}[K");
            let _ = stderr.flush();
            self.shown = false;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

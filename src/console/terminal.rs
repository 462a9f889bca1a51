//! The terminal: taken over, given back whatever happens.

use std::io::{self, Write as _, stdout};
use std::sync::Once;

use base64::Engine as _;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{
    Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

/// The screen that is drawn on.
pub type Screen = Terminal<CrosstermBackend<io::Stdout>>;

/// Has the terminal as long as it lives.
#[derive(Debug)]
pub struct Guard;

impl Guard {
    /// Takes the terminal over, and sees to it that a panic gives it back.
    pub fn take() -> io::Result<Self> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                give_back();
                before(info);
            }));
        });
        take()?;
        Ok(Self)
    }

    /// Gives the terminal back, puts the program to sleep, and takes it over again when it is woken.
    #[cfg(unix)]
    #[allow(clippy::unused_self)] // Only who has the terminal may give it back.
    pub fn suspend(&self) -> io::Result<()> {
        give_back();
        rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
        take()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// A terminal without an alternate screen keeps what stood there, and the first frame writes no blanks over
/// it: so it is cleared.
fn take() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(
        stdout(),
        EnterAlternateScreen,
        Clear(ClearType::All),
        EnableBracketedPaste,
        EnableMouseCapture,
        cursor::Hide
    )
}

/// Nothing that fails here could be helped.
fn give_back() {
    let _ = execute!(
        stdout(),
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

/// Puts a text on the clipboard of the terminal, over SSH too (OSC 52).
pub fn copy(text: &str) -> io::Result<()> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    let mut out = stdout().lock();
    write!(out, "\x1b]52;c;{encoded}\x07")?;
    out.flush()
}

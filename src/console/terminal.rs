//! The terminal: taken over, given back whatever happens.

use std::io::{self, Write as _, stdout};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use base64::Engine as _;
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{
    Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::theme::detect::{self, Heard};
use super::widget::text;
use crate::source::is_panic_caught;

/// The screen that is drawn on.
pub type Screen = Terminal<CrosstermBackend<io::Stdout>>;

/// The thread that draws, while it has the terminal; and what panics of others said meanwhile, to be told when
/// the screen is theirs again.
static DRAWING: Mutex<Option<(ThreadId, Vec<String>)>> = Mutex::new(None);

/// Whether the terminal is taken over. Given back twice, it would put the cursor where it stood before the
/// first time, over what was written since.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Whether another program has it meanwhile.
static LENT: AtomicBool = AtomicBool::new(false);

/// Whether another program has the terminal for a while.
pub fn is_lent() -> bool {
    LENT.load(Ordering::SeqCst)
}

/// Has the terminal as long as it lives.
#[derive(Debug)]
pub struct Guard;

impl Guard {
    /// Takes the terminal over, and sees to it that a panic gives it back. To be called by the thread that draws.
    pub fn take() -> io::Result<Self> {
        static HOOK: Once = Once::new();
        HOOK.call_once(|| std::panic::set_hook(Box::new(panicked)));
        *drawing() = Some((std::thread::current().id(), Vec::new()));
        // From here on: a terminal that is taken over by halves is given back too.
        let guard = Self;
        take()?;
        Ok(guard)
    }

    /// Takes the terminal over again: the program was put to sleep and woken by somebody else, or has lent it.
    #[allow(clippy::unused_self)] // Only who has the terminal may take it over again.
    pub fn take_again(&self) -> io::Result<()> {
        LENT.store(false, Ordering::SeqCst);
        take()
    }

    /// Gives the terminal back for another program to use.
    #[allow(clippy::unused_self)] // Only who has the terminal may lend it.
    pub fn lend(&self) {
        LENT.store(true, Ordering::SeqCst);
        give_back();
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
        let (_, untold) = drawing().take().unzip();
        for message in untold.unwrap_or_default() {
            tell(&message);
        }
    }
}

fn drawing() -> std::sync::MutexGuard<'static, Option<(ThreadId, Vec<String>)>> {
    DRAWING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread that draws gives the screen back before its last words; another one's would only spoil the screen,
/// and whoever waits for its work hears of it.
fn panicked(info: &PanicHookInfo<'_>) {
    if is_panic_caught() {
        return;
    }
    let message = text::shown(&info.to_string().replace('\n', " ")).into_owned();
    if let Some((thread, untold)) = drawing().as_mut()
        && *thread != std::thread::current().id()
    {
        untold.push(message);
        return;
    }
    give_back();
    tell(&message);
}

fn tell(message: &str) {
    let _ = writeln!(
        io::stderr().lock(),
        "orderdeck: a fault of the program: {message}"
    );
}

/// A terminal without an alternate screen keeps what stood there, and the first frame writes no blanks over
/// it: so it is cleared.
fn take() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
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
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(
        stdout(),
        // A frame that was never finished.
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

/// How long a terminal has to tell its background before the first picture. One that tells it later, over a slow line,
/// is believed then.
const PATIENCE: Duration = Duration::from_millis(30);

/// Asks the terminal for its background. To be called before anybody else reads keys: what is typed meanwhile is
/// in the answer. Nothing is asked where there is no terminal, or one that can't know.
#[cfg(unix)]
pub fn ask_background() -> Option<Heard> {
    use std::io::IsTerminal as _;

    let knows = std::env::var_os("TERM")
        .is_some_and(|term| !term.is_empty() && term != "dumb" && term != "linux");
    let input = io::stdin();
    if !knows || !input.is_terminal() || !stdout().is_terminal() {
        return None;
    }
    let mut out = stdout();
    out.write_all(detect::QUESTION.as_bytes()).ok()?;
    out.flush().ok()?;
    // Whoever doesn't answer in time isn't waited for.
    let until = Instant::now() + PATIENCE;
    let mut came = Vec::new();
    let mut bytes = [0; 1024];
    while !detect::hear(&came).is_whole && is_readable(&input, until) {
        match rustix::io::read(&input, &mut bytes) {
            Ok(0) | Err(_) => break,
            Ok(read) => came.extend_from_slice(bytes.get(..read).unwrap_or_default()),
        }
    }
    Some(detect::hear(&came))
}

/// Waits until there is something to read, or it is too late.
#[cfg(unix)]
fn is_readable(input: &io::Stdin, until: Instant) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let left = until.saturating_duration_since(Instant::now());
    let Ok(left) = Timespec::try_from(left) else {
        return false;
    };
    let mut asked = [PollFd::new(input, PollFlags::IN)];
    poll(&mut asked, Some(&left)).is_ok_and(|ready| ready > 0)
}

/// Asks the terminal for its background: not here.
#[cfg(not(unix))]
pub fn ask_background() -> Option<Heard> {
    None
}

/// The longest that terminals commonly take for the clipboard, encoded, in bytes. Longer ones are dropped without
/// a word by many.
const CLIPBOARD: usize = 100_000;

/// The same before it is encoded.
pub const COPIED_AT_MOST: usize = CLIPBOARD / 4 * 3;

/// Whether a text is too long for the clipboard of a terminal.
pub fn is_too_long_to_copy(text: &str) -> bool {
    text.len() > COPIED_AT_MOST
}

/// Puts a text on the clipboard of the terminal, over SSH too (OSC 52).
pub fn copy(text: &str) -> io::Result<()> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    let mut out = stdout().lock();
    write!(out, "\x1b]52;c;{encoded}\x07")?;
    out.flush()
}

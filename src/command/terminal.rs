//! Asking the operator, hidden or not. Only where both ends are a terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use zeroize::Zeroizing;

/// Whether somebody can be asked.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a line.
pub fn ask(prompt: &str) -> io::Result<String> {
    show(prompt)?;
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim().to_owned())
}

/// Asks yes or no; anything but a yes is a no.
pub fn agree(prompt: &str) -> io::Result<bool> {
    let answer = ask(&format!("{prompt} [y/N] "))?;
    Ok(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
}

/// Asks for a line that doesn't appear while it is typed.
pub fn ask_hidden(prompt: &str) -> io::Result<Zeroizing<String>> {
    let hidden = Hidden::begin()?;
    show(prompt)?;
    // The whole space at once: a buffer that grows leaves copies of the secret behind.
    let mut line = Zeroizing::new(String::with_capacity(16 << 10));
    let read = io::stdin().lock().read_line(&mut line);
    drop(hidden);
    show("\n")?;
    if read? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Zeroizing::new(
        line.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}

fn show(text: &str) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    stderr.write_all(text.as_bytes())?;
    stderr.flush()
}

/// The terminal without its echo, until dropped.
#[cfg(unix)]
struct Hidden(rustix::termios::Termios);

#[cfg(unix)]
impl Hidden {
    fn begin() -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self(before))
    }
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

#[cfg(not(unix))]
struct Hidden;

#[cfg(not(unix))]
impl Hidden {
    fn begin() -> io::Result<Self> {
        Err(io::Error::other(
            "hidden input isn't possible on this system; name an environment variable, a file or a command with --credential",
        ))
    }
}

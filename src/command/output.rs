//! Results to standard output, everything else to standard error, and nothing from outside that could steer
//! the terminal.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use serde_json::Value;

/// Standard output.
pub struct Out {
    stdout: BufWriter<Stdout>,
    terminal: bool,
    colour: bool,
}

/// What a text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A heading.
    Strong,
    /// An error, or a live account.
    Bad,
    /// A warning, or a test account.
    Warning,
    /// All well, or the sandbox.
    Good,
    /// Beside the point.
    Faint,
}

impl Out {
    /// The process's own.
    pub fn new() -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        Self {
            terminal,
            colour: terminal && colours(),
            stdout: BufWriter::with_capacity(64 << 10, stdout),
        }
    }

    /// Whether somebody looks at it.
    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// The text in its colour, where there are colours.
    pub fn tone(&self, tone: Tone, text: impl Display) -> String {
        if !self.colour {
            return text.to_string();
        }
        let code = match tone {
            Tone::Strong => "1",
            Tone::Bad => "31",
            Tone::Warning => "33",
            Tone::Good => "32",
            Tone::Faint => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// Text from data: as it is, or with what could steer a terminal made visible.
    pub fn data<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.terminal {
            visible(text)
        } else {
            Cow::Borrowed(text)
        }
    }

    /// A line of words of our own, with data that went through [`Out::data`].
    pub fn line(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self.stdout, "{text}")
    }

    /// A line of JSON. On a terminal, characters that could steer it are written as escapes: it is the same
    /// JSON.
    pub fn json(&mut self, value: &Value) -> io::Result<()> {
        if self.terminal {
            let text = value.to_string();
            writeln!(self.stdout, "{}", escaped(&text))
        } else {
            serde_json::to_writer(&mut self.stdout, value)?;
            self.stdout.write_all(b"\n")
        }
    }

    /// A line of JSON that is written already, byte for byte unless somebody looks at it.
    pub fn json_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.terminal {
            let text = String::from_utf8_lossy(bytes);
            self.stdout.write_all(escaped(&text).as_bytes())?;
        } else {
            self.stdout.write_all(bytes)?;
        }
        self.stdout.write_all(b"\n")
    }

    /// The same for many lines, each with its end.
    pub fn json_lines(&mut self, lines: &[u8]) -> io::Result<()> {
        if !self.terminal {
            return self.stdout.write_all(lines);
        }
        let mut lines = lines.split_inclusive(|byte| *byte == b'\n');
        lines.try_for_each(|line| self.json_bytes(line.strip_suffix(b"\n").unwrap_or(line)))
    }

    /// Text of several lines that comes with the program.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.stdout.write_all(text.as_bytes())
    }

    /// Bytes as they are: completions, the manual page.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stdout.write_all(bytes)
    }

    /// Makes sure that everything has left. Call it when following, and at the end.
    pub fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }
}

impl Default for Out {
    fn default() -> Self {
        Self::new()
    }
}

/// One line to standard error that is no result: a note, a progress, a refusal. If nobody can read it, it is
/// lost.
pub fn note(text: impl Display) {
    let text = text.to_string();
    let _ = writeln!(io::stderr().lock(), "{}", visible(&text));
}

/// The last word of a command that ends early.
pub fn complain(text: &str) {
    note(format_args!("orderdeck: {text}"));
}

/// Whether colours are wanted at all: `NO_COLOR` and terminals that have none say no.
pub fn colours() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether a character could steer a terminal or turn the direction of writing.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text with everything that could steer a terminal spelled out; line ends stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| steers(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if steers(c) && c != '\n' {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// JSON text with the same characters as JSON escapes. All of them are in the basic plane.
fn escaped(json: &str) -> Cow<'_, str> {
    if !json.chars().any(steers) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if steers(c) {
            // Writing to memory can't fail.
            let _ = write!(shown, "\\u{:04x}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// `1 order`, `2,000 orders`.
pub fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", thousands(count))
}

/// A number with commas.
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal_and_json_stays_the_same() {
        let text = "a\u{1b}]52;c;x\u{7}\u{202e}\u{9b}b\nc";
        let shown = visible(text);
        assert!(!shown.chars().any(|c| steers(c) && c != '\n'), "{shown}");
        assert!(shown.contains("\nc"));
        let json = Value::from(text).to_string();
        let safe = escaped(&json);
        assert!(!safe.chars().any(steers), "{safe}");
        assert_eq!(serde_json::from_str::<Value>(&safe).unwrap(), text);
    }

    #[test]
    fn numbers_are_read_easily() {
        for (count, text) in [
            (1, "1"),
            (999, "999"),
            (2000, "2,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(thousands(count), text);
        }
        assert_eq!(counted(1, "order"), "1 order");
    }
}

//! The terminal's background, asked with OSC 11, and told apart from keys that are typed meanwhile.
//!
//! Behind the question stands another one that every terminal answers (its attributes), so that one that knows
//! no colours isn't waited for. An answer that comes after all, over a slow line, would be keys to everybody else:
//! [`Late`] takes it out of them.

use crossterm::event::{Event as Input, KeyCode, KeyEvent, KeyModifiers};

/// What is asked: the background, then the attributes.
pub const QUESTION: &str = "\x1b]11;?\x1b\\\x1b[c";

/// What was heard so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    /// The background, if it was told.
    pub background: Option<[u8; 3]>,
    /// Whether the attributes were told: nothing else comes.
    pub is_whole: bool,
    /// What was typed, in its order.
    pub typed: Vec<u8>,
}

/// Takes the answers out of what came.
pub fn hear(bytes: &[u8]) -> Heard {
    let mut heard = Heard::default();
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        if let Some((colour, after)) = background(rest) {
            heard.background = colour.or(heard.background);
            rest = after;
        } else if let Some(after) = attributes(rest) {
            heard.is_whole = true;
            rest = after;
        } else {
            heard.typed.push(*first);
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    heard
}

/// `ESC ] 11 ; COLOUR` up to BEL or `ESC \`, and what stands behind it.
fn background(bytes: &[u8]) -> Option<(Option<[u8; 3]>, &[u8])> {
    let body = bytes.strip_prefix(b"\x1b]11;")?;
    let end = body.iter().position(|byte| matches!(byte, 7 | 0x1b))?;
    let (colour, tail) = body.split_at_checked(end)?;
    let after = tail
        .strip_prefix(b"\x07")
        .or_else(|| tail.strip_prefix(b"\x1b\\"))?;
    Some((std::str::from_utf8(colour).ok().and_then(rgb), after))
}

/// `ESC [ ? … c`, and what stands behind it.
fn attributes(bytes: &[u8]) -> Option<&[u8]> {
    let body = bytes.strip_prefix(b"\x1b[?")?;
    let end = body
        .iter()
        .position(|byte| !byte.is_ascii_digit() && *byte != b';')?;
    body.get(end..)?.strip_prefix(b"c")
}

/// A colour as X11 writes it: `rgb:RRRR/GGGG/BBBB` with one to four digits each, or `#rrggbb`.
fn rgb(text: &str) -> Option<[u8; 3]> {
    if let Some(digits) = text.strip_prefix('#').filter(|digits| digits.len() == 6) {
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        return Some([part(0)?, part(2)?, part(4)?]);
    }
    let mut parts = text
        .strip_prefix("rgb:")
        .or_else(|| text.strip_prefix("rgba:"))?
        .split('/')
        .map(|part| {
            let digits = u32::try_from(part.len()).ok()?;
            let most = 16_u32.checked_pow(digits).filter(|_| digits <= 4)? - 1;
            let value = u32::from_str_radix(part, 16).ok()?;
            u8::try_from((value * 255 + most / 2).checked_div(most)?).ok()
        });
    Some([parts.next()??, parts.next()??, parts.next()??])
}

/// The background that `COLORFGBG` tells, which some terminals set: light or dark is all it is good for.
pub fn colorfgbg(value: &str) -> Option<[u8; 3]> {
    let background: u8 = value.rsplit(';').next()?.parse().ok()?;
    let light = background == 7 || background == 15;
    Some([if light { 255 } else { 0 }; 3])
}

/// What was typed as events: characters, pasted text and the common keys; what a mouse says is dropped.
pub fn keys(typed: &[u8]) -> Vec<Input> {
    let text = String::from_utf8_lossy(typed);
    let mut rest = text.as_ref();
    let mut events = Vec::new();
    let press = |code, modifiers| Input::Key(KeyEvent::new(code, modifiers));
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if let Some(pasted) = rest.strip_prefix("\x1b[200~") {
            let (pasted, after) = pasted.split_once("\x1b[201~").unwrap_or((pasted, ""));
            events.push(Input::Paste(pasted.to_owned()));
            rest = after;
        } else if let Some(sequence) = rest
            .strip_prefix("\x1b[")
            .or_else(|| rest.strip_prefix("\x1bO"))
            .filter(|sequence| !sequence.is_empty())
        {
            let end = sequence.find(|c: char| ('@'..='~').contains(&c));
            let (sequence, after) = end
                .and_then(|end| sequence.split_at_checked(end + 1))
                .unwrap_or((sequence, ""));
            events.extend(named(sequence).map(|code| press(code, KeyModifiers::NONE)));
            rest = after;
        } else {
            let (code, modifiers) = plain(c);
            events.push(press(code, modifiers));
            rest = after;
        }
    }
    events
}

fn plain(c: char) -> (KeyCode, KeyModifiers) {
    match c {
        '\r' | '\n' => (KeyCode::Enter, KeyModifiers::NONE),
        '\t' => (KeyCode::Tab, KeyModifiers::NONE),
        '\x1b' => (KeyCode::Esc, KeyModifiers::NONE),
        '\x7f' => (KeyCode::Backspace, KeyModifiers::NONE),
        '\x01'..='\x1a' => {
            let letter = char::from((c as u8) + b'a' - 1);
            (KeyCode::Char(letter), KeyModifiers::CONTROL)
        }
        c => (KeyCode::Char(c), KeyModifiers::NONE),
    }
}

fn named(sequence: &str) -> Option<KeyCode> {
    Some(match sequence {
        "A" => KeyCode::Up,
        "B" => KeyCode::Down,
        "C" => KeyCode::Right,
        "D" => KeyCode::Left,
        "H" => KeyCode::Home,
        "F" => KeyCode::End,
        "Z" => KeyCode::BackTab,
        "3~" => KeyCode::Delete,
        "5~" => KeyCode::PageUp,
        "6~" => KeyCode::PageDown,
        _ => return None,
    })
}

/// Takes an answer that comes late out of the keys: it begins as `alt-]`, which nobody types here.
#[derive(Debug, Default)]
pub struct Late {
    held: Vec<Input>,
    text: String,
    done: bool,
}

/// What [`Late`] makes of an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Passed {
    /// These are the operator's.
    Events(Vec<Input>),
    /// The answer, whole; a colour if it is one.
    Answer(Option<[u8; 3]>),
}

impl Late {
    /// One that waits for nothing: the answer is there, or was never asked for.
    pub fn done() -> Self {
        Self {
            done: true,
            ..Self::default()
        }
    }

    /// The next event.
    pub fn pass(&mut self, event: Input) -> Passed {
        if self.done {
            return Passed::Events(vec![event]);
        }
        let Input::Key(key) = &event else {
            return Passed::Events(vec![event]);
        };
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let begun = !self.held.is_empty();
        match key.code {
            KeyCode::Char(']') if alt && !begun => {}
            KeyCode::Char('\\') if begun && alt => return self.end(),
            KeyCode::Char('g') if begun && control => return self.end(),
            KeyCode::Char(c) if begun && !alt && !control => self.text.push(c),
            _ if !begun => return Passed::Events(vec![event]),
            _ => return self.release(event),
        }
        if belongs(&self.text) {
            self.held.push(event);
            Passed::Events(Vec::new())
        } else {
            self.release(event)
        }
    }

    fn end(&mut self) -> Passed {
        self.done = true;
        self.held.clear();
        Passed::Answer(self.text.strip_prefix("11;").and_then(rgb))
    }

    /// It was typed after all.
    fn release(&mut self, event: Input) -> Passed {
        self.text.clear();
        let mut events = std::mem::take(&mut self.held);
        events.push(event);
        Passed::Events(events)
    }
}

/// Whether an answer may begin so.
fn belongs(text: &str) -> bool {
    const HEAD: &str = "11;rgb:";
    match text.strip_prefix(HEAD) {
        Some(digits) => {
            digits.len() <= 24 && digits.chars().all(|c| c.is_ascii_hexdigit() || c == '/')
        }
        None => HEAD.starts_with(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn answers_are_found_among_keys_and_the_keys_stay(
            before in "[ -~\r\t]{0,12}", between in "[ -~]{0,6}", after in "[ -~é]{0,12}",
            colour: [u8; 3], digits in 1_usize..=4, bell: bool,
        ) {
            let part = |value: u8| match digits {
                1 => format!("{:x}", value >> 4),
                2 => format!("{value:02x}"),
                3 => format!("{:03x}", u32::from(value) * 4095 / 255),
                _ => format!("{value:02x}{value:02x}"),
            };
            let [r, g, b] = colour.map(part);
            let end = if bell { "\x07" } else { "\x1b\\" };
            let came = format!("{before}\x1b]11;rgb:{r}/{g}/{b}{end}{between}\x1b[?62;22c{after}");
            let heard = hear(came.as_bytes());
            let wanted = if digits == 1 { colour.map(|value| (value >> 4) * 17) } else { colour };
            prop_assert_eq!(heard.background, Some(wanted));
            prop_assert!(heard.is_whole);
            prop_assert_eq!(heard.typed, format!("{before}{between}{after}").into_bytes());
        }

        #[test]
        fn whatever_comes_nothing_is_made_up(bytes: Vec<u8>) {
            let heard = hear(&bytes);
            prop_assert!(heard.typed.len() <= bytes.len());
            let _ = keys(&heard.typed);
        }

        #[test]
        fn typed_text_is_the_same_keys(text in "[ -~éß]{0,20}") {
            let typed: String = keys(text.as_bytes()).into_iter().filter_map(|event| match event {
                Input::Key(KeyEvent { code: KeyCode::Char(c), .. }) => Some(c),
                _ => None,
            }).collect();
            prop_assert_eq!(typed, text);
        }

        #[test]
        fn keys_pass_a_late_listener_in_their_order(text in "[a-z0-9;:/\\]]{0,30}") {
            let mut late = Late::default();
            let mut passed = String::new();
            for event in keys(text.as_bytes()) {
                if let Passed::Events(events) = late.pass(event) {
                    for event in events {
                        if let Input::Key(KeyEvent { code: KeyCode::Char(c), .. }) = event {
                            passed.push(c);
                        }
                    }
                }
            }
            prop_assert_eq!(passed, text);
        }
    }

    fn alt(c: char) -> Input {
        Input::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::ALT))
    }

    #[test]
    fn a_half_answer_is_not_whole_and_an_odd_one_no_colour() {
        assert!(!hear(b"\x1b]11;rgb:ff/ff").is_whole);
        assert_eq!(hear(b"\x1b]11;what\x07").background, None);
        assert_eq!(hear(b"\x1b]11;what\x07x").typed, b"x");
        assert_eq!(
            hear(b"\x1b]11;#fdf6e3\x07").background,
            Some([253, 246, 227])
        );
    }

    #[test]
    fn special_keys_are_read() {
        let codes: Vec<_> = keys(b"\x1b[A\x1b[<0;1;1M\x1b[6~\r\x1b")
            .into_iter()
            .filter_map(|event| event.as_key_event().map(|key| key.code))
            .collect();
        assert_eq!(
            codes,
            [KeyCode::Up, KeyCode::PageDown, KeyCode::Enter, KeyCode::Esc]
        );
        assert_eq!(
            keys(b"\x1b[200~a\rb\x1b[201~"),
            [Input::Paste("a\rb".to_owned())]
        );
    }

    #[test]
    fn a_late_answer_is_no_keys() {
        let mut late = Late::default();
        assert_eq!(late.pass(alt(']')), Passed::Events(Vec::new()));
        for event in keys(b"11;rgb:ffff/ffff/f0f0") {
            assert_eq!(late.pass(event), Passed::Events(Vec::new()));
        }
        assert_eq!(late.pass(alt('\\')), Passed::Answer(Some([255, 255, 240])));
        assert_eq!(late.pass(alt(']')), Passed::Events(vec![alt(']')]));
    }

    #[test]
    fn alt_and_a_bracket_that_was_typed_passes_with_the_next_key() {
        let mut late = Late::default();
        late.pass(alt(']'));
        let next = keys(b"q").remove(0);
        assert_eq!(
            late.pass(next.clone()),
            Passed::Events(vec![alt(']'), next])
        );
    }
}

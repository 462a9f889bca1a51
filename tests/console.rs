//! The console in a pseudo-terminal: the main job by its keys, on the sandbox, reading the screen.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

const ROWS: NonZeroU16 = NonZeroU16::new(24).unwrap();
const COLUMNS: NonZeroU16 = NonZeroU16::new(80).unwrap();

/// The real binary in a terminal of 80 columns and 24 rows.
struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    raw: Vec<u8>,
    screen: vt100::Parser,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    fn start(directory: &Path, arguments: &[&str]) -> Self {
        let size = PtySize {
            rows: ROWS.get(),
            cols: COLUMNS.get(),
            pixel_width: 0,
            pixel_height: 0,
        };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_orderdeck"));
        command.args(arguments);
        command.cwd(directory);
        command.env("TERM", "xterm-256color");
        command.env("ORDERDECK_CONFIG_DIR", directory.join("config"));
        command.env("ORDERDECK_DATA_DIR", directory.join("data"));
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (send, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || send.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            keys: pty.master.take_writer().unwrap(),
            output,
            raw: Vec::new(),
            screen: vt100::Parser::new(ROWS, COLUMNS, 0),
            _master: pty.master,
        }
    }

    fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Reads until the screen is as wanted.
    #[track_caller]
    fn until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> &mut Self {
        let end = Instant::now() + PATIENCE;
        while !wanted(&self.text()) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => {
                    self.screen.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(_) => panic!("{what} never was; the screen:\n{}", self.text()),
            }
        }
        self
    }

    #[track_caller]
    fn see(&mut self, text: &str) -> &mut Self {
        self.until(text, |screen| screen.contains(text))
    }

    #[track_caller]
    fn gone(&mut self, text: &str) -> &mut Self {
        self.until(&format!("the end of {text}"), |screen| {
            !screen.contains(text)
        })
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        self
    }

    /// Waits for the end of the program; the exit code.
    fn ended(mut self) -> (u32, Vec<u8>) {
        while let Ok(bytes) = self.output.recv_timeout(PATIENCE) {
            self.raw.extend(bytes);
        }
        (self.child.wait().unwrap().exit_code(), self.raw)
    }
}

#[test]
fn the_main_job_by_its_keys() {
    let directory = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(directory.path(), &["--sandbox"]);
    let sample = directory.path().join("data/samples/shopify-orders.csv");
    // A vendor's tab, its findings.
    terminal.see("#1001").press("]").see("VOU-12");
    let before = std::fs::read(&sample).unwrap();
    // Jump to the finding, edit the field, see the finding go and the origin say "edit".
    terminal.press("n").see("VOU-12 not in its form").press("e");
    terminal
        .see("Edit customer/email")
        .press("\x15nora@example.com");
    terminal.see("✓ well").press("\r");
    terminal.gone("VOU-12").see("nora@example.com").see("edit");
    terminal.press("u").see("VOU-12 not in its form");
    terminal.press("\x12").gone("VOU-12 not in its form");
    // Submit, the outcomes, the response, the end of the job.
    terminal.press("s").see("Submit 37").press("\r");
    terminal
        .see("run s1 is finished")
        .press("3")
        .see("finished");
    terminal
        .press("4")
        .see("POST")
        .press("G\r")
        .see("Response ·");
    terminal
        .see("POST http://127.0.0.1")
        .press("\x1b")
        .gone("Response ·");
    terminal.press("5").see("DONE");
    // Cancel an order.
    terminal
        .press("1")
        .see("Orders")
        .press("\x1b")
        .see("customer");
    terminal
        .press("g")
        .press("c")
        .see("Cancel orders · Voucherify");
    terminal
        .see("last outcome at this account: imported")
        .press("\r");
    terminal.see("run s2 is finished");
    // SIGKILL and a new start bring the edit back.
    terminal.child.kill().unwrap();
    drop(terminal);
    let mut terminal = Terminal::start(directory.path(), &["--sandbox"]);
    terminal
        .see("1 edited")
        .press("]")
        .see("#1014")
        .gone("VOU-12");
    assert_eq!(std::fs::read(&sample).unwrap(), before);
    terminal.press("q");
    let (code, raw) = terminal.ended();
    assert_eq!(code, 0);
    let raw = String::from_utf8_lossy(&raw);
    for restored in ["\x1b[?1049l", "\x1b[?2004l", "\x1b[?25h"] {
        assert!(raw.contains(restored), "{restored:?} was not sent");
    }
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let directory = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::start(directory.path(), &[]);
    terminal.see("Try it in the sandbox");
    let process = terminal.child.process_id().unwrap();
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &process.to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let (code, raw) = terminal.ended();
    assert_eq!(code, 0);
    assert!(String::from_utf8_lossy(&raw).contains("\x1b[?1049l"));
}

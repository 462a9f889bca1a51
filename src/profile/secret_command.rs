//! Runs the command that prints a secret: no input, a bounded output, a bounded time.

use std::io;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::secret::{SecretProblem, read_bounded};

/// What the command printed. Its standard error is thrown away: it would spoil the screen and may hold the secret.
pub(super) fn run(text: &str, timeout: Duration) -> Result<Zeroizing<Vec<u8>>, SecretProblem> {
    let deadline = Instant::now() + timeout;
    let mut child = shell(text)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(SecretProblem::NotRun)?;
    let output = read_until(&mut child, deadline);
    let output = match output {
        Ok(Some(output)) => output,
        Ok(None) => {
            stop(&mut child);
            return Err(SecretProblem::TooLong);
        }
        Err(error) => {
            stop(&mut child);
            return Err(match error.kind() {
                io::ErrorKind::TimedOut => SecretProblem::TooSlow(timeout),
                _ => SecretProblem::NotRun(error),
            });
        }
    };
    // Its output is closed, so it is about to end.
    loop {
        match child.try_wait().map_err(SecretProblem::NotRun)? {
            Some(status) if status.success() => return Ok(output),
            Some(status) => return Err(SecretProblem::Failed(status)),
            None if Instant::now() >= deadline => {
                stop(&mut child);
                return Err(SecretProblem::TooSlow(timeout));
            }
            None => thread::sleep(Duration::from_millis(2)),
        }
    }
}

/// Reads in a thread of its own, because a pipe's reading has no deadline.
fn read_until(child: &mut Child, deadline: Instant) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let Some(stdout) = child.stdout.take() else {
        return Err(io::Error::other("it has no output"));
    };
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("secret-command".to_owned())
        .spawn(move || {
            // Nobody listens any more when the time is up.
            let _ = sender.send(read_bounded(stdout));
        })?;
    let left = deadline.saturating_duration_since(Instant::now());
    receiver
        .recv_timeout(left)
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

#[cfg(unix)]
fn shell(text: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(text);
    // A group of its own, so that whatever the shell started can be stopped with it.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

#[cfg(windows)]
fn shell(text: &str) -> Command {
    let mut command = Command::new("cmd");
    command.arg("/C");
    std::os::windows::process::CommandExt::raw_arg(&mut command, text);
    command
}

fn stop(child: &mut Child) {
    #[cfg(unix)]
    let _ = rustix::process::kill_process_group(
        rustix::process::Pid::from_child(child),
        rustix::process::Signal::KILL,
    );
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_doesn_t_end_is_stopped_with_all_that_it_started() {
        let began = Instant::now();
        let timeout = Duration::from_millis(100);
        for text in ["sleep 60", "sleep 60 | cat", "exec >&-; sleep 60"] {
            let error = run(text, timeout).unwrap_err();
            assert!(
                matches!(error, SecretProblem::TooSlow(_)),
                "{text}: {error}"
            );
        }
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}

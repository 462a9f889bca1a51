//! Running a program: how long it takes, and how much memory at most.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often each is run.
const TIMES: usize = 3;

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub took: Duration,
    /// Bytes, where something could tell.
    pub memory: Option<u64>,
}

impl Run {
    /// `, 70 MB`, if that is known.
    pub fn memory_in_words(self) -> String {
        let megabytes = self.memory.map(|bytes| bytes / 1_000_000);
        megabytes.map_or_else(String::new, |megabytes| format!(", {megabytes} MB"))
    }
}

/// The best of some runs; what the program prints goes to a file.
pub fn best(home: &Path, words: &[&str]) -> Run {
    let runs = (0..TIMES).map(|_| once(home, words));
    runs.min_by_key(|run| run.took).expect("a run")
}

fn once(home: &Path, words: &[&str]) -> Run {
    let told = home.join("memory");
    let has_time = Path::new("/usr/bin/time").exists();
    let mut command = if has_time {
        let mut command = Command::new("/usr/bin/time");
        command.args(["-f", "%M", "-o"]).arg(&told).args(words);
        command
    } else {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command
    };
    command
        .env("ORDERDECK_CONFIG_DIR", home.join("config"))
        .env("ORDERDECK_DATA_DIR", home.join("data"))
        .current_dir(home)
        .stdout(File::create(home.join("output")).unwrap())
        .stderr(Stdio::null());
    let start = Instant::now();
    command.status().expect("the program starts");
    let took = start.elapsed();
    // It says first if the program ended with findings.
    let memory = std::fs::read_to_string(&told).unwrap_or_default();
    let kilobytes = memory
        .lines()
        .last()
        .and_then(|line| line.parse::<u64>().ok());
    Run {
        took,
        memory: kilobytes.map(|kilobytes| kilobytes * 1024),
    }
}

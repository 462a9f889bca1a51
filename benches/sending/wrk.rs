//! What `wrk` reaches on the same server with the same body: the pace of a client that records nothing.

use std::path::Path;
use std::process::Command;

use super::measure::cpu_times;

/// Requests a second, and microseconds of processors for each where the system tells; `None` where there is no `wrk`.
pub fn rate(home: &Path, url: &str, body: &[u8], connections: u32) -> Option<(f64, Option<f64>)> {
    let script = home.join("post.lua");
    let level = "=".repeat(8);
    let text = format!(
        "wrk.method = \"POST\"\nwrk.body = [{level}[{}]{level}]\n\
         wrk.headers[\"content-type\"] = \"application/json\"\n\
         wrk.headers[\"accept\"] = \"application/json\"\n\
         wrk.headers[\"api-key\"] = \"not-a-secret\"\n\
         wrk.headers[\"authorization\"] = \"Bearer sink\"\n",
        String::from_utf8_lossy(body)
    );
    std::fs::write(&script, text).unwrap();
    let before = cpu_times();
    let output = Command::new("wrk")
        .args(["-t1", "-d3s"])
        .arg(format!("-c{connections}"))
        .arg("-s")
        .arg(&script)
        .arg(format!("{url}/api/v2/importOrder/"))
        .output()
        .inspect_err(|error| eprintln!("no wrk to compare with: {error}"))
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let cpu = cpu_times().zip(before);
    let cpu = cpu.map(|(after, before)| after.1.saturating_sub(before.1).as_secs_f64() * 1e6);
    let number = |within: &str, at: usize| -> Option<f64> {
        let line = text.lines().find(|line| line.contains(within));
        line?.split_whitespace().nth(at)?.parse().ok()
    };
    let requests = number("requests in", 0)?;
    Some((number("Requests/sec:", 1)?, cpu.map(|cpu| cpu / requests)))
}

//! What `wrk` reaches on the same server with the same body: the pace of a client that records nothing.

use std::path::Path;
use std::process::Command;

/// Requests a second; `None` where there is no `wrk`.
pub fn rate(home: &Path, url: &str, body: &[u8], connections: u32) -> Option<f64> {
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
    let line = text.lines().find(|line| line.starts_with("Requests/sec:"));
    line?.split_whitespace().nth(1)?.parse().ok()
}

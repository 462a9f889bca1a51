//! What the HTTP library alone reaches on the same server with the same body: the pace that no client made with it can
//! surpass.

use std::time::{Duration, Instant};

use super::measure::cpu_times;

/// How long it is measured.
const FOR: Duration = Duration::from_secs(3);

/// Requests a second over so many connections, and microseconds of processors for each where the system tells.
pub fn rate(url: &str, body: &[u8], connections: u32) -> (f64, Option<f64>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let url: reqwest::Url = format!("{url}/api/v2/importOrder/").parse().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let (begun, before) = (Instant::now(), cpu_times());
        let senders = (0..connections).map(|_| {
            let (client, url, body) = (client.clone(), url.clone(), body.to_vec());
            tokio::spawn(async move {
                let mut sent = 0_u64;
                while begun.elapsed() < FOR {
                    let request = client
                        .post(url.clone())
                        .header("content-type", "application/json")
                        .header("accept", "application/json")
                        .header("api-key", "not-a-secret")
                        .header("authorization", "Bearer sink")
                        .body(body.clone());
                    request.send().await.unwrap().bytes().await.unwrap();
                    sent += 1;
                }
                sent
            })
        });
        let senders: Vec<_> = senders.collect();
        let mut sent = 0;
        for sender in senders {
            sent += sender.await.unwrap();
        }
        let cpu = cpu_times().zip(before);
        let cpu = cpu.map(|(after, before)| after.0.saturating_sub(before.0).as_secs_f64() * 1e6);
        let rate = sent as f64 / begun.elapsed().as_secs_f64();
        (rate, cpu.map(|cpu| cpu / sent as f64))
    })
}

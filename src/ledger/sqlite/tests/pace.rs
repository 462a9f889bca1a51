//! How quickly a run went, when a job came further, and runs by the page.

use super::*;

#[test]
fn timings_are_those_of_the_run_after_an_exchange_without_a_sort() {
    let mut desk = Desk::new();
    let (other, run) = (desk.begin(3), desk.begin(5));
    desk.sent_with(other, &[0, 1], Outcome::Accepted);
    desk.ask(run, "token", &[]);
    desk.sent_with(run, &[0, 1, 2], Outcome::Accepted);
    let open = desk.send(run, &[3, 4]);
    let timings = desk.ledger.timings(run, None).unwrap();
    let seen: Vec<_> = timings.iter().map(|it| (it.orders, it.state)).collect();
    assert_eq!(
        seen,
        [
            (0, ExchangeState::Sending),
            (3, ExchangeState::Answered),
            (2, ExchangeState::Sending)
        ]
    );
    assert_eq!(
        (timings[1].latency_ms, timings[1].status),
        (Some(12), Some(200))
    );
    let after = desk.ledger.timings(run, Some(timings[1].exchange)).unwrap();
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].exchange, open);
    let mut plan = desk
        .ledger
        .conn
        .prepare(&format!("EXPLAIN QUERY PLAN {}", exchanges::TIMINGS))
        .unwrap();
    let steps: Vec<String> = plan
        .query_map((run.0, 0), |row| row.get(3))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    // Beside the index there is only where each went: no sort, no walk.
    assert_eq!(steps.len(), 2, "{steps:?}");
    assert!(
        steps[0].contains("exchange_by_run (run=? AND rowid>?)"),
        "{steps:?}"
    );
    assert!(
        steps[1].starts_with("SEARCH endpoint USING INTEGER PRIMARY KEY"),
        "{steps:?}"
    );
}

#[test]
fn a_job_moves_only_when_something_of_it_changes() {
    let mut desk = Desk::new();
    let run = desk.begin(2);
    let exchange = desk.send(run, &[0, 1]);
    let mut job = JobState {
        id: "aa_1".to_owned(),
        status: "IN_PROGRESS".to_owned(),
        progress: Some(40),
        ..JobState::default()
    };
    let begun = AnswerRecord {
        job: Some(job.clone()),
        ..answer(exchange)
    };
    desk.ledger.record_answers(run, &[begun]).unwrap();
    let long_ago = |desk: &Desk| {
        desk.ledger
            .conn
            .execute("UPDATE job SET moved_at = 1", [])
            .unwrap();
    };
    let moved = |desk: &Desk| {
        desk.ledger.jobs(None).unwrap()[0]
            .moved_at
            .unwrap()
            .as_millisecond()
    };
    assert!(moved(&desk) > 1, "it began");
    long_ago(&desk);
    // Another time to ask and another word are no progress.
    job.message = Some("busy".to_owned());
    job.next_poll = Some(jiff::Timestamp::now());
    desk.ledger.record_job(run, &job).unwrap();
    assert_eq!(moved(&desk), 1);
    for change in [
        |job: &mut JobState| job.progress = None,
        |job: &mut JobState| job.status = "DONE".to_owned(),
        |job: &mut JobState| job.done = Some(1),
        |job: &mut JobState| job.failed = Some(1),
    ] {
        long_ago(&desk);
        change(&mut job);
        desk.ledger.record_job(run, &job).unwrap();
        assert!(moved(&desk) > 1, "{job:?}");
    }
}

#[test]
fn runs_are_read_by_the_page_to_the_very_first() {
    let mut desk = Desk::new();
    let all: Vec<RunId> = (0..5).map(|_| desk.begin(1)).collect();
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = desk.ledger.runs_before(before, 2).unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        found.extend(page.iter().map(|run| run.id));
    }
    found.reverse();
    assert_eq!(found, all);
}

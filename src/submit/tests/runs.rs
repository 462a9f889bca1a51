//! Whole runs: sent once, skipped when unchanged, cancelled, stopped and resumed.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn every_vendor_takes_every_order_once() {
    let bench = Bench::new(25).await;
    for (vendor, outcome, requests) in [
        ("kameleoon", Outcome::Accepted, 1),
        ("voucherify", Outcome::Imported, 1),
        ("project-agora", Outcome::Imported, 1),
        ("kibo", Outcome::Accepted, 25),
    ] {
        let summary = bench.submit(vendor).await;
        let reasons = bench
            .workspace
            .ledger(Book::Sandbox)
            .unwrap()
            .outcomes(summary.run.id, &[])
            .unwrap();
        assert_eq!(
            count(&summary, outcome),
            25,
            "{vendor}: {:?} {:?}",
            summary.outcomes,
            reasons.first()
        );
        let taken = &bench.taken().await[vendor];
        assert_eq!(taken["orders"], 25, "{vendor}: {taken}");
        assert_eq!(taken["order_requests"], requests, "{vendor}");
        assert!(
            taken["copies"]
                .as_object()
                .unwrap()
                .values()
                .all(|copies| copies == 1),
            "{vendor}: {taken}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unchanged_orders_are_skipped_and_no_request_is_made() {
    let bench = Bench::new(5).await;
    bench.submit("kameleoon").await;
    let again = bench.submit("kameleoon").await;
    assert_eq!(count(&again, Outcome::Skipped), 5);
    assert_eq!(again.exchanges, 0);
    assert_eq!(bench.taken().await["kameleoon"]["order_requests"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_stopped_goes_on_where_it_was() {
    let bench = Bench::new(60).await;
    let target = bench.target("kibo", Operation::Import);
    let mut started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    // Stop as soon as something was recorded.
    started.events.recv().await.unwrap();
    started.control.send(Control::Stop).unwrap();
    let (state, _) = started.task.await.unwrap();
    assert_eq!(state, RunState::Stopped);
    assert!(count(&bench.summary(id), Outcome::Pending) > 0);

    let credentials = bench.workspace.credentials("sandbox-kibo").unwrap();
    let started = bench
        .workspace
        .resume(Book::Sandbox, id, credentials, true)
        .unwrap()
        .unwrap();
    let (state, reason) = started.task.await.unwrap();
    assert_eq!(state, RunState::Finished, "{reason:?}");
    assert_eq!(count(&bench.summary(id), Outcome::Accepted), 60);
    let taken = &bench.taken().await["kibo"];
    assert!(
        taken["copies"]
            .as_object()
            .unwrap()
            .values()
            .all(|copies| copies == 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_file_changed_is_not_resumed() {
    let bench = Bench::new(60).await;
    let target = bench.target("kibo", Operation::Import);
    let mut started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    started.events.recv().await.unwrap();
    started.control.send(Control::Stop).unwrap();
    started.task.await.unwrap();
    std::fs::write(bench.file(), export(61)).unwrap();
    let credentials = bench.workspace.credentials("sandbox-kibo").unwrap();
    let error = bench
        .workspace
        .resume(Book::Sandbox, id, credentials, true)
        .unwrap_err()
        .to_string();
    assert!(error.contains("the source file changed"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_by_id_needs_no_file_where_the_vendor_knows_ids() {
    let bench = Bench::new(3).await;
    for vendor in ["voucherify", "kameleoon"] {
        bench.submit(vendor).await;
        let summary = cancel(&bench, vendor, "#1002").await.unwrap();
        let taken = count(&summary, Outcome::Imported) + count(&summary, Outcome::Accepted);
        assert_eq!(taken, 1, "{vendor}: {:?}", summary.outcomes);
        assert_eq!(bench.taken().await[vendor]["cancelled"]["#1002"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kibo_cancels_what_it_was_sent_from_here_and_nothing_else() {
    let bench = Bench::new(3).await;
    let unknown = cancel(&bench, "kibo", "#1002").await.unwrap_err();
    assert!(unknown.contains("id alone is not enough"), "{unknown}");
    bench.submit("kibo").await;
    let summary = cancel(&bench, "kibo", "#1002").await.unwrap();
    assert_eq!(count(&summary, Outcome::Accepted), 1);
    assert_eq!(bench.taken().await["kibo"]["cancelled"]["#1002"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn project_agora_has_no_cancellation() {
    let bench = Bench::new(1).await;
    let target = bench.target("project-agora", Operation::Cancel);
    assert!(bench.workspace.take_seat(&target).is_err());
}

async fn cancel(bench: &Bench, vendor: &str, id: &str) -> Result<RunSummary, String> {
    let target = bench.target(vendor, Operation::Cancel);
    let orders = bench
        .workspace
        .prepare_cancel(&target, &[id.to_owned()], None)
        .unwrap();
    if let Some(why) = orders.iter().find_map(crate::submit::cancel::refusal) {
        return Err(why);
    }
    let seat = bench.workspace.take_seat(&target).unwrap();
    let plan = Workspace::plan_cancel(&target, &orders, None, None).unwrap();
    let credentials = bench
        .workspace
        .credentials(&target.account.profile)
        .unwrap();
    let started = bench
        .workspace
        .submit_cancel(seat, &plan, None, terms(credentials))
        .unwrap();
    let id = started.name.id;
    let (state, reason) = started.task.await.unwrap();
    assert_eq!(state, RunState::Finished, "{reason:?}");
    Ok(bench.summary(id))
}

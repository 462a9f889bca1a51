//! Whole runs: sent once, skipped when unchanged, cancelled, stopped and resumed.

use super::*;
use crate::submit::Fate;

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
        .resume(Book::Sandbox, id, credentials, true, || {})
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
        .resume(Book::Sandbox, id, credentials, true, || {})
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
async fn what_was_cancelled_already_is_skipped_unless_it_is_sent_again_by_wish() {
    let bench = Bench::new(2).await;
    for (vendor, reason) in [
        ("voucherify", "cancelled in run s2"),
        ("kibo", "cancelled in run s4 (accepted)"),
    ] {
        bench.submit(vendor).await;
        let target = bench.target(vendor, Operation::Cancel);
        let plan = |resend| {
            let ids = ["#1001".to_owned(), "#1002".to_owned()];
            let orders = bench.workspace.prepare_cancel(&target, &ids, None);
            let ledger = bench.workspace.ledger(Book::Sandbox).unwrap();
            let ledger = Some(&ledger as &dyn Ledger);
            let plan =
                Workspace::plan_cancel(&target, &orders.unwrap(), None, ledger, resend).unwrap();
            let fates = plan.orders.into_iter().map(|order| order.fate);
            fates.collect::<Vec<_>>()
        };
        assert_eq!(plan(false), [Fate::Send, Fate::Send], "{vendor}");
        cancel(&bench, vendor, "#1002").await.unwrap();
        let skipped = Fate::Skipped(reason.to_owned());
        assert_eq!(plan(false), [Fate::Send, skipped], "{vendor}");
        assert_eq!(plan(true), [Fate::Send, Fate::Send], "{vendor}");
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

pub(super) async fn cancel(bench: &Bench, vendor: &str, id: &str) -> Result<RunSummary, String> {
    let target = bench.target(vendor, Operation::Cancel);
    let orders = bench
        .workspace
        .prepare_cancel(&target, &[id.to_owned()], None)
        .unwrap();
    if let Some(why) = orders.iter().find_map(crate::submit::cancel::refusal) {
        return Err(why);
    }
    let seat = bench.workspace.take_seat(&target).unwrap();
    let plan = Workspace::plan_cancel(&target, &orders, None, None, false).unwrap();
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

/// A preset's text as a file of the operator's own, whose name has a blank.
fn own_mapping(bench: &Bench) -> PathBuf {
    let text = crate::mapping::preset_text("shopify-csv").unwrap();
    let own = bench.file().with_file_name("mine.toml");
    std::fs::write(&own, text.replacen("\"shopify-csv\"", "\"my shop\"", 1)).unwrap();
    own
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_with_a_mapping_of_ones_own_is_resumed_with_it() {
    let mut bench = Bench::new(60).await;
    let own = own_mapping(&bench);
    bench.deck = bench
        .workspace
        .open_deck(&bench.file(), own.to_str(), &mut |_| {
            ControlFlow::Continue(())
        })
        .unwrap();
    let target = bench.target("kibo", Operation::Import);
    let mut started = bench.start(&target, &Selection::default());
    let id = started.name.id;
    started.events.recv().await.unwrap();
    started.control.send(Control::Stop).unwrap();
    started.task.await.unwrap();
    let credentials = bench.workspace.credentials("sandbox-kibo").unwrap();
    let started = bench
        .workspace
        .resume(Book::Sandbox, id, credentials, true, || {})
        .unwrap()
        .unwrap();
    started.task.await.unwrap();
    assert_eq!(count(&bench.summary(id), Outcome::Accepted), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_meant_for_a_test_is_not_resumed_at_a_live_account() {
    let bench = Bench::new(2).await;
    let url = bench
        .target("voucherify", Operation::Import)
        .account
        .base_url;
    let directories = bench.workspace.directories();
    directories.ensure_config().unwrap();
    let write = |environment: &str| {
        let text = format!(
            "[profiles.mine]\nvendor = \"voucherify\"\nenvironment = \"{environment}\"\nbase_url = \"{url}\"\n[profiles.mine.credentials]\napp_id = \"app-id-1\"\napp_token = \"app-token-1\"\n"
        );
        let path = directories.config().join("profiles.toml");
        std::fs::write(&path, text).unwrap();
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&path, private).unwrap();
    };
    write("test");
    let target = bench.workspace.target("mine", Operation::Import).unwrap();
    let seat = bench.workspace.take_seat(&target).unwrap();
    let plan = Plan::of_deck(
        &bench.deck,
        &target,
        &Selection::default(),
        None,
        &mut |_| ControlFlow::Continue(()),
    )
    .unwrap();
    assert_eq!(plan.to_send.orders, 2);
    let credentials = bench.workspace.credentials("mine").unwrap();
    let started = bench
        .workspace
        .submit(seat, &plan, &bench.deck, terms(credentials.clone()))
        .unwrap();
    let id = started.name.id;
    // The sandbox doesn't know these credentials: it pauses.
    let (state, _) = started.task.await.unwrap();
    assert_eq!(state, RunState::Paused);
    for environment in ["live", "sandbox"] {
        write(environment);
        let error = bench
            .workspace
            .resume(Book::Work, id, credentials.clone(), true, || {})
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("the environment of the profile mine"),
            "{error}"
        );
        let name = crate::ledger::RunName {
            book: Book::Work,
            id,
        };
        let error = bench
            .workspace
            .retry(name, &[Outcome::Rejected], &[])
            .unwrap_err();
        assert!(error.to_string().contains("environment"), "{error}");
    }
}

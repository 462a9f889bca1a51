//! `[policy]`: what is sent and what isn't, and what a total is.

use super::*;
use crate::mapping::Exclusion;

const FILE: &str = "id,test,draft,cancelled,total,back\n\
    1,true,,,10.00,\n2,,true,,10.00,\n3,,,true,10.00,2.50\n4,,,,10.00,10.00\n5,,,,,3.00\n6,,,,10.00,x\n";

fn run(policy: &str) -> Opened {
    let text = format!(
        "[mapping]\nname = \"m\"\ntitle = \"M\"\n[read]\ngroup_by = \"id\"\n[order]\nid = \"id\"\ntest = \"test\"\ndraft = \"draft\"\ncancelled = \"cancelled\"\ntotal = \"total\"\nrefunded_total = \"back\"\n{policy}"
    );
    open_with(&Mapping::parse(&text, "m").unwrap(), FILE)
}

#[test]
fn who_is_left_out_is_for_the_mapping_to_say() {
    let left = |policy: &str| {
        let opened = run(policy);
        ["1", "2", "3", "4"].map(|id| opened.find(id).0.exclusion)
    };
    assert_eq!(
        left(""),
        [Some(Exclusion::Test), Some(Exclusion::Draft), None, None]
    );
    assert_eq!(
        left("[policy]\ntest_orders = \"send\"\ndrafts = \"send\"\ncancelled = \"leave-out\""),
        [None, None, Some(Exclusion::Cancelled), None]
    );
}

#[test]
fn totals_are_gross_unless_the_mapping_says_net() {
    let gross = run("");
    assert_eq!(gross.get("3", Field::Total, None), "10.00");
    assert_eq!(gross.get("3", Field::RefundedTotal, None), "2.50");
    let net = run("[policy]\nrefunds = \"net\"");
    assert_eq!(net.get("1", Field::Total, None), "10.00");
    assert_eq!(net.get("3", Field::Total, None), "7.50");
    assert_eq!(
        net.get("3", Field::RefundedTotal, None),
        "2.50",
        "still told"
    );
    assert_eq!(net.get("4", Field::Total, None), "0.00");
    assert_eq!(net.get("5", Field::Total, None), "", "there was no total");
    assert_eq!(
        net.get("6", Field::Total, None),
        "",
        "never a total that may be wrong"
    );
    let (_, group) = net.find("3");
    let origin = net.compiled.origin(Field::Total, None, group);
    assert_eq!(origin.to_string(), "2 columns");
}

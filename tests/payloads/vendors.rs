//! The sandbox as the third opinion, and how files become payloads for it.

use std::ops::ControlFlow;

use orderdeck::deck::{Deck, Target};
use orderdeck::order::outcome::Operation;
use orderdeck::profile::Directories;
use orderdeck::sandbox::SandboxConfig;
use orderdeck::submit::transport::{Arrival, Transport};
use orderdeck::vendor::{
    Answer, Batch, BatchOrder, Encoded, Request, Token, TokenReading, VendorRef,
};
use orderdeck::workspace::Workspace;
use serde_json::Value;

use super::{orders, schema};

/// The four vendors inside this process, with directories of their own.
pub struct Vendors {
    workspace: Workspace,
    transport: Transport,
    runtime: tokio::runtime::Runtime,
    home: tempfile::TempDir,
}

impl Vendors {
    pub fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let directories = Directories::at(home.path().join("config"), home.path().join("data"));
        let mut workspace = Workspace::at(directories);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let config = SandboxConfig {
            voucherify_calls_per_minute: 1_000_000,
            ..SandboxConfig::default()
        };
        runtime.block_on(workspace.start_sandbox(config)).unwrap();
        Self {
            workspace,
            transport: Transport::new(false).unwrap(),
            runtime,
            home,
        }
    }

    /// A file as the console would open it.
    pub fn deck(&self, name: &str, content: &str, mapping: Option<&str>) -> Deck {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).unwrap();
        let mapping = mapping.or(Some("shopify-csv"));
        self.workspace
            .open_file(&path, mapping, &mut |_| ControlFlow::Continue(()))
            .unwrap()
    }

    pub fn target(&self, vendor: VendorRef, operation: Operation) -> Target {
        let profile = Workspace::sandbox_profile_name(vendor);
        let mut target = self.workspace.target(&profile, operation).unwrap();
        // Bare SKUs get the prefix of the product feed.
        let settings = &mut target.account.settings;
        settings.insert("gtin_prefix".to_owned(), "catpref".into());
        target
    }

    /// Payloads of one vendor that nobody has anything against.
    pub fn clean_payloads(&self, vendor: VendorRef) -> Vec<Value> {
        let deck = self.deck("sound.csv", &orders::csv(&orders::sound(40)), None);
        let target = self.target(vendor, Operation::Import);
        let mut encoded = Encoded::default();
        (0..deck.len())
            .map(|index| {
                let (_, available) = deck.encode_at(index, &target, &mut encoded).unwrap();
                available.unwrap();
                assert!(!encoded.is_blocked(), "{:?}", encoded.findings);
                serde_json::from_slice(&encoded.bytes).unwrap()
            })
            .collect()
    }

    fn send(&self, request: &Request) -> Answer {
        match self.runtime.block_on(self.transport.send(request)).0 {
            Arrival::Answered(answer) => answer,
            lost => panic!("{lost:?}"),
        }
    }

    fn token(&self, target: &Target) -> Option<Token> {
        let credentials = self.workspace.credentials(&target.account.profile).unwrap();
        let request = target.vendor.token_request(&target.account, &credentials)?;
        match target.vendor.read_token(&self.send(&request)) {
            TokenReading::Token(token) => Some(token),
            other => panic!("{other:?}"),
        }
    }

    /// Sends orders in batches, and returns what the sandbox says of those it refuses. A change of a live order
    /// at Voucherify is held against the schema of such changes, too.
    pub fn refused(
        &self,
        vendor: VendorRef,
        operation: Operation,
        orders: Vec<BatchOrder>,
    ) -> Vec<String> {
        let target = self.target(vendor, operation);
        let credentials = self.workspace.credentials(&target.account.profile).unwrap();
        let token = self.token(&target);
        // As they are given to a vendor: no id twice.
        let mut ids = std::collections::HashSet::new();
        let orders: Vec<BatchOrder> = orders
            .into_iter()
            .filter(|order| ids.insert(order.key.clone()))
            .collect();
        let mut refused = Vec::new();
        let mode = vendor
            .modes(operation)
            .last()
            .map(|mode| mode.name.to_owned());
        for mode in [mode, None] {
            let size = vendor
                .limits_in_mode(operation, mode.as_deref(), &target.account)
                .orders_per_request;
            for orders in orders.chunks(size.max(1)) {
                let batch = Batch {
                    operation,
                    orders: orders.to_vec(),
                    mode: mode.clone(),
                };
                let request = vendor.request(&batch, &target.account, &credentials, token.as_ref());
                refused.extend(self.complaint(vendor, &request));
            }
            if mode.is_none() {
                break;
            }
        }
        refused
    }

    fn complaint(&self, vendor: VendorRef, request: &Request) -> Option<String> {
        let body: Value = serde_json::from_slice(request.body.expose()).unwrap();
        let complaints = match (vendor.name(), request.method) {
            ("voucherify", "PUT") => schema::complaints_of_change(&body),
            _ => Vec::new(),
        };
        if !complaints.is_empty() {
            return Some(format!("the schema: {complaints:?}"));
        }
        let answer = self.send(request);
        let words = String::from_utf8_lossy(&answer.body).into_owned();
        let taken = (200..300).contains(&answer.status);
        // An order that is changed before it was imported is no question of its payload.
        let unknown = request.method == "PUT" && answer.status == 404;
        (!taken && !unknown).then(|| format!("{} {words}\n{body}", answer.status))
    }
}

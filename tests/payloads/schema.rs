//! The first opinion: JSON Schema, by a validator of other people's making.

use std::collections::HashMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use orderdeck::order::outcome::Operation;
use serde_json::{Value, json};

const SCHEMAS: [(&str, &str); 4] = [
    (
        "kameleoon",
        include_str!("../schemas/kameleoon.schema.json"),
    ),
    (
        "voucherify",
        include_str!("../schemas/voucherify.schema.json"),
    ),
    (
        "project-agora",
        include_str!("../schemas/project-agora.schema.json"),
    ),
    ("kibo", include_str!("../schemas/kibo.schema.json")),
];

/// Of each vendor the validators of its schema's definitions.
static VALIDATORS: LazyLock<HashMap<(&str, &str), Validator>> = LazyLock::new(|| {
    let mut validators = HashMap::new();
    for (vendor, text) in SCHEMAS {
        let schema: Value = serde_json::from_str(text).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{vendor}");
        for name in ["request", "import", "status", "cancel", "update"] {
            if schema["$defs"].get(name).is_some() {
                let mut schema = schema.clone();
                schema["$ref"] = json!(format!("#/$defs/{name}"));
                let validator = jsonschema::draft202012::options()
                    .should_validate_formats(true)
                    .build(&schema)
                    .unwrap();
                validators.insert((vendor, name), validator);
            }
        }
    }
    validators
});

fn complaints_by(vendor: &'static str, definition: &'static str, value: &Value) -> Vec<String> {
    VALIDATORS[&(vendor, definition)]
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn known(vendor: &str) -> &'static str {
    SCHEMAS.iter().find(|(name, _)| *name == vendor).unwrap().0
}

/// What the schema has against one order's payload.
pub fn complaints(vendor: &str, operation: Operation, payload: &Value) -> Vec<String> {
    let definition = match (vendor, operation) {
        ("kameleoon", Operation::Status) => "status",
        ("kameleoon", Operation::Cancel) => "cancel",
        // Voucherify's way as history, and Kibo's whole cancelled order, are imports.
        _ => "import",
    };
    let mut complaints = complaints_by(known(vendor), definition, payload);
    if vendor == "voucherify" {
        // The schema says it in words only: "It can include up to 500 items."
        let items = payload["items"].as_array().map_or(0, Vec::len);
        if items > 500 {
            complaints.push(format!("{items} items"));
        }
    }
    complaints
}

/// What the schema has against the body of a whole request.
pub fn complaints_of_request(vendor: &str, body: &Value) -> Vec<String> {
    complaints_by(known(vendor), "request", body)
}

/// What the schema of a change of a live order has against the body of Voucherify's `PUT`.
pub fn complaints_of_change(body: &Value) -> Vec<String> {
    complaints_by("voucherify", "update", body)
}

/// The same for a payload that was loaded as it is. Kameleoon's page doesn't speak of empty values; for us (and
/// for the sandbox) null in an optional field is not given.
pub fn complaints_of_native(vendor: &str, payload: &Value) -> Vec<String> {
    if vendor != "kameleoon" {
        return complaints(vendor, Operation::Import, payload);
    }
    let mut payload = payload.clone();
    drop_nulls(&mut payload);
    let update = payload["items"].as_array().is_some_and(Vec::is_empty);
    let operation = if update {
        Operation::Status
    } else {
        Operation::Import
    };
    complaints(vendor, operation, &payload)
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

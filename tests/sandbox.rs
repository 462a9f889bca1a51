//! The sandbox over HTTP against the vendors' pages: their own examples are taken, what they forbid is refused
//! in the page's own form of errors, whoever has no credential is told so, and each answer has its headers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use orderdeck::sandbox::{self, Sandbox, SandboxConfig, credentials};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Known,
    Stranger,
}

struct House {
    sandbox: Sandbox,
    client: Client,
    kibo_token: String,
}

impl House {
    async fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        let sandbox = sandbox::start(SandboxConfig::default()).await.unwrap();
        let key = format!(
            "{}:{}",
            secret("kibo", "api_key"),
            secret("kibo", "api_secret")
        );
        let token = client
            .post(sandbox.token_url())
            .header("authorization", format!("Basic {}", STANDARD.encode(key)))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials")
            .send()
            .await
            .unwrap();
        let kibo_token = json_of(token).await["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        Self {
            sandbox,
            client,
            kibo_token,
        }
    }

    /// Sends a body; `orders` becomes what the vendor wants around it.
    async fn send(&self, vendor: &str, orders: &Value, who: Who, media: &str) -> Response {
        let wrong = |value: &str| match who {
            Who::Known => value.to_owned(),
            Who::Stranger => format!("{value}-wrong"),
        };
        let secret = |name: &str| wrong(secret(vendor, name));
        let (path, headers, body) = match vendor {
            "kameleoon" => (
                "/sync/orders",
                vec![],
                json!({"shop_id": secret("shop_id"), "shop_secret": secret("shop_secret"), "orders": orders}),
            ),
            "voucherify" => (
                "/v1/orders/import",
                vec![
                    ("x-app-id", secret("app_id")),
                    ("x-app-token", secret("app_token")),
                ],
                orders.clone(),
            ),
            "project-agora" => (
                "/v1/orders",
                vec![("authorization", format!("Basic {}", secret("api_key")))],
                json!({ "orders": orders }),
            ),
            _ => (
                "/api/v2/importOrder/",
                vec![
                    (
                        "authorization",
                        wrong(&format!("Bearer {}", self.kibo_token)),
                    ),
                    ("api-key", secret("api_key")),
                ],
                orders.get(0).unwrap_or(orders).clone(),
            ),
        };
        let url = format!("{}{path}", self.sandbox.base_url(vendor));
        let mut request = self.client.post(url).header("content-type", media);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.body(body.to_string()).send().await.unwrap()
    }

    async fn known(&self, vendor: &str, orders: &Value) -> Response {
        self.send(vendor, orders, Who::Known, "application/json")
            .await
    }

    async fn taken(&self, vendor: &str) -> Value {
        let all = self.client.get(self.sandbox.taken_url()).send().await;
        json_of(all.unwrap()).await[vendor].clone()
    }
}

fn secret(vendor: &str, name: &str) -> &'static str {
    let found = credentials(vendor).iter().find(|(key, _)| *key == name);
    found.unwrap().1
}

async fn json_of(response: Response) -> Value {
    let bytes = response.bytes().await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn media(response: &Response) -> String {
    let value = response.headers().get("content-type").unwrap();
    value.to_str().unwrap().to_owned()
}

fn page(name: &str) -> Value {
    let path = format!("{}/tests/pages/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let page: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    match page.get("orders").unwrap_or(&page) {
        Value::Array(orders) => orders.clone().into(),
        order => json!([order]),
    }
}

const PAGES: [(&str, &[&str]); 4] = [
    (
        "kameleoon",
        &["kameleoon-import", "kameleoon-status", "kameleoon-cancel"],
    ),
    ("voucherify", &["voucherify-import"]),
    (
        "project-agora",
        &[
            "project-agora-import",
            "project-agora-items",
            "project-agora-orders",
            "project-agora-banner",
        ],
    ),
    ("kibo", &["kibo-import"]),
];

#[tokio::test]
async fn the_pages_own_examples_are_taken() {
    let house = House::open().await;
    for (vendor, names) in PAGES {
        for name in names {
            let response = house.known(vendor, &page(name)).await;
            assert_eq!(response.status(), 200, "{name}");
            assert!(media(&response).starts_with("application/json"), "{name}");
        }
        let taken = house.taken(vendor).await;
        assert_eq!(taken["refused"], 0, "{taken}");
        assert_eq!(taken["unknown_fields"], json!({}), "{taken}");
    }
}

/// What each page forbids: a place of its first example, the value that stands there instead (null takes the
/// member away), and what the refusal says.
const FORBIDDEN: &[(&str, &str, &str, &str)] = &[
    ("kameleoon", "/0/id", "null", "orders[0].id"),
    (
        "kameleoon",
        "/0/external_id",
        "null",
        "orders[0].external_id",
    ),
    ("kameleoon", "/0/status", "null", "orders[0].status"),
    ("kameleoon", "/0/channel", "null", "orders[0].channel"),
    ("kameleoon", "/0/date", "null", "orders[0].date"),
    (
        "kameleoon",
        "/0/location_id",
        "null",
        "orders[0].location_id",
    ),
    ("kameleoon", "/0/value", "null", "orders[0].value"),
    (
        "kameleoon",
        "/0/value/total",
        "200.14",
        "cash + bonuses + delivery - discount",
    ),
    (
        "kameleoon",
        "/0/payment_structure",
        "null",
        "orders[0].payment_structure",
    ),
    ("kameleoon", "/0/items", "null", "orders[0].items"),
    (
        "kameleoon",
        "/0/items/0/status",
        "\"Created\"",
        "created, invoiced",
    ),
    ("kameleoon", "/0/items/0/id", "null", "items[0].id"),
    ("kameleoon", "/0/items/0/price", "\"205\"", "items[0].price"),
    (
        "kameleoon",
        "/0/items/0/quantity",
        "1.5",
        "items[0].quantity",
    ),
    (
        "kameleoon",
        "/0/delivery_date",
        "\"21.12.2021\"",
        "YYYY-MM-DD",
    ),
    ("kameleoon", "/0/delivery_time", "\"3 pm\"", "HH:MM"),
    ("kameleoon", "/0/offline", "\"no\"", "a boolean"),
    (
        "kameleoon",
        "/0/bank_total_installment",
        "0.5",
        "an integer",
    ),
    ("voucherify", "/0/status", "\"SHIPPED\"", ".status"),
    ("voucherify", "/3/amount", "70.5", ".amount"),
    ("voucherify", "/3/amount", "\"7000\"", ".amount"),
    (
        "voucherify",
        "/0/items/0/initial_quantity",
        "0",
        ".items[0].initial_quantity cannot be lower than 1",
    ),
    (
        "voucherify",
        "/0/items/0/related_object",
        "\"voucher\"",
        "product, sku",
    ),
    (
        "voucherify",
        "/0/items/0/product/override",
        "\"yes\"",
        ".items[0].product.override",
    ),
    ("voucherify", "/0/metadata", "\"L1\"", ".metadata"),
    (
        "voucherify",
        "/0/customer/birthdate",
        "\"01/01/2022\"",
        "YYYY-MM-DD",
    ),
    (
        "voucherify",
        "/0/customer/address/city",
        "7",
        ".customer.address.city",
    ),
    (
        "project-agora",
        "/0/orderDate",
        "null",
        "orders[0].orderDate",
    ),
    ("project-agora", "/0/orderDate", "\"yesterday\"", "ISO 8601"),
    (
        "project-agora",
        "/0/orderItems",
        "null",
        "orders[0].orderItems",
    ),
    (
        "project-agora",
        "/0/orderItems/0/gtin",
        "null",
        "orderItems[0].gtin",
    ),
    (
        "project-agora",
        "/0/orderItems/0/gtin",
        "\"123456\"",
        "catprefix--SKU",
    ),
    (
        "project-agora",
        "/0/orderItems/0/quantity",
        "\"3\"",
        "an integer",
    ),
    (
        "project-agora",
        "/0/orderItems/0/regularUnitPrice",
        "9.99",
        "a string",
    ),
    (
        "project-agora",
        "/0/orderItems/0/totalOrderItemPriceAfterDiscounts",
        "null",
        "is required",
    ),
    ("kibo", "/0/externalOrderID", "null", "externalOrderID"),
    ("kibo", "/0/manufacturerID", "0", "lower than 1"),
    ("kibo", "/0/catalogID", "-1", "lower than 0"),
    ("kibo", "/0/locale", "null", "locale"),
    ("kibo", "/0/currency", "\"XXQ\"", "currency"),
    ("kibo", "/0/customer", "null", "customer"),
    ("kibo", "/0/orderItems", "[]", "orderItems"),
    ("kibo", "/0/shippingMethod", "null", "shippingMethod"),
    ("kibo", "/0/shippingAddress", "null", "shippingAddress"),
    ("kibo", "/0/orderPayments", "[]", "orderPayments"),
    (
        "kibo",
        "/0/orderPayments/0/paymentMethod/billingAddress",
        "null",
        "billingAddress",
    ),
    (
        "kibo",
        "/0/orderPayments/0/paymentMethod/paymentType",
        "null",
        "paymentType",
    ),
    ("kibo", "/0/customerIP", "\"::1\"", "IPv4"),
    ("kibo", "/0/sendEmail", "null", "sendEmail"),
    (
        "kibo",
        "/0/orderStatus",
        "\"RETURNED\"",
        "SHIPPED, READY, CANCELLED",
    ),
    ("kibo", "/0/landingCode", "\"short\"", "landingCode"),
    ("kibo", "/0/shippingTax", "-1", "shippingTax"),
    (
        "kibo",
        "/0/orderItems/0/itemSpecifics/itemTaxOverride",
        "null",
        "forceItemTaxOverride",
    ),
];

#[tokio::test]
async fn what_a_page_forbids_is_refused_in_its_own_form() {
    let house = House::open().await;
    for (vendor, pointer, value, words) in FORBIDDEN {
        let (_, names) = PAGES.iter().find(|(name, _)| name == vendor).unwrap();
        let mut orders = page(names[0]);
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let members = orders.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match serde_json::from_str(value).unwrap() {
            Value::Null => drop(members.shift_remove(name)),
            value => drop(members.insert(name.to_owned(), value)),
        }
        refused(&house, vendor, &orders, words).await;
    }
    // As many as a request may hold, and one more.
    let many = |count: usize| -> Value {
        let order = |index: usize| json!({ "source_id": index.to_string() });
        (0..count).map(order).collect()
    };
    assert_eq!(house.known("voucherify", &many(2000)).await.status(), 200);
    refused(&house, "voucherify", &many(2001), "2000").await;
    let lines =
        |count: usize| json!([{"source_id": "x", "items": vec![json!({"amount": 1}); count]}]);
    assert_eq!(house.known("voucherify", &lines(500)).await.status(), 200);
    refused(&house, "voucherify", &lines(501), "500").await;
    refused(
        &house,
        "kameleoon",
        &json!([{"id": "1", "status": "Shipped"}]),
        "cancelled",
    )
    .await;
    for vendor in ["kameleoon", "voucherify", "project-agora"] {
        let broken = house.known(vendor, &json!([])).await;
        assert_eq!(broken.status(), 400, "{vendor}");
    }
    for (vendor, _) in PAGES {
        let taken = house.taken(vendor).await;
        assert!(taken["refused"].as_u64().unwrap() > 7, "{taken}");
    }
}

/// 400, nothing taken, and the words in the form of the vendor's errors.
async fn refused(house: &House, vendor: &str, orders: &Value, words: &str) {
    let before = house.taken(vendor).await;
    let response = house.known(vendor, orders).await;
    assert_eq!(response.status(), 400, "{vendor} {words}");
    assert!(media(&response).starts_with("application/json"));
    let body = json_of(response).await;
    let said = match vendor {
        "kameleoon" => {
            assert_eq!(body["status"], "error");
            body["payload"]["message"].to_string()
        }
        "voucherify" => {
            assert_eq!(body["code"], 400);
            assert_eq!(body["key"], "invalid_payload");
            assert_eq!(body["message"], "Invalid payload");
            assert!(body["request_id"].as_str().unwrap().starts_with("v-"));
            assert!(body["details"].as_str().unwrap().starts_with("Property "));
            body["details"].to_string()
        }
        "project-agora" => {
            assert!(body["message"].is_string());
            body["additionalInfo"][0]["message"].to_string()
        }
        _ => {
            assert_eq!(body["code"], 5003);
            body.to_string()
        }
    };
    assert!(said.contains(words), "{vendor}: {said} lacks {words}");
    let after = house.taken(vendor).await;
    for name in ["orders", "copies", "jobs", "updated", "cancelled"] {
        assert_eq!(before[name], after[name], "{vendor}");
    }
}

#[tokio::test]
async fn strangers_and_other_media_are_refused() {
    let house = House::open().await;
    for (vendor, names) in PAGES {
        let orders = page(names[0]);
        let response = house
            .send(vendor, &orders, Who::Stranger, "application/json")
            .await;
        let (status, media_type, words) = match vendor {
            "kameleoon" => (400, "application/json", "Shop not found"),
            "voucherify" => (401, "application/json", "unauthorized"),
            "project-agora" => (401, "text/plain", "Unauthorized"),
            _ => (401, "application/json", "5004"),
        };
        assert_eq!(response.status(), status, "{vendor}");
        assert!(media(&response).starts_with(media_type), "{vendor}");
        assert!(response.text().await.unwrap().contains(words), "{vendor}");

        let response = house.send(vendor, &orders, Who::Known, "text/plain").await;
        let status = if vendor == "kameleoon" { 400 } else { 415 };
        assert_eq!(response.status(), status, "{vendor}");

        let url = format!("{}/nowhere", house.sandbox.base_url(vendor));
        let nowhere = house.client.get(url).send().await.unwrap();
        assert!(matches!(nowhere.status().as_u16(), 401 | 404), "{vendor}");
        assert_eq!(house.taken(vendor).await["orders"], 0, "{vendor}");
    }
}

#[tokio::test]
async fn what_is_sent_can_be_read_back_where_the_page_says_so() {
    let house = House::open().await;
    let order = |id: &str| {
        let mut order = page("project-agora-import")[0].clone();
        order["id"] = id.into();
        order
    };
    let orders = json!([order("#1/2"), order("b")]);
    let echo = json_of(house.known("project-agora", &orders).await).await;
    assert_eq!(echo["orders"][1]["id"], "b");
    let get = |path: &str| {
        let url = format!("{}{path}", house.sandbox.base_url("project-agora"));
        let key = format!("Basic {}", secret("project-agora", "api_key"));
        house.client.get(url).header("authorization", key).send()
    };
    let one = json_of(get("/v1/orders/%231%2F2").await.unwrap()).await;
    assert_eq!(one, echo["orders"][0]);
    let both = json_of(
        get("/v1/orders?orderIds[]=b&orderIds[]=%231%2F2")
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(both["orders"].as_array().unwrap().len(), 2);
    assert_eq!(get("/v1/orders/c").await.unwrap().status(), 404);
}

#[tokio::test]
async fn jobs_are_listed_newest_first_and_every_answer_tells_the_budget() {
    let house = House::open().await;
    let mut jobs = Vec::new();
    for id in ["a", "b", "c"] {
        let response = house
            .known("voucherify", &json!([{ "source_id": id }]))
            .await;
        let header = |name: &str| {
            let value = response.headers().get(name).unwrap();
            value.to_str().unwrap().to_owned()
        };
        assert_eq!(header("x-rate-limit-type"), "api_calls");
        let limit: u64 = header("x-rate-limit-limit").parse().unwrap();
        let left: u64 = header("x-rate-limit-remaining").parse().unwrap();
        jobs.push(json_of(response).await["async_action_id"].clone());
        assert_eq!(limit - left, jobs.len() as u64);
    }
    let get = |path: &str| {
        let url = format!("{}{path}", house.sandbox.base_url("voucherify"));
        let request = house.client.get(url);
        request
            .header("x-app-id", secret("voucherify", "app_id"))
            .header("x-app-token", secret("voucherify", "app_token"))
            .send()
    };
    let list = json_of(get("/v1/async-actions?limit=2").await.unwrap()).await;
    assert_eq!(list["has_more"], true);
    let shown: Vec<&Value> = list["async_actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|action| &action["id"])
        .collect();
    assert_eq!(shown, [&jobs[2], &jobs[1]]);
    // Fields of the vendor's own schema.
    let job = json_of(
        get(&format!("/v1/async-actions/{}", jobs[2].as_str().unwrap()))
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(job["status"], "ENQUEUED", "one import runs at a time");
    for field in [
        "id",
        "type",
        "status",
        "created_at",
        "updated_at",
        "request_id",
        "progress",
        "object",
    ] {
        assert!(!job[field].is_null(), "{field}: {job}");
    }
    for path in ["/v1/async-actions?limit=0", "/v1/async-actions?limit=101"] {
        assert_eq!(get(path).await.unwrap().status(), 400, "{path}");
    }
}

# Makes tests/schemas/voucherify.schema.json of the OpenAPI file that Voucherify publishes for its orders:
#
#     jq -f tests/schemas/voucherify.jq orders.json > tests/schemas/voucherify.schema.json
#
# It keeps the request bodies of POST /v1/orders/import and PUT /v1/orders/{orderId} with all they refer to, and
# changes only what JSON Schema says otherwise than OpenAPI 3.0 (`nullable`, `example`, where definitions live), takes
# OrderItem's `required: ["object"]` away (no example of the page sends it), and closes the objects: a member that the
# published schema doesn't name is refused, but for what is the shop's own (`metadata`).

def moved:
  walk(
    if type == "object" then
      (if has("$ref") then ."$ref" |= sub("#/components/schemas/"; "#/$defs/") else . end)
      | (if .nullable == true then .type = [.type, "null"] | del(.nullable) else . end)
      | (if has("example") and (.example | type) != "object" then del(.example) else . end)
    else . end
  );

def closed: . + { unevaluatedProperties: false };

.info.license as $license
| .components.schemas as $all
| {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$comment": "Voucherify's own published schema (OpenAPI, \(.info.title) \(.info.version)), extracted by voucherify.jq, which says what it changes: OrderItem's `required: [\"object\"]` is left out, because the page's own examples break it, and members that the schema doesn't name are refused. \($license.name) License, Copyright (c) 2020 voucherify.io, \($license.url): its permission text is the one in the LICENSE file of this project.",
    "$defs": (
      {
        request: ($all.OrdersImportCreateRequestBody | .items = { "$ref": "#/$defs/import" }),
        import: ($all.OrdersImportCreateRequestBody.items | closed),
        update: ($all.OrdersUpdateRequestBody | closed),
        Order: $all.Order,
        OrderBase: ($all.OrderBase | .properties.items.items |= { allOf: [.] } + { unevaluatedProperties: false }),
        OrderItem: ($all.OrderItem
          | if .required == ["object"] then del(.required) else error("OrderItem's required list is another: look at it") end
          | .properties.product |= closed
          | .properties.sku |= closed),
        Customer: $all.Customer,
        CustomerBase: ($all.CustomerBase | .properties.address |= closed),
        Referrer: $all.Referrer
      }
      | walk(if type == "object" and has("properties") and (.properties | has("customer"))
             then (.properties.customer, .properties.referrer) |= closed else . end)
      | moved
    )
  }

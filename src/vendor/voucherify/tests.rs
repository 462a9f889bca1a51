//! Tests of Voucherify.

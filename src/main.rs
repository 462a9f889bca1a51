//! Hands the command line to a front.

fn main() {}

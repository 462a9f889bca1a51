//! Hands the command line to a front.

use std::process::ExitCode;

fn main() -> ExitCode {
    orderdeck::command::main()
}

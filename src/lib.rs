//! orderdeck: load an order file, see what each vendor would get, put right what is wrong,
//! send it, watch it land, and prove afterwards what happened to every order.
//!
//! Data flows one way; a module may use only those listed above it:
//!
//! | module | what it is |
//! |---|---|
//! | [`secret`] | a text that cannot be printed |
//! | [`mistake`] | one thing wrong in a file of the operator's, told as a compiler would |
//! | [`finding`] | one thing wrong or notable: rule, severity, field, place |
//! | [`order`] | the vendor-neutral order: money, time, status, edits |
//! | [`source`] | bytes → records, indexed by byte position |
//! | [`mapping`] | records → orders, by a TOML file |
//! | [`vendor`] | order → payload, request, answer → outcome; one folder a vendor |
//! | [`profile`] | accounts and their credentials in the config directory |
//! | [`ledger`] | the durable record of runs, exchanges, jobs and outcomes |
//! | [`deck`] | an opened file with its mapping and edits: what both fronts look at |
//! | [`rulebook`] | all rules of all families, to be explained |
//! | [`submit`] | plan, pace, send, settle, watch jobs |
//! | [`workspace`] | directories, profiles, ledgers and the sandbox, as both fronts use them |
//! | [`sandbox`] | the four vendors on loopback; knows none of the above |
//! | [`manual`] | the user's manual, page by page |
//! | [`command`], [`console`] | the two fronts |

pub mod command;
pub mod console;
pub mod deck;
pub mod finding;
pub mod ledger;
pub mod manual;
pub mod mapping;
pub mod mistake;
pub mod order;
pub mod profile;
pub mod rulebook;
pub mod sandbox;
pub mod secret;
pub mod source;
pub mod submit;
pub mod vendor;
pub mod workspace;

//! The smallest service as a process: its first minute, its settings, its log, its probe, an
//! incident, its endurance, its end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod deploy;
mod endurance;
mod first_minute;
mod goodbye;
mod incident;
mod logs;
mod precedence;
mod probe;
mod settings;
mod supervised;

use testkit::Program;

fn quickstart() -> Program {
    Program::at(env!("CARGO_BIN_EXE_quickstart"))
}

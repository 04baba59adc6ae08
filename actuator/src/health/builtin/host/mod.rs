//! Checks of the machine and of this process: disks, memory, file descriptors, the runtime.

mod disk_space;
mod file_descriptors;
mod process_memory;
mod runtime_lag;
mod settings;
mod usage;

pub use disk_space::{DiskReader, DiskSpace};
pub use file_descriptors::FileDescriptors;
pub use process_memory::ProcessMemory;
pub use runtime_lag::{LagThresholds, RuntimeLag};
pub use settings::{BuiltinSettings, DiskSettings};
pub use usage::UsageThresholds;

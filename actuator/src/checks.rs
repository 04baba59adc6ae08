//! Health checks that are ready to be used: each is a [`HealthIndicator`](crate::HealthIndicator).
//!
//! Most of them can be switched on by settings alone; here they are for code that wants several of
//! a kind, or names and thresholds of its own:
//!
//! ```
//! use actuator::{App, checks::DiskSpace};
//!
//! fn setup(app: &mut App) {
//!     app.health_check("diskSpace-uploads", DiskSpace::new("/srv/uploads", 1 << 30));
//! }
//! ```

#[cfg(feature = "tls")]
pub use crate::health::builtin::TlsCertificate;
pub use crate::health::builtin::{
    DiskSpace, Dns, FileDescriptors, LagThresholds, Ping, ProcessMemory, RuntimeLag, Tcp, Url,
    UsageThresholds, VersionAgreement, VersionError, VersionSource,
};

//! Health checks that are ready to be used: each is a [`HealthIndicator`](crate::HealthIndicator).
//!
//! Most of them can be switched on by settings alone, or register themselves when the matching
//! component is there; here they are for code that wants several of
//! a kind, or names and thresholds of its own:
//!
//! ```
//! use actuator::{App, checks::DiskSpace};
//!
//! fn setup(app: &mut App) {
//!     app.health_check("diskSpace-uploads", DiskSpace::new("/srv/uploads", 1 << 30));
//! }
//! ```

#[cfg(feature = "redis")]
pub use crate::health::builtin::Redis;
#[cfg(feature = "tls")]
pub use crate::health::builtin::TlsCertificate;
#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
pub use crate::health::builtin::{Database, DatabaseDriver, Migrations};
pub use crate::health::builtin::{
    DiskSpace, Dns, FileDescriptors, LagThresholds, Ping, ProcessMemory, RuntimeLag, Tcp, Url,
    UsageThresholds, VersionAgreement, VersionError, VersionSource,
};

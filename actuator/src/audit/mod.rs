//! Audit events: who did what, and when, remembered for people to look at.
//!
//! ```
//! use actuator::audit::Audit;
//! use serde_json::json;
//!
//! fn cancel(audit: &Audit, order: u32) {
//!     audit.record("kim", "ORDER_CANCELLED", json!({"order": order}));
//! }
//! ```
//!
//! `App::audit` and `Actuator::audit` give the handle; a check or a source may ask for it as a
//! component. Where events are kept is behind [`AuditEventRepository`].

mod event;
mod file;
mod memory;
mod repository;
mod settings;
mod trail;
pub mod types;

pub use event::AuditEvent;
pub use file::FileAuditEventRepository;
pub use memory::InMemoryAuditEventRepository;
pub use repository::{AuditEventFilter, AuditEventRepository, FoundEvents};
pub(crate) use settings::AuditSettings;
pub use trail::Audit;

//! statsd: what changed since the last step, sent as datagrams to whoever collects.
//!
//! One thread walks the registry every `polling-frequency`. Nothing is added to recording, and no
//! request ever waits for a collector, whether there is one or not.

mod collector;
mod exporter;
mod ledger;
mod lines;
mod naming;
mod packet;
mod pymicro;
mod samples;
mod settings;
mod target;
mod thread;
mod transport;

#[cfg(test)]
mod tests;

pub(crate) use settings::StatsdSettings;
pub(crate) use thread::StatsdHandle;

//! statsd: what changed since the last step, sent as datagrams to whoever collects.
//!
//! One thread walks the registry every `polling-frequency`. Nothing is added to recording, and no
//! request ever waits for a collector, whether there is one or not.

mod c2c;
mod collector;
mod naming;
mod packet;
mod samples;
mod settings;
mod target;
mod transport;

pub(crate) use settings::StatsdSettings;

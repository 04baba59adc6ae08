//! Logging: levels by target, the log that can be read back, and the subscriber.

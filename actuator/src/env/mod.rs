//! The environment: property sources with origins, sanitised.

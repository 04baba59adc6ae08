//! The endpoints: from a subject to the JSON that the API promises, one file per id.

mod httpexchanges;
mod httptrace;
mod metrics;
mod threaddump;
